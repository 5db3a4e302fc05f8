#pragma once

#include <memory>
#include <string_view>

#include "backends/batch_reader.h"
#include "backends/postgres/session.h"

namespace paripassu::postgres {

/// Runs one query in binary, row by row as they arrive: what can stand inside COPY … TO STDOUT as such, which costs
/// client and server least; anything else (EXPLAIN, INSERT … RETURNING) in libpq's single-row mode, in chunks from
/// libpq 17 on.
///
/// Columns of a type that has no layout of its own (arrays, interval, inet, what extensions define) are cast to text on
/// the server, money to numeric, by wrapping the query in another one. A statement that cannot be a subquery (INSERT …
/// RETURNING, EXPLAIN) must not have such columns: Error(not_supported).
///
/// A reader destroyed half way cancels the query. In an open transaction it does so behind a savepoint, so that the
/// transaction goes on; what the query itself changed is undone then. Without one, a query inside COPY runs in a
/// transaction of its own, since COPY does not say which types it sends: they are those that were described before,
/// under the locks of that transaction. `session` must outlive the reader. Throws Error.
std::unique_ptr<BatchReader> read_batches(PostgresSession& session, std::string_view sql, const BatchOptions& options);

}  // namespace paripassu::postgres
