// Hostile names through migrate, inspect and diff.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/catalog/catalog_json.h"
#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

constexpr const char* kTable = "we\"ird]name 😀";
constexpr const char* kColumn = "sel\"ect] 'it''s' ; -- 😀";
constexpr const char* kIndex = "ix [\"] ; DROP TABLE x; --";

/// The standard's way, which both engines read; Babelfish 4.4 cannot read `]]` inside brackets.
std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

/// A name of the longest length that the engine takes.
std::string longest(const Target& target, const std::string& end) {
  const auto length = static_cast<std::size_t>(target.backend->dialect().identifier_length_max());
  return std::string(length - end.size(), 'n') + end;
}

std::string up_script(const Target& target) {
  const std::string table = quoted(kTable);
  return target.script({
      "CREATE TABLE " + table + " (" + quoted(kColumn) + " int NOT NULL, " + quoted(longest(target, "_col")) +
          " int NULL, CONSTRAINT " + quoted(std::string("pk ") + kTable) + " PRIMARY KEY (" + quoted(kColumn) + "))",
      "CREATE INDEX " + quoted(kIndex) + " ON " + table + " (" + quoted(longest(target, "_col")) + ")",
      "CREATE TABLE " + quoted(longest(target, "_tab")) + " (id int NOT NULL)",
  });
}

const catalog::Table* find_table(const catalog::Catalog& catalog, const std::string& name) {
  for (const catalog::Schema& schema : catalog.schemas)
    for (const catalog::Table& table : schema.tables)
      if (table.name == name) return &table;
  return nullptr;
}

std::string names_of(const catalog::Catalog& catalog) {
  std::string text;
  for (const catalog::Schema& schema : catalog.schemas)
    for (const catalog::Table& table : schema.tables) {
      text += table.name + ":";
      for (const catalog::Column& column : table.columns) text += " «" + column.name + "»";
      text += "\n";
    }
  return text;
}

}  // namespace

ENGINE_CASE("names with quotes, brackets, emoji and of the greatest length go through migrate and inspect") {
  Project project(target);
  project.migration("0001_weird.up.sql", up_script(target));
  project.migration("0001_weird.down.sql",
                    target.script({"DROP TABLE " + quoted(longest(target, "_tab")), "DROP TABLE " + quoted(kTable)}));
  REQUIRE_EXIT(project.migrate({"up"}), 0);

  const std::string live = url_with_password(project.database().url());
  const ProgramResult json = project.run({"inspect", live, "--format", "json"});
  REQUIRE_EXIT(json, 0);
  const catalog::Catalog catalog = catalog::from_json(json.output, "inspect");
  const catalog::Table* table = find_table(catalog, kTable);
  REQUIRE_MESSAGE(table != nullptr, names_of(catalog));
  REQUIRE(table->columns.size() == 2);
  CHECK(table->columns[0].name == kColumn);
  REQUIRE(table->primary_key);
  CHECK(table->primary_key->columns == std::vector<std::string>{kColumn});
  REQUIRE(table->indexes.size() == 1);
  if (target.genuine) {
    // Babelfish cuts long names, folds them and makes up its own for indexes (deviations identifiers-folded,
    // index-names-hashed).
    CHECK(table->columns[1].name == longest(target, "_col"));
    CHECK(table->indexes[0].name == kIndex);
    CHECK_MESSAGE(find_table(catalog, longest(target, "_tab")) != nullptr, names_of(catalog));
  } else {
    CHECK(!catalog.deviations.empty());
    CHECK(catalog.table_count() == 2);
  }

  const ProgramResult text = project.run({"inspect", live});
  CHECK_EXIT(text, 0);
  CHECK_SAYS(text.output, kTable);
  CHECK_SAYS(text.output, kColumn);

  REQUIRE_EXIT(project.migrate({"down"}), 0);
  CHECK(project.database().tables() == std::vector<std::string>{"paripassu_ledger"});
}

ENGINE_CASE("names with quotes, brackets and emoji are compared and reported as they are") {
  Project project(target);
  project.migration("0001_weird.up.sql", up_script(target));
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  CHECK_EXIT(project.run({"diff", target.name() + ":migrations", live}), 0);

  project.database().session().execute("ALTER TABLE " + quoted(kTable) + " ADD " + quoted("new \"]\n😀") + " int NULL");
  const ProgramResult json = project.run({"--format", "json", "diff", target.name() + ":migrations", live});
  CHECK_EXIT(json, 1);
  const nlohmann::json document = parse_json(json);
  REQUIRE(codes_of(document) == std::vector<std::string>{"column-extra"});
  CHECK(document.at("differences").at(0).at("table") == kTable);
  CHECK(document.at("differences").at(0).at("name") == "new \"]\n😀");
  const ProgramResult text = project.run({"diff", target.name() + ":migrations", live});
  CHECK_EXIT(text, 1);
  CHECK_SAYS(text.output, kTable);
  // A line break in a name must not look like a line of the report.
  CHECK_SAYS(text.output, "new \"]\\n😀");
}

ENGINE_CASE("names that would command a terminal are escaped") {
  Project project(target);
  const std::string name = "red \x1b[31m bell \x07";
  project.migration("0001_red.up.sql", "CREATE TABLE " + quoted(name) + " (id int NOT NULL)" + target.sql.separator);
  const ProgramResult up = project.migrate({"up"});
  REQUIRE_EXIT(up, 0);
  const ProgramResult text = project.run({"inspect", url_with_password(project.database().url())});
  CHECK_EXIT(text, 0);
  CHECK_SAYS(text.output, "red ");
  CHECK_SILENT_ON(text.output, "\x07");
  CHECK_SILENT_ON(text.output, "\x1b");
}

ENGINE_CASE("a name that is longer than the engine takes is not cut in silence") {
  Project project(target);
  const std::string name = longest(target, "_longer") + "x";
  project.migration("0001_long.up.sql", "CREATE TABLE " + quoted(name) + " (id int NOT NULL)" + target.sql.separator);
  const ProgramResult up = project.migrate({"up", "-v"});
  // SQL Server refuses it (103); PostgreSQL cuts it and says so, which -v shows.
  if (up.exit_code == 0) {
    CHECK_MESSAGE((contains(up.errors, "truncated") || !target.genuine), transcript(up));
  } else {
    CHECK_EXIT(up, 1);
    CHECK(project.database().tables().empty());
  }
}

}  // namespace paripassu::test
