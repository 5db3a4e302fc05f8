#include "harness/migration_tests/case_observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/migration_tests/test_support.h"
#include "harness/parity/names.h"

namespace paripassu {

namespace {

using migration_tests::describe_all;

std::string words_of(const std::optional<ErrorCategory>& error) {
  return error ? std::string(to_string(*error)) : std::string("no error");
}

}  // namespace

bool has_order(const Backend& backend, const std::string& sql) {
  const auto is = [](const StatementWord& word, std::string_view keyword) {
    return !word.quoted && word.depth == 0 && fold_name(word.text, NameMatching::ignore_case) == keyword;
  };
  const std::vector<StatementWord> words = backend.script_reader().words(sql);
  for (std::size_t i = 1; i < words.size(); ++i)
    if (is(words[i - 1], "order") && is(words[i], "by")) return true;
  return false;
}

std::vector<TestProblem> compare_runs(const Configuration& configuration, const TestCase& test_case,
                                      const std::string& left_engine, const CaseObservation& left,
                                      const std::string& right_engine, const CaseObservation& right) {
  std::vector<TestProblem> problems;
  const auto differ = [&](std::string message, const SourcePosition& position) -> TestProblem& {
    TestProblem& problem = problems.emplace_back();
    problem.code = "engines-differ";
    problem.message = std::move(message);
    problem.position = position.known() ? position : test_case.migration_position;
    return problem;
  };
  const auto compare = [&](const std::string& what, const RowSet& one, const RowSet& other, bool ordered,
                           const SourcePosition& position) {
    RowComparisonOptions options;
    options.names = configuration.names;
    options.ordered = ordered;
    options.ignored_columns = configuration.tests.unstable;
    const RowComparison comparison = compare_rows(one, other, options);
    if (comparison.equal()) return;
    differ(fmt::format("{}: {} and {} do not hold the same", what, left_engine, right_engine), position).details =
        describe_all(comparison, left_engine, right_engine);
  };
  for (std::size_t i = 0; i < std::min(left.stages.size(), right.stages.size()); ++i) {
    const CaseObservation::Stage& one = left.stages[i];
    const CaseObservation::Stage& other = right.stages[i];
    for (const std::string& name : left.named) {
      if (!right.named.contains(name)) continue;
      const auto here = one.tables.find(name);
      const auto there = other.tables.find(name);
      if (here != one.tables.end() && there != other.tables.end()) {
        compare(fmt::format("{} {}", here->second.name, one.moment), here->second, there->second, false, {});
      } else if (here != one.tables.end()) {
        differ(fmt::format("{} is there {} on {} alone", here->second.name, one.moment, left_engine), {});
      } else if (there != other.tables.end()) {
        differ(fmt::format("{} is there {} on {} alone", there->second.name, one.moment, right_engine), {});
      }
    }
    for (const CaseObservation::QueryRows& query : one.queries)
      for (const CaseObservation::QueryRows& same : other.queries)
        if (same.rows.name == query.rows.name)
          compare(fmt::format("the query '{}' {}", query.rows.name, one.moment), query.rows, same.rows,
                  query.ordered && same.ordered, query.position);
  }
  if (left.error != right.error)
    differ(fmt::format("the migration fails with {} on {} and with {} on {}", words_of(left.error), left_engine,
                       words_of(right.error), right_engine),
           test_case.error ? test_case.error->position : SourcePosition{});
  return problems;
}

}  // namespace paripassu
