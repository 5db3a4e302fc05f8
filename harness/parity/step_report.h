#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "harness/parity/difference.h"

namespace paripassu {

/// A version of the migrations, and what it runs on each side.
struct StepVersion {
  std::string version;
  std::string name;
  std::string left_file;  ///< relative to the project; empty: nothing is run on this side
  std::string right_file;
  bool operator==(const StepVersion&) const = default;
};

/// How two engines stand to each other after one version.
struct StepResult {
  StepVersion version;
  std::size_t errors = 0;  ///< of the differences that no waiver covers, and so on
  std::size_t warnings = 0;
  std::size_t notes = 0;
  std::size_t waived = 0;
  std::size_t unknown = 0;  ///< what could not be compared
  bool differs = false;     ///< there is a difference that counts (StepHistory)
  /// Differences that were not there after the version before.
  std::vector<Difference> introduced;
  /// Differences of the version before that are gone, as they were.
  std::vector<Difference> repaired;
};

/// One difference from its first version to its last.
struct DifferenceLife {
  Difference difference;                ///< as it was last seen
  std::size_t introduced = 0;           ///< index into StepReport::steps
  std::optional<std::size_t> repaired;  ///< likewise; nullopt: it is still there
};

struct StepReport {
  std::vector<StepResult> steps;
  Comparison last;                    ///< after the last version
  std::vector<DifferenceLife> lives;  ///< those that are still there first, then by step of introduction
  std::string first_divergence;       ///< the first version after which a difference counts; empty: there is none
};

/// Follows differences from version to version. One is the same as one of the version before when code, schema, table,
/// kind and name are: what the sides print may change. One that comes back has a second life.
class StepHistory {
 public:
  /// A difference counts, for `StepResult::differs`, when it is at least as severe as `fail_on` and not waived.
  explicit StepHistory(Severity fail_on = Severity::warning) : fail_on_(fail_on) {}

  /// Takes in the comparison after the next version. The reference is valid until the next call.
  const StepResult& add(StepVersion version, Comparison comparison);
  /// Ends the history.
  StepReport finish();

 private:
  /// What makes a difference the same one, and a number for those of one version that are alike in all of it.
  using Identity = std::tuple<std::string, std::string, std::string, std::string, std::string, std::size_t>;

  Severity fail_on_;
  StepReport report_;
  std::map<Identity, std::size_t> living_;  ///< to the index in `report_.lives`
};

}  // namespace paripassu
