#include "backends/postgres/ddl_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/postgres/ddl_types.h"
#include "backends/postgres/dialect.h"
#include "backends/postgres/expression_printer.h"

namespace paripassu::postgres {
namespace {

using catalog::Check;
using catalog::Column;
using catalog::ForeignKey;
using catalog::Identity;
using catalog::Index;
using catalog::Key;
using catalog::ReferentialAction;
using catalog::Sequence;
using catalog::SequenceOptions;
using catalog::Type;
using catalog::TypeFamily;

const PostgresDialect kDialect;

constexpr std::size_t kNameBytesMax = 63;  // NAMEDATALEN - 1

std::string quote(std::string_view name) {
  return kDialect.quote_identifier(name);
}

std::string full_name(const DdlTable& table) {
  return kDialect.qualified(table.schema, table.table.name);
}

std::string alter(const DdlTable& table) {
  return "ALTER TABLE " + full_name(table) + " ";
}

std::string alter_column_of(const DdlTable& table, std::string_view column) {
  return alter(table) + "ALTER COLUMN " + quote(column) + " ";
}

std::string name_list(const std::vector<std::string>& names) {
  std::string out = "(";
  for (const std::string& name : names) {
    if (out.size() > 1) out += ", ";
    out += quote(name);
  }
  return out + ")";
}

void explain_duplicates(bool ignores_duplicates, Ddl& ddl) {
  if (!ignores_duplicates) return;
  ddl.remarks.emplace_back("A duplicate is refused here: to leave it out, write INSERT … ON CONFLICT DO NOTHING.");
}

void check_name(std::string_view name, Ddl& ddl) {
  if (name.size() <= kNameBytesMax) return;
  ddl.remarks.push_back(fmt::format("PostgreSQL cuts the name {} to 63 bytes.", name));
}

std::string constraint_word(std::string_view name) {
  return name.empty() ? std::string() : "CONSTRAINT " + quote(name) + " ";
}

bool is_nullable(const DdlTable& table, std::string_view name) {
  return std::any_of(table.table.columns.begin(), table.table.columns.end(),
                     [&](const Column& column) { return column.name == name && column.nullable; });
}

std::string deferral(bool deferrable, bool initially_deferred) {
  if (!deferrable) return {};
  return initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

/// Whether a number that a catalog gives as text is nothing else; empty: it gives none.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    if (text.empty()) return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// False, with a remark, where a statement cannot say the numbers.
bool check_options(const SequenceOptions& options, std::string_view name, Ddl& ddl) {
  for (const std::string& number :
       {options.start, options.increment, options.minimum, options.maximum, options.cache.value_or(std::string())}) {
    if (is_number(number)) continue;
    ddl.remarks.push_back(fmt::format("No statement: the numbers of {} hold {}, which is none.", name, number));
    return false;
  }
  return true;
}

/// The same of a type.
bool check_type(const Type& type, std::string_view name, Ddl& ddl) {
  if (is_type_text(type.printed)) return true;
  ddl.remarks.push_back(
      fmt::format("No statement: {} is of the type \"{}\", which cannot be written.", name, type.printed));
  return false;
}

std::string option_words(const SequenceOptions& options) {
  std::string out;
  if (!options.start.empty()) out += " START WITH " + options.start;
  if (!options.increment.empty()) out += " INCREMENT BY " + options.increment;
  if (!options.minimum.empty()) out += " MINVALUE " + options.minimum;
  if (!options.maximum.empty()) out += " MAXVALUE " + options.maximum;
  if (options.cache && *options.cache != "1" && *options.cache != "0") out += " CACHE " + *options.cache;
  if (options.cycle) out += " CYCLE";
  return out;
}

std::string identity_words(const Identity& identity) {
  const std::string_view kind = identity.kind == Identity::Kind::always ? "ALWAYS" : "BY DEFAULT";
  const std::string options = option_words(identity.options);
  std::string out = fmt::format("GENERATED {} AS IDENTITY", kind);
  if (!options.empty()) out += " (" + options.substr(1) + ")";
  return out;
}

/// Empty, with a remark, where it cannot be written.
std::string column_definition(const Column& column, Ddl& ddl) {
  check_name(column.name, ddl);
  if (!check_type(column.type, column.name, ddl)) return {};
  if (column.identity && !check_options(column.identity->options, column.name, ddl)) return {};
  std::string out = quote(column.name) + " ";
  if (column.identity && column.identity->kind == Identity::Kind::serial) {
    out += column.type.bits == 16 ? "smallserial" : column.type.bits == 64 ? "bigserial" : "serial";
    return out + (column.nullable ? " NULL" : " NOT NULL");
  }
  out += column.type.printed;
  if (!column.collation.empty()) out += " COLLATE " + quote(column.collation);
  if (column.computed) {
    out += " GENERATED ALWAYS AS (" + column.computed->expression.printed + ") STORED";
    if (!column.computed->stored) {
      ddl.remarks.push_back(
          fmt::format("Computed column {} is stored: only PostgreSQL 18 can compute it when it is read.", column.name));
    }
  } else if (column.identity) {
    out += " " + identity_words(*column.identity);
  } else if (column.default_value) {
    out += " DEFAULT " + column.default_value->printed;
  }
  if (!column.nullable) out += " NOT NULL";
  return out;
}

std::string key_definition(const DdlTable& table, const Key& key, bool primary, Ddl& ddl) {
  check_name(key.name, ddl);
  explain_duplicates(key.ignores_duplicates, ddl);
  std::string out = constraint_word(key.name) + (primary ? "PRIMARY KEY " : "UNIQUE ");
  const bool takes_null = std::any_of(key.columns.begin(), key.columns.end(),
                                      [&](const std::string& column) { return is_nullable(table, column); });
  if (!primary && key.nulls_not_distinct && takes_null) {
    out += "NULLS NOT DISTINCT ";
    ddl.remarks.emplace_back("NULLS NOT DISTINCT needs PostgreSQL 15.");
  }
  return out + name_list(key.columns) + deferral(key.deferrable, key.initially_deferred);
}

std::string check_definition(const Check& check, Ddl& ddl) {
  check_name(check.name, ddl);
  return constraint_word(check.name) + "CHECK (" + check.expression.printed + ")" +
         (check.no_inherit ? " NO INHERIT" : "");
}

void explain_enforcement(bool enforced, Ddl& ddl) {
  if (!enforced) ddl.remarks.emplace_back("It is enforced here: only PostgreSQL 18 can keep one that is not.");
}

std::string action_words(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::no_action:
      return {};
    case ReferentialAction::restrict_:
      return "RESTRICT";
    case ReferentialAction::cascade:
      return "CASCADE";
    case ReferentialAction::set_null:
      return "SET NULL";
    case ReferentialAction::set_default:
      return "SET DEFAULT";
  }
  return {};
}

bool is_numeric(TypeFamily family) {
  return family == TypeFamily::integer || family == TypeFamily::decimal || family == TypeFamily::floating;
}

/// The values of a column in another type: by the cast, where there is one, else by a way round.
std::string conversion(const Column& before, const Column& after, Ddl& ddl) {
  const std::string name = quote(before.name);
  const TypeFamily from = before.type.family;
  const TypeFamily to = after.type.family;
  const std::string direct = name + "::" + after.type.printed;
  if (before.type.array_dimensions != after.type.array_dimensions) return name + "::text::" + after.type.printed;
  if (from == to) {
    if (from == TypeFamily::timestamp && before.type.with_time_zone != after.type.with_time_zone) {
      ddl.remarks.emplace_back("Times without a zone are taken as UTC.");
      return name + " AT TIME ZONE 'UTC'";
    }
    return direct;
  }
  if (to == TypeFamily::text || from == TypeFamily::text) return direct;
  if (is_numeric(from) && is_numeric(to)) return direct;
  if (is_numeric(from) && to == TypeFamily::boolean) return "(" + name + " <> 0)";
  if (from == TypeFamily::boolean && is_numeric(to)) return name + "::integer::" + after.type.printed;
  if (from == TypeFamily::enumeration || to == TypeFamily::enumeration) return name + "::text::" + after.type.printed;
  const bool times = (from == TypeFamily::timestamp && (to == TypeFamily::date || to == TypeFamily::time)) ||
                     (from == TypeFamily::date && to == TypeFamily::timestamp);
  if (times) return direct;
  ddl.remarks.push_back(fmt::format("There is no ordinary conversion from {} to {}: look at what the texts become.",
                                    before.type.printed, after.type.printed));
  return name + "::text::" + after.type.printed;
}

}  // namespace

WrittenSql PostgresDdlWriter::own_type(const Type& type) const {
  if (is_type_text(type.printed)) return {type.printed, {}};
  return {"", fmt::format("\"{}\" cannot be written as a type.", type.printed)};
}

WrittenSql PostgresDdlWriter::translated_type(const Type& type) const {
  return translate_type(type);
}

std::optional<Type> PostgresDdlWriter::type_of_name(std::string_view name) const {
  return postgres::type_of_name(name);
}

WrittenSql PostgresDdlWriter::collation(const catalog::CollationMeaning& meaning) const {
  if (meaning.case_sensitive && meaning.accent_sensitive) return {"default", {}};
  return {"",
          "Text that compares without regard to case or accents needs a nondeterministic collation of your own: CREATE "
          "COLLATION (provider = icu, deterministic = false)."};
}

WrittenSql PostgresDdlWriter::expression(const catalog::ExpressionTree& tree, const ExpressionSite& site) const {
  return print_expression(tree, site);
}

std::string PostgresDdlWriter::terminated(std::string_view statement) const {
  return std::string(statement) + ";\n";
}

Ddl PostgresDdlWriter::create_schema(std::string_view schema) const {
  Ddl ddl;
  check_name(schema, ddl);
  ddl.statements.push_back("CREATE SCHEMA " + quote(schema));
  return ddl;
}

Ddl PostgresDdlWriter::create_sequence(std::string_view schema, const Sequence& sequence) const {
  Ddl ddl;
  check_name(sequence.name, ddl);
  if (!check_options(sequence.options, sequence.name, ddl)) return ddl;
  std::string as;
  if (sequence.type.family == TypeFamily::integer) {
    as = " AS " + translated_type(sequence.type).text;
  } else if (sequence.type.family == TypeFamily::decimal) {
    as = " AS bigint";
    ddl.remarks.push_back(fmt::format("Sequences count in bigint at most, not in {}.", sequence.type.printed));
  }
  ddl.statements.push_back("CREATE SEQUENCE " + kDialect.qualified(schema, sequence.name) + as +
                           option_words(sequence.options));
  return ddl;
}

Ddl PostgresDdlWriter::alter_sequence(std::string_view schema, const Sequence& before, const Sequence& after) const {
  Ddl ddl;
  if (!check_options(after.options, before.name, ddl)) return ddl;
  std::string as;
  if (after.type.family == TypeFamily::integer && after.type.bits != before.type.bits) {
    as = " AS " + translated_type(after.type).text;
  }
  std::string options = option_words(after.options);
  if (!after.options.cycle && before.options.cycle) options += " NO CYCLE";
  ddl.statements.push_back("ALTER SEQUENCE " + kDialect.qualified(schema, before.name) + as + options);
  ddl.remarks.emplace_back("The sequence goes on where it stands; RESTART sets another value.");
  return ddl;
}

Ddl PostgresDdlWriter::drop_sequence(std::string_view schema, const Sequence& sequence) const {
  return {{"DROP SEQUENCE " + kDialect.qualified(schema, sequence.name)}, {}};
}

Ddl PostgresDdlWriter::create_type(std::string_view schema, const catalog::UserType& type) const {
  const std::string name = kDialect.qualified(schema, type.name);
  if (type.kind == "enum") {
    std::string labels;
    for (const std::string& label : type.labels) labels += (labels.empty() ? "" : ", ") + kDialect.quote_literal(label);
    return {{"CREATE TYPE " + name + " AS ENUM (" + labels + ")"}, {}};
  }
  if (type.kind == "domain" && type.checks.empty() && is_type_text(type.base)) {
    std::string statement = "CREATE DOMAIN " + name + " AS " + type.base;
    if (type.default_value) statement += " DEFAULT " + type.default_value->printed;
    if (!type.nullable) statement += " NOT NULL";
    return {{std::move(statement)}, {}};
  }
  return {{}, {fmt::format("The {} {} must be written by hand.", type.kind, type.name)}};
}

Ddl PostgresDdlWriter::create_table(const DdlTable& table) const {
  Ddl ddl;
  check_name(table.table.name, ddl);
  std::string body;
  const auto add = [&](const std::string& part) { body += (body.empty() ? "\n    " : ",\n    ") + part; };
  for (const Column& column : table.table.columns) {
    const std::string definition = column_definition(column, ddl);
    if (definition.empty()) return {{}, std::move(ddl.remarks)};
    add(definition);
  }
  if (table.table.primary_key) add(key_definition(table, *table.table.primary_key, true, ddl));
  for (const Key& key : table.table.unique_constraints) add(key_definition(table, key, false, ddl));
  for (const Check& check : table.table.checks) {
    explain_enforcement(check.enforced, ddl);
    add(check_definition(check, ddl));
  }
  std::string statement = table.table.persistent ? "CREATE TABLE " : "CREATE UNLOGGED TABLE ";
  statement += full_name(table) + " (" + body + "\n)";
  if (!table.table.partition_key.empty()) {
    ddl.remarks.push_back(fmt::format("It is made as one table, without partitions by {}.", table.table.partition_key));
  }
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl PostgresDdlWriter::rename_table(const DdlTable& table, std::string_view name) const {
  Ddl ddl;
  check_name(name, ddl);
  ddl.statements.push_back(alter(table) + "RENAME TO " + quote(name));
  return ddl;
}

Ddl PostgresDdlWriter::drop_table(const DdlTable& table) const {
  return {{"DROP TABLE " + full_name(table)}, {}};
}

Ddl PostgresDdlWriter::set_persistent(const DdlTable& table, bool persistent) const {
  return {{alter(table) + (persistent ? "SET LOGGED" : "SET UNLOGGED")}, {}};
}

Ddl PostgresDdlWriter::add_column(const DdlTable& table, const Column& column) const {
  Ddl ddl;
  const std::string definition = column_definition(column, ddl);
  if (!definition.empty()) ddl.statements.push_back(alter(table) + "ADD COLUMN " + definition);
  return ddl;
}

Ddl PostgresDdlWriter::rename_column(const DdlTable& table, std::string_view before, std::string_view after) const {
  Ddl ddl;
  check_name(after, ddl);
  ddl.statements.push_back(alter(table) + "RENAME COLUMN " + quote(before) + " TO " + quote(after));
  return ddl;
}

Ddl PostgresDdlWriter::drop_column(const DdlTable& table, const Column& column) const {
  return {{alter(table) + "DROP COLUMN " + quote(column.name)}, {}};
}

Ddl PostgresDdlWriter::alter_column(const DdlTable& table, const Column& before, const Column& after) const {
  Ddl ddl;
  if (before.type.printed != after.type.printed || before.collation != after.collation) {
    if (!check_type(after.type, after.name, ddl)) return ddl;
    std::string statement = alter_column_of(table, before.name) + "TYPE " + after.type.printed;
    if (!after.collation.empty()) {
      statement += " COLLATE " + quote(after.collation);
    } else if (!before.collation.empty() && after.type.family == TypeFamily::text) {
      statement += " COLLATE \"default\"";
    }
    if (before.type.printed != after.type.printed) statement += " USING " + conversion(before, after, ddl);
    ddl.statements.push_back(std::move(statement));
  }
  if (before.nullable != after.nullable) {
    ddl.statements.push_back(alter_column_of(table, before.name) + (after.nullable ? "DROP NOT NULL" : "SET NOT NULL"));
  }
  return ddl;
}

Ddl PostgresDdlWriter::set_default(const DdlTable& table, const Column&, const Column& after) const {
  return {{alter_column_of(table, after.name) + "SET DEFAULT " + after.default_value->printed}, {}};
}

Ddl PostgresDdlWriter::drop_default(const DdlTable& table, const Column& before) const {
  return {{alter_column_of(table, before.name) + "DROP DEFAULT"}, {}};
}

Ddl PostgresDdlWriter::alter_identity(const DdlTable& table, const Column& before, const Column& after) const {
  Ddl ddl;
  if (after.identity && !check_options(after.identity->options, after.name, ddl)) return ddl;
  const std::string column = alter_column_of(table, after.name);
  const bool was_serial = before.identity && before.identity->kind == Identity::Kind::serial;
  const bool becomes_serial = after.identity && after.identity->kind == Identity::Kind::serial;
  if (before.identity && !after.identity) {
    ddl.statements.push_back(column + (was_serial ? "DROP DEFAULT" : "DROP IDENTITY"));
    if (was_serial) ddl.remarks.emplace_back("The sequence stays, and belongs to the column.");
    return ddl;
  }
  if (!before.identity || was_serial) {
    if (was_serial && becomes_serial)
      return {{}, {"The options of a serial are those of its sequence: ALTER SEQUENCE."}};
    if (was_serial) {
      ddl.statements.push_back(column + "DROP DEFAULT");
      ddl.remarks.emplace_back("The sequence of the serial stays, and belongs to the column; it can be dropped.");
    }
    if (before.nullable && after.nullable) ddl.statements.push_back(column + "SET NOT NULL");
    ddl.statements.push_back(column + "ADD " + identity_words(*after.identity));
    ddl.remarks.emplace_back("It begins with its first number: ALTER COLUMN … RESTART WITH sets the next free one.");
    return ddl;
  }
  std::string words;
  if (before.identity->kind != after.identity->kind) {
    words += after.identity->kind == Identity::Kind::always ? " SET GENERATED ALWAYS" : " SET GENERATED BY DEFAULT";
  }
  const SequenceOptions& from = before.identity->options;
  const SequenceOptions& to = after.identity->options;
  const auto set = [&](std::string_view word, const std::string& one, const std::string& other) {
    if (!other.empty() && one != other) words += fmt::format(" SET {} {}", word, other);
  };
  set("START WITH", from.start, to.start);
  set("INCREMENT BY", from.increment, to.increment);
  set("MINVALUE", from.minimum, to.minimum);
  set("MAXVALUE", from.maximum, to.maximum);
  if (from.cycle != to.cycle) words += to.cycle ? " SET CYCLE" : " SET NO CYCLE";
  if (words.empty()) return {{}, {"Both identities are the same in PostgreSQL."}};
  ddl.statements.push_back(column + words.substr(1));
  return ddl;
}

Ddl PostgresDdlWriter::drop_computation(const DdlTable& table, const Column& before) const {
  return {{alter_column_of(table, before.name) + "DROP EXPRESSION"}, {"DROP EXPRESSION needs PostgreSQL 13."}};
}

Ddl PostgresDdlWriter::add_key(const DdlTable& table, const Key& key, bool primary) const {
  Ddl ddl;
  ddl.statements.push_back(alter(table) + "ADD " + key_definition(table, key, primary, ddl));
  return ddl;
}

Ddl PostgresDdlWriter::drop_key(const DdlTable& table, const Key& key, bool) const {
  return {{alter(table) + "DROP CONSTRAINT " + quote(key.name)}, {}};
}

Ddl PostgresDdlWriter::add_check(const DdlTable& table, const Check& check) const {
  Ddl ddl;
  explain_enforcement(check.enforced, ddl);
  std::string statement = alter(table) + "ADD " + check_definition(check, ddl);
  if (!check.validated) statement += " NOT VALID";
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl PostgresDdlWriter::drop_check(const DdlTable& table, const Check& check) const {
  return {{alter(table) + "DROP CONSTRAINT " + quote(check.name)}, {}};
}

Ddl PostgresDdlWriter::add_index(const DdlTable& table, const Index& index) const {
  Ddl ddl;
  const bool ordinary = index.method.empty() || index.method == "btree";
  if (index.method.find(' ') != std::string::npos || index.method == "columnstore") {
    return {{}, {fmt::format("An index of the kind {} must be written by hand.", index.method)}};
  }
  check_name(index.name, ddl);
  explain_duplicates(index.ignores_duplicates, ddl);
  std::string statement = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  if (!index.name.empty()) statement += quote(index.name) + " ";
  statement += "ON " + full_name(table);
  if (!ordinary) statement += " USING " + quote(index.method);
  statement += " (";
  bool takes_null = false;
  for (std::size_t i = 0; i < index.columns.size(); ++i) {
    const catalog::IndexColumn& column = index.columns[i];
    if (i > 0) statement += ", ";
    statement += column.column.empty() ? "(" + column.expression + ")" : quote(column.column);
    if (!column.collation.empty()) statement += " COLLATE " + quote(column.collation);
    if (!column.operator_class.empty()) statement += " " + quote(column.operator_class);
    if (column.descending) statement += " DESC";
    if (ordinary && column.nulls_first != nulls_first_by_default(column.descending)) {
      statement += column.nulls_first ? " NULLS FIRST" : " NULLS LAST";
    }
    takes_null = takes_null || column.column.empty() || is_nullable(table, column.column);
  }
  statement += ")";
  if (!index.included.empty()) statement += " INCLUDE " + name_list(index.included);
  if (index.unique && index.nulls_not_distinct && takes_null && !index.predicate) {
    statement += " NULLS NOT DISTINCT";
    ddl.remarks.emplace_back("NULLS NOT DISTINCT needs PostgreSQL 15.");
  }
  if (index.predicate) statement += " WHERE " + index.predicate->printed;
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl PostgresDdlWriter::drop_index(const DdlTable& table, const Index& index) const {
  return {{"DROP INDEX " + kDialect.qualified(table.schema, index.name)}, {}};
}

Ddl PostgresDdlWriter::rebuild_index(const DdlTable& table, const Index& index) const {
  return {{"REINDEX INDEX " + kDialect.qualified(table.schema, index.name)}, {}};
}

Ddl PostgresDdlWriter::add_foreign_key(const DdlTable& table, const ForeignKey& key) const {
  Ddl ddl;
  check_name(key.name, ddl);
  explain_enforcement(key.enforced, ddl);
  std::string statement = alter(table) + "ADD " + constraint_word(key.name) + "FOREIGN KEY " + name_list(key.columns) +
                          " REFERENCES " + kDialect.qualified(key.referenced_schema, key.referenced_table);
  if (!key.referenced_columns.empty()) statement += " " + name_list(key.referenced_columns);
  if (key.match_full) statement += " MATCH FULL";
  if (const std::string action = action_words(key.on_delete); !action.empty()) statement += " ON DELETE " + action;
  if (!key.on_delete_columns.empty()) {
    statement += " " + name_list(key.on_delete_columns);
    ddl.remarks.emplace_back("ON DELETE with a list of columns needs PostgreSQL 15.");
  }
  if (const std::string action = action_words(key.on_update); !action.empty()) statement += " ON UPDATE " + action;
  statement += deferral(key.deferrable, key.initially_deferred);
  if (!key.validated) statement += " NOT VALID";
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl PostgresDdlWriter::drop_foreign_key(const DdlTable& table, const ForeignKey& key) const {
  return {{alter(table) + "DROP CONSTRAINT " + quote(key.name)}, {}};
}

Ddl PostgresDdlWriter::rename_constraint(const DdlTable& table, std::string_view before, std::string_view after,
                                         bool is_index) const {
  Ddl ddl;
  check_name(after, ddl);
  ddl.statements.push_back(is_index ? "ALTER INDEX " + kDialect.qualified(table.schema, before) + " RENAME TO " +
                                          quote(after)
                                    : alter(table) + "RENAME CONSTRAINT " + quote(before) + " TO " + quote(after));
  return ddl;
}

Ddl PostgresDdlWriter::set_comment(const CommentedObject& object, const std::optional<std::string>&,
                                   const std::optional<std::string>& after) const {
  using Kind = CommentedObject::Kind;
  const std::string table = kDialect.qualified(object.schema, object.table);
  std::string on;
  switch (object.kind) {
    case Kind::schema:
      on = "SCHEMA " + quote(object.schema);
      break;
    case Kind::table:
      on = "TABLE " + table;
      break;
    case Kind::view:
      on = "VIEW " + table;
      break;
    case Kind::materialized_view:
      on = "MATERIALIZED VIEW " + table;
      break;
    case Kind::column:
      on = "COLUMN " + table + "." + quote(object.name);
      break;
    case Kind::constraint:
      on = "CONSTRAINT " + quote(object.name) + " ON " + table;
      break;
    case Kind::index:
      on = "INDEX " + kDialect.qualified(object.schema, object.name);
      break;
    case Kind::sequence:
      on = "SEQUENCE " + kDialect.qualified(object.schema, object.name);
      break;
  }
  return {{"COMMENT ON " + on + " IS " + (after ? kDialect.quote_literal(*after) : "NULL")}, {}};
}

}  // namespace paripassu::postgres
