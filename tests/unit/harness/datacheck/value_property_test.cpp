#include <doctest/doctest.h>

#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "harness/dataset/row_set.h"
#include "tests/unit/harness/datacheck/value_pairs.h"

using namespace value_pairs;

namespace {

class Values {
 public:
  explicit Values(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  std::string one_of(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }
  std::string digits(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + below(10));
    return text;
  }

  std::string number(int fraction_digits) {
    static const std::vector<std::string> kWhole = {"0", "1", "2", "12", "9", "10", "100", "1234567890123456789"};
    std::string text = below(3) == 0 ? "-" : "";
    text += one_of(kWhole);
    if (fraction_digits > 0) {
      std::string fraction = below(2) == 0 ? digits(static_cast<std::size_t>(fraction_digits)) : "";
      fraction.resize(static_cast<std::size_t>(fraction_digits), below(2) == 0 ? '0' : '5');
      text += "." + fraction;
    }
    return text.find_first_not_of("-0.") == std::string::npos && text[0] == '-' ? text.substr(1) : text;
  }

  std::string moment(const Type& type) {
    dataset::Moment value;
    if (type.family != TypeFamily::time) value.days = static_cast<std::int64_t>(below(3)) - 1;
    if (type.family != TypeFamily::date) {
      const std::int64_t seconds = below(2) == 0 ? 86'399 : static_cast<std::int64_t>(below(4)) * 30;
      value.nanoseconds = seconds * 1'000'000'000;
      static const std::vector<std::int64_t> kFractions = {0,           500'000'000, 499'999'900, 123'456'700,
                                                           123'456'000, 123'457'000, 123'000'000, 999'999'900,
                                                           996'666'666, 7'000'000,   3'333'300,   120'000'000};
      value.nanoseconds += kFractions[below(kFractions.size())];
      value = dataset::snapped(value, dataset::grid_of(type), dataset::Snap::cut);
      if (type.family == TypeFamily::timestamp && value.nanoseconds >= 86'400'000'000'000) value.nanoseconds = 0;
    }
    if (type.family != TypeFamily::time && below(12) == 0) value = {0, 0, below(2) == 0 ? 1 : -1};
    return dataset::write_moment(type, value);
  }

  /// As ColumnBatch::format prints a value of the type.
  std::string of_type(const Type& type) {
    if (type.array_dimensions > 0) return one_of({"{}", "{1,2}", "{1,NULL}", "{2}", "{\"1\"}"});
    switch (type.family) {
      case TypeFamily::boolean:
        return one_of({"true", "false"});
      case TypeFamily::integer:
        return one_of({"0", "1", "-1", "7", "9223372036854775807", "-9223372036854775808", "16777217",
                       digits(3)[0] == '0' ? "5" : "12"});
      case TypeFamily::decimal:
        if (!type.scale)
          return below(8) == 0 ? one_of({"NaN", "Infinity", "-Infinity"}) : number(static_cast<int>(below(9)));
        return number(*type.scale);
      case TypeFamily::floating: {
        static const std::vector<double> kWide = {0,    -0.0, 1,   -1,      0.1,   12.5,          1e300,
                                                  1e15, 1e-5, 2.5, 1.0 / 3, 1e-45, 3.4028234e+38, 16777217};
        if (below(9) == 0) return one_of({"NaN", "Infinity", "-Infinity"});
        const double value =
            below(3) == 0 ? kWide[below(kWide.size())] : std::uniform_real_distribution<>(-2, 2)(random_);
        ColumnBatch batch;
        batch.columns.resize(1);
        batch.columns[0].layout = type.bits == 32 ? ColumnLayout::float32 : ColumnLayout::float64;
        if (type.bits == 32) {
          const auto narrow = std::abs(value) > 3.4e38 ? 1.5F : static_cast<float>(value);
          batch.columns[0].append_fixed(&narrow, sizeof narrow);
        } else {
          batch.columns[0].append_fixed(&value, sizeof value);
        }
        return batch.format(0, 0);
      }
      case TypeFamily::binary: {
        std::string text = one_of({"0x", "0x00", "0x00ff", "0x00ff00", "0xdeadbeef", "0x30"});
        if (type.fixed_length) text.resize(2 + 2 * static_cast<std::size_t>(*type.length), '0');
        return text;
      }
      case TypeFamily::bit_string:
        return one_of({"0", "1", "01", "10"});
      case TypeFamily::uuid:
        return one_of({"01020304-0506-0708-090a-0b0c0d0e0f10", "00000000-0000-0000-0000-000000000000",
                       "ffffffff-ffff-ffff-ffff-ffffffffffff"});
      case TypeFamily::time:
        if (type.with_time_zone) return one_of({"12:00:00Z", "12:00:00+05:30", "13:00:00+01:00"});
        return moment(type);
      case TypeFamily::date:
      case TypeFamily::timestamp:
        return moment(type);
      case TypeFamily::interval:
        return one_of({"1 mon", "30 days", "1 day 02:03:04", "00:00:00"});
      case TypeFamily::json:
        return one_of({"{\"a\":1}", "{ \"a\" : 1.0 }", "[1,2]", "\"x\"", "null", "1", "true"});
      case TypeFamily::xml:
        return one_of({"<a/>", "<a></a>", "<a x='1'/>", "text"});
      default: {
        std::string text = one_of({"",           "a",
                                   "A",          "a ",
                                   "a  ",        " a",
                                   "b",          "\xC3\xA4",
                                   "a\xCC\x88",  "1",
                                   "1.50",       "true",
                                   "Y",          "0x00ff",
                                   "12:00:00",   "infinity",
                                   "1970-01-01", "1970-01-01 00:00:30.5",
                                   "{1,2}",      "01020304-0506-0708-090A-0B0C0D0E0F10",
                                   "{\"a\": 1}", "<a/>",
                                   "NaN",        "1 mon"});
        if (type.family == TypeFamily::text && type.fixed_length)
          text.resize(std::max(text.size(), static_cast<std::size_t>(*type.length)), ' ');
        return text;
      }
    }
  }

 private:
  std::mt19937 random_;
};

const std::vector<Type> kTypes = {kBoolean,
                                  integer(16),
                                  integer(64),
                                  decimal(10, 2),
                                  decimal(38, 6),
                                  decimal(19, 4),
                                  kNumeric,
                                  floating(32),
                                  floating(64),
                                  kText,
                                  varying_text(40),
                                  fixed_text(12),
                                  kBytes,
                                  fixed_binary(4),
                                  fixed_binary(6),
                                  kBits,
                                  kUuid,
                                  kDate,
                                  time_of_day(0),
                                  time_of_day(6),
                                  time_of_day(7),
                                  time_of_day(6, true),
                                  timestamp(0),
                                  timestamp(3),
                                  timestamp(6),
                                  timestamp(7),
                                  timestamp(6, true),
                                  timestamp(7, true),
                                  datetime(),
                                  smalldatetime(),
                                  kInterval,
                                  kJson,
                                  kXml,
                                  kEnum,
                                  array_of(integer()),
                                  array_of(kNumeric),
                                  array_of(kText),
                                  kInet,
                                  kComposite};

}  // namespace

TEST_CASE("A rule says of random values what same_value says, in forms, columns and hashes") {
  Values values(20'241);
  std::size_t equal = 0;
  std::size_t pairs = 0;
  for (const Type& left_type : kTypes) {
    for (const Type& right_type : kTypes) {
      const ValueRule rule(left_type, right_type, {});
      const ValueRule back(right_type, left_type, {});
      REQUIRE(rule.refusal().empty() == back.refusal().empty());
      if (!rule.refusal().empty()) continue;
      const bool has_grid = rule.name() == "time" || rule.name() == "timestamp" || rule.name() == "instant";
      ++pairs;
      for (int round = 0; round < 60; ++round) {
        const Cell left = values.below(20) == 0 ? Cell() : values.of_type(left_type);
        Cell right = values.below(20) == 0 ? Cell() : values.of_type(right_type);
        // What one column prints, a text may say.
        if (right && left && right_type.array_dimensions == 0 && right_type.family == TypeFamily::text &&
            values.below(2) == 0) {
          right = left;
          if (right_type.fixed_length && right->size() < 12) right->resize(12, ' ');
        }
        CAPTURE(rule.name());
        CAPTURE(catalog::to_string(left_type.family));
        CAPTURE(catalog::to_string(right_type.family));
        CAPTURE(left.value_or("NULL"));
        CAPTURE(right.value_or("NULL"));
        const bool same = rule.same(left, right);
        CHECK(same == same_value(left_type, left, right_type, right));
        CHECK(same == back.same(right, left));
        const bool one_form = have_one_form(rule, left_type, left, right_type, right);
        if (one_form) CHECK(same);
        if (same && !has_grid) CHECK(one_form);
        if (!same) CHECK(rule.explain(left, right).value_class == back.explain(right, left).value_class);
        equal += same ? 1 : 0;
      }
    }
  }
  // Neither side of the property may be empty.
  CHECK(pairs > 250);
  CHECK(equal > 3'000);
}

TEST_CASE("Of two columns of one engine and type only equal texts are the same") {
  Values values(3);
  ValueRule::Options options;
  options.exact = true;
  for (const Type& type : kTypes) {
    const ValueRule rule(type, type, options);
    REQUIRE(rule.refusal().empty());
    for (int round = 0; round < 200; ++round) {
      const Cell left = values.below(20) == 0 ? Cell() : values.of_type(type);
      const Cell right = values.below(20) == 0 ? Cell() : values.of_type(type);
      CAPTURE(catalog::to_string(type.family));
      CAPTURE(left.value_or("NULL"));
      CAPTURE(right.value_or("NULL"));
      CHECK(rule.same(left, right) == (left == right));
      CHECK(have_one_form(rule, type, left, type, right) == (left == right));
      if (left != right) CHECK(to_string(rule.explain(left, right).value_class) != "");
    }
  }
}

TEST_CASE("Arrays of two element types, printed values beside text, and midnight are the same in both directions") {
  for (const bool swapped : {false, true}) {
    const auto same = [&](const Type& one_type, const Cell& one, const Type& other_type, const Cell& other) {
      return swapped ? same_value(other_type, other, one_type, one) : same_value(one_type, one, other_type, other);
    };
    CHECK(same(array_of(integer()), "{1,2}", array_of(kNumeric), "{1.0,2.00}"));
    CHECK_FALSE(same(array_of(integer()), "{1}", array_of(kNumeric), "{1.5}"));
    CHECK(same(kInet, "10.0.0.1 ", kText, "10.0.0.1"));
    CHECK_FALSE(same(time_of_day(6), "24:00:00", time_of_day(7), "00:00:00"));
    CHECK(same(time_of_day(0), "00:00:00", time_of_day(6), "23:59:59.9"));
  }
}

TEST_CASE("Accepted classes make forms equal or are explained as accepted, whether they are counted or not") {
  Values values(7);
  ValueRule::Options folded;
  folded.verdicts.fill(ClassVerdict::accepted);
  folded.verdicts[static_cast<std::size_t>(ValueClass::different)] = ClassVerdict::error;
  ValueRule::Options counted = folded;
  counted.count_accepted = true;
  std::size_t folds = 0;
  for (const Type& left_type : kTypes) {
    for (const Type& right_type : kTypes) {
      const ValueRule rule(left_type, right_type, folded);
      if (!rule.refusal().empty()) continue;
      const ValueRule counting(left_type, right_type, counted);
      const ValueRule plain(left_type, right_type, {});
      for (int round = 0; round < 30; ++round) {
        const Cell left = values.below(6) == 0 ? Cell() : values.of_type(left_type);
        const Cell right = values.below(6) == 0 ? Cell() : values.of_type(right_type);
        CAPTURE(rule.name());
        CAPTURE(left.value_or("NULL"));
        CAPTURE(right.value_or("NULL"));
        const bool one_form = have_one_form(rule, left_type, left, right_type, right);
        if (one_form) CHECK(rule.same(left, right));
        const auto passes = [&](const ValueRule& one) {
          return one.same(left, right) || one.explain(left, right).verdict == ClassVerdict::accepted;
        };
        CHECK(passes(rule) == passes(counting));
        if (plain.same(left, right)) CHECK(rule.same(left, right));
        if (one_form && !plain.same(left, right)) ++folds;
        have_one_form(counting, left_type, left, right_type, right);
      }
    }
  }
  CHECK(folds > 50);
}

TEST_CASE("Forms of numbers, dates and times are in the order of the values") {
  Values values(99);
  const std::vector<std::pair<Type, Type>> pairs = {
      {integer(64), integer(64)},         {integer(64), kNumeric},      {decimal(38, 6), kNumeric},      {kDate, kDate},
      {timestamp(6), timestamp(6, true)}, {floating(64), floating(64)}, {time_of_day(6), time_of_day(6)}};
  const auto before = [](const Type& type, const std::string& one, const std::string& other) {
    if (type.family == TypeFamily::integer) return std::stoll(one) < std::stoll(other);
    if (type.family == TypeFamily::floating || type.family == TypeFamily::decimal)
      return std::stold(one) < std::stold(other);
    const auto a = *dataset::read_moment(type, one);
    const auto b = *dataset::read_moment(type, other);
    return std::tuple(a.infinity, a.days, a.nanoseconds) < std::tuple(b.infinity, b.days, b.nanoseconds);
  };
  for (const auto& [type, beside] : pairs) {
    const ValueRule rule(type, beside, {});
    for (int round = 0; round < 400; ++round) {
      const std::string one = values.of_type(type);
      const std::string other = values.of_type(type);
      if (one == "NaN" || other == "NaN") continue;
      CAPTURE(one);
      CAPTURE(other);
      if (before(type, one, other)) CHECK(*rule.left_form(one) < *rule.left_form(other));
    }
    CHECK(rule.left_form(std::nullopt) == std::nullopt);
  }
}
