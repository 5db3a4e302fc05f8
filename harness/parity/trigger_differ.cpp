#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"
#include "harness/parity/sql_text.h"

namespace paripassu::parity {
namespace {

using catalog::Trigger;

std::string_view kind_of(const Trigger& trigger) {
  return trigger.rule ? "rule" : "trigger";
}

/// Of two engines, a rule may have met a trigger.
std::string_view kind_of(const Trigger& left, const Trigger& right) {
  return left.rule && right.rule ? "rule" : "trigger";
}

bool same_occasion(const Trigger& left, const Trigger& right) {
  return left.timing == right.timing && left.events == right.events;
}

/// A trigger that may still keep a change from happening, against one that comes after it.
bool comes_after(const Trigger& trigger) {
  return trigger.timing == "after";
}

/// The definition names schema and table, so it can only be compared where these are the same.
bool comparable_definitions(const CompareContext& context, const TablePair& pair) {
  return context.same_engine && pair.left_schema->name == pair.right_schema->name &&
         pair.left->name == pair.right->name;
}

/// Where an engine has no BEFORE, AFTER is as near as it comes, and both see every change.
bool is_nearest_time(const CompareContext& context, const Trigger& left, const Trigger& right) {
  if (context.same_engine || left.events != right.events || left.enabled != right.enabled) return false;
  const auto has_no_before = [&context](const catalog::Catalog& catalog) {
    const Backend* engine = context.options.engines ? context.options.engines->find(catalog.engine) : nullptr;
    return engine && !engine->capabilities().before_triggers;
  };
  return (left.timing == "before" && right.timing == "after" && has_no_before(context.right)) ||
         (left.timing == "after" && right.timing == "before" && has_no_before(context.left));
}

bool same_trigger(CompareContext& context, const TablePair& pair, const Trigger& left, const Trigger& right) {
  if (!same_occasion(left, right) || left.enabled != right.enabled) return false;
  // Whether it runs per row or per statement is a matter of how it is written, where engines know only one way.
  if (!context.same_engine) return true;
  if (left.row_level != right.row_level) return false;
  if (!comparable_definitions(context, pair) || left.definition.hidden || right.definition.hidden) return true;
  return context.same_word(left.calls, right.calls) && same_sql(left.definition.printed, right.definition.printed);
}

void compare_trigger(CompareContext& context, const TablePair& pair, const Trigger& left, const Trigger& right) {
  if (!comparable_definitions(context, pair)) ++context.trigger_bodies;
  if (same_trigger(context, pair, left, right)) return;
  const auto words = [&](const Trigger& trigger) {
    return context.same_engine ? describe(trigger) : describe_occasion(trigger);
  };
  std::string left_text = words(left);
  std::string right_text = words(right);
  if (left_text == right_text) {
    left_text = describe(left.definition);
    right_text = describe(right.definition);
  }
  Difference& reported =
      context.report_changed("trigger-changed", pair, kind_of(left, right), CompareContext::Names::of(left, right),
                             std::move(left_text), std::move(right_text), "the definition");
  if (is_nearest_time(context, left, right)) {
    reported.severity = Severity::note;
    reported.message += " " + context.side_word(left.timing == "after") + " has no BEFORE.";
  }
}

void compare_list(CompareContext& context, const TablePair& pair, const std::vector<const Trigger*>& left,
                  const std::vector<const Trigger*>& right) {
  const auto names_of_list = [](const std::vector<const Trigger*>& triggers) {
    std::vector<std::string_view> names;
    for (const Trigger* trigger : triggers) names.emplace_back(trigger->name);
    return names;
  };
  const auto left_names = names_of_list(left);
  const auto right_names = names_of_list(right);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const auto on_pair = [&](std::size_t l, std::size_t r) { compare_trigger(context, pair, *left[l], *right[r]); };
  for (const auto& [l, r] : pairs.pairs) on_pair(l, r);

  OpenItems open(0, 0);
  open.left = pairs.left_only;
  open.right = pairs.right_only;
  if (!context.same_engine) {
    // Each engine has its own habits for names of triggers; what counts is when they run.
    open.pair_off([&](std::size_t l, std::size_t r) { return same_occasion(*left[l], *right[r]); }, on_pair);
    open.pair_off(
        [&](std::size_t l, std::size_t r) {
          return left[l]->events == right[r]->events && comes_after(*left[l]) == comes_after(*right[r]);
        },
        on_pair);
  }
  const auto report = [&](const Trigger& trigger, bool on_left) {
    context.report_absent("trigger-missing", "trigger-extra", pair, kind_of(trigger), trigger.name, on_left,
                          describe(trigger));
  };
  for (const std::size_t l : open.left) report(*left[l], true);
  for (const std::size_t r : open.right) report(*right[r], false);
  context.report_ambiguities(pairs, left_names, right_names, pair, "trigger");
}

}  // namespace

void compare_triggers(CompareContext& context, const TablePair& pair) {
  if (pair.left->triggers.empty() && pair.right->triggers.empty()) return;
  const auto pick = [&](bool on_left, auto suits) {
    std::vector<const Trigger*> out;
    for (const Trigger& trigger : pair.side(on_left).triggers) {
      if (suits(trigger)) out.push_back(&trigger);
    }
    return out;
  };
  if (context.same_engine) {
    // A rule and a trigger of one table may have one name.
    for (const bool rules : {false, true}) {
      const auto suits = [rules](const Trigger& trigger) { return trigger.rule == rules; };
      compare_list(context, pair, pick(true, suits), pick(false, suits));
    }
    return;
  }
  const auto all = [](const Trigger&) { return true; };
  compare_list(context, pair, pick(true, all), pick(false, all));
}

}  // namespace paripassu::parity
