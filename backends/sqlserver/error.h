#pragma once

#include <string_view>
#include <vector>

#include "backends/error.h"

namespace paripassu::sqlserver {

/// SQL Server's message number to category (sys.messages), else ODBC's SQLSTATE, else, for the unmapped errors of
/// Babelfish (number 33557097, state 42000), the words of PostgreSQL.
ErrorCategory classify(const Diagnostic& record);

/// The error of a failed call. Its message is that of the first record that is an error.
Error error_from(std::vector<Diagnostic> records, std::string_view statement);

/// The error of a connection that could not be made.
Error connect_error_from(const std::string& sqlstate, long native_code, std::string_view message,
                         const std::string& redacted_url);

}  // namespace paripassu::sqlserver
