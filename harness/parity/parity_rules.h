#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/parity/differ.h"

namespace paripassu {

/// How a project compares schemas: what `[parity]` says, the same for every command.
struct ParityRules {
  ComparisonOptions comparison;
  Severity fail_on = Severity::warning;  ///< from when on a difference counts
  std::map<std::string, Severity> severities;
  std::vector<WaiverConfiguration> waivers;
};

/// Throws Error(configuration) for a code that does not exist. `registry` must outlive the result.
ParityRules parity_rules(const Configuration& configuration, const BackendRegistry& registry);

/// Applies waivers and severities. A project's waivers are about its two engines: in any other comparison (drift, a
/// model, two files) it says nothing that one of them covers nothing, and `is_own` is false.
void refine(Comparison& comparison, const ParityRules& rules, bool is_own);

}  // namespace paripassu
