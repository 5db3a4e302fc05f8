#include "backends/postgres/token_stream.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

#include "backends/postgres/parser_lock.h"
#include "backends/script_reader.h"

namespace paripassu::postgres {

namespace {

/// What is scanned at a time, unless a token is longer. A window that fails is scanned up to three times, and one that
/// is left by a seek is scanned in vain, so the first ones are small.
constexpr std::size_t kWindowBytesFirst = 256;
constexpr std::size_t kWindowBytesMax = 32u << 10;
/// No number, operator or escape that is merely cut by the end of a window is longer.
constexpr std::size_t kShortTokenBytesMax = 1u << 10;

struct ScanFailure {
  std::string message;
  std::size_t offset = 0;  ///< in the window: where the scanner gave up, which is the token's start or inside it
};

struct Scan {
  std::vector<Token> tokens;
  std::optional<ScanFailure> failure;  ///< then `tokens` is empty: the scanner gives all or nothing
};

/// Byte offset of the scanner's 1-based count of code points, with the widths that the scanner itself takes.
std::size_t byte_offset(std::string_view window, int cursor_position) {
  std::size_t offset = 0;
  for (int i = 1; i < cursor_position && offset < window.size(); ++i) {
    const unsigned lead = static_cast<unsigned char>(window[offset]);
    offset += lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 1;
  }
  return std::min(offset, window.size());
}

struct FreeScanMessage {
  void operator()(PgQuery__ScanResult* message) const { pg_query__scan_result__free_unpacked(message, nullptr); }
};

/// Frees what pg_query_scan allocated.
class ScanResultHandle {
 public:
  explicit ScanResultHandle(PgQueryScanResult result) : result_(result) {}
  ~ScanResultHandle() { pg_query_free_scan_result(result_); }
  ScanResultHandle(const ScanResultHandle&) = delete;
  ScanResultHandle& operator=(const ScanResultHandle&) = delete;
  const PgQueryScanResult* operator->() const { return &result_; }

 private:
  PgQueryScanResult result_;
};

PgQueryScanResult scan_one_at_a_time(const char* text) {
  const std::lock_guard lock(parser_lock());
  return pg_query_scan(text);
}

Token make_token(const PgQuery__ScanToken& scanned, std::string_view window, std::size_t window_offset) {
  Token token;
  const std::size_t start = static_cast<std::size_t>(scanned.start);
  token.offset = window_offset + start;
  // Only starts are trusted: the scanner's ends are wrong for U&'' strings (libpg_query 15-4.0.0).
  if (scanned.keyword_kind != PG_QUERY__KEYWORD_KIND__NO_KEYWORD) {
    token.kind = Token::Kind::keyword;
    for (std::size_t i = start; i < window.size(); ++i) {
      const unsigned char c = static_cast<unsigned char>(window[i]);
      if (!std::isalnum(c) && c != '_') break;
      token.word += static_cast<char>(std::toupper(c));
    }
    return token;
  }
  const int code = static_cast<int>(scanned.token);
  if (scanned.token == PG_QUERY__TOKEN__SQL_COMMENT || scanned.token == PG_QUERY__TOKEN__C_COMMENT) {
    token.kind = Token::Kind::comment;
  } else if (scanned.token == PG_QUERY__TOKEN__SCONST || scanned.token == PG_QUERY__TOKEN__USCONST) {
    token.kind = Token::Kind::string;
  } else if (code > 0 && code < 128) {
    token.kind = Token::Kind::symbol;
    token.symbol = static_cast<char>(code);
  } else {
    token.kind = Token::Kind::other;
  }
  return token;
}

Scan scan(std::string_view window, std::size_t window_offset) {
  Scan result;
  const std::string terminated(window);
  const ScanResultHandle scanned(scan_one_at_a_time(terminated.c_str()));
  if (scanned->error != nullptr) {
    const int cursor_position = scanned->error->cursorpos;
    result.failure = ScanFailure{scanned->error->message,
                                 cursor_position > 0 ? byte_offset(window, cursor_position) : window.size()};
    return result;
  }
  const std::unique_ptr<PgQuery__ScanResult, FreeScanMessage> message(pg_query__scan_result__unpack(
      nullptr, scanned->pbuf.len, reinterpret_cast<const std::uint8_t*>(scanned->pbuf.data)));
  if (!message) throw Error(ErrorCategory::internal, "the scanner's result cannot be unpacked");
  result.tokens.reserve(message->n_tokens);
  for (std::size_t i = 0; i < message->n_tokens; ++i)
    result.tokens.push_back(make_token(*message->tokens[i], window, window_offset));
  return result;
}

/// An invalid byte escape (E'\xff') is the one failure that the scanner reports without a place: the shortest text
/// that fails in this way ends with the string.
ScanFailure locate(const ScanFailure& failure, std::string_view window) {
  if (failure.offset < window.size()) return failure;
  std::size_t good = 0;
  std::size_t bad = window.size();
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    const Scan attempt = scan(window.substr(0, middle), 0);
    if (attempt.failure && attempt.failure->message == failure.message) {
      bad = middle;
    } else {
      good = middle;
    }
  }
  // Without its last quote the string is only unterminated, and that has a place.
  const Scan attempt = scan(window.substr(0, good), 0);
  return {failure.message, attempt.failure ? std::min(attempt.failure->offset, good) : good};
}

bool is_unterminated(const ScanFailure& failure) {
  return failure.message.starts_with("unterminated");
}

/// End of a number or parameter that runs into a word ("1and", "$1x"). PostgreSQL 15 refuses it, earlier servers
/// and psql do not, and later ones know more numbers (0x1F, 1_000) than this scanner; so it is left to the server.
std::size_t junk_number_end(std::string_view text, std::size_t offset) {
  const auto digit = [text](std::size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
  };
  const bool number = digit(offset) || ((text[offset] == '.' || text[offset] == '$') && digit(offset + 1));
  if (!number) return offset;
  std::size_t end = offset + 1;
  while (end < text.size()) {
    const unsigned char c = static_cast<unsigned char>(text[end]);
    if (!std::isalnum(c) && c != '_' && c != '.' && c < 0x80) break;
    ++end;
  }
  return end;
}

std::string_view reason(std::string_view message) {
  return message.substr(0, message.find(" at or near"));
}

}  // namespace

Token TokenStream::next() {
  if (index_ == tokens_.size()) fill();
  if (index_ == tokens_.size()) {
    Token end;
    end.offset = text_.size();
    return end;
  }
  return std::move(tokens_[index_++]);
}

void TokenStream::seek(std::size_t offset) {
  tokens_.clear();
  index_ = 0;
  scanned_ = std::min(offset, text_.size());
  window_bytes_ = kWindowBytesFirst;
}

std::size_t TokenStream::window_end(std::size_t size, bool stop_at_backslash) const {
  std::size_t end = text_.size() - scanned_ <= size ? text_.size() : scanned_ + size;
  while (end > scanned_ + 1 && end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0u) == 0x80u) --end;
  if (stop_at_backslash) {
    const std::size_t line = text_.substr(0, end).find("\n\\", scanned_);
    if (line != std::string_view::npos) end = line + 1;
  }
  return end;
}

bool TokenStream::at_meta_line(std::size_t offset) const {
  return offset > 0 && offset < text_.size() && text_[offset] == '\\' && text_[offset - 1] == '\n';
}

void TokenStream::fill() {
  tokens_.clear();
  index_ = 0;
  // A backslash is a token of its own, and the rest of its line is rarely SQL.
  const std::size_t start_of_token = std::min(text_.find_first_not_of(" \t\r\n\f", scanned_), text_.size());
  if (start_of_token < text_.size() && text_[start_of_token] == '\\') {
    Token backslash;
    backslash.kind = Token::Kind::symbol;
    backslash.symbol = '\\';
    backslash.offset = start_of_token;
    tokens_.push_back(std::move(backslash));
    scanned_ = start_of_token + 1;
    return;
  }
  // Lines that start with a backslash are meta commands or end COPY data, unless they lie in a string: then the
  // string looks unterminated and is scanned again, further.
  bool stop_at_backslash = true;
  std::size_t size = window_bytes_;
  window_bytes_ = std::min(window_bytes_ * 4, kWindowBytesMax);
  while (scanned_ < text_.size() && tokens_.empty()) {
    const std::size_t start = scanned_;
    const std::size_t end = window_end(size, stop_at_backslash);
    const bool cut = end < text_.size();
    const std::string_view window = text_.substr(start, end - start);
    Scan whole = scan(window, start);

    if (whole.failure) {
      window_bytes_ = kWindowBytesFirst;
      const ScanFailure failure = locate(*whole.failure, window);
      // The scanner gives no tokens with an error. A failure inside a string needs a second step back, to its start.
      std::size_t good = failure.offset;
      Scan before = scan(window.substr(0, good), start);
      while (before.failure) {
        good = std::min(locate(*before.failure, window.substr(0, good)).offset, good - 1);
        before = scan(window.substr(0, good), start);
      }
      scanned_ = start + good;
      tokens_ = std::move(before.tokens);
      if (!tokens_.empty()) return;
      if (good > 0) continue;
      const bool may_be_complete_later =
          cut && (is_unterminated(failure) || window.size() - failure.offset < kShortTokenBytesMax);
      if (may_be_complete_later) {
        size = std::max(size, window.size()) * 2;
        stop_at_backslash = false;
        continue;
      }
      if (const std::size_t junk_end = junk_number_end(text_, scanned_); junk_end > scanned_) {
        Token junk;
        junk.kind = Token::Kind::other;
        junk.offset = scanned_;
        tokens_.push_back(std::move(junk));
        scanned_ = junk_end;
        return;
      }
      Error error(ErrorCategory::script, std::string(reason(failure.message)));
      error.with_position(position_at(text_, start + failure.offset, {file_, 1, 1}));
      error.with_remedy(is_unterminated(failure)
                            ? "Close what starts here; everything after it was taken as part of it."
                            : "Correct the statement; PostgreSQL cannot read it.");
      throw error;
    }

    tokens_ = std::move(whole.tokens);
    scanned_ = end;
    if (!cut || at_meta_line(end)) continue;
    // The last token may go on behind the window; a string does so even over a line break.
    if (tokens_.empty()) continue;
    const std::size_t certain = tokens_.size() - 1;
    scanned_ = tokens_[certain].offset;
    tokens_.resize(certain);
    if (tokens_.empty()) {
      size = std::max(size, window.size()) * 2;
      stop_at_backslash = false;
    }
  }
}

}  // namespace paripassu::postgres
