// `paripassu test`: its options, formats, exit codes, and what it leaves behind (nothing). What each kind of test finds
// is tested beside it and with the samples.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <pugixml.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

/// Two versions of the same SQL on both engines, with data at the first.
class TestedProject {
 public:
  explicit TestedProject(const Target& target) : target_(target) {
    environment_[url_variable(*target.backend)] = url_with_password(target.server);
    if (target.server.password) secrets_.push_back(target.server.password->reveal());
    folder_.write("paripassu.toml", "[project]\nname = \"tested\"\n");
    migration("0001_create_customers.up.sql",
              "CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name varchar(40));\n");
    migration("0001_create_customers.down.sql", "DROP TABLE customers;\n");
    migration("0002_add_phone.up.sql", "ALTER TABLE customers ADD phone varchar(20);\n");
    migration("0002_add_phone.down.sql", "ALTER TABLE customers DROP COLUMN phone;\n");
    write("tests/ladder/0001.customers.csv", "id,name\n1,Ada\n2,\"\"\n");
  }

  void write(const std::string& name, const std::string& text) const { folder_.write(name, text); }
  void migration(const std::string& name, const std::string& text) const { write("migrations/" + name, text); }
  const std::string& path() const { return folder_.path(); }

  ProgramResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--engine", target_.name()});
    return run_checked(arguments, folder_.path(), environment_, secrets_);
  }
  ProgramResult test(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), "test");
    return run(arguments);
  }
  std::string text_of(const std::string& name) const {
    std::ifstream in(folder_.path() + "/" + name);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  /// Names of scratch databases on the server.
  std::set<std::string> scratch_databases() const {
    const ResultSet rows = target_.backend->connect(target_.server)->query(target_.sql.scratch_databases);
    std::set<std::string> names;
    for (std::size_t i = 0; i < rows.row_count(); ++i) names.insert(rows.row(i)[0].value_or(""));
    return names;
  }
  void drop_scratch_databases() const { target_.backend->scratch_databases().reap(target_.server); }

 private:
  Target target_;
  TemporaryFolder folder_;
  std::map<std::string, std::string> environment_;
  std::vector<std::string> secrets_;
};

}  // namespace

ENGINE_CASE("test passes on sound migrations and leaves nothing behind") {
  const TestedProject project(target);
  const std::set<std::string> before = project.scratch_databases();
  const ProgramResult result = project.test();
  CHECK_EXIT(result, 0);
  CHECK_SAYS(result.output, "tests passed");
  CHECK_SAYS(result.output, "stairway-data");
  // Stand-ins are named in the last line.
  if (!target.genuine) CHECK_SAYS(result.output, "stands in for the engine");
  CHECK(project.scratch_databases() == before);
}

ENGINE_CASE("test names the down that leaves something behind, in every format") {
  const TestedProject project(target);
  project.migration(
      "0002_add_phone.up.sql",
      "ALTER TABLE customers ADD phone varchar(20);\nCREATE TABLE phones (id int NOT NULL PRIMARY KEY);\n");
  const ProgramResult text = project.test({"--only", "stairway"});
  CHECK_EXIT(text, 1);
  CHECK_SAYS(text.output, "FAILED " + target.name() + "/stairway/0002_add_phone");
  CHECK_SAYS(text.output, "migrations/0002_add_phone.down.sql");
  CHECK_SAYS(text.output, "left behind: table");
  CHECK_SAYS(text.output, "[down-leaves]");

  const ProgramResult json_run = project.run({"--format", "json", "test", "--only", "stairway"});
  CHECK_EXIT(json_run, 1);
  const nlohmann::json json = parse_json(json_run);
  CHECK(json.at("summary").at("failed") == 1);
  CHECK(json.at("tests").at(1).at("problems").at(0).at("code") == "down-leaves");

  const ProgramResult junit = project.run({"--format", "junit", "test", "--only", "stairway"});
  CHECK_EXIT(junit, 1);
  pugi::xml_document document;
  CHECK(document.load_string(junit.output.c_str()));
  CHECK(std::string(document.child("testsuites").attribute("failures").value()) == "1");

  const ProgramResult markdown = project.run({"--format", "markdown", "test", "--only", "stairway"});
  CHECK_EXIT(markdown, 1);
  CHECK_SAYS(markdown.output, "### paripassu test: 1 of 2 tests failed");
}

ENGINE_CASE("test --accept writes expectations, which the next run checks") {
  const TestedProject project(target);
  const ProgramResult accepted = project.test({"--accept"});
  CHECK_EXIT(accepted, 0);
  CHECK_SAYS(accepted.output, "customers.csv: written");
  CHECK(project.text_of("tests/ladder/expected/customers.csv") == "id,name,phone\n1,Ada,\n2,\"\",\n");
  CHECK_EXIT(project.test({"--only", "ladder"}), 0);

  project.write("tests/ladder/0001.customers.csv", "id,name\n1,Ada\n2,\n");
  const ProgramResult changed = project.test({"--only", "ladder"});
  CHECK_EXIT(changed, 1);
  CHECK_SAYS(changed.output, "id = 2: name is NULL, expected '' (empty text)");
  const ProgramResult again = project.test({"--accept"});
  CHECK_EXIT(again, 0);
  CHECK_SAYS(again.output, "- 2,\"\",");
  CHECK_SAYS(again.output, "+ 2,,");
}

ENGINE_CASE("test --keep leaves the database of a failure and says how to reach it") {
  const TestedProject project(target);
  project.migration("0002_add_phone.down.sql", "SELECT 1;\n");
  const std::set<std::string> before = project.scratch_databases();
  const ProgramResult result = project.test({"--only", "stairway", "--keep"});
  CHECK_EXIT(result, 1);
  CHECK_SAYS(result.output, "kept: ");
  std::set<std::string> after = project.scratch_databases();
  for (const std::string& name : before) after.erase(name);
  REQUIRE(after.size() == 1);
  CHECK_SAYS(result.output, *after.begin());
  project.drop_scratch_databases();
}

ENGINE_CASE("test --filter chooses by name") {
  const TestedProject project(target);
  const ProgramResult result = project.run({"--format", "json", "test", "--filter", "*/stairway/0002*"});
  CHECK_EXIT(result, 0);
  const nlohmann::json json = parse_json(result);
  REQUIRE(json.at("tests").size() == 1);
  CHECK(json.at("tests").at(0).at("test") == target.name() + "/stairway/0002_add_phone");
}

ONE_ENGINE_CASE("postgres", "test refuses what it does not know, before anything runs") {
  const TestedProject project(target);
  const ProgramResult kind = project.test({"--only", "stairwy"});
  CHECK_EXIT(kind, 2);
  CHECK_SAYS(kind.errors, "did you mean 'stairway'?");
  const ProgramResult filter = project.test({"--filter", "nothing-like-this"});
  CHECK_EXIT(filter, 2);
  CHECK_SAYS(filter.errors, "no test has a name that matches 'nothing-like-this'");
  CHECK_EXIT(project.test({"--jobs", "0"}), 2);
  CHECK_EXIT(project.test({"postgres"}), 2);
  CHECK_EXIT(project.test({"--accept", "--only", "stairway"}), 2);
  CHECK_EXIT(project.run({"--format", "sarif", "test"}), 2);
}

ONE_ENGINE_CASE("postgres", "test: bad files of the tests are failures of theirs, and the others go on") {
  const TestedProject project(target);
  project.write("tests/ladder/0001.customers.csv", "id,nane\n1,Ada\n");
  project.write("tests/cases/unknown/case.toml",
                "migration = \"0099\"\n[[before.customers]]\nid = 1\n[[after.customers]]\nid = 1\n");
  project.write("tests/ladder/expected/custommers.csv", "id\n1\n");
  const ProgramResult result = project.test();
  CHECK_EXIT(result, 1);
  CHECK_SAYS(result.output, "nane");
  CHECK_SAYS(result.output, "did you mean");
  CHECK_SAYS(result.output, "0099");
  CHECK_SAYS(result.output, "stairway       postgres   2 passed");
  CHECK_SAYS(result.output, "rerun          postgres   1 passed");
}

ONE_ENGINE_CASE("postgres", "test without a server of a chosen engine is incomplete") {
  const TestedProject project(target);
  const TemporaryFolder nowhere;
  const ProgramResult result =
      run_checked({"--engine", "postgres", "--engine", "sqlserver", "test", "--only", "rerun,parity"}, project.path(),
                  {{url_variable(*target.backend), url_with_password(target.server)},
                   {"PATH", nowhere.path()},
                   {"PARIPASSU_BABELFISH_HOME", nowhere.path() + "/nowhere"}});
  CHECK_EXIT(result, 5);
  CHECK_SAYS(result.output, "postgres   1 passed");
  CHECK_SAYS(result.output, "both/parity/all: no server of sqlserver");
  CHECK_SAYS(result.output.substr(result.output.rfind('\n', result.output.size() - 2)), "sqlserver did not run");
}

ONE_ENGINE_CASE("postgres", "test stopped by Ctrl-C leaves no scratch database") {
  const TestedProject project(target);
  project.migration("0002_add_phone.up.sql", "SELECT pg_sleep(30);\nALTER TABLE customers ADD phone varchar(20);\n");
  const std::set<std::string> before = project.scratch_databases();
  RunningProgram program({"--engine", "postgres", "test"}, project.path(),
                         {{url_variable(*target.backend), url_with_password(target.server)}});
  // Until the first of them sleeps.
  const auto session = target.backend->connect(target.server);
  for (int i = 0; i < 300; ++i) {
    const ResultSet rows = session->query("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%'");
    if (rows.row_count() > 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  program.signal(SIGINT);
  const ProgramResult result = wait_at_most(program);
  CHECK(result.exit_code == 128 + SIGINT);
  CHECK(project.scratch_databases() == before);
}

}  // namespace paripassu::test
