#include "backends/sqlserver/expression_names.h"

#include <array>
#include <utility>

namespace paripassu::sqlserver {

namespace {

using TokenKind = ExpressionToken::Kind;

std::string read_type_modifiers(ExpressionCursor& cursor) {
  if (!cursor.take_symbol("(")) return "";
  std::string out = "(";
  for (;;) {
    if (cursor.take_word("max")) {
      out += "max";
    } else if (cursor.current().kind == TokenKind::number) {
      out += cursor.advance().text;
    } else {
      cursor.refuse("a length, a precision or max");
    }
    if (!cursor.take_symbol(",")) break;
    out += ',';
  }
  cursor.expect_symbol(")");
  return out + ")";
}

std::string usual_type_name(std::string name) {
  struct Alias {
    std::string_view written;
    std::string_view usual;
  };
  // What T-SQL accepts, then what Babelfish prints.
  constexpr std::array<Alias, 22> kAliases = {{{"character varying", "varchar"},
                                               {"char varying", "varchar"},
                                               {"character", "char"},
                                               {"national character varying", "nvarchar"},
                                               {"national char varying", "nvarchar"},
                                               {"national character", "nchar"},
                                               {"national char", "nchar"},
                                               {"national text", "ntext"},
                                               {"binary varying", "varbinary"},
                                               {"integer", "int"},
                                               {"dec", "decimal"},
                                               {"double precision", "float"},
                                               {"bpchar", "char"},
                                               {"int2", "smallint"},
                                               {"int4", "int"},
                                               {"int8", "bigint"},
                                               {"float4", "real"},
                                               {"float8", "float"},
                                               {"bool", "boolean"},
                                               {"fixeddecimal", "money"},
                                               {"bbf_varbinary", "varbinary"},
                                               {"bbf_binary", "binary"}}};
  for (const Alias& alias : kAliases)
    if (name == alias.written) return std::string(alias.usual);
  return name;
}

/// Source: SQL Server documentation, "CAST and CONVERT", "decimal and numeric".
std::string tsql_default_modifiers(std::string_view name) {
  if (is_any_of(name, {"char", "varchar", "nchar", "nvarchar", "binary", "varbinary"})) return "(30)";
  if (is_any_of(name, {"decimal", "numeric"})) return "(18,0)";
  return "";
}

}  // namespace

std::string read_name_part(ExpressionCursor& cursor) {
  if (!cursor.current().is_name() || cursor.current().text.empty()) cursor.refuse("a name");
  return cursor.advance().value();
}

std::vector<std::string> read_name_parts(ExpressionCursor& cursor) {
  std::vector<std::string> parts = {read_name_part(cursor)};
  while (cursor.take_symbol(".")) {
    // `base..object` leaves the schema out.
    if (cursor.take_symbol(".")) parts = {""};
    parts.push_back(read_name_part(cursor));
    if (parts.size() > 2) parts.erase(parts.begin());
  }
  if (parts.front().empty()) parts.erase(parts.begin());
  return parts;
}

std::string joined_name(const std::vector<std::string>& parts) {
  return parts.size() > 1 ? parts.front() + "." + parts.back() : parts.back();
}

std::string name_with_schema(const std::vector<std::string>& parts) {
  const std::string name = lower(joined_name(parts));
  return parts.size() > 1 && is_any_of(lower(parts.front()), {"sys", "pg_catalog"}) ? lower(parts.back()) : name;
}

std::string read_type(ExpressionCursor& cursor, bool is_tsql) {
  const bool is_plain = cursor.current().kind == TokenKind::word;
  std::string name = name_with_schema(read_name_parts(cursor));
  if (is_plain) {
    if (name == "national") name += " " + lower(read_name_part(cursor));
    if (name == "double" && cursor.take_word("precision")) name += " precision";
    const bool may_vary =
        is_any_of(name, {"character", "char", "bit", "binary", "national character", "national char"});
    if (may_vary && cursor.take_word("varying")) name += " varying";
  }
  name = usual_type_name(std::move(name));
  std::string modifiers = read_type_modifiers(cursor);
  const bool with_zone = cursor.current().is_word("with");
  if (with_zone || cursor.current().is_word("without")) {
    cursor.advance();
    cursor.expect_word("time");
    cursor.expect_word("zone");
    if (with_zone && is_any_of(name, {"time", "timestamp"})) name += "tz";
    // Babelfish prints smalldatetime(0) without time zone.
    if (name == "smalldatetime") modifiers.clear();
  }
  if (modifiers.empty() && is_tsql) modifiers = tsql_default_modifiers(name);
  name += modifiers;
  while (cursor.current().kind == TokenKind::bracketed && cursor.current().text.empty()) {
    cursor.advance();
    name += "[]";
  }
  return name;
}

std::string parse_type(std::string_view text) {
  ExpressionCursor cursor(text);
  std::string name = read_type(cursor, false);
  cursor.expect_end();
  return name;
}

std::string parse_qualified_name(std::string_view text) {
  ExpressionCursor cursor(text);
  const std::vector<std::string> parts = read_name_parts(cursor);
  cursor.expect_end();
  return joined_name(parts);
}

}  // namespace paripassu::sqlserver
