#pragma once

#include <string>
#include <vector>

#include "harness/migrate/migrator.h"

namespace paripassu {

/// Takes over what `[tests]` declares irreversible, for revisions that say nothing themselves. Throws
/// Error(configuration) for a version there, or a floor, that is none of `revisions`.
void declare_irreversible(std::vector<Revision>& revisions, const TestsConfiguration& tests);

/// What the `list` command of `[migrator]` printed: a line per revision, its identifier, blanks and its name, then,
/// each behind a tab, `file=…`, `after=…`, `irreversible=…`. Empty lines do not count.
struct ListedRevision {
  Revision revision;
  std::vector<std::string> after;  ///< the revisions that it follows directly; empty: not said, or none
};

/// `dir` is where relative names of files start; absolute ones below it are shown relative to it. Throws
/// Error(configuration) that shows the line.
std::vector<ListedRevision> read_listed_revisions(const std::string& text, const std::string& dir);

}  // namespace paripassu
