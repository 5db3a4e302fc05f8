#include "harness/migration_tests/expectation_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "backends/limits.h"
#include "harness/migration_tests/ladder_files.h"
#include "harness/parity/names.h"

namespace paripassu::migration_tests {

namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

void append_encoded(std::string& text, char c) {
  const auto byte = static_cast<unsigned char>(c);
  text += '%';
  text += kHexDigits[byte >> 4U];
  text += kHexDigits[byte & 15U];
}

std::string encode(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || std::string_view("/\\.%").find(c) != std::string_view::npos) {
      append_encoded(text, c);
    } else {
      text += c;
    }
  }
  return text;
}

std::string decode(const std::string& text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = i + 2 < text.size() ? kHexDigits.find(text[i + 1]) : std::string_view::npos;
    const auto low = i + 2 < text.size() ? kHexDigits.find(text[i + 2]) : std::string_view::npos;
    if (text[i] != '%' || high == std::string_view::npos || low == std::string_view::npos) {
      name += text[i];
      continue;
    }
    name += static_cast<char>((high << 4U) | low);
    i += 2;
  }
  return name;
}

/// Whether a file of this name is read as one of this stem, for all engines.
bool means_itself(const std::string& stem, const BackendRegistry& registry) {
  if (stem.empty() || fold_name(stem, NameMatching::ignore_case).starts_with("readme")) return false;
  const LadderFile file = read_file_name(stem + ".csv", registry);
  return file.stem == stem && file.engine.empty() && file.extension == "csv";
}

/// Plain decimal text ("-12.50"), whatever its length: compared without converting it.
struct Number {
  bool negative = false;
  std::string_view whole;     ///< without leading zeros
  std::string_view fraction;  ///< without trailing zeros
  bool valid = false;
};

Number number_of(std::string_view text) {
  Number number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t dot = text.find('.');
  number.whole = text.substr(0, dot);
  if (dot != std::string_view::npos) number.fraction = text.substr(dot + 1);
  const auto all_digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  number.valid = !number.whole.empty() && all_digits(number.whole) && all_digits(number.fraction);
  while (number.whole.starts_with('0')) number.whole.remove_prefix(1);
  while (number.fraction.ends_with('0')) number.fraction.remove_suffix(1);
  return number;
}

int compare_numbers(const Number& left, const Number& right) {
  if (left.negative != right.negative) return left.negative ? -1 : 1;
  int order = 0;
  if (left.whole.size() != right.whole.size()) {
    order = left.whole.size() < right.whole.size() ? -1 : 1;
  } else {
    order = left.whole.compare(right.whole);
    if (order == 0) order = left.fraction.compare(right.fraction);
  }
  return left.negative ? -order : order;
}

/// NULL, then numbers, then texts by their bytes: a total order.
int compare_cells(const Cell& left, const Cell& right) {
  if (!left || !right) return static_cast<int>(left.has_value()) - static_cast<int>(right.has_value());
  const Number left_number = number_of(*left);
  const Number right_number = number_of(*right);
  if (left_number.valid != right_number.valid) return left_number.valid ? -1 : 1;
  if (left_number.valid)
    if (const int order = compare_numbers(left_number, right_number); order != 0) return order;
  return left->compare(*right);
}

int compare_all(const std::vector<Cell>& left, const std::vector<Cell>& right) {
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    if (const int order = compare_cells(left[i], right[i]); order != 0) return order;
  return left.size() < right.size() ? -1 : static_cast<int>(left.size() > right.size());
}

/// As in the file, on one line.
std::string shown(const Cell& cell) {
  if (!cell) return "";
  const bool quoted = cell->empty() || cell->find_first_of(",\"\r\n") != std::string::npos;
  std::string text = quoted ? "\"" : "";
  for (const char c : *cell) {
    if (c == '"') {
      text += "\"\"";
    } else if (c == '\n') {
      text += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      text += c;
    }
  }
  return quoted ? text + "\"" : text;
}

std::string shown(const std::vector<Cell>& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : ",") + shown(cells[i]);
  return text;
}

std::vector<Cell> cells_of(const DataTable::Row& row) {
  std::vector<Cell> cells;
  for (const DataTable::Value& value : row.values) cells.push_back(value ? *value : Cell{});
  return cells;
}

struct DiffLine {
  std::vector<Cell> key;
  std::string text;
};

/// The rows of `table` whose text is not in `others`, of which each counts once.
std::vector<DiffLine> rows_without(const DataTable& table, const std::vector<std::string>& key, NameMatching matching,
                                   std::map<std::string, std::size_t> others) {
  std::vector<std::size_t> key_columns;
  for (const std::string& name : key)
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (fold_name(table.columns[i], matching) == fold_name(name, matching)) key_columns.push_back(i);
  std::vector<DiffLine> lines;
  for (const DataTable::Row& row : table.rows) {
    const std::vector<Cell> cells = cells_of(row);
    std::string text = shown(cells);
    if (const auto found = others.find(text); found != others.end() && found->second > 0) {
      --found->second;
      continue;
    }
    DiffLine line;
    if (key_columns.empty() || key_columns.size() != key.size()) {
      line.key = cells;
    } else {
      for (const std::size_t i : key_columns) line.key.push_back(cells[i]);
    }
    line.text = std::move(text);
    lines.push_back(std::move(line));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const DiffLine& left, const DiffLine& right) { return compare_all(left.key, right.key) < 0; });
  return lines;
}

std::map<std::string, std::size_t> counts_of(const DataTable& table) {
  std::map<std::string, std::size_t> counts;
  for (const DataTable::Row& row : table.rows) ++counts[shown(cells_of(row))];
  return counts;
}

std::string header_of(const DataTable& table) {
  std::vector<Cell> cells(table.columns.begin(), table.columns.end());
  return shown(cells);
}

}  // namespace

std::string expectation_stem(const std::string& schema, const std::string& table, const std::string& default_schema,
                             const BackendRegistry& registry) {
  const std::string prefix = schema == default_schema ? "" : encode(schema) + ".";
  std::string stem = prefix + encode(table);
  if (means_itself(stem, registry)) return stem;
  // Called like an engine, or like a readme: one encoded byte makes it a name like any other.
  std::string first;
  append_encoded(first, prefix.empty() ? table.front() : schema.front());
  if (prefix.empty()) return first + encode(table.substr(1));
  std::string word;
  append_encoded(word, table.front());
  return first + encode(schema.substr(1)) + "." + word + encode(table.substr(1));
}

FoundTable find_expected_table(const catalog::Catalog& catalog, const std::string& stem, NameMatching names,
                               const SourcePosition& position) {
  if (stem.find('%') != std::string::npos) {
    const std::size_t dot = stem.find('.');
    const std::string schema = dot == std::string::npos ? catalog.default_schema : decode(stem.substr(0, dot));
    const std::string table = decode(dot == std::string::npos ? stem : stem.substr(dot + 1));
    for (const catalog::Schema& one : catalog.schemas)
      for (const catalog::Table& other : one.tables)
        if (one.name == schema && other.name == table) return {&one, &other};
  }
  return find_table(catalog, stem, names, position);
}

std::vector<FoundTable> tables_with_rows(Session& session, const Backend& backend, const catalog::Catalog& catalog) {
  std::vector<FoundTable> tables;
  for (const catalog::Schema& schema : catalog.schemas)
    for (const catalog::Table& table : schema.tables)
      if (!table.foreign && table.partition_of.empty()) tables.push_back({&schema, &table});
  std::vector<FoundTable> filled;
  for (std::size_t begin = 0; begin < tables.size(); begin += limits::kTablesAskedMax) {
    std::string sql;
    const std::size_t end = std::min(tables.size(), begin + limits::kTablesAskedMax);
    for (std::size_t i = begin; i < end; ++i)
      sql += fmt::format("{}SELECT '{}' AS number WHERE EXISTS (SELECT 1 FROM {})", i == begin ? "" : "\nUNION ALL ", i,
                         backend.dialect().qualified(tables[i].schema->name, tables[i].table->name));
    const ResultSet result = session.query(sql);
    std::set<std::size_t> numbers;
    for (std::size_t row = 0; row < result.row_count(); ++row)
      if (const Cell& cell = result.row(row)[0]) numbers.insert(std::strtoull(cell->c_str(), nullptr, 10));
    for (const std::size_t i : numbers) filled.push_back(tables[i]);
  }
  return filled;
}

std::vector<std::string> key_names(const RowSet& rows) {
  std::vector<std::string> names;
  for (const std::size_t i : rows.key) names.push_back(rows.columns[i].name);
  return names;
}

std::vector<std::size_t> columns_of(const RowSet& rows, const std::vector<std::string>& names, NameMatching matching) {
  std::vector<std::size_t> columns;
  for (const std::string& name : names) {
    const auto found = std::find_if(rows.columns.begin(), rows.columns.end(), [&](const RowColumn& column) {
      return fold_name(column.name, matching) == fold_name(name, matching);
    });
    if (found == rows.columns.end()) return {};
    columns.push_back(static_cast<std::size_t>(found - rows.columns.begin()));
  }
  return columns;
}

std::string key_text(const RowSet& rows, std::size_t row, const std::vector<std::size_t>& columns,
                     const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Cell& cell = rows.rows[row][columns[i]];
    // The length keeps two values apart that join to the same text.
    const std::string value = cell ? neutral_value(rows.columns[columns[i]].type, *cell) : "";
    text +=
        fmt::format("{}{}={}:{}", i == 0 ? "" : ", ", names[i], cell ? std::to_string(value.size()) : "null", value);
  }
  return text;
}

DataTable data_table(const RowSet& rows, const std::string& name, const std::vector<std::size_t>& columns,
                     const std::vector<std::string>& names, bool ordered) {
  DataTable table;
  table.name = name;
  table.columns = names;
  std::vector<std::vector<Cell>> cells;
  std::vector<std::vector<Cell>> keys;
  for (const std::vector<Cell>& row : rows.rows) {
    const auto neutral = [&](std::size_t i) {
      return row[i] ? Cell(neutral_value(rows.columns[i].type, *row[i])) : Cell{};
    };
    std::vector<Cell> line;
    for (const std::size_t i : columns) line.push_back(neutral(i));
    std::vector<Cell> key;
    for (const std::size_t i : rows.key) key.push_back(neutral(i));
    key.insert(key.end(), line.begin(), line.end());
    cells.push_back(std::move(line));
    keys.push_back(std::move(key));
  }
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!ordered)
    std::stable_sort(order.begin(), order.end(),
                     [&keys](std::size_t left, std::size_t right) { return compare_all(keys[left], keys[right]) < 0; });
  for (const std::size_t i : order) {
    DataTable::Row row;
    for (const Cell& cell : cells[i]) row.values.emplace_back(std::in_place, cell);
    table.rows.push_back(std::move(row));
  }
  return table;
}

TableDiff diff_tables(const DataTable& before, const DataTable& after, const std::vector<std::string>& key,
                      NameMatching matching) {
  const std::vector<DiffLine> gone = rows_without(before, key, matching, counts_of(after));
  const std::vector<DiffLine> come = rows_without(after, key, matching, counts_of(before));
  std::vector<std::string> lines;
  if (header_of(before) != header_of(after)) {
    lines.push_back("- " + header_of(before));
    lines.push_back("+ " + header_of(after));
  }
  TableDiff diff;
  auto left = gone.begin();
  auto right = come.begin();
  while (left != gone.end() || right != come.end()) {
    const int order = left == gone.end() ? 1 : right == come.end() ? -1 : compare_all(left->key, right->key);
    ++diff.row_count;
    if (order <= 0) lines.push_back("- " + (left++)->text);
    if (order >= 0) lines.push_back("+ " + (right++)->text);
  }
  if (lines.size() > limits::kExpectationDiffLinesMax) {
    const std::size_t more = lines.size() - limits::kExpectationDiffLinesMax;
    lines.resize(limits::kExpectationDiffLinesMax);
    lines.push_back(fmt::format("… and {} more lines", more));
  }
  diff.lines = std::move(lines);
  return diff;
}

}  // namespace paripassu::migration_tests
