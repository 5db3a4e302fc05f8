#include "harness/project/layout_lines.h"

#include <algorithm>

namespace paripassu {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool next_line(std::string_view text, Line& line) {
  if (line.next >= text.size()) return false;
  line.begin = line.next;
  const std::size_t feed = text.find('\n', line.begin);
  line.next = feed == std::string_view::npos ? text.size() : feed + 1;
  line.text = text.substr(line.begin, line.next - line.begin);
  while (!line.text.empty() && (line.text.back() == '\n' || line.text.back() == '\r')) line.text.remove_suffix(1);
  ++line.number;
  return true;
}

std::string_view trim_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word_character(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool same_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view take_word(std::string_view& rest) {
  rest = trim_blanks(rest);
  const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = trim_blanks(rest.substr(end));
  return word;
}

std::size_t skip_block_comment(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at + 1 < text.size()) {
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

Error bad_file(const std::string& message, const std::string& file, int line) {
  Error error(ErrorCategory::configuration, message);
  error.with_position({file, line, line > 0 ? 1 : 0});
  return error;
}

}  // namespace paripassu
