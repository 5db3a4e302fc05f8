#include "harness/parity/suggest_plan.h"

namespace paripassu::parity {

using catalog::Check;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;

bool Suggester::same_text(const Ddl& one, const Ddl& other) {
  return !one.statements.empty() && one.statements == other.statements;
}

void Suggester::on_foreign_key(const TurnedDifference& turned) {
  SuggestedTable* table = paired_table(turned);
  if (table == nullptr) return not_found();
  const ForeignKey* own = find_named(table->target->foreign_keys, turned.target->name);
  const ForeignKey* source = find_named(table->source->foreign_keys, turned.source->name);
  if (turned.code == "foreign-key-extra" && own != nullptr) return drop(*table, *own, *turned.difference);
  if (source == nullptr || (own == nullptr && turned.code != "foreign-key-missing")) return not_found();
  Worded<ForeignKey> wanted = words_.foreign_key(*table, *source);
  if (own == nullptr) {
    wanted.object = named(*table, std::move(wanted.object));
  } else {
    if (handled_twice(own)) return;
    wanted.object.name = own->system_named ? std::string() : own->name;
    const Ddl ddl = writer_.add_foreign_key(ddl_table(*table), wanted.object);
    if (same_text(ddl, writer_.add_foreign_key(ddl_table(*table), words_.own_foreign_key(*table, *own).object))) {
      return say_no_words(ddl);
    }
    drop(*table, *own, *turned.difference);
  }
  Ddl ddl = writer_.add_foreign_key(ddl_table(*table), wanted.object);
  add(Phase::add_foreign_key, std::move(ddl), {}, std::move(wanted.remarks));
  comment_new(CommentedObject::Kind::constraint, *table, wanted.object.name, source->comment);
}

bool Suggester::handled_twice(const void* own) {
  if (dropped_.count(own) == 0) return false;
  answered_ = true;
  return true;
}

void Suggester::say_no_words(const Ddl& ddl) {
  std::vector<std::string> remarks = ddl.remarks;
  if (remarks.empty()) remarks.emplace_back("This engine cannot express what differs.");
  add(Phase::undecided, {}, {}, std::move(remarks));
}

void Suggester::on_check(const TurnedDifference& turned) {
  SuggestedTable* table = paired_table(turned);
  if (table == nullptr) return not_found();
  const Check* own = find_named(table->target->checks, turned.target->name);
  const Check* source = find_named(table->source->checks, turned.source->name);
  if (turned.code == "check-extra" && own != nullptr) return drop(*table, *own, *turned.difference);
  if (source == nullptr || (own == nullptr && turned.code != "check-missing")) return not_found();
  Worded<Check> wanted = words_.check(*table, *source);
  if (!wanted.complete) {
    add(Phase::undecided, {}, {}, std::move(wanted.remarks));
    return;
  }
  if (own == nullptr) {
    wanted.object = named(*table, std::move(wanted.object));
  } else {
    if (handled_twice(own)) return;
    wanted.object.name = own->system_named ? std::string() : own->name;
    const Worded<Check> as_is = words_.own_check(*table, *own);
    const Ddl ddl = writer_.add_check(ddl_table(*table), wanted.object);
    if (same_text(ddl, writer_.add_check(ddl_table(*table), as_is.object))) return say_no_words(ddl);
    drop(*table, *own, *turned.difference);
  }
  Ddl ddl = writer_.add_check(ddl_table(*table), wanted.object);
  add(Phase::add_check, std::move(ddl), {}, std::move(wanted.remarks));
  comment_new(CommentedObject::Kind::constraint, *table, wanted.object.name, source->comment);
}

Suggester::UniqueObject Suggester::find_unique(const Table& table, const std::string& name, bool primary) {
  UniqueObject out;
  out.primary = primary;
  if (primary) {
    if (table.primary_key && !name.empty()) out.key = &*table.primary_key;
  } else {
    out.key = find_named(table.unique_constraints, name);
    if (out.key == nullptr) out.index = find_named(table.indexes, name);
  }
  return out;
}

void Suggester::on_key(const TurnedDifference& turned) {
  SuggestedTable* table = paired_table(turned);
  if (table == nullptr) return not_found();
  if (turned.code == "unique-as-index") return remark("No statement: rows are equally unique on both sides.");
  const bool primary = turned.difference->kind == "primary key";
  const UniqueObject own = find_unique(*table->target, turned.target->name, primary);
  const UniqueObject source = find_unique(*table->source, turned.source->name, primary);
  if (turned.code.ends_with("-extra") && own) return drop(*table, own);
  if (!source || (!own && !turned.code.ends_with("-missing"))) return not_found();
  if (own && handled_twice(own.address())) return;

  std::string name;
  if (own) name = own.index != nullptr ? own.index->name : own.key->system_named ? std::string() : own.key->name;
  Ddl ddl;
  std::vector<std::string> remarks;
  std::string made;
  std::optional<Key> made_key;
  std::optional<std::string> comment;
  bool complete = true;
  // The name is taken last: until its own object is dropped it is not free.
  const auto make = [&](std::string chosen) {
    made = chosen;
    if (source.key != nullptr) {
      Worded<Key> wanted = words_.key(*table, *source.key);
      wanted.object.name = std::move(chosen);
      ddl = writer_.add_key(ddl_table(*table), wanted.object, primary);
      made_key = wanted.object;
      comment = source.key->comment;
      remarks = std::move(wanted.remarks);
    } else {
      Worded<Index> wanted = words_.index(*table, *source.index, false);
      wanted.object.name = std::move(chosen);
      complete = wanted.complete;
      if (complete) ddl = writer_.add_index(ddl_table(*table), wanted.object);
      comment = source.index->comment;
      remarks = std::move(wanted.remarks);
    }
  };
  if (own) {
    make(name.empty() && source.index != nullptr ? source.index->name : name);
    const Ddl as_is = own.key != nullptr
                          ? writer_.add_key(ddl_table(*table), words_.own_key(*table, *own.key).object, primary)
                          : writer_.add_index(ddl_table(*table), words_.own_index(*table, *own.index).object);
    if (same_text(ddl, as_is)) return say_no_words(ddl);
    if (complete && !ddl.statements.empty()) drop(*table, own);
  } else {
    const bool unnamed = source.key != nullptr && source.key->system_named;
    const std::string& wanted_name = source.key != nullptr ? source.key->name : source.index->name;
    make(unnamed ? std::string() : names_.free_name(table->schema, table->name, wanted_name));
  }
  add(Phase::add_key, std::move(ddl), {}, std::move(remarks));
  if (steps_.back().phase != Phase::add_key) return;
  if (made_key) {
    comment_new_key(*table, *made_key, primary, comment);
  } else {
    comment_new(CommentedObject::Kind::index, *table, made, comment);
  }
}

void Suggester::on_key_state(const TurnedDifference& turned, const SuggestedTable& table) {
  const bool primary = turned.difference->kind == "primary key";
  const UniqueObject own = find_unique(*table.target, turned.target->name, primary);
  if (!own) return not_found();
  if (own.key != nullptr ? own.key->enforced : own.index->valid) {
    return remark("No statement: the index is invalid or disabled on the other side only.");
  }
  Index index;
  index.name = own.key != nullptr ? own.key->name : own.index->name;
  add(Phase::add_index, writer_.rebuild_index(ddl_table(table), index));
}

void Suggester::on_index(const TurnedDifference& turned) {
  SuggestedTable* table = paired_table(turned);
  if (table == nullptr) return remark("No statement: indexes of views are changed by hand.");
  if (turned.code == "index-invalid" && turned.difference->kind != "index") return on_key_state(turned, *table);
  const Index* own = find_named(table->target->indexes, turned.target->name);
  const Index* source = find_named(table->source->indexes, turned.source->name);
  if (turned.code == "index-covered") {
    return remark("No statement: another index covers it, so that nothing is missing.");
  }
  if (turned.code == "index-extra" && own != nullptr) return drop(*table, *own, *turned.difference);
  if (source == nullptr || (own == nullptr && turned.code != "index-missing")) return not_found();
  if (turned.code == "index-invalid") {
    if (!source->valid) return remark("No statement: the index is invalid or disabled on the other side only.");
    add(Phase::add_index, writer_.rebuild_index(ddl_table(*table), *own));
    return;
  }
  Worded<Index> wanted = words_.index(*table, *source, turned.code == "index-nulls");
  if (!wanted.complete) {
    add(Phase::undecided, {}, {}, std::move(wanted.remarks));
    return;
  }
  if (own == nullptr) {
    wanted.object = named(*table, std::move(wanted.object));
  } else {
    if (handled_twice(own)) return;
    wanted.object.name = own->name;
    const Ddl ddl = writer_.add_index(ddl_table(*table), wanted.object);
    if (ddl.statements.empty() ||
        same_text(ddl, writer_.add_index(ddl_table(*table), words_.own_index(*table, *own).object))) {
      return say_no_words(ddl);
    }
    drop(*table, *own, *turned.difference);
  }
  Ddl ddl = writer_.add_index(ddl_table(*table), wanted.object);
  const bool made = !ddl.statements.empty();
  add(Phase::add_index, std::move(ddl), {}, std::move(wanted.remarks));
  if (made) comment_new(CommentedObject::Kind::index, *table, wanted.object.name, source->comment);
}

}  // namespace paripassu::parity
