#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu {

/// What a waiver's object is matched with: a text in which case does not count, nor do `_`, `-` and blanks inside and
/// around words, so that `order_items.unit_price` is `OrderItems.UnitPrice` (NameMatching::fold). In "(a > -1)" the
/// minus stays: it stands in front of a word, not inside one. Any bytes are accepted; those that are not UTF-8, and
/// NUL, count as U+FFFD.
class ObjectText {
 public:
  explicit ObjectText(std::string_view object);
  /// Equal for texts that match.
  const std::string& folded() const { return folded_; }

 private:
  friend class ObjectPattern;
  std::string folded_;
  /// By position in `folded_`, its end included: a separator was left out here, or a capital begins a word.
  std::vector<bool> boundary_;
};

/// A text with wildcards: `*` is any text, `?` one character (separators that do not count are none), and a backslash
/// takes the meaning from a `*`, `?` or backslash that follows; before anything else it stands for itself. A separator
/// next to a wildcard must be there: `ix_*` matches `ix_total` and `IxTotal`, not `ixodes`.
class ObjectPattern {
 public:
  explicit ObjectPattern(std::string_view pattern);

  /// True without wildcards: matches exactly the texts whose `folded()` is `head()`.
  bool is_literal() const { return is_literal_; }
  /// What `folded()` of every text that matches begins and ends with: the pattern up to its first wildcard and from its
  /// last one on; all of it, where there is none.
  const std::string& head() const { return head_; }
  const std::string& tail() const { return tail_; }
  bool matches(const ObjectText& object) const;

 private:
  struct Item {
    enum class Kind { byte, any_character, any_text, boundary };
    Kind kind;
    char byte;
  };

  std::vector<Item> items_;
  std::string head_;
  std::string tail_;
  bool is_literal_ = true;
};

/// Bytes that are not UTF-8, and NUL, as U+FFFD, one each.
std::string valid_utf8(std::string_view text);

/// The pattern that matches `object`, and nothing but what folds to the same text.
std::string escape_object_pattern(std::string_view object);

}  // namespace paripassu
