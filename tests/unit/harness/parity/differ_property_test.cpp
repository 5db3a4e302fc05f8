#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <random>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::Column;
using catalog::LengthUnit;
using catalog::ReferentialAction;
using catalog::Table;
using catalog::TypeFamily;

namespace {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename T>
  T& pick(std::vector<T>& values) {
    return values[below(values.size())];
  }
  template <typename T>
  void shuffle(std::vector<T>& values) {
    std::shuffle(values.begin(), values.end(), engine_);
  }

 private:
  std::mt19937 engine_;
};

/// How one engine would show what both have.
struct Style {
  bool postgres;

  std::string name(const std::string& word, std::size_t number) const {
    return (postgres ? word + "_" : std::string(1, static_cast<char>(word[0] - 32)) + word.substr(1)) +
           std::to_string(number);
  }
  std::string table(std::size_t number) const { return name("thing", number); }
  std::string field(std::size_t number) const { return name("field", number); }
  std::string schema() const { return postgres ? "public" : "dbo"; }
  std::string method() const { return postgres ? "btree" : "nonclustered"; }

  catalog::Type type(std::size_t kind, int length) const {
    switch (kind) {
      case 0:
        return integer_type(postgres ? "integer" : "int", 32);
      case 1:
        return integer_type("bigint", 64);
      case 2:
        return simple_type(TypeFamily::boolean, postgres ? "boolean" : "bit");
      case 3:
        return text_type(postgres ? "character varying" : "nvarchar", length,
                         postgres ? LengthUnit::characters : LengthUnit::utf16_units);
      case 4:
        return decimal_type(postgres ? "numeric" : "decimal", 10 + length % 5, 2);
      case 5:
        return second_type(TypeFamily::timestamp, postgres ? "timestamp(6) without time zone" : "datetime2(7)",
                           postgres ? 6 : 7);
      default:
        return simple_type(TypeFamily::uuid, postgres ? "uuid" : "uniqueidentifier");
    }
  }
  catalog::Key unique(std::string key_name, std::vector<std::string> columns) const {
    catalog::Key out = key(std::move(key_name), std::move(columns));
    out.nulls_not_distinct = !postgres;
    return out;
  }
};

constexpr std::size_t kFieldsMin = 4;

/// The table `number` of a schema of `tables`, as both styles show it. The choices come from `random` alone, so the
/// same seed gives the same table in either style.
Table random_table(Random& random, const Style& style, std::size_t number, std::size_t tables) {
  Table table;
  table.name = style.table(number);
  const std::size_t fields = kFieldsMin + random.below(5);
  for (std::size_t f = 0; f < fields; ++f) {
    const std::size_t kind = f == 0 ? 0 : random.below(7);
    Column field = column(style.field(f), style.type(kind, 10 + static_cast<int>(random.below(60))), random.chance(60));
    field.ordinal = static_cast<int>(f) + 1;
    const std::size_t value = random.below(6);
    if (value == 0) field.default_value = expression("1");
    if (value == 1 && f > 0) field.computed = catalog::Computed{expression("a + b"), true};
    if (value == 2 && kind < 2) field.identity.emplace();
    table.columns.push_back(std::move(field));
  }
  // One field is in one kind of key only, so that an alteration of one thing is no alteration of another.
  if (random.chance(80)) {
    table.primary_key = key(style.name("pk", number), {style.field(0)});
    table.columns[0].nullable = false;
  }
  if (random.chance(60)) {
    table.unique_constraints.push_back(style.unique(style.name("uq", number), {style.field(1)}));
    table.columns[1].nullable = false;
  }
  for (std::size_t i = 0; i < random.below(3); ++i) {
    table.foreign_keys.push_back(foreign_key(style.name("fk", i), {style.field(2 + i)}, style.schema(),
                                             style.table(random.below(tables)), {style.field(0)}));
    if (random.chance(30)) table.foreign_keys.back().on_delete = ReferentialAction::cascade;
  }
  for (std::size_t i = 0; i < random.below(3); ++i) {
    table.checks.push_back(check(style.name("ck", i), style.field(i) + " > 0", {style.field(i)}));
  }
  for (std::size_t i = 0; i < random.below(3); ++i) {
    catalog::Index out = index(style.name("ix", i), {style.field(i), style.field(2)}, style.method());
    out.columns[1].descending = random.chance(30);
    if (random.chance(30)) out.included = {style.field(3)};
    table.indexes.push_back(std::move(out));
  }
  return table;
}

Catalog random_catalog(unsigned seed, const Style& style) {
  Random random(seed);
  Catalog catalog = style.postgres ? empty_postgres() : empty_sqlserver();
  catalog::Schema& schema = catalog.schemas.front();
  const std::size_t tables = 1 + random.below(5);
  for (std::size_t t = 0; t < tables; ++t) schema.tables.push_back(random_table(random, style, t, tables));
  for (std::size_t v = 0; v < random.below(3); ++v) {
    catalog::View& view = schema.views.emplace_back();
    view.name = style.name("view", v);
    view.columns = {column(style.field(0), style.type(0, 0)), column(style.field(1), style.type(0, 0))};
  }
  for (std::size_t s = 0; s < random.below(3); ++s) {
    schema.sequences.emplace_back().name = style.name("sequence", s);
  }
  return catalog;
}

void shuffle_lists(Random& random, Catalog& catalog) {
  for (catalog::Schema& schema : catalog.schemas) {
    random.shuffle(schema.tables);
    random.shuffle(schema.views);
    random.shuffle(schema.sequences);
    for (Table& table : schema.tables) {
      random.shuffle(table.foreign_keys);
      random.shuffle(table.checks);
      random.shuffle(table.indexes);
    }
  }
}

bool uses(const std::vector<std::string>& columns, const std::string& name) {
  return std::find(columns.begin(), columns.end(), name) != columns.end();
}

bool is_used(const Table& table, const std::string& name) {
  bool used = table.primary_key && uses(table.primary_key->columns, name);
  for (const auto& each : table.unique_constraints) used = used || uses(each.columns, name);
  for (const auto& each : table.foreign_keys)
    used = used || uses(each.columns, name) || uses(each.referenced_columns, name);
  for (const auto& each : table.checks) used = used || uses(each.columns, name);
  for (const auto& each : table.indexes) {
    used = used || uses(each.included, name);
    for (const auto& item : each.columns) used = used || item.column == name;
  }
  return used;
}

/// One change of a catalog; returns the code to be found, with the changed catalog on the right, or an empty text when
/// the catalog has nothing to change in this way.
struct Alteration {
  const char* name;
  std::function<std::string(Catalog&, Random&, const Style&)> apply;
};

Table& any_table(Catalog& catalog, Random& random) {
  return random.pick(catalog.schemas.front().tables);
}

std::vector<Alteration> alterations() {
  const auto on_column = [](auto change) {
    return [change](Catalog& catalog, Random& random, const Style& style) -> std::string {
      Table& table = any_table(catalog, random);
      return change(table, random.pick(table.columns), style);
    };
  };
  const auto on_item = [](auto list_of, auto change) {
    return [list_of, change](Catalog& catalog, Random& random, const Style& style) -> std::string {
      Table& table = any_table(catalog, random);
      auto& list = list_of(table);
      if (list.empty()) return "";
      return change(list, random.below(list.size()), style);
    };
  };
  const auto indexes = [](Table & table) -> auto& {
    return table.indexes;
  };
  const auto foreign_keys = [](Table & table) -> auto& {
    return table.foreign_keys;
  };
  const auto checks = [](Table & table) -> auto& {
    return table.checks;
  };
  const auto uniques = [](Table & table) -> auto& {
    return table.unique_constraints;
  };
  const auto erase = [](const char* code) {
    return [code](auto& list, std::size_t i, const Style&) -> std::string {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      return code;
    };
  };
  return {
      {"add a schema",
       [](Catalog& c, Random&, const Style&) -> std::string { return add_schema(c, "other"), "schema-extra"; }},
      {"add a table",
       [](Catalog& c, Random&, const Style&) -> std::string { return add_table(c, "new", {}), "table-extra"; }},
      {"drop a table",
       [](Catalog& c, Random& random, const Style&) -> std::string {
         auto& tables = c.schemas.front().tables;
         const std::size_t chosen = random.below(tables.size());
         for (std::size_t t = 0; t < tables.size(); ++t) {
           for (const auto& each : tables[t].foreign_keys) {
             if (t != chosen && each.referenced_table == tables[chosen].name) return "";
           }
         }
         tables.erase(tables.begin() + static_cast<std::ptrdiff_t>(chosen));
         return "table-missing";
       }},
      {"add a column", on_column([](Table& table, Column&, const Style& style) -> std::string {
         table.columns.push_back(column("added", style.type(0, 0)));
         return "column-extra";
       })},
      {"drop a column", on_column([](Table& table, Column& each, const Style& style) -> std::string {
         if (is_used(table, each.name) || each.name == style.field(0)) return "";
         table.columns.erase(table.columns.begin() + (&each - table.columns.data()));
         return "column-missing";
       })},
      {"swap two columns",
       [](Catalog& c, Random& random, const Style&) -> std::string {
         auto& columns = any_table(c, random).columns;
         std::swap(columns[random.below(columns.size() - 1)], columns.back());
         return "column-order";
       }},
      {"change a type", on_column([](Table&, Column& each, const Style& style) -> std::string {
         each.type = style.type(each.type.family == TypeFamily::text ? 6 : 3, 99);
         return "column-type";
       })},
      {"lengthen a text", on_column([](Table&, Column& each, const Style& style) -> std::string {
         if (each.type.family != TypeFamily::text) return "";
         each.type = style.type(3, *each.type.length + 1);
         return "column-type";
       })},
      {"change nullability", on_column([](Table& table, Column& each, const Style&) -> std::string {
         if (is_used(table, each.name)) return "";
         each.nullable = !each.nullable;
         return "column-nullability";
       })},
      {"change identity", on_column([](Table&, Column& each, const Style&) -> std::string {
         if (each.default_value || each.computed) return "";
         if (each.identity) {
           each.identity.reset();
         } else {
           each.identity.emplace();
         }
         return "column-identity";
       })},
      {"change a default", on_column([](Table&, Column& each, const Style&) -> std::string {
         if (each.identity || each.computed) return "";
         const bool had = each.default_value.has_value();
         if (had) {
           each.default_value.reset();
         } else {
           each.default_value = expression("7");
         }
         return had ? "default-missing" : "default-extra";
       })},
      {"change a computation", on_column([](Table&, Column& each, const Style&) -> std::string {
         if (each.identity || each.default_value) return "";
         if (each.computed) {
           each.computed.reset();
         } else {
           each.computed.emplace();
         }
         return "column-computed";
       })},
      {"change a primary key", on_column([](Table& table, Column&, const Style& style) -> std::string {
         if (!table.primary_key) {
           table.primary_key = key("added", {style.field(0)});
           return "primary-key-extra";
         }
         table.primary_key->columns.push_back(style.field(1));
         return "primary-key-columns";
       })},
      {"drop a primary key", on_column([](Table& table, Column&, const Style&) -> std::string {
         if (!table.primary_key) return "";
         table.primary_key.reset();
         return "primary-key-missing";
       })},
      {"drop a unique constraint", on_item(uniques, erase("unique-missing"))},
      {"widen a unique constraint", on_item(uniques,
                                            [](auto& list, std::size_t i, const Style& style) -> std::string {
                                              list[i].columns.push_back(style.field(3));
                                              return "unique-columns";
                                            })},
      {"add a unique constraint", on_column([](Table& table, Column&, const Style& style) -> std::string {
         table.unique_constraints.push_back(style.unique("added", {style.field(2), style.field(3)}));
         return "unique-extra";
       })},
      {"drop a foreign key", on_item(foreign_keys, erase("foreign-key-missing"))},
      {"add a foreign key", on_column([](Table& table, Column&, const Style& style) -> std::string {
         table.foreign_keys.push_back(
             foreign_key("added", {style.field(1)}, style.schema(), table.name, {style.field(0)}));
         return "foreign-key-extra";
       })},
      {"change an action", on_item(foreign_keys,
                                   [](auto& list, std::size_t i, const Style&) -> std::string {
                                     auto& action = list[i].on_delete;
                                     action = action == ReferentialAction::cascade ? ReferentialAction::set_null
                                                                                   : ReferentialAction::cascade;
                                     return "foreign-key-action";
                                   })},
      {"redirect a foreign key", on_item(foreign_keys,
                                         [](auto& list, std::size_t i, const Style& style) -> std::string {
                                           list[i].referenced_columns = {style.field(1)};
                                           return "foreign-key-changed";
                                         })},
      {"disable a foreign key", on_item(foreign_keys,
                                        [](auto& list, std::size_t i, const Style&) -> std::string {
                                          list[i].enforced = false;
                                          return "foreign-key-disabled";
                                        })},
      {"distrust a foreign key", on_item(foreign_keys,
                                         [](auto& list, std::size_t i, const Style&) -> std::string {
                                           list[i].validated = false;
                                           return "foreign-key-not-trusted";
                                         })},
      {"drop a check", on_item(checks, erase("check-missing"))},
      {"add a check", on_column([](Table& table, Column&, const Style& style) -> std::string {
         table.checks.push_back(check("added", "x > 3", {style.field(3)}));
         return "check-extra";
       })},
      {"drop an index", on_item(indexes, erase("index-missing"))},
      {"add an index", on_column([](Table& table, Column&, const Style& style) -> std::string {
         table.indexes.push_back(index("added", {style.field(3)}, style.method()));
         return "index-extra";
       })},
      {"turn an index", on_item(indexes,
                                [](auto& list, std::size_t i, const Style&) -> std::string {
                                  list[i].columns[0].descending = !list[i].columns[0].descending;
                                  return "index-changed";
                                })},
      {"make an index unique", on_item(indexes,
                                       [](auto& list, std::size_t i, const Style&) -> std::string {
                                         list[i].unique = true;
                                         return "index-changed";
                                       })},
      {"include a column", on_item(indexes,
                                   [](auto& list, std::size_t i, const Style& style) -> std::string {
                                     list[i].included.push_back(style.field(1));
                                     return "index-changed";
                                   })},
      {"narrow an index", on_item(indexes,
                                  [](auto& list, std::size_t i, const Style&) -> std::string {
                                    list[i].predicate = expression("x > 0");
                                    return "index-changed";
                                  })},
      {"break an index", on_item(indexes,
                                 [](auto& list, std::size_t i, const Style&) -> std::string {
                                   list[i].valid = false;
                                   return "index-invalid";
                                 })},
      {"drop a view",
       [](Catalog& c, Random&, const Style&) -> std::string {
         if (c.schemas.front().views.empty()) return "";
         return c.schemas.front().views.pop_back(), "view-missing";
       }},
      {"rename a column of a view",
       [](Catalog& c, Random&, const Style&) -> std::string {
         if (c.schemas.front().views.empty()) return "";
         return c.schemas.front().views[0].columns[0].name = "renamed", "view-columns";
       }},
      {"add a sequence",
       [](Catalog& c, Random&, const Style&) -> std::string {
         return c.schemas.front().sequences.emplace_back().name = "added", "sequence-extra";
       }},
      {"drop a sequence",
       [](Catalog& c, Random&, const Style&) -> std::string {
         if (c.schemas.front().sequences.empty()) return "";
         return c.schemas.front().sequences.pop_back(), "sequence-missing";
       }},
  };
}

}  // namespace

TEST_CASE("compare: one alteration of a random catalog gives exactly one difference, with its code") {
  const unsigned first_seed = std::random_device{}();
  std::cout << "differ_property_test: seed " << first_seed << std::endl;
  CAPTURE(first_seed);
  const std::vector<Alteration> all = alterations();
  ComparisonOptions options;
  options.compare_column_order = true;
  std::map<std::string, int> applied;
  constexpr unsigned kRounds = 4'000;
  for (unsigned round = 0; round < kRounds; ++round) {
    const unsigned seed = first_seed + round;
    CAPTURE(seed);
    Random random(seed ^ 0x9E3779B9u);
    const Style left_style{random.chance(50)};
    const Style right_style{random.chance(50)};
    const Catalog left = random_catalog(seed, left_style);
    Catalog right = random_catalog(seed, right_style);
    shuffle_lists(random, right);
    REQUIRE(codes(left, right, options) == Codes{});

    const Alteration& alteration = all[random.below(all.size())];
    CAPTURE(alteration.name);
    const std::string expected = alteration.apply(right, random, right_style);
    if (expected.empty()) continue;
    const Comparison comparison = compare_both_ways(left, right, options);
    CHECK(codes_of(comparison) == Codes{expected});
    ++applied[alteration.name];
  }
  for (const Alteration& alteration : all) CHECK_MESSAGE(applied[alteration.name] > 0, alteration.name);
}

TEST_CASE("compare takes two catalogs of 1,000 tables in a moment") {
  Catalog left = test::empty_postgres();
  Catalog right = test::empty_sqlserver();
  for (int t = 0; t < 1'000; ++t) {
    for (const bool postgres : {true, false}) {
      const std::string prefix = postgres ? "some_column_" : "SomeColumn";
      std::vector<catalog::Column> columns;
      for (int c = 0; c < 10; ++c) {
        columns.push_back(
            test::column(prefix + std::to_string(c),
                         c % 2 == 0 ? test::integer_type("integer", 32)
                                    : test::text_type(postgres ? "character varying" : "nvarchar", 40,
                                                      postgres ? LengthUnit::characters : LengthUnit::utf16_units),
                         c > 2));
      }
      const std::string name = (postgres ? "some_table_" : "SomeTable");
      catalog::Table& table = test::add_table(postgres ? left : right, name + std::to_string(t), std::move(columns));
      table.primary_key = test::key("pk", {prefix + "0"});
      table.unique_constraints = {test::key("uq", {prefix + "1"})};
      table.checks = {test::check("ck", "x > 0", {prefix + "2"})};
      table.indexes = {test::index("ix", {prefix + "3", prefix + "4"}, "btree")};
      if (t > 0) {
        table.foreign_keys = {test::foreign_key("fk", {prefix + "2"}, postgres ? "public" : "dbo",
                                                name + std::to_string(t - 1), {prefix + "0"})};
      }
    }
  }
  double best_ms = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const Comparison comparison = compare(left, right, {});
    best_ms =
        std::min(best_ms, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    REQUIRE(comparison.differences.empty());
    REQUIRE(comparison.counts.columns == 10'000);
  }
  MESSAGE("2 x 1,000 tables x 10 columns: " << best_ms << " ms");
  // Loose: debug builds with sanitizers on a busy machine must pass; what is quadratic in tables takes minutes.
  CHECK(best_ms < 5'000);
}
