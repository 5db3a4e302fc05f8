#pragma once

#include <string>
#include <string_view>

namespace paripassu {

/// What texts are taken for the same in spite of. Private to the room.
struct TextFolding {
  bool blanks = false;       ///< blanks (U+0020) at the end
  bool composition = false;  ///< canonically equivalent spellings: the text becomes NFC
  bool letter_case = false;  ///< full case folding of Unicode
  bool any() const { return blanks || composition || letter_case; }
};

/// Appends `text` without what `folding` does not count. Bytes that are no UTF-8 (and lone surrogates as WTF-8) stay as
/// they are. Linear; fast for ASCII.
void append_folded(std::string_view text, TextFolding folding, std::string& out);
std::string folded(std::string_view text, TextFolding folding);

}  // namespace paripassu
