#include <doctest/doctest.h>

#include "tests/unit/backends/sqlserver/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;
using sqlserver::map_type;

namespace {

/// A type without modifiers, printed as it is named.
Type plain(TypeFamily family, const std::string& name) {
  Type type;
  type.family = family;
  type.name = name;
  type.printed = name;
  return type;
}

Type integer(const std::string& name, int bits) {
  Type type = plain(TypeFamily::integer, name);
  type.bits = bits;
  type.is_unsigned = name == "tinyint";
  return type;
}

Type decimal(const std::string& name, int precision, int scale, const std::string& printed) {
  Type type = plain(TypeFamily::decimal, name);
  type.precision = precision;
  type.scale = scale;
  type.printed = printed;
  return type;
}

Type sized(TypeFamily family, const std::string& name, std::optional<int> length, LengthUnit unit, bool fixed,
           const std::string& printed) {
  Type type = plain(family, name);
  type.length = length;
  type.length_unit = unit;
  type.fixed_length = fixed;
  type.printed = printed;
  return type;
}

Type seconds(TypeFamily family, const std::string& name, int digits, const std::string& printed) {
  Type type = plain(family, name);
  type.precision = digits;
  type.printed = printed;
  return type;
}

Type with_tick(Type type, long long tick_ns) {
  type.tick_ns = tick_ns;
  return type;
}

Type with_zone(Type type) {
  type.with_time_zone = true;
  return type;
}

Type floating(const std::string& name, int bits) {
  Type type = plain(TypeFamily::floating, name);
  type.bits = bits;
  return type;
}

struct Reported {
  std::string name;
  int max_length;
  int precision;
  int scale;
  Type meant;
};

constexpr auto kUnits = LengthUnit::utf16_units;
constexpr auto kBytes = LengthUnit::bytes;

/// Length, precision and scale as sys.columns has them (documentation of sys.columns, sys.types and of each type).
const std::vector<Reported>& reported() {
  static const std::vector<Reported> kReported = {
      {"bit", 1, 1, 0, plain(TypeFamily::boolean, "bit")},
      {"tinyint", 1, 3, 0, integer("tinyint", 8)},
      {"smallint", 2, 5, 0, integer("smallint", 16)},
      {"int", 4, 10, 0, integer("int", 32)},
      {"bigint", 8, 19, 0, integer("bigint", 64)},
      {"decimal", 9, 18, 2, decimal("decimal", 18, 2, "decimal(18,2)")},
      {"decimal", 17, 38, 38, decimal("decimal", 38, 38, "decimal(38,38)")},
      {"decimal", 5, 1, 0, decimal("decimal", 1, 0, "decimal(1,0)")},
      {"numeric", 9, 18, 0, decimal("numeric", 18, 0, "numeric(18,0)")},
      {"money", 8, 19, 4, decimal("money", 19, 4, "money")},
      {"smallmoney", 4, 10, 4, decimal("smallmoney", 10, 4, "smallmoney")},
      {"float", 8, 53, 0, floating("float", 64)},
      {"real", 4, 24, 0, floating("real", 32)},
      {"char", 2, 0, 0, sized(TypeFamily::text, "char", 2, kBytes, true, "char(2)")},
      {"varchar", 40, 0, 0, sized(TypeFamily::text, "varchar", 40, kBytes, false, "varchar(40)")},
      {"varchar", 8000, 0, 0, sized(TypeFamily::text, "varchar", 8000, kBytes, false, "varchar(8000)")},
      {"varchar", -1, 0, 0, sized(TypeFamily::text, "varchar", {}, kBytes, false, "varchar(max)")},
      {"text", 16, 0, 0, sized(TypeFamily::text, "text", {}, kBytes, false, "text")},
      {"nchar", 4, 0, 0, sized(TypeFamily::text, "nchar", 2, kUnits, true, "nchar(2)")},
      {"nvarchar", 80, 0, 0, sized(TypeFamily::text, "nvarchar", 40, kUnits, false, "nvarchar(40)")},
      {"nvarchar", 8000, 0, 0, sized(TypeFamily::text, "nvarchar", 4000, kUnits, false, "nvarchar(4000)")},
      {"nvarchar", -1, 0, 0, sized(TypeFamily::text, "nvarchar", {}, kUnits, false, "nvarchar(max)")},
      {"ntext", 16, 0, 0, sized(TypeFamily::text, "ntext", {}, kUnits, false, "ntext")},
      {"sysname", 256, 0, 0, sized(TypeFamily::text, "sysname", 128, kUnits, false, "sysname")},
      {"binary", 16, 0, 0, sized(TypeFamily::binary, "binary", 16, kBytes, true, "binary(16)")},
      {"varbinary", 32, 0, 0, sized(TypeFamily::binary, "varbinary", 32, kBytes, false, "varbinary(32)")},
      {"varbinary", -1, 0, 0, sized(TypeFamily::binary, "varbinary", {}, kBytes, false, "varbinary(max)")},
      {"image", 16, 0, 0, sized(TypeFamily::binary, "image", {}, kBytes, false, "image")},
      {"uniqueidentifier", 16, 0, 0, plain(TypeFamily::uuid, "uniqueidentifier")},
      {"date", 3, 10, 0, plain(TypeFamily::date, "date")},
      {"time", 3, 8, 0, seconds(TypeFamily::time, "time", 0, "time(0)")},
      {"time", 5, 16, 7, seconds(TypeFamily::time, "time", 7, "time(7)")},
      {"smalldatetime", 4, 16, 0,
       with_tick(seconds(TypeFamily::timestamp, "smalldatetime", 0, "smalldatetime"), 60'000'000'000)},
      {"datetime", 8, 23, 3, with_tick(seconds(TypeFamily::timestamp, "datetime", 3, "datetime"), 3'333'333)},
      {"datetime2", 6, 19, 0, seconds(TypeFamily::timestamp, "datetime2", 0, "datetime2(0)")},
      {"datetime2", 7, 23, 3, seconds(TypeFamily::timestamp, "datetime2", 3, "datetime2(3)")},
      {"datetime2", 8, 27, 7, seconds(TypeFamily::timestamp, "datetime2", 7, "datetime2(7)")},
      {"datetimeoffset", 10, 34, 7,
       with_zone(seconds(TypeFamily::timestamp, "datetimeoffset", 7, "datetimeoffset(7)"))},
      {"datetimeoffset", 8, 26, 0, with_zone(seconds(TypeFamily::timestamp, "datetimeoffset", 0, "datetimeoffset(0)"))},
      {"timestamp", 8, 0, 0, plain(TypeFamily::row_version, "timestamp")},
      {"xml", -1, 0, 0, plain(TypeFamily::xml, "xml")},
      {"json", -1, 0, 0, plain(TypeFamily::json, "json")},
      {"geometry", -1, 0, 0, plain(TypeFamily::spatial, "geometry")},
      {"geography", -1, 0, 0, plain(TypeFamily::spatial, "geography")},
      {"hierarchyid", 892, 0, 0, plain(TypeFamily::other, "hierarchyid")},
      {"sql_variant", 8016, 0, 0, plain(TypeFamily::other, "sql_variant")},
  };
  return kReported;
}

}  // namespace

TEST_CASE("SQL Server's types mean what sys.columns says of them") {
  for (const Reported& one : reported()) {
    const Type type = map_type(one.name, one.max_length, one.precision, one.scale);
    CAPTURE(one.name);
    CAPTURE(one.max_length);
    CAPTURE(type.printed);
    CHECK(type.printed == one.meant.printed);
    CHECK(type.family == one.meant.family);
    CHECK(type.length == one.meant.length);
    CHECK(type.precision == one.meant.precision);
    CHECK(type.scale == one.meant.scale);
    CHECK(type == one.meant);
  }
}

TEST_CASE("SQL Server's types are read from columns in the order of the table, without gaps after dropped ones") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  int number = 0;
  for (const Reported& one : reported()) {
    number += number == 4 ? 3 : 1;  // two columns were dropped: column_id is never used again
    const std::string name = "c" + std::to_string(number);
    paste(rows.columns, "101|" + std::to_string(number) + "|" + name + "|" + one.name + "|0|sys|" + one.name + "|" +
                            std::to_string(one.max_length) + "|" + std::to_string(one.precision) + "|" +
                            std::to_string(one.scale) + "|1|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL");
  }
  const catalog::Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  REQUIRE(table.columns.size() == reported().size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    CHECK(table.columns[i].type == reported()[i].meant);
    CHECK(table.columns[i].ordinal == static_cast<int>(i) + 1);
    CHECK(table.columns[i].nullable);
    CHECK_FALSE(table.columns[i].default_value);
    CHECK_FALSE(table.columns[i].identity);
    CHECK_FALSE(table.columns[i].computed);
  }
  CHECK(table.columns[4].name == "c7");
}

TEST_CASE("SQL Server's alias types are understood by what they are based on and keep their name") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.columns, R"(
    101|1|phone|PhoneNumber|1|dbo|nvarchar|40|0|0|0|SQL_Latin1_General_CP1_CI_AS|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|2|price|Amount|1|sales|decimal|9|18|2|1|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|3|odd|date|1|dbo|varchar|10|0|0|1|SQL_Latin1_General_CP1_CI_AS|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|4|object|sysname|0|sys|nvarchar|256|0|0|0|SQL_Latin1_General_CP1_CI_AS|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|5|place|geography|0|sys|NULL|-1|0|0|1|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|6|shape|Complex|1|dbo|NULL|-1|0|0|1|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  const catalog::Catalog catalog = built(rows);
  const std::vector<catalog::Column>& columns = orders(catalog).columns;
  REQUIRE(columns.size() == 6);
  CHECK(columns[0].type.user_type == "dbo.PhoneNumber");
  CHECK(columns[0].type.name == "nvarchar");
  CHECK(columns[0].type.family == TypeFamily::text);
  CHECK(columns[0].type.length == 20);
  CHECK(columns[1].type.user_type == "sales.Amount");
  CHECK(columns[1].type.family == TypeFamily::decimal);
  CHECK(columns[1].type.precision == 18);
  CHECK(columns[1].type.scale == 2);
  CHECK(columns[2].type.family == TypeFamily::text);  // an alias may have the name of another type
  CHECK(columns[2].type.length == 10);
  CHECK(columns[2].type.user_type == "dbo.date");
  CHECK(columns[3].type.user_type.empty());  // sysname is the server's own alias
  CHECK(columns[3].type.length == 128);
  CHECK(columns[4].type.family == TypeFamily::spatial);
  CHECK(columns[4].type.user_type.empty());
  CHECK(columns[5].type.family == TypeFamily::other);  // a type in CLR has no base
  CHECK(columns[5].type.user_type == "dbo.Complex");
}

TEST_CASE("SQL Server's alias and table types are listed with base and columns") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.types, R"(
    1|PhoneNumber|0|nvarchar|40|0|0|0|NULL
    5|Amount|0|decimal|9|18|2|1|NULL
    5|order_lines|1|NULL|-1|0|0|0|301
  )");
  paste(rows.columns, R"(
    301|1|line|int|0|sys|int|4|10|0|0|NULL|1|1|1|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    301|2|product|nvarchar|0|sys|nvarchar|80|0|0|1|Latin1_General_BIN2|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  const catalog::Catalog catalog = built(rows);
  const catalog::UserType& phone = only(named(catalog.schemas, "dbo").types);
  CHECK(phone.name == "PhoneNumber");
  CHECK(phone.kind == "alias");
  CHECK(phone.base == "nvarchar(20)");
  CHECK_FALSE(phone.nullable);
  CHECK(phone.attributes.empty());
  const catalog::Schema& sales = named(catalog.schemas, "sales");
  CHECK(named(sales.types, "Amount").base == "decimal(18,2)");
  CHECK(named(sales.types, "Amount").nullable);
  const catalog::UserType& lines = named(sales.types, "order_lines");
  CHECK(lines.kind == "table");
  CHECK(lines.base.empty());
  CHECK(names_of(lines.attributes) == Names{"line", "product"});
  CHECK(lines.attributes[0].identity.has_value());
  CHECK(lines.attributes[1].type.printed == "nvarchar(40)");
  CHECK(lines.attributes[1].collation == "Latin1_General_BIN2");
  CHECK(lines.attributes[1].ordinal == 2);
  CHECK(catalog.table_count() == 2);
}
