#include "backends/postgres/error.h"

#include <array>
#include <cstdlib>
#include <string>

#include "backends/connection_url.h"

namespace paripassu::postgres {

namespace {

struct Rule {
  std::string_view sqlstate;  ///< whole state, or the class (two characters)
  ErrorCategory category;
};

/// Whole states first: the first match wins.
constexpr std::array kRules = {
    Rule{"23502", ErrorCategory::not_null_violation},
    Rule{"23503", ErrorCategory::foreign_key_violation},
    Rule{"23001", ErrorCategory::foreign_key_violation},
    Rule{"23505", ErrorCategory::unique_violation},
    Rule{"23P01", ErrorCategory::unique_violation},
    Rule{"23514", ErrorCategory::check_violation},
    Rule{"25001", ErrorCategory::transaction},
    Rule{"25P02", ErrorCategory::transaction},
    Rule{"25P03", ErrorCategory::connection},  // FATAL: idle in transaction for too long
    Rule{"25P04", ErrorCategory::connection},  // FATAL: transaction timeout
    Rule{"28000", ErrorCategory::authentication},
    Rule{"28P01", ErrorCategory::authentication},
    Rule{"3D000", ErrorCategory::not_found},
    Rule{"3F000", ErrorCategory::not_found},
    Rule{"40001", ErrorCategory::deadlock},
    Rule{"40P01", ErrorCategory::deadlock},
    Rule{"42501", ErrorCategory::permission},
    Rule{"42601", ErrorCategory::syntax},
    Rule{"42602", ErrorCategory::syntax},
    Rule{"42622", ErrorCategory::syntax},
    Rule{"42701", ErrorCategory::already_exists},
    Rule{"42703", ErrorCategory::not_found},
    Rule{"42704", ErrorCategory::not_found},
    Rule{"42710", ErrorCategory::already_exists},
    Rule{"42712", ErrorCategory::already_exists},
    Rule{"42723", ErrorCategory::already_exists},
    Rule{"42883", ErrorCategory::not_found},
    Rule{"42P01", ErrorCategory::not_found},
    Rule{"42P03", ErrorCategory::already_exists},
    Rule{"42P04", ErrorCategory::already_exists},
    Rule{"42P05", ErrorCategory::already_exists},
    Rule{"42P06", ErrorCategory::already_exists},
    Rule{"42P07", ErrorCategory::already_exists},
    Rule{"55P03", ErrorCategory::lock_timeout},
    Rule{"57014", ErrorCategory::cancelled},
    Rule{"57P01", ErrorCategory::connection},
    Rule{"57P02", ErrorCategory::connection},
    Rule{"57P03", ErrorCategory::connection},
    Rule{"57P04", ErrorCategory::connection},
    Rule{"57P05", ErrorCategory::connection},
    Rule{"08", ErrorCategory::connection},
    Rule{"0A", ErrorCategory::not_supported},
    Rule{"22", ErrorCategory::data},
    Rule{"23", ErrorCategory::check_violation},
    Rule{"25", ErrorCategory::transaction},
    Rule{"2D", ErrorCategory::transaction},
    Rule{"28", ErrorCategory::authentication},
    Rule{"42", ErrorCategory::syntax},
    Rule{"44", ErrorCategory::check_violation},
    Rule{"53", ErrorCategory::resources},
    Rule{"54", ErrorCategory::resources},
    Rule{"XX", ErrorCategory::unclassified},
};

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string{} : std::string(text);
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

ErrorCategory classify(std::string_view sqlstate) {
  for (const Rule& rule : kRules)
    if (sqlstate.substr(0, rule.sqlstate.size()) == rule.sqlstate) return rule.category;
  return ErrorCategory::unclassified;
}

Diagnostic diagnostic_from(const PGresult* result) {
  Diagnostic record;
  record.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (record.severity.empty()) record.severity = field(result, PG_DIAG_SEVERITY);
  record.sqlstate = field(result, PG_DIAG_SQLSTATE);
  record.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  record.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  record.hint = field(result, PG_DIAG_MESSAGE_HINT);
  record.context = field(result, PG_DIAG_CONTEXT);
  const std::string internal_query = field(result, PG_DIAG_INTERNAL_QUERY);
  if (!internal_query.empty()) record.context += (record.context.empty() ? "in: " : "\nin: ") + internal_query;
  record.statement_offset = std::atoi(field(result, PG_DIAG_STATEMENT_POSITION).c_str());
  return record;
}

Error error_from(PGconn* connection, const PGresult* result, std::string_view statement) {
  if (result == nullptr || PQresultErrorField(result, PG_DIAG_SQLSTATE) == nullptr) {
    std::string said = result != nullptr ? PQresultErrorMessage(result) : "";
    if (said.empty()) said = PQerrorMessage(connection);
    while (!said.empty() && said.back() == '\n') said.pop_back();
    const bool lost = PQstatus(connection) == CONNECTION_BAD;
    Error error(lost ? ErrorCategory::connection : ErrorCategory::unclassified,
                (lost ? "the connection to the server was lost: " : "libpq: ") + redact_secrets(said));
    error.with_engine("postgres").with_statement(std::string(statement));
    return error;
  }
  Diagnostic record = diagnostic_from(result);
  ErrorCategory category = classify(record.sqlstate);
  // One SQLSTATE stands for a cancel request and for both time limits; only the text tells them apart.
  if (record.sqlstate == "57014" && contains(record.message, "statement timeout"))
    category = ErrorCategory::statement_timeout;
  Error error(category, record.message);
  error.with_engine("postgres").with_statement(std::string(statement)).with_diagnostics({std::move(record)});
  return error;
}

Error connect_error_from(std::string_view raw, const std::string& redacted_url) {
  std::string message = redact_secrets(raw);
  const std::string prefix = "Cannot establish connection to the database.\n";
  if (message.compare(0, prefix.size(), prefix) == 0) message.erase(0, prefix.size());
  ErrorCategory category = ErrorCategory::connection;
  std::string remedy = "check host and port of the URL, and that the server is running and reachable";
  if (contains(message, "password authentication failed") || contains(message, "no password supplied") ||
      contains(message, "authentication failed") || contains(message, "no pg_hba.conf entry") ||
      (contains(message, "role \"") && contains(message, "does not exist"))) {
    category = ErrorCategory::authentication;
    remedy = "check user and password; a password can also come from PGPASSWORD or ~/.pgpass";
  } else if (contains(message, "database \"") && contains(message, "does not exist")) {
    category = ErrorCategory::not_found;
    remedy = "create the database first: paripassu never creates the database that it is given";
  } else if (contains(message, "permission denied for database")) {
    category = ErrorCategory::permission;
    remedy = "grant CONNECT on the database to this user";
  } else if (contains(message, "invalid connection option") || contains(message, "invalid connection string") ||
             contains(message, "invalid integer value") || contains(message, "invalid port number") ||
             contains(message, "could not match") || contains(message, "definition of service") ||
             (message.compare(0, 8, "invalid ") == 0 && contains(message, " value: \""))) {
    category = ErrorCategory::usage;
    remedy = "a parameter of the URL is not one that libpq knows";
  } else if (contains(message, "certificate")) {
    remedy =
        "the server's certificate is not trusted: name its authority with sslrootcert=…, or choose another sslmode";
  } else if (contains(message, "too many clients") || contains(message, "remaining connection slots")) {
    category = ErrorCategory::resources;
    remedy = "the server has no free connection: close some, or raise max_connections";
  }
  std::string text = message;
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  Error error(category, "cannot connect to " + redacted_url + ": " + first_line(text));
  if (contains(text, "\n")) {
    Diagnostic record;
    record.message = text;
    error.with_diagnostics({record});
  }
  error.with_engine("postgres").with_remedy(remedy);
  return error;
}

}  // namespace paripassu::postgres
