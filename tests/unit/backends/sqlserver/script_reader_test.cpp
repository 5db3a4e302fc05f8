#include "backends/sqlserver/script_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "backends/limits.h"
#include "tests/support/skip.h"

using namespace paripassu;

namespace {

Script read(std::string_view text, bool skip = false) {
  ScriptOptions options;
  options.skip_database_commands = skip;
  return sqlserver::SqlServerScriptReader().read(text, "a.sql", options);
}

std::vector<std::string> texts(const Script& script) {
  std::vector<std::string> result;
  for (const ScriptStatement& statement : script.statements) result.push_back(statement.text);
  return result;
}

std::vector<std::string> split(std::string_view text) {
  return texts(read(text));
}
std::vector<std::string> split_skipping(std::string_view text) {
  return texts(read(text, true));
}

std::vector<std::string> skipped(std::string_view text) {
  std::vector<std::string> result;
  for (const SkippedCommand& command : read(text, true).skipped) result.push_back(command.command);
  return result;
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

TEST_CASE("SqlServerScriptReader cuts batches at GO") {
  CHECK(split("SELECT 1\nGO\nSELECT 2\n  go  \nSELECT 3\n\tGo") == Texts{"SELECT 1", "SELECT 2", "SELECT 3"});
  CHECK(split("SELECT 1\r\nGO\r\nSELECT 2\r\nGO\r\n") == Texts{"SELECT 1", "SELECT 2"});
  CHECK(split("SELECT 1\nGO -- c\nSELECT 2\nGO--c\nSELECT 3\nGO /* c */ -- d\nSELECT 4\nGO/* c */") ==
        Texts{"SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"});
  CHECK(split("SELECT 1\nGO /* c\nGO */ SELECT 2") == Texts{"SELECT 1", "SELECT 2"});
  CHECK(split("SELECT 1 AS\nGO\n") == Texts{"SELECT 1 AS"});
}

TEST_CASE("SqlServerScriptReader reads the count of GO") {
  const Script script = read("SELECT 1\nGO 5\nSELECT 2\ngo\t7 -- c\nSELECT 3\nGO 2 /* c */\nSELECT 4\nGO\nSELECT 5");
  REQUIRE(script.statements.size() == 5);
  std::vector<int> repeats;
  for (const ScriptStatement& statement : script.statements) repeats.push_back(statement.repeat);
  CHECK(repeats == std::vector<int>{5, 7, 2, 1, 1});
  CHECK(read("SELECT 1\nGO " + std::to_string(limits::kGoRepeatMax)).statements[0].repeat == limits::kGoRepeatMax);
}

TEST_CASE("SqlServerScriptReader takes GO for a separator only as a word at the start of a line") {
  for (const std::string batch :
       {"GOTO x\nx:", "SELECT\nGO_x", "SELECT\ngo.dbo", "SELECT\ngo, 1", "SELECT\ngo=1", "SELECT 1 GO",
        "SELECT 'a\nGO\nb'", "SELECT N'a\nGO\nb'", "SELECT [a\nGO\nb]", "SELECT \"a\nGO\nb\"", "SELECT 1 /* a\nGO\n */",
        "SELECT\nGO5", "SELECT\n[GO]", "SELECT\n@GO", "SELECT\nGOé"}) {
    CAPTURE(batch);
    CHECK(split(batch) == Texts{batch});
  }
}

TEST_CASE("SqlServerScriptReader refuses GO with anything but a count") {
  for (const std::string rest : {";", " ;", " 0", " -1", " x", " 5;", " 5x", " 5 5", " 100001", " 99999999999999999999",
                                 " 1.5", " 'a'", " /* c */ x"}) {
    CAPTURE(rest);
    const Error error = failure("SELECT 1\n GO" + rest + "\n");
    CHECK(error.category() == ErrorCategory::script);
    CHECK(error.position().line == 2);
    CHECK(error.position().column >= 4);
    CHECK(contains(error.remedy(), "GO"));
  }
}

TEST_CASE("SqlServerScriptReader keeps apostrophes inside brackets together") {
  for (const std::string batch :
       {"SELECT [it's]", "SELECT [a]]'b]", "SELECT \"it's\"", "SELECT \"a\"\"'b\"", "SELECT 'it''s'",
        "SELECT N'[', [N'']]]", "SELECT 1 /* it's /* nested' */ [ \" */ + 1", "SELECT 1 -- it's [ \" /*\n + 1",
        "SELECT '--', [/*], \"*/\"", "SELECT 1 / 2 * 3 - 4", "SELECT 'é', [ü'ü]"}) {
    CAPTURE(batch);
    CHECK(split(batch + "\nGO\nSELECT 2") == Texts{batch, "SELECT 2"});
  }
}

TEST_CASE("SqlServerScriptReader drops batches without a statement") {
  CHECK(split("").empty());
  CHECK(split("-- c\nGO\n/* c */\nGO 2\n\n;\nGO\n\r\nGO\nGO\nSELECT 1\nGO") == Texts{"SELECT 1"});
}

TEST_CASE("SqlServerScriptReader keeps the lines of a batch where the server counts them") {
  const std::string text =
      "-- head\r\n\r\n  /* é */ SELECT 1 -- in\r\n\r\n/* a\n b */ , 2\nGO\n\n-- c\n\tPRINT 'x\n';\n -- tail\nGO\n";
  const Script script = read(text);
  REQUIRE(texts(script) == Texts{"SELECT 1 -- in\r\n\r\n/* a\n b */ , 2", "PRINT 'x\n';\n -- tail"});
  CHECK(script.statements[0].position == place(3, 11));
  CHECK(script.statements[1].position == place(10, 2));
}

TEST_CASE("SqlServerScriptReader refuses database commands with their place") {
  for (const std::string command : {"USE x",
                                    "use [x]",
                                    "USE \"x\"",
                                    "CREATE DATABASE x",
                                    "create database [x] ON PRIMARY (NAME = x)",
                                    "DROP DATABASE x",
                                    "DROP DATABASE IF EXISTS x, y",
                                    "ALTER DATABASE x SET OFFLINE",
                                    "ALTER DATABASE [CURRENT] SET OFFLINE",
                                    "BACKUP DATABASE x TO DISK = 'y'",
                                    "BACKUP LOG x TO DISK = 'y'",
                                    "RESTORE DATABASE x FROM DISK = 'y'",
                                    "RESTORE HEADERONLY FROM DISK = 'y'",
                                    "SHUTDOWN WITH NOWAIT",
                                    "KILL 53",
                                    ":setvar x y",
                                    ":r x.sql",
                                    ":on error exit",
                                    ":connect x",
                                    ":!! dir",
                                    "!!dir",
                                    ":OUT x",
                                    "CREATE DATABASE scoped",
                                    "USE $(x)"}) {
    CAPTURE(command);
    const Error error = failure("SELECT 1\n  " + command + "\nGO\n");
    CHECK(error.category() == ErrorCategory::script);
    CHECK(error.position() == place(2, 3));
    CHECK_FALSE(error.remedy().empty());
  }
}

TEST_CASE("SqlServerScriptReader does not take other statements for database commands") {
  for (const std::string batch :
       {"SELECT 1 OPTION (USE HINT('x'))",
        "SELECT 1 OPTION (USE PLAN N'<x/>')",
        "SELECT [use], a.[drop] FROM [database]",
        "CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = 'x'",
        "ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 1",
        "CREATE DATABASE AUDIT SPECIFICATION s FOR SERVER AUDIT a",
        "DROP DATABASE ENCRYPTION KEY",
        "GRANT CREATE DATABASE TO x",
        "GRANT SELECT, BACKUP DATABASE TO x",
        "DENY BACKUP LOG TO x",
        "REVOKE GRANT OPTION FOR CREATE DATABASE FROM x",
        "ALTER DATABASE CURRENT SET RECOVERY SIMPLE",
        "SELECT 'USE x'",
        "SELECT 1 -- USE x",
        "EXEC('DROP DATABASE x')",
        "lbl:\nSELECT 1\nGOTO lbl",
        "SELECT geography\n::Parse('x')",
        "CREATE PROCEDURE p AS\nBEGIN\n DROP DATABASE x; BACKUP DATABASE x TO DISK = 'y'\nEND",
        "CREATE OR ALTER TRIGGER t ON a AFTER INSERT AS DROP DATABASE x",
        "ALTER VIEW v AS SELECT 1 AS a",
        "alter function f() returns int as begin return 1 end"}) {
    CAPTURE(batch);
    CHECK(split(batch) == Texts{batch});
    const Script script = read(batch, true);
    CHECK(texts(script) == Texts{batch});
    CHECK(script.skipped.empty());
  }
}

TEST_CASE("SqlServerScriptReader drops batches with nothing but skipped commands") {
  const std::string text =
      "USE [x];\nGO\nCREATE DATABASE [x]\n CONTAINMENT = NONE\n ON PRIMARY (NAME = N'a;b', SIZE = 8MB)\n"
      " LOG ON (NAME = N'l') WITH LEDGER = OFF;;\nGO 2\nALTER DATABASE x SET RECOVERY FULL\nDROP DATABASE y\nGO\n"
      ":setvar a \"it's\"\nGO\nBACKUP DATABASE x TO DISK = 'y' WITH INIT\nKILL 53 WITH STATUSONLY\nSHUTDOWN";
  CHECK(split_skipping(text).empty());
  CHECK(skipped(text) == Texts{"USE [x]", "CREATE DATABASE [x]", "ALTER DATABASE x SET RECOVERY FULL",
                               "DROP DATABASE y", ":setvar a \"it's\"", "BACKUP DATABASE x TO DISK = 'y' WITH INIT",
                               "KILL 53 WITH STATUSONLY", "SHUTDOWN"});
}

TEST_CASE("SqlServerScriptReader keeps a batch valid around skipped commands") {
  CHECK(split_skipping("IF EXISTS (SELECT 1)\nBEGIN\n\tALTER DATABASE [C] SET OFFLINE WITH ROLLBACK IMMEDIATE;\n"
                       "\tALTER DATABASE [C] SET ONLINE;\n\tDROP DATABASE [C];\nEND\nGO") ==
        Texts{"IF EXISTS (SELECT 1)\nBEGIN\n\tSET NOCOUNT ON;\n\tSET NOCOUNT ON;\n\tSET NOCOUNT ON;\nEND"});
  CHECK(split_skipping("IF 1 = 1 DROP DATABASE x ELSE PRINT 'y'") == Texts{"IF 1 = 1 SET NOCOUNT ON; ELSE PRINT 'y'"});
  CHECK(split_skipping("SELECT 1 USE x SELECT 2") == Texts{"SELECT 1 SET NOCOUNT ON; SELECT 2"});
  CHECK(split_skipping("SELECT 1;DROP DATABASE[x]SELECT 2") == Texts{"SELECT 1;SET NOCOUNT ON;SELECT 2"});
  CHECK(
      split_skipping("SELECT 1\nALTER DATABASE x\n SET SINGLE_USER\n WITH ROLLBACK AFTER 5 SECONDS\nSET NOCOUNT OFF") ==
      Texts{"SELECT 1\nSET NOCOUNT ON;\n\n\nSET NOCOUNT OFF"});
  CHECK(split_skipping("BEGIN USE a_$(x)_b; END") == Texts{"BEGIN SET NOCOUNT ON; END"});
  CHECK(split_skipping("SELECT 1\nALTER DATABASE x SET ONLINE\nlbl:\nSELECT 2") ==
        Texts{"SELECT 1\nSET NOCOUNT ON;\nlbl:\nSELECT 2"});
  CHECK(split_skipping("SELECT 1\nKILL 53 WITH COMMIT\nCOMMIT") == Texts{"SELECT 1\nSET NOCOUNT ON;\nCOMMIT"});
  CHECK(split_skipping("SELECT 1\n:on error exit\r\nSELECT 2") == Texts{"SELECT 1\n\r\nSELECT 2"});
}

TEST_CASE("SqlServerScriptReader keeps line numbers when it skips") {
  const std::string text =
      "USE x;\nCREATE TABLE t (a int)\nCREATE DATABASE\n y\n ON (NAME =\n n)\nSELECT\n 1\n:r z\nSELECT 2";
  const Script script = read(text, true);
  REQUIRE(script.statements.size() == 1);
  const ScriptStatement& batch = script.statements[0];
  CHECK(batch.position == place(2, 1));
  const auto line_of = [](std::string_view where, std::string_view what) {
    const auto end = where.begin() + static_cast<std::ptrdiff_t>(where.find(what));
    return static_cast<int>(std::count(where.begin(), end, '\n')) + 1;
  };
  for (const char* what : {"CREATE TABLE", "SELECT\n 1", "SELECT 2"})
    CHECK(batch.position.line + line_of(batch.text, what) - 1 == line_of(text, what));
}

TEST_CASE("SqlServerScriptReader refuses sqlcmd variables outside of comments") {
  CHECK(failure("SELECT 1\nSELECT $(a)").position() == place(2, 8));
  CHECK(failure("SELECT 'é $(a_1)'").position() == place(1, 11));
  CHECK(failure("SELECT [x$(a)]").position() == place(1, 10));
  CHECK(failure("SELECT \"$(a)\"").position() == place(1, 9));
  CHECK(failure("SELECT x$(a)").position() == place(1, 9));
  CHECK(contains(failure("SELECT $(a)").message(), "$(a)"));
  CHECK(split("SELECT 1 -- $(a)\n/* $(b) */").size() == 1);
  CHECK(split("SELECT '$(', '$()', '$(1)', '$(''a'')', $1, a$b FROM t$").size() == 1);
  CHECK(split_skipping("SELECT '$(a)', $(b), [$(c)]") == Texts{"SELECT '$(a)', $(b), [$(c)]"});
}

TEST_CASE("SqlServerScriptReader knows what cannot run inside a transaction") {
  CHECK(outside("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE") ==
        "ALTER DATABASE CURRENT");
  CHECK(outside("EXEC sp_configure 'x', 1; reconfigure with override") == "RECONFIGURE");
  CHECK(outside("CREATE FULLTEXT CATALOG c") == "CREATE FULLTEXT CATALOG");
  CHECK(outside("ALTER FULLTEXT INDEX ON t ENABLE") == "ALTER FULLTEXT INDEX");
  CHECK(outside("DROP FULLTEXT STOPLIST s") == "DROP FULLTEXT STOPLIST");
  CHECK(outside("BACKUP CERTIFICATE c TO FILE = 'x'") == "BACKUP");
  CHECK(outside("RESTORE MASTER KEY FROM FILE = 'x'") == "RESTORE");
  CHECK(outside("CREATE EVENT SESSION s ON DATABASE") == "CREATE EVENT SESSION");
  CHECK(outside("sp_addlinkedserver 'x'") == "sp_addlinkedserver");
  CHECK(outside("EXEC [x].[dbo].[sp_fulltext_database] @action = 'enable'") == "sp_fulltext_database");
  CHECK(outside("DECLARE @r int EXECUTE @r = master..sp_serveroption 'x'") == "sp_serveroption");
  for (const char* batch : {"SELECT 'RECONFIGURE'", "SELECT [reconfigure]", "GRANT ALTER, CREATE FULLTEXT CATALOG TO x",
                            "SELECT sp_serveroption", "CREATE PROCEDURE p AS RECONFIGURE", "EXEC sp_rename 'a', 'b'",
                            "CREATE INDEX i ON t (a) WITH (ONLINE = ON)"}) {
    CAPTURE(batch);
    CHECK(outside(batch).empty());
  }
}

TEST_CASE("SqlServerScriptReader knows which batches control transactions") {
  for (const char* batch :
       {"BEGIN TRAN", "begin transaction x", "BEGIN DISTRIBUTED TRAN", "COMMIT", "COMMIT TRAN x", "SELECT 1; ROLLBACK",
        "BEGIN TRY SELECT 1 END TRY BEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK END CATCH", "SET IMPLICIT_TRANSACTIONS ON",
        "SET ANSI_NULLS, IMPLICIT_TRANSACTIONS ON", "BEGIN /* x */ TRAN"}) {
    CAPTURE(batch);
    CHECK(controls(batch));
  }
  for (const char* batch :
       {"SAVE TRAN x", "SET IMPLICIT_TRANSACTIONS OFF", "SET IMPLICIT_TRANSACTIONS OFF SET NOCOUNT ON",
        "SELECT [commit], 'ROLLBACK' -- COMMIT", "ALTER DATABASE CURRENT SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
        "CREATE PROCEDURE p AS BEGIN TRAN COMMIT", "SET CURSOR_CLOSE_ON_COMMIT ON", "BEGIN SELECT 1 END"}) {
    CAPTURE(batch);
    CHECK_FALSE(controls(batch));
  }
  CHECK_FALSE(read("ROLLBACK\nGO\nSELECT 1").statements.at(1).controls_transaction);
}

TEST_CASE("SqlServerScriptReader reports what has no end where it starts") {
  for (const std::string token : {"'a\nGO\n", "N'a''", "[a]]", "[a'\n", "\"a\"\"", "/* a /* b */", "/*/", "/*"}) {
    CAPTURE(token);
    const Error error = failure("SELECT 'é'\nGO\n  SELECT é, " + token);
    CHECK(error.category() == ErrorCategory::script);
    CHECK(contains(error.message(), "unterminated"));
    CHECK(error.position() == place(3, 13));
  }
  CHECK(failure(std::string_view("SELECT \0", 8)).position() == place(1, 8));
}

TEST_CASE("SqlServerScriptReader reads in time that grows with the script") {
  const auto repeated = [](std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  for (const std::string& input :
       {repeated("USE x\n", 200'000), repeated("SELECT 1\nGO\n", 100'000),
        repeated("SELECT 1 DROP DATABASE x ", 50'000), repeated("/*", 500'000), repeated("'$(' ", 200'000),
        repeated("$(a", 300'000), repeated("[a]]", 300'000), "ALTER DATABASE x " + repeated("a ", 500'000),
        repeated(":r x\n", 200'000), repeated("GO\n", 300'000)}) {
    const auto start = std::chrono::steady_clock::now();
    try {
      read(input, true);
    } catch (const Error& e) {
      CHECK(e.category() == ErrorCategory::script);
    }
    // Quadratic reading takes minutes; sanitizers and a busy machine are allowed for.
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  }
}

TEST_CASE("SqlServerScriptReader reads scripts of other projects") {
  const char* folder = std::getenv("PARIPASSU_CORPORA");
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  std::filesystem::path corpora = folder != nullptr ? folder : "";
  if (folder == nullptr && source != nullptr) corpora = std::filesystem::path(source) / "../shared/corpora";
  if (corpora.empty() || !std::filesystem::is_directory(corpora)) SKIP_TEST("no corpora folder");
  const auto read_corpus = [&corpora](const char* path) {
    return read(read_script_file((corpora / path).string()), true);
  };
  const Script chinook = read_corpus("chinook/sqlserver/Chinook_SqlServer.sql");
  CHECK(chinook.statements.size() == 35);
  CHECK(chinook.skipped.size() == 5);
  const Script dvt = read_corpus("dvt/sqlserver/001_sqlserver_test_tables.sql");
  CHECK(dvt.statements.size() == 1);
  CHECK(dvt.skipped.size() == 1);
  const Script quartz = read_corpus("quartz/sqlserver/001_tables_sqlServer.sql");
  CHECK(quartz.statements.size() == 46);
  CHECK(quartz.skipped.size() == 1);
}

namespace {

/// One line per statement: names in quotes as «x», `.` behind a qualifier, one `(` per parenthesis around a word.
std::vector<std::string> words_of(std::string_view batch) {
  std::vector<std::string> lines;
  for (const StatementWord& word : sqlserver::SqlServerScriptReader().words(batch)) {
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

TEST_CASE("SqlServerScriptReader lists keywords and names of a statement, and nothing else") {
  CHECK(words_of("CREATE TABLE [dbo].[My ]]Orders] (Id int DEFAULT 1, \"note\" nvarchar(9) DEFAULT N'[x]' /* y */)") ==
        Lines{"CREATE TABLE «dbo».«My ]Orders» (Id (int (DEFAULT («note» (nvarchar (DEFAULT"});
  CHECK(words_of("DECLARE @a int = 5; -- c\nSELECT @a, t.* FROM #t t WHERE $(x) = 1") ==
        Lines{"DECLARE int", "SELECT t.FROM #t t WHERE"});
  CHECK(words_of("") == Lines{});
  CHECK(words_of(";;()") == Lines{});
}

TEST_CASE("SqlServerScriptReader tells the statements of a batch apart without semicolons") {
  CHECK(
      words_of("CREATE TABLE a (b int)\nCREATE INDEX ix ON a (b) ALTER TABLE a ADD c int DROP TABLE IF EXISTS d") ==
      Lines{"CREATE TABLE a (b (int", "CREATE INDEX ix ON a (b", "ALTER TABLE a ADD c int", "DROP TABLE IF EXISTS d"});
  CHECK(
      words_of("IF OBJECT_ID('a') IS NULL BEGIN CREATE TABLE a (b int) END ELSE ALTER TABLE a ALTER COLUMN b bigint") ==
      Lines{"IF OBJECT_ID IS NULL", "BEGIN", "CREATE TABLE a (b (int END ELSE", "ALTER TABLE a ALTER COLUMN b bigint"});
  CHECK(words_of("IF EXISTS (SELECT 1) DROP TABLE a") == Lines{"IF EXISTS (SELECT", "DROP TABLE a"});
  CHECK(words_of("ALTER TABLE a DROP COLUMN b, CONSTRAINT c ALTER TABLE a DROP pk_a DROP INDEX ix ON a") ==
        Lines{"ALTER TABLE a DROP COLUMN b CONSTRAINT c", "ALTER TABLE a DROP pk_a", "DROP INDEX ix ON a"});
  CHECK(
      words_of(
          "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d) ON DELETE SET NULL ON UPDATE CASCADE "
          "ALTER TABLE a SET (LOCK_ESCALATION = AUTO) GRANT SELECT, UPDATE, ALTER ON a TO b DENY EXECUTE ON p TO c") ==
      Lines{"ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b REFERENCES c (d ON DELETE SET NULL ON UPDATE CASCADE",
            "ALTER TABLE a SET (LOCK_ESCALATION (AUTO", "GRANT SELECT UPDATE ALTER ON a TO b",
            "DENY EXECUTE ON p TO c"});
  CHECK(words_of("CREATE TABLE a (b int, [create] int, drop_x int, e.create int)") ==
        Lines{"CREATE TABLE a (b (int («create» (int (drop_x (int (e.(create (int"});
}

TEST_CASE("SqlServerScriptReader takes a module as one statement") {
  CHECK(words_of("CREATE OR ALTER PROCEDURE p WITH EXECUTE AS OWNER AS CREATE TABLE a (b int); DROP TABLE a") ==
        Lines{"CREATE OR ALTER PROCEDURE p WITH EXECUTE AS OWNER AS CREATE TABLE a (b (int DROP TABLE a"});
  CHECK(words_of("CREATE VIEW v AS SELECT a FROM t") == Lines{"CREATE VIEW v AS SELECT a FROM t"});
}

TEST_CASE("SqlServerScriptReader looks into strings that T-SQL runs or takes names from") {
  CHECK(words_of("IF 1 = 1 EXEC(N'ALTER TABLE [a] ADD [b] int DEFAULT N''x y'' ALTER TABLE c ADD d int');") ==
        Lines{"IF", "EXEC", "ALTER TABLE «a» ADD «b» int DEFAULT", "ALTER TABLE c ADD d int"});
  CHECK(words_of("EXEC sp_executesql N'DROP TABLE a', N'@x int'") == Lines{"EXEC sp_executesql", "DROP TABLE a"});
  CHECK(words_of("EXEC sys.sp_rename 'dbo.[my orders].note', 'text to show', 'COLUMN'") ==
        Lines{"EXEC sys.sp_rename «dbo».«my orders».«note» «text to show» «COLUMN»"});
  CHECK(words_of("EXECUTE sp_rename @newname = 'b', @objname = N'dbo.a'") == Lines{"EXECUTE sp_rename «b» «dbo».«a»"});
  CHECK(words_of("sp_rename 'a', 'b'") == Lines{"sp_rename «a» «b»"});
  CHECK(words_of("EXEC sp_addextendedproperty N'MS_Description', N'orders note', SCHEMA, dbo, N'TABLE', N'orders', "
                 "N'COLUMN', N'note'") ==
        Lines{"EXEC sp_addextendedproperty «MS_Description» SCHEMA dbo «TABLE» «orders» «COLUMN» «note»"});
  CHECK(words_of("EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = N'orders', @level0type = "
                 "N'SCHEMA', @level0name = 'dbo', @level1type = N'TABLE', @level1name = 'orders'") ==
        Lines{"EXEC sys.sp_updateextendedproperty «MS_Description» «SCHEMA» «dbo» «TABLE» «orders»"});
  CHECK(words_of("EXEC p 'ALTER TABLE a'; INSERT INTO t VALUES ('DROP TABLE a')") ==
        Lines{"EXEC p", "INSERT INTO t VALUES"});
  // Put together at run time: nothing is made up.
  CHECK(words_of("EXEC('ALTER TABLE [' + @name + '] ADD b int')") == Lines{"EXEC", "ADD b int"});
}

TEST_CASE("SqlServerScriptReader gives words inside strings their offset in the batch") {
  const std::string text = "EXEC(N'ALTER TABLE a ADD b nvarchar(9) DEFAULT ''it''''s'',\n  late int')";
  const std::vector<StatementWord> words = sqlserver::SqlServerScriptReader().words(text);
  REQUIRE(words.size() == 10);
  CHECK(words[1].offset == text.find("ALTER"));
  CHECK(words[8].text == "late");
  CHECK(words[8].offset == text.find("late"));
}

TEST_CASE("SqlServerScriptReader refuses to list the words of a text that has no end") {
  CHECK_THROWS_AS(sqlserver::SqlServerScriptReader().words("SELECT 'a"), Error);
  CHECK_THROWS_AS(sqlserver::SqlServerScriptReader().words("CREATE TABLE [a"), Error);
}
