#include "harness/parity/names.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

namespace paripassu {
namespace {

/// Upper-case letters `first`, `first + step` … `last`, whose lower case lies `shift` further. Source: the simple
/// lower-case mappings of the Unicode Character Database (UnicodeData.txt, field 13).
struct CaseRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
  std::int32_t shift;
};

constexpr CaseRange kCaseRanges[] = {
    {0x00C0, 0x00D6, 1, 32},   {0x00D8, 0x00DE, 1, 32},  {0x0100, 0x012E, 2, 1},     {0x0130, 0x0130, 1, -199},
    {0x0132, 0x0136, 2, 1},    {0x0139, 0x0147, 2, 1},   {0x014A, 0x0176, 2, 1},     {0x0178, 0x0178, 1, -121},
    {0x0179, 0x017D, 2, 1},    {0x018F, 0x018F, 1, 202}, {0x01A0, 0x01A4, 2, 1},     {0x01AF, 0x01AF, 1, 1},
    {0x01C4, 0x01C4, 1, 2},    {0x01C5, 0x01C5, 1, 1},   {0x01C7, 0x01C7, 1, 2},     {0x01C8, 0x01C8, 1, 1},
    {0x01CA, 0x01CA, 1, 2},    {0x01CB, 0x01DB, 2, 1},   {0x01DE, 0x01EE, 2, 1},     {0x01F1, 0x01F1, 1, 2},
    {0x01F2, 0x01F4, 2, 1},    {0x01F8, 0x021E, 2, 1},   {0x0222, 0x0232, 2, 1},     {0x0246, 0x024E, 2, 1},
    {0x0370, 0x0372, 2, 1},    {0x0376, 0x0376, 1, 1},   {0x037F, 0x037F, 1, 116},   {0x0386, 0x0386, 1, 38},
    {0x0388, 0x038A, 1, 37},   {0x038C, 0x038C, 1, 64},  {0x038E, 0x038F, 1, 63},    {0x0391, 0x03A1, 1, 32},
    {0x03A3, 0x03AB, 1, 32},   {0x03C2, 0x03C2, 1, 1},   {0x03CF, 0x03CF, 1, 8},     {0x03D8, 0x03EE, 2, 1},
    {0x03F4, 0x03F4, 1, -60},  {0x03F7, 0x03F7, 1, 1},   {0x03F9, 0x03F9, 1, -7},    {0x03FA, 0x03FA, 1, 1},
    {0x03FD, 0x03FF, 1, -130}, {0x0400, 0x040F, 1, 80},  {0x0410, 0x042F, 1, 32},    {0x0460, 0x0480, 2, 1},
    {0x048A, 0x04BE, 2, 1},    {0x04C0, 0x04C0, 1, 15},  {0x04C1, 0x04CD, 2, 1},     {0x04D0, 0x052E, 2, 1},
    {0x0531, 0x0556, 1, 48},   {0x1E00, 0x1E94, 2, 1},   {0x1E9E, 0x1E9E, 1, -7615}, {0x1EA0, 0x1EFE, 2, 1},
    {0xFF21, 0xFF3A, 1, 32},
};

std::uint32_t lower(std::uint32_t code_point) {
  const auto* range = std::lower_bound(std::begin(kCaseRanges), std::end(kCaseRanges), code_point,
                                       [](const CaseRange& entry, std::uint32_t value) { return entry.last < value; });
  if (range == std::end(kCaseRanges) || code_point < range->first || (code_point - range->first) % range->step != 0) {
    return code_point;
  }
  return static_cast<std::uint32_t>(static_cast<std::int64_t>(code_point) + range->shift);
}

unsigned char byte_at(std::string_view text, std::size_t position) {
  return static_cast<unsigned char>(text[position]);
}

bool is_continuation(std::string_view text, std::size_t position) {
  return position < text.size() && (byte_at(text, position) & 0xC0u) == 0x80u;
}

/// The letters of kCaseRanges take two or three bytes; anything else may be copied byte by byte.
struct Decoded {
  std::uint32_t code_point;
  std::size_t bytes;
};
std::optional<Decoded> decode_letter(std::string_view text, std::size_t position) {
  const std::uint32_t lead = byte_at(text, position);
  if (lead >= 0xC2 && lead <= 0xDF && is_continuation(text, position + 1)) {
    return Decoded{((lead & 0x1Fu) << 6) | (byte_at(text, position + 1) & 0x3Fu), 2};
  }
  if ((lead & 0xF0u) == 0xE0u && is_continuation(text, position + 1) && is_continuation(text, position + 2)) {
    const std::uint32_t code_point =
        ((lead & 0x0Fu) << 12) | ((byte_at(text, position + 1) & 0x3Fu) << 6) | (byte_at(text, position + 2) & 0x3Fu);
    if (code_point >= 0x800) return Decoded{code_point, 3};
  }
  return std::nullopt;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0u | (code_point >> 6));
    out += static_cast<char>(0x80u | (code_point & 0x3Fu));
  } else {
    out += static_cast<char>(0xE0u | (code_point >> 12));
    out += static_cast<char>(0x80u | ((code_point >> 6) & 0x3Fu));
    out += static_cast<char>(0x80u | (code_point & 0x3Fu));
  }
}

bool is_separator(char c) {
  return c == '_' || c == '-' || c == ' ';
}

std::string lower_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t i = 0; i < name.size();) {
    const unsigned char byte = byte_at(name, i);
    if (byte < 0x80) {
      ++i;
      out += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    } else if (const auto letter = decode_letter(name, i)) {
      append_utf8(out, lower(letter->code_point));
      i += letter->bytes;
    } else {
      out += name[i++];
    }
  }
  return out;
}

struct Word {
  std::string text;
  std::size_t index;
  bool on_left;
};

void pair_ambiguous(const std::vector<std::string_view>& left, const std::vector<std::string_view>& right,
                    NamePairs::Ambiguity group, NamePairs& result) {
  std::vector<bool> taken(group.right.size(), false);
  bool complete = true;
  for (const std::size_t left_index : group.left) {
    bool found = false;
    for (std::size_t i = 0; i < group.right.size() && !found; ++i) {
      if (taken[i] || right[group.right[i]] != left[left_index]) continue;
      taken[i] = found = true;
      result.pairs.emplace_back(left_index, group.right[i]);
    }
    if (!found) {
      complete = false;
      result.left_only.push_back(left_index);
    }
  }
  for (std::size_t i = 0; i < group.right.size(); ++i) {
    if (taken[i]) continue;
    complete = false;
    result.right_only.push_back(group.right[i]);
  }
  if (!complete) result.ambiguous.push_back(std::move(group));
}

}  // namespace

std::string fold_name(std::string_view name, NameMatching matching) {
  if (matching == NameMatching::exact) return std::string(name);
  if (matching == NameMatching::ignore_case) return lower_name(name);
  std::string letters;
  letters.reserve(name.size());
  std::remove_copy_if(name.begin(), name.end(), std::back_inserter(letters), is_separator);
  return lower_name(letters.empty() ? name : std::string_view(letters));
}

NamePairs pair_names(const std::vector<std::string_view>& left, const std::vector<std::string_view>& right,
                     NameMatching matching) {
  std::vector<Word> words;
  words.reserve(left.size() + right.size());
  for (std::size_t i = 0; i < left.size(); ++i) words.push_back({fold_name(left[i], matching), i, true});
  for (std::size_t i = 0; i < right.size(); ++i) words.push_back({fold_name(right[i], matching), i, false});
  std::sort(words.begin(), words.end(), [](const Word& one, const Word& other) {
    if (const int order = one.text.compare(other.text); order != 0) return order < 0;
    if (one.on_left != other.on_left) return one.on_left;
    return one.index < other.index;
  });

  NamePairs result;
  result.pairs.reserve(std::min(left.size(), right.size()));
  for (std::size_t begin = 0; begin < words.size();) {
    std::size_t end = begin + 1;
    while (end < words.size() && words[end].text == words[begin].text) ++end;
    NamePairs::Ambiguity group;
    if (end - begin == 1) {
      (words[begin].on_left ? result.left_only : result.right_only).push_back(words[begin].index);
    } else if (end - begin == 2 && words[begin].on_left && !words[begin + 1].on_left) {
      result.pairs.emplace_back(words[begin].index, words[begin + 1].index);
    } else {
      for (std::size_t i = begin; i < end; ++i) (words[i].on_left ? group.left : group.right).push_back(words[i].index);
      pair_ambiguous(left, right, std::move(group), result);
    }
    begin = end;
  }
  std::sort(result.pairs.begin(), result.pairs.end());
  std::sort(result.left_only.begin(), result.left_only.end());
  std::sort(result.right_only.begin(), result.right_only.end());
  return result;
}

}  // namespace paripassu
