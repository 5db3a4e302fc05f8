#include "harness/datacheck/plan_key.h"

#include <algorithm>

#include "harness/parity/names.h"

namespace paripassu::datacheck {

namespace {

using catalog::Column;
using catalog::Table;
using catalog::TypeFamily;

using Columns = std::vector<std::size_t>;

const Column& side_of(const PlannedColumn& column, bool on_left) {
  return on_left ? *column.left : *column.right;
}

std::string_view side_word(bool on_left) {
  return on_left ? "left" : "right";
}

/// Columns by their own names on one side; nullopt unless all of them are compared.
std::optional<Columns> find_columns(const std::vector<PlannedColumn>& columns, const std::vector<std::string>& names,
                                    bool on_left) {
  Columns found;
  for (const std::string& name : names) {
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const PlannedColumn& one) { return side_of(one, on_left).name == name; });
    if (column == columns.end()) return std::nullopt;
    found.push_back(static_cast<std::size_t>(column - columns.begin()));
  }
  return found;
}

bool all_not_null(const std::vector<PlannedColumn>& columns, const Columns& key, bool on_left) {
  return std::all_of(key.begin(), key.end(),
                     [&](std::size_t column) { return !side_of(columns[column], on_left).nullable; });
}

/// A set of columns of which no two rows have the same values, by a constraint or index.
struct UniqueSet {
  std::vector<std::string> columns;
  std::string name;
  bool primary = false;
};

std::vector<UniqueSet> unique_sets(const Table& table) {
  std::vector<UniqueSet> sets;
  if (table.primary_key && table.primary_key->enforced)
    sets.push_back({table.primary_key->columns, table.primary_key->name, true});
  for (const catalog::Key& key : table.unique_constraints)
    if (key.enforced) sets.push_back({key.columns, key.name, false});
  for (const catalog::Index& index : table.indexes) {
    if (!index.unique || !index.valid || index.predicate) continue;
    UniqueSet set{{}, index.name, false};
    for (const catalog::IndexColumn& column : index.columns) set.columns.push_back(column.column);
    // An index on an expression says nothing about the columns themselves.
    if (std::find(set.columns.begin(), set.columns.end(), "") == set.columns.end()) sets.push_back(std::move(set));
  }
  return sets;
}

/// Whether some unique set lies within the columns, so that these are unique as well.
bool is_unique(const std::vector<PlannedColumn>& columns, const Columns& key, const Table& table, bool on_left) {
  for (const UniqueSet& set : unique_sets(table)) {
    const std::optional<Columns> found = find_columns(columns, set.columns, on_left);
    if (!found || found->empty()) continue;
    if (std::all_of(found->begin(), found->end(),
                    [&](std::size_t one) { return std::find(key.begin(), key.end(), one) != key.end(); }))
      return true;
  }
  return false;
}

std::optional<catalog::CollationMeaning> meaning_of(const Column& column, const catalog::Catalog& side) {
  return column.collation.empty() ? side.collation_meaning : column.collation_meaning;
}

std::string collation_note(const PlannedColumn& column, const catalog::Catalog& left, const catalog::Catalog& right) {
  const auto is_text = [](const Column& one) { return one.type.family == TypeFamily::text; };
  if (!is_text(*column.left) && !is_text(*column.right)) return {};
  const auto l = meaning_of(*column.left, left);
  const auto r = meaning_of(*column.right, right);
  if (!l || !r || *l == *r) return {};
  std::string words;
  std::string_view side;
  if (l->case_sensitive != r->case_sensitive) {
    words = "case";
    side = side_word(!l->case_sensitive);
  }
  if (l->accent_sensitive != r->accent_sensitive) {
    const std::string_view accents_side = side_word(!l->accent_sensitive);
    if (words.empty()) {
      words = "accents";
      side = accents_side;
    } else if (accents_side == side) {
      words += " and accents";
    }
  }
  return "key column " + column.left->name + " compares without regard to " + words + " on the " + std::string(side) +
         ": keys that differ by that alone can be two rows on the other side only; they are compared as different keys";
}

}  // namespace

std::optional<ChosenKey> named_key(const std::vector<PlannedColumn>& columns, const std::vector<std::string>& names,
                                   const std::string& origin, NameMatching matching) {
  ChosenKey key;
  key.origin = origin;
  for (const std::string& name : names) {
    const std::string word = fold_name(name, matching);
    const auto is_named = [&](const PlannedColumn& one) {
      return fold_name(one.left->name, matching) == word || fold_name(one.right->name, matching) == word;
    };
    const auto found = std::find_if(columns.begin(), columns.end(), is_named);
    if (found == columns.end()) return std::nullopt;
    const auto index = static_cast<std::size_t>(found - columns.begin());
    if (std::find(key.columns.begin(), key.columns.end(), index) == key.columns.end()) key.columns.push_back(index);
  }
  return key;
}

ChosenKey catalog_key(const std::vector<PlannedColumn>& columns, const Table& left, const Table& right) {
  for (const bool on_left : {true, false}) {
    const Table& own = on_left ? left : right;
    const Table& other = on_left ? right : left;
    if (!own.primary_key || !own.primary_key->enforced) continue;
    const std::optional<Columns> key = find_columns(columns, own.primary_key->columns, on_left);
    if (!key || key->empty()) continue;
    if (!is_unique(columns, *key, other, !on_left) && !all_not_null(columns, *key, !on_left)) continue;
    const bool of_both = other.primary_key && find_columns(columns, other.primary_key->columns, !on_left) == key;
    return {*key, of_both ? "primary key" : "primary key of the " + std::string(side_word(on_left)), {}};
  }
  std::optional<ChosenKey> best;
  bool best_is_of_both = false;
  for (const bool on_left : {true, false}) {
    for (const UniqueSet& set : unique_sets(on_left ? left : right)) {
      const std::optional<Columns> key = find_columns(columns, set.columns, on_left);
      if (!key || key->empty() || !all_not_null(columns, *key, true) || !all_not_null(columns, *key, false)) continue;
      const bool is_of_both = is_unique(columns, *key, on_left ? right : left, !on_left);
      const bool is_better = !best || (is_of_both && !best_is_of_both) ||
                             (is_of_both == best_is_of_both && key->size() < best->columns.size());
      if (!is_better) continue;
      best = ChosenKey{*key, "unique key " + set.name, {}};
      best_is_of_both = is_of_both;
    }
  }
  return best ? *best : ChosenKey{{}, "no key: whole rows", {}};
}

void add_key_notes(ChosenKey& key, const std::vector<PlannedColumn>& columns, const SideTable& left,
                   const SideTable& right, const catalog::Catalog& left_catalog,
                   const catalog::Catalog& right_catalog) {
  if (key.columns.empty()) return;
  for (const bool on_left : {true, false}) {
    const std::string where = " on the " + std::string(side_word(on_left));
    for (const std::size_t column : key.columns)
      if (side_of(columns[column], on_left).nullable)
        key.notes.push_back("key column " + side_of(columns[column], on_left).name + " may be NULL" + where);
    if (!is_unique(columns, key.columns, on_left ? *left.table : *right.table, on_left))
      key.notes.push_back("no constraint makes the key unique" + where);
  }
  for (const std::size_t column : key.columns) {
    std::string note = collation_note(columns[column], left_catalog, right_catalog);
    if (!note.empty()) key.notes.push_back(std::move(note));
  }
}

KeyOrder key_order(const PlannedColumn& column, const ValueRule::Options& options) {
  const catalog::Type& left = column.left->type;
  const catalog::Type& right = column.right->type;
  if (left.array_dimensions > 0 || right.array_dimensions > 0 || left.family != right.family) return KeyOrder::none;
  const auto accepts = [&](ValueClass value_class) {
    return options.verdicts[static_cast<std::size_t>(value_class)] == ClassVerdict::accepted;
  };
  switch (left.family) {
    case TypeFamily::integer:
    case TypeFamily::date:
    case TypeFamily::uuid:
      return KeyOrder::value;
    case TypeFamily::decimal:
      return options.tolerance.kind == Tolerance::Kind::none ? KeyOrder::value : KeyOrder::none;
    case TypeFamily::time:
    case TypeFamily::timestamp: {
      // A time of day with an offset orders by its instant on one engine and by its text on none.
      const bool ordered_alike =
          left.with_time_zone == right.with_time_zone && !(left.family == TypeFamily::time && left.with_time_zone);
      return ordered_alike && !accepts(ValueClass::time_zone) ? KeyOrder::value : KeyOrder::none;
    }
    case TypeFamily::text:
      // What is accepted is folded away in the forms that keys are compared by, which the servers' order does not do.
      return accepts(ValueClass::letter_case) || accepts(ValueClass::trailing_blanks) ||
                     accepts(ValueClass::unicode_form) || accepts(ValueClass::null_empty) ||
                     accepts(ValueClass::truncated)
                 ? KeyOrder::none
                 : KeyOrder::binary;
    default:
      return KeyOrder::none;
  }
}

}  // namespace paripassu::datacheck
