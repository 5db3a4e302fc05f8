#include "cli/parity_options.h"

#include <filesystem>

#include "cli/version.h"

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

ParityRules parity_options(const Context& context, const po::variables_map& values) {
  ParityRules rules = parity_rules(context.configuration, context.registry);
  if (values["column-order"].as<bool>()) rules.comparison.compare_column_order = true;
  if (values["enum-order"].as<bool>()) rules.comparison.compare_enum_order = true;
  if (values.count("names") != 0)
    rules.comparison.names = name_matching_from_string(values["names"].as<std::string>(), "--names");
  if (values.count("fail-on") != 0) rules.fail_on = severity_option(values["fail-on"].as<std::string>(), "--fail-on");
  return rules;
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
