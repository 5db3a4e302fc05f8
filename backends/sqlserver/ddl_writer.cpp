#include "backends/sqlserver/ddl_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/sqlserver/ddl_types.h"
#include "backends/sqlserver/expression_printer.h"
#include "backends/sqlserver/sql_text.h"

namespace paripassu::sqlserver {
namespace {

using catalog::Check;
using catalog::Column;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;
using catalog::ReferentialAction;
using catalog::Sequence;
using catalog::SequenceOptions;
using catalog::Type;
using catalog::TypeFamily;

constexpr std::size_t kNameUnitsMax = 128;
constexpr std::size_t kCommentUnitsMax = 3750;  // 7,500 bytes of an extended property

std::string qualified(std::string_view schema, std::string_view name) {
  return quote_name(schema) + "." + quote_name(name);
}

std::string full_name(const DdlTable& table) {
  return qualified(table.schema, table.table.name);
}

std::string alter(const DdlTable& table) {
  return "ALTER TABLE " + full_name(table) + " ";
}

std::string name_list(const std::vector<std::string>& names) {
  std::string out = "(";
  for (const std::string& name : names) {
    if (out.size() > 1) out += ", ";
    out += quote_name(name);
  }
  return out + ")";
}

/// UTF-16 code units, in which the server counts.
std::size_t unit_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ++count;
    if (byte >= 0xF0) ++count;
  }
  return count;
}

void check_name(std::string_view name, Ddl& ddl) {
  if (unit_count(name) <= kNameUnitsMax) return;
  ddl.remarks.push_back(fmt::format("SQL Server refuses the name {}: it is longer than 128 characters.", name));
}

/// A name for what must have one and was not given any.
std::string made_name(std::string_view prefix, std::string_view table, const std::vector<std::string>& columns) {
  std::string name = fmt::format("{}_{}", prefix, table);
  for (const std::string& column : columns) name += "_" + column;
  while (unit_count(name) > kNameUnitsMax) {
    while ((static_cast<unsigned char>(name.back()) & 0xC0) == 0x80) name.pop_back();
    name.pop_back();
  }
  return name;
}

std::string constraint_word(std::string_view name) {
  return name.empty() ? std::string() : "CONSTRAINT " + quote_name(name) + " ";
}

const Column* find_column(const DdlTable& table, std::string_view name) {
  const auto& columns = table.table.columns;
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

/// The first column that may be no key of an index.
const Column* find_unindexable(const DdlTable& table, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const Column* column = find_column(table, name);
    if (column == nullptr) continue;
    const std::string& type = column->type.printed;
    const bool large = type.ends_with("(max)") || type == "text" || type == "ntext" || type == "image" ||
                       column->type.family == TypeFamily::xml || column->type.family == TypeFamily::spatial;
    if (large) return column;
  }
  return nullptr;
}

std::string unindexable_remark(const Column& column) {
  return fmt::format("Column {} is {}, which can be no key of an index in SQL Server: give it a length.", column.name,
                     column.type.printed);
}

/// `[a] IS NOT NULL AND [b] IS NOT NULL` of the columns that may be NULL; empty when none may.
std::string without_nulls(const DdlTable& table, const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    const Column* column = find_column(table, name);
    if (column == nullptr || !column->nullable) continue;
    out += (out.empty() ? "" : " AND ") + quote_name(name) + " IS NOT NULL";
  }
  return out;
}

std::string default_name(const DdlTable& table, const Column& column) {
  return column.default_name.empty() ? made_name("DF", table.table.name, {column.name}) : column.default_name;
}

std::string nullability(const Column& column) {
  return column.nullable ? " NULL" : " NOT NULL";
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

bool check_collation(std::string_view collation, std::string_view name, Ddl& ddl) {
  if (collation.empty() || is_collation_name(collation)) return true;
  ddl.remarks.push_back(
      fmt::format("No statement: {} has the collation \"{}\", which cannot be written.", name, collation));
  return false;
}

/// Empty, with a remark, where it cannot be written.
std::string column_definition(const DdlTable& table, const Column& column, Ddl& ddl) {
  check_name(column.name, ddl);
  const bool sound = column.computed ||
                     (check_type(column.type, column.name, ddl) && check_collation(column.collation, column.name, ddl));
  if (!sound) return {};
  if (column.identity && !check_options(column.identity->options, column.name, ddl)) return {};
  std::string out = quote_name(column.name) + " ";
  if (column.computed) {
    out += "AS (" + column.computed->expression.printed + ")";
    if (column.computed->stored) out += std::string(" PERSISTED") + (column.nullable ? "" : " NOT NULL");
    return out;
  }
  out += column.type.printed;
  if (!column.collation.empty()) out += " COLLATE " + column.collation;
  if (column.identity) {
    const SequenceOptions& options = column.identity->options;
    out += fmt::format(" IDENTITY({},{})", options.start.empty() ? "1" : options.start,
                       options.increment.empty() ? "1" : options.increment);
  } else if (column.default_value) {
    out +=
        " CONSTRAINT " + quote_name(default_name(table, column)) + " DEFAULT (" + column.default_value->printed + ")";
  }
  return out + nullability(column);
}

bool has_clustered_index(const DdlTable& table) {
  return std::any_of(table.table.indexes.begin(), table.table.indexes.end(),
                     [](const Index& index) { return index.clustered; });
}

void explain_deferral(bool deferrable, Ddl& ddl) {
  if (deferrable) ddl.remarks.emplace_back("SQL Server checks it at once: it has no deferrable constraints.");
}

std::string_view duplicates_option(bool ignores_duplicates) {
  return ignores_duplicates ? " WITH (IGNORE_DUP_KEY = ON)" : "";
}

std::string key_definition(const DdlTable& table, const Key& key, bool primary, Ddl& ddl) {
  check_name(key.name, ddl);
  explain_deferral(key.deferrable, ddl);
  std::string out = constraint_word(key.name) + (primary ? "PRIMARY KEY " : "UNIQUE ");
  if (primary && has_clustered_index(table)) out += "NONCLUSTERED ";
  return (out + name_list(key.columns)).append(duplicates_option(key.ignores_duplicates));
}

/// SQL Server's unique constraint takes one NULL; an index that leaves NULLs out takes any number.
std::optional<std::string> as_filtered_index(const DdlTable& table, const Key& key, Ddl& ddl) {
  if (key.nulls_not_distinct) return std::nullopt;
  const std::string predicate = without_nulls(table, key.columns);
  if (predicate.empty()) return std::nullopt;
  const std::string name = key.name.empty() ? made_name("UX", table.table.name, key.columns) : key.name;
  check_name(name, ddl);
  explain_deferral(key.deferrable, ddl);
  ddl.remarks.emplace_back("A unique index without the NULLs, since a unique constraint takes one NULL only.");
  return "CREATE UNIQUE NONCLUSTERED INDEX " + quote_name(name) + " ON " + full_name(table) + " " +
         name_list(key.columns) + " WHERE " + predicate;
}

std::string action_words(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::no_action:
    case ReferentialAction::restrict_:
      return {};
    case ReferentialAction::cascade:
      return "CASCADE";
    case ReferentialAction::set_null:
      return "SET NULL";
    case ReferentialAction::set_default:
      return "SET DEFAULT";
  }
  return {};
}

std::string drop_constraint(const DdlTable& table, std::string_view name) {
  return alter(table) + "DROP CONSTRAINT " + quote_name(name);
}

std::string range_words(const SequenceOptions& options) {
  std::string out;
  if (!options.increment.empty()) out += " INCREMENT BY " + options.increment;
  if (!options.minimum.empty()) out += " MINVALUE " + options.minimum;
  if (!options.maximum.empty()) out += " MAXVALUE " + options.maximum;
  return out;
}

std::string rename(const std::string& object, std::string_view name, std::string_view kind) {
  return "EXEC sys.sp_rename " + plain_literal(object) + ", " + plain_literal(name) + ", " + plain_literal(kind);
}

}  // namespace

WrittenSql SqlServerDdlWriter::own_type(const Type& type) const {
  const std::size_t dot = type.user_type.find('.');
  if (dot == std::string::npos) {
    if (is_type_text(type.printed)) return {type.printed, {}};
    return {"", fmt::format("\"{}\" cannot be written as a type.", type.printed)};
  }
  return {qualified(std::string_view(type.user_type).substr(0, dot), std::string_view(type.user_type).substr(dot + 1)),
          {}};
}

WrittenSql SqlServerDdlWriter::translated_type(const Type& type) const {
  return translate_type(type);
}

std::optional<Type> SqlServerDdlWriter::type_of_name(std::string_view name) const {
  return sqlserver::type_of_name(name);
}

WrittenSql SqlServerDdlWriter::collation(const catalog::CollationMeaning& meaning) const {
  return {fmt::format("Latin1_General_100_{}_{}", meaning.case_sensitive ? "CS" : "CI",
                      meaning.accent_sensitive ? "AS" : "AI"),
          {}};
}

WrittenSql SqlServerDdlWriter::expression(const catalog::ExpressionTree& tree, const ExpressionSite& site) const {
  return print_expression(tree, site);
}

std::string SqlServerDdlWriter::terminated(std::string_view statement) const {
  // Names are as they are; where sqlcmd would read something else into the statement, it must not be in a script.
  if (is_joined(statement)) return {};
  return std::string(statement) + ";\nGO\n";
}

std::vector<std::string> SqlServerDdlWriter::opening() const {
  // Filtered indexes and computed columns need both, and sqlcmd begins with the second one off.
  return {"SET ANSI_NULLS ON", "SET QUOTED_IDENTIFIER ON"};
}

Ddl SqlServerDdlWriter::create_schema(std::string_view schema) const {
  Ddl ddl;
  check_name(schema, ddl);
  ddl.statements.push_back("CREATE SCHEMA " + quote_name(schema));
  return ddl;
}

Ddl SqlServerDdlWriter::create_sequence(std::string_view schema, const Sequence& sequence) const {
  Ddl ddl;
  check_name(sequence.name, ddl);
  const bool sound = check_options(sequence.options, sequence.name, ddl) &&
                     (sequence.type.printed.empty() || check_type(sequence.type, sequence.name, ddl));
  if (!sound) return ddl;
  const SequenceOptions& options = sequence.options;
  std::string statement = "CREATE SEQUENCE " + qualified(schema, sequence.name);
  if (!sequence.type.printed.empty()) statement += " AS " + sequence.type.printed;
  if (!options.start.empty()) statement += " START WITH " + options.start;
  statement += range_words(options);
  if (options.cycle) statement += " CYCLE";
  if (options.cache && *options.cache != "1" && *options.cache != "0") statement += " CACHE " + *options.cache;
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl SqlServerDdlWriter::alter_sequence(std::string_view schema, const Sequence& before, const Sequence& after) const {
  Ddl ddl;
  if (!check_options(after.options, before.name, ddl)) return ddl;
  if (before.type.printed != after.type.printed) {
    ddl.remarks.push_back(
        fmt::format("The type of a sequence cannot change to {}: drop it and create it again.", after.type.printed));
  }
  if (before.options.start != after.options.start) {
    ddl.remarks.push_back(
        fmt::format("The first number cannot change to {} by itself: RESTART WITH changes the next number as well.",
                    after.options.start));
  }
  SequenceOptions changed = after.options;
  if (changed.increment == before.options.increment) changed.increment.clear();
  if (changed.minimum == before.options.minimum) changed.minimum.clear();
  if (changed.maximum == before.options.maximum) changed.maximum.clear();
  std::string words = range_words(changed);
  if (before.options.cycle != after.options.cycle) words += after.options.cycle ? " CYCLE" : " NO CYCLE";
  if (!words.empty()) ddl.statements.push_back("ALTER SEQUENCE " + qualified(schema, before.name) + words);
  return ddl;
}

Ddl SqlServerDdlWriter::drop_sequence(std::string_view schema, const Sequence& sequence) const {
  return {{"DROP SEQUENCE " + qualified(schema, sequence.name)}, {}};
}

Ddl SqlServerDdlWriter::create_type(std::string_view schema, const catalog::UserType& type) const {
  if (type.kind == "alias" && is_type_text(type.base)) {
    return {{"CREATE TYPE " + qualified(schema, type.name) + " FROM " + type.base +
             (type.nullable ? " NULL" : " NOT NULL")},
            {}};
  }
  return {{}, {fmt::format("The {} type {} must be written by hand.", type.kind, type.name)}};
}

Ddl SqlServerDdlWriter::create_table(const DdlTable& table) const {
  Ddl ddl;
  check_name(table.table.name, ddl);
  std::string body;
  std::vector<std::string> more;
  const auto add = [&](const std::string& part) { body += (body.empty() ? "\n    " : ",\n    ") + part; };
  for (const Column& column : table.table.columns) {
    const std::string definition = column_definition(table, column, ddl);
    if (definition.empty()) return {{}, std::move(ddl.remarks)};
    add(definition);
  }
  const auto add_key_part = [&](const Key& key, bool primary) {
    if (const Column* column = find_unindexable(table, key.columns)) {
      ddl.remarks.push_back(unindexable_remark(*column));
    } else if (auto index = primary ? std::nullopt : as_filtered_index(table, key, ddl)) {
      more.push_back(std::move(*index));
    } else {
      add(key_definition(table, key, primary, ddl));
    }
  };
  if (table.table.primary_key) add_key_part(*table.table.primary_key, true);
  for (const Key& key : table.table.unique_constraints) add_key_part(key, false);
  for (const Check& check : table.table.checks) {
    if (!check.enforced) {
      Ddl disabled = add_check(table, check);
      std::move(disabled.statements.begin(), disabled.statements.end(), std::back_inserter(more));
      continue;
    }
    check_name(check.name, ddl);
    add(constraint_word(check.name) + "CHECK (" + check.expression.printed + ")");
  }
  if (!table.table.partition_key.empty()) {
    ddl.remarks.push_back(fmt::format("It is made as one table, without partitions by {}.", table.table.partition_key));
  }
  if (!table.table.persistent) ddl.remarks.emplace_back("SQL Server has no unlogged tables: this one is logged.");
  ddl.statements.push_back("CREATE TABLE " + full_name(table) + " (" + body + "\n)");
  std::move(more.begin(), more.end(), std::back_inserter(ddl.statements));
  return ddl;
}

Ddl SqlServerDdlWriter::rename_table(const DdlTable& table, std::string_view name) const {
  Ddl ddl;
  check_name(name, ddl);
  ddl.statements.push_back(rename(full_name(table), name, "OBJECT"));
  return ddl;
}

Ddl SqlServerDdlWriter::drop_table(const DdlTable& table) const {
  return {{"DROP TABLE " + full_name(table)}, {}};
}

Ddl SqlServerDdlWriter::set_persistent(const DdlTable&, bool) const {
  return {{}, {"SQL Server has no unlogged tables."}};
}

Ddl SqlServerDdlWriter::add_column(const DdlTable& table, const Column& column) const {
  Ddl ddl;
  const std::string definition = column_definition(table, column, ddl);
  if (definition.empty()) return ddl;
  std::string statement = alter(table) + "ADD " + definition;
  // PostgreSQL gives the default to the rows that are there; SQL Server to a column that takes NULL only when told.
  if (column.nullable && column.default_value && !column.identity && !column.computed) statement += " WITH VALUES";
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl SqlServerDdlWriter::rename_column(const DdlTable& table, std::string_view before, std::string_view after) const {
  Ddl ddl;
  check_name(after, ddl);
  ddl.statements.push_back(rename(full_name(table) + "." + quote_name(before), after, "COLUMN"));
  return ddl;
}

Ddl SqlServerDdlWriter::drop_column(const DdlTable& table, const Column& column) const {
  Ddl ddl;
  if (column.default_value && !column.computed) ddl = drop_default(table, column);
  ddl.statements.push_back(alter(table) + "DROP COLUMN " + quote_name(column.name));
  return ddl;
}

Ddl SqlServerDdlWriter::alter_column(const DdlTable& table, const Column& before, const Column& after) const {
  const bool row_version =
      before.type.family == TypeFamily::row_version || after.type.family == TypeFamily::row_version;
  if (row_version && before.type.printed != after.type.printed) {
    return {{}, {"A rowversion column cannot become another, nor another one a rowversion: add a new column."}};
  }
  Ddl ddl;
  if (!check_type(after.type, after.name, ddl) || !check_collation(after.collation, after.name, ddl)) return ddl;
  std::string statement = alter(table) + "ALTER COLUMN " + quote_name(before.name) + " " + after.type.printed;
  // Without COLLATE the column gets the database's collation, without NULL it takes NULL.
  if (!after.collation.empty() && after.type.family == TypeFamily::text) statement += " COLLATE " + after.collation;
  ddl.statements.push_back(statement + nullability(after));
  if (before.type.family != after.type.family) {
    ddl.remarks.push_back(fmt::format("Every value must convert from {} to {}; where it does not, add a new column.",
                                      before.type.printed, after.type.printed));
  }
  return ddl;
}

Ddl SqlServerDdlWriter::set_default(const DdlTable& table, const Column& before, const Column& after) const {
  Ddl ddl;
  std::string name = after.default_name;
  if (before.default_value) {
    ddl = drop_default(table, before);
    if (name.empty() && !before.default_system_named) name = before.default_name;
  }
  if (name.empty()) name = made_name("DF", table.table.name, {after.name});
  ddl.statements.push_back(alter(table) + "ADD CONSTRAINT " + quote_name(name) + " DEFAULT (" +
                           after.default_value->printed + ") FOR " + quote_name(after.name));
  return ddl;
}

Ddl SqlServerDdlWriter::drop_default(const DdlTable& table, const Column& before) const {
  if (!before.default_name.empty()) return {{drop_constraint(table, before.default_name)}, {}};
  const std::string object = plain_literal(full_name(table));
  return {
      {"DECLARE @statement nvarchar(max) = (SELECT N'ALTER TABLE ' + "
       "QUOTENAME(OBJECT_SCHEMA_NAME(d.parent_object_id)) + N'.' + QUOTENAME(OBJECT_NAME(d.parent_object_id)) + "
       "N' DROP CONSTRAINT ' + QUOTENAME(d.name) FROM sys.default_constraints d JOIN sys.columns c ON c.object_id = "
       "d.parent_object_id AND c.column_id = d.parent_column_id WHERE d.parent_object_id = OBJECT_ID(" +
       object + ") AND c.name = " + plain_literal(before.name) + ");\nEXEC sys.sp_executesql @statement"},
      {"The name of the default is not known: the statement looks it up."}};
}

Ddl SqlServerDdlWriter::alter_identity(const DdlTable& table, const Column& before, const Column& after) const {
  const std::string name = table.table.name + "." + after.name;
  if (!before.identity) {
    return {
        {},
        {fmt::format("{} cannot become an identity: SQL Server needs a new column, or a new table into which the rows "
                     "are copied with SET IDENTITY_INSERT.",
                     name)}};
  }
  if (!after.identity) {
    return {
        {},
        {fmt::format("{} cannot lose its identity: SQL Server needs a new column that takes over the values.", name)}};
  }
  if (before.identity->options.start == after.identity->options.start &&
      before.identity->options.increment == after.identity->options.increment) {
    return {{}, {"SQL Server has one kind of identity only: values of one's own need SET IDENTITY_INSERT."}};
  }
  return {
      {},
      {fmt::format("Start and increment of the identity {} cannot change: SQL Server needs a new column or table. DBCC "
                   "CHECKIDENT sets the next number only.",
                   name)}};
}

Ddl SqlServerDdlWriter::drop_computation(const DdlTable&, const Column& before) const {
  return {
      {},
      {fmt::format("{} cannot keep its values when it is not computed any more: add a column, copy the values into it, "
                   "drop this one and rename.",
                   before.name)}};
}

Ddl SqlServerDdlWriter::add_key(const DdlTable& table, const Key& key, bool primary) const {
  if (const Column* column = find_unindexable(table, key.columns)) return {{}, {unindexable_remark(*column)}};
  Ddl ddl;
  if (!primary) {
    if (auto index = as_filtered_index(table, key, ddl)) {
      ddl.statements.push_back(std::move(*index));
      return ddl;
    }
  }
  ddl.statements.push_back(alter(table) + "ADD " + key_definition(table, key, primary, ddl));
  return ddl;
}

bool SqlServerDdlWriter::key_is_index(const DdlTable& table, const Key& key) const {
  return !key.nulls_not_distinct && !without_nulls(table, key.columns).empty();
}

Ddl SqlServerDdlWriter::drop_key(const DdlTable& table, const Key& key, bool) const {
  return {{drop_constraint(table, key.name)}, {}};
}

Ddl SqlServerDdlWriter::add_check(const DdlTable& table, const Check& check) const {
  Ddl ddl;
  check_name(check.name, ddl);
  const bool unchecked = !check.validated || !check.enforced;
  const std::string name =
      check.name.empty() && !check.enforced ? made_name("CK", table.table.name, check.columns) : check.name;
  ddl.statements.push_back(alter(table) + (unchecked ? "WITH NOCHECK " : "") + "ADD " + constraint_word(name) +
                           "CHECK (" + check.expression.printed + ")");
  if (!check.enforced) ddl.statements.push_back(alter(table) + "NOCHECK CONSTRAINT " + quote_name(name));
  return ddl;
}

Ddl SqlServerDdlWriter::drop_check(const DdlTable& table, const Check& check) const {
  return {{drop_constraint(table, check.name)}, {}};
}

Ddl SqlServerDdlWriter::add_index(const DdlTable& table, const Index& index) const {
  const bool columnstore = index.method == "columnstore";
  if (!columnstore && !index.method.empty() && index.method != "btree") {
    return {{},
            {fmt::format("SQL Server has no index of the kind {} that a statement of this tool could make.",
                         index.method)}};
  }
  Ddl ddl;
  std::vector<std::string> keys;
  std::string list;
  for (const catalog::IndexColumn& column : index.columns) {
    if (column.column.empty()) {
      return {{},
              {fmt::format("An index on the expression {} needs a computed column, and an index on that.",
                           column.expression)}};
    }
    keys.push_back(column.column);
    list += (list.empty() ? "" : ", ") + quote_name(column.column) + (column.descending ? " DESC" : "");
    if (column.nulls_first != nulls_first_by_default(column.descending)) {
      ddl.remarks.emplace_back("SQL Server has one order of NULLs only: first when ascending, last when descending.");
    }
  }
  if (const Column* column = find_unindexable(table, keys)) return {{}, {unindexable_remark(*column)}};
  const std::string name = index.name.empty() ? made_name("IX", table.table.name, keys) : index.name;
  check_name(name, ddl);
  std::string statement = index.unique ? "CREATE UNIQUE " : "CREATE ";
  statement += index.clustered ? "CLUSTERED " : "NONCLUSTERED ";
  statement += std::string(columnstore ? "COLUMNSTORE " : "") + "INDEX " + quote_name(name) + " ON " + full_name(table);
  if (columnstore) {
    if (!index.clustered) statement += " " + name_list(index.included);
  } else {
    statement += " (" + list + ")";
    if (!index.included.empty()) statement += " INCLUDE " + name_list(index.included);
  }
  std::string predicate = index.predicate ? index.predicate->printed : std::string();
  if (index.unique && !index.nulls_not_distinct) {
    const std::string nulls = without_nulls(table, keys);
    if (!nulls.empty() && !index.predicate) {
      predicate = nulls;
      ddl.remarks.emplace_back("It leaves the NULLs out, since a unique index takes one NULL only.");
    } else if (!nulls.empty() && predicate.find("IS NOT NULL") == std::string::npos) {
      ddl.remarks.emplace_back("It takes one NULL only; AND … IS NOT NULL in the predicate takes any number.");
    }
  }
  if (!predicate.empty()) statement += " WHERE " + predicate;
  // Not for an index with a filter.
  statement += duplicates_option(index.ignores_duplicates && index.unique && predicate.empty());
  ddl.statements.push_back(std::move(statement));
  return ddl;
}

Ddl SqlServerDdlWriter::drop_index(const DdlTable& table, const Index& index) const {
  return {{"DROP INDEX " + quote_name(index.name) + " ON " + full_name(table)}, {}};
}

Ddl SqlServerDdlWriter::rebuild_index(const DdlTable& table, const Index& index) const {
  return {{"ALTER INDEX " + quote_name(index.name) + " ON " + full_name(table) + " REBUILD"}, {}};
}

Ddl SqlServerDdlWriter::add_foreign_key(const DdlTable& table, const ForeignKey& key) const {
  Ddl ddl;
  check_name(key.name, ddl);
  explain_deferral(key.deferrable, ddl);
  if (key.match_full && key.columns.size() > 1) {
    ddl.remarks.emplace_back("SQL Server has no MATCH FULL: a row with some of the columns NULL is accepted.");
  }
  const bool unchecked = !key.validated || !key.enforced;
  const std::string name =
      key.name.empty() && !key.enforced ? made_name("FK", table.table.name, key.columns) : key.name;
  std::string statement = alter(table) + (unchecked ? "WITH NOCHECK " : "") + "ADD " + constraint_word(name) +
                          "FOREIGN KEY " + name_list(key.columns) + " REFERENCES " +
                          qualified(key.referenced_schema, key.referenced_table);
  if (!key.referenced_columns.empty()) statement += " " + name_list(key.referenced_columns);
  const std::string on_delete = action_words(key.on_delete);
  const std::string on_update = action_words(key.on_update);
  const bool to_itself = key.referenced_schema == table.schema && key.referenced_table == table.table.name;
  if (to_itself && (!on_delete.empty() || !on_update.empty())) {
    ddl.remarks.emplace_back("Without its actions: SQL Server refuses them on a table that refers to itself.");
  } else if (!key.on_delete_columns.empty()) {
    ddl.remarks.emplace_back("Without its action on delete: SQL Server sets all columns of a key to NULL, or none.");
    if (!on_update.empty()) statement += " ON UPDATE " + on_update;
  } else {
    if (!on_delete.empty()) statement += " ON DELETE " + on_delete;
    if (!on_update.empty()) statement += " ON UPDATE " + on_update;
  }
  ddl.statements.push_back(std::move(statement));
  if (!key.enforced) ddl.statements.push_back(alter(table) + "NOCHECK CONSTRAINT " + quote_name(name));
  return ddl;
}

Ddl SqlServerDdlWriter::drop_foreign_key(const DdlTable& table, const ForeignKey& key) const {
  return {{drop_constraint(table, key.name)}, {}};
}

Ddl SqlServerDdlWriter::rename_constraint(const DdlTable& table, std::string_view before, std::string_view after,
                                          bool is_index) const {
  Ddl ddl;
  check_name(after, ddl);
  ddl.statements.push_back(is_index ? rename(full_name(table) + "." + quote_name(before), after, "INDEX")
                                    : rename(qualified(table.schema, before), after, "OBJECT"));
  return ddl;
}

Ddl SqlServerDdlWriter::set_comment(const CommentedObject& object, const std::optional<std::string>& before,
                                    const std::optional<std::string>& after) const {
  using Kind = CommentedObject::Kind;
  if (!before && !after) return {};
  if (after && unit_count(*after) > kCommentUnitsMax) {
    return {{}, {"The comment is longer than the 3,750 characters that an extended property holds."}};
  }
  std::string levels = "@level0type = N'SCHEMA', @level0name = " + plain_literal(object.schema);
  const auto add_level = [&](int level, std::string_view kind, std::string_view name) {
    levels += fmt::format(", @level{}type = N'{}', @level{}name = {}", level, kind, level, plain_literal(name));
  };
  const bool is_view = object.of_view || object.kind == Kind::view || object.kind == Kind::materialized_view;
  if (object.kind == Kind::sequence) {
    add_level(1, "SEQUENCE", object.name);
  } else if (object.kind != Kind::schema) {
    add_level(1, is_view ? "VIEW" : "TABLE", object.table);
    if (object.kind == Kind::column) add_level(2, "COLUMN", object.name);
    if (object.kind == Kind::constraint) add_level(2, "CONSTRAINT", object.name);
    if (object.kind == Kind::index) add_level(2, "INDEX", object.name);
  }
  const std::string_view verb = !after ? "drop" : before ? "update" : "add";
  std::string statement = fmt::format("EXEC sys.sp_{}extendedproperty @name = N'MS_Description', ", verb);
  if (after && is_joined(*after)) {
    statement = "DECLARE @comment nvarchar(3750) = " + literal(*after) + ";\n" + statement + "@value = @comment, ";
  } else if (after) {
    statement += "@value = " + plain_literal(*after) + ", ";
  }
  return {{statement + levels}, {}};
}

}  // namespace paripassu::sqlserver
