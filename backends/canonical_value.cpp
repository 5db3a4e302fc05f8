#include "backends/canonical_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "backends/error.h"

namespace paripassu::canonical {

namespace {

constexpr std::size_t kShownBytesMax = 60;
/// PostgreSQL's numeric: 131,072 digits before the point, 16,383 behind it. No engine has more.
constexpr std::size_t kDecimalDigitsMax = 147'455;
constexpr int kOffsetMinutesMax = 15 * 60 + 59;  ///< PostgreSQL takes less than 16 hours

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// For messages: one line, not longer than people read.
std::string shown(std::string_view text) {
  std::string result = "'";
  std::size_t end = std::min(text.size(), kShownBytesMax);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  for (const char c : text.substr(0, end)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(result), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + (end < text.size() ? "…'" : "'");
}

std::string_view name_of(const catalog::Type& type) {
  return type.printed.empty() ? std::string_view(type.name) : std::string_view(type.printed);
}

/// Takes digits off the front; -1 where there are not that many.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || !all_digits(text.substr(0, digits))) return -1;
  int value = 0;
  for (const char c : text.substr(0, digits)) value = value * 10 + (c - '0');
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

int days_in(std::int64_t year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool take_date(std::string_view& text, Date& date) {
  constexpr std::size_t kYearDigitsMax = 7;
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  const std::size_t digits = text.find('-');
  if (digits == std::string_view::npos || digits < 4 || digits > kYearDigitsMax) return false;
  date.year = take_number(text, digits);
  if (date.year < 0 || !take(text, '-')) return false;
  if (negative) date.year = -date.year;
  date.month = take_number(text, 2);
  if (date.month < 1 || date.month > 12 || !take(text, '-')) return false;
  date.day = take_number(text, 2);
  return date.day >= 1 && date.day <= days_in(date.year, date.month);
}

bool take_clock(std::string_view& text, Clock& clock) {
  clock.hour = take_number(text, 2);
  if (clock.hour < 0 || clock.hour > 24 || !take(text, ':')) return false;
  clock.minute = take_number(text, 2);
  if (clock.minute < 0 || clock.minute > 59) return false;
  if (take(text, ':')) {
    clock.second = take_number(text, 2);
    if (clock.second < 0 || clock.second > 59) return false;
    if (take(text, '.')) {
      const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
      const auto length = static_cast<std::size_t>(end - text.begin());
      if (length == 0) return false;
      clock.fraction = text.substr(0, length);
      clock.fraction.erase(clock.fraction.find_last_not_of('0') + 1);
      text.remove_prefix(length);
    }
  }
  return clock.hour < 24 || (clock.minute == 0 && clock.second == 0 && clock.fraction.empty());
}

bool take_offset(std::string_view& text, std::optional<Offset>& offset) {
  if (text.empty()) return true;
  if (take(text, 'Z') || take(text, 'z')) {
    offset = Offset{};
    return true;
  }
  const bool negative = take(text, '-');
  if (!negative && !take(text, '+')) return false;
  const int hours = take_number(text, 2);
  if (hours < 0) return false;
  int minutes = 0;
  if (take(text, ':')) minutes = take_number(text, 2);
  if (minutes < 0 || minutes > 59) return false;
  offset = Offset{hours * 60 + minutes};
  if (offset->minutes > kOffsetMinutesMax) return false;
  if (negative) offset->minutes = -offset->minutes;
  return true;
}

template <class Float>
Float read_float(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<Float>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<Float>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<Float>::infinity();
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  // from_chars would take "inf" and "nan(x)".
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  Float value = 0;
  const char* const end = digits.data() + digits.size();
  const bool number = digits.size() > first && (is_digit(digits[first]) || digits[first] == '.');
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (!number || stopped != end || error == std::errc::invalid_argument) refuse(text, "is no floating-point number");
  if (error == std::errc::result_out_of_range)
    refuse(text, fmt::format("is beyond the range of a floating-point number of {} bits", sizeof(Float) * 8));
  return value;
}

}  // namespace

void refuse(std::string_view text, std::string_view why) {
  throw Error(ErrorCategory::data, fmt::format("{} {}", shown(text), why));
}

void refuse_size(std::string_view text, const catalog::Type& type, std::string_view bounds) {
  refuse(text, fmt::format("does not fit {}: {}", name_of(type), bounds));
}

TextSize read_text(std::string_view text) {
  TextSize size;
  const auto continues = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const auto second = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    std::size_t length = 0;
    if (lead < 0x80) {
      length = 1;
    } else if (lead >= 0xC2 && lead < 0xE0) {
      length = 2;
    } else if ((lead & 0xF0) == 0xE0) {
      const bool overlong = lead == 0xE0 && second < 0xA0;
      const bool surrogate = lead == 0xED && second >= 0xA0;
      length = overlong || surrogate ? 0 : 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      const bool overlong = lead == 0xF0 && second < 0x90;
      const bool beyond = lead == 0xF4 && second >= 0x90;
      length = overlong || beyond ? 0 : 4;
    }
    for (std::size_t k = 1; k < length; ++k)
      if (!continues(i + k)) length = 0;
    if (length == 0)
      throw Error(ErrorCategory::data, fmt::format("the text is not UTF-8: byte {} is 0x{:02x}", i + 1, lead));
    size.has_nul = size.has_nul || lead == 0;
    ++size.characters;
    size.utf16_units += length == 4 ? 2 : 1;
    i += length;
  }
  return size;
}

bool read_boolean(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  refuse(text, "is no boolean: true or false");
}

std::int64_t read_integer(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::string_view unsigned_digits = digits;
  if (digits.size() == text.size() && digits.starts_with('-')) unsigned_digits.remove_prefix(1);
  if (!all_digits(unsigned_digits)) refuse(text, "is no integer");
  std::int64_t value = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) refuse(text, "does not fit an integer of 64 bits");
  return value;
}

void check_integer_range(std::string_view text, const catalog::Type& type, std::int64_t value) {
  if (type.bits <= 0 || type.bits > 32) return;
  const std::int64_t values = std::int64_t{1} << type.bits;
  const std::int64_t lowest = type.is_unsigned ? 0 : -values / 2;
  const std::int64_t highest = type.is_unsigned ? values - 1 : values / 2 - 1;
  if (value < lowest || value > highest) refuse_size(text, type, fmt::format("{} to {}", lowest, highest));
}

std::size_t Decimal::kept_fraction() const {
  return fraction.find_last_not_of('0') + 1;  // npos + 1 is 0
}

std::string Decimal::to_string() const {
  return (negative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

bool Decimal::fits_scaled(int scale, int bits) const {
  if (kept_fraction() > static_cast<std::size_t>(scale)) return false;
  std::string digits = (negative ? "-" : "") + whole + fraction.substr(0, kept_fraction());
  digits.append(static_cast<std::size_t>(scale) - kept_fraction(), '0');
  std::int64_t value = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) return false;
  return bits == 64 ||
         (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max());
}

void check_decimal_digits(std::string_view text, const catalog::Type& type, const Decimal& value) {
  if (!type.precision) return;
  const int scale = type.scale.value_or(0);
  const std::size_t kept = value.kept_fraction();
  const std::string fraction = value.fraction.substr(0, kept);
  if (static_cast<int>(kept) > std::max(scale, 0))
    refuse_size(text, type, fmt::format("{} digits behind the point, it keeps {}", kept, std::max(scale, 0)));
  const std::size_t whole_digits = value.whole == "0" ? 0 : value.whole.size();
  if (static_cast<int>(whole_digits) > std::max(*type.precision - scale, 0))
    refuse_size(
        text, type,
        fmt::format("{} digits before the point, it keeps {}", whole_digits, std::max(*type.precision - scale, 0)));
  if (scale < 0 && whole_digits > 0 &&
      value.whole.size() - (value.whole.find_last_not_of('0') + 1) < static_cast<std::size_t>(-scale))
    refuse_size(text, type, fmt::format("it keeps multiples of 1 and {} zeros", -scale));
  if (scale > *type.precision && kept > 0 &&
      fraction.find_first_not_of('0') < static_cast<std::size_t>(scale - *type.precision))
    refuse_size(
        text, type,
        fmt::format("it keeps {} digits, of which the last has place {} behind the point", *type.precision, scale));
}

Decimal read_decimal(std::string_view text) {
  std::string_view rest = text;
  Decimal result;
  result.negative = take(rest, '-');
  if (!result.negative) take(rest, '+');
  int exponent = 0;
  if (const std::size_t mark = rest.find_first_of("eE"); mark != std::string_view::npos) {
    std::string_view power = rest.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [stopped, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (error == std::errc::result_out_of_range) refuse(text, "is beyond every decimal type");
    if (error != std::errc() || stopped != power.data() + power.size()) refuse(text, "is no number");
    rest = rest.substr(0, mark);
  }
  const std::size_t point = rest.find('.');
  result.whole = rest.substr(0, point);
  if (point != std::string_view::npos) result.fraction = rest.substr(point + 1);
  if ((!result.whole.empty() && !all_digits(result.whole)) ||
      (!result.fraction.empty() && !all_digits(result.fraction)) || (result.whole.empty() && result.fraction.empty()))
    refuse(text, "is no number");
  const auto shift = static_cast<std::size_t>(std::abs(static_cast<long long>(exponent)));
  if (shift > kDecimalDigitsMax || result.whole.size() + result.fraction.size() + shift > kDecimalDigitsMax)
    refuse(text, "has more digits than any decimal type");
  if (exponent > 0) {
    if (result.fraction.size() < shift) result.fraction.append(shift - result.fraction.size(), '0');
    result.whole += result.fraction.substr(0, shift);
    result.fraction.erase(0, shift);
  } else if (exponent < 0) {
    if (result.whole.size() < shift) result.whole.insert(0, shift - result.whole.size(), '0');
    result.fraction.insert(0, result.whole.substr(result.whole.size() - shift));
    result.whole.resize(result.whole.size() - shift);
  }
  result.whole.erase(0, std::min(result.whole.find_first_not_of('0'), result.whole.size()));
  if (result.whole.empty() && result.kept_fraction() == 0) result.negative = false;
  if (result.whole.empty()) result.whole = "0";
  return result;
}

double read_float64(std::string_view text) {
  return read_float<double>(text);
}

float read_float32(std::string_view text) {
  return read_float<float>(text);
}

std::string with_exponent(double value) {
  std::array<char, 64> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific);
  return {digits.data(), result.ptr};
}

std::string_view read_bytes(std::string_view text) {
  const std::string_view digits = text.starts_with("0x") ? text.substr(2) : std::string_view{};
  const bool hexadecimal = std::all_of(digits.begin(), digits.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
  if (!text.starts_with("0x") || !hexadecimal || digits.size() % 2 != 0)
    refuse(text, "is no binary value: 0x and two hexadecimal digits for each byte");
  return digits;
}

std::string read_uuid(std::string_view text) {
  std::string result(text);
  bool valid = text.size() == 36;
  for (std::size_t i = 0; i < result.size() && valid; ++i) {
    char& c = result[i];
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    valid = hyphen ? c == '-' : is_digit(c) || (c >= 'a' && c <= 'f');
  }
  if (!valid) refuse(text, "is no uuid: 01020304-0506-0708-090a-0b0c0d0e0f10");
  return result;
}

std::string Clock::to_string() const {
  return fmt::format("{:02}:{:02}:{:02}{}{}", hour, minute, second, fraction.empty() ? "" : ".", fraction);
}

std::string Offset::to_string() const {
  const int distance = std::abs(minutes);
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

bool is_infinity(std::string_view text) {
  return text == "infinity" || text == "-infinity";
}

Date read_date(std::string_view text) {
  Date date;
  std::string_view rest = text;
  if (!take_date(rest, date) || !rest.empty()) refuse(text, "is no date: 2024-02-29");
  return date;
}

Time read_time(std::string_view text) {
  Time time;
  std::string_view rest = text;
  if (!take_clock(rest, time.clock) || !take_offset(rest, time.offset) || !rest.empty())
    refuse(text, "is no time: 23:59:59.5");
  return time;
}

Timestamp read_timestamp(std::string_view text) {
  Timestamp value;
  std::string_view rest = text;
  bool valid = take_date(rest, value.date);
  if (valid && !rest.empty()) {
    valid = (take(rest, 'T') || take(rest, 't') || take(rest, ' ')) && take_clock(rest, value.clock) &&
            value.clock.hour < 24 && take_offset(rest, value.offset) && rest.empty();
  }
  if (!valid) refuse(text, "is no timestamp: 2024-02-29T23:59:59.5, or with Z for UTC");
  return value;
}

void check_second_digits(std::string_view text, const catalog::Type& type, const Clock& clock, int digits_max) {
  if (static_cast<int>(clock.fraction.size()) <= digits_max) return;
  refuse_size(text, type, fmt::format("{} digits of a second, it keeps {}", clock.fraction.size(), digits_max));
}

void check_zone(std::string_view text, const catalog::Type& type, const std::optional<Offset>& offset) {
  if (offset && !type.with_time_zone) refuse_size(text, type, "it has no time zone: leave out Z or the offset");
  if (!offset && type.with_time_zone) refuse_size(text, type, "which instant it is, Z or an offset must say");
}

}  // namespace paripassu::canonical
