#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/harness/parity/random_schema.h"

/// The ways in which a random schema is altered, and what a comparison with the unaltered one must say.
namespace paripassu::test {

/// The one difference that an alteration makes, where the unaltered schema is on the left.
struct Expected {
  std::string code;
  std::string kind;   ///< empty: depends on how the other side has it, and is not checked
  std::string table;  ///< empty: of a schema or the database
  std::string name;   ///< of the object on the altered side (of a dropped one: as it was); empty: the engine's own
  std::string name_before{};  ///< where it was another
  bool was_there = true;      ///< whether the unaltered side has the object
  bool is_there = true;
};

/// A schema that is to be altered.
struct Altering {
  catalog::Catalog& catalog;
  Random& random;
  const Style& style;
  bool column_order;  ///< whether the comparison looks at the order of columns
};

struct Alteration {
  const char* name;
  /// nullopt: the schema has nothing to alter in this way, and is as it was.
  std::function<std::optional<Expected>(Altering&)> apply;
  unsigned weight = 1;  ///< more for what few schemas have
};

std::vector<Alteration> alterations_of_columns();
std::vector<Alteration> alterations_of_constraints();
std::vector<Alteration> alterations_of_indexes();
std::vector<Alteration> alterations_of_objects();

/// Something in a table.
template <typename Part>
struct Spot {
  catalog::Table* table;
  std::vector<Part>* list;
  std::size_t index;
  Part& part() const { return (*list)[index]; }
  void erase() const { list->erase(list->begin() + static_cast<std::ptrdiff_t>(index)); }
};

/// Any part of the tables' list for which `suits(table, part)`.
template <typename Part, typename Suits>
std::optional<Spot<Part>> any_part(Altering& altering, std::vector<Part> catalog::Table::*list, Suits suits) {
  std::vector<Spot<Part>> found;
  for (catalog::Table& table : main_schema(altering.catalog).tables) {
    for (std::size_t i = 0; i < (table.*list).size(); ++i) {
      if (suits(table, (table.*list)[i])) found.push_back({&table, &(table.*list), i});
    }
  }
  if (found.empty()) return std::nullopt;
  return altering.random.pick(found);
}

template <typename Suits>
catalog::Table* any_table(Altering& altering, Suits suits) {
  std::vector<catalog::Table*> found;
  for (catalog::Table& table : main_schema(altering.catalog).tables) {
    if (suits(table)) found.push_back(&table);
  }
  return found.empty() ? nullptr : altering.random.pick(found);
}

inline const auto anything = [](const auto&...) { return true; };

inline bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

catalog::Column& column_named(catalog::Table& table, const std::string& name);
/// True when an expression names the column.
bool mentions_column(const std::string& printed, const std::string& column);
/// True when a constraint, index, computed column, partition or policy of any table uses the column.
bool is_used(const catalog::Catalog& catalog, const catalog::Table& table, const std::string& column);
/// True when a check or predicate of the table does.
bool is_tested(const catalog::Table& table, const std::string& column);

/// A default, condition or computation that means something else than `printed`; `make(style, value)` prints one.
template <typename Make>
catalog::Expression another(const Style& style, const std::string& printed, Make make) {
  // The values are none of a random schema's, so that only the two meanings of booleans can meet.
  const int fresh = 100;
  Style other = style;
  other.other_spelling = !style.other_spelling;
  const bool met = make(style, fresh).printed == printed || make(other, fresh).printed == printed;
  return make(style, met ? fresh + 1 : fresh);
}

/// How a unique filtered index of SQL Server takes any number of NULLs.
bool allows_many_nulls(const catalog::Index& index);

}  // namespace paripassu::test
