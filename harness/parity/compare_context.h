#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/parity/differ.h"
#include "harness/parity/difference_codes.h"
#include "harness/parity/names.h"
#include "harness/parity/normal_form.h"
#include "harness/parity/type_equivalence.h"

/// What the parts of compare() share. Private to the room. Views point into the compared catalogs.
namespace paripassu::parity {

/// Names of columns to numbers that are equal on both sides exactly where the columns pair.
class ColumnNumbers {
 public:
  void add(std::string_view name, int number) { numbers_.emplace_back(name, number); }
  void seal();
  /// Gives a name that was added another number.
  void renumber(std::string_view name, int number);
  /// Negative when there is no such column.
  int find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, int>> numbers_;
};

/// A column whose user-defined type on one side does what a CHECK of the table does on the other: an enum against a
/// text that a CHECK limits to a list, a domain's check against the table's own.
struct TypeAsCheck {
  const catalog::Column* left = nullptr;
  const catalog::Column* right = nullptr;
  bool type_on_left = true;
  const catalog::UserType* type = nullptr;
  const catalog::Check* check = nullptr;  ///< of the side that has no such type; nullptr: nothing there does the same
  std::vector<std::string> labels;        ///< of an enum's check, sorted
  catalog::Expression domain_check;       ///< of a domain: the condition, of VALUE
  bool understood = true;                 ///< false: the domain's check could not be read
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

  /// Found by find_types_as_checks before anything of the pair is compared.
  std::vector<TypeAsCheck> types_as_checks;
  /// Indices into left->columns and right->columns of columns that match in all but the name; `columns.pairs` has them
  /// too, so that they are compared like any other pair.
  std::vector<std::pair<std::size_t, std::size_t>> renamed_columns;

  const catalog::Table& side(bool on_left) const { return on_left ? *left : *right; }
  const ColumnNumbers& numbers(bool on_left) const { return on_left ? left_numbers : right_numbers; }
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
  ExpressionNormaliser left_expressions;
  ExpressionNormaliser right_expressions;
  /// Counted while comparing, for `not_compared`: pairs of which only the presence was compared.
  std::size_t view_definitions = 0;
  std::size_t routine_bodies = 0;
  std::size_t trigger_bodies = 0;
  std::size_t routine_parameters = 0;
  std::size_t routine_rows = 0;
  /// Of columns: one side's meaning is known, the other's is not.
  std::size_t unknown_collations = 0;

  std::string fold(std::string_view name) const { return fold_name(name, options.names); }
  bool same_word(std::string_view one, std::string_view other) const {
    return one == other || fold(one) == fold(other);
  }

  /// Where a difference belongs, in each side's own words: schema, and table or view unless it is none's.
  struct Place {
    struct Side {
      std::string_view schema;
      std::string_view table;
    };

    Place(const TablePair& pair);  // NOLINT(google-explicit-constructor): a pair of tables is a place
    /// Of what belongs to a schema.
    Place(const catalog::Schema& left_schema, const catalog::Schema& right_schema);
    Place(Side left_side, Side right_side) : left(left_side), right(right_side) {}

    Side left;
    Side right;
  };

  /// What an object is called: in the report, and by either side, where it may have a name that the server made.
  struct Names {
    std::string shown;
    std::string left;   ///< empty: the left has no such object
    std::string right;  ///< the same of the right

    /// Of two objects whose names are always people's: columns, tables, views.
    template <typename Object>
    static Names of(const Object& left_object, const Object& right_object) {
      return {left_object.name, left_object.name, right_object.name};
    }
    /// Of an object of one side; `shown_name` where its own may be the server's.
    static Names only(bool on_left, const std::string& name) { return only(on_left, name, name); }
    static Names only(bool on_left, std::string name, std::string shown_name) {
      Names names{std::move(shown_name), "", ""};
      (on_left ? names.left : names.right) = std::move(name);
      return names;
    }
  };

  /// Something that only one side has: the object, or its part that `part` names ("the default of "). Returns what was
  /// reported, until the next report; nullptr when the object may only be hidden from the other side's user, which is
  /// noted as unknown instead.
  Difference* report_absent(KnownCode missing, KnownCode extra, const Place& place, std::string_view kind,
                            const Names& names, bool on_left, std::string definition, std::string_view part = {});
  Difference* report_absent(KnownCode missing, KnownCode extra, const Place& place, std::string_view kind,
                            const std::string& name, bool on_left, std::string definition, std::string_view part = {}) {
    return report_absent(missing, extra, place, kind, Names::only(on_left, name), on_left, std::move(definition), part);
  }
  /// Something that both sides have. `what` begins the sentence: "the type". Returns what was reported, until the next
  /// report.
  Difference& report_changed(KnownCode code, const Place& place, std::string_view kind, const Names& names,
                             std::string left_text, std::string right_text, std::string_view what);
  /// The same with a sentence of its own, where "X on A, Y on B" does not say it.
  Difference& report(KnownCode code, const Place& place, std::string_view kind, const Names& names,
                     std::string left_text, std::string right_text, std::string_view message);
  /// `constraint-renamed`: within one engine, two objects of one definition to which people gave different names.
  void compare_given_names(const Place& place, std::string_view kind, std::string_view left_name,
                           bool left_system_named, std::string_view right_name, bool right_system_named);
  /// `comment-missing`, `-extra` and `-changed`. Blanks at the end and the kind of line ends do not count.
  void compare_comments(const Place& place, std::string_view kind, const Names& names,
                        const std::optional<std::string>& left_comment,
                        const std::optional<std::string>& right_comment);
  /// Ambiguities of a list; `names_of` gives the names that pair_names was given.
  void report_ambiguities(const NamePairs& pairs, const std::vector<std::string_view>& left_names,
                          const std::vector<std::string_view>& right_names, const Place& place, std::string_view kind);

  /// "PostgreSQL", or "the left" where the sides have one product.
  const std::string& side_word(bool on_left) const { return on_left ? left_word_ : right_word_; }

  /// Reads and normalises the expressions of one side.
  ExpressionNormaliser& expressions(bool on_left) { return on_left ? left_expressions : right_expressions; }
  /// What a normal form must know of a table's side. Columns that pair have one word there. `target`: the type of the
  /// column whose default or value it is. Valid as long as the pair.
  ExpressionPlace place_of(const TablePair& pair, bool on_left, const catalog::Type* target = nullptr) const;
  /// The same for a condition: a check, a predicate.
  ExpressionPlace place_of(const TablePair& pair, bool on_left, UnknownTruth unknown) const;
  /// The normal tree of an expression; nullopt when it is not understood.
  std::optional<catalog::ExpressionTree> tree_of(bool on_left, const catalog::Expression& expression,
                                                 const ExpressionPlace& place) const;

  /// The word for "schema.name" by which both sides call it alike: the default schemas, and schemas that pair, are one.
  std::string object_word(bool on_left, std::string_view qualified) const;

  /// The enum, domain, alias … that `Type::user_type` names; nullptr when there is none.
  const catalog::UserType* find_user_type(bool on_left, std::string_view user_type) const;

  /// A table gets its number, by which foreign keys find it; paired tables get the same one.
  void number_table(const TablePair& pair);
  /// The number of a table that is named "schema.table", where either part may hold a dot.
  int find_table(bool on_left, std::string_view qualified);
  /// The number of the table that a foreign key of one side names, and its columns where they are known.
  TableNumber find_table(bool on_left, std::string_view schema, std::string_view table);
  /// The number of a column in one side's `numbers`; one of its own, by its word, where it is unknown.
  int column_number(const ColumnNumbers* numbers, std::string_view name);

  /// True when that side could not read `what` ("sequences") anywhere, or in this schema.
  bool is_unknown(bool on_left, std::string_view what, std::string_view schema) const;

 private:
  const ExpressionReader* reader(bool on_left) const;
  int word_number(std::string word);

  std::string left_word_;
  std::string right_word_;
  /// Functions of users that give a truth, as "schema.name", by the word for them.
  std::unordered_set<std::string> left_truth_functions_;
  std::unordered_set<std::string> right_truth_functions_;
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
/// `duplicates-ignored` of two keys or unique indexes that are the same else.
void compare_duplicates(CompareContext& context, const CompareContext::Place& place, std::string_view kind,
                        const CompareContext::Names& names, bool left_ignores, bool right_ignores);
void compare_primary_keys(CompareContext& context, const TablePair& pair);
/// Unique constraints and indexes together, since either may stand for the other.
void compare_indexes(CompareContext& context, const TablePair& pair);
void compare_foreign_keys(CompareContext& context, const TablePair& pair);
void compare_checks(CompareContext& context, const TablePair& pair);
void compare_triggers(CompareContext& context, const TablePair& pair);
/// Partitioning, row-level security, policies, grants, whether it is logged, the table's own comment.
void compare_table_properties(CompareContext& context, const TablePair& pair);

/// Pairs columns that match in all but the name, where there is only one way to do so.
void pair_renamed_columns(CompareContext& context, TablePair& pair);
/// The same for tables of two schemas that pair, by their columns: takes them out of `pairs`, where they are left over.
/// Indices into `left` and `right`.
std::vector<std::pair<std::size_t, std::size_t>> pair_renamed_tables(
    CompareContext& context, std::string_view left_schema, std::string_view right_schema,
    const std::vector<const catalog::Table*>& left, const std::vector<const catalog::Table*>& right, NamePairs& pairs);
/// `column-renamed` of what pair_renamed_columns found.
void report_renamed_columns(CompareContext& context, const TablePair& pair);

/// Fills `pair.types_as_checks`.
void find_types_as_checks(CompareContext& context, TablePair& pair);
/// `type-as-check` and `enum-labels` of what was found, and the checks of domains that nothing on the other side does.
void compare_types_as_checks(CompareContext& context, const TablePair& pair);
/// The CHECK that stands for the enum of a column (either side's column): its type is no difference of its own.
/// nullptr: there is none.
const TypeAsCheck* enum_as_check(const TablePair& pair, const catalog::Column& column);
/// True when a type of the other side does what this check does: it is neither missing nor extra.
bool stands_for_type(const TablePair& pair, const catalog::Check& check);

/// Each of these takes schemas that pair. Either may be empty.
void compare_views(CompareContext& context, const catalog::Schema& left, const catalog::Schema& right);
void compare_sequences(CompareContext& context, const catalog::Schema& left, const catalog::Schema& right);
void compare_routines(CompareContext& context, const catalog::Schema& left, const catalog::Schema& right);
void compare_user_types(CompareContext& context, const catalog::Schema& left, const catalog::Schema& right);

/// Whether two types mean the same, by the names that the catalogs print them with: of parameters and of what domains
/// are based on. Lengths and precisions do not count; domains and aliases count as what they are based on.
bool same_printed_type(const CompareContext& context, std::string_view left, std::string_view right);

/// Synonyms across engines too, where only one has them: a name that is not there is not there.
void compare_synonyms(CompareContext& context, const catalog::Schema& left, const catalog::Schema& right);

/// `database-collation` within one engine; fills `settings` across engines.
void compare_database_settings(CompareContext& context);

/// Reads the expressions of both sides at once and in bulk, which is several times faster than one by one.
void prepare_expressions(CompareContext& context);

/// Fills `not_compared` and `unknown`, once all else is done.
void report_coverage(CompareContext& context);

/// An expression without blanks, brackets, quotes of names, parentheses and case: good enough to prefer, among several
/// pairs, the one that is written alike; never to tell equal from different.
std::string rough_text(const catalog::Expression& expression);

/// The columns of a predicate that only says "a IS NOT NULL AND b IS NOT NULL"; empty for anything else.
std::vector<std::string> not_null_columns(std::string_view predicate);

}  // namespace paripassu::parity
