// Runs that die and runs that meet: whatever happens, the next run ends where an undisturbed one ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "backends/catalog/catalog_json.h"
#include "backends/ledger.h"
#include "tests/support/live_server.h"
#include "tests/support/skip.h"

namespace paripassu::test {

namespace {

constexpr int kKills = 20;
constexpr int kAttemptsMax = 10 * kKills;
constexpr int kRaces = 20;
constexpr int kMigrations = 12;

/// Migrations that both engines read: tables, data and an index each; the last is different on every engine.
void write_project(const TemporaryFolder& folder, const Backend& backend) {
  for (int i = 1; i <= kMigrations; ++i) {
    const std::string version = (i < 10 ? "000" : "00") + std::to_string(i);
    const std::string table = "t" + std::to_string(i);
    std::string text = "CREATE TABLE " + table + " (id int NOT NULL PRIMARY KEY, a int, b varchar(20));\n";
    for (int row = 0; row < 15; ++row)
      text += "INSERT INTO " + table + " VALUES (" + std::to_string(row) + ", " + std::to_string(row * i) + ", 'x');\n";
    text += "CREATE INDEX ix_" + table + " ON " + table + " (a);\n";
    folder.write("migrations/" + version + "_" + table + ".up.sql", text);
  }
  if (backend.capabilities().expression_indexes) {
    // Cannot run in a transaction: recorded statement by statement, with an index that a kill leaves invalid.
    folder.write("migrations/0013_concurrently.up.sql",
                 "CREATE TABLE big AS SELECT g AS id, g % 7 AS a FROM generate_series(1, 40000) g;\n"
                 "CREATE INDEX CONCURRENTLY ix_big_a ON big (a);\n"
                 "CREATE INDEX CONCURRENTLY ix_big_id ON big (id);\n"
                 "ALTER TABLE big ADD COLUMN note varchar(10);\n");
  }
}

struct Outcome {
  catalog::Catalog catalog;
  std::vector<std::string> ledger;
};

/// Catalog and ledger without what differs from run to run.
Outcome read_outcome(const Backend& backend, const ConnectionUrl& url) {
  const std::unique_ptr<Session> session = backend.connect(url);
  Outcome outcome;
  InspectOptions options;
  options.ignored_tables = {Ledger::kTableName};
  outcome.catalog = backend.inspector().inspect(*session, options);
  outcome.catalog.database.clear();
  for (const LedgerEntry& entry : Ledger(*session, backend.dialect(), "").read())
    outcome.ledger.push_back(entry.version + " " + entry.name + " " + entry.checksum + " " + entry.applied_checksum +
                             " " + std::to_string(entry.applied_statements) + "/" +
                             std::to_string(entry.total_statements) + (entry.error ? " error" : "") +
                             (entry.in_flight_statement != 0 ? " in flight" : ""));
  return outcome;
}

std::vector<std::string> migrate_up(const ConnectionUrl& url, const Backend& backend) {
  return {"--" + std::string(backend.name()), url_with_password(url), "--no-progress", "migrate", "up"};
}

void kill_test(const std::string& engine) {
  const Backend& backend = registry().get(engine);
  const LiveServer& server = live_server(backend);
  if (!server.url) SKIP_TEST(server.reason);
  const TemporaryFolder folder;
  write_project(folder, backend);
  Outcome expected;
  std::chrono::milliseconds undisturbed{};
  {
    const std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(*server.url);
    const auto begin = std::chrono::steady_clock::now();
    const ProgramResult result = run_program(migrate_up(database->url(), backend), folder.path());
    undisturbed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    INFO(result.errors);
    REQUIRE(result.exit_code == 0);
    expected = read_outcome(backend, database->url());
    REQUIRE(expected.ledger.size() >= kMigrations);
  }
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  // A run that ends before its moment came has not been killed: it does not count, and later moments come sooner.
  auto latest = undisturbed;
  int died = 0;
  int attempts = 0;
  for (; died < kKills && attempts < kAttemptsMax; ++attempts) {
    const std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(*server.url);
    const auto moment = std::chrono::milliseconds(std::uniform_int_distribution<long>(0, latest.count())(random));
    {
      RunningProgram program(migrate_up(database->url(), backend), folder.path());
      std::this_thread::sleep_for(moment);
      program.signal(SIGKILL);
      if (program.wait().exit_code == 128 + SIGKILL) {
        ++died;
      } else {
        latest = std::max(moment, std::chrono::milliseconds(1));
      }
    }
    const ProgramResult again = run_program(migrate_up(database->url(), backend), folder.path());
    INFO("killed after " << moment.count() << " ms of " << undisturbed.count());
    INFO(again.errors);
    REQUIRE(again.exit_code == 0);
    const Outcome outcome = read_outcome(backend, database->url());
    CHECK(outcome.ledger == expected.ledger);
    CHECK(outcome.catalog == expected.catalog);
  }
  MESSAGE(attempts << " runs until " << kKills << " were killed before they ended");
  CHECK(died == kKills);
}

void race_test(const std::string& engine) {
  const Backend& backend = registry().get(engine);
  const LiveServer& server = live_server(backend);
  if (!server.url) SKIP_TEST(server.reason);
  const TemporaryFolder folder;
  write_project(folder, backend);
  const std::size_t count = backend.capabilities().expression_indexes ? kMigrations + 1 : kMigrations;
  for (int round = 0; round < kRaces; ++round) {
    const std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(*server.url);
    RunningProgram first(migrate_up(database->url(), backend), folder.path());
    RunningProgram second(migrate_up(database->url(), backend), folder.path());
    const ProgramResult one = first.wait();
    const ProgramResult two = second.wait();
    INFO(one.errors);
    INFO(two.errors);
    CHECK(one.exit_code == 0);
    CHECK(two.exit_code == 0);
    // Each migration is reported as applied by exactly one of the two.
    const std::string both = one.output + two.output;
    std::size_t applied = 0;
    for (std::size_t at = both.find(": up 00"); at != std::string::npos; at = both.find(": up 00", at + 1)) ++applied;
    CHECK(applied == count);
    const Outcome outcome = read_outcome(backend, database->url());
    CHECK(outcome.ledger.size() == count);
    for (const std::string& entry : outcome.ledger) CHECK(entry.find("error") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("migrate up on PostgreSQL, killed at twenty random moments, ends where an undisturbed run ends") {
  kill_test("postgres");
}
TEST_CASE("migrate up on SQL Server, killed at twenty random moments, ends where an undisturbed run ends") {
  kill_test("sqlserver");
}
TEST_CASE("two migrate up at once on PostgreSQL apply each migration once, twenty times") {
  race_test("postgres");
}
TEST_CASE("two migrate up at once on SQL Server apply each migration once, twenty times") {
  race_test("sqlserver");
}

}  // namespace paripassu::test
