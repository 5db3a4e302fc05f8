#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "backends/sqlserver/babelfish.h"

namespace fs = std::filesystem;

namespace {

struct Link {
  int line = 0;
  std::string target;
};

/// What a Markdown file says that a test can check. Code, in fences and in backticks, is left out.
struct Document {
  std::vector<Link> links;
  std::vector<std::string> sections;  ///< headings of the second level
  std::set<std::string> anchors;      ///< of all headings, as GitHub makes them
};

/// `text` without what stands in backticks, which may be several in a row.
std::string without_code(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '`') {
      result += text[i++];
      continue;
    }
    const std::size_t begin = std::min(text.find_first_not_of('`', i), text.size());
    const std::size_t end = text.find(text.substr(i, begin - i), begin);
    if (end == std::string::npos) {
      result += text.substr(i, begin - i);
      i = begin;
    } else {
      i = end + (begin - i);
    }
  }
  return result;
}

/// Lower case, blanks as hyphens, other ASCII punctuation left out.
std::string anchor(const std::string& heading) {
  std::string result;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') result += '-';
    if (c == '-' || c == '_' || byte >= 0x80 || std::isalnum(byte) != 0)
      result += static_cast<char>(std::tolower(byte));
  }
  return result;
}

void add_links(const std::string& line, int number, std::vector<Link>& links) {
  for (std::size_t at = 0; (at = line.find("](", at)) != std::string::npos;) {
    at += 2;
    const std::size_t end = line.find(')', at);
    if (end == std::string::npos) return;
    links.push_back({number, line.substr(at, end - at)});
  }
}

Document parse(std::istream& in) {
  Document document;
  bool fenced = false;
  int number = 0;
  std::map<std::string, int> seen;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::size_t first = line.find_first_not_of(' ');
    if (first != std::string::npos && line.compare(first, 3, "```") == 0) {
      fenced = !fenced;
      continue;
    }
    if (fenced) continue;
    add_links(without_code(line), number, document.links);
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    if (level == 0 || level == line.size() || line[level] != ' ') continue;
    const std::string heading = line.substr(level + 1);
    if (level == 2) document.sections.push_back(heading);
    const std::string name = anchor(heading);
    const int repeated = seen[name]++;
    document.anchors.insert(repeated == 0 ? name : name + "-" + std::to_string(repeated));
  }
  return document;
}

Document parse_text(const std::string& text) {
  std::istringstream in(text);
  return parse(in);
}

Document parse_file(const fs::path& path) {
  std::ifstream in(path);
  REQUIRE_MESSAGE(in.good(), "cannot read ", path.string());
  return parse(in);
}

fs::path source_dir() {
  const char* dir = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(dir != nullptr, "PARIPASSU_SOURCE_DIR is not set: run the test through ctest");
  return dir;
}

/// Every Markdown file of the tree, without build folders and hidden ones.
std::vector<fs::path> markdown_files(const fs::path& root) {
  std::vector<fs::path> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name.front() == '.' || name == "build")) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && entry->path().extension() == ".md") {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_relative(const std::string& target) {
  return target.find("://") == std::string::npos && target.compare(0, 7, "mailto:") != 0;
}

/// Why the link leads nowhere, or nothing.
std::string fault(const fs::path& file, const std::string& target, const fs::path& root) {
  const std::size_t hash = target.find('#');
  const std::string path = target.substr(0, hash);
  const fs::path linked = path.empty() ? file : (file.parent_path() / path).lexically_normal();
  if (linked.is_absolute() && linked.lexically_relative(root).string().compare(0, 2, "..") == 0)
    return "leaves the tree";
  if (!fs::exists(linked)) return "there is no " + linked.lexically_relative(root).string();
  if (hash == std::string::npos) return {};
  if (linked.extension() != ".md") return "only a Markdown file has headings";
  const std::string heading = target.substr(hash + 1);
  if (parse_file(linked).anchors.count(heading) == 0) return "there is no heading '" + heading + "'";
  return {};
}

}  // namespace

TEST_CASE("Documentation has no relative link that leads nowhere") {
  const fs::path root = fs::absolute(source_dir()).lexically_normal();
  const std::vector<fs::path> files = markdown_files(root);
  REQUIRE(files.size() >= 10);
  std::size_t checked = 0;
  for (const fs::path& file : files) {
    for (const Link& link : parse_file(file).links) {
      if (!is_relative(link.target)) continue;
      ++checked;
      const std::string why = fault(file, link.target, root);
      CHECK_MESSAGE(why.empty(), file.lexically_relative(root).string(), ":", link.line, ": ", link.target, ": ", why);
    }
  }
  CHECK(checked > 20);
}

TEST_CASE("Documentation of Babelfish has a section for every deviation and no other") {
  paripassu::ServerInfo server;
  paripassu::sqlserver::describe_babelfish("Babelfish for PostgreSQL with SQL Server Compatibility (Babelfish 4.4.0)",
                                           server);
  REQUIRE_FALSE(server.deviations.empty());
  std::vector<std::string> named = server.deviations;
  std::sort(named.begin(), named.end());
  REQUIRE(std::adjacent_find(named.begin(), named.end()) == named.end());
  std::vector<std::string> explained = parse_file(source_dir() / "docs" / "babelfish.md").sections;
  std::sort(explained.begin(), explained.end());
  CHECK(explained == named);
}

TEST_CASE("Markdown links are found outside code only") {
  const Document document = parse_text(
      "# Title\n"
      "see [a](a.md) and [b](../b.md#part)\n"
      "not `[c](c.md)` nor ``[d](`d.md)``, but [e](e.md)\n"
      "```console\n"
      "[f](f.md)\n"
      "## not a section\n"
      "```\n"
      "an open [link](g.md\n"
      "a lone ` and [h](h.md)\n");
  std::vector<std::string> targets;
  for (const Link& link : document.links) targets.push_back(link.target);
  CHECK(targets == std::vector<std::string>{"a.md", "../b.md#part", "e.md", "h.md"});
  CHECK(document.links.back().line == 9);
  CHECK(document.sections.empty());
}

TEST_CASE("Markdown headings become the anchors that GitHub gives them") {
  const Document document = parse_text(
      "# Configuration: `paripassu.toml`\n"
      "## In a script\n"
      "## In a script\n"
      "### golang-migrate\n"
      "#no heading\n");
  CHECK(document.sections == std::vector<std::string>{"In a script", "In a script"});
  CHECK(document.anchors ==
        std::set<std::string>{"configuration-paripassutoml", "in-a-script", "in-a-script-1", "golang-migrate"});
}

TEST_CASE("A link to a missing file, a missing heading or out of the tree is a fault") {
  const fs::path root = fs::absolute(source_dir()).lexically_normal();
  const fs::path readme = root / "README.md";
  CHECK(fault(readme, "docs/babelfish.md", root).empty());
  CHECK(fault(readme, "docs/babelfish.md#sequences-hidden", root).empty());
  CHECK_FALSE(fault(readme, "docs/babelfish.md#no-such-heading", root).empty());
  CHECK_FALSE(fault(readme, "docs/no-such-file.md", root).empty());
  CHECK_FALSE(fault(readme, "../../../../etc/hostname", root).empty());
  CHECK_FALSE(fault(readme, "LICENSE#terms", root).empty());
}
