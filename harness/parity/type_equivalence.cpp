#include "harness/parity/type_equivalence.h"

#include <array>
#include <utility>

#include "harness/parity/names.h"

namespace paripassu {
namespace {

using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;

bool always(const Type&, const Type&) {
  return true;
}

bool same_name(const Type& one, const Type& other) {
  return fold_name(one.name, NameMatching::ignore_case) == fold_name(other.name, NameMatching::ignore_case);
}

std::string user_type_name(const Type& type) {
  const std::size_t dot = type.user_type.find('.');
  return dot == std::string::npos ? type.user_type : type.user_type.substr(dot + 1);
}

bool same_user_type(const Type& one, const Type& other) {
  return fold_name(user_type_name(one), NameMatching::fold) == fold_name(user_type_name(other), NameMatching::fold);
}

bool same_integer(const Type& one, const Type& other) {
  return one.bits == other.bits && one.is_unsigned == other.is_unsigned;
}

bool byte_in_smallint(const Type& one, const Type& other) {
  const auto is_byte = [](const Type& type) { return type.bits == 8 && type.is_unsigned; };
  const auto is_smallint = [](const Type& type) { return type.bits == 16 && !type.is_unsigned; };
  return (is_byte(one) && is_smallint(other)) || (is_byte(other) && is_smallint(one));
}

bool same_decimal(const Type& one, const Type& other) {
  if (one.precision != other.precision) return false;
  return !one.precision || one.scale.value_or(0) == other.scale.value_or(0);
}

bool same_bits(const Type& one, const Type& other) {
  return one.bits == other.bits;
}

// PostgreSQL's text has no limit and therefore needs no unit; what it counts are characters all the same.
LengthUnit unit(const Type& type) {
  return type.length_unit == LengthUnit::none ? LengthUnit::characters : type.length_unit;
}

bool same_limit(const Type& one, const Type& other) {
  return one.length == other.length && one.fixed_length == other.fixed_length;
}

bool one_counts_bytes(const Type& one, const Type& other) {
  return (unit(one) == LengthUnit::bytes) != (unit(other) == LengthUnit::bytes);
}

bool text_same_limit_and_unit(const Type& one, const Type& other) {
  return one.length && same_limit(one, other) && unit(one) == unit(other);
}

bool text_same_limit(const Type& one, const Type& other) {
  return one.length && same_limit(one, other) && !one_counts_bytes(one, other);
}

bool text_same_limit_of_bytes(const Type& one, const Type& other) {
  return one.length && same_limit(one, other) && one_counts_bytes(one, other);
}

bool text_no_limit(const Type& one, const Type& other) {
  return !one.length && same_limit(one, other) && !one_counts_bytes(one, other);
}

bool text_no_limit_of_bytes(const Type& one, const Type& other) {
  return !one.length && same_limit(one, other) && one_counts_bytes(one, other);
}

bool no_limit_against(const Type& one, const Type& other, bool fixed_length) {
  const auto unlimited = [](const Type& type) { return !type.length && !type.fixed_length; };
  const auto limited = [&](const Type& type) { return type.length && type.fixed_length == fixed_length; };
  return (unlimited(one) && limited(other)) || (unlimited(other) && limited(one));
}

bool no_limit_against_varying(const Type& one, const Type& other) {
  return no_limit_against(one, other, false);
}
bool no_limit_against_fixed(const Type& one, const Type& other) {
  return no_limit_against(one, other, true);
}

bool same_fraction(const Type& one, const Type& other) {
  return one.precision == other.precision && one.tick_ns == other.tick_ns;
}

bool without_zone(const Type& one, const Type& other) {
  return !one.with_time_zone && !other.with_time_zone;
}
bool with_zone(const Type& one, const Type& other) {
  return one.with_time_zone && other.with_time_zone;
}

bool time_same(const Type& one, const Type& other) {
  return one.with_time_zone == other.with_time_zone && same_fraction(one, other);
}
bool time_same_zone(const Type& one, const Type& other) {
  return one.with_time_zone == other.with_time_zone;
}
bool timestamp_same(const Type& one, const Type& other) {
  return without_zone(one, other) && same_fraction(one, other);
}

bool unlimited_text(const Type&, const Type& text) {
  return !text.length && !text.fixed_length;
}
bool varying_text(const Type&, const Type& text) {
  return !text.fixed_length;
}

constexpr auto kTypeRules = std::to_array<TypeRule>({
    {TypeFamily::boolean, TypeFamily::boolean, "always", TypeMatch::same, "", always},
    {TypeFamily::integer, TypeFamily::integer, "equal bits and sign", TypeMatch::same, "", same_integer},
    {TypeFamily::integer, TypeFamily::integer, "8 bits unsigned and 16 bits signed", TypeMatch::compatible,
     "one side takes 0 to 255 only", byte_in_smallint},
    {TypeFamily::decimal, TypeFamily::decimal, "equal precision and scale, or both without", TypeMatch::same, "",
     same_decimal},
    {TypeFamily::floating, TypeFamily::floating, "equal bits", TypeMatch::same, "", same_bits},
    {TypeFamily::text, TypeFamily::text, "equal length in equal units, both fixed or both varying", TypeMatch::same, "",
     text_same_limit_and_unit},
    {TypeFamily::text, TypeFamily::text, "equal length, in characters and in UTF-16 units", TypeMatch::compatible,
     "length counted in characters and in UTF-16 units: a character beyond U+FFFF takes two units", text_same_limit},
    {TypeFamily::text, TypeFamily::text, "equal length, on one side in bytes", TypeMatch::compatible,
     "length counted in bytes on one side: fewer characters fit, or only those of a code page",
     text_same_limit_of_bytes},
    {TypeFamily::text, TypeFamily::text, "both without limit", TypeMatch::same, "", text_no_limit},
    {TypeFamily::text, TypeFamily::text, "both without limit, one stored in a code page", TypeMatch::compatible,
     "one side may hold only the characters of a code page", text_no_limit_of_bytes},
    {TypeFamily::binary, TypeFamily::binary, "equal length or both without limit, both fixed or both varying",
     TypeMatch::same, "", same_limit},
    {TypeFamily::binary, TypeFamily::binary, "without limit and varying with one", TypeMatch::compatible,
     "one side has no limit of length", no_limit_against_varying},
    {TypeFamily::binary, TypeFamily::binary, "without limit and fixed", TypeMatch::compatible,
     "one side pads with zero bytes, the other has no limit of length", no_limit_against_fixed},
    {TypeFamily::bit_string, TypeFamily::bit_string, "equal length, both fixed or both varying", TypeMatch::same, "",
     same_limit},
    {TypeFamily::uuid, TypeFamily::uuid, "always", TypeMatch::same, "", always},
    {TypeFamily::date, TypeFamily::date, "always", TypeMatch::same, "", always},
    {TypeFamily::time, TypeFamily::time, "equal precision, both or neither with time zone", TypeMatch::same, "",
     time_same},
    {TypeFamily::time, TypeFamily::time, "other precision, both or neither with time zone", TypeMatch::compatible,
     "fractions of a second are rounded more coarsely on one side", time_same_zone},
    {TypeFamily::timestamp, TypeFamily::timestamp, "equal precision and grid, both without time zone", TypeMatch::same,
     "", timestamp_same},
    {TypeFamily::timestamp, TypeFamily::timestamp, "other precision or grid, both without time zone",
     TypeMatch::compatible, "fractions of a second are rounded more coarsely on one side", without_zone},
    {TypeFamily::timestamp, TypeFamily::timestamp, "both with time zone", TypeMatch::compatible,
     "one side may keep the instant only, the other its offset too", with_zone},
    {TypeFamily::interval, TypeFamily::interval, "equal precision", TypeMatch::same, "", same_fraction},
    {TypeFamily::json, TypeFamily::json, "always", TypeMatch::same, "", always},
    {TypeFamily::json, TypeFamily::text, "text varying without limit", TypeMatch::compatible,
     "one side does not check that the text is JSON", unlimited_text},
    {TypeFamily::xml, TypeFamily::xml, "always", TypeMatch::same, "", always},
    {TypeFamily::enumeration, TypeFamily::enumeration, "equal name of the type", TypeMatch::same, "", same_user_type},
    {TypeFamily::enumeration, TypeFamily::text, "text varying", TypeMatch::compatible,
     "one side does not check the labels, and orders by text", varying_text},
    {TypeFamily::composite, TypeFamily::composite, "equal name of the type", TypeMatch::same, "", same_user_type},
    {TypeFamily::row_version, TypeFamily::row_version, "always", TypeMatch::same, "", always},
    {TypeFamily::row_version, TypeFamily::binary, "always", TypeMatch::compatible,
     "one side writes the value by itself with each update", always},
    {TypeFamily::spatial, TypeFamily::spatial, "equal name", TypeMatch::compatible,
     "reference systems and kinds of shape are not compared", same_name},
    {TypeFamily::other, TypeFamily::other, "equal name", TypeMatch::same, "", same_name},
});

// Names that mean the same within every engine that knows them, so that no engine has to be asked.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"character varying", "varchar"},
    {"national character varying", "nvarchar"},
    {"national char varying", "nvarchar"},
    {"nchar varying", "nvarchar"},
    {"char varying", "varchar"},
    {"character", "char"},
    {"bpchar", "char"},
    {"national character", "nchar"},
    {"national char", "nchar"},
    {"int", "integer"},
    {"int4", "integer"},
    {"int2", "smallint"},
    {"int8", "bigint"},
    {"bool", "boolean"},
    {"decimal", "numeric"},
    {"dec", "numeric"},
    {"float4", "real"},
    {"float(24)", "real"},
    {"float8", "double precision"},
    {"float", "double precision"},
    {"float(53)", "double precision"},
    {"bit varying", "varbit"},
    {"binary varying", "varbinary"},
    {"timestamp without time zone", "timestamp"},
    {"time without time zone", "time"},
    {"datetime2(7)", "datetime2"},
    {"datetimeoffset(7)", "datetimeoffset"},
};

/// Replaces a name that is an alias; false when it is none.
bool replace_alias(std::string& name) {
  for (const auto& [alias, target] : kAliases) {
    if (alias != name) continue;
    name = target;
    return true;
  }
  return false;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string squeeze_type_name(std::string_view printed) {
  const std::string text = fold_name(printed, NameMatching::ignore_case);
  std::string out;
  bool blank = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '[' && i + 1 < text.size() && text[i + 1] == ']') {
      out += "[]";
      ++i;
      continue;
    }
    if (c == '[' || c == ']' || c == '"') continue;
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    const bool tight = c == '(' || c == ')' || c == ',';
    const bool after_tight = out.empty() || out.back() == '(' || out.back() == ',';
    if (blank && !tight && !after_tight) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

}  // namespace

std::string_view to_string(TypeMatch match) {
  switch (match) {
    case TypeMatch::same:
      return "same";
    case TypeMatch::compatible:
      return "compatible";
    case TypeMatch::different:
      return "different";
  }
  return "different";
}

std::span<const TypeRule> type_rules() {
  return kTypeRules;
}

TypeComparison compare_types(const Type& left, const Type& right) {
  if (left.array_dimensions != right.array_dimensions) return {};
  for (const TypeRule& rule : kTypeRules) {
    const bool applies = (rule.one == left.family && rule.other == right.family && rule.applies(left, right)) ||
                         (rule.one == right.family && rule.other == left.family && rule.applies(right, left));
    if (applies) return {rule.match, std::string(rule.loss)};
  }
  return {};
}

TypeComparison compare_types_of_one_engine(const Type& left, const Type& right, NameMatching names) {
  // Nearly all are, and the copies below are what the comparison of two large catalogs would spend its time on.
  if (left == right) return {TypeMatch::same, ""};
  Type one = left;
  Type other = right;
  for (Type* type : {&one, &other}) {
    type->printed.clear();
    type->name = fold_name(type->name, NameMatching::ignore_case);
    replace_alias(type->name);
    type->user_type = fold_name(user_type_name(*type), names);
    // A decimal without a scale has scale 0, and some catalogs leave it out.
    if (type->family == TypeFamily::decimal && type->precision && !type->scale) type->scale = 0;
  }
  return {one == other ? TypeMatch::same : TypeMatch::different, ""};
}

std::string normalise_type_name(std::string_view printed) {
  std::string name = squeeze_type_name(printed);

  std::string arrays;
  while (name.ends_with("[]")) {
    arrays += "[]";
    name.resize(name.size() - 2);
  }
  std::string modifiers;
  if (const std::size_t open = name.find('('); open != std::string::npos) {
    const std::size_t close = name.find(')', open);
    const std::size_t end = close == std::string::npos ? name.size() : close + 1;
    modifiers = name.substr(open, end - open);
    std::string rest = name.substr(end);
    name.resize(open);
    if (!rest.empty() && rest.front() != ' ') rest.insert(0, 1, ' ');
    name += rest;
  }

  bool with_time_zone = false;
  constexpr std::string_view kWithTimeZone = " with time zone";
  if (name.ends_with(kWithTimeZone)) {
    with_time_zone = true;
    name.resize(name.size() - kWithTimeZone.size());
  } else if (name == "timestamptz" || name == "timetz") {
    with_time_zone = true;
    name.resize(name.size() - 2);
  }

  if (std::string whole = name + modifiers; replace_alias(whole)) {
    name = std::move(whole);
    modifiers.clear();
  } else {
    replace_alias(name);
  }
  if (name == "numeric" && modifiers.ends_with(')') && modifiers.find(',') == std::string::npos) {
    modifiers.insert(modifiers.size() - 1, ",0");
  }
  return name + modifiers + (with_time_zone ? std::string(kWithTimeZone) : std::string()) + arrays;
}

const Type& type_for_literals(const Type& own, const Type& other) {
  if (own.family == other.family) return own;
  for (const TypeFamily family : {TypeFamily::boolean, TypeFamily::json, TypeFamily::uuid, TypeFamily::date,
                                  TypeFamily::timestamp, TypeFamily::time}) {
    if (own.family == family) return own;
    if (other.family == family) return other;
  }
  return own.family < other.family ? own : other;
}

DeclaredEquivalences::DeclaredEquivalences(const std::vector<EquivalentTypes>& declared, const std::string& left_engine,
                                           const std::string& right_engine) {
  for (const EquivalentTypes& equivalent : declared) {
    const auto left = equivalent.types.find(left_engine);
    const auto right = equivalent.types.find(right_engine);
    if (left == equivalent.types.end() || right == equivalent.types.end() || left == right) continue;
    entries_.push_back({normalise_type_name(left->second), normalise_type_name(right->second),
                        equivalent.reason.empty() ? "declared equivalent" : equivalent.reason});
  }
}

const std::string* DeclaredEquivalences::find(const Type& left, const Type& right) const {
  if (entries_.empty()) return nullptr;
  const std::string left_name = normalise_type_name(left.printed);
  const std::string right_name = normalise_type_name(right.printed);
  for (const Entry& entry : entries_) {
    if (entry.left == left_name && entry.right == right_name) return &entry.reason;
  }
  return nullptr;
}

}  // namespace paripassu
