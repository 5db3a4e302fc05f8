#include "harness/report/query_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "harness/dataset/row_text.h"
#include "harness/report/ascii_json.h"
#include "harness/report/suite_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

using nlohmann::ordered_json;

constexpr int kQueryReportVersion = 1;

ordered_json json_of(const Cell& cell) {
  return cell ? ordered_json(*cell) : ordered_json(nullptr);
}

ordered_json json_of(const std::vector<Cell>& cells) {
  ordered_json list = ordered_json::array();
  for (const Cell& cell : cells) list.push_back(json_of(cell));
  return list;
}

std::string_view word_of(DataDifference::Kind kind) {
  switch (kind) {
    case DataDifference::Kind::left_only:
      return "left-only";
    case DataDifference::Kind::right_only:
      return "right-only";
    case DataDifference::Kind::changed:
      break;
  }
  return "changed";
}

/// "total: 3 rows differ by rounding, all by 0.01".
std::vector<std::string> tallies_of(const TableResult& rows) {
  std::vector<std::string> lines;
  for (const ColumnResult& column : rows.columns) {
    for (std::size_t i = 0; i < kValueClasses; ++i) {
      const ClassTally& tally = column.classes[i];
      if (tally.rows == 0) continue;
      lines.push_back(fmt::format("{}: {} {}: {}{}{}", column.left_name, tally.rows, tally.rows == 1 ? "row" : "rows",
                                  to_string(static_cast<ValueClass>(i)),
                                  tally.common_note.empty() ? "" : ", all " + tally.common_note,
                                  column.verdicts[i] == ClassVerdict::accepted ? " (accepted)" : ""));
    }
  }
  return lines;
}

ordered_json json_of(const DataDifference& difference, const TableResult& rows) {
  ordered_json json = {{"kind", word_of(difference.kind)}, {"key", json_of(difference.key)}};
  if (difference.kind == DataDifference::Kind::changed) {
    json["values"] = ordered_json::array();
    for (const ValueDifference& value : difference.values) {
      ordered_json one = {{"column", rows.columns[value.column].left_name},
                          {"left", json_of(value.left)},
                          {"right", json_of(value.right)},
                          {"class", to_string(value.value_class)},
                          {"verdict", to_string(value.verdict)}};
      if (!value.note.empty()) one["note"] = value.note;
      json["values"].push_back(std::move(one));
    }
  }
  if (!difference.left.empty()) json["left"] = json_of(difference.left);
  if (!difference.right.empty()) json["right"] = json_of(difference.right);
  return json;
}

ordered_json json_of(const QueryResult& result) {
  ordered_json json = {{"query", result.name},
                       {"outcome", to_string(result.outcome)},
                       {"file", result.position.file},
                       {"duration_ms", result.duration_ms}};
  if (result.position.line > 0) json["line"] = result.position.line;
  if (!result.message.empty()) json["message"] = result.message;
  if (!result.details.empty()) json["details"] = result.details;
  const TableResult& rows = result.rows;
  if (rows.columns.empty() && rows.skipped_columns.empty()) return json;
  json["pairing"] = rows.key_origin;
  ordered_json columns = ordered_json::array();
  for (const ColumnResult& column : rows.columns) {
    ordered_json one = {{"left", column.left_name}, {"right", column.right_name}, {"rule", column.rule}};
    for (std::size_t i = 0; i < kValueClasses; ++i)
      if (column.classes[i].rows > 0)
        one["classes"][std::string(to_string(static_cast<ValueClass>(i)))] = column.classes[i].rows;
    columns.push_back(std::move(one));
  }
  json["columns"] = std::move(columns);
  json["skipped_columns"] = ordered_json::array();
  for (const Skipped& column : rows.skipped_columns)
    json["skipped_columns"].push_back({{"column", column.name}, {"reason", column.reason}});
  json["rows"] = {{"left", rows.left_rows},
                  {"right", rows.right_rows},
                  {"equal", rows.equal_rows},
                  {"changed", rows.changed_rows},
                  {"accepted", rows.accepted_rows},
                  {"left_only", rows.left_only_rows},
                  {"right_only", rows.right_only_rows}};
  if (!rows.notes.empty()) json["notes"] = rows.notes;
  json["differences"] = ordered_json::array();
  for (const DataDifference& difference : rows.differences) json["differences"].push_back(json_of(difference, rows));
  return json;
}

Suite suite_of(const QueryReport& report) {
  Suite suite;
  suite.command = "query";
  suite.noun = "query";
  suite.nouns = "queries";
  suite.subject = report.left_label + " against " + report.right_label;
  suite.notes = report.notes;
  suite.duration_ms = report.duration_ms;
  append_limit(report.left, suite.limits);
  append_limit(report.right, suite.limits);
  for (const QueryResult& result : report.results) {
    SuiteItem item;
    item.outcome = result.outcome == QueryOutcome::passed   ? SuiteItem::Outcome::passed
                   : result.outcome == QueryOutcome::failed ? SuiteItem::Outcome::failed
                                                            : SuiteItem::Outcome::incomplete;
    item.name = result.name;
    item.class_name = "paripassu.query";
    item.type = result.rows.columns.empty() ? "refused" : "results-differ";
    item.message = result.message;
    item.position = result.position;
    item.details = result.details;
    item.duration_ms = result.duration_ms;
    item.notes = result.rows.notes;
    const std::vector<std::string> tallies = tallies_of(result.rows);
    if (result.outcome == QueryOutcome::passed) {
      item.notes.push_back(fmt::format("rows: {} on the left, {} on the right, {} equal", result.rows.left_rows,
                                       result.rows.right_rows, result.rows.equal_rows));
      item.notes.insert(item.notes.end(), tallies.begin(), tallies.end());
      // A difference below --fail-on.
      if (!result.details.empty()) {
        item.outcome = SuiteItem::Outcome::warned;
        item.message = result.details.front();
        item.details.erase(item.details.begin());
      }
    } else {
      item.details.insert(item.details.end(), tallies.begin(), tallies.end());
    }
    for (const DataDifference& difference : result.rows.differences)
      item.details.push_back(describe(difference, result.rows));
    suite.items.push_back(std::move(item));
  }
  return suite;
}

}  // namespace

std::string describe(const DataDifference& difference, const TableResult& rows) {
  const auto named = [&rows](const std::vector<Cell>& cells, bool key_only) {
    std::string text;
    std::size_t key = 0;
    for (std::size_t i = 0; i < rows.columns.size() && i < cells.size(); ++i) {
      if (key_only && !rows.columns[i].key) continue;
      text +=
          fmt::format("{}{} = {}", key++ == 0 ? "" : ", ", rows.columns[i].left_name, dataset::shown_value(cells[i]));
    }
    return dataset::shortened(std::move(text));
  };
  if (difference.kind != DataDifference::Kind::changed) {
    const bool left = difference.kind == DataDifference::Kind::left_only;
    return fmt::format("{} only: {}{}", left ? "left" : "right",
                       named(left ? difference.left : difference.right, false),
                       difference.copies > 1 ? fmt::format(" ({} times)", difference.copies) : "");
  }
  std::string text = named(difference.left, true);
  // Rows that pair by their place have it in place of a key.
  if (text.empty() && !difference.key.empty()) text = difference.key.front().value_or("");
  if (text.empty()) text = "(" + named(difference.left, false) + ")";
  for (const ValueDifference& value : difference.values) {
    text += fmt::format("; {}: left {}, right {} ({}{})", rows.columns[value.column].left_name,
                        dataset::shown_value(value.left), dataset::shown_value(value.right),
                        to_string(value.value_class), value.note.empty() ? "" : ", " + value.note);
  }
  return text;
}

void write_query_report(std::ostream& out, const QueryReport& report, ReportFormat format,
                        const ReportOptions& options) {
  const Suite suite = suite_of(report);
  switch (format) {
    case ReportFormat::text:
      write_suite_text(out, suite, options.style);
      return;
    case ReportFormat::junit:
      write_suite_junit(out, suite, options);
      return;
    case ReportFormat::markdown:
      write_suite_markdown(out, suite);
      return;
    case ReportFormat::json: {
      ordered_json queries = ordered_json::array();
      for (const QueryResult& result : report.results) queries.push_back(json_of(result));
      const ordered_json document = {
          {"version", kQueryReportVersion},
          {"left", {{"label", report.left_label}, {"engine", report.left.engine}, {"genuine", report.left.genuine}}},
          {"right",
           {{"label", report.right_label}, {"engine", report.right.engine}, {"genuine", report.right.genuine}}},
          {"summary",
           {{"passed", report.count(QueryOutcome::passed)},
            {"failed", report.count(QueryOutcome::failed)},
            {"incomplete", report.count(QueryOutcome::incomplete)},
            {"duration_ms", report.duration_ms}}},
          {"notes", report.notes},
          {"limits", suite.limits},
          {"queries", std::move(queries)}};
      out << ascii_json(document) << '\n';
      return;
    }
    case ReportFormat::sarif:
    case ReportFormat::github:
      break;
  }
  throw Error(ErrorCategory::usage, "--format " + std::string(to_string(format)) + " is not known to query")
      .with_remedy("the formats are text, json, junit and markdown");
}

}  // namespace paripassu
