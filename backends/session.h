#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/error.h"
#include "backends/script_reader.h"

namespace paripassu {

/// One value as text, or NULL.
using Cell = std::optional<std::string>;

/// A small result, whole in memory: catalogs, ledgers, counts. Bulk goes through BatchReader.
class ResultSet {
 public:
  ResultSet() = default;
  explicit ResultSet(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t row_count() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  /// The cells of row `index`; valid until the result is changed or destroyed.
  std::span<const Cell> row(std::size_t index) const {
    return std::span<const Cell>(cells_).subspan(index * columns_.size(), columns_.size());
  }
  void append(Cell cell) { cells_.push_back(std::move(cell)); }
  void reserve_rows(std::size_t rows) { cells_.reserve(rows * columns_.size()); }

 private:
  std::vector<std::string> columns_;
  std::vector<Cell> cells_;
};

/// What runs behind a session, as it describes itself.
struct ServerInfo {
  std::string engine;   ///< the backend's name: "postgres", "sqlserver"
  std::string product;  ///< "PostgreSQL", "Microsoft SQL Server", "Babelfish for PostgreSQL"
  std::string version;  ///< "15.20", "16.0.4135.4"
  int version_major = 0;
  std::string database;
  std::string user;
  std::string driver;  ///< "libpq 15.8", "FreeTDS 1.3.17", "msodbcsql 18.3"
  /// Named ways in which this server is known to differ from its engine (Babelfish), each explained in
  /// docs/babelfish.md. Empty for the engine itself.
  std::vector<std::string> deviations;
  /// False for a stand-in such as Babelfish: every output says so.
  bool genuine = true;

  /// "PostgreSQL 15.20", or "Babelfish for PostgreSQL 4.4.0 [stand-in]".
  std::string label() const;
};

enum class TransactionState { none, open, failed };

/// What one script statement did.
struct StatementOutcome {
  std::int64_t rows_affected = 0;      ///< of the last statement that reports it; -1 unknown
  std::vector<Diagnostic> messages;    ///< PRINT, RAISE NOTICE, warnings; at most kMessagesPerStatementMax
  std::uint64_t messages_dropped = 0;  ///< how many more there were
};

/// A connection to one database of one server, on a soci::session, with the driver's own handle below it
/// for scripts, catalogs and bulk (docs/adr/0001-soci-and-native-handles.md says which goes where).
///
/// A session belongs to one thread; `cancel()` alone may be called from another. Every method throws Error.
class Session {
 public:
  virtual ~Session() = default;

  virtual const ServerInfo& server() const = 0;

  /// Runs one statement with text parameters (placeholders by Dialect::placeholder) and returns all rows.
  virtual ResultSet query(std::string_view sql, std::span<const Cell> parameters = {}) = 0;
  /// Runs one statement for its effect; returns the rows affected, or -1 where the server does not say.
  virtual std::int64_t execute(std::string_view sql, std::span<const Cell> parameters = {}) = 0;

  /// Runs one statement or batch of a script exactly once (`repeat` is the executor's business) on the
  /// native handle, draining every result set and every diagnostic. An error after the first statement
  /// of a batch is thrown like any other. The Error carries the position in the script's file.
  virtual StatementOutcome run(const ScriptStatement& statement) = 0;

  virtual void begin() = 0;
  virtual void commit() = 0;
  /// Rolls back if a transaction is open; safe to call at any time on a living connection.
  virtual void rollback() = 0;
  /// Asks the server; the script may have changed it.
  virtual TransactionState transaction_state() = 0;

  /// Tries once, without waiting, to take a lock that lasts as long as this session; never blocks, so that
  /// it cannot deadlock with CREATE INDEX CONCURRENTLY (golang-migrate issue 960).
  virtual bool try_lock(std::string_view name) = 0;
  virtual void unlock(std::string_view name) = 0;

  /// How long a statement waits for a lock; 0 waits forever.
  virtual void set_lock_timeout_ms(int timeout_ms) = 0;
  /// How long a statement may run; 0 is unlimited.
  virtual void set_statement_timeout_ms(int timeout_ms) = 0;

  /// Makes `name` the database that the session is in, where a session can change over (SQL Server); false, and nothing
  /// is changed, where it cannot. Its settings, locks and temporary tables stay. Throws Error, and stays where it is,
  /// when there is no such database or it may not be used.
  virtual bool enter_database(const std::string&) { return false; }

  /// Asks the server to abandon what this session is executing. Thread-safe, never throws.
  virtual void cancel() noexcept = 0;
  /// False once the connection is known to be lost.
  virtual bool connected() = 0;

  /// Requests sent so far, for the benchmarks ("at most one query per kind").
  virtual std::uint64_t round_trips() const = 0;
};

/// Rolls back unless `commit()` was called.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(session) { session_.begin(); }
  ~Transaction();
  void commit();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

 private:
  Session& session_;
  bool done_ = false;
};

}  // namespace paripassu
