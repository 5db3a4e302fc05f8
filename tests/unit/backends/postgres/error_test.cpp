#include "backends/postgres/error.h"

#include <doctest/doctest.h>

using namespace paripassu;
using namespace paripassu::postgres;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Error refused(std::string_view message) {
  return connect_error_from(message, "postgres://app:***@h/shop");
}

}  // namespace

// PostgreSQL documentation, Appendix A.
TEST_CASE("PostgreSQL's errors are classified by their SQLSTATE") {
  struct Case {
    std::string sqlstate;
    ErrorCategory category;
  };
  for (const Case& one : {Case{"23502", ErrorCategory::not_null_violation},
                          Case{"23503", ErrorCategory::foreign_key_violation},
                          Case{"23001", ErrorCategory::foreign_key_violation},
                          Case{"23505", ErrorCategory::unique_violation},
                          Case{"23P01", ErrorCategory::unique_violation},
                          Case{"23514", ErrorCategory::check_violation},
                          Case{"25001", ErrorCategory::transaction},
                          Case{"25P02", ErrorCategory::transaction},
                          Case{"25006", ErrorCategory::transaction},
                          Case{"28P01", ErrorCategory::authentication},
                          Case{"28000", ErrorCategory::authentication},
                          Case{"3D000", ErrorCategory::not_found},
                          Case{"3F000", ErrorCategory::not_found},
                          Case{"42P01", ErrorCategory::not_found},
                          Case{"42703", ErrorCategory::not_found},
                          Case{"42704", ErrorCategory::not_found},
                          Case{"42883", ErrorCategory::not_found},
                          Case{"42P07", ErrorCategory::already_exists},
                          Case{"42701", ErrorCategory::already_exists},
                          Case{"42710", ErrorCategory::already_exists},
                          Case{"42723", ErrorCategory::already_exists},
                          Case{"42P06", ErrorCategory::already_exists},
                          Case{"42P04", ErrorCategory::already_exists},
                          Case{"40001", ErrorCategory::deadlock},
                          Case{"40P01", ErrorCategory::deadlock},
                          Case{"42501", ErrorCategory::permission},
                          Case{"42601", ErrorCategory::syntax},
                          Case{"42804", ErrorCategory::syntax},
                          Case{"55P03", ErrorCategory::lock_timeout},
                          Case{"57014", ErrorCategory::cancelled},
                          Case{"57P01", ErrorCategory::connection},
                          Case{"57P02", ErrorCategory::connection},
                          Case{"57P03", ErrorCategory::connection},
                          Case{"08006", ErrorCategory::connection},
                          Case{"08P01", ErrorCategory::connection},
                          Case{"0A000", ErrorCategory::not_supported},
                          Case{"22001", ErrorCategory::data},
                          Case{"22012", ErrorCategory::data},
                          Case{"22P02", ErrorCategory::data},
                          Case{"53100", ErrorCategory::resources},
                          Case{"53300", ErrorCategory::resources},
                          Case{"54001", ErrorCategory::resources},
                          Case{"XX000", ErrorCategory::unclassified},
                          Case{"P0001", ErrorCategory::unclassified},
                          Case{"", ErrorCategory::unclassified},
                          Case{"4", ErrorCategory::unclassified},
                          Case{"2", ErrorCategory::unclassified},
                          Case{"ZZZZZ", ErrorCategory::unclassified}}) {
    CAPTURE(one.sqlstate);
    CHECK(classify(one.sqlstate) == one.category);
  }
}

// Each of these is FATAL: the server has closed the connection (idle_in_transaction_session_timeout,
// transaction_timeout, idle_session_timeout).
TEST_CASE("PostgreSQL's time limits that end the session are a lost connection") {
  CHECK(classify("25P03") == ErrorCategory::connection);
  CHECK(classify("25P04") == ErrorCategory::connection);
  CHECK(classify("57P05") == ErrorCategory::connection);
}

TEST_CASE("PostgreSQL's duplicate cursor and prepared statement exist already") {
  CHECK(classify("42P03") == ErrorCategory::already_exists);
  CHECK(classify("42P05") == ErrorCategory::already_exists);
}

TEST_CASE("PostgreSQL's refused connection says why and what to do") {
  const std::string at = "connection to server at \"127.0.0.1\", port 5432 failed: ";
  struct Case {
    std::string message;
    ErrorCategory category;
    std::string remedy;
  };
  for (const Case& one :
       {Case{at + "FATAL:  password authentication failed for user \"app\"", ErrorCategory::authentication, "password"},
        Case{at + "fe_sendauth: no password supplied", ErrorCategory::authentication, "password"},
        Case{at + "FATAL:  Peer authentication failed for user \"app\"", ErrorCategory::authentication, "user"},
        Case{at + "FATAL:  role \"app\" does not exist", ErrorCategory::authentication, "user"},
        Case{at + "FATAL:  no pg_hba.conf entry for host \"10.0.0.1\", user \"app\", database \"shop\", no encryption",
             ErrorCategory::authentication, "user"},
        Case{at + "FATAL:  database \"shop\" does not exist", ErrorCategory::not_found, "create the database"},
        Case{at + "FATAL:  permission denied for database \"shop\"", ErrorCategory::permission, "CONNECT"},
        Case{at + "FATAL:  sorry, too many clients already", ErrorCategory::resources, "max_connections"},
        Case{at + "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
             ErrorCategory::resources, "max_connections"},
        Case{at + "FATAL:  the database system is starting up", ErrorCategory::connection, "running"},
        Case{at + "Connection refused", ErrorCategory::connection, "host"},
        Case{"could not translate host name \"h\" to address: Name or service not known", ErrorCategory::connection,
             "host"}}) {
    CAPTURE(one.message);
    const Error error = refused(one.message);
    CHECK(error.category() == one.category);
    CHECK(contains(error.remedy(), one.remedy));
    CHECK(contains(error.message(), "postgres://app:***@h/shop"));
    CHECK(contains(error.message(), one.message));
    CHECK(error.engine() == "postgres");
    CHECK(error.statement().empty());
  }
}

// The messages are those of libpq 15 for parameters that it cannot use.
TEST_CASE("PostgreSQL's unusable parameter of a URL is wrong usage, not a server that is away") {
  for (const std::string message :
       {"invalid connection option \"foo\"", "invalid sslmode value: \"foo\"",
        "invalid integer value \"abc\" for connection option \"port\"", "invalid port number: \"70000\"",
        "could not match 3 port numbers to 1 hosts", "invalid channel_binding value: \"x\"",
        "invalid target_session_attrs value: \"x\"", "invalid ssl_min_protocol_version value: \"TLSv9\"",
        "definition of service \"nosuch\" not found"}) {
    CAPTURE(message);
    const Error error = refused(message);
    CHECK(error.category() == ErrorCategory::usage);
    CHECK_FALSE(contains(error.remedy(), "reachable"));
  }
}

TEST_CASE("PostgreSQL's refused certificate has a remedy that speaks of it") {
  const Error error =
      refused("connection to server at \"h\" (10.0.0.1), port 5432 failed: SSL error: certificate verify failed");
  CHECK(error.category() == ErrorCategory::connection);
  CHECK(contains(error.remedy(), "certificate"));
}

TEST_CASE("PostgreSQL's refused connection keeps all lines for several hosts, and says the first") {
  const Error error = refused(
      "Cannot establish connection to the database.\n"
      "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n"
      "connection to server at \"127.0.0.2\", port 1 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n");
  CHECK(contains(error.message(), "127.0.0.1"));
  CHECK_FALSE(contains(error.message(), "127.0.0.2"));
  CHECK_FALSE(contains(error.message(), "Cannot establish"));
  CHECK_FALSE(contains(error.message(), "\n"));
  REQUIRE(error.diagnostics().size() == 1);
  CHECK(contains(error.diagnostics().front().message, "127.0.0.2"));
}

TEST_CASE("PostgreSQL's refused connection hides the password that a message repeats") {
  const Error error = refused("invalid connection string host='h' password='hunter2 x' dbname='shop'");
  CHECK_FALSE(contains(error.what(), "hunter2"));
  CHECK(contains(error.what(), "dbname"));
}

TEST_CASE("PostgreSQL's refused connection without a message still says what could not be reached") {
  for (const std::string message : {"", "\n", "...\n"}) {
    const Error error = refused(message);
    CHECK(error.category() == ErrorCategory::connection);
    CHECK(contains(error.message(), "postgres://app:***@h/shop"));
    CHECK_FALSE(error.remedy().empty());
  }
}
