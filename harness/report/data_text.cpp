#include "harness/report/data_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/data_writer.h"

namespace paripassu::report {

namespace {

constexpr std::size_t kNamesShownMax = 5;  ///< of what was not compared
constexpr std::size_t kKeyWidthMax = 60;   ///< of one value of a key
constexpr std::size_t kBeforeDifference =
    8;  ///< characters shown on both sides of where they begin to differ, at least

/// Behind "rows differ".
std::string_view class_words(ValueClass value_class) {
  switch (value_class) {
    case ValueClass::different:
      return "";
    case ValueClass::truncated:
      return " by being cut off only";
    case ValueClass::rounding:
      return " by rounding only";
    case ValueClass::precision:
      return " by precision only";
    case ValueClass::time_zone:
      return " by time zone only";
    case ValueClass::null_empty:
      return " by NULL against empty only";
    case ValueClass::letter_case:
      return " by case only";
    case ValueClass::trailing_blanks:
      return " by trailing blanks only";
    case ValueClass::padding:
      return " by padding only";
    case ValueClass::unicode_form:
      return " by Unicode form only";
    case ValueClass::json_formatting:
      return " by formatting only";
  }
  return "";
}

std::string_view verdict_words(ClassVerdict verdict) {
  switch (verdict) {
    case ClassVerdict::error:
      return "";
    case ClassVerdict::warning:
      return " (warning)";
    case ClassVerdict::accepted:
      return " (accepted)";
  }
  return "";
}

/// "public.orders" as "orders".
std::string bare_name(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

/// Where each character of UTF-8 begins, and the end.
std::vector<std::size_t> starts_of(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u) starts.push_back(i);
  starts.push_back(text.size());
  return starts;
}

/// `width_max` characters from number `first` on, with "…" where something was left out.
std::string window(std::string_view text, std::size_t first, std::size_t width_max) {
  const std::vector<std::size_t> starts = starts_of(text);
  const std::size_t characters = starts.size() - 1;
  if (characters <= width_max) return std::string(text);
  first = std::min(first, characters);
  const bool cut_before = first > 0;
  std::size_t room = width_max - (cut_before ? 1 : 0);
  const bool cut_after = characters - first > room;
  if (cut_after) --room;
  const std::size_t last = std::min(characters, first + room);
  return (cut_before ? "…" : "") + std::string(text.substr(starts[first], starts[last] - starts[first])) +
         (cut_after ? "…" : "");
}

void add_names(std::string& text, const std::vector<const Skipped*>& skipped) {
  for (std::size_t i = 0; i < skipped.size() && i < kNamesShownMax; ++i)
    text += (text.empty() ? "" : ", ") + fmt::format("{} ({})", skipped[i]->name, skipped[i]->reason);
  if (skipped.size() > kNamesShownMax) text += fmt::format(" and {} more", grouped(skipped.size() - kNamesShownMax));
}

}  // namespace

std::string grouped(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string grouped_count(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string time_of(std::int64_t duration_ms) {
  if (duration_ms < 1'000) return fmt::format("{} ms", duration_ms);
  if (duration_ms < 60'000) return fmt::format("{}.{} s", duration_ms / 1'000, duration_ms % 1'000 / 100);
  return fmt::format("{} min {} s", duration_ms / 60'000, duration_ms % 60'000 / 1'000);
}

std::uint64_t rows_per_second(const TableResult& table) {
  if (table.duration_ms <= 0) return 0;
  return std::max(table.left_rows, table.right_rows) * 1'000 / static_cast<std::uint64_t>(table.duration_ms);
}

std::string table_title(const TableResult& table) {
  return table.left_name == table.right_name ? table.left_name : table.left_name + " / " + table.right_name;
}

std::vector<std::string> class_sentences(const TableResult& table) {
  std::vector<std::string> sentences;
  for (const ColumnResult& column : table.columns) {
    for (std::size_t i = 0; i < kValueClasses; ++i) {
      const ClassTally& tally = column.classes[i];
      if (tally.rows == 0) continue;
      sentences.push_back(fmt::format("{}.{}: {} {}{}{}{}{}", bare_name(table.left_name), column.left_name,
                                      grouped_count(tally.rows, "row"), tally.rows == 1 ? "differs" : "differ",
                                      class_words(static_cast<ValueClass>(i)), tally.common_note.empty() ? "" : ", ",
                                      tally.common_note, verdict_words(column.verdicts[i])));
    }
  }
  return sentences;
}

std::string row_counts(const TableResult& table) {
  std::string text = table.left_rows == table.right_rows ? grouped_count(table.left_rows, "row") + " on each side"
                                                         : grouped_count(table.left_rows, "row") + " on the left, " +
                                                               grouped(table.right_rows) + " on the right";
  text += "; " + grouped(table.equal_rows) + " equal";
  const std::pair<std::uint64_t, std::string_view> parts[] = {{table.changed_rows, "changed"},
                                                              {table.accepted_rows, "differ in accepted ways"},
                                                              {table.left_only_rows, "only on the left"},
                                                              {table.right_only_rows, "only on the right"},
                                                              {table.settled_rows, "settled when looked at again"}};
  for (const auto& [count, words] : parts)
    if (count > 0) text += fmt::format(", {} {}", grouped(count), words);
  return text;
}

std::string how_compared(const TableResult& table) {
  std::string key;
  for (const ColumnResult& column : table.columns)
    if (column.key) key += (key.empty() ? "" : ", ") + column.left_name;
  std::string text =
      fmt::format("{} compared by {}{}; {}, {}", grouped_count(table.columns.size(), "column"), table.key_origin,
                  key.empty() ? "" : " (" + key + ")", to_string(table.method), time_of(table.duration_ms));
  if (const std::uint64_t speed = rows_per_second(table); speed > 0) text += fmt::format(", {} rows/s", grouped(speed));
  return text;
}

std::vector<std::string> stand_in_sentences(const DataReport& report) {
  std::vector<std::string> sentences;
  for (const auto& [side, where] : {std::pair{&report.left, "left"}, std::pair{&report.right, "right"}})
    if (!side->genuine)
      sentences.push_back(
          fmt::format("{} on the {} is not {} itself: it stands in for it.", side->product, where, side->engine));
  return sentences;
}

std::uint64_t rows_left_out(const TableResult& table) {
  std::uint64_t shown = 0;
  for (const DataDifference& difference : table.differences) shown += difference.copies;
  const std::uint64_t all = table.changed_rows + table.accepted_rows + table.left_only_rows + table.right_only_rows;
  return all > shown ? all - shown : 0;
}

bool is_not_chosen(const Skipped& skipped) {
  return skipped.reason == "not chosen";
}

std::string skipped_text(const Skipped& skipped) {
  return fmt::format("{}: {}{}", skipped.name, skipped.reason,
                     skipped.waived.empty() ? "" : " (accepted: " + skipped.waived + ")");
}

std::string shown_value(const Cell& value) {
  if (!value) return "NULL";
  const bool quoted =
      value->empty() || *value == "NULL" || value->front() == ' ' || value->back() == ' ' || value->front() == '\'';
  const std::string text = escape_for_terminal(*value);
  return quoted ? "'" + text + "'" : text;
}

std::size_t width_of(std::string_view text) {
  return starts_of(text).size() - 1;
}

std::string filled(std::string text, std::size_t width) {
  const std::size_t own = width_of(text);
  if (own < width) text.append(width - own, ' ');
  return text;
}

std::string cut(std::string_view text, std::size_t width_max) {
  return window(text, 0, width_max);
}

std::pair<std::string, std::string> shown_pair(const Cell& left, const Cell& right, std::size_t width_max) {
  const std::string l = shown_value(left);
  const std::string r = shown_value(right);
  if (width_of(l) <= width_max && width_of(r) <= width_max) return {l, r};
  const std::vector<std::size_t> starts = starts_of(l);
  std::size_t same = 0;
  while (same + 1 < starts.size() &&
         r.compare(starts[same], starts[same + 1] - starts[same], l, starts[same], starts[same + 1] - starts[same]) ==
             0 &&
         starts[same] < r.size())
    ++same;
  // From where both begin to differ, unless the beginning shows it.
  const std::size_t first = same + kBeforeDifference < width_max ? 0 : same - std::min(same, kBeforeDifference);
  return {window(l, first, width_max), window(r, first, width_max)};
}

std::string key_text(const std::vector<std::string>& columns, const std::vector<Cell>& key) {
  std::string text;
  for (std::size_t i = 0; i < key.size(); ++i)
    text += (i == 0 ? "" : ", ") + (i < columns.size() ? escape_for_terminal(columns[i]) + " = " : "") +
            cut(shown_value(key[i]), kKeyWidthMax);
  return text;
}

}  // namespace paripassu::report

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

std::string data_headline(const DataReport& report, Severity fail_on) {
  std::uint64_t changed = 0;
  std::uint64_t left_only = 0;
  std::uint64_t right_only = 0;
  std::uint64_t left_rows = 0;
  std::size_t different = 0;
  for (const TableResult& table : report.tables) {
    if (table.differs(fail_on)) ++different;
    changed += table.changed_rows;
    left_only += table.left_only_rows;
    right_only += table.right_only_rows;
    left_rows += table.left_rows;
  }
  if (report.tables.empty()) return "No table was compared";
  const std::string incomplete = report.complete() ? "" : "; the comparison is incomplete";
  if (different == 0) {
    const bool one = report.tables.size() == 1;
    std::string text = fmt::format("{} {}", grouped_count(report.tables.size(), "table"), one ? "is" : "are");
    // What did not come to its end is not equal.
    const bool finished = std::all_of(report.tables.begin(), report.tables.end(),
                                      [](const TableResult& table) { return table.unfinished.empty(); });
    if (!finished) return "No difference in what was compared" + incomplete;
    text += changed > 0 ? " equal but for warnings: " : " equal: ";
    return text + grouped_count(left_rows, "row") + incomplete;
  }
  std::string rows;
  const std::pair<std::uint64_t, std::string> parts[] = {{changed, grouped_count(changed, "row") + " changed"},
                                                         {left_only, grouped(left_only) + " only on the left"},
                                                         {right_only, grouped(right_only) + " only on the right"}};
  for (const auto& [count, words] : parts)
    if (count > 0) rows += (rows.empty() ? ": " : ", ") + words;
  return fmt::format("{} of {} {}{}{}", different, grouped_count(report.tables.size(), "table"),
                     different == 1 ? "differs" : "differ", rows, incomplete);
}

std::string not_compared_line(const DataReport& report) {
  std::vector<const Skipped*> open;
  std::size_t accepted_tables = 0;
  std::size_t accepted_columns = 0;
  std::size_t unchosen_tables = 0;
  std::size_t unchosen_columns = 0;
  const auto take = [&open](const Skipped& skipped, std::size_t& accepted, std::size_t& unchosen) {
    if (skipped.waived.empty()) {
      open.push_back(&skipped);
    } else {
      ++(is_not_chosen(skipped) ? unchosen : accepted);
    }
  };
  for (const Skipped& table : report.skipped_tables) take(table, accepted_tables, unchosen_tables);
  std::vector<Skipped> unfinished;
  for (const TableResult& table : report.tables) {
    if (!table.unfinished.empty()) unfinished.push_back({table.left_name, "not finished: " + table.unfinished, ""});
    for (const Skipped& column : table.skipped_columns) take(column, accepted_columns, unchosen_columns);
  }
  for (const Skipped& one : unfinished) open.insert(open.begin(), &one);
  std::string text;
  if (report.tables.empty()) text = "no table was compared";
  if (!open.empty()) {
    std::string names;
    add_names(names, open);
    text += (text.empty() ? "" : "; ") + names;
  }
  const auto add_counts = [&text](std::string_view word, std::size_t tables, std::size_t columns) {
    if (tables + columns == 0) return;
    std::string counts;
    if (tables > 0) counts = grouped_count(tables, "table");
    if (columns > 0) counts += (counts.empty() ? "" : ", ") + grouped_count(columns, "column");
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", word, counts);
  };
  add_counts("accepted", accepted_tables, accepted_columns);
  add_counts("not chosen", unchosen_tables, unchosen_columns);
  return text.empty() ? "Nothing was left out" : "Not compared: " + text;
}

std::string_view to_string(DataFormat format) {
  switch (format) {
    case DataFormat::text:
      return "text";
    case DataFormat::json:
      return "json";
    case DataFormat::jsonl:
      return "jsonl";
    case DataFormat::csv:
      return "csv";
    case DataFormat::junit:
      return "junit";
    case DataFormat::markdown:
      return "markdown";
  }
  return "";
}

std::optional<DataFormat> data_format_from_string(std::string_view word) {
  for (const DataFormat format : {DataFormat::text, DataFormat::json, DataFormat::jsonl, DataFormat::csv,
                                  DataFormat::junit, DataFormat::markdown})
    if (word == to_string(format)) return format;
  return std::nullopt;
}

}  // namespace paripassu
