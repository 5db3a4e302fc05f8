#include <doctest/doctest.h>

#include <algorithm>

#include "harness/datacheck/check_suite.h"
#include "tests/unit/harness/datacheck/check_engines.h"
#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu {

namespace {

using namespace test;  // NOLINT

ComparisonOptions engine_options() {
  ComparisonOptions options;
  options.engines = &both_engines();
  return options;
}

std::vector<ImpliedCheck> implied(const catalog::Catalog& left, const catalog::Catalog& right) {
  const ComparisonOptions options = engine_options();
  std::size_t waived = 0;
  return implied_checks(compare(left, right, options), left, right, options, waived);
}

/// The statement of the first check that is on that side; the reason where it has none.
std::string statement(const std::vector<ImpliedCheck>& checks, bool on_left) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [on_left](const ImpliedCheck& one) { return one.on_left == on_left; });
  if (found == checks.end()) return "none";
  if (!found->not_checkable.empty()) return "not checkable: " + found->not_checkable;
  BoundCheck bound = found->bound;
  bound.check = &found->check;
  return check_statement(bound, both_engines().get(on_left ? "postgres" : "sqlserver"));
}

bool has(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("«", part, "» is not in:\n", text);
  return found;
}

}  // namespace

TEST_CASE("implied checks: equal catalogs imply nothing") {
  CHECK(implied(shop_on_postgres(), shop_on_postgres()).empty());
}

TEST_CASE("implied checks: a unique constraint of one side is tried on the other side's data") {
  catalog::Catalog right = shop_on_sqlserver();
  table_of(right, "Customers").unique_constraints.clear();
  const std::vector<ImpliedCheck> checks = implied(shop_on_postgres(), right);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].code == "unique-missing");
  CHECK_FALSE(checks[0].on_left);
  CHECK(checks[0].check.kind == CheckKind::unique);
  CHECK(has(statement(checks, false), "HAVING COUNT(*) > 1"));
}

TEST_CASE("implied checks: texts are compared as the constraint compares them") {
  catalog::Catalog left = shop_on_postgres();
  left.collation_meaning = catalog::CollationMeaning{true, true};
  catalog::Catalog right = shop_on_sqlserver();
  right.collation_meaning = catalog::CollationMeaning{false, true};
  catalog::Catalog lacking = right;
  table_of(lacking, "Customers").unique_constraints.clear();
  CHECK(has(statement(implied(left, lacking), false), "COLLATE Latin1_General_100_CS_AS"));
  table_of(left, "customers").unique_constraints.clear();
  CHECK(has(statement(implied(left, right), true), "GROUP BY LOWER(\"full_name\")"));
}

TEST_CASE("implied checks: a key that allows one NULL counts NULLs as equal") {
  catalog::Catalog left = shop_on_postgres();
  left.schemas.front().tables.front().unique_constraints = {key("uq_email", {"email"})};
  catalog::Catalog right = left;
  right.schemas.front().tables.front().unique_constraints.clear();
  CHECK(has(statement(implied(right, left), true), "\"email\" IS NOT NULL"));
  left.schemas.front().tables.front().unique_constraints[0].nulls_not_distinct = true;
  CHECK_FALSE(statement(implied(right, left), true).find("IS NOT NULL") != std::string::npos);
}

TEST_CASE("implied checks: orphans of a foreign key that the other side lacks") {
  catalog::Catalog left = shop_on_postgres();
  table_of(left, "orders").foreign_keys.clear();
  const std::vector<ImpliedCheck> checks = implied(left, shop_on_sqlserver());
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].code == "foreign-key-extra");
  CHECK(has(statement(checks, true), "NOT EXISTS (SELECT 1 FROM \"public\".\"customers\" AS referenced_row"));
}

TEST_CASE("implied checks: CHECK expressions are printed for the other engine") {
  catalog::Catalog left = shop_on_postgres();
  table_of(left, "orders").checks.clear();
  const std::vector<ImpliedCheck> checks = implied(left, shop_on_sqlserver());
  REQUIRE(checks.size() == 2);
  CHECK(has(statement(checks, true), "WHERE NOT (\n"));
  CHECK(has(statement(checks, true), "quantity"));
  CHECK_FALSE(statement(checks, true).find('[') != std::string::npos);
}

TEST_CASE("implied checks: what the other engine cannot say is listed as not checkable") {
  catalog::Catalog left = shop_on_postgres();
  catalog::Catalog right = shop_on_sqlserver();
  table_of(left, "orders").checks.push_back(check("ck_odd", "(reference ~ '^[A-Z]+$'::text)", {"reference"}));
  const std::string text = statement(implied(left, right), false);
  CHECK(has(text, "not checkable: "));
}

TEST_CASE("implied checks: a disabled constraint is tried on the side that does not enforce it") {
  catalog::Catalog left = shop_on_sqlserver();
  catalog::Catalog right = left;
  table_of(right, "Orders").foreign_keys[0].enforced = false;
  const std::vector<ImpliedCheck> checks = implied(left, right);
  REQUIRE(checks.size() >= 1);
  CHECK(std::all_of(checks.begin(), checks.end(), [](const ImpliedCheck& one) { return !one.on_left; }));
}

TEST_CASE("implied checks: a column that is NOT NULL on one side only, under the other side's name") {
  catalog::Catalog left = shop_on_postgres();
  catalog::Catalog right = shop_on_postgres();
  column_of(right, "customers", "email").nullable = false;
  column_of(left, "customers", "email").name = "E_mail";
  const std::vector<ImpliedCheck> checks = implied(left, right);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].code == "column-nullability");
  CHECK(has(statement(checks, true), "(\"E_mail\" IS NULL)"));
}

TEST_CASE("implied checks: what a waiver accepts is counted and left out") {
  catalog::Catalog left = shop_on_postgres();
  catalog::Catalog right = shop_on_sqlserver();
  table_of(right, "Customers").unique_constraints.clear();
  const ComparisonOptions options = engine_options();
  Comparison comparison = compare(left, right, options);
  for (Difference& difference : comparison.differences) difference.waived = "known";
  std::size_t waived = 0;
  CHECK(implied_checks(comparison, left, right, options, waived).empty());
  CHECK(waived == 1);
}

}  // namespace paripassu
