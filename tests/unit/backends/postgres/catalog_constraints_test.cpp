#include <doctest/doctest.h>

#include "tests/unit/backends/postgres/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::ReferentialAction;
using postgres::is_generated_name;

namespace {

Names columns_of(const catalog::Index& index) {
  Names names;
  for (const catalog::IndexColumn& column : index.columns) names.push_back(column.column);
  return names;
}

}  // namespace

// Columns of a constraint row: conrelid|conname|contype|conkey|condeferrable|condeferred|convalidated|conenforced|
// confrelid|foreign schema|foreign
// table|confkey|confupdtype|confdeltype|confmatchtype|confdelsetcols|check|conindid|comment|connoinherit. What is no
// foreign key has blanks for the actions and the match type.

TEST_CASE("PostgreSQL's keys have their columns in key order, and their indexes are not listed again") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.constraints, R"(
    1001|orders_pkey|p|{4,1}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|NULL|2001|the key|f
    1001|orders_customer_note_key|u|{2,5}|t|t|t|t|0|NULL|NULL|NULL| | | |NULL|NULL|2002|NULL|f
    1001|one_note|u|{5}|t|f|t|t|0|NULL|NULL|NULL| | | |NULL|NULL|2003|NULL|f
  )");
  paste(rows.indexes, R"(
    2001|1001|orders_pkey|btree|t|t|f|2|4 1|0 0|NULL|NULL|NULL|NULL|f|f|NULL
    2002|1001|orders_customer_note_key|btree|t|t|t|2|2 5|0 0|NULL|NULL|NULL|NULL|f|f|NULL
    2003|1001|one_note|btree|t|t|f|1|5|0|NULL|NULL|NULL|NULL|f|f|NULL
  )");
  const Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  REQUIRE(table.primary_key);
  CHECK(table.primary_key->columns == Names{"total", "id"});
  CHECK(table.primary_key->system_named);
  CHECK(table.primary_key->comment == "the key");
  CHECK_FALSE(table.primary_key->deferrable);
  CHECK(table.indexes.empty());
  CHECK(names_of(table.unique_constraints) == Names{"one_note", "orders_customer_note_key"});
  const catalog::Key& one = table.unique_constraints[0];
  CHECK_FALSE(one.system_named);
  CHECK(one.deferrable);
  CHECK_FALSE(one.initially_deferred);
  CHECK_FALSE(one.nulls_not_distinct);
  const catalog::Key& two = table.unique_constraints[1];
  CHECK(two.columns == Names{"customer", "note"});
  CHECK(two.system_named);
  CHECK(two.initially_deferred);
  CHECK(two.nulls_not_distinct);
}

TEST_CASE("PostgreSQL's foreign keys have actions, match and state") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.constraints, R"(
    1001|orders_customer_fkey|f|{2}|f|f|t|t|1002|app|customer|{1}|a|a|s|NULL|NULL|2101|who ordered|f
    1001|named|f|{2,5}|t|t|f|f|1002|app|customer|{3,2}|c|n|f|{2,5}|NULL|2102|NULL|f
    1001|some|f|{2,5}|f|f|t|t|1002|app|customer|{3,2}|r|d|s|{5}|NULL|2102|NULL|f
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::ForeignKey>& keys = orders(catalog).foreign_keys;
  const catalog::ForeignKey& usual = named(keys, "orders_customer_fkey");
  CHECK(usual.system_named);
  CHECK(usual.columns == Names{"customer"});
  CHECK(usual.referenced_schema == "app");
  CHECK(usual.referenced_table == "customer");
  CHECK(usual.referenced_columns == Names{"id"});
  CHECK(usual.on_delete == ReferentialAction::no_action);
  CHECK(usual.on_update == ReferentialAction::no_action);
  CHECK(usual.on_delete_columns.empty());
  CHECK(usual.validated);
  CHECK(usual.enforced);
  CHECK_FALSE(usual.match_full);
  CHECK(usual.comment == "who ordered");
  const catalog::ForeignKey& key = named(keys, "named");
  CHECK_FALSE(key.system_named);
  CHECK(key.columns == Names{"customer", "note"});
  CHECK(key.referenced_columns == Names{"name", "email"});
  CHECK(key.on_update == ReferentialAction::cascade);
  CHECK(key.on_delete == ReferentialAction::set_null);
  CHECK(key.on_delete_columns == Names{"customer", "note"});
  CHECK(key.match_full);
  CHECK(key.deferrable);
  CHECK(key.initially_deferred);
  CHECK_FALSE(key.validated);
  CHECK_FALSE(key.enforced);
  CHECK(named(keys, "some").on_update == ReferentialAction::restrict_);
  CHECK(named(keys, "some").on_delete == ReferentialAction::set_default);
  CHECK(named(keys, "some").on_delete_columns == Names{"note"});
}

TEST_CASE("PostgreSQL's foreign key keeps the columns of a table that is left out") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, "1003|2200|shared|r|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL");
  paste(rows.columns, R"(
    1003|1|id|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL|||NULL|NULL|NULL
    1003|2|tenant|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL|||NULL|NULL|NULL
  )");
  paste(rows.constraints, "1001|fk_shared|f|{2,1}|f|f|t|t|1003|public|shared|{2,1}|a|a|s|NULL|NULL|2101|NULL|f");
  InspectOptions options;
  options.schemas = {"app"};
  const Catalog catalog = built(rows, options);
  const catalog::ForeignKey& key = only(orders(catalog).foreign_keys);
  CHECK(key.referenced_schema == "public");
  CHECK(key.referenced_table == "shared");
  CHECK(key.referenced_columns == Names{"tenant", "id"});
}

TEST_CASE("PostgreSQL's checks name their columns, and are named by the server after at most one of them") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.constraints, R"(
    1001|orders_total_check|c|{4}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|(total > (0)::numeric)|0|NULL|f
    1001|orders_check|c|{1,4}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|((id)::numeric < total)|0|NULL|f
    1001|orders_check1|c|NULL|f|f|f|t|0|NULL|NULL|NULL| | | |NULL|true|0|NULL|f
    1001|sensible|c|{4}|f|f|f|f|0|NULL|NULL|NULL| | | |NULL|(total < (1000)::numeric)|0|why not|f
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Check>& checks = orders(catalog).checks;
  CHECK(named(checks, "orders_total_check").system_named);
  CHECK(named(checks, "orders_total_check").columns == Names{"total"});
  CHECK(named(checks, "orders_total_check").expression.printed == "(total > (0)::numeric)");
  CHECK(named(checks, "orders_total_check").validated);
  CHECK(named(checks, "orders_total_check").enforced);
  CHECK(named(checks, "orders_check").system_named);
  CHECK(named(checks, "orders_check").columns == Names{"id", "total"});
  CHECK(named(checks, "orders_check1").system_named);
  CHECK(named(checks, "orders_check1").columns.empty());
  CHECK_FALSE(named(checks, "orders_check1").validated);
  CHECK(named(checks, "orders_check1").enforced);
  CHECK_FALSE(named(checks, "sensible").system_named);
  CHECK_FALSE(named(checks, "sensible").enforced);
  CHECK(named(checks, "sensible").comment == "why not");
}

// Columns of an index row: indexrelid|indrelid|relname|amname|indisunique|valid|nulls not distinct|indnkeyatts|indkey|
// indoption|expressions|operator classes|collations|predicate|indisclustered|indisexclusion|comment. indoption: 1 DESC,
// 2 NULLS FIRST.

TEST_CASE("PostgreSQL's indexes have expressions, directions, included columns and a predicate") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.indexes, R"rows(
    2001|1001|ix_all|btree|f|t|f|3|0 0 4 5|1 0 3|{lower(note),"(id + 1)",total,note}|NULL|{C,"",""}|(total > (0)::numeric)|f|f|for reports
    2002|1001|ix_note|gin|f|t|f|1|5|0|NULL|{gin_trgm_ops}|NULL|NULL|f|f|NULL
    2003|1001|ux_note|btree|t|t|t|1|5|2|NULL|NULL|NULL|NULL|t|f|NULL
    2004|1001|ix_broken|btree|f|f|f|1|2|0|NULL|NULL|NULL|NULL|f|f|NULL
  )rows");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Index>& indexes = orders(catalog).indexes;
  REQUIRE(indexes.size() == 4);
  const catalog::Index& all = named(indexes, "ix_all");
  REQUIRE(all.columns.size() == 3);
  CHECK(all.columns[0] == catalog::IndexColumn{"", "lower(note)", true, false, "C", ""});  // DESC NULLS LAST
  CHECK(all.columns[1] == catalog::IndexColumn{"", "(id + 1)", false, false, "", ""});
  CHECK(all.columns[2] == catalog::IndexColumn{"total", "", true, true, "", ""});
  CHECK(all.included == Names{"note"});
  CHECK(all.predicate == catalog::Expression{"(total > (0)::numeric)", false});
  CHECK(all.method == "btree");
  CHECK(all.comment == "for reports");
  CHECK(all.valid);
  CHECK_FALSE(all.unique);
  const catalog::Index& note = named(indexes, "ix_note");
  CHECK(note.method == "gin");
  CHECK(only(note.columns).operator_class == "gin_trgm_ops");
  CHECK_FALSE(note.predicate);
  const catalog::Index& unique = named(indexes, "ux_note");
  CHECK(unique.unique);
  CHECK(unique.nulls_not_distinct);
  CHECK(unique.clustered);
  CHECK(only(unique.columns).nulls_first);
  CHECK_FALSE(named(indexes, "ix_broken").valid);
  CHECK_FALSE(named(indexes, "ix_broken").clustered);
}

TEST_CASE("PostgreSQL's exclusion constraint is an index that no plain one equals") {
  postgres::CatalogRows excluding = postgres_rows();
  postgres::CatalogRows plain = postgres_rows();
  paste(excluding.indexes, "2001|1001|orders_x|gist|f|t|f|1|2|0|NULL|NULL|NULL|NULL|f|t|NULL");
  paste(plain.indexes, "2001|1001|orders_x|gist|f|t|f|1|2|0|NULL|NULL|NULL|NULL|f|f|NULL");
  const Catalog with = built(excluding);
  CHECK(columns_of(only(orders(with).indexes)) == Names{"customer"});
  CHECK_FALSE(with == built(plain));
}

TEST_CASE("PostgreSQL's materialized view has indexes too") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, "1102|100|totals|m|p|f|NULL|NULL| SELECT 1;|NULL|NULL|NULL|NULL|f|NULL");
  paste(rows.columns, "1102|1|day|date|pg_catalog|date|b|-1|NULL|NULL|0|f|NULL|||NULL|NULL|NULL");
  paste(rows.indexes, "2001|1102|ux_totals|btree|t|t|f|1|1|0|NULL|NULL|NULL|NULL|f|f|NULL");
  const Catalog catalog = built(rows);
  CHECK(columns_of(only(named(named(catalog.schemas, "app").views, "totals").indexes)) == Names{"day"});
}

// DefineIndex takes the included columns into the name as well (measured on PostgreSQL 15).
TEST_CASE("PostgreSQL's unique constraint with included columns is known as named by the server") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.constraints, "1002|customer_email_name_key|u|{2}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|NULL|2001|NULL|f");
  paste(rows.indexes, "2001|1002|customer_email_name_key|btree|t|t|f|1|2 3|0|NULL|NULL|NULL|NULL|f|f|NULL");
  const Catalog catalog = built(rows);
  const catalog::Key& key = only(table(catalog, "app", "customer").unique_constraints);
  CHECK(key.columns == Names{"email"});
  CHECK(key.system_named);
}

TEST_CASE("PostgreSQL's generated names follow table, columns and kind, with a number where taken") {
  CHECK(is_generated_name("orders_pkey", "orders", {}, "pkey"));
  CHECK(is_generated_name("orders_pkey1", "orders", {}, "pkey"));
  CHECK(is_generated_name("orders_pkey12", "orders", {}, "pkey"));
  CHECK(is_generated_name("orders_a_b_key", "orders", {"a", "b"}, "key"));
  CHECK(is_generated_name("orders_a1_key", "orders", {"a1"}, "key"));
  CHECK(is_generated_name("Order items_größe_fkey3", "Order items", {"größe"}, "fkey"));
}

TEST_CASE("PostgreSQL's chosen names are not taken for generated ones") {
  CHECK_FALSE(is_generated_name("", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("12", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("orders_pk", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("orders_pkey_", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("orders_pkeyx", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("old_orders_pkey", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("orders_b_a_key", "orders", {"a", "b"}, "key"));
  CHECK_FALSE(is_generated_name("orders_a_key", "orders", {"a", "b"}, "key"));
  CHECK_FALSE(is_generated_name("ORDERS_PKEY", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("orders_pkey99999999999999999999", "orders", {}, "pkey"));
}

// ChooseConstraintName counts from 1, in decimal digits.
TEST_CASE("PostgreSQL's generated names are never numbered 0 or with leading zeros") {
  CHECK_FALSE(is_generated_name("orders_pkey0", "orders", {}, "pkey"));
  CHECK_FALSE(is_generated_name("orders_pkey01", "orders", {}, "pkey"));
}

TEST_CASE("PostgreSQL's generated names are cut at 63 bytes between characters, the longer part first") {
  // As PostgreSQL 15 named them.
  const std::string german = "Überschriften_und_sehr_lange_namen_für_eine_tabelle_äöüß";
  CHECK(is_generated_name("Überschriften_und_sehr_lange_namen_für_eine_tabelle_äö_pkey", german, {}, "pkey"));
  CHECK(is_generated_name("Überschriften_und_sehr_lange_namen_für_eine_tabelle__z_check", german, {"z"}, "check"));
  CHECK(is_generated_name("Überschriften_und_sehr_lange_namen_für_eine_tabelle__z_check1", german, {"z"}, "check"));
  CHECK(is_generated_name("Überschriften_und_sehr_lange_namen_für_eine_tabelle__z_check2", german, {"z"}, "check"));
  const std::string column = "schlüssel_äöü_mit_sehr_langem_namen_und_noch_mehr_zeichen_";
  CHECK(is_generated_name("Überschriften_und_sehr_lange_schlüssel_äöü_mit_sehr_la_key", german, {column}, "key"));
  CHECK_FALSE(is_generated_name(german + "_pkey", german, {}, "pkey"));
  const std::string longest(63, 't');
  CHECK(is_generated_name(std::string(58, 't') + "_pkey", longest, {}, "pkey"));
  CHECK_FALSE(is_generated_name(std::string(59, 't') + "_pkey", longest, {}, "pkey"));
  CHECK(is_generated_name(std::string(57, 't') + "_pkey1", longest, {}, "pkey"));
  const Names many(32, std::string(63, 'c'));
  CHECK(is_generated_name(std::string(29, 't') + "_" + std::string(29, 'c') + "_key", longest, many, "key"));
}

TEST_CASE("PostgreSQL's checks say whether child tables inherit them") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.constraints, R"(
    1001|ck_all|c|{4}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|(total > (0)::numeric)|0|NULL|f
    1001|ck_here|c|{4}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|(total > (1)::numeric)|0|NULL|t
  )");
  const Catalog catalog = built(rows);
  REQUIRE(orders(catalog).checks.size() == 2);
  CHECK_FALSE(orders(catalog).checks[0].no_inherit);
  CHECK(orders(catalog).checks[1].no_inherit);
}
