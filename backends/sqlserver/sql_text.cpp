#include "backends/sqlserver/sql_text.h"

#include "backends/sqlserver/dialect.h"
#include "backends/sqlserver/tsql_lexer.h"

namespace paripassu::sqlserver {
namespace {

const SqlServerDialect kDialect;

/// Offset behind the first `$` that begins a variable of sqlcmd; npos without.
std::size_t variable_break(std::string_view text) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    if (sqlcmd_variable_length(text, at) > 0) return at + 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::string quote_name(std::string_view name) {
  return kDialect.quote_identifier(name);
}

std::string plain_literal(std::string_view text) {
  return kDialect.quote_literal(text);
}

bool is_joined(std::string_view text) {
  return variable_break(text) != std::string_view::npos;
}

std::string literal(std::string_view text) {
  if (!is_joined(text)) return plain_literal(text);
  std::string out = "(";
  for (;;) {
    const std::size_t cut = variable_break(text);
    out += plain_literal(text.substr(0, cut));
    if (cut == std::string_view::npos) return out + ")";
    out += " + ";
    text.remove_prefix(cut);
  }
}

}  // namespace paripassu::sqlserver
