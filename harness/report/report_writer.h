#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "harness/parity/difference.h"

namespace paripassu {

/// What a comparison can be written as; docs/report-formats.md has an example of each. Every format carries every
/// difference with its code, names stand-ins and what could not be compared, and lets no name or value from a database
/// be anything but text: no control sequence, tag, link, mention or workflow command. The same comparison and options
/// give the same bytes.
enum class ReportFormat { text, json, junit, sarif, github, markdown };

/// "text", "json", "junit", "sarif", "github", "markdown".
std::string_view to_string(ReportFormat format);
/// nullopt for any other word.
std::optional<ReportFormat> report_format_from_string(std::string_view word);

struct TextStyle {
  bool color = false;
  std::size_t width = 110;           ///< columns of the terminal, for lists of names
  std::size_t names_shown_max = 60;  ///< names listed under a folded line; the rest are counted, JSON has all
  bool verbose = false;              ///< expressions also as understood, each such difference on a line of its own
};

struct ReportOptions {
  TextStyle style;                       ///< of text
  Severity fail_on = Severity::warning;  ///< what fails a test of JUnit, and is `passed` in JSON
  std::string tool_version;              ///< "0.1.0"; empty: not written
  std::string information_uri;           ///< of the program, for SARIF; empty: not written
  /// Folder that file names of every format but text are made relative to: the root of the repository, as GitHub and
  /// GitLab want it. Files outside of it stay absolute. Empty: file names stay as they are.
  std::filesystem::path base_dir;
  /// File, named like those in the differences, on which SARIF shows a difference of which no file is known, since
  /// GitHub refuses a SARIF file with a result without one; "paripassu.toml", say. Empty: such results have no file.
  std::string fallback_file;
};

/// Writes the comparison in a format. Throws what the stream throws; the caller checks the stream's state.
void write_report(std::ostream& out, const Comparison& comparison, ReportFormat format, const ReportOptions& options);

/// For people: a summary line first, then a tree grouped by table, equal differences folded ("31 columns: boolean /
/// tinyint"), then compatible types, settings, what was not compared, what is unknown, and what is waived. `-` is on
/// the left only, `+` on the right only, `~` on both but not alike, whether in colour or not. The file and line that
/// made the object follow in parentheses where they are known. Every name and value from a database is escaped: no
/// control character reaches the terminal.
void write_text(std::ostream& out, const Comparison& comparison, const TextStyle& style);

/// One document as docs/json.md and docs/report.schema.json say. ASCII only, keys in a fixed order; bytes that are not
/// UTF-8 become U+FFFD. `fail_on` decides `passed`.
void write_json(std::ostream& out, const Comparison& comparison, Severity fail_on = Severity::warning);

/// A test per compared table and per schema with what belongs to no table; a test per waived difference, skipped, and
/// per thing that could not be compared, an error. Differences less severe than `fail_on` are output of a test that
/// passes. XML 1.0 in UTF-8; characters that it forbids are escaped as on a terminal.
void write_junit(std::ostream& out, const Comparison& comparison, const ReportOptions& options);

/// A SARIF 2.1.0 log of one run. ASCII only.
void write_sarif(std::ostream& out, const Comparison& comparison, const ReportOptions& options);

/// Workflow commands of GitHub Actions, one annotation per difference, errors first, and a summary as the last line.
void write_github(std::ostream& out, const Comparison& comparison, const ReportOptions& options);

/// What fits into a comment on a pull request: GitHub takes 65,536 characters.
inline constexpr std::size_t kMarkdownBytesMax = 60'000;

/// GitHub Flavored Markdown of at most kMarkdownBytesMax bytes: a summary by code, then a table per database table,
/// those with errors first. What did not fit is counted.
void write_markdown(std::ostream& out, const Comparison& comparison, const ReportOptions& options);

/// `text` for terminals: control characters and bytes that are not UTF-8 as \x1b (\n, \r, \t for these three), marks
/// that reorder or hide text as \u{202e}.
std::string escape_for_terminal(std::string_view text);

}  // namespace paripassu
