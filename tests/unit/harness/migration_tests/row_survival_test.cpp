#include "harness/migration_tests/row_survival.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace paripassu;
using namespace paripassu::migration_tests;

namespace {

using Row = std::vector<Cell>;

/// A table of texts; with a key, its first column.
void add_table(RowState& state, const std::string& name, const std::vector<std::string>& columns,
               const std::vector<Row>& rows, bool keyed = true) {
  if (state.catalog.schemas.empty()) state.catalog.schemas.emplace_back().name = "app";
  catalog::Table& table = state.catalog.schemas.front().tables.emplace_back();
  table.name = name;
  TableRows read{"app", name, {}};
  read.rows.name = "app." + name;
  for (const std::string& column : columns) {
    catalog::Column& made = table.columns.emplace_back();
    made.name = column;
    made.type.family = catalog::TypeFamily::text;
    made.type.printed = "text";
    read.rows.columns.push_back({column, made.type});
  }
  read.rows.rows = rows;
  if (keyed) read.rows.key = {0};
  state.rows.push_back(std::move(read));
}

RowState orders(const std::vector<std::string>& columns, const std::vector<Row>& rows, bool keyed = true) {
  RowState state;
  add_table(state, "orders", columns, rows, keyed);
  return state;
}

std::string told(const Survival& survival) {
  std::string text;
  for (const TestProblem& problem : survival.problems) {
    text += problem.code + ": " + problem.message + "\n";
    for (const std::string& detail : problem.details) text += "  " + detail + "\n";
  }
  for (const std::string& note : survival.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace

TEST_CASE("Rows that are as they were are no finding, whatever their order") {
  const RowState before = orders({"id", "note"}, {{"1", "a"}, {"2", std::nullopt}}, false);
  const RowState back = orders({"id", "note"}, {{"2", std::nullopt}, {"1", "a"}}, false);
  const Survival survival = rows_after_down(before, before, back, {});
  CHECK(told(survival) == "");
  CHECK_FALSE(survival.degraded);
}

TEST_CASE("Rows without a key are counted as often as they are there") {
  const RowState before = orders({"note"}, {{"a"}, {"a"}, {"b"}}, false);
  const RowState back = orders({"note"}, {{"a"}, {"b"}, {"b"}}, false);
  const Survival survival = rows_after_down(before, before, back, {});
  REQUIRE(survival.problems.size() == 2);
  CHECK(survival.problems[0].code == "rows-lost");
  CHECK(survival.problems[1].code == "rows-added");
  CHECK(survival.degraded);
}

TEST_CASE("NULL, an empty text and a blank are three values") {
  const RowState before = orders({"id", "note"}, {{"1", std::nullopt}, {"2", ""}, {"3", " "}});
  const RowState back = orders({"id", "note"}, {{"1", ""}, {"2", " "}, {"3", std::nullopt}});
  const Survival survival = rows_after_down(before, before, back, {});
  REQUIRE(survival.problems.size() == 1);
  CHECK(survival.problems[0].code == "values-changed");
  CHECK(survival.problems[0].details.size() == 3);
}

TEST_CASE("Long lists of rows are cut and counted") {
  std::vector<Row> rows;
  for (int i = 0; i < 1'000; ++i) rows.push_back({std::to_string(i)});
  const Survival survival = rows_after_down(orders({"id"}, rows), orders({"id"}, rows), orders({"id"}, {}), {});
  REQUIRE(survival.problems.size() == 1);
  CHECK(survival.problems[0].message.starts_with("1000 rows of app.orders are lost"));
  CHECK(survival.problems[0].details.size() == 21);
  CHECK(survival.problems[0].details.back() == "… and 980 more");
}

TEST_CASE("A column that the migration dropped may come back with other values, and that is said") {
  const RowState before = orders({"id", "note"}, {{"1", "a"}, {"2", std::nullopt}});
  const RowState up = orders({"id"}, {{"1"}, {"2"}});
  SUBCASE("as NULL") {
    const Survival survival = rows_after_down(before, up, orders({"id", "note"}, {{"1", {}}, {"2", {}}}), {});
    CHECK(told(survival) ==
          "note: expected loss: column app.orders.note, dropped by the migration: 1 value does not come back\n");
    CHECK(survival.degraded);
  }
  SUBCASE("as it was") {
    CHECK(told(rows_after_down(before, up, before, {})) == "");
  }
  SUBCASE("not at all") {
    const Survival survival = rows_after_down(before, up, up, {});
    CHECK(survival.problems.empty());
    CHECK(survival.notes.size() == 1);
  }
  SUBCASE("while another column is harmed") {
    const Survival survival = rows_after_down(before, up, orders({"id", "note"}, {{"1", "a"}}), {});
    REQUIRE(survival.problems.size() == 1);
    CHECK(survival.problems[0].code == "rows-lost");
  }
}

TEST_CASE("Values that the migration moved elsewhere must come back") {
  const RowState before = orders({"id", "note"}, {{"1", "a"}, {"2", "b"}});
  const RowState back = orders({"id", "note"}, {{"1", {}}, {"2", {}}});
  SUBCASE("into a column of another name") {
    const Survival survival = rows_after_down(before, orders({"id", "remark"}, {{"1", "a"}, {"2", "b"}}), back, {});
    REQUIRE(survival.problems.size() == 1);
    CHECK(survival.problems[0].code == "values-changed");
    CHECK(survival.problems[0].message.find("the up had them in column remark") != std::string::npos);
  }
  SUBCASE("not into one that holds something else") {
    const Survival survival = rows_after_down(before, orders({"id", "remark"}, {{"1", "x"}, {"2", "y"}}), back, {});
    CHECK(survival.problems.empty());
    CHECK(survival.notes.size() == 1);
  }
  SUBCASE("not into one that is of another type and agrees by a single value") {
    const RowState same = orders({"id", "flag"}, {{"1", "0"}, {"2", "0"}});
    RowState up = orders({"id", "other"}, {{"1", "0"}, {"2", "0"}});
    up.rows[0].rows.columns[1].type.printed = "boolean";
    const Survival survival = rows_after_down(same, up, orders({"id", "flag"}, {{"1", {}}, {"2", {}}}), {});
    CHECK(survival.problems.empty());
    CHECK(survival.notes.size() == 1);
  }
}

TEST_CASE("A table that only the down loses is no expected loss") {
  RowState before = orders({"id"}, {{"1"}});
  add_table(before, "customers", {"id"}, {{"7"}});
  RowState back;
  add_table(back, "customers", {"id"}, {{"7"}});
  const Survival survival = rows_after_down(before, before, back, {});
  REQUIRE(survival.problems.size() == 1);
  CHECK(survival.problems[0].message == "app.orders is gone, with 1 row, after up and down");
  // One without rows is the stairway's business.
  RowState empty = orders({"id"}, {});
  CHECK(told(rows_after_down(empty, empty, RowState(), {})) == "");
}

TEST_CASE("What a server counts by itself with each update is no value") {
  RowState before = orders({"id", "version"}, {{"1", "0x01"}});
  before.rows[0].rows.columns[1].type.family = catalog::TypeFamily::row_version;
  RowState back = before;
  back.rows[0].rows.rows[0][1] = "0x02";
  CHECK(told(rows_after_down(before, before, back, {})) == "");
  CHECK(told(rows_after_second_up(NewParts(), before, back, {}, true)) == "");
}

TEST_CASE("What a migration creates is computed anew by its second up; what it loses is said when it is asked for") {
  const RowState without = orders({"id"}, {{"1"}, {"2"}});
  RowState first = orders({"id", "phone"}, {{"1", "555"}, {"2", "556"}});
  add_table(first, "calls", {"id"}, {{"1"}, {"2"}, {"3"}});
  RowState again = orders({"id", "phone"}, {{"1", {}}, {"2", "556"}});
  add_table(again, "calls", {"id"}, {{"1"}});
  const NewParts created(without.catalog, first.catalog);
  CHECK(created.has("app", "calls"));
  CHECK(created.has("app", "orders", "phone"));
  CHECK_FALSE(created.has("app", "orders", "id"));
  CHECK_FALSE(created.has("app", "calls", "id"));

  const Survival silent = rows_after_second_up(created, first, again, {}, false);
  CHECK(told(silent) == "");
  CHECK(silent.degraded);
  CHECK(told(rows_after_second_up(created, first, again, {}, true)) ==
        "note: expected loss: column app.orders.phone, created by the migration: 1 value does not come back\n"
        "note: expected loss: table app.calls, created by the migration: 2 rows do not come back\n");
  // The same without knowing what was created.
  CHECK(rows_after_second_up(NewParts(), first, again, {}, true).problems.size() == 2);
}

TEST_CASE("A key that the migration creates does not keep rows from being compared") {
  const RowState without = orders({"note"}, {{"a"}, {"b"}}, false);
  RowState first = orders({"note", "id"}, {{"a", "1"}, {"b", "2"}}, false);
  first.rows[0].rows.key = {1};
  RowState again = orders({"note", "id"}, {{"b", "3"}, {"a", "4"}}, false);
  again.rows[0].rows.key = {1};
  const NewParts created(without.catalog, first.catalog);
  CHECK(rows_after_second_up(created, first, again, {}, true).problems.empty());
  again.rows[0].rows.rows[0][0] = "c";
  CHECK_FALSE(rows_after_second_up(created, first, again, {}, true).problems.empty());
}
