#include "backends/connection_url.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "backends/error.h"

namespace paripassu {

namespace {

constexpr std::size_t kUrlBytesMax = 64 * 1024;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

Error bad_url(const std::string& what) {
  return Error(ErrorCategory::usage, "the connection URL is not valid: " + what)
      .with_remedy(
          "write it as scheme://user@host:port/database?parameter=value, and percent-encode special "
          "characters (@ is %40, / is %2F, # is %23)");
}

std::string decode(std::string_view text, const char* part) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) throw bad_url(std::string("a % in the ") + part + " is not followed by two hex digits");
    const char c = static_cast<char>(high * 16 + low);
    if (c == '\0') throw bad_url(std::string("the ") + part + " contains %00");
    result += c;
    i += 2;
  }
  return result;
}

std::string encode(std::string_view text, std::string_view also_plain = "") {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~' ||
        also_plain.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += '%';
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    }
  }
  return result;
}

bool is_secret_name(std::string_view name) {
  const std::string word = lower(name);
  constexpr std::array<std::string_view, 5> kWords = {"password", "pwd", "secret", "token", "passphrase"};
  // passfile names a file, it holds no secret.
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view secret) { return word.find(secret) != std::string::npos; });
}

void append_host(ConnectionUrl& url, std::string_view item, bool first, bool& any_port) {
  std::string_view host = item;
  std::string_view port;
  if (!item.empty() && item.front() == '[') {
    const std::size_t end = item.find(']');
    if (end == std::string_view::npos) throw bad_url("the '[' of an IPv6 address has no ']'");
    host = item.substr(1, end - 1);
    std::string_view rest = item.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') throw bad_url("after ']' comes ':' and the port, or nothing");
    if (!rest.empty()) port = rest.substr(1);
  } else if (const std::size_t colon = item.rfind(':'); colon != std::string_view::npos) {
    if (item.find(':') != colon) throw bad_url("an IPv6 address is written in brackets: [::1]");
    host = item.substr(0, colon);
    port = item.substr(colon + 1);
  }
  if (!port.empty()) {
    const bool digits = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || port.size() > 5 || std::stoi(std::string(port)) < 1 || std::stoi(std::string(port)) > 65535)
      throw bad_url("the port must be a number from 1 to 65535");
    any_port = true;
  }
  if (!first) {
    url.host += ',';
    url.port += ',';
  }
  url.host += decode(host, "host");
  url.port += port;
}

}  // namespace

bool ConnectionUrl::looks_like_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
  });
}

ConnectionUrl ConnectionUrl::parse(std::string_view text) {
  if (text.size() > kUrlBytesMax) throw bad_url("it is longer than 65536 bytes");
  if (text.find('\0') != std::string_view::npos) throw bad_url("it contains a NUL character");
  if (!looks_like_url(text)) throw bad_url("it does not begin with a scheme such as postgres:// or sqlserver://");
  ConnectionUrl url;
  const std::size_t colon = text.find("://");
  url.scheme = lower(text.substr(0, colon));
  std::string_view rest = text.substr(colon + 3);

  if (rest.find('#') != std::string_view::npos) throw bad_url("a '#' must be written as %23");
  std::string_view query;
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  std::string_view authority = rest;
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    authority = rest.substr(0, slash);
    // postgres://u:pass/word@host would otherwise read as a database name that holds the password.
    if (rest.find('@', slash) != std::string_view::npos)
      throw bad_url(
          "there is an '@' behind the first '/': write a '/' in the user name or password as %2F and '@' as %40");
    url.database = decode(rest.substr(slash + 1), "database name");
  }
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view user_part = authority.substr(0, at);
    authority = authority.substr(at + 1);
    if (user_part.find('@') != std::string_view::npos)
      throw bad_url("it holds more than one '@': write the one in the user name or password as %40");
    const std::size_t separator = user_part.find(':');
    url.user = decode(user_part.substr(0, separator), "user name");
    if (separator != std::string_view::npos) url.password = Secret(decode(user_part.substr(separator + 1), "password"));
  }
  bool any_port = false;
  for (bool first = true;; first = false) {
    const std::size_t comma = authority.find(',');
    append_host(url, authority.substr(0, comma), first, any_port);
    if (comma == std::string_view::npos) break;
    authority = authority.substr(comma + 1);
  }
  if (!any_port) url.port.clear();

  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view item = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0)
      throw bad_url("every parameter after '?' is written name=value");
    std::string name = decode(item.substr(0, equals), "parameter name");
    std::string value = decode(item.substr(equals + 1), "parameter value");
    if (name == "password") {
      url.password = Secret(std::move(value));
    } else if (!url.parameters.emplace(name, std::move(value)).second) {
      throw bad_url("the parameter '" + name + "' is given twice");
    }
  }
  return url;
}

std::string ConnectionUrl::redacted() const {
  std::string text = scheme + "://";
  if (!user.empty() || password) {
    text += encode(user);
    if (password) text += ":***";
    text += '@';
  }
  std::string_view hosts = host;
  std::string_view ports = port;
  for (bool first = true;; first = false) {
    const std::size_t host_comma = hosts.find(',');
    const std::size_t port_comma = ports.find(',');
    const std::string_view one_host = hosts.substr(0, host_comma);
    const std::string_view one_port = ports.substr(0, port_comma);
    if (!first) text += ',';
    if (one_host.find(':') != std::string_view::npos) {
      text += '[' + encode(one_host, ":") + ']';
    } else {
      text += encode(one_host);
    }
    if (!one_port.empty()) text += ':' + std::string(one_port);
    if (host_comma == std::string_view::npos) break;
    hosts = hosts.substr(host_comma + 1);
    ports = port_comma == std::string_view::npos ? std::string_view{} : ports.substr(port_comma + 1);
  }
  if (!database.empty()) text += '/' + encode(database);
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    text += separator + encode(name) + '=' + (is_secret_name(name) ? "***" : encode(value, "/:,"));
    separator = '&';
  }
  return text;
}

ConnectionUrl ConnectionUrl::with_database(std::string name) const {
  ConnectionUrl copy = *this;
  copy.database = std::move(name);
  copy.parameters.erase("dbname");
  return copy;
}

std::string ConnectionUrl::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string{} : found->second;
}

namespace {

constexpr std::string_view kBlank = " \t\r\n";

/// End of the value that begins at `at`, quoted in any of the ways of URLs, connection strings and SQL.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return at;
  std::size_t open = at;
  if ((text[at] == 'N' || text[at] == 'n' || text[at] == 'E' || text[at] == 'e') && at + 1 < text.size() &&
      text[at + 1] == '\'')
    ++open;
  const char quote = text[open];
  if (quote == '\'' || quote == '"' || quote == '{') {
    const char close = quote == '{' ? '}' : quote;
    for (std::size_t i = open + 1; i < text.size(); ++i) {
      if (text[i] == '\\' && quote != '{') {
        ++i;
      } else if (text[i] == close) {
        if (i + 1 >= text.size() || text[i + 1] != close) return i + 1;
        ++i;
      }
    }
    return text.size();
  }
  if (quote == '$') {
    const std::size_t tag = text.find('$', at + 1);
    if (tag != std::string_view::npos) {
      const std::string_view mark = text.substr(at, tag - at + 1);
      const std::size_t end = text.find(mark, tag + 1);
      return end == std::string_view::npos ? text.size() : end + mark.size();
    }
  }
  std::size_t end = at;
  while (end < text.size() && kBlank.find(text[end]) == std::string_view::npos &&
         std::string_view(";&,)").find(text[end]) == std::string_view::npos)
    end += text[end] == '\\' && end + 1 < text.size() ? 2U : 1U;
  return std::min(end, text.size());
}

}  // namespace

std::string redact_secrets(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  const std::string folded = lower(text);
  std::size_t i = 0;
  std::size_t no_credentials_before = 0;  // keeps a text of nothing but "://" linear
  while (i < text.size()) {
    if (i >= no_credentials_before && folded.compare(i, 3, "://") == 0) {
      // user:password@host: everything up to the last @ before a blank may belong to the password.
      std::size_t end = i + 3;
      while (end < text.size() && kBlank.find(text[end]) == std::string_view::npos) ++end;
      const std::string_view authority = text.substr(i + 3, end - i - 3);
      const std::size_t at = authority.rfind('@');
      const std::size_t separator = authority.find(':');
      result += "://";
      i += 3;
      if (at != std::string_view::npos && separator != std::string_view::npos && separator < at) {
        result += authority.substr(0, separator);
        result += ":***";
        i += at;
      } else {
        no_credentials_before = end;
      }
      continue;
    }
    bool replaced = false;
    for (std::string_view key : {std::string_view("password"), std::string_view("pwd"), std::string_view("passwd")}) {
      if (folded.compare(i, key.size(), key) != 0) continue;
      std::size_t value = i + key.size();
      const auto skip_blanks = [&] {
        while (value < text.size() && kBlank.find(text[value]) != std::string_view::npos) ++value;
      };
      skip_blanks();
      const bool assigned = value < text.size() && text[value] == '=';
      if (assigned) {
        ++value;
        skip_blanks();
      }
      // Without '=', only a literal is a value: CREATE ROLE x PASSWORD 'secret'.
      const bool literal =
          value < text.size() && (text[value] == '\'' || text[value] == '$' ||
                                  (value + 1 < text.size() && text[value + 1] == '\'' &&
                                   std::string_view("NnEe").find(text[value]) != std::string_view::npos));
      if (!assigned && !(literal && value > i + key.size())) break;
      result += text.substr(i, value - i);
      result += "***";
      i = end_of_value(text, value);
      replaced = true;
      break;
    }
    if (!replaced) result += text[i++];
  }
  return result;
}

}  // namespace paripassu
