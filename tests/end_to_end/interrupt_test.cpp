// Ctrl-C and SIGTERM: the exit code says so, database and ledger are true, no lock is held, no server is left.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/end_to_end/project.h"
#include "tests/end_to_end/server_folder.h"

namespace paripassu::test {

namespace {

using Clock = std::chrono::steady_clock;
using Names = std::vector<std::string>;

/// How long a stop may take; the statements that are stopped would take half a minute.
constexpr double kStopSecondsMax = 15;
/// How much longer on a server that looks at a cancel only when the statement has ended (docs/babelfish.md,
/// late-cancel).
constexpr double kLateCancelSeconds = 30;

double stop_seconds_max(const Target& target) {
  return kStopSecondsMax + (target.genuine ? 0 : kLateCancelSeconds);
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void sleep_ms(int duration_ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(duration_ms));
}

/// Waits until the ledger has `versions` complete entries; false after half a minute.
bool wait_for_ledger(Project& project, std::size_t versions) {
  for (int i = 0; i < 300; ++i) {
    if (project.database().has_table("paripassu_ledger") && project.database().ledger().size() >= versions) return true;
    sleep_ms(100);
  }
  return false;
}

void stop_during_migration(const Target& target, int signal_number) {
  Project project(target);
  project.migration("0001_notes.up.sql", target.script({"CREATE TABLE notes (id int NOT NULL)"}));
  project.migration("0002_slow.up.sql",
                    target.script({"INSERT INTO notes (id) VALUES (1)", target.sql.sleep_half_minute,
                                   "INSERT INTO notes (id) VALUES (2)"}));
  RunningProgram run({"--engine", target.name(), "migrate", "up"}, project.path(), project.environment());
  REQUIRE(wait_for_ledger(project, 1));
  sleep_ms(1500);
  const auto begin = Clock::now();
  run.signal(signal_number);
  const ProgramResult stopped = wait_at_most(run);
  CHECK_EXIT(stopped, 128 + signal_number);
  CHECK_MESSAGE(seconds_since(begin) < stop_seconds_max(target), "stopped after ", seconds_since(begin), " s");
  check_invariants(stopped, project.secrets());
  CHECK_SAYS(stopped.errors, "stopped on request");
  CHECK_SAYS(stopped.errors, "0002");
  CHECK_SAYS(stopped.errors, "→");

  CHECK(project.database().value("SELECT count(*) FROM notes") == "0");
  auto status = project.status();
  CHECK(status["0001"] == "applied");
  CHECK(status["0002"] == "pending");
  project.migration("0002_slow.up.sql", target.script({"INSERT INTO notes (id) VALUES (1)"}));
  // Nobody holds the lock or a table.
  const ProgramResult again = project.migrate({"up", "--runner-timeout", "2000", "--lock-timeout", "2000"});
  CHECK_EXIT(again, 0);
  CHECK(project.database().value("SELECT count(*) FROM notes") == "1");
}

void check_nothing_left(const ServerFolder& folder) {
  const std::vector<std::string> processes = folder.processes();
  CHECK_MESSAGE(processes.empty(), processes.size(), " processes were left, such as ",
                processes.empty() ? "" : processes.front());
  const std::vector<std::string> folders = folder.server_folders();
  CHECK_MESSAGE(folders.empty(), folders.size(), " folders were left, such as ",
                folders.empty() ? "" : folders.front());
}

}  // namespace

ENGINE_CASE("SIGINT during migrate up: exit code 130, the migration is rolled back, no lock is held") {
  stop_during_migration(target, SIGINT);
}

ENGINE_CASE("SIGTERM during migrate up: exit code 143, the migration is rolled back, no lock is held") {
  stop_during_migration(target, SIGTERM);
}

ENGINE_CASE("SIGINT during a migration without a transaction leaves a ledger from which it goes on") {
  Project project(target);
  const std::string no_transaction = "-- paripassu: no-transaction\n";
  const std::string first = "CREATE TABLE notes (id int NOT NULL)";
  const std::string second = "INSERT INTO notes (id) VALUES (1)";
  project.migration("0001_notes.up.sql", no_transaction + target.script({first, second, target.sql.sleep_half_minute,
                                                                         "INSERT INTO notes (id) VALUES (2)"}));
  RunningProgram run({"--engine", target.name(), "migrate", "up"}, project.path(), project.environment());
  bool in_flight = false;
  for (int i = 0; i < 300 && !in_flight; ++i, sleep_ms(100))
    in_flight = project.database().has_table("paripassu_ledger") && !project.database().ledger().empty() &&
                project.database().ledger().front().in_flight_statement == 3;
  REQUIRE(in_flight);
  const auto begin = Clock::now();
  run.signal(SIGINT);
  const ProgramResult stopped = wait_at_most(run);
  CHECK_EXIT(stopped, 130);
  CHECK_MESSAGE(seconds_since(begin) < stop_seconds_max(target), "stopped after ", seconds_since(begin), " s");
  const std::vector<LedgerEntry> ledger = project.database().ledger();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].applied_statements == 2);
  CHECK(ledger[0].total_statements == 4);
  CHECK_FALSE(ledger[0].complete());
  CHECK(project.status()["0001"] == "half applied");
  CHECK(project.database().value("SELECT count(*) FROM notes") == "1");

  project.migration("0001_notes.up.sql",
                    no_transaction + target.script({first, second, "INSERT INTO notes (id) VALUES (3)",
                                                    "INSERT INTO notes (id) VALUES (2)"}));
  ProgramResult again = project.migrate({"up", "--runner-timeout", "2000"});
  if (again.exit_code == 1 && contains(again.errors, "not known")) {
    // A batch may have done a part of its work; then only a person can tell, and says so.
    CHECK_SAYS(again.errors, "repair --not-applied 0001");
    CHECK(project.database().value("SELECT count(*) FROM notes") == "1");
    REQUIRE_EXIT(project.migrate({"repair", "--not-applied", "0001"}), 0);
    again = project.migrate({"up", "--runner-timeout", "2000"});
  }
  CHECK_EXIT(again, 0);
  CHECK(project.database().value("SELECT count(*) FROM notes") == "3");
  CHECK(project.database().ledger().at(0).complete());
}

ENGINE_CASE("SIGINT while waiting for another runner ends at once") {
  Project project(target);
  project.migration("0001_slow.up.sql", target.script({target.sql.sleep_half_minute}));
  RunningProgram first({"--engine", target.name(), "migrate", "up"}, project.path(), project.environment());
  sleep_ms(2500);
  RunningProgram second({"--engine", target.name(), "migrate", "up"}, project.path(), project.environment());
  sleep_ms(2500);
  const auto begin = Clock::now();
  second.signal(SIGINT);
  CHECK(wait_at_most(second).exit_code == 130);
  CHECK(seconds_since(begin) < stop_seconds_max(target));
  first.signal(SIGTERM);
  CHECK(wait_at_most(first).exit_code == 143);
  CHECK(project.database().tables() == Names{});
}

ENGINE_CASE("SIGINT during diff stops the local server and removes its folder") {
  if (!has_local_server(*target.backend)) SKIP_TEST("no local server of this engine");
  const ServerFolder folder;
  const TemporaryFolder project;
  project.write("slow.sql", target.script({"CREATE TABLE t (id int NOT NULL)", target.sql.sleep_half_minute}));
  project.write("fast.sql", target.script({"CREATE TABLE t (id int NOT NULL)"}));
  RunningProgram run({"diff", target.name() + ":fast.sql", target.name() + ":slow.sql"}, project.path(),
                     folder.environment());
  REQUIRE(folder.wait_for_server(60));
  // Some runs are stopped while the server starts, some while it works: both must end well.
  sleep_ms(target.name() == "postgres" ? 4000 : 1000);
  const auto begin = Clock::now();
  run.signal(SIGINT);
  const ProgramResult stopped = wait_at_most(run);
  CHECK_EXIT(stopped, 130);
  CHECK_MESSAGE(seconds_since(begin) < stop_seconds_max(target) + 10, "stopped after ", seconds_since(begin), " s");
  CHECK(stopped.output.empty());
  check_nothing_left(folder);
}

ENGINE_CASE("SIGTERM during a long statement on a local server stops the server and removes its folder") {
  if (!has_local_server(*target.backend)) SKIP_TEST("no local server of this engine");
  const ServerFolder folder;
  const TemporaryFolder project;
  project.write("slow.sql", target.script({"CREATE TABLE t (id int NOT NULL)", target.sql.sleep_half_minute,
                                           target.sql.sleep_half_minute}));
  RunningProgram run({"inspect", target.name() + ":slow.sql"}, project.path(), folder.environment());
  REQUIRE(folder.wait_for_server(60));
  sleep_ms(target.name() == "postgres" ? 3000 : 20'000);
  const auto begin = Clock::now();
  run.signal(SIGTERM);
  const ProgramResult stopped = wait_at_most(run);
  CHECK_EXIT(stopped, 143);
  CHECK_MESSAGE(seconds_since(begin) < stop_seconds_max(target) + 10, "stopped after ", seconds_since(begin), " s");
  check_nothing_left(folder);
}

TEST_CASE("SIGTERM during demo stops its servers and removes their folders") {
  if (!has_local_server(registry().get("postgres"))) SKIP_TEST("no local PostgreSQL");
  const ServerFolder folder;
  RunningProgram demo({"demo"}, folder.path(), folder.environment());
  REQUIRE(folder.wait_for_server(60));
  // With one engine the whole demonstration takes less than a second.
  sleep_ms(100);
  demo.signal(SIGTERM);
  const ProgramResult stopped = wait_at_most(demo);
  CHECK_EXIT(stopped, 143);
  check_nothing_left(folder);
}

TEST_CASE("what a killed run leaves is gone after the next one") {
  const Backend& postgres = registry().get("postgres");
  if (!has_local_server(postgres)) SKIP_TEST("no local PostgreSQL");
  const ServerFolder folder;
  const TemporaryFolder project;
  project.write("slow.sql", "SELECT pg_sleep(30);\n");
  project.write("fast.sql", "CREATE TABLE t (id int NOT NULL);\n");
  {
    RunningProgram run({"inspect", "postgres:slow.sql"}, project.path(), folder.environment());
    REQUIRE(folder.wait_for_server(60));
    sleep_ms(2000);
    run.signal(SIGKILL);
    CHECK(run.wait().exit_code == 137);
  }
  const ProgramResult next = run_checked({"inspect", "postgres:fast.sql"}, project.path(), folder.environment());
  CHECK_EXIT(next, 0);
  check_nothing_left(folder);
}

}  // namespace paripassu::test
