#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/test_kinds.h"
#include "tests/support/live_server.h"

/// A project in a temporary folder, for tests of the ladder.
namespace paripassu::test {

/// Lists revisions; applies nothing.
class ListedMigrator final : public Migrator {
 public:
  ListedMigrator(const Backend& backend, const std::vector<std::string>& versions) : backend_(backend) {
    for (const std::string& version : versions) {
      Revision revision;
      revision.version = version;
      revision.name = "change";
      revisions_.push_back(revision);
    }
  }
  const Backend& backend() const override { return backend_; }
  const std::vector<Revision>& revisions() const override { return revisions_; }
  std::vector<std::string> ledger_tables() const override { return {}; }
  std::unique_ptr<Run> open(const ConnectionUrl&) const override {
    throw Error(ErrorCategory::internal, "nothing is applied here");
  }

  std::vector<Revision>& list() { return revisions_; }

 private:
  const Backend& backend_;
  std::vector<Revision> revisions_;
};

/// Keeps the results of groups that run one behind the other; wants everything, or what is in `only`.
class ResultSink final : public TestSink {
 public:
  std::vector<std::string> only;  ///< subjects; empty: all
  std::vector<TestResult> results;

  bool wants(const TestName& name) const override {
    return only.empty() || std::find(only.begin(), only.end(), name.subject) != only.end();
  }
  void started(const TestName&) override {}
  void finished(TestResult result) override { results.push_back(std::move(result)); }

  /// The result of a subject, which must be there once.
  const TestResult& of(const std::string& subject) const {
    const TestResult* found = nullptr;
    for (const TestResult& result : results) {
      if (result.name.subject != subject) continue;
      REQUIRE(found == nullptr);
      found = &result;
    }
    REQUIRE_MESSAGE(found != nullptr, "no result of " << subject);
    return *found;
  }
};

class LadderProject {
 public:
  LadderProject() {
    configuration.project_dir = folder.path();
    configuration.migrations_dir = "migrations";
  }

  void migration(const std::string& name, const std::string& text) const { folder.write("migrations/" + name, text); }
  void data(const std::string& name, const std::string& text) const { folder.write("tests/ladder/" + name, text); }
  void expected(const std::string& name, const std::string& text) const {
    folder.write("tests/ladder/expected/" + name, text);
  }
  std::string path(const std::string& name) const { return folder.path() + "/tests/ladder/" + name; }

  /// Made anew by each call, as by a new run of the program.
  TestContext& context() {
    context_.reset();
    loader_.reset();
    servers_ = std::make_unique<ServerPool>(configuration);
    loader_ = std::make_unique<SourceLoader>(registry(), configuration, *servers_);
    context_ = std::make_unique<TestContext>(registry(), configuration, *servers_, *loader_, options);
    return *context_;
  }

  TemporaryFolder folder;
  Configuration configuration;
  TestOptions options;

 private:
  std::unique_ptr<ServerPool> servers_;
  std::unique_ptr<SourceLoader> loader_;
  std::unique_ptr<TestContext> context_;
};

/// The error that `work` throws, which must be one of `category`.
template <class Work>
Error error_of(ErrorCategory category, Work work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK_MESSAGE(error.category() == category, error.what());
    return error;
  }
  FAIL("no error");
  return Error(category, "");
}

}  // namespace paripassu::test
