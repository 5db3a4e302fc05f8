#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "harness/parity/object_pattern.h"
#include "harness/parity/waivers.h"

namespace paripassu {
namespace {

constexpr std::chrono::days kProposedDuration{90};
constexpr std::string_view kBlanks = " \t\r\n";

std::string to_text(std::chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// Invisible to a reader, or able to reorder what the reader sees: the proposal must show what it waives.
bool is_deceiving(std::uint32_t code_point) {
  return (code_point >= 0x7F && code_point <= 0x9F) || code_point == 0xAD || code_point == 0x61C ||
         code_point == 0x180E || (code_point >= 0x200B && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202E) || (code_point >= 0x2060 && code_point <= 0x206F) ||
         code_point == 0xFEFF || (code_point >= 0xFFF9 && code_point <= 0xFFFB) ||
         (code_point >= 0xE0000 && code_point <= 0xE007F);
}

/// A basic string of TOML 1.0. `text` is valid UTF-8.
std::string quote_toml(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t offset) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i + offset]));
    };
    const std::uint32_t lead = byte(0);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code_point = bytes == 1 ? lead : lead & (0xFFu >> (bytes + 1));
    for (std::size_t k = 1; k < bytes; ++k) code_point = (code_point << 6) | (byte(k) & 0x3Fu);
    if (lead == '"' || lead == '\\') {
      quoted += '\\';
      quoted += text[i];
    } else if (lead < 0x20 || is_deceiving(code_point)) {
      quoted += code_point > 0xFFFF ? fmt::format("\\U{:08X}", code_point) : fmt::format("\\u{:04X}", code_point);
    } else {
      quoted += text.substr(i, bytes);
    }
    i += bytes;
  }
  return quoted + '"';
}

/// The pattern for one difference; empty where it has no object. A default schema is left out, as people do.
std::string object_pattern(const Comparison& comparison, const Difference& difference) {
  const std::string object = difference.object();
  if (object.empty()) return {};
  // A configuration may not have a blank object, a database may.
  if (object.find_first_not_of(kBlanks) == std::string::npos) return std::string(object.size(), '?');
  const bool in_other_schema = !difference.schema.empty() && difference.kind != "schema" &&
                               difference.schema != comparison.left.default_schema &&
                               difference.schema != comparison.right.default_schema;
  return escape_object_pattern(in_other_schema ? difference.schema + "." + object : object);
}

}  // namespace

std::string propose_waivers(const Comparison& comparison, std::chrono::year_month_day today, Severity fail_on) {
  const std::string date = to_text(today);
  const std::string until = to_text(std::chrono::sys_days(today) + kProposedDuration);
  std::set<std::pair<std::string, std::string>> done;
  std::string blocks;
  std::size_t count = 0;
  for (const Difference& difference : comparison.differences) {
    if (difference.severity > fail_on || !difference.waived.empty() || is_about_waivers(difference.code)) continue;
    const std::string pattern = object_pattern(comparison, difference);
    if (pattern.empty()) {
      blocks += fmt::format("\n# {} has no object that a waiver could name: {}\n", difference.code,
                            quote_toml(valid_utf8(difference.message)));
      continue;
    }
    if (!done.emplace(difference.code, pattern).second) continue;
    ++count;
    std::string reason = "accepted on " + date;
    if (!difference.message.empty()) reason += ": " + valid_utf8(difference.message);
    blocks += fmt::format("\n[[parity.waiver]]\ncode = {}\nobject = {}\nreason = {}\nuntil = \"{}\"\n",
                          quote_toml(valid_utf8(difference.code)), quote_toml(pattern), quote_toml(reason), until);
  }
  if (blocks.empty()) return fmt::format("# {}: no error or warning that is not waived\n", date);
  return fmt::format("# {}: {} proposed; write the team's own reasons, and leave out what must be repaired instead.\n",
                     date, count == 1 ? "1 waiver" : fmt::format("{} waivers", count)) +
         blocks;
}

}  // namespace paripassu
