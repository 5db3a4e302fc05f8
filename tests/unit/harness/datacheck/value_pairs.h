#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/canonical_value.h"
#include "harness/datacheck/value_rule.h"
#include "harness/dataset/time_text.h"

/// Types and values for the tests of how values compare.
namespace value_pairs {

using namespace paripassu;
using catalog::Type;
using catalog::TypeFamily;

inline Type of(TypeFamily family, std::string name = {}) {
  Type type;
  type.family = family;
  type.name = std::move(name);
  return type;
}
inline Type integer(int bits = 32) {
  Type type = of(TypeFamily::integer);
  type.bits = bits;
  return type;
}
inline Type floating(int bits) {
  Type type = of(TypeFamily::floating);
  type.bits = bits;
  return type;
}
inline Type decimal(int precision, int scale) {
  Type type = of(TypeFamily::decimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}
inline Type varying_text(int length) {
  Type type = of(TypeFamily::text);
  type.length = length;
  return type;
}
inline Type fixed_text(int length) {
  Type type = varying_text(length);
  type.fixed_length = true;
  return type;
}
inline Type varying_binary(int length) {
  Type type = of(TypeFamily::binary);
  type.length = length;
  return type;
}
inline Type fixed_binary(int length) {
  Type type = varying_binary(length);
  type.fixed_length = true;
  return type;
}
inline Type array_of(Type element) {
  element.array_dimensions = 1;
  return element;
}
inline Type timestamp(int digits, bool with_time_zone = false, long long tick_ns = 0) {
  Type type = of(TypeFamily::timestamp);
  type.precision = digits;
  type.with_time_zone = with_time_zone;
  type.tick_ns = tick_ns;
  return type;
}
inline Type datetime() {
  return timestamp(3, false, 3'333'333);
}
inline Type smalldatetime() {
  return timestamp(0, false, 60'000'000'000);
}
inline Type time_of_day(int digits, bool with_time_zone = false) {
  Type type = of(TypeFamily::time);
  type.precision = digits;
  type.with_time_zone = with_time_zone;
  return type;
}
inline const Type kText = of(TypeFamily::text);
inline const Type kNumeric = of(TypeFamily::decimal);
inline const Type kBoolean = of(TypeFamily::boolean);
inline const Type kBytes = of(TypeFamily::binary);
inline const Type kBits = of(TypeFamily::bit_string);
inline const Type kUuid = of(TypeFamily::uuid);
inline const Type kDate = of(TypeFamily::date);
inline const Type kInterval = of(TypeFamily::interval);
inline const Type kJson = of(TypeFamily::json);
inline const Type kXml = of(TypeFamily::xml);
inline const Type kEnum = of(TypeFamily::enumeration, "mood");
inline const Type kInet = of(TypeFamily::other, "inet");
inline const Type kVariant = of(TypeFamily::other, "sql_variant");
inline const Type kComposite = of(TypeFamily::composite, "address");

/// The column that a reader would make of one value of a type, from its canonical text.
inline ColumnVector column_of(const Type& type, const Cell& value) {
  ColumnVector column;
  column.layout = ColumnLayout::text;
  const auto fixed = [&](ColumnLayout layout, const auto& slot) {
    column.layout = layout;
    if (value) {
      column.append_fixed(&slot, sizeof slot);
    } else {
      column.append_null(0);
    }
  };
  const auto variable = [&](ColumnLayout layout, const std::string& bytes) {
    column.layout = layout;
    if (value) {
      column.append_bytes(bytes);
    } else {
      column.append_null(0);
    }
  };
  const std::string text = value.value_or("");
  if (type.array_dimensions > 0) {
    variable(ColumnLayout::text, text);
    return column;
  }
  const auto moment = [&] {
    return value ? dataset::read_moment(type, text).value_or(dataset::Moment{}) : dataset::Moment{};
  };
  switch (type.family) {
    case TypeFamily::boolean:
      fixed(ColumnLayout::boolean, static_cast<std::uint8_t>(text == "true" ? 1 : 0));
      break;
    case TypeFamily::integer:
      fixed(ColumnLayout::int64, value ? canonical::read_integer(text) : std::int64_t{0});
      break;
    case TypeFamily::floating:
      if (type.bits == 32) {
        fixed(ColumnLayout::float32, value ? canonical::read_float32(text) : 0.0F);
      } else {
        fixed(ColumnLayout::float64, value ? canonical::read_float64(text) : 0.0);
      }
      break;
    case TypeFamily::decimal:
      variable(ColumnLayout::decimal, text);
      break;
    case TypeFamily::binary: {
      std::string bytes;
      for (std::size_t i = 2; i + 1 < text.size(); i += 2)
        bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
      variable(ColumnLayout::bytes, bytes);
      break;
    }
    case TypeFamily::uuid: {
      std::array<std::uint8_t, 16> bytes{};
      std::string digits;
      for (const char c : text)
        if (c != '-') digits += c;
      for (std::size_t i = 0; i * 2 < digits.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(std::stoi(digits.substr(i * 2, 2), nullptr, 16));
      fixed(ColumnLayout::uuid, bytes);
      break;
    }
    case TypeFamily::date: {
      const auto at = moment();
      fixed(ColumnLayout::date, at.infinity > 0 ? kPositiveInfinity : at.infinity < 0 ? kNegativeInfinity : at.days);
      break;
    }
    case TypeFamily::time:
      if (type.with_time_zone) {
        variable(ColumnLayout::text, text);
      } else {
        fixed(ColumnLayout::time, moment().nanoseconds);
      }
      break;
    case TypeFamily::timestamp: {
      const auto at = moment();
      std::array<std::int64_t, 2> slot = {at.days * 86'400 + at.nanoseconds / 1'000'000'000,
                                          at.nanoseconds % 1'000'000'000};
      if (at.infinity != 0) slot = {at.infinity > 0 ? kPositiveInfinity : kNegativeInfinity, 0};
      fixed(type.with_time_zone ? ColumnLayout::timestamp_tz : ColumnLayout::timestamp, slot);
      break;
    }
    default:
      variable(ColumnLayout::text, text);
  }
  return column;
}

inline RowHash hash_of(const ValueRule& rule, RowHasher::Side side, const Type& type, const Cell& value) {
  ColumnBatch batch;
  batch.columns.push_back(column_of(type, value));
  batch.rows = 1;
  std::vector<RowHash> hashes;
  RowHasher({&rule}, side).hash(batch, hashes);
  return hashes.at(0);
}

/// Checks that all ways to the form of a value agree, and whether two values have one form.
inline bool have_one_form(const ValueRule& rule, const Type& left_type, const Cell& left, const Type& right_type,
                          const Cell& right) {
  const auto left_form = rule.left_form(left);
  const auto right_form = rule.right_form(right);
  if (left) {
    std::string form;
    rule.append_left_form(column_of(left_type, left), 0, form);
    CHECK(form == *left_form);
  }
  if (right) {
    std::string form;
    rule.append_right_form(column_of(right_type, right), 0, form);
    CHECK(form == *right_form);
  }
  const bool equal = left_form == right_form;
  CHECK((hash_of(rule, RowHasher::Side::left, left_type, left) ==
         hash_of(rule, RowHasher::Side::right, right_type, right)) == equal);
  return equal;
}

/// "same", or the word of the class, in both directions, which must agree. Checks that equal forms mean the same.
inline std::string outcome(const Type& left_type, const Cell& left, const Type& right_type, const Cell& right,
                           const ValueRule::Options& options = {}) {
  const ValueRule forth(left_type, right_type, options);
  const ValueRule back(right_type, left_type, options);
  REQUIRE(forth.refusal().empty());
  CHECK(forth.name() == back.name());
  const bool same = forth.same(left, right);
  CHECK(back.same(right, left) == same);
  if (have_one_form(forth, left_type, left, right_type, right)) CHECK(same);
  CHECK(have_one_form(forth, left_type, left, right_type, right) ==
        have_one_form(back, right_type, right, left_type, left));
  if (same) return "same";
  const ValueDifference difference = forth.explain(left, right);
  CHECK(back.explain(right, left).value_class == difference.value_class);
  CHECK(difference.verdict == options.verdicts[static_cast<std::size_t>(difference.value_class)]);
  CHECK(difference.left == left);
  CHECK(difference.right == right);
  return std::string(to_string(difference.value_class));
}

}  // namespace value_pairs
