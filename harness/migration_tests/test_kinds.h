#pragma once

#include <vector>

#include "harness/migration_tests/test_context.h"

namespace paripassu {

// The groups of each kind; empty where there is nothing to test. All throw Error(configuration) for what is wrong in
// the project's files; `context` must outlive the groups.

TestGroups stairway_tests(TestContext& context, const Backend& backend);
/// Nothing without a ladder.
TestGroups stairway_data_tests(TestContext& context, const Backend& backend);
/// One test per version with data ("0003_add_phone": its data can be inserted), and "newest": the expectations.
TestGroups ladder_tests(TestContext& context, const Backend& backend);
/// One group per case; the cases run on every engine of `engines` and their results are compared with each other.
TestGroups case_tests(TestContext& context, const std::vector<const Backend*>& engines);
TestGroups skipped_version_tests(TestContext& context, const Backend& backend);
/// Nothing without `[model]` for the engine.
TestGroups model_tests(TestContext& context, const Backend& backend);
/// A test per version ("both/parity/0003_add_phone"): fails where that migration introduced a difference.
TestGroups parity_tests(TestContext& context, const Backend& left, const Backend& right);
TestGroups rerun_tests(TestContext& context, const Backend& backend);
TestGroups runner_tests(TestContext& context, const Backend& backend);

}  // namespace paripassu
