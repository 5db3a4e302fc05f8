#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "harness/migration_tests/test_context.h"

namespace paripassu {

/// Databases at the versions that the cases begin at. One database per engine walks up through the versions and is
/// copied at each that is asked for, so that cases in the order of their migrations cost one walk together; where the
/// server cannot copy, and for a version that the walk has passed, a database is migrated from the start. Thread-safe.
class PreparedDatabases {
 public:
  /// `context` must outlive it.
  explicit PreparedDatabases(TestContext& context) : context_(context) {}

  /// Announces one `take`; the walking database goes when all that were announced are taken or released.
  void announce(const Backend& backend);
  void release(const Backend& backend);
  /// A database of one's own that stands behind the first `revision_count` revisions; one that was announced. Throws
  /// Error: a migration on the way fails (for the versions behind it at once), no server.
  std::unique_ptr<TestDatabase> take(const Backend& backend, std::size_t revision_count);

 private:
  struct Walk {
    std::mutex mutex;
    std::size_t announced = 0;
    std::unique_ptr<TestDatabase> database;
    std::size_t place = 0;
    std::optional<Error> failure;
    std::size_t failed_place = 0;
  };

  Walk& walk(const Backend& backend);
  std::unique_ptr<TestDatabase> take_from_walk(Walk& walk, const Backend& backend, std::size_t revision_count);
  static void remember(Walk& walk, const Error& error, std::size_t revision_count);
  std::unique_ptr<TestDatabase> build(const Backend& backend, std::size_t revision_count);
  void advance(TestDatabase& database, std::size_t revision_count) const;

  TestContext& context_;
  std::mutex mutex_;
  std::map<std::string, Walk> walks_;
};

}  // namespace paripassu
