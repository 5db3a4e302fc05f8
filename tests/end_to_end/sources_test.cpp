// Every kind of source of `diff` and `inspect`, on every engine, and what a run leaves of them.
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

std::set<std::string> scratch_databases(const Target& target) {
  const ResultSet rows = target.backend->connect(target.server)->query(target.sql.scratch_databases);
  std::set<std::string> names;
  for (std::size_t i = 0; i < rows.row_count(); ++i) names.insert(rows.row(i)[0].value_or(""));
  return names;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

ENGINE_CASE("diff finds migrations, files, folders, models, snapshots and a live database of one schema equal") {
  Project project(target);
  write_schema(project);
  project.write("paripassu.toml", "[model]\n" + target.name() + " = \"schema.sql\"\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  REQUIRE_EXIT(project.run({"inspect", live, "--format", "json", "-o", "catalog.json"}), 0);
  const std::string engine = target.name();
  for (const std::string& other : {live, engine + ":migrations", engine + ":migrations@2", engine + ":schema.sql",
                                   engine + ":ddl/", engine + ":model", std::string("catalog.json")}) {
    CAPTURE(other.substr(0, 12));
    const nlohmann::json document = diff_json(project, "catalog.json", other, 0);
    CHECK(document.at("differences").empty());
    CHECK(document.at("summary").at("equal") == true);
    const nlohmann::json& compared = document.at("summary").at("compared");
    CHECK(compared.at("tables") == 2);
    CHECK(compared.at("columns") == 4);
    CHECK(compared.at("keys") == 3);
    CHECK(compared.at("foreign_keys") == 1);
    CHECK(compared.at("indexes") == 1);
  }
}

ENGINE_CASE("a model can be what a command prints, and a command that fails is an error") {
  Project project(target);
  write_schema(project);
  const std::string key = "[model]\n" + target.name() + " = ";
  project.write("paripassu.toml", key + "{ command = \"cat ddl/*.sql\" }\n");
  CHECK_EXIT(project.run({"diff", target.name() + ":model", target.name() + ":schema.sql"}), 0);
  // What it printed before it failed must not pass for the model.
  project.write("paripassu.toml", key + "{ command = \"cat schema.sql; exit 3\" }\n");
  const ProgramResult failed = project.run({"diff", target.name() + ":model", target.name() + ":schema.sql"});
  CHECK_EXIT(failed, 2);
  CHECK_SAYS(failed.errors, "status 3");
  CHECK_SAYS(failed.errors, "→");
}

ENGINE_CASE("a snapshot reads back to the same bytes, and shows the ledger nowhere") {
  Project project(target);
  write_schema(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  const ProgramResult first = project.run({"inspect", live, "--format", "json"});
  REQUIRE_EXIT(first, 0);
  CHECK_SILENT_ON(first.output, "paripassu_ledger");
  CHECK_SILENT_ON(project.run({"inspect", live}).output, "paripassu_ledger");
  project.write("catalog.json", first.output);
  const ProgramResult again = project.run({"inspect", "catalog.json", "--format", "json"});
  REQUIRE_EXIT(again, 0);
  CHECK(again.output == first.output);
  // -o writes what standard output would have had.
  REQUIRE_EXIT(project.run({"-o", "again.json", "--format", "json", "inspect", "catalog.json"}), 0);
  CHECK(read_file(project.path() + "/again.json") == first.output);
  CHECK_EXIT(project.run({"diff", "catalog.json", live}), 0);
}

ENGINE_CASE("live databases are only read") {
  Project project(target);
  write_schema(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  ConnectionUrl url = project.database().url();
  // Where the server can enforce it, it does.
  if (target.name() == "postgres") url.parameters["options"] = "-c default_transaction_read_only=on";
  const std::string live = url_with_password(url);
  const Names before = project.database().tables();
  CHECK_EXIT(project.run({"inspect", live}), 0);
  CHECK_EXIT(project.run({"diff", live, target.name() + ":schema.sql"}), 0);
  CHECK_EXIT(project.run({"diff", live, live}), 0);
  CHECK(project.database().tables() == before);
  CHECK(project.database().ledger().size() == 2);
}

ENGINE_CASE("a run leaves no scratch database on the server, whether it passes or fails") {
  Project project(target);
  write_schema(project);
  project.write("broken.sql", target.script({"CREATE TABLE t (id int)", "CREATE TABEL u (id int)"}));
  const std::set<std::string> before = scratch_databases(target);
  CHECK_EXIT(project.run({"diff", target.name() + ":migrations", target.name() + ":schema.sql"}), 0);
  CHECK_EXIT(project.run({"diff", target.name() + ":migrations", target.name() + ":broken.sql"}), 5);
  CHECK_EXIT(project.run({"inspect", target.name() + ":migrations"}), 0);
  // Other tests may share the server: theirs go away by themselves.
  std::set<std::string> left;
  for (int i = 0; i < 20; ++i) {
    left.clear();
    for (const std::string& name : scratch_databases(target))
      if (!before.contains(name)) left.insert(name);
    if (left.empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  CHECK_MESSAGE(left.empty(), left.size(), " scratch databases were left behind, such as ",
                left.empty() ? "" : *left.begin());
}

ENGINE_CASE("passwords of URLs are shown nowhere") {
  Project project(target);
  write_schema(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  // run() checks every output for the server's own password; this one is made up and ignored by a trusting server.
  ConnectionUrl url = project.database().url();
  if (!url.password) url.password = Secret("s3cret_of_a_trusting_server");
  const std::string secret = url.password->reveal();
  const std::string live = url_with_password(url);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"diff", live, live},
        {"--format", "json", "diff", live, live},
        {"inspect", live, "-v"},
        {"--format", "json", "inspect", live},
        {"--" + target.name(), live, "--engine", target.name(), "doctor"},
        {"--" + target.name(), live, "--engine", target.name(), "--format", "json", "doctor"}}) {
    const ProgramResult result = run_checked(arguments, project.path(), {}, {secret});
    CHECK_EXIT(result, 0);
    if (arguments.front() == "diff") CHECK_SAYS(result.output, ":***@");
  }
}

ENGINE_CASE("the schema of the configuration is where migrations and files go") {
  Project project(target);
  project.write("paripassu.toml", "[engines." + target.name() + "]\nschema = \"app\"\n");
  project.migration("0001_a.up.sql", "CREATE TABLE app.a (id int NOT NULL);\n");
  const ProgramResult text = project.run({"inspect", target.name() + ":migrations"});
  CHECK_EXIT(text, 0);
  CHECK_SAYS(text.output, "schema app\n  table a\n");
  CHECK_SILENT_ON(text.output, "paripassu_ledger");
}

ENGINE_CASE("two files compare without regard to comments, blanks and the order of statements and columns") {
  Project project(target);
  project.write("one.sql", target.script({"-- first\nCREATE TABLE a (id int NOT NULL PRIMARY KEY, note int NULL)",
                                          "CREATE TABLE b (id int NOT NULL, a_id int REFERENCES a (id))",
                                          "CREATE INDEX ix_b ON b (a_id)", "CREATE VIEW v AS SELECT id FROM a"}));
  project.write(
      "other.sql",
      target.script({"create table b(a_id int,id int not null)", "/* late */ create index ix_b\n on b(a_id)",
                     "create  table a ( note int null -- note\n, id int not null primary key)",
                     "alter table b add foreign key (a_id) references a (id)", "CREATE VIEW v AS SELECT id FROM a"}));
  const nlohmann::json document = diff_json(project, target.name() + ":one.sql", target.name() + ":other.sql", 0);
  CHECK(document.at("differences").empty());
  CHECK(document.at("summary").at("compared").at("foreign_keys") == 1);
  CHECK(document.at("summary").at("compared").at("views") == 1);
}

ENGINE_CASE("every difference of two files is listed with the lines that made it") {
  Project project(target);
  const std::string left = target.script({"CREATE TABLE a (\n  id int NOT NULL PRIMARY KEY,\n  note int\n)",
                                          "CREATE INDEX ix_note ON a (note)", "CREATE TABLE only_left (id int)"});
  const std::string right = target.script(
      {"CREATE TABLE a (id int NOT NULL PRIMARY KEY)", "ALTER TABLE a ADD late int", "ALTER TABLE a ADD note bigint"});
  project.write("left.sql", left);
  project.write("ddl/right.sql", right);
  const nlohmann::json document = diff_json(project, target.name() + ":left.sql", target.name() + ":ddl/", 1);
  std::map<std::string, nlohmann::json> by_code;
  for (const nlohmann::json& one : document.at("differences")) by_code[one.at("code").get<std::string>()] = one;
  REQUIRE(by_code.size() == 4);
  const auto place = [&](const std::string& code, const char* side) {
    REQUIRE_MESSAGE(by_code.contains(code), document.dump(1));
    const nlohmann::json& found = by_code.at(code).at(side);
    if (found.at("file").is_null()) return std::string();
    return found.at("file").get<std::string>() + ":" + std::to_string(found.at("line").get<int>());
  };
  const auto in_left = [&](const std::string& part) { return "left.sql:" + std::to_string(line_of(left, part)); };
  const auto in_right = [&](const std::string& part) {
    return "ddl/right.sql:" + std::to_string(line_of(right, part));
  };
  CHECK(place("column-type", "left_side") == in_left("  note"));
  CHECK(place("column-type", "right_side") == in_right("ADD note"));
  CHECK(place("column-extra", "left_side") == in_left("CREATE TABLE a"));
  CHECK(place("column-extra", "right_side") == in_right("ADD late"));
  CHECK(place("index-missing", "left_side") == in_left("CREATE INDEX"));
  CHECK(place("index-missing", "right_side") == in_right("CREATE TABLE a"));
  CHECK(place("table-missing", "left_side") == in_left("only_left"));
  CHECK(place("table-missing", "right_side").empty());
}

ENGINE_CASE("a database that somebody changed by hand differs from its migrations") {
  Project project(target);
  write_schema(project);
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  diff_json(project, target.name() + ":migrations", live, 0);
  project.database().session().execute("ALTER TABLE orders ADD by_hand int");
  const nlohmann::json document = diff_json(project, target.name() + ":migrations", live, 1);
  REQUIRE(codes_of(document) == Names{"column-extra"});
  const nlohmann::json& difference = document.at("differences").at(0);
  CHECK(difference.at("name") == "by_hand");
  CHECK(difference.at("left_side").at("file") == "migrations/0002_create_orders.up.sql");
  CHECK(difference.at("left_side").at("line") == 1);
  CHECK(difference.at("right_side").at("file").is_null());
}

ENGINE_CASE("a field of the model that no migration made is missing") {
  Project project(target);
  write_schema(project);
  project.write("paripassu.toml", "[model]\n" + target.name() + " = \"model.sql\"\n");
  project.write("model.sql",
                target.script({create_customers(target),
                               "CREATE TABLE orders (\n  id int NOT NULL PRIMARY KEY,\n  customer_id int NOT NULL "
                               "REFERENCES customers (id),\n  field int\n)",
                               kIndexOrders}));
  const nlohmann::json document = diff_json(project, target.name() + ":model", target.name() + ":migrations", 1);
  REQUIRE(codes_of(document) == Names{"column-missing"});
  const nlohmann::json& difference = document.at("differences").at(0);
  CHECK(difference.at("left_side").at("file") == "model.sql");
  CHECK(difference.at("right_side").at("file") == "migrations/0002_create_orders.up.sql");
}

ENGINE_CASE("a model's command runs in the project's folder, whatever its name") {
  Project project(target);
  project.write("it's here/paripassu.toml", "[model]\n" + target.name() + " = { command = \"cat model.sql\" }\n");
  project.write("it's here/model.sql", target.script({"CREATE TABLE a (id int NOT NULL)"}));
  project.write("it's here/below/readme.txt", "");
  const ProgramResult result = project.run({"-C", "it's here/below", "inspect", target.name() + ":model"});
  CHECK_EXIT(result, 0);
  CHECK_SAYS(result.output, "table a\n");
}

namespace {

/// The lines around the tables of a dump by pg_dump 15 and later, as users get it without options.
std::string dump_of(const std::string& before, const std::string& body, const std::string& after) {
  return "--\n-- PostgreSQL database dump\n--\n\n\\restrict 4hZRhgSg5JuB8U0f0kJjGeWF\n\n" + before +
         "SET statement_timeout = 0;\nSET lock_timeout = 0;\nSET client_encoding = 'UTF8';\n"
         "SET standard_conforming_strings = on;\nSELECT pg_catalog.set_config('search_path', '', false);\n"
         "SET check_function_bodies = false;\nSET xmloption = content;\nSET row_security = off;\n"
         "SET default_tablespace = '';\nSET default_table_access_method = heap;\n\n" +
         body + after + "\n\\unrestrict 4hZRhgSg5JuB8U0f0kJjGeWF\n";
}

constexpr const char* kDumpedTable =
    "CREATE TABLE public.notes (\n    id integer NOT NULL,\n    note text DEFAULT 'x'::text\n);\n\n";
constexpr const char* kDumpedKey = "ALTER TABLE ONLY public.notes\n    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);\n";

}  // namespace

ONE_ENGINE_CASE("postgres", "a dump with data, owners and settings of another server is a source (postgres)") {
  Project project(target);
  project.write("plain.sql", "CREATE TABLE notes (id int PRIMARY KEY, note text DEFAULT 'x');\n");
  project.write("dump.sql", dump_of("SET setting_of_a_later_version = 0;\n",
                                    "CREATE SCHEMA public;\nALTER SCHEMA public OWNER TO pg_database_owner;\n" +
                                        std::string(kDumpedTable) +
                                        "ALTER TABLE public.notes OWNER TO role_that_no_server_has;\n\n"
                                        "COPY public.notes (id, note) FROM stdin;\n1\tCREATE TABLE x;\n2\t\\N\n\\.\n\n"
                                        "CREATE TABLE public.paripassu_ledger (\n    version text\n);\n\n"
                                        "ALTER TABLE public.paripassu_ledger OWNER TO role_that_no_server_has;\n",
                                    kDumpedKey));
  const ProgramResult result = project.run({"--format", "json", "diff", "postgres:dump.sql", "postgres:plain.sql"});
  CHECK_EXIT(result, 0);
  CHECK(parse_json(result).at("differences").empty());
  // What was left out is told, once per reason.
  CHECK_SAYS(result.errors, "setting_of_a_later_version");
  CHECK_SAYS(result.errors, "role_that_no_server_has");
  CHECK_SAYS(result.errors, "this and 1 more");
}

ONE_ENGINE_CASE("postgres", "privileges of unknown roles in a dump need a decision (postgres)") {
  Project project(target);
  project.write("plain.sql", "CREATE TABLE notes (id int PRIMARY KEY, note text DEFAULT 'x');\n");
  project.write("dump.sql", dump_of("", std::string(kDumpedTable) + kDumpedKey,
                                    "GRANT SELECT ON TABLE public.notes TO role_that_no_server_has;\n"));
  const ProgramResult refused = project.run({"diff", "postgres:dump.sql", "postgres:plain.sql"});
  CHECK_EXIT(refused, 5);
  CHECK_SAYS(refused.errors, "dump.sql:" + std::to_string(line_of(read_file(project.path() + "/dump.sql"), "GRANT")));
  CHECK_SAYS(refused.errors, "--no-privileges");
  CHECK_SAYS(refused.errors, "--skip-database-commands");
  const ProgramResult skipped =
      project.run({"diff", "postgres:dump.sql", "postgres:plain.sql", "--skip-database-commands"});
  CHECK_EXIT(skipped, 0);
  CHECK_SAYS(skipped.errors, "role_that_no_server_has");
}

ONE_ENGINE_CASE("postgres", "what a dump's own transaction cannot do without is an error (postgres)") {
  Project project(target);
  project.write("dump.sql",
                "BEGIN;\nCREATE TABLE notes (id int);\nALTER TABLE notes OWNER TO role_that_no_server_has;\n"
                "COMMIT;\n");
  project.write("missing.sql", "ALTER TABLE missing OWNER TO role_that_no_server_has;\n");
  const ProgramResult result = project.run({"inspect", "postgres:dump.sql"});
  CHECK_EXIT(result, 5);
  CHECK_SAYS(result.errors, "dump.sql:3");
  CHECK_SAYS(result.errors, "--no-owner");
  const ProgramResult missing = project.run({"inspect", "postgres:missing.sql"});
  CHECK_EXIT(missing, 5);
  CHECK_SAYS(missing.errors, "missing.sql:1");
}

ONE_ENGINE_CASE("postgres", "what pg_dump writes reads back as the database it was made from (postgres)") {
  Project project(target);
  if (run_shell("command -v pg_dump", project.path()).exit_code != 0) SKIP_TEST("no pg_dump");
  write_schema(project);
  project.migration(
      "0003_more.up.sql",
      "CREATE TABLE lines (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number serial, note text DEFAULT "
      "'it''s', CHECK (number > 0));\nCREATE VIEW line_notes AS SELECT id, note FROM lines;\n"
      "CREATE TYPE mood AS ENUM ('sad', 'ok');\nALTER TABLE lines ADD mood mood DEFAULT 'ok';\n"
      "INSERT INTO lines (note) VALUES ('a'), ('b');\nCREATE INDEX ON lines (note) WHERE number > 1;\n"
      "COMMENT ON COLUMN lines.note IS 'DROP TABLE lines;';\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const std::string live = url_with_password(project.database().url());
  for (const char* options : {"", "--schema-only", "--schema-only --no-owner --no-privileges", "--inserts"}) {
    CAPTURE(options);
    const ProgramResult dumped =
        run_shell(std::string("pg_dump ") + options + " \"$DUMPED\" > dump.sql", project.path(), {{"DUMPED", live}});
    if (contains(dumped.errors, "server version mismatch")) SKIP_TEST("pg_dump is older than the server");
    REQUIRE_EXIT(dumped, 0);
    CHECK(diff_json(project, "postgres:dump.sql", live, 0).at("differences").empty());
    CHECK(diff_json(project, "postgres:migrations", "postgres:dump.sql", 0).at("differences").empty());
  }
}

}  // namespace paripassu::test
