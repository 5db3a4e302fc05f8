// `diff` and `inspect` on every kind of source, on every engine.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

std::string customers(const Target& target) {
  return "CREATE TABLE customers (id int NOT NULL PRIMARY KEY, email " + target.sql.text_type + " NOT NULL UNIQUE)";
}
constexpr const char* kOrders =
    "CREATE TABLE orders (id int NOT NULL PRIMARY KEY, customer_id int NOT NULL REFERENCES customers (id))";
constexpr const char* kIndex = "CREATE INDEX ix_orders_customer ON orders (customer_id)";

/// The same schema by migrations, by one file, by a folder of files and as a model.
void write_project(Project& project) {
  const Target& target = project.database().target();
  project.migration("0001_create_customers.up.sql", target.script({customers(target)}));
  project.migration("0002_create_orders.up.sql", target.script({kOrders, kIndex}));
  project.write("schema.sql", target.script({customers(target), kOrders, kIndex}));
  project.write("ddl/1_customers.sql", target.script({customers(target)}));
  project.write("ddl/2_orders.sql", target.script({kOrders, kIndex}));
  project.write("ddl/readme.txt", "not SQL");
}

/// Runs `diff --format json` and gives the document; fails the case when the exit code is another.
nlohmann::json diff_json(const Project& project, const std::string& left, const std::string& right, int exit_code,
                         std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--format", "json", "diff", left, right});
  const ProgramResult result = project.run(more);
  REQUIRE_EXIT(result, exit_code);
  return parse_json(result);
}

std::set<std::string> scratch_databases(const Target& target) {
  const ResultSet rows = target.backend->connect(target.server)->query(target.sql.scratch_databases);
  std::set<std::string> names;
  for (std::size_t i = 0; i < rows.row_count(); ++i) names.insert(rows.row(i)[0].value_or(""));
  return names;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

ENGINE_CASE("diff finds migrations, files, folders, models, snapshots and a live database of one schema equal") {
  Project project(target);
  write_project(project);
  project.write("paripassu.toml", "[model]\n" + target.name() + " = \"schema.sql\"\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  REQUIRE_EXIT(project.run({"inspect", live, "--format", "json", "-o", "catalog.json"}), 0);
  const std::string engine = target.name();
  for (const std::string& other : {live, engine + ":migrations@2", engine + ":schema.sql", engine + ":ddl/",
                                   engine + ":model", std::string("catalog.json")}) {
    CAPTURE(other.substr(0, 12));
    const nlohmann::json document = diff_json(project, engine + ":migrations", other, 0);
    CHECK(document.at("differences").empty());
    CHECK(document.at("summary").at("equal") == true);
    const nlohmann::json& compared = document.at("summary").at("compared");
    CHECK(compared.at("tables") == 2);
    CHECK(compared.at("columns") == 4);
    CHECK(compared.at("keys") == 3);
    CHECK(compared.at("foreign_keys") == 1);
    CHECK(compared.at("indexes") == 1);
  }
}

ENGINE_CASE("a model can be what a command prints, and a command that fails is an error") {
  Project project(target);
  write_project(project);
  const std::string key = "[model]\n" + target.name() + " = ";
  project.write("paripassu.toml", key + "{ command = \"cat ddl/*.sql\" }\n");
  CHECK_EXIT(project.run({"diff", target.name() + ":model", target.name() + ":schema.sql"}), 0);
  // What it printed before it failed must not pass for the model.
  project.write("paripassu.toml", key + "{ command = \"cat schema.sql; exit 3\" }\n");
  const ProgramResult failed = project.run({"diff", target.name() + ":model", target.name() + ":schema.sql"});
  CHECK_EXIT(failed, 2);
  CHECK_SAYS(failed.errors, "status 3");
  CHECK_SAYS(failed.errors, "→");
}

ENGINE_CASE("diff of two versions says what the later one adds") {
  Project project(target);
  write_project(project);
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
  write_project(project);
  project.write("other.sql",
                target.script({customers(target), "ALTER TABLE customers ADD note " + target.sql.text_type + " NULL"}));
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
  write_project(project);
  project.write("other.sql", target.script({customers(target), kOrders}));
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
  const auto exit_code = [&](const std::string& left, const std::string& right, std::vector<std::string> more) {
    more.insert(more.begin(), {"diff", target.name() + ":" + left, target.name() + ":" + right});
    return project.run(more).exit_code;
  };
  CHECK(exit_code("snake.sql", "pascal.sql", {}) == 0);
  CHECK(exit_code("snake.sql", "pascal.sql", {"--names", "fold"}) == 0);
  CHECK(exit_code("snake.sql", "pascal.sql", {"--names", "ignore-case"}) == 1);
  CHECK(exit_code("snake.sql", "upper.sql", {"--names", "ignore-case"}) == 0);
  // Babelfish folds the names of tables itself (identifiers-folded).
  if (target.genuine) CHECK(exit_code("snake.sql", "upper.sql", {"--names", "exact"}) == 1);
  CHECK(exit_code("snake.sql", "pascal.sql", {"--names", "exact"}) == 1);
  CHECK(exit_code("snake.sql", "snake.sql", {"--names", "exact"}) == 0);
  // The command line wins over the configuration.
  project.write("paripassu.toml", "[parity]\nnames = \"exact\"\n");
  CHECK(exit_code("snake.sql", "pascal.sql", {}) == 1);
  CHECK(exit_code("snake.sql", "pascal.sql", {"--names", "fold"}) == 0);
}

ENGINE_CASE("the order of columns is compared only when asked") {
  Project project(target);
  project.write("ab.sql", target.script({"CREATE TABLE t (a int NOT NULL, b int NOT NULL)"}));
  project.write("ba.sql", target.script({"CREATE TABLE t (b int NOT NULL, a int NOT NULL)"}));
  const std::string left = target.name() + ":ab.sql";
  const std::string right = target.name() + ":ba.sql";
  diff_json(project, left, right, 0);
  CHECK(codes_of(diff_json(project, left, right, 1, {"--column-order"})) == Names{"column-order"});
  project.write("paripassu.toml", "[parity]\ncolumn_order = \"compare\"\n");
  CHECK(codes_of(diff_json(project, left, right, 1)) == Names{"column-order"});
}

ENGINE_CASE("a snapshot reads back to the same bytes, and shows the ledger nowhere") {
  Project project(target);
  write_project(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  const ProgramResult first = project.run({"inspect", live, "--format", "json"});
  REQUIRE_EXIT(first, 0);
  CHECK_SILENT_ON(first.output, "paripassu_ledger");
  CHECK_SILENT_ON(project.run({"inspect", live}).output, "paripassu_ledger");
  project.write("catalog.json", first.output);
  const ProgramResult again = project.run({"inspect", "catalog.json", "--format", "json"});
  REQUIRE_EXIT(again, 0);
  CHECK(again.output == first.output);
  // -o writes what standard output would have had.
  REQUIRE_EXIT(project.run({"-o", "again.json", "--format", "json", "inspect", "catalog.json"}), 0);
  CHECK(read_file(project.path() + "/again.json") == first.output);
  CHECK_EXIT(project.run({"diff", "catalog.json", live}), 0);
}

ENGINE_CASE("live databases are only read") {
  Project project(target);
  write_project(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  ConnectionUrl url = project.database().url();
  // Where the server can enforce it, it does.
  if (target.name() == "postgres") url.parameters["options"] = "-c default_transaction_read_only=on";
  const std::string live = url_with_password(url);
  const Names before = project.database().tables();
  CHECK_EXIT(project.run({"inspect", live}), 0);
  CHECK_EXIT(project.run({"diff", live, target.name() + ":schema.sql"}), 0);
  CHECK_EXIT(project.run({"diff", live, live}), 0);
  CHECK(project.database().tables() == before);
  CHECK(project.database().ledger().size() == 2);
}

ENGINE_CASE("a run leaves no scratch database on the server, whether it passes or fails") {
  Project project(target);
  write_project(project);
  project.write("broken.sql", target.script({"CREATE TABLE t (id int)", "CREATE TABEL u (id int)"}));
  const std::set<std::string> before = scratch_databases(target);
  CHECK_EXIT(project.run({"diff", target.name() + ":migrations", target.name() + ":schema.sql"}), 0);
  CHECK_EXIT(project.run({"diff", target.name() + ":migrations", target.name() + ":broken.sql"}), 5);
  CHECK_EXIT(project.run({"inspect", target.name() + ":migrations"}), 0);
  // Other tests may share the server: theirs go away by themselves.
  std::set<std::string> left;
  for (int i = 0; i < 20; ++i) {
    left.clear();
    for (const std::string& name : scratch_databases(target))
      if (!before.contains(name)) left.insert(name);
    if (left.empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  CHECK_MESSAGE(left.empty(), left.size(), " scratch databases were left behind, such as ",
                left.empty() ? "" : *left.begin());
}

ENGINE_CASE("a source that cannot be built is said with its place, and is no result") {
  Project project(target);
  write_project(project);
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

ENGINE_CASE("passwords of URLs are shown nowhere") {
  Project project(target);
  write_project(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  // run() checks every output for the server's own password; this one is made up and ignored by a trusting server.
  ConnectionUrl url = project.database().url();
  if (!url.password) url.password = Secret("s3cret_of_a_trusting_server");
  const std::string secret = url.password->reveal();
  const std::string live = url_with_password(url);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"diff", live, target.name() + ":schema.sql"},
        {"--format", "json", "diff", live, target.name() + ":schema.sql"},
        {"inspect", live, "-v"},
        {"--format", "json", "inspect", live},
        {"--" + target.name(), live, "--engine", target.name(), "doctor"},
        {"--" + target.name(), live, "--engine", target.name(), "--format", "json", "doctor"}}) {
    const ProgramResult result = run_checked(arguments, project.path(), {}, {secret});
    CHECK_EXIT(result, 0);
    if (arguments.front() == "diff") CHECK_SAYS(result.output, ":***@");
  }
}

ENGINE_CASE("the schema of the configuration is where migrations and files go") {
  Project project(target);
  project.write("paripassu.toml", "[engines." + target.name() + "]\nschema = \"app\"\n");
  project.migration("0001_a.up.sql", "CREATE TABLE app.a (id int NOT NULL);\n");
  const ProgramResult text = project.run({"inspect", target.name() + ":migrations"});
  CHECK_EXIT(text, 0);
  CHECK_SAYS(text.output, "schema app\n  table a\n");
  CHECK_SILENT_ON(text.output, "paripassu_ledger");
}

}  // namespace paripassu::test
