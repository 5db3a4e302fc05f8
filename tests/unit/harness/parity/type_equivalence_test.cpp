#include "harness/parity/type_equivalence.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/harness/parity/catalogs.h"

using namespace paripassu;
using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;

namespace {

Type binary_type(std::string name, int length, bool fixed = false) {
  Type type = test::text_type(std::move(name), length, LengthUnit::bytes, fixed);
  type.family = TypeFamily::binary;
  return type;
}

Type max_type(Type type) {
  type.printed = type.name + "(max)";
  return type;
}

Type floating_type(std::string printed, int bits) {
  Type type = test::simple_type(TypeFamily::floating, std::move(printed));
  type.bits = bits;
  return type;
}

Type tinyint() {
  Type type = test::integer_type("tinyint", 8);
  type.is_unsigned = true;
  return type;
}

Type money(std::string name, int precision) {
  Type type = test::decimal_type(name, precision, 4);
  type.printed = name;
  return type;
}

Type fixed_bits(int length) {
  Type type = test::text_type("bit", length, LengthUnit::none, true);
  type.family = TypeFamily::bit_string;
  return type;
}

Type enumeration() {
  Type type = test::simple_type(TypeFamily::enumeration, "mood");
  type.user_type = "public.mood";
  return type;
}

Type array_of(Type type) {
  type.printed += "[]";
  type.array_dimensions = 1;
  return type;
}

/// The types that the examples of docs/type-mapping.md are made of, as the inspectors understand them.
std::map<std::string, Type> known_types(bool postgres) {
  std::vector<Type> types;
  if (postgres) {
    types = {test::simple_type(TypeFamily::boolean, "boolean"),
             test::integer_type("smallint", 16),
             test::integer_type("integer", 32),
             test::integer_type("bigint", 64),
             test::decimal_type("numeric", 10, 2),
             test::decimal_type("numeric", 19, 4),
             test::decimal_type("numeric", 10, 4),
             test::simple_type(TypeFamily::decimal, "numeric"),
             floating_type("real", 32),
             floating_type("double precision", 64),
             test::text_type("text", 0, LengthUnit::none),
             test::text_type("character varying", 40, LengthUnit::characters),
             test::text_type("character", 2, LengthUnit::characters, true),
             binary_type("bytea", 0),
             test::simple_type(TypeFamily::uuid, "uuid"),
             test::simple_type(TypeFamily::date, "date"),
             test::second_type(TypeFamily::time, "time(6) without time zone", 6),
             test::second_type(TypeFamily::timestamp, "timestamp(6) without time zone", 6),
             test::second_type(TypeFamily::timestamp, "timestamp(6) with time zone", 6, true),
             test::simple_type(TypeFamily::json, "jsonb"),
             test::simple_type(TypeFamily::xml, "xml"),
             test::simple_type(TypeFamily::interval, "interval"),
             test::simple_type(TypeFamily::other, "inet"),
             enumeration(),
             fixed_bits(1),
             array_of(test::integer_type("integer", 32))};
  } else {
    types = {test::simple_type(TypeFamily::boolean, "bit"),
             tinyint(),
             test::integer_type("smallint", 16),
             test::integer_type("int", 32),
             test::integer_type("bigint", 64),
             test::decimal_type("decimal", 10, 2),
             test::decimal_type("decimal", 12, 2),
             test::decimal_type("decimal", 38, 10),
             money("money", 19),
             money("smallmoney", 10),
             floating_type("real", 32),
             floating_type("float(53)", 64),
             test::text_type("nvarchar", 40, LengthUnit::utf16_units),
             test::text_type("nvarchar", 1, LengthUnit::utf16_units),
             test::text_type("nvarchar", 50, LengthUnit::utf16_units),
             test::text_type("varchar", 40, LengthUnit::bytes),
             test::text_type("nchar", 2, LengthUnit::utf16_units, true),
             test::text_type("char", 36, LengthUnit::bytes, true),
             max_type(test::text_type("nvarchar", 0, LengthUnit::utf16_units)),
             max_type(test::text_type("varchar", 0, LengthUnit::bytes)),
             test::text_type("ntext", 0, LengthUnit::utf16_units),
             binary_type("varbinary", 16),
             max_type(binary_type("varbinary", 0)),
             binary_type("image", 0),
             binary_type("binary", 16, true),
             test::simple_type(TypeFamily::uuid, "uniqueidentifier"),
             test::simple_type(TypeFamily::date, "date"),
             test::second_type(TypeFamily::time, "time(6)", 6),
             test::second_type(TypeFamily::time, "time(7)", 7),
             test::second_type(TypeFamily::timestamp, "datetime2(6)", 6),
             test::second_type(TypeFamily::timestamp, "datetime2(7)", 7),
             test::second_type(TypeFamily::timestamp, "datetime", 3, false, 3'333'333),
             test::second_type(TypeFamily::timestamp, "smalldatetime", 0, false, 60'000'000'000),
             test::second_type(TypeFamily::timestamp, "datetimeoffset(7)", 7, true),
             test::simple_type(TypeFamily::json, "json"),
             test::simple_type(TypeFamily::xml, "xml"),
             test::simple_type(TypeFamily::other, "sql_variant"),
             test::simple_type(TypeFamily::row_version, "rowversion")};
  }
  std::map<std::string, Type> out;
  for (Type& type : types) out.emplace(type.printed, type);
  return out;
}

using Rows = std::vector<std::vector<std::string>>;

/// The rows of the Markdown table below a heading, without the header; code marks are taken off.
Rows table_below(const std::string& page, const std::string& heading) {
  Rows rows;
  std::istringstream lines(page);
  std::string line;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (line.rfind("## ", 0) == 0) inside = line == "## " + heading;
    if (!inside || line.empty() || line.front() != '|') continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const auto begin = cell.find_first_not_of(" `");
      const auto end = cell.find_last_not_of(" `");
      cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    rows.push_back(std::move(cells));
  }
  REQUIRE(rows.size() > 2);
  rows.erase(rows.begin(), rows.begin() + 2);
  return rows;
}

std::string type_page() {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(source != nullptr, "PARIPASSU_SOURCE_DIR must name the source tree; CTest sets it");
  std::ifstream in(std::string(source) + "/docs/type-mapping.md");
  REQUIRE(in.good());
  std::ostringstream page;
  page << in.rdbuf();
  return page.str();
}

TypeMatch match(const Type& left, const Type& right) {
  return compare_types(left, right).match;
}

}  // namespace

TEST_CASE("docs/type-mapping.md has the rules of the code, in their order") {
  const Rows rows = table_below(type_page(), "Rules");
  const auto rules = type_rules();
  REQUIRE(rows.size() == rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::vector<std::string> expected = {
        std::string(catalog::to_string(rules[i].one)), std::string(catalog::to_string(rules[i].other)),
        std::string(rules[i].when), std::string(to_string(rules[i].match)), std::string(rules[i].loss)};
    CHECK(rows[i] == expected);
  }
}

TEST_CASE("docs/type-mapping.md gives examples that the code agrees with, in both directions") {
  const auto postgres = known_types(true);
  const auto sqlserver = known_types(false);
  const Rows rows = table_below(type_page(), "Examples");
  CHECK(rows.size() > 40);
  for (const auto& row : rows) {
    REQUIRE(row.size() >= 3);
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    REQUIRE(postgres.count(row[0]) == 1);
    REQUIRE(sqlserver.count(row[1]) == 1);
    CHECK(to_string(match(postgres.at(row[0]), sqlserver.at(row[1]))) == row[2]);
    CHECK(to_string(match(sqlserver.at(row[1]), postgres.at(row[0]))) == row[2]);
  }
}

TEST_CASE("compare_types is symmetric and finds every type the same as itself") {
  std::vector<Type> all;
  for (const bool postgres : {true, false}) {
    for (const auto& [printed, type] : known_types(postgres)) all.push_back(type);
  }
  for (const Type& left : all) {
    for (const Type& right : all) {
      CAPTURE(left.printed);
      CAPTURE(right.printed);
      CHECK(match(left, right) == match(right, left));
      CHECK(compare_types(left, right).reason == compare_types(right, left).reason);
    }
    const TypeComparison self = compare_types_of_one_engine(left, left, NameMatching::fold);
    CHECK(self.match == TypeMatch::same);
  }
}

TEST_CASE("compare_types names a loss exactly where types are compatible") {
  for (const TypeRule& rule : type_rules()) {
    CAPTURE(rule.when);
    CHECK(rule.match != TypeMatch::different);
    CHECK(rule.loss.empty() == (rule.match == TypeMatch::same));
  }
}

TEST_CASE("compare_types keeps booleans apart from everything that only looks like them") {
  const Type boolean = test::simple_type(TypeFamily::boolean, "boolean");
  CHECK(match(boolean, test::text_type("nvarchar", 1, LengthUnit::utf16_units)) == TypeMatch::different);
  CHECK(match(boolean, test::text_type("char", 1, LengthUnit::bytes, true)) == TypeMatch::different);
  CHECK(match(boolean, tinyint()) == TypeMatch::different);
  CHECK(match(boolean, fixed_bits(1)) == TypeMatch::different);
}

TEST_CASE("compare_types: time zones, lengths and padding must agree") {
  const auto stamp = [](bool zone) { return test::second_type(TypeFamily::timestamp, "timestamp", 6, zone); };
  CHECK(match(stamp(true), stamp(false)) == TypeMatch::different);
  const auto text = [](int n, bool fixed) { return test::text_type("text", n, LengthUnit::characters, fixed); };
  CHECK(match(text(10, false), text(11, false)) == TypeMatch::different);
  CHECK(match(text(10, false), text(10, true)) == TypeMatch::different);
  CHECK(match(text(0, false), text(10, false)) == TypeMatch::different);
}

TEST_CASE("compare_types: arrays need equal dimensions") {
  const Type one = array_of(test::integer_type("integer", 32));
  Type two = one;
  two.array_dimensions = 2;
  CHECK(match(one, one) == TypeMatch::same);
  CHECK(match(one, two) == TypeMatch::different);
}

TEST_CASE("compare_types: types that nobody understands are equal by name only") {
  const auto other = [](std::string name) { return test::simple_type(TypeFamily::other, std::move(name)); };
  CHECK(match(other("hierarchyid"), other("HierarchyId")) == TypeMatch::same);
  CHECK(match(other("inet"), other("sql_variant")) == TypeMatch::different);
}

TEST_CASE("compare_types_of_one_engine sees what two engines cannot keep apart") {
  const auto same = [](const Type& left, const Type& right) {
    return compare_types_of_one_engine(left, right, NameMatching::fold).match == TypeMatch::same;
  };
  CHECK_FALSE(same(test::simple_type(TypeFamily::json, "json"), test::simple_type(TypeFamily::json, "jsonb")));
  CHECK_FALSE(same(test::second_type(TypeFamily::timestamp, "datetime2(3)", 3),
                   test::second_type(TypeFamily::timestamp, "datetime2(7)", 7)));
  CHECK_FALSE(
      same(test::text_type("varchar", 4, LengthUnit::bytes), test::text_type("nvarchar", 4, LengthUnit::utf16_units)));
  CHECK(same(test::decimal_type("decimal", 9, 2), test::decimal_type("numeric", 9, 2)));
  Type left = enumeration();
  Type right = enumeration();
  right.printed = "app.mood";
  right.user_type = "app.mood";
  CHECK(same(left, right));
  right.user_type = "app.temper";
  CHECK_FALSE(same(left, right));
}

TEST_CASE("normalise_type_name finds the same word for every spelling") {
  const std::map<std::string, std::string> expected = {
      {"VARCHAR (40)", "varchar(40)"},
      {"character varying(40)", "varchar(40)"},
      {"Character  Varying ( 40 )", "varchar(40)"},
      {"varchar", "varchar"},
      {"int4", "integer"},
      {"INT", "integer"},
      {"bool", "boolean"},
      {"decimal(10)", "numeric(10,0)"},
      {"numeric(10, 2)", "numeric(10,2)"},
      {"numeric", "numeric"},
      {"timestamptz(3)", "timestamp(3) with time zone"},
      {"timestamp(3) with time zone", "timestamp(3) with time zone"},
      {"timestamp (3) without time zone", "timestamp(3)"},
      {"timetz", "time with time zone"},
      {"float(53)", "double precision"},
      {"float8", "double precision"},
      {"float(24)", "real"},
      {"bpchar(3)", "char(3)"},
      {"[nvarchar](4000)", "nvarchar(4000)"},
      {"national character varying(10)", "nvarchar(10)"},
      {"nvarchar(MAX)", "nvarchar(max)"},
      {"int4[]", "integer[]"},
      {"character varying(4)[][]", "varchar(4)[][]"},
      {"\"Mood\"", "mood"},
      {"", ""},
      {"(", "("},
      {"numeric(", "numeric("},
  };
  for (const auto& [printed, word] : expected) {
    CAPTURE(printed);
    CHECK(normalise_type_name(printed) == word);
    CHECK(normalise_type_name(normalise_type_name(printed)) == normalise_type_name(printed));
  }
}

TEST_CASE("DeclaredEquivalences matches either order of the engines, and only declared pairs") {
  const std::vector<EquivalentTypes> declared = {
      {{{"postgres", "VARCHAR(4096)"}, {"sqlserver", "nvarchar (4000)"}}, "SQL Server's limit"},
      {{{"postgres", "inet"}}, "half a pair"},
      {{{"postgres", "inet"}, {"sqlserver", "varchar(45)"}}, ""}};
  const Type varchar = test::text_type("character varying", 4096, LengthUnit::characters);
  const Type nvarchar = test::text_type("nvarchar", 4000, LengthUnit::utf16_units);
  const Type inet = test::simple_type(TypeFamily::other, "inet");
  const Type address = test::text_type("varchar", 45, LengthUnit::bytes);

  const DeclaredEquivalences forward(declared, "postgres", "sqlserver");
  REQUIRE(forward.find(varchar, nvarchar) != nullptr);
  CHECK(*forward.find(varchar, nvarchar) == "SQL Server's limit");
  REQUIRE(forward.find(inet, address) != nullptr);
  CHECK_FALSE(forward.find(inet, address)->empty());
  CHECK(forward.find(nvarchar, varchar) == nullptr);
  CHECK(forward.find(varchar, address) == nullptr);

  const DeclaredEquivalences backward(declared, "sqlserver", "postgres");
  CHECK(backward.find(nvarchar, varchar) != nullptr);
  CHECK(DeclaredEquivalences(declared, "postgres", "postgres").find(varchar, varchar) == nullptr);
}
