#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/session.h"

namespace paripassu {

/// How sure a reader can be that all it reads is of one moment.
struct ReadSnapshot {
  bool consistent = false;
  std::string id;    ///< for join_snapshot; empty: other sessions cannot share it
  std::string note;  ///< why it is not consistent, and what the user could do; empty if it is
};

/// The form in which values of a pair of types are turned into text inside both servers, for checksums: equal values of
/// both engines become equal bytes of UTF-8. What a form cannot say (`infinity`, NaN, years before 1, more digits
/// behind the point than `digits`) becomes another text, never that of a value which it can.
struct ChecksumForm {
  enum class Kind {
    integer,
    boolean,  ///< "0", "1"
    decimal,  ///< fixed `digits` behind the point
    float32,  ///< the bits in hexadecimal, minus zero as zero
    float64,
    text,
    trimmed_text,  ///< without blanks at the end
    bytes,         ///< hexadecimal, lower case
    uuid,          ///< lower case
    date,
    time,       ///< `digits` of a second, at most 6; further ones are cut
    timestamp,  ///< "YYYY-MM-DD HH:MM:SS.ffffff" with `digits`, further ones cut
    instant,    ///< the same in UTC
  };
  Kind kind = Kind::text;
  int digits = 0;
};

/// What an engine must be asked to compare data, in its dialect. Pure but for the snapshots. All `expression`s are SQL
/// that this interface or Dialect::quote_identifier gave. Whoever may SELECT from a table may ask all of it.
class DataSql {
 public:
  virtual ~DataSql() = default;

  /// What is selected for a column so that BatchReader gives its value in the layout that belongs to its type: the
  /// quoted column, or a conversion where the driver or server needs one (text and ntext, sql_variant, hierarchyid,
  /// geography). Absent, with the reason in `why`, for a type whose values cannot be read.
  virtual std::optional<std::string> read_expression(const catalog::Column& column, std::string& why) const = 0;
  /// Whether values of the column make a block of rows slow to fetch: to be selected last.
  virtual bool is_long(const catalog::Type& type) const = 0;

  /// ORDER BY term by value: numbers and times ascending; uuid by its bytes from left to right. NULL stands where the
  /// engine puts it (PostgreSQL: last, SQL Server: first): for columns that are NOT NULL.
  virtual std::string order_by_value(const catalog::Type& type, std::string_view expression) const = 0;
  /// ORDER BY term by code points of the text, without char(n)'s padding. Two exceptions, which a reader must be ready
  /// to see out of order: SQL Server orders by UTF-16 units, so that characters beyond U+FFFF come before U+E000 …
  /// U+FFFF; PostgreSQL orders by bytes, which is another order in a database that is neither UTF-8 nor Latin 1.
  virtual std::string order_by_code_points(const catalog::Type& type, std::string_view expression) const = 0;

  /// Begins a read-only transaction in which everything is of one moment, where the database allows it; else one as
  /// near to it as it allows, and a note. The moment is that of this call. Session::rollback ends it; the isolation
  /// level that it chose may stay with the session. Throws Error; there is then no transaction.
  virtual ReadSnapshot begin_snapshot(Session& session) const = 0;
  /// Begins a transaction in another session that sees the same; only with an `id`, and while the transaction that gave
  /// it lasts. Throws Error; there is then no transaction.
  virtual void join_snapshot(Session& session, const std::string& id) const = 0;

  /// A query with one row: about how many rows the table has, by the server's statistics; NULL or -1 when unknown.
  virtual std::string estimated_rows_query(std::string_view schema, std::string_view table) const = 0;

  /// The value as text of that form, for checksum_query: already framed, so that NULL, the empty text and neighbours
  /// cannot be confused, and never NULL. Absent where this engine or server version cannot.
  virtual std::optional<std::string> checksum_text(const catalog::Type& type, const ChecksumForm& form,
                                                   std::string_view expression, const ServerInfo& server) const = 0;
  /// A query with one row of three texts: the count of rows, and two sums of 48 bits each of their MD5 (facts of
  /// docs/data-parity.md), over `texts`, which checksum_text gave. `where` may be empty.
  virtual std::string checksum_query(std::string_view qualified_table, const std::vector<std::string>& texts,
                                     std::string_view where) const = 0;
};

}  // namespace paripassu
