#pragma once

#include <memory>
#include <string_view>

#include "backends/batch_reader.h"
#include "backends/sqlserver/session.h"

namespace paripassu::sqlserver {

/// Runs one query or batch and reads its first result set by ODBC block fetch; what the batch returns after it is read
/// and thrown away, errors excepted. odbc::BlockFetch says which columns slow it down.
///
/// A reader destroyed half way cancels the query. An open transaction must be taken as lost then: sessions run under
/// XACT_ABORT, with which a cancelled query rolls it back (documentation of ISSAbort::Abort). `session` must outlive
/// the reader. Throws Error.
std::unique_ptr<BatchReader> read_batches(SqlServerSession& session, std::string_view sql, const BatchOptions& options);

}  // namespace paripassu::sqlserver
