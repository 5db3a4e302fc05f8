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

}  // namespace paripassu::postgres
