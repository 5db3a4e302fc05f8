#include "harness/dataset/time_text.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "backends/column_batch.h"

namespace paripassu::dataset {

namespace {

using catalog::TypeFamily;

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kDay_ns = kDay_s * kSecond_ns;
constexpr int kYearDigitsMax = 7;  ///< PostgreSQL's dates end in 5874897

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes a number of `digits_min` to `digits_max` digits from the front.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t digits_min, std::size_t digits_max) {
  std::size_t digits = 0;
  std::int64_t value = 0;
  while (digits < text.size() && digits < digits_max && is_digit(text[digits]))
    value = value * 10 + (text[digits++] - '0');
  if (digits < digits_min) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool is_leap(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::int64_t days_of_month(std::int64_t year, std::int64_t month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

/// Counted from March, so that leap days come last, in eras of 400 years.
std::int64_t days_since_1970(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month <= 2) --year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  const auto year = take_number(text, 4, kYearDigitsMax);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2, 2);
  const std::int64_t signed_year = negative ? -*year : *year;
  if (!day || *day < 1 || *day > days_of_month(signed_year, *month)) return std::nullopt;
  return days_since_1970(signed_year, *month, *day);
}

/// ".5" as nanoseconds; 0 when there is none. Nothing for a point without digits and for more than nanoseconds.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits < 9) value = value * 10 + (text[digits] - '0');
    if (digits >= 9 && text[digits] != '0') return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  for (std::size_t i = digits; i < 9; ++i) value *= 10;
  return value;
}

/// "23:59:59.5", "23:59"; "24:00:00" too.
std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hours = take_number(text, 2, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  std::int64_t nanoseconds = (*hours * 60 + *minutes) * 60 * kSecond_ns;
  if (take(text, ':')) {
    const auto seconds = take_number(text, 2, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    nanoseconds += *seconds * kSecond_ns + *fraction;
  }
  if (nanoseconds > kDay_ns) return std::nullopt;
  return nanoseconds;
}

/// "Z", "+05", "+05:30", "+0530", "+05:30:15" in seconds.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool negative = take(text, '-');
  if (!negative && !take(text, '+')) return std::nullopt;
  const auto hours = take_number(text, 2, 2);
  if (!hours || *hours > 15) return std::nullopt;
  std::int64_t seconds = *hours * 3'600;
  for (const std::int64_t unit : {60, 1}) {
    if (text.empty()) break;
    if (!take(text, ':') && unit == 1) return std::nullopt;
    const auto part = take_number(text, 2, 2);
    if (!part || *part > 59) return std::nullopt;
    seconds += *part * unit;
  }
  return negative ? -seconds : seconds;
}

std::optional<Moment> read_infinity(std::string_view text) {
  if (text == "infinity") return Moment{0, 0, 1};
  if (text == "-infinity") return Moment{0, 0, -1};
  return std::nullopt;
}

/// Moves whole days out of the nanoseconds.
Moment carried(Moment moment) {
  moment.days += moment.nanoseconds / kDay_ns;
  moment.nanoseconds %= kDay_ns;
  if (moment.nanoseconds < 0) {
    moment.nanoseconds += kDay_ns;
    --moment.days;
  }
  return moment;
}

std::optional<Moment> read_timestamp(std::string_view text, bool with_time_zone) {
  if (const auto infinite = read_infinity(text)) return infinite;
  const auto days = take_date(text);
  if (!days) return std::nullopt;
  if (text.empty() && !with_time_zone) return Moment{*days, 0, 0};
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  std::int64_t offset_s = 0;
  if (with_time_zone) {
    take(text, ' ');
    const auto offset = take_offset(text);
    if (!offset) return std::nullopt;
    offset_s = *offset;
  }
  if (!text.empty()) return std::nullopt;
  return carried({*days, *clock - offset_s * kSecond_ns, 0});
}

std::string format_value(ColumnLayout layout, const void* value) {
  ColumnBatch batch;
  batch.columns.resize(1);
  batch.columns[0].layout = layout;
  batch.columns[0].append_fixed(value, fixed_width(layout));
  return batch.format(0, 0);
}

std::string format_clock(std::int64_t nanoseconds) {
  return format_value(ColumnLayout::time, &nanoseconds);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct Interval {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t nanoseconds = 0;
};

bool add(std::int64_t& sum, std::int64_t count, std::int64_t factor) {
  std::int64_t product = 0;
  return !__builtin_mul_overflow(count, factor, &product) && !__builtin_add_overflow(sum, product, &sum);
}

/// A count with a sign, as in "-3" or "+04".
std::optional<std::int64_t> take_count(std::string_view& text) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  const auto count = take_number(text, 1, 12);
  if (!count) return std::nullopt;
  return negative ? -*count : *count;
}

/// "P1Y2M-3DT4H5M6.7S".
std::optional<Interval> read_iso_interval(std::string_view text) {
  Interval result;
  if (!take(text, 'P') || text.empty()) return std::nullopt;
  bool in_time = false;
  while (!text.empty()) {
    if (!in_time && take(text, 'T')) {
      in_time = true;
      if (text.empty()) return std::nullopt;
    }
    const bool negative = text.starts_with('-');
    const auto count = take_count(text);
    if (!count) return std::nullopt;
    const bool has_fraction = text.starts_with('.');
    const auto fraction = take_fraction(text);
    if (!fraction || text.empty()) return std::nullopt;
    const char unit = text.front();
    text.remove_prefix(1);
    if (has_fraction && !(in_time && unit == 'S')) return std::nullopt;
    bool fits = false;
    if (!in_time && unit == 'Y') fits = add(result.months, *count, 12);
    if (!in_time && unit == 'M') fits = add(result.months, *count, 1);
    if (!in_time && unit == 'W') fits = add(result.days, *count, 7);
    if (!in_time && unit == 'D') fits = add(result.days, *count, 1);
    if (in_time && unit == 'H') fits = add(result.nanoseconds, *count, 3'600 * kSecond_ns);
    if (in_time && unit == 'M') fits = add(result.nanoseconds, *count, 60 * kSecond_ns);
    if (in_time && unit == 'S')
      fits =
          add(result.nanoseconds, *count, kSecond_ns) && add(result.nanoseconds, negative ? -*fraction : *fraction, 1);
    if (!fits) return std::nullopt;
  }
  return result;
}

/// "1 year 2 mons -3 days +04:05:06.7".
std::optional<Interval> read_printed_interval(std::string_view text) {
  Interval result;
  if (text.empty()) return std::nullopt;
  while (!(text = trimmed(text)).empty()) {
    const bool negative = text.starts_with('-');
    const auto count = take_count(text);
    if (!count) return std::nullopt;
    if (take(text, ':')) {
      const auto minutes = take_number(text, 2, 2);
      if (!minutes || *minutes > 59) return std::nullopt;
      std::int64_t rest = *minutes * 60 * kSecond_ns;
      if (take(text, ':')) {
        const auto seconds = take_number(text, 2, 2);
        const auto fraction = take_fraction(text);
        if (!seconds || *seconds > 59 || !fraction) return std::nullopt;
        rest += *seconds * kSecond_ns + *fraction;
      }
      const bool fits =
          add(result.nanoseconds, *count, 3'600 * kSecond_ns) && add(result.nanoseconds, negative ? -rest : rest, 1);
      if (!fits || !text.empty()) return std::nullopt;
      break;
    }
    if (!take(text, ' ')) return std::nullopt;
    const std::string_view unit = text.substr(0, text.find(' '));
    text.remove_prefix(unit.size());
    bool fits = false;
    if (unit == "year" || unit == "years") fits = add(result.months, *count, 12);
    if (unit == "mon" || unit == "mons" || unit == "month" || unit == "months") fits = add(result.months, *count, 1);
    if (unit == "day" || unit == "days") fits = add(result.days, *count, 1);
    if (!fits) return std::nullopt;
  }
  return result;
}

}  // namespace

std::optional<Moment> read_moment(const catalog::Type& type, std::string_view text) {
  switch (type.family) {
    case TypeFamily::date: {
      if (const auto infinite = read_infinity(text)) return infinite;
      const auto days = take_date(text);
      if (!days || !text.empty()) return std::nullopt;
      return Moment{*days, 0, 0};
    }
    case TypeFamily::time: {
      const auto clock = take_clock(text);
      if (!clock || !text.empty()) return std::nullopt;
      return Moment{0, *clock, 0};
    }
    case TypeFamily::timestamp:
      return read_timestamp(text, type.with_time_zone);
    default:
      return std::nullopt;
  }
}

std::string write_moment(const catalog::Type& type, const Moment& moment) {
  if (moment.infinity != 0) return moment.infinity > 0 ? "infinity" : "-infinity";
  if (type.family == TypeFamily::time) return format_clock(moment.nanoseconds);
  if (type.family == TypeFamily::date) return format_value(ColumnLayout::date, &moment.days);
  const std::array<std::int64_t, 2> value = {moment.days * kDay_s + moment.nanoseconds / kSecond_ns,
                                             moment.nanoseconds % kSecond_ns};
  return format_value(type.with_time_zone ? ColumnLayout::timestamp_tz : ColumnLayout::timestamp, value.data());
}

int fraction_digits(const Moment& moment) {
  int digits = 9;
  std::int64_t fraction = moment.nanoseconds % kSecond_ns;
  if (fraction == 0) return 0;
  for (; fraction % 10 == 0; fraction /= 10) --digits;
  return digits;
}

std::optional<std::string> neutral_time_with_zone(std::string_view text) {
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  take(text, ' ');
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  std::string result = format_clock(*clock);
  if (*offset == 0) return result + "Z";
  const std::int64_t seconds = *offset < 0 ? -*offset : *offset;
  result += fmt::format("{}{:02}:{:02}", *offset < 0 ? '-' : '+', seconds / 3'600, seconds / 60 % 60);
  if (seconds % 60 != 0) result += fmt::format(":{:02}", seconds % 60);
  return result;
}

std::optional<std::string> neutral_interval(std::string_view text) {
  const auto interval = text.starts_with('P') ? read_iso_interval(text) : read_printed_interval(text);
  if (!interval) return std::nullopt;
  std::string result = "P";
  if (interval->months != 0) result += fmt::format("{}M", interval->months);
  if (interval->days != 0) result += fmt::format("{}D", interval->days);
  if (interval->nanoseconds == 0) return result == "P" ? "PT0S" : result;
  // Of the lowest int64 there is no absolute value.
  if (interval->nanoseconds == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  const std::int64_t length = interval->nanoseconds < 0 ? -interval->nanoseconds : interval->nanoseconds;
  result += fmt::format("T{}{}", interval->nanoseconds < 0 ? "-" : "", length / kSecond_ns);
  if (const std::int64_t fraction = length % kSecond_ns; fraction != 0) {
    std::string digits = fmt::format(".{:09}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    result += digits;
  }
  return result + "S";
}

Grid grid_of(const catalog::Type& type) {
  Grid grid;
  if (type.precision && *type.precision >= 0 && *type.precision < 9) grid.digits = *type.precision;
  for (int digits = grid.digits; digits < 9; ++digits) grid.tick_ns *= 10;
  if (type.tick_ns > grid.tick_ns && type.tick_ns <= kDay_ns) grid.tick_ns = type.tick_ns;
  return grid;
}

Moment snapped(const Moment& moment, const Grid& grid, Snap snap) {
  if (moment.infinity != 0 || grid.tick_ns <= 1) return moment;
  const std::int64_t tick = grid.tick_ns;
  Moment result = moment;
  if (kSecond_ns % tick == 0 || tick % kSecond_ns == 0) {
    const std::int64_t beyond = moment.nanoseconds % tick;
    result.nanoseconds -= beyond;
    if (snap == Snap::round && beyond * 2 >= tick) result.nanoseconds += tick;
    return result;
  }
  const std::int64_t ticks_per_second = (kSecond_ns + tick / 2) / tick;
  const std::int64_t fraction = moment.nanoseconds % kSecond_ns;
  const std::int64_t ticks = (fraction * ticks_per_second * 2 + kSecond_ns) / (2 * kSecond_ns);
  std::int64_t unit = 1;
  for (int digits = grid.digits; digits < 9; ++digits) unit *= 10;
  const std::int64_t divisor = ticks_per_second * unit;
  const std::int64_t printed = (ticks * kSecond_ns + divisor / 2) / divisor * unit;
  result.nanoseconds += printed - fraction;
  return result;
}

}  // namespace paripassu::dataset
