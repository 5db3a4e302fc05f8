// Reading catalogs, comparing them and applying migrations, each beside its reference in the same run.
//
//   bench_foundation PARIPASSU_PROGRAM [inspect|compare|migrate|sqlserver …]
//
// Prints medians of interleaved runs, their ratio, and peak memory. The references are PostgreSQL's own clients, taken
// from the folder of the newest installed server.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "cli/register_backends.h"
#include "harness/parity/differ.h"
#include "tests/bench/bench_support.h"

namespace {

using namespace paripassu;         // NOLINT
using namespace paripassu::bench;  // NOLINT

constexpr int kTables = 1000;
constexpr int kMigrations = 500;

/// Nine columns, primary key, unique, check, foreign key and a partial index each.
std::string table_sql(int i, bool tsql) {
  const std::string text = tsql ? "nvarchar" : "varchar";
  const std::string reference =
      i > 0 ? fmt::format(", CONSTRAINT t{0}_fk FOREIGN KEY (parent) REFERENCES t{1} (id)", i, i - 1) : "";
  return fmt::format(
      "CREATE TABLE t{0} (id bigint NOT NULL CONSTRAINT t{0}_pk PRIMARY KEY, code {1}(40) NOT NULL CONSTRAINT t{0}_uq "
      "UNIQUE, "
      "parent bigint NULL, amount {2}(12, 2) DEFAULT 0, active {3} NOT NULL DEFAULT {4}, note {1}(400) NULL, "
      "created {5}(3) NOT NULL, quantity int NOT NULL DEFAULT 1, ratio {6} NULL, CONSTRAINT t{0}_ck CHECK (quantity >= "
      "0){7})",
      i, text, tsql ? "decimal" : "numeric", tsql ? "bit" : "boolean", tsql ? "1" : "true",
      tsql ? "datetime2" : "timestamp", tsql ? "float" : "double precision", reference);
}

std::string index_sql(int i) {
  return fmt::format("CREATE INDEX t{0}_ix ON t{0} (created DESC, parent) WHERE parent IS NOT NULL", i);
}

void fill(Session& session, bool tsql) {
  constexpr int kTablesPerTransaction = 100;
  for (int i = 0; i < kTables; i += kTablesPerTransaction) {
    Transaction transaction(session);
    for (int n = i; n < i + kTablesPerTransaction; ++n) {
      session.execute(table_sql(n, tsql));
      session.execute(index_sql(n));
    }
    transaction.commit();
  }
}

struct Bench {
  std::string program;
  BackendRegistry registry;

  void inspect_and_compare() {
    const Backend& backend = registry.get("postgres");
    const std::unique_ptr<LocalServer> server = backend.servers().start();
    const std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(server->url());
    const std::unique_ptr<Session> session = backend.connect(database->url());
    fill(*session, false);
    session->execute("ANALYZE");
    const std::string dump = newest_client("pg_dump");
    std::vector<double> ours;
    std::vector<double> theirs;
    double peak = 0;
    for (int round = 0; round < kRounds; ++round) {
      const Run inspect = run({program, "--format", "json", "inspect", url_text(database->url())});
      ours.push_back(inspect.seconds);
      peak = std::max(peak, inspect.peak_mb);
      theirs.push_back(
          run({dump, "--schema-only", "-h", database->url().host, "-U", database->url().user, database->name()})
              .seconds);
    }
    fmt::print(
        "inspect, PostgreSQL, {} tables: paripassu inspect --format json {:.3f} s, pg_dump --schema-only {:.3f} s, "
        "ratio {:.2f}; "
        "peak {:.0f} MB\n",
        kTables, median(ours), median(theirs), median(ours) / median(theirs), peak);

    std::vector<double> read;
    std::vector<double> compared;
    const std::uint64_t before = session->round_trips();
    catalog::Catalog left = backend.inspector().inspect(*session, {});
    const std::uint64_t trips = session->round_trips() - before;
    for (int round = 0; round < kRounds; ++round) {
      auto begin = Clock::now();
      const catalog::Catalog right = backend.inspector().inspect(*session, {});
      read.push_back(seconds_since(begin));
      begin = Clock::now();
      const Comparison comparison = compare(left, right, {});
      compared.push_back(seconds_since(begin));
      if (!comparison.differences.empty()) std::exit(1);
    }
    fmt::print("compare, two catalogs of {} tables: {:.4f} s; reading one {:.3f} s ({} round trips), fraction {:.3f}\n",
               kTables, median(compared), median(read), trips, median(compared) / median(read));
  }

  void migrate() {
    const Backend& backend = registry.get("postgres");
    const std::unique_ptr<LocalServer> server = backend.servers().start();
    const fs::path folder = fs::temp_directory_path() / fmt::format("paripassu-bench-{}", getpid());
    fs::create_directories(folder / "migrations");
    std::ofstream all(folder / "all.sql");
    for (int i = 1; i <= kMigrations; ++i) {
      std::ofstream one(folder / "migrations" / fmt::format("{:04}_t{}.up.sql", i, i));
      const std::string text =
          fmt::format("CREATE TABLE m{} (id bigint PRIMARY KEY, a int NOT NULL, b varchar(40));\n", i);
      one << text;
      all << text;
    }
    all.close();
    std::vector<double> ours;
    std::vector<double> theirs;
    double peak = 0;
    for (int round = 0; round < kRounds; ++round) {
      const std::unique_ptr<ScratchDatabase> first = backend.scratch_databases().create(server->url());
      const Run migrate = run({program, "--postgres", url_text(first->url()), "migrate", "up"}, folder.string());
      ours.push_back(migrate.seconds);
      peak = std::max(peak, migrate.peak_mb);
      const std::unique_ptr<ScratchDatabase> second = backend.scratch_databases().create(server->url());
      theirs.push_back(run({newest_client("psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", second->url().host, "-U",
                            second->url().user, "-f", "all.sql", second->name()},
                           folder.string())
                           .seconds);
    }
    fs::remove_all(folder);
    fmt::print(
        "migrate up, PostgreSQL, {} migrations of one statement: {:.3f} s, psql -f {:.3f} s, ratio {:.2f}; peak {:.0f} "
        "MB\n",
        kMigrations, median(ours), median(theirs), median(ours) / median(theirs), peak);
  }

  void sqlserver() {
    const Backend& backend = registry.get("sqlserver");
    std::unique_ptr<LocalServer> server;
    try {
      server = backend.servers().start();
    } catch (const Error& error) {
      fmt::print("SQL Server: not run: {}\n", error.message());
      return;
    }
    const std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(server->url());
    const std::unique_ptr<Session> session = backend.connect(database->url());
    const auto begin = Clock::now();
    fill(*session, true);
    const double filled = seconds_since(begin);
    std::vector<double> read;
    std::uint64_t trips = 0;
    for (int round = 0; round < kRounds; ++round) {
      const std::uint64_t before = session->round_trips();
      const auto start = Clock::now();
      const catalog::Catalog catalog = backend.inspector().inspect(*session, {});
      read.push_back(seconds_since(start));
      trips = session->round_trips() - before;
      if (catalog.table_count() != static_cast<std::size_t>(kTables)) std::exit(1);
    }
    const Run inspect = run({program, "--format", "json", "inspect", url_text(database->url())});
    fmt::print(
        "inspect, {}, {} tables: {:.3f} s, {} round trips; the program {:.3f} s, peak {:.0f} MB; creating the tables "
        "{:.1f} s\n",
        session->server().label(), kTables, median(read), trips, inspect.seconds, inspect.peak_mb, filled);
  }
};

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    fmt::print(stderr, "usage: bench_foundation PARIPASSU_PROGRAM [inspect] [migrate] [sqlserver]\n");
    return 2;
  }
  try {
    Bench bench;
    bench.program = fs::absolute(words[1]).string();
    cli::register_backends(bench.registry);
    std::vector<std::string> wanted(words + 2, words + count);
    if (wanted.empty()) wanted = {"inspect", "migrate", "sqlserver"};
    for (const std::string& name : wanted) {
      if (name == "inspect") bench.inspect_and_compare();
      if (name == "migrate") bench.migrate();
      if (name == "sqlserver") bench.sqlserver();
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
