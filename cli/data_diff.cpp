#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <ostream>
#include <thread>

#include "backends/limits.h"
#include "cli/context.h"
#include "cli/parity_options.h"
#include "cli/version.h"
#include "harness/datacheck/data_comparison.h"
#include "harness/datacheck/repair.h"
#include "harness/datacheck/table_plan.h"
#include "harness/report/data_writer.h"

namespace paripassu::cli {

namespace {

constexpr int kRecheckMax_s = 86'400;

Error usage(const std::string& message, const std::string& remedy = "") {
  Error error(ErrorCategory::usage, message);
  if (!remedy.empty()) error.with_remedy(remedy);
  return error;
}

std::string option_text(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::string() : values[name].as<std::string>();
}

std::vector<std::string> option_texts(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::vector<std::string>() : values[name].as<std::vector<std::string>>();
}

/// "--columns a,b --columns c": names that hold a comma themselves are for the configuration.
std::vector<std::string> option_list(const po::variables_map& values, const char* name) {
  std::vector<std::string> words;
  for (const std::string& list : option_texts(values, name)) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      const std::string word = list.substr(begin, end - begin);
      if (word.find_first_not_of(' ') == std::string::npos)
        throw usage(fmt::format("--{} {}: a name is empty", name, list));
      const std::size_t first = word.find_first_not_of(' ');
      words.push_back(word.substr(first, word.find_last_not_of(' ') + 1 - first));
      begin = end + 1;
    }
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// "256MiB", "1 GiB", "33554432".
std::size_t memory_option(const po::variables_map& values) {
  const std::string text = option_text(values, "memory");
  if (text.empty()) return 0;
  struct Unit {
    std::string_view word;
    unsigned shift;
  };
  constexpr Unit kUnits[] = {{"", 0}, {"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  constexpr std::uint64_t kMemoryMax_bytes = std::uint64_t{1} << 42;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view word(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
  const auto* unit =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& one) { return one.word == word; });
  if (error != std::errc() || unit == std::end(kUnits) || number > kMemoryMax_bytes >> unit->shift)
    throw usage("--memory " + text + " is no size", "for example: --memory 512MiB (bytes, KiB, MiB, GiB)");
  const auto bytes = static_cast<std::size_t>(number << unit->shift);
  if (bytes < limits::kDataMemoryMin_bytes)
    throw usage("--memory " + text + " is too little",
                fmt::format("allow at least {} MiB", limits::kDataMemoryMin_bytes >> 20));
  return bytes;
}

int bounded_option(const po::variables_map& values, const char* name, int minimum, int maximum, int fallback) {
  if (values.count(name) == 0) return fallback;
  const int number = values[name].as<int>();
  if (number < minimum || number > maximum)
    throw usage(fmt::format("--{} {} is not between {} and {}", name, number, minimum, maximum));
  return number;
}

int default_jobs() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 4u));
}

/// "--class time-zone=accepted".
std::map<ValueClass, ClassVerdict> class_options(const po::variables_map& values) {
  std::map<ValueClass, ClassVerdict> classes;
  for (const std::string& text : option_texts(values, "class")) {
    const std::size_t equals = text.find('=');
    const std::string word = text.substr(0, equals);
    const std::optional<ValueClass> value_class = value_class_from_string(word);
    if (!value_class) {
      std::vector<std::string> known;
      for (std::size_t i = 0; i < kValueClasses; ++i) known.emplace_back(to_string(static_cast<ValueClass>(i)));
      const std::string near = nearest_word(word, known);
      throw usage(fmt::format("--class {}: there is no class '{}'{}", text, word,
                              near.empty() ? "" : "; did you mean '" + near + "'?"),
                  "the classes are: " + joined(known));
    }
    const auto verdict =
        equals == std::string::npos ? std::nullopt : class_verdict_from_string(text.substr(equals + 1));
    if (!verdict)
      throw usage(fmt::format("--class {} has no verdict", text),
                  fmt::format("write --class {}=error, {}=warning or {}=accepted", word, word, word));
    classes[*value_class] = *verdict;
  }
  return classes;
}

Tolerance tolerance_option(const po::variables_map& values) {
  const std::string text = option_text(values, "tolerance");
  if (text.empty()) return {};
  try {
    return tolerance_from_string(text);
  } catch (const Error& error) {
    throw usage("--tolerance: " + error.message(), error.remedy());
  }
}

DataSelection selection_options(const po::variables_map& values) {
  DataSelection selection;
  selection.tables = option_texts(values, "table");
  selection.columns = option_list(values, "columns");
  selection.key = option_list(values, "key");
  const std::string both = option_text(values, "where");
  selection.left_where = option_text(values, "left-where");
  selection.right_where = option_text(values, "right-where");
  if (!both.empty() && !(selection.left_where.empty() && selection.right_where.empty()))
    throw usage("--where is about both sides: leave out --left-where and --right-where, or give both of these");
  if (!both.empty()) selection.left_where = selection.right_where = both;
  selection.classes = class_options(values);
  selection.count_accepted = values["count-accepted"].as<bool>();
  selection.tolerance = tolerance_option(values);
  return selection;
}

Severity fail_on_data(const Context& context, const po::variables_map& values) {
  const std::string word =
      values.count("fail-on") != 0 ? option_text(values, "fail-on") : context.configuration.data.fail_on;
  const auto severity = severity_from_string(word);
  if (!severity || *severity == Severity::note) throw usage("--fail-on " + word + " is not error or warning");
  return *severity;
}

DataMethod method_option(const po::variables_map& values) {
  const std::string word = option_text(values, "method");
  if (word.empty()) return DataMethod::automatic;
  if (const auto method = data_method_from_string(word)) return *method;
  throw usage("--method " + word + " is not auto, merge, reconcile or checksum");
}

DataFormat format_option(const Context& context) {
  const auto format = data_format_from_string(context.format);
  if (!format) context.require_format({"text", "json", "jsonl", "csv", "junit", "markdown"});
  return *format;
}

/// The two databases: those that are named, else the configured ones.
std::vector<Source> live_sources(const Context& context, const std::vector<std::string>& arguments) {
  std::vector<Source> sources;
  if (!arguments.empty() && arguments.size() != 2)
    throw usage("data-diff needs two databases, or none inside a project",
                "for example: paripassu data-diff postgres://me@host/orders sqlserver://me@host/orders");
  if (arguments.empty()) {
    if (context.engines.size() != 2)
      throw usage(fmt::format("data-diff without sources compares the databases of two engines, and {} were chosen",
                              context.engines.size()));
    for (const Backend* backend : context.engines) {
      const std::string name(backend->name());
      const auto found = context.configuration.engines.find(name);
      const std::string url =
          found == context.configuration.engines.end() ? std::string() : found->second.url.value_or("");
      // A server that the run would start has no rows.
      if (url.empty())
        throw usage(fmt::format("data-diff compares databases that are there, and none is named for {}",
                                backend->display_name()),
                    fmt::format("set url in [engines.{}] of paripassu.toml, or give --{} URL", name, name));
      sources.push_back(parse_source(url, context.registry, "."));
    }
    return sources;
  }
  for (const std::string& argument : arguments) {
    sources.push_back(parse_source(argument, context.registry, "."));
    if (sources.back().kind != Source::Kind::live)
      throw usage(sources.back().text + " is no live database, and has no rows to compare",
                  "name both databases by their URLs; `paripassu diff` compares schemas of any source, and `paripassu "
                  "query --migrations` the rows of the tests");
  }
  return sources;
}

Repair::Target repair_target(const Context& context, const std::string& word, const std::vector<Source>& sources) {
  if (word == "left") return Repair::Target::left;
  if (word == "right") return Repair::Target::right;
  const Backend& backend = context.registry.get(word);
  const bool is_left = sources[0].backend == &backend;
  const bool is_right = sources[1].backend == &backend;
  if (is_left && is_right)
    throw usage("--repair " + word + ": both databases are of this engine", "write --repair left or --repair right");
  if (!is_left && !is_right) throw usage("--repair " + word + ": neither database is of this engine");
  return is_left ? Repair::Target::left : Repair::Target::right;
}

std::string grouped(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

/// "orders: 1,234,567 rows, 61%, 12 s left (3 of 11 tables done)".
std::string progress_line(const DataProgress& progress) {
  std::string line =
      progress.table != nullptr && progress.table->left != nullptr ? progress.table->left->name + ": " : "";
  line += grouped(progress.rows) + " rows";
  if (progress.rows_expected > 0)
    line += fmt::format(", {}%", std::min<std::uint64_t>(99, progress.rows * 100 / progress.rows_expected));
  if (progress.left_ms >= 0) line += fmt::format(", {} s left", (progress.left_ms + 999) / 1000);
  return line + fmt::format(" ({} of {} tables done)", progress.tables_done, progress.tables);
}

ExitCode verdict(const DataReport& report, Severity fail_on, std::uint64_t unanswered) {
  if (report.differs(fail_on)) return ExitCode::differences;
  return report.complete() && unanswered == 0 ? ExitCode::success : ExitCode::incomplete;
}

DataSide side_of(const Context& context, const Source& source, const LoadedCatalog& loaded) {
  DataSide side;
  side.backend = source.backend;
  side.catalog = &loaded.catalog;
  side.label = loaded.label;
  ServerPool* const servers = context.servers.get();
  side.connect = [servers, backend = source.backend, url = *source.url] { return servers->connect(*backend, url); };
  return side;
}

ExitCode run_data_diff(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  const DataFormat format = format_option(context);
  const bool by_rows = format == DataFormat::jsonl || format == DataFormat::csv;
  const std::string repair_word = option_text(values, "repair");
  if (!repair_word.empty() && format != DataFormat::text) throw usage("--repair prints statements: leave out --format");
  const DataSelection selection = selection_options(values);
  DataOptions options;
  options.method = method_option(values);
  options.memory_bytes = memory_option(values);
  options.jobs = bounded_option(values, "jobs", 1, limits::kDataJobsMax, default_jobs());
  const int limit =
      bounded_option(values, "limit", 0, 1'000'000, static_cast<int>(limits::kDataDifferencesShownDefault));
  options.limit = by_rows || !repair_word.empty() ? 0 : static_cast<std::size_t>(limit);
  options.recheck_s = bounded_option(values, "recheck", 0, kRecheckMax_s, 0);
  options.fail_on = fail_on_data(context, values);
  const std::vector<Source> sources = live_sources(context, arguments);
  const std::optional<Repair::Target> target =
      repair_word.empty() ? std::nullopt : std::optional(repair_target(context, repair_word, sources));

  const ParityRules rules = parity_rules(context.configuration, context.registry);
  SourceLoader loader(context.registry, context.configuration, *context.servers);
  context.show_progress("reading the catalogs of " + sources[0].text + " and " + sources[1].text);
  const auto [left, right] = loader.load_both(sources[0], sources[1], {});
  context.show_progress("");
  for (const LoadedCatalog* loaded : {&left, &right})
    for (const std::string& warning : loaded->warnings) context.say("warning: " + warning);
  const DataPlan plan = plan_data(left.catalog, right.catalog, rules, context.configuration, selection);

  std::optional<DataRowWriter> rows;
  std::optional<Repair> repair;
  if (by_rows)
    rows.emplace(*context.out, format,
                 values.count("limit") == 0 ? std::nullopt : std::optional(static_cast<std::size_t>(limit)));
  if (target) {
    const Backend& backend = *sources[*target == Repair::Target::left ? 0 : 1].backend;
    repair.emplace(plan, *target, backend);
  }
  if (rows || repair)
    options.on_difference = [&](const TablePlan& table, const DataDifference& difference) {
      if (rows) rows->row(table, difference);
      if (repair) repair->add(table, difference);
    };
  options.on_progress = [&context](const DataProgress& progress) { context.show_progress(progress_line(progress)); };
  const DataReport report =
      compare_data(plan, side_of(context, sources[0], left), side_of(context, sources[1], right), options);
  context.show_progress("");

  if (rows) {
    rows->finish(report, options.fail_on);
  } else if (repair) {
    repair->write(*context.out, report);
  } else {
    ReportOptions report_options;
    report_options.style = text_style(context);
    report_options.fail_on = options.fail_on;
    report_options.tool_version = kVersion;
    write_data_report(*context.out, report, format, report_options);
  }
  if (rows || repair) {
    context.say(data_headline(report, options.fail_on));
    context.say(not_compared_line(report));
  }
  return verdict(report, options.fail_on, repair ? repair->unanswered() : 0);
}

}  // namespace

Command data_diff_command() {
  Command command;
  command.name = "data-diff";
  command.arguments = "[LEFT RIGHT]";
  command.summary = "compares the rows of two databases; without any, of the project's two";
  command.description =
      "LEFT and RIGHT are URLs of live databases, which are only read. Tables and columns pair by the rules of\n"
      "[parity] and [data]; rows by the primary key, else a unique key, else as a whole. Values compare by what they\n"
      "mean, and each that differs gets a class: different, truncated, rounding, precision, time-zone, null-empty,\n"
      "case, trailing-blanks, padding, unicode-form or json-formatting.\n"
      "Exit status 0: the same rows; 1: differences; 5: something was not compared, or not to its end.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    auto add = options.add_options();
    const auto texts = [](const char* name) { return po::value<std::vector<std::string>>()->value_name(name); };
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    const auto number = [](const char* name) { return po::value<int>()->value_name(name); };
    add("table", texts("PATTERN"), "only tables whose name matches, with * and ? (may be repeated)");
    add("columns", texts("NAMES"), "only these columns beside the key, separated by commas");
    add("key", texts("NAMES"), "columns of the key, for every table that has them all");
    add("where", text("SQL"), "only rows for which this holds, on both sides");
    add("left-where", text("SQL"), "… on the left");
    add("right-where", text("SQL"), "… on the right");
    add("class", texts("CLASS=VERDICT"),
        "what a class of differences does: error, warning or accepted (may be repeated)");
    add("tolerance", text("AMOUNT"), "of floating numbers: 1e-9, \"1e-9 relative\" or \"2 ulp\"");
    add("count-accepted", po::bool_switch(), "find and count accepted differences as well");
    add("method", text("METHOD"), "auto (the default), merge, reconcile or checksum");
    add("jobs,j", number("N"), "tables and key ranges at a time (default: one per processor, at most 4)");
    add("memory", text("SIZE"), "at most so much for rows on their way: 512MiB (default: 256MiB)");
    add("limit", number("N"), "differing rows shown per table (default: 20; jsonl and csv: all)");
    add("recheck", number("SECONDS"), "look at differing rows again after so long, and tell those that settled");
    add("repair", text("ENGINE"),
        "print the statements that would bring this engine's side (or left, right) in line; nothing is executed");
    add("fail-on", text("SEVERITY"), "error or warning (the default): from when on a difference fails the run");
  };
  command.run = run_data_diff;
  return command;
}

}  // namespace paripassu::cli
