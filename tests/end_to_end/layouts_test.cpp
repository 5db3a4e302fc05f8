// Every layout of docs/migrations.md, through `migrate` on every engine.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

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

/// Up, what is then there (tables and views), up again, down to nothing, up once more.
void check_there_and_back(Project& project, const Names& tables, const Names& expected_versions) {
  Names all = tables;
  all.emplace_back("paripassu_ledger");
  std::sort(all.begin(), all.end());
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == all);
  CHECK(versions(project) == expected_versions);
  for (const auto& [version, state] : project.status()) CHECK_MESSAGE(state == "applied", version);
  CHECK_SAYS(project.migrate({"up"}).output, "nothing to do");
  REQUIRE_EXIT(project.migrate({"down", "--to", "0"}), 0);
  CHECK(project.database().tables() == Names{"paripassu_ledger"});
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == all);
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

ENGINE_CASE("goose's layout: a statement that must stand alone, a block, variables, there and back") {
  Project project(target);
  project.migration("00001_notes.sql",
                    "-- +goose Up\n-- +goose ENVSUB ON\nCREATE TABLE ${GOOSE_NOTES:-notes} (id int NOT NULL);\n"
                    "-- +goose ENVSUB OFF\nCREATE VIEW all_notes AS\n  SELECT id FROM notes; -- alone in its batch\n\n"
                    "-- +goose Down\nDROP VIEW all_notes;\nDROP TABLE notes;\n");
  // A view has to be the first statement of a T-SQL batch, so that this runs only if statements are sent one by one.
  project.migration(
      "00002_more.sql",
      "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE more_notes (id int NOT NULL);\n"
      "INSERT INTO more_notes (id) VALUES (1);\n-- +goose StatementEnd\nCREATE VIEW all_more AS SELECT id "
      "FROM more_notes;\n-- +goose Down\nDROP VIEW all_more; DROP TABLE more_notes;\n");
  check_there_and_back(project, {"all_more", "all_notes", "more_notes", "notes"}, {"00001", "00002"});
  CHECK(project.database().value("SELECT count(*) FROM all_more") == "1");
}

ENGINE_CASE("goose's layout: an error names the line of the file, and NO TRANSACTION runs statement by statement") {
  Project project(target);
  project.migration("00001_notes.sql",
                    "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE notes (id int NOT NULL);\n\n"
                    "INSERT INTO no_such_table\n  (id) VALUES (1);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "00001_notes.sql:5");
  CHECK(project.database().tables() == Names{"notes", "paripassu_ledger"});
  CHECK(project.status()["00001"] == "half applied");
  project.migration("00001_notes.sql",
                    "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE notes (id int NOT NULL);\n\n"
                    "INSERT INTO notes\n  (id) VALUES (1);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().value("SELECT count(*) FROM notes") == "1");
}

ENGINE_CASE("sqitch's layout: the plan's order, scripts with their own transaction, a reworked change") {
  Project project(target);
  const std::string stamp = " 2026-01-31T12:00:00Z A <a@example.com>\n";
  project.migration("sqitch.plan", "%syntax-version=1.0.0\n%project=notes\n\nzebra" + stamp + "apple [zebra]" + stamp +
                                       "@v1" + stamp + "\napple [apple@v1]" + stamp);
  const auto own_transaction = [&](const std::string& statement) {
    return target.script({target.sql.begin, statement, target.sql.commit});
  };
  project.migration("deploy/zebra.sql",
                    "-- Deploy notes:zebra\n\n" + own_transaction("CREATE TABLE zebra (id int NOT NULL)"));
  project.migration("revert/zebra.sql", own_transaction("DROP TABLE zebra"));
  project.migration("verify/zebra.sql", "SELECT id FROM zebra WHERE 1 = 0;\n");
  project.migration("deploy/apple@v1.sql", "CREATE TABLE apple (id int NOT NULL);\n");
  project.migration("revert/apple@v1.sql", "DROP TABLE apple;\n");
  project.migration("deploy/apple.sql", "CREATE TABLE apple_more (id int NOT NULL);\n");
  project.migration("revert/apple.sql", "DROP TABLE apple_more;\n");
  check_there_and_back(project, {"apple", "apple_more", "zebra"}, {"0001", "0002", "0003"});
  REQUIRE_EXIT(project.migrate({"down", "--to", "2"}), 0);
  CHECK(project.database().tables() == Names{"apple", "paripassu_ledger", "zebra"});
}

ENGINE_CASE("Liquibase's layout: changesets, variants by dbms, delimiters, properties, rollbacks, there and back") {
  Project project(target);
  const std::string mine = target.backend->file_infixes().back();
  const std::string theirs = other_engine(target);
  project.migration("01_tables.sql",
                    "--liquibase formatted sql\n\n--property name:noun value:notes dbms:" + target.name() +
                        "\n--property name:noun value:others\n\n--changeset ann:1\n--comment: two statements\n"
                        "CREATE TABLE ${noun} (id int NOT NULL); CREATE VIEW all_notes AS SELECT id FROM notes;\n"
                        "--rollback DROP VIEW all_notes;\n--rollback DROP TABLE ${noun};\n\n--changeset ann:2 dbms:" +
                        theirs + "\nthis is not SQL;\n--changeset ann:2 dbms:!" + theirs +
                        "\nCREATE TABLE mine (id int NOT NULL);\n/* liquibase rollback\nDROP TABLE mine;\n*/\n");
  project.migration(
      "02_more.sql",
      "--liquibase formatted sql\n--changeset ann:1 endDelimiter:@@ rollbackEndDelimiter:GO dbms:" + mine +
          "\nCREATE TABLE more_notes (id int NOT NULL); INSERT INTO more_notes (id) VALUES (1)\n@@\n"
          "CREATE VIEW all_more AS SELECT id FROM more_notes @@\n--rollback DROP VIEW all_more\n"
          "--rollback GO\n--rollback DROP TABLE more_notes\n--rollback GO\n"
          "--changeset ann:nothing\nINSERT INTO more_notes (id) VALUES (2);\n--rollback not required\n");
  check_there_and_back(project, {"all_more", "all_notes", "mine", "more_notes", "notes"}, {"1.1", "1.2", "2.1", "2.2"});
  CHECK(project.database().value("SELECT count(*) FROM all_more") == "2");
}

ENGINE_CASE("Liquibase's layout: an error names the line of the changelog") {
  Project project(target);
  project.migration(
      "changelog.sql",
      "--liquibase formatted sql\n--changeset a:1\nCREATE TABLE notes (id int NOT NULL);\n--changeset a:2\n"
      "INSERT INTO notes (id) VALUES (1);\n\nINSERT INTO no_such_table (id) VALUES (1);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "changelog.sql:7");
  // One transaction for each changeset.
  CHECK(project.status() == std::map<std::string, std::string>{{"1.1", "applied"}, {"1.2", "pending"}});
  CHECK(project.database().value("SELECT count(*) FROM notes") == "0");
}

ENGINE_CASE("popx's layout: other engines and rows for tests are left out, empty scripts do nothing") {
  Project project(target);
  const std::string mine = target.backend->file_infixes().back();
  project.migration("20190101000000_notes." + mine + ".up.sql", "CREATE TABLE notes (id int NOT NULL);\n");
  project.migration("20190101000000_notes." + mine + ".down.sql", "DROP TABLE notes;\n");
  project.migration("20190101000000_notes.mysql.up.sql", "this is not SQL;\n");
  project.migration("20190101000000_testdata.sql", "this is not SQL either;\n");
  project.migration("20190102000000_more." + mine + ".autocommit.up.sql",
                    "CREATE TABLE more_notes (id int NOT NULL);\n");
  project.migration("20190102000000_more.down.sql", "DROP TABLE more_notes;\n");
  project.migration("20190103000000_nothing.up.sql", "-- nothing to do here\n");
  project.migration("20190103000000_nothing.down.sql", "");
  check_there_and_back(project, {"more_notes", "notes"}, {"20190101000000", "20190102000000", "20190103000000"});
  CHECK_SAYS(project.migrate({"status"}).errors, "(mysql)");
}

ENGINE_CASE("a migration that is declared irreversible has no down") {
  Project project(target);
  project.migration("0001_a.up.sql",
                    "-- paripassu: irreversible the table is a copy\nCREATE TABLE a (id int NOT NULL);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK_EXIT(project.migrate({"down"}), 1);
  CHECK(project.database().tables() == Names{"a", "paripassu_ledger"});
  project.migration("0001_a.down.sql", "DROP TABLE a;\n");
  const ProgramResult both = project.migrate({"status"});
  CHECK_EXIT(both, 2);
  CHECK_SAYS(both.errors, "0001_a.up.sql:1");
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
