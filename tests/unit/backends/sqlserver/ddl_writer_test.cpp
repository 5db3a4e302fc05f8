#include "backends/sqlserver/ddl_writer.h"

#include <doctest/doctest.h>

#include "backends/sqlserver/catalog_builder.h"
#include "backends/sqlserver/script_reader.h"

namespace paripassu::sqlserver {
namespace {

using catalog::Column;
using catalog::ExpressionTree;
using catalog::Identity;
using catalog::Table;
using catalog::Type;
using catalog::TypeFamily;
using Kind = ExpressionTree::Kind;

const SqlServerDdlWriter kWriter;
constexpr std::string_view kHostile = "we\"ird]name \xF0\x9F\x98\x80";

Column make_column(std::string name, std::string type, TypeFamily family, bool nullable = true) {
  Column column;
  column.name = std::move(name);
  column.type.printed = std::move(type);
  column.type.family = family;
  column.nullable = nullable;
  return column;
}

Table make_table() {
  Table table;
  table.name = "orders";
  table.columns = {
      make_column("id", "int", TypeFamily::integer, false), make_column("note", "nvarchar(40)", TypeFamily::text),
      make_column("active", "bit", TypeFamily::boolean, false), make_column("body", "nvarchar(max)", TypeFamily::text)};
  return table;
}

std::string only(const Ddl& ddl) {
  REQUIRE(ddl.statements.size() == 1);
  return ddl.statements.front();
}

ExpressionTree leaf(Kind kind, std::string text) {
  return {kind, std::move(text), {}};
}

WrittenSql written(const ExpressionTree& tree, ExpressionUse use = ExpressionUse::check) {
  static const Table table = make_table();
  ExpressionSite site;
  site.use = use;
  site.column_type = [](std::string_view name) -> const Type* {
    for (const Column& column : table.columns) {
      if (column.name == name) return &column.type;
    }
    return nullptr;
  };
  return kWriter.expression(tree, site);
}

std::string check_of(const ExpressionTree& tree) {
  return written(tree).text;
}
std::string predicate_of(const ExpressionTree& tree) {
  return written(tree, ExpressionUse::index_predicate).text;
}

std::string default_of(const ExpressionTree& tree, TypeFamily family, bool with_time_zone = false) {
  Type type;
  type.family = family;
  type.with_time_zone = with_time_zone;
  ExpressionSite site;
  site.use = ExpressionUse::default_value;
  site.target = &type;
  return kWriter.expression(tree, site).text;
}

}  // namespace

TEST_CASE("SqlServerDdlWriter translates types by their meaning") {
  Type type;
  const auto text = [&] { return kWriter.translated_type(type).text; };
  type.family = TypeFamily::boolean;
  CHECK(text() == "bit");
  type = {};
  type.family = TypeFamily::text;
  CHECK(text() == "nvarchar(max)");
  type.length = 4000;
  CHECK(text() == "nvarchar(4000)");
  CHECK(kWriter.translated_type(type).remark.empty());
  type.length = 4001;
  CHECK(text() == "nvarchar(max)");
  CHECK_FALSE(kWriter.translated_type(type).remark.empty());
  type = {};
  type.family = TypeFamily::timestamp;
  type.precision = 6;
  CHECK(text() == "datetime2(6)");
  type.with_time_zone = true;
  CHECK(text() == "datetimeoffset(6)");
  type = {};
  type.family = TypeFamily::decimal;
  CHECK(text() == "decimal(38,10)");
  CHECK_FALSE(kWriter.translated_type(type).remark.empty());
  type.precision = 50;
  type.scale = 49;
  CHECK(text() == "decimal(38,38)");
  type.precision = 10;
  type.scale = 2;
  CHECK(text() == "decimal(10,2)");
  type = {};
  type.family = TypeFamily::integer;
  type.bits = 32;
  type.array_dimensions = 1;
  CHECK_FALSE(kWriter.translated_type(type).remark.empty());
  type = {};
  type.family = TypeFamily::interval;
  type.printed = "interval";
  CHECK(kWriter.translated_type(type).remark.find("interval") != std::string::npos);
  type = {};
  type.family = TypeFamily::text;
  type.printed = "nvarchar(11)";
  type.user_type = "dbo.phone";
  CHECK(kWriter.own_type(type).text == "[dbo].[phone]");
}

TEST_CASE("SqlServerDdlWriter reads the names of types in casts, and refuses nonsense") {
  CHECK(kWriter.type_of_name("nvarchar(5)")->length == 5);
  CHECK_FALSE(kWriter.type_of_name("nvarchar(max)")->length);
  CHECK(kWriter.type_of_name("national character varying(5)")->name == "nvarchar");
  CHECK(kWriter.type_of_name("dec(9, 2)")->scale == 2);
  CHECK(kWriter.type_of_name("datetime2")->precision == 7);
  CHECK(kWriter.type_of_name("float(24)")->bits == 32);
  CHECK_FALSE(kWriter.type_of_name("regclass"));
  CHECK_FALSE(kWriter.type_of_name("nvarchar(99999999999)"));
  CHECK_FALSE(kWriter.type_of_name("nvarchar("));
}

TEST_CASE("SqlServerDdlWriter creates a table with all that belongs to it, hostile names quoted") {
  Table table = make_table();
  table.name = kHostile;
  table.columns.pop_back();
  table.columns[0].identity = Identity{Identity::Kind::always, {"5", "10", "", "", false, {}}};
  table.columns[2].default_value = catalog::Expression{"1"};
  catalog::Key primary;
  primary.name = "pk";
  primary.columns = {"id"};
  table.primary_key = primary;
  catalog::Key one_null;
  one_null.name = "uq";
  one_null.columns = {"note"};
  one_null.nulls_not_distinct = true;
  catalog::Key many_nulls;
  many_nulls.columns = {"note", "active"};
  table.unique_constraints = {one_null, many_nulls};
  const Ddl ddl = kWriter.create_table({"dbo", table});
  REQUIRE(ddl.statements.size() == 2);
  CHECK(ddl.statements[0] ==
        "CREATE TABLE [dbo].\"we\"\"ird]name \xF0\x9F\x98\x80\" (\n"
        "    [id] int IDENTITY(5,10) NOT NULL,\n"
        "    [note] nvarchar(40) NULL,\n"
        "    [active] bit CONSTRAINT \"DF_we\"\"ird]name \xF0\x9F\x98\x80_active\" DEFAULT (1) NOT NULL,\n"
        "    CONSTRAINT [pk] PRIMARY KEY ([id]),\n"
        "    CONSTRAINT [uq] UNIQUE ([note])\n)");
  CHECK(ddl.statements[1] ==
        "CREATE UNIQUE NONCLUSTERED INDEX \"UX_we\"\"ird]name \xF0\x9F\x98\x80_note_active\" ON "
        "[dbo].\"we\"\"ird]name \xF0\x9F\x98\x80\" ([note], [active]) WHERE [note] IS NOT NULL");
}

TEST_CASE("SqlServerDdlWriter makes no name longer than the server takes") {
  Table table = make_table();
  table.name.clear();
  for (int i = 0; i < 64; ++i) table.name += "\xF0\x9F\x98\x80";  // 64 characters, 128 UTF-16 units
  Column column = table.columns[2];
  column.default_value = catalog::Expression{"1"};
  const std::string statement = only(kWriter.set_default({"dbo", table}, table.columns[2], column));
  std::string name = "DF_";
  for (int i = 0; i < 62; ++i) name += "\xF0\x9F\x98\x80";
  CHECK(statement.find("ADD CONSTRAINT [" + name + "] DEFAULT (1) FOR [active]") != std::string::npos);
  const Ddl ddl = kWriter.add_column({"dbo", table}, make_column(std::string(129, 'x'), "int", TypeFamily::integer));
  CHECK(ddl.remarks.size() == 1);
}

TEST_CASE("SqlServerDdlWriter restates type, collation and nullability of an altered column") {
  const Table table = make_table();
  Column before = make_column("note", "nvarchar(40)", TypeFamily::text);
  Column after = make_column("note", "nvarchar(50)", TypeFamily::text, false);
  after.collation = "Latin1_General_100_CS_AS";
  CHECK(only(kWriter.alter_column({"dbo", table}, before, after)) ==
        "ALTER TABLE [dbo].[orders] ALTER COLUMN [note] nvarchar(50) COLLATE Latin1_General_100_CS_AS NOT NULL");
  after = make_column("note", "int", TypeFamily::integer);
  const Ddl ddl = kWriter.alter_column({"dbo", table}, before, after);
  CHECK(only(ddl) == "ALTER TABLE [dbo].[orders] ALTER COLUMN [note] int NULL");
  CHECK(ddl.remarks.size() == 1);
  after = make_column("note", "timestamp", TypeFamily::row_version);
  CHECK(kWriter.alter_column({"dbo", table}, before, after).statements.empty());
}

TEST_CASE("SqlServerDdlWriter drops a default by its name, which it looks up where it is not known") {
  const Table table = make_table();
  Column column = table.columns[2];
  column.default_value = catalog::Expression{"((1))"};
  column.default_name = "DF__orders__active__3B75D760";
  CHECK(only(kWriter.drop_default({"dbo", table}, column)) ==
        "ALTER TABLE [dbo].[orders] DROP CONSTRAINT [DF__orders__active__3B75D760]");
  Column zero = column;
  zero.default_value = catalog::Expression{"0"};
  zero.default_name.clear();
  const std::vector<std::string> changed = kWriter.set_default({"dbo", table}, column, zero).statements;
  REQUIRE(changed.size() == 2);
  CHECK(changed[1] == "ALTER TABLE [dbo].[orders] ADD CONSTRAINT [DF_orders_active] DEFAULT (0) FOR [active]");
  column.default_name.clear();
  const std::string looked_up = only(kWriter.drop_default({"dbo", table}, column));
  CHECK(looked_up.find("OBJECT_ID(N'[dbo].[orders]')") != std::string::npos);
  CHECK(looked_up.find("c.name = N'active'") != std::string::npos);
}

TEST_CASE("SqlServerDdlWriter makes unique keys that take as many NULLs as wanted") {
  const Table table = make_table();
  catalog::Key key;
  key.name = "uq";
  key.columns = {"note"};
  CHECK(only(kWriter.add_key({"dbo", table}, key, false)) ==
        "CREATE UNIQUE NONCLUSTERED INDEX [uq] ON [dbo].[orders] ([note]) WHERE [note] IS NOT NULL");
  CHECK(kWriter.key_is_index({"dbo", table}, key));
  key.nulls_not_distinct = true;
  CHECK(only(kWriter.add_key({"dbo", table}, key, false)) ==
        "ALTER TABLE [dbo].[orders] ADD CONSTRAINT [uq] UNIQUE ([note])");
  key.nulls_not_distinct = false;
  key.columns = {"id"};
  CHECK(only(kWriter.add_key({"dbo", table}, key, false)) ==
        "ALTER TABLE [dbo].[orders] ADD CONSTRAINT [uq] UNIQUE ([id])");
  CHECK_FALSE(kWriter.key_is_index({"dbo", table}, key));
  key.columns = {"body"};
  const Ddl none = kWriter.add_key({"dbo", table}, key, false);
  CHECK(none.statements.empty());
  CHECK(none.remarks.size() == 1);
}

TEST_CASE("SqlServerDdlWriter writes indexes with order, included columns and predicate, and says which it cannot") {
  const Table table = make_table();
  catalog::Index index;
  index.name = "ix";
  index.method = "btree";
  index.columns = {{"id", "", true, false, "", ""}, {"note", "", false, true, "", ""}};
  index.included = {"body"};
  index.predicate = catalog::Expression{"[active] = 1"};
  CHECK(only(kWriter.add_index({"dbo", table}, index)) ==
        "CREATE NONCLUSTERED INDEX [ix] ON [dbo].[orders] ([id] DESC, [note]) INCLUDE ([body]) WHERE [active] = 1");
  index.columns[1].nulls_first = false;
  CHECK(kWriter.add_index({"dbo", table}, index).remarks.size() == 1);
  index.columns[1] = {"body", "", false, true, "", ""};
  CHECK(kWriter.add_index({"dbo", table}, index).statements.empty());
  index.columns[1] = {"", "lower(note)", false, true, "", ""};
  CHECK(kWriter.add_index({"dbo", table}, index).statements.empty());
  index.columns.pop_back();
  index.method = "gin";
  CHECK(kWriter.add_index({"dbo", table}, index).statements.empty());
  index.method = "btree";
  index.unique = true;
  index.predicate.reset();
  index.columns = {{"note", "", false, true, "", ""}};
  index.included.clear();
  CHECK(only(kWriter.add_index({"dbo", table}, index)) ==
        "CREATE UNIQUE NONCLUSTERED INDEX [ix] ON [dbo].[orders] ([note]) WHERE [note] IS NOT NULL");
}

TEST_CASE("SqlServerDdlWriter writes foreign keys, and says what they cannot have") {
  const Table table = make_table();
  catalog::ForeignKey key;
  key.name = "fk";
  key.columns = {"id"};
  key.referenced_schema = "dbo";
  key.referenced_table = "t";
  key.referenced_columns = {"x"};
  key.on_delete = catalog::ReferentialAction::cascade;
  key.on_update = catalog::ReferentialAction::restrict_;
  const std::string plain = "ADD CONSTRAINT [fk] FOREIGN KEY ([id]) REFERENCES [dbo].[t] ([x]) ON DELETE CASCADE";
  CHECK(only(kWriter.add_foreign_key({"dbo", table}, key)) == "ALTER TABLE [dbo].[orders] " + plain);
  key.validated = false;
  key.enforced = false;
  const Ddl disabled = kWriter.add_foreign_key({"dbo", table}, key);
  REQUIRE(disabled.statements.size() == 2);
  CHECK(disabled.statements[0] == "ALTER TABLE [dbo].[orders] WITH NOCHECK " + plain);
  CHECK(disabled.statements[1] == "ALTER TABLE [dbo].[orders] NOCHECK CONSTRAINT [fk]");
  key = {};
  key.columns = {"id", "note"};
  key.referenced_schema = "dbo";
  key.referenced_table = "orders";
  key.on_delete = catalog::ReferentialAction::set_null;
  key.match_full = true;
  key.deferrable = true;
  const Ddl poorer = kWriter.add_foreign_key({"dbo", table}, key);
  CHECK(only(poorer) == "ALTER TABLE [dbo].[orders] ADD FOREIGN KEY ([id], [note]) REFERENCES [dbo].[orders]");
  CHECK(poorer.remarks.size() == 3);
}

TEST_CASE("SqlServerDdlWriter cannot give or take an identity, and says so") {
  const Table table = make_table();
  Column plain = make_column("id", "int", TypeFamily::integer, false);
  Column identity = plain;
  identity.identity = Identity{Identity::Kind::always, {"1", "1", "", "", false, {}}};
  Column stepped = plain;
  stepped.identity = Identity{Identity::Kind::always, {"1", "5", "", "", false, {}}};
  const std::vector<std::pair<Column, Column>> pairs = {{plain, identity}, {identity, plain}, {identity, stepped}};
  for (const auto& [before, after] : pairs) {
    const Ddl ddl = kWriter.alter_identity({"dbo", table}, before, after);
    CHECK(ddl.statements.empty());
    CHECK(ddl.remarks.size() == 1);
  }
}

TEST_CASE("SqlServerDdlWriter adds, updates and drops comments as extended properties") {
  using CommentKind = CommentedObject::Kind;
  const CommentedObject column{CommentKind::column, "dbo", "orders", "no'te", false};
  const std::string levels =
      "@level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'orders', "
      "@level2type = N'COLUMN', @level2name = N'no''te'";
  CHECK(only(kWriter.set_comment(column, std::nullopt, "it's")) ==
        "EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'it''s', " + levels);
  CHECK(only(kWriter.set_comment(column, "old", "new")) ==
        "EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = N'new', " + levels);
  CHECK(only(kWriter.set_comment(column, "old", std::nullopt)) ==
        "EXEC sys.sp_dropextendedproperty @name = N'MS_Description', " + levels);
  CHECK(kWriter.set_comment(column, std::nullopt, std::string(3751, 'x')).statements.empty());
  CHECK(kWriter.set_comment(column, std::nullopt, std::string(3750, 'x')).statements.size() == 1);
  const std::string index = only(kWriter.set_comment({CommentKind::index, "dbo", "t", "ix", false}, std::nullopt, "c"));
  CHECK(index.ends_with("@level2type = N'INDEX', @level2name = N'ix'"));
  const std::string schema = only(kWriter.set_comment({CommentKind::schema, "dbo", "", "", false}, std::nullopt, "c"));
  CHECK(schema.ends_with("@level0name = N'dbo'"));
}

TEST_CASE("SqlServerDdlWriter makes conditions of booleans and values of conditions") {
  const ExpressionTree active = leaf(Kind::column, "active");
  const ExpressionTree id = leaf(Kind::column, "id");
  const ExpressionTree positive{Kind::operation, ">", {id, leaf(Kind::number, "0")}};
  CHECK(check_of(active) == "[active] = 1");
  CHECK(check_of({Kind::negation, "", {active}}) == "[active] = 0");
  CHECK(check_of({Kind::operation, "=", {active, leaf(Kind::boolean, "true")}}) == "[active] = 1");
  CHECK(check_of({Kind::any_of, "", {{Kind::negation, "", {active}}, positive}}) == "[active] = 0 OR [id] > 0");
  CHECK(check_of({Kind::all_of, "", {active, {Kind::any_of, "", {positive, active}}}}) ==
        "[active] = 1 AND ([id] > 0 OR [active] = 1)");
  CHECK(check_of({Kind::negation, "", {positive}}) == "NOT ([id] > 0)");
  CHECK(written(positive, ExpressionUse::computed).text ==
        "CASE WHEN [id] > 0 THEN CAST(1 AS bit) WHEN NOT ([id] > 0) THEN CAST(0 AS bit) END");
  CHECK(check_of({Kind::truth_test, "true", {active}}) == "CASE WHEN [active] = 1 THEN 1 ELSE 0 END = 1");
  CHECK(check_of({Kind::call, "is_json", {leaf(Kind::column, "note")}}) == "ISJSON([note]) = 1");
  CHECK(default_of(leaf(Kind::boolean, "true"), TypeFamily::boolean) == "1");
  CHECK(default_of({Kind::cast, "bit", {leaf(Kind::string, "t")}}, TypeFamily::boolean) == "1");
}

TEST_CASE("SqlServerDdlWriter writes the neutral words of expressions in its own way") {
  const ExpressionTree note = leaf(Kind::column, "note");
  const auto compared = [&](std::string name, std::vector<ExpressionTree> arguments) {
    return check_of(
        {Kind::operation, ">", {{Kind::call, std::move(name), std::move(arguments)}, leaf(Kind::number, "0")}});
  };
  CHECK(compared("length", {note}) == "LEN([note]) > 0");
  CHECK(compared("position", {leaf(Kind::string, "@"), note}) == "CHARINDEX(N'@', [note]) > 0");
  CHECK(compared("extract", {leaf(Kind::string, "year"), note}) == "DATEPART(year, [note]) > 0");
  CHECK(compared("octet_length", {note}) == "DATALENGTH([note]) > 0");
  CHECK(compared("coalesce", {note, leaf(Kind::number, "0")}) == "coalesce([note], 0) > 0");
  CHECK(default_of({Kind::call, "now", {}}, TypeFamily::timestamp) == "sysdatetime()");
  CHECK(default_of({Kind::call, "now", {}}, TypeFamily::timestamp, true) == "sysdatetimeoffset()");
  CHECK(default_of({Kind::call, "utc_now", {}}, TypeFamily::timestamp) == "sysutcdatetime()");
  CHECK(default_of({Kind::call, "new_uuid", {}}, TypeFamily::uuid) == "newid()");
  CHECK(default_of({Kind::call, "next_value", {leaf(Kind::string, "dbo.q]q")}}, TypeFamily::integer) ==
        "NEXT VALUE FOR [dbo].\"q]q\"");
  CHECK(default_of({Kind::cast, "int", {leaf(Kind::string, "-1")}}, TypeFamily::integer) == "-1");
  CHECK(default_of(leaf(Kind::bytes, "00ff"), TypeFamily::binary) == "0x00ff");
  CHECK(default_of({Kind::cast, "datetimeoffset(6)", {leaf(Kind::string, "2020-01-01 00:00:00+00")}},
                   TypeFamily::timestamp, true) == "N'2020-01-01 00:00:00+00:00'");
  CHECK(check_of({Kind::operation, "like", {note, leaf(Kind::string, "a%")}}) == "[note] LIKE N'a%'");
  CHECK(check_of({Kind::operation, "like", {note, leaf(Kind::string, "[a]")}}) == "[note] LIKE N'\\[a]' ESCAPE N'\\'");
  CHECK(check_of({Kind::negation, "", {{Kind::operation, "like", {note, leaf(Kind::string, "a%")}}}}) ==
        "[note] NOT LIKE N'a%'");
  // A needless cast would hide the column from an index, and a predicate takes none.
  CHECK(check_of({Kind::operation, "=", {{Kind::cast, "nvarchar(max)", {note}}, leaf(Kind::string, "x")}}) ==
        "[note] = N'x'");
  const ExpressionTree id = leaf(Kind::column, "id");
  CHECK(check_of({Kind::operation, ">", {{Kind::cast, "decimal(38,10)", {id}}, leaf(Kind::number, "0.5")}}) ==
        "[id] > 0.5");
  CHECK(check_of({Kind::operation, ">", {{Kind::cast, "decimal(5,0)", {id}}, leaf(Kind::number, "0")}}) ==
        "CAST([id] AS decimal(5,0)) > 0");
  CHECK(written({Kind::operation, "||", {note, leaf(Kind::column, "id")}}, ExpressionUse::computed).text ==
        "([note] + CAST([id] AS nvarchar(max)))");
}

TEST_CASE("SqlServerDdlWriter takes only simple predicates for indexes") {
  const ExpressionTree note = leaf(Kind::column, "note");
  const ExpressionTree a{Kind::operation, "=", {note, leaf(Kind::string, "a")}};
  const ExpressionTree b{Kind::operation, "=", {note, leaf(Kind::string, "b")}};
  const ExpressionTree active = leaf(Kind::column, "active");
  CHECK(predicate_of({Kind::all_of, "", {a, active, {Kind::negation, "", {{Kind::null_test, "", {note}}}}}}) ==
        "[note] = N'a' AND [active] = 1 AND [note] IS NOT NULL");
  CHECK(predicate_of({Kind::any_of, "", {a, b}}) == "[note] IN (N'a', N'b')");
  CHECK(
      predicate_of({Kind::between, "", {leaf(Kind::column, "id"), leaf(Kind::number, "1"), leaf(Kind::number, "5")}}) ==
      "[id] >= 1 AND [id] <= 5");
  CHECK(predicate_of({Kind::negation, "", {{Kind::membership, "", {note, leaf(Kind::string, "a")}}}}) ==
        "[note] <> N'a'");
  CHECK(predicate_of({Kind::any_of, "", {a, active}}).empty());
  CHECK(predicate_of({Kind::operation, "like", {note, leaf(Kind::string, "a%")}}).empty());
  CHECK(predicate_of({Kind::operation, "=", {{Kind::call, "lower", {note}}, leaf(Kind::string, "a")}}).empty());
}

TEST_CASE("SqlServerDdlWriter says what it cannot express") {
  const auto refused = [](const ExpressionTree& tree) {
    const WrittenSql result = written(tree);
    return result.text.empty() && !result.remark.empty();
  };
  const ExpressionTree note = leaf(Kind::column, "note");
  CHECK(refused({Kind::operation, "regex_match", {note, leaf(Kind::string, "^a")}}));
  CHECK(refused({Kind::operation, "ilike", {note, leaf(Kind::string, "a%")}}));
  CHECK(refused({Kind::operation, "->>", {note, leaf(Kind::string, "a")}}));
  CHECK(refused({Kind::operation, "; DROP TABLE x --", {note, note}}));
  CHECK(refused({Kind::call, "to_tsvector", {note}}));
  CHECK(refused({Kind::array, "", {note}}));
  CHECK(refused({Kind::call, "next_value", {leaf(Kind::string, "dbo.q")}}));
}

TEST_CASE("SqlServerDdlWriter ends statements so that the script reader finds them again") {
  std::string text;
  for (const std::string& statement : kWriter.opening()) text += kWriter.terminated(statement);
  const CommentedObject object{CommentedObject::Kind::table, "dbo", std::string(kHostile), "", false};
  // $(x) is a variable of sqlcmd, which the reader refuses; \ and a line break vanish from a literal.
  text += kWriter.terminated(only(kWriter.set_comment(object, std::nullopt, "a;\\\nb' $(x) $(y)\nGO\n")));
  const Script script = SqlServerScriptReader().read(text, "suggestion.sql", {});
  REQUIRE(script.statements.size() == 3);
  CHECK(script.statements[2].text.find("N'$' + N'") == std::string::npos);
  CHECK(script.statements[2].text.find("$' + N'(x) $' + N'(y)") != std::string::npos);
}

TEST_CASE("SqlServerDdlWriter writes no line that sqlcmd would take for a command") {
  const CommentedObject object{CommentedObject::Kind::table, "dbo", "orders", "", false};
  for (const std::string command :
       {"GO", "go 5", "  :setvar x y", ":!!rm x", "!!rm x", "EXIT", "quit", "RESET", "ed"}) {
    for (const std::string line_break : {"\n", "\r\n", "\r"}) {
      CAPTURE(command);
      const std::string comment = "a" + line_break + command + line_break + "b'";
      const std::string statement = only(kWriter.set_comment(object, std::nullopt, comment));
      CHECK(statement.find(line_break + command) == std::string::npos);
      CHECK(statement.find("+ N'" + command) != std::string::npos);
      CHECK_FALSE(kWriter.terminated(statement).empty());
      // A name cannot be split.
      Table table = make_table();
      table.name = comment;
      CHECK(kWriter.terminated(only(kWriter.drop_table({"dbo", table}))).empty());
    }
  }
  CHECK(only(kWriter.set_comment(object, std::nullopt, "a\r\nGO")).find("N'a' + NCHAR(13) + NCHAR(10) + N'GO'") !=
        std::string::npos);
  CHECK(only(kWriter.set_comment(object, std::nullopt, "a\ngone\nExits")).find("N'a\ngone\nExits'") !=
        std::string::npos);
  CHECK(kWriter.terminated("DROP TABLE [$(x)]").empty());
}

TEST_CASE("SqlServerDdlWriter takes over only types, collations and numbers from a catalog") {
  const Table table = make_table();
  const DdlTable orders{"dbo", table};
  const auto refused = [](const Ddl& ddl) { return ddl.statements.empty() && !ddl.remarks.empty(); };
  for (const std::string type : {"int); DROP TABLE q; --", "int DEFAULT 1", "int--", "[a]]b", "int(1", "int(1) x", "",
                                 "a.", "[x", "1", "int;"}) {
    CAPTURE(type);
    const Column column = make_column("nc", type, TypeFamily::other);
    CHECK(refused(kWriter.add_column(orders, column)));
    CHECK(refused(kWriter.alter_column(orders, table.columns[0], column)));
    CHECK(kWriter.own_type(column.type).text.empty());
    Table made = table;
    made.columns.push_back(column);
    CHECK(refused(kWriter.create_table({"dbo", made})));
    catalog::UserType alias;
    alias.name = "t";
    alias.kind = "alias";
    alias.base = type;
    CHECK(refused(kWriter.create_type("dbo", alias)));
  }
  for (const std::string type : {"int", "decimal(10,2)", "nvarchar(max)", "[dbo].[we ird]", "sys.geometry"}) {
    CAPTURE(type);
    CHECK_FALSE(refused(kWriter.add_column(orders, make_column("nc", type, TypeFamily::other))));
  }
  Column column = make_column("nc", "nvarchar(5)", TypeFamily::text);
  column.collation = "Latin1_General_CI_AS; DROP TABLE q";
  CHECK(refused(kWriter.add_column(orders, column)));
  CHECK(refused(kWriter.alter_column(orders, table.columns[1], column)));
  Column counted = make_column("n", "int", TypeFamily::integer);
  counted.identity = Identity{};
  counted.identity->options.start = "1); DROP TABLE q; --";
  CHECK(refused(kWriter.add_column(orders, counted)));
  catalog::Sequence sequence;
  sequence.name = "q";
  sequence.options.maximum = "9; DROP TABLE q";
  CHECK(refused(kWriter.create_sequence("dbo", sequence)));
  CHECK(refused(kWriter.alter_sequence("dbo", {}, sequence)));
}

TEST_CASE("SqlServerDdlWriter makes keys and indexes that leave duplicates out, but none with a filter") {
  const Table table = make_table();
  catalog::Key key;
  key.name = "uq";
  key.columns = {"id"};
  key.nulls_not_distinct = true;
  key.ignores_duplicates = true;
  const auto ends = [](const Ddl& ddl, std::string_view end) { return only(ddl).ends_with(end); };
  CHECK(ends(kWriter.add_key({"dbo", table}, key, false), "UNIQUE ([id]) WITH (IGNORE_DUP_KEY = ON)"));
  catalog::Index index;
  index.name = "ux";
  index.unique = index.nulls_not_distinct = true;
  index.ignores_duplicates = true;
  index.columns = {{"id", "", false, true, "", ""}};
  CHECK(ends(kWriter.add_index({"dbo", table}, index), "([id]) WITH (IGNORE_DUP_KEY = ON)"));
  index.predicate = catalog::Expression{"([id]>(0))"};
  CHECK(ends(kWriter.add_index({"dbo", table}, index), "WHERE ([id]>(0))"));
}

}  // namespace paripassu::sqlserver
