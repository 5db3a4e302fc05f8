#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "backends/script_reader.h"
#include "backends/session.h"

namespace paripassu {

/// Runs scripts that describe a schema (a dump, a model) in a scratch database.
///
/// A dump speaks of things that another server need not have and that a comparison of schemas does not look at. When
/// the server refuses such a statement, it is left out and told in a warning:
///
/// - `… OWNER TO role`, the role does not exist: owners are not compared;
/// - `SET parameter`, which an older server does not know;
/// - `CREATE SCHEMA s`, which is there already: that is what was asked for, so there is no warning;
/// - with `skip_database_commands`, `GRANT`, `REVOKE` and `ALTER DEFAULT PRIVILEGES` for a role that does not exist.
///   Else that is an error with the remedies, since privileges are compared.
///
/// Inside a transaction of the script nothing is left out: the refusal has ended it.
class ScriptRunner {
 public:
  /// The references must outlive the runner.
  ScriptRunner(Session& session, const ScriptReader& reader, bool skip_database_commands)
      : session_(session), reader_(reader), skip_database_commands_(skip_database_commands) {}

  /// Throws Error with the position of the statement.
  void run(const Script& script);

  /// One for all statements that were left out for the same reason, with the place of the first.
  std::vector<std::string> warnings() const;

 private:
  struct LeftOut {
    std::string reason;
    SourcePosition first;
    std::size_t count = 0;
  };

  enum class Verdict { fatal, needless, left_out };

  void handle(Error& error, const ScriptStatement& statement);
  Verdict judge(Error& error, const ScriptStatement& statement) const;
  void leave_out(const Error& error, const ScriptStatement& statement);

  Session& session_;
  const ScriptReader& reader_;
  bool skip_database_commands_;
  std::vector<LeftOut> left_out_;
};

}  // namespace paripassu
