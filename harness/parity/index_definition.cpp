#include "harness/parity/index_definition.h"

#include <algorithm>

#include "harness/parity/describe.h"
#include "harness/parity/expression_differ.h"

namespace paripassu::parity {
namespace {

using catalog::Column;
using catalog::Index;
using catalog::IndexColumn;
using catalog::Table;

/// True where the predicate only leaves out rows with a NULL in the key: how an engine that allows one NULL per unique
/// key is told to allow many.
bool allows_many_nulls(const Index& index, const Table& table) {
  if (!index.unique || !index.predicate || index.predicate->hidden) return false;
  const std::vector<std::string> not_null = not_null_columns(index.predicate->printed);
  if (not_null.empty()) return false;
  const auto same = [](std::string_view one, std::string_view other) {
    return one == other || fold_name(one, NameMatching::ignore_case) == fold_name(other, NameMatching::ignore_case);
  };
  for (const std::string& name : not_null) {
    const bool in_key = std::any_of(index.columns.begin(), index.columns.end(),
                                    [&](const IndexColumn& item) { return same(item.column, name); });
    if (!in_key) return false;
  }
  return std::all_of(index.columns.begin(), index.columns.end(), [&](const IndexColumn& item) {
    const bool nullable = std::any_of(table.columns.begin(), table.columns.end(), [&](const Column& column) {
      return column.name == item.column && column.nullable;
    });
    return !nullable || std::any_of(not_null.begin(), not_null.end(),
                                    [&](const std::string& name) { return same(item.column, name); });
  });
}

const Column* column_at(const TablePair& pair, bool on_left, int number) {
  if (number < 0) return nullptr;
  const auto& [left, right] = pair.columns_by_number[static_cast<std::size_t>(number)];
  return on_left ? left : right;
}

IndexItem define_item(CompareContext& context, const TablePair& pair, bool on_left, const IndexColumn& column) {
  IndexItem item;
  item.is_column = !column.column.empty();
  if (item.is_column) {
    item.column = context.column_number(&pair.numbers(on_left), column.column);
    const Column* own = column_at(pair, on_left, item.column);
    if (own != nullptr && own->computed) item.expression = own->computed->expression;
  } else {
    item.expression = catalog::Expression{column.expression, false};
  }
  item.descending = column.descending;
  item.nulls_first = column.nulls_first;
  if (context.same_engine) {
    item.operator_class = column.operator_class;
    item.collation = column.collation;
  }
  return item;
}

/// The worse of two.
ExpressionMatch join(ExpressionMatch one, ExpressionMatch other) {
  for (const ExpressionMatch match :
       {ExpressionMatch::different, ExpressionMatch::not_understood, ExpressionMatch::same_with_caveat}) {
    if (one == match || other == match) return match;
  }
  return ExpressionMatch::same;
}

}  // namespace

std::vector<int> IndexDefinition::as_constraint() const {
  std::vector<int> columns;
  if (!unique || predicate || !included.empty()) return columns;
  for (const IndexItem& item : items) {
    if (!item.is_column) return {};
    columns.push_back(item.column);
  }
  return columns;
}

IndexDefinition define_index(CompareContext& context, const TablePair& pair, bool on_left, const Index& index) {
  IndexDefinition definition;
  definition.items.reserve(index.columns.size());
  for (const IndexColumn& column : index.columns) {
    definition.items.push_back(define_item(context, pair, on_left, column));
  }
  for (const std::string& column : index.included) {
    definition.included.push_back(context.column_number(&pair.numbers(on_left), column));
  }
  std::sort(definition.included.begin(), definition.included.end());
  definition.included.erase(std::unique(definition.included.begin(), definition.included.end()),
                            definition.included.end());
  definition.method = index_method(index);
  definition.unique = index.unique;
  const bool idiom = allows_many_nulls(index, pair.side(on_left));
  if (!idiom) definition.predicate = index.predicate;
  definition.many_nulls = idiom || !index.nulls_not_distinct;
  return definition;
}

IndexDefinition define_index(CompareContext& context, const TablePair& pair, bool on_left, const catalog::Key& key) {
  IndexDefinition definition;
  for (const std::string& column : key.columns) {
    IndexItem item;
    item.column = context.column_number(&pair.numbers(on_left), column);
    definition.items.push_back(std::move(item));
  }
  definition.method = index_method({});
  definition.unique = true;
  definition.many_nulls = !key.nulls_not_distinct;
  return definition;
}

const NormalForm& IndexComparer::predicate_form(bool on_left, IndexDefinition& definition) {
  if (!definition.predicate_form) {
    definition.predicate_form = context_.expressions(on_left).normalise(
        *definition.predicate, context_.place_of(pair_, on_left, UnknownTruth::counts_as_false));
  }
  return *definition.predicate_form;
}

const NormalForm& IndexComparer::key_form(bool on_left, IndexItem& item) {
  if (!item.form)
    item.form = context_.expressions(on_left).normalise(*item.expression, context_.place_of(pair_, on_left));
  return *item.form;
}

ExpressionMatch IndexComparer::compare_items(IndexItem& left, IndexItem& right) {
  if (left.is_column && right.is_column && left.column == right.column) return ExpressionMatch::same;
  // A column that is computed may stand for the expression, which not every engine can put into an index by itself. Two
  // columns that both sides have are two keys, even if they are computed alike.
  if (!left.expression || !right.expression) return ExpressionMatch::different;
  if (left.is_column && right.is_column && (is_paired(left) || is_paired(right))) return ExpressionMatch::different;
  if (is_settled(context_, *left.expression, *right.expression)) {
    const bool hidden = left.expression->hidden || right.expression->hidden;
    return hidden ? ExpressionMatch::different : ExpressionMatch::same;
  }
  return compare_forms(key_form(true, left), key_form(false, right)).match;
}

ExpressionMatch IndexComparer::compare_predicates(IndexDefinition& left, IndexDefinition& right) {
  if (left.predicate.has_value() != right.predicate.has_value()) return ExpressionMatch::different;
  if (!left.predicate || is_settled(context_, *left.predicate, *right.predicate)) return ExpressionMatch::same;
  return compare_forms(predicate_form(true, left), predicate_form(false, right)).match;
}

ExpressionMatch IndexComparer::compare(IndexDefinition& left, IndexDefinition& right) {
  const bool same_but_expressions =
      left.unique == right.unique && left.method == right.method && left.included == right.included &&
      std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(),
                 [](const IndexItem& one, const IndexItem& other) {
                   return one.descending == other.descending && one.operator_class == other.operator_class &&
                          one.collation == other.collation;
                 });
  if (!same_but_expressions) return ExpressionMatch::different;
  ExpressionMatch match = ExpressionMatch::same;
  for (std::size_t i = 0; i < left.items.size() && match != ExpressionMatch::different; ++i) {
    match = join(match, compare_items(left.items[i], right.items[i]));
  }
  return match == ExpressionMatch::different ? match : join(match, compare_predicates(left, right));
}

bool IndexComparer::same_keys(IndexDefinition& left, IndexDefinition& right) {
  return std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(),
                    [&](IndexItem& one, IndexItem& other) {
                      const ExpressionMatch match = compare_items(one, other);
                      return match == ExpressionMatch::same || match == ExpressionMatch::same_with_caveat;
                    });
}

bool IndexComparer::covers(IndexDefinition& index, bool on_left, IndexDefinition& other) {
  const std::string ordered = index_method({});
  if (index.unique || index.items.empty() || index.items.size() > other.items.size()) return false;
  if (index.method != ordered || other.method != ordered) return false;
  const auto same = [&](auto& one, auto& two, auto compare_them) {
    return (on_left ? compare_them(one, two) : compare_them(two, one)) == ExpressionMatch::same;
  };
  if (other.predicate &&
      !same(index, other, [&](IndexDefinition& l, IndexDefinition& r) { return compare_predicates(l, r); })) {
    return false;
  }
  // An ordered index is read from either end.
  const bool turned = index.items.front().descending != other.items.front().descending;
  for (std::size_t i = 0; i < index.items.size(); ++i) {
    IndexItem& one = index.items[i];
    IndexItem& two = other.items[i];
    if ((one.descending != two.descending) != turned || one.operator_class != two.operator_class) return false;
    if (one.collation != two.collation) return false;
    if (!same(one, two, [&](IndexItem& l, IndexItem& r) { return compare_items(l, r); })) return false;
  }
  return std::all_of(index.included.begin(), index.included.end(), [&](int column) {
    return std::binary_search(other.included.begin(), other.included.end(), column) ||
           std::any_of(other.items.begin(), other.items.end(),
                       [&](const IndexItem& item) { return item.is_column && item.column == column; });
  });
}

void IndexComparer::report_expressions_of(const CompareContext::Names& names, IndexDefinition& left,
                                          IndexDefinition& right) {
  const auto report = [&](const catalog::Expression& left_text, const NormalForm& left_form,
                          const catalog::Expression& right_text, const NormalForm& right_form, std::string_view what) {
    report_expressions(context_, "index-changed", pair_, "index", names, left_text, right_text, left_form, right_form,
                       what);
  };
  for (std::size_t i = 0; i < left.items.size(); ++i) {
    IndexItem& one = left.items[i];
    IndexItem& other = right.items[i];
    if (one.is_column && other.is_column && one.column == other.column) continue;
    if (one.expression && other.expression && !is_settled(context_, *one.expression, *other.expression))
      report(*one.expression, key_form(true, one), *other.expression, key_form(false, other), "the expression");
  }
  if (left.predicate && right.predicate && !is_settled(context_, *left.predicate, *right.predicate))
    report(*left.predicate, predicate_form(true, left), *right.predicate, predicate_form(false, right),
           "the predicate");
}

bool IndexComparer::is_paired(const IndexItem& item) const {
  return column_at(pair_, true, item.column) != nullptr && column_at(pair_, false, item.column) != nullptr;
}

bool IndexComparer::may_be_null(const IndexItem& item) const {
  if (!item.is_column) return true;
  const Column* left = column_at(pair_, true, item.column);
  const Column* right = column_at(pair_, false, item.column);
  return left != nullptr && right != nullptr && left->nullable && right->nullable;
}

bool IndexComparer::nulls_differ(const IndexDefinition& left, const IndexDefinition& right) const {
  if (context_.same_engine) {
    return !std::equal(
        left.items.begin(), left.items.end(), right.items.begin(), right.items.end(),
        [](const IndexItem& one, const IndexItem& other) { return one.nulls_first == other.nulls_first; });
  }
  // Each engine has its own end for NULLs, and that is no difference: what was written for one end is read from the
  // other. It is one where an index keeps NULLs of its keys at different ends, and the other side does not follow.
  bool equal = true;
  std::optional<bool> left_end;
  std::optional<bool> right_end;
  bool uniform = true;
  for (std::size_t i = 0; i < left.items.size() && i < right.items.size(); ++i) {
    if (!may_be_null(left.items[i])) continue;
    const bool left_highest = left.items[i].nulls_are_highest();
    const bool right_highest = right.items[i].nulls_are_highest();
    equal = equal && left_highest == right_highest;
    uniform = uniform && left_end.value_or(left_highest) == left_highest &&
              right_end.value_or(right_highest) == right_highest;
    left_end = left_highest;
    right_end = right_highest;
  }
  return !equal && !uniform;
}

}  // namespace paripassu::parity
