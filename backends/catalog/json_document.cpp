#include "backends/catalog/json_document.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "backends/error.h"

namespace paripassu::catalog {

namespace {

constexpr std::size_t kQuotedBytesMax = 60;

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// Length of the well-formed UTF-8 sequence (RFC 3629) at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

SourcePosition position_of(std::string_view text, std::size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  SourcePosition position;
  position.file = file;
  position.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  position.column = 1 + static_cast<int>(std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_begin),
                                                       before.end(), [](char c) { return !is_continuation(c); }));
  return position;
}

/// Reads characters and tells how far the parser has come, which its events do not.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

/// Builds the tree from the parser's events; the parser itself keeps no more than a bit per level.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(std::string_view text, const std::string& file, const JsonLimits& limits)
      : text_(text), file_(file), limits_(limits), furthest_(text.data()), counted_(text.data()) {}

  const char** furthest() { return &furthest_; }
  JsonNode take() { return std::move(root_); }

  bool null() override { return add(JsonNode::Null{}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return add(JsonNode::Fraction{});
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(double, const std::string&) override { return add(JsonNode::Fraction{}); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(std::vector<JsonMember>()); }
  bool start_array(std::size_t) override { return open(std::vector<JsonNode>()); }
  bool key(std::string& value) override {
    key_ = std::move(value);
    return true;
  }
  bool end_object() override {
    reject_duplicates(std::get<std::vector<JsonMember>>(open_.back()->value));
    open_.pop_back();
    return true;
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t characters_read, const std::string&, const nlohmann::json::exception&) override {
    const std::size_t offset = characters_read == 0 ? 0 : characters_read - 1;
    if (offset >= text_.size()) {
      fail("the file is cut off: its JSON ends before it is complete", text_.size());
    }
    const std::string_view rest = text_.substr(offset, text_.substr(offset).find('\n'));
    fail("this is not JSON: did not expect " + quoted_for_message(rest), offset);
  }

 private:
  [[noreturn]] void fail(const std::string& message, std::size_t offset) const {
    throw Error(ErrorCategory::configuration, message)
        .with_position(position_of(text_, offset, file_))
        .with_remedy(kSnapshotRemedy);
  }

  std::size_t offset() const { return static_cast<std::size_t>(furthest_ - text_.data()); }

  /// Without the last character: of a number the parser has read one too many, and that may be a line break.
  int line_now() {
    const char* const at = std::max(counted_, furthest_ - 1);
    line_ += static_cast<int>(std::count(counted_, at, '\n'));
    counted_ = at;
    return line_;
  }

  template <class Value>
  bool add(Value value) {
    place(JsonNode{std::move(value), line_now()});
    return true;
  }

  template <class Container>
  bool open(Container container) {
    if (open_.size() >= limits_.depth_max) {
      fail("nested deeper than " + std::to_string(limits_.depth_max) + " levels, which no snapshot is", offset() - 1);
    }
    open_.push_back(place(JsonNode{std::move(container), line_now()}));
    return true;
  }

  /// The address is good until a sibling follows, which happens only after the node has been closed.
  JsonNode* place(JsonNode node) {
    if (++nodes_ > limits_.nodes_max) {
      fail("more than " + std::to_string(limits_.nodes_max) + " values, which is beyond this program's bound",
           offset() - 1);
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return &root_;
    }
    if (auto* array = std::get_if<std::vector<JsonNode>>(&open_.back()->value)) {
      return &array->emplace_back(std::move(node));
    }
    auto& object = std::get<std::vector<JsonMember>>(open_.back()->value);
    object.push_back({std::move(key_), std::move(node)});
    return &object.back().value;
  }

  void reject_duplicates(const std::vector<JsonMember>& object) const {
    std::vector<const JsonMember*> sorted;
    sorted.reserve(object.size());
    for (const JsonMember& member : object) sorted.push_back(&member);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const JsonMember* left, const JsonMember* right) { return left->key < right->key; });
    const auto twice =
        std::adjacent_find(sorted.begin(), sorted.end(),
                           [](const JsonMember* left, const JsonMember* right) { return left->key == right->key; });
    if (twice == sorted.end()) return;
    throw Error(ErrorCategory::configuration,
                "the key " + quoted_for_message((*twice)->key) + " comes twice in one object")
        .with_position({file_, (*(twice + 1))->value.line, 0})
        .with_remedy(kSnapshotRemedy);
  }

  std::string_view text_;
  const std::string& file_;
  JsonLimits limits_;
  const char* furthest_;
  const char* counted_;
  int line_ = 1;
  std::size_t nodes_ = 0;
  JsonNode root_;
  std::string key_;
  std::vector<JsonNode*> open_;
};

void reject_other_encodings(std::string_view text, const std::string& file) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw Error(ErrorCategory::configuration, "this is UTF-16 text, expected JSON in UTF-8")
        .with_position({file, 0, 0})
        .with_remedy("Write the snapshot with `paripassu inspect --format json -o FILE`: some shells re-encode `>`.");
  }
  // The parser would take a NUL for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw Error(ErrorCategory::configuration, "this is not JSON: it holds a NUL byte")
        .with_position(position_of(text, nul, file))
        .with_remedy(kSnapshotRemedy);
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw Error(ErrorCategory::configuration, "the file is empty, expected a catalog snapshot")
        .with_position({file, 0, 0})
        .with_remedy(kSnapshotRemedy);
  }
}

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
  const auto* object = get_if<std::vector<JsonMember>>();
  if (object == nullptr) return nullptr;
  for (const JsonMember& member : *object) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

JsonNode parse_json(std::string_view text, const std::string& file, const JsonLimits& limits) {
  reject_other_encodings(text, file);
  TreeBuilder builder(text, file, limits);
  nlohmann::json::sax_parse(CountingIterator(text.data(), builder.furthest()),
                            CountingIterator(text.data() + text.size(), builder.furthest()), &builder);
  return builder.take();
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string quoted_for_message(std::string_view text) {
  std::string quoted = "\"";
  std::size_t end = std::min(text.size(), kQuotedBytesMax);
  while (end > 0 && end < text.size() && is_continuation(text[end])) --end;
  const unsigned char last_printable = is_utf8(text.substr(0, end)) ? 0xFF : 0x7E;
  for (const char c : text.substr(0, end)) {
    const auto byte = static_cast<unsigned char>(c);
    quoted += byte < 0x20 || byte == 0x7F || byte > last_printable ? '?' : c;
  }
  return quoted + (end < text.size() ? "…\"" : "\"");
}

}  // namespace paripassu::catalog
