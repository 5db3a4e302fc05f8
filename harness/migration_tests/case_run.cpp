#include "harness/migration_tests/case_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/dataset/data_loader.h"
#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/test_support.h"
#include "harness/parity/names.h"

namespace paripassu {

namespace {

using namespace migration_tests;

constexpr const char* kBase = "0";

class CaseRunner {
 public:
  CaseRunner(TestContext& context, const Backend& backend, const TestCase& test_case, PreparedDatabases& databases)
      : context_(context),
        backend_(backend),
        case_(test_case),
        databases_(databases),
        names_(context.configuration().names) {}
  ~CaseRunner() {
    if (!taken_) databases_.release(backend_);
  }
  CaseRunner(const CaseRunner&) = delete;
  CaseRunner& operator=(const CaseRunner&) = delete;

  CaseRun run() {
    const Stopwatch watch;
    try {
      run_steps();
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      fail(problem_of(error, doing_));
      cut_short(doing_ + ": " + error.message());
    }
    settle(run_.result, context_, watch);
    return std::move(run_);
  }

 private:
  void run_steps() {
    doing_ = "preparing the case";
    const std::size_t place = find_migration();
    check_error_class();
    if (!prepare(place)) return;
    find_named_tables();
    doing_ = fmt::format("loading the data before {}", label());
    load();
    doing_ = fmt::format("reading what is there before {}", label());
    before_ = look("before " + label(), TestCase::Stage{});
    if (case_.restores_before || expects(MigrationDirection::up)) before_rows_ = read_rows(*run_.database, before_);

    doing_ = fmt::format("applying {}", label());
    if (!migrate(MigrationDirection::up)) return;
    doing_ = fmt::format("looking at what is there after {}", label());
    const catalog::Catalog after = look("after " + label(), case_.after);

    if (!case_.goes_down()) return;
    if (expects(MigrationDirection::down)) {
      before_ = after;
      before_rows_ = read_rows(*run_.database, after);
    }
    if (!revision_->has_down) {
      cannot_go_down();
      return;
    }
    doing_ = fmt::format("undoing {}", label());
    if (!migrate(MigrationDirection::down)) return;
    doing_ = fmt::format("looking at what is there after {} is undone", label());
    const catalog::Catalog restored = look("after undoing " + label(), case_.restored);
    if (case_.restores_before) check_restored(restored);
  }

  const std::string& label() const { return label_; }

  /// Index of the migration among the revisions; throws where there is none.
  std::size_t find_migration() {
    const std::vector<Revision>& revisions = context_.migrator(backend_).revisions();
    if (const auto place = find_revision(revisions, case_.migration)) {
      revision_ = &revisions[*place];
      label_ = revision_->label();
      return *place;
    }
    std::vector<std::string> known;
    for (const Revision& revision : revisions) {
      known.push_back(revision.version);
      known.push_back(revision.label());
    }
    const std::string near = nearest_word(case_.migration, known);
    Error error(ErrorCategory::configuration,
                fmt::format("there is no migration '{}'{}", case_.migration,
                            near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    error.with_position(case_.migration_position);
    if (!revisions.empty())
      error.with_remedy(
          fmt::format("the first is {}, the newest {}", revisions.front().label(), revisions.back().label()));
    throw Error(error);
  }

  /// Only the server says of which class an error is, and a tool keeps that to itself.
  void check_error_class() const {
    if (!case_.error || !case_.error->category || context_.migrator(backend_).scripts() != nullptr) return;
    if (*case_.error->category == ErrorCategory::migration ||
        *case_.error->category == ErrorCategory::statement_timeout)
      return;
    Error error(ErrorCategory::configuration,
                fmt::format("the class of an error is not known where a tool of [migrator] migrates: {} cannot be "
                            "recognised",
                            to_string(*case_.error->category)));
    error.with_position(case_.error->position);
    error.with_remedy("write expect_error = {message = \"part of what the tool prints\"}");
    throw Error(error);
  }

  /// False where the migrations before the case's own cannot be applied: no fault of the case.
  bool prepare(std::size_t place) {
    const std::vector<Revision>& revisions = context_.migrator(backend_).revisions();
    version_before_ = place == 0 ? kBase : revisions[place - 1].version;
    taken_ = true;
    try {
      run_.database = databases_.take(backend_, place);
      before_ = run_.database->catalog();
      return true;
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      run_.result.outcome = TestOutcome::incomplete;
      run_.result.reason = fmt::format("no database at the version before {}: {}", label(), error.message());
      cut_short(run_.result.reason);
      return false;
    }
  }

  void load() {
    Session& session = run_.database->session();
    for (const TestCase::Data& data : case_.before) {
      if (data.scripts.empty()) {
        load_data(data.rows, session, backend_, before_, names_);
        continue;
      }
      const auto script = data.scripts.find(std::string(backend_.name()));
      if (script != data.scripts.end()) {
        run_script(session, script->second);
      } else if (data.only_engine.empty()) {
        throw Error(ErrorCategory::configuration, fmt::format("there is no SQL for {}", backend_.name()))
            .with_position(data.position)
            .with_remedy(fmt::format("add the file with .{} before its extension", backend_.file_infixes().front()));
      }
    }
  }

  void run_script(Session& session, const TestCase::SqlFile& file) {
    ScriptOptions options;
    options.skip_database_commands = context_.options().skip_database_commands;
    const Script script = backend_.script_reader().read(file.text, file.file, options);
    limit_time(session);
    for (const ScriptStatement& statement : script.statements)
      for (int i = 0; i < statement.repeat; ++i) session.run(statement);
    if (session.transaction_state() == TransactionState::none) return;
    session.rollback();
    throw Error(ErrorCategory::transaction, "the script leaves a transaction open")
        .with_position(script.statements.back().position)
        .with_remedy("end it with COMMIT");
  }

  void limit_time(Session& session) {
    if (backend_.capabilities().statement_timeout)
      session.set_statement_timeout_ms(context_.configuration().tests.statement_timeout_ms);
  }

  /// Tables that are compared between the engines: those that the case names, and of a script those whose names it
  /// has among its words.
  void find_named_tables() {
    const auto add = [this](const std::vector<DataTable>& tables) {
      for (const DataTable& table : tables) named_.insert(table.name);
    };
    add(case_.after.tables);
    add(case_.restored.tables);
    std::set<std::string> words;
    for (const TestCase::Data& data : case_.before) {
      add(data.rows.tables);
      const auto script = data.scripts.find(std::string(backend_.name()));
      if (script != data.scripts.end()) add_words(script->second, words);
    }
    for (const catalog::Schema& schema : before_.schemas)
      for (const catalog::Table& table : schema.tables)
        if (words.contains(fold_name(table.name, names_))) named_.insert(table.name);
    for (const std::string& name : named_) run_.observation.named.insert(fold_name(name, names_));
  }

  void add_words(const TestCase::SqlFile& file, std::set<std::string>& words) const {
    try {
      const ScriptReader& reader = backend_.script_reader();
      ScriptOptions options;
      options.skip_database_commands = context_.options().skip_database_commands;
      for (const ScriptStatement& statement : reader.read(file.text, file.file, options).statements)
        for (const StatementWord& word : reader.words(statement.text)) words.insert(fold_name(word.text, names_));
    } catch (const Error& error) {
      // What is wrong with the script is told when it is run.
      if (error.category() != ErrorCategory::script) throw;
    }
  }

  bool expects(MigrationDirection direction) const { return case_.error && case_.error->direction == direction; }

  /// False where the case ends here: the migration failed, whether that was expected or not.
  bool migrate(MigrationDirection direction) {
    try {
      if (direction == MigrationDirection::up) {
        const std::vector<std::int64_t> durations_ms = run_.database->up(revision_->version);
        if (!durations_ms.empty()) run_.result.migrate_ms = durations_ms.back();
      } else {
        run_.database->down(version_before_);
      }
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      if (!expects(direction)) {
        TestProblem problem = problem_of(error, doing_);
        if (!problem.position.known()) problem.position = position_of_migration(direction);
        fail(std::move(problem));
        cut_short(doing_ + ": " + error.message());
        return false;
      }
      judge_error(error, direction);
      return false;
    }
    if (!expects(direction)) return true;
    TestProblem problem;
    problem.code = "error-expected";
    problem.message = fmt::format("{} succeeds, and {} was expected", doing_, expectation());
    problem.position = case_.error->position;
    fail(std::move(problem));
    cut_short(run_.result.problems.back().message);
    return false;
  }

  std::string expectation() const {
    const TestCase::ExpectedError& expected = *case_.error;
    std::string words = expected.category ? std::string(to_string(*expected.category)) : "an error";
    if (!expected.message.empty()) words += fmt::format(" with '{}'", expected.message);
    return words;
  }

  void judge_error(const Error& error, MigrationDirection direction) {
    const TestCase::ExpectedError& expected = *case_.error;
    run_.observation.error = error.category();
    const bool is_class = !expected.category || error.category() == *expected.category;
    if (!is_class || !says(error, expected.message)) {
      TestProblem problem = problem_of(error, fmt::format("{} was expected while {}", expectation(), doing_));
      problem.code = "wrong-error";
      if (!problem.position.known()) problem.position = position_of_migration(direction);
      fail(std::move(problem));
    }
    if (expected.half_done) return;
    doing_ = fmt::format("looking at what {} left behind when it failed", label());
    const catalog::Catalog left_behind = run_.database->catalog();
    const FingerprintOptions options{context_.configuration().tests.compare_column_order, &context_.registry()};
    TestProblem problem;
    for (const CatalogChange& change : catalog_changes(before_, left_behind, options))
      problem.details.push_back(fmt::format("{}: {} ({})", change.object, change.text, change.code));
    for (const TestProblem& change :
         changed_rows(before_rows_, read_rows(*run_.database, left_behind), context_.configuration().tests.unstable)) {
      problem.details.push_back(change.message);
      for (const std::string& detail : change.details) problem.details.push_back("  " + detail);
    }
    if (problem.details.empty()) return;
    problem.code = "half-done";
    problem.message = fmt::format("{} fails as expected, but leaves the database half done", label());
    problem.position = position_of_migration(direction);
    fail(std::move(problem));
  }

  static bool says(const Error& error, const std::string& part) {
    if (part.empty() || error.message().find(part) != std::string::npos) return true;
    return std::any_of(error.diagnostics().begin(), error.diagnostics().end(), [&part](const Diagnostic& one) {
      return one.message.find(part) != std::string::npos || one.detail.find(part) != std::string::npos;
    });
  }

  SourcePosition position_of_migration(MigrationDirection direction) const {
    const std::string& file = direction == MigrationDirection::up ? revision_->up_file : revision_->down_file;
    return file.empty() ? case_.migration_position : SourcePosition{file, 0, 0};
  }

  void cannot_go_down() {
    TestProblem problem;
    problem.code = "error";
    problem.message = fmt::format(
        "{} cannot be undone{}", label(),
        revision_->irreversible_reason.empty() ? ": it has no down" : ": " + revision_->irreversible_reason);
    problem.position = case_.restored_position.known() ? case_.restored_position : case_.migration_position;
    fail(std::move(problem));
    cut_short(run_.result.problems.back().message);
  }

  /// Reads the tables and queries that are compared, checks those of `expected`; returns the catalog.
  catalog::Catalog look(const std::string& moment, const TestCase::Stage& expected) {
    CaseObservation::Stage& stage = run_.observation.stages.emplace_back();
    stage.moment = moment;
    const catalog::Catalog catalog = run_.database->catalog();
    Session& session = run_.database->session();
    limit_time(session);
    for (const std::string& name : named_) {
      try {
        const FoundTable found = find_table(catalog, name, names_, {});
        stage.tables[fold_name(name, names_)] = read_table(session, backend_, *found.schema, *found.table);
      } catch (const Error& error) {
        // It need not be there at every moment; where it must be, its expectation says so below.
        if (error.category() != ErrorCategory::configuration) throw;
      }
    }
    for (const DataTable& table : expected.tables) check_table(table, catalog, moment);
    for (const TestCase::Query& query : expected.queries) check_query(query, moment, stage);
    return catalog;
  }

  void check_table(const DataTable& expected, const catalog::Catalog& catalog, const std::string& moment) {
    try {
      const FoundTable found = find_table(catalog, expected.name, names_, expected.position);
      const RowSet rows = read_table(run_.database->session(), backend_, *found.schema, *found.table);
      check_rows(expected, rows, false, fmt::format("{} {}", expected.name, moment));
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      fail(problem_of(error, fmt::format("{} {} cannot be checked", expected.name, moment)));
    }
  }

  void check_query(const TestCase::Query& query, const std::string& moment, CaseObservation::Stage& stage) {
    const std::string what = fmt::format("the query '{}' {}", query.name, moment);
    try {
      const auto sql = query.sql.find(std::string(backend_.name()));
      if (sql == query.sql.end())
        throw Error(ErrorCategory::configuration, fmt::format("it has no SQL for {}", backend_.name()))
            .with_position(query.position)
            .with_remedy(fmt::format("give sql for all engines, or {} = \"…\"", backend_.name()));
      CaseObservation::QueryRows found;
      found.rows = read_query(run_.database->session(), backend_, sql->second, query.name);
      found.ordered = has_order(backend_, sql->second);
      found.position = query.position;
      if (query.rows) check_rows(*query.rows, found.rows, found.ordered, what);
      stage.queries.push_back(std::move(found));
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      TestProblem problem = problem_of(error, what + " cannot be checked");
      if (!problem.position.known()) problem.position = query.position;
      fail(std::move(problem));
      cut_short(what + ": " + error.message());
    }
  }

  void check_rows(const DataTable& expected, const RowSet& actual, bool ordered, const std::string& what) {
    RowSet wanted;
    if (expected.columns.empty() && !expected.rows.empty())
      throw Error(ErrorCategory::configuration, "a row that says nothing about any column")
          .with_position(expected.rows.front().position)
          .with_remedy("name at least one column, or write the table as `= []` when it must be empty");
    if (expected.columns.empty()) {
      wanted.name = actual.name;
      wanted.columns = actual.columns;
      wanted.key = actual.key;
    } else {
      wanted = row_set(expected, actual, names_);
    }
    RowComparisonOptions options;
    options.names = names_;
    options.ordered = ordered;
    options.ignored_columns = context_.configuration().tests.unstable;
    const RowComparison comparison = compare_rows(wanted, actual, options);
    if (comparison.equal()) return;
    TestProblem problem;
    problem.code = "expectation";
    problem.message = fmt::format("{}: {} not as expected", what,
                                  comparison.difference_count == 1
                                      ? "one value or row is"
                                      : fmt::format("{} values or rows are", comparison.difference_count));
    problem.position = expected.position;
    problem.details = describe_all(comparison, "expected", "found");
    fail(std::move(problem));
  }

  void check_restored(const catalog::Catalog& restored) {
    for (TestProblem& problem :
         changed_rows(before_rows_, read_rows(*run_.database, restored), context_.configuration().tests.unstable)) {
      problem.message += fmt::format(", now that {} is undone", label());
      problem.position = position_of_migration(MigrationDirection::down);
      fail(std::move(problem));
    }
  }

  void fail(TestProblem problem) { run_.result.problems.push_back(std::move(problem)); }

  void cut_short(std::string reason) {
    if (run_.observation.cut_short.empty()) run_.observation.cut_short = std::move(reason);
  }

  TestContext& context_;
  const Backend& backend_;
  const TestCase& case_;
  PreparedDatabases& databases_;
  const NameMatching names_;
  CaseRun run_;
  const Revision* revision_ = nullptr;
  std::string label_;
  std::string version_before_;
  bool taken_ = false;
  std::string doing_;
  std::set<std::string> named_;
  catalog::Catalog before_;  ///< before the step under way
  DatabaseRows before_rows_;
};

}  // namespace

CaseRun run_case(TestContext& context, const Backend& backend, const TestCase& test_case,
                 PreparedDatabases& databases) {
  return CaseRunner(context, backend, test_case, databases).run();
}

}  // namespace paripassu
