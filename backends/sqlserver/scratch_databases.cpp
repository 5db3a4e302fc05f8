#include "backends/sqlserver/scratch_databases.h"

#include <array>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "backends/sqlserver/dialect.h"
#include "backends/sqlserver/session.h"

namespace paripassu::sqlserver {

namespace {

constexpr std::int64_t kDatabaseInUse = 3702;  ///< "Cannot drop database because it is currently in use"

}  // namespace

std::unique_ptr<Session> SqlServerScratchDatabases::connect(const ConnectionUrl& url) const {
  return std::make_unique<SqlServerSession>(url);
}

void SqlServerScratchDatabases::create_database(Session& maintenance, const std::string& name) const {
  // Babelfish cannot create two databases at once: one of them fails with PostgreSQL's "tuple concurrently updated".
  for (int attempt = 1;; ++attempt) {
    try {
      maintenance.execute("CREATE DATABASE " + SqlServerDialect().quote_identifier(name));
      return;
    } catch (const Error& error) {
      const bool collided = error.message().find("concurrently updated") != std::string::npos;
      if (!collided || attempt >= limits::kServerStartAttempts) throw;
      Interrupt::sleep_ms(limits::kLockPollFirst_ms * attempt * attempt);
    }
  }
}

void SqlServerScratchDatabases::mark(Session&, const ConnectionUrl& database, const std::string& text) const {
  connect(database)->execute("EXEC sp_addextendedproperty N'paripassu_scratch', " +
                             SqlServerDialect().quote_literal(text));
}

bool SqlServerScratchDatabases::is_marked(Session&, const ConnectionUrl& database) const {
  return connect(database)
             ->query("SELECT 1 FROM sys.extended_properties WHERE class = 0 AND name = N'paripassu_scratch'")
             .row_count() == 1;
}

void SqlServerScratchDatabases::drop_database(Session& maintenance, const std::string& name) const {
  const std::string quoted = SqlServerDialect().quote_identifier(name);
  if (maintenance.server().genuine)
    maintenance.execute("ALTER DATABASE " + quoted + " SET SINGLE_USER WITH ROLLBACK IMMEDIATE");
  // A session that has just been closed counts as a user of the database until the server has noticed.
  for (int wait_ms = limits::kLockPollFirst_ms;; wait_ms *= 2) {
    try {
      maintenance.execute("DROP DATABASE IF EXISTS " + quoted);
      return;
    } catch (const Error& error) {
      const bool in_use = error.native_code() == kDatabaseInUse || error.message().find("in use") != std::string::npos;
      if (!in_use || wait_ms > limits::kDropRetryMax_ms) throw;
      Interrupt::sleep_ms(wait_ms);
    }
  }
}

std::vector<std::string> SqlServerScratchDatabases::idle_candidates(Session& maintenance) const {
  const std::array<Cell, 2> parameters = {std::to_string(std::string(kNamePrefix).size()), std::string(kNamePrefix)};
  const ResultSet rows = maintenance.query(
      "SELECT d.name FROM sys.databases d WHERE LEFT(d.name, CAST(? AS int)) = ? "
      "AND NOT EXISTS (SELECT 1 FROM sys.dm_exec_sessions s WHERE s.database_id = d.database_id)",
      parameters);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.row_count(); ++i) names.push_back(rows.row(i)[0].value_or(""));
  return names;
}

}  // namespace paripassu::sqlserver
