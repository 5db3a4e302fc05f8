// What the migration tests are worth: the samples' migrations are broken in every way that mutants.h knows, one at a
// time, and the tests of the sample must notice.
//
// PARIPASSU_MUTATION_ENGINES=postgres,sqlserver runs all mutants of these engines, which takes long (docs/testing.md);
// without it a tenth of PostgreSQL's.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>
#include <sstream>

#include "harness/dataset/row_set.h"
#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/test_run.h"
#include "tests/mutation/mutants.h"
#include "tests/support/live_server.h"
#include "tests/support/skip.h"

namespace paripassu::test {

namespace {

namespace fs = std::filesystem;

constexpr double kCaughtMin = 0.95;
constexpr std::size_t kSampledOf = 10;
/// A mutant that waits for itself must not hold up the others.
constexpr int kStatementTimeout_ms = 20'000;

const std::vector<std::string>& samples() {
  static const std::vector<std::string> all = {"orders", "lists", "users", "sessions", "staff"};
  return all;
}

std::string sample_folder(const std::string& sample) {
  const char* folder = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE(folder != nullptr);
  return std::string(folder) + "/migrations-samples/" + sample + "/mended";
}

/// A sample in a folder of its own, with one mutant's files.
class MutatedProject {
 public:
  MutatedProject(const std::string& sample, const Mutant* mutant) {
    fs::copy(sample_folder(sample), folder_.path(), fs::copy_options::recursive);
    if (mutant != nullptr)
      for (const auto& [file, text] : mutant->files) folder_.write(file, text);
    configuration_ = read_configuration(folder_.path() + "/paripassu.toml", registry());
    for (const auto& backend : registry().all())
      if (const LiveServer& server = live_server(*backend); server.url)
        configuration_.engines[std::string(backend->name())].url = url_with_password(*server.url);
    configuration_.tests.statement_timeout_ms = kStatementTimeout_ms;
  }

  const Configuration& configuration() const { return configuration_; }

 private:
  TemporaryFolder folder_;
  Configuration configuration_;
};

/// Names of what failed; "refused: …" when the project is not even read.
std::vector<std::string> failures(const MutatedProject& project, const std::vector<const Backend*>& engines,
                                  std::set<TestKind> only) {
  try {
    ServerPool servers(project.configuration());
    SourceLoader loader(registry(), project.configuration(), servers);
    TestOptions options;
    options.jobs = 2;
    options.only = std::move(only);
    TestContext context(registry(), project.configuration(), servers, loader, options);
    std::vector<std::string> names;
    for (const TestResult& result : run_tests(context, engines, {}).results)
      if (result.outcome == TestOutcome::failed) names.push_back(result.name.text());
    return names;
  } catch (const Error& error) {
    return {"refused: " + error.message()};
  }
}

/// All that the migrations of one engine do: catalogs and rows after every up and down, with the ladder's data.
std::string trace(const MutatedProject& project, const Backend& backend) {
  std::ostringstream out;
  try {
    ServerPool servers(project.configuration());
    SourceLoader loader(registry(), project.configuration(), servers);
    TestContext context(registry(), project.configuration(), servers, loader, {});
    const Migrator& migrator = context.migrator(backend);
    const Ladder ladder = Ladder::read(context, migrator);
    const std::unique_ptr<TestDatabase> database = context.database(backend);
    FingerprintOptions options;
    options.engines = &registry();
    const auto note = [&] {
      const catalog::Catalog catalog = database->catalog();
      out << fingerprint(catalog, options) << '\n';
      for (const catalog::Schema& schema : catalog.schemas) {
        for (const catalog::Table& table : schema.tables) {
          for (const auto& row : read_table(database->session(), backend, schema, table).rows) {
            for (const Cell& cell : row) out << (cell ? *cell : "NULL") << '|';
            out << '\n';
          }
        }
      }
    };
    std::string before = "0";
    for (const Revision& revision : migrator.revisions()) {
      database->up(revision.version);
      note();
      if (revision.has_up) {
        database->down(before);
        note();
        database->up(revision.version);
      }
      ladder.insert(revision.version, *database);
      before = revision.version;
    }
    note();
  } catch (const Error& error) {
    out << "stopped: " << error.message();
  }
  return out.str();
}

struct Score {
  std::size_t mutants = 0;
  std::size_t caught = 0;
  std::size_t equivalent = 0;
  std::vector<std::string> survivors;
};

/// Runs every `step`-th mutant.
Score score_of(const std::string& sample, const Backend& backend, const std::vector<const Backend*>& engines,
               std::size_t step) {
  Score score;
  const std::string original = trace(MutatedProject(sample, nullptr), backend);
  const std::vector<Mutant> mutants = mutants_of(sample_folder(sample), std::string(backend.name()));
  for (std::size_t i = 0; i < mutants.size(); i += step) {
    const Mutant& mutant = mutants[i];
    const MutatedProject project(sample, &mutant);
    ++score.mutants;
    std::vector<std::string> failed = failures(project, {&backend},
                                               {TestKind::stairway, TestKind::stairway_data, TestKind::ladder,
                                                TestKind::cases, TestKind::skipped, TestKind::model});
    if (failed.empty()) failed = failures(project, engines, {TestKind::parity, TestKind::cases});
    if (!failed.empty()) {
      ++score.caught;
    } else if (trace(project, backend) == original) {
      ++score.equivalent;
    } else {
      score.survivors.push_back(sample + "/" + mutant.what);
    }
  }
  return score;
}

void check_engine(const std::string& engine) {
  std::vector<const Backend*> engines;
  for (const auto& backend : registry().all())
    if (live_server(*backend).url) engines.push_back(backend.get());
  if (engines.size() < registry().all().size())
    SKIP_TEST("a type that one engine alone has wrong is found by parity, which needs both engines");
  const char* chosen = std::getenv("PARIPASSU_MUTATION_ENGINES");
  if (std::string(chosen == nullptr ? "postgres" : chosen).find(engine) == std::string::npos)
    SKIP_TEST("takes long: PARIPASSU_MUTATION_ENGINES=" + engine);
  const std::size_t step = chosen == nullptr ? kSampledOf : 1;
  Score total;
  for (const std::string& sample : samples()) {
    const Score score = score_of(sample, registry().get(engine), engines, step);
    total.mutants += score.mutants;
    total.caught += score.caught;
    total.equivalent += score.equivalent;
    total.survivors.insert(total.survivors.end(), score.survivors.begin(), score.survivors.end());
  }
  const std::size_t changing = total.mutants - total.equivalent;
  std::cout << engine << ": " << total.mutants << " mutants, " << total.equivalent << " of them change nothing, "
            << total.caught << " of " << changing << " caught\n";
  for (const std::string& survivor : total.survivors) std::cout << "  survived: " << survivor << '\n';
  REQUIRE(changing > 50 / step);
  CHECK(static_cast<double>(total.caught) >= kCaughtMin * static_cast<double>(changing));
}

}  // namespace

TEST_CASE("migration tests notice broken migrations (postgres)") {
  check_engine("postgres");
}

TEST_CASE("migration tests notice broken migrations (sqlserver)") {
  check_engine("sqlserver");
}

TEST_CASE("mutants: every sample has some, and none is there twice") {
  for (const std::string& sample : samples()) {
    for (const char* engine : {"postgres", "sqlserver"}) {
      const std::vector<Mutant> mutants = mutants_of(sample_folder(sample), engine);
      CHECK_MESSAGE(mutants.size() > 5, sample, " ", engine);
      std::set<std::string> names;
      for (const Mutant& mutant : mutants) CHECK_MESSAGE(names.insert(mutant.what).second, mutant.what);
    }
  }
}

}  // namespace paripassu::test
