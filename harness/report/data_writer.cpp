#include "harness/report/data_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "harness/report/data_text.h"
#include "harness/report/junit_test.h"
#include "harness/report/markup.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kBold = "1";
constexpr std::size_t kValueWidthMax = 36;  ///< of one value in the table of rows
constexpr std::size_t kKeyWidthMax = 40;
constexpr std::size_t kRowWidthMax = 90;      ///< of a row that one side lacks
constexpr std::size_t kMarkdownRowsMax = 10;  ///< of one table

std::vector<std::string> key_columns(const TableResult& table) {
  std::vector<std::string> names;
  for (const ColumnResult& column : table.columns)
    if (column.key) names.push_back(column.left_name);
  return names;
}

std::string_view sign_of(const DataDifference& difference) {
  switch (difference.kind) {
    case DataDifference::Kind::left_only:
      return "-";
    case DataDifference::Kind::right_only:
      return "+";
    case DataDifference::Kind::changed:
      return "~";
  }
  return "";
}

/// "time-zone by +01:00 [accepted]".
std::string why(const ValueDifference& value) {
  std::string text(to_string(value.value_class));
  if (!value.note.empty()) text += " " + escape_for_terminal(value.note);
  if (value.verdict != ClassVerdict::error) text += fmt::format(" [{}]", to_string(value.verdict));
  return text;
}

/// "only on the left: note = x, total = 12.50".
std::string one_sided(const TableResult& table, const DataDifference& difference) {
  const bool is_left = difference.kind == DataDifference::Kind::left_only;
  const std::vector<Cell>& row = is_left ? difference.left : difference.right;
  std::string values;
  for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
    if (table.columns[i].key) continue;
    const std::string& name = is_left ? table.columns[i].left_name : table.columns[i].right_name;
    values += fmt::format("{}{} = {}", values.empty() ? ": " : ", ", escape_for_terminal(name),
                          cut(shown_value(row[i]), kValueWidthMax));
  }
  const std::string copies = difference.copies > 1 ? fmt::format(", {} times", grouped(difference.copies)) : "";
  return cut(fmt::format("only on the {}{}{}", is_left ? "left" : "right", copies, values), kRowWidthMax);
}

/// One line of the table of rows.
struct RowLine {
  std::string sign;
  std::string key;
  std::string column;
  std::string left;
  std::string right;
  std::string why;
  std::string whole;  ///< in place of column, left and right
};

std::vector<RowLine> row_lines(const TableResult& table) {
  std::vector<RowLine> lines;
  for (const DataDifference& difference : table.differences) {
    RowLine line;
    line.sign = sign_of(difference);
    for (const Cell& value : difference.key)
      line.key += (line.key.empty() ? "" : ", ") + cut(shown_value(value), kKeyWidthMax);
    if (difference.kind != DataDifference::Kind::changed) {
      line.whole = one_sided(table, difference);
      lines.push_back(std::move(line));
      continue;
    }
    for (const ValueDifference& value : difference.values) {
      line.column =
          value.column < table.columns.size() ? escape_for_terminal(table.columns[value.column].left_name) : "";
      std::tie(line.left, line.right) = shown_pair(value.left, value.right, kValueWidthMax);
      line.why = why(value);
      lines.push_back(line);
      line.sign.clear();
      line.key.clear();
    }
  }
  return lines;
}

class TextWriter {
 public:
  TextWriter(std::ostream& out, const DataReport& report, const ReportOptions& options)
      : out_(out), report_(report), options_(options) {}

  void write() {
    const bool differs = report_.differs(options_.fail_on);
    out_ << painted(data_headline(report_, options_.fail_on), differs              ? kRed
                                                              : report_.complete() ? kGreen
                                                                                   : kYellow)
         << fmt::format(" ({})\n", time_of(report_.duration_ms));
    line(report_.left_label + " against " + report_.right_label);
    for (const std::string& sentence : stand_in_sentences(report_)) line(sentence);
    write_tables();
    for (const TableResult& table : report_.tables)
      if (needs_details(table)) write_details(table);
    write_skipped();
    if (!report_.notes.empty()) out_ << '\n';
    for (const std::string& note : report_.notes) line("note: " + note);
    out_ << '\n'
         << painted(escape_for_terminal(not_compared_line(report_)), report_.complete() ? "" : kYellow) << ".\n";
  }

 private:
  std::string painted(std::string_view text, std::string_view sgr) const {
    return options_.style.color && !sgr.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : std::string(text);
  }
  void line(const std::string& text) { out_ << escape_for_terminal(text) << '\n'; }

  static bool has_found(const TableResult& table) {
    return table.changed_rows + table.accepted_rows + table.left_only_rows + table.right_only_rows > 0;
  }
  bool needs_details(const TableResult& table) const {
    return options_.style.verbose || has_found(table) || !table.complete() || !table.notes.empty();
  }

  void write_tables() {
    if (report_.tables.empty()) return;
    out_ << '\n';
    std::size_t title_width = 0;
    std::size_t rows_width = 0;
    for (const TableResult& table : report_.tables) {
      title_width = std::max(title_width, width_of(escape_for_terminal(table_title(table))));
      rows_width = std::max(rows_width, grouped(std::max(table.left_rows, table.right_rows)).size());
    }
    for (const TableResult& table : report_.tables) {
      const bool differs = table.differs(options_.fail_on);
      const std::string_view sign = !table.unfinished.empty() ? "?" : differs ? "~" : has_found(table) ? "≈" : "=";
      const std::string_view word = !table.unfinished.empty() ? "not finished"
                                    : differs                 ? "differs"
                                    : has_found(table)        ? "equal but for what is accepted or a warning"
                                                              : "equal";
      out_ << "  "
           << painted(sign, differs            ? kRed
                            : table.complete() ? kGreen
                                               : kYellow)
           << ' ' << filled(escape_for_terminal(table_title(table)), title_width)
           << fmt::format("  {:>{}} rows  {}\n", grouped(std::max(table.left_rows, table.right_rows)), rows_width,
                          word);
    }
  }

  void write_details(const TableResult& table) {
    out_ << '\n' << painted(escape_for_terminal(table_title(table)), kBold) << '\n';
    line("  " + row_counts(table));
    line("  " + how_compared(table));
    if (!table.unfinished.empty())
      out_ << "  " << painted("not finished: ", kYellow) << escape_for_terminal(table.unfinished) << '\n';
    for (const std::string& sentence : class_sentences(table)) line("  " + sentence);
    std::size_t not_chosen = 0;
    for (const Skipped& column : table.skipped_columns) {
      if (is_not_chosen(column) && !options_.style.verbose) {
        ++not_chosen;
      } else {
        line("  not compared: " + skipped_text(column));
      }
    }
    if (not_chosen > 0) line(fmt::format("  not chosen: {}", grouped_count(not_chosen, "column")));
    for (const std::string& note : table.notes) line("  note: " + note);
    if (options_.style.verbose)
      for (const ColumnResult& column : table.columns)
        line(fmt::format("  {}: {} / {}, compared as {}", column.left_name, column.left_type.printed,
                         column.right_type.printed, column.rule));
    write_rows(table);
  }

  void write_rows(const TableResult& table) {
    const std::vector<RowLine> lines = row_lines(table);
    const std::uint64_t left_out = rows_left_out(table);
    if (lines.empty()) return;
    std::string key;
    for (const std::string& name : key_columns(table)) key += (key.empty() ? "" : ", ") + escape_for_terminal(name);
    RowLine head{" ", cut(key, kKeyWidthMax), "column", "left", "right", "why", ""};
    std::size_t widths[4] = {width_of(head.key), width_of(head.column), width_of(head.left), width_of(head.right)};
    for (const RowLine& one : lines) {
      widths[0] = std::max(widths[0], width_of(one.key));
      if (!one.whole.empty()) continue;
      widths[1] = std::max(widths[1], width_of(one.column));
      widths[2] = std::max(widths[2], width_of(one.left));
      widths[3] = std::max(widths[3], width_of(one.right));
    }
    out_ << '\n';
    const auto put = [&](const RowLine& one) {
      std::string text = "  " + filled(one.sign, 1) + " ";
      if (widths[0] > 0) text += filled(one.key, widths[0]) + "  ";
      if (!one.whole.empty()) {
        text += one.whole;
      } else {
        text += filled(one.column, widths[1]) + "  " + filled(one.left, widths[2]) + "  " +
                filled(one.right, widths[3]) + "  " + one.why;
      }
      text.erase(text.find_last_not_of(' ') + 1);
      out_ << text << '\n';
    };
    const bool has_values =
        std::any_of(lines.begin(), lines.end(), [](const RowLine& one) { return one.whole.empty(); });
    if (has_values) put(head);
    for (const RowLine& one : lines) put(one);
    if (left_out > 0) out_ << fmt::format("    and {}; --limit shows more\n", grouped_count(left_out, "more row"));
  }

  void write_skipped() {
    std::vector<const Skipped*> shown;
    for (const Skipped& table : report_.skipped_tables)
      if (!is_not_chosen(table) || options_.style.verbose) shown.push_back(&table);
    if (shown.empty()) return;
    out_ << '\n' << painted("Tables that were not compared", kBold) << '\n';
    for (const Skipped* table : shown) line("  " + skipped_text(*table));
  }

  std::ostream& out_;
  const DataReport& report_;
  const ReportOptions& options_;
};

/// "~ id = 7: placed_at: a on the left, b on the right (time-zone by +01:00)".
std::vector<std::string> row_sentences(const TableResult& table) {
  std::vector<std::string> lines;
  const std::vector<std::string> names = key_columns(table);
  for (const DataDifference& difference : table.differences) {
    const std::string key = difference.key.empty() ? "" : key_text(names, difference.key) + ": ";
    if (difference.kind != DataDifference::Kind::changed) {
      lines.push_back(fmt::format("{} {}{}", sign_of(difference), key, one_sided(table, difference)));
      continue;
    }
    for (const ValueDifference& value : difference.values) {
      const auto [left, right] = shown_pair(value.left, value.right, kValueWidthMax);
      const std::string name = value.column < table.columns.size() ? table.columns[value.column].left_name : "";
      lines.push_back(fmt::format("~ {}{}: {} on the left, {} on the right ({})", key, escape_for_terminal(name), left,
                                  right, why(value)));
    }
  }
  return lines;
}

JunitTest junit_of(const TableResult& table, Severity fail_on) {
  JunitTest test;
  test.class_name = "paripassu.data-diff";
  test.name = table_title(table);
  test.duration_ms = table.duration_ms;
  std::vector<std::string> lines = {row_counts(table), how_compared(table)};
  for (const std::string& sentence : class_sentences(table)) lines.push_back(sentence);
  if (!table.unfinished.empty()) lines.push_back("not finished: " + table.unfinished);
  for (const Skipped& column : table.skipped_columns) lines.push_back("not compared: " + skipped_text(column));
  for (const std::string& note : table.notes) lines.push_back("note: " + note);
  for (std::string& row : row_sentences(table)) lines.push_back(std::move(row));
  if (const std::uint64_t more = rows_left_out(table); more > 0 && !table.differences.empty())
    lines.push_back(fmt::format("and {}", grouped_count(more, "more row")));
  if (table.differs(fail_on)) {
    test.verdict = "failure";
    test.verdict_type = "rows-differ";
    test.verdict_message = row_counts(table);
    test.verdict_lines = std::move(lines);
  } else if (!table.complete()) {
    test.verdict = "error";
    test.verdict_type = "incomplete";
    test.verdict_message = table.unfinished.empty() ? "columns were not compared" : "not finished: " + table.unfinished;
    test.verdict_lines = std::move(lines);
  } else {
    test.output = std::move(lines);
  }
  return test;
}

std::string markdown_rows(const TableResult& table) {
  if (table.differences.empty()) return {};
  std::string text = "\n| | key | column | left | right | why |\n| --- | --- | --- | --- | --- | --- |\n";
  const std::vector<std::string> names = key_columns(table);
  std::size_t shown = 0;
  for (const DataDifference& difference : table.differences) {
    if (shown++ == kMarkdownRowsMax) break;
    const std::string key = markdown_code(key_text(names, difference.key));
    if (difference.kind != DataDifference::Kind::changed) {
      const bool is_left = difference.kind == DataDifference::Kind::left_only;
      const std::string row = markdown_code(one_sided(table, difference));
      text += fmt::format("| {} | {} | | {} | {} | |\n", is_left ? "&minus;" : "&plus;", key, is_left ? row : "",
                          is_left ? "" : row);
      continue;
    }
    for (const ValueDifference& value : difference.values) {
      const auto [left, right] = shown_pair(value.left, value.right, kValueWidthMax);
      const std::string name = value.column < table.columns.size() ? table.columns[value.column].left_name : "";
      text += fmt::format("| ~ | {} | {} | {} | {} | {} |\n", key, markdown_code(name), markdown_code(left),
                          markdown_code(right), markdown_sentence(why(value)));
    }
  }
  std::uint64_t more = rows_left_out(table);
  if (table.differences.size() > kMarkdownRowsMax) more += table.differences.size() - kMarkdownRowsMax;
  if (more > 0) text += fmt::format("\nand {}\n", grouped_count(more, "more row"));
  return text;
}

}  // namespace

void write_data_text(std::ostream& out, const DataReport& report, const ReportOptions& options) {
  TextWriter(out, report, options).write();
}

void write_data_junit(std::ostream& out, const DataReport& report, const ReportOptions& options) {
  std::vector<JunitTest> tests;
  for (const TableResult& table : report.tables) tests.push_back(junit_of(table, options.fail_on));
  for (const Skipped& table : report.skipped_tables) {
    if (is_not_chosen(table)) continue;
    JunitTest test;
    test.class_name = "paripassu.data-diff";
    test.name = table.name;
    test.verdict = table.waived.empty() ? "error" : "skipped";
    if (table.waived.empty()) test.verdict_type = "incomplete";
    test.verdict_message =
        "not compared: " + table.reason + (table.waived.empty() ? "" : " (accepted: " + table.waived + ")");
    tests.push_back(std::move(test));
  }
  if (tests.empty()) {
    JunitTest test;
    test.class_name = test.name = "paripassu.data-diff";
    test.verdict = "error";
    test.verdict_type = "incomplete";
    test.verdict_message = "no table was compared";
    tests.push_back(std::move(test));
  }
  const auto count = [&tests](std::string_view verdict) {
    return std::count_if(tests.begin(), tests.end(), [&](const JunitTest& test) { return test.verdict == verdict; });
  };
  const std::string counts = fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="{}" time="{}.{:03}")",
                                         tests.size(), count("failure"), count("error"), count("skipped"),
                                         report.duration_ms / 1'000, report.duration_ms % 1'000);
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n';
  out << R"(<testsuites name="paripassu data-diff")" << counts << ">\n";
  out << "  <testsuite" << xml_attribute("name", report.left_label + " against " + report.right_label) << counts
      << ">\n    <properties>\n";
  out << "      <property" << xml_attribute("name", "left") << xml_attribute("value", report.left_label) << "/>\n";
  out << "      <property" << xml_attribute("name", "right") << xml_attribute("value", report.right_label) << "/>\n";
  if (!options.tool_version.empty())
    out << "      <property" << xml_attribute("name", "paripassu") << xml_attribute("value", options.tool_version)
        << "/>\n";
  out << "    </properties>\n";
  for (const JunitTest& test : tests) write_junit_test(out, test);
  std::vector<std::string> general = {data_headline(report, options.fail_on)};
  for (const std::string& sentence : stand_in_sentences(report)) general.push_back(sentence);
  for (const std::string& note : report.notes) general.push_back("note: " + note);
  general.push_back(not_compared_line(report));
  out << "    <system-out>" << xml_lines(general) << "</system-out>\n  </testsuite>\n</testsuites>\n";
}

void write_data_markdown(std::ostream& out, const DataReport& report, const ReportOptions& options) {
  BoundedText document(kMarkdownBytesMax);
  document.add(fmt::format("### paripassu data-diff: {}\n\n{} against {} in {}.\n\n{}.\n",
                           data_headline(report, options.fail_on), markdown_code(report.left_label),
                           markdown_code(report.right_label), time_of(report.duration_ms),
                           markdown_sentence(not_compared_line(report))));
  for (const std::string& sentence : stand_in_sentences(report))
    document.add(fmt::format("\n> {}\n", markdown_sentence(sentence)));
  for (const std::string& note : report.notes) document.add(fmt::format("\n> {}\n", markdown_sentence(note)));
  std::size_t left_out = 0;
  const auto add = [&](const std::string& block) {
    if (left_out > 0 || !document.add(block)) ++left_out;
  };
  std::size_t equal = 0;
  for (const TableResult& table : report.tables) {
    const std::vector<std::string> sentences = class_sentences(table);
    if (!table.differs(options.fail_on) && table.complete() && sentences.empty()) {
      ++equal;
      continue;
    }
    std::string block = fmt::format("\n#### {}\n\n{}. {}.\n\n", markdown_code(table_title(table)),
                                    markdown_sentence(row_counts(table)), markdown_sentence(how_compared(table)));
    if (!table.unfinished.empty())
      block += fmt::format("- **not finished**: {}\n", markdown_sentence(table.unfinished));
    for (const std::string& sentence : sentences) block += fmt::format("- {}\n", markdown_sentence(sentence));
    for (const Skipped& column : table.skipped_columns)
      if (!is_not_chosen(column)) block += fmt::format("- not compared: {}\n", markdown_sentence(skipped_text(column)));
    for (const std::string& note : table.notes) block += fmt::format("- note: {}\n", markdown_sentence(note));
    add(block + markdown_rows(table));
  }
  if (equal > 0) add(fmt::format("\n{} without a difference.\n", grouped_count(equal, "table")));
  std::string skipped;
  for (const Skipped& table : report.skipped_tables)
    if (!is_not_chosen(table)) skipped += fmt::format("- {}\n", markdown_sentence(skipped_text(table)));
  if (!skipped.empty()) add("\n#### Tables that were not compared\n\n" + skipped);
  if (left_out > 0)
    document.close(fmt::format("\n**and {} more**, which the text and the JSON report show\n",
                               grouped_count(left_out, "section")));
  out << document.text();
}

void write_data_report(std::ostream& out, const DataReport& report, DataFormat format, const ReportOptions& options) {
  switch (format) {
    case DataFormat::text:
      return write_data_text(out, report, options);
    case DataFormat::json:
      return write_data_json(out, report, options);
    case DataFormat::junit:
      return write_data_junit(out, report, options);
    case DataFormat::markdown:
      return write_data_markdown(out, report, options);
    case DataFormat::jsonl:
    case DataFormat::csv:
      break;
  }
  throw Error(ErrorCategory::internal, "rows are written as they are found, not from a report");
}

}  // namespace paripassu
