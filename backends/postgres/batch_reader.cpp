#include "backends/postgres/batch_reader.h"

#include <fmt/format.h>
#include <pg_query.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "backends/interrupt.h"
#include "backends/postgres/binary_decoding.h"
#include "backends/postgres/error.h"
#include "backends/postgres/parser_lock.h"

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

/// "PGCOPY\n\377\r\n\0", flags, and the length of an extension that no server sends.
constexpr std::size_t kCopyHeaderBytes = 19;
constexpr std::int32_t kCopyNull = -1;  ///< in place of a length

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

std::string_view without_end(std::string_view sql) {
  const std::size_t end = sql.find_last_not_of("; \t\r\n\f\v");
  return sql.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

/// The line end is for a query that ends in a comment.
std::string in_copy(std::string_view sql) {
  return fmt::format("COPY ({}\n) TO STDOUT (FORMAT binary)", without_end(sql));
}

/// Whether the statement is a query that can stand inside COPY. Asked of libpg_query, since a refusal of the server
/// would end the transaction; what that does not understand is not copied.
bool can_be_copied(std::string_view sql) {
  const std::string statement = in_copy(sql);
  const std::lock_guard lock(parser_lock());
  const PgQueryParseResult parsed = pg_query_parse(statement.c_str());
  const std::string_view tree = parsed.error != nullptr || parsed.parse_tree == nullptr ? "" : parsed.parse_tree;
  const bool is_query = tree.find(R"("stmt":{"CopyStmt":{"query":{"SelectStmt":)") != std::string_view::npos;
  pg_query_free_parse_result(parsed);
  return is_query;
}

/// The query with casts around it. Its columns are named by position, since names may repeat or be missing.
std::string with_casts(std::string_view sql, const std::vector<Column>& columns) {
  sql = without_end(sql);
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

struct FreeCopied {
  void operator()(char* message) const { PQfreemem(message); }
};

class PostgresBatchReader final : public BatchReader {
 public:
  PostgresBatchReader(PostgresSession& session, std::string_view sql, const BatchOptions& options);
  ~PostgresBatchReader() override;
  std::size_t next(ColumnBatch& batch) override;

 private:
  void start();
  void set_up(ColumnBatch& batch);
  bool has_room(const ColumnBatch& batch) const;
  bool next_row();
  void append_row(ColumnBatch& batch) const;
  bool next_copied();
  void append_copied(ColumnBatch& batch);
  template <class Number>
  Number take_number();
  void take_header();
  void check_types() const;
  void finish();
  [[noreturn]] void fail(const PGresult* result);
  void drain();
  void cancel_and_drain();
  void abandon() noexcept;

  PostgresSession& session_;
  PGconn* connection_;
  std::string sql_;
  BatchOptions options_;
  std::vector<Column> columns_;
  std::vector<std::size_t> variable_;      ///< those without a fixed width
  std::size_t fixed_bytes_ = 0;            ///< of a row, with the offsets of its variable columns and its validity
  const ColumnBatch* prepared_ = nullptr;  ///< the batch whose columns were set up
  ResultHandle result_;
  int row_ = 0;  ///< in result_
  bool first_result_ = true;
  bool finished_ = false;
  bool savepoint_ = false;
  bool transaction_ = false;  ///< of the reader's own
  bool copying_ = false;
  bool header_taken_ = false;
  std::unique_ptr<char, FreeCopied> message_;
  std::string_view rest_;  ///< of the message
};

PostgresBatchReader::PostgresBatchReader(PostgresSession& session, std::string_view sql, const BatchOptions& options)
    : session_(session), connection_(session.native()), sql_(sql), options_(options) {
  Interrupt::throw_if_requested();
  copying_ = can_be_copied(sql_);
  if (copying_ && PQtransactionStatus(connection_) == PQTRANS_IDLE) {
    session_.begin();
    transaction_ = true;
  }
  try {
    start();
  } catch (const Error& error) {
    if (transaction_ && !error.poisons_connection()) session_.rollback();
    throw;
  }
}

void PostgresBatchReader::start() {
  columns_ = describe(session_, sql_);
  if (columns_.empty()) copying_ = false;
  std::string sent = sql_;
  if (choose_decoders(session_, columns_)) {
    sent = with_casts(sql_, columns_);
    try {
      describe(session_, sent);
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
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t width = fixed_width(columns_[i].layout);
    if (width == 0) variable_.push_back(i);
    fixed_bytes_ += (width == 0 ? sizeof(std::uint64_t) : width) + 1;
  }
  if (!transaction_ && PQtransactionStatus(connection_) == PQTRANS_INTRANS) {
    session_.execute(kSetSavepoint, {});
    savepoint_ = true;
  }
  session_.count_round_trip();
  if (copying_) {
    if (PQsendQuery(connection_, in_copy(sent).c_str()) == 0) throw error_from(connection_, nullptr, sql_);
    return;
  }
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
    message_.reset();
    if (PQstatus(connection_) == CONNECTION_BAD) return;
    if (transaction_) session_.rollback();
    if (!savepoint_) return;
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

/// After the last row and the server's word that it was.
void PostgresBatchReader::finish() {
  finished_ = true;
  if (PQstatus(connection_) == CONNECTION_BAD) throw error_from(connection_, nullptr, sql_);
  if (transaction_) {
    try {
      session_.commit();
    } catch (const Error& error) {
      if (!error.poisons_connection()) session_.rollback();
      throw;
    }
  }
  if (savepoint_) session_.execute(kReleaseSavepoint, {});
}

void PostgresBatchReader::fail(const PGresult* result) {
  const Error error = error_from(connection_, result, sql_);
  result_.reset();
  message_.reset();
  drain();
  if (transaction_ && !error.poisons_connection()) session_.rollback();
  throw Error(error);
}

/// Makes `row_` of `result_` the next row; false at the end.
bool PostgresBatchReader::next_row() {
  if (result_ && ++row_ < PQntuples(result_.get())) return true;
  while (!finished_) {
    result_.reset(PQgetResult(connection_));
    row_ = 0;
    if (!result_) {
      finish();
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
      default:
        fail(result_.get());
    }
  }
  result_.reset();
  return false;
}

void PostgresBatchReader::append_row(ColumnBatch& batch) const {
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
}

template <class Number>
Number PostgresBatchReader::take_number() {
  if (rest_.size() < sizeof(Number))
    throw Error(ErrorCategory::internal, "the server cut a row in two").with_engine("postgres").with_statement(sql_);
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) value = (value << 8U) | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(sizeof(Number));
  return static_cast<Number>(value);
}

void PostgresBatchReader::take_header() {
  if (rest_.size() < kCopyHeaderBytes || !rest_.starts_with("PGCOPY\n"))
    throw Error(ErrorCategory::internal, "the server copies in a form that is not known")
        .with_engine("postgres")
        .with_statement(sql_);
  rest_.remove_prefix(kCopyHeaderBytes);
  header_taken_ = true;
}

/// Makes `rest_` begin with a row; false at the end.
bool PostgresBatchReader::next_copied() {
  if (first_result_) {
    first_result_ = false;
    const ResultHandle begun(PQgetResult(connection_));
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) fail(begun.get());
    if (PQnfields(begun.get()) != static_cast<int>(columns_.size()))
      throw Error(ErrorCategory::internal, "the server copies other columns than it described")
          .with_engine("postgres")
          .with_statement(sql_);
  }
  while (rest_.empty()) {
    char* message = nullptr;
    const int bytes = PQgetCopyData(connection_, &message, 0);
    message_.reset(message);
    if (bytes == -2) fail(nullptr);
    if (bytes == -1) break;
    rest_ = {message, static_cast<std::size_t>(bytes)};
    if (!header_taken_) take_header();
    constexpr std::string_view kTrailer = "\xff\xff";
    if (rest_ == kTrailer) rest_ = {};
  }
  if (!rest_.empty()) return true;
  while (const ResultHandle last{PQgetResult(connection_)})
    if (PQresultStatus(last.get()) != PGRES_COMMAND_OK) fail(last.get());
  finish();
  return false;
}

void PostgresBatchReader::append_copied(ColumnBatch& batch) {
  if (static_cast<std::size_t>(take_number<std::int16_t>()) != columns_.size())
    throw Error(ErrorCategory::internal, "the server sent a row of another length")
        .with_engine("postgres")
        .with_statement(sql_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::int32_t length = take_number<std::int32_t>();
    if (length == kCopyNull) {
      batch.columns[i].append_null(batch.rows);
      continue;
    }
    const auto bytes = static_cast<std::size_t>(length);
    if (length < 0 || bytes > rest_.size())
      throw Error(ErrorCategory::internal, "the server cut a value in two")
          .with_engine("postgres")
          .with_statement(sql_);
    columns_[i].decode(rest_.substr(0, bytes), batch.columns[i]);
    rest_.remove_prefix(bytes);
  }
}

/// ColumnBatch::byte_size asks all vectors, which is too much for every row.
bool PostgresBatchReader::has_room(const ColumnBatch& batch) const {
  if (batch.rows >= options_.batch_rows_max) return false;
  std::size_t bytes = batch.rows * fixed_bytes_;
  for (const std::size_t i : variable_) bytes += batch.columns[i].data.size();
  return bytes < options_.batch_bytes_max;
}

void PostgresBatchReader::set_up(ColumnBatch& batch) {
  batch.columns.assign(columns_.size(), {});
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    batch.columns[i].name = columns_[i].name;
    batch.columns[i].type_name = columns_[i].type_name;
    batch.columns[i].layout = columns_[i].layout;
  }
  prepared_ = &batch;
}

std::size_t PostgresBatchReader::next(ColumnBatch& batch) {
  Interrupt::throw_if_requested();
  if (prepared_ != &batch) set_up(batch);
  batch.clear();
  if (finished_) return 0;
  do {
    if (copying_ ? !next_copied() : !next_row()) break;
    if (copying_) {
      append_copied(batch);
    } else {
      append_row(batch);
    }
    ++batch.rows;
  } while (has_room(batch));
  return batch.rows;
}

}  // namespace

std::unique_ptr<BatchReader> read_batches(PostgresSession& session, std::string_view sql, const BatchOptions& options) {
  return std::make_unique<PostgresBatchReader>(session, sql, options);
}

}  // namespace paripassu::postgres
