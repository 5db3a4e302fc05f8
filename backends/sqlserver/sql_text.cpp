#include "backends/sqlserver/sql_text.h"

#include <algorithm>

#include "backends/sqlserver/dialect.h"
#include "backends/sqlserver/tsql_lexer.h"

namespace paripassu::sqlserver {
namespace {

const SqlServerDialect kDialect;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_or_digit(char c) {
  const char small = lower(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether sqlcmd takes a line that begins like this for a command. Some words are commands only when they stand alone;
/// they count with anything behind them.
bool begins_command(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.starts_with(':') || line.starts_with("!!")) return true;
  std::string word;
  while (!line.empty() && is_letter_or_digit(line.front())) {
    word += lower(line.front());
    line.remove_prefix(1);
  }
  for (const std::string_view command : {"go", "exit", "quit", "reset", "ed"}) {
    if (word == command) return true;
  }
  return false;
}

/// Offset of the first line break before a command; npos without.
std::size_t command_break(std::string_view text) {
  for (std::size_t at = text.find_first_of("\r\n"); at != std::string_view::npos;
       at = text.find_first_of("\r\n", at + 1)) {
    const std::size_t next = text.substr(at, 2) == "\r\n" ? at + 2 : at + 1;
    if (begins_command(text.substr(next))) return at;
  }
  return std::string_view::npos;
}

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

bool is_collation_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_letter_or_digit);
}

bool is_joined(std::string_view text) {
  return variable_break(text) != std::string_view::npos || command_break(text) != std::string_view::npos;
}

std::string literal(std::string_view text) {
  if (!is_joined(text)) return plain_literal(text);
  std::string out = "(";
  for (;;) {
    const std::size_t variable = variable_break(text);
    const std::size_t command = command_break(text);
    const std::size_t cut = std::min(variable, command);
    out += plain_literal(text.substr(0, cut));
    if (cut == std::string_view::npos) return out + ")";
    out += " + ";
    text.remove_prefix(cut);
    if (command > variable) continue;
    // Without its line break the next literal stands on the same line.
    if (text.front() == '\r') {
      out += "NCHAR(13) + ";
      text.remove_prefix(1);
    }
    if (text.starts_with('\n')) {
      out += "NCHAR(10) + ";
      text.remove_prefix(1);
    }
  }
}

}  // namespace paripassu::sqlserver
