#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include "tests/end_to_end/engine_case.h"
#include "tests/unit/harness/migration_tests/ladder_project.h"

namespace paripassu::test {

/// A ladder on a server.
class LiveLadder : public LadderProject {
 public:
  explicit LiveLadder(const Target& target) : target_(target) { use(target); }

  void use(const Target& target) { configuration.engines[target.name()].url = url_with_password(target.server); }

  /// `text` in the dialect of the engine: a statement per line becomes a unit of its own.
  void step(const std::string& name, const std::vector<std::string>& statements) const {
    migration(name + ".up.sql", target_.script(statements));
  }

  ResultSink ladder() { return run(ladder_tests(context(), *target_.backend)); }
  ResultSink skipped() { return run(skipped_version_tests(context(), *target_.backend)); }

  static ResultSink run(const TestGroups& groups, const std::vector<std::string>& only = {}) {
    ResultSink sink;
    sink.only = only;
    std::vector<TestName> names;
    for (const auto& group : groups) {
      group->run(sink);
      for (const TestName& name : group->tests())
        if (sink.wants(name)) names.push_back(name);
    }
    // Each test has a result, and only those.
    CHECK(names.size() == sink.results.size());
    for (const TestName& name : names) sink.of(name.subject);
    return sink;
  }

  /// How many scratch databases of this process are still there.
  std::size_t left_behind() const { return names_left_behind().size(); }
  void drop_left_behind() const {
    const std::unique_ptr<Session> session = target_.backend->connect(target_.server);
    for (const std::string& name : names_left_behind())
      session->execute("DROP DATABASE " + target_.backend->dialect().quote_identifier(name));
  }

 private:
  std::vector<std::string> names_left_behind() const {
    const std::unique_ptr<Session> session = target_.backend->connect(target_.server);
    const ResultSet result = session->query(target_.sql.scratch_databases);
    const std::string own = fmt::format("paripassu_scratch_{:x}_", static_cast<unsigned>(getpid()));
    std::vector<std::string> names;
    for (std::size_t row = 0; row < result.row_count(); ++row)
      if (result.row(row)[0].value_or("").starts_with(own)) names.push_back(*result.row(row)[0]);
    return names;
  }

  const Target& target_;
};

/// "failed: message [file:line] / detail / …", to see in a message what came out.
inline std::string text_of(const TestResult& result) {
  std::string text = fmt::format("{} {}", result.name.subject, to_string(result.outcome));
  if (!result.reason.empty()) text += " (" + result.reason + ")";
  for (const TestProblem& problem : result.problems) {
    text += fmt::format("\n  {}: {} [{}]", problem.code, problem.message, problem.position.to_string());
    for (const std::string& detail : problem.details) text += "\n    " + detail;
  }
  for (const std::string& note : result.notes) text += "\n  note: " + note;
  return text;
}

inline bool holds(const TestResult& result, const std::string& words) {
  return text_of(result).find(words) != std::string::npos;
}

}  // namespace paripassu::test

#define CHECK_OUTCOME(result, expected) CHECK_MESSAGE((result).outcome == (expected), text_of(result))
#define CHECK_HOLDS(result, words) CHECK_MESSAGE(holds(result, words), words << " not in:\n" << text_of(result))
