#pragma once

#include <string>
#include <string_view>

namespace paripassu::sqlserver {

/// `[name]`, as SqlServerDialect::quote_identifier.
std::string quote_name(std::string_view name);
/// `N'text'`, as SqlServerDialect::quote_literal.
std::string plain_literal(std::string_view text);
/// An expression with the value of `text`. `$(name)` is a variable for sqlcmd and for our script reader also within a
/// string, so it is written in two: `N'$' + N'(name)'`.
std::string literal(std::string_view text);
/// Whether `literal` gives more than one literal, which is no argument of EXEC.
bool is_joined(std::string_view text);

}  // namespace paripassu::sqlserver
