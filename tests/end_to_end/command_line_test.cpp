// Wrong usage, and results that cannot be written. Needs no server, but for the last cases.
#include <doctest/doctest.h>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

/// Wrong usage: exit code 2, nothing on standard output, all of `words` on standard error.
void check_usage(const std::vector<std::string>& arguments, const std::vector<std::string>& words,
                 const std::vector<std::string>& secrets = {}) {
  std::string line;
  for (const std::string& argument : arguments) line += " " + argument;
  CAPTURE(line);
  const TemporaryFolder folder;
  folder.write("migrations/0001_a.up.sql", "CREATE TABLE a (id int);\n");
  const ProgramResult result = run_checked(arguments, folder.path(), {}, secrets);
  CHECK_EXIT(result, 2);
  CHECK(result.output.empty());
  CHECK(result.errors.compare(0, 11, "paripassu: ") == 0);
  for (const std::string& part : words) CHECK_SAYS(result.errors, part);
}

constexpr const char* kUrl = "postgres://u@127.0.0.1:1/d";

}  // namespace

TEST_CASE("every engine of the program is among the engines of the end-to-end cases") {
  for (const auto& backend : registry().all())
    CHECK_MESSAGE(find_engine_sql(std::string(backend->name())) != nullptr, "no end-to-end case runs on ",
                  std::string(backend->name()));
}

TEST_CASE("unknown commands and options name the nearest known one") {
  check_usage({"migarte", "up"}, {"migarte", "did you mean 'migrate'"});
  check_usage({"inspct"}, {"did you mean 'inspect'"});
  check_usage({"--fromat", "json", "doctor"}, {"--fromat", "did you mean --format"});
  check_usage({"migrate", "up", "--setps", "1"}, {"--setps", "did you mean --steps"});
  check_usage({"diff", "--each-setp"}, {"did you mean --each-step"});
  check_usage({"--engine", "postgers", "doctor"}, {"postgers", "postgres"});
  // Abbreviations would change their meaning with the next option.
  check_usage({"diff", "--column"}, {"--column"});
  // An option of another command.
  check_usage({"inspect", "--steps", "1", "x.json"}, {"--steps"});
}

TEST_CASE("options with a bad value or without one are refused") {
  check_usage({"--format", "xml", "doctor"}, {"xml", "text", "json"});
  check_usage({"--format", "xml", "--postgres", kUrl, "migrate", "up"}, {"xml"});
  check_usage({"--color", "maybe", "doctor"}, {"maybe"});
  check_usage({"--postgres", kUrl, "migrate", "up", "--steps", "0"}, {"--steps"});
  check_usage({"--postgres", kUrl, "migrate", "up", "--steps", "-1"}, {"--steps"});
  check_usage({"--postgres", kUrl, "migrate", "up", "--steps", "one"}, {"--steps", "one"});
  check_usage({"--postgres", kUrl, "migrate", "up", "--steps", "99999999999999"}, {"--steps"});
  check_usage({"--postgres", kUrl, "migrate", "up", "--steps"}, {"--steps"});
  check_usage({"--postgres", kUrl, "migrate", "up", "--lock-timeout", "-5"}, {"--lock-timeout"});
  check_usage({"diff", "--names", "roughly", "a.json", "b.json"}, {"roughly", "fold"});
}

TEST_CASE("commands with missing or too many words are refused") {
  check_usage({"migrate"}, {"up", "down", "status"});
  check_usage({"--postgres", kUrl, "migrate", "sideways"}, {"up", "down", "status"});
  check_usage({"--postgres", kUrl, "migrate", "up", "down"}, {"up", "down", "status"});
  check_usage({"migrate", "up"}, {"no database", "--postgres", "→"});
  check_usage({"inspect"}, {"one source"});
  check_usage({"inspect", "a.json", "b.json"}, {"one source"});
  check_usage({"diff", "a.json"}, {"two sources"});
  check_usage({"diff", "--each-step", "a.json", "b.json"}, {"--each-step"});
  check_usage({"doctor", "everything"}, {"no arguments"});
  check_usage({"demo", "now"}, {"no arguments"});
}

TEST_CASE("sources that are none, and files that are missing, are refused by name") {
  check_usage({"diff", "here", "there"}, {"'here' is not a source", "→"});
  check_usage({"inspect", "missing.json"}, {"missing.json"});
  check_usage({"inspect", "postgres:missing.sql"}, {"missing.sql", "→"});
  check_usage({"inspect", "sqlserver:missing/"}, {"missing/", "→"});
  check_usage({"inspect", "postgres:"}, {"→"});
  check_usage({"inspect", "postgres:migrations@"}, {"version", "→"});
  check_usage({"inspect", "postgres:model"}, {"model", "→"});
  check_usage({"inspect", "mysql://u@h/d"}, {"mysql://", "postgres://"});
  check_usage({"--config", "missing.toml", "doctor"}, {"missing.toml"});
  check_usage({"-C", "missing-folder", "doctor"}, {"missing-folder"});
}

TEST_CASE("URLs that are wrong are refused without showing the password") {
  const std::vector<std::string> secret = {"hunter2secret"};
  check_usage({"--postgres", "sqlserver://u:hunter2secret@h/d", "migrate", "up"}, {"another engine", "u:***@h"},
              secret);
  check_usage({"--postgres", "postgres://u:hunter2secret@h:99999/d", "migrate", "up"}, {"port"}, secret);
  check_usage({"--postgres", "postgres://u:hunter2secret@h:x/d", "migrate", "up"}, {"port"}, secret);
  check_usage({"inspect", "mysql://u:hunter2secret@h/d"}, {"mysql://"}, secret);
  check_usage({"--sqlserver", "not a url hunter2secret", "migrate", "up"}, {"URL"});
}

TEST_CASE("a snapshot that is not one is refused with its place") {
  const TemporaryFolder folder;
  folder.write("a.json", "{\n  \"paripassu\": \"catalog\",\n  \"version\": 1,\n  \"engine\": 7\n}\n");
  folder.write("b.json", "[1, 2");
  folder.write("c.json", "{\"paripassu\": \"catalog\", \"version\": 999}");
  for (const char* name : {"a.json", "b.json", "c.json"}) {
    const ProgramResult result = run_checked({"inspect", name}, folder.path());
    CHECK_EXIT(result, 2);
    CHECK_SAYS(result.errors, name);
    CHECK(result.output.empty());
  }
}

TEST_CASE("--help and --version go to standard output and succeed") {
  const TemporaryFolder folder;
  const ProgramResult help = run_checked({"--help"}, folder.path());
  CHECK_EXIT(help, 0);
  for (const char* command : {"doctor", "migrate", "inspect", "diff", "demo"}) {
    CHECK_SAYS(help.output, command);
    const ProgramResult own = run_checked({command, "--help"}, folder.path());
    CHECK_EXIT(own, 0);
    CHECK_SAYS(own.output, std::string("Usage: paripassu [global options] ") + command);
    CHECK(own.errors.empty());
  }
  CHECK(help.errors.empty());
  const ProgramResult version = run_checked({"--version"}, folder.path());
  CHECK_EXIT(version, 0);
  CHECK_SAYS(version.output, "paripassu 0.");
  // Without a command the help is an answer to a mistake.
  const ProgramResult nothing = run_checked({}, folder.path());
  CHECK_EXIT(nothing, 2);
  CHECK(nothing.output.empty());
  CHECK_SAYS(nothing.errors, "Usage:");
}

TEST_CASE("an output file that cannot be written is said before the work begins") {
  const TemporaryFolder folder;
  const ProgramResult result = run_checked({"-o", "no/such/folder/out.txt", "doctor"}, folder.path());
  CHECK_EXIT(result, 2);
  CHECK_SAYS(result.errors, "no/such/folder/out.txt");
}

ENGINE_CASE("a result that does not fit on the disk is an error, and the ledger stays true") {
  Project project(target);
  project.migration("0001_a.up.sql", "CREATE TABLE a (id int NOT NULL);\n");
  for (const std::string& arguments :
       {std::string("migrate status -o /dev/full"), std::string("migrate up -o /dev/full"),
        std::string("migrate status >/dev/full"), std::string("--format json migrate status >/dev/full")}) {
    CAPTURE(arguments);
    const ProgramResult result = run_shell("\"$PARIPASSU_PROGRAM\" --engine " + target.name() + " " + arguments,
                                           project.path(), project.environment());
    check_invariants(result, project.secrets());
    CHECK(result.exit_code != 0);
    CHECK_SAYS(result.errors, "could not be written");
  }
  CHECK(project.status()["0001"] == "applied");
  CHECK(project.database().has_table("a"));
}

ENGINE_CASE("closed standard streams are not confused with the connection to the server") {
  Project project(target);
  project.migration("0001_a.up.sql", "CREATE TABLE a (id int NOT NULL);\n");
  project.migration("0001_a.down.sql", "DROP TABLE a;\n");
  const std::string program = "\"$PARIPASSU_PROGRAM\" --engine " + target.name();
  // The first files that a program opens get the numbers of the closed streams.
  for (const char* closing : {">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    CAPTURE(closing);
    const ProgramResult up = run_shell(program + " migrate up " + closing, project.path(), project.environment());
    check_invariants(up, project.secrets());
    if (contains(std::string(" ") + closing, " >&-")) CHECK(up.exit_code != 0);
    auto status = project.status();
    REQUIRE(status.size() == 1);
    CHECK(status["0001"] == "applied");
    CHECK(project.database().value("SELECT count(*) FROM a") == "0");
    REQUIRE_EXIT(project.migrate({"down"}), 0);
  }
}

ENGINE_CASE("a reader that goes away early does not kill the program half way") {
  Project project(target);
  for (int i = 1; i <= 5; ++i)
    project.migration("000" + std::to_string(i) + "_t.up.sql",
                      "CREATE TABLE t" + std::to_string(i) + " (id int NOT NULL);\n");
  const ProgramResult up =
      run_shell("(\"$PARIPASSU_PROGRAM\" --engine " + target.name() + " migrate up; echo $? >code) | true",
                project.path(), project.environment());
  check_invariants(up, project.secrets());
  const ProgramResult code = run_shell("cat code", project.path());
  CHECK(code.output != "0\n");
  CHECK(code.output != "141\n");
  for (const auto& [version, state] : project.status()) CHECK(state == "applied");
}

}  // namespace paripassu::test
