#include "harness/datacheck/unicode_form.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace paripassu {

namespace {

// Texts of code points below U+0300 alone, whose lead bytes are below this one, are in NFC.
constexpr unsigned char kLeadOfCombining = 0xCC;
constexpr unsigned char kLeadOfTwoBytes = 0xC2;

const utf8proc_uint8_t* bytes_of(const char* text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text);
}

/// Folds a stretch of valid UTF-8.
void append_stretch(std::string_view text, utf8proc_option_t options, std::string& out) {
  if (text.empty()) return;
  const auto length = static_cast<utf8proc_ssize_t>(text.size());
  std::array<utf8proc_int32_t, 256> few;
  std::vector<utf8proc_int32_t> many;
  utf8proc_int32_t* buffer = few.data();
  utf8proc_ssize_t count = utf8proc_decompose(bytes_of(text.data()), length, buffer, few.size(), options);
  if (count > static_cast<utf8proc_ssize_t>(few.size())) {
    many.resize(static_cast<std::size_t>(count));
    buffer = many.data();
    count = utf8proc_decompose(bytes_of(text.data()), length, buffer, count, options);
  }
  if (count >= 0) count = utf8proc_normalize_utf32(buffer, count, options);
  if (count < 0) {
    out += text;
    return;
  }
  for (utf8proc_ssize_t i = 0; i < count; ++i) {
    std::array<utf8proc_uint8_t, 4> encoded;
    const utf8proc_ssize_t size = utf8proc_encode_char(buffer[i], encoded.data());
    out.append(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size));
  }
}

}  // namespace

void append_folded(std::string_view text, TextFolding folding, std::string& out) {
  if (folding.blanks) text = text.substr(0, text.find_last_not_of(' ') + 1);
  unsigned char highest = 0;
  for (const char c : text) highest = std::max(highest, static_cast<unsigned char>(c));
  if (!folding.letter_case && (!folding.composition || highest < kLeadOfCombining)) {
    out += text;
    return;
  }
  if (highest < kLeadOfTwoBytes) {
    const std::size_t begin = out.size();
    out += text;
    for (std::size_t i = begin; i < out.size(); ++i)
      if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<char>(out[i] - 'A' + 'a');
    return;
  }
  int options = UTF8PROC_STABLE;
  if (folding.composition) options |= UTF8PROC_COMPOSE;
  if (folding.letter_case) options |= UTF8PROC_CASEFOLD;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size =
        utf8proc_iterate(bytes_of(text.data() + at), static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (size > 0) {
      at += static_cast<std::size_t>(size);
      continue;
    }
    append_stretch(text.substr(begin, at - begin), static_cast<utf8proc_option_t>(options), out);
    out += text[at++];
    begin = at;
  }
  append_stretch(text.substr(begin), static_cast<utf8proc_option_t>(options), out);
}

std::string folded(std::string_view text, TextFolding folding) {
  std::string result;
  append_folded(text, folding, result);
  return result;
}

}  // namespace paripassu
