#include "backends/values_dml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "backends/error.h"
#include "backends/limits.h"

namespace paripassu {

namespace {

/// An identity column of a decimal type may hold what no int64 does; such a value moves no counter.
std::optional<std::int64_t> as_integer(const Cell& cell) {
  if (!cell) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = cell->data() + cell->size();
  const auto [stopped, error] = std::from_chars(cell->data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

bool gives_same_identities(const std::vector<DmlColumn>& columns, const std::vector<DmlWriter::Value>& left,
                           const std::vector<DmlWriter::Value>& right) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].identity && left[i].has_value() != right[i].has_value()) return false;
  return true;
}

/// Runs `work` for a column; its errors name it.
template <typename Work>
std::string of_column(const DmlColumn& column, Work work) {
  try {
    return work();
  } catch (Error& error) {
    error.add_context("column " + column.name);
    throw;
  }
}

void check_values(std::size_t columns, std::size_t values) {
  if (columns == 0 || columns != values)
    throw Error(ErrorCategory::internal, fmt::format("{} values for {} columns", values, columns));
}

}  // namespace

std::string ValuesDmlWriter::tuple(const std::vector<DmlColumn>& columns, const std::vector<std::size_t>& written,
                                   const std::vector<Value>& row) const {
  std::string text = "(";
  for (const std::size_t i : written) {
    if (text.size() > 1) text += ", ";
    text += row[i] ? of_column(columns[i], [&] { return literal(columns[i].type, *row[i]); }) : "DEFAULT";
  }
  return text + ")";
}

std::vector<std::string> ValuesDmlWriter::insert(const std::string& schema, const std::string& table,
                                                 const std::vector<DmlColumn>& columns,
                                                 const std::vector<std::vector<Value>>& rows) const {
  const std::string target = dialect().qualified(schema, table);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != columns.size())
      throw Error(ErrorCategory::internal, fmt::format("row {} has {} values for {} columns of {}", i + 1,
                                                       rows[i].size(), columns.size(), target));
  }
  std::vector<std::string> statements;
  for (std::size_t begin = 0; begin < rows.size();) {
    const std::vector<Value>& first = rows[begin];
    std::size_t end = begin + 1;
    while (end < rows.size() && gives_same_identities(columns, first, rows[end])) ++end;

    std::string names;
    std::vector<std::size_t> written;
    bool identity_given = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].identity && !first[i]) continue;
      identity_given = identity_given || columns[i].identity;
      if (!written.empty()) names += ", ";
      names += dialect().quote_identifier(columns[i].name);
      written.push_back(i);
    }

    std::string tuples;
    std::size_t count = 0;
    const auto flush = [&] {
      if (count > 0) statements.push_back(insert_statement(target, names, tuples, identity_given));
      tuples.clear();
      count = 0;
    };
    for (std::size_t i = begin; i < end; ++i) {
      if (written.empty()) {
        statements.push_back("INSERT INTO " + target + " DEFAULT VALUES");
        continue;
      }
      std::string one;
      try {
        one = tuple(columns, written, rows[i]);
      } catch (Error& error) {
        error.add_context(fmt::format("row {} of {}", i + 1, target));
        throw;
      }
      if (count == limits::kInsertRowsMax || (count > 0 && tuples.size() + one.size() > limits::kInsertBytesMax))
        flush();
      if (count > 0) tuples += ",\n";
      tuples += one;
      ++count;
    }
    flush();

    for (const std::size_t i : written) {
      if (!columns[i].identity) continue;
      std::optional<GivenIdentity> given;
      for (std::size_t k = begin; k < end; ++k) {
        const std::optional<std::int64_t> value = as_integer(*rows[k][i]);
        if (!value) continue;
        if (!given) given = GivenIdentity{columns[i].name, *value, *value};
        given->lowest = std::min(given->lowest, *value);
        given->highest = std::max(given->highest, *value);
      }
      if (!given) continue;
      std::string statement = move_counter(schema, table, *given);
      if (!statement.empty()) statements.push_back(std::move(statement));
    }
    begin = end;
  }
  return statements;
}

std::string ValuesDmlWriter::same_values(const std::vector<DmlColumn>& columns, const std::vector<Cell>& values,
                                         bool in_key) const {
  check_values(columns.size(), values.size());
  std::string condition;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = dialect().quote_identifier(columns[i].name);
    if (!condition.empty()) condition += " AND ";
    condition += !values[i]
                     ? name + " IS NULL"
                     : of_column(columns[i], [&] { return same_value(name, columns[i].type, *values[i], in_key); });
  }
  return condition;
}

std::string ValuesDmlWriter::update(const std::string& schema, const std::string& table,
                                    const std::vector<DmlColumn>& columns, const std::vector<Value>& values,
                                    const std::vector<DmlColumn>& key, const std::vector<Cell>& key_values) const {
  check_values(columns.size(), values.size());
  std::string changes;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) changes += ", ";
    changes += dialect().quote_identifier(columns[i].name) + " = ";
    changes += values[i] ? of_column(columns[i], [&] { return literal(columns[i].type, *values[i]); }) : "DEFAULT";
  }
  return fmt::format("UPDATE {} SET {} WHERE {}", dialect().qualified(schema, table), changes,
                     same_values(key, key_values, true));
}

std::string ValuesDmlWriter::remove(const std::string& schema, const std::string& table,
                                    const std::vector<DmlColumn>& key, const std::vector<Cell>& key_values) const {
  return fmt::format("DELETE FROM {} WHERE {}", dialect().qualified(schema, table), same_values(key, key_values, true));
}

std::string ValuesDmlWriter::remove_copies(const std::string& schema, const std::string& table,
                                           const std::vector<DmlColumn>& columns, const std::vector<Cell>& values,
                                           std::uint64_t copies) const {
  return delete_some(dialect().qualified(schema, table), same_values(columns, values, false), copies);
}

std::string ValuesDmlWriter::key_condition(const std::vector<DmlColumn>& key,
                                           const std::vector<std::vector<Cell>>& keys) const {
  std::vector<std::string> names;
  for (const DmlColumn& column : key)
    names.push_back(compared_name(dialect().quote_identifier(column.name), column.type));
  const auto value_of = [&](const std::vector<Cell>& values, std::size_t i) {
    return of_column(key[i], [&] { return compared_literal(key[i].type, *values[i]); });
  };
  std::string list;
  std::string others;
  bool has_null = false;
  for (const std::vector<Cell>& values : keys) {
    check_values(key.size(), values.size());
    if (key.size() == 1) {
      has_null = has_null || !values[0];
      if (values[0]) list += (list.empty() ? "" : ", ") + value_of(values, 0);
      continue;
    }
    others += others.empty() ? "(" : " OR (";
    for (std::size_t i = 0; i < key.size(); ++i) {
      if (i > 0) others += " AND ";
      others += names[i] + (values[i] ? " = " + value_of(values, i) : " IS NULL");
    }
    others += ")";
  }
  if (!list.empty()) others = fmt::format("{} IN ({})", names[0], list);
  if (has_null) others += (others.empty() ? "" : " OR ") + names[0] + " IS NULL";
  if (others.empty()) throw Error(ErrorCategory::internal, "a condition for no keys");
  return "(" + others + ")";
}

}  // namespace paripassu
