#include "backends/postgres/batch_reader.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "backends/interrupt.h"
#include "backends/postgres/binary_decoding.h"
#include "backends/postgres/error.h"

namespace paripassu::postgres {

namespace {

constexpr Oid kMoney = 790;
constexpr Oid kText = 25;
constexpr Oid kNumeric = 1700;
#ifdef LIBPQ_HAS_CHUNK_MODE
constexpr int kRowsPerChunk = 16;  ///< libpq holds so many at a time; they may be wide
#endif
constexpr int kCancelAgain_ms = 100;
constexpr const char* kSetSavepoint = "SAVEPOINT paripassu_batches";
constexpr const char* kReleaseSavepoint = "RELEASE SAVEPOINT paripassu_batches";
constexpr const char* kRollbackToSavepoint = "ROLLBACK TO SAVEPOINT paripassu_batches";

constexpr const char* kTypesQuery = R"(
SELECT t.oid,
       t.typtype,
       format_type(t.oid, NULL)
FROM pg_catalog.pg_type t
WHERE t.oid = ANY ($1::oid[]))";

struct Column {
  std::string name;
  std::string type_name;
  Oid type = 0;  ///< in which the query sends it
  ColumnLayout layout = ColumnLayout::text;
  Decoder decode = decode_text;
  const char* cast = nullptr;  ///< what the server is asked to turn it into, if anything
};

/// What the statement would return, without running it.
std::vector<Column> describe(PostgresSession& session, const std::string& sql) {
  PGconn* const connection = session.native();
  session.count_round_trip();
  const ResultHandle prepared(PQprepare(connection, "", sql.c_str(), 0, nullptr));
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) throw error_from(connection, prepared.get(), sql);
  session.count_round_trip();
  const ResultHandle described(PQdescribePrepared(connection, ""));
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) throw error_from(connection, described.get(), sql);
  std::vector<Column> columns(static_cast<std::size_t>(PQnfields(described.get())));
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    Column& column = columns[static_cast<std::size_t>(i)];
    column.name = PQfname(described.get(), i);
    column.type = PQftype(described.get(), i);
  }
  return columns;
}

/// Chooses a decoder for each column. True when the server must cast some of them.
bool choose_decoders(PostgresSession& session, std::vector<Column>& columns) {
  std::string others;
  for (Column& column : columns) {
    if (const std::optional<BinaryType> known = binary_type(column.type)) {
      column.type_name = known->name;
      column.layout = known->layout;
      column.decode = known->decode;
    } else {
      others += (others.empty() ? "{" : ",") + std::to_string(column.type);
    }
  }
  if (others.empty()) return false;

  const std::array<Cell, 1> parameters = {others + "}"};
  const ResultSet types = session.query(kTypesQuery, parameters);
  bool wrap = false;
  for (Column& column : columns) {
    if (!column.type_name.empty()) continue;
    bool is_enum = false;
    for (std::size_t row = 0; row < types.row_count(); ++row) {
      const auto cells = types.row(row);
      if (cells[0] != std::to_string(column.type)) continue;
      is_enum = cells[1] == "e";
      column.type_name = cells[2].value_or("");
    }
    if (is_enum) continue;
    wrap = true;
    if (column.type == kMoney) {
      // Its text is in the server's locale.
      column.cast = "numeric";
      column.type = kNumeric;
      column.layout = ColumnLayout::decimal;
      column.decode = binary_type(kNumeric)->decode;
    } else {
      column.cast = "text";
      column.type = kText;
    }
  }
  return wrap;
}

/// The query with casts around it. Its columns are named by position, since names may repeat or be missing.
std::string with_casts(std::string_view sql, const std::vector<Column>& columns) {
  const std::size_t end = sql.find_last_not_of("; \t\r\n\f\v");
  sql = sql.substr(0, end == std::string_view::npos ? 0 : end + 1);
  std::string list;
  std::string aliases;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view separator = i == 0 ? "" : ", ";
    fmt::format_to(std::back_inserter(list), "{}q.c{}", separator, i + 1);
    if (columns[i].cast != nullptr) fmt::format_to(std::back_inserter(list), "::pg_catalog.{}", columns[i].cast);
    fmt::format_to(std::back_inserter(aliases), "{}c{}", separator, i + 1);
  }
  // The line end is for a query that ends in a comment.
  return fmt::format("SELECT {} FROM ({}\n) AS q ({})", list, sql, aliases);
}

class PostgresBatchReader final : public BatchReader {
 public:
  PostgresBatchReader(PostgresSession& session, std::string_view sql, const BatchOptions& options);
  ~PostgresBatchReader() override;
  std::size_t next(ColumnBatch& batch) override;

 private:
  bool next_row();
  void check_types() const;
  void drain();
  void cancel_and_drain();
  void abandon() noexcept;

  PostgresSession& session_;
  PGconn* connection_;
  std::string sql_;
  BatchOptions options_;
  std::vector<Column> columns_;
  const ColumnBatch* prepared_ = nullptr;  ///< the batch whose columns were set up
  ResultHandle result_;
  int row_ = 0;  ///< in result_
  bool first_result_ = true;
  bool finished_ = false;
  bool savepoint_ = false;
};

PostgresBatchReader::PostgresBatchReader(PostgresSession& session, std::string_view sql, const BatchOptions& options)
    : session_(session), connection_(session.native()), sql_(sql), options_(options) {
  Interrupt::throw_if_requested();
  columns_ = describe(session, sql_);
  std::string sent = sql_;
  if (choose_decoders(session, columns_)) {
    sent = with_casts(sql_, columns_);
    try {
      describe(session, sent);
    } catch (Error& error) {
      if (error.category() != ErrorCategory::syntax && error.category() != ErrorCategory::not_supported) throw;
      const auto column = std::find_if(columns_.begin(), columns_.end(), [](const Column& c) { return c.cast; });
      throw Error(ErrorCategory::not_supported,
                  fmt::format("column \"{}\" has the type {}, which is read as text, and this statement cannot be "
                              "wrapped in a query that casts it",
                              column->name, column->type_name))
          .with_engine("postgres")
          .with_statement(sql_)
          .with_diagnostics(error.diagnostics())
          .with_remedy("cast the column to text in the statement itself");
    }
  }
  if (PQtransactionStatus(connection_) == PQTRANS_INTRANS) {
    session_.execute(kSetSavepoint, {});
    savepoint_ = true;
  }
  session_.count_round_trip();
  if (PQsendQueryParams(connection_, sent.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) == 0)
    throw error_from(connection_, nullptr, sql_);
#ifdef LIBPQ_HAS_CHUNK_MODE
  const bool streaming = PQsetChunkedRowsMode(connection_, kRowsPerChunk) == 1;
#else
  const bool streaming = PQsetSingleRowMode(connection_) == 1;
#endif
  if (!streaming) {
    abandon();
    throw Error(ErrorCategory::internal, "libpq refused to stream the rows of a query").with_engine("postgres");
  }
}

PostgresBatchReader::~PostgresBatchReader() {
  if (!finished_) abandon();
}

/// Cancels the query and reads until the connection is ready for the next statement.
void PostgresBatchReader::cancel_and_drain() {
  using Clock = std::chrono::steady_clock;
  session_.cancel();
  Clock::time_point cancelled = Clock::now();
  for (;;) {
    // A request that overtakes its query finds an idle server, which ignores it. So it is repeated.
    if (Clock::now() - cancelled > std::chrono::milliseconds(kCancelAgain_ms)) {
      session_.cancel();
      cancelled = Clock::now();
    }
    // More is read only when it is needed: PQconsumeInput moves all that libpq holds, and would do so for every row.
    if (PQisBusy(connection_) == 1) {
      pollfd wait{PQsocket(connection_), POLLIN, 0};
      if (poll(&wait, 1, kCancelAgain_ms) != 0 && PQconsumeInput(connection_) == 0) break;
      continue;
    }
    const ResultHandle rest{PQgetResult(connection_)};
    const ExecStatusType status = PQresultStatus(rest.get());
    if (!rest || status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) break;
  }
  drain();
}

/// Reads until the connection is ready for the next statement.
void PostgresBatchReader::drain() {
  finished_ = true;
  while (const ResultHandle rest{PQgetResult(connection_)}) {
    const ExecStatusType status = PQresultStatus(rest.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) PQputCopyEnd(connection_, "not read in batches");
    if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      char* row = nullptr;
      while (PQgetCopyData(connection_, &row, 0) > 0) PQfreemem(row);
    }
    if (PQstatus(connection_) == CONNECTION_BAD) break;
  }
}

void PostgresBatchReader::abandon() noexcept {
  try {
    result_.reset();
    cancel_and_drain();
    if (!savepoint_ || PQstatus(connection_) == CONNECTION_BAD) return;
    session_.execute(kRollbackToSavepoint, {});
    session_.execute(kReleaseSavepoint, {});
  } catch (const std::exception&) {
    // The transaction is left as failed, or the connection as lost: whoever uses the session next is told.
  }
}

void PostgresBatchReader::check_types() const {
  bool same = PQnfields(result_.get()) == static_cast<int>(columns_.size());
  for (int i = 0; same && i < PQnfields(result_.get()); ++i)
    same = PQftype(result_.get(), i) == columns_[static_cast<std::size_t>(i)].type;
  if (!same)
    throw Error(ErrorCategory::data, "the columns of the query changed while it was being started")
        .with_engine("postgres")
        .with_statement(sql_)
        .with_remedy("run it again once nobody alters its tables");
}

/// Makes `row_` of `result_` the next row; false at the end.
bool PostgresBatchReader::next_row() {
  if (result_ && ++row_ < PQntuples(result_.get())) return true;
  while (!finished_) {
    result_.reset(PQgetResult(connection_));
    row_ = 0;
    if (!result_) {
      finished_ = true;
      if (PQstatus(connection_) == CONNECTION_BAD) throw error_from(connection_, nullptr, sql_);
      if (savepoint_) session_.execute(kReleaseSavepoint, {});
      break;
    }
    switch (PQresultStatus(result_.get())) {
      case PGRES_SINGLE_TUPLE:
#ifdef LIBPQ_HAS_CHUNK_MODE
      case PGRES_TUPLES_CHUNK:
#endif
        if (first_result_) check_types();
        first_result_ = false;
        return true;
      case PGRES_TUPLES_OK:  // comes after the last row, itself without rows
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        break;
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        abandon();
        throw Error(ErrorCategory::not_supported, "COPY does not return rows that could be read in batches")
            .with_engine("postgres")
            .with_statement(sql_)
            .with_remedy("use the query that COPY contains");
      default: {
        const Error error = error_from(connection_, result_.get(), sql_);
        result_.reset();
        drain();
        throw Error(error);
      }
    }
  }
  result_.reset();
  return false;
}

std::size_t PostgresBatchReader::next(ColumnBatch& batch) {
  Interrupt::throw_if_requested();
  if (prepared_ != &batch) {
    batch.columns.assign(columns_.size(), {});
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      batch.columns[i].name = columns_[i].name;
      batch.columns[i].type_name = columns_[i].type_name;
      batch.columns[i].layout = columns_[i].layout;
    }
    prepared_ = &batch;
  }
  batch.clear();
  do {
    if (!next_row()) break;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const int field = static_cast<int>(i);
      ColumnVector& column = batch.columns[i];
      if (PQgetisnull(result_.get(), row_, field) != 0) {
        column.append_null(batch.rows);
      } else {
        const auto length = static_cast<std::size_t>(PQgetlength(result_.get(), row_, field));
        columns_[i].decode({PQgetvalue(result_.get(), row_, field), length}, column);
      }
    }
    ++batch.rows;
  } while (batch.rows < options_.batch_rows_max && batch.byte_size() < options_.batch_bytes_max);
  return batch.rows;
}

}  // namespace

std::unique_ptr<BatchReader> read_batches(PostgresSession& session, std::string_view sql, const BatchOptions& options) {
  return std::make_unique<PostgresBatchReader>(session, sql, options);
}

}  // namespace paripassu::postgres
