#include "cli/exit_code.h"

#include <doctest/doctest.h>

using namespace paripassu;
using cli::exit_code_for;
using cli::ExitCode;

namespace {

Error with_statement(ErrorCategory category) {
  Error error(category, "it failed");
  error.with_statement("SELECT 1");
  return error;
}

}  // namespace

TEST_CASE("ExitCode numbers are those of the documentation") {
  CHECK(static_cast<int>(ExitCode::success) == 0);
  CHECK(static_cast<int>(ExitCode::differences) == 1);
  CHECK(static_cast<int>(ExitCode::usage) == 2);
  CHECK(static_cast<int>(ExitCode::server) == 3);
  CHECK(static_cast<int>(ExitCode::internal) == 4);
  CHECK(static_cast<int>(ExitCode::incomplete) == 5);
}

TEST_CASE("ExitCode does not depend on the command for wrong usage, servers, faults and interruption") {
  struct Case {
    ErrorCategory category;
    ExitCode code;
  };
  for (const Case& one :
       {Case{ErrorCategory::usage, ExitCode::usage}, Case{ErrorCategory::configuration, ExitCode::usage},
        Case{ErrorCategory::script, ExitCode::usage}, Case{ErrorCategory::connection, ExitCode::server},
        Case{ErrorCategory::authentication, ExitCode::server}, Case{ErrorCategory::driver_missing, ExitCode::server},
        Case{ErrorCategory::server_unavailable, ExitCode::server}, Case{ErrorCategory::permission, ExitCode::server},
        Case{ErrorCategory::internal, ExitCode::internal}, Case{ErrorCategory::interrupted, ExitCode::incomplete}}) {
    CAPTURE(to_string(one.category));
    CHECK(exit_code_for(Error(one.category, "it failed"), false) == one.code);
    CHECK(exit_code_for(Error(one.category, "it failed"), true) == one.code);
  }
}

TEST_CASE(
    "ExitCode of a statement that the server refused is a failed migration, or a comparison that did not take place") {
  for (const ErrorCategory category :
       {ErrorCategory::not_found, ErrorCategory::already_exists, ErrorCategory::syntax, ErrorCategory::unique_violation,
        ErrorCategory::foreign_key_violation, ErrorCategory::check_violation, ErrorCategory::not_null_violation,
        ErrorCategory::data, ErrorCategory::deadlock, ErrorCategory::lock_timeout, ErrorCategory::statement_timeout,
        ErrorCategory::cancelled, ErrorCategory::transaction, ErrorCategory::migration, ErrorCategory::not_supported,
        ErrorCategory::resources, ErrorCategory::unclassified}) {
    CAPTURE(to_string(category));
    CHECK(exit_code_for(with_statement(category), false) == ExitCode::differences);
    CHECK(exit_code_for(with_statement(category), true) == ExitCode::incomplete);
  }
}

TEST_CASE("ExitCode of a database that does not exist is that of a server that refused") {
  const Error error(ErrorCategory::not_found, "cannot connect to postgres://h/nothing");
  CHECK(exit_code_for(error, false) == ExitCode::server);
  CHECK(exit_code_for(error, true) == ExitCode::server);
}

TEST_CASE("ExitCode of any error is never success") {
  for (int i = 0; i <= static_cast<int>(ErrorCategory::internal); ++i) {
    const auto category = static_cast<ErrorCategory>(i);
    CAPTURE(to_string(category));
    for (const bool compares : {false, true}) {
      CHECK(exit_code_for(Error(category, "it failed"), compares) != ExitCode::success);
      CHECK(exit_code_for(with_statement(category), compares) != ExitCode::success);
    }
  }
}
