#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Column;
using catalog::TypeFamily;

/// How a type is counted among the compatible ones: lengths vary from column to column, precisions of a second rarely.
std::string compatible_label(const catalog::Type& type) {
  if (type.name.empty() || type.family == TypeFamily::time || type.family == TypeFamily::timestamp) return type.printed;
  return type.length ? type.name + "(n)" : type.name;
}

void count_compatible(Comparison& result, const catalog::Type& left, const catalog::Type& right,
                      const std::string& reason) {
  CompatibleTypes entry{compatible_label(left), compatible_label(right), reason, 1};
  for (CompatibleTypes& known : result.compatible) {
    if (known.left == entry.left && known.right == entry.right && known.reason == entry.reason) {
      ++known.columns;
      return;
    }
  }
  result.compatible.push_back(std::move(entry));
}

void compare_column_types(CompareContext& context, const CompareContext::Place& place, const Column& left,
                          const Column& right) {
  const TypeComparison comparison = context.same_engine
                                        ? compare_types_of_one_engine(left.type, right.type, context.options.names)
                                        : compare_types(left.type, right.type);
  if (comparison.match == TypeMatch::same) return;
  if (comparison.match == TypeMatch::compatible) {
    count_compatible(context.result, left.type, right.type, comparison.reason);
    return;
  }
  if (const std::string* reason = context.declared.find(left.type, right.type)) {
    count_compatible(context.result, left.type, right.type, *reason);
    return;
  }
  context.report_changed("column-type", place, "column", left.name, left.type.printed, right.type.printed, "the type");
}

/// A serial or identity column has its default from its sequence, a computed one has none: neither is a default.
bool has_default(const Column& column) {
  return column.default_value && !column.identity && !column.computed;
}

void compare_values(CompareContext& context, const CompareContext::Place& place, const Column& left,
                    const Column& right) {
  if (left.identity.has_value() != right.identity.has_value()) {
    const auto words = [](const Column& column) { return column.identity ? "identity" : "no identity"; };
    context.report_changed("column-identity", place, "column", left.name, words(left), words(right), "the identity");
  } else if (left.identity) {
    ++context.identity_pairs;
  }

  const auto computed_words = [&](const Column& column) -> std::string {
    if (!column.computed) return "not computed";
    if (!context.same_engine) return "computed";
    return column.computed->stored ? "computed, stored" : "computed, not stored";
  };
  const std::string left_computed = computed_words(left);
  const std::string right_computed = computed_words(right);
  if (left_computed != right_computed) {
    context.report_changed("column-computed", place, "column", left.name, left_computed, right_computed,
                           "the computation");
  } else if (left.computed) {
    ++context.computed_pairs;
  }

  if (has_default(left) == has_default(right)) {
    if (has_default(left)) ++context.default_pairs;
  } else {
    const bool on_left = has_default(left);
    context.report_absent("default-missing", "default-extra", place, "column", left.name, on_left,
                          describe(on_left ? *left.default_value : *right.default_value), "the default of ");
  }
}

void compare_order(CompareContext& context, const TablePair& pair, const CompareContext::Place& place) {
  const bool in_order = std::is_sorted(pair.columns.pairs.begin(), pair.columns.pairs.end(),
                                       [](const auto& one, const auto& other) { return one.second < other.second; });
  if (in_order) return;
  std::vector<std::string> left_names;
  std::vector<std::string> right_names;
  auto by_right = pair.columns.pairs;
  std::sort(by_right.begin(), by_right.end(),
            [](const auto& one, const auto& other) { return one.second < other.second; });
  for (const auto& [left, right] : pair.columns.pairs) left_names.push_back(pair.left->columns[left].name);
  for (const auto& [left, right] : by_right) right_names.push_back(pair.right->columns[right].name);
  context.report_changed("column-order", place, "table", pair.table(), describe_names(left_names),
                         describe_names(right_names), "the order of columns");
}

}  // namespace

TablePair pair_columns(const catalog::Schema& left_schema, const catalog::Table& left,
                       const catalog::Schema& right_schema, const catalog::Table& right,
                       const ComparisonOptions& options) {
  TablePair pair;
  pair.left_schema = &left_schema;
  pair.right_schema = &right_schema;
  pair.left = &left;
  pair.right = &right;
  pair.columns = pair_names(names_of(left.columns), names_of(right.columns), options.names);

  const auto add = [&pair](const Column* left_column, const Column* right_column) {
    const int number = static_cast<int>(pair.columns_by_number.size());
    pair.columns_by_number.emplace_back(left_column, right_column);
    if (left_column) pair.left_numbers.add(left_column->name, number);
    if (right_column) pair.right_numbers.add(right_column->name, number);
  };
  for (const auto& [left_index, right_index] : pair.columns.pairs) {
    add(&left.columns[left_index], &right.columns[right_index]);
  }
  for (const std::size_t index : pair.columns.left_only) add(&left.columns[index], nullptr);
  for (const std::size_t index : pair.columns.right_only) add(nullptr, &right.columns[index]);
  pair.left_numbers.seal();
  pair.right_numbers.seal();
  return pair;
}

void compare_columns(CompareContext& context, const TablePair& pair) {
  const CompareContext::Place place{pair.schema(), pair.table()};
  for (const std::size_t index : pair.columns.left_only) {
    const Column& column = pair.left->columns[index];
    context.report_absent("column-missing", "column-extra", place, "column", column.name, true, describe(column));
  }
  for (const std::size_t index : pair.columns.right_only) {
    const Column& column = pair.right->columns[index];
    context.report_absent("column-missing", "column-extra", place, "column", column.name, false, describe(column));
  }
  if (!pair.columns.ambiguous.empty()) {
    context.report_ambiguities(pair.columns, names_of(pair.left->columns), names_of(pair.right->columns), place,
                               "column");
  }
  for (const auto& [left_index, right_index] : pair.columns.pairs) {
    const Column& left = pair.left->columns[left_index];
    const Column& right = pair.right->columns[right_index];
    ++context.result.counts.columns;
    compare_column_types(context, place, left, right);
    if (left.nullable != right.nullable) {
      const auto words = [](const Column& column) { return column.nullable ? "NULL" : "NOT NULL"; };
      context.report_changed("column-nullability", place, "column", left.name, words(left), words(right),
                             "the nullability");
    }
    compare_values(context, place, left, right);
  }
  if (context.options.compare_column_order) compare_order(context, pair, place);
}

}  // namespace paripassu::parity
