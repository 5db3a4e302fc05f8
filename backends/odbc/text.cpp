#include "backends/odbc/text.h"

namespace paripassu::odbc {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

char32_t decode_one(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(i);
  std::size_t length = 1;
  char32_t value = first;
  if (first >= 0xF0 && first < 0xF5) {
    length = 4;
    value = first & 0x07U;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3;
    value = first & 0x0FU;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    value = first & 0x1FU;
  } else if (first >= 0x80) {
    ++i;
    return kReplacement;
  }
  if (i + length > text.size()) {
    ++i;
    return kReplacement;
  }
  for (std::size_t n = 1; n < length; ++n) {
    if ((byte(i + n) & 0xC0U) != 0x80U) {
      ++i;
      return kReplacement;
    }
    value = (value << 6U) | (byte(i + n) & 0x3FU);
  }
  i += length;
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && (value < 0x10000 || value > 0x10FFFF));
  return overlong ? kReplacement : value;
}

void append_code_point(std::string& out, char32_t value) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0 | (value >> 6U));
    put(0x80 | (value & 0x3FU));
  } else if (value < 0x10000) {
    put(0xE0 | (value >> 12U));
    put(0x80 | ((value >> 6U) & 0x3FU));
    put(0x80 | (value & 0x3FU));
  } else {
    put(0xF0 | (value >> 18U));
    put(0x80 | ((value >> 12U) & 0x3FU));
    put(0x80 | ((value >> 6U) & 0x3FU));
    put(0x80 | (value & 0x3FU));
  }
}

}  // namespace

std::u16string to_utf16(std::string_view text) {
  std::u16string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const char32_t value = decode_one(text, i);
    if (value < 0x10000) {
      result += static_cast<char16_t>(value);
    } else {
      result += static_cast<char16_t>(0xD800 + ((value - 0x10000) >> 10U));
      result += static_cast<char16_t>(0xDC00 + ((value - 0x10000) & 0x3FFU));
    }
  }
  return result;
}

void append_utf8(std::string& out, std::u16string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t unit = text[i];
    const bool high = unit >= 0xD800 && unit < 0xDC00;
    if (high && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000) {
      append_code_point(out, 0x10000 + ((unit - 0xD800) << 10U) + (static_cast<char32_t>(text[i + 1]) - 0xDC00));
      ++i;
    } else {
      append_code_point(out, unit);
    }
  }
}

std::string to_utf8(std::u16string_view text) {
  std::string result;
  result.reserve(text.size());
  append_utf8(result, text);
  return result;
}

}  // namespace paripassu::odbc
