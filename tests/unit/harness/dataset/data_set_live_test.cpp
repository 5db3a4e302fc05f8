// Data sets through real servers: what is loaded is read back, and engines agree on it.
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/dataset/data_loader.h"
#include "harness/dataset/row_set.h"
#include "tests/end_to_end/engine_case.h"

using namespace paripassu;

namespace {

/// A scratch database with tables for the data below.
class Database {
 public:
  Database(const Backend& backend, const ConnectionUrl& server, const std::vector<std::string>& statements)
      : backend_(backend), scratch_(backend.scratch_databases().create(server)) {
    session_ = backend.connect(scratch_->url());
    for (const std::string& statement : statements) session_->execute(statement);
    catalog_ = backend.inspector().inspect(*session_, {});
  }

  Session& session() { return *session_; }
  const catalog::Catalog& catalog() const { return catalog_; }
  void load(const DataSet& data) { load_data(data, *session_, backend_, catalog_, NameMatching::fold); }
  RowSet rows(const std::string& table) {
    const FoundTable found = find_table(catalog_, table, NameMatching::fold, {});
    return read_table(*session_, backend_, *found.schema, *found.table);
  }
  RowSet query(const std::string& sql) { return read_query(*session_, backend_, sql, "query"); }
  Error refused(const DataSet& data) {
    try {
      load(data);
    } catch (const Error& error) {
      CHECK(session_->transaction_state() == TransactionState::none);
      return error;
    }
    return {ErrorCategory::internal, "no error"};
  }

 private:
  const Backend& backend_;
  std::unique_ptr<ScratchDatabase> scratch_;
  std::unique_ptr<Session> session_;
  catalog::Catalog catalog_;
};

const std::map<std::string, std::vector<std::string>>& tables_by_engine() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"postgres",
       {"CREATE TABLE samples (id integer PRIMARY KEY, truth boolean, small smallint, large bigint, "
        "price numeric(12,4), ratio double precision, narrow real, label varchar(40), code character(5), "
        "payload bytea, token uuid, day date, clock time(6), at timestamp(6), moment timestamptz(6), doc jsonb, "
        "tags text[])",
        "CREATE TABLE owners (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(40) NOT NULL UNIQUE, "
        "parent integer REFERENCES owners (id), level integer NOT NULL DEFAULT 3 CHECK (level > 0))"}},
      {"sqlserver",
       {"CREATE TABLE samples (id int NOT NULL PRIMARY KEY, truth bit, small smallint, large bigint, "
        "price decimal(12,4), ratio float, narrow real, label nvarchar(40), code nchar(5), "
        "payload varbinary(max), token uniqueidentifier, day date, clock time(6), at datetime, "
        "moment datetimeoffset(6), doc nvarchar(max), tags nvarchar(max))",
        "CREATE TABLE owners (id int IDENTITY(1,1) PRIMARY KEY, email nvarchar(40) NOT NULL UNIQUE, "
        "parent int REFERENCES owners (id), level int NOT NULL DEFAULT 3 CHECK (level > 0))"}},
  };
  return all;
}

DataSet csv(const std::string& table, const std::string& text) {
  DataSet data;
  data.tables.push_back(read_csv(text, table + ".csv", table));
  return data;
}

constexpr const char* kSamples =
    "id,truth,small,large,price,ratio,narrow,label,code,payload,token,day,clock,at,moment,doc,tags\n"
    "1,true,-32768,9223372036854775807,12.5,0.1,0.1,\"it's \"\"x\"\", \xC3\xA9 \xF0\x9F\x90\x98\",ab,0x00ff,"
    "01020304-0506-0708-090A-0B0C0D0E0F10,2024-02-29,23:59:59.5,2024-02-29T23:59:59.997,2024-03-01T00:30:00.25+05:30,"
    "\"{\"\"b\"\": 1, \"\"a\"\": [1.50]}\",\"[\"\"x\"\", null, \"\"\"\"]\"\n"
    "2,,,,,,,,,,,,,,,,\n"
    "3,false,0,-1,-0.0001,-2.5e-300,3.4028235e+38,\"\",\"\",0x,00000000-0000-0000-0000-000000000000,1999-12-31,"
    "00:00:00,1969-12-31T12:00:00,1999-12-31T23:59:59.999999-08:00,[],[]\n"
    "4,1,7,7,1e3,1,1, blanks  ,x y,0xFF,01020304-0506-0708-090a-0b0c0d0e0f10,2024-01-01,12:00:00,2024-01-01,"
    "2024-01-01T00:00:00Z,\"\"\"line\\nend\"\"\",\"[\"\"NULL\"\"]\"\n";

std::string differences(const RowComparison& comparison, const std::string& left, const std::string& right) {
  std::string text;
  for (const RowDifference& one : comparison.differences) text += describe(one, left, right) + "\n";
  return text;
}

}  // namespace

ENGINE_CASE("A data set of every type comes back as it was written") {
  Database database(*target.backend, target.server, tables_by_engine().at(target.name()));
  const DataSet data = csv("samples", kSamples);
  database.load(data);
  const RowSet found = database.rows("Samples");
  CHECK(found.key == std::vector<std::size_t>{0});
  const RowSet expected = row_set(data.tables[0], found, NameMatching::fold);
  const RowComparison comparison = compare_rows(expected, found, {});
  CHECK(differences(comparison, "expected", "found") == "");
  CHECK(comparison.rows_compared == 4);
  CHECK(comparison.columns_compared.size() == 17);
  CHECK_FALSE(found.rows[1][7]);
  CHECK(found.rows[2][7] == Cell(""));

  // Written as CSV and read again, what a server holds is equal byte for byte.
  DataTable written{"samples", {}, {}, {}};
  for (const RowColumn& column : found.columns) written.columns.push_back(column.name);
  for (const auto& row : found.rows) written.rows.push_back({{row.begin(), row.end()}, {}});
  const RowSet back = row_set(read_csv(write_csv(written), "x.csv", "samples"), found, NameMatching::exact);
  RowComparisonOptions exact;
  exact.exact = true;
  CHECK(compare_rows(back, found, exact).equal());

  // … and can be loaded again.
  database.session().execute("DELETE FROM samples");
  DataSet again;
  again.tables.push_back(written);
  database.load(again);
  CHECK(differences(compare_rows(found, database.rows("samples"), exact), "before", "after") == "");
}

ENGINE_CASE("A row that the server refuses is named with its place, and nothing of the file stays") {
  Database database(*target.backend, target.server, tables_by_engine().at(target.name()));
  const Error twice = database.refused(csv("owners", "id,email\n1,a\n2,b\n3,a\n4,c\n"));
  CHECK(twice.category() == ErrorCategory::unique_violation);
  CHECK(twice.position().to_string() == "owners.csv:4:1");
  CHECK(database.rows("owners").rows.empty());
  const Error null = database.refused(csv("owners", "id,email\n1,a\n2,\n"));
  CHECK(null.category() == ErrorCategory::not_null_violation);
  CHECK(null.position().line == 3);
  const Error orphan = database.refused(csv("owners", "id,email,parent\n1,a,\n2,b,9\n3,c,1\n"));
  CHECK(orphan.category() == ErrorCategory::foreign_key_violation);
  CHECK(orphan.position().line == 3);
  const Error check = database.refused(csv("owners", "id,email,level\n1,a,1\n2,b,0\n"));
  CHECK(check.category() == ErrorCategory::check_violation);
  CHECK(check.position().line == 3);
  CHECK(database.rows("owners").rows.empty());
  const Error wide = database.refused(csv("owners", "id,email\n1,a\n2," + std::string(41, 'x') + "\n"));
  CHECK(wide.category() == ErrorCategory::data);
  CHECK(wide.position().line == 3);

  // The session is as good as before, identity values given and left out.
  DataTable mixed{"owners", {"id", "email"}, {}, {"m.csv", 1, 1}};
  mixed.rows.push_back({{Cell("7"), Cell("a")}, {"m.csv", 2, 1}});
  mixed.rows.push_back({{std::nullopt, Cell("b")}, {"m.csv", 3, 1}});
  DataSet data;
  data.tables.push_back(mixed);
  database.load(data);
  const RowSet owners = database.rows("owners");
  REQUIRE(owners.rows.size() == 2);
  CHECK(owners.rows[0][0] == Cell("7"));
  CHECK(owners.rows[1][0] == Cell("8"));
  CHECK(owners.rows[1][3] == Cell("3"));
}

ENGINE_CASE("A query's rows compare in their order, with the types of the query") {
  Database database(*target.backend, target.server, tables_by_engine().at(target.name()));
  database.load(csv("samples", kSamples));
  const std::string sql =
      "SELECT id, price * 2 AS twice, truth, moment, COUNT(*) OVER () FROM samples ORDER BY id DESC";
  const RowSet found = database.query(sql);
  CHECK(found.rows.size() == 4);
  const std::string counted = found.columns[4].name;
  const DataTable table = read_csv("id,twice,truth,moment," + counted +
                                       "\n4,2000,true,2024-01-01T00:00:00Z,4\n"
                                       "3,-0.0002,false,2000-01-01T07:59:59.999999Z,4\n2,,,,4\n"
                                       "1,25.00,true,2024-02-29T19:00:00.25Z,4\n",
                                   "totals.csv", "totals");
  RowComparisonOptions ordered;
  ordered.ordered = true;
  CHECK(differences(compare_rows(row_set(table, found, NameMatching::fold), found, ordered), "expected", "found") ==
        "");
  CHECK_FALSE(compare_rows(row_set(table, found, NameMatching::fold),
                           database.query("SELECT id, price * 2 AS twice, truth, moment, COUNT(*) OVER () AS " +
                                          counted + " FROM samples ORDER BY id"),
                           ordered)
                  .equal());
}

TEST_CASE("Both engines hold the same after loading the same data set, and a planted difference is found") {
  std::vector<std::unique_ptr<Database>> databases;
  for (const char* engine : {"postgres", "sqlserver"}) {
    const Backend& backend = test::registry().get(engine);
    const test::LiveServer& server = test::live_server(backend);
    if (!server.url) SKIP_TEST(server.reason);
    databases.push_back(std::make_unique<Database>(backend, *server.url, tables_by_engine().at(engine)));
    databases.back()->load(csv("samples", kSamples));
  }
  const auto compare = [&] { return compare_rows(databases[0]->rows("samples"), databases[1]->rows("samples"), {}); };
  CHECK(differences(compare(), "postgres", "sqlserver") == "");
  CHECK(compare().rows_compared == 4);
  databases[1]->session().execute("UPDATE samples SET label = NULL WHERE id = 3");
  databases[1]->session().execute("UPDATE samples SET price = price + 0.0001 WHERE id = 1");
  databases[1]->session().execute("UPDATE samples SET doc = '{\"a\":[1.5],\"b\":2}' WHERE id = 1");
  databases[1]->session().execute("UPDATE samples SET tags = '[\"x\",\"null\",\"\"]' WHERE id = 1");
  const RowComparison planted = compare();
  CHECK(planted.difference_count == 4);
  const std::string text = differences(planted, "postgres", "sqlserver");
  CHECK(text.find("id = 3: label: postgres '' (empty text), sqlserver NULL") != std::string::npos);
  CHECK(text.find("id = 1: price: postgres 12.5000, sqlserver 12.5001") != std::string::npos);
}
