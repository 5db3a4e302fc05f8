#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/datacheck/plan_settings.h"

/// Which tables and columns belong together. Private to the room.
namespace paripassu::datacheck {

/// A table of both sides, or of one.
struct PairedTable {
  SideTable left;
  SideTable right;
  /// Why a table of one side has no partner: "only on the left", or that its name is ambiguous.
  std::string reason;
  /// The schema itself has no partner: a waiver of it covers its tables.
  bool schema_unpaired = false;

  bool both() const { return left.table != nullptr && right.table != nullptr; }
};

struct PairedColumn {
  const catalog::Column* left = nullptr;
  const catalog::Column* right = nullptr;
  std::string reason;  ///< as of PairedTable
};

/// Renames of `[data]`, resolved to objects.
struct Renames {
  std::map<const catalog::Table*, const catalog::Table*> tables;
  std::map<const catalog::Column*, const catalog::Column*> columns;
};

/// Throws Error(configuration), with position, for a rename whose names are not there.
Renames resolve_renames(const catalog::Catalog& left, const catalog::Catalog& right, const DataConfiguration& data);

/// Every table of both catalogs once, but for partitions whose parents are there; by the name of the left side, else of
/// the right.
std::vector<PairedTable> pair_tables(const catalog::Catalog& left, const catalog::Catalog& right,
                                     const ComparisonOptions& options, const Renames& renames);

/// Every column of both tables once, in the order of the left table, then of the right one.
std::vector<PairedColumn> pair_columns(const catalog::Table& left, const catalog::Table& right,
                                       const ComparisonOptions& options, const Renames& renames);

/// A partition whose parent's rows are its rows.
bool is_covered_partition(const catalog::Catalog& side, const catalog::Table& table);

}  // namespace paripassu::datacheck
