#include "harness/parity/suggest_plan.h"

#include <fmt/format.h>

namespace paripassu::parity {

using catalog::Check;
using catalog::Column;
using catalog::Index;
using catalog::Key;
using catalog::Sequence;

void Suggester::comment_new_table(const SuggestedTable& table, const Table& wanted) {
  comment_new(CommentedObject::Kind::table, table, {}, table.source->comment);
  for (const Column& column : wanted.columns) {
    comment_new(CommentedObject::Kind::column, table, column.name, column.comment);
  }
  if (wanted.primary_key) {
    comment_new(CommentedObject::Kind::constraint, table, wanted.primary_key->name, wanted.primary_key->comment);
  }
  for (const Key& key : wanted.unique_constraints) comment_new_key(table, key, false, key.comment);
  for (const Check& check : wanted.checks) {
    comment_new(CommentedObject::Kind::constraint, table, check.name, check.comment);
  }
  for (const Index& index : wanted.indexes) {
    comment_new(CommentedObject::Kind::index, table, index.name, index.comment);
  }
}

void Suggester::comment_new_key(const SuggestedTable& table, const Key& key, bool primary,
                                const std::optional<std::string>& comment, const Difference* cause) {
  const bool index = !primary && writer_.key_is_index(ddl_table(table), key);
  comment_new(index ? CommentedObject::Kind::index : CommentedObject::Kind::constraint, table, key.name, comment,
              cause);
}

void Suggester::comment_new(CommentedObject::Kind kind, const SuggestedTable& table, const std::string& name,
                            const std::optional<std::string>& comment, const Difference* cause) {
  if (!comment) return;
  const Difference& difference = cause != nullptr ? *cause : *current_->difference;
  if (name.empty() && kind != CommentedObject::Kind::table) {
    add_for(difference, Phase::undecided,
            {{}, {fmt::format("Its comment is left out, since the server gives the name: {}", *comment)}});
    return;
  }
  add_for(difference, Phase::restore_comment,
          writer_.set_comment({kind, table.schema, table.name, name, false}, std::nullopt, comment), "its comment");
}

void Suggester::on_constraint_renamed(const TurnedDifference& turned) {
  SuggestedTable* table = paired_table(turned);
  if (table == nullptr || turned.source->name.empty()) return not_found();
  const Table& target = *table->target;
  const std::string& name = turned.target->name;
  const bool is_index = find_named(target.indexes, name) != nullptr;
  const bool known = is_index || find_unique(target, name, false) || find_named(target.checks, name) != nullptr ||
                     find_named(target.foreign_keys, name) != nullptr ||
                     (target.primary_key && target.primary_key->name == name);
  if (!known) return not_found();
  add(Phase::rename_constraint,
      writer_.rename_constraint(ddl_table(*table), turned.target->name, turned.source->name, is_index));
}

void Suggester::on_comment(const TurnedDifference& turned) {
  const std::optional<Commented> found = find_commented(turned);
  if (!found) return remark(fmt::format("No statement: the comment of a {} is set by hand.", turned.difference->kind));
  if (found->own != nullptr && dropped_.count(found->own) != 0 && remade_.count(found->own) == 0) {
    answered_ = true;  // made anew as the other side has it, comment and all
    return;
  }
  add(Phase::comment, writer_.set_comment(found->object, found->before, found->after));
}

std::optional<Suggester::Commented> Suggester::find_commented(const TurnedDifference& turned) {
  using Kind = CommentedObject::Kind;
  const std::string& kind = turned.difference->kind;
  Commented out;
  if (kind == "schema" || kind == "sequence") {
    const Schema* source =
        source_.catalog.find_schema(turned.source->schema.empty() ? turned.source->name : turned.source->schema);
    const std::string& target_name = turned.target->schema.empty() ? turned.target->name : turned.target->schema;
    const Schema* own = target_.catalog.find_schema(
        !target_name.empty() || source == nullptr ? target_name : names_.schema(source->name));
    if (source == nullptr || own == nullptr) return std::nullopt;
    out.object = {Kind::schema, own->name, "", "", false};
    out.before = own->comment;
    out.after = source->comment;
    if (kind == "schema") return out;
    const Sequence* wanted = find_named(source->sequences, turned.source->name);
    const Sequence* is = find_named(own->sequences, turned.target->name);
    if (wanted == nullptr || is == nullptr) return std::nullopt;
    return Commented{{Kind::sequence, own->name, "", is->name, false}, is->comment, wanted->comment, nullptr};
  }
  if (SuggestedTable* table = paired_table(turned)) return find_commented_part(*table, turned);
  return find_commented_view(turned);
}

std::optional<Suggester::Commented> Suggester::find_commented_part(const SuggestedTable& table,
                                                                   const TurnedDifference& turned) {
  using Kind = CommentedObject::Kind;
  const std::string& kind = turned.difference->kind;
  const std::string& source_name = turned.source->name;
  const std::string& own_name = turned.target->name;
  Commented out;
  out.object = {Kind::table, table.schema, table.name, "", false};
  const auto fill = [&](Kind object_kind, const auto* wanted, const auto* own) -> std::optional<Commented> {
    if (wanted == nullptr || own == nullptr) return std::nullopt;
    out.object.kind = object_kind;
    out.object.name = own->name;
    out.before = own->comment;
    out.after = wanted->comment;
    out.own = own;
    return out;
  };
  const Table& source = *table.source;
  const Table& target = *table.target;
  if (kind == "table") {
    out.before = target.comment;
    out.after = source.comment;
    return out;
  }
  if (kind == "column") {
    auto found = fill(Kind::column, find_named(source.columns, source_name), find_named(target.columns, own_name));
    if (found) found->object.name = table.own_column(own_name);
    return found;
  }
  if (kind == "primary key" && source.primary_key && target.primary_key) {
    return fill(Kind::constraint, &*source.primary_key, &*target.primary_key);
  }
  if (kind == "foreign key") {
    return fill(Kind::constraint, find_named(source.foreign_keys, source_name),
                find_named(target.foreign_keys, own_name));
  }
  if (kind == "check") {
    return fill(Kind::constraint, find_named(source.checks, source_name), find_named(target.checks, own_name));
  }
  // A unique constraint may stand beside an index.
  const UniqueObject wanted = find_unique(source, source_name, false);
  const UniqueObject own = find_unique(target, own_name, false);
  if (!wanted || !own) return std::nullopt;
  out.object.kind = own.key != nullptr ? Kind::constraint : Kind::index;
  out.object.name = own_name;
  out.before = own.key != nullptr ? own.key->comment : own.index->comment;
  out.after = wanted.key != nullptr ? wanted.key->comment : wanted.index->comment;
  out.own = own.address();
  return out;
}

std::optional<Suggester::Commented> Suggester::find_commented_view(const TurnedDifference& turned) {
  using Kind = CommentedObject::Kind;
  const auto find_view = [](const catalog::Catalog& catalog, const DifferenceSide& side) -> const catalog::View* {
    const Schema* schema = catalog.find_schema(side.schema);
    return schema != nullptr ? find_named(schema->views, side.table.empty() ? side.name : side.table) : nullptr;
  };
  const catalog::View* source = find_view(source_.catalog, *turned.source);
  const catalog::View* own = find_view(target_.catalog, *turned.target);
  if (source == nullptr || own == nullptr) return std::nullopt;
  const std::string& schema = turned.target->schema;
  if (turned.difference->kind == "view") {
    const Kind kind = own->materialized ? Kind::materialized_view : Kind::view;
    return Commented{{kind, schema, own->name, "", true}, own->comment, source->comment, nullptr};
  }
  if (turned.difference->kind != "column") return std::nullopt;
  const Column* wanted = find_named(source->columns, turned.source->name);
  const Column* is = find_named(own->columns, turned.target->name);
  if (wanted == nullptr || is == nullptr) return std::nullopt;
  return Commented{{Kind::column, schema, own->name, is->name, true}, is->comment, wanted->comment, nullptr};
}

}  // namespace paripassu::parity
