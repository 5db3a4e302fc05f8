// `demo` and `doctor`, with what this machine has and without.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/end_to_end/project.h"
#include "tests/end_to_end/server_folder.h"

namespace paripassu::test {

namespace {

/// An environment in which no program is found by its name (no container engine) and Babelfish is nowhere.
std::map<std::string, std::string> without_sqlserver(const ServerFolder& folder) {
  std::map<std::string, std::string> environment = folder.environment();
  environment["PATH"] = folder.path();
  environment["PARIPASSU_BABELFISH_HOME"] = folder.path() + "/nowhere";
  return environment;
}

/// The last `count` lines of a text.
std::string last_lines(const std::string& text, int count) {
  std::size_t at = text.size();
  for (int i = 0; i <= count && at != std::string::npos && at > 0; ++i) at = text.rfind('\n', at - 1);
  return at == std::string::npos ? text : text.substr(at);
}

void check_nothing_left(const ServerFolder& folder) {
  CHECK_MESSAGE(folder.processes().empty(),
                "a process was left: ", folder.processes().empty() ? "" : folder.processes().front());
  CHECK(folder.server_folders().empty());
}

const Backend& postgres() {
  return registry().get("postgres");
}
const Backend& sqlserver() {
  return registry().get("sqlserver");
}

}  // namespace

TEST_CASE("demo goes as intended on both engines and leaves nothing behind") {
  if (!has_local_server(postgres()) || !has_local_server(sqlserver()))
    SKIP_TEST("not both engines have a local server");
  const ServerFolder folder;
  const ProgramResult demo = run_checked({"demo"}, folder.path(), folder.environment());
  CHECK_EXIT(demo, 0);
  CHECK_SILENT_ON(demo.output, "NOT go as intended");
  CHECK_SILENT_ON(demo.output, "Not run");
  CHECK_SAYS(demo.output, "postgres: 3 tables; a second run applied 0 migrations");
  CHECK_SAYS(demo.output, "sqlserver: 3 tables; a second run applied 0 migrations");
  CHECK_SAYS(demo.output, "part with migration 0005 add_quantity");
  CHECK_SAYS(demo.output, "0005_add_quantity.postgres.up.sql");
  CHECK_SAYS(demo.output, "quantity");
  CHECK_SAYS(demo.output, "No differences");
  // Babelfish is not SQL Server, and the last lines say so.
  CHECK_SAYS(last_lines(demo.output, 2), "Babelfish");
  check_nothing_left(folder);
}

TEST_CASE("demo without any SQL Server runs what it can and says how to get the rest") {
  if (!has_local_server(postgres())) SKIP_TEST("no local PostgreSQL");
  const ServerFolder folder;
  const ProgramResult demo = run_checked({"demo"}, folder.path(), without_sqlserver(folder));
  CHECK_EXIT(demo, 0);
  CHECK_SAYS(demo.output, "postgres: 3 tables");
  CHECK_SAYS(demo.output, "quantity");
  const std::string end = last_lines(demo.output, 6);
  CHECK_SAYS(end, "Not run: SQL Server");
  CHECK_SAYS(end, "→");
  CHECK_SAYS(end, "--sqlserver");
  check_nothing_left(folder);
}

TEST_CASE("demo takes text only") {
  const TemporaryFolder folder;
  const ProgramResult json = run_checked({"demo", "--format", "json"}, folder.path());
  CHECK_EXIT(json, 2);
}

TEST_CASE("doctor says what is there, what is chosen and what is missing") {
  const ServerFolder folder;
  const ProgramResult missing = run_checked({"doctor"}, folder.path(), without_sqlserver(folder));
  CHECK_EXIT(missing, 3);
  CHECK_SAYS(missing.output, "configuration: none");
  CHECK_SAYS(missing.output, "SQL Server");
  CHECK_SAYS(missing.output, "nothing can run on this engine here");
  CHECK_SAYS(missing.output, "→");
  CHECK_SAYS(missing.output, "PARIPASSU_BABELFISH_HOME");
  check_nothing_left(folder);

  const ProgramResult json = run_checked({"doctor", "--format", "json"}, folder.path(), without_sqlserver(folder));
  CHECK_EXIT(json, 3);
  const nlohmann::json document = parse_json(json);
  CHECK(document.at("version") == 1);
  REQUIRE(document.at("engines").size() == registry().all().size());
  for (const auto& engine : document.at("engines")) {
    CHECK(engine.at("findings").size() >= 2);
    for (const auto& finding : engine.at("findings")) {
      CHECK(!finding.at("text").get<std::string>().empty());
      if (finding.at("good") == false) CHECK(!finding.at("remedy").get<std::string>().empty());
    }
    if (engine.at("engine") == "sqlserver") CHECK(engine.at("chosen") == "");
  }
}

TEST_CASE("doctor succeeds where every engine can run") {
  const ServerFolder folder;
  const bool complete = has_local_server(postgres()) && has_local_server(sqlserver());
  if (!complete) SKIP_TEST("not both engines have a local server");
  const ProgramResult doctor = run_checked({"doctor"}, folder.path(), folder.environment());
  CHECK_EXIT(doctor, 0);
  CHECK_SILENT_ON(doctor.output, "nothing can run");
  // It looks; it starts nothing.
  check_nothing_left(folder);
  const ProgramResult one = run_checked({"--engine", "postgres", "doctor"}, folder.path(), without_sqlserver(folder));
  CHECK_EXIT(one, 0);
  CHECK_SILENT_ON(one.output, "SQL Server");
}

TEST_CASE("doctor names the configuration that is used") {
  const ServerFolder folder;
  const TemporaryFolder project;
  project.write("paripassu.toml", "[project]\nname = \"orders\"\n");
  project.write("below/x.txt", "");
  const ProgramResult doctor = run_checked({"-C", "below", "doctor"}, project.path(), folder.environment());
  CHECK_SAYS(doctor.output, "configuration: ../paripassu.toml");
}

ENGINE_CASE("doctor looks at the configured server as a user would") {
  Project project(target);
  const ProgramResult good = project.run({"--engine", target.name(), "doctor"});
  CHECK_EXIT(good, 0);
  CHECK_SAYS(good.output, "its catalog can be read: 0 tables");
  CHECK_SAYS(good.output, "scratch databases can be created and dropped on it");
  CHECK_SAYS(good.output, "==> commands use: " + target.server.scheme + "://");

  ConnectionUrl closed = target.server;
  closed.host = "127.0.0.1";
  closed.port = "1";
  const ProgramResult bad =
      project.run({"--engine", target.name(), "doctor"}, {{url_variable(*target.backend), url_with_password(closed)}});
  CHECK_EXIT(bad, 3);
  CHECK_SAYS(bad.output, "cannot connect to");
  // A URL that does not work is not quietly replaced by a local server.
  CHECK_SAYS(bad.output, "nothing can run on this engine here");
}

}  // namespace paripassu::test
