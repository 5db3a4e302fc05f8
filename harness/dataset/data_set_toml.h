#pragma once

#include <string>
#include <string_view>

#include "harness/dataset/data_set.h"

/// Private to the room.
namespace paripassu::dataset {

/// A whole document of tables. Throws Error(configuration) with file, line and column: not TOML, and what
/// data_set_from_toml throws.
DataSet read_toml_data(std::string_view text, const std::string& file);

}  // namespace paripassu::dataset
