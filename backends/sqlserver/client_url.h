#pragma once

#include <string>

#include "backends/client_url.h"

namespace paripassu::sqlserver {

/// The URL in the form that a client of SQL Server wants. Forms that name an ODBC driver name the one that this backend
/// uses itself; "url" then has it as its parameter `driver`. Throws Error: driver_missing; not_supported for what that
/// form cannot say; usage as connection_string.
std::string client_url(ClientUrlForm form, const ConnectionUrl& url);

}  // namespace paripassu::sqlserver
