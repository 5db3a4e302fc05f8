#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/server.h"

namespace paripassu::sqlserver {

/// Starts servers that speak T-SQL for one run: an installed Babelfish first, then SQL Server in a container.
///
/// Babelfish is looked for in PARIPASSU_BABELFISH_HOME ("none" leaves it out; otherwise nothing else is tried), else in
/// /opt/babelfish. It listens for TDS on a free port of 127.0.0.1 and asks for a random password, the same as its
/// PostgreSQL side on another free port: Babelfish 4.4 opens the TDS port on `listen_addresses` and ignores
/// `babelfishpg_tds.listen_addresses`, so that one cannot be had without the other. Its escape hatches are set to
/// ignore, its databases are separate (migration_mode multi-db); durability is off as for local PostgreSQL servers.
///
/// A container uses the image in PARIPASSU_SQLSERVER_IMAGE, otherwise mcr.microsoft.com/mssql/server:2022-latest, and
/// with it Microsoft's licence terms for the Developer edition (ACCEPT_EULA=Y).
class SqlServerServerProvider final : public ServerProvider {
 public:
  std::vector<ServerOption> options() const override;
  std::unique_ptr<LocalServer> start() const override;
};

}  // namespace paripassu::sqlserver
