#include "cli/register_backends.h"

#include "backends/postgres/backend.h"
#include "backends/sqlserver/backend.h"

namespace paripassu::cli {

void register_backends(BackendRegistry& registry) {
  register_postgres(registry);
  register_sqlserver(registry);
}

}  // namespace paripassu::cli
