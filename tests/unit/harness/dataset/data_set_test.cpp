#include "harness/dataset/data_set.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "harness/project/toml_reader.h"

using namespace paripassu;

namespace {

DataTable csv(std::string_view text) {
  return read_csv(text, "orders.csv", "orders");
}

Error csv_error(std::string_view text) {
  try {
    csv(text);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCategory::internal, "no error"};
}

DataSet read(std::string_view text) {
  const toml::table table = toml::parse(text, std::string_view("data.toml"));
  return data_set_from_toml(TomlTable(table, "", "data.toml", {}));
}

Error toml_error(std::string_view text) {
  try {
    read(text);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCategory::internal, "no error"};
}

std::string show(const DataTable::Value& value) {
  if (!value) return "(default)";
  return *value ? "'" + **value + "'" : "NULL";
}

std::string show(const DataTable::Row& row) {
  std::string text;
  for (const DataTable::Value& value : row.values) text += (text.empty() ? "" : " ") + show(value);
  return text;
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "paripassu_data_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("read_csv tells NULL from the empty text") {
  const DataTable table = csv("id,note\n1,\n2,\"\"\n3,x\n,\" \"\n");
  REQUIRE(table.rows.size() == 4);
  CHECK(table.columns == std::vector<std::string>{"id", "note"});
  CHECK(show(table.rows[0]) == "'1' NULL");
  CHECK(show(table.rows[1]) == "'2' ''");
  CHECK(show(table.rows[2]) == "'3' 'x'");
  CHECK(show(table.rows[3]) == "NULL ' '");
}

TEST_CASE("read_csv keeps commas, quotes and line ends inside quotes, and counts lines through them") {
  const DataTable table = csv("id,note\r\n1,\"a,\"\"b\"\"\r\nc\"\r\n2,NULL\r\n");
  REQUIRE(table.rows.size() == 2);
  CHECK(show(table.rows[0]) == "'1' 'a,\"b\"\r\nc'");
  CHECK(table.rows[0].position == SourcePosition{"orders.csv", 2, 1});
  CHECK(show(table.rows[1]) == "'2' 'NULL'");
  CHECK(table.rows[1].position.line == 4);
}

TEST_CASE("read_csv takes a byte order mark, a missing last line end, and a table without rows") {
  CHECK(csv("\xEF\xBB\xBFid\n1").columns == std::vector<std::string>{"id"});
  CHECK(csv("id\n1").rows.size() == 1);
  CHECK(csv("id,note\n").rows.empty());
  CHECK(csv("id,note").rows.empty());
}

TEST_CASE("read_csv takes a blank line of one column for NULL") {
  const DataTable table = csv("id\n\n7\n\n");
  REQUIRE(table.rows.size() == 3);
  CHECK(show(table.rows[0]) == "NULL");
  CHECK(show(table.rows[2]) == "NULL");
}

TEST_CASE("read_csv refuses what is no CSV, with the place") {
  struct Case {
    std::string text;
    std::string message;
    int line;
    int column;
  };
  const std::vector<Case> cases = {
      {"", "the file is empty", 1, 1},
      {"\xEF\xBB\xBF", "the file is empty", 1, 1},
      {"\n1\n", "a column without a name", 1, 1},
      {"id,,x\n", "a column without a name", 1, 4},
      {"id,\"\"\n", "a column without a name", 1, 4},
      {"id,note,id\n", "column 'id' comes twice", 1, 9},
      {"id,note\n1\n", "a row of 1 cell where the first line names 2 columns", 2, 1},
      {"id,note\n1,2\n\n", "a row of 1 cell where", 3, 1},
      {"id,note\n1,\"\n\",3\n", "more cells than the first line names", 3, 3},
      {"id,note\n1,\"abc\n\n", "is not closed", 2, 3},
      {"id,note\n1,\"a\"b\n", "text behind the closing double quote", 2, 6},
      {"id,note\n1,a\"b\n", "a double quote inside a value without quotes", 2, 4},
      {"id,note\n\xC3\xA9\xC3\xA9,a\"b\n", "a double quote inside a value", 2, 5},
      {"id\n1\r2\n", "a carriage return without a line feed", 2, 2},
      {std::string("id\n1\0\n", 6), "a NUL character", 2, 2},
      {"id\n\xC3\xA9x\xFF\n", "the file is not UTF-8", 2, 3},
      {"id\n\xED\xA0\x80\n", "the file is not UTF-8", 2, 1},
      {"id\n\xC3", "the file is not UTF-8", 2, 1},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const Error error = csv_error(one.text);
    CHECK(error.category() == ErrorCategory::configuration);
    CHECK_MESSAGE(error.message().find(one.message) != std::string::npos, error.message());
    CHECK(error.position() == SourcePosition{"orders.csv", one.line, one.column});
  }
}

TEST_CASE("write_csv writes what read_csv reads back") {
  DataTable table;
  table.columns = {"id", "a,b", "\xEF\xBB\xBFmark"};
  const std::vector<Cell> cells = {
      std::nullopt, "", "NULL", " x ", "\"", "a\r\nb", "\r", "\n", ",", "\xC3\xA9", std::string(1, '\0'), "'", "plain"};
  for (const Cell& cell : cells) table.rows.push_back({{cell, std::string("x"), cell}, {}});
  const DataTable back = csv(write_csv(table));
  CHECK(back.columns == table.columns);
  REQUIRE(back.rows.size() == table.rows.size());
  for (std::size_t i = 0; i < cells.size(); ++i) CHECK(back.rows[i].values == table.rows[i].values);

  table.columns = {"id"};
  table.rows = {{{Cell(std::nullopt)}, {}}, {{Cell("")}, {}}, {{Cell(std::nullopt)}, {}}};
  CHECK(write_csv(table) == "id\n\n\"\"\n\n");
  CHECK(csv(write_csv(table)).rows[2].values == table.rows[2].values);
}

TEST_CASE("write_csv cannot say that a value was not given") {
  DataTable table;
  table.columns = {"id"};
  table.rows = {{{std::nullopt}, {}}};
  CHECK_THROWS_WITH_AS(write_csv(table), doctest::Contains("was not given"), Error);
}

TEST_CASE("read_csv survives random bytes, and what it takes it writes back to the same") {
  std::mt19937 random(4711);
  const std::string alphabet = "\",\r\n\na1 \xC3\xA9;\\";
  std::size_t taken = 0;
  for (int run = 0; run < 30'000; ++run) {
    std::string text = run % 3 == 0 ? "a,b\n" : "";
    const std::size_t length = random() % 24;
    for (std::size_t i = 0; i < length; ++i)
      text += run % 7 == 0 ? static_cast<char>(random() % 256) : alphabet[random() % alphabet.size()];
    try {
      const DataTable table = csv(text);
      const DataTable back = csv(write_csv(table));
      REQUIRE(back.columns == table.columns);
      REQUIRE(back.rows.size() == table.rows.size());
      for (std::size_t i = 0; i < table.rows.size(); ++i) REQUIRE(back.rows[i].values == table.rows[i].values);
      ++taken;
    } catch (const Error& error) {
      REQUIRE(error.category() == ErrorCategory::configuration);
      REQUIRE(error.position().line >= 1);
    }
  }
  CHECK(taken > 500);
}

TEST_CASE("read_csv reads large texts whole, and knows the line of every row") {
  constexpr std::size_t kRows = 20'000;
  std::string text = "id,note\n";
  // Two lines each: the quoted value holds a line break.
  for (std::size_t i = 0; i < kRows; ++i) text += std::to_string(i) + ",\"some \"\"text\"\"\nhere\"\n";
  const DataTable table = csv(text);
  REQUIRE(table.rows.size() == kRows);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const DataTable::Row& row = table.rows[i];
    const bool right = row.values[0] == Cell(std::to_string(i)) && row.values[1] == Cell("some \"text\"\nhere") &&
                       row.position.line == static_cast<int>(2 * i) + 2;
    wrong += right ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("read_csv refuses more rows than fit a test") {
  std::string text = "id\n";
  for (int i = 0; i <= 1'000'000; ++i) text += "1\n";
  try {
    csv(text);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::resources);
    CHECK(error.position().line == 1'000'002);
  }
}

TEST_CASE("Data sets of TOML keep the order of the file") {
  const DataSet set = read(R"(
[[zebras]]
name = "z"
id = 1
[[apes]]
id = 7
[[zebras]]
tail = true
id = 2
)");
  REQUIRE(set.tables.size() == 2);
  CHECK(set.tables[0].name == "zebras");
  CHECK(set.tables[0].columns == std::vector<std::string>{"name", "id", "tail"});
  REQUIRE(set.tables[0].rows.size() == 2);
  CHECK(show(set.tables[0].rows[0]) == "'z' '1' (default)");
  CHECK(show(set.tables[0].rows[1]) == "(default) '2' 'true'");
  CHECK(set.tables[0].rows[1].position.file == "data.toml");
  CHECK(set.tables[0].rows[1].position.line == 7);
  CHECK(set.tables[1].name == "apes");
}

TEST_CASE("Data sets of TOML turn every kind of value into its canonical text") {
  const DataSet set = read(R"(
[[app.t]]
a = true
b = -7
c = 12.50
d = 1e-7
e = 1e3
f = nan
g = -inf
h = "NULL"
i = ""
j = {null = true}
k = 2024-02-29
l = 23:59:59.500
m = 2024-02-29T23:59:59.000001
n = 2024-03-01T00:30:00.25+05:30
o = ["a", 1, {null = true}, 2.50]
p = {z = 1, a = [true]}
q = 1999-12-31 23:59:59-08:00
r = {null = false}
s = 0.1
)");
  REQUIRE(set.tables.size() == 1);
  CHECK(set.tables[0].name == "app.t");
  const std::vector<std::string> expected = {"'true'",
                                             "'-7'",
                                             "'12.5'",
                                             "'0.0000001'",
                                             "'1000'",
                                             "'NaN'",
                                             "'-Infinity'",
                                             "'NULL'",
                                             "''",
                                             "NULL",
                                             "'2024-02-29'",
                                             "'23:59:59.5'",
                                             "'2024-02-29T23:59:59.000001'",
                                             "'2024-02-29T19:00:00.25Z'",
                                             "'[\"a\",1,null,2.5]'",
                                             "'{\"a\":[true],\"z\":1}'",
                                             "'2000-01-01T07:59:59Z'",
                                             "'{\"null\":false}'",
                                             "'0.1'"};
  REQUIRE(set.tables[0].rows[0].values.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(set.tables[0].columns[i]);
    CHECK(show(set.tables[0].rows[0].values[i]) == expected[i]);
  }
}

TEST_CASE("Data sets of TOML know tables without rows, quoted names and tables inside an outer one") {
  const DataSet set = read("orders = []\nlists = [{id = 1}, {id = 2}]\n[[\"app.x\"]]\nid = 1\n");
  REQUIRE(set.tables.size() == 3);
  CHECK(set.tables[0].name == "orders");
  CHECK(set.tables[0].rows.empty());
  CHECK(set.tables[1].rows.size() == 2);
  CHECK(set.tables[2].name == "app.x");

  const toml::table document = toml::parse("[before]\n[[before.orders]]\nid = 1\n");
  const TomlTable root(document, "", "case.toml", {"before"});
  const DataSet before = data_set_from_toml(*root.open_table("before"));
  REQUIRE(before.tables.size() == 1);
  CHECK(before.tables[0].name == "orders");
  CHECK(before.tables[0].rows[0].position.line == 2);
}

TEST_CASE("Data sets of TOML refuse what is no row, and numbers that lost digits") {
  CHECK(toml_error("orders = 1\n").message().find("'orders' holds no rows") != std::string::npos);
  CHECK(toml_error("orders = [1]\n").position() == SourcePosition{"data.toml", 1, 11});
  CHECK(toml_error("[app.orders]\nid = 1\n").message().find("'app.orders' holds no rows") != std::string::npos);
  const Error error = toml_error("[[t]]\nid = 1\nx = 12345678901234567.89\n");
  CHECK(error.message().find("more digits") != std::string::npos);
  CHECK(error.position() == SourcePosition{"data.toml", 3, 5});
  CHECK(toml_error("[[t]]\nx = 0.30000000000000004\n").remedy().find("in quotes") != std::string::npos);
  CHECK(toml_error("[[t]]\nx = [nan]\n").message().find("JSON has no NaN") != std::string::npos);
}

TEST_CASE("read_data_file takes the table from the name of a CSV file") {
  const Folder folder;
  CHECK(read_data_file(folder.write("0003.orders.csv", "id\n1\n")).tables.at(0).name == "orders");
  CHECK(read_data_file(folder.write("customers.csv", "id\n1\n")).tables.at(0).name == "customers");
  const DataSet set = read_data_file(folder.write("0003_more.toml", "[[a]]\nid = 1\n"));
  CHECK(set.tables.at(0).name == "a");
  CHECK(set.tables.at(0).rows.at(0).position.file == folder.path("0003_more.toml"));
}

TEST_CASE("read_data_file says what is wrong with a file") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(read_data_file(folder.path("no.csv")), doctest::Contains("there is no such file"), Error);
  CHECK_THROWS_WITH_AS(read_data_file(folder.path("no.toml")), doctest::Contains("there is no such file"), Error);
  CHECK_THROWS_WITH_AS(read_data_file(folder.write("x.json", "{}")), doctest::Contains("is no data file"), Error);
  CHECK_THROWS_WITH_AS(read_data_file(folder.write(".csv", "id\n")), doctest::Contains("is no data file"), Error);
  CHECK_THROWS_WITH_AS(read_data_file(folder.write("x.toml", "[[a\n")), doctest::Contains("x.toml:1"), Error);
  CHECK_THROWS_WITH_AS(read_data_file(folder.write("y.toml", "[[a]]\nb = \"\xFF\"\n")),
                       doctest::Contains("not valid TOML"), Error);
  std::filesystem::create_directory(folder.path("d.csv"));
  CHECK_THROWS_WITH_AS(read_data_file(folder.path("d.csv")), doctest::Contains("it is a folder"), Error);
}
