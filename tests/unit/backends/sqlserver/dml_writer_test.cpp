#include "backends/sqlserver/dml_writer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "backends/sqlserver/catalog_builder.h"
#include "backends/sqlserver/ddl_types.h"

namespace paripassu::sqlserver {
namespace {

using catalog::Type;
using catalog::TypeFamily;
using Value = DmlWriter::Value;
using Row = std::vector<Value>;

const SqlServerDmlWriter kWriter;

Type type(std::string_view name) {
  std::optional<Type> found = type_of_name(name);
  REQUIRE(found);
  found->printed = name;
  return *found;
}

/// A type that sys.types names and no family fits.
Type named(std::string_view name) {
  return map_type(name, 0, 0, 0);
}

std::string literal(std::string_view type_name, std::string text) {
  return kWriter.literal(type(type_name), Cell(std::move(text)));
}

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

TEST_CASE("DmlWriter of SQL Server writes numbers of one kind for each type") {
  CHECK(literal("bit", "true") == "1");
  CHECK(literal("bit", "false") == "0");
  CHECK(literal("tinyint", "255") == "255");
  CHECK(literal("bigint", "-9223372036854775808") == "-9223372036854775808");
  CHECK(literal("decimal(38,18)", "-12345678901234567890.123456789012345678") ==
        "-12345678901234567890.123456789012345678");
  CHECK(literal("decimal(10,2)", "1e3") == "1000");
  CHECK(literal("money", "922337203685477.5807") == "922337203685477.5807");
  CHECK(literal("smallmoney", "-214748.3648") == "-214748.3648");
  CHECK(literal("float", "0.1") == "1e-01");
  CHECK(literal("float", "-2.5e-300") == "-2.5e-300");
  CHECK(literal("float", "1.7976931348623157e+308") == "1.7976931348623157e+308");
  // The float32 itself: the server reads a double and narrows it.
  CHECK(literal("real", "0.1") == "1.0000000149011612e-01");
  CHECK(kWriter.literal(type("int"), std::nullopt) == "NULL");
}

TEST_CASE("DmlWriter of SQL Server writes texts as Unicode and bytes in hexadecimal") {
  CHECK(literal("nvarchar(10)", "it's") == "N'it''s'");
  CHECK(literal("varchar(10)", "\xC3\xA9") == "N'\xC3\xA9'");
  CHECK(literal("xml", "<a/>") == "N'<a/>'");
  CHECK(literal("xml", "<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>") == "N'<a/>'");
  CHECK(literal("varbinary(10)", "0x") == "0x");
  CHECK(literal("binary(5)", "0x00ff") == "0x00ff");
  CHECK(literal("uniqueidentifier", "01020304-0506-0708-090A-0B0C0D0E0F10") ==
        "'01020304-0506-0708-090a-0b0c0d0e0f10'");
  CHECK(kWriter.literal(named("sql_variant"), "7") == "CAST(N'7' AS nvarchar(4000))");
  CHECK(kWriter.literal(named("geometry"), "POINT (1 2)") == "CAST(N'POINT (1 2)' AS geometry)");
  CHECK(kWriter.literal(named("geography"), "0xE6100000") == "CAST(0xE6100000 AS geography)");
  CHECK(kWriter.literal(named("hierarchyid"), "/1/2/") == "CAST(N'/1/2/' AS hierarchyid)");
}

TEST_CASE("DmlWriter of SQL Server keeps what a literal alone would lose") {
  const std::string begin = "CONCAT(CAST(N'' AS nvarchar(max)), ";
  CHECK(literal("nvarchar(10)", std::string("a\0b", 3)) == begin + "N'a', NCHAR(0), N'b')");
  CHECK(literal("nvarchar(10)", std::string("\0", 1)) == begin + "NCHAR(0))");
  CHECK(literal("nvarchar(max)", "a\\\nb") == begin + "N'a\\', N'\nb')");
  CHECK(literal("nvarchar(max)", "\\\r\n\\") == begin + "N'\\', N'\r\n\\')");
  CHECK(literal("xml", "<a>\\\n</a>") == begin + "N'<a>\\', N'\n</a>')");
  CHECK_FALSE(refusal("xml", std::string("\0", 1)).empty());
}

TEST_CASE("DmlWriter of SQL Server nests no concatenation deeply") {
  std::string text;
  for (int i = 0; i < 64 * 64; ++i) text += "\\\n";
  const std::string written = literal("nvarchar(max)", text);
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (const char c : written) {
    if (c == '(') deepest = std::max(deepest, ++depth);
    if (c == ')') --depth;
  }
  CHECK(depth == 0);
  CHECK(deepest <= 6);
}

TEST_CASE("DmlWriter of SQL Server writes dates and times that no language reads differently") {
  CHECK(literal("date", "0001-01-01") == "'0001-01-01'");
  CHECK(literal("time(7)", "23:59:59.9999999") == "'23:59:59.9999999'");
  CHECK(literal("datetime", "2024-02-29T23:59:59.5") == "'2024-02-29T23:59:59.500'");
  CHECK(literal("datetime", "2024-02-29") == "'2024-02-29T00:00:00.000'");
  CHECK(literal("smalldatetime", "2079-06-06T23:59:00") == "'2079-06-06T23:59:00'");
  CHECK(literal("datetime2(7)", "9999-12-31 23:59:59.9999999") == "'9999-12-31T23:59:59.9999999'");
  CHECK(literal("datetimeoffset(7)", "2024-02-29T23:59:59.5Z") == "'2024-02-29T23:59:59.5+00:00'");
  CHECK(literal("datetimeoffset(7)", "2024-02-29T23:59:59-03:30") == "'2024-02-29T23:59:59-03:30'");
}

TEST_CASE("DmlWriter of SQL Server refuses what the type does not hold, and says what it holds") {
  CHECK(refusal("tinyint", "300") == "'300' does not fit tinyint: 0 to 255");
  CHECK(refusal("tinyint", "-1") == "'-1' does not fit tinyint: 0 to 255");
  CHECK(refusal("bit", "2") == "'2' is no boolean: true or false");
  CHECK(refusal("int", "abc") == "'abc' is no integer");
  CHECK(refusal("decimal(10,2)", "0.005") ==
        "'0.005' does not fit decimal(10,2): 3 digits behind the point, it keeps 2");
  CHECK_FALSE(refusal("decimal(38,0)", std::string(39, '9')).empty());
  CHECK_FALSE(refusal("money", "922337203685477.5808").empty());
  CHECK_FALSE(refusal("money", "0.00001").empty());
  CHECK_FALSE(refusal("smallmoney", "214748.3648").empty());
  CHECK(refusal("float", "NaN") == "'NaN' has no counterpart in SQL Server");
  CHECK(refusal("real", "-Infinity") == "'-Infinity' has no counterpart in SQL Server");
  CHECK(refusal("decimal(10,2)", "NaN") == "'NaN' has no counterpart in SQL Server");
  CHECK_FALSE(refusal("float", "5e-324").empty());
  CHECK_FALSE(refusal("real", "1e-45").empty());
  CHECK(refusal("date", "infinity") == "'infinity' has no counterpart in SQL Server");
  CHECK(refusal("datetime2(7)", "-infinity") == "'-infinity' has no counterpart in SQL Server");
  CHECK(refusal("date", "-0043-03-15") == "'-0043-03-15' does not fit date: 0001-01-01 to 9999-12-31");
  CHECK_FALSE(refusal("datetime2(0)", "+10000-01-01T00:00:00").empty());
  CHECK_FALSE(refusal("datetime2(0)", "2024-01-01T00:00:00.1").empty());
  CHECK_FALSE(refusal("time(7)", "24:00:00").empty());
  CHECK_FALSE(refusal("time(7)", "12:00:00Z").empty());
  CHECK_FALSE(refusal("datetime", "1752-12-31").empty());
  CHECK(refusal("datetime", "2024-01-01T00:00:00.997").empty());
  CHECK(refusal("datetime", "2024-01-01T00:00:00.125") ==
        "'2024-01-01T00:00:00.125' does not fit datetime: it keeps steps of 1/300 s, whose third digit is 0, 3 or 7");
  CHECK_FALSE(refusal("datetime", "2024-01-01T00:00:00.1234").empty());
  CHECK_FALSE(refusal("smalldatetime", "2024-01-01T00:00:30").empty());
  CHECK_FALSE(refusal("smalldatetime", "2079-06-07").empty());
  CHECK_FALSE(refusal("smalldatetime", "1899-12-31").empty());
  CHECK_FALSE(refusal("datetimeoffset(7)", "2024-01-01T00:00:00").empty());
  CHECK_FALSE(refusal("datetimeoffset(7)", "2024-01-01T00:00:00+14:01").empty());
  CHECK_FALSE(refusal("datetime2(7)", "2024-01-01T00:00:00Z").empty());
  CHECK_FALSE(refusal("varbinary(2)", "0x010203").empty());
  CHECK_FALSE(refusal("varbinary(max)", "0xzz").empty());
  CHECK_FALSE(refusal("uniqueidentifier", "{01020304-0506-0708-090A-0B0C0D0E0F10}").empty());
}

TEST_CASE("DmlWriter of SQL Server measures texts in the unit of the type") {
  const std::string elephants = "\xF0\x9F\x90\x98\xF0\x9F\x90\x98";  // four units of UTF-16
  CHECK(refusal("nvarchar(4)", elephants).empty());
  CHECK(refusal("nvarchar(3)", elephants) ==
        "'" + elephants + "' does not fit nvarchar(3): 4 UTF-16 units, it holds 3");
  CHECK(refusal("varchar(3)", "abcd") == "'abcd' does not fit varchar(3): 4 characters, it holds 3 bytes");
  CHECK(refusal("nchar(3)", "abc   ").empty());
  CHECK_FALSE(refusal("nchar(3)", "abcd").empty());
  CHECK(refusal("nvarchar(max)", std::string(1U << 20U, 'x')).empty());
  CHECK(refusal(named("sql_variant"), std::string(4'000, 'x')).empty());
  CHECK_FALSE(refusal(named("sql_variant"), std::string(4'001, 'x')).empty());
  CHECK(refusal("nvarchar(10)", "\xC3\x28") == "the text is not UTF-8: byte 1 is 0xc3");
}

TEST_CASE("DmlWriter of SQL Server gives no value to a rowversion") {
  CHECK(refusal(named("timestamp"), "0x0000000000000001") ==
        "a column of timestamp takes no value: the server numbers it");
  CHECK(kWriter.insert("dbo", "t", {{"v", named("timestamp"), false}}, {{std::nullopt}}) ==
        std::vector<std::string>{"INSERT INTO [dbo].[t] ([v]) VALUES\n(DEFAULT)"});
}

TEST_CASE("DmlWriter of SQL Server switches IDENTITY_INSERT on around the rows that give a value, and always off") {
  const std::vector<std::string> statements =
      kWriter.insert("dbo", "t", {column("id", "int", true), column("a", "nvarchar(5)")},
                     {{Cell("7"), Cell("x")}, {std::nullopt, std::nullopt}, {std::nullopt, Cell("z")}});
  REQUIRE(statements.size() == 2);
  CHECK(
      statements[0] ==
      "BEGIN TRY\nSET IDENTITY_INSERT [dbo].[t] ON;\nINSERT INTO [dbo].[t] ([id], [a]) VALUES\n(7, N'x');\n"
      "SET IDENTITY_INSERT [dbo].[t] OFF;\nEND TRY\n"
      "BEGIN CATCH\nIF XACT_STATE() = -1 ROLLBACK TRANSACTION;\nSET IDENTITY_INSERT [dbo].[t] OFF;\nTHROW;\nEND CATCH");
  CHECK(statements[1] == "INSERT INTO [dbo].[t] ([a]) VALUES\n(DEFAULT),\n(N'z')");
}

TEST_CASE("DmlWriter of SQL Server keeps to 1,000 rows in a list") {
  const std::vector<Row> rows(1'001, Row{Cell("1"), Cell("2")});
  const std::vector<std::string> statements =
      kWriter.insert("dbo", "t", {column("id", "int", true), column("a", "int")}, rows);
  REQUIRE(statements.size() == 2);
  CHECK(statements[1].find("\n(1, 2);\n") != std::string::npos);
}

TEST_CASE("DmlWriter of SQL Server quotes names as the dialect does") {
  const std::vector<std::string> statements =
      kWriter.insert("dbo", "we\"ird]name \xF0\x9F\x98\x80", {column("a b", "int")}, {{Cell("1")}});
  CHECK(statements ==
        std::vector<std::string>{"INSERT INTO [dbo].\"we\"\"ird]name \xF0\x9F\x98\x80\" ([a b]) VALUES\n(1)"});
}

}  // namespace paripassu::sqlserver
