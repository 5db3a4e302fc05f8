#include "backends/sqlserver/expression_lexer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace paripassu::sqlserver {

namespace {

using Kind = ExpressionToken::Kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '#' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word_part(char c) {
  return is_word_start(c) || is_digit(c) || c == '@' || c == '$';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}
char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[noreturn]] void refuse(std::size_t offset, const std::string& met) {
  throw NotUnderstood("at offset " + std::to_string(offset) + ": " + met);
}

/// What a backslash and `c` mean in E'…'. PostgreSQL prints no more than the doubled backslash.
char escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return to_lower(a) == b; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kShownBytesMax = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kShownBytesMax)) out += c >= ' ' && c <= '~' ? c : '?';
  out += '"';
  if (text.size() > kShownBytesMax) out += "...";
  return out;
}

bool ExpressionToken::is_word(std::string_view wanted) const {
  return kind == Kind::word && equal_ignoring_case(text, wanted);
}

std::string ExpressionToken::value() const {
  const char doubled = kind == Kind::string          ? '\''
                       : kind == Kind::bracketed     ? ']'
                       : kind == Kind::double_quoted ? '"'
                                                     : '\0';
  if (doubled == '\0') return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (has_escapes && text[i] == '\\' && i + 1 < text.size()) {
      out += escaped(text[++i]);
      continue;
    }
    out += text[i];
    if (text[i] == doubled) ++i;
  }
  return out;
}

void ExpressionLexer::skip_block_comment() {
  const std::size_t start = offset_;
  offset_ += 2;
  for (std::size_t depth = 1; depth > 0;) {
    const std::size_t mark = text_.find_first_of("*/", offset_);
    if (mark == std::string_view::npos || mark + 1 >= text_.size()) refuse(start, "a /* comment without end");
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

void ExpressionLexer::skip_blanks_and_comments() {
  while (offset_ < text_.size()) {
    if (is_blank(text_[offset_])) {
      ++offset_;
    } else if (text_[offset_] == '-' && at(offset_ + 1) == '-') {
      offset_ = std::min(text_.find('\n', offset_), text_.size());
    } else if (text_[offset_] == '/' && at(offset_ + 1) == '*') {
      skip_block_comment();
    } else {
      return;
    }
  }
}

void ExpressionLexer::read_quoted(ExpressionToken& token, Kind kind, std::size_t opening_bytes, char closing) {
  token.kind = kind;
  const std::size_t inside = offset_ + opening_bytes;
  std::size_t cursor = inside;
  for (;; ++cursor) {
    if (cursor >= text_.size())
      refuse(offset_, std::string(kind == Kind::string ? "a string" : "a name in quotes") + " without end");
    if (token.has_escapes && text_[cursor] == '\\') {
      ++cursor;
    } else if (text_[cursor] == closing) {
      if (at(cursor + 1) != closing) break;
      ++cursor;
    }
  }
  token.text = text_.substr(inside, cursor - inside);
  offset_ = cursor + 1;
}

void ExpressionLexer::read_number(ExpressionToken& token) {
  token.kind = Kind::number;
  if (text_[offset_] == '$') ++offset_;
  const std::size_t start = offset_;
  if (text_[offset_] == '0' && to_lower(at(offset_ + 1)) == 'x') {
    token.kind = Kind::bytes;
    offset_ += 2;
    while (is_hex_digit(at(offset_))) ++offset_;
    token.text = text_.substr(start + 2, offset_ - start - 2);
    return;
  }
  while (is_digit(at(offset_))) ++offset_;
  if (at(offset_) == '.') ++offset_;
  while (is_digit(at(offset_))) ++offset_;
  if (to_lower(at(offset_)) == 'e') {
    const bool has_sign = at(offset_ + 1) == '+' || at(offset_ + 1) == '-';
    const std::size_t digits = offset_ + (has_sign ? 2 : 1);
    if (is_digit(at(digits))) {
      offset_ = digits;
      while (is_digit(at(offset_))) ++offset_;
    }
  }
  token.text = text_.substr(start, offset_ - start);
}

bool ExpressionLexer::read_symbol(ExpressionToken& token) {
  // Longer ones first. T-SQL takes blanks inside of the comparison operators.
  struct Spelling {
    std::string_view written;
    std::string_view meaning;
    bool may_have_blanks;
  };
  constexpr std::array<Spelling, 14> kLong = {{{"!~~*", "!~~*", false},
                                               {"!~~", "!~~", false},
                                               {"~~*", "~~*", false},
                                               {"~~", "~~", false},
                                               {"::", "::", false},
                                               {"||", "||", false},
                                               {"<<", "<<", false},
                                               {">>", ">>", false},
                                               {"<=", "<=", true},
                                               {"<>", "<>", true},
                                               {">=", ">=", true},
                                               {"!=", "<>", true},
                                               {"!<", ">=", true},
                                               {"!>", "<=", true}}};
  constexpr std::string_view kShort = "(),.+-*/%&|^~<>=[]";
  token.kind = Kind::symbol;
  for (const Spelling& spelling : kLong) {
    if (text_.substr(offset_, spelling.written.size()) == spelling.written) {
      token.text = spelling.meaning;
      offset_ += spelling.written.size();
      return true;
    }
    if (!spelling.may_have_blanks || text_[offset_] != spelling.written[0]) continue;
    std::size_t second = offset_ + 1;
    while (is_blank(at(second))) ++second;
    if (at(second) != spelling.written[1]) continue;
    token.text = spelling.meaning;
    offset_ = second + 1;
    return true;
  }
  const std::size_t index = kShort.find(text_[offset_]);
  if (index == std::string_view::npos) return false;
  token.text = kShort.substr(index, 1);
  ++offset_;
  return true;
}

ExpressionToken ExpressionLexer::next() {
  skip_blanks_and_comments();
  ExpressionToken token;
  token.begin = offset_;
  const bool list_may_open = std::exchange(after_array_, false);
  if (offset_ < text_.size()) {
    const char c = text_[offset_];
    const char following = at(offset_ + 1);
    if (c == '\'') {
      read_quoted(token, Kind::string, 1, '\'');
    } else if ((to_lower(c) == 'n' || to_lower(c) == 'e') && following == '\'') {
      token.has_escapes = to_lower(c) == 'e';
      read_quoted(token, Kind::string, 2, '\'');
    } else if (c == '[' && !list_may_open) {
      read_quoted(token, Kind::bracketed, 1, ']');
    } else if (c == '"') {
      read_quoted(token, Kind::double_quoted, 1, '"');
    } else if (is_word_start(c) || (c == '@' && following == '@')) {
      token.kind = Kind::word;
      while (offset_ < text_.size() && is_word_part(text_[offset_])) ++offset_;
      token.text = text_.substr(token.begin, offset_ - token.begin);
      after_array_ = equal_ignoring_case(token.text, "array");
    } else if (is_digit(c) || (c == '.' && is_digit(following)) ||
               (c == '$' && (is_digit(following) || (following == '.' && is_digit(at(offset_ + 2)))))) {
      read_number(token);
    } else if (c == '@') {
      refuse(offset_, "a variable, which no stored expression has");
    } else if (!read_symbol(token)) {
      refuse(offset_, "met " + excerpt(text_.substr(offset_, 1)) + ", byte " +
                          std::to_string(static_cast<unsigned char>(c)) + ", which has no meaning in an expression");
    }
  }
  token.end = offset_;
  return token;
}

ExpressionCursor::ExpressionCursor(std::string_view text)
    : text_(text), lexer_(text), current_(lexer_.next()), following_(lexer_.next()) {}

ExpressionToken ExpressionCursor::advance() {
  ExpressionToken token = std::exchange(current_, following_);
  following_ = lexer_.next();
  return token;
}

bool ExpressionCursor::take_symbol(std::string_view symbol) {
  if (!current_.is_symbol(symbol)) return false;
  advance();
  return true;
}

bool ExpressionCursor::take_word(std::string_view word) {
  if (!current_.is_word(word)) return false;
  advance();
  return true;
}

void ExpressionCursor::expect_symbol(std::string_view symbol) {
  if (!take_symbol(symbol)) refuse(excerpt(symbol));
}

void ExpressionCursor::expect_word(std::string_view word) {
  if (!take_word(word)) refuse("the word " + std::string(word));
}

void ExpressionCursor::expect_end() const {
  if (current_.kind != Kind::end) refuse("an operator or the end");
}

std::string ExpressionCursor::position() const {
  return "at offset " + std::to_string(current_.begin) + ": ";
}

void ExpressionCursor::refuse(std::string_view expected) const {
  const std::string met =
      current_.kind == Kind::end ? "the end" : excerpt(text_.substr(current_.begin, current_.end - current_.begin));
  throw NotUnderstood(position() + "met " + met + ", expected " + std::string(expected));
}

}  // namespace paripassu::sqlserver
