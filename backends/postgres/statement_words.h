#pragma once

#include <string_view>
#include <vector>

#include "backends/script_reader.h"

namespace paripassu::postgres {

/// See ScriptReader::words. Identifiers without quotes are in lower case, as the server stores them.
std::vector<StatementWord> statement_words(std::string_view statement);

}  // namespace paripassu::postgres
