#include "cli/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "harness/report/report_writer.h"

namespace paripassu::cli {

void Context::say(const std::string& line) const {
  if (verbosity < 0) return;
  show_progress("");
  std::cerr << escape_for_terminal(line) << '\n';
}

void Context::show_progress(const std::string& line) const {
  if (progress) std::cerr << "\r\x1b[K" << escape_for_terminal(line) << std::flush;
}

void Context::require_format(const std::vector<std::string>& known) const {
  if (std::find(known.begin(), known.end(), format) != known.end()) return;
  std::string words;
  for (const std::string& word : known) words += (words.empty() ? "" : ", ") + word;
  throw Error(ErrorCategory::usage, "--format " + format + " is not known here")
      .with_remedy("the formats are: " + words);
}

std::string describe(const MigrationEvent& event, std::string_view engine) {
  const char* verb = event.direction == MigrationDirection::up ? "up" : "down";
  switch (event.kind) {
    case MigrationEvent::Kind::waiting:
      return fmt::format("{}: {}; waiting", engine, event.text);
    case MigrationEvent::Kind::started:
      return event.resumed_at > 0 ? fmt::format("{}: {} {} {}: goes on at statement {} of {}", engine, verb,
                                                event.version, event.name, event.resumed_at, event.statement_count)
                                  : fmt::format("{}: {} {} {}", engine, verb, event.version, event.name);
    case MigrationEvent::Kind::statement:
      return fmt::format("{}: {} {} {}: statement {} of {} ({} ms)", engine, verb, event.version, event.name,
                         event.statement, event.statement_count, event.duration_ms);
    case MigrationEvent::Kind::finished:
      return fmt::format("{}: {} {} {}: {} statement{}, {} ms{}", engine, verb, event.version, event.name,
                         event.statement_count, event.statement_count == 1 ? "" : "s", event.duration_ms,
                         event.transactional ? "" : ", not in one transaction");
    case MigrationEvent::Kind::planned:
      return fmt::format("{}: would run {} {} {} ({} statement{}{}) from {}", engine, verb, event.version, event.name,
                         event.statement_count, event.statement_count == 1 ? "" : "s",
                         event.transactional ? "" : ", not in one transaction", event.file);
    case MigrationEvent::Kind::repaired:
      return fmt::format("{}: {}", engine, event.text);
  }
  return {};
}

}  // namespace paripassu::cli
