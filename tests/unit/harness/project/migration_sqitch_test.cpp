#include <doctest/doctest.h>

#include "harness/project/layout_sqitch.h"
#include "tests/unit/harness/project/migrations_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

constexpr const char* kHead = "%syntax-version=1.0.0\n%project=flipr\n%uri=https://example.org/flipr/\n\n";
const std::string kStamp = " 2026-01-31T12:00:00Z Marge N. O’Vera <marge@example.com>";

std::vector<SqitchChange> read_plan(const std::string& lines) {
  std::vector<std::string> warnings;
  return read_sqitch_plan(kHead + lines, "sqitch.plan", warnings);
}

/// The message for a plan whose first line behind the head is line 5.
std::string refusal(const std::string& lines) {
  return error_of([&] { read_plan(lines); }).what();
}

}  // namespace

TEST_CASE("sqitch's order is the plan's, and the place in it is the version") {
  const Migrations folder{
      {"sqitch.plan", kHead + ("users" + kStamp + " # Creates users.\n\n# later:\nflips [users]" + kStamp + "\n@v1" +
                               kStamp + "\n  +appschema [users@v1 !other]" + kStamp + "\n")},
      {"sqitch.conf", "[core]\n"},
      {"deploy/users.sql", "BEGIN;\ncreate;\nCOMMIT;\n"},
      {"revert/users.sql", "drop users;\n"},
      {"verify/users.sql", "select users;\n"},
      {"deploy/flips.sql", "create flips;\n"},
      {"deploy/appschema.sql", "create schema;\n"},
      {"revert/appschema.sql", "drop schema;\n"}};
  const MigrationSet set = folder.read();
  CHECK(set.layout == "sqitch");
  CHECK(versions(set) == "0001:users+- 0002:flips+ 0003:appschema+-");
  CHECK(set.warnings.empty());
  CHECK(set.migrations[0].up->file == folder.path("deploy/users.sql"));
  CHECK(set.migrations[0].up->text == "BEGIN;\ncreate;\nCOMMIT;\n");
  CHECK(set.migrations[0].down->file == folder.path("revert/users.sql"));
  REQUIRE(set.migrations[0].verify);
  CHECK(set.migrations[0].verify->file == folder.path("verify/users.sql"));
  CHECK(set.migrations[0].verify->text == "select users;\n");
  CHECK_FALSE(set.migrations[1].verify);
  CHECK(compare_versions("2", set.migrations[1].version) == 0);
}

TEST_CASE("A reworked change of sqitch takes the scripts that carry the tag") {
  const std::string plan = kHead + ("users" + kStamp + "\n@v1" + kStamp + "\n@v2" + kStamp + "\nother" + kStamp +
                                    "\n@v3" + kStamp + "\nusers [users@v3]" + kStamp + "\n");
  Migrations folder{{"sqitch.plan", plan},        {"deploy/users@v3.sql", "old;\n"}, {"revert/users@v3.sql", "undo;\n"},
                    {"deploy/other.sql", "x;\n"}, {"deploy/users.sql", "new;\n"},    {"revert/users.sql", "old;\n"}};
  const MigrationSet set = folder.read();
  CHECK(versions(set) == "0001:users+- 0002:other+ 0003:users+-");
  CHECK(set.migrations[0].up->text == "old;\n");
  CHECK(set.migrations[0].down->text == "undo;\n");
  CHECK(set.migrations[2].up->text == "new;\n");
  const std::vector<SqitchChange> changes = read_plan("users" + kStamp + "\n@v1" + kStamp + "\n@v2" + kStamp +
                                                      "\nother" + kStamp + "\n@v3" + kStamp + "\nusers" + kStamp);
  CHECK(changes[0].rework_tags == std::vector<std::string>{"v3", "v1", "v2"});
  CHECK(changes[2].rework_tags.empty());
}

TEST_CASE("A reworked change without its old script is refused with the line of the plan") {
  const Migrations folder{{"sqitch.plan", kHead + ("a" + kStamp + "\n@v1" + kStamp + "\na" + kStamp + "\n")},
                          {"deploy/a.sql", "x;\n"}};
  CHECK(contains(folder.message(), "m/sqitch.plan:5:1: the change a has no deploy script m/deploy/a@v1.sql"));
}

TEST_CASE("Changes of sqitch may lie in folders") {
  const Migrations folder{{"sqitch.plan", kHead + ("schema/users" + kStamp + "\n")},
                          {"deploy/schema/users.sql", "x;\n"},
                          {"verify/schema/users.sql", "y;\n"}};
  CHECK(versions(folder.read()) == "0001:schema/users+");
  CHECK(folder.read().migrations[0].verify->text == "y;\n");
}

TEST_CASE("Scripts of sqitch that no change has are a warning") {
  const Migrations folder{{"sqitch.plan", kHead + ("a" + kStamp + "\n")},
                          {"deploy/a.sql", "x;\n"},
                          {"deploy/b.sql", "x;\n"},
                          {"verify/sub/c.sql", "x;\n"},
                          {"deploy/notes.txt", "x"}};
  const MigrationSet set = folder.read();
  REQUIRE(set.warnings.size() == 2);
  CHECK(folder.cut(set.warnings[0]) == "m/deploy/b.sql is not run: no change of sqitch.plan has this name");
  CHECK(contains(set.warnings[1], "verify/sub/c.sql is not run"));
}

TEST_CASE("Empty scripts of sqitch: no deploy is an error, no revert and no verify a warning") {
  Migrations folder{{"sqitch.plan", kHead + ("a" + kStamp + "\n")},
                    {"deploy/a.sql", "x;\n"},
                    {"revert/a.sql", "-- Revert flipr:a\n"},
                    {"verify/a.sql", "-- nothing\n"}};
  const MigrationSet set = folder.read();
  CHECK(versions(set) == "0001:a+");
  CHECK_FALSE(set.migrations[0].verify);
  REQUIRE(set.warnings.size() == 2);
  CHECK(folder.cut(set.warnings[0]) == "m/revert/a.sql is empty, so that the migration cannot be undone");
  CHECK(folder.cut(set.warnings[1]) == "m/verify/a.sql is empty, so that nothing is verified");
  folder.write("deploy/a.sql", "-- Deploy\n");
  CHECK(contains(folder.message(), "m/deploy/a.sql is empty"));
}

TEST_CASE("Broken plans of sqitch are refused with their line") {
  std::vector<std::string> warnings;
  CHECK(
      contains(error_of([&] { read_sqitch_plan("a" + kStamp, "p", warnings); }).what(), "p: the plan has no %project"));
  CHECK(contains(error_of([&] { read_sqitch_plan("%project=@x\n", "p", warnings); }).what(), "p:1:1: '@x' is no name"));
  CHECK(contains(refusal("a\n"), "sqitch.plan:5:1: expected a time and a planner"));
  CHECK(contains(refusal("a 2026-01-31T12:00:00Z\n"), "expected a time and a planner"));
  CHECK(contains(refusal("a 2026-01-31 x <y>\n"), "expected a time and a planner"));
  CHECK(contains(refusal("a" + kStamp + "\n%uri=x\n"), "sqitch.plan:6:1: the pragma %uri stands behind a change"));
  CHECK(contains(refusal("a" + kStamp + "\nb" + kStamp + "\na" + kStamp),
                 "sqitch.plan:7:1: the change a is planned a second time, first in line 5"));
  CHECK(contains(refusal("a" + kStamp + "\n@v1" + kStamp + "\nb" + kStamp + "\n@v1" + kStamp),
                 "sqitch.plan:8:1: the tag @v1 is declared a second time, first in line 6"));
  CHECK(contains(refusal("@v1" + kStamp), "sqitch.plan:5:1: the tag @v1 stands before every change"));
  CHECK(contains(refusal("a" + kStamp + "\n@v1 [a]" + kStamp), "the tag @v1 has dependencies"));
  CHECK(contains(refusal("-a" + kStamp), "reverts another one"));
  CHECK(contains(refusal("a [b" + kStamp), "the dependencies have no closing ']'"));
  CHECK(contains(refusal("a [b b]" + kStamp), "the dependency b is written twice"));
  CHECK(contains(refusal("a [b@]" + kStamp), "'b@' is no dependency"));
  CHECK(contains(refusal("HEAD" + kStamp), "'HEAD' is a reserved name"));
}

TEST_CASE("Names that would leave the folder, and other bad names of changes, are refused") {
  for (const char* name :
       {"../../etc/x", "a/../b", "/etc/x", "a//b", "a/", "-a", "a!", ".a", "a\\b", "x^2", "a\x01z", "@"}) {
    CAPTURE(name);
    const std::string message = refusal(std::string(name) + kStamp);
    CHECK(contains(message, "sqitch.plan:5:1: "));
  }
  CHECK(read_plan("größer_1" + kStamp)[0].name == "größer_1");
  CHECK(read_plan("a.b-c" + kStamp)[0].name == "a.b-c");
}

TEST_CASE("Dependencies of sqitch are checked") {
  CHECK(contains(refusal("a [b]" + kStamp + "\n"), "sqitch.plan:5:1: a requires b, which the plan does not have"));
  CHECK(contains(refusal("a [b]" + kStamp + "\n\nb" + kStamp),
                 "sqitch.plan:5:1: a requires b, which comes later, in line 7"));
  CHECK(contains(refusal("a [a]" + kStamp), "a requires a, which is the change itself"));
  CHECK(contains(refusal("a [@v1]" + kStamp + "\n@v1" + kStamp), "a requires @v1, whose tag comes later, in line 6"));
  CHECK(contains(refusal("a" + kStamp + "\n@v1" + kStamp + "\nb" + kStamp + "\nc [b@v1]" + kStamp), "c requires b@v1"));
  CHECK(contains(refusal("a" + kStamp + "\nb [!a]" + kStamp), "b conflicts with !a, which the plan has before it"));
  CHECK(read_plan("a" + kStamp + "\n@v1" + kStamp +
                  "\nb[a flipr:a a@v1 @v1 !c !x:a a@HEAD "
                  "ab1cdef2345678901234567890123456789012ab]" +
                  kStamp)
            .size() == 2);
  std::vector<std::string> warnings;
  read_sqitch_plan(kHead + ("a [auth:users]" + kStamp), "p", warnings);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == "p:5: a depends on auth:users of another sqitch project, which is not checked");
}

TEST_CASE("sqitch beside other files is refused") {
  const std::string plan = kHead + ("a" + kStamp + "\n");
  CHECK(contains(Migrations{{"sqitch.plan", plan}, {"deploy/a.sql", "x;"}, {"0001_a.up.sql", "x;"}}.message(),
                 "two layouts in one folder: m/sqitch.plan (sqitch) and m/0001_a.up.sql (native)"));
  CHECK(contains(Migrations{{"sqitch.plan", plan}, {"deploy/a.sql", "x;"}, {"notes.sql", "x;"}}.message(),
                 "m/notes.sql lies beside sqitch.plan"));
  CHECK(contains(Migrations{{"sqitch.plan", plan}, {"deploy/a.sql", "x;"}, {"north/1_a.up.sql", "x;"}}.message(),
                 "two layouts in one folder: m/sqitch.plan beside folders for single engines, m/north/1_a.up.sql"));
  Migrations forced{{"0001_a.up.sql", "x;"}};
  forced.options.layout = "sqitch";
  CHECK(contains(forced.message(), "there is no sqitch.plan in 'm'"));
  CHECK(contains(Migrations{{"sqitch.plan", kHead}}.message(), "there is no migration in 'm'"));
}

TEST_CASE("Folders of engines may hold a plan of sqitch each") {
  const std::string plan = kHead + ("a" + kStamp + "\n");
  const Migrations folder{
      {"north/sqitch.plan", plan}, {"north/deploy/a.sql", "n;"}, {"s/sqitch.plan", plan}, {"s/deploy/a.sql", "s;"}};
  CHECK(folder.read("north").layout == "sqitch");
  CHECK(folder.read("north").migrations[0].up->text == "n;");
  CHECK(folder.read("south").migrations[0].up->text == "s;");
}
