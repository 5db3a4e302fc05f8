#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"
#include "harness/parity/index_definition.h"

namespace paripassu::parity {
namespace {

using catalog::Index;
using catalog::Key;

class IndexDiffer {
 public:
  IndexDiffer(CompareContext& context, const TablePair& pair)
      : context_(context),
        pair_(pair),
        comparer_(context, pair),
        left_keys_(pair.left->unique_constraints),
        right_keys_(pair.right->unique_constraints),
        left_indexes_(pair.left->indexes),
        right_indexes_(pair.right->indexes),
        open_keys_(left_keys_.size(), right_keys_.size()),
        open_indexes_(left_indexes_.size(), right_indexes_.size()) {
    for (const Key& key : left_keys_) left_columns_.push_back(numbers(key, true));
    for (const Key& key : right_keys_) right_columns_.push_back(numbers(key, false));
    for (const Index& index : left_indexes_) left_definitions_.push_back(define_index(context_, pair_, true, index));
    for (const Index& index : right_indexes_) right_definitions_.push_back(define_index(context_, pair_, false, index));
  }

  void run() {
    pair_equal_keys();
    pair_equal_indexes();
    pair_keys_with_indexes();
    pair_changed();
    report_rest();
  }

 private:
  using Names = CompareContext::Names;

  std::vector<int> numbers(const Key& key, bool on_left) {
    std::vector<int> out;
    for (const std::string& column : key.columns) {
      out.push_back(context_.column_number(&pair_.numbers(on_left), column));
    }
    return out;
  }

  static Names names_of_keys(const Key& left, const Key& right) {
    return {display_name(left.name, left.system_named, right.name, right.system_named, describe(left, false)),
            left.name, right.name};
  }
  static Names names_of_indexes(const Index& left, const Index& right) {
    return {display_name(left.name, false, right.name, false, describe(left)), left.name, right.name};
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
                     const Names& names) {
    if (left_many == right_many || !nullable_on_both(columns)) return;
    const auto words = [](bool many) { return many ? "any number of NULLs" : "one NULL"; };
    context_.report_changed("unique-nulls", pair_, kind, names, words(left_many), words(right_many),
                            "the treatment of NULLs");
  }

  void compare_deferral(std::string left_words, std::string right_words, const Names& names) {
    if (left_words == right_words) return;
    context_.report_changed("key-deferrable", pair_, "unique constraint", names, std::move(left_words),
                            std::move(right_words), "the deferral");
  }

  void compare_key_state(bool left_valid, bool right_valid, const Names& names) {
    if (left_valid == right_valid) return;
    const auto words = [](bool valid) { return std::string(valid ? "valid" : "disabled or invalid"); };
    context_.report_changed("index-invalid", pair_, "unique constraint", names, words(left_valid), words(right_valid),
                            "the state");
  }

  void on_equal_keys(std::size_t l, std::size_t r) {
    const Key& left = left_keys_[l];
    const Key& right = right_keys_[r];
    ++context_.result.counts.keys;
    const Names names = names_of_keys(left, right);
    compare_nulls(left_columns_[l], !left.nulls_not_distinct, !right.nulls_not_distinct, "unique constraint", names);
    compare_deferral(deferral_words(left.deferrable, left.initially_deferred),
                     deferral_words(right.deferrable, right.initially_deferred), names);
    compare_key_state(left.enforced, right.enforced, names);
    compare_duplicates(context_, pair_, "unique constraint", names, left.ignores_duplicates, right.ignores_duplicates);
    context_.compare_given_names(pair_, "unique constraint", left.name, left.system_named, right.name,
                                 right.system_named);
    context_.compare_comments(pair_, "unique constraint", names, left.comment, right.comment);
  }

  void pair_equal_keys() {
    const auto same_columns = [&](std::size_t l, std::size_t r) { return left_columns_[l] == right_columns_[r]; };
    const auto on_pair = [&](std::size_t l, std::size_t r) { on_equal_keys(l, r); };
    open_keys_.pair_off([&](std::size_t l, std::size_t r) { return same_columns(l, r) && same_key_name(l, r); },
                        on_pair);
    open_keys_.pair_off(same_columns, on_pair);
  }

  void on_equal_indexes(std::size_t l, std::size_t r) {
    const Index& left = left_indexes_[l];
    const Index& right = right_indexes_[r];
    IndexDefinition& left_definition = left_definitions_[l];
    IndexDefinition& right_definition = right_definitions_[r];
    ++context_.result.counts.indexes;
    const Names names = names_of_indexes(left, right);
    comparer_.report_expressions_of(names, left_definition, right_definition);
    if (left.unique) {
      std::vector<int> columns;
      for (const IndexItem& item : left_definition.items) columns.push_back(item.is_column ? item.column : -1);
      compare_nulls(columns, left_definition.many_nulls, right_definition.many_nulls, "index", names);
      compare_duplicates(context_, pair_, "index", names, left.ignores_duplicates, right.ignores_duplicates);
    }
    if (comparer_.nulls_differ(left_definition, right_definition)) {
      context_.report_changed("index-nulls", pair_, "index", names, describe(left, true), describe(right, true),
                              "the place of NULLs");
    }
    if (left.valid != right.valid) {
      const auto words = [](const Index& index) { return index.valid ? "valid" : "disabled or invalid"; };
      context_.report_changed("index-invalid", pair_, "index", names, words(left), words(right), "the state");
    }
    context_.compare_given_names(pair_, "index", left.name, false, right.name, false);
    context_.compare_comments(pair_, "index", names, left.comment, right.comment);
  }

  void pair_equal_indexes() {
    const auto match = [&](std::size_t l, std::size_t r) {
      return comparer_.compare(left_definitions_[l], right_definitions_[r]);
    };
    const auto same = [&](std::size_t l, std::size_t r) {
      const ExpressionMatch found = match(l, r);
      return found == ExpressionMatch::same || found == ExpressionMatch::same_with_caveat;
    };
    const auto not_understood = [&](std::size_t l, std::size_t r) {
      return match(l, r) == ExpressionMatch::not_understood;
    };
    const auto on_pair = [&](std::size_t l, std::size_t r) { on_equal_indexes(l, r); };
    open_indexes_.pair_off([&](std::size_t l, std::size_t r) { return same_index_name(l, r) && same(l, r); }, on_pair);
    open_indexes_.pair_off(same, on_pair);
    if (open_indexes_.left.empty() || open_indexes_.right.empty()) return;
    // Nobody can tell whether these are the same; they are shown as one thing where they are one in all likelihood.
    open_indexes_.pair_off([&](std::size_t l, std::size_t r) { return same_index_name(l, r) && not_understood(l, r); },
                           on_pair);
    open_indexes_.pair_off(not_understood, on_pair);
  }

  void on_key_with_index(const Key& key, const Index& index, const IndexDefinition& definition, bool key_on_left) {
    ++context_.result.counts.keys;
    const std::string key_text = "constraint " + describe(key, false);
    const std::string index_text = "index " + describe(index);
    Names names{
        key_on_left ? display_name(key.name, key.system_named, index.name, false, describe(key, false)) : index.name,
        key.name, index.name};
    if (!key_on_left) std::swap(names.left, names.right);
    if (context_.same_engine) {
      context_.report_changed("unique-as-index", pair_, "unique constraint", names, key_on_left ? key_text : index_text,
                              key_on_left ? index_text : key_text, "the form");
    }
    const bool left_many = key_on_left ? !key.nulls_not_distinct : definition.many_nulls;
    const bool right_many = key_on_left ? definition.many_nulls : !key.nulls_not_distinct;
    compare_nulls(definition.as_constraint(), left_many, right_many, "unique constraint", names);
    // An index checks every row at once.
    const std::string of_key = deferral_words(key.deferrable, key.initially_deferred);
    const std::string of_index = deferral_words(false, false);
    compare_deferral(key_on_left ? of_key : of_index, key_on_left ? of_index : of_key, names);
    compare_key_state(key_on_left ? key.enforced : index.valid, key_on_left ? index.valid : key.enforced, names);
    compare_duplicates(context_, pair_, "unique constraint", names,
                       key_on_left ? key.ignores_duplicates : index.ignores_duplicates,
                       key_on_left ? index.ignores_duplicates : key.ignores_duplicates);
    context_.compare_comments(pair_, "unique constraint", names, key_on_left ? key.comment : index.comment,
                              key_on_left ? index.comment : key.comment);
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

  /// A unique index that is called like a constraint of the other side, and is for other columns or rows.
  void pair_keys_with_indexes_by_name(bool keys_on_left) {
    auto& key_list = keys_on_left ? open_keys_.left : open_keys_.right;
    auto& index_list = keys_on_left ? open_indexes_.right : open_indexes_.left;
    const auto& keys = keys_on_left ? left_keys_ : right_keys_;
    const auto& indexes = keys_on_left ? right_indexes_ : left_indexes_;
    std::erase_if(key_list, [&](std::size_t k) {
      const Key& key = keys[k];
      const auto match = std::find_if(index_list.begin(), index_list.end(), [&](std::size_t i) {
        return indexes[i].unique && !key.name.empty() && context_.same_word(key.name, indexes[i].name);
      });
      if (match == index_list.end()) return false;
      const Index& index = indexes[*match];
      std::string left_text = describe(key, false);
      std::string right_text = "index " + describe(index);
      Names names{key.name, key.name, index.name};
      if (!keys_on_left) {
        std::swap(left_text, right_text);
        std::swap(names.left, names.right);
        names.shown = index.name;
      }
      context_.report_changed("unique-columns", pair_, "unique constraint", names, std::move(left_text),
                              std::move(right_text), "the definition");
      index_list.erase(match);
      return true;
    });
  }

  void pair_changed() {
    open_keys_.pair_off([&](std::size_t l, std::size_t r) { return same_key_name(l, r); },
                        [&](std::size_t l, std::size_t r) {
                          context_.report_changed("unique-columns", pair_, "unique constraint",
                                                  Names::of(left_keys_[l], right_keys_[r]),
                                                  describe_names(left_keys_[l].columns),
                                                  describe_names(right_keys_[r].columns), "the columns");
                        });
    pair_keys_with_indexes_by_name(true);
    pair_keys_with_indexes_by_name(false);
    const auto on_pair = [&](std::size_t l, std::size_t r) {
      std::string left_text = describe(left_indexes_[l]);
      std::string right_text = describe(right_indexes_[r]);
      if (left_text == right_text) {
        left_text = describe(left_indexes_[l], true);
        right_text = describe(right_indexes_[r], true);
      }
      Difference& reported = context_.report_changed("index-changed", pair_, "index",
                                                     names_of_indexes(left_indexes_[l], right_indexes_[r]),
                                                     std::move(left_text), std::move(right_text), "the definition");
      const auto& left_form = left_definitions_[l].predicate_form;
      const auto& right_form = right_definitions_[r].predicate_form;
      if (left_form && left_form->understood) reported.left_side.understood = left_form->form;
      if (right_form && right_form->understood) reported.right_side.understood = right_form->form;
    };
    open_indexes_.pair_off([&](std::size_t l, std::size_t r) { return same_index_name(l, r); }, on_pair);
    open_indexes_.pair_off(
        [&](std::size_t l, std::size_t r) { return comparer_.same_keys(left_definitions_[l], right_definitions_[r]); },
        on_pair);
  }

  /// What of the other side answers the queries that the index answers, in words; empty when nothing does.
  std::string covering(IndexDefinition& index, bool on_left) {
    const catalog::Table& other = pair_.side(!on_left);
    const auto covers = [&](const Key& key) {
      if (!key.enforced) return false;
      IndexDefinition definition = define_index(context_, pair_, !on_left, key);
      return comparer_.covers(index, on_left, definition);
    };
    if (other.primary_key && covers(*other.primary_key)) return describe(*other.primary_key, true);
    for (const Key& key : other.unique_constraints) {
      if (covers(key)) return describe(key, false);
    }
    std::vector<IndexDefinition>& definitions = on_left ? right_definitions_ : left_definitions_;
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      if (!other.indexes[i].valid || !comparer_.covers(index, on_left, definitions[i])) continue;
      return "index " + describe(other.indexes[i]);
    }
    return "";
  }

  void report_index(std::size_t position, bool on_left) {
    const Index& index = (on_left ? left_indexes_ : right_indexes_)[position];
    const Names names = Names::only(on_left, index.name, display_name(index.name, false, "", true, describe(index)));
    const std::string other = covering((on_left ? left_definitions_ : right_definitions_)[position], on_left);
    if (other.empty()) {
      context_.report_absent("index-missing", "index-extra", pair_, "index", names, on_left, describe(index));
      return;
    }
    const std::string text = describe(index);
    context_.report(
        "index-covered", pair_, "index", names, on_left ? text : "covered by " + other,
        on_left ? "covered by " + other : text,
        fmt::format("Index {} of {} exists on {} only; on {}, {} begins with the same columns.", names.shown,
                    pair_.table(), context_.side_word(on_left), context_.side_word(!on_left), other));
  }

  void report_rest() {
    const auto report_key = [&](const Key& key, bool on_left) {
      const std::string definition = describe(key, false);
      context_.report_absent(
          "unique-missing", "unique-extra", pair_, "unique constraint",
          Names::only(on_left, key.name, display_name(key.name, key.system_named, "", true, definition)), on_left,
          definition);
    };
    for (const std::size_t l : open_keys_.left) report_key(left_keys_[l], true);
    for (const std::size_t r : open_keys_.right) report_key(right_keys_[r], false);
    for (const std::size_t l : open_indexes_.left) report_index(l, true);
    for (const std::size_t r : open_indexes_.right) report_index(r, false);
  }

  bool same_key_name(std::size_t l, std::size_t r) const {
    return !left_keys_[l].name.empty() && context_.same_word(left_keys_[l].name, right_keys_[r].name);
  }
  bool same_index_name(std::size_t l, std::size_t r) const {
    return !left_indexes_[l].name.empty() && context_.same_word(left_indexes_[l].name, right_indexes_[r].name);
  }

  CompareContext& context_;
  const TablePair& pair_;
  IndexComparer comparer_;
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
  const catalog::Table& left = *pair.left;
  const catalog::Table& right = *pair.right;
  if (left.unique_constraints.empty() && right.unique_constraints.empty() && left.indexes.empty() &&
      right.indexes.empty()) {
    return;
  }
  // Nearly all tables of two databases of one engine are equal, and need no more than this.
  if (context.same_engine && left.unique_constraints == right.unique_constraints && left.indexes == right.indexes) {
    context.result.counts.keys += left.unique_constraints.size();
    context.result.counts.indexes += left.indexes.size();
    return;
  }
  IndexDiffer(context, pair).run();
}

}  // namespace paripassu::parity
