#include "harness/migration_tests/ladder.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "backends/interrupt.h"
#include "harness/dataset/data_loader.h"
#include "harness/migration_tests/ladder_files.h"
#include "harness/parity/names.h"

namespace paripassu {

using namespace migration_tests;

namespace {

std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || text.bad()) throw Error(ErrorCategory::configuration, "cannot read " + path).with_position({path, 0, 0});
  return text.str();
}

bool needs_steps(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const ScriptStatement& statement) {
    return !statement.outside_transaction.empty() || statement.controls_transaction;
  });
}

Script read_script(const std::string& path, const Backend& backend, bool skip_database_commands) {
  ScriptOptions options;
  options.skip_database_commands = skip_database_commands;
  Script script = backend.script_reader().read(read_script_file(path), path, options);
  if (script.statements.empty() && script.skipped.empty())
    throw Error(ErrorCategory::configuration, path + " holds no statement")
        .with_position({path, 0, 0})
        .with_remedy("write the statements that insert the rows, or delete the file");
  return script;
}

/// `rest` is what a SQL or TOML file is called behind its version: a dot in it can only be an engine's.
void check_no_engine(const LadderFile& file, const std::string& rest, const BackendRegistry& registry) {
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string::npos) return;
  std::vector<std::string> words;
  for (const auto& backend : registry.all())
    for (const std::string& word : backend->file_infixes()) words.push_back(word);
  const std::string word = rest.substr(dot + 1);
  const std::string near = nearest_word(word, words);
  throw Error(ErrorCategory::configuration, fmt::format("{}: '{}' is no engine of this program", file.path, word))
      .with_position({file.path, 0, 0})
      .with_remedy(near.empty() ? "the words are " + quoted_list(words) : fmt::format("did you mean '{}'?", near));
}

FileVersion require_version(const LadderFile& file, const std::vector<Revision>& revisions) {
  if (std::optional<FileVersion> found = version_of(file.stem, revisions)) return *found;
  const std::string word = file.stem.substr(0, file.stem.find_first_of("._-"));
  std::vector<std::string> versions;
  for (const Revision& revision : revisions) versions.push_back(revision.version);
  const std::string near = nearest_word(word, versions);
  std::string remedy = "begin the file's name with the version of the migration that its data follows";
  if (!near.empty()) {
    remedy = fmt::format("did you mean '{}'?", near);
  } else if (!versions.empty()) {
    remedy += fmt::format(" ('{}' to '{}')", versions.front(), versions.back());
  }
  throw Error(ErrorCategory::configuration,
              fmt::format("{}: there is no migration with the version '{}'", file.path, word))
      .with_position({file.path, 0, 0})
      .with_remedy(remedy);
}

void throw_transaction(const std::string& message, const SourcePosition& position) {
  throw Error(ErrorCategory::transaction, message)
      .with_position(position)
      .with_remedy(
          "take BEGIN, COMMIT and ROLLBACK out of the file and of what it calls (a file is one transaction), or end "
          "what it begins");
}

}  // namespace

Ladder Ladder::read(TestContext& context, const Migrator& migrator) {
  const Backend& backend = migrator.backend();
  const std::vector<Revision>& revisions = migrator.revisions();
  const std::string dir = context.resolve(context.configuration().tests.ladder);
  const std::vector<LadderFile> listed = list_files(dir, {"sql", "csv", "toml"}, {"expected"}, context.registry());

  Ladder ladder;
  ladder.context_ = &context;
  for (const LadderFile& file : listed)
    if (!file.foreign_engine.empty())
      ladder.notes_.push_back(fmt::format("{}: left out, it is for {}", file.path, file.foreign_engine));
  std::vector<std::pair<std::size_t, Data>> sorted;
  for (const LadderFile& file : files_for(listed, backend)) {
    const FileVersion version = require_version(file, revisions);
    if (file.extension != "csv") check_no_engine(file, version.rest, context.registry());
    if (!version.revision->has_up && file.engine.empty()) {
      ladder.notes_.push_back(fmt::format("{}: left out, {} has nothing to do on {}; a file for {} alone is inserted",
                                          file.path, version.revision->label(), backend.name(), backend.name()));
      continue;
    }
    Data data;
    data.file = {file.path, version.revision->version, file.engine};
    if (file.extension == "sql") {
      data.script = read_script(file.path, backend, context.options().skip_database_commands);
      data.changes_session = changes_session(data.script, backend.script_reader());
    } else if (file.extension == "toml") {
      data.rows = read_data_file(file.path);
    } else {
      const std::string table = version.table();
      if (table.empty())
        throw Error(ErrorCategory::configuration, file.path + ": the name does not say whose rows these are")
            .with_position({file.path, 0, 0})
            .with_remedy(fmt::format("call it {}.<table>.csv", file.stem));
      data.rows.tables.push_back(read_csv(read_bytes(file.path), file.path, table));
    }
    sorted.emplace_back(static_cast<std::size_t>(version.revision - revisions.data()), std::move(data));
  }
  // Stable: the files of one version stay in the order of their names.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  for (auto& [index, data] : sorted) {
    if (ladder.versions_.empty() || ladder.versions_.back() != data.file.version)
      ladder.versions_.push_back(data.file.version);
    ladder.files_.push_back(std::move(data));
  }
  return ladder;
}

bool Ladder::has(const std::string& version) const {
  return std::find(versions_.begin(), versions_.end(), version) != versions_.end();
}

std::vector<Ladder::File> Ladder::files() const {
  std::vector<File> files;
  for (const Data& data : files_) files.push_back(data.file);
  return files;
}

void Ladder::insert(const std::string& version, TestDatabase& database) const {
  std::optional<catalog::Catalog> catalog;
  for (const Data& data : files_) {
    if (data.file.version != version) continue;
    try {
      if (!data.script.statements.empty()) {
        if (data.changes_session) {
          const std::unique_ptr<Session> session = context_->servers().connect(database.backend(), database.url());
          run(data, *session);
        } else {
          run(data, database.session());
        }
        // A script may make or alter tables of its own.
        catalog.reset();
      } else if (!data.rows.tables.empty()) {
        if (!catalog) catalog = database.catalog();
        database.session().set_statement_timeout_ms(context_->configuration().tests.statement_timeout_ms);
        load_data(data.rows, database.session(), database.backend(), *catalog, context_->configuration().names);
      }
    } catch (Error& error) {
      if (error.position().file.empty()) error.with_position({data.file.path, 0, 0});
      error.add_context(fmt::format("inserting the ladder's data of {} on {}", version, database.backend().name()));
      throw;
    }
  }
}

void Ladder::run(const Data& data, Session& session) const {
  session.set_statement_timeout_ms(context_->configuration().tests.statement_timeout_ms);
  const std::vector<ScriptStatement>& statements = data.script.statements;
  const auto execute = [&session](const ScriptStatement& statement) {
    Interrupt::throw_if_requested();
    for (int repeat = 0; repeat < statement.repeat; ++repeat) session.run(statement);
  };
  const auto require_closed = [&session, &statements] {
    if (session.transaction_state() == TransactionState::none) return;
    session.rollback();
    throw_transaction("the data file leaves a transaction open, whose rows are lost", statements.back().position);
  };
  if (needs_steps(data.script)) {
    try {
      for (const ScriptStatement& statement : statements) execute(statement);
    } catch (const Error& error) {
      // The script's own transaction must not outlive it.
      if (!error.poisons_connection()) {
        const Interrupt::Shield shield;
        session.rollback();
      }
      throw;
    }
    require_closed();
    return;
  }
  {
    Transaction transaction(session);
    for (const ScriptStatement& statement : statements) {
      execute(statement);
      if (session.transaction_state() != TransactionState::open)
        throw_transaction("the statement ends the transaction of the data file", statement.position);
    }
    transaction.commit();
  }
  require_closed();
}

}  // namespace paripassu
