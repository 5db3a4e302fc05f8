#include "tests/unit/harness/parity/alterations.h"
#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu::test {

using catalog::Column;
using catalog::Index;
using catalog::Key;
using catalog::Table;
using Result = std::optional<Expected>;

namespace {

/// The names of indexes that stand for unique constraints may be the engine's own.
Expected about(std::string code, const Altering& altering, const Spot<Index>& spot) {
  const bool idiom = allows_many_nulls(spot.part());
  Expected expected{std::move(code), "index", spot.table->name, idiom ? std::string() : spot.part().name};
  if (idiom && !altering.style.one_engine) expected.kind = "unique constraint";
  return expected;
}

template <typename Suits>
std::optional<Spot<Index>> any_plain_index(Altering& altering, Suits suits) {
  return any_part(altering, &Table::indexes,
                  [&](Table& table, const Index& each) { return !allows_many_nulls(each) && suits(table, each); });
}

bool leads(const Table& table, const std::string& column) {
  const auto led = [&](const Key& key) { return key.columns.front() == column; };
  return (table.primary_key && led(*table.primary_key)) ||
         std::any_of(table.unique_constraints.begin(), table.unique_constraints.end(), led) ||
         std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const Index& index) { return index.columns.front().column == column; });
}

Result drop_index(Altering& altering) {
  const auto spot = any_part(altering, &Table::indexes, anything);
  if (!spot) return std::nullopt;
  const bool is_constraint = allows_many_nulls(spot->part()) && !altering.style.one_engine;
  Expected expected = about(is_constraint ? "unique-missing" : "index-missing", altering, *spot);
  expected.is_there = false;
  spot->erase();
  return expected;
}

Result add_index(Altering& altering) {
  const auto lead = any_part(altering, &Table::columns,
                             [](const Table& table, const Column& each) { return !leads(table, each.name); });
  if (!lead) return std::nullopt;
  Index added = altering.style.index(altering.style.name("added", 1), {lead->part().name});
  if (altering.random.chance(50))
    added.predicate = altering.style.condition(Kind::integer, altering.style.field(0), 100);
  lead->table->indexes.push_back(added);
  return Expected{"index-extra", "index", lead->table->name, added.name, "", false};
}

Result add_covered_index(Altering& altering) {
  struct Cover {
    Table* table;
    std::string column;
    bool descending;
  };
  std::vector<Cover> covers;
  for (Table& table : main_schema(altering.catalog).tables) {
    if (table.primary_key) covers.push_back({&table, table.primary_key->columns.front(), false});
    for (const Index& index : table.indexes) {
      if (index.predicate) continue;
      covers.push_back({&table, index.columns.front().column, index.columns.front().descending});
    }
  }
  if (covers.empty()) return std::nullopt;
  const Cover& cover = altering.random.pick(covers);
  Index added = altering.style.index(altering.style.name("added", 1), {cover.column});
  // An ordered index is read from either end.
  const bool same_end = altering.random.chance(50);
  added.columns[0].descending = cover.descending == same_end;
  added.columns[0].nulls_first = added.columns[0].descending == altering.style.postgres;
  // With a predicate of its own there are fewer rows still; without one, no two may be the same.
  const std::vector<Index>& indexes = cover.table->indexes;
  const bool alike = std::any_of(indexes.begin(), indexes.end(), [&](const Index& each) {
    return each.columns.size() == 1 && each.columns[0].column == cover.column;
  });
  if (alike || altering.random.chance(30)) {
    added.predicate = altering.style.condition(Kind::integer, altering.style.field(0), 100);
  }
  cover.table->indexes.push_back(added);
  return Expected{"index-covered", "index", cover.table->name, added.name, "", false};
}

Result turn_index(Altering& altering) {
  const auto spot = any_plain_index(altering, anything);
  if (!spot) return std::nullopt;
  catalog::IndexColumn& item = altering.random.pick(spot->part().columns);
  item.descending = !item.descending;
  item.nulls_first = !item.nulls_first;
  return about("index-changed", altering, *spot);
}

Result reorder_index(Altering& altering) {
  const auto spot = any_plain_index(altering, [](const Table&, const Index& each) { return each.columns.size() == 2; });
  if (!spot) return std::nullopt;
  std::swap(spot->part().columns[0], spot->part().columns[1]);
  return about("index-changed", altering, *spot);
}

Result change_uniqueness(Altering& altering) {
  const auto spot = any_plain_index(altering, anything);
  if (!spot) return std::nullopt;
  spot->part().unique = !spot->part().unique;
  return about("index-changed", altering, *spot);
}

Result include_column(Altering& altering) {
  const auto spot = any_plain_index(altering, anything);
  if (!spot) return std::nullopt;
  std::vector<std::string>& included = spot->part().included;
  if (included.empty()) {
    included = {altering.style.field(1)};
  } else {
    included.clear();
  }
  return about("index-changed", altering, *spot);
}

Result change_predicate(Altering& altering) {
  const auto spot = any_plain_index(altering, anything);
  if (!spot) return std::nullopt;
  std::optional<catalog::Expression>& predicate = spot->part().predicate;
  if (predicate && altering.random.chance(50)) {
    predicate.reset();
  } else {
    predicate = altering.style.condition(Kind::integer, altering.style.field(0), 100);
  }
  return about("index-changed", altering, *spot);
}

Result write_unknown_predicate(Altering& altering) {
  const auto spot =
      any_plain_index(altering, [](const Table&, const Index& each) { return each.predicate.has_value(); });
  if (!spot) return std::nullopt;
  spot->part().predicate = catalog::Expression{"(no expression (", false};
  return about("expression-not-understood", altering, *spot);
}

/// The idiom becomes a plain unique index, which takes one NULL.
Result take_one_null(Altering& altering) {
  const auto spot =
      any_part(altering, &Table::indexes, [](const Table&, const Index& each) { return allows_many_nulls(each); });
  if (!spot) return std::nullopt;
  Expected expected = about("unique-nulls", altering, *spot);
  spot->part().predicate.reset();
  return expected;
}

Result change_columns_of_idiom(Altering& altering) {
  const auto spot =
      any_part(altering, &Table::indexes, [](const Table&, const Index& each) { return allows_many_nulls(each); });
  if (!spot) return std::nullopt;
  const bool one_engine = altering.style.one_engine;
  Expected expected = about(one_engine ? "index-changed" : "unique-columns", altering, *spot);
  spot->part().columns.push_back(altering.style.index("", {altering.style.field(0)}).columns.front());
  return expected;
}

Result move_nulls(Altering& altering) {
  if (!altering.style.postgres) return std::nullopt;
  // Across engines, only NULLs at both ends of one index make a difference.
  const auto spot = any_plain_index(altering, [&](Table& table, const Index& each) {
    return altering.style.one_engine ||
           (each.columns.size() == 2 && column_named(table, each.columns[0].column).nullable &&
            column_named(table, each.columns[1].column).nullable);
  });
  if (!spot) return std::nullopt;
  catalog::IndexColumn& item = altering.random.pick(spot->part().columns);
  item.nulls_first = !item.nulls_first;
  return about("index-nulls", altering, *spot);
}

Result break_index(Altering& altering) {
  const auto spot = any_part(altering, &Table::indexes, anything);
  if (!spot) return std::nullopt;
  spot->part().valid = false;
  return about("index-invalid", altering, *spot);
}

Result rename_index(Altering& altering) {
  if (!altering.style.one_engine) return std::nullopt;
  const auto spot = any_plain_index(altering, anything);
  if (!spot) return std::nullopt;
  Expected expected = about("constraint-renamed", altering, *spot);
  expected.name_before = expected.name;
  expected.name = spot->part().name = altering.style.name("renamed", 1);
  return expected;
}

}  // namespace

std::vector<Alteration> alterations_of_indexes() {
  return {
      {"drop an index", drop_index},
      {"add an index", add_index},
      {"add an index that another covers", add_covered_index},
      {"turn an index", turn_index},
      {"reorder an index", reorder_index},
      {"change whether an index is unique", change_uniqueness},
      {"include a column, or no longer", include_column},
      {"change a predicate", change_predicate},
      {"write a predicate that nobody can read", write_unknown_predicate},
      {"take one NULL instead of many", take_one_null, 5},
      {"change the columns of a unique index that takes many NULLs", change_columns_of_idiom, 5},
      {"move NULLs to the other end", move_nulls, 3},
      {"break an index", break_index},
      {"rename an index", rename_index},
  };
}

}  // namespace paripassu::test
