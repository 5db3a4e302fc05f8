#include "harness/migration_tests/test_case.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using paripassu::test::contains;

namespace {

/// Two engines of nothing but names.
const BackendRegistry& engines() {
  static const BackendRegistry registry = test::two_engines();
  return registry;
}

/// A case's folder.
class Folder {
 public:
  Folder& with(const std::string& file, const std::string& text) {
    folder_.write("lower_case/" + file, text);
    return *this;
  }

  TestCase read() const { return TestCase::read(folder_.path() + "/lower_case", engines()); }

  Error error() const {
    try {
      read();
    } catch (const Error& error) {
      return error;
    }
    FAIL("the case was read");
    throw Error(ErrorCategory::internal, "unreachable");
  }

 private:
  test::TemporaryFolder folder_;
};

/// Its error, of a case that is nothing but `text`.
Error error_of(const std::string& text) {
  return Folder().with("case.toml", text).error();
}

}  // namespace

TEST_CASE("TestCase reads the migration, rows before and after, and what must be restored") {
  Folder folder;
  folder.with("case.toml", R"(migration = "0007"
description = "names become lower case"
restored = "before"

[[before.customers]]
id = 1
name = "Ann"

[[before.customers]]
id = 2
name = {null = true}

[[after.customers]]
id = 1
name = "ann"
)");
  const TestCase found = folder.read();
  CHECK(found.name == "lower_case");
  CHECK(found.migration == "0007");
  CHECK(found.migration_position.line == 1);
  CHECK(found.description == "names become lower case");
  CHECK(found.engines.empty());
  REQUIRE(found.before.size() == 1);
  REQUIRE(found.before[0].rows.tables.size() == 1);
  CHECK(found.before[0].rows.tables[0].rows.size() == 2);
  REQUIRE(found.after.tables.size() == 1);
  CHECK(found.after.tables[0].name == "customers");
  CHECK(found.after.tables[0].position.line == 13);
  CHECK(found.restores_before);
  CHECK(found.goes_down());
  CHECK_FALSE(found.error);
}

TEST_CASE("TestCase reads a table that must be empty") {
  const TestCase found = Folder().with("case.toml", "migration = \"1\"\n[after]\ncustomers = []\n").read();
  REQUIRE(found.after.tables.size() == 1);
  CHECK(found.after.tables[0].name == "customers");
  CHECK(found.after.tables[0].columns.empty());
  CHECK(found.after.tables[0].rows.empty());
  CHECK_FALSE(found.goes_down());
}

TEST_CASE("TestCase reads data from files, in the order in which they are named") {
  Folder folder;
  folder.with("case.toml",
              "migration = \"1\"\nbefore = [\"customers.csv\", \"more.toml\", \"last.sql\"]\n"
              "after = \"after.toml\"\nrestored = [\"customers.csv\"]\n");
  folder.with("customers.csv", "id,name\n1,Ann\n");
  folder.with("more.toml", "[[orders]]\nid = 5\n");
  folder.with("last.sql", "DELETE FROM orders;\n");
  folder.with("after.toml", "orders = []\n");
  const TestCase found = folder.read();
  REQUIRE(found.before.size() == 3);
  CHECK(found.before[0].rows.tables.at(0).name == "customers");
  CHECK(found.before[1].rows.tables.at(0).name == "orders");
  CHECK(found.before[2].scripts.size() == engines().all().size());
  CHECK(found.before[2].scripts.at("north").text == "DELETE FROM orders;\n");
  CHECK(found.after.tables.at(0).name == "orders");
  CHECK_FALSE(found.restores_before);
  CHECK(found.restored.tables.at(0).name == "customers");
}

TEST_CASE("TestCase finds a script per engine behind one name") {
  Folder folder;
  folder.with("case.toml", "migration = \"1\"\nbefore = \"before.sql\"\nexpect_error = \"data\"\n");
  folder.with("before.n.sql", "SELECT 1;");
  folder.with("before.south.sql", "SELECT 2");
  const TestCase found = folder.read();
  CHECK(found.before.at(0).scripts.at("north").text == "SELECT 1;");
  CHECK(found.before.at(0).scripts.at("south").text == "SELECT 2");
  CHECK(found.before.at(0).only_engine.empty());
}

TEST_CASE("TestCase takes a script named after an engine for that engine alone") {
  Folder folder;
  folder.with("case.toml", "migration = \"1\"\nbefore = \"before.north.sql\"\nexpect_error = \"data\"\n");
  folder.with("before.north.sql", "SELECT 1;");
  const TestCase found = folder.read();
  CHECK(found.before.at(0).only_engine == "north");
  CHECK(found.before.at(0).scripts.size() == 1);
}

TEST_CASE("TestCase reads queries with SQL for all engines, for each, and from a file") {
  Folder folder;
  folder.with("case.toml", R"(migration = "1"
[[after_query]]
name = "totals"
sql = "SELECT 1 AS one"
south = "SELECT 2 AS one"
rows = [{one = 1}]

[[after_query]]
name = "count"
file = "count.sql"

[[restored_query]]
name = "none"
north = "SELECT 3"
rows = []
)");
  folder.with("count.sql", "SELECT COUNT(*) FROM customers");
  const TestCase found = folder.read();
  REQUIRE(found.after.queries.size() == 2);
  CHECK(found.after.queries[0].sql.at("north") == "SELECT 1 AS one");
  CHECK(found.after.queries[0].sql.at("south") == "SELECT 2 AS one");
  REQUIRE(found.after.queries[0].rows);
  CHECK(found.after.queries[0].rows->columns == std::vector<std::string>{"one"});
  CHECK(found.after.queries[0].rows->rows.at(0).position.line == 6);
  CHECK(found.after.queries[1].sql.at("south") == "SELECT COUNT(*) FROM customers");
  CHECK_FALSE(found.after.queries[1].rows);
  REQUIRE(found.restored.queries.size() == 1);
  CHECK(found.restored.queries[0].sql.count("south") == 0);
  REQUIRE(found.restored.queries[0].rows);
  CHECK(found.restored.queries[0].rows->rows.empty());
}

TEST_CASE("TestCase reads the error that must come, as a word or as a table") {
  const TestCase word = Folder().with("case.toml", "migration = \"1\"\nexpect_error = \"unique-violation\"\n").read();
  REQUIRE(word.error);
  CHECK(word.error->direction == MigrationDirection::up);
  CHECK(word.error->category == ErrorCategory::unique_violation);
  CHECK_FALSE(word.error->half_done);
  const TestCase table =
      Folder()
          .with("case.toml",
                "migration = \"1\"\nexpect_error = {on = \"down\", message = \"cannot go\", half_done = true}\n")
          .read();
  REQUIRE(table.error);
  CHECK(table.error->direction == MigrationDirection::down);
  CHECK_FALSE(table.error->category);
  CHECK(table.error->message == "cannot go");
  CHECK(table.error->half_done);
  CHECK(table.goes_down());
}

TEST_CASE("TestCase knows the engines that it is for") {
  const TestCase one =
      Folder().with("case.toml", "migration = \"1\"\nengines = [\"north\"]\nexpect_error = \"data\"\n").read();
  CHECK(one.is_for(engines().get("north")));
  CHECK_FALSE(one.is_for(engines().get("south")));
  const TestCase all = Folder().with("case.toml", "migration = \"1\"\nexpect_error = \"data\"\n").read();
  CHECK(all.is_for(engines().get("south")));
}

TEST_CASE("TestCase refuses what it cannot mean, with the place in case.toml and what would be right") {
  struct Refusal {
    const char* text;
    int line;
    const char* message;
    const char* remedy;
  };
  const Refusal refusals[] = {
      {"migration = \"1\"\nafterr = []\n", 2, "did you mean 'after'?", "known here"},
      {"description = \"x\"\n", 0, "'migration' is missing", ""},
      {"migration = 7\n", 1, "must be a string, not an integer", ""},
      {"migration = \" \"\n", 1, "must not be empty", ""},
      {"migration = \"1\"\n", 0, "checks nothing", "restored = \"before\""},
      {"migration = \"1\"\nengines = [\"northh\"]\n", 2, "did you mean 'north'?", "south"},
      {"migration = \"1\"\nengines = []\n", 2, "names no engine", "leave it out"},
      {"migration = \"1\"\nengines = [7]\n", 2, "must be a text", ""},
      {"migration = \"1\"\nexpect_error = \"unique\"\n", 2, "unknown class of errors 'unique'", "unique-violation"},
      {"migration = \"1\"\nexpect_error = \"unique-violaton\"\n", 2, "did you mean 'unique-violation'?", "data"},
      {"migration = \"1\"\nexpect_error = \"internal\"\n", 2, "unknown class", ""},
      {"migration = \"1\"\nexpect_error = {on = \"sideways\", class = \"data\"}\n", 2, "\"up\" or \"down\"", ""},
      {"migration = \"1\"\nexpect_error = {on = \"up\"}\n", 2, "neither class nor message", "unique-violation"},
      {"migration = \"1\"\nexpect_error = {clas = \"data\"}\n", 2, "did you mean 'class'?", ""},
      {"migration = \"1\"\nexpect_error = {class = \"data\", half_done = 1}\n", 2, "true or false", ""},
      {"migration = \"1\"\nexpect_error = 3\n", 2, "must be a class of errors", ""},
      {"migration = \"1\"\nbefore = \"before.toml\"\nexpect_error = \"data\"\n", 2, "there is no file 'before.toml'",
       "folder of case.toml"},
      {"migration = \"1\"\nbefore = \"before.sql\"\nexpect_error = \"data\"\n", 2, "there is no file 'before.sql'", ""},
      {"migration = \"1\"\nbefore = \"case.yaml\"\nexpect_error = \"data\"\n", 2, "is no data set", ".csv"},
      {"migration = \"1\"\nbefore = 3\nexpect_error = \"data\"\n", 2, "must be a file", ""},
      {"migration = \"1\"\nafter = []\n", 2, "names no table", "customers = []"},
      {"migration = \"1\"\n[after]\ncustomers = 3\n", 3, "holds no rows", "[["},
      {"migration = \"1\"\n[[after_query]]\nsql = \"SELECT 1\"\n", 2, "'name' is missing", ""},
      {"migration = \"1\"\n[[after_query]]\nname = \"a\"\n", 2, "has no SQL", "north"},
      {"migration = \"1\"\n[[after_query]]\nname = \"a\"\nsql = \"SELECT 1\"\nrows = 3\n", 5, "must be a data set", ""},
      {"migration = \"1\"\n[[after_query]]\nname = \"a\"\nsql = \"SELECT 1\"\n[[after_query]]\nname = \"a\"\n"
       "sql = \"SELECT 2\"\n",
       6, "that of another query", ""},
      {"migration = \"1\"\nexpect_error = \"data\"\nrestored = \"before\"\n", 3, "can never be looked at", "before"},
      {"migration = \"1\"\nexpect_error = \"data\"\nafter = {customers = []}\n", 3, "applying the migration must fail",
       ""},
      {"migration = \"1\"\nexpect_error = {on = \"down\", class = \"data\"}\nrestored = \"before\"\n", 3,
       "undoing the migration must fail", ""},
      {"migration = \"1\n", 1, "not valid TOML", ""},
  };
  for (const Refusal& refusal : refusals) {
    CAPTURE(refusal.text);
    const Error error = error_of(refusal.text);
    CHECK(error.category() == ErrorCategory::configuration);
    CHECK_MESSAGE(contains(error.message(), refusal.message), error.what());
    CHECK_MESSAGE(contains(error.remedy(), refusal.remedy), error.what());
    CHECK(contains(error.position().file, "lower_case/case.toml"));
    if (refusal.line > 0) CHECK_MESSAGE(error.position().line == refusal.line, error.what());
  }
}

TEST_CASE("TestCase allows what is looked at before a down that must fail") {
  const TestCase found =
      Folder()
          .with("case.toml",
                "migration = \"1\"\nexpect_error = {on = \"down\", class = \"data\"}\nafter = {customers = []}\n")
          .read();
  CHECK(found.after.tables.size() == 1);
}

TEST_CASE("TestCase refuses a folder without case.toml, a folder in its place, and data that cannot be read") {
  CHECK(contains(Folder().with("before.toml", "").error().message(), "there is no such file"));
  CHECK(contains(Folder().with("case.toml/x", "").error().message(), "it is a folder"));
  Folder folder;
  folder.with("case.toml", "migration = \"1\"\nbefore = \"rows.csv\"\nexpect_error = \"data\"\n");
  folder.with("rows.csv", "id,name\n1\n");
  const Error error = folder.error();
  CHECK(contains(error.position().file, "rows.csv"));
  CHECK(error.position().line == 2);
}

TEST_CASE("Classes of errors are the words of the categories that a migration may come to") {
  const std::vector<std::string> words = expected_error_classes();
  CHECK(std::find(words.begin(), words.end(), "unique-violation") != words.end());
  CHECK(std::find(words.begin(), words.end(), "not-null-violation") != words.end());
  CHECK(std::find(words.begin(), words.end(), "usage") == words.end());
  CHECK(std::find(words.begin(), words.end(), "internal") == words.end());
}
