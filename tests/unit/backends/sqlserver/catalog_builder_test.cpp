#include "backends/sqlserver/catalog_builder.h"

#include <doctest/doctest.h>

#include "backends/sqlserver/catalog_queries.h"
#include "tests/unit/backends/sqlserver/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;

TEST_CASE("SQL Server's pasted rows have as many columns as the catalog queries") {
  const sqlserver::CatalogRows rows = empty_sqlserver_rows();
  CHECK(rows.schemas.columns().size() == selected_columns(sqlserver::kSchemasQuery));
  CHECK(rows.objects.columns().size() == selected_columns(sqlserver::kObjectsQuery));
  CHECK(rows.columns.columns().size() == selected_columns(sqlserver::kColumnsQuery));
  CHECK(rows.indexes.columns().size() == selected_columns(sqlserver::kIndexesQuery));
  CHECK(rows.foreign_keys.columns().size() == selected_columns(sqlserver::kForeignKeysQuery));
  CHECK(rows.checks.columns().size() == selected_columns(sqlserver::kChecksQuery));
  CHECK(rows.sequences.columns().size() == selected_columns(sqlserver::kSequencesQuery));
  CHECK(rows.modules.columns().size() == selected_columns(sqlserver::kModulesQuery));
  CHECK(rows.parameters.columns().size() == selected_columns(sqlserver::kParametersQuery));
  CHECK(rows.triggers.columns().size() == selected_columns(sqlserver::kTriggersQuery));
  CHECK(rows.types.columns().size() == selected_columns(sqlserver::kTypesQuery));
  CHECK(rows.permissions.columns().size() == selected_columns(sqlserver::kPermissionsQuery));
  CHECK(rows.policies.columns().size() == selected_columns(sqlserver::kPoliciesQuery));
  CHECK(rows.synonyms.columns().size() == selected_columns(sqlserver::kSynonymsQuery));
  CHECK(rows.history_tables.columns().size() == selected_columns(sqlserver::kHistoryTablesQuery));
}

TEST_CASE("SQL Server's catalog says what it was read from") {
  const Catalog catalog = built(sqlserver_rows());
  CHECK(catalog.engine == "sqlserver");
  CHECK(catalog.product == "Microsoft SQL Server");
  CHECK(catalog.product_version == "16.0.4135.4");
  CHECK(catalog.database == "shop");
  CHECK(catalog.default_schema == "dbo");
  CHECK(catalog.collation == "SQL_Latin1_General_CP1_CI_AS");
  CHECK(catalog.genuine);
  CHECK_FALSE(catalog.case_folds_identifiers);
  CHECK(catalog.unknown.empty());
  CHECK(names_of(catalog.schemas) == Names{"dbo", "sales"});
  CHECK_FALSE(catalog.schemas[0].comment);
  CHECK(catalog.schemas[1].comment == "what is sold");
}

TEST_CASE("SQL Server's catalog of a database without objects has its schemas and nothing else") {
  sqlserver::CatalogRows rows = empty_sqlserver_rows();
  CHECK(built(rows).schemas.empty());
  paste(rows.schemas, "1|dbo|NULL|SQL_Latin1_General_CP1_CI_AS|1|dbo");
  const Catalog catalog = built(rows);
  CHECK(only(catalog.schemas) == catalog::Schema{"dbo", {}, {}, {}, {}, {}, {}, {}});
}

TEST_CASE("SQL Server's tables and views are told apart though their type codes are padded with blanks") {
  const Catalog catalog = built(sqlserver_rows());
  const catalog::Schema& dbo = named(catalog.schemas, "dbo");
  CHECK(names_of(dbo.tables) == Names{"orders"});
  CHECK_FALSE(dbo.tables[0].comment);
  CHECK(table(catalog, "sales", "customer").comment == "who buys");
  const catalog::View& view = only(dbo.views);
  CHECK(view.name == "open_orders");
  CHECK(view.definition.printed == "CREATE VIEW dbo.open_orders AS SELECT id FROM dbo.orders WHERE closed = 0");
  CHECK_FALSE(view.definition.hidden);
  CHECK_FALSE(view.materialized);
}

TEST_CASE("SQL Server's names stay as they are, whatever characters they have") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.objects, "103|1|Ordre d'achat [n°1]; DROP \"x\"|U |NULL|NULL");
  paste(rows.columns,
        "103|1|ключ 🗝|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|première\\nligne");
  const Catalog catalog = built(rows);
  const catalog::Column& column = only(table(catalog, "dbo", "Ordre d'achat [n°1]; DROP \"x\"").columns);
  CHECK(column.name == "ключ 🗝");
  CHECK(column.comment == "première\nligne");
}

TEST_CASE("SQL Server's identity keeps start and increment as decimal text") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.columns, R"(
    101|1|id|bigint|0|sys|bigint|8|19|0|0|NULL|1|1|1|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    102|1|id|decimal|0|sys|decimal|17|38|0|0|NULL|1|-99999999999999999999999999999999999999|-1|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  const Catalog catalog = built(rows);
  const catalog::Column& small = only(orders(catalog).columns);
  REQUIRE(small.identity);
  CHECK(small.identity->kind == catalog::Identity::Kind::always);
  CHECK(small.identity->options.start == "1");
  CHECK(small.identity->options.increment == "1");
  CHECK_FALSE(small.identity->options.cycle);
  CHECK_FALSE(small.nullable);
  const catalog::Column& large = only(table(catalog, "sales", "customer").columns);
  REQUIRE(large.identity);
  CHECK(large.identity->options.start == "-99999999999999999999999999999999999999");
  CHECK(large.identity->options.increment == "-1");
}

TEST_CASE("SQL Server's computed columns are stored only when persisted") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.columns, R"(
    101|1|total|decimal|0|sys|decimal|17|29|2|1|NULL|0|NULL|NULL|1|([quantity]*[price])|1|NULL|NULL|NULL|0|NULL
    101|2|label|nvarchar|0|sys|nvarchar|24|0|0|0|SQL_Latin1_General_CP1_CI_AS|0|NULL|NULL|1|(concat(N'#',[id]))|0|NULL|NULL|NULL|0|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Column>& columns = orders(catalog).columns;
  REQUIRE(columns.size() == 2);
  CHECK(columns[0].computed == catalog::Computed{{"([quantity]*[price])", false}, true});
  CHECK(columns[1].computed == catalog::Computed{{"(concat(N'#',[id]))", false}, false});
  CHECK_FALSE(columns[0].default_value);
}

TEST_CASE("SQL Server's defaults keep their text, their constraint's name and who chose it") {
  struct Case {
    std::string definition;
    bool system_named;
  };
  for (const Case& one :
       {Case{"((0))", true}, Case{"(N'x')", false}, Case{"(getdate())", true}, Case{"(CONVERT([bit],(0)))", true},
        Case{"(NEXT VALUE FOR [dbo].[s])", false}, Case{"(NULL)", true}, Case{"('')", true}}) {
    CAPTURE(one.definition);
    sqlserver::CatalogRows rows = sqlserver_rows();
    paste(rows.columns,
          std::string("101|1|c|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|DF__orders__c__3A81B327|") +
              one.definition + "|" + (one.system_named ? "1" : "0") + "|981578535|NULL");
    const Catalog catalog = built(rows);
    const catalog::Column& column = only(orders(catalog).columns);
    REQUIRE(column.default_value);
    CHECK(column.default_value->printed == one.definition);
    CHECK_FALSE(column.default_value->hidden);
    CHECK(column.default_name == "DF__orders__c__3A81B327");
    CHECK(column.default_system_named == one.system_named);
  }
}

TEST_CASE("SQL Server's columns name a collation only where it is not the database's") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.columns, R"(
    101|1|usual|nvarchar|0|sys|nvarchar|80|0|0|0|SQL_Latin1_General_CP1_CI_AS|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|2|exact|nvarchar|0|sys|nvarchar|80|0|0|0|Latin1_General_100_BIN2_UTF8|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    101|3|number|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).columns[0].collation.empty());
  CHECK(orders(catalog).columns[1].collation == "Latin1_General_100_BIN2_UTF8");
  CHECK(orders(catalog).columns[2].collation.empty());
}

TEST_CASE("SQL Server's definitions that this user may not read are hidden, not missing") {
  sqlserver::CatalogRows rows = empty_sqlserver_rows();
  paste(rows.schemas, "1|dbo|NULL|SQL_Latin1_General_CP1_CI_AS|0|dbo");
  paste(rows.objects, R"(
    101|1|orders|U |NULL|NULL
    201|1|open_orders|V |NULL|NULL
  )");
  paste(rows.columns, R"(
    101|1|a|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|DF_orders_a|NULL|0|981578535|NULL
    101|2|b|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|981578536|NULL
    101|3|c|int|0|sys|int|4|10|0|1|NULL|0|NULL|NULL|1|NULL|1|NULL|NULL|NULL|0|NULL
    101|4|d|int|0|sys|int|4|10|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  paste(rows.indexes, "101|2|ix_a|NONCLUSTERED|0|0|0|0|1|NULL|NULL|1|0|0|0|a|FG|PRIMARY|NULL|0");
  paste(rows.checks, "101|ck_a|0|NULL|0|0|NULL|NULL");
  paste(rows.modules, "301|1|close_order|P |NULL|NULL");
  paste(rows.triggers, "401|101|tr_orders|0|0|INSERT|NULL");
  const Catalog catalog = built(rows);
  const catalog::Table& table = orders(catalog);
  const catalog::Expression hidden{"", true};
  CHECK(table.columns[0].default_value == hidden);
  CHECK(table.columns[0].default_name == "DF_orders_a");
  CHECK(table.columns[1].default_value == hidden);
  CHECK(table.columns[2].computed == catalog::Computed{hidden, true});
  CHECK_FALSE(table.columns[3].default_value);
  CHECK(only(table.checks).expression == hidden);
  CHECK(only(table.indexes).predicate == hidden);
  CHECK(only(table.triggers).definition == hidden);
  const catalog::Schema& dbo = only(catalog.schemas);
  CHECK(only(dbo.views).definition == hidden);
  CHECK(only(dbo.routines).hidden);
  CHECK(only(dbo.routines).body_hash.empty());
  const catalog::Unknown& unknown = only(catalog.unknown);
  CHECK(unknown.object == "*");
  CHECK(unknown.reason.find("VIEW DEFINITION") != std::string::npos);
}

TEST_CASE("SQL Server's unanswered question about VIEW DEFINITION counts as no") {
  sqlserver::CatalogRows rows = empty_sqlserver_rows();
  paste(rows.schemas, "1|dbo|NULL|SQL_Latin1_General_CP1_CI_AS|NULL|dbo");
  CHECK(built(rows).unknown.size() == 1);
}

TEST_CASE("SQL Server's ignored tables are left out with all that belongs to them") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.objects, R"(
    103|1|paripassu_ledger|U |NULL|NULL
    104|5|paripassu_ledger|U |NULL|NULL
    105|1|paripassu_ledger_archive|U |NULL|NULL
  )");
  paste(rows.columns,
        "103|1|version|nvarchar|0|sys|nvarchar|400|0|0|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL");
  paste(rows.indexes, "103|1|PK__paripass|CLUSTERED|1|1|0|0|0|NULL|1|1|0|0|0|version|FG|PRIMARY|NULL|0");
  paste(rows.checks, "103|ck|0|([version]<>N'')|0|0|version|NULL");
  paste(rows.foreign_keys, "501|fk_ledger|0|103|dbo|orders|0|0|0|0|version|id|NULL");
  paste(rows.triggers, "401|103|tr|0|0|INSERT|CREATE TRIGGER tr");
  paste(rows.permissions, "103|reader|SELECT|GRANT");
  paste(rows.policies, "103|p|NULL|FILTER (1=1)|1");
  InspectOptions options;
  options.ignored_tables = {"paripassu_ledger"};
  Catalog expected = built(sqlserver_rows());
  catalog::Table archive;
  archive.name = "paripassu_ledger_archive";
  expected.schemas[0].tables.push_back(archive);
  CHECK(built(rows, options) == expected);
  CHECK(built(rows).table_count() == 5);
}

TEST_CASE("SQL Server's inspection of some schemas leaves the others out") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.sequences, "601|1|s|int|10|1|1|-2147483648|2147483647|0|NULL");
  paste(rows.modules, "301|1|p|P |CREATE PROCEDURE p AS RETURN|NULL");
  paste(rows.types, "1|PhoneNumber|0|nvarchar|40|0|0|0|NULL");
  paste(rows.foreign_keys, "501|fk_customer_orders|0|102|dbo|orders|0|0|0|0|order_id|id|NULL");
  InspectOptions options;
  options.schemas = {"sales", "nowhere"};
  const Catalog catalog = built(rows, options);
  const catalog::Schema& sales = only(catalog.schemas);
  CHECK(sales.name == "sales");
  CHECK(names_of(sales.tables) == Names{"customer"});
  CHECK(sales.routines.empty());
  CHECK(sales.sequences.empty());
  CHECK(sales.types.empty());
  const catalog::ForeignKey& key = only(sales.tables[0].foreign_keys);
  CHECK(key.referenced_schema == "dbo");
  CHECK(key.referenced_columns == Names{"id"});
  CHECK(catalog.collation == "SQL_Latin1_General_CP1_CI_AS");
}

TEST_CASE("SQL Server's sequences keep bounds of 38 digits, and a missing cache stays unknown") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.sequences, R"(
    601|1|wide|decimal|38|-99999999999999999999999999999999999999|-5|-99999999999999999999999999999999999999|99999999999999999999999999999999999999|1|NULL
    602|5|narrow|int|10|1000|1|1|2147483647|0|50
  )");
  const Catalog catalog = built(rows);
  const catalog::Sequence& wide = only(named(catalog.schemas, "dbo").sequences);
  CHECK(wide.type.family == catalog::TypeFamily::decimal);
  CHECK(wide.type.precision == 38);
  CHECK(wide.type.scale == 0);
  CHECK(wide.options.start == "-99999999999999999999999999999999999999");
  CHECK(wide.options.increment == "-5");
  CHECK(wide.options.minimum == "-99999999999999999999999999999999999999");
  CHECK(wide.options.maximum == "99999999999999999999999999999999999999");
  CHECK(wide.options.cycle);
  CHECK_FALSE(wide.options.cache);
  const catalog::Sequence& narrow = only(named(catalog.schemas, "sales").sequences);
  CHECK(narrow.type == sqlserver::map_type("int", 4, 10, 0));
  CHECK_FALSE(narrow.options.cycle);
  CHECK(narrow.options.cache == "50");
  CHECK(narrow.owned_by.empty());
}

TEST_CASE("SQL Server's grants are listed by grantee, with denials as such, and those of views are not") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.permissions, R"(
    101|writer|UPDATE|GRANT
    101|reader|SELECT|GRANT_WITH_GRANT_OPTION
    101|guest|SELECT|DENY
    201|reader|SELECT|GRANT
    999|reader|SELECT|GRANT
  )");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).grants == Names{"guest: DENY SELECT", "reader: SELECT", "writer: UPDATE"});
  CHECK(table(catalog, "sales", "customer").grants.empty());
}

TEST_CASE("SQL Server's security policies give each predicate, and row security while one is enabled") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.policies, R"(
    101|tenant|AFTER INSERT|BLOCK ([sec].[of_tenant]([tenant_id]))|1
    101|tenant|FILTER|FILTER ([sec].[of_tenant]([tenant_id]))|1
    102|archived|FILTER|FILTER ([sec].[of_tenant]([tenant_id]))|0
  )");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).row_security);
  REQUIRE(orders(catalog).policies.size() == 2);
  CHECK(orders(catalog).policies[0] ==
        catalog::Policy{"tenant", "after insert", "BLOCK ([sec].[of_tenant]([tenant_id]))"});
  CHECK(orders(catalog).policies[1].command == "filter");
  CHECK_FALSE(table(catalog, "sales", "customer").row_security);
  CHECK(only(table(catalog, "sales", "customer").policies).name == "archived");
}

TEST_CASE("SQL Server's predicates of one policy give equal catalogs in whatever order the server returns them") {
  sqlserver::CatalogRows one = sqlserver_rows();
  sqlserver::CatalogRows other = sqlserver_rows();
  const std::string filter = "101|tenant|FILTER|FILTER ([sec].[f]([t]))|1\n";
  const std::string block = "101|tenant|AFTER INSERT|BLOCK ([sec].[f]([t]))|1\n";
  paste(one.policies, filter + block);
  paste(other.policies, block + filter);
  CHECK(built(one) == built(other));
}

TEST_CASE("SQL Server's objects are sorted by name, not in the order of the server") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.objects, R"(
    110|1|zebra|U |NULL|NULL
    90|1|apple|U |NULL|NULL
  )");
  CHECK(names_of(named(built(rows).schemas, "dbo").tables) == Names{"apple", "orders", "zebra"});
}

TEST_CASE("SQL Server's temporal table and its history table are both tables") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.objects, "103|1|orders_history|U |NULL|NULL");
  paste(rows.columns, R"(
    101|1|valid_from|datetime2|0|sys|datetime2|8|27|7|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
    103|1|valid_from|datetime2|0|sys|datetime2|8|27|7|0|NULL|0|NULL|NULL|0|NULL|NULL|NULL|NULL|NULL|0|NULL
  )");
  paste(rows.indexes, "103|1|ix_orders_history|CLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|valid_from|FG|PRIMARY|NULL|0");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).columns == table(catalog, "dbo", "orders_history").columns);
  CHECK(only(table(catalog, "dbo", "orders_history").indexes).clustered);
}

TEST_CASE("SQL Server's temporal table names the history table, unless the server made the name up") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.objects, R"(
    103|1|orders_history|U |NULL|NULL
    104|5|MSSQL_TemporalHistoryFor_102|U |NULL|NULL
  )");
  paste(rows.history_tables, R"(
    101|103|dbo|orders_history|0
    102|104|sales|MSSQL_TemporalHistoryFor_102|1
    999|998|dbo|of a schema that is left out|0
  )");
  const Catalog catalog = built(rows);
  CHECK(orders(catalog).history_table == "dbo.orders_history");
  CHECK(names_of(named(catalog.schemas, "dbo").tables) == Names{"orders", "orders_history"});
  CHECK(table(catalog, "dbo", "orders_history").history_table.empty());
  CHECK(table(catalog, "sales", "customer").history_table == "generated");
  CHECK(names_of(named(catalog.schemas, "sales").tables) == Names{"customer"});
}

TEST_CASE("SQL Server's synonyms name their target without quotes, with what is not of this database") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.synonyms, R"(
    1|plain|NULL|NULL|dbo|orders|[dbo].[orders]|what is bought
    1|bare|NULL|NULL|NULL|orders|[orders]|NULL
    1|here|NULL|Shop|sales|customer|[Shop].[sales].[customer]|NULL
    1|there|NULL|archive|dbo|orders|[archive].[dbo].[orders]|NULL
    1|short|NULL|archive|NULL|orders|[archive]..[orders]|NULL
    1|far|srv|archive|dbo|orders|[srv].[archive].[dbo].[orders]|NULL
    1|odd|NULL|NULL|NULL|NULL|[a].[b].[c].[d].[e]|NULL
    9|hidden|NULL|NULL|dbo|orders|[dbo].[orders]|NULL
  )");
  const std::vector<catalog::Synonym> synonyms = named(built(rows).schemas, "dbo").synonyms;
  const auto target = [&](std::string_view name) { return named(synonyms, name).target; };
  CHECK(names_of(synonyms) == Names{"bare", "far", "here", "odd", "plain", "short", "there"});
  CHECK(target("plain") == "dbo.orders");
  CHECK(target("bare") == "dbo.orders");
  CHECK(target("here") == "sales.customer");
  CHECK(target("there") == "archive.dbo.orders");
  CHECK(target("short") == "archive.orders");
  CHECK(target("far") == "srv.archive.dbo.orders");
  CHECK(target("odd") == "[a].[b].[c].[d].[e]");
  CHECK(named(synonyms, "plain").comment == "what is bought");
}
