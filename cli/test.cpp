#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/context.h"
#include "cli/parity_options.h"
#include "cli/version.h"
#include "harness/migration_tests/test_run.h"
#include "harness/report/test_writer.h"

namespace paripassu::cli {

namespace {

/// "--only stairway,ladder --only case".
std::set<TestKind> chosen_kinds(const po::variables_map& values) {
  std::set<TestKind> kinds;
  if (values.count("only") == 0) return kinds;
  for (const std::string& list : values["only"].as<std::vector<std::string>>()) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      kinds.insert(test_kind_from_string(list.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  return kinds;
}

int job_count(const po::variables_map& values) {
  constexpr int kJobsMax = 64;
  if (values.count("jobs") == 0) return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  const int jobs = values["jobs"].as<int>();
  if (jobs < 1 || jobs > kJobsMax)
    throw Error(ErrorCategory::usage, fmt::format("--jobs {} is not between 1 and {}", jobs, kJobsMax));
  return jobs;
}

/// "37 of 120, 12 s left: postgres/stairway/0003_add_phone".
std::string progress_line(const TestProgress& progress) {
  std::string line = fmt::format("{} of {}", progress.done, progress.total);
  if (progress.left_ms >= 0) line += fmt::format(", {} s left", (progress.left_ms + 999) / 1000);
  if (progress.name != nullptr) line += ": " + progress.name->text();
  return line;
}

ExitCode verdict(const TestReport& report) {
  if (report.count(TestOutcome::failed) > 0) return ExitCode::differences;
  const bool empty = report.count(TestOutcome::passed) + report.count(TestOutcome::skipped) == 0;
  return report.count(TestOutcome::incomplete) > 0 || empty ? ExitCode::incomplete : ExitCode::success;
}

ExitCode run_test(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  if (!arguments.empty())
    throw Error(ErrorCategory::usage, "test takes no arguments, and was given '" + arguments.front() + "'")
        .with_remedy("--filter chooses tests by name, --only by kind");
  context.require_format({"text", "json", "junit", "markdown"});
  TestOptions options;
  options.only = chosen_kinds(values);
  if (values.count("filter") != 0) options.filter = values["filter"].as<std::vector<std::string>>();
  options.jobs = job_count(values);
  options.keep = values["keep"].as<bool>();
  options.accept = values["accept"].as<bool>();
  options.skip_database_commands = values["skip-database-commands"].as<bool>();
  if (options.accept && options.only.empty()) options.only = {TestKind::ladder};
  if (options.accept && options.only.count(TestKind::ladder) == 0)
    throw Error(ErrorCategory::usage, "--accept writes the ladder's expectations, and --only leaves the ladder out");
  SourceLoader loader(context.registry, context.configuration, *context.servers);
  TestContext tests(context.registry, context.configuration, *context.servers, loader, options);
  context.show_progress("starting servers");
  TestReport report = run_tests(tests, context.engines, [&context](const TestProgress& progress) {
    if (progress.finished != nullptr && context.verbosity > 0)
      context.say(fmt::format("{:<10} {} ({} ms)", to_string(progress.finished->outcome),
                              progress.finished->name.text(), progress.finished->duration_ms));
    context.show_progress(progress_line(progress));
  });
  context.show_progress("");
  ReportOptions report_options;
  report_options.style = text_style(context);
  report_options.tool_version = kVersion;
  write_test_report(*context.out, report, *report_format_from_string(context.format), report_options);
  return verdict(report);
}

}  // namespace

Command test_command() {
  Command command;
  command.name = "test";
  command.summary = "tests the project's migrations on both engines";
  command.description =
      "Kinds of tests: stairway (each migration up, down, up, the whole catalog compared after each step),\n"
      "stairway-data (the same with rows in place), ladder (data inserted between migrations, checked at the end),\n"
      "case (before, after and restored data of one migration), skipped (from every version straight to the newest),\n"
      "model (the application's model against the migrations), parity (the engines compared after each version),\n"
      "rerun (a second up does nothing), runners (two at once). Everything happens in scratch databases.\n"
      "A test is named ENGINE/KIND/MIGRATION: postgres/stairway/0003_add_phone.\n"
      "Exit status 0: all passed; 1: a test failed; 5: something could not be run.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    auto add = options.add_options();
    add("only", po::value<std::vector<std::string>>()->value_name("KINDS"), "only these kinds, separated by commas");
    add("filter", po::value<std::vector<std::string>>()->value_name("NAME"),
        "only tests whose name contains this, or matches it where it has * or ? (may be repeated)");
    add("jobs,j", po::value<int>()->value_name("N"), "scratch databases in parallel (default: one per processor)");
    add("keep", po::bool_switch(), "leave the database of a failed test and say how to connect");
    add("accept", po::bool_switch(), "write what the ladder finds as its expectations, and show what changed");
    add("skip-database-commands", po::bool_switch(),
        "leave out USE, \\c, CREATE DATABASE … in migrations instead of refusing them");
  };
  command.run = run_test;
  return command;
}

}  // namespace paripassu::cli
