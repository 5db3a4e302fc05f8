// The row path's texts in the words of ColumnBatch::format. Works on text alone, so that it shares no code with what it
// checks.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "tests/conformance/batches_cases.h"

namespace paripassu::conformance {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  return text;
}

template <class Float>
std::string canonical_float(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char digits[64];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string canonical_decimal(std::string text) {
  // PostgreSQL's money, in the C locale or en_US; a driver may leave out the zero before the point.
  std::erase_if(text, [](char c) { return c == '$' || c == ','; });
  const std::size_t digits = text.starts_with('-') ? 1 : 0;
  if (text.size() > digits && text[digits] == '.') text.insert(digits, "0");
  return text;
}

std::string without_trailing_zeros(std::string clock) {
  if (clock.find('.') == std::string::npos) return clock;
  clock.erase(clock.find_last_not_of('0') + 1);
  if (clock.ends_with('.')) clock.pop_back();
  return clock;
}

std::string canonical_date(const std::string& date, bool before_christ) {
  const std::size_t hyphen = date.find('-');
  long year = std::strtol(date.c_str(), nullptr, 10);
  if (before_christ) year = 1 - year;
  const char* sign = year < 0 ? "-" : year > 9'999 ? "+" : "";
  return fmt::format("{}{:04}{}", sign, std::labs(year), date.substr(hyphen));
}

/// `date` and `clock` moved by an offset such as "+05:30" or "-08".
std::string to_utc(const std::string& date, const std::string& clock, const std::string& offset) {
  using namespace std::chrono;
  int minutes_ahead = std::atoi(offset.c_str() + 1) * 60;
  if (const std::size_t colon = offset.find(':'); colon != std::string::npos)
    minutes_ahead += std::atoi(offset.c_str() + colon + 1);
  if (offset.front() == '-') minutes_ahead = -minutes_ahead;
  if (minutes_ahead == 0) return canonical_date(date, false) + "T" + without_trailing_zeros(clock) + "Z";
  int parts[3] = {};
  const char* at = date.c_str();
  for (int& part : parts) {
    char* end = nullptr;
    part = static_cast<int>(std::strtol(at, &end, 10));
    at = end + 1;
  }
  const sys_days day =
      year{parts[0]} / month{static_cast<unsigned>(parts[1])} / std::chrono::day{static_cast<unsigned>(parts[2])};
  const auto instant = day + hours{std::atoi(clock.c_str())} + minutes{std::atoi(clock.c_str() + 3) - minutes_ahead};
  const sys_days utc_day = floor<days>(instant);
  const year_month_day utc{utc_day};
  const hh_mm_ss time{instant - utc_day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}{}Z", static_cast<int>(utc.year()),
                     static_cast<unsigned>(utc.month()), static_cast<unsigned>(utc.day()), time.hours().count(),
                     time.minutes().count(), without_trailing_zeros(clock.substr(5)));
}

std::string canonical_timestamp(std::string text, bool with_zone) {
  const bool before_christ = text.ends_with(" BC");
  if (before_christ) text.erase(text.size() - 3);
  const std::size_t space = text.find(' ');
  const std::string date = text.substr(0, space);
  std::string clock = text.substr(space + 1);
  if (!with_zone) return canonical_date(date, before_christ) + "T" + without_trailing_zeros(clock);
  const std::size_t sign = clock.find_first_of("+-");
  const std::string offset = clock.substr(sign);
  clock.erase(clock.find_last_not_of(' ', sign - 1) + 1);
  if (before_christ) return canonical_date(date, true) + "T" + without_trailing_zeros(clock) + "Z";
  return to_utc(date, clock, offset);
}

}  // namespace

std::string canonical_cell(const Cell& cell, ColumnLayout layout) {
  if (!cell) return "NULL";
  const std::string& text = *cell;
  if (text == "infinity" || text == "-infinity") return text;
  switch (layout) {
    case ColumnLayout::boolean:
      return text == "t" || text == "1" ? "true" : "false";
    case ColumnLayout::int64:
    case ColumnLayout::text:
      return text;
    case ColumnLayout::float32:
      return canonical_float(std::strtof(text.c_str(), nullptr));
    case ColumnLayout::float64:
      return canonical_float(std::strtod(text.c_str(), nullptr));
    case ColumnLayout::decimal:
      return canonical_decimal(text);
    case ColumnLayout::bytes:
      return "0x" + lower(text.starts_with("\\x") ? text.substr(2) : text);
    case ColumnLayout::uuid:
      return lower(text);
    case ColumnLayout::time:
      return without_trailing_zeros(text);
    case ColumnLayout::date: {
      const bool before_christ = text.ends_with(" BC");
      return canonical_date(before_christ ? text.substr(0, text.size() - 3) : text, before_christ);
    }
    case ColumnLayout::timestamp:
      return canonical_timestamp(text, false);
    case ColumnLayout::timestamp_tz:
      return canonical_timestamp(text, true);
  }
  return text;
}

}  // namespace paripassu::conformance
