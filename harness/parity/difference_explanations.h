#pragma once

#include <span>
#include <string_view>

namespace paripassu {

/// What a code means, for people: `paripassu explain CODE` prints it, and docs/differences.md shows the same words.
/// Backticks mark SQL inside sentences. In the texts PostgreSQL is the left side and SQL Server the right one.
struct DifferenceExplanation {
  std::string_view code;
  std::string_view title;    ///< one line without a full stop
  std::string_view why;      ///< why it matters: what an application or an operator will see
  std::string_view example;  ///< DDL of both engines that differs so (TOML for findings about waivers), several lines
  std::string_view remedy;   ///< what to do
};

/// nullptr for a code that does not exist. Points to static storage.
const DifferenceExplanation* explain_difference(std::string_view code);

/// One per code, in the order of difference_codes().
std::span<const DifferenceExplanation> difference_explanations();

}  // namespace paripassu
