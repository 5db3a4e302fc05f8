#pragma once

#include <sql.h>
#include <sqlext.h>

#include <mutex>

#include "backends/connection_url.h"
#include "backends/odbc/statement.h"
#include "backends/soci/soci_session.h"

namespace paripassu::sqlserver {

/// A session on SOCI's own HDBC. Transactions are explicit T-SQL (`BEGIN TRANSACTION`) and not ODBC's manual commit
/// mode, which the two drivers implement differently and which would start transactions by itself.
class SqlServerSession final : public SociSession {
 public:
  /// Connects. Throws Error (see Backend::connect).
  explicit SqlServerSession(const ConnectionUrl& url);
  ~SqlServerSession() override;

  const ServerInfo& server() const override { return server_; }
  ResultSet query(std::string_view sql, std::span<const Cell> parameters) override;
  std::int64_t execute(std::string_view sql, std::span<const Cell> parameters) override;
  StatementOutcome run(const ScriptStatement& statement) override;
  void begin() override;
  void commit() override;
  void rollback() override;
  TransactionState transaction_state() override;
  bool try_lock(std::string_view name) override;
  void unlock(std::string_view name) override;
  void set_lock_timeout_ms(int timeout_ms) override;
  void set_statement_timeout_ms(int timeout_ms) override;
  bool enter_database(const std::string& name) override;
  void cancel() noexcept override;
  bool connected() override;

  /// SOCI's connection, for the batch reader. Owned by SOCI.
  SQLHDBC native() { return connection_; }
  const odbc::ErrorBuilder& error_builder() const { return build_error_; }
  /// Gives a new statement the session's time limit.
  void apply_timeout(odbc::Statement& statement) const;
  using SociSession::count_round_trip;

  /// Makes `cancel()` reach `statement` while it lives.
  class Running {
   public:
    Running(SqlServerSession& session, odbc::Statement& statement);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    SqlServerSession& session_;
  };

 private:
  void read_server_info();
  void drain(odbc::Statement& statement, std::vector<Diagnostic>& failures);

  SQLHDBC connection_ = nullptr;
  ServerInfo server_;
  odbc::ErrorBuilder build_error_;
  int statement_timeout_s_ = 0;
  std::mutex running_mutex_;
  SQLHSTMT running_ = nullptr;
};

}  // namespace paripassu::sqlserver
