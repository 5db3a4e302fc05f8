#pragma once

#include <string_view>
#include <vector>

#include "backends/script_reader.h"

namespace paripassu::sqlserver {

/// See ScriptReader::words. Names are as written, since whether their case counts depends on the database.
///
/// T-SQL does not mark where a statement of a batch ends; reserved words that can only begin one are taken as its
/// start. The body of a procedure, function, trigger or view belongs to the statement that creates it.
std::vector<StatementWord> statement_words(std::string_view statement);

}  // namespace paripassu::sqlserver
