#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "backends/error.h"
#include "tests/unit/harness/datacheck/value_pairs.h"

using namespace value_pairs;

namespace {

ValueRule::Options with(std::initializer_list<ValueClass> classes, ClassVerdict verdict = ClassVerdict::accepted) {
  ValueRule::Options options;
  for (const ValueClass one : classes) options.verdicts[static_cast<std::size_t>(one)] = verdict;
  return options;
}

ValueRule::Options within(std::string_view tolerance) {
  ValueRule::Options options;
  options.tolerance = tolerance_from_string(tolerance);
  return options;
}

ValueRule::Options exactly() {
  ValueRule::Options options;
  options.exact = true;
  return options;
}

std::string note(const Type& left_type, const Cell& left, const Type& right_type, const Cell& right) {
  return ValueRule(left_type, right_type, {}).explain(left, right).note;
}

std::string refusal(const Type& left, const Type& right) {
  const ValueRule rule(left, right, {});
  CHECK(ValueRule(right, left, {}).refusal().empty() == rule.refusal().empty());
  return rule.refusal();
}

}  // namespace

TEST_CASE("ValueRule refuses row versions, strangers and types without a common value, with a reason") {
  const Type row_version = of(TypeFamily::row_version);
  CHECK(refusal(row_version, row_version).find("row version") == 0);
  CHECK(refusal(row_version, kBytes).find("row version") == 0);
  CHECK(refusal(kInet, kVariant).find("inet and sql_variant") != std::string::npos);
  CHECK(refusal(of(TypeFamily::spatial, "geometry"), of(TypeFamily::spatial, "geometry")) != "");
  CHECK(refusal(of(TypeFamily::spatial, "geometry"), kBytes) != "");
  CHECK(refusal(integer(), kDate).find("no values in common") != std::string::npos);
  CHECK(refusal(kUuid, fixed_binary(16)) != "");
  CHECK(refusal(kJson, kXml) != "");
  CHECK(refusal(array_of(integer()), integer()) != "");
  CHECK(refusal(array_of(integer()), array_of(kDate)) != "");
  CHECK(refusal(kInet, kText) == "");
  CHECK(refusal(kVariant, kText) == "");
  CHECK(ValueRule(of(TypeFamily::spatial, "geometry"), of(TypeFamily::spatial, "geometry"), exactly()).refusal() == "");
  CHECK(ValueRule(row_version, row_version, exactly()).refusal() != "");
}

TEST_CASE("Notes say by how much the right value is away from the left one") {
  CHECK(note(integer(), "7", integer(), "12") == "by 5");
  CHECK(note(integer(64), "9223372036854775807", integer(64), "-9223372036854775808") == "by -18446744073709551615");
  CHECK(note(decimal(10, 4), "12.3456", decimal(10, 2), "12.35") == "by 0.0044");
  CHECK(note(kNumeric, "NaN", kNumeric, "1") == "");
  CHECK(note(kNumeric, "0", kNumeric, std::string(200, '9')) == "");
  CHECK(note(timestamp(6), "2024-02-29T12:00:00", timestamp(6), "2024-02-29T13:00:00") == "by +01:00");
  CHECK(note(timestamp(6), "2024-03-01T00:30:00", timestamp(6), "2024-02-29T19:00:00") == "by -05:30");
  CHECK(note(timestamp(6), "2024-02-29T12:00:00", timestamp(6), "2024-03-03T14:00:05.5") == "by +3 days 02:00:05.5");
  CHECK(note(timestamp(6), "2024-02-29T00:00:01", timestamp(6), "2024-02-28T23:59:59.9") == "by -00:00:01.1");
  CHECK(note(kDate, "2024-02-29", kDate, "2024-03-01") == "by +1 day");
  CHECK(note(kDate, "2024-02-29", kDate, "infinity") == "");
  CHECK(note(time_of_day(6), "23:30:00", time_of_day(6), "00:30:00") == "by +01:00");
  CHECK(note(floating(64), "0.5", floating(64), "0.25") == "by -0.25");
}

TEST_CASE("Notes say where texts, bytes and JSON part") {
  CHECK(note(kText, "abcd", kText, "abxd") == "at character 3");
  CHECK(note(kText, "\xF0\x9F\x98\x80\xC3\xA4", kText, "\xF0\x9F\x98\x80\xC3\xA5") == "at character 2");
  CHECK(note(varying_text(3), "abc", kText, "abcd") == "at character 4");
  CHECK(note(kBytes, "0x0001", kBytes, "0x0002") == "at byte 2");
  CHECK(note(kJson, R"({"b": 1, "items": [{"price": 1}]})", kText, R"({"items": [{"price": 2}], "b": 1})") ==
        "at $.items[0].price");
  CHECK(note(kJson, R"({"a": 1})", kJson, R"({"a": 1, "b": 2})") == "at $.b");
  CHECK(note(kJson, "[1, 2]", kJson, "[1]") == "at $[1]");
  CHECK(note(kJson, "[1]", kText, "no JSON") == "");
  CHECK(note(integer(), "7", kText, "seven") == "the right value is no integer");
  CHECK(note(kText, "seven", integer(), "7") == "the left value is no integer");
  CHECK(note(kUuid, "04030201-0605-0807-090a-0b0c0d0e0f10", kUuid, "01020304-0506-0708-090a-0b0c0d0e0f10") ==
        "the bytes of the first three groups are swapped");
}

TEST_CASE("A number is called precision only where all digits that both columns keep are equal") {
  const Type coarse = decimal(10, 2);
  const Type fine = decimal(12, 4);
  for (int fine_value = -20'000; fine_value <= 20'000; fine_value += 7) {
    for (int apart = -2; apart <= 2; ++apart) {
      const auto printed = [](int value, int unit, std::size_t digits) {
        std::string fraction = std::to_string(std::abs(value) % unit);
        fraction.insert(0, digits - fraction.size(), '0');
        return (value < 0 ? "-" : "") + std::to_string(std::abs(value) / unit) + "." + fraction;
      };
      const int coarse_value = fine_value / 100 + apart;
      const Cell left = printed(coarse_value, 100, 2);
      const Cell right = printed(fine_value, 10'000, 4);
      const int off = fine_value - coarse_value * 100;
      const std::string expected = off == 0                ? "same"
                                   : fine_value % 100 == 0 ? "different"
                                   : apart == 0            ? "precision"
                                   : std::abs(off) < 100   ? "rounding"
                                                           : "different";
      CAPTURE(*left);
      CAPTURE(*right);
      CHECK(outcome(coarse, left, fine, right) == expected);
    }
  }
}

TEST_CASE("Accepted classes are gone from the forms, and only they") {
  const Type name = varying_text(40);
  CHECK(outcome(name, "Ann", kText, "ANN", with({ValueClass::letter_case})) == "same");
  CHECK(outcome(name, "Ann", kText, "ANN ", with({ValueClass::letter_case})) == "trailing-blanks");
  CHECK(outcome(name, "Ann", kText, "ANN ", with({ValueClass::trailing_blanks})) == "case");
  CHECK(outcome(name, "Ann", kText, "ANN ", with({ValueClass::letter_case, ValueClass::trailing_blanks})) == "same");
  CHECK(outcome(name, "\xC3\xA4", kText, "a\xCC\x88", with({ValueClass::unicode_form})) == "same");
  CHECK(outcome(name, "\xC3\x84", kText, "a\xCC\x88", with({ValueClass::unicode_form, ValueClass::letter_case})) ==
        "same");
  CHECK(outcome(name, "", kText, std::nullopt, with({ValueClass::null_empty})) == "same");
  CHECK(outcome(name, " ", kText, std::nullopt, with({ValueClass::null_empty})) == "trailing-blanks");
  CHECK(outcome(fixed_text(3), "   ", kText, std::nullopt, with({ValueClass::null_empty})) == "same");
  CHECK(outcome(kBytes, "0x", kBytes, std::nullopt, with({ValueClass::null_empty})) == "same");
  CHECK(outcome(kText, "", integer(), std::nullopt, with({ValueClass::null_empty})) == "same");
  CHECK(outcome(kText, "0", integer(), std::nullopt, with({ValueClass::null_empty})) == "different");
  CHECK(outcome(integer(), "0", integer(), std::nullopt, with({ValueClass::null_empty})) == "different");
  CHECK(outcome(decimal(10, 2), "12.35", decimal(10, 4), "12.3456", with({ValueClass::rounding})) == "same");
  CHECK(outcome(decimal(10, 2), "12.34", decimal(10, 4), "12.3456", with({ValueClass::rounding})) == "precision");
  CHECK(outcome(decimal(10, 2), "12.34", decimal(10, 4), "12.3456", with({ValueClass::precision})) == "same");
  CHECK(outcome(integer(), "7", kNumeric, "7.9", with({ValueClass::precision})) == "same");
  CHECK(outcome(decimal(10, 2), "99.99", decimal(10, 4), "99.9999", with({ValueClass::rounding})) == "precision");
  CHECK(outcome(decimal(10, 2), "100.00", decimal(10, 4), "99.9999", with({ValueClass::rounding})) == "same");
  CHECK(outcome(decimal(10, 2), "12.34", decimal(10, 2), "12.35",
                with({ValueClass::rounding, ValueClass::precision})) == "different");
}

TEST_CASE("Padding counts where it is not accepted, and accepted values are found where they are to be counted") {
  const auto strict = with({ValueClass::padding}, ClassVerdict::error);
  CHECK(outcome(fixed_text(5), "ab   ", kText, "ab", strict) == "padding");
  CHECK(outcome(fixed_binary(2), "0x0100", kBytes, "0x01", strict) == "padding");
  auto counted = with({ValueClass::letter_case, ValueClass::null_empty});
  counted.count_accepted = true;
  CHECK(outcome(kText, "a", kText, "A", counted) == "case");
  CHECK(outcome(kText, "", kText, std::nullopt, counted) == "null-empty");
  CHECK(outcome(fixed_text(5), "ab   ", kText, "ab", counted) == "padding");
  CHECK(ValueRule(fixed_text(5), kText, counted).explain("ab   ", "ab").verdict == ClassVerdict::accepted);
}

TEST_CASE("A tolerance is a distance, a share or a number of floats, and applies where one column is floating") {
  CHECK(outcome(floating(64), "1", floating(64), "1.0000000009", within("1e-9")) == "same");
  CHECK(outcome(floating(64), "1", floating(64), "1.0000000011", within("1e-9")) == "different");
  CHECK(outcome(floating(64), "1e12", floating(64), "1.0000000005e12", within("1e-9 relative")) == "same");
  CHECK(outcome(floating(64), "1e12", floating(64), "1.0000000005e12", within("1e-9 absolute")) == "different");
  CHECK(outcome(floating(64), "1", floating(64), "1.0000000000000004", within("2 ulp")) == "same");
  CHECK(outcome(floating(64), "1", floating(64), "1.0000000000000007", within("2 ulp")) == "different");
  CHECK(outcome(floating(64), "5e-324", floating(64), "-5e-324", within("2 ulp")) == "same");
  CHECK(outcome(floating(32), "1", floating(64), "1.0000001", within("1 ulp")) == "same");
  CHECK(outcome(floating(64), "12.3456", decimal(10, 2), "12.35", within("0.01")) == "same");
  CHECK(outcome(floating(64), "Infinity", floating(64), "1.7976931348623157e308", within("1 ulp")) == "different");
  CHECK(outcome(floating(64), "NaN", floating(64), "0", within("1e300")) == "different");
  CHECK(outcome(decimal(10, 2), "1.00", decimal(10, 2), "1.01", within("1")) == "different");
}

TEST_CASE("A tolerance that says nothing is refused with the ways to write one") {
  CHECK(tolerance_from_string(" 2 ulp ").kind == Tolerance::Kind::ulp);
  CHECK(tolerance_from_string("1e-9").amount == 1e-9);
  for (const char* text :
       {"", "ulp", "-1", "-0", "1e999", "nan", "inf", "1.5 ulp", "1e-9 percent", "1 2", "1e-9relativ"}) {
    CAPTURE(text);
    try {
      tolerance_from_string(text);
      FAIL("taken");
    } catch (const Error& error) {
      CHECK(error.category() == ErrorCategory::configuration);
      CHECK(error.remedy().find("relative") != std::string::npos);
    }
  }
}

TEST_CASE("Two columns of one engine and type compare byte for byte when asked") {
  CHECK(outcome(kNumeric, "1.0", kNumeric, "1.00", exactly()) == "precision");
  CHECK(outcome(kNumeric, "1.00", kNumeric, "1.00", exactly()) == "same");
  CHECK(outcome(kNumeric, "-1.0", kNumeric, "-1.00", exactly()) == "precision");
  CHECK(outcome(kNumeric, std::string(50, '7') + ".0", kNumeric, std::string(50, '7'), exactly()) == "precision");
  CHECK(outcome(floating(64), "-0", floating(64), "0", exactly()) != "same");
  CHECK(outcome(floating(64), "NaN", floating(64), "NaN", exactly()) == "same");
  CHECK(outcome(kJson, "{\"a\": 1}", kJson, "{\"a\":1}", exactly()) == "json-formatting");
  CHECK(outcome(kText, "a", kText, "a ", exactly()) == "trailing-blanks");
  CHECK(outcome(array_of(integer()), "{1}", array_of(integer()), "{2}", exactly()) == "different");
  CHECK(outcome(timestamp(6), "2024-02-29T12:00:00", timestamp(6), "2024-02-29T12:00:00.000001", exactly()) ==
        "different");
  CHECK(ValueRule(kUuid, kUuid, exactly()).name() == "exact");
}

TEST_CASE("A layout that does not go with the type is read by its text") {
  const ValueRule rule(integer(), kText, {});
  const auto form = [&](const ColumnVector& column) {
    std::string out;
    rule.append_left_form(column, 0, out);
    return out;
  };
  CHECK(form(column_of(kText, "7")) == *rule.left_form("7"));
  CHECK(form(column_of(decimal(3, 0), "7")) == *rule.left_form("7"));
  CHECK(form(column_of(floating(64), "7")) == *rule.left_form("7"));
  CHECK(form(column_of(kBoolean, "true")) == *rule.left_form("true"));
  CHECK(form(column_of(kUuid, "01020304-0506-0708-090a-0b0c0d0e0f10")) != *rule.left_form("7"));
  const ValueRule moments(timestamp(6), timestamp(6), {});
  std::string instant;
  moments.append_left_form(column_of(timestamp(6, true), "2024-02-29T12:00:00Z"), 0, instant);
  CHECK(instant != *moments.right_form("2024-02-29T12:00:00"));
}

TEST_CASE("Forms of values that cannot be read never equal those of values") {
  const ValueRule rule(integer(64), kText, {});
  std::set<std::string> forms;
  for (const char* text : {"0", "1", "-1", "", "x", "9223372036854775808", "-9223372036854775809", "1.0"})
    forms.insert(*rule.right_form(text));
  CHECK(forms.size() == 8);
  CHECK(*rule.right_form("+9223372036854775808") == *rule.right_form("9223372036854775808"));
}
