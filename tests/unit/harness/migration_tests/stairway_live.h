#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/migration_tests/test_context.h"
#include "harness/migration_tests/test_kinds.h"
#include "tests/end_to_end/engine_case.h"
#include "tests/unit/harness/migration_tests/stairway_fake.h"

namespace paripassu::test {

/// A project with migrations and a ladder, tried on a server.
class LiveStairway {
 public:
  explicit LiveStairway(const Target& target) : target_(target) {
    configuration_.project_dir = folder_.path();
    configuration_.engines[target.name()].url = url_with_password(target.server);
    configuration_.tests.statement_timeout_ms = 30'000;
  }

  bool postgres() const { return target_.name() == "postgres"; }
  /// Each statement a unit of its own.
  void up(const std::string& name, const std::vector<std::string>& statements) const {
    folder_.write("migrations/" + name + ".up.sql", target_.script(statements));
  }
  void down(const std::string& name, const std::vector<std::string>& statements) const {
    folder_.write("migrations/" + name + ".down.sql", target_.script(statements));
  }
  void migration(const std::string& name, const std::vector<std::string>& up_statements,
                 const std::vector<std::string>& down_statements) const {
    up(name, up_statements);
    down(name, down_statements);
  }
  /// A file by its name.
  void script(const std::string& name, const std::vector<std::string>& statements) const {
    folder_.write("migrations/" + name, target_.script(statements));
  }
  void rows(const std::string& name, const std::vector<std::string>& statements) const {
    folder_.write("tests/ladder/" + name + ".sql", target_.script(statements));
  }
  Configuration& configuration() { return configuration_; }
  TestOptions& options() { return options_; }

  CollectingSink stairway() { return run(stairway_tests); }
  CollectingSink stairway_with_data() { return run(stairway_data_tests); }

  /// Scratch databases of this process that are still there.
  std::size_t left_behind() const {
    const std::unique_ptr<Session> session = target_.backend->connect(target_.server);
    const ResultSet result = session->query(target_.sql.scratch_databases);
    const std::string own = fmt::format("paripassu_scratch_{:x}_", static_cast<unsigned>(getpid()));
    std::size_t count = 0;
    for (std::size_t row = 0; row < result.row_count(); ++row)
      count += result.row(row)[0].value_or("").starts_with(own) ? 1u : 0u;
    return count;
  }

 private:
  CollectingSink run(TestGroups (*make)(TestContext&, const Backend&)) {
    ServerPool servers(configuration_);
    SourceLoader loader(registry(), configuration_, servers);
    TestContext context(registry(), configuration_, servers, loader, options_);
    CollectingSink sink;
    for (const std::unique_ptr<TestGroup>& group : make(context, *target_.backend)) {
      group->run(sink);
      for (const TestName& name : group->tests()) CHECK(sink.results.count(name.subject) == (sink.wants(name) ? 1 : 0));
    }
    return sink;
  }

  const Target& target_;
  TemporaryFolder folder_;
  Configuration configuration_;
  TestOptions options_;
};

}  // namespace paripassu::test

#define CHECK_PASSED(result) CHECK_MESSAGE((result).outcome == ::paripassu::TestOutcome::passed, all_text(result))
#define CHECK_CODES(result, expected) CHECK_MESSAGE(codes(result) == (expected), all_text(result))
#define CHECK_MENTIONS(result, words) \
  CHECK_MESSAGE(all_text(result).find(words) != std::string::npos, words << " not in: " << all_text(result))
