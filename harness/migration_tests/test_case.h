#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/dataset/data_set.h"
#include "harness/migrate/executor.h"

namespace paripassu {

/// A case.toml as written: one migration, what is there before it and what must be there after it, once for all
/// engines. docs/migration-tests.md has the form.
struct TestCase {
  struct SqlFile {
    std::string file;
    std::string text;
  };

  /// Something to insert: rows, or a script.
  struct Data {
    DataSet rows;
    std::map<std::string, SqlFile> scripts;  ///< by engine; empty: `rows`
    std::string only_engine;                 ///< the file is of one engine by its name; empty: it is for all
    SourcePosition position;
  };

  struct Query {
    std::string name;
    std::map<std::string, std::string> sql;  ///< by engine
    std::optional<DataTable> rows;           ///< absent: only the engines are compared
    SourcePosition position;
  };

  /// What must be found at a moment.
  struct Stage {
    std::vector<DataTable> tables;
    std::vector<Query> queries;
    bool empty() const { return tables.empty() && queries.empty(); }
  };

  struct ExpectedError {
    MigrationDirection direction = MigrationDirection::up;
    std::optional<ErrorCategory> category;
    std::string message;     ///< part of what the server says; empty: anything
    bool half_done = false;  ///< what it leaves is not looked at: it cannot run in a transaction
    SourcePosition position;
  };

  std::string name;  ///< of its folder
  std::string file;  ///< its case.toml
  std::string migration;
  SourcePosition migration_position;
  std::string description;
  std::vector<std::string> engines;  ///< by Backend::name; empty: all
  std::vector<Data> before;
  Stage after;
  Stage restored;
  bool restores_before = false;  ///< after down everything is as it was, byte for byte
  SourcePosition restored_position;
  std::optional<ExpectedError> error;

  bool is_for(const Backend& backend) const;
  bool goes_down() const {
    return restores_before || !restored.empty() || (error && error->direction == MigrationDirection::down);
  }

  /// Reads `folder`/case.toml and every data file that it names. Throws Error(configuration) with file and line: an
  /// unknown key, engine or class of errors, a file that is not there or cannot be read, a case that checks nothing.
  static TestCase read(const std::string& folder, const BackendRegistry& registry);
};

/// The words that expect_error takes, in the order of ErrorCategory.
std::vector<std::string> expected_error_classes();

}  // namespace paripassu
