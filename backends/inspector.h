#pragma once

#include <string>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/session.h"

namespace paripassu {

struct InspectOptions {
  /// Only these schemas; empty: all that are not the server's own.
  std::vector<std::string> schemas;
  /// Tables of this name are left out wherever they are: the ledger's.
  std::vector<std::string> ignored_tables;
};

/// Reads the catalog of the session's database: at most one query per kind of object, whatever the number of
/// objects. Fetching rows and building the model are two steps, so that the second is tested on pasted rows.
class Inspector {
 public:
  virtual ~Inspector() = default;
  /// Read only, and needs no more than read permission. Two calls on an unchanged database are equal.
  virtual catalog::Catalog inspect(Session& session, const InspectOptions& options) const = 0;
};

}  // namespace paripassu
