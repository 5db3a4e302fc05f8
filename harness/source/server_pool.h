#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/project/configuration.h"

namespace paripassu {

/// A server to work on: one that the configuration names, or one that this run started.
struct PooledServer {
  ConnectionUrl url;
  std::string description;  ///< "postgres://…" or "local PostgreSQL 15.20"
  bool started_here = false;
};

/// The servers of a run, one per engine, found or started when they are first needed and stopped when the pool goes.
/// Thread-safe. Scratch databases that earlier runs left on a configured server are dropped at first use.
class ServerPool {
 public:
  explicit ServerPool(const Configuration& configuration);

  /// Throws Error: server_unavailable when none is configured and none can be started, or what connecting gave.
  const PooledServer& server(const Backend& backend);
  /// A new scratch database on that server, with the configured schema created in it.
  std::unique_ptr<ScratchDatabase> scratch(const Backend& backend);
  /// A session on `url`, with the configured schema as the one of unqualified names.
  std::unique_ptr<Session> connect(const Backend& backend, const ConnectionUrl& url) const;
  /// A session like that of `connect` for reading catalogs: one that was given back, where the engine lets a session
  /// change over to another database. The first look into a catalog by a new session costs a server several times what
  /// the next ones cost.
  std::unique_ptr<Session> reading_session(const Backend& backend, const ConnectionUrl& url);
  /// For the next caller of `reading_session`; closed where it is of no use. It must be as a read without errors leaves
  /// it, with nothing set that was not set before. Leaves its database, so that this can be dropped. Never throws.
  void give_back(const Backend& backend, std::unique_ptr<Session> session) noexcept;
  /// The configured schema of an engine; empty: its default.
  std::string schema(const Backend& backend) const;

 private:
  struct Entry {
    std::unique_ptr<LocalServer> local;
    PooledServer server;
  };

  const Configuration& configuration_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<std::once_flag>> once_;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::vector<std::unique_ptr<Session>>> idle_;  ///< by engine; behind the servers they are on
};

}  // namespace paripassu
