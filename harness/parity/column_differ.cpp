#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"
#include "harness/parity/expression_differ.h"

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

/// What the report says of a truth that one side stores as something else.
std::string_view type_words(const Column& left, const Column& right) {
  const bool left_truth = left.type.family == TypeFamily::boolean;
  const bool right_truth = right.type.family == TypeFamily::boolean;
  const catalog::Type& other = left_truth ? right.type : left.type;
  const bool small_integer = other.family == TypeFamily::integer && other.bits <= 16;
  const bool one_letter = other.family == TypeFamily::text && other.length == 1;
  return left_truth != right_truth && (small_integer || one_letter) ? "the type (a truth stored as another type)"
                                                                    : "the type";
}

void compare_column_types(CompareContext& context, const TablePair& pair, const CompareContext::Place& place,
                          const Column& left, const Column& right) {
  const TypeComparison comparison = context.same_engine
                                        ? compare_types_of_one_engine(left.type, right.type, context.options.names)
                                        : compare_types(left.type, right.type);
  if (comparison.match == TypeMatch::same) return;
  if (enum_as_check(pair, left) != nullptr) return;
  if (comparison.match == TypeMatch::compatible) {
    count_compatible(context.result, left.type, right.type, comparison.reason);
    return;
  }
  if (const std::string* reason = context.declared.find(left.type, right.type)) {
    count_compatible(context.result, left.type, right.type, *reason);
    return;
  }
  context.report_changed("column-type", place, "column", CompareContext::Names::of(left, right), left.type.printed,
                         right.type.printed, type_words(left, right));
}

std::string collation_words(const Column& column, const std::optional<catalog::CollationMeaning>& meaning) {
  std::string words = column.collation.empty() ? "the database's collation" : column.collation;
  if (meaning) {
    words += meaning->case_sensitive ? ", case-sensitive" : ", case-insensitive";
    words += meaning->accent_sensitive ? ", accent-sensitive" : ", accent-insensitive";
  }
  return words;
}

/// A column that follows its database's collation is told from the other side's by compare_database_settings, once.
void compare_collations(CompareContext& context, const CompareContext::Place& place, const Column& left,
                        const Column& right) {
  if (left.collation == right.collation && (context.same_engine || left.collation.empty())) return;
  const auto name_of = [](const Column& column, const catalog::Catalog& catalog) -> const std::string& {
    return column.collation.empty() ? catalog.collation : column.collation;
  };
  const std::string& left_name = name_of(left, context.left);
  if (context.same_engine && !left_name.empty() && left_name == name_of(right, context.right)) return;
  const auto meaning_of = [](const Column& column, const catalog::Catalog& catalog) {
    return column.collation.empty() ? catalog.collation_meaning : column.collation_meaning;
  };
  const auto left_meaning = meaning_of(left, context.left);
  const auto right_meaning = meaning_of(right, context.right);
  if (!context.same_engine && left_meaning.has_value() != right_meaning.has_value()) ++context.unknown_collations;
  // Within one engine another name is another order, even where the same texts are equal.
  const bool same = !context.same_engine && (!left_meaning || !right_meaning || left_meaning == right_meaning);
  if (same) return;
  context.report_changed("column-collation", place, "column", CompareContext::Names::of(left, right),
                         collation_words(left, left_meaning), collation_words(right, right_meaning), "the collation");
}

/// Start and increment are what every engine has; the limits belong to the sequence behind it.
std::string identity_words(const catalog::SequenceOptions& options, bool with_limits) {
  std::string words = fmt::format("start {}, increment {}", options.start, options.increment);
  if (with_limits) {
    words += fmt::format(", from {} to {}{}", options.minimum, options.maximum, options.cycle ? ", cycling" : "");
  }
  return words;
}

void compare_identity_options(CompareContext& context, const CompareContext::Place& place, const Column& left,
                              const Column& right, const catalog::SequenceOptions& left_options,
                              const catalog::SequenceOptions& right_options) {
  // Nothing is known of the sequence behind a column that may not be read.
  if (left_options.increment.empty() || right_options.increment.empty()) return;
  const bool with_limits = context.same_engine && !left_options.minimum.empty() && !right_options.minimum.empty();
  const std::string left_words = identity_words(left_options, with_limits);
  const std::string right_words = identity_words(right_options, with_limits);
  if (left_words == right_words) return;
  context.report_changed("identity-options", place, "column", CompareContext::Names::of(left, right), left_words,
                         right_words, "the identity");
}

/// The sequence that gives a column its default, when that is all the default does; nullptr otherwise.
const catalog::Sequence* default_sequence(CompareContext& context, const TablePair& pair, bool on_left,
                                          const Column& column) {
  if (!column.default_value || column.default_value->hidden) return nullptr;
  const ExpressionPlace place = context.place_of(pair, on_left, &column.type);
  const auto tree = context.tree_of(on_left, *column.default_value, place);
  if (!tree || tree->kind != catalog::ExpressionTree::Kind::call || tree->text != "next_value" ||
      tree->children.empty())
    return nullptr;
  const std::string& name = tree->children.front().text;
  const catalog::Catalog& catalog = on_left ? context.left : context.right;
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const catalog::Sequence& sequence : schema.sequences) {
      if (place.object_word(schema.name + "." + sequence.name) == name) return &sequence;
    }
  }
  return nullptr;
}

/// An identity column on one side and a default from a sequence on the other do the same: numbers are given out.
/// Returns false when this is not the case.
bool compare_identity_with_sequence(CompareContext& context, const TablePair& pair, const CompareContext::Place& place,
                                    const Column& left, const Column& right) {
  const bool identity_on_left = left.identity.has_value();
  const catalog::Sequence* sequence =
      default_sequence(context, pair, !identity_on_left, identity_on_left ? right : left);
  if (!sequence) return false;
  const auto words = [&](const Column& column) {
    return column.identity ? std::string("identity") : "default from sequence " + sequence->name;
  };
  if (context.same_engine)
    context.report_changed("identity-kind", place, "column", CompareContext::Names::of(left, right), words(left),
                           words(right), "the kind of identity");
  compare_identity_options(context, place, left, right, identity_on_left ? left.identity->options : sequence->options,
                           identity_on_left ? sequence->options : right.identity->options);
  return true;
}

/// What an insert that leaves out the column writes. Across engines a domain's default is that of its columns; within
/// one, the domains are compared. A serial or identity column has its default from its sequence, a computed one has
/// none: neither is a default. nullptr: there is none.
const catalog::Expression* default_of(const CompareContext& context, bool on_left, const Column& column) {
  if (column.identity || column.computed) return nullptr;
  if (column.default_value) return &*column.default_value;
  if (context.same_engine || column.type.user_type.empty() || column.type.array_dimensions != 0) return nullptr;
  const catalog::UserType* type = context.find_user_type(on_left, column.type.user_type);
  return type != nullptr && type->default_value ? &*type->default_value : nullptr;
}

/// True when that is settled: no default is to be compared any more.
bool compare_identities(CompareContext& context, const TablePair& pair, const CompareContext::Place& place,
                        const Column& left, const Column& right) {
  if (!left.identity && !right.identity) return false;
  if (left.identity && right.identity) {
    if (context.same_engine && left.identity->kind != right.identity->kind)
      context.report_changed("identity-kind", place, "column", CompareContext::Names::of(left, right),
                             std::string(to_string(left.identity->kind)), std::string(to_string(right.identity->kind)),
                             "the kind of identity");
    compare_identity_options(context, place, left, right, left.identity->options, right.identity->options);
    return true;
  }
  if (compare_identity_with_sequence(context, pair, place, left, right)) return true;
  const auto words = [](const Column& column) { return column.identity ? "identity" : "no identity"; };
  context.report_changed("column-identity", place, "column", CompareContext::Names::of(left, right), words(left),
                         words(right), "the identity");
  return false;
}

void compare_computed(CompareContext& context, const TablePair& pair, const CompareContext::Place& place,
                      const Column& left, const Column& right) {
  const auto words = [&](const Column& column) -> std::string {
    if (!column.computed) return "not computed";
    if (!context.same_engine) return "computed";
    return column.computed->stored ? "computed, stored" : "computed, not stored";
  };
  const CompareContext::Names names = CompareContext::Names::of(left, right);
  const std::string left_words = words(left);
  const std::string right_words = words(right);
  if (left_words != right_words) {
    context.report_changed("column-computed", place, "column", names, left_words, right_words, "the computation");
    return;
  }
  if (!left.computed || is_settled(context, left.computed->expression, right.computed->expression)) return;
  compare_expressions(context, "computed-changed", place, "column", names, left.computed->expression,
                      right.computed->expression,
                      {context.place_of(pair, true, &type_for_literals(left.type, right.type)),
                       context.place_of(pair, false, &type_for_literals(right.type, left.type))},
                      "the expression");
}

void compare_defaults(CompareContext& context, const TablePair& pair, const CompareContext::Place& place,
                      const Column& left, const Column& right) {
  const catalog::Expression* left_default = default_of(context, true, left);
  const catalog::Expression* right_default = default_of(context, false, right);
  if (!left_default && !right_default) return;
  if (left_default && right_default && is_settled(context, *left_default, *right_default)) return;
  // DEFAULT NULL says what no default says.
  const bool on_left = left_default && !context.left_expressions.is_null_literal(*left_default);
  const bool on_right = right_default && !context.right_expressions.is_null_literal(*right_default);
  if (on_left && on_right) {
    compare_expressions(context, "default-changed", place, "column", CompareContext::Names::of(left, right),
                        *left_default, *right_default,
                        {context.place_of(pair, true, &type_for_literals(left.type, right.type)),
                         context.place_of(pair, false, &type_for_literals(right.type, left.type))},
                        "the default");
  } else if (on_left || on_right) {
    context.report_absent("default-missing", "default-extra", place, "column",
                          CompareContext::Names::only(on_left, on_left ? left.name : right.name), on_left,
                          describe(on_left ? *left_default : *right_default), "the default of ");
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
  context.report_changed("column-order", place, "table", CompareContext::Names::of(*pair.left, *pair.right),
                         describe_names(left_names), describe_names(right_names), "the order of columns");
}

void compare_column(CompareContext& context, const TablePair& pair, const CompareContext::Place& place,
                    const Column& left, const Column& right) {
  compare_column_types(context, pair, place, left, right);
  if (left.nullable != right.nullable) {
    const auto words = [](const Column& column) { return column.nullable ? "NULL" : "NOT NULL"; };
    context.report_changed("column-nullability", place, "column", CompareContext::Names::of(left, right), words(left),
                           words(right), "the nullability");
  }
  if (left.type.family == TypeFamily::text && right.type.family == TypeFamily::text)
    compare_collations(context, place, left, right);
  compare_computed(context, pair, place, left, right);
  if (!compare_identities(context, pair, place, left, right)) compare_defaults(context, pair, place, left, right);
  if (left.comment || right.comment)
    context.compare_comments(place, "column", CompareContext::Names::of(left, right), left.comment, right.comment);
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
  const CompareContext::Place place(pair);
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
    compare_column(context, pair, place, left, right);
  }
  if (context.options.compare_column_order) compare_order(context, pair, place);
}

}  // namespace paripassu::parity
