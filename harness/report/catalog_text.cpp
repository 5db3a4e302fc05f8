#include "harness/report/catalog_text.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/report/report_writer.h"

namespace paripassu {

using namespace catalog;  // NOLINT: prints nothing but a catalog

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string counted(std::size_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string printed(const Expression& expression) {
  return expression.hidden ? "(hidden)" : expression.printed;
}

class Printer {
 public:
  explicit Printer(std::ostream& out) : out_(out) {}

  void line(int depth, const std::string& text) {
    // Expressions may span lines; a report line may not.
    std::string flat = text;
    for (char& c : flat)
      if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    out_ << std::string(static_cast<std::size_t>(depth) * 2, ' ') << escape_for_terminal(flat) << '\n';
  }

  void comment(int depth, const std::optional<std::string>& text) {
    if (text) line(depth, "comment: " + *text);
  }

  void columns(int depth, const std::vector<Column>& columns) {
    for (const Column& column : columns) {
      std::string text = column.name + " " + column.type.printed;
      if (!column.type.user_type.empty() && column.type.user_type.find(column.type.printed) == std::string::npos &&
          column.type.printed.find(column.type.user_type) == std::string::npos)
        text += " [" + column.type.user_type + "]";
      if (!column.nullable) text += " not null";
      if (column.identity)
        text += fmt::format(" {} (start {}, increment {})", to_string(column.identity->kind),
                            column.identity->options.start, column.identity->options.increment);
      if (column.computed)
        text += fmt::format(" computed {} as {}", column.computed->stored ? "stored" : "virtual",
                            printed(column.computed->expression));
      if (column.default_value) text += " default " + printed(*column.default_value);
      if (!column.collation.empty()) text += " collate " + column.collation;
      if (column.comment) text += " -- " + *column.comment;
      line(depth, text);
    }
  }

  void key(int depth, const char* kind, const Key& key) {
    line(depth, fmt::format("{} {} ({}){}{}{}", kind, key.name, joined(key.columns),
                            key.deferrable ? " deferrable" : "", key.nulls_not_distinct ? " nulls not distinct" : "",
                            key.ignores_duplicates ? " ignoring duplicates" : ""));
  }

  void index(int depth, const Index& index) {
    std::string keys;
    for (const IndexColumn& column : index.columns) {
      keys += keys.empty() ? "" : ", ";
      keys += column.column.empty() ? column.expression : column.column;
      if (column.descending) keys += " desc";
    }
    std::string text = fmt::format("{}index {} ({})", index.unique ? "unique " : "", index.name, keys);
    if (!index.included.empty()) text += " include (" + joined(index.included) + ")";
    if (index.predicate) text += " where " + printed(*index.predicate);
    if (index.method != "btree") text += " using " + index.method;
    if (index.ignores_duplicates) text += " ignoring duplicates";
    if (!index.valid) text += " (not valid)";
    line(depth, text);
  }

  void trigger(int depth, const Trigger& trigger) {
    line(depth, fmt::format("{} {} {} {}{}{}", trigger.rule ? "rule" : "trigger", trigger.name, trigger.timing,
                            joined(trigger.events), trigger.row_level ? " for each row" : "",
                            trigger.enabled ? "" : " (disabled)"));
  }

  void table(const Table& table) {
    line(1, "table " + table.name + (table.partition_of.empty() ? "" : " (partition of " + table.partition_of + ")"));
    comment(2, table.comment);
    columns(2, table.columns);
    if (table.primary_key) key(2, "primary key", *table.primary_key);
    for (const Key& one : table.unique_constraints) key(2, "unique", one);
    for (const ForeignKey& one : table.foreign_keys) {
      std::string text = fmt::format("foreign key {} ({}) references {}.{} ({})", one.name, joined(one.columns),
                                     one.referenced_schema, one.referenced_table, joined(one.referenced_columns));
      if (one.on_delete != ReferentialAction::no_action) text += fmt::format(" on delete {}", to_string(one.on_delete));
      if (one.on_update != ReferentialAction::no_action) text += fmt::format(" on update {}", to_string(one.on_update));
      if (one.deferrable) text += one.initially_deferred ? " initially deferred" : " deferrable";
      if (!one.validated) text += " (not validated)";
      if (!one.enforced) text += " (disabled)";
      line(2, text);
    }
    for (const Check& one : table.checks)
      line(2, fmt::format("check {} {}{}{}{}", one.name, printed(one.expression), one.no_inherit ? " no inherit" : "",
                          one.validated ? "" : " (not validated)", one.enforced ? "" : " (disabled)"));
    for (const Index& one : table.indexes) index(2, one);
    for (const Trigger& one : table.triggers) trigger(2, one);
    if (!table.partition_key.empty()) line(2, "partitioned by " + table.partition_key);
    if (!table.inherits.empty()) line(2, "inherits " + joined(table.inherits));
    if (!table.history_table.empty()) line(2, "old versions of rows in " + table.history_table);
    if (table.row_security) line(2, table.row_security_forced ? "row-level security, forced" : "row-level security");
    for (const Policy& one : table.policies)
      line(2, fmt::format("policy {} for {}{}: {}", one.name, one.command,
                          one.roles.empty() ? "" : " to " + joined(one.roles), one.definition));
    for (const std::string& one : table.grants) line(2, "grant " + one);
  }

  void schema(const Schema& schema) {
    line(0, "schema " + schema.name);
    comment(1, schema.comment);
    for (const Table& one : schema.tables) table(one);
    for (const View& one : schema.views) {
      line(1, (one.materialized ? "materialized view " : "view ") + one.name);
      comment(2, one.comment);
      columns(2, one.columns);
      for (const Index& owned : one.indexes) index(2, owned);
      for (const Trigger& owned : one.triggers) trigger(2, owned);
    }
    for (const Synonym& one : schema.synonyms) line(1, fmt::format("synonym {} for {}", one.name, one.target));
    for (const Sequence& one : schema.sequences)
      line(1, fmt::format("sequence {} {} start {} increment {}{}", one.name, one.type.printed, one.options.start,
                          one.options.increment, one.owned_by.empty() ? "" : " owned by " + one.owned_by));
    for (const Routine& one : schema.routines) {
      std::string parameters;
      for (const Parameter& parameter : one.parameters)
        parameters += fmt::format("{}{}{}{}", parameters.empty() ? "" : ", ", parameter.name,
                                  parameter.name.empty() ? "" : " ", parameter.type) +
                      (parameter.output ? " output" : "");
      line(1, fmt::format("{} {}({}){}", one.kind, one.name, parameters,
                          one.returns.empty() ? "" : " returns " + one.returns));
    }
    for (const UserType& one : schema.types) {
      std::string text = fmt::format("type {} {}", one.name, one.kind);
      if (!one.labels.empty()) text += " (" + joined(one.labels) + ")";
      if (!one.base.empty()) text += " of " + one.base;
      line(1, text);
    }
  }

 private:
  std::ostream& out_;
};

}  // namespace

void write_catalog_text(std::ostream& out, const Catalog& catalog, const std::string& label) {
  Printer printer(out);
  std::size_t columns = 0;
  for (const Schema& schema : catalog.schemas)
    for (const Table& table : schema.tables) columns += table.columns.size();
  printer.line(0, fmt::format("{}: {}, {}, {}", label, counted(catalog.schemas.size(), "schema"),
                              counted(catalog.table_count(), "table"), counted(columns, "column")));
  for (const Schema& schema : catalog.schemas) printer.schema(schema);
  for (const Unknown& unknown : catalog.unknown)
    printer.line(0, fmt::format("unknown: {} of {}: {}", unknown.what, unknown.object, unknown.reason));
  if (!catalog.deviations.empty()) printer.line(0, "known deviations of this server: " + joined(catalog.deviations));
}

}  // namespace paripassu
