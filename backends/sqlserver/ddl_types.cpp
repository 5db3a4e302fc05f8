#include "backends/sqlserver/ddl_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "backends/sqlserver/catalog_builder.h"
#include "backends/type_scanner.h"

namespace paripassu::sqlserver {
namespace {

using catalog::Type;
using catalog::TypeFamily;

constexpr int kUnicodeLengthMax = 4000;  // nvarchar(n), nchar(n)
constexpr int kPrecisionMax = 38;        // decimal(p, s)

struct Spelling {
  std::string_view written;
  std::string_view name;  ///< sys.types.name
};

constexpr auto kSynonyms = std::to_array<Spelling>({{"binary varying", "varbinary"},
                                                    {"boolean", "bit"},
                                                    {"char varying", "varchar"},
                                                    {"character", "char"},
                                                    {"character varying", "varchar"},
                                                    {"bpchar", "char"},
                                                    {"dec", "decimal"},
                                                    {"double precision", "float"},
                                                    {"integer", "int"},
                                                    {"national char", "nchar"},
                                                    {"national char varying", "nvarchar"},
                                                    {"national character", "nchar"},
                                                    {"national character varying", "nvarchar"},
                                                    {"national text", "ntext"},
                                                    {"timestamp without time zone", "datetime2"},
                                                    {"timestamp with time zone", "datetimeoffset"},
                                                    {"time without time zone", "time"}});

}  // namespace

bool is_type_text(std::string_view text) {
  TypeScanner scanner(text);
  const auto take_name = [&] {
    return scanner.take_quoted('[', ']') || scanner.take_quoted('"', '"') || !scanner.take_word().empty();
  };
  if (!take_name()) return false;
  while (scanner.take('.')) {
    if (!take_name()) return false;
  }
  return scanner.at_end() || (scanner.take_modifiers() && scanner.at_end());
}

WrittenSql translate_type(const Type& type) {
  const auto stand_in = [&](std::string text = "nvarchar(max)") {
    std::string remark = fmt::format("SQL Server has no type like {}: {} stands for it.", type.printed, text);
    return WrittenSql{std::move(text), std::move(remark)};
  };
  if (type.array_dimensions > 0) return stand_in();
  switch (type.family) {
    case TypeFamily::boolean:
      return {"bit", {}};
    case TypeFamily::integer:
      if (type.bits == 8 && type.is_unsigned) return {"tinyint", {}};
      if (type.bits <= 16) return {"smallint", {}};
      if (type.is_unsigned) return stand_in("bigint");
      return {type.bits == 32 ? "int" : "bigint", {}};
    case TypeFamily::decimal: {
      if (!type.precision) return stand_in("decimal(38,10)");
      const int scale = type.scale.value_or(0);
      if (*type.precision > kPrecisionMax || scale < 0 || scale > *type.precision) {
        return stand_in(fmt::format("decimal({},{})", kPrecisionMax, std::clamp(scale, 0, kPrecisionMax)));
      }
      return {fmt::format("decimal({},{})", *type.precision, scale), {}};
    }
    case TypeFamily::floating:
      return {type.bits == 32 ? "real" : "float(53)", {}};
    case TypeFamily::text: {
      if (!type.length && !type.fixed_length) return {"nvarchar(max)", {}};
      if (!type.length || *type.length > kUnicodeLengthMax) return stand_in();
      return {fmt::format("{}({})", type.fixed_length ? "nchar" : "nvarchar", *type.length), {}};
    }
    case TypeFamily::binary:
      if (!type.length) return {"varbinary(max)", {}};
      return {fmt::format("{}({})", type.fixed_length ? "binary" : "varbinary", *type.length), {}};
    case TypeFamily::uuid:
      return {"uniqueidentifier", {}};
    case TypeFamily::date:
      return {"date", {}};
    case TypeFamily::time: {
      std::string text = fmt::format("time({})", type.precision.value_or(6));
      if (type.with_time_zone) return stand_in(std::move(text));
      return {std::move(text), {}};
    }
    case TypeFamily::timestamp:
      return {fmt::format("{}({})", type.with_time_zone ? "datetimeoffset" : "datetime2", type.precision.value_or(6)),
              {}};
    case TypeFamily::json:
      return {"nvarchar(max)", {}};
    case TypeFamily::xml:
      return {"xml", {}};
    case TypeFamily::row_version:
      return {"rowversion", {}};
    case TypeFamily::enumeration:
      // A label has at most 63 bytes in PostgreSQL.
      return {"nvarchar(63)", "The labels are not checked: a check with the list of them does that."};
    case TypeFamily::spatial:
      if (type.name == "geometry" || type.name == "geography") return {type.name, {}};
      return stand_in("geometry");
    case TypeFamily::interval:
    case TypeFamily::bit_string:
      return stand_in("nvarchar(100)");
    case TypeFamily::composite:
    case TypeFamily::other:
      break;
  }
  return stand_in();
}

std::optional<Type> type_of_name(std::string_view written) {
  constexpr int kLengthMax = 8000;
  std::string name(written);
  std::vector<int> modifiers;
  bool unlimited = false;
  if (const std::size_t open = name.find('('); open != std::string::npos) {
    const std::size_t close = name.find(')', open);
    if (close == std::string::npos) return std::nullopt;
    const std::string inside = name.substr(open + 1, close - open - 1);
    unlimited = inside == "max" || inside == "MAX";
    const char* at = inside.data();
    const char* const end = unlimited ? at : inside.data() + inside.size();
    while (at < end) {
      int number = 0;
      const auto [next, error] = std::from_chars(at, end, number);
      if (error != std::errc() || number < 0 || number > kLengthMax) return std::nullopt;
      modifiers.push_back(number);
      at = next;
      while (at < end && (*at == ',' || *at == ' ')) ++at;
    }
    name = name.substr(0, open) + name.substr(close + 1);
    while (name.ends_with(' ')) name.pop_back();
  }
  const auto synonym =
      std::find_if(kSynonyms.begin(), kSynonyms.end(), [&](const Spelling& one) { return one.written == name; });
  if (synonym != kSynonyms.end()) name = synonym->name;

  // What T-SQL takes where a CAST says no more. A text without length would have 30 characters, which is enough for
  // what is converted that way (numbers, times); it counts as unlimited, since Babelfish prints casts of long texts so
  // too.
  constexpr int kDecimalPrecision = 18;
  constexpr int kFractionDigits = 7;
  const int first = modifiers.empty() ? -1 : modifiers[0];
  int length = unlimited || first < 0 ? -1 : first;
  if ((name == "nvarchar" || name == "nchar") && length > 0) length *= 2;  // sys.columns.max_length counts bytes
  int precision = 0;
  int scale = 0;
  if (name == "decimal" || name == "numeric") {
    precision = first >= 0 ? first : kDecimalPrecision;
    scale = modifiers.size() > 1 ? modifiers[1] : 0;
  } else if (name == "float") {
    precision = first >= 0 ? first : 53;
  } else if (name == "time" || name == "datetime2" || name == "datetimeoffset") {
    scale = first >= 0 ? first : kFractionDigits;
  }
  Type type = map_type(name, length, precision, scale);
  if (type.family == TypeFamily::other) return std::nullopt;
  return type;
}

}  // namespace paripassu::sqlserver
