#include <doctest/doctest.h>

#include "harness/project/configuration.h"
#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

Configuration read(const std::string& text) {
  const TemporaryFolder folder;
  return read_configuration(folder.write("paripassu.toml", text), two_engines());
}

Error refused(const std::string& text) {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml", text);
  const Error error = error_of([&] { read_configuration(file, two_engines()); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(error.position().file == file);
  return error;
}

void check_refused(const std::string& text, const std::string& part, int line) {
  const Error error = refused(text);
  CAPTURE(error.what());
  CHECK(std::string(error.what()).find(part) != std::string::npos);
  CHECK(error.position().line == line);
}

}  // namespace

TEST_CASE("Configuration of data reads every key, with positions of what is checked later") {
  const DataConfiguration data = read(R"toml(
[data]
tables = ["orders", "line_*"]
fail_on = "error"
classes = { time-zone = "accepted", case = "warning" }
tolerance = "1e-9 relative"
[data.rename]
"orders.note" = "Orders.Remark"
customers = "Client"
[[data.rule]]
object = "orders.placed_at"
ignore = true
reason = "a trigger of one side only"
[[data.rule]]
object = "orders"
key = ["order_no", "tenant"]
classes = { padding = "error" }
tolerance = "2 ulp"
where = { north = "deleted = false", south = "deleted = 0" }
)toml")
                                     .data;
  CHECK(data.tables == std::vector<std::string>{"orders", "line_*"});
  CHECK(data.tables_position.line == 3);
  CHECK(data.fail_on == "error");
  REQUIRE(data.classes.size() == 2);
  CHECK(data.classes.at("time-zone").word == "accepted");
  CHECK(data.classes.at("case").position.line == 5);
  REQUIRE(data.tolerance);
  CHECK(data.tolerance->word == "1e-9 relative");
  CHECK(data.tolerance->position.line == 6);
  REQUIRE(data.renames.size() == 2);
  CHECK(data.renames[0].left == "customers");
  CHECK(data.renames[0].right == "Client");
  CHECK(data.renames[1].left == "orders.note");
  CHECK(data.renames[1].right == "Orders.Remark");
  CHECK(data.renames[1].position.line == 8);
  REQUIRE(data.rules.size() == 2);
  CHECK(data.rules[0].object == "orders.placed_at");
  CHECK(data.rules[0].ignore);
  CHECK(data.rules[0].reason == "a trigger of one side only");
  CHECK(data.rules[0].position.line == 10);
  CHECK(data.rules[0].object_position.line == 11);
  CHECK_FALSE(data.rules[1].ignore);
  CHECK(data.rules[1].key == std::vector<std::string>{"order_no", "tenant"});
  CHECK(data.rules[1].key_position.line == 16);
  CHECK(data.rules[1].classes.at("padding").word == "error");
  REQUIRE(data.rules[1].tolerance);
  CHECK(data.rules[1].tolerance->word == "2 ulp");
  CHECK(data.rules[1].where.at("north") == "deleted = false");
  CHECK(data.rules[1].where.at("south") == "deleted = 0");
}

TEST_CASE("Configuration without data compares all tables and fails on warnings") {
  const DataConfiguration data = read("[project]\nname = \"x\"\n").data;
  CHECK(data.tables.empty());
  CHECK(data.fail_on == "warning");
  CHECK(data.classes.empty());
  CHECK_FALSE(data.tolerance);
  CHECK(data.renames.empty());
  CHECK(data.rules.empty());
}

TEST_CASE("Configuration of data refuses unknown keys and names the nearest") {
  check_refused("[data]\ntabels = [\"a\"]\n", "did you mean 'tables'?", 2);
  check_refused("[data]\n[[data.rules]]\nobject = \"a\"\n", "did you mean 'rule'?", 2);
  check_refused("[[data.rule]]\nobjekt = \"a\"\nignore = true\nreason = \"r\"\n", "did you mean 'object'?", 2);
  check_refused("[[data.rule]]\nobject = \"a\"\nwhere = { norht = \"x\" }\n", "unknown engine 'norht'", 3);
}

TEST_CASE("Configuration of data refuses values of the wrong kind with their place") {
  check_refused("[data]\ntables = \"orders\"\n", "must be an array of tables, not a string", 2);
  check_refused("[data]\ntables = [\"a\",\n  \"\"]\n", "every element a string that is not empty", 3);
  check_refused("[data]\nfail_on = \"note\"\n", "expected error or warning, not 'note'", 2);
  check_refused("[data]\nclasses = \"case\"\n", "must be a table", 2);
  check_refused("[data]\nclasses = { case = 1 }\n", "must be a string, not an integer", 2);
  check_refused("[data]\ntolerance = 0.1\n", "must be a string, not a floating-point number", 2);
  check_refused("[data]\ntolerance = \" \"\n", "must not be empty", 2);
  check_refused("[[data.rule]]\nobject = \"a\"\nignore = \"yes\"\nreason = \"r\"\n", "true or false, not a string", 3);
  check_refused("[[data.rule]]\nobject = \"a\"\nkey = []\n", "must name at least one column", 3);
  check_refused("[[data.rule]]\nobject = \"a\"\nwhere = { north = \"\" }\n", "must not be empty", 3);
}

TEST_CASE("Configuration of data wants a reason for what is ignored, and something said by every rule") {
  check_refused("[[data.rule]]\nobject = \"orders.note\"\nignore = true\n", "'reason' is missing in [[data.rule]]", 1);
  check_refused("\n[[data.rule]]\nobject = \"orders.note\"\n", "nothing is said about 'orders.note'", 2);
  check_refused("[[data.rule]]\nignore = true\nreason = \"r\"\n", "'object' is missing", 1);
}

TEST_CASE("Configuration of data wants names with dots in quotes, and one partner for each") {
  check_refused("[data.rename]\norders.note = \"Orders.Remark\"\n", "a name with a dot needs quotes", 2);
  check_refused("[data.rename]\n\"a.x\" = \"B.y\"\n\"a.z\" = \"B.y\"\n", "each has one partner", 3);
  check_refused("[data.rename]\n\" \" = \"B.y\"\n", "is not the name of a table or column", 2);
}

TEST_CASE("Configuration of data gives way to variables of the environment") {
  Configuration configuration = read("[data]\nfail_on = \"warning\"\ntolerance = \"1 ulp\"\n");
  {
    const EnvironmentVariable severity("PARIPASSU_DATA_FAIL_ON", "error");
    const EnvironmentVariable tolerance("PARIPASSU_DATA_TOLERANCE", "1e-6");
    apply_environment(configuration, two_engines());
  }
  CHECK(configuration.data.fail_on == "error");
  REQUIRE(configuration.data.tolerance);
  CHECK(configuration.data.tolerance->word == "1e-6");
  const EnvironmentVariable wrong("PARIPASSU_DATA_FAIL_ON", "warn");
  const Error error = error_of([&] { apply_environment(configuration, two_engines()); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(std::string(error.what()).find("PARIPASSU_DATA_FAIL_ON: expected error or warning, not 'warn'") !=
        std::string::npos);
}
