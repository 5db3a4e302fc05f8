#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/catalog/catalog.h"
#include "harness/datacheck/data_report.h"
#include "harness/datacheck/value_rule.h"
#include "harness/parity/parity_rules.h"
#include "harness/project/configuration.h"

namespace paripassu {

/// Which rows and columns a comparison of data is about. What is empty says nothing.
struct DataSelection {
  std::vector<std::string>
      tables;  ///< --table: patterns of ObjectPattern, of either side's name, with or without schema
  std::vector<std::string> columns;  ///< --columns: only these beside the key, patterns of column or table.column
  std::vector<std::string> key;      ///< --key: columns, for every table that has them all
  std::string left_where;            ///< --left-where: put behind WHERE as it is
  std::string right_where;
  /// Where neither `[data]` nor `classes` says otherwise.
  ClassVerdicts verdicts = default_verdicts();
  std::map<ValueClass, ClassVerdict> classes;  ///< --class: wins over `[data]` and all of its rules
  bool count_accepted = false;
  Tolerance tolerance;  ///< none: `[data]` decides
};

/// One column of both sides.
struct PlannedColumn {
  const catalog::Column* left = nullptr;
  const catalog::Column* right = nullptr;
  ValueRule rule;
  ClassVerdicts verdicts = default_verdicts();  ///< those of `rule`, for ColumnResult::verdicts
};

/// In which order both engines can be made to hand out the values of a key column, each by an ORDER BY that DataSql
/// prints.
enum class KeyOrder {
  none,    ///< in no order that both agree on
  value,   ///< numbers, dates and times, uuid: by value
  binary,  ///< texts by code points
};

/// Two tables that pair, and how they are compared.
struct TablePlan {
  const catalog::Schema* left_schema = nullptr;
  const catalog::Schema* right_schema = nullptr;
  const catalog::Table* left = nullptr;
  const catalog::Table* right = nullptr;
  std::vector<PlannedColumn> columns;  ///< the key's first, in key order
  std::size_t key_columns = 0;         ///< 0: no key, rows are a multiset
  std::string key_origin;              ///< TableResult::key_origin
  std::vector<KeyOrder> key_orders;    ///< per key column
  std::string left_where;
  std::string right_where;
  std::vector<Skipped> skipped_columns;
  std::vector<std::string> notes;  ///< "key columns compare case-insensitively on the right: …"
};

struct DataPlan {
  std::vector<TablePlan> tables;  ///< by name of the left side
  std::vector<Skipped> skipped_tables;
};

/// Pairs tables and columns by the project's parity rules (`names`, schema pairs; waivers of table-missing,
/// table-extra, column-missing, column-extra, column-type accept what they name), `[data]` (renames, ignored columns,
/// keys, verdicts and tolerances per table and column) and `selection`, which wins.
///
/// The key is --key, else the configured one, else the left primary key if the right side has the columns and they are
/// unique there or NOT NULL, else the right one, else a unique key that is NOT NULL on both, else none. Partitions are
/// left out where their parent is there (their rows are its). Views are not compared.
///
/// What was not chosen (--table, --columns, `tables`) is skipped, waived by that; row versions are waived by their
/// nature. A column that one of the engines of `rules.comparison.engines` cannot read (DataSql::read_expression) is
/// skipped with its reason. A rename of `[data]` is taken either way round, and passed over between two databases of
/// one engine that do not have its names. Where a user may not see all tables, and none were chosen, that is a skipped
/// table of its own.
///
/// Throws Error(usage) where a pattern or key matches nothing (names the nearest), Error(configuration) with position
/// for the same in `[data]`. The catalogs must outlive the plan.
DataPlan plan_data(const catalog::Catalog& left, const catalog::Catalog& right, const ParityRules& rules,
                   const Configuration& configuration, const DataSelection& selection);

}  // namespace paripassu
