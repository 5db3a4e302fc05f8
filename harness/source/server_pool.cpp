#include "harness/source/server_pool.h"

#include <utility>

#include "backends/interrupt.h"

namespace paripassu {

ServerPool::ServerPool(const Configuration& configuration) : configuration_(configuration) {}

std::string ServerPool::schema(const Backend& backend) const {
  const auto found = configuration_.engines.find(std::string(backend.name()));
  return found == configuration_.engines.end() ? "" : found->second.schema;
}

const PooledServer& ServerPool::server(const Backend& backend) {
  const std::string name(backend.name());
  std::once_flag* once = nullptr;
  {
    std::lock_guard lock(mutex_);
    auto& flag = once_[name];
    if (!flag) flag = std::make_unique<std::once_flag>();
    once = flag.get();
  }
  // Two engines start at the same time; two callers of one engine wait for the same server.
  std::call_once(*once, [&] {
    Entry entry;
    const auto found = configuration_.engines.find(name);
    if (found != configuration_.engines.end() && found->second.url && !found->second.url->empty()) {
      entry.server.url = ConnectionUrl::parse(*found->second.url);
      entry.server.description = entry.server.url.redacted();
      backend.scratch_databases().reap(entry.server.url);
    } else {
      entry.local = backend.servers().start();
      entry.server.url = entry.local->url();
      entry.server.description = entry.local->description();
      entry.server.started_here = true;
    }
    std::lock_guard lock(mutex_);
    entries_.emplace(name, std::move(entry));
  });
  std::lock_guard lock(mutex_);
  return entries_.at(name).server;
}

std::unique_ptr<ScratchDatabase> ServerPool::scratch(const Backend& backend) {
  std::unique_ptr<ScratchDatabase> database = backend.scratch_databases().create(server(backend).url);
  if (const std::string name = schema(backend); !name.empty())
    backend.connect(database->url())->execute(backend.dialect().create_schema_if_missing(name));
  return database;
}

std::unique_ptr<Session> ServerPool::connect(const Backend& backend, const ConnectionUrl& url) const {
  std::unique_ptr<Session> session = backend.connect(url);
  if (const std::string name = schema(backend); !name.empty()) {
    const std::string statement = backend.dialect().use_schema(name);
    if (!statement.empty()) session->execute(statement);
  }
  return session;
}

std::unique_ptr<Session> ServerPool::reading_session(const Backend& backend, const ConnectionUrl& url) {
  std::unique_ptr<Session> session;
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::unique_ptr<Session>>& idle = idle_[std::string(backend.name())];
    if (!idle.empty()) {
      session = std::move(idle.back());
      idle.pop_back();
    }
  }
  try {
    if (session && session->connected() && session->enter_database(url.database)) return session;
  } catch (const Error& error) {
    // Lost while it was idle, or the database is not there: a new one tells.
    if (error.category() == ErrorCategory::interrupted) throw;
  }
  return connect(backend, url);
}

void ServerPool::give_back(const Backend& backend, std::unique_ptr<Session> session) noexcept {
  try {
    const Interrupt::Shield shield;
    std::string home;
    {
      const std::lock_guard lock(mutex_);
      const auto entry = entries_.find(std::string(backend.name()));
      if (!session || entry == entries_.end()) return;
      home = entry->second.server.url.database;
    }
    if (home.empty() || !session->connected() || !session->enter_database(home)) return;
    const std::lock_guard lock(mutex_);
    idle_[std::string(backend.name())].push_back(std::move(session));
  } catch (const std::exception&) {
    // It is closed, and the next caller opens one.
  }
}

}  // namespace paripassu
