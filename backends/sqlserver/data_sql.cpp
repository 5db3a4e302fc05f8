#include "backends/sqlserver/data_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/sqlserver/babelfish.h"

namespace paripassu::sqlserver {

namespace {

using catalog::Type;
using catalog::TypeFamily;
using Kind = ChecksumForm::Kind;

constexpr int kDecimalPrecisionMax = 38;
constexpr int kBigintDigits = 19;
constexpr int kNvarcharLengthMax = 4'000;
constexpr int kSecondDigitsMax = 6;  // of a form
constexpr int kVersionAzure = 12;    // "12.0.2000.8", since 2014; SQL Server 2014 itself is not supported
constexpr int kVersion2019 = 15;

/// What other sessions of a read-only database need to know to see the same: nothing.
constexpr const char* kReadOnlyDatabase = "read-only database";

constexpr const char* kIsolationQuery =
    "SELECT CAST(snapshot_isolation_state AS int), CAST(is_read_committed_snapshot_on AS int), "
    "CAST(is_read_only AS int) FROM sys.databases WHERE database_id = DB_ID()";
constexpr const char* kBeginSnapshot = "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION";
constexpr const char* kBeginReadCommitted = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION";
/// The snapshot is taken by the first statement that reads, not by BEGIN TRANSACTION.
constexpr const char* kTakeSnapshot = "SELECT TOP (1) 1 FROM sys.objects";

constexpr const char* kRemedy = "; to compare one moment: ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON";

bool has_utf8_collations(const ServerInfo& server) {
  return server.version_major >= kVersion2019 || server.version_major == kVersionAzure;
}

std::string as_nvarchar(const Type& type, std::string_view expression) {
  const bool short_enough = type.length && *type.length <= kNvarcharLengthMax;
  return fmt::format("CONVERT(nvarchar({}), {})", short_enough ? std::to_string(kNvarcharLengthMax) : "max",
                     readable_expression(type, expression));
}

/// `bits` at least those of the type.
std::string float_text(std::string_view expression, int bits, const ServerInfo& server) {
  const std::string_view name = bits == 32 ? "real" : "float";
  const std::string value =
      fmt::format("CASE WHEN {0} = 0 THEN CONVERT({1}, 0) ELSE CONVERT({1}, {0}) END", expression, name);
  if (!server.genuine) return babelfish_float_hex(value, bits);
  return fmt::format("LOWER(CONVERT(varchar({}), CONVERT(binary({}), {}), 2))", bits / 4, bits / 8, value);
}

/// Absent where the digits that are asked for are more than a decimal has.
std::optional<std::string> decimal_text(const Type& type, std::string_view expression, int digits,
                                        const ServerInfo& server) {
  const bool is_integer = type.family == TypeFamily::integer;
  if (is_integer && digits == 0) return fmt::format("CONVERT(varchar(20), {})", expression);
  const int precision = is_integer ? kBigintDigits : type.precision.value_or(kDecimalPrecisionMax);
  const int scale = is_integer ? 0 : type.scale.value_or(0);
  if (precision - scale + digits > kDecimalPrecisionMax) return std::nullopt;
  const std::string fixed = server.genuine
                                ? fmt::format("CONVERT(decimal({}, {}), {})", kDecimalPrecisionMax, digits, expression)
                                : babelfish_round(std::string(expression), digits);
  const std::string text = fmt::format("CONVERT(varchar(41), {})", fixed);
  if (scale <= digits) return text;
  // money itself would be printed with two digits.
  return fmt::format("CASE WHEN {0} = {1} THEN {2} ELSE CONVERT(varchar(41), CONVERT(decimal({3}, {4}), {0})) END",
                     expression, fixed, text, precision, scale);
}

/// `whole` characters, the point, the digits.
std::string clock_text(const std::string& text, int whole, int digits, const ServerInfo& server) {
  const int kept = std::clamp(digits, 0, kSecondDigitsMax);
  return fmt::format("LEFT({}, {})", server.genuine ? text : babelfish_full_fraction(text),
                     kept == 0 ? whole : whole + 1 + kept);
}

std::string timestamp_text(const Type& type, std::string_view expression, int digits, const ServerInfo& server) {
  std::string value(expression);
  // From compatibility level 130 on, datetime becomes a datetime2(7) of ".0033333" (SQL Server 2016, "Breaking
  // changes").
  if (type.name == "datetime") value = fmt::format("CONVERT(datetime2(3), {})", value);
  if (type.with_time_zone) value = fmt::format("SWITCHOFFSET({}, '+00:00')", value);
  constexpr int kWhole = 19;
  return clock_text(fmt::format("CONVERT(varchar(27), CONVERT(datetime2(7), {}), 121)", value), kWhole, digits, server);
}

/// In UTF-8; absent where the server has no collation that can say it.
std::optional<std::string> utf8_text(const Type& type, std::string_view expression, bool trimmed,
                                     const ServerInfo& server) {
  std::string value = fmt::format("CONVERT(nvarchar(max), {})", readable_expression(type, expression));
  if (trimmed) value = fmt::format("RTRIM({})", value);
  // Babelfish hashes nvarchar as UTF-8.
  if (!server.genuine) return value;
  if (!has_utf8_collations(server)) return std::nullopt;
  return fmt::format("CONVERT(varchar(max), {} COLLATE Latin1_General_100_BIN2_UTF8)", value);
}

/// Without a frame; NULL of NULL.
std::optional<std::string> value_text(const Type& type, const ChecksumForm& form, std::string_view expression,
                                      const ServerInfo& server) {
  const TypeFamily family = type.family;
  const bool is_number = family == TypeFamily::integer || family == TypeFamily::decimal;
  const bool is_text = family == TypeFamily::text || family == TypeFamily::json || family == TypeFamily::xml;
  switch (form.kind) {
    case Kind::integer:
    case Kind::boolean:
      if (family == TypeFamily::boolean) return fmt::format("CONVERT(varchar(1), {})", expression);
      if (is_number) return decimal_text(type, expression, 0, server);
      break;
    case Kind::decimal:
      if (is_number) return decimal_text(type, expression, form.digits, server);
      break;
    case Kind::float32:
      if (family == TypeFamily::floating && type.bits == 32) return float_text(expression, 32, server);
      break;
    case Kind::float64:
      if (family == TypeFamily::floating) return float_text(expression, 64, server);
      break;
    case Kind::text:
    case Kind::trimmed_text:
      if (is_text) return utf8_text(type, expression, form.kind == Kind::trimmed_text, server);
      break;
    case Kind::bytes:
      if (family != TypeFamily::binary) break;
      if (!server.genuine) return babelfish_hex(fmt::format("CONVERT(varbinary(max), {})", expression));
      return fmt::format("LOWER(CONVERT(varchar(max), CONVERT(varbinary(max), {}), 2))", expression);
    case Kind::uuid:
      if (family == TypeFamily::uuid) return fmt::format("LOWER(CONVERT(char(36), {}))", expression);
      break;
    case Kind::date:
      if (family == TypeFamily::date) return fmt::format("CONVERT(char(10), {}, 23)", expression);
      break;
    case Kind::time: {
      constexpr int kWhole = 8;
      if (family == TypeFamily::time)
        return clock_text(fmt::format("CONVERT(varchar(16), CONVERT(time(7), {}), 121)", expression), kWhole,
                          form.digits, server);
      break;
    }
    case Kind::timestamp:
    case Kind::instant:
      if (family == TypeFamily::timestamp && type.with_time_zone == (form.kind == Kind::instant))
        return timestamp_text(type, expression, form.digits, server);
      break;
  }
  return std::nullopt;
}

}  // namespace

std::string readable_expression(const Type& type, std::string_view expression) {
  // The drivers read the two old types of text in parts only, and the server does not compare them.
  if (type.name == "text") return fmt::format("CONVERT(varchar(max), {})", expression);
  if (type.name == "ntext" || type.name == "json" || type.name == "vector" || type.name == "xml")
    return fmt::format("CONVERT(nvarchar(max), {})", expression);
  if (type.name == "image" || type.name == "geometry" || type.name == "geography")
    return fmt::format("CONVERT(varbinary(max), {})", expression);
  if (type.name == "hierarchyid") return fmt::format("{}.ToString()", expression);
  // Without a style, times lose their seconds and floating numbers their digits.
  if (type.name == "sql_variant")
    return fmt::format(
        "CASE WHEN SQL_VARIANT_PROPERTY({0}, 'BaseType') IN ('date', 'time', 'smalldatetime', 'datetime', 'datetime2', "
        "'datetimeoffset') THEN CONVERT(nvarchar(max), {0}, 121) "
        "WHEN SQL_VARIANT_PROPERTY({0}, 'BaseType') IN ('real', 'float') "
        "THEN CONVERT(nvarchar(max), CONVERT(float, {0}), 3) "
        "WHEN SQL_VARIANT_PROPERTY({0}, 'BaseType') IN ('smallmoney', 'money') "
        "THEN CONVERT(nvarchar(max), CONVERT(decimal(19, 4), {0})) "
        "WHEN SQL_VARIANT_PROPERTY({0}, 'BaseType') IN ('binary', 'varbinary') "
        "THEN CONVERT(nvarchar(max), CONVERT(varbinary(8000), {0}), 1) "
        "ELSE CONVERT(nvarchar(max), {0}) END",
        expression);
  return std::string(expression);
}

std::optional<std::string> SqlServerDataSql::read_expression(const catalog::Column& column, std::string&) const {
  return readable_expression(column.type, dialect_.quote_identifier(column.name));
}

bool SqlServerDataSql::is_long(const Type& type) const {
  switch (type.family) {
    case TypeFamily::text:
    case TypeFamily::binary:
      return !type.length;
    case TypeFamily::json:
    case TypeFamily::xml:
    case TypeFamily::spatial:
      return true;
    case TypeFamily::other:
      return type.name != "hierarchyid";
    default:
      return false;
  }
}

std::string SqlServerDataSql::order_by_value(const Type& type, std::string_view expression) const {
  // The server orders uuids by groups, from the last one to the first; their digits from left to right.
  if (type.family == TypeFamily::uuid)
    return fmt::format("CONVERT(char(36), {}) COLLATE Latin1_General_100_BIN2", expression);
  return std::string(expression);
}

std::string SqlServerDataSql::order_by_code_points(const Type& type, std::string_view expression) const {
  // A comparison pads the shorter text with blanks, so that what ends in control characters would come before what it
  // begins with, and blanks at the end would not count. Hence the character at the end, below all others.
  std::string text = as_nvarchar(type, expression);
  if (type.fixed_length) text = fmt::format("RTRIM({})", text);
  return fmt::format("({} + NCHAR(1)) COLLATE Latin1_General_100_BIN2", text);
}

ReadSnapshot SqlServerDataSql::begin_snapshot(Session& session) const {
  const ResultSet rows = session.query(kIsolationQuery);
  const auto is_set = [&](std::size_t column) { return rows.row_count() == 1 && rows.row(0)[column] == "1"; };
  const bool snapshot_allowed = is_set(0);
  const bool versioned = is_set(1);
  ReadSnapshot snapshot;
  if (is_set(2)) {
    session.execute(kBeginReadCommitted);
    snapshot.consistent = true;
    snapshot.id = kReadOnlyDatabase;
    return snapshot;
  }
  if (!snapshot_allowed) {
    session.execute(kBeginReadCommitted);
    snapshot.note = versioned ? "read without a consistent snapshot: each statement sees a moment of its own"
                              : "read without a consistent snapshot: rows that move while they are read can be missed "
                                "or read twice";
    snapshot.note += kRemedy;
    return snapshot;
  }
  session.execute(kBeginSnapshot);
  try {
    session.query(kTakeSnapshot);
  } catch (const Error& error) {
    if (!error.poisons_connection()) session.rollback();
    throw;
  }
  snapshot.consistent = true;
  return snapshot;
}

void SqlServerDataSql::join_snapshot(Session& session, const std::string& id) const {
  if (id != kReadOnlyDatabase)
    throw Error(ErrorCategory::not_supported, "sessions of SQL Server cannot share a snapshot")
        .with_engine("sqlserver")
        .with_remedy("let every session begin its own");
  session.execute(kBeginReadCommitted);
}

std::string SqlServerDataSql::estimated_rows_query(std::string_view schema, std::string_view table) const {
  // Babelfish answers 0 for every table ("partition-rows-zero").
  return fmt::format(
      "SELECT NULLIF(SUM(p.rows), 0) FROM sys.partitions AS p WHERE p.object_id = OBJECT_ID({}) AND p.index_id IN (0, "
      "1)",
      dialect_.quote_literal(dialect_.qualified(schema, table)));
}

std::optional<std::string> SqlServerDataSql::checksum_text(const Type& type, const ChecksumForm& form,
                                                           std::string_view expression,
                                                           const ServerInfo& server) const {
  const std::optional<std::string> text = value_text(type, form, expression, server);
  if (!text) return std::nullopt;
  // What cannot hold an apostrophe needs no quotes.
  if (form.kind != Kind::text && form.kind != Kind::trimmed_text) return fmt::format("ISNULL({} + ',', '-,')", *text);
  return fmt::format("ISNULL('''' + REPLACE({}, '''', '''''') + ''',', '-,')", *text);
}

std::string SqlServerDataSql::checksum_query(std::string_view qualified_table, const std::vector<std::string>& texts,
                                             std::string_view where) const {
  // As varchar(max), since a concatenation of shorter texts is cut at 8,000 bytes. SUM of bigint would overflow.
  return fmt::format(R"sql(
SELECT COUNT_BIG(*),
       CONVERT(varchar(40), ISNULL(SUM(CONVERT(decimal(38, 0), CONVERT(bigint, SUBSTRING(h, 1, 6)))), 0)),
       CONVERT(varchar(40), ISNULL(SUM(CONVERT(decimal(38, 0), CONVERT(bigint, SUBSTRING(h, 7, 6)))), 0))
FROM (SELECT HASHBYTES('MD5', CONVERT(varchar(max), ''){}{}) AS h
      FROM {}{}{}
) AS q)sql",
                     texts.empty() ? "" : " + ", fmt::join(texts, " + "), qualified_table,
                     where.empty() ? "" : "\n      WHERE ", where);
}

}  // namespace paripassu::sqlserver
