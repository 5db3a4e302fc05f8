#pragma once

#include "backends/column_batch.h"
#include "backends/limits.h"

namespace paripassu {

struct BatchOptions {
  std::size_t batch_bytes_max = limits::kBatchBytesDefault;  ///< a batch may exceed it by one row
  std::size_t batch_rows_max = limits::kBatchRowsMax;
};

/// Streams the rows of one query in columns, in bounded memory: PostgreSQL by binary COPY on
/// SOCI's PGconn (statements that COPY does not take: in single-row binary mode), SQL Server by ODBC block fetch on
/// SOCI's HDBC. The session can do nothing else until the reader is destroyed, which abandons what was not read.
class BatchReader {
 public:
  virtual ~BatchReader() = default;
  /// Replaces the contents of `batch` and returns its rows; 0 at the end. The columns are set up by the
  /// first call. Throws Error; the batch is then undefined.
  virtual std::size_t next(ColumnBatch& batch) = 0;
};

}  // namespace paripassu
