#include "harness/parity/parity_rules.h"

#include "harness/parity/waivers.h"

namespace paripassu {

ParityRules parity_rules(const Configuration& configuration, const BackendRegistry& registry) {
  check_codes(configuration);
  ParityRules rules;
  rules.comparison.names = configuration.names;
  rules.comparison.schema_pairs = configuration.schema_pairs;
  rules.comparison.compare_column_order = configuration.compare_column_order;
  rules.comparison.compare_enum_order = configuration.compare_enum_order;
  rules.comparison.equivalent_types = configuration.equivalent_types;
  rules.comparison.engines = &registry;
  rules.fail_on = severity_from_string(configuration.fail_on).value_or(Severity::warning);
  rules.severities = configured_severities(configuration);
  rules.waivers = configuration.waivers;
  return rules;
}

void refine(Comparison& comparison, const ParityRules& rules, bool is_own) {
  apply_waivers(comparison, rules.waivers, local_today());
  if (!is_own) std::erase_if(comparison.differences, [](const Difference& one) { return one.code == "waiver-unused"; });
  apply_severities(comparison, rules.severities);
}

}  // namespace paripassu
