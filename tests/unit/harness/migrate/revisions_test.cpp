#include "harness/migrate/revisions.h"

#include <doctest/doctest.h>

#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

std::vector<Revision> three() {
  std::vector<Revision> revisions(3);
  revisions[0].version = "0001";
  revisions[1].version = "0002";
  revisions[2].version = "ae10";
  return revisions;
}

Error refused(const std::string& text) {
  const Error error = error_of([&] { read_listed_revisions(text, "."); });
  CHECK(error.category() == ErrorCategory::configuration);
  return error;
}

}  // namespace

TEST_CASE("A list of revisions has an identifier, a name and what stands behind tabs") {
  const auto listed = read_listed_revisions(
      "3f1c create customers\tfile=versions/3f1c.py\r\n\n7a2e\tafter=3f1c\tirreversible=the rows are gone\n"
      "shop.0002_x   add  phone \tfile=\n",
      "db");
  REQUIRE(listed.size() == 3);
  CHECK(listed[0].revision.version == "3f1c");
  CHECK(listed[0].revision.name == "create customers");
  CHECK(listed[0].revision.up_file == "db/versions/3f1c.py");
  CHECK(listed[0].revision.down_file == "db/versions/3f1c.py");
  CHECK(listed[0].revision.has_down);
  CHECK(listed[0].after.empty());
  CHECK(listed[1].after == std::vector<std::string>{"3f1c"});
  CHECK_FALSE(listed[1].revision.has_down);
  CHECK(listed[1].revision.irreversible_reason == "the rows are gone");
  CHECK(listed[1].revision.label() == "7a2e");
  CHECK(listed[2].revision.name == "add  phone");
  CHECK(listed[2].revision.up_file.empty());
  CHECK(listed[2].revision.label() == "shop.0002_x_add__phone");
}

TEST_CASE("A file that the tool names by its whole path is shown as the user would type it") {
  const TemporaryFolder folder;
  const std::string file = folder.write("versions/a.py", "");
  CHECK(read_listed_revisions("a\tfile=" + file, folder.path())[0].revision.up_file ==
        folder.path() + "/versions/a.py");
  CHECK(read_listed_revisions("a\tfile=/nowhere/b.py", folder.path())[0].revision.up_file == "/nowhere/b.py");
}

TEST_CASE("A line that is no revision is shown, shortened and without control characters") {
  CHECK(contains(refused("a\nb\na\n").message(), "listed before"));
  CHECK(contains(refused("\tfile=x\n").message(), "begins with a tab"));
  CHECK(contains(refused("0 nothing\n").message(), "'0' or 'repeatable'"));
  CHECK(contains(refused("--help\n").message(), "begins with '-'"));
  CHECK(contains(refused("a x\tcolour=red\n").message(), "behind a tab"));
  CHECK(contains(refused("b\tafter=a\n").message(), "follows a, which is not above it"));
  CHECK(contains(refused(std::string(300, 'v')).message(), "longer than 200 bytes"));
  const Error escape = refused("a\x1b[31mred\n");
  CHECK(contains(escape.message(), "a control character"));
  CHECK_FALSE(contains(escape.what(), "\x1b"));
  CHECK(contains(escape.remedy(), "identifier, blanks, name"));
}

TEST_CASE("The label of a revision is one word") {
  Revision revision;
  revision.version = "0003";
  CHECK(revision.label() == "0003");
  revision.name = "add phone/fax\n";
  CHECK(revision.label() == "0003_add_phone_fax_");
  revision.name = "0003";
  CHECK(revision.label() == "0003");
}

TEST_CASE("[tests] declares versions irreversible that say nothing themselves") {
  std::vector<Revision> revisions = three();
  revisions[0].irreversible_reason = "its own";
  TestsConfiguration tests;
  tests.irreversible = {{"1", "not used"}, {"2", "rows are gone"}, {"*", "forward only"}};
  declare_irreversible(revisions, tests);
  CHECK(revisions[0].irreversible_reason == "its own");
  CHECK(revisions[1].irreversible_reason == "rows are gone");
  CHECK(revisions[2].irreversible_reason == "forward only");
}

TEST_CASE("[tests] that names an unknown version is an error with the nearest one") {
  std::vector<Revision> revisions = three();
  TestsConfiguration tests;
  tests.irreversible = {{"ae11", "gone"}};
  CHECK(error_of([&] { declare_irreversible(revisions, tests); }).message() ==
        "'irreversible' in [tests]: there is no migration with version ae11; did you mean ae10?");
  tests.irreversible.clear();
  tests.floor = "0009";
  const Error error = error_of([&] { declare_irreversible(revisions, tests); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(contains(error.message(), "'floor' in [tests]: there is no migration with version 0009"));
}
