#include "backends/odbc/block_fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "backends/odbc/diagnostics.h"
#include "backends/odbc/text.h"

namespace paripassu::odbc {

namespace {

/// Fewer where rows are wide.
constexpr std::size_t kBlockRowsMax = 1'000;
constexpr std::size_t kLongPartBytes = 64 * 1024;
constexpr std::size_t kNameUnitsMax = 1'024;

std::string read_type_name(Statement& statement, SQLUSMALLINT number) {
  std::array<SQLWCHAR, 256> name{};
  SQLSMALLINT bytes = 0;
  statement.check(SQLColAttributeW(statement.handle(), number, SQL_DESC_TYPE_NAME, name.data(),
                                   static_cast<SQLSMALLINT>(sizeof name), &bytes, nullptr));
  const std::size_t units = std::min(static_cast<std::size_t>(bytes) / sizeof(SQLWCHAR), name.size() - 1);
  return to_utf8({reinterpret_cast<const char16_t*>(name.data()), units});
}

ColumnDescription describe_column(Statement& statement, SQLUSMALLINT number) {
  ColumnDescription description;
  std::array<SQLWCHAR, kNameUnitsMax> name{};
  SQLSMALLINT units = 0;
  SQLSMALLINT nullable = SQL_NULLABLE_UNKNOWN;
  statement.check(SQLDescribeColW(statement.handle(), number, name.data(), static_cast<SQLSMALLINT>(name.size()),
                                  &units, &description.sql_type, &description.size, &description.decimal_digits,
                                  &nullable));
  const std::size_t used = std::min(static_cast<std::size_t>(units), name.size() - 1);
  description.name = to_utf8({reinterpret_cast<const char16_t*>(name.data()), used});
  description.type_name = read_type_name(statement, number);
  return description;
}

SQLPOINTER attribute(std::size_t value) {
  return reinterpret_cast<SQLPOINTER>(static_cast<std::uintptr_t>(value));
}

}  // namespace

BlockFetch::BlockFetch(Statement& statement, const BatchOptions& options) : statement_(statement), options_(options) {
  const auto columns = static_cast<std::size_t>(statement.column_count());
  std::size_t row_bytes = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    bindings_.push_back(bind_column(describe_column(statement, static_cast<SQLUSMALLINT>(i + 1))));
    row_bytes += bindings_.back().slot_bytes + sizeof(SQLLEN);
    const std::size_t width = fixed_width(bindings_.back().layout);
    if (width == 0) variable_.push_back(i);
    fixed_bytes_ += (width == 0 ? sizeof(std::uint64_t) : width) + 1;
  }
  const auto first_long = std::find_if(bindings_.begin(), bindings_.end(), [](const auto& b) { return b.is_long(); });
  bound_columns_ = static_cast<std::size_t>(first_long - bindings_.begin());
  if (bound_columns_ == columns) {
    const std::size_t rows_max = std::min(kBlockRowsMax, options.batch_rows_max);
    block_rows_max_ = std::clamp<std::size_t>(options.batch_bytes_max / std::max<std::size_t>(row_bytes, 1), 1,
                                              std::max<std::size_t>(rows_max, 1));
  }
  statuses_.resize(block_rows_max_);
  buffers_.resize(columns);
  SQLHSTMT const handle = statement.handle();
  statement.check(SQLSetStmtAttr(handle, SQL_ATTR_ROW_BIND_TYPE, attribute(SQL_BIND_BY_COLUMN), SQL_IS_UINTEGER));
  statement.check(SQLSetStmtAttr(handle, SQL_ATTR_ROW_ARRAY_SIZE, attribute(block_rows_max_), SQL_IS_UINTEGER));
  for (std::size_t i = 0; i < columns; ++i) {
    const ColumnBinding& binding = bindings_[i];
    Buffer& buffer = buffers_[i];
    buffer.slots.resize(std::max<std::size_t>(binding.slot_bytes, 1) * block_rows_max_);
    buffer.indicators.resize(block_rows_max_);
    if (i < bound_columns_)
      statement.check(SQLBindCol(handle, static_cast<SQLUSMALLINT>(i + 1), binding.c_type, buffer.slots.data(),
                                 static_cast<SQLLEN>(binding.slot_bytes), buffer.indicators.data()));
  }
  statement.check(SQLSetStmtAttr(handle, SQL_ATTR_ROWS_FETCHED_PTR, &rows_fetched_, SQL_IS_POINTER));
  statement.check(SQLSetStmtAttr(handle, SQL_ATTR_ROW_STATUS_PTR, statuses_.data(), SQL_IS_POINTER));
}

BlockFetch::~BlockFetch() {
  SQLHSTMT const handle = statement_.handle();
  SQLFreeStmt(handle, SQL_UNBIND);
  SQLSetStmtAttr(handle, SQL_ATTR_ROWS_FETCHED_PTR, nullptr, SQL_IS_POINTER);
  SQLSetStmtAttr(handle, SQL_ATTR_ROW_STATUS_PTR, nullptr, SQL_IS_POINTER);
  SQLSetStmtAttr(handle, SQL_ATTR_ROW_ARRAY_SIZE, attribute(1), SQL_IS_UINTEGER);
}

/// An error after some rows of a block is reported as success with information, and the fetch after it says that there
/// is no more data: the diagnostics alone tell it from a short last block (FreeTDS; ODBC has SQL_ROW_ERROR for it as
/// well).
void BlockFetch::check_rows(SQLRETURN code) {
  if (code == SQL_SUCCESS_WITH_INFO) {
    const std::vector<Diagnostic> records = read_diagnostics(SQL_HANDLE_STMT, statement_.handle());
    const bool failed = std::any_of(records.begin(), records.end(),
                                    [](const Diagnostic& record) { return record.sqlstate.compare(0, 2, "01") != 0; });
    if (failed) statement_.check(SQL_ERROR);
  }
  statement_.check(code);
}

/// Makes `row_` the next row of the block; false at the end.
bool BlockFetch::next_row() {
  if (row_ + 1 < rows_fetched_) {
    ++row_;
    return true;
  }
  if (finished_) return false;
  row_ = 0;
  rows_fetched_ = 0;
  const SQLRETURN code = SQLFetch(statement_.handle());
  finished_ = code == SQL_NO_DATA;
  if (!finished_) check_rows(code);
  // A driver may leave the count of the last block behind.
  if (finished_) rows_fetched_ = 0;
  return rows_fetched_ > 0;
}

void BlockFetch::refuse_truncated(std::size_t column, SQLLEN length) const {
  const ColumnDescription& description = bindings_[column].description;
  throw Error(ErrorCategory::not_supported,
              fmt::format("column \"{}\" was announced as {} of {}, but a value has {} bytes", description.name,
                          description.type_name, description.size,
                          length == SQL_NO_TOTAL ? std::string("more") : std::to_string(length)))
      .with_remedy("convert the column to nvarchar(max) or varbinary(max) in the query");
}

void BlockFetch::append_long(std::size_t column, ColumnVector& target, std::size_t row) {
  const ColumnBinding& binding = bindings_[column];
  const bool is_text = binding.c_type != SQL_C_BINARY;
  const std::size_t end_bytes = is_text ? sizeof(char16_t) : 0;
  std::vector<std::uint8_t>& part = buffers_[column].slots;
  if (part.size() < kLongPartBytes) part.resize(kLongPartBytes);
  scratch_.clear();
  std::size_t kept = 0;  // bytes of half a surrogate pair, at the front of `part`
  for (;;) {
    SQLLEN indicator = 0;
    const SQLRETURN code = SQLGetData(statement_.handle(), static_cast<SQLUSMALLINT>(column + 1), binding.c_type,
                                      part.data() + kept, static_cast<SQLLEN>(part.size() - kept), &indicator);
    if (code == SQL_NO_DATA) break;
    if (!SQL_SUCCEEDED(code)) statement_.check(code);
    if (indicator == SQL_NULL_DATA) return target.append_null(row);
    const std::size_t capacity = (part.size() - kept - end_bytes) / sizeof(char16_t) * sizeof(char16_t);
    // FreeTDS announces truncation of a sql_variant that fits, so that the length decides.
    const bool more =
        code == SQL_SUCCESS_WITH_INFO && (indicator == SQL_NO_TOTAL || static_cast<std::size_t>(indicator) > capacity);
    std::size_t bytes = kept + (more ? capacity : static_cast<std::size_t>(indicator));
    kept = 0;
    if (is_text) {
      const auto* units = reinterpret_cast<const char16_t*>(part.data());
      std::size_t count = bytes / sizeof(char16_t);
      if (more && count > 0 && units[count - 1] >= 0xD800 && units[count - 1] < 0xDC00) {
        --count;
        kept = sizeof(char16_t);
      }
      append_utf8(scratch_, {units, count});
      if (kept != 0) std::memmove(part.data(), units + count, kept);
    } else {
      scratch_.append(reinterpret_cast<const char*>(part.data()), bytes);
    }
    if (scratch_.size() > limits::kCellBytesMax)
      throw Error(ErrorCategory::resources,
                  fmt::format("a value of column \"{}\" is larger than 1 GiB", binding.description.name))
          .with_remedy("leave the column out of the query");
    if (!more) break;
  }
  if (kept != 0) append_utf8(scratch_, {reinterpret_cast<const char16_t*>(part.data()), 1});
  target.append_bytes(scratch_);
}

void BlockFetch::append_row(ColumnBatch& batch) {
  for (std::size_t i = 0; i < bindings_.size(); ++i) {
    const ColumnBinding& binding = bindings_[i];
    Buffer& buffer = buffers_[i];
    if (i >= bound_columns_) {
      if (binding.is_long()) {
        append_long(i, batch.columns[i], batch.rows);
        continue;
      }
      statement_.check(SQLGetData(statement_.handle(), static_cast<SQLUSMALLINT>(i + 1), binding.c_type,
                                  buffer.slots.data(), static_cast<SQLLEN>(binding.slot_bytes),
                                  buffer.indicators.data()));
    }
    const SQLLEN length = buffer.indicators[row_];
    if (length == SQL_NULL_DATA) {
      batch.columns[i].append_null(batch.rows);
      continue;
    }
    if (length < 0 || static_cast<std::size_t>(length) > binding.value_bytes_max) refuse_truncated(i, length);
    binding.append(binding, buffer.slots.data() + row_ * binding.slot_bytes, static_cast<std::size_t>(length), scratch_,
                   batch.columns[i]);
  }
  ++batch.rows;
}

/// ColumnBatch::byte_size asks all vectors, which is too much for every row.
bool BlockFetch::has_room(const ColumnBatch& batch) const {
  if (batch.rows >= options_.batch_rows_max) return false;
  std::size_t bytes = batch.rows * fixed_bytes_;
  for (const std::size_t i : variable_) bytes += batch.columns[i].data.size();
  return bytes < options_.batch_bytes_max;
}

std::size_t BlockFetch::next(ColumnBatch& batch) {
  if (prepared_ != &batch) {
    batch.columns.assign(bindings_.size(), {});
    for (std::size_t i = 0; i < bindings_.size(); ++i) {
      batch.columns[i].name = bindings_[i].description.name;
      batch.columns[i].type_name = bindings_[i].description.type_name;
      batch.columns[i].layout = bindings_[i].layout;
    }
    prepared_ = &batch;
  }
  batch.clear();
  do {
    if (!next_row()) break;
    append_row(batch);
  } while (has_room(batch));
  return batch.rows;
}

}  // namespace paripassu::odbc
