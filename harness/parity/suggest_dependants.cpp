#include "harness/parity/suggest_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace paripassu::parity {

using catalog::Check;
using catalog::Column;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;

void Suggester::drop(const SuggestedTable& table, const ForeignKey& key, const Difference& why, std::string detail) {
  if (!first_drop(&key)) return;
  names_.release(table.schema, key.name);
  add_for(why, Phase::drop_foreign_key, writer_.drop_foreign_key(ddl_table(table), key), std::move(detail));
}

void Suggester::drop(const SuggestedTable& table, const Check& check, const Difference& why, std::string detail) {
  if (!first_drop(&check)) return;
  names_.release(table.schema, check.name);
  add_for(why, Phase::drop_check, writer_.drop_check(ddl_table(table), check), std::move(detail));
}

void Suggester::drop(const SuggestedTable& table, const Index& index, const Difference& why, std::string detail) {
  if (!first_drop(&index)) return;
  names_.release(table.schema, index.name);
  add_for(why, Phase::drop_index, writer_.drop_index(ddl_table(table), index), std::move(detail));
  if (index.unique) free_referenced(table, key_columns(index), why);
}

void Suggester::drop(const SuggestedTable& table, const Key& key, bool primary, const Difference& why,
                     std::string detail) {
  if (!first_drop(&key)) return;
  names_.release(table.schema, key.name);
  add_for(why, Phase::drop_key, writer_.drop_key(ddl_table(table), key, primary), std::move(detail));
  free_referenced(table, key.columns, why);
}

std::vector<std::string> Suggester::key_columns(const Index& index) {
  std::vector<std::string> out;
  for (const catalog::IndexColumn& column : index.columns) out.push_back(column.column);
  return out;
}

void Suggester::free_referenced(const SuggestedTable& table, std::vector<std::string> columns, const Difference& why) {
  dropped_keys_.push_back({&table, std::move(columns), &why});
}

void Suggester::free_all_referenced() {
  for (const DroppedKey& dropped : dropped_keys_) free_references_to(*dropped.table, dropped.columns, *dropped.why);
  dropped_keys_.clear();
}

void Suggester::free_references_to(const SuggestedTable& table, const std::vector<std::string>& columns,
                                   const Difference& why) {
  for (const SuggestedTable& other : names_.tables()) {
    if (other.target == nullptr) continue;
    for (const ForeignKey& key : other.target->foreign_keys) {
      if (names_.find_target(key.referenced_schema, key.referenced_table) != &table) continue;
      const bool same = key.referenced_columns.size() == columns.size() &&
                        std::is_permutation(columns.begin(), columns.end(), key.referenced_columns.begin());
      if (same) remake(other, key, why, fmt::format("foreign key {} of {} refers to the key", key.name, other.name));
    }
  }
}

void Suggester::remake(const SuggestedTable& table, const ForeignKey& key, const Difference& why,
                       const std::string& detail) {
  if (is_dropped(key)) return;
  drop(table, key, why, detail);
  remade_.insert(&key);
  Worded<ForeignKey> own = words_.own_foreign_key(table, key);
  add_for(why, Phase::add_foreign_key, writer_.add_foreign_key(ddl_table(table), own.object), detail);
  comment_new(CommentedObject::Kind::constraint, table, own.object.name, key.comment, &why);
}

void Suggester::remake(const SuggestedTable& table, const Check& check, const Difference& why,
                       const std::string& detail) {
  if (is_dropped(check)) return;
  Worded<Check> own = words_.own_check(table, check);
  Ddl ddl = own.complete ? writer_.add_check(ddl_table(table), own.object) : Ddl{};
  if (ddl.statements.empty()) return cannot_remake(why, detail, std::move(own.remarks), std::move(ddl));
  drop(table, check, why, detail);
  remade_.insert(&check);
  add_for(why, Phase::add_check, std::move(ddl), detail, std::move(own.remarks));
  comment_new(CommentedObject::Kind::constraint, table, own.object.name, check.comment, &why);
}

void Suggester::remake(const SuggestedTable& table, const Index& index, const Difference& why,
                       const std::string& detail) {
  if (is_dropped(index)) return;
  Worded<Index> own = words_.own_index(table, index);
  Ddl ddl = own.complete ? writer_.add_index(ddl_table(table), own.object) : Ddl{};
  if (ddl.statements.empty()) return cannot_remake(why, detail, std::move(own.remarks), std::move(ddl));
  drop(table, index, why, detail);
  remade_.insert(&index);
  add_for(why, Phase::add_index, std::move(ddl), detail, std::move(own.remarks));
  comment_new(CommentedObject::Kind::index, table, own.object.name, index.comment, &why);
}

void Suggester::remake(const SuggestedTable& table, const Key& key, bool primary, const Difference& why,
                       const std::string& detail) {
  if (is_dropped(key)) return;
  drop(table, key, primary, why, detail);
  remade_.insert(&key);
  Worded<Key> own = words_.own_key(table, key);
  add_for(why, Phase::add_key, writer_.add_key(ddl_table(table), own.object, primary), detail);
  comment_new_key(table, own.object, primary, key.comment, &why);
}

void Suggester::cannot_remake(const Difference& why, const std::string& detail, std::vector<std::string> remarks,
                              Ddl ddl) {
  std::move(ddl.remarks.begin(), ddl.remarks.end(), std::back_inserter(remarks));
  remarks.emplace_back("It stays, since no statement can make it again: drop it and make it again by hand.");
  add_for(why, Phase::undecided, {}, detail, std::move(remarks));
}

void Suggester::free_dependants() {
  for (const auto& [key, change] : changes_) {
    const auto& [table, name] = key;
    if (change.alters && change.retyped) free_default(*table, name, *change.difference);
    // Keys follow: then a change of nullability needs nothing at all.
    const bool needed = change.remade || change.retyped || (change.alters && !writer_.keys_follow_columns());
    if (needed) free_column(*table, name, *change.difference, change.remade);
  }
}

void Suggester::free_default(const SuggestedTable& table, const std::string& name, const Difference& why) {
  const Column& own = *find_named(table.target->columns, name);
  if (!has_default(own) || default_dropped_.count(&own) != 0 || default_set_.count(&own) != 0) return;
  Worded<Column> after = words_.own_default(table, own);
  if (!after.complete) return cannot_remake(why, "its default has the old type", std::move(after.remarks), {});
  drop_default(table, own, why, "its default has the old type");
  Column before = words_.own_column(table, own);
  before.default_value.reset();
  add_for(why, Phase::set_default, writer_.set_default(ddl_table(table), before, after.object),
          "its default has the new type", std::move(after.remarks));
}

void Suggester::free_column(const SuggestedTable& table, const std::string& name, const Difference& why, bool remade) {
  const auto uses = [&](std::string_view kind, const std::string& object) {
    return fmt::format("{} {} uses the column", kind, object);
  };
  const bool keys = remade || !writer_.keys_follow_columns();
  const Table& target = *table.target;
  for (const ForeignKey& key : target.foreign_keys) {
    if (contains(key.columns, name)) remake(table, key, why, uses("foreign key", key.name));
  }
  for (const SuggestedTable& other : names_.tables()) {
    if (other.target == nullptr) continue;
    for (const ForeignKey& key : other.target->foreign_keys) {
      if (contains(key.referenced_columns, name) &&
          names_.find_target(key.referenced_schema, key.referenced_table) == &table) {
        remake(other, key, why, uses("foreign key", key.name));
      }
    }
  }
  if (keys && target.primary_key && contains(target.primary_key->columns, name)) {
    remake(table, *target.primary_key, true, why, uses("primary key", target.primary_key->name));
  }
  for (const Key& key : target.unique_constraints) {
    if (keys && contains(key.columns, name)) remake(table, key, false, why, uses("unique constraint", key.name));
  }
  for (const Index& index : target.indexes) {
    if (index_uses(table, index, name, keys)) remake(table, index, why, uses("index", index.name));
  }
  for (const Check& check : target.checks) {
    if (contains(words_.mentioned(table, check.expression), name)) {
      remake(table, check, why, uses("check", check.name));
    }
  }
  for (const Column& column : target.columns) {
    if (!column.computed || computed_dropped_.count(&column) != 0 || column.name == name) continue;
    if (!contains(words_.mentioned(table, column.computed->expression), name)) continue;
    remake_own_computed(table, column, why);
  }
}

bool Suggester::index_uses(const SuggestedTable& table, const Index& index, const std::string& name, bool plain_ones) {
  if (index.predicate && contains(words_.mentioned(table, *index.predicate), name)) return true;
  for (const catalog::IndexColumn& column : index.columns) {
    if (column.column.empty()) {
      if (contains(words_.mentioned(table, {column.expression}), name)) return true;
    } else if (plain_ones && column.column == name) {
      return true;
    }
  }
  return plain_ones && contains(index.included, name);
}

void Suggester::remake_own_computed(const SuggestedTable& table, const Column& column, const Difference& why) {
  Worded<Column> own = words_.own_computation(table, column);
  if (!own.complete) {
    add_for(why, Phase::undecided, {}, fmt::format("computed column {} uses the column", column.name),
            std::move(own.remarks));
    return;
  }
  computed_dropped_.insert(&column);
  const std::string detail = fmt::format("computed column {} uses the column", column.name);
  add_for(why, Phase::drop_computed, writer_.drop_column(ddl_table(table), words_.own_column(table, column)), detail);
  add_for(why, Phase::add_computed, writer_.add_column(ddl_table(table), own.object), detail);
  comment_new(CommentedObject::Kind::column, table, own.object.name, column.comment, &why);
  free_column(table, column.name, why, true);
}

void Suggester::drop(const SuggestedTable& table, const UniqueObject& own) {
  if (own.key != nullptr) {
    drop(table, *own.key, own.primary, *current_->difference);
  } else {
    drop(table, *own.index, *current_->difference);
  }
}

}  // namespace paripassu::parity
