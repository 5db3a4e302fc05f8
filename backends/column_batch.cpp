#include "backends/column_batch.h"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <cmath>
#include <cstring>

namespace paripassu {

namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

/// One word of a slot; slots of a byte vector need not be aligned.
template <class Word>
Word load(const ColumnVector& column, std::size_t offset) {
  assert(offset + sizeof(Word) <= column.data.size());
  Word word;
  std::memcpy(&word, column.data.data() + offset, sizeof word);
  return word;
}

struct FloorDivision {
  std::int64_t quotient;
  std::int64_t remainder;  ///< never negative
};

FloorDivision floor_divide(std::int64_t value, std::int64_t divisor) {
  FloorDivision result{value / divisor, value % divisor};
  if (result.remainder < 0) {
    result.remainder += divisor;
    --result.quotient;
  }
  return result;
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Counted in eras of 400 years that begin on a 1 March, so
/// that leap days come last; every int64 has a year.
std::string format_date(std::int64_t days) {
  constexpr std::int64_t kDaysPerEra = 146'097;
  constexpr std::int64_t kDaysFromYearZeroMarch = 719'468;  // 0000-03-01 to 1970-01-01
  FloorDivision era = floor_divide(days, kDaysPerEra);
  // Shifted after the division, since `days` may be close to the ends of its range.
  const FloorDivision shifted = floor_divide(era.remainder + kDaysFromYearZeroMarch, kDaysPerEra);
  era = {era.quotient + shifted.quotient, shifted.remainder};

  const std::int64_t day_of_era = era.remainder;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = era.quotient * 400 + year_of_era + (month <= 2 ? 1 : 0);

  const std::string_view sign = year < 0 ? "-" : year > 9'999 ? "+" : "";
  return fmt::format("{}{:04}-{:02}-{:02}", sign, year < 0 ? -year : year, month, day);
}

/// ".5" of 500 000 000; nothing for whole seconds.
std::string format_fraction(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return {};
  std::string digits = fmt::format(".{:09}", nanoseconds);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

std::string format_clock(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

/// PostgreSQL's 24:00:00 is a time of its own.
std::string format_time(std::int64_t nanoseconds) {
  const FloorDivision time = floor_divide(nanoseconds, kNanosecondsPerSecond);
  return format_clock(time.quotient) + format_fraction(time.remainder);
}

std::string_view format_infinity(std::int64_t value) {
  if (value == kPositiveInfinity) return "infinity";
  if (value == kNegativeInfinity) return "-infinity";
  return {};
}

std::string format_timestamp(std::int64_t seconds, std::int64_t nanoseconds) {
  const FloorDivision time = floor_divide(seconds, kSecondsPerDay);
  return format_date(time.quotient) + "T" + format_clock(time.remainder) + format_fraction(nanoseconds);
}

/// The fewest digits that read back to the same value.
template <class Float>
std::string format_float(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char digits[64];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  return {digits, result.ptr};
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 0xF];
  }
  return hex;
}

std::string format_uuid(std::string_view bytes) {
  std::string text = to_hex(bytes);
  for (const int hyphen : {8, 13, 18, 23}) text.insert(static_cast<std::size_t>(hyphen), 1, '-');
  return text;
}

}  // namespace

std::size_t fixed_width(ColumnLayout layout) {
  switch (layout) {
    case ColumnLayout::boolean:
      return 1;
    case ColumnLayout::float32:
      return 4;
    case ColumnLayout::int64:
    case ColumnLayout::float64:
    case ColumnLayout::date:
    case ColumnLayout::time:
      return 8;
    case ColumnLayout::uuid:
    case ColumnLayout::timestamp:
    case ColumnLayout::timestamp_tz:
      return 16;
    case ColumnLayout::decimal:
    case ColumnLayout::text:
    case ColumnLayout::bytes:
      return 0;
  }
  return 0;
}

std::size_t ColumnVector::size() const {
  const std::size_t width = fixed_width(layout);
  if (width != 0) return data.size() / width;
  return offsets.empty() ? 0 : offsets.size() - 1;
}

std::string_view ColumnVector::bytes(std::size_t row) const {
  assert(row < size());
  const std::size_t width = fixed_width(layout);
  const char* const begin = reinterpret_cast<const char*>(data.data());
  if (width != 0) return {begin + row * width, width};
  assert(offsets[row] <= offsets[row + 1] && offsets[row + 1] <= data.size());
  // A column of empty strings may have no memory at all.
  if (offsets[row] == offsets[row + 1]) return {};
  return {begin + offsets[row], offsets[row + 1] - offsets[row]};
}

std::int64_t ColumnVector::int64(std::size_t row) const {
  if (layout == ColumnLayout::boolean) return load<std::uint8_t>(*this, row);
  assert(layout == ColumnLayout::int64 || layout == ColumnLayout::date || layout == ColumnLayout::time ||
         layout == ColumnLayout::timestamp || layout == ColumnLayout::timestamp_tz);
  return load<std::int64_t>(*this, row * fixed_width(layout));
}

std::int64_t ColumnVector::nanoseconds(std::size_t row) const {
  assert(layout == ColumnLayout::timestamp || layout == ColumnLayout::timestamp_tz);
  return load<std::int64_t>(*this, row * fixed_width(layout) + sizeof(std::int64_t));
}

double ColumnVector::float64(std::size_t row) const {
  if (layout == ColumnLayout::float32) return static_cast<double>(load<float>(*this, row * sizeof(float)));
  assert(layout == ColumnLayout::float64);
  return load<double>(*this, row * sizeof(double));
}

void ColumnVector::append_null(std::size_t row) {
  assert(row == size());
  if (validity.empty()) validity.assign(row, 1);
  validity.push_back(0);
  const std::size_t width = fixed_width(layout);
  if (width != 0) {
    data.resize(data.size() + width, 0);
    return;
  }
  if (offsets.empty()) offsets.push_back(0);
  offsets.push_back(data.size());
}

void ColumnVector::append_bytes(std::string_view value) {
  assert(fixed_width(layout) == 0);
  if (offsets.empty()) offsets.push_back(0);
  data.insert(data.end(), value.begin(), value.end());
  offsets.push_back(data.size());
  if (!validity.empty()) validity.push_back(1);
}

void ColumnVector::append_fixed(const void* value, [[maybe_unused]] std::size_t width) {
  assert(width != 0 && width == fixed_width(layout));
  const auto* bytes = static_cast<const std::uint8_t*>(value);
  data.insert(data.end(), bytes, bytes + width);
  if (!validity.empty()) validity.push_back(1);
}

void ColumnVector::clear() {
  data.clear();
  offsets.clear();
  validity.clear();
}

void ColumnBatch::clear() {
  for (ColumnVector& column : columns) column.clear();
  rows = 0;
}

std::size_t ColumnBatch::byte_size() const {
  std::size_t bytes = 0;
  for (const ColumnVector& column : columns) {
    bytes += column.data.size() + column.offsets.size() * sizeof(column.offsets[0]) + column.validity.size();
  }
  return bytes;
}

std::string ColumnBatch::format(std::size_t column, std::size_t row) const {
  assert(column < columns.size());
  const ColumnVector& values = columns[column];
  assert(row < values.size());
  if (values.is_null(row)) return "NULL";
  switch (values.layout) {
    case ColumnLayout::boolean:
      return values.int64(row) != 0 ? "true" : "false";
    case ColumnLayout::int64:
      return std::to_string(values.int64(row));
    // Widened to double, 0.1f would print as 0.10000000149011612.
    case ColumnLayout::float32:
      return format_float(static_cast<float>(values.float64(row)));
    case ColumnLayout::float64:
      return format_float(values.float64(row));
    case ColumnLayout::decimal:
    case ColumnLayout::text:
      return std::string(values.bytes(row));
    case ColumnLayout::bytes:
      return "0x" + to_hex(values.bytes(row));
    case ColumnLayout::uuid:
      return format_uuid(values.bytes(row));
    case ColumnLayout::time:
      return format_time(values.int64(row));
    case ColumnLayout::date: {
      const std::string_view infinity = format_infinity(values.int64(row));
      return infinity.empty() ? format_date(values.int64(row)) : std::string(infinity);
    }
    case ColumnLayout::timestamp:
    case ColumnLayout::timestamp_tz: {
      const std::string_view infinity = format_infinity(values.int64(row));
      if (!infinity.empty()) return std::string(infinity);
      const std::string text = format_timestamp(values.int64(row), values.nanoseconds(row));
      return values.layout == ColumnLayout::timestamp_tz ? text + "Z" : text;
    }
  }
  return {};
}

}  // namespace paripassu
