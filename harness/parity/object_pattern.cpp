#include "harness/parity/object_pattern.h"

#include <algorithm>

#include "harness/parity/names.h"

namespace paripassu {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// A piece of a text or pattern before it is folded.
struct Piece {
  enum class Kind { literal, any_character, any_text };
  Kind kind = Kind::literal;
  char byte = 0;
};

enum class Neighbour { none, word, wildcard, other };

bool is_separator(const Piece& piece) {
  return piece.kind == Piece::Kind::literal && (piece.byte == '_' || piece.byte == '-' || piece.byte == ' ');
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

/// Bytes of the character at `at`; 0 where there is none (RFC 3629), or only a NUL.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[at + i])); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i)
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : bytes;
}

Neighbour neighbour(const Piece& piece) {
  if (piece.kind != Piece::Kind::literal) return Neighbour::wildcard;
  const char c = piece.byte;
  const bool word = is_upper(c) || is_lower(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
  return word ? Neighbour::word : Neighbour::other;
}

/// Folds texts and patterns by the same rules and hands the result to a sink: `bytes(text)`, `wildcard(kind)`,
/// `boundary()` for a place where a word begins, `separator_at_wildcard()` for a separator that must be there.
template <typename Sink>
class Folder {
 public:
  Folder(const std::vector<Piece>& pieces, Sink& sink) : pieces_(pieces), sink_(sink) {}

  void run() {
    for (std::size_t i = 0; i < pieces_.size();) {
      if (pieces_[i].kind != Piece::Kind::literal) {
        sink_.wildcard(pieces_[i].kind);
        ++i;
      } else if (is_separator(pieces_[i])) {
        i = fold_separators(i);
      } else {
        i = fold_word(i);
      }
    }
  }

 private:
  std::size_t fold_separators(std::size_t begin) {
    std::size_t end = begin;
    bool only_underscores = true;
    std::string run;
    for (; end < pieces_.size() && is_separator(pieces_[end]); ++end) {
      run += pieces_[end].byte;
      only_underscores = only_underscores && pieces_[end].byte == '_';
    }
    const Neighbour before = begin == 0 ? Neighbour::none : neighbour(pieces_[begin - 1]);
    const Neighbour after = end == pieces_.size() ? Neighbour::none : neighbour(pieces_[end]);
    const auto is_word = [](Neighbour side) { return side == Neighbour::word || side == Neighbour::wildcard; };
    const bool does_not_count =
        (is_word(before) && is_word(after)) || (only_underscores && (is_word(before) || is_word(after)));
    if (!does_not_count) {
      sink_.boundary();
      sink_.bytes(run);
    } else if (before == Neighbour::wildcard || after == Neighbour::wildcard) {
      sink_.separator_at_wildcard();
    }
    sink_.boundary();
    return end;
  }

  std::size_t fold_word(std::size_t begin) {
    std::size_t end = begin;
    std::string part;
    const auto flush = [&] {
      sink_.bytes(fold_name(part, NameMatching::ignore_case));
      part.clear();
    };
    for (; end < pieces_.size() && pieces_[end].kind == Piece::Kind::literal && !is_separator(pieces_[end]); ++end) {
      if (end > begin && begins_word(end)) {
        flush();
        sink_.boundary();
      }
      part += pieces_[end].byte;
    }
    flush();
    return end;
  }

  /// "orderItems", "order2Items", "IXOrders": in front of the last capital of each.
  bool begins_word(std::size_t at) const {
    if (!is_upper(pieces_[at].byte)) return false;
    const char before = pieces_[at - 1].byte;
    if (is_lower(before) || is_digit(before)) return true;
    const bool lower_follows =
        at + 1 < pieces_.size() && pieces_[at + 1].kind == Piece::Kind::literal && is_lower(pieces_[at + 1].byte);
    return is_upper(before) && lower_follows;
  }

  const std::vector<Piece>& pieces_;
  Sink& sink_;
};

std::vector<Piece> parse_pattern(std::string_view pattern) {
  std::vector<Piece> pieces;
  pieces.reserve(pattern.size());
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool escapes = pattern[i] == '\\' && i + 1 < pattern.size() &&
                         (pattern[i + 1] == '*' || pattern[i + 1] == '?' || pattern[i + 1] == '\\');
    if (escapes) {
      pieces.push_back({Piece::Kind::literal, pattern[++i]});
    } else if (pattern[i] == '*') {
      const bool repeated = !pieces.empty() && pieces.back().kind == Piece::Kind::any_text;
      if (!repeated) pieces.push_back({Piece::Kind::any_text, '*'});
    } else if (pattern[i] == '?') {
      pieces.push_back({Piece::Kind::any_character, '?'});
    } else {
      pieces.push_back({Piece::Kind::literal, pattern[i]});
    }
  }
  return pieces;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t bytes = character_bytes(text, i);
    valid += bytes == 0 ? kReplacement : text.substr(i, bytes);
    i += std::max<std::size_t>(bytes, 1);
  }
  return valid;
}

ObjectText::ObjectText(std::string_view object) {
  struct Sink {
    std::string& folded;
    std::vector<std::size_t> boundaries;
    void bytes(std::string_view text) { folded += text; }
    void boundary() { boundaries.push_back(folded.size()); }
    void wildcard(Piece::Kind) {}
    void separator_at_wildcard() {}
  };
  std::vector<Piece> pieces;
  for (const char c : valid_utf8(object)) pieces.push_back({Piece::Kind::literal, c});
  Sink sink{folded_, {}};
  Folder<Sink>(pieces, sink).run();
  boundary_.resize(folded_.size() + 1);
  for (const std::size_t position : sink.boundaries) boundary_[position] = true;
}

ObjectPattern::ObjectPattern(std::string_view pattern) {
  struct Sink {
    std::vector<Item>& items;
    void bytes(std::string_view text) {
      for (const char c : text) items.push_back({Item::Kind::byte, c});
    }
    void boundary() {}
    void wildcard(Piece::Kind kind) {
      items.push_back({kind == Piece::Kind::any_text ? Item::Kind::any_text : Item::Kind::any_character, 0});
    }
    void separator_at_wildcard() { items.push_back({Item::Kind::boundary, 0}); }
  };
  const std::vector<Piece> pieces = parse_pattern(valid_utf8(pattern));
  Sink sink{items_};
  Folder<Sink>(pieces, sink).run();
  const auto is_wildcard = [](const Item& item) { return item.kind != Item::Kind::byte; };
  const auto first = std::find_if(items_.begin(), items_.end(), is_wildcard);
  const auto last = std::find_if(items_.rbegin(), items_.rend(), is_wildcard).base();
  is_literal_ = first == items_.end();
  for (auto item = items_.begin(); item != first; ++item) head_ += item->byte;
  for (auto item = last; item != items_.end(); ++item) tail_ += item->byte;
}

bool ObjectPattern::matches(const ObjectText& object) const {
  const std::string& text = object.folded_;
  // Nearly all patterns that fail do so here.
  if (!text.ends_with(tail_)) return false;
  const auto next_character = [&text](std::size_t at) {
    for (++at; at < text.size() && is_continuation(text[at]);) ++at;
    return at;
  };
  std::size_t item = 0;
  std::size_t at = 0;
  // Going back to the last `*` is enough: whatever an earlier one could take, the last one can take as well.
  bool has_star = false;
  std::size_t star_item = 0;
  std::size_t star_at = 0;
  for (;;) {
    bool fits = false;
    if (item == items_.size()) {
      if (at == text.size()) return true;
    } else {
      switch (items_[item].kind) {
        case Item::Kind::any_text:
          has_star = true;
          star_item = item;
          star_at = at;
          fits = true;
          break;
        case Item::Kind::boundary:
          fits = object.boundary_[at];
          break;
        case Item::Kind::any_character:
          fits = at < text.size();
          if (fits) at = next_character(at);
          break;
        case Item::Kind::byte:
          fits = at < text.size() && text[at] == items_[item].byte;
          if (fits) ++at;
          break;
      }
    }
    if (fits) {
      ++item;
    } else if (has_star && star_at < text.size()) {
      star_at = next_character(star_at);
      at = star_at;
      item = star_item + 1;
    } else {
      return false;
    }
  }
}

std::string escape_object_pattern(std::string_view object) {
  std::string pattern;
  for (const char c : valid_utf8(object)) {
    if (c == '*' || c == '?' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

}  // namespace paripassu
