#include "harness/dataset/data_loader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/unit/harness/dataset/fake_engine.h"

using namespace paripassu;
using catalog::TypeFamily;

namespace {

catalog::Column column(const std::string& name, TypeFamily family) {
  catalog::Column result;
  result.name = name;
  result.type.family = family;
  result.type.printed = "printed";
  if (family == TypeFamily::integer) result.type.bits = 32;
  return result;
}

catalog::Table table(const std::string& name) {
  catalog::Table result;
  result.name = name;
  result.columns = {column("id", TypeFamily::integer), column("note", TypeFamily::text)};
  return result;
}

/// app: lists, orders, people; main: order_items, orders; other: people.
catalog::Catalog small_catalog() {
  catalog::Catalog result;
  result.default_schema = "main";
  for (const char* name : {"app", "main", "other"}) result.schemas.emplace_back().name = name;
  result.schemas[0].tables = {table("lists"), table("orders"), table("people")};
  result.schemas[1].tables = {table("order_items"), table("orders")};
  result.schemas[2].tables = {table("people")};
  return result;
}

DataTable data(const std::string& name, std::vector<std::string> columns,
               std::vector<std::vector<DataTable::Value>> rows) {
  DataTable result{name, std::move(columns), {}, {"data.csv", 1, 1}};
  int line = 2;
  for (auto& row : rows) result.rows.push_back({std::move(row), {"data.csv", line++, 1}});
  return result;
}

struct Loading {
  catalog::Catalog catalog = small_catalog();
  test::FakeBackend backend;
  test::FakeSession session;

  catalog::Table& orders() { return catalog.schemas[1].tables[1]; }
  void load(std::vector<DataTable> tables) {
    load_data({std::move(tables)}, session, backend, catalog, NameMatching::fold);
  }
  Error refused(std::vector<DataTable> tables) {
    try {
      load(std::move(tables));
    } catch (const Error& error) {
      CHECK_FALSE(session.open);
      return error;
    }
    return {ErrorCategory::internal, "no error"};
  }
  std::ptrdiff_t count(const std::string& word) const {
    return std::count(session.log.begin(), session.log.end(), word);
  }
};

Error error_of(const catalog::Catalog& catalog, const std::string& name, NameMatching names) {
  try {
    find_table(catalog, name, names, {"data.csv", 3, 1});
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCategory::internal, "no error"};
}

}  // namespace

TEST_CASE("find_table looks in the schema that is named, then in the default one, then in the only one") {
  const catalog::Catalog catalog = small_catalog();
  const auto found = [&](const std::string& name, NameMatching names) {
    const FoundTable result = find_table(catalog, name, names, {});
    return result.schema->name + "." + result.table->name;
  };
  CHECK(found("orders", NameMatching::fold) == "main.orders");
  CHECK(found("app.orders", NameMatching::fold) == "app.orders");
  CHECK(found("APP.Orders", NameMatching::fold) == "app.orders");
  CHECK(found("lists", NameMatching::fold) == "app.lists");
  CHECK(found("OrderItems", NameMatching::fold) == "main.order_items");
  CHECK(found("Order_Items", NameMatching::ignore_case) == "main.order_items");
}

TEST_CASE("find_table says what it does not find") {
  catalog::Catalog catalog = small_catalog();
  const Error missing = error_of(catalog, "order", NameMatching::fold);
  CHECK(missing.category() == ErrorCategory::configuration);
  CHECK(missing.message() == "there is no table 'order' in the database; did you mean 'orders'?");
  CHECK(missing.position().to_string() == "data.csv:3:1");
  CHECK(error_of(catalog, "app.order_items", NameMatching::fold).message().find("there is no table") == 0);
  CHECK(error_of(catalog, "OrderItems", NameMatching::exact).message().find("there is no table") == 0);
  CHECK(error_of(catalog, "", NameMatching::fold).message().find("there is no table ''") == 0);
  CHECK(error_of(catalog, "people", NameMatching::fold).message() ==
        "'people' may mean several tables: app.people, other.people");
  catalog.schemas[1].tables.push_back(table("OrderItems"));
  CHECK(error_of(catalog, "order-items", NameMatching::fold).message().find("may mean several") != std::string::npos);
  CHECK(find_table(catalog, "OrderItems", NameMatching::fold, {}).table->name == "OrderItems");
}

TEST_CASE("load_data inserts in the order of the file, in one transaction, with canonical values") {
  Loading loading;
  loading.orders().columns[0].identity = catalog::Identity{};
  loading.orders().columns.push_back(column("paid", TypeFamily::boolean));
  loading.load({data("orders", {"Paid", "ID", "note"}, {{"T", "+07", ""}, {Cell(std::nullopt), "8", std::nullopt}}),
                data("lists", {"id"}, {}), data("app.people", {"id"}, {{"1"}})});
  CHECK(loading.session.log == std::vector<std::string>{
                                   "begin",
                                   "main.orders(paid,id#,note) ('true','7','') (NULL,'8',default)",
                                   "app.people(id) ('1')",
                                   "commit",
                               });
}

TEST_CASE("load_data of nothing sends nothing") {
  Loading loading;
  loading.load({});
  loading.load({data("orders", {"id"}, {})});
  CHECK(loading.session.log.empty());
}

TEST_CASE("load_data refuses columns that cannot be written") {
  Loading loading;
  loading.orders().columns.push_back(column("total", TypeFamily::decimal));
  loading.orders().columns.back().computed = catalog::Computed{};
  loading.orders().columns.push_back(column("version", TypeFamily::row_version));
  struct Case {
    std::vector<std::string> columns;
    std::string message;
  };
  for (const Case& one : std::vector<Case>{
           {{"id", "noet"}, "table main.orders has no column 'noet'; did you mean 'note'?"},
           {{"id", "ID"}, "column 'id' of table main.orders comes twice"},
           {{"total"}, "column 'total' of table main.orders cannot be given: the server computes it"},
           {{"version"}, "column 'version' of table main.orders cannot be given: the server writes it"},
       }) {
    const Error error = loading.refused({data("orders", one.columns, {})});
    CHECK(error.category() == ErrorCategory::configuration);
    CHECK(error.message() == one.message);
    CHECK(error.position().to_string() == "data.csv:1:1");
  }
  CHECK(loading.session.log.empty());
}

TEST_CASE("load_data refuses values that do not fit before anything is sent") {
  struct Case {
    catalog::Type type;
    std::string value;
    std::string message;
  };
  const auto type = [](TypeFamily family) { return column("x", family).type; };
  catalog::Type tinyint = type(TypeFamily::integer);
  tinyint.bits = 8;
  tinyint.is_unsigned = true;
  catalog::Type bigint = type(TypeFamily::integer);
  bigint.bits = 64;
  catalog::Type price = type(TypeFamily::decimal);
  price.precision = 5;
  price.scale = 2;
  catalog::Type code = type(TypeFamily::text);
  code.length = 3;
  code.length_unit = catalog::LengthUnit::utf16_units;
  catalog::Type bytes = type(TypeFamily::binary);
  bytes.length = 2;
  catalog::Type at = type(TypeFamily::timestamp);
  at.precision = 3;
  catalog::Type instant = at;
  instant.with_time_zone = true;
  catalog::Type numbers = tinyint;
  numbers.array_dimensions = 1;
  const std::string two_elephants = "\xF0\x9F\x90\x98\xF0\x9F\x90\x98";
  for (const Case& one : std::vector<Case>{
           {tinyint, "abc", "'abc' is not an integer"},
           {tinyint, "", "'' is not an integer"},
           {tinyint, "300", "300 does not fit printed (0 to 255)"},
           {tinyint, "-1", "-1 does not fit printed (0 to 255)"},
           {bigint, "9223372036854775808", "does not fit printed (-9223372036854775808 to 9223372036854775807)"},
           {price, "1234", "1234 does not fit printed (3 digits before the point)"},
           {price, "1.005", "1.005 does not fit printed without rounding (2 digits after the point)"},
           {price, "1e500", "does not fit printed"},
           {price, "1,5", "'1,5' is not a decimal number"},
           {code, two_elephants, "does not fit printed (4 characters)"},
           {bytes, "0x000000", "3 bytes do not fit printed"},
           {bytes, "abc", "'abc' is not binary data"},
           {at, "2024-02-30", "'2024-02-30' is not a date and time without an offset"},
           {at, "2024-02-29T12:00:00.0001", "does not fit printed without rounding (3 digits of a second)"},
           {at, "2024-02-29T12:00:00Z", "is not a date and time without an offset"},
           {instant, "2024-02-29T12:00:00", "is not a date and time with an offset"},
           {type(TypeFamily::uuid), "1", "'1' is not a uuid"},
           {type(TypeFamily::json), "{", "'{' is not JSON"},
           {type(TypeFamily::boolean), "maybe", "'maybe' is not a boolean"},
           {type(TypeFamily::text), "refused", "'refused' is refused"},
           {numbers, "{1,300}", "300 does not fit printed (0 to 255)"},
           {numbers, "1", "'1' is not an array"},
       }) {
    Loading loading;
    loading.orders().columns[1].type = one.type;
    CAPTURE(one.value);
    const Error error =
        loading.refused({data("lists", {"id"}, {{"1"}}),
                         data("orders", {"id", "note"}, {{"1", Cell(std::nullopt)}, {"2", one.value}})});
    CHECK(error.category() == ErrorCategory::data);
    CHECK(error.message().starts_with("orders.note: "));
    CHECK_MESSAGE(error.message().find(one.message) != std::string::npos, error.message());
    CHECK(error.position().to_string() == "data.csv:3:1");
    CHECK(loading.session.log.empty());
  }
}

TEST_CASE("load_data takes the extreme values of a type") {
  Loading loading;
  catalog::Type& type = loading.orders().columns[1].type;
  type = column("x", TypeFamily::integer).type;
  type.bits = 64;
  loading.load({data("orders", {"note"}, {{"-9223372036854775808"}, {"9223372036854775807"}})});
  type.family = TypeFamily::decimal;
  type.precision = 3;
  type.scale = 2;
  loading.load({data("orders", {"note"}, {{"9.99"}, {"-0.01"}, {"1.000"}, {"NaN"}})});
  type.scale = 5;
  loading.load({data("orders", {"note"}, {{"0.00999"}})});
  CHECK(loading.refused({data("orders", {"note"}, {{"1"}})}).category() == ErrorCategory::data);
  CHECK(loading.count("commit") == 3);
}

TEST_CASE("load_data refuses what is no label of an enum, naming the nearest") {
  Loading loading;
  catalog::UserType mood;
  mood.name = "mood";
  mood.kind = "enum";
  mood.labels = {"happy", "sad"};
  loading.catalog.schemas[0].types = {mood};
  catalog::Type& type = loading.orders().columns[1].type;
  type = column("x", TypeFamily::enumeration).type;
  type.user_type = "app.mood";
  loading.load({data("orders", {"note"}, {{"sad"}})});
  CHECK(loading.refused({data("orders", {"note"}, {{"hapy"}})}).message() ==
        "orders.note: 'hapy' is no label of app.mood; did you mean 'happy'?");
}

TEST_CASE("load_data finds the row that the server refuses, and leaves nothing behind") {
  Loading loading;
  std::vector<std::vector<DataTable::Value>> rows;
  for (int i = 0; i < 1'200; ++i) rows.push_back({std::to_string(i), "x"});
  rows[777][1] = "twice";
  loading.session.on_execute = [](const std::string& sql) {
    if (sql.find("'twice'") == std::string::npos) return;
    Diagnostic said;
    said.sqlstate = "23505";
    said.message = "duplicate key";
    throw Error(ErrorCategory::unique_violation, "duplicate key").with_diagnostics({said});
  };
  const Error error = loading.refused({data("orders", {"id", "note"}, rows)});
  CHECK(error.category() == ErrorCategory::unique_violation);
  CHECK(error.sqlstate() == "23505");
  CHECK(error.position().to_string() == "data.csv:779:1");
  REQUIRE_FALSE(error.context().empty());
  CHECK(error.context().back() == "inserting row 778 of the data for main.orders (id = 777, note = 'twice')");
  CHECK(loading.session.log.back() == "rollback");
  CHECK(loading.count("commit") == 0);
  CHECK(loading.count("begin") == 2);
}

TEST_CASE("load_data names the rows of a statement where none of them fails alone") {
  Loading loading;
  loading.session.on_execute = [](const std::string& sql) {
    if (sql.find("('1') ('2')") != std::string::npos) throw Error(ErrorCategory::check_violation, "too many at once");
  };
  const Error error = loading.refused({data("orders", {"id"}, {{"1"}, {"2"}, {"3"}, {"4"}})});
  CHECK(error.category() == ErrorCategory::check_violation);
  CHECK(error.position().line == 2);
  CHECK(error.context().back() == "inserting rows 1 to 4 of the data for main.orders");
}

TEST_CASE("load_data keeps what the server said where a row fails alone for another reason") {
  Loading loading;
  loading.session.on_execute = [](const std::string& sql) {
    if (sql.find("('1') ('2')") != std::string::npos) throw Error(ErrorCategory::check_violation, "too many at once");
    throw Error(ErrorCategory::foreign_key_violation, "its parent comes later");
  };
  const Error error = loading.refused({data("orders", {"id"}, {{"1"}, {"2"}})});
  CHECK(error.category() == ErrorCategory::check_violation);
  CHECK(error.context().back() == "inserting rows 1 to 2 of the data for main.orders");
}

TEST_CASE("load_data does not look for a row on a lost connection") {
  Loading loading;
  loading.session.on_execute = [](const std::string&) { throw Error(ErrorCategory::connection, "gone"); };
  const Error error = loading.refused({data("orders", {"id"}, {{"1"}, {"2"}})});
  CHECK(error.category() == ErrorCategory::connection);
  CHECK(loading.count("begin") == 1);
}

TEST_CASE("load_data says that a constraint was found when committing") {
  Loading loading;
  loading.session.on_commit = [] { throw Error(ErrorCategory::foreign_key_violation, "no such customer"); };
  const Error error = loading.refused({data("orders", {"id"}, {{"1"}})});
  CHECK(error.category() == ErrorCategory::foreign_key_violation);
  CHECK(error.position().to_string() == "data.csv");
  CHECK(error.context().back() == "committing the rows of the data");
  CHECK(loading.session.log.back() == "rollback");
}
