#include "harness/migration_tests/fingerprint.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "backends/postgres/backend.h"
#include "backends/sqlserver/backend.h"

using namespace paripassu;

namespace {

const BackendRegistry& engines() {
  static const BackendRegistry* const instance = [] {
    auto* registry = new BackendRegistry;
    register_postgres(*registry);
    register_sqlserver(*registry);
    return registry;
  }();
  return *instance;
}

const FingerprintOptions& loose() {
  static const FingerprintOptions options{false, &engines()};
  return options;
}

catalog::Column column(const std::string& name, int ordinal, catalog::TypeFamily family, const std::string& type) {
  catalog::Column made;
  made.name = name;
  made.ordinal = ordinal;
  made.type.family = family;
  made.type.printed = type;
  made.type.name = type;
  return made;
}

/// One schema with the table orders (id, note, amount).
catalog::Catalog shop(const std::string& engine = "postgres") {
  catalog::Catalog shop;
  shop.engine = engine;
  shop.product = "PostgreSQL";
  shop.database = "paripassu_scratch_1";
  shop.default_schema = "app";
  catalog::Schema& schema = shop.schemas.emplace_back();
  schema.name = "app";
  catalog::Table& orders = schema.tables.emplace_back();
  orders.name = "orders";
  orders.columns = {column("id", 1, catalog::TypeFamily::integer, "integer"),
                    column("note", 2, catalog::TypeFamily::text, "text"),
                    column("amount", 3, catalog::TypeFamily::integer, "integer")};
  orders.columns[0].nullable = false;
  orders.columns[2].default_value = catalog::Expression{"1", false};
  orders.primary_key.emplace();
  orders.primary_key->name = "orders_pkey";
  orders.primary_key->system_named = true;
  orders.primary_key->columns = {"id"};
  orders.comment = "The orders";
  return shop;
}

catalog::Table& orders(catalog::Catalog& catalog) {
  return catalog.schemas.front().tables.front();
}

catalog::Check check(const std::string& name, bool system_named, const std::string& expression) {
  catalog::Check made;
  made.name = name;
  made.system_named = system_named;
  made.expression.printed = expression;
  return made;
}

std::string only_text(const catalog::Catalog& before, const catalog::Catalog& after) {
  const std::vector<CatalogChange> changes = catalog_changes(before, after, loose());
  REQUIRE(changes.size() == 1);
  return changes.front().text + " [" + changes.front().code + "]";
}

bool same(const catalog::Catalog& before, const catalog::Catalog& after) {
  const bool equal = fingerprint(before, loose()) == fingerprint(after, loose());
  CHECK(catalog_changes(before, after, loose()).empty() == equal);
  return equal;
}

}  // namespace

TEST_CASE("What a migration leaves behind is named in words") {
  const catalog::Catalog before = shop();
  catalog::Catalog after = shop();

  SUBCASE("an enum type") {
    catalog::UserType& mood = after.schemas[0].types.emplace_back();
    mood.name = "mood";
    mood.kind = "enum";
    mood.labels = {"good", "bad"};
    CHECK(only_text(before, after).starts_with("left behind: type app.mood (enum"));
    CHECK(catalog_changes(before, after, loose())[0].code == "type-extra");
    CHECK(catalog_changes(before, after, loose())[0].object == "app.mood");
  }
  SUBCASE("a lost default") {
    orders(after).columns[2].default_value.reset();
    CHECK(only_text(before, after) == "lost: default 1 [default-missing]");
    CHECK(catalog_changes(before, after, loose())[0].object == "app.orders.amount");
  }
  SUBCASE("a changed default") {
    orders(after).columns[2].default_value->printed = "2";
    CHECK(only_text(before, after) == "changed: default 1 → 2 [default-changed]");
  }
  SUBCASE("a lost comment") {
    orders(after).comment.reset();
    CHECK(only_text(before, after) == "lost: comment 'The orders' [comment-missing]");
  }
  SUBCASE("a sequence") {
    catalog::Sequence& numbers = after.schemas[0].sequences.emplace_back();
    numbers.name = "numbers";
    numbers.type.printed = "bigint";
    CHECK(only_text(before, after) == "left behind: sequence app.numbers (sequence of bigint) [sequence-extra]");
  }
  SUBCASE("a changed collation") {
    orders(after).columns[1].collation = "C";
    CHECK(only_text(before, after).starts_with("changed: collation "));
  }
  SUBCASE("a column that comes with a sequence of its own is one finding") {
    catalog::Column number = column("number", 4, catalog::TypeFamily::integer, "integer");
    number.identity = catalog::Identity{catalog::Identity::Kind::serial, {"1", "1", "1", "9", false, {}}};
    orders(after).columns.push_back(number);
    catalog::Sequence& numbers = after.schemas[0].sequences.emplace_back();
    numbers.name = "orders_number_seq";
    numbers.owned_by = "orders.number";
    CHECK(only_text(before, after).starts_with("left behind: column app.orders.number (integer"));
  }
  SUBCASE("what no code covers") {
    orders(after).columns[1].type.printed = "pg_catalog.text";
    orders(after).primary_key->comment = "of orders";
    catalog::Index& index = after.schemas[0].tables[0].indexes.emplace_back();
    index.name = "ix";
    index.method = "btree";
    index.columns = {{"note", "", false, false, "", ""}};
    catalog::Catalog with_index = shop();
    orders(with_index).indexes.push_back(index);
    catalog::Catalog clustered = with_index;
    orders(clustered).indexes[0].clustered = true;
    CHECK(only_text(with_index, clustered) == "changed: clustered no → yes [catalog]");
  }
  SUBCASE("a column under another name takes the key that it is in along") {
    orders(after).columns[1].name = "remark";
    catalog::Key key;
    key.name = "uq_note";
    key.columns = {"note"};
    catalog::Catalog keyed = shop();
    orders(keyed).unique_constraints = {key};
    key.columns = {"remark"};
    orders(after).unique_constraints = {key};
    CHECK(only_text(keyed, after) == "changed: name of column note → remark [column-renamed]");
  }
}

TEST_CASE("What two runs cannot have alike is no difference") {
  const catalog::Catalog before = shop("sqlserver");
  catalog::Catalog after = shop("sqlserver");

  SUBCASE("the name of the database") {
    after.database = "paripassu_scratch_2";
    CHECK(same(before, after));
  }
  SUBCASE("names that the server makes up") {
    catalog::Catalog first = before;
    orders(first).columns[2].default_name = "DF__orders__amount__1A2B3C4D";
    orders(after).columns[2].default_name = "DF__orders__amount__5E6F7081";
    orders(first).primary_key->name = "PK__orders__1";
    orders(after).primary_key->name = "PK__orders__2";
    // Sorted by names of the server, so that two alike change places.
    orders(first).checks = {check("CK__1", true, "([amount]>(0))"), check("CK__2", true, "([amount]<(9))")};
    orders(after).checks = {check("CK__3", true, "([amount]<(9))"), check("CK__4", true, "([amount]>(0))")};
    CHECK(same(first, after));
  }
  SUBCASE("a column that was dropped and made again comes last") {
    std::vector<catalog::Column>& columns = orders(after).columns;
    std::rotate(columns.begin(), columns.begin() + 1, columns.end());
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].ordinal = static_cast<int>(i) + 1;
    CHECK(same(before, after));
  }
  SUBCASE("in which order a check mentions its columns") {
    catalog::Catalog first = before;
    orders(first).checks = {check("ck", false, "([amount]>[id])")};
    orders(after).checks = orders(first).checks;
    orders(first).checks[0].columns = {"id", "amount"};
    orders(after).checks[0].columns = {"amount", "id"};
    CHECK(same(first, after));
  }
}

TEST_CASE("Names that people gave count") {
  const catalog::Catalog before = shop("sqlserver");
  catalog::Catalog after = shop("sqlserver");
  SUBCASE("of a default") {
    catalog::Catalog first = before;
    orders(first).columns[2].default_system_named = false;
    orders(first).columns[2].default_name = "df_amount";
    orders(after).columns[2].default_system_named = false;
    orders(after).columns[2].default_name = "df_orders_amount";
    CHECK(only_text(first, after) == "changed: default_name df_amount → df_orders_amount [catalog]");
  }
  SUBCASE("of a key that the server had named") {
    orders(after).primary_key->system_named = false;
    orders(after).primary_key->name = "pk_orders";
    CHECK(only_text(before, after) == "changed: name made up by the server → pk_orders [catalog]");
  }
  SUBCASE("of a check, although its condition is the same") {
    catalog::Catalog first = before;
    orders(first).checks = {check("CK__1", true, "([amount]>(0))")};
    orders(after).checks = {check("positive", false, "([amount]>(0))")};
    CHECK(only_text(first, after) == "changed: name made up by the server → positive [catalog]");
  }
  SUBCASE("of a table, by a letter's case") {
    orders(after).name = "Orders";
    CHECK_FALSE(same(before, after));
  }
}

TEST_CASE("A system-named check that changes is one finding") {
  catalog::Catalog before = shop();
  catalog::Catalog after = shop();
  orders(before).checks = {check("orders_amount_check", true, "(amount > 0)")};
  orders(after).checks = {check("orders_amount_check", true, "(amount > 10)")};
  const std::vector<CatalogChange> changes = catalog_changes(before, after, loose());
  CHECK(changes.size() >= 1);
  CHECK(changes.size() <= 2);
  CHECK(std::none_of(changes.begin(), changes.end(),
                     [](const CatalogChange& change) { return change.code == "catalog"; }));
}

TEST_CASE("The columns of a view keep their order") {
  catalog::Catalog before = shop();
  catalog::View& view = before.schemas[0].views.emplace_back();
  view.name = "all_orders";
  view.columns = {column("id", 1, catalog::TypeFamily::integer, "integer"),
                  column("note", 2, catalog::TypeFamily::text, "text")};
  catalog::Catalog after = before;
  std::vector<catalog::Column>& columns = after.schemas[0].views[0].columns;
  std::swap(columns[0], columns[1]);
  std::swap(columns[0].ordinal, columns[1].ordinal);
  CHECK(only_text(before, after) == "changed: order of columns (id, note) → (note, id) [catalog]");
}

TEST_CASE("A fingerprint is 32 hexadecimal digits, whatever the catalog holds") {
  catalog::Catalog hostile = shop();
  orders(hostile).comment = std::string("\xFF\0\x80", 3);
  for (const catalog::Catalog& each : {catalog::Catalog(), shop(), hostile}) {
    const std::string digest = fingerprint(each, loose());
    CHECK(digest.size() == 32);
    CHECK(digest.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
  // Texts that run into each other must not be taken for one another.
  catalog::Catalog one = shop();
  catalog::Catalog other = shop();
  orders(one).grants = {"ab", "c"};
  orders(other).grants = {"a", "bc"};
  CHECK_FALSE(same(one, other));
}
