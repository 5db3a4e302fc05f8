#include <doctest/doctest.h>

#include "harness/project/layout_goose.h"
#include "tests/unit/harness/project/migrations_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

/// The pieces of a script, as they are sent.
std::vector<std::string> pieces(const MigrationScript& script) {
  std::vector<std::string> result;
  std::size_t begin = 0;
  for (std::size_t cut : script.cuts) {
    result.push_back(script.text.substr(begin, cut - begin));
    begin = cut;
  }
  result.push_back(script.text.substr(begin));
  return result;
}

std::string refusal(const char* text) {
  Migrations folder{{"1_a.sql", text}};
  folder.options.layout = "goose";
  return folder.message("south");
}

constexpr const char* kTwo =
    "-- about\n-- +goose Up\ncreate table a (id int);\ncreate view v as\n  select id from a; -- done\n\n"
    "-- +goose Down\ndrop view v;\ndrop table a;\n";

}  // namespace

TEST_CASE("goose's layout is recognised, and its sections keep the line numbers of their file") {
  const Migrations folder{{"00001_create_a.sql", kTwo}, {"00002_b.sql", "--+goose up\r\nalter;\r\n"}};
  const MigrationSet set = folder.read("north");
  CHECK(set.layout == "goose");
  CHECK(versions(set) == "00001:create_a+- 00002:b+");
  CHECK(set.migrations[0].up->text ==
        "\n\ncreate table a (id int);\ncreate view v as\n  select id from a; -- done\n\n");
  CHECK(set.migrations[0].down->text == "\n\n\n\n\n\n\ndrop view v;\ndrop table a;\n");
  CHECK(set.migrations[0].up->cuts.empty());
  CHECK(set.migrations[1].up->text == "\nalter;\r\n");
  CHECK(set.warnings.empty());
}

TEST_CASE("goose's statements are pieces of their own for an engine with batches") {
  const MigrationSet set = Migrations{{"00001_create_a.sql", kTwo}}.read("south");
  CHECK(pieces(*set.migrations[0].up) == std::vector<std::string>{"\n\ncreate table a (id int);\n",
                                                                  "create view v as\n  select id from a; -- done\n",
                                                                  "\n"});
  CHECK(pieces(*set.migrations[0].down) == std::vector<std::string>{"\n\n\n\n\n\n\ndrop view v;\n", "drop table a;\n"});
  CHECK(set.migrations[0].up->checksum == Migrations{{"1_a.sql", kTwo}}.read("north").migrations[0].up->checksum);
}

TEST_CASE("goose's StatementBegin keeps together what StatementEnd ends") {
  const MigrationSet set = Migrations{{"1_a.sql",
                                       "-- +goose Up\n-- +goose StatementBegin\ncreate procedure p as\nbegin\n"
                                       "  select 1;\nend\n-- +goose StatementEnd\nselect 2; select 3;\nselect 4\n;\n"}}
                               .read("south");
  CHECK(pieces(*set.migrations[0].up) ==
        std::vector<std::string>{"\n-- +goose StatementBegin\ncreate procedure p as\nbegin\n  select 1;\nend\n"
                                 "-- +goose StatementEnd\n",
                                 "select 2; select 3;\n", "select 4\n;\n"});
}

TEST_CASE("goose's NO TRANSACTION is for the whole file, wherever it stands") {
  for (const char* text : {"-- +goose NO TRANSACTION\n-- +goose Up\na;\n-- +goose Down\nb;\n",
                           "-- +goose Up\na;\n-- +goose Down\nb;\n-- +goose no transaction\n"}) {
    const MigrationSet set = Migrations{{"1_a.sql", text}}.read();
    CHECK(set.migrations[0].up->no_transaction);
    CHECK(set.migrations[0].down->no_transaction);
  }
}

TEST_CASE("goose's ENVSUB replaces variables between ON and OFF, and the checksum is of the file") {
  const EnvironmentVariable table("PARIPASSU_TEST_TABLE", "orders");
  const EnvironmentVariable empty("PARIPASSU_TEST_EMPTY", "");
  const EnvironmentVariable unset("PARIPASSU_TEST_UNSET", nullptr);
  const auto up = [](const std::string& body) {
    return Migrations{{"1_a.sql", "-- +goose Up\n" + body}}.read("south").migrations[0].up;
  };
  const std::string body =
      "-- +goose ENVSUB ON\ncreate table ${PARIPASSU_TEST_TABLE} (id int);\n"
      "-- +goose ENVSUB OFF\nselect '${PARIPASSU_TEST_TABLE}';\n";
  CHECK(up(body)->text ==
        "\n-- +goose ENVSUB ON\ncreate table orders (id int);\n-- +goose ENVSUB OFF\n"
        "select '${PARIPASSU_TEST_TABLE}';\n");
  CHECK(up(body)->checksum == migration_checksum(body));
  const auto line = [&](const std::string& written) {
    const std::string text = up("-- +goose ENVSUB ON\n" + written + ";\n")->text;
    const std::size_t begin = text.find("ON\n") + 3;
    return text.substr(begin, text.size() - begin - 2);
  };
  CHECK(line("$PARIPASSU_TEST_TABLE.x") == "orders.x");
  CHECK(line("$$body$$ \\$ \\\\ $(x)") == "$body$ $ \\\\ $(x)");
  CHECK(line("${PARIPASSU_TEST_UNSET:-a} ${PARIPASSU_TEST_UNSET-b}") == "a b");
  CHECK(line("[${PARIPASSU_TEST_EMPTY:-a}${PARIPASSU_TEST_EMPTY-b}]") == "[a]");
  CHECK(line("${PARIPASSU_TEST_UNSET:-${PARIPASSU_TEST_TABLE}s}") == "orderss");
  CHECK(line("${PARIPASSU_TEST_TABLE?must be set}") == "orders");
  const auto refused = [](const std::string& written) {
    return refusal(("-- +goose Up\n-- +goose ENVSUB ON\n" + written + ";\n").c_str());
  };
  CHECK(contains(refused("drop table ${PARIPASSU_TEST_UNSET}"),
                 "m/1_a.sql:3:1: the environment variable PARIPASSU_TEST_UNSET is not set"));
  CHECK(contains(refused("select $1"), "'$' is not followed by a variable's name"));
  CHECK(contains(refused("select ${PARIPASSU_TEST_TABLE:-x"), "has no closing '}'"));
  CHECK(contains(refused("select ${PARIPASSU_TEST_TABLE:1:2}"), "is not supported"));
  CHECK(contains(refused("select ${}"), "'$' is not followed"));
  const EnvironmentVariable broken("PARIPASSU_TEST_UNSET", "a;\ndrop table b");
  CHECK(contains(refused("select ${PARIPASSU_TEST_UNSET}"), "holds a line break"));
}

TEST_CASE("Broken goose files are refused with their place") {
  CHECK(contains(refusal("select 1;\n"), "m/1_a.sql: there is no line '-- +goose Up'"));
  CHECK(contains(refusal(""), "there is no line '-- +goose Up'"));
  CHECK(contains(refusal("-- x\n  select 1;\n-- +goose Up\nselect 1;"), "m/1_a.sql:2:3: a statement stands before"));
  CHECK(contains(refusal("-- +goose Down\nx;\n-- +goose Up\ny;"), "m/1_a.sql:1:1: '-- +goose Down' stands before"));
  CHECK(contains(refusal("-- +goose Up\nx;\n-- +goose Up\ny;"), "m/1_a.sql:3:1: a second '-- +goose Up'"));
  CHECK(contains(refusal("-- +goose Up\nx;\n-- +goose Down\ny;\n-- +goose Down\nz;"), "m/1_a.sql:5:1: a second"));
  CHECK(contains(refusal("-- +goose Up\nx;\n-- +goose Sideways\n"),
                 "m/1_a.sql:3:1: unknown annotation '-- +goose Sideways'"));
  CHECK(contains(refusal("-- +goose Up\n-- see +goose Down\nx;\n"), "m/1_a.sql:2:1: unknown annotation"));
  CHECK(contains(refusal("-- +goose Up\nx;\n  -- +goose Down\n"), "m/1_a.sql:3:1: an annotation of goose is indented"));
  CHECK(contains(refusal("-- +goose StatementBegin\n-- +goose Up\nx;"),
                 "m/1_a.sql:1:1: '-- +goose StatementBegin' stands"));
  CHECK(contains(refusal("-- +goose Up\n-- +goose StatementEnd\n"), "m/1_a.sql:2:1: '-- +goose StatementEnd' without"));
  CHECK(contains(refusal("-- +goose Up\n-- +goose StatementBegin\nx;\n-- +goose StatementBegin\n"),
                 "m/1_a.sql:4:1: '-- +goose StatementBegin' inside the statement that begins in line 2"));
  CHECK(contains(refusal("-- +goose Up\n-- +goose StatementBegin\nx;\n"),
                 "m/1_a.sql:2:1: '-- +goose StatementBegin' has no"));
  CHECK(contains(refusal("-- +goose Up\n-- +goose StatementBegin\nx;\n-- +goose Down\n"), "m/1_a.sql:2:1:"));
  CHECK(contains(refusal("-- +goose Up\na;\n\nselect 1\n-- c\n-- +goose Down\nx;\n"),
                 "m/1_a.sql:4:1: the statement that begins here does not end in ';'"));
  CHECK(contains(refusal("-- +goose Up\nselect 1 -- ;\n"), "m/1_a.sql:2:1: the statement that begins here"));
}

TEST_CASE("A comment behind goose's last statement needs no end") {
  CHECK(
      versions(Migrations{{"1_a.sql", "-- +goose Up\nx;\n/* that\nwas it */\n-- +goose Down\ny;\n/* all */"}}.read()) ==
      "1:a+-");
}

TEST_CASE("An empty section of goose is a warning") {
  const Migrations folder{{"1_a.sql", "-- +goose Up\n-- later\n-- +goose Down\n\n"}};
  const MigrationSet set = folder.read();
  CHECK(versions(set) == "1:a+");
  CHECK(set.migrations[0].up->text == "SELECT 1;\n");
  REQUIRE(set.warnings.size() == 2);
  CHECK(folder.cut(set.warnings[0]) == "m/1_a.sql: the up section is empty, so that the migration does nothing");
  CHECK(folder.cut(set.warnings[1]) == "m/1_a.sql: the down section is empty, so that the migration cannot be undone");
}

TEST_CASE("goose's migrations in Go are named in a warning") {
  const Migrations folder{{"1_a.sql", "-- +goose Up\nx;\n"},
                          {"2_seed.go", "package m"},
                          {"2_seed_test.go", "package m"},
                          {"embed.go", "package m"}};
  const MigrationSet set = folder.read();
  CHECK(versions(set) == "1:a+");
  REQUIRE(set.warnings.size() == 1);
  CHECK(folder.cut(set.warnings[0]) ==
        "m/2_seed.go is a migration in Go, which this program cannot run: it is left out");
}

TEST_CASE("goose has no placeholders of the project") {
  Migrations folder{{"1_a.sql", "-- +goose Up\nselect '${x}';\n"}};
  folder.options.placeholders = {{"x", "1"}};
  const MigrationSet set = folder.read();
  CHECK(set.migrations[0].up->text == "\nselect '${x}';\n");
  REQUIRE(set.warnings.size() == 1);
  CHECK(contains(set.warnings[0], "the goose layout has none"));
}

TEST_CASE("Two versions of goose that are the same number are refused") {
  const std::string text = "-- +goose Up\nx;\n";
  CHECK(contains(Migrations{{"1_a.sql", text}, {"00001_b.sql", text}}.message(), "two files for version"));
}

TEST_CASE("goose beside another layout is refused with a file of each") {
  const std::string goose = "-- +goose Up\nx;\n";
  const auto check = [&](const char* name, const char* text) {
    const std::string message = Migrations{{"0001_a.sql", goose}, {name, text}}.message();
    CAPTURE(message);
    CHECK(contains(message, "two layouts in one folder"));
    CHECK(contains(message, "0001_a.sql (goose)"));
    CHECK(contains(message, name));
  };
  check("0002_b.sql", "-- migrate:up\nx;\n");
  check("0002_b.up.sql", "x;\n");
  check("V2__b.sql", "x;\n");
  check("changes.sql", "--liquibase formatted sql\n--changeset a:1\nx;\n");
  CHECK(contains(Migrations{{"0001_a.sql", goose}, {"0002_b.sql", "x;\n"}}.message(),
                 "m/0002_b.sql is not a migration of the goose layout; expected <digits>_<name>.sql with a line"));
}
