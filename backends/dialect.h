#pragma once

#include <span>
#include <string>
#include <string_view>

#include "backends/client_url.h"
#include "backends/script_reader.h"

namespace paripassu {

/// The engine's answers to questions about its SQL. Pure: no connection, no state.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// `"a""b"` or `[a b]`. Any name is accepted, as long as it has no NUL; length is the server's business.
  virtual std::string quote_identifier(std::string_view name) const = 0;
  /// `'it''s'` or `N'it''s'`.
  virtual std::string quote_literal(std::string_view text) const = 0;
  /// Parameter number `index`, counted from 1: `$1` or `?`.
  virtual std::string placeholder(int index) const = 0;
  /// Where unqualified names live: "public", "dbo".
  virtual std::string default_schema() const = 0;
  /// Longest identifier, in bytes (PostgreSQL: 63) or characters (SQL Server: 128).
  virtual int identifier_length_max() const = 0;

  /// A column type that holds `characters` characters of any script.
  virtual std::string text_type(int characters) const = 0;
  virtual std::string bigint_type() const = 0;
  virtual std::string utc_timestamp_type() const = 0;
  /// Now, in UTC, of the type above.
  virtual std::string utc_now() const = 0;
  /// `expression` of the type above as `2026-11-20T09:11:02.123456Z`, at most microseconds.
  virtual std::string utc_text(std::string_view expression) const = 0;
  /// A query that returns one row when the table exists, none when not; two parameters: schema, table.
  virtual std::string table_exists_query() const = 0;
  /// The version of a statement that creates a schema unless it is there.
  virtual std::string create_schema_if_missing(std::string_view schema) const = 0;
  /// Makes `schema` the one where this session's unqualified names live; empty where a session cannot choose
  /// (SQL Server: it belongs to the user).
  virtual std::string use_schema(std::string_view schema) const = 0;

  /// The URL, password and all, in the form that other programs want. Throws Error: not_supported where that form
  /// cannot say it, driver_missing where it names a driver and none is installed.
  virtual std::string client_url(ClientUrlForm form, const ConnectionUrl& url) const = 0;
  /// Whether the statement with these words (ScriptReader::words) may leave its session other than a new one is: a
  /// setting, a temporary table, a lock, or a default of new sessions. True in cases of doubt. What a routine or a
  /// trigger does that the statement only calls is not seen.
  virtual bool changes_session(std::span<const StatementWord> words) const = 0;

  std::string qualified(std::string_view schema, std::string_view name) const {
    return quote_identifier(schema) + "." + quote_identifier(name);
  }
};

}  // namespace paripassu
