#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/context.h"
#include "cli/version.h"
#include "harness/migrate/executor.h"
#include "harness/report/report_writer.h"

namespace paripassu::cli {

namespace {

using nlohmann::ordered_json;

MigrateOptions read_options(const Context& context, const Backend& backend, const po::variables_map& values) {
  MigrateOptions options;
  options.schema = context.servers->schema(backend);
  if (values.count("to") != 0) options.to = values["to"].as<std::string>();
  if (values.count("steps") != 0) {
    options.steps = values["steps"].as<int>();
    if (*options.steps < 1) throw Error(ErrorCategory::usage, "--steps must be 1 or more");
  }
  if (options.to && options.steps) throw Error(ErrorCategory::usage, "--to and --steps exclude each other");
  options.dry_run = values["dry-run"].as<bool>();
  options.allow_out_of_order = values["allow-out-of-order"].as<bool>();
  options.skip_database_commands = values["skip-database-commands"].as<bool>();
  const auto milliseconds = [&](const char* name) {
    const int value = values[name].as<int>();
    if (value < 0) throw Error(ErrorCategory::usage, fmt::format("--{} must be 0 or more milliseconds", name));
    return value;
  };
  options.lock_timeout_ms = milliseconds("lock-timeout");
  options.statement_timeout_ms = milliseconds("statement-timeout");
  options.runner_timeout_ms = milliseconds("runner-timeout");
  options.tool_version = kVersion;
  for (const auto& [name, target] :
       {std::pair{"applied", &options.in_flight_applied}, std::pair{"not-applied", &options.in_flight_not_applied}})
    if (values.count(name) != 0) *target = values[name].as<std::vector<std::string>>();
  return options;
}

/// What happened on one engine, for the report.
struct EngineResult {
  const Backend* backend = nullptr;
  std::string server;
  std::vector<MigratedStep> steps;
  std::vector<std::string> repairs;
  std::vector<MigrationStatus> status;
  std::vector<std::string> warnings;
};

void print_messages(const Context& context, const MigrationEvent& event) {
  if (event.kind != MigrationEvent::Kind::statement || event.outcome == nullptr || context.verbosity < 1) return;
  for (const Diagnostic& message : event.outcome->messages)
    context.say(fmt::format("    {} {}", message.severity, message.message));
  if (event.outcome->messages_dropped > 0)
    context.say(fmt::format("    … and {} more messages", event.outcome->messages_dropped));
}

bool disagrees(const std::vector<MigrationStatus>& status) {
  for (const MigrationStatus& one : status)
    if (one.state != MigrationState::applied && one.state != MigrationState::baseline &&
        one.state != MigrationState::pending && one.state != MigrationState::outdated)
      return true;
  return false;
}

void write_status_text(std::ostream& out, const EngineResult& result) {
  out << escape_for_terminal(fmt::format("{} ({})", result.backend->name(), result.server)) << '\n';
  std::size_t width = 7;
  for (const MigrationStatus& one : result.status) width = std::max(width, one.version.size());
  for (const MigrationStatus& one : result.status) {
    std::string line = fmt::format("  {:<{}}  {:<13}  {}", one.version, width, to_string(one.state), one.name);
    if (one.entry) {
      line += fmt::format("  [{} by {}, {} ms]", one.entry->started, one.entry->applied_by, one.entry->duration_ms);
      if (!one.entry->complete())
        line += fmt::format(" stopped behind statement {} of {}{}", one.entry->applied_statements,
                            one.entry->total_statements, one.entry->error ? ": " + *one.entry->error : "");
    }
    out << escape_for_terminal(line) << '\n';
  }
  if (result.status.empty()) out << "  no migrations\n";
}

ordered_json status_json(const EngineResult& result) {
  ordered_json migrations = ordered_json::array();
  for (const MigrationStatus& one : result.status) {
    ordered_json item = {{"version", one.version}, {"name", one.name}, {"state", to_string(one.state)}};
    if (one.entry) {
      item["started"] = one.entry->started;
      item["duration_ms"] = one.entry->duration_ms;
      item["applied_by"] = one.entry->applied_by;
      item["tool_version"] = one.entry->tool_version;
      item["checksum"] = one.entry->checksum;
      item["applied_statements"] = one.entry->applied_statements;
      item["total_statements"] = one.entry->total_statements;
      if (one.entry->error) item["error"] = *one.entry->error;
    }
    migrations.push_back(std::move(item));
  }
  return migrations;
}

ExitCode run_migrate(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json"});
  static const std::vector<std::string> kActions = {"up", "down", "status", "redo", "baseline", "repair"};
  if (arguments.size() != 1 || std::find(kActions.begin(), kActions.end(), arguments[0]) == kActions.end())
    throw Error(ErrorCategory::usage, "migrate needs one of up, down, status, redo, baseline, repair")
        .with_remedy("for example: paripassu --postgres postgres://user@host/db migrate up");
  const std::string& action = arguments[0];

  std::vector<const Backend*> chosen;
  std::vector<std::string> left_out;
  for (const Backend* backend : context.engines) {
    const auto found = context.configuration.engines.find(std::string(backend->name()));
    if (found != context.configuration.engines.end() && found->second.url && !found->second.url->empty()) {
      chosen.push_back(backend);
    } else {
      left_out.emplace_back(backend->name());
    }
  }
  if (chosen.empty() || (context.engines_chosen && !left_out.empty()))
    throw Error(ErrorCategory::usage,
                "migrate was given no database" + (left_out.size() == 1 ? " for " + left_out.front() : std::string()))
        .with_remedy("give its URL with --" + left_out.front() + " URL, or as url in [engines." + left_out.front() +
                     "] of paripassu.toml");

  SourceLoader loader(context.registry, context.configuration, *context.servers);
  // Every folder and every database is looked at before the first one is written to.
  std::vector<MigrationSet> sets;
  for (const Backend* backend : chosen) {
    sets.push_back(loader.migrations(*backend));
    for (const std::string& warning : sets.back().warnings)
      context.say(fmt::format("{}: warning: {}", backend->name(), warning));
  }
  std::vector<MigrateOptions> options;
  for (const Backend* backend : chosen) options.push_back(read_options(context, *backend, values));
  std::vector<std::unique_ptr<Session>> sessions;
  for (const Backend* backend : chosen)
    sessions.push_back(context.servers->connect(
        *backend, ConnectionUrl::parse(*context.configuration.engines.at(std::string(backend->name())).url)));

  std::vector<EngineResult> results;
  ExitCode code = ExitCode::success;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Backend& backend = *chosen[i];
    EngineResult result;
    result.backend = &backend;
    result.server = sessions[i]->server().label();
    const bool text = !context.is_json();
    const auto listener = [&](const MigrationEvent& event) {
      print_messages(context, event);
      const std::string line = describe(event, backend.name());
      if (event.kind == MigrationEvent::Kind::planned && text) {
        *context.out << escape_for_terminal(line) << '\n';
        if (context.verbosity > 0) *context.out << event.text;
      } else if (event.kind == MigrationEvent::Kind::finished && text) {
        context.show_progress("");
        *context.out << escape_for_terminal(line) << '\n';
      } else if (event.kind == MigrationEvent::Kind::waiting || context.verbosity > 0) {
        context.say(line);
      } else {
        context.show_progress(line);
      }
    };
    MigrationExecutor executor(backend, *sessions[i], sets[i], options[i], listener);
    if (action == "up") result.steps = executor.up();
    if (action == "down") result.steps = executor.down();
    if (action == "redo") result.steps = executor.redo();
    if (action == "baseline") result.steps = executor.baseline();
    if (action == "repair") result.repairs = executor.repair();
    if (action == "status") {
      result.status = executor.status();
      if (disagrees(result.status)) code = ExitCode::differences;
      if (text) write_status_text(*context.out, result);
    } else if (text) {
      for (const std::string& line : result.repairs)
        *context.out << escape_for_terminal(backend.name()) << ": " << escape_for_terminal(line) << '\n';
      const std::size_t count = result.steps.size() + result.repairs.size();
      const bool dry = values["dry-run"].as<bool>();
      *context.out << escape_for_terminal(fmt::format(
                          "{}: {} {}{} on {}", backend.name(),
                          count == 0 ? "nothing to do for"
                          : dry      ? "dry run of"
                                     : "done:",
                          action, count == 0 ? "" : fmt::format(", {} migration{}", count, count == 1 ? "" : "s"),
                          result.server))
                   << '\n';
    }
    results.push_back(std::move(result));
  }
  if (context.is_json()) {
    ordered_json document = {{"version", 1}, {"action", action}, {"engines", ordered_json::array()}};
    for (const EngineResult& result : results) {
      ordered_json engine = {{"engine", result.backend->name()}, {"server", result.server}};
      if (action == "status") {
        engine["migrations"] = status_json(result);
      } else if (action == "repair") {
        engine["repaired"] = result.repairs;
      } else {
        ordered_json steps = ordered_json::array();
        for (const MigratedStep& step : result.steps)
          steps.push_back({{"version", step.version},
                           {"name", step.name},
                           {"direction", step.direction == MigrationDirection::up ? "up" : "down"},
                           {"statements", step.statements},
                           {"duration_ms", step.duration_ms}});
        engine["migrations"] = std::move(steps);
      }
      document["engines"].push_back(std::move(engine));
    }
    document["not_run"] = left_out;
    *context.out << document.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
  } else if (!left_out.empty()) {
    for (const std::string& name : left_out)
      context.say(fmt::format("{}: not run, since no database was given (--{} URL)", name, name));
  }
  return code;
}

}  // namespace

Command migrate_command() {
  Command command;
  command.name = "migrate";
  command.arguments = "up|down|status|redo|baseline|repair";
  command.summary = "applies migrations to the databases given, with ledger, lock and resume";
  command.description =
      "up        applies what is pending; goes on where an earlier run stopped\n"
      "down      reverts the newest migration, or --steps of them, or all above --to\n"
      "status    says where every migration stands; exit status 1 if folder and ledger disagree\n"
      "redo      down and up again\n"
      "baseline  declares the migrations up to --to applied, without running them\n"
      "repair    takes the folder as the truth: accepts changed migrations, forgets missing ones\n\n"
      "Writes to the databases of --postgres and --sqlserver (or of the configuration), and to nothing else.";
  command.add_options = [](po::options_description& options) {
    auto add = options.add_options();
    add("to", po::value<std::string>()->value_name("VERSION"), "up to, or down to, this version");
    add("steps", po::value<int>()->value_name("N"), "at most so many migrations");
    add("dry-run", po::bool_switch(), "say what would run; -v prints the statements");
    add("allow-out-of-order", po::bool_switch(), "run a pending migration that is older than an applied one");
    add("skip-database-commands", po::bool_switch(), "leave out USE, \\c, CREATE DATABASE … instead of refusing them");
    add("lock-timeout", po::value<int>()->value_name("MS")->default_value(0),
        "how long a statement waits for a lock; 0: forever");
    add("statement-timeout", po::value<int>()->value_name("MS")->default_value(0),
        "how long a statement may run; 0: forever");
    add("runner-timeout", po::value<int>()->value_name("MS")->default_value(limits::kMigrationLockTimeoutDefault_ms),
        "how long to wait for another runner on the same database");
    add("applied", po::value<std::vector<std::string>>()->value_name("VERSION"),
        "repair: the statement in flight of this version took effect");
    add("not-applied", po::value<std::vector<std::string>>()->value_name("VERSION"), "repair: … it did not");
  };
  command.run = run_migrate;
  return command;
}

}  // namespace paripassu::cli
