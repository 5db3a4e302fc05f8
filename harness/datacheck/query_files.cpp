#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/datacheck/query_statement.h"
#include "harness/datacheck/query_suite.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kExtension = ".sql";

/// "sales/late_orders.postgres.sql" taken apart.
struct QueryFile {
  fs::path path;
  std::string stem;    ///< "late_orders"
  std::string engine;  ///< Backend::name; empty: all
};

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

QueryFile read_name(const fs::path& path, const BackendRegistry& registry) {
  QueryFile file{path, path.stem().string(), ""};
  const std::size_t dot = file.stem.rfind('.');
  if (dot == std::string::npos || dot == 0) return file;
  const std::string infix = lower(file.stem.substr(dot + 1));
  for (const auto& backend : registry.all()) {
    const std::vector<std::string> words = backend->file_infixes();
    if (std::find(words.begin(), words.end(), infix) == words.end()) continue;
    file.engine = std::string(backend->name());
    file.stem.resize(dot);
  }
  return file;
}

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.empty() && name.front() == '.';
}

/// The query files of a folder, and of those below it when `deep`.
std::vector<fs::path> list_folder(const fs::path& folder, bool deep) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const bool is_folder = entries->is_directory(error);
    if (is_folder && (!deep || is_hidden(entries->path()))) entries.disable_recursion_pending();
    if (is_folder || is_hidden(entries->path()) || entries->path().extension() != kExtension) continue;
    found.push_back(entries->path());
  }
  if (error)
    throw Error(ErrorCategory::usage, fmt::format("cannot read the folder {}: {}", folder.string(), error.message()));
  std::sort(found.begin(), found.end());
  return found;
}

class QueryCollector {
 public:
  explicit QueryCollector(const BackendRegistry& registry) : registry_(registry) {}

  void add_folder(const fs::path& folder) {
    const std::vector<fs::path> files = list_folder(folder, true);
    if (files.empty())
      throw Error(ErrorCategory::usage, fmt::format("there is no query in {}", folder.string()))
          .with_remedy("a query is a file that ends in .sql");
    for (const fs::path& file : files) {
      const fs::path below = file.parent_path().lexically_relative(folder);
      add(read_name(file, registry_), below == "." ? "" : below.generic_string() + "/");
    }
  }

  void add_file(const fs::path& path) {
    const QueryFile file = read_name(path, registry_);
    // The other engines' texts of the same query.
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    for (const fs::path& other : list_folder(folder, false)) {
      QueryFile sibling = read_name(other, registry_);
      if (sibling.stem != file.stem) continue;
      if (!path.has_parent_path()) sibling.path = other.filename();
      add(sibling, "");
    }
    // A name that no folder lists: hidden, or of another extension.
    add(file, "");
  }

  std::vector<QueryTest> take() {
    for (QueryTest& query : queries_) {
      for (auto& [engine, text] : query.texts) {
        const QueryText read = read_query_text(read_script_file(text.file), text.file, query.directives);
        text = read;
        for (const auto& backend : registry_.all())
          if (engine == backend->name() || (engine.empty() && query.texts.count(std::string(backend->name())) == 0))
            check_is_query(text, *backend);
      }
    }
    return std::move(queries_);
  }

 private:
  void add(const QueryFile& file, const std::string& folder) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(file.path, error);
    if (!files_.insert(error ? file.path : real).second) return;
    const std::string place = file.path.parent_path().string() + "/" + file.stem;
    auto query = std::find_if(queries_.begin(), queries_.end(),
                              [&](const QueryTest& one) { return places_[one.name] == place; });
    if (query == queries_.end()) {
      QueryTest created;
      created.name = folder + file.stem;
      // Two folders that were named may hold queries of one name.
      if (places_.count(created.name) != 0) created.name = place;
      places_[created.name] = place;
      queries_.push_back(std::move(created));
      query = std::prev(queries_.end());
    }
    QueryText text;
    text.file = file.path.string();
    const auto [known, is_new] = query->texts.emplace(file.engine, std::move(text));
    if (!is_new)
      throw Error(ErrorCategory::usage, fmt::format("{} and {} are the same query of the same engine",
                                                    known->second.file, file.path.string()))
          .with_remedy("remove one of them");
  }

  const BackendRegistry& registry_;
  std::vector<QueryTest> queries_;
  std::set<fs::path> files_;
  std::map<std::string, std::string> places_;
};

}  // namespace

void check_is_query(const QueryText& text, const Backend& backend) {
  static const std::vector<std::string> kFirstWords = {"select", "with", "values", "table"};
  const Script script = backend.script_reader().read(text.sql, text.file, {});
  const auto refuse = [&](const std::string& message, SourcePosition position) {
    throw Error(ErrorCategory::configuration, fmt::format("{} ({})", message, backend.display_name()))
        .with_position(std::move(position))
        .with_remedy("write one SELECT, WITH, VALUES or TABLE statement per file");
  };
  if (script.statements.size() != 1)
    refuse(fmt::format("expected one query, found {} statements", script.statements.size()), {text.file, 0, 0});
  const ScriptStatement& statement = script.statements.front();
  if (statement.kind != StatementKind::sql || statement.repeat != 1 || statement.controls_transaction ||
      !statement.outside_transaction.empty())
    refuse("expected a query that only reads", statement.position);
  const std::vector<StatementWord> words = backend.script_reader().words(statement.text);
  if (words.empty()) refuse("expected a query, found no statement", statement.position);
  for (const StatementWord& word : words) {
    const bool first = &word == &words.front();
    if (!first && !(word.starts_statement && word.depth == 0)) continue;
    const std::string text_of = lower(word.text);
    const SourcePosition position = position_at(statement.text, word.offset, statement.position);
    if (word.quoted || std::find(kFirstWords.begin(), kFirstWords.end(), text_of) == kFirstWords.end())
      refuse(fmt::format("expected a query that only reads, found '{}'", printable(word.text)), position);
    if (first) continue;
    // WITH … SELECT is one statement.
    if (lower(words.front().text) != "with") refuse("expected one query, found a second statement", position);
  }
}

std::vector<QueryTest> read_queries(const std::vector<std::string>& paths, const BackendRegistry& registry) {
  QueryCollector collector(registry);
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      collector.add_folder(fs::path(path).lexically_normal());
    } else if (fs::exists(path, error)) {
      collector.add_file(fs::path(path).lexically_normal());
    } else {
      throw Error(ErrorCategory::usage, fmt::format("there is no query file or folder '{}'", printable(path)));
    }
  }
  return collector.take();
}

}  // namespace paripassu
