#pragma once

#include <string>
#include <string_view>

#include "backends/catalog/type.h"

namespace paripassu {

/// By what values are read before they compare. Private to the room.
enum class ValueKind {
  boolean,
  integer,
  decimal,
  floating,
  text,
  bytes,
  uuid,
  date,
  time,
  timestamp,
  canonical,  ///< by the neutral texts of harness/dataset: json, xml, arrays, intervals, types known as texts alone
};

/// The rule for a pair of types.
struct ValueKindChoice {
  ValueKind kind = ValueKind::canonical;
  std::string_view name;  ///< the row of docs/data-parity.md
  std::string refusal;    ///< why there is no rule; empty: there is
  catalog::Type common;   ///< by which both are read
};

ValueKindChoice choose_value_kind(const catalog::Type& left, const catalog::Type& right, bool exact);

/// Texts and enumerations: what is kept as the text that it is.
bool is_text_type(const catalog::Type& type);

}  // namespace paripassu
