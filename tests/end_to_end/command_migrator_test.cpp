// Migrations written in code: the samples of Alembic and Django, run through the program.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/end_to_end/engine_pair.h"

namespace paripassu::test {

namespace {

/// A Python that can import these modules: that of PARIPASSU_PYTHON, else the first of PATH or the system's; empty
/// where there is none.
std::string find_python(const std::string& modules) {
  std::vector<std::string> candidates;
  if (const char* named = std::getenv("PARIPASSU_PYTHON"); named != nullptr && *named != '\0') {
    candidates = {named};
  } else {
    candidates = {"python3", "/usr/bin/python3"};
  }
  for (const std::string& one : candidates)
    if (run_shell("'" + one + "' -c 'import " + modules + "' 2>/dev/null", ".").exit_code == 0) return one;
  return {};
}

/// A copy of a sample, since Python writes beside the files that it reads.
struct Sample {
  explicit Sample(const std::string& name) {
    const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
    REQUIRE(source != nullptr);
    std::filesystem::copy(std::string(source) + "/migrations-samples/" + name, folder.path(),
                          std::filesystem::copy_options::recursive);
  }

  ProgramResult run(const std::vector<std::string>& arguments) const {
    return run_checked(arguments, folder.path(), environment, secrets);
  }

  TemporaryFolder folder;
  std::map<std::string, std::string> environment;
  std::vector<std::string> secrets;
};

/// Adds an engine's server; why not, where there is none.
std::string add_server(Sample& sample, const std::string& engine) {
  const Backend& backend = registry().get(engine);
  const LiveServer& server = live_server(backend);
  if (!server.url) return server.reason;
  sample.environment[url_variable(backend)] = url_with_password(*server.url);
  if (server.url->password) sample.secrets.push_back(server.url->password->reveal());
  return {};
}

std::set<std::string> tables_of(const nlohmann::json& snapshot) {
  std::set<std::string> names;
  for (const nlohmann::json& schema : snapshot.at("schemas"))
    for (const nlohmann::json& table : schema.at("tables")) names.insert(table.at("name").get<std::string>());
  return names;
}

nlohmann::json inspect(const Sample& sample, const std::string& source) {
  const ProgramResult result = sample.run({"--format", "json", "inspect", source});
  REQUIRE_EXIT(result, 0);
  return parse_json(result);
}

}  // namespace

#define REQUIRE_PYTHON(sample, modules, packages)                                                   \
  do {                                                                                              \
    const std::string python = find_python(modules);                                                \
    if (python.empty()) SKIP_TEST("no Python with the modules " modules " (Debian: " packages ")"); \
    (sample).environment["PARIPASSU_PYTHON"] = python;                                              \
  } while (false)
#define REQUIRE_SERVER(sample, engine)                     \
  do {                                                     \
    const std::string reason = add_server(sample, engine); \
    if (!reason.empty()) SKIP_TEST(reason);                \
  } while (false)

TEST_CASE("inspect postgres:migrations applies Alembic's revisions, and leaves its ledger out") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, psycopg2", "python3-alembic, python3-psycopg2");
  REQUIRE_SERVER(sample, "postgres");
  const nlohmann::json newest = inspect(sample, "postgres:migrations");
  CHECK(tables_of(newest) == std::set<std::string>{"customers", "tickets"});
  CHECK(newest.dump().find("ix_tickets_priority") != std::string::npos);
  const nlohmann::json first = inspect(sample, "postgres:migrations@3f1c0a6d2b71");
  CHECK(tables_of(first) == std::set<std::string>{"customers", "tickets"});
  CHECK(first.dump().find("priority") == std::string::npos);
}

TEST_CASE("inspect postgres:migrations applies Django's migrations over all applications, and leaves its ledger out") {
  Sample sample("django");
  REQUIRE_PYTHON(sample, "django, psycopg2", "python3-django, python3-psycopg2");
  REQUIRE_SERVER(sample, "postgres");
  CHECK(tables_of(inspect(sample, "postgres:migrations")) == std::set<std::string>{"billing_invoice", "shop_customer"});
  CHECK(tables_of(inspect(sample, "postgres:migrations@shop.0003_set_language")) ==
        std::set<std::string>{"shop_customer"});
}

TEST_CASE("inspect sqlserver:migrations applies Alembic's revisions through pyodbc") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, pyodbc", "python3-alembic, python3-pyodbc");
  REQUIRE_SERVER(sample, "sqlserver");
  CHECK(tables_of(inspect(sample, "sqlserver:migrations")) == std::set<std::string>{"customers", "tickets"});
}

TEST_CASE("inspect sqlserver:migrations applies Django's migrations through mssql-django") {
  Sample sample("django");
  REQUIRE_PYTHON(sample, "django, mssql", "python3-django, python3-mssql-django");
  REQUIRE_SERVER(sample, "sqlserver");
  CHECK(tables_of(inspect(sample, "sqlserver:migrations")) ==
        std::set<std::string>{"billing_invoice", "shop_customer"});
}

/// Every kind of test that runs without data of one's own.
void check_test_passes(const Sample& sample, const std::string& engine, std::size_t revisions) {
  const ProgramResult result = sample.run({"--engine", engine, "--format", "json", "test"});
  REQUIRE_EXIT(result, 0);
  std::set<std::string> passed;
  const nlohmann::json report = parse_json(result);
  for (const nlohmann::json& test : report.at("tests"))
    if (test.at("outcome") == "passed") passed.insert(test.at("test").get<std::string>());
  std::size_t climbed = 0;
  for (const std::string& name : passed)
    if (name.rfind(engine + "/stairway/", 0) == 0) ++climbed;
  CHECK_MESSAGE(climbed == revisions, transcript(result));
  CHECK(passed.count(engine + "/rerun/newest") == 1);
}

TEST_CASE("test passes on Alembic's sample (postgres)") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, psycopg2", "python3-alembic, python3-psycopg2");
  REQUIRE_SERVER(sample, "postgres");
  check_test_passes(sample, "postgres", 4);
}

TEST_CASE("test passes on Django's sample (postgres)") {
  Sample sample("django");
  REQUIRE_PYTHON(sample, "django, psycopg2", "python3-django, python3-psycopg2");
  REQUIRE_SERVER(sample, "postgres");
  check_test_passes(sample, "postgres", 5);
}

TEST_CASE("test passes on Alembic's sample (sqlserver)") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, pyodbc", "python3-alembic, python3-pyodbc");
  REQUIRE_SERVER(sample, "sqlserver");
  check_test_passes(sample, "sqlserver", 4);
}

TEST_CASE("test passes on Django's sample (sqlserver)") {
  Sample sample("django");
  REQUIRE_PYTHON(sample, "django, mssql", "python3-django, python3-mssql-django");
  REQUIRE_SERVER(sample, "sqlserver");
  check_test_passes(sample, "sqlserver", 5);
}

TEST_CASE("diff --each-step compares the engines after each of Alembic's revisions, and names their files") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, psycopg2, pyodbc", "python3-alembic, python3-psycopg2, python3-pyodbc");
  REQUIRE_SERVER(sample, "postgres");
  REQUIRE_SERVER(sample, "sqlserver");
  const ProgramResult result = sample.run({"--format", "json", "diff", "--each-step"});
  REQUIRE_EXIT(result, 0);
  const nlohmann::json steps = parse_json(result).at("steps");
  REQUIRE(steps.size() == 4);
  CHECK(steps.at(1).at("version") == "7a2e9c4f5d10");
  CHECK(steps.at(1).at("left_file") == "migrations/versions/7a2e9c4f5d10_add_priority.py");
  CHECK(steps.at(1).at("right_file") == "migrations/versions/7a2e9c4f5d10_add_priority.py");
  CHECK(steps.at(3).at("differs") == false);
}

TEST_CASE("diff --each-step compares the engines after each of Django's migrations") {
  Sample sample("django");
  REQUIRE_PYTHON(sample, "django, psycopg2, mssql", "python3-django, python3-psycopg2, python3-mssql-django");
  REQUIRE_SERVER(sample, "postgres");
  REQUIRE_SERVER(sample, "sqlserver");
  const ProgramResult result = sample.run({"--format", "json", "diff", "--each-step"});
  REQUIRE_EXIT(result, 0);
  const nlohmann::json steps = parse_json(result).at("steps");
  REQUIRE(steps.size() == 5);
  CHECK(steps.at(0).at("version") == "shop.0001_initial");
  CHECK(steps.at(4).at("version") == "billing.0002_invoice_paid_on");
  CHECK(steps.at(4).at("left_file") == "billing/migrations/0002_invoice_paid_on.py");
}

TEST_CASE("diff --each-step names the revision whose tool made the engines part") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, psycopg2, pyodbc", "python3-alembic, python3-psycopg2, python3-pyodbc");
  REQUIRE_SERVER(sample, "postgres");
  REQUIRE_SERVER(sample, "sqlserver");
  sample.folder.write("migrations/versions/d0000000001_note.py",
                      "import os\nimport sqlalchemy as sa\nfrom alembic import op\n"
                      "revision = 'd00000000001'\ndown_revision = 'c95e2f18d4ba'\n"
                      "def upgrade():\n    if os.environ['PARIPASSU_ENGINE'] == 'postgres':\n"
                      "        op.add_column('tickets', sa.Column('note', sa.Unicode(20)))\n"
                      "def downgrade():\n    pass\n");
  const ProgramResult result = sample.run({"--format", "json", "diff", "--each-step"});
  REQUIRE_EXIT(result, 1);
  const nlohmann::json document = parse_json(result);
  CHECK(document.at("first_divergence") == "d00000000001");
}

TEST_CASE("A revision that fails is an error with its file and the end of the tool's output") {
  Sample sample("alembic");
  REQUIRE_PYTHON(sample, "alembic, psycopg2", "python3-alembic, python3-psycopg2");
  REQUIRE_SERVER(sample, "postgres");
  sample.folder.write("migrations/versions/d0000000001_broken.py",
                      "from alembic import op\nrevision = 'd00000000001'\ndown_revision = 'c95e2f18d4ba'\n"
                      "def upgrade():\n    op.execute('SELECT * FROM nowhere')\ndef downgrade():\n    pass\n");
  const ProgramResult result = sample.run({"inspect", "postgres:migrations"});
  CHECK_EXIT(result, 5);
  CHECK_SAYS(result.errors, "going up to d00000000001");
  CHECK_SAYS(result.errors, "relation \"nowhere\" does not exist");
  CHECK_SAYS(result.errors, "'up' of [migrator]");
}

TEST_CASE("A Python without Alembic is an error that says what to install, before a server is started") {
  Sample sample("alembic");
  sample.environment["PARIPASSU_PYTHON"] =
      sample.folder.write("python", "#!/bin/sh\necho \"No module named 'alembic'\" >&2; exit 1\n");
  std::filesystem::permissions(sample.environment["PARIPASSU_PYTHON"], std::filesystem::perms::owner_all);
  const ProgramResult result = sample.run({"inspect", "postgres:migrations"});
  CHECK_EXIT(result, 2);
  CHECK_SAYS(result.errors, "python3-alembic");
  CHECK_SAYS(result.errors, "PARIPASSU_PYTHON");
  CHECK_SAYS(result.errors, "paripassu.toml");
}

TEST_CASE("migrate leaves a project of another tool to that tool") {
  Sample sample("django");
  REQUIRE_SERVER(sample, "postgres");
  const ProgramResult result = sample.run({"--engine", "postgres", "migrate", "status"});
  CHECK_EXIT(result, 2);
  CHECK_SAYS(result.errors, "a tool runs them");
}

}  // namespace paripassu::test
