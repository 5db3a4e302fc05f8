#pragma once

#include <functional>

#include "harness/parity/differ.h"
#include "harness/parity/step_report.h"
#include "harness/source/source.h"

namespace paripassu {

struct StepOptions {
  /// `engines` is set to the loader's registry where it is not set.
  ComparisonOptions comparison;
  Severity fail_on = Severity::warning;  ///< from when on a difference counts
  bool skip_database_commands = false;
  /// Called with every comparison before it is looked at, differences located: for configured severities and waivers.
  std::function<void(Comparison&)> refine;
  /// Called as soon as a version was compared; the run stops when it returns false.
  std::function<bool(const StepResult&)> on_step;
};

/// Applies the project's migrations to two engines side by side, each migration once, and compares the catalogs after
/// every version. Repeatable migrations, which describe the newest schema, come last, as one step of the version
/// "repeatable". Every difference names file and line of the migrations (Origins), where they are scripts. Throws
/// Error.
StepReport compare_each_step(SourceLoader& loader, ServerPool& servers, const Backend& left, const Backend& right,
                             const StepOptions& options);

}  // namespace paripassu
