#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/harness/migration_tests/stairway_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

void add_orders(const LiveStairway& project) {
  project.migration("0001_orders",
                    {"CREATE TABLE orders (id integer NOT NULL CONSTRAINT orders_pk PRIMARY KEY, note varchar(100), "
                     "amount integer DEFAULT 1 NOT NULL)"},
                    {"DROP TABLE orders"});
}

}  // namespace

ENGINE_CASE("stairway names each planted fault, each by its migration and no other") {
  LiveStairway project(target);
  add_orders(project);
  project.migration("0002_index_left",
                    {"ALTER TABLE orders ADD phone varchar(20)", "CREATE INDEX ix_amount ON orders (amount)"},
                    {"ALTER TABLE orders DROP COLUMN phone"});
  project.migration("0003_good", {"CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40))"},
                    {"DROP TABLE customers"});
  project.migration("0004_sequence_left",
                    {"CREATE SEQUENCE numbers START WITH 1 INCREMENT BY 1", "CREATE TABLE a4 (id integer NOT NULL)"},
                    {"DROP TABLE a4"});
  project.migration("0005_other_down", {"CREATE TABLE a5 (id integer NOT NULL)"}, {"DROP TABLE customers"});
  project.up("0006_no_down", {"CREATE TABLE a6 (id integer NOT NULL)"});
  project.migration("0007_down_fails", {"CREATE TABLE a7 (id integer NOT NULL, code varchar(10))"}, {"DROP TABLE a77"});
  project.migration(
      "0008_type_changed", {"ALTER TABLE a7 ADD note varchar(10)"},
      {"ALTER TABLE a7 DROP COLUMN note", project.postgres() ? "ALTER TABLE a7 ALTER COLUMN code TYPE varchar(20)"
                                                             : "ALTER TABLE a7 ALTER COLUMN code varchar(20)"});
  project.migration("0009_nothing_undone", {"CREATE TABLE a9 (id integer NOT NULL)"}, {"SELECT 1"});
  project.up("0010_declared", {"-- paripassu: irreversible the archive is gone\nCREATE TABLE a10 (id integer)"});
  project.migration("0011_good", {"CREATE TABLE a11 (id integer NOT NULL)"}, {"DROP TABLE a11"});

  const CollectingSink results = project.stairway();
  CHECK(results.results.size() == 11);
  CHECK_PASSED(results["0001_orders"]);
  CHECK_CODES(results["0002_index_left"], "down-leaves error");
  CHECK_MENTIONS(results["0002_index_left"], "left behind: index ");
  CHECK_MENTIONS(results["0002_index_left"], "index-extra");
  CHECK(results["0002_index_left"].problems[0].position.file.ends_with("0002_index_left.down.sql"));
  CHECK_PASSED(results["0003_good"]);
  CHECK_CODES(results["0004_sequence_left"], "down-leaves error");
  CHECK_MENTIONS(results["0004_sequence_left"], "left behind: sequence ");
  CHECK_CODES(results["0005_other_down"], "down-leaves error");
  CHECK_MENTIONS(results["0005_other_down"], "lost: table ");
  CHECK_MENTIONS(results["0005_other_down"], "left behind: table ");
  CHECK_CODES(results["0006_no_down"], "no-down");
  CHECK_CODES(results["0007_down_fails"], "error");
  CHECK_MENTIONS(results["0007_down_fails"], "undoing 0007_down_fails");
  CHECK_MENTIONS(results["0007_down_fails"], "a77");
  CHECK_CODES(results["0008_type_changed"], "down-leaves");
  CHECK_MENTIONS(results["0008_type_changed"], "a7.code: changed: type ");
  CHECK_CODES(results["0009_nothing_undone"], "down-leaves error");
  CHECK_MENTIONS(results["0009_nothing_undone"], "undoes nothing");
  CHECK(results["0010_declared"].outcome == TestOutcome::skipped);
  CHECK(results["0010_declared"].reason == "declared irreversible: the archive is gone");
  CHECK_PASSED(results["0011_good"]);
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "stairway names what only PostgreSQL can leave behind") {
  LiveStairway project(target);
  add_orders(project);
  project.migration("0002_comment", {"COMMENT ON TABLE orders IS 'The orders'"}, {"COMMENT ON TABLE orders IS NULL"});
  project.migration("0003_enum_left",
                    {"CREATE TYPE mood AS ENUM ('good', 'bad')", "ALTER TABLE orders ADD feeling mood"},
                    {"ALTER TABLE orders DROP COLUMN feeling"});
  project.migration(
      "0004_default_lost", {"ALTER TABLE orders ALTER COLUMN amount TYPE bigint"},
      {"ALTER TABLE orders ALTER COLUMN amount DROP DEFAULT", "ALTER TABLE orders ALTER COLUMN amount TYPE integer"});
  project.migration("0005_comment_lost", {"ALTER TABLE orders ADD phone text"},
                    {"ALTER TABLE orders DROP COLUMN phone", "COMMENT ON TABLE orders IS NULL"});
  project.migration("0006_collation_changed", {"ALTER TABLE orders ALTER COLUMN note TYPE text"},
                    {"ALTER TABLE orders ALTER COLUMN note TYPE varchar(100) COLLATE \"C\""});
  project.migration("0007_function_left",
                    {"CREATE FUNCTION answer() RETURNS integer LANGUAGE sql AS 'SELECT 42'",
                     "CREATE VIEW answers AS SELECT answer() AS answer"},
                    {"DROP VIEW answers"});
  project.migration("0008_good", {"CREATE TABLE a8 (id integer)"}, {"DROP TABLE a8"});
  const CollectingSink results = project.stairway();
  CHECK_PASSED(results["0001_orders"]);
  CHECK_PASSED(results["0002_comment"]);
  CHECK_CODES(results["0003_enum_left"], "down-leaves error");
  CHECK_MENTIONS(results["0003_enum_left"], "left behind: type public.mood (enum");
  CHECK_CODES(results["0004_default_lost"], "down-leaves");
  CHECK_MENTIONS(results["0004_default_lost"], "public.orders.amount: lost: default 1 (default-missing)");
  CHECK_CODES(results["0005_comment_lost"], "down-leaves");
  CHECK_MENTIONS(results["0005_comment_lost"], "public.orders: lost: comment 'The orders' (comment-missing)");
  CHECK_CODES(results["0006_collation_changed"], "down-leaves");
  CHECK_MENTIONS(results["0006_collation_changed"], "changed: collation ");
  CHECK_CODES(results["0007_function_left"], "down-leaves error");
  CHECK_MENTIONS(results["0007_function_left"], "left behind: routine public.answer");
  CHECK_PASSED(results["0008_good"]);
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("stairway raises no alarm where server names or the order of columns differ") {
  LiveStairway project(target);
  add_orders(project);
  // Comes back last.
  project.migration("0002_drop_note", {"ALTER TABLE orders DROP COLUMN note"},
                    {"ALTER TABLE orders ADD note varchar(100)"});
  // Named by the server, anew each time.
  project.migration("0003_unnamed",
                    {"CREATE TABLE a3 (id integer NOT NULL PRIMARY KEY, amount integer DEFAULT 5 CHECK (amount > 0), "
                     "code varchar(10) UNIQUE)"},
                    {"DROP TABLE a3"});
  project.migration("0004_unnamed_key", {"ALTER TABLE a3 ADD UNIQUE (amount)", "ALTER TABLE a3 ADD CHECK (id < 1000)"},
                    {project.postgres() ? "ALTER TABLE a3 DROP CONSTRAINT a3_amount_key, DROP CONSTRAINT a3_id_check"
                                        : "DROP TABLE a3",
                     project.postgres()
                         ? "SELECT 1"
                         : "CREATE TABLE a3 (id integer NOT NULL PRIMARY KEY, amount integer DEFAULT 5 CHECK (amount > "
                           "0), code varchar(10) UNIQUE)"});
  project.migration("0005_view", {"CREATE VIEW amounts AS SELECT id, amount FROM orders"}, {"DROP VIEW amounts"});
  const std::string other = project.postgres() ? "sqlserver" : "postgres";
  project.script("0006_elsewhere." + other + ".up.sql", {"not a statement of any engine"});
  project.script("0006_elsewhere." + other + ".down.sql", {"nor is this"});
  project.migration("0007_after", {"CREATE TABLE a7 (id integer)"}, {"DROP TABLE a7"});
  const CollectingSink results = project.stairway();
  for (const auto& [subject, result] : results.results) {
    if (subject != "0006_elsewhere") CHECK_PASSED(result);
  }
  CHECK(results["0006_elsewhere"].outcome == TestOutcome::skipped);
  CHECK(results.results.size() == 7);
  CHECK(results["0003_unnamed"].migrate_ms >= 0);
}

ENGINE_CASE("stairway runs repeatable migrations twice") {
  LiveStairway project(target);
  const std::string create = "CREATE VIEW amounts AS SELECT id FROM orders";
  const std::string drop =
      project.postgres() ? "DROP VIEW IF EXISTS amounts" : "IF OBJECT_ID('amounts') IS NOT NULL DROP VIEW amounts";
  project.script("V1__orders.sql", {"CREATE TABLE orders (id integer NOT NULL)"});
  project.script("U1__orders.sql", {"DROP TABLE orders"});
  SUBCASE("that can be") {
    project.script("R__amounts.sql", {drop, create});
    const CollectingSink results = project.stairway();
    CHECK(results.results.size() == 2);
    for (const auto& [subject, result] : results.results) CHECK_PASSED(result);
  }
  SUBCASE("that cannot be") {
    project.script("R__amounts.sql", {create});
    const CollectingSink results = project.stairway();
    CHECK_PASSED(results["1_orders"]);
    CHECK_CODES(results["repeatable"], "error");
    CHECK_MENTIONS(results["repeatable"], "running the repeatable migrations again");
  }
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("stairway ends a migration that hangs, and the others have their verdict") {
  LiveStairway project(target);
  project.configuration().tests.statement_timeout_ms = 1'500;
  add_orders(project);
  project.migration("0002_hangs_down", {"CREATE TABLE a2 (id integer)"},
                    {target.sql.sleep_half_minute, "DROP TABLE a2"});
  project.migration("0003_good", {"CREATE TABLE a3 (id integer)"}, {"DROP TABLE a3"});
  const CollectingSink results = project.stairway();
  CHECK_PASSED(results["0001_orders"]);
  CHECK_CODES(results["0002_hangs_down"], "error");
  CHECK_PASSED(results["0003_good"]);
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("stairway survives migrations that leave a transaction open or drop the ledger") {
  LiveStairway project(target);
  add_orders(project);
  project.migration("0002_open", {"CREATE TABLE a2 (id integer)"}, {target.sql.begin, "DROP TABLE a2"});
  project.migration("0003_good", {"CREATE TABLE a3 (id integer)"}, {"DROP TABLE a3"});
  project.migration("0004_ledger", {"CREATE TABLE a4 (id integer)"}, {"DROP TABLE a4", "DROP TABLE paripassu_ledger"});
  project.migration("0005_good", {"CREATE TABLE a5 (id integer)"}, {"DROP TABLE a5"});
  const CollectingSink results = project.stairway();
  CHECK_PASSED(results["0001_orders"]);
  CHECK(results["0002_open"].outcome == TestOutcome::failed);
  CHECK_PASSED(results["0003_good"]);
  CHECK_CODES(results["0004_ledger"], "error");
  CHECK_MENTIONS(results["0004_ledger"], "ledger");
  CHECK_PASSED(results["0005_good"]);
  CHECK(project.left_behind() == 0);
}
