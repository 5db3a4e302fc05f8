#include "harness/report/check_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "harness/dataset/row_text.h"
#include "harness/report/ascii_json.h"
#include "harness/report/suite_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

using nlohmann::ordered_json;

constexpr int kCheckReportVersion = 1;

/// "id = 7, status = 'gone'".
std::string row_text(const CheckResult& result, const std::vector<Cell>& row) {
  std::string text;
  for (std::size_t i = 0; i < row.size() && i < result.shown.size(); ++i)
    text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", result.shown[i], dataset::shown_value(row[i]));
  return dataset::shortened(std::move(text));
}

ordered_json json_of(const CheckResult& result) {
  ordered_json json = {{"check", result.name},
                       {"engine", result.engine},
                       {"kind", to_string(result.kind)},
                       {"outcome", to_string(result.outcome)},
                       {"severity", to_string(result.severity)}};
  if (!result.object.empty()) json["object"] = result.object;
  if (!result.code.empty()) json["implied_by"] = result.code;
  if (!result.explanation.empty()) json["reason"] = result.explanation;
  if (!result.position.file.empty()) json["file"] = result.position.file;
  if (result.position.line > 0) json["line"] = result.position.line;
  json["duration_ms"] = result.duration_ms;
  if (!result.message.empty()) json["message"] = result.message;
  if (!result.details.empty()) json["details"] = result.details;
  if (!result.notes.empty()) json["notes"] = result.notes;
  json["offenders"] = result.offenders;
  if (!result.offenders_counted) json["offenders_at_least"] = true;
  if (result.rows.empty()) return json;
  json["columns"] = result.shown;
  json["rows"] = ordered_json::array();
  for (const std::vector<Cell>& row : result.rows) {
    ordered_json cells = ordered_json::array();
    for (const Cell& cell : row) cells.push_back(cell ? ordered_json(*cell) : ordered_json(nullptr));
    json["rows"].push_back(std::move(cells));
  }
  return json;
}

Suite suite_of(const CheckReport& report, Severity fail_on) {
  Suite suite;
  suite.command = "check";
  suite.noun = "check";
  suite.nouns = "checks";
  suite.notes = report.notes;
  suite.duration_ms = report.duration_ms;
  for (const CheckReport::Side& side : report.sides) {
    suite.subject += (suite.subject.empty() ? "" : " and ") + side.label;
    append_limit(side.server, suite.limits);
  }
  for (const CheckResult& result : report.results) {
    SuiteItem item;
    item.name = result.engine + ": " + result.name;
    item.class_name = "paripassu.check." + result.engine;
    item.type = std::string(to_string(result.kind));
    item.message = result.message;
    item.position = result.position;
    item.details = result.details;
    item.notes = result.notes;
    item.duration_ms = result.duration_ms;
    switch (result.outcome) {
      case CheckOutcome::passed:
        break;
      case CheckOutcome::failed:
        item.outcome = result.severity <= fail_on ? SuiteItem::Outcome::failed : SuiteItem::Outcome::warned;
        break;
      case CheckOutcome::incomplete:
        item.outcome = SuiteItem::Outcome::incomplete;
        break;
    }
    if (item.outcome != SuiteItem::Outcome::passed && !result.explanation.empty())
      item.details.insert(item.details.begin(), "because: " + result.explanation);
    for (const std::vector<Cell>& row : result.rows) item.details.push_back(row_text(result, row));
    std::uint64_t told = result.rows.size();
    if (result.kind == CheckKind::unique) {
      // A line stands for all rows of its values.
      if (result.rows.size() >= limits::kCheckOffendersShownMax)
        item.details.emplace_back("… there may be more values");
    } else if (result.offenders > told) {
      item.details.push_back(fmt::format("… and {} more", result.offenders - told));
    }
    suite.items.push_back(std::move(item));
  }
  return suite;
}

}  // namespace

void write_check_report(std::ostream& out, const CheckReport& report, ReportFormat format,
                        const ReportOptions& options) {
  const Suite suite = suite_of(report, options.fail_on);
  switch (format) {
    case ReportFormat::text:
      write_suite_text(out, suite, options.style);
      return;
    case ReportFormat::junit:
      write_suite_junit(out, suite, options);
      return;
    case ReportFormat::markdown:
      write_suite_markdown(out, suite);
      return;
    case ReportFormat::json: {
      ordered_json sides = ordered_json::array();
      for (const CheckReport::Side& side : report.sides)
        sides.push_back({{"label", side.label}, {"engine", side.server.engine}, {"genuine", side.server.genuine}});
      ordered_json checks = ordered_json::array();
      for (const CheckResult& result : report.results) checks.push_back(json_of(result));
      const ordered_json document = {{"version", kCheckReportVersion},
                                     {"sides", std::move(sides)},
                                     {"summary",
                                      {{"passed", report.count(CheckOutcome::passed)},
                                       {"failed", report.count(CheckOutcome::failed)},
                                       {"incomplete", report.count(CheckOutcome::incomplete)},
                                       {"duration_ms", report.duration_ms}}},
                                     {"notes", report.notes},
                                     {"limits", suite.limits},
                                     {"checks", std::move(checks)}};
      out << ascii_json(document) << '\n';
      return;
    }
    case ReportFormat::sarif:
    case ReportFormat::github:
      break;
  }
  throw Error(ErrorCategory::usage, "--format " + std::string(to_string(format)) + " is not known to check")
      .with_remedy("the formats are text, json, junit and markdown");
}

}  // namespace paripassu
