#include "harness/parity/origin.h"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "backends/postgres/script_reader.h"
#include "backends/sqlserver/script_reader.h"

using namespace paripassu;

namespace {

const postgres::PostgresScriptReader kPostgres;
const sqlserver::SqlServerScriptReader kSqlServer;

/// Scripts "1.sql", "2.sql" and so on.
Origins origins_of(const ScriptReader& reader, std::initializer_list<std::string> scripts,
                   const catalog::Catalog& catalog = {}) {
  Origins origins;
  int number = 0;
  for (const std::string& text : scripts) {
    const std::string file = std::to_string(++number) + ".sql";
    origins.add(reader.read(text, file, {}), reader, file);
  }
  origins.describe(catalog);
  return origins;
}

std::string find(const Origins& origins, const OriginQuery& query) {
  const std::optional<SourcePosition> place = origins.find(query);
  return place ? place->to_string() : "";
}

std::string column(const Origins& origins, const std::string& name, const std::string& code = "column-missing",
                   const std::string& table = "orders") {
  return find(origins, {"", table, name, "column", code});
}

Difference difference(const char* code, const char* table, const char* kind, const char* name, const char* left,
                      const char* right) {
  Difference result;
  result.code = code;
  result.table = table;
  result.kind = kind;
  result.name = name;
  result.left = left;
  result.right = right;
  return result;
}

catalog::Catalog catalog_of(const std::string& schema, catalog::Table table) {
  catalog::Catalog catalog;
  catalog.default_schema = schema;
  catalog.schemas.resize(1);
  catalog.schemas[0].name = schema;
  catalog.schemas[0].tables.push_back(std::move(table));
  return catalog;
}

}  // namespace

TEST_CASE("Origins names the line of a column in the CREATE TABLE") {
  const std::string text =
      "-- orders\n\nCREATE TABLE orders (\n  id int PRIMARY KEY,\n  note text DEFAULT 'id',\n  Total numeric(9, 2),\n"
      "  CHECK (total > 0)\n);\n";
  for (const ScriptReader* reader : std::initializer_list<const ScriptReader*>{&kPostgres, &kSqlServer}) {
    const Origins origins = origins_of(*reader, {text});
    CHECK(column(origins, "id") == "1.sql:4");
    CHECK(column(origins, "note") == "1.sql:5");
    CHECK(column(origins, "TOTAL") == "1.sql:6");
    CHECK(find(origins, {"", "orders", "orders", "table", "table-missing"}) == "1.sql:3");
    // What is not there leads to the table, and what is unknown nowhere.
    CHECK(column(origins, "nothing") == "1.sql:3");
    CHECK(column(origins, "id", "column-missing", "customers").empty());
  }
}

TEST_CASE("Origins tells the statement that changed what a difference is about") {
  const Origins origins = origins_of(
      kPostgres,
      {"CREATE TABLE orders (\n  id int,\n  note text\n);", "CREATE INDEX ix ON orders (note);",
       "ALTER TABLE orders ALTER note SET DEFAULT 'x';",
       "ALTER TABLE orders\n  ALTER COLUMN id TYPE bigint,\n  ALTER COLUMN note SET NOT NULL;",
       "COMMENT ON COLUMN orders.note IS 'id of note';",
       "ALTER TABLE orders ADD CONSTRAINT ck CHECK (note <> ''), ADD FOREIGN KEY (id) REFERENCES note (note);",
       "CREATE VIEW v AS SELECT note, id FROM orders; INSERT INTO orders (note) VALUES ('ALTER TABLE orders');",
       "ALTER TABLE orders ALTER id SET STATISTICS 100, ALTER id ADD GENERATED ALWAYS AS IDENTITY;"});
  CHECK(column(origins, "note") == "1.sql:3");
  CHECK(column(origins, "note", "column-type") == "1.sql:3");
  CHECK(column(origins, "note", "default-changed") == "3.sql:1");
  CHECK(column(origins, "note", "column-nullability") == "4.sql:3");
  CHECK(column(origins, "note", "comment-changed") == "5.sql:1");
  CHECK(column(origins, "id", "column-type") == "4.sql:2");
  CHECK(column(origins, "id", "default-extra") == "1.sql:2");
  CHECK(column(origins, "id", "column-identity") == "8.sql:1");
  CHECK(column(origins, "id", "comment-missing") == "1.sql:2");
}

TEST_CASE("Origins knows how T-SQL alters columns") {
  const Origins origins = origins_of(
      kSqlServer,
      {"CREATE TABLE [dbo].[orders] (\n  [id] int,\n  [note] nvarchar(9)\n)\nGO\nCREATE INDEX ix ON orders (note)",
       "ALTER TABLE dbo.orders ADD\n  total decimal(9, 2) DEFAULT 0,\n  tax int\n"
       "ALTER TABLE dbo.orders ALTER COLUMN note\n  nvarchar(20) NOT NULL",
       "ALTER TABLE orders ADD CONSTRAINT df DEFAULT N'x' FOR note",
       "EXEC sys.sp_addextendedproperty N'MS_Description', N'text', N'SCHEMA', N'dbo', N'TABLE', N'orders',\n"
       "  N'COLUMN', N'note'",
       "IF COL_LENGTH('orders', 'late') IS NULL\n  EXEC(N'ALTER TABLE orders\n  ADD late int')"});
  CHECK(column(origins, "note") == "1.sql:3");
  CHECK(column(origins, "total") == "2.sql:2");
  CHECK(column(origins, "tax") == "2.sql:3");
  CHECK(column(origins, "note", "column-type") == "2.sql:4");
  CHECK(column(origins, "note", "column-nullability") == "2.sql:4");
  CHECK(column(origins, "note", "default-missing") == "3.sql:1");
  CHECK(column(origins, "note", "comment-missing") == "4.sql:2");
  CHECK(column(origins, "late") == "5.sql:3");
}

TEST_CASE("Origins follows a table and a column through their renamings") {
  const Origins postgres =
      origins_of(kPostgres, {"CREATE TABLE old (\n  a int,\n  b int\n);", "ALTER TABLE old RENAME COLUMN a TO aa;",
                             "ALTER TABLE IF EXISTS old RENAME TO orders;", "ALTER TABLE orders RENAME aa TO aaa;",
                             "CREATE TABLE old (b int);"});
  const Origins sql_server =
      origins_of(kSqlServer, {"CREATE TABLE old (\n  a int,\n  b int\n)", "EXEC sp_rename 'old.a', 'aa', 'COLUMN'",
                              "EXEC sp_rename N'dbo.[old]', N'orders'",
                              "EXEC sp_rename 'dbo.orders.aa', 'aaa', 'COLUMN'", "CREATE TABLE old (b int);"});
  for (const Origins* origins : {&postgres, &sql_server}) {
    CHECK(find(*origins, {"", "orders", "orders", "table", "table-extra"}) == "3.sql:1");
    CHECK(find(*origins, {"", "orders", "", "table", ""}) == "1.sql:1");
    CHECK(column(*origins, "b") == "1.sql:3");
    CHECK(column(*origins, "b", "column-missing", "old") == "5.sql:1");
    CHECK(column(*origins, "aaa") == "4.sql:1");
    CHECK(column(*origins, "aaa", "column-type") == "1.sql:2");
  }
  // A circle ends.
  const Origins circle = origins_of(kPostgres, {"ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME TO a;"});
  CHECK(column(circle, "x", "column-missing", "a").empty());
}

TEST_CASE("Origins finds a column that was dropped and made again where it was made again") {
  const Origins origins = origins_of(
      kPostgres, {"CREATE TABLE orders (id int, note text);", "ALTER TABLE orders DROP COLUMN IF EXISTS note;",
                  "ALTER TABLE orders ADD COLUMN IF NOT EXISTS note int;"});
  CHECK(column(origins, "note", "column-type") == "3.sql:1");
  const Origins again = origins_of(kPostgres, {"CREATE TABLE orders (id int);", "DROP TABLE orders;",
                                               "CREATE TABLE orders (\n  id bigint,\n  note text);"});
  CHECK(column(again, "id", "column-type") == "3.sql:2");
  CHECK(column(again, "id") == "3.sql:2");
}

TEST_CASE("Origins finds constraints and indexes by their own names") {
  const Origins origins = origins_of(
      kPostgres,
      {"CREATE TABLE orders (\n  id int CONSTRAINT pk PRIMARY KEY,\n  note text,\n  CONSTRAINT ck CHECK (id > 0)\n);"
       "\nCREATE TABLE other (id int CONSTRAINT ck CHECK (id > 1));",
       "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON orders (note);", "DROP INDEX ix;",
       "ALTER TABLE orders ADD note2 text;\nCREATE INDEX ix ON public.orders (note2);",
       "ALTER TABLE ONLY public.orders\n  ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES other (id) NOT VALID;",
       "ALTER TABLE orders VALIDATE CONSTRAINT fk;", "COMMENT ON CONSTRAINT ck ON orders IS 'x';",
       "ALTER INDEX ix RENAME TO ix2; ALTER TABLE orders RENAME CONSTRAINT pk TO pk2;",
       "CREATE TRIGGER tr AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();",
       "CREATE POLICY po ON orders USING (true); DROP TRIGGER tr ON other;"});
  const auto in_orders = [&](const std::string& kind, const std::string& name, const std::string& code = "") {
    return find(origins, {"public", "orders", name, kind, code});
  };
  CHECK(in_orders("check", "ck") == "1.sql:4");
  CHECK(in_orders("check", "ck", "comment-missing") == "7.sql:1");
  CHECK(find(origins, {"public", "other", "ck", "check", ""}) == "1.sql:6");
  CHECK(in_orders("index", "ix") == "4.sql:2");
  CHECK(in_orders("index", "ix2") == "8.sql:1");
  CHECK(in_orders("primary key", "pk2") == "8.sql:1");
  CHECK(in_orders("foreign key", "fk") == "6.sql:1");
  CHECK(in_orders("trigger", "tr") == "9.sql:1");
  CHECK(in_orders("policy", "po") == "10.sql:1");
  CHECK(in_orders("check", "no such name") == "1.sql:1");
}

TEST_CASE("Origins finds constraints that the server named by their columns") {
  catalog::Table table;
  table.name = "orders";
  table.primary_key.emplace();
  table.primary_key->name = "orders_pkey";
  table.primary_key->columns = {"id"};
  for (const char* name : {"customer_id", "product_id"}) {
    catalog::ForeignKey key;
    key.name = std::string("orders_") + name + "_fkey";
    key.columns = {name};
    table.foreign_keys.push_back(key);
  }
  catalog::Key unique;
  unique.name = "orders_a_b_key";
  unique.columns = {"a", "b"};
  table.unique_constraints.push_back(unique);
  catalog::Check check;
  check.name = "orders_a_check";
  check.columns = {"a"};
  table.checks.push_back(check);
  catalog::Index index;
  index.name = "orders_a_b_idx";
  index.columns.resize(2);
  index.columns[0].column = "a";
  index.columns[1].column = "b";
  table.indexes.push_back(index);
  const catalog::Catalog catalog = catalog_of("public", table);
  const Origins origins = origins_of(kPostgres,
                                     {"CREATE TABLE orders (\n  id int PRIMARY KEY,\n  customer_id int\n    REFERENCES "
                                      "customers (id),\n  a int,\n  b int,\n"
                                      "  UNIQUE (a, b),\n  CHECK (a > 0)\n);",
                                      "ALTER TABLE orders ADD product_id int;\nALTER TABLE orders\n  ADD FOREIGN KEY "
                                      "(product_id) REFERENCES products;",
                                      "CREATE INDEX ON orders (a, b);"},
                                     catalog);
  const auto in_orders = [&](const std::string& kind, const std::string& name) {
    return find(origins, {"public", "orders", name, kind, ""});
  };
  CHECK(in_orders("primary key", "orders_pkey") == "1.sql:2");
  CHECK(in_orders("foreign key", "orders_customer_id_fkey") == "1.sql:3");
  CHECK(in_orders("unique constraint", "orders_a_b_key") == "1.sql:7");
  CHECK(in_orders("check", "orders_a_check") == "1.sql:8");
  CHECK(in_orders("foreign key", "orders_product_id_fkey") == "2.sql:3");
  CHECK(in_orders("index", "orders_a_b_idx") == "3.sql:1");
}

TEST_CASE("Origins finds views, sequences, routines, types and schemas") {
  const Origins origins = origins_of(
      kPostgres, {"CREATE SCHEMA app;\nCREATE SEQUENCE app.s;\nCREATE TYPE mood AS ENUM ('a');",
                  "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;\nCREATE MATERIALIZED VIEW mv AS SELECT 1 AS a;",
                  "CREATE OR REPLACE VIEW v AS SELECT 2 AS a;", "ALTER TYPE mood ADD VALUE 'b';",
                  "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
                  "ALTER SEQUENCE app.s OWNER TO app; ALTER TYPE mood OWNER TO app; COMMENT ON TYPE mood IS 'x';",
                  "ALTER SEQUENCE app.s RENAME TO s2;", "GRANT SELECT ON TABLE v TO PUBLIC;"});
  CHECK(find(origins, {"app", "", "app", "schema", "schema-missing"}) == "1.sql:1");
  CHECK(find(origins, {"app", "", "s", "sequence", ""}) == "1.sql:2");
  CHECK(find(origins, {"app", "", "s2", "sequence", ""}) == "7.sql:1");
  CHECK(find(origins, {"other", "", "s2", "sequence", ""}).empty());
  CHECK(find(origins, {"public", "", "mood", "type", "enum-labels"}) == "4.sql:1");
  CHECK(find(origins, {"public", "", "mood", "type", "comment-missing"}) == "6.sql:1");
  CHECK(find(origins, {"public", "v", "v", "view", "view-changed"}) == "3.sql:1");
  CHECK(find(origins, {"public", "mv", "", "view", ""}) == "2.sql:2");
  CHECK(find(origins, {"public", "", "f", "routine", ""}) == "5.sql:1");
  CHECK(find(origins, {"public", "v", "v", "table", "grants"}) == "8.sql:1");
}

TEST_CASE("Origins keeps tables of several schemas apart") {
  catalog::Catalog catalog;
  catalog.default_schema = "public";
  const Origins origins = origins_of(
      kPostgres,
      {"CREATE TABLE orders (a int);", "CREATE TABLE app.orders (a int);", "CREATE TABLE sales.orders (a int);"},
      catalog);
  CHECK(find(origins, {"public", "orders", "a", "column", ""}) == "1.sql:1");
  CHECK(find(origins, {"app", "orders", "a", "column", ""}) == "2.sql:1");
  CHECK(find(origins, {"sales", "orders", "a", "column", ""}) == "3.sql:1");
  // A search path may have been set: better a guess than nothing.
  CHECK(find(origins, {"other", "orders", "a", "column", ""}) == "1.sql:1");
}

TEST_CASE("Origins reads the dumps of pg_dump and the guarded scripts of other tools") {
  const Origins dump = origins_of(
      kPostgres, {"\\restrict abc\nSET search_path = '';\nCREATE TABLE public.orders (\n    id integer NOT NULL\n);\n"
                  "ALTER TABLE public.orders OWNER TO somebody;\nCOPY public.orders (id) FROM stdin;\n1\n\\.\n"
                  "ALTER TABLE ONLY public.orders ALTER COLUMN id SET DEFAULT nextval('public.s'::regclass);\n"
                  "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n"});
  CHECK(find(dump, {"public", "orders", "id", "column", "column-type"}) == "1.sql:4");
  CHECK(find(dump, {"public", "orders", "id", "column", "default-missing"}) == "1.sql:10");
  CHECK(find(dump, {"public", "orders", "orders_pkey", "primary key", ""}) == "1.sql:12");
  CHECK(find(dump, {"public", "orders", "orders", "table", "table-missing"}) == "1.sql:3");
  const Origins guarded = origins_of(
      kPostgres,
      {"DO $EF$\nBEGIN\n  IF NOT EXISTS (SELECT 1 FROM h) THEN\n    ALTER TABLE orders ADD note text;\n  END IF;\n"
       "END $EF$;"});
  CHECK(column(guarded, "note") == "1.sql:4");
}

TEST_CASE("Origins passes over what it cannot read") {
  const Origins nothing;
  CHECK(find(nothing, {"public", "orders", "a", "column", ""}).empty());
  const std::string deep =
      "CREATE TABLE t (a int DEFAULT " + std::string(10'000, '(') + "1" + std::string(10'000, ')') + ");";
  for (const ScriptReader* reader : std::initializer_list<const ScriptReader*>{&kPostgres, &kSqlServer}) {
    for (const std::string& text :
         {std::string("CREATE"), std::string("CREATE TABLE"), std::string("ALTER TABLE t RENAME"),
          std::string("ALTER TABLE t RENAME a"), std::string("COMMENT ON"), std::string("EXEC sp_rename"),
          std::string("EXEC sp_rename 'a'"), std::string("EXEC sp_addextendedproperty 'a', 'b', 'TABLE'"),
          std::string("CREATE INDEX ON"), std::string("GRANT x TO y"), std::string("CREATE TABLE a."),
          std::string("ALTER INDEX RENAME TO"), std::string("exec"), std::string("COMMENT ON COLUMN x IS 'a'"),
          std::string("CREATE TEMPORARY TABLE t (b int)"), std::string("CREATE EXTENSION t"), deep}) {
      CAPTURE(text.substr(0, 60));
      const Origins origins = origins_of(*reader, {text + "\n"});
      for (const char* kind : {"table", "column", "index", "view", "check", "nonsense", ""})
        for (const char* name : {"", "a", "t"}) find(origins, {"", "t", name, kind, "comment-missing"});
      CHECK(column(origins, "b", "column-missing", "t") == (text == deep ? "1.sql:1" : ""));
    }
  }
}

TEST_CASE("locate fills both sides of a difference and leads a missing object to its table") {
  const Origins left =
      origins_of(kPostgres, {"CREATE TABLE orders (\n  note text\n);", "CREATE INDEX ix ON orders (note);"});
  const Origins right = origins_of(kSqlServer, {"\nCREATE TABLE Orders (\n  Note int\n)"});
  Comparison comparison;
  Difference type = difference("column-type", "orders", "column", "note", "text", "int");
  type.left_side.table = "orders";
  type.left_side.name = "note";
  type.right_side.table = "Orders";
  type.right_side.name = "Note";
  const Difference index = difference("index-missing", "orders", "index", "ix", "(note)", "");
  const Difference table = difference("table-missing", "orders", "table", "orders", "table", "");
  const Difference waiver = difference("waiver-unused", "", "waiver", "x", "", "");
  Difference told = type;
  told.left_side.file = "elsewhere.sql";
  comparison.differences = {type, index, table, waiver, told};
  locate(comparison, &left, &right);
  const auto places = [&](std::size_t number) {
    const Difference& one = comparison.differences[number];
    return one.left_side.file + ":" + std::to_string(one.left_side.line) + " " + one.right_side.file + ":" +
           std::to_string(one.right_side.line);
  };
  CHECK(places(0) == "1.sql:2 1.sql:3");
  CHECK(places(1) == "2.sql:1 1.sql:2");
  CHECK(places(2) == "1.sql:1 :0");
  CHECK(places(3) == ":0 :0");
  CHECK(places(4) == "elsewhere.sql:0 1.sql:3");
  // Without scripts nothing is said.
  comparison.differences = {type};
  locate(comparison, nullptr, &right);
  CHECK(places(0) == ":0 1.sql:3");
}

TEST_CASE("Origins answers at once on ten thousand statements") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    const std::string n = std::to_string(i);
    text += i < 1'000 ? "CREATE TABLE t" + n + " (id int, note text);\n"
                      : "ALTER TABLE t" + std::to_string(i % 1'000) + " ADD c" + n + " int;\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  const Origins origins = origins_of(kPostgres, {text});
  for (int i = 1'000; i < 10'000; ++i) {
    const std::string n = std::to_string(i);
    REQUIRE(column(origins, "c" + n, "column-type", "t" + std::to_string(i % 1'000)) ==
            "1.sql:" + std::to_string(i + 1));
  }
  // Rescanning the statements for each question takes minutes; sanitizers and a busy machine are allowed for.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}
