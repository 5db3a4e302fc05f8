#include <doctest/doctest.h>

#include "tests/unit/harness/project/migrations_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

constexpr const char* kDeclared = "-- paripassu: irreversible  The rows are gone.  \ndrop table t;\n";

/// Reads the place of a script's first character and fails on "bad".
class OneStatementReader : public ScriptReader {
 public:
  Script read(std::string_view text, const std::string& file, const ScriptOptions&) const override {
    Script script;
    const std::size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return script;
    const SourcePosition place = position_at(text, begin, {file, 1, 1});
    if (const std::size_t bad = text.find("bad"); bad != std::string_view::npos) {
      Error error(ErrorCategory::script, "bad");
      error.with_position(position_at(text, bad, {file, 1, 1}));
      throw error;
    }
    ScriptStatement statement;
    statement.text = std::string(text.substr(begin));
    statement.position = place;
    script.statements.push_back(statement);
    script.skipped.push_back({"skipped", place});
    return script;
  }
  std::vector<StatementWord> words(std::string_view) const override { return {}; }
};

}  // namespace

TEST_CASE("An up script declares with a reason that there is no way back") {
  const MigrationSet set = Migrations{{"1_a.up.sql", kDeclared}, {"2_b.up.sql", kSql}}.read();
  CHECK(set.migrations[0].irreversible_reason == "The rows are gone.");
  CHECK_FALSE(set.migrations[0].down);
  CHECK(set.migrations[0].up->text == kDeclared);
  CHECK(set.migrations[1].irreversible_reason.empty());
  CHECK(set.warnings.empty());
}

TEST_CASE("A down script that only declares so counts as none") {
  const MigrationSet set =
      Migrations{{"1_a.up.sql", kSql}, {"1_a.down.sql", "/* sorry */\n--paripassu: irreversible: no copy is kept\n"}}
          .read();
  CHECK(set.migrations[0].irreversible_reason == "no copy is kept");
  CHECK_FALSE(set.migrations[0].down);
  CHECK(set.warnings.empty());
}

TEST_CASE("Both directives may stand in one script") {
  const Migration migration =
      Migrations{{"1_a.up.sql", "-- paripassu: no-transaction\n-- paripassu: irreversible gone\nx;"}}
          .read()
          .migrations[0];
  CHECK(migration.up->no_transaction);
  CHECK(migration.irreversible_reason == "gone");
}

TEST_CASE("A declaration without a reason is refused with its place") {
  for (const char* line :
       {"-- paripassu: irreversible", "-- paripassu: irreversible:  ", "--paripassu:irreversible\t"}) {
    CAPTURE(line);
    const std::string message = Migrations{{"1_a.up.sql", std::string("-- x\n ") + line + "\nx;"}}.message();
    CHECK(contains(message, "m/1_a.up.sql:2:2: '-- paripassu: irreversible' gives no reason"));
  }
  CHECK(contains(Migrations{{"1_a.up.sql", kSql}, {"1_a.down.sql", "-- paripassu: irreversible"}}.message(),
                 "m/1_a.down.sql:1:1: '-- paripassu: irreversible' gives no reason"));
  CHECK(contains(Migrations{{"1_a.up.sql", "-- paripassu: irreversibly gone\nx;"}}.message(), "unknown directive"));
  CHECK(contains(Migrations{{"1_a.up.sql", "-- paripassu: irreversible a\n-- paripassu: irreversible b\nx;"}}.message(),
                 "m/1_a.up.sql:2:1: a second '-- paripassu: irreversible'"));
}

TEST_CASE("A declaration beside a real down is refused") {
  CHECK(contains(Migrations{{"1_a.up.sql", kDeclared}, {"1_a.down.sql", "x;"}}.message(),
                 "m/1_a.up.sql:1:1: 1 a is declared irreversible, but has a down"));
  CHECK(contains(Migrations{{"1_a.up.sql", kSql}, {"1_a.down.sql", "\n-- paripassu: irreversible gone\nx;"}}.message(),
                 "m/1_a.down.sql:2:1: 1 a is declared irreversible, but has a down"));
  CHECK(contains(
      Migrations{{"1_a.sql", "-- paripassu: irreversible gone\n-- migrate:up\nx;\n-- migrate:down\ny;"}}.message(),
      "1 a is declared irreversible, but has a down"));
}

TEST_CASE("A declaration is for the engine whose file has it") {
  const Migrations folder{{"1_a.n.up.sql", kDeclared}, {"1_a.s.up.sql", kSql}, {"1_a.s.down.sql", kSql}};
  CHECK(folder.read("north").migrations[0].irreversible_reason == "The rows are gone.");
  CHECK(folder.read("south").migrations[0].irreversible_reason.empty());
  CHECK(folder.read("south").migrations[0].down);
}

TEST_CASE("A declaration behind the first statement is a warning and has no effect") {
  const Migrations folder{{"1_a.up.sql", "x;\n-- paripassu: irreversible gone\n"}};
  const MigrationSet set = folder.read();
  CHECK(set.migrations[0].irreversible_reason.empty());
  REQUIRE(set.warnings.size() == 1);
  CHECK(folder.cut(set.warnings[0]) ==
        "m/1_a.up.sql:2: '-- paripassu: irreversible' has no effect here: it must stand before the first statement");
}

TEST_CASE("Sections declare as files do, without a warning for the empty down") {
  const auto reason = [](const char* text) {
    const MigrationSet set = Migrations{{"1_a.sql", text}}.read();
    CHECK(set.warnings.empty());
    CHECK_FALSE(set.migrations[0].down);
    return set.migrations[0].irreversible_reason;
  };
  CHECK(reason("-- migrate:up\n-- paripassu: irreversible a\nx;\n-- migrate:down\n") == "a");
  CHECK(reason("-- migrate:up\nx;\n-- migrate:down\n-- paripassu: irreversible b\n") == "b");
  CHECK(reason("-- paripassu: irreversible c\n-- +goose Up\nx;\n-- +goose Down\n") == "c");
  CHECK(reason("-- +goose Up\nx;\n-- +goose Down\n-- paripassu: irreversible d\n") == "d");
  CHECK(reason("--liquibase formatted sql\n--changeset a:1\n-- paripassu: irreversible e\nx;\n") == "e");
}

TEST_CASE("A declaration in one migration does not reach the next") {
  const MigrationSet set = Migrations{{"1_a.up.sql", kDeclared}, {"2_b.up.sql", kSql}, {"2_b.down.sql", kSql}}.read();
  CHECK(set.migrations[1].irreversible_reason.empty());
  CHECK(set.migrations[1].down);
}

TEST_CASE("A script that is cut into pieces is read with the positions of its file") {
  MigrationScript script;
  script.file = "f.sql";
  script.text = "\n\none;  two;\nthree;\n";
  script.cuts = {6, 13};
  const Script read = read_migration_script(script, OneStatementReader(), {});
  REQUIRE(read.statements.size() == 3);
  CHECK(read.statements[0].position == SourcePosition{"f.sql", 3, 1});
  CHECK(read.statements[1].position == SourcePosition{"f.sql", 3, 7});
  CHECK(read.statements[1].text == "two;\n");
  CHECK(read.statements[2].position == SourcePosition{"f.sql", 4, 1});
  CHECK(read.skipped[1].position == SourcePosition{"f.sql", 3, 7});
  script.text = "one;  bad;\n";
  script.cuts = {4};
  const Error error = error_of([&] { read_migration_script(script, OneStatementReader(), {}); });
  CHECK(error.position() == SourcePosition{"f.sql", 1, 7});
  script.cuts.clear();
  script.text = "\n whole;";
  CHECK(read_migration_script(script, OneStatementReader(), {}).statements[0].position ==
        SourcePosition{"f.sql", 2, 2});
}
