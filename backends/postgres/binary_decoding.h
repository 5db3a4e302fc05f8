#pragma once

#include <libpq-fe.h>

#include <optional>
#include <string_view>

#include "backends/column_batch.h"

namespace paripassu::postgres {

/// Appends one value, as a `typsend` function of the server wrote it, to a column of the layout that belongs to it.
/// Throws Error(not_supported) for bytes that are no such value; the column is then as it was.
using Decoder = void (*)(std::string_view wire, ColumnVector& column);

struct BinaryType {
  const char* name;  ///< as format_type() prints it
  ColumnLayout layout;
  Decoder decode;
};

/// How to read the binary form of a built-in type; none for types whose value is better read as text (arrays, ranges,
/// interval, time with time zone, network addresses, what extensions add). The forms are those of the send functions
/// in PostgreSQL's src/backend/utils/adt; infinite numerics exist from 14 on.
std::optional<BinaryType> binary_type(Oid type);

/// For columns that the server was asked to cast to text, and for enumerations, whose binary form is their label.
void decode_text(std::string_view wire, ColumnVector& column);

}  // namespace paripassu::postgres
