#include "harness/parity/difference_explanations.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "harness/parity/difference_codes.h"
#include "harness/parity/explanations_of_columns.h"
#include "harness/parity/explanations_of_constraints.h"
#include "harness/parity/explanations_of_indexes.h"
#include "harness/parity/explanations_of_objects.h"

namespace paripassu {
namespace {

template <std::size_t... kSizes>
constexpr auto join(const std::array<DifferenceExplanation, kSizes>&... families) {
  std::array<DifferenceExplanation, (kSizes + ...)> all{};
  auto* end = all.begin();
  ((end = std::copy(families.begin(), families.end(), end)), ...);
  return all;
}

constexpr auto kExplanations = join(parity::kColumnExplanations, parity::kConstraintExplanations,
                                    parity::kIndexExplanations, parity::kObjectExplanations);

constexpr bool explains_every_code_in_order() {
  return std::equal(
      kExplanations.begin(), kExplanations.end(), parity::kDifferenceCodes.begin(), parity::kDifferenceCodes.end(),
      [](const DifferenceExplanation& one, const DifferenceCode& other) { return one.code == other.code; });
}
static_assert(explains_every_code_in_order(), "every code of kDifferenceCodes has one explanation, in the same order");

}  // namespace

const DifferenceExplanation* explain_difference(std::string_view code) {
  const auto* found = std::find_if(kExplanations.begin(), kExplanations.end(),
                                   [code](const DifferenceExplanation& one) { return one.code == code; });
  return found == kExplanations.end() ? nullptr : found;
}

std::span<const DifferenceExplanation> difference_explanations() {
  return kExplanations;
}

}  // namespace paripassu
