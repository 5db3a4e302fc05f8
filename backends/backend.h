#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/batch_reader.h"
#include "backends/connection_url.h"
#include "backends/data_sql.h"
#include "backends/ddl_writer.h"
#include "backends/dialect.h"
#include "backends/dml_writer.h"
#include "backends/expression_reader.h"
#include "backends/inspector.h"
#include "backends/script_reader.h"
#include "backends/server.h"
#include "backends/session.h"

namespace paripassu {

/// What an engine can do, where engines differ and the harness must ask. What is false here fails as
/// Error(not_supported) when it is tried, and the conformance suite checks that it does.
struct Capabilities {
  bool transactional_ddl = true;
  bool copy_from_stdin = false;
  bool deferrable_constraints = false;
  bool included_index_columns = true;
  bool partial_indexes = true;
  bool expression_indexes = false;
  bool enum_types = false;
  bool before_triggers = true;   ///< a trigger may run before the change that it sees
  bool batch_separator = false;  ///< scripts are cut at `GO`
  bool statement_timeout = true;
};

enum class InFlightVerdict {
  applied,
  not_applied,  ///< or can be done again without harm
  unknown,      ///< only a person can tell
};

/// One thing that `doctor` found out about an engine on this machine, without a server.
struct Finding {
  bool good = true;
  std::string text;
  std::string remedy;  ///< when it is not good
};

/// An engine. To add one:
///
/// 1. Make a folder below backends/ with the file names of backends/postgres, and a CMake target
///    paripassu::<engine> that links paripassu::backend_contract (and soci, odbc or a client library, never
///    another engine).
/// 2. Implement Session on soci::session (backends/soci has the common part; backends/odbc what any ODBC
///    engine needs) and an error classifier table: SQLSTATE or native number to ErrorCategory.
/// 3. Implement Dialect, ScriptReader (split as the engine's own client does), Inspector (one query per kind;
///    rows to catalog in a second function that unit tests call with pasted rows) and BatchReader.
///    Implement ExpressionReader (what the catalog prints, as a neutral tree), DdlWriter, DmlWriter and DataSql
///    (what it must be asked to compare data).
/// 4. Map every type of the engine to catalog::Type. Leave the meaning of pairs to harness/parity.
/// 5. Implement ServerProvider, if a server can be started locally, and ScratchDatabases.
/// 6. Register it: one line in cli/register_backends.cpp.
/// 7. Write its quirks class in tests/conformance and instantiate the suite: one line.
/// 8. Add its row to docs/adding-a-backend.md and docs/type-mapping.md.
///
/// A change anywhere else means that a seam is in the wrong place.
class Backend {
 public:
  virtual ~Backend() = default;

  /// "postgres": the word used in sources, options, file names and reports.
  virtual std::string_view name() const = 0;
  /// "PostgreSQL": for people.
  virtual std::string_view display_name() const = 0;
  /// Schemes of its URLs, the usual one first.
  virtual std::vector<std::string> url_schemes() const = 0;
  /// Words by which file names mark this engine ("postgres", "postgresql", "pg").
  virtual std::vector<std::string> file_infixes() const = 0;
  virtual const Capabilities& capabilities() const = 0;
  /// Client libraries and drivers on this machine.
  virtual std::vector<Finding> findings() const = 0;
  virtual const Dialect& dialect() const = 0;
  virtual const ScriptReader& script_reader() const = 0;
  virtual const Inspector& inspector() const = 0;
  virtual const ExpressionReader& expression_reader() const = 0;
  virtual const DdlWriter& ddl_writer() const = 0;
  virtual const DmlWriter& dml_writer() const = 0;
  virtual const DataSql& data_sql() const = 0;
  virtual const ServerProvider& servers() const = 0;
  virtual const ScratchDatabases& scratch_databases() const = 0;

  /// Opens a session. Throws Error: connection, authentication, permission, not_found (no such database),
  /// driver_missing. The message names the redacted URL.
  virtual std::unique_ptr<Session> connect(const ConnectionUrl& url) const = 0;
  /// Finds out whether a statement that cannot run in a transaction took effect, when the program that ran it
  /// did not live to see its end. May remove what a half-done attempt left (an invalid index).
  virtual InFlightVerdict resolve_in_flight(Session& session, const ScriptStatement& statement) const = 0;

  /// `session` must come from this backend and outlive the reader.
  virtual std::unique_ptr<BatchReader> read_batches(Session& session, std::string_view sql,
                                                    const BatchOptions& options) const = 0;
};

/// The engines of this program. Filled explicitly (a static initialiser would be dropped by the linker).
class BackendRegistry {
 public:
  void add(std::unique_ptr<Backend> backend);
  /// nullptr when there is none.
  const Backend* find(std::string_view name) const;
  /// By URL scheme; nullptr when there is none.
  const Backend* find_by_scheme(std::string_view scheme) const;
  /// Throws Error(usage) that lists the known names.
  const Backend& get(std::string_view name) const;
  /// In the order of registration.
  const std::vector<std::unique_ptr<Backend>>& all() const { return backends_; }

 private:
  std::vector<std::unique_ptr<Backend>> backends_;
};

}  // namespace paripassu
