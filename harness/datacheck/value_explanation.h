#pragma once

#include <string>
#include <string_view>

#include "backends/session.h"
#include "harness/datacheck/value_forms.h"

namespace paripassu {

/// Class, verdict and note of two values that are not the same: docs/data-parity.md has the definitions and their
/// precedence. Private to the room.
ValueDifference explain_values(const ValueForms& forms, const ValueRule::Options& options, const Cell& left,
                               const Cell& right);

/// What is known about the texts of two columns that compare as texts or bytes.
struct TextPair {
  std::string_view left;
  std::string_view right;
  const catalog::Type& left_type;
  const catalog::Type& right_type;
};
/// Sets class, verdict and note. `verdicts` decide which of several classes is named where a pair differs by several.
void explain_texts(const TextPair& pair, const ClassVerdicts& verdicts, ValueDifference& difference);
/// Of "0x…" texts.
void explain_bytes(const TextPair& pair, const ClassVerdicts& verdicts, ValueDifference& difference);
/// Where two JSON texts part: "at $.items[2].price"; empty where they do not, or where one is no JSON.
std::string json_place(std::string_view left, std::string_view right);

void set_class(ValueDifference& difference, ValueClass value_class, const ClassVerdicts& verdicts,
               std::string note = {});

}  // namespace paripassu
