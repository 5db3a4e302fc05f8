#pragma once

#include <string>
#include <string_view>

#include "backends/session.h"

/// Values as messages show them. Private to the room.
namespace paripassu::dataset {

/// NULL, '' (empty text), 7, true, 'text with a line end\n': quoted unless it is a number, a truth or a time. Control
/// characters and bytes that are no UTF-8 are escaped; long texts are shortened at their end.
std::string shown_value(const Cell& value);
/// Cut to what a line takes, at the end of a character.
std::string shortened(std::string text);

}  // namespace paripassu::dataset
