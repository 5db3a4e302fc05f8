#include "harness/parity/sql_text.h"

#include <algorithm>
#include <cstddef>

namespace paripassu::parity {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' ||
         c == '#' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

/// Past the quoted text that begins at `begin`; a doubled closing sign is part of it.
std::size_t quoted_end(std::string_view text, std::size_t begin, char close) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] != close) continue;
    if (i + 1 < text.size() && text[i + 1] == close) {
      ++i;
    } else {
      return i + 1;
    }
  }
  return text.size();
}

/// Past the dollar-quoted text that begins at `begin`; `begin` itself when none does.
std::size_t dollar_quoted_end(std::string_view text, std::size_t begin) {
  std::size_t tag_end = begin + 1;
  while (tag_end < text.size() && text[tag_end] != '$' && is_word(text[tag_end])) ++tag_end;
  if (tag_end == text.size() || text[tag_end] != '$') return begin;
  const std::string_view tag = text.substr(begin, tag_end + 1 - begin);
  const std::size_t close = text.find(tag, tag_end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

/// Past the comment that begins at `begin`; `begin` itself when none does. Both engines nest block comments.
std::size_t comment_end(std::string_view text, std::size_t begin) {
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with("--")) return std::min(text.find_first_of("\r\n", begin), text.size());
  if (!rest.starts_with("/*")) return begin;
  std::size_t level = 0;
  for (std::size_t i = begin; i + 1 < text.size(); ++i) {
    const std::string_view two = text.substr(i, 2);
    if (two == "/*") {
      ++level;
      ++i;
    } else if (two == "*/") {
      ++i;
      if (--level == 0) return i + 1;
    }
  }
  return text.size();
}

}  // namespace

std::string plain_sql(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool blank = false;
  for (std::size_t i = 0; i < text.size();) {
    if (is_blank(text[i])) {
      blank = true;
      ++i;
      continue;
    }
    if (const std::size_t end = comment_end(text, i); end > i) {
      blank = true;
      i = end;
      continue;
    }
    const char c = text[i];
    std::size_t end = i + 1;
    if (c == '\'' || c == '"') end = quoted_end(text, i, c);
    if (c == '[') end = quoted_end(text, i, ']');
    if (c == '$' && (i == 0 || blank || !is_word(text[i - 1]))) end = std::max(end, dollar_quoted_end(text, i));
    // Signs of operators are kept apart where they were: "- -1" is not "--1".
    const auto is_tight = [](char sign) { return sign == '(' || sign == ')' || sign == ',' || sign == ';'; };
    if (blank && !out.empty() && !is_tight(c) && !is_tight(out.back())) out += ' ';
    blank = false;
    out += text.substr(i, end - i);
    i = end;
  }
  while (!out.empty() && (out.back() == ';' || out.back() == ' ')) out.pop_back();
  return out;
}

bool same_sql(std::string_view left, std::string_view right) {
  return left == right || plain_sql(left) == plain_sql(right);
}

}  // namespace paripassu::parity
