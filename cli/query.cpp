#include <fmt/format.h>

#include <filesystem>

#include "cli/context.h"
#include "cli/data_sides.h"
#include "cli/parity_options.h"
#include "cli/version.h"
#include "harness/datacheck/query_suite.h"
#include "harness/report/query_writer.h"

namespace paripassu::cli {

namespace {

constexpr std::string_view kQueriesFolder = "tests/queries";

std::map<std::string, std::string> given_parameters(const po::variables_map& values) {
  std::map<std::string, std::string> given;
  if (values.count("param") == 0) return given;
  for (const std::string& text : values["param"].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ErrorCategory::usage, fmt::format("--param {}: expected NAME=VALUE", text))
          .with_remedy("for example --param since=2026-01-01");
    given[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return given;
}

ExitCode verdict(const QueryReport& report) {
  if (report.count(QueryOutcome::failed) > 0) return ExitCode::differences;
  return report.count(QueryOutcome::incomplete) > 0 || report.results.empty() ? ExitCode::incomplete
                                                                              : ExitCode::success;
}

ExitCode run_query(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json", "junit", "markdown"});
  if (context.engines.size() != 2)
    throw Error(ErrorCategory::usage,
                fmt::format("query compares two engines, and {} were chosen", context.engines.size()));
  std::vector<std::string> paths = arguments;
  if (paths.empty()) {
    const std::string folder =
        (std::filesystem::path(context.configuration.project_dir) / kQueriesFolder).lexically_normal().string();
    if (!std::filesystem::is_directory(folder))
      throw Error(ErrorCategory::usage, "query needs a file or folder of queries")
          .with_remedy(fmt::format("name one, or put the project's queries into {}", kQueriesFolder));
    paths.push_back(folder);
  }
  QueryOptions options;
  options.parameters = given_parameters(values);
  options.names = context.configuration.names;
  options.fail_on = fail_on_option(context, values);
  if (values["limit"].as<int>() < 0) throw Error(ErrorCategory::usage, "--limit must not be negative");
  options.limit = static_cast<std::size_t>(values["limit"].as<int>());
  const std::vector<QueryTest> queries = read_queries(paths, context.registry);

  DataSides sides(context);
  const bool migrations = values["migrations"].as<bool>();
  const auto side = [&](const Backend& backend) {
    return migrations ? sides.migrated(backend) : sides.configured(backend);
  };
  const DataSide left = side(*context.engines[0]);
  const DataSide right = side(*context.engines[1]);
  context.show_progress("connecting");
  const QueryReport report =
      run_queries(queries, left, right, options, [&](const QueryResult& result, std::size_t done) {
        context.show_progress(fmt::format("{} of {}: {}", done, queries.size(), result.name));
      });
  context.show_progress("");
  ReportOptions report_options;
  report_options.style = text_style(context);
  report_options.tool_version = kVersion;
  write_query_report(*context.out, report, *report_format_from_string(context.format), report_options);
  return verdict(report);
}

}  // namespace

Command query_command() {
  Command command;
  command.name = "query";
  command.arguments = "[FILE|FOLDER…]";
  command.summary = "runs the same logical query on both engines and compares the results";
  command.description =
      "A query is one file for both engines (late_orders.sql) or one per engine (late_orders.postgres.sql,\n"
      "late_orders.sqlserver.sql). Comments at its head declare parameters and how results compare:\n"
      "  -- param since date = 2026-01-01   used as :since\n"
      "  -- order: rows                     compare rows by position, not as a set\n"
      "  -- key: id                         pair rows by these columns\n"
      "  -- ignore: col    -- class: time-zone = accepted    -- tolerance: 1e-9\n"
      "A folder is a regression suite; without any, the project's tests/queries. Databases are only read.\n"
      "Exit status 0: all results alike; 1: a difference, or an engine refused a query; 5: something could not be run.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    auto add = options.add_options();
    add("param", po::value<std::vector<std::string>>()->value_name("NAME=VALUE"),
        "value of a parameter, in place of the one in the file (may be repeated)");
    add("limit",
        po::value<int>()->default_value(static_cast<int>(limits::kDataDifferencesShownDefault))->value_name("N"),
        "differing rows shown per query; all are counted");
    add("fail-on", po::value<std::string>()->value_name("SEVERITY"),
        "error or warning (the default): from when on a difference fails the run");
    add("migrations", po::bool_switch(),
        "run on scratch databases with the project's migrations and the rows of the tests' ladder");
  };
  command.run = run_query;
  return command;
}

}  // namespace paripassu::cli
