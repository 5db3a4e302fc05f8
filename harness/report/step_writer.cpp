#include "harness/report/step_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/ascii_json.h"
#include "harness/report/report_writer.h"

namespace paripassu {

namespace {

using nlohmann::ordered_json;

constexpr int kStepReportVersion = 1;
/// Differences that one list of the text shows; JSON has all.
constexpr std::size_t kShownMax = 60;

std::string count_of(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string painted(std::string_view text, std::string_view sgr, bool color) {
  return color ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : std::string(text);
}

std::string_view color_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "31";
    case Severity::warning:
      return "33";
    case Severity::note:
      return "36";
  }
  return "0";
}

std::string label(const StepVersion& version) {
  return escape_for_terminal(version.name.empty() ? version.version : version.version + " " + version.name);
}

/// "column-type orders.note [note]"
std::string title(const Difference& difference, bool color) {
  std::string text = painted(difference.code, color_of(difference.severity), color);
  // What has no name is called by its definition.
  const std::string object = difference.object();
  if (!object.empty()) text += " " + escape_for_terminal(object);
  if (difference.severity != Severity::error) text += fmt::format(" [{}]", to_string(difference.severity));
  if (!difference.waived.empty()) text += " [waived]";
  return text;
}

std::string place(const DifferenceSide& side) {
  if (side.file.empty()) return {};
  return side.line > 0 ? fmt::format("{}:{}", side.file, side.line) : side.file;
}

void write_places(std::ostream& out, const Difference& difference) {
  for (const DifferenceSide* side : {&difference.left_side, &difference.right_side})
    if (const std::string text = place(*side); !text.empty()) out << "      " << escape_for_terminal(text) << '\n';
}

void write_more(std::ostream& out, std::size_t count) {
  if (count > kShownMax) out << fmt::format("  and {} more, all named with --format json\n", count - kShownMax);
}

/// `since` says when, of a life.
template <class Since>
void write_lives(std::ostream& out, std::string_view heading, const std::vector<const DifferenceLife*>& lives,
                 bool color, Since since) {
  if (lives.empty()) return;
  out << '\n' << painted(heading, "1", color) << '\n';
  for (std::size_t i = 0; i < lives.size() && i < kShownMax; ++i)
    out << "  " << title(lives[i]->difference, color) << ": " << escape_for_terminal(since(*lives[i])) << '\n';
  write_more(out, lives.size());
}

ordered_json or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json to_json(const std::string& label, const ComparedSide& side) {
  ordered_json out;
  out["label"] = label;
  out["engine"] = side.engine;
  out["product"] = side.product;
  out["product_version"] = side.product_version;
  out["genuine"] = side.genuine;
  return out;
}

ordered_json to_json(const StepVersion& version) {
  ordered_json out;
  out["version"] = version.version;
  out["name"] = or_null(version.name);
  out["left_file"] = or_null(version.left_file);
  out["right_file"] = or_null(version.right_file);
  return out;
}

ordered_json to_json(const DifferenceSide& side) {
  ordered_json out;
  out["schema"] = or_null(side.schema);
  out["table"] = or_null(side.table);
  out["name"] = or_null(side.name);
  out["file"] = or_null(side.file);
  out["line"] = side.line > 0 ? ordered_json(side.line) : ordered_json(nullptr);
  return out;
}

ordered_json to_json(const DifferenceLife& life, const StepReport& report) {
  const Difference& difference = life.difference;
  ordered_json out;
  out["code"] = difference.code;
  out["severity"] = to_string(difference.severity);
  out["schema"] = or_null(difference.schema);
  out["table"] = or_null(difference.table);
  out["kind"] = difference.kind;
  out["name"] = difference.name;
  out["object"] = difference.object();
  out["left"] = or_null(difference.left);
  out["right"] = or_null(difference.right);
  out["message"] = difference.message;
  out["waived"] = or_null(difference.waived);
  out["left_side"] = to_json(difference.left_side);
  out["right_side"] = to_json(difference.right_side);
  out["introduced"] = to_json(report.steps[life.introduced].version);
  out["repaired"] = life.repaired ? to_json(report.steps[*life.repaired].version) : ordered_json(nullptr);
  return out;
}

}  // namespace

void write_step_text(std::ostream& out, const StepResult& step, bool color) {
  out << label(step.version) << ": " << count_of(step.errors + step.warnings, "difference");
  if (step.notes > 0) out << ", " << count_of(step.notes, "note");
  if (step.waived > 0) out << ", " << step.waived << " waived";
  if (step.unknown > 0) out << ", " << step.unknown << " unknown";
  out << '\n';
  for (std::size_t i = 0; i < step.introduced.size() && i < kShownMax; ++i) {
    const Difference& difference = step.introduced[i];
    out << "  + " << title(difference, color) << ": " << escape_for_terminal(difference.message) << '\n';
    write_places(out, difference);
  }
  write_more(out, step.introduced.size());
  const bool one_sided = step.version.left_file.empty() != step.version.right_file.empty();
  if (!step.introduced.empty() && one_sided)
    out << escape_for_terminal(fmt::format("    only {} belongs to this version: the {} side has no file for it",
                                           step.version.left_file + step.version.right_file,
                                           step.version.left_file.empty() ? "left" : "right"))
        << '\n';
  for (std::size_t i = 0; i < step.repaired.size() && i < kShownMax; ++i)
    out << "  - " << title(step.repaired[i], color) << '\n';
  write_more(out, step.repaired.size());
}

void write_steps_summary_text(std::ostream& out, const StepReport& report, bool color) {
  if (report.steps.empty()) {
    out << "There is no version to compare after.\n";
    return;
  }
  if (report.first_divergence.empty()) {
    out << fmt::format("The engines do not differ after any version ({} compared).\n", report.steps.size());
  } else {
    for (const StepResult& step : report.steps) {
      if (step.version.version != report.first_divergence) continue;
      out << "The engines first differ after " << label(step.version) << ".\n";
      break;
    }
  }
  std::vector<const DifferenceLife*> open;
  std::vector<const DifferenceLife*> repaired;
  for (const DifferenceLife& life : report.lives) (life.repaired ? repaired : open).push_back(&life);
  const auto version = [&report](std::size_t step) { return report.steps[step].version.version; };
  write_lives(out, "Still there", open, color,
              [&](const DifferenceLife& life) { return "since " + version(life.introduced); });
  write_lives(out, "Repaired on the way", repaired, color, [&](const DifferenceLife& life) {
    return "introduced by " + version(life.introduced) + ", repaired by " + version(*life.repaired);
  });
}

void write_steps_text(std::ostream& out, const StepReport& report, bool color) {
  for (const StepResult& step : report.steps) write_step_text(out, step, color);
  write_steps_summary_text(out, report, color);
}

void write_steps_json(std::ostream& out, const StepReport& report) {
  ordered_json document;
  document["version"] = kStepReportVersion;
  document["left"] = to_json(report.last.left_label, report.last.left);
  document["right"] = to_json(report.last.right_label, report.last.right);
  document["first_divergence"] = or_null(report.first_divergence);
  document["steps"] = ordered_json::array();
  for (const StepResult& step : report.steps) {
    ordered_json entry = to_json(step.version);
    entry["differs"] = step.differs;
    entry["errors"] = step.errors;
    entry["warnings"] = step.warnings;
    entry["notes"] = step.notes;
    entry["waived"] = step.waived;
    entry["unknown"] = step.unknown;
    entry["introduced"] = step.introduced.size();
    entry["repaired"] = step.repaired.size();
    document["steps"].push_back(std::move(entry));
  }
  document["differences"] = ordered_json::array();
  for (const DifferenceLife& life : report.lives) document["differences"].push_back(to_json(life, report));
  out << report::ascii_json(document) << '\n';
}

}  // namespace paripassu
