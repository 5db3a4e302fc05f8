#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include "backends/limits.h"
#include "harness/migration_tests/expectation_files.h"
#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/ladder_files.h"
#include "harness/migration_tests/test_support.h"
#include "harness/parity/names.h"
#include "harness/parity/object_pattern.h"

namespace paripassu {

using namespace migration_tests;

namespace {

std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || text.bad()) throw Error(ErrorCategory::configuration, "cannot read " + path).with_position({path, 0, 0});
  return text.str();
}

/// ORDER BY of the query itself, not of a part in parentheses.
bool says_order(const ScriptReader& reader, const std::string& query) {
  const std::vector<StatementWord> words = reader.words(query);
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i].depth == 0 && !words[i].quoted && fold_name(words[i].text, NameMatching::ignore_case) == "order" &&
        fold_name(words[i + 1].text, NameMatching::ignore_case) == "by")
      return true;
  return false;
}

std::string read_query_file(const std::string& path, const Backend& backend) {
  const Script script = backend.script_reader().read(read_script_file(path), path, {});
  if (script.statements.size() != 1)
    throw Error(ErrorCategory::configuration,
                fmt::format("{}: expected one query, found {}", path, counted(script.statements.size(), "statement")))
        .with_position({path, 0, 0})
        .with_remedy("write one SELECT per file");
  return script.statements.front().text;
}

TestProblem problem(const std::string& code, std::string message, const std::string& path) {
  TestProblem result;
  result.code = code;
  result.message = std::move(message);
  result.position.file = path;
  return result;
}

/// "orders" of "public.orders".
std::string last_part(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

std::string full_name(const FoundTable& found) {
  return found.schema->name + "." + found.table->name;
}

/// Leaves out what a database without the rows of later versions cannot have.
void keep_required(RowSet& expected, const RowSet& actual, const Expectations::Keys& keys_then, NameMatching matching) {
  const std::vector<std::string> names = key_names(actual);
  const std::vector<std::size_t> columns = columns_of(expected, names, matching);
  if (names.empty() || columns.empty()) return;
  std::set<std::string> required;
  if (const auto then = keys_then.find(actual.name); then != keys_then.end())
    required.insert(then->second.begin(), then->second.end());
  for (std::size_t row = 0; row < actual.rows.size(); ++row) required.insert(key_text(actual, row, actual.key, names));
  std::vector<std::vector<Cell>> kept;
  for (std::size_t row = 0; row < expected.rows.size(); ++row)
    if (required.count(key_text(expected, row, columns, names)) != 0) kept.push_back(std::move(expected.rows[row]));
  expected.rows = std::move(kept);
}

}  // namespace

Expectations Expectations::read(TestContext& context, const Backend& backend) {
  const BackendRegistry& registry = context.registry();
  const std::string dir = context.resolve(context.configuration().tests.ladder) + "/expected";
  const std::vector<LadderFile> listed = list_files(dir, {"csv", "sql"}, {}, registry);

  Expectations expectations;
  expectations.names_ = context.configuration().names;
  expectations.unstable_ = context.configuration().tests.unstable;
  const auto add = [&](const LadderFile& file) -> Expected& {
    if (expectations.expected_.empty() || expectations.expected_.back().name != file.stem) {
      expectations.expected_.emplace_back();
      expectations.expected_.back().name = file.stem;
    }
    return expectations.expected_.back();
  };
  for (const LadderFile& file : files_for(listed, backend)) {
    if (file.extension == "csv") {
      const bool queried = std::any_of(listed.begin(), listed.end(), [&file](const LadderFile& other) {
        return other.extension == "sql" && other.stem == file.stem;
      });
      const bool queried_here = std::any_of(listed.begin(), listed.end(), [&](const LadderFile& other) {
        return other.extension == "sql" && other.stem == file.stem && other.serves(backend);
      });
      if (queried && !queried_here) {
        expectations.notes_.push_back(
            fmt::format("{}: not checked, its query is for another engine than {}", file.path, backend.name()));
        continue;
      }
      Expected& expected = add(file);
      expected.path = file.path;
      expected.rows = read_csv(read_bytes(file.path), file.path, file.stem);
      continue;
    }
    Expected& expected = add(file);
    expected.query_path = file.path;
    expected.query = read_query_file(file.path, backend);
    expected.ordered = says_order(backend.script_reader(), expected.query);
    if (expected.path.empty()) expected.path = dir + "/" + file.stem + ".csv";
  }
  return expectations;
}

RowSet Expectations::read_actual(const Expected& expected, TestDatabase& database,
                                 const catalog::Catalog& catalog) const {
  if (!expected.query.empty()) return read_query(database.session(), database.backend(), expected.query, expected.name);
  const FoundTable found = find_expected_table(catalog, expected.name, names_, {expected.path, 0, 0});
  return read_table(database.session(), database.backend(), *found.schema, *found.table);
}

RowComparison Expectations::compare(const RowSet& expected, const RowSet& actual, bool ordered) const {
  RowComparisonOptions options;
  options.names = names_;
  options.ordered = ordered;
  options.ignored_columns = unstable_;
  for (const RowColumn& column : actual.columns)
    if (column.type.family == catalog::TypeFamily::row_version)
      options.ignored_columns.push_back(escape_object_pattern(last_part(actual.name) + "." + column.name));
  // All of them: which ones count is decided by the caller.
  options.differences_max = std::numeric_limits<std::size_t>::max();
  return compare_rows(expected, actual, options);
}

void Expectations::check_one(const Expected& expected, TestDatabase& database, const catalog::Catalog& catalog,
                             const Keys* keys_then, std::vector<TestProblem>& problems) const {
  const bool is_query = !expected.query.empty();
  if (!expected.rows) {
    problems.push_back(
        problem("expectation", fmt::format("the query {} has no expected rows", expected.name), expected.query_path));
    problems.back().details.emplace_back("→ `paripassu test --accept` writes them");
    return;
  }
  try {
    const RowSet actual = read_actual(expected, database, catalog);
    RowSet wanted = row_set(*expected.rows, actual, names_);
    if (keys_then != nullptr) keep_required(wanted, actual, *keys_then, names_);
    RowComparison comparison = compare(wanted, actual, expected.ordered);
    if (keys_then != nullptr && actual.key.empty()) {
      // Which of them was there at version k cannot be said without a key.
      std::erase_if(comparison.differences,
                    [](const RowDifference& one) { return one.kind == RowDifference::Kind::missing; });
      comparison.difference_count = comparison.differences.size();
    }
    std::vector<std::string> details;
    // A column that no file speaks of would be read by nobody. A part is not the place to say so twice.
    if (keys_then == nullptr)
      for (const std::string& column : comparison.right_only_columns)
        details.push_back(
            fmt::format("the column {} is not in the file: add it, accept it, or list it in [tests] "
                        "unstable",
                        column));
    if (comparison.differences.size() > limits::kExpectationRowsShownMax)
      comparison.differences.resize(limits::kExpectationRowsShownMax);
    for (std::string& line : describe_all(comparison, "expected", "found")) details.push_back(std::move(line));
    if (details.empty()) return;
    problems.push_back(problem("expectation",
                               comparison.difference_count == 0
                                   ? fmt::format("{} has a column that is not expected", expected.name)
                                   : fmt::format("{} is not as expected: {}", expected.name,
                                                 counted(comparison.difference_count, "difference")),
                               expected.path));
    problems.back().details = std::move(details);
  } catch (const Error& error) {
    if (ends_the_run(error)) throw;
    if (error.category() == ErrorCategory::configuration) {
      problems.push_back(problem("expectation", error.message(), expected.path));
      if (error.position().known()) problems.back().position = error.position();
      if (!error.remedy().empty()) problems.back().details.push_back("→ " + error.remedy());
      return;
    }
    problems.push_back(
        problem_of(error, fmt::format("reading the {} {}", is_query ? "query" : "table", expected.name)));
    if (!problems.back().position.known())
      problems.back().position.file = is_query ? expected.query_path : expected.path;
  }
}

std::vector<TestProblem> Expectations::check(TestDatabase& database, const catalog::Catalog& catalog) const {
  std::vector<TestProblem> problems;
  if (expected_.empty()) return problems;
  std::set<std::string> covered;
  for (const Expected& expected : expected_) {
    check_one(expected, database, catalog, nullptr, problems);
    if (!expected.query.empty()) continue;
    try {
      covered.insert(full_name(find_expected_table(catalog, expected.name, names_, {expected.path, 0, 0})));
    } catch (const Error&) {
      // Told by check_one.
    }
  }
  for (const FoundTable& found : tables_with_rows(database.session(), database.backend(), catalog)) {
    if (covered.count(full_name(found)) != 0) continue;
    problems.push_back(problem(
        "not-expected", fmt::format("{} holds rows, but no file says which are expected", full_name(found)), ""));
    problems.back().details.emplace_back(
        "→ `paripassu test --accept` writes the file; look at it before you commit it");
  }
  return problems;
}

std::vector<TestProblem> Expectations::check_part(TestDatabase& database, const catalog::Catalog& catalog,
                                                  const Keys& keys_then) const {
  std::vector<TestProblem> problems;
  for (const Expected& expected : expected_)
    if (expected.query.empty()) check_one(expected, database, catalog, &keys_then, problems);
  return problems;
}

Expectations::Keys Expectations::keys_of(TestDatabase& database, const catalog::Catalog& catalog) {
  Keys keys;
  for (const FoundTable& found : tables_with_rows(database.session(), database.backend(), catalog)) {
    const RowSet rows = read_table(database.session(), database.backend(), *found.schema, *found.table);
    const std::vector<std::string> names = key_names(rows);
    if (names.empty()) continue;
    std::vector<std::string>& texts = keys[rows.name];
    for (std::size_t row = 0; row < rows.rows.size(); ++row) texts.push_back(key_text(rows, row, rows.key, names));
  }
  return keys;
}

}  // namespace paripassu
