#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends/backend.h"

/// An engine in memory: statements are kept, rows are answered from a batch. What no test of the room needs throws.
namespace paripassu::test {

[[noreturn]] inline void not_faked() {
  throw std::logic_error("the fake engine cannot do that");
}

class FakeSession final : public Session {
 public:
  /// Called with every statement; throws what a server would.
  std::function<void(const std::string&)> on_execute = [](const std::string&) {};
  std::function<void()> on_commit = [] {};
  std::vector<std::string> log;  ///< statements, "begin", "commit", "rollback"
  bool open = false;

  const ServerInfo& server() const override { return info_; }
  ResultSet query(std::string_view, std::span<const Cell>) override { not_faked(); }
  std::int64_t execute(std::string_view sql, std::span<const Cell>) override {
    log.emplace_back(sql);
    on_execute(log.back());
    return 1;
  }
  StatementOutcome run(const ScriptStatement&) override { not_faked(); }
  void begin() override {
    if (open) throw Error(ErrorCategory::transaction, "a transaction is open");
    open = true;
    log.emplace_back("begin");
  }
  void commit() override {
    on_commit();
    open = false;
    log.emplace_back("commit");
  }
  void rollback() override {
    open = false;
    log.emplace_back("rollback");
  }
  TransactionState transaction_state() override { return open ? TransactionState::open : TransactionState::none; }
  bool try_lock(std::string_view) override { not_faked(); }
  void unlock(std::string_view) override { not_faked(); }
  void set_lock_timeout_ms(int) override { not_faked(); }
  void set_statement_timeout_ms(int) override { not_faked(); }
  void cancel() noexcept override {}
  bool connected() override { return true; }
  std::uint64_t round_trips() const override { return log.size(); }

 private:
  ServerInfo info_;
};

class FakeBackend final : public Backend {
 public:
  /// Prints "main.orders(id,note) ('1','x') ('2',default)"; refuses the text "refused".
  class Writer final : public DmlWriter {
   public:
    std::string literal(const catalog::Type&, const Cell& value) const override {
      if (!value) return "NULL";
      if (*value == "refused") throw Error(ErrorCategory::data, "'refused' is refused");
      return "'" + *value + "'";
    }
    std::vector<std::string> insert(const std::string& schema, const std::string& table,
                                    const std::vector<DmlColumn>& columns,
                                    const std::vector<std::vector<Value>>& rows) const override {
      std::string sql = schema + "." + table + "(";
      for (const DmlColumn& column : columns) {
        if (sql.back() != '(') sql += ",";
        sql += column.name + (column.identity ? "#" : "");
      }
      sql += ")";
      for (const auto& row : rows) {
        sql += " (";
        for (std::size_t i = 0; i < row.size(); ++i) {
          if (i > 0) sql += ",";
          sql += row[i] ? literal(columns[i].type, *row[i]) : "default";
        }
        sql += ")";
      }
      return {sql};
    }
    std::string update(const std::string&, const std::string&, const std::vector<DmlColumn>&, const std::vector<Value>&,
                       const std::vector<DmlColumn>&, const std::vector<Cell>&) const override {
      not_faked();
    }
    std::string remove(const std::string&, const std::string&, const std::vector<DmlColumn>&,
                       const std::vector<Cell>&) const override {
      not_faked();
    }
    std::string remove_copies(const std::string&, const std::string&, const std::vector<DmlColumn>&,
                              const std::vector<Cell>&, std::uint64_t) const override {
      not_faked();
    }
    std::string key_condition(const std::vector<DmlColumn>&, const std::vector<std::vector<Cell>>&) const override {
      not_faked();
    }
  };

  class Quotes final : public Dialect {
   public:
    std::string quote_identifier(std::string_view name) const override { return "<" + std::string(name) + ">"; }
    std::string quote_literal(std::string_view) const override { not_faked(); }
    std::string placeholder(int) const override { not_faked(); }
    std::string default_schema() const override { return "main"; }
    int identifier_length_max() const override { not_faked(); }
    std::string text_type(int) const override { not_faked(); }
    std::string bigint_type() const override { not_faked(); }
    std::string utc_timestamp_type() const override { not_faked(); }
    std::string utc_now() const override { not_faked(); }
    std::string utc_text(std::string_view) const override { not_faked(); }
    std::string table_exists_query() const override { not_faked(); }
    std::string create_schema_if_missing(std::string_view) const override { not_faked(); }
    std::string use_schema(std::string_view) const override { not_faked(); }
    std::string client_url(ClientUrlForm, const ConnectionUrl&) const override { not_faked(); }
    bool changes_session(std::span<const StatementWord>) const override { not_faked(); }
  };

  class Reader final : public BatchReader {
   public:
    Reader(ColumnBatch answer, std::size_t times) : answer_(std::move(answer)), times_(times) {}
    std::size_t next(ColumnBatch& batch) override {
      batch = answer_;
      if (times_ == 0) batch.clear();
      if (times_ > 0) --times_;
      return batch.rows;
    }

   private:
    ColumnBatch answer_;
    std::size_t times_;
  };

  ColumnBatch answer;
  std::size_t answer_times = 1;
  mutable std::string asked;  ///< the last query

  std::string_view name() const override { return "fake"; }
  std::string_view display_name() const override { return "Fake"; }
  std::vector<std::string> url_schemes() const override { not_faked(); }
  std::vector<std::string> file_infixes() const override { not_faked(); }
  const Capabilities& capabilities() const override { not_faked(); }
  std::vector<Finding> findings() const override { not_faked(); }
  const Dialect& dialect() const override { return dialect_; }
  const ScriptReader& script_reader() const override { not_faked(); }
  const Inspector& inspector() const override { not_faked(); }
  const ExpressionReader& expression_reader() const override { not_faked(); }
  const DdlWriter& ddl_writer() const override { not_faked(); }
  const DmlWriter& dml_writer() const override { return writer_; }
  const DataSql& data_sql() const override { not_faked(); }
  const ServerProvider& servers() const override { not_faked(); }
  const ScratchDatabases& scratch_databases() const override { not_faked(); }
  std::unique_ptr<Session> connect(const ConnectionUrl&) const override { not_faked(); }
  InFlightVerdict resolve_in_flight(Session&, const ScriptStatement&) const override { not_faked(); }
  std::unique_ptr<BatchReader> read_batches(Session&, std::string_view sql, const BatchOptions&) const override {
    asked = sql;
    return std::make_unique<Reader>(answer, answer_times);
  }

 private:
  Quotes dialect_;
  Writer writer_;
};

}  // namespace paripassu::test
