#pragma once

#include <string>
#include <vector>

#include "harness/datacheck/table_plan.h"

namespace paripassu::datacheck {

/// A column that is compared.
struct ShapeColumn {
  const PlannedColumn* planned = nullptr;
  std::string left_sql;  ///< what is selected for it (DataSql::read_expression)
  std::string right_sql;
  bool left_long = false;  ///< to be selected last (DataSql::is_long)
  bool right_long = false;
};

/// What is compared of a table: the plan without the columns that cannot be read. Those of the key come first. Batches
/// of both sides have these columns in this order, whatever the order in which they were selected.
struct TableShape {
  const TablePlan* plan = nullptr;
  std::vector<ShapeColumn> columns;
  std::size_t key_columns = 0;  ///< 0: rows are a multiset
  std::vector<const ValueRule*> rules() const;
  std::vector<const ValueRule*> key_rules() const;
};

}  // namespace paripassu::datacheck
