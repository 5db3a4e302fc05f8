#include "tests/unit/harness/parity/alterations.h"
#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu::test {

using catalog::Check;
using catalog::Column;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;
using catalog::ReferentialAction;
using catalog::Table;
using Result = std::optional<Expected>;

bool allows_many_nulls(const Index& index) {
  return index.unique && index.predicate && index.predicate->printed.ends_with("IS NOT NULL)");
}

namespace {

template <typename Constraint>
std::string given_name(const Constraint& constraint) {
  return constraint.system_named ? std::string() : constraint.name;
}

template <typename Constraint>
Expected about(std::string code, std::string kind, const Spot<Constraint>& spot) {
  return {std::move(code), std::move(kind), spot.table->name, given_name(spot.part())};
}

template <typename Constraint>
Result drop(Altering& altering, std::vector<Constraint> Table::*list, std::string code, std::string kind) {
  const auto spot = any_part(altering, list, anything);
  if (!spot) return std::nullopt;
  Expected expected = about(std::move(code), std::move(kind), *spot);
  expected.is_there = false;
  spot->erase();
  return expected;
}

template <typename Constraint>
Result rename(Altering& altering, std::vector<Constraint> Table::*list, std::string kind) {
  if (!altering.style.one_engine) return std::nullopt;  // each engine has its own habits
  const auto spot = any_part(altering, list, [](const Table&, const Constraint& each) { return !each.system_named; });
  if (!spot) return std::nullopt;
  Expected expected = about("constraint-renamed", std::move(kind), *spot);
  expected.name_before = expected.name;
  expected.name = spot->part().name = altering.style.name("renamed", 1);
  return expected;
}

Table* table_with_primary_key(Altering& altering) {
  return any_table(altering, [](const Table& table) { return table.primary_key.has_value(); });
}

Expected about_primary_key(std::string code, const Table& table) {
  return {std::move(code), "primary key", table.name, given_name(*table.primary_key)};
}

Result drop_primary_key(Altering& altering) {
  Table* table = table_with_primary_key(altering);
  if (table == nullptr) return std::nullopt;
  Expected expected = about_primary_key("primary-key-missing", *table);
  expected.is_there = false;
  table->primary_key.reset();
  return expected;
}

Result add_primary_key(Altering& altering) {
  Table* table = any_table(altering, [](const Table& each) { return !each.primary_key; });
  if (table == nullptr) return std::nullopt;
  table->primary_key = key(altering.style.name("added", 1), {altering.style.field(0), altering.style.field(2)});
  Expected expected = about_primary_key("primary-key-extra", *table);
  expected.was_there = false;
  return expected;
}

Result change_primary_key(Altering& altering) {
  Table* table = table_with_primary_key(altering);
  if (table == nullptr) return std::nullopt;
  std::vector<std::string>& columns = table->primary_key->columns;
  if (columns.size() > 1 && altering.random.chance(50)) {
    std::swap(columns[0], columns[1]);
  } else {
    columns.push_back(altering.style.field(2));
  }
  return about_primary_key("primary-key-columns", *table);
}

Result defer_primary_key(Altering& altering) {
  Table* table = table_with_primary_key(altering);
  if (table == nullptr || !altering.style.postgres) return std::nullopt;
  table->primary_key->deferrable = true;
  return about_primary_key("key-deferrable", *table);
}

Result rename_primary_key(Altering& altering) {
  Table* table =
      any_table(altering, [](const Table& each) { return each.primary_key && !each.primary_key->system_named; });
  if (table == nullptr || !altering.style.one_engine) return std::nullopt;
  Expected expected = about_primary_key("constraint-renamed", *table);
  expected.name_before = expected.name;
  expected.name = table->primary_key->name = altering.style.name("renamed", 1);
  return expected;
}

Result drop_unique(Altering& altering) {
  const auto spot = any_part(altering, &Table::unique_constraints, anything);
  if (!spot) return std::nullopt;
  Expected expected = about("unique-missing", "unique constraint", *spot);
  expected.is_there = false;
  const Key& key = spot->part();
  const bool many_nulls = !key.nulls_not_distinct && column_named(*spot->table, key.columns.front()).nullable;
  if (many_nulls && altering.style.postgres && !altering.style.one_engine && !key.system_named) {
    // What is left on the other side is the index by which SQL Server does the same.
    expected.code = "index-missing";
    expected.kind = "index";
  }
  spot->erase();
  return expected;
}

Result add_unique(Altering& altering) {
  Table* table = any_table(altering, anything);
  table->unique_constraints.push_back(
      altering.style.unique(altering.style.name("added", 1), {altering.style.field(2), altering.style.field(3)}));
  return Expected{"unique-extra", "unique constraint", table->name, table->unique_constraints.back().name, "", false};
}

Result change_unique(Altering& altering) {
  // Only a name tells that it is the same one.
  const auto spot =
      any_part(altering, &Table::unique_constraints, [](const Table&, const Key& each) { return !each.system_named; });
  if (!spot) return std::nullopt;
  spot->part().columns.push_back(altering.style.field(0));
  return about("unique-columns", "unique constraint", *spot);
}

Result change_nulls_of_unique(Altering& altering) {
  if (!altering.style.postgres) return std::nullopt;
  const auto spot = any_part(altering, &Table::unique_constraints, [](Table& table, const Key& each) {
    return column_named(table, each.columns.front()).nullable;
  });
  if (!spot) return std::nullopt;
  spot->part().nulls_not_distinct = !spot->part().nulls_not_distinct;
  return about("unique-nulls", "unique constraint", *spot);
}

Result defer_unique(Altering& altering) {
  if (!altering.style.postgres) return std::nullopt;
  const auto spot = any_part(altering, &Table::unique_constraints, anything);
  if (!spot) return std::nullopt;
  spot->part().deferrable = true;
  spot->part().initially_deferred = altering.random.chance(50);
  return about("key-deferrable", "unique constraint", *spot);
}

Result turn_unique_into_index(Altering& altering) {
  if (!altering.style.one_engine) return std::nullopt;
  const auto spot = any_part(altering, &Table::unique_constraints, anything);
  if (!spot) return std::nullopt;
  Expected expected = about("unique-as-index", "unique constraint", *spot);
  const Key& key = spot->part();
  Index index = altering.style.index(key.name, key.columns);
  index.unique = true;
  index.nulls_not_distinct = key.nulls_not_distinct;
  index.comment = key.comment;
  spot->table->indexes.push_back(std::move(index));
  spot->erase();
  return expected;
}

Result add_foreign_key(Altering& altering) {
  Table* table = any_table(altering, anything);
  const std::string referenced = altering.style.table(0);
  table->foreign_keys.push_back(foreign_key(altering.style.name("added", 1), {altering.style.field(1)},
                                            altering.style.schema(), referenced, {altering.style.field(1)}));
  return Expected{"foreign-key-extra", "foreign key", table->name, table->foreign_keys.back().name, "", false};
}

Result redirect_foreign_key(Altering& altering) {
  const auto spot =
      any_part(altering, &Table::foreign_keys, [](const Table&, const ForeignKey& each) { return !each.system_named; });
  if (!spot) return std::nullopt;
  switch (altering.random.below(3)) {
    case 0:
      spot->part().referenced_columns.front() = altering.style.field(3);
      break;
    case 1:
      spot->part().referenced_table = altering.style.name("elsewhere", 1);
      break;
    default:
      spot->part().columns.front() = altering.style.field(1);
  }
  return about("foreign-key-changed", "foreign key", *spot);
}

template <typename Change>
Result change_foreign_key(Altering& altering, std::string code, Change change) {
  const auto spot = any_part(altering, &Table::foreign_keys, anything);
  if (!spot) return std::nullopt;
  change(spot->part());
  return about(std::move(code), "foreign key", *spot);
}

Result change_action(Altering& altering) {
  return change_foreign_key(altering, "foreign-key-action", [&](ForeignKey& key) {
    ReferentialAction& action = altering.random.chance(50) ? key.on_delete : key.on_update;
    action = action == ReferentialAction::cascade ? ReferentialAction::set_default : ReferentialAction::cascade;
  });
}

Result match_fully(Altering& altering) {
  const auto spot = any_part(altering, &Table::foreign_keys,
                             [](const Table&, const ForeignKey& each) { return each.columns.size() > 1; });
  if (!spot || !altering.style.postgres) return std::nullopt;
  spot->part().match_full = true;
  return about("foreign-key-match", "foreign key", *spot);
}

Result disable_foreign_key(Altering& altering) {
  return change_foreign_key(altering, "foreign-key-disabled", [&](ForeignKey& key) {
    key.enforced = false;
    key.validated = altering.random.chance(50);
  });
}

Result distrust_foreign_key(Altering& altering) {
  return change_foreign_key(altering, "foreign-key-not-trusted", [](ForeignKey& key) { key.validated = false; });
}

Result defer_foreign_key(Altering& altering) {
  if (!altering.style.postgres) return std::nullopt;
  return change_foreign_key(altering, "foreign-key-deferrable", [&](ForeignKey& key) {
    key.deferrable = true;
    key.initially_deferred = altering.random.chance(50);
  });
}

Result add_check(Altering& altering) {
  Table* table = any_table(altering, anything);
  const Column& tested = altering.random.pick(table->columns);
  const bool booleans_may_meet = tested.type.family == catalog::TypeFamily::boolean;
  if (booleans_may_meet && is_tested(*table, tested.name)) return std::nullopt;
  Check added = check(altering.style.name("added", 1),
                      altering.style.condition(kind_of(tested.type), tested.name, 100).printed, {tested.name});
  table->checks.push_back(added);
  return Expected{"check-extra", "check", table->name, added.name, "", false};
}

Result change_check(Altering& altering) {
  const auto spot = any_part(altering, &Table::checks, anything);
  if (!spot) return std::nullopt;
  std::string& printed = spot->part().expression.printed;
  for (const Column& column : spot->table->columns) {
    if (!mentions_column(printed, column.name)) continue;
    printed = another(altering.style, printed, [&](const Style& style, int value) {
                return style.condition(kind_of(column.type), column.name, value);
              }).printed;
    return about("check-changed", "check", *spot);
  }
  return std::nullopt;
}

Result disable_check(Altering& altering) {
  const auto spot = any_part(altering, &Table::checks, anything);
  if (!spot) return std::nullopt;
  spot->part().enforced = false;
  spot->part().validated = altering.random.chance(50);
  return about("check-disabled", "check", *spot);
}

Result keep_check_from_children(Altering& altering) {
  if (!altering.style.one_engine || !altering.style.postgres) return std::nullopt;
  const auto spot = any_part(altering, &Table::checks, anything);
  if (!spot) return std::nullopt;
  spot->part().no_inherit = true;
  return about("check-changed", "check", *spot);
}

/// Of a primary key, a unique constraint, or the unique index that stands for one on one side.
Result leave_out_duplicates(Altering& altering) {
  if (altering.style.postgres) return std::nullopt;
  if (altering.random.chance(50)) {
    Table* table = table_with_primary_key(altering);
    if (table == nullptr) return std::nullopt;
    table->primary_key->ignores_duplicates = true;
    return about_primary_key("duplicates-ignored", *table);
  }
  const auto spot = any_part(altering, &Table::unique_constraints, anything);
  if (!spot) return std::nullopt;
  spot->part().ignores_duplicates = true;
  return about("duplicates-ignored", "unique constraint", *spot);
}

Result distrust_check(Altering& altering) {
  const auto spot = any_part(altering, &Table::checks, anything);
  if (!spot) return std::nullopt;
  spot->part().validated = false;
  return about("check-not-trusted", "check", *spot);
}

Result write_unknown_check(Altering& altering) {
  const auto spot = any_part(altering, &Table::checks, anything);
  if (!spot) return std::nullopt;
  spot->part().expression = expression("(no expression (");
  return about("expression-not-understood", "check", *spot);
}

}  // namespace

std::vector<Alteration> alterations_of_constraints() {
  return {
      {"drop a primary key", drop_primary_key},
      {"add a primary key", add_primary_key},
      {"change the columns of a primary key", change_primary_key},
      {"defer a primary key", defer_primary_key},
      {"rename a primary key", rename_primary_key},
      {"drop a unique constraint", drop_unique},
      {"add a unique constraint", add_unique},
      {"change the columns of a unique constraint", change_unique},
      {"change what a unique constraint does with NULLs", change_nulls_of_unique, 3},
      {"defer a unique constraint", defer_unique, 3},
      {"turn a unique constraint into an index", turn_unique_into_index, 3},
      {"rename a unique constraint",
       [](Altering& a) { return rename(a, &Table::unique_constraints, "unique constraint"); }, 3},
      {"drop a foreign key",
       [](Altering& a) { return drop(a, &Table::foreign_keys, "foreign-key-missing", "foreign key"); }},
      {"add a foreign key", add_foreign_key},
      {"redirect a foreign key", redirect_foreign_key},
      {"change an action", change_action},
      {"match NULLs fully", match_fully, 2},
      {"disable a foreign key", disable_foreign_key},
      {"distrust a foreign key", distrust_foreign_key},
      {"defer a foreign key", defer_foreign_key},
      {"rename a foreign key", [](Altering& a) { return rename(a, &Table::foreign_keys, "foreign key"); }},
      {"drop a check", [](Altering& a) { return drop(a, &Table::checks, "check-missing", "check"); }},
      {"add a check", add_check},
      {"change a check", change_check},
      {"disable a check", disable_check},
      {"distrust a check", distrust_check},
      {"keep a check from child tables", keep_check_from_children},
      {"leave duplicates out", leave_out_duplicates, 3},
      {"rename a check", [](Altering& a) { return rename(a, &Table::checks, "check"); }},
      {"write a check that nobody can read", write_unknown_check},
  };
}

}  // namespace paripassu::test
