#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "harness/migrate/migrator.h"
#include "harness/project/migrator_presets.h"
#include "tests/support/live_server.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no Error was thrown");
  throw std::logic_error("not reached");
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A project whose tool is a few lines of shell: it writes down what it was asked to do.
struct Project {
  TemporaryFolder folder;
  Configuration configuration;
  const Backend& backend = registry().get("postgres");
  ConnectionUrl url = ConnectionUrl::parse("postgres://me:ge%27heim@db.example:5433/orders?sslmode=require");

  explicit Project(const std::string& preset = "") {
    configuration.file = folder.path() + "/paripassu.toml";
    configuration.project_dir = folder.path();
    configuration.migrator = migrator_preset(preset);
    MigratorConfiguration& migrator = *configuration.migrator;
    migrator.list = "printf '1 one\\tfile=1.py\\n2 two words\\tfile=2.py\\n3\\tfile=3.py\\n'";
    migrator.up = "echo up {revision} {name} >> log";
    migrator.down = "echo down {revision} {name} >> log";
    migrator.position = {configuration.file, 7, 1};
  }

  std::unique_ptr<Migrator> migrator(MigratorOptions options = {}) const {
    return make_command_migrator(backend, configuration, std::move(options));
  }
  MigratorConfiguration& commands() { return *configuration.migrator; }
  std::string log() const {
    std::ifstream file(folder.path() + "/log");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
};

}  // namespace

TEST_CASE("A tool's revisions are those that it lists") {
  const Project project;
  const auto migrator = project.migrator();
  REQUIRE(migrator->revisions().size() == 3);
  CHECK(migrator->revisions()[1].label() == "2_two_words");
  CHECK(migrator->revisions()[1].up_file == project.folder.path() + "/2.py");
  CHECK(migrator->revisions()[1].has_up);
  CHECK(migrator->revisions()[1].migration == nullptr);
  CHECK(migrator->scripts() == nullptr);
  CHECK(migrator->index_of("3") == 2);
  CHECK(error_of([&] { static_cast<void>(migrator->index_of("4")); }).category() == ErrorCategory::usage);
}

TEST_CASE("A tool goes up and down to what it is told, and is not asked for what is done") {
  Project project;
  project.commands().base = "nothing";
  const auto migrator = project.migrator();
  const auto run = migrator->open(project.url);
  CHECK(run->up_to("0").empty());
  CHECK(run->up_to("2").size() == 1);
  CHECK(run->up_to("1").empty());
  CHECK(run->up_to("3").size() == 1);
  run->down_to("3");
  run->down_to("1");
  run->down_to("0");
  run->down_to("0");
  CHECK(project.log() == "up 2 two words\nup 3 \ndown 1 one\ndown nothing \n");
}

TEST_CASE("A tool is asked again to go where it is, so that a second up can be tested") {
  const Project project;
  const auto migrator = project.migrator();
  const auto run = migrator->open(project.url);
  run->up_to("3");
  CHECK(run->up_to("3").empty());
  CHECK(project.log() == "up 3 \nup 3 \n");
}

TEST_CASE("A new run does not know what is applied, and asks the tool") {
  const Project project;
  const auto migrator = project.migrator();
  migrator->open(project.url)->up_to("3");
  migrator->open(project.url)->down_to("2");
  CHECK(project.log() == "up 3 \ndown 2 two words\n");
}

TEST_CASE("The database's URL is in the environment and, as one word, in the command") {
  Project project;
  project.commands().url_variable = "MY_DB";
  project.commands().up =
      "printf '%s|%s|%s|%s|' \"$MY_DB\" {url} \"$PARIPASSU_ENGINE\" \"${PARIPASSU_SCHEMA:-none}\" > log";
  project.migrator()->open(project.url)->up_to("1");
  const std::string url = "postgres://me:ge%27heim@db.example:5433/orders?sslmode=require";
  CHECK(project.log() == url + "|" + url + "|postgres|none|");
  project.commands().url_form = "libpq";
  MigratorOptions options;
  options.schema = "app";
  project.migrator(options)->open(project.url)->up_to("1");
  const std::string keywords =
      "host='db.example' port='5433' user='me' password='ge\\'heim' dbname='orders' sslmode='require'";
  CHECK(project.log() == keywords + "|" + keywords + "|postgres|app|");
}

TEST_CASE("Names that the shell would read are handed over as they are") {
  Project project;
  project.commands().list = "printf '%s\\n' '$(touch${IFS}broken) it'\\''s; touch broken'";
  project.commands().up = "printf '%s|' {revision} {name} ${revision} {unknown} > log";
  project.migrator()->open(project.url)->up_to("$(touch${IFS}broken)");
  CHECK(project.log() == "$(touch${IFS}broken)|it's; touch broken|{unknown}|");
  CHECK_FALSE(std::ifstream(project.folder.path() + "/broken").good());
}

TEST_CASE("A tool that fails is an error with its file, the end of its output, and no password") {
  Project project;
  project.commands().up = "echo fine; echo \"cannot reach $DATABASE_URL: ge'heim and ge%27heim\" >&2; exit 4";
  const auto migrator = project.migrator();
  const auto run = migrator->open(project.url);
  const Error error = error_of([&] { run->up_to("1"); });
  CHECK(error.category() == ErrorCategory::migration);
  CHECK(error.position().file == project.folder.path() + "/1.py");
  CHECK(contains(error.message(), "going up to 1_one: the tool of [migrator] failed: exit code 4\ncannot reach "));
  CHECK_FALSE(contains(error.what(), "heim"));
  CHECK(contains(error.remedy(), "'up' of [migrator]"));
}

TEST_CASE("A tool that is not installed is an error that says what to install") {
  Project own;
  own.commands().list = "no-such-tool-of-paripassu --list";
  const Error missing = error_of([&] { own.migrator(); });
  CHECK(missing.category() == ErrorCategory::configuration);
  CHECK(missing.position().line == 7);
  CHECK(contains(missing.message(), "listing the revisions"));
  CHECK(contains(missing.remedy(), "install the tool"));

  Project alembic("alembic");
  alembic.commands().list = "echo \"ModuleNotFoundError: No module named 'alembic'\" >&2; exit 1";
  CHECK(contains(error_of([&] { alembic.migrator(); }).remedy(), "python3-alembic"));
  Project django("django");
  django.commands().list = "echo \"ModuleNotFoundError: No module named 'django'\" >&2; exit 1";
  CHECK(contains(error_of([&] { django.migrator(); }).remedy(), "python3-django"));
}

TEST_CASE("A tool that lists nothing, or what is no revision, is an error at [migrator]") {
  Project project;
  project.commands().list = "true";
  const Error nothing = error_of([&] { project.migrator(); });
  CHECK(contains(nothing.message(), "printed no revision"));
  CHECK(nothing.position().line == 7);
  project.commands().list = "echo --help";
  CHECK(contains(error_of([&] { project.migrator(); }).message(), "no revision ("));
  project.commands().list = "yes 1234567890 | head -c 9000000";
  CHECK(contains(error_of([&] { project.migrator(); }).message(), "more than"));
  project.commands().dir = "nowhere";
  CHECK(contains(error_of([&] { project.migrator(); }).message(), "there is no folder"));
}

TEST_CASE("A list gets a URL that leads to no server") {
  Project project;
  project.commands().list = "printf %s \"$DATABASE_URL\" > log; echo 1";
  project.migrator();
  CHECK(project.log() == "postgres://nobody@127.0.0.1:1/none");
}

TEST_CASE("A tool that hangs is killed at the time limit") {
  Project project;
  project.commands().up = "sleep 60";
  MigratorOptions options;
  options.statement_timeout_ms = 300;
  const auto migrator = project.migrator(options);
  const auto run = migrator->open(project.url);
  const Error error = error_of([&] { run->up_to("1"); });
  CHECK(error.category() == ErrorCategory::statement_timeout);
  CHECK(contains(error.message(), "within 300 ms"));
}

TEST_CASE("A tool without a way down says so") {
  Project project;
  project.commands().down.clear();
  const auto migrator = project.migrator();
  CHECK_FALSE(migrator->revisions()[0].has_down);
  const auto run = migrator->open(project.url);
  run->up_to("1");
  const Error error = error_of([&] { run->down_to("0"); });
  CHECK(error.category() == ErrorCategory::not_supported);
  CHECK(contains(error.message(), "1_one cannot be undone: [migrator] has no 'down' command"));
}

TEST_CASE("A history that branches goes up by every end of it, and not down") {
  Project project("alembic");
  project.commands().list = "printf 'a\\nb\\tafter=a\\nc\\tafter=a\\nd\\tafter=b,c\\ne\\tafter=d\\n'";
  project.commands().up = "echo up {revision} >> log";
  const auto migrator = project.migrator();
  CHECK_FALSE(migrator->revisions()[0].has_down);
  CHECK(contains(migrator->revisions()[0].irreversible_reason, "branches"));
  const auto run = migrator->open(project.url);
  run->up_to("c");
  run->up_to("e");
  CHECK(project.log() == "up b\nup c\nup e\n");
  CHECK(error_of([&] { run->down_to("a"); }).category() == ErrorCategory::not_supported);
}

TEST_CASE("Django goes to a point of a history that spans applications, one application after the other") {
  Project project("django");
  project.commands().list = "printf 'shop.0001\\nbilling.0001\\nshop.0002\\nshop.0003\\nbilling.0002\\n'";
  project.commands().up = "echo up {targets} >> log";
  project.commands().down = "echo down {targets} >> log";
  const auto migrator = project.migrator();
  const auto run = migrator->open(project.url);
  run->up_to("shop.0002");     // nothing is known: both applications
  run->up_to("billing.0002");  // known: two more
  run->down_to("shop.0003");
  run->down_to("shop.0001");
  run->down_to("0");
  migrator->open(project.url)->down_to("shop.0002");
  CHECK(project.log() ==
        "up billing.0001 shop.0002\nup shop.0003 billing.0002\ndown billing.0001\ndown shop.0001 billing.zero\n"
        "down shop.zero\ndown billing.0001 shop.0002\n");
  project.commands().list = "echo 0001";
  CHECK(contains(error_of([&] { project.migrator(); }).message(), "application.migration"));
}

TEST_CASE("[tests] declares a tool's revisions irreversible") {
  Project project;
  project.configuration.tests.irreversible = {{"2", "the old words are gone"}};
  CHECK(project.migrator()->revisions()[1].irreversible_reason == "the old words are gone");
  project.configuration.tests.irreversible = {{"9", "x"}};
  CHECK(error_of([&] { project.migrator(); }).category() == ErrorCategory::configuration);
}
