#include "backends/sqlserver/error.h"

#include <algorithm>
#include <array>

#include "backends/connection_url.h"

namespace paripassu::sqlserver {

namespace {

struct Rule {
  std::int64_t number;
  ErrorCategory category;
};

constexpr std::array kRules = {
    Rule{102, ErrorCategory::syntax},
    Rule{103, ErrorCategory::syntax},
    Rule{105, ErrorCategory::syntax},
    Rule{111, ErrorCategory::syntax},
    Rule{137, ErrorCategory::syntax},
    Rule{156, ErrorCategory::syntax},
    Rule{170, ErrorCategory::syntax},
    Rule{195, ErrorCategory::not_found},
    Rule{201, ErrorCategory::syntax},
    Rule{207, ErrorCategory::not_found},
    Rule{208, ErrorCategory::not_found},
    Rule{209, ErrorCategory::syntax},
    Rule{213, ErrorCategory::syntax},
    Rule{220, ErrorCategory::data},
    Rule{226, ErrorCategory::transaction},
    Rule{229, ErrorCategory::permission},
    Rule{230, ErrorCategory::permission},
    Rule{232, ErrorCategory::data},
    Rule{241, ErrorCategory::data},
    Rule{242, ErrorCategory::data},
    Rule{245, ErrorCategory::data},
    Rule{248, ErrorCategory::data},
    Rule{262, ErrorCategory::permission},
    Rule{266, ErrorCategory::transaction},
    Rule{297, ErrorCategory::permission},
    Rule{300, ErrorCategory::permission},
    Rule{319, ErrorCategory::syntax},
    Rule{343, ErrorCategory::syntax},
    Rule{515, ErrorCategory::not_null_violation},
    Rule{574, ErrorCategory::transaction},
    Rule{701, ErrorCategory::resources},
    Rule{911, ErrorCategory::not_found},
    Rule{916, ErrorCategory::permission},
    Rule{1088, ErrorCategory::not_found},
    Rule{1101, ErrorCategory::resources},
    Rule{1105, ErrorCategory::resources},
    Rule{1205, ErrorCategory::deadlock},
    Rule{1222, ErrorCategory::lock_timeout},
    Rule{1505, ErrorCategory::unique_violation},
    Rule{1750, ErrorCategory::unclassified},
    Rule{1767, ErrorCategory::not_found},
    Rule{1769, ErrorCategory::not_found},
    Rule{1770, ErrorCategory::not_found},
    Rule{1779, ErrorCategory::already_exists},
    Rule{1781, ErrorCategory::already_exists},
    Rule{1785, ErrorCategory::not_supported},
    Rule{1801, ErrorCategory::already_exists},
    Rule{1913, ErrorCategory::already_exists},
    Rule{2601, ErrorCategory::unique_violation},
    Rule{2627, ErrorCategory::unique_violation},
    Rule{2628, ErrorCategory::data},
    Rule{2705, ErrorCategory::already_exists},
    Rule{2714, ErrorCategory::already_exists},
    Rule{2715, ErrorCategory::not_found},
    Rule{2760, ErrorCategory::not_found},
    Rule{2812, ErrorCategory::not_found},
    Rule{3609, ErrorCategory::transaction},
    Rule{3701, ErrorCategory::not_found},
    Rule{3728, ErrorCategory::not_found},
    Rule{3902, ErrorCategory::transaction},
    Rule{3903, ErrorCategory::transaction},
    Rule{3930, ErrorCategory::transaction},
    Rule{3960, ErrorCategory::deadlock},
    Rule{4060, ErrorCategory::not_found},
    Rule{4104, ErrorCategory::not_found},
    Rule{4902, ErrorCategory::not_found},
    Rule{4924, ErrorCategory::not_found},
    Rule{4925, ErrorCategory::already_exists},
    Rule{8114, ErrorCategory::data},
    Rule{8115, ErrorCategory::data},
    Rule{8134, ErrorCategory::data},
    Rule{8152, ErrorCategory::data},
    Rule{9002, ErrorCategory::resources},
    Rule{10928, ErrorCategory::resources},
    Rule{10929, ErrorCategory::resources},
    Rule{15023, ErrorCategory::already_exists},
    Rule{15151, ErrorCategory::not_found},
    Rule{15247, ErrorCategory::permission},
    Rule{15404, ErrorCategory::permission},
    Rule{18452, ErrorCategory::authentication},
    Rule{18456, ErrorCategory::authentication},
    Rule{18486, ErrorCategory::authentication},
    Rule{18487, ErrorCategory::authentication},
    Rule{18488, ErrorCategory::authentication},
    Rule{40197, ErrorCategory::connection},
    Rule{40501, ErrorCategory::resources},
    Rule{40613, ErrorCategory::connection},
    Rule{49918, ErrorCategory::resources},
};

struct StateRule {
  std::string_view sqlstate;
  ErrorCategory category;
};

constexpr std::array kStateRules = {
    StateRule{"HYT00", ErrorCategory::statement_timeout}, StateRule{"HYT01", ErrorCategory::connection},
    StateRule{"HY008", ErrorCategory::cancelled},         StateRule{"28000", ErrorCategory::authentication},
    StateRule{"IM002", ErrorCategory::driver_missing},    StateRule{"IM003", ErrorCategory::driver_missing},
    StateRule{"40001", ErrorCategory::deadlock},          StateRule{"42S01", ErrorCategory::already_exists},
    StateRule{"42S02", ErrorCategory::not_found},         StateRule{"42S22", ErrorCategory::not_found},
    StateRule{"08", ErrorCategory::connection},           StateRule{"22", ErrorCategory::data},
};

struct WordRule {
  std::string_view words;
  ErrorCategory category;
};

/// Babelfish deviation "unmapped-errors": PostgreSQL's own messages under one number.
constexpr std::int64_t kBabelfishUnmapped = 33557097;
constexpr std::array kWordRules = {
    WordRule{"syntax error", ErrorCategory::syntax},
    WordRule{"permission denied", ErrorCategory::permission},
    WordRule{"must be owner of", ErrorCategory::permission},
    WordRule{"violates foreign key constraint", ErrorCategory::foreign_key_violation},
    WordRule{"violates check constraint", ErrorCategory::check_violation},
    WordRule{"violates not-null constraint", ErrorCategory::not_null_violation},
    WordRule{"contains null values", ErrorCategory::not_null_violation},
    WordRule{"duplicate key value", ErrorCategory::unique_violation},
    WordRule{"could not create unique index", ErrorCategory::unique_violation},
    WordRule{"is violated by some row", ErrorCategory::check_violation},
    WordRule{"already exists", ErrorCategory::already_exists},
    WordRule{"does not exist", ErrorCategory::not_found},
    WordRule{"division by zero", ErrorCategory::data},
    WordRule{"out of range", ErrorCategory::data},
    WordRule{"invalid input syntax", ErrorCategory::data},
    WordRule{"value too long", ErrorCategory::data},
    WordRule{"is not supported", ErrorCategory::not_supported},
    WordRule{"not currently supported", ErrorCategory::not_supported},
    WordRule{"canceling statement due to lock timeout", ErrorCategory::lock_timeout},
    WordRule{"canceling statement due to statement timeout", ErrorCategory::statement_timeout},
    WordRule{"canceling statement due to user request", ErrorCategory::cancelled},
    WordRule{"deadlock detected", ErrorCategory::deadlock},
    WordRule{"terminating connection", ErrorCategory::connection},
    WordRule{"cannot run inside a transaction block", ErrorCategory::transaction},
};

/// The largest errno of Linux.
constexpr std::int64_t kErrnoMax = 133;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

ErrorCategory classify(const Diagnostic& record) {
  // 547 is every kind of reference conflict; the text is the only distinction (sys.messages 547).
  if (record.native_code == 547) {
    const std::string_view before_name = std::string_view(record.message).substr(0, record.message.find('"'));
    // Babelfish: new row for relation "…" violates check constraint "…".
    return contains(before_name, "CHECK constraint") || contains(record.message, "\" violates check constraint \"")
               ? ErrorCategory::check_violation
               : ErrorCategory::foreign_key_violation;
  }
  // Microsoft's driver on Linux gives errno as the number of a connection that was lost (msphpsql issue 809), and 102,
  // 103, 105 and 111 are numbers of SQL Server too.
  if (record.sqlstate.compare(0, 2, "08") == 0 && record.native_code <= kErrnoMax) return ErrorCategory::connection;
  for (const Rule& rule : kRules)
    if (rule.number == record.native_code) return rule.category;
  if (record.native_code == kBabelfishUnmapped)
    for (const WordRule& rule : kWordRules)
      if (contains(record.message, rule.words)) return rule.category;
  for (const StateRule& rule : kStateRules)
    if (std::string_view(record.sqlstate).substr(0, rule.sqlstate.size()) == rule.sqlstate) return rule.category;
  return ErrorCategory::unclassified;
}

Error error_from(std::vector<Diagnostic> records, std::string_view statement) {
  const auto is_error = [](const Diagnostic& record) { return record.sqlstate.compare(0, 2, "01") != 0; };
  auto first = std::find_if(records.begin(), records.end(), is_error);
  if (first == records.end()) first = records.begin();
  Error error(first == records.end() ? ErrorCategory::unclassified : classify(*first),
              first == records.end() ? "the driver reported an error without saying which" : first->message);
  error.with_engine("sqlserver").with_statement(std::string(statement)).with_diagnostics(std::move(records));
  return error;
}

Error connect_error_from(const std::string& sqlstate, long native_code, std::string_view raw,
                         const std::string& redacted_url) {
  Diagnostic record;
  record.sqlstate = sqlstate;
  record.native_code = native_code;
  record.message = redact_secrets(raw);
  ErrorCategory category = classify(record);
  // The state of a slow statement is also that of "Login timeout expired".
  if (category == ErrorCategory::statement_timeout) category = ErrorCategory::connection;
  const std::string& text = record.message;
  if (category == ErrorCategory::unclassified) {
    if (contains(text, "Login failed") || contains(text, "password authentication failed")) {
      category = ErrorCategory::authentication;
    } else if (contains(text, "Can't open lib") || contains(text, "Data source name not found") ||
               contains(text, "file not found")) {
      category = ErrorCategory::driver_missing;
    } else if (contains(text, "does not exist")) {
      category = ErrorCategory::not_found;
    } else {
      category = ErrorCategory::connection;
    }
  }
  std::string remedy = "check host and port of the URL, and that the server is running and reachable";
  if (category == ErrorCategory::authentication)
    remedy = "check user and password; the password can come from ${NAME} in the URL, so that it is in no file";
  if (category == ErrorCategory::driver_missing)
    remedy =
        "install the driver (FreeTDS: apt-get install tdsodbc; Microsoft: msodbcsql18), or name another one with "
        "driver=…; `paripassu doctor` lists those that are installed";
  if (category == ErrorCategory::not_found)
    remedy = "create the database first: paripassu never creates the database that it is given";
  if (category == ErrorCategory::permission)
    remedy = "the server knows this user but does not let it in: grant it access to the database";
  if (category == ErrorCategory::resources)
    remedy = "the server has no room for another connection now: try again later";
  if (contains(text, "certificate"))
    remedy = "the server's certificate is not trusted: install its authority, or add trustServerCertificate=yes";
  Error error(category, "cannot connect to " + redacted_url + ": " + record.message);
  error.with_engine("sqlserver").with_diagnostics({record}).with_remedy(remedy);
  return error;
}

}  // namespace paripassu::sqlserver
