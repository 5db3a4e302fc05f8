// Every kind of source of `diff` and `inspect`, on every engine, and what a run leaves of them.
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

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
  write_schema(project);
  project.write("paripassu.toml", "[model]\n" + target.name() + " = \"schema.sql\"\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  REQUIRE_EXIT(project.run({"inspect", live, "--format", "json", "-o", "catalog.json"}), 0);
  const std::string engine = target.name();
  for (const std::string& other : {live, engine + ":migrations", engine + ":migrations@2", engine + ":schema.sql",
                                   engine + ":ddl/", engine + ":model", std::string("catalog.json")}) {
    CAPTURE(other.substr(0, 12));
    const nlohmann::json document = diff_json(project, "catalog.json", other, 0);
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
  write_schema(project);
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

ENGINE_CASE("a snapshot reads back to the same bytes, and shows the ledger nowhere") {
  Project project(target);
  write_schema(project);
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
  write_schema(project);
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
  write_schema(project);
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

ENGINE_CASE("passwords of URLs are shown nowhere") {
  Project project(target);
  write_schema(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  // run() checks every output for the server's own password; this one is made up and ignored by a trusting server.
  ConnectionUrl url = project.database().url();
  if (!url.password) url.password = Secret("s3cret_of_a_trusting_server");
  const std::string secret = url.password->reveal();
  const std::string live = url_with_password(url);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"diff", live, live},
        {"--format", "json", "diff", live, live},
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
