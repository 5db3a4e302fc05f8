// The conformance suite, second part: rows that are written, and databases that are cloned.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "tests/conformance/bench.h"

namespace paripassu::conformance {

namespace {

using Value = DmlWriter::Value;
using Row = std::vector<Value>;
using Rows = std::vector<std::vector<std::string>>;

const catalog::Schema& default_schema_of(const catalog::Catalog& catalog) {
  const catalog::Schema* schema = catalog.find_schema(backend().dialect().default_schema());
  REQUIRE(schema != nullptr);
  return *schema;
}

const catalog::Table& only_table(const catalog::Catalog& catalog) {
  REQUIRE(default_schema_of(catalog).tables.size() == 1);
  return default_schema_of(catalog).tables[0];
}

const catalog::Table& table_of(const catalog::Catalog& catalog, const std::string& name) {
  const std::vector<catalog::Table>& tables = default_schema_of(catalog).tables;
  const auto found =
      std::find_if(tables.begin(), tables.end(), [&](const catalog::Table& table) { return table.name == name; });
  REQUIRE(found != tables.end());
  return *found;
}

/// The named columns of a table, in its order; all of them where no name is given.
std::vector<DmlColumn> columns_of(const catalog::Table& table, const std::vector<std::string>& names = {}) {
  std::vector<DmlColumn> columns;
  for (const catalog::Column& column : table.columns) {
    if (names.empty() || std::find(names.begin(), names.end(), column.name) != names.end())
      columns.push_back({column.name, column.type, column.identity.has_value()});
  }
  return columns;
}

void insert(Session& session, const std::string& table, const std::vector<DmlColumn>& columns,
            const std::vector<Row>& rows) {
  for (const std::string& statement :
       backend().dml_writer().insert(backend().dialect().default_schema(), table, columns, rows))
    session.execute(statement);
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

std::string text_type() {
  return backend().dialect().text_type(100);
}

/// Clones, after the session was closed. A stand-in that cannot must say so, and the answer is then nullptr.
std::unique_ptr<ScratchDatabase> clone_of(Bench& bench) {
  const bool genuine = bench.session->server().genuine;
  bench.session.reset();
  try {
    return backend().scratch_databases().clone(*bench.database);
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(error.category() == ErrorCategory::not_supported);
    CHECK_FALSE(error.remedy().empty());
    CHECK_FALSE(genuine);
    return nullptr;
  }
}

}  // namespace

TEST_CASE("data: every value of every type comes back as it was written") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const std::vector<TypeSample>& types = quirks().batches.types;
  std::string definition = "id int NOT NULL PRIMARY KEY";
  std::size_t values = 0;
  for (std::size_t i = 0; i < types.size(); ++i) {
    definition += fmt::format(", c{} {} NULL", i, types[i].type);
    values = std::max(values, types[i].values.size());
  }
  bench.session->execute(fmt::format("CREATE TABLE samples ({})", definition));
  const catalog::Catalog catalog = inspect(*bench.session);
  const std::vector<DmlColumn> columns = columns_of(only_table(catalog));
  REQUIRE(columns.size() == types.size() + 1);
  std::vector<Row> rows;
  Rows expected;
  for (std::size_t n = 0; n <= values; ++n) {
    Row& row = rows.emplace_back();
    std::vector<std::string>& cells = expected.emplace_back();
    cells.push_back(std::to_string(n));
    row.emplace_back(Cell(cells.back()));
    for (const TypeSample& sample : types) {
      const bool given = n < sample.values.size();
      row.emplace_back(given ? Cell(sample.values[n].formatted) : Cell());
      cells.push_back(given ? sample.values[n].formatted : "NULL");
    }
  }
  insert(*bench.session, "samples", columns, rows);
  const Rows read = read_all(*bench.session, "SELECT * FROM samples ORDER BY id");
  REQUIRE(read.size() == expected.size());
  for (std::size_t n = 0; n < read.size(); ++n) {
    REQUIRE(read[n].size() == expected[n].size());
    for (std::size_t i = 0; i < types.size(); ++i) {
      CAPTURE(types[i].type);
      CHECK(read[n][i + 1] == expected[n][i + 1]);
    }
  }
}

TEST_CASE("data: a value that is not given is the column's default, and NULL is NULL") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  run_script(*bench.session, quirks().sample_schema);
  const catalog::Catalog catalog = inspect(*bench.session);
  const std::vector<DmlColumn> columns = columns_of(table_of(catalog, "parent"), {"email", "state", "amount"});
  REQUIRE(columns.size() == 3);
  insert(*bench.session, "parent", columns,
         {{Cell("a"), std::nullopt, std::nullopt}, {Cell("b"), Cell("old"), Cell()}, {Cell("c"), Cell(""), Cell("7")}});
  CHECK(read_all(*bench.session, "SELECT email, state, amount FROM parent ORDER BY email") ==
        Rows{{"a", "new", "0.00"}, {"b", "old", "NULL"}, {"c", "", "7.00"}});
}

TEST_CASE("data: identity values are taken as given, and the counter goes on behind them") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  for (const std::string& definition : quirks().identity_columns) {
    CAPTURE(definition);
    bench.session->execute(
        fmt::format("CREATE TABLE numbered (id {} NOT NULL PRIMARY KEY, note {})", definition, text_type()));
    const catalog::Catalog catalog = inspect(*bench.session);
    const std::vector<DmlColumn> columns = columns_of(only_table(catalog));
    REQUIRE(columns[0].identity);
    const auto plain_insert = [&] { bench.session->execute("INSERT INTO numbered (note) VALUES ('plain')"); };
    // Values below the first one that the server would give leave the counter where it is.
    insert(*bench.session, "numbered", columns, {{Cell("-7"), Cell("given")}, {Cell("1"), Cell("given")}});
    insert(*bench.session, "numbered", columns, {{std::nullopt, Cell("numbered")}});
    insert(*bench.session, "numbered", columns,
           {{Cell("1000"), Cell("given")}, {Cell("990"), Cell("given")}, {std::nullopt, Cell("numbered")}});
    plain_insert();
    insert(*bench.session, "numbered", columns, {{Cell("500"), Cell("given")}});
    plain_insert();
    const Rows rows = read_all(*bench.session, "SELECT id, note FROM numbered ORDER BY id");
    REQUIRE(rows.size() == 9);
    CHECK(rows[0] == std::vector<std::string>{"-7", "given"});
    CHECK(rows[1] == std::vector<std::string>{"1", "given"});
    CHECK(rows[2][1] == "numbered");
    CHECK(std::stoll(rows[2][0]) < 500);
    CHECK(rows[3] == std::vector<std::string>{"500", "given"});
    CHECK(rows[4] == std::vector<std::string>{"990", "given"});
    CHECK(rows[5] == std::vector<std::string>{"1000", "given"});
    CHECK(rows[6][1] == "numbered");
    CHECK(rows[7][1] == "plain");
    CHECK(rows[8][1] == "plain");
    bench.session->execute("DROP TABLE numbered");
  }
}

TEST_CASE("data: rows that fail leave the session as it was for the next table") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  for (const char* name : {"first_one", "second_one"})
    bench.session->execute(fmt::format("CREATE TABLE {} (id {} NOT NULL PRIMARY KEY, note {})", name,
                                       quirks().identity_columns[0], text_type()));
  const catalog::Catalog catalog = inspect(*bench.session);
  const std::vector<DmlColumn> columns = columns_of(table_of(catalog, "first_one"));
  for (const bool in_transaction : {false, true}) {
    CAPTURE(in_transaction);
    if (in_transaction) bench.session->begin();
    CHECK(category_of([&] {
            insert(*bench.session, "first_one", columns, {{Cell("1"), Cell("a")}, {Cell("1"), Cell("b")}});
          }) == ErrorCategory::unique_violation);
    bench.session->rollback();
    CHECK(bench.session->transaction_state() == TransactionState::none);
    CHECK(read_all(*bench.session, "SELECT * FROM first_one").empty());
    insert(*bench.session, "second_one", columns, {{Cell(in_transaction ? "2" : "1"), Cell("a")}});
  }
  CHECK(read_all(*bench.session, "SELECT * FROM second_one ORDER BY id") == Rows{{"1", "a"}, {"2", "a"}});
  CHECK(category_of([&] {
          insert(*bench.session, "no_such_table", columns, {{Cell("1"), Cell("a")}});
        }) == ErrorCategory::not_found);
}

TEST_CASE("data: thousands of rows, and texts and bytes of a megabyte") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  bench.session->execute(fmt::format("CREATE TABLE many (id int NOT NULL PRIMARY KEY, body {}, raw {})",
                                     quirks().batches.long_text_type, quirks().batches.long_bytes_type));
  const catalog::Catalog catalog = inspect(*bench.session);
  const std::vector<DmlColumn> columns = columns_of(only_table(catalog));
  const std::string hostile = "it's \\ -- /* [x]\n\\\n\\\r\nGO\n$(var) \xF0\x9F\x90\x98\x01\x7F";
  std::string long_text;
  while (long_text.size() < 1'000'000) long_text += hostile;
  const std::string long_bytes = "0x" + std::string(2'000'000, 'a');
  std::vector<Row> rows;
  for (int i = 0; i < 2'500; ++i) rows.push_back({Cell(std::to_string(i)), Cell(hostile), Cell()});
  rows.push_back({Cell("2500"), Cell(long_text), Cell(long_bytes)});
  rows.push_back({Cell("2501"), Cell(""), Cell("0x")});
  insert(*bench.session, "many", columns, rows);
  const Rows read = read_all(*bench.session, "SELECT body, raw FROM many ORDER BY id");
  REQUIRE(read.size() == 2'502);
  CHECK(read[2'499] == std::vector<std::string>{hostile, "NULL"});
  // CHECK would print megabytes.
  const bool same_text = read[2'500][0] == long_text;
  const bool same_bytes = read[2'500][1] == long_bytes;
  CHECK(same_text);
  CHECK(same_bytes);
  CHECK(read[2'501] == std::vector<std::string>{"", "0x"});
}

TEST_CASE("data: odd names are written to") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const Dialect& dialect = backend().dialect();
  for (const std::string name :
       {"plain", "order", "a b", "we\"ird]name \xF0\x9F\x98\x80", "it's--/*;", "we\"ird]\xF0\x9F\x98\x80"}) {
    CAPTURE(name);
    bench.session->execute(fmt::format("CREATE TABLE {0} ({0} {1} NOT NULL PRIMARY KEY, note {2})",
                                       dialect.quote_identifier(name), quirks().identity_columns[0], text_type()));
    const catalog::Catalog catalog = inspect(*bench.session);
    const std::vector<DmlColumn> columns = columns_of(only_table(catalog));
    CHECK(columns[0].name == name);
    const std::vector<Row> rows = {{Cell("5"), Cell("a")}, {std::nullopt, Cell("b")}};
    if (!bench.session->server().genuine && name.find(' ') != std::string::npos) {
      // Babelfish accepts SET IDENTITY_INSERT for a table with a blank in its name, and does nothing.
      CHECK(category_of([&] { insert(*bench.session, name, columns, rows); }) == ErrorCategory::unclassified);
      insert(*bench.session, name, columns, {{std::nullopt, Cell("b")}});
      bench.session->execute("DROP TABLE " + dialect.quote_identifier(name));
      continue;
    }
    insert(*bench.session, name, columns, rows);
    // Under plain names, since Babelfish cannot send an emoji in the name of a result's column.
    CHECK(read_all(*bench.session, fmt::format("SELECT {0} AS id, note FROM {0} ORDER BY 1",
                                               dialect.quote_identifier(name))) == Rows{{"5", "a"}, {"6", "b"}});
    bench.session->execute("DROP TABLE " + dialect.quote_identifier(name));
  }
}

TEST_CASE("data: what a type does not hold is refused before anything is sent") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  std::string definition;
  for (const auto& [type, value] : quirks().refused_values)
    definition += fmt::format("{}c{} {} NULL", definition.empty() ? "" : ", ", definition.size(), type);
  bench.session->execute(fmt::format("CREATE TABLE strict ({})", definition));
  const catalog::Catalog catalog = inspect(*bench.session);
  const std::vector<DmlColumn> columns = columns_of(only_table(catalog));
  REQUIRE(columns.size() == quirks().refused_values.size());
  const std::uint64_t before = bench.session->round_trips();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    CAPTURE(quirks().refused_values[i].first);
    std::vector<Row> rows(3, Row(columns.size(), Value(Cell())));
    rows[2][i] = Cell(quirks().refused_values[i].second);
    CHECK(category_of([&] { insert(*bench.session, "strict", columns, rows); }) == ErrorCategory::data);
  }
  CHECK(bench.session->round_trips() == before);
  CHECK(read_all(*bench.session, "SELECT * FROM strict").empty());
}

TEST_CASE("data: a NUL character in a text is kept, or refused") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  bench.session->execute(fmt::format("CREATE TABLE texts (t {})", text_type()));
  const catalog::Catalog catalog = inspect(*bench.session);
  const std::vector<DmlColumn> columns = columns_of(only_table(catalog));
  const std::string text("a\0b", 3);
  const auto insert_it = [&] { insert(*bench.session, "texts", columns, {{Cell(text)}}); };
  if (!quirks().stores_nul_characters) {
    CHECK(category_of(insert_it) == ErrorCategory::data);
  } else {
    insert_it();
    // Babelfish cannot store it and leaves it out.
    const std::string kept = bench.session->server().genuine ? text : "ab";
    CHECK(read_all(*bench.session, "SELECT t FROM texts") == Rows{{kept}});
  }
}

TEST_CASE("clone: a clone has the catalog and the rows of its source, and is a database of its own") {
  NEEDS_SERVER();
  Bench bench = make_bench();
  run_script(*bench.session, quirks().sample_schema);
  bench.session->execute(quirks().insert_parent);
  const catalog::Catalog before = inspect(*bench.session);
  ConnectionUrl url;
  {
    const std::unique_ptr<ScratchDatabase> clone = clone_of(bench);
    if (clone == nullptr) return;
    url = clone->url();
    CHECK(clone->name() != bench.database->name());
    const std::unique_ptr<Session> session = backend().connect(url);
    CHECK(session->server().database == clone->name());
    catalog::Catalog after = inspect(*session);
    after.database = before.database;
    CHECK(after == before);
    const std::string query = "SELECT id, email, state, amount FROM parent ORDER BY id";
    bench.session = bench.connect();
    const Rows rows = read_all(*bench.session, query);
    REQUIRE(rows.size() == 1);
    CHECK(read_all(*session, query) == rows);
    CHECK(category_of([&] { session->execute(quirks().violate_unique); }) == ErrorCategory::unique_violation);
    session->execute("DELETE FROM parent");
    CHECK(read_all(*session, query).empty());
    CHECK(read_all(*bench.session, query) == rows);
  }
  CHECK(category_of([&] { backend().connect(url); }) == ErrorCategory::not_found);
  CHECK_NOTHROW(bench.connect());
}

TEST_CASE("clone: a clone has what is set for its source") {
  NEEDS_SERVER();
  if (quirks().database_setting.empty()) SKIP_TEST("a database of this engine has its settings in itself");
  Bench bench = make_bench();
  bench.session->execute(fmt::format(fmt::runtime(quirks().database_setting),
                                     backend().dialect().quote_identifier(bench.database->name())));
  const auto shown = [](const ConnectionUrl& url) {
    return backend().connect(url)->query(quirks().show_database_setting).row(0)[0];
  };
  const Cell expected = shown(bench.database->url());
  const Cell usual = shown(*test::live_server(backend()).url);
  CHECK(expected != usual);
  const std::unique_ptr<ScratchDatabase> clone = clone_of(bench);
  REQUIRE(clone != nullptr);
  CHECK(shown(clone->url()) == expected);
}

TEST_CASE("clone: sessions that have just been closed do not hinder a clone") {
  NEEDS_SERVER();
  Bench bench = make_bench();
  bench.session->execute("CREATE TABLE t (a int)");
  for (int i = 0; i < 5; ++i) {
    if (bench.session == nullptr) bench.session = bench.connect();
    std::vector<std::unique_ptr<Session>> sessions;
    for (int k = 0; k < 3; ++k) sessions.push_back(bench.connect());
    for (const std::unique_ptr<Session>& session : sessions) session->query("SELECT * FROM t");
    sessions.clear();
    if (clone_of(bench) == nullptr) return;
  }
}

TEST_CASE("clone: a clone can be cloned, and each is dropped with its object") {
  NEEDS_SERVER();
  Bench bench = make_bench();
  bench.session->execute("CREATE TABLE t (a int)");
  std::unique_ptr<ScratchDatabase> first = clone_of(bench);
  if (first == nullptr) return;
  const std::unique_ptr<ScratchDatabase> second = backend().scratch_databases().clone(*first);
  const ConnectionUrl first_url = first->url();
  first.reset();
  CHECK(category_of([&] { backend().connect(first_url); }) == ErrorCategory::not_found);
  const std::unique_ptr<Session> session = backend().connect(second->url());
  const catalog::Catalog catalog = inspect(*session);
  CHECK(only_table(catalog).name == "t");
}

TEST_CASE("clone: a clone is reaped when its maker is gone, and not before") {
  NEEDS_SERVER();
  const ConnectionUrl server = *test::live_server(backend()).url;
  Bench bench = make_bench();
  const auto contains = [](const std::vector<std::string>& names, const std::string& wanted) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
  };
  std::string left_behind;
  {
    const std::unique_ptr<ScratchDatabase> clone = clone_of(bench);
    if (clone == nullptr) return;
    left_behind = clone->name();
    CHECK_FALSE(contains(backend().scratch_databases().reap(server), left_behind));
    clone->keep();  // as after a crash: the database stays, its owner's lock does not
  }
  std::vector<std::string> reaped;
  for (int i = 0; i < 100 && !contains(reaped, left_behind); ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::vector<std::string> now = backend().scratch_databases().reap(server);
    reaped.insert(reaped.end(), now.begin(), now.end());
  }
  CHECK(contains(reaped, left_behind));
  CHECK_FALSE(contains(reaped, bench.database->name()));
}

}  // namespace paripassu::conformance
