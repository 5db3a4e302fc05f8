#include "backends/sqlserver/data_sql.h"

#include <doctest/doctest.h>

#include <string>

#include "backends/sqlserver/catalog_builder.h"
#include "backends/sqlserver/dml_writer.h"
#include "tests/unit/backends/answering_session.h"

namespace paripassu::sqlserver {
namespace {

using catalog::Type;
using Kind = ChecksumForm::Kind;

const SqlServerDataSql kSql;
const SqlServerDmlWriter kWriter;

ServerInfo server(int version_major, bool genuine = true) {
  ServerInfo info;
  info.version_major = version_major;
  info.genuine = genuine;
  return info;
}

/// `length` in bytes, as sys.columns has it; -1 without bound.
Type type(std::string_view name, int length = -1, int precision = 0, int scale = 0) {
  return map_type(name, length, precision, scale);
}

std::string checksum(const Type& of, ChecksumForm form, const ServerInfo& on = server(16)) {
  return kSql.checksum_text(of, form, "[c]", on).value_or("none");
}

std::string read(const Type& of) {
  catalog::Column column;
  column.name = "c";
  column.type = of;
  std::string why;
  return kSql.read_expression(column, why).value_or("none: " + why);
}

std::string remove(const Type& of, const Cell& value) {
  const std::string statement = kWriter.remove("s", "t", {{"c", of}}, {value});
  const std::string begin = "DELETE FROM [s].[t] WHERE ";
  CHECK(statement.substr(0, begin.size()) == begin);
  return statement.substr(begin.size());
}

}  // namespace

TEST_CASE("DataSql of SQL Server converts what a driver cannot read as it is") {
  CHECK(read(type("int")) == "[c]");
  CHECK(read(type("nvarchar", 40)) == "[c]");
  CHECK(read(type("text")) == "CONVERT(varchar(max), [c])");
  CHECK(read(type("ntext")) == "CONVERT(nvarchar(max), [c])");
  CHECK(read(type("image")) == "CONVERT(varbinary(max), [c])");
  CHECK(read(type("geography")) == "CONVERT(varbinary(max), [c])");
  CHECK(read(type("hierarchyid")) == "[c].ToString()");
  const std::string variant = read(type("sql_variant"));
  CHECK(variant.starts_with("CASE WHEN SQL_VARIANT_PROPERTY([c], 'BaseType') IN ('date', "));
  CHECK(variant.find("CONVERT(nvarchar(max), CONVERT(float, [c]), 3)") != std::string::npos);
}

TEST_CASE("DataSql of SQL Server knows which columns make blocks of one row") {
  for (const char* name : {"text", "ntext", "image", "xml", "json", "geometry", "sql_variant", "nvarchar", "varbinary"})
    CHECK_MESSAGE(kSql.is_long(type(name)), name);
  for (const char* name : {"int", "uniqueidentifier", "datetime2", "money", "hierarchyid", "timestamp"})
    CHECK_MESSAGE(!kSql.is_long(type(name)), name);
  CHECK_FALSE(kSql.is_long(type("nvarchar", 8000)));
}

TEST_CASE("DataSql of SQL Server orders uuids by their digits and texts by code points") {
  CHECK(kSql.order_by_value(type("int"), "[c]") == "[c]");
  CHECK(kSql.order_by_value(type("uniqueidentifier"), "[c]") ==
        "CONVERT(char(36), [c]) COLLATE Latin1_General_100_BIN2");
  CHECK(kSql.order_by_code_points(type("nvarchar", 80), "[c]") ==
        "(CONVERT(nvarchar(4000), [c]) + NCHAR(1)) COLLATE Latin1_General_100_BIN2");
  CHECK(kSql.order_by_code_points(type("char", 5), "[c]") ==
        "(RTRIM(CONVERT(nvarchar(4000), [c])) + NCHAR(1)) COLLATE Latin1_General_100_BIN2");
  // What is longer than 4,000 characters must not be cut.
  CHECK(kSql.order_by_code_points(type("varchar", 8000), "[c]").find("nvarchar(max)") != std::string::npos);
}

TEST_CASE("DataSql of SQL Server has checksums of texts from 2019 on, and on Azure") {
  const Type text = type("nvarchar", 40);
  const std::string expected =
      "ISNULL('''' + REPLACE(CONVERT(varchar(max), CONVERT(nvarchar(max), [c]) COLLATE Latin1_General_100_BIN2_UTF8), "
      "'''', '''''') + ''',', '-,')";
  CHECK(checksum(text, {Kind::text, 0}, server(15)) == expected);
  CHECK(checksum(text, {Kind::text, 0}, server(12)) == expected);
  CHECK(checksum(text, {Kind::text, 0}, server(13)) == "none");
  CHECK(checksum(text, {Kind::trimmed_text, 0}, server(14)) == "none");
  CHECK(checksum(text, {Kind::trimmed_text, 0}).find("RTRIM(CONVERT(nvarchar(max), [c]))") != std::string::npos);
  // A number needs no such collation.
  CHECK(checksum(type("bigint"), {Kind::integer, 0}, server(13)) == "ISNULL(CONVERT(varchar(20), [c]) + ',', '-,')");
}

TEST_CASE("DataSql of SQL Server prints decimals with fixed digits, and none that could overflow") {
  CHECK(checksum(type("decimal", 9, 12, 2), {Kind::decimal, 4}) ==
        "ISNULL(CONVERT(varchar(41), CONVERT(decimal(38, 4), [c])) + ',', '-,')");
  CHECK(checksum(type("money"), {Kind::decimal, 2}) ==
        "ISNULL(CASE WHEN [c] = CONVERT(decimal(38, 2), [c]) THEN CONVERT(varchar(41), CONVERT(decimal(38, 2), [c])) "
        "ELSE "
        "CONVERT(varchar(41), CONVERT(decimal(19, 4), [c])) END + ',', '-,')");
  CHECK(checksum(type("decimal", 17, 38, 0), {Kind::decimal, 0}) != "none");
  CHECK(checksum(type("decimal", 17, 38, 0), {Kind::decimal, 1}) == "none");
  CHECK(checksum(type("bigint"), {Kind::decimal, 20}) == "none");
}

TEST_CASE("DataSql of SQL Server prints bytes, bits of floats and uuids in lower case") {
  CHECK(checksum(type("varbinary", 20), {Kind::bytes, 0}) ==
        "ISNULL(LOWER(CONVERT(varchar(max), CONVERT(varbinary(max), [c]), 2)) + ',', '-,')");
  CHECK(
      checksum(type("real"), {Kind::float32, 0}) ==
      "ISNULL(LOWER(CONVERT(varchar(8), CONVERT(binary(4), CASE WHEN [c] = 0 THEN CONVERT(real, 0) ELSE CONVERT(real, "
      "[c]) END), 2)) + ',', '-,')");
  CHECK(checksum(type("float", 8, 53), {Kind::float32, 0}) == "none");
  CHECK(checksum(type("uniqueidentifier"), {Kind::uuid, 0}) == "ISNULL(LOWER(CONVERT(char(36), [c])) + ',', '-,')");
}

TEST_CASE("DataSql of SQL Server cuts times for a checksum to the digits of the form") {
  CHECK(checksum(type("datetime2", 8, 27, 7), {Kind::timestamp, 6}) ==
        "ISNULL(LEFT(CONVERT(varchar(27), CONVERT(datetime2(7), [c]), 121), 26) + ',', '-,')");
  CHECK(checksum(type("datetime2", 8, 27, 7), {Kind::timestamp, 0}) ==
        "ISNULL(LEFT(CONVERT(varchar(27), CONVERT(datetime2(7), [c]), 121), 19) + ',', '-,')");
  // Through datetime2(3), or thirds of milliseconds would appear.
  CHECK(checksum(type("datetime"), {Kind::timestamp, 3}).find("CONVERT(datetime2(7), CONVERT(datetime2(3), [c]))") !=
        std::string::npos);
  CHECK(checksum(type("datetimeoffset", 10, 34, 7), {Kind::instant, 6}).find("SWITCHOFFSET([c], '+00:00')") !=
        std::string::npos);
  CHECK(checksum(type("datetimeoffset", 10, 34, 7), {Kind::timestamp, 6}) == "none");
  CHECK(checksum(type("time", 5, 16, 7), {Kind::time, 3}) ==
        "ISNULL(LEFT(CONVERT(varchar(16), CONVERT(time(7), [c]), 121), 12) + ',', '-,')");
}

TEST_CASE("DataSql of SQL Server asks Babelfish in words that it understands") {
  const ServerInfo stand_in = server(4, false);
  CHECK(checksum(type("nvarchar", 40), {Kind::text, 0}, stand_in).find("COLLATE") == std::string::npos);
  CHECK(checksum(type("varbinary", 20), {Kind::bytes, 0}, stand_in).find("pg_catalog.encode") != std::string::npos);
  CHECK(checksum(type("real"), {Kind::float32, 0}, stand_in).find("float4send") != std::string::npos);
  CHECK(checksum(type("decimal", 9, 12, 2), {Kind::decimal, 4}, stand_in).find("pg_catalog.round([c], 4)") !=
        std::string::npos);
  CHECK(checksum(type("datetime2", 8, 27, 7), {Kind::timestamp, 6}, stand_in).find("'.0000000'") != std::string::npos);
}

TEST_CASE("DataSql of SQL Server sums without overflow, over a text that is not cut") {
  const std::string query = kSql.checksum_query("[s].[t]", {"a", "b"}, "n > 1 -- all");
  CHECK(query.find("HASHBYTES('MD5', CONVERT(varchar(max), '') + a + b)") != std::string::npos);
  CHECK(query.find("SUM(CONVERT(decimal(38, 0), CONVERT(bigint, SUBSTRING(h, 7, 6))))") != std::string::npos);
  CHECK(query.find("WHERE n > 1 -- all\n) AS q") != std::string::npos);
}

TEST_CASE("DataSql of SQL Server takes a snapshot where the database allows it, and else says what would") {
  struct Case {
    std::vector<Cell> settings;  ///< snapshot isolation, read committed snapshot, read only
    std::string level;
    bool consistent;
    bool shared;
    std::string note;
  };
  const std::vector<Case> cases = {
      {{"1", "0", "0"}, "SNAPSHOT", true, false, ""},
      {{"1", "1", "0"}, "SNAPSHOT", true, false, ""},
      {{"0", "0", "1"}, "READ COMMITTED", true, true, ""},
      {{"0", "1", "0"}, "READ COMMITTED", false, false, "each statement sees a moment of its own"},
      {{"0", "0", "0"}, "READ COMMITTED", false, false, "can be missed or read twice"},
      {{"2", "0", "0"}, "READ COMMITTED", false, false, "SET ALLOW_SNAPSHOT_ISOLATION ON"},
      {{}, "READ COMMITTED", false, false, "SET ALLOW_SNAPSHOT_ISOLATION ON"},
  };
  for (const Case& one : cases) {
    test::AnsweringSession session([&](const std::string& sql) {
      return sql.find("sys.databases") != std::string::npos ? one.settings : std::vector<Cell>{"1"};
    });
    const ReadSnapshot snapshot = kSql.begin_snapshot(session);
    REQUIRE(session.log.size() >= 2);
    CHECK(session.log[1] == "SET TRANSACTION ISOLATION LEVEL " + one.level + "; BEGIN TRANSACTION");
    // The first statement that reads takes the snapshot.
    CHECK(session.log.size() == (one.level == "SNAPSHOT" ? 3 : 2));
    CHECK(snapshot.consistent == one.consistent);
    CHECK(snapshot.id.empty() != one.shared);
    CHECK(snapshot.note.empty() == one.note.empty());
    CHECK(snapshot.note.find(one.note) != std::string::npos);
    test::AnsweringSession other([](const std::string&) { return std::vector<Cell>{"1"}; });
    if (one.shared) {
      kSql.join_snapshot(other, snapshot.id);
      CHECK(other.log.size() == 1);
    } else {
      CHECK_THROWS_AS(kSql.join_snapshot(other, "x"), Error);
      CHECK(other.log.empty());
    }
  }
}

TEST_CASE("DataSql of SQL Server leaves no transaction where a snapshot cannot be taken") {
  test::AnsweringSession session([](const std::string& sql) -> std::vector<Cell> {
    if (sql.find("sys.databases") != std::string::npos) return {"1", "0", "0"};
    if (sql.starts_with("SELECT")) throw Error(ErrorCategory::transaction, "snapshot isolation is not allowed");
    return {};
  });
  CHECK_THROWS_AS(kSql.begin_snapshot(session), Error);
  CHECK(session.log.back() == "rollback");
}

TEST_CASE("DmlWriter of SQL Server compares texts letter for letter and blank for blank") {
  CHECK(
      remove(type("nvarchar", 40), "it's") ==
      "[c] = N'it''s' AND [c] COLLATE Latin1_General_100_BIN2 = N'it''s' AND DATALENGTH([c]) = DATALENGTH(RTRIM([c]))");
  // Without N: the index of a varchar is of no use for a comparison with nvarchar.
  CHECK(remove(type("varchar", 40), "a  ") ==
        "[c] = 'a  ' AND [c] COLLATE Latin1_General_100_BIN2 = 'a  ' AND DATALENGTH([c]) = DATALENGTH(RTRIM([c]) + '  "
        "')");
  CHECK(remove(type("varchar", 40), "ä").starts_with("[c] = N'ä' AND"));
  CHECK(remove(type("char", 5), "a") == "[c] = 'a' AND [c] COLLATE Latin1_General_100_BIN2 = 'a'");
  CHECK(remove(type("nvarchar", 40), std::nullopt) == "[c] IS NULL");
}

TEST_CASE("DmlWriter of SQL Server does not take bytes with zeros at their end for shorter ones") {
  CHECK(remove(type("varbinary", 40), "0x0100") == "[c] = 0x0100 AND DATALENGTH([c]) = 2");
  CHECK(remove(type("binary", 2), "0x0100") == "[c] = 0x0100");
}

TEST_CASE("DmlWriter of SQL Server compares numbers, times and uuids by their own comparison") {
  CHECK(remove(type("int"), "-7") == "[c] = -7");
  CHECK(remove(type("datetime"), "2024-02-29T01:02:03.123") == "[c] = '2024-02-29T01:02:03.123'");
  CHECK(remove(type("uniqueidentifier"), "6F9619FF-8B86-D011-B42D-00C04FC964FF") ==
        "[c] = '6f9619ff-8b86-d011-b42d-00c04fc964ff'");
}

TEST_CASE("DmlWriter of SQL Server compares what has no comparison as it is read") {
  CHECK(remove(type("xml"), "<a/>") ==
        "CONVERT(nvarchar(max), [c]) COLLATE Latin1_General_100_BIN2 = N'<a/>' AND "
        "DATALENGTH(CONVERT(nvarchar(max), [c])) = DATALENGTH(RTRIM(CONVERT(nvarchar(max), [c])))");
  CHECK(remove(type("geometry"), "0x00ff") ==
        "CONVERT(varbinary(max), [c]) = 0x00ff AND DATALENGTH(CONVERT(varbinary(max), [c])) = 2");
  CHECK(remove(type("hierarchyid"), "/1/").starts_with("[c].ToString() COLLATE Latin1_General_100_BIN2 = N'/1/'"));
}

TEST_CASE("DmlWriter of SQL Server deletes copies with TOP, and updates by key") {
  CHECK(kWriter.remove_copies("s", "t", {{"n", type("int")}, {"f", type("real")}}, {"5", std::nullopt}, 2) ==
        "DELETE TOP (2) FROM [s].[t] WHERE [n] = 5 AND [f] IS NULL");
  CHECK(kWriter.update("s", "t", {{"note", type("nvarchar", 40)}}, {Cell("it's")}, {{"id", type("int")}}, {"7"}) ==
        "UPDATE [s].[t] SET [note] = N'it''s' WHERE [id] = 7");
}

TEST_CASE("DmlWriter of SQL Server fetches by keys as its indexes hold them") {
  CHECK(kWriter.key_condition({{"k", type("varchar", 20)}}, {{"a"}, {"ä"}}) == "([k] IN ('a', N'ä'))");
  CHECK(kWriter.key_condition({{"a", type("int")}, {"b", type("nvarchar", 20)}}, {{"1", "x"}, {"2", std::nullopt}}) ==
        "(([a] = 1 AND [b] = N'x') OR ([a] = 2 AND [b] IS NULL))");
  CHECK(kWriter.key_condition({{"v", type("sql_variant")}}, {{"1.5"}}).find("SQL_VARIANT_PROPERTY") !=
        std::string::npos);
}

}  // namespace paripassu::sqlserver
