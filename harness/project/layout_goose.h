#pragma once

#include <string>
#include <string_view>

#include "harness/project/layout_lines.h"

namespace paripassu {

/// True when a line of `text` is goose's annotation of the up section.
bool has_goose_marker(std::string_view text);

/// Splits a goose file (pressly/goose, internal/sqlparser): `-- +goose Up`, `Down`, `StatementBegin`, `StatementEnd`,
/// `NO TRANSACTION` (for the whole file) and `ENVSUB ON` and `OFF`, whose `$NAME`, `${NAME}`, `${NAME:-default}` and
/// `${NAME-default}` are replaced from the environment. `cut_statements`: say where goose ends what it sends in one
/// piece, that is at `;` at the end of a line, or at StatementEnd.
///
/// Throws Error(configuration) with the place: no up section, an annotation that goose does not have, is indented, or
/// stands in the wrong order; a statement before the first annotation or without `;` at the end; a variable that is not
/// set and has no default.
SectionTexts split_goose(std::string_view text, const std::string& file, bool cut_statements);

}  // namespace paripassu
