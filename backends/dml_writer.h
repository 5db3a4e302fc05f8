#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/catalog/type.h"
#include "backends/session.h"

namespace paripassu {

/// A column that rows are written to.
struct DmlColumn {
  std::string name;
  catalog::Type type;
  /// The server numbers it (identity, serial): writing a value of one's own needs the engine's permission for it, and
  /// the counter must go on behind the highest value afterwards.
  bool identity = false;
};

/// Prints statements that change rows, in the engine's dialect. Pure: no connection, no state. Values are canonical
/// texts, as `ColumnBatch::format` gives them and docs/data-sets.md describes: "true", "-7", "12.50", "0x00ff",
/// "2024-02-29T23:59:59.5", "2024-02-29T23:59:59.5Z".
class DmlWriter {
 public:
  /// A value, NULL, or (outer absent) the column's default.
  using Value = std::optional<Cell>;

  virtual ~DmlWriter() = default;

  /// `value` as a literal that a column of `type` takes without loss; NULL for an absent one. Throws Error(data) when
  /// the text is no value of the type ("'abc' is no integer"), does not fit it ("'300' does not fit tinyint: 0 to
  /// 255"), or would lose something: digits behind the point or of a second, a time zone, characters. What only the
  /// server knows is left to it: the labels of an enum, the syntax of JSON, the bytes that a code page needs for a
  /// text.
  virtual std::string literal(const catalog::Type& type, const Cell& value) const = 0;

  /// Statements, to be run in order on one session, that insert `rows` (each with a value per column) in their order.
  /// Identity values that are given are taken as given; the counter is moved behind them, never back. No statement is
  /// longer than the engine's bounds (SQL Server: 1,000 rows a VALUES list). When one fails, the others are not to be
  /// run; it leaves nothing switched on in the session. Throws as `literal`, with the number of the row (from 1) and
  /// the column in the context, before there is any statement.
  virtual std::vector<std::string> insert(const std::string& schema, const std::string& table,
                                          const std::vector<DmlColumn>& columns,
                                          const std::vector<std::vector<Value>>& rows) const = 0;

  /// One statement that sets `columns` to `values` in the row whose `key` has `key_values`. What is compared is the
  /// value itself, whatever the column's collation: 'a' is neither 'A' nor 'a '. A key that is NULL is looked for by IS
  /// NULL. At least one column on either side. Throws as `literal`, with the column in the context.
  virtual std::string update(const std::string& schema, const std::string& table, const std::vector<DmlColumn>& columns,
                             const std::vector<Value>& values, const std::vector<DmlColumn>& key,
                             const std::vector<Cell>& key_values) const = 0;

  /// One statement that deletes the row whose `key` has `key_values`, compared as in `update`.
  virtual std::string remove(const std::string& schema, const std::string& table, const std::vector<DmlColumn>& key,
                             const std::vector<Cell>& key_values) const = 0;

  /// One statement that deletes `copies` of the rows with these values, for tables without a key; fewer if there are
  /// fewer. Columns of any type that can be read, compared as in `update`.
  virtual std::string remove_copies(const std::string& schema, const std::string& table,
                                    const std::vector<DmlColumn>& columns, const std::vector<Cell>& values,
                                    std::uint64_t copies) const = 0;

  /// What stands behind WHERE to fetch the rows with one of `keys`, each with a value per column of `key`, by an index
  /// on it: all of these rows, and others that the engine takes for equal ('A' beside 'a'), so that the caller compares
  /// again. At least one key, and not more than limits::kDataKeysPerFetch. Throws as `literal`, also for a value that
  /// no row can have because its type does not hold it.
  virtual std::string key_condition(const std::vector<DmlColumn>& key,
                                    const std::vector<std::vector<Cell>>& keys) const = 0;
};

}  // namespace paripassu
