#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/project/layout_cutting.h"

namespace paripassu {

/// `name:value` pairs of a line, names in lower case, values without their quotes. Parentheses around all of them are
/// allowed. Throws Error(configuration) at the line: a word without a colon, a quote without end, a name that is not in
/// `known` (naming the nearest one) or comes twice.
std::map<std::string, std::string> read_liquibase_attributes(std::string_view text,
                                                             const std::vector<std::string>& known,
                                                             const std::string& file, int line);

/// The value of a flag; `fallback` when it is absent. Throws Error(configuration) for another word than true and false.
bool liquibase_flag(const std::map<std::string, std::string>& attributes, const std::string& name, bool fallback,
                    const std::string& file, int line);

/// `splitStatements` and `endDelimiter` (or their names for rollbacks, which begin with `prefix` "rollback"). Throws
/// Error(configuration) for a delimiter that is a regular expression, beyond `\n` around it and escaped signs in it.
StatementDelimiter liquibase_delimiter(const std::map<std::string, std::string>& attributes, const std::string& prefix,
                                       const std::string& file, int line);

/// "a,!b" in lower case as a list.
std::vector<std::string> liquibase_names(std::string_view text);

}  // namespace paripassu
