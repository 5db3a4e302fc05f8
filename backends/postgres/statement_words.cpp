#include "backends/postgres/statement_words.h"

#include <optional>
#include <string>
#include <utility>

#include "backends/postgres/token_stream.h"

namespace paripassu::postgres {

namespace {

/// How deep SQL may lie in strings of SQL: EXECUTE in a DO is two.
constexpr int kNestingMax = 4;

bool is_identifier_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_identifier_part(char c) {
  return is_identifier_start(c) || (c >= '0' && c <= '9') || c == '$';
}
/// PostgreSQL folds the letters of ASCII only, whatever the locale, in a database of a multi-byte encoding.
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// SQL inside a string, and where its bytes stand in the statement.
struct InnerText {
  std::string text;
  std::vector<std::size_t> offsets;  ///< of every byte of `text`
};

/// What the string at `offset` holds; nothing for forms whose escapes would have to be undone (E'…\n', U&'…').
std::optional<InnerText> inner_text(std::string_view text, std::size_t offset) {
  InnerText inner;
  const auto take = [&](std::size_t at) {
    inner.text += text[at];
    inner.offsets.push_back(at);
  };
  if (text[offset] == '$') {
    const std::size_t tag_end = text.find('$', offset + 1);
    if (tag_end == std::string_view::npos) return std::nullopt;
    const std::string_view tag = text.substr(offset, tag_end - offset + 1);
    const std::size_t end = text.find(tag, tag_end + 1);
    if (end == std::string_view::npos) return std::nullopt;
    for (std::size_t i = tag_end + 1; i < end; ++i) take(i);
    return inner;
  }
  if (text[offset] != '\'') return std::nullopt;
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (text[i] == '\'') {
      if (i + 1 == text.size() || text[i + 1] != '\'') return inner;
      ++i;
    }
    take(i);
  }
  return std::nullopt;
}

class WordReading {
 public:
  std::vector<StatementWord> run(std::string_view statement) {
    read(statement, nullptr, 0);
    return std::move(words_);
  }

 private:
  /// `offsets` of an inner text, nullptr for the statement itself.
  void read(std::string_view text, const std::vector<std::size_t>* offsets, int nesting) {
    const std::string no_file;
    TokenStream tokens(text, no_file);
    bool starts = true;
    bool in_do = false;
    bool in_create_schema = false;
    bool after_execute = false;
    bool after_name = false;
    int depth = 0;
    std::size_t count = 0;  // of the words of the statement that is being read
    for (Token token = tokens.next(); token.kind != Token::Kind::end; token = tokens.next()) {
      if (token.kind == Token::Kind::comment) continue;
      if (token.kind == Token::Kind::string) {
        const bool is_code = (in_do && nesting == 0) || (after_execute && nesting > 0);
        if (is_code && nesting < kNestingMax) read_inner(text, token.offset, offsets, nesting);
      } else if (token.kind == Token::Kind::symbol) {
        if (token.is('(')) ++depth;
        if (token.is(')') && depth > 0) --depth;
        if (token.is('.') && after_name) words_.back().qualifier = true;
        if (token.is(';')) {
          starts = true;
          depth = 0;
        }
      } else if (std::optional<StatementWord> word = word_at(text, token)) {
        if (starts) {
          in_do = false;
          in_create_schema = false;
          count = 0;
        }
        const bool keyword = token.kind == Token::Kind::keyword;
        // CREATE SCHEMA may hold the statements that fill it.
        if (keyword && count == 0) in_do = token.is("DO");
        if (keyword && count == 1 && token.is("SCHEMA")) in_create_schema = words_.back().text == "create";
        word->depth = depth;
        word->starts_statement = starts || (in_create_schema && depth == 0 && count > 1 && token.is("CREATE"));
        if (offsets != nullptr) word->offset = (*offsets)[word->offset];
        words_.push_back(std::move(*word));
        ++count;
        starts = nesting > 0 && depth == 0 && precedes_statement(words_.back());
      }
      after_execute = token.is("EXECUTE");
      after_name = token.kind == Token::Kind::keyword || token.kind == Token::Kind::other;
    }
  }

  /// In PL/pgSQL.
  static bool precedes_statement(const StatementWord& word) {
    return !word.quoted && (word.text == "begin" || word.text == "then" || word.text == "else" || word.text == "loop");
  }

  void read_inner(std::string_view text, std::size_t offset, const std::vector<std::size_t>* offsets, int nesting) {
    std::optional<InnerText> inner = inner_text(text, offset);
    if (!inner) return;
    if (offsets != nullptr)
      for (std::size_t& at : inner->offsets) at = (*offsets)[at];
    const std::size_t before = words_.size();
    try {
      read(inner->text, &inner->offsets, nesting + 1);
    } catch (const Error&) {
      // Code in another language than PL/pgSQL, or half a statement: the words up to there would mislead.
      words_.resize(before);
    }
  }

  static std::optional<StatementWord> word_at(std::string_view text, const Token& token) {
    StatementWord word;
    word.offset = token.offset;
    std::size_t at = token.offset;
    if (token.kind == Token::Kind::other && lower(text[at]) == 'u' && text.substr(at + 1).starts_with("&\"")) at += 2;
    if (token.kind == Token::Kind::other && text[at] == '"') {
      word.quoted = true;
      for (++at; at < text.size(); ++at) {
        if (text[at] == '"') {
          if (at + 1 == text.size() || text[at + 1] != '"') break;
          ++at;
        }
        word.text += text[at];
      }
      return word;
    }
    if (!is_identifier_start(text[at])) return std::nullopt;
    for (; at < text.size() && is_identifier_part(text[at]); ++at) word.text += lower(text[at]);
    return word;
  }

  std::vector<StatementWord> words_;
};

}  // namespace

std::vector<StatementWord> statement_words(std::string_view statement) {
  return WordReading().run(statement);
}

}  // namespace paripassu::postgres
