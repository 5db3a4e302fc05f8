// What `diff` compares, and how it says it, on every engine.
#include <doctest/doctest.h>

#include "tests/end_to_end/engine_pair.h"
#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

/// Snapshots <name>.json of the files <name>.sql: comparing them again and again needs no server.
void take_snapshots(Project& project, const Names& names) {
  for (const std::string& name : names)
    REQUIRE_EXIT(project.run({"inspect", project.database().target().name() + ":" + name + ".sql", "--format", "json",
                              "-o", name + ".json"}),
                 0);
}

}  // namespace

ENGINE_CASE("diff of two versions says what the later one adds") {
  Project project(target);
  write_schema(project);
  const nlohmann::json document =
      diff_json(project, target.name() + ":migrations@0001", target.name() + ":migrations@2", 1);
  CHECK(codes_of(document) == Names{"table-extra"});
  CHECK(document.at("differences").at(0).at("name") == "orders");
  const nlohmann::json mirrored =
      diff_json(project, target.name() + ":migrations@0002", target.name() + ":migrations@0001", 1);
  CHECK(codes_of(mirrored) == Names{"table-missing"});
  const ProgramResult unknown =
      project.run({"diff", target.name() + ":migrations@0009", target.name() + ":migrations"});
  CHECK_EXIT(unknown, 2);
  CHECK_SAYS(unknown.errors, "0009");
}

ENGINE_CASE("the JSON of a comparison has the documented members") {
  Project project(target);
  write_schema(project);
  project.write("other.sql", target.script({create_customers(target),
                                            "ALTER TABLE customers ADD note " + target.sql.text_type + " NULL"}));
  const nlohmann::json document = diff_json(project, target.name() + ":schema.sql", target.name() + ":other.sql", 1);
  CHECK(document.at("version") == 1);
  for (const char* side : {"left", "right"}) {
    CHECK(document.at(side).at("engine") == target.name());
    CHECK(document.at(side).at("genuine") == target.genuine);
    CHECK(document.at(side).at("deviations").empty() == target.genuine);
    CHECK(document.at(side).at("default_schema") == target.sql.schema);
    for (const char* member : {"label", "product", "product_version", "database"})
      CHECK(!document.at(side).at(member).get<std::string>().empty());
  }
  CHECK_SAYS(document.at("left").at("label").get<std::string>(), target.name() + ":schema.sql");
  const nlohmann::json& summary = document.at("summary");
  CHECK(summary.at("equal") == false);
  CHECK(summary.at("errors") == 2);
  CHECK(summary.at("warnings") == 0);
  CHECK(summary.at("unknown") == 0);
  CHECK(summary.at("by_code") == nlohmann::json({{"table-missing", 1}, {"column-extra", 1}}));
  CHECK(document.at("unknown").empty());
  CHECK(document.at("not_compared").is_array());
  REQUIRE(document.at("differences").size() == 2);
  const nlohmann::json& column = document.at("differences").at(0);
  CHECK(column.at("code") == "column-extra");
  CHECK(column.at("severity") == "error");
  CHECK(column.at("schema") == target.sql.schema);
  CHECK(column.at("table") == "customers");
  CHECK(column.at("kind") == "column");
  CHECK(column.at("name") == "note");
  CHECK(column.at("object") == "customers.note");
  CHECK(column.at("left").is_null());
  CHECK(column.at("right").is_string());
  CHECK(column.at("message").is_string());
}

ENGINE_CASE("the text of a comparison begins with the summary and groups by table") {
  Project project(target);
  write_schema(project);
  project.write("other.sql", target.script({create_customers(target), kCreateOrdersOfCustomers}));
  const ProgramResult text = project.run({"diff", target.name() + ":schema.sql", target.name() + ":other.sql"});
  CHECK_EXIT(text, 1);
  CHECK(line_of(text.output, "1 difference: " + target.name() + ":schema.sql") == 1);
  CHECK_SAYS(text.output, "\norders\n");
  CHECK_SAYS(text.output, "ix_orders_customer");
  CHECK_SAYS(text.output, "index-missing");
  // Whatever ran on a stand-in is labelled so.
  CHECK(contains(text.output, "stands in for it") == !target.genuine);
  const ProgramResult equal = project.run({"diff", target.name() + ":schema.sql", target.name() + ":ddl"});
  CHECK_EXIT(equal, 0);
  CHECK(line_of(equal.output, "No differences") == 1);
}

ENGINE_CASE("--names says how names pair") {
  Project project(target);
  project.write("snake.sql", target.script({"CREATE TABLE \"order_items\" (\"item_id\" int NOT NULL)"}));
  project.write("upper.sql", target.script({"CREATE TABLE \"ORDER_ITEMS\" (\"Item_Id\" int NOT NULL)"}));
  project.write("pascal.sql", target.script({"CREATE TABLE \"OrderItems\" (\"ItemId\" int NOT NULL)"}));
  take_snapshots(project, {"snake", "upper", "pascal"});
  const auto exit_code = [&](const std::string& left, const std::string& right, std::vector<std::string> more) {
    more.insert(more.begin(), {"diff", left + ".json", right + ".json"});
    return project.run(more).exit_code;
  };
  CHECK(exit_code("snake", "pascal", {}) == 0);
  CHECK(exit_code("snake", "pascal", {"--names", "fold"}) == 0);
  CHECK(exit_code("snake", "pascal", {"--names", "ignore-case"}) == 1);
  CHECK(exit_code("snake", "upper", {"--names", "ignore-case"}) == 0);
  // Babelfish folds the names of tables itself (identifiers-folded).
  if (target.genuine) CHECK(exit_code("snake", "upper", {"--names", "exact"}) == 1);
  CHECK(exit_code("snake", "pascal", {"--names", "exact"}) == 1);
  CHECK(exit_code("snake", "snake", {"--names", "exact"}) == 0);
  // The command line wins over the configuration.
  project.write("paripassu.toml", "[parity]\nnames = \"exact\"\n");
  CHECK(exit_code("snake", "pascal", {}) == 1);
  CHECK(exit_code("snake", "pascal", {"--names", "fold"}) == 0);
}

ENGINE_CASE("the order of columns is compared only when asked") {
  Project project(target);
  project.write("ab.sql", target.script({"CREATE TABLE t (a int NOT NULL, b int NOT NULL)"}));
  project.write("ba.sql", target.script({"CREATE TABLE t (b int NOT NULL, a int NOT NULL)"}));
  take_snapshots(project, {"ab", "ba"});
  const std::string left = "ab.json";
  const std::string right = "ba.json";
  diff_json(project, left, right, 0);
  CHECK(codes_of(diff_json(project, left, right, 1, {"--column-order"})) == Names{"column-order"});
  project.write("paripassu.toml", "[parity]\ncolumn_order = \"compare\"\n");
  CHECK(codes_of(diff_json(project, left, right, 1)) == Names{"column-order"});
}

ENGINE_CASE("a source that cannot be built is said with its place, and is no result") {
  Project project(target);
  write_schema(project);
  project.write("broken.sql", target.script({"CREATE TABLE t (id int NOT NULL)", "CREATE TABEL u (id int)"}));
  const ProgramResult result = project.run({"diff", target.name() + ":broken.sql", target.name() + ":migrations"});
  CHECK_EXIT(result, 5);
  CHECK(result.output.empty());
  CHECK_SAYS(result.errors,
             "broken.sql:" + std::to_string(line_of(target.script({"CREATE TABLE t (id int NOT NULL)", "X"}), "X")));
  CHECK_SAYS(result.errors, "TABEL");
  project.migration("0003_broken.up.sql", target.script({"CREATE TABEL u (id int)"}));
  const ProgramResult migrations = project.run({"inspect", target.name() + ":migrations"});
  CHECK_EXIT(migrations, 5);
  CHECK_SAYS(migrations.errors, "0003_broken.up.sql:1");
  CHECK(migrations.output.empty());
  // Up to the version before, it can be read.
  CHECK_EXIT(project.run({"inspect", target.name() + ":migrations@0002"}), 0);
}

ENGINE_CASE("database commands in a file are refused with their line and skipped when told to") {
  Project project(target);
  project.write("dump.sql", target.script({target.sql.database_commands.at(0), "CREATE TABLE t (id int NOT NULL)"}));
  project.write("plain.sql", target.script({"CREATE TABLE t (id int NOT NULL)"}));
  const std::string left = target.name() + ":dump.sql";
  const std::string right = target.name() + ":plain.sql";
  const ProgramResult refused = project.run({"diff", left, right});
  CHECK_EXIT(refused, 2);
  CHECK_SAYS(refused.errors, "dump.sql:1:1");
  CHECK_EXIT(project.run({"diff", left, right, "--skip-database-commands"}), 0);
}

ENGINE_CASE("drift: what somebody changed by hand is found against the migrations, the ledger is not") {
  Project project(target);
  write_schema(project);
  CHECK_EXIT(project.migrate({"up"}), 0);
  const std::string migrations = target.name() + ":migrations";
  const std::string url = url_with_password(project.database().url());
  CHECK(project.database().has_table("paripassu_ledger"));
  CHECK(diff_json(project, migrations, url, 0).at("differences").empty());
  project.database().session().query("CREATE INDEX ix_by_hand ON customers (email, id)");
  project.database().session().query("ALTER TABLE orders ADD by_hand int NULL");
  CHECK(findings_of(diff_json(project, migrations, url, 1)) ==
        "column-extra orders.by_hand, index-extra customers.ix_by_hand");
  CHECK(findings_of(diff_json(project, url, migrations, 1)) ==
        "column-missing orders.by_hand, index-missing customers.ix_by_hand");
}

ENGINE_CASE("a field of the model that the migrations do not make is found") {
  Project project(target);
  write_schema(project);
  project.write("model.sql",
                target.script({create_customers(target), kCreateOrdersOfCustomers, kIndexOrders,
                               "ALTER TABLE orders ADD wish int NULL", "CREATE TABLE dreams (id int NOT NULL)"}));
  project.write("paripassu.toml", "[model]\n" + target.name() + " = \"model.sql\"\n");
  const nlohmann::json document = diff_json(project, target.name() + ":model", target.name() + ":migrations", 1);
  CHECK(findings_of(document) == "column-missing orders.wish, table-missing dreams");
  const nlohmann::json column = difference_of(document, "column-missing");
  CHECK(column.at("left_side").at("file") == "model.sql");
  CHECK(column.at("left_side").at("line") == line_of(text_of(project.path() + "/model.sql"), "wish"));
}

ENGINE_CASE("comments, white space and the order of statements and columns are no difference of two files") {
  Project project(target);
  const std::string table = "CREATE TABLE t (id int NOT NULL, note " + target.sql.text_type +
                            " NULL, CONSTRAINT ck CHECK (id > 0 AND id < 9))";
  project.write("left.sql", target.script({table, "CREATE TABLE u (a int NOT NULL)", "CREATE INDEX ix_t ON t (note)"}));
  project.write("right.sql",
                "-- a comment; with a semicolon\n" +
                    target.script({"/* block */ create   table u(a integer not null)",
                                   "CREATE TABLE t\n(\n\tnote " + target.sql.text_type +
                                       " NULL -- 'what it says'\n  , id integer NOT NULL\n  , constraint ck check "
                                       "(((id < 9)) and (0 < id))\n)",
                                   "\n\n\ncreate index ix_t on t(note)"}));
  project.write("other.sql", target.script({"CREATE TABLE t (id int NOT NULL, CONSTRAINT ck CHECK (id > 0 AND id < 8))",
                                            "CREATE TABLE v (a int NOT NULL)"}));
  const std::string left = target.name() + ":left.sql";
  CHECK(diff_json(project, left, target.name() + ":right.sql", 0).at("differences").empty());
  CHECK(codes_of(diff_json(project, left, target.name() + ":right.sql", 1, {"--column-order"})) ==
        Names{"column-order"});
  // And every difference is listed.
  CHECK(findings_of(diff_json(project, left, target.name() + ":other.sql", 1)) ==
        "check-changed t.ck, column-missing t.note, index-missing t.ix_t, table-extra v, table-missing u");
}

ONE_ENGINE_CASE("postgres", "a dump of a schema against the schema has no difference") {
  Project project(target);
  project.write("schema.sql", R"sql(CREATE TYPE mood AS ENUM ('calm', 'glad');
CREATE SEQUENCE numbers START 5;
CREATE TABLE a (
  id serial PRIMARY KEY,
  m mood DEFAULT 'calm',
  n varchar(10) CHECK (n IN ('x', 'y')),
  v int DEFAULT nextval('numbers'),
  g int GENERATED ALWAYS AS (id + 1) STORED,
  CONSTRAINT u UNIQUE (n, v));
CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE DEFERRABLE);
CREATE INDEX ix ON a (lower(n), v DESC) WHERE v > 3;
CREATE VIEW w AS SELECT a.id, b.a FROM a JOIN b ON b.a = a.id;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER t AFTER INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();
COMMENT ON TABLE a IS 'it''s a';
ALTER TABLE b ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON b USING (a > 0);
CREATE TABLE parted (id int, d date) PARTITION BY RANGE (d);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
)sql");
  project.migration("0001_schema.up.sql", text_of(project.path() + "/schema.sql"));
  CHECK_EXIT(project.migrate({"up"}), 0);
  const ProgramResult dumped = run_shell(
      "for folder in /usr/lib/postgresql/*/bin; do PATH=\"$folder:$PATH\"; done; command -v pg_dump >&2 || exit 9\n"
      "pg_dump --schema-only -d \"$DUMPED_URL\" -f dump.sql",
      project.path(), {{"DUMPED_URL", url_with_password(project.database().url())}});
  if (dumped.exit_code == 9) SKIP_TEST("no pg_dump");
  REQUIRE_EXIT(dumped, 0);
  const std::string url = url_with_password(project.database().url());
  for (const std::string& other : {url, std::string("postgres:schema.sql")}) {
    const nlohmann::json document = diff_json(project, "postgres:dump.sql", other, 0);
    CHECK(findings_of(document) == "");
    CHECK(document.at("summary").at("compared").at("tables") == 4);
    CHECK(document.at("summary").at("unknown") == 0);
  }
}

TEST_CASE("a snapshot that is cut off, newer, somebody else's or not there is refused as a side of a comparison") {
  const TemporaryFolder folder;
  const std::string good =
      "{\n\"paripassu\": \"catalog\",\n\"version\": 1,\n\"engine\": \"postgres\",\n\"product\": \"PostgreSQL\",\n"
      "\"product_version\": \"15\",\n\"database\": \"d\",\n\"default_schema\": \"public\",\n\"schemas\": []\n}\n";
  folder.write("good.json", good);
  REQUIRE_EXIT(run_checked({"diff", "good.json", "good.json"}, folder.path()), 0);
  std::string newer = good;
  newer.replace(newer.find("\"version\": 1"), 12, "\"version\": 99");
  std::string unknown = good;
  unknown.replace(unknown.find("postgres"), 8, "oracle");
  const std::vector<std::pair<std::string, std::string>> all = {
      {unknown, "the engine 'oracle'"},
      {good.substr(0, good.size() / 2), "cut off"},
      {good.substr(0, good.size() - 3), "cut off"},
      {newer, "version 99"},
      {"{\"a\": 1}", "no catalog snapshot"},
      {"[1, 2]", "no catalog snapshot"},
      {"\"text\"", "no catalog snapshot"},
      {"", "is empty"},
      {std::string(100000, '['), ""},
      {"\x89PNG\r\n\x1A\n", ""},
  };
  for (const auto& [text, says] : all) {
    CAPTURE(says);
    folder.write("bad.json", text);
    for (const bool is_left : {true, false}) {
      const ProgramResult result =
          run_checked({"diff", is_left ? "bad.json" : "good.json", is_left ? "good.json" : "bad.json"}, folder.path());
      CHECK_EXIT(result, 2);
      CHECK(result.output.empty());
      CHECK_SAYS(result.errors, "bad.json");
      CHECK_SAYS(result.errors, says);
    }
  }
  const ProgramResult absent = run_checked({"diff", "good.json", "nowhere.json"}, folder.path());
  CHECK_EXIT(absent, 2);
  CHECK_SAYS(absent.errors, "nowhere.json");
}

}  // namespace paripassu::test
