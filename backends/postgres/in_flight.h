#pragma once

#include "backends/backend.h"

namespace paripassu::postgres {

/// See Backend::resolve_in_flight. Knows CREATE and DROP INDEX CONCURRENTLY, REINDEX, ALTER TYPE … ADD VALUE and the
/// statements that can be repeated without harm (VACUUM, CLUSTER, ALTER SYSTEM, DISCARD).
InFlightVerdict resolve_in_flight(Session& session, const ScriptStatement& statement);

}  // namespace paripassu::postgres
