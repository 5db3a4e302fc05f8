#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "backends/client_url.h"
#include "backends/limits.h"
#include "harness/migrate/command.h"
#include "harness/migrate/migrator.h"
#include "harness/migrate/revisions.h"
#include "harness/project/migrator_presets.h"

namespace paripassu {

namespace {

using Replacements = std::map<std::string, std::string>;

/// `{word}` replaced for every word that is listed; other braces are the shell's.
std::string fill_in(const std::string& command, const Replacements& replacements) {
  std::string result;
  std::size_t at = 0;
  while (at < command.size()) {
    const std::size_t end = command[at] == '{' ? command.find('}', at) : std::string::npos;
    const auto found =
        end == std::string::npos ? replacements.end() : replacements.find(command.substr(at + 1, end - at - 1));
    // `${name}` is a variable of the shell, whatever its name.
    if (found == replacements.end() || (at > 0 && command[at - 1] == '$')) {
      result += command[at++];
    } else {
      result += found->second;
      at = end + 1;
    }
  }
  return result;
}

/// "shop.0003_fill" to "shop": Django's migrations belong to applications, each of which has a history of its own.
std::string application_of(const std::string& version) {
  return version.substr(0, version.find('.'));
}

class CommandMigrator;

/// What all commands of one project and engine share.
struct Tool {
  Tool(const Backend& engine, const Configuration& project, MigratorOptions limits)
      : backend(engine), configuration(*project.migrator), options(std::move(limits)) {
    const std::filesystem::path inner(configuration.dir);
    dir = project.project_dir.empty() ? "." : project.project_dir;
    if (inner.is_absolute()) {
      dir = inner.string();
    } else if (!configuration.dir.empty()) {
      dir = dir == "." ? configuration.dir : dir + "/" + configuration.dir;
    }
  }

  /// Runs a command for a database.
  CommandResult run(const std::string& command, Replacements replacements, const ConnectionUrl& url,
                    int timeout_ms) const {
    const std::string text = backend.dialect().client_url(client_url_form_from_string(configuration.url_form), url);
    CommandOptions command_options;
    replacements["url"] = quote_for_shell(text);
    command_options.line = fill_in(command, replacements);
    command_options.dir = dir;
    command_options.environment[configuration.url_variable] = text;
    command_options.environment["PARIPASSU_ENGINE"] = std::string(backend.name());
    if (!options.schema.empty()) command_options.environment["PARIPASSU_SCHEMA"] = options.schema;
    command_options.timeout_ms = timeout_ms;
    if (url.password && !url.password->empty())
      command_options.secrets = {text, percent_encoded(url.password->reveal()), url.password->reveal()};
    return run_command(command_options);
  }

  /// The error of a command that did not succeed. `what` is what it was for: "going up to 0003"; `key` is its name in
  /// the configuration.
  Error failure(ErrorCategory category, const std::string& what, const char* key, const CommandResult& result,
                int timeout_ms) const {
    const std::string tail = result.tail();
    const std::string tool = configuration.preset.empty() ? "the tool of [migrator]" : configuration.preset;
    std::string message = result.timed_out
                              ? fmt::format("{}: {} did not end within {} ms and was killed", what, tool, timeout_ms)
                              : fmt::format("{}: {} failed: {}", what, tool, result.how());
    if (!tail.empty()) message += "\n" + tail;
    Error error(result.timed_out ? ErrorCategory::statement_timeout : category, message);
    error.with_engine(std::string(backend.name()));
    error.with_remedy(missing_tool(result) ? migrator_preset_remedy(configuration.preset)
                                           : fmt::format("the command is '{}' of [migrator], run in {}", key, dir));
    return error;
  }

  static bool missing_tool(const CommandResult& result) {
    return result.exit_code == 127 || result.exit_code == 126 ||
           result.errors.find("No module named") != std::string::npos;
  }

  const Backend& backend;
  const MigratorConfiguration configuration;
  const MigratorOptions options;
  std::string dir;
};

class CommandRun final : public Migrator::Run {
 public:
  CommandRun(const CommandMigrator& migrator, ConnectionUrl url) : migrator_(migrator), url_(std::move(url)) {}

  std::vector<std::int64_t> up_to(const std::string& version) override;
  void down_to(const std::string& version) override;

 private:
  void run(const char* key, const std::string& command, const std::vector<std::string>& targets,
           const std::string& name, const std::string& what, const std::string& file);

  const CommandMigrator& migrator_;
  ConnectionUrl url_;
  /// How many revisions are applied; not known before the first call, nor after an error.
  std::optional<std::size_t> applied_;
};

class CommandMigrator final : public Migrator {
 public:
  CommandMigrator(const Backend& backend, const Configuration& configuration, MigratorOptions options)
      : tool_(backend, configuration, std::move(options)) {
    read_list();
    if (tool_.configuration.down.empty())
      for (Revision& revision : revisions_) revision.has_down = false;
    declare_irreversible(revisions_, configuration.tests);
  }

  const Backend& backend() const override { return tool_.backend; }
  const std::vector<Revision>& revisions() const override { return revisions_; }
  std::vector<std::string> ledger_tables() const override { return tool_.configuration.tables; }
  std::unique_ptr<Run> open(const ConnectionUrl& database) const override {
    return std::make_unique<CommandRun>(*this, database);
  }

  const Tool& tool() const { return tool_; }
  bool has_applications() const { return tool_.configuration.preset == "django"; }

  /// What must be applied so that the first `count` revisions are, and `known` of them already are.
  std::vector<std::string> targets_up(std::size_t count, std::size_t known) const {
    std::vector<std::string> targets;
    if (has_applications()) {
      std::set<std::string> seen;
      for (std::size_t i = count; i > 0; --i) {
        const std::string& version = revisions_[i - 1].version;
        if (i <= known && !targets.empty()) break;
        if (seen.insert(application_of(version)).second) targets.push_back(version);
      }
      std::reverse(targets.begin(), targets.end());
      return targets;
    }
    // Where the history branches, whatever nobody follows yet.
    std::set<std::string> followed;
    for (std::size_t i = 0; i < count; ++i) followed.insert(after_[i].begin(), after_[i].end());
    for (std::size_t i = 0; i < count; ++i)
      if (i + 1 == count || (branches_ && !followed.contains(revisions_[i].version)))
        targets.push_back(revisions_[i].version);
    return targets;
  }

  /// What must be gone down to so that no more than the first `count` revisions are applied.
  std::vector<std::string> targets_down(std::size_t count, std::size_t known) const {
    const std::string& base = tool_.configuration.base;
    if (!has_applications()) return {count == 0 ? base : revisions_[count - 1].version};
    std::vector<std::string> targets;
    std::set<std::string> seen;
    for (std::size_t i = known; i > count; --i) {
      const std::string application = application_of(revisions_[i - 1].version);
      if (!seen.insert(application).second) continue;
      std::string target = application + "." + base;
      for (std::size_t kept = 0; kept < count; ++kept)
        if (application_of(revisions_[kept].version) == application) target = revisions_[kept].version;
      targets.push_back(std::move(target));
    }
    return targets;
  }

  void require_one_line(const Revision& revision) const {
    if (!branches_) return;
    throw Error(ErrorCategory::not_supported,
                fmt::format("{} cannot be undone: the history branches, and no single command goes back to one point "
                            "of it",
                            revision.label()))
        .with_engine(std::string(tool_.backend.name()))
        .with_position({revision.up_file, 0, 0});
  }

 private:
  void read_list() {
    // Nothing may depend on a database, or else two engines might list two histories.
    ConnectionUrl nowhere;
    nowhere.scheme = tool_.backend.url_schemes().front();
    nowhere.user = "nobody";
    nowhere.host = "127.0.0.1";
    nowhere.port = "1";
    nowhere.database = "none";
    const int timeout_ms = limits::kCommandListTimeout_ms;
    std::vector<ListedRevision> listed;
    try {
      const CommandResult result = tool_.run(tool_.configuration.list, {}, nowhere, timeout_ms);
      if (!result.success())
        throw tool_.failure(ErrorCategory::configuration, "listing the revisions", "list", result, timeout_ms);
      if (result.output_cut)
        throw Error(ErrorCategory::configuration,
                    fmt::format("'list' of [migrator] printed more than {} bytes", limits::kCommandOutputBytesMax));
      listed = read_listed_revisions(result.output, tool_.dir);
      if (listed.empty())
        throw Error(ErrorCategory::configuration, "'list' of [migrator] printed no revision")
            .with_remedy(fmt::format("it runs in {}; set 'dir' in [migrator] if that is the wrong folder", tool_.dir));
    } catch (Error& error) {
      if (!error.position().known() && tool_.configuration.position.known())
        error.with_position(tool_.configuration.position);
      throw;
    }
    std::string previous;
    const bool says_order =
        std::any_of(listed.begin(), listed.end(), [](const auto& one) { return !one.after.empty(); });
    for (ListedRevision& one : listed) {
      if (has_applications() && one.revision.version.find('.') == std::string::npos)
        throw Error(ErrorCategory::configuration,
                    "'list' of [migrator]: with the preset django a revision is application.migration, not " +
                        one.revision.version)
            .with_position(tool_.configuration.position);
      const bool follows = previous.empty() ? one.after.empty() : one.after == std::vector<std::string>{previous};
      if (says_order && !follows) branches_ = true;
      previous = one.revision.version;
      revisions_.push_back(std::move(one.revision));
      after_.push_back(std::move(one.after));
    }
    if (!branches_) return;
    for (Revision& revision : revisions_) {
      revision.has_down = false;
      if (revision.irreversible_reason.empty()) revision.irreversible_reason = "the history branches";
    }
  }

  Tool tool_;
  std::vector<Revision> revisions_;
  std::vector<std::vector<std::string>> after_;  ///< of each revision
  bool branches_ = false;
};

void CommandRun::run(const char* key, const std::string& command, const std::vector<std::string>& targets,
                     const std::string& name, const std::string& what, const std::string& file) {
  const Tool& tool = migrator_.tool();
  // Not known until the last command has succeeded.
  applied_.reset();
  std::string all;
  for (const std::string& target : targets) all += (all.empty() ? "" : " ") + quote_for_shell(target);
  // A command that takes them all is run once, any other one once for each.
  const bool takes_all = command.find("{targets}") != std::string::npos;
  for (std::size_t i = 0; i < (takes_all ? 1 : targets.size()); ++i) {
    const std::string& revision = takes_all ? targets.back() : targets[i];
    const CommandResult result =
        tool.run(command, {{"revision", quote_for_shell(revision)}, {"name", quote_for_shell(name)}, {"targets", all}},
                 url_, tool.options.statement_timeout_ms);
    if (result.success()) continue;
    Error error = tool.failure(ErrorCategory::migration, what, key, result, tool.options.statement_timeout_ms);
    if (!file.empty()) error.with_position({file, 0, 0});
    throw error;
  }
}

std::vector<std::int64_t> CommandRun::up_to(const std::string& version) {
  if (version == "0") return {};
  const std::size_t count = migrator_.index_of(version) + 1;
  const std::size_t known = applied_.value_or(0);
  if (known > count) return {};
  const Revision& revision = migrator_.revisions()[count - 1];
  const auto begin = std::chrono::steady_clock::now();
  // Where only one revision is to be applied, what fails is certainly its file.
  const std::string file = count == known + 1 ? revision.up_file : std::string();
  run("up", migrator_.tool().configuration.up, migrator_.targets_up(count, known), revision.name,
      "going up to " + revision.label(), file);
  const bool again = known == count;
  applied_ = count;
  if (again) return {};
  return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count()};
}

void CommandRun::down_to(const std::string& version) {
  const std::vector<Revision>& revisions = migrator_.revisions();
  const std::size_t count = version == "0" ? 0 : migrator_.index_of(version) + 1;
  const std::size_t known = applied_.value_or(revisions.size());
  if (known <= count) return;
  const Revision& newest = revisions[known - 1];
  migrator_.require_one_line(newest);
  const MigratorConfiguration& configuration = migrator_.tool().configuration;
  if (configuration.down.empty())
    throw Error(ErrorCategory::not_supported, newest.label() + " cannot be undone: [migrator] has no 'down' command")
        .with_engine(std::string(migrator_.backend().name()))
        .with_position(configuration.position)
        .with_remedy("write the command, or declare in [tests] irreversible why there is none");
  const std::string goal = count == 0 ? "nothing" : revisions[count - 1].label();
  run("down", configuration.down, migrator_.targets_down(count, known), count == 0 ? "" : revisions[count - 1].name,
      "going down to " + goal, known == count + 1 ? newest.down_file : std::string());
  applied_ = count;
}

}  // namespace

std::unique_ptr<Migrator> make_command_migrator(const Backend& backend, const Configuration& configuration,
                                                MigratorOptions options) {
  if (!configuration.migrator)
    throw Error(ErrorCategory::internal, "a tool was to run the migrations of a project that has none");
  return std::make_unique<CommandMigrator>(backend, configuration, std::move(options));
}

}  // namespace paripassu
