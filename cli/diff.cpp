#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>

#include "cli/context.h"
#include "cli/parity_options.h"
#include "harness/parity/differ.h"
#include "harness/parity/suggest.h"
#include "harness/parity/waivers.h"
#include "harness/report/report_writer.h"
#include "harness/report/step_writer.h"
#include "harness/source/step_comparison.h"

namespace paripassu::cli {

namespace {

ExitCode verdict(const Comparison& comparison, Severity fail_on) {
  if (comparison.has_findings(fail_on)) return ExitCode::differences;
  return comparison.unknown.empty() ? ExitCode::success : ExitCode::incomplete;
}

ExitCode run_each_step(Context& context, SourceLoader& loader, const Backend& left, const Backend& right,
                       const ParityRules& parity, bool skip_database_commands) {
  context.require_format({"text", "json"});
  std::ostream& out = *context.out;
  StepOptions options;
  options.comparison = parity.comparison;
  options.fail_on = parity.fail_on;
  options.skip_database_commands = skip_database_commands;
  // A waiver that a later version needs is not unused before: this is judged by what is left in the end.
  std::vector<Difference> unused;
  options.refine = [&](Comparison& comparison) {
    refine(comparison, parity, true);
    unused.clear();
    std::copy_if(comparison.differences.begin(), comparison.differences.end(), std::back_inserter(unused),
                 [](const Difference& one) { return is_about_waivers(one.code); });
    std::erase_if(comparison.differences, [](const Difference& one) { return is_about_waivers(one.code); });
  };
  options.on_step = [&](const StepResult& step) {
    if (!context.is_json()) write_step_text(out, step, context.color);
    return true;
  };
  StepReport report = compare_each_step(loader, *context.servers, left, right, options);
  if (report.steps.empty()) return ExitCode::success;
  report.last.differences.insert(report.last.differences.end(), unused.begin(), unused.end());
  if (context.is_json()) {
    write_steps_json(out, report);
  } else {
    write_steps_summary_text(out, report, context.color);
    write_text(out, report.last, text_style(context));
  }
  return verdict(report.last, parity.fail_on);
}

/// The side of `engine`; where both are of it, the left one.
SuggestTarget target_side(const Context& context, const std::string& engine, const Comparison& comparison) {
  const Backend& backend = context.registry.get(engine);
  if (comparison.left.engine == backend.name()) return SuggestTarget::left;
  if (comparison.right.engine == backend.name()) return SuggestTarget::right;
  throw Error(ErrorCategory::usage, fmt::format("--suggest {}: neither source is of this engine", engine));
}

void write_suggestion(const Context& context, const std::string& engine, const Comparison& comparison,
                      const LoadedCatalog& left, const LoadedCatalog& right, const ComparisonOptions& options) {
  const SuggestTarget target = target_side(context, engine, comparison);
  const Suggestion suggestion = suggest(comparison, left.catalog, right.catalog, target, options);
  *context.out << suggestion_text(suggestion, context.registry.get(engine).ddl_writer());
  if (suggestion.unanswered > 0)
    context.say(fmt::format("{} of {} differences have no statement: the comments say why", suggestion.unanswered,
                            comparison.differences.size()));
}

ExitCode run_diff(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  const ReportFormat format = comparison_format(context);
  const ParityRules parity = parity_options(context, values);
  SourceLoader loader(context.registry, context.configuration, *context.servers);
  SourceOptions source_options;
  source_options.skip_database_commands = values["skip-database-commands"].as<bool>();
  std::vector<std::string> sources = arguments;
  const bool each_step = values["each-step"].as<bool>();
  const bool propose = values["propose-waivers"].as<bool>();
  const bool suggests = values.count("suggest") != 0;
  if (each_step + propose + suggests > 1)
    throw Error(ErrorCategory::usage, "--each-step, --suggest and --propose-waivers exclude each other");
  if ((propose || suggests) && format != ReportFormat::text)
    throw Error(ErrorCategory::usage, "--suggest and --propose-waivers write text of their own: leave out --format");
  const bool is_own = sources.empty();
  if (is_own) {
    if (context.engines.size() != 2)
      throw Error(ErrorCategory::usage, "diff without sources compares two engines, and " +
                                            std::to_string(context.engines.size()) + " were chosen");
    if (each_step)
      return run_each_step(context, loader, *context.engines[0], *context.engines[1], parity,
                           source_options.skip_database_commands);
    for (const Backend* backend : context.engines) sources.push_back(std::string(backend->name()) + ":migrations");
  }
  if (each_step) throw Error(ErrorCategory::usage, "--each-step compares the project's migrations: name no sources");
  if (sources.size() != 2)
    throw Error(ErrorCategory::usage, "diff needs two sources, or none inside a project")
        .with_remedy("for example: paripassu diff postgres:migrations sqlserver:migrations");
  const Source left = parse_source(sources[0], context.registry, ".");
  const Source right = parse_source(sources[1], context.registry, ".");
  context.show_progress("reading " + left.text + " and " + right.text);
  const auto [left_catalog, right_catalog] = loader.load_both(left, right, source_options);
  context.show_progress("");
  for (const LoadedCatalog* loaded : {&left_catalog, &right_catalog})
    for (const std::string& warning : loaded->warnings) context.say("warning: " + warning);
  Comparison comparison = compare(left_catalog.catalog, right_catalog.catalog, parity.comparison);
  comparison.left_label = left_catalog.label;
  comparison.right_label = right_catalog.label;
  locate(comparison, left_catalog.origins.get(), right_catalog.origins.get());
  refine(comparison, parity, is_own);
  if (suggests) {
    write_suggestion(context, values["suggest"].as<std::string>(), comparison, left_catalog, right_catalog,
                     parity.comparison);
  } else if (propose) {
    *context.out << propose_waivers(comparison, local_today(), parity.fail_on);
  } else {
    write_comparison(context, comparison, format, parity.fail_on);
  }
  return verdict(comparison, parity.fail_on);
}

}  // namespace

Command diff_command() {
  Command command;
  command.name = "diff";
  command.arguments = "[LEFT RIGHT]";
  command.summary = "compares the schemas of two sources; without any, of the project's two engines";
  command.description =
      "A source is a URL, ENGINE:migrations, ENGINE:migrations@VERSION, ENGINE:model, ENGINE:file.sql, ENGINE:folder/ "
      "or\n"
      "catalog.json. Live databases are only read; everything else happens in scratch databases.\n"
      "`paripassu explain CODE` says what a code of the report means.\n"
      "Exit status 0: no difference; 1: differences; 5: something could not be compared.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    add_parity_options(options);
    auto add = options.add_options();
    add("each-step", po::bool_switch(), "compare after every migration and name the first that differs");
    add("suggest", po::value<std::string>()->value_name("ENGINE"),
        "print the statements that would bring this engine's side in line; nothing is executed");
    add("propose-waivers", po::bool_switch(), "print waivers for today's findings, to be put into paripassu.toml");
    add("skip-database-commands", po::bool_switch(),
        "leave out USE, \\c, CREATE DATABASE … in scripts instead of refusing them");
  };
  command.run = run_diff;
  return command;
}

}  // namespace paripassu::cli
