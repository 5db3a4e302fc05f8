#include "harness/dataset/row_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/dataset/row_set.h"

namespace paripassu {

namespace dataset {

namespace {

constexpr std::size_t kValueBytesMax = 80;
constexpr std::size_t kLineBytesMax = 400;
constexpr std::size_t kBytesBeforeDifference = 24;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

/// Length of the UTF-8 character at `at`, 0 when there is none.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : 2;
  if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!is_continuation(text[at + i])) return 0;
  return length;
}

void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t length = character_length(text, i);
    // C1 controls (C2 80 to C2 9F) and the no-break space, which looks like another one.
    const bool hidden = length == 2 && byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) <= 0xA0;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\'') {
      out += "''";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (hidden) {
      out += fmt::format("\\u00{:02x}", static_cast<unsigned char>(text[i + 1]));
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
}

/// Numbers, dates, times and truths need no quotes to be understood.
bool is_plain(std::string_view text) {
  if (text == "true" || text == "false" || text == "NaN") return true;
  const bool begins = !text.empty() && ((text[0] >= '0' && text[0] <= '9') || (text[0] == '-' && text.size() > 1));
  return begins && text.size() <= 40 && text.find_first_not_of("0123456789-+.:TZe") == std::string_view::npos;
}

std::size_t character_begin(std::string_view text, std::size_t at) {
  at = std::min(at, text.size());
  while (at > 0 && at < text.size() && is_continuation(text[at])) --at;
  return at;
}

/// The value from `from` on.
std::string shown_from(const Cell& value, std::size_t from) {
  if (!value) return "NULL";
  if (value->empty()) return "'' (empty text)";
  if (is_plain(*value)) return *value;
  const std::size_t begin = character_begin(*value, from);
  const std::size_t end = character_begin(*value, begin + kValueBytesMax);
  std::string result = begin > 0 ? "'…" : "'";
  append_escaped(result, std::string_view(*value).substr(begin, end - begin));
  if (end < value->size()) return result + "…' (" + std::to_string(value->size()) + " bytes)";
  return result + "'";
}

}  // namespace

std::string shown_value(const Cell& value) {
  return shown_from(value, 0);
}

std::string shortened(std::string text) {
  if (text.size() <= kLineBytesMax) return text;
  text.resize(character_begin(text, kLineBytesMax));
  return text + "…";
}

/// Both values, from where a reader sees the difference.
static std::pair<std::string, std::string> shown_values(const Cell& left, const Cell& right) {
  std::size_t from = 0;
  if (left && right && std::max(left->size(), right->size()) > kValueBytesMax) {
    const auto [one, other] = std::mismatch(left->begin(), left->end(), right->begin(), right->end());
    const auto place = static_cast<std::size_t>(one - left->begin());
    if (place > kValueBytesMax / 2) from = place - kBytesBeforeDifference;
  }
  return {shown_from(left, from), shown_from(right, from)};
}

}  // namespace dataset

std::string describe(const RowDifference& difference, const std::string& left_word, const std::string& right_word) {
  const bool expectation = right_word == "found";
  switch (difference.kind) {
    case RowDifference::Kind::missing:
      if (expectation) return difference.row + " is missing";
      return difference.row + ": " + left_word + " only";
    case RowDifference::Kind::unexpected:
      if (expectation) return difference.row + " is not expected";
      return difference.row + ": " + right_word + " only";
    case RowDifference::Kind::changed:
      break;
  }
  const auto [left, right] = dataset::shown_values(difference.left, difference.right);
  if (expectation) return fmt::format("{}: {} is {}, {} {}", difference.row, difference.column, right, left_word, left);
  return fmt::format("{}: {}: {} {}, {} {}", difference.row, difference.column, left_word, left, right_word, right);
}

}  // namespace paripassu
