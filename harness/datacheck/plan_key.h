#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/datacheck/plan_settings.h"

/// By what the rows of two tables are paired. Private to the room.
namespace paripassu::datacheck {

/// Columns of TablePlan::columns, in key order; empty: no key.
struct ChosenKey {
  std::vector<std::size_t> columns;
  std::string origin;
  std::vector<std::string> notes;
};

/// The key that the user names. nullopt where the tables do not have all of these columns among `columns`. `matching`:
/// how names of columns are compared.
std::optional<ChosenKey> named_key(const std::vector<PlannedColumn>& columns, const std::vector<std::string>& names,
                                   const std::string& origin, NameMatching matching);
/// The one that the catalogs have.
ChosenKey catalog_key(const std::vector<PlannedColumn>& columns, const catalog::Table& left,
                      const catalog::Table& right);
/// Adds what a person must know of a key: it may be NULL, nothing makes it unique, the sides compare it differently.
void add_key_notes(ChosenKey& key, const std::vector<PlannedColumn>& columns, const SideTable& left,
                   const SideTable& right, const catalog::Catalog& left_catalog, const catalog::Catalog& right_catalog);

KeyOrder key_order(const PlannedColumn& column, const ValueRule::Options& options);

}  // namespace paripassu::datacheck
