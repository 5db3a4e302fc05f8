#include "backends/values_dml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

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

}  // namespace

std::string ValuesDmlWriter::tuple(const std::vector<DmlColumn>& columns, const std::vector<std::size_t>& written,
                                   const std::vector<Value>& row) const {
  std::string text = "(";
  for (const std::size_t i : written) {
    if (text.size() > 1) text += ", ";
    if (!row[i]) {
      text += "DEFAULT";
      continue;
    }
    try {
      text += literal(columns[i].type, *row[i]);
    } catch (Error& error) {
      error.add_context("column " + columns[i].name);
      throw;
    }
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
      if (count == kInsertRowsMax || (count > 0 && tuples.size() + one.size() > kInsertBytesMax)) flush();
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

}  // namespace paripassu
