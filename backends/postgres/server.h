#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/server.h"

namespace paripassu::postgres {

/// Starts PostgreSQL servers for one run: the installed binaries first, then a container.
///
/// Installed binaries are looked for in PARIPASSU_POSTGRES_BIN (then nothing else is tried; "none" leaves them out),
/// `pg_config --bindir`, the folders of the usual packages with the newest version first, and PATH.
///
/// A local server listens on a Unix socket in a folder that only this user (and the user it runs as, when this is
/// root) may enter, and on no network address. It is fast rather than safe: fsync, synchronous_commit and
/// full_page_writes are off, wal_level is minimal. Autovacuum is off, so that it neither holds up DROP DATABASE nor
/// changes plans between two measurements; whoever needs statistics runs ANALYZE. Encoding UTF8, locale C.UTF-8 where
/// the machine has it, otherwise C; time zone UTC.
///
/// A container uses the image in PARIPASSU_POSTGRES_IMAGE, otherwise postgres:16.
class PostgresServerProvider final : public ServerProvider {
 public:
  std::vector<ServerOption> options() const override;
  std::unique_ptr<LocalServer> start() const override;
};

}  // namespace paripassu::postgres
