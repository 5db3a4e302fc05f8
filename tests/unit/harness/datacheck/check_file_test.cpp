#include <doctest/doctest.h>

#include <algorithm>

#include "harness/datacheck/check_suite.h"
#include "tests/support/live_server.h"
#include "tests/unit/harness/datacheck/check_engines.h"

namespace paripassu {

namespace {

std::vector<Check> read(const std::string& text) {
  const test::TemporaryFolder folder;
  return read_check_file(folder.write("orders.toml", text), test::both_engines());
}

/// Without the folder.
std::string refusal(const std::string& text) {
  const std::string message = test::error_of([&] { read(text); });
  const std::size_t name = message.find("orders.toml");
  return name == std::string::npos ? message : message.substr(name);
}

}  // namespace

TEST_CASE("check files: one declaration may hold several checks, which share what it says") {
  const std::vector<Check> checks = read(R"(
[[check]]
table = "orders"
column = "status"
severity = "warning"
reason = "the warehouse relies on it"
where = { postgres = "deleted_at IS NULL", sqlserver = "[deleted] = 0" }
not_null = true
accepted = ["new", 7, 1.5, true, 2026-01-01]

[[check]]
name = "numbers"
table = "orders"
columns = ["tenant", "number"]
unique = true
)");
  REQUIRE(checks.size() == 3);
  CHECK(checks[0].kind == CheckKind::not_null);
  CHECK(checks[0].name == "orders.status: not-null");
  CHECK(checks[0].severity == Severity::warning);
  CHECK(*checks[0].where.find("sqlserver") == "[deleted] = 0");
  CHECK(checks[1].accepted == std::vector<std::string>{"new", "7", "1.5", "true", "2026-01-01"});
  CHECK(checks[1].position.line == 2);
  CHECK(checks[2].name == "numbers");
  CHECK(checks[2].columns.size() == 2);
  CHECK(checks[2].where.empty());
}

TEST_CASE("check files: ranges, references, row counts, ages and queries") {
  const std::vector<Check> checks = read(R"(
[[check]]
table = "lines"
column = "quantity"
range = { above = 0, max = 1e3 }
[[check]]
table = "lines"
column = "order_id"
references = { table = "orders", column = "id" }
[[check]]
table = "lines"
rows = { min = 1, max = 10, same_as = "lines_copy", tolerance = "5%" }
[[check]]
table = "lines"
column = "changed_at"
max_age = "90m"
engines = ["postgres"]
[[check]]
no_rows = "SELECT 1 WHERE 1 = 0"
)");
  REQUIRE(checks.size() == 5);
  CHECK(checks[0].low == "0");
  CHECK(checks[0].low_excluded);
  CHECK(checks[0].high == "1000");
  CHECK_FALSE(checks[0].high_excluded);
  CHECK(checks[1].other_columns == std::vector<std::string>{"id"});
  CHECK(checks[2].rows_tolerance == doctest::Approx(0.05));
  CHECK(checks[3].age_max_s == 5'400);
  CHECK(checks[3].engines == std::vector<std::string>{"postgres"});
  CHECK(checks[4].kind == CheckKind::no_rows);
}

TEST_CASE("check files: what cannot be understood is refused with its place and the nearest word") {
  CHECK(refusal("[[check]]\ntable = \"t\"\nuniqe = true\n").find("orders.toml:3") == 0);
  CHECK(refusal("[[check]]\ntable = \"t\"\nuniqe = true\n").find("unique") != std::string::npos);
  CHECK(refusal("[[check]]\ntable = \"t\"\n").find("is not checked") != std::string::npos);
  CHECK(refusal("[[check]]\nunique = true\n").find("needs a table") != std::string::npos);
  CHECK(refusal("[[check]]\ntable = \"t\"\nunique = true\n").find("needs a column") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nunique = false\n").find("must be true") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\naccepted = []\n").find("is empty") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\naccepted = [[1]]\n").find("a list of texts") !=
        std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nrange = {min=1, above=1}\n").find("exclude each other") !=
        std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nrange = {}\n").find("has no bound") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nmax_age = \"2 weeks\"\n").find("must be a duration") !=
        std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nmax_age = \"99999999999999999999d\"\n")
            .find("must be a duration") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\nrows = {min=-1}\n").find("negative") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\nrows = {min=2, max=1}\n").find("greater") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\nrows = {same_as=\"u\", tolerance=\"110%\"}\n").find("between 0% and 100%") !=
        std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumns=[\"a\",\"b\"]\npattern=\"x\"\n").find("about one column") !=
        std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nunique=true\nengines=[\"postgre\"]\n")
            .find("did you mean 'postgres'?") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumn=\"c\"\nunique=true\nwhere={oracle=\"x\"}\n").find("oracle") !=
        std::string::npos);
  CHECK(refusal("[[check]]\nno_rows=\"SELECT 1\"\nwhere=\"x\"\n").find("goes without table") != std::string::npos);
  CHECK(refusal("[[check]]\ntable=\"t\"\ncolumns=[\"a\",\"b\"]\nreferences={table=\"u\",column=\"x\"}\n")
            .find("names 1 columns for 2") != std::string::npos);
  CHECK(refusal("[[check\n").find("orders.toml:1") == 0);
}

TEST_CASE("check folders are read by name, hidden and other files left out; a missing one has none") {
  const test::TemporaryFolder folder;
  folder.write("b.toml", "[[check]]\nname=\"b\"\nno_rows=\"SELECT 1\"\n");
  folder.write("a.toml", "[[check]]\nname=\"a\"\nno_rows=\"SELECT 1\"\n");
  folder.write(".c.toml", "nonsense");
  folder.write("README.md", "nonsense");
  const std::vector<Check> checks = read_checks(folder.path(), test::both_engines());
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].name == "a");
  CHECK(read_checks(folder.path() + "/none", test::both_engines()).empty());
}

}  // namespace paripassu
