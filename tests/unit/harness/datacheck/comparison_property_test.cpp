#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "harness/datacheck/table_comparison.h"
#include "tests/unit/harness/datacheck/fake_side.h"

using namespace paripassu;
using namespace paripassu::datacheck;
using test::FakeRow;

namespace {

using Kind = DataDifference::Kind;
/// Kind, left row, right row: how often.
using Found = std::map<std::tuple<Kind, FakeRow, FakeRow>, std::uint64_t>;

struct Planted {
  std::vector<FakeRow> left;
  std::vector<FakeRow> right;
  Found expected;
  std::uint64_t equal = 0;
};

class RandomRows {
 public:
  explicit RandomRows(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  Cell text() {
    switch (below(8)) {
      case 0:
        return std::nullopt;
      case 1:
        return "";
      case 2:
        return "\xF0\x9F\x98\x80 " + std::to_string(below(50));
      case 3:
        return std::string(below(60), 'y');
      default:
        return std::to_string(below(1'000));
    }
  }
  /// Distinct keys of the columns' kinds.
  FakeRow key(const std::vector<test::FakeColumn>& columns, std::size_t key_columns, std::uint64_t number) {
    FakeRow row;
    for (std::size_t i = 0; i < key_columns; ++i) {
      if (columns[i].layout == ColumnLayout::int64)
        row.emplace_back(std::to_string(static_cast<std::int64_t>(number) * 7 - 500));
      else if (number % 5 == 0)
        row.emplace_back("a key that is too long for an image " + std::to_string(number));
      else
        row.emplace_back("k" + std::to_string(number));
    }
    return row;
  }
  void shuffle(std::vector<FakeRow>& rows) { std::shuffle(rows.begin(), rows.end(), random_); }

 private:
  std::mt19937_64 random_;
};

Planted plant_keyed(RandomRows& random, const std::vector<test::FakeColumn>& columns, std::size_t key_columns,
                    std::uint64_t rows, std::uint64_t one_in) {
  Planted planted;
  for (std::uint64_t i = 0; i < rows; ++i) {
    FakeRow row = random.key(columns, key_columns, i);
    for (std::size_t c = key_columns; c < columns.size(); ++c)
      row.push_back(columns[c].layout == ColumnLayout::text ? random.text() : Cell(std::to_string(random.below(100))));
    if (random.below(one_in) != 0) {
      planted.left.push_back(row);
      planted.right.push_back(row);
      ++planted.equal;
      continue;
    }
    switch (random.below(3)) {
      case 0:
        planted.left.push_back(row);
        ++planted.expected[{Kind::left_only, row, {}}];
        break;
      case 1:
        planted.right.push_back(row);
        ++planted.expected[{Kind::right_only, {}, row}];
        break;
      default: {
        FakeRow other = row;
        Cell& cell = other[key_columns + random.below(columns.size() - key_columns)];
        cell = cell ? *cell + "1" : "1";
        planted.left.push_back(row);
        planted.right.push_back(other);
        ++planted.expected[{Kind::changed, row, other}];
      }
    }
  }
  return planted;
}

Planted plant_multiset(RandomRows& random, std::uint64_t rows) {
  Planted planted;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const FakeRow row = {std::to_string(i), random.text()};
    const std::uint64_t left = random.below(3);
    const std::uint64_t right = random.below(10) == 0 ? random.below(4) : left;
    planted.left.insert(planted.left.end(), left, row);
    planted.right.insert(planted.right.end(), right, row);
    planted.equal += std::min(left, right);
    if (left > right) planted.expected[{Kind::left_only, row, {}}] = left - right;
    if (right > left) planted.expected[{Kind::right_only, {}, row}] = right - left;
  }
  return planted;
}

struct Outcome {
  TableResult result;
  Found found;
  std::size_t peak = 0;
};

Outcome compare(const test::FakeTables& tables, const Planted& planted, RandomRows& random, TableOptions options,
                std::size_t batch_rows) {
  std::vector<FakeRow> left_rows = planted.left;
  std::vector<FakeRow> right_rows = planted.right;
  random.shuffle(left_rows);
  random.shuffle(right_rows);
  test::FakeSide left(tables, std::move(left_rows));
  test::FakeSide right(tables, std::move(right_rows));
  left.batch_rows = batch_rows;
  right.batch_rows = batch_rows;
  Outcome outcome;
  outcome.result.columns.resize(tables.columns().size());
  MemoryMeter meter;
  options.meter = &meter;
  options.emit = [&](const DataDifference& difference) {
    outcome.found[{difference.kind, difference.left, difference.right}] += difference.copies;
  };
  compare_table(tables.shape(), left, right, options, outcome.result);
  outcome.peak = meter.peak();
  CHECK(left.open_now == 0);
  CHECK(right.open_now == 0);
  CHECK(left.readers_now == 0);
  CHECK(right.readers_now == 0);
  CHECK(meter.used() == 0);
  return outcome;
}

void check(const Outcome& outcome, const Planted& planted) {
  CHECK(outcome.result.unfinished.empty());
  CHECK(outcome.found == planted.expected);
  CHECK(outcome.result.left_rows == planted.left.size());
  CHECK(outcome.result.right_rows == planted.right.size());
  CHECK(outcome.result.equal_rows == planted.equal);
  std::uint64_t counts[3] = {};
  for (const auto& [what, copies] : planted.expected) counts[static_cast<int>(std::get<0>(what))] += copies;
  CHECK(outcome.result.left_only_rows == counts[static_cast<int>(Kind::left_only)]);
  CHECK(outcome.result.right_only_rows == counts[static_cast<int>(Kind::right_only)]);
  CHECK(outcome.result.changed_rows == counts[static_cast<int>(Kind::changed)]);
  CHECK(outcome.result.settled_rows == 0);
}

}  // namespace

TEST_CASE("A comparison finds exactly the planted differences, whatever the method, batch size, memory and jobs") {
  const std::vector<std::vector<test::FakeColumn>> kinds = {
      {test::integer_column("id"), test::text_column("note"), test::decimal_column("amount")},
      {test::text_column("code"), test::text_column("note")},
      {test::integer_column("id"), test::text_column("part"), test::text_column("note")},
  };
  for (std::uint64_t seed = 1; seed <= 36; ++seed) {
    RandomRows random(seed);
    const std::vector<test::FakeColumn>& columns = kinds[seed % kinds.size()];
    const std::size_t key_columns = seed % kinds.size() == 2 ? 2 : 1;
    const test::FakeTables tables(columns, key_columns);
    const std::uint64_t one_in = std::array<std::uint64_t, 4>{1, 2, 20, 1'000}[random.below(4)];
    const Planted planted =
        plant_keyed(random, columns, key_columns, random.below(4) == 0 ? random.below(3) : 1'500, one_in);
    TableOptions options;
    options.method =
        std::array<DataMethod, 3>{DataMethod::merge, DataMethod::reconcile, DataMethod::checksum}[seed / 3 % 3];
    options.memory_bytes = std::array<std::size_t, 3>{64u << 10, 1u << 20, 64u << 20}[random.below(3)];
    options.ranges = static_cast<int>(1 + random.below(3));
    options.limit = 5;
    const std::size_t batch_rows = std::array<std::size_t, 3>{1, 7, 400}[random.below(3)];
    CAPTURE(seed);
    CAPTURE(to_string(options.method));
    CAPTURE(options.memory_bytes);
    CAPTURE(batch_rows);
    CAPTURE(one_in);
    const Outcome outcome = compare(tables, planted, random, options, batch_rows);
    check(outcome, planted);
    CHECK(outcome.result.differences.size() == std::min<std::size_t>(5, planted.expected.size()));
  }
}

TEST_CASE("A comparison without a key finds exactly the rows that one side has more of") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    RandomRows random(seed);
    const test::FakeTables tables({test::integer_column("a"), test::text_column("b")}, 0);
    const Planted planted = plant_multiset(random, 600);
    TableOptions options;
    options.method = seed % 2 == 0 ? DataMethod::reconcile : DataMethod::merge;
    options.memory_bytes = seed % 3 == 0 ? 256u << 10 : 16u << 20;
    options.limit = 1'000;
    check(compare(tables, planted, random, options, 50), planted);
  }
}

TEST_CASE("A comparison keeps to its memory when everything differs, and hands out every difference") {
  const std::vector<test::FakeColumn> columns = {test::integer_column("id"), test::text_column("note")};
  for (const DataMethod method : {DataMethod::merge, DataMethod::reconcile, DataMethod::checksum}) {
    CAPTURE(to_string(method));
    RandomRows random(5);
    test::FakeTables tables(columns, 1);
    // Without an order that both sides share, there is no merge to turn to.
    if (method == DataMethod::reconcile) tables.plan().key_orders = {KeyOrder::none};
    const Planted planted = plant_keyed(random, columns, 1, 20'000, 1);
    TableOptions options;
    options.method = method;
    options.memory_bytes = 2u << 20;
    options.limit = 3;
    const Outcome outcome = compare(tables, planted, random, options, 100);
    check(outcome, planted);
    CHECK(outcome.peak <= options.memory_bytes);
    CHECK(outcome.result.differences.size() == 3);
  }
}
