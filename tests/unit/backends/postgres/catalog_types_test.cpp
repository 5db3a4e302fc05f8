#include <doctest/doctest.h>

#include "tests/unit/backends/postgres/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;
using postgres::map_type;
using postgres::TypeRow;

namespace {

TypeRow builtin(std::string_view printed, std::string_view name, int modifier = -1) {
  TypeRow row;
  row.printed = printed;
  row.schema = "pg_catalog";
  row.name = name;
  row.modifier = modifier;
  return row;
}

TypeRow array_of(std::string_view printed, std::string_view name, std::string_view element, int dimensions,
                 int modifier = -1) {
  TypeRow row = builtin(printed, name, modifier);
  row.base = element;
  row.array_dimensions = dimensions;
  return row;
}

}  // namespace

// Rows as PostgreSQL 15 prints them: format_type, typname, atttypmod.

TEST_CASE("PostgreSQL's integers, booleans and floating point types have their bits") {
  CHECK(map_type(builtin("boolean", "bool")).family == TypeFamily::boolean);
  struct Case {
    std::string printed;
    std::string name;
    TypeFamily family;
    int bits;
  };
  for (const Case& one :
       {Case{"smallint", "int2", TypeFamily::integer, 16}, Case{"integer", "int4", TypeFamily::integer, 32},
        Case{"bigint", "int8", TypeFamily::integer, 64}, Case{"oid", "oid", TypeFamily::integer, 32},
        Case{"real", "float4", TypeFamily::floating, 32},
        Case{"double precision", "float8", TypeFamily::floating, 64}}) {
    CAPTURE(one.printed);
    const Type type = map_type(builtin(one.printed, one.name));
    CHECK(type.family == one.family);
    CHECK(type.bits == one.bits);
    CHECK(type.printed == one.printed);
    CHECK(type.name == one.name);
    CHECK(type.is_unsigned == (std::string(one.name) == "oid"));
    CHECK_FALSE(type.length);
    CHECK_FALSE(type.precision);
    CHECK(type.user_type.empty());
  }
}

TEST_CASE("PostgreSQL's numeric has precision and scale, of which the scale may be negative, or neither") {
  const Type usual = map_type(builtin("numeric(10,2)", "numeric", 655366));
  CHECK(usual.family == TypeFamily::decimal);
  CHECK(usual.precision == 10);
  CHECK(usual.scale == 2);
  const Type negative = map_type(builtin("numeric(5,-2)", "numeric", 329730));
  CHECK(negative.precision == 5);
  CHECK(negative.scale == -2);
  const Type largest = map_type(builtin("numeric(1000,1000)", "numeric", 65537004));
  CHECK(largest.precision == 1000);
  CHECK(largest.scale == 1000);
  const Type smallest = map_type(builtin("numeric(1,-1000)", "numeric", ((1 << 16) | (-1000 & 0x7ff)) + 4));
  CHECK(smallest.precision == 1);
  CHECK(smallest.scale == -1000);
  const Type any = map_type(builtin("numeric", "numeric"));
  CHECK(any.family == TypeFamily::decimal);
  CHECK_FALSE(any.precision);
  CHECK_FALSE(any.scale);
  CHECK(map_type(builtin("money", "money")).scale == 2);
}

TEST_CASE("PostgreSQL's text types count characters, with or without a limit") {
  const Type varying = map_type(builtin("character varying(40)", "varchar", 44));
  CHECK(varying.family == TypeFamily::text);
  CHECK(varying.length == 40);
  CHECK(varying.length_unit == LengthUnit::characters);
  CHECK_FALSE(varying.fixed_length);
  const Type fixed = map_type(builtin("character(3)", "bpchar", 7));
  CHECK(fixed.length == 3);
  CHECK(fixed.fixed_length);
  for (const std::string name : {"text", "varchar", "name", "citext"}) {
    CAPTURE(name);
    const Type type = map_type(builtin(name, name));
    CHECK(type.family == TypeFamily::text);
    CHECK_FALSE(type.length);
    CHECK_FALSE(type.fixed_length);
  }
  const Type one_byte = map_type(builtin("\"char\"", "char"));
  CHECK(one_byte.family == TypeFamily::text);
  CHECK(one_byte.length == 1);
}

TEST_CASE("PostgreSQL's bit strings have their length without a header") {
  const Type fixed = map_type(builtin("bit(3)", "bit", 3));
  CHECK(fixed.family == TypeFamily::bit_string);
  CHECK(fixed.length == 3);
  CHECK(fixed.fixed_length);
  CHECK(map_type(builtin("bit(1)", "bit", 1)).length == 1);
  const Type varying = map_type(builtin("bit varying(5)", "varbit", 5));
  CHECK(varying.length == 5);
  CHECK_FALSE(varying.fixed_length);
  CHECK_FALSE(map_type(builtin("bit varying", "varbit")).length);
}

TEST_CASE("PostgreSQL's times have their digits of a second, and six unless told") {
  struct Case {
    std::string printed;
    std::string name;
    int modifier;
    TypeFamily family;
    int precision;
    bool zone;
  };
  for (const Case& one : {Case{"time without time zone", "time", -1, TypeFamily::time, 6, false},
                          Case{"time(0) without time zone", "time", 0, TypeFamily::time, 0, false},
                          Case{"time(3) with time zone", "timetz", 3, TypeFamily::time, 3, true},
                          Case{"timestamp without time zone", "timestamp", -1, TypeFamily::timestamp, 6, false},
                          Case{"timestamp(3) without time zone", "timestamp", 3, TypeFamily::timestamp, 3, false},
                          Case{"timestamp with time zone", "timestamptz", -1, TypeFamily::timestamp, 6, true},
                          Case{"timestamp(0) with time zone", "timestamptz", 0, TypeFamily::timestamp, 0, true},
                          Case{"interval", "interval", -1, TypeFamily::interval, 6, false},
                          Case{"interval(3)", "interval", 2147418115, TypeFamily::interval, 3, false},
                          Case{"interval(0)", "interval", 2147418112, TypeFamily::interval, 0, false},
                          Case{"interval year to month", "interval", 458751, TypeFamily::interval, 6, false},
                          Case{"interval day to second(2)", "interval", 470286338, TypeFamily::interval, 2, false}}) {
    CAPTURE(one.printed);
    const Type type = map_type(builtin(one.printed, one.name, one.modifier));
    CHECK(type.family == one.family);
    CHECK(type.precision == one.precision);
    CHECK(type.with_time_zone == one.zone);
    CHECK(type.tick_ns == 0);
    CHECK(type.printed == one.printed);
  }
}

TEST_CASE("PostgreSQL's other built-in types have their family") {
  struct Case {
    std::string printed;
    std::string name;
    TypeFamily family;
  };
  for (const Case& one : {Case{"bytea", "bytea", TypeFamily::binary}, Case{"uuid", "uuid", TypeFamily::uuid},
                          Case{"date", "date", TypeFamily::date}, Case{"json", "json", TypeFamily::json},
                          Case{"jsonb", "jsonb", TypeFamily::json}, Case{"xml", "xml", TypeFamily::xml},
                          Case{"inet", "inet", TypeFamily::other}, Case{"tsvector", "tsvector", TypeFamily::other}}) {
    CAPTURE(one.printed);
    const Type type = map_type(builtin(one.printed, one.name));
    CHECK(type.family == one.family);
    CHECK(type.name == one.name);
    CHECK(type.user_type.empty());
    CHECK(type.array_dimensions == 0);
  }
  TypeRow range = builtin("int4range", "int4range");
  range.kind = 'r';
  CHECK(map_type(range).family == TypeFamily::other);
}

TEST_CASE("PostgreSQL's arrays have the family of their elements and their dimensions") {
  const Type plain = map_type(array_of("integer[]", "_int4", "int4", 2));
  CHECK(plain.family == TypeFamily::integer);
  CHECK(plain.bits == 32);
  CHECK(plain.array_dimensions == 2);
  CHECK(plain.printed == "integer[]");
  CHECK(plain.user_type.empty());
  const Type sized = map_type(array_of("character(3)[]", "_bpchar", "bpchar", 1, 7));
  CHECK(sized.family == TypeFamily::text);
  CHECK(sized.length == 3);
  CHECK(sized.fixed_length);
}

TEST_CASE("PostgreSQL's enums and composites keep the name of their type") {
  TypeRow row;
  row.printed = "app.mood";
  row.schema = "app";
  row.name = "mood";
  row.kind = 'e';
  const Type label = map_type(row);
  CHECK(label.family == TypeFamily::enumeration);
  CHECK(label.user_type == "app.mood");
  row.name = "Postal Address";
  row.kind = 'c';
  const Type composite = map_type(row);
  CHECK(composite.family == TypeFamily::composite);
  CHECK(composite.user_type == "app.Postal Address");
}

TEST_CASE("PostgreSQL's domains are understood by what they are based on and keep their name") {
  TypeRow row;
  row.printed = "app.amount";
  row.schema = "app";
  row.name = "amount";
  row.kind = 'd';
  row.modifier = 327686;
  row.base = "numeric";
  const Type type = map_type(row);
  CHECK(type.family == TypeFamily::decimal);
  CHECK(type.precision == 5);
  CHECK(type.scale == 2);
  CHECK(type.user_type == "app.amount");
  CHECK(type.printed == "app.amount");
  row.name = "feeling";
  row.base = "mood";
  row.base_kind = 'e';
  row.modifier = -1;
  CHECK(map_type(row).family == TypeFamily::enumeration);
  CHECK(map_type(row).user_type == "app.feeling");
}

TEST_CASE("PostgreSQL's enum that has the name of a built-in type is an enum") {
  TypeRow row;
  row.printed = "app.date";
  row.schema = "app";
  row.name = "date";
  row.kind = 'e';
  CHECK(map_type(row).family == TypeFamily::enumeration);
  CHECK(map_type(row).user_type == "app.date");
}

TEST_CASE("PostgreSQL's array of an enum names the enum") {
  TypeRow row = array_of("app.mood[]", "_mood", "mood", 1);
  row.schema = "app";
  row.base_kind = 'e';
  const Type type = map_type(row);
  CHECK(type.family == TypeFamily::enumeration);
  CHECK(type.user_type == "app.mood");
  CHECK(type.array_dimensions == 1);
}

// makeArrayTypeName: an underscore and the element's name, cut off at 63 bytes, with more underscores where that is
// taken.
TEST_CASE("PostgreSQL's array of an enum names the enum whatever the array type is called") {
  const std::string longest = "a_very_long_enum_name_that_is_exactly_sixty_three_bytes_long_ye";
  REQUIRE(longest.size() == 63);
  const std::string cut = "_" + longest.substr(0, 62);
  const std::string printed = "app." + longest + "[]";
  TypeRow row = array_of(printed, cut, longest, 1);
  row.schema = "app";
  row.base_kind = 'e';
  CHECK(map_type(row).user_type == "app." + longest);
  TypeRow taken = array_of("app.mood[]", "__mood", "mood", 1);
  taken.schema = "app";
  taken.base_kind = 'e';
  CHECK(map_type(taken).user_type == "app.mood");
}

TEST_CASE("PostgreSQL's array of a domain names the domain") {
  TypeRow row = array_of("app.amount[]", "_amount", "amount", 1);
  row.schema = "app";
  row.base_kind = 'd';
  const Type type = map_type(row);
  CHECK(type.array_dimensions == 1);
  CHECK(type.user_type == "app.amount");
}

// Since PostgreSQL 14 a domain over an array has typcategory A and typelem 0: its base is the array type.
TEST_CASE("PostgreSQL's domain over an array is an array of its element") {
  TypeRow row = array_of("app._tags", "_tags", "_text", 1);
  row.schema = "app";
  row.kind = 'd';
  const Type type = map_type(row);
  CHECK(type.family == TypeFamily::text);
  CHECK(type.array_dimensions == 1);
  CHECK(type.user_type == "app._tags");  // the underscore is the domain's own
}

TEST_CASE("PostgreSQL's user types are listed with labels, base, checks and attributes") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns, R"(
    1301|1|street|text|pg_catalog|text|b|-1|NULL|NULL|0|f|NULL|||NULL|NULL|NULL
    1301|3|zip|character(5)|pg_catalog|bpchar|b|9|NULL|NULL|0|f|NULL|||NULL|five digits|NULL
  )");
  paste(rows.types, R"rows(
    100|mood|e|0|NULL|f|NULL|{sad,"very happy","a,b",NULL}|{}|NULL|how it is
    100|amount|d|0|numeric(5,2)|t|0|{}|{"CHECK ((VALUE > (0)::numeric))"}|NULL|NULL
    100|address|c|1301|NULL|f|NULL|{}|{}|NULL|NULL
    100|span|r|0|NULL|f|NULL|{}|{}|timestamp with time zone|NULL
    999|elsewhere|e|0|NULL|f|NULL|{x}|{}|NULL|NULL
  )rows");
  const catalog::Catalog catalog = built(rows);
  const std::vector<catalog::UserType>& types = named(catalog.schemas, "app").types;
  CHECK(names_of(types) == Names{"address", "amount", "mood", "span"});
  CHECK(named(types, "mood").kind == "enum");
  CHECK(named(types, "mood").labels == Names{"sad", "very happy", "a,b", ""});
  CHECK(named(types, "mood").comment == "how it is");
  CHECK(named(types, "mood").nullable);
  const catalog::UserType& amount = named(types, "amount");
  CHECK(amount.kind == "domain");
  CHECK(amount.base == "numeric(5,2)");
  CHECK_FALSE(amount.nullable);
  CHECK(amount.default_value == catalog::Expression{"0", false});
  CHECK(amount.checks == Names{"CHECK ((VALUE > (0)::numeric))"});
  CHECK(amount.labels.empty());
  const catalog::UserType& address = named(types, "address");
  CHECK(address.kind == "composite");
  CHECK(names_of(address.attributes) == Names{"street", "zip"});
  CHECK(address.attributes[1].ordinal == 2);
  CHECK(address.attributes[1].type.length == 5);
  CHECK(address.attributes[1].comment == "five digits");
  CHECK(named(types, "span").kind == "range");
  CHECK(named(types, "span").base == "timestamp with time zone");
  CHECK(catalog.table_count() == 2);
}
