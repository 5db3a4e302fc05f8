#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends/session.h"

namespace paripassu::test {

/// A session that answers queries as it is told, and writes down what it was asked.
class AnsweringSession final : public Session {
 public:
  using Answer = std::function<std::vector<Cell>(const std::string& sql)>;
  explicit AnsweringSession(Answer answer) : answer_(std::move(answer)) {}

  /// One row; may throw Error.
  ResultSet query(std::string_view sql, std::span<const Cell>) override {
    log.emplace_back(sql);
    const std::vector<Cell> cells = answer_(log.back());
    ResultSet rows(std::vector<std::string>(cells.size(), "c"));
    for (const Cell& cell : cells) rows.append(cell);
    return rows;
  }
  std::int64_t execute(std::string_view sql, std::span<const Cell>) override {
    log.emplace_back(sql);
    answer_(log.back());
    return 0;
  }
  void rollback() override { log.emplace_back("rollback"); }

  const ServerInfo& server() const override { return info_; }
  StatementOutcome run(const ScriptStatement&) override { unused(); }
  void begin() override { unused(); }
  void commit() override { unused(); }
  TransactionState transaction_state() override { unused(); }
  bool try_lock(std::string_view) override { unused(); }
  void unlock(std::string_view) override { unused(); }
  void set_lock_timeout_ms(int) override { unused(); }
  void set_statement_timeout_ms(int) override { unused(); }
  void cancel() noexcept override {}
  bool connected() override { return true; }
  std::uint64_t round_trips() const override { return log.size(); }

  std::vector<std::string> log;

 private:
  [[noreturn]] static void unused() { throw std::logic_error("the session was asked for more than answers"); }

  Answer answer_;
  ServerInfo info_;
};

}  // namespace paripassu::test
