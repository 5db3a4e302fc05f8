#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "backends/error.h"

namespace paripassu::postgres {

/// SQLSTATE to category (PostgreSQL documentation, Appendix A).
ErrorCategory classify(std::string_view sqlstate);

/// Every field that libpq keeps of an error or notice.
Diagnostic diagnostic_from(const PGresult* result);

/// The error of a failed result, or of a connection that was lost while waiting for one (`result` may be null).
Error error_from(PGconn* connection, const PGresult* result, std::string_view statement);

/// The error of a connection that could not be made, with a remedy that fits its message.
Error connect_error_from(std::string_view message, const std::string& redacted_url);

}  // namespace paripassu::postgres
