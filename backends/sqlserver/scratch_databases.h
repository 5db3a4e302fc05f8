#pragma once

#include "backends/scratch.h"

namespace paripassu::sqlserver {

/// The mark is an extended property of the database.
class SqlServerScratchDatabases final : public MarkedScratchDatabases {
 protected:
  std::string maintenance_database() const override { return "master"; }
  std::unique_ptr<Session> connect(const ConnectionUrl& url) const override;
  void create_database(Session& maintenance, const std::string& name) const override;
  void mark(Session& maintenance, const ConnectionUrl& database, const std::string& text) const override;
  bool is_marked(Session& maintenance, const ConnectionUrl& database) const override;
  void drop_database(Session& maintenance, const std::string& name) const override;
  std::vector<std::string> idle_candidates(Session& maintenance) const override;
};

}  // namespace paripassu::sqlserver
