#include <algorithm>

#include "backends/script_reader.h"
#include "harness/project/configuration.h"
#include "harness/project/layout_liquibase.h"

namespace paripassu {

namespace {

/// Replaces `${name}` where it has a value.
std::string replace_known(std::string_view text, const LiquibaseChangeset& changeset, const Backend& engine,
                          const std::map<std::string, std::string>& values) {
  const auto value_of = [&](std::string_view name) -> const std::string* {
    for (const auto& [key, value] : values)
      if (same_ignoring_case(key, name)) return &value;
    for (std::size_t i = 0; i < changeset.property_count; ++i) {
      const LiquibaseProperty& property = (*changeset.properties)[i];
      if (same_ignoring_case(property.name, name) && liquibase_serves(property.dbms, engine)) return &property.value;
    }
    return nullptr;
  };
  std::string result;
  std::size_t copied = 0;
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
    const std::size_t end = text.find_first_of("}\r\n", at + 2);
    if (end == std::string_view::npos || text[end] != '}') continue;
    const std::string_view name = trim_blanks(text.substr(at + 2, end - at - 2));
    const std::string* value = value_of(name);
    if (value == nullptr) continue;
    if (value->find_first_of("\r\n") != std::string::npos)
      throw Error(ErrorCategory::configuration,
                  "the value of the placeholder ${" + std::string(name) + "} holds a line break")
          .with_position(position_at(text, at, {changeset.file, 1, 1}))
          .with_remedy("give it a value on one line, so that the line numbers of messages stay those of the file");
    result += text.substr(copied, at - copied);
    result += *value;
    copied = end + 1;
  }
  result += text.substr(copied);
  return result;
}

/// Databases that Liquibase and pop know and this program does not; a name that is none of them may be a slip.
const std::vector<std::string> kOtherDatabases = {
    "asany",    "bigquery",  "cassandra", "clickhouse", "cockroachdb",  "cosmosdb", "databricks", "db2",
    "db2z",     "derby",     "dynamodb",  "edb",        "enterprisedb", "firebird", "h2",         "hana",
    "hsqldb",   "informix",  "ingres",    "mariadb",    "mongodb",      "mysql",    "neo4j",      "oracle",
    "redshift", "snowflake", "sqlite",    "sybase",     "teradata",     "vertica"};

bool is_word_of(const std::string& word, const Backend& engine) {
  const std::vector<std::string> infixes = engine.file_infixes();
  return word == engine.name() || std::find(infixes.begin(), infixes.end(), word) != infixes.end();
}

void check_databases(const LiquibaseChangeset& changeset, const BackendRegistry& registry,
                     std::vector<std::string>& unknown) {
  std::vector<std::string> known;
  for (const auto& engine : registry.all())
    for (const std::string& infix : engine->file_infixes()) known.push_back(infix);
  for (std::string word : changeset.dbms) {
    if (word.starts_with('!')) word.erase(0, 1);
    const bool is_engine = std::any_of(registry.all().begin(), registry.all().end(),
                                       [&](const auto& engine) { return is_word_of(word, *engine); });
    if (is_engine || word == "all" || word == "none" ||
        std::find(kOtherDatabases.begin(), kOtherDatabases.end(), word) != kOtherDatabases.end())
      continue;
    if (const std::string near = nearest_word(word, known); !near.empty())
      throw bad_file("no database is called '" + word + "'; did you mean '" + near + "'?", changeset.file,
                     changeset.line)
          .with_remedy("Liquibase's names of databases are postgresql and mssql");
    if (std::find(unknown.begin(), unknown.end(), word) == unknown.end()) unknown.push_back(word);
  }
}

/// The engines of the registry that a changeset runs on, within the folder that it lies in.
std::vector<std::string> engines_of(const LiquibaseChangeset& changeset, const std::string& folder_engine,
                                    const BackendRegistry& registry) {
  std::vector<std::string> engines;
  for (const auto& engine : registry.all())
    if ((folder_engine.empty() || engine->name() == folder_engine) && liquibase_serves(changeset.dbms, *engine))
      engines.emplace_back(engine->name());
  return engines;
}

bool meet(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::any_of(left.begin(), left.end(), [&](const std::string& engine) {
    return std::find(right.begin(), right.end(), engine) != right.end();
  });
}

std::string label(const LiquibaseChangeset& changeset) {
  return changeset.author + ":" + changeset.id;
}

/// "a:1, a:2 and 5 more" of those that `is` picks; empty without one.
template <typename Picker>
std::string named(const std::vector<std::shared_ptr<const LiquibaseChangeset>>& changesets, Picker is) {
  constexpr std::size_t kNamedMax = 3;
  std::string names;
  std::size_t count = 0;
  for (const auto& changeset : changesets)
    if (is(*changeset) && ++count <= kNamedMax) names += (count > 1 ? ", " : "") + label(*changeset);
  if (count > kNamedMax) names += " and " + std::to_string(count - kNamedMax) + " more";
  return names;
}

void warn_of_unkept(const std::vector<std::shared_ptr<const LiquibaseChangeset>>& changesets,
                    const std::vector<std::string>& unknown, std::vector<std::string>& warnings) {
  const auto warn = [&](const std::string& names, const std::string& text) {
    if (!names.empty()) warnings.push_back(text + ": " + names);
  };
  warn(named(changesets, [](const LiquibaseChangeset& one) { return one.guarded; }),
       "the preconditions of changesets are not checked, and they run");
  warn(named(changesets, [](const LiquibaseChangeset& one) { return one.runs_again; }),
       "changesets with runOnChange or runAlways run once, in their place");
  warn(named(changesets, [](const LiquibaseChangeset& one) { return one.selected; }),
       "changesets with a context or labels run always, as in Liquibase when none is asked for");
  for (const std::string& word : unknown) warnings.push_back("dbms '" + word + "' is none of this program's engines");
}

}  // namespace

bool liquibase_serves(const std::vector<std::string>& dbms, const Backend& engine) {
  bool is_listed = false;
  bool any_listed = false;
  bool excluded = false;
  for (const std::string& word : dbms) {
    if (word == "all") return true;
    if (word == "none") return false;
    if (word.starts_with('!')) {
      excluded = excluded || is_word_of(word.substr(1), engine);
    } else {
      any_listed = true;
      is_listed = is_listed || is_word_of(word, engine);
    }
  }
  return !excluded && (is_listed || !any_listed);
}

std::vector<MigrationFile> list_liquibase(const std::vector<std::string>& files, const std::string& folder_engine,
                                          const BackendRegistry& registry, std::vector<std::string>& warnings) {
  const auto properties = std::make_shared<std::vector<LiquibaseProperty>>();
  std::vector<MigrationFile> migrations;
  std::vector<std::shared_ptr<const LiquibaseChangeset>> all;
  std::vector<std::string> unknown;
  for (std::size_t f = 0; f < files.size(); ++f) {
    struct Seen {
      std::string label;
      std::vector<std::string> engines;
      int line;
    };
    std::vector<Seen> seen;
    std::map<std::string, std::vector<std::size_t>> by_label;
    std::size_t number = 0;
    for (LiquibaseChangeset& read : read_liquibase(read_script_file(files[f]), files[f], properties)) {
      const auto changeset = std::make_shared<const LiquibaseChangeset>(std::move(read));
      check_databases(*changeset, registry, unknown);
      Seen now{label(*changeset), engines_of(*changeset, folder_engine, registry), changeset->line};
      for (std::size_t earlier : by_label[now.label])
        if (meet(seen[earlier].engines, now.engines))
          throw bad_file("the changeset " + now.label + " is written a second time, first in line " +
                             std::to_string(seen[earlier].line),
                         files[f], now.line)
              .with_remedy("give it another id");
      const bool is_variant = !seen.empty() && seen.back().label == now.label;
      if (!is_variant) ++number;
      by_label[now.label].push_back(seen.size());
      seen.push_back(now);
      if (changeset->ignored) continue;
      all.push_back(changeset);
      MigrationFile migration;
      migration.path = files[f];
      migration.layout = "liquibase";
      migration.part = MigrationFile::Part::sections;
      migration.version = std::to_string(f + 1) + "." + std::to_string(number);
      migration.name = now.label;
      migration.changeset = changeset;
      const bool for_all = folder_engine.empty() && now.engines.size() == registry.all().size();
      if (for_all) {
        migrations.push_back(migration);
      } else {
        for (const std::string& engine : now.engines) {
          migration.engine = engine;
          migrations.push_back(migration);
        }
      }
    }
  }
  warn_of_unkept(all, unknown, warnings);
  return migrations;
}

SectionTexts liquibase_sections(const LiquibaseChangeset& changeset, const Backend& engine,
                                const std::map<std::string, std::string>& values) {
  const bool batches = engine.capabilities().batch_separator;
  SectionTexts sections;
  sections.up = changeset.up;
  sections.up.text = replace_known(changeset.up.text, changeset, engine, values);
  sections.up.cuts = cut_statements(sections.up.text, changeset.delimiter, batches);
  if (!changeset.rollback) return sections;
  sections.down = *changeset.rollback;
  if (sections.down->does_nothing) return sections;
  sections.down->text = replace_known(changeset.rollback->text, changeset, engine, values);
  sections.down->cuts = cut_statements(sections.down->text, changeset.rollback_delimiter, batches);
  return sections;
}

}  // namespace paripassu
