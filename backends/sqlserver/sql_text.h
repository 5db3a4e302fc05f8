#pragma once

#include <string>
#include <string_view>

namespace paripassu::sqlserver {

/// `[name]`, as SqlServerDialect::quote_identifier.
std::string quote_name(std::string_view name);
/// `N'text'`, as SqlServerDialect::quote_literal.
std::string plain_literal(std::string_view text);
/// An expression with the value of `text`. `$(name)` is a variable for sqlcmd and for our script reader also within a
/// string, so it is written in two: `N'$' + N'(name)'`. A line that sqlcmd takes for a command, such as GO, begins a
/// literal of its own: `N'a' + NCHAR(10) + N'GO'`.
std::string literal(std::string_view text);
/// Whether a collation's name is made of letters, digits and underscores, as all of the server's are. Statements say it
/// without brackets.
bool is_collation_name(std::string_view name);
/// Whether `literal` gives more than one literal, which is no argument of EXEC. Of a whole statement: whether sqlcmd
/// reads something else into it, within names and texts too.
bool is_joined(std::string_view text);

}  // namespace paripassu::sqlserver
