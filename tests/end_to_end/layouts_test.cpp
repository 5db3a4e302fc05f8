// Every layout of docs/migrations.md, through `migrate` on every engine.
#include <doctest/doctest.h>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

Names versions(Project& project) {
  Names result;
  for (const LedgerEntry& entry : project.database().ledger()) result.push_back(entry.version);
  return result;
}

/// Another engine's word, for files that must not run here.
std::string other_engine(const Target& target) {
  for (const auto& backend : registry().all())
    if (backend->name() != target.name()) return std::string(backend->name());
  return {};
}

}  // namespace

ENGINE_CASE("the native layout runs files for this engine and for all, and leaves out the others") {
  Project project(target);
  project.migration("0001_all.up.sql", "CREATE TABLE for_all (id int NOT NULL);\n");
  project.migration("0002_mine." + target.name() + ".up.sql", "CREATE TABLE mine (id int NOT NULL);\n");
  project.migration("0003_theirs." + other_engine(target) + ".up.sql", "this is not SQL;\n");
  project.migration("0004_both.up.sql", "this is not SQL either;\n");
  project.migration("0004_both." + target.name() + ".up.sql", "CREATE TABLE instead (id int NOT NULL);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == Names{"for_all", "instead", "mine", "paripassu_ledger"});
  CHECK(versions(project) == Names{"0001", "0002", "0004"});
}

ENGINE_CASE("one folder per engine is recognised") {
  Project project(target);
  project.migration(target.name() + "/0001_a.up.sql", "CREATE TABLE a (id int NOT NULL);\n");
  project.migration(target.name() + "/0001_a.down.sql", "DROP TABLE a;\n");
  project.migration(other_engine(target) + "/0001_a.up.sql", "this is not SQL;\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == Names{"a", "paripassu_ledger"});
  REQUIRE_EXIT(project.migrate({"down"}), 0);
  CHECK(project.database().tables() == Names{"paripassu_ledger"});
}

ENGINE_CASE("golang-migrate's layout is recognised, up and down") {
  Project project(target);
  project.migration("000001_a.up.sql", "CREATE TABLE a (id int NOT NULL);\n");
  project.migration("000001_a.down.sql", "DROP TABLE a;\n");
  project.migration("000002_b.up.sql", "CREATE TABLE b (id int NOT NULL);\n");
  project.migration("000002_b.down.sql", "DROP TABLE b;\n");
  REQUIRE_EXIT(project.migrate({"up", "--to", "1"}), 0);
  CHECK(versions(project) == Names{"000001"});
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  REQUIRE_EXIT(project.migrate({"down"}), 0);
  CHECK(project.database().tables() == Names{"a", "paripassu_ledger"});
}

ENGINE_CASE("Flyway's layout: versions, undo, repeatable scripts again when they change, placeholders") {
  Project project(target);
  project.write("paripassu.toml", "[migrations]\nplaceholders = { noun = \"notes\", \"flyway:user\" = \"me\" }\n");
  project.migration("V1__create.sql", "-- ${flyway:user}\nCREATE TABLE ${noun} (id int NOT NULL);\n");
  project.migration("V1.1__more.sql", "CREATE TABLE more_${NOUN} (id int NOT NULL);\n");
  project.migration("U1.1__more.sql", "DROP TABLE more_${noun};\n");
  project.migration("V1_10__last.sql", "CREATE TABLE last_notes (id int NOT NULL);\n");
  project.migration("R__fill.sql", "INSERT INTO notes (id) VALUES (1);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == Names{"last_notes", "more_notes", "notes", "paripassu_ledger"});
  CHECK(versions(project) == Names{"1", "1.1", "1.10", "fill"});
  CHECK(project.database().value("SELECT count(*) FROM notes") == "1");

  CHECK_SAYS(project.migrate({"up"}).output, "nothing to do");
  CHECK(project.database().value("SELECT count(*) FROM notes") == "1");
  project.migration("R__fill.sql", "INSERT INTO notes (id) VALUES (2);\n");
  CHECK(project.status()["fill"] == "outdated");
  CHECK_EXIT(project.migrate({"status"}), 0);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().value("SELECT count(*) FROM notes") == "2");
  CHECK(project.status()["fill"] == "applied");

  // The newest version has no undo; a repeatable one does not count.
  CHECK_EXIT(project.migrate({"down"}), 1);
  project.migration("U1.10__last.sql", "DROP TABLE last_notes;\n");
  REQUIRE_EXIT(project.migrate({"down", "--steps", "2"}), 0);
  CHECK(project.database().tables() == Names{"notes", "paripassu_ledger"});
}

ENGINE_CASE("a placeholder without a value is refused with its place before anything runs") {
  Project project(target);
  project.migration("V1__a.sql", "CREATE TABLE a (id int NOT NULL);\n");
  project.migration("V2__b.sql", "CREATE TABLE b (\n  id int NOT NULL -- of ${tenant}\n);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 2);
  CHECK_SAYS(up.errors, "V2__b.sql:2");
  CHECK_SAYS(up.errors, "tenant");
  CHECK_SAYS(up.errors, "placeholders");
  CHECK(project.database().tables() == Names{});
}

ENGINE_CASE("a placeholder's value comes from the environment, and its change is no change of the migration") {
  Project project(target);
  project.write("paripassu.toml", "[migrations]\nplaceholders = { noun = \"${SOME_NOUN}\" }\n");
  project.migration("0001_a.up.sql", "CREATE TABLE ${noun} (id int NOT NULL);\n");
  REQUIRE_EXIT(project.migrate({"up"}, {{"SOME_NOUN", "apples"}}), 0);
  CHECK(project.database().has_table("apples"));
  CHECK_EXIT(project.migrate({"up"}, {{"SOME_NOUN", "pears"}}), 0);
  CHECK(!project.database().has_table("pears"));
}

ENGINE_CASE("dbmate's layout: both sections of one file, with its own line numbers") {
  Project project(target);
  project.migration("20260101120000_notes.sql",
                    "-- migrate:up\nCREATE TABLE notes (id int NOT NULL);\n\n-- migrate:down\nDROP TABLE notes;\n");
  project.migration(
      "20260102120000_broken.sql",
      "-- migrate:up\nCREATE TABLE more_notes (id int NOT NULL);\n\n-- migrate:down\n\n\nDROP TABLE no_such_table;\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(versions(project) == Names{"20260101120000", "20260102120000"});
  const ProgramResult down = project.migrate({"down"});
  CHECK_EXIT(down, 1);
  CHECK_SAYS(down.errors, "20260102120000_broken.sql:7");
  project.migration(
      "20260102120000_broken.sql",
      "-- migrate:up\nCREATE TABLE more_notes (id int NOT NULL);\n\n-- migrate:down\nDROP TABLE more_notes;\n");
  // Only the section that was applied counts for the checksum.
  CHECK(project.status()["20260102120000"] == "applied");
  REQUIRE_EXIT(project.migrate({"down", "--to", "0"}), 0);
  CHECK(project.database().tables() == Names{"paripassu_ledger"});
}

ENGINE_CASE("dbmate's transaction:false runs a section statement by statement") {
  Project project(target);
  project.migration("20260101120000_notes.sql",
                    "-- migrate:up transaction:false\n" + target.script({"CREATE TABLE notes (id int NOT NULL)",
                                                                         "INSERT INTO no_such_table (id) VALUES (1)"}));
  CHECK_EXIT(project.migrate({"up"}), 1);
  CHECK(project.database().tables() == Names{"notes", "paripassu_ledger"});
  CHECK(project.status()["20260101120000"] == "half applied");
}

ENGINE_CASE("a layout can be forced, and the folder can be named") {
  Project project(target);
  project.write("db/changes/V1__a.sql", "CREATE TABLE a (id int NOT NULL);\n");
  project.write("paripassu.toml", "[migrations]\ndir = \"db/changes\"\nlayout = \"flyway\"\n");
  project.write("deeper/below/nothing.txt", "");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  // The configuration is found from a folder below, and its paths stay relative to it.
  const ProgramResult status = project.run({"-C", "deeper/below", "--engine", target.name(), "migrate", "status"});
  CHECK_EXIT(status, 0);
  CHECK_SAYS(status.output, "applied");
  const ProgramResult forced = project.migrate({"status"}, {{"PARIPASSU_MIGRATIONS_LAYOUT", "native"}});
  CHECK_EXIT(forced, 2);
  CHECK_SAYS(forced.errors, "V1__a.sql");
}

}  // namespace paripassu::test
