#pragma once

#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/catalog/catalog.h"

namespace paripassu {

struct FingerprintOptions {
  bool compare_column_order = false;
  const BackendRegistry* engines = nullptr;  ///< for reading expressions; must be set
};

/// Digest of everything that a catalog says: two are equal exactly if the catalogs are, apart from
///
/// - the name of the database;
/// - names that the server made up itself (system-named constraints and defaults);
/// - unless asked for, the order of a table's columns: one that is dropped and made again comes last. The order of
///   columns of views and types is the user's own word and always counts.
///
/// Texts (defaults, checks, views, triggers) count as the catalog prints them. 32 hex digits.
std::string fingerprint(const catalog::Catalog& catalog, const FingerprintOptions& options);

/// One thing that two catalogs of one engine do not have alike.
struct CatalogChange {
  std::string code;    ///< as in docs/differences.md; "catalog" for what no code of it covers
  std::string object;  ///< "app.orders.ix_orders_note"
  std::string text;  ///< "left behind: type app.mood (enum)", "lost: comment 'The orders'", "changed: default 1 → 2"
  bool operator==(const CatalogChange&) const = default;
};

/// Everything that is not alike in `before` and `after`; empty exactly if the fingerprints are equal. What the
/// comparison of schemas has no code for is found by comparing the catalogs member by member.
std::vector<CatalogChange> catalog_changes(const catalog::Catalog& before, const catalog::Catalog& after,
                                           const FingerprintOptions& options);

}  // namespace paripassu
