#pragma once

#include <optional>
#include <string_view>

#include "backends/ddl_writer.h"

/// The words for types, for PostgresDdlWriter and its expressions.
namespace paripassu::postgres {

/// DdlWriter::translated_type.
WrittenSql translate_type(const catalog::Type& type);

/// DdlWriter::type_of_name: the type that `varchar(5)`, `timestamp with time zone`, `int8` or `text[]` is.
std::optional<catalog::Type> type_of_name(std::string_view name);

}  // namespace paripassu::postgres
