#include "harness/parity/waivers.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "harness/parity/difference_codes.h"
#include "harness/parity/object_pattern.h"

namespace paripassu {
namespace {

using parity::KnownCode;

constexpr std::string_view kAnyCode = "*";
constexpr std::string_view kKind = "waiver";
constexpr std::size_t kShownBytesMax = 80;

std::vector<std::string> known_codes() {
  std::vector<std::string> codes;
  for (const DifferenceCode& entry : difference_codes()) codes.emplace_back(entry.code);
  return codes;
}

/// Throws unless there is such a code; `where` says who names it.
void check_code(const std::string& code, const std::vector<std::string>& known, const std::string& where,
                const SourcePosition& position) {
  if (std::find(known.begin(), known.end(), code) != known.end()) return;
  std::string message = "unknown code '" + code.substr(0, kShownBytesMax);
  message += (code.size() > kShownBytesMax ? "…' in " : "' in ") + where;
  const std::string near = nearest_word(code, known);
  if (!near.empty()) message += "; did you mean '" + near + "'?";
  throw Error(ErrorCategory::configuration, message)
      .with_position(position)
      .with_remedy("`paripassu explain` lists the codes");
}

/// Sortable, as `until` is written.
std::string to_text(std::chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// The object with its schema in front; empty where there is none to put there.
std::string qualified_object(const Difference& difference) {
  if (difference.schema.empty() || difference.kind == "schema") return {};
  return difference.schema + "." + difference.object();
}

/// Waivers of one code whose objects are the same.
struct WaiverGroup {
  ObjectPattern pattern;
  std::size_t first_valid;  ///< the first that has not expired; kNone: all have
  bool used = false;
};

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Groups by what a text must begin or end with, by the length of that.
using AffixIndex = std::map<std::size_t, std::unordered_map<std::string, std::vector<std::size_t>>>;

class WaiverMatcher {
 public:
  WaiverMatcher(const std::vector<WaiverConfiguration>& waivers, const std::string& today) : waivers_(waivers) {
    using CodeAndObject = std::pair<std::string_view, std::string_view>;
    std::map<CodeAndObject, std::size_t> known;
    for (std::size_t i = 0; i < waivers.size(); ++i) {
      const WaiverConfiguration& waiver = waivers[i];
      const auto [entry, is_new] = known.emplace(CodeAndObject(waiver.code, waiver.object), groups_.size());
      if (is_new) add_group(waiver);
      group_of_.push_back(entry->second);
      expired_.push_back(!waiver.until.empty() && waiver.until < today);
      std::size_t& first_valid = groups_[entry->second].first_valid;
      if (!expired_[i] && first_valid == kNone) first_valid = i;
    }
  }

  /// Sets `waived`, and remembers which waivers matched.
  void match(Difference& difference) {
    const auto of_code = buckets_.find(difference.code);
    const auto of_any = buckets_.find(std::string(kAnyCode));
    if (of_code == buckets_.end() && of_any == buckets_.end()) return;
    std::size_t first = kNone;
    const std::string qualified = qualified_object(difference);
    for (const std::string& text : {difference.object(), qualified}) {
      if (text.empty()) continue;
      const ObjectText object(text);
      for (const auto& found : {of_code, of_any})
        if (found != buckets_.end()) match_bucket(found->second, object, first);
    }
    if (first != kNone) difference.waived = waivers_[first].reason;
  }

  bool used(std::size_t waiver) const { return groups_[group_of_[waiver]].used; }
  bool expired(std::size_t waiver) const { return expired_[waiver]; }

 private:
  struct Bucket {
    std::unordered_map<std::string, std::vector<std::size_t>> literals;
    AffixIndex by_head;
    AffixIndex by_tail;  ///< those that begin with a wildcard
  };

  void add_group(const WaiverConfiguration& waiver) {
    const std::size_t group = groups_.size();
    const ObjectPattern& pattern = groups_.emplace_back(WaiverGroup{ObjectPattern(waiver.object), kNone}).pattern;
    Bucket& bucket = buckets_[waiver.code];
    if (pattern.is_literal()) {
      bucket.literals[pattern.head()].push_back(group);
    } else if (!pattern.head().empty()) {
      bucket.by_head[pattern.head().size()][pattern.head()].push_back(group);
    } else {
      bucket.by_tail[pattern.tail().size()][pattern.tail()].push_back(group);
    }
  }

  void match_bucket(const Bucket& bucket, const ObjectText& object, std::size_t& first) {
    const std::string& text = object.folded();
    if (const auto found = bucket.literals.find(text); found != bucket.literals.end())
      for (const std::size_t group : found->second) note_match(groups_[group], first);
    for (const auto& [length, groups] : bucket.by_head) {
      if (length > text.size()) break;
      match_groups(groups, text.substr(0, length), object, first);
    }
    for (const auto& [length, groups] : bucket.by_tail) {
      if (length > text.size()) break;
      match_groups(groups, text.substr(text.size() - length), object, first);
    }
  }

  void match_groups(const std::unordered_map<std::string, std::vector<std::size_t>>& groups, const std::string& affix,
                    const ObjectText& object, std::size_t& first) {
    const auto found = groups.find(affix);
    if (found == groups.end()) return;
    for (const std::size_t index : found->second) {
      WaiverGroup& group = groups_[index];
      const bool would_change_nothing = group.used && group.first_valid >= first;
      if (!would_change_nothing && group.pattern.matches(object)) note_match(group, first);
    }
  }

  static void note_match(WaiverGroup& group, std::size_t& first) {
    group.used = true;
    first = std::min(first, group.first_valid);
  }

  const std::vector<WaiverConfiguration>& waivers_;
  std::vector<std::size_t> group_of_;  ///< by waiver
  std::vector<bool> expired_;          ///< by waiver
  std::vector<WaiverGroup> groups_;
  std::unordered_map<std::string, Bucket> buckets_;
};

Difference finding(KnownCode code, const WaiverConfiguration& waiver, std::string message) {
  Difference difference;
  difference.code = (*code).code;
  difference.severity = (*code).severity;
  difference.kind = kKind;
  difference.name = waiver.code + " " + waiver.object;
  difference.message = std::move(message);
  difference.left_side.file = waiver.position.file;
  difference.left_side.line = waiver.position.line;
  return difference;
}

}  // namespace

bool is_about_waivers(std::string_view code) {
  return code == (*KnownCode("waiver-unused")).code || code == (*KnownCode("waiver-expired")).code;
}

void check_codes(const Configuration& configuration) {
  const std::vector<std::string> known = known_codes();
  for (const auto& [code, severity] : configuration.severities)
    check_code(code, known, "[parity.severity]", severity.position);
  for (const WaiverConfiguration& waiver : configuration.waivers) {
    if (waiver.code == kAnyCode) continue;
    check_code(waiver.code, known, "[[parity.waiver]]", waiver.code_position);
    if (is_about_waivers(waiver.code))
      throw Error(ErrorCategory::configuration, "'" + waiver.code + "' in [[parity.waiver]] cannot be waived")
          .with_position(waiver.code_position)
          .with_remedy("correct or remove the waiver that it is about");
  }
}

void apply_waivers(Comparison& comparison, const std::vector<WaiverConfiguration>& waivers,
                   std::chrono::year_month_day today) {
  WaiverMatcher matcher(waivers, to_text(today));
  for (Difference& difference : comparison.differences) matcher.match(difference);

  std::vector<Difference> findings;
  for (std::size_t i = 0; i < waivers.size(); ++i) {
    const WaiverConfiguration& waiver = waivers[i];
    const std::string subject = fmt::format("The waiver of {} for {}", waiver.code, waiver.object);
    if (matcher.expired(i)) {
      findings.push_back(
          finding("waiver-expired", waiver,
                  fmt::format("{} ended on {}: {}.", subject, waiver.until,
                              matcher.used(i) ? "what it covered counts again" : "it would not match anything now")));
    } else if (!matcher.used(i)) {
      findings.push_back(finding("waiver-unused", waiver, subject + " matches no difference."));
    }
  }
  const auto before = [](const Difference& one, const Difference& other) {
    return std::tie(one.schema, one.table, one.kind, one.name) <
           std::tie(other.schema, other.table, other.kind, other.name);
  };
  std::stable_sort(findings.begin(), findings.end(), before);
  std::vector<Difference> merged;
  merged.reserve(comparison.differences.size() + findings.size());
  std::merge(std::make_move_iterator(comparison.differences.begin()),
             std::make_move_iterator(comparison.differences.end()), std::make_move_iterator(findings.begin()),
             std::make_move_iterator(findings.end()), std::back_inserter(merged), before);
  comparison.differences = std::move(merged);
}

void apply_severities(Comparison& comparison, const std::map<std::string, Severity>& severities) {
  for (Difference& difference : comparison.differences) {
    const auto found = severities.find(difference.code);
    if (found != severities.end()) difference.severity = found->second;
  }
}

std::map<std::string, Severity> configured_severities(const Configuration& configuration) {
  std::map<std::string, Severity> severities;
  for (const auto& [code, configured] : configuration.severities)
    if (const auto severity = severity_from_string(configured.word)) severities.emplace(code, *severity);
  return severities;
}

std::chrono::year_month_day local_today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm local{};
  localtime_r(&now, &local);
  constexpr int kFirstYear = 1900;
  return {std::chrono::year(local.tm_year + kFirstYear), std::chrono::month(static_cast<unsigned>(local.tm_mon + 1)),
          std::chrono::day(static_cast<unsigned>(local.tm_mday))};
}

}  // namespace paripassu
