#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/harness/migration_tests/stairway_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

void add_orders(const LiveStairway& project) {
  project.migration("0001_orders",
                    {"CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, note varchar(100), amount integer)"},
                    {"DROP TABLE orders"});
  project.rows("0001_rows", {"INSERT INTO orders (id, note, amount) VALUES (1, 'first', 10)",
                             "INSERT INTO orders (id, note, amount) VALUES (2, '', 20)",
                             "INSERT INTO orders (id, note, amount) VALUES (3, NULL, 30)"});
}

}  // namespace

ENGINE_CASE("stairway-data names each planted loss, each by its migration and no other") {
  LiveStairway project(target);
  add_orders(project);
  project.migration("0002_good", {"ALTER TABLE orders ADD phone varchar(20)"},
                    {"ALTER TABLE orders DROP COLUMN phone"});
  project.rows("0002_rows", {"INSERT INTO orders (id, note, amount, phone) VALUES (4, 'four', 40, '555')"});
  project.migration("0003_truncate", {"CREATE TABLE a3 (id integer)"}, {"DROP TABLE a3", "TRUNCATE TABLE orders"});
  project.migration("0004_update_all", {"CREATE TABLE a4 (id integer)"},
                    {"DROP TABLE a4", "UPDATE orders SET note = ''"});
  project.migration("0005_later_rows", {"ALTER TABLE orders ADD state integer"},
                    {"DELETE FROM orders WHERE state = 9", "ALTER TABLE orders DROP COLUMN state"});
  project.rows("0005_rows", {"INSERT INTO orders (id, note, amount, state) VALUES (5, 'five', 50, 9)"});
  project.migration("0006_drop_amount", {"ALTER TABLE orders DROP COLUMN amount"},
                    {"ALTER TABLE orders ADD amount integer"});
  project.up("0007_declared", {"-- paripassu: irreversible on purpose\nCREATE TABLE a7 (id integer)"});
  project.migration("0008_good", {"CREATE TABLE a8 (id integer)"}, {"DROP TABLE a8"});
  project.rows("0008_rows", {"INSERT INTO a8 (id) VALUES (1)", "INSERT INTO a8 (id) VALUES (1)"});

  const CollectingSink results = project.stairway_with_data();
  CHECK(results.results.size() == 8);
  CHECK_PASSED(results["0001_orders"]);
  CHECK_MENTIONS(results["0001_orders"], "expected loss: table ");
  CHECK_PASSED(results["0002_good"]);
  CHECK_MENTIONS(results["0002_good"], "phone, created by the migration: 1 value");
  CHECK_CODES(results["0003_truncate"], "rows-lost");
  CHECK_MENTIONS(results["0003_truncate"], "4 rows of ");
  CHECK(results["0003_truncate"].problems[0].position.file.ends_with("0003_truncate.down.sql"));
  CHECK_CODES(results["0004_update_all"], "values-changed");
  CHECK_MENTIONS(results["0004_update_all"], "3 values of ");
  CHECK_CODES(results["0005_later_rows"], "rows-lost");
  CHECK_MENTIONS(results["0005_later_rows"], "with the rows of all versions");
  CHECK_PASSED(results["0006_drop_amount"]);
  CHECK_MENTIONS(results["0006_drop_amount"], "amount, dropped by the migration: 5 values");
  CHECK(results["0007_declared"].outcome == TestOutcome::skipped);
  CHECK_PASSED(results["0008_good"]);
  CHECK_MENTIONS(results["0008_good"], "a8, created by the migration: 2 rows");
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("stairway-data lets types, renames and texts of all kinds come back byte for byte") {
  LiveStairway project(target);
  add_orders(project);
  project.rows("0001_more", {"INSERT INTO orders (id, note, amount) VALUES (7, 'it''s  two blanks ', -1)"});
  const bool postgres = project.postgres();
  project.migration("0002_type",
                    {postgres ? "ALTER TABLE orders ALTER COLUMN amount TYPE varchar(20) USING amount::varchar"
                              : "ALTER TABLE orders ALTER COLUMN amount varchar(20)"},
                    {postgres ? "ALTER TABLE orders ALTER COLUMN amount TYPE integer USING amount::integer"
                              : "ALTER TABLE orders ALTER COLUMN amount integer"});
  project.migration("0003_rename",
                    {postgres ? "ALTER TABLE orders RENAME COLUMN note TO remark"
                              : "EXEC sp_rename 'orders.note', 'remark', 'COLUMN'"},
                    {postgres ? "ALTER TABLE orders RENAME COLUMN remark TO note"
                              : "EXEC sp_rename 'orders.remark', 'note', 'COLUMN'"});
  project.migration("0004_rename_badly",
                    {postgres ? "ALTER TABLE orders RENAME COLUMN remark TO words"
                              : "EXEC sp_rename 'orders.remark', 'words', 'COLUMN'"},
                    {"ALTER TABLE orders DROP COLUMN words", "ALTER TABLE orders ADD remark varchar(100)"});
  const CollectingSink results = project.stairway_with_data();
  CHECK_PASSED(results["0001_orders"]);
  CHECK_PASSED(results["0002_type"]);
  CHECK_PASSED(results["0003_rename"]);
  CHECK_CODES(results["0004_rename_badly"], "values-changed");
  CHECK_MENTIONS(results["0004_rename_badly"], "column words");
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("stairway-data needs a ladder") {
  LiveStairway project(target);
  project.migration("0001_a", {"CREATE TABLE a (id integer)"}, {"DROP TABLE a"});
  CHECK(project.stairway_with_data().results.empty());
}

ENGINE_CASE("stairway-data says that a ladder's rows do not fit, and judges the others") {
  LiveStairway project(target);
  add_orders(project);
  project.migration("0002_good", {"CREATE TABLE a2 (id integer)"}, {"DROP TABLE a2"});
  project.rows("0002_rows", {"INSERT INTO no_such_table (id) VALUES (1)"});
  project.migration("0003_good", {"CREATE TABLE a3 (id integer)"}, {"DROP TABLE a3"});
  const CollectingSink results = project.stairway_with_data();
  CHECK_PASSED(results["0001_orders"]);
  CHECK(results["0002_good"].outcome == TestOutcome::incomplete);
  CHECK(results["0002_good"].reason.find("no_such_table") != std::string::npos);
  CHECK_PASSED(results["0003_good"]);
}
