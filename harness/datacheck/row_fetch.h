#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/datacheck/key_order.h"
#include "harness/datacheck/row_group.h"
#include "harness/datacheck/table_access.h"

namespace paripassu::datacheck {

/// By key form, so that they come in one order whatever the sides.
using RowGroups = std::map<std::string, RowGroup>;

/// The rows of both sides, read at once, whose keys have one of these forms. `keys` are canonical texts in which the
/// servers are asked, one statement's worth. A key that neither side has is not in the result.
RowGroups fetch_groups(const TableShape& shape, const KeyForms& forms, TableAccess& left, TableAccess& right,
                       std::span<const std::vector<Cell>> keys, const std::vector<std::string>& wanted_forms);

}  // namespace paripassu::datacheck
