#pragma once

#include <memory>
#include <string>

#include "cli/context.h"
#include "harness/datacheck/data_comparison.h"
#include "harness/migration_tests/test_context.h"

namespace paripassu::cli {

/// The databases that `query` and `check` read, and what keeps them there.
class DataSides {
 public:
  /// `context` must outlive this.
  explicit DataSides(Context& context);
  ~DataSides();
  DataSides(const DataSides&) = delete;
  DataSides& operator=(const DataSides&) = delete;

  SourceLoader& loader() { return loader_; }
  /// The engine's database that the project or the command line names. Throws Error(usage) when there is none.
  DataSide configured(const Backend& backend);
  DataSide live(const Backend& backend, const ConnectionUrl& url);
  /// A scratch database with the project's migrations and the rows of the tests' ladder, dropped when this object goes.
  DataSide migrated(const Backend& backend);
  /// Fills in the side's catalog, which lives as long as this object.
  void read_catalog(DataSide& side);

 private:
  struct Migrated;

  Context& context_;
  SourceLoader loader_;
  std::unique_ptr<TestContext> tests_;
  std::vector<std::unique_ptr<Migrated>> migrated_;
  std::vector<std::unique_ptr<catalog::Catalog>> catalogs_;
};

/// The severity of --fail-on, else the project's. Throws Error(usage).
Severity fail_on_option(const Context& context, const po::variables_map& values);

}  // namespace paripassu::cli
