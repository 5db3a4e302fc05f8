#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "backends/catalog/catalog_members.h"
#include "backends/postgres/backend.h"
#include "backends/sqlserver/backend.h"
#include "harness/migration_tests/fingerprint.h"
#include "tests/support/random_catalog.h"

using namespace paripassu;

namespace {

const BackendRegistry& engines() {
  static const BackendRegistry* const instance = [] {
    auto* registry = new BackendRegistry;
    register_postgres(*registry);
    register_sqlserver(*registry);
    return registry;
  }();
  return *instance;
}

/// Walks all members of a catalog and changes one of them, told by its number.
class Mutator {
 public:
  explicit Mutator(std::size_t target) : target_(target) {}

  void visit(catalog::Catalog& value) { visit_members(value); }
  std::size_t count() const { return count_; }
  /// Where the change is made; what fingerprint.h leaves out is neutral.
  const std::string& path() const { return path_; }
  bool neutral() const { return neutral_; }

 private:
  bool hit() { return count_++ == target_; }

  void change(std::string& text) { text += "~"; }
  void change(bool& value) { value = !value; }
  void change(int& value) { value += 1; }
  void change(long long& value) { value += 1; }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void change(Enum& value) { value = static_cast<Enum>(static_cast<int>(value) == 0 ? 1 : 0); }

  template <class T>
  void visit_value(const std::string& path, T& value, bool neutral) {
    if constexpr (requires { catalog::members(value); }) {
      const std::string outer = std::exchange(at_, path);
      visit_members(value);
      at_ = outer;
    } else if (hit()) {
      change(value);
      path_ = path;
      neutral_ = neutral;
    }
  }

  template <class T>
  void visit_value(const std::string& path, std::optional<T>& value, bool neutral) {
    if (hit()) {
      value ? value.reset() : void(value.emplace());
      path_ = path;
      neutral_ = neutral;
      return;
    }
    if (value) visit_value(path, *value, neutral);
  }

  template <class T>
  void visit_value(const std::string& path, std::vector<T>& values, bool neutral) {
    // A list that loses its first element, or gets one.
    if (hit()) {
      values.empty() ? void(values.emplace_back()) : void(values.erase(values.begin()));
      path_ = path + " as a list";
      neutral_ = false;
      return;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
      visit_value(path + "[" + std::to_string(i) + "]", values[i], neutral);
  }

  template <class Struct>
  void visit_members(Struct& value) {
    const std::string here = at_;
    std::apply(
        [&](const auto&... own) {
          (visit_value(here + "." + std::string(own.key), own.value, is_neutral(value, own.value, own.key)), ...);
        },
        catalog::members(value));
  }

  template <class Struct, class T>
  bool is_neutral(const Struct& owner, const T&, std::string_view key) const {
    if constexpr (std::is_same_v<Struct, catalog::Catalog>) return key == "database";
    if constexpr (std::is_same_v<Struct, catalog::Column>) {
      if (key == "default_name") return owner.default_system_named;
      const bool of_table = at_.find(".tables[") != std::string::npos;
      return key == "ordinal" && of_table;
    }
    if constexpr (requires { owner.system_named; }) return key == "name" && owner.system_named;
    return false;
  }

  const std::size_t target_;
  std::size_t count_ = 0;
  std::string at_;
  std::string path_;
  bool neutral_ = false;
};

std::size_t member_count(catalog::Catalog catalog) {
  Mutator counting(static_cast<std::size_t>(-1));
  counting.visit(catalog);
  return counting.count();
}

}  // namespace

TEST_CASE("Any one member that changes is seen by fingerprint and catalog_changes, and nothing else is") {
  const FingerprintOptions options{false, &engines()};
  std::mt19937_64 random(20261120);
  std::size_t changed = 0;
  std::size_t neutral = 0;
  std::size_t by_code = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const catalog::Catalog before = test::random_catalog(seed);
    CAPTURE(seed);
    CHECK(fingerprint(before, options) == fingerprint(catalog::Catalog(before), options));
    CHECK(catalog_changes(before, before, options).empty());
    const std::size_t members = member_count(before);
    for (int i = 0; i < 30; ++i) {
      catalog::Catalog after = before;
      Mutator mutator(random() % members);
      mutator.visit(after);
      CAPTURE(mutator.path());
      const std::vector<CatalogChange> changes = catalog_changes(before, after, options);
      const bool same = fingerprint(before, options) == fingerprint(after, options);
      REQUIRE(same == mutator.neutral());
      REQUIRE(changes.empty() == same);
      for (const CatalogChange& change : changes) {
        CHECK_FALSE(change.code.empty());
        CHECK_FALSE(change.text.empty());
        CHECK(change.text != "changed: the catalogs are not alike");
        by_code += change.code != "catalog" ? 1u : 0u;
      }
      same ? ++neutral : ++changed;
    }
  }
  // The test itself must reach what it speaks of.
  CHECK(changed > 800);
  CHECK(neutral > 10);
  CHECK(by_code > 200);
}

TEST_CASE("catalog_changes seen from the other side says lost for left behind") {
  const FingerprintOptions options{false, &engines()};
  for (std::uint64_t seed = 100; seed < 112; ++seed) {
    const catalog::Catalog before = test::random_catalog(seed);
    const std::size_t members = member_count(before);
    for (std::size_t i = 0; i < 10; ++i) {
      catalog::Catalog after = before;
      Mutator mutator(i * (members / 10));
      mutator.visit(after);
      CAPTURE(seed);
      CAPTURE(mutator.path());
      const auto count = [](const std::vector<CatalogChange>& changes, const std::string& verb) {
        return std::count_if(changes.begin(), changes.end(),
                             [&verb](const CatalogChange& change) { return change.text.starts_with(verb); });
      };
      const std::vector<CatalogChange> there = catalog_changes(before, after, options);
      const std::vector<CatalogChange> back = catalog_changes(after, before, options);
      CHECK(there.size() == back.size());
      CHECK(count(there, "lost: ") == count(back, "left behind: "));
      CHECK(count(there, "changed: ") == count(back, "changed: "));
    }
  }
}

TEST_CASE("The order of columns counts when it is asked for") {
  catalog::Catalog before = test::random_catalog(7);
  std::size_t reordered = 0;
  for (catalog::Schema& schema : before.schemas) {
    for (std::size_t t = 0; t < schema.tables.size(); ++t) {
      if (schema.tables[t].columns.size() < 2) continue;
      catalog::Catalog after = before;
      std::vector<catalog::Column>& columns =
          after.schemas[static_cast<std::size_t>(&schema - before.schemas.data())].tables[t].columns;
      std::rotate(columns.begin(), columns.begin() + 1, columns.end());
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i].ordinal = static_cast<int>(i) + 1;
      ++reordered;
      const FingerprintOptions loose{false, &engines()};
      const FingerprintOptions strict{true, &engines()};
      CHECK(fingerprint(before, loose) == fingerprint(after, loose));
      CHECK(catalog_changes(before, after, loose).empty());
      CHECK(fingerprint(before, strict) != fingerprint(after, strict));
      const std::vector<CatalogChange> changes = catalog_changes(before, after, strict);
      REQUIRE(changes.size() == 1);
      CHECK(changes[0].code == "column-order");
    }
  }
  CHECK(reordered > 0);
}

TEST_CASE("A change to one of a thousand tables shows in the fingerprint") {
  test::RandomCatalogOptions size;
  size.schemas_max = 1;
  size.tables_max = 2'000;
  catalog::Catalog catalog;
  for (std::uint64_t seed = 1; catalog.table_count() < 1'000; ++seed) catalog = test::random_catalog(seed, size);
  const FingerprintOptions options{false, &engines()};
  const std::string digest = fingerprint(catalog, options);
  CHECK(digest.size() == 32);
  catalog::Catalog changed = catalog;
  catalog::Table& table = changed.schemas.front().tables.back();
  table.comment = table.comment.value_or("") + "!";
  CHECK(fingerprint(changed, options) != digest);
  const std::vector<CatalogChange> changes = catalog_changes(catalog, changed, options);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].object.ends_with(table.name));
}
