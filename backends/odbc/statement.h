#pragma once

#include <sql.h>
#include <sqlext.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "backends/session.h"

namespace paripassu::odbc {

/// Turns the diagnostics of a failed call into an Error. Given by the engine, which knows its numbers.
using ErrorBuilder = std::function<Error(std::vector<Diagnostic> records, std::string_view statement)>;

/// A statement handle on a connection that somebody else owns. Move-only; frees itself.
class Statement {
 public:
  /// `connection` and `build_error` must outlive the statement.
  Statement(SQLHDBC connection, const ErrorBuilder& build_error);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  SQLHSTMT handle() const { return handle_; }
  void set_query_timeout_s(int timeout_s);

  /// Sends `sql` as one batch (SQLExecDirect). Throws when its first statement fails; what comes later surfaces in
  /// `next_result`.
  void execute_direct(std::string_view sql);
  /// Prepares and executes with text parameters, bound as nvarchar; NULL stays NULL.
  void execute(std::string_view sql, std::span<const Cell> parameters);

  /// All rows of the current result as text, binary values as hex digits. The statement must have a result set.
  ResultSet fetch_all();
  int column_count();
  std::int64_t row_count();
  /// Moves to the next result; false at the end. Throws for an error that only surfaces here.
  bool next_result();

  /// Where warnings and messages go; may be null. Must outlive the calls.
  void collect_messages(StatementOutcome* outcome) { outcome_ = outcome; }
  /// Throws unless `code` is a success; takes in the messages of a success with information.
  void check(SQLRETURN code);

 private:
  void take_messages();
  /// One SQLGetData: bytes that were put into `buffer`, and whether the value goes on.
  std::size_t get_part(int column, SQLSMALLINT target, void* buffer, std::size_t capacity, std::size_t terminator,
                       bool& null, bool& more);
  Cell get_text(int column, std::u16string& buffer);
  Cell get_binary(int column, std::u16string& buffer);

  SQLHSTMT handle_ = nullptr;
  const ErrorBuilder& build_error_;
  std::string text_;
  StatementOutcome* outcome_ = nullptr;
};

}  // namespace paripassu::odbc
