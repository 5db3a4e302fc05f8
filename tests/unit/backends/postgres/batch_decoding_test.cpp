// The binary forms are what PostgreSQL 15 sends (COPY … (FORMAT binary), as hexadecimal digits).
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "backends/error.h"
#include "backends/postgres/binary_decoding.h"

namespace paripassu::postgres {
namespace {

constexpr Oid kBoolean = 16, kBytea = 17, kBigint = 20, kSmallint = 21, kInteger = 23, kText = 25, kOid = 26;
constexpr Oid kReal = 700, kDouble = 701, kBpchar = 1042, kDate = 1082, kTime = 1083, kTimestamp = 1114;
constexpr Oid kTimestamptz = 1184, kNumeric = 1700, kUuid = 2950, kJsonb = 3802;

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return bytes;
}

std::string decode_wire(Oid type, const std::string& wire) {
  const auto binary = binary_type(type);
  REQUIRE(binary);
  ColumnBatch batch;
  batch.columns.resize(1);
  batch.columns[0].layout = binary->layout;
  binary->decode(wire, batch.columns[0]);
  REQUIRE(batch.columns[0].size() == 1);
  batch.rows = 1;
  return batch.format(0, 0);
}

std::string decode(Oid type, std::string_view hex) {
  return decode_wire(type, from_hex(hex));
}

/// Bytes that are no value must be refused and leave the column as it was.
void check_refused(Oid type, std::string_view hex) {
  CAPTURE(type);
  CAPTURE(hex);
  const auto binary = binary_type(type);
  REQUIRE(binary);
  ColumnVector column;
  column.layout = binary->layout;
  const std::string wire = from_hex(hex);
  bool refused = false;
  try {
    binary->decode(wire, column);
  } catch (const Error& error) {
    refused = error.category() == ErrorCategory::not_supported && !error.remedy().empty();
  }
  CHECK(refused);
  CHECK(column.size() == 0);
}

TEST_CASE("binary decoding keeps integers of every width and sign") {
  CHECK(decode(kSmallint, "8000") == "-32768");
  CHECK(decode(kSmallint, "7fff") == "32767");
  CHECK(decode(kInteger, "80000000") == "-2147483648");
  CHECK(decode(kInteger, "ffffffff") == "-1");
  CHECK(decode(kBigint, "8000000000000000") == "-9223372036854775808");
  CHECK(decode(kBigint, "7fffffffffffffff") == "9223372036854775807");
  CHECK(decode(kOid, "ffffffff") == "4294967295");
  CHECK(decode(kBoolean, "01") == "true");
  CHECK(decode(kBoolean, "00") == "false");
}

TEST_CASE("binary decoding keeps floating point values bit by bit") {
  CHECK(decode(kDouble, "3ff199999999999a") == "1.1");
  CHECK(decode(kDouble, "8000000000000000") == "-0");
  CHECK(decode(kDouble, "0000000000000001") == "5e-324");
  CHECK(decode(kDouble, "7ff0000000000000") == "Infinity");
  CHECK(decode(kDouble, "7ff8000000000000") == "NaN");
  CHECK(decode(kReal, "3dcccccd") == "0.1");
  CHECK(decode(kReal, "ff800000") == "-Infinity");
}

TEST_CASE("binary decoding prints numeric as the server does") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"0000000000000000", "0"},
      {"0000000000000002", "0.00"},
      {"0001000000000000"
       "0001",
       "1"},
      {"0001000000000000"
       "270f",
       "9999"},
      {"0001000100000000"
       "0001",
       "10000"},
      {"0001000a00000000"
       "0001",
       "10000000000000000000000000000000000000000"},
      {"0002000000000002"
       "0001"
       "1388",
       "1.50"},
      {"0001ffff40000002"
       "01f4",
       "-0.05"},
      {"0001fffd0000000a"
       "0064",
       "0.0000000001"},  // 1e-10: groups before the first digit are left out
      {"0003000200000004"
       "0001"
       "0000"
       "0001",
       "100000001.0000"},
      {"0004000200000004"
       "0001"
       "0000"
       "0000"
       "0001",
       "100000000.0001"},
      {"0002000100000000"
       "0001"
       "07d0",
       "12000"},  // numeric(5,-3)
      {"0004000140000006"
       "0001"
       "0929"
       "1a85"
       "1e78",
       "-12345.678978"},
      {"00000000c0000000", "NaN"},
      {"00000000d0000020", "Infinity"},
      {"00000000f0000020", "-Infinity"},
  };
  for (const auto& [wire, text] : cases) {
    CAPTURE(wire);
    CHECK(decode(kNumeric, wire) == text);
  }
}

TEST_CASE("binary decoding prints numeric of any length") {
  // 32 768 groups before the point, the most that the form can say.
  std::string wire = from_hex(
      "00017fff00000000"
      "0009");
  CHECK(decode_wire(kNumeric, wire) == "9" + std::string(4 * 32'767, '0'));
  // 16 383 digits after it.
  wire = from_hex(
      "0001f00000003fff"
      "04d2");
  const std::string text = decode_wire(kNumeric, wire);
  CHECK(text.size() == 2 + 16'383);
  CHECK(text.find_first_not_of("0.") == 2 + 4 * 4'095);
  CHECK(text.substr(2 + 4 * 4'095) == "123");
  // Around the size that is printed without an allocation.
  for (int groups = 20; groups < 40; ++groups) {
    CAPTURE(groups);
    std::string digits;
    std::string expected = "-";
    for (int i = 0; i < groups; ++i) {
      digits += from_hex("04d2");
      expected += "1234";
    }
    const char count = static_cast<char>(groups);
    const std::string header = {0, count, 0, static_cast<char>(count - 1), 0x40, 0, 0, 0};
    CHECK(decode_wire(kNumeric, header + digits) == expected);
    const std::string fraction = {0, count, static_cast<char>(0xFF),      static_cast<char>(0xFF), 0x40,
                                  0, 0,     static_cast<char>(4 * groups)};
    CHECK(decode_wire(kNumeric, fraction + digits) == "-0." + expected.substr(1));
  }
}

TEST_CASE("binary decoding keeps the scale where the digits end before it") {
  // Digits beyond the scale, which a server never sends, are cut and not written over what follows.
  CHECK(decode(kNumeric,
               "0001000000000005"
               "0007") == "7.00000");
  CHECK(decode(kNumeric,
               "0002000000000001"
               "0007"
               "1e61") == "7.7");
}

TEST_CASE("binary decoding refuses a numeric that is none") {
  check_refused(kNumeric, "");
  check_refused(kNumeric, "00000000000000");
  check_refused(kNumeric, "0001000000000000");
  check_refused(kNumeric,
                "0000000000000000"
                "0001");
  check_refused(kNumeric, "ffff000000000000");
  check_refused(kNumeric, "0000000012340000");
  check_refused(kNumeric,
                "0001000000000000"
                "2710");
}

TEST_CASE("binary decoding reads dates and their infinities") {
  CHECK(decode(kDate, "00000000") == "2000-01-01");
  CHECK(decode(kDate, "ffffffff") == "1999-12-31");
  CHECK(decode(kDate, "ffffd533") == "1970-01-01");
  CHECK(decode(kDate, "ffda97cd") == "-4712-01-01");
  CHECK(decode(kDate, "7fffffff") == "infinity");
  CHECK(decode(kDate, "80000000") == "-infinity");
}

TEST_CASE("binary decoding reads timestamps on both sides of every epoch") {
  for (const Oid type : {kTimestamp, kTimestamptz}) {
    const std::string zone = type == kTimestamptz ? "Z" : "";
    CHECK(decode(type, "0000000000000000") == "2000-01-01T00:00:00" + zone);
    CHECK(decode(type, "0000000000000001") == "2000-01-01T00:00:00.000001" + zone);
    CHECK(decode(type, "ffffffffffffffff") == "1999-12-31T23:59:59.999999" + zone);
    CHECK(decode(type, "fffca2fec4c82000") == "1970-01-01T00:00:00" + zone);
    CHECK(decode(type, "fffca2fec4c81fff") == "1969-12-31T23:59:59.999999" + zone);
    CHECK(decode(type, "7fffffffffffffff") == "infinity");
    CHECK(decode(type, "8000000000000000") == "-infinity");
  }
}

TEST_CASE("binary decoding reads times up to 24:00") {
  CHECK(decode(kTime, "0000000000000000") == "00:00:00");
  CHECK(decode(kTime, "000000141dd75fff") == "23:59:59.999999");
  CHECK(decode(kTime, "000000141dd76000") == "24:00:00");
  check_refused(kTime, "000000141dd76001");
  check_refused(kTime, "ffffffffffffffff");
}

TEST_CASE("binary decoding leaves text and bytes as they are") {
  CHECK(decode(kText, "") == "");
  CHECK(decode(kText, "f09f9098") == "\xF0\x9F\x90\x98");
  CHECK(decode(kBpchar, "61622020") == "ab  ");
  CHECK(decode(kBytea, "00ff00") == "0x00ff00");
  CHECK(decode(kBytea, "") == "0x");
  CHECK(decode(kUuid, "0102030405060708090a0b0c0d0e0f10") == "01020304-0506-0708-090a-0b0c0d0e0f10");
  CHECK(decode(kJsonb, "017b7d") == "{}");
}

TEST_CASE("binary decoding refuses values of the wrong size") {
  check_refused(kBoolean, "");
  check_refused(kSmallint, "00");
  check_refused(kInteger, "0000000000");
  check_refused(kBigint, "00000000");
  check_refused(kOid, "");
  check_refused(kReal, "0000000000000000");
  check_refused(kDouble, "00000000");
  check_refused(kDate, "0000000000000000");
  check_refused(kTime, "00000000");
  check_refused(kTimestamp, "00000000");
  check_refused(kUuid, "00");
  check_refused(kJsonb, "");
  check_refused(kJsonb, "027b7d");
}

TEST_CASE("binary decoding knows no form for types that are read as text") {
  for (const Oid type : {Oid{18}, Oid{650}, Oid{790}, Oid{869}, Oid{1007}, Oid{1186}, Oid{1266}, Oid{1560}, Oid{2249},
                         Oid{3904}, Oid{16'384}})
    CHECK_FALSE(binary_type(type));
}

}  // namespace
}  // namespace paripassu::postgres
