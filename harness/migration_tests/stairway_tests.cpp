#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "backends/limits.h"
#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/staircase.h"
#include "harness/migration_tests/test_kinds.h"

namespace paripassu {

namespace {

using namespace migration_tests;

/// Runs a script as it stands, in one transaction where it allows that.
class ScriptInTransaction {
 public:
  ScriptInTransaction(const MigrationScript& script, const Backend& backend, bool skip_database_commands)
      : script_(read_migration_script(script, backend.script_reader(), {skip_database_commands})),
        alone_(script.no_transaction) {
    for (const ScriptStatement& statement : script_.statements)
      alone_ = alone_ || statement.controls_transaction || !statement.outside_transaction.empty();
  }

  void run(Session& session, bool keep_effects) const {
    if (!alone_) session.begin();
    try {
      for (const ScriptStatement& statement : script_.statements)
        for (int i = 0; i < statement.repeat; ++i) session.run(statement);
      if (!alone_ && keep_effects) session.commit();
      end_transaction(session);
    } catch (...) {
      try {
        end_transaction(session);
      } catch (const Error&) {
        // The connection is lost, and its transaction with it; the first error says why.
      }
      throw;
    }
  }

 private:
  static void end_transaction(Session& session) {
    if (session.connected()) session.rollback();
  }

  Script script_;
  bool alone_;
};

using TablesOfSchemas = std::vector<std::pair<const catalog::Schema*, const catalog::Table*>>;

/// Which of the tables hold rows, in one question for many: most tables of a test database hold none, and a query for
/// each of them in each state would cost more than all migrations.
std::vector<bool> hold_rows(Session& session, const Dialect& dialect, const TablesOfSchemas& tables) {
  std::vector<bool> holding(tables.size(), false);
  for (std::size_t begin = 0; begin < tables.size(); begin += limits::kTablesAskedMax) {
    const std::size_t end = std::min(tables.size(), begin + limits::kTablesAskedMax);
    std::string sql;
    for (std::size_t i = begin; i < end; ++i) {
      const auto& [schema, table] = tables[i];
      sql += fmt::format("{}SELECT {} WHERE EXISTS (SELECT 1 FROM {})", i == begin ? "" : " UNION ALL ", i,
                         dialect.qualified(schema->name, table->name));
    }
    const ResultSet found = session.query(sql);
    for (std::size_t row = 0; row < found.row_count(); ++row) holding[std::stoul(found.row(row)[0].value())] = true;
  }
  return holding;
}

class WalkedTestDatabase final : public WalkedDatabase {
 public:
  WalkedTestDatabase(TestContext& context, std::shared_ptr<const Ladder> ladder, std::unique_ptr<TestDatabase> database)
      : context_(context), ladder_(std::move(ladder)), database_(std::move(database)) {}

  std::vector<std::int64_t> up(const std::string& version) override { return database_->up(version); }
  void down(const std::string& version) override { database_->down(version); }
  catalog::Catalog catalog() override { return database_->catalog(); }

  DatabaseRows rows(const catalog::Catalog& catalog) override {
    TablesOfSchemas tables;
    for (const catalog::Schema& schema : catalog.schemas) {
      for (const catalog::Table& table : schema.tables) {
        // The rows of a partition are those of its table; a foreign table's are not in this database.
        if (!table.foreign && table.partition_of.empty()) tables.emplace_back(&schema, &table);
      }
    }
    Session& session = database_->session();
    const std::vector<bool> holding = hold_rows(session, database_->backend().dialect(), tables);
    DatabaseRows all;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto& [schema, table] = tables[i];
      all.push_back(
          {schema->name, table->name,
           holding[i] ? read_table(session, database_->backend(), *schema, *table) : no_rows(*schema, *table)});
    }
    return all;
  }

  void verify(const MigrationScript& script) override { run(script, false); }

  void run_repeatables() override {
    // A team's own tool has none that this program could know of.
    if (context_.configuration().migrator) return;
    for (const Migration& migration : context_.loader().migrations(database_->backend()).migrations) {
      if (migration.kind == Migration::Kind::repeatable && migration.up) run(*migration.up, true);
    }
  }

  void insert(const std::string& version) override {
    if (ladder_) ladder_->insert(version, *database_);
  }

  std::unique_ptr<WalkedDatabase> clone() override {
    std::unique_ptr<TestDatabase> copy = database_->clone();
    if (!copy) return nullptr;
    return std::make_unique<WalkedTestDatabase>(context_, ladder_, std::move(copy));
  }

  std::string keep() override { return database_->keep(); }

 private:
  static RowSet no_rows(const catalog::Schema& schema, const catalog::Table& table) {
    RowSet rows;
    rows.name = schema.name + "." + table.name;
    for (const catalog::Column& column : table.columns) rows.columns.push_back({column.name, column.type});
    return rows;
  }

  void run(const MigrationScript& script, bool keep_effects) {
    const ScriptInTransaction in_transaction(script, database_->backend(), context_.options().skip_database_commands);
    // What a script sets for its session must not reach what reads the rows.
    const std::unique_ptr<Session> session = context_.servers().connect(database_->backend(), database_->url());
    session->set_statement_timeout_ms(context_.configuration().tests.statement_timeout_ms);
    session->set_lock_timeout_ms(context_.configuration().tests.statement_timeout_ms);
    in_transaction.run(*session, keep_effects);
  }

  TestContext& context_;
  const std::shared_ptr<const Ladder> ladder_;
  const std::unique_ptr<TestDatabase> database_;
};

WalkedProject project_of(TestContext& context, const Backend& backend, std::shared_ptr<const Ladder> ladder) {
  WalkedProject project;
  project.engine = std::string(backend.name());
  project.display_name = std::string(backend.display_name());
  project.revisions = context.migrator(backend).revisions();
  project.tests = context.configuration().tests;
  project.fingerprint = {project.tests.compare_column_order, &context.registry()};
  project.keep = context.options().keep;
  for (const Revision& revision : project.revisions) {
    if (ladder && ladder->has(revision.version)) project.data_versions.insert(revision.version);
  }
  project.make_database = [&context, &backend, ladder = std::move(ladder)]() -> std::unique_ptr<WalkedDatabase> {
    return std::make_unique<WalkedTestDatabase>(context, ladder, context.database(backend));
  };
  project.shown_path = [&context](const std::string& path) { return context.shown_path(path); };
  return project;
}

TestGroups one(std::unique_ptr<TestGroup> group) {
  TestGroups groups;
  if (!group->tests().empty()) groups.push_back(std::move(group));
  return groups;
}

}  // namespace

TestGroups stairway_tests(TestContext& context, const Backend& backend) {
  return one(make_stairway(project_of(context, backend, nullptr)));
}

TestGroups stairway_data_tests(TestContext& context, const Backend& backend) {
  const auto ladder = std::make_shared<const Ladder>(Ladder::read(context, context.migrator(backend)));
  if (ladder->empty() || ladder->versions().empty()) return {};
  return one(make_stairway_with_data(project_of(context, backend, ladder)));
}

}  // namespace paripassu
