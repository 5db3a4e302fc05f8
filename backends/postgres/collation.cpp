#include "backends/postgres/collation.h"

#include <algorithm>
#include <string>

namespace paripassu::postgres {

std::optional<catalog::CollationMeaning> nondeterministic_collation_meaning(std::string_view locale) {
  std::string folded(locale);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto has = [&folded](std::string_view part) { return folded.find(part) != std::string::npos; };
  // Without a strength it is the locale's own, tertiary everywhere in ICU's data.
  if (has("@") && !has("colstrength")) return catalog::CollationMeaning{true, true};
  if (!has("@") && !has("-ks-")) return catalog::CollationMeaning{true, true};
  const bool primary = has("-ks-level1") || has("colstrength=primary");
  const bool secondary = has("-ks-level2") || has("colstrength=secondary");
  const bool higher = has("-ks-level3") || has("-ks-level4") || has("-ks-identic") || has("colstrength=tertiary") ||
                      has("colstrength=quaternary") || has("colstrength=identical");
  const bool case_level = (has("-kc") && !has("-kc-false")) || has("colcaselevel=yes");
  if (primary) return catalog::CollationMeaning{case_level, false};
  if (secondary) return catalog::CollationMeaning{case_level, true};
  if (higher) return catalog::CollationMeaning{true, true};
  return std::nullopt;
}

}  // namespace paripassu::postgres
