#pragma once

#include <string_view>

#include "backends/catalog/expression_tree.h"

namespace paripassu::sqlserver {

/// The grammar: the tree of a scalar expression or condition, with functions still by the names that were written (in
/// lower case, without `sys` and `pg_catalog`). translate_functions() is the second half.
///
/// T-SQL and the form that Babelfish prints, PostgreSQL's, are one grammar here: they contradict each other nowhere but
/// in `[` after ARRAY. Conditions and values are one kind of operand, so that nothing is ever read twice: linear time.
///
/// Not deeper than catalog::kExpressionDepthMax, and no larger than a small multiple of the text.
/// Throws NotUnderstood with what was met and the offset.
catalog::ExpressionTree parse_expression(std::string_view text);

}  // namespace paripassu::sqlserver
