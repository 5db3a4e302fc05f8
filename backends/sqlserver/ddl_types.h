#pragma once

#include <optional>
#include <string_view>

#include "backends/ddl_writer.h"

/// The words for types, for SqlServerDdlWriter and its expressions.
namespace paripassu::sqlserver {

/// Whether a text that a catalog gives as a type can be nothing else: a name with its modifiers. A snapshot may hold
/// any text.
bool is_type_text(std::string_view text);

/// DdlWriter::translated_type.
WrittenSql translate_type(const catalog::Type& type);

/// DdlWriter::type_of_name: the type that `nvarchar(5)`, `datetime2`, `national character varying(5)` or `dec(9,2)` is.
std::optional<catalog::Type> type_of_name(std::string_view name);

}  // namespace paripassu::sqlserver
