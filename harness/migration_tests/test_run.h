#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "harness/migration_tests/test_context.h"

namespace paripassu {

struct TestProgress {
  std::size_t done = 0;
  std::size_t total = 0;
  std::int64_t elapsed_ms = 0;
  std::int64_t left_ms = -1;       ///< estimated; -1: not yet known
  const TestName* name = nullptr;  ///< begun last
  const TestResult* finished = nullptr;
};

/// All tests of a project. The same run as `paripassu test`:
///
///     TestContext context(registry, configuration, servers, loader, options);
///     TestReport report = run_tests(context, {&registry.get("postgres"), &registry.get("sqlserver")}, {});
///
/// An engine without a server makes its tests incomplete and the others go on. Throws Error(configuration),
/// Error(usage) before anything runs, Error(interrupted) when a stop was requested; `on_progress` is called under a
/// lock, from any thread.
TestReport run_tests(TestContext& context, const std::vector<const Backend*>& engines,
                     const std::function<void(const TestProgress&)>& on_progress);

}  // namespace paripassu
