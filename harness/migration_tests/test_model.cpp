#include "harness/migration_tests/test_model.h"

#include <algorithm>
#include <array>

#include "harness/project/configuration.h"

namespace paripassu {

namespace {

struct NamedKind {
  TestKind kind;
  std::string_view word;
};
constexpr std::array<NamedKind, 9> kKinds = {{{TestKind::stairway, "stairway"},
                                              {TestKind::stairway_data, "stairway-data"},
                                              {TestKind::ladder, "ladder"},
                                              {TestKind::cases, "case"},
                                              {TestKind::skipped, "skipped"},
                                              {TestKind::model, "model"},
                                              {TestKind::parity, "parity"},
                                              {TestKind::rerun, "rerun"},
                                              {TestKind::runners, "runners"}}};

}  // namespace

std::string_view to_string(TestKind kind) {
  for (const NamedKind& named : kKinds)
    if (named.kind == kind) return named.word;
  return "";
}

const std::vector<TestKind>& all_test_kinds() {
  static const std::vector<TestKind> all = [] {
    std::vector<TestKind> kinds;
    for (const NamedKind& named : kKinds) kinds.push_back(named.kind);
    return kinds;
  }();
  return all;
}

TestKind test_kind_from_string(std::string_view word) {
  std::vector<std::string> words;
  for (const NamedKind& named : kKinds) {
    if (named.word == word) return named.kind;
    words.emplace_back(named.word);
  }
  const std::string near = nearest_word(std::string(word), words);
  std::string known;
  for (const std::string& one : words) known += (known.empty() ? "" : ", ") + one;
  throw Error(ErrorCategory::usage, "there is no kind of test '" + std::string(word) + "'" +
                                        (near.empty() ? "" : "; did you mean '" + near + "'?"))
      .with_remedy("the kinds are " + known);
}

std::string TestName::text() const {
  return engine + "/" + std::string(to_string(kind)) + "/" + subject;
}

std::string_view to_string(TestOutcome outcome) {
  switch (outcome) {
    case TestOutcome::passed:
      return "passed";
    case TestOutcome::failed:
      return "failed";
    case TestOutcome::skipped:
      return "skipped";
    case TestOutcome::incomplete:
      return "incomplete";
  }
  return "";
}

std::size_t TestReport::count(TestOutcome outcome) const {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [outcome](const TestResult& result) { return result.outcome == outcome; }));
}

}  // namespace paripassu
