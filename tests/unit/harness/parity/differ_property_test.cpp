#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "tests/unit/harness/parity/alterations.h"
#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;

namespace {

/// Printed, so that a failure can be had again: PARIPASSU_TEST_SEED=<number> and PARIPASSU_TEST_ROUNDS=1.
unsigned first_seed() {
  const char* given = std::getenv("PARIPASSU_TEST_SEED");
  const unsigned seed =
      given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::cout << "differ_property_test: PARIPASSU_TEST_SEED=" << seed << std::endl;
  return seed;
}

std::vector<Alteration> alterations() {
  std::vector<Alteration> all;
  for (auto&& some :
       {alterations_of_columns(), alterations_of_constraints(), alterations_of_indexes(), alterations_of_objects()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// Codes that no alteration of the list can cause by itself, and why.
const std::map<std::string, std::string> kNotByOneAlteration = {
    {"name-ambiguous", "what makes a name ambiguous is an object more, which is told too"},
    {"waiver-unused", "told of waivers, not of catalogs"},
    {"waiver-expired", "told of waivers, not of catalogs"},
};

std::string fold(const std::string& name) {
  return fold_name(name, NameMatching::fold);
}

void check_side(const DifferenceSide& side, bool is_there, const std::string& name) {
  if (!is_there) {
    CHECK(side.name == "");
  } else if (!name.empty()) {
    CHECK(fold(side.name) == fold(name));
  } else {
    CHECK(side.name != "");
  }
}

/// Exactly the expected difference. `altered_on_right`: false where the sides are exchanged.
void check_difference(const Comparison& comparison, const Expected& expected, bool altered_on_right) {
  const std::string code = altered_on_right ? expected.code : mirrored_code(expected.code);
  CAPTURE(altered_on_right);
  CHECK(codes_of(comparison) == Codes{code});
  if (comparison.differences.size() != 1) return;
  const Difference& found = comparison.differences.front();
  CAPTURE(found.message);
  if (!expected.kind.empty()) CHECK(found.kind == expected.kind);
  const DifferenceSide& before = altered_on_right ? found.left_side : found.right_side;
  const DifferenceSide& after = altered_on_right ? found.right_side : found.left_side;
  CHECK(fold(after.table.empty() ? before.table : after.table) == fold(expected.table));
  check_side(before, expected.was_there, expected.name_before.empty() ? expected.name : expected.name_before);
  check_side(after, expected.is_there, expected.name);
}

}  // namespace

TEST_CASE("compare: one alteration of a random schema gives exactly one difference, with its code and object") {
  const unsigned first = first_seed();
  const char* given_rounds = std::getenv("PARIPASSU_TEST_ROUNDS");
  const unsigned rounds =
      given_rounds != nullptr ? static_cast<unsigned>(std::strtoul(given_rounds, nullptr, 10)) : 10'000;
  const std::vector<Alteration> all = alterations();
  std::vector<const Alteration*> drawn_from;
  for (const Alteration& alteration : all) drawn_from.insert(drawn_from.end(), alteration.weight, &alteration);
  std::map<std::string, int> applied;
  std::set<std::string> expected_codes;
  for (unsigned round = 0; round < rounds; ++round) {
    const unsigned seed = first + round;
    CAPTURE(seed);
    Random random(seed ^ 0x9E3779B9u);
    Style left_style{random.chance(50), random.chance(50)};
    Style right_style{random.chance(50), random.chance(50)};
    left_style.one_engine = right_style.one_engine = left_style.postgres == right_style.postgres;
    ComparisonOptions options;
    options.engines = &reading_engines();
    options.compare_column_order = random.chance(50);
    options.compare_enum_order = random.chance(50);
    const Catalog left = random_schema(seed, left_style);
    Catalog right = random_schema(seed, right_style);
    shuffle_lists(random, right, !options.compare_column_order);
    CAPTURE(left_style.postgres);
    CAPTURE(right_style.postgres);
    // A base that differs would blame the alteration.
    REQUIRE(codes_of(compare(left, right, options)) == Codes{});
    REQUIRE(codes_of(compare(right, left, options)) == Codes{});

    Altering altering{right, random, right_style, options.compare_column_order};
    std::optional<Expected> expected;
    std::string applied_name;
    // Not every schema has what every alteration needs.
    while (!expected) {
      const Alteration& alteration = *random.pick(drawn_from);
      applied_name = alteration.name;
      expected = alteration.apply(altering);
    }
    CAPTURE(applied_name);
    CAPTURE(expected->code);
    CAPTURE(expected->table);
    CAPTURE(expected->name);
    check_difference(compare(left, right, options), *expected, true);
    check_difference(compare(right, left, options), *expected, false);
    ++applied[applied_name];
    expected_codes.insert(expected->code);
    expected_codes.insert(mirrored_code(expected->code));
  }

  if (given_rounds != nullptr) return;
  constexpr int kTimesMin = 10;
  for (const Alteration& alteration : all) {
    const std::string name = alteration.name;
    CAPTURE(name);
    CHECK(applied[name] >= kTimesMin);
  }
  for (const DifferenceCode& code : difference_codes()) {
    const std::string word(code.code);
    CAPTURE(word);
    CHECK(expected_codes.contains(word) != kNotByOneAlteration.contains(word));
  }
}

TEST_CASE("compare takes two catalogs of 1,000 tables in a moment") {
  Catalog left = test::empty_postgres();
  Catalog right = test::empty_sqlserver();
  for (int t = 0; t < 1'000; ++t) {
    for (const bool postgres : {true, false}) {
      const std::string prefix = postgres ? "some_column_" : "SomeColumn";
      std::vector<catalog::Column> columns;
      for (int c = 0; c < 10; ++c) {
        columns.push_back(
            test::column(prefix + std::to_string(c),
                         c % 2 == 0 ? test::integer_type("integer", 32)
                                    : test::text_type(postgres ? "character varying" : "nvarchar", 40,
                                                      postgres ? LengthUnit::characters : LengthUnit::utf16_units),
                         c > 2));
      }
      const std::string name = (postgres ? "some_table_" : "SomeTable");
      catalog::Table& table = test::add_table(postgres ? left : right, name + std::to_string(t), std::move(columns));
      table.primary_key = test::key("pk", {prefix + "0"});
      table.unique_constraints = {test::key("uq", {prefix + "1"})};
      table.checks = {test::check("ck", "x > 0", {prefix + "2"})};
      table.indexes = {test::index("ix", {prefix + "3", prefix + "4"}, "btree")};
      if (t > 0) {
        table.foreign_keys = {test::foreign_key("fk", {prefix + "2"}, postgres ? "public" : "dbo",
                                                name + std::to_string(t - 1), {prefix + "0"})};
      }
    }
  }
  ComparisonOptions options;
  options.engines = &test::reading_engines();
  double best_ms = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const Comparison comparison = compare(left, right, options);
    best_ms =
        std::min(best_ms, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    REQUIRE(comparison.differences.empty());
    REQUIRE(comparison.counts.columns == 10'000);
  }
  MESSAGE("2 x 1,000 tables x 10 columns: " << best_ms << " ms");
  // Loose: debug builds with sanitizers on a busy machine must pass; what is quadratic in tables takes minutes.
  CHECK(best_ms < 5'000);
}
