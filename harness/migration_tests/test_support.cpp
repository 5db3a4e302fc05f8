#include "harness/migration_tests/test_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace paripassu::migration_tests {

std::int64_t Stopwatch::elapsed_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_).count();
}

bool ends_the_run(const Error& error) {
  return error.category() == ErrorCategory::interrupted || error.category() == ErrorCategory::internal;
}

std::string newest_version(const Migrator& migrator) {
  return migrator.revisions().empty() ? std::string() : migrator.revisions().back().version;
}

std::optional<std::size_t> find_revision(const std::vector<Revision>& revisions, const std::string& word) {
  for (std::size_t i = 0; i < revisions.size(); ++i)
    if (revisions[i].version == word || revisions[i].label() == word) return i;
  for (std::size_t i = 0; i < revisions.size(); ++i)
    if (compare_versions(revisions[i].version, word) == 0) return i;
  return std::nullopt;
}

DatabaseRows read_rows(TestDatabase& database, const catalog::Catalog& catalog) {
  DatabaseRows all;
  for (const catalog::Schema& schema : catalog.schemas)
    for (const catalog::Table& table : schema.tables)
      all.push_back({schema.name, table.name, read_table(database.session(), database.backend(), schema, table)});
  return all;
}

std::vector<std::string> describe_all(const RowComparison& comparison, const std::string& left_word,
                                      const std::string& right_word) {
  std::vector<std::string> lines;
  for (const RowDifference& difference : comparison.differences)
    lines.push_back(describe(difference, left_word, right_word));
  if (comparison.difference_count > comparison.differences.size())
    lines.push_back(fmt::format("… and {} more", comparison.difference_count - comparison.differences.size()));
  return lines;
}

std::vector<TestProblem> changed_rows(const DatabaseRows& before, const DatabaseRows& after,
                                      const std::vector<std::string>& unstable) {
  std::vector<TestProblem> problems;
  RowComparisonOptions options;
  options.names = NameMatching::exact;
  options.exact = true;
  options.ignored_columns = unstable;
  for (const TableRows& one : before) {
    const auto found = std::find_if(after.begin(), after.end(), [&one](const TableRows& other) {
      return other.schema == one.schema && other.table == one.table;
    });
    TestProblem problem;
    if (found == after.end()) {
      if (one.rows.rows.empty()) continue;
      problem.code = "rows-lost";
      problem.message = fmt::format("{} is gone, with {}", one.rows.name, counted(one.rows.rows.size(), "row"));
      problems.push_back(std::move(problem));
      continue;
    }
    const RowComparison comparison = compare_rows(one.rows, found->rows, options);
    const bool lost =
        (!comparison.left_only_columns.empty() && !one.rows.rows.empty()) ||
        std::any_of(comparison.differences.begin(), comparison.differences.end(),
                    [](const RowDifference& one_row) { return one_row.kind == RowDifference::Kind::missing; });
    if (comparison.equal() && !lost) continue;
    problem.code = lost ? "rows-lost" : "rows-changed";
    problem.message = fmt::format("{} does not hold what it held before", one.rows.name);
    for (const std::string& column : comparison.left_only_columns)
      problem.details.push_back(fmt::format("column {} is gone, with its values", column));
    for (std::string& line : describe_all(comparison, "before", "after")) problem.details.push_back(std::move(line));
    problems.push_back(std::move(problem));
  }
  return problems;
}

void settle(TestResult& result, TestContext& context, const Stopwatch& watch) {
  if (result.outcome == TestOutcome::passed && !result.problems.empty()) result.outcome = TestOutcome::failed;
  for (TestProblem& problem : result.problems) problem.position.file = context.shown_path(problem.position.file);
  result.duration_ms = watch.elapsed_ms();
}

void keep_if_failed(TestResult& result, TestContext& context, TestDatabase& database) {
  if (context.options().keep && !result.problems.empty()) result.kept = database.keep();
}

void NewestTest::run(TestSink& sink) {
  if (!sink.wants(name_)) return;
  sink.started(name_);
  const Stopwatch watch;
  TestResult result;
  result.name = name_;
  test(result);
  settle(result, context_, watch);
  sink.finished(std::move(result));
}

bool NewestTest::prepare(TestResult& result, const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const Error& error) {
    if (ends_the_run(error)) throw;
    result.outcome = TestOutcome::incomplete;
    result.reason = "the migrations could not be applied: " + error.message();
    return false;
  }
}

std::string counted(std::size_t count, const std::string& word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace paripassu::migration_tests
