#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "harness/parity/differ.h"
#include "harness/parity/names.h"
#include "tests/unit/harness/parity/catalogs.h"
#include "tests/unit/harness/parity/reading_engines.h"

namespace doctest {

/// So that a failed check shows the codes.
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& words) {
    std::string out = "{";
    for (const std::string& word : words) out += (out.size() > 1 ? ", " : "") + word;
    return (out + "}").c_str();
  }
};

}  // namespace doctest

/// What the tests of compare() share.
namespace paripassu::test {

using catalog::Catalog;

using Codes = std::vector<std::string>;

/// What must stay when the sides are exchanged. Names may be those of either side, so their words count.
using Facts = std::tuple<std::string, Severity, std::string, std::string, std::string>;

inline std::multiset<Facts> facts_of(const Comparison& comparison, bool exchanged) {
  std::multiset<Facts> facts;
  for (const Difference& each : comparison.differences) {
    const std::string code = exchanged ? mirrored_code(each.code) : each.code;
    // A table that was renamed is called as on the left.
    const std::string left_table = fold_name(each.left_side.table, NameMatching::fold);
    const std::string right_table = fold_name(each.right_side.table, NameMatching::fold);
    const std::string table =
        left_table.empty() || right_table.empty() ? left_table + right_table : std::min(left_table, right_table);
    facts.emplace(code, each.severity, each.kind + "/" + table, exchanged ? each.right : each.left,
                  exchanged ? each.left : each.right);
  }
  return facts;
}

/// Which sides have the object, in their own words; what is "understood" may name columns of either side.
inline std::multiset<std::string> sides_of(const Comparison& comparison, bool exchanged) {
  std::multiset<std::string> sides;
  for (const Difference& each : comparison.differences) {
    const auto words = [](const DifferenceSide& side) { return side.schema + "/" + side.table + "/" + side.name; };
    const std::string left = words(exchanged ? each.right_side : each.left_side);
    const std::string right = words(exchanged ? each.left_side : each.right_side);
    sides.insert(left + " | " + right);
  }
  return sides;
}

/// compare(), and that the other way round says the same. Expressions are read unless `options` says how.
inline Comparison compare_both_ways(const Catalog& left, const Catalog& right, ComparisonOptions options = {}) {
  if (options.engines == nullptr) options.engines = &reading_engines();
  ComparisonOptions exchanged = options;
  exchanged.schema_pairs.clear();
  for (const auto& [one, other] : options.schema_pairs) exchanged.schema_pairs[other] = one;
  const Comparison forward = compare(left, right, options);
  const Comparison backward = compare(right, left, exchanged);
  CHECK(facts_of(forward, false) == facts_of(backward, true));
  CHECK(sides_of(forward, false) == sides_of(backward, true));
  CHECK(forward.counts == backward.counts);
  CHECK(forward.unknown.size() == backward.unknown.size());
  CHECK(forward.compatible.size() == backward.compatible.size());
  for (const Difference& each : forward.differences) {
    CHECK_FALSE((each.left.empty() && each.right.empty()));
    CHECK_FALSE(each.message.empty());
    CHECK(each.left != each.right);
  }
  return forward;
}

inline Codes codes_of(const Comparison& comparison) {
  Codes codes;
  for (const Difference& each : comparison.differences) codes.push_back(each.code);
  std::sort(codes.begin(), codes.end());
  return codes;
}

inline Codes codes(const Catalog& left, const Catalog& right, const ComparisonOptions& options = {}) {
  return codes_of(compare_both_ways(left, right, options));
}

/// The shop on both engines, with one side changed.
struct Shop {
  Catalog postgres = shop_on_postgres();
  Catalog sqlserver = shop_on_sqlserver();

  catalog::Table& pg(const std::string& table) { return table_of(postgres, table); }
  catalog::Table& ms(const std::string& table) { return table_of(sqlserver, table); }
  catalog::Column& ms(const std::string& table, const std::string& name) { return column_of(sqlserver, table, name); }
  Codes compare(const ComparisonOptions& options = {}) const { return codes(postgres, sqlserver, options); }
  Difference only_difference() const {
    const Comparison comparison = compare_both_ways(postgres, sqlserver);
    REQUIRE(comparison.differences.size() == 1);
    return comparison.differences.front();
  }
};

inline catalog::Schema& add_schema(Catalog& catalog, std::string name, std::vector<catalog::Table> tables = {}) {
  catalog::Schema& schema = catalog.schemas.emplace_back();
  schema.name = std::move(name);
  schema.tables = std::move(tables);
  return schema;
}

inline bool mentions(const std::vector<std::string>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace paripassu::test
