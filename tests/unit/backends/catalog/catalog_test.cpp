#include "backends/catalog/catalog.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

#include "tests/support/random_catalog.h"

using namespace paripassu::catalog;

namespace {

Table named_table(const std::string& name) {
  Table table;
  table.name = name;
  return table;
}

Column column_at(const std::string& name, int ordinal) {
  Column column;
  column.name = name;
  column.ordinal = ordinal;
  return column;
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& objects) {
  std::vector<std::string> names;
  for (const Named& object : objects) names.push_back(object.name);
  return names;
}

using Names = std::vector<std::string>;

/// Every list whose order sort() is responsible for, in a random order.
void shuffle_lists(Catalog& catalog, std::mt19937_64& random) {
  const auto shuffle = [&random](auto& list) { std::shuffle(list.begin(), list.end(), random); };
  for (Schema& schema : catalog.schemas) {
    for (Table& table : schema.tables) {
      shuffle(table.columns);
      shuffle(table.unique_constraints);
      shuffle(table.foreign_keys);
      shuffle(table.checks);
      shuffle(table.indexes);
      shuffle(table.triggers);
      for (Trigger& trigger : table.triggers) shuffle(trigger.events);
      shuffle(table.policies);
      for (Policy& policy : table.policies) shuffle(policy.roles);
      shuffle(table.grants);
    }
    for (View& view : schema.views) {
      shuffle(view.columns);
      shuffle(view.indexes);
      shuffle(view.triggers);
      for (Trigger& trigger : view.triggers) shuffle(trigger.events);
    }
    for (UserType& type : schema.types) shuffle(type.attributes);
    shuffle(schema.tables);
    shuffle(schema.views);
    shuffle(schema.sequences);
    shuffle(schema.types);
    shuffle(schema.synonyms);
  }
  shuffle(catalog.schemas);
  shuffle(catalog.unknown);
}

}  // namespace

TEST_CASE("TypeFamily words are distinct and read back to the same family") {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(TypeFamily::other); ++i) {
    const auto family = static_cast<TypeFamily>(i);
    CHECK(type_family_from_string(to_string(family)) == family);
    CHECK(words.insert(to_string(family)).second);
  }
  CHECK(words.size() == 19);
  CHECK(to_string(TypeFamily::row_version) == "row-version");
}

TEST_CASE("LengthUnit words are distinct and read back to the same unit") {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(LengthUnit::bytes); ++i) {
    const auto unit = static_cast<LengthUnit>(i);
    CHECK(length_unit_from_string(to_string(unit)) == unit);
    CHECK(words.insert(to_string(unit)).second);
  }
  CHECK(to_string(LengthUnit::utf16_units) == "utf16-units");
}

TEST_CASE("Unknown words for a type family or a length unit are refused by name") {
  CHECK_THROWS_WITH_AS(type_family_from_string("Boolean"), "unknown type family \"Boolean\"", std::invalid_argument);
  CHECK_THROWS_AS(type_family_from_string(""), std::invalid_argument);
  CHECK_THROWS_AS(type_family_from_string("?"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(length_unit_from_string("byte"), "unknown length unit \"byte\"", std::invalid_argument);
}

TEST_CASE("Referential actions and identity kinds are called as in SQL") {
  CHECK(to_string(ReferentialAction::no_action) == "no action");
  CHECK(to_string(ReferentialAction::restrict_) == "restrict");
  CHECK(to_string(ReferentialAction::cascade) == "cascade");
  CHECK(to_string(ReferentialAction::set_null) == "set null");
  CHECK(to_string(ReferentialAction::set_default) == "set default");
  CHECK(to_string(Identity::Kind::always) == "always");
  CHECK(to_string(Identity::Kind::by_default) == "by default");
  CHECK(to_string(Identity::Kind::serial) == "serial");
}

TEST_CASE("Catalog finds a schema by its exact name") {
  Catalog catalog;
  CHECK(catalog.find_schema("") == nullptr);
  catalog.schemas.resize(2);
  catalog.schemas[0].name = "dbo";
  catalog.schemas[1].name = "Sales";
  CHECK(catalog.find_schema("Sales") == &catalog.schemas[1]);
  CHECK(catalog.find_schema("sales") == nullptr);
  CHECK(catalog.find_schema("Sale") == nullptr);
}

TEST_CASE("Catalog counts the tables of all schemas, but no views") {
  Catalog catalog;
  CHECK(catalog.table_count() == 0);
  catalog.schemas.resize(3);
  catalog.schemas[0].tables.resize(2);
  catalog.schemas[1].views.resize(4);
  catalog.schemas[2].tables.resize(1);
  CHECK(catalog.table_count() == 3);
}

TEST_CASE("sort orders names by their bytes, so that no locale matters") {
  Catalog catalog;
  Schema schema;
  for (const char* name : {"ä", "b", "a", "_", "B", ""}) schema.tables.push_back(named_table(name));
  catalog.schemas = {schema};
  sort(catalog);
  CHECK(names_of(catalog.schemas[0].tables) == Names{"", "B", "_", "a", "b", "ä"});
}

TEST_CASE("sort puts columns in order of their ordinals, also in views and composite types") {
  const std::vector<Column> columns = {column_at("c", 3), column_at("a", 1), column_at("b", 2)};
  Catalog catalog;
  catalog.schemas.resize(1);
  Schema& schema = catalog.schemas[0];
  schema.tables.resize(1);
  schema.tables[0].columns = columns;
  schema.views.resize(1);
  schema.views[0].columns = columns;
  schema.types.resize(1);
  schema.types[0].attributes = columns;
  sort(catalog);
  CHECK(names_of(schema.tables[0].columns) == Names{"a", "b", "c"});
  CHECK(names_of(schema.views[0].columns) == Names{"a", "b", "c"});
  CHECK(names_of(schema.types[0].attributes) == Names{"a", "b", "c"});
}

TEST_CASE("sort leaves the order that means something: key columns, index columns, labels, parameters") {
  Catalog catalog;
  catalog.schemas.resize(1);
  Schema& schema = catalog.schemas[0];
  Table table = named_table("t");
  table.primary_key = Key{};
  table.primary_key->columns = {"z", "a"};
  ForeignKey foreign_key;
  foreign_key.columns = {"z", "a"};
  foreign_key.referenced_columns = {"y", "b"};
  table.foreign_keys = {foreign_key};
  Index index;
  index.columns.resize(2);
  index.columns[0].column = "z";
  index.columns[1].column = "a";
  index.included = {"q", "p"};
  table.indexes = {index};
  schema.tables = {table};
  UserType mood;
  mood.labels = {"sad", "happy"};
  schema.types = {mood};
  Routine routine;
  routine.parameters = {{"z", "text", false}, {"a", "int", false}};
  schema.routines = {routine};
  const Catalog before = catalog;
  sort(catalog);
  CHECK(catalog == before);
}

TEST_CASE("sort orders trigger events, grants and what is unknown") {
  Catalog catalog;
  catalog.unknown = {{"b", "x", "r"}, {"a", "z", "r"}, {"a", "y", "s"}, {"a", "y", "r"}};
  catalog.schemas.resize(1);
  Table table = named_table("t");
  table.grants = {"web: UPDATE", "app: SELECT", "web: DELETE"};
  table.triggers.resize(1);
  table.triggers[0].events = {"update", "insert", "delete"};
  View view;
  view.triggers = table.triggers;
  catalog.schemas[0].tables = {table};
  catalog.schemas[0].views = {view};
  sort(catalog);
  CHECK(catalog.unknown == std::vector<Unknown>{{"a", "y", "r"}, {"a", "y", "s"}, {"a", "z", "r"}, {"b", "x", "r"}});
  const Table& sorted = catalog.schemas[0].tables[0];
  CHECK(sorted.grants == Names{"app: SELECT", "web: DELETE", "web: UPDATE"});
  CHECK(sorted.triggers[0].events == Names{"delete", "insert", "update"});
  CHECK(catalog.schemas[0].views[0].triggers[0].events == Names{"delete", "insert", "update"});
}

TEST_CASE("sort tells overloaded routines apart by their parameter types") {
  Routine none;
  none.name = "f";
  Routine integer = none;
  integer.parameters = {{"z", "integer", false}};
  Routine text = none;
  text.parameters = {{"a", "text", false}};
  Catalog catalog;
  catalog.schemas.resize(1);
  catalog.schemas[0].routines = {text, integer, none};
  sort(catalog);
  CHECK(catalog.schemas[0].routines == std::vector<Routine>{none, integer, text});
}

TEST_CASE("sort keeps the order of objects with equal names") {
  Catalog catalog;
  catalog.schemas.resize(1);
  for (const char* comment : {"first", "second", "third"}) {
    Table table = named_table("same");
    table.comment = comment;
    catalog.schemas[0].tables.push_back(table);
  }
  const Catalog before = catalog;
  sort(catalog);
  CHECK(catalog == before);
}

TEST_CASE("sort brings any order of the same objects to the same catalog") {
  std::mt19937_64 random(7);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const Catalog sorted = paripassu::test::random_catalog(seed);
    Catalog shuffled = sorted;
    shuffle_lists(shuffled, random);
    sort(shuffled);
    CHECK(shuffled == sorted);
    sort(shuffled);
    CHECK(shuffled == sorted);
  }
}

TEST_CASE("random_catalog gives the same catalog for a seed, different ones for two, and every kind of object") {
  CHECK(paripassu::test::random_catalog(3) == paripassu::test::random_catalog(3));
  std::size_t tables = 0, views = 0, sequences = 0, routines = 0, types = 0, foreign_keys = 0, policies = 0;
  std::size_t synonyms = 0, rules = 0, children = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Catalog catalog = paripassu::test::random_catalog(seed);
    CHECK_FALSE(catalog == paripassu::test::random_catalog(seed + 1));
    tables += catalog.table_count();
    for (const Schema& schema : catalog.schemas) {
      views += schema.views.size();
      sequences += schema.sequences.size();
      routines += schema.routines.size();
      types += schema.types.size();
      synonyms += schema.synonyms.size();
      for (const Table& table : schema.tables) {
        children += table.inherits.empty() ? 0u : 1u;
        for (const Trigger& trigger : table.triggers) rules += trigger.rule ? 1u : 0u;
        policies += table.policies.size();
        foreign_keys += table.foreign_keys.size();
        for (const ForeignKey& key : table.foreign_keys) {
          const Schema* target = catalog.find_schema(key.referenced_schema);
          REQUIRE(target != nullptr);
          CHECK(std::any_of(target->tables.begin(), target->tables.end(),
                            [&](const Table& other) { return other.name == key.referenced_table; }));
          CHECK(key.columns.size() == key.referenced_columns.size());
        }
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
          CHECK(table.columns[i].ordinal == static_cast<int>(i) + 1);
        }
      }
    }
  }
  CHECK(tables > 0);
  CHECK(views > 0);
  CHECK(sequences > 0);
  CHECK(routines > 0);
  CHECK(types > 0);
  CHECK(foreign_keys > 0);
  CHECK(policies > 0);
  CHECK(synonyms > 0);
  CHECK(rules > 0);
  CHECK(children > 0);
}
