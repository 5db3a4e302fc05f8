#include "harness/report/markup.h"

#include <fmt/format.h>

#include "harness/report/report_writer.h"

namespace paripassu::report {

namespace {

constexpr std::size_t kCellBytesMax = 300;        ///< of a name or definition
constexpr std::size_t kSentenceBytesMax = 1'000;  ///< of a reason or explanation

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// One line without control characters, cut between two characters.
std::string clipped(std::string_view text, std::size_t bytes_max) {
  std::string shown = escape_for_terminal(text);
  if (shown.size() <= bytes_max) return shown;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0u) == 0x80u) --end;
  return shown.substr(0, end) + "…";
}

}  // namespace

/// Text and attribute values. What a terminal must not see is escaped first, which leaves of the characters that
/// XML 1.0 forbids only U+FFFE and U+FFFF.
std::string xml_text(std::string_view text) {
  std::string out;
  const std::string shown = escape_for_terminal(text);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    switch (shown[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\xEF':
        if (shown.compare(i, 2, "\xEF\xBF") == 0 && (shown[i + 2] == '\xBE' || shown[i + 2] == '\xBF')) {
          out += "\xEF\xBF\xBD";
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        out += shown[i];
    }
  }
  return out;
}

std::string xml_attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, xml_text(value));
}

std::string xml_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += xml_text(line) + "\n";
  return text;
}

std::string markdown_sentence(std::string_view text) {
  const std::string shown = clipped(text, kSentenceBytesMax);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    const bool marks_up = std::string_view("\\`*_[]<>&|~$@#!").find(c) != std::string_view::npos;
    const bool links =
        (c == ':' && shown.compare(i, 3, "://") == 0) || (c == '.' && i >= 3 && shown.compare(i - 3, 3, "www") == 0);
    const bool calls = std::string_view("@#!~%$&").find(c) != std::string_view::npos;
    if (marks_up || links) {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out += c;
    }
    if (calls && i + 1 < shown.size() && shown[i + 1] != ' ') out += "&#8203;";
  }
  return out;
}

/// A name or definition. A code span shows everything as it is but a back-tick, a pipe in a table, and a backslash
/// before a pipe, which readers disagree on: with these, references inside of <code>.
std::string markdown_code(std::string_view text) {
  const std::string shown = clipped(text, kCellBytesMax);
  if (shown.empty()) return "";
  const bool simple = shown.find_first_of("`|\\") == std::string::npos && shown.front() != ' ' && shown.back() != ' ';
  if (simple) return "`" + shown + "`";
  std::string out;
  for (const char c : shown) {
    if (is_word_character(c) || c == ' ') {
      out += c;
    } else {
      out += fmt::format("&#{};", static_cast<int>(c));
    }
  }
  return "<code>" + out + "</code>";
}

}  // namespace paripassu::report
