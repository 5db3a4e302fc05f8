#pragma once

#include <sql.h>
#include <sqlext.h>

#include <vector>

#include "backends/batch_reader.h"
#include "backends/odbc/column_binding.h"
#include "backends/odbc/statement.h"

namespace paripassu::odbc {

/// Fetches the current result of a statement in blocks of rows, bound by column.
///
/// The row array is enlarged only here, after the statement was executed: a statement executed with a larger one opens
/// a server cursor with Microsoft's driver. A long column (MAX, xml, text, image, sql_variant) makes a block of one
/// row, in which it and all columns to its right are read by SQLGetData, in order, as that driver demands; so put long
/// columns last.
class BlockFetch {
 public:
  /// `statement` was executed, stands on a result with columns, and nothing has been fetched from it. It must outlive
  /// this object and is to be used for nothing else meanwhile. Throws Error.
  BlockFetch(Statement& statement, const BatchOptions& options);
  /// Unbinds; closes nothing.
  ~BlockFetch();
  BlockFetch(const BlockFetch&) = delete;
  BlockFetch& operator=(const BlockFetch&) = delete;

  /// As BatchReader::next. Errors that the driver keeps for after the last row surface in Statement::next_result.
  std::size_t next(ColumnBatch& batch);

 private:
  struct Buffer {
    std::vector<std::uint8_t> slots;
    std::vector<SQLLEN> indicators;
  };

  bool next_row();
  void check_rows(SQLRETURN code);
  void append_row(ColumnBatch& batch);
  bool has_room(const ColumnBatch& batch) const;
  void append_long(std::size_t column, ColumnVector& target, std::size_t row);
  [[noreturn]] void refuse_truncated(std::size_t column, SQLLEN length) const;

  Statement& statement_;
  BatchOptions options_;
  std::vector<ColumnBinding> bindings_;
  std::vector<Buffer> buffers_;
  std::vector<std::size_t> variable_;  ///< columns without a fixed width
  std::size_t fixed_bytes_ = 0;        ///< of a row, with the offsets of its variable columns and its validity
  std::size_t bound_columns_ = 0;      ///< the first so many are bound; the others are read by SQLGetData
  std::size_t block_rows_max_ = 1;
  std::vector<SQLUSMALLINT> statuses_;
  SQLULEN rows_fetched_ = 0;
  std::size_t row_ = 0;  ///< in the block
  bool finished_ = false;
  const ColumnBatch* prepared_ = nullptr;  ///< the batch whose columns were set up
  std::string scratch_;
};

}  // namespace paripassu::odbc
