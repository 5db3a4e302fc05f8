#include "backends/postgres/scratch_databases.h"

#include <array>

#include "backends/postgres/dialect.h"
#include "backends/postgres/session.h"

namespace paripassu::postgres {

namespace {

constexpr const char* kMark = "paripassu scratch database";

}  // namespace

std::unique_ptr<Session> PostgresScratchDatabases::connect(const ConnectionUrl& url) const {
  return std::make_unique<PostgresSession>(url);
}

void PostgresScratchDatabases::create_database(Session& maintenance, const std::string& name) const {
  // template0 is pristine: what a site put into template1 is no part of anybody's migrations.
  maintenance.execute("CREATE DATABASE " + PostgresDialect().quote_identifier(name) + " TEMPLATE template0");
}

void PostgresScratchDatabases::mark(Session& maintenance, const ConnectionUrl& database,
                                    const std::string& text) const {
  const PostgresDialect dialect;
  maintenance.execute("COMMENT ON DATABASE " + dialect.quote_identifier(database.database) + " IS " +
                      dialect.quote_literal(text));
}

bool PostgresScratchDatabases::is_marked(Session& maintenance, const ConnectionUrl& database) const {
  const std::array<Cell, 2> parameters = {database.database, std::string(kMark) + "%"};
  return maintenance
             .query(
                 "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1 "
                 "AND pg_catalog.shobj_description(oid, 'pg_database') LIKE $2",
                 parameters)
             .row_count() == 1;
}

void PostgresScratchDatabases::drop_database(Session& maintenance, const std::string& name) const {
  const std::array<Cell, 1> parameters = {name};
  maintenance.execute(
      "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
      "WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()",
      parameters);
  const std::string quoted = PostgresDialect().quote_identifier(name);
  const bool can_force = maintenance.server().version_major >= 13;
  maintenance.execute("DROP DATABASE IF EXISTS " + quoted + (can_force ? " WITH (FORCE)" : ""));
}

std::vector<std::string> PostgresScratchDatabases::idle_candidates(Session& maintenance) const {
  const std::array<Cell, 1> parameters = {std::string(kNamePrefix)};
  const ResultSet rows = maintenance.query(
      "SELECT d.datname FROM pg_catalog.pg_database d WHERE left(d.datname, length($1)) = $1 "
      "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datname = d.datname)",
      parameters);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.row_count(); ++i) names.push_back(rows.row(i)[0].value_or(""));
  return names;
}

}  // namespace paripassu::postgres
