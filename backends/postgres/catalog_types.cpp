#include <algorithm>
#include <array>

#include "backends/postgres/catalog_builder.h"

namespace paripassu::postgres {

using namespace catalog;  // NOLINT: this file makes nothing else

namespace {

struct NamedType {
  std::string_view name;
  TypeFamily family;
  int bits = 0;
  bool with_time_zone = false;
};

constexpr std::array kTypes = {
    NamedType{"bool", TypeFamily::boolean},        NamedType{"int2", TypeFamily::integer, 16},
    NamedType{"int4", TypeFamily::integer, 32},    NamedType{"int8", TypeFamily::integer, 64},
    NamedType{"oid", TypeFamily::integer, 32},     NamedType{"float4", TypeFamily::floating, 32},
    NamedType{"float8", TypeFamily::floating, 64}, NamedType{"numeric", TypeFamily::decimal},
    NamedType{"money", TypeFamily::decimal},       NamedType{"varchar", TypeFamily::text},
    NamedType{"bpchar", TypeFamily::text},         NamedType{"text", TypeFamily::text},
    NamedType{"name", TypeFamily::text},           NamedType{"citext", TypeFamily::text},
    NamedType{"char", TypeFamily::text},           NamedType{"bytea", TypeFamily::binary},
    NamedType{"bit", TypeFamily::bit_string},      NamedType{"varbit", TypeFamily::bit_string},
    NamedType{"uuid", TypeFamily::uuid},           NamedType{"date", TypeFamily::date},
    NamedType{"time", TypeFamily::time},           NamedType{"timetz", TypeFamily::time, 0, true},
    NamedType{"timestamp", TypeFamily::timestamp}, NamedType{"timestamptz", TypeFamily::timestamp, 0, true},
    NamedType{"interval", TypeFamily::interval},   NamedType{"json", TypeFamily::json},
    NamedType{"jsonb", TypeFamily::json},          NamedType{"xml", TypeFamily::xml},
    NamedType{"geometry", TypeFamily::spatial},    NamedType{"geography", TypeFamily::spatial},
    NamedType{"point", TypeFamily::spatial},       NamedType{"polygon", TypeFamily::spatial},
};

constexpr int kTypmodHeader = 4;  // VARHDRSZ
constexpr int kMicroseconds = 6;  // the most that PostgreSQL keeps
constexpr int kMoneyPrecision = 19;
constexpr int kMoneyScale = 2;

void apply_modifier(Type& type, int modifier) {
  switch (type.family) {
    case TypeFamily::text:
      type.length_unit = LengthUnit::characters;
      type.fixed_length = type.name == "bpchar";
      if (type.name == "char") {
        type.length = 1;
        type.fixed_length = false;
      } else if (modifier >= kTypmodHeader && (type.name == "varchar" || type.name == "bpchar")) {
        type.length = modifier - kTypmodHeader;
      }
      break;
    case TypeFamily::binary:
      type.length_unit = LengthUnit::bytes;
      break;
    case TypeFamily::bit_string:
      type.fixed_length = type.name == "bit";
      if (modifier >= 0) type.length = modifier;
      break;
    case TypeFamily::decimal:
      if (type.name == "money") {
        type.precision = kMoneyPrecision;
        type.scale = kMoneyScale;
      } else if (modifier >= kTypmodHeader) {
        const int packed = modifier - kTypmodHeader;
        type.precision = (packed >> 16) & 0xFFFF;
        type.scale = ((packed & 0x7FF) ^ 0x400) - 0x400;  // eleven bits, signed since PostgreSQL 15
      }
      break;
    case TypeFamily::time:
    case TypeFamily::timestamp:
      type.precision = modifier < 0 ? kMicroseconds : modifier;
      break;
    case TypeFamily::interval:
      type.precision = modifier < 0 || (modifier & 0xFFFF) == 0xFFFF ? kMicroseconds : modifier & 0xFFFF;
      break;
    default:
      break;
  }
}

}  // namespace

Type map_type(const TypeRow& row) {
  Type type;
  type.printed = row.printed;
  const bool is_array = row.array_dimensions > 0;
  const bool is_domain = row.kind == 'd';
  type.name = is_array || is_domain ? std::string(row.base) : std::string(row.name);
  // The base of a domain over an array is the array type.
  if (is_array && is_domain && !type.name.empty() && type.name.front() == '_') type.name.erase(0, 1);
  type.array_dimensions = row.array_dimensions;
  const char kind = is_array || is_domain ? row.base_kind : row.kind;
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& known) { return known.name == type.name; });
  if (kind == 'e') {
    type.family = TypeFamily::enumeration;
  } else if (kind == 'c') {
    type.family = TypeFamily::composite;
  } else if (found != kTypes.end()) {
    type.family = found->family;
    type.bits = found->bits;
    type.with_time_zone = found->with_time_zone;
    type.is_unsigned = type.name == "oid";
  }
  apply_modifier(type, row.modifier);
  if (is_domain || kind == 'e' || kind == 'c' || kind == 'd') {
    // The name of an array type is only mostly that of its element with an underscore.
    type.user_type = std::string(row.schema) + "." + std::string(is_array && !is_domain ? row.base : row.name);
  }
  return type;
}

}  // namespace paripassu::postgres
