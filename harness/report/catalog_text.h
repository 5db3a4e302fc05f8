#pragma once

#include <iosfwd>
#include <string>

#include "backends/catalog/catalog.h"

namespace paripassu {

/// The catalog for people: schemas, tables with columns and constraints, then everything else, one object a line.
void write_catalog_text(std::ostream& out, const catalog::Catalog& catalog, const std::string& label);

}  // namespace paripassu
