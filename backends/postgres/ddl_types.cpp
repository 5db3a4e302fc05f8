#include "backends/postgres/ddl_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "backends/postgres/catalog_builder.h"
#include "backends/type_scanner.h"

namespace paripassu::postgres {
namespace {

using catalog::Type;
using catalog::TypeFamily;

constexpr int kSecondDigitsMax = 6;

std::string fraction(const std::optional<int>& precision) {
  return precision && *precision < kSecondDigitsMax ? fmt::format("({})", *precision) : "";
}

struct Spelling {
  std::string_view written;
  std::string_view name;  ///< pg_type.typname
};

constexpr auto kSpellings = std::to_array<Spelling>({{"bigint", "int8"},
                                                     {"bool", "bool"},
                                                     {"boolean", "bool"},
                                                     {"bytea", "bytea"},
                                                     {"char", "bpchar"},
                                                     {"bpchar", "bpchar"},
                                                     {"character", "bpchar"},
                                                     {"character varying", "varchar"},
                                                     {"citext", "citext"},
                                                     {"date", "date"},
                                                     {"decimal", "numeric"},
                                                     {"double precision", "float8"},
                                                     {"float4", "float4"},
                                                     {"float8", "float8"},
                                                     {"int", "int4"},
                                                     {"int2", "int2"},
                                                     {"int4", "int4"},
                                                     {"int8", "int8"},
                                                     {"integer", "int4"},
                                                     {"interval", "interval"},
                                                     {"json", "json"},
                                                     {"jsonb", "jsonb"},
                                                     {"money", "money"},
                                                     {"name", "name"},
                                                     {"numeric", "numeric"},
                                                     {"real", "float4"},
                                                     {"smallint", "int2"},
                                                     {"text", "text"},
                                                     {"time", "time"},
                                                     {"time with time zone", "timetz"},
                                                     {"time without time zone", "time"},
                                                     {"timestamp", "timestamp"},
                                                     {"timestamp with time zone", "timestamptz"},
                                                     {"timestamp without time zone", "timestamp"},
                                                     {"timestamptz", "timestamptz"},
                                                     {"timetz", "timetz"},
                                                     {"uuid", "uuid"},
                                                     {"varbit", "varbit"},
                                                     {"bit", "bit"},
                                                     {"bit varying", "varbit"},
                                                     {"varchar", "varchar"},
                                                     {"xml", "xml"}});

/// Words that PostgreSQL prints behind the first one of a type's name.
constexpr auto kMoreWords = std::to_array<std::string_view>({"varying", "precision", "with", "without", "time", "zone",
                                                             "year", "month", "day", "hour", "minute", "second", "to"});

}  // namespace

bool is_type_text(std::string_view text) {
  TypeScanner scanner(text);
  const auto take_name = [&] { return scanner.take_quoted('"', '"') || !scanner.take_word().empty(); };
  if (!take_name()) return false;
  while (scanner.take('.')) {
    if (!take_name()) return false;
  }
  bool modified = false;
  while (!scanner.at_end()) {
    if (scanner.take('[')) {
      if (!scanner.take(']')) return false;
    } else if (scanner.take(' ')) {
      const std::string_view word = scanner.take_word();
      if (std::find(kMoreWords.begin(), kMoreWords.end(), word) == kMoreWords.end()) return false;
    } else if (modified || !scanner.take_modifiers()) {
      return false;
    } else {
      modified = true;
    }
  }
  return true;
}

WrittenSql translate_type(const Type& type) {
  if (type.array_dimensions > 0) {
    Type element = type;
    element.array_dimensions = 0;
    WrittenSql written = translate_type(element);
    for (int i = 0; i < type.array_dimensions; ++i) written.text += "[]";
    return written;
  }
  const std::string length = type.length ? fmt::format("({})", *type.length) : "";
  switch (type.family) {
    case TypeFamily::boolean:
      return {"boolean", {}};
    case TypeFamily::integer:
      if (type.bits <= 16) return {"smallint", {}};
      if (type.bits == 32 && !type.is_unsigned) return {"integer", {}};
      return {"bigint", {}};
    case TypeFamily::decimal:
      if (!type.precision) return {"numeric", {}};
      return {fmt::format("numeric({},{})", *type.precision, type.scale.value_or(0)), {}};
    case TypeFamily::floating:
      return {type.bits == 32 ? "real" : "double precision", {}};
    case TypeFamily::text:
      if (!type.length) return {"text", {}};
      return {(type.fixed_length ? "character" : "character varying") + length, {}};
    case TypeFamily::binary:
      return {"bytea", {}};
    case TypeFamily::bit_string:
      return {(type.fixed_length ? "bit" : "bit varying") + length, {}};
    case TypeFamily::uuid:
      return {"uuid", {}};
    case TypeFamily::date:
      return {"date", {}};
    case TypeFamily::time:
      return {"time" + fraction(type.precision) + (type.with_time_zone ? " with time zone" : ""), {}};
    case TypeFamily::timestamp:
      return {"timestamp" + fraction(type.precision) + (type.with_time_zone ? " with time zone" : ""), {}};
    case TypeFamily::interval:
      return {"interval" + fraction(type.precision), {}};
    case TypeFamily::json:
      return {"jsonb", {}};
    case TypeFamily::xml:
      return {"xml", {}};
    case TypeFamily::row_version:
      return {"bytea",
              "PostgreSQL has no type whose value changes by itself with each update: a trigger must write it."};
    case TypeFamily::enumeration:
      return {"text", "The labels are not checked: make a type of them, or a check."};
    case TypeFamily::spatial:
      return {is_type_text(type.name) ? type.name : "geometry", "Needs the extension postgis."};
    case TypeFamily::composite:
    case TypeFamily::other:
      break;
  }
  return {"text", fmt::format("PostgreSQL has no type like {}: text stands for it.", type.printed)};
}

std::optional<Type> type_of_name(std::string_view written) {
  std::string name(written);
  int dimensions = 0;
  while (name.ends_with("[]")) {
    name.resize(name.size() - 2);
    ++dimensions;
  }
  constexpr int kLengthMax = 10'485'760;  // of varchar
  constexpr int kPrecisionMax = 1000;
  std::vector<int> modifiers;
  if (const std::size_t open = name.find('('); open != std::string::npos) {
    const std::size_t close = name.find(')', open);
    if (close == std::string::npos) return std::nullopt;
    const char* at = name.data() + open + 1;
    const char* const end = name.data() + close;
    while (at < end) {
      int number = 0;
      const auto [next, error] = std::from_chars(at, end, number);
      if (error != std::errc() || number < -1000 || number > kLengthMax) return std::nullopt;
      modifiers.push_back(number);
      at = next;
      while (at < end && (*at == ',' || *at == ' ')) ++at;
    }
    name = name.substr(0, open) + name.substr(close + 1);
    while (name.ends_with(' ')) name.pop_back();
  }
  const auto found =
      std::find_if(kSpellings.begin(), kSpellings.end(), [&](const Spelling& one) { return one.written == name; });
  if (found == kSpellings.end()) return std::nullopt;

  constexpr int kHeader = 4;  // VARHDRSZ, which PostgreSQL adds to these modifiers
  TypeRow row;
  row.printed = written;
  row.name = found->name;
  if (found->name == "numeric" && !modifiers.empty()) {
    if (modifiers[0] < 1 || modifiers[0] > kPrecisionMax) return std::nullopt;
    row.modifier = ((modifiers[0] << 16) | ((modifiers.size() > 1 ? modifiers[1] : 0) & 0x7FF)) + kHeader;
  } else if ((found->name == "varchar" || found->name == "bpchar") && !modifiers.empty()) {
    row.modifier = modifiers[0] + kHeader;
  } else if (!modifiers.empty()) {
    row.modifier = modifiers[0];
  }
  Type type = map_type(row);
  type.array_dimensions = dimensions;
  return type;
}

}  // namespace paripassu::postgres
