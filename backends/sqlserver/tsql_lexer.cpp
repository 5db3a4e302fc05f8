#include "backends/sqlserver/tsql_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "backends/limits.h"
#include "backends/script_reader.h"

namespace paripassu::sqlserver {

namespace {

constexpr const char* kGoRemedy = "Write GO alone on its line, or GO with a count such as GO 5.";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word_start(char c) {
  return is_letter(c) || c == '_' || c == '#';
}
bool is_word_part(char c) {
  return is_word_start(c) || is_digit(c) || c == '@' || c == '$';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equal_ignoring_case(std::string_view text, std::string_view upper_case) {
  return text.size() == upper_case.size() &&
         std::equal(text.begin(), text.end(), upper_case.begin(), [](char a, char b) { return upper(a) == b; });
}

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

bool Token::is(std::string_view wanted) const {
  return kind == Kind::word && equal_ignoring_case(text, wanted);
}

std::size_t sqlcmd_variable_length(std::string_view text, std::size_t offset) {
  const std::string_view rest = text.substr(offset);
  if (rest.size() < 4 || rest[0] != '$' || rest[1] != '(' || !(is_letter(rest[2]) || rest[2] == '_')) return 0;
  std::size_t end = 3;
  while (end < rest.size() && (is_letter(rest[end]) || is_digit(rest[end]) || rest[end] == '_' || rest[end] == '-'))
    ++end;
  return end < rest.size() && rest[end] == ')' ? end + 1 : 0;
}

void TsqlLexer::refuse(std::size_t offset, std::string message, const char* remedy) const {
  Error error(ErrorCategory::script, std::move(message));
  error.with_position(position_at(text_, offset, {*file_, 1, 1})).with_remedy(remedy);
  throw error;
}

std::size_t TsqlLexer::line_end(std::size_t offset) const {
  return std::min(text_.find('\n', offset), text_.size());
}

void TsqlLexer::skip_block_comment() {
  const std::size_t start = offset_;
  offset_ += 2;
  for (int depth = 1; depth > 0;) {
    const std::size_t mark = text_.find_first_of("*/", offset_);
    if (mark == std::string_view::npos || mark + 1 >= text_.size())
      refuse(start, "unterminated /* comment", "Close it with */; such comments nest, so each /* needs its own.");
    offset_ = mark + 1;
    if (text_[mark] == '*' && text_[offset_] == '/') {
      --depth;
      ++offset_;
    } else if (text_[mark] == '/' && text_[offset_] == '*') {
      ++depth;
      ++offset_;
    }
  }
}

/// False at the end of the text.
bool TsqlLexer::skip_blanks_and_comments() {
  while (offset_ < text_.size()) {
    const char c = text_[offset_];
    if (c == '\n') {
      line_is_blank_ = true;
      ++offset_;
    } else if (is_blank(c)) {
      ++offset_;
    } else if (c == '-' && at(offset_ + 1) == '-') {
      offset_ = line_end(offset_);
    } else if (c == '/' && at(offset_ + 1) == '*') {
      skip_block_comment();
      line_is_blank_ = false;
    } else {
      return true;
    }
  }
  return false;
}

bool TsqlLexer::read_separator(Token& token) {
  if (!line_is_blank_ || !equal_ignoring_case(text_.substr(offset_, 2), "GO")) return false;
  std::size_t cursor = offset_ + 2;
  const bool comment_next = at(cursor) == '-' ? at(cursor + 1) == '-' : at(cursor) == '/' && at(cursor + 1) == '*';
  const bool word_ends =
      cursor == text_.size() || is_blank(at(cursor)) || at(cursor) == '\n' || at(cursor) == ';' || comment_next;
  if (!word_ends) return false;

  const auto skip_blanks = [&] {
    while (cursor < text_.size() && is_blank(text_[cursor])) ++cursor;
  };
  const std::size_t end_of_line = line_end(offset_);
  skip_blanks();
  if (is_digit(at(cursor))) {
    const std::size_t start = cursor;
    while (is_digit(at(cursor))) ++cursor;
    const auto parsed = std::from_chars(text_.data() + start, text_.data() + cursor, token.repeat);
    if (parsed.ec != std::errc() || token.repeat < 1 || token.repeat > limits::kGoRepeatMax)
      refuse(start,
             "GO " + std::string(text_.substr(start, cursor - start)) + ": the count must be from 1 to " +
                 std::to_string(limits::kGoRepeatMax),
             kGoRemedy);
    skip_blanks();
  }
  token.text = trim_right(text_.substr(offset_, cursor - offset_));
  for (;;) {
    if (cursor == text_.size() || text_[cursor] == '\n') {
      offset_ = std::min(cursor + 1, text_.size());
      line_is_blank_ = true;
      break;
    }
    if (at(cursor) == '-' && at(cursor + 1) == '-') {
      cursor = end_of_line;
    } else if (at(cursor) == '/' && at(cursor + 1) == '*') {
      offset_ = cursor;
      skip_block_comment();
      line_is_blank_ = false;
      // A comment that goes on over the next line belongs to the next batch from there.
      if (offset_ > end_of_line) break;
      cursor = offset_;
      skip_blanks();
    } else {
      refuse(cursor,
             "expected the end of the line after GO, found " +
                 std::string(trim_right(text_.substr(cursor, end_of_line - cursor))),
             kGoRemedy);
    }
  }
  token.kind = Token::Kind::separator;
  return true;
}

bool TsqlLexer::read_directive(Token& token) const {
  if (!line_is_blank_) return false;
  constexpr std::array<std::string_view, 16> kNames = {"SETVAR",  "R",     "ON",         "CONNECT",  "EXIT", "QUIT",
                                                       "OUT",     "ERROR", "LIST",       "RESET",    "ED",   "HELP",
                                                       "LISTVAR", "XML",   "SERVERLIST", "PERFTRACE"};
  const std::string_view line = trim_right(text_.substr(offset_, line_end(offset_) - offset_));
  bool found = line.starts_with("!!") || line.starts_with(":!!");
  if (!found && line.starts_with(':')) {
    std::size_t end = 1;
    while (end < line.size() && is_word_part(line[end])) ++end;
    const std::string_view name = line.substr(1, end - 1);
    found = std::any_of(kNames.begin(), kNames.end(),
                        [name](std::string_view known) { return equal_ignoring_case(name, known); });
  }
  if (!found) return false;
  token.kind = Token::Kind::directive;
  token.text = line;
  return true;
}

void TsqlLexer::read_quoted(Token& token, char closing, const char* what) {
  const std::size_t start = offset_;
  const char opening = closing == ']' ? '[' : closing;
  std::size_t cursor = text_.find(opening, offset_) + 1;
  const std::size_t inside = cursor;
  for (;;) {
    cursor = text_.find(closing, cursor);
    if (cursor == std::string_view::npos)
      refuse(start, std::string("unterminated ") + what,
             "Close what starts here; everything after it was taken as part of it.");
    if (at(cursor + 1) != closing) break;
    cursor += 2;
  }
  offset_ = cursor + 1;
  const std::string_view content = text_.substr(inside, cursor - inside);
  for (std::size_t dollar = content.find("$("); dollar != std::string_view::npos;
       dollar = content.find("$(", dollar + 2)) {
    if (sqlcmd_variable_length(content, dollar) == 0) continue;
    token.variable_inside = inside + dollar;
    break;
  }
}

bool TsqlLexer::read_sqlcmd_variable(Token& token) {
  const std::size_t length = sqlcmd_variable_length(text_, offset_);
  offset_ += length;
  if (length > 0) token.kind = Token::Kind::sqlcmd_variable;
  return length > 0;
}

void TsqlLexer::read_number() {
  const bool hexadecimal = text_[offset_] == '0' && upper(at(offset_ + 1)) == 'X';
  while (offset_ < text_.size()) {
    const char c = text_[offset_];
    const char before = offset_ > 0 ? upper(text_[offset_ - 1]) : '\0';
    const bool exponent_sign = !hexadecimal && (c == '+' || c == '-') && before == 'E';
    const bool part = is_digit(c) || c == '.' || exponent_sign ||
                      (hexadecimal ? upper(c) == 'X' || (upper(c) >= 'A' && upper(c) <= 'F') : upper(c) == 'E');
    if (!part) return;
    ++offset_;
  }
}

Token TsqlLexer::finish(Token token) {
  token.end = offset_;
  if (token.text.empty()) token.text = text_.substr(token.begin, token.end - token.begin);
  return token;
}

Token TsqlLexer::next() {
  Token token;
  if (!skip_blanks_and_comments()) {
    token.begin = token.end = text_.size();
    return token;
  }
  token.begin = offset_;
  if (read_separator(token)) return finish(token);
  if (read_directive(token)) {
    offset_ = token.begin + token.text.size();
    return finish(token);
  }
  line_is_blank_ = false;

  const char c = text_[offset_];
  const char following = at(offset_ + 1);
  if (c == '\'' || (upper(c) == 'N' && following == '\'')) {
    token.kind = Token::Kind::string;
    read_quoted(token, '\'', "string");
  } else if (c == '[') {
    token.kind = Token::Kind::quoted_name;
    read_quoted(token, ']', "name in brackets");
  } else if (c == '"') {
    token.kind = Token::Kind::double_quoted;
    read_quoted(token, '"', "name or string in double quotes");
  } else if (is_word_start(c)) {
    token.kind = Token::Kind::word;
    while (offset_ < text_.size() && is_word_part(text_[offset_])) {
      if (text_[offset_] == '$' && sqlcmd_variable_length(text_, offset_) > 0) break;
      ++offset_;
    }
  } else if (c == '@') {
    token.kind = Token::Kind::variable;
    while (offset_ < text_.size() && is_word_part(text_[offset_])) ++offset_;
  } else if (is_digit(c) || (c == '.' && is_digit(following))) {
    token.kind = Token::Kind::number;
    read_number();
  } else if (!read_sqlcmd_variable(token)) {
    token.kind = Token::Kind::symbol;
    ++offset_;
  }
  return finish(token);
}

}  // namespace paripassu::sqlserver
