// Migrations, scripts and configurations that are wrong: each gets its own message with place and remedy, the right
// exit code, and leaves the database as it was.
#include <doctest/doctest.h>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

using Names = std::vector<std::string>;

constexpr const char* kGood = "CREATE TABLE good (id int NOT NULL);\n";

/// `migrate up` must be refused as wrong input, with all of `words` and a remedy, and write nothing at all.
void check_refused(Project& project, const std::vector<std::string>& words, int exit_code = 2) {
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, exit_code);
  for (const std::string& part : words) CHECK_SAYS(up.errors, part);
  CHECK_SAYS(up.errors, "→");
  CHECK(project.database().tables() == Names{});
}

std::string utf16(const std::string& ascii, bool big_endian) {
  std::string text = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) {
    if (big_endian) text += '\0';
    text += c;
    if (!big_endian) text += '\0';
  }
  return text;
}

}  // namespace

ENGINE_CASE("a folder of migrations that is missing is named") {
  Project project(target);
  check_refused(project, {"'migrations'"});
  project.write("paripassu.toml", "[migrations]\ndir = \"elsewhere\"\n");
  check_refused(project, {"elsewhere"});
}

ENGINE_CASE("a folder without migrations is named") {
  Project project(target);
  project.migration("readme.txt", "nothing here");
  check_refused(project, {"no migration", "migrations"});
}

ENGINE_CASE("an empty migration is refused before anything runs") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_empty.up.sql", "");
  check_refused(project, {"0002_empty.up.sql", "is empty", "expected at least one statement"});
  project.migration("0002_empty.up.sql", "-- to be written\n/* later /* really */ */\n;\n");
  check_refused(project, {"0002_empty.up.sql", "is empty"});
}

ENGINE_CASE("a version that is there twice is refused with both files") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_one.up.sql", kGood);
  project.migration("0002_other.up.sql", kGood);
  check_refused(project, {"0002", "0002_one.up.sql", "0002_other.up.sql"});
  // Leading zeros do not make another version.
  project.remove("migrations/0002_other.up.sql");
  project.migration("2_other.up.sql", kGood);
  check_refused(project, {"0002_one.up.sql", "2_other.up.sql"});
}

ENGINE_CASE("a gap between versions is a warning, and the migrations run") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_more.up.sql", "CREATE TABLE more_things (id int NOT NULL);\n");
  project.migration("0004_last.up.sql", "CREATE TABLE last_things (id int NOT NULL);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 0);
  CHECK_SAYS(up.errors, "warning");
  CHECK_SAYS(up.errors, "0003 is missing between 0002 and 0004");
  CHECK(project.database().tables() == Names{"good", "last_things", "more_things", "paripassu_ledger"});
  CHECK(project.migrate({"status", "-q"}).errors.empty());
}

ENGINE_CASE("a down without an up is refused") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_lonely.down.sql", "DROP TABLE good;\n");
  check_refused(project, {"0002_lonely.down.sql", "no up migration"});
}

ENGINE_CASE("two layouts in one folder, and a file that fits none, are refused with their names") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("V2__flyway.sql", kGood);
  check_refused(project, {"0001_good.up.sql", "V2__flyway.sql"});
  project.remove("migrations/V2__flyway.sql");
  project.migration("create everything.sql", kGood);
  check_refused(project, {"create everything.sql"});
}

ENGINE_CASE("a syntax error in statement 3 of 5 is located, and nothing of the migration stays") {
  Project project(target);
  const std::string broken = "CREATE TABEL third (id int NOT NULL)";
  const std::string text = target.script({"CREATE TABLE first (id int NOT NULL)", "INSERT INTO first (id) VALUES (1)",
                                          "-- a comment before it\n" + broken, "CREATE TABLE fourth (id int NOT NULL)",
                                          "CREATE TABLE fifth (id int NOT NULL)"});
  project.migration("0001_five.up.sql", text);
  check_refused(project,
                {"0001_five.up.sql:" + std::to_string(line_of(text, broken)), "statement 3 of 5", "yntax", "TABEL",
                 broken, "0001 five"},
                1);
  CHECK(project.status()["0001"] == "pending");
}

ENGINE_CASE("the line of an error inside a long statement is the line of the file") {
  Project project(target);
  const std::string text =
      "-- one\nCREATE TABLE first (\n  id int NOT NULL,\n  other no_such_type_at_all NOT NULL,\n  last int\n)" +
      target.sql.separator;
  project.migration("0001_long.up.sql", text);
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 1);
  CHECK_SAYS(up.errors, "no_such_type_at_all");
  // A server that gives no line leaves the statement's own.
  const std::string exact = "0001_long.up.sql:4";
  const std::string statement = "0001_long.up.sql:2";
  CHECK_MESSAGE((contains(up.errors, exact) || (!target.genuine && contains(up.errors, statement))), transcript(up));
  CHECK(project.database().tables() == Names{});
}

ENGINE_CASE("an unknown key of the configuration is refused with its place and the nearest known one") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.write("paripassu.toml", "[migrations]\ndir = \"migrations\"\n\n[parity]\nnmaes = \"fold\"\n");
  check_refused(project, {"paripassu.toml:5:1", "nmaes", "did you mean 'names'"});
  project.write("paripassu.toml", "[migratoins]\ndir = \"migrations\"\n");
  check_refused(project, {"paripassu.toml:1", "migratoins", "migrations"});
  project.write("paripassu.toml", "[engines.postgers]\nurl = \"postgres://x/y\"\n");
  check_refused(project, {"paripassu.toml:1", "postgers", "postgres"});
}

ENGINE_CASE("a configuration that is not TOML, or has a value of the wrong kind, is refused with its place") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.write("paripassu.toml", "[migrations]\ndir = \"migrations\n");
  const ProgramResult not_toml = project.migrate({"up"});
  CHECK_EXIT(not_toml, 2);
  CHECK_SAYS(not_toml.errors, "paripassu.toml:2");
  CHECK_SAYS(not_toml.errors, "not valid TOML");
  project.write("paripassu.toml", "[migrations]\ndir = 7\n");
  const ProgramResult wrong_kind = project.migrate({"up"});
  CHECK_EXIT(wrong_kind, 2);
  CHECK_SAYS(wrong_kind.errors, "paripassu.toml:2");
  CHECK_SAYS(wrong_kind.errors, "'dir' in [migrations] must be a string");
  project.write("paripassu.toml",
                "[migrations]\ndir = \"migrations\"\nplaceholders = { a = \"${PARIPASSU_NO_SUCH_VARIABLE}\" }\n");
  check_refused(project, {"paripassu.toml:3", "PARIPASSU_NO_SUCH_VARIABLE", "not set"});
}

ENGINE_CASE("scripts in UTF-16 with a byte order mark, and in UTF-8 with one, run like any other") {
  Project project(target);
  project.migration("0001_little.up.sql", utf16("CREATE TABLE little (id int NOT NULL);\r\n", false));
  project.migration("0002_big.up.sql", utf16("CREATE TABLE big (id int NOT NULL);\n", true));
  project.migration("0003_mark.up.sql",
                    "\xEF\xBB\xBF"
                    "CREATE TABLE marked (id int NOT NULL);\n");
  const ProgramResult up = project.migrate({"up"});
  CHECK_EXIT(up, 0);
  CHECK(project.database().tables() == Names{"big", "little", "marked", "paripassu_ledger"});
}

ENGINE_CASE("a script in Latin-1 is refused with line and column before anything runs") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_latin.up.sql", "CREATE TABLE cafe (id int NOT NULL);\n-- a caf\xE9\n");
  check_refused(project, {"0002_latin.up.sql:2:9", "UTF-8"});
  // UTF-16 without a mark is not guessed at.
  project.migration("0002_latin.up.sql", utf16("CREATE TABLE a (id int);\n", false).substr(2));
  check_refused(project, {"0002_latin.up.sql:1"});
}

ENGINE_CASE("text of any script survives the way to the server") {
  Project project(target);
  const std::string text = "it's 'quoted', žluťoučký, 日本語, 😀";
  project.migration("0001_notes.up.sql", target.script({"CREATE TABLE notes (note " + target.sql.text_type + ")",
                                                        "INSERT INTO notes (note) VALUES (" +
                                                            target.backend->dialect().quote_literal(text) + ")"}));
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  CHECK(project.database().value("SELECT note FROM notes") == text);
}

ENGINE_CASE("commands that leave the database are refused with their line, and skipped when told to") {
  for (const std::string& command : target.sql.database_commands) {
    CAPTURE(command);
    Project project(target);
    project.migration("0001_good.up.sql", "-- a comment\n\n" + command + target.sql.separator + kGood);
    const std::string word = command.substr(0, command.find(' '));
    check_refused(project, {"0001_good.up.sql:3:1", word});
    const ProgramResult skipped = project.migrate({"up", "--skip-database-commands"});
    CHECK_EXIT(skipped, 0);
    CHECK(project.database().has_table("good"));
    CHECK(project.database().value("SELECT count(*) FROM good") == "0");
  }
}

ENGINE_CASE("a refused command in a later migration stops the run before the first one") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_leaves.up.sql",
                    target.script({"CREATE TABLE a (id int)", target.sql.database_commands.at(0)}));
  check_refused(project, {"0002_leaves.up.sql"});
}

ENGINE_CASE("a quote or comment that is never closed is refused with the place where it begins") {
  Project project(target);
  project.migration("0001_good.up.sql", kGood);
  project.migration("0002_open.up.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES ('never closed);\n");
  check_refused(project, {"0002_open.up.sql:2"});
  project.migration("0002_open.up.sql", "CREATE TABLE a (id int);\n/* never /* closed */\n");
  check_refused(project, {"0002_open.up.sql:2"});
}

ONE_ENGINE_CASE("postgres", "COPY data without its end is refused with the line of the COPY (postgres)") {
  Project project(target);
  project.migration("0001_copy.up.sql", "CREATE TABLE a (id int);\nCOPY a (id) FROM stdin;\n1\n2\n");
  check_refused(project, {"0001_copy.up.sql:2", "\\."});
}

ONE_ENGINE_CASE("postgres", "commands of psql are refused with their line (postgres)") {
  for (const char* command : {"\\i other.sql", "\\set x 1", "\\copy a from 'file'", "\\! rm -rf /"}) {
    CAPTURE(command);
    Project project(target);
    project.migration("0001_good.up.sql", std::string(kGood) + command + "\n");
    check_refused(project, {"0001_good.up.sql:2", std::string(command).substr(0, std::string(command).find(' '))});
  }
}

ONE_ENGINE_CASE("sqlserver", "a bad count behind GO is refused with its line (sqlserver)") {
  for (const char* count : {"GO 0", "GO -1", "GO 99999999999", "GO x"}) {
    CAPTURE(count);
    Project project(target);
    project.migration("0001_good.up.sql", "CREATE TABLE good (id int NOT NULL)\n" + std::string(count) + "\n");
    check_refused(project, {"0001_good.up.sql:2"});
  }
}

ONE_ENGINE_CASE("sqlserver", "directives and variables of sqlcmd are refused with their line (sqlserver)") {
  for (const char* line : {":setvar name value", ":r other.sql", "INSERT INTO good (id) VALUES ($(number))"}) {
    CAPTURE(line);
    Project project(target);
    project.migration("0001_good.up.sql", "CREATE TABLE good (id int NOT NULL)\nGO\n" + std::string(line) + "\nGO\n");
    check_refused(project, {"0001_good.up.sql:3"});
  }
}

}  // namespace paripassu::test
