#pragma once

#include "harness/datacheck/query_suite.h"

/// Private to the room.
namespace paripassu {

/// Throws Error(configuration) with position unless the text is one statement that the engine's client would send, and
/// that only reads as far as its words tell: SELECT, WITH, VALUES, TABLE.
void check_is_query(const QueryText& text, const Backend& backend);

}  // namespace paripassu
