#pragma once

#include <libpq-fe.h>

#include <memory>
#include <mutex>

#include "backends/connection_url.h"
#include "backends/soci/soci_session.h"

namespace paripassu::postgres {

/// Frees a PGresult.
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// libpq's `key='value' …` for a URL: every parameter passes through, quoted.
std::string connection_info(const ConnectionUrl& url);

/// A session on SOCI's own PGconn.
class PostgresSession final : public SociSession {
 public:
  /// Connects. Throws Error (see Backend::connect).
  explicit PostgresSession(const ConnectionUrl& url);
  ~PostgresSession() override;

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
  void cancel() noexcept override;
  bool connected() override;

  /// SOCI's connection, for the batch reader. Owned by SOCI.
  PGconn* native() { return connection_; }
  using SociSession::count_round_trip;

 private:
  ResultHandle execute_raw(std::string_view sql, std::span<const Cell> parameters);
  void receive_notice(const PGresult* notice);

  PGconn* connection_ = nullptr;
  PGcancel* cancel_ = nullptr;
  std::mutex cancel_mutex_;
  ServerInfo server_;
  StatementOutcome* outcome_ = nullptr;  ///< where notices go while a script statement runs
};

}  // namespace paripassu::postgres
