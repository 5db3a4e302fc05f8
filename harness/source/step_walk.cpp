#include "harness/source/step_walk.h"

#include <algorithm>

namespace paripassu {

namespace {

bool same_version(const Revision& left, const Revision& right) {
  return left.version == right.version || compare_versions(left.version, right.version) == 0;
}

const Revision* find_from(const std::vector<Revision>& list, std::size_t from, const Revision& one) {
  for (std::size_t i = from; i < list.size(); ++i)
    if (same_version(list[i], one)) return &list[i];
  return nullptr;
}

/// Of two that the other side does not know, or that the sides have in another order.
bool comes_first(const Revision& left, const Revision& right) {
  if (left.version == kRepeatableVersion || right.version == kRepeatableVersion)
    return right.version == kRepeatableVersion;
  return compare_versions(left.version, right.version) <= 0;
}

}  // namespace

std::vector<RevisionPair> merge_revisions(const std::vector<Revision>& left, const std::vector<Revision>& right) {
  std::vector<RevisionPair> pairs;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    bool take_left = i < left.size();
    bool take_right = j < right.size();
    if (take_left && take_right && !same_version(left[i], right[j])) {
      const bool left_comes_later = find_from(right, j, left[i]) != nullptr;
      const bool right_comes_later = find_from(left, i, right[j]) != nullptr;
      take_left = left_comes_later != right_comes_later ? right_comes_later : comes_first(left[i], right[j]);
      take_right = !take_left;
    }
    const Revision& revision = take_left ? left[i] : right[j];
    const bool is_new = std::none_of(pairs.begin(), pairs.end(), [&revision](const RevisionPair& pair) {
      return same_version(pair.any(), revision);
    });
    if (is_new)
      pairs.push_back({take_left ? &left[i] : find_from(left, 0, revision),
                       take_right ? &right[j] : find_from(right, 0, revision)});
    i += take_left ? 1 : 0;
    j += take_right ? 1 : 0;
  }
  return pairs;
}

}  // namespace paripassu
