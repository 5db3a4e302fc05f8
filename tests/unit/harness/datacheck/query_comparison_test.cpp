#include <doctest/doctest.h>

#include "harness/datacheck/query_suite.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;

Type type_of(TypeFamily family, const std::string& name) {
  Type type;
  type.family = family;
  type.name = type.printed = name;
  type.bits = family == TypeFamily::integer || family == TypeFamily::floating ? 64 : 0;
  return type;
}

const Type kInteger = type_of(TypeFamily::integer, "bigint");
const Type kText = type_of(TypeFamily::text, "text");
const Type kFloat = type_of(TypeFamily::floating, "double precision");
const Type kDecimal = type_of(TypeFamily::decimal, "numeric");

RowSet rows(std::vector<RowColumn> columns, std::vector<std::vector<Cell>> cells) {
  RowSet set;
  set.name = "q";
  set.columns = std::move(columns);
  set.rows = std::move(cells);
  return set;
}

TableResult compared(const RowSet& left, const RowSet& right, const QueryDirectives& directives = {},
                     std::size_t limit = 20) {
  return compare_results(left, right, directives, NameMatching::fold, limit);
}

const std::vector<RowColumn> kIdName = {{"id", kInteger}, {"name", kText}};

}  // namespace

TEST_CASE("query results compare as multisets: the order does not count, the number of copies does") {
  const RowSet left = rows(kIdName, {{"1", "a"}, {"2", "b"}, {"2", "b"}});
  CHECK(compared(left, rows(kIdName, {{"2", "b"}, {"1", "a"}, {"2", "b"}})).equal_rows == 3);
  const TableResult result = compared(left, rows(kIdName, {{"2", "b"}, {"1", "a"}, {"1", "a"}}));
  CHECK(result.equal_rows == 2);
  CHECK(result.left_only_rows == 1);
  CHECK(result.right_only_rows == 1);
  REQUIRE(result.differences.size() == 2);
  CHECK(result.differences[0].left == std::vector<Cell>{"2", "b"});
}

TEST_CASE("query results tell NULL from the empty text and from the text NULL") {
  const TableResult result = compared(rows(kIdName, {{"1", std::nullopt}, {"2", "N"}, {"3", ""}}),
                                      rows(kIdName, {{"1", ""}, {"2", std::nullopt}, {"3", ""}}));
  CHECK(result.equal_rows == 1);
  CHECK(result.left_only_rows == 2);
}

TEST_CASE("query results with order compare by position") {
  QueryDirectives directives;
  directives.ordered = true;
  const TableResult result = compared(rows(kIdName, {{"1", "a"}, {"2", "b"}, {"3", "c"}}),
                                      rows(kIdName, {{"2", "b"}, {"1", "a"}}), directives);
  CHECK(result.changed_rows == 2);
  CHECK(result.left_only_rows == 1);
  CHECK(result.differences[0].key == std::vector<Cell>{"row 1"});
}

TEST_CASE("query results with a key explain the values that differ") {
  QueryDirectives directives;
  directives.key = {"ID"};
  const TableResult result =
      compared(rows(kIdName, {{"1", "a"}, {"2", "b"}}), rows(kIdName, {{"2", "B"}, {"1", "a"}}), directives);
  CHECK(result.equal_rows == 1);
  REQUIRE(result.differences.size() == 1);
  CHECK(result.differences[0].key == std::vector<Cell>{"2"});
  REQUIRE(result.differences[0].values.size() == 1);
  CHECK(result.differences[0].values[0].value_class == ValueClass::letter_case);
  directives.verdicts[static_cast<std::size_t>(ValueClass::letter_case)] = ClassVerdict::accepted;
  const TableResult accepted = compared(rows(kIdName, {{"2", "b"}}), rows(kIdName, {{"2", "B"}}), directives);
  CHECK(accepted.changed_rows == 0);
  CHECK(accepted.equal_rows + accepted.accepted_rows == 1);
}

TEST_CASE("query results: a key that is not unique is noted, and one that is nowhere is refused") {
  QueryDirectives directives;
  directives.key = {"id"};
  const RowSet twice = rows(kIdName, {{"1", "a"}, {"1", "b"}});
  CHECK(compared(twice, twice, directives).notes.size() == 1);
  directives.key = {"idd"};
  CHECK_THROWS_WITH_AS(compared(twice, twice, directives), doctest::Contains("did you mean 'id'?"), Error);
  directives.key = {};
  directives.ignored = {"nmae"};
  CHECK_THROWS_WITH_AS(compared(twice, twice, directives), doctest::Contains("did you mean 'name'?"), Error);
}

TEST_CASE("query results without key pair rows that are the same within the tolerance only") {
  const std::vector<RowColumn> columns = {{"id", kInteger}, {"x", kFloat}};
  const RowSet left = rows(columns, {{"1", "0.1"}, {"1", "0.2"}, {"2", "0.1"}});
  const RowSet right = rows(columns, {{"1", "0.2000000001"}, {"1", "0.1000000001"}, {"2", "0.5"}});
  QueryDirectives directives;
  directives.tolerance = tolerance_from_string("1e-9");
  const TableResult result = compared(left, right, directives);
  CHECK(result.equal_rows == 2);
  CHECK(result.left_only_rows == 1);
  CHECK(compared(left, right).left_only_rows == 3);
}

TEST_CASE("query results of different types compare by value") {
  CHECK(compared(rows({{"n", kInteger}}, {{"7"}}), rows({{"n", kDecimal}}, {{"7.00"}})).equal_rows == 1);
  CHECK(compared(rows({{"n", kText}}, {{"7"}}), rows({{"n", kInteger}}, {{"7"}})).equal_rows == 1);
}

TEST_CASE("query results pair columns by folded name, and unnamed ones by position") {
  const TableResult folded = compared(rows({{"order_id", kInteger}, {"x", kText}}, {{"1", "a"}}),
                                      rows({{"X", kText}, {"OrderId", kInteger}}, {{"a", "1"}}));
  CHECK(folded.equal_rows == 1);
  CHECK(folded.columns.size() == 2);
  const TableResult unnamed = compared(rows({{"count", kInteger}, {"x", kText}}, {{"1", "a"}}),
                                       rows({{"column_1", kInteger}, {"x", kText}}, {{"1", "a"}}));
  CHECK(unnamed.columns.size() == 2);
  const TableResult single = compared(rows(kIdName, {{"1", "a"}}), rows({{"id", kInteger}}, {{"1"}}));
  REQUIRE(single.skipped_columns.size() == 1);
  CHECK(single.skipped_columns[0].reason == "only on the left");
}

TEST_CASE("query results keep no more differences than asked for, and count all") {
  std::vector<std::vector<Cell>> many;
  for (int i = 0; i < 100; ++i) many.push_back({std::to_string(i), "a"});
  const TableResult result = compared(rows(kIdName, many), rows(kIdName, {}), {}, 5);
  CHECK(result.left_only_rows == 100);
  CHECK(result.differences.size() == 5);
}

}  // namespace paripassu
