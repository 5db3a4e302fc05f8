#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/parity/suggest.h"
#include "harness/parity/suggest_names.h"
#include "harness/parity/suggest_words.h"

/// How suggest() comes to its steps. Private to the room.
namespace paripassu::parity {

/// When a step is executed. What is dropped goes from those who use something to what is used, what is made the other
/// way round.
enum class Phase {
  schema,
  type,
  sequence,
  rename,
  drop_foreign_key,
  drop_index,
  drop_check,
  drop_key,
  drop_computed,
  drop_default,
  create_table,
  add_column,
  alter_column,
  add_computed,
  identity,
  set_default,
  add_key,
  add_index,
  add_check,
  add_foreign_key,
  restore_comment,
  comment,
  rename_constraint,
  undecided,  ///< commented statements and remarks
};

template <typename Object>
const Object* find_named(const std::vector<Object>& objects, std::string_view name) {
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const Object& one) { return one.name == name; });
  return found == objects.end() ? nullptr : &*found;
}

inline bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A default in the sense of the comparison: one that neither a sequence of the column's own nor a computation gives.
inline bool has_default(const catalog::Column& column) {
  return column.default_value && !column.identity && !column.computed;
}

struct OrderedStep {
  Phase phase;
  SuggestedStep step;
};

/// What is known of a column of the target that will not stay as it is.
struct ColumnChange {
  const Difference* difference = nullptr;  ///< the first one
  std::string others;                      ///< the codes of the others
  bool alters = false;                     ///< type, collation or nullability
  bool retyped = false;                    ///< type or collation
  bool remade = false;                     ///< a computed column that gets another expression
};

/// One suggestion in the making: each difference is asked in turn what it needs (suggest_plan.cpp), objects are dropped
/// and made once each whatever asks for it, and the steps are put in the order of their phases.
class Suggester {
 public:
  Suggester(const Comparison& comparison, const SuggestSide& left, const SuggestSide& right, SuggestTarget side,
            const ComparisonOptions& options);
  Suggestion run();

 private:
  using Check = catalog::Check;
  using Column = catalog::Column;
  using ForeignKey = catalog::ForeignKey;
  using Index = catalog::Index;
  using Key = catalog::Key;
  using Schema = catalog::Schema;
  using Sequence = catalog::Sequence;
  using Table = catalog::Table;
  using ColumnKey = std::pair<const SuggestedTable*, std::string>;  ///< of the target, by its name there

  // Steps.

  /// A step of the current difference; `undecided` where there are no statements.
  SuggestedStep& add(Phase phase, Ddl ddl, std::string detail = {}, std::vector<std::string> remarks = {});
  /// The same of any difference.
  SuggestedStep& add_for(const Difference& difference, Phase phase, Ddl ddl, std::string detail = {},
                         std::vector<std::string> remarks = {});
  void remark(std::string text) { add(Phase::undecided, {{}, {std::move(text)}}); }

  /// Statements that a person must decide on.
  void by_hand(Ddl ddl, std::string warning);
  void not_found();

  // The tables as they will be.

  /// The table that a difference is about; nullptr when there is none.
  SuggestedTable* table_of(const TurnedDifference& turned);
  /// A table that both sides have.
  SuggestedTable* paired_table(const TurnedDifference& turned);
  DdlTable ddl_table(const SuggestedTable& table) const { return {table.schema, table.state}; }

  /// Fills changes_.
  void collect_columns();
  /// Fills SuggestedTable::state of every table.
  void build_states();

  // What each code asks for.

  /// Does what the code of a difference asks for.
  void dispatch(const TurnedDifference& turned);
  void on_table(const TurnedDifference& turned);
  void create_table(SuggestedTable& table);

  template <typename Object>
  Object named(const SuggestedTable& table, Object object) {
    object.name = names_.free_name(table.schema, table.name, object.name);
    return object;
  }

  void comment_new_table(const SuggestedTable& table, const Table& wanted);
  void comment_new_key(const SuggestedTable& table, const Key& key, bool primary,
                       const std::optional<std::string>& comment, const Difference* cause = nullptr);
  /// The comment of something that a statement of this suggestion makes.
  void comment_new(CommentedObject::Kind kind, const SuggestedTable& table, const std::string& name,
                   const std::optional<std::string>& comment, const Difference* cause = nullptr);

  // Columns.

  void on_column(const TurnedDifference& turned);
  /// The target's column that pairs with the source's; nullptr when there is none.
  const Column* partner_of(const SuggestedTable& table, const std::string& source_name) const;
  void add_column(SuggestedTable& table, const Column& source);
  void set_default(SuggestedTable& table, const Column& own, const Column& listed);
  /// Where only the target has a default, its own or that of its domain.
  void remove_default(const SuggestedTable& table, const Column& own);
  bool is_retyped(const SuggestedTable& table, const Column& own) const;
  void drop_default(const SuggestedTable& table, const Column& own, const Difference& difference, std::string detail);
  void alter_identity(SuggestedTable& table, const Column& own, const Column& wanted);
  void alter_computation(SuggestedTable& table, const Column& own, const Column& wanted);
  /// The values of a computed column are lost without loss.
  void remake_computed(SuggestedTable& table, const Column& own, const Column& wanted);
  /// One step for each column of changes_ that is altered.
  void alter_columns();

  // Keys, checks, indexes, foreign keys: dropped once each, whatever asks for it.

  bool first_drop(const void* object) { return dropped_.insert(object).second; }

  /// Each drops its object, unless it is dropped already.
  void drop(const SuggestedTable& table, const ForeignKey& key, const Difference& why, std::string detail = {});
  void drop(const SuggestedTable& table, const Check& check, const Difference& why, std::string detail = {});
  void drop(const SuggestedTable& table, const Index& index, const Difference& why, std::string detail = {});
  void drop(const SuggestedTable& table, const Key& key, bool primary, const Difference& why, std::string detail = {});
  static std::vector<std::string> key_columns(const Index& index);
  /// Foreign keys that rest on these columns being a key must go before it. They are looked for when every difference
  /// was seen, since one of these may be about such a foreign key.
  void free_referenced(const SuggestedTable& table, std::vector<std::string> columns, const Difference& why);
  void free_all_referenced();
  void free_references_to(const SuggestedTable& table, const std::vector<std::string>& columns, const Difference& why);

  template <typename Object>
  bool is_dropped(const Object& object) const {
    return dropped_.count(&object) != 0;
  }

  /// Each drops its object and makes it again as it was, unless it is dropped already.
  void remake(const SuggestedTable& table, const ForeignKey& key, const Difference& why, const std::string& detail);
  void remake(const SuggestedTable& table, const Check& check, const Difference& why, const std::string& detail);
  void remake(const SuggestedTable& table, const Index& index, const Difference& why, const std::string& detail);
  void remake(const SuggestedTable& table, const Key& key, bool primary, const Difference& why,
              const std::string& detail);
  /// What must go and could not be made again stays, with a remark.
  void cannot_remake(const Difference& why, const std::string& detail, std::vector<std::string> remarks, Ddl ddl);
  /// What uses a column that is altered or remade.
  void free_dependants();
  void free_default(const SuggestedTable& table, const std::string& name, const Difference& why);
  void free_column(const SuggestedTable& table, const std::string& name, const Difference& why, bool remade);
  bool index_uses(const SuggestedTable& table, const Index& index, const std::string& name, bool plain_ones);
  void remake_own_computed(const SuggestedTable& table, const Column& column, const Difference& why);
  /// True when the writer would write both alike: it has no words for what differs.
  static bool same_text(const Ddl& one, const Ddl& other);
  void on_foreign_key(const TurnedDifference& turned);
  /// Several differences may be about one object, which is made anew once.
  bool handled_twice(const void* own);
  void say_no_words(const Ddl& ddl);
  void on_check(const TurnedDifference& turned);
  /// A primary key, a unique constraint, or a unique index that stands for one.
  struct UniqueObject {
    const Key* key = nullptr;
    const Index* index = nullptr;
    bool primary = false;
    explicit operator bool() const { return key != nullptr || index != nullptr; }
    const void* address() const { return key != nullptr ? static_cast<const void*>(key) : index; }
  };
  static UniqueObject find_unique(const Table& table, const std::string& name, bool primary);
  void on_key(const TurnedDifference& turned);
  void drop(const SuggestedTable& table, const UniqueObject& own);
  void on_index(const TurnedDifference& turned);
  /// The index of a key, disabled on one side only.
  void on_key_state(const TurnedDifference& turned, const SuggestedTable& table);

  // Schemas, sequences, types.

  void on_schema(const TurnedDifference& turned);
  void create_sequence(const Schema& schema, const Sequence& sequence, std::string detail);
  void on_sequence(const TurnedDifference& turned);
  void on_type_missing(const TurnedDifference& turned);
  void create_type(const std::string& schema, const catalog::UserType& type, std::string detail);

  // Comments and names.

  void on_constraint_renamed(const TurnedDifference& turned);

  struct Commented {
    CommentedObject object;
    std::optional<std::string> before;
    std::optional<std::string> after;
    const void* own = nullptr;  ///< a key, check, index or foreign key of the target
  };
  void on_comment(const TurnedDifference& turned);
  std::optional<Commented> find_commented(const TurnedDifference& turned);
  std::optional<Commented> find_commented_part(const SuggestedTable& table, const TurnedDifference& turned);
  std::optional<Commented> find_commented_view(const TurnedDifference& turned);

  const Comparison& comparison_;
  const SuggestTarget side_;
  const SuggestSide& source_;
  const SuggestSide& target_;
  const DdlWriter& writer_;
  SuggestNames names_;
  SuggestWords words_;
  std::vector<TurnedDifference> differences_;
  const TurnedDifference* current_ = nullptr;
  bool answered_ = false;  ///< whether the current difference has a statement
  std::vector<OrderedStep> steps_;

  struct ByPlace {
    bool operator()(const ColumnKey& one, const ColumnKey& other) const {
      return std::tie(one.first->schema, one.first->name, one.second) <
             std::tie(other.first->schema, other.first->name, other.second);
    }
  };
  std::map<ColumnKey, ColumnChange, ByPlace> changes_;
  struct DroppedKey {
    const SuggestedTable* table;
    std::vector<std::string> columns;
    const Difference* why;
  };
  std::vector<DroppedKey> dropped_keys_;
  // Objects of the target's catalog, by address.
  std::set<const void*> dropped_;
  std::set<const void*> remade_;  ///< dropped, and made again as they were
  std::set<const void*> default_dropped_;
  std::set<const void*> default_set_;
  std::set<const void*> computed_dropped_;
};

}  // namespace paripassu::parity
