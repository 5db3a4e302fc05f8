#include "harness/project/configuration.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "backends/connection_url.h"
#include "backends/limits.h"
#include "harness/project/configuration_data.h"
#include "harness/project/configuration_words.h"
#include "harness/project/migration_layouts.h"
#include "harness/project/migrator_presets.h"
#include "harness/project/placeholders.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

constexpr const char* kFileName = "paripassu.toml";

struct NamedMatching {
  const char* word;
  NameMatching value;
};
constexpr std::array<NamedMatching, 3> kMatchings = {
    {{"exact", NameMatching::exact}, {"ignore-case", NameMatching::ignore_case}, {"fold", NameMatching::fold}}};

const Words kOrders = {"ignore", "compare"};
const Words kSeverities = {"error", "warning", "note"};

NameMatching read_matching(const std::string& word, const std::string& where, ErrorCategory category,
                           const SourcePosition& position) {
  Words words;
  for (const NamedMatching& matching : kMatchings) {
    if (word == matching.word) return matching.value;
    words.emplace_back(matching.word);
  }
  throw Error(category, where + ": " + expected_one_of(words, word)).with_position(position);
}

/// Throws unless the word is "ignore" or "compare".
bool read_order(const std::string& word, const std::string& where, const SourcePosition& position) {
  check_word(word, kOrders, where, ErrorCategory::configuration, position);
  return word == "compare";
}

void check_url(const std::string& url, const Backend& backend, const std::string& where,
               const SourcePosition& position) {
  const Words schemes = backend.url_schemes();
  std::string scheme;
  try {
    scheme = ConnectionUrl::parse(url).scheme;
  } catch (const Error& error) {
    throw Error(ErrorCategory::configuration, where + ": " + redact_secrets(error.message()))
        .with_position(position)
        .with_remedy(error.remedy());
  }
  for (const std::string& known : schemes)
    if (scheme == known) return;
  throw Error(ErrorCategory::configuration,
              where + ": the scheme '" + printable(scheme) + "' is not one of " + std::string(backend.display_name()))
      .with_position(position)
      .with_remedy("begin the URL with " + (schemes.empty() ? std::string() : schemes.front()) + "://");
}

bool is_date(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  std::array<int, 3> fields{};
  std::size_t field = 0;
  for (char c : text) {
    if (c == '-') {
      ++field;
    } else if (c < '0' || c > '9' || field > 2) {
      return false;
    } else {
      fields[field] = fields[field] * 10 + (c - '0');
    }
  }
  if (field != 2) return false;
  return std::chrono::year_month_day(std::chrono::year(fields[0]), std::chrono::month(static_cast<unsigned>(fields[1])),
                                     std::chrono::day(static_cast<unsigned>(fields[2])))
      .ok();
}

/// A date as TOML's own type or as a string.
std::string read_date(const TomlTable& table, const std::string& key) {
  const toml::node* node = table.find(key);
  if (node == nullptr) return {};
  if (const auto* date = node->as_date()) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04u-%02u-%02u", unsigned{date->get().year}, unsigned{date->get().month},
                  unsigned{date->get().day});
    return text.data();
  }
  if (!node->is_string()) throw table.wrong_type(key, "a date, YYYY-MM-DD");
  std::string text = *table.text(key);
  if (!is_date(text)) throw table.error(key, "must be a date that exists, YYYY-MM-DD, not '" + printable(text) + "'");
  return text;
}

void read_engines(const TomlTable& root, const BackendRegistry& registry, Configuration& configuration) {
  const std::optional<TomlTable> engines = root.table("engines", engine_names(registry), "engine");
  if (!engines) return;
  for (const std::string& name : engines->keys()) {
    const TomlTable table = *engines->table(name, {"url", "schema"});
    EngineConfiguration& engine = configuration.engines[name];
    if (const std::optional<std::string> url = table.text("url")) {
      engine.url = expand_optional_environment(*url, table.position("url"));
      if (engine.url) check_url(*engine.url, registry.get(name), "'url' in " + table.heading(), table.position("url"));
    }
    engine.schema = table.filled_text("schema").value_or("");
  }
}

void read_migration_settings(const TomlTable& root, Configuration& configuration) {
  const std::optional<TomlTable> table = root.table("migrations", {"dir", "layout", "placeholders"});
  if (!table) return;
  if (auto dir = table->filled_text("dir")) configuration.migrations_dir = *dir;
  if (auto layout = table->text("layout")) {
    check_word(*layout, migration_layout_words(), "'layout' in [migrations]", ErrorCategory::configuration,
               table->position("layout"));
    configuration.migrations_layout = *layout;
  }
  const std::optional<TomlTable> placeholders = table->open_table("placeholders");
  if (!placeholders) return;
  for (const std::string& name : placeholders->keys()) {
    std::string value = expand_environment(*placeholders->text(name), placeholders->position(name));
    if (value.find_first_of("\r\n") != std::string::npos)
      throw placeholders->error(name, "must not hold a line break: line numbers in messages would be wrong");
    configuration.placeholders[name] = std::move(value);
  }
}

void read_models(const TomlTable& root, const BackendRegistry& registry, Configuration& configuration) {
  const std::optional<TomlTable> models = root.table("model", engine_names(registry), "engine");
  if (!models) return;
  for (const std::string& name : models->keys()) {
    ModelSource& model = configuration.models[name];
    const toml::node* node = models->find(name);
    if (node->is_string()) {
      model.file = *models->filled_text(name);
    } else if (node->is_table()) {
      const TomlTable table = *models->table(name, {"file", "command"});
      model.file = table.filled_text("file").value_or("");
      model.command = table.filled_text("command").value_or("");
      if (model.file.empty() == model.command.empty())
        throw models->error(
            name, "must have either 'file' or 'command'" + std::string(model.file.empty() ? "" : ", not both"));
    } else {
      throw models->wrong_type(name, "the name of a file, { file = \"…\" } or { command = \"…\" }");
    }
  }
}

void read_schema_pairs(const TomlTable& parity, Configuration& configuration) {
  const std::optional<TomlTable> schemas = parity.open_table("schemas");
  if (!schemas) return;
  std::map<std::string, std::string> left_by_right;
  for (const std::string& left : schemas->keys()) {
    const std::string right = schemas->required_text(left);
    if (left.empty()) throw schemas->error(left, "is not the name of a schema");
    const auto [other, is_new] = left_by_right.emplace(right, left);
    if (!is_new)
      throw schemas->error(left, "pairs with '" + printable(right) + "', and so does '" + printable(other->second) +
                                     "': a schema has one partner");
    configuration.schema_pairs[left] = right;
  }
}

void read_equivalent_types(const TomlTable& parity, const BackendRegistry& registry, Configuration& configuration) {
  Words keys = engine_names(registry);
  keys.emplace_back("reason");
  for (const TomlTable& table : parity.tables("equivalent", keys)) {
    EquivalentTypes equivalent;
    for (const std::string& key : table.keys())
      if (key != "reason") equivalent.types[key] = table.required_text(key);
    if (equivalent.types.size() < 2)
      throw Error(ErrorCategory::configuration, table.heading() + " must name a type for at least two engines")
          .with_position(table.position())
          .with_remedy("write one type per engine as `inspect` prints it, and the reason");
    equivalent.reason = table.required_text("reason");
    configuration.equivalent_types.push_back(std::move(equivalent));
  }
}

void read_severities(const TomlTable& parity, Configuration& configuration) {
  const std::optional<TomlTable> severities = parity.open_table("severity");
  if (!severities) return;
  for (const std::string& code : severities->keys()) {
    const std::string word = severities->required_text(code);
    const SourcePosition position = severities->position(code);
    try {
      check_word(word, kSeverities, "'" + printable(code) + "' in [parity.severity]", ErrorCategory::configuration,
                 position);
    } catch (Error& error) {
      error.with_remedy("a difference that is accepted gets a [[parity.waiver]] with a reason");
      throw;
    }
    configuration.severities[code] = {word, position};
  }
}

void read_waivers(const TomlTable& parity, Configuration& configuration) {
  for (const TomlTable& table : parity.tables("waiver", {"code", "object", "reason", "until"})) {
    WaiverConfiguration waiver;
    waiver.code = table.required_text("code");
    waiver.object = table.required_text("object");
    if (waiver.code == "*" && waiver.object.find_first_not_of("*?.") == std::string::npos)
      throw table.error("object", "must name something when 'code' is \"*\": everything would be waived");
    waiver.reason = table.required_text("reason");
    waiver.until = read_date(table, "until");
    waiver.position = table.position();
    waiver.code_position = table.position("code");
    configuration.waivers.push_back(std::move(waiver));
  }
}

void read_parity(const TomlTable& root, const BackendRegistry& registry, Configuration& configuration) {
  const std::optional<TomlTable> parity = root.table(
      "parity", {"names", "schemas", "column_order", "enum_order", "fail_on", "equivalent", "severity", "waiver"});
  if (!parity) return;
  if (const auto names = parity->text("names"))
    configuration.names =
        read_matching(*names, "'names' in [parity]", ErrorCategory::configuration, parity->position("names"));
  if (const auto order = parity->text("column_order"))
    configuration.compare_column_order =
        read_order(*order, "'column_order' in [parity]", parity->position("column_order"));
  if (const auto order = parity->text("enum_order"))
    configuration.compare_enum_order = read_order(*order, "'enum_order' in [parity]", parity->position("enum_order"));
  if (const auto severity = parity->text("fail_on")) {
    check_word(*severity, kSeverities, "'fail_on' in [parity]", ErrorCategory::configuration,
               parity->position("fail_on"));
    configuration.fail_on = *severity;
  }
  read_schema_pairs(*parity, configuration);
  read_equivalent_types(*parity, registry, configuration);
  read_severities(*parity, configuration);
  read_waivers(*parity, configuration);
}

/// The name of an environment variable that a shell could set as well.
bool is_variable_name(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && is_letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void read_migrator(const TomlTable& root, Configuration& configuration) {
  const std::optional<TomlTable> table =
      root.table("migrator", {"preset", "dir", "list", "up", "down", "base", "url_variable", "url_form", "tables"});
  if (!table) return;
  const std::string preset = table->text("preset").value_or("");
  if (table->find("preset") != nullptr)
    check_word(preset, migrator_preset_words(), "'preset' in [migrator]", ErrorCategory::configuration,
               table->position("preset"));
  MigratorConfiguration migrator = migrator_preset(preset);
  migrator.position = table->position();
  migrator.dir = table->filled_text("dir").value_or("");
  for (const auto& [key, field] : {std::pair{"list", &migrator.list}, std::pair{"up", &migrator.up},
                                   std::pair{"down", &migrator.down}, std::pair{"base", &migrator.base}})
    if (auto text = table->filled_text(key)) *field = *text;
  for (const char* key : {"list", "up"})
    if (preset.empty() && table->find(key) == nullptr)
      throw Error(ErrorCategory::configuration, std::string("'") + key + "' is missing in [migrator]")
          .with_position(table->position())
          .with_remedy("write the commands 'list', 'up' and 'down', or choose a preset: alembic, django");
  if (auto variable = table->filled_text("url_variable")) {
    if (!is_variable_name(*variable))
      throw table->error("url_variable", "must be the name of an environment variable: letters, digits and '_'");
    migrator.url_variable = *variable;
  }
  if (auto form = table->text("url_form")) {
    check_word(*form, client_url_form_words(), "'url_form' in [migrator]", ErrorCategory::configuration,
               table->position("url_form"));
    migrator.url_form = *form;
  }
  // Beside those of the preset: the tool keeps its own ledger there whatever else the team names.
  for (const std::string& name : read_texts(*table, "tables", "names of tables")) migrator.tables.push_back(name);
  configuration.migrator = std::move(migrator);
}

/// "60s", "500ms", "2min" as milliseconds; 0 is no limit.
int read_duration_ms(const std::string& text, const std::string& where, const SourcePosition& position) {
  struct Unit {
    std::string_view word;
    int factor_ms;
  };
  constexpr std::array<Unit, 4> kUnits = {{{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}}};
  constexpr std::int64_t kDurationMax_ms = 86'400'000;
  const auto wrong = [&] {
    return Error(ErrorCategory::configuration,
                 where + ": expected a time such as 500ms, 60s or 5min, at most 24h, not '" + printable(text) + "'")
        .with_position(position)
        .with_remedy("0s is no limit");
  };
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > 9) throw wrong();
  const std::string_view word = std::string_view(text).substr(digits);
  for (const Unit& unit : kUnits) {
    if (word != unit.word) continue;
    const std::int64_t duration_ms = std::stoll(text.substr(0, digits)) * unit.factor_ms;
    if (duration_ms > kDurationMax_ms) throw wrong();
    return static_cast<int>(duration_ms);
  }
  throw wrong();
}

/// A column as `unstable` names it: "orders.updated_at", "audit.orders.*".
bool is_column_pattern(const std::string& text) {
  return text.find('.') != std::string::npos && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string::npos && text.find_first_of(" \t\r\n") == std::string::npos;
}

void read_tests(const TomlTable& root, Configuration& configuration) {
  const std::optional<TomlTable> table =
      root.table("tests", {"ladder", "cases", "floor", "irreversible", "column_order", "timeout", "unstable"});
  if (!table) return;
  TestsConfiguration& tests = configuration.tests;
  if (auto ladder = table->filled_text("ladder")) tests.ladder = *ladder;
  if (auto cases = table->filled_text("cases")) tests.cases = *cases;
  tests.floor = table->filled_text("floor").value_or("");
  if (const std::optional<TomlTable> irreversible = table->open_table("irreversible"))
    for (const std::string& version : irreversible->keys()) {
      if (version.empty()) throw irreversible->error(version, "is not a version");
      tests.irreversible[version] = irreversible->required_text(version);
    }
  if (const auto order = table->text("column_order"))
    tests.compare_column_order = read_order(*order, "'column_order' in [tests]", table->position("column_order"));
  if (const auto timeout = table->text("timeout"))
    tests.statement_timeout_ms = read_duration_ms(*timeout, "'timeout' in [tests]", table->position("timeout"));
  tests.unstable = read_texts(*table, "unstable", "columns, \"table.column\"");
  for (const std::string& column : tests.unstable)
    if (!is_column_pattern(column))
      throw table->error("unstable", "must list columns as \"table.column\", where * stands for any text, not '" +
                                         printable(column) + "'");
}

/// Upper case, with '_' for what a variable's name cannot have.
std::string variable_name(std::string_view engine, const std::string& suffix) {
  std::string name = "PARIPASSU_";
  for (char c : engine) {
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_lower) {
      name += static_cast<char>(c - 'a' + 'A');
    } else {
      name += is_plain ? c : '_';
    }
  }
  return name + suffix;
}

}  // namespace

Configuration read_configuration(const std::string& file, const BackendRegistry& registry) {
  const toml::table document = read_toml(file);
  const TomlTable root(document, "", file,
                       {"project", "engines", "migrations", "migrator", "model", "parity", "tests", "data"});

  Configuration configuration;
  configuration.file = file;
  configuration.project_dir = std::filesystem::path(file).parent_path().string();
  if (configuration.project_dir.empty()) configuration.project_dir = ".";
  if (const auto project = root.table("project", {"name"}))
    configuration.project_name = project->filled_text("name").value_or("");
  read_engines(root, registry, configuration);
  read_migration_settings(root, configuration);
  read_models(root, registry, configuration);
  read_parity(root, registry, configuration);
  read_migrator(root, configuration);
  read_tests(root, configuration);
  read_data(root, registry, configuration.data);
  return configuration;
}

std::string find_configuration(const std::string& start_dir) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::path here(start_dir.empty() ? "." : start_dir);
  // The path as the user would type it, where the file is in the folder itself.
  const fs::path beside = here == "." ? fs::path(kFileName) : here / kFileName;
  if (fs::is_regular_file(beside, code)) return beside.string();
  fs::path dir = fs::absolute(here, code).lexically_normal();
  if (code) return {};
  if (!dir.has_filename()) dir = dir.parent_path();
  for (int depth = 0; depth < limits::kFilePathDepthMax && dir.has_relative_path(); ++depth) {
    dir = dir.parent_path();
    if (fs::is_regular_file(dir / kFileName, code)) return (dir / kFileName).string();
  }
  return {};
}

void apply_environment(Configuration& configuration, const BackendRegistry& registry) {
  const SourcePosition nowhere;
  for (const auto& backend : registry.all()) {
    const std::string name(backend->name());
    const std::string url_variable = variable_name(name, "_URL");
    if (const auto url = filled_variable(url_variable)) {
      check_url(*url, *backend, url_variable, nowhere);
      configuration.engines[name].url = url;
    }
    if (const auto schema = filled_variable(variable_name(name, "_SCHEMA")))
      configuration.engines[name].schema = *schema;
  }
  if (const auto dir = filled_variable("PARIPASSU_MIGRATIONS_DIR")) configuration.migrations_dir = *dir;
  if (const auto layout = filled_variable("PARIPASSU_MIGRATIONS_LAYOUT")) {
    check_word(*layout, migration_layout_words(), "PARIPASSU_MIGRATIONS_LAYOUT", ErrorCategory::configuration, nowhere);
    configuration.migrations_layout = *layout;
  }
  if (const auto names = filled_variable("PARIPASSU_PARITY_NAMES"))
    configuration.names = read_matching(*names, "PARIPASSU_PARITY_NAMES", ErrorCategory::configuration, nowhere);
  if (const auto order = filled_variable("PARIPASSU_PARITY_COLUMN_ORDER"))
    configuration.compare_column_order = read_order(*order, "PARIPASSU_PARITY_COLUMN_ORDER", nowhere);
  if (const auto order = filled_variable("PARIPASSU_PARITY_ENUM_ORDER"))
    configuration.compare_enum_order = read_order(*order, "PARIPASSU_PARITY_ENUM_ORDER", nowhere);
  if (const auto severity = filled_variable("PARIPASSU_PARITY_FAIL_ON")) {
    check_word(*severity, kSeverities, "PARIPASSU_PARITY_FAIL_ON", ErrorCategory::configuration, nowhere);
    configuration.fail_on = *severity;
  }
  TestsConfiguration& tests = configuration.tests;
  if (const auto ladder = filled_variable("PARIPASSU_TESTS_LADDER")) tests.ladder = *ladder;
  if (const auto cases = filled_variable("PARIPASSU_TESTS_CASES")) tests.cases = *cases;
  if (const auto floor = filled_variable("PARIPASSU_TESTS_FLOOR")) tests.floor = *floor;
  if (const auto order = filled_variable("PARIPASSU_TESTS_COLUMN_ORDER"))
    tests.compare_column_order = read_order(*order, "PARIPASSU_TESTS_COLUMN_ORDER", nowhere);
  if (const auto timeout = filled_variable("PARIPASSU_TESTS_TIMEOUT"))
    tests.statement_timeout_ms = read_duration_ms(*timeout, "PARIPASSU_TESTS_TIMEOUT", nowhere);
  apply_data_environment(configuration.data);
}

NameMatching name_matching_from_string(const std::string& word, const std::string& where) {
  return read_matching(word, where, ErrorCategory::usage, {});
}

}  // namespace paripassu
