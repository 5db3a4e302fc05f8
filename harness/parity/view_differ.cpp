#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"
#include "harness/parity/sql_text.h"

namespace paripassu::parity {
namespace {

using catalog::Column;
using catalog::Schema;
using catalog::Table;
using catalog::Type;
using catalog::TypeFamily;
using catalog::View;

/// An engine works out the lengths and widths of what a view computes, by rules of its own, or says none at all.
bool is_unlimited(const Type& type) {
  return type.family == TypeFamily::decimal ? !type.precision : type.family == TypeFamily::text && !type.length;
}

bool same_output(const CompareContext& context, const Column& left, const Column& right) {
  const Type& one = left.type;
  const Type& other = right.type;
  if (context.same_engine) {
    return compare_types_of_one_engine(one, other, context.options.names).match == TypeMatch::same;
  }
  if (compare_types(one, other).match != TypeMatch::different || context.declared.find(one, other)) return true;
  if (one.array_dimensions != other.array_dimensions) return false;
  if (one.family == other.family) return one.family == TypeFamily::integer || is_unlimited(one) || is_unlimited(other);
  // Whether the text is limited to the labels is the business of the table that it comes from.
  return (one.family == TypeFamily::enumeration && other.family == TypeFamily::text) ||
         (one.family == TypeFamily::text && other.family == TypeFamily::enumeration);
}

std::string describe_columns(const View& view, bool with_types) {
  std::vector<std::string> names;
  for (const Column& column : view.columns) {
    names.push_back(with_types && !column.type.printed.empty() ? column.name + " " + column.type.printed : column.name);
  }
  return describe_names(names);
}

void compare_output(CompareContext& context, const TablePair& pair, const View& left, const View& right) {
  const NamePairs& columns = pair.columns;
  const bool in_order = std::is_sorted(columns.pairs.begin(), columns.pairs.end(),
                                       [](const auto& one, const auto& other) { return one.second < other.second; });
  const bool same_names =
      columns.left_only.empty() && columns.right_only.empty() && (in_order || !context.options.compare_column_order);
  const bool same_types = std::all_of(columns.pairs.begin(), columns.pairs.end(), [&](const auto& both) {
    return same_output(context, left.columns[both.first], right.columns[both.second]);
  });
  if (same_names && same_types) return;
  context.report_changed("view-columns", pair, "view", CompareContext::Names::of(left, right),
                         describe_columns(left, !same_types), describe_columns(right, !same_types),
                         "the output columns");
}

void compare_materialization(CompareContext& context, const TablePair& pair, const View& left, const View& right) {
  const auto names = CompareContext::Names::of(left, right);
  if (left.materialized != right.materialized) {
    const auto words = [](const View& view) { return view.materialized ? "materialized" : "computed when read"; };
    context.report_changed("view-materialized", pair, "view", names, words(left), words(right), "the materialization");
  } else if (left.materialized && !context.same_engine) {
    // One engine refreshes it when told to, the other with each change of the tables.
    context.report_changed("view-materialized", pair, "view", names,
                           "materialized, as " + context.left.engine + " does",
                           "materialized, as " + context.right.engine + " does", "the refreshing");
  }
}

void compare_definition(CompareContext& context, const TablePair& pair, const View& left, const View& right) {
  // The definition may name the view and its schema, so it can only be compared where these are the same.
  const bool same_place = pair.left_schema->name == pair.right_schema->name && left.name == right.name;
  if (!context.same_engine || !same_place) {
    ++context.view_definitions;
    return;
  }
  if (left.definition.hidden || right.definition.hidden) return;
  if (same_sql(left.definition.printed, right.definition.printed)) return;
  context.report_changed("view-changed", pair, "view", CompareContext::Names::of(left, right),
                         describe(left.definition), describe(right.definition), "the definition");
}

/// What indexes, triggers and comments of a view are compared as: those of a table.
Table as_table(const View& view) {
  Table table;
  table.name = view.name;
  table.columns = view.columns;
  table.indexes = view.indexes;
  table.triggers = view.triggers;
  return table;
}

void compare_parts(CompareContext& context, const TablePair& pair, const View& left, const View& right) {
  for (const auto& [l, r] : pair.columns.pairs) {
    context.compare_comments(pair, "column", CompareContext::Names::of(left.columns[l], right.columns[r]),
                             left.columns[l].comment, right.columns[r].comment);
  }
  // A view that is only computed when it is read can have no index, and that is told already.
  if (left.materialized == right.materialized) compare_indexes(context, pair);
  compare_triggers(context, pair);
}

void compare_view(CompareContext& context, const Schema& left_schema, const View& left, const Schema& right_schema,
                  const View& right) {
  ++context.result.counts.views;
  const Table left_table = as_table(left);
  const Table right_table = as_table(right);
  const TablePair pair = pair_columns(left_schema, left_table, right_schema, right_table, context.options);
  compare_output(context, pair, left, right);
  compare_materialization(context, pair, left, right);
  compare_definition(context, pair, left, right);
  compare_parts(context, pair, left, right);
  context.compare_comments(pair, "view", CompareContext::Names::of(left, right), left.comment, right.comment);
}

}  // namespace

void compare_views(CompareContext& context, const Schema& left, const Schema& right) {
  if (left.views.empty() && right.views.empty()) return;
  const auto left_names = names_of(left.views);
  const auto right_names = names_of(right.views);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const auto report = [&](const View& view, bool on_left) {
    CompareContext::Place place(left, right);
    (on_left ? place.left : place.right).table = view.name;
    context.report_absent("view-missing", "view-extra", place, "view", view.name, on_left,
                          "view of " + describe_count(view.columns.size(), "column"));
  };
  for (const auto& [l, r] : pairs.pairs) compare_view(context, left, left.views[l], right, right.views[r]);
  for (const std::size_t l : pairs.left_only) report(left.views[l], true);
  for (const std::size_t r : pairs.right_only) report(right.views[r], false);
  context.report_ambiguities(pairs, left_names, right_names, {left, right}, "view");
}

void compare_synonyms(CompareContext& context, const Schema& left, const Schema& right) {
  if (left.synonyms.empty() && right.synonyms.empty()) return;
  const auto left_names = names_of(left.synonyms);
  const auto right_names = names_of(right.synonyms);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const CompareContext::Place place(left, right);
  for (const auto& [l, r] : pairs.pairs) {
    const catalog::Synonym& one = left.synonyms[l];
    const catalog::Synonym& other = right.synonyms[r];
    const auto names = CompareContext::Names::of(one, other);
    if (context.object_word(true, one.target) != context.object_word(false, other.target)) {
      context.report_changed("synonym-changed", place, "synonym", names, one.target, other.target, "the target");
    }
    context.compare_comments(place, "synonym", names, one.comment, other.comment);
  }
  const auto report = [&](const catalog::Synonym& synonym, bool on_left) {
    context.report_absent("synonym-missing", "synonym-extra", place, "synonym", synonym.name, on_left,
                          "synonym for " + synonym.target);
  };
  for (const std::size_t l : pairs.left_only) report(left.synonyms[l], true);
  for (const std::size_t r : pairs.right_only) report(right.synonyms[r], false);
  context.report_ambiguities(pairs, left_names, right_names, place, "synonym");
}

}  // namespace paripassu::parity
