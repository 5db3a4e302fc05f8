#include "backends/postgres/session.h"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "backends/limits.h"
#include "backends/postgres/error.h"

namespace paripassu::postgres {

namespace {

constexpr std::size_t kCopyChunkBytes = 64 * 1024;

void append_option(std::string& info, std::string_view name, std::string_view value) {
  if (!info.empty()) info += ' ';
  info += name;
  info += "='";
  for (char c : value) {
    if (c == '\'' || c == '\\') info += '\\';
    info += c;
  }
  info += '\'';
}

/// Byte offset of code point number `offset` (1-based) in UTF-8 text.
std::size_t byte_offset(std::string_view text, int offset) {
  std::size_t i = 0;
  for (int remaining = offset - 1; remaining > 0 && i < text.size(); --remaining) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) ++i;
  }
  return i;
}

/// "COPY orders, line 3, column total: …" gives 3; 0 when the context says nothing of the kind.
int copy_line(const std::string& context) {
  if (context.compare(0, 5, "COPY ") != 0) return 0;
  const std::size_t at = context.find(", line ");
  return at == std::string::npos ? 0 : std::atoi(context.c_str() + at + 7);
}

/// Puts the error where it belongs in the script's file.
void locate(Error& error, const ScriptStatement& statement) {
  SourcePosition position = statement.position;
  if (!error.diagnostics().empty()) {
    const Diagnostic& record = error.diagnostics().front();
    if (record.statement_offset > 0) {
      position = position_at(statement.text, byte_offset(statement.text, record.statement_offset), statement.position);
    } else if (statement.kind == StatementKind::copy_from_stdin) {
      if (const int line = copy_line(record.context); line > 0) {
        position.line += line;
        for (char c : statement.text) position.line += c == '\n' ? 1 : 0;
        position.column = 1;
      }
    }
  }
  error.with_position(position);
}

}  // namespace

std::string connection_info(const ConnectionUrl& url) {
  std::string info;
  if (!url.host.empty()) append_option(info, "host", url.host);
  if (!url.port.empty()) append_option(info, "port", url.port);
  if (!url.user.empty()) append_option(info, "user", url.user);
  if (url.password) append_option(info, "password", url.password->reveal());
  if (!url.database.empty()) append_option(info, "dbname", url.database);
  for (const auto& [name, value] : url.parameters)
    if (name != "client_encoding") append_option(info, name, value);
  if (url.parameters.find("connect_timeout") == url.parameters.end() && std::getenv("PGCONNECT_TIMEOUT") == nullptr)
    append_option(info, "connect_timeout", std::to_string(limits::kConnectTimeout_s));
  if (url.parameters.find("application_name") == url.parameters.end())
    append_option(info, "fallback_application_name", "paripassu");
  append_option(info, "client_encoding", "UTF8");
  return info;
}

PostgresSession::PostgresSession(const ConnectionUrl& url) {
  const std::string redacted = url.redacted();
  open(soci::postgresql, connection_info(url),
       [&](const soci::soci_error& error) { throw connect_error_from(error.what(), redacted); });
  connection_ = static_cast<soci::postgresql_session_backend*>(soci().get_backend())->conn_;
  PQsetNoticeReceiver(
      connection_,
      [](void* self, const PGresult* notice) { static_cast<PostgresSession*>(self)->receive_notice(notice); }, this);
  cancel_ = PQgetCancel(connection_);
  server_.engine = "postgres";
  server_.product = "PostgreSQL";
  const int number = PQserverVersion(connection_);
  server_.version_major = number / 10000;
  server_.version = fmt::format("{}.{}", number / 10000, number % 10000);
  const char* database = PQdb(connection_);
  const char* user = PQuser(connection_);
  server_.database = database == nullptr ? "" : database;
  server_.user = user == nullptr ? "" : user;
  const int library = PQlibVersion();
  server_.driver = fmt::format("libpq {}.{}", library / 10000, library % 10000);
  if (number < 120000)
    throw Error(ErrorCategory::not_supported, fmt::format("{} is PostgreSQL {}", redacted, server_.version))
        .with_engine("postgres")
        .with_remedy("PostgreSQL 12 or later is needed");
  // One place for all that decides how values and catalogs are printed.
  query(
      "SELECT set_config('datestyle', 'ISO, YMD', false), set_config('intervalstyle', 'postgres', false), "
      "set_config('bytea_output', 'hex', false), set_config('standard_conforming_strings', 'on', false)",
      {});
  cancel_on_interrupt();
}

PostgresSession::~PostgresSession() {
  close();
  std::lock_guard lock(cancel_mutex_);
  PQfreeCancel(cancel_);
  cancel_ = nullptr;
}

void PostgresSession::receive_notice(const PGresult* notice) {
  if (outcome_ == nullptr) return;
  if (outcome_->messages.size() >= limits::kMessagesPerStatementMax) {
    ++outcome_->messages_dropped;
    return;
  }
  outcome_->messages.push_back(diagnostic_from(notice));
}

ResultHandle PostgresSession::execute_raw(std::string_view sql, std::span<const Cell> parameters) {
  Interrupt::throw_if_requested();
  const std::string text(sql);
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Cell& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  count_round_trip();
  ResultHandle result(PQexecParams(connection_, text.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                                   nullptr, nullptr, 0));
  const ExecStatusType status = result ? PQresultStatus(result.get()) : PGRES_FATAL_ERROR;
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
    throw error_from(connection_, result.get(), sql);
  return result;
}

ResultSet PostgresSession::query(std::string_view sql, std::span<const Cell> parameters) {
  const ResultHandle result = execute_raw(sql, parameters);
  const int columns = PQnfields(result.get());
  const int rows = PQntuples(result.get());
  std::vector<std::string> names;
  for (int column = 0; column < columns; ++column) names.emplace_back(PQfname(result.get(), column));
  ResultSet set(std::move(names));
  set.reserve_rows(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result.get(), row, column) != 0) {
        set.append(std::nullopt);
      } else {
        set.append(std::string(PQgetvalue(result.get(), row, column),
                               static_cast<std::size_t>(PQgetlength(result.get(), row, column))));
      }
    }
  }
  return set;
}

std::int64_t PostgresSession::execute(std::string_view sql, std::span<const Cell> parameters) {
  const ResultHandle result = execute_raw(sql, parameters);
  const char* affected = PQcmdTuples(result.get());
  return affected == nullptr || *affected == '\0' ? -1 : std::strtoll(affected, nullptr, 10);
}

StatementOutcome PostgresSession::run(const ScriptStatement& statement) {
  Interrupt::throw_if_requested();
  StatementOutcome outcome;
  outcome_ = &outcome;
  struct Detach {
    StatementOutcome*& target;
    ~Detach() { target = nullptr; }
  } detach{outcome_};

  count_round_trip();
  std::optional<Error> failure;
  const auto fail = [&](const PGresult* result) {
    // What comes after the first error of a statement is its consequence.
    if (!failure) failure = error_from(connection_, result, statement.text);
  };
  if (PQsendQuery(connection_, statement.text.c_str()) == 0) fail(nullptr);
  while (ResultHandle result{PQgetResult(connection_)}) {
    switch (PQresultStatus(result.get())) {
      case PGRES_COPY_IN: {
        bool sent = true;
        std::string_view data = statement.copy_data;
        while (sent && !data.empty()) {
          const std::string_view chunk = data.substr(0, kCopyChunkBytes);
          sent = PQputCopyData(connection_, chunk.data(), static_cast<int>(chunk.size())) == 1;
          data.remove_prefix(chunk.size());
        }
        const char* give_up =
            statement.kind == StatementKind::copy_from_stdin ? nullptr : "the script has no data for this COPY";
        if (!sent || PQputCopyEnd(connection_, give_up) != 1) fail(nullptr);
        break;
      }
      case PGRES_COPY_OUT: {
        char* row = nullptr;
        int length = 0;
        while ((length = PQgetCopyData(connection_, &row, 0)) > 0) PQfreemem(row);
        if (length == -2) fail(nullptr);
        break;
      }
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        fail(result.get());
        break;
      default: {
        const char* affected = PQcmdTuples(result.get());
        outcome.rows_affected = affected == nullptr || *affected == '\0' ? -1 : std::strtoll(affected, nullptr, 10);
      }
    }
    if (PQstatus(connection_) == CONNECTION_BAD) break;
  }
  if (!failure && PQstatus(connection_) == CONNECTION_BAD) fail(nullptr);
  if (failure) {
    locate(*failure, statement);
    throw *failure;
  }
  return outcome;
}

void PostgresSession::begin() {
  Interrupt::throw_if_requested();
  count_round_trip();
  try {
    soci().begin();
  } catch (const soci::soci_error&) {
    throw error_from(connection_, nullptr, "BEGIN");
  }
}

void PostgresSession::commit() {
  // COMMIT of a failed transaction answers with a ROLLBACK that looks like success.
  if (PQtransactionStatus(connection_) == PQTRANS_INERROR)
    throw Error(ErrorCategory::transaction, "the transaction has failed and cannot be committed")
        .with_engine("postgres");
  const ResultHandle result = execute_raw("COMMIT", {});
  if (std::strcmp(PQcmdStatus(result.get()), "COMMIT") != 0)
    throw Error(ErrorCategory::transaction, std::string("COMMIT was answered with ") + PQcmdStatus(result.get()))
        .with_engine("postgres");
}

void PostgresSession::rollback() {
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  if (status == PQTRANS_IDLE) return;
  if (status == PQTRANS_UNKNOWN)
    throw Error(ErrorCategory::connection, "the connection to the server was lost").with_engine("postgres");
  count_round_trip();
  try {
    soci().rollback();
  } catch (const soci::soci_error&) {
    throw error_from(connection_, nullptr, "ROLLBACK");
  }
}

TransactionState PostgresSession::transaction_state() {
  switch (PQtransactionStatus(connection_)) {
    case PQTRANS_IDLE:
      return TransactionState::none;
    case PQTRANS_INERROR:
      return TransactionState::failed;
    case PQTRANS_UNKNOWN:
      throw Error(ErrorCategory::connection, "the connection to the server was lost").with_engine("postgres");
    default:
      return TransactionState::open;
  }
}

bool PostgresSession::try_lock(std::string_view name) {
  const std::array<Cell, 1> parameters = {std::string(name)};
  const ResultSet rows = query("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", parameters);
  return rows.row(0)[0] == "t";
}

void PostgresSession::unlock(std::string_view name) {
  const Interrupt::Shield shield;
  const std::array<Cell, 1> parameters = {std::string(name)};
  query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", parameters);
}

void PostgresSession::set_lock_timeout_ms(int timeout_ms) {
  execute(fmt::format("SET lock_timeout = {}", timeout_ms), {});
}

void PostgresSession::set_statement_timeout_ms(int timeout_ms) {
  execute(fmt::format("SET statement_timeout = {}", timeout_ms), {});
}

void PostgresSession::cancel() noexcept {
  try {
    std::lock_guard lock(cancel_mutex_);
    std::array<char, 256> message{};
    if (cancel_ != nullptr) PQcancel(cancel_, message.data(), static_cast<int>(message.size()));
  } catch (const std::exception&) {
    // A mutex that cannot be locked: there is nobody to tell.
  }
}

bool PostgresSession::connected() {
  return connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK;
}

}  // namespace paripassu::postgres
