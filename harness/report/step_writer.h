#pragma once

#include <iosfwd>

#include "harness/parity/step_report.h"

namespace paripassu {

/// One version, as soon as it was compared: "0005 add_quantity: 1 difference", the differences that it introduced (`+`)
/// with file and line on both sides, and those that it repaired (`-`). Everything is escaped for terminals.
void write_step_text(std::ostream& out, const StepResult& step, bool color);

/// What all versions come to: the first after which the engines differ, then every difference that is still there with
/// the version that introduced it, and those that were repaired on the way.
void write_steps_summary_text(std::ostream& out, const StepReport& report, bool color);

/// Both of the above.
void write_steps_text(std::ostream& out, const StepReport& report, bool color);

/// docs/each-step.md is the schema. ASCII only, keys in a fixed order; bytes that are not UTF-8 become U+FFFD.
void write_steps_json(std::ostream& out, const StepReport& report);

}  // namespace paripassu
