#include <doctest/doctest.h>

#include <random>
#include <string>

#include "harness/dataset/row_set.h"

using namespace paripassu;
using catalog::Type;
using catalog::TypeFamily;

namespace {

Type of(TypeFamily family) {
  Type type;
  type.family = family;
  return type;
}
Type integer(int bits = 32) {
  Type type = of(TypeFamily::integer);
  type.bits = bits;
  return type;
}
Type floating(int bits) {
  Type type = of(TypeFamily::floating);
  type.bits = bits;
  return type;
}
Type decimal(int precision, int scale) {
  Type type = of(TypeFamily::decimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}
Type fixed_text(int length) {
  Type type = of(TypeFamily::text);
  type.length = length;
  type.fixed_length = true;
  return type;
}
Type fixed_binary(int length) {
  Type type = of(TypeFamily::binary);
  type.length = length;
  type.fixed_length = true;
  return type;
}
Type array_of(TypeFamily family) {
  Type type = of(family);
  type.array_dimensions = 1;
  return type;
}
Type timestamp(int digits, bool with_time_zone = false, long long tick_ns = 0) {
  Type type = of(TypeFamily::timestamp);
  type.precision = digits;
  type.with_time_zone = with_time_zone;
  type.tick_ns = tick_ns;
  return type;
}
Type time_of_day(int digits) {
  Type type = of(TypeFamily::time);
  type.precision = digits;
  return type;
}
Type datetime() {
  return timestamp(3, false, 3'333'333);
}

const Type kText = of(TypeFamily::text);
const Type kBoolean = of(TypeFamily::boolean);
const Type kUuid = of(TypeFamily::uuid);
const Type kJson = of(TypeFamily::json);
const Type kXml = of(TypeFamily::xml);

/// In both directions, which must agree.
bool same(const Type& left_type, const Cell& left, const Type& right_type, const Cell& right) {
  const bool forth = same_value(left_type, left, right_type, right);
  CHECK(same_value(right_type, right, left_type, left) == forth);
  return forth;
}

}  // namespace

TEST_CASE("NULL is neither the empty text nor anything else") {
  CHECK(same(kText, std::nullopt, kText, std::nullopt));
  CHECK(same(kText, std::nullopt, integer(), std::nullopt));
  CHECK_FALSE(same(kText, std::nullopt, kText, ""));
  CHECK_FALSE(same(kText, std::nullopt, kText, "NULL"));
  CHECK_FALSE(same(kBoolean, std::nullopt, kBoolean, "false"));
  CHECK_FALSE(same(fixed_text(3), std::nullopt, kText, "   "));
}

TEST_CASE("A boolean equals what other types say it by") {
  for (const Type& type : {integer(8), decimal(1, 0), of(TypeFamily::bit_string), kText, fixed_text(1)}) {
    CHECK(same(kBoolean, "true", type, "1"));
    CHECK(same(kBoolean, "false", type, "0"));
    CHECK_FALSE(same(kBoolean, "true", type, "0"));
  }
  CHECK_FALSE(same(kBoolean, "true", integer(), "2"));
  CHECK(same(kBoolean, "true", decimal(3, 2), "1.00"));
  for (const char* word : {"T", "t", "Y", "y", "true", "TRUE", "yes", "1"}) CHECK(same(kBoolean, "true", kText, word));
  for (const char* word : {"F", "N", "no", "False", "0"}) CHECK(same(kBoolean, "false", kText, word));
  CHECK(same(kBoolean, "true", fixed_text(5), "Y    "));
  CHECK_FALSE(same(kBoolean, "true", kText, "x"));
  CHECK_FALSE(same(kBoolean, "false", kText, ""));
  CHECK_FALSE(same(kText, "Y", kText, "true"));
}

TEST_CASE("Numbers compare by value and are never rounded") {
  CHECK(same(decimal(10, 2), "12.50", decimal(10, 4), "12.5000"));
  CHECK(same(decimal(10, 2), "-0.00", decimal(10, 4), "0"));
  CHECK_FALSE(same(decimal(10, 2), "12.35", decimal(10, 4), "12.3456"));
  CHECK_FALSE(same(decimal(38, 20), "0.10000000000000000001", decimal(38, 20), "0.1"));
  CHECK(same(of(TypeFamily::decimal), "NaN", of(TypeFamily::decimal), "nan"));
  CHECK(same(integer(), "7", decimal(10, 2), "7.00"));
  CHECK_FALSE(same(integer(), "7", decimal(10, 2), "7.01"));
  CHECK(same(integer(16), "7", integer(64), "+07"));
  CHECK(same(decimal(19, 4), "12.5000", decimal(19, 2), "12.50"));
  CHECK(same(integer(), "7", kText, "7"));
  CHECK_FALSE(same(integer(), "7", kText, "seven"));
}

TEST_CASE("Floats compare by value, as the narrower of two") {
  CHECK(same(floating(64), "0.1", floating(64), "1e-1"));
  CHECK_FALSE(same(floating(64), "0.1", floating(64), "0.10000000149011612"));
  CHECK(same(floating(32), "0.1", floating(64), "0.10000000149011612"));
  CHECK(same(floating(32), "0.1", decimal(20, 18), "0.100000000000000000"));
  CHECK(same(floating(64), "12.5", decimal(10, 4), "12.5000"));
  CHECK_FALSE(same(floating(64), "12.5", decimal(10, 4), "12.5001"));
  CHECK(same(floating(64), "-0", floating(64), "0"));
  CHECK(same(floating(64), "NaN", floating(32), "NaN"));
  CHECK_FALSE(same(floating(64), "Infinity", floating(64), "-Infinity"));
  CHECK_FALSE(same(floating(64), "1e400", floating(64), "Infinity"));
}

TEST_CASE("A time equals one that was cut or rounded to the coarser column") {
  CHECK(same(timestamp(6), "2024-02-29T12:00:00.123457", timestamp(7), "2024-02-29T12:00:00.1234567"));
  CHECK(same(timestamp(6), "2024-02-29T12:00:00.123456", timestamp(7), "2024-02-29T12:00:00.1234567"));
  CHECK_FALSE(same(timestamp(6), "2024-02-29T12:00:00.123458", timestamp(7), "2024-02-29T12:00:00.1234567"));
  CHECK(same(timestamp(3), "2024-02-29T12:00:00.123", timestamp(6), "2024-02-29T12:00:00.123456"));
  CHECK(same(timestamp(0), "2025-01-01T00:00:00", timestamp(6), "2024-12-31T23:59:59.9"));
  CHECK(same(timestamp(0), "2024-12-31T23:59:59", timestamp(6), "2024-12-31T23:59:59.9"));
  CHECK(same(time_of_day(0), "00:00:00", time_of_day(6), "23:59:59.9"));
  CHECK(same(time_of_day(0), "24:00:00", time_of_day(6), "23:59:59.9"));
  CHECK_FALSE(same(time_of_day(0), "00:00:00", time_of_day(6), "23:59:58.9"));
  CHECK(same(timestamp(0, false, 60'000'000'000), "2024-02-29T12:01:00", timestamp(6), "2024-02-29T12:00:30"));
  CHECK(same(timestamp(0, false, 60'000'000'000), "2024-02-29T12:00:00", timestamp(6), "2024-02-29T12:00:59"));
  CHECK_FALSE(same(timestamp(0, false, 60'000'000'000), "2024-02-29T12:02:00", timestamp(6), "2024-02-29T12:00:30"));
}

TEST_CASE("A datetime equals what is nearest to it among 1/300 s") {
  CHECK(same(datetime(), "2024-02-29T12:00:00.123", timestamp(6), "2024-02-29T12:00:00.123456"));
  CHECK(same(datetime(), "2024-02-29T12:00:00.123", timestamp(3), "2024-02-29T12:00:00.124"));
  CHECK(same(datetime(), "2024-02-29T12:00:00.007", timestamp(3), "2024-02-29T12:00:00.005"));
  CHECK(same(datetime(), "2024-02-29T12:00:01", timestamp(3), "2024-02-29T12:00:00.999"));
  CHECK(same(datetime(), "2024-02-29T12:00:00.997", timestamp(6), "2024-02-29T12:00:00.997"));
  CHECK_FALSE(same(datetime(), "2024-02-29T12:00:00.12", timestamp(6), "2024-02-29T12:00:00.123456"));
  CHECK(same(datetime(), "2024-02-29T12:00:00.123", timestamp(0), "2024-02-29T12:00:00"));
}

TEST_CASE("Two different times of one column are never the same") {
  CHECK_FALSE(same(datetime(), "2024-02-29T12:00:00.120", datetime(), "2024-02-29T12:00:00.123"));
  CHECK_FALSE(same(datetime(), "2024-02-29T12:00:00.123", datetime(), "2024-02-29T12:00:00.127"));
  CHECK_FALSE(same(timestamp(6), "2024-02-29T12:00:00.123456", timestamp(6), "2024-02-29T12:00:00.123457"));
  for (int ms = 0; ms < 1000; ++ms) {
    const std::string digits = std::to_string(1000 + ms).substr(1);
    if (digits.back() != '0' && digits.back() != '3' && digits.back() != '7') continue;
    const std::string value = "2024-02-29T12:00:00." + digits;
    for (const char* other : {"2024-02-29T12:00:00.1", "2024-02-29T12:00:00.557", "2024-02-29T12:00:00.993"})
      CHECK(same(datetime(), value, datetime(), other) ==
            (std::stod(value.substr(17)) == std::stod(std::string(other).substr(17))));
  }
}

TEST_CASE("Instants compare in UTC, zone-less times as UTC, and days as their midnight") {
  CHECK(same(timestamp(6, true), "2024-03-01T00:30:00+05:30", timestamp(7, true), "2024-02-29T19:00:00Z"));
  CHECK_FALSE(same(timestamp(6, true), "2024-03-01T00:30:00+05:30", timestamp(7, true), "2024-03-01T00:30:00Z"));
  CHECK(same(timestamp(6, true), "2024-03-01T00:30:00Z", timestamp(7), "2024-03-01T00:30:00"));
  CHECK_FALSE(same(timestamp(6, true), "2024-03-01T00:30:00+05:30", timestamp(7), "2024-03-01T00:30:00"));
  CHECK(same(of(TypeFamily::date), "2024-02-29", datetime(), "2024-02-29T00:00:00"));
  CHECK(same(of(TypeFamily::date), "2024-02-29", timestamp(7, true), "2024-02-29T00:00:00Z"));
  CHECK_FALSE(same(of(TypeFamily::date), "2024-02-29", datetime(), "2024-02-29T00:00:01"));
  CHECK(same(of(TypeFamily::date), "2024-02-29", kText, "2024-02-29"));
  CHECK(same(timestamp(6), "infinity", timestamp(6), "infinity"));
  CHECK_FALSE(same(timestamp(6), "infinity", timestamp(3), "-infinity"));
  CHECK(same(timestamp(6), "2024-02-29T12:00:00.5", kText, "2024-02-29 12:00:00.500"));
}

TEST_CASE("Padding of char(n) and binary(n) does not count where one of the two pads") {
  CHECK(same(fixed_text(5), "ab   ", kText, "ab"));
  CHECK(same(fixed_text(5), "ab   ", fixed_text(10), "ab        "));
  CHECK_FALSE(same(kText, "ab ", kText, "ab"));
  CHECK_FALSE(same(fixed_text(5), " ab  ", kText, "ab"));
  CHECK(same(fixed_binary(5), "0x00ff000000", of(TypeFamily::binary), "0x00FF"));
  CHECK_FALSE(same(fixed_binary(5), "0x00ff000000", of(TypeFamily::binary), "0x00ff00000000"));
  CHECK_FALSE(same(of(TypeFamily::binary), "0x00ff00", of(TypeFamily::binary), "0x00ff"));
  CHECK(same(fixed_binary(2), "0x00ff", fixed_binary(4), "0x00ff0000"));
  CHECK(same(of(TypeFamily::row_version), "0x00000000000007d1", of(TypeFamily::binary), "0x00000000000007D1"));
}

TEST_CASE("A uuid has no case, as uuid or as text") {
  CHECK(same(kUuid, "01020304-0506-0708-090a-0b0c0d0e0f10", kUuid, "01020304-0506-0708-090A-0B0C0D0E0F10"));
  CHECK(same(kUuid, "01020304-0506-0708-090a-0b0c0d0e0f10", fixed_text(36), "01020304-0506-0708-090A-0B0C0D0E0F10"));
  CHECK_FALSE(same(kText, "A", kText, "a"));
  CHECK_FALSE(same(of(TypeFamily::enumeration), "Happy", kText, "happy"));
  CHECK(same(of(TypeFamily::enumeration), "happy", fixed_text(8), "happy   "));
}

TEST_CASE("JSON compares by meaning, also where one side keeps it as text") {
  CHECK(same(kJson, R"({"a": [100], "b": 1})", kText, R"({"b":1.0,"a":[1e2]})"));
  CHECK(same(kJson, R"({"a":1,"a":2})", kJson, R"({"a":2})"));
  CHECK(same(kJson, R"("\u00e9\ud83d\ude00\/")", kJson, "\"\xC3\xA9\xF0\x9F\x98\x80/\""));
  CHECK_FALSE(same(kJson, "[1,2]", kJson, "[2,1]"));
  CHECK_FALSE(same(kJson, R"({"a":null})", kJson, "{}"));
  CHECK_FALSE(same(kJson, "1", kJson, "\"1\""));
  CHECK_FALSE(same(kJson, "{}", kText, "{} x"));
  CHECK_FALSE(same(kJson, "12345678901234567890", kJson, "12345678901234567891"));
  CHECK_FALSE(same(kText, "{\"a\": 1}", kText, "{\"a\":1}"));
}

TEST_CASE("An array equals the JSON array of its elements") {
  const Type texts = array_of(TypeFamily::text);
  CHECK(same(texts, R"({a,"b c",NULL,"NULL","\"\\"})", kText, R"(["a", "b c", null, "NULL", "\"\\"])"));
  CHECK(same(texts, "{}", kJson, "[]"));
  CHECK(same(array_of(TypeFamily::integer), "{{1,NULL},{2,3}}", kText, "[[1,null],[2,3]]"));
  CHECK(same(array_of(TypeFamily::integer), "[0:1]={1,2}", kText, "[1,2]"));
  CHECK(same(array_of(TypeFamily::boolean), "{t,f}", kText, "[true,false]"));
  CHECK(same(array_of(TypeFamily::decimal), "{1.50,2}", kJson, "[1.5,2.0]"));
  CHECK(same(array_of(TypeFamily::uuid), "{01020304-0506-0708-090a-0b0c0d0e0f10}", kText,
             "[\"01020304-0506-0708-090A-0B0C0D0E0F10\"]"));
  CHECK_FALSE(same(texts, "{a,b}", kText, R"(["a"])"));
  CHECK_FALSE(same(texts, "{NULL}", kText, R"(["NULL"])"));
  CHECK_FALSE(same(texts, "{\"\"}", kText, "[null]"));
  CHECK_FALSE(same(texts, "{a,b", kText, R"(["a","b"])"));
}

TEST_CASE("XML compares without declaration, white space between tags, and spelling") {
  CHECK(same(kXml, "<?xml version=\"1.0\"?>\n<a>\n <b/>\n</a>", kXml, "<a><b></b></a>"));
  CHECK(same(kXml, "<a y='1' x=\"&#65;\"/>", kText, "<a x=\"A\" y=\"1\"></a>"));
  CHECK(same(kXml, "<a><![CDATA[1<2]]></a>", kXml, "<a>1&lt;2</a>"));
  CHECK(same(kXml, "<a>x\r\ny</a>", kXml, "<a>x\ny</a>"));
  CHECK_FALSE(same(kXml, "<a>x </a>", kXml, "<a>x</a>"));
  CHECK_FALSE(same(kXml, "<a><b/><c/></a>", kXml, "<a><c/><b/></a>"));
  CHECK_FALSE(same(kXml, "<a>", kXml, "<a/>"));
  CHECK_FALSE(same(kXml, "<a><!--x--></a>", kXml, "<a/>"));
}

TEST_CASE("Intervals compare with months, days and time apart") {
  const Type interval = of(TypeFamily::interval);
  CHECK(same(interval, "1 year 2 mons -3 days +04:05:06.7", kText, "P1Y2M-3DT4H5M6.7S"));
  CHECK(same(interval, "-00:00:01", interval, "PT-1S"));
  CHECK(same(interval, "PT0S", interval, "00:00:00"));
  CHECK_FALSE(same(interval, "1 mon", interval, "30 days"));
}

TEST_CASE("Types without anything in common compare by their texts") {
  CHECK_FALSE(same(kUuid, "01020304-0506-0708-090a-0b0c0d0e0f10", of(TypeFamily::binary),
                   "0x0102030405060708090a0b0c0d0e0f10"));
  CHECK_FALSE(same(of(TypeFamily::date), "2024-02-29", integer(), "20240229"));
  CHECK(same(of(TypeFamily::other), "10.1.2.3/8", kText, "10.1.2.3/8"));
}

TEST_CASE("neutral_value leaves text that is no value of the type as it is") {
  for (const auto& [type, text] : std::vector<std::pair<Type, std::string>>{
           {integer(), "abc"},
           {integer(), ""},
           {integer(), "7.0"},
           {decimal(5, 2), "1,5"},
           {decimal(5, 2), "."},
           {decimal(5, 2), "1e"},
           {kBoolean, "maybe"},
           {floating(64), "0x10"},
           {floating(64), "1e999"},
           {kUuid, "01020304-0506-0708-090a-0b0c0d0e0f1"},
           {of(TypeFamily::binary), "0x0"},
           {of(TypeFamily::binary), "ff"},
           {of(TypeFamily::date), "2023-02-29"},
           {of(TypeFamily::date), "2024-13-01"},
           {of(TypeFamily::date), "2024-02-29T00:00:00"},
           {timestamp(6), "2024-02-29T24:00:01"},
           {timestamp(6), "2024-02-29T12:00:00Z"},
           {timestamp(6, true), "2024-02-29T12:00:00"},
           {timestamp(6), "2024-02-29T12:00:00.1234567891"},
           {time_of_day(6), "12"},
           {kJson, "{'a':1}"},
           {kJson, "[01]"},
           {kJson, std::string(100'000, '[')},
           {kXml, "<a></b>"},
           {kXml, "&unknown;"},
           {array_of(TypeFamily::integer), "{1,x}"},
           {array_of(TypeFamily::text), std::string(100'000, '{')},
       }) {
    CAPTURE(text);
    CHECK(neutral_value(type, text) == text);
  }
}

TEST_CASE("neutral_value gives the one form of a value") {
  CHECK(neutral_value(decimal(10, 4), "0012.5000") == "12.5");
  CHECK(neutral_value(decimal(10, 4), "-0.000") == "0");
  CHECK(neutral_value(decimal(10, 4), ".5") == "0.5");
  CHECK(neutral_value(decimal(10, 0), "1e3") == "1000");
  CHECK(neutral_value(of(TypeFamily::decimal), "1e999999999") == "1e999999999");
  CHECK(neutral_value(integer(), "-000") == "0");
  CHECK(neutral_value(kBoolean, "T") == "true");
  CHECK(neutral_value(fixed_text(4), "ab  ") == "ab");
  CHECK(neutral_value(kText, "ab  ") == "ab  ");
  CHECK(neutral_value(timestamp(6), "2024-02-29 24:00:00") == "2024-03-01T00:00:00");
  CHECK(neutral_value(timestamp(6), "-0043-03-15T12:00:00.000001") == "-0043-03-15T12:00:00.000001");
  CHECK(neutral_value(timestamp(6), "+294276-12-31T23:59:59.999999") == "+294276-12-31T23:59:59.999999");
  CHECK(neutral_value(timestamp(6, true), "0001-01-01T00:00:00+14:00") == "0000-12-31T10:00:00Z");
  CHECK(neutral_value(of(TypeFamily::date), "+5874897-12-31") == "+5874897-12-31");
  CHECK(neutral_value(of(TypeFamily::date), "-4712-01-01") == "-4712-01-01");
  CHECK(neutral_value(of(TypeFamily::date), "1969-12-31") == "1969-12-31");
  CHECK(neutral_value(time_of_day(6), "23:59:59.500") == "23:59:59.5");
  CHECK(neutral_value(time_of_day(6), "24:00:00") == "24:00:00");
  CHECK(neutral_value(kJson, " { \"b\" : [ ] , \"a\" : \"\\n\" } ") == "{\"a\":\"\\u000a\",\"b\":[]}");
  CHECK(neutral_value(of(TypeFamily::interval), "1 year 2 mons -3 days +04:05:06.7") == "P14M-3DT14706.7S");
}

TEST_CASE("neutral_value survives random text and is the neutral value of itself") {
  std::mt19937 random(815);
  const std::string alphabet = "{}[]\",:<>/=&;#x0123456789-+.eEtTfnaulrsZz\\ '!?PTYDM\n";
  std::vector<Type> types;
  for (int family = 0; family <= static_cast<int>(TypeFamily::other); ++family)
    for (const int dimensions : {0, 1}) {
      Type type = of(static_cast<TypeFamily>(family));
      type.array_dimensions = dimensions;
      type.bits = 64;
      types.push_back(type);
      type.with_time_zone = type.fixed_length = true;
      type.bits = 32;
      types.push_back(type);
    }
  const std::vector<std::string> seeds = {"{\"a\":[1,2.50,\"x\"]}",      "{a,\"b\",NULL}", "<a x='1'>t<b/></a>",
                                          "2024-02-29T23:59:59.5+05:30", "-12.50e3",       "P1Y2M3DT4H5M6.7S"};
  for (int run = 0; run < 4'000; ++run) {
    std::string text;
    if (run % 2 == 0) {
      text = seeds[random() % seeds.size()];
      for (int i = 0; i < 2; ++i) text[random() % text.size()] = alphabet[random() % alphabet.size()];
    } else {
      const std::size_t length = random() % 20;
      for (std::size_t i = 0; i < length; ++i)
        text += run % 5 == 0 ? static_cast<char>(random() % 256) : alphabet[random() % alphabet.size()];
    }
    const Type& other = types[random() % types.size()];
    for (const Type& type : types) {
      const std::string neutral = neutral_value(type, text);
      CAPTURE(text);
      CAPTURE(catalog::to_string(type.family));
      REQUIRE(neutral_value(type, neutral) == neutral);
      REQUIRE(same_value(type, text, type, neutral));
      REQUIRE(same_value(type, text, other, neutral) == same_value(other, neutral, type, text));
    }
  }
}
