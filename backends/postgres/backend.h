#pragma once

#include "backends/backend.h"

namespace paripassu {

/// Adds PostgreSQL (12 to 18, through libpq).
void register_postgres(BackendRegistry& registry);

}  // namespace paripassu
