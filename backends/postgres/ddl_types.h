#pragma once

#include <optional>
#include <string_view>

#include "backends/ddl_writer.h"

/// The words for types, for PostgresDdlWriter and its expressions.
namespace paripassu::postgres {

/// Whether a text that a catalog gives as a type can be nothing else: a name with its modifiers and dimensions. A
/// snapshot may hold any text.
bool is_type_text(std::string_view text);

/// DdlWriter::translated_type.
WrittenSql translate_type(const catalog::Type& type);

/// DdlWriter::type_of_name: the type that `varchar(5)`, `timestamp with time zone`, `int8` or `text[]` is.
std::optional<catalog::Type> type_of_name(std::string_view name);

}  // namespace paripassu::postgres
