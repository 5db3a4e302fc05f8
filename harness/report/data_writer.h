#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/datacheck/data_report.h"
#include "harness/datacheck/table_plan.h"
#include "harness/report/report_writer.h"

namespace paripassu {

/// What a comparison of data can be written as; docs/report-formats.md has an example of each. Every format names
/// stand-ins, lets no name or value from a database be anything but text, and, but for csv, says what was not compared.
enum class DataFormat { text, json, jsonl, csv, junit, markdown };

/// "text", "json", "jsonl", "csv", "junit", "markdown".
std::string_view to_string(DataFormat format);
/// nullopt for any other word.
std::optional<DataFormat> data_format_from_string(std::string_view word);

/// Writes the whole report as text, json, junit or markdown. Throws Error(internal) for the two formats of rows.
void write_data_report(std::ostream& out, const DataReport& report, DataFormat format, const ReportOptions& options);

/// For people: the result in one line, a line per table, then every table that is not equal with its classes of
/// differences and its first rows, values side by side and shortened around what differs. The last line says what was
/// not compared.
void write_data_text(std::ostream& out, const DataReport& report, const ReportOptions& options);
/// docs/json.md has the form. ASCII only, keys in a fixed order; bytes that are not UTF-8 become U+FFFD.
void write_data_json(std::ostream& out, const DataReport& report, const ReportOptions& options);
/// A test per table; one that is incomplete is an error, unless it differs.
void write_data_junit(std::ostream& out, const DataReport& report, const ReportOptions& options);
/// For a comment on a pull request: at most kMarkdownBytesMax bytes.
void write_data_markdown(std::ostream& out, const DataReport& report, const ReportOptions& options);

/// The names by which rows of a table are written.
struct DataRowTable {
  std::string left_name;
  std::string right_name;
  std::vector<std::string> columns;  ///< by index of ValueDifference::column, as on the left
  std::size_t key_columns = 0;
};

/// Differing rows as they are found, in the order in which they come: jsonl, a JSON object a line and a summary as the
/// last one; csv, a line per differing value (NULL is an empty cell, the empty text `""`).
class DataRowWriter {
 public:
  /// `rows_max`: written per table; absent: all. `out` must outlive it.
  DataRowWriter(std::ostream& out, DataFormat format, std::optional<std::size_t> rows_max);

  void row(const TablePlan& table, const DataDifference& difference);
  void row(const DataRowTable& table, const DataDifference& difference);
  /// The summary of jsonl; nothing of csv.
  void finish(const DataReport& report, Severity fail_on);

 private:
  std::ostream& out_;
  DataFormat format_;
  std::optional<std::size_t> rows_max_;
  std::map<std::string, std::size_t> written_;
  std::map<const TablePlan*, DataRowTable> tables_;
};

/// "2 of 11 tables differ: 41,233 rows changed, 2 only on the left", "11 tables are equal: 15,607 rows".
std::string data_headline(const DataReport& report, Severity fail_on);
/// One line: "Not compared: public.audit (only on the left); accepted: 2 columns", "Nothing was left out".
std::string not_compared_line(const DataReport& report);

}  // namespace paripassu
