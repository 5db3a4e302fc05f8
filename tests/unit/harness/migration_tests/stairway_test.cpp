#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "backends/postgres/backend.h"
#include "harness/migration_tests/staircase.h"
#include "tests/unit/harness/migration_tests/stairway_fake.h"

using namespace paripassu;
using namespace paripassu::test;
using migration_tests::make_stairway;

namespace {

const BackendRegistry& engines() {
  static const BackendRegistry* const instance = [] {
    auto* registry = new BackendRegistry;
    register_postgres(*registry);
    return registry;
  }();
  return *instance;
}

FakeMigration table_migration(const std::string& version, const std::string& table) {
  return {version, table,
          [table](FakeState& state) {
            state.create_table(table, {"id", "note"});
          },
          [table](FakeState& state) { state.drop_table(table); }};
}

void add_enum(FakeState& state, const std::string& name) {
  for (const catalog::UserType& type : state.schema().types) {
    if (type.name == name) throw Error(ErrorCategory::already_exists, "type " + name + " exists already");
  }
  catalog::UserType& type = state.schema().types.emplace_back();
  type.name = name;
  type.kind = "enum";
  type.labels = {"good", "bad"};
}

struct Run {
  FakeServer server;
  CollectingSink sink;

  explicit Run(std::vector<FakeMigration> migrations) { server.migrations = std::move(migrations); }

  void go(const std::function<void(WalkedProject&)>& set_up = {}) {
    WalkedProject project = project_of(server, engines());
    if (set_up) set_up(project);
    const std::unique_ptr<TestGroup> group = make_stairway(std::move(project));
    names = group->tests();
    group->run(sink);
  }

  std::vector<TestName> names;
};

}  // namespace

TEST_CASE("A stairway of migrations that undo what they do passes, and costs two ups and a down each") {
  Run run({table_migration("0001", "a"), table_migration("0002", "b"), table_migration("0003", "c")});
  run.go();
  REQUIRE(run.names.size() == 3);
  CHECK(run.names[1].text() == "postgres/stairway/0002_b");
  CHECK(run.sink.count(TestOutcome::passed) == 3);
  CHECK(run.sink["0002_b"].migrate_ms == 1);
  CHECK(run.server.databases == 1);
  CHECK(run.server.ups == 6);
  CHECK(run.server.downs == 3);
  // One before all, three a step.
  CHECK(run.server.reads == 10);
  CHECK(run.server.living == 0);
}

TEST_CASE("A type that the down forgets fails that migration and no other") {
  FakeMigration forgetful = table_migration("0002", "b");
  forgetful.up = [](FakeState& state) {
    state.create_table("b", {"id"});
    bool exists = false;
    for (const catalog::UserType& type : state.schema().types) exists = exists || type.name == "mood";
    if (!exists) add_enum(state, "mood");
  };
  Run run({table_migration("0001", "a"), forgetful, table_migration("0003", "c")});
  run.go();
  const TestResult& failed = run.sink["0002_b"];
  CHECK(failed.outcome == TestOutcome::failed);
  CHECK(codes(failed) == "down-leaves");
  CHECK(failed.problems[0].position.file == "shown/0002_b.down.sql");
  REQUIRE(failed.problems[0].details.size() == 1);
  CHECK(failed.problems[0].details[0].find("left behind: type app.mood") != std::string::npos);
  CHECK(failed.problems[0].details[0].find("(type-extra)") != std::string::npos);
  CHECK(run.sink["0001_a"].outcome == TestOutcome::passed);
  CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  CHECK(run.server.databases == 1);
}

TEST_CASE("A second up that fails is told with the leak, and the walk goes on in a fresh database") {
  FakeMigration forgetful = table_migration("0002", "b");
  forgetful.up = [](FakeState& state) {
    state.create_table("b", {"id"});
    add_enum(state, "mood");
  };
  for (const bool can_clone : {true, false}) {
    Run run({table_migration("0001", "a"), forgetful, table_migration("0003", "c")});
    run.server.can_clone = can_clone;
    run.go();
    const TestResult& failed = run.sink["0002_b"];
    CHECK(codes(failed) == "down-leaves error");
    CHECK(failed.problems[1].message.find("again") != std::string::npos);
    CHECK(failed.problems[1].message.find("mood exists already") != std::string::npos);
    CHECK(failed.problems[1].position.file == "shown/0002_b.up.sql");
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
    CHECK(run.server.living == 0);
  }
}

TEST_CASE("What an earlier down left does not fail a later migration that it is in the way of") {
  FakeMigration leaky = table_migration("0001", "a");
  leaky.up = [](FakeState& state) { state.create_table("a", {"id"}); };
  leaky.down = [](FakeState& state) {
    state.drop_table("a");
    state.create_table("c", {"id"});
  };
  Run run({leaky, table_migration("0002", "b"), table_migration("0003", "c")});
  run.go();
  // The second up of 0001 finds nothing in its way, 0003 would.
  CHECK(codes(run.sink["0001_a"]) == "down-leaves");
  CHECK(run.sink["0002_b"].outcome == TestOutcome::passed);
  CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  REQUIRE(run.sink["0003_c"].notes.size() == 1);
  CHECK(run.sink["0003_c"].notes[0].find("fresh database") != std::string::npos);
}

TEST_CASE("A down that does something else, nothing, or fails") {
  FakeMigration wrong = table_migration("0002", "b");
  SUBCASE("undoes another migration") {
    wrong.up = [](FakeState& state) { state.create_table("b", {"id", "amount", "price"}); };
    wrong.down = [](FakeState& state) { state.drop_table("a"); };
    Run run({table_migration("0001", "a"), wrong, table_migration("0003", "c")});
    run.go();
    CHECK(codes(run.sink["0002_b"]) == "down-leaves error");
    CHECK(all_text(run.sink["0002_b"]).find("lost: table app.a") != std::string::npos);
    CHECK(all_text(run.sink["0002_b"]).find("left behind: table app.b") != std::string::npos);
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  }
  SUBCASE("does nothing") {
    wrong.down = [](FakeState&) {};
    Run run({table_migration("0001", "a"), wrong, table_migration("0003", "c")});
    run.go();
    CHECK(run.sink["0002_b"].problems[0].message.find("undoes nothing") != std::string::npos);
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  }
  SUBCASE("fails") {
    wrong.down = [](FakeState&) { throw Error(ErrorCategory::syntax, "syntax error at DORP"); };
    Run run({table_migration("0001", "a"), wrong, table_migration("0003", "c")});
    run.go();
    CHECK(codes(run.sink["0002_b"]) == "error");
    CHECK(run.sink["0002_b"].problems[0].message.starts_with("undoing 0002_b"));
    CHECK(run.sink["0002_b"].problems[0].position.file == "shown/0002_b.down.sql");
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  }
}

TEST_CASE("A second up that makes something else is told by the migration") {
  FakeMigration moody = table_migration("0001", "a");
  const auto times = std::make_shared<int>(0);
  moody.up = [times](FakeState& state) {
    state.create_table("a", {"id", "note"});
    state.table("a").columns[1].default_value = catalog::Expression{std::to_string(++*times), false};
  };
  Run run({moody, table_migration("0002", "b")});
  run.go();
  CHECK(codes(run.sink["0001_a"]) == "up-differs");
  CHECK(all_text(run.sink["0001_a"]).find("changed: default 1 → 2") != std::string::npos);
  CHECK(run.sink["0001_a"].problems[0].position.file == "shown/0001_a.up.sql");
  CHECK(run.sink["0002_b"].outcome == TestOutcome::passed);
}

TEST_CASE("What the down lost is not told again by the second up") {
  FakeMigration careless = table_migration("0002", "b");
  careless.down = [](FakeState& state) {
    state.drop_table("b");
    state.table("a").comment.reset();
  };
  FakeMigration first = table_migration("0001", "a");
  first.up = [](FakeState& state) {
    state.create_table("a", {"id"});
    state.table("a").comment = "All of them";
  };
  Run run({first, careless, table_migration("0003", "c")});
  run.go();
  CHECK(codes(run.sink["0002_b"]) == "down-leaves");
  CHECK(all_text(run.sink["0002_b"]).find("lost: comment 'All of them' (comment-missing)") != std::string::npos);
  CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
}

TEST_CASE("A migration without down fails unless it is declared irreversible or not above the floor") {
  FakeMigration final_word = table_migration("0002", "b");
  final_word.down = nullptr;
  SUBCASE("missing") {
    Run run({table_migration("0001", "a"), final_word, table_migration("0003", "c")});
    run.go();
    CHECK(codes(run.sink["0002_b"]) == "no-down");
    CHECK(run.sink["0002_b"].problems[0].position.file == "shown/0002_b.up.sql");
    CHECK(all_text(run.sink["0002_b"]).find("tests.irreversible") != std::string::npos);
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  }
  SUBCASE("declared") {
    final_word.irreversible_reason = "drops the archive";
    Run run({table_migration("0001", "a"), final_word, table_migration("0003", "c")});
    run.go();
    CHECK(run.sink["0002_b"].outcome == TestOutcome::skipped);
    CHECK(run.sink["0002_b"].reason == "declared irreversible: drops the archive");
    CHECK(run.sink["0002_b"].migrate_ms == 1);
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  }
  SUBCASE("below the floor") {
    Run run({table_migration("0001", "a"), final_word, table_migration("0003", "c")});
    run.go([](WalkedProject& project) { project.tests.floor = "2"; });
    CHECK(run.sink["0001_a"].outcome == TestOutcome::skipped);
    CHECK(run.sink["0001_a"].reason == "never undone: the floor is 2");
    CHECK(run.sink["0002_b"].outcome == TestOutcome::skipped);
    CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
    CHECK(run.server.downs == 1);
  }
  SUBCASE("a floor that is no migration") {
    Run run({table_migration("0001", "a")});
    CHECK_THROWS_AS(run.go([](WalkedProject& project) { project.tests.floor = "0009"; }), Error);
  }
}

TEST_CASE("An up that fails makes the later ones incomplete, with its name") {
  FakeMigration broken = table_migration("0002", "b");
  broken.up = [](FakeState&) { throw Error(ErrorCategory::syntax, "syntax error at CREAT"); };
  Run run({table_migration("0001", "a"), broken, table_migration("0003", "c")});
  run.go();
  CHECK(run.sink["0001_a"].outcome == TestOutcome::passed);
  CHECK(codes(run.sink["0002_b"]) == "error");
  CHECK(run.sink["0003_c"].outcome == TestOutcome::incomplete);
  CHECK(run.sink["0003_c"].reason.find("0002_b") != std::string::npos);
}

TEST_CASE("A migration that has nothing to do on the engine is skipped") {
  FakeMigration elsewhere{"0002", "b", nullptr, nullptr};
  FakeMigration bad = table_migration("0004", "d");
  bad.down = [](FakeState&) { throw Error(ErrorCategory::syntax, "bad down"); };
  FakeMigration elsewhere_too{"0005", "e", nullptr, nullptr};
  Run run({table_migration("0001", "a"), elsewhere, table_migration("0003", "c"), bad, elsewhere_too,
           table_migration("0006", "f")});
  run.go();
  CHECK(run.sink["0002_b"].outcome == TestOutcome::skipped);
  CHECK(run.sink["0002_b"].reason == "nothing to do on PostgreSQL");
  CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  CHECK(codes(run.sink["0004_d"]) == "error");
  CHECK(run.sink["0006_f"].outcome == TestOutcome::passed);
}

TEST_CASE("Only what the filter wants is undone, and nothing above it is run") {
  Run run({table_migration("0001", "a"), table_migration("0002", "b"), table_migration("0003", "c")});
  run.sink.wanted = {"0002_b"};
  run.go();
  CHECK(run.sink.results.size() == 1);
  CHECK(run.sink["0002_b"].outcome == TestOutcome::passed);
  CHECK(run.server.ups == 3);
  CHECK(run.server.downs == 1);

  Run none({table_migration("0001", "a")});
  none.sink.wanted = {"something else"};
  none.go();
  CHECK(none.sink.results.empty());
  CHECK(none.server.databases == 0);
}

TEST_CASE("A verify script is an assertion after each up, and changes nothing") {
  FakeMigration verified = table_migration("0001", "a");
  SUBCASE("content") {
    verified.verify = [](FakeState& state) {
      if (!state.has_table("a")) throw Error(ErrorCategory::not_found, "no table a");
      state.drop_table("a");
    };
    Run run({verified, table_migration("0002", "b")});
    run.go();
    CHECK(run.sink.count(TestOutcome::passed) == 2);
  }
  SUBCASE("not content") {
    verified.verify = [](FakeState&) { throw Error(ErrorCategory::not_found, "relation z does not exist"); };
    Run run({verified, table_migration("0002", "b")});
    run.go();
    CHECK(codes(run.sink["0001_a"]) == "verify");
    CHECK(run.sink["0001_a"].problems[0].position.file == "shown/verify/a.sql");
    CHECK(run.sink["0002_b"].outcome == TestOutcome::passed);
  }
}

TEST_CASE("Repeatable migrations are run once more and may change nothing") {
  const auto view = [](const std::string& definition) {
    return [definition](FakeState& state) {
      state.schema().views.clear();
      catalog::View& one = state.schema().views.emplace_back();
      one.name = "v";
      one.definition.printed = definition;
    };
  };
  FakeMigration repeatable{"repeatable", "", view("SELECT 1"), nullptr};
  SUBCASE("the same again") {
    Run run({table_migration("0001", "a"), repeatable});
    run.go();
    CHECK(run.sink["repeatable"].outcome == TestOutcome::passed);
  }
  SUBCASE("something else") {
    repeatable.up = [](FakeState& state) {
      catalog::View& one = state.schema().views.emplace_back();
      one.name = "v" + std::to_string(state.schema().views.size());
    };
    Run run({table_migration("0001", "a"), repeatable});
    run.go();
    CHECK(codes(run.sink["repeatable"]) == "up-differs");
  }
}

TEST_CASE("With --keep the database stays as the failing step left it") {
  FakeMigration forgetful = table_migration("0002", "b");
  forgetful.down = [](FakeState& state) {
    state.drop_table("b");
    add_enum(state, "mood");
  };
  Run run({table_migration("0001", "a"), forgetful, table_migration("0003", "c")});
  run.go([](WalkedProject& project) { project.keep = true; });
  CHECK(run.sink["0002_b"].kept == "database 1");
  CHECK(run.server.kept == std::vector<std::string>{"database 1"});
  CHECK(run.sink["0003_c"].outcome == TestOutcome::passed);
  CHECK(run.sink["0003_c"].kept.empty());
}

TEST_CASE("Columns in another order after the down are no finding unless it is asked for") {
  FakeMigration dropping{"0002", "b", [](FakeState& state) { state.drop_column("a", "id"); },
                         [](FakeState& state) { state.add_column("a", "id"); }};
  for (const bool strict : {false, true}) {
    Run run({table_migration("0001", "a"), dropping});
    run.go([strict](WalkedProject& project) { project.fingerprint.compare_column_order = strict; });
    CHECK(codes(run.sink["0002_b"]) == (strict ? "down-leaves" : ""));
  }
}

TEST_CASE("A stop that is asked for ends the walk") {
  FakeMigration stopped = table_migration("0002", "b");
  stopped.up = [](FakeState&) { throw Error(ErrorCategory::interrupted, "asked to stop"); };
  Run run({table_migration("0001", "a"), stopped});
  CHECK_THROWS_AS(run.go(), Error);
  CHECK(run.sink.results.size() == 1);
  CHECK(run.server.living <= 1);
}

TEST_CASE("Many faulty migrations cost no more than a walk each way and a copy each") {
  std::vector<FakeMigration> migrations;
  for (int i = 0; i < 60; ++i) {
    FakeMigration migration = table_migration(std::to_string(1000 + i), "t" + std::to_string(i));
    migration.down = [](FakeState&) { throw Error(ErrorCategory::syntax, "bad down"); };
    migrations.push_back(migration);
  }
  Run run(migrations);
  run.go();
  CHECK(run.sink.count(TestOutcome::failed) == 60);
  // Up once under test, once in the database that is copied.
  CHECK(run.server.ups == 120);
  CHECK(run.server.clones == 60);
  CHECK(run.server.living_max <= 3);
}
