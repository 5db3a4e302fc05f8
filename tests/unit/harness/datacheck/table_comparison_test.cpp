#include "harness/datacheck/table_comparison.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "backends/interrupt.h"
#include "tests/unit/harness/datacheck/fake_side.h"

using namespace paripassu;
using namespace paripassu::datacheck;
using test::FakeRow;
using test::FakeSide;
using test::FakeTables;

namespace {

std::vector<FakeRow> numbered(int count) {
  std::vector<FakeRow> rows;
  for (int i = 0; i < count; ++i) rows.push_back({std::to_string(i), "note " + std::to_string(i)});
  return rows;
}

const std::vector<test::FakeColumn>& id_and_note() {
  static const std::vector<test::FakeColumn> columns = {test::integer_column("id"), test::text_column("note")};
  return columns;
}

TableOptions options_of(DataMethod method) {
  TableOptions options;
  options.method = method;
  options.memory_bytes = 16u << 20;
  options.limit = 20;
  return options;
}

TableResult compare(const FakeTables& tables, FakeSide& left, FakeSide& right, const TableOptions& options) {
  TableResult result;
  result.columns.resize(tables.columns().size());
  compare_table(tables.shape(), left, right, options, result);
  CHECK(left.open_now == 0);
  CHECK(right.open_now == 0);
  CHECK(left.readers_now == 0);
  CHECK(right.readers_now == 0);
  return result;
}

bool has_note(const TableResult& result, std::string_view part) {
  return std::any_of(result.notes.begin(), result.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

constexpr DataMethod kMethods[] = {DataMethod::merge, DataMethod::reconcile, DataMethod::checksum};

/// As if a stop had been requested, until it goes.
struct StopRequest {
  ~StopRequest() { Interrupt::reset(); }
};

}  // namespace

TEST_CASE("Equal tables are read once by each side") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : {DataMethod::merge, DataMethod::reconcile}) {
    FakeSide left(tables, numbered(1'000));
    FakeSide right(tables, numbered(1'000));
    const TableResult result = compare(tables, left, right, options_of(method));
    CHECK(result.method == method);
    CHECK(result.equal_rows == 1'000);
    CHECK(result.complete());
    CHECK_FALSE(result.differs(Severity::warning));
    CHECK(left.scans == 1);
    CHECK(right.scans == 1);
  }
}

TEST_CASE("Checksums of equal tables read no row, and a difference reads a small part") {
  const FakeTables tables(id_and_note(), 1);
  FakeSide left(tables, numbered(50'000));
  std::vector<FakeRow> rows = numbered(50'000);
  FakeSide same(tables, rows);
  const TableResult equal = compare(tables, left, same, options_of(DataMethod::checksum));
  CHECK(equal.equal_rows == 50'000);
  CHECK(left.scans == 0);

  rows[30'000][1] = "changed";
  FakeSide right(tables, rows);
  FakeSide again(tables, numbered(50'000));
  const TableResult result = compare(tables, again, right, options_of(DataMethod::checksum));
  CHECK(result.changed_rows == 1);
  CHECK(result.equal_rows == 49'999);
  REQUIRE(result.differences.size() == 1);
  CHECK(result.differences[0].key == std::vector<Cell>{"30000"});
  CHECK(right.scans == 1);
  CHECK(right.batches <= 60);
}

TEST_CASE("A table that servers cannot sum is read, with the reason") {
  const FakeTables tables(id_and_note(), 1);
  FakeSide left(tables, numbered(10));
  FakeSide right(tables, numbered(10));
  right.refuses_checksums = "the json of column note has no checksum in both servers";
  const TableResult result = compare(tables, left, right, options_of(DataMethod::checksum));
  CHECK(result.method == DataMethod::reconcile);
  CHECK(result.equal_rows == 10);
  CHECK(has_note(result, "column note has no checksum"));
}

TEST_CASE("Few differences are fetched by key, without a second scan") {
  const FakeTables tables(id_and_note(), 1);
  std::vector<FakeRow> rows = numbered(5'000);
  rows[77][1] = "other";
  rows[4'000][1] = std::nullopt;
  FakeSide left(tables, numbered(5'000));
  FakeSide right(tables, rows);
  const TableResult result = compare(tables, left, right, options_of(DataMethod::reconcile));
  CHECK(result.changed_rows == 2);
  CHECK(left.scans == 1);
  CHECK(left.fetched_rows == 2);
  REQUIRE(result.differences.size() == 2);
  CHECK(result.differences[0].key == std::vector<Cell>{"77"});
  CHECK(result.differences[0].values.at(0).column == 1);
  CHECK(result.differences[1].values.at(0).right == std::nullopt);
  CHECK(result.columns[1].differing() == 2);
}

TEST_CASE("Rows whose keys find nothing are looked for by their hashes") {
  const FakeTables tables(id_and_note(), 1);
  std::vector<FakeRow> rows = numbered(500);
  rows[77][1] = "other";
  rows.pop_back();
  FakeSide left(tables, numbered(500));
  FakeSide right(tables, rows);
  left.hides_fetched = right.hides_fetched = true;
  const TableResult result = compare(tables, left, right, options_of(DataMethod::reconcile));
  CHECK(result.changed_rows == 1);
  CHECK(result.left_only_rows == 1);
  CHECK(left.scans == 2);
}

TEST_CASE("A key fetched with others that the server takes for equal counts once") {
  const std::vector<test::FakeColumn> columns = {test::text_column("code"), test::text_column("note")};
  const FakeTables tables(columns, 1);
  FakeSide left(tables, {{"a", "1"}, {"A", "1"}, {"b", "1"}});
  FakeSide right(tables, {{"a", "2"}, {"A", "2"}, {"b", "1"}});
  left.ignores_case = right.ignores_case = true;
  const TableResult result = compare(tables, left, right, options_of(DataMethod::reconcile));
  CHECK(result.changed_rows == 2);
  CHECK(result.equal_rows == 1);
  CHECK(result.left_only_rows + result.right_only_rows == 0);
}

TEST_CASE("Too many differences for memory are merged where the key has an order") {
  const FakeTables tables(id_and_note(), 1);
  std::vector<FakeRow> rows = numbered(20'000);
  for (FakeRow& row : rows) row[1] = "other";
  FakeSide left(tables, numbered(20'000));
  FakeSide right(tables, rows);
  TableOptions options = options_of(DataMethod::reconcile);
  options.memory_bytes = 512u << 10;
  const TableResult result = compare(tables, left, right, options);
  CHECK(result.method == DataMethod::merge);
  CHECK(result.changed_rows == 20'000);
  CHECK(has_note(result, "merge instead of reconcile"));
}

TEST_CASE("A side that does not keep the order is reconciled instead") {
  const FakeTables tables(id_and_note(), 1);
  for (const bool is_left : {true, false}) {
    FakeSide left(tables, numbered(1'000));
    FakeSide right(tables, numbered(999));
    (is_left ? left : right).descending = true;
    const TableResult result = compare(tables, left, right, options_of(DataMethod::merge));
    CHECK(result.method == DataMethod::reconcile);
    CHECK(result.left_only_rows == 1);
    CHECK(result.equal_rows == 999);
    CHECK(has_note(result, is_left ? "the left side's rows do not come in the order" : "the right side's rows"));
  }
}

TEST_CASE("Several rows of one key are compared as a set, with a note") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : kMethods) {
    CAPTURE(to_string(method));
    FakeSide left(tables, {{"1", "a"}, {"1", "b"}, {"1", "b"}, {"2", "x"}, {"3", "y"}, {"3", "y"}});
    FakeSide right(tables, {{"1", "b"}, {"1", "c"}, {"2", "x"}, {"3", "y"}});
    const TableResult result = compare(tables, left, right, options_of(method));
    CHECK(result.changed_rows == 1);
    CHECK(result.left_only_rows == 2);
    CHECK(result.right_only_rows == 0);
    CHECK(result.equal_rows == 3);
    CHECK(has_note(result, "several rows of the left side"));
  }
}

TEST_CASE("Accepted differences are counted apart and do not fail") {
  ValueRule::Options rules;
  rules.verdicts[static_cast<std::size_t>(ValueClass::letter_case)] = ClassVerdict::accepted;
  rules.count_accepted = true;
  const FakeTables tables(id_and_note(), 1, rules);
  for (const DataMethod method : kMethods) {
    CAPTURE(to_string(method));
    FakeSide left(tables, {{"1", "abc"}, {"2", "x"}, {"3", "y"}});
    FakeSide right(tables, {{"1", "ABC"}, {"2", "x"}, {"3", "z"}});
    const TableResult result = compare(tables, left, right, options_of(method));
    CHECK(result.accepted_rows == 1);
    CHECK(result.changed_rows == 1);
    CHECK(result.equal_rows == 1);
    CHECK(result.differences.size() == 1);
    CHECK(result.columns[1].classes[static_cast<std::size_t>(ValueClass::letter_case)].rows == 1);
  }
}

TEST_CASE("A table without rows, on one side or on both") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : kMethods) {
    CAPTURE(to_string(method));
    FakeSide none(tables, {});
    FakeSide nothing(tables, {});
    CHECK(compare(tables, none, nothing, options_of(method)).equal_rows == 0);
    FakeSide some(tables, numbered(3));
    const TableResult result = compare(tables, none, some, options_of(method));
    CHECK(result.right_only_rows == 3);
    CHECK(result.unfinished.empty());
  }
}

TEST_CASE("An error of one side ends the table with its reason and leaves nothing open") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : {DataMethod::merge, DataMethod::reconcile})
    for (const bool is_left : {true, false}) {
      CAPTURE(to_string(method));
      FakeSide left(tables, numbered(20'000));
      FakeSide right(tables, numbered(20'000));
      left.batch_rows = right.batch_rows = 10;
      (is_left ? left : right).on_batch = [](std::size_t before) {
        if (before == 20) throw Error(ErrorCategory::permission, "permission denied for table orders");
      };
      const TableResult result = compare(tables, left, right, options_of(method));
      CHECK(result.unfinished.find("permission denied for table orders") != std::string::npos);
      CHECK_FALSE(result.complete());
      CHECK(left.opened == 1);
    }
}

TEST_CASE("A lost connection is tried again with new sessions, three times") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : {DataMethod::merge, DataMethod::reconcile}) {
    CAPTURE(to_string(method));
    std::vector<FakeRow> rows = numbered(1'000);
    rows[5][1] = "other";
    FakeSide left(tables, numbered(1'000));
    FakeSide right(tables, rows);
    int losses = 2;
    right.on_batch = [&](std::size_t) {
      if (losses > 0 && losses-- > 0) throw Error(ErrorCategory::connection, "the server closed the connection");
    };
    const TableResult result = compare(tables, left, right, options_of(method));
    CHECK(result.unfinished.empty());
    CHECK(result.changed_rows == 1);
    CHECK(result.left_rows == 1'000);
    CHECK(result.columns[1].differing() == 1);
    CHECK(right.opened == 3);
    CHECK(right.forgotten == 2);
    CHECK(has_note(result, "read anew 2 times"));

    right.on_batch = [](std::size_t) { throw Error(ErrorCategory::connection, "the server closed the connection"); };
    right.opened = 0;
    const TableResult lost = compare(tables, left, right, options_of(method));
    CHECK(lost.unfinished.find("the server closed the connection") != std::string::npos);
    CHECK(right.opened == 4);
  }
}

TEST_CASE("A connection lost after differences were handed out ends the table") {
  const FakeTables tables(id_and_note(), 1);
  std::vector<FakeRow> rows = numbered(4'000);
  for (FakeRow& row : rows) row[1] = std::string(500, 'x');
  FakeSide left(tables, numbered(4'000));
  FakeSide right(tables, rows);
  TableOptions options = options_of(DataMethod::merge);
  options.memory_bytes = 256u << 10;
  std::uint64_t emitted = 0;
  options.emit = [&](const DataDifference&) { ++emitted; };
  right.on_batch = [&](std::size_t before) {
    if (before == 35) throw Error(ErrorCategory::connection, "the server closed the connection");
  };
  const TableResult result = compare(tables, left, right, options);
  CHECK(emitted > 0);
  CHECK(right.opened == 1);
  CHECK_FALSE(result.unfinished.empty());
}

TEST_CASE("A stop request ends a comparison in the middle of its rows") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : {DataMethod::merge, DataMethod::reconcile}) {
    CAPTURE(to_string(method));
    const StopRequest until_here;
    FakeSide left(tables, numbered(20'000));
    FakeSide right(tables, numbered(20'000));
    left.batch_rows = right.batch_rows = 10;
    left.on_batch = [](std::size_t before) {
      if (before == 20) Interrupt::request();
    };
    TableResult result;
    result.columns.resize(2);
    ErrorCategory category = ErrorCategory::internal;
    try {
      compare_table(tables.shape(), left, right, options_of(method), result);
    } catch (const Error& error) {
      category = error.category();
    }
    CHECK(category == ErrorCategory::interrupted);
    CHECK(left.open_now + right.open_now == 0);
    CHECK(left.readers_now + right.readers_now == 0);
    CHECK(left.batches < 100);
  }
}

TEST_CASE("Rows that settle are told apart from rows that go on differing") {
  const FakeTables tables(id_and_note(), 1);
  for (const DataMethod method : kMethods) {
    CAPTURE(to_string(method));
    std::vector<FakeRow> rows = numbered(100);
    rows[1][1] = "late";
    rows[2][1] = "wrong";
    rows[3][1] = "in between";
    rows.pop_back();
    FakeSide left(tables, numbered(100));
    FakeSide right(tables, rows);
    left.later = numbered(100);
    rows = numbered(100);
    rows[2][1] = "wrong";
    rows[3][1] = "another";
    right.later = rows;
    TableOptions options = options_of(method);
    options.recheck_ms = 1;
    std::vector<std::string> emitted;
    options.emit = [&](const DataDifference& difference) { emitted.push_back(*difference.right.at(1)); };
    const TableResult result = compare(tables, left, right, options);
    CHECK(result.settled_rows == 2);
    CHECK(result.changed_rows == 2);
    CHECK(result.left_only_rows == 0);
    CHECK(result.equal_rows == 96);
    CHECK(emitted == std::vector<std::string>{"wrong", "another"});
  }
}

TEST_CASE("Ranges of the key are read at a time only where all see one moment") {
  const FakeTables tables(id_and_note(), 1);
  TableOptions options = options_of(DataMethod::reconcile);
  options.ranges = 4;
  for (const bool shares : {true, false}) {
    FakeSide left(tables, numbered(1'000));
    FakeSide right(tables, numbered(1'000));
    right.shares_snapshot = shares;
    const TableResult result = compare(tables, left, right, options);
    CHECK(result.equal_rows == 1'000);
    CHECK(left.opened == (shares ? 4 : 1));
    CHECK(right.scans == (shares ? 4 : 1));
  }
}

TEST_CASE("Differences are kept in the order of the key's values") {
  const FakeTables tables(id_and_note(), 1);
  FakeSide left(tables, {{"-5", "a"}, {"10", "a"}, {"9", "a"}, {"-10", "a"}, {"100", "a"}});
  FakeSide right(tables, {});
  TableOptions options = options_of(DataMethod::reconcile);
  options.limit = 4;
  const TableResult result = compare(tables, left, right, options);
  std::vector<Cell> keys;
  for (const DataDifference& difference : result.differences) keys.push_back(difference.key.at(0));
  CHECK(keys == std::vector<Cell>{"-10", "-5", "9", "10"});
  CHECK(result.left_only_rows == 5);
}

TEST_CASE("Decimals compare by value, whatever their digits") {
  CHECK(compare_decimal_texts("2", "10") < 0);
  CHECK(compare_decimal_texts("-2", "-10") > 0);
  CHECK(compare_decimal_texts("1.50", "1.5") == 0);
  CHECK(compare_decimal_texts("-0.00", "0") == 0);
  CHECK(compare_decimal_texts("0.1", "0.09") > 0);
  CHECK(compare_decimal_texts("99999999999999999999999999999999999998", "99999999999999999999999999999999999999") < 0);
  CHECK(compare_decimal_texts("NaN", "Infinity") > 0);
  CHECK(compare_decimal_texts("-Infinity", "-1") < 0);
}

TEST_CASE("A key that compares without case is not merged, and finds its row all the same") {
  ValueRule::Options rules;
  rules.verdicts[static_cast<std::size_t>(ValueClass::letter_case)] = ClassVerdict::accepted;
  const std::vector<test::FakeColumn> columns = {test::text_column("code"), test::text_column("note")};
  const FakeTables tables(columns, 1, rules);
  CHECK(KeyComparator(tables.shape()).refusal().find("without case") != std::string::npos);
  FakeSide left(tables, {{"a", "1"}, {"B", "2"}, {"c", "3"}, {"D", "4"}});
  FakeSide right(tables, {{"A", "1"}, {"b", "x"}, {"C", "3"}, {"E", "4"}});
  const TableResult result = compare(tables, left, right, options_of(DataMethod::merge));
  CHECK(result.method == DataMethod::reconcile);
  CHECK(result.equal_rows == 2);
  CHECK(result.changed_rows == 1);
  CHECK(result.left_only_rows == 1);
  CHECK(result.right_only_rows == 1);
}

TEST_CASE("A row that the sides spell differently is looked at again under both keys") {
  ValueRule::Options rules;
  rules.verdicts[static_cast<std::size_t>(ValueClass::letter_case)] = ClassVerdict::accepted;
  const std::vector<test::FakeColumn> columns = {test::text_column("code"), test::text_column("note")};
  const FakeTables tables(columns, 1, rules);
  FakeSide left(tables, {{"a", "1"}, {"b", "1"}});
  FakeSide right(tables, {{"A", "2"}, {"B", "2"}});
  left.later = {{"a", "1"}, {"b", "2"}};
  right.later = {{"A", "2"}, {"B", "2"}};
  TableOptions options = options_of(DataMethod::reconcile);
  options.recheck_ms = 1;
  const TableResult result = compare(tables, left, right, options);
  CHECK(result.changed_rows == 1);
  CHECK(result.settled_rows == 1);
  CHECK(result.left_only_rows + result.right_only_rows == 0);
  CHECK(left.scans == 1);
}

TEST_CASE("Several rows of one side whose keys are equal by rule alone are compared as a set") {
  ValueRule::Options rules;
  rules.verdicts[static_cast<std::size_t>(ValueClass::letter_case)] = ClassVerdict::accepted;
  const std::vector<test::FakeColumn> columns = {test::text_column("code"), test::text_column("note")};
  const FakeTables tables(columns, 1, rules);
  FakeSide left(tables, {{"a", "one"}, {"A", "two"}, {"b", "1"}});
  FakeSide right(tables, {{"a", "two"}, {"b", "1"}});
  const TableResult result = compare(tables, left, right, options_of(DataMethod::reconcile));
  CHECK(result.left_only_rows == 1);
  CHECK(result.changed_rows == 0);
  CHECK(result.equal_rows == 2);
}

TEST_CASE("Places of a key's axis print as values") {
  CHECK(KeyBounds::text(ColumnLayout::int64, -7) == "-7");
  CHECK(KeyBounds::text(ColumnLayout::date, 19'782) == "2024-02-29");
  CHECK(KeyBounds::text(ColumnLayout::timestamp, 0) == "1970-01-01T00:00:00");
}
