#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "harness/report/ascii_json.h"
#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {
namespace {

using nlohmann::ordered_json;
using report::ascii_json;
using report::why_of;

constexpr int kReportVersion = 1;

ordered_json to_json(const std::string& label, const ComparedSide& side) {
  ordered_json out;
  out["label"] = label;
  out["engine"] = side.engine;
  out["product"] = side.product;
  out["product_version"] = side.product_version;
  out["genuine"] = side.genuine;
  out["deviations"] = side.deviations;
  out["database"] = side.database;
  out["default_schema"] = side.default_schema;
  return out;
}

ordered_json to_json(const ComparisonCounts& counts) {
  ordered_json out;
  out["tables"] = counts.tables;
  out["columns"] = counts.columns;
  out["keys"] = counts.keys;
  out["foreign_keys"] = counts.foreign_keys;
  out["checks"] = counts.checks;
  out["indexes"] = counts.indexes;
  out["views"] = counts.views;
  out["sequences"] = counts.sequences;
  return out;
}

ordered_json summarise(const Comparison& comparison, Severity fail_on) {
  ordered_json out;
  out["equal"] = !comparison.has_findings() && comparison.unknown.empty();
  out["errors"] = comparison.count(Severity::error);
  out["warnings"] = comparison.count(Severity::warning);
  out["notes"] = comparison.count(Severity::note);
  out["waived"] = comparison.waived_count();
  out["unknown"] = comparison.unknown.size();
  out["fail_on"] = to_string(fail_on);
  out["passed"] = !comparison.has_findings(fail_on) && comparison.unknown.empty();
  std::map<std::string, std::size_t> by_code;
  for (const Difference& difference : comparison.differences) {
    if (difference.waived.empty()) ++by_code[difference.code];
  }
  ordered_json codes = ordered_json::object();
  for (const auto& [code, count] : by_code) codes[code] = count;
  out["by_code"] = std::move(codes);
  out["compared"] = to_json(comparison.counts);
  return out;
}

/// Absent is null, so that a reader cannot take it for an empty text.
ordered_json or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json to_json(const DifferenceSide& side) {
  ordered_json out;
  out["schema"] = or_null(side.schema);
  out["table"] = or_null(side.table);
  out["name"] = or_null(side.name);
  out["understood"] = or_null(side.understood);
  out["file"] = or_null(side.file);
  out["line"] = side.line > 0 ? ordered_json(side.line) : ordered_json(nullptr);
  return out;
}

ordered_json to_json(const Difference& difference) {
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
  out["why"] = or_null(std::string(why_of(difference.code)));
  out["waived"] = or_null(difference.waived);
  out["left_side"] = to_json(difference.left_side);
  out["right_side"] = to_json(difference.right_side);
  return out;
}

}  // namespace

void write_json(std::ostream& out, const Comparison& comparison, Severity fail_on) {
  ordered_json document;
  document["version"] = kReportVersion;
  document["left"] = to_json(comparison.left_label, comparison.left);
  document["right"] = to_json(comparison.right_label, comparison.right);
  document["summary"] = summarise(comparison, fail_on);
  ordered_json differences = ordered_json::array();
  for (const Difference& difference : comparison.differences) differences.push_back(to_json(difference));
  document["differences"] = std::move(differences);
  ordered_json compatible = ordered_json::array();
  for (const CompatibleTypes& types : comparison.compatible) {
    ordered_json entry;
    entry["left"] = types.left;
    entry["right"] = types.right;
    entry["reason"] = types.reason;
    entry["columns"] = types.columns;
    compatible.push_back(std::move(entry));
  }
  document["compatible"] = std::move(compatible);
  ordered_json unknown = ordered_json::array();
  for (const catalog::Unknown& entry : comparison.unknown) {
    ordered_json item;
    item["object"] = entry.object;
    item["what"] = entry.what;
    item["reason"] = entry.reason;
    unknown.push_back(std::move(item));
  }
  document["settings"] = comparison.settings;
  document["unknown"] = std::move(unknown);
  document["not_compared"] = comparison.not_compared;
  out << ascii_json(document) << '\n';
}

}  // namespace paripassu
