#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/catalog/catalog.h"
#include "harness/dataset/data_set.h"
#include "harness/project/configuration.h"

namespace paripassu {

struct RowColumn {
  std::string name;
  /// Of a table's column; of a query's, what its ColumnLayout and the name of its type say: family, width, and the most
  /// digits of a second that the type can have. A query does not tell lengths, scales and finer precisions.
  catalog::Type type;
};

/// Rows of one table or query, whole in memory: for test data, not for bulk.
struct RowSet {
  std::string name;  ///< "public.orders"; of a query what the caller called it
  std::vector<RowColumn> columns;
  /// Canonical texts (ColumnBatch::format), exact: two values of one column are the same bytes if and only if their
  /// texts are equal.
  std::vector<std::vector<Cell>> rows;
  std::vector<std::size_t> key;  ///< columns of the primary key, else of a unique key without NULLs; empty: none
};

/// Every row, through BatchReader, in the order of the key where there is one. Throws Error(resources) beyond
/// limits::kTestRowsMax rows.
RowSet read_table(Session& session, const Backend& backend, const catalog::Schema& schema, const catalog::Table& table);
/// Every row of a query, in its order. A column without a name is called "column_2". Throws like `read_table`, and what
/// the server says.
RowSet read_query(Session& session, const Backend& backend, const std::string& sql, const std::string& name);
/// The rows of an expectation, with the names and types of `like` by column names, and its key where the expectation
/// has the columns. Throws Error(configuration) with position: a column that `like` lacks (names the nearest) or has
/// twice, a value that was not given, two rows with one key. A value that is none of its column's type is taken as it
/// is, and will compare as different.
RowSet row_set(const DataTable& table, const RowSet& like, NameMatching names);

/// `text` of a column of `type` in the one form in which engines agree: decimals without trailing zeros or a negative
/// zero, booleans as true and false, char(n) without its padding, binary(n) with it, fractions of seconds without
/// trailing zeros, instants in UTC, intervals in months, days and seconds, JSON with sorted keys and no white space,
/// arrays as JSON, XML without declaration and white space between tags, uuid in lower case, floats by value. Text that
/// is no value of the type comes back as it is.
std::string neutral_value(const catalog::Type& type, const std::string& text);
/// Whether two values mean the same on two engines, in either direction. NULL is NULL alone. Otherwise they are the
/// same if they are equal when both are read by one type (docs/data-sets.md has the table):
///
/// - text beside any other type: by the other type ('a1b2…' of char(36) as uuid, JSON in nvarchar as JSON or as
///   array, '7' as integer); a boolean also as t, f, y, n, yes, no in any case; text beside char(n): without padding
/// - boolean beside integer, decimal or bit(1): 1 and 0
/// - integer, decimal: by value, whatever the scale; nothing is rounded
/// - beside a float: as float, of the narrower width
/// - binary beside binary(n): padded with zero bytes to n
/// - date beside timestamp: as its midnight; timestamps of which one has a zone: the other is UTC
/// - times: also if one is exactly what becomes of the other when it is cut or rounded to the coarser column's digits
///   or ticks (Type::precision, tick_ns). Two times of one column are never the same unless equal.
bool same_value(const catalog::Type& left_type, const Cell& left, const catalog::Type& right_type, const Cell& right);

struct RowDifference {
  enum class Kind { missing, unexpected, changed };
  Kind kind = Kind::changed;
  std::string row;     ///< "id = 7", "row 3" where they compare by position, or the whole row where there is no key
  std::string column;  ///< of a changed value
  Cell left;           ///< expected, or before
  Cell right;          ///< actual, or after
};

struct RowComparisonOptions {
  NameMatching names = NameMatching::fold;
  bool exact = false;    ///< byte for byte (one engine) instead of by same_value
  bool ordered = false;  ///< rows compare by position: queries with ORDER BY
  /// Columns of either side, by `names`, that are not compared: "table.column" or "schema.table.column" with `*` and
  /// `?`, or a column's name alone, of any table.
  std::vector<std::string> ignored_columns;
  std::size_t differences_max = 20;  ///< kept, of all kinds together; the others are counted
};

struct RowComparison {
  std::vector<RowDifference> differences;  ///< missing, unexpected, changed; by row
  std::size_t difference_count = 0;
  std::size_t rows_compared = 0;  ///< pairs of rows
  std::vector<std::string> columns_compared;
  std::vector<std::string> left_only_columns;  ///< and not ignored
  std::vector<std::string> right_only_columns;
  bool equal() const { return difference_count == 0; }
};

/// Pairs columns by name, rows by the left side's key if the right side has its columns and none of them is ignored,
/// else as multisets (ordered: by position). Columns of one side alone are listed, not compared: what that means is the
/// caller's. Row versions are neither: the server writes them by itself. Linear in the rows.
RowComparison compare_rows(const RowSet& left, const RowSet& right, const RowComparisonOptions& options);

/// "id = 7: phone is NULL, expected '' (empty text)", one sentence; values shortened and escaped for people.
/// `left_word` and `right_word`: "expected" and "found", "before" and "after", "postgres" and "sqlserver".
std::string describe(const RowDifference& difference, const std::string& left_word, const std::string& right_word);

}  // namespace paripassu
