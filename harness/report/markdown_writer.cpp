#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

constexpr std::size_t kCellBytesMax = 300;          ///< of a name or definition
constexpr std::size_t kSentenceBytesMax = 1'000;    ///< of a reason or explanation
constexpr std::size_t kSideListBytesMax = 5'000;    ///< of a list beside the differences
constexpr std::size_t kClosingBytesReserved = 500;  ///< for what says how much was left out

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// One line without control characters, cut between two characters.
std::string clipped(std::string_view text, std::size_t bytes_max) {
  std::string shown = escape_for_terminal(text);
  if (shown.size() <= bytes_max) return shown;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0u) == 0x80u) --end;
  return shown.substr(0, end) + "…";
}

/// A sentence. What Markdown or HTML would read becomes a character reference; a zero-width space follows a sign by
/// which GitHub and GitLab call people and issues, since they look for these in the finished page.
std::string plain(std::string_view text) {
  const std::string shown = clipped(text, kSentenceBytesMax);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    const bool marks_up = std::string_view("\\`*_[]<>&|~$@#!").find(c) != std::string_view::npos;
    const bool links =
        (c == ':' && shown.compare(i, 3, "://") == 0) || (c == '.' && i >= 3 && shown.compare(i - 3, 3, "www") == 0);
    const bool calls = std::string_view("@#!~%$&").find(c) != std::string_view::npos;
    if (marks_up || links) {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out += c;
    }
    if (calls && i + 1 < shown.size() && shown[i + 1] != ' ') out += "&#8203;";
  }
  return out;
}

/// A name or definition. A code span shows everything as it is but a back-tick, a pipe in a table, and a backslash
/// before a pipe, which readers disagree on: with these, references inside of <code>.
std::string code(std::string_view text) {
  const std::string shown = clipped(text, kCellBytesMax);
  if (shown.empty()) return "";
  const bool simple = shown.find_first_of("`|\\") == std::string::npos && shown.front() != ' ' && shown.back() != ' ';
  if (simple) return "`" + shown + "`";
  std::string out;
  for (const char c : shown) {
    if (is_word_character(c) || c == ' ') {
      out += c;
    } else {
      out += fmt::format("&#{};", static_cast<int>(c));
    }
  }
  return "<code>" + out + "</code>";
}

/// An explanation: a sentence of ours with back-ticks around SQL.
std::string explained(std::string_view text) {
  std::string out;
  bool inside_code = false;
  while (true) {
    const std::size_t end = text.find('`');
    const std::string_view part = text.substr(0, end);
    out += inside_code ? code(part) : plain(part);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
    inside_code = !inside_code;
  }
}

/// Grows up to a bound.
class BoundedText {
 public:
  /// False, and nothing added, when the block does not fit.
  bool add(const std::string& block) {
    if (text_.size() + block.size() > kMarkdownBytesMax - kClosingBytesReserved) return false;
    text_ += block;
    return true;
  }
  /// For short ends of what was added.
  void close(const std::string& block) {
    if (text_.size() + block.size() <= kMarkdownBytesMax) text_ += block;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

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
    document_.add(fmt::format("Compared {} against {}: {}.\n", code(comparison_.left_label),
                              code(comparison_.right_label), compared_objects(comparison_.counts)));
    for (const std::string& sentence : stand_in_sentences(comparison_)) {
      document_.add(fmt::format("\n> {}\n", plain(sentence)));
    }
  }

  void write_unknown() {
    std::vector<std::string> items;
    for (const catalog::Unknown& entry : comparison_.unknown) {
      const std::string object = entry.object == "*" ? "the whole database" : code(entry.object);
      items.push_back(fmt::format("{} of {}: {}", plain(entry.what), object, plain(entry.reason)));
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
      rows.push_back(fmt::format("| {} | {} | {} | {} |\n", code(one.code), to_string(one.severity), one.count,
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
    std::string object = plain(difference.kind);
    if (!difference.name.empty()) object += (object.empty() ? "" : " ") + code(difference.name);
    if (difference.left.empty() && difference.right.empty()) object += ": " + plain(message_of(difference));
    std::string origins;
    for (const std::string& origin : origins_of(difference)) origins += (origins.empty() ? "" : ", ") + code(origin);
    return fmt::format("| {} | {} | {} | {} | {} | {} |\n", to_string(difference.severity), code(difference.code),
                       object, code(difference.left), code(difference.right), origins);
  }

  void write_groups() {
    std::vector<DifferenceGroup> groups = group_differences(comparison_);
    std::erase_if(groups, [](const DifferenceGroup& group) { return group.differences.empty(); });
    std::stable_sort(groups.begin(), groups.end(), [](const DifferenceGroup& one, const DifferenceGroup& other) {
      return worst(one) < worst(other);
    });
    std::size_t left_out = 0;
    for (const DifferenceGroup& group : groups) {
      std::string head = fmt::format("\n#### {}\n\n", code(group.title));
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
    for (const std::string& sentence : sentences) items.push_back(plain(sentence));
    return items;
  }

  std::vector<std::string> compatible_items() const {
    std::vector<std::string> items;
    for (const CompatibleTypes& types : comparison_.compatible) {
      items.push_back(fmt::format("{}: {} / {}: {}", count_of(types.columns, "column"), code(types.left),
                                  code(types.right), plain(types.reason)));
    }
    return items;
  }

  std::vector<std::string> waived_items() const {
    std::vector<std::string> items;
    for (const Difference* difference : waived_differences(comparison_)) {
      items.push_back(fmt::format("{} {}: {}", code(difference->code), code(qualified_object(*difference)),
                                  plain(difference->waived)));
    }
    return items;
  }

  const Comparison& comparison_;
  BoundedText document_;
};

}  // namespace

void write_markdown(std::ostream& out, const Comparison& comparison, const ReportOptions&) {
  out << MarkdownWriter(comparison).write();
}

}  // namespace paripassu
