#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/catalog/catalog_members.h"

/// Private to the room.
namespace paripassu::migration_tests {

/// Any value of the catalog as bytes: the same for two values exactly if nothing but what fingerprint.h leaves out
/// tells them apart.
class NeutralEncoder {
 public:
  explicit NeutralEncoder(bool compare_column_order) : compare_column_order_(compare_column_order) {}

  template <class T>
  std::string encode(const T& value) {
    bytes_.clear();
    append(value);
    return std::move(bytes_);
  }
  /// The same without the value's own name and whether the server gave it.
  template <class Constraint>
  std::string encode_unnamed(Constraint value) {
    value.name.clear();
    value.system_named = true;
    return encode(value);
  }

 private:
  void append(const std::string& text) {
    append_number(text.size());
    bytes_ += text;
  }
  void append(bool value) { bytes_ += value ? '\1' : '\0'; }
  void append(int value) { append_number(static_cast<std::uint64_t>(static_cast<std::int64_t>(value))); }
  void append(long long value) { append_number(static_cast<std::uint64_t>(value)); }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void append(Enum value) { append(static_cast<int>(value)); }

  template <class T>
  void append(const std::optional<T>& value) {
    append(value.has_value());
    if (value) append(*value);
  }

  template <class T>
  void append(const std::vector<T>& values) {
    append_number(values.size());
    for (const T& value : values) append(value);
  }

  template <class Struct>
  requires requires(const Struct& value) { catalog::members(value); }
  void append(const Struct& value) {
    std::apply([&](const auto&... own) { (append_member(value, own.value), ...); }, catalog::members(value));
  }

  template <class Struct, class T>
  void append_member(const Struct& owner, const T& value) {
    if constexpr (std::is_same_v<Struct, catalog::Catalog> && std::is_same_v<T, std::string>) {
      if (&value == &owner.database) return;
    }
    if constexpr (std::is_same_v<Struct, catalog::Column> && std::is_same_v<T, std::string>) {
      if (&value == &owner.default_name && owner.default_system_named) return;
    }
    if constexpr (std::is_same_v<Struct, catalog::Column> && std::is_same_v<T, int>) {
      if (&value == &owner.ordinal && ordinals_left_out_) return;
    }
    if constexpr ((std::is_same_v<Struct, catalog::Key> || std::is_same_v<Struct, catalog::ForeignKey> ||
                   std::is_same_v<Struct, catalog::Check>)&&std::is_same_v<T, std::string>) {
      if (&value == &owner.name && owner.system_named) return;
    }
    if constexpr (std::is_same_v<Struct, catalog::Check> && std::is_same_v<T, std::vector<std::string>>) {
      // Which columns an expression mentions is a set; servers list it in the order of the columns.
      return append_sorted(value);
    }
    if constexpr (std::is_same_v<Struct, catalog::Table>) {
      if constexpr (std::is_same_v<T, std::vector<catalog::Column>>) return append_columns(value);
      if constexpr (std::is_same_v<T, std::vector<catalog::Key>> ||
                    std::is_same_v<T, std::vector<catalog::ForeignKey>> ||
                    std::is_same_v<T, std::vector<catalog::Check>>) {
        // Sorted by names, of which those of the server have just been left out.
        return append_as_set(value);
      }
    }
    append(value);
  }

  void append_columns(const std::vector<catalog::Column>& columns) {
    if (compare_column_order_) return append(columns);
    std::vector<const catalog::Column*> sorted;
    sorted.reserve(columns.size());
    for (const catalog::Column& column : columns) sorted.push_back(&column);
    std::sort(sorted.begin(), sorted.end(),
              [](const catalog::Column* one, const catalog::Column* other) { return one->name < other->name; });
    append_number(columns.size());
    ordinals_left_out_ = true;
    for (const catalog::Column* column : sorted) append(*column);
    ordinals_left_out_ = false;
  }

  void append_sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    append(texts);
  }

  template <class T>
  void append_as_set(const std::vector<T>& values) {
    NeutralEncoder encoder(compare_column_order_);
    std::vector<std::string> encoded;
    encoded.reserve(values.size());
    for (const T& value : values) encoded.push_back(encoder.encode(value));
    append_sorted(std::move(encoded));
  }

  void append_number(std::uint64_t value) {
    char raw[sizeof value];
    for (char& byte : raw) {
      byte = static_cast<char>(value & 0xFF);
      value >>= 8;
    }
    bytes_.append(raw, sizeof raw);
  }

  std::string bytes_;
  bool compare_column_order_;
  bool ordinals_left_out_ = false;
};

}  // namespace paripassu::migration_tests
