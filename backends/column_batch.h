#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu {

/// How the values of a column lie in memory. Bulk reading keeps values typed: nothing goes through text.
enum class ColumnLayout {
  boolean,  ///< one byte, 0 or 1
  int64,    ///< 8 bytes
  float32,
  float64,
  decimal,       ///< variable: canonical decimal text ("-12.50", "NaN", "Infinity")
  text,          ///< variable: UTF-8
  bytes,         ///< variable
  uuid,          ///< 16 bytes, network order (the order of its text)
  date,          ///< int64: days since 1970-01-01
  time,          ///< int64: nanoseconds since midnight
  timestamp,     ///< two int64: seconds since 1970-01-01 00:00 UTC (floor), nanoseconds 0 … 999 999 999
  timestamp_tz,  ///< the same, the instant in UTC
};

/// PostgreSQL's `infinity` and `-infinity` in a date, or in the seconds of a timestamp (its nanoseconds are then 0).
/// Floating point and decimal values have their own.
inline constexpr std::int64_t kPositiveInfinity = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kNegativeInfinity = std::numeric_limits<std::int64_t>::min();

/// Bytes of one value for the fixed layouts, 0 for the variable ones.
std::size_t fixed_width(ColumnLayout layout);

/// One column of a batch, Arrow-shaped: fixed-width values in `data`, or `offsets[i] … offsets[i+1]` into
/// `data` for variable ones; `offsets` is empty without rows and begins with 0 otherwise. `validity` is empty while no
/// value is NULL; else one byte per row, 0 for NULL. A NULL has a slot of zeros, or repeats the offset.
///
/// A call that does not fit the layout, or a row that does not exist, is a programming error (assert).
struct ColumnVector {
  std::string name;
  std::string type_name;  ///< as the engine names it
  ColumnLayout layout = ColumnLayout::text;
  std::vector<std::uint8_t> data;
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint8_t> validity;

  bool is_null(std::size_t row) const { return !validity.empty() && validity[row] == 0; }
  std::size_t size() const;  ///< rows appended since `clear`
  /// The bytes of a value: of a variable one as they are, of a fixed one its slot in the machine's byte order. Good
  /// until the column changes.
  std::string_view bytes(std::size_t row) const;
  /// boolean, int64, date, time; the seconds of a timestamp.
  std::int64_t int64(std::size_t row) const;
  /// The nanoseconds of a timestamp, 0 … 999 999 999.
  std::int64_t nanoseconds(std::size_t row) const;
  /// float32, float64.
  double float64(std::size_t row) const;
  /// `row` is the row that becomes NULL, which is the next one: `size()`.
  void append_null(std::size_t row);
  void append_bytes(std::string_view value);                ///< variable layouts
  void append_fixed(const void* value, std::size_t width);  ///< fixed layouts; `width` is fixed_width(layout)
  /// Removes the rows; keeps name, type, layout and memory.
  void clear();
};

/// Rows in columns. The caller owns it and hands the same one to every `next`, so that its memory is reused.
struct ColumnBatch {
  std::vector<ColumnVector> columns;
  std::size_t rows = 0;

  /// Removes the rows; keeps the columns and their memory.
  void clear();
  /// Bytes that the rows take, without names and unused memory.
  std::size_t byte_size() const;
  /// A value as text for people and tests: "NULL", "true", "-7", "0.1", "NaN", "0x00ff", text and decimals as they
  /// are; ISO 8601 for "2024-02-29", "23:59:59.5", "2024-02-29T23:59:59.5" and, of timestamp_tz,
  /// "2024-02-29T23:59:59.5Z". Years before 0 and after 9999 carry a sign ("-0043-03-15" is 44 BC, "+10000-01-01");
  /// "infinity" and "-infinity" as PostgreSQL says them.
  std::string format(std::size_t column, std::size_t row) const;
};

}  // namespace paripassu
