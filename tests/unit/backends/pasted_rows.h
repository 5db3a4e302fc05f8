#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/session.h"

/// Results of queries as text, so that a test shows the rows as a server would print them.
namespace paripassu::test {

/// A result without rows; `names` are separated by blanks.
inline ResultSet result_with(std::string_view names) {
  std::vector<std::string> columns;
  while (!names.empty()) {
    const std::size_t begin = names.find_first_not_of(" \n");
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(names.find_first_of(" \n", begin), names.size());
    columns.emplace_back(names.substr(begin, end - begin));
    names.remove_prefix(end);
  }
  return ResultSet(std::move(columns));
}

/// Appends rows: one per line, blanks before it do not count, cells between `|`, `NULL` for NULL, `\n` for a line break
/// within a cell. Throws std::logic_error for a row that has not one cell per column.
inline void paste(ResultSet& result, std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) continue;
    line.remove_prefix(begin);
    std::vector<Cell> cells(1, std::string());
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|') {
        cells.emplace_back(std::string());
      } else if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == 'n') {
        *cells.back() += '\n';
        ++i;
      } else {
        *cells.back() += line[i];
      }
    }
    if (cells.size() != result.columns().size())
      throw std::logic_error("a pasted row has " + std::to_string(cells.size()) + " cells instead of " +
                             std::to_string(result.columns().size()) + ": " + std::string(line));
    for (Cell& cell : cells) result.append(cell == "NULL" ? Cell() : std::move(cell));
  }
}

/// How many columns `SELECT a, f(b, c) FROM …` gives. The queries are those of the program: no comments, and no
/// apostrophe or parenthesis within a literal of the select list.
inline std::size_t selected_columns(std::string_view query) {
  std::size_t count = 1;
  int depth = 0;
  for (std::size_t i = query.find("SELECT"); i < query.size(); ++i) {
    if (query[i] == '(' || query[i] == '{') ++depth;
    if (query[i] == ')' || query[i] == '}') --depth;
    if (query[i] == ',' && depth == 0) ++count;
    if (depth == 0 && query.substr(i, 6) == "\nFROM ") break;
  }
  return count;
}

/// The one object of that name.
template <class Named>
const Named& named(const std::vector<Named>& objects, std::string_view name) {
  for (const Named& object : objects)
    if (object.name == name) return object;
  throw std::logic_error("there is nothing with the name " + std::string(name));
}

/// The one object of a list.
template <class Object>
const Object& only(const std::vector<Object>& objects) {
  REQUIRE(objects.size() == 1);
  return objects.front();
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& objects) {
  std::vector<std::string> names;
  for (const Named& object : objects) names.push_back(object.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace paripassu::test

namespace doctest {
/// Shows lists of names where a comparison fails.
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + ("\"" + name + "\"");
    return ("[" + text + "]").c_str();
  }
};
}  // namespace doctest
