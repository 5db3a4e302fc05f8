#include "backends/postgres/in_flight.h"

#include <pg_query.h>

#include <array>
#include <nlohmann/json.hpp>

#include "backends/postgres/dialect.h"

namespace paripassu::postgres {

namespace {

using nlohmann::json;

/// The parse tree of the one statement, or null when libpg_query does not understand it.
json parse(const std::string& text) {
  PgQueryParseResult result = pg_query_parse(text.c_str());
  json tree;
  if (result.error == nullptr) {
    json document = json::parse(result.parse_tree, nullptr, false);
    if (document.is_object() && document.contains("stmts") && document["stmts"].size() == 1)
      tree = document["stmts"][0]["stmt"];
  }
  pg_query_free_parse_result(result);
  return tree;
}

struct IndexState {
  bool exists = false;
  bool valid = false;
};

IndexState index_state(Session& session, const std::string& quoted_name) {
  const std::array<Cell, 1> parameters = {quoted_name};
  const ResultSet rows = session.query(
      "SELECT i.indisvalid AND i.indisready FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass($1)",
      parameters);
  if (rows.row_count() == 0) return {};
  return {true, rows.row(0)[0] == "t"};
}

std::string member(const json& node, const char* name) {
  return node.is_object() && node.contains(name) && node[name].is_string() ? node[name].get<std::string>() : "";
}

std::string qualified(const std::string& schema, const std::string& name) {
  const PostgresDialect dialect;
  return (schema.empty() ? "" : dialect.quote_identifier(schema) + ".") + dialect.quote_identifier(name);
}

InFlightVerdict resolve_create_index(Session& session, const json& node) {
  const std::string name = member(node, "idxname");
  if (name.empty()) return InFlightVerdict::unknown;
  const std::string schema = node.contains("relation") ? member(node["relation"], "schemaname") : "";
  const std::string quoted = qualified(schema, name);
  const IndexState state = index_state(session, quoted);
  if (!state.exists) return InFlightVerdict::not_applied;
  if (state.valid) return InFlightVerdict::applied;
  // What a CREATE INDEX CONCURRENTLY leaves when it does not end: it would be in the way of the next attempt.
  session.execute("DROP INDEX CONCURRENTLY IF EXISTS " + quoted);
  return InFlightVerdict::not_applied;
}

InFlightVerdict resolve_drop_index(Session& session, const json& node) {
  if (!node.contains("objects") || node["objects"].size() != 1) return InFlightVerdict::unknown;
  std::vector<std::string> parts;
  const json& object = node["objects"][0];
  if (!object.contains("List")) return InFlightVerdict::unknown;
  for (const json& item : object["List"]["items"])
    if (item.contains("String")) {
      const json& text = item["String"];
      parts.push_back(member(text, text.contains("sval") ? "sval" : "str"));
    }
  if (parts.empty() || parts.size() > 2) return InFlightVerdict::unknown;
  const IndexState state = index_state(session, qualified(parts.size() == 2 ? parts[0] : "", parts.back()));
  return state.exists ? InFlightVerdict::not_applied : InFlightVerdict::applied;
}

InFlightVerdict resolve_add_value(Session& session, const json& node) {
  std::vector<std::string> parts;
  for (const json& item : node["typeName"])
    if (item.contains("String")) {
      const json& text = item["String"];
      parts.push_back(member(text, text.contains("sval") ? "sval" : "str"));
    }
  const std::string value = member(node, "newVal");
  if (parts.empty() || parts.size() > 2 || value.empty() || !member(node, "oldVal").empty())
    return InFlightVerdict::unknown;
  const std::array<Cell, 2> parameters = {qualified(parts.size() == 2 ? parts[0] : "", parts.back()), value};
  const ResultSet rows = session.query(
      "SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype($1) AND enumlabel = $2", parameters);
  return rows.row_count() > 0 ? InFlightVerdict::applied : InFlightVerdict::not_applied;
}

}  // namespace

InFlightVerdict resolve_in_flight(Session& session, const ScriptStatement& statement) {
  const json tree = parse(statement.text);
  if (!tree.is_object()) return InFlightVerdict::unknown;
  if (tree.contains("IndexStmt")) return resolve_create_index(session, tree["IndexStmt"]);
  if (tree.contains("DropStmt")) return resolve_drop_index(session, tree["DropStmt"]);
  if (tree.contains("AlterEnumStmt")) return resolve_add_value(session, tree["AlterEnumStmt"]);
  for (const char* repeatable : {"ReindexStmt", "VacuumStmt", "ClusterStmt", "AlterSystemStmt", "DiscardStmt"})
    if (tree.contains(repeatable)) return InFlightVerdict::not_applied;
  return InFlightVerdict::unknown;
}

}  // namespace paripassu::postgres
