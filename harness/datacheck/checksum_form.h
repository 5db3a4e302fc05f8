#pragma once

#include <optional>

#include "backends/data_sql.h"

namespace paripassu::datacheck {

/// The form in which values of two types can be summed inside both servers, such that different values (by any rule of
/// docs/data-parity.md) have different texts; absent where there is none.
std::optional<ChecksumForm> checksum_form(const catalog::Type& left, const catalog::Type& right);

}  // namespace paripassu::datacheck
