#include <fmt/format.h>

#include <filesystem>

#include "cli/context.h"
#include "cli/data_sides.h"
#include "cli/parity_options.h"
#include "cli/version.h"
#include "harness/datacheck/check_suite.h"
#include "harness/parity/differ.h"
#include "harness/parity/parity_rules.h"
#include "harness/report/check_writer.h"

namespace paripassu::cli {

namespace {

std::vector<Check> declared_checks(const Context& context, const po::variables_map& values) {
  if (values.count("checks") == 0)
    return read_checks(
        (std::filesystem::path(context.configuration.project_dir) / "checks").lexically_normal().string(),
        context.registry);
  const std::string folder = values["checks"].as<std::string>();
  if (std::filesystem::is_regular_file(folder)) return read_check_file(folder, context.registry);
  if (!std::filesystem::is_directory(folder))
    throw Error(ErrorCategory::usage, fmt::format("--checks {}: there is no such file or folder", folder));
  return read_checks(folder, context.registry);
}

/// A live database, or an engine's migrations.
DataSide side_of(const Context& context, DataSides& sides, const std::string& text) {
  const Source source = parse_source(text, context.registry, ".");
  if (source.kind == Source::Kind::live) return sides.live(*source.backend, *source.url);
  if (source.kind == Source::Kind::migrations && !source.version) return sides.migrated(*source.backend);
  throw Error(ErrorCategory::usage, fmt::format("check needs rows, and {} has none", source.text))
      .with_remedy("name a live database by its URL, or ENGINE:migrations");
}

/// What the catalogs of both sides say about each other's data.
struct Implied {
  std::vector<ImpliedCheck> checks;
  std::vector<std::string> notes;
};

Implied find_implied(const Context& context, const catalog::Catalog& left, const catalog::Catalog& right) {
  const ParityRules rules = parity_rules(context.configuration, context.registry);
  Comparison comparison = compare(left, right, rules.comparison);
  refine(comparison, rules, false);
  Implied implied;
  std::size_t waived = 0;
  implied.checks = implied_checks(comparison, left, right, rules.comparison, waived);
  if (waived > 0)
    implied.notes.push_back(
        fmt::format("{} of the constraints that a side lacks {} accepted by a waiver and not checked", waived,
                    waived == 1 ? "is" : "are"));
  for (const catalog::Unknown& unknown : comparison.unknown)
    implied.notes.push_back(
        fmt::format("what is unknown implies nothing: {}: {} ({})", unknown.object, unknown.what, unknown.reason));
  return implied;
}

ExitCode verdict(const CheckReport& report, Severity fail_on) {
  if (report.fails(fail_on)) return ExitCode::differences;
  return report.count(CheckOutcome::incomplete) > 0 ? ExitCode::incomplete : ExitCode::success;
}

ExitCode run_check(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json", "junit", "markdown"});
  if (arguments.size() > 1)
    throw Error(ErrorCategory::usage, "check takes one source, or none to check the project's databases");
  const Severity fail_on = fail_on_option(context, values);
  const bool migrations = values["migrations"].as<bool>();
  if (migrations && !arguments.empty())
    throw Error(ErrorCategory::usage, "--migrations checks the project's scratch databases: name no source");
  const std::vector<Check> declared = declared_checks(context, values);

  DataSides sides(context);
  std::vector<CheckSide> checked;
  if (!arguments.empty()) {
    checked.push_back({side_of(context, sides, arguments.front()), {}});
  } else {
    for (const Backend* backend : context.engines)
      checked.push_back({migrations ? sides.migrated(*backend) : sides.configured(*backend), {}});
  }
  for (CheckSide& side : checked) sides.read_catalog(side.data);

  Implied implied;
  const bool wants_implied = !values["no-implied"].as<bool>();
  bool compared = false;
  if (values.count("against") != 0) {
    if (checked.size() != 1 || !wants_implied)
      throw Error(ErrorCategory::usage, "--against goes with one source, and not with --no-implied");
    const Source source = parse_source(values["against"].as<std::string>(), context.registry, ".");
    context.show_progress("reading " + source.text);
    const LoadedCatalog other = sides.loader().load(source, {});
    context.show_progress("");
    implied = find_implied(context, *checked[0].data.catalog, other.catalog);
    std::erase_if(implied.checks, [](const ImpliedCheck& check) { return !check.on_left; });
    compared = true;
  } else if (checked.size() == 2 && wants_implied) {
    implied = find_implied(context, *checked[0].data.catalog, *checked[1].data.catalog);
    compared = true;
  }
  for (const ImpliedCheck& check : implied.checks)
    checked[checked.size() == 1 || check.on_left ? 0 : 1].implied.push_back(&check);
  if (declared.empty() && !compared)
    throw Error(ErrorCategory::usage, "there is nothing to check: no declaration, and no other side")
        .with_remedy("write checks/*.toml, name a folder with --checks, or compare with --against SOURCE");

  CheckOptions options;
  options.names = context.configuration.names;
  CheckReport report =
      run_checks(checked, declared, options, [&](const CheckResult& result, std::size_t done, std::size_t total) {
        context.show_progress(fmt::format("{} of {}: {}", done, total, result.name));
      });
  context.show_progress("");
  report.notes.insert(report.notes.end(), implied.notes.begin(), implied.notes.end());
  if (compared && implied.checks.empty())
    report.notes.emplace_back("no side lacks a constraint that the other one has, but for what is waived");
  ReportOptions report_options;
  report_options.style = text_style(context);
  report_options.tool_version = kVersion;
  report_options.fail_on = fail_on;
  write_check_report(*context.out, report, *report_format_from_string(context.format), report_options);
  return verdict(report, fail_on);
}

}  // namespace

Command check_command() {
  Command command;
  command.name = "check";
  command.arguments = "[SOURCE]";
  command.summary = "checks the data: what checks/*.toml declares, and what the other engine's constraints imply";
  command.description =
      "SOURCE is the URL of a live database or ENGINE:migrations; without one, the project's databases of both "
      "engines\n"
      "are checked, and what a constraint that one of them has says about the data of the other. Databases are only\n"
      "read. docs/checks.md says what can be declared.\n"
      "Exit status 0: all checks passed; 1: a check failed; 5: a check could not be run.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    auto add = options.add_options();
    add("checks", po::value<std::string>()->value_name("DIR"),
        "folder or file of checks (default: the project's checks)");
    add("against", po::value<std::string>()->value_name("SOURCE"),
        "check SOURCE against the constraints of this one as well; its data is not read");
    add("no-implied", po::bool_switch(), "declared checks only");
    add("fail-on", po::value<std::string>()->value_name("SEVERITY"),
        "error, warning (the default) or note: from when on a failed check fails the run");
    add("migrations", po::bool_switch(),
        "check scratch databases with the project's migrations and the rows of the tests' ladder");
  };
  command.run = run_check;
  return command;
}

}  // namespace paripassu::cli
