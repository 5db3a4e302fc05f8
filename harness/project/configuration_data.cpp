#include "harness/project/configuration_data.h"

#include <utility>

#include "harness/project/configuration_words.h"

namespace paripassu {

namespace {

const Words kDataSeverities = {"error", "warning"};

Error missing(const TomlTable& table, const std::string& message, const std::string& remedy) {
  return Error(ErrorCategory::configuration, message + " in " + table.heading())
      .with_position(table.position())
      .with_remedy(remedy);
}

std::map<std::string, ConfiguredWord> read_classes(const TomlTable& table) {
  std::map<std::string, ConfiguredWord> classes;
  const std::optional<TomlTable> words = table.open_table("classes");
  if (!words) return classes;
  for (const std::string& name : words->keys()) classes[name] = {words->required_text(name), words->position(name)};
  return classes;
}

std::optional<ConfiguredWord> read_tolerance(const TomlTable& table) {
  const auto text = table.filled_text("tolerance");
  if (!text) return std::nullopt;
  return ConfiguredWord{*text, table.position("tolerance")};
}

void read_renames(const TomlTable& table, DataConfiguration& data) {
  const std::optional<TomlTable> renames = table.open_table("rename");
  if (!renames) return;
  std::map<std::string, std::string> left_by_right;
  for (const std::string& left : renames->keys()) {
    const toml::node* node = renames->find(left);
    if (node->is_table())
      throw renames->wrong_type(left, "a string; a name with a dot needs quotes, \"orders.note\" = \"Orders.Remark\"");
    DataRename rename{left, renames->required_text(left), renames->position(left)};
    if (left.find_first_not_of(" \t\r\n") == std::string::npos)
      throw renames->error(left, "is not the name of a table or column");
    const auto [other, is_new] = left_by_right.emplace(rename.right, left);
    if (!is_new)
      throw renames->error(left, "pairs with '" + printable(rename.right) + "', and so does '" +
                                     printable(other->second) + "': each has one partner");
    data.renames.push_back(std::move(rename));
  }
}

DataRule read_rule(const TomlTable& table, const BackendRegistry& registry) {
  DataRule rule;
  rule.object = table.required_text("object");
  rule.position = table.position();
  rule.object_position = table.position("object");
  if (const toml::node* ignore = table.find("ignore")) {
    if (!ignore->is_boolean()) throw table.wrong_type("ignore", "true or false");
    rule.ignore = ignore->as_boolean()->get();
  }
  rule.reason = table.filled_text("reason").value_or("");
  if (rule.ignore && rule.reason.empty())
    throw missing(table, "'reason' is missing", "say why these values are left out: every report repeats it");
  rule.key = read_texts(table, "key", "columns");
  rule.key_position = table.position("key");
  if (rule.key.empty() && table.find("key") != nullptr) throw table.error("key", "must name at least one column");
  rule.classes = read_classes(table);
  rule.tolerance = read_tolerance(table);
  if (const std::optional<TomlTable> where = table.table("where", engine_names(registry), "engine"))
    for (const std::string& engine : where->keys()) rule.where[engine] = where->required_text(engine);
  const bool says_something =
      rule.ignore || !rule.key.empty() || !rule.classes.empty() || rule.tolerance || !rule.where.empty();
  if (!says_something)
    throw missing(table, "nothing is said about '" + printable(rule.object) + "'",
                  "give it ignore = true, key, classes, tolerance or where");
  return rule;
}

}  // namespace

void read_data(const TomlTable& root, const BackendRegistry& registry, DataConfiguration& data) {
  const std::optional<TomlTable> table =
      root.table("data", {"tables", "fail_on", "classes", "tolerance", "rename", "rule"});
  if (!table) return;
  data.tables = read_texts(*table, "tables", "tables");
  data.tables_position = table->position("tables");
  if (const auto severity = table->text("fail_on")) {
    check_word(*severity, kDataSeverities, "'fail_on' in [data]", ErrorCategory::configuration,
               table->position("fail_on"));
    data.fail_on = *severity;
  }
  data.classes = read_classes(*table);
  data.tolerance = read_tolerance(*table);
  read_renames(*table, data);
  for (const TomlTable& rule :
       table->tables("rule", {"object", "ignore", "reason", "key", "classes", "tolerance", "where"}))
    data.rules.push_back(read_rule(rule, registry));
}

void apply_data_environment(DataConfiguration& data) {
  if (const auto severity = filled_variable("PARIPASSU_DATA_FAIL_ON")) {
    check_word(*severity, kDataSeverities, "PARIPASSU_DATA_FAIL_ON", ErrorCategory::configuration, {});
    data.fail_on = *severity;
  }
  if (const auto tolerance = filled_variable("PARIPASSU_DATA_TOLERANCE"))
    data.tolerance = ConfiguredWord{*tolerance, {"PARIPASSU_DATA_TOLERANCE", 0, 0}};
}

}  // namespace paripassu
