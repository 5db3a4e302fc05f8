#pragma once

#include <string>
#include <string_view>

#include "backends/catalog/catalog.h"

namespace paripassu::catalog {

/// Version of the snapshot format. A reader takes its own version and every older one.
inline constexpr int kSnapshotVersion = 2;

/// The catalog as JSON: `{"paripassu": "catalog", "version": 2, "engine": …, "schemas": [...]}`, two spaces of
/// indent, keys in a fixed order, members that hold their default left out: two equal catalogs give equal bytes.
/// The result is UTF-8 for any catalog: a text that is not UTF-8 (a PostgreSQL database in SQL_ASCII may hold one) is
/// written as an object with its bytes in hexadecimal, `{"bytes": "636166e9"}`. The format is in docs/snapshot.md.
std::string to_json(const Catalog& catalog);

/// The inverse: `from_json(to_json(c)) == c`; lists keep the order of the file. Throws Error(configuration), naming
/// `file`, the line and the path inside the document, for text that is cut off, not a snapshot, of a newer version or
/// of wrong shape; unknown and repeated keys are errors too. Stack and memory are bounded whatever the text holds.
Catalog from_json(std::string_view text, const std::string& file);

}  // namespace paripassu::catalog
