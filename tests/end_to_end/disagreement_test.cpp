// Ledger and folder that disagree: said before anything runs, and accepted by `migrate repair`.
#include <doctest/doctest.h>

#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

}  // namespace

ENGINE_CASE("migrate up reports a changed migration before anything runs, and repair accepts it") {
  Project project(target);
  write_three_migrations(project);
  REQUIRE_EXIT(project.migrate({"up", "--to", "0002"}), 0);
  project.migration("0001_create_customers.up.sql", "CREATE TABLE customers (id int NOT NULL);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "0001");
  CHECK_SAYS(up.errors, "changed");
  CHECK_SAYS(up.errors, "0001_create_customers.up.sql");
  CHECK_SAYS(up.errors, "repair");
  CHECK(!project.database().has_table("order_lines"));

  const ProgramResult status = project.migrate({"status"});
  CHECK_EXIT(status, 1);
  CHECK_SAYS(line_with(status.output, "0001"), "changed");

  const ProgramResult dry = project.migrate({"repair", "--dry-run"});
  CHECK_EXIT(dry, 0);
  CHECK(project.status()["0001"] == "changed");
  const nlohmann::json repaired = parse_json(project.migrate({"repair", "--format", "json"}));
  CHECK(repaired.at("action") == "repair");
  CHECK(repaired.at("engines").at(0).at("repaired").size() == 1);
  CHECK_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == tables_of_three_migrations());
}

ENGINE_CASE("migrate up does not take other line endings for a change") {
  Project project(target);
  project.migration("0001_a.up.sql", "CREATE TABLE a (\n  id int NOT NULL\n);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  project.migration("0001_a.up.sql",
                    "\xEF\xBB\xBF"
                    "CREATE TABLE a (\r\n  id int NOT NULL\r\n);\r\n");
  CHECK_EXIT(project.migrate({"up"}), 0);
  CHECK(project.status()["0001"] == "applied");
}

ENGINE_CASE("migrate up reports a missing migration before anything runs, and repair forgets it") {
  Project project(target);
  write_three_migrations(project);
  REQUIRE_EXIT(project.migrate({"up", "--to", "0002"}), 0);
  project.remove("migrations/0002_create_orders.up.sql");
  project.remove("migrations/0002_create_orders.down.sql");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "0002 create_orders");
  CHECK_SAYS(up.errors, "not in the folder");
  CHECK(!project.database().has_table("order_lines"));
  CHECK(project.status()["0002"] == "missing");
  REQUIRE_EXIT(project.migrate({"repair"}), 0);
  CHECK_EXIT(project.migrate({"up"}), 0);
  CHECK(versions(project.database().ledger()) == Names{"0001", "0003"});
}

ENGINE_CASE("migrate up reports a migration that comes too late, and runs it when told to") {
  Project project(target);
  write_three_migrations(project);
  project.remove("migrations/0002_create_orders.up.sql");
  project.remove("migrations/0002_create_orders.down.sql");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  project.migration("0002_create_orders.up.sql", kCreateOrders);
  project.migration("0004_more.up.sql", "CREATE TABLE more_things (id int NOT NULL);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "0002_create_orders.up.sql");
  CHECK_SAYS(up.errors, "--allow-out-of-order");
  CHECK(!project.database().has_table("orders"));
  CHECK(!project.database().has_table("more_things"));
  CHECK(project.status()["0002"] == "out of order");
  REQUIRE_EXIT(project.migrate({"up", "--allow-out-of-order"}), 0);
  CHECK(project.database().has_table("orders"));
  CHECK(project.database().has_table("more_things"));
  CHECK_EXIT(project.migrate({"status"}), 0);
}

ENGINE_CASE("migrate up names every disagreement of ledger and folder at once") {
  Project project(target);
  write_three_migrations(project);
  project.migration("0005_late.up.sql", "CREATE TABLE late (id int NOT NULL);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  project.migration("0001_create_customers.up.sql", "CREATE TABLE customers (id int);\n");
  project.remove("migrations/0003_create_lines.up.sql");
  project.remove("migrations/0003_create_lines.down.sql");
  project.migration("0004_too_late.up.sql", "CREATE TABLE too_late (id int NOT NULL);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  for (const char* words : {"0001 create_customers", "0003 create_lines", "0004 too_late", "nothing was run"})
    CHECK_SAYS(up.errors, words);
  CHECK(!project.database().has_table("too_late"));
}

}  // namespace paripassu::test
