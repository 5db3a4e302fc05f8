#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/server.h"

namespace paripassu {

/// Scratch databases, written once: create under a lock, mark, check the mark, drop, reap. An engine answers the
/// questions below, in its own SQL.
class MarkedScratchDatabases : public ScratchDatabases {
 public:
  static constexpr const char* kNamePrefix = "paripassu_scratch_";

  std::unique_ptr<ScratchDatabase> create(const ConnectionUrl& server) const override;
  std::unique_ptr<ScratchDatabase> clone(const ScratchDatabase& source) const override;
  std::vector<std::string> reap(const ConnectionUrl& server) const override;

  /// Drops `name` if it carries the mark; throws Error(internal) if it does not, since then it is not ours.
  void drop_if_marked(Session& maintenance, const ConnectionUrl& server, const std::string& name) const;

 protected:
  /// The database that a session is in while it creates and drops others. Locks are taken in it, so it must be the
  /// same for every run on a server.
  virtual std::string maintenance_database() const = 0;
  virtual std::unique_ptr<Session> connect(const ConnectionUrl& url) const = 0;
  virtual void create_database(Session& maintenance, const std::string& name) const = 0;
  /// Makes `name` with everything that is in `source` and all that is set for it, the mark apart. A session of
  /// `source` that is just being closed is waited for. Leaves nothing behind when it throws. Throws
  /// Error(not_supported) where the server cannot.
  virtual void copy_database(Session& maintenance, const std::string& source, const std::string& name) const = 0;
  /// Also where a copied mark is there already.
  virtual void mark(Session& maintenance, const ConnectionUrl& database, const std::string& text) const = 0;
  virtual bool is_marked(Session& maintenance, const ConnectionUrl& database) const = 0;
  virtual void drop_database(Session& maintenance, const std::string& name) const = 0;
  /// Names of databases that begin with kNamePrefix and that nobody is connected to.
  virtual std::vector<std::string> idle_candidates(Session& maintenance) const = 0;
  /// Drops a database that this very call has made and not marked yet. Never throws.
  void drop_unmarked(Session& maintenance, const std::string& name) const;

 private:
  using Maker = std::function<void(Session& maintenance, const std::string& name)>;
  std::unique_ptr<ScratchDatabase> make(const ConnectionUrl& server, const std::string& task,
                                        const Maker& make_database) const;
};

}  // namespace paripassu
