#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A JSON text as a tree that remembers lines, for readers that report where a document is wrong. Private to
/// catalog_json.
namespace paripassu::catalog {

struct JsonMember;

struct JsonNode {
  struct Null {};
  struct Fraction {};  ///< a number with a fraction or an exponent, or beyond int64; no reader here takes one

  std::variant<Null, bool, std::int64_t, Fraction, std::string, std::vector<JsonNode>, std::vector<JsonMember>> value;
  int line = 0;  ///< 1-based: where it begins, for an object or array

  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&value);
  }
  /// The member of an object; null if it has none of this name or is no object.
  const JsonNode* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  JsonNode value;
};

inline constexpr const char* kSnapshotRemedy = "Write the snapshot again with `paripassu inspect --format json`.";

struct JsonLimits {
  std::size_t depth_max = 64;          ///< a catalog needs 10
  std::size_t nodes_max = 50'000'000;  ///< some 300 for a table of 20 columns
};

/// Parses a whole document in bounded stack and memory. Stricter than JSON: a key that comes twice in an object is
/// an error. Throws Error(configuration) with file, line and column for anything that is not JSON.
JsonNode parse_json(std::string_view text, const std::string& file, const JsonLimits& limits = {});

/// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

/// Text of a foreign file for a message: without control characters, and shortened.
std::string quoted_for_message(std::string_view text);

}  // namespace paripassu::catalog
