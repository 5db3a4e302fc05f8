#include "backends/odbc/statement.h"

#include <algorithm>
#include <array>
#include <deque>

#include "backends/limits.h"
#include "backends/odbc/diagnostics.h"
#include "backends/odbc/text.h"

namespace paripassu::odbc {

namespace {

constexpr SQLULEN kShortCharacters = 4000;  ///< nvarchar(4000); longer parameters are bound as nvarchar(max)

SQLWCHAR* wide(std::u16string& text) {
  return reinterpret_cast<SQLWCHAR*>(text.data());
}

}  // namespace

Statement::Statement(SQLHDBC connection, const ErrorBuilder& build_error) : build_error_(build_error) {
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, connection, &handle_)))
    throw build_error_(read_diagnostics(SQL_HANDLE_DBC, connection), "");
}

Statement::~Statement() {
  if (handle_ != nullptr) SQLFreeHandle(SQL_HANDLE_STMT, handle_);
}

void Statement::take_messages() {
  std::vector<Diagnostic> records = read_diagnostics(SQL_HANDLE_STMT, handle_);
  // FreeTDS calls it a success with information when a time limit ran out and the server answered all the same.
  const bool failed = std::any_of(records.begin(), records.end(), [](const Diagnostic& record) {
    return !record.sqlstate.empty() && record.sqlstate.compare(0, 2, "01") != 0 && record.sqlstate != "00000";
  });
  if (failed) throw build_error_(std::move(records), text_);
  if (outcome_ == nullptr) return;
  for (Diagnostic& record : records) {
    if (outcome_->messages.size() < limits::kMessagesPerStatementMax) {
      outcome_->messages.push_back(std::move(record));
    } else {
      ++outcome_->messages_dropped;
    }
  }
}

void Statement::check(SQLRETURN code) {
  if (code == SQL_SUCCESS || code == SQL_NO_DATA) return;
  if (code == SQL_SUCCESS_WITH_INFO) {
    take_messages();
    return;
  }
  throw build_error_(read_diagnostics(SQL_HANDLE_STMT, handle_), text_);
}

void Statement::set_query_timeout_s(int timeout_s) {
  check(SQLSetStmtAttr(handle_, SQL_ATTR_QUERY_TIMEOUT,
                       reinterpret_cast<SQLPOINTER>(static_cast<std::uintptr_t>(timeout_s)), SQL_IS_UINTEGER));
}

void Statement::execute_direct(std::string_view sql) {
  text_ = sql;
  std::u16string text = to_utf16(sql);
  check(SQLExecDirectW(handle_, wide(text), static_cast<SQLINTEGER>(text.size())));
}

void Statement::execute(std::string_view sql, std::span<const Cell> parameters) {
  if (parameters.empty()) {
    execute_direct(sql);
    return;
  }
  text_ = sql;
  std::u16string text = to_utf16(sql);
  check(SQLPrepareW(handle_, wide(text), static_cast<SQLINTEGER>(text.size())));
  // A deque keeps addresses while it grows: the driver reads them in SQLExecute.
  std::deque<std::u16string> values;
  std::deque<SQLLEN> indicators;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values.push_back(parameters[i] ? to_utf16(*parameters[i]) : std::u16string());
    std::u16string& value = values.back();
    indicators.push_back(parameters[i] ? static_cast<SQLLEN>(value.size() * sizeof(char16_t)) : SQL_NULL_DATA);
    const bool is_long = value.size() > kShortCharacters;
    const SQLULEN characters = is_long ? value.size() : std::max<SQLULEN>(1, value.size());
    check(SQLBindParameter(handle_, static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, SQL_C_WCHAR,
                           is_long ? SQL_WLONGVARCHAR : SQL_WVARCHAR, characters, 0, wide(value),
                           static_cast<SQLLEN>((value.size() + 1) * sizeof(char16_t)), &indicators.back()));
  }
  check(SQLExecute(handle_));
}

int Statement::column_count() {
  SQLSMALLINT count = 0;
  check(SQLNumResultCols(handle_, &count));
  return count;
}

std::int64_t Statement::row_count() {
  SQLLEN count = -1;
  return SQL_SUCCEEDED(SQLRowCount(handle_, &count)) ? count : -1;
}

bool Statement::next_result() {
  const SQLRETURN code = SQLMoreResults(handle_);
  if (code == SQL_NO_DATA) return false;
  check(code);
  return true;
}

std::size_t Statement::get_part(int column, SQLSMALLINT target, void* buffer, std::size_t capacity,
                                std::size_t terminator, bool& null, bool& more) {
  SQLLEN indicator = 0;
  const SQLRETURN code =
      SQLGetData(handle_, static_cast<SQLUSMALLINT>(column), target, buffer, static_cast<SQLLEN>(capacity), &indicator);
  more = false;
  if (code == SQL_NO_DATA) return 0;
  if (!SQL_SUCCEEDED(code)) check(code);
  null = indicator == SQL_NULL_DATA;
  if (null) return 0;
  const std::size_t usable = capacity - terminator;
  more = code == SQL_SUCCESS_WITH_INFO && (indicator == SQL_NO_TOTAL || static_cast<std::size_t>(indicator) > usable);
  return more ? usable : static_cast<std::size_t>(indicator);
}

Cell Statement::get_text(int column, std::u16string& buffer) {
  std::u16string value;
  bool null = false;
  for (bool more = true; more && !null;) {
    const std::size_t bytes =
        get_part(column, SQL_C_WCHAR, buffer.data(), buffer.size() * sizeof(char16_t), sizeof(char16_t), null, more);
    value.append(buffer, 0, bytes / sizeof(char16_t));
    if (value.size() > limits::kCellBytesMax / sizeof(char16_t))
      throw Error(ErrorCategory::resources, "a value is larger than 1 GiB");
  }
  if (null) return std::nullopt;
  return to_utf8(value);
}

/// As bytes, and hex by our own hand: FreeTDS 1.3 puts a stray character between the parts of a long value that it
/// converts to text itself.
Cell Statement::get_binary(int column, std::u16string& buffer) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string value;
  bool null = false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(buffer.data());
  for (bool more = true; more && !null;) {
    const std::size_t count =
        get_part(column, SQL_C_BINARY, buffer.data(), buffer.size() * sizeof(char16_t), 0, null, more);
    for (std::size_t i = 0; i < count; ++i) {
      value += kHex[bytes[i] >> 4U];
      value += kHex[bytes[i] & 15U];
    }
    if (value.size() > limits::kCellBytesMax) throw Error(ErrorCategory::resources, "a value is larger than 512 MiB");
  }
  if (null) return std::nullopt;
  return value;
}

ResultSet Statement::fetch_all() {
  const int columns = column_count();
  std::vector<std::string> names;
  std::vector<bool> binary;
  for (int column = 1; column <= columns; ++column) {
    std::array<SQLWCHAR, 256> name{};
    SQLSMALLINT length = 0;
    SQLSMALLINT type = 0;
    check(SQLDescribeColW(handle_, static_cast<SQLUSMALLINT>(column), name.data(),
                          static_cast<SQLSMALLINT>(name.size()), &length, &type, nullptr, nullptr, nullptr));
    binary.push_back(type == SQL_BINARY || type == SQL_VARBINARY || type == SQL_LONGVARBINARY);
    const std::size_t used = std::min<std::size_t>(static_cast<std::size_t>(length), name.size() - 1);
    names.push_back(to_utf8(std::u16string_view(reinterpret_cast<const char16_t*>(name.data()), used)));
  }
  ResultSet rows(std::move(names));
  std::u16string buffer(2048, u'\0');
  for (;;) {
    const SQLRETURN fetched = SQLFetch(handle_);
    if (fetched == SQL_NO_DATA) break;
    check(fetched);
    for (int column = 1; column <= columns; ++column)
      rows.append(binary[static_cast<std::size_t>(column) - 1] ? get_binary(column, buffer) : get_text(column, buffer));
  }
  return rows;
}

}  // namespace paripassu::odbc
