#include "harness/parity/describe.h"

#include <fmt/format.h>

#include "harness/parity/names.h"

namespace paripassu::parity {
namespace {

std::string_view action_words(catalog::ReferentialAction action) {
  switch (action) {
    case catalog::ReferentialAction::no_action:
      return "NO ACTION";
    case catalog::ReferentialAction::restrict_:
      return "RESTRICT";
    case catalog::ReferentialAction::cascade:
      return "CASCADE";
    case catalog::ReferentialAction::set_null:
      return "SET NULL";
    case catalog::ReferentialAction::set_default:
      return "SET DEFAULT";
  }
  return "NO ACTION";
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

}  // namespace

std::string describe_names(const std::vector<std::string>& names) {
  return "(" + join(names, ", ") + ")";
}

std::string describe_count(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string describe(const catalog::Column& column) {
  std::string out =
      column.type.printed.empty() ? std::string(catalog::to_string(column.type.family)) : column.type.printed;
  out += column.nullable ? " NULL" : " NOT NULL";
  if (column.identity) {
    out += " IDENTITY";
  } else if (column.computed) {
    out += " COMPUTED";
  } else if (column.default_value) {
    out += " DEFAULT " + describe(*column.default_value);
  }
  return out;
}

std::string describe(const catalog::Key& key, bool primary) {
  std::string out = primary ? "PRIMARY KEY " : "UNIQUE ";
  if (!primary && key.nulls_not_distinct) out += "NULLS NOT DISTINCT ";
  return out + describe_names(key.columns);
}

std::string describe_actions(const catalog::ForeignKey& key) {
  std::string out = fmt::format("ON DELETE {}", action_words(key.on_delete));
  if (!key.on_delete_columns.empty()) out += " " + describe_names(key.on_delete_columns);
  return out + fmt::format(" ON UPDATE {}", action_words(key.on_update));
}

std::string describe(const catalog::ForeignKey& key, std::string_view schema) {
  std::string out = describe_names(key.columns) + " REFERENCES ";
  if (!key.referenced_schema.empty() && key.referenced_schema != schema) out += key.referenced_schema + ".";
  out += key.referenced_table + " " + describe_names(key.referenced_columns);
  if (key.on_delete != catalog::ReferentialAction::no_action ||
      key.on_update != catalog::ReferentialAction::no_action) {
    out += " " + describe_actions(key);
  }
  return out;
}

std::string deferral_words(bool deferrable, bool initially_deferred) {
  if (!deferrable) return "not deferrable";
  return initially_deferred ? "deferrable, initially deferred" : "deferrable, initially immediate";
}

std::string describe(const catalog::Index& index, bool show_nulls) {
  std::vector<std::string> items;
  for (const catalog::IndexColumn& item : index.columns) {
    std::string text = item.column.empty() ? "(" + item.expression + ")" : item.column;
    if (!item.collation.empty()) text += " COLLATE " + item.collation;
    if (!item.operator_class.empty()) text += " " + item.operator_class;
    if (item.descending) text += " DESC";
    if (show_nulls) text += item.nulls_first ? " NULLS FIRST" : " NULLS LAST";
    items.push_back(std::move(text));
  }
  constexpr std::string_view kExclusion = " exclusion";
  const bool exclusion = index.method.ends_with(kExclusion);
  std::string out = exclusion ? "EXCLUDE " : index.unique ? "UNIQUE " : "";
  out += describe_names(items);
  if (!index.included.empty()) out += " INCLUDE " + describe_names(index.included);
  if (index.predicate) out += " WHERE " + describe(*index.predicate);
  if (exclusion) {
    out += " USING " + index.method.substr(0, index.method.size() - kExclusion.size());
  } else if (const std::string method = index_method(index); method != "btree") {
    out += " USING " + method;
  }
  return out;
}

std::string describe(const catalog::Expression& expression) {
  if (expression.hidden) return "(hidden)";
  return expression.printed.empty() ? "(not printed)" : expression.printed;
}

std::string describe(const catalog::Trigger& trigger) {
  if (trigger.rule) return "rule " + describe_occasion(trigger);
  std::string out = fmt::format("{} {} FOR EACH {}", trigger.timing, join(trigger.events, " or "),
                                trigger.row_level ? "ROW" : "STATEMENT");
  if (!trigger.calls.empty()) out += " CALLS " + trigger.calls;
  if (!trigger.enabled) out += " DISABLED";
  return out;
}

std::string describe_occasion(const catalog::Trigger& trigger) {
  return trigger.timing + " " + join(trigger.events, " or ") + (trigger.enabled ? "" : " DISABLED");
}

std::string describe_signature(const catalog::Routine& routine) {
  std::vector<std::string> parameters;
  for (const catalog::Parameter& parameter : routine.parameters) {
    std::string text = parameter.name.starts_with('@') ? parameter.name.substr(1) : parameter.name;
    if (!text.empty()) text += ' ';
    text += parameter.type;
    if (parameter.output) text += " OUT";
    parameters.push_back(std::move(text));
  }
  std::string out = routine.kind + " " + describe_names(parameters);
  if (!routine.returns.empty()) out += " RETURNS " + routine.returns;
  return out;
}

std::string describe(const catalog::Routine& routine) {
  std::string out = describe_signature(routine);
  if (!routine.language.empty()) out += " LANGUAGE " + routine.language;
  if (!routine.body_hash.empty()) out += " body " + routine.body_hash.substr(0, 12);
  return out;
}

std::string describe(const catalog::UserType& type) {
  std::string out = type.kind;
  if (!type.labels.empty()) out += " " + describe_names(type.labels);
  if (!type.base.empty()) out += " of " + type.base;
  if (!type.nullable) out += " NOT NULL";
  if (type.default_value) out += " DEFAULT " + describe(*type.default_value);
  if (!type.checks.empty()) out += " CHECK " + describe_names(type.checks);
  std::vector<std::string> attributes;
  for (const catalog::Column& attribute : type.attributes) {
    attributes.push_back(attribute.name + " " + describe(attribute));
  }
  if (!attributes.empty()) out += " " + describe_names(attributes);
  return out;
}

std::string index_method(const catalog::Index& index) {
  std::string method = fold_name(index.method, NameMatching::fold);
  for (const std::string_view ordered : {"", "btree", "clustered", "nonclustered", "rowstore", "heap"}) {
    if (method == ordered) return "btree";
  }
  return method;
}

}  // namespace paripassu::parity
