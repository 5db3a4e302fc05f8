#include "harness/datacheck/repair.h"

#include <doctest/doctest.h>

#include <sstream>

#include "backends/postgres/ddl_writer.h"
#include "backends/postgres/dml_writer.h"
#include "backends/sqlserver/ddl_writer.h"
#include "backends/sqlserver/dml_writer.h"
#include "harness/datacheck/repair_spool.h"
#include "tests/unit/harness/parity/catalogs.h"
#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::LengthUnit;
using catalog::TypeFamily;

namespace {

/// An engine that writes its statements and does nothing else.
template <typename Ddl, typename Dml>
class WritingBackend : public NamedBackend {
 public:
  explicit WritingBackend(std::string name) : NamedBackend(std::move(name), {}) {}
  const DdlWriter& ddl_writer() const override { return ddl_; }
  const DmlWriter& dml_writer() const override { return dml_; }

 private:
  Ddl ddl_;
  Dml dml_;
};
const WritingBackend<postgres::PostgresDdlWriter, postgres::PostgresDmlWriter> kPostgres("postgres");
const WritingBackend<sqlserver::SqlServerDdlWriter, sqlserver::SqlServerDmlWriter> kSqlServer("sqlserver");

catalog::Type int32() {
  return integer_type("int", 32);
}
catalog::Type nvarchar(int length) {
  return text_type("nvarchar", length, LengthUnit::utf16_units);
}
catalog::Type varchar(int length) {
  return text_type("character varying", length, LengthUnit::characters);
}

/// Customers and their orders on both sides; the plan is made by plan_data.
struct Shop {
  catalog::Catalog left = empty_postgres();
  catalog::Catalog right = empty_sqlserver();
  DataReport report;

  Shop() {
    for (catalog::Catalog* side : {&left, &right}) {
      const bool is_left = side == &left;
      // In the order of names, which is not that of the foreign key.
      catalog::Table& orders =
          add_table(*side, "an_order",
                    {column("id", int32(), false), column("customer", int32()),
                     column("note", is_left ? varchar(40) : nvarchar(5)),
                     column("paid", simple_type(TypeFamily::boolean, is_left ? "boolean" : "bit"))});
      orders.primary_key = key("pk_order", {"id"});
      orders.foreign_keys = {foreign_key("fk", {"customer"}, side->default_schema, "customer", {"id"})};
      catalog::Table& customers = add_table(
          *side, "customer", {column("id", int32(), false), column("name", is_left ? varchar(40) : nvarchar(40))});
      customers.primary_key = key("pk_customer", {"id"});
      customers.columns[0].identity.emplace();
    }
    report.left_label = "postgres://host/shop";
    report.right_label = "sqlserver://host/shop";
  }

  DataPlan plan() const { return plan_data(left, right, {}, {}, {}); }
};

DataDifference one_sided(DataDifference::Kind kind, std::vector<Cell> row, std::size_t key_columns = 1) {
  DataDifference difference;
  difference.kind = kind;
  difference.key.assign(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(key_columns));
  (kind == DataDifference::Kind::left_only ? difference.left : difference.right) = std::move(row);
  return difference;
}

DataDifference changed(std::vector<Cell> left, std::vector<Cell> right, std::vector<ClassVerdict> verdicts = {}) {
  DataDifference difference;
  difference.key = {left[0]};
  std::size_t found = 0;
  difference.verdict = ClassVerdict::accepted;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == right[i]) continue;
    ValueDifference value;
    value.column = i;
    value.left = left[i];
    value.right = right[i];
    value.verdict = found < verdicts.size() ? verdicts[found] : ClassVerdict::error;
    difference.verdict = std::min(difference.verdict, value.verdict);
    ++found;
    difference.values.push_back(std::move(value));
  }
  difference.left = std::move(left);
  difference.right = std::move(right);
  return difference;
}

constexpr auto kLeftOnly = DataDifference::Kind::left_only;
constexpr auto kRightOnly = DataDifference::Kind::right_only;

std::string script_of(Repair& repair, const DataReport& report) {
  std::ostringstream out;
  repair.write(out, report);
  return out.str();
}

}  // namespace

TEST_CASE("Repair deletes against the order of foreign keys, updates, then inserts in their order") {
  const Shop shop;
  const DataPlan plan = shop.plan();
  REQUIRE(plan.tables.size() == 2);
  const TablePlan& orders = plan.tables[0];
  const TablePlan& customers = plan.tables[1];
  Repair repair(plan, Repair::Target::right, kSqlServer);
  repair.add(orders, one_sided(kRightOnly, {"3", "9", "late", "false"}));
  repair.add(orders, changed({"7", "1", "it's", "true"}, {"7", "1", std::nullopt, "false"}));
  repair.add(orders, one_sided(kLeftOnly, {"8", "2", "new", "true"}));
  repair.add(customers, one_sided(kLeftOnly, {"2", "Zoë"}));
  repair.add(customers, one_sided(kRightOnly, {"9", "gone"}));
  CHECK(repair.unanswered() == 0);
  CHECK(
      script_of(repair, shop.report) ==
      R"(-- Brings sqlserver://host/shop in line with postgres://host/shop: 2 rows to delete, 1 row to update, 2 rows to insert.
-- Nothing of this was executed. Try it on a copy first, and let it stop at the first error.

SET ANSI_NULLS ON;
GO
SET QUOTED_IDENTIFIER ON;
GO
BEGIN TRANSACTION;
GO

-- dbo.an_order: delete
DELETE FROM [dbo].[an_order] WHERE [id] = 3;
GO

-- dbo.customer: delete
DELETE FROM [dbo].[customer] WHERE [id] = 9;
GO

-- dbo.an_order: update
UPDATE [dbo].[an_order] SET [note] = N'it''s', [paid] = 1 WHERE [id] = 7;
GO

-- dbo.customer: insert
)" +
          kSqlServer.dml_writer()
              .insert("dbo", "customer", {{"id", int32(), true}, {"name", nvarchar(40), false}},
                      {{Cell("2"), Cell("Zoë")}})
              .front() +
          R"(;
GO

-- dbo.an_order: insert
INSERT INTO [dbo].[an_order] ([id], [customer], [note], [paid]) VALUES
(8, 2, N'new', 1);
GO

COMMIT TRANSACTION;
GO
)");
}

TEST_CASE("Repair of the left side takes the right side's values") {
  const Shop shop;
  const DataPlan plan = shop.plan();
  Repair repair(plan, Repair::Target::left, kPostgres);
  repair.add(plan.tables[0], one_sided(kLeftOnly, {"3", "9", "late", "false"}));
  repair.add(plan.tables[0], changed({"7", "1", "a", "true"}, {"7", "1", "b", "true"}));
  repair.add(plan.tables[0], one_sided(kRightOnly, {"8", std::nullopt, "new", "true"}));
  const std::string script = script_of(repair, shop.report);
  CHECK(contains(script,
                 "Brings postgres://host/shop in line with sqlserver://host/shop: 1 row to delete, 1 row to "
                 "update, 1 row to insert."));
  CHECK(contains(script, "BEGIN TRANSACTION;\n"));
  CHECK(contains(script, "DELETE FROM \"public\".\"an_order\" WHERE \"id\" = "));
  CHECK(contains(script, "UPDATE \"public\".\"an_order\" SET \"note\" = 'b' WHERE \"id\" = "));
  CHECK(contains(script, "(8, NULL, 'new', true)"));
  CHECK(contains(script, "COMMIT TRANSACTION;\n"));
}

TEST_CASE("Repair leaves accepted differences alone and sets only the values that are not") {
  const Shop shop;
  const DataPlan plan = shop.plan();
  Repair repair(plan, Repair::Target::right, kSqlServer);
  repair.add(plan.tables[0], changed({"1", "1", "a ", "true"}, {"1", "1", "a", "true"}, {ClassVerdict::accepted}));
  CHECK(contains(script_of(repair, shop.report), "-- There is nothing to do."));
  Repair other(plan, Repair::Target::right, kSqlServer);
  other.add(plan.tables[0], changed({"1", "1", "a ", "true"}, {"1", "1", "a", "false"},
                                    {ClassVerdict::accepted, ClassVerdict::warning}));
  CHECK(contains(script_of(other, shop.report), "SET [paid] = 1 WHERE"));
}

TEST_CASE("Repair makes a comment of a row that the target cannot hold, and counts it") {
  const Shop shop;
  const DataPlan plan = shop.plan();
  Repair repair(plan, Repair::Target::right, kSqlServer);
  repair.add(plan.tables[0], one_sided(kLeftOnly, {"1", "1", "fits", "true"}));
  repair.add(plan.tables[0], one_sided(kLeftOnly, {"2", "1", "far too long\nDROP TABLE an_order", "true"}));
  repair.add(plan.tables[0], one_sided(kLeftOnly, {"3", "1", "also", "true"}));
  repair.add(plan.tables[0], changed({"4", "1", "too long as well", "true"}, {"4", "1", "x", "true"}));
  CHECK(repair.unanswered() == 2);
  const std::string script = script_of(repair, shop.report);
  CAPTURE(script);
  CHECK(contains(script, "-- Without a statement, for the reason given: 2 rows."));
  CHECK(contains(script, "-- an_order id = 2: column note: "));
  CHECK(contains(script, "-- an_order id = 4: column note: "));
  CHECK(contains(script, "(1, 1, N'fits', 1),\n(3, 1, N'also', 1);"));
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);) CHECK_FALSE(line.starts_with("DROP"));
}

TEST_CASE("Repair of a table without key deletes and inserts copies") {
  catalog::Catalog left = empty_postgres();
  catalog::Catalog right = empty_sqlserver();
  add_table(left, "t", {column("a", int32()), column("b", varchar(9))});
  add_table(right, "t", {column("a", int32()), column("b", nvarchar(9))});
  const DataPlan plan = plan_data(left, right, {}, {}, {});
  DataDifference more = one_sided(kLeftOnly, {"1", std::nullopt}, 0);
  more.copies = 2;
  DataDifference fewer = one_sided(kRightOnly, {"2", "x"}, 0);
  fewer.copies = 3;
  Repair repair(plan, Repair::Target::right, kSqlServer);
  repair.add(plan.tables[0], more);
  repair.add(plan.tables[0], fewer);
  const std::string script = script_of(repair, {});
  CAPTURE(script);
  CHECK(contains(script, "3 rows to delete, 0 rows to update, 2 rows to insert"));
  CHECK(contains(script, "DELETE TOP (3) FROM [dbo].[t] WHERE [a] = 2 AND "));
  CHECK(contains(script, "(1, NULL),\n(1, NULL);"));
}

TEST_CASE("Repair neither writes computed columns nor sets identities, and says where a column needs a value") {
  catalog::Catalog left = empty_postgres();
  catalog::Catalog right = empty_sqlserver();
  for (catalog::Catalog* side : {&left, &right}) {
    catalog::Table& table = add_table(
        *side, "t", {column("id", int32(), false), column("n", int32()), column("g", int32()), column("i", int32())});
    table.primary_key = key("pk", {"id"});
    table.columns[2].computed = catalog::Computed{expression("n * 2"), true};
    table.columns[3].identity.emplace();
  }
  DataPlan plan = plan_data(left, right, {}, {}, {});
  Repair repair(plan, Repair::Target::right, kSqlServer);
  repair.add(plan.tables[0], changed({"1", "5", "10", "1"}, {"1", "6", "12", "1"}));
  repair.add(plan.tables[0], changed({"2", "5", "10", "1"}, {"2", "5", "11", "1"}));
  repair.add(plan.tables[0], changed({"3", "5", "10", "1"}, {"3", "5", "10", "2"}));
  CHECK(repair.unanswered() == 2);
  std::string script = script_of(repair, {});
  CAPTURE(script);
  CHECK(contains(script, "SET [n] = 5 WHERE [id] = 1;"));
  CHECK(contains(script, "-- t id = 2: column g: it is computed on this side"));
  CHECK(contains(script, "-- t id = 3: column i: the server numbers it"));

  table_of(right, "t").columns.push_back(column("needed", int32(), false));
  plan = plan_data(left, right, {}, {}, {});
  Repair blocked(plan, Repair::Target::right, kSqlServer);
  blocked.add(plan.tables[0], one_sided(kLeftOnly, {"1", "5", "10", "1"}));
  blocked.add(plan.tables[0], one_sided(kLeftOnly, {"2", "5", "10", "1"}));
  CHECK(blocked.unanswered() == 2);
  script = script_of(blocked, {});
  CHECK(contains(script, "-- t: no row can be inserted: column needed is not compared, and needs a value"));
  CHECK_FALSE(contains(script, "INSERT"));
}

TEST_CASE("Repair says which tables refer to each other in a circle, and what was not compared") {
  Shop shop;
  table_of(shop.left, "customer").foreign_keys = {foreign_key("fk", {"id"}, "public", "an_order", {"id"})};
  shop.report.skipped_tables = {{"public.audit", "only on the left", ""}, {"public.log", "only on the left", "known"}};
  TableResult& unfinished = shop.report.tables.emplace_back();
  unfinished.left_name = "public.an_order";
  unfinished.unfinished = "the connection was lost";
  const DataPlan plan = shop.plan();
  Repair repair(plan, Repair::Target::left, kPostgres);
  const std::string script = script_of(repair, shop.report);
  CAPTURE(script);
  CHECK(contains(script, "-- Rows of an_order are referred to by rows that may have to come before them"));
  CHECK(contains(script, "-- public.audit was not compared: only on the left"));
  CHECK_FALSE(contains(script, "public.log"));
  CHECK(contains(script, "-- public.an_order was not compared to its end: the connection was lost"));
}

TEST_CASE("Repair refuses rows of which nobody kept the values") {
  const Shop shop;
  const DataPlan plan = shop.plan();
  Repair repair(plan, Repair::Target::right, kSqlServer);
  DataDifference difference;
  difference.kind = kLeftOnly;
  difference.key = {"5"};
  repair.add(plan.tables[0], difference);
  difference.kind = DataDifference::Kind::changed;
  repair.add(plan.tables[0], difference);
  CHECK(repair.unanswered() == 2);
  CHECK(contains(script_of(repair, shop.report), "-- an_order id = 5: its values were not kept"));
}

TEST_CASE("Repair writes many rows in key order through its temporary file") {
  const Shop shop;
  const DataPlan plan = shop.plan();
  Repair repair(plan, Repair::Target::right, kSqlServer);
  const std::string name(4'000, 'x');
  catalog::Catalog wide = shop.left;
  constexpr int kRows = 3'000;
  for (int i = 0; i < kRows; ++i) {
    repair.add(plan.tables[0], one_sided(kRightOnly, {std::to_string(i), "1", "n", "true"}));
    repair.add(plan.tables[1], one_sided(kLeftOnly, {std::to_string(i), "n"}));
  }
  const std::string script = script_of(repair, shop.report);
  std::size_t last = 0;
  for (const int i : {0, 1, 199, 200, 201, 1'999, 2'999}) {
    const std::size_t at = script.find("WHERE [id] = " + std::to_string(i) + ";\n");
    REQUIRE(at != std::string::npos);
    CHECK(at >= last);
    last = at;
  }
  for (const int i : {0, 1, 199, 200, 201, 1'999, 2'999}) {
    const std::size_t at = script.find("\n(" + std::to_string(i) + ", N'n')");
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
}

TEST_CASE("RepairSpool gives back what was appended, however little it may keep in memory") {
  for (const std::size_t memory_bytes : {std::size_t{0}, std::size_t{7}, std::size_t{1} << 20}) {
    datacheck::RepairSpool spool(3, memory_bytes);
    std::string first;
    std::string second;
    for (int i = 0; i < 500; ++i) {
      const std::string part = std::to_string(i) + (i % 7 == 0 ? std::string(1, '\0') : ",");
      spool.append(static_cast<std::size_t>(i % 2), part);
      (i % 2 == 0 ? first : second) += part;
    }
    std::ostringstream out;
    spool.copy(1, out);
    CHECK(out.str() == second);
    out.str("");
    spool.copy(0, out);
    CHECK(out.str() == first);
    CHECK(spool.empty(2));
    CHECK_FALSE(spool.empty(0));
  }
}

TEST_CASE("Repair turns a value into what the other type says for the same") {
  const catalog::Type boolean = simple_type(TypeFamily::boolean, "boolean");
  const catalog::Type date = simple_type(TypeFamily::date, "date");
  const catalog::Type timestamp = second_type(TypeFamily::timestamp, "timestamp", 6);
  const catalog::Type instant = second_type(TypeFamily::timestamp, "timestamptz", 6, true);
  const catalog::Type fixed = text_type("char", 5, LengthUnit::characters, true);
  catalog::Type array = int32();
  array.array_dimensions = 1;
  CHECK(converted_value(boolean, int32(), "true") == "1");
  CHECK(converted_value(boolean, int32(), "false") == "0");
  CHECK(converted_value(int32(), boolean, "1") == "true");
  CHECK(converted_value(varchar(1), boolean, "Y") == "true");
  CHECK(converted_value(instant, timestamp, "2024-01-01T10:00:00Z") == "2024-01-01T10:00:00");
  CHECK(converted_value(timestamp, instant, "2024-01-01T10:00:00") == "2024-01-01T10:00:00Z");
  CHECK(converted_value(instant, timestamp, "infinity") == "infinity");
  CHECK(converted_value(date, timestamp, "2024-01-01") == "2024-01-01T00:00:00");
  CHECK(converted_value(timestamp, date, "2024-01-01T00:00:00") == "2024-01-01");
  CHECK(converted_value(timestamp, date, "2024-01-01T00:00:01") == "2024-01-01T00:00:01");
  CHECK(converted_value(fixed, varchar(5), "ab   ") == "ab");
  CHECK(converted_value(fixed, fixed, "ab   ") == "ab   ");
  CHECK(converted_value(array, nvarchar(50), "{1,2}") == "[1,2]");
  CHECK(converted_value(varchar(9), nvarchar(9), "text") == "text");
}
