#include "harness/parity/difference.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/difference_codes.h"

namespace paripassu {

std::string Difference::object() const {
  if (table.empty()) return name;
  if (name.empty() || kind == "table" || kind == "view") return table;
  return table + "." + name;
}

std::size_t Comparison::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(differences.begin(), differences.end(), [severity](const Difference& difference) {
        return difference.severity == severity && difference.waived.empty();
      }));
}

std::size_t Comparison::waived_count() const {
  return static_cast<std::size_t>(std::count_if(
      differences.begin(), differences.end(), [](const Difference& difference) { return !difference.waived.empty(); }));
}

bool Comparison::has_findings(Severity fail_on) const {
  return std::any_of(differences.begin(), differences.end(), [fail_on](const Difference& difference) {
    return difference.severity <= fail_on && difference.waived.empty();
  });
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kShownBytesMax = 600;
  // A little more than the bound is shown whole: to say how much was left out takes room too.
  constexpr std::size_t kSparedBytesMin = 60;
  if (text.size() <= kShownBytesMax + kSparedBytesMin) return std::string(text);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; };
  std::size_t end = kShownBytesMax;
  // A character has four bytes at most; what is no UTF-8 is cut anywhere.
  for (int i = 0; i < 3 && continues(text[end]); ++i) --end;
  const auto left_out =
      text.size() - end -
      static_cast<std::size_t>(std::count_if(text.begin() + static_cast<std::ptrdiff_t>(end), text.end(), continues));
  return fmt::format("{}… ({} more characters)", text.substr(0, end), left_out);
}

std::span<const DifferenceCode> difference_codes() {
  return parity::kDifferenceCodes;
}

std::string mirrored_code(std::string_view code) {
  constexpr std::string_view kMissing = "-missing";
  constexpr std::string_view kExtra = "-extra";
  std::string mirrored(code);
  if (code.ends_with(kMissing)) {
    mirrored.replace(code.size() - kMissing.size(), kMissing.size(), kExtra);
  } else if (code.ends_with(kExtra)) {
    mirrored.replace(code.size() - kExtra.size(), kExtra.size(), kMissing);
  }
  return mirrored;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "error";
}

std::optional<Severity> severity_from_string(std::string_view word) {
  for (const Severity severity : {Severity::error, Severity::warning, Severity::note}) {
    if (word == to_string(severity)) return severity;
  }
  return std::nullopt;
}

}  // namespace paripassu
