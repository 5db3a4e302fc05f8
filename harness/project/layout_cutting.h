#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu {

/// What ends a statement for Liquibase, outside of quotes and comments.
struct StatementDelimiter {
  std::string text = ";";    ///< compared without regard to case; a word counts as a whole word only
  bool begins_line = false;  ///< it counts only as the first word of a line
  bool is_default = true;    ///< `;`, and GO or `/` alone on a line
  /// Nothing ends a statement: what was asked for, or what the engine's own client ends anyway.
  bool none = false;
};

/// Cuts `text` as Liquibase does (liquibase.util.StringUtil.processMultiLineSQL): BEGIN … END keeps together what is in
/// it. Where scripts have batches (`batches`), every statement becomes a piece of its own: returns the cuts as in
/// MigrationScript. Elsewhere the engine's reader cuts at `;`, so that another delimiter is replaced by one and nothing
/// is returned. Lines and columns stay what they are.
std::vector<std::size_t> cut_statements(std::string& text, const StatementDelimiter& delimiter, bool batches);

}  // namespace paripassu
