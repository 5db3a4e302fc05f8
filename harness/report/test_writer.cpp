#include "harness/report/test_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "harness/report/ascii_json.h"
#include "harness/report/junit_test.h"
#include "harness/report/markup.h"
#include "harness/report/report_text.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

using nlohmann::ordered_json;

constexpr int kTestReportVersion = 1;
constexpr std::size_t kDetailsShownMax = 25;  ///< lines of one problem in text and Markdown; JSON and JUnit have all
constexpr std::size_t kNotesShownMax = 30;    ///< lines of a list in text, unless verbose
constexpr std::size_t kSlowestShown = 5;      ///< migrations
constexpr std::int64_t kSlowMin_ms = 100;     ///< a migration faster than this is not called slow
constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kBold = "1";

std::string seconds(std::int64_t duration_ms) {
  if (duration_ms < 1'000) return fmt::format("{} ms", duration_ms);
  return fmt::format("{}.{} s", duration_ms / 1'000, duration_ms % 1'000 / 100);
}

/// "PostgreSQL 15.20, Babelfish for PostgreSQL 4.4.0 [stand-in]".
std::string servers_of(const TestReport& report) {
  std::string text;
  for (const TestEngine& engine : report.engines) {
    if (!text.empty()) text += ", ";
    text += engine.server.empty() ? engine.name + ": no server" : engine.server;
  }
  return text;
}

/// What the run does not say although its verdict might be read so.
std::vector<std::string> limits_of(const TestReport& report) {
  std::vector<std::string> lines;
  for (const TestEngine& engine : report.engines) {
    if (!engine.unavailable.empty())
      lines.push_back(fmt::format("{} did not run: {}", engine.name, engine.unavailable));
    if (engine.genuine || engine.server.empty()) continue;
    lines.push_back(
        fmt::format("{} ran on {}, which stands in for the engine and differs from it in {} (docs/babelfish.md)",
                    engine.name, engine.server, count_of(engine.deviations.size(), "named way")));
  }
  return lines;
}

/// "migrations/0005.down.sql:3: ", or nothing.
std::string place_of(const TestProblem& problem) {
  return problem.position.known() ? problem.position.to_string() + ": " : "";
}

std::vector<const TestResult*> results_of(const TestReport& report, TestOutcome outcome) {
  std::vector<const TestResult*> results;
  for (const TestResult& result : report.results)
    if (result.outcome == outcome) results.push_back(&result);
  return results;
}

/// Reasons with the tests that they stand for, in the order of their first.
std::vector<std::pair<std::string, std::vector<const TestResult*>>> by_reason(
    const std::vector<const TestResult*>& results) {
  std::vector<std::pair<std::string, std::vector<const TestResult*>>> reasons;
  for (const TestResult* result : results) {
    const auto found = std::find_if(reasons.begin(), reasons.end(),
                                    [result](const auto& entry) { return entry.first == result->reason; });
    if (found == reasons.end()) {
      reasons.push_back({result->reason, {result}});
    } else {
      found->second.push_back(result);
    }
  }
  return reasons;
}

/// Migrations by the time of their first up, the slowest first.
std::vector<const TestResult*> slowest(const TestReport& report) {
  std::vector<const TestResult*> timed;
  for (const TestResult& result : report.results)
    if (result.migrate_ms >= kSlowMin_ms) timed.push_back(&result);
  std::stable_sort(timed.begin(), timed.end(),
                   [](const TestResult* a, const TestResult* b) { return a->migrate_ms > b->migrate_ms; });
  // A migration is timed once per kind of test.
  std::vector<const TestResult*> once;
  for (const TestResult* result : timed) {
    const bool seen = std::any_of(once.begin(), once.end(), [result](const TestResult* other) {
      return other->name.engine == result->name.engine && other->name.subject == result->name.subject;
    });
    if (!seen) once.push_back(result);
    if (once.size() == kSlowestShown) break;
  }
  return once;
}

class TextWriter {
 public:
  TextWriter(std::ostream& out, const TestReport& report, const TextStyle& style)
      : out_(out), report_(report), style_(style) {}

  void write() {
    write_head();
    write_table();
    for (const TestResult* result : results_of(report_, TestOutcome::failed)) write_failure(*result);
    write_reasons("Could not be run", results_of(report_, TestOutcome::incomplete), kYellow);
    write_reasons("Skipped", results_of(report_, TestOutcome::skipped), kBold);
    write_notes();
    write_slowest();
    if (style_.verbose) write_all();
    for (const std::string& warning : report_.warnings) line("warning: " + warning);
    const std::vector<std::string> limits = limits_of(report_);
    if (!limits.empty()) out_ << '\n';
    for (const std::string& limit : limits) line(limit);
  }

 private:
  std::string painted(std::string_view text, std::string_view sgr) const {
    return style_.color ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : std::string(text);
  }
  void line(const std::string& text) { out_ << escape_for_terminal(text) << '\n'; }

  void write_head() {
    const bool failed = report_.count(TestOutcome::failed) > 0;
    const bool incomplete = report_.count(TestOutcome::incomplete) > 0;
    out_ << painted(test_headline(report_), failed       ? kRed
                                            : incomplete ? kYellow
                                                         : kGreen)
         << fmt::format(" ({})\n", seconds(report_.duration_ms));
    line((report_.project.empty() ? "" : report_.project + " on ") + servers_of(report_));
  }

  void write_table() {
    struct Counts {
      std::size_t outcomes[4] = {};
    };
    std::map<std::pair<TestKind, std::string>, Counts> table;
    for (const TestResult& result : report_.results)
      ++table[{result.name.kind, result.name.engine}].outcomes[static_cast<std::size_t>(result.outcome)];
    if (table.empty()) return;
    out_ << '\n';
    for (const auto& [key, counts] : table) {
      std::string text;
      for (const TestOutcome outcome :
           {TestOutcome::passed, TestOutcome::failed, TestOutcome::skipped, TestOutcome::incomplete}) {
        const std::size_t count = counts.outcomes[static_cast<std::size_t>(outcome)];
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(outcome));
      }
      const bool failed = counts.outcomes[static_cast<std::size_t>(TestOutcome::failed)] > 0;
      out_ << fmt::format("  {:<14} {:<10} ", to_string(key.first), escape_for_terminal(key.second))
           << (failed ? painted(text, kRed) : text) << '\n';
    }
  }

  void write_failure(const TestResult& result) {
    out_ << '\n'
         << painted("FAILED", kRed) << ' ' << painted(escape_for_terminal(result.name.text()), kBold)
         << fmt::format(" ({})\n", seconds(result.duration_ms));
    for (const TestProblem& problem : result.problems) {
      out_ << "  " << escape_for_terminal(place_of(problem) + problem.message) << " [" << problem.code << "]\n";
      const std::size_t shown =
          style_.verbose ? problem.details.size() : std::min(problem.details.size(), kDetailsShownMax);
      for (std::size_t i = 0; i < shown; ++i) out_ << "    " << escape_for_terminal(problem.details[i]) << '\n';
      if (problem.details.size() > shown)
        out_ << fmt::format("    and {} more, all shown with -v and in JSON\n", problem.details.size() - shown);
    }
    if (!result.kept.empty()) line("  kept: " + result.kept);
  }

  void write_reasons(std::string_view heading, const std::vector<const TestResult*>& results, std::string_view sgr) {
    if (results.empty()) return;
    out_ << '\n' << painted(heading, sgr) << '\n';
    for (const auto& [reason, tests] : by_reason(results)) {
      std::string names = tests.front()->name.text();
      if (tests.size() > 1) names += fmt::format(" and {} more", tests.size() - 1);
      line(fmt::format("  {}: {}", names, reason.empty() ? "no reason given" : reason));
    }
  }

  void write_notes() {
    std::vector<std::string> notes;
    for (const TestResult& result : report_.results)
      for (const std::string& note : result.notes) notes.push_back(result.name.text() + ": " + note);
    if (notes.empty()) return;
    out_ << '\n' << painted("Notes", kBold) << '\n';
    const std::size_t shown = style_.verbose ? notes.size() : std::min(notes.size(), kNotesShownMax);
    for (std::size_t i = 0; i < shown; ++i) line("  " + notes[i]);
    if (notes.size() > shown)
      out_ << fmt::format("  and {} more, all shown with -v and in JSON\n", notes.size() - shown);
  }

  void write_slowest() {
    const std::vector<const TestResult*> results = slowest(report_);
    if (results.empty()) return;
    out_ << '\n' << painted("Slowest migrations", kBold) << '\n';
    for (const TestResult* result : results)
      line(fmt::format("  {:>8}  {} {}", seconds(result->migrate_ms), result->name.engine, result->name.subject));
  }

  void write_all() {
    out_ << '\n' << painted("All tests", kBold) << '\n';
    for (const TestResult& result : report_.results)
      line(fmt::format("  {:<10} {:>8}  {}", to_string(result.outcome), seconds(result.duration_ms),
                       result.name.text()));
  }

  std::ostream& out_;
  const TestReport& report_;
  const TextStyle& style_;
};

ordered_json json_of(const TestProblem& problem) {
  ordered_json json = {{"code", problem.code}, {"message", problem.message}};
  if (!problem.position.file.empty()) json["file"] = problem.position.file;
  if (problem.position.line > 0) json["line"] = problem.position.line;
  json["details"] = problem.details;
  return json;
}

ordered_json json_of(const TestResult& result) {
  ordered_json json = {{"test", result.name.text()},           {"engine", result.name.engine},
                       {"kind", to_string(result.name.kind)},  {"subject", result.name.subject},
                       {"outcome", to_string(result.outcome)}, {"duration_ms", result.duration_ms}};
  if (result.migrate_ms >= 0) json["migrate_ms"] = result.migrate_ms;
  if (!result.reason.empty()) json["reason"] = result.reason;
  if (!result.problems.empty()) {
    json["problems"] = ordered_json::array();
    for (const TestProblem& problem : result.problems) json["problems"].push_back(json_of(problem));
  }
  if (!result.notes.empty()) json["notes"] = result.notes;
  if (!result.kept.empty()) json["kept"] = result.kept;
  return json;
}

JunitTest junit_of(const TestResult& result) {
  JunitTest test;
  test.class_name = fmt::format("paripassu.{}.{}", result.name.engine, to_string(result.name.kind));
  test.name = result.name.text();
  test.duration_ms = result.duration_ms;
  for (const TestProblem& problem : result.problems) {
    if (test.file.empty()) test.file = problem.position.file;
    test.verdict_lines.push_back(fmt::format("{}{} [{}]", place_of(problem), problem.message, problem.code));
    for (const std::string& detail : problem.details) test.verdict_lines.push_back("  " + detail);
  }
  if (!result.kept.empty()) test.verdict_lines.push_back("kept: " + result.kept);
  test.output = result.notes;
  switch (result.outcome) {
    case TestOutcome::passed:
      break;
    case TestOutcome::failed:
      test.verdict = "failure";
      test.verdict_type = result.problems.empty() ? "failed" : result.problems.front().code;
      test.verdict_message = result.problems.empty() ? "failed" : result.problems.front().message;
      break;
    case TestOutcome::skipped:
      test.verdict = "skipped";
      test.verdict_message = result.reason;
      break;
    case TestOutcome::incomplete:
      test.verdict = "error";
      test.verdict_type = "incomplete";
      test.verdict_message = result.reason;
      break;
  }
  return test;
}

}  // namespace

std::string test_headline(const TestReport& report) {
  const std::size_t failed = report.count(TestOutcome::failed);
  const std::size_t incomplete = report.count(TestOutcome::incomplete);
  const std::size_t skipped = report.count(TestOutcome::skipped);
  const std::size_t ran = report.count(TestOutcome::passed) + failed;
  std::string text;
  if (failed > 0) {
    text = fmt::format("{} of {} failed", failed, count_of(ran, "test"));
  } else if (ran == 0) {
    text = "No test ran";
  } else {
    text = ran == 1 ? "The one test passed" : fmt::format("All {} tests passed", ran);
  }
  if (skipped > 0) text += fmt::format(", {} skipped", skipped);
  if (incomplete > 0) text += fmt::format(", {} could not be run", incomplete);
  return text;
}

void write_test_text(std::ostream& out, const TestReport& report, const TextStyle& style) {
  TextWriter(out, report, style).write();
}

void write_test_json(std::ostream& out, const TestReport& report) {
  ordered_json engines = ordered_json::array();
  for (const TestEngine& engine : report.engines) {
    ordered_json json = {{"engine", engine.name}, {"server", engine.server}, {"genuine", engine.genuine}};
    if (!engine.deviations.empty()) json["deviations"] = engine.deviations;
    if (!engine.unavailable.empty()) json["unavailable"] = engine.unavailable;
    engines.push_back(std::move(json));
  }
  ordered_json tests = ordered_json::array();
  for (const TestResult& result : report.results) tests.push_back(json_of(result));
  ordered_json summary = {{"passed", report.count(TestOutcome::passed)},
                          {"failed", report.count(TestOutcome::failed)},
                          {"skipped", report.count(TestOutcome::skipped)},
                          {"incomplete", report.count(TestOutcome::incomplete)},
                          {"duration_ms", report.duration_ms}};
  const ordered_json document = {{"version", kTestReportVersion}, {"project", report.project},
                                 {"engines", std::move(engines)}, {"summary", std::move(summary)},
                                 {"warnings", report.warnings},   {"tests", std::move(tests)}};
  out << ascii_json(document) << '\n';
}

void write_test_junit(std::ostream& out, const TestReport& report, const ReportOptions& options) {
  const std::string counts =
      fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="{}" time="{}.{:03}")", report.results.size(),
                  report.count(TestOutcome::failed), report.count(TestOutcome::incomplete),
                  report.count(TestOutcome::skipped), report.duration_ms / 1'000, report.duration_ms % 1'000);
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n';
  out << R"(<testsuites name="paripassu test")" << counts << ">\n";
  out << "  <testsuite" << xml_attribute("name", report.project.empty() ? "migrations" : report.project) << counts
      << ">\n    <properties>\n";
  for (const TestEngine& engine : report.engines)
    out << "      <property" << xml_attribute("name", engine.name)
        << xml_attribute("value", engine.server.empty() ? "no server: " + engine.unavailable : engine.server) << "/>\n";
  if (!options.tool_version.empty())
    out << "      <property" << xml_attribute("name", "paripassu") << xml_attribute("value", options.tool_version)
        << "/>\n";
  out << "    </properties>\n";
  for (const TestResult& result : report.results) write_junit_test(out, junit_of(result));
  std::vector<std::string> general = limits_of(report);
  general.insert(general.begin(), test_headline(report));
  out << "    <system-out>" << xml_lines(general) << "</system-out>\n  </testsuite>\n</testsuites>\n";
}

void write_test_markdown(std::ostream& out, const TestReport& report, const ReportOptions&) {
  BoundedText document(kMarkdownBytesMax);
  document.add(fmt::format("### paripassu test: {}\n\n{}{} in {}.\n", test_headline(report),
                           report.project.empty() ? "" : markdown_code(report.project) + " on ",
                           markdown_sentence(servers_of(report)), seconds(report.duration_ms)));
  for (const std::string& limit : limits_of(report)) document.add(fmt::format("\n> {}\n", markdown_sentence(limit)));
  std::size_t left_out = 0;
  const auto add = [&](const std::string& block) {
    if (left_out > 0 || !document.add(block)) ++left_out;
  };
  for (const TestResult* result : results_of(report, TestOutcome::failed)) {
    std::string block = fmt::format("\n#### {}\n\n", markdown_code(result->name.text()));
    for (const TestProblem& problem : result->problems) {
      block += fmt::format("- {}{} ({})\n",
                           problem.position.known() ? markdown_code(problem.position.to_string()) + ": " : "",
                           markdown_sentence(problem.message), markdown_code(problem.code));
      for (std::size_t i = 0; i < problem.details.size() && i < kDetailsShownMax; ++i)
        block += fmt::format("  - {}\n", markdown_sentence(problem.details[i]));
      if (problem.details.size() > kDetailsShownMax)
        block += fmt::format("  - and {} more\n", problem.details.size() - kDetailsShownMax);
    }
    add(block);
  }
  for (const auto& [outcome, heading] :
       {std::pair{TestOutcome::incomplete, "Could not be run"}, std::pair{TestOutcome::skipped, "Skipped"}}) {
    const auto reasons = by_reason(results_of(report, outcome));
    if (reasons.empty()) continue;
    std::string block = fmt::format("\n#### {}\n\n", heading);
    for (const auto& [reason, tests] : reasons)
      block +=
          fmt::format("- {}{}: {}\n", markdown_code(tests.front()->name.text()),
                      tests.size() > 1 ? fmt::format(" and {} more", tests.size() - 1) : "", markdown_sentence(reason));
    add(block);
  }
  if (left_out > 0)
    document.close(
        fmt::format("\n**and {} more**, which the text and the JSON report show\n", count_of(left_out, "section")));
  out << document.text();
}

void write_test_report(std::ostream& out, const TestReport& report, ReportFormat format, const ReportOptions& options) {
  switch (format) {
    case ReportFormat::text:
      write_test_text(out, report, options.style);
      return;
    case ReportFormat::json:
      write_test_json(out, report);
      return;
    case ReportFormat::junit:
      write_test_junit(out, report, options);
      return;
    case ReportFormat::markdown:
      write_test_markdown(out, report, options);
      return;
    case ReportFormat::sarif:
    case ReportFormat::github:
      break;
  }
  throw Error(ErrorCategory::usage, "--format " + std::string(to_string(format)) + " is not known to test")
      .with_remedy("the formats are text, json, junit and markdown");
}

}  // namespace paripassu
