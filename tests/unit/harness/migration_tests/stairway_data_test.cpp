#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "backends/postgres/backend.h"
#include "harness/migration_tests/staircase.h"
#include "tests/unit/harness/migration_tests/stairway_fake.h"

using namespace paripassu;
using namespace paripassu::test;
using migration_tests::make_stairway_with_data;

namespace {

const BackendRegistry& engines() {
  static const BackendRegistry* const instance = [] {
    auto* registry = new BackendRegistry;
    register_postgres(*registry);
    return registry;
  }();
  return *instance;
}

FakeMigration orders() {
  return {"0001", "orders",
          [](FakeState& state) {
            state.create_table("orders", {"id", "note"});
          },
          [](FakeState& state) { state.drop_table("orders"); },
          [](FakeState& state) {
            state.insert("orders", {"1", "first"});
            state.insert("orders", {"2", ""});
            state.insert("orders", {"3", std::nullopt});
          }};
}

FakeMigration add_phone() {
  return {"0002", "phone", [](FakeState& state) { state.add_column("orders", "phone"); },
          [](FakeState& state) { state.drop_column("orders", "phone"); },
          [](FakeState& state) {
            state.insert("orders", {"4", "later", "555"});
          }};
}

FakeMigration more(const std::string& version) {
  const std::string table = "more_" + version;
  return {version, "more", [table](FakeState& state) { state.create_table(table, {"id"}); },
          [table](FakeState& state) { state.drop_table(table); },
          [table](FakeState& state) { state.insert(table, {"1"}); }};
}

struct Run {
  FakeServer server;
  CollectingSink sink;

  explicit Run(std::vector<FakeMigration> migrations) { server.migrations = std::move(migrations); }

  void go(const std::function<void(WalkedProject&)>& set_up = {}) {
    WalkedProject project = project_of(server, engines());
    if (set_up) set_up(project);
    make_stairway_with_data(std::move(project))->run(sink);
  }
};

bool mentions(const TestResult& result, const std::string& text) {
  return all_text(result).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("Rows that come back pass; what a down cannot keep is an expected loss") {
  for (const bool can_clone : {true, false}) {
    Run run({orders(), add_phone(), more("0003")});
    run.server.can_clone = can_clone;
    run.go();
    CAPTURE(can_clone);
    CHECK(run.sink.results.size() == 3);
    CHECK(run.sink.count(TestOutcome::passed) == 3);
    CAPTURE(all_text(run.sink["0002_phone"]));
    CHECK(
        mentions(run.sink["0002_phone"], "expected loss: column app.orders.phone, created by the migration: 1 value"));
    CHECK(mentions(run.sink["0001_orders"], "expected loss: table app.orders, created by the migration: 4 rows"));
    CHECK(run.server.living == 0);
  }
}

TEST_CASE("A down that empties a table fails with its rows, and the later migrations have theirs") {
  FakeMigration truncating = add_phone();
  truncating.down = [](FakeState& state) {
    state.drop_column("orders", "phone");
    state.rows["orders"].rows.clear();
  };
  Run run({orders(), truncating, more("0003")});
  run.go();
  const TestResult& failed = run.sink["0002_phone"];
  CHECK(codes(failed) == "rows-lost");
  CHECK(failed.problems[0].position.file == "shown/0002_phone.down.sql");
  CHECK(failed.problems[0].details.size() == 3);
  CHECK(mentions(failed, "3 rows of app.orders are lost after up and down: the up had left them as they were"));
  CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
  CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
}

TEST_CASE("An UPDATE without WHERE in the down fails with the values") {
  FakeMigration careless = add_phone();
  careless.down = [](FakeState& state) {
    state.drop_column("orders", "phone");
    state.set_all("orders", "note", "");
  };
  Run run({orders(), careless, more("0003")});
  run.go();
  const TestResult& failed = run.sink["0002_phone"];
  CHECK(codes(failed) == "values-changed");
  // An empty text and NULL are two values.
  CHECK(mentions(failed, "2 values of app.orders are not what they were after up and down"));
  CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
}

TEST_CASE("What only the up changes is told as the up's") {
  FakeMigration shouting{"0002", "shout", [](FakeState& state) { state.set_all("orders", "note", "X"); },
                         [](FakeState&) {}};
  Run run({orders(), shouting});
  run.go();
  CHECK(codes(run.sink["0002_shout"]) == "values-changed");
  CHECK(mentions(run.sink["0002_shout"], "the up had changed them already"));
}

TEST_CASE("Rows that a second up adds are told") {
  FakeMigration adding{"0002", "seed",
                       [](FakeState& state) {
                         state.insert("orders", {"9", "seed"});
                       },
                       [](FakeState&) {}};
  Run run({orders(), adding});
  run.go();
  CHECK(codes(run.sink["0002_seed"]) == "rows-added");
}

TEST_CASE("A fault that only rows inserted later show is found on the way down") {
  // The down forgets the rows that have a phone, of which there are none before it.
  FakeMigration forgetful = add_phone();
  forgetful.down = [](FakeState& state) {
    const std::size_t phone = state.place_of("orders", "phone");
    std::erase_if(state.rows["orders"].rows, [phone](const std::vector<Cell>& row) { return row[phone].has_value(); });
    state.drop_column("orders", "phone");
  };
  Run run({orders(), forgetful, more("0003"), more("0004")});
  run.go();
  const TestResult& failed = run.sink["0002_phone"];
  CHECK(codes(failed) == "rows-lost");
  CHECK(mentions(failed, "with the rows of all versions"));
  CHECK(mentions(failed, "id = 4"));
  CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
  CHECK(run.sink.count(TestOutcome::failed) == 1);
}

TEST_CASE("A column that is dropped and comes back empty is an expected loss, one that was renamed is not") {
  SUBCASE("dropped") {
    FakeMigration dropping{"0002", "drop", [](FakeState& state) { state.drop_column("orders", "note"); },
                           [](FakeState& state) { state.add_column("orders", "note", "default"); }};
    Run run({orders(), dropping, more("0003")});
    run.go();
    CHECK(run.sink["0002_drop"].outcome == TestOutcome::passed);
    CHECK(mentions(run.sink["0002_drop"], "expected loss: column app.orders.note, dropped by the migration: 3 values"));
  }
  SUBCASE("renamed and back") {
    FakeMigration renaming{"0002", "rename", [](FakeState& state) { state.rename_column("orders", "note", "remark"); },
                           [](FakeState& state) { state.rename_column("orders", "remark", "note"); }};
    Run run({orders(), renaming, more("0003")});
    run.go();
    CHECK(run.sink["0002_rename"].outcome == TestOutcome::passed);
    CHECK(run.sink["0002_rename"].notes.empty());
  }
  SUBCASE("renamed, and made anew by the down") {
    FakeMigration renaming{"0002", "rename", [](FakeState& state) { state.rename_column("orders", "note", "remark"); },
                           [](FakeState& state) {
                             state.drop_column("orders", "remark");
                             state.add_column("orders", "note");
                           }};
    Run run({orders(), renaming, more("0003")});
    run.go();
    CHECK(codes(run.sink["0002_rename"]) == "values-changed");
    CHECK(mentions(run.sink["0002_rename"], "the up had them in column remark"));
  }
}

TEST_CASE("A table that is dropped is an expected loss, one that only had another name is not") {
  const FakeStep rename_to_purchases = [](FakeState& state) {
    state.table("orders").name = "purchases";
    state.rows["purchases"] = std::move(state.rows["orders"]);
    state.rows.erase("orders");
  };
  SUBCASE("dropped") {
    FakeMigration dropping{"0002", "drop", [](FakeState& state) { state.drop_table("orders"); },
                           [](FakeState& state) {
                             state.create_table("orders", {"id", "note"});
                           }};
    Run run({orders(), dropping});
    run.go();
    CHECK(run.sink["0002_drop"].outcome == TestOutcome::passed);
    CHECK(mentions(run.sink["0002_drop"], "expected loss: table app.orders, dropped by the migration: 3 rows do not"));
  }
  SUBCASE("renamed, and made anew by the down") {
    FakeMigration renaming{"0002", "rename", rename_to_purchases, [](FakeState& state) {
                             state.drop_table("purchases");
                             state.create_table("orders", {"id", "note"});
                           }};
    Run run({orders(), renaming});
    run.go();
    CHECK(codes(run.sink["0002_rename"]) == "rows-lost");
    CHECK(mentions(run.sink["0002_rename"], "the up had them in app.purchases"));
  }
}

TEST_CASE("What is irreversible is stepped over, and what is below it is walked down all the same") {
  FakeMigration final_word = add_phone();
  final_word.down = nullptr;
  final_word.irreversible_reason = "no way back";
  FakeMigration careless{"0002", "careless", [](FakeState& state) { state.create_table("c", {"id"}); },
                         [](FakeState& state) {
                           // Harms only what is inserted after it.
                           std::erase_if(state.rows["orders"].rows,
                                         [](const std::vector<Cell>& row) { return row[0] == "8"; });
                           state.drop_table("c");
                         },
                         [](FakeState& state) {
                           state.insert("orders", {"8", "eight"});
                         }};
  final_word.version = "0003";
  for (const bool can_clone : {true, false}) {
    CAPTURE(can_clone);
    Run run({orders(), careless, final_word, more("0004")});
    run.server.can_clone = can_clone;
    run.go();
    CHECK(run.sink["0003_phone"].outcome == TestOutcome::skipped);
    CHECK(run.sink["0003_phone"].reason == "declared irreversible: no way back");
    CHECK(run.sink["0004_more"].outcome == TestOutcome::passed);
    CHECK(codes(run.sink["0002_careless"]) == "rows-lost");
    CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
    CHECK(mentions(run.sink["0001_orders"], "expected loss: table app.orders, created by the migration"));
    CHECK(run.server.living == 0);
  }
}

TEST_CASE("Versions that the engine has nothing to do in are stepped over with rows, too") {
  FakeMigration final_word = more("0005");
  final_word.down = nullptr;
  final_word.irreversible_reason = "no way back";
  const auto elsewhere = [](const std::string& version) { return FakeMigration{version, "e", nullptr, nullptr}; };
  for (const bool can_clone : {true, false}) {
    Run run({orders(), elsewhere("0002"), more("0003"), elsewhere("0004"), final_word, more("0006")});
    run.server.can_clone = can_clone;
    run.go();
    CHECK(run.sink["0002_e"].outcome == TestOutcome::skipped);
    CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
    CHECK(mentions(run.sink["0003_more"], "expected loss: table app.more_0003"));
    CHECK(run.sink["0006_more"].outcome == TestOutcome::passed);
    // What was held ready for the way down was found.
    if (can_clone) CHECK(run.server.databases == 2);
  }
}

TEST_CASE("Nothing at or below the floor is undone") {
  Run run({orders(), add_phone(), more("0003")});
  run.go([](WalkedProject& project) { project.tests.floor = "0002"; });
  CHECK(run.sink["0001_orders"].outcome == TestOutcome::skipped);
  CHECK(run.sink["0002_phone"].outcome == TestOutcome::skipped);
  CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
  CHECK(run.server.downs == 2);
}

TEST_CASE("Without a down script the walk with rows has no verdict") {
  FakeMigration final_word = add_phone();
  final_word.down = nullptr;
  Run run({orders(), final_word, more("0003")});
  run.go();
  CHECK(run.sink["0002_phone"].outcome == TestOutcome::incomplete);
  CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
}

TEST_CASE("An up that only fails with rows in place is told, and what comes after it is incomplete") {
  FakeMigration strict{"0002", "strict",
                       [](FakeState& state) {
                         for (const std::vector<Cell>& row : state.rows["orders"].rows) {
                           if (!row[1]) throw Error(ErrorCategory::not_null_violation, "note holds NULLs");
                         }
                       },
                       [](FakeState&) {}};
  Run run({orders(), strict, more("0003")});
  run.go();
  CHECK(codes(run.sink["0002_strict"]) == "error");
  CHECK(mentions(run.sink["0002_strict"], "note holds NULLs"));
  CHECK(run.sink["0003_more"].outcome == TestOutcome::incomplete);
  CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
  CHECK(mentions(run.sink["0001_orders"], "expected loss: table app.orders"));
}

TEST_CASE("A down that fails with rows in place is told, up or down") {
  FakeMigration strict = add_phone();
  SUBCASE("with rows of before") {
    strict.down = [](FakeState&) { throw Error(ErrorCategory::foreign_key_violation, "rows refer to it"); };
    Run run({orders(), strict, more("0003")});
    run.go();
    CHECK(codes(run.sink["0002_phone"]) == "error");
    CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
    CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
  }
  SUBCASE("with its own rows") {
    strict.down = [](FakeState& state) {
      if (state.rows["orders"].rows.size() > 3) throw Error(ErrorCategory::foreign_key_violation, "too many rows");
      state.drop_column("orders", "phone");
    };
    Run run({orders(), strict, more("0003")});
    run.go();
    CHECK(codes(run.sink["0002_phone"]) == "error");
    CHECK(mentions(run.sink["0002_phone"], "with all rows in place"));
    CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
    CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
  }
}

TEST_CASE("A later migration meets the ladder's rows, not what an earlier walk has left of them") {
  // Splitting a column cannot be undone; the next migration needs its values.
  FakeMigration splitting{"0002", "split",
                          [](FakeState& state) {
                            const std::size_t note = state.place_of("orders", "note");
                            state.add_column("orders", "words");
                            for (std::vector<Cell>& row : state.rows["orders"].rows)
                              row.back() = row[note].value_or("none") + "!";
                            state.drop_column("orders", "note");
                          },
                          [](FakeState& state) {
                            state.drop_column("orders", "words");
                            state.add_column("orders", "note");
                          }};
  FakeMigration needing{"0003", "need",
                        [](FakeState& state) {
                          const std::size_t words = state.place_of("orders", "words");
                          if (state.rows["orders"].rows[0][words] != "first!")
                            throw Error(ErrorCategory::data, "no words");
                        },
                        [](FakeState&) {}};
  for (const bool can_clone : {true, false}) {
    CAPTURE(can_clone);
    Run run({orders(), splitting, needing});
    run.server.can_clone = can_clone;
    run.go();
    CHECK(run.sink["0002_split"].outcome == TestOutcome::passed);
    CHECK(run.sink["0003_need"].outcome == TestOutcome::passed);
  }
}

TEST_CASE("Rows of the ladder that cannot be inserted make that version's walk incomplete and no other") {
  FakeMigration bad = add_phone();
  bad.data = [](FakeState&) { throw Error(ErrorCategory::configuration, "no column fone"); };
  Run run({orders(), bad, more("0003")});
  run.go();
  CHECK(run.sink["0002_phone"].outcome == TestOutcome::incomplete);
  CHECK(run.sink["0002_phone"].reason.find("no column fone") != std::string::npos);
  CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
  CHECK(run.sink["0003_more"].outcome == TestOutcome::passed);
}

TEST_CASE("Only what the filter wants is judged") {
  Run run({orders(), add_phone(), more("0003"), more("0004")});
  run.sink.wanted = {"0002_phone"};
  run.go();
  CHECK(run.sink.results.size() == 1);
  CHECK(run.sink["0002_phone"].outcome == TestOutcome::passed);
  CHECK(mentions(run.sink["0002_phone"], "expected loss: column app.orders.phone"));
}

TEST_CASE("Values that are declared unstable are not compared") {
  FakeMigration touching{"0002", "touch", [](FakeState& state) { state.set_all("orders", "note", "now"); },
                         [](FakeState&) {}};
  Run run({orders(), touching});
  run.go([](WalkedProject& project) { project.tests.unstable = {"orders.note"}; });
  CHECK(run.sink["0002_touch"].outcome == TestOutcome::passed);
}

TEST_CASE("Repeatable migrations that insert rows each time are found") {
  FakeMigration repeatable{"repeatable", "", [](FakeState& state) { state.insert("orders", {"77", "seed"}); }, nullptr};
  Run run({orders(), repeatable});
  run.go();
  CHECK(codes(run.sink["repeatable"]) == "rows-added");
  CHECK(run.sink["0001_orders"].outcome == TestOutcome::passed);
}

TEST_CASE("With --keep the database of a failed walk stays") {
  FakeMigration truncating = add_phone();
  truncating.down = [](FakeState& state) {
    state.drop_column("orders", "phone");
    state.rows["orders"].rows.clear();
  };
  Run run({orders(), truncating, more("0003")});
  run.go([](WalkedProject& project) { project.keep = true; });
  CHECK(run.sink["0002_phone"].kept == "database 1");
  CHECK(run.server.kept.size() == 1);
}

TEST_CASE("The walk with rows costs a bounded number of steps for each migration") {
  const auto cost = [](int count) {
    std::vector<FakeMigration> migrations = {orders()};
    for (int i = 0; i < count; ++i) migrations.push_back(more(std::to_string(1000 + i)));
    Run run(migrations);
    run.go();
    CHECK(run.sink.count(TestOutcome::passed) == run.sink.results.size());
    CHECK(run.server.living_max <= 3);
    return run.server.ups + run.server.downs + run.server.reads;
  };
  const int fifty = cost(50);
  const int hundred = cost(100);
  CHECK(hundred < fifty * 2 + 20);
  CHECK(hundred < 101 * 12);
}
