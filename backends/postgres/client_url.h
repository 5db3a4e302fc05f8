#pragma once

#include <string>

#include "backends/client_url.h"

namespace paripassu::postgres {

/// The URL in the form that a client of PostgreSQL wants. Throws Error(not_supported) for what that form cannot say.
std::string client_url(ClientUrlForm form, const ConnectionUrl& url);

}  // namespace paripassu::postgres
