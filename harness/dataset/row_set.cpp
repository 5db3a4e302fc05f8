#include "harness/dataset/row_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "backends/limits.h"
#include "harness/dataset/row_text.h"
#include "harness/dataset/value_pairing.h"
#include "harness/dataset/value_text.h"
#include "harness/parity/names.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;

constexpr int kFinestDigits = 9;

/// What the name of a type adds to the layout of its values, whichever engine it is of.
struct NamedType {
  std::string_view name;
  TypeFamily family;
  bool fixed_length = false;
  int precision = kFinestDigits;  ///< the most digits of a second that it can have
  long long tick_ns = 0;
};

constexpr std::array kNamedTypes = {
    NamedType{"json", TypeFamily::json},
    NamedType{"jsonb", TypeFamily::json},
    NamedType{"xml", TypeFamily::xml},
    NamedType{"interval", TypeFamily::interval},
    NamedType{"character", TypeFamily::text, true},
    NamedType{"char", TypeFamily::text, true},
    NamedType{"nchar", TypeFamily::text, true},
    NamedType{"time without time zone", TypeFamily::time, false, 6},
    NamedType{"timestamp without time zone", TypeFamily::timestamp, false, 6},
    NamedType{"timestamp with time zone", TypeFamily::timestamp, false, 6},
    NamedType{"time", TypeFamily::time, false, 7},
    NamedType{"datetime2", TypeFamily::timestamp, false, 7},
    NamedType{"datetimeoffset", TypeFamily::timestamp, false, 7},
    NamedType{"datetime", TypeFamily::timestamp, false, 3, 3'333'333},
    NamedType{"smalldatetime", TypeFamily::timestamp, false, 0, 60'000'000'000},
};

Type type_of(const ColumnVector& column) {
  Type type;
  type.printed = type.name = column.type_name;
  switch (column.layout) {
    case ColumnLayout::boolean:
      type.family = TypeFamily::boolean;
      break;
    case ColumnLayout::int64:
      type.family = TypeFamily::integer;
      type.bits = 64;
      break;
    case ColumnLayout::float32:
      type.family = TypeFamily::floating;
      type.bits = 32;
      break;
    case ColumnLayout::float64:
      type.family = TypeFamily::floating;
      type.bits = 64;
      break;
    case ColumnLayout::decimal:
      type.family = TypeFamily::decimal;
      break;
    case ColumnLayout::text:
      type.family = TypeFamily::text;
      break;
    case ColumnLayout::bytes:
      type.family = TypeFamily::binary;
      break;
    case ColumnLayout::uuid:
      type.family = TypeFamily::uuid;
      break;
    case ColumnLayout::date:
      type.family = TypeFamily::date;
      break;
    case ColumnLayout::time:
      type.family = TypeFamily::time;
      break;
    case ColumnLayout::timestamp_tz:
      type.with_time_zone = true;
      [[fallthrough]];
    case ColumnLayout::timestamp:
      type.family = TypeFamily::timestamp;
      break;
  }
  std::string_view name = column.type_name;
  if (column.layout == ColumnLayout::text && name.ends_with("[]")) {
    type.array_dimensions = 1;
    name.remove_suffix(2);
    // The elements of an array say themselves what they are, but for numbers and truths.
    if (name == "boolean") type.family = TypeFamily::boolean;
    if (name == "smallint" || name == "integer" || name == "bigint") type.family = TypeFamily::integer;
    if (name == "numeric") type.family = TypeFamily::decimal;
    if (name == "real" || name == "double precision") {
      type.family = TypeFamily::floating;
      type.bits = name == "real" ? 32 : 64;
    }
    return type;
  }
  const auto named =
      std::find_if(kNamedTypes.begin(), kNamedTypes.end(), [&](const NamedType& entry) { return entry.name == name; });
  if (named == kNamedTypes.end()) return type;
  // A name that does not go with the layout is another engine's.
  if (type.family != TypeFamily::text && type.family != named->family) return type;
  type.family = named->family;
  type.fixed_length = named->fixed_length;
  if (named->precision < kFinestDigits) type.precision = named->precision;
  type.tick_ns = named->tick_ns;
  return type;
}

/// Reads on with `reader` until its end.
void append_rows(RowSet& set, BatchReader& reader) {
  ColumnBatch batch;
  for (bool first = true;; first = false) {
    const std::size_t rows = reader.next(batch);
    if (first && set.columns.empty()) {
      for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        const ColumnVector& column = batch.columns[i];
        const bool named = !column.name.empty() && column.name != "?column?";
        set.columns.push_back({named ? column.name : fmt::format("column_{}", i + 1), type_of(column)});
      }
    }
    if (rows == 0) return;
    if (set.rows.size() + rows > limits::kTestRowsMax)
      throw Error(ErrorCategory::resources,
                  fmt::format("'{}' has more than {} rows", printable(set.name), limits::kTestRowsMax))
          .with_remedy("test data is kept whole in memory: test with fewer rows");
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<Cell>& cells = set.rows.emplace_back();
      cells.reserve(batch.columns.size());
      for (std::size_t column = 0; column < batch.columns.size(); ++column) {
        if (batch.columns[column].is_null(row)) {
          cells.emplace_back(std::nullopt);
        } else {
          cells.emplace_back(batch.format(column, row));
        }
      }
    }
  }
}

/// The places of `names` in the table, if there are any and all of them are NOT NULL.
std::vector<std::size_t> key_columns(const catalog::Table& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> result;
  for (const std::string& name : names) {
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const catalog::Column& candidate) { return candidate.name == name; });
    if (column == table.columns.end() || column->nullable) return {};
    result.push_back(static_cast<std::size_t>(column - table.columns.begin()));
  }
  return result;
}

std::vector<std::size_t> find_key(const catalog::Table& table) {
  if (table.primary_key && table.primary_key->enforced) {
    if (auto key = key_columns(table, table.primary_key->columns); !key.empty()) return key;
  }
  for (const catalog::Key& unique : table.unique_constraints) {
    if (!unique.enforced) continue;
    if (auto key = key_columns(table, unique.columns); !key.empty()) return key;
  }
  for (const catalog::Index& index : table.indexes) {
    if (!index.unique || !index.valid || index.predicate) continue;
    std::vector<std::string> names;
    for (const catalog::IndexColumn& column : index.columns) names.push_back(column.column);
    if (auto key = key_columns(table, names); !key.empty()) return key;
  }
  return {};
}

/// The place of each column of `table` in `like`.
std::vector<std::size_t> find_columns(const DataTable& table, const RowSet& like, NameMatching names) {
  std::unordered_map<std::string, std::vector<std::size_t>> places;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < like.columns.size(); ++i) {
    places[fold_name(like.columns[i].name, names)].push_back(i);
    known.push_back(like.columns[i].name);
  }
  std::vector<std::size_t> result;
  std::vector<bool> taken(like.columns.size(), false);
  for (const std::string& column : table.columns) {
    const auto error = [&](const std::string& message) {
      Error failure(ErrorCategory::configuration, message);
      failure.with_position(table.position);
      return failure;
    };
    const auto found = places.find(fold_name(column, names));
    if (found == places.end()) {
      std::string message = fmt::format("'{}' has no column '{}'", printable(like.name), printable(column));
      if (const std::string near = nearest_word(column, known); !near.empty())
        message += fmt::format("; did you mean '{}'?", printable(near));
      throw error(message).with_remedy("rename the column in the expectation, or remove it");
    }
    const std::vector<std::size_t>& candidates = found->second;
    auto place = std::find_if(candidates.begin(), candidates.end(),
                              [&](std::size_t i) { return !taken[i] && like.columns[i].name == column; });
    if (place == candidates.end())
      place = std::find_if(candidates.begin(), candidates.end(), [&](std::size_t i) { return !taken[i]; });
    if (place == candidates.end())
      throw error(fmt::format("column '{}' of '{}' comes twice", printable(column), printable(like.name)));
    taken[*place] = true;
    result.push_back(*place);
  }
  return result;
}

}  // namespace

RowSet read_table(Session& session, const Backend& backend, const catalog::Schema& schema,
                  const catalog::Table& table) {
  const Dialect& dialect = backend.dialect();
  RowSet result;
  result.name = schema.name + "." + table.name;
  std::string list;
  for (const catalog::Column& column : table.columns) {
    result.columns.push_back({column.name, column.type});
    list += (list.empty() ? "" : ", ") + dialect.quote_identifier(column.name);
  }
  // PostgreSQL has tables without columns; their rows say nothing.
  if (result.columns.empty()) return result;
  result.key = find_key(table);
  std::string sql = "SELECT " + list + " FROM " + dialect.qualified(schema.name, table.name);
  for (std::size_t i = 0; i < result.key.size(); ++i)
    sql += (i == 0 ? " ORDER BY " : ", ") + dialect.quote_identifier(result.columns[result.key[i]].name);
  try {
    append_rows(result, *backend.read_batches(session, sql, {}));
  } catch (Error& error) {
    error.add_context("reading the rows of " + result.name);
    throw;
  }
  return result;
}

RowSet read_query(Session& session, const Backend& backend, const std::string& sql, const std::string& name) {
  RowSet result;
  result.name = name;
  try {
    append_rows(result, *backend.read_batches(session, sql, {}));
  } catch (Error& error) {
    error.add_context("reading the query " + name);
    throw;
  }
  return result;
}

RowSet row_set(const DataTable& table, const RowSet& like, NameMatching names) {
  const std::vector<std::size_t> places = find_columns(table, like, names);
  RowSet result;
  result.name = like.name;
  for (const std::size_t place : places) result.columns.push_back(like.columns[place]);
  for (const std::size_t place : like.key) {
    const auto found = std::find(places.begin(), places.end(), place);
    if (found == places.end()) {
      result.key.clear();
      break;
    }
    result.key.push_back(static_cast<std::size_t>(found - places.begin()));
  }

  std::unordered_map<std::string, const DataTable::Row*> rows_by_key;
  if (!result.key.empty()) rows_by_key.reserve(table.rows.size());
  result.rows.reserve(table.rows.size());
  for (const DataTable::Row& row : table.rows) {
    std::vector<Cell>& cells = result.rows.emplace_back();
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (i >= row.values.size() || !row.values[i])
        throw Error(ErrorCategory::configuration, fmt::format("no value of '{}' in a row of '{}' that is expected",
                                                              printable(table.columns[i]), printable(table.name)))
            .with_position(row.position)
            .with_remedy(fmt::format("give every expected row a value of it ({} = {{null = true}} for NULL), or none",
                                     printable(table.columns[i])));
      cells.push_back(*row.values[i]);
    }
    if (result.key.empty()) continue;
    std::string key;
    for (const std::size_t column : result.key) {
      if (!cells[column]) {
        key += 'N';
        continue;
      }
      const std::string value = neutral_value(result.columns[column].type, *cells[column]);
      key += std::to_string(value.size()) + ":" + value;
    }
    const auto [first, is_new] = rows_by_key.emplace(std::move(key), &row);
    if (is_new) continue;
    std::string shown;
    for (const std::size_t column : result.key)
      shown += fmt::format("{}{} = {}", shown.empty() ? "" : ", ", result.columns[column].name,
                           dataset::shown_value(cells[column]));
    throw Error(ErrorCategory::configuration,
                fmt::format("two rows of '{}' have the key {}", printable(table.name), printable(shown)))
        .with_position(row.position)
        .with_remedy("the first one is at " + first->second->position.to_string());
  }
  return result;
}

std::string neutral_value(const catalog::Type& type, const std::string& text) {
  return dataset::read_value(type, text).value_or(text);
}

bool same_value(const catalog::Type& left_type, const Cell& left, const catalog::Type& right_type, const Cell& right) {
  if (!left || !right) return !left && !right;
  return dataset::ValuePairing(left_type, right_type).same(*left, *right);
}

}  // namespace paripassu
