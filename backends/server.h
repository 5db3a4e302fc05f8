#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/connection_url.h"
#include "backends/session.h"

namespace paripassu {

/// One way to get a server of an engine on this machine, as `doctor` shows it.
struct ServerOption {
  std::string kind;         ///< "local", "container"
  std::string description;  ///< "PostgreSQL 15.20 in /usr/lib/postgresql/15/bin"
  bool available = false;
  std::string reason;  ///< why not, when it is not available
  std::string remedy;  ///< what to install or set, when it is not available
};

/// A server that this run started. The destructor stops it and removes everything it wrote. When the process
/// dies without destructors, the server dies with it and the next run removes its folder (`reap`).
class LocalServer {
 public:
  virtual ~LocalServer() = default;
  /// How to reach its maintenance database, as a user who may create databases.
  virtual ConnectionUrl url() const = 0;
  /// "local PostgreSQL 15.20", for reports.
  virtual std::string description() const = 0;
};

/// Starts servers of one engine.
class ServerProvider {
 public:
  virtual ~ServerProvider() = default;
  /// Every way, in the order of preference, available or not. Starts nothing.
  virtual std::vector<ServerOption> options() const = 0;
  /// Starts the first option that is available and works. Throws Error(server_unavailable) that lists
  /// what was tried and what to install.
  virtual std::unique_ptr<LocalServer> start() const = 0;
};

/// A database that this run created and drops: the only place, `migrate` apart, that is ever written to.
///
/// It carries a marker (who made it, when), which is checked before it is dropped, and its maker holds a lock
/// on the server for as long as it lives, by which the next run tells a database left behind from one in use.
class ScratchDatabase {
 public:
  virtual ~ScratchDatabase() = default;
  virtual const std::string& name() const = 0;
  virtual ConnectionUrl url() const = 0;
  /// Leaves the database on the server when this object goes (`--keep`).
  virtual void keep() = 0;
};

class ScratchDatabases {
 public:
  virtual ~ScratchDatabases() = default;
  /// Creates one on the server that `server` reaches. Throws Error(permission) when the user may not.
  virtual std::unique_ptr<ScratchDatabase> create(const ConnectionUrl& server) const = 0;
  /// A scratch database with the structure and the rows of `source`, made by the server and marked like any other. No
  /// session may be in `source` while it is copied. Throws Error(not_supported) where this server cannot copy a
  /// database (Babelfish): what it holds must then be made again.
  virtual std::unique_ptr<ScratchDatabase> clone(const ScratchDatabase& source) const = 0;
  /// Drops every marked database whose maker is gone; returns their names. Never throws for one that resists.
  virtual std::vector<std::string> reap(const ConnectionUrl& server) const = 0;
};

}  // namespace paripassu
