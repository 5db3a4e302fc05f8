// Testing migrations, beside the naive way that builds a database anew for every step.
//
//   bench_tests [postgres|sqlserver] [MIGRATIONS…]       (default: postgres 40 100 200)
//
// Prints the wall time of the full run, what of it was this program's own processor time, the naive method's time for
// the same states, and the time from nothing to a fresh migrated database.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "cli/register_backends.h"
#include "harness/migration_tests/ladder.h"
#include "harness/testing/migrated_database.h"
#include "tests/bench/bench_support.h"

namespace {

using namespace paripassu;         // NOLINT
using namespace paripassu::bench;  // NOLINT

constexpr int kTables = 20;
constexpr int kDataVersions = 10;
constexpr int kClones = 15;
constexpr int kNaiveMax = 40;

/// Processor time of this process, in seconds.
double own_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

/// `count` migrations: the first make tables, the others add a column, an index or a check to one of them, in turn. Ten
/// of the versions have data, whatever the count. The SQL is the same on both engines.
class GeneratedProject {
 public:
  explicit GeneratedProject(int count) : dir_(fs::temp_directory_path() / fmt::format("paripassu_bench_{}", getpid())) {
    fs::remove_all(dir_);
    write(dir_ / "paripassu.toml", "[project]\nname = \"bench\"\n");
    for (int number = 1; number <= count; ++number) write_migration(number);
    for (int i = 1; i <= kDataVersions; ++i) write_data(count * i / kDataVersions, i);
  }
  ~GeneratedProject() { fs::remove_all(dir_); }
  GeneratedProject(const GeneratedProject&) = delete;
  GeneratedProject& operator=(const GeneratedProject&) = delete;

  std::string dir() const { return dir_.string(); }

 private:
  void write_migration(int number) const {
    const int table = (number - 1) % kTables;
    const std::string name = fmt::format("{:04}_step", number);
    std::string up;
    std::string down;
    if (number <= kTables) {
      up = fmt::format(
          "CREATE TABLE t{} (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, amount decimal(10,2) NULL);\n",
          table);
      down = fmt::format("DROP TABLE t{};\n", table);
    } else if (number % 3 == 0) {
      up = fmt::format("CREATE INDEX ix_{0} ON t{1} (name, id);\n", number, table);
      write(dir_ / "migrations" / (name + ".sqlserver.down.sql"),
            fmt::format("DROP INDEX ix_{} ON t{};\n", number, table));
      down = fmt::format("DROP INDEX ix_{};\n", number);
      write(dir_ / "migrations" / (name + ".postgres.down.sql"), down);
      down.clear();
    } else if (number % 3 == 1) {
      up = fmt::format("ALTER TABLE t{0} ADD c{1} int NULL;\n", table, number);
      down = fmt::format("ALTER TABLE t{0} DROP COLUMN c{1};\n", table, number);
    } else {
      up = fmt::format("ALTER TABLE t{0} ADD CONSTRAINT ck_{1} CHECK (id > -{1});\n", table, number);
      down = fmt::format("ALTER TABLE t{0} DROP CONSTRAINT ck_{1};\n", table, number);
    }
    write(dir_ / "migrations" / (name + ".up.sql"), up);
    if (!down.empty()) write(dir_ / "migrations" / (name + ".down.sql"), down);
  }

  void write_data(int version, int round) const {
    for (int table = 0; table < std::min(version, kTables); ++table) {
      std::string rows = "id,name,amount\n";
      for (int i = 0; i < 3; ++i) rows += fmt::format("{},name {},{}.50\n", round * 10 + i, i, i);
      write(dir_ / "tests/ladder" / fmt::format("{:04}.t{}.csv", version, table), rows);
    }
  }

  fs::path dir_;
};

struct Naive {
  double seconds = 0;
  int databases = 0;
};

/// The same states, each in a database that is built for it: up, down, up of every migration, empty and with the rows
/// of the ladder, and from every version straight to the newest.
Naive run_naive(const Configuration& configuration, const BackendRegistry& registry, ServerPool& servers,
                const Backend& backend) {
  SourceLoader loader(registry, configuration, servers);
  TestContext context(registry, configuration, servers, loader, {});
  const Migrator& migrator = context.migrator(backend);
  const Ladder ladder = Ladder::read(context, migrator);
  const std::vector<Revision>& revisions = migrator.revisions();
  Naive naive;
  const auto begin = Clock::now();
  const auto build = [&](std::size_t count, bool with_data) {
    ++naive.databases;
    std::unique_ptr<TestDatabase> database = context.database(backend);
    for (std::size_t i = 0; i < count; ++i) {
      if (!with_data) continue;
      database->up(revisions[i].version);
      ladder.insert(revisions[i].version, *database);
    }
    if (!with_data && count > 0) database->up(revisions[count - 1].version);
    return database;
  };
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    const std::string before = i == 0 ? "0" : revisions[i - 1].version;
    for (const bool with_data : {false, true}) {
      for (const int steps : {1, 2, 3}) {
        const std::unique_ptr<TestDatabase> database = build(i, with_data);
        database->up(revisions[i].version);
        if (steps > 1) database->down(before);
        if (steps > 2) database->up(revisions[i].version);
        database->catalog();
      }
    }
    const std::unique_ptr<TestDatabase> database = build(i, true);
    database->up(revisions.back().version);
    database->catalog();
  }
  naive.seconds = seconds_since(begin);
  return naive;
}

void measure(const BackendRegistry& registry, const Backend& backend, int count) {
  const GeneratedProject project(count);
  const Configuration configuration = read_configuration(project.dir() + "/paripassu.toml", registry);
  ServerPool servers(configuration);
  servers.server(backend);
  SourceLoader loader(registry, configuration, servers);
  TestOptions options;
  options.jobs = 1;
  options.only = {TestKind::stairway, TestKind::stairway_data, TestKind::ladder, TestKind::skipped, TestKind::rerun};
  TestContext context(registry, configuration, servers, loader, options);
  const double own_before = own_seconds();
  const auto begin = Clock::now();
  const TestReport report = run_tests(context, {&backend}, {});
  const double wall = seconds_since(begin);
  const double own = own_seconds() - own_before;
  if (!report.passed()) {
    std::cerr << "the run did not pass\n";
    for (const TestResult& result : report.results)
      for (const TestProblem& problem : result.problems)
        std::cerr << result.name.text() << ": " << problem.message << '\n';
    std::exit(1);
  }
  std::map<TestKind, std::int64_t> by_kind;
  for (const TestResult& result : report.results) by_kind[result.name.kind] += result.duration_ms;
  std::string kinds;
  for (const auto& [kind, duration_ms] : by_kind)
    kinds += fmt::format("{}{} {:.2f} s", kinds.empty() ? "" : ", ", to_string(kind),
                         static_cast<double>(duration_ms) / 1e3);
  std::cout << fmt::format(
      "{} on {}: {} migrations, {} tests: {:.2f} s; own processor time {:.2f} s = {:.1f} % of it; peak {:.0f} MB\n  "
      "({})\n",
      backend.name(), report.engines.front().server, count, report.results.size(), wall, own, 100 * own / wall,
      peak_mb(), kinds);
  // It grows with the square of the migrations: more would measure nothing new.
  if (count > kNaiveMax) return;
  const Naive naive = run_naive(configuration, registry, servers, backend);
  std::cout << fmt::format("  a database for every step: {:.2f} s, {} databases; ratio {:.3f}\n", naive.seconds,
                           naive.databases, wall / naive.seconds);
}

void measure_clones(const BackendRegistry& registry, const Backend& backend, int count) {
  const GeneratedProject generated(count);
  testing::MigratedProject project(generated.dir(), registry);
  const std::string engine(backend.name());
  const auto begin = Clock::now();
  project.database(engine);
  const double first = seconds_since(begin);
  std::vector<double> times;
  for (int i = 0; i < kClones; ++i) {
    const auto start = Clock::now();
    project.database(engine).session().query("SELECT count(*) FROM t0");
    times.push_back(seconds_since(start));
  }
  std::cout << fmt::format(
      "  fresh migrated database ({} migrations), with a first query: {:.1f} ms (the first {:.0f} ms)\n", count,
      median(times) * 1e3, first * 1e3);
}

}  // namespace

int main(int count, char** words) {
  std::cout << std::unitbuf;
  BackendRegistry registry;
  cli::register_backends(registry);
  const std::string engine = count > 1 ? words[1] : "postgres";
  std::vector<int> counts;
  for (int i = 2; i < count; ++i) counts.push_back(std::stoi(words[i]));
  if (counts.empty()) counts = {40, 100, 200};
  const Backend& backend = registry.get(engine);
  for (const int migrations : counts) measure(registry, backend, migrations);
  measure_clones(registry, backend, counts.front());
  return 0;
}
