#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/project/configuration.h"

namespace paripassu {

/// The word by which `name` is matched: the name itself (exact), in lower case (ignore_case), or in lower case without
/// `_`, `-` and blanks (fold). A name of nothing else keeps them: `_` and `-` stay two names.
///
/// Lower case is Unicode's simple mapping for Latin, Greek, Cyrillic and Armenian, whatever the locale; the final
/// sigma counts as sigma. Bytes that are not UTF-8 stay as they are, so any text may be given.
std::string fold_name(std::string_view name, NameMatching matching);

/// Which names of two lists belong together. Indices into the lists that were given.
struct NamePairs {
  /// Names of one word, of which there are several on a side and not the same ones on the other.
  struct Ambiguity {
    std::vector<std::size_t> left;
    std::vector<std::size_t> right;
  };

  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<std::size_t> left_only;
  std::vector<std::size_t> right_only;
  std::vector<Ambiguity> ambiguous;
};

/// Pairs names by their words. Where a side has several names of one word, these are paired exactly, and what finds no
/// equal is left over and ambiguous. Pairs and left-overs come in the order of the lists. Linear but for one sort.
NamePairs pair_names(const std::vector<std::string_view>& left, const std::vector<std::string_view>& right,
                     NameMatching matching);

}  // namespace paripassu
