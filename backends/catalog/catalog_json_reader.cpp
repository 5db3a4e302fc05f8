#include <limits>
#include <optional>
#include <utility>

#include "backends/catalog/catalog_json.h"
#include "backends/catalog/catalog_members.h"
#include "backends/catalog/json_document.h"
#include "backends/error.h"

namespace paripassu::catalog {

namespace {

constexpr TypeFamily last_of(TypeFamily) {
  return TypeFamily::other;
}
constexpr LengthUnit last_of(LengthUnit) {
  return LengthUnit::bytes;
}
constexpr ReferentialAction last_of(ReferentialAction) {
  return ReferentialAction::set_default;
}
constexpr Identity::Kind last_of(Identity::Kind) {
  return Identity::Kind::serial;
}

/// The way from the root to a node, kept on the stack and written out only for a message.
struct Path {
  const Path* parent = nullptr;
  std::string_view key;  ///< empty for an element of an array
  std::size_t index = 0;

  std::string to_string() const {
    if (parent == nullptr) return {};
    const std::string before = parent->to_string();
    if (key.empty()) return before + "[" + std::to_string(index) + "]";
    return before.empty() ? std::string(key) : before + "." + std::string(key);
  }
};

// Lower case only: there is one way to write a value.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Catalog read_document(const JsonNode& root) const {
    require_snapshot(root);
    Catalog catalog;
    read_struct(root, catalog, Path{});
    return catalog;
  }

 private:
  [[noreturn]] void fail(const JsonNode& node, const Path& path, const std::string& message) const {
    const std::string where = path.to_string();
    throw Error(ErrorCategory::configuration, where.empty() ? message : where + ": " + message)
        .with_position({file_, node.line, 0})
        .with_remedy(kSnapshotRemedy);
  }

  void require_snapshot(const JsonNode& root) const {
    const JsonNode* marker = root.find("paripassu");
    const std::string* kind = marker == nullptr ? nullptr : marker->get_if<std::string>();
    if (kind == nullptr || *kind != "catalog") {
      throw Error(ErrorCategory::configuration,
                  "this is JSON, but no catalog snapshot: \"paripassu\": \"catalog\" is missing")
          .with_position({file_, 0, 0})
          .with_remedy("Snapshots are written by `paripassu inspect --format json`.");
    }
    const JsonNode* version = root.find("version");
    const std::int64_t* number = version == nullptr ? nullptr : version->get_if<std::int64_t>();
    if (number == nullptr || *number < 1) {
      fail(version == nullptr ? root : *version, {}, "\"version\" is missing or not a whole number from 1");
    }
    if (*number > kSnapshotVersion) {
      throw Error(ErrorCategory::configuration, "snapshot of version " + std::to_string(*number) +
                                                    ", this program reads up to version " +
                                                    std::to_string(kSnapshotVersion))
          .with_position({file_, version->line, 0})
          .with_remedy("Use a newer paripassu, or write the snapshot again with this one.");
    }
  }

  void read(const JsonNode& node, bool& value, const Path& path) const {
    const bool* read = node.get_if<bool>();
    if (read == nullptr) fail(node, path, "expected true or false");
    value = *read;
  }

  template <std::signed_integral Integer>
  void read(const JsonNode& node, Integer& value, const Path& path) const {
    using Limits = std::numeric_limits<Integer>;
    const std::int64_t* read = node.get_if<std::int64_t>();
    if (read == nullptr && node.get_if<JsonNode::Fraction>() == nullptr) fail(node, path, "expected a number");
    if (read == nullptr || *read < Limits::min() || *read > Limits::max()) {
      fail(node, path,
           "expected a whole number from " + std::to_string(Limits::min()) + " to " + std::to_string(Limits::max()));
    }
    value = static_cast<Integer>(*read);
  }

  void read(const JsonNode& node, std::string& value, const Path& path) const {
    if (const auto* text = node.get_if<std::string>()) {
      value = *text;
      return;
    }
    const auto* object = node.get_if<std::vector<JsonMember>>();
    if (object == nullptr || object->size() != 1 || object->front().key != "bytes") {
      fail(node, path, "expected a string");
    }
    const auto* hex = object->front().value.get_if<std::string>();
    std::optional<std::string> bytes = hex == nullptr ? std::nullopt : from_hex(*hex);
    if (!bytes) fail(node, Path{&path, "bytes"}, "expected an even number of lower-case hexadecimal digits");
    value = std::move(*bytes);
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void read(const JsonNode& node, Enum& value, const Path& path) const {
    const auto* word = node.get_if<std::string>();
    std::string known;
    for (int i = 0; i <= static_cast<int>(last_of(Enum{})); ++i) {
      if (word != nullptr && *word == to_string(static_cast<Enum>(i))) {
        value = static_cast<Enum>(i);
        return;
      }
      known += (i == 0 ? "\"" : ", \"") + std::string(to_string(static_cast<Enum>(i))) + "\"";
    }
    fail(node, path, "expected one of " + known + (word == nullptr ? "" : ", not " + quoted_for_message(*word)));
  }

  template <class T>
  void read(const JsonNode& node, std::optional<T>& value, const Path& path) const {
    read(node, value.emplace(), path);
  }

  template <class T>
  void read(const JsonNode& node, std::vector<T>& values, const Path& path) const {
    const auto* array = node.get_if<std::vector<JsonNode>>();
    if (array == nullptr) fail(node, path, "expected an array");
    values.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) read((*array)[i], values.emplace_back(), Path{&path, {}, i});
  }

  template <class Struct>
  requires requires(Struct& value) { members(value); }
  void read(const JsonNode& node, Struct& value, const Path& path) const { read_struct(node, value, path); }

  template <class Struct>
  void read_struct(const JsonNode& node, Struct& value, const Path& path) const {
    const auto* object = node.get_if<std::vector<JsonMember>>();
    if (object == nullptr) fail(node, path, "expected an object");
    const auto expected = members(value);
    std::apply([&](const auto&... member) { (require(node, member, path), ...); }, expected);
    for (const JsonMember& found : *object) {
      if (path.parent == nullptr && (found.key == "paripassu" || found.key == "version")) continue;
      const bool known =
          std::apply([&](const auto&... member) { return (read_member(found, member, path) || ...); }, expected);
      if (!known) fail(found.value, path, "unknown key " + quoted_for_message(found.key));
    }
  }

  template <class T>
  void require(const JsonNode& node, const Member<T>& member, const Path& path) const {
    if (member.required && node.find(member.key) == nullptr) {
      fail(node, path, "\"" + std::string(member.key) + "\" is missing");
    }
  }

  template <class T>
  bool read_member(const JsonMember& found, const Member<T>& member, const Path& path) const {
    if (found.key != member.key) return false;
    read(found.value, member.value, Path{&path, member.key});
    return true;
  }

  const std::string& file_;
};

}  // namespace

Catalog from_json(std::string_view text, const std::string& file) {
  return Reader(file).read_document(parse_json(text, file));
}

}  // namespace paripassu::catalog
