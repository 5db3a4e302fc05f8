#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Routine;
using catalog::Schema;
using catalog::Sequence;
using catalog::Trigger;
using catalog::UserType;
using catalog::View;

std::vector<std::string> column_names(const View& view) {
  std::vector<std::string> names;
  for (const catalog::Column& column : view.columns) names.push_back(column.name);
  return names;
}

void compare_view(CompareContext& context, const std::string& schema, const View& left, const View& right) {
  ++context.result.counts.views;
  const CompareContext::Place place{schema, left.name};
  const NamePairs columns = pair_names(names_of(left.columns), names_of(right.columns), context.options.names);
  const bool in_order = std::is_sorted(columns.pairs.begin(), columns.pairs.end(),
                                       [](const auto& one, const auto& other) { return one.second < other.second; });
  if (!columns.left_only.empty() || !columns.right_only.empty() ||
      (context.options.compare_column_order && !in_order)) {
    context.report_changed("view-columns", place, "view", left.name, describe_names(column_names(left)),
                           describe_names(column_names(right)), "the output columns");
  }
  if (left.materialized != right.materialized) {
    const auto words = [](const View& view) { return view.materialized ? "materialized" : "computed when read"; };
    context.report_changed("view-materialized", place, "view", left.name, words(left), words(right),
                           "the materialization");
  }
}

void compare_views(CompareContext& context, const Schema& left, const Schema& right) {
  const auto left_names = names_of(left.views);
  const auto right_names = names_of(right.views);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const auto report = [&](const Schema& schema, const View& view, bool on_left) {
    context.report_absent("view-missing", "view-extra", {schema.name, view.name}, "view", view.name, on_left,
                          "view of " + describe_count(view.columns.size(), "column"));
  };
  for (const auto& [l, r] : pairs.pairs) compare_view(context, left.name, left.views[l], right.views[r]);
  for (const std::size_t l : pairs.left_only) report(left, left.views[l], true);
  for (const std::size_t r : pairs.right_only) report(right, right.views[r], false);
  context.report_ambiguities(pairs, left_names, right_names, {left.name, ""}, "view");
}

/// Those that a column owns are compared as the identity of that column.
std::vector<const Sequence*> free_sequences(const Schema& schema) {
  std::vector<const Sequence*> out;
  for (const Sequence& sequence : schema.sequences) {
    if (sequence.owned_by.empty()) out.push_back(&sequence);
  }
  return out;
}

void compare_sequences(CompareContext& context, const Schema& left, const Schema& right) {
  if (context.is_unknown(true, catalog::kUnknownSequences, left.name) ||
      context.is_unknown(false, catalog::kUnknownSequences, right.name))
    return;
  const auto left_sequences = free_sequences(left);
  const auto right_sequences = free_sequences(right);
  std::vector<std::string_view> left_names;
  std::vector<std::string_view> right_names;
  for (const Sequence* sequence : left_sequences) left_names.emplace_back(sequence->name);
  for (const Sequence* sequence : right_sequences) right_names.emplace_back(sequence->name);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const auto report = [&](const Schema& schema, const Sequence& sequence, bool on_left) {
    context.report_absent("sequence-missing", "sequence-extra", {schema.name, ""}, "sequence", sequence.name, on_left,
                          sequence.type.printed.empty() ? "sequence" : "sequence of " + sequence.type.printed);
  };
  context.result.counts.sequences += pairs.pairs.size();
  for (const std::size_t l : pairs.left_only) report(left, *left_sequences[l], true);
  for (const std::size_t r : pairs.right_only) report(right, *right_sequences[r], false);
  context.report_ambiguities(pairs, left_names, right_names, {left.name, ""}, "sequence");
}

bool same_parameters(const Routine& left, const Routine& right) {
  return std::equal(left.parameters.begin(), left.parameters.end(), right.parameters.begin(), right.parameters.end(),
                    [](const catalog::Parameter& one, const catalog::Parameter& other) {
                      return normalise_type_name(one.type) == normalise_type_name(other.type);
                    });
}

bool same_routine(const Routine& left, const Routine& right) {
  const bool same_body = left.hidden || right.hidden || left.body_hash == right.body_hash;
  return same_body && left.kind == right.kind && left.parameters == right.parameters && left.returns == right.returns &&
         left.language == right.language;
}

void compare_routines(CompareContext& context, const Schema& left, const Schema& right) {
  // Names may be overloaded, so the types of the parameters are part of the name.
  OpenItems open(left.routines.size(), right.routines.size());
  const auto same_name = [&](std::size_t l, std::size_t r) {
    return context.same_word(left.routines[l].name, right.routines[r].name);
  };
  const auto on_pair = [&](std::size_t l, std::size_t r) {
    const Routine& one = left.routines[l];
    const Routine& other = right.routines[r];
    if (same_routine(one, other)) return;
    context.report_changed("routine-changed", {left.name, ""}, "routine", one.name, describe(one), describe(other),
                           "the definition");
  };
  open.pair_off(
      [&](std::size_t l, std::size_t r) {
        return left.routines[l].name == right.routines[r].name && same_parameters(left.routines[l], right.routines[r]);
      },
      on_pair);
  open.pair_off([&](std::size_t l,
                    std::size_t r) { return same_name(l, r) && same_parameters(left.routines[l], right.routines[r]); },
                on_pair);
  open.pair_off(same_name, on_pair);
  const auto report = [&](const Schema& schema, const Routine& routine, bool on_left) {
    context.report_absent("routine-missing", "routine-extra", {schema.name, ""}, "routine", routine.name, on_left,
                          describe(routine));
  };
  for (const std::size_t l : open.left) report(left, left.routines[l], true);
  for (const std::size_t r : open.right) report(right, right.routines[r], false);
}

bool same_type(const UserType& left, const UserType& right, NameMatching names) {
  const bool same_attributes = std::equal(
      left.attributes.begin(), left.attributes.end(), right.attributes.begin(), right.attributes.end(),
      [&](const catalog::Column& one, const catalog::Column& other) {
        return fold_name(one.name, names) == fold_name(other.name, names) && one.nullable == other.nullable &&
               compare_types_of_one_engine(one.type, other.type, names).match == TypeMatch::same;
      });
  return same_attributes && left.kind == right.kind && left.labels == right.labels && left.base == right.base &&
         left.nullable == right.nullable && left.default_value.has_value() == right.default_value.has_value() &&
         left.checks.size() == right.checks.size();
}

void compare_user_types(CompareContext& context, const Schema& left, const Schema& right) {
  const auto left_names = names_of(left.types);
  const auto right_names = names_of(right.types);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  for (const auto& [l, r] : pairs.pairs) {
    const UserType& one = left.types[l];
    const UserType& other = right.types[r];
    if (same_type(one, other, context.options.names)) continue;
    context.report_changed("type-changed", {left.name, ""}, "type", one.name, describe(one), describe(other),
                           "the definition");
  }
  const auto report = [&](const Schema& schema, const UserType& type, bool on_left) {
    context.report_absent("type-missing", "type-extra", {schema.name, ""}, "type", type.name, on_left, describe(type));
  };
  for (const std::size_t l : pairs.left_only) report(left, left.types[l], true);
  for (const std::size_t r : pairs.right_only) report(right, right.types[r], false);
  context.report_ambiguities(pairs, left_names, right_names, {left.name, ""}, "type");
}

bool same_trigger(CompareContext& context, const TablePair& pair, const Trigger& left, const Trigger& right) {
  if (left.timing != right.timing || left.events != right.events || left.row_level != right.row_level ||
      left.enabled != right.enabled) {
    return false;
  }
  // The definition names schema and table, so it can only be compared where these are the same.
  const bool same_place = pair.left_schema->name == pair.right_schema->name && pair.left->name == pair.right->name;
  if (!same_place || left.definition.hidden || right.definition.hidden) return true;
  return context.same_word(left.calls, right.calls) && left.definition.printed == right.definition.printed;
}

}  // namespace

void compare_triggers(CompareContext& context, const TablePair& pair) {
  const CompareContext::Place place{pair.schema(), pair.table()};
  const auto left_names = names_of(pair.left->triggers);
  const auto right_names = names_of(pair.right->triggers);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  for (const auto& [l, r] : pairs.pairs) {
    const Trigger& left = pair.left->triggers[l];
    const Trigger& right = pair.right->triggers[r];
    if (same_trigger(context, pair, left, right)) continue;
    std::string left_text = describe(left);
    std::string right_text = describe(right);
    if (left_text == right_text) {
      left_text = describe(left.definition);
      right_text = describe(right.definition);
    }
    context.report_changed("trigger-changed", place, "trigger", left.name, std::move(left_text), std::move(right_text),
                           "the definition");
  }
  const auto report = [&](const Trigger& trigger, bool on_left) {
    context.report_absent("trigger-missing", "trigger-extra", place, "trigger", trigger.name, on_left,
                          describe(trigger));
  };
  for (const std::size_t l : pairs.left_only) report(pair.left->triggers[l], true);
  for (const std::size_t r : pairs.right_only) report(pair.right->triggers[r], false);
  context.report_ambiguities(pairs, left_names, right_names, place, "trigger");
}

void compare_schema_objects(CompareContext& context, const Schema& left, const Schema& right) {
  compare_views(context, left, right);
  compare_sequences(context, left, right);
  if (!context.same_engine) return;
  compare_routines(context, left, right);
  compare_user_types(context, left, right);
}

}  // namespace paripassu::parity
