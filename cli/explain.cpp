#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "cli/context.h"
#include "harness/parity/difference.h"
#include "harness/parity/difference_explanations.h"

namespace paripassu::cli {

namespace {

using nlohmann::ordered_json;

constexpr int kReportVersion = 1;
constexpr std::size_t kTextWidth = 100;

/// What the configuration makes of a code's severity; empty where it says nothing.
std::string configured_severity(const Context& context, std::string_view code) {
  const auto& severities = context.configuration.severities;
  const auto found = severities.find(std::string(code));
  return found == severities.end() ? std::string() : found->second.word;
}

/// One or more paragraphs' worth of words, `first` in front of the first line, the others indented by as much.
void write_wrapped(std::ostream& out, const std::string& first, std::string_view text) {
  const std::string indent(first.size(), ' ');
  std::istringstream words{std::string(text)};
  std::string line = first;
  bool is_empty = true;
  for (std::string word; words >> word;) {
    if (!is_empty && line.size() + 1 + word.size() > kTextWidth) {
      out << line << '\n';
      line = indent;
      is_empty = true;
    }
    line += (is_empty ? "" : " ") + word;
    is_empty = false;
  }
  out << line << '\n';
}

void write_text(const Context& context, const DifferenceCode& code, const DifferenceExplanation& explanation) {
  std::ostream& out = *context.out;
  const std::string configured = configured_severity(context, code.code);
  out << fmt::format("{}: {}\n", code.code, explanation.title);
  out << fmt::format("Severity: {}", to_string(code.severity));
  if (!configured.empty()) out << fmt::format("; {} in {}", configured, context.configuration.file);
  out << "\n\n";
  write_wrapped(out, "Why       ", explanation.why);
  write_wrapped(out, "To do     ", explanation.remedy);
  out << "\nExample\n";
  std::istringstream lines{std::string(explanation.example)};
  for (std::string line; std::getline(lines, line);) out << "  " << line << '\n';
}

void write_list(const Context& context) {
  std::size_t width = 0;
  for (const DifferenceCode& code : difference_codes()) width = std::max(width, code.code.size());
  for (const DifferenceCode& code : difference_codes()) {
    const std::string configured = configured_severity(context, code.code);
    *context.out << fmt::format("{:<{}}  {:<8} {}\n", code.code, width,
                                configured.empty() ? std::string(to_string(code.severity)) : configured,
                                explain_difference(code.code)->title);
  }
}

ordered_json to_json(const Context& context, const DifferenceCode& code) {
  const DifferenceExplanation& explanation = *explain_difference(code.code);
  const std::string configured = configured_severity(context, code.code);
  ordered_json out;
  out["code"] = code.code;
  out["severity"] = to_string(code.severity);
  out["configured_severity"] = configured.empty() ? ordered_json(nullptr) : ordered_json(configured);
  out["title"] = explanation.title;
  out["why"] = explanation.why;
  out["example"] = explanation.example;
  out["remedy"] = explanation.remedy;
  return out;
}

/// Throws Error(usage), naming the nearest one, for a code that does not exist.
const DifferenceCode& find_code(const std::string& word) {
  std::vector<std::string> names;
  for (const DifferenceCode& code : difference_codes()) {
    if (code.code == word) return code;
    names.emplace_back(code.code);
  }
  constexpr std::size_t kShownBytesMax = 80;
  std::string message = "there is no code '" + word.substr(0, kShownBytesMax);
  message += word.size() > kShownBytesMax ? "…'" : "'";
  const std::string near = nearest_word(word, names);
  if (!near.empty()) message += "; did you mean '" + near + "'?";
  throw Error(ErrorCategory::usage, message).with_remedy("`paripassu explain` lists the codes");
}

ExitCode run_explain(Context& context, const po::variables_map&, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json"});
  if (arguments.size() > 1)
    throw Error(ErrorCategory::usage, "explain takes one code, not " + std::to_string(arguments.size()))
        .with_remedy("without a code it lists them all");
  const DifferenceCode* chosen = arguments.empty() ? nullptr : &find_code(arguments[0]);
  if (context.is_json()) {
    ordered_json document;
    document["version"] = kReportVersion;
    document["codes"] = ordered_json::array();
    for (const DifferenceCode& code : difference_codes())
      if (chosen == nullptr || chosen == &code) document["codes"].push_back(to_json(context, code));
    constexpr int kIndent = 2;
    *context.out << document.dump(kIndent) << '\n';
  } else if (chosen != nullptr) {
    write_text(context, *chosen, *explain_difference(chosen->code));
  } else {
    write_list(context);
  }
  return ExitCode::success;
}

}  // namespace

Command explain_command() {
  Command command;
  command.name = "explain";
  command.arguments = "[CODE]";
  command.summary = "says what a code of a difference means, why it matters and what to do";
  command.description =
      "CODE is what a report shows: column-type, index-missing … Without one, all codes are listed with their "
      "severity,\n"
      "which is that of the project where paripassu.toml changes it. docs/differences.md has the same texts.";
  command.add_options = [](po::options_description&) {};
  command.run = run_explain;
  return command;
}

}  // namespace paripassu::cli
