#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/catalog/type.h"
#include "harness/dataset/json_text.h"

/// Values of columns as texts. Private to the room.
namespace paripassu::dataset {

/// The neutral form (`neutral_value`), or nothing when `text` is no value of the type. Lengths and ranges are not
/// looked at.
std::optional<std::string> read_value(const catalog::Type& type, std::string_view text);
/// Like `read_value` of a boolean, but takes the words by which texts say it as well: y, n, yes, no.
std::optional<std::string> read_truth(std::string_view text);
/// An array literal or a JSON array as a tree whose elements are neutral values of the type.
std::optional<JsonValue> read_array(const catalog::Type& type, std::string_view text);

/// Why a column of `type` cannot hold `text` ("'abc' is no integer", "300 does not fit tinyint (0 to 255)"); empty when
/// it can. What only the engine knows (code pages, ranges of dates) is left to it.
std::string why_not(const catalog::Type& type, std::string_view text);
/// `text`, which the column can hold, as ColumnBatch::format would write it: for DmlWriter.
std::string canonical_value(const catalog::Type& type, const std::string& text);

/// Characters of UTF-8 text; bytes that are none count as one each.
std::size_t count_characters(std::string_view text);

}  // namespace paripassu::dataset
