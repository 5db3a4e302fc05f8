#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/error.h"
#include "backends/session.h"

namespace paripassu {

class TomlTable;

/// Rows for one table, written once for all engines: docs/data-sets.md has the form of every type.
struct DataTable {
  /// A value, NULL, or (outer absent) nothing said: the column's default.
  using Value = std::optional<Cell>;
  struct Row {
    std::vector<Value> values;  ///< one per column
    SourcePosition position;
  };

  std::string name;  ///< "orders" or "app.orders"; matched to the catalog by the project's rule for names
  std::vector<std::string> columns;
  std::vector<Row> rows;
  SourcePosition position;
};

struct DataSet {
  std::vector<DataTable> tables;  ///< in the order of the file, which is the order of loading
};

/// Reads CSV (RFC 4180, first line the columns, UTF-8 with or without a byte order mark): an empty cell is NULL, `""`
/// is the empty text. Throws Error(configuration) with file, line and column: a row with more or fewer cells, a column
/// twice, an open quote, no header, not UTF-8; Error(resources) beyond limits::kTestRowsMax rows. Linear.
DataTable read_csv(std::string_view text, const std::string& file, const std::string& table);

/// Reads tables of a TOML document: `[[orders]]` or `[["app.orders"]]` or `[[app.orders]]` per row; tables in the order
/// of their first rows, all rows of one together. Booleans, integers, floats, texts and TOML's dates and times become
/// canonical texts, instants in UTC; an array or table becomes JSON; the text "NULL" stays a text; `column = {null =
/// true}` is NULL; `orders = []` is a table without rows. Throws Error(configuration) with position: what holds no
/// rows, a float with more digits than it keeps.
DataSet data_set_from_toml(const TomlTable& table);

/// By extension: .toml, or .csv whose table is the last part of the name ("0003.orders.csv", "orders.csv"). Throws
/// Error(configuration): unreadable (says why), another extension, and what the readers throw.
DataSet read_data_file(const std::string& file);

/// `table` as CSV that read_csv reads back to the same: NULL is an empty cell, a value that was not given is not
/// possible (Error(internal)).
std::string write_csv(const DataTable& table);

}  // namespace paripassu
