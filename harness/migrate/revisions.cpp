#include "harness/migrate/revisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

#include "backends/limits.h"

namespace paripassu {

namespace {

constexpr const char* kLineForm =
    "a line is: identifier, blanks, name; then, each behind a tab, file=…, after=…, irreversible=…";

std::string shown(std::string_view text) {
  std::string result(text.substr(0, 80));
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text = text.substr(end + 1);
  }
}

std::string shown_file(const std::string& file, const std::string& dir) {
  namespace fs = std::filesystem;
  const fs::path path(file);
  const bool here = dir.empty() || dir == ".";
  if (!path.is_absolute()) return (here ? path : fs::path(dir) / path).lexically_normal().string();
  std::error_code code;
  const fs::path root = fs::weakly_canonical(here ? fs::path(".") : fs::path(dir), code);
  const fs::path real = code ? path : fs::weakly_canonical(path, code);
  const fs::path relative = code ? fs::path() : real.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return file;
  return here ? relative.string() : (fs::path(dir) / relative).string();
}

bool is_known(const std::vector<Revision>& revisions, const std::string& version) {
  return std::any_of(revisions.begin(), revisions.end(), [&version](const Revision& one) {
    return one.version == version || compare_versions(one.version, version) == 0;
  });
}

void require_known(const std::vector<Revision>& revisions, const std::string& version, const char* key) {
  if (is_known(revisions, version)) return;
  std::vector<std::string> known;
  for (const Revision& one : revisions) known.push_back(one.version);
  const std::string near = nearest_word(version, known);
  throw Error(ErrorCategory::configuration,
              fmt::format("'{}' in [tests]: there is no migration with version {}{}", key, shown(version),
                          near.empty() ? "" : "; did you mean " + near + "?"))
      .with_remedy("name a version as the migrations have it, or take the line out");
}

}  // namespace

std::string Revision::label() const {
  std::string text = version;
  if (!name.empty() && name != version) text += '_' + name;
  for (char& c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '/' || c == '\\') c = '_';
  return text;
}

std::size_t Migrator::index_of(const std::string& version) const {
  const std::vector<Revision>& all = revisions();
  const auto find = [&all](auto is_it) {
    return static_cast<std::size_t>(std::find_if(all.begin(), all.end(), is_it) - all.begin());
  };
  std::size_t index = find([&version](const Revision& one) { return one.version == version; });
  if (index == all.size() && !version.empty())
    index = find([&version](const Revision& one) { return compare_versions(one.version, version) == 0; });
  if (index == all.size())
    throw Error(ErrorCategory::usage, "there is no migration with version " + shown(version))
        .with_remedy(scripts() != nullptr ? "`paripassu migrate status` lists the versions"
                                          : "the 'list' command of [migrator] lists the versions");
  return index;
}

void declare_irreversible(std::vector<Revision>& revisions, const TestsConfiguration& tests) {
  for (const auto& [version, reason] : tests.irreversible)
    if (version != "*") require_known(revisions, version, "irreversible");
  if (!tests.floor.empty()) require_known(revisions, tests.floor, "floor");
  for (Revision& revision : revisions) {
    if (!revision.irreversible_reason.empty()) continue;
    for (const auto& [version, reason] : tests.irreversible) {
      const bool is_it = version != "*" && compare_versions(version, revision.version) == 0;
      if (is_it || (version == "*" && revision.irreversible_reason.empty())) revision.irreversible_reason = reason;
      if (is_it) break;
    }
  }
}

std::vector<ListedRevision> read_listed_revisions(const std::string& text, const std::string& dir) {
  std::vector<ListedRevision> result;
  std::set<std::string> known;
  for (const std::string_view line : split(text, '\n')) {
    if (trimmed(line).empty()) continue;
    const auto wrong = [&line](const std::string& why) {
      return Error(ErrorCategory::configuration,
                   fmt::format("'list' of [migrator] printed a line that is no revision ({}): {}", why, shown(line)))
          .with_remedy(kLineForm);
    };
    const std::vector<std::string_view> fields = split(line, '\t');
    const std::string_view head = trimmed(fields.front());
    const std::size_t blank = head.find(' ');
    ListedRevision listed;
    Revision& revision = listed.revision;
    revision.version = head.substr(0, blank);
    if (blank != std::string_view::npos) revision.name = trimmed(head.substr(blank));
    if (revision.version.empty()) throw wrong("it begins with a tab");
    if (revision.version.size() > limits::kRevisionBytesMax) throw wrong("its identifier is longer than 200 bytes");
    if (revision.version == "0" || revision.version == kRepeatableVersion || revision.version.front() == '-')
      throw wrong("its identifier is '0' or 'repeatable', or begins with '-'");
    if (std::any_of(head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
      throw wrong("a control character");
    for (std::size_t i = 1; i < fields.size(); ++i) {
      const std::string_view field = trimmed(fields[i]);
      const std::size_t equals = field.find('=');
      const std::string_view key = field.substr(0, equals);
      const std::string_view value = equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
      if (key == "file") {
        if (!value.empty()) revision.up_file = shown_file(std::string(value), dir);
        revision.down_file = revision.up_file;
      } else if (key == "after") {
        for (const std::string_view one : split(value, ','))
          if (!trimmed(one).empty()) listed.after.emplace_back(trimmed(one));
      } else if (key == "irreversible") {
        revision.has_down = false;
        revision.irreversible_reason = value.empty() ? "the tool says so" : std::string(value);
      } else if (!field.empty()) {
        throw wrong("behind a tab comes file=, after= or irreversible=");
      }
    }
    for (const std::string& before : listed.after)
      if (!known.contains(before)) throw wrong("it follows " + shown(before) + ", which is not above it");
    if (!known.insert(revision.version).second) throw wrong("the revision was listed before");
    if (result.size() >= limits::kRevisionsMax) throw wrong("more than 100000 revisions");
    result.push_back(std::move(listed));
  }
  return result;
}

}  // namespace paripassu
