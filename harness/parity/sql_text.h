#pragma once

#include <string>
#include <string_view>

/// SQL compared as it is written. Private to the room.
namespace paripassu::parity {

/// A statement in one line: comments and needless blanks are gone, what is quoted ('…', "…", […], $tag$…$tag$) stays as
/// it is. Takes any text; what is never closed reaches to the end.
std::string plain_sql(std::string_view text);

/// Whether two statements of one engine are written alike but for comments, blanks and semicolons at the end.
bool same_sql(std::string_view left, std::string_view right);

}  // namespace paripassu::parity
