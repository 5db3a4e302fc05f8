#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace paripassu::dataset {

/// XML as SQL Server and PostgreSQL have it in common: without declaration and without white space between tags,
/// attributes in order of name and in double quotes, `<a/>` as `<a></a>`, characters in place of their references,
/// CDATA as text. Comments and instructions stay. Nothing for a text that is no well-formed content, or that has a
/// DOCTYPE or entities of its own. Linear. Private to the room.
std::optional<std::string> neutral_xml(std::string_view text);

}  // namespace paripassu::dataset
