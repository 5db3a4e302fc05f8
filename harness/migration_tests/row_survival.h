#pragma once

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/migration_tests/test_model.h"
#include "harness/migration_tests/test_support.h"

/// What a migration did to the rows that were there. Private to the room.
namespace paripassu::migration_tests {

/// A database at one moment.
struct RowState {
  catalog::Catalog catalog;
  DatabaseRows rows;
};

/// Tables and columns of one catalog that another does not have.
class NewParts {
 public:
  NewParts() = default;
  NewParts(const catalog::Catalog& without, const catalog::Catalog& with);

  bool has(const std::string& schema, const std::string& table) const { return tables_.count({schema, table}) > 0; }
  /// False for the columns of a table that is new as a whole.
  bool has(const std::string& schema, const std::string& table, const std::string& column) const {
    return columns_.count({schema, table, column}) > 0;
  }

 private:
  std::set<std::pair<std::string, std::string>> tables_;
  std::set<std::tuple<std::string, std::string, std::string>> columns_;
};

struct Survival {
  /// "rows-lost", "rows-added", "values-changed", one per table and code, with the rows; without position.
  std::vector<TestProblem> problems;
  std::vector<std::string> notes;  ///< "expected loss: column app.orders.note, dropped by the migration: 3 values …"
  /// Something is not as it was, be it expected or not: what comes later would be tested on other data than the
  /// ladder's.
  bool degraded = false;
};

/// `before` a migration, after it (`up`), and after it was undone (`back`). What is not in `up` was dropped by the
/// migration: that it does not come back is an expected loss, unless `up` had it under another name. Everything else
/// must be in `back` as it was in `before`, byte for byte. `unstable` as in [tests].
Survival rows_after_down(const RowState& before, const RowState& up, const RowState& back,
                         const std::vector<std::string>& unstable);

/// How the rows of `first`, which the migration was applied to, are after it was undone and applied again. The columns
/// and tables that it creates (`created`) are computed anew and need not be equal; with `list_losses`, what they lose
/// is among the notes.
Survival rows_after_second_up(const NewParts& created, const RowState& first, const RowState& again,
                              const std::vector<std::string>& unstable, bool list_losses);

}  // namespace paripassu::migration_tests
