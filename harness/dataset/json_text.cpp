#include "harness/dataset/json_text.h"

#include <algorithm>
#include <cstdint>

namespace paripassu::dataset {

namespace {

constexpr std::int64_t kPlainZerosMax = 400;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto append = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0u | (code_point >> 6));
    append(0x80u | (code_point & 0x3Fu));
  } else if (code_point < 0x10000) {
    append(0xE0u | (code_point >> 12));
    append(0x80u | ((code_point >> 6) & 0x3Fu));
    append(0x80u | (code_point & 0x3Fu));
  } else {
    append(0xF0u | (code_point >> 18));
    append(0x80u | ((code_point >> 12) & 0x3Fu));
    append(0x80u | ((code_point >> 6) & 0x3Fu));
    append(0x80u | (code_point & 0x3Fu));
  }
}

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  std::optional<JsonValue> document() {
    JsonValue value;
    if (!read(value, 0)) return std::nullopt;
    skip_blanks();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  bool take(char c) {
    skip_blanks();
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool read(JsonValue& value, std::size_t depth) {
    if (depth > kJsonDepthMax) return false;
    skip_blanks();
    switch (peek()) {
      case '{':
        return read_object(value, depth);
      case '[':
        return read_array(value, depth);
      case '"':
        value.kind = JsonValue::Kind::string;
        return read_string(value.text);
      case 't':
        value.kind = JsonValue::Kind::boolean;
        value.truth = true;
        return take_word("true");
      case 'f':
        value.kind = JsonValue::Kind::boolean;
        return take_word("false");
      case 'n':
        return take_word("null");
      default:
        return read_number(value);
    }
  }

  bool read_object(JsonValue& value, std::size_t depth) {
    value.kind = JsonValue::Kind::object;
    ++at_;
    if (take('}')) return true;
    do {
      skip_blanks();
      auto& [key, member] = value.members.emplace_back();
      if (peek() != '"' || !read_string(key) || !take(':') || !read(member, depth + 1)) return false;
    } while (take(','));
    return take('}');
  }

  bool read_array(JsonValue& value, std::size_t depth) {
    value.kind = JsonValue::Kind::array;
    ++at_;
    if (take(']')) return true;
    do {
      if (!read(value.elements.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }

  bool read_number(JsonValue& value) {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (is_digit(peek())) ++at_;
      return at_ - first;
    };
    if (peek() == '-') ++at_;
    const bool zero = peek() == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (peek() == '.') {
      ++at_;
      if (digits() == 0) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) return false;
    }
    value.kind = JsonValue::Kind::number;
    value.text = text_.substr(begin, at_ - begin);
    return true;
  }

  std::optional<std::uint32_t> read_hex() {
    std::uint32_t unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      std::uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<std::uint32_t>(c - '0');
      } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        digit = static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
      } else {
        return std::nullopt;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  bool read_escape(std::string& out) {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'u':
        break;
      default:
        return false;
    }
    const auto unit = read_hex();
    if (!unit) return false;
    std::uint32_t code_point = *unit;
    if (code_point >= 0xD800 && code_point < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      const std::size_t mark = at_;
      at_ += 2;
      const auto low = read_hex();
      if (!low) return false;
      if (*low >= 0xDC00 && *low < 0xE000) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*low - 0xDC00);
      } else {
        at_ = mark;
      }
    }
    append_utf8(out, code_point);
    return true;
  }

  bool read_string(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
      } else if (at_ == text_.size() || !read_escape(out)) {
        return false;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class ArrayParser {
 public:
  explicit ArrayParser(std::string_view text) : text_(text) {}

  std::optional<JsonValue> document() {
    skip_bounds();
    JsonValue value;
    if (peek() != '{' || !read(value, 0) || at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  static constexpr std::size_t kDimensionsMax = 6;  ///< PostgreSQL's MAXDIM

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// "[1:2][0:1]=", which says where the numbering begins.
  void skip_bounds() {
    if (peek() != '[') return;
    const std::size_t end = text_.find('=');
    if (end != std::string_view::npos &&
        text_.substr(0, end).find_first_not_of("[]:+-0123456789") == std::string_view::npos)
      at_ = end + 1;
  }

  bool read(JsonValue& value, std::size_t depth) {
    if (depth >= kDimensionsMax) return false;
    value.kind = JsonValue::Kind::array;
    ++at_;
    if (peek() == '}') {
      ++at_;
      return true;
    }
    for (;;) {
      JsonValue& element = value.elements.emplace_back();
      if (peek() == '{' ? !read(element, depth + 1) : !read_element(element)) return false;
      const char c = peek();
      ++at_;
      if (c == '}') return true;
      if (c != ',') return false;
    }
  }

  bool read_element(JsonValue& element) {
    element.kind = JsonValue::Kind::string;
    if (peek() == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\' && ++at_ == text_.size()) return false;
        element.text += text_[at_];
      }
      return at_++ < text_.size();
    }
    bool escaped = false;
    for (; at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}'; ++at_) {
      if (text_[at_] == '{' || text_[at_] == '"') return false;
      if (text_[at_] == '\\') {
        escaped = true;
        if (++at_ == text_.size()) return false;
      }
      element.text += text_[at_];
    }
    if (element.text.empty()) return false;
    if (!escaped && (element.text == "NULL" || element.text == "null")) element = JsonValue{};
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<JsonValue> parse_json_value(std::string_view text) {
  return JsonParser(text).document();
}

std::optional<JsonValue> parse_array_literal(std::string_view text) {
  return ArrayParser(text).document();
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xFu];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_neutral_json(std::string& out, const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      out += "null";
      return;
    case JsonValue::Kind::boolean:
      out += value.truth ? "true" : "false";
      return;
    case JsonValue::Kind::number:
      out += neutral_number(value.text).value_or(value.text);
      return;
    case JsonValue::Kind::string:
      append_json_string(out, value.text);
      return;
    case JsonValue::Kind::array: {
      out += '[';
      for (std::size_t i = 0; i < value.elements.size(); ++i) {
        if (i > 0) out += ',';
        append_neutral_json(out, value.elements[i]);
      }
      out += ']';
      return;
    }
    case JsonValue::Kind::object:
      break;
  }
  std::vector<const JsonMember*> members;
  members.reserve(value.members.size());
  for (const auto& member : value.members) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(),
                   [](const auto* one, const auto* other) { return one->first < other->first; });
  out += '{';
  bool first = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i + 1 < members.size() && members[i + 1]->first == members[i]->first) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(out, members[i]->first);
    out += ':';
    append_neutral_json(out, members[i]->second);
  }
  out += '}';
}

std::optional<std::string> neutral_json(std::string_view text) {
  const auto value = parse_json_value(text);
  if (!value) return std::nullopt;
  std::string result;
  append_neutral_json(result, *value);
  return result;
}

std::optional<std::string> neutral_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits;
  std::int64_t point = 0;  // The value is 0.<digits> times ten to this.
  std::size_t seen = 0;
  std::size_t at = 0;
  for (bool after_point = false; at < text.size(); ++at) {
    if (text[at] == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!is_digit(text[at])) break;
    ++seen;
    if (text[at] != '0' || !digits.empty()) {
      digits += text[at];
      if (!after_point) ++point;
    } else if (after_point) {
      --point;
    }
  }
  if (seen == 0) return std::nullopt;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    std::string_view exponent = text.substr(at + 1);
    const bool down = exponent.starts_with('-');
    if (down || exponent.starts_with('+')) exponent.remove_prefix(1);
    if (exponent.empty() || exponent.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    exponent.remove_prefix(std::min(exponent.find_first_not_of('0'), exponent.size()));
    if (exponent.size() > 17) return std::nullopt;
    std::int64_t number = 0;
    for (const char c : exponent) number = number * 10 + (c - '0');
    point += down ? -number : number;
  }
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.empty()) return "0";

  const auto count = static_cast<std::int64_t>(digits.size());
  std::string result = negative ? "-" : "";
  if (point - count > kPlainZerosMax || -point > kPlainZerosMax) {
    result += digits[0];
    if (count > 1) result += "." + digits.substr(1);
    return result + "e" + std::to_string(point - 1);
  }
  if (point <= 0) return result + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= count) return result + digits + std::string(static_cast<std::size_t>(point - count), '0');
  return result + digits.substr(0, static_cast<std::size_t>(point)) + "." +
         digits.substr(static_cast<std::size_t>(point));
}

}  // namespace paripassu::dataset
