#include "harness/migration_tests/prepared_databases.h"

#include <utility>

namespace paripassu {

namespace {

/// Whether the same would happen again: it is the migrations' fault and not that of the moment.
bool is_lasting(const Error& error) {
  switch (error.category()) {
    case ErrorCategory::interrupted:
    case ErrorCategory::internal:
    case ErrorCategory::resources:
    case ErrorCategory::cancelled:
    case ErrorCategory::deadlock:
    case ErrorCategory::lock_timeout:
      return false;
    default:
      return true;
  }
}

}  // namespace

PreparedDatabases::Walk& PreparedDatabases::walk(const Backend& backend) {
  const std::lock_guard lock(mutex_);
  return walks_[std::string(backend.name())];
}

void PreparedDatabases::announce(const Backend& backend) {
  Walk& walk = this->walk(backend);
  const std::lock_guard lock(walk.mutex);
  ++walk.announced;
}

void PreparedDatabases::release(const Backend& backend) {
  Walk& walk = this->walk(backend);
  const std::lock_guard lock(walk.mutex);
  if (--walk.announced == 0) walk.database.reset();
}

std::unique_ptr<TestDatabase> PreparedDatabases::take(const Backend& backend, std::size_t revision_count) {
  Walk& walk = this->walk(backend);
  std::unique_ptr<TestDatabase> database;
  {
    const std::lock_guard lock(walk.mutex);
    --walk.announced;
    try {
      if (walk.failure && walk.failed_place <= revision_count) throw Error(*walk.failure);
      if (revision_count > 0 && context_.can_clone(backend)) database = take_from_walk(walk, backend, revision_count);
    } catch (...) {
      if (walk.announced == 0) walk.database.reset();
      throw;
    }
    if (walk.announced == 0) walk.database.reset();
  }
  if (database) return database;
  try {
    return build(backend, revision_count);
  } catch (const Error& error) {
    const std::lock_guard lock(walk.mutex);
    remember(walk, error, revision_count);
    throw;
  }
}

void PreparedDatabases::remember(Walk& walk, const Error& error, std::size_t revision_count) {
  if (!is_lasting(error) || (walk.failure && walk.failed_place <= revision_count)) return;
  walk.failure = error;
  walk.failed_place = revision_count;
}

std::unique_ptr<TestDatabase> PreparedDatabases::take_from_walk(Walk& walk, const Backend& backend,
                                                                std::size_t revision_count) {
  if (walk.database && walk.place > revision_count) return nullptr;
  try {
    if (!walk.database) {
      walk.database = context_.database(backend);
      walk.place = 0;
    }
    if (walk.place < revision_count) advance(*walk.database, revision_count);
    walk.place = revision_count;
    if (walk.announced > 0)
      if (std::unique_ptr<TestDatabase> copy = walk.database->clone()) return copy;
    return std::move(walk.database);
  } catch (const Error& error) {
    walk.database.reset();
    remember(walk, error, revision_count);
    throw;
  }
}

std::unique_ptr<TestDatabase> PreparedDatabases::build(const Backend& backend, std::size_t revision_count) {
  std::unique_ptr<TestDatabase> database = context_.database(backend);
  if (revision_count > 0) advance(*database, revision_count);
  return database;
}

void PreparedDatabases::advance(TestDatabase& database, std::size_t revision_count) const {
  database.up(database.migrator().revisions()[revision_count - 1].version);
}

}  // namespace paripassu
