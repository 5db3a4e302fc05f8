#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "backends/error.h"

namespace paripassu {

/// Replaces every `${NAME}` by the environment variable NAME; `$${` stands for a literal `${`. What is put in is not
/// read again. Throws Error(configuration) at `position`: a variable that is not set (named), a `${` that is not
/// followed by a name and `}`.
std::string expand_environment(std::string_view text, const SourcePosition& position);

/// The same for a setting that may be absent: nothing when `text` is empty, or is one `${NAME}` and nothing else whose
/// variable is unset or empty. A `${NAME}` inside a longer text must be set.
std::optional<std::string> expand_optional_environment(std::string_view text, const SourcePosition& position);

/// Replaces every `${name}` in the text of a migration as Flyway does: everywhere, in comments and quotes too, names
/// without regard to case, and with no way to escape (`$${` is the begin of a dollar quote in PostgreSQL). Names
/// consist of letters, digits and `_ . : -`; anything else between `${` and `}` is left alone. Line numbers stay.
/// Throws Error(configuration) with the place: a placeholder without a value, a value that holds a line break.
std::string replace_placeholders(std::string_view text, const std::map<std::string, std::string>& values,
                                 const std::string& file);

}  // namespace paripassu
