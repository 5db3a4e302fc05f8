#pragma once

#include <string>
#include <vector>

#include "harness/dataset/data_loader.h"
#include "harness/dataset/row_set.h"
#include "harness/migration_tests/test_context.h"

/// Names and rows of expectations. Private to the room.
namespace paripassu::migration_tests {

/// What the file of a table is called, without its extension: "orders", "sales.orders". Bytes that would mean something
/// else there (a dot or slash in a name) are written "%2E", so that every name has a file and no file lies elsewhere.
std::string expectation_stem(const std::string& schema, const std::string& table, const std::string& default_schema,
                             const BackendRegistry& registry);

/// The table that `stem` is of: find_table, or exactly the names behind the `%`. Throws as find_table.
FoundTable find_expected_table(const catalog::Catalog& catalog, const std::string& stem, NameMatching names,
                               const SourcePosition& position);

/// Tables that hold rows, but for foreign ones and partitions, whose rows are not their own. A query per
/// hundred tables.
std::vector<FoundTable> tables_with_rows(Session& session, const Backend& backend, const catalog::Catalog& catalog);

/// Columns of the key, in its order; empty where there is none.
std::vector<std::string> key_names(const RowSet& rows);
/// Where the columns `names` are in `rows`, or nothing if one is missing.
std::vector<std::size_t> columns_of(const RowSet& rows, const std::vector<std::string>& names, NameMatching matching);
/// What a row is known by, in a text that stays the same when the types of its key change. `columns` parallel to
/// `names`.
std::string key_text(const RowSet& rows, std::size_t row, const std::vector<std::size_t>& columns,
                     const std::vector<std::string>& names);

/// The rows as a table to be written: `columns` (indices) under `names`, values in their neutral form. Sorted by the
/// key, then by all columns, in an order that does not depend on a server's collation, unless `ordered`.
DataTable data_table(const RowSet& rows, const std::string& name, const std::vector<std::size_t>& columns,
                     const std::vector<std::string>& names, bool ordered);

/// What of `before` is not in `after` ("- 7,Ada,") and the other way round ("+ 7,Ada,\"\""), by key; a changed header
/// comes first.
struct TableDiff {
  std::vector<std::string> lines;  ///< no more than limits::kExpectationDiffLinesMax, then one that counts the others
  std::size_t row_count = 0;       ///< rows that are new, gone or changed
};
TableDiff diff_tables(const DataTable& before, const DataTable& after, const std::vector<std::string>& key,
                      NameMatching matching);

}  // namespace paripassu::migration_tests
