#include "harness/migration_tests/test_context.h"

#include <filesystem>
#include <utility>

#include "backends/interrupt.h"
#include "harness/migration_tests/ladder.h"

namespace paripassu {

TestDatabase::TestDatabase(TestContext& context, const Migrator& migrator, std::unique_ptr<ScratchDatabase> scratch)
    : context_(context), migrator_(migrator), scratch_(std::move(scratch)) {}

// The sessions are declared behind the database: they are closed before it is dropped.
TestDatabase::~TestDatabase() {
  if (reading_session_) context_.servers().give_back(backend(), std::move(reading_session_));
}

std::vector<std::int64_t> TestDatabase::up(const std::string& version) {
  try {
    if (!run_) run_ = migrator_.open(scratch_->url());
    std::vector<std::int64_t> durations_ms = run_->up_to(version);
    version_ = version;
    return durations_ms;
  } catch (...) {
    run_.reset();
    version_.clear();
    throw;
  }
}

void TestDatabase::down(const std::string& version) {
  try {
    if (!run_) run_ = migrator_.open(scratch_->url());
    run_->down_to(version);
    version_ = version;
  } catch (...) {
    run_.reset();
    version_.clear();
    throw;
  }
}

catalog::Catalog TestDatabase::catalog() {
  Interrupt::throw_if_requested();
  if (!reading_session_ || !reading_session_->connected())
    reading_session_ = context_.servers().reading_session(backend(), scratch_->url());
  InspectOptions options;
  options.ignored_tables = migrator_.ledger_tables();
  try {
    return backend().inspector().inspect(*reading_session_, options);
  } catch (...) {
    // Whatever an interrupted read has left set would reach the reader of another database.
    reading_session_.reset();
    throw;
  }
}

Session& TestDatabase::session() {
  Interrupt::throw_if_requested();
  if (!session_ || !session_->connected()) session_ = context_.servers().connect(backend(), scratch_->url());
  return *session_;
}

std::unique_ptr<TestDatabase> TestDatabase::clone() {
  if (!context_.can_clone(backend())) return nullptr;
  run_.reset();
  session_.reset();
  reading_session_.reset();
  try {
    auto copy = std::make_unique<TestDatabase>(context_, migrator_, backend().scratch_databases().clone(*scratch_));
    copy->version_ = version_;
    return copy;
  } catch (const Error& error) {
    // A user who may not copy databases can still run every test: the caller builds it anew.
    if (error.category() != ErrorCategory::not_supported && error.category() != ErrorCategory::permission) throw;
    context_.cannot_clone(backend());
    return nullptr;
  }
}

std::string TestDatabase::keep() {
  scratch_->keep();
  return scratch_->url().redacted();
}

TestContext::TestContext(const BackendRegistry& registry, const Configuration& configuration, ServerPool& servers,
                         SourceLoader& loader, TestOptions options)
    : registry_(registry),
      configuration_(configuration),
      servers_(servers),
      loader_(loader),
      options_(std::move(options)) {}

const Migrator& TestContext::migrator(const Backend& backend) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Migrator>& migrator = migrators_[std::string(backend.name())];
  if (!migrator) {
    MigratorOptions options;
    options.schema = servers_.schema(backend);
    options.skip_database_commands = options_.skip_database_commands;
    options.statement_timeout_ms = configuration_.tests.statement_timeout_ms;
    options.lock_timeout_ms = configuration_.tests.statement_timeout_ms;
    migrator = loader_.migrator(backend, options);
  }
  return *migrator;
}

std::unique_ptr<TestDatabase> TestContext::database(const Backend& backend) {
  Interrupt::throw_if_requested();
  return std::make_unique<TestDatabase>(*this, migrator(backend), servers_.scratch(backend));
}

std::string TestContext::resolve(const std::string& path) const {
  const std::string& dir = configuration_.project_dir;
  if (std::filesystem::path(path).is_absolute() || dir.empty() || dir == ".") return path;
  return dir + "/" + path;
}

bool TestContext::can_clone(const Backend& backend) {
  const std::lock_guard lock(mutex_);
  return cannot_clone_.count(std::string(backend.name())) == 0;
}

void TestContext::cannot_clone(const Backend& backend) {
  const std::lock_guard lock(mutex_);
  cannot_clone_.insert(std::string(backend.name()));
}

std::shared_ptr<AcceptRound> TestContext::accept_round() {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<AcceptRound> round = accept_round_.lock();
  if (!round) {
    round = std::make_shared<AcceptRound>();
    accept_round_ = round;
  }
  return round;
}

TestProblem problem_of(const Error& error, const std::string& doing) {
  TestProblem problem;
  problem.code = "error";
  problem.message = doing + ": " + error.message() + " (" + std::string(to_string(error.category())) + ")";
  problem.position = error.position();
  for (const Diagnostic& diagnostic : error.diagnostics()) {
    std::string line = diagnostic.severity.empty() ? "" : diagnostic.severity + ": ";
    line += diagnostic.message;
    if (!diagnostic.detail.empty()) line += " — " + diagnostic.detail;
    if (!diagnostic.hint.empty()) line += " (" + diagnostic.hint + ")";
    if (line != problem.message) problem.details.push_back(std::move(line));
  }
  for (const std::string& context : error.context()) problem.details.push_back(context);
  if (!error.statement().empty()) problem.details.push_back("statement: " + error.statement());
  if (!error.remedy().empty()) problem.details.push_back("→ " + error.remedy());
  return problem;
}

}  // namespace paripassu
