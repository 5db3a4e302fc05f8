#include "cli/parity_options.h"

#include <filesystem>

#include "cli/version.h"
#include "harness/parity/waivers.h"

namespace paripassu::cli {
namespace {

namespace fs = std::filesystem;

Severity severity_option(const std::string& word, const std::string& where) {
  if (const auto severity = severity_from_string(word)) return *severity;
  throw Error(ErrorCategory::usage, where + " " + word + " is not error, warning or note");
}

/// The folder that holds the repository, where services that show findings look for files; else the current one.
fs::path repository_root() {
  std::error_code error;
  const fs::path start = fs::current_path(error);
  for (fs::path folder = start;; folder = folder.parent_path()) {
    if (fs::exists(folder / ".git", error)) return folder;
    if (folder == folder.parent_path()) return start;
  }
}

/// File names in a comparison are relative to the project; those who read a report do not know where that is.
void make_absolute(DifferenceSide& side, const fs::path& project) {
  if (!side.file.empty() && fs::path(side.file).is_relative())
    side.file = (project / side.file).lexically_normal().string();
}

}  // namespace

void add_parity_options(po::options_description& options) {
  auto add = options.add_options();
  add("names", po::value<std::string>()->value_name("HOW"),
      "exact, ignore-case, or fold (order_items = OrderItems; the default)");
  add("column-order", po::bool_switch(), "compare the order of columns as well");
  add("enum-order", po::bool_switch(), "compare the order of an enum's labels as well");
  add("fail-on", po::value<std::string>()->value_name("SEVERITY"),
      "error, warning (the default) or note: from when on a difference fails the run");
}

ParityOptions parity_options(const Context& context, const po::variables_map& values) {
  const Configuration& configuration = context.configuration;
  check_codes(configuration);
  ParityOptions options;
  options.comparison.names = configuration.names;
  options.comparison.schema_pairs = configuration.schema_pairs;
  options.comparison.compare_column_order = configuration.compare_column_order || values["column-order"].as<bool>();
  options.comparison.compare_enum_order = configuration.compare_enum_order || values["enum-order"].as<bool>();
  options.comparison.equivalent_types = configuration.equivalent_types;
  options.comparison.engines = &context.registry;
  if (values.count("names") != 0)
    options.comparison.names = name_matching_from_string(values["names"].as<std::string>(), "--names");
  options.fail_on = values.count("fail-on") != 0
                        ? severity_option(values["fail-on"].as<std::string>(), "--fail-on")
                        : severity_from_string(configuration.fail_on).value_or(Severity::warning);
  options.severities = configured_severities(configuration);
  options.waivers = configuration.waivers;
  return options;
}

void refine(Comparison& comparison, const ParityOptions& options, bool is_own) {
  apply_waivers(comparison, options.waivers, local_today());
  if (!is_own) std::erase_if(comparison.differences, [](const Difference& one) { return one.code == "waiver-unused"; });
  apply_severities(comparison, options.severities);
}

ReportFormat comparison_format(const Context& context) {
  const auto format = report_format_from_string(context.format);
  if (!format) context.require_format({"text", "json", "junit", "sarif", "github", "markdown"});
  return *format;
}

TextStyle text_style(const Context& context) {
  TextStyle style;
  style.color = context.color;
  style.verbose = context.verbosity > 0;
  return style;
}

void write_comparison(const Context& context, Comparison& comparison, ReportFormat format, Severity fail_on) {
  ReportOptions options;
  options.style = text_style(context);
  options.fail_on = fail_on;
  options.tool_version = kVersion;
  if (format != ReportFormat::text) {
    const fs::path project = fs::absolute(context.configuration.project_dir);
    for (Difference& difference : comparison.differences) {
      make_absolute(difference.left_side, project);
      make_absolute(difference.right_side, project);
    }
    options.base_dir = repository_root();
    if (!context.configuration.file.empty()) options.fallback_file = fs::absolute(context.configuration.file).string();
  }
  write_report(*context.out, comparison, format, options);
}

}  // namespace paripassu::cli
