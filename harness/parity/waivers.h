#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/parity/difference.h"
#include "harness/project/configuration.h"

/// What a team says about differences: which ones it accepts, how severe they are.
///
/// A waiver covers the differences of its code (`*`: of any code) whose object its `object` matches, written as
/// Difference::object() or with the schema in front of it: "orders.quantity", "app.orders.*". Wildcards, escapes, case
/// and separators are those of object_pattern.h.
namespace paripassu {

/// True for `waiver-unused` and `waiver-expired`.
bool is_about_waivers(std::string_view code);

/// Throws Error(configuration), with the place in the configuration and the nearest code, when a waiver or
/// `[parity.severity]` names a code that does not exist, or a waiver one of the two codes about waivers themselves.
void check_codes(const Configuration& configuration);

/// Sets Difference::waived of every difference that a waiver covers to the reason of the first one, in their order.
/// A waiver that covers nothing is added to the differences as `waiver-unused`. One whose `until` lies before `today`
/// waives nothing and is added as `waiver-expired`; the last day counts as valid. These two have the kind "waiver", the
/// name "CODE OBJECT", the waiver's place in the configuration as `left_side`, neither schema nor table, and cannot be
/// waived. Not to be called twice for one comparison. Time grows with waivers plus differences; for waivers
/// whose objects begin and end with a wildcard, with their number per code times the differences of that code.
void apply_waivers(Comparison& comparison, const std::vector<WaiverConfiguration>& waivers,
                   std::chrono::year_month_day today);

/// Gives differences of the codes in `severities` that severity. To be called after apply_waivers, whose findings have
/// severities too, and before propose_waivers.
void apply_severities(Comparison& comparison, const std::map<std::string, Severity>& severities);

/// `[parity.severity]` as apply_severities takes it.
std::map<std::string, Severity> configured_severities(const Configuration& configuration);

/// `[[parity.waiver]]` blocks for all differences at least as severe as `fail_on` that no waiver covers, one per code
/// and object, each ending 90 days after `today`; findings about waivers are left out. Put into paripassu.toml, they
/// waive exactly these differences. A comment alone when there is nothing to waive. UTF-8 without control characters:
/// safe on a terminal.
std::string propose_waivers(const Comparison& comparison, std::chrono::year_month_day today,
                            Severity fail_on = Severity::warning);

/// Today where the program runs: what `until` is measured against.
std::chrono::year_month_day local_today();

}  // namespace paripassu
