// `migrate up`, `down`, `status`, `redo`, `baseline` and `repair`, on every engine.
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "harness/project/migration_folder.h"
#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

}  // namespace

ENGINE_CASE("migrate up applies what is pending and records it; a second run finds nothing to do") {
  Project project(target);
  write_three_migrations(project);
  const ProgramResult first = project.migrate({"up"});
  REQUIRE_EXIT(first, 0);
  CHECK(project.database().tables() == tables_of_three_migrations());

  const std::vector<LedgerEntry> ledger = project.database().ledger();
  REQUIRE(versions(ledger) == Names{"0001", "0002", "0003"});
  const LedgerEntry& entry = ledger[0];
  CHECK(entry.kind == LedgerEntry::Kind::versioned);
  CHECK(entry.name == "create_customers");
  CHECK(entry.checksum == migration_checksum(kCreateCustomers));
  CHECK(entry.applied_statements == 1);
  CHECK(entry.total_statements == 1);
  CHECK(entry.in_flight_statement == 0);
  CHECK(!entry.error);
  CHECK(entry.duration_ms >= 0);
  CHECK_SAYS(entry.applied_by, "@");
  CHECK(!entry.tool_version.empty());
  CHECK_MESSAGE(std::regex_match(entry.started, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z)")),
                "not ISO 8601 in UTC, as backends/ledger.h says: ", entry.started);

  const ProgramResult second = project.migrate({"up"});
  CHECK_EXIT(second, 0);
  CHECK_SAYS(second.output, "nothing to do");
  const std::vector<LedgerEntry> after = project.database().ledger();
  REQUIRE(versions(after) == versions(ledger));
  for (std::size_t i = 0; i < after.size(); ++i) CHECK(after[i].started == ledger[i].started);
}

ENGINE_CASE("migrate status has a line for every migration, with its state") {
  Project project(target);
  write_three_migrations(project);
  REQUIRE_EXIT(project.migrate({"up", "--steps", "2"}), 0);
  const ProgramResult status = project.migrate({"status"});
  CHECK_EXIT(status, 0);
  CHECK_SILENT_ON(status.output, "\\n");
  CHECK_SAYS(line_with(status.output, "0001"), "applied");
  CHECK_SAYS(line_with(status.output, "0001"), "create_customers");
  CHECK_SILENT_ON(line_with(status.output, "0001"), "0002");
  CHECK_SAYS(line_with(status.output, "0002"), "applied");
  CHECK_SAYS(line_with(status.output, "0003"), "pending");
  CHECK_SAYS(line_with(status.output, target.name()),
             target.backend->connect(project.database().url())->server().label());
}

ENGINE_CASE("migrate status writes nothing, not even a ledger") {
  Project project(target);
  write_three_migrations(project);
  CHECK_EXIT(project.migrate({"status"}), 0);
  CHECK(project.database().tables() == Names{});
}

ENGINE_CASE("migrate prints every migration on a line of its own and ends with a summary line") {
  Project project(target);
  write_three_migrations(project);
  const ProgramResult up = project.migrate({"up"});
  REQUIRE_EXIT(up, 0);
  CHECK_SILENT_ON(up.output, "\\n");
  CHECK(std::count(up.output.begin(), up.output.end(), '\n') == 4);
  CHECK_SAYS(line_with(up.output, "0002"), "create_orders");
  REQUIRE(!up.output.empty());
  CHECK(up.output.back() == '\n');
}

ENGINE_CASE("migrate down reverts the newest, as many as --steps says, or all above --to") {
  Project project(target);
  write_three_migrations(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  REQUIRE_EXIT(project.migrate({"down"}), 0);
  CHECK(project.database().tables() == Names{"customers", "orders", "paripassu_ledger"});
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002"});

  REQUIRE_EXIT(project.migrate({"up"}), 0);
  REQUIRE_EXIT(project.migrate({"down", "--steps", "2"}), 0);
  CHECK(versions(project.database().ledger()) == Names{"0001"});

  REQUIRE_EXIT(project.migrate({"up"}), 0);
  // Leading zeros do not count.
  REQUIRE_EXIT(project.migrate({"down", "--to", "2"}), 0);
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002"});

  REQUIRE_EXIT(project.migrate({"down", "--to", "0"}), 0);
  CHECK(project.database().tables() == Names{"paripassu_ledger"});
  CHECK(project.database().ledger().empty());

  const ProgramResult again = project.migrate({"down"});
  CHECK_EXIT(again, 0);
  CHECK_SAYS(again.output, "nothing to do");
}

ENGINE_CASE("migrate down on a database that was never migrated writes nothing") {
  Project project(target);
  write_three_migrations(project);
  CHECK_EXIT(project.migrate({"down"}), 0);
  CHECK(project.database().tables() == Names{});
}

ENGINE_CASE("migrate down reverts nothing when one of the migrations has no down") {
  Project project(target);
  write_three_migrations(project);
  project.remove("migrations/0002_create_orders.down.sql");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const ProgramResult result = project.migrate({"down", "--steps", "2"});
  CHECK_EXIT(result, 1);
  CHECK_SAYS(result.errors, "0002_create_orders.up.sql");
  CHECK_SAYS(result.errors, "no down script");
  CHECK_SAYS(result.errors, "→");
  CHECK(project.database().tables() == tables_of_three_migrations());
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002", "0003"});
}

ENGINE_CASE("migrate redo takes the newest down and up again") {
  Project project(target);
  write_three_migrations(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  project.database().session().execute("INSERT INTO order_lines (id) VALUES (1)");
  project.database().session().execute("INSERT INTO orders (id) VALUES (1)");
  REQUIRE_EXIT(project.migrate({"redo"}), 0);
  CHECK(project.database().value("SELECT count(*) FROM order_lines") == "0");
  CHECK(project.database().value("SELECT count(*) FROM orders") == "1");
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002", "0003"});
  REQUIRE_EXIT(project.migrate({"redo", "--steps", "2"}), 0);
  CHECK(project.database().value("SELECT count(*) FROM orders") == "0");
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002", "0003"});
}

ENGINE_CASE("migrate up stops behind --to and after --steps") {
  Project project(target);
  write_three_migrations(project);
  REQUIRE_EXIT(project.migrate({"up", "--to", "1"}), 0);
  CHECK(versions(project.database().ledger()) == Names{"0001"});
  REQUIRE_EXIT(project.migrate({"up", "--steps", "1"}), 0);
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002"});
  REQUIRE_EXIT(project.migrate({"up", "--steps", "7"}), 0);
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002", "0003"});
}

ENGINE_CASE("migrate baseline declares migrations applied without running them") {
  Project project(target);
  write_three_migrations(project);
  project.database().session().execute("CREATE TABLE customers (id int NOT NULL PRIMARY KEY)");
  project.database().session().execute("CREATE TABLE orders (id int NOT NULL PRIMARY KEY)");
  REQUIRE_EXIT(project.migrate({"baseline", "--to", "0002"}), 0);
  auto status = project.status();
  CHECK(status["0001"] == "baseline");
  CHECK(status["0002"] == "baseline");
  CHECK(status["0003"] == "pending");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().tables() == tables_of_three_migrations());

  const ProgramResult again = project.migrate({"baseline"});
  CHECK_EXIT(again, 1);
  CHECK_SAYS(again.errors, "ledger is not empty");
  const ProgramResult down = project.migrate({"down", "--steps", "2"});
  CHECK_EXIT(down, 1);
  CHECK_SAYS(down.errors, "0002");
  CHECK_SAYS(down.errors, "baseline");
  CHECK(project.database().tables() == tables_of_three_migrations());
}

ENGINE_CASE("migrate --dry-run says what would run and writes nothing") {
  Project project(target);
  write_three_migrations(project);
  const ProgramResult up = project.migrate({"up", "--dry-run"});
  CHECK_EXIT(up, 0);
  for (const char* name : {"0001_create_customers.up.sql", "0002_create_orders.up.sql", "0003_create_lines.up.sql"})
    CHECK_SAYS(up.output, name);
  CHECK_SILENT_ON(up.output, "CREATE TABLE");
  CHECK_SAYS(project.migrate({"up", "--dry-run", "-v"}).output, "CREATE TABLE customers");
  CHECK_EXIT(project.migrate({"baseline", "--dry-run"}), 0);
  CHECK(project.database().tables() == Names{});

  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const ProgramResult down = project.migrate({"down", "--to", "1", "--dry-run"});
  CHECK_EXIT(down, 0);
  CHECK(line_of(down.output, "0003_create_lines.down.sql") > 0);
  CHECK(line_of(down.output, "0003_create_lines.down.sql") < line_of(down.output, "0002_create_orders.down.sql"));
  CHECK_SILENT_ON(down.output, "0001_create");
  CHECK_EXIT(project.migrate({"redo", "--dry-run"}), 0);
  CHECK(project.database().tables() == tables_of_three_migrations());
  CHECK(versions(project.database().ledger()) == Names{"0001", "0002", "0003"});
}

ENGINE_CASE("migrate --format json prints one document and nothing else") {
  Project project(target);
  write_three_migrations(project);
  const nlohmann::json up = parse_json(project.migrate({"up", "--format", "json"}));
  CHECK(up.at("version") == 1);
  CHECK(up.at("action") == "up");
  REQUIRE(up.at("engines").size() == 1);
  CHECK(up.at("engines").at(0).at("engine") == target.name());
  const nlohmann::json& steps = up.at("engines").at(0).at("migrations");
  REQUIRE(steps.size() == 3);
  CHECK(steps.at(1).at("version") == "0002");
  CHECK(steps.at(1).at("name") == "create_orders");
  CHECK(steps.at(1).at("direction") == "up");
  CHECK(steps.at(1).at("statements") == 1);

  const nlohmann::json status = parse_json(project.migrate({"status", "--format", "json"}));
  const nlohmann::json& first = status.at("engines").at(0).at("migrations").at(0);
  CHECK(first.at("state") == "applied");
  CHECK(first.at("checksum") == migration_checksum(kCreateCustomers));
  CHECK(first.at("applied_statements") == 1);

  const nlohmann::json down = parse_json(project.migrate({"down", "--format", "json"}));
  CHECK(down.at("engines").at(0).at("migrations").at(0).at("direction") == "down");
  const nlohmann::json dry = parse_json(project.migrate({"up", "--dry-run", "--format", "json"}));
  CHECK(dry.at("engines").at(0).at("migrations").size() == 1);
  CHECK(!project.database().has_table("order_lines"));
}

ENGINE_CASE("migrate says in its last line which engine did not run") {
  Project project(target);
  write_three_migrations(project);
  const ProgramResult up = project.run({"migrate", "up"});
  REQUIRE_EXIT(up, 0);
  for (const auto& backend : registry().all()) {
    if (backend->name() == target.name()) continue;
    CHECK_SAYS(up.errors, std::string(backend->name()) + ": not run");
    const nlohmann::json document = parse_json(project.run({"migrate", "status", "--format", "json"}));
    CHECK(document.at("not_run") == nlohmann::json::array({std::string(backend->name())}));
  }
}

ENGINE_CASE("migrate uses the schema of the configuration for tables and ledger") {
  // On SQL Server the schema of unqualified names belongs to the user, not to the session: only the ledger follows.
  Project project(target);
  const std::string quoted = target.backend->dialect().quote_identifier("app");
  project.database().session().execute("CREATE SCHEMA " + quoted);
  project.write("paripassu.toml", "[engines." + target.name() + "]\nschema = \"app\"\n");
  project.migration("0001_a.up.sql", "CREATE TABLE app.a (id int NOT NULL);\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().value("SELECT count(*) FROM app.paripassu_ledger") == "1");
  CHECK(project.database().value("SELECT count(*) FROM app.a") == "0");
  CHECK(project.status()["0001"] == "applied");
}

}  // namespace paripassu::test
