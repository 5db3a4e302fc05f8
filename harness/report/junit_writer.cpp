#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/parity/difference_explanations.h"
#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

/// Text and attribute values. What a terminal must not see is escaped first, which leaves of the characters that
/// XML 1.0 forbids only U+FFFE and U+FFFF.
std::string xml_text(std::string_view text) {
  std::string out;
  const std::string shown = escape_for_terminal(text);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    switch (shown[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\xEF':
        if (shown.compare(i, 2, "\xEF\xBF") == 0 && (shown[i + 2] == '\xBE' || shown[i + 2] == '\xBF')) {
          out += "\xEF\xBF\xBD";
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        out += shown[i];
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, xml_text(value));
}

std::string lines_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += xml_text(line) + "\n";
  return text;
}

/// One test. At most one of failure, error and skipped, since readers show only one.
struct TestCase {
  std::string class_name;
  std::string name;
  std::string file;
  std::string verdict;  ///< "failure", "error", "skipped"; empty: passed
  std::string verdict_type;
  std::string verdict_message;
  std::vector<std::string> verdict_lines;
  std::vector<std::string> output;
};

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

TestCase test_of(const DifferenceGroup& group, Severity fail_on) {
  TestCase test;
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

TestCase test_of_waived(const Difference& difference) {
  TestCase test;
  test.class_name = "paripassu.waived";
  test.name = fmt::format("{}: {}", difference.code, qualified_object(difference));
  test.verdict = "skipped";
  test.verdict_message = difference.waived;
  test.output.push_back(message_of(difference));
  return test;
}

std::vector<TestCase> tests_of_unknown(const Comparison& comparison) {
  std::vector<TestCase> tests;
  for (const std::string& sentence : unknown_sentences(comparison)) {
    TestCase test;
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

void write_test(std::ostream& out, const TestCase& test) {
  out << "    <testcase" << attribute("classname", test.class_name) << attribute("name", test.name);
  if (!test.file.empty()) out << attribute("file", test.file);
  if (test.verdict.empty() && test.output.empty()) {
    out << "/>\n";
    return;
  }
  out << ">\n";
  if (!test.verdict.empty()) {
    out << "      <" << test.verdict << attribute("message", test.verdict_message);
    if (!test.verdict_type.empty()) out << attribute("type", test.verdict_type);
    if (test.verdict_lines.empty()) {
      out << "/>\n";
    } else {
      out << ">" << lines_of(test.verdict_lines) << "</" << test.verdict << ">\n";
    }
  }
  if (!test.output.empty()) out << "      <system-out>" << lines_of(test.output) << "</system-out>\n";
  out << "    </testcase>\n";
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
  std::vector<TestCase> tests;
  for (const DifferenceGroup& group : group_differences(comparison)) tests.push_back(test_of(group, options.fail_on));
  for (const Difference* difference : waived_differences(comparison)) tests.push_back(test_of_waived(*difference));
  for (TestCase& test : tests_of_unknown(comparison)) tests.push_back(std::move(test));

  const auto count = [&tests](std::string_view verdict) {
    return std::count_if(tests.begin(), tests.end(),
                         [verdict](const TestCase& test) { return test.verdict == verdict; });
  };
  const std::string counts = fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="{}")", tests.size(),
                                         count("failure"), count("error"), count("skipped"));
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n';
  out << R"(<testsuites name="paripassu diff")" << counts << ">\n";
  out << "  <testsuite" << attribute("name", compared_sides(comparison)) << counts << ">\n";
  out << "    <properties>\n";
  const std::pair<std::string_view, const std::string*> properties[] = {
      {"left", &comparison.left_label}, {"right", &comparison.right_label}, {"paripassu", &options.tool_version}};
  for (const auto& [name, value] : properties) {
    if (value->empty()) continue;
    out << "      <property" << attribute("name", name) << attribute("value", *value) << "/>\n";
  }
  out << "    </properties>\n";
  for (const TestCase& test : tests) write_test(out, test);
  out << "    <system-out>" << lines_of(general_output(comparison)) << "</system-out>\n";
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace paripassu
