#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "backends/session.h"
#include "harness/report/report_writer.h"

/// What the reports of `query` and `check` have in common: a list of named things that passed, failed or could not be
/// run. Private to the rooms of reports.
namespace paripassu::report {

struct SuiteItem {
  enum class Outcome { passed, failed, warned, incomplete };
  Outcome outcome = Outcome::passed;
  std::string name;
  std::string class_name;  ///< for JUnit: "paripassu.query"
  std::string type;        ///< of the failure: "unique", "results-differ"
  std::string message;     ///< empty when passed
  SourcePosition position;
  std::vector<std::string> details;  ///< a line each
  std::vector<std::string> notes;
  std::int64_t duration_ms = 0;
};

struct Suite {
  std::string command;  ///< "query", "check"
  std::string noun;     ///< "query", "check": "2 of 5 checks failed"
  std::string nouns;
  std::string subject;  ///< "LEFT against RIGHT"
  std::vector<SuiteItem> items;
  std::vector<std::string> notes;
  std::vector<std::string> limits;  ///< what the run does not say although its verdict might be read so
  std::int64_t duration_ms = 0;
};

/// "2 of 5 checks failed, 1 could not be run", "All 5 queries passed".
std::string headline_of(const Suite& suite);
/// A sentence for a stand-in; nothing for the engine itself.
void append_limit(const ServerInfo& server, std::vector<std::string>& limits);

void write_suite_text(std::ostream& out, const Suite& suite, const TextStyle& style);
void write_suite_junit(std::ostream& out, const Suite& suite, const ReportOptions& options);
/// At most kMarkdownBytesMax bytes.
void write_suite_markdown(std::ostream& out, const Suite& suite);

}  // namespace paripassu::report
