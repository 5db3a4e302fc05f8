#include "harness/dataset/xml_text.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace paripassu::dataset {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool ends_name(char c) {
  return is_blank(c) || c == '=' || c == '>' || c == '/' || c == '<' || c == '"' || c == '\'' || c == '&';
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  const auto append = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    append(code_point);
    return;
  }
  if (code_point < 0x800) {
    append(0xC0u | (code_point >> 6));
  } else {
    if (code_point < 0x10000) {
      append(0xE0u | (code_point >> 12));
    } else {
      append(0xF0u | (code_point >> 18));
      append(0x80u | ((code_point >> 12) & 0x3Fu));
    }
    append(0x80u | ((code_point >> 6) & 0x3Fu));
  }
  append(0x80u | (code_point & 0x3Fu));
}

/// Escapes what must be, in one way.
void append_escaped(std::string& out, std::string_view text, bool in_attribute) {
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"' && in_attribute) {
      out += "&quot;";
    } else {
      out += c;
    }
  }
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  std::optional<std::string> document() {
    while (at_ < text_.size()) {
      const bool read = text_[at_] == '<' ? read_markup() : read_text();
      if (!read) return std::nullopt;
    }
    if (!open_.empty()) return std::nullopt;
    flush_text();
    return out_;
  }

 private:
  bool starts_with(std::string_view word) const { return text_.substr(at_, word.size()) == word; }

  /// Moves behind `end`; what stands before it, or nothing when it does not come.
  std::optional<std::string_view> take_until(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) return std::nullopt;
    const std::string_view taken = text_.substr(at_, found - at_);
    at_ = found + end.size();
    return taken;
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  std::string_view take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_name(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool take_reference(std::string& out) {
    const std::size_t end = text_.substr(at_, 12).find(';');
    if (end == std::string_view::npos) return false;
    std::string_view name = text_.substr(at_ + 1, end - 1);
    at_ += end + 1;
    constexpr std::pair<std::string_view, char> kNamed[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [word, character] : kNamed) {
      if (name != word) continue;
      out += character;
      return true;
    }
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    const bool hex = name.starts_with('x');
    if (hex) name.remove_prefix(1);
    std::uint32_t code_point = 0;
    if (name.empty()) return false;
    for (const char c : name) {
      const bool digit = c >= '0' && c <= '9';
      const bool letter = hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
      if (!digit && !letter) return false;
      code_point = code_point * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit ? c - '0' : (c | 0x20) - 'a' + 10);
      if (code_point > 0x10FFFF) return false;
    }
    if (code_point == 0 || (code_point >= 0xD800 && code_point < 0xE000)) return false;
    append_code_point(out, code_point);
    return true;
  }

  bool read_text() {
    while (at_ < text_.size() && text_[at_] != '<') {
      if (text_[at_] == '&') {
        significant_ = true;
        if (!take_reference(pending_)) return false;
        continue;
      }
      // XML reads every line end as one line feed.
      const char c = text_[at_++];
      if (!is_blank(c)) significant_ = true;
      if (c != '\r') {
        pending_ += c;
      } else if (at_ == text_.size() || text_[at_] != '\n') {
        pending_ += '\n';
      }
    }
    return true;
  }

  void flush_text() {
    if (significant_) append_escaped(out_, pending_, false);
    pending_.clear();
    significant_ = false;
  }

  bool read_markup() {
    if (starts_with("<![CDATA[")) {
      at_ += 9;
      const auto content = take_until("]]>");
      if (!content) return false;
      pending_ += *content;
      significant_ = true;
      return true;
    }
    flush_text();
    if (starts_with("<!--")) {
      at_ += 4;
      const auto content = take_until("-->");
      if (!content) return false;
      out_.append("<!--").append(*content).append("-->");
      return true;
    }
    if (starts_with("<?")) {
      at_ += 2;
      const auto content = take_until("?>");
      if (!content) return false;
      const bool declaration = content->starts_with("xml") && (content->size() == 3 || is_blank((*content)[3]));
      if (!declaration) out_.append("<?").append(*content).append("?>");
      return true;
    }
    if (starts_with("</")) {
      at_ += 2;
      const std::string_view name = take_name();
      skip_blanks();
      if (!starts_with(">") || open_.empty() || open_.back() != name) return false;
      ++at_;
      open_.pop_back();
      out_.append("</").append(name).append(">");
      return true;
    }
    return read_tag();
  }

  bool read_tag() {
    ++at_;
    const std::string_view name = take_name();
    if (name.empty() || name.front() == '!') return false;
    std::vector<std::pair<std::string_view, std::string>> attributes;
    for (;;) {
      const std::size_t before = at_;
      skip_blanks();
      if (starts_with(">") || starts_with("/>")) break;
      if (at_ == before) return false;
      const std::string_view attribute = take_name();
      skip_blanks();
      if (attribute.empty() || !starts_with("=")) return false;
      ++at_;
      skip_blanks();
      if (!starts_with("\"") && !starts_with("'")) return false;
      const char quote = text_[at_++];
      std::string value;
      while (at_ < text_.size() && text_[at_] != quote) {
        if (text_[at_] == '<') return false;
        if (text_[at_] == '&') {
          if (!take_reference(value)) return false;
        } else {
          value += is_blank(text_[at_]) ? ' ' : text_[at_];
          ++at_;
        }
      }
      if (at_ == text_.size()) return false;
      ++at_;
      attributes.emplace_back(attribute, std::move(value));
    }
    std::sort(attributes.begin(), attributes.end());
    out_.append("<").append(name);
    for (const auto& [attribute, value] : attributes) {
      out_.append(" ").append(attribute).append("=\"");
      append_escaped(out_, value, true);
      out_ += '"';
    }
    out_ += '>';
    if (starts_with("/>")) {
      at_ += 2;
      out_.append("</").append(name).append(">");
      return true;
    }
    ++at_;
    open_.push_back(name);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::string pending_;       ///< text since the last tag, unescaped
  bool significant_ = false;  ///< … holds more than white space
  std::vector<std::string_view> open_;
};

}  // namespace

std::optional<std::string> neutral_xml(std::string_view text) {
  return XmlReader(text).document();
}

}  // namespace paripassu::dataset
