#include "harness/parity/suggest_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/names.h"

namespace paripassu::parity {
namespace {

using catalog::Check;
using catalog::Column;
using catalog::Expression;
using catalog::ExpressionTree;
using catalog::ForeignKey;
using catalog::Index;
using catalog::IndexColumn;
using catalog::Key;
using catalog::Sequence;
using Kind = ExpressionTree::Kind;

const ExpressionTree& without_casts(const ExpressionTree& tree) {
  const ExpressionTree* out = &tree;
  while (out->kind == Kind::cast && out->children.size() == 1) out = &out->children[0];
  return *out;
}

template <typename Object>
void note(Worded<Object>& worded, std::string_view what, const WrittenSql& written) {
  if (written.text.empty()) {
    worded.complete = false;
    worded.remarks.push_back(fmt::format("{} cannot be written: {}", what, written.remark));
  } else if (!written.remark.empty()) {
    worded.remarks.push_back(written.remark);
  }
}

/// Whether an expression can stand within a statement as the catalog has it: nothing in it could end the statement or
/// hide what follows, be it a comment, or a line that a client takes for its own. Literals with such texts are written
/// from the tree.
bool can_stand_as_printed(const std::string& printed, const DdlWriter& writer) {
  for (const std::string_view mark : {"--", "/*", "*/", ";"}) {
    if (printed.find(mark) != std::string::npos) return false;
  }
  return printed.find('\0') == std::string::npos && !writer.terminated(printed).empty();
}

std::vector<std::string> final_names(const SuggestedTable& table, const std::vector<std::string>& columns, bool own) {
  std::vector<std::string> out;
  for (const std::string& column : columns) out.push_back(own ? table.own_column(column) : table.column(column));
  return out;
}

}  // namespace

SuggestWords::SuggestWords(const SuggestSide& source, const SuggestSide& target, SuggestNames& names)
    : source_(source), target_(target), names_(names), same_engine_(source.catalog.engine == target.catalog.engine) {}

bool SuggestWords::translate(ExpressionTree& tree, const Use& use, std::string& problem) {
  switch (tree.kind) {
    case Kind::column:
      tree.text = use.own ? use.table.own_column(tree.text) : use.table.column(tree.text);
      break;
    case Kind::cast:
      if (!use.own && !same_engine_) {
        if (auto type = source_.writer.type_of_name(tree.text)) {
          if (!source_.catalog.genuine && tree.text.find('(') == std::string::npos) {
            // A stand-in prints its own words: without a length or precision, it means any.
            type->length.reset();
            type->precision.reset();
          }
          tree.text = target_.writer.translated_type(*type).text;
        }
      }
      break;
    case Kind::call:
      if (!use.own && tree.text == "next_value" && tree.children.size() == 1) {
        tree.children[0].text = names_.qualified(tree.children[0].text);
      } else if (!use.own && tree.text.find('.') != std::string::npos) {
        const std::string wanted = names_.qualified(tree.text);
        if (!names_.has_routine(wanted)) {
          problem = fmt::format("it calls {}, which is not there.", tree.text);
          return false;
        }
        tree.text = wanted;
      }
      break;
    default:
      break;
  }
  return std::all_of(tree.children.begin(), tree.children.end(),
                     [&](ExpressionTree& child) { return translate(child, use, problem); });
}

std::string SuggestWords::default_problem(const catalog::UserType& type) const {
  if (!type.default_value) return {};
  if (type.default_value->hidden) return "Its default is hidden from the user who read the catalog.";
  const ReadExpression read = source_.reader.read(type.default_value->printed);
  if (read.tree && can_stand_as_printed(type.default_value->printed, target_.writer)) return {};
  return fmt::format("Its default {} is not understood.", type.default_value->printed);
}

WrittenSql SuggestWords::write(const Expression& expression, const Use& use) {
  if (expression.hidden) return {"", "it is hidden from the user who read the catalog."};
  const SuggestSide& from = use.own ? target_ : source_;
  ReadExpression read = from.reader.read(expression.printed);
  const bool own_words = (use.own || (same_engine_ && source_.catalog.genuine)) && target_.catalog.genuine;
  if (own_words) {
    // What the engine printed it reads again, unless a name changes.
    const bool same_schema = use.own || (use.table.source_schema != nullptr &&
                                         names_.schema(use.table.source_schema->name) == use.table.source_schema->name);
    const auto& renamed = use.own ? use.table.renamed : use.table.columns;
    const bool none_renamed =
        std::all_of(renamed.begin(), renamed.end(), [](const auto& entry) { return entry.first == entry.second; });
    bool same_names = same_schema && none_renamed;
    if (!same_names && same_schema && read.tree) {
      const std::vector<std::string> columns = catalog::columns_of(*read.tree);
      same_names = std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
        return (use.own ? use.table.own_column(name) : use.table.column(name)) == name;
      });
    }
    // A snapshot may hold any text: only what is one expression may become part of a statement.
    if (same_names && read.tree && can_stand_as_printed(expression.printed, target_.writer))
      return {expression.printed, {}};
  }
  if (!read.tree) return {"", fmt::format("{} is not understood: {}", expression.printed, read.problem)};
  std::string problem;
  if (!translate(*read.tree, use, problem)) return {"", std::move(problem)};
  ExpressionSite site;
  site.use = use.use;
  site.target = use.target;
  site.own = use.own || same_engine_;
  site.column_type = [&](std::string_view name) -> const catalog::Type* {
    const Column* column = use.table.find(name);
    return column != nullptr ? &column->type : nullptr;
  };
  return target_.writer.expression(*read.tree, site);
}

Worded<Column> SuggestWords::typed(const Column& source) {
  Worded<Column> out;
  Column& column = out.object;
  column.name = source.name;
  column.type = source.type;
  column.nullable = source.nullable;
  const WrittenSql type =
      same_engine_ ? target_.writer.own_type(source.type) : target_.writer.translated_type(source.type);
  column.type.printed = type.text;
  if (!type.remark.empty()) out.remarks.push_back(type.remark);
  if (source.collation.empty()) return out;
  if (same_engine_) {
    column.collation = source.collation;
    column.collation_meaning = source.collation_meaning;
  } else if (source.collation_meaning && source.collation_meaning != target_.catalog.collation_meaning) {
    const WrittenSql collation = target_.writer.collation(*source.collation_meaning);
    column.collation = collation.text;
    column.collation_meaning = source.collation_meaning;
    if (!collation.remark.empty()) out.remarks.push_back(collation.remark);
  }
  return out;
}

Column SuggestWords::effective(const Column& source) const {
  Column out = source;
  if (const Expression* of_domain = domain_default(source_.catalog, source)) out.default_value = *of_domain;
  return out;
}

bool SuggestWords::domain_has_default(const Column& own) const {
  Column bare = own;
  bare.default_value.reset();
  return domain_default(target_.catalog, bare) != nullptr;
}

/// Within one engine the domains themselves are brought in line.
const Expression* SuggestWords::domain_default(const catalog::Catalog& catalog, const Column& column) const {
  const bool has_own = column.default_value || column.identity || column.computed;
  if (same_engine_ || has_own || column.type.user_type.empty() || column.type.array_dimensions != 0) return nullptr;
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const catalog::UserType& type : schema.types) {
      if (schema.name + "." + type.name == column.type.user_type)
        return type.default_value ? &*type.default_value : nullptr;
    }
  }
  return nullptr;
}

Worded<Column> SuggestWords::column(const SuggestedTable& table, const Column& as_listed) {
  const Column source = effective(as_listed);
  Worded<Column> out = typed(source);
  out.object.name = table.column(source.name);
  out.object.comment = source.comment;
  out.object.identity = source.identity;
  const auto take = [&](Worded<Column> part) {
    out.object = std::move(part.object);
    out.complete = out.complete && part.complete;
    std::move(part.remarks.begin(), part.remarks.end(), std::back_inserter(out.remarks));
  };
  if (source.computed) {
    take(with_computation(table, out.object, source));
  } else if (source.default_value && !source.identity) {
    take(with_default(table, out.object, source));
  }
  return out;
}

Worded<Column> SuggestWords::with_default(const SuggestedTable& table, const Column& base, const Column& source) {
  Worded<Column> out{base, true, {}};
  out.object.default_value.reset();
  out.object.default_name = same_engine_ && !source.default_system_named
                                ? names_.free_name(table.schema, table.name, source.default_name)
                                : std::string();
  out.object.default_system_named = out.object.default_name.empty();
  if (!source.default_value || source.identity) return out;
  if (!source.default_value->hidden) {
    const ReadExpression read = source_.reader.read(source.default_value->printed);
    if (read.tree && without_casts(*read.tree).kind == Kind::null) return out;
  }
  const WrittenSql written =
      write(*source.default_value, {table, ExpressionUse::default_value, &out.object.type, false});
  note(out, fmt::format("The default of {}", out.object.name), written);
  if (!written.text.empty()) out.object.default_value = Expression{written.text};
  return out;
}

Worded<Column> SuggestWords::with_computation(const SuggestedTable& table, const Column& base, const Column& source) {
  Worded<Column> out{base, true, {}};
  out.object.computed.reset();
  out.object.default_value.reset();
  const WrittenSql written =
      write(source.computed->expression, {table, ExpressionUse::computed, &out.object.type, false});
  note(out, fmt::format("The expression of the computed column {}", out.object.name), written);
  if (!written.text.empty()) out.object.computed = catalog::Computed{Expression{written.text}, source.computed->stored};
  return out;
}

Worded<Key> SuggestWords::key(const SuggestedTable& table, const Key& source) {
  Worded<Key> out{source, true, {}};
  if (source.system_named) out.object.name.clear();
  out.object.columns = final_names(table, source.columns, false);
  return out;
}

Worded<Check> SuggestWords::check(const SuggestedTable& table, const Check& source) {
  Worded<Check> out{source, true, {}};
  if (source.system_named) out.object.name.clear();
  out.object.columns = final_names(table, source.columns, false);
  const WrittenSql written = write(source.expression, {table, ExpressionUse::check, nullptr, false});
  note(out, "The check", written);
  out.object.expression = Expression{written.text};
  return out;
}

Worded<Index> SuggestWords::index(const SuggestedTable& table, const Index& source, bool keep_nulls) {
  Worded<Index> out{source, true, {}};
  Index& index = out.object;
  index.included = final_names(table, source.included, false);
  if (!same_engine_) index.clustered = false;
  for (IndexColumn& column : index.columns) {
    if (!same_engine_) {
      column.operator_class.clear();
      column.collation.clear();
      if (!keep_nulls) column.nulls_first = target_.writer.nulls_first_by_default(column.descending);
    }
    if (!column.column.empty()) {
      column.column = table.column(column.column);
      continue;
    }
    const WrittenSql written = write(Expression{column.expression}, {table, ExpressionUse::index_key, nullptr, false});
    note(out, "The expression of the index", written);
    column.expression = written.text;
  }
  if (index.predicate) {
    const WrittenSql written = write(*source.predicate, {table, ExpressionUse::index_predicate, nullptr, false});
    note(out, "The predicate of the index", written);
    index.predicate = Expression{written.text};
  }
  return out;
}

Worded<ForeignKey> SuggestWords::foreign_key(const SuggestedTable& table, const ForeignKey& source) {
  Worded<ForeignKey> out{source, true, {}};
  ForeignKey& key = out.object;
  if (source.system_named) key.name.clear();
  key.columns = final_names(table, source.columns, false);
  key.on_delete_columns = final_names(table, source.on_delete_columns, false);
  if (const SuggestedTable* referenced = names_.find_source(source.referenced_schema, source.referenced_table)) {
    key.referenced_schema = referenced->schema;
    key.referenced_table = referenced->name;
    key.referenced_columns = final_names(*referenced, source.referenced_columns, false);
  } else {
    key.referenced_schema = names_.schema(source.referenced_schema);
  }
  return out;
}

Worded<Sequence> SuggestWords::sequence(const Sequence& source) {
  Worded<Sequence> out{source, true, {}};
  const WrittenSql type =
      same_engine_ ? target_.writer.own_type(source.type) : target_.writer.translated_type(source.type);
  out.object.type.printed = type.text;
  if (!type.remark.empty()) out.remarks.push_back(type.remark);
  // How many numbers a session takes ahead is no matter of meaning.
  if (!same_engine_) out.object.options.cache.reset();
  return out;
}

Column SuggestWords::own_column(const SuggestedTable& table, const Column& own) {
  Column out = own;
  out.name = table.own_column(own.name);
  out.type.printed = target_.writer.own_type(own.type).text;
  return out;
}

Worded<Column> SuggestWords::own_default(const SuggestedTable& table, const Column& own) {
  const Column* state = table.find(table.own_column(own.name));
  Worded<Column> out{state != nullptr ? *state : own_column(table, own), true, {}};
  const WrittenSql written = write(*own.default_value, {table, ExpressionUse::default_value, &out.object.type, true});
  note(out, fmt::format("The default of {}", out.object.name), written);
  out.object.default_value = Expression{written.text};
  out.object.default_name = own.default_system_named ? std::string() : own.default_name;
  return out;
}

Worded<Column> SuggestWords::own_computation(const SuggestedTable& table, const Column& own) {
  Worded<Column> out{own_column(table, own), true, {}};
  const WrittenSql written = write(own.computed->expression, {table, ExpressionUse::computed, &own.type, true});
  note(out, fmt::format("The expression of the computed column {}", out.object.name), written);
  out.object.computed->expression = Expression{written.text};
  return out;
}

Worded<Key> SuggestWords::own_key(const SuggestedTable& table, const Key& own) {
  Worded<Key> out{own, true, {}};
  if (own.system_named) out.object.name.clear();
  out.object.columns = final_names(table, own.columns, true);
  return out;
}

Worded<Check> SuggestWords::own_check(const SuggestedTable& table, const Check& own) {
  Worded<Check> out{own, true, {}};
  if (own.system_named) out.object.name.clear();
  out.object.columns = final_names(table, own.columns, true);
  const WrittenSql written = write(own.expression, {table, ExpressionUse::check, nullptr, true});
  note(out, "The check", written);
  out.object.expression = Expression{written.text};
  return out;
}

Worded<Index> SuggestWords::own_index(const SuggestedTable& table, const Index& own) {
  Worded<Index> out{own, true, {}};
  out.object.included = final_names(table, own.included, true);
  for (IndexColumn& column : out.object.columns) {
    if (!column.column.empty()) {
      column.column = table.own_column(column.column);
      continue;
    }
    const WrittenSql written = write(Expression{column.expression}, {table, ExpressionUse::index_key, nullptr, true});
    note(out, "The expression of the index", written);
    column.expression = written.text;
  }
  if (own.predicate) {
    const WrittenSql written = write(*own.predicate, {table, ExpressionUse::index_predicate, nullptr, true});
    note(out, "The predicate of the index", written);
    out.object.predicate = Expression{written.text};
  }
  return out;
}

Worded<ForeignKey> SuggestWords::own_foreign_key(const SuggestedTable& table, const ForeignKey& own) {
  Worded<ForeignKey> out{own, true, {}};
  ForeignKey& key = out.object;
  if (own.system_named) key.name.clear();
  key.columns = final_names(table, own.columns, true);
  key.on_delete_columns = final_names(table, own.on_delete_columns, true);
  if (const SuggestedTable* referenced = names_.find_target(own.referenced_schema, own.referenced_table)) {
    key.referenced_schema = referenced->schema;
    key.referenced_table = referenced->name;
    key.referenced_columns = final_names(*referenced, own.referenced_columns, true);
  }
  return out;
}

std::vector<std::string> SuggestWords::mentioned(const SuggestedTable& table, const Expression& own) {
  std::vector<std::string> out;
  const ReadExpression read = target_.reader.read(own.printed);
  std::vector<std::string> found;
  if (read.tree && !own.hidden) found = catalog::columns_of(*read.tree);
  for (const Column& column : table.target->columns) {
    const bool known =
        !read.tree || own.hidden || std::any_of(found.begin(), found.end(), [&](const std::string& name) {
          return fold_name(name, NameMatching::ignore_case) == fold_name(column.name, NameMatching::ignore_case);
        });
    if (known) out.push_back(column.name);
  }
  return out;
}

}  // namespace paripassu::parity
