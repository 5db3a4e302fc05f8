#include <algorithm>
#include <utility>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::ForeignKey;
using catalog::Key;
using catalog::ReferentialAction;

std::vector<int> key_numbers(CompareContext& context, const ColumnNumbers& numbers,
                             const std::vector<std::string>& columns) {
  std::vector<int> out;
  out.reserve(columns.size());
  for (const std::string& column : columns) out.push_back(context.column_number(&numbers, column));
  return out;
}

/// What a foreign key says but for its actions. The order in which its columns are listed says nothing.
struct ForeignKeyDefinition {
  int referenced_table = 0;
  std::vector<std::pair<int, int>> columns;
  bool operator==(const ForeignKeyDefinition&) const = default;
};

ForeignKeyDefinition define(CompareContext& context, const TablePair& pair, bool on_left, const ForeignKey& key) {
  ForeignKeyDefinition definition;
  const TableNumber referenced = context.find_table(on_left, key.referenced_schema, key.referenced_table);
  definition.referenced_table = referenced.number;
  const ColumnNumbers& numbers = on_left ? pair.left_numbers : pair.right_numbers;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const int column = context.column_number(&numbers, key.columns[i]);
    const std::string_view target = i < key.referenced_columns.size() ? key.referenced_columns[i] : std::string_view();
    definition.columns.emplace_back(column, context.column_number(referenced.columns, target));
  }
  std::sort(definition.columns.begin(), definition.columns.end());
  return definition;
}

/// RESTRICT differs from NO ACTION only in when it is checked. It counts within one engine; not every engine has it.
ReferentialAction plain(const CompareContext& context, ReferentialAction action) {
  return !context.same_engine && action == ReferentialAction::restrict_ ? ReferentialAction::no_action : action;
}

bool same_actions(CompareContext& context, const TablePair& pair, const ForeignKey& left, const ForeignKey& right) {
  if (plain(context, left.on_delete) != plain(context, right.on_delete)) return false;
  if (plain(context, left.on_update) != plain(context, right.on_update)) return false;
  std::vector<int> left_columns = key_numbers(context, pair.left_numbers, left.on_delete_columns);
  std::vector<int> right_columns = key_numbers(context, pair.right_numbers, right.on_delete_columns);
  std::sort(left_columns.begin(), left_columns.end());
  std::sort(right_columns.begin(), right_columns.end());
  return left_columns == right_columns;
}

CompareContext::Names foreign_key_names(const ForeignKey& left, const ForeignKey& right, std::string_view schema) {
  return {display_name(left.name, left.system_named, right.name, right.system_named, describe(left, schema)), left.name,
          right.name};
}

void compare_foreign_key(CompareContext& context, const TablePair& pair, const ForeignKey& left,
                         const ForeignKey& right) {
  const CompareContext::Place place(pair);
  const CompareContext::Names names = foreign_key_names(left, right, pair.left_schema->name);
  if (!same_actions(context, pair, left, right)) {
    context.report_changed("foreign-key-action", place, "foreign key", names, describe_actions(left),
                           describe_actions(right), "the action");
  }
  // With one column, MATCH FULL and MATCH SIMPLE say the same.
  if (left.match_full != right.match_full && left.columns.size() > 1) {
    const auto words = [](const ForeignKey& key) { return key.match_full ? "MATCH FULL" : "MATCH SIMPLE"; };
    context.report_changed("foreign-key-match", place, "foreign key", names, words(left), words(right),
                           "the match of NULLs");
  }
  if (left.enforced != right.enforced) {
    const auto words = [](const ForeignKey& key) { return key.enforced ? "enforced" : "disabled"; };
    context.report_changed("foreign-key-disabled", place, "foreign key", names, words(left), words(right),
                           "the enforcement");
  } else if (left.validated != right.validated) {
    const auto words = [](const ForeignKey& key) { return key.validated ? "validated" : "not validated"; };
    context.report_changed("foreign-key-not-trusted", place, "foreign key", names, words(left), words(right),
                           "the validation of existing rows");
  }
  const std::string left_words = deferral_words(left.deferrable, left.initially_deferred);
  const std::string right_words = deferral_words(right.deferrable, right.initially_deferred);
  if (left_words != right_words) {
    context.report_changed("foreign-key-deferrable", place, "foreign key", names, left_words, right_words,
                           "the deferral");
  }
  context.compare_given_names(place, "foreign key", left.name, left.system_named, right.name, right.system_named);
  if (left.comment || right.comment) context.compare_comments(place, "foreign key", names, left.comment, right.comment);
}

}  // namespace

void compare_duplicates(CompareContext& context, const CompareContext::Place& place, std::string_view kind,
                        const CompareContext::Names& names, bool left_ignores, bool right_ignores) {
  if (left_ignores == right_ignores) return;
  const auto words = [](bool ignores) { return ignores ? "left out without an error" : "refused"; };
  context.report_changed("duplicates-ignored", place, kind, names, words(left_ignores), words(right_ignores),
                         "a duplicate");
}

void compare_primary_keys(CompareContext& context, const TablePair& pair) {
  const CompareContext::Place place(pair);
  const auto& left = pair.left->primary_key;
  const auto& right = pair.right->primary_key;
  if (!left && !right) return;
  if (!left || !right) {
    const Key& key = left ? *left : *right;
    const std::string definition = describe(key, true);
    context.report_absent("primary-key-missing", "primary-key-extra", place, "primary key",
                          CompareContext::Names::only(left.has_value(), key.name,
                                                      display_name(key.name, key.system_named, "", true, definition)),
                          left.has_value(), definition);
    return;
  }
  ++context.result.counts.keys;
  const CompareContext::Names names{
      display_name(left->name, left->system_named, right->name, right->system_named, describe(*left, true)), left->name,
      right->name};
  if (key_numbers(context, pair.left_numbers, left->columns) !=
      key_numbers(context, pair.right_numbers, right->columns)) {
    context.report_changed("primary-key-columns", place, "primary key", names, describe_names(left->columns),
                           describe_names(right->columns), "the columns");
  }
  const std::string left_words = deferral_words(left->deferrable, left->initially_deferred);
  const std::string right_words = deferral_words(right->deferrable, right->initially_deferred);
  if (left_words != right_words) {
    context.report_changed("key-deferrable", place, "primary key", names, left_words, right_words, "the deferral");
  }
  if (left->enforced != right->enforced) {
    const auto words = [](const Key& key) { return key.enforced ? "valid" : "disabled or invalid"; };
    context.report_changed("index-invalid", place, "primary key", names, words(*left), words(*right), "the state");
  }
  compare_duplicates(context, place, "primary key", names, left->ignores_duplicates, right->ignores_duplicates);
  context.compare_given_names(place, "primary key", left->name, left->system_named, right->name, right->system_named);
  if (left->comment || right->comment)
    context.compare_comments(place, "primary key", names, left->comment, right->comment);
}

void compare_foreign_keys(CompareContext& context, const TablePair& pair) {
  const std::vector<ForeignKey>& left = pair.left->foreign_keys;
  const std::vector<ForeignKey>& right = pair.right->foreign_keys;
  if (left.empty() && right.empty()) return;
  const CompareContext::Place place(pair);

  std::vector<ForeignKeyDefinition> left_definitions;
  std::vector<ForeignKeyDefinition> right_definitions;
  for (const ForeignKey& key : left) left_definitions.push_back(define(context, pair, true, key));
  for (const ForeignKey& key : right) right_definitions.push_back(define(context, pair, false, key));

  OpenItems open(left.size(), right.size());
  const auto same_definition = [&](std::size_t l, std::size_t r) {
    return left_definitions[l] == right_definitions[r];
  };
  const auto on_pair = [&](std::size_t l, std::size_t r) {
    ++context.result.counts.foreign_keys;
    compare_foreign_key(context, pair, left[l], right[r]);
  };
  const auto same_name = [&](std::size_t l, std::size_t r) {
    return !left[l].name.empty() && context.same_word(left[l].name, right[r].name);
  };
  open.pair_off([&](std::size_t l, std::size_t r) { return same_definition(l, r) && same_name(l, r); }, on_pair);
  open.pair_off([&](std::size_t l,
                    std::size_t r) { return same_definition(l, r) && same_actions(context, pair, left[l], right[r]); },
                on_pair);
  open.pair_off(same_definition, on_pair);
  open.pair_off(same_name, [&](std::size_t l, std::size_t r) {
    context.report_changed("foreign-key-changed", place, "foreign key", CompareContext::Names::of(left[l], right[r]),
                           describe(left[l], pair.left_schema->name), describe(right[r], pair.right_schema->name),
                           "the definition");
  });
  const auto report = [&](const ForeignKey& key, bool on_left) {
    const std::string definition = describe(key, (on_left ? pair.left_schema : pair.right_schema)->name);
    context.report_absent(
        "foreign-key-missing", "foreign-key-extra", place, "foreign key",
        CompareContext::Names::only(on_left, key.name, display_name(key.name, key.system_named, "", true, definition)),
        on_left, definition);
  };
  for (const std::size_t l : open.left) report(left[l], true);
  for (const std::size_t r : open.right) report(right[r], false);
}

}  // namespace paripassu::parity
