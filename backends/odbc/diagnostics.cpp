#include "backends/odbc/diagnostics.h"

#include <array>

#include "backends/limits.h"
#include "backends/odbc/text.h"

namespace paripassu::odbc {

namespace {

// Fields of the SQL Server drivers (msodbcsql.h; FreeTDS has the same numbers in odbcss.h).
constexpr SQLSMALLINT kDiagProcedureName = -1153;
constexpr SQLSMALLINT kDiagLine = -1154;

static_assert(sizeof(SQLWCHAR) == sizeof(char16_t), "unixODBC is built with two-byte SQLWCHAR");

}  // namespace

std::string strip_prefixes(std::string_view message) {
  while (!message.empty() && message.front() == '[') {
    const std::size_t end = message.find(']');
    if (end == std::string_view::npos) break;
    message.remove_prefix(end + 1);
  }
  while (!message.empty() && message.front() == ' ') message.remove_prefix(1);
  return std::string(message);
}

std::vector<Diagnostic> read_diagnostics(SQLSMALLINT handle_type, SQLHANDLE handle) {
  std::vector<Diagnostic> records;
  std::u16string message(1024, u'\0');
  for (SQLSMALLINT number = 1; records.size() < limits::kMessagesPerStatementMax; ++number) {
    std::array<SQLWCHAR, 6> state{};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    SQLRETURN code =
        SQLGetDiagRecW(handle_type, handle, number, state.data(), &native, reinterpret_cast<SQLWCHAR*>(message.data()),
                       static_cast<SQLSMALLINT>(message.size()), &length);
    if (code == SQL_SUCCESS_WITH_INFO && static_cast<std::size_t>(length) >= message.size()) {
      message.resize(static_cast<std::size_t>(length) + 1);
      code = SQLGetDiagRecW(handle_type, handle, number, state.data(), &native,
                            reinterpret_cast<SQLWCHAR*>(message.data()), static_cast<SQLSMALLINT>(message.size()),
                            &length);
    }
    if (!SQL_SUCCEEDED(code)) break;
    Diagnostic record;
    for (std::size_t i = 0; i < 5 && state[i] != 0; ++i) record.sqlstate += static_cast<char>(state[i]);
    record.native_code = native;
    const std::size_t used = std::min(static_cast<std::size_t>(length), message.size() - 1);
    record.message = strip_prefixes(to_utf8(std::u16string_view(message).substr(0, used)));
    SQLINTEGER line = 0;
    if (handle_type == SQL_HANDLE_STMT &&
        SQL_SUCCEEDED(SQLGetDiagField(handle_type, handle, number, kDiagLine, &line, sizeof line, nullptr)) && line > 0)
      record.statement_line = line;
    std::array<SQLCHAR, 512> procedure{};
    SQLSMALLINT procedure_length = 0;
    if (handle_type == SQL_HANDLE_STMT &&
        SQL_SUCCEEDED(SQLGetDiagField(handle_type, handle, number, kDiagProcedureName, procedure.data(),
                                      static_cast<SQLINTEGER>(procedure.size()) - 1, &procedure_length)) &&
        procedure[0] != 0)
      record.context = reinterpret_cast<const char*>(procedure.data());
    record.severity = record.sqlstate.compare(0, 2, "01") == 0 ? "INFO" : "ERROR";
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace paripassu::odbc
