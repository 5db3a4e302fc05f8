#include "backends/column_batch.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

using namespace paripassu;
using std::string_literals::operator""s;

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

ColumnVector column_of(ColumnLayout layout) {
  ColumnVector column;
  column.layout = layout;
  return column;
}

template <class Value>
void append(ColumnVector& column, Value value) {
  column.append_fixed(&value, sizeof value);
}

std::string format_one(ColumnVector column) {
  ColumnBatch batch;
  batch.rows = 1;
  batch.columns = {std::move(column)};
  return batch.format(0, 0);
}

template <class Value>
std::string format_fixed(ColumnLayout layout, Value value) {
  ColumnVector column = column_of(layout);
  append(column, value);
  return format_one(std::move(column));
}

std::string format_bytes(ColumnLayout layout, std::string_view value) {
  ColumnVector column = column_of(layout);
  column.append_bytes(value);
  return format_one(std::move(column));
}

std::string format_date(std::int64_t days) {
  return format_fixed(ColumnLayout::date, days);
}

std::string format_timestamp(ColumnLayout layout, std::int64_t seconds, std::int64_t nanoseconds) {
  const std::int64_t value[2] = {seconds, nanoseconds};
  ColumnVector column = column_of(layout);
  column.append_fixed(value, sizeof value);
  return format_one(std::move(column));
}

constexpr ColumnLayout kAllLayouts[] = {
    ColumnLayout::boolean, ColumnLayout::int64, ColumnLayout::float32,   ColumnLayout::float64,
    ColumnLayout::decimal, ColumnLayout::text,  ColumnLayout::bytes,     ColumnLayout::uuid,
    ColumnLayout::date,    ColumnLayout::time,  ColumnLayout::timestamp, ColumnLayout::timestamp_tz,
};

void append_something(ColumnVector& column) {
  const std::uint8_t ones[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const std::size_t width = fixed_width(column.layout);
  if (width == 0) {
    column.append_bytes("abc");
  } else {
    column.append_fixed(ones, width);
  }
}

}  // namespace

TEST_CASE("fixed_width is the size of a slot, or 0 where values vary") {
  CHECK(fixed_width(ColumnLayout::boolean) == 1);
  CHECK(fixed_width(ColumnLayout::int64) == 8);
  CHECK(fixed_width(ColumnLayout::float32) == 4);
  CHECK(fixed_width(ColumnLayout::float64) == 8);
  CHECK(fixed_width(ColumnLayout::decimal) == 0);
  CHECK(fixed_width(ColumnLayout::text) == 0);
  CHECK(fixed_width(ColumnLayout::bytes) == 0);
  CHECK(fixed_width(ColumnLayout::uuid) == 16);
  CHECK(fixed_width(ColumnLayout::date) == 8);
  CHECK(fixed_width(ColumnLayout::time) == 8);
  CHECK(fixed_width(ColumnLayout::timestamp) == 16);
  CHECK(fixed_width(ColumnLayout::timestamp_tz) == 16);
}

TEST_CASE("ColumnVector has no validity until the first NULL, which then covers the rows before it") {
  for (const ColumnLayout layout : kAllLayouts) {
    CAPTURE(static_cast<int>(layout));
    ColumnVector column = column_of(layout);
    append_something(column);
    append_something(column);
    CHECK(column.validity.empty());
    CHECK_FALSE(column.is_null(0));
    column.append_null(2);
    append_something(column);
    CHECK(column.validity == std::vector<std::uint8_t>{1, 1, 0, 1});
    CHECK(column.is_null(2));
    CHECK_FALSE(column.is_null(3));
    CHECK(column.size() == 4);
  }
}

TEST_CASE("ColumnVector takes a NULL as its first row") {
  for (const ColumnLayout layout : kAllLayouts) {
    CAPTURE(static_cast<int>(layout));
    ColumnVector column = column_of(layout);
    column.append_null(0);
    column.append_null(1);
    append_something(column);
    CHECK(column.validity == std::vector<std::uint8_t>{0, 0, 1});
    CHECK(column.size() == 3);
  }
}

TEST_CASE("ColumnVector fills the slot of a fixed-width NULL with zeros") {
  ColumnVector column = column_of(ColumnLayout::int64);
  append(column, std::int64_t{-1});
  column.append_null(1);
  append(column, kMin);
  CHECK(column.data.size() == 24);
  CHECK(column.int64(0) == -1);
  CHECK(column.int64(1) == 0);
  CHECK(column.int64(2) == kMin);
  CHECK(column.offsets.empty());
}

TEST_CASE("ColumnVector repeats the offset for a NULL of variable width, and offsets begin with 0") {
  ColumnVector column = column_of(ColumnLayout::text);
  column.append_bytes("ab");
  column.append_null(1);
  column.append_bytes("");
  column.append_bytes("c\0d"s);
  CHECK(column.offsets == std::vector<std::uint64_t>{0, 2, 2, 2, 5});
  CHECK(column.bytes(0) == "ab");
  CHECK(column.bytes(1).empty());
  CHECK(column.bytes(2).empty());
  CHECK_FALSE(column.is_null(2));
  CHECK(column.bytes(3) == "c\0d"s);
  ColumnVector nulls = column_of(ColumnLayout::text);
  nulls.append_null(0);
  CHECK(nulls.offsets == std::vector<std::uint64_t>{0, 0});
  CHECK(nulls.bytes(0).empty());
}

TEST_CASE("ColumnVector reads values back by their layout") {
  ColumnVector booleans = column_of(ColumnLayout::boolean);
  append(booleans, std::uint8_t{1});
  append(booleans, std::uint8_t{0});
  CHECK(booleans.int64(0) == 1);
  CHECK(booleans.int64(1) == 0);
  ColumnVector singles = column_of(ColumnLayout::float32);
  append(singles, 0.5F);
  append(singles, 1.25F);
  CHECK(singles.float64(1) == 1.25);
  ColumnVector doubles = column_of(ColumnLayout::float64);
  append(doubles, 0.1);
  append(doubles, -1e300);
  CHECK(doubles.float64(1) == -1e300);
  ColumnVector uuids = column_of(ColumnLayout::uuid);
  uuids.append_fixed("0123456789abcdef", 16);
  uuids.append_fixed("fedcba9876543210", 16);
  CHECK(uuids.bytes(1) == "fedcba9876543210");
  ColumnVector timestamps = column_of(ColumnLayout::timestamp_tz);
  const std::int64_t values[4] = {1, 2, -3, 4};
  timestamps.append_fixed(values, 16);
  timestamps.append_fixed(values + 2, 16);
  CHECK(timestamps.int64(1) == -3);
  CHECK(timestamps.nanoseconds(0) == 2);
  CHECK(timestamps.nanoseconds(1) == 4);
}

TEST_CASE("ColumnBatch clear keeps columns, names, layouts and memory") {
  ColumnBatch batch;
  batch.columns.resize(2);
  batch.columns[0].name = "note";
  batch.columns[0].type_name = "varchar";
  batch.columns[1].layout = ColumnLayout::int64;
  for (std::size_t row = 0; row < 100; ++row) {
    batch.columns[0].append_bytes("some text");
    batch.columns[1].append_null(row);
  }
  batch.rows = 100;
  const auto* const data = batch.columns[0].data.data();
  const std::size_t capacity = batch.columns[1].data.capacity();
  batch.clear();
  CHECK(batch.rows == 0);
  CHECK(batch.columns[0].name == "note");
  CHECK(batch.columns[0].type_name == "varchar");
  CHECK(batch.columns[1].layout == ColumnLayout::int64);
  CHECK(batch.columns[0].size() == 0);
  CHECK(batch.columns[1].size() == 0);
  CHECK(batch.columns[1].validity.empty());
  CHECK(batch.columns[1].data.capacity() == capacity);
  batch.columns[0].append_bytes("again");
  CHECK(batch.columns[0].data.data() == data);
  CHECK(batch.columns[0].bytes(0) == "again");
  CHECK_FALSE(batch.columns[0].is_null(0));
}

TEST_CASE("ColumnBatch counts the bytes of data, offsets and validity") {
  ColumnBatch batch;
  CHECK(batch.byte_size() == 0);
  batch.columns.resize(2);
  batch.columns[1].layout = ColumnLayout::int64;
  CHECK(batch.byte_size() == 0);
  batch.columns[0].append_bytes("abc");
  append(batch.columns[1], std::int64_t{1});
  CHECK(batch.byte_size() == 3 + 2 * 8 + 8);
  batch.columns[1].append_null(1);
  CHECK(batch.byte_size() == 3 + 2 * 8 + 16 + 2);
  batch.clear();
  CHECK(batch.byte_size() == 0);
}

TEST_CASE("format says NULL whatever the layout") {
  for (const ColumnLayout layout : kAllLayouts) {
    ColumnVector column = column_of(layout);
    column.append_null(0);
    CHECK(format_one(column) == "NULL");
  }
}

TEST_CASE("format prints booleans and integers") {
  CHECK(format_fixed(ColumnLayout::boolean, std::uint8_t{1}) == "true");
  CHECK(format_fixed(ColumnLayout::boolean, std::uint8_t{0}) == "false");
  CHECK(format_fixed(ColumnLayout::int64, std::int64_t{0}) == "0");
  CHECK(format_fixed(ColumnLayout::int64, kMin) == "-9223372036854775808");
  CHECK(format_fixed(ColumnLayout::int64, kMax) == "9223372036854775807");
}

TEST_CASE("format prints floating point with the fewest digits that read back") {
  CHECK(format_fixed(ColumnLayout::float64, 0.1) == "0.1");
  CHECK(format_fixed(ColumnLayout::float64, 1.0 / 3.0) == "0.3333333333333333");
  CHECK(format_fixed(ColumnLayout::float64, -0.0) == "-0");
  CHECK(format_fixed(ColumnLayout::float64, 1e23) == "1e+23");
  CHECK(format_fixed(ColumnLayout::float64, std::numeric_limits<double>::denorm_min()) == "5e-324");
  CHECK(format_fixed(ColumnLayout::float64, std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(format_fixed(ColumnLayout::float32, 0.1F) == "0.1");
  CHECK(format_fixed(ColumnLayout::float32, std::numeric_limits<float>::max()) == "3.4028235e+38");
  for (const double value : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    CHECK(format_fixed(ColumnLayout::float64, value) == (value > 0 ? "Infinity" : "-Infinity"));
    CHECK(format_fixed(ColumnLayout::float32, static_cast<float>(value)) == (value > 0 ? "Infinity" : "-Infinity"));
  }
  CHECK(format_fixed(ColumnLayout::float64, std::nan("")) == "NaN");
  CHECK(format_fixed(ColumnLayout::float64, -std::nan("")) == "NaN");
  CHECK(format_fixed(ColumnLayout::float32, std::nanf("")) == "NaN");
}

TEST_CASE("format reads back to the same floating point value for any bits") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2'000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    CAPTURE(bits);
    REQUIRE(std::strtod(format_fixed(ColumnLayout::float64, value).c_str(), nullptr) == value);
  }
}

TEST_CASE("format gives text and decimals as they are") {
  CHECK(format_bytes(ColumnLayout::decimal, "-12.50") == "-12.50");
  CHECK(format_bytes(ColumnLayout::decimal, "NaN") == "NaN");
  CHECK(format_bytes(ColumnLayout::text, "") == "");
  CHECK(format_bytes(ColumnLayout::text, "NULL") == "NULL");
  CHECK(format_bytes(ColumnLayout::text, "a\n\"🐘\0\xFF"s) == "a\n\"🐘\0\xFF"s);
}

TEST_CASE("format prints bytes and uuids in lower-case hexadecimal") {
  CHECK(format_bytes(ColumnLayout::bytes, "") == "0x");
  CHECK(format_bytes(ColumnLayout::bytes, "\0\x7f\x80\xFF\x0a"s) == "0x007f80ff0a");
  ColumnVector uuid = column_of(ColumnLayout::uuid);
  const std::uint8_t bytes[16] = {0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3,
                                  0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00};
  uuid.append_fixed(bytes, sizeof bytes);
  CHECK(format_one(uuid) == "123e4567-e89b-12d3-a456-426614174000");
}

TEST_CASE("format prints dates in the proleptic Gregorian calendar") {
  CHECK(format_date(0) == "1970-01-01");
  CHECK(format_date(-1) == "1969-12-31");
  CHECK(format_date(19'782) == "2024-02-29");
  CHECK(format_date(19'783) == "2024-03-01");
  CHECK(format_date(11'016) == "2000-02-29");
  CHECK(format_date(-25'509) == "1900-02-28");
  CHECK(format_date(-25'508) == "1900-03-01");
  CHECK(format_date(-719'162) == "0001-01-01");  // SQL Server's first
  CHECK(format_date(-719'163) == "0000-12-31");  // 1 BC
  CHECK(format_date(-719'528) == "0000-01-01");
  CHECK(format_date(-719'529) == "-0001-12-31");  // 2 BC
  CHECK(format_date(2'932'896) == "9999-12-31");
  CHECK(format_date(2'932'897) == "+10000-01-01");
  CHECK(format_date(-2'440'588) == "-4713-11-24");        // Julian day 0, PostgreSQL's first: 4714-11-24 BC
  CHECK(format_date(2'145'042'905) == "+5874897-12-31");  // PostgreSQL's last
}

TEST_CASE("format prints infinite dates and timestamps as PostgreSQL does") {
  CHECK(format_date(kPositiveInfinity) == "infinity");
  CHECK(format_date(kNegativeInfinity) == "-infinity");
  for (const ColumnLayout layout : {ColumnLayout::timestamp, ColumnLayout::timestamp_tz}) {
    CHECK(format_timestamp(layout, kPositiveInfinity, 0) == "infinity");
    CHECK(format_timestamp(layout, kNegativeInfinity, 0) == "-infinity");
  }
  CHECK(format_fixed(ColumnLayout::int64, kMax) != "infinity");
}

TEST_CASE("format has a date for every number of days") {
  CHECK(format_date(kMax - 1).substr(0, 1) == "+");
  CHECK(format_date(kMin + 1).substr(0, 1) == "-");
  CHECK(format_timestamp(ColumnLayout::timestamp, kMax - 1, 999'999'999) == "+292277026596-12-04T15:30:06.999999999");
  CHECK(format_timestamp(ColumnLayout::timestamp, kMin + 1, 0) == "-292277022657-01-27T08:29:53");
}

TEST_CASE("format prints successive days in order, with every month as long as it is") {
  // Walks 800 years across year 0 with a calendar of its own.
  int year = -400, month = 1, day = 1;
  for (std::int64_t days = -719'528 - 146'097; days < -719'528 + 146'097; ++days) {
    char expected[32];
    std::snprintf(expected, sizeof expected, "%s%04d-%02d-%02d", year < 0 ? "-" : "", std::abs(year), month, day);
    REQUIRE(format_date(days) == expected);
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (++day > lengths[month - 1]) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
  CHECK(year == 400);
}

TEST_CASE("format prints times with as many digits as they need") {
  const auto format_time = [](std::int64_t ns) { return format_fixed(ColumnLayout::time, ns); };
  CHECK(format_time(0) == "00:00:00");
  CHECK(format_time(1) == "00:00:00.000000001");
  CHECK(format_time(500'000'000) == "00:00:00.5");
  CHECK(format_time(86'399'999'999'900) == "23:59:59.9999999");
  CHECK(format_time(86'400'000'000'000) == "24:00:00");  // PostgreSQL has it
  CHECK(format_time(43'200'000'000'000 + 61'000'000'000) == "12:01:01");
}

TEST_CASE("format prints timestamps in ISO 8601, instants with Z") {
  CHECK(format_timestamp(ColumnLayout::timestamp, 0, 0) == "1970-01-01T00:00:00");
  CHECK(format_timestamp(ColumnLayout::timestamp_tz, 0, 0) == "1970-01-01T00:00:00Z");
  CHECK(format_timestamp(ColumnLayout::timestamp, -1, 999'999'000) == "1969-12-31T23:59:59.999999");
  CHECK(format_timestamp(ColumnLayout::timestamp_tz, 1'709'251'199, 123'456'700) == "2024-02-29T23:59:59.1234567Z");
  CHECK(format_timestamp(ColumnLayout::timestamp, -62'135'596'800, 0) == "0001-01-01T00:00:00");
  CHECK(format_timestamp(ColumnLayout::timestamp, 253'402'300'799, 999'999'900) == "9999-12-31T23:59:59.9999999");
}
