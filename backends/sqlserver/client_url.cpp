#include "backends/sqlserver/client_url.h"

#include <algorithm>
#include <cctype>

#include "backends/error.h"
#include "backends/sqlserver/connection_string.h"

namespace paripassu::sqlserver {

namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string parameter(const ConnectionUrl& url, const std::string& name) {
  for (const auto& [key, value] : url.parameters)
    if (lower(key) == lower(name)) return value;
  return {};
}

/// Parameters that are about ODBC, or that are written in another way.
bool is_handled(const std::string& name) {
  const std::string word = lower(name);
  return word == "driver" || word == "instance" || word == "tds_version" || word == "clientcharset" ||
         word == "encrypt" || word == "trustservercertificate" || word == "applicationname" || word == "authentication";
}

Error not_possible(const std::string& what, const std::string& remedy) {
  return Error(ErrorCategory::not_supported, what).with_engine("sqlserver").with_remedy(remedy);
}

std::string host_of(const ConnectionUrl& url) {
  return url.host.empty() ? "127.0.0.1" : url.host;
}

std::string jdbc_url(const ConnectionUrl& url) {
  const std::string instance = parameter(url, "instance");
  std::string text = "jdbc:sqlserver://" + host_of(url);
  if (!instance.empty()) text += '\\' + instance;
  if (!url.port.empty()) text += ':' + url.port;
  const auto add = [&text](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    text += ';' + name + "={";
    for (const char c : value) {
      text += c;
      if (c == '}') text += c;
    }
    text += '}';
  };
  add("databaseName", url.database);
  add("user", url.user);
  if (url.password) add("password", url.password->reveal());
  for (const char* name : {"encrypt", "trustServerCertificate", "applicationName", "authentication"}) {
    std::string value = parameter(url, name);
    if (value == "yes") value = "true";
    if (value == "no") value = "false";
    add(name, value);
  }
  for (const auto& [name, value] : url.parameters)
    if (!is_handled(name)) add(name, value);
  return text;
}

std::string ado_string(const ConnectionUrl& url) {
  const std::string instance = parameter(url, "instance");
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    text += (text.empty() ? "" : ";") + name + "=\"";
    for (const char c : value) {
      if (c == '"') text += c;
      text += c;
    }
    text += '"';
  };
  const std::string server = instance.empty() ? "tcp:" + host_of(url) : host_of(url) + '\\' + instance;
  add("Server", url.port.empty() ? server : server + ',' + url.port);
  add("Database", url.database);
  add("User ID", url.user);
  if (url.password) add("Password", url.password->reveal());
  add("Encrypt", parameter(url, "encrypt"));
  add("TrustServerCertificate", parameter(url, "trustServerCertificate"));
  add("Application Name", parameter(url, "applicationName"));
  add("Authentication", parameter(url, "authentication"));
  for (const auto& [name, value] : url.parameters)
    if (!is_handled(name)) add(name, value);
  return text;
}

}  // namespace

std::string client_url(ClientUrlForm form, const ConnectionUrl& url) {
  switch (form) {
    case ClientUrlForm::url: {
      ConnectionUrl complete = url;
      if (parameter(url, "driver").empty()) complete.parameters["driver"] = choose_driver(url).name;
      return text_with_password(complete);
    }
    case ClientUrlForm::sqlalchemy:
      // The exact string, since SQLAlchemy's own way of making one knows neither FreeTDS's port nor instances.
      return "mssql+pyodbc:///?odbc_connect=" + percent_encoded(connection_string(url, choose_driver(url)));
    case ClientUrlForm::odbc:
      return connection_string(url, choose_driver(url));
    case ClientUrlForm::jdbc:
      return jdbc_url(url);
    case ClientUrlForm::ado:
      return ado_string(url);
    case ClientUrlForm::libpq:
      break;
  }
  throw not_possible("libpq cannot reach SQL Server", "choose another url_form for the commands of [migrator]");
}

}  // namespace paripassu::sqlserver
