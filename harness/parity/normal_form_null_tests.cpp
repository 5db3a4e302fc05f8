#include <algorithm>
#include <array>

#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

using Kind = ExpressionTree::Kind;

/// More tests for NULL side by side are left alone: finding the needless ones takes the product of all.
constexpr std::size_t kNullTestsMax = 16;

/// True when the value is NULL wherever `null_part` is.
bool is_strict_value(const ExpressionTree& value, const ExpressionTree& null_part) {
  constexpr auto kStrictFunctions =
      std::to_array<std::string_view>({"length", "octet_length", "upper", "lower", "abs", "trim", "ltrim", "rtrim"});
  constexpr auto kStrictSigns = std::to_array<std::string_view>({"+", "-", "*", "/", "%", "||"});
  if (order(value, null_part) == 0) return true;
  const auto has = [&value](const auto& words) {
    return std::find(words.begin(), words.end(), value.text) != words.end();
  };
  const bool strict = value.kind == Kind::cast || (value.kind == Kind::call && has(kStrictFunctions)) ||
                      (value.kind == Kind::operation && has(kStrictSigns));
  return strict && std::any_of(value.children.begin(), value.children.end(),
                               [&null_part](const ExpressionTree& child) { return is_strict_value(child, null_part); });
}

/// True when the truth is NULL wherever `null_part` is.
bool is_strict_truth(const ExpressionTree& truth, const ExpressionTree& null_part) {
  switch (truth.kind) {
    case Kind::negation:
      return is_strict_truth(truth.children.front(), null_part);
    case Kind::all_of:
    case Kind::any_of:
      return std::all_of(truth.children.begin(), truth.children.end(),
                         [&null_part](const ExpressionTree& child) { return is_strict_truth(child, null_part); });
    case Kind::membership:
    case Kind::between:
      return is_strict_value(truth.children.front(), null_part);
    case Kind::operation:
      return is_truth_operation(truth.text) && truth.text != "distinct_from" &&
             std::any_of(truth.children.begin(), truth.children.end(),
                         [&null_part](const ExpressionTree& child) { return is_strict_value(child, null_part); });
    case Kind::call:
      if (truth.text == "is_json" && truth.children.size() == 1) {
        return is_strict_value(truth.children.front(), null_part);
      }
      return order(truth, null_part) == 0;
    default:
      return order(truth, null_part) == 0;
  }
}

/// The test for NULL that `part` is, as what it tests; nullptr: it is another kind of part.
const ExpressionTree* tested_for_null(const ExpressionTree& part, bool negated) {
  const ExpressionTree* test = &part;
  if (negated) {
    if (part.kind != Kind::negation) return nullptr;
    test = &part.children.front();
  }
  return test->kind == Kind::null_test ? &test->children.front() : nullptr;
}

}  // namespace

void drop_needless_null_tests(std::vector<ExpressionTree>& parts, bool negated) {
  std::size_t tests = 0;
  for (const ExpressionTree& part : parts) {
    if (tested_for_null(part, negated)) ++tests;
  }
  if (tests == 0 || tests == parts.size() || tests > kNullTestsMax) return;
  std::vector<ExpressionTree> kept;
  std::vector<bool> needless;
  for (const ExpressionTree& part : parts) {
    const ExpressionTree* tested = tested_for_null(part, negated);
    needless.push_back(tested && std::any_of(parts.begin(), parts.end(), [tested](const ExpressionTree& other) {
                         return is_strict_truth(other, *tested);
                       }));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!needless[i]) kept.push_back(std::move(parts[i]));
  }
  parts = std::move(kept);
}

}  // namespace paripassu::parity
