#pragma once

#include <iosfwd>
#include <string>

#include "harness/migration_tests/test_model.h"
#include "harness/report/report_writer.h"

namespace paripassu {

/// The formats of `test`: text, json, junit and markdown. Every format carries every result, names stand-ins, and lets
/// no text from a database or file be anything but text. Throws Error(usage) for another format.
void write_test_report(std::ostream& out, const TestReport& report, ReportFormat format, const ReportOptions& options);

/// For people: the counts first, a line per kind and engine, then every failure with its place and details, what could
/// not be run, what was skipped and why, expected losses, and last what the run does not cover. `verbose`: every test
/// with its time, and every note.
void write_test_text(std::ostream& out, const TestReport& report, const TextStyle& style);
/// docs/json.md has the form. ASCII only, keys in a fixed order.
void write_test_json(std::ostream& out, const TestReport& report);
/// A test case per result; incomplete ones are errors.
void write_test_junit(std::ostream& out, const TestReport& report, const ReportOptions& options);
/// For a comment on a pull request: at most kMarkdownBytesMax bytes.
void write_test_markdown(std::ostream& out, const TestReport& report, const ReportOptions& options);

/// "2 of 52 tests failed, 3 skipped, 1 could not be run", "All 52 tests passed, 3 skipped".
std::string test_headline(const TestReport& report);

}  // namespace paripassu
