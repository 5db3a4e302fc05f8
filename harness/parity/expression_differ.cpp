#include "harness/parity/expression_differ.h"

#include <fmt/format.h>

#include "harness/parity/describe.h"

namespace paripassu::parity {

bool is_settled(const CompareContext& context, const catalog::Expression& left, const catalog::Expression& right) {
  if (left.hidden || right.hidden) return true;
  return context.same_engine && left.printed == right.printed;
}

void report_expressions(CompareContext& context, KnownCode code, const CompareContext::Place& place,
                        std::string_view kind, const CompareContext::Names& names, const catalog::Expression& left,
                        const catalog::Expression& right, const NormalForm& left_form, const NormalForm& right_form,
                        std::string_view what) {
  const ExpressionComparison comparison = compare_forms(left_form, right_form);
  Difference* reported = nullptr;
  switch (comparison.match) {
    case ExpressionMatch::same:
      return;
    case ExpressionMatch::same_with_caveat:
      reported = &context.report("expression-caveat", place, kind, names, describe(left), describe(right),
                                 fmt::format("{} of {} {} is the same on both sides, but for this: {}.", what, kind,
                                             names.shown, comparison.reason));
      break;
    case ExpressionMatch::different:
      reported = &context.report_changed(code, place, kind, names, describe(left), describe(right), what);
      break;
    case ExpressionMatch::not_understood:
      reported = &context.report(
          "expression-not-understood", place, kind, names, describe(left), describe(right),
          fmt::format("{} of {} {} could not be compared: {}.", what, kind, names.shown, comparison.reason));
      break;
  }
  if (left_form.understood) reported->left_side.understood = left_form.form;
  if (right_form.understood) reported->right_side.understood = right_form.form;
}

void compare_expressions(CompareContext& context, KnownCode code, const CompareContext::Place& place,
                         std::string_view kind, const CompareContext::Names& names, const catalog::Expression& left,
                         const catalog::Expression& right, const ExpressionPlaces& places, std::string_view what) {
  if (is_settled(context, left, right)) return;
  report_expressions(context, code, place, kind, names, left, right,
                     context.left_expressions.normalise(left, places.left),
                     context.right_expressions.normalise(right, places.right), what);
}

}  // namespace paripassu::parity
