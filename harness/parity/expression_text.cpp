#include <cstddef>
#include <optional>

#include "harness/parity/compare_context.h"

namespace paripassu::parity {
namespace {

struct Token {
  std::string text;
  bool quoted = false;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         c == '#' || c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

/// Words and quoted names; parentheses are dropped, which is right for a conjunction. Empty when anything else occurs.
std::optional<std::vector<Token>> names_and_words(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (is_blank(c) || c == '(' || c == ')') {
      ++i;
    } else if (c == '[' || c == '"') {
      const char close = c == '[' ? ']' : '"';
      Token token{"", true};
      bool closed = false;
      for (++i; i < text.size() && !closed; ++i) {
        if (text[i] != close) {
          token.text += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == close) {
          token.text += text[i++];
        } else {
          closed = true;
        }
      }
      if (!closed) return std::nullopt;
      tokens.push_back(std::move(token));
    } else if (is_word(c)) {
      const std::size_t begin = i;
      while (i < text.size() && is_word(text[i])) ++i;
      tokens.push_back({std::string(text.substr(begin, i - begin)), false});
    } else {
      return std::nullopt;
    }
  }
  return tokens;
}

bool is_keyword(const Token& token, std::string_view keyword) {
  return !token.quoted && fold_name(token.text, NameMatching::ignore_case) == keyword;
}

}  // namespace

std::string rough_text(const catalog::Expression& expression) {
  std::string out;
  for (const char c : fold_name(expression.printed, NameMatching::ignore_case)) {
    if (is_blank(c) || c == '[' || c == ']' || c == '"' || c == '(' || c == ')') continue;
    out += c;
  }
  return out;
}

std::vector<std::string> not_null_columns(std::string_view predicate) {
  const auto tokens = names_and_words(predicate);
  constexpr std::size_t kClause = 4;  // name IS NOT NULL
  if (!tokens || (tokens->size() + 1) % (kClause + 1) != 0) return {};
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < tokens->size(); i += kClause + 1) {
    const bool clause = is_keyword((*tokens)[i + 1], "is") && is_keyword((*tokens)[i + 2], "not") &&
                        is_keyword((*tokens)[i + 3], "null");
    const bool joined = i + kClause == tokens->size() || is_keyword((*tokens)[i + kClause], "and");
    if (!clause || !joined) return {};
    columns.push_back((*tokens)[i].text);
  }
  return columns;
}

}  // namespace paripassu::parity
