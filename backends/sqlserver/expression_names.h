#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/sqlserver/expression_lexer.h"

namespace paripassu::sqlserver {

// Names and types inside of an expression. Everything here throws NotUnderstood.

std::string read_name_part(ExpressionCursor& cursor);
/// `db.s.x` as its last two parts, or the one there is.
std::vector<std::string> read_name_parts(ExpressionCursor& cursor);
/// "s.x"
std::string joined_name(const std::vector<std::string>& parts);
/// The name of a function or type in lower case, with its schema where that is not the engine's own.
std::string name_with_schema(const std::vector<std::string>& parts);

/// A type in ExpressionTree's words: `"varchar"(5)`, `[varchar](5)` and `character varying(5)` are "varchar(5)".
///
/// T-SQL gives some types a length when none is written. With `is_tsql` it is added: `CONVERT([varchar],x)` is a cast
/// to "varchar(30)". Babelfish always prints the length, so that its `CAST((x) AS varchar)` is unlimited and stays so.
std::string read_type(ExpressionCursor& cursor, bool is_tsql);

/// The type that the whole text names, in Babelfish's spelling.
std::string parse_type(std::string_view text);
/// "s.q" of `"s"."q"`, `[s].[q]` or `s.q`.
std::string parse_qualified_name(std::string_view text);

}  // namespace paripassu::sqlserver
