#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "harness/parity/difference.h"

namespace paripassu {

struct TextStyle {
  bool color = false;
  std::size_t width = 110;           ///< columns of the terminal, for lists of names
  std::size_t names_shown_max = 60;  ///< names listed under a folded line; the rest are counted, JSON has all
};

/// For people: a summary line first, then a tree grouped by table, equal differences folded ("31 columns: boolean /
/// tinyint"), then compatible types, what was not compared and what is unknown. `-` is on the left only, `+` on the
/// right only, `~` on both but not alike, whether in colour or not. Every name and value from a database is escaped:
/// no control character reaches the terminal.
void write_text(std::ostream& out, const Comparison& comparison, const TextStyle& style);

/// `{"version": 1, "left": {…}, "right": {…}, "summary": {…}, "differences": [...], "compatible": [...],
/// "unknown": [...], "not_compared": [...]}`; docs/json.md is the schema. ASCII only, keys in a fixed order; bytes that
/// are not UTF-8 become U+FFFD.
void write_json(std::ostream& out, const Comparison& comparison);

/// `text` for terminals: control characters and bytes that are not UTF-8 as \x1b (\n, \r, \t for these three), marks
/// that reorder or hide text as \u{202e}.
std::string escape_for_terminal(std::string_view text);

}  // namespace paripassu
