#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/parity/difference_explanations.h"
#include "harness/report/junit_test.h"
#include "harness/report/markup.h"
#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

void describe(const Difference& difference, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{} [{}] {}", difference.code, to_string(difference.severity), message_of(difference)));
  for (const std::string& origin : origins_of(difference)) lines.push_back("  in " + origin);
  if (const DifferenceExplanation* explanation = explain_difference(difference.code)) {
    lines.push_back(fmt::format("  why it matters: {}", explanation->why));
    if (!explanation->remedy.empty()) lines.push_back(fmt::format("  what to do: {}", explanation->remedy));
  }
}

/// "3 differences: column-type, index-missing".
std::string failure_message(const std::vector<const Difference*>& failures) {
  std::set<std::string_view> codes;
  std::string text;
  for (const Difference* difference : failures) {
    if (codes.insert(difference->code).second) text += (text.empty() ? "" : ", ") + difference->code;
  }
  return fmt::format("{}: {}", count_of(failures.size(), "difference"), text);
}

JunitTest test_of(const DifferenceGroup& group, Severity fail_on) {
  JunitTest test;
  test.class_name = "paripassu.diff";
  test.name = group.title;
  std::vector<const Difference*> failures;
  for (const Difference* difference : group.differences) {
    const bool fails = difference->severity <= fail_on;
    describe(*difference, fails ? test.verdict_lines : test.output);
    if (!fails) continue;
    failures.push_back(difference);
    const ShownSides shown = shown_sides(*difference);
    if (test.file.empty() && shown.main) test.file = shown.main->file;
  }
  if (failures.empty()) return test;
  test.verdict = "failure";
  test.verdict_type = failures.front()->code;
  test.verdict_message = failure_message(failures);
  return test;
}

JunitTest test_of_waived(const Difference& difference) {
  JunitTest test;
  test.class_name = "paripassu.waived";
  test.name = fmt::format("{}: {}", difference.code, qualified_object(difference));
  test.verdict = "skipped";
  test.verdict_message = difference.waived;
  test.output.push_back(message_of(difference));
  return test;
}

std::vector<JunitTest> tests_of_unknown(const Comparison& comparison) {
  std::vector<JunitTest> tests;
  for (const std::string& sentence : unknown_sentences(comparison)) {
    JunitTest test;
    test.class_name = "paripassu.unknown";
    const catalog::Unknown& entry = comparison.unknown[tests.size()];
    test.name = fmt::format("{} of {}", entry.what, entry.object == "*" ? "the whole database" : entry.object);
    test.verdict = "error";
    test.verdict_type = "unknown";
    test.verdict_message = "could not be read, so it was not compared";
    test.verdict_lines.push_back(sentence);
    tests.push_back(std::move(test));
  }
  return tests;
}

/// What belongs to the comparison as a whole.
std::vector<std::string> general_output(const Comparison& comparison) {
  std::vector<std::string> lines = {summary_sentence(comparison)};
  const auto add = [&lines](std::string_view lead, const std::vector<std::string>& more) {
    for (const std::string& line : more) lines.push_back(fmt::format("{}{}", lead, line));
  };
  add("", stand_in_sentences(comparison));
  add("compatible types: ", compatible_sentences(comparison));
  add("database settings that differ: ", comparison.settings);
  add("not compared: ", comparison.not_compared);
  return lines;
}

}  // namespace

void write_junit(std::ostream& out, const Comparison& comparison, const ReportOptions& options) {
  std::vector<JunitTest> tests;
  for (const DifferenceGroup& group : group_differences(comparison)) tests.push_back(test_of(group, options.fail_on));
  for (const Difference* difference : waived_differences(comparison)) tests.push_back(test_of_waived(*difference));
  for (JunitTest& test : tests_of_unknown(comparison)) tests.push_back(std::move(test));

  const auto count = [&tests](std::string_view verdict) {
    return std::count_if(tests.begin(), tests.end(),
                         [verdict](const JunitTest& test) { return test.verdict == verdict; });
  };
  const std::string counts = fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="{}")", tests.size(),
                                         count("failure"), count("error"), count("skipped"));
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n';
  out << R"(<testsuites name="paripassu diff")" << counts << ">\n";
  out << "  <testsuite" << xml_attribute("name", compared_sides(comparison)) << counts << ">\n";
  out << "    <properties>\n";
  const std::pair<std::string_view, const std::string*> properties[] = {
      {"left", &comparison.left_label}, {"right", &comparison.right_label}, {"paripassu", &options.tool_version}};
  for (const auto& [name, value] : properties) {
    if (value->empty()) continue;
    out << "      <property" << xml_attribute("name", name) << xml_attribute("value", *value) << "/>\n";
  }
  out << "    </properties>\n";
  for (const JunitTest& test : tests) write_junit_test(out, test);
  out << "    <system-out>" << xml_lines(general_output(comparison)) << "</system-out>\n";
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace paripassu
