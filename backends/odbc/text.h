#pragma once

#include <string>
#include <string_view>

namespace paripassu::odbc {

/// UTF-8 to what unixODBC calls SQLWCHAR: UTF-16 code units. Invalid bytes become U+FFFD.
std::u16string to_utf16(std::string_view text);

/// UTF-16 to UTF-8. A lone surrogate, which SQL Server's nvarchar can hold, becomes its three-byte form (WTF-8), so
/// that different values stay different.
std::string to_utf8(std::u16string_view text);

/// `text` at the end of `out`, without an allocation of its own.
void append_utf8(std::string& out, std::u16string_view text);

}  // namespace paripassu::odbc
