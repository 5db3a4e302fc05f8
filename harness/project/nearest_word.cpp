#include <algorithm>
#include <array>

#include "harness/project/configuration.h"

namespace paripassu {

namespace {

constexpr std::size_t kWordBytesMax = 64;

char fold(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '-' || c == ' ' ? '_' : c;
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), letters without case.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  using Row = std::array<std::size_t, kWordBytesMax + 1>;
  Row before_previous{};
  Row previous{};
  Row current{};
  for (std::size_t j = 0; j <= right.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t cost = fold(left[i - 1]) == fold(right[j - 1]) ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost});
      const bool swapped =
          i > 1 && j > 1 && fold(left[i - 1]) == fold(right[j - 2]) && fold(left[i - 2]) == fold(right[j - 1]);
      if (swapped) current[j] = std::min(current[j], before_previous[j - 2] + 1);
    }
    before_previous = previous;
    previous = current;
  }
  return previous[right.size()];
}

}  // namespace

std::string nearest_word(const std::string& word, const std::vector<std::string>& known) {
  std::string nearest;
  std::size_t nearest_distance = kWordBytesMax;
  if (word.empty() || word.size() > kWordBytesMax) return nearest;
  for (const std::string& candidate : known) {
    if (candidate.empty() || candidate.size() > kWordBytesMax) continue;
    // A third of the longer word may be wrong: more, and short words would all be near each other.
    const std::size_t distance_max = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const std::size_t distance = edit_distance(word, candidate);
    const bool unrelated = distance >= std::min(word.size(), candidate.size());
    if (unrelated || distance > distance_max || distance >= nearest_distance) continue;
    nearest = candidate;
    nearest_distance = distance;
  }
  return nearest;
}

}  // namespace paripassu
