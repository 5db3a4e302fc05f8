#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "backends/catalog/catalog.h"

/// One logical schema, made from a seed, as the catalogs of two engines show it: names, types and expressions in each
/// engine's own manner (those of docs/expressions.md), so that a comparison of any two renderings finds nothing.
namespace paripassu::test {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  // The distributions of the standard library differ between platforms, and a seed must mean one thing.
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::size_t>(high - low) + 1)); }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename T>
  T& pick(std::vector<T>& values) {
    return values[below(values.size())];
  }
  template <typename T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::mt19937 engine_;
};

/// What a column holds.
enum class Kind { integer, bigint, boolean, text, decimal, timestamp, date, uuid };
inline constexpr std::size_t kKindCount = 8;

/// Values from which expressions of random schemas are made; what is above is left to alterations.
inline constexpr int kValueMax = 49;

/// How one side shows what both have.
struct Style {
  bool postgres = true;
  /// Of several ways in which the engine prints one thing (`((1))` and `(CONVERT([bit],(1)))`), the other one.
  bool other_spelling = false;
  /// The other side is of the same engine, so that what only one engine has may be there too.
  bool one_engine = false;

  /// "field_3", "Field3".
  std::string name(const std::string& word, std::size_t number) const;
  std::string table(std::size_t number) const { return name("thing", number); }
  std::string field(std::size_t number) const { return name("field", number); }
  std::string schema() const { return postgres ? "public" : "dbo"; }

  /// `size`: length of a text, precision of a decimal.
  catalog::Type type(Kind kind, int size) const;
  /// Two values give two meanings; of booleans, which have two only, where one value is even.
  catalog::Expression default_of(Kind kind, int value) const;
  /// For a check or a predicate; the same holds for its values.
  catalog::Expression condition(Kind kind, const std::string& column, int value) const;
  /// Of an integer column.
  catalog::Expression computation(const std::string& column, int value) const;
  /// The next number of a free sequence.
  catalog::Expression next_value(const std::string& sequence) const;

  catalog::Key unique(std::string key_name, std::vector<std::string> columns) const;
  catalog::Index index(std::string index_name, const std::vector<std::string>& columns) const;
  catalog::SequenceOptions sequence_options(int start, int increment) const;
};

/// What a column of a random schema holds; of enums, which stand for texts, text.
Kind kind_of(const catalog::Type& type);

/// The same seed gives the same schema in every style with the same `one_engine`. Every list is in an order of its own;
/// columns too, if asked. Within a table, no two keys, checks or indexes say the same, and no index begins like
/// another, so that an alteration of one thing is no alteration of another.
catalog::Catalog random_schema(unsigned seed, const Style& style);

/// Brings every list whose order says nothing into another order.
void shuffle_lists(Random& random, catalog::Catalog& catalog, bool with_columns);

/// The schema that pairs with the other side's whatever its name.
catalog::Schema& main_schema(catalog::Catalog& catalog);

}  // namespace paripassu::test
