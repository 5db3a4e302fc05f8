#include "harness/report/suite_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "harness/report/junit_test.h"
#include "harness/report/markup.h"
#include "harness/report/report_text.h"

namespace paripassu::report {

namespace {

using Outcome = SuiteItem::Outcome;

constexpr std::size_t kDetailsShownMax = 25;  ///< lines of one item in text and Markdown; JSON and JUnit have all
constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kBold = "1";

std::string seconds(std::int64_t duration_ms) {
  if (duration_ms < 1'000) return fmt::format("{} ms", duration_ms);
  return fmt::format("{}.{} s", duration_ms / 1'000, duration_ms % 1'000 / 100);
}

std::size_t count(const Suite& suite, Outcome outcome) {
  return static_cast<std::size_t>(std::count_if(suite.items.begin(), suite.items.end(),
                                                [outcome](const SuiteItem& item) { return item.outcome == outcome; }));
}

std::string place_of(const SuiteItem& item) {
  return item.position.known() ? item.position.to_string() + ": " : "";
}

struct Section {
  Outcome outcome;
  std::string_view word;
  std::string_view sgr;
};
constexpr Section kSections[] = {{Outcome::failed, "FAILED", kRed},
                                 {Outcome::warned, "WARNING", kYellow},
                                 {Outcome::incomplete, "NOT RUN", kYellow}};

}  // namespace

std::string headline_of(const Suite& suite) {
  const std::size_t failed = count(suite, Outcome::failed);
  const std::size_t warned = count(suite, Outcome::warned);
  const std::size_t incomplete = count(suite, Outcome::incomplete);
  const std::size_t ran = suite.items.size() - incomplete;
  const auto counted = [&suite](std::size_t number) {
    return fmt::format("{} {}", number, number == 1 ? suite.noun : suite.nouns);
  };
  std::string text;
  if (failed > 0) {
    text = fmt::format("{} of {} failed", failed, counted(ran));
  } else if (ran == 0) {
    text = fmt::format("No {} ran", suite.noun);
  } else {
    text = ran == 1 ? fmt::format("The one {} passed", suite.noun) : fmt::format("All {} passed", counted(ran));
  }
  if (warned > 0) text += fmt::format(", {} with a warning", warned);
  if (incomplete > 0) text += fmt::format(", {} could not be run", incomplete);
  return text;
}

void append_limit(const ServerInfo& server, std::vector<std::string>& limits) {
  if (server.genuine) return;
  limits.push_back(
      fmt::format("{} ran on {}, which stands in for the engine and differs from it in {} (docs/babelfish.md)",
                  server.engine, server.label(), count_of(server.deviations.size(), "named way")));
}

void write_suite_text(std::ostream& out, const Suite& suite, const TextStyle& style) {
  const auto painted = [&style](std::string_view text, std::string_view sgr) {
    return style.color ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : std::string(text);
  };
  const bool failed = count(suite, Outcome::failed) > 0;
  const bool doubtful = count(suite, Outcome::incomplete) + count(suite, Outcome::warned) > 0 || suite.items.empty();
  out << painted(headline_of(suite), failed     ? kRed
                                     : doubtful ? kYellow
                                                : kGreen)
      << fmt::format(" ({})\n", seconds(suite.duration_ms)) << escape_for_terminal(suite.subject) << '\n';
  for (const Section& section : kSections) {
    for (const SuiteItem& item : suite.items) {
      if (item.outcome != section.outcome) continue;
      out << '\n'
          << painted(section.word, section.sgr) << ' ' << painted(escape_for_terminal(item.name), kBold)
          << fmt::format(" ({})\n", seconds(item.duration_ms));
      out << "  " << escape_for_terminal(place_of(item) + item.message) << '\n';
      const std::size_t shown = style.verbose ? item.details.size() : std::min(item.details.size(), kDetailsShownMax);
      for (std::size_t i = 0; i < shown; ++i) out << "    " << escape_for_terminal(item.details[i]) << '\n';
      if (item.details.size() > shown)
        out << fmt::format("    and {} more, all shown with -v and in JSON\n", item.details.size() - shown);
      for (const std::string& note : item.notes) out << "    note: " << escape_for_terminal(note) << '\n';
    }
  }
  if (style.verbose) {
    out << '\n' << painted("All", kBold) << '\n';
    for (const SuiteItem& item : suite.items) {
      const std::string_view word = item.outcome == Outcome::passed   ? "passed"
                                    : item.outcome == Outcome::failed ? "failed"
                                    : item.outcome == Outcome::warned ? "warned"
                                                                      : "not run";
      out << fmt::format("  {:<8} {:>8}  ", word, seconds(item.duration_ms)) << escape_for_terminal(item.name) << '\n';
      if (item.outcome != Outcome::passed) continue;
      for (const std::string& note : item.notes) out << "             note: " << escape_for_terminal(note) << '\n';
    }
  }
  if (!suite.notes.empty() || !suite.limits.empty()) out << '\n';
  for (const std::string& note : suite.notes) out << "note: " << escape_for_terminal(note) << '\n';
  for (const std::string& limit : suite.limits) out << escape_for_terminal(limit) << '\n';
}

void write_suite_junit(std::ostream& out, const Suite& suite, const ReportOptions& options) {
  const std::string counts =
      fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="0" time="{}.{:03}")", suite.items.size(),
                  count(suite, Outcome::failed), count(suite, Outcome::incomplete), suite.duration_ms / 1'000,
                  suite.duration_ms % 1'000);
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n';
  out << "<testsuites" << xml_attribute("name", "paripassu " + suite.command) << counts << ">\n";
  out << "  <testsuite" << xml_attribute("name", suite.command) << counts << ">\n    <properties>\n      <property"
      << xml_attribute("name", "subject") << xml_attribute("value", suite.subject) << "/>\n";
  if (!options.tool_version.empty())
    out << "      <property" << xml_attribute("name", "paripassu") << xml_attribute("value", options.tool_version)
        << "/>\n";
  out << "    </properties>\n";
  for (const SuiteItem& item : suite.items) {
    JunitTest test;
    test.class_name = item.class_name;
    test.name = item.name;
    test.file = item.position.file;
    test.duration_ms = item.duration_ms;
    test.output = item.notes;
    if (item.outcome == Outcome::failed || item.outcome == Outcome::incomplete) {
      test.verdict = item.outcome == Outcome::failed ? "failure" : "error";
      test.verdict_type = item.outcome == Outcome::failed ? item.type : "incomplete";
      test.verdict_message = item.message;
      test.verdict_lines.push_back(place_of(item) + item.message);
      for (const std::string& detail : item.details) test.verdict_lines.push_back("  " + detail);
    } else if (item.outcome == Outcome::warned) {
      test.output.insert(test.output.begin(), item.details.begin(), item.details.end());
      test.output.insert(test.output.begin(), "warning: " + item.message);
    }
    write_junit_test(out, test);
  }
  std::vector<std::string> general = {headline_of(suite)};
  general.insert(general.end(), suite.notes.begin(), suite.notes.end());
  general.insert(general.end(), suite.limits.begin(), suite.limits.end());
  out << "    <system-out>" << xml_lines(general) << "</system-out>\n  </testsuite>\n</testsuites>\n";
}

void write_suite_markdown(std::ostream& out, const Suite& suite) {
  BoundedText document(kMarkdownBytesMax);
  document.add(fmt::format("### paripassu {}: {}\n\n{} in {}.\n", suite.command, headline_of(suite),
                           markdown_sentence(suite.subject), seconds(suite.duration_ms)));
  for (const std::vector<std::string>* lines : {&suite.limits, &suite.notes})
    for (const std::string& line : *lines) document.add(fmt::format("\n> {}\n", markdown_sentence(line)));
  std::size_t left_out = 0;
  for (const Section& section : kSections) {
    for (const SuiteItem& item : suite.items) {
      if (item.outcome != section.outcome) continue;
      std::string block = fmt::format("\n#### {} {}\n\n- {}{}\n", section.word, markdown_code(item.name),
                                      item.position.known() ? markdown_code(item.position.to_string()) + ": " : "",
                                      markdown_sentence(item.message));
      for (std::size_t i = 0; i < item.details.size() && i < kDetailsShownMax; ++i)
        block += fmt::format("  - {}\n", markdown_sentence(item.details[i]));
      if (item.details.size() > kDetailsShownMax)
        block += fmt::format("  - and {} more\n", item.details.size() - kDetailsShownMax);
      for (const std::string& note : item.notes) block += fmt::format("  - note: {}\n", markdown_sentence(note));
      if (left_out > 0 || !document.add(block)) ++left_out;
    }
  }
  if (left_out > 0)
    document.close(
        fmt::format("\n**and {} more**, which the text and the JSON report show\n", count_of(left_out, "section")));
  out << document.text();
}

}  // namespace paripassu::report
