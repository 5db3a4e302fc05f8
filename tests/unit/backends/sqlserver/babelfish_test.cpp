#include "backends/sqlserver/babelfish.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "backends/sqlserver/catalog_queries.h"
#include "tests/unit/backends/sqlserver/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using namespace paripassu::sqlserver;

namespace {

const std::string kBabelfishVersion =
    "Babelfish for PostgreSQL with SQL Server Compatibility - 12.0.2000.8\n"
    "Sep 10 2024 12:00:00\n"
    "Copyright (c) Amazon Web Services\n"
    "PostgreSQL 16.4 on x86_64-pc-linux-gnu (Babelfish 4.4.0)";
const std::string kSqlServerVersion =
    "Microsoft SQL Server 2022 (RTM-CU13) (KB5036432) - 16.0.4125.3 (X64) \n"
    "\tMay  1 2024 14:30:11 \n\tCopyright (C) 2022 Microsoft Corporation\n"
    "\tDeveloper Edition (64-bit) on Linux (Ubuntu 22.04.4 LTS) <X64>";

const std::string kHash = "0123456789abcdef0123456789abcdef";

ServerInfo babelfish_server() {
  ServerInfo server = sqlserver_server();
  describe_babelfish(kBabelfishVersion, server);
  return server;
}

}  // namespace

TEST_CASE("Babelfish is recognised by its version, and SQL Server is not taken for it") {
  CHECK(is_babelfish(kBabelfishVersion));
  CHECK_FALSE(is_babelfish(kSqlServerVersion));
  CHECK_FALSE(is_babelfish(""));
}

TEST_CASE("Babelfish is described as a stand-in with its own version and named deviations") {
  const ServerInfo server = babelfish_server();
  CHECK(server.product == "Babelfish for PostgreSQL");
  CHECK(server.version == "4.4.0");
  CHECK(server.version_major == 4);
  CHECK_FALSE(server.genuine);
  CHECK(server.engine == "sqlserver");
  CHECK(server.deviations.size() >= 10);
  CHECK(std::is_sorted(server.deviations.begin(), server.deviations.end()));
  CHECK(server.label().find("stand-in") != std::string::npos);
}

TEST_CASE("Babelfish without a version in brackets is still a stand-in") {
  for (const std::string text : {"Babelfish for PostgreSQL", "Babelfish (Babelfish ", "Babelfish (Babelfish 5.1.0"}) {
    CAPTURE(text);
    ServerInfo server;
    describe_babelfish(text, server);
    CHECK_FALSE(server.genuine);
    CHECK(server.product == "Babelfish for PostgreSQL");
  }
}

TEST_CASE("Babelfish's index names are given back without the table's name and the hash") {
  CHECK(original_index_name("ix_orders_note"
                            "orders" +
                                kHash,
                            "orders") == "ix_orders_note");
  CHECK(original_index_name("iorders" + kHash, "orders") == "i");
  CHECK(original_index_name("ix_ordersorders" + kHash, "orders") == "ix_orders");
  CHECK(original_index_name("größeorders" + kHash, "orders") == "größe");
}

TEST_CASE("Babelfish's index names stay as stored where the original cannot be told") {
  CHECK(original_index_name("ix_orders_note", "orders") == "ix_orders_note");
  CHECK(original_index_name("", "orders").empty());
  CHECK(original_index_name(kHash, "orders") == kHash);
  CHECK(original_index_name("orders" + kHash, "orders") == "orders" + kHash);    // no name would be left
  CHECK(original_index_name("ix_note" + kHash, "orders") == "ix_note" + kHash);  // of another table
  std::string upper = kHash;
  upper[10] = 'A';
  CHECK(original_index_name("ixorders" + upper, "orders") == "ixorders" + upper);  // not a hash
  std::string other = kHash;
  other[31] = 'g';
  CHECK(original_index_name("ixorders" + other, "orders") == "ixorders" + other);
}

TEST_CASE("Babelfish's catalog is marked, folds names, and hides nothing from its owner") {
  CatalogRows rows = empty_sqlserver_rows();
  paste(rows.schemas, "1|dbo|NULL|bbf_unicode_cp1_ci_as|1|dbo");
  const catalog::Catalog catalog = build_catalog(rows, babelfish_server(), {});
  CHECK_FALSE(catalog.genuine);
  CHECK(catalog.case_folds_identifiers);
  CHECK(catalog.deviations == babelfish_server().deviations);
  CHECK(catalog.unknown.empty());
}

TEST_CASE("Babelfish's indexes get their names and predicates back") {
  CatalogRows rows = sqlserver_rows();
  paste(rows.indexes,
        "101|2|ix_noteorders" + kHash + "|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|note|FG|PRIMARY|NULL|0");
  paste(rows.indexes, "101|3|ix_plainorders" + kHash + "|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|a|FG|PRIMARY|NULL|0");
  paste(rows.babelfish_predicates, "101|ix_noteorders" + kHash + "|(note IS NOT NULL)");
  const catalog::Catalog catalog = build_catalog(rows, babelfish_server(), {});
  const std::vector<catalog::Index>& indexes = orders(catalog).indexes;
  CHECK(names_of(indexes) == Names{"ix_note", "ix_plain"});
  CHECK(indexes[0].predicate == catalog::Expression{"(note IS NOT NULL)", false});
  CHECK_FALSE(indexes[1].predicate);
}

TEST_CASE("SQL Server's own index names are never shortened") {
  CatalogRows rows = sqlserver_rows();
  paste(rows.indexes,
        "101|2|ix_noteorders" + kHash + "|NONCLUSTERED|0|0|0|0|0|NULL|NULL|1|0|0|0|note|FG|PRIMARY|NULL|0");
  CHECK(only(orders(built(rows)).indexes).name == "ix_noteorders" + kHash);
}

TEST_CASE("Babelfish's rowversion columns have no default of their own") {
  CatalogRows rows = sqlserver_rows();
  paste(rows.columns,
        "101|1|version|rowversion|0|sys|rowversion|8|0|0|0|NULL|0|NULL|NULL|0|NULL|NULL|DF_orders_16500|"
        "sys.get_current_full_xact_id()|1|16500|NULL");
  const catalog::Catalog catalog = build_catalog(rows, babelfish_server(), {});
  const catalog::Column& column = only(orders(catalog).columns);
  CHECK(column.type.family == catalog::TypeFamily::row_version);
  CHECK_FALSE(column.default_value);
}

TEST_CASE("Babelfish's own queries have the columns of those that they replace") {
  const CatalogRows rows = empty_sqlserver_rows();
  CHECK(rows.checks.columns().size() == selected_columns(kBabelfishChecksQuery));
  CHECK(rows.sequences.columns().size() == selected_columns(kBabelfishSequencesQuery));
  CHECK(rows.babelfish_predicates.columns().size() == selected_columns(kBabelfishIndexPredicatesQuery));
}

TEST_CASE("Babelfish's name of a database before a schema is taken away from expressions, and nothing else is") {
  const auto removed = [](std::string printed) {
    remove_database_prefix(printed, "shop", {"app", "dbo"});
    return printed;
  };
  CHECK(removed("shop_app.next_number(1)") == "app.next_number(1)");
  CHECK(removed("nextval('shop_app.numbers'::regclass)") == "nextval('app.numbers'::regclass)");
  CHECK(removed("(shop_app.f(a) + shop_dbo.f(a))") == "(app.f(a) + dbo.f(a))");
  CHECK(removed("myshop_app.f(1)") == "myshop_app.f(1)");
  CHECK(removed("shop_appendix.f(1)") == "shop_appendix.f(1)");
  CHECK(removed("") == "");
}

TEST_CASE("Columns are queried with what prints definitions on the server at hand") {
  const std::string genuine = columns_query(true);
  const std::string stand_in = columns_query(false);
  CHECK(genuine.find('{') == std::string::npos);
  CHECK(stand_in.find('{') == std::string::npos);
  CHECK(genuine.find("dc.definition") != std::string::npos);
  CHECK(genuine.find("pg_attrdef") == std::string::npos);
  CHECK(stand_in.find("dc.definition") == std::string::npos);
  CHECK(stand_in.find("LEFT JOIN pg_catalog.pg_attrdef") != std::string::npos);
}
