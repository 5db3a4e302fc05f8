#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "harness/report/report_writer.h"

namespace paripassu {
namespace {

/// One character of UTF-8 at the start of `text`; `bytes` is 0 where there is none (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF).
struct Character {
  std::uint32_t code_point = 0;
  std::size_t bytes = 0;
};

Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t bytes = 0;
  std::uint32_t code_point = 0;
  std::uint32_t smallest = 0;
  if ((lead & 0xE0u) == 0xC0u) {
    bytes = 2, code_point = lead & 0x1Fu, smallest = 0x80;
  } else if ((lead & 0xF0u) == 0xE0u) {
    bytes = 3, code_point = lead & 0x0Fu, smallest = 0x800;
  } else if ((lead & 0xF8u) == 0xF0u) {
    bytes = 4, code_point = lead & 0x07u, smallest = 0x10000;
  }
  if (bytes == 0 || text.size() < bytes) return {};
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < smallest || code_point > 0x10FFFF || surrogate) return {};
  return {code_point, bytes};
}

/// Characters that change the order of what stands around them, or cannot be seen.
constexpr std::pair<std::uint32_t, std::uint32_t> kDeceivingRanges[] = {
    {0x00AD, 0x00AD},    // soft hyphen
    {0x061C, 0x061C},    // Arabic letter mark
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200F},    // zero-width characters, direction marks
    {0x2028, 0x202E},    // line and paragraph separators, embeddings and overrides
    {0x2060, 0x206F},    // word joiner, isolates, invisible operators
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // interlinear annotation
    {0xE0000, 0xE007F},  // tags
};

bool deceives(std::uint32_t code_point) {
  for (const auto& [first, last] : kDeceivingRanges) {
    if (code_point >= first && code_point <= last) return true;
  }
  return false;
}

}  // namespace

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = decode(text);
    if (character.bytes == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const std::uint32_t code_point = character.code_point;
    if (code_point == '\n') {
      out += "\\n";
    } else if (code_point == '\r') {
      out += "\\r";
    } else if (code_point == '\t') {
      out += "\\t";
    } else if (code_point < 0x20 || code_point == 0x7F) {
      out += fmt::format("\\x{:02x}", code_point);
    } else if ((code_point >= 0x80 && code_point <= 0x9F) || deceives(code_point)) {
      out += fmt::format("\\u{{{:x}}}", code_point);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

}  // namespace paripassu
