#include "harness/datacheck/query_reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/limits.h"

namespace paripassu::datacheck {

namespace {

/// Ends the transaction, whatever became of the connection.
class RolledBack {
 public:
  explicit RolledBack(Session& session) : session_(session) {}
  ~RolledBack() {
    try {
      session_.rollback();
    } catch (const std::exception&) {
      // The connection is lost, and the transaction with it.
    }
  }
  RolledBack(const RolledBack&) = delete;
  RolledBack& operator=(const RolledBack&) = delete;

 private:
  Session& session_;
};

}  // namespace

ServerInfo Reader::open() {
  if (!session_ || !session_->connected()) {
    session_.reset();
    session_ = side_.connect();
  }
  return session_->server();
}

template <typename Body>
auto Reader::in_snapshot(const Body& body) {
  open();
  try {
    const RolledBack transaction(*session_);
    const ReadSnapshot snapshot = backend().data_sql().begin_snapshot(*session_);
    if (!snapshot.consistent && !snapshot.note.empty()) {
      std::string note = fmt::format("{}: {}", backend().display_name(), snapshot.note);
      if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
    }
    return body(*session_);
  } catch (const Error& error) {
    if (error.poisons_connection()) session_.reset();
    throw;
  }
}

RowSet Reader::read(const std::string& sql, const std::string& name) {
  static_assert(limits::kQueryRowsMax == limits::kTestRowsMax, "read_query has the bound of test data");
  try {
    return in_snapshot([&](Session& session) { return read_query(session, backend(), sql, name); });
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::resources || !error.sqlstate().empty()) throw;
    throw Error(ErrorCategory::resources, fmt::format("the result has more than {} rows", limits::kQueryRowsMax))
        .with_remedy(
            "results are compared in memory: aggregate, or restrict the query; whole tables are for data-diff");
  }
}

FirstRows Reader::read_first(const std::string& sql, std::size_t rows_max) {
  return in_snapshot([&](Session& session) {
    FirstRows result;
    ColumnBatch batch;
    const std::unique_ptr<BatchReader> reader = backend().read_batches(session, sql, {});
    for (bool first = true; result.count < limits::kQueryRowsMax; first = false) {
      const std::size_t rows = reader->next(batch);
      if (first)
        for (const ColumnVector& column : batch.columns) result.columns.push_back(column.name);
      if (rows == 0) break;
      for (std::size_t row = 0; row < rows && result.rows.size() < rows_max; ++row) {
        std::vector<Cell>& cells = result.rows.emplace_back();
        for (std::size_t i = 0; i < batch.columns.size(); ++i)
          cells.push_back(batch.columns[i].is_null(row) ? Cell() : Cell(batch.format(i, row)));
      }
      result.count += rows;
    }
    return result;
  });
}

bool ends_the_run(const Error& error) {
  return error.category() == ErrorCategory::interrupted || error.category() == ErrorCategory::internal;
}

void append_words(const Error& error, std::vector<std::string>& lines) {
  for (const Diagnostic& diagnostic : error.diagnostics()) {
    if (diagnostic.message != error.message()) lines.push_back(diagnostic.message);
    if (!diagnostic.detail.empty()) lines.push_back("detail: " + diagnostic.detail);
    if (!diagnostic.hint.empty()) lines.push_back("hint: " + diagnostic.hint);
  }
  if (!error.remedy().empty()) lines.push_back("→ " + error.remedy());
}

}  // namespace paripassu::datacheck
