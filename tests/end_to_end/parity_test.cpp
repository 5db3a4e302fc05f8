// The two engines against each other: the project's comparison, step by step, and the corpora.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

namespace fs = std::filesystem;

/// The environment of a run on live servers of all engines; empty, with the reason, where one is missing.
struct AllServers {
  std::map<std::string, std::string> environment;
  std::vector<std::string> secrets;
  std::string missing;
};

AllServers all_servers() {
  AllServers all;
  for (const auto& backend : registry().all()) {
    const LiveServer& server = live_server(*backend);
    if (!server.url) {
      all.missing = server.reason;
      continue;
    }
    all.environment[url_variable(*backend)] = url_with_password(*server.url);
    if (server.url->password) all.secrets.push_back(server.url->password->reveal());
  }
  return all;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE_MESSAGE(in.good(), "cannot read ", path);
  return text.str();
}

/// A copy of a sample project, so that a run cannot touch the tree.
std::string copy_of_sample(const TemporaryFolder& folder, const std::string& name) {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(source != nullptr, "PARIPASSU_SOURCE_DIR does not name the source tree");
  const std::string copy = folder.path() + "/" + fs::path(name).filename().string();
  fs::copy(fs::path(source) / "migrations-samples" / name, copy, fs::copy_options::recursive);
  return copy;
}

ProgramResult diff_corpus(const AllServers& servers, const std::string& left, const std::string& right,
                          std::vector<std::string> more = {}) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"diff", "postgres:" + left,        "sqlserver:" + right, "--names",
                                        "fold", "--skip-database-commands"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_checked(arguments, folder.path(), servers.environment, servers.secrets);
}

}  // namespace

#define REQUIRE_ALL_SERVERS(servers)        \
  const AllServers servers = all_servers(); \
  if (!servers.missing.empty()) SKIP_TEST(servers.missing)

#define REQUIRE_CORPUS(folder)                                \
  const std::optional<std::string> folder = corpora_folder(); \
  if (!folder) SKIP_TEST("no corpora beside the source tree")

TEST_CASE("diff without sources compares the project's two engines") {
  REQUIRE_ALL_SERVERS(servers);
  const TemporaryFolder folder;
  const std::string failing = copy_of_sample(folder, "orders/failing");
  const ProgramResult json = run_checked({"diff", "--format", "json"}, failing, servers.environment, servers.secrets);
  REQUIRE_EXIT(json, 1);
  const nlohmann::json document = parse_json(json);
  REQUIRE(document.at("differences").size() == 1);
  const nlohmann::json& difference = document.at("differences").at(0);
  CHECK(difference.at("code") == "column-missing");
  CHECK(difference.at("object") == "order_lines.quantity");
  CHECK(difference.at("right").is_null());
  CHECK(document.at("left").at("engine") == "postgres");
  CHECK(document.at("right").at("engine") == "sqlserver");
  CHECK(document.at("summary").at("compared").at("tables") == 3);

  const std::string mended = copy_of_sample(folder, "orders/mended");
  const ProgramResult equal = run_checked({"diff"}, mended, servers.environment, servers.secrets);
  CHECK_EXIT(equal, 0);
  CHECK_SAYS(equal.output, "No differences");
}

TEST_CASE("diff --each-step names the first migration after which the engines differ") {
  REQUIRE_ALL_SERVERS(servers);
  const TemporaryFolder folder;
  const std::string failing = copy_of_sample(folder, "orders/failing");
  const ProgramResult steps = run_checked({"diff", "--each-step"}, failing, servers.environment, servers.secrets);
  CHECK_EXIT(steps, 1);
  CHECK_SILENT_ON(steps.output, "\\n");
  CHECK_SAYS(steps.output, "first differ after 0005 add_quantity");
  CHECK_SAYS(steps.output, "0005_add_quantity.postgres.up.sql");
  int line = 0;
  for (const char* step : {"0001 create_customers: 0 differences", "0002 create_orders: 0 differences",
                           "0003 create_order_lines: 0 differences", "0004 index_orders: 0 differences",
                           "0005 add_quantity: 1 difference", "0006 add_phone: 1 difference"}) {
    CHECK_SAYS(steps.output, step);
    CHECK(line_of(steps.output, step) > line);
    line = line_of(steps.output, step);
  }
  CHECK_SAYS(steps.output, "order_lines.quantity");

  const std::string mended = copy_of_sample(folder, "orders/mended");
  const ProgramResult equal = run_checked({"diff", "--each-step"}, mended, servers.environment, servers.secrets);
  CHECK_EXIT(equal, 0);
  CHECK_SILENT_ON(equal.output, "first differ");
}

TEST_CASE("types that the configuration declares equivalent are no difference") {
  REQUIRE_ALL_SERVERS(servers);
  const TemporaryFolder folder;
  folder.write("migrations/0001_t.postgres.up.sql", "CREATE TABLE t (id int NOT NULL, note varchar(4096));\n");
  folder.write("migrations/0001_t.sqlserver.up.sql", "CREATE TABLE t (id int NOT NULL, note nvarchar(4000));\nGO\n");
  const ProgramResult differs =
      run_checked({"diff", "--format", "json"}, folder.path(), servers.environment, servers.secrets);
  REQUIRE_EXIT(differs, 1);
  CHECK(codes_of(parse_json(differs)) == std::vector<std::string>{"column-type"});
  folder.write(
      "paripassu.toml",
      "[[parity.equivalent]]\npostgres = \"varchar(4096)\"\nsqlserver = \"nvarchar(4000)\"\nreason = \"its limit\"\n");
  CHECK_EXIT(run_checked({"diff"}, folder.path(), servers.environment, servers.secrets), 0);
}

TEST_CASE("schemas pair as the configuration says, and exchanging the sides mirrors every code") {
  REQUIRE_ALL_SERVERS(servers);
  const TemporaryFolder folder;
  folder.write("p.sql", "CREATE SCHEMA audit; CREATE TABLE audit.t (id int NOT NULL, a int NOT NULL);\n");
  folder.write("s.sql", "CREATE SCHEMA logbook\nGO\nCREATE TABLE logbook.t (id int NOT NULL, b int NULL)\nGO\n");
  const auto codes = [&](const std::string& left, const std::string& right) {
    std::vector<std::string> found = codes_of(parse_json(
        run_checked({"diff", "--format", "json", left, right}, folder.path(), servers.environment, servers.secrets)));
    std::sort(found.begin(), found.end());
    return found;
  };
  using Names = std::vector<std::string>;
  CHECK(codes("postgres:p.sql", "sqlserver:s.sql") == Names{"schema-extra", "schema-missing"});
  folder.write("paripassu.toml", "[parity]\nschemas = { audit = \"logbook\" }\n");
  CHECK(codes("postgres:p.sql", "sqlserver:s.sql") == Names{"column-extra", "column-missing"});
}

TEST_CASE("chinook is equal on both engines under name folding") {
  REQUIRE_CORPUS(corpora);
  REQUIRE_ALL_SERVERS(servers);
  const std::string left = *corpora + "/chinook/postgres/Chinook_PostgreSql.sql";
  const std::string right = *corpora + "/chinook/sqlserver/Chinook_SqlServer.sql";
  const ProgramResult equal = diff_corpus(servers, left, right, {"--format", "json"});
  REQUIRE_EXIT(equal, 0);
  const nlohmann::json document = parse_json(equal);
  CHECK(document.at("differences").empty());
  CHECK(document.at("summary").at("compared").at("tables") == 11);
  CHECK(document.at("summary").at("compared").at("columns") == 64);
  CHECK(document.at("summary").at("compared").at("foreign_keys") == 11);
  // Without the flag, the commands that leave the database are refused with their line.
  const TemporaryFolder folder;
  const ProgramResult refused = run_checked({"diff", "postgres:" + left, "sqlserver:" + right}, folder.path(),
                                            servers.environment, servers.secrets);
  CHECK_EXIT(refused, 2);
  CHECK_SAYS(refused.errors, ".sql:");
}

TEST_CASE("chinook with one column shortened differs by exactly that column") {
  REQUIRE_CORPUS(corpora);
  REQUIRE_ALL_SERVERS(servers);
  const TemporaryFolder folder;
  std::string text = read_file(*corpora + "/chinook/postgres/Chinook_PostgreSql.sql");
  const std::string column = "email VARCHAR(60) NOT NULL";
  const std::size_t at = text.find(column);
  REQUIRE(at != std::string::npos);
  text.replace(at, column.size(), "email VARCHAR(59) NOT NULL");
  const ProgramResult result = diff_corpus(servers, folder.write("shortened.sql", text),
                                           *corpora + "/chinook/sqlserver/Chinook_SqlServer.sql", {"--format", "json"});
  REQUIRE_EXIT(result, 1);
  const nlohmann::json document = parse_json(result);
  REQUIRE(document.at("differences").size() == 1);
  const nlohmann::json& difference = document.at("differences").at(0);
  CHECK(difference.at("code") == "column-type");
  CHECK(difference.at("object") == "customer.email");
  CHECK_SAYS(difference.at("left").get<std::string>(), "59");
  CHECK_SAYS(difference.at("right").get<std::string>(), "60");
}

TEST_CASE("quartz differs by exactly what its README lists") {
  REQUIRE_CORPUS(corpora);
  REQUIRE_ALL_SERVERS(servers);
  const ProgramResult result =
      diff_corpus(servers, *corpora + "/quartz/postgres/001_tables_postgres.sql",
                  *corpora + "/quartz/sqlserver/001_tables_sqlServer.sql", {"--format", "json"});
  REQUIRE_EXIT(result, 1);
  const nlohmann::json document = parse_json(result);
  CHECK_MESSAGE(document.at("summary").at("by_code") == nlohmann::json({{"column-type", 8},
                                                                        {"primary-key-missing", 1},
                                                                        {"index-missing", 20},
                                                                        {"index-covered", 4},
                                                                        {"foreign-key-action", 4}}),
                document.at("summary").at("by_code").dump());
  CHECK(document.at("summary").at("compared").at("tables") == 11);
  CHECK(document.at("summary").at("unknown") == 0);
  CHECK(document.at("differences").size() == 37);
  // Indexes that repeat the columns of a key change nothing but the time of writing.
  CHECK(document.at("summary").at("notes") == 4);
  CHECK(document.at("summary").at("errors") == 33);
  for (const auto& difference : document.at("differences")) {
    CAPTURE(difference.dump());
    const std::string code = difference.at("code");
    if (code == "column-type") {
      CHECK_SAYS(difference.at("left").get<std::string>(), "bool");
      CHECK_SAYS(difference.at("right").get<std::string>(), "nvarchar(1)");
    }
    if (code == "primary-key-missing") CHECK(difference.at("table") == "qrtz_blob_triggers");
    if (code == "foreign-key-action") CHECK_SAYS(difference.at("right").get<std::string>(), "ON DELETE CASCADE");
  }
}

}  // namespace paripassu::test
