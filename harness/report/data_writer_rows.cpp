#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "harness/report/ascii_json.h"
#include "harness/report/data_text.h"
#include "harness/report/data_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

using nlohmann::ordered_json;

constexpr int kDataReportVersion = 1;

ordered_json json_of(const Cell& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

std::string_view kind_word(DataDifference::Kind kind) {
  switch (kind) {
    case DataDifference::Kind::left_only:
      return "left-only";
    case DataDifference::Kind::right_only:
      return "right-only";
    case DataDifference::Kind::changed:
      return "changed";
  }
  return "";
}

ordered_json json_of(const ComparedSide& side, const std::string& label) {
  ordered_json json = {{"label", label},
                       {"engine", side.engine},
                       {"product", side.product},
                       {"product_version", side.product_version},
                       {"genuine", side.genuine}};
  if (!side.deviations.empty()) json["deviations"] = side.deviations;
  json["database"] = side.database;
  return json;
}

ordered_json json_of(const Skipped& skipped) {
  ordered_json json = {{"name", skipped.name}, {"reason", skipped.reason}};
  if (!skipped.waived.empty()) json["waived"] = skipped.waived;
  return json;
}

ordered_json json_of(const std::vector<Skipped>& skipped) {
  ordered_json json = ordered_json::array();
  for (const Skipped& one : skipped) json.push_back(json_of(one));
  return json;
}

/// Without the table.
ordered_json json_of(const DataDifference& difference, const std::vector<std::string>& columns) {
  const auto name = [&columns](std::size_t column) {
    return column < columns.size() ? columns[column] : std::string();
  };
  ordered_json json = {{"kind", kind_word(difference.kind)}};
  if (!difference.key.empty()) {
    ordered_json key = ordered_json::object();
    for (std::size_t i = 0; i < difference.key.size(); ++i) key[name(i)] = json_of(difference.key[i]);
    json["key"] = std::move(key);
  }
  json["verdict"] = to_string(difference.verdict);
  if (difference.kind == DataDifference::Kind::changed) {
    json["values"] = ordered_json::array();
    for (const ValueDifference& value : difference.values) {
      ordered_json one = {{"column", name(value.column)},
                          {"left", json_of(value.left)},
                          {"right", json_of(value.right)},
                          {"class", to_string(value.value_class)},
                          {"verdict", to_string(value.verdict)}};
      if (!value.note.empty()) one["note"] = value.note;
      json["values"].push_back(std::move(one));
    }
    return json;
  }
  const std::vector<Cell>& row =
      difference.kind == DataDifference::Kind::left_only ? difference.left : difference.right;
  ordered_json values = ordered_json::object();
  for (std::size_t i = 0; i < row.size(); ++i) values[name(i)] = json_of(row[i]);
  json["row"] = std::move(values);
  if (difference.copies > 1) json["copies"] = difference.copies;
  return json;
}

ordered_json json_of(const ColumnResult& column) {
  ordered_json json = {{"left", column.left_name},
                       {"right", column.right_name},
                       {"left_type", column.left_type.printed},
                       {"right_type", column.right_type.printed},
                       {"key", column.key},
                       {"rule", column.rule}};
  if (column.differing() == 0) return json;
  json["classes"] = ordered_json::array();
  for (std::size_t i = 0; i < kValueClasses; ++i) {
    const ClassTally& tally = column.classes[i];
    if (tally.rows == 0) continue;
    ordered_json one = {{"class", to_string(static_cast<ValueClass>(i))},
                        {"verdict", to_string(column.verdicts[i])},
                        {"rows", tally.rows}};
    if (!tally.common_note.empty()) one["note"] = tally.common_note;
    json["classes"].push_back(std::move(one));
  }
  return json;
}

void add_counts(ordered_json& json, const TableResult& table) {
  json["left_rows"] = table.left_rows;
  json["right_rows"] = table.right_rows;
  json["equal_rows"] = table.equal_rows;
  json["changed_rows"] = table.changed_rows;
  json["accepted_rows"] = table.accepted_rows;
  json["left_only_rows"] = table.left_only_rows;
  json["right_only_rows"] = table.right_only_rows;
  json["settled_rows"] = table.settled_rows;
}

ordered_json json_of(const TableResult& table, Severity fail_on) {
  ordered_json json = {{"left", table.left_name},
                       {"right", table.right_name},
                       {"passed", !table.differs(fail_on) && table.complete()},
                       {"complete", table.complete()},
                       {"method", to_string(table.method)},
                       {"key", table.key_origin}};
  add_counts(json, table);
  json["duration_ms"] = table.duration_ms;
  json["rows_per_second"] = rows_per_second(table);
  if (!table.unfinished.empty()) json["unfinished"] = table.unfinished;
  std::vector<std::string> names;
  json["columns"] = ordered_json::array();
  for (const ColumnResult& column : table.columns) {
    names.push_back(column.left_name);
    json["columns"].push_back(json_of(column));
  }
  json["skipped_columns"] = json_of(table.skipped_columns);
  json["notes"] = table.notes;
  json["differences"] = ordered_json::array();
  for (const DataDifference& difference : table.differences) json["differences"].push_back(json_of(difference, names));
  json["differences_left_out"] = rows_left_out(table);
  return json;
}

ordered_json summary_of(const DataReport& report, Severity fail_on) {
  TableResult sum;
  std::size_t different = 0;
  std::size_t unfinished = 0;
  for (const TableResult& table : report.tables) {
    different += table.differs(fail_on) ? 1u : 0u;
    unfinished += table.unfinished.empty() ? 0u : 1u;
    sum.left_rows += table.left_rows;
    sum.right_rows += table.right_rows;
    sum.equal_rows += table.equal_rows;
    sum.changed_rows += table.changed_rows;
    sum.accepted_rows += table.accepted_rows;
    sum.left_only_rows += table.left_only_rows;
    sum.right_only_rows += table.right_only_rows;
    sum.settled_rows += table.settled_rows;
  }
  ordered_json json = {{"passed", !report.differs(fail_on) && report.complete()},
                       {"complete", report.complete()},
                       {"tables", report.tables.size()},
                       {"tables_different", different},
                       {"tables_unfinished", unfinished}};
  add_counts(json, sum);
  json["duration_ms"] = report.duration_ms;
  json["memory_bytes_max"] = report.memory_bytes_max;
  return json;
}

/// As text: a value that a spreadsheet would take for a formula gets an apostrophe in front.
std::string csv_text(std::string_view value) {
  const bool is_signed = !value.empty() && (value.front() == '-' || value.front() == '+');
  const bool is_number = is_signed && value.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
  const bool is_formula = !value.empty() && (value.front() == '=' || value.front() == '@' || (is_signed && !is_number));
  const std::string shown = escape_for_terminal(value);
  const bool quoted = shown.empty() || shown.find_first_of(",\"") != std::string::npos || shown.front() == ' ' ||
                      shown.back() == ' ' || is_formula;
  if (!quoted) return shown;
  std::string out = is_formula ? "\"'" : "\"";
  for (const char c : shown) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string csv_cell(const Cell& value) {
  return value ? csv_text(*value) : std::string();
}

/// An empty one is an empty cell.
std::string csv_word(std::string_view word) {
  return word.empty() ? std::string() : csv_text(word);
}

void write_csv_line(std::ostream& out, const DataRowTable& table, const DataDifference& difference, std::size_t column,
                    const Cell& left, const Cell& right, const ValueDifference* value) {
  std::string key;
  for (std::size_t i = 0; i < difference.key.size(); ++i)
    key += fmt::format("{}{}={}", i == 0 ? "" : "; ", i < table.columns.size() ? table.columns[i] : "",
                       difference.key[i].value_or("NULL"));
  out << csv_word(table.left_name) << ',' << kind_word(difference.kind) << ',' << csv_word(key) << ','
      << csv_word(column < table.columns.size() ? table.columns[column] : "") << ',' << csv_cell(left) << ','
      << csv_cell(right) << ',' << (value == nullptr ? "" : to_string(value->value_class)) << ','
      << to_string(value == nullptr ? difference.verdict : value->verdict) << ','
      << csv_word(value == nullptr ? "" : value->note) << '\n';
}

/// ASCII, in one line.
std::string json_line(const ordered_json& json) {
  std::string text = json.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
  for (std::size_t i = text.find('\x7f'); i != std::string::npos; i = text.find('\x7f', i))
    text.replace(i, 1, "\\u007f");
  return text;
}

}  // namespace

void write_data_json(std::ostream& out, const DataReport& report, const ReportOptions& options) {
  ordered_json tables = ordered_json::array();
  for (const TableResult& table : report.tables) tables.push_back(json_of(table, options.fail_on));
  const ordered_json document = {{"version", kDataReportVersion},
                                 {"left", json_of(report.left, report.left_label)},
                                 {"right", json_of(report.right, report.right_label)},
                                 {"summary", summary_of(report, options.fail_on)},
                                 {"tables", std::move(tables)},
                                 {"skipped_tables", json_of(report.skipped_tables)},
                                 {"notes", report.notes}};
  out << ascii_json(document) << '\n';
}

DataRowWriter::DataRowWriter(std::ostream& out, DataFormat format, std::optional<std::size_t> rows_max)
    : out_(out), format_(format), rows_max_(rows_max) {
  if (format_ == DataFormat::csv) out_ << "table,kind,key,column,left,right,class,verdict,note\n";
}

void DataRowWriter::row(const TablePlan& plan, const DataDifference& difference) {
  DataRowTable& table = tables_[&plan];
  if (table.columns.empty()) {
    table.left_name = plan.left_schema->name + "." + plan.left->name;
    table.right_name = plan.right_schema->name + "." + plan.right->name;
    table.key_columns = plan.key_columns;
    for (const PlannedColumn& column : plan.columns) table.columns.push_back(column.left->name);
  }
  row(table, difference);
}

void DataRowWriter::row(const DataRowTable& table, const DataDifference& difference) {
  if (rows_max_ && written_[table.left_name]++ >= *rows_max_) return;
  if (format_ == DataFormat::jsonl) {
    ordered_json json = {{"table", table.left_name}};
    if (table.right_name != table.left_name) json["right_table"] = table.right_name;
    json.update(json_of(difference, table.columns));
    out_ << json_line(json) << '\n';
    return;
  }
  if (difference.kind == DataDifference::Kind::changed) {
    for (const ValueDifference& value : difference.values)
      write_csv_line(out_, table, difference, value.column, value.left, value.right, &value);
    return;
  }
  const bool is_left = difference.kind == DataDifference::Kind::left_only;
  const std::vector<Cell>& values = is_left ? difference.left : difference.right;
  for (std::size_t i = 0; i < values.size(); ++i)
    write_csv_line(out_, table, difference, i, is_left ? values[i] : Cell(), is_left ? Cell() : values[i], nullptr);
}

void DataRowWriter::finish(const DataReport& report, Severity fail_on) {
  if (format_ != DataFormat::jsonl) return;
  ordered_json skipped = json_of(report.skipped_tables);
  for (const TableResult& table : report.tables) {
    for (const Skipped& column : table.skipped_columns) skipped.push_back(json_of(column));
    if (!table.unfinished.empty())
      skipped.push_back({{"name", table.left_name}, {"reason", "not finished: " + table.unfinished}});
  }
  const ordered_json json = {{"left", json_of(report.left, report.left_label)},
                             {"right", json_of(report.right, report.right_label)},
                             {"summary", summary_of(report, fail_on)},
                             {"not_compared", std::move(skipped)}};
  out_ << json_line(json) << '\n';
}

}  // namespace paripassu
