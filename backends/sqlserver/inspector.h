#pragma once

#include "backends/inspector.h"

namespace paripassu::sqlserver {

class SqlServerInspector final : public Inspector {
 public:
  catalog::Catalog inspect(Session& session, const InspectOptions& options) const override;
};

}  // namespace paripassu::sqlserver
