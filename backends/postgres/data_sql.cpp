#include "backends/postgres/data_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace paripassu::postgres {

namespace {

using catalog::Type;
using catalog::TypeFamily;
using Kind = ChecksumForm::Kind;

constexpr int kSecondDigitsMax = 6;

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A session that waits for others with its snapshot open is idle on purpose. transaction_timeout exists from 17 on.
constexpr const char* kNoTimeouts = R"sql(
SELECT pg_catalog.set_config(name, '0', true)
FROM pg_catalog.pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout'))sql";

/// The statistics of a table grow old while it grows; the planner scales them by its pages, and so does this. A table
/// that was never analysed has -1 rows, before 14 it has 0 rows on 0 pages. A partitioned table has those of its
/// leaves.
constexpr const char* kEstimatedRows = R"sql(
SELECT CASE WHEN count(*) = 0 OR min(p.estimate) < 0 THEN -1 ELSE sum(p.estimate)::bigint END
FROM (
  SELECT CASE
    WHEN c.relkind NOT IN ('r', 'm') THEN -1
    WHEN pg_catalog.pg_relation_size(c.oid) = 0 THEN 0
    WHEN c.reltuples < 0 OR c.relpages = 0 THEN -1
    ELSE c.reltuples::float8 / c.relpages
      * (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int)
    END AS estimate
  FROM pg_catalog.pg_class t
  CROSS JOIN LATERAL (
    SELECT t.oid WHERE t.relkind <> 'p'
    UNION ALL
    SELECT tree.relid FROM pg_catalog.pg_partition_tree(t.oid) AS tree WHERE t.relkind = 'p' AND tree.isleaf
  ) AS leaf (oid)
  JOIN pg_catalog.pg_class c ON c.oid = leaf.oid
  WHERE t.oid = pg_catalog.to_regclass({})) AS p)sql";

bool is_number(TypeFamily family) {
  return family == TypeFamily::integer || family == TypeFamily::decimal;
}

/// "….123456" with fewer digits, and without the point if there are none.
std::string clock_text(std::string_view expression, std::string_view format, int digits) {
  const std::string text = fmt::format("pg_catalog.to_char({}, '{}')", expression, format);
  if (digits >= kSecondDigitsMax) return text;
  return fmt::format("pg_catalog.left({}, -{})", text, digits <= 0 ? kSecondDigitsMax + 1 : kSecondDigitsMax - digits);
}

/// to_char knows no infinity and no years before 1, which the text of the type does.
std::string timestamp_text(std::string_view expression, int digits) {
  return fmt::format("CASE WHEN {0} >= '0001-01-01' AND {0} < 'infinity' THEN {1} ELSE ({0})::text END", expression,
                     clock_text(expression, "YYYY-MM-DD HH24:MI:SS.US", digits));
}

std::string decimal_text(const Type& type, std::string_view expression, int digits) {
  if (type.family == TypeFamily::integer && digits == 0) return fmt::format("({})::text", expression);
  const std::string rounded = fmt::format("pg_catalog.round(({})::numeric, {})", expression, digits);
  const bool fits = type.family == TypeFamily::integer || (type.scale && *type.scale <= digits);
  if (fits) return rounded + "::text";
  return fmt::format("CASE WHEN {0} = ({1})::numeric THEN {0}::text ELSE ({1})::numeric::text END", rounded,
                     expression);
}

std::string float_text(std::string_view expression, int bits) {
  return fmt::format("pg_catalog.encode(pg_catalog.float{1}send(CASE WHEN {0} = 0 THEN '0' ELSE {0} END), 'hex')",
                     expression, bits / 8);
}

/// Without a frame; NULL of NULL.
std::optional<std::string> value_text(const Type& type, const ChecksumForm& form, std::string_view expression) {
  const TypeFamily family = type.family;
  if (type.array_dimensions > 0) return std::nullopt;
  const bool is_text = family == TypeFamily::text || family == TypeFamily::enumeration || family == TypeFamily::json ||
                       family == TypeFamily::xml;
  const bool is_floating = family == TypeFamily::floating;
  const bool is_timestamp = family == TypeFamily::timestamp;
  switch (form.kind) {
    case Kind::integer:
    case Kind::boolean:
      if (family == TypeFamily::boolean) return fmt::format("({})::int::text", expression);
      if (is_number(family)) return decimal_text(type, expression, 0);
      break;
    case Kind::decimal:
      if (is_number(family)) return decimal_text(type, expression, form.digits);
      break;
    case Kind::float32:
      if (is_floating && type.bits == 32) return float_text(expression, 32);
      break;
    case Kind::float64:
      if (is_floating) return float_text(fmt::format("({})::float8", expression), 64);
      break;
    case Kind::text:
      if (is_text) return fmt::format("({})::text", expression);
      break;
    case Kind::trimmed_text:
      if (is_text) return fmt::format("pg_catalog.rtrim(({})::text)", expression);
      break;
    case Kind::bytes:
      if (family == TypeFamily::binary) return fmt::format("pg_catalog.encode({}, 'hex')", expression);
      break;
    case Kind::uuid:
      if (family == TypeFamily::uuid) return fmt::format("({})::text", expression);
      break;
    case Kind::date:
      // Sessions have datestyle ISO.
      if (family == TypeFamily::date) return fmt::format("({})::text", expression);
      break;
    case Kind::time:
      if (family == TypeFamily::time && !type.with_time_zone)
        return clock_text(expression, "HH24:MI:SS.US", form.digits);
      break;
    case Kind::timestamp:
      if (is_timestamp && !type.with_time_zone) return timestamp_text(expression, form.digits);
      break;
    case Kind::instant:
      if (is_timestamp && type.with_time_zone)
        return timestamp_text(fmt::format("({} AT TIME ZONE 'UTC')", expression), form.digits);
      break;
  }
  return std::nullopt;
}

/// Leaves no transaction behind when `work` throws.
template <typename Work>
void begin(Session& session, Work work) {
  session.execute(kBegin);
  try {
    work();
    session.query(kNoTimeouts);
  } catch (const Error& error) {
    if (!error.poisons_connection()) session.rollback();
    throw;
  }
}

}  // namespace

std::optional<std::string> PostgresDataSql::read_expression(const catalog::Column& column, std::string&) const {
  // BatchReader has the server cast what it cannot decode to text.
  return dialect_.quote_identifier(column.name);
}

bool PostgresDataSql::is_long(const Type&) const {
  return false;
}

std::string PostgresDataSql::order_by_value(const Type&, std::string_view expression) const {
  return std::string(expression);
}

std::string PostgresDataSql::order_by_code_points(const Type&, std::string_view expression) const {
  // The cast takes away the padding of char(n), and the order of its own that citext or an enumeration has.
  return fmt::format("({})::text COLLATE \"C\"", expression);
}

ReadSnapshot PostgresDataSql::begin_snapshot(Session& session) const {
  ReadSnapshot snapshot;
  snapshot.consistent = true;
  try {
    begin(session,
          [&] { snapshot.id = session.query("SELECT pg_catalog.pg_export_snapshot()").row(0)[0].value_or(""); });
  } catch (const Error& error) {
    // Not every server exports snapshots. One that is not exported is as consistent.
    if (error.poisons_connection() || error.category() == ErrorCategory::interrupted) throw;
    snapshot.id.clear();
    begin(session, [] {});
  }
  return snapshot;
}

void PostgresDataSql::join_snapshot(Session& session, const std::string& id) const {
  begin(session, [&] { session.execute("SET TRANSACTION SNAPSHOT " + dialect_.quote_literal(id)); });
}

std::string PostgresDataSql::estimated_rows_query(std::string_view schema, std::string_view table) const {
  return fmt::format(fmt::runtime(kEstimatedRows), dialect_.quote_literal(dialect_.qualified(schema, table)));
}

std::optional<std::string> PostgresDataSql::checksum_text(const Type& type, const ChecksumForm& form,
                                                          std::string_view expression, const ServerInfo&) const {
  const std::optional<std::string> text = value_text(type, form, expression);
  if (!text) return std::nullopt;
  // What cannot hold an apostrophe needs no quotes.
  if (form.kind != Kind::text && form.kind != Kind::trimmed_text)
    return fmt::format("coalesce({} || ',', '-,')", *text);
  return fmt::format("coalesce('''' || pg_catalog.replace({}, '''', '''''') || ''',', '-,')", *text);
}

std::string PostgresDataSql::checksum_query(std::string_view qualified_table, const std::vector<std::string>& texts,
                                            std::string_view where) const {
  // The server's encoding may be another one than UTF-8; where it is UTF-8, convert_to costs next to nothing.
  return fmt::format(R"sql(
SELECT count(*),
       coalesce(sum(('x' || pg_catalog.substr(h, 1, 12))::bit(48)::bigint), 0),
       coalesce(sum(('x' || pg_catalog.substr(h, 13, 12))::bit(48)::bigint), 0)
FROM (SELECT pg_catalog.md5(pg_catalog.convert_to({}, 'UTF8')) AS h
      FROM {}{}{}
) AS q)sql",
                     texts.empty() ? "''" : fmt::format("{}", fmt::join(texts, " || ")), qualified_table,
                     where.empty() ? "" : "\n      WHERE ", where);
}

}  // namespace paripassu::postgres
