#include "harness/report/report_writer.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace paripassu {
namespace {

namespace fs = std::filesystem;

constexpr auto kFormats = std::to_array<std::pair<ReportFormat, std::string_view>>({
    {ReportFormat::text, "text"},
    {ReportFormat::json, "json"},
    {ReportFormat::junit, "junit"},
    {ReportFormat::sarif, "sarif"},
    {ReportFormat::github, "github"},
    {ReportFormat::markdown, "markdown"},
});

fs::path absolute_path(const fs::path& path) {
  // Fails where the working directory is gone. The name that was given is the best there is then.
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return (error ? path : absolute).lexically_normal();
}

/// By the letters of the names alone: a report must not depend on which files still exist.
std::string relative_file(const std::string& file, const fs::path& base) {
  if (file.empty()) return file;
  const fs::path path = absolute_path(file);
  const fs::path relative = path.lexically_relative(base);
  const bool outside = relative.empty() || *relative.begin() == "..";
  return (outside ? path : relative).generic_string();
}

}  // namespace

std::string_view to_string(ReportFormat format) {
  const auto* const found =
      std::find_if(kFormats.begin(), kFormats.end(), [format](const auto& entry) { return entry.first == format; });
  return found == kFormats.end() ? std::string_view("text") : found->second;
}

std::optional<ReportFormat> report_format_from_string(std::string_view word) {
  for (const auto& [format, name] : kFormats) {
    if (name == word) return format;
  }
  return std::nullopt;
}

void write_report(std::ostream& out, const Comparison& comparison, ReportFormat format, const ReportOptions& options) {
  if (format == ReportFormat::text) {
    write_text(out, comparison, options.style);
    return;
  }
  Comparison copy;
  ReportOptions named = options;
  const Comparison* shown = &comparison;
  if (!options.base_dir.empty()) {
    const fs::path base = absolute_path(options.base_dir);
    copy = comparison;
    for (Difference& difference : copy.differences) {
      for (DifferenceSide* side : {&difference.left_side, &difference.right_side}) {
        side->file = relative_file(side->file, base);
      }
    }
    named.fallback_file = relative_file(options.fallback_file, base);
    shown = &copy;
  }
  switch (format) {
    case ReportFormat::text:
      break;
    case ReportFormat::json:
      write_json(out, *shown, named.fail_on);
      break;
    case ReportFormat::junit:
      write_junit(out, *shown, named);
      break;
    case ReportFormat::sarif:
      write_sarif(out, *shown, named);
      break;
    case ReportFormat::github:
      write_github(out, *shown, named);
      break;
    case ReportFormat::markdown:
      write_markdown(out, *shown, named);
      break;
  }
}

}  // namespace paripassu
