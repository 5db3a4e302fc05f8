#include "backends/client_url.h"

#include <algorithm>
#include <cctype>

#include "backends/error.h"

namespace paripassu {

const std::vector<std::string>& client_url_form_words() {
  // In the order of the enumeration.
  static const std::vector<std::string> words = {"url", "sqlalchemy", "libpq", "odbc", "jdbc", "ado"};
  return words;
}

ClientUrlForm client_url_form_from_string(std::string_view word) {
  const std::vector<std::string>& words = client_url_form_words();
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end())
    throw Error(ErrorCategory::internal, "there is no form of a URL called " + std::string(word));
  return static_cast<ClientUrlForm>(found - words.begin());
}

std::string percent_encoded(std::string_view text, std::string_view also_plain) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string::npos);
    if (plain || also_plain.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += '%';
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    }
  }
  return result;
}

std::string text_with_password(const ConnectionUrl& url) {
  std::string text = url.scheme + "://";
  if (!url.user.empty() || url.password) {
    text += percent_encoded(url.user);
    if (url.password) text += ':' + percent_encoded(url.password->reveal());
    text += '@';
  }
  std::string_view hosts = url.host;
  std::string_view ports = url.port;
  while (true) {
    const std::size_t host_end = hosts.find(',');
    const std::size_t port_end = ports.find(',');
    const std::string_view host = hosts.substr(0, host_end);
    const std::string_view port = ports.substr(0, port_end);
    text += host.find(':') != std::string_view::npos ? '[' + percent_encoded(host, ":") + ']' : percent_encoded(host);
    if (!port.empty()) text += ':' + std::string(port);
    if (host_end == std::string_view::npos) break;
    text += ',';
    hosts = hosts.substr(host_end + 1);
    ports = port_end == std::string_view::npos ? std::string_view() : ports.substr(port_end + 1);
  }
  if (!url.database.empty()) text += '/' + percent_encoded(url.database);
  char separator = '?';
  for (const auto& [name, value] : url.parameters) {
    text += separator + percent_encoded(name) + '=' + percent_encoded(value);
    separator = '&';
  }
  return text;
}

}  // namespace paripassu
