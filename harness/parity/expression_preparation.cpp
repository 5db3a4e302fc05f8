#include <future>

#include "harness/parity/compare_context.h"

namespace paripassu::parity {
namespace {

/// What the comparison of two engines will ask for. Anything left out is read when it is asked for.
std::vector<std::string_view> expressions_of(const catalog::Catalog& catalog) {
  std::vector<std::string_view> out;
  const auto add = [&out](const catalog::Expression& expression) {
    if (!expression.hidden) out.emplace_back(expression.printed);
  };
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const catalog::Table& table : schema.tables) {
      for (const catalog::Column& column : table.columns) {
        if (column.default_value && !column.identity) add(*column.default_value);
        if (column.computed) add(column.computed->expression);
      }
      for (const catalog::Check& check : table.checks) add(check.expression);
      for (const catalog::Index& index : table.indexes) {
        if (index.predicate) add(*index.predicate);
      }
    }
  }
  return out;
}

}  // namespace

void prepare_expressions(CompareContext& context) {
  // Within one engine most expressions are settled by their texts and never read.
  if (context.same_engine) return;
  std::future<void> other_side;
  try {
    other_side = std::async(std::launch::async,
                            [&context] { context.right_expressions.prepare(expressions_of(context.right)); });
  } catch (const std::system_error&) {
    // No thread is to be had: one side after the other, then.
    context.right_expressions.prepare(expressions_of(context.right));
  }
  context.left_expressions.prepare(expressions_of(context.left));
  if (other_side.valid()) other_side.get();
}

}  // namespace paripassu::parity
