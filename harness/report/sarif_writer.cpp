#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "harness/parity/difference_explanations.h"
#include "harness/report/ascii_json.h"
#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

using nlohmann::ordered_json;

/// The text of a message object. SARIF 2.1.0, 3.11.5: braces are doubled, since {0} is a placeholder. 3.11.6:
/// "[words](1)" is a link to location 1, which a type printed as [nvarchar](50) must not become.
std::string message_text(std::string_view text) {
  std::string out;
  char previous = '\0';
  for (const char c : escape_for_terminal(text)) {
    if (c == '(' && previous == ']') out += ' ';
    out += c;
    if (c == '{' || c == '}') out += c;
    previous = c;
  }
  return out;
}

ordered_json message(std::string_view text) {
  return {{"text", message_text(text)}};
}

/// RFC 3986: the path as a relative reference, or as a file: URI where it is absolute. A colon is always encoded, so
/// that no first segment looks like a scheme.
std::string uri_of(std::string_view path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

ordered_json physical_location(const std::string& file, int line) {
  ordered_json out;
  out["artifactLocation"]["uri"] = uri_of(file);
  if (line > 0) out["region"]["startLine"] = line;
  return out;
}

/// FNV-1a with 64 bits of the fields, each ended by a byte that no UTF-8 has. Results of one run are matched with those
/// of the next by it: it must never change.
std::string fingerprint(const std::vector<std::string_view>& fields) {
  constexpr std::uint64_t kOffsetBasis = 0xCBF29CE484222325u;
  constexpr std::uint64_t kPrime = 0x100000001B3u;
  std::uint64_t hash = kOffsetBasis;
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * kPrime; };
  for (const std::string_view field : fields) {
    for (const char c : field) add(static_cast<unsigned char>(c));
    add(0xFF);
  }
  return fmt::format("{:016x}", hash);
}

/// "column-type": "ColumnType".
std::string rule_name(std::string_view code) {
  std::string name;
  bool capital = true;
  for (const char c : code) {
    if (c == '-') {
      capital = true;
      continue;
    }
    name += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    capital = false;
  }
  return name;
}

/// The words of a code that nothing explains: "column type".
std::string words_of(std::string code) {
  for (char& c : code) {
    if (c == '-') c = ' ';
  }
  return code;
}

/// Paragraphs, whose line ends must not be escaped as those of a name are.
ordered_json help_of(const DifferenceExplanation& explanation) {
  std::string example;
  for (std::string_view rest = explanation.example; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    example += message_text(rest.substr(0, end)) + "\n";
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  const std::string why = message_text(explanation.why);
  const std::string remedy = message_text(explanation.remedy);
  ordered_json help;
  help["text"] = fmt::format("{}\n\n{}", why, remedy);
  help["markdown"] = example.empty() ? fmt::format("{}\n\n{}", why, remedy)
                                     : fmt::format("{}\n\n```sql\n{}```\n\n{}", why, example, remedy);
  return help;
}

ordered_json rule_of(const Difference& difference) {
  Severity severity = difference.severity;
  for (const DifferenceCode& known : difference_codes()) {
    if (known.code == difference.code) severity = known.severity;
  }
  ordered_json rule;
  rule["id"] = difference.code;
  rule["name"] = rule_name(difference.code);
  if (const DifferenceExplanation* explanation = explain_difference(difference.code)) {
    rule["shortDescription"] = message(explanation->title);
    rule["fullDescription"] = message(explanation->why);
    rule["help"] = help_of(*explanation);
  } else {
    const std::string words = words_of(difference.code);
    for (const char* member : {"shortDescription", "fullDescription", "help"}) rule[member] = message(words);
  }
  rule["defaultConfiguration"]["level"] = to_string(severity);
  return rule;
}

class SarifWriter {
 public:
  SarifWriter(const Comparison& comparison, const ReportOptions& options)
      : comparison_(comparison), options_(options), any_waived_(comparison.waived_count() > 0) {}

  ordered_json log() {
    ordered_json results = ordered_json::array();
    for (const Difference& difference : comparison_.differences) results.push_back(result(difference));
    ordered_json run;
    ordered_json driver;
    driver["name"] = "paripassu";
    if (!options_.tool_version.empty()) driver["version"] = options_.tool_version;
    if (!options_.information_uri.empty()) driver["informationUri"] = options_.information_uri;
    driver["rules"] = std::move(rules_);
    run["tool"]["driver"] = std::move(driver);
    run["invocations"] = ordered_json::array({invocation()});
    run["results"] = std::move(results);
    ordered_json properties;
    properties["left"] = comparison_.left_label;
    properties["right"] = comparison_.right_label;
    properties["compared"] = compared_objects(comparison_.counts);
    properties["compatible"] = compatible_sentences(comparison_);
    properties["settings"] = comparison_.settings;
    properties["notCompared"] = comparison_.not_compared;
    run["properties"] = std::move(properties);
    ordered_json out;
    out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
    out["version"] = "2.1.0";
    out["runs"] = ordered_json::array({std::move(run)});
    return out;
  }

 private:
  std::size_t rule_index(const Difference& difference) {
    const auto [entry, added] = rule_indices_.try_emplace(difference.code, rules_.size());
    if (added) rules_.push_back(rule_of(difference));
    return entry->second;
  }

  /// A run that could not see everything is not successful: alerts that it does not repeat need not be gone.
  ordered_json invocation() const {
    ordered_json notifications = ordered_json::array();
    const auto add = [&notifications](const std::vector<std::string>& sentences, const char* level) {
      for (const std::string& sentence : sentences) {
        ordered_json notification;
        notification["message"] = message(sentence);
        notification["level"] = level;
        notifications.push_back(std::move(notification));
      }
    };
    add(unknown_sentences(comparison_), "error");
    add(stand_in_sentences(comparison_), "note");
    ordered_json out;
    out["executionSuccessful"] = comparison_.unknown.empty();
    if (!notifications.empty()) out["toolExecutionNotifications"] = std::move(notifications);
    return out;
  }

  ordered_json location(const Difference& difference, const ShownSides& shown) const {
    ordered_json out;
    if (shown.main) {
      out["physicalLocation"] = physical_location(shown.main->file, shown.main->line);
    } else if (!options_.fallback_file.empty()) {
      out["physicalLocation"] = physical_location(options_.fallback_file, 1);
    }
    ordered_json logical;
    if (!difference.name.empty()) logical["name"] = difference.name;
    logical["fullyQualifiedName"] = qualified_object(difference);
    if (!difference.kind.empty()) logical["kind"] = difference.kind;
    out["logicalLocations"] = ordered_json::array({std::move(logical)});
    return out;
  }

  ordered_json result(const Difference& difference) {
    ordered_json out;
    out["ruleId"] = difference.code;
    out["ruleIndex"] = rule_index(difference);
    out["level"] = to_string(difference.severity);
    out["message"] = message(message_of(difference));
    const ShownSides shown = shown_sides(difference);
    out["locations"] = ordered_json::array({location(difference, shown)});
    if (shown.other) {
      ordered_json related;
      related["id"] = 1;
      related["physicalLocation"] = physical_location(shown.other->file, shown.other->line);
      related["message"] = message(shown.main_is_left ? "on the right" : "on the left");
      out["relatedLocations"] = ordered_json::array({std::move(related)});
    }
    std::string print =
        fingerprint({difference.code, difference.schema, difference.table, difference.kind, difference.name});
    // Equal ones are told apart by their order.
    const std::size_t earlier = fingerprints_[print]++;
    if (earlier > 0) print += fmt::format(":{}", earlier + 1);
    out["partialFingerprints"]["paripassuDifference/v1"] = std::move(print);
    // 3.27.23: either all results of a run have suppressions or none has.
    if (any_waived_) {
      ordered_json suppressions = ordered_json::array();
      if (!difference.waived.empty()) {
        ordered_json suppression;
        suppression["kind"] = "external";
        suppression["status"] = "accepted";
        suppression["justification"] = escape_for_terminal(difference.waived);
        suppressions.push_back(std::move(suppression));
      }
      out["suppressions"] = std::move(suppressions);
    }
    out["properties"]["left"] = difference.left;
    out["properties"]["right"] = difference.right;
    return out;
  }

  const Comparison& comparison_;
  const ReportOptions& options_;
  const bool any_waived_;
  ordered_json rules_ = ordered_json::array();
  std::map<std::string, std::size_t> rule_indices_;
  std::map<std::string, std::size_t> fingerprints_;
};

}  // namespace

void write_sarif(std::ostream& out, const Comparison& comparison, const ReportOptions& options) {
  out << ascii_json(SarifWriter(comparison, options).log()) << '\n';
}

}  // namespace paripassu
