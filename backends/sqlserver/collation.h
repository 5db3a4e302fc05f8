#pragma once

#include <optional>
#include <string_view>

#include "backends/catalog/catalog.h"

namespace paripassu::sqlserver {

/// What a collation's name says: `_CI` or `_CS`, `_AI` or `_AS`, `_BIN` or `_BIN2`, in either case (Babelfish writes
/// them small). nullopt for a name without such a part. Source: Windows and SQL Server collation names, SQL Server
/// documentation, "Collation and Unicode support".
std::optional<catalog::CollationMeaning> collation_meaning(std::string_view name);

}  // namespace paripassu::sqlserver
