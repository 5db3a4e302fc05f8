#include "backends/postgres/parse_tree.h"

#include <charconv>
#include <limits>

namespace paripassu::postgres {
namespace {

void append_utf8(std::string& out, unsigned code_point) {
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

/// libpg_query escapes single control characters and signs only, so there are no surrogate pairs.
std::string without_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (const char c = text[++i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        unsigned code_point = 0;
        const std::string_view digits = text.substr(i + 1, 4);
        std::from_chars(digits.data(), digits.data() + digits.size(), code_point, 16);
        append_utf8(out, code_point);
        i += digits.size();
        break;
      }
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

bool ParseTree::assign(std::string_view json) {
  json_ = json;
  values_.clear();
  open_.clear();
  if (json.size() >= std::numeric_limits<std::uint32_t>::max()) return false;

  constexpr std::uint32_t kNothing = std::numeric_limits<std::uint32_t>::max();
  const auto offset = [](std::size_t position) { return static_cast<std::uint32_t>(position); };
  std::uint32_t previous = kNothing;  // in the object or array that is open
  std::uint32_t name = 0;
  std::uint16_t name_size = 0;
  const auto add = [&]() -> Value& {
    if (previous != kNothing) values_[previous].is_last = false;
    previous = offset(values_.size());
    Value& value = values_.emplace_back();
    value.name = name;
    value.name_size = name_size;
    value.end = offset(values_.size());
    name_size = 0;
    return value;
  };

  std::size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '{' || c == '[') {
      add();
      open_.push_back(previous);
      previous = kNothing;
      ++at;
    } else if (c == '}' || c == ']') {
      if (open_.empty()) return false;
      previous = open_.back();
      open_.pop_back();
      values_[previous].end = offset(values_.size());
      ++at;
    } else if (c == '"') {
      const std::size_t start = ++at;
      bool has_escapes = false;
      while (at < json.size() && json[at] != '"') {
        if (json[at] == '\\') {
          has_escapes = true;
          ++at;
        }
        ++at;
      }
      if (at >= json.size()) return false;
      const std::size_t size = at++ - start;
      if (at < json.size() && json[at] == ':') {
        if (size > std::numeric_limits<std::uint16_t>::max()) return false;
        name = offset(start);
        name_size = static_cast<std::uint16_t>(size);
        ++at;
      } else {
        Value& value = add();
        value.text = offset(start);
        value.text_size = offset(size);
        value.has_escapes = has_escapes;
      }
    } else if (c == ',' || c == ' ') {
      ++at;
    } else {
      const std::size_t start = at;
      while (at < json.size() && json[at] != ',' && json[at] != '}' && json[at] != ']') ++at;
      Value& value = add();
      value.text = offset(start);
      value.text_size = offset(at - start);
    }
  }
  return open_.empty() && !values_.empty();
}

std::string_view ParseTree::Node::name() const {
  if (tree_ == nullptr) return {};
  const Value& value = tree_->values_[index_];
  return tree_->json_.substr(value.name, value.name_size);
}

ParseTree::Node ParseTree::Node::member(std::string_view name) const {
  for (Node node = first(); node; node = node.next())
    if (node.name() == name) return node;
  return {};
}

ParseTree::Node ParseTree::Node::first() const {
  if (tree_ == nullptr || tree_->values_[index_].end == index_ + 1) return {};
  return Node(tree_, index_ + 1);
}

ParseTree::Node ParseTree::Node::next() const {
  if (tree_ == nullptr || tree_->values_[index_].is_last) return {};
  return Node(tree_, tree_->values_[index_].end);
}

std::size_t ParseTree::Node::count() const {
  std::size_t count = 0;
  for (Node node = first(); node; node = node.next()) ++count;
  return count;
}

std::string_view ParseTree::Node::word() const {
  if (tree_ == nullptr) return {};
  const Value& value = tree_->values_[index_];
  return tree_->json_.substr(value.text, value.text_size);
}

std::string ParseTree::Node::text() const {
  if (tree_ == nullptr) return {};
  return tree_->values_[index_].has_escapes ? without_escapes(word()) : std::string(word());
}

int ParseTree::Node::number(int fallback) const {
  const std::string_view digits = word();
  int value = fallback;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return read.ec == std::errc() ? value : fallback;
}

}  // namespace paripassu::postgres
