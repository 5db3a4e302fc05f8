// What `diff` compares, and how it says it, on every engine.
#include <doctest/doctest.h>

#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

/// Snapshots <name>.json of the files <name>.sql: comparing them again and again needs no server.
void take_snapshots(Project& project, const Names& names) {
  for (const std::string& name : names)
    REQUIRE_EXIT(project.run({"inspect", project.database().target().name() + ":" + name + ".sql", "--format", "json",
                              "-o", name + ".json"}),
                 0);
}

}  // namespace

ENGINE_CASE("diff of two versions says what the later one adds") {
  Project project(target);
  write_schema(project);
  const nlohmann::json document =
      diff_json(project, target.name() + ":migrations@0001", target.name() + ":migrations@2", 1);
  CHECK(codes_of(document) == Names{"table-extra"});
  CHECK(document.at("differences").at(0).at("name") == "orders");
  const nlohmann::json mirrored =
      diff_json(project, target.name() + ":migrations@0002", target.name() + ":migrations@0001", 1);
  CHECK(codes_of(mirrored) == Names{"table-missing"});
  const ProgramResult unknown =
      project.run({"diff", target.name() + ":migrations@0009", target.name() + ":migrations"});
  CHECK_EXIT(unknown, 2);
  CHECK_SAYS(unknown.errors, "0009");
}

ENGINE_CASE("the JSON of a comparison has the documented members") {
  Project project(target);
  write_schema(project);
  project.write("other.sql", target.script({create_customers(target),
                                            "ALTER TABLE customers ADD note " + target.sql.text_type + " NULL"}));
  const nlohmann::json document = diff_json(project, target.name() + ":schema.sql", target.name() + ":other.sql", 1);
  CHECK(document.at("version") == 1);
  for (const char* side : {"left", "right"}) {
    CHECK(document.at(side).at("engine") == target.name());
    CHECK(document.at(side).at("genuine") == target.genuine);
    CHECK(document.at(side).at("deviations").empty() == target.genuine);
    CHECK(document.at(side).at("default_schema") == target.sql.schema);
    for (const char* member : {"label", "product", "product_version", "database"})
      CHECK(!document.at(side).at(member).get<std::string>().empty());
  }
  CHECK_SAYS(document.at("left").at("label").get<std::string>(), target.name() + ":schema.sql");
  const nlohmann::json& summary = document.at("summary");
  CHECK(summary.at("equal") == false);
  CHECK(summary.at("errors") == 2);
  CHECK(summary.at("warnings") == 0);
  CHECK(summary.at("unknown") == 0);
  CHECK(summary.at("by_code") == nlohmann::json({{"table-missing", 1}, {"column-extra", 1}}));
  CHECK(document.at("unknown").empty());
  CHECK(document.at("not_compared").is_array());
  REQUIRE(document.at("differences").size() == 2);
  const nlohmann::json& column = document.at("differences").at(0);
  CHECK(column.at("code") == "column-extra");
  CHECK(column.at("severity") == "error");
  CHECK(column.at("schema") == target.sql.schema);
  CHECK(column.at("table") == "customers");
  CHECK(column.at("kind") == "column");
  CHECK(column.at("name") == "note");
  CHECK(column.at("object") == "customers.note");
  CHECK(column.at("left").is_null());
  CHECK(column.at("right").is_string());
  CHECK(column.at("message").is_string());
}

ENGINE_CASE("the text of a comparison begins with the summary and groups by table") {
  Project project(target);
  write_schema(project);
  project.write("other.sql", target.script({create_customers(target), kCreateOrdersOfCustomers}));
  const ProgramResult text = project.run({"diff", target.name() + ":schema.sql", target.name() + ":other.sql"});
  CHECK_EXIT(text, 1);
  CHECK(line_of(text.output, "1 difference: " + target.name() + ":schema.sql") == 1);
  CHECK_SAYS(text.output, "\norders\n");
  CHECK_SAYS(text.output, "ix_orders_customer");
  CHECK_SAYS(text.output, "index-missing");
  // Whatever ran on a stand-in is labelled so.
  CHECK(contains(text.output, "stands in for it") == !target.genuine);
  const ProgramResult equal = project.run({"diff", target.name() + ":schema.sql", target.name() + ":ddl"});
  CHECK_EXIT(equal, 0);
  CHECK(line_of(equal.output, "No differences") == 1);
}

ENGINE_CASE("--names says how names pair") {
  Project project(target);
  project.write("snake.sql", target.script({"CREATE TABLE \"order_items\" (\"item_id\" int NOT NULL)"}));
  project.write("upper.sql", target.script({"CREATE TABLE \"ORDER_ITEMS\" (\"Item_Id\" int NOT NULL)"}));
  project.write("pascal.sql", target.script({"CREATE TABLE \"OrderItems\" (\"ItemId\" int NOT NULL)"}));
  take_snapshots(project, {"snake", "upper", "pascal"});
  const auto exit_code = [&](const std::string& left, const std::string& right, std::vector<std::string> more) {
    more.insert(more.begin(), {"diff", left + ".json", right + ".json"});
    return project.run(more).exit_code;
  };
  CHECK(exit_code("snake", "pascal", {}) == 0);
  CHECK(exit_code("snake", "pascal", {"--names", "fold"}) == 0);
  CHECK(exit_code("snake", "pascal", {"--names", "ignore-case"}) == 1);
  CHECK(exit_code("snake", "upper", {"--names", "ignore-case"}) == 0);
  // Babelfish folds the names of tables itself (identifiers-folded).
  if (target.genuine) CHECK(exit_code("snake", "upper", {"--names", "exact"}) == 1);
  CHECK(exit_code("snake", "pascal", {"--names", "exact"}) == 1);
  CHECK(exit_code("snake", "snake", {"--names", "exact"}) == 0);
  // The command line wins over the configuration.
  project.write("paripassu.toml", "[parity]\nnames = \"exact\"\n");
  CHECK(exit_code("snake", "pascal", {}) == 1);
  CHECK(exit_code("snake", "pascal", {"--names", "fold"}) == 0);
}

ENGINE_CASE("the order of columns is compared only when asked") {
  Project project(target);
  project.write("ab.sql", target.script({"CREATE TABLE t (a int NOT NULL, b int NOT NULL)"}));
  project.write("ba.sql", target.script({"CREATE TABLE t (b int NOT NULL, a int NOT NULL)"}));
  take_snapshots(project, {"ab", "ba"});
  const std::string left = "ab.json";
  const std::string right = "ba.json";
  diff_json(project, left, right, 0);
  CHECK(codes_of(diff_json(project, left, right, 1, {"--column-order"})) == Names{"column-order"});
  project.write("paripassu.toml", "[parity]\ncolumn_order = \"compare\"\n");
  CHECK(codes_of(diff_json(project, left, right, 1)) == Names{"column-order"});
}

ENGINE_CASE("a source that cannot be built is said with its place, and is no result") {
  Project project(target);
  write_schema(project);
  project.write("broken.sql", target.script({"CREATE TABLE t (id int NOT NULL)", "CREATE TABEL u (id int)"}));
  const ProgramResult result = project.run({"diff", target.name() + ":broken.sql", target.name() + ":migrations"});
  CHECK_EXIT(result, 5);
  CHECK(result.output.empty());
  CHECK_SAYS(result.errors,
             "broken.sql:" + std::to_string(line_of(target.script({"CREATE TABLE t (id int NOT NULL)", "X"}), "X")));
  CHECK_SAYS(result.errors, "TABEL");
  project.migration("0003_broken.up.sql", target.script({"CREATE TABEL u (id int)"}));
  const ProgramResult migrations = project.run({"inspect", target.name() + ":migrations"});
  CHECK_EXIT(migrations, 5);
  CHECK_SAYS(migrations.errors, "0003_broken.up.sql:1");
  CHECK(migrations.output.empty());
  // Up to the version before, it can be read.
  CHECK_EXIT(project.run({"inspect", target.name() + ":migrations@0002"}), 0);
}

ENGINE_CASE("database commands in a file are refused with their line and skipped when told to") {
  Project project(target);
  project.write("dump.sql", target.script({target.sql.database_commands.at(0), "CREATE TABLE t (id int NOT NULL)"}));
  project.write("plain.sql", target.script({"CREATE TABLE t (id int NOT NULL)"}));
  const std::string left = target.name() + ":dump.sql";
  const std::string right = target.name() + ":plain.sql";
  const ProgramResult refused = project.run({"diff", left, right});
  CHECK_EXIT(refused, 2);
  CHECK_SAYS(refused.errors, "dump.sql:1:1");
  CHECK_EXIT(project.run({"diff", left, right, "--skip-database-commands"}), 0);
}

}  // namespace paripassu::test
