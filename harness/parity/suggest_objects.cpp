#include "harness/parity/suggest_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace paripassu::parity {

using catalog::Check;
using catalog::Column;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;
using catalog::Sequence;

void Suggester::on_table(const TurnedDifference& turned) {
  SuggestedTable* table = table_of(turned);
  if (table == nullptr) return not_found();
  if (turned.code == "table-missing" && table->source != nullptr) {
    create_table(*table);
  } else if (turned.code == "table-extra" && table->target != nullptr) {
    by_hand(writer_.drop_table(ddl_table(*table)), "Only this side has the table. To drop it loses its rows:");
  } else if (turned.code == "table-renamed" && table->target != nullptr) {
    add(Phase::rename, writer_.rename_table({table->schema, *table->target}, table->name), {},
        {"The tables are alike in all but their names, so it is taken for renamed; if it is another one, create it."});
  } else if (turned.code == "table-unlogged" && table->source != nullptr) {
    add(Phase::alter_column, writer_.set_persistent(ddl_table(*table), table->source->persistent));
  } else {
    remark("No statement: it must be changed by hand.");
  }
}

void Suggester::create_table(SuggestedTable& table) {
  const Table& source = *table.source;
  if (!source.partition_of.empty() || source.foreign) {
    return remark(
        fmt::format("No statement: a {} must be made by hand.", source.foreign ? "foreign table" : "partition"));
  }
  std::vector<std::string> remarks;
  const auto keep_remarks = [&](std::vector<std::string>& more) {
    std::move(more.begin(), more.end(), std::back_inserter(remarks));
  };
  Table wanted;
  wanted.name = table.name;
  wanted.persistent = source.persistent;
  wanted.partition_key = source.partition_key;
  for (const Column& column : source.columns) {
    Worded<Column> worded = words_.column(table, column);
    keep_remarks(worded.remarks);
    wanted.columns.push_back(std::move(worded.object));
  }
  table.state.columns = wanted.columns;
  if (source.primary_key) {
    Worded<Key> key = words_.key(table, *source.primary_key);
    wanted.primary_key = named(table, std::move(key.object));
  }
  for (const Key& one : source.unique_constraints) {
    Worded<Key> key = words_.key(table, one);
    wanted.unique_constraints.push_back(named(table, std::move(key.object)));
  }
  for (const Check& one : source.checks) {
    Worded<Check> check = words_.check(table, one);
    keep_remarks(check.remarks);
    if (check.complete) wanted.checks.push_back(named(table, std::move(check.object)));
  }
  std::vector<Index> indexes;
  for (const Index& one : source.indexes) {
    Worded<Index> index = words_.index(table, one, false);
    if (index.complete) {
      index.object.name = names_.free_name(table.schema, table.name, index.object.name);
      indexes.push_back(index.object);
      wanted.indexes.push_back(std::move(index.object));
    } else {
      remarks.push_back(fmt::format("Index {} is left out.", one.name));
    }
    keep_remarks(index.remarks);
  }
  table.state = wanted;
  add(Phase::create_table, writer_.create_table(ddl_table(table)), {}, std::move(remarks));
  if (steps_.back().phase != Phase::create_table) return;
  for (const Index& index : indexes) add(Phase::add_index, writer_.add_index(ddl_table(table), index), "its index");
  for (const ForeignKey& one : source.foreign_keys) {
    Worded<ForeignKey> key = words_.foreign_key(table, one);
    add(Phase::add_foreign_key, writer_.add_foreign_key(ddl_table(table), named(table, std::move(key.object))),
        "its foreign key");
  }
  comment_new_table(table, wanted);
}

void Suggester::on_schema(const TurnedDifference& turned) {
  if (turned.code == "schema-extra") {
    return remark("Only this side has the schema. To drop it loses all that is in it: DROP SCHEMA.");
  }
  const Schema* schema = source_.catalog.find_schema(turned.source->name);
  if (schema == nullptr) schema = source_.catalog.find_schema(turned.source->schema);
  if (schema == nullptr) return not_found();
  const std::string name = names_.schema(schema->name);
  add(Phase::schema, writer_.create_schema(name));
  if (schema->comment) {
    add(Phase::restore_comment,
        writer_.set_comment({CommentedObject::Kind::schema, name, "", "", false}, std::nullopt, schema->comment),
        "its comment");
  }
  for (const catalog::UserType& type : schema->types) {
    if (words_.same_engine()) create_type(name, type, "its type " + type.name);
  }
  for (const Sequence& sequence : schema->sequences) create_sequence(*schema, sequence, "its sequence");
  for (const Table& table : schema->tables) {
    if (SuggestedTable* pair = names_.find_source(schema->name, table.name)) create_table(*pair);
  }
  if (!schema->views.empty() || !schema->routines.empty()) {
    remark(fmt::format("{} views and {} routines of the schema must be made by hand.", schema->views.size(),
                       schema->routines.size()));
  }
}

void Suggester::create_sequence(const Schema& schema, const Sequence& sequence, std::string detail) {
  if (!sequence.owned_by.empty()) return;  // made with its column
  const std::string name = names_.schema(schema.name);
  Worded<Sequence> wanted = words_.sequence(sequence);
  add(Phase::sequence, writer_.create_sequence(name, wanted.object), std::move(detail), std::move(wanted.remarks));
  if (!sequence.comment) return;
  add(Phase::restore_comment,
      writer_.set_comment({CommentedObject::Kind::sequence, name, "", wanted.object.name, false}, std::nullopt,
                          sequence.comment),
      "its comment");
}

void Suggester::on_sequence(const TurnedDifference& turned) {
  const Schema* source_schema = source_.catalog.find_schema(turned.source->schema);
  const Schema* target_schema = target_.catalog.find_schema(turned.target->schema);
  const Sequence* source =
      source_schema != nullptr ? find_named(source_schema->sequences, turned.source->name) : nullptr;
  const Sequence* own = target_schema != nullptr ? find_named(target_schema->sequences, turned.target->name) : nullptr;
  if (turned.code == "sequence-missing" && source != nullptr) return create_sequence(*source_schema, *source, {});
  if (turned.code == "sequence-extra" && own != nullptr) {
    return by_hand(writer_.drop_sequence(target_schema->name, *own),
                   "Only this side has the sequence. To drop it loses where it stands:");
  }
  if (source == nullptr || own == nullptr) return not_found();
  Worded<Sequence> wanted = words_.sequence(*source);
  add(Phase::sequence, writer_.alter_sequence(target_schema->name, *own, wanted.object), {}, std::move(wanted.remarks));
}

void Suggester::on_type_missing(const TurnedDifference& turned) {
  const Schema* schema = source_.catalog.find_schema(turned.source->schema);
  const catalog::UserType* type = schema != nullptr ? find_named(schema->types, turned.source->name) : nullptr;
  if (type == nullptr) return not_found();
  create_type(names_.schema(schema->name), *type, {});
}

void Suggester::create_type(const std::string& schema, const catalog::UserType& type, std::string detail) {
  std::string problem = words_.default_problem(type);
  Ddl ddl = problem.empty() ? writer_.create_type(schema, type) : Ddl{{}, {std::move(problem)}};
  add(Phase::type, std::move(ddl), std::move(detail));
}

}  // namespace paripassu::parity
