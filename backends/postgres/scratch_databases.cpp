#include "backends/postgres/scratch_databases.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "backends/postgres/dialect.h"
#include "backends/postgres/session.h"

namespace paripassu::postgres {

namespace {

constexpr const char* kMark = "paripassu scratch database";

constexpr const char* kSessionsQuery =
    "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' LIMIT 1";

constexpr const char* kSettingsQuery =
    "SELECT r.rolname, c.setting FROM pg_catalog.pg_db_role_setting s "
    "JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase "
    "LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole "
    "CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS c (setting, position) "
    "WHERE d.datname = $1 AND (s.setrole = 0 OR r.oid IS NOT NULL) ORDER BY r.rolname NULLS FIRST, c.position";

/// Settings whose value is a list of names, kept with the quotes that they need (guc.h, GUC_LIST_QUOTE).
constexpr auto kListSettings =
    std::to_array<std::string_view>({"local_preload_libraries", "search_path", "session_preload_libraries",
                                     "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"});

/// `"$user", public` as `'$user', 'public'`: a value in SET is quoted anew by the server.
std::string list_literals(std::string_view list) {
  const PostgresDialect dialect;
  std::string literals;
  for (std::size_t i = 0; i <= list.size();) {
    while (i < list.size() && list[i] == ' ') ++i;
    std::string name;
    if (i < list.size() && list[i] == '"') {
      for (++i; i < list.size(); ++i) {
        if (list[i] == '"' && (i + 1 == list.size() || list[i + 1] != '"')) break;
        if (list[i] == '"') ++i;
        name += list[i];
      }
      i = std::min(list.find(',', i), list.size());
    } else {
      const std::size_t end = std::min(list.find(',', i), list.size());
      name = list.substr(i, end - i);
      name.erase(name.find_last_not_of(' ') + 1);
      i = end;
    }
    if (!literals.empty()) literals += ", ";
    literals += dialect.quote_literal(name);
    ++i;
  }
  return literals;
}

/// A session is gone some milliseconds after its client has closed it, while CREATE DATABASE looks again after a tenth
/// of a second only.
void wait_for_sessions_to_end(Session& maintenance, const std::string& database) {
  const std::array<Cell, 1> parameters = {database};
  for (int wait_ms = 1; wait_ms <= limits::kDropRetryMax_ms; wait_ms *= 2) {
    if (maintenance.query(kSessionsQuery, parameters).row_count() == 0) return;
    Interrupt::sleep_ms(wait_ms);
  }
}

}  // namespace

std::unique_ptr<Session> PostgresScratchDatabases::connect(const ConnectionUrl& url) const {
  return std::make_unique<PostgresSession>(url);
}

void PostgresScratchDatabases::create_database(Session& maintenance, const std::string& name) const {
  // template0 is pristine: what a site put into template1 is no part of anybody's migrations.
  maintenance.execute("CREATE DATABASE " + PostgresDialect().quote_identifier(name) + " TEMPLATE template0");
}

std::vector<std::string> setting_statements(const ResultSet& rows, const std::string& database) {
  const PostgresDialect dialect;
  std::vector<std::string> statements;
  for (std::size_t i = 0; i < rows.row_count(); ++i) {
    const std::string setting = rows.row(i)[1].value_or("");
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = setting.substr(0, equals);
    const std::string value = setting.substr(equals + 1);
    const bool list = std::find(kListSettings.begin(), kListSettings.end(), name) != kListSettings.end();
    const Cell& role = rows.row(i)[0];
    const std::string quoted = dialect.quote_identifier(database);
    const std::string target =
        role ? "ALTER ROLE " + dialect.quote_identifier(*role) + " IN DATABASE " + quoted : "ALTER DATABASE " + quoted;
    statements.push_back(target + " SET " + dialect.quote_identifier(name) + " TO " +
                         (list ? list_literals(value) : dialect.quote_literal(value)));
  }
  return statements;
}

void PostgresScratchDatabases::copy_database(Session& maintenance, const std::string& source,
                                             const std::string& name) const {
  const PostgresDialect dialect;
  wait_for_sessions_to_end(maintenance, source);
  // No STRATEGY: since PostgreSQL 15 the default writes the pages to the WAL. Copying files instead saves half of the
  // time from 100 MB on, on a server without fsync (150 against 230 ms), but costs two checkpoints, and with fsync
  // three to eight times as long (100 MB: 980 against 330 ms; 8 MB: 580 against 60 ms; PostgreSQL 15.20).
  try {
    maintenance.execute("CREATE DATABASE " + dialect.quote_identifier(name) + " TEMPLATE " +
                        dialect.quote_identifier(source));
  } catch (Error& error) {
    constexpr std::string_view kObjectInUse = "55006";
    if (error.sqlstate() == kObjectInUse)
      error.with_remedy("close every session of " + source + " before it is copied");
    throw;
  }
  const std::array<Cell, 1> parameters = {source};
  try {
    for (const std::string& statement : setting_statements(maintenance.query(kSettingsQuery, parameters), name))
      maintenance.execute(statement);
  } catch (const Error&) {
    drop_unmarked(maintenance, name);
    throw;
  }
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
