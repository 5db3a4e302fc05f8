#include <fmt/format.h>

#include <optional>
#include <utility>

#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"
#include "harness/parity/origin.h"
#include "harness/parity/parity_rules.h"

namespace paripassu {

namespace {

using namespace migration_tests;

/// What the messages of a comparison call its sides.
constexpr const char* kModelSide = "the model's side";
constexpr const char* kMigrationsSide = "the migrations' side";

/// "table x", "column orders.x".
std::string subject(const Difference& difference) {
  return difference.kind + " " + (difference.object().empty() ? difference.name : difference.object());
}

std::string direction(const Difference& difference) {
  if (difference.code.ends_with("-missing"))
    return fmt::format("the model has {}, the migrations do not make it", subject(difference));
  if (difference.code.ends_with("-extra"))
    return fmt::format("the migrations make {}, the model does not have it", subject(difference));
  return fmt::format("the model and the migrations differ in {}", subject(difference));
}

SourcePosition position_of(const Difference& difference) {
  for (const DifferenceSide* side : {&difference.right_side, &difference.left_side})
    if (!side->file.empty()) return {side->file, side->line, 0};
  return {};
}

TestProblem problem_of_difference(const Difference& difference) {
  TestProblem problem;
  problem.code = "drift";
  problem.message = direction(difference);
  problem.position = position_of(difference);
  problem.details.push_back(difference.code + ": " + difference.message);
  const DifferenceSide& model = difference.left_side;
  if (!model.file.empty() && !difference.right_side.file.empty())
    problem.details.push_back("in the model: " + SourcePosition{model.file, model.line, 0}.to_string());
  return problem;
}

class ModelTests final : public TestGroup {
 public:
  ModelTests(TestContext& context, const Backend& backend)
      : context_(context),
        backend_(backend),
        rules_(parity_rules(context.configuration(), context.registry())),
        name_{std::string(backend.name()), TestKind::model, "newest"} {}

  std::vector<TestName> tests() const override { return {name_}; }

  void run(TestSink& sink) override {
    if (!sink.wants(name_)) return;
    sink.started(name_);
    const Stopwatch watch;
    TestResult result;
    result.name = name_;
    const std::unique_ptr<TestDatabase> database = context_.database(backend_);
    if (std::optional<catalog::Catalog> migrated = read_migrations(*database, result))
      compare_with_model(std::move(*migrated), result);
    keep_if_failed(result, context_, *database);
    settle(result, context_, watch);
    sink.finished(std::move(result));
  }

 private:
  /// That a migration fails is the stairway's to say.
  std::optional<catalog::Catalog> read_migrations(TestDatabase& database, TestResult& result) {
    try {
      if (const std::string newest = newest_version(database.migrator()); !newest.empty()) database.up(newest);
      return database.catalog();
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      result.outcome = TestOutcome::incomplete;
      result.reason = "the migrations could not be applied: " + error.message();
      return std::nullopt;
    }
  }

  void compare_with_model(catalog::Catalog migrated, TestResult& result) {
    LoadedCatalog model;
    try {
      SourceOptions options;
      options.skip_database_commands = context_.options().skip_database_commands;
      model = context_.loader().load(parse_source(std::string(backend_.name()) + ":model", context_.registry(), "."),
                                     options);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      result.problems.push_back(problem_of(error, "the model cannot be read"));
      return;
    }
    for (const std::string& warning : model.warnings) result.notes.push_back(warning);
    model.catalog.product = kModelSide;
    migrated.product = kMigrationsSide;
    Comparison comparison = compare(model.catalog, migrated, rules_.comparison);
    const std::shared_ptr<const Origins> origins = origins_of_migrations(migrated);
    locate(comparison, model.origins.get(), origins.get());
    refine(comparison, rules_, false);
    for (const Difference& difference : comparison.differences)
      if (difference.severity <= rules_.fail_on && difference.waived.empty())
        result.problems.push_back(problem_of_difference(difference));
    if (const std::size_t waived = comparison.waived_count(); waived > 0)
      result.notes.push_back(counted(waived, "difference") + " waived");
    for (const std::string& passed_over : comparison.not_compared)
      result.notes.push_back("not compared: " + passed_over);
    if (result.problems.empty() && !comparison.unknown.empty()) {
      const catalog::Unknown& first = comparison.unknown.front();
      result.outcome = TestOutcome::incomplete;
      result.reason = fmt::format("{} could not be compared; the first: {} of {}: {}",
                                  counted(comparison.unknown.size(), "object"), first.what, first.object, first.reason);
    }
  }

  /// nullptr for migrations that are code.
  std::shared_ptr<const Origins> origins_of_migrations(const catalog::Catalog& migrated) {
    const Migrator& migrator = context_.migrator(backend_);
    if (migrator.scripts() == nullptr) return nullptr;
    Origins origins;
    for (const Revision& revision : migrator.revisions())
      context_.loader().add_origins(origins, migrator, revision, context_.options().skip_database_commands);
    origins.describe(migrated);
    return std::make_shared<const Origins>(std::move(origins));
  }

  TestContext& context_;
  const Backend& backend_;
  const ParityRules rules_;
  const TestName name_;
};

}  // namespace

TestGroups model_tests(TestContext& context, const Backend& backend) {
  TestGroups groups;
  if (context.configuration().models.contains(std::string(backend.name())))
    groups.push_back(std::make_unique<ModelTests>(context, backend));
  return groups;
}

}  // namespace paripassu
