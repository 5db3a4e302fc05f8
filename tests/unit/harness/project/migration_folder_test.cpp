#include "harness/project/migration_folder.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/unit/harness/project/migrations_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

TEST_CASE("Versions are ordered number by number") {
  CHECK(compare_versions("0010", "9") > 0);
  CHECK(compare_versions("9", "0010") < 0);
  CHECK(compare_versions("1.10", "1.9") > 0);
  CHECK(compare_versions("1.2", "1.10.1") < 0);
  CHECK(compare_versions("2", "1.9.9") > 0);
  CHECK(compare_versions("1", "1.1") < 0);
  CHECK(compare_versions("20260101120000", "20251231235959") > 0);
  CHECK(compare_versions("99999999999999999999999999999998", "99999999999999999999999999999999") < 0);
  CHECK(compare_versions("1.a", "1.9") > 0);
  CHECK(compare_versions("1.a", "1.b") < 0);
  CHECK(compare_versions("1.a", "1") > 0);
  CHECK(compare_versions("", "1") < 0);
}

TEST_CASE("Versions that differ in zeros and separators are the same version") {
  CHECK(compare_versions("7", "0007") == 0);
  CHECK(compare_versions("1", "1.0") == 0);
  CHECK(compare_versions("1.1", "1_1") == 0);
  CHECK(compare_versions("0", "") == 0);
  CHECK(compare_versions("1.0.0.1", "1") > 0);
}

TEST_CASE("The order of versions is antisymmetric and transitive") {
  const std::vector<std::string> samples = {"",
                                            "0",
                                            "1",
                                            "01",
                                            "1.0",
                                            "1.a",
                                            "1.0.1",
                                            "a",
                                            "a1",
                                            "1a",
                                            "1-1",
                                            "1_2",
                                            "10",
                                            "2.",
                                            ".2",
                                            "..",
                                            "b.",
                                            "000",
                                            "1.0a",
                                            "99999999999999999999",
                                            "1.00000000000000000000001"};
  for (const auto& a : samples) {
    CHECK(compare_versions(a, a) == 0);
    for (const auto& b : samples) {
      CHECK(compare_versions(a, b) == -compare_versions(b, a));
      for (const auto& c : samples)
        if (compare_versions(a, b) <= 0 && compare_versions(b, c) <= 0) CHECK(compare_versions(a, c) <= 0);
    }
  }
}

TEST_CASE("The checksum does not depend on line endings or a byte order mark") {
  CHECK(migration_checksum("a\nb\n") == migration_checksum("a\r\nb\r\n"));
  CHECK(migration_checksum("a\nb\n") == migration_checksum("a\rb\r"));
  CHECK(migration_checksum("a\n\nb") == migration_checksum("a\r\n\rb"));
  CHECK(migration_checksum("\xEF\xBB\xBFx") == migration_checksum("x"));
  CHECK(migration_checksum("a\nb") != migration_checksum("a b"));
  CHECK(migration_checksum("a\n\nb") != migration_checksum("a\nb"));
}

TEST_CASE("The checksum is xxh64 with seed 0 in 16 hex digits") {
  // Published vectors of the XXH64 specification.
  CHECK(migration_checksum("") == "ef46db3751d8e999");
  CHECK(migration_checksum("abc") == "44bc2cf5ad770999");
  CHECK(migration_checksum(std::string_view("\0", 1)).size() == 16);
}

TEST_CASE("The native layout has files for all engines and for one") {
  const Migrations folder{{"0001_create.up.sql", "create;\n"},      {"0001_create.down.sql", "drop;\n"},
                          {"0002_unique.north.up.sql", "north;\n"}, {"0002_unique.s.up.sql", "south;\n"},
                          {"0003_index.up.sql", "all;\n"},          {"0003_index.n.up.sql", "special;\n"},
                          {"0003_index.n.down.sql", "undo;\n"}};
  const MigrationSet north = folder.read("north");
  const MigrationSet south = folder.read("south");
  CHECK(north.engine == "north");
  CHECK(north.layout == "native");
  CHECK(north.dir == folder.options.dir);
  CHECK(north.warnings.empty());
  CHECK(versions(north) == "0001:create+- 0002:unique+ 0003:index+-");
  CHECK(versions(south) == "0001:create+- 0002:unique+ 0003:index+");
  CHECK(north.migrations[0].up->file == folder.path("0001_create.up.sql"));
  CHECK(north.migrations[0].up->text == "create;\n");
  CHECK(north.migrations[0].up->checksum == migration_checksum("create;\n"));
  CHECK(north.migrations[0].down->text == "drop;\n");
  CHECK(north.migrations[1].up->text == "north;\n");
  CHECK(south.migrations[1].up->text == "south;\n");
  CHECK(north.migrations[2].up->text == "special;\n");
  CHECK(south.migrations[2].up->text == "all;\n");
  CHECK(south.migrations[2].up->file == folder.path("0003_index.up.sql"));
}

TEST_CASE("A file for one engine wins wherever it is in the order of names") {
  const Migrations folder{{"1_a.north.up.sql", "special;"},
                          {"1_a.up.sql", "all;"},
                          {"2_b.up.sql", "all;"},
                          {"2_b.zone.up.sql", "special;"}};
  const MigrationSet set = folder.read("north");
  CHECK(set.migrations[0].up->text == "special;");
  CHECK(set.migrations[1].up->text == "special;");
}

TEST_CASE("Migrations are sorted by number, not by name") {
  const Migrations folder{{"10_c.up.sql", kSql}, {"9_b.up.sql", kSql}, {"1.10_x.up.sql", kSql}, {"1.9_y.up.sql", kSql}};
  CHECK(versions(folder.read()) == "1.9:y+ 1.10:x+ 9:b+ 10:c+");
}

TEST_CASE("A version of another engine is listed without a script") {
  const Migrations folder{{"0001_a.up.sql", kSql}, {"0002_b.south.up.sql", kSql}, {"0002_b.down.sql", kSql}};
  CHECK(versions(folder.read("north")) == "0001:a+ 0002:b");
  CHECK(versions(folder.read("south")) == "0001:a+ 0002:b+-");
  CHECK(folder.read("north").warnings.empty());
}

TEST_CASE("A version that one engine lacks is a warning when all engines are read") {
  const Migrations folder{{"0001_a.up.sql", kSql}, {"0002_b.north.up.sql", kSql}, {"0003_c.south.up.sql", kSql}};
  const std::vector<MigrationSet> sets = folder.read_all();
  REQUIRE(sets.size() == 2);
  CHECK(sets[0].engine == "north");
  CHECK(sets[0].migrations.size() == sets[1].migrations.size());
  CHECK(sets[0].warnings == std::vector<std::string>{"0003 has no file for north"});
  CHECK(sets[1].warnings == std::vector<std::string>{"0002 has no file for south"});
}

TEST_CASE("An engine without any file is one warning") {
  const Migrations folder{{"0001_a.n.up.sql", kSql}, {"0002_b.n.up.sql", kSql}};
  const std::vector<MigrationSet> sets = folder.read_all();
  CHECK(sets[0].warnings.empty());
  CHECK(sets[1].warnings == std::vector<std::string>{"no migration has a file for south"});
}

TEST_CASE("One version under two names is a warning") {
  const Migrations folder{{"0001_a.n.up.sql", kSql}, {"0001_b.s.up.sql", kSql}};
  const std::vector<MigrationSet> sets = folder.read_all();
  CHECK(sets[0].warnings.empty());
  CHECK(sets[1].warnings == std::vector<std::string>{"0001 is 'a' on north and 'b' on south"});
}

TEST_CASE("Warnings about the folder are said once for all engines") {
  const Migrations folder{{"0001_a.up.sql", kSql}, {"0003_c.up.sql", kSql}, {"0004_d.up.sql", kSql}};
  const std::vector<MigrationSet> sets = folder.read_all();
  CHECK(sets[0].warnings == std::vector<std::string>{"version 0002 is missing between 0001 and 0003"});
  CHECK(sets[1].warnings.empty());
}

TEST_CASE("A gap of several versions is one warning") {
  const Migrations folder{{"01_a.up.sql", kSql}, {"02_a.up.sql", kSql}, {"03_a.up.sql", kSql}, {"06_a.up.sql", kSql}};
  CHECK(folder.read().warnings == std::vector<std::string>{"versions 04 to 05 are missing between 03 and 06"});
}

TEST_CASE("Gaps are no warning where versions are not counted up by one") {
  CHECK(Migrations{{"10_a.up.sql", kSql}, {"20_b.up.sql", kSql}, {"30_c.up.sql", kSql}}.read().warnings.empty());
  CHECK(Migrations{{"20260101_a.up.sql", kSql}, {"20260102_b.up.sql", kSql}, {"20260215_c.up.sql", kSql}}
            .read()
            .warnings.empty());
  CHECK(Migrations{{"1_a.up.sql", kSql}, {"2_b.up.sql", kSql}, {"10_c.up.sql", kSql}}.read().warnings.empty());
  CHECK(Migrations{{"1.1_a.up.sql", kSql}, {"1.3_b.up.sql", kSql}}.read().warnings.empty());
  CHECK(Migrations{{"0001_a.up.sql", kSql}}.read().warnings.empty());
  const std::string long_version(30, '9');
  CHECK(Migrations{{"1" + long_version + "_a.up.sql", kSql}, {"2" + long_version + "_b.up.sql", kSql}}
            .read()
            .warnings.empty());
}

TEST_CASE("The autocommit infix asks for no transaction") {
  const Migrations folder{{"1_a.autocommit.up.sql", kSql},
                          {"2_b.north.autocommit.up.sql", kSql},
                          {"3_c.autocommit.s.up.sql", kSql},
                          {"4_d.up.sql", kSql}};
  const MigrationSet north = folder.read("north");
  CHECK(north.layout == "native");
  CHECK(north.migrations[0].up->no_transaction);
  CHECK(north.migrations[1].up->no_transaction);
  CHECK_FALSE(north.migrations[3].up->no_transaction);
  CHECK(folder.read("south").migrations[2].up->no_transaction);
}

TEST_CASE("The directive before the first statement asks for no transaction") {
  const Migrations folder{{"1_a.up.sql", "-- paripassu: no-transaction\nselect 1"},
                          {"2_b.up.sql", "/* x /* y */ */\r\n\r\n-- why\r\n  --paripassu:no-transaction\r\nselect 1"},
                          {"3_c.up.sql", "-- see paripassu: no-transaction\nselect '-- paripassu: no-transaction'"}};
  const MigrationSet set = folder.read();
  CHECK(set.migrations[0].up->no_transaction);
  CHECK(set.migrations[1].up->no_transaction);
  CHECK_FALSE(set.migrations[2].up->no_transaction);
  CHECK(set.warnings.empty());
}

TEST_CASE("A directive behind the first statement is a warning") {
  const Migrations folder{{"1_a.up.sql", "select 1;\n\n-- paripassu: no-transaction\n"}};
  const MigrationSet set = folder.read();
  CHECK_FALSE(set.migrations[0].up->no_transaction);
  REQUIRE(set.warnings.size() == 1);
  CHECK(contains(set.warnings[0], "1_a.up.sql:3: '-- paripassu: no-transaction' has no effect here"));
}

TEST_CASE("An unknown directive is an error") {
  const Migrations folder{{"1_a.up.sql", "\n  -- paripassu: no-transactions\nselect 1"}};
  CHECK(contains(folder.message(), "m/1_a.up.sql:2:3: unknown directive '-- paripassu: no-transactions'"));
}

TEST_CASE("Migrations without a statement are refused") {
  for (const char* text : {"", "\n \t\r\n", "-- nothing", "/* a /* b */ c */ -- d\n", ";\n;", "\xEF\xBB\xBF"}) {
    CAPTURE(text);
    CHECK(
        contains(Migrations{{"2_x.up.sql", text}}.message(), "m/2_x.up.sql is empty: expected at least one statement"));
    CHECK(contains(Migrations{{"2_x.up.sql", kSql}, {"2_x.down.sql", text}}.message(), "m/2_x.down.sql is empty"));
  }
}

TEST_CASE("A comment that is not closed is left to the engine's reader") {
  CHECK(Migrations{{"1_a.up.sql", "/* select 1"}}.read().migrations[0].up->text == "/* select 1");
}

TEST_CASE("Files that are hidden or not SQL are ignored") {
  const Migrations folder{{"0001_a.up.sql", kSql}, {".0001_b.up.sql", kSql},     {"README.md", "x"},
                          {".gitkeep", ""},        {"0001_a.up.sql.orig", kSql}, {"x.toml", "x"}};
  CHECK(versions(folder.read()) == "0001:a+");
}

TEST_CASE("An SQL file that fits no rule is refused with the rule of its layout") {
  const auto check = [](const char* name, const char* expected) {
    const Migrations folder{{"0001_a.up.sql", kSql}, {name, kSql}};
    const std::string message = folder.message();
    CAPTURE(message);
    CHECK(contains(message, "m/" + std::string(name) + " is not a migration of the native layout"));
    CHECK(contains(message, "<version>_<name>.up.sql"));
    CHECK(contains(message, expected));
  };
  check("notes.sql", "rename the file or move it out of the folder");
  check("0002_b.sql", "expected");
  check("0002_b.UP.sql", "expected");
  check("0002.up.sql", "does not begin with a version and '_'");
  check("x_b.up.sql", "does not begin with a version and '_'");
  check("1._b.up.sql", "does not begin with a version and '_'");
  check("0002_.up.sql", "has no name");
  check("0002_b.nroth.up.sql", "'nroth' is no engine; did you mean 'north'?");
  check("0002_b.oracle.up.sql", "neither an engine (north, n, zone, south, s) nor 'autocommit'");
  check("0002_b..up.sql", "neither an engine");
  check("0002_b.north.south.up.sql", "it names two engines");
  check("0002_b.up.SQL", "expected");
}

TEST_CASE("File names that reports could not hold are refused") {
  const Migrations control{{"0001_a\x1b[2J.up.sql", kSql}};
  CHECK(contains(control.message(), "m/0001_a?[2J.up.sql holds control characters or is not UTF-8"));
  const Migrations latin{
      {"0001_gr\xF6\xDF"
       "er.up.sql",
       kSql}};
  CHECK(contains(latin.message(), "m/0001_gr??er.up.sql"));
  CHECK(versions(Migrations{{"0001_größer.up.sql", kSql}}.read()) == "0001:größer+");
}

TEST_CASE("Two files for one version are refused by name") {
  const auto check = [](const char* left, const char* right) {
    const std::string message = Migrations{{left, kSql}, {right, kSql}}.message();
    CAPTURE(message);
    CHECK(contains(message, "two files for version"));
    CHECK(contains(message, left));
    CHECK(contains(message, right));
  };
  check("0002_a.up.sql", "0002_b.up.sql");
  check("1_a.up.sql", "01_a.up.sql");
  check("1_a.up.sql", "1.0_b.up.sql");
  check("0002_a.north.up.sql", "0002_a.n.up.sql");
  check("0002_a.up.sql", "0002_a.autocommit.up.sql");
  check("0002_a.up.sql", "0002_b.north.up.sql");
  check("2_a.up.sql", "02_a.south.up.sql");
  check("V1__a.sql", "V1.0__b.sql");
  check("V1.1__a.sql", "V1_1__a.sql");
}

TEST_CASE("A down without its up is refused by name") {
  CHECK(contains(Migrations{{"1_a.up.sql", kSql}, {"2_b.down.sql", kSql}}.message(),
                 "m/2_b.down.sql has no up migration"));
  CHECK(contains(Migrations{{"1_a.up.sql", kSql}, {"1_b.down.sql", kSql}}.message(), "m/1_a.up.sql has another name"));
  CHECK(contains(Migrations{{"1_a.n.up.sql", kSql}, {"1_a.s.down.sql", kSql}}.message(),
                 "m/1_a.s.down.sql has no up migration"));
  CHECK(contains(Migrations{{"V1__a.sql", kSql}, {"U2__a.sql", kSql}}.message(), "m/U2__a.sql has no up migration"));
}

TEST_CASE("A folder without migrations says what was expected") {
  const Migrations folder{{"README.md", "x"}};
  CHECK(contains(folder.message(), "there is no migration in 'm'"));
  Migrations missing{};
  CHECK(contains(missing.message(), "there is no folder 'm'"));
  Migrations file{{"x", ""}};
  file.options.dir += "/x";
  CHECK(contains(file.message(), "'m/x' is not a folder"));
  const Migrations below{{"2026/0001_a.up.sql", kSql}};
  CHECK(contains(below.message(), "the folder m/2026 is not read"));
}

TEST_CASE("A folder of SQL files that is not read is a warning") {
  const Migrations folder{{"0001_a.up.sql", kSql}, {"old/0000_x.up.sql", kSql}, {"docs/x.md", ""}};
  const MigrationSet set = folder.read();
  REQUIRE(set.warnings.size() == 1);
  CHECK(folder.cut(set.warnings[0]) == "the folder m/old is not read, though it holds .sql files");
}

TEST_CASE("The paths in messages are those that were typed") {
  Migrations folder{{"0001_a.up.sql", kSql}};
  folder.options.dir += "/";
  CHECK(folder.read().migrations[0].up->file == folder.options.dir + "0001_a.up.sql");
}

TEST_CASE("Six digits without infixes are golang-migrate's layout") {
  CHECK(Migrations{{"000001_a.up.sql", kSql}, {"000001_a.down.sql", kSql}}.read().layout == "golang-migrate");
  CHECK(Migrations{{"20260101120000_a.up.sql", kSql}}.read().layout == "golang-migrate");
  CHECK(Migrations{{"000001_a.up.sql", kSql}, {"000002_b.n.up.sql", kSql}}.read().layout == "native");
  CHECK(Migrations{{"000001_a.up.sql", kSql}, {"2_b.up.sql", kSql}}.read().layout == "native");
}

TEST_CASE("One folder per engine is recognised") {
  const Migrations folder{{"north/0001_a.up.sql", "n1;"},
                          {"n0/readme.md", ""},
                          {"s/0001_a.up.sql", "s1;"},
                          {"s/0001_a.down.sql", "s0;"},
                          {"s/0002_b.south.up.sql", "s2;"}};
  const MigrationSet north = folder.read("north");
  CHECK(north.layout == "folders");
  CHECK(versions(north) == "0001:a+ 0002:b");
  CHECK(north.migrations[0].up->text == "n1;");
  CHECK(versions(folder.read("south")) == "0001:a+- 0002:b+");
  CHECK(folder.read("south").migrations[0].up->file == folder.path("s/0001_a.up.sql"));
}

TEST_CASE("Folders of engines may hold other layouts") {
  const Migrations folder{
      {"north/V1__a.sql", kSql}, {"north/V2__b.sql", kSql}, {"south/1_a.sql", "-- migrate:up\nselect 1;\n"}};
  CHECK(folder.read("north").layout == "flyway");
  CHECK(folder.read("south").layout == "dbmate");
  CHECK(versions(folder.read("south")) == "1:a+ 2:b");
}

TEST_CASE("Folders of engines are checked") {
  CHECK(contains(Migrations{{"north/1_a.up.sql", kSql}}.message("south"), "there is no folder for south in 'm'"));
  CHECK(contains(Migrations{{"north/1_a.up.sql", kSql}, {"n/1_a.up.sql", kSql}}.message(),
                 "two folders for north: m/n and m/north"));
  CHECK(contains(Migrations{{"north/1_a.south.up.sql", kSql}}.message(),
                 "m/north/1_a.south.up.sql is marked for south but lies in the folder of north"));
  const std::string mixed = Migrations{{"1_a.up.sql", kSql}, {"north/1_a.up.sql", kSql}}.message();
  CHECK(contains(mixed, "m/1_a.up.sql"));
  CHECK(contains(mixed, "m/north/1_a.up.sql"));
}

TEST_CASE("Two layouts in one folder are refused with a file of each") {
  const auto check = [](const char* left, const char* right) {
    const std::string text = "-- migrate:up\nselect 1;\n";
    const std::string message = Migrations{{left, text}, {right, text}}.message();
    CAPTURE(message);
    CHECK(contains(message, "two layouts in one folder"));
    CHECK(contains(message, left));
    CHECK(contains(message, right));
  };
  check("0001_a.up.sql", "V2__b.sql");
  check("0001_a.up.sql", "0002_b.sql");
  check("0001_a.sql", "R__b.sql");
}

TEST_CASE("A forced layout refuses what does not fit it") {
  Migrations folder{{"V1__a.sql", kSql}, {"0002_b.up.sql", kSql}};
  folder.options.layout = "flyway";
  CHECK(contains(folder.message(), "m/0002_b.up.sql is not a migration of the flyway layout"));
  folder.options.layout = "native";
  CHECK(contains(folder.message(), "m/V1__a.sql is not a migration of the native layout"));
  folder.options.layout = "dbmate";
  CHECK(contains(folder.message(), "m/V1__a.sql is not a migration of the dbmate layout"));
  folder.options.layout = "folders";
  CHECK(contains(folder.message(), "does not lie in the folder of an engine"));
  folder.options.layout = "flywya";
  CHECK(contains(folder.message(), "unknown layout 'flywya'; did you mean 'flyway'?"));
}

TEST_CASE("A forced layout is the layout of the result") {
  Migrations folder{{"000001_a.up.sql", kSql}};
  folder.options.layout = "native";
  CHECK(folder.read().layout == "native");
  folder.options.layout = "golang-migrate";
  CHECK(folder.read().layout == "golang-migrate");
  Migrations folders{{"north/1_a.up.sql", kSql}};
  folders.options.layout = "folders";
  CHECK(folders.read().layout == "folders");
}

TEST_CASE("Flyway's versioned, undo and repeatable files are read") {
  const Migrations folder{{"V1__create.sql", "one;"},
                          {"U1__revert_create.sql", "undo;"},
                          {"V1.1__My_description.sql", "1.1;"},
                          {"V1_2__x.sql", "1.2;"},
                          {"V10__y.sql", "ten;"},
                          {"V2__z__w.sql", "two;"},
                          {"R__views.sql", "views;"},
                          {"R__functions.sql", "functions;"}};
  const MigrationSet set = folder.read();
  CHECK(set.layout == "flyway");
  CHECK(versions(set) == "1:create+- 1.1:My_description+ 1.2:x+ 2:z__w+ 10:y+ functions:functions+ views:views+");
  CHECK(set.migrations[0].kind == Migration::Kind::versioned);
  CHECK(set.migrations[0].down->text == "undo;");
  CHECK(set.migrations[5].kind == Migration::Kind::repeatable);
  CHECK(set.warnings.empty());
}

TEST_CASE("Flyway files that are not supported are refused clearly") {
  const auto check = [](const char* name, const char* expected) {
    const std::string message = Migrations{{"V1__a.sql", kSql}, {name, kSql}}.message();
    CAPTURE(message);
    CHECK(contains(message, std::string("m/") + name));
    CHECK(contains(message, expected));
  };
  check("B1__base.sql", "baseline");
  check("afterMigrate.sql", "callback");
  check("beforeEachMigrate__x.sql", "callback");
  check("V2_a.sql", "two underscores");
  check("V2__.sql", "no name");
  check("V2a__x.sql", "expected V<version>__<name>.sql");
  check("V1..2__x.sql", "expected V<version>__<name>.sql");
  check("R1__x.sql", "expected V<version>__<name>.sql");
  check("users.sql", "expected V<version>__<name>.sql");
}

TEST_CASE("Flyway's placeholders are replaced, and the checksum is of the file") {
  Migrations folder{{"V1__a.sql", "-- ${tenant}\nselect '${Tenant}';\n"}, {"R__b.sql", "select '${tenant}';"}};
  folder.options.placeholders = {{"tenant", "acme"}};
  const MigrationSet set = folder.read();
  CHECK(set.migrations[0].up->text == "-- acme\nselect 'acme';\n");
  CHECK(set.migrations[0].up->checksum == migration_checksum("-- ${tenant}\nselect '${Tenant}';\n"));
  CHECK(set.migrations[1].up->text == "select 'acme';");
}

TEST_CASE("A Flyway placeholder without a value is refused with its place, even if none is configured") {
  const Migrations folder{{"V1__a.sql", "select 1;\nselect '${tenant}';\n"}};
  CHECK(contains(folder.message(), "m/V1__a.sql:2:9: the placeholder ${tenant} has no value"));
  const Migrations defaults{{"V1__a.sql", "select '${flyway:user}'"}};
  CHECK(contains(defaults.message(), "m/V1__a.sql:1:9: the placeholder ${flyway:user} has no value"));
}

TEST_CASE("Flyway's script configuration is read") {
  Migrations folder{{"V1__a.sql", "select '${x}'"},
                    {"V1__a.sql.conf", "# x\n\nexecuteInTransaction = false\r\nplaceholderReplacement=false\n"},
                    {"V2__b.sql", kSql},
                    {"V2__b.sql.conf", "encoding=UTF-8\nexecuteInTransaction=true"}};
  const MigrationSet set = folder.read();
  CHECK(set.migrations[0].up->no_transaction);
  CHECK(set.migrations[0].up->text == "select '${x}'");
  CHECK_FALSE(set.migrations[1].up->no_transaction);
  folder.write("V2__b.sql.conf", "\nshouldExecute=false");
  CHECK(
      contains(folder.message(), "m/V2__b.sql.conf:2:1: the setting 'shouldExecute=false' of a Flyway script is not"));
  folder.write("V2__b.sql.conf", "executeInTransaction=maybe");
  CHECK(contains(folder.message(), "'executeInTransaction=maybe'"));
}

TEST_CASE("Native placeholders are replaced only where values are configured") {
  Migrations folder{{"1_a.up.sql", "select '${tenant}';"}};
  CHECK(folder.read().migrations[0].up->text == "select '${tenant}';");
  folder.options.placeholders = {{"tenant", "acme"}};
  CHECK(folder.read().migrations[0].up->text == "select 'acme';");
  folder.options.placeholders = {{"owner", "acme"}};
  CHECK(contains(folder.message(), "the placeholder ${tenant} has no value"));
}

TEST_CASE("dbmate's sections keep the line numbers of their file") {
  const Migrations folder{
      {"20260101120000_create_x.sql",
       "-- about\n\n-- migrate:up\ncreate;\n-- note\nalter;\n\n-- migrate:down transaction:false\ndrop;\n"},
      {"20260102120000_y.sql", "--migrate:up   transaction:false\r\ncreate;\r\n"}};
  const MigrationSet set = folder.read();
  CHECK(set.layout == "dbmate");
  CHECK(versions(set) == "20260101120000:create_x+- 20260102120000:y+");
  const Migration& first = set.migrations[0];
  CHECK(first.up->text == "\n\n\ncreate;\n-- note\nalter;\n\n");
  CHECK(first.down->text == "\n\n\n\n\n\n\n\ndrop;\n");
  CHECK_FALSE(first.up->no_transaction);
  CHECK(first.down->no_transaction);
  CHECK(first.up->file == first.down->file);
  CHECK(set.migrations[1].up->no_transaction);
  CHECK(set.migrations[1].up->text == "\ncreate;\r\n");
}

TEST_CASE("The checksum of a dbmate section depends on that section alone") {
  const auto read = [](const char* text) { return Migrations{{"1_a.sql", text}}.read().migrations[0]; };
  const Migration one = read("-- migrate:up\ncreate;\n-- migrate:down\ndrop;\n");
  const Migration two = read("-- more\n-- migrate:up\ncreate;\n-- migrate:down\ndrop all;\n");
  CHECK(one.up->checksum == two.up->checksum);
  CHECK(one.up->checksum == migration_checksum("create;\n"));
  CHECK(one.down->checksum != two.down->checksum);
}

TEST_CASE("Broken dbmate files are refused with their place") {
  const auto message = [](const char* text) {
    Migrations folder{{"1_a.sql", text}};
    folder.options.layout = "dbmate";
    return folder.message();
  };
  CHECK(contains(message("select 1;\n"), "m/1_a.sql: there is no line '-- migrate:up'"));
  CHECK(contains(message("-- x\n  select 1;\n-- migrate:up\nselect 1;"), "m/1_a.sql:2:3: a statement stands before"));
  CHECK(contains(message("-- migrate:down\nx;\n-- migrate:up\ny;"), "m/1_a.sql:1:1: '-- migrate:down' stands before"));
  CHECK(contains(message("-- migrate:up\nx;\n-- migrate:up\ny;"), "m/1_a.sql:3:1: a second '-- migrate:up'"));
  CHECK(contains(message("-- migrate:up\nx;\n-- migrate:down\ny;\n-- migrate:down\nz;"),
                 "m/1_a.sql:5:1: a second '-- migrate:down'"));
  CHECK(contains(message("-- migrate:up transaction:maybe\nx;"), "unknown option 'transaction:maybe'"));
  CHECK(contains(message("-- migrate:up\n-- nothing\n-- migrate:down\ny;"), "the up section of m/1_a.sql is empty"));
  CHECK(contains(message("-- migrate:upx\nselect 1"), "there is no line"));
  CHECK(contains(message(" -- migrate:up\nselect 1"), "there is no line"));
}

TEST_CASE("An empty down section of dbmate is a migration that cannot be undone") {
  const MigrationSet set = Migrations{{"1_a.sql", "-- migrate:up\nx;\n-- migrate:down\n\n"}}.read();
  CHECK(versions(set) == "1:a+");
  REQUIRE(set.warnings.size() == 1);
  CHECK(contains(set.warnings[0], "the down section is empty"));
}

TEST_CASE("dbmate files have directives but no placeholders") {
  Migrations folder{{"1_a.sql", "-- paripassu: no-transaction\n-- migrate:up\nselect '${x}';"},
                    {"2_b.sql", "-- migrate:up\nx;\n-- migrate:down\n-- paripassu: no-transaction\ny;"}};
  folder.options.placeholders = {{"x", "1"}};
  const MigrationSet set = folder.read();
  CHECK(set.migrations[0].up->no_transaction);
  CHECK(set.migrations[0].up->text == "\n\nselect '${x}';");
  CHECK_FALSE(set.migrations[1].up->no_transaction);
  CHECK(set.migrations[1].down->no_transaction);
  REQUIRE(set.warnings.size() == 1);
  CHECK(contains(set.warnings[0], "nothing is replaced"));
}

TEST_CASE("A numbered file without dbmate's marker fits no layout") {
  CHECK(contains(Migrations{{"0001_a.sql", kSql}}.message(), "no layout knows the name of m/0001_a.sql"));
  CHECK(contains(Migrations{{"0001_a.sql", "-- migrate:up\nx;"}, {"0002_b.sql", kSql}}.message(),
                 "m/0002_b.sql is not a migration of the dbmate layout"));
  CHECK(contains(Migrations{{"0001_a.sql", "-- +migrate Up\nx;"}}.message(), "looks like a migration for sql-migrate"));
}

TEST_CASE("Files in other encodings are read or refused as scripts") {
  const Migrations utf16{{"1_a.up.sql", std::string("\xFF\xFEs\0;\0", 6)}};
  CHECK(utf16.read().migrations[0].up->text == "s;");
  CHECK(utf16.read().migrations[0].up->checksum == migration_checksum("s;"));
  const Migrations latin{{"1_a.up.sql", "select 'gr\xF6\xDF"}};
  CHECK(latin.refused().category() == ErrorCategory::script);
}

TEST_CASE("A folder with an SQL name is not read as a file") {
  const Migrations folder{{"1_a.up.sql", kSql}, {"2_b.up.sql/x", ""}};
  CHECK(versions(folder.read()) == "1:a+");
}

TEST_CASE("A dangling link is an error that names it") {
  const Migrations folder{{"1_a.up.sql", kSql}};
  std::filesystem::create_symlink("nowhere", folder.path("2_b.up.sql"));
  CHECK(contains(folder.cut(folder.refused().what()), "m/2_b.up.sql"));
}
