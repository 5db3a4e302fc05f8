// What drivers may write into buffers: the structures that FreeTDS 1.3.17 was seen to write, and spellings of other
// drivers and versions that it does not use.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "backends/error.h"
#include "backends/odbc/column_binding.h"

namespace paripassu::odbc {
namespace {

ColumnBinding bind(SQLSMALLINT type, SQLULEN size = 0, SQLSMALLINT digits = 0) {
  return bind_column({"c", "type", type, size, digits});
}

std::string read(const ColumnBinding& binding, const void* value, std::size_t bytes) {
  ColumnBatch batch;
  batch.columns.resize(1);
  batch.columns[0].layout = binding.layout;
  std::string scratch = "left behind";
  std::vector<std::uint8_t> slot(bytes + 1);
  std::memcpy(slot.data(), value, bytes);
  binding.append(binding, slot.data(), bytes, scratch, batch.columns[0]);
  REQUIRE(batch.columns[0].size() == 1);
  batch.rows = 1;
  return batch.format(0, 0);
}

template <class Value>
std::string read(const ColumnBinding& binding, const Value& value) {
  return read(binding, &value, sizeof value);
}

std::string read_decimal(const std::string& text) {
  return read(bind(SQL_DECIMAL, 38, 2), text.data(), text.size());
}

TEST_CASE("Column binding makes decimals of both drivers the same") {
  CHECK(read_decimal(".50") == "0.50");
  CHECK(read_decimal("-.05") == "-0.05");
  CHECK(read_decimal("0.50") == "0.50");
  CHECK(read_decimal("-12.00") == "-12.00");
  CHECK(read_decimal("0") == "0");
  CHECK_THROWS_AS(read_decimal(""), Error);
  CHECK_THROWS_AS(read_decimal("-"), Error);
  CHECK_THROWS_AS(read_decimal("1,5"), Error);
  CHECK_THROWS_AS(read_decimal("1e5"), Error);
}

TEST_CASE("Column binding gives a decimal of 38 digits room for sign, point and leading zero") {
  CHECK(bind(SQL_NUMERIC, 38, 38).value_bytes_max >= 41);
  CHECK(bind(SQL_NUMERIC, 38, 38).slot_bytes > bind(SQL_NUMERIC, 38, 38).value_bytes_max);
}

TEST_CASE("Column binding turns a GUID into the order of its text") {
  const SQLGUID guid = {0x01020304, 0x0506, 0x0708, {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10}};
  CHECK(read(bind(SQL_GUID), guid) == "01020304-0506-0708-090a-0b0c0d0e0f10");
}

TEST_CASE("Column binding rounds datetime from 1/300 s to milliseconds") {
  const ColumnBinding datetime = bind(SQL_TYPE_TIMESTAMP, 23, 3);
  CHECK(read(datetime, SQL_TIMESTAMP_STRUCT{2024, 2, 29, 23, 59, 59, 123'333'333}) == "2024-02-29T23:59:59.123");
  CHECK(read(datetime, SQL_TIMESTAMP_STRUCT{2024, 2, 29, 23, 59, 59, 126'666'666}) == "2024-02-29T23:59:59.127");
  CHECK(read(datetime, SQL_TIMESTAMP_STRUCT{2024, 2, 29, 23, 59, 59, 996'666'666}) == "2024-02-29T23:59:59.997");
  CHECK(read(datetime, SQL_TIMESTAMP_STRUCT{1753, 1, 1, 0, 0, 0, 3'333'333}) == "1753-01-01T00:00:00.003");
  CHECK(read(datetime, SQL_TIMESTAMP_STRUCT{2024, 2, 29, 23, 59, 59, 123'000'000}) == "2024-02-29T23:59:59.123");
}

TEST_CASE("Column binding keeps every 100 ns of datetime2") {
  const ColumnBinding datetime2 = bind(SQL_TYPE_TIMESTAMP, 27, 7);
  CHECK(read(datetime2, SQL_TIMESTAMP_STRUCT{9999, 12, 31, 23, 59, 59, 999'999'900}) == "9999-12-31T23:59:59.9999999");
  CHECK(read(datetime2, SQL_TIMESTAMP_STRUCT{1, 1, 1, 0, 0, 0, 100}) == "0001-01-01T00:00:00.0000001");
  CHECK(read(datetime2, SQL_TIMESTAMP_STRUCT{1969, 12, 31, 23, 59, 59, 500'000'000}) == "1969-12-31T23:59:59.5");
}

TEST_CASE("Column binding carries a fraction that rounds up to a second") {
  CHECK(read(bind(SQL_TYPE_TIMESTAMP, 19, 0), SQL_TIMESTAMP_STRUCT{1999, 12, 31, 23, 59, 59, 999'999'999}) ==
        "2000-01-01T00:00:00");
}

TEST_CASE("Column binding refuses dates and times that do not exist") {
  const ColumnBinding datetime2 = bind(SQL_TYPE_TIMESTAMP, 27, 7);
  CHECK_THROWS_AS(read(datetime2, SQL_TIMESTAMP_STRUCT{2023, 2, 29, 0, 0, 0, 0}), Error);
  CHECK_THROWS_AS(read(datetime2, SQL_TIMESTAMP_STRUCT{2024, 0, 1, 0, 0, 0, 0}), Error);
  CHECK_THROWS_AS(read(datetime2, SQL_TIMESTAMP_STRUCT{2024, 1, 1, 24, 0, 0, 0}), Error);
  CHECK_THROWS_AS(read(datetime2, SQL_TIMESTAMP_STRUCT{2024, 1, 1, 0, 0, 0, 1'000'000'000}), Error);
  CHECK_THROWS_AS(read(bind(SQL_TYPE_DATE), SQL_DATE_STRUCT{2024, 13, 1}), Error);
  CHECK_THROWS_AS(read(bind(kSqlTime2, 16, 7), Time2{23, 60, 0, 0}), Error);
}

TEST_CASE("Column binding reads date and time") {
  CHECK(read(bind(SQL_TYPE_DATE, 10), SQL_DATE_STRUCT{2024, 2, 29}) == "2024-02-29");
  CHECK(read(bind(SQL_TYPE_DATE, 10), SQL_DATE_STRUCT{1, 1, 1}) == "0001-01-01");
  CHECK(read(bind(kSqlTime2, 16, 7), Time2{23, 59, 59, 999'999'900}) == "23:59:59.9999999");
  CHECK(read(bind(kSqlTime2, 8, 0), Time2{0, 0, 0, 0}) == "00:00:00");
}

TEST_CASE("Column binding turns datetimeoffset into the instant in UTC") {
  const ColumnBinding offset = bind(kSqlTimestampOffset, 34, 7);
  CHECK(offset.layout == ColumnLayout::timestamp_tz);
  CHECK(read(offset, TimestampOffset{2024, 3, 1, 0, 30, 0, 250'000'000, 5, 30}) == "2024-02-29T19:00:00.25Z");
  CHECK(read(offset, TimestampOffset{2024, 2, 29, 23, 59, 59, 100, -3, -30}) == "2024-03-01T03:29:59.0000001Z");
  CHECK(read(offset, TimestampOffset{1, 1, 1, 0, 0, 0, 0, 14, 0}) == "0000-12-31T10:00:00Z");
}

TEST_CASE("Column binding refuses values of another size") {
  const std::int32_t four_bytes = 0;
  CHECK_THROWS_AS(read(bind(SQL_BIGINT), four_bytes), Error);
  CHECK_THROWS_AS(read(bind(SQL_TYPE_TIMESTAMP, 27, 7), four_bytes), Error);
  CHECK_THROWS_AS(read(bind(kSqlTimestampOffset, 34, 7), four_bytes), Error);
}

TEST_CASE("Column binding reads columns without bound in parts") {
  CHECK(bind(SQL_WVARCHAR, 0).is_long());
  CHECK(bind(SQL_VARCHAR, 0).is_long());
  CHECK(bind(SQL_VARBINARY, 0).is_long());
  CHECK(bind(SQL_LONGVARCHAR, 2'147'483'647).is_long());
  CHECK(bind(SQL_WLONGVARCHAR, 1'073'741'823).is_long());
  CHECK(bind(SQL_LONGVARBINARY, 2'147'483'647).is_long());
  CHECK(bind(kSqlXml).is_long());
  CHECK(bind(kSqlVariant, 8'000).is_long());
  CHECK(bind(kSqlUserDefined).layout == ColumnLayout::bytes);
  CHECK(bind(-9'999, 10).is_long());
  CHECK(bind(-9'999, 10).layout == ColumnLayout::text);
}

TEST_CASE("Column binding binds every type with a bound") {
  CHECK_FALSE(bind(SQL_WVARCHAR, 4'000).is_long());
  CHECK(bind(SQL_WVARCHAR, 4'000).slot_bytes == 8'002);
  CHECK_FALSE(bind(SQL_VARCHAR, 8'000).is_long());
  CHECK(bind(SQL_VARBINARY, 8'000).slot_bytes == 8'000);
  for (const int type : {SQL_BIT, SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT, SQL_REAL, SQL_FLOAT, SQL_DOUBLE,
                         SQL_DECIMAL, SQL_NUMERIC, SQL_GUID, SQL_TYPE_DATE, SQL_TYPE_TIMESTAMP})
    CHECK_FALSE(bind(static_cast<SQLSMALLINT>(type), 10).is_long());
}

TEST_CASE("Column binding reads text with NUL and supplementary characters") {
  const std::u16string text(u"a\0\xD83D\xDC18", 4);
  CHECK(read(bind(SQL_WVARCHAR, 10), text.data(), 8) == std::string("a\0\xF0\x9F\x90\x98", 6));
}

}  // namespace
}  // namespace paripassu::odbc
