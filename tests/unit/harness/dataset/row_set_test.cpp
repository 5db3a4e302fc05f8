#include "harness/dataset/row_set.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/harness/dataset/fake_engine.h"

using namespace paripassu;
using catalog::Type;
using catalog::TypeFamily;

namespace {

RowColumn column(const std::string& name, TypeFamily family) {
  RowColumn result{name, {}};
  result.type.family = family;
  return result;
}

/// id integer, name text.
RowSet people(std::vector<std::vector<Cell>> rows, std::vector<std::size_t> key = {0}) {
  return {"app.people",
          {column("id", TypeFamily::integer), column("name", TypeFamily::text)},
          std::move(rows),
          std::move(key)};
}

std::string describe_all(const RowComparison& comparison) {
  std::string text;
  for (const RowDifference& one : comparison.differences) text += describe(one, "expected", "found") + "\n";
  return text;
}

DataTable expectation(std::vector<std::string> columns, std::vector<std::vector<DataTable::Value>> rows) {
  DataTable table{"people", std::move(columns), {}, {"people.csv", 1, 1}};
  int line = 2;
  for (auto& row : rows) table.rows.push_back({std::move(row), {"people.csv", line++, 1}});
  return table;
}

template <class Function>
Error error_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCategory::internal, "no error"};
}

catalog::Table people_table() {
  catalog::Table table;
  table.name = "people";
  for (const char* name : {"id", "email", "note"}) {
    catalog::Column one;
    one.name = name;
    one.type.family = one.name == "id" ? TypeFamily::integer : TypeFamily::text;
    one.nullable = one.name == "note";
    table.columns.push_back(one);
  }
  return table;
}

}  // namespace

TEST_CASE("compare_rows finds missing, unexpected and changed rows by key, whatever their order") {
  const RowSet left = people({{"1", "a"}, {"2", "b"}, {"3", std::nullopt}, {"4", "d"}});
  const RowSet right = people({{"4", "d"}, {"3", ""}, {"5", "e"}, {"2", "B"}});
  const RowComparison comparison = compare_rows(left, right, {});
  CHECK(comparison.difference_count == 4);
  CHECK(comparison.rows_compared == 3);
  CHECK(comparison.columns_compared == std::vector<std::string>{"id", "name"});
  CHECK(describe_all(comparison) ==
        "id = 1 is missing\n"
        "id = 5 is not expected\n"
        "id = 2: name is 'B', expected 'b'\n"
        "id = 3: name is '' (empty text), expected NULL\n");
  CHECK(compare_rows(left, left, {}).equal());
}

TEST_CASE("compare_rows pairs keys and columns by meaning and by the rule for names") {
  const RowSet left{"public.items",
                    {column("item_id", TypeFamily::uuid), column("price", TypeFamily::decimal)},
                    {{"01020304-0506-0708-090a-0b0c0d0e0f10", "1.50"}},
                    {0}};
  const RowSet right{"dbo.Items",
                     {column("Price", TypeFamily::decimal), column("ItemId", TypeFamily::text)},
                     {{"1.5", "01020304-0506-0708-090A-0B0C0D0E0F10"}},
                     {}};
  CHECK(compare_rows(left, right, {}).equal());
  CHECK(compare_rows(right, left, {}).equal());
  RowComparisonOptions options;
  options.names = NameMatching::exact;
  const RowComparison exact_names = compare_rows(left, right, options);
  CHECK(exact_names.left_only_columns == std::vector<std::string>{"item_id", "price"});
  CHECK(exact_names.right_only_columns == std::vector<std::string>{"Price", "ItemId"});
  options.names = NameMatching::fold;
  options.exact = true;
  CHECK(compare_rows(left, right, options).difference_count == 2);
}

TEST_CASE("compare_rows pairs keys that were cut or rounded on one engine") {
  RowSet left{"a.t", {column("at", TypeFamily::timestamp)}, {}, {0}};
  RowSet right = left;
  left.columns[0].type.precision = 6;
  right.columns[0].type.precision = 3;
  right.columns[0].type.tick_ns = 3'333'333;
  left.rows = {{"2024-01-01T00:00:00.123457"}, {"2024-01-01T00:00:00.5"}};
  right.rows = {{"2024-01-01T00:00:00.5"}, {"2024-01-01T00:00:00.123"}};
  CHECK(compare_rows(left, right, {}).equal());
  CHECK(compare_rows(right, left, {}).equal());
  right.columns[0].type.tick_ns = 0;
  left.rows = {{"2024-01-01T00:00:00.1239"}, {"2024-01-01T00:00:00.4996"}};
  CHECK(compare_rows(left, right, {}).equal());
  right.rows[1] = {"2024-01-01T00:00:00.122"};
  CHECK(compare_rows(left, right, {}).difference_count == 2);
  // Neither is what became of the other, though both lie next to the same tick.
  left.rows = {{"2024-01-01T00:00:00.1234"}};
  right.rows = {{"2024-01-01T00:00:00.1231"}};
  CHECK(compare_rows(left, right, {}).difference_count == 2);
}

TEST_CASE("compare_rows counts equal rows where there is no key") {
  const RowSet left = people({{"1", "a"}, {"1", "a"}, {"2", std::nullopt}}, {});
  CHECK(compare_rows(left, people({{"2", std::nullopt}, {"1", "a"}, {"1", "a"}}, {}), {}).equal());
  const RowComparison comparison = compare_rows(left, people({{"1", "a"}, {"2", "NULL"}}, {}), {});
  CHECK(comparison.rows_compared == 1);
  CHECK(describe_all(comparison) ==
        "(id = 1, name = 'a') is missing\n"
        "(id = 2, name = NULL) is missing\n"
        "(id = 2, name = 'NULL') is not expected\n");
}

TEST_CASE("compare_rows compares by position when told") {
  RowComparisonOptions options;
  options.ordered = true;
  const RowSet left = people({{"1", "a"}, {"2", "b"}, {"3", "c"}});
  CHECK(compare_rows(left, left, options).equal());
  const RowComparison swapped = compare_rows(left, people({{"2", "b"}, {"1", "a"}}), options);
  CHECK(swapped.difference_count == 5);
  CHECK(describe_all(swapped).starts_with("row 3 (id = 3, name = 'c') is missing\nrow 1: id is 2, expected 1\n"));
}

TEST_CASE("compare_rows lists columns of one side and leaves ignored ones and row versions out") {
  RowSet left = people({{"1", "a"}});
  left.columns.push_back(column("created_at", TypeFamily::timestamp));
  left.columns.push_back(column("version", TypeFamily::row_version));
  left.rows[0].push_back("2024-01-01T00:00:00");
  left.rows[0].push_back("0x01");
  RowSet right = left;
  right.rows[0][2] = "2025-01-01T00:00:00";
  right.rows[0][3] = "0x02";
  right.columns[1].name = "label";
  RowComparisonOptions options;
  CHECK(compare_rows(left, right, options).difference_count == 1);
  for (const char* pattern :
       {"people.created*", "app.people.created_at", "CreatedAt", "*.created_??", "*.*.created_at"}) {
    options.ignored_columns = {pattern};
    CAPTURE(pattern);
    const RowComparison comparison = compare_rows(left, right, options);
    CHECK(comparison.equal());
    CHECK(comparison.columns_compared == std::vector<std::string>{"id"});
    CHECK(comparison.left_only_columns == std::vector<std::string>{"name"});
    CHECK(comparison.right_only_columns == std::vector<std::string>{"label"});
  }
  for (const char* pattern : {"other.created_at", "people.create", "app.created_at", ""}) {
    options.ignored_columns = {pattern};
    CAPTURE(pattern);
    CHECK(compare_rows(left, right, options).difference_count == 1);
  }
  options.ignored_columns = {"people.id", "created_at"};
  const RowComparison without_key = compare_rows(left, right, options);
  CHECK(without_key.columns_compared.empty());
  CHECK(without_key.equal());
}

TEST_CASE("compare_rows of nothing expected shows the rows that are there") {
  const RowComparison comparison = compare_rows({"app.people", {}, {}, {}}, people({{"1", "a"}}), {});
  CHECK(comparison.difference_count == 1);
  CHECK(describe_all(comparison) == "(id = 1, name = 'a') is not expected\n");
}

TEST_CASE("compare_rows keeps some differences and counts all") {
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({std::to_string(i), "x"});
  RowComparisonOptions options;
  options.differences_max = 3;
  const RowComparison comparison = compare_rows(people(rows), people({{"7", "y"}}), options);
  CHECK(comparison.difference_count == 100);
  CHECK(comparison.differences.size() == 3);
  CHECK(comparison.differences[0].row == "id = 0");
}

TEST_CASE("compare_rows pairs many rows by key, whatever their order") {
  constexpr std::size_t kRows = 16'000;
  std::vector<std::vector<Cell>> rows;
  for (std::size_t i = 0; i < kRows; ++i) rows.push_back({std::to_string(i), "text " + std::to_string(i)});
  const RowSet left = people(rows);
  CHECK(compare_rows(left, people({rows.rbegin(), rows.rend()}), {}).equal());
  std::vector<std::vector<Cell>> changed(rows.rbegin(), rows.rend());
  changed[kRows / 2][1] = "another";
  const RowComparison comparison = compare_rows(left, people(changed), {});
  REQUIRE(comparison.differences.size() == 1);
  CHECK(comparison.differences[0].row == "id = " + std::to_string(kRows / 2 - 1));
}

TEST_CASE("row_set takes the types of the table, and a value that is none shows as a difference") {
  const RowSet like = people({{"1", "a"}});
  const RowSet expected = row_set(expectation({"Name", "ID"}, {{"a", "1"}, {"b", "abc"}}), like, NameMatching::fold);
  CHECK(expected.columns[0].name == "name");
  CHECK(expected.columns[1].type.family == TypeFamily::integer);
  CHECK(expected.key == std::vector<std::size_t>{1});
  CHECK(describe_all(compare_rows(expected, like, {})) == "id = 'abc' is missing\n");
  CHECK(row_set(expectation({"name"}, {{"a"}, {"a"}}), like, NameMatching::fold).key.empty());
}

TEST_CASE("row_set refuses what cannot be compared, with the place") {
  const RowSet like = people({});
  const auto refused = [&](const DataTable& table) {
    return error_of([&] { row_set(table, like, NameMatching::fold); });
  };
  const Error unknown = refused(expectation({"id", "nmae"}, {}));
  CHECK(unknown.category() == ErrorCategory::configuration);
  CHECK(unknown.message() == "'app.people' has no column 'nmae'; did you mean 'name'?");
  CHECK(unknown.position().to_string() == "people.csv:1:1");
  CHECK(refused(expectation({"id", "ID"}, {})).message().find("comes twice") != std::string::npos);
  const Error absent = refused(expectation({"id", "name"}, {{"1", "a"}, {"2", std::nullopt}}));
  CHECK(absent.message().find("no value of 'name'") != std::string::npos);
  CHECK(absent.position().line == 3);
  const Error twice = refused(expectation({"id"}, {{"1"}, {"2"}, {"01"}}));
  CHECK(twice.message().find("two rows of 'people' have the key id = 01") != std::string::npos);
  CHECK(twice.position().line == 4);
  CHECK(twice.remedy().find("people.csv:2") != std::string::npos);
}

TEST_CASE("read_table chooses a key without NULLs and orders by it") {
  test::FakeBackend backend;
  test::FakeSession session;
  catalog::Schema schema;
  schema.name = "app";
  catalog::Table table = people_table();
  const auto key_of = [&] { return read_table(session, backend, schema, table).key; };
  CHECK(key_of().empty());
  CHECK(backend.asked == "SELECT <id>, <email>, <note> FROM <app>.<people>");
  catalog::Key unique;
  unique.columns = {"email", "note"};
  table.unique_constraints.push_back(unique);
  CHECK(key_of().empty());
  catalog::Index index;
  index.unique = true;
  index.columns.resize(1);
  index.columns[0].column = "email";
  table.indexes.push_back(index);
  CHECK(key_of() == std::vector<std::size_t>{1});
  CHECK(backend.asked.ends_with(" ORDER BY <email>"));
  table.indexes[0].predicate = catalog::Expression{"x", false};
  CHECK(key_of().empty());
  table.unique_constraints[0].columns = {"email", "id"};
  CHECK(key_of() == std::vector<std::size_t>{1, 0});
  table.primary_key = catalog::Key{};
  table.primary_key->columns = {"id"};
  CHECK(key_of() == std::vector<std::size_t>{0});
  table.primary_key->enforced = false;
  CHECK(key_of() == std::vector<std::size_t>{1, 0});
}

TEST_CASE("read_query tells NULL from text and learns types from layouts and names of types") {
  test::FakeBackend backend;
  test::FakeSession session;
  const auto add = [&](const std::string& name, const std::string& type_name, ColumnLayout layout) {
    ColumnVector vector;
    vector.name = name;
    vector.type_name = type_name;
    vector.layout = layout;
    if (layout == ColumnLayout::text) {
      vector.append_bytes("NULL");
    } else if (layout == ColumnLayout::int64) {
      const std::int64_t seven = 7;
      vector.append_fixed(&seven, sizeof seven);
    } else {
      vector.append_null(0);
    }
    vector.append_null(1);
    backend.answer.columns.push_back(vector);
  };
  add("", "text", ColumnLayout::text);
  add("n", "integer", ColumnLayout::int64);
  add("a", "integer[]", ColumnLayout::text);
  add("j", "jsonb", ColumnLayout::text);
  add("at", "datetime", ColumnLayout::timestamp);
  backend.answer.rows = 2;
  backend.answer_times = 2;
  const RowSet set = read_query(session, backend, "SELECT 1", "totals");
  CHECK(set.name == "totals");
  CHECK(set.key.empty());
  REQUIRE(set.rows.size() == 4);
  CHECK(set.rows[0] == std::vector<Cell>{"NULL", "7", "NULL", "NULL", std::nullopt});
  CHECK(set.rows[3] == std::vector<Cell>(5, std::nullopt));
  CHECK(set.columns[0].name == "column_1");
  CHECK(set.columns[1].type.family == TypeFamily::integer);
  CHECK(set.columns[1].type.bits == 64);
  CHECK(set.columns[2].type.array_dimensions == 1);
  CHECK(set.columns[3].type.family == TypeFamily::json);
  CHECK(set.columns[4].type.tick_ns == 3'333'333);
}

TEST_CASE("read_query stops at too many rows") {
  test::FakeBackend backend;
  test::FakeSession session;
  ColumnVector& vector = backend.answer.columns.emplace_back();
  vector.name = "a";
  for (int i = 0; i < 50'000; ++i) vector.append_bytes("");
  backend.answer.rows = 50'000;
  backend.answer_times = 21;
  const Error error = error_of([&] { read_query(session, backend, "SELECT 1", "many"); });
  CHECK(error.category() == ErrorCategory::resources);
  CHECK(error.message().find("more than 1000000 rows") != std::string::npos);
}

TEST_CASE("describe shows values so that people see the difference") {
  const auto changed = [](const Cell& left, const Cell& right) {
    return describe({RowDifference::Kind::changed, "id = 7", "phone", left, right}, "expected", "found");
  };
  CHECK(changed("", std::nullopt) == "id = 7: phone is NULL, expected '' (empty text)");
  CHECK(changed("NULL", std::nullopt) == "id = 7: phone is NULL, expected 'NULL'");
  CHECK(changed("7", "7 ") == "id = 7: phone is '7 ', expected 7");
  CHECK(changed("a\nb", "a\tb\x01\\") == "id = 7: phone is 'a\\tb\\x01\\\\', expected 'a\\nb'");
  CHECK(changed("a b", "a\xC2\xA0 b") == "id = 7: phone is 'a\\u00a0 b', expected 'a b'");
  CHECK(changed("it's", "\xFF") == "id = 7: phone is '\\xff', expected 'it''s'");
  const std::string same(500, 'x');
  const std::string text = changed(same + "LEFT", same + "RIGHT");
  CHECK(text.size() < 200);
  CHECK(text.find("xxLEFT'") != std::string::npos);
  CHECK(text.find("xxRIGHT'") != std::string::npos);
  CHECK(changed("2024-02-29T12:00:00Z", std::string(200, 'y')).find("' (200 bytes), expected 2024-02-29T12:00:00Z") !=
        std::string::npos);
  const RowDifference one{RowDifference::Kind::changed, "id = 7", "phone", "x", "y"};
  CHECK(describe(one, "before", "after") == "id = 7: phone: before 'x', after 'y'");
  CHECK(describe({RowDifference::Kind::missing, "id = 7", "", {}, {}}, "before", "after") == "id = 7: before only");
  CHECK(describe({RowDifference::Kind::unexpected, "id = 7", "", {}, {}}, "one", "other") == "id = 7: other only");
}
