#include "harness/parity/step_report.h"

#include <algorithm>
#include <utility>

namespace paripassu {

const StepResult& StepHistory::add(StepVersion version, Comparison comparison) {
  const std::size_t number = report_.steps.size();
  StepResult step;
  step.version = std::move(version);
  step.errors = comparison.count(Severity::error);
  step.warnings = comparison.count(Severity::warning);
  step.notes = comparison.count(Severity::note);
  step.waived = comparison.waived_count();
  step.unknown = comparison.unknown.size();
  step.differs = comparison.has_findings(fail_on_);

  std::map<Identity, std::size_t> now;
  for (const Difference& difference : comparison.differences) {
    Identity identity{difference.code, difference.schema, difference.table, difference.kind, difference.name, 0};
    while (now.contains(identity)) ++std::get<std::size_t>(identity);
    const auto before = living_.find(identity);
    std::size_t life = 0;
    if (before == living_.end()) {
      life = report_.lives.size();
      report_.lives.push_back({difference, number, std::nullopt});
      step.introduced.push_back(difference);
    } else {
      life = before->second;
      report_.lives[life].difference = difference;
      living_.erase(before);
    }
    now.emplace(std::move(identity), life);
  }
  for (const auto& [identity, life] : living_) {
    report_.lives[life].repaired = number;
    step.repaired.push_back(report_.lives[life].difference);
  }
  living_ = std::move(now);
  if (step.differs && report_.first_divergence.empty()) report_.first_divergence = step.version.version;
  report_.last = std::move(comparison);
  report_.steps.push_back(std::move(step));
  return report_.steps.back();
}

StepReport StepHistory::finish() {
  std::stable_partition(report_.lives.begin(), report_.lives.end(),
                        [](const DifferenceLife& life) { return !life.repaired; });
  living_.clear();
  return std::exchange(report_, {});
}

}  // namespace paripassu
