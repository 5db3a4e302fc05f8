#pragma once

#include <cstddef>
#include <string_view>

namespace paripassu {

/// For a DdlWriter that checks a type before it is written: walks over a text by its parts; each `take` moves on only
/// if the part is there.
class TypeScanner {
 public:
  explicit TypeScanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  bool take(char wanted) {
    if (at_end() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  std::string_view take_word() {
    const std::size_t begin = at_;
    while (!at_end() && is_word(text_[at_]) && (at_ > begin || !is_digit(text_[at_]))) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// A name between these marks; the closing one may stand in it twice.
  bool take_quoted(char open, char close) {
    if (at_end() || text_[at_] != open) return false;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\0') return false;
      if (text_[i] != close) continue;
      if (i + 1 < text_.size() && text_[i + 1] == close) {
        ++i;
        continue;
      }
      const bool some = i > at_ + 1;
      at_ = i + 1;
      return some;
    }
    return false;
  }
  /// `(10,2)`: words and numbers between commas.
  bool take_modifiers() {
    if (!take('(')) return false;
    while (!at_end() && (is_word(text_[at_]) || text_[at_] == ',' || text_[at_] == ' ' || text_[at_] == '-')) {
      if (text_.substr(at_, 2) == "--") return false;
      ++at_;
    }
    return take(')');
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace paripassu
