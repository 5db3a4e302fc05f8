#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace paripassu {

/// A value that is never printed: no stream operator, no conversion to string. `reveal()` is the one way
/// out and is called only where a driver is handed the password.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

/// `scheme://[user[:password]@][host[:port][,host:port…]][/database][?key=value&…]`, percent-decoded.
/// A port list (PostgreSQL's several hosts) is kept as libpq wants it: hosts and ports joined by commas.
struct ConnectionUrl {
  std::string scheme;  ///< as written, lower case: "postgres", "postgresql", "sqlserver", "mssql"
  std::string user;    ///< empty: the driver's default
  std::optional<Secret> password;
  std::string host;      ///< empty: the driver's default; brackets of an IPv6 address are stripped
  std::string port;      ///< decimal, or a comma-separated list; empty: the engine's default
  std::string database;  ///< empty: the driver's default
  std::map<std::string, std::string> parameters;

  /// Throws Error(usage) that says what is wrong, without repeating the password.
  static ConnectionUrl parse(std::string_view text);
  /// True for anything of the form `scheme://`.
  static bool looks_like_url(std::string_view text);

  /// The URL for people and reports: the password is `***`, and so is every parameter whose name
  /// contains "password" or "pwd", "secret" or "token".
  std::string redacted() const;
  ConnectionUrl with_database(std::string name) const;
  /// The parameter, or an empty string.
  std::string parameter(const std::string& name) const;

  bool operator==(const ConnectionUrl&) const = default;
};

/// Replaces `user:password@` in anything that looks like a URL, and `password=…`/`pwd=…` in connection
/// strings. Used on every text that comes back from a driver.
std::string redact_secrets(std::string_view text);

}  // namespace paripassu
