#pragma once

#include "backends/scratch.h"

namespace paripassu::postgres {

/// The statements that give `database` the settings that ALTER DATABASE … SET and ALTER ROLE … IN DATABASE … SET gave
/// its template. Columns of `rows`: role (NULL: all), "name=value" as pg_db_role_setting has it.
std::vector<std::string> setting_statements(const ResultSet& rows, const std::string& database);

/// The mark is the database's comment.
class PostgresScratchDatabases final : public MarkedScratchDatabases {
 protected:
  std::string maintenance_database() const override { return "postgres"; }
  std::unique_ptr<Session> connect(const ConnectionUrl& url) const override;
  void create_database(Session& maintenance, const std::string& name) const override;
  void copy_database(Session& maintenance, const std::string& source, const std::string& name) const override;
  void mark(Session& maintenance, const ConnectionUrl& database, const std::string& text) const override;
  bool is_marked(Session& maintenance, const ConnectionUrl& database) const override;
  void drop_database(Session& maintenance, const std::string& name) const override;
  std::vector<std::string> idle_candidates(Session& maintenance) const override;
};

}  // namespace paripassu::postgres
