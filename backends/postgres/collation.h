#pragma once

#include <optional>
#include <string_view>

#include "backends/catalog/catalog.h"

namespace paripassu::postgres {

/// What a nondeterministic collation means, by its ICU locale: the strength `ks` (`level1`: letters only, `level2`:
/// accents as well, more: case as well) and `kc-true`, which adds case to level1. In either spelling:
/// `und-u-ks-level2`,
/// `@colStrength=secondary`. nullopt when the locale has neither form. Deterministic collations never need this: their
/// texts are equal when their bytes are. Source: PostgreSQL documentation, 24.2.3 "ICU Custom Collations".
std::optional<catalog::CollationMeaning> nondeterministic_collation_meaning(std::string_view locale);

}  // namespace paripassu::postgres
