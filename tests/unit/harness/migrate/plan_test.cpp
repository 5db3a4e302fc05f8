#include "harness/migrate/plan.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace paripassu;

namespace {

std::string version_text(int number) {
  std::string digits = std::to_string(number);
  return std::string(4 - digits.size(), '0') + digits;
}

Migration migration(const std::string& version, const std::string& name, bool with_down = true) {
  Migration result;
  result.version = version;
  result.name = name;
  MigrationScript up;
  up.file = "migrations/" + version + "_" + name + ".up.sql";
  up.checksum = "up-" + version;
  result.up = up;
  if (with_down) {
    MigrationScript down;
    down.file = "migrations/" + version + "_" + name + ".down.sql";
    down.checksum = "down-" + version;
    result.down = down;
  }
  return result;
}

Migration repeatable(const std::string& name) {
  Migration result = migration(name, name, false);
  result.kind = Migration::Kind::repeatable;
  result.up->file = "migrations/R__" + name + ".sql";
  return result;
}

/// 0001 to `count`, each with a down script.
MigrationSet folder(int count) {
  MigrationSet set;
  set.engine = "postgres";
  for (int i = 1; i <= count; ++i) set.migrations.push_back(migration(version_text(i), "m" + std::to_string(i)));
  return set;
}

LedgerEntry applied(const Migration& one) {
  LedgerEntry entry;
  entry.kind = one.kind == Migration::Kind::repeatable ? LedgerEntry::Kind::repeatable : LedgerEntry::Kind::versioned;
  entry.version = one.version;
  entry.name = one.name;
  if (one.up) entry.checksum = one.up->checksum;
  entry.applied_statements = 2;
  entry.total_statements = 2;
  entry.started = "2026-11-20T09:11:02.123456Z";
  return entry;
}

LedgerEntry half_applied(const Migration& one) {
  LedgerEntry entry = applied(one);
  entry.applied_statements = 1;
  entry.error = "it failed";
  return entry;
}

LedgerEntry half_reverted(const Migration& one) {
  LedgerEntry entry = applied(one);
  entry.going_down = true;
  entry.applied_statements = 1;
  return entry;
}

LedgerEntry baseline(const Migration& one) {
  LedgerEntry entry = applied(one);
  entry.kind = LedgerEntry::Kind::baseline;
  entry.applied_statements = 0;
  entry.total_statements = 0;
  return entry;
}

void append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : ", ") + item;
}

/// "0001 applied, 0002 pending".
std::string words(const std::vector<MigrationStatus>& status) {
  std::string result;
  for (const MigrationStatus& one : status) append(result, one.version + " " + std::string(to_string(one.state)));
  return result;
}

/// "0001, 0002".
std::string versions(const std::vector<const MigrationStatus*>& plan) {
  std::string result;
  for (const MigrationStatus* one : plan) append(result, one->version);
  return result;
}

template <class Function>
Error thrown_by(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return Error(ErrorCategory::internal, "");
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("MigrationState words are distinct") {
  std::set<std::string_view> all;
  for (int i = 0; i <= static_cast<int>(MigrationState::out_of_order); ++i) {
    const std::string_view word = to_string(static_cast<MigrationState>(i));
    CAPTURE(word);
    CHECK_FALSE(word.empty());
    CHECK(all.insert(word).second);
  }
}

TEST_CASE("migration_status of an empty ledger is all pending, and of nothing is nothing") {
  const MigrationSet set = folder(3);
  const auto status = migration_status(set, {});
  CHECK(words(status) == "0001 pending, 0002 pending, 0003 pending");
  CHECK(status[1].name == "m2");
  CHECK(status[1].migration == &set.migrations[1]);
  CHECK_FALSE(status[1].entry);
  CHECK(migration_status(MigrationSet{}, {}).empty());
}

TEST_CASE("migration_status tells every state") {
  MigrationSet set = folder(8);
  set.migrations.push_back(repeatable("view_a"));
  set.migrations.push_back(repeatable("view_b"));
  set.migrations.push_back(repeatable("view_c"));
  const auto& m = set.migrations;
  LedgerEntry changed = applied(m[2]);
  changed.checksum = "another";
  LedgerEntry outdated = applied(m[9]);
  outdated.checksum = "another";
  LedgerEntry missing = applied(migration("0006.5", "gone"));
  const auto status = migration_status(set, {baseline(m[0]), applied(m[1]), changed, half_applied(m[4]),
                                             half_reverted(m[5]), applied(m[6]), missing, applied(m[8]), outdated});
  CHECK(words(status) ==
        "0001 baseline, 0002 applied, 0003 changed, 0004 out of order, 0005 half applied, 0006 half reverted, 0006.5 "
        "missing, 0007 applied, 0008 pending, view_a applied, view_b outdated, view_c pending");
  CHECK(status[6].migration == nullptr);
  CHECK(status[6].name == "gone");
  REQUIRE(status[6].entry);
  CHECK(status[6].entry->version == "0006.5");
}

TEST_CASE("migration_status counts a statement in flight, an error or a missing statement as half applied") {
  const MigrationSet set = folder(1);
  LedgerEntry entry = applied(set.migrations[0]);
  entry.in_flight_statement = 2;
  CHECK(migration_status(set, {entry})[0].state == MigrationState::half_applied);
  entry = applied(set.migrations[0]);
  entry.error = "";
  CHECK(migration_status(set, {entry})[0].state == MigrationState::half_applied);
  entry = applied(set.migrations[0]);
  entry.applied_statements = 0;
  CHECK(migration_status(set, {entry})[0].state == MigrationState::half_applied);
}

TEST_CASE("migration_status orders versions as numbers, repeatable ones last") {
  MigrationSet set;
  for (const std::string version : {"1", "2", "10"}) set.migrations.push_back(migration(version, "m"));
  set.migrations.push_back(repeatable("a"));
  const auto status = migration_status(set, {applied(migration("9", "gone")), applied(repeatable("0_gone"))});
  CHECK(words(status) == "1 out of order, 2 out of order, 9 missing, 10 pending, 0_gone missing, a pending");
}

TEST_CASE("migration_status leaves out versions that have nothing to do on this engine") {
  MigrationSet set = folder(3);
  set.migrations[1].up.reset();
  set.migrations[1].down.reset();
  CHECK(words(migration_status(set, {})) == "0001 pending, 0003 pending");
  CHECK(words(migration_status(set, {applied(set.migrations[0]), applied(set.migrations[2])})) ==
        "0001 applied, 0003 applied");
}

TEST_CASE("migration_status calls a migration changed whose up script is gone") {
  MigrationSet set = folder(1);
  const LedgerEntry entry = applied(set.migrations[0]);
  set.migrations[0].up.reset();
  CHECK(words(migration_status(set, {entry})) == "0001 changed");
}

TEST_CASE("migration_status takes a repeatable and a versioned migration of one name for two") {
  MigrationSet set;
  set.migrations.push_back(migration("7", "seven"));
  set.migrations.push_back(repeatable("7"));
  CHECK(words(migration_status(set, {applied(set.migrations[1])})) == "7 pending, 7 applied");
  CHECK(words(migration_status(set, {applied(set.migrations[0])})) == "7 applied, 7 pending");
}

// compare_versions: leading zeros and missing parts do not make another version.
TEST_CASE("migration_status finds a version in the ledger that is now written with other zeros") {
  MigrationSet set;
  set.migrations.push_back(migration("0001", "m"));
  set.migrations.push_back(migration("0002", "m"));
  LedgerEntry entry = applied(set.migrations[0]);
  entry.version = "1";
  CHECK(words(migration_status(set, {entry})) == "0001 applied, 0002 pending");
}

TEST_CASE("require_consistent accepts what is applied, pending, half done or a baseline") {
  MigrationSet set = folder(4);
  set.migrations.push_back(repeatable("view"));
  const auto& m = set.migrations;
  LedgerEntry outdated = applied(m[4]);
  outdated.checksum = "another";
  CHECK_NOTHROW(
      require_consistent(migration_status(set, {baseline(m[0]), applied(m[1]), half_applied(m[2]), outdated}), false));
  CHECK_NOTHROW(require_consistent(migration_status(set, {applied(m[0]), half_reverted(m[1])}), false));
  CHECK_NOTHROW(require_consistent({}, false));
}

TEST_CASE("require_consistent does not ask for the files of a baseline") {
  const MigrationSet set = folder(2);
  CHECK_NOTHROW(require_consistent(migration_status(set, {baseline(migration("0000", "squashed"))}), false));
}

TEST_CASE("require_consistent lists everything that is wrong, with files and what to do") {
  const MigrationSet set = folder(4);
  const auto& m = set.migrations;
  LedgerEntry changed = applied(m[0]);
  changed.checksum = "feedfacefeedface";
  const auto status = migration_status(set, {changed, applied(m[3]), applied(migration("0002.5", "gone"))});
  const Error error = thrown_by([&] { require_consistent(status, false); });
  CHECK(error.category() == ErrorCategory::migration);
  for (const std::string part : {"0001 m1", "migrations/0001_m1.up.sql", "feedfacefeedface", "0002 m2",
                                 "migrations/0002_m2.up.sql", "0002.5 gone", "0003 m3"}) {
    CAPTURE(part);
    CHECK(contains(error.what(), part));
  }
  CHECK_FALSE(contains(error.what(), "0004 m4"));
  CHECK(contains(error.remedy(), "repair"));
}

TEST_CASE("require_consistent allows older migrations when told, and still nothing else") {
  const MigrationSet set = folder(2);
  const auto late = migration_status(set, {applied(set.migrations[1])});
  CHECK_THROWS_AS(require_consistent(late, false), Error);
  CHECK_NOTHROW(require_consistent(late, true));
  const auto gone = migration_status(set, {applied(migration("0009", "gone"))});
  CHECK_THROWS_AS(require_consistent(gone, true), Error);
}

TEST_CASE("plan_up runs what is pending, in order, and repeatable ones last") {
  MigrationSet set = folder(3);
  set.migrations.push_back(repeatable("a_view"));
  set.migrations.push_back(repeatable("b_view"));
  const auto& m = set.migrations;
  LedgerEntry outdated = applied(m[4]);
  outdated.checksum = "another";
  const auto status = migration_status(set, {applied(m[0]), outdated});
  CHECK(versions(plan_up(status, {}, {})) == "0002, 0003, a_view, b_view");
  const auto done = migration_status(set, {applied(m[0]), applied(m[1]), applied(m[2]), applied(m[3]), applied(m[4])});
  CHECK(plan_up(done, {}, {}).empty());
}

TEST_CASE("plan_up goes to a version, however its zeros are written, and leaves repeatable ones for the end") {
  MigrationSet set = folder(4);
  set.migrations.push_back(repeatable("view"));
  const auto status = migration_status(set, {applied(set.migrations[0])});
  CHECK(versions(plan_up(status, "0003", {})) == "0002, 0003");
  CHECK(versions(plan_up(status, "3", {})) == "0002, 0003");
  CHECK(plan_up(status, "0001", {}).empty());
  CHECK(versions(plan_up(status, "4", {})) == "0002, 0003, 0004");
}

TEST_CASE("plan_up takes so many steps") {
  MigrationSet set = folder(4);
  set.migrations.push_back(repeatable("view"));
  const auto status = migration_status(set, {applied(set.migrations[0])});
  CHECK(plan_up(status, {}, 0).empty());
  CHECK(versions(plan_up(status, {}, 2)) == "0002, 0003");
  CHECK(versions(plan_up(status, {}, 99)) == "0002, 0003, 0004");
  CHECK(versions(plan_up(status, "0003", 1)) == "0002");
  CHECK(versions(plan_up(status, "0003", 9)) == "0002, 0003");
}

TEST_CASE("plan_up goes on with a half-applied migration before anything else") {
  const MigrationSet set = folder(4);
  const auto& m = set.migrations;
  CHECK(versions(plan_up(migration_status(set, {applied(m[0]), half_applied(m[1])}), {}, {})) == "0002, 0003, 0004");
  CHECK(versions(plan_up(migration_status(set, {applied(m[0]), half_applied(m[1])}), {}, 1)) == "0002");
  // 0002 is older than the one that is half applied: --allow-out-of-order runs it, but afterwards.
  CHECK(versions(plan_up(migration_status(set, {applied(m[0]), half_applied(m[2])}), {}, {})) == "0003, 0002, 0004");
}

TEST_CASE("plan_up refuses a version that no migration has") {
  const MigrationSet set = folder(2);
  for (const std::string to : {"0003", "0", "x"}) {
    CAPTURE(to);
    const Error error = thrown_by([&] { plan_up(migration_status(set, {}), std::string(to), {}); });
    CHECK(error.category() == ErrorCategory::usage);
    CHECK(contains(error.message(), to));
    CHECK_FALSE(error.remedy().empty());
  }
}

TEST_CASE("plan_up refuses to go up over a migration that is half reverted") {
  const MigrationSet set = folder(3);
  const auto status = migration_status(set, {applied(set.migrations[0]), half_reverted(set.migrations[1])});
  const Error error = thrown_by([&] { plan_up(status, {}, {}); });
  CHECK(error.category() == ErrorCategory::migration);
  CHECK(contains(error.message(), "0002 m2"));
  CHECK(contains(error.remedy(), "migrate down"));
}

TEST_CASE("plan_down reverts the newest one unless told more") {
  MigrationSet set = folder(4);
  set.migrations.push_back(repeatable("view"));
  const auto& m = set.migrations;
  const auto status = migration_status(set, {applied(m[0]), applied(m[1]), applied(m[2]), applied(m[4])});
  CHECK(versions(plan_down(status, {}, {})) == "0003");
  CHECK(versions(plan_down(status, {}, 2)) == "0003, 0002");
  CHECK(plan_down(status, {}, 0).empty());
  CHECK(versions(plan_down(status, {}, 99)) == "0003, 0002, 0001");
  CHECK(versions(plan_down(status, "0001", {})) == "0003, 0002");
  CHECK(versions(plan_down(status, "1", {})) == "0003, 0002");
  CHECK(plan_down(status, "0003", {}).empty());
  CHECK(plan_down(status, "0004", {}).empty());
  CHECK(versions(plan_down(status, "0", {})) == "0003, 0002, 0001");
  CHECK(versions(plan_down(status, "0001", 1)) == "0003");
  CHECK(plan_down(migration_status(set, {}), "0", {}).empty());
}

TEST_CASE("plan_down goes on with a half-reverted migration, and reverts a changed one") {
  const MigrationSet set = folder(2);
  LedgerEntry changed = applied(set.migrations[0]);
  changed.checksum = "another";
  const auto status = migration_status(set, {changed, half_reverted(set.migrations[1])});
  CHECK(versions(plan_down(status, "0", {})) == "0002, 0001");
}

TEST_CASE("plan_down refuses what cannot be reverted, names it and says what to do") {
  MigrationSet set = folder(3);
  const auto& m = set.migrations;
  set.migrations[1].down.reset();
  struct Case {
    std::vector<LedgerEntry> ledger;
    std::string name;
  };
  for (const Case& one :
       {Case{{baseline(m[0])}, "0001 m1"}, Case{{applied(m[0]), applied(m[1])}, "0002 m2"},
        Case{{half_applied(m[0])}, "0001 m1"}, Case{{applied(migration("0009", "gone"))}, "0009 gone"}}) {
    CAPTURE(one.name);
    const auto status = migration_status(set, one.ledger);
    const Error error = thrown_by([&] { plan_down(status, "0", {}); });
    CHECK(error.category() == ErrorCategory::migration);
    CHECK(contains(error.message(), one.name));
    CHECK_FALSE(error.remedy().empty());
  }
}

TEST_CASE("plan_down refuses before it reverts anything, and does not mind what stays") {
  MigrationSet set = folder(3);
  set.migrations[1].down.reset();
  const auto& m = set.migrations;
  const auto status = migration_status(set, {applied(m[0]), applied(m[1]), applied(m[2])});
  CHECK_THROWS_AS(plan_down(status, "0001", {}), Error);
  CHECK(versions(plan_down(status, "0002", {})) == "0003");
}

TEST_CASE("plan_down refuses a version that no migration has") {
  const MigrationSet set = folder(2);
  const auto status = migration_status(set, {applied(set.migrations[0])});
  const Error error = thrown_by([&] { plan_down(status, "0007", {}); });
  CHECK(error.category() == ErrorCategory::usage);
  CHECK(contains(error.message(), "0007"));
}
