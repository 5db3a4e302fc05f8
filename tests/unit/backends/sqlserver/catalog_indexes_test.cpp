#include <doctest/doctest.h>

#include "tests/unit/backends/sqlserver/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::ReferentialAction;

namespace {

Names columns_of(const catalog::Index& index) {
  Names names;
  for (const catalog::IndexColumn& column : index.columns) names.push_back(column.column);
  return names;
}

}  // namespace

// Columns of an index row: object_id|index_id|name|type_desc|is_unique|is_primary_key|is_unique_constraint|is_disabled|
// has_filter|filter|is_system_named|key_ordinal|is_included|is_descending|partition_ordinal|column|space_type|space|comment|
// ignore_dup_key

TEST_CASE("SQL Server's primary key has its columns in key order, not in the order of the table") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.columns, R"(
    101|1|line|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|2|number|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  paste(rows.indexes, R"(
    101|1|PK__orders__3213E83F2B3F6F97|CLUSTERED|1|1|0|0|0|NULL|1|1|0|0|0|number|FG|PRIMARY|NULL|0
    101|1|PK__orders__3213E83F2B3F6F97|CLUSTERED|1|1|0|0|0|NULL|1|2|0|1|0|line|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  REQUIRE(table.primary_key);
  CHECK(table.primary_key->name == "PK__orders__3213E83F2B3F6F97");
  CHECK(table.primary_key->columns == Names{"number", "line"});
  CHECK(table.primary_key->system_named);
  CHECK_FALSE(table.primary_key->nulls_not_distinct);
  CHECK_FALSE(table.primary_key->deferrable);
  CHECK(table.indexes.empty());
  CHECK(table.unique_constraints.empty());
}

TEST_CASE("SQL Server's unique constraints and unique indexes are two things, and both admit one NULL") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|2|uq_orders_code|NONCLUSTERED|1|0|1|0|0|NULL|0|1|0|0|0|code|FG|PRIMARY|NULL|0
    101|3|ux_orders_mail|NONCLUSTERED|1|0|0|0|0|NULL|NULL|1|0|0|0|mail|FG|PRIMARY|one per mail|0
    101|4|UQ__orders__A25C5AA7|NONCLUSTERED|1|0|1|0|0|NULL|1|1|0|0|0|a|FG|PRIMARY|NULL|0
    101|5|ix_orders_plain|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|plain|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  CHECK(names_of(table.unique_constraints) == Names{"UQ__orders__A25C5AA7", "uq_orders_code"});
  CHECK(table.unique_constraints[0].system_named);
  CHECK_FALSE(table.unique_constraints[1].system_named);
  CHECK(table.unique_constraints[1].columns == Names{"code"});
  CHECK(table.unique_constraints[1].nulls_not_distinct);
  CHECK(names_of(table.indexes) == Names{"ix_orders_plain", "ux_orders_mail"});
  CHECK_FALSE(table.indexes[0].unique);
  CHECK_FALSE(table.indexes[0].nulls_not_distinct);
  CHECK(table.indexes[1].unique);
  CHECK(table.indexes[1].nulls_not_distinct);
  CHECK(table.indexes[1].comment == "one per mail");
}

TEST_CASE("SQL Server's indexes have keys with direction, included columns, and NULL as the lowest value") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|2|ix_orders_recent|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|1|0|placed_at|FG|PRIMARY|NULL|0
    101|2|ix_orders_recent|NONCLUSTERED|0|0|0|0|0|NULL|NULL|2|0|0|0|id|FG|PRIMARY|NULL|0
    101|2|ix_orders_recent|NONCLUSTERED|0|0|0|0|0|NULL|NULL|0|1|0|0|total|FG|PRIMARY|NULL|0
    101|2|ix_orders_recent|NONCLUSTERED|0|0|0|0|0|NULL|NULL|0|1|0|0|note|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const catalog::Index& index = only(orders(catalog).indexes);
  CHECK(columns_of(index) == Names{"placed_at", "id"});
  CHECK(index.columns[0].descending);
  CHECK_FALSE(index.columns[0].nulls_first);
  CHECK_FALSE(index.columns[1].descending);
  CHECK(index.columns[1].nulls_first);
  CHECK(index.included == Names{"total", "note"});
  CHECK(index.method == "btree");
  CHECK_FALSE(index.clustered);
  CHECK_FALSE(index.predicate);
  CHECK(index.valid);
}

TEST_CASE("SQL Server's disabled keys are told apart from those that are enforced") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|1|pk_orders|NONCLUSTERED|1|1|0|1|0|NULL|0|1|0|0|0|number|FG|PRIMARY|NULL|0
    101|2|uq_orders_code|NONCLUSTERED|1|0|1|1|0|NULL|0|1|0|0|0|code|FG|PRIMARY|NULL|0
    101|3|uq_orders_mail|NONCLUSTERED|1|0|1|0|0|NULL|0|1|0|0|0|mail|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  REQUIRE(table.primary_key);
  CHECK_FALSE(table.primary_key->enforced);
  CHECK_FALSE(named(table.unique_constraints, "uq_orders_code").enforced);
  CHECK(named(table.unique_constraints, "uq_orders_mail").enforced);
}

TEST_CASE("SQL Server's filtered, clustered and disabled indexes are told") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|1|cx_orders|CLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|placed_at|FG|PRIMARY|NULL|0
    101|2|ux_orders_b|NONCLUSTERED|1|0|0|0|1|([b] IS NOT NULL)|NULL|1|0|0|0|b|FG|PRIMARY|NULL|0
    101|3|ix_orders_off|NONCLUSTERED|0|0|0|1|0|NULL|NULL|1|0|0|0|c|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Index>& indexes = orders(catalog).indexes;
  CHECK(named(indexes, "cx_orders").clustered);
  CHECK(named(indexes, "cx_orders").method == "btree");
  CHECK(named(indexes, "cx_orders").valid);
  CHECK(named(indexes, "ux_orders_b").predicate == catalog::Expression{"([b] IS NOT NULL)", false});
  CHECK(named(indexes, "ux_orders_b").valid);
  CHECK_FALSE(named(indexes, "ix_orders_off").valid);
}

// sys.index_columns: every column of a columnstore index is "included" and has key_ordinal 0.
TEST_CASE("SQL Server's columnstore indexes have the method columnstore, clustered or not, and columns in no order") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|1|ccs_orders|CLUSTERED COLUMNSTORE|0|0|0|0|0|NULL|NULL|0|1|0|0|total|FG|PRIMARY|NULL|0
    101|1|ccs_orders|CLUSTERED COLUMNSTORE|0|0|0|0|0|NULL|NULL|0|1|0|0|id|FG|PRIMARY|NULL|0
    102|2|ncs_customer|NONCLUSTERED COLUMNSTORE|0|0|0|0|0|NULL|NULL|0|1|0|0|name|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const catalog::Index& clustered = only(orders(catalog).indexes);
  CHECK(clustered.method == "columnstore");
  CHECK(clustered.clustered);
  CHECK(clustered.columns.empty());
  CHECK(clustered.included == Names{"id", "total"});
  const catalog::Index& other = only(table(catalog, "sales", "customer").indexes);
  CHECK(other.method == "columnstore");
  CHECK_FALSE(other.clustered);
}

// sys.index_columns: key_ordinal is 0 for the columns of XML, spatial and JSON indexes, which are not "included"
// either.
TEST_CASE("SQL Server's XML and spatial indexes name the column that they index") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|256000|xml_orders_doc|XML|0|0|0|0|0|NULL|NULL|0|0|0|0|doc|FG|PRIMARY|NULL|0
    101|384000|sp_orders_place|SPATIAL|0|0|0|0|0|NULL|NULL|0|0|0|0|place|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  const catalog::Index& xml = named(orders(catalog).indexes, "xml_orders_doc");
  CHECK(xml.method == "xml");
  CHECK_FALSE(xml.clustered);
  CHECK(columns_of(xml) == Names{"doc"});
  CHECK(columns_of(named(orders(catalog).indexes, "sp_orders_place")) == Names{"place"});
}

// sys.index_columns: a partitioning column that was added implicitly has key_ordinal 0 and is not "included".
TEST_CASE("SQL Server's partitioned tables say by what, whether heap, clustered or columnstore") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.objects, R"(
    103|1|events|U |NULL|NULL
    104|1|facts|U |NULL|NULL
    105|1|plain|U |NULL|NULL
  )");
  paste(rows.indexes, R"(
    101|0|NULL|HEAP|0|0|0|0|0|NULL|NULL|0|0|0|1|placed_at|PS|by_year|NULL|0
    103|1|cx_events|CLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|id|PS|by_year|NULL|0
    103|1|cx_events|CLUSTERED|0|0|0|0|0|NULL|NULL|0|0|0|1|at|PS|by_year|NULL|0
    104|1|ccs_facts|CLUSTERED COLUMNSTORE|0|0|0|0|0|NULL|NULL|0|1|0|1|day|PS|by_day|NULL|0
    104|1|ccs_facts|CLUSTERED COLUMNSTORE|0|0|0|0|0|NULL|NULL|0|1|0|0|amount|PS|by_day|NULL|0
    105|1|cx_plain|CLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|id|FG|PRIMARY|NULL|0
    105|2|ix_plain_at|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|1|at|PS|by_year|NULL|0
  )");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).partition_key == "by_year (placed_at)");
  CHECK(orders(catalog).indexes.empty());  // a heap is no index
  CHECK(table(catalog, "dbo", "events").partition_key == "by_year (at)");
  CHECK(columns_of(only(table(catalog, "dbo", "events").indexes)) == Names{"id"});
  CHECK(table(catalog, "dbo", "facts").partition_key == "by_day (day)");
  CHECK(table(catalog, "dbo", "plain").partition_key.empty());
}

TEST_CASE("SQL Server's heap without partitions has no index") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, "101|2|ix|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|a|FG|PRIMARY|NULL|0");
  const Catalog catalog = built(rows);
  CHECK(only(orders(catalog).indexes).name == "ix");
  CHECK_FALSE(orders(catalog).primary_key);
  CHECK(table(catalog, "sales", "customer").indexes.empty());
}

TEST_CASE("SQL Server's indexes with the same number on two tables do not run into each other") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|2|ix_same|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|a|FG|PRIMARY|NULL|0
    102|2|ix_same|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|b|FG|PRIMARY|NULL|0
    102|3|ix_more|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|c|FG|PRIMARY|NULL|0
    999|2|ix_of_a_type|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|z|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  CHECK(columns_of(only(orders(catalog).indexes)) == Names{"a"});
  CHECK(names_of(table(catalog, "sales", "customer").indexes) == Names{"ix_more", "ix_same"});
}

TEST_CASE("SQL Server's indexed view is a materialized one") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, "201|1|cx_open_orders|CLUSTERED|1|0|0|0|0|NULL|NULL|1|0|0|0|id|FG|PRIMARY|NULL|0");
  const Catalog catalog = built(rows);
  const catalog::View& view = only(named(catalog.schemas, "dbo").views);
  CHECK(view.materialized);
  CHECK(only(view.indexes).unique);
}

TEST_CASE("SQL Server's foreign keys pair their columns in key order") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.foreign_keys, R"(
    501|fk_orders_customer|0|101|sales|customer|0|0|0|0|tenant_id|tenant|who ordered
    501|fk_orders_customer|0|101|sales|customer|0|0|0|0|customer_id|id|who ordered
    502|FK__orders__parent__3C69FB99|1|101|dbo|orders|0|0|0|0|parent_id|id|NULL
    503|fk_of_a_table_left_out|0|999|dbo|orders|0|0|0|0|a|id|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::ForeignKey>& keys = orders(catalog).foreign_keys;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].name == "FK__orders__parent__3C69FB99");
  CHECK(keys[0].system_named);
  CHECK(keys[0].referenced_schema == "dbo");
  CHECK(keys[0].referenced_table == "orders");
  CHECK_FALSE(keys[1].system_named);
  CHECK(keys[1].columns == Names{"tenant_id", "customer_id"});
  CHECK(keys[1].referenced_schema == "sales");
  CHECK(keys[1].referenced_table == "customer");
  CHECK(keys[1].referenced_columns == Names{"tenant", "id"});
  CHECK(keys[1].comment == "who ordered");
  CHECK(keys[1].validated);
  CHECK(keys[1].enforced);
  CHECK_FALSE(keys[1].deferrable);
}

TEST_CASE("SQL Server's referential actions are told apart, on delete and on update") {
  const std::vector<ReferentialAction> actions = {ReferentialAction::no_action, ReferentialAction::cascade,
                                                  ReferentialAction::set_null, ReferentialAction::set_default};
  for (int on_delete = 0; on_delete < 4; ++on_delete) {
    for (int on_update = 0; on_update < 4; ++on_update) {
      CAPTURE(on_delete);
      CAPTURE(on_update);
      sqlserver::CatalogRows rows = sqlserver_rows();
      paste(rows.foreign_keys, "501|fk|0|101|sales|customer|0|0|" + std::to_string(on_delete) + "|" +
                                   std::to_string(on_update) + "|a|id|NULL");
      const Catalog catalog = built(rows);
      const catalog::ForeignKey& key = only(orders(catalog).foreign_keys);
      CHECK(key.on_delete == actions[static_cast<std::size_t>(on_delete)]);
      CHECK(key.on_update == actions[static_cast<std::size_t>(on_update)]);
    }
  }
}

TEST_CASE("SQL Server's disabled and untrusted constraints are told apart") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.foreign_keys, R"(
    501|fk_disabled|0|101|sales|customer|1|1|0|0|a|id|NULL
    502|fk_untrusted|0|101|sales|customer|0|1|0|0|b|id|NULL
  )");
  paste(rows.checks, R"(
    101|ck_disabled|0|([a]>(0))|1|1|a|NULL
    101|ck_untrusted|0|([a]>(0))|0|1|a|NULL
  )");
  const Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  CHECK_FALSE(named(table.foreign_keys, "fk_disabled").enforced);
  CHECK_FALSE(named(table.foreign_keys, "fk_disabled").validated);
  CHECK(named(table.foreign_keys, "fk_untrusted").enforced);
  CHECK_FALSE(named(table.foreign_keys, "fk_untrusted").validated);
  CHECK_FALSE(named(table.checks, "ck_disabled").enforced);
  CHECK_FALSE(named(table.checks, "ck_disabled").validated);
  CHECK(named(table.checks, "ck_untrusted").enforced);
  CHECK_FALSE(named(table.checks, "ck_untrusted").validated);
}

TEST_CASE("SQL Server's checks name the column that they were declared on, and none for a table's") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.checks, R"(
    101|CK__orders__total__3E52440B|1|([total]>=(0))|0|0|total|NULL
    101|ck_orders_dates|0|([shipped]>=[placed])|0|0|NULL|shipped after placed
    999|ck_elsewhere|0|((1)=(1))|0|0|NULL|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Check>& checks = orders(catalog).checks;
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].system_named);
  CHECK(checks[0].columns == Names{"total"});
  CHECK(checks[0].expression == catalog::Expression{"([total]>=(0))", false});
  CHECK(checks[0].enforced);
  CHECK(checks[0].validated);
  CHECK_FALSE(checks[1].system_named);
  CHECK(checks[1].columns.empty());
  CHECK(checks[1].comment == "shipped after placed");
}

TEST_CASE("SQL Server's keys and indexes say whether they leave duplicates out") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.indexes, R"(
    101|1|pk_orders|CLUSTERED|1|1|0|0|0|NULL|0|1|0|0|0|id|FG|PRIMARY|NULL|1
    101|2|uq_orders|NONCLUSTERED|1|0|1|0|0|NULL|0|1|0|0|0|code|FG|PRIMARY|NULL|1
    101|3|ux_orders|NONCLUSTERED|1|0|0|0|0|NULL|NULL|1|0|0|0|mail|FG|PRIMARY|NULL|1
    101|4|ux_strict|NONCLUSTERED|1|0|0|0|0|NULL|NULL|1|0|0|0|name|FG|PRIMARY|NULL|0
  )");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).primary_key->ignores_duplicates);
  CHECK(only(orders(catalog).unique_constraints).ignores_duplicates);
  CHECK(named(orders(catalog).indexes, "ux_orders").ignores_duplicates);
  CHECK_FALSE(named(orders(catalog).indexes, "ux_strict").ignores_duplicates);
}
