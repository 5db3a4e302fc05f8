#include <doctest/doctest.h>

#include "tests/unit/harness/project/migrations_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

TEST_CASE("popx: files of engines that are none here are left out with a note") {
  const Migrations folder{{"20190101000000_a.north.up.sql", "n;"},
                          {"20190101000000_a.mysql.up.sql", "m;"},
                          {"20190101000000_a.sqlite3.up.sql", "l;"},
                          {"20190101000000_a.down.sql", "d;"},
                          {"20190101000000_a.cockroach.down.sql", ""},
                          {"20190102000000_b.up.sql", "b;"},
                          {"20190102000000_b.cockroach.autocommit.up.sql", "c;"}};
  const MigrationSet set = folder.read();
  CHECK(set.layout == "popx");
  CHECK(versions(set) == "20190101000000:a+- 20190102000000:b+");
  CHECK(set.migrations[0].up->text == "n;");
  REQUIRE(set.warnings.size() == 1);
  CHECK(folder.cut(set.warnings[0]) ==
        "4 files for engines that this program does not have (cockroach, mysql, sqlite3) in m are left out");
}

TEST_CASE("popx: autocommit stands behind the engine") {
  const MigrationSet set =
      Migrations{{"1_a.north.autocommit.up.sql", "n;"}, {"1_a.mysql.up.sql", "m;"}, {"2_b.up.sql", "b;"}}.read();
  CHECK(set.migrations[0].up->no_transaction);
  CHECK_FALSE(set.migrations[1].up->no_transaction);
}

TEST_CASE("popx: rows for tests are no migrations") {
  const Migrations folder{{"20190101000000_a.up.sql", "a;"},
                          {"20190101000000_testdata.sql", "insert;"},
                          {"20190101000000_testdata.north.sql", "insert;"}};
  const MigrationSet set = folder.read();
  CHECK(set.layout == "popx");
  CHECK(versions(set) == "20190101000000:a+");
  CHECK(set.warnings.empty());
  CHECK(versions(Migrations{{"1_testdata.up.sql", kSql}, {"1_testdata.down.sql", kSql}}.read()) == "1:testdata+-");
  CHECK(versions(Migrations{{"1_testdata.sql", "-- migrate:up\nx;"}}.read()) == "1:testdata+");
}

TEST_CASE("popx: an empty script does nothing, and the native layout refuses it") {
  Migrations folder{{"1_a.up.sql", "-- nothing here\n"}, {"1_a.down.sql", ""}, {"1_testdata.sql", "x;"}};
  const MigrationSet set = folder.read();
  CHECK(versions(set) == "1:a+-");
  CHECK(set.migrations[0].up->text == "SELECT 1;\n");
  CHECK(set.migrations[0].down->text == "SELECT 1;\n");
  CHECK(set.warnings.empty());
  folder.options.layout = "native";
  CHECK(contains(folder.message(), "m/1_testdata.sql is not a migration of the native layout"));
  Migrations forced{{"1_a.up.sql", ""}};
  CHECK(contains(forced.message(), "is empty"));
  forced.options.layout = "popx";
  CHECK(forced.read().layout == "popx");
  CHECK(versions(forced.read()) == "1:a+");
}

TEST_CASE("popx: an engine's word that nobody has is refused, and so is a folder for others only") {
  CHECK(contains(Migrations{{"1_a.mysql.up.sql", kSql}, {"1_a.nroth.up.sql", kSql}}.message(),
                 "m/1_a.nroth.up.sql is not a migration of the popx layout: 'nroth' is no engine"));
  CHECK(contains(Migrations{{"1_a.mysql.up.sql", kSql}}.message(), "there is no migration in 'm'"));
}

TEST_CASE("popx: migrations in fizz are named in a warning") {
  const Migrations folder{{"1_a.up.sql", kSql}, {"2_b.up.fizz", "add_column"}};
  REQUIRE(folder.read().warnings.size() == 1);
  CHECK(contains(folder.read().warnings[0], "m/2_b.up.fizz is a migration in fizz"));
}
