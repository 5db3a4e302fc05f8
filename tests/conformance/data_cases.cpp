// The conformance suite, third part: what DataSql and DmlWriter print to compare data and to repair it.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/conformance/bench.h"

namespace paripassu::conformance {

namespace {

using Kind = ChecksumForm::Kind;
using Rows = std::vector<std::vector<std::string>>;

const DataSql& data_sql() {
  return backend().data_sql();
}

std::string quoted(const std::string& name) {
  return backend().dialect().quote_identifier(name);
}

std::string default_schema() {
  return backend().dialect().default_schema();
}

Rows read_all(Session& session, const std::string& sql) {
  Rows rows;
  ColumnBatch batch;
  const std::unique_ptr<BatchReader> reader = backend().read_batches(session, sql, {});
  while (const std::size_t count = reader->next(batch)) {
    for (std::size_t row = 0; row < count; ++row) {
      std::vector<std::string>& cells = rows.emplace_back();
      for (std::size_t column = 0; column < batch.columns.size(); ++column) cells.push_back(batch.format(column, row));
    }
  }
  return rows;
}

/// A table that was just made, as the catalog has it.
struct Made {
  std::string name;
  std::vector<catalog::Column> columns;

  std::vector<DmlColumn> dml_columns() const {
    std::vector<DmlColumn> result;
    for (const catalog::Column& column : columns) result.push_back({column.name, column.type, false});
    return result;
  }
  DmlColumn dml_column(std::size_t index) const { return {columns[index].name, columns[index].type, false}; }
};

Made make_table(Session& session, const std::string& name, const std::string& definition) {
  session.execute(fmt::format("CREATE TABLE {} ({})", name, definition));
  const catalog::Catalog catalog = inspect(session);
  const catalog::Schema* schema = catalog.find_schema(default_schema());
  REQUIRE(schema != nullptr);
  for (const catalog::Table& table : schema->tables)
    if (table.name == name) return {name, table.columns};
  FAIL("the table is not in the catalog");
  return {};
}

void insert(Session& session, const Made& table, const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::vector<DmlWriter::Value>> values;
  for (const std::vector<Cell>& row : rows) values.emplace_back(row.begin(), row.end());
  for (const std::string& statement :
       backend().dml_writer().insert(default_schema(), table.name, table.dml_columns(), values))
    session.execute(statement);
}

/// The type of this layout that holds the longest of the values, such as a timestamp with the most digits.
std::string type_of(ColumnLayout layout) {
  std::string type;
  std::size_t longest = 0;
  for (const TypeSample& sample : quirks().batches.types) {
    if (sample.layout != layout) continue;
    for (const TypeSample::Value& value : sample.values) {
      if (value.formatted.size() <= longest || value.formatted == "-infinity") continue;
      longest = value.formatted.size();
      type = sample.type;
    }
  }
  REQUIRE_FALSE(type.empty());
  return type;
}

std::string text_type() {
  return backend().dialect().text_type(100);
}

std::vector<std::string> first_column(const Rows& rows) {
  std::vector<std::string> cells;
  for (const std::vector<std::string>& row : rows) cells.push_back(row[0]);
  return cells;
}

}  // namespace

TEST_CASE("data: every type is read by its expression, and a row is known by values of any type") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const DmlWriter& writer = backend().dml_writer();
  for (const TypeSample& sample : quirks().batches.types) {
    CAPTURE(sample.type);
    const Made table = make_table(*bench.session, "samples", fmt::format("id int NOT NULL, c {} NULL", sample.type));
    std::string why;
    const std::optional<std::string> expression = data_sql().read_expression(table.columns[1], why);
    CHECK(why.empty());
    REQUIRE(expression);
    std::vector<std::vector<Cell>> rows;
    Rows expected;
    for (std::size_t i = 0; i <= sample.values.size(); ++i) {
      const Cell value = i == 0 ? Cell() : Cell(sample.values[i - 1].formatted);
      for (int copy = 0; copy < 3; ++copy) rows.push_back({std::to_string(i), value});
      expected.push_back({std::to_string(i), value.value_or("NULL")});
    }
    insert(*bench.session, table, rows);
    const std::string query = fmt::format("SELECT id, {} FROM samples ORDER BY id", *expression);
    const Rows read = read_all(*bench.session, query);
    REQUIRE(read.size() == rows.size());
    for (std::size_t i = 0; i < read.size(); ++i) CHECK(read[i] == expected[i / 3]);

    // Two copies of three, then one that is alone; what is not there does no harm.
    for (std::size_t i = 0; i < rows.size(); i += 3)
      bench.session->execute(writer.remove_copies(default_schema(), "samples", table.dml_columns(), rows[i], 2));
    CHECK(read_all(*bench.session, query) == expected);
    bench.session->execute(writer.remove_copies(default_schema(), "samples", table.dml_columns(), rows[0], 5));
    bench.session->execute(writer.remove_copies(default_schema(), "samples", table.dml_columns(), rows[0], 5));
    expected.erase(expected.begin());
    CHECK(read_all(*bench.session, query) == expected);
    bench.session->execute("DROP TABLE samples");
  }
}

TEST_CASE("data: a key that is text is compared as it is, letter for letter and blank for blank") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const DmlWriter& writer = backend().dml_writer();
  for (const std::string& type : {text_type(), std::string("varchar(20)")}) {
    CAPTURE(type);
    const Made table = make_table(*bench.session, "texts", fmt::format("k {} NULL, n int NOT NULL", type));
    const std::vector<Cell> keys = {Cell("a"),    Cell("A"), Cell("a "), Cell("a  "), Cell("á"),
                                    Cell("it's"), Cell(""),  Cell(" "),  Cell(),      Cell("a\tb")};
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < keys.size(); ++i) rows.push_back({keys[i], std::to_string(i)});
    insert(*bench.session, table, rows);
    const auto changed = [&] {
      return first_column(read_all(*bench.session, "SELECT n FROM texts WHERE n >= 100 ORDER BY n"));
    };
    const DmlColumn key = table.dml_column(0);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      CAPTURE(i);
      bench.session->execute(writer.update(default_schema(), "texts", {table.dml_column(1)},
                                           {Cell(std::to_string(100 + i))}, {key}, {keys[i]}));
      CHECK(changed() == std::vector<std::string>{std::to_string(100 + i)});
      // All that are wanted are among those that are fetched.
      const Rows fetched = read_all(
          *bench.session, fmt::format("SELECT n FROM texts WHERE {}", writer.key_condition({key}, {{keys[i]}})));
      const std::vector<std::string> numbers = first_column(fetched);
      CHECK(std::count(numbers.begin(), numbers.end(), std::to_string(100 + i)) == 1);
      bench.session->execute(writer.remove(default_schema(), "texts", {key}, {keys[i]}));
      CHECK(changed().empty());
      CHECK(read_all(*bench.session, "SELECT n FROM texts").size() == keys.size() - i - 1);
    }
    bench.session->execute("DROP TABLE texts");
  }
}

TEST_CASE("data: rows are changed and fetched by keys of several columns") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const DmlWriter& writer = backend().dml_writer();
  const Made table =
      make_table(*bench.session, "pairs",
                 fmt::format("a int NOT NULL, b {} NULL, note {} DEFAULT 'none'", text_type(), text_type()));
  insert(*bench.session, table,
         {{"1", "x", "one"}, {"1", "y", "two"}, {"2", "x", "three"}, {"2", std::nullopt, "four"}});
  const std::vector<DmlColumn> key = {table.dml_column(0), table.dml_column(1)};
  const auto notes = [&](const std::string& condition) {
    return first_column(read_all(*bench.session, fmt::format("SELECT note FROM pairs{} ORDER BY a, note", condition)));
  };
  using Texts = std::vector<std::string>;
  CHECK(notes(" WHERE " + writer.key_condition(key, {{"1", "y"}, {"2", std::nullopt}})) == Texts{"two", "four"});
  CHECK(notes(" WHERE " + writer.key_condition({key[0]}, {{"2"}, {"3"}})) == Texts{"four", "three"});
  CHECK(notes(" WHERE 1 = 0 AND " + writer.key_condition(key, {{"1", "y"}, {"1", "x"}})).empty());
  bench.session->execute(
      writer.update(default_schema(), "pairs", {table.dml_column(2)}, {Cell("it's")}, key, {"1", "y"}));
  bench.session->execute(
      writer.update(default_schema(), "pairs", {table.dml_column(2)}, {Cell()}, key, {"2", std::nullopt}));
  bench.session->execute(
      writer.update(default_schema(), "pairs", {table.dml_column(2)}, {std::nullopt}, key, {"2", "x"}));
  bench.session->execute(writer.remove(default_schema(), "pairs", key, {"1", "x"}));
  CHECK(read_all(*bench.session, "SELECT a, note FROM pairs WHERE note IS NOT NULL ORDER BY a, note") ==
        Rows{{"1", "it's"}, {"2", "none"}});
  CHECK(category_of([&] {
          writer.update(default_schema(), "pairs", {table.dml_column(2)}, {Cell("x")}, key, {"x", "x"});
        }) == ErrorCategory::data);
}

TEST_CASE("data: texts come in the order of their code points, uuids in that of their bytes") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const std::vector<std::string> texts = {"",    " ",  "A",  "AB", "Z",      "_",      "a",      "a\tb",      "a ",
                                          "a-b", "aB", "ab", "z",  "\u00c4", "\u00e9", "\u0436", "\U0001F600"};
  const Made table = make_table(*bench.session, "texts", fmt::format("t {} NOT NULL", text_type()));
  std::vector<std::vector<Cell>> rows;
  for (auto text = texts.rbegin(); text != texts.rend(); ++text) rows.push_back({*text});
  insert(*bench.session, table, rows);
  CHECK(first_column(read_all(*bench.session,
                              "SELECT t FROM texts ORDER BY " +
                                  data_sql().order_by_code_points(table.columns[0].type, quoted("t")))) == texts);

  const std::vector<std::string> uuids = {
      "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0001-000000000000",
      "00000000-0000-0001-0000-000000000000", "00000000-0001-0000-0000-000000000000",
      "00000001-0000-0000-0000-000000000000", "ffffffff-0000-0000-0000-000000000000"};
  const Made identified =
      make_table(*bench.session, "identified", fmt::format("u {} NOT NULL", type_of(ColumnLayout::uuid)));
  rows.clear();
  for (auto uuid = uuids.rbegin(); uuid != uuids.rend(); ++uuid) rows.push_back({*uuid});
  insert(*bench.session, identified, rows);
  CHECK(first_column(
            read_all(*bench.session, "SELECT u FROM identified ORDER BY " +
                                         data_sql().order_by_value(identified.columns[0].type, quoted("u")))) == uuids);
}

TEST_CASE("data: a snapshot sees one moment, and who joins it sees the same") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  bench.session->execute("CREATE TABLE t (a int NOT NULL)");
  bench.session->execute("INSERT INTO t VALUES (1)");
  const std::unique_ptr<Session> reader = bench.connect();
  const ReadSnapshot snapshot = data_sql().begin_snapshot(*reader);
  CHECK(reader->transaction_state() == TransactionState::open);
  CHECK(snapshot.consistent == snapshot.note.empty());
  bench.session->execute("INSERT INTO t VALUES (2)");
  const auto rows_of = [](Session& session) { return session.query("SELECT a FROM t").row_count(); };
  if (snapshot.consistent) CHECK(rows_of(*reader) == 1);
  const std::unique_ptr<Session> other = bench.connect();
  if (snapshot.id.empty()) {
    CHECK(category_of([&] { data_sql().join_snapshot(*other, "no such snapshot"); }) == ErrorCategory::not_supported);
  } else {
    data_sql().join_snapshot(*other, snapshot.id);
    CHECK(other->transaction_state() == TransactionState::open);
    CHECK(rows_of(*other) == 1);
    other->rollback();
    category_of([&] { data_sql().join_snapshot(*other, "no such snapshot"); });
  }
  CHECK(other->transaction_state() == TransactionState::none);
  CHECK(rows_of(*other) == 2);
  reader->rollback();
  CHECK(reader->transaction_state() == TransactionState::none);
  CHECK(rows_of(*reader) == 2);
  // Once more in the same session.
  data_sql().begin_snapshot(*reader);
  CHECK(rows_of(*reader) == 2);
  reader->rollback();
}

TEST_CASE("data: a reader leaves no transaction of its own behind, and one that was open to its owner") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const Made table = make_table(*bench.session, "numbers", "a int NOT NULL");
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 500; ++i) rows.push_back({std::to_string(i)});
  insert(*bench.session, table, rows);
  BatchOptions one_row;
  one_row.batch_rows_max = 1;
  for (const std::string sql :
       {"SELECT a FROM numbers", "SELECT a FROM numbers ORDER BY a; ", "SELECT a FROM numbers -- all"}) {
    CAPTURE(sql);
    CHECK(read_all(*bench.session, sql).size() == rows.size());
    CHECK(bench.session->transaction_state() == TransactionState::none);
  }
  {
    ColumnBatch batch;
    const std::unique_ptr<BatchReader> reader =
        backend().read_batches(*bench.session, "SELECT a FROM numbers", one_row);
    CHECK(reader->next(batch) == 1);
  }
  CHECK(bench.session->transaction_state() == TransactionState::none);
  category_of([&] { read_all(*bench.session, quirks().division_by_zero); });
  CHECK(bench.session->transaction_state() == TransactionState::none);
  category_of([&] { read_all(*bench.session, quirks().syntax_error); });
  CHECK(bench.session->transaction_state() == TransactionState::none);
  bench.session->begin();
  bench.session->execute("INSERT INTO numbers VALUES (-1)");
  CHECK(read_all(*bench.session, "SELECT a FROM numbers").size() == rows.size() + 1);
  CHECK(bench.session->transaction_state() == TransactionState::open);
  bench.session->rollback();
  CHECK(read_all(*bench.session, "SELECT a FROM numbers").size() == rows.size());
}

TEST_CASE("data: the rows of a table are estimated, or said to be unknown") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const Made table = make_table(*bench.session, "counted", "a int NOT NULL");
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 500; ++i) rows.push_back({std::to_string(i)});
  insert(*bench.session, table, rows);
  const ResultSet estimate = bench.session->query(data_sql().estimated_rows_query(default_schema(), "counted"));
  REQUIRE(estimate.row_count() == 1);
  const Cell count = estimate.row(0)[0];
  CAPTURE(count.value_or("NULL"));
  CHECK((!count || *count == "-1" || *count == "500"));
  const ResultSet none = bench.session->query(data_sql().estimated_rows_query(default_schema(), "no'such table"));
  REQUIRE(none.row_count() == 1);
  CHECK(none.row(0)[0].value_or("-1") == "-1");
}

TEST_CASE("data: values become the same text inside every server, and the same checksum") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  struct Form {
    std::string type;
    ChecksumForm form;
    std::vector<Cell> values;
    std::vector<std::string> texts;
  };
  const std::string kUuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
  const std::vector<Form> forms = {
      {"bigint", {Kind::integer, 0}, {"-7", "9223372036854775807", {}}, {"-7,", "9223372036854775807,", "-,"}},
      {"int", {Kind::decimal, 2}, {"5", "-5", {}}, {"5.00,", "-5.00,", "-,"}},
      {"decimal(12,2)", {Kind::decimal, 4}, {"12.50", "-0.05", {}}, {"12.5000,", "-0.0500,", "-,"}},
      {"decimal(12,4)", {Kind::decimal, 2}, {"12.5", "0.0049", {}}, {"12.50,", "0.0049,", "-,"}},
      {"real", {Kind::float32, 0}, {"0.1", "0", {}}, {"3dcccccd,", "00000000,", "-,"}},
      {"real", {Kind::float64, 0}, {"0.5", "-2", {}}, {"3fe0000000000000,", "c000000000000000,", "-,"}},
      {"float(53)", {Kind::float64, 0}, {"0.1", "-1e+300", {}}, {"3fb999999999999a,", "fe37e43c8800759c,", "-,"}},
      {text_type(), {Kind::text, 0}, {"it's é😀 ", "", {}}, {"'it''s é😀 ',", "'',", "-,"}},
      {"char(5)", {Kind::trimmed_text, 0}, {"ab", "-", {}}, {"'ab',", "'-',", "-,"}},
      {"varchar(20)", {Kind::trimmed_text, 0}, {" ab  ", "  ", {}}, {"' ab',", "'',", "-,"}},
      {quirks().batches.long_bytes_type, {Kind::bytes, 0}, {"0x00ff", "0x", {}}, {"00ff,", ",", "-,"}},
      {type_of(ColumnLayout::uuid), {Kind::uuid, 0}, {kUuid, kUuid, {}}, {kUuid + ",", kUuid + ",", "-,"}},
      {type_of(ColumnLayout::boolean), {Kind::boolean, 0}, {"true", "false", {}}, {"1,", "0,", "-,"}},
      {"date", {Kind::date, 0}, {"2024-02-29", "0001-01-01", {}}, {"2024-02-29,", "0001-01-01,", "-,"}},
      {"time(3)", {Kind::time, 3}, {"01:02:03.5", "23:59:59", {}}, {"01:02:03.500,", "23:59:59.000,", "-,"}},
      {"time(6)", {Kind::time, 0}, {"01:02:03.9", "23:59:59", {}}, {"01:02:03,", "23:59:59,", "-,"}},
      {type_of(ColumnLayout::timestamp),
       {Kind::timestamp, 6},
       {"2024-02-29T01:02:03.5", "0001-01-01T00:00:00", {}},
       {"2024-02-29 01:02:03.500000,", "0001-01-01 00:00:00.000000,", "-,"}},
      {type_of(ColumnLayout::timestamp),
       {Kind::timestamp, 3},
       {"2024-02-29T01:02:03.123956", "9999-12-31T23:59:59", {}},
       {"2024-02-29 01:02:03.123,", "9999-12-31 23:59:59.000,", "-,"}},
      {type_of(ColumnLayout::timestamp_tz),
       {Kind::instant, 0},
       {"2024-02-29T01:02:03Z", "2024-02-29T01:02:03Z", {}},
       {"2024-02-29 01:02:03,", "2024-02-29 01:02:03,", "-,"}},
  };
  std::string definition = "n int NOT NULL";
  for (std::size_t i = 0; i < forms.size(); ++i) definition += fmt::format(", c{} {} NULL", i, forms[i].type);
  const Made table = make_table(*bench.session, "summed", definition);
  REQUIRE(table.columns.size() == forms.size() + 1);
  std::vector<std::vector<Cell>> rows;
  for (std::size_t row = 0; row < 3; ++row) {
    rows.push_back({std::to_string(row)});
    for (const Form& form : forms) rows.back().push_back(form.values[row]);
  }
  insert(*bench.session, table, rows);

  std::vector<std::string> texts;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    CAPTURE(forms[i].type);
    const std::optional<std::string> text = data_sql().checksum_text(
        table.columns[i + 1].type, forms[i].form, quoted(table.columns[i + 1].name), bench.session->server());
    REQUIRE(text);
    texts.push_back(*text);
    const ResultSet read = bench.session->query(fmt::format("SELECT {} FROM summed ORDER BY n", *text));
    REQUIRE(read.row_count() == 3);
    for (std::size_t row = 0; row < 3; ++row) CHECK(read.row(row)[0] == forms[i].texts[row]);
  }

  // Of the MD5 of what is above, one text behind the other: the first 12 hexadecimal digits, and the next 12.
  const std::string name = backend().dialect().qualified(default_schema(), "summed");
  const auto checksum = [&](const std::string& where) {
    const ResultSet read = bench.session->query(data_sql().checksum_query(name, texts, where));
    REQUIRE(read.row_count() == 1);
    return std::vector<Cell>(read.row(0).begin(), read.row(0).end());
  };
  using Cells = std::vector<Cell>;
  CHECK(checksum("n = 0") == Cells{"1", "134500830291699", "229526831552668"});
  CHECK(checksum("n = 2") == Cells{"1", "175808543249722", "135177477628052"});
  CHECK(checksum("") == Cells{"3", "456915409967721", "518958748132953"});
  CHECK(checksum("n > 2") == Cells{"0", "0", "0"});
}

}  // namespace paripassu::conformance
