#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// JSON texts and array literals in one form. Private to the room.
namespace paripassu::dataset {

struct JsonMember;

/// A JSON value whose numbers are kept as text, so that none loses digits.
struct JsonValue {
  enum class Kind { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  bool truth = false;
  std::string text;  ///< of a number as written; of a string unescaped (lone surrogates in three bytes, as WTF-8)
  std::vector<JsonValue> elements;
  std::vector<JsonMember> members;  ///< in the order of the text
};

struct JsonMember {
  std::string first;  ///< its key
  JsonValue second;
};

inline constexpr std::size_t kJsonDepthMax = 200;

/// Nothing when `text` is no JSON (RFC 8259), or nested deeper than kJsonDepthMax. Linear.
std::optional<JsonValue> parse_json_value(std::string_view text);
/// With sorted keys (of equal ones the last, as jsonb keeps it), no white space, numbers by value, and strings with as
/// few escapes as possible.
void append_neutral_json(std::string& out, const JsonValue& value);
void append_json_string(std::string& out, std::string_view text);
/// The two above in one; nothing when `text` is no JSON.
std::optional<std::string> neutral_json(std::string_view text);

/// PostgreSQL's array literal ("{a,\"b c\",NULL}", with bounds before it or not) as a tree of arrays, strings and
/// nulls. Nothing when it is none.
std::optional<JsonValue> parse_array_literal(std::string_view text);

/// A number in decimal or with an exponent, by value: no zeros that say nothing, no "+", no negative zero. Numbers with
/// more than a few hundred zeros at an end stay with an exponent ("1e1000"). Nothing for another text.
std::optional<std::string> neutral_number(std::string_view text);

}  // namespace paripassu::dataset
