#pragma once

#include <nlohmann/json.hpp>
#include <string>

/// Private to the room.
namespace paripassu::report {

/// The document, two blanks a level, in ASCII; bytes that are not UTF-8 become U+FFFD.
inline std::string ascii_json(const nlohmann::ordered_json& document) {
  constexpr int kIndent = 2;
  std::string text = document.dump(kIndent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  // DEL and the marks that reorder text are allowed in JSON, but not on a terminal that shows it: hence ASCII. DEL is
  // ASCII itself.
  for (std::size_t i = text.find('\x7f'); i != std::string::npos; i = text.find('\x7f', i)) {
    text.replace(i, 1, "\\u007f");
  }
  return text;
}

}  // namespace paripassu::report
