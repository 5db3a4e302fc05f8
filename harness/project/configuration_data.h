#pragma once

#include "harness/project/configuration.h"
#include "harness/project/toml_reader.h"

/// `[data]` of the configuration. Private to the room.
namespace paripassu {

/// Throws Error(configuration) with position.
void read_data(const TomlTable& root, const BackendRegistry& registry, DataConfiguration& data);
/// PARIPASSU_DATA_FAIL_ON, PARIPASSU_DATA_TOLERANCE. Throws Error(configuration) that names the variable.
void apply_data_environment(DataConfiguration& data);

}  // namespace paripassu
