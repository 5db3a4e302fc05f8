#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace paripassu::sqlserver {

/// One token of a T-SQL script as sqlcmd reads it.
struct Token {
  enum class Kind {
    word,           ///< keyword or unquoted identifier (`#t` and `a$b` too)
    quoted_name,    ///< […]
    double_quoted,  ///< "…": a name or a string, which QUOTED_IDENTIFIER decides
    string,         ///< '…' and N'…'
    number,
    variable,         ///< @x, @@x
    sqlcmd_variable,  ///< $(x) outside of strings and names
    symbol,           ///< any other character
    separator,        ///< a line with GO; see `repeat`
    directive,        ///< a line for sqlcmd only (`:setvar`, `!!`), without its end
    end,              ///< nothing is left; `begin` is the size of the text
  };
  Kind kind = Kind::end;
  std::size_t begin = 0;
  std::size_t end = 0;    ///< a separator's `end` is that of its line, line break included
  std::string_view text;  ///< as written; the words of a separator or directive
  int repeat = 1;         ///< `GO n`
  /// Offset of the first `$(name)` in a string or quoted name, or npos.
  std::size_t variable_inside = std::string_view::npos;

  bool is(char wanted) const { return kind == Kind::symbol && text.front() == wanted; }
  /// A word, compared without regard to case; `wanted` in upper case.
  bool is(std::string_view wanted) const;
  bool is_name() const {
    return kind == Kind::word || kind == Kind::quoted_name || kind == Kind::double_quoted ||
           kind == Kind::sqlcmd_variable;
  }
};

/// Cuts T-SQL into tokens; comments, which nest, are passed over. A lexer is a small value: a copy looks ahead.
/// `text` and `file` must outlive it.
///
/// `GO` counts only as the first word of a line outside strings, names and comments, as for sqlcmd; `GOTO`, `GO_x`,
/// `go.dbo` and `go,` are ordinary words.
class TsqlLexer {
 public:
  TsqlLexer(std::string_view text, const std::string& file) : text_(text), file_(&file) {}

  /// Throws Error(script) with the position: a string, name or comment without end (where it starts), a `GO` line
  /// with something else than a count from 1 to limits::kGoRepeatMax and comments.
  Token next();
  std::size_t offset() const { return offset_; }

 private:
  bool skip_blanks_and_comments();
  void skip_block_comment();
  bool read_separator(Token& token);
  bool read_directive(Token& token) const;
  void read_quoted(Token& token, char closing, const char* what);
  bool read_sqlcmd_variable(Token& token);
  void read_number();
  Token finish(Token token);
  std::size_t line_end(std::size_t offset) const;
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  [[noreturn]] void refuse(std::size_t offset, std::string message, const char* remedy) const;

  std::string_view text_;
  const std::string* file_;
  std::size_t offset_ = 0;
  bool line_is_blank_ = true;  ///< only blanks between the start of the line and `offset_`
};

/// Bytes of the `$(name)` at `offset`, or 0 where there is none.
std::size_t sqlcmd_variable_length(std::string_view text, std::size_t offset);

}  // namespace paripassu::sqlserver
