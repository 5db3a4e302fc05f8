#include "backends/postgres/catalog_builder.h"

#include <doctest/doctest.h>

#include "backends/postgres/catalog_queries.h"
#include "tests/unit/backends/postgres/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::Expression;
using catalog::Identity;

TEST_CASE("PostgreSQL's pasted rows have as many columns as the catalog queries") {
  const postgres::CatalogRows rows = empty_postgres_rows();
  CHECK(rows.schemas.columns().size() == selected_columns(postgres::kSchemasQuery));
  CHECK(rows.relations.columns().size() == selected_columns(postgres::kRelationsQuery));
  CHECK(rows.columns.columns().size() == selected_columns(postgres::kColumnsQuery));
  CHECK(rows.constraints.columns().size() == selected_columns(postgres::kConstraintsQuery));
  CHECK(rows.indexes.columns().size() == selected_columns(postgres::kIndexesQuery));
  CHECK(rows.sequences.columns().size() == selected_columns(postgres::kSequencesQuery));
  CHECK(rows.triggers.columns().size() == selected_columns(postgres::kTriggersQuery));
  CHECK(rows.routines.columns().size() == selected_columns(postgres::kRoutinesQuery));
  CHECK(rows.types.columns().size() == selected_columns(postgres::kTypesQuery));
  CHECK(rows.policies.columns().size() == selected_columns(postgres::kPoliciesQuery));
  CHECK(rows.rules.columns().size() == selected_columns(postgres::kRulesQuery));
}

TEST_CASE("PostgreSQL's catalog says what it was read from") {
  const Catalog catalog = built(postgres_rows());
  CHECK(catalog.engine == "postgres");
  CHECK(catalog.product == "PostgreSQL");
  CHECK(catalog.product_version == "15.14");
  CHECK(catalog.database == "shop");
  CHECK(catalog.default_schema == "public");
  CHECK(catalog.collation == "C.UTF-8");
  CHECK(catalog.case_folds_identifiers);
  CHECK(catalog.genuine);
  CHECK(catalog.unknown.empty());
  CHECK(names_of(catalog.schemas) == Names{"app", "public"});
  CHECK(catalog.schemas[0].comment == "what is sold");
  CHECK_FALSE(catalog.schemas[1].comment);  // the comment that every database is created with
}

TEST_CASE("PostgreSQL's catalog without rows is empty") {
  CHECK(built(empty_postgres_rows()).schemas.empty());
}

TEST_CASE("PostgreSQL's columns are numbered without gaps after dropped ones") {
  const Catalog catalog = built(postgres_rows());
  const std::vector<catalog::Column>& columns = orders(catalog).columns;
  CHECK(names_of(columns) == Names{"id", "customer", "total", "note"});
  for (std::size_t i = 0; i < columns.size(); ++i) CHECK(columns[i].ordinal == static_cast<int>(i) + 1);
  CHECK_FALSE(columns[0].nullable);
  CHECK(columns[1].nullable);
  CHECK(columns[2].default_value == Expression{"0", false});
  CHECK(columns[3].comment == "free text");
  CHECK_FALSE(columns[3].default_value);
}

TEST_CASE("PostgreSQL's defaults, collations and names stay as they are printed") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns, R"(
    1001|6|Ключ "x"|text|pg_catalog|text|b|-1|NULL|NULL|0|t|'it''s'::text|||de-DE-x-icu|première\nligne|NULL
    1001|7|mood|app.mood|app|mood|e|-1|NULL|NULL|0|f|'ok'::app.mood|||NULL|NULL|NULL
    1001|8|at|timestamp with time zone|pg_catalog|timestamptz|b|-1|NULL|NULL|0|f|now()|||NULL|NULL|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Column>& columns = orders(catalog).columns;
  CHECK(columns[4].name == "Ключ \"x\"");
  CHECK(columns[4].default_value->printed == "'it''s'::text");
  CHECK(columns[4].collation == "de-DE-x-icu");
  CHECK(columns[4].comment == "première\nligne");
  CHECK(columns[5].default_value->printed == "'ok'::app.mood");
  CHECK(columns[6].default_value->printed == "now()");
  CHECK(columns[6].collation.empty());
}

TEST_CASE("PostgreSQL's generated columns are stored, or virtual since version 18") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns, R"(
    1001|6|gross|numeric|pg_catalog|numeric|b|-1|NULL|NULL|0|f|(total * 1.19)|s||NULL|NULL|NULL
    1001|7|rounded|numeric|pg_catalog|numeric|b|-1|NULL|NULL|0|f|round(total)|v||NULL|NULL|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Column>& columns = orders(catalog).columns;
  CHECK(columns[4].computed == catalog::Computed{{"(total * 1.19)", false}, true});
  CHECK_FALSE(columns[4].default_value);
  CHECK(columns[5].computed == catalog::Computed{{"round(total)", false}, false});
}

TEST_CASE("PostgreSQL's identity columns have the options of their sequence, which is not listed") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns, R"(
    1001|6|number|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL||a|NULL|NULL|NULL
    1001|7|chosen|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL||d|NULL|NULL|NULL
  )");
  paste(rows.sequences, R"(
    100|orders_number_seq|integer|1|1|1|2147483647|f|1|i|1001|6|NULL
    100|orders_chosen_seq|integer|5|-2|-100|5|t|20|i|1001|7|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Column>& columns = orders(catalog).columns;
  REQUIRE(columns[4].identity);
  CHECK(columns[4].identity->kind == Identity::Kind::always);
  CHECK(columns[4].identity->options == catalog::SequenceOptions{"1", "1", "1", "2147483647", false, "1"});
  REQUIRE(columns[5].identity);
  CHECK(columns[5].identity->kind == Identity::Kind::by_default);
  CHECK(columns[5].identity->options == catalog::SequenceOptions{"5", "-2", "-100", "5", true, "20"});
  CHECK(named(catalog.schemas, "app").sequences.empty());
}

TEST_CASE("PostgreSQL's serial column owns the sequence that it draws from") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns,
        "1001|6|nr|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|nextval('app.orders_nr_seq'::regclass)|||NULL|NULL|NULL");
  paste(rows.sequences, R"(
    100|orders_nr_seq|integer|1|1|1|2147483647|f|1|a|1001|6|NULL
    100|free_seq|bigint|1|1|1|9223372036854775807|f|1|NULL|NULL|NULL|by hand
    100|small_seq|smallint|-1|-1|-32768|-1|t|10|NULL|NULL|NULL|NULL
  )");
  const Catalog catalog = built(rows);
  const catalog::Column& column = orders(catalog).columns[4];
  REQUIRE(column.identity);
  CHECK(column.identity->kind == Identity::Kind::serial);
  CHECK(column.identity->options.maximum == "2147483647");
  const std::vector<catalog::Sequence>& sequences = named(catalog.schemas, "app").sequences;
  CHECK(names_of(sequences) == Names{"free_seq", "orders_nr_seq", "small_seq"});
  CHECK(named(sequences, "orders_nr_seq").owned_by == "orders.nr");
  CHECK(named(sequences, "orders_nr_seq").type.bits == 32);
  CHECK(named(sequences, "free_seq").owned_by.empty());
  CHECK(named(sequences, "free_seq").comment == "by hand");
  CHECK(named(sequences, "free_seq").type.bits == 64);
  CHECK(named(sequences, "small_seq").type.bits == 16);
  CHECK(named(sequences, "small_seq").options == catalog::SequenceOptions{"-1", "-1", "-32768", "-1", true, "10"});
}

TEST_CASE("PostgreSQL's column is not serial when it draws from no sequence, or from one that it does not own") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns, R"(
    1001|6|none|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL|||NULL|NULL|NULL
    1001|7|other|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|nextval('app.free_seq'::regclass)|||NULL|NULL|NULL
  )");
  paste(rows.sequences, R"(
    100|orders_none_seq|integer|1|1|1|2147483647|f|1|a|1001|6|NULL
    100|orders_other_seq|integer|1|1|1|2147483647|f|1|a|1001|7|NULL
    100|free_seq|bigint|1|1|1|9223372036854775807|f|1|NULL|NULL|NULL|NULL
  )");
  const Catalog catalog = built(rows);
  CHECK_FALSE(orders(catalog).columns[4].identity);
  CHECK_FALSE(orders(catalog).columns[5].identity);
  CHECK(named(named(catalog.schemas, "app").sequences, "orders_other_seq").owned_by == "orders.other");
}

TEST_CASE("PostgreSQL's serial column is recognised where the names of the sequence are quoted") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.columns,
        "1001|6|Nr|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|nextval('app.\"orders_Nr_seq\"'::regclass)|||NULL|NULL|"
        "NULL");
  paste(rows.sequences, "100|orders_Nr_seq|integer|1|1|1|2147483647|f|1|a|1001|6|NULL");
  const Catalog catalog = built(rows);
  REQUIRE(orders(catalog).columns[4].identity);
  CHECK(orders(catalog).columns[4].identity->kind == Identity::Kind::serial);
}

TEST_CASE("PostgreSQL's relations of every kind are told apart") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, R"(
    1003|100|events|p|p|f|RANGE (placed_at)|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL
    1004|100|events_2026|r|p|f|NULL|events|NULL|NULL|NULL|FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')|NULL|f|NULL
    1005|100|remote|f|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL
    1006|100|fast|r|u|t|NULL|NULL|NULL|NULL|{"app_user: SELECT","public: INSERT","\"odd role\": UPDATE"}|NULL|NULL|f|NULL
    1102|100|totals|m|p|f|NULL|NULL| SELECT sum(total);|sums|NULL|NULL|{check_option=local,security_barrier=true}|f|NULL
  )");
  const Catalog catalog = built(rows);
  const catalog::Schema& app = named(catalog.schemas, "app");
  CHECK(names_of(app.tables) == Names{"customer", "events", "events_2026", "fast", "orders", "remote"});
  CHECK(table(catalog, "app", "events").partition_key == "RANGE (placed_at)");
  CHECK(table(catalog, "app", "events").partition_of.empty());
  CHECK(table(catalog, "app", "events_2026").partition_of == "events");
  CHECK(table(catalog, "app", "events_2026").partition_bound == "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
  CHECK(table(catalog, "app", "events").partition_bound.empty());
  CHECK(table(catalog, "app", "remote").foreign);
  const catalog::Table& fast = table(catalog, "app", "fast");
  CHECK_FALSE(fast.persistent);
  CHECK(fast.row_security);
  CHECK(fast.grants == Names{"\"odd role\": UPDATE", "app_user: SELECT", "public: INSERT"});
  CHECK(orders(catalog).persistent);
  CHECK_FALSE(orders(catalog).foreign);
  CHECK(orders(catalog).partition_key.empty());
  CHECK(orders(catalog).grants.empty());
  CHECK(table(catalog, "app", "customer").comment == "who buys");
  CHECK(names_of(app.views) == Names{"open_orders", "totals"});
  CHECK_FALSE(app.views[0].materialized);
  CHECK(app.views[0].definition.printed == " SELECT orders.id\n   FROM app.orders;");
  CHECK(names_of(app.views[0].columns) == Names{"id"});
  CHECK(app.views[1].materialized);
  CHECK(app.views[1].comment == "sums");
  CHECK(app.views[1].definition.printed == " SELECT sum(total);\nWITH (check_option=local, security_barrier=true)");
}

TEST_CASE("PostgreSQL's triggers that fire when a session replicates are not like others") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.triggers, R"(
    1001|tr_always|7|A|app.f|CREATE TRIGGER tr
    1001|tr_origin|7|O|app.f|CREATE TRIGGER tr
    1001|tr_replica|7|R|app.f|CREATE TRIGGER tr
  )");
  const Catalog catalog = built(rows);
  const auto& triggers = orders(catalog).triggers;
  CHECK(named(triggers, "tr_always").definition.printed == "CREATE TRIGGER tr ENABLE ALWAYS");
  CHECK(named(triggers, "tr_origin").definition.printed == "CREATE TRIGGER tr");
  CHECK(named(triggers, "tr_replica").definition.printed == "CREATE TRIGGER tr ENABLE REPLICA");
}

TEST_CASE("PostgreSQL's query of routines asks only for columns that the version has") {
  CHECK(postgres::adapt_query(postgres::kRoutinesQuery, 13).find("prosqlbody") == std::string::npos);
  CHECK(postgres::adapt_query(postgres::kRoutinesQuery, 14).find("prosqlbody") != std::string::npos);
  for (const int version : {12, 14, 18}) {
    CHECK(postgres::adapt_query(postgres::kRoutinesQuery, version).find("{routine") == std::string::npos);
  }
}

TEST_CASE("PostgreSQL's ignored tables are left out with all that belongs to them") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, R"(
    1003|100|paripassu_ledger|r|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL
    1004|2200|paripassu_ledger|r|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL
  )");
  paste(rows.columns, "1003|1|version|text|pg_catalog|text|b|-1|NULL|NULL|0|t|NULL|||NULL|NULL|NULL");
  paste(rows.constraints, "1003|paripassu_ledger_pkey|p|{1}|f|f|t|t|0|NULL|NULL|NULL| | | |NULL|NULL|2003|NULL|f");
  paste(rows.indexes, "2003|1003|paripassu_ledger_pkey|btree|t|t|f|1|1|0|NULL|NULL|NULL|NULL|f|f|NULL");
  paste(rows.indexes, "2004|1003|ix_ledger|btree|f|t|f|1|1|0|NULL|NULL|NULL|NULL|f|f|NULL");
  paste(rows.triggers, "1003|tr|7|O|app.f|CREATE TRIGGER tr");
  paste(rows.policies, "1003|p|*|PERMISSIVE USING true|NULL");
  paste(rows.rules, "1003|r|3|t|O|CREATE RULE r");
  InspectOptions options;
  options.ignored_tables = {"paripassu_ledger"};
  CHECK(built(rows, options) == built(postgres_rows()));
  CHECK(built(rows).table_count() == 4);
}

TEST_CASE("PostgreSQL's ignored table takes its sequences with it") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, "1003|100|paripassu_ledger|r|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL");
  paste(rows.columns, R"(
    1003|1|id|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL||a|NULL|NULL|NULL
    1003|2|nr|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|nextval('app.paripassu_ledger_nr_seq'::regclass)|||NULL|NULL|NULL
  )");
  paste(rows.sequences, R"(
    100|paripassu_ledger_id_seq|integer|1|1|1|2147483647|f|1|i|1003|1|NULL
    100|paripassu_ledger_nr_seq|integer|1|1|1|2147483647|f|1|a|1003|2|NULL
  )");
  InspectOptions options;
  options.ignored_tables = {"paripassu_ledger"};
  CHECK(built(rows, options) == built(postgres_rows()));
}

TEST_CASE("PostgreSQL's inspection of some schemas leaves the others out") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, "1003|2200|shared|r|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL");
  paste(rows.sequences, "100|s|bigint|1|1|1|100|f|1|NULL|NULL|NULL|NULL");
  paste(rows.routines, "100|f|f|sql|integer|0123|{}|{}|{}|NULL");
  InspectOptions options;
  options.schemas = {"public", "nowhere"};
  const Catalog catalog = built(rows, options);
  const catalog::Schema& schema = only(catalog.schemas);
  CHECK(schema.name == "public");
  CHECK(names_of(schema.tables) == Names{"shared"});
  CHECK(schema.sequences.empty());
  CHECK(schema.routines.empty());
  CHECK(catalog.collation == "C.UTF-8");
}

// pg_trigger.tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate, 64 instead of.
TEST_CASE("PostgreSQL's triggers are read from their bits") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.triggers, R"(
    1001|a_before_row|31|O|app.touch|CREATE TRIGGER a_before_row BEFORE INSERT OR DELETE OR UPDATE ON app.orders
    1001|b_after_statement|32|A|app.touch|CREATE TRIGGER b_after_statement AFTER TRUNCATE ON app.orders
    1001|c_off|5|D|app.touch|CREATE TRIGGER c_off AFTER INSERT ON app.orders FOR EACH ROW
    1101|d_view|69|O|app.insert_order|CREATE TRIGGER d_view INSTEAD OF INSERT ON app.open_orders FOR EACH ROW
    999|e_elsewhere|5|O|app.touch|CREATE TRIGGER
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Trigger>& triggers = orders(catalog).triggers;
  CHECK(names_of(triggers) == Names{"a_before_row", "b_after_statement", "c_off"});
  CHECK(triggers[0].timing == "before");
  CHECK(triggers[0].row_level);
  CHECK(triggers[0].events == Names{"delete", "insert", "update"});
  CHECK(triggers[0].enabled);
  CHECK(triggers[0].calls == "app.touch");
  CHECK(triggers[0].definition.printed.rfind("CREATE TRIGGER a_before_row", 0) == 0);
  CHECK(triggers[1].timing == "after");
  CHECK_FALSE(triggers[1].row_level);
  CHECK(triggers[1].events == Names{"truncate"});
  CHECK(triggers[1].enabled);
  CHECK_FALSE(triggers[2].enabled);
  CHECK(triggers[2].events == Names{"insert"});
  const catalog::Trigger& of_view = only(named(named(catalog.schemas, "app").views, "open_orders").triggers);
  CHECK(of_view.timing == "instead of");
  CHECK(of_view.row_level);
}

TEST_CASE("PostgreSQL's routines have parameters by mode, and a returned table is no parameter") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.routines, R"(
    100|f|f|sql|record|aa|{a,b,c,d}|{i,o,b,v}|{integer,text,integer,text[]}|NULL
    100|g|f|sql|TABLE(x integer, y text)|bb|{a,x,y}|{i,t,t}|{integer,integer,text}|rows
    100|pr|p|plpgsql|NULL|cc|{a,b}|{i,b}|{integer,integer}|NULL
    100|h|f|sql|integer|dd|{}|{}|{integer,"character varying"}|NULL
    100|total|a|internal|numeric|ee|{}|{}|{numeric}|NULL
    100|ranked|w|c|bigint|ff|{}|{}|{}|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Routine>& routines = named(catalog.schemas, "app").routines;
  CHECK(named(routines, "f").parameters ==
        std::vector<catalog::Parameter>{
            {"a", "integer", false}, {"b", "text", true}, {"c", "integer", true}, {"d", "text[]", false}});
  CHECK(named(routines, "f").kind == "function");
  CHECK(named(routines, "f").returns == "record");
  CHECK(named(routines, "f").language == "sql");
  CHECK(named(routines, "f").body_hash == "aa");
  CHECK_FALSE(named(routines, "f").hidden);
  CHECK(named(routines, "g").parameters == std::vector<catalog::Parameter>{{"a", "integer", false}});
  CHECK(named(routines, "g").returns == "TABLE(x integer, y text)");
  CHECK(named(routines, "g").comment == "rows");
  CHECK(named(routines, "pr").kind == "procedure");
  CHECK(named(routines, "pr").returns.empty());
  CHECK(named(routines, "pr").parameters[1].output);
  CHECK(named(routines, "h").parameters ==
        std::vector<catalog::Parameter>{{"", "integer", false}, {"", "character varying", false}});
  CHECK(named(routines, "total").kind == "aggregate");
  CHECK(named(routines, "ranked").kind == "window");
  CHECK(named(routines, "ranked").parameters.empty());
}

TEST_CASE("PostgreSQL's overloaded routines are ordered by their parameters, not as the server returns them") {
  const std::string integer = "100|f|f|sql|integer|aa|{}|{}|{integer}|NULL\n";
  const std::string text = "100|f|f|sql|integer|bb|{}|{}|{text}|NULL\n";
  postgres::CatalogRows one = postgres_rows();
  postgres::CatalogRows other = postgres_rows();
  paste(one.routines, integer + text);
  paste(other.routines, text + integer);
  CHECK(built(one) == built(other));
  CHECK(named(built(one).schemas, "app").routines.size() == 2);
}

TEST_CASE("PostgreSQL's policies name the command that they are for") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.policies, R"(
    1001|a|r|PERMISSIVE USING (tenant = CURRENT_USER)|NULL
    1001|b|a|PERMISSIVE WITH CHECK (true)|NULL
    1001|c|w|RESTRICTIVE USING (true)|NULL
    1001|d|d|PERMISSIVE USING (false)|NULL
    1001|e|*|PERMISSIVE USING (true) WITH CHECK (false)|NULL
    999|f|*|PERMISSIVE USING (true)|NULL
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Policy>& policies = orders(catalog).policies;
  Names commands;
  for (const catalog::Policy& policy : policies) commands.push_back(policy.command);
  CHECK(commands == Names{"select", "insert", "update", "delete", "all"});
  CHECK(policies[0].definition == "PERMISSIVE USING (tenant = CURRENT_USER)");
  CHECK(policies[0].roles.empty());
}

TEST_CASE("PostgreSQL's policies say whom they are for, in the order of the names") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.policies, "1001|a|r|PERMISSIVE USING (true)|{writer,\"a, b\",reader}");
  CHECK(only(orders(built(rows)).policies).roles == Names{"a, b", "reader", "writer"});
}

TEST_CASE("PostgreSQL's tables have their parents and whether row-level security is forced") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.relations, R"(
    1003|100|child|r|p|t|NULL|NULL|NULL|NULL|NULL|NULL|NULL|t|{app.orders,"app.a \"b\""}
    1004|100|part|r|p|f|NULL|orders|NULL|NULL|NULL|FOR VALUES IN (1)|NULL|f|NULL
  )");
  const Catalog catalog = built(rows);
  CHECK(table(catalog, "app", "child").inherits == Names{"app.orders", "app.a \"b\""});
  CHECK(table(catalog, "app", "child").row_security_forced);
  CHECK(table(catalog, "app", "part").inherits.empty());
  CHECK_FALSE(orders(catalog).row_security_forced);
}

TEST_CASE("PostgreSQL's rules are triggers of their own kind, of tables and of views") {
  postgres::CatalogRows rows = postgres_rows();
  paste(rows.rules, R"(
    1001|keep|4|t|O|CREATE RULE keep AS ON DELETE TO app.orders DO INSTEAD NOTHING;
    1001|log|2|f|D|CREATE RULE log AS ON UPDATE TO app.orders DO ALSO NOTIFY orders;
    1001|copy|3|f|A|CREATE RULE copy AS ON INSERT TO app.orders DO ALSO NOTIFY orders;
    1101|write|3|t|O|CREATE RULE write AS ON INSERT TO app.open_orders DO INSTEAD NOTHING;
    999|nobody|3|t|O|CREATE RULE nobody
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Trigger>& rules = orders(catalog).triggers;
  REQUIRE(names_of(rules) == Names{"copy", "keep", "log"});
  for (const catalog::Trigger& rule : rules) CHECK(rule.rule);
  CHECK(rules[1].timing == "instead of");
  CHECK(rules[1].events == Names{"delete"});
  CHECK(rules[1].enabled);
  CHECK(rules[1].definition.printed == "CREATE RULE keep AS ON DELETE TO app.orders DO INSTEAD NOTHING;");
  CHECK(rules[2].timing == "also");
  CHECK(rules[2].events == Names{"update"});
  CHECK_FALSE(rules[2].enabled);
  CHECK(rules[0].events == Names{"insert"});
  CHECK(rules[0].definition.printed.ends_with(" ENABLE ALWAYS"));
  CHECK(only(only(named(catalog.schemas, "app").views).triggers).name == "write");
}

TEST_CASE("PostgreSQL's arrays are parsed as they are printed") {
  using postgres::parse_array;
  CHECK(parse_array("{}").empty());
  CHECK(parse_array("{a}") == Names{"a"});
  CHECK(parse_array("{1,2,-3}") == Names{"1", "2", "-3"});
  CHECK(parse_array("{\"\"}") == Names{""});
  CHECK(parse_array("{NULL}") == Names{""});
  CHECK(parse_array(R"({a,"null","NULL","","x,y","{}","q\"b\\"," pad ",NULL,ä})") ==
        Names{"a", "null", "NULL", "", "x,y", "{}", "q\"b\\", " pad ", "", "ä"});
  CHECK(parse_array("{\"a\nb\",\"\\\\\"}") == Names{"a\nb", "\\"});
}

TEST_CASE("PostgreSQL's damaged arrays are read without going beyond their end") {
  using postgres::parse_array;
  CHECK(parse_array("").empty());
  CHECK(parse_array("{").empty());
  CHECK(parse_array("nothing").empty());
  CHECK(parse_array("{a,b") == Names{"a", "b"});
  CHECK(parse_array("{\"a") == Names{"a"});
  CHECK(parse_array("{\"a\\").size() == 1);
}
