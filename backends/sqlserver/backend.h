#pragma once

#include "backends/backend.h"

namespace paripassu {

/// Adds SQL Server (2016 to 2025 and Azure SQL, through unixODBC with FreeTDS or msodbcsql).
void register_sqlserver(BackendRegistry& registry);

}  // namespace paripassu
