#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "harness/datacheck/unicode_form.h"
#include "harness/datacheck/value_decimal.h"

using namespace paripassu;

namespace {

std::string read(std::string_view text) {
  const auto number = DecimalNumber::read(text);
  return number ? number->to_string() : "none";
}

std::string snapped(std::string_view text, int digits, DecimalNumber::Snap how) {
  auto number = *DecimalNumber::read(text);
  number.snap(digits, how);
  return number.to_string();
}

std::string apart(std::string_view one, std::string_view other) {
  const auto result = difference(*DecimalNumber::read(one), *DecimalNumber::read(other));
  return result ? result->to_string() : "none";
}

std::string ordered(std::string_view text) {
  std::string form;
  DecimalNumber::read(text)->append_ordered(form);
  return form;
}

}  // namespace

TEST_CASE("DecimalNumber reads numbers of any spelling, and nothing else") {
  CHECK(read("-0012.5000") == "-12.5");
  CHECK(read("+.5") == "0.5");
  CHECK(read("5.") == "5");
  CHECK(read("-0.00") == "0");
  CHECK(read("1.25e3") == "1250");
  CHECK(read("1.25E-3") == "0.00125");
  CHECK(read("nan") == "NaN");
  CHECK(read("-Inf") == "-Infinity");
  CHECK(read("1e1000").empty());
  CHECK(read(std::string(60, '1') + "." + std::string(60, '2')) == std::string(60, '1') + "." + std::string(60, '2'));
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "1,5", "1 ", " 1", "--1", "1.2.3", "0x10", "infinite",
                           "-nan", "1e99999999999999999999", "NaN1"}) {
    CAPTURE(text);
    CHECK(read(text) == "none");
  }
}

TEST_CASE("DecimalNumber cuts towards zero and rounds halves away from it") {
  using Snap = DecimalNumber::Snap;
  CHECK(snapped("12.3456", 2, Snap::cut) == "12.34");
  CHECK(snapped("12.345", 2, Snap::round) == "12.35");
  CHECK(snapped("-12.345", 2, Snap::round) == "-12.35");
  CHECK(snapped("99.995", 2, Snap::round) == "100");
  CHECK(snapped("0.005", 2, Snap::round) == "0.01");
  CHECK(snapped("0.0049", 2, Snap::round) == "0");
  CHECK(snapped("-0.0049", 2, Snap::cut) == "0");
  CHECK(snapped("1250", -2, Snap::round) == "1300");
  CHECK(snapped("12.5", 4, Snap::round) == "12.5");
}

TEST_CASE("Differences of decimals are exact") {
  CHECK(apart("12.35", "12.3456") == "0.0044");
  CHECK(apart("-1", "1") == "-2");
  CHECK(apart("0", "0.001") == "-0.001");
  CHECK(apart("0", "-5") == "5");
  CHECK(apart("1000000000000000000000", "0.0000000001") == "999999999999999999999.9999999999");
  CHECK(apart("7", "7.0") == "0");
  CHECK(apart("1e10000", "1") == "none");
  CHECK(apart("NaN", "1") == "none");
}

TEST_CASE("Ordered forms of decimals compare like the numbers") {
  const std::vector<std::string> ascending = {
      "-Infinity", "-1e100000", "-1e40000", "-12.5",     "-12.345",  "-12.34",   "-12.3",    "-12", "-1",     "-0.1",
      "-0.01",     "-1e-40000", "0",        "1e-100000", "1e-40000", "0.01",     "0.1",      "1",   "1.0001", "12",
      "12.3",      "12.34",     "12.345",   "100",       "1e40000",  "1e100000", "Infinity", "NaN"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK((ordered(ascending[i]) < ordered(ascending[j])) == (i < j));
    }
  }
}

TEST_CASE("A short decimal is the same from every spelling") {
  for (const char* text : {"0", "-0.00", "12.50", "-1200", "0.001", "9999999999999999999", "999999999.9999999999",
                           "00000000000000000000000012.5"}) {
    CAPTURE(text);
    const auto number = short_decimal(*DecimalNumber::read(text));
    REQUIRE(number);
    if (const auto fast = short_decimal(text, false)) {
      CHECK(fast->mantissa == number->mantissa);
      CHECK(fast->fraction_digits == number->fraction_digits);
      CHECK(fast->negative == number->negative);
    }
  }
  CHECK(short_decimal("12.50", false)->mantissa == 125);
  CHECK(short_decimal("12.50", true)->mantissa == 1'250);
  CHECK_FALSE(short_decimal(*DecimalNumber::read("99999999999999999999")));
  CHECK_FALSE(short_decimal(*DecimalNumber::read("1e20")));
  for (const char* text : {"", "-", "1.", ".5", "1e5", "NaN", "1,5", "12345678901234567890", "1.2.3"}) {
    CAPTURE(text);
    CHECK_FALSE(short_decimal(text, false));
  }
}

TEST_CASE("Folding leaves out what it is told to, and keeps bytes that are no UTF-8") {
  const TextFolding blanks{.blanks = true};
  const TextFolding composition{.composition = true};
  const TextFolding letter_case{.letter_case = true};
  const TextFolding all{.blanks = true, .composition = true, .letter_case = true};
  CHECK(folded("a b  ", blanks) == "a b");
  CHECK(folded("a\t ", blanks) == "a\t");
  CHECK(folded("   ", blanks).empty());
  CHECK(folded("a\xCC\x88", composition) == "\xC3\xA4");
  CHECK(folded("A\xCC\x88 ", all) == "\xC3\xA4");
  CHECK(folded("STRASSE", letter_case) == folded("stra\xC3\x9F"
                                                 "e",
                                                 letter_case));
  CHECK(folded("\xCE\xA3", letter_case) == folded("\xCF\x82", letter_case));
  CHECK(folded("A\xCC\x88", letter_case) == "a\xCC\x88");
  CHECK(folded("A\xFF\xED\xA0\xBD"
               "B\xC3\x84",
               all) ==
        "a\xFF\xED\xA0\xBD"
        "b\xC3\xA4");
  CHECK(folded(std::string("A\0\xC3\x84", 4), letter_case) == std::string("a\0\xC3\xA4", 4));
  CHECK(folded("\xC3", all) == "\xC3");
  std::string long_text;
  for (int i = 0; i < 2'000; ++i) long_text += "a\xCC\x88X";
  CHECK(folded(long_text, composition).size() == 2'000 * 3);
}
