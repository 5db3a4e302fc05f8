#pragma once

#include "backends/catalog/expression_tree.h"

namespace paripassu::sqlserver {

/// The vocabulary: gives SQL Server's functions the words of expression_tree.h, and undoes what Babelfish makes of
/// T-SQL before it prints it: its helpers for CONVERT and TRY_CAST, and the range conditions that it adds to LIKE 'a%'.
/// Joins AND within AND, and OR within OR. `tree` comes from parse_expression(). Grows a tree by no more than one level
/// per level.
///
/// Words beyond that header:
///   "convert"      CONVERT with a style; children: the cast, the style
///   "try_cast"     TRY_CAST and TRY_CONVERT; child: the cast. "try_convert": with a style as second child
///   "parse", "try_parse"   child: the cast; a culture as second child
/// Fields of "extract" are PostgreSQL's where the value is the same (dayofyear is "doy", iso_week is "week") and have
/// their own word where it is not: "weekday" and "tsql_week" depend on DATEFIRST; "tsql_second", "tsql_millisecond" and
/// "tsql_microsecond" are whole numbers of the second only.
void translate_functions(catalog::ExpressionTree& tree);

}  // namespace paripassu::sqlserver
