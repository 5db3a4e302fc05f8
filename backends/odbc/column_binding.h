#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <string>

#include "backends/column_batch.h"

namespace paripassu::odbc {

// Types of the SQL Server drivers beyond ODBC's own (msodbcsql.h; FreeTDS has the same numbers).
inline constexpr SQLSMALLINT kSqlVariant = -150;
inline constexpr SQLSMALLINT kSqlUserDefined = -151;  ///< geography, geometry, hierarchyid, CLR types
inline constexpr SQLSMALLINT kSqlXml = -152;
inline constexpr SQLSMALLINT kSqlTime2 = -154;
inline constexpr SQLSMALLINT kSqlTimestampOffset = -155;

/// A time(n) as a driver writes it into a buffer of SQL_C_BINARY.
struct Time2 {
  std::uint16_t hour;
  std::uint16_t minute;
  std::uint16_t second;
  std::uint32_t fraction_ns;
};
static_assert(sizeof(Time2) == 12);

/// A datetimeoffset(n) as a driver writes it into a buffer of SQL_C_BINARY: local time, and how far it is ahead of UTC.
struct TimestampOffset {
  std::int16_t year;
  std::uint16_t month;
  std::uint16_t day;
  std::uint16_t hour;
  std::uint16_t minute;
  std::uint16_t second;
  std::uint32_t fraction_ns;
  std::int16_t offset_hours;
  std::int16_t offset_minutes;  ///< of the same sign
};
static_assert(sizeof(TimestampOffset) == 20);

/// What a driver says about a column of a result.
struct ColumnDescription {
  std::string name;
  std::string type_name;
  SQLSMALLINT sql_type = SQL_VARCHAR;
  SQLULEN size = 0;  ///< characters, bytes or digits; 0 where there is no bound
  SQLSMALLINT decimal_digits = 0;
};

/// How a column is fetched, and how what arrives becomes a value of a ColumnVector.
struct ColumnBinding {
  /// Appends the value in `slot`, of `length` bytes, which is not NULL; `scratch` is memory to reuse. Throws Error
  /// (not_supported) for what is no value of the layout.
  using Append = void (*)(const ColumnBinding& binding, const std::uint8_t* slot, std::size_t length,
                          std::string& scratch, ColumnVector& column);

  ColumnDescription description;
  ColumnLayout layout = ColumnLayout::text;
  SQLSMALLINT c_type = SQL_C_WCHAR;
  /// Bytes of a buffer that takes any value of the column. 0 for a long one, to be read by SQLGetData in parts: as
  /// bytes where c_type is SQL_C_BINARY, else as UTF-16.
  std::size_t slot_bytes = 0;
  /// The longest value that such a buffer takes, which for text is less: drivers end it with a NUL.
  std::size_t value_bytes_max = 0;
  Append append = nullptr;

  bool is_long() const { return slot_bytes == 0; }
};

/// Chooses the binding by type. A type that is not known is read as text.
ColumnBinding bind_column(ColumnDescription description);

}  // namespace paripassu::odbc
