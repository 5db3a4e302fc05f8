// data-diff as a user runs it: the corpora, planted differences, repairs, and what goes wrong on the way.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/end_to_end/engine_pair.h"
#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

/// A database of an engine, made for one case.
struct DataDatabase {
  explicit DataDatabase(const std::string& engine) : backend(registry().get(engine)) {
    database = backend.scratch_databases().create(*live_server(backend).url);
    session = backend.connect(database->url());
  }

  std::string url() const { return url_with_password(database->url()); }
  std::string value(const std::string& query) const { return session->query(query).row(0)[0].value_or("NULL"); }
  void run(const std::string& script) const {
    ScriptOptions options;
    options.skip_database_commands = true;
    for (const ScriptStatement& statement : backend.script_reader().read(script, "script.sql", options).statements)
      session->run(statement);
  }

  const Backend& backend;
  std::unique_ptr<ScratchDatabase> database;
  std::unique_ptr<Session> session;  ///< closed before its database is dropped
};

std::vector<std::string> secrets() {
  std::vector<std::string> found;
  for (const auto& backend : registry().all()) {
    const LiveServer& server = live_server(*backend);
    if (server.url && server.url->password) found.push_back(server.url->password->reveal());
  }
  return found;
}

ProgramResult data_diff(const std::string& left, const std::string& right, std::vector<std::string> more = {},
                        const std::string& directory = "/") {
  std::vector<std::string> arguments = {"--no-progress", "data-diff", left, right};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_checked(arguments, directory, {}, secrets());
}

nlohmann::json data_diff_json(int exit_code, const std::string& left, const std::string& right,
                              std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"--format", "json"});
  const ProgramResult result = data_diff(left, right, more);
  REQUIRE_EXIT(result, exit_code);
  return parse_json(result);
}

nlohmann::json table_of(const nlohmann::json& report, const std::string& left) {
  for (const nlohmann::json& table : report.at("tables"))
    if (table.at("left") == left) return table;
  FAIL("no table ", left, " in ", report.dump(1));
  return nullptr;
}

/// "customer.city trailing-blanks 1, …" of every class that was found, in the order of the report.
std::string classes_of(const nlohmann::json& report) {
  std::string text;
  for (const nlohmann::json& table : report.at("tables"))
    for (const nlohmann::json& column : table.at("columns"))
      for (const nlohmann::json& one : column.value("classes", nlohmann::json::array()))
        text += (text.empty() ? "" : ", ") + table.at("left").get<std::string>() + "." +
                column.at("left").get<std::string>() + " " + one.at("class").get<std::string>() + " " +
                std::to_string(one.at("rows").get<int>());
  return text;
}

/// Waits until `condition` holds; false when it does not within a minute.
bool wait_until(const std::function<bool()>& condition) {
  for (int i = 0; i < 600; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

const std::vector<std::string>& methods() {
  static const std::vector<std::string> all = {"merge", "reconcile", "checksum"};
  return all;
}

/// The same hundred orders on every engine, and a table without a key.
std::string orders_script(const DataDatabase& database) {
  const bool is_tsql = database.backend.capabilities().batch_separator;
  std::string script = "CREATE TABLE orders (id int NOT NULL PRIMARY KEY, code " +
                       std::string(is_tsql ? "nvarchar(40)" : "varchar(40)") +
                       " NOT NULL, amount decimal(10, 2), placed_at " + (is_tsql ? "datetime2(6)" : "timestamp") +
                       ");\n" + "CREATE TABLE tags (tag varchar(20) NOT NULL, weight int);\n";
  for (int i = 1; i <= 100; ++i)
    script += "INSERT INTO orders VALUES (" + std::to_string(i) + ", 'code-" + std::to_string(i) + "', " +
              std::to_string(i) + ".25, '2024-03-01 09:30:00.5');\n";
  for (const char* tag : {"'a', 1", "'a', 1", "'b', NULL", "'c', 3"})
    script += "INSERT INTO tags VALUES (" + std::string(tag) + ");\n";
  return script;
}

/// Two databases of PostgreSQL with the same orders.
struct TwoOrders {
  TwoOrders() : left("postgres"), right("postgres") {
    left.run(orders_script(left));
    right.run(orders_script(right));
  }
  const DataDatabase left;
  const DataDatabase right;
};

void plant_differences(const DataDatabase& right) {
  right.run(
      "DELETE FROM orders WHERE id = 7;\n"
      "INSERT INTO orders VALUES (101, 'code-101', NULL, NULL);\n"
      "UPDATE orders SET code = 'CODE-8' WHERE id = 8;\n"
      "UPDATE orders SET code = 'code-9 ' WHERE id = 9;\n"
      "UPDATE orders SET amount = 10.26, placed_at = '2024-03-01 10:30:00.5' WHERE id = 10;\n"
      "UPDATE orders SET amount = NULL WHERE id = 11;\n"
      "DELETE FROM tags WHERE tag = 'b';\n"
      "INSERT INTO tags VALUES ('a', 1);\n");
}

void check_planted(const std::string& left_engine, const std::string& right_engine) {
  const DataDatabase left(left_engine);
  const DataDatabase right(right_engine);
  left.run(orders_script(left));
  right.run(orders_script(right));
  for (const std::string& method : methods()) {
    const nlohmann::json equal = data_diff_json(0, left.url(), right.url(), {"--method", method});
    CHECK(equal.at("summary").at("equal_rows") == 104);
  }
  plant_differences(right);
  const std::string orders = left.backend.dialect().default_schema() + ".orders";
  const std::string tags = left.backend.dialect().default_schema() + ".tags";
  for (const std::string& method : methods()) {
    for (const char* memory : {"16MiB", "256MiB"}) {
      const nlohmann::json report =
          data_diff_json(1, left.url(), right.url(), {"--method", method, "--memory", memory, "--jobs", "2"});
      const nlohmann::json table = table_of(report, orders);
      CHECK(table.at("left_only_rows") == 1);
      CHECK(table.at("right_only_rows") == 1);
      CHECK(table.at("changed_rows") == 4);
      CHECK(table.at("equal_rows") == 95);
      CHECK(table.at("differences").size() == 6);
      CHECK(classes_of(report) == orders + ".code case 1, " + orders + ".code trailing-blanks 1, " + orders +
                                      ".amount different 2, " + orders + ".placed_at time-zone 1");
      const nlohmann::json without_key = table_of(report, tags);
      CHECK(without_key.at("left_only_rows") == 1);
      CHECK(without_key.at("right_only_rows") == 1);
      CHECK(without_key.at("equal_rows") == 3);
    }
  }

  // What would bring the right side in line does so, and nothing was executed before.
  const TemporaryFolder folder;
  const std::string script = folder.path() + "/repair.sql";
  const ProgramResult repair = data_diff(
      left.url(), right.url(), {"--repair", left_engine == right_engine ? "right" : right_engine, "-o", script});
  REQUIRE_EXIT(repair, 1);
  CHECK(right.value("SELECT COUNT(*) FROM orders WHERE id = 101") == "1");
  right.run(text_of(script));
  const nlohmann::json mended = data_diff_json(0, left.url(), right.url());
  CHECK(mended.at("summary").at("equal_rows") == 104);
}

/// The statements of a script whose units end at the ends of lines, where errors of a DROP do not matter.
void run_by_lines(const DataDatabase& database, const std::string& script) {
  std::string statement;
  std::size_t begin = 0;
  while (begin < script.size()) {
    const std::size_t end = std::min(script.find('\n', begin), script.size());
    std::string line = script.substr(begin, end - begin);
    begin = end + 1;
    if (const std::size_t comment = line.find("--");
        comment != std::string::npos && line.find('\'') == std::string::npos)
      line.erase(comment);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
    statement += line + "\n";
    if (line.empty() || line.back() != ';') continue;
    if (statement.find("use guestbook") == std::string::npos) {
      try {
        database.run(statement);
      } catch (const Error& error) {
        const std::string said = error.what();
        REQUIRE_MESSAGE(statement.find("DROP TABLE") != std::string::npos, said);
      }
    }
    statement.clear();
  }
}

}  // namespace

#define REQUIRE_SERVER(engine) \
  if (!live_server(registry().get(engine)).url) SKIP_TEST(live_server(registry().get(engine)).reason)

TEST_CASE("data-diff finds exactly what was planted and prints what mends it (postgres, postgres)") {
  REQUIRE_SERVER("postgres");
  check_planted("postgres", "postgres");
}

TEST_CASE("data-diff finds exactly what was planted and prints what mends it (postgres, sqlserver)") {
  REQUIRE_SERVER("postgres");
  REQUIRE_SERVER("sqlserver");
  check_planted("postgres", "sqlserver");
}

TEST_CASE("data-diff finds exactly what was planted and prints what mends it (sqlserver, postgres)") {
  REQUIRE_SERVER("postgres");
  REQUIRE_SERVER("sqlserver");
  check_planted("sqlserver", "postgres");
}

TEST_CASE("data-diff of chinook: 11 tables, 15,607 rows, equal but for blanks that PostgreSQL's N'…' loses") {
  REQUIRE_SERVER("postgres");
  REQUIRE_SERVER("sqlserver");
  const std::optional<std::string> corpora = corpora_folder();
  if (!corpora) SKIP_TEST("no corpora beside the source tree");
  const DataDatabase left("postgres");
  const DataDatabase right("sqlserver");
  left.run(text_of(*corpora + "/chinook/postgres/Chinook_PostgreSql.sql"));
  right.run(text_of(*corpora + "/chinook/sqlserver/Chinook_SqlServer.sql"));
  // Both scripts write N'Edinburgh '. PostgreSQL reads that as a char(n), whose blanks are lost in a varchar.
  const nlohmann::json blanks = data_diff_json(1, left.url(), right.url());
  CHECK(classes_of(blanks) == "public.customer.city trailing-blanks 1, public.invoice.billing_city trailing-blanks 7");
  const nlohmann::json report = data_diff_json(0, left.url(), right.url(), {"--class", "trailing-blanks=accepted"});
  CHECK(report.at("tables").size() == 11);
  CHECK(report.at("summary").at("left_rows") == 15'607);
  CHECK(report.at("summary").at("right_rows") == 15'607);
  CHECK(report.at("summary").at("equal_rows") == 15'607);
  CHECK(report.at("summary").at("complete") == true);
}

TEST_CASE("data-diff of dvt: the types that both engines have are equal") {
  REQUIRE_SERVER("postgres");
  REQUIRE_SERVER("sqlserver");
  const std::optional<std::string> corpora = corpora_folder();
  if (!corpora) SKIP_TEST("no corpora beside the source tree");
  const DataDatabase left("postgres");
  const DataDatabase right("sqlserver");
  run_by_lines(left, text_of(*corpora + "/dvt/postgres/001_postgresql_test_tables.sql"));
  // Babelfish refuses to cut the zeros with which a binary(30) is padded, where SQL Server cuts them.
  std::string script = text_of(*corpora + "/dvt/sqlserver/001_sqlserver_test_tables.sql");
  const std::string padded_cast = " AS binary)";
  for (std::size_t at = script.find(padded_cast); at != std::string::npos; at = script.find(padded_cast, at))
    script.replace(at, padded_cast.size(), " AS varbinary(9))");
  run_by_lines(right, script);
  // Tables that only PostgreSQL has make it incomplete.
  const nlohmann::json report = data_diff_json(5, left.url(), right.url());
  CHECK(report.at("summary").at("complete") == false);
  for (const nlohmann::json& table : report.at("tables")) CHECK_MESSAGE(table.at("passed") == true, table.dump(1));
  const nlohmann::json core = table_of(report, "pso_data_validator.dvt_core_types");
  CHECK(core.at("equal_rows") == 3);
  CHECK(core.at("columns").size() == 16);
  CHECK(table_of(report, "pso_data_validator.dvt_pangrams").at("equal_rows") == 5);
  CHECK(table_of(report, "pso_data_validator.dvt_large_decimals").at("equal_rows") == 3);
  CHECK(table_of(report, "pso_data_validator.dvt_binary").at("equal_rows") == 5);
  CHECK(table_of(report, "pso_data_validator.dvt_many_cols").at("equal_rows") == 1);
  CHECK(table_of(report, "pso_data_validator.dvt-identifier$_#").at("equal_rows") == 5);
  // Both pad 'B' to two characters; texts of the servers differ by that blank, the values do not.
  for (const nlohmann::json& column : core.at("columns"))
    if (column.at("left") == "col_char_2") CHECK(column.at("rule") == "text without padding");
}

TEST_CASE("data-diff refuses what it cannot do before it reads") {
  REQUIRE_SERVER("postgres");
  const TwoOrders two;
  const DataDatabase& left = two.left;
  const DataDatabase& right = two.right;

  const ProgramResult unknown_table = data_diff(left.url(), right.url(), {"--table", "ordesr"});
  CHECK_EXIT(unknown_table, 2);
  CHECK_SAYS(unknown_table.errors, "ordesr");
  CHECK_SAYS(unknown_table.errors, "orders");
  CHECK_EXIT(data_diff(left.url(), right.url(), {"--key", "nothing"}), 2);
  CHECK_EXIT(data_diff(left.url(), right.url(), {"--method", "guess"}), 2);
  CHECK_EXIT(data_diff(left.url(), right.url(), {"--memory", "1KiB"}), 2);
  CHECK_EXIT(data_diff(left.url(), right.url(), {"--class", "colour=error"}), 2);
  CHECK_EXIT(data_diff(left.url(), "postgres:migrations"), 2);

  const ProgramResult where = data_diff(left.url(), right.url(), {"--left-where", "ISNULL(amount, 0) > 1"});
  CHECK_EXIT(where, 5);
  CHECK_SAYS(where.output, "isnull");
  CHECK_SILENT_ON(where.output, "= public.orders");
}

TEST_CASE("data-diff names what its user may not read and does not call it equal") {
  REQUIRE_SERVER("postgres");
  const DataDatabase left("postgres");
  const DataDatabase right("postgres");
  const std::string role = "reader_of_" + left.database->name();
  for (const DataDatabase* side : {&left, &right}) side->run(orders_script(*side));
  left.run("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON tags TO " + role +
           "; GRANT SELECT (id, amount) ON orders TO " + role + ";");
  ConnectionUrl reader = left.database->url();
  reader.user = role;
  reader.password.reset();
  const ProgramResult result = data_diff(url_with_password(reader), right.url());
  left.run("DROP OWNED BY " + role + "; DROP ROLE " + role + ";");
  CHECK_EXIT(result, 5);
  CHECK_SAYS(result.output, "permission denied for table orders");
  CHECK_SILENT_ON(result.output, "= public.orders");
}

TEST_CASE("data-diff that is interrupted ends soon and leaves no session behind") {
  REQUIRE_SERVER("postgres");
  const TwoOrders two;
  const DataDatabase& left = two.left;
  const DataDatabase& right = two.right;
  const std::string sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + left.database->name() +
                               "' AND pid <> pg_backend_pid()";
  RunningProgram program(
      {"--no-progress", "data-diff", left.url(), right.url(), "--left-where", "pg_sleep(30) IS NOT NULL"}, "/");
  const std::string asleep = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + left.database->name() +
                             "' AND query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> pg_backend_pid()";
  REQUIRE(wait_until([&] { return left.value(asleep) != "0"; }));
  program.signal(SIGINT);
  const ProgramResult result = wait_at_most(program);
  CHECK(result.exit_code != 0);
  CHECK_SILENT_ON(result.output, "equal");
  CHECK(wait_until([&] { return left.value(sessions) == "0"; }));
}

TEST_CASE("data-diff whose server goes away says so and never says equal") {
  REQUIRE_SERVER("postgres");
  const TwoOrders two;
  const DataDatabase& left = two.left;
  const DataDatabase& right = two.right;
  RunningProgram program({"--no-progress", "data-diff", left.url(), right.url(), "--table", "orders", "--left-where",
                          "pg_sleep(30) IS NOT NULL"},
                         "/");
  const std::string end_them = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" +
                               left.database->name() +
                               "' AND query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> "
                               "pg_backend_pid()";
  // A lost connection is made good a few times, and then no more.
  std::atomic<bool> ended = false;
  std::thread killer([&] {
    while (!ended) {
      left.value(end_them);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  const ProgramResult result = wait_at_most(program);
  ended = true;
  killer.join();
  CHECK_EXIT(result, 5);
  CHECK_SAYS(result.output, "orders");
  CHECK_SILENT_ON(result.output, "rows  equal");
}

TEST_CASE("data-diff of a table that is dropped while it waits for it says so") {
  REQUIRE_SERVER("postgres");
  const TwoOrders two;
  const DataDatabase& left = two.left;
  const DataDatabase& right = two.right;
  left.session->begin();
  left.session->execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
  RunningProgram program({"--no-progress", "data-diff", left.url(), right.url()}, "/");
  const std::string waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + left.database->name() +
                              "' AND wait_event_type = 'Lock'";
  // The other session: within a transaction, a session sees the activity of one moment.
  CHECK(wait_until([&] { return right.value(waiting) != "0"; }));
  left.session->execute("DROP TABLE orders");
  left.session->commit();
  const ProgramResult result = wait_at_most(program);
  CHECK_EXIT(result, 5);
  CHECK_SAYS(result.output, "orders");
  CHECK_SAYS(result.output, "tags");
}

}  // namespace paripassu::test
