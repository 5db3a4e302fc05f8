#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/harness/datacheck/value_pairs.h"

using namespace value_pairs;

namespace {

using Row = std::vector<Cell>;

ColumnBatch batch_of(const std::vector<Type>& types, const std::vector<Row>& rows) {
  ColumnBatch batch;
  for (std::size_t i = 0; i < types.size(); ++i) {
    ColumnVector column = column_of(types[i], std::nullopt);
    column.clear();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const ColumnVector one = column_of(types[i], rows[row][i]);
      if (!rows[row][i]) {
        column.append_null(row);
      } else if (fixed_width(column.layout) == 0) {
        column.append_bytes(one.bytes(0));
      } else {
        column.append_fixed(one.data.data(), one.data.size());
      }
    }
    batch.columns.push_back(std::move(column));
  }
  batch.rows = rows.size();
  return batch;
}

std::vector<RowHash> hashes_of(const std::vector<ValueRule>& rules, RowHasher::Side side, const ColumnBatch& batch) {
  std::vector<const ValueRule*> pointers;
  for (const ValueRule& rule : rules) pointers.push_back(&rule);
  std::vector<RowHash> hashes;
  RowHasher(pointers, side).hash(batch, hashes);
  return hashes;
}

std::vector<ValueRule> rules_of(const std::vector<Type>& left, const std::vector<Type>& right,
                                const ValueRule::Options& options = {}) {
  std::vector<ValueRule> rules;
  for (std::size_t i = 0; i < left.size(); ++i) rules.emplace_back(left[i], right[i], options);
  return rules;
}

std::set<std::pair<std::uint64_t, std::uint64_t>> distinct(const std::vector<RowHash>& hashes) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> result;
  for (const RowHash& hash : hashes) result.emplace(hash.low, hash.high);
  return result;
}

}  // namespace

TEST_CASE("Rows of different layouts hash alike where their values are the same") {
  const std::vector<Type> left = {integer(64), kBoolean, decimal(10, 2), timestamp(6, true), fixed_text(5),
                                  kUuid,       kDate,    floating(32),   decimal(19, 4)};
  const std::vector<Type> right = {kNumeric,       integer(8),   decimal(20, 6), timestamp(6), varying_text(9),
                                   fixed_text(40), timestamp(6), floating(64),   kText};
  const auto rules = rules_of(left, right);
  const auto one =
      batch_of(left, {{"-120", "true", "12.50", "2024-02-29T12:00:00.5Z", "ab   ",
                       "01020304-0506-0708-090a-0b0c0d0e0f10", "2024-02-29", "0.1", "3.5000"},
                      {"0", "false", "0.00", std::nullopt, "     ", std::nullopt, "infinity", "NaN", "-1.0000"}});
  const auto other =
      batch_of(right, {{"-120.000", "1", "12.500000", "2024-02-29T12:00:00.5", "ab",
                        "01020304-0506-0708-090A-0B0C0D0E0F10    ", "2024-02-29T00:00:00", "0.1", "3.5"},
                       {"0", "0", "-0.000000", std::nullopt, "", std::nullopt, "infinity", "NaN", "-1"}});
  const auto left_hashes = hashes_of(rules, RowHasher::Side::left, one);
  CHECK(left_hashes == hashes_of(rules, RowHasher::Side::right, other));
  CHECK_FALSE(left_hashes[0] == left_hashes[1]);
}

TEST_CASE("NULL, empty, and what stands in which column hash differently") {
  const std::vector<Type> types = {kText, kText, integer()};
  const auto rules = rules_of(types, types);
  const std::vector<Row> rows = {
      {"", "", "0"},          {std::nullopt, "", "0"}, {"", std::nullopt, "0"}, {std::nullopt, std::nullopt, "0"},
      {"", "", std::nullopt}, {"ab", "", "0"},         {"", "ab", "0"},         {"a", "b", "0"},
      {"a", "b", "1"}};
  CHECK(distinct(hashes_of(rules, RowHasher::Side::left, batch_of(types, rows))).size() == rows.size());
  const std::vector<Type> ids = {kUuid};
  const std::vector<Row> id_rows = {{"00000000-0000-0000-0000-000000000000"}, {std::nullopt}};
  CHECK(distinct(hashes_of(rules_of(ids, ids), RowHasher::Side::left, batch_of(ids, id_rows))).size() == 2);
}

TEST_CASE("A row hashes alike wherever it stands in a batch, and NULL like the empty text where that is accepted") {
  ValueRule::Options options;
  options.verdicts[static_cast<std::size_t>(ValueClass::null_empty)] = ClassVerdict::accepted;
  const std::vector<Type> types = {integer(64), kText, decimal(10, 2)};
  const auto rules = rules_of(types, types, options);
  std::vector<Row> rows;
  for (int i = 0; i < 3'000; ++i)
    rows.push_back({std::to_string(i), i % 3 == 0 ? Cell() : std::to_string(i % 7), i % 5 == 0 ? Cell() : "1.50"});
  const auto together = hashes_of(rules, RowHasher::Side::left, batch_of(types, rows));
  REQUIRE(together.size() == rows.size());
  CHECK(distinct(together).size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); i += 97) {
    Row row = rows[i];
    if (!row[1]) row[1] = "";
    CHECK(hashes_of(rules, RowHasher::Side::right, batch_of(types, {row})).at(0) == together[i]);
  }
  CHECK(hashes_of(rules, RowHasher::Side::left, batch_of(types, {})).empty());
}

TEST_CASE("Rows of 1,600 columns hash, and every column counts") {
  const std::vector<Type> types(1'600, integer());
  const auto rules = rules_of(types, types);
  std::vector<Row> rows(1, Row(types.size(), "7"));
  for (std::size_t i = 0; i < types.size(); i += 63) {
    rows.push_back(rows[0]);
    rows.back()[i] = std::nullopt;
    rows.push_back(rows[0]);
    rows.back()[i] = "0";
  }
  CHECK(distinct(hashes_of(rules, RowHasher::Side::left, batch_of(types, rows))).size() == rows.size());
}
