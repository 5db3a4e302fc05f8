#include "backends/postgres/client_url.h"

#include <array>
#include <string_view>

#include "backends/error.h"

namespace paripassu::postgres {

namespace {

/// libpq takes a host that begins with a slash for the folder of a Unix socket, one with '@' for an abstract one.
bool is_socket(const std::string& host) {
  return !host.empty() && (host.front() == '/' || host.front() == '@');
}

Error not_possible(const std::string& what, const std::string& remedy) {
  return Error(ErrorCategory::not_supported, what).with_engine("postgres").with_remedy(remedy);
}

std::string sqlalchemy_url(const ConnectionUrl& url) {
  std::string text = "postgresql+psycopg2://";
  if (!url.user.empty() || url.password) {
    text += percent_encoded(url.user);
    if (url.password) text += ':' + percent_encoded(url.password->reveal());
    text += '@';
  }
  // Sockets and lists of hosts go to psycopg2, and so to libpq, as they are; SQLAlchemy passes on what it finds behind
  // the question mark.
  const bool plain = !is_socket(url.host) && url.host.find(',') == std::string::npos;
  std::string query;
  const auto add = [&query](const std::string& name, const std::string& value) {
    query += (query.empty() ? '?' : '&') + percent_encoded(name) + '=' + percent_encoded(value, "/");
  };
  if (plain) {
    text += url.host.find(':') != std::string::npos ? '[' + url.host + ']' : percent_encoded(url.host);
    // Without a host in front SQLAlchemy would take the port for part of the name.
    if (!url.port.empty() && !url.host.empty()) text += ':' + url.port;
  } else {
    add("host", url.host);
  }
  if (!url.port.empty() && (!plain || url.host.empty())) add("port", url.port);
  for (const auto& [name, value] : url.parameters) add(name, value);
  return text + '/' + percent_encoded(url.database) + query;
}

std::string keywords(const ConnectionUrl& url) {
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    text += (text.empty() ? "" : " ") + name + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += '\'';
  };
  add("host", url.host);
  add("port", url.port);
  add("user", url.user);
  if (url.password) add("password", url.password->reveal());
  add("dbname", url.database);
  for (const auto& [name, value] : url.parameters) add(name, value);
  return text;
}

std::string in_braces(const std::string& value) {
  std::string quoted = "{";
  for (const char c : value) {
    quoted += c;
    if (c == '}') quoted += '}';
  }
  return quoted + "}";
}

std::string odbc_string(const ConnectionUrl& url) {
  const std::string driver = url.parameter("driver");
  std::string text = "Driver=" + in_braces(driver.empty() ? "PostgreSQL Unicode" : driver);
  if (!url.host.empty()) text += ";Servername=" + in_braces(url.host);
  if (!url.port.empty()) text += ";Port=" + in_braces(url.port);
  if (!url.database.empty()) text += ";Database=" + in_braces(url.database);
  if (!url.user.empty()) text += ";UID=" + in_braces(url.user);
  if (url.password) text += ";PWD=" + in_braces(url.password->reveal());
  ConnectionUrl others;
  others.parameters = url.parameters;
  others.parameters.erase("driver");
  if (const auto mode = others.parameters.find("sslmode"); mode != others.parameters.end()) {
    text += ";SSLmode=" + in_braces(mode->second);
    others.parameters.erase(mode);
  }
  // psqlodbc hands these to libpq.
  if (!others.parameters.empty()) text += ";pqopt=" + in_braces(keywords(others));
  return text;
}

std::string jdbc_url(const ConnectionUrl& url) {
  if (is_socket(url.host))
    throw not_possible("JDBC cannot reach PostgreSQL through a Unix socket, " + url.host,
                       "name a server that listens on TCP in [engines.postgres] url");
  std::string text = "jdbc:postgresql://";
  ConnectionUrl hosts;
  hosts.host = url.host.empty() ? "localhost" : url.host;
  hosts.port = url.port;
  text += text_with_password(hosts).substr(3);  // behind "://"
  text += '/' + percent_encoded(url.database);
  char separator = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    text += separator + percent_encoded(name) + '=' + percent_encoded(value);
    separator = '&';
  };
  if (!url.user.empty()) add("user", url.user);
  if (url.password) add("password", url.password->reveal());
  for (const auto& [name, value] : url.parameters) add(name, value);
  return text;
}

std::string ado_string(const ConnectionUrl& url) {
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    text += (text.empty() ? "" : ";") + std::string(name) + "=\"";
    for (const char c : value) {
      if (c == '"') text += c;
      text += c;
    }
    text += '"';
  };
  add("Host", url.host);
  add("Port", url.port);
  add("Database", url.database);
  add("Username", url.user);
  if (url.password) add("Password", url.password->reveal());
  struct Keyword {
    std::string_view parameter;
    std::string_view keyword;
  };
  constexpr std::array<Keyword, 7> kKeywords = {{{"sslmode", "SSL Mode"},
                                                 {"sslrootcert", "Root Certificate"},
                                                 {"sslcert", "SSL Certificate"},
                                                 {"sslkey", "SSL Key"},
                                                 {"options", "Options"},
                                                 {"application_name", "Application Name"},
                                                 {"connect_timeout", "Timeout"}}};
  for (const auto& [name, value] : url.parameters) {
    const Keyword* found = nullptr;
    for (const Keyword& one : kKeywords)
      if (name == one.parameter) found = &one;
    if (found == nullptr)
      throw not_possible("the URL's parameter '" + name + "' is not known in .NET's connection strings",
                         "take it out of the URL, or let the tool read another form (url_form)");
    std::string words = value;
    if (name == "sslmode" && value == "verify-ca") words = "VerifyCA";
    if (name == "sslmode" && value == "verify-full") words = "VerifyFull";
    add(found->keyword, words);
  }
  return text;
}

}  // namespace

std::string client_url(ClientUrlForm form, const ConnectionUrl& url) {
  switch (form) {
    case ClientUrlForm::url:
      return text_with_password(url);
    case ClientUrlForm::sqlalchemy:
      return sqlalchemy_url(url);
    case ClientUrlForm::libpq:
      return keywords(url);
    case ClientUrlForm::odbc:
      return odbc_string(url);
    case ClientUrlForm::jdbc:
      return jdbc_url(url);
    case ClientUrlForm::ado:
      return ado_string(url);
  }
  return {};
}

}  // namespace paripassu::postgres
