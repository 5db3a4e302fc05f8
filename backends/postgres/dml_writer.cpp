#include "backends/postgres/dml_writer.h"

#include <fmt/format.h>

#include "backends/postgres/dml_values.h"

namespace paripassu::postgres {

std::string PostgresDmlWriter::literal(const catalog::Type& type, const Cell& value) const {
  if (!value) return "NULL";
  if (type.array_dimensions > 0) return dialect_.quote_literal(array_input_text(type, *value));
  const InputText input = input_text(type, *value);
  return input.bare ? input.text : dialect_.quote_literal(input.text);
}

std::string PostgresDmlWriter::insert_statement(const std::string& table, const std::string& columns,
                                                const std::string& tuples, bool identity_given) const {
  return fmt::format("INSERT INTO {} ({}){} VALUES\n{}", table, columns,
                     identity_given ? " OVERRIDING SYSTEM VALUE" : "", tuples);
}

std::string PostgresDmlWriter::move_counter(const std::string& schema, const std::string& table,
                                            const GivenIdentity& given) const {
  // A counter is never moved back. One that was not used yet has no last value, only a first one, which nextval alone
  // tells; it is given back when it lies behind the values.
  return fmt::format(
      R"sql(SELECT pg_catalog.setval(c.sequence,
  CASE WHEN c.first IS NULL THEN c.given WHEN c.step > 0 THEN greatest(c.first, c.given) ELSE least(c.first, c.given) END,
  c.first IS NULL OR CASE WHEN c.step > 0 THEN c.given >= c.first ELSE c.given <= c.first END)
FROM (
  SELECT g.sequence, g.step, g.given, CASE WHEN g.last IS NULL THEN pg_catalog.nextval(g.sequence) END AS first
  FROM (
    SELECT s.seqrelid::pg_catalog.regclass AS sequence, s.seqincrement AS step, s.seqmin, s.seqmax,
      pg_catalog.pg_sequence_last_value(s.seqrelid::pg_catalog.regclass) AS last,
      CASE WHEN s.seqincrement > 0 THEN '{}'::bigint ELSE '{}'::bigint END AS given
    FROM pg_catalog.pg_sequence s
    WHERE s.seqrelid = pg_catalog.pg_get_serial_sequence({}, {})::pg_catalog.regclass) g
  WHERE g.given BETWEEN g.seqmin AND g.seqmax
    AND (g.last IS NULL OR CASE WHEN g.step > 0 THEN g.given > g.last ELSE g.given < g.last END)) c)sql",
      given.highest, given.lowest, dialect_.quote_literal(dialect_.qualified(schema, table)),
      dialect_.quote_literal(given.column));
}

namespace {

using catalog::Type;
using catalog::TypeFamily;

/// How the engine's own `=` of a type goes with the value itself.
enum class Equality {
  exact,
  loose,    ///< a collation, citext, or an interval of 24 hours: different values can be equal
  missing,  ///< json, xml, point: there is none, or it compares areas; or it is not known
};

Equality equality_of(const Type& type) {
  // Arrays of these compare as their elements do.
  switch (type.family) {
    case TypeFamily::text:
      return type.name == "name" || type.name == "char" ? Equality::exact : Equality::loose;
    case TypeFamily::interval:
      return Equality::loose;
    case TypeFamily::json:
      return type.name == "jsonb" ? Equality::loose : Equality::missing;
    case TypeFamily::xml:
    case TypeFamily::spatial:
    case TypeFamily::composite:
    case TypeFamily::other:
      return Equality::missing;
    default:
      return type.array_dimensions > 0 ? Equality::loose : Equality::exact;
  }
}

}  // namespace

/// In quotes, so that it becomes a value of the column's type: a bare 0.1 would be a numeric, which no real is equal
/// to.
std::string PostgresDmlWriter::compared_literal(const Type& type, const std::string& value) const {
  if (type.array_dimensions > 0) return dialect_.quote_literal(array_input_text(type, value));
  return dialect_.quote_literal(input_text(type, value).text);
}

std::string PostgresDmlWriter::same_value(const std::string& name, const Type& type, const std::string& value,
                                          bool in_key) const {
  const Equality equality = equality_of(type);
  const std::string literal = compared_literal(type, value);
  const std::string equal = fmt::format("{} = {}", name, literal);
  if (equality == Equality::exact) return equal;
  // As text, char(n) has no padding.
  const bool padded = type.family == TypeFamily::text && type.fixed_length && type.array_dimensions == 0;
  const std::string text =
      padded ? dialect_.quote_literal(std::string_view(value).substr(0, value.find_last_not_of(' ') + 1)) : literal;
  const std::string same = fmt::format("{}::text COLLATE \"C\" = {}", name, text);
  // A column of a key can be compared, whatever its type is.
  return in_key ? equal + " AND " + same : same;
}

std::string PostgresDmlWriter::delete_some(const std::string& table, const std::string& condition,
                                           std::uint64_t copies) const {
  // Partitions number their rows each for itself.
  return fmt::format("DELETE FROM {0} WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM {0} WHERE {1} LIMIT {2})",
                     table, condition, copies);
}

}  // namespace paripassu::postgres
