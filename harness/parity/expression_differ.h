#pragma once

#include <string_view>

#include "harness/parity/compare_context.h"

/// Expressions that stand at the same place on both sides. Private to the room.
namespace paripassu::parity {

/// True when nothing needs to be read to know that they are the same, or that nothing can be said: equal texts of one
/// engine, or a text that this user may not see (reported as unknown elsewhere).
bool is_settled(const CompareContext& context, const catalog::Expression& left, const catalog::Expression& right);

/// Where both expressions stand.
struct ExpressionPlaces {
  ExpressionPlace left;
  ExpressionPlace right;
};

/// Compares the meaning of two expressions and reports `code` ("the default of quantity: 0 on …"), a caveat, or that
/// one was not understood. `what` begins the sentence.
void compare_expressions(CompareContext& context, KnownCode code, const CompareContext::Place& place,
                         std::string_view kind, const CompareContext::Names& names, const catalog::Expression& left,
                         const catalog::Expression& right, const ExpressionPlaces& places, std::string_view what);

/// Reports what two forms of the same place came to, as above.
void report_expressions(CompareContext& context, KnownCode code, const CompareContext::Place& place,
                        std::string_view kind, const CompareContext::Names& names, const catalog::Expression& left,
                        const catalog::Expression& right, const NormalForm& left_form, const NormalForm& right_form,
                        std::string_view what);

}  // namespace paripassu::parity
