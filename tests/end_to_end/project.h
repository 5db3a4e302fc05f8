#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backends/ledger.h"
#include "tests/end_to_end/engine_case.h"

namespace paripassu::test {

/// Longest time that a run may take before it is killed and counts as hanging; generous, for a slow machine.
inline constexpr int kRunTimeout_s = 150;

/// Runs the program, and checks what holds for every run whatever it was asked: no password of `secrets` in its
/// output, no internal error, no sanitizer's finding, no escape sequence where nothing is a terminal, an end.
ProgramResult run_checked(const std::vector<std::string>& arguments, const std::string& directory,
                          const std::map<std::string, std::string>& environment = {},
                          const std::vector<std::string>& secrets = {}, int timeout_s = kRunTimeout_s);
/// Waits for the end of `program`; kills it after `timeout_s`, which is exit code 137.
ProgramResult wait_at_most(RunningProgram& program, int timeout_s = kRunTimeout_s);
void check_invariants(const ProgramResult& result, const std::vector<std::string>& secrets);

/// `sh -c command` in `directory`; the program is "$PARIPASSU_PROGRAM".
ProgramResult run_shell(const std::string& command, const std::string& directory,
                        const std::map<std::string, std::string>& environment = {});

/// The name of the variable that holds an engine's URL.
std::string url_variable(const Backend& backend);

/// Parses the output as JSON; fails the case with the output when it is not.
nlohmann::json parse_json(const ProgramResult& result);

bool contains(const std::string& text, const std::string& part);
/// 1-based line of the first occurrence; 0 without.
int line_of(const std::string& text, const std::string& part);
/// Both streams, for messages.
std::string transcript(const ProgramResult& result);
std::vector<std::string> codes_of(const nlohmann::json& comparison);

/// A database of a live server, of its own; dropped at the end.
class Database {
 public:
  explicit Database(const Target& target);

  ConnectionUrl url() const { return scratch_->url(); }
  Session& session();
  const Target& target() const { return target_; }
  /// The names of all tables, sorted, that of the ledger included.
  std::vector<std::string> tables();
  bool has_table(const std::string& name);
  /// The first cell of the result; empty for NULL.
  std::string value(const std::string& query);
  std::vector<LedgerEntry> ledger();

 private:
  Target target_;
  std::unique_ptr<ScratchDatabase> scratch_;
  std::unique_ptr<Session> session_;  ///< closed before its database is dropped
};

/// A project folder with migrations, and a database that `migrate` of one engine works on.
class Project {
 public:
  explicit Project(const Target& target);

  Database& database() { return database_; }
  const std::string& path() const { return folder_.path(); }
  /// Writes a file below the project; returns its path.
  std::string write(const std::string& name, const std::string& text) { return folder_.write(name, text); }
  /// Writes migrations/<name>.
  void migration(const std::string& name, const std::string& text) { write("migrations/" + name, text); }
  void remove(const std::string& name);
  std::map<std::string, std::string> environment() const;

  /// Runs the program in the project with the database's URL in the environment.
  ProgramResult run(std::vector<std::string> arguments, std::map<std::string, std::string> more = {}) const;
  ProgramResult migrate(std::vector<std::string> arguments, std::map<std::string, std::string> more = {}) const;
  /// state by version, from `migrate status --format json`.
  std::map<std::string, std::string> status() const;
  std::vector<std::string> secrets() const;

 private:
  TemporaryFolder folder_;
  Database database_;
};

}  // namespace paripassu::test

// doctest evaluates the parts of a message once more, when the check has failed: so everything is evaluated before.
#define PARIPASSU_EXIT(level, result, code)                                       \
  do {                                                                            \
    const ::paripassu::test::ProgramResult ended = (result);                      \
    const int expected_code = (code);                                             \
    level(ended.exit_code == expected_code, "expected exit code ", expected_code, \
          ::paripassu::test::transcript(ended));                                  \
  } while (false)
#define PARIPASSU_SAYS(expected, text, part)                                 \
  do {                                                                       \
    const std::string said = (text);                                         \
    const std::string searched = (part);                                     \
    const bool found = ::paripassu::test::contains(said, searched);          \
    const std::string wish = (expected) ? "expected «" : "did not expect «"; \
    CHECK_MESSAGE(found == (expected), wish, searched, "» in:\n", said);     \
  } while (false)

#define CHECK_EXIT(result, code) PARIPASSU_EXIT(CHECK_MESSAGE, result, code)
#define REQUIRE_EXIT(result, code) PARIPASSU_EXIT(REQUIRE_MESSAGE, result, code)
#define CHECK_SAYS(text, part) PARIPASSU_SAYS(true, text, part)
#define CHECK_SILENT_ON(text, part) PARIPASSU_SAYS(false, text, part)
