#include <doctest/doctest.h>

#include "harness/project/layout_cutting.h"
#include "harness/project/layout_liquibase.h"
#include "tests/unit/harness/project/migrations_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

const std::string kHeader = "--liquibase formatted sql\n";

/// One file "c.sql" whose second line is the first of `text`.
Migrations changelog(const std::string& text) {
  return Migrations{{"c.sql", kHeader + text}};
}
std::string refusal(const std::string& text) {
  return changelog(text).message();
}

/// The text that is sent, in pieces, without the blanks around each.
std::vector<std::string> pieces(const MigrationScript& script) {
  std::vector<std::string> result;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= script.cuts.size(); ++i) {
    const std::size_t end = i < script.cuts.size() ? script.cuts[i] : script.text.size();
    const std::string piece(trim_blanks(std::string_view(script.text).substr(begin, end - begin)));
    if (!piece.empty()) result.push_back(piece);
    begin = end;
  }
  return result;
}

std::vector<std::string> cut(std::string text, const std::string& delimiter) {
  StatementDelimiter wanted;
  wanted.text = delimiter;
  wanted.is_default = delimiter == ";";
  MigrationScript script;
  script.cuts = cut_statements(text, wanted, true);
  script.text = text;
  return pieces(script);
}

using Pieces = std::vector<std::string>;

}  // namespace

TEST_CASE("Liquibase: versions are file and changeset, texts keep lines and columns") {
  const Migrations folder{{"b.sql", kHeader + "--changeset ann:2\nb2;\n"},
                          {"a.sql",
                           "\n-- LIQUIBASE formatted SQL logicalFilePath:x\n/* a\nlicence */\n"
                           "-- changeset ann:1\n--comment: first\nline one;\n  --rollback undo one;\n\n"
                           "line two;\n--rollback undo two;\n"
                           "--ChangeSet \"Ann Bee\":\"create all\" stripComments:false\nthree;\n"}};
  const MigrationSet set = folder.read();
  CHECK(set.layout == "liquibase");
  CHECK(versions(set) == "1.1:ann:1+- 1.2:Ann Bee:create all+ 2.1:ann:2+");
  CHECK(set.warnings.empty());
  CHECK(set.migrations[0].up->file == folder.path("a.sql"));
  CHECK(set.migrations[0].up->text == "\n\n\n\n\n\nline one;\n\n\nline two;\n\n");
  CHECK(set.migrations[0].down->text == "\n\n\n\n\n\n\n             undo one;\n\n\n           undo two;\n");
  CHECK(set.migrations[0].up->checksum == migration_checksum("line one;\n\nline two;\n"));
  CHECK(set.migrations[2].up->text == "\n\nb2;\n");
  CHECK_FALSE(set.migrations[2].down);
}

TEST_CASE("Liquibase: a rollback may be a comment of several lines, empty, or not required") {
  const MigrationSet set = changelog(
                               "--changeset a:1\nx;\n/* liquibase rollback\n  drop a;\n  drop b; */\n"
                               "--changeset a:2\nx;\n--rollback empty\n"
                               "--changeset a:3\nx;\n--rollback not required\n"
                               "--changeset a:4\nx;\n--rollback\n"
                               "--changeset a:5\nx;\n--rollback emptied;\n"
                               "--changeset a:6\nx;\n--rollback empty(1);\n")
                               .read();
  CHECK(versions(set) == "1.1:a:1+- 1.2:a:2+- 1.3:a:3+- 1.4:a:4+ 1.5:a:5+- 1.6:a:6+-");
  CHECK(set.migrations[0].up->text == "\n\nx;\n\n\n\n");
  CHECK(set.migrations[0].down->text == "\n\n\n\n  drop a;\n  drop b; \n");
  CHECK(trim_blanks(set.migrations[1].down->text) == "SELECT 1;");
  CHECK(trim_blanks(set.migrations[2].down->text) == "SELECT 1;");
  CHECK(set.migrations[1].irreversible_reason.empty());
  CHECK(trim_blanks(set.migrations[4].down->text) == "emptied;");
  CHECK(trim_blanks(set.migrations[5].down->text) == "empty(1);");
}

TEST_CASE("Liquibase: dbms chooses the engines, and versions count for all") {
  const Migrations folder = changelog(
      "--changeset a:1 dbms:north\nn;\n--changeset a:2 dbms:!n\ns;\n--changeset a:3 dbms:oracle,S\ns;\n"
      "--changeset a:4 dbms:mysql\nm;\n--changeset a:5 dbms:all\nx;\n--changeset a:6 dbms:none\nx;\n"
      "--changeset a:7 dbms:!oracle\nx;\n--changeset a:8 ignore:true\nx;\n--changeset a:9\nx;\n");
  CHECK(versions(folder.read("north")) == "1.1:a:1+ 1.2:a:2 1.3:a:3 1.5:a:5+ 1.7:a:7+ 1.9:a:9+");
  CHECK(versions(folder.read("south")) == "1.1:a:1 1.2:a:2+ 1.3:a:3+ 1.5:a:5+ 1.7:a:7+ 1.9:a:9+");
  CHECK(contains(refusal("--changeset a:1 dbms:nroth\nx;\n"),
                 "m/c.sql:2:1: no database is called 'nroth'; did you mean 'north'?"));
  const MigrationSet unknown = changelog("--changeset a:1 dbms:!toastdb\nx;\n").read();
  CHECK(unknown.warnings == std::vector<std::string>{"dbms 'toastdb' is none of this program's engines"});
}

TEST_CASE("Liquibase: variants of one changeset for different engines share a version") {
  const Migrations folder = changelog(
      "--changeset a:1 dbms:north\nn;\n--rollback undo n;\n--changeset a:1 dbms:south\ns;\n--changeset a:2\nx;\n"
      "--changeset a:3 dbms:n\nn3;\n--changeset a:4\nx;\n--changeset a:3 dbms:s\ns3;\n");
  CHECK(versions(folder.read("north")) == "1.1:a:1+- 1.2:a:2+ 1.3:a:3+ 1.4:a:4+ 1.5:a:3");
  CHECK(versions(folder.read("south")) == "1.1:a:1+ 1.2:a:2+ 1.3:a:3 1.4:a:4+ 1.5:a:3+");
  CHECK(trim_blanks(folder.read("south").migrations[0].up->text) == "s;");
  CHECK(contains(refusal("--changeset a:1 dbms:north\nx;\n--changeset b:1\nx;\n--changeset a:1 dbms:n,s\ny;\n"),
                 "m/c.sql:6:1: the changeset a:1 is written a second time, first in line 2"));
  CHECK(versions(Migrations{{"a.sql", kHeader + "--changeset a:1\nx;\n"}, {"b.sql", kHeader + "--changeset a:1\nx;\n"}}
                     .read()) == "1.1:a:1+ 2.1:a:1+");
}

TEST_CASE("Liquibase: attributes that are kept") {
  const MigrationSet set = changelog(
                               "--changeset a:1 (runInTransaction:false stripComments:true)\nx;\n--rollback y;\n"
                               "--changeset a:2 logicalFilePath:z.sql RUNWITH:psql\nx;\n")
                               .read();
  CHECK(set.migrations[0].up->no_transaction);
  CHECK(set.migrations[0].down->no_transaction);
  CHECK_FALSE(set.migrations[1].up->no_transaction);
}

TEST_CASE("Liquibase: what cannot be kept to is a warning with the changesets") {
  const MigrationSet set =
      changelog(
          "--changeset a:1 runOnChange:true\nx;\n--changeset a:2 context:\"test or dev\"\nx;\n"
          "--changeset a:3 runAlways:true labels:one\nx;\n--changeset a:4\n--preconditions onFail:HALT\n"
          "--precondition-sql-check expectedResult:0 SELECT count(*) FROM t\nx;\n--changeset a:5 runOnChange:true\n"
          "x;\n--changeset a:6 runOnChange:true\nx;\n")
          .read();
  CHECK(set.warnings ==
        std::vector<std::string>{
            "the preconditions of changesets are not checked, and they run: a:4",
            "changesets with runOnChange or runAlways run once, in their place: a:1, a:3, a:5 and 1 more",
            "changesets with a context or labels run always, as in Liquibase when none is asked for: a:2, a:3"});
  CHECK(versions(set) == "1.1:a:1+ 1.2:a:2+ 1.3:a:3+ 1.4:a:4+ 1.5:a:5+ 1.6:a:6+");
}

TEST_CASE("Liquibase: what would change the outcome is refused with its place") {
  const std::string x = "x;\n";
  CHECK(
      contains(refusal("--changeset a:1\n--preconditions onFail:MARK_RAN\n" + x), "m/c.sql:3:1: a precondition that"));
  CHECK(
      contains(refusal("--changeset a:1\n--preconditions onError:CONTINUE\n" + x), "m/c.sql:3:1: a precondition that"));
  CHECK(contains(refusal("--changeset a:1 failOnError:false\n" + x), "m/c.sql:2:1: failOnError:false"));
  CHECK(contains(refusal("--changeset a:1 runWith:sqlplus\n" + x), "runWith:sqlplus is not supported"));
  CHECK(contains(refusal("--changeset a:1 context:@test\n" + x), "a context with '@'"));
  CHECK(contains(refusal("--changeset a:1 endDelimiter:;|\\n\n" + x), "is a regular expression"));
  CHECK(contains(refusal("--changeset a:1\nx;\n--rollback changesetId:0 changesetAuthor:a\n"),
                 "m/c.sql:2:1: the rollback of a:1 names another changeset"));
  CHECK(contains(refusal("--include file:b.sql\n--changeset a:1\nx;\n"), "m/c.sql:2:1: a changelog that includes"));
  CHECK(
      contains(refusal("--property name:a value:b context:test\n--changeset a:1\nx;\n"), "a property with a context"));
  CHECK(contains(refusal("--property name:a value:b global:false\n--changeset a:1\nx;\n"), "global:false"));
}

TEST_CASE("Liquibase: broken changelogs are refused with their line") {
  CHECK(contains(refusal("x;\n"), "m/c.sql:2:1: a statement stands before the first '--changeset'"));
  CHECK(contains(refusal("/* a */ x;\n--changeset a:1\nx;\n"), "a statement stands before"));
  CHECK(contains(refusal("/* a\n"), "m/c.sql:2:1: unterminated"));
  CHECK(contains(refusal(""), "m/c.sql: there is no line '--changeset author:id'"));
  for (const char* line : {"--changeset", "--changeset a", "--changeset a: 1", "--changeset :1",
                           "--changeset a:", "--changeset \"a:1", "--changeset \"\":1"}) {
    CAPTURE(line);
    CHECK(contains(refusal(std::string(line) + "\nx;\n"), "m/c.sql:2:1: '--changeset' is not followed by author:id"));
  }
  CHECK(contains(refusal("--changeset a:1\n-changeset a:2\nx;\n"), "m/c.sql:3:1: '-changeset' with one dash"));
  CHECK(contains(refusal("--changeset a:1\nx;\n- rollback y\n"), "m/c.sql:4:1: '-rollback' with one dash"));
  CHECK(contains(refusal("--changeset a:1 splitStatement:false\nx;\n"),
                 "m/c.sql:2:1: unknown attribute 'splitStatement'; did you mean 'splitStatements'?"));
  CHECK(contains(refusal("--changeset a:1 dbms:north, south\nx;\n"),
                 "expected an attribute such as dbms:postgresql, found 'south'"));
  CHECK(contains(refusal("--changeset a:1 dbms:north dbms:south\nx;\n"), "the attribute 'dbms' is written twice"));
  CHECK(contains(refusal("--changeset a:1 context:\"x\ny;\n"), "has no closing quote"));
  CHECK(contains(refusal("--changeset a:1 runOnChange:yes\nx;\n"), "'runOnChange:yes' is neither true nor false"));
  CHECK(contains(refusal("--changeset a:1\n-- nothing\n--changeset a:2\nx;\n"),
                 "m/c.sql:2:1: the changeset a:1 is empty"));
  CHECK(contains(refusal("--changeset a:1\nx;\n/* liquibase rollback\ny;\n"), "the rollback comment is not closed"));
  CHECK(contains(refusal("--changeset a:1\n--preconditions onFail:PANIC\nx;\n"),
                 "'PANIC' is not what a precondition can do"));
  CHECK(contains(refusal("--changeset a:1\n--precondition sql-check 0\nx;\n"),
                 "m/c.sql:3:1: '--precondition' is not followed"));
  CHECK(contains(refusal("--changeset a:1\n--ignoreLines:start\nx;\n"),
                 "'--ignoreLines:start' has no '--ignoreLines:end'"));
  CHECK(contains(refusal("--changeset a:1\n--ignoreLines:99999999999\nx;\n"), "is neither start, nor a number"));
  CHECK(contains(refusal("--property value:x\n--changeset a:1\nx;\n"), "a property has no name"));
}

TEST_CASE("Liquibase: ignored lines are left out and still counted") {
  const MigrationSet set = changelog(
                               "--changeset a:1\nx;\n--ignoreLines:2\n--changeset a:2\ny;\nz;\n"
                               "--ignoreLines:start\nGO\n--rollback no;\n--ignoreLines:end\nlast;\n")
                               .read();
  CHECK(versions(set) == "1.1:a:1+");
  CHECK(set.migrations[0].up->text == "\n\nx;\n\n\n\nz;\n\n\n\n\nlast;\n");
}

TEST_CASE("Liquibase: properties and placeholders are replaced, the rest is left as it is") {
  Migrations folder{{"a.sql", kHeader + "--property name:now value:now() dbms:north\n"
                                        "--property name:now value:getdate() dbms:south\n"
                                        "--changeset a:1\nselect ${now}, ${NOW}, ${late}, ${other}, '${';\n"
                                        "--rollback undo ${now};\n--property name:late value:1\n"},
                    {"b.sql", kHeader + "--changeset a:2\nselect ${late}, ${now};\n"}};
  folder.options.placeholders = {{"other", "o"}};
  const auto text = [&](const char* engine, std::size_t i) {
    return std::string(trim_blanks(folder.read(engine).migrations[i].up->text));
  };
  CHECK(text("north", 0) == "select now(), now(), ${late}, o, '${';");
  CHECK(text("south", 0) == "select getdate(), getdate(), ${late}, o, '${';");
  CHECK(text("north", 1) == "select 1, now();");
  CHECK(trim_blanks(folder.read("south").migrations[0].down->text) == "undo getdate();");
  CHECK(folder.read("north").migrations[0].up->checksum == folder.read("south").migrations[0].up->checksum);
  CHECK(folder.read("north").warnings.empty());
  folder.options.placeholders = {{"now", "a\nb"}};
  CHECK(contains(folder.message(), "m/a.sql:5:8: the value of the placeholder ${now} holds a line break"));
}

TEST_CASE("Liquibase: statements are pieces for an engine with batches, and text for one without") {
  const Migrations folder =
      changelog("--changeset a:1\ncreate a; create b;\ncreate view v;\n--rollback drop b; drop a;\n");
  CHECK(pieces(*folder.read("south").migrations[0].up) == Pieces{"create a;", "create b;", "create view v;"});
  CHECK(pieces(*folder.read("south").migrations[0].down) == Pieces{"drop b;", "drop a;"});
  CHECK(folder.read("north").migrations[0].up->cuts.empty());
  CHECK(trim_blanks(folder.read("north").migrations[0].up->text) == "create a; create b;\ncreate view v;");
  CHECK(changelog("--changeset a:1 splitStatements:false\na; b;\n").read("south").migrations[0].up->cuts.empty());
  CHECK(changelog("--changeset a:1 endDelimiter:\"\"\na; b;\n").read("south").migrations[0].up->cuts.empty());
  CHECK(changelog("--changeset a:1 runWith:sqlcmd\na; b;\n").read("south").migrations[0].up->cuts.empty());
}

TEST_CASE("Liquibase: quotes, comments and blocks hide a ';'") {
  CHECK(cut("a ';' ''';'; b", ";") == Pieces{"a ';' ''';';", "b"});
  CHECK(cut("a \";\" [;]]; it's] ; b", ";") == Pieces{"a \";\" [;]]; it's] ;", "b"});
  CHECK(cut("a -- ;\n/* ; /* ; */ ; */ ; b", ";") == Pieces{"a -- ;\n/* ; /* ; */ ; */ ;", "b"});
  CHECK(cut("create proc p as begin a; case when x then y end; begin try b; end try; end; c", ";") ==
        Pieces{"create proc p as begin a; case when x then y end; begin try b; end try; end;", "c"});
  CHECK(cut("select case a when 1 then 2 end; b", ";") == Pieces{"select case a when 1 then 2 end;", "b"});
  CHECK(cut("begin tran; a; commit; b", ";") == Pieces{"begin tran;", "a;", "commit;", "b"});
  CHECK(cut("select @begin; b", ";") == Pieces{"select @begin;", "b"});
  CHECK(cut("end; a; end", ";") == Pieces{"end;", "a;", "end"});
  CHECK(cut("a 'open; b", ";") == Pieces{"a 'open; b"});
  CHECK(cut("a /* open; b", ";") == Pieces{"a /* open; b"});
  CHECK(cut("a\n/\nb/c;\n/ ", ";") == Pieces{"a", "b/c;"});
  CHECK(cut("", ";").empty());
}

TEST_CASE("Liquibase: another delimiter cuts as well") {
  CHECK(cut("a; b @@ c@@", "@@") == Pieces{"a; b", "c"});
  CHECK(cut("a\n/\nb/c\n  /\n", "/") == Pieces{"a", "b/c"});
  CHECK(cut("a // 'x//y' // b", "//") == Pieces{"a", "'x//y'", "b"});
  CHECK(cut("a STOP bstop stop c", "stop") == Pieces{"a", "bstop", "c"});
  CHECK(cut("a; b\nGO\nc", "go") == Pieces{"a; b\nGO\nc"});
  const auto text = [](const char* attributes, const char* body) {
    return std::string(trim_blanks(changelog(std::string("--changeset a:1 ") + attributes + "\n" + body + "\n")
                                       .read("north")
                                       .migrations[0]
                                       .up->text));
  };
  // For an engine without batches the delimiter becomes a ';' in its place.
  CHECK(text("endDelimiter:GO", "a\nGO\nb 'GO'\n  go\nc GO5") == "a\n; \nb 'GO'\n  ; \nc GO5");
  CHECK(text("endDelimiter:\\nGO", "a go b\nGO\nc") == "a go b\n; \nc");
  CHECK(text("endDelimiter:\\n/\\s*$", "a/b\n/\nc") == "a/b\n;\nc");
  CHECK(text("endDelimiter:@@", "do $$ @@ $$ @@ e'\\'@@' @@") == "do $$ @@ $$ ;  e'\\'@@' ;");
  CHECK(text("endDelimiter:\\$\\$", "a $$ b") == "a ;  b");
  CHECK(text("endDelimiter:$$", "a $$ b") == "a ;  b");
  CHECK(text("", "a;\nGO\nselect go\n/") == "a;\n; \nselect go\n;");
  CHECK(text("", "do $x$\nGO\n$x$;") == "do $x$\nGO\n$x$;");
  const MigrationSet set =
      changelog("--changeset a:1 rollbackEndDelimiter:@@\na;\n--rollback b; c @@\n--rollback d\n").read("south");
  CHECK(pieces(*set.migrations[0].down) == Pieces{"b; c", "d"});
}

TEST_CASE("Liquibase: a changelog in another language is refused, and its includes are not guessed") {
  for (const char* name : {"root.xml", "db.changelog-master.yaml", "master.json"}) {
    CAPTURE(name);
    Migrations folder{{"a.sql", kHeader + "--changeset a:1\nx;\n"}, {name, "databaseChangeLog:\n  - includeAll:\n"}};
    CHECK(contains(folder.message(),
                   std::string("m/") + name + " is a changelog of Liquibase that is not formatted SQL"));
    const Migrations alone{{name, "<databaseChangeLog>"}, {"sql/a.sql", kHeader}};
    CHECK(contains(alone.message(), "is a changelog of Liquibase that is not formatted SQL"));
  }
  CHECK(versions(Migrations{{"a.sql", kHeader + "--changeset a:1\nx;\n"}, {"compose.yaml", "services:\n"}}.read()) ==
        "1.1:a:1+");
}

TEST_CASE("Liquibase beside other files is refused") {
  const std::string text = kHeader + "--changeset a:1\nx;\n";
  CHECK(contains(Migrations{{"a.sql", text}, {"b.sql", "x;\n"}}.message(),
                 "m/b.sql is not a migration of the liquibase layout; expected a file that begins with"));
  CHECK(contains(Migrations{{"a.sql", text}, {"1_b.up.sql", "x;\n"}}.message(), "two layouts in one folder"));
  Migrations forced{{"a.sql", "x;\n"}};
  forced.options.layout = "liquibase";
  CHECK(contains(forced.message(), "m/a.sql:1:1: the file does not begin with '--liquibase formatted sql'"));
  CHECK(versions(Migrations{{"001_a.sql", text}, {"north.sql", text}}.read()) == "1.1:a:1+ 2.1:a:1+");
}

TEST_CASE("Folders of engines may hold changelogs of Liquibase") {
  const Migrations folder{{"north/c.sql", kHeader + "--changeset a:1\nn;\n--changeset a:2 dbms:south\nx;\n"},
                          {"south/c.sql", kHeader + "--changeset a:1\ns;\n"}};
  CHECK(versions(folder.read("north")) == "1.1:a:1+");
  CHECK(trim_blanks(folder.read("south").migrations[0].up->text) == "s;");
}

TEST_CASE("A declaration of no way back beside a rollback of Liquibase is refused, even one that does nothing") {
  CHECK(contains(refusal("--changeset a:1\n-- paripassu: irreversible gone\nx;\n--rollback y;\n"),
                 "m/c.sql:3:1: 1.1 a:1 is declared irreversible, but has a down"));
  CHECK(contains(refusal("--changeset a:1\n-- paripassu: irreversible gone\nx;\n--rollback empty\n"),
                 "m/c.sql:3:1: 1.1 a:1 is declared irreversible, but has a down"));
}
