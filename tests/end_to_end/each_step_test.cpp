// `diff --each-step`: which migration introduced a difference, and which repaired it.
#include <doctest/doctest.h>

#include <map>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

/// A project of two engines, without a database of its own.
struct TwoEngines {
  TemporaryFolder folder;
  std::map<std::string, std::string> environment;
  std::vector<std::string> secrets;
  std::string missing;  ///< why it cannot run; empty: it can

  TwoEngines() {
    for (const auto& backend : registry().all()) {
      const LiveServer& server = live_server(*backend);
      if (!server.url) {
        missing = server.reason;
        continue;
      }
      environment[url_variable(*backend)] = url_with_password(*server.url);
      if (server.url->password) secrets.push_back(server.url->password->reveal());
    }
  }

  void migration(const std::string& name, const std::string& text) const { folder.write("migrations/" + name, text); }
  ProgramResult run(const std::vector<std::string>& arguments) const {
    return run_checked(arguments, folder.path(), environment, secrets);
  }
  nlohmann::json steps(int exit_code) const {
    const ProgramResult result = run({"--format", "json", "diff", "--each-step"});
    REQUIRE_EXIT(result, exit_code);
    return parse_json(result);
  }
};

/// Introduced and repaired versions, by "code object".
std::map<std::string, std::string> lives_of(const nlohmann::json& document) {
  std::map<std::string, std::string> lives;
  for (const nlohmann::json& one : document.at("differences")) {
    const nlohmann::json& repaired = one.at("repaired");
    lives[one.at("code").get<std::string>() + " " + one.at("object").get<std::string>()] =
        one.at("introduced").at("version").get<std::string>() + "-" +
        (repaired.is_null() ? "" : repaired.at("version").get<std::string>());
  }
  return lives;
}

nlohmann::json difference_of(const nlohmann::json& document, const std::string& code) {
  for (const nlohmann::json& one : document.at("differences"))
    if (one.at("code") == code) return one;
  return nullptr;
}

void write_diverging_migrations(const TwoEngines& project) {
  project.migration("0001_orders.up.sql", "CREATE TABLE orders (\n  id int NOT NULL PRIMARY KEY,\n  note int\n);\n");
  project.migration("0002_total.postgres.up.sql", "ALTER TABLE orders ADD total int;\n");
  project.migration("0002_total.sqlserver.up.sql", "\nALTER TABLE orders ADD total bigint;\nGO\n");
  project.migration("0003_index.postgres.up.sql", "CREATE INDEX ix_note ON orders (note);\n");
  project.migration("0004_index.sqlserver.up.sql", "CREATE INDEX ix_note ON orders (note);\nGO\n");
}

}  // namespace

#define REQUIRE_TWO_ENGINES(project) \
  const TwoEngines project;          \
  if (!project.missing.empty()) SKIP_TEST(project.missing)

TEST_CASE("diff --each-step names who introduced and who repaired a difference, with files and lines") {
  REQUIRE_TWO_ENGINES(project);
  write_diverging_migrations(project);
  const nlohmann::json document = project.steps(1);
  CHECK(document.at("first_divergence") == "0002");
  // Notes may come on top.
  const auto lives = lives_of(document);
  REQUIRE_MESSAGE(lives.contains("column-type orders.total"), document.dump(1));
  REQUIRE_MESSAGE(lives.contains("index-missing orders.ix_note"), document.dump(1));
  CHECK(lives.at("column-type orders.total") == "0002-");
  CHECK(lives.at("index-missing orders.ix_note") == "0003-0004");
  REQUIRE(document.at("steps").size() == 4);
  CHECK(document.at("steps").at(0).at("differs") == false);
  CHECK(document.at("steps").at(2).at("left_file") == "migrations/0003_index.postgres.up.sql");
  CHECK(document.at("steps").at(2).at("right_file").is_null());
  const nlohmann::json type = difference_of(document, "column-type");
  CHECK(type.at("left_side").at("file") == "migrations/0002_total.postgres.up.sql");
  CHECK(type.at("left_side").at("line") == 1);
  CHECK(type.at("right_side").at("file") == "migrations/0002_total.sqlserver.up.sql");
  CHECK(type.at("right_side").at("line") == 2);
  const nlohmann::json index = difference_of(document, "index-missing");
  CHECK(index.at("left_side").at("file") == "migrations/0003_index.postgres.up.sql");
  CHECK(index.at("right_side").at("file") == "migrations/0001_orders.up.sql");

  const ProgramResult text = project.run({"diff", "--each-step"});
  CHECK_EXIT(text, 1);
  CHECK_SAYS(text.output, "first differ after 0002 total");
  CHECK_SAYS(text.output, "migrations/0002_total.sqlserver.up.sql:2");
  CHECK_SAYS(text.output, "introduced by 0003, repaired by 0004");
}

TEST_CASE("diff --each-step passes when the last version is equal, and says what was on the way") {
  REQUIRE_TWO_ENGINES(project);
  write_diverging_migrations(project);
  project.migration("0005_mend.postgres.up.sql", "ALTER TABLE orders ALTER total TYPE bigint;\n");
  const nlohmann::json document = project.steps(0);
  CHECK(document.at("first_divergence") == "0002");
  CHECK(lives_of(document).at("column-type orders.total") == "0002-0005");
}

TEST_CASE("diff --each-step applies each migration once") {
  REQUIRE_TWO_ENGINES(project);
  // A second run of any of them fails: the table exists, and the value is there.
  project.migration("0001_a.up.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY);\nINSERT INTO a VALUES (1);\n");
  project.migration("0002_b.up.sql", "CREATE TABLE b (id int NOT NULL PRIMARY KEY);\nINSERT INTO a VALUES (2);\n");
  project.migration("0003_c.up.sql",
                    "INSERT INTO a SELECT 3 FROM a HAVING count(*) = 2;\n"
                    "INSERT INTO b SELECT max(id) FROM a HAVING max(id) = 3;\n");
  const nlohmann::json document = project.steps(0);
  CHECK(document.at("first_divergence").is_null());
  CHECK(document.at("steps").size() == 3);
}

TEST_CASE("diff --each-step compares repeatable migrations at the end") {
  REQUIRE_TWO_ENGINES(project);
  project.migration("V1__a.sql", "CREATE TABLE a (id int NOT NULL PRIMARY KEY, note int);\n");
  project.migration("R__v.sql", "CREATE VIEW v AS SELECT id FROM a\n");
  const nlohmann::json document = project.steps(0);
  REQUIRE(document.at("steps").size() == 2);
  CHECK(document.at("steps").at(1).at("version") == "repeatable");
  CHECK(document.at("steps").at(1).at("differs") == false);
}

}  // namespace paripassu::test
