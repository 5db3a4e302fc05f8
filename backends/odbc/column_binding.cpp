#include "backends/odbc/column_binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "backends/error.h"
#include "backends/odbc/text.h"

namespace paripassu::odbc {

namespace {

/// Wider columns are read in parts: they would leave room for only a few rows in a block.
constexpr std::size_t kBoundBytesMax = 16'384;
/// 38 digits, sign, point, a zero before it, NUL; no driver needs more.
constexpr std::size_t kDecimalBytes = 48;
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

[[noreturn]] void refuse(const ColumnBinding& binding, const std::string& why) {
  throw Error(ErrorCategory::not_supported, fmt::format("the driver returned a value of column \"{}\" ({}) that {}",
                                                        binding.description.name, binding.description.type_name, why))
      .with_remedy("read the column as text: convert it to nvarchar(max) in the query");
}

template <class Value>
Value load(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length) {
  if (length != sizeof(Value)) refuse(binding, fmt::format("has {} bytes instead of {}", length, sizeof(Value)));
  Value value;
  std::memcpy(&value, slot, sizeof value);
  return value;
}

template <class Value>
void append_same(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                 ColumnVector& column) {
  const auto value = load<Value>(binding, slot, length);
  column.append_fixed(&value, sizeof value);
}

void append_bit(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                ColumnVector& column) {
  const std::uint8_t value = load<std::uint8_t>(binding, slot, length) != 0 ? 1 : 0;
  column.append_fixed(&value, sizeof value);
}

bool is_decimal_part(char c) {
  return (c >= '0' && c <= '9') || c == '.';
}

/// FreeTDS 1.3 writes the zero before the point; a driver may leave it out (".50", "-.50").
void append_decimal(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string& scratch,
                    ColumnVector& column) {
  const std::string_view text(reinterpret_cast<const char*>(slot), length);
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_decimal_part))
    refuse(binding, "is no decimal number");
  if (digits.front() != '.') return column.append_bytes(text);
  scratch.assign(text.substr(0, text.size() - digits.size()));
  scratch += '0';
  scratch += digits;
  column.append_bytes(scratch);
}

void append_text(const ColumnBinding&, const std::uint8_t* slot, std::size_t length, std::string& scratch,
                 ColumnVector& column) {
  const std::u16string_view units(reinterpret_cast<const char16_t*>(slot), length / sizeof(char16_t));
  // Most texts are ASCII, and are made shorter without looking at each unit twice: loops that compilers vectorise.
  unsigned all = 0;
  for (const char16_t unit : units) all |= unit;
  if (all < 0x80) {
    scratch.resize(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) scratch[i] = static_cast<char>(units[i]);
  } else {
    scratch.clear();
    append_utf8(scratch, units);
  }
  column.append_bytes(scratch);
}

void append_bytes(const ColumnBinding&, const std::uint8_t* slot, std::size_t length, std::string&,
                  ColumnVector& column) {
  column.append_bytes({reinterpret_cast<const char*>(slot), length});
}

/// The first three groups of a GUID are numbers of the machine; the text and PostgreSQL have their high byte first.
void append_guid(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                 ColumnVector& column) {
  const auto guid = load<SQLGUID>(binding, slot, length);
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(guid.Data1 >> (24 - 8 * i));
  for (std::size_t i = 0; i < 2; ++i) {
    bytes[4 + i] = static_cast<std::uint8_t>(guid.Data2 >> (8 - 8 * i));
    bytes[6 + i] = static_cast<std::uint8_t>(guid.Data3 >> (8 - 8 * i));
  }
  std::memcpy(bytes.data() + 8, guid.Data4, 8);
  column.append_fixed(bytes.data(), bytes.size());
}

std::int64_t days_since_1970(const ColumnBinding& binding, int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) refuse(binding, fmt::format("has the date {}-{}-{}", year, month, day));
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::int64_t second_of_day(const ColumnBinding& binding, unsigned hour, unsigned minute, unsigned second) {
  if (hour > 23 || minute > 59 || second > 59)
    refuse(binding, fmt::format("has the time {}:{}:{}", hour, minute, second));
  return hour * 3'600 + minute * 60 + second;
}

/// `fraction_ns` at the scale of the column. A datetime counts in 1/300 s, and some versions of FreeTDS pass on
/// .123333 where the value prints as .123 (pyodbc issue 448); 1.3.17 has it rounded. May be a whole second.
std::int64_t round_fraction(const ColumnBinding& binding, std::uint32_t fraction_ns) {
  if (fraction_ns >= kNanosecondsPerSecond) refuse(binding, fmt::format("has {} ns in a second", fraction_ns));
  std::int64_t unit = 1;
  for (int digits = 9; digits > binding.description.decimal_digits; --digits) unit *= 10;
  return (fraction_ns + unit / 2) / unit * unit;
}

void append_date(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                 ColumnVector& column) {
  const auto date = load<SQL_DATE_STRUCT>(binding, slot, length);
  const std::int64_t days = days_since_1970(binding, date.year, date.month, date.day);
  column.append_fixed(&days, sizeof days);
}

void append_time(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                 ColumnVector& column) {
  const auto time = load<Time2>(binding, slot, length);
  const std::int64_t nanoseconds = second_of_day(binding, time.hour, time.minute, time.second) * kNanosecondsPerSecond +
                                   round_fraction(binding, time.fraction_ns);
  column.append_fixed(&nanoseconds, sizeof nanoseconds);
}

void append_instant(std::int64_t seconds, std::int64_t nanoseconds, ColumnVector& column) {
  const std::array<std::int64_t, 2> value = {seconds + nanoseconds / kNanosecondsPerSecond,
                                             nanoseconds % kNanosecondsPerSecond};
  column.append_fixed(value.data(), sizeof value);
}

void append_timestamp(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                      ColumnVector& column) {
  const auto value = load<SQL_TIMESTAMP_STRUCT>(binding, slot, length);
  append_instant(days_since_1970(binding, value.year, value.month, value.day) * 86'400 +
                     second_of_day(binding, value.hour, value.minute, value.second),
                 round_fraction(binding, value.fraction), column);
}

void append_timestamp_offset(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length, std::string&,
                             ColumnVector& column) {
  const auto value = load<TimestampOffset>(binding, slot, length);
  append_instant(days_since_1970(binding, value.year, value.month, value.day) * 86'400 +
                     second_of_day(binding, value.hour, value.minute, value.second) - value.offset_hours * 3'600 -
                     value.offset_minutes * 60,
                 round_fraction(binding, value.fraction_ns), column);
}

void set_fixed(ColumnBinding& binding, ColumnLayout layout, SQLSMALLINT c_type, std::size_t bytes,
               ColumnBinding::Append append) {
  binding.layout = layout;
  binding.c_type = c_type;
  binding.slot_bytes = binding.value_bytes_max = bytes;
  binding.append = append;
}

/// `value_bytes_max` is 0 for a column without bound; `end_bytes` are those of the NUL behind text.
void set_variable(ColumnBinding& binding, ColumnLayout layout, SQLSMALLINT c_type, std::size_t value_bytes_max,
                  std::size_t end_bytes, ColumnBinding::Append append) {
  binding.layout = layout;
  binding.c_type = c_type;
  binding.append = append;
  if (value_bytes_max == 0 || value_bytes_max > kBoundBytesMax) return;
  binding.value_bytes_max = value_bytes_max;
  binding.slot_bytes = value_bytes_max + end_bytes;
}

}  // namespace

ColumnBinding bind_column(ColumnDescription description) {
  ColumnBinding binding;
  binding.description = std::move(description);
  const std::size_t size = binding.description.size;
  switch (binding.description.sql_type) {
    case SQL_BIT:
      set_fixed(binding, ColumnLayout::boolean, SQL_C_BIT, 1, append_bit);
      break;
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
      set_fixed(binding, ColumnLayout::int64, SQL_C_SBIGINT, 8, append_same<std::int64_t>);
      break;
    case SQL_REAL:
      set_fixed(binding, ColumnLayout::float32, SQL_C_FLOAT, 4, append_same<float>);
      break;
    case SQL_FLOAT:
    case SQL_DOUBLE:
      set_fixed(binding, ColumnLayout::float64, SQL_C_DOUBLE, 8, append_same<double>);
      break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
      set_variable(binding, ColumnLayout::decimal, SQL_C_CHAR, kDecimalBytes - 1, 1, append_decimal);
      break;
    case SQL_GUID:
      set_fixed(binding, ColumnLayout::uuid, SQL_C_GUID, sizeof(SQLGUID), append_guid);
      break;
    case SQL_TYPE_DATE:
      set_fixed(binding, ColumnLayout::date, SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT), append_date);
      break;
    case SQL_TYPE_TIMESTAMP:
      set_fixed(binding, ColumnLayout::timestamp, SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT), append_timestamp);
      break;
    // The C types of their own, 0x4000 and 0x4001, are refused by unixODBC unless the program declares itself to be of
    // ODBC 3.8, which SOCI does not; SQL_C_BINARY gives the same structures on both drivers.
    case kSqlTime2:
      set_fixed(binding, ColumnLayout::time, SQL_C_BINARY, sizeof(Time2), append_time);
      break;
    case kSqlTimestampOffset:
      set_fixed(binding, ColumnLayout::timestamp_tz, SQL_C_BINARY, sizeof(TimestampOffset), append_timestamp_offset);
      break;
    case SQL_BINARY:
    case SQL_VARBINARY:
      set_variable(binding, ColumnLayout::bytes, SQL_C_BINARY, size, 0, append_bytes);
      break;
    case SQL_LONGVARBINARY:
    case kSqlUserDefined:
      set_variable(binding, ColumnLayout::bytes, SQL_C_BINARY, 0, 0, append_bytes);
      break;
    // A varchar of n bytes has at most n UTF-16 code units in any code page.
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
      set_variable(binding, ColumnLayout::text, SQL_C_WCHAR, size * sizeof(char16_t), sizeof(char16_t), append_text);
      break;
    default:
      set_variable(binding, ColumnLayout::text, SQL_C_WCHAR, 0, 0, append_text);
  }
  return binding;
}

}  // namespace paripassu::odbc
