#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/catalog/type.h"

/// Reads canonical texts (`ColumnBatch::format`, docs/data-sets.md) for a DmlWriter. Every `read_…` throws Error(data)
/// in one sentence when the text is no such value; what an engine's type holds is the engine's question.
namespace paripassu::canonical {

/// Throws Error(data): "'abc' is no integer". `text` is shortened, and its control characters are escaped.
[[noreturn]] void refuse(std::string_view text, std::string_view why);
/// Throws Error(data): "'300' does not fit tinyint: 0 to 255".
[[noreturn]] void refuse_size(std::string_view text, const catalog::Type& type, std::string_view bounds);

/// How long a text is in the units of engines.
struct TextSize {
  std::size_t characters = 0;  ///< Unicode code points
  std::size_t utf16_units = 0;
  bool has_nul = false;
};
/// Also throws for text that is not UTF-8.
TextSize read_text(std::string_view text);

/// "true" and "false"; also "1" and "0", which a data set writes where one engine has an integer.
bool read_boolean(std::string_view text);
std::int64_t read_integer(std::string_view text);
/// Throws Error(data) beyond the type's bits.
void check_integer_range(std::string_view text, const catalog::Type& type, std::int64_t value);

/// A decimal number, digit by digit. "1e-3" is taken as well: it is how a float prints that a data set gives a decimal.
struct Decimal {
  bool negative = false;              ///< never of zero
  std::string whole;                  ///< digits before the point, without leading zeros; "0" at least
  std::string fraction;               ///< digits behind it, as written
  std::size_t kept_fraction() const;  ///< digits of the fraction without its trailing zeros
  std::string to_string() const;
  /// Whether the value, times 10^scale, is an integer of so many bits: how engines keep money.
  bool fits_scaled(int scale, int bits) const;
};
/// Throws Error(data) when `value` has digits that a decimal of the type's precision and scale does not keep. Without a
/// precision it keeps all. Also a negative scale, and one above the precision (PostgreSQL 15).
void check_decimal_digits(std::string_view text, const catalog::Type& type, const Decimal& value);
Decimal read_decimal(std::string_view text);

/// "NaN", "Infinity" and "-Infinity" included. Beyond the range of double, or nearer to zero than it: refused.
double read_float64(std::string_view text);
float read_float32(std::string_view text);
/// The fewest digits that read back to the same value, with an exponent: "1e-01".
std::string with_exponent(double value);

/// The hexadecimal digits of "0x00ff".
std::string_view read_bytes(std::string_view text);
/// In lower case.
std::string read_uuid(std::string_view text);

/// Proleptic Gregorian; year 0 is 1 BC.
struct Date {
  std::int64_t year = 0;
  int month = 1;
  int day = 1;
  auto operator<=>(const Date&) const =
      default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 takes its 0 for a pointer
};
struct Clock {
  int hour = 0;  ///< 24 in 24:00:00 alone
  int minute = 0;
  int second = 0;
  std::string fraction;  ///< digits, without trailing zeros
  /// "23:59:59.5"
  std::string to_string() const;
};
/// What stands behind a clock: "Z", "+05:30", "-08".
struct Offset {
  int minutes = 0;  ///< ahead of UTC
  /// "+05:30"
  std::string to_string() const;
};
struct Time {
  Clock clock;
  std::optional<Offset> offset;
};
struct Timestamp {
  Date date;
  Clock clock;
  std::optional<Offset> offset;
};

/// PostgreSQL's "infinity" and "-infinity" in a date or timestamp.
bool is_infinity(std::string_view text);
Date read_date(std::string_view text);
Time read_time(std::string_view text);
/// Date and clock with a T or a blank between them; a date alone is its midnight.
Timestamp read_timestamp(std::string_view text);

/// Throws when the fraction of a second has more digits than the type keeps.
void check_second_digits(std::string_view text, const catalog::Type& type, const Clock& clock, int digits_max);
/// Throws when an offset is there and the type has no time zone, or the other way round.
void check_zone(std::string_view text, const catalog::Type& type, const std::optional<Offset>& offset);

}  // namespace paripassu::canonical
