#include "backends/scratch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <random>

#include "backends/interrupt.h"

namespace paripassu {

namespace {

std::string random_suffix() {
  std::random_device device;
  const std::uint64_t high = device();
  return fmt::format("{:x}_{:016x}", static_cast<unsigned>(getpid()), (high << 32U) | device());
}

std::string lock_name(const std::string& database) {
  return "paripassu scratch " + database;
}

class OwnedScratchDatabase final : public ScratchDatabase {
 public:
  OwnedScratchDatabase(const MarkedScratchDatabases& operations, ConnectionUrl server,
                       std::unique_ptr<Session> maintenance, std::string name)
      : operations_(operations),
        server_(std::move(server)),
        maintenance_(std::move(maintenance)),
        name_(std::move(name)),
        url_(server_.with_database(name_)) {}

  ~OwnedScratchDatabase() override {
    if (keep_) return;
    const Interrupt::Shield shield;
    try {
      operations_.drop_if_marked(*maintenance_, server_, name_);
    } catch (const std::exception&) {
      // The server is gone or refuses: the mark stays, and the next run reaps it.
    }
  }

  const std::string& name() const override { return name_; }
  ConnectionUrl url() const override { return url_; }
  void keep() override { keep_ = true; }

 private:
  const MarkedScratchDatabases& operations_;
  ConnectionUrl server_;
  std::unique_ptr<Session> maintenance_;  ///< holds the lock that says the database is in use
  std::string name_;
  ConnectionUrl url_;
  bool keep_ = false;
};

}  // namespace

std::unique_ptr<ScratchDatabase> MarkedScratchDatabases::make(const ConnectionUrl& server, const std::string& task,
                                                              const Maker& make_database) const {
  std::unique_ptr<Session> maintenance = connect(server.with_database(maintenance_database()));
  const std::string name = kNamePrefix + random_suffix();
  bool made = false;
  try {
    if (!maintenance->try_lock(lock_name(name)))
      throw Error(ErrorCategory::internal, "the lock of a new scratch database is taken");
    make_database(*maintenance, name);
    made = true;
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    mark(*maintenance, server.with_database(name),
         fmt::format("paripassu scratch database of process {} on {}", getpid(), host.data()));
  } catch (Error& error) {
    if (made) drop_unmarked(*maintenance, name);
    error.add_context(task + " on " + server.redacted());
    if (error.category() == ErrorCategory::permission && error.remedy().empty())
      error.with_remedy(
          "let the user create databases (PostgreSQL: ALTER ROLE … CREATEDB; SQL Server: dbcreator), "
          "or leave the URL out: a local server is then started");
    throw;
  }
  return std::make_unique<OwnedScratchDatabase>(*this, server, std::move(maintenance), name);
}

void MarkedScratchDatabases::drop_unmarked(Session& maintenance, const std::string& name) const {
  const Interrupt::Shield shield;
  try {
    drop_database(maintenance, name);
  } catch (const std::exception&) {
    // What stopped the work is what its caller is told.
  }
}

std::unique_ptr<ScratchDatabase> MarkedScratchDatabases::create(const ConnectionUrl& server) const {
  return make(server, "creating a scratch database",
              [this](Session& maintenance, const std::string& name) { create_database(maintenance, name); });
}

std::unique_ptr<ScratchDatabase> MarkedScratchDatabases::clone(const ScratchDatabase& source) const {
  return make(source.url(), "cloning the scratch database " + source.name(),
              [&](Session& maintenance, const std::string& name) { copy_database(maintenance, source.name(), name); });
}

void MarkedScratchDatabases::drop_if_marked(Session& maintenance, const ConnectionUrl& server,
                                            const std::string& name) const {
  if (!is_marked(maintenance, server.with_database(name)))
    throw Error(ErrorCategory::internal,
                "the database " + name + " does not carry paripassu's mark and is not dropped");
  drop_database(maintenance, name);
}

std::vector<std::string> MarkedScratchDatabases::reap(const ConnectionUrl& server) const {
  std::vector<std::string> dropped;
  std::unique_ptr<Session> maintenance = connect(server.with_database(maintenance_database()));
  for (const std::string& name : idle_candidates(*maintenance)) {
    try {
      // Whoever made it holds this lock until it has dropped it.
      if (!maintenance->try_lock(lock_name(name))) continue;
      drop_if_marked(*maintenance, server, name);
      dropped.push_back(name);
      maintenance->unlock(lock_name(name));
    } catch (const Error&) {
      // Not ours, or somebody else is dropping it right now.
      if (!maintenance->connected()) break;
    }
  }
  return dropped;
}

}  // namespace paripassu
