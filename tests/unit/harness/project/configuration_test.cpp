#include "harness/project/configuration.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "backends/limits.h"
#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

Configuration read(const std::string& text) {
  const TemporaryFolder folder;
  return read_configuration(folder.write("paripassu.toml", text), two_engines());
}

/// The Error for `text`; its file is checked and cut off the message.
Error refused(const std::string& text) {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml", text);
  const Error error = error_of([&] { read_configuration(file, two_engines()); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(error.position().file == file);
  return error;
}

void check_place(const Error& error, int line, int column) {
  CHECK(error.position().line == line);
  CHECK(error.position().column == column);
}

}  // namespace

TEST_CASE("Configuration reads every key") {
  const EnvironmentVariable url("PARIPASSU_UNIT_URL", "north://me:geheim@host/db");
  const Configuration configuration = read(R"toml(
[project]
name = "orders"
[engines.north]
url = "${PARIPASSU_UNIT_URL}"
schema = "app"
[engines.south]
[migrations]
dir = "db/migrations"
layout = "flyway"
placeholders = { tenant = "acme", "a.b" = "$${x}" }
[model]
north = "schema/north.sql"
south = { command = "print ddl" }
[parity]
names = "ignore-case"
schemas = { public = "dbo", audit = "log" }
column_order = "compare"
enum_order = "compare"
fail_on = "error"
[parity.severity]
column-collation = "note"
"index-missing" = "warning"
[[parity.equivalent]]
north = "varchar(4096)"
south = "nvarchar(4000)"
reason = "a limit"
[[parity.waiver]]
code = "index-missing"
object = "orders.ix"
reason = "full-text"
until = "2028-02-29"
[[parity.waiver]]
code = "c"
object = "o"
reason = "r"
[tests]
ladder = "db/ladder"
cases = "db/cases"
floor = "0002"
irreversible = { "0007" = "the old text is gone", "*" = "we go forward only" }
column_order = "compare"
timeout = "90s"
unstable = ["orders.updated_at", "audit.*.at"]
[migrator]
preset = "alembic"
dir = "service"
list = "cat revisions"
up = "go up {revision}"
down = "go down {revision}"
base = "nothing"
url_variable = "DB_URL"
url_form = "libpq"
tables = ["audit_versions"]
)toml");
  CHECK(configuration.project_name == "orders");
  CHECK(configuration.engines.size() == 2);
  CHECK(configuration.engines.at("north").url == "north://me:geheim@host/db");
  CHECK(configuration.engines.at("north").schema == "app");
  CHECK_FALSE(configuration.engines.at("south").url);
  CHECK(configuration.migrations_dir == "db/migrations");
  CHECK(configuration.migrations_layout == "flyway");
  CHECK(configuration.placeholders == std::map<std::string, std::string>{{"tenant", "acme"}, {"a.b", "${x}"}});
  CHECK(configuration.models.at("north").file == "schema/north.sql");
  CHECK(configuration.models.at("north").command.empty());
  CHECK(configuration.models.at("south").command == "print ddl");
  CHECK(configuration.names == NameMatching::ignore_case);
  CHECK(configuration.schema_pairs == std::map<std::string, std::string>{{"public", "dbo"}, {"audit", "log"}});
  CHECK(configuration.compare_column_order);
  CHECK(configuration.compare_enum_order);
  CHECK(configuration.fail_on == "error");
  REQUIRE(configuration.severities.size() == 2);
  CHECK(configuration.severities.at("column-collation").word == "note");
  CHECK(configuration.severities.at("index-missing").word == "warning");
  REQUIRE(configuration.equivalent_types.size() == 1);
  CHECK(configuration.equivalent_types[0].types ==
        std::map<std::string, std::string>{{"north", "varchar(4096)"}, {"south", "nvarchar(4000)"}});
  CHECK(configuration.equivalent_types[0].reason == "a limit");
  REQUIRE(configuration.waivers.size() == 2);
  CHECK(configuration.waivers[0].code == "index-missing");
  CHECK(configuration.waivers[0].object == "orders.ix");
  CHECK(configuration.waivers[0].reason == "full-text");
  CHECK(configuration.waivers[0].until == "2028-02-29");
  CHECK(configuration.waivers[1].until.empty());
  const TestsConfiguration& tests = configuration.tests;
  CHECK(tests.ladder == "db/ladder");
  CHECK(tests.cases == "db/cases");
  CHECK(tests.floor == "0002");
  CHECK(tests.irreversible ==
        std::map<std::string, std::string>{{"0007", "the old text is gone"}, {"*", "we go forward only"}});
  CHECK(tests.compare_column_order);
  CHECK(tests.statement_timeout_ms == 90'000);
  CHECK(tests.unstable == std::vector<std::string>{"orders.updated_at", "audit.*.at"});
  REQUIRE(configuration.migrator);
  const MigratorConfiguration& migrator = *configuration.migrator;
  CHECK(migrator.preset == "alembic");
  CHECK(migrator.dir == "service");
  CHECK(migrator.list == "cat revisions");
  CHECK(migrator.up == "go up {revision}");
  CHECK(migrator.down == "go down {revision}");
  CHECK(migrator.base == "nothing");
  CHECK(migrator.url_variable == "DB_URL");
  CHECK(migrator.url_form == "libpq");
  CHECK(migrator.tables == std::vector<std::string>{"alembic_version", "audit_versions"});
  CHECK(migrator.position.line > 0);
}

TEST_CASE("An empty configuration has the defaults") {
  const Configuration configuration = read("");
  CHECK(configuration.project_name.empty());
  CHECK(configuration.engines.empty());
  CHECK(configuration.migrations_dir == "migrations");
  CHECK(configuration.migrations_layout == "auto");
  CHECK(configuration.names == NameMatching::fold);
  CHECK_FALSE(configuration.compare_column_order);
  CHECK_FALSE(configuration.compare_enum_order);
  CHECK(configuration.fail_on == "warning");
  CHECK(configuration.severities.empty());
  CHECK(configuration.waivers.empty());
  CHECK_FALSE(configuration.migrator);
  CHECK(configuration.tests.ladder == "tests/ladder");
  CHECK(configuration.tests.cases == "tests/cases");
  CHECK(configuration.tests.statement_timeout_ms == 60'000);
  CHECK(configuration.tests.irreversible.empty());
  CHECK_FALSE(configuration.tests.compare_column_order);
}

TEST_CASE("A preset of [migrator] says everything but the folder") {
  const MigratorConfiguration alembic = *read("[migrator]\npreset = 'alembic'\n").migrator;
  CHECK(contains(alembic.up, "alembic upgrade {revision}"));
  CHECK(contains(alembic.down, "alembic downgrade {revision}"));
  CHECK(alembic.base == "base");
  CHECK(alembic.url_form == "sqlalchemy");
  CHECK(alembic.url_variable == "DATABASE_URL");
  CHECK(alembic.tables == std::vector<std::string>{"alembic_version"});
  const MigratorConfiguration django = *read("[migrator]\npreset = 'django'\nurl_variable = 'SHOP_DB'\n").migrator;
  CHECK(contains(django.up, "manage.py migrate"));
  CHECK(django.base == "zero");
  CHECK(django.url_form == "url");
  CHECK(django.url_variable == "SHOP_DB");
  CHECK(django.tables == std::vector<std::string>{"django_migrations"});
}

TEST_CASE("[migrator] without a preset needs its commands, but for 'down'") {
  const MigratorConfiguration own = *read("[migrator]\nlist = 'ls'\nup = 'go {revision}'\n").migrator;
  CHECK(own.preset.empty());
  CHECK(own.down.empty());
  CHECK(own.tables.empty());
  const Error no_list = refused("\n[migrator]\nup = 'go {revision}'\n");
  check_place(no_list, 2, 1);
  CHECK(no_list.message() == "'list' is missing in [migrator]");
  CHECK(contains(no_list.remedy(), "alembic"));
  CHECK(refused("[migrator]\nlist = 'ls'\n").message() == "'up' is missing in [migrator]");
}

TEST_CASE("A bad value in [migrator] is an error at its place") {
  const Error preset = refused("[migrator]\npreset = 'alembik'\n");
  check_place(preset, 2, 10);
  CHECK(contains(preset.message(), "expected alembic or django, not 'alembik'; did you mean 'alembic'?"));
  CHECK(contains(refused("[migrator]\npreset = 'django'\nurl_form = 'sqlalchemi'\n").message(),
                 "did you mean 'sqlalchemy'?"));
  CHECK(contains(refused("[migrator]\npreset = 'django'\nurl_variable = 'A=B'\n").message(), "environment variable"));
  CHECK(contains(refused("[migrator]\npreset = 'django'\nurl_variable = '9A'\n").message(), "environment variable"));
  CHECK(contains(refused("[migrator]\npreset = 'django'\nup = ''\n").message(), "must not be empty"));
  CHECK(contains(refused("[migrator]\npreset = ['django']\n").message(), "must be a string, not an array"));
  CHECK(contains(refused("[migrator]\npreset = 'django'\ntables = 'x'\n").message(), "an array of names of tables"));
  const Error element = refused("[migrator]\npreset = 'django'\ntables = ['a',\n  3]\n");
  check_place(element, 4, 3);
  CHECK(contains(refused("[migrator]\nprset = 'django'\n").message(), "in [migrator]; did you mean 'preset'?"));
  CHECK(contains(refused("migrator = 1\n").message(), "must be a table"));
}

TEST_CASE("A bad value in [tests] is an error at its place") {
  const Error irreversible = refused("[tests]\nirreversible = { '0007' = '' }\n");
  check_place(irreversible, 2, 27);
  CHECK(contains(irreversible.message(), "'0007' in [tests.irreversible] must not be empty"));
  CHECK(contains(refused("[tests]\nirreversible = ['0007']\n").message(), "must be a table, not an array"));
  CHECK(contains(refused("[tests]\nirreversible = { '0007' = true }\n").message(), "must be a string"));
  CHECK(contains(refused("[tests]\ncolumn_order = 'compair'\n").message(), "did you mean 'compare'?"));
  CHECK(contains(refused("[tests]\nfloor = 7\n").message(), "'floor' in [tests] must be a string, not an integer"));
  CHECK(contains(refused("[tests]\nunstable = 'orders.at'\n").message(), "must be an array of columns"));
  for (const char* column : {"updated_at", ".at", "orders.", "a..b", "orders. at"})
    CHECK_MESSAGE(contains(refused("[tests]\nunstable = ['" + std::string(column) + "']\n").message(), "table.column"),
                  column);
}

TEST_CASE("A time limit is a number with its unit") {
  const auto timeout_ms = [](const std::string& text) {
    return read("[tests]\ntimeout = '" + text + "'\n").tests.statement_timeout_ms;
  };
  CHECK(timeout_ms("500ms") == 500);
  CHECK(timeout_ms("60s") == 60'000);
  CHECK(timeout_ms("5min") == 300'000);
  CHECK(timeout_ms("24h") == 86'400'000);
  CHECK(timeout_ms("0s") == 0);
  for (const char* text : {"60", "s", "-1s", "1.5s", "60 s", "60sec", "25h", "9999999999999s", ""})
    CHECK_MESSAGE(contains(refused("[tests]\ntimeout = '" + std::string(text) + "'\n").message(),
                           "expected a time such as 500ms, 60s or 5min"),
                  text);
  CHECK(contains(refused("[tests]\ntimeout = 60\n").message(), "must be a string, not an integer"));
}

TEST_CASE("Variables win over [tests] of the file") {
  Configuration configuration = read("[tests]\nladder = 'a'\nfloor = '0001'\n");
  const EnvironmentVariable ladder("PARIPASSU_TESTS_LADDER", "b");
  const EnvironmentVariable cases("PARIPASSU_TESTS_CASES", "c");
  const EnvironmentVariable floor("PARIPASSU_TESTS_FLOOR", "0003");
  const EnvironmentVariable order("PARIPASSU_TESTS_COLUMN_ORDER", "compare");
  const EnvironmentVariable timeout("PARIPASSU_TESTS_TIMEOUT", "3s");
  apply_environment(configuration, two_engines());
  CHECK(configuration.tests.ladder == "b");
  CHECK(configuration.tests.cases == "c");
  CHECK(configuration.tests.floor == "0003");
  CHECK(configuration.tests.compare_column_order);
  CHECK(configuration.tests.statement_timeout_ms == 3000);
  const EnvironmentVariable wrong("PARIPASSU_TESTS_TIMEOUT", "soon");
  CHECK(contains(error_of([&] { apply_environment(configuration, two_engines()); }).message(),
                 "PARIPASSU_TESTS_TIMEOUT: expected a time"));
}

TEST_CASE("Configuration knows its file and folder") {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml", "");
  const Configuration configuration = read_configuration(file, two_engines());
  CHECK(configuration.file == file);
  CHECK(configuration.project_dir == folder.path());
}

TEST_CASE("An unknown key names its place and the nearest known one") {
  const Error error = refused("[parity]\n  nmaes = \"fold\"\n");
  check_place(error, 2, 3);
  CHECK(error.message() == "unknown key 'nmaes' in [parity]; did you mean 'names'?");
  CHECK(contains(error.what(), "paripassu.toml:2:3: unknown key 'nmaes'"));
}

TEST_CASE("An unknown key that resembles none lists the known ones") {
  const Error error = refused("[tests]\ncases = 'x'\nzzzzzzzz = 1\n");
  check_place(error, 3, 1);
  CHECK(error.message() == "unknown key 'zzzzzzzz' in [tests]");
  CHECK(error.remedy() == "known here: ladder, cases, floor, irreversible, column_order, timeout, unstable");
}

TEST_CASE("Unknown keys are found at every level") {
  CHECK(contains(refused("prject = 1").message(), "unknown key 'prject' at the top level; did you mean 'project'?"));
  CHECK(contains(refused("[project]\nnmae = 'x'").message(), "in [project]; did you mean 'name'?"));
  CHECK(contains(refused("[engines.north]\nuri = 'x'").message(), "in [engines.north]; did you mean 'url'?"));
  CHECK(contains(refused("[migrations]\ndirs = 'x'").message(), "in [migrations]; did you mean 'dir'?"));
  CHECK(contains(refused("[model.north]\nfiel = 'x'").message(), "in [model.north]; did you mean 'file'?"));
  CHECK(contains(refused("[[parity.waiver]]\nresaon = 'x'").message(), "in [[parity.waiver]]; did you mean 'reason'?"));
  CHECK(contains(refused("[[parity.equivalent]]\nnroth = 'x'").message(),
                 "in [[parity.equivalent]]; did you mean 'north'?"));
}

TEST_CASE("The first of several unknown keys is reported") {
  check_place(refused("[tests]\nzzz = 1\naaa = 1\n"), 2, 1);
}

TEST_CASE("An unknown engine is called an engine") {
  const Error error = refused("[engines.nort]\nurl = 'x'");
  CHECK(error.message() == "unknown engine 'nort' in [engines]; did you mean 'north'?");
  CHECK(error.remedy() == "known here: north, south");
  CHECK(contains(refused("[model]\nwest = 'x'").message(), "unknown engine 'west' in [model]"));
}

TEST_CASE("A hostile key cannot write control characters or pages into the message") {
  const Error error = refused("\"\\u001b[2J" + std::string(100'000, 'x') + "\" = 1");
  CHECK_FALSE(contains(error.what(), "\x1b"));
  CHECK(error.message().size() < 300);
}

TEST_CASE("A value of the wrong type says what was expected") {
  const Error error = refused("[engines.north]\nurl = 1234\n");
  check_place(error, 2, 7);
  CHECK(error.message() == "'url' in [engines.north] must be a string, not an integer");
  CHECK(contains(refused("engines = 'north'").message(), "must be a table, not a string"));
  CHECK(contains(refused("[engines]\nnorth = 'url'").message(), "must be a table, not a string"));
  CHECK(contains(refused("[migrations]\nplaceholders = ['a']").message(), "must be a table, not an array"));
  CHECK(contains(refused("[migrations]\nplaceholders = { a = 1 }").message(),
                 "'a' in [migrations.placeholders] must be a string, not an integer"));
  CHECK(contains(refused("[parity]\nwaiver = { code = 'x' }").message(),
                 "must be an array of tables, [[parity.waiver]], not a table"));
  check_place(refused("[parity]\nwaiver = [\n {code='c', object='o', reason='r'},\n 7]"), 4, 2);
  CHECK(contains(refused("[parity]\ncolumn_order = true").message(), "must be a string, not a boolean"));
  CHECK(contains(refused("[model]\nnorth = 1.5").message(), "not a floating-point number"));
}

TEST_CASE("Texts that must be filled may not be blank") {
  CHECK(contains(refused("[project]\nname = ' '").message(), "'name' in [project] must not be empty"));
  CHECK(contains(refused("[migrations]\ndir = ''").message(), "must not be empty"));
  CHECK(contains(refused("[migrations]\ndir = \"a\\u0000b\"").message(), "NUL"));
}

TEST_CASE("Bad TOML is reported with its place") {
  CHECK(refused("[project]\nname = \n").position().line == 2);
  CHECK(refused("[tests]\ncases = 'a'\ncases = 'b'\n").position().line == 3);
  CHECK(contains(refused("[a\n").message(), "not valid TOML"));
  CHECK(contains(refused("name = \"\xFF\xFE\"").message(), "not valid TOML"));
  for (const char* text :
       {"[[[", "[[=", "[[", "[[]]", "{", "a.[b] = 1", "[a]]", "= 1", "a = [[[", "\"", "\'\'\'", "\\"}) {
    CAPTURE(text);
    CHECK(contains(refused(text).message(), "not valid TOML"));
  }
  CHECK(contains(refused("a = " + std::string(100'000, '[')).message(), "not valid TOML"));
}

TEST_CASE("A configuration that cannot be read says why") {
  const TemporaryFolder folder;
  const BackendRegistry registry = two_engines();
  const Error missing = error_of([&] { read_configuration(folder.path() + "/none.toml", registry); });
  CHECK(missing.category() == ErrorCategory::configuration);
  CHECK(contains(missing.what(), "none.toml: cannot read the configuration: there is no such file"));
  CHECK(contains(error_of([&] { read_configuration(folder.path(), registry); }).message(), "it is a folder"));
  const std::string large = folder.write("large.toml", std::string((4u << 20) + 1, '\n'));
  CHECK(contains(error_of([&] { read_configuration(large, registry); }).message(), "larger than 4 MiB"));
}

TEST_CASE("A url whose variable is unset or empty is no url") {
  const EnvironmentVariable unset("PARIPASSU_UNIT_UNSET", nullptr);
  const EnvironmentVariable empty("PARIPASSU_UNIT_EMPTY", "");
  CHECK_FALSE(read("[engines.north]\nurl = '${PARIPASSU_UNIT_UNSET}'").engines.at("north").url);
  CHECK_FALSE(read("[engines.north]\nurl = '${PARIPASSU_UNIT_EMPTY}'").engines.at("north").url);
  CHECK_FALSE(read("[engines.north]\nurl = ''").engines.at("north").url);
}

TEST_CASE("An unset variable elsewhere is an error that names it") {
  const EnvironmentVariable unset("PARIPASSU_UNIT_UNSET", nullptr);
  const Error error = refused("[migrations]\nplaceholders = { t = '${PARIPASSU_UNIT_UNSET}' }");
  CHECK(contains(error.message(), "PARIPASSU_UNIT_UNSET"));
  check_place(error, 2, 22);
  CHECK(contains(refused("[engines.north]\nurl = 'north://u:${PARIPASSU_UNIT_UNSET}@h'").message(),
                 "PARIPASSU_UNIT_UNSET"));
}

TEST_CASE("A placeholder may not hold a line break") {
  const EnvironmentVariable lines("PARIPASSU_UNIT_LINES", "a\nb");
  CHECK(contains(refused("[migrations.placeholders]\nt = '${PARIPASSU_UNIT_LINES}'").message(), "line break"));
}

TEST_CASE("A url must be one of its engine, and its password is never shown") {
  const Error scheme = refused("[engines.north]\nurl = 'south://me:geheim@host/db'");
  check_place(scheme, 2, 7);
  CHECK(contains(scheme.message(), "the scheme 'south' is not one of north"));
  CHECK(contains(scheme.remedy(), "north://"));
  CHECK_FALSE(contains(scheme.what(), "geheim"));
  for (const char* url : {"north://me:geheim@host:99999/db", "north://me:ge%zzheim@host", "me:geheim@host",
                          "north://me:geheim@a@b", "Server=x;Password=geheim"}) {
    CAPTURE(url);
    const Error error = refused(std::string("[engines.north]\nurl = '") + url + "'");
    CHECK(contains(error.message(), "'url' in [engines.north]"));
    CHECK_FALSE(contains(error.what(), "heim"));
  }
  CHECK(read("[engines.north]\nurl = 'NORTHQL://host'").engines.at("north").url == "NORTHQL://host");
}

TEST_CASE("A model is either a file or a command") {
  CHECK(read("[model]\nnorth = { file = 'a.sql' }").models.at("north").file == "a.sql");
  CHECK(contains(refused("[model]\nnorth = { file = 'a', command = 'b' }").message(), "not both"));
  CHECK(contains(refused("[model]\nnorth = {}").message(), "must have either 'file' or 'command'"));
  CHECK(contains(refused("[model]\nnorth = ''").message(), "must not be empty"));
}

TEST_CASE("Words of choice are checked") {
  const Error names = refused("[parity]\nnames = 'flod'");
  CHECK(names.message() ==
        "'names' in [parity]: expected exact, ignore-case or fold, not 'flod'; did you mean 'fold'?");
  check_place(names, 2, 9);
  CHECK(contains(refused("[parity]\ncolumn_order = 'no'").message(), "expected ignore or compare, not 'no'"));
  CHECK(contains(refused("[migrations]\nlayout = 'flywya'").message(), "did you mean 'flyway'?"));
  CHECK(read("[parity]\nnames = 'exact'").names == NameMatching::exact);
  CHECK(read("[parity]\nnames = 'fold'").names == NameMatching::fold);
}

TEST_CASE("A schema has one partner") {
  const Error error = refused("[parity.schemas]\na = 'dbo'\nb = 'dbo'");
  check_place(error, 3, 5);
  CHECK(contains(error.message(), "'b' in [parity.schemas] pairs with 'dbo', and so does 'a'"));
  CHECK(contains(refused("[parity.schemas]\na = ''").message(), "must not be empty"));
}

TEST_CASE("Equivalent types need two engines and a reason") {
  const Error one = refused("[[parity.equivalent]]\nnorth = 'int'\nreason = 'r'");
  CHECK(one.message() == "[[parity.equivalent]] must name a type for at least two engines");
  check_place(one, 1, 1);
  CHECK(contains(refused("[[parity.equivalent]]\nnorth = 'int'\nsouth = 'int'").message(),
                 "'reason' is missing in [[parity.equivalent]]"));
  CHECK(contains(refused("[[parity.equivalent]]\nnorth = 'int'\nsouth = ['int']\nreason = 'r'").message(),
                 "must be a string, not an array"));
}

TEST_CASE("Waivers need a code, an object and a reason") {
  CHECK(contains(refused("[[parity.waiver]]\nobject = 'o'\nreason = 'r'").message(), "'code' is missing"));
  CHECK(contains(refused("[[parity.waiver]]\ncode = 'c'\nreason = 'r'").message(), "'object' is missing"));
  const Error reason = refused("[[parity.waiver]]\ncode = 'c'\nobject = 'o'\n\n[[parity.waiver]]\ncode = 'c'\n");
  check_place(reason, 1, 1);
  CHECK(contains(reason.message(), "'reason' is missing in [[parity.waiver]]"));
  CHECK(contains(refused("[[parity.waiver]]\ncode = 'c'\nobject = 'o'\nreason = ''").message(), "must not be empty"));
}

TEST_CASE("The end of a waiver must be a date that exists") {
  const std::string head = "[[parity.waiver]]\ncode = 'c'\nobject = 'o'\nreason = 'r'\nuntil = ";
  CHECK(read(head + "'2027-03-31'").waivers[0].until == "2027-03-31");
  CHECK(read(head + "2027-03-01").waivers[0].until == "2027-03-01");
  for (const char* date : {"'2027-02-29'", "'2027-13-01'", "'2027-00-10'", "'2027-01-00'", "'2027-1-1'", "'27-01-01'",
                           "'2027/01/01'", "'2027-01-011'", "'2027-01-0a'", "'----------'", "'2027--1-01'", "''"}) {
    CAPTURE(date);
    const Error error = refused(head + date);
    CHECK(contains(error.message(), "must be a date that exists, YYYY-MM-DD"));
    check_place(error, 5, 9);
  }
  CHECK(contains(refused(head + "2027").message(), "must be a date, YYYY-MM-DD, not an integer"));
}

TEST_CASE("The end of a waiver is checked as a date of TOML's own, too") {
  const std::string head = "[[parity.waiver]]\ncode = 'c'\nobject = 'o'\nreason = 'r'\nuntil = ";
  CHECK(read(head + "2028-02-29").waivers[0].until == "2028-02-29");
  for (const char* date : {"2027-02-30", "2027-02-29", "2027-13-01", "2027-00-10"}) {
    CAPTURE(date);
    CHECK(refused(head + date).position().line == 5);
  }
  CHECK(contains(refused(head + "2027-03-01T10:00:00").message(), "must be a date, YYYY-MM-DD, not a date and time"));
}

TEST_CASE("A waiver of every code must name an object") {
  const auto waiver = [](const std::string& object) {
    return "[[parity.waiver]]\ncode = '*'\nobject = '" + object + "'\nreason = 'r'\n";
  };
  CHECK(read(waiver("orders.*")).waivers[0].code == "*");
  CHECK(read(waiver("*.note")).waivers[0].object == "*.note");
  for (const char* object : {"*", "**", "*.*", "?*", "*.*.?"}) {
    CAPTURE(object);
    const Error error = refused(waiver(object));
    CHECK(contains(error.message(), "'object' in [[parity.waiver]] must name something when 'code' is \"*\""));
    check_place(error, 3, 10);
  }
}

TEST_CASE("A waiver without a reason to read is refused") {
  for (const char* reason : {"''", "'  '", R"("\t\r\n ")"}) {
    CAPTURE(reason);
    const Error error = refused("[[parity.waiver]]\ncode = 'c'\nobject = 'o'\nreason = " + std::string(reason));
    CHECK(contains(error.message(), "'reason' in [[parity.waiver]] must not be empty"));
    check_place(error, 4, 10);
  }
  const Error misspelt = refused("[[parity.waiver]]\ncode = 'c'\nobject = 'o'\nreason = 'r'\nuntill = 2027-01-01\n");
  CHECK(misspelt.message() == "unknown key 'untill' in [[parity.waiver]]; did you mean 'until'?");
  check_place(misspelt, 5, 1);
}

TEST_CASE("Waivers and severities know where they stand") {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml",
                                        "[parity.severity]\n  column-order = 'note'\n\n"
                                        "[[parity.waiver]]\ncode = 'a'\nobject = 'o'\nreason = 'r'\n"
                                        "[[parity.waiver]]\nreason = 'r'\nobject = 'o'\n  code = 'b'\n");
  const Configuration configuration = read_configuration(file, two_engines());
  REQUIRE(configuration.waivers.size() == 2);
  CHECK(configuration.waivers[0].position == SourcePosition{file, 4, 1});
  CHECK(configuration.waivers[0].code_position == SourcePosition{file, 5, 8});
  CHECK(configuration.waivers[1].position == SourcePosition{file, 8, 1});
  CHECK(configuration.waivers[1].code_position == SourcePosition{file, 11, 10});
  CHECK(configuration.severities.at("column-order").position == SourcePosition{file, 2, 18});
}

TEST_CASE("Severities are one of three words") {
  const Error error = refused("[parity.severity]\ncolumn-order = 'ignore'\n");
  CHECK(error.message() == "'column-order' in [parity.severity]: expected error, warning or note, not 'ignore'");
  CHECK(error.remedy() == "a difference that is accepted gets a [[parity.waiver]] with a reason");
  check_place(error, 2, 16);
  CHECK(contains(refused("[parity.severity]\nc = 'warn'").message(), "not 'warn'"));
  CHECK(contains(refused("[parity.severity]\nc = 'Error'").message(), "did you mean 'error'?"));
  CHECK(contains(refused("[parity.severity]\nc = ''").message(), "must not be empty"));
  CHECK(contains(refused("[parity.severity]\nc = 1").message(), "must be a string, not an integer"));
  CHECK(contains(refused("[parity]\nseverity = 'note'").message(), "must be a table, not a string"));
  CHECK(refused("[parity.severity]\nc = 'note'\nc = 'error'\n").position().line == 3);
}

TEST_CASE("The severity from which on a comparison fails is one of three words") {
  for (const char* word : {"error", "warning", "note"})
    CHECK(read("[parity]\nfail_on = '" + std::string(word) + "'").fail_on == word);
  const Error error = refused("[parity]\nfail_on = 'warnings'");
  CHECK(error.message() ==
        "'fail_on' in [parity]: expected error, warning or note, not 'warnings'; did you mean 'warning'?");
  check_place(error, 2, 11);
  CHECK(contains(refused("[parity]\nfail_on = true").message(), "must be a string, not a boolean"));
}

TEST_CASE("The order of an enum's labels is ignored or compared") {
  CHECK_FALSE(read("[parity]\nenum_order = 'ignore'").compare_enum_order);
  const Error error = refused("[parity]\nenum_order = 'compared'");
  CHECK(contains(error.message(), "'enum_order' in [parity]: expected ignore or compare, not 'compared'"));
  check_place(error, 2, 14);
}

TEST_CASE("The configuration is found in the folder itself and in its parents") {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml", "");
  folder.write("a/b/c/x", "");
  CHECK(find_configuration(folder.path()) == file);
  CHECK(find_configuration(folder.path() + "/") == file);
  CHECK(find_configuration(folder.path() + "/a/b/c") == file);
  CHECK(find_configuration(folder.path() + "/a/b/../b/c/") == file);
  const std::string nearer = folder.write("a/paripassu.toml", "");
  CHECK(find_configuration(folder.path() + "/a/b") == nearer);
}

TEST_CASE("A folder named like the configuration is not one") {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml", "");
  folder.write("a/paripassu.toml/x", "");
  CHECK(find_configuration(folder.path() + "/a") == file);
}

TEST_CASE("The search for a configuration ends at the bound of parents") {
  const TemporaryFolder folder;
  const std::string file = folder.write("paripassu.toml", "");
  std::string deep = folder.path();
  for (int i = 0; i < limits::kFilePathDepthMax; ++i) deep += "/d";
  std::filesystem::create_directories(deep + "/d");
  CHECK(find_configuration(deep) == file);
  CHECK(find_configuration(deep + "/d").empty());
}

TEST_CASE("Environment variables win over the file") {
  Configuration configuration = read("[engines.north]\nurl='north://a'\nschema='x'\n[parity]\nnames='exact'\n");
  const EnvironmentVariable url("PARIPASSU_NORTH_URL", "north://u:${x}@b");
  const EnvironmentVariable schema("PARIPASSU_SOUTH_SCHEMA", "app");
  const EnvironmentVariable dir("PARIPASSU_MIGRATIONS_DIR", "m");
  const EnvironmentVariable layout("PARIPASSU_MIGRATIONS_LAYOUT", "dbmate");
  const EnvironmentVariable names("PARIPASSU_PARITY_NAMES", "ignore-case");
  const EnvironmentVariable order("PARIPASSU_PARITY_COLUMN_ORDER", "compare");
  const EnvironmentVariable enum_order("PARIPASSU_PARITY_ENUM_ORDER", "compare");
  const EnvironmentVariable fail_on("PARIPASSU_PARITY_FAIL_ON", "note");
  apply_environment(configuration, two_engines());
  CHECK(configuration.engines.at("north").url == "north://u:${x}@b");
  CHECK(configuration.engines.at("north").schema == "x");
  CHECK(configuration.engines.at("south").schema == "app");
  CHECK_FALSE(configuration.engines.at("south").url);
  CHECK(configuration.migrations_dir == "m");
  CHECK(configuration.migrations_layout == "dbmate");
  CHECK(configuration.names == NameMatching::ignore_case);
  CHECK(configuration.compare_column_order);
  CHECK(configuration.compare_enum_order);
  CHECK(configuration.fail_on == "note");
}

TEST_CASE("Empty environment variables count as unset") {
  Configuration configuration = read("[engines.north]\nurl='north://a'\n[migrations]\ndir='m'");
  const EnvironmentVariable url("PARIPASSU_NORTH_URL", "");
  const EnvironmentVariable dir("PARIPASSU_MIGRATIONS_DIR", "");
  const EnvironmentVariable names("PARIPASSU_PARITY_NAMES", "");
  const EnvironmentVariable fail_on("PARIPASSU_PARITY_FAIL_ON", "");
  const EnvironmentVariable enum_order("PARIPASSU_PARITY_ENUM_ORDER", "");
  apply_environment(configuration, two_engines());
  CHECK(configuration.fail_on == "warning");
  CHECK_FALSE(configuration.compare_enum_order);
  CHECK(configuration.engines.at("north").url == "north://a");
  CHECK(configuration.migrations_dir == "m");
  CHECK(configuration.engines.size() == 1);
}

TEST_CASE("An environment variable that does not fit is named") {
  const auto check = [](const char* variable, const char* value, const char* expected) {
    Configuration configuration;
    const EnvironmentVariable setting(variable, value);
    const Error error = error_of([&] { apply_environment(configuration, two_engines()); });
    CHECK(error.category() == ErrorCategory::configuration);
    CHECK(error.message().starts_with(std::string(variable) + ": "));
    CHECK(contains(error.what(), expected));
    CHECK_FALSE(contains(error.what(), "geheim"));
  };
  check("PARIPASSU_NORTH_URL", "south://u:geheim@h", "the scheme 'south'");
  check("PARIPASSU_SOUTH_URL", "u:geheim@h", "not valid");
  check("PARIPASSU_MIGRATIONS_LAYOUT", "natve", "did you mean 'native'?");
  check("PARIPASSU_PARITY_NAMES", "x", "exact, ignore-case or fold");
  check("PARIPASSU_PARITY_COLUMN_ORDER", "1", "ignore or compare");
  check("PARIPASSU_PARITY_ENUM_ORDER", "yes", "ignore or compare");
  check("PARIPASSU_PARITY_FAIL_ON", "never", "error, warning or note");
}

TEST_CASE("Name matching is read from its three words") {
  CHECK(name_matching_from_string("exact", "--names") == NameMatching::exact);
  CHECK(name_matching_from_string("ignore-case", "--names") == NameMatching::ignore_case);
  CHECK(name_matching_from_string("fold", "--names") == NameMatching::fold);
  const Error error = error_of([] { name_matching_from_string("Fold", "--names"); });
  CHECK(error.category() == ErrorCategory::usage);
  CHECK(error.message() == "--names: expected exact, ignore-case or fold, not 'Fold'; did you mean 'fold'?");
}

TEST_CASE("The nearest word is found by edits and swaps") {
  const std::vector<std::string> known = {"names", "schemas", "column_order", "waiver"};
  CHECK(nearest_word("nmaes", known) == "names");
  CHECK(nearest_word("name", known) == "names");
  CHECK(nearest_word("Column-Order", known) == "column_order");
  CHECK(nearest_word("colum_ordr", known) == "column_order");
  CHECK(nearest_word("waivers", known) == "waiver");
}

TEST_CASE("Words that are far from all known ones have no nearest") {
  const std::vector<std::string> known = {"names", "a", "url"};
  for (const std::string& word : std::vector<std::string>{"foo", "", "b", "xyz", "nnnnn", std::string(1'000'000, 'n')})
    CHECK(nearest_word(word, known).empty());
  CHECK(nearest_word("names", {}).empty());
  CHECK(nearest_word("names", {std::string(1000, 'n'), ""}).empty());
}
