#include <algorithm>
#include <array>
#include <charconv>

#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

struct NamedType {
  std::string_view name;
  TypeFamily family;
  int bits = 0;
  bool fixed_length = false;
  bool with_time_zone = false;
  int precision = ValueType::kAny;  ///< without a modifier
};

/// Names of types that casts have, of both engines and of normal forms. What is not here keeps its name, because a cast
/// to it may do more than a family says: smalldatetime rounds to minutes.
constexpr auto kNamedTypes = std::to_array<NamedType>({
    {"text", TypeFamily::text},
    {"varchar", TypeFamily::text},
    {"character varying", TypeFamily::text},
    {"nvarchar", TypeFamily::text},
    {"ntext", TypeFamily::text},
    {"char", TypeFamily::text, 0, true},
    {"character", TypeFamily::text, 0, true},
    {"bpchar", TypeFamily::text, 0, true},
    {"nchar", TypeFamily::text, 0, true},
    {"integer", TypeFamily::integer, 32},
    {"int", TypeFamily::integer, 32},
    {"int4", TypeFamily::integer, 32},
    {"bigint", TypeFamily::integer, 64},
    {"int8", TypeFamily::integer, 64},
    {"smallint", TypeFamily::integer, 16},
    {"int2", TypeFamily::integer, 16},
    {"tinyint", TypeFamily::integer, 8},
    {"numeric", TypeFamily::decimal},
    {"decimal", TypeFamily::decimal},
    {"dec", TypeFamily::decimal},
    {"boolean", TypeFamily::boolean},
    {"bool", TypeFamily::boolean},
    {"bit", TypeFamily::boolean},
    {"real", TypeFamily::floating, 32},
    {"float4", TypeFamily::floating, 32},
    {"double precision", TypeFamily::floating, 64},
    {"float8", TypeFamily::floating, 64},
    {"float", TypeFamily::floating, 64},
    {"date", TypeFamily::date},
    {"time", TypeFamily::time},
    {"timetz", TypeFamily::time, 0, false, true},
    {"timestamp", TypeFamily::timestamp},
    {"datetime2", TypeFamily::timestamp},
    {"datetime", TypeFamily::timestamp, 0, false, false, 3},
    {"timestamptz", TypeFamily::timestamp, 0, false, true},
    {"datetimeoffset", TypeFamily::timestamp, 0, false, true},
    {"uuid", TypeFamily::uuid},
    {"uniqueidentifier", TypeFamily::uuid},
    {"bytea", TypeFamily::binary},
    {"varbinary", TypeFamily::binary},
    {"binary", TypeFamily::binary, 0, true},
    {"json", TypeFamily::json},
    {"jsonb", TypeFamily::json},
    {"xml", TypeFamily::xml},
    {"interval", TypeFamily::interval},
});

constexpr std::string_view kWithTimeZone = " with time zone";
constexpr std::string_view kWithoutTimeZone = " without time zone";

/// "varchar(5)" as name and numbers. Empty name: it is written in another way.
struct TypeWords {
  std::string name;
  std::array<int, 2> modifiers{ValueType::kAny, ValueType::kAny};
  bool with_time_zone = false;
};

bool read_modifiers(std::string_view list, std::array<int, 2>& modifiers) {
  if (list == "max") return true;
  std::size_t count = 0;
  while (count < modifiers.size()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), modifiers[count++]);
    if (error != std::errc() || end != one.data() + one.size()) return false;
    if (comma == list.size()) return true;
    list.remove_prefix(comma + 1);
  }
  return false;
}

TypeWords words_of(std::string_view text) {
  TypeWords words;
  if (text.ends_with(kWithTimeZone)) {
    words.with_time_zone = true;
    text.remove_suffix(kWithTimeZone.size());
  } else if (text.ends_with(kWithoutTimeZone)) {
    text.remove_suffix(kWithoutTimeZone.size());
  }
  const std::size_t open = text.find('(');
  if (open != std::string_view::npos) {
    if (!text.ends_with(')') || !read_modifiers(text.substr(open + 1, text.size() - open - 2), words.modifiers)) {
      return {};
    }
    text = text.substr(0, open);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  }
  words.name = std::string(text);
  return words;
}

/// Digits of the widest value, for integers.
int decimal_digits(int bits) {
  switch (bits) {
    case 8:
      return 3;
    case 16:
      return 5;
    case 32:
      return 10;
    default:
      return 19;
  }
}

/// Of two numbers, the one with the lower rank is converted.
int rank(const ValueType& type) {
  if (type.family == TypeFamily::floating) return 1000 + type.bits;
  if (type.family == TypeFamily::decimal) return 500;
  return type.bits;
}

bool number_holds(const ValueType& to, const ValueType& from) {
  if (to.family == TypeFamily::decimal) {
    if (from.family == TypeFamily::floating) return false;
    if (to.precision == ValueType::kAny) return true;
    const int whole = to.precision - std::max(to.scale, 0);
    if (from.family == TypeFamily::integer) return whole >= decimal_digits(from.bits);
    if (from.precision == ValueType::kAny) return false;
    return std::max(to.scale, 0) >= std::max(from.scale, 0) && whole >= from.precision - std::max(from.scale, 0);
  }
  if (to.family == TypeFamily::floating) {
    if (from.family == TypeFamily::floating) return to.bits >= from.bits;
    return from.family == TypeFamily::integer && from.bits * 2 <= to.bits;  // what a significand of 24 or 53 bits holds
  }
  return from.family == TypeFamily::integer && to.bits >= from.bits;
}

/// True when `to` has no limit, or one that is not below that of `from`.
bool limit_holds(int to, int from) {
  return to == ValueType::kAny || (from != ValueType::kAny && from <= to);
}

std::string in_parentheses(int number) {
  return number == ValueType::kAny ? "" : "(" + std::to_string(number) + ")";
}

}  // namespace

ValueType known_type(TypeFamily family) {
  ValueType type;
  type.known = true;
  type.family = family;
  return type;
}

ValueType integer_type(int bits) {
  ValueType type = known_type(TypeFamily::integer);
  type.bits = bits;
  return type;
}

ValueType value_type(const catalog::Type& type) {
  ValueType out = known_type(type.array_dimensions > 0 ? TypeFamily::other : type.family);
  out.bits = type.bits;
  out.length = type.length.value_or(ValueType::kAny);
  out.precision = type.precision.value_or(ValueType::kAny);
  out.scale = type.scale.value_or(ValueType::kAny);
  out.fixed_length = type.fixed_length;
  out.with_time_zone = type.with_time_zone;
  return out;
}

ValueType type_named(std::string_view cast_name) {
  const TypeWords words = words_of(cast_name);
  const auto* found = std::find_if(kNamedTypes.begin(), kNamedTypes.end(),
                                   [&words](const NamedType& named) { return named.name == words.name; });
  if (found == kNamedTypes.end()) return known_type(TypeFamily::other);

  ValueType type = known_type(found->family);
  type.bits = found->bits;
  type.fixed_length = found->fixed_length;
  type.with_time_zone = found->with_time_zone || words.with_time_zone;
  type.precision = found->precision;
  switch (found->family) {
    case TypeFamily::text:
    case TypeFamily::binary:
      type.length = words.modifiers[0];
      break;
    case TypeFamily::boolean:
      // PostgreSQL prints its string of bits as bit(n), even for one.
      if (words.modifiers[0] != ValueType::kAny) return known_type(TypeFamily::bit_string);
      break;
    case TypeFamily::decimal:
      type.precision = words.modifiers[0];
      type.scale = type.precision == ValueType::kAny ? ValueType::kAny : std::max(words.modifiers[1], 0);
      break;
    case TypeFamily::floating:
      if (words.modifiers[0] != ValueType::kAny) type.bits = words.modifiers[0] <= 24 ? 32 : 64;
      break;
    default:
      if (words.modifiers[0] != ValueType::kAny) type.precision = words.modifiers[0];
  }
  return type;
}

std::string neutral_type_name(const ValueType& type, std::string_view cast_name) {
  switch (type.family) {
    case TypeFamily::boolean:
      return "boolean";
    case TypeFamily::integer:
      return type.bits == 8 ? "tinyint" : type.bits == 16 ? "smallint" : type.bits == 64 ? "bigint" : "integer";
    case TypeFamily::decimal:
      if (type.precision == ValueType::kAny) return "decimal";
      return "decimal(" + std::to_string(type.precision) + "," + std::to_string(std::max(type.scale, 0)) + ")";
    case TypeFamily::floating:
      return type.bits == 32 ? "real" : "float";
    case TypeFamily::text:
      return (type.fixed_length ? "char" : "text") + in_parentheses(type.length);
    case TypeFamily::binary:
      return (type.fixed_length ? "binary" : "varbinary") + in_parentheses(type.length);
    case TypeFamily::uuid:
      return "uuid";
    case TypeFamily::date:
      return "date";
    case TypeFamily::time:
    case TypeFamily::timestamp:
      return (type.family == TypeFamily::time ? "time" : "timestamp") + in_parentheses(type.precision) +
             std::string(type.with_time_zone ? kWithTimeZone : "");
    default:
      return std::string(cast_name);
  }
}

bool holds_every_value(const ValueType& to, const ValueType& from) {
  if (!to.known || !from.known) return false;
  if (to.is_number() && from.is_number()) return number_holds(to, from);
  if (to.family != from.family) return false;
  switch (to.family) {
    case TypeFamily::boolean:
    case TypeFamily::uuid:
    case TypeFamily::date:
      return true;
    case TypeFamily::text:
      return !to.fixed_length && !from.fixed_length && limit_holds(to.length, from.length);
    case TypeFamily::binary:
      return !to.fixed_length && limit_holds(to.length, from.length);
    case TypeFamily::time:
    case TypeFamily::timestamp:
      return to.with_time_zone == from.with_time_zone && limit_holds(to.precision, from.precision);
    default:
      return false;
  }
}

ValueType common_type(const ValueType& one, const ValueType& other) {
  if (one == other) return one;
  if (one.is_number() && other.is_number()) return arithmetic_type(one, other);
  return one.known && other.known && one.family == other.family && one.with_time_zone == other.with_time_zone
             ? known_type(one.family)
             : ValueType{};
}

ValueType arithmetic_type(const ValueType& left, const ValueType& right) {
  if (!left.is_number() || !right.is_number()) return {};
  ValueType type = rank(left) >= rank(right) ? left : right;
  // What precision the result has is each engine's own rule.
  type.precision = ValueType::kAny;
  type.scale = ValueType::kAny;
  return type;
}

}  // namespace paripassu::parity
