#include "backends/sqlserver/session.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <soci/odbc/soci-odbc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "backends/limits.h"
#include "backends/odbc/diagnostics.h"
#include "backends/odbc/text.h"
#include "backends/sqlserver/babelfish.h"
#include "backends/sqlserver/connection_string.h"
#include "backends/sqlserver/dialect.h"
#include "backends/sqlserver/error.h"
#include "backends/sqlserver/tds_prelogin.h"

namespace paripassu::sqlserver {

namespace {

/// Once per connection, on both drivers alike: what indexed views, filtered indexes and computed columns need at DDL
/// and at every change of data (SQL Server documentation, SET ANSI_DEFAULTS), and XACT_ABORT, so that any run-time
/// error ends the batch and the transaction.
constexpr const char* kSessionSettings =
    "SET ANSI_NULLS ON; SET ANSI_PADDING ON; SET ANSI_WARNINGS ON; SET QUOTED_IDENTIFIER ON; "
    "SET CONCAT_NULL_YIELDS_NULL ON; SET ARITHABORT ON; SET NUMERIC_ROUNDABORT OFF; SET XACT_ABORT ON; "
    "SET IMPLICIT_TRANSACTIONS OFF; SET DATEFORMAT ymd; SET TEXTSIZE 2147483647";

/// Neither driver lets a connection string bound how long it waits for a host that does not answer (FreeTDS: a
/// minute; the kernel: two), and both describe it poorly. So the port is tried first, with TDS's first packet.
void check_reachable(const ConnectionUrl& url, const std::string& redacted) {
  const std::string host = url.host.empty() ? "127.0.0.1" : url.host;
  const std::string port = url.port.empty() ? "1433" : url.port;
  const bool strict = url.parameter("encrypt") == "strict";
  const auto fail = [&](const std::string& why) {
    throw Error(ErrorCategory::connection, fmt::format("cannot connect to {}: {}", redacted, why))
        .with_engine("sqlserver")
        .with_remedy("check host and port of the URL, and that the server is running and reachable");
  };
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); code != 0)
    fail(fmt::format("the host name cannot be resolved ({})", gai_strerror(code)));
  std::string reason = "no address";
  bool reached = false;
  for (addrinfo* address = found; address != nullptr && !reached; address = address->ai_next) {
    const int socket_handle =
        socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (socket_handle < 0) continue;
    int code = connect(socket_handle, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (code == EINPROGRESS) {
      pollfd wait{socket_handle, POLLOUT, 0};
      const int ready = poll(&wait, 1, limits::kConnectTimeout_s * 1000);
      socklen_t size = sizeof code;
      if (ready == 0) {
        code = ETIMEDOUT;
      } else {
        getsockopt(socket_handle, SOL_SOCKET, SO_ERROR, &code, &size);
      }
    }
    reached = code == 0;
    if (!reached) reason = std::strerror(code);
    // TDS 8.0 begins with TLS; there only the driver can tell whether somebody answers.
    if (reached && !strict) {
      pollfd wait{socket_handle, POLLIN, 0};
      const bool sent = send(socket_handle, kTdsPrelogin.data(), kTdsPrelogin.size(), MSG_NOSIGNAL) > 0;
      if (sent && poll(&wait, 1, limits::kConnectTimeout_s * 1000) == 0) {
        reached = false;
        reason = fmt::format("it takes connections and has not answered for {} seconds", limits::kConnectTimeout_s);
      }
    }
    ::close(socket_handle);
  }
  freeaddrinfo(found);
  if (!reached) fail(reason);
}

/// How much longer than its limit a statement may run before the limit counts as missed.
constexpr std::chrono::milliseconds kTimeoutTolerance{1000};

/// Azure SQL Database: "USE statement is not supported to switch between databases."
constexpr std::int64_t kCannotChangeDatabase = 40508;

std::string text(const Cell& cell) {
  return cell.value_or("");
}

}  // namespace

SqlServerSession::SqlServerSession(const ConnectionUrl& url)
    : build_error_([](std::vector<Diagnostic> records, std::string_view statement) {
        return error_from(std::move(records), statement);
      }) {
  const std::string redacted = url.redacted();
  const Driver driver = choose_driver(url);
  const std::string connect_text = connection_string(url, driver);
  if (url.parameter("instance").empty()) check_reachable(url, redacted);
  open(soci::odbc, connect_text, [&](const soci::soci_error& error) {
    const auto* detailed = dynamic_cast<const soci::odbc_soci_error*>(&error);
    if (detailed == nullptr) throw connect_error_from("", 0, error.what(), redacted);
    throw connect_error_from(reinterpret_cast<const char*>(detailed->odbc_error_code()), detailed->native_error_code(),
                             odbc::strip_prefixes(reinterpret_cast<const char*>(detailed->odbc_error_message())),
                             redacted);
  });
  connection_ = static_cast<soci::odbc_session_backend*>(soci().get_backend())->hdbc_;
  execute(kSessionSettings, {});
  read_server_info();
  cancel_on_interrupt();
}

SqlServerSession::~SqlServerSession() {
  close();
}

void SqlServerSession::read_server_info() {
  const ResultSet rows = query("SELECT @@VERSION, DB_NAME(), SUSER_SNAME()", {});
  const auto row = rows.row(0);
  server_.engine = "sqlserver";
  server_.database = text(row[1]);
  server_.user = text(row[2]);
  if (const std::string version_text = text(row[0]); is_babelfish(version_text)) {
    // Its product version is made up, and asking for it costs a third of the time to connect.
    describe_babelfish(version_text, server_);
  } else {
    server_.product = "Microsoft SQL Server";
    server_.version = text(query("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))", {}).row(0)[0]);
    server_.version_major = std::atoi(server_.version.c_str());
  }
  std::array<SQLCHAR, 128> name{};
  std::array<SQLCHAR, 128> version{};
  SQLSMALLINT length = 0;
  SQLGetInfo(connection_, SQL_DRIVER_NAME, name.data(), static_cast<SQLSMALLINT>(name.size()), &length);
  SQLGetInfo(connection_, SQL_DRIVER_VER, version.data(), static_cast<SQLSMALLINT>(version.size()), &length);
  server_.driver =
      fmt::format("{} {}", reinterpret_cast<const char*>(name.data()), reinterpret_cast<const char*>(version.data()));
}

SqlServerSession::Running::Running(SqlServerSession& session, odbc::Statement& statement) : session_(session) {
  std::lock_guard lock(session_.running_mutex_);
  session_.running_ = statement.handle();
}

SqlServerSession::Running::~Running() {
  std::lock_guard lock(session_.running_mutex_);
  session_.running_ = nullptr;
}

/// Reads every further result of a statement: what is not read is not confirmed to have run, and an error after the
/// first statement of a batch surfaces only here.
void SqlServerSession::drain(odbc::Statement& statement, std::vector<Diagnostic>& failures) {
  // A batch that failed may still have results; the driver ends the list with "no data" or with an error of its own.
  for (int errors = 0; errors < 100;) {
    try {
      if (!statement.next_result()) return;
    } catch (const Error& error) {
      ++errors;
      failures.insert(failures.end(), error.diagnostics().begin(), error.diagnostics().end());
      if (error.diagnostics().empty() || error.poisons_connection() || error.sqlstate() == "HY010" ||
          error.sqlstate() == "24000")
        return;
    }
  }
}

ResultSet SqlServerSession::query(std::string_view sql, std::span<const Cell> parameters) {
  Interrupt::throw_if_requested();
  odbc::Statement statement(connection_, build_error_);
  const Running running(*this, statement);
  apply_timeout(statement);
  count_round_trip();
  statement.execute(sql, parameters);
  // Row counts of statements before the SELECT come as results without columns.
  while (statement.column_count() == 0)
    if (!statement.next_result()) return {};
  ResultSet rows = statement.fetch_all();
  std::vector<Diagnostic> failures;
  drain(statement, failures);
  if (!failures.empty()) throw error_from(std::move(failures), sql);
  return rows;
}

std::int64_t SqlServerSession::execute(std::string_view sql, std::span<const Cell> parameters) {
  Interrupt::throw_if_requested();
  odbc::Statement statement(connection_, build_error_);
  const Running running(*this, statement);
  apply_timeout(statement);
  count_round_trip();
  statement.execute(sql, parameters);
  const std::int64_t affected = statement.row_count();
  std::vector<Diagnostic> failures;
  drain(statement, failures);
  if (!failures.empty()) throw error_from(std::move(failures), sql);
  return affected;
}

StatementOutcome SqlServerSession::run(const ScriptStatement& script) {
  Interrupt::throw_if_requested();
  if (script.kind != StatementKind::sql)
    throw Error(ErrorCategory::not_supported, "SQL Server has no COPY")
        .with_engine("sqlserver")
        .with_position(script.position);
  StatementOutcome outcome;
  std::vector<Diagnostic> failures;
  const auto begin = std::chrono::steady_clock::now();
  {
    odbc::Statement statement(connection_, build_error_);
    const Running running(*this, statement);
    apply_timeout(statement);
    statement.collect_messages(&outcome);
    count_round_trip();
    try {
      statement.execute_direct(script.text);
      outcome.rows_affected = statement.row_count();
    } catch (const Error& error) {
      failures = error.diagnostics();
      if (failures.empty() || error.poisons_connection()) {
        Error located = error;
        throw located.with_position(script.position);
      }
    }
    drain(statement, failures);
  }
  if (failures.empty()) {
    // FreeTDS keeps silent when its cancel was answered by the end of the statement (Babelfish, "late-cancel").
    const auto limit = std::chrono::seconds(statement_timeout_s_) + kTimeoutTolerance;
    if (statement_timeout_s_ > 0 && std::chrono::steady_clock::now() - begin > limit)
      throw Error(ErrorCategory::statement_timeout,
                  fmt::format("statement timeout: it ran longer than {} s", statement_timeout_s_))
          .with_engine("sqlserver")
          .with_statement(script.text)
          .with_position(script.position);
    return outcome;
  }
  Error error = error_from(std::move(failures), script.text);
  SourcePosition position = script.position;
  for (const Diagnostic& record : error.diagnostics()) {
    // A line inside a procedure that the batch called is not a line of this file.
    if (record.statement_line <= 0 || !record.context.empty()) continue;
    position.line += record.statement_line - 1;
    if (record.statement_line > 1) position.column = 1;
    break;
  }
  throw error.with_position(position);
}

void SqlServerSession::begin() {
  execute("BEGIN TRANSACTION", {});
}

void SqlServerSession::commit() {
  const TransactionState state = transaction_state();
  if (state != TransactionState::open)
    throw Error(ErrorCategory::transaction, state == TransactionState::none
                                                ? "the transaction was already ended by a statement in it"
                                                : "the transaction has failed and cannot be committed")
        .with_engine("sqlserver");
  // A script may have nested BEGIN TRANSACTION: each needs its own COMMIT.
  execute("WHILE @@TRANCOUNT > 0 COMMIT TRANSACTION", {});
}

void SqlServerSession::rollback() {
  const Interrupt::Shield shield;
  execute("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION", {});
}

TransactionState SqlServerSession::transaction_state() {
  const ResultSet rows = query("SELECT XACT_STATE(), @@TRANCOUNT", {});
  const auto row = rows.row(0);
  if (text(row[1]) == "0") return TransactionState::none;
  return text(row[0]) == "-1" ? TransactionState::failed : TransactionState::open;
}

bool SqlServerSession::try_lock(std::string_view name) {
  const std::string resource = SqlServerDialect().quote_literal(name);
  if (!server_.genuine) return query(babelfish_try_lock_query(resource), {}).row(0)[0] == "1";
  // Codes: 0 and 1 granted, -1 timeout, -2 cancelled, -3 deadlock victim, -999 error (SQL Server documentation).
  const ResultSet rows =
      query(fmt::format("DECLARE @result int; EXEC @result = sp_getapplock @Resource = {}, @LockMode = 'Exclusive', "
                        "@LockOwner = 'Session', @LockTimeout = 0; SELECT @result",
                        resource),
            {});
  return rows.row_count() == 1 && rows.row(0)[0] && std::atoi(rows.row(0)[0]->c_str()) >= 0;
}

void SqlServerSession::unlock(std::string_view name) {
  const Interrupt::Shield shield;
  const std::string resource = SqlServerDialect().quote_literal(name);
  if (server_.genuine) {
    execute(fmt::format("EXEC sp_releaseapplock @Resource = {}, @LockOwner = 'Session'", resource), {});
  } else {
    query(babelfish_unlock_query(resource), {});
  }
}

void SqlServerSession::set_lock_timeout_ms(int timeout_ms) {
  execute(fmt::format("SET LOCK_TIMEOUT {}", timeout_ms == 0 ? -1 : timeout_ms), {});
}

void SqlServerSession::set_statement_timeout_ms(int timeout_ms) {
  // The server has no such setting: the driver sends an attention, in whole seconds.
  statement_timeout_s_ = (timeout_ms + 999) / 1000;
}

void SqlServerSession::apply_timeout(odbc::Statement& statement) const {
  if (statement_timeout_s_ > 0) statement.set_query_timeout_s(statement_timeout_s_);
}

bool SqlServerSession::enter_database(const std::string& name) {
  try {
    execute("USE " + SqlServerDialect().quote_identifier(name), {});
  } catch (const Error& error) {
    if (error.native_code() == kCannotChangeDatabase) return false;
    throw;
  }
  server_.database = name;
  return true;
}

void SqlServerSession::cancel() noexcept {
  try {
    std::lock_guard lock(running_mutex_);
    if (running_ != nullptr) SQLCancel(running_);
  } catch (const std::exception&) {
    // A mutex that cannot be locked: there is nobody to tell.
  }
}

bool SqlServerSession::connected() {
  if (connection_ == nullptr) return false;
  SQLUINTEGER dead = SQL_CD_FALSE;
  SQLGetConnectAttr(connection_, SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, nullptr);
  return dead != SQL_CD_TRUE;
}

}  // namespace paripassu::sqlserver
