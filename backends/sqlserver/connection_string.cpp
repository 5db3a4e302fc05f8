#include "backends/sqlserver/connection_string.h"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "backends/error.h"

namespace paripassu::sqlserver {

namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// A parameter whatever its case: connection strings do not mind it, so neither do URLs.
std::string parameter(const ConnectionUrl& url, const std::string& name) {
  for (const auto& [key, value] : url.parameters)
    if (lower(key) == lower(name)) return value;
  return {};
}

DriverKind kind_of(const std::string& name) {
  const std::string word = lower(name.substr(name.rfind('/') + 1));  // of a path, the file decides
  return word.find("tds") != std::string::npos ? DriverKind::freetds : DriverKind::msodbcsql;
}

enum class Encryption { unspecified, off, optional, on, strict };

Encryption encryption(const ConnectionUrl& url) {
  const std::string word = lower(parameter(url, "encrypt"));
  if (word.empty()) return Encryption::unspecified;
  if (word == "no" || word == "false" || word == "off") return Encryption::off;
  if (word == "optional" || word == "request") return Encryption::optional;
  if (word == "yes" || word == "true" || word == "mandatory" || word == "require") return Encryption::on;
  if (word == "strict") return Encryption::strict;
  throw Error(ErrorCategory::usage, "encrypt=" + word + " is not a value that is known")
      .with_engine("sqlserver")
      .with_remedy("write encrypt=yes, no, optional or strict");
}

bool trust_flag(const std::string& value) {
  const std::string word = lower(value);
  if (word == "yes" || word == "true" || word == "1") return true;
  if (word == "no" || word == "false" || word == "0") return false;
  throw Error(ErrorCategory::usage, "trustServerCertificate=" + word + " is not a value that is known")
      .with_engine("sqlserver")
      .with_remedy("write trustServerCertificate=yes or no");
}

bool is_handled(const std::string& name) {
  static constexpr std::array kNames = {"driver",      "encrypt",        "trustservercertificate",
                                        "instance",    "authentication", "applicationname",
                                        "tds_version", "clientcharset"};
  return std::find(kNames.begin(), kNames.end(), lower(name)) != kNames.end();
}

Error needs_microsoft(const std::string& what) {
  return Error(ErrorCategory::not_supported, "the FreeTDS driver cannot do " + what)
      .with_engine("sqlserver")
      .with_remedy("install Microsoft's msodbcsql18 and add driver=ODBC Driver 18 for SQL Server to the URL");
}

}  // namespace

std::string quote_value(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_./\\:$#+").find(c) != std::string_view::npos;
  });
  if (plain) return value;
  std::string quoted = "{";
  for (char c : value) {
    quoted += c;
    if (c == '}') quoted += '}';
  }
  return quoted + "}";
}

std::vector<Driver> installed_drivers() {
  std::vector<Driver> drivers;
  SQLHENV environment = nullptr;
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment))) return drivers;
  SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
  std::array<SQLCHAR, 512> name{};
  std::array<SQLCHAR, 4096> attributes{};
  SQLSMALLINT name_length = 0;
  SQLSMALLINT attributes_length = 0;
  SQLUSMALLINT direction = SQL_FETCH_FIRST;
  while (
      SQL_SUCCEEDED(SQLDrivers(environment, direction, name.data(), static_cast<SQLSMALLINT>(name.size()), &name_length,
                               attributes.data(), static_cast<SQLSMALLINT>(attributes.size()), &attributes_length))) {
    direction = SQL_FETCH_NEXT;
    std::string text(reinterpret_cast<const char*>(name.data()));
    const std::string word = lower(text);
    if (word.find("freetds") != std::string::npos || word.find("sql server") != std::string::npos)
      drivers.push_back({text, kind_of(text)});
  }
  SQLFreeHandle(SQL_HANDLE_ENV, environment);
  std::sort(drivers.begin(), drivers.end(), [](const Driver& left, const Driver& right) {
    if (left.kind != right.kind) return left.kind == DriverKind::msodbcsql;
    return left.name > right.name;
  });
  if (drivers.empty()) {
    // tdsodbc unpacked but not registered, as in a container built without odbcinst.
    for (const char* folder : {"/usr/lib/x86_64-linux-gnu/odbc", "/usr/lib/aarch64-linux-gnu/odbc", "/usr/lib/odbc"}) {
      const std::string path = std::string(folder) + "/libtdsodbc.so";
      std::error_code ignored;
      if (std::filesystem::exists(path, ignored)) drivers.push_back({path, DriverKind::freetds});
    }
  }
  return drivers;
}

Driver choose_driver(const ConnectionUrl& url) {
  if (const std::string wanted = parameter(url, "driver"); !wanted.empty()) return {wanted, kind_of(wanted)};
  const std::vector<Driver> drivers = installed_drivers();
  if (drivers.empty())
    throw Error(ErrorCategory::driver_missing, "no ODBC driver for SQL Server is installed")
        .with_engine("sqlserver")
        .with_remedy("install FreeTDS (apt-get install tdsodbc) or Microsoft's msodbcsql18");
  return drivers.front();
}

std::string connection_string(const ConnectionUrl& url, const Driver& driver) {
  std::string text = "Driver=" + quote_value(driver.name);
  const auto add = [&](const std::string& key, const std::string& value) {
    text += ";" + key + "=" + quote_value(value);
  };
  const std::string instance = parameter(url, "instance");
  if (!instance.empty() && !url.port.empty())
    throw Error(ErrorCategory::usage, "the URL has a port and an instance name")
        .with_engine("sqlserver")
        .with_remedy("leave one of them out: the instance's port is asked from the SQL Server Browser");
  const std::string host = url.host.empty() ? "127.0.0.1" : url.host;
  if (host.find(',') != std::string::npos)
    throw Error(ErrorCategory::usage, "several hosts are not possible on SQL Server")
        .with_engine("sqlserver")
        .with_remedy(
            "name one host; an availability group has a listener, for which MultiSubnetFailover=Yes can be added");
  const std::string authentication = parameter(url, "authentication");
  const Encryption encrypt = encryption(url);
  const std::string trust = parameter(url, "trustServerCertificate");
  const std::string application = parameter(url, "applicationName");

  if (driver.kind == DriverKind::freetds) {
    add("Server", instance.empty() ? host : host + "\\" + instance);
    if (instance.empty()) add("Port", url.port.empty() ? "1433" : url.port);
    if (encrypt == Encryption::strict) throw needs_microsoft("encrypt=strict (TDS 8.0)");
    if (!trust.empty() && !trust_flag(trust))
      throw needs_microsoft("trustServerCertificate=no: it checks no certificate");
    if (encrypt == Encryption::off) add("Encryption", "off");
    if (encrypt == Encryption::optional) add("Encryption", "request");
    if (encrypt == Encryption::on) add("Encryption", "require");
    if (!authentication.empty() && lower(authentication) != "sqlpassword")
      throw needs_microsoft("authentication=" + authentication);
    add("TDS_Version", parameter(url, "tds_version").empty() ? "7.4" : parameter(url, "tds_version"));
    add("ClientCharset", "UTF-8");
  } else {
    add("Server",
        instance.empty() ? "tcp:" + host + "," + (url.port.empty() ? "1433" : url.port) : host + "\\" + instance);
    if (encrypt == Encryption::off || encrypt == Encryption::optional) add("Encrypt", "no");
    if (encrypt == Encryption::on) add("Encrypt", "yes");
    if (encrypt == Encryption::strict) add("Encrypt", "strict");
    if (!trust.empty()) add("TrustServerCertificate", trust_flag(trust) ? "yes" : "no");
    if (lower(authentication) == "integrated" || lower(authentication) == "windows") {
      add("Trusted_Connection", "yes");
    } else if (!authentication.empty()) {
      add("Authentication", authentication);
    }
  }
  if (!url.user.empty()) add("UID", url.user);
  if (url.password) add("PWD", url.password->reveal());
  if (!url.database.empty()) add("Database", url.database);
  add("APP", application.empty() ? "paripassu" : application);
  for (const auto& [name, value] : url.parameters) {
    if (is_handled(name)) continue;
    const bool word = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ' ';
    });
    if (!word)
      throw Error(ErrorCategory::usage, "the URL's parameter '" + name + "' cannot be an ODBC keyword")
          .with_engine("sqlserver")
          .with_remedy("write a keyword of letters, digits, blanks and underscores");
    add(name, value);
  }
  return text;
}

}  // namespace paripassu::sqlserver
