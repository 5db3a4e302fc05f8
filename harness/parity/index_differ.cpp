#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Index;
using catalog::Key;

struct IndexItem {
  int column = 0;
  std::string expression;
  bool descending = false;
  bool nulls_first = false;
  std::string operator_class;

  bool same_key(const IndexItem& other) const { return column == other.column && expression == other.expression; }
  bool operator==(const IndexItem&) const = default;
};

struct IndexDefinition {
  std::vector<IndexItem> items;
  std::vector<int> included;  ///< sorted
  std::string method;
  bool unique = false;
  bool partial = false;
  /// Rows with a NULL in the key may repeat. Not part of the definition: reported by itself.
  bool many_nulls = false;

  bool same(const IndexDefinition& other) const {
    return items == other.items && included == other.included && method == other.method && unique == other.unique &&
           partial == other.partial;
  }
  bool same_keys(const IndexDefinition& other) const {
    return std::equal(items.begin(), items.end(), other.items.begin(), other.items.end(),
                      [](const IndexItem& one, const IndexItem& two) { return one.same_key(two); });
  }
  /// The columns, where the index does no more and no less than a unique constraint on them; else empty.
  std::vector<int> as_constraint() const {
    std::vector<int> columns;
    if (!unique || partial || !included.empty()) return columns;
    for (const IndexItem& item : items) {
      if (!item.expression.empty()) return {};
      columns.push_back(item.column);
    }
    return columns;
  }
};

/// True where the predicate only leaves out rows with a NULL in the key: how an engine that allows one NULL per unique
/// key is told to allow many.
bool allows_many_nulls(const Index& index, const catalog::Table& table) {
  if (!index.unique || !index.predicate || index.predicate->hidden) return false;
  const std::vector<std::string> not_null = not_null_columns(index.predicate->printed);
  if (not_null.empty()) return false;
  const auto same = [](std::string_view one, std::string_view other) {
    return one == other || fold_name(one, NameMatching::ignore_case) == fold_name(other, NameMatching::ignore_case);
  };
  for (const std::string& name : not_null) {
    const bool in_key = std::any_of(index.columns.begin(), index.columns.end(),
                                    [&](const catalog::IndexColumn& item) { return same(item.column, name); });
    if (!in_key) return false;
  }
  return std::all_of(index.columns.begin(), index.columns.end(), [&](const catalog::IndexColumn& item) {
    const bool nullable = std::any_of(table.columns.begin(), table.columns.end(), [&](const catalog::Column& column) {
      return column.name == item.column && column.nullable;
    });
    return !nullable || std::any_of(not_null.begin(), not_null.end(),
                                    [&](const std::string& name) { return same(item.column, name); });
  });
}

IndexDefinition define(CompareContext& context, const TablePair& pair, bool on_left, const Index& index) {
  const ColumnNumbers& numbers = on_left ? pair.left_numbers : pair.right_numbers;
  IndexDefinition definition;
  for (const catalog::IndexColumn& item : index.columns) {
    IndexItem out;
    if (item.column.empty()) {
      out.expression = rough_text({item.expression, false});
      if (out.expression.empty()) out.expression = "expression";
    } else {
      out.column = context.column_number(&numbers, item.column);
    }
    out.descending = item.descending;
    // Each engine has its own place for NULLs by default, and not every engine another.
    out.nulls_first = context.same_engine && item.nulls_first;
    if (context.same_engine) out.operator_class = item.operator_class;
    definition.items.push_back(std::move(out));
  }
  for (const std::string& column : index.included) {
    definition.included.push_back(context.column_number(&numbers, column));
  }
  std::sort(definition.included.begin(), definition.included.end());
  definition.included.erase(std::unique(definition.included.begin(), definition.included.end()),
                            definition.included.end());
  definition.method = index_method(index);
  definition.unique = index.unique;
  const bool idiom = allows_many_nulls(index, on_left ? *pair.left : *pair.right);
  definition.partial = index.predicate.has_value() && !idiom;
  definition.many_nulls = idiom || !index.nulls_not_distinct;
  return definition;
}

class IndexDiffer {
 public:
  IndexDiffer(CompareContext& context, const TablePair& pair)
      : context_(context),
        pair_(pair),
        place_{pair.schema(), pair.table()},
        left_keys_(pair.left->unique_constraints),
        right_keys_(pair.right->unique_constraints),
        left_indexes_(pair.left->indexes),
        right_indexes_(pair.right->indexes),
        open_keys_(left_keys_.size(), right_keys_.size()),
        open_indexes_(left_indexes_.size(), right_indexes_.size()) {
    for (const Key& key : left_keys_) left_columns_.push_back(numbers(key, true));
    for (const Key& key : right_keys_) right_columns_.push_back(numbers(key, false));
    for (const Index& index : left_indexes_) left_definitions_.push_back(define(context_, pair_, true, index));
    for (const Index& index : right_indexes_) right_definitions_.push_back(define(context_, pair_, false, index));
  }

  void run() {
    pair_equal_keys();
    pair_equal_indexes();
    pair_keys_with_indexes();
    pair_changed();
    report_rest();
  }

 private:
  std::vector<int> numbers(const Key& key, bool on_left) {
    std::vector<int> out;
    for (const std::string& column : key.columns) {
      out.push_back(context_.column_number(on_left ? &pair_.left_numbers : &pair_.right_numbers, column));
    }
    return out;
  }

  /// Where no column can hold NULL on both sides, the treatment of NULLs makes no difference of its own.
  bool nullable_on_both(const std::vector<int>& columns) const {
    return std::any_of(columns.begin(), columns.end(), [&](int number) {
      if (number < 0) return false;
      const auto& [left, right] = pair_.columns_by_number[static_cast<std::size_t>(number)];
      return left && right && left->nullable && right->nullable;
    });
  }

  void compare_nulls(const std::vector<int>& columns, bool left_many, bool right_many, std::string_view kind,
                     const std::string& name) {
    if (left_many == right_many || !nullable_on_both(columns)) return;
    const auto words = [](bool many) { return many ? "any number of NULLs" : "one NULL"; };
    context_.report_changed("unique-nulls", place_, kind, name, words(left_many), words(right_many),
                            "the treatment of NULLs");
  }

  void pair_equal_keys() {
    const auto same_columns = [&](std::size_t l, std::size_t r) { return left_columns_[l] == right_columns_[r]; };
    const auto on_pair = [&](std::size_t l, std::size_t r) {
      const Key& left = left_keys_[l];
      const Key& right = right_keys_[r];
      ++context_.result.counts.keys;
      const std::string name =
          display_name(left.name, left.system_named, right.name, right.system_named, describe(left, false));
      compare_nulls(left_columns_[l], !left.nulls_not_distinct, !right.nulls_not_distinct, "unique constraint", name);
      if (left.deferrable != right.deferrable || left.initially_deferred != right.initially_deferred) {
        const auto words = [](const Key& key) -> std::string {
          if (!key.deferrable) return "not deferrable";
          return key.initially_deferred ? "deferrable, initially deferred" : "deferrable, initially immediate";
        };
        context_.report_changed("key-deferrable", place_, "unique constraint", name, words(left), words(right),
                                "the deferral");
      }
    };
    open_keys_.pair_off([&](std::size_t l, std::size_t r) { return same_columns(l, r) && same_key_name(l, r); },
                        on_pair);
    open_keys_.pair_off(same_columns, on_pair);
  }

  void pair_equal_indexes() {
    const auto same = [&](std::size_t l, std::size_t r) { return left_definitions_[l].same(right_definitions_[r]); };
    const auto on_pair = [&](std::size_t l, std::size_t r) {
      const Index& left = left_indexes_[l];
      const Index& right = right_indexes_[r];
      ++context_.result.counts.indexes;
      if (left.predicate && right.predicate && left_definitions_[l].partial) ++context_.predicate_pairs;
      if (left.unique) {
        std::vector<int> columns;
        for (const IndexItem& item : left_definitions_[l].items)
          columns.push_back(item.expression.empty() ? item.column : -1);
        compare_nulls(columns, left_definitions_[l].many_nulls, right_definitions_[r].many_nulls, "index", left.name);
      }
      if (left.valid != right.valid) {
        const auto words = [](const Index& index) { return index.valid ? "valid" : "disabled or invalid"; };
        context_.report_changed("index-invalid", place_, "index", left.name, words(left), words(right), "the state");
      }
    };
    open_indexes_.pair_off([&](std::size_t l, std::size_t r) { return same(l, r) && same_index_name(l, r); }, on_pair);
    open_indexes_.pair_off(
        [&](std::size_t l, std::size_t r) {
          const auto& left = left_indexes_[l].predicate;
          const auto& right = right_indexes_[r].predicate;
          return same(l, r) && left && right && rough_text(*left) == rough_text(*right);
        },
        on_pair);
    open_indexes_.pair_off(same, on_pair);
  }

  void on_key_with_index(const Key& key, const Index& index, const IndexDefinition& definition, bool key_on_left) {
    ++context_.result.counts.keys;
    const std::string key_text = "constraint " + describe(key, false);
    const std::string index_text = "index " + describe(index);
    const std::string name =
        key_on_left ? display_name(key.name, key.system_named, index.name, false, describe(key, false)) : index.name;
    if (context_.same_engine) {
      context_.report_changed("unique-as-index", place_, "unique constraint", name, key_on_left ? key_text : index_text,
                              key_on_left ? index_text : key_text, "the form");
    }
    const bool left_many = key_on_left ? !key.nulls_not_distinct : definition.many_nulls;
    const bool right_many = key_on_left ? definition.many_nulls : !key.nulls_not_distinct;
    compare_nulls(definition.as_constraint(), left_many, right_many, "unique constraint", name);
  }

  void pair_keys_with_indexes() {
    const auto pair_one_side = [&](bool keys_on_left) {
      auto& key_list = keys_on_left ? open_keys_.left : open_keys_.right;
      auto& index_list = keys_on_left ? open_indexes_.right : open_indexes_.left;
      const auto& columns = keys_on_left ? left_columns_ : right_columns_;
      const auto& definitions = keys_on_left ? right_definitions_ : left_definitions_;
      const auto& keys = keys_on_left ? left_keys_ : right_keys_;
      const auto& indexes = keys_on_left ? right_indexes_ : left_indexes_;
      std::vector<std::size_t> left_over;
      for (const std::size_t key : key_list) {
        const auto match = std::find_if(index_list.begin(), index_list.end(), [&](std::size_t index) {
          return !columns[key].empty() && columns[key] == definitions[index].as_constraint();
        });
        if (match == index_list.end()) {
          left_over.push_back(key);
          continue;
        }
        on_key_with_index(keys[key], indexes[*match], definitions[*match], keys_on_left);
        index_list.erase(match);
      }
      key_list = std::move(left_over);
    };
    pair_one_side(true);
    pair_one_side(false);
  }

  void pair_changed() {
    open_keys_.pair_off([&](std::size_t l, std::size_t r) { return same_key_name(l, r); },
                        [&](std::size_t l, std::size_t r) {
                          context_.report_changed("unique-columns", place_, "unique constraint", left_keys_[l].name,
                                                  describe_names(left_keys_[l].columns),
                                                  describe_names(right_keys_[r].columns), "the columns");
                        });
    const auto on_pair = [&](std::size_t l, std::size_t r) {
      std::string left_text = describe(left_indexes_[l]);
      std::string right_text = describe(right_indexes_[r]);
      if (left_text == right_text) {
        left_text = describe(left_indexes_[l], true);
        right_text = describe(right_indexes_[r], true);
      }
      context_.report_changed("index-changed", place_, "index", left_indexes_[l].name, std::move(left_text),
                              std::move(right_text), "the definition");
    };
    open_indexes_.pair_off([&](std::size_t l, std::size_t r) { return same_index_name(l, r); }, on_pair);
    open_indexes_.pair_off(
        [&](std::size_t l, std::size_t r) { return left_definitions_[l].same_keys(right_definitions_[r]); }, on_pair);
  }

  void report_rest() {
    const auto report_key = [&](const Key& key, bool on_left) {
      const std::string definition = describe(key, false);
      context_.report_absent("unique-missing", "unique-extra", place_, "unique constraint",
                             display_name(key.name, key.system_named, "", true, definition), on_left, definition);
    };
    const auto report_index = [&](const Index& index, bool on_left) {
      context_.report_absent("index-missing", "index-extra", place_, "index", index.name, on_left, describe(index));
    };
    for (const std::size_t l : open_keys_.left) report_key(left_keys_[l], true);
    for (const std::size_t r : open_keys_.right) report_key(right_keys_[r], false);
    for (const std::size_t l : open_indexes_.left) report_index(left_indexes_[l], true);
    for (const std::size_t r : open_indexes_.right) report_index(right_indexes_[r], false);
  }

  bool same_key_name(std::size_t l, std::size_t r) const {
    return !left_keys_[l].name.empty() && context_.same_word(left_keys_[l].name, right_keys_[r].name);
  }
  bool same_index_name(std::size_t l, std::size_t r) const {
    return !left_indexes_[l].name.empty() && context_.same_word(left_indexes_[l].name, right_indexes_[r].name);
  }

  CompareContext& context_;
  const TablePair& pair_;
  const CompareContext::Place place_;
  const std::vector<Key>& left_keys_;
  const std::vector<Key>& right_keys_;
  const std::vector<Index>& left_indexes_;
  const std::vector<Index>& right_indexes_;
  OpenItems open_keys_;
  OpenItems open_indexes_;
  std::vector<std::vector<int>> left_columns_;
  std::vector<std::vector<int>> right_columns_;
  std::vector<IndexDefinition> left_definitions_;
  std::vector<IndexDefinition> right_definitions_;
};

}  // namespace

void compare_indexes(CompareContext& context, const TablePair& pair) {
  const bool nothing = pair.left->unique_constraints.empty() && pair.right->unique_constraints.empty() &&
                       pair.left->indexes.empty() && pair.right->indexes.empty();
  if (!nothing) IndexDiffer(context, pair).run();
}

}  // namespace paripassu::parity
