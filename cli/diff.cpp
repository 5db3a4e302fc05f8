#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/context.h"
#include "harness/parity/differ.h"
#include "harness/report/report_writer.h"
#include "harness/source/step_comparison.h"

namespace paripassu::cli {

namespace {

ComparisonOptions comparison_options(const Context& context, const po::variables_map& values) {
  ComparisonOptions options;
  options.names = context.configuration.names;
  options.schema_pairs = context.configuration.schema_pairs;
  options.compare_column_order = context.configuration.compare_column_order || values["column-order"].as<bool>();
  options.equivalent_types = context.configuration.equivalent_types;
  if (values.count("names") != 0)
    options.names = name_matching_from_string(values["names"].as<std::string>(), "--names");
  return options;
}

ExitCode verdict(const Comparison& comparison) {
  const bool differs = std::any_of(comparison.differences.begin(), comparison.differences.end(),
                                   [](const Difference& one) { return one.severity != Severity::note; });
  if (differs) return ExitCode::differences;
  return comparison.unknown.empty() ? ExitCode::success : ExitCode::incomplete;
}

ExitCode run_each_step(Context& context, SourceLoader& loader, const Backend& left, const Backend& right,
                       const ComparisonOptions& options) {
  if (context.is_json())
    throw Error(ErrorCategory::usage, "--each-step has no JSON form yet").with_remedy("leave out --format json");
  std::ostream& out = *context.out;
  const std::vector<StepResult> steps =
      compare_each_step(loader, *context.servers, left, right, options, [&](const StepResult& step) {
        out << escape_for_terminal(fmt::format("{} {}: {} difference{}", step.version, step.name,
                                               step.comparison.differences.size(),
                                               step.comparison.differences.size() == 1 ? "" : "s"))
            << '\n';
        for (const Difference& one : step.introduced) {
          out << "  + " << escape_for_terminal(one.code + " " + one.object() + ": " + one.message) << '\n';
        }
        for (const Difference& one : step.repaired)
          out << "  - " << escape_for_terminal(one.code + " " + one.object()) << '\n';
        if (!step.introduced.empty())
          for (const auto& [backend, file] : {std::pair{&left, &step.left_file}, std::pair{&right, &step.right_file}})
            out << escape_for_terminal(
                       fmt::format("    {}: {}", backend->name(), file->empty() ? "no file for this version" : *file))
                << '\n';
        return true;
      });
  if (steps.empty()) return ExitCode::success;
  const auto first = std::find_if(steps.begin(), steps.end(),
                                  [](const StepResult& step) { return !step.comparison.differences.empty(); });
  if (first != steps.end())
    out << escape_for_terminal(fmt::format("The engines first differ after {} {}.", first->version, first->name))
        << '\n';
  write_text(out, steps.back().comparison, {context.color});
  return verdict(steps.back().comparison);
}

ExitCode run_diff(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json"});
  const ComparisonOptions options = comparison_options(context, values);
  SourceLoader loader(context.registry, context.configuration, *context.servers);
  SourceOptions source_options;
  source_options.skip_database_commands = values["skip-database-commands"].as<bool>();
  std::vector<std::string> sources = arguments;
  const bool each_step = values["each-step"].as<bool>();
  if (sources.empty()) {
    if (context.engines.size() != 2)
      throw Error(ErrorCategory::usage, "diff without sources compares two engines, and " +
                                            std::to_string(context.engines.size()) + " were chosen");
    if (each_step) return run_each_step(context, loader, *context.engines[0], *context.engines[1], options);
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
  Comparison comparison = compare(left_catalog.catalog, right_catalog.catalog, options);
  comparison.left_label = left_catalog.label;
  comparison.right_label = right_catalog.label;
  if (context.is_json()) {
    write_json(*context.out, comparison);
  } else {
    write_text(*context.out, comparison, {context.color});
  }
  return verdict(comparison);
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
      "Exit status 0: no difference; 1: differences; 5: something could not be compared.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    auto add = options.add_options();
    add("names", po::value<std::string>()->value_name("HOW"),
        "exact, ignore-case, or fold (order_items = OrderItems; the default)");
    add("column-order", po::bool_switch(), "compare the order of columns as well");
    add("each-step", po::bool_switch(), "compare after every migration and name the first that differs");
    add("skip-database-commands", po::bool_switch(),
        "leave out USE, \\c, CREATE DATABASE … in scripts instead of refusing them");
  };
  command.run = run_diff;
  return command;
}

}  // namespace paripassu::cli
