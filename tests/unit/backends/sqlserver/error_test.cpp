#include "backends/sqlserver/error.h"

#include <doctest/doctest.h>

using namespace paripassu;
using namespace paripassu::sqlserver;

namespace {

Diagnostic record(std::int64_t number, const std::string& sqlstate, const std::string& message) {
  Diagnostic result;
  result.native_code = number;
  result.sqlstate = sqlstate;
  result.message = message;
  return result;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::int64_t kBabelfishUnmapped = 33557097;

}  // namespace

TEST_CASE("SQL Server's errors are classified by their number, whatever the SQLSTATE") {
  struct Case {
    std::int64_t number;
    ErrorCategory category;
  };
  // Meanings of the numbers: documentation of sys.messages, "Database engine events and errors".
  const std::vector<Case> cases = {
      {102, ErrorCategory::syntax},
      {105, ErrorCategory::syntax},
      {111, ErrorCategory::syntax},
      {137, ErrorCategory::syntax},
      {156, ErrorCategory::syntax},
      {319, ErrorCategory::syntax},
      {207, ErrorCategory::not_found},
      {208, ErrorCategory::not_found},
      {911, ErrorCategory::not_found},
      {1088, ErrorCategory::not_found},
      {2812, ErrorCategory::not_found},
      {3701, ErrorCategory::not_found},
      {4060, ErrorCategory::not_found},
      {4902, ErrorCategory::not_found},
      {15151, ErrorCategory::not_found},
      {1801, ErrorCategory::already_exists},
      {1913, ErrorCategory::already_exists},
      {2705, ErrorCategory::already_exists},
      {2714, ErrorCategory::already_exists},
      {2601, ErrorCategory::unique_violation},
      {2627, ErrorCategory::unique_violation},
      {1505, ErrorCategory::unique_violation},
      {515, ErrorCategory::not_null_violation},
      {220, ErrorCategory::data},
      {241, ErrorCategory::data},
      {242, ErrorCategory::data},
      {245, ErrorCategory::data},
      {2628, ErrorCategory::data},
      {8114, ErrorCategory::data},
      {8115, ErrorCategory::data},
      {8134, ErrorCategory::data},
      {8152, ErrorCategory::data},
      {1205, ErrorCategory::deadlock},
      {3960, ErrorCategory::deadlock},
      {1222, ErrorCategory::lock_timeout},
      {229, ErrorCategory::permission},
      {230, ErrorCategory::permission},
      {262, ErrorCategory::permission},
      {916, ErrorCategory::permission},
      {18456, ErrorCategory::authentication},
      {18452, ErrorCategory::authentication},
      {18486, ErrorCategory::authentication},
      {18487, ErrorCategory::authentication},
      {18488, ErrorCategory::authentication},
      {226, ErrorCategory::transaction},
      {574, ErrorCategory::transaction},
      {3902, ErrorCategory::transaction},
      {3903, ErrorCategory::transaction},
      {3930, ErrorCategory::transaction},
      {701, ErrorCategory::resources},
      {1105, ErrorCategory::resources},
      {9002, ErrorCategory::resources},
      {40501, ErrorCategory::resources},
      {40613, ErrorCategory::connection},
      {50000, ErrorCategory::unclassified},  // THROW and RAISERROR of a user
      {3726, ErrorCategory::unclassified},
  };
  for (const Case& one : cases) {
    CAPTURE(one.number);
    CHECK(classify(record(one.number, "42000", "what the server says")) == one.category);
    if (one.category != ErrorCategory::unclassified) CHECK(classify(record(one.number, "HY000", "")) == one.category);
  }
}

TEST_CASE("SQL Server's number 547 is a foreign key or a check, as its text says") {
  CHECK(classify(
            record(547, "23000",
                   "The INSERT statement conflicted with the FOREIGN KEY constraint \"fk_a\". The conflict occurred in "
                   "database \"shop\", table \"dbo.customer\", column 'id'.")) == ErrorCategory::foreign_key_violation);
  CHECK(classify(record(
            547, "23000",
            "The DELETE statement conflicted with the REFERENCE constraint \"fk_a\". The conflict occurred in "
            "database \"shop\", table \"dbo.orders\", column 'customer_id'.")) == ErrorCategory::foreign_key_violation);
  CHECK(classify(record(547, "23000",
                        "The UPDATE statement conflicted with the FOREIGN KEY SAME TABLE constraint \"fk_a\".")) ==
        ErrorCategory::foreign_key_violation);
  CHECK(classify(
            record(547, "23000",
                   "The ALTER TABLE statement conflicted with the CHECK constraint \"ck_total\". The conflict occurred "
                   "in database \"shop\", table \"dbo.orders\", column 'total'.")) == ErrorCategory::check_violation);
}

TEST_CASE("SQL Server's number 547 is not misled by the name of the constraint") {
  CHECK(classify(record(547, "23000",
                        "The INSERT statement conflicted with the FOREIGN KEY constraint \"no CHECK constraint\". The "
                        "conflict occurred in database \"shop\", table \"dbo.customer\", column 'id'.")) ==
        ErrorCategory::foreign_key_violation);
}

TEST_CASE("SQL Server's errors without a number are classified by the driver's SQLSTATE") {
  CHECK(classify(record(0, "HYT00", "Query timeout expired")) == ErrorCategory::statement_timeout);
  CHECK(classify(record(0, "HY008", "Operation canceled")) == ErrorCategory::cancelled);
  CHECK(classify(record(0, "08S01", "Communication link failure")) == ErrorCategory::connection);
  CHECK(classify(record(0, "08001", "Unable to connect to data source")) == ErrorCategory::connection);
  CHECK(classify(record(20009, "08001", "Unable to connect: Adaptive Server is unavailable")) ==
        ErrorCategory::connection);
  CHECK(classify(record(20006, "08S01", "Write to the server failed")) == ErrorCategory::connection);
  CHECK(classify(record(0, "IM002", "Data source name not found")) == ErrorCategory::driver_missing);
  CHECK(classify(record(0, "28000", "Login failed")) == ErrorCategory::authentication);
  CHECK(classify(record(0, "40001", "")) == ErrorCategory::deadlock);
  CHECK(classify(record(0, "42S02", "")) == ErrorCategory::not_found);
  CHECK(classify(record(0, "22003", "Numeric value out of range")) == ErrorCategory::data);
  CHECK(classify(record(0, "HY000", "something went wrong")) == ErrorCategory::unclassified);
  CHECK(classify(record(0, "", "")) == ErrorCategory::unclassified);
  CHECK(classify(record(999999, "42000", "")) == ErrorCategory::unclassified);
}

// The Microsoft driver on Linux gives errno as the native number (msphpsql issue 809: 08S01, code 104): 103, 105 and
// 111 are also numbers of SQL Server's syntax errors.
TEST_CASE("SQL Server's lost connections are not taken for the message that has the number of their errno") {
  for (const std::int64_t number : {101, 102, 103, 104, 105, 110, 111, 10054, 10061}) {
    CAPTURE(number);
    CHECK(classify(record(number, "08S01", "Communication link failure")) == ErrorCategory::connection);
    CHECK(classify(record(number, "08001", "TCP Provider: Error code")) == ErrorCategory::connection);
  }
}

TEST_CASE("Babelfish's unmapped errors are classified by PostgreSQL's words") {
  struct Case {
    std::string message;
    ErrorCategory category;
  };
  for (const Case& one :
       {Case{"syntax error near 'SELCT' at line 1 and character position 0", ErrorCategory::syntax},
        Case{"relation \"ix_a\" already exists", ErrorCategory::already_exists},
        Case{"column \"b\" of relation \"t\" does not exist", ErrorCategory::not_found},
        Case{"duplicate key value violates unique constraint \"t_pkey\"", ErrorCategory::unique_violation},
        Case{"could not create unique index \"ux\"", ErrorCategory::unique_violation},
        Case{"insert or update on table \"o\" violates foreign key constraint \"fk\"",
             ErrorCategory::foreign_key_violation},
        Case{"new row for relation \"t\" violates check constraint \"ck\"", ErrorCategory::check_violation},
        Case{"check constraint \"ck\" of relation \"t\" is violated by some row", ErrorCategory::check_violation},
        Case{"null value in column \"a\" of relation \"t\" violates not-null constraint",
             ErrorCategory::not_null_violation},
        Case{"column \"a\" of relation \"t\" contains null values", ErrorCategory::not_null_violation},
        Case{"value too long for type character varying(3)", ErrorCategory::data},
        Case{"division by zero", ErrorCategory::data},
        Case{"'CREATE RULE' is not currently supported in Babelfish", ErrorCategory::not_supported},
        Case{"canceling statement due to lock timeout", ErrorCategory::lock_timeout},
        Case{"canceling statement due to statement timeout", ErrorCategory::statement_timeout},
        Case{"canceling statement due to user request", ErrorCategory::cancelled},
        Case{"deadlock detected", ErrorCategory::deadlock},
        Case{"terminating connection due to administrator command", ErrorCategory::connection},
        Case{"something that nobody has seen", ErrorCategory::unclassified}}) {
    CAPTURE(one.message);
    CHECK(classify(record(kBabelfishUnmapped, "42000", one.message)) == one.category);
  }
}

TEST_CASE("SQL Server's own numbers are never classified by PostgreSQL's words") {
  CHECK(classify(record(50000, "42000", "the order does not exist")) == ErrorCategory::unclassified);
  CHECK(classify(record(50000, "42000", "a syntax error in the import file")) == ErrorCategory::unclassified);
  CHECK(classify(record(50000, "42000", "permission denied by the business")) == ErrorCategory::unclassified);
}

TEST_CASE("SQL Server's error is the first record that is one, and keeps them all") {
  const Error error = error_from(
      {record(5701, "01000", "Changed database context to 'shop'."), record(0, "01000", "printed by the script"),
       record(208, "42S02", "Invalid object name 'dbo.nothing'."),
       record(3621, "01000", "The statement has been terminated.")},
      "SELECT * FROM dbo.nothing");
  CHECK(error.category() == ErrorCategory::not_found);
  CHECK(error.message() == "Invalid object name 'dbo.nothing'.");
  CHECK(error.engine() == "sqlserver");
  CHECK(error.statement() == "SELECT * FROM dbo.nothing");
  CHECK(error.diagnostics().size() == 4);
  CHECK(contains(error.what(), "printed by the script"));
}

TEST_CASE("SQL Server's error without records, or with informational ones only, still says something") {
  const Error silent = error_from({}, "SELECT 1");
  CHECK(silent.category() == ErrorCategory::unclassified);
  CHECK_FALSE(silent.message().empty());
  const Error informational = error_from({record(0, "01000", "only a message")}, "SELECT 1");
  CHECK(informational.message() == "only a message");
}

TEST_CASE("SQL Server's error does not repeat a password of the statement") {
  const Error error = error_from({record(15247, "42000", "User does not have permission to perform this action.")},
                                 "CREATE LOGIN a WITH PASSWORD = N'hunter2'");
  CHECK_FALSE(contains(error.what(), "hunter2"));
}

TEST_CASE("SQL Server's refused connection says why and what to do") {
  struct Case {
    std::string sqlstate;
    long number;
    std::string message;
    ErrorCategory category;
    std::string remedy;
  };
  for (const Case& one :
       {Case{"28000", 18456, "Login failed for user 'sa'.", ErrorCategory::authentication, "password"},
        Case{"42000", 4060, "Cannot open database \"shop\" requested by the login. The login failed.",
             ErrorCategory::not_found, "create the database"},
        Case{"08001", 20009, "Unable to connect: Adaptive Server is unavailable or does not exist",
             ErrorCategory::connection, "host"},
        Case{"08001", 0,
             "SSL Provider: [error:0A000086:SSL routines::certificate verify failed:self-signed certificate]",
             ErrorCategory::connection, "trustServerCertificate=yes"},
        Case{"01000", 0, "Can't open lib 'ODBC Driver 18 for SQL Server' : file not found",
             ErrorCategory::driver_missing, "install the driver"},
        Case{"IM002", 0, "Data source name not found and no default driver specified", ErrorCategory::driver_missing,
             "install the driver"},
        Case{"HY000", 0, "nobody knows", ErrorCategory::connection, "host"}}) {
    CAPTURE(one.message);
    const Error error = connect_error_from(one.sqlstate, one.number, one.message, "sqlserver://sa:***@h/shop");
    CHECK(error.category() == one.category);
    CHECK(contains(error.remedy(), one.remedy));
    CHECK(contains(error.message(), "sqlserver://sa:***@h/shop"));
    CHECK(contains(error.message(), one.message));
    CHECK(error.engine() == "sqlserver");
    CHECK(error.native_code() == one.number);
    CHECK(error.sqlstate() == one.sqlstate);
    CHECK(error.statement().empty());
  }
}

// The Microsoft driver reports an unreachable server as HYT00, the state that a slow statement has too.
TEST_CASE("SQL Server's login that times out is a connection that failed, not a slow statement") {
  const Error error = connect_error_from("HYT00", 0, "Login timeout expired", "sqlserver://h/shop");
  CHECK(error.category() == ErrorCategory::connection);
  CHECK(contains(error.remedy(), "host"));
}

TEST_CASE("SQL Server's refused connection does not advise to check the host when the server has answered") {
  const Error permission = connect_error_from(
      "42000", 916,
      "The server principal \"u\" is not able to access the database \"shop\" under the current security context.",
      "sqlserver://h/shop");
  CHECK(permission.category() == ErrorCategory::permission);
  CHECK_FALSE(contains(permission.remedy(), "check host"));
  const Error busy = connect_error_from("42000", 40501, "The service is currently busy.", "sqlserver://h/shop");
  CHECK(busy.category() == ErrorCategory::resources);
  CHECK_FALSE(contains(busy.remedy(), "check host"));
}

TEST_CASE("SQL Server's refused connection hides the password that a driver repeats") {
  const Error error =
      connect_error_from("08001", 0, "cannot open Driver=FreeTDS;UID=sa;PWD=hunter2;Server=h", "sqlserver://sa:***@h/");
  CHECK_FALSE(contains(error.what(), "hunter2"));
  CHECK(contains(error.what(), "UID=sa"));
}
