// Migrations that cannot run in one transaction, stop half way and go on; limits of time; what a script does with
// transactions of its own.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

using Clock = std::chrono::steady_clock;
using Names = std::vector<std::string>;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

constexpr const char* kNoTransaction = "-- paripassu: no-transaction\n";
constexpr const char* kCreate = "CREATE TABLE notes (id int NOT NULL)";
constexpr const char* kInsertOne = "INSERT INTO notes (id) VALUES (1)";
constexpr const char* kInsertTwo = "INSERT INTO notes (id) VALUES (2)";
constexpr const char* kBroken = "INSERT INTO no_such_table (id) VALUES (1)";
constexpr const char* kCount = "SELECT count(*) FROM notes";

}  // namespace

ENGINE_CASE("a migration without a transaction stops at the failing statement and goes on there") {
  Project project(target);
  const std::string broken = kNoTransaction + target.script({kCreate, kInsertOne, kBroken, kInsertTwo});
  project.migration("0001_notes.up.sql", broken);
  project.migration("0002_after.up.sql", "CREATE TABLE behind (id int NOT NULL);\n");
  const ProgramResult stopped = project.migrate({"up"});
  CHECK_EXIT(stopped, 1);
  CHECK_SAYS(stopped.errors, "0001_notes.up.sql:" + std::to_string(line_of(broken, kBroken)));
  CHECK_SAYS(stopped.errors, "statement 3 of 4");
  CHECK_SAYS(stopped.errors, "no_such_table");
  CHECK_SAYS(stopped.errors, "→");
  CHECK(project.database().value(kCount) == "1");
  CHECK(!project.database().has_table("behind"));

  const std::vector<LedgerEntry> ledger = project.database().ledger();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].applied_statements == 2);
  CHECK(ledger[0].total_statements == 4);
  CHECK(ledger[0].in_flight_statement == 0);
  REQUIRE(ledger[0].error);
  CHECK_SAYS(*ledger[0].error, "no_such_table");
  CHECK_FALSE(ledger[0].complete());
  const ProgramResult status = project.migrate({"status"});
  CHECK_EXIT(status, 1);
  CHECK_SAYS(status.output, "half applied");
  CHECK_SAYS(status.output, "2 of 4");

  // Down needs the up to be whole.
  project.migration("0001_notes.down.sql", "DROP TABLE notes;\n");
  const ProgramResult down = project.migrate({"down"});
  CHECK_EXIT(down, 1);
  CHECK_SAYS(down.errors, "half way up");
  CHECK(project.database().has_table("notes"));

  // Unmended: stops at the same place, and statements 1 and 2 are not done again.
  CHECK_EXIT(project.migrate({"up"}), 1);
  CHECK(project.database().value(kCount) == "1");

  project.migration("0001_notes.up.sql", kNoTransaction + target.script({kCreate, kInsertOne, kInsertTwo,
                                                                         "INSERT INTO notes (id) VALUES (3)"}));
  const ProgramResult up = project.migrate({"up", "-v"});
  REQUIRE_EXIT(up, 0);
  CHECK_SAYS(up.errors, "goes on at statement 3 of 4");
  CHECK(project.database().value(kCount) == "3");
  CHECK(project.database().has_table("behind"));
  const std::vector<LedgerEntry> after = project.database().ledger();
  REQUIRE(after.size() == 2);
  CHECK(after[0].complete());
  CHECK(after[0].applied_statements == 4);
  CHECK_EXIT(project.migrate({"status"}), 0);
}

ENGINE_CASE("a half-done migration whose applied statements were changed is refused") {
  Project project(target);
  project.migration("0001_notes.up.sql", kNoTransaction + target.script({kCreate, kInsertOne, kBroken}));
  REQUIRE_EXIT(project.migrate({"up"}), 1);
  project.migration("0001_notes.up.sql", kNoTransaction + target.script({kCreate, kInsertTwo, kInsertTwo}));
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "0001_notes.up.sql");
  CHECK_SAYS(up.errors, "statements 1 to 2");
  CHECK_SAYS(up.errors, "→");
  CHECK(project.database().value(kCount) == "1");
}

ENGINE_CASE("a down without a transaction stops half way and goes on with the next down") {
  Project project(target);
  project.migration("0001_two.up.sql", target.script({kCreate, "CREATE TABLE others (id int NOT NULL)"}));
  project.migration(
      "0001_two.down.sql",
      kNoTransaction + target.script({"DROP TABLE others", "DROP TABLE no_such_table", "DROP TABLE notes"}));
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const ProgramResult stopped = project.migrate({"down"});
  CHECK_EXIT(stopped, 1);
  CHECK_SAYS(stopped.errors, "statement 2 of 3");
  CHECK(project.status()["0001"] == "half reverted");
  CHECK(project.database().tables() == Names{"notes", "paripassu_ledger"});
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "half way down");
  project.migration("0001_two.down.sql", kNoTransaction + target.script({"DROP TABLE others", "DROP TABLE notes"}));
  REQUIRE_EXIT(project.migrate({"down"}), 0);
  CHECK(project.database().tables() == Names{"paripassu_ledger"});
  CHECK(project.database().ledger().empty());
}

ONE_ENGINE_CASE("postgres",
                "CREATE INDEX CONCURRENTLY that fails on the data goes on after the data was mended (postgres)") {
  Project project(target);
  const std::string text =
      target.script({kCreate, "INSERT INTO notes (id) VALUES (1), (1), (2)",
                     "CREATE UNIQUE INDEX CONCURRENTLY ux_notes ON notes (id)", "INSERT INTO notes (id) VALUES (3)"});
  project.migration("0001_notes.up.sql", text);
  const ProgramResult stopped = project.migrate({"up"});
  CHECK_EXIT(stopped, 1);
  CHECK_SAYS(stopped.errors, "0001_notes.up.sql:3");
  CHECK_SAYS(stopped.errors, "statement 3 of 4");
  CHECK_SAYS(stopped.errors, "could not create unique index");
  CHECK(project.database().value(kCount) == "3");
  CHECK(project.status()["0001"] == "half applied");

  project.database().session().execute("DELETE FROM notes WHERE ctid = (SELECT min(ctid) FROM notes WHERE id = 1)");
  const ProgramResult up = project.migrate({"up"});
  REQUIRE_EXIT(up, 0);
  CHECK(project.database().value(kCount) == "3");
  CHECK(project.database().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ux_notes'::regclass") == "t");
  CHECK(project.database().value("SELECT count(*) FROM pg_index WHERE indrelid = 'notes'::regclass") == "1");
}

ONE_ENGINE_CASE(
    "postgres",
    "a migration that mixes ordinary statements and CREATE INDEX CONCURRENTLY applies each once (postgres)") {
  Project project(target);
  project.migration("0001_notes.up.sql",
                    target.script({kCreate, kInsertOne, "CREATE INDEX CONCURRENTLY ix_notes ON notes (id)", kInsertTwo,
                                   "CREATE INDEX ix_more ON notes (id, id)", "DROP INDEX CONCURRENTLY ix_more"}));
  const ProgramResult up = project.migrate({"up"});
  REQUIRE_EXIT(up, 0);
  CHECK_SAYS(up.output, "not in one transaction");
  CHECK(project.database().value(kCount) == "2");
  CHECK(project.database().value("SELECT string_agg(indexname, ',') FROM pg_indexes WHERE tablename = 'notes'") ==
        "ix_notes");
  CHECK(project.database().ledger().at(0).complete());
}

ENGINE_CASE("a script with its own transactions keeps what was committed and rolls back what was not") {
  Project project(target);
  const auto text = [&](const char* last) {
    return target.script({kCreate, target.sql.begin, kInsertOne, target.sql.commit, target.sql.begin, kInsertTwo, last,
                          target.sql.commit});
  };
  project.migration("0001_notes.up.sql", text(kBroken));
  const ProgramResult stopped = project.migrate({"up"});
  CHECK_EXIT(stopped, 1);
  CHECK_SAYS(stopped.errors, "statement 7 of 8");
  CHECK_SAYS(stopped.errors, "no_such_table");
  CHECK(project.database().value(kCount) == "1");
  const std::vector<LedgerEntry> ledger = project.database().ledger();
  REQUIRE(ledger.size() == 1);
  // What was rolled back is not counted: it begins again with the second BEGIN.
  CHECK(ledger[0].applied_statements == 4);
  CHECK(ledger[0].error);

  project.migration("0001_notes.up.sql", text("INSERT INTO notes (id) VALUES (3)"));
  const ProgramResult up = project.migrate({"up"});
  REQUIRE_EXIT(up, 0);
  CHECK(project.database().value(kCount) == "3");
  CHECK(project.database().value("SELECT sum(id) FROM notes") == "6");
  CHECK(project.database().ledger().at(0).complete());
}

ENGINE_CASE("a script that leaves a transaction open is refused, and what was in it is rolled back") {
  Project project(target);
  project.migration("0001_notes.up.sql", target.script({kCreate}));
  project.migration("0002_open.up.sql", target.script({target.sql.begin, kInsertOne}));
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "0002_open.up.sql");
  CHECK_SAYS(up.errors, "transaction open");
  CHECK_SAYS(up.errors, "COMMIT");
  CHECK(project.database().value(kCount) == "0");
  CHECK(project.status()["0002"] == "half applied");
  project.migration("0002_open.up.sql", target.script({target.sql.begin, kInsertOne, target.sql.commit}));
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().value(kCount) == "1");
}

ENGINE_CASE("a failing migration in one transaction leaves nothing, and those before it stay") {
  Project project(target);
  project.migration("0001_notes.up.sql", target.script({kCreate}));
  project.migration("0002_broken.up.sql",
                    target.script({kInsertOne, "CREATE TABLE more_notes (id int NOT NULL)", kBroken, kInsertTwo}));
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "statement 3 of 4");
  CHECK(project.database().tables() == Names{"notes", "paripassu_ledger"});
  CHECK(project.database().value(kCount) == "0");
  const std::vector<LedgerEntry> ledger = project.database().ledger();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].version == "0001");
  auto status = project.status();
  CHECK(status["0001"] == "applied");
  CHECK(status["0002"] == "pending");
}

ENGINE_CASE("an error that surfaces after the first statement of a unit is not lost") {
  Project project(target);
  project.migration("0001_notes.up.sql", target.script({kCreate}));
  // One statement on one engine, several in one batch on the other: the last of them fails.
  project.migration("0002_twice.up.sql",
                    "INSERT INTO notes (id) VALUES (1);\nINSERT INTO notes (id) VALUES (2);\nINSERT INTO notes (id) "
                    "VALUES (NULL);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "0002_twice.up.sql");
  CHECK(project.database().value(kCount) == "0");
  CHECK(project.status()["0002"] == "pending");
}

ONE_ENGINE_CASE("sqlserver", "GO n runs its batch n times and counts as one statement (sqlserver)") {
  Project project(target);
  project.migration("0001_notes.up.sql", std::string(kCreate) + "\nGO\n" + kInsertOne + "\nGO 3 -- three rows\n");
  const ProgramResult up = project.migrate({"up"});
  REQUIRE_EXIT(up, 0);
  CHECK(project.database().value(kCount) == "3");
  CHECK(project.database().ledger().at(0).total_statements == 2);
}

ONE_ENGINE_CASE("postgres", "inline COPY data is loaded as psql loads it (postgres)") {
  Project project(target);
  project.migration(
      "0001_notes.up.sql",
      "CREATE TABLE lines (id int, note text);\nCOPY lines (id, note) FROM stdin;\n1\tone;\n2\t\\N\n3\tit's\n\\.\n"
      "INSERT INTO lines VALUES (4, '\\.');\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().value("SELECT string_agg(id || coalesce(note, '-'), ' ' ORDER BY id) FROM lines") ==
        "1one; 2- 3it's 4\\.");
}

ONE_ENGINE_CASE("postgres", "-v shows what the server says while a migration runs (postgres)") {
  Project project(target);
  project.migration("0001_say.up.sql", "DO $$ BEGIN RAISE NOTICE 'hello from the server'; END $$;\n");
  CHECK_SAYS(project.migrate({"up", "-v"}).errors, "hello from the server");
}

ONE_ENGINE_CASE("sqlserver", "-v shows what the server says while a migration runs (sqlserver)") {
  Project project(target);
  project.migration("0001_say.up.sql", "PRINT 'hello from the server'\nGO\n");
  CHECK_SAYS(project.migrate({"up", "-v"}).errors, "hello from the server");
}

ENGINE_CASE("--lock-timeout ends a migration that waits for somebody's lock") {
  Project project(target);
  project.migration("0001_notes.up.sql", target.script({kCreate}));
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  project.migration("0002_more.up.sql", "ALTER TABLE notes ADD more int;\n");
  Session& other = project.database().session();
  other.begin();
  other.execute("INSERT INTO notes (id) VALUES (1)");
  const auto begin = Clock::now();
  const ProgramResult up = project.migrate({"up", "--lock-timeout", "700"});
  CHECK_EXIT(up, 1);
  CHECK(seconds_since(begin) < 20);
  CHECK_SAYS(up.errors, "0002_more.up.sql");
  CHECK_SAYS(up.errors, "lock");
  other.rollback();
  CHECK(project.status()["0002"] == "pending");
  REQUIRE_EXIT(project.migrate({"up", "--lock-timeout", "700"}), 0);
}

ENGINE_CASE("--statement-timeout ends a statement that takes too long, and nothing is recorded") {
  Project project(target);
  project.migration("0001_slow.up.sql", target.script({kCreate, target.sql.sleep_half_minute}));
  const auto begin = Clock::now();
  const ProgramResult up = project.migrate({"up", "--statement-timeout", "1000"});
  CHECK_EXIT(up, 1);
  // A stand-in looks at the cancel only when the statement has ended (docs/babelfish.md, late-cancel).
  CHECK(seconds_since(begin) < (target.genuine ? 20 : 50));
  CHECK_SAYS(up.errors, "statement 2 of 2");
  CHECK_SAYS(up.errors, "timeout");
  CHECK(project.database().tables() == Names{});
}

ENGINE_CASE("a second runner waits for the first, and gives up after --runner-timeout") {
  Project project(target);
  project.migration("0001_slow.up.sql", target.script({target.sql.sleep_half_minute, kCreate}));
  // A first `migrate up` that another program holds up: whoever has the lock, the second must not start.
  RunningProgram first({"--engine", target.name(), "migrate", "up"}, project.path(), project.environment());
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const auto begin = Clock::now();
  const ProgramResult second = project.migrate({"up", "--runner-timeout", "500"});
  CHECK_EXIT(second, 1);
  CHECK(seconds_since(begin) < 20);
  CHECK_SAYS(second.errors, "another runner");
  CHECK_SAYS(second.errors, "--runner-timeout");
  first.signal(SIGTERM);
  CHECK(first.wait().exit_code == 143);
  CHECK(project.database().tables() == Names{});
}

}  // namespace paripassu::test
