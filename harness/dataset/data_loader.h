#pragma once

#include "backends/backend.h"
#include "backends/catalog/catalog.h"
#include "harness/dataset/data_set.h"
#include "harness/project/configuration.h"

namespace paripassu {

/// The table that a data set or expectation means: by `names`, in the schema it names ("app.orders"), else in the
/// default schema, else in the only schema that has it. Of several that match there, the one that is spelled so. Throws
/// Error(configuration) at `position`, naming the nearest one, when there is none or more than one.
struct FoundTable {
  const catalog::Schema* schema = nullptr;
  const catalog::Table* table = nullptr;
};
FoundTable find_table(const catalog::Catalog& catalog, const std::string& name, NameMatching names,
                      const SourcePosition& position);

/// Inserts the rows in one transaction, tables and rows in their order, with the types that the catalog says. A value
/// that is not given is the column's default. All values are checked against the types before anything is sent.
///
/// Throws Error with file and line of the row: Error(configuration) for a table or column that does not exist (names
/// the nearest), a column twice, a computed column or a row version; Error(data) with the column's name for a value
/// that is not of the type or does not fit it without loss; or what the server said, with its category
/// (unique_violation and so on). Which row the server means is found by inserting those of the failed statement one by
/// one, in a transaction that is rolled back; where none of them fails alone, the position is that of the first of
/// them. `session` must have no transaction open, and has none afterwards.
void load_data(const DataSet& data, Session& session, const Backend& backend, const catalog::Catalog& catalog,
               NameMatching names);

}  // namespace paripassu
