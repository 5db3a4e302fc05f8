#pragma once

#include <string>
#include <vector>

#include "backends/connection_url.h"

namespace paripassu::sqlserver {

/// Which of the two drivers a name or path means; they differ in keywords (facts: FreeTDS 1.3 knows neither Encrypt nor
/// TrustServerCertificate and ignores unknown keywords in silence).
enum class DriverKind { freetds, msodbcsql };

struct Driver {
  std::string name;  ///< as registered in odbcinst.ini, or a path
  DriverKind kind = DriverKind::freetds;
};

/// Drivers registered with unixODBC, Microsoft's newest first, then FreeTDS.
std::vector<Driver> installed_drivers();

/// The driver that the URL's `driver` parameter names, else the first installed one.
/// Throws Error(driver_missing) that says what to install.
Driver choose_driver(const ConnectionUrl& url);

/// The ODBC connection string. Parameters of the URL: `driver`, `encrypt` (yes, no, strict, optional, mandatory, true,
/// false), `trustServerCertificate`, `instance`, `authentication`, `applicationName`; any other one is handed to the
/// driver as it is written. Throws Error(usage) for a bad value and Error(not_supported) for what the driver cannot do,
/// since FreeTDS would ignore it in silence.
std::string connection_string(const ConnectionUrl& url, const Driver& driver);

/// A value as a connection string wants it: in braces where it has special characters.
std::string quote_value(const std::string& value);

}  // namespace paripassu::sqlserver
