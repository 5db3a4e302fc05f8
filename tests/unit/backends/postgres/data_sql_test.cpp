#include "backends/postgres/data_sql.h"

#include <doctest/doctest.h>

#include <string>

#include "backends/postgres/ddl_types.h"
#include "backends/postgres/dml_writer.h"
#include "tests/unit/backends/answering_session.h"

namespace paripassu::postgres {
namespace {

using catalog::Column;
using catalog::Type;
using catalog::TypeFamily;
using Kind = ChecksumForm::Kind;

const PostgresDataSql kSql;

Type of(TypeFamily family, std::string name, int bits = 0) {
  Type type;
  type.family = family;
  type.name = std::move(name);
  type.printed = type.name;
  type.bits = bits;
  return type;
}

Type numeric(std::optional<int> scale) {
  Type type = of(TypeFamily::decimal, "numeric");
  if (scale) type.precision = 12;
  type.scale = scale;
  return type;
}

Type timestamp(bool with_time_zone) {
  Type type = of(TypeFamily::timestamp, with_time_zone ? "timestamptz" : "timestamp");
  type.with_time_zone = with_time_zone;
  return type;
}

Type bpchar() {
  Type type = of(TypeFamily::text, "bpchar");
  type.fixed_length = true;
  return type;
}

std::string checksum(const Type& type, ChecksumForm form) {
  return kSql.checksum_text(type, form, "\"c\"", {}).value_or("none");
}

const PostgresDmlWriter kWriter;

std::string remove(const Type& type, const Cell& value) {
  return kWriter.remove("s", "t", {{"c", type}}, {value});
}

}  // namespace

TEST_CASE("DataSql of PostgreSQL reads every column as it is, under its quoted name") {
  Column column;
  column.name = "we\"ird";
  std::string why;
  for (const Type& type : {bpchar(), of(TypeFamily::other, "inet"), of(TypeFamily::decimal, "money")}) {
    column.type = type;
    CHECK(kSql.read_expression(column, why) == "\"we\"\"ird\"");
    CHECK_FALSE(kSql.is_long(type));
  }
  CHECK(why.empty());
}

TEST_CASE("DataSql of PostgreSQL orders texts by code points and everything else as the server does") {
  CHECK(kSql.order_by_value(of(TypeFamily::uuid, "uuid"), "\"c\"") == "\"c\"");
  CHECK(kSql.order_by_code_points(bpchar(), "\"c\"") == "(\"c\")::text COLLATE \"C\"");
}

TEST_CASE("DataSql of PostgreSQL frames the texts of a checksum, and quotes only what can hold an apostrophe") {
  CHECK(checksum(of(TypeFamily::integer, "int8", 64), {Kind::integer, 0}) == "coalesce((\"c\")::text || ',', '-,')");
  CHECK(checksum(of(TypeFamily::boolean, "bool"), {Kind::integer, 0}) == "coalesce((\"c\")::int::text || ',', '-,')");
  CHECK(checksum(bpchar(), {Kind::trimmed_text, 0}) ==
        "coalesce('''' || pg_catalog.replace(pg_catalog.rtrim((\"c\")::text), '''', '''''') || ''',', '-,')");
  CHECK(checksum(of(TypeFamily::binary, "bytea"), {Kind::bytes, 0}) ==
        "coalesce(pg_catalog.encode(\"c\", 'hex') || ',', '-,')");
}

TEST_CASE("DataSql of PostgreSQL rounds a number for a checksum only where it loses nothing") {
  CHECK(checksum(numeric(2), {Kind::decimal, 4}) ==
        "coalesce(pg_catalog.round((\"c\")::numeric, 4)::text || ',', '-,')");
  const std::string guarded = "CASE WHEN pg_catalog.round((\"c\")::numeric, 2) = (\"c\")::numeric THEN";
  CHECK(checksum(numeric(4), {Kind::decimal, 2}).find(guarded) != std::string::npos);
  CHECK(checksum(numeric(std::nullopt), {Kind::decimal, 2}).find(guarded) != std::string::npos);
}

TEST_CASE("DataSql of PostgreSQL cuts times for a checksum to the digits of the form") {
  const std::string to_char = "pg_catalog.to_char(\"c\", 'HH24:MI:SS.US')";
  const Type time = of(TypeFamily::time, "time");
  CHECK(checksum(time, {Kind::time, 6}) == "coalesce(" + to_char + " || ',', '-,')");
  CHECK(checksum(time, {Kind::time, 9}) == "coalesce(" + to_char + " || ',', '-,')");
  CHECK(checksum(time, {Kind::time, 3}) == "coalesce(pg_catalog.left(" + to_char + ", -3) || ',', '-,')");
  CHECK(checksum(time, {Kind::time, 0}) == "coalesce(pg_catalog.left(" + to_char + ", -7) || ',', '-,')");
  const std::string instant = checksum(timestamp(true), {Kind::instant, 6});
  CHECK(instant.find("(\"c\" AT TIME ZONE 'UTC') < 'infinity'") != std::string::npos);
}

TEST_CASE("DataSql of PostgreSQL has no checksum for types that do not go with the form") {
  CHECK(checksum(timestamp(true), {Kind::timestamp, 6}) == "none");
  CHECK(checksum(timestamp(false), {Kind::instant, 6}) == "none");
  CHECK(checksum(of(TypeFamily::floating, "float8", 64), {Kind::float32, 0}) == "none");
  CHECK(checksum(of(TypeFamily::interval, "interval"), {Kind::text, 0}) == "none");
  CHECK(checksum(of(TypeFamily::integer, "int4", 32), {Kind::text, 0}) == "none");
  Type array = of(TypeFamily::text, "text");
  array.array_dimensions = 1;
  CHECK(checksum(array, {Kind::text, 0}) == "none");
  Type zoned = of(TypeFamily::time, "timetz");
  zoned.with_time_zone = true;
  CHECK(checksum(zoned, {Kind::time, 6}) == "none");
}

TEST_CASE("DataSql of PostgreSQL keeps a condition that ends in a comment apart from what follows") {
  const std::string query = kSql.checksum_query("\"s\".\"t\"", {"a", "b"}, "n > 1 -- all");
  CHECK(query.find("convert_to(a || b, 'UTF8')") != std::string::npos);
  CHECK(query.find("WHERE n > 1 -- all\n) AS q") != std::string::npos);
  CHECK(kSql.checksum_query("t", {"a"}, "").find("WHERE") == std::string::npos);
}

TEST_CASE("DataSql of PostgreSQL takes a snapshot that it does not share where none can be exported") {
  test::AnsweringSession session([](const std::string& sql) -> std::vector<Cell> {
    if (sql.find("pg_export_snapshot") != std::string::npos)
      throw Error(ErrorCategory::permission, "permission denied for function pg_export_snapshot");
    return {"0"};
  });
  const ReadSnapshot snapshot = kSql.begin_snapshot(session);
  CHECK(snapshot.consistent);
  CHECK(snapshot.id.empty());
  REQUIRE(session.log.size() == 5);
  CHECK(session.log[2] == "rollback");
  CHECK(session.log[3] == "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  CHECK(session.log[4].find("set_config") != std::string::npos);
}

TEST_CASE("DataSql of PostgreSQL leaves no transaction where a snapshot cannot be joined") {
  test::AnsweringSession session([](const std::string& sql) -> std::vector<Cell> {
    if (sql.starts_with("SET TRANSACTION")) throw Error(ErrorCategory::data, "invalid snapshot identifier");
    return {"0"};
  });
  CHECK_THROWS_AS(kSql.join_snapshot(session, "it's"), Error);
  REQUIRE(session.log.size() == 3);
  CHECK(session.log[1] == "SET TRANSACTION SNAPSHOT 'it''s'");
  CHECK(session.log[2] == "rollback");
}

TEST_CASE("DmlWriter of PostgreSQL compares values in quotes, so that they take the column's type") {
  CHECK(remove(of(TypeFamily::integer, "int4", 32), "-7") == "DELETE FROM \"s\".\"t\" WHERE \"c\" = '-7'");
  CHECK(remove(of(TypeFamily::floating, "float4", 32), "0.1") == "DELETE FROM \"s\".\"t\" WHERE \"c\" = '0.1'");
  CHECK(remove(of(TypeFamily::boolean, "bool"), "true") == "DELETE FROM \"s\".\"t\" WHERE \"c\" = 'true'");
  CHECK(remove(of(TypeFamily::integer, "int4", 32), std::nullopt) == "DELETE FROM \"s\".\"t\" WHERE \"c\" IS NULL");
}

TEST_CASE("DmlWriter of PostgreSQL compares texts exactly, beside the comparison of the column") {
  CHECK(remove(of(TypeFamily::text, "citext"), "it's") ==
        "DELETE FROM \"s\".\"t\" WHERE \"c\" = 'it''s' AND \"c\"::text COLLATE \"C\" = 'it''s'");
  CHECK(remove(bpchar(), "a  ") == "DELETE FROM \"s\".\"t\" WHERE \"c\" = 'a  ' AND \"c\"::text COLLATE \"C\" = 'a'");
}

TEST_CASE("DmlWriter of PostgreSQL deletes copies by their place, and compares as text what cannot be compared") {
  CHECK(kWriter.remove_copies("s", "t",
                              {{"j", of(TypeFamily::json, "json")}, {"n", of(TypeFamily::integer, "int4", 32)}},
                              {"{\"a\": 1}", "5"}, 2) ==
        "DELETE FROM \"s\".\"t\" WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM \"s\".\"t\" WHERE "
        "\"j\"::text COLLATE \"C\" = '{\"a\": 1}' AND \"n\" = '5' LIMIT 2)");
}

TEST_CASE("DmlWriter of PostgreSQL writes keys as one list, or as alternatives") {
  const DmlColumn a{"a", of(TypeFamily::integer, "int4", 32)};
  const DmlColumn b{"b", of(TypeFamily::text, "text")};
  CHECK(kWriter.key_condition({a}, {{"1"}, {"2"}}) == "(\"a\" IN ('1', '2'))");
  CHECK(kWriter.key_condition({a}, {{"1"}, {std::nullopt}}) == "(\"a\" IN ('1') OR \"a\" IS NULL)");
  CHECK(kWriter.key_condition({a}, {{std::nullopt}}) == "(\"a\" IS NULL)");
  CHECK(kWriter.key_condition({a, b}, {{"1", "x"}, {"2", std::nullopt}}) ==
        "((\"a\" = '1' AND \"b\" = 'x') OR (\"a\" = '2' AND \"b\" IS NULL))");
}

TEST_CASE("DmlWriter of PostgreSQL updates by key, and names the column of a value that does not fit") {
  const DmlColumn id{"id", of(TypeFamily::integer, "int2", 16)};
  const DmlColumn note{"note", of(TypeFamily::text, "text")};
  CHECK(kWriter.update("s", "t", {note, id}, {Cell("it's"), std::nullopt}, {id}, {"7"}) ==
        "UPDATE \"s\".\"t\" SET \"note\" = 'it''s', \"id\" = DEFAULT WHERE \"id\" = '7'");
  try {
    kWriter.remove("s", "t", {id}, {"70000"});
    FAIL("70000 is no smallint");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::data);
    CHECK(std::string(error.what()).find("column id") != std::string::npos);
  }
  CHECK_THROWS_AS(kWriter.remove("s", "t", {}, {}), Error);
  CHECK_THROWS_AS(kWriter.key_condition({id}, {}), Error);
}

}  // namespace paripassu::postgres
