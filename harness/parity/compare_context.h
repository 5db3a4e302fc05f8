#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/parity/differ.h"
#include "harness/parity/difference_codes.h"
#include "harness/parity/names.h"
#include "harness/parity/type_equivalence.h"

/// What the parts of compare() share. Private to the room. Views point into the compared catalogs.
namespace paripassu::parity {

/// Names of columns to numbers that are equal on both sides exactly where the columns pair.
class ColumnNumbers {
 public:
  void add(std::string_view name, int number) { numbers_.emplace_back(name, number); }
  void seal();
  /// Negative when there is no such column.
  int find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, int>> numbers_;
};

/// Tables that pair, or one that has no partner (the other is nullptr).
struct TablePair {
  const catalog::Schema* left_schema = nullptr;
  const catalog::Schema* right_schema = nullptr;
  const catalog::Table* left = nullptr;
  const catalog::Table* right = nullptr;
  NamePairs columns;
  ColumnNumbers left_numbers;
  ColumnNumbers right_numbers;
  /// By number; a member is nullptr where that side has no such column.
  std::vector<std::pair<const catalog::Column*, const catalog::Column*>> columns_by_number;

  /// Where differences of this pair belong.
  const std::string& schema() const { return left_schema ? left_schema->name : right_schema->name; }
  const std::string& table() const { return left ? left->name : right->name; }
};

/// Where a table is found when a foreign key names it.
struct TableNumber {
  int number = 0;
  const ColumnNumbers* columns = nullptr;
};

/// Indices into two lists that have not found a partner yet.
struct OpenItems {
  std::vector<std::size_t> left;
  std::vector<std::size_t> right;

  OpenItems(std::size_t left_count, std::size_t right_count);

  /// Takes out, in order, each left item with the first right item that `same(left, right)` accepts, and hands the pair
  /// to `on_pair(left, right)`.
  template <typename Same, typename OnPair>
  void pair_off(Same same, OnPair on_pair) {
    std::vector<std::size_t> left_over;
    for (const std::size_t l : left) {
      auto match = right.begin();
      while (match != right.end() && !same(l, *match)) ++match;
      if (match == right.end()) {
        left_over.push_back(l);
        continue;
      }
      on_pair(l, *match);
      right.erase(match);
    }
    left = std::move(left_over);
  }
};

/// One comparison under way.
class CompareContext {
 public:
  CompareContext(const catalog::Catalog& left_catalog, const catalog::Catalog& right_catalog,
                 const ComparisonOptions& comparison_options);
  CompareContext(const CompareContext&) = delete;
  CompareContext& operator=(const CompareContext&) = delete;

  const catalog::Catalog& left;
  const catalog::Catalog& right;
  const ComparisonOptions& options;
  const bool same_engine;
  const DeclaredEquivalences declared;
  Comparison result;
  /// Counted while comparing, for `not_compared`: pairs of which only the presence was compared.
  std::size_t default_pairs = 0;
  std::size_t computed_pairs = 0;
  std::size_t identity_pairs = 0;
  std::size_t predicate_pairs = 0;

  std::string fold(std::string_view name) const { return fold_name(name, options.names); }
  bool same_word(std::string_view one, std::string_view other) const {
    return one == other || fold(one) == fold(other);
  }

  /// Where a difference belongs: schema, and table unless it is none's.
  struct Place {
    std::string_view schema;
    std::string_view table;
  };

  /// Something that only one side has: the object, or its part that `part` names ("the default of ").
  void report_absent(KnownCode missing, KnownCode extra, const Place& place, std::string_view kind, std::string name,
                     bool on_left, std::string definition, std::string_view part = {});
  /// Something that both sides have. `what` begins the sentence: "the type of column quantity".
  void report_changed(KnownCode code, const Place& place, std::string_view kind, std::string name,
                      std::string left_text, std::string right_text, std::string_view what);
  /// Ambiguities of a list; `names_of` gives the names that pair_names was given.
  void report_ambiguities(const NamePairs& pairs, const std::vector<std::string_view>& left_names,
                          const std::vector<std::string_view>& right_names, const Place& place, std::string_view kind);

  /// A table gets its number, by which foreign keys find it; paired tables get the same one.
  void number_table(const TablePair& pair);
  /// The number of the table that a foreign key of one side names, and its columns where they are known.
  TableNumber find_table(bool on_left, std::string_view schema, std::string_view table);
  /// The number of a column in one side's `numbers`; one of its own, by its word, where it is unknown.
  int column_number(const ColumnNumbers* numbers, std::string_view name);

  /// True when that side could not read `what` ("sequences") anywhere, or in this schema.
  bool is_unknown(bool on_left, std::string_view what, std::string_view schema) const;

 private:
  int word_number(std::string word);

  std::string left_word_;
  std::string right_word_;
  std::unordered_map<std::string, TableNumber> left_tables_;
  std::unordered_map<std::string, TableNumber> right_tables_;
  std::unordered_map<std::string, int> words_;
  int tables_numbered_ = 0;
};

/// The name where a person gave it, else the definition.
std::string display_name(std::string_view left_name, bool left_system_named, std::string_view right_name,
                         bool right_system_named, std::string definition);

/// Names of a list of objects.
template <typename Objects>
std::vector<std::string_view> names_of(const Objects& objects) {
  std::vector<std::string_view> names;
  names.reserve(objects.size());
  for (const auto& object : objects) names.emplace_back(object.name);
  return names;
}

TablePair pair_columns(const catalog::Schema& left_schema, const catalog::Table& left,
                       const catalog::Schema& right_schema, const catalog::Table& right,
                       const ComparisonOptions& options);

void compare_columns(CompareContext& context, const TablePair& pair);
void compare_primary_keys(CompareContext& context, const TablePair& pair);
/// Unique constraints and indexes together, since either may stand for the other.
void compare_indexes(CompareContext& context, const TablePair& pair);
void compare_foreign_keys(CompareContext& context, const TablePair& pair);
void compare_checks(CompareContext& context, const TablePair& pair);
void compare_triggers(CompareContext& context, const TablePair& pair);

/// Views, sequences and, within one engine, routines and types. Either schema may be empty, never nullptr.
void compare_schema_objects(CompareContext& context, const catalog::Schema& left, const catalog::Schema& right);

/// Fills `not_compared` and `unknown`, once all else is done.
void report_coverage(CompareContext& context);

/// An expression without blanks, brackets, quotes of names, parentheses and case: good enough to prefer, among several
/// pairs, the one that is written alike; never to tell equal from different.
std::string rough_text(const catalog::Expression& expression);

/// The columns of a predicate that only says "a IS NOT NULL AND b IS NOT NULL"; empty for anything else.
std::vector<std::string> not_null_columns(std::string_view predicate);

}  // namespace paripassu::parity
