#include "harness/migration_tests/test_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "harness/project/configuration.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace fs = std::filesystem;

namespace {

constexpr const char* kCaseFile = "case.toml";

/// What a migration may come to; the others are faults of the project, this program or its surroundings.
constexpr ErrorCategory kExpectedErrors[] = {
    ErrorCategory::script,
    ErrorCategory::connection,
    ErrorCategory::permission,
    ErrorCategory::not_found,
    ErrorCategory::already_exists,
    ErrorCategory::syntax,
    ErrorCategory::unique_violation,
    ErrorCategory::foreign_key_violation,
    ErrorCategory::check_violation,
    ErrorCategory::not_null_violation,
    ErrorCategory::data,
    ErrorCategory::deadlock,
    ErrorCategory::lock_timeout,
    ErrorCategory::statement_timeout,
    ErrorCategory::transaction,
    ErrorCategory::migration,
    ErrorCategory::not_supported,
    ErrorCategory::resources,
    ErrorCategory::unclassified,
};

std::string join(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : ", ") + word;
  return result;
}

std::vector<std::string> engine_names(const BackendRegistry& registry) {
  std::vector<std::string> names;
  for (const auto& backend : registry.all()) names.emplace_back(backend->name());
  return names;
}

std::string with_nearest(const std::string& message, const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? message : message + "; did you mean '" + near + "'?";
}

class CaseReader {
 public:
  CaseReader(const std::string& folder, const BackendRegistry& registry)
      : folder_(folder), registry_(registry), engines_(engine_names(registry)) {
    case_.file = folder + "/" + kCaseFile;
    case_.name = fs::path(folder).filename().string();
  }

  TestCase read() {
    toml::table document = read_toml(case_.file);
    const TomlTable top(document, "", case_.file,
                        {"migration", "description", "engines", "before", "after", "after_query", "restored",
                         "restored_query", "expect_error"});
    case_.migration = top.required_text("migration");
    case_.migration_position = top.position("migration");
    case_.description = top.text("description").value_or("");
    if (top.find("engines") != nullptr) read_engines(top);
    if (top.find("expect_error") != nullptr) read_error(top);
    if (top.find("restored") != nullptr) {
      case_.restored_position = top.position("restored");
      case_.restores_before = top.find("restored")->value<std::string_view>() == "before";
    }
    read_before(top);
    read_tables(top, "after", case_.after);
    if (!case_.restores_before) read_tables(top, "restored", case_.restored);
    read_queries(document, top, "after_query", case_.after);
    read_queries(document, top, "restored_query", case_.restored);
    check(top);
    return std::move(case_);
  }

 private:
  struct Word {
    std::string text;
    SourcePosition position;
  };

  SourcePosition position_of(const toml::node& node) const {
    const toml::source_position& begin = node.source().begin;
    return {case_.file, static_cast<int>(begin.line), static_cast<int>(begin.column)};
  }

  Error error_at(const SourcePosition& position, const std::string& message) const {
    Error error(ErrorCategory::configuration, message);
    error.with_position(position);
    return error;
  }

  /// A string, or an array of strings.
  std::vector<Word> words(const TomlTable& table, std::string_view key, const std::string& expected) const {
    const toml::node* node = table.find(key);
    if (node->is_string()) return {{*table.filled_text(key), table.position(key)}};
    const toml::array* array = node->as_array();
    if (array == nullptr) throw table.wrong_type(key, expected);
    std::vector<Word> result;
    for (const toml::node& element : *array) {
      const std::optional<std::string> text = element.value<std::string>();
      if (!element.is_string() || text->empty() || text->find('\0') != std::string::npos)
        throw error_at(position_of(element),
                       fmt::format("every element of '{}' must be a text that is not empty", key));
      result.push_back({*text, position_of(element)});
    }
    return result;
  }

  void read_engines(const TomlTable& top) {
    for (const Word& word : words(top, "engines", "an array of engines")) {
      if (registry_.find(word.text) == nullptr)
        throw error_at(word.position,
                       with_nearest(fmt::format("unknown engine '{}'", printable(word.text)), word.text, engines_))
            .with_remedy("known engines: " + join(engines_));
      case_.engines.push_back(word.text);
    }
    if (case_.engines.empty())
      throw top.error("engines", "names no engine").with_remedy("leave it out for all engines of the run");
  }

  void read_error(const TomlTable& top) {
    TestCase::ExpectedError expected;
    expected.position = top.position("expect_error");
    if (top.find("expect_error")->is_string()) {
      expected.category = category_of(*top.text("expect_error"), expected.position);
    } else if (top.find("expect_error")->is_table()) {
      const TomlTable table = *top.table("expect_error", {"on", "class", "message", "half_done"});
      const std::string on = table.text("on").value_or("up");
      if (on != "up" && on != "down") throw table.error("on", R"(must be "up" or "down")");
      expected.direction = on == "down" ? MigrationDirection::down : MigrationDirection::up;
      if (const auto word = table.text("class")) expected.category = category_of(*word, table.position("class"));
      expected.message = table.filled_text("message").value_or("");
      if (const toml::node* half_done = table.find("half_done")) {
        if (!half_done->is_boolean()) throw table.wrong_type("half_done", "true or false");
        expected.half_done = *half_done->value<bool>();
      }
      if (!expected.category && expected.message.empty())
        throw top.error("expect_error", "says neither class nor message")
            .with_remedy("classes are " + join(expected_error_classes()));
    } else {
      throw top.wrong_type("expect_error", "a class of errors, or a table with on, class, message");
    }
    case_.error = std::move(expected);
  }

  ErrorCategory category_of(const std::string& word, const SourcePosition& position) const {
    for (const ErrorCategory category : kExpectedErrors)
      if (to_string(category) == word) return category;
    const std::vector<std::string> known = expected_error_classes();
    throw error_at(position, with_nearest(fmt::format("unknown class of errors '{}'", printable(word)), word, known))
        .with_remedy("classes are " + join(known));
  }

  std::string path_of(const std::string& word) const {
    return fs::path(word).is_absolute() ? word : folder_ + "/" + word;
  }

  /// The engine that the last part of a name stands for ("before.postgres.sql"); empty: none.
  std::string engine_of_file(const fs::path& file) const {
    const std::string infix = file.stem().extension().string();
    if (infix.empty()) return "";
    for (const auto& backend : registry_.all())
      for (const std::string& known : backend->file_infixes())
        if (infix == "." + known) return std::string(backend->name());
    return "";
  }

  /// The SQL of a file, for all engines or for that in its name; or of the files with the engines' names in theirs.
  std::map<std::string, TestCase::SqlFile> read_scripts(const Word& word, std::string* only_engine) const {
    std::map<std::string, TestCase::SqlFile> scripts;
    const fs::path path = path_of(word.text);
    if (fs::exists(path)) {
      const TestCase::SqlFile script{path.string(), read_script_file(path.string())};
      const std::string engine = engine_of_file(path);
      if (only_engine != nullptr) *only_engine = engine;
      for (const std::string& one : engines_)
        if (engine.empty() || engine == one) scripts[one] = script;
      return scripts;
    }
    for (const auto& backend : registry_.all()) {
      for (const std::string& infix : backend->file_infixes()) {
        fs::path variant = path;
        variant.replace_extension("." + infix + path.extension().string());
        if (!fs::exists(variant)) continue;
        scripts[std::string(backend->name())] = {variant.string(), read_script_file(variant.string())};
        break;
      }
    }
    if (scripts.empty()) throw no_file(word);
    return scripts;
  }

  Error no_file(const Word& word) const {
    std::vector<std::string> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_, ignored))
      files.push_back(entry.path().filename().string());
    Error error = error_at(word.position,
                           with_nearest(fmt::format("there is no file '{}'", printable(word.text)), word.text, files));
    error.with_remedy("files are named from the folder of case.toml");
    return error;
  }

  DataSet read_rows(const Word& word) const {
    const std::string path = path_of(word.text);
    const std::string extension = fs::path(path).extension().string();
    if (extension != ".toml" && extension != ".csv")
      throw error_at(word.position, fmt::format("'{}' is no data set", printable(word.text)))
          .with_remedy("name a .toml or .csv file");
    if (!fs::exists(path)) throw no_file(word);
    return read_data_file(path);
  }

  /// [[before.customers]] and so on.
  DataSet inline_rows(const toml::table& table, const std::string& heading) const {
    return data_set_from_toml(TomlTable(table, heading, case_.file, {}));
  }

  void read_before(const TomlTable& top) {
    const toml::node* node = top.find("before");
    if (node == nullptr) return;
    if (node->is_table()) {
      case_.before.push_back({inline_rows(*node->as_table(), "[before]"), {}, "", top.position("before")});
      return;
    }
    for (const Word& word : words(top, "before", "a file, an array of files or tables with rows")) {
      TestCase::Data data;
      data.position = word.position;
      if (fs::path(word.text).extension() == ".sql") {
        data.scripts = read_scripts(word, &data.only_engine);
      } else {
        data.rows = read_rows(word);
      }
      case_.before.push_back(std::move(data));
    }
  }

  void read_tables(const TomlTable& top, const std::string& key, TestCase::Stage& stage) const {
    const toml::node* node = top.find(key);
    if (node == nullptr) return;
    std::vector<DataSet> sets;
    if (node->is_table()) {
      sets.push_back(inline_rows(*node->as_table(), "[" + key + "]"));
    } else {
      for (const Word& word : words(top, key, "a file, an array of files or tables with rows"))
        sets.push_back(read_rows(word));
    }
    for (DataSet& set : sets)
      for (DataTable& table : set.tables) stage.tables.push_back(std::move(table));
    if (stage.tables.empty())
      throw top.error(key, "names no table").with_remedy("a table that must be empty is written `customers = []`");
  }

  void read_queries(toml::table& document, const TomlTable& top, const std::string& key, TestCase::Stage& stage) {
    std::vector<std::string> known = {"name", "sql", "file", "rows"};
    known.insert(known.end(), engines_.begin(), engines_.end());
    const std::vector<TomlTable> queries = top.tables(key, known);
    for (std::size_t i = 0; i < queries.size(); ++i) {
      TestCase::Query query = read_query(queries[i]);
      if (std::any_of(stage.queries.begin(), stage.queries.end(),
                      [&query](const TestCase::Query& other) { return other.name == query.name; }))
        throw queries[i].error("name", "is that of another query");
      read_query_rows(*document.get(key)->as_array()->get(i)->as_table(), queries[i], query);
      stage.queries.push_back(std::move(query));
    }
  }

  TestCase::Query read_query(const TomlTable& table) const {
    TestCase::Query query;
    query.name = table.required_text("name");
    query.position = table.position();
    if (const auto sql = table.filled_text("sql"))
      for (const std::string& engine : engines_) query.sql[engine] = *sql;
    if (const auto file = table.filled_text("file"))
      for (const auto& [engine, script] : read_scripts({*file, table.position("file")}, nullptr))
        query.sql[engine] = script.text;
    for (const std::string& engine : engines_)
      if (const auto sql = table.filled_text(engine)) query.sql[engine] = *sql;
    if (query.sql.empty())
      throw error_at(table.position(), fmt::format("the query '{}' has no SQL", printable(query.name)))
          .with_remedy("give sql, or one text per engine (" + join(engines_) + "), or file");
    return query;
  }

  void read_query_rows(toml::table& node, const TomlTable& table, TestCase::Query& query) const {
    toml::node* rows = node.get("rows");
    if (rows == nullptr) return;
    DataSet set;
    if (rows->is_string()) {
      set = read_rows({*table.filled_text("rows"), table.position("rows")});
    } else if (rows->is_array()) {
      toml::table named;
      named.insert(query.name, std::move(*rows->as_array()));
      set = inline_rows(named, table.heading());
    } else {
      throw table.wrong_type("rows", "a data set's file, or an array of rows");
    }
    if (set.tables.size() != 1)
      throw table.error("rows", "must hold the rows of one table: those that the query returns");
    query.rows = std::move(set.tables.front());
  }

  void check(const TomlTable& top) const {
    const auto has = [&top](std::string_view key) { return top.find(key) != nullptr; };
    if (!has("after") && !has("after_query") && !has("restored") && !has("restored_query") && !has("expect_error"))
      throw error_at({case_.file, 0, 0}, "the case checks nothing")
          .with_remedy(
              "say what must be there after the migration ([[after.table]], [[after_query]]), after it is undone "
              "(restored = \"before\"), or which error must come (expect_error)");
    if (!case_.error) return;
    const bool up = case_.error->direction == MigrationDirection::up;
    for (const std::string_view key : {"after", "after_query", "restored", "restored_query"})
      if (has(key) && (up || key.starts_with("restored")))
        throw error_at(top.position(key),
                       fmt::format("'{}' can never be looked at: {} the migration must fail, says expect_error", key,
                                   up ? "applying" : "undoing"))
            .with_remedy(up ? "the database must then be as before, which is always looked at"
                            : "the database must then be as after the migration, which is always looked at");
  }

  std::string folder_;
  const BackendRegistry& registry_;
  std::vector<std::string> engines_;
  TestCase case_;
};

}  // namespace

bool TestCase::is_for(const Backend& backend) const {
  return engines.empty() || std::find(engines.begin(), engines.end(), backend.name()) != engines.end();
}

TestCase TestCase::read(const std::string& folder, const BackendRegistry& registry) {
  return CaseReader(folder, registry).read();
}

std::vector<std::string> expected_error_classes() {
  std::vector<std::string> words;
  for (const ErrorCategory category : kExpectedErrors) words.emplace_back(to_string(category));
  return words;
}

}  // namespace paripassu
