#pragma once

#include <concepts>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "backends/catalog/catalog.h"

/// The members of every value of the catalog with their keys in a snapshot, in the snapshot's order. Writer and
/// reader both walk these lists. A structured binding must name all members: one added to catalog.h and forgotten
/// here does not compile. Private to catalog_json.
namespace paripassu::catalog {

/// `required`: written even when it holds the default, and demanded when reading.
template <class T>
struct Member {
  std::string_view key;
  T& value;
  bool required;
};

template <class T>
Member<T> member(std::string_view key, T& value) {
  return {key, value, false};
}

template <class T>
Member<T> required(std::string_view key, T& value) {
  return {key, value, true};
}

/// The value itself or a const one.
template <class T, class Value>
concept Of = std::same_as<std::remove_const_t<T>, Value>;

auto members(Of<Type> auto& value) {
  auto& [family, printed, type_name, length, length_unit, fixed_length, precision, scale, bits, is_unsigned,
         with_time_zone, tick_ns, array_dimensions, user_type] = value;
  return std::tuple(member("family", family), member("printed", printed), member("name", type_name),
                    member("length", length), member("length_unit", length_unit), member("fixed_length", fixed_length),
                    member("precision", precision), member("scale", scale), member("bits", bits),
                    member("is_unsigned", is_unsigned), member("with_time_zone", with_time_zone),
                    member("tick_ns", tick_ns), member("array_dimensions", array_dimensions),
                    member("user_type", user_type));
}

auto members(Of<Expression> auto& value) {
  auto& [printed, hidden] = value;
  return std::tuple(member("printed", printed), member("hidden", hidden));
}

auto members(Of<SequenceOptions> auto& value) {
  auto& [start, increment, minimum, maximum, cycle, cache] = value;
  return std::tuple(member("start", start), member("increment", increment), member("minimum", minimum),
                    member("maximum", maximum), member("cycle", cycle), member("cache", cache));
}

auto members(Of<Identity> auto& value) {
  auto& [kind, options] = value;
  return std::tuple(required("kind", kind), member("options", options));
}

auto members(Of<Computed> auto& value) {
  auto& [expression, stored] = value;
  return std::tuple(member("expression", expression), member("stored", stored));
}

auto members(Of<CollationMeaning> auto& value) {
  auto& [case_sensitive, accent_sensitive] = value;
  return std::tuple(required("case_sensitive", case_sensitive), required("accent_sensitive", accent_sensitive));
}

auto members(Of<Column> auto& value) {
  auto& [name, ordinal, type, nullable, default_value, default_name, default_system_named, identity, computed,
         collation, collation_meaning, comment] = value;
  return std::tuple(required("name", name), required("ordinal", ordinal), required("type", type),
                    member("nullable", nullable), member("default_value", default_value),
                    member("default_name", default_name), member("default_system_named", default_system_named),
                    member("identity", identity), member("computed", computed), member("collation", collation),
                    member("collation_meaning", collation_meaning), member("comment", comment));
}

auto members(Of<Key> auto& value) {
  auto& [name, system_named, columns, nulls_not_distinct, deferrable, initially_deferred, enforced, ignores_duplicates,
         comment] = value;
  return std::tuple(required("name", name), member("system_named", system_named), member("columns", columns),
                    member("nulls_not_distinct", nulls_not_distinct), member("deferrable", deferrable),
                    member("initially_deferred", initially_deferred), member("enforced", enforced),
                    member("ignores_duplicates", ignores_duplicates), member("comment", comment));
}

auto members(Of<ForeignKey> auto& value) {
  auto& [name, system_named, columns, referenced_schema, referenced_table, referenced_columns, on_delete, on_update,
         on_delete_columns, match_full, deferrable, initially_deferred, validated, enforced, comment] = value;
  return std::tuple(required("name", name), member("system_named", system_named), member("columns", columns),
                    member("referenced_schema", referenced_schema), member("referenced_table", referenced_table),
                    member("referenced_columns", referenced_columns), member("on_delete", on_delete),
                    member("on_update", on_update), member("on_delete_columns", on_delete_columns),
                    member("match_full", match_full), member("deferrable", deferrable),
                    member("initially_deferred", initially_deferred), member("validated", validated),
                    member("enforced", enforced), member("comment", comment));
}

auto members(Of<Check> auto& value) {
  auto& [name, system_named, expression, columns, validated, enforced, no_inherit, comment] = value;
  return std::tuple(required("name", name), member("system_named", system_named), member("expression", expression),
                    member("columns", columns), member("validated", validated), member("enforced", enforced),
                    member("no_inherit", no_inherit), member("comment", comment));
}

auto members(Of<IndexColumn> auto& value) {
  auto& [column, expression, descending, nulls_first, collation, operator_class] = value;
  return std::tuple(member("column", column), member("expression", expression), member("descending", descending),
                    member("nulls_first", nulls_first), member("collation", collation),
                    member("operator_class", operator_class));
}

auto members(Of<Index> auto& value) {
  auto& [name, unique, method, clustered, columns, included, predicate, nulls_not_distinct, valid, ignores_duplicates,
         comment] = value;
  return std::tuple(required("name", name), member("unique", unique), member("method", method),
                    member("clustered", clustered), member("columns", columns), member("included", included),
                    member("predicate", predicate), member("nulls_not_distinct", nulls_not_distinct),
                    member("valid", valid), member("ignores_duplicates", ignores_duplicates),
                    member("comment", comment));
}

auto members(Of<Trigger> auto& value) {
  auto& [name, timing, events, row_level, enabled, rule, calls, definition] = value;
  return std::tuple(required("name", name), member("timing", timing), member("events", events),
                    member("row_level", row_level), member("enabled", enabled), member("rule", rule),
                    member("calls", calls), member("definition", definition));
}

auto members(Of<Policy> auto& value) {
  auto& [name, command, definition, roles] = value;
  return std::tuple(required("name", name), member("command", command), member("definition", definition),
                    member("roles", roles));
}

auto members(Of<Table> auto& value) {
  auto& [name, columns, primary_key, unique_constraints, foreign_keys, checks, indexes, triggers, policies, comment,
         partition_key, partition_of, partition_bound, inherits, row_security, row_security_forced, history_table,
         persistent, foreign, grants] = value;
  return std::tuple(required("name", name), member("columns", columns), member("primary_key", primary_key),
                    member("unique_constraints", unique_constraints), member("foreign_keys", foreign_keys),
                    member("checks", checks), member("indexes", indexes), member("triggers", triggers),
                    member("policies", policies), member("comment", comment), member("partition_key", partition_key),
                    member("partition_of", partition_of), member("partition_bound", partition_bound),
                    member("inherits", inherits), member("row_security", row_security),
                    member("row_security_forced", row_security_forced), member("history_table", history_table),
                    member("persistent", persistent), member("foreign", foreign), member("grants", grants));
}

auto members(Of<View> auto& value) {
  auto& [name, materialized, columns, definition, indexes, triggers, comment] = value;
  return std::tuple(required("name", name), member("materialized", materialized), member("columns", columns),
                    member("definition", definition), member("indexes", indexes), member("triggers", triggers),
                    member("comment", comment));
}

auto members(Of<Sequence> auto& value) {
  auto& [name, type, options, owned_by, comment] = value;
  return std::tuple(required("name", name), member("type", type), member("options", options),
                    member("owned_by", owned_by), member("comment", comment));
}

auto members(Of<Parameter> auto& value) {
  auto& [name, type, output] = value;
  return std::tuple(member("name", name), member("type", type), member("output", output));
}

auto members(Of<Routine> auto& value) {
  auto& [name, kind, parameters, returns, language, body_hash, hidden, comment] = value;
  return std::tuple(required("name", name), member("kind", kind), member("parameters", parameters),
                    member("returns", returns), member("language", language), member("body_hash", body_hash),
                    member("hidden", hidden), member("comment", comment));
}

auto members(Of<UserType> auto& value) {
  auto& [name, kind, labels, base, nullable, default_value, checks, attributes, comment] = value;
  return std::tuple(required("name", name), member("kind", kind), member("labels", labels), member("base", base),
                    member("nullable", nullable), member("default_value", default_value), member("checks", checks),
                    member("attributes", attributes), member("comment", comment));
}

auto members(Of<Synonym> auto& value) {
  auto& [name, target, comment] = value;
  return std::tuple(required("name", name), member("target", target), member("comment", comment));
}

auto members(Of<Schema> auto& value) {
  auto& [name, tables, views, sequences, routines, types, synonyms, comment] = value;
  return std::tuple(required("name", name), member("tables", tables), member("views", views),
                    member("sequences", sequences), member("routines", routines), member("types", types),
                    member("synonyms", synonyms), member("comment", comment));
}

auto members(Of<Unknown> auto& value) {
  auto& [object, what, reason] = value;
  return std::tuple(member("object", object), member("what", what), member("reason", reason));
}

auto members(Of<Catalog> auto& value) {
  auto& [engine, product, product_version, genuine, deviations, database, default_schema, collation, collation_meaning,
         case_folds_identifiers, schemas, unknown] = value;
  return std::tuple(required("engine", engine), member("product", product), member("product_version", product_version),
                    member("genuine", genuine), member("deviations", deviations), member("database", database),
                    member("default_schema", default_schema), member("collation", collation),
                    member("collation_meaning", collation_meaning),
                    member("case_folds_identifiers", case_folds_identifiers), member("schemas", schemas),
                    member("unknown", unknown));
}

}  // namespace paripassu::catalog
