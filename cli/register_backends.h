#pragma once

#include "backends/backend.h"

namespace paripassu::cli {

/// Every engine of this program: the one place that names them.
void register_backends(BackendRegistry& registry);

}  // namespace paripassu::cli
