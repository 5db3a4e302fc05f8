#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/markup.h"
#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

constexpr std::size_t kSideListBytesMax = 5'000;  ///< of a list beside the differences

/// An explanation: a sentence of ours with back-ticks around SQL.
std::string explained(std::string_view text) {
  std::string out;
  bool inside_code = false;
  while (true) {
    const std::size_t end = text.find('`');
    const std::string_view part = text.substr(0, end);
    out += inside_code ? markdown_code(part) : markdown_sentence(part);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
    inside_code = !inside_code;
  }
}

class MarkdownWriter {
 public:
  explicit MarkdownWriter(const Comparison& comparison) : comparison_(comparison) {}

  std::string write() {
    write_head();
    write_unknown();
    write_codes();
    write_groups();
    write_list("Database settings that differ", plain_items(comparison_.settings));
    write_list("Compatible types", compatible_items());
    write_list("Not compared", plain_items(comparison_.not_compared));
    write_list(fmt::format("Waived: {}", comparison_.waived_count()), waived_items());
    return document_.text();
  }

 private:
  void write_head() {
    const Verdict verdict = verdict_of(comparison_);
    document_.add(fmt::format("### paripassu: {}{}\n\n", verdict.headline, verdict.more));
    document_.add(fmt::format("Compared {} against {}: {}.\n", markdown_code(comparison_.left_label),
                              markdown_code(comparison_.right_label), compared_objects(comparison_.counts)));
    for (const std::string& sentence : stand_in_sentences(comparison_)) {
      document_.add(fmt::format("\n> {}\n", markdown_sentence(sentence)));
    }
  }

  void write_unknown() {
    std::vector<std::string> items;
    for (const catalog::Unknown& entry : comparison_.unknown) {
      const std::string object = entry.object == "*" ? "the whole database" : markdown_code(entry.object);
      items.push_back(
          fmt::format("{} of {}: {}", markdown_sentence(entry.what), object, markdown_sentence(entry.reason)));
    }
    write_list("Unknown: this could not be read, so it was not compared", items);
  }

  void write_codes() {
    struct Count {
      Severity severity;
      std::size_t count;
      std::string code;
    };
    std::map<std::pair<Severity, std::string>, std::size_t> counted;
    for (const Difference& difference : comparison_.differences) {
      if (difference.waived.empty()) ++counted[{difference.severity, difference.code}];
    }
    if (counted.empty()) return;
    std::vector<Count> counts;
    for (const auto& [key, count] : counted) counts.push_back({key.first, count, key.second});
    std::stable_sort(counts.begin(), counts.end(), [](const Count& one, const Count& other) {
      return std::make_pair(one.severity, other.count) < std::make_pair(other.severity, one.count);
    });
    std::vector<std::string> rows;
    for (const Count& one : counts) {
      rows.push_back(fmt::format("| {} | {} | {} | {} |\n", markdown_code(one.code), to_string(one.severity), one.count,
                                 explained(why_of(one.code))));
    }
    write_rows("\n| code | severity | count | why it matters |\n| --- | --- | ---: | --- |\n", rows);
  }

  static Severity worst(const DifferenceGroup& group) {
    Severity severity = Severity::note;
    for (const Difference* difference : group.differences) severity = std::min(severity, difference->severity);
    return severity;
  }

  static std::string row(const Difference& difference) {
    std::string object = markdown_sentence(difference.kind);
    if (!difference.name.empty()) object += (object.empty() ? "" : " ") + markdown_code(difference.name);
    if (difference.left.empty() && difference.right.empty()) object += ": " + markdown_sentence(message_of(difference));
    std::string origins;
    for (const std::string& origin : origins_of(difference))
      origins += (origins.empty() ? "" : ", ") + markdown_code(origin);
    return fmt::format("| {} | {} | {} | {} | {} | {} |\n", to_string(difference.severity),
                       markdown_code(difference.code), object, markdown_code(difference.left),
                       markdown_code(difference.right), origins);
  }

  void write_groups() {
    std::vector<DifferenceGroup> groups = group_differences(comparison_);
    std::erase_if(groups, [](const DifferenceGroup& group) { return group.differences.empty(); });
    std::stable_sort(groups.begin(), groups.end(), [](const DifferenceGroup& one, const DifferenceGroup& other) {
      return worst(one) < worst(other);
    });
    std::size_t left_out = 0;
    for (const DifferenceGroup& group : groups) {
      std::string head = fmt::format("\n#### {}\n\n", markdown_code(group.title));
      head += "| severity | code | object | left | right | made by |\n| --- | --- | --- | --- | --- | --- |\n";
      for (const Difference* difference : group.differences) {
        // Once something was left out, all that follows is, so that the rest is one number.
        if (left_out == 0 && document_.add(head + row(*difference))) {
          head.clear();
        } else {
          ++left_out;
        }
      }
    }
    if (left_out > 0) {
      document_.close(fmt::format("\n**and {} more**, which the text and the JSON report show\n", left_out));
    }
  }

  void write_rows(const std::string& head, const std::vector<std::string>& rows) {
    std::string lead = head;
    std::size_t left_out = 0;
    for (const std::string& row : rows) {
      if (left_out == 0 && document_.add(lead + row)) {
        lead.clear();
      } else {
        ++left_out;
      }
    }
    if (left_out > 0) document_.close(fmt::format("\nand {} more\n", left_out));
  }

  void write_list(const std::string& heading, const std::vector<std::string>& items) {
    std::string lead = fmt::format("\n#### {}\n\n", heading);
    std::size_t bytes = 0;
    std::size_t left_out = 0;
    for (const std::string& item : items) {
      bytes += item.size();
      if (left_out == 0 && bytes <= kSideListBytesMax && document_.add(fmt::format("{}- {}\n", lead, item))) {
        lead.clear();
      } else {
        ++left_out;
      }
    }
    if (left_out > 0) document_.close(fmt::format("{}- and {} more\n", lead, left_out));
  }

  static std::vector<std::string> plain_items(const std::vector<std::string>& sentences) {
    std::vector<std::string> items;
    for (const std::string& sentence : sentences) items.push_back(markdown_sentence(sentence));
    return items;
  }

  std::vector<std::string> compatible_items() const {
    std::vector<std::string> items;
    for (const CompatibleTypes& types : comparison_.compatible) {
      items.push_back(fmt::format("{}: {} / {}: {}", count_of(types.columns, "column"), markdown_code(types.left),
                                  markdown_code(types.right), markdown_sentence(types.reason)));
    }
    return items;
  }

  std::vector<std::string> waived_items() const {
    std::vector<std::string> items;
    for (const Difference* difference : waived_differences(comparison_)) {
      items.push_back(fmt::format("{} {}: {}", markdown_code(difference->code),
                                  markdown_code(qualified_object(*difference)), markdown_sentence(difference->waived)));
    }
    return items;
  }

  const Comparison& comparison_;
  BoundedText document_{kMarkdownBytesMax};
};

}  // namespace

void write_markdown(std::ostream& out, const Comparison& comparison, const ReportOptions&) {
  out << MarkdownWriter(comparison).write();
}

}  // namespace paripassu
