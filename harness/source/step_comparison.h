#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/parity/differ.h"
#include "harness/source/source.h"

namespace paripassu {

/// What the two engines look like after one version.
struct StepResult {
  std::string version;
  std::string name;
  std::string left_file;  ///< the script of that version; empty: it has none for this engine
  std::string right_file;
  Comparison comparison;
  /// Differences that were not there after the version before.
  std::vector<Difference> introduced;
  /// Differences of the version before that are gone.
  std::vector<Difference> repaired;
};

/// Applies the project's migrations to two engines side by side, each migration once, and compares the catalogs after
/// every version. `on_step` is called as soon as a version was compared; the run stops when it returns false.
std::vector<StepResult> compare_each_step(SourceLoader& loader, ServerPool& servers, const Backend& left,
                                          const Backend& right, const ComparisonOptions& options,
                                          const std::function<bool(const StepResult&)>& on_step = {});

}  // namespace paripassu
