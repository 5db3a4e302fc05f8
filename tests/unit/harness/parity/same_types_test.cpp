// What docs/type-mapping.md calls the same gives no difference when whole catalogs are compared; what it calls
// compatible gives none either, and is counted with what is lost. Every row of the page is used, so that a new row
// without columns here fails.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;

namespace {

Type of_family(TypeFamily family, Type type) {
  type.family = family;
  return type;
}

Type binary(std::string name, int length, bool fixed = false) {
  return of_family(TypeFamily::binary, text_type(std::move(name), length, LengthUnit::bytes, fixed));
}

Type printed_as(std::string printed, Type type) {
  type.printed = std::move(printed);
  return type;
}

Type floating(std::string printed, int bits) {
  Type type = simple_type(TypeFamily::floating, std::move(printed));
  type.bits = bits;
  return type;
}

Type tinyint() {
  Type type = integer_type("tinyint", 8);
  type.is_unsigned = true;
  return type;
}

Type bits(std::string name, int length, bool fixed) {
  return of_family(TypeFamily::bit_string, text_type(std::move(name), length, LengthUnit::none, fixed));
}

Type user_type(TypeFamily family, std::string printed, std::string user_name) {
  Type type = simple_type(family, std::move(printed));
  type.user_type = std::move(user_name);
  return type;
}

Type time(std::string printed, int precision, bool zone = false) {
  return second_type(TypeFamily::time, std::move(printed), precision, zone);
}

Type stamp(std::string printed, int precision, bool zone = false, long long tick_ns = 0) {
  return second_type(TypeFamily::timestamp, std::move(printed), precision, zone, tick_ns);
}

/// Types of the columns of the two catalogs.
struct Pair {
  Type postgres;
  Type sqlserver;
};

/// By the first three cells of a rule: pairs to which it applies. Where no engine of the two has such a type, the pair
/// is what it would be.
std::map<std::string, std::vector<Pair>> pairs_of_rules() {
  const auto characters = [](int n, bool fixed) {
    return text_type(fixed ? "character" : "character varying", n, LengthUnit::characters, fixed);
  };
  const auto units = [](int n, bool fixed) {
    return text_type(fixed ? "nchar" : "nvarchar", n, LengthUnit::utf16_units, fixed);
  };
  const auto bytes = [](int n, bool fixed) {
    return text_type(fixed ? "char" : "varchar", n, LengthUnit::bytes, fixed);
  };
  const Type text = text_type("text", 0, LengthUnit::none);
  const Type unlimited = printed_as("nvarchar(max)", units(0, false));
  const Type unlimited_bytes = printed_as("varchar(max)", bytes(0, false));
  const Type bytea = binary("bytea", 0);
  return {
      {"boolean|boolean|always",
       {{simple_type(TypeFamily::boolean, "boolean"), simple_type(TypeFamily::boolean, "bit")}}},
      {"integer|integer|equal bits and sign",
       {{integer_type("smallint", 16), integer_type("smallint", 16)},
        {integer_type("integer", 32), integer_type("int", 32)},
        {integer_type("bigint", 64), integer_type("bigint", 64)}}},
      {"integer|integer|8 bits unsigned and 16 bits signed", {{integer_type("smallint", 16), tinyint()}}},
      {"decimal|decimal|equal precision and scale, or both without",
       {{decimal_type("numeric", 10, 2), decimal_type("decimal", 10, 2)},
        {decimal_type("numeric", 38, 38), decimal_type("numeric", 38, 38)},
        {simple_type(TypeFamily::decimal, "numeric"), simple_type(TypeFamily::decimal, "decimal")}}},
      {"floating|floating|equal bits",
       {{floating("real", 32), floating("real", 32)}, {floating("double precision", 64), floating("float(53)", 64)}}},
      {"text|text|equal length in equal units, both fixed or both varying",
       {{characters(7, false), text_type("nvarchar", 7, LengthUnit::characters)},
        {characters(7, true), text_type("nchar", 7, LengthUnit::characters, true)}}},
      {"text|text|equal length, in characters and in UTF-16 units",
       {{characters(40, false), units(40, false)}, {characters(2, true), units(2, true)}}},
      {"text|text|equal length, on one side in bytes",
       {{characters(40, false), bytes(40, false)}, {characters(2, true), bytes(2, true)}}},
      {"text|text|both without limit", {{text, unlimited}, {text, text_type("ntext", 0, LengthUnit::utf16_units)}}},
      {"text|text|both without limit, one stored in a code page", {{text, unlimited_bytes}}},
      {"binary|binary|equal length or both without limit, both fixed or both varying",
       {{bytea, printed_as("varbinary(max)", binary("varbinary", 0))},
        {bytea, binary("image", 0)},
        {binary("bytea", 9), binary("varbinary", 9)},
        {binary("bytea", 9, true), binary("binary", 9, true)}}},
      {"binary|binary|without limit and varying with one", {{bytea, binary("varbinary", 16)}}},
      {"binary|binary|without limit and fixed", {{bytea, binary("binary", 16, true)}}},
      {"bit-string|bit-string|equal length, both fixed or both varying",
       {{bits("bit", 3, true), bits("bit", 3, true)}, {bits("bit varying", 9, false), bits("varbit", 9, false)}}},
      {"uuid|uuid|always",
       {{simple_type(TypeFamily::uuid, "uuid"), simple_type(TypeFamily::uuid, "uniqueidentifier")}}},
      {"date|date|always", {{simple_type(TypeFamily::date, "date"), simple_type(TypeFamily::date, "date")}}},
      {"time|time|equal precision, both or neither with time zone",
       {{time("time(6) without time zone", 6), time("time(6)", 6)},
        {time("time(3) with time zone", 3, true), time("time(3) with time zone", 3, true)}}},
      {"time|time|other precision, both or neither with time zone",
       {{time("time(6) without time zone", 6), time("time(7)", 7)}}},
      {"timestamp|timestamp|equal precision and grid, both without time zone",
       {{stamp("timestamp(6) without time zone", 6), stamp("datetime2(6)", 6)},
        {stamp("timestamp(0) without time zone", 0), stamp("datetime2(0)", 0)}}},
      {"timestamp|timestamp|other precision or grid, both without time zone",
       {{stamp("timestamp(6) without time zone", 6), stamp("datetime2(7)", 7)},
        {stamp("timestamp(3) without time zone", 3), stamp("datetime", 3, false, 3'333'333)}}},
      {"timestamp|timestamp|both with time zone",
       {{stamp("timestamp(6) with time zone", 6, true), stamp("datetimeoffset(6)", 6, true)}}},
      {"interval|interval|equal precision",
       {{simple_type(TypeFamily::interval, "interval"), simple_type(TypeFamily::interval, "interval")}}},
      {"json|json|always", {{simple_type(TypeFamily::json, "jsonb"), simple_type(TypeFamily::json, "json")}}},
      {"json|text|text varying without limit",
       {{simple_type(TypeFamily::json, "jsonb"), unlimited}, {text, simple_type(TypeFamily::json, "json")}}},
      {"xml|xml|always", {{simple_type(TypeFamily::xml, "xml"), simple_type(TypeFamily::xml, "xml")}}},
      {"enumeration|enumeration|equal name of the type",
       {{user_type(TypeFamily::enumeration, "mood", "public.mood"),
         user_type(TypeFamily::enumeration, "Mood", "dbo.Mood")}}},
      {"enumeration|text|text varying",
       {{user_type(TypeFamily::enumeration, "mood", "public.mood"), units(40, false)},
        {text, user_type(TypeFamily::enumeration, "Mood", "dbo.Mood")}}},
      {"composite|composite|equal name of the type",
       {{user_type(TypeFamily::composite, "point_in_time", "public.point_in_time"),
         user_type(TypeFamily::composite, "PointInTime", "dbo.PointInTime")}}},
      {"row-version|row-version|always",
       {{simple_type(TypeFamily::row_version, "rowversion"), simple_type(TypeFamily::row_version, "timestamp")}}},
      {"row-version|binary|always",
       {{bytea, simple_type(TypeFamily::row_version, "rowversion")},
        {simple_type(TypeFamily::row_version, "rowversion"), binary("binary", 8, true)}}},
      {"spatial|spatial|equal name",
       {{simple_type(TypeFamily::spatial, "geometry"), simple_type(TypeFamily::spatial, "geometry")}}},
      {"other|other|equal name",
       {{simple_type(TypeFamily::other, "hierarchyid"), simple_type(TypeFamily::other, "HierarchyId")}}},
  };
}

/// The types of the examples, by what the page prints; those of rules come from the rules.
std::map<std::string, Type> types_of(bool postgres) {
  std::map<std::string, Type> out;
  for (const auto& [rule, pairs] : pairs_of_rules()) {
    for (const Pair& pair : pairs) {
      const Type& type = postgres ? pair.postgres : pair.sqlserver;
      out.emplace(type.printed, type);
    }
  }
  const auto add = [&](Type type) { out.insert_or_assign(type.printed, type); };
  if (postgres) {
    add(decimal_type("numeric", 19, 4));
    add(decimal_type("numeric", 10, 4));
  } else {
    add(printed_as("money", decimal_type("money", 19, 4)));
    add(printed_as("smallmoney", decimal_type("smallmoney", 10, 4)));
    add(stamp("smalldatetime", 0, false, 60'000'000'000));
    add(stamp("datetimeoffset(7)", 7, true));
  }
  return out;
}

struct Row {
  std::string text;  ///< "integer|integer|equal bits and sign", "boolean|bit"
  std::string match;
  std::string loss;
};

/// The rows of the Markdown table below a heading. `words`: how many cells lead the match.
std::vector<Row> rows_below(const std::string& heading, std::size_t words) {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(source != nullptr, "PARIPASSU_SOURCE_DIR must name the source tree; CTest sets it");
  std::ifstream page(std::string(source) + "/docs/type-mapping.md");
  REQUIRE(page.good());
  std::vector<Row> rows;
  bool inside = false;
  std::size_t lines = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    if (!inside || !line.starts_with("|") || ++lines <= 2) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const auto begin = cell.find_first_not_of(" `");
      const auto end = cell.find_last_not_of(" `");
      cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    REQUIRE(cells.size() > words);
    Row row;
    for (std::size_t i = 0; i < words; ++i) row.text += (i == 0 ? "" : "|") + cells[i];
    row.match = cells[words];
    if (cells.size() > words + 1) row.loss = cells[words + 1];
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Catalogs {
  Catalog postgres = empty_postgres();
  Catalog sqlserver = empty_sqlserver();

  Catalogs() {
    add_table(postgres, "things", {});
    add_table(sqlserver, "Things", {});
    // The user-defined types themselves are not listed: what an enum's labels demand of the other side is told of its
    // checks, and is no matter of the types.
  }
  void add(const Pair& pair) {
    const std::string number = std::to_string(columns++);
    postgres.schemas[0].tables[0].columns.push_back(column("field_" + number, pair.postgres));
    sqlserver.schemas[0].tables[0].columns.push_back(column("Field" + number, pair.sqlserver));
    for (Catalog* each : {&postgres, &sqlserver}) {
      each->schemas[0].tables[0].columns.back().ordinal = static_cast<int>(columns);
    }
  }
  std::size_t columns = 0;
};

/// Compares a pair alone, and keeps it for the catalogs of all pairs.
void check_pair(const Pair& pair, const Row& row, Catalogs& all_same, Catalogs& all) {
  CAPTURE(row.text);
  CAPTURE(pair.postgres.printed);
  CAPTURE(pair.sqlserver.printed);
  Catalogs alone;
  alone.add(pair);
  const Comparison comparison = compare_both_ways(alone.postgres, alone.sqlserver);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(comparison.counts.columns == 1);
  all.add(pair);
  if (row.match == "same") {
    CHECK(comparison.compatible.empty());
    all_same.add(pair);
  } else {
    CHECK(row.match == "compatible");
    REQUIRE(comparison.compatible.size() == 1);
    CHECK(comparison.compatible[0].columns == 1);
    if (!row.loss.empty()) CHECK(comparison.compatible[0].reason == row.loss);
  }
}

}  // namespace

TEST_CASE(
    "compare: catalogs that differ in what docs/type-mapping.md calls same give no output, row by row and at once") {
  Catalogs all_same;
  Catalogs all;
  std::size_t same_rules = 0;
  auto pairs = pairs_of_rules();
  const std::vector<Row> rules = rows_below("Rules", 3);
  CHECK(rules.size() == pairs.size());
  for (const Row& row : rules) {
    CAPTURE(row.text);
    REQUIRE(pairs.contains(row.text));
    REQUIRE_FALSE(pairs[row.text].empty());
    same_rules += row.match == "same" ? 1u : 0u;
    for (const Pair& pair : pairs[row.text]) check_pair(pair, row, all_same, all);
    pairs.erase(row.text);
  }
  CHECK(pairs.empty());
  CHECK(same_rules > 15);

  const auto postgres = types_of(true);
  const auto sqlserver = types_of(false);
  std::size_t same_examples = 0;
  for (const Row& row : rows_below("Examples", 2)) {
    if (row.match == "different") continue;
    CAPTURE(row.text);
    const std::size_t bar = row.text.find('|');
    const std::string left = row.text.substr(0, bar);
    const std::string right = row.text.substr(bar + 1);
    REQUIRE(postgres.contains(left));
    REQUIRE(sqlserver.contains(right));
    same_examples += row.match == "same" ? 1u : 0u;
    check_pair({postgres.at(left), sqlserver.at(right)}, row, all_same, all);
  }
  CHECK(same_examples > 15);

  const Comparison same = compare_both_ways(all_same.postgres, all_same.sqlserver);
  CHECK(same.counts.columns == all_same.columns);
  CHECK(all_same.columns >= same_rules + same_examples);
  CHECK(codes_of(same) == Codes{});
  CHECK(same.compatible.empty());
  CHECK(same.settings.empty());
  CHECK(same.unknown.empty());

  const Comparison both = compare_both_ways(all.postgres, all.sqlserver);
  CHECK(codes_of(both) == Codes{});
  std::size_t compatible_columns = 0;
  for (const CompatibleTypes& each : both.compatible) compatible_columns += each.columns;
  CHECK(compatible_columns == all.columns - all_same.columns);
}

TEST_CASE("compare: examples that docs/type-mapping.md calls different are column-type, each") {
  const auto postgres = types_of(true);
  const auto sqlserver = types_of(false);
  std::size_t compared = 0;
  for (const Row& row : rows_below("Examples", 2)) {
    const std::size_t bar = row.text.find('|');
    const auto left = postgres.find(row.text.substr(0, bar));
    const auto right = sqlserver.find(row.text.substr(bar + 1));
    // Types that no other row is the same or compatible with are left to type_equivalence_test.cpp.
    if (row.match != "different" || left == postgres.end() || right == sqlserver.end()) continue;
    CAPTURE(row.text);
    Catalogs alone;
    alone.add({left->second, right->second});
    CHECK(codes(alone.postgres, alone.sqlserver) == Codes{"column-type"});
    ++compared;
  }
  CHECK(compared > 5);
}
