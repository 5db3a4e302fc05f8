// Comparing catalogs of 1,000 tables, 10,000 columns and 3,000 expressions, beside reading one of them from the server.
//
//   bench_parity PARIPASSU_PROGRAM
//
// Prints medians of interleaved runs, fractions, and the peak memory of the program that compares two snapshots.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "backends/catalog/catalog_json.h"
#include "cli/register_backends.h"
#include "harness/parity/differ.h"
#include "tests/bench/bench_support.h"

namespace {

using namespace paripassu;         // NOLINT
using namespace paripassu::bench;  // NOLINT
using catalog::Catalog;

constexpr int kTables = 1000;

/// Ten columns; a default, a check and a predicate that no other table has.
void fill(Session& session) {
  constexpr int kTablesPerTransaction = 100;
  for (int i = 0; i < kTables; i += kTablesPerTransaction) {
    Transaction transaction(session);
    for (int n = i; n < i + kTablesPerTransaction; ++n) {
      session.execute(fmt::format(
          "CREATE TABLE t{0} (id bigint NOT NULL PRIMARY KEY, code varchar(40) NOT NULL, parent bigint NULL, "
          "amount numeric(12, 2) NULL, active boolean NOT NULL, note varchar(400) NULL, created timestamp(3) "
          "NOT NULL, quantity int NOT NULL DEFAULT {0}, ratio double precision NULL, state varchar(10) NOT "
          "NULL, CONSTRAINT t{0}_ck CHECK (state IN ('new{0}', 'paid{0}') AND quantity >= {0}))",
          n));
      session.execute(fmt::format(
          "CREATE INDEX t{0}_ix ON t{0} (created) WHERE parent IS NOT NULL AND active AND quantity > {0}", n));
    }
    transaction.commit();
  }
  session.execute("ANALYZE");
}

/// The same catalog as a SQL Server prints it.
Catalog as_sqlserver(const Catalog& postgres) {
  static const std::map<std::string, std::string> types = {
      {"varchar", "nvarchar"}, {"boolean", "bit"}, {"timestamp", "datetime2"}, {"double precision", "float"}};
  Catalog out = postgres;
  out.engine = "sqlserver";
  out.product = "Microsoft SQL Server";
  out.default_schema = "dbo";
  out.case_folds_identifiers = false;
  for (catalog::Schema& schema : out.schemas) {
    if (schema.name == postgres.default_schema) schema.name = out.default_schema;
    for (catalog::Table& table : schema.tables) {
      const std::string number = table.name.substr(1);
      for (catalog::Column& column : table.columns) {
        if (const auto found = types.find(column.type.name); found != types.end()) column.type.name = found->second;
        column.type.printed = column.type.name;
        if (column.type.length) column.type.length_unit = catalog::LengthUnit::utf16_units;
        if (column.default_value) column.default_value->printed = fmt::format("(({}))", number);
      }
      for (catalog::Check& check : table.checks)
        check.expression.printed =
            fmt::format("(([state]=N'paid{0}' OR [state]=N'new{0}') AND [quantity]>=({0}))", number);
      for (catalog::Index& index : table.indexes) {
        index.method = "nonclustered";
        index.predicate =
            catalog::Expression{fmt::format("([parent] IS NOT NULL AND [active]=(1) AND [quantity]>({}))", number)};
      }
    }
  }
  return out;
}

/// The same catalog with every expression in other words: nothing is settled by its text.
Catalog reworded(const Catalog& postgres) {
  Catalog out = postgres;
  for (catalog::Schema& schema : out.schemas) {
    for (catalog::Table& table : schema.tables) {
      const auto reword = [](catalog::Expression& expression) { expression.printed = "(" + expression.printed + ")"; };
      for (catalog::Column& column : table.columns)
        if (column.default_value) reword(*column.default_value);
      for (catalog::Check& check : table.checks) reword(check.expression);
      for (catalog::Index& index : table.indexes)
        if (index.predicate) reword(*index.predicate);
    }
  }
  return out;
}

void write(const fs::path& file, const Catalog& catalog) {
  std::ofstream(file) << catalog::to_json(catalog);
}

void measure(const std::string& program) {
  BackendRegistry registry;
  cli::register_backends(registry);
  const Backend& backend = registry.get("postgres");
  const std::unique_ptr<LocalServer> server = backend.servers().start();
  const std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(server->url());
  const std::unique_ptr<Session> session = backend.connect(database->url());
  fill(*session);

  ComparisonOptions options;
  options.engines = &registry;
  const Catalog left = backend.inspector().inspect(*session, {});
  const std::pair<std::string, Catalog> rights[] = {{"equal texts, one engine", left},
                                                    {"other texts, one engine", reworded(left)},
                                                    {"two engines", as_sqlserver(left)}};
  std::vector<double> read;
  std::map<std::string, std::vector<double>> compared;
  for (int round = 0; round < kRounds; ++round) {
    auto begin = Clock::now();
    const Catalog again = backend.inspector().inspect(*session, {});
    read.push_back(seconds_since(begin));
    for (const auto& [name, right] : rights) {
      begin = Clock::now();
      const Comparison comparison = compare(left, right, options);
      compared[name].push_back(seconds_since(begin));
      if (comparison.has_findings(Severity::note)) {
        fmt::print(stderr, "{}: {} differences, first {}\n", name, comparison.differences.size(),
                   comparison.differences.front().message);
        std::exit(1);
      }
    }
  }
  fmt::print("reading a catalog of {} tables, 10,000 columns, 3,000 expressions: {:.4f} s\n", kTables, median(read));
  for (const auto& [name, right] : rights)
    fmt::print("compare, {}: {:.4f} s, fraction of reading {:.3f}\n", name, median(compared[name]),
               median(compared[name]) / median(read));

  const fs::path folder = fs::temp_directory_path() / fmt::format("paripassu-bench-{}", getpid());
  fs::create_directories(folder);
  write(folder / "left.json", left);
  write(folder / "right.json", rights[2].second);
  std::vector<double> whole;
  double peak = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Run diff = run({program, "diff", "left.json", "right.json"}, folder.string());
    whole.push_back(diff.seconds);
    peak = std::max(peak, diff.peak_mb);
  }
  fs::remove_all(folder);
  fmt::print("diff of two snapshots of two engines, whole program: {:.3f} s, peak {:.0f} MB\n", median(whole), peak);
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    fmt::print(stderr, "usage: bench_parity PARIPASSU_PROGRAM\n");
    return 2;
  }
  try {
    measure(fs::absolute(words[1]).string());
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
