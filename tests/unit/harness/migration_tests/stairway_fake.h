#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/migration_tests/staircase.h"

/// Databases that are values in memory, and migrations that are functions on them.
namespace paripassu::test {

using migration_tests::DatabaseRows;
using migration_tests::WalkedDatabase;
using migration_tests::WalkedProject;

/// What a fake database holds.
struct FakeState {
  catalog::Catalog catalog;
  std::map<std::string, RowSet> rows;  ///< by table

  catalog::Schema& schema() { return catalog.schemas.front(); }
  catalog::Table& table(const std::string& name) {
    for (catalog::Table& table : schema().tables) {
      if (table.name == name) return table;
    }
    throw Error(ErrorCategory::not_found, "no table " + name);
  }
  bool has_table(const std::string& name) {
    return std::any_of(schema().tables.begin(), schema().tables.end(),
                       [&name](const catalog::Table& table) { return table.name == name; });
  }

  void create_table(const std::string& name, const std::vector<std::string>& columns) {
    if (has_table(name)) throw Error(ErrorCategory::already_exists, "there is a table " + name);
    catalog::Table& table = schema().tables.emplace_back();
    table.name = name;
    RowSet& set = rows[name];
    set.name = "app." + name;
    std::sort(schema().tables.begin(), schema().tables.end(),
              [](const catalog::Table& one, const catalog::Table& other) { return one.name < other.name; });
    for (const std::string& column : columns) add_column(name, column);
    set.key = {0};
  }
  void drop_table(const std::string& name) {
    table(name);
    std::erase_if(schema().tables, [&name](const catalog::Table& table) { return table.name == name; });
    rows.erase(name);
  }
  catalog::Column& add_column(const std::string& table_name, const std::string& name, const Cell& value = {}) {
    catalog::Table& owner = table(table_name);
    catalog::Column& column = owner.columns.emplace_back();
    column.name = name;
    column.ordinal = static_cast<int>(owner.columns.size());
    column.type.family = catalog::TypeFamily::text;
    column.type.printed = "text";
    RowSet& set = rows[table_name];
    set.columns.push_back({name, column.type});
    for (std::vector<Cell>& row : set.rows) row.push_back(value);
    return column;
  }
  void drop_column(const std::string& table_name, const std::string& name) {
    catalog::Table& owner = table(table_name);
    const std::size_t place = place_of(table_name, name);
    owner.columns.erase(owner.columns.begin() + static_cast<std::ptrdiff_t>(place));
    for (std::size_t i = 0; i < owner.columns.size(); ++i) owner.columns[i].ordinal = static_cast<int>(i) + 1;
    RowSet& set = rows[table_name];
    set.columns.erase(set.columns.begin() + static_cast<std::ptrdiff_t>(place));
    for (std::vector<Cell>& row : set.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(place));
  }
  void rename_column(const std::string& table_name, const std::string& from, const std::string& to) {
    const std::size_t place = place_of(table_name, from);
    table(table_name).columns[place].name = to;
    rows[table_name].columns[place].name = to;
  }
  std::size_t place_of(const std::string& table_name, const std::string& name) {
    const std::vector<catalog::Column>& columns = table(table_name).columns;
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&name](const catalog::Column& column) { return column.name == name; });
    if (found == columns.end()) throw Error(ErrorCategory::not_found, "no column " + name);
    return static_cast<std::size_t>(found - columns.begin());
  }
  void insert(const std::string& table_name, std::vector<Cell> row) {
    table(table_name);
    RowSet& set = rows[table_name];
    row.resize(set.columns.size());
    set.rows.push_back(std::move(row));
  }
  void set_all(const std::string& table_name, const std::string& column, const Cell& value) {
    const std::size_t place = place_of(table_name, column);
    for (std::vector<Cell>& row : rows[table_name].rows) row[place] = value;
  }
};

using FakeStep = std::function<void(FakeState&)>;

struct FakeMigration {
  std::string version;
  std::string name;
  FakeStep up;
  FakeStep down;
  FakeStep data = {};    ///< the ladder's rows
  FakeStep verify = {};  ///< throws when it is not content
  std::string irreversible_reason = {};
};

/// The server behind the fake databases: counts, and bounds what it can do.
struct FakeServer {
  std::vector<FakeMigration> migrations;
  bool can_clone = true;
  int databases = 0;
  int clones = 0;
  int ups = 0;
  int downs = 0;
  int reads = 0;
  int living = 0;
  int living_max = 0;
  std::vector<std::string> kept;
  std::map<const MigrationScript*, FakeStep> verifications;
};

class FakeDatabase final : public WalkedDatabase {
 public:
  explicit FakeDatabase(FakeServer& server) : server_(server) {
    state_.catalog.engine = "postgres";
    state_.catalog.product = "PostgreSQL";
    state_.catalog.default_schema = "app";
    state_.catalog.schemas.emplace_back().name = "app";
    begin();
  }
  FakeDatabase(const FakeDatabase& other) : server_(other.server_), state_(other.state_), applied_(other.applied_) {
    begin();
  }
  FakeDatabase& operator=(const FakeDatabase&) = delete;
  ~FakeDatabase() override { --server_.living; }

  std::vector<std::int64_t> up(const std::string& version) override {
    std::vector<std::int64_t> durations_ms;
    while (applied_ <= place_of(version)) {
      const FakeMigration& migration = server_.migrations[applied_];
      if (migration.up) {
        ++server_.ups;
        FakeState state = state_;  // a transaction
        migration.up(state);
        state_ = std::move(state);
        durations_ms.push_back(1);
      }
      ++applied_;
    }
    return durations_ms;
  }
  void down(const std::string& version) override {
    const std::size_t target = version == "0" ? 0 : place_of(version) + 1;
    while (applied_ > target) {
      const FakeMigration& migration = server_.migrations[applied_ - 1];
      if (migration.up) {
        if (!migration.down) throw Error(ErrorCategory::migration, "no down");
        ++server_.downs;
        FakeState state = state_;
        migration.down(state);
        state_ = std::move(state);
      }
      --applied_;
    }
  }
  catalog::Catalog catalog() override {
    ++server_.reads;
    catalog::Catalog copy = state_.catalog;
    copy.database = "scratch_" + std::to_string(number_);
    return copy;
  }
  DatabaseRows rows(const catalog::Catalog& catalog) override {
    DatabaseRows all;
    for (const catalog::Table& table : catalog.schemas.front().tables)
      all.push_back({"app", table.name, state_.rows.at(table.name)});
    return all;
  }
  void verify(const MigrationScript& script) override {
    FakeState state = state_;
    server_.verifications.at (&script)(state);
  }
  void run_repeatables() override {
    for (const FakeMigration& migration : server_.migrations) {
      if (migration.version == "repeatable" && migration.up) migration.up(state_);
    }
  }
  void insert(const std::string& version) override { server_.migrations[place_of(version)].data(state_); }
  std::unique_ptr<WalkedDatabase> clone() override {
    if (!server_.can_clone) return nullptr;
    ++server_.clones;
    return std::make_unique<FakeDatabase>(*this);
  }
  std::string keep() override {
    server_.kept.push_back("database " + std::to_string(number_));
    return server_.kept.back();
  }

 private:
  void begin() {
    number_ = ++server_.databases;
    server_.living_max = std::max(server_.living_max, ++server_.living);
  }
  std::size_t place_of(const std::string& version) const {
    // As the executor does, for versions that the engine has nothing to do in as well.
    for (std::size_t i = 0; i < server_.migrations.size(); ++i) {
      if (server_.migrations[i].version == version && server_.migrations[i].up) return i;
    }
    throw Error(ErrorCategory::usage, "there is no migration with version " + version);
  }

  FakeServer& server_;
  int number_ = 0;
  FakeState state_;
  std::size_t applied_ = 0;
};

/// Keeps the results, by subject.
class CollectingSink final : public TestSink {
 public:
  bool wants(const TestName& name) const override {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), name.subject) != wanted.end();
  }
  void started(const TestName& name) override { begun.push_back(name.subject); }
  void finished(TestResult result) override {
    order.push_back(result.name.subject);
    results[result.name.subject] = std::move(result);
  }

  const TestResult& operator[](const std::string& subject) const {
    const auto found = results.find(subject);
    if (found == results.end()) throw std::out_of_range("no result of " + subject);
    return found->second;
  }
  std::size_t count(TestOutcome outcome) const {
    return static_cast<std::size_t>(std::count_if(
        results.begin(), results.end(), [outcome](const auto& result) { return result.second.outcome == outcome; }));
  }

  std::vector<std::string> wanted;
  std::vector<std::string> begun;
  std::vector<std::string> order;
  std::map<std::string, TestResult> results;
};

inline WalkedProject project_of(FakeServer& server, const BackendRegistry& engines) {
  WalkedProject project;
  project.engine = "postgres";
  project.display_name = "PostgreSQL";
  project.fingerprint.engines = &engines;
  for (const FakeMigration& migration : server.migrations) {
    Revision revision;
    revision.version = migration.version;
    revision.name = migration.name;
    revision.has_up = migration.up != nullptr;
    revision.has_down = migration.down != nullptr;
    revision.irreversible_reason = migration.irreversible_reason;
    if (revision.has_up) revision.up_file = migration.version + "_" + migration.name + ".up.sql";
    if (revision.has_down) revision.down_file = migration.version + "_" + migration.name + ".down.sql";
    if (migration.verify) {
      static std::vector<std::unique_ptr<MigrationScript>> scripts;
      scripts.push_back(std::make_unique<MigrationScript>());
      scripts.back()->file = "verify/" + migration.name + ".sql";
      revision.verify = scripts.back().get();
      server.verifications[revision.verify] = migration.verify;
    }
    if (migration.data) project.data_versions.insert(migration.version);
    project.revisions.push_back(std::move(revision));
  }
  project.make_database = [&server] { return std::make_unique<FakeDatabase>(server); };
  project.shown_path = [](const std::string& path) { return "shown/" + path; };
  return project;
}

/// "down-leaves", "rows-lost rows-added": the codes of a result.
inline std::string codes(const TestResult& result) {
  std::string text;
  for (const TestProblem& problem : result.problems) text += (text.empty() ? "" : " ") + problem.code;
  return text;
}

inline std::string all_text(const TestResult& result) {
  std::string text = result.reason;
  for (const TestProblem& problem : result.problems) {
    text += "\n" + problem.code + ": " + problem.message + " at " + problem.position.to_string();
    for (const std::string& detail : problem.details) text += "\n  " + detail;
  }
  for (const std::string& note : result.notes) text += "\nnote: " + note;
  return text;
}

}  // namespace paripassu::test
