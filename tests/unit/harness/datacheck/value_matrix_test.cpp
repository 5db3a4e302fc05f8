#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/harness/datacheck/value_pairs.h"

using namespace value_pairs;

namespace {

struct Values {
  Cell left;
  Cell right;
  std::string outcome;
};

/// A pair of types, its row in docs/data-parity.md, and what becomes of its edge values.
struct Pair {
  std::string rule;
  Type left;
  Type right;
  std::vector<Values> values;
};

const std::string kNul("a\0b", 3);
const std::string kSmile = "\xF0\x9F\x98\x80";
const std::string kLoneSurrogate = "a\xED\xA0\xBD";
const std::string kDeepJson = std::string(250, '[') + std::string(250, ']');
const Cell kNull;

const std::vector<Pair> kPairs = {
    {"integer",
     integer(64),
     integer(64),
     {{"9223372036854775807", "9223372036854775807", "same"},
      {"-9223372036854775808", "-9223372036854775808", "same"},
      {"-9223372036854775808", "9223372036854775807", "different"},
      {"0", kNull, "different"},
      {kNull, kNull, "same"}}},
    {"integer", integer(8), integer(16), {{"255", "255", "same"}, {"0", "0", "same"}, {"255", "-1", "different"}}},
    {"integer",
     integer(64),
     kText,
     {{"9223372036854775807", "9223372036854775807", "same"},
      {"7", "+007", "same"},
      {"7", "7  ", "same"},
      {"0", "-0", "same"},
      {"7", "seven", "different"},
      {"7", "", "different"},
      {"7", "9223372036854775808", "different"},
      {kNull, "", "null-empty"},
      {"7", kNul, "different"}}},
    {"decimal",
     decimal(38, 0),
     decimal(38, 20),
     {{"999999999999999999", "999999999999999999.00000000000000000000", "same"},
      {"0", "0.00000000000000000000", "same"},
      {"0", "0.00000000000000000001", "precision"},
      {"1", "0.99999999999999999999", "rounding"},
      {"-1", "-1.00000000000000000001", "precision"},
      {"2", "0.99999999999999999999", "different"}}},
    {"decimal",
     decimal(10, 2),
     decimal(10, 4),
     {{"12.50", "12.5000", "same"},
      {"12.34", "12.3456", "precision"},
      {"12.35", "12.3456", "rounding"},
      {"-12.35", "-12.3456", "rounding"},
      {"12.36", "12.3456", "different"},
      {"12.35", "12.3600", "different"},
      {"0.00", "-0.0049", "precision"},
      {"-0.01", "0.0049", "different"},
      {"99999999.99", "100000000.0000", "different"},
      {kNull, "0.0000", "different"}}},
    {"decimal",
     kNumeric,
     kNumeric,
     {{"NaN", "NaN", "same"},
      {"Infinity", "-Infinity", "different"},
      {"NaN", "Infinity", "different"},
      {"0." + std::string(400, '0') + "1", "0." + std::string(400, '0') + "1000", "same"},
      {std::string(1000, '9'), std::string(1000, '9') + ".0", "same"},
      {std::string(1000, '9'), std::string(999, '9') + "8", "different"},
      {"1.0", "1.00", "same"}}},
    {"decimal",
     integer(64),
     kNumeric,
     {{"9223372036854775807", "9223372036854775807.000", "same"},
      {"-9223372036854775808", "-9223372036854775808", "same"},
      {"1000", "1000", "same"},
      {"0", "NaN", "different"},
      {"7", "7.4", "precision"},
      {"7", "6.5", "rounding"},
      {"7", "8", "different"}}},
    {"decimal",
     decimal(19, 4),
     kText,
     {{"12.5000", "12.5", "same"},
      {"922337203685477.5807", "922337203685477.5807", "same"},
      {"12.5000", "1.25e1", "same"},
      {"12.5000", "12,5", "different"},
      {"12.5000", "12.50001", "precision"},
      {kNull, "", "null-empty"}}},
    {"float",
     floating(64),
     floating(64),
     {{"-0", "0", "same"},
      {"NaN", "NaN", "same"},
      {"Infinity", "Infinity", "same"},
      {"Infinity", "1.7976931348623157e+308", "different"},
      {"5e-324", "0", "different"},
      {"0.1", "0.10000000000000002", "different"},
      {"NaN", kNull, "different"}}},
    {"float",
     floating(32),
     floating(64),
     {{"0.1", "0.1", "same"},
      {"0.1", "0.10000000149011612", "same"},
      {"3.4028235e+38", "3.4028234663852886e+38", "same"},
      {"3.4028235e+38", "1e+39", "different"},
      {"1e-45", "1.401298464324817e-45", "same"},
      {"0", "1e-300", "rounding"},
      {"0.1", "0.100000006", "rounding"},
      {"0.1", "0.11", "different"},
      {"NaN", "NaN", "same"},
      {"-0", "0", "same"}}},
    {"float",
     floating(64),
     decimal(20, 4),
     {{"12.5", "12.5000", "same"},
      {"0.1", "0.1000", "same"},
      {"12.34567", "12.3456", "precision"},
      {"12.34567", "12.3457", "rounding"},
      {"12.5", "12.6000", "different"},
      {"-0", "0.0000", "same"},
      {"Infinity", "9999.0000", "different"}}},
    {"float", floating(32), integer(64), {{"16777216", "16777217", "same"}, {"1.5", "1", "precision"}}},
    {"boolean",
     kBoolean,
     kBoolean,
     {{"true", "true", "same"}, {"true", "false", "different"}, {"false", kNull, "different"}}},
    {"boolean",
     kBoolean,
     integer(8),
     {{"true", "1", "same"}, {"false", "0", "same"}, {"true", "2", "different"}, {"true", "-1", "different"}}},
    {"boolean",
     kBoolean,
     decimal(3, 2),
     {{"true", "1.00", "same"}, {"false", "0.00", "same"}, {"true", "1.01", "different"}}},
    {"boolean", kBoolean, kBits, {{"true", "1", "same"}, {"true", "01", "different"}}},
    {"boolean",
     kBoolean,
     fixed_text(5),
     {{"true", "Y    ", "same"},
      {"true", "tRuE ", "same"},
      {"false", "no   ", "same"},
      {"true", "x    ", "different"},
      {"true", "     ", "different"},
      {kNull, "     ", "null-empty"}}},
    {"text",
     kText,
     varying_text(40),
     {{"", "", "same"},
      {"", kNull, "null-empty"},
      {" ", kNull, "null-empty"},
      {"a ", "a", "trailing-blanks"},
      {" a", "a", "different"},
      {"Ann", "ANN", "case"},
      {"stra\xC3\x9F"
       "e",
       "STRASSE", "case"},
      {"\xC3\xA4", "a\xCC\x88", "unicode-form"},
      {"\xC3\x84 ", "a\xCC\x88", "case"},
      {kSmile, kSmile, "same"},
      {kSmile, "?", "different"},
      {kNul, kNul, "same"},
      {kNul, "a", "truncated"},
      {kNul, "a b", "different"},
      {kLoneSurrogate, kLoneSurrogate, "same"},
      {kLoneSurrogate, "a\xEF\xBF\xBD", "different"},
      {"NULL", kNull, "different"},
      {"{\"a\": 1}", "{\"a\":1}", "json-formatting"},
      {"<a x='1'/>", "<a x=\"1\"></a>", "json-formatting"},
      {"1.0", "1.00", "different"},
      {"abcdef", "abc", "truncated"}}},
    {"text",
     varying_text(3),
     varying_text(40),
     {{"abc", "abcdef", "truncated"},
      {kSmile, kSmile + "b", "truncated"},
      {"", "abc", "different"},
      {"abcdef", "abc", "different"},
      {"abd", "abcdef", "different"}}},
    {"text without padding",
     fixed_text(5),
     varying_text(40),
     {{"ab   ", "ab", "same"},
      {"ab   ", "ab ", "same"},
      {"     ", "", "same"},
      {"     ", kNull, "null-empty"},
      {" ab  ", "ab", "different"},
      {"AB   ", "ab", "case"},
      {"abcde", "abcdefg", "truncated"},
      {kSmile + "    ", kSmile, "same"}}},
    {"text without padding", fixed_text(2), fixed_text(4), {{"a ", "a   ", "same"}, {"a ", "A   ", "case"}}},
    {"enum", kEnum, kText, {{"happy", "happy", "same"}, {"happy", "HAPPY", "case"}, {"happy", "sad", "different"}}},
    {"enum", kEnum, fixed_text(6), {{"sad", "sad   ", "same"}}},
    {"bytes",
     kBytes,
     varying_binary(8),
     {{"0x", "0x", "same"},
      {"0x", kNull, "null-empty"},
      {"0x00", "0x", "different"},
      {"0x00ff", "0x00ff", "same"},
      {"0x00ff00", "0x00ff", "truncated"},
      {"0xff", "0xfe", "different"}}},
    {"bytes",
     kBytes,
     kText,
     {{"0x00ff", "0x00FF", "same"}, {"0x00ff", "\\x00ff", "same"}, {"0x00", "00", "different"}}},
    {"bytes without padding",
     fixed_binary(4),
     kBytes,
     {{"0x00ff0000", "0x00ff", "same"},
      {"0x00000000", "0x", "same"},
      {"0x00ff0000", "0x00ff000000", "padding"},
      {"0x00ff0000", "0x01ff", "different"},
      {"0x00000000", kNull, "different"}}},
    {"bytes without padding", fixed_binary(2), fixed_binary(4), {{"0x00ff", "0x00ff0000", "same"}}},
    {"bit string", kBits, kBits, {{"0101", "0101", "same"}, {"0101", "101", "different"}, {"", "", "same"}}},
    {"uuid",
     kUuid,
     kUuid,
     {{"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000", "same"},
      {"ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-fffffffffffe", "different"},
      {"00000000-0000-0000-0000-000000000000", kNull, "different"}}},
    {"uuid",
     kUuid,
     fixed_text(38),
     {{"01020304-0506-0708-090a-0b0c0d0e0f10", "01020304-0506-0708-090A-0B0C0D0E0F10  ", "same"},
      {"01020304-0506-0708-090a-0b0c0d0e0f10", "{01020304-0506-0708-090A-0B0C0D0E0F10}", "same"},
      {"01020304-0506-0708-090a-0b0c0d0e0f10", "0102030405060708090A0B0C0D0E0F10      ", "different"}}},
    {"date",
     kDate,
     kDate,
     {{"-4712-01-01", "-4712-01-01", "same"},
      {"5874897-12-31", "5874897-12-31", "same"},
      {"infinity", "infinity", "same"},
      {"infinity", "-infinity", "different"},
      {"infinity", "9999-12-31", "different"},
      {"2024-02-29", "2024-03-01", "different"}}},
    {"date", kDate, kText, {{"2024-02-29", "2024-02-29", "same"}, {"2024-02-29", "29.02.2024", "different"}}},
    {"time",
     time_of_day(6),
     time_of_day(7),
     {{"00:00:00", "00:00:00", "same"},
      {"23:59:59.999999", "23:59:59.9999994", "same"},
      {"24:00:00", "23:59:59.9999999", "same"},
      {"24:00:00", "00:00:00", "different"},
      {"12:00:00.123457", "12:00:00.1234567", "same"},
      {"12:00:00.123456", "12:00:00.1234567", "same"},
      {"12:00:00.123458", "12:00:00.1234567", "different"},
      {"12:00:00", "13:00:00", "time-zone"},
      {"23:30:00", "00:30:00", "time-zone"},
      {"12:00:00", "12:10:00", "different"}}},
    {"time with offset",
     time_of_day(6, true),
     time_of_day(6, true),
     {{"12:00:00Z", "12:00:00Z", "same"},
      {"12:00:00Z", "13:00:00+01:00", "time-zone"},
      {"12:00:00Z", "12:00:01Z", "different"}}},
    {"timestamp",
     timestamp(6),
     timestamp(7),
     {{"0001-01-01T00:00:00", "0001-01-01T00:00:00", "same"},
      {"9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.9999999", "same"},
      {"+10000-01-01T00:00:00", "9999-12-31T23:59:59.9999999", "same"},
      {"-0043-03-15T12:00:00", "-0043-03-15T12:00:00", "same"},
      {"-0043-03-15T12:00:00", "0044-03-15T12:00:00", "different"},
      {"infinity", "9999-12-31T23:59:59.9999999", "different"},
      {"2024-02-29T12:00:00", "2024-02-29T13:00:00", "time-zone"},
      {"2024-02-29T12:00:00", "2024-02-29T17:45:00", "time-zone"},
      {"2024-02-29T12:00:00", "2024-03-01T02:00:00", "time-zone"},
      {"2024-02-29T12:00:00", "2024-03-01T02:15:00", "different"},
      {"2024-02-29T12:00:00.123457", "2024-02-29T13:00:00.1234567", "time-zone"},
      {"2024-02-29T12:00:00.1", "2024-02-29T12:00:00.2", "different"}}},
    {"timestamp",
     timestamp(6),
     datetime(),
     {{"2024-02-29T12:00:00.123456", "2024-02-29T12:00:00.123", "same"},
      {"2024-02-29T12:00:00.998334", "2024-02-29T12:00:00.997", "rounding"},
      {"2024-02-29T23:59:59.999", "2024-03-01T00:00:00", "same"},
      {"2024-02-29T12:00:00.1265", "2024-02-29T12:00:00.123", "different"},
      {"2024-02-29T12:00:00.126", "2024-02-29T12:00:00.123", "rounding"},
      {"1753-01-01T00:00:00", "1753-01-01T00:00:00", "same"}}},
    {"timestamp",
     timestamp(3),
     smalldatetime(),
     {{"2024-02-29T12:00:29.999", "2024-02-29T12:00:00", "same"},
      {"2024-02-29T12:00:30", "2024-02-29T12:01:00", "same"},
      {"2024-02-29T12:00:30", "2024-02-29T12:02:00", "different"},
      {"2024-02-29T12:00:30", "2024-02-29T13:01:00", "time-zone"}}},
    {"timestamp",
     kDate,
     timestamp(7),
     {{"2024-02-29", "2024-02-29T00:00:00", "same"},
      {"2024-02-29", "2024-02-29T00:00:00.0000001", "precision"},
      {"2024-02-29", "2024-02-28T23:00:00", "time-zone"},
      {"infinity", "9999-12-31T00:00:00", "different"},
      {"2024-02-29", "2024-03-02T00:00:00", "different"}}},
    {"timestamp",
     timestamp(6),
     kText,
     {{"2024-02-29T12:00:00.5", "2024-02-29 12:00:00.500", "same"},
      {"2024-02-29T00:00:00", "2024-02-29", "same"},
      {"2024-02-29T00:00:00", "yesterday", "different"}}},
    {"instant",
     timestamp(6, true),
     timestamp(7, true),
     {{"2024-02-29T19:00:00Z", "2024-02-29T19:00:00Z", "same"},
      {"-infinity", "-infinity", "same"},
      {"2024-02-29T19:00:00Z", "2024-02-29T20:00:00Z", "time-zone"}}},
    {"instant",
     timestamp(6, true),
     timestamp(7),
     {{"2024-02-29T19:00:00Z", "2024-02-29T19:00:00", "same"},
      {"2024-02-29T19:00:00Z", "2024-02-29T13:30:00", "time-zone"}}},
    {"instant", kDate, timestamp(7, true), {{"2024-02-29", "2024-02-29T00:00:00Z", "same"}}},
    {"instant",
     timestamp(6, true),
     kText,
     {{"2024-02-29T19:00:00Z", "2024-03-01 00:30:00+05:30", "same"},
      {"2024-02-29T19:00:00Z", "2024-02-29T19:00:00", "different"}}},
    {"interval",
     kInterval,
     kText,
     {{"1 mon", "P1M", "same"}, {"1 mon", "30 days", "different"}, {"00:00:00", "PT0S", "same"}}},
    {"json",
     kJson,
     kText,
     {{"{\"a\": 1, \"b\": [null]}", "{\"b\":[null],\"a\":1.0}", "same"},
      {"{\"a\": 1, \"a\": 2}", "{\"a\": 2}", "same"},
      {"\"\\u00e4\"", "\"\xC3\xA4\"", "same"},
      {"null", kNull, "different"},
      {"{\"a\": 1}", "{\"a\": 2}", "different"},
      {kDeepJson, kDeepJson, "same"},
      {"{}", "", "different"}}},
    {"json", kJson, kJson, {{"1e2", "100", "same"}, {"[]", "{}", "different"}}},
    {"xml",
     kXml,
     kText,
     {{"<a/>", "<a></a>", "same"}, {"<a/>", "<b/>", "different"}, {"<?xml version=\"1.0\"?><a/>", "<a/>", "same"}}},
    {"xml", kXml, kXml, {{"<a x='1' y='2'/>", "<a y='2' x='1'/>", "same"}}},
    {"array",
     array_of(integer()),
     kText,
     {{"{1,2,NULL}", "[1, 2, null]", "same"}, {"{}", "[]", "same"}, {"{1}", "[2]", "different"}}},
    {"array",
     array_of(kText),
     kJson,
     {{"{a,\"b c\",NULL}", "[\"a\", \"b c\", null]", "same"}, {"{NULL}", "[\"NULL\"]", "different"}}},
    {"array",
     array_of(integer()),
     array_of(kNumeric),
     {{"{1,2}", "{1.0,2.00}", "same"}, {"{1}", "{1.5}", "different"}}},
    {"printed value",
     kInet,
     kText,
     {{"10.0.0.1/24", "10.0.0.1/24", "same"},
      {"10.0.0.1", "10.0.0.1 ", "same"},
      {"10.0.0.1", "10.0.0.2", "different"}}},
    {"printed value", kInet, kInet, {{"10.0.0.1", "10.0.0.1", "same"}}},
    {"printed value", kComposite, kComposite, {{"(1,a)", "(1,a)", "same"}, {"(1,a)", "(1,A)", "case"}}},
};

std::string documentation() {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(source != nullptr, "PARIPASSU_SOURCE_DIR must name the source tree; CTest sets it");
  std::ifstream file(std::string(source) + "/docs/data-parity.md");
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first cells, in back quotes, of the table that begins below `heading`.
std::set<std::string> first_cells(const std::string& text, const std::string& heading) {
  std::istringstream lines(text.substr(std::min(text.find("\n" + heading + "\n"), text.size())));
  std::set<std::string> cells;
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) {
      cells.insert(line.substr(3, line.find('`', 3) - 3));
      in_table = true;
    } else if (in_table) {
      break;
    }
  }
  return cells;
}

}  // namespace

TEST_CASE("Every pair of types has the outcomes of its rule at its edge values, in both directions") {
  for (const Pair& pair : kPairs) {
    CAPTURE(pair.rule);
    CHECK(ValueRule(pair.left, pair.right, {}).name() == pair.rule);
    for (const Values& values : pair.values) {
      CAPTURE(values.left.value_or("NULL"));
      CAPTURE(values.right.value_or("NULL"));
      CHECK(outcome(pair.left, values.left, pair.right, values.right) == values.outcome);
    }
  }
}

TEST_CASE("NULL is the same as NULL alone in every pair of types") {
  for (const Pair& pair : kPairs) {
    CAPTURE(pair.rule);
    CHECK(outcome(pair.left, std::nullopt, pair.right, std::nullopt) == "same");
    for (const Values& values : pair.values) {
      if (values.left) CHECK(outcome(pair.left, values.left, pair.right, std::nullopt) != "same");
      if (values.right) CHECK(outcome(pair.left, std::nullopt, pair.right, values.right) != "same");
    }
  }
}

TEST_CASE("The rules and classes of docs/data-parity.md are those of the program and of these tests") {
  std::set<std::string> tested = {"exact"};
  std::vector<Type> types;
  for (const Pair& pair : kPairs) {
    tested.insert(pair.rule);
    types.push_back(pair.left);
    types.push_back(pair.right);
  }
  std::set<std::string> known;
  for (const Type& left : types) {
    for (const Type& right : types) {
      for (const bool exact : {false, true}) {
        if (exact && left != right) continue;
        ValueRule::Options options;
        options.exact = exact;
        const ValueRule rule(left, right, options);
        if (rule.refusal().empty()) known.insert(std::string(rule.name()));
      }
    }
  }
  const std::string text = documentation();
  CHECK(first_cells(text, "### Rules") == known);
  CHECK(tested == known);
  std::set<std::string> classes;
  for (std::size_t i = 0; i < kValueClasses; ++i) classes.insert(std::string(to_string(static_cast<ValueClass>(i))));
  CHECK(first_cells(text, "### Classes of differences") == classes);
}
