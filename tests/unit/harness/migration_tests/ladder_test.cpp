#include "harness/migration_tests/ladder.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "harness/migration_tests/ladder_files.h"
#include "tests/unit/harness/migration_tests/ladder_project.h"

using namespace paripassu;
using namespace paripassu::test;
using paripassu::migration_tests::FileVersion;
using paripassu::migration_tests::LadderFile;
using paripassu::migration_tests::read_file_name;
using paripassu::migration_tests::version_of;

namespace {

const Backend& postgres() {
  return registry().get("postgres");
}
const Backend& sqlserver() {
  return registry().get("sqlserver");
}

/// Names of the files in the order of insertion.
std::vector<std::string> names_of(const Ladder& ladder) {
  std::vector<std::string> names;
  for (const Ladder::File& file : ladder.files()) names.push_back(std::filesystem::path(file.path).filename());
  return names;
}

std::vector<Revision> revisions_of(const std::vector<std::string>& versions) {
  return ListedMigrator(postgres(), versions).revisions();
}

/// Version and table that a name is of.
std::pair<std::string, std::string> csv_of(const std::string& stem, const std::vector<Revision>& revisions) {
  const std::optional<FileVersion> found = version_of(stem, revisions);
  if (!found) return {};
  return {found->revision->version, found->table()};
}

using Pair = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("file names of the ladder are taken apart into stem, engine and extension") {
  const auto parts = [](const std::string& name) {
    const LadderFile file = read_file_name(name, registry());
    return std::vector<std::string>{file.stem, file.engine, file.extension, file.foreign_engine};
  };
  using Parts = std::vector<std::string>;
  CHECK(parts("0003_customers.sql") == Parts{"0003_customers", "", "sql", ""});
  CHECK(parts("0003_customers.postgres.sql") == Parts{"0003_customers", "postgres", "sql", ""});
  CHECK(parts("0003_customers.PG.SQL") == Parts{"0003_customers", "postgres", "sql", ""});
  CHECK(parts("20190100000001_testdata.mssql.sql") == Parts{"20190100000001_testdata", "sqlserver", "sql", ""});
  CHECK(parts("20190100000001_testdata.mysql.sql") == Parts{"20190100000001_testdata", "", "sql", "mysql"});
  CHECK(parts("0003.app.customers.csv") == Parts{"0003.app.customers", "", "csv", ""});
  CHECK(parts("0003.customers.sqlserver.csv") == Parts{"0003.customers", "sqlserver", "csv", ""});
  CHECK(parts("0003.mysql.csv") == Parts{"0003.mysql", "", "csv", ""});  // a table
  CHECK(parts("0003") == Parts{"0003", "", "", ""});
  CHECK(parts("0003.") == Parts{"0003.", "", "", ""});
}

TEST_CASE("a data file belongs to the longest version that its name begins with") {
  const std::vector<Revision> numbers = revisions_of({"0001", "0003", "1.2", "repeatable"});
  CHECK(csv_of("0003.customers", numbers) == Pair{"0003", "customers"});
  CHECK(csv_of("3.app.customers", numbers) == Pair{"0003", "app.customers"});
  CHECK(csv_of("0003_more.customers", numbers) == Pair{"0003", "customers"});
  CHECK(csv_of("0003_more.app.customers", numbers) == Pair{"0003", "app.customers"});
  CHECK(csv_of("0003_customers", numbers) == Pair{"0003", "customers"});
  CHECK(csv_of("1.2.customers", numbers) == Pair{"1.2", "customers"});
  CHECK(csv_of("1_2.customers", numbers) == Pair{"1.2", "customers"});
  CHECK(csv_of("1.customers", numbers) == Pair{"0001", "customers"});
  CHECK(csv_of("repeatable.customers", numbers) == Pair{"repeatable", "customers"});
  CHECK(csv_of("0003", numbers) == Pair{"0003", ""});
  CHECK(csv_of("00031.customers", numbers) == Pair{"", ""});
  CHECK(csv_of("customers", numbers) == Pair{"", ""});
  CHECK(csv_of("", numbers) == Pair{"", ""});
  // Revisions that are no numbers are words: digits in them have no value.
  const std::vector<Revision> words = revisions_of({"ae1027a6acf", "1f2e", "01f2e"});
  CHECK(csv_of("ae1027a6acf_users", words) == Pair{"ae1027a6acf", "users"});
  CHECK(csv_of("ae01027a6acf.users", words) == Pair{"", ""});
  CHECK(csv_of("01f2e.users", words) == Pair{"01f2e", "users"});
}

TEST_CASE("Ladder reads the files of an engine in the order of versions and names") {
  LadderProject project;
  project.data("0010_b.sql", "SELECT 1");
  project.data("0002_b.sql", "SELECT 1");
  project.data("0002_a.toml", "[[orders]]\nid = 1\n");
  project.data("0002.orders.csv", "id\n1\n");
  project.data("0002_c.postgres.sql", "SELECT 1");
  project.data("0002_c.sqlserver.sql", "SELECT 1");
  project.data("0002_d.sql", "SELECT 1");
  project.data("0002_d.pg.sql", "SELECT 1");
  project.data("README.md", "what this is");
  project.data(".hidden.swp", "x");
  const std::vector<std::string> versions = {"0001", "0002", "0010"};
  const Ladder on_postgres = Ladder::read(project.context(), ListedMigrator(postgres(), versions));
  CHECK(names_of(on_postgres) == std::vector<std::string>{"0002.orders.csv", "0002_a.toml", "0002_b.sql",
                                                          "0002_c.postgres.sql", "0002_d.pg.sql", "0010_b.sql"});
  CHECK(on_postgres.versions() == std::vector<std::string>{"0002", "0010"});
  CHECK(on_postgres.has("0002"));
  CHECK_FALSE(on_postgres.has("0001"));
  const Ladder on_sqlserver = Ladder::read(project.context(), ListedMigrator(sqlserver(), versions));
  CHECK(names_of(on_sqlserver) == std::vector<std::string>{"0002.orders.csv", "0002_a.toml", "0002_b.sql",
                                                           "0002_c.sqlserver.sql", "0002_d.sql", "0010_b.sql"});
}

TEST_CASE("Ladder without a folder, or with an empty one, has no data") {
  LadderProject project;
  CHECK(Ladder::read(project.context(), ListedMigrator(postgres(), {"0001"})).empty());
  std::filesystem::create_directories(project.path("expected"));
  CHECK(Ladder::read(project.context(), ListedMigrator(postgres(), {"0001"})).empty());
}

TEST_CASE("Ladder leaves out files of engines that the program does not have, with a note") {
  LadderProject project;
  project.data("0001_testdata.mysql.sql", "INSERT INTO `a` VALUES (1)");
  const Ladder ladder = Ladder::read(project.context(), ListedMigrator(postgres(), {"0001"}));
  CHECK(ladder.empty());
  REQUIRE(ladder.notes().size() == 1);
  CHECK(ladder.notes().front().find("mysql") != std::string::npos);
}

TEST_CASE("Ladder leaves out the data of a version that has nothing to do on the engine, unless it is for it alone") {
  LadderProject project;
  project.data("0002_a.sql", "SELECT 1");
  project.data("0002_b.postgres.sql", "SELECT 1");
  ListedMigrator migrator(postgres(), {"0001", "0002"});
  migrator.list()[1].has_up = false;
  const Ladder ladder = Ladder::read(project.context(), migrator);
  CHECK(names_of(ladder) == std::vector<std::string>{"0002_b.postgres.sql"});
  REQUIRE(ladder.notes().size() == 1);
  CHECK(ladder.notes().front().find("0002_a.sql: left out") != std::string::npos);
}

TEST_CASE("Ladder names the file and the remedy for what is wrong in the folder") {
  LadderProject project;
  const auto read = [&project] {
    Ladder::read(project.context(), ListedMigrator(postgres(), {"0001", "0002", "0013"}));
  };
  const auto error_for = [&](const std::string& name, const std::string& text,
                             ErrorCategory category = ErrorCategory::configuration) {
    project.data(name, text);
    Error error = error_of(category, read);
    CHECK(error.position().file == project.path(name));
    CHECK_FALSE(error.remedy().empty());
    std::filesystem::remove_all(project.path(name));
    return error;
  };
  SUBCASE("an unknown version") {
    const Error error = error_for("0012_a.sql", "SELECT 1");
    CHECK(error.message().find("'0012'") != std::string::npos);
    CHECK(error.remedy().find("0002") != std::string::npos);
  }
  SUBCASE("no version at all") {
    CHECK(error_for("customers.csv", "id\n1\n").remedy().find("'0001' to '0013'") != std::string::npos);
  }
  SUBCASE("an unknown extension") {
    CHECK(error_for("0001_a.sqll", "SELECT 1").remedy().find(".sql") != std::string::npos);
    error_for("0001_a", "SELECT 1");
  }
  SUBCASE("an unknown engine") {
    CHECK(error_for("0001_a.postgers.sql", "SELECT 1").remedy().find("postgres") != std::string::npos);
    error_for("0001_a.postgers.toml", "");
  }
  SUBCASE("a CSV that does not say its table") {
    error_for("0001.csv", "id\n1\n");
  }
  SUBCASE("a script without a statement") {
    error_for("0001_a.sql", "-- nothing\n");
  }
  SUBCASE("two files that mean the same") {
    project.data("0001_a.pg.sql", "SELECT 1");
    const Error error = error_for("0001_a.postgres.sql", "SELECT 1");
    CHECK(error.message().find("0001_a.pg.sql") != std::string::npos);
  }
  SUBCASE("a folder that nothing reads") {
    project.data("expectd/orders.csv", "id\n");
    const Error error = error_of(ErrorCategory::configuration, read);
    CHECK(error.remedy().find("expected") != std::string::npos);
  }
  SUBCASE("the ladder is a file") {
    project.configuration.tests.ladder = "ladder.txt";
    project.folder.write("ladder.txt", "x");
    CHECK(error_of(ErrorCategory::configuration, read).message().find("not a folder") != std::string::npos);
  }
}

TEST_CASE("Ladder passes on what its readers say of a bad data file") {
  LadderProject project;
  const auto read = [&project] { Ladder::read(project.context(), ListedMigrator(postgres(), {"0001"})); };
  SUBCASE("a row with too few cells") {
    project.data("0001.customers.csv", "id,name\n1,Ada\n2\n");
    const Error error = error_of(ErrorCategory::configuration, read);
    CHECK(error.position().file == project.path("0001.customers.csv"));
    CHECK(error.position().line == 3);
  }
  SUBCASE("TOML that is none") {
    project.data("0001_more.toml", "[[customers]\n");
    CHECK(error_of(ErrorCategory::configuration, read).position().line == 1);
  }
  SUBCASE("SQL that does not end") {
    project.data("0001_a.sql", "SELECT 1;\nSELECT 'open\n");
    const Error error = error_of(ErrorCategory::script, read);
    CHECK(error.position().file == project.path("0001_a.sql"));
    CHECK(error.position().line == 2);
  }
  SUBCASE("SQL that leaves the database") {
    project.data("0001_a.sql", "\\c other\n");
    error_of(ErrorCategory::script, read);
  }
  SUBCASE("bytes that are no text") {
    project.data("0001_a.sql", std::string("SELECT '\xff\xfe'", 11));
    error_of(ErrorCategory::script, read);
  }
}

TEST_CASE("a script changes its session by settings, temporary tables and prepared statements, not by UPDATE … SET") {
  const auto changes = [](const Backend& backend, const std::string& text) {
    const ScriptReader& reader = backend.script_reader();
    return migration_tests::changes_session(reader.read(text, "a.sql", {}), reader);
  };
  CHECK(changes(postgres(), "INSERT INTO a VALUES (1); SET search_path TO app;"));
  CHECK(changes(postgres(), "select pg_catalog.SET_CONFIG('search_path', '', false);"));
  CHECK(changes(postgres(), "CREATE TEMP TABLE t (id int);"));
  CHECK(changes(postgres(), "PREPARE p AS SELECT 1;"));
  CHECK_FALSE(changes(postgres(), "UPDATE a SET b = 1; ALTER TABLE a ALTER b SET DEFAULT 2;"));
  CHECK_FALSE(changes(postgres(), "INSERT INTO a VALUES ('SET search_path');"));
  CHECK(changes(sqlserver(), "INSERT INTO a VALUES (1)\nGO\nSET IDENTITY_INSERT a ON\n"));
  CHECK(changes(sqlserver(), "SELECT 1 AS a INTO #t"));
  CHECK(changes(sqlserver(), "UPDATE a SET b = 1 SET NOCOUNT ON"));
  CHECK_FALSE(changes(sqlserver(), "UPDATE a SET b = 1"));
  CHECK_FALSE(changes(sqlserver(), "CREATE TABLE c (a int REFERENCES a (id) ON DELETE SET NULL ON UPDATE SET NULL)"));
}
