#pragma once

#include <cstdint>

#include "backends/catalog/catalog.h"

namespace paripassu::test {

struct RandomCatalogOptions {
  int schemas_max = 3;
  int tables_max = 6;             ///< per schema; views, sequences, routines and types: half as many
  int columns_max = 8;            ///< per table, at least 1
  bool hostile_names = true;      ///< quotes, brackets, control characters, emoji, 128 characters, keywords
  bool invalid_utf8 = true;       ///< some hostile names and texts are not UTF-8, as a SQL_ASCII database has them
  double rare_probability = 0.3;  ///< of each optional part and of each value that is not the default; below 1
};

/// A catalog that an inspector could have read: sorted, ordinals without gaps, names unique without regard to ASCII
/// case, keys and indexes on columns of their table, foreign keys to tables that exist, every kind of object sooner or
/// later. The same seed and options give the same catalog on every platform.
catalog::Catalog random_catalog(std::uint64_t seed, const RandomCatalogOptions& options = {});

}  // namespace paripassu::test
