// The script migrator on live servers.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <optional>

#include "harness/migrate/migrator.h"
#include "harness/project/migration_folder.h"
#include "tests/end_to_end/engine_case.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// An engine that counts the sessions that are opened, and remembers the last.
class CountingBackend final : public Backend {
 public:
  explicit CountingBackend(const Backend& inner) : inner_(inner) {}
  std::string_view name() const override { return inner_.name(); }
  std::string_view display_name() const override { return inner_.display_name(); }
  std::vector<std::string> url_schemes() const override { return inner_.url_schemes(); }
  std::vector<std::string> file_infixes() const override { return inner_.file_infixes(); }
  const Capabilities& capabilities() const override { return inner_.capabilities(); }
  std::vector<Finding> findings() const override { return inner_.findings(); }
  const Dialect& dialect() const override { return inner_.dialect(); }
  const ScriptReader& script_reader() const override { return inner_.script_reader(); }
  const Inspector& inspector() const override { return inner_.inspector(); }
  const ExpressionReader& expression_reader() const override { return inner_.expression_reader(); }
  const DdlWriter& ddl_writer() const override { return inner_.ddl_writer(); }
  const DmlWriter& dml_writer() const override { return inner_.dml_writer(); }
  const DataSql& data_sql() const override { return inner_.data_sql(); }
  const ServerProvider& servers() const override { return inner_.servers(); }
  const ScratchDatabases& scratch_databases() const override { return inner_.scratch_databases(); }
  std::unique_ptr<Session> connect(const ConnectionUrl& url) const override {
    ++sessions;
    std::unique_ptr<Session> session = inner_.connect(url);
    last = session.get();
    return session;
  }
  InFlightVerdict resolve_in_flight(Session& session, const ScriptStatement& statement) const override {
    return inner_.resolve_in_flight(session, statement);
  }
  std::unique_ptr<BatchReader> read_batches(Session& session, std::string_view sql,
                                            const BatchOptions& options) const override {
    return inner_.read_batches(session, sql, options);
  }

  mutable int sessions = 0;
  mutable Session* last = nullptr;

 private:
  const Backend& inner_;
};

/// A folder of migrations and a database to run them in.
struct Bench {
  explicit Bench(const Target& on)
      : target(on), backend(*on.backend), database(on.backend->scratch_databases().create(on.server)) {}

  void write(const std::string& name, const std::vector<std::string>& statements) {
    folder.write(name, target.script(statements));
  }
  const Migrator& migrator(MigratorOptions options = {}, const TestsConfiguration& tests = {}) {
    MigrationFolderOptions from;
    from.dir = folder.path();
    migrator_ = make_script_migrator(backend, read_migrations(from, *target.backend, registry()), tests, options);
    return *migrator_;
  }
  std::unique_ptr<Migrator::Run> open(MigratorOptions options = {}) {
    return migrator(std::move(options)).open(database->url());
  }
  std::string value(const std::string& query) {
    const ResultSet rows = target.backend->connect(database->url())->query(query);
    return rows.row_count() == 0 ? "no row" : rows.row(0)[0].value_or("NULL");
  }

  Target target;
  CountingBackend backend;
  TemporaryFolder folder;
  std::unique_ptr<ScratchDatabase> database;
  std::unique_ptr<Migrator> migrator_;
};

template <class Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no Error was thrown");
  throw std::logic_error("not reached");
}

}  // namespace

ENGINE_CASE("Migrator applies and undoes one version at a time through one session") {
  Bench bench(target);
  constexpr int kCount = 20;
  for (int i = 1; i <= kCount; ++i) {
    bench.write(fmt::format("{:04}_t.up.sql", i), {fmt::format("CREATE TABLE t{} (id int NOT NULL PRIMARY KEY)", i)});
    bench.write(fmt::format("{:04}_t.down.sql", i), {fmt::format("DROP TABLE t{}", i)});
  }
  const auto run = bench.open();
  std::uint64_t before = 0;
  std::uint64_t up_max = 0;
  std::uint64_t down_max = 0;
  for (int i = 1; i <= kCount; ++i) {
    const std::string version = fmt::format("{:04}", i);
    CHECK(run->up_to(version).size() == 1);
    if (i > 1) up_max = std::max(up_max, bench.backend.last->round_trips() - before);
    before = bench.backend.last->round_trips();
    run->down_to(i == 1 ? "0" : fmt::format("{:04}", i - 1));
    if (i > 1) down_max = std::max(down_max, bench.backend.last->round_trips() - before);
    CHECK(run->up_to(version).size() == 1);
    before = bench.backend.last->round_trips();
  }
  CHECK(bench.backend.sessions == 1);
  MESSAGE("round trips of one migration with one statement: up ", up_max, ", down ", down_max);
  // Lock, table there?, ledger, BEGIN, the statement, the entry, COMMIT, unlock; SQL Server also asks about its
  // transaction, after the statement and before COMMIT.
  const std::uint64_t most = target.name() == "postgres" ? 8 : 10;
  CHECK(up_max <= most);
  CHECK(down_max <= most);
  CHECK(run->up_to("0020").empty());
  run->down_to("0");
  CHECK(bench.backend.sessions == 1);
}

ENGINE_CASE("Migrator keeps what a migration did to its session away from the next call") {
  Bench bench(target);
  const bool postgres = target.name() == "postgres";
  bench.write("0001_temporary.up.sql", {postgres ? "CREATE TEMPORARY TABLE work (id int)" : "SELECT 1 AS id INTO #work",
                                        "CREATE TABLE kept (id int NOT NULL PRIMARY KEY)"});
  bench.write("0001_temporary.down.sql", {"DROP TABLE kept"});
  bench.write("0002_setting.up.sql", {postgres ? "SET application_name = 'left behind'" : "SET DATEFIRST 3"});
  bench.write("0003_reads.up.sql", {"CREATE TABLE said (what varchar(50) NOT NULL)",
                                    postgres ? "INSERT INTO said SELECT current_setting('application_name')"
                                             : "INSERT INTO said SELECT CAST(@@DATEFIRST AS varchar(50))"});
  const auto run = bench.open();
  run->up_to("0001");
  run->down_to("0");
  CHECK_NOTHROW(run->up_to("0001"));
  run->up_to("0002");
  run->up_to("0003");
  CHECK(bench.value("SELECT what FROM said") == (postgres ? "paripassu" : "7"));
}

ENGINE_CASE("Migrator lets the migrations of one call share a session, as a run of migrate does") {
  Bench bench(target);
  const bool postgres = target.name() == "postgres";
  bench.write("0001_setting.up.sql", {postgres ? "SET application_name = 'told'" : "SET LOCK_TIMEOUT 4321"});
  bench.write("0002_reads.up.sql", {"CREATE TABLE said (what varchar(50) NOT NULL)",
                                    postgres ? "INSERT INTO said SELECT current_setting('application_name')"
                                             : "INSERT INTO said SELECT CAST(@@LOCK_TIMEOUT AS varchar(50))"});
  const auto run = bench.open();
  CHECK(run->up_to("0002").size() == 2);
  // Limits are set again for every migration; what else a migration set is the team's business.
  CHECK(bench.value("SELECT what FROM said") == (postgres ? "told" : "-1"));
}

ENGINE_CASE("Migrator reports a transaction left open with the migration's file, and goes on with another session") {
  Bench bench(target);
  bench.write("0001_a.up.sql", {"CREATE TABLE a (id int NOT NULL)"});
  bench.write("0002_open.up.sql", {target.sql.begin, "INSERT INTO a VALUES (1)"});
  const auto run = bench.open();
  run->up_to("0001");
  const Error error = error_of([&] { run->up_to("0002"); });
  CHECK(error.category() == ErrorCategory::migration);
  CHECK(contains(error.what(), "0002_open.up.sql"));
  CHECK(contains(error.what(), "0002 open"));
  CHECK(contains(error.message(), "transaction open"));
  CHECK(contains(error.remedy(), "COMMIT"));
  CHECK(bench.value("SELECT count(*) FROM a") == "0");
  CHECK(bench.backend.sessions == 1);
}

ONE_ENGINE_CASE("postgres", "Migrator reports a migration that ends its own connection") {
  Bench bench(target);
  bench.write("0001_a.up.sql", {"CREATE TABLE a (id int NOT NULL)"});
  bench.write("0002_die.up.sql", {"INSERT INTO a VALUES (1)", "SELECT pg_terminate_backend(pg_backend_pid())"});
  const auto run = bench.open();
  run->up_to("0001");
  const Error error = error_of([&] { run->up_to("0002"); });
  CHECK(error.category() == ErrorCategory::migration);
  CHECK_FALSE(error.poisons_connection());
  CHECK(contains(error.message(), "the connection was lost while migration 0002 die was applied"));
  CHECK(contains(error.position().file, "0002_die.up.sql"));
  CHECK(contains(error.remedy(), "ends its own session"));
  CHECK(bench.value("SELECT count(*) FROM a") == "0");
  // Another session sees what is left.
  run->down_to("0001");
}

ENGINE_CASE("Migrator reports a migration that drops the ledger") {
  Bench bench(target);
  bench.write("0001_a.up.sql", {"CREATE TABLE a (id int NOT NULL)"});
  bench.write("0002_drop.up.sql", {"CREATE TABLE b (id int NOT NULL)", "DROP TABLE paripassu_ledger"});
  const auto run = bench.open();
  run->up_to("0001");
  const Error error = error_of([&] { run->up_to("0002"); });
  CHECK(error.category() == ErrorCategory::migration);
  CHECK(contains(error.message(), "the migration drops paripassu_ledger"));
  CHECK(contains(error.position().file, "0002_drop.up.sql"));
  CHECK(bench.value("SELECT count(*) FROM paripassu_ledger") == "1");
}

ENGINE_CASE("Migrator bounds what it keeps of a migration that talks without end") {
  Bench bench(target);
  const bool postgres = target.name() == "postgres";
  bench.write("0001_talk.up.sql",
              {postgres ? "DO $$ BEGIN FOR i IN 1..200000 LOOP RAISE NOTICE 'notice %', i; END LOOP; END $$"
                        : "DECLARE @i int = 0; WHILE @i < 5000 BEGIN SET @i = @i + 1; PRINT 'notice'; END"});
  std::size_t kept = 0;
  std::uint64_t dropped = 0;
  MigratorOptions options;
  options.listener = [&](const MigrationEvent& event) {
    if (event.outcome == nullptr) return;
    kept += event.outcome->messages.size();
    dropped += event.outcome->messages_dropped;
  };
  const auto run = bench.open(options);
  CHECK(run->up_to("0001").size() == 1);
  CHECK(kept <= limits::kMessagesPerStatementMax);
  if (postgres) CHECK(kept + dropped == 200'000);
}

ENGINE_CASE("Migrator ends a migration that hangs") {
  Bench bench(target);
  bench.write("0001_hang.up.sql", {"CREATE TABLE a (id int NOT NULL)", target.sql.sleep_half_minute});
  MigratorOptions options;
  options.statement_timeout_ms = 1000;
  const auto run = bench.open(options);
  const Error error = error_of([&] { run->up_to("0001"); });
  CHECK(error.category() == ErrorCategory::statement_timeout);
  CHECK(contains(error.what(), "0001_hang.up.sql"));
}

ENGINE_CASE("Migrator waits for a lock no longer than it is told") {
  Bench bench(target);
  bench.write("0001_a.up.sql", {"CREATE TABLE a (id int NOT NULL)"});
  bench.write("0002_b.up.sql", {"ALTER TABLE a ADD note int NULL"});
  MigratorOptions options;
  options.lock_timeout_ms = 300;
  options.statement_timeout_ms = 20'000;
  const auto run = bench.open(options);
  run->up_to("0001");
  const std::unique_ptr<Session> other = target.backend->connect(bench.database->url());
  other->begin();
  other->execute("INSERT INTO a VALUES (1)");
  const Error error = error_of([&] { run->up_to("0002"); });
  CHECK(error.category() == ErrorCategory::lock_timeout);
  other->rollback();
  CHECK(run->up_to("0002").size() == 1);
}

ENGINE_CASE("Migrator passes over versions that only the other engine has") {
  Bench bench(target);
  const std::string other = target.name() == "postgres" ? "sqlserver" : "postgres";
  bench.folder.write("0001_x." + other + ".up.sql", "SELECT 1");
  bench.write("0002_a.up.sql", {"CREATE TABLE a (id int NOT NULL)"});
  bench.write("0002_a.down.sql", {"DROP TABLE a"});
  bench.folder.write("0003_y." + other + ".up.sql", "SELECT 1");
  const Migrator& migrator = bench.migrator();
  REQUIRE(migrator.revisions().size() == 3);
  CHECK_FALSE(migrator.revisions()[0].has_up);
  CHECK(migrator.revisions()[1].has_down);
  CHECK(migrator.revisions()[1].label() == "0002_a");
  CHECK(contains(migrator.revisions()[1].down_file, "0002_a.down.sql"));
  CHECK(migrator.index_of("3") == 2);
  CHECK(migrator.ledger_tables() == std::vector<std::string>{"paripassu_ledger"});
  const auto run = migrator.open(bench.database->url());
  CHECK(run->up_to("0001").empty());
  CHECK(run->up_to("0003").size() == 1);
  run->down_to("0003");
  CHECK(bench.value("SELECT count(*) FROM a") == "0");
  run->down_to("0001");
  CHECK(error_of([&] { run->up_to("0009"); }).category() == ErrorCategory::usage);
}

ENGINE_CASE("Migrator has all repeatable migrations as its last revision") {
  Bench bench(target);
  bench.write("V1__a.sql", {"CREATE TABLE a (id int NOT NULL)"});
  bench.write("R__v.sql", {"CREATE VIEW v AS SELECT id FROM a"});
  bench.write("R__w.sql", {"CREATE VIEW w AS SELECT id FROM a"});
  const Migrator& migrator = bench.migrator();
  REQUIRE(migrator.revisions().size() == 2);
  const Revision& last = migrator.revisions().back();
  CHECK(last.version == kRepeatableVersion);
  CHECK(last.has_up);
  CHECK_FALSE(last.has_down);
  CHECK_FALSE(last.irreversible_reason.empty());
  const auto run = migrator.open(bench.database->url());
  CHECK(run->up_to("1").size() == 1);
  CHECK(run->up_to("repeatable").size() == 2);
  CHECK(bench.value("SELECT count(*) FROM w") == "0");
  run->down_to("repeatable");
  CHECK(run->up_to("repeatable").empty());
}

ENGINE_CASE("Migrator keeps no session that would hold its database after an error") {
  Bench bench(target);
  bench.write("0001_broken.up.sql", {"CREATE TABLE a (id int NOT NULL)", "INSERT INTO nowhere VALUES (1)"});
  const auto run = bench.open();
  CHECK(error_of([&] { run->up_to("0001"); }).category() == ErrorCategory::not_found);
  bench.database.reset();
  CHECK(bench.backend.sessions == 1);
}
