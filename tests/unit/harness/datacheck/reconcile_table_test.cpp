#include "harness/datacheck/reconcile_table.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "tests/unit/harness/datacheck/fake_side.h"

using namespace paripassu;
using namespace paripassu::datacheck;

namespace {

RowHash random_hash(std::mt19937_64& random) {
  const std::uint64_t low = random();
  return {low, random()};
}

KeyImage image_of(const std::string& key) {
  static const test::FakeTables tables({test::text_column("id")}, 1);
  ColumnBatch batch;
  batch.columns.resize(1);
  batch.columns[0].append_bytes(key);
  batch.rows = 1;
  std::vector<KeyImage> images;
  KeyImages(tables.shape()).make(batch, images);
  return images.at(0);
}

std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> by_hash(const std::vector<DifferingRow>& rows) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> result;
  for (const DifferingRow& row : rows) result[{row.hash.high, row.hash.low}] += row.copies;
  return result;
}

}  // namespace

TEST_CASE("A reconcile table lists the rows of one side and forgets those of both") {
  std::mt19937_64 random(1);
  ReconcileTable left(600);
  ReconcileTable right(600);
  for (int i = 0; i < 100'000; ++i) {
    const RowHash hash = random_hash(random);
    left.add(hash, image_of(std::to_string(i)));
    right.add(hash, image_of(std::to_string(i)));
  }
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> expected;
  for (int i = 0; i < 300; ++i) {
    const RowHash hash = random_hash(random);
    (i % 3 == 0 ? right : left).add(hash, image_of("key " + std::to_string(i)));
    expected[{hash.high, hash.low}] = i % 3 == 0 ? -1 : 1;
  }
  left.subtract(right);
  std::vector<DifferingRow> rows;
  REQUIRE(left.peel(rows));
  CHECK(by_hash(rows) == expected);
  const test::FakeTables tables({test::text_column("id")}, 1);
  for (const DifferingRow& row : rows) {
    const auto key = KeyImages(tables.shape()).read(row.image);
    REQUIRE(key.has_value());
    CHECK((*key)[0]->starts_with("key "));
  }
}

TEST_CASE("A reconcile table lists copies of rows with their number, odd, even and a million") {
  for (const std::int64_t copies : {2, 3, 4, 7, 8, 96, 1'000, 4'096, 1'000'000}) {
    CAPTURE(copies);
    std::mt19937_64 random(static_cast<std::uint64_t>(copies));
    ReconcileTable left(100);
    ReconcileTable right(100);
    const RowHash more = random_hash(random);
    const RowHash other = random_hash(random);
    const std::vector<RowHash> many(static_cast<std::size_t>(copies) + 5, more);
    left.add(many, {});
    for (int i = 0; i < 5; ++i) right.add(more, {});
    right.add(other, {});
    right.add(other, {});
    left.subtract(right);
    std::vector<DifferingRow> rows;
    REQUIRE(left.peel(rows));
    CHECK(by_hash(rows) == std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t>{
                               {{more.high, more.low}, copies}, {{other.high, other.low}, -2}});
  }
}

TEST_CASE("A reconcile table of the size for some rows lists them, but for one time in a hundred") {
  for (const std::uint64_t count : {1u, 2u, 5u, 20u, 100u, 1'000u, 5'000u}) {
    CAPTURE(count);
    const int trials = count <= 100 ? 300 : 20;
    int failures = 0;
    for (int trial = 0; trial < trials; ++trial) {
      std::mt19937_64 random(count * 10'000 + static_cast<std::uint64_t>(trial));
      ReconcileTable table(ReconcileTable::cells_for(count));
      for (std::uint64_t i = 0; i < count; ++i) table.add(random_hash(random), {});
      std::vector<DifferingRow> rows;
      if (!table.peel(rows))
        ++failures;
      else
        CHECK(rows.size() == count);
    }
    CHECK(failures <= trials / 100 + 1);
  }
}

TEST_CASE("A reconcile table with too many rows says so, and estimates how many they are") {
  std::mt19937_64 random(7);
  ReconcileTable left(3'000);
  ReconcileTable right(3'000);
  for (int i = 0; i < 40'000; ++i) left.add(random_hash(random), {});
  for (int i = 0; i < 60'000; ++i) right.add(random_hash(random), {});
  left.subtract(right);
  const std::uint64_t estimate = left.estimate();
  CHECK(estimate > 90'000);
  CHECK(estimate < 110'000);
  std::vector<DifferingRow> rows;
  CHECK_FALSE(left.peel(rows));
}

TEST_CASE("Keys that are spelled differently leave no false key in a reconcile table") {
  std::mt19937_64 random(3);
  ReconcileTable left(100);
  ReconcileTable right(100);
  for (int i = 0; i < 500; ++i) {
    const RowHash hash = random_hash(random);
    left.add(hash, image_of(std::to_string(i) + ".0"));
    right.add(hash, image_of(std::to_string(i) + ".00"));
  }
  left.add(random_hash(random), image_of("the one"));
  left.subtract(right);
  std::vector<DifferingRow> rows;
  REQUIRE(left.peel(rows));
  REQUIRE(rows.size() == 1);
  CHECK_FALSE(rows[0].image.intact());
}

TEST_CASE("A key's image reads back to the key, and long keys have none") {
  const test::FakeTables tables({test::integer_column("a"), test::text_column("b")}, 2);
  const KeyImages images(tables.shape());
  REQUIRE(images.possible());
  const std::vector<std::pair<std::int64_t, Cell>> keys = {{0, "x"},
                                                           {-1, ""},
                                                           {INT64_MAX, "abc"},
                                                           {INT64_MIN, "\xF0\x9F\x98\x80"},
                                                           {300, std::nullopt},
                                                           {1, std::string("\0\xFF", 2)}};
  ColumnBatch batch;
  batch.columns.resize(2);
  batch.columns[0].layout = ColumnLayout::int64;
  for (const auto& [number, text] : keys) {
    batch.columns[0].append_fixed(&number, sizeof number);
    if (text)
      batch.columns[1].append_bytes(*text);
    else
      batch.columns[1].append_null(batch.rows);
    ++batch.rows;
  }
  const std::int64_t one = 1;
  batch.columns[0].append_fixed(&one, sizeof one);
  batch.columns[1].append_bytes(std::string(60, 'x'));
  ++batch.rows;
  std::vector<KeyImage> made;
  images.make(batch, made);
  REQUIRE(made.size() == keys.size() + 1);
  for (std::size_t i = 0; i < keys.size(); ++i)
    CHECK(images.read(made[i]) == std::vector<Cell>{std::to_string(keys[i].first), keys[i].second});
  CHECK_FALSE(images.read(made.back()).has_value());
  CHECK_FALSE(images.read(KeyImage{}).has_value());
}
