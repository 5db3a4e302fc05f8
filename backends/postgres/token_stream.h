#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu::postgres {

/// One token as PostgreSQL's own scanner cuts it.
struct Token {
  enum class Kind {
    keyword,  ///< unquoted and known to the grammar; `word` is its upper-case spelling
    string,   ///< '…', E'…', U&'…', $tag$…$tag$
    symbol,   ///< one character that is a token of its own; see `symbol`
    comment,
    other,  ///< identifiers (quoted ones too), numbers, operators, parameters
    end,    ///< nothing is left; `offset` is the size of the text
  };
  Kind kind = Kind::end;
  char symbol = '\0';
  std::size_t offset = 0;  ///< of its first byte, prefix included
  std::string word;

  bool is(char wanted) const { return kind == Kind::symbol && symbol == wanted; }
  bool is(std::string_view wanted) const { return kind == Kind::keyword && word == wanted; }
};

/// The tokens of a script, by libpg_query's scanner, read ahead in windows: what follows a `COPY … FROM stdin` or a
/// meta command is not SQL, so nothing is scanned much before it is asked for, and an error is raised only when its
/// token is. All windows together cost a small multiple of the text, however the text is cut.
///
/// `text` and `file` must outlive the stream. `text` must not contain NUL.
class TokenStream {
 public:
  TokenStream(std::string_view text, const std::string& file) : text_(text), file_(file) { seek(0); }

  /// The next token, comments included. Throws Error(script) with the position of a token that has no end, or that
  /// no version of the scanner accepts.
  Token next();
  /// Goes on at `offset`, which must be the start of a line or of a token.
  void seek(std::size_t offset);

 private:
  void fill();
  std::size_t window_end(std::size_t size, bool stop_at_backslash) const;
  bool at_meta_line(std::size_t offset) const;

  std::string_view text_;
  const std::string& file_;
  std::vector<Token> tokens_;     ///< of the current window
  std::size_t index_ = 0;         ///< the next one in `tokens_`
  std::size_t scanned_ = 0;       ///< where the next window starts: all tokens before it are in `tokens_` or gone
  std::size_t window_bytes_ = 0;  ///< of the next window; small after a seek, since more of them are likely
};

}  // namespace paripassu::postgres
