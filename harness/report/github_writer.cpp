#include <fmt/format.h>

#include <ostream>
#include <string>

#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

/// The value of a workflow command. Line ends must have become %0A before or be escaped for the terminal.
std::string command_data(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string command_property(std::string_view text) {
  std::string out;
  for (const char c : command_data(escape_for_terminal(text))) {
    switch (c) {
      case ':':
        out += "%3A";
        break;
      case ',':
        out += "%2C";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class GithubWriter {
 public:
  GithubWriter(std::ostream& out, const Comparison& comparison) : out_(out), comparison_(comparison) {}

  void write() {
    write_differences(Severity::error);
    write_differences(Severity::warning);
    for (const std::string& sentence : unknown_sentences(comparison_)) {
      write_command("warning", "", 0, "unknown", escape_for_terminal(sentence));
    }
    write_differences(Severity::note);
    for (const std::string& sentence : stand_in_sentences(comparison_)) {
      write_command("notice", "", 0, "stand-in", escape_for_terminal(sentence));
    }
    for (const std::string& sentence : comparison_.settings) {
      write_command("notice", "", 0, "database settings differ", escape_for_terminal(sentence));
    }
    for (const std::string& sentence : comparison_.not_compared) {
      write_command("notice", "", 0, "not compared", escape_for_terminal(sentence));
    }
    write_summary();
  }

 private:
  void write_command(std::string_view command, const std::string& file, int line, std::string_view title,
                     std::string_view message) {
    out_ << "::" << command << ' ';
    if (!file.empty()) out_ << "file=" << command_property(file) << ',';
    if (!file.empty() && line > 0) out_ << "line=" << line << ',';
    out_ << "title=" << command_property(title) << "::" << command_data(message) << '\n';
  }

  void write_differences(Severity severity) {
    for (const Difference& difference : comparison_.differences) {
      if (difference.severity == severity && difference.waived.empty()) write_difference(difference);
    }
  }

  void write_difference(const Difference& difference) {
    const std::string_view command = difference.severity == Severity::note ? "notice" : to_string(difference.severity);
    std::string message = escape_for_terminal(message_of(difference));
    const ShownSides shown = shown_sides(difference);
    if (shown.other) {
      message += fmt::format("\nOn the {}: {}", shown.main_is_left ? "right" : "left",
                             escape_for_terminal(origin_of(*shown.other)));
    }
    if (const std::string_view why = why_of(difference.code); !why.empty()) {
      message += fmt::format("\n{}", why);
    }
    write_command(command, shown.main ? shown.main->file : std::string(), shown.main ? shown.main->line : 0,
                  fmt::format("{}: {}", difference.code, qualified_object(difference)), message);
  }

  void write_summary() {
    std::string line = "paripassu: " + escape_for_terminal(summary_sentence(comparison_));
    // The runner looks for its older commands, ##[error], anywhere in a line that is not a command itself.
    for (std::size_t at = line.find("##["); at != std::string::npos; at = line.find("##[", at)) {
      line.replace(at, 3, "## [");
    }
    out_ << line << '\n';
  }

  std::ostream& out_;
  const Comparison& comparison_;
};

}  // namespace

void write_github(std::ostream& out, const Comparison& comparison, const ReportOptions&) {
  GithubWriter(out, comparison).write();
}

}  // namespace paripassu
