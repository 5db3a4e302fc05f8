#include "backends/sqlserver/collation.h"

#include <algorithm>
#include <string>

namespace paripassu::sqlserver {

std::optional<catalog::CollationMeaning> collation_meaning(std::string_view name) {
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  folded += '_';
  const auto has = [&folded](std::string_view part) { return folded.find(part) != std::string::npos; };
  if (has("_bin_") || has("_bin2_")) return catalog::CollationMeaning{true, true};
  if (!has("_ci_") && !has("_cs_")) return std::nullopt;
  return catalog::CollationMeaning{has("_cs_"), !has("_ai_")};
}

}  // namespace paripassu::sqlserver
