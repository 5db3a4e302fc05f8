#include "backends/postgres/script_reader.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/skip.h"

using namespace paripassu;

namespace {

Script read(std::string_view text, bool skip = false) {
  ScriptOptions options;
  options.skip_database_commands = skip;
  return postgres::PostgresScriptReader().read(text, "a.sql", options);
}

std::vector<std::string> texts(const Script& script) {
  std::vector<std::string> result;
  for (const ScriptStatement& statement : script.statements) result.push_back(statement.text);
  return result;
}

std::vector<std::string> split(std::string_view text) {
  return texts(read(text));
}

Error failure(std::string_view text, bool skip = false) {
  try {
    read(text, skip);
  } catch (const Error& e) {
    return e;
  }
  return Error(ErrorCategory::internal, "nothing was thrown");
}

SourcePosition place(int line, int column) {
  return {"a.sql", line, column};
}

std::string outside(std::string_view text) {
  return read(text).statements.at(0).outside_transaction;
}
bool controls(std::string_view text) {
  return read(text).statements.at(0).controls_transaction;
}
bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("PostgresScriptReader splits at semicolons and drops empty statements") {
  CHECK(split("SELECT 1; SELECT 2;\n;; -- nothing\n;/* */;SELECT 3") == Texts{"SELECT 1", "SELECT 2", "SELECT 3"});
  CHECK(split("").empty());
  CHECK(split("a;\x01;SELECT 1") == Texts{"a", "\x01", "SELECT 1"});
  CHECK(split(" \r\n\t-- only a comment").empty());
}

TEST_CASE("PostgresScriptReader keeps quoted semicolons together") {
  for (const std::string statement :
       {"SELECT 'a;b'", "SELECT 'it''s;'", "SELECT E'\\';'", "SELECT U&'\\0041;'", "SELECT \"a;\"\"b\" FROM t",
        "SELECT $$ ; $$", "SELECT $a$ $$;$$ $b$ ; $a$", "SELECT 1 /* ; /* ; */ ; */ + 1", "SELECT 1 -- ;\n + 1",
        "SELECT 'a'\n'b;'", "SELECT E'a'\n  'b\\';'", "SELECT B'01', X'1f', '\\'",
        "SELECT a.\"end\", 'é;€' FROM \"ü;\""})
    CHECK(split(statement + ";SELECT 2") == Texts{statement, "SELECT 2"});
}

TEST_CASE("PostgresScriptReader keeps BEGIN ATOMIC bodies together") {
  const std::string function =
      "CREATE OR REPLACE FUNCTION f(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n  SELECT 1;\n"
      "  SELECT CASE WHEN x > 1 THEN 2 ELSE CASE x WHEN 1 THEN 3 END END AS end;\n  SELECT x.end FROM t x;\nEND";
  CHECK(split(function + "; SELECT 2;") == Texts{function, "SELECT 2"});
  const std::string procedure = "create procedure p() begin atomic insert into t values (1); end";
  CHECK(split(procedure + ";SELECT 2") == Texts{procedure, "SELECT 2"});
  CHECK(split("BEGIN; CREATE TABLE atomic (a int); END; SELECT 2").size() == 4);
  CHECK(split("CREATE TABLE \"FUNCTION\" (a int); SELECT 1 AS begin; SELECT 2").size() == 3);
}

TEST_CASE("PostgresScriptReader does not split inside parentheses") {
  const std::string rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;)";
  CHECK(split(rule + "; SELECT 2") == Texts{rule, "SELECT 2"});
  CHECK(split("SELECT ')'); SELECT 2").size() == 2);
}

TEST_CASE("PostgresScriptReader gives positions of first tokens, without comments around a statement") {
  const Script script = read("-- é\n  /* c */ SELECT 1 /* in */ + 1 -- after\n ; /* € */ SELECT 2;\r\n\tSELECT 3");
  REQUIRE(texts(script) == Texts{"SELECT 1 /* in */ + 1", "SELECT 2", "SELECT 3"});
  CHECK(script.statements[0].position == place(2, 11));
  CHECK(script.statements[1].position == place(3, 12));
  CHECK(script.statements[2].position == place(4, 2));
}

TEST_CASE("PostgresScriptReader takes COPY data up to its end mark") {
  const Script script = read(
      "COPY t (a, \"from\") FROM stdin; -- c\n1\tit's $x$ /* \\N ; E'\\xff'\n\\N\t\\\\.\n\\.x\n\\.\nSELECT 1;\n"
      "copy u from stdin with (format csv)\n;\n\\.\nCOPY v FROM STDIN;\n\"\n\\.");
  REQUIRE(script.statements.size() == 4);
  CHECK(script.statements[0].kind == StatementKind::copy_from_stdin);
  CHECK(script.statements[0].text == "COPY t (a, \"from\") FROM stdin");
  CHECK(script.statements[0].copy_data == "1\tit's $x$ /* \\N ; E'\\xff'\n\\N\t\\\\.\n\\.x\n");
  CHECK(script.statements[1].text == "SELECT 1");
  CHECK(script.statements[1].position == place(6, 1));
  CHECK(script.statements[2].text == "copy u from stdin with (format csv)");
  CHECK(script.statements[2].copy_data.empty());
  CHECK(script.statements[3].copy_data == "\"\n");
}

TEST_CASE("PostgresScriptReader takes COPY data with CRLF as it is") {
  const Script script = read("COPY t FROM stdin;\r\n1\r\n2\r\n\\.\r\nSELECT 1;\r\n");
  REQUIRE(script.statements.size() == 2);
  CHECK(script.statements[0].copy_data == "1\r\n2\r\n");
  CHECK(script.statements[1].text == "SELECT 1");
  CHECK(script.statements[1].position == place(5, 1));
}

TEST_CASE("PostgresScriptReader does not take other COPY commands for inline data") {
  const Script script = read(
      "COPY t FROM 'stdin'; COPY (SELECT 1 FROM stdin) TO stdout; COPY t TO STDOUT; "
      "COPY t FROM \"stdin\"; COPY t FROM PROGRAM 'x'");
  REQUIRE(script.statements.size() == 5);
  for (const ScriptStatement& statement : script.statements) CHECK(statement.kind == StatementKind::sql);
}

TEST_CASE("PostgresScriptReader reports COPY data without its end at the COPY") {
  for (const std::string rest : {";\n1\n2\n", ";\n\\.x\n", "", ";", ";\n1\\.\n"}) {
    const Error error = failure("SELECT 1;\n  COPY t FROM stdin" + rest);
    CHECK(error.category() == ErrorCategory::script);
    CHECK(error.position() == place(2, 3));
    CHECK(contains(error.remedy(), "\\."));
  }
  CHECK(failure("COPY t FROM stdin; SELECT 1;\n\\.\n").position() == place(1, 20));
}

TEST_CASE("PostgresScriptReader refuses database commands with their place") {
  for (const std::string command :
       {"CREATE DATABASE x", "drop database if exists x", "ALTER DATABASE x SET work_mem = '1MB'", "\\c x",
        "\\connect x", "\\i x.sql", "\\ir x.sql", "\\copy t from 'f'", "\\set x 1", "\\gset", "\\if true", "\\! ls",
        "\\encoding latin1", "\\set ON_ERROR_STOP off", "\\g out.txt", "\\.", "\\nonsense", "\\"}) {
    CAPTURE(command);
    const Error error = failure("SELECT 1;\n  " + command + "\n");
    CHECK(error.category() == ErrorCategory::script);
    CHECK(error.position() == place(2, 3));
    CHECK_FALSE(error.remedy().empty());
  }
}

TEST_CASE("PostgresScriptReader skips database commands and says which") {
  const Script script = read(
      "DROP DATABASE IF EXISTS x;\nCREATE DATABASE x\n  OWNER y;\n\\c x;\nSELECT 1;\n"
      "\\i it's.sql\nSELECT 2 \\gset p_\nSELECT\n\\setenv A b\n 3;",
      true);
  CHECK(texts(script) == Texts{"SELECT 1", "SELECT 2", "SELECT\n           \n 3"});
  std::vector<std::string> commands;
  for (const SkippedCommand& command : script.skipped)
    commands.push_back(std::to_string(command.position.line) + ":" + command.command);
  CHECK(commands == Texts{"1:DROP DATABASE IF EXISTS x", "2:CREATE DATABASE x", "4:\\c x;", "6:\\i it's.sql",
                          "7:\\gset p_", "9:\\setenv A b"});
  CHECK(script.statements[2].position == place(8, 1));
}

TEST_CASE("PostgresScriptReader skips the data of a \\copy with it, and nothing else") {
  CHECK(texts(read("\\copy t from stdin\nit's\n\\.\nSELECT 1;", true)) == Texts{"SELECT 1"});
  CHECK(texts(read("\\copy t from 'stdin'\nSELECT 1;\n\\copy (select 1 from stdin) to 'x'\nSELECT 2;\n"
                   "\\copy t from pstdin\nSELECT 3;",
                   true)) == Texts{"SELECT 1", "SELECT 2", "SELECT 3"});
  CHECK(failure("\\copy t from stdin\nSELECT 1;", true).position() == place(1, 1));
}

TEST_CASE("PostgresScriptReader refuses \\if even when commands are skipped, since both branches would run") {
  CHECK(failure("\\if :x\nDROP TABLE a;\n\\else\nDROP TABLE b;\n\\endif", true).position() == place(1, 1));
}

TEST_CASE("PostgresScriptReader drops meta commands that change nothing in the database") {
  const Script script = read(
      "\\restrict a'bc\n\\echo it's -- fine\n\\set ON_ERROR_STOP on\n\\pset pager off \\timing on\n\\encoding UTF8\n"
      "\\dt+\n\\echo 'a\\\\b' \\\\ SELECT 1;\nSELECT 2\n  \\x\n ;\n\\unrestrict a'bc\n\\q");
  CHECK(texts(script) == Texts{"SELECT 1", "SELECT 2"});
  CHECK(script.skipped.empty());
  CHECK(script.statements[0].position == place(7, 17));
}

TEST_CASE("PostgresScriptReader ends statements at \\g, \\gx and \\;") {
  CHECK(split("SELECT 1 \\g\nSELECT 2\n\\gx\nSELECT 3\\;SELECT 4;") ==
        Texts{"SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"});
  CHECK(texts(read("COPY t FROM stdin \\g\n1\n\\.\nSELECT 1")) == Texts{"COPY t FROM stdin", "SELECT 1"});
}

TEST_CASE("PostgresScriptReader ends the script at \\q only where nothing is lost") {
  CHECK(split("SELECT 1;\n\\q\n-- the end\n") == Texts{"SELECT 1"});
  CHECK(failure("SELECT 1;\n\\q\nSELECT 2;").position() == place(2, 1));
  CHECK(failure("SELECT 1\n\\q\n").position() == place(2, 1));
  const Script script = read("SELECT 1;\n\\q\nit's over", true);
  CHECK(texts(script) == Texts{"SELECT 1"});
  REQUIRE(script.skipped.size() == 1);
  CHECK(script.skipped[0].command == "\\q");
}

TEST_CASE("PostgresScriptReader leaves psql variables and backslashes in quotes alone") {
  CHECK(split("SELECT :x, :'y', :\"z\", a::int;") == Texts{"SELECT :x, :'y', :\"z\", a::int"});
  CHECK(split("SELECT $$\n\\c x\n$$, '\n\\i y\n'; /*\n\\q\n*/ SELECT 2 -- \\c z") ==
        Texts{"SELECT $$\n\\c x\n$$, '\n\\i y\n'", "SELECT 2"});
}

TEST_CASE("PostgresScriptReader knows what cannot run inside a transaction") {
  CHECK(outside("CREATE INDEX CONCURRENTLY i ON t (a)") == "CREATE INDEX CONCURRENTLY");
  CHECK(outside("create /* x */ unique index concurrently on t (a)") == "CREATE INDEX CONCURRENTLY");
  CHECK(outside("DROP INDEX CONCURRENTLY IF EXISTS i") == "DROP INDEX CONCURRENTLY");
  CHECK(outside("REINDEX TABLE CONCURRENTLY t") == "REINDEX CONCURRENTLY");
  CHECK(outside("REINDEX (VERBOSE, CONCURRENTLY) TABLE t") == "REINDEX CONCURRENTLY");
  CHECK(outside("REINDEX DATABASE x") == "REINDEX DATABASE");
  CHECK(outside("REINDEX (VERBOSE) SCHEMA x") == "REINDEX SCHEMA");
  CHECK(outside("VACUUM (FULL) t") == "VACUUM");
  CHECK(outside("CLUSTER") == "CLUSTER");
  CHECK(outside("CLUSTER VERBOSE") == "CLUSTER");
  CHECK(outside("ALTER SYSTEM SET work_mem = '1MB'") == "ALTER SYSTEM");
  CHECK(outside("CREATE TABLESPACE x LOCATION '/x'") == "CREATE TABLESPACE");
  CHECK(outside("DROP TABLESPACE x") == "DROP TABLESPACE");
  CHECK(outside("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p") == "CREATE SUBSCRIPTION");
  CHECK(outside("DROP SUBSCRIPTION s") == "DROP SUBSCRIPTION");
  CHECK(outside("ALTER SUBSCRIPTION s REFRESH PUBLICATION") == "ALTER SUBSCRIPTION PUBLICATION");
  CHECK(outside("ALTER TABLE a.b DETACH PARTITION a.c CONCURRENTLY") == "DETACH PARTITION CONCURRENTLY");
  CHECK(outside("DISCARD ALL") == "DISCARD ALL");
  CHECK(outside("ALTER TYPE s.mood ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'") == "ALTER TYPE ADD VALUE");
}

TEST_CASE("PostgresScriptReader takes neither names nor text for such commands") {
  for (const char* statement :
       {"CREATE INDEX \"concurrently\" ON t (a)", "CREATE INDEX i ON t (a) /* CONCURRENTLY */", "DROP INDEX i",
        "REINDEX TABLE t", "REINDEX (CONCURRENTLY false) TABLE t", "REINDEX (CONCURRENTLY OFF) TABLE t", "CLUSTER t",
        "CLUSTER VERBOSE t USING i", "DISCARD TEMP", "ALTER TYPE t ADD ATTRIBUTE \"value\" int",
        "ALTER TYPE t RENAME VALUE 'a' TO 'b'", "ALTER TABLE a DETACH PARTITION b FINALIZE",
        "ALTER TABLE a DETACH PARTITION s.concurrently", "ALTER TABLESPACE x RENAME TO y", "SELECT 'VACUUM'",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "CREATE TABLE vacuum (a int)"}) {
    CAPTURE(statement);
    CHECK(outside(statement).empty());
  }
}

TEST_CASE("PostgresScriptReader knows which statements control transactions") {
  for (const char* statement :
       {"BEGIN", "begin isolation level serializable", "START TRANSACTION", "COMMIT", "END WORK", "ROLLBACK",
        "ROLLBACK AND CHAIN", "ABORT", "PREPARE TRANSACTION 'x'", "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'"}) {
    CAPTURE(statement);
    CHECK(controls(statement));
  }
  for (const char* statement : {"ROLLBACK TO s", "ROLLBACK WORK TO SAVEPOINT s", "SAVEPOINT s", "RELEASE s",
                                "PREPARE p AS SELECT 1", "PREPARE transaction AS SELECT 1", "SELECT 1 AS commit",
                                "SET TRANSACTION READ ONLY", "DO $$ BEGIN COMMIT; END $$"}) {
    CAPTURE(statement);
    CHECK_FALSE(controls(statement));
  }
}

TEST_CASE("PostgresScriptReader reports what has no end where it starts") {
  for (const std::string token : {"'a;\n;", "E'a\\'", "\"a;", "$$ a;\n", "$a$ $$ ;", "/* a /* b */ ;", "U&'a", "B'0"}) {
    CAPTURE(token);
    const Error error = failure("SELECT 'é';\n  SELECT é, " + token);
    CHECK(error.category() == ErrorCategory::script);
    CHECK(contains(error.message(), "unterminated"));
    CHECK(error.position() == place(2, 13));
  }
}

TEST_CASE("PostgresScriptReader reports escapes that PostgreSQL cannot read") {
  CHECK(failure("SELECT 1;\nSELECT E'\\xff', 'x';").position() == place(2, 8));
  CHECK(failure("SELECT 1;\nSELECT E'ab\\u00zz';").position().line == 2);
  CHECK(failure("SELECT E'\\ud800';").category() == ErrorCategory::script);
  CHECK(failure(std::string_view("SELECT \0;", 9)).position() == place(1, 8));
}

TEST_CASE("PostgresScriptReader leaves numbers that only some servers read to the server") {
  CHECK(split("SELECT 1and 2, 0x1F, 1_000, $1x; SELECT 2") == Texts{"SELECT 1and 2, 0x1F, 1_000, $1x", "SELECT 2"});
}

TEST_CASE("PostgresScriptReader reads tokens of any length in any place") {
  for (const std::size_t size : {100u, 255u, 256u, 257u, 1000u, 5000u, 40'000u, 100'000u}) {
    CAPTURE(size);
    const std::string filler(size, 'x');
    const Texts expected = {"SELECT '" + filler + ";\n\\c " + filler + "'", "SELECT 2"};
    CHECK(split("-- " + filler + "\n" + expected[0] + ";\n" + expected[1] + ";") == expected);
    CHECK(split("/*" + filler + "\n\\q\n*/SELECT 1;--" + filler) == Texts{"SELECT 1"});
    CHECK(split("SELECT " + filler + "; --" + filler + "\\c x\nSELECT 2") == Texts{"SELECT " + filler, "SELECT 2"});
    const std::string escaped = "SELECT E'" + filler + "'" + std::string(size, '\n') + "'\\';'";
    CHECK(split(escaped + ";SELECT 2") == Texts{escaped, "SELECT 2"});
    const Script copy = read("COPY t FROM stdin;\n" + filler + "\t'\n\\.\nSELECT 1");
    REQUIRE(copy.statements.size() == 2);
    CHECK(copy.statements[0].copy_data == filler + "\t'\n");
  }
}

TEST_CASE("PostgresScriptReader reads in time that grows with the script") {
  std::string dump = "\\restrict x\n";
  for (int table = 0; table < 1000; ++table) {
    dump += "COPY public.t" + std::to_string(table) + " (id, name) FROM stdin;\n";
    for (int row = 0; row < 20; ++row) dump += std::to_string(row) + "\tit's $x$ /* 1and2\n\\N\t\"\n";
    dump += "\\.\n\n";
  }
  const std::vector<std::string> inputs = {dump,
                                           [] {
                                             std::string text;
                                             for (int i = 0; i < 100'000; ++i) text += "\\g SELECT 1 ";
                                             return text;
                                           }(),
                                           "SELECT 1;(" + std::string(500'000, ';'), std::string(1'000'000, '\\'),
                                           "SELECT '" + std::string(1'000'000, '\n') + "\\q"};
  for (const std::string& input : inputs) {
    const auto start = std::chrono::steady_clock::now();
    try {
      read(input, true);
    } catch (const Error& e) {
      CHECK(e.category() == ErrorCategory::script);
    }
    // Quadratic reading takes minutes; sanitizers and a busy machine are allowed for.
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  }
  CHECK(read(dump).statements.size() == 1000);
}

TEST_CASE("PostgresScriptReader can be used by several threads") {
  std::vector<std::size_t> counts(4);
  std::vector<std::thread> threads;
  for (std::size_t& count : counts)
    threads.emplace_back([&count] {
      for (int i = 0; i < 50; ++i) count += read("SELECT 'a;'; SELECT $$;$$; -- c").statements.size();
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::size_t count : counts) CHECK(count == 100);
}

TEST_CASE("PostgresScriptReader reads scripts of other projects") {
  const char* folder = std::getenv("PARIPASSU_CORPORA");
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  std::filesystem::path corpora = folder != nullptr ? folder : "";
  if (folder == nullptr && source != nullptr) corpora = std::filesystem::path(source) / "../shared/corpora";
  if (corpora.empty() || !std::filesystem::is_directory(corpora)) SKIP_TEST("no corpora folder");
  const auto read_corpus = [&corpora](const char* path) {
    return read(read_script_file((corpora / path).string()), true);
  };
  const Script chinook = read_corpus("chinook/postgres/Chinook_PostgreSql.sql");
  CHECK(chinook.statements.size() == 57);
  CHECK(chinook.skipped.size() == 3);
  CHECK(read_corpus("dvt/postgres/001_postgresql_test_tables.sql").statements.size() == 55);
  CHECK(read_corpus("quartz/postgres/001_tables_postgres.sql").statements.size() == 43);
}

namespace {

/// One line per statement: names in quotes as «x», `.` behind a qualifier, one `(` per parenthesis around a word.
std::vector<std::string> words_of(std::string_view statement) {
  std::vector<std::string> lines;
  for (const StatementWord& word : postgres::PostgresScriptReader().words(statement)) {
    if (word.starts_statement || lines.empty()) lines.emplace_back();
    std::string& line = lines.back();
    if (!line.empty() && !line.ends_with('.')) line += ' ';
    line += std::string(static_cast<std::size_t>(word.depth), '(');
    line += word.quoted ? "«" + word.text + "»" : word.text;
    if (word.qualifier) line += '.';
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("PostgresScriptReader lists keywords and names of a statement, and nothing else") {
  CHECK(
      words_of("CREATE TABLE App.\"My \"\"Orders\" (id INT DEFAULT 1, note text DEFAULT 'id; text' -- x\n /* y */)") ==
      Lines{"create table app.«My \"Orders» (id (int (default (note (text (default"});
  CHECK(words_of("ALTER TABLE ONLY t ADD CONSTRAINT c CHECK ((a > 0.5) AND b::text ~ $1)") ==
        Lines{"alter table only t add constraint c check ((a (and (b (text"});
  CHECK(words_of("COMMENT ON COLUMN a.b.c IS $x$ not me $x$") == Lines{"comment on column a.b.c is"});
  CHECK(words_of("") == Lines{});
  CHECK(words_of("/* nothing */ ()") == Lines{});
  CHECK(words_of("SELECT t.*, Ärger FROM straße") == Lines{"select t.Ärger from straße"});
  // A keyword that serves as a name, and a name in quotes that looks like a keyword.
  CHECK(words_of("CREATE TABLE name (\"check\" int, type text)") ==
        Lines{"create table name («check» (int (type (text"});
}

TEST_CASE("PostgresScriptReader gives every word its offset") {
  const std::string text = "CREATE TABLE \"a b\" (\n  note text\n)";
  const std::vector<StatementWord> words = postgres::PostgresScriptReader().words(text);
  REQUIRE(words.size() == 5);
  CHECK(words[0].offset == 0);
  CHECK(words[2].offset == text.find("\"a b\""));
  CHECK(words[3].offset == text.find("note"));
  CHECK(words[3].depth == 1);
}

TEST_CASE("PostgresScriptReader looks into the body of a DO, and into no function") {
  CHECK(
      words_of("DO $EF$\nBEGIN\n  IF NOT EXISTS (SELECT 1 FROM h WHERE id = 'x') THEN\n    CREATE TABLE a (b int);\n  "
               "END IF;\nEND $EF$") == Lines{"do", "begin", "if not exists (select (from (h (where (id then",
                                             "create table a (b (int", "end if", "end"});
  const std::string text = "DO LANGUAGE plpgsql 'BEGIN EXECUTE ''ALTER TABLE t ADD c text DEFAULT ''''d''''''; END'";
  CHECK(words_of(text) == Lines{"do language plpgsql", "begin", "execute", "alter table t add c text default", "end"});
  for (const StatementWord& word : postgres::PostgresScriptReader().words(text))
    if (word.text == "alter" || word.text == "c")
      CHECK(text.substr(word.offset).starts_with(word.text == "c" ? "c text" : "ALTER"));
  CHECK(words_of("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM a $$") ==
        Lines{"create function f returns int language sql as"});
  CHECK(words_of("CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1") ==
        Lines{"create schema s", "create table t (a (int", "create view v as select"});
  // Not PL/pgSQL: nothing can be read, and nothing is made up.
  CHECK(words_of("DO LANGUAGE plpython3u $$ x = 'it\"s $$") == Lines{"do language plpython3u"});
}

TEST_CASE("PostgresScriptReader refuses to list the words of a text that has no end") {
  CHECK_THROWS_AS(postgres::PostgresScriptReader().words("SELECT 'a"), Error);
  CHECK_THROWS_AS(postgres::PostgresScriptReader().words("CREATE TABLE \"a"), Error);
}
