#include <array>

#include "harness/parity/compare_context.h"

namespace paripassu::parity {
namespace {

using catalog::Type;
using catalog::TypeFamily;

/// What a name of a type means, in the form that normalise_type_name gives it, without length and precision. A name
/// that engines use for different things ("timestamp") is here for what a parameter of it most likely is.
struct NamedType {
  std::string_view name;
  TypeFamily family;
  int bits = 0;
  bool is_unsigned = false;
  bool with_time_zone = false;
};

constexpr auto kNamedTypes = std::to_array<NamedType>({
    {"boolean", TypeFamily::boolean},
    {"bit", TypeFamily::boolean},
    {"tinyint", TypeFamily::integer, 8, true},
    {"smallint", TypeFamily::integer, 16},
    {"integer", TypeFamily::integer, 32},
    {"bigint", TypeFamily::integer, 64},
    {"numeric", TypeFamily::decimal},
    {"money", TypeFamily::decimal},
    {"smallmoney", TypeFamily::decimal},
    {"real", TypeFamily::floating, 32},
    {"double precision", TypeFamily::floating, 64},
    {"char", TypeFamily::text},
    {"varchar", TypeFamily::text},
    {"nchar", TypeFamily::text},
    {"nvarchar", TypeFamily::text},
    {"text", TypeFamily::text},
    {"ntext", TypeFamily::text},
    {"citext", TypeFamily::text},
    {"name", TypeFamily::text},
    {"sysname", TypeFamily::text},
    {"bytea", TypeFamily::binary},
    {"binary", TypeFamily::binary},
    {"varbinary", TypeFamily::binary},
    {"image", TypeFamily::binary},
    {"varbit", TypeFamily::bit_string},
    {"uuid", TypeFamily::uuid},
    {"uniqueidentifier", TypeFamily::uuid},
    {"date", TypeFamily::date},
    {"time", TypeFamily::time},
    {"time with time zone", TypeFamily::time, 0, false, true},
    {"timestamp", TypeFamily::timestamp},
    {"datetime", TypeFamily::timestamp},
    {"datetime2", TypeFamily::timestamp},
    {"smalldatetime", TypeFamily::timestamp},
    {"timestamp with time zone", TypeFamily::timestamp, 0, false, true},
    {"datetimeoffset", TypeFamily::timestamp, 0, false, true},
    {"interval", TypeFamily::interval},
    {"json", TypeFamily::json},
    {"jsonb", TypeFamily::json},
    {"xml", TypeFamily::xml},
    {"rowversion", TypeFamily::row_version},
});

/// The name without length and precision: "varchar", "timestamp with time zone", "integer[]".
std::string bare_name(std::string_view printed) {
  std::string name = normalise_type_name(printed);
  const std::size_t open = name.find('(');
  const std::size_t close = name.find(')', open == std::string::npos ? 0 : open);
  if (open != std::string::npos && close != std::string::npos) name.erase(open, close + 1 - open);
  // Without its length, a name may be an alias of another: "float(53)".
  return normalise_type_name(name);
}

std::string_view last_part(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

const catalog::UserType* find_by_name(const CompareContext& context, bool on_left, const std::string& name) {
  const catalog::Catalog& catalog = on_left ? context.left : context.right;
  const bool qualified = name.find('.') != std::string::npos;
  const auto same = [](std::string_view one, std::string_view other) {
    return fold_name(one, NameMatching::ignore_case) == other;
  };
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const catalog::UserType& type : schema.types) {
      if (qualified ? same(schema.name + "." + type.name, name) : same(type.name, name)) return &type;
    }
  }
  return nullptr;
}

struct Meaning {
  Type type;
  std::string user_type;  ///< the word of a type that no family says enough of
};

Meaning meaning_of(const CompareContext& context, bool on_left, std::string_view printed, int depth = 0) {
  Meaning meaning;
  std::string name = bare_name(printed);
  while (name.ends_with("[]")) {
    name.resize(name.size() - 2);
    ++meaning.type.array_dimensions;
  }
  for (const NamedType& known : kNamedTypes) {
    if (known.name != name) continue;
    meaning.type.family = known.family;
    meaning.type.bits = known.bits;
    meaning.type.is_unsigned = known.is_unsigned;
    meaning.type.with_time_zone = known.with_time_zone;
    return meaning;
  }
  constexpr int kDepthMax = 16;  // a catalog from a file may hold domains that are based on each other
  if (const catalog::UserType* type = find_by_name(context, on_left, name); type != nullptr && depth < kDepthMax) {
    if (type->kind == "enum") {
      meaning.type.family = TypeFamily::text;
      return meaning;
    }
    if (!type->base.empty() && type->kind != "range") {
      Meaning base = meaning_of(context, on_left, type->base, depth + 1);
      base.type.array_dimensions += meaning.type.array_dimensions;
      return base;
    }
  }
  meaning.user_type = context.fold(last_part(name));
  return meaning;
}

}  // namespace

bool same_printed_type(const CompareContext& context, std::string_view left, std::string_view right) {
  const Meaning one = meaning_of(context, true, left);
  const Meaning other = meaning_of(context, false, right);
  if (one.user_type != other.user_type || one.type.array_dimensions != other.type.array_dimensions) return false;
  if (!one.user_type.empty()) return true;
  return compare_types(one.type, other.type).match != TypeMatch::different;
}

}  // namespace paripassu::parity
