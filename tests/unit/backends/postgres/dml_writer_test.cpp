#include "backends/postgres/dml_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "backends/postgres/ddl_types.h"
#include "backends/postgres/script_reader.h"

namespace paripassu::postgres {
namespace {

using catalog::Type;
using catalog::TypeFamily;
using Value = DmlWriter::Value;
using Row = std::vector<Value>;

const PostgresDmlWriter kWriter;

Type type(std::string_view name) {
  std::optional<Type> found = type_of_name(name);
  REQUIRE(found);
  found->printed = name;
  return *found;
}

Type named(TypeFamily family, std::string name) {
  Type result;
  result.family = family;
  result.name = result.printed = std::move(name);
  return result;
}

std::string literal(std::string_view type_name, std::string text) {
  return kWriter.literal(type(type_name), Cell(std::move(text)));
}

/// What the writer says against the value; empty when it takes it.
std::string refusal(const Type& column, const std::string& text) {
  try {
    kWriter.literal(column, text);
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::data);
    return error.message();
  }
  return {};
}

std::string refusal(std::string_view type_name, const std::string& text) {
  return refusal(type(type_name), text);
}

DmlColumn column(std::string name, std::string_view type_name, bool identity = false) {
  return {std::move(name), type(type_name), identity};
}

}  // namespace

TEST_CASE("DmlWriter of PostgreSQL writes numbers and booleans bare") {
  CHECK(literal("boolean", "true") == "true");
  CHECK(literal("boolean", "0") == "false");
  CHECK(literal("smallint", "-32768") == "-32768");
  CHECK(literal("integer", "+7") == "7");
  CHECK(literal("bigint", "-9223372036854775808") == "-9223372036854775808");
  CHECK(literal("numeric", "0.000") == "0.000");
  CHECK(literal("numeric(10,2)", "-0.00") == "0.00");
  CHECK(literal("numeric(10,2)", "12.500") == "12.500");
  CHECK(literal("numeric", "1.25e-3") == "0.00125");
  CHECK(literal("numeric", "-1.5E+2") == "-150");
  CHECK(literal("money", "-92233720368547758.08") == "-92233720368547758.08");
  CHECK(kWriter.literal(type("integer"), std::nullopt) == "NULL");
}

TEST_CASE("DmlWriter of PostgreSQL quotes what is no number") {
  CHECK(literal("double precision", "5e-324") == "'5e-324'");
  CHECK(literal("real", "NaN") == "'NaN'");
  CHECK(literal("numeric", "NaN") == "'NaN'");
  CHECK(literal("numeric", "-Infinity") == "'-Infinity'");
  CHECK(literal("text", "it's") == "'it''s'");
  CHECK(literal("text", "a\\b") == "E'a\\\\b'");
  CHECK(literal("text", "'; DROP TABLE x; --") == "'''; DROP TABLE x; --'");
  CHECK(literal("bytea", "0x00Ff") == "E'\\\\x00Ff'");
  CHECK(literal("bytea", "0x") == "E'\\\\x'");
  CHECK(literal("uuid", "01020304-0506-0708-090A-0B0C0D0E0F10") == "'01020304-0506-0708-090a-0b0c0d0e0f10'");
  CHECK(literal("bit varying(10)", "0101") == "'0101'");
  CHECK(literal("interval", "1 year -3 days") == "'1 year -3 days'");
  CHECK(literal("jsonb", "{\"a\": [1, null]}") == "'{\"a\": [1, null]}'");
  CHECK(kWriter.literal(named(TypeFamily::enumeration, "mood"), "so-so") == "'so-so'");
  CHECK(kWriter.literal(named(TypeFamily::composite, "pair"), "(1,\"a b\")") == "'(1,\"a b\")'");
  CHECK(kWriter.literal(named(TypeFamily::other, "inet"), "10.0.0.0/8") == "'10.0.0.0/8'");
}

TEST_CASE("DmlWriter of PostgreSQL writes dates and times as its input functions read them") {
  CHECK(literal("date", "2024-02-29") == "'2024-02-29'");
  CHECK(literal("date", "-0043-03-15") == "'0044-03-15 BC'");
  CHECK(literal("date", "0000-01-01") == "'0001-01-01 BC'");
  CHECK(literal("date", "+5874897-12-31") == "'5874897-12-31'");
  CHECK(literal("date", "-infinity") == "'-infinity'");
  CHECK(literal("timestamp", "2024-02-29T23:59:59.5") == "'2024-02-29 23:59:59.5'");
  CHECK(literal("timestamp", "2024-02-29 23:59") == "'2024-02-29 23:59:00'");
  CHECK(literal("timestamp", "2024-02-29") == "'2024-02-29 00:00:00'");
  CHECK(literal("timestamp", "-0043-03-15T12:00:00.000001") == "'0044-03-15 12:00:00.000001 BC'");
  CHECK(literal("timestamp", "infinity") == "'infinity'");
  CHECK(literal("timestamptz", "2024-02-29T23:59:59.5Z") == "'2024-02-29 23:59:59.5+00:00'");
  CHECK(literal("timestamptz", "2024-02-29T23:59:59-03:30") == "'2024-02-29 23:59:59-03:30'");
  CHECK(literal("time", "24:00:00") == "'24:00:00'");
  CHECK(literal("time", "23:59:59.100000000") == "'23:59:59.1'");
  CHECK(literal("timetz", "12:00:00.5+05:30") == "'12:00:00.5+05:30'");
}

TEST_CASE("DmlWriter of PostgreSQL refuses what is no value of the type") {
  CHECK(refusal("integer", "abc") == "'abc' is no integer");
  CHECK(refusal("integer", "") == "'' is no integer");
  CHECK(refusal("integer", "1.0") == "'1.0' is no integer");
  CHECK(refusal("integer", "+-1") == "'+-1' is no integer");
  CHECK(refusal("boolean", "yes") == "'yes' is no boolean: true or false");
  CHECK(refusal("numeric", "1,5") == "'1,5' is no number");
  CHECK(refusal("numeric", ".") == "'.' is no number");
  CHECK(refusal("numeric", "1e") == "'1e' is no number");
  CHECK(refusal("numeric", "1e999999999999") == "'1e999999999999' is beyond every decimal type");
  CHECK(refusal("numeric", "1e2000000") == "'1e2000000' has more digits than any decimal type");
  CHECK(refusal("money", "NaN") == "'NaN' is no number");
  CHECK(refusal("double precision", "inf") == "'inf' is no floating-point number");
  CHECK(refusal("double precision", "-nan(1)") == "'-nan(1)' is no floating-point number");
  CHECK(refusal("bytea", "0x0") == "'0x0' is no binary value: 0x and two hexadecimal digits for each byte");
  CHECK_FALSE(refusal("bytea", "x").empty());
  CHECK_FALSE(refusal("uuid", "01020304-0506-0708-090A0B0C0D0E0F10").empty());
  CHECK_FALSE(refusal("date", "2023-02-29").empty());
  CHECK_FALSE(refusal("date", "1900-02-29").empty());
  CHECK_FALSE(refusal("date", "2024-13-01").empty());
  CHECK_FALSE(refusal("date", "2024-1-1").empty());
  CHECK_FALSE(refusal("date", "2024-01-01x").empty());
  CHECK_FALSE(refusal("time", "24:00:00.1").empty());
  CHECK_FALSE(refusal("time", "23:60:00").empty());
  CHECK_FALSE(refusal("time", "12:00:00.").empty());
  CHECK_FALSE(refusal("timestamp", "2024-02-29T").empty());
  CHECK_FALSE(refusal("timestamp", "2024-02-29Z").empty());
  CHECK_FALSE(refusal("timestamp", "2024-02-29T24:00:00").empty());
  CHECK_FALSE(refusal("bit(3)", "012").empty());
}

TEST_CASE("DmlWriter of PostgreSQL refuses what the type does not hold, and says what it holds") {
  CHECK(refusal("smallint", "32768") == "'32768' does not fit smallint: -32768 to 32767");
  CHECK(refusal("bigint", "9223372036854775808") == "'9223372036854775808' does not fit an integer of 64 bits");
  CHECK(refusal("numeric(5,2)", "12.345") ==
        "'12.345' does not fit numeric(5,2): 3 digits behind the point, it keeps 2");
  CHECK(refusal("numeric(5,2)", "1234") == "'1234' does not fit numeric(5,2): 4 digits before the point, it keeps 3");
  CHECK(refusal("numeric(5,2)", "Infinity") ==
        "'Infinity' does not fit numeric(5,2): only numeric without a precision has infinities");
  CHECK(refusal("numeric(3,-2)", "12300").empty());
  CHECK_FALSE(refusal("numeric(3,-2)", "12340").empty());
  CHECK_FALSE(refusal("numeric(3,-2)", "123400").empty());
  CHECK(refusal("numeric(3,5)", "0.00123").empty());
  CHECK_FALSE(refusal("numeric(3,5)", "0.0123").empty());
  CHECK_FALSE(refusal("money", "92233720368547758.08").empty());
  CHECK_FALSE(refusal("money", "0.001").empty());
  CHECK_FALSE(refusal("real", "1e39").empty());
  CHECK_FALSE(refusal("real", "1e-50").empty());
  CHECK_FALSE(refusal("double precision", "1e309").empty());
  CHECK(refusal("varchar(3)", "abcd") == "'abcd' does not fit varchar(3): 4 characters, it holds 3");
  CHECK(refusal("varchar(3)", "\xF0\x9F\x90\x98\xF0\x9F\x90\x98\xF0\x9F\x90\x98").empty());
  CHECK(refusal("varchar(3)", "abc ") == "'abc ' does not fit varchar(3): 4 characters, it holds 3");
  CHECK(refusal("char(3)", "abc   ").empty());
  CHECK_FALSE(refusal("char(3)", "abcd").empty());
  CHECK_FALSE(refusal("name", std::string(64, 'x')).empty());
  CHECK_FALSE(refusal("bit(3)", "01").empty());
  CHECK(refusal("bit varying(3)", "01").empty());
  CHECK_FALSE(refusal("bit varying(3)", "0101").empty());
  CHECK(refusal("timestamp(3)", "2024-01-01T00:00:00.123000").empty());
  CHECK(refusal("timestamp(3)", "2024-01-01T00:00:00.1234") ==
        "'2024-01-01T00:00:00.1234' does not fit timestamp(3): 4 digits of a second, it keeps 3");
  CHECK_FALSE(refusal("timestamp", "2024-01-01T00:00:00.1234567").empty());
  CHECK_FALSE(refusal("timestamp", "+294277-01-01T00:00:00").empty());
  CHECK_FALSE(refusal("date", "-4713-11-23").empty());
  CHECK(refusal("date", "-4713-11-24").empty());
  CHECK(refusal("timestamp", "2024-01-01T00:00:00Z") ==
        "'2024-01-01T00:00:00Z' does not fit timestamp: it has no time zone: leave out Z or the offset");
  CHECK_FALSE(refusal("timestamptz", "2024-01-01T00:00:00").empty());
  CHECK_FALSE(refusal("timetz", "12:00:00").empty());
}

TEST_CASE("DmlWriter of PostgreSQL refuses text that it cannot store") {
  CHECK(refusal("text", std::string("a\0b", 3)) == "the text has a NUL character, which PostgreSQL cannot store");
  CHECK(refusal("jsonb", std::string("\0", 1)) == "the text has a NUL character, which PostgreSQL cannot store");
  CHECK(refusal("text[]", std::string("{\0}", 3)) == "the text has a NUL character, which PostgreSQL cannot store");
  CHECK(refusal("text", "ab\xFF") == "the text is not UTF-8: byte 3 is 0xff");
  CHECK_FALSE(refusal("text", "\xED\xA0\x80").empty());      // a surrogate
  CHECK_FALSE(refusal("text", "\xC0\xAF").empty());          // overlong
  CHECK_FALSE(refusal("text", "\xE0\x80\x80").empty());      // overlong
  CHECK_FALSE(refusal("text", "\xF4\x90\x80\x80").empty());  // beyond Unicode
  CHECK_FALSE(refusal("text", "\xF0\x9F\x90").empty());      // cut off
  CHECK(refusal("text", "\xF4\x8F\xBF\xBF\xEF\xBF\xBF\xC2\x80").empty());
}

TEST_CASE("DmlWriter of PostgreSQL shortens a value in its message, and shows it on one line") {
  const std::string message = refusal("integer", std::string(1'000'000, 'x'));
  CHECK(message.size() < 100);
  CHECK(message.find("xxx…' is no integer") != std::string::npos);
  CHECK(refusal("integer", "1\n2") == "'1\\x0a2' is no integer");
}

TEST_CASE("DmlWriter of PostgreSQL takes arrays in their own form as they are") {
  CHECK(literal("integer[]", "{{1,NULL},{2,3}}") == "'{{1,NULL},{2,3}}'");
  CHECK(literal("text[]", R"({"a,b",NULL,"\"",""})") == R"(E'{"a,b",NULL,"\\"",""}')");
  CHECK(literal("integer[]", "[0:1]={1,2}") == "'[0:1]={1,2}'");
  CHECK(literal("text[]", R"({"}","{"})") == R"('{"}","{"}')");
  CHECK(literal("text[]", "{}") == "'{}'");
  CHECK_FALSE(refusal("integer[]", "{1,2").empty());
  CHECK_FALSE(refusal("integer[]", "{1}}").empty());
  CHECK_FALSE(refusal("integer[]", "{1},{2}").empty());
  CHECK_FALSE(refusal("text[]", R"({"a})").empty());
  CHECK_FALSE(refusal("text[]", "").empty());
  CHECK_FALSE(refusal("text[]", "a").empty());
}

TEST_CASE("DmlWriter of PostgreSQL turns a JSON array into an array, whose elements it checks") {
  CHECK(literal("integer[]", "[1, null, -3]") == R"('{"1",NULL,"-3"}')");
  CHECK(literal("text[]", R"(["a,b", "\"", "", "NULL", null, "back\\slash"])") ==
        R"(E'{"a,b","\\"","","NULL",NULL,"back\\\\slash"}')");
  CHECK(literal("numeric[]", "[12345678901234567890123.10]") == R"('{"12345678901234567890123.10"}')");
  CHECK(literal("boolean[]", "[true, false]") == R"('{"true","false"}')");
  CHECK(literal("date[]", R"(["-0043-03-15"])") == R"('{"0044-03-15 BC"}')");
  CHECK(literal("bytea[]", R"(["0x00"])") == R"(E'{"\\\\x00"}')");
  CHECK(literal("integer[]", "[[1,2],[3,4]]") == R"('{{"1","2"},{"3","4"}}')");
  CHECK(literal("integer[]", "[[],[]]") == "'{}'");
  CHECK(refusal("smallint[]", "[1, 40000]") == "'40000' does not fit smallint[]: -32768 to 32767");
  CHECK_FALSE(refusal("integer[]", "[[1],[2,3]]").empty());
  CHECK_FALSE(refusal("integer[]", "[[1],2]").empty());
  CHECK_FALSE(refusal("integer[]", R"([{"a":1}])").empty());
  CHECK_FALSE(refusal("integer[]", "[1,").empty());
  CHECK_FALSE(refusal("integer[]", "[1] [2]").empty());
  CHECK_FALSE(refusal("integer[]", std::string(100'000, '[')).empty());
  CHECK_FALSE(refusal("integer[]", "[[[[[[[1]]]]]]]").empty());
}

TEST_CASE("DmlWriter of PostgreSQL inserts rows with defaults in their order") {
  const std::vector<std::string> statements =
      kWriter.insert("app", "we\"ird]name \xF0\x9F\x98\x80", {column("a", "integer"), column("b\"c", "text")},
                     {{Cell("1"), std::nullopt}, {Cell(std::nullopt), Cell("x")}});
  CHECK(statements ==
        std::vector<std::string>{"INSERT INTO \"app\".\"we\"\"ird]name \xF0\x9F\x98\x80\" (\"a\", \"b\"\"c\") VALUES\n"
                                 "(1, DEFAULT),\n(NULL, 'x')"});
  CHECK(kWriter.insert("app", "t", {column("a", "integer")}, {}).empty());
  CHECK(
      kWriter.insert("app", "t", {}, {{}, {}}) ==
      std::vector<std::string>{"INSERT INTO \"app\".\"t\" DEFAULT VALUES", "INSERT INTO \"app\".\"t\" DEFAULT VALUES"});
}

TEST_CASE("DmlWriter of PostgreSQL moves the counter behind the identity values that rows give") {
  const std::vector<DmlColumn> columns = {column("id", "integer", true), column("a", "text")};
  const std::vector<std::string> statements = kWriter.insert(
      "s", "t", columns,
      {{Cell("7"), Cell("x")}, {Cell("-3"), Cell("y")}, {std::nullopt, Cell("z")}, {Cell("9"), Cell("w")}});
  REQUIRE(statements.size() == 5);
  CHECK(statements[0] ==
        "INSERT INTO \"s\".\"t\" (\"id\", \"a\") OVERRIDING SYSTEM VALUE VALUES\n(7, 'x'),\n(-3, 'y')");
  CHECK(statements[1].find("setval") != std::string::npos);
  CHECK(statements[1].find("'7'::bigint ELSE '-3'::bigint") != std::string::npos);
  CHECK(statements[1].find("pg_get_serial_sequence('\"s\".\"t\"', 'id')") != std::string::npos);
  CHECK(statements[2] == "INSERT INTO \"s\".\"t\" (\"a\") VALUES\n('z')");
  CHECK(statements[3].starts_with("INSERT INTO \"s\".\"t\" (\"id\", \"a\") OVERRIDING SYSTEM VALUE"));
  CHECK(statements[4].find("'9'::bigint") != std::string::npos);
}

TEST_CASE("DmlWriter of PostgreSQL writes a row of nothing but defaults") {
  CHECK(kWriter.insert("s", "t", {column("id", "integer", true)}, {{std::nullopt}}) ==
        std::vector<std::string>{"INSERT INTO \"s\".\"t\" DEFAULT VALUES"});
}

TEST_CASE("DmlWriter of PostgreSQL cuts long lists of rows and long statements") {
  const std::vector<Row> many(2'500, Row{Cell("1")});
  CHECK(kWriter.insert("s", "t", {column("a", "integer")}, many).size() == 3);
  const std::vector<Row> exactly(1'000, Row{Cell("1")});
  CHECK(kWriter.insert("s", "t", {column("a", "integer")}, exactly).size() == 1);
  const std::vector<Row> large(3, Row{Cell(std::string(1U << 20U, 'x'))});
  const std::vector<std::string> statements = kWriter.insert("s", "t", {column("a", "text")}, large);
  REQUIRE(statements.size() == 3);
  CHECK(statements[0].size() > (1U << 20U));
}

TEST_CASE("DmlWriter of PostgreSQL says which row and column it could not write") {
  try {
    kWriter.insert("s", "t", {column("a", "integer"), column("price", "numeric(5,2)")},
                   {{Cell("1"), Cell("2")}, {Cell("3"), Cell("4.567")}});
    FAIL("nothing was refused");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::data);
    CHECK(error.message().starts_with("'4.567' does not fit numeric(5,2)"));
    CHECK(error.context() == std::vector<std::string>{"column price", "row 2 of \"s\".\"t\""});
  }
  CHECK_THROWS_AS(kWriter.insert("s", "t", {column("a", "integer")}, {{}}), Error);
}

TEST_CASE("DmlWriter of PostgreSQL writes what its own script reader takes as one statement each") {
  const std::string hostile = "a'; \\ -- /* $$ \n\"{}[]; COPY t FROM stdin;\n\\.\n";
  for (const std::string& statement : kWriter.insert("s", hostile, {column(hostile, "text"), column("id", "int", true)},
                                                     {{Cell(hostile), Cell("1")}})) {
    const Script script = PostgresScriptReader().read(statement + ";", "insert.sql", {});
    REQUIRE(script.statements.size() == 1);
    CHECK(script.statements[0].text == statement);
  }
}

}  // namespace paripassu::postgres
