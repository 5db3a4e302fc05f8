#pragma once

#include <string>
#include <vector>

#include "harness/project/configuration.h"

namespace paripassu {

/// The words of `[migrator] preset`.
const std::vector<std::string>& migrator_preset_words();

/// What a preset says: every field of it but `dir` and `position`. An empty word gives the defaults, without commands;
/// Throws Error(internal) for one that is not listed.
MigratorConfiguration migrator_preset(const std::string& word);

/// What to do when a command of the preset finds that its tool is missing; for an empty word, of any tool.
std::string migrator_preset_remedy(const std::string& word);

}  // namespace paripassu
