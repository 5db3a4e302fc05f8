#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/datacheck/data_report.h"

/// What the writers of a comparison of data say in the same words. Private to the room. Nothing here is escaped unless
/// it says so.
namespace paripassu::report {

/// "41,233".
std::string grouped(std::uint64_t count);
/// "1 row", "41,233 rows".
std::string grouped_count(std::uint64_t count, std::string_view noun);
/// "12 ms", "4.2 s".
std::string time_of(std::int64_t duration_ms);
/// Of the larger side; 0 when the time is too short to say.
std::uint64_t rows_per_second(const TableResult& table);
/// "public.orders / dbo.Orders", or one name where both are the same.
std::string table_title(const TableResult& table);
/// "orders.placed_at: 41,233 rows differ by time zone only, all by +01:00", a sentence per column and class.
std::vector<std::string> class_sentences(const TableResult& table);
/// "100,003 rows on the left, 100,002 on the right; 58,767 equal, 41,233 changed, …".
std::string row_counts(const TableResult& table);
/// "7 columns compared by primary key (id); merge, 1.2 s, 83,335 rows/s".
std::string how_compared(const TableResult& table);
std::vector<std::string> stand_in_sentences(const DataReport& report);
/// Differing rows that are counted and not among TableResult::differences.
std::uint64_t rows_left_out(const TableResult& table);
/// What was left out because the user did not ask for it.
bool is_not_chosen(const Skipped& skipped);
std::string skipped_text(const Skipped& skipped);

/// A value for people: escaped for a terminal; NULL bare, a text that would look like NULL or like nothing in quotes.
std::string shown_value(const Cell& value);
/// Both values so, each cut to `width_max` characters around the first place where they differ.
std::pair<std::string, std::string> shown_pair(const Cell& left, const Cell& right, std::size_t width_max);
/// Characters of UTF-8.
std::size_t width_of(std::string_view text);
/// `text` with blanks behind it.
std::string filled(std::string text, std::size_t width);
/// The first `width_max` characters, the last of them "…" if there were more.
std::string cut(std::string_view text, std::size_t width_max);
/// "id = 7, line = 2"; escaped.
std::string key_text(const std::vector<std::string>& columns, const std::vector<Cell>& key);

}  // namespace paripassu::report
