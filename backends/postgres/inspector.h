#pragma once

#include "backends/inspector.h"

namespace paripassu::postgres {

class PostgresInspector final : public Inspector {
 public:
  catalog::Catalog inspect(Session& session, const InspectOptions& options) const override;
};

}  // namespace paripassu::postgres
