#pragma once

#include <sql.h>
#include <sqlext.h>

#include <vector>

#include "backends/error.h"

namespace paripassu::odbc {

/// Every diagnostic record of a handle. To be called before any other call on the handle, which would discard them.
/// The driver's prefix ("[FreeTDS][SQL Server]", "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]") is
/// taken off the messages. At most `kMessagesPerStatementMax` records are kept.
std::vector<Diagnostic> read_diagnostics(SQLSMALLINT handle_type, SQLHANDLE handle);

/// `message` without leading "[…]" groups.
std::string strip_prefixes(std::string_view message);

}  // namespace paripassu::odbc
