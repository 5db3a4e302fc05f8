#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace paripassu::sqlserver {

/// Why an expression could not be read. Stays inside the reader, which makes a `ReadExpression::problem` of it.
class NotUnderstood : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One token of an expression as SQL Server's or Babelfish's catalog prints it.
struct ExpressionToken {
  enum class Kind {
    word,           ///< keyword or name without quotes; `@@spid` too
    bracketed,      ///< […]: a name; `[]` after a type is Babelfish's mark of an array
    double_quoted,  ///< "…": a name, since the catalog's texts stand under QUOTED_IDENTIFIER ON
    string,         ///< '…', N'…' and PostgreSQL's E'…'
    bytes,          ///< 0x…
    number,         ///< also money, whose `text` is without the "$"
    symbol,         ///< an operator or mark; `text` is one spelling of it: `! =` is "<>", `!<` is ">="
    end,            ///< nothing is left
  };
  Kind kind = Kind::end;
  std::string_view text;  ///< of names and strings: what stands between the quotes, as written
  std::size_t begin = 0;  ///< offset of the first byte
  std::size_t end = 0;
  bool has_escapes = false;  ///< E'…': a backslash has a meaning

  bool is_symbol(std::string_view wanted) const { return kind == Kind::symbol && text == wanted; }
  /// A word without quotes, compared without regard to case; `wanted` in lower case.
  bool is_word(std::string_view wanted) const;
  bool is_name() const { return kind == Kind::word || kind == Kind::bracketed || kind == Kind::double_quoted; }
  /// The name or the string, quotes undone.
  std::string value() const;
};

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words);
bool equal_ignoring_case(std::string_view text, std::string_view lower_case);
/// ASCII letters only; other bytes stay.
std::string lower(std::string_view text);
/// The beginning of `text` in double quotes, fit for a message whatever it holds.
std::string excerpt(std::string_view text);

/// Cuts an expression into tokens; blanks and comments, which nest, are passed over. Not the lexer of scripts: nothing
/// here begins a line, so that `GO` and `$(x)` mean nothing, and Babelfish's operators (`::`, `~~*`) count.
/// `text` must outlive it.
class ExpressionLexer {
 public:
  explicit ExpressionLexer(std::string_view text) : text_(text) {}

  /// Throws NotUnderstood, which says what and at which offset: a quote, name or comment without end, a byte that no
  /// expression has.
  ExpressionToken next();

 private:
  void skip_blanks_and_comments();
  void skip_block_comment();
  void read_quoted(ExpressionToken& token, ExpressionToken::Kind kind, std::size_t opening_bytes, char closing);
  void read_number(ExpressionToken& token);
  bool read_symbol(ExpressionToken& token);
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  std::string_view text_;
  std::size_t offset_ = 0;
  /// A "[" right after the word ARRAY opens a list, everywhere else a name.
  bool after_array_ = false;
};

/// The tokens of an expression, one at a time with one to look ahead. Every member that moves on or expects throws
/// NotUnderstood. `text` must outlive it.
class ExpressionCursor {
 public:
  explicit ExpressionCursor(std::string_view text);

  const ExpressionToken& current() const { return current_; }
  const ExpressionToken& following() const { return following_; }
  /// Returns the current token and moves on.
  ExpressionToken advance();
  bool take_symbol(std::string_view symbol);
  bool take_word(std::string_view word);
  void expect_symbol(std::string_view symbol);
  void expect_word(std::string_view word);
  void expect_end() const;

  /// "at offset 5: ", where the current token begins.
  std::string position() const;
  /// Throws NotUnderstood: what is there, and what should be.
  [[noreturn]] void refuse(std::string_view expected) const;

 private:
  std::string_view text_;
  ExpressionLexer lexer_;
  ExpressionToken current_;
  ExpressionToken following_;
};

}  // namespace paripassu::sqlserver
