#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <optional>
#include <random>

#include "harness/parity/normal_form.h"
#include "tests/unit/harness/parity/expression_trees.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::to_text;
using catalog::TypeFamily;

namespace {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename T>
  void shuffle(std::vector<T>& values) {
    std::shuffle(values.begin(), values.end(), engine_);
  }

 private:
  std::mt19937 engine_;
};

unsigned seed_of_this_run() {
  static const unsigned seed = [] {
    const char* given = std::getenv("PARIPASSU_TEST_SEED");
    const unsigned out = given ? static_cast<unsigned>(std::atol(given))
                               : static_cast<unsigned>(std::chrono::steady_clock::now().time_since_epoch().count());
    std::cout << "normal form: PARIPASSU_TEST_SEED=" << out << std::endl;
    return out;
  }();
  return seed;
}

const Columns kColumns({{"a", integer_type("integer", 32)},
                        {"b", integer_type("integer", 32)},
                        {"c", integer_type("bigint", 64)},
                        {"j", decimal_type("numeric", 10, 2)},
                        {"p", simple_type(TypeFamily::boolean, "boolean")},
                        {"q", simple_type(TypeFamily::boolean, "bit")},
                        {"r", simple_type(TypeFamily::boolean, "boolean")}});
constexpr std::string_view kNumbers[] = {"a", "b", "c", "j"};
constexpr std::string_view kTruths[] = {"p", "q", "r"};

/// A value: NULL or a number, which knows whether it divides as a whole one: that is its type, so that NULL has it too.
/// A truth is 0 or 1.
struct Value {
  bool null = true;
  double number = 0;
  bool whole = true;
  bool operator==(const Value& other) const { return null == other.null && (null || number == other.number); }
};

Value known(double number, bool whole = true) {
  return {false, number, whole};
}
Value unknown(bool whole) {
  return {true, 0, whole};
}
Value typed(Value value, bool whole) {
  value.whole = whole;
  return value;
}
Value truth_value(bool holds) {
  return known(holds ? 1 : 0);
}

using Row = std::map<std::string, Value, std::less<>>;

Value evaluate(const Tree& tree, const Row& row);

Value compare_values(std::string_view sign, const Value& left, const Value& right) {
  if (left.null || right.null) return {};
  if (sign == "=") return truth_value(left.number == right.number);
  if (sign == "<>") return truth_value(left.number != right.number);
  if (sign == "<") return truth_value(left.number < right.number);
  if (sign == "<=") return truth_value(left.number <= right.number);
  if (sign == ">") return truth_value(left.number > right.number);
  REQUIRE(sign == ">=");
  return truth_value(left.number >= right.number);
}

Value negate(const Value& value) {
  return value.null ? value : truth_value(value.number == 0);
}

/// `joint` 0: AND, 1: OR. Ends as soon as it is decided.
Value join(double joint, const std::vector<Value>& values) {
  bool unknown = false;
  for (const Value& value : values) {
    if (!value.null && value.number == joint) return value;
    unknown = unknown || value.null;
  }
  return unknown ? Value{} : known(1 - joint);
}

Value calculate(std::string_view sign, const Value& left, const Value& right) {
  const bool whole = left.whole && right.whole;
  if (left.null || right.null) return unknown(whole);
  if (sign == "+") return known(left.number + right.number, whole);
  if (sign == "-") return known(left.number - right.number, whole);
  if (sign == "*") return known(left.number * right.number, whole);
  REQUIRE(sign == "/");
  const double quotient = left.number / right.number;
  return known(whole ? std::trunc(quotient) : quotient, whole);
}

std::vector<Value> evaluate_all(const Trees& trees, const Row& row) {
  std::vector<Value> out;
  for (const Tree& one : trees) out.push_back(evaluate(one, row));
  return out;
}

Value evaluate(const Tree& tree, const Row& row) {
  switch (tree.kind) {
    case Kind::null:
      return {};
    case Kind::boolean:
      return truth_value(tree.text == "true");
    case Kind::number:
      return known(std::stod(tree.text), tree.text.find('.') == std::string::npos);
    case Kind::column:
      return row.at(tree.text);
    case Kind::negation:
      return negate(evaluate(tree.children[0], row));
    case Kind::null_test:
      return truth_value(evaluate(tree.children[0], row).null);
    case Kind::truth_test: {
      const Value value = evaluate(tree.children[0], row);
      return truth_value(!value.null && (value.number != 0) == (tree.text == "true"));
    }
    default:
      break;
  }
  const std::vector<Value> values = evaluate_all(tree.children, row);
  switch (tree.kind) {
    case Kind::all_of:
      return join(0, values);
    case Kind::any_of:
      return join(1, values);
    case Kind::membership: {
      std::vector<Value> equal;
      for (std::size_t i = 1; i < values.size(); ++i) equal.push_back(compare_values("=", values[0], values[i]));
      return join(1, equal);
    }
    case Kind::between:
      return join(0, {compare_values(">=", values[0], values[1]), compare_values("<=", values[0], values[2])});
    case Kind::choice: {
      bool whole = values.back().whole;
      for (std::size_t i = 0; i + 1 < values.size(); i += 2) whole = whole && values[i + 1].whole;
      for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
        if (!values[i].null && values[i].number != 0) return typed(values[i + 1], whole);
      }
      return typed(values.back(), whole);
    }
    case Kind::cast:
      return typed(values[0], tree.text == "bigint" || tree.text == "integer");
    case Kind::call: {
      REQUIRE(tree.text == "coalesce");
      const bool whole = std::all_of(values.begin(), values.end(), [](const Value& value) { return value.whole; });
      for (const Value& value : values) {
        if (!value.null) return typed(value, whole);
      }
      return unknown(whole);
    }
    case Kind::operation: {
      if (tree.text == "distinct_from") return truth_value(!(values[0] == values[1]));
      if (values.size() == 1) return values[0].null ? values[0] : known(-values[0].number, values[0].whole);
      const std::string_view arithmetic = "+-*/";
      if (arithmetic.find(tree.text) == std::string_view::npos) return compare_values(tree.text, values[0], values[1]);
      Value out = values[0];
      for (std::size_t i = 1; i < values.size(); ++i) out = calculate(tree.text, out, values[i]);
      return out;
    }
    default:
      FAIL("the evaluator does not know this kind of node: " << to_text(tree));
      return {};
  }
}

Row random_row(Random& random) {
  Row row;
  for (const std::string_view name : kNumbers) {
    const double number = static_cast<double>(random.below(5)) - 1;
    row[std::string(name)] = random.chance(25) ? unknown(name != "j") : known(number, name != "j");
  }
  for (const std::string_view name : kTruths) {
    row[std::string(name)] = random.chance(30) ? Value{} : truth_value(random.chance(50));
  }
  return row;
}

/// Random trees whose values stay exact in the evaluator: divisors are powers of two.
class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  Tree condition(int levels) {
    if (levels <= 0) return leaf_condition();
    switch (random_.below(13)) {
      case 0:
      case 1:
        return all_of(conditions(levels));
      case 2:
      case 3:
        return any_of(conditions(levels));
      case 4:
        return negation(condition(levels - 1));
      case 5:
        return is_truth(random_.chance(50), condition(levels - 1));
      case 6:
        return is_null(random_.chance(50) ? number(1) : condition(levels - 1));
      case 7: {
        Trees values = {number(1)};
        for (std::size_t count = 1 + random_.below(4); count > 0; --count) values.push_back(member());
        return in(std::move(values));
      }
      case 8:
        return between(number(1), number(1), number(1));
      case 9:
        return op("distinct_from", number(1), number(1));
      case 10:
        return random_.chance(50) ? boolean_comparison(levels)
                                  : choice({condition(levels - 1), condition(levels - 1), condition(levels - 2)});
      default:
        return leaf_condition();
    }
  }

  Tree number(int levels) {
    if (levels <= 0) return random_.chance(60) ? col(number_column()) : literal();
    switch (random_.below(9)) {
      case 0:
        return op("+", number(levels - 1), number(levels - 1));
      case 1:
        return op("-", number(levels - 1), number(levels - 1));
      case 2:
        return op("*", number(levels - 1), number(levels - 1));
      case 3:
        return op("/", number(levels - 1), num(random_.chance(50) ? "2" : random_.chance(50) ? "2.0" : "4.00"));
      case 4:
        return call("coalesce", {number(levels - 1), number(levels - 1)});
      case 5:
        return choice({condition(levels - 1), number(levels - 1), number(levels - 1)});
      case 6:
        return cast("numeric", number(levels - 1));
      default:
        return number(0);
    }
  }

 private:
  std::string number_column() { return std::string(kNumbers[random_.below(std::size(kNumbers))]); }
  Tree truth_column() { return col(kTruths[random_.below(std::size(kTruths))]); }
  Tree literal() {
    constexpr std::string_view kLiterals[] = {"0", "1", "2", "-1", "3", "1.0", "2.50", "0.00"};
    return num(kLiterals[random_.below(std::size(kLiterals))]);
  }
  Tree member() { return random_.chance(70) ? literal() : random_.chance(20) ? null() : col(number_column()); }
  Trees conditions(int levels) {
    Trees out;
    for (std::size_t count = 2 + random_.below(3); count > 0; --count) out.push_back(condition(levels - 1));
    return out;
  }
  std::string_view sign() {
    constexpr std::string_view kSigns[] = {"=", "<>", "<", "<=", ">", ">="};
    return kSigns[random_.below(std::size(kSigns))];
  }
  Tree leaf_condition() {
    if (random_.chance(25)) return truth_column();
    if (random_.chance(15)) return is_null(col(number_column()));
    if (random_.chance(5)) return truth(random_.chance(50));
    return op(sign(), number(1), number(random_.chance(50) ? 0 : 1));
  }
  Tree boolean_comparison(int levels) {
    Tree left = random_.chance(50) ? truth_column() : condition(levels - 2);
    Tree right = random_.chance(30)   ? truth_column()
                 : random_.chance(50) ? truth(random_.chance(50))
                                      : num(random_.chance(50) ? "1" : "0");
    if (random_.chance(20)) return in({std::move(left), num("0"), std::move(right)});
    if (random_.chance(20)) return op("distinct_from", std::move(left), std::move(right));
    if (random_.chance(30)) std::swap(left, right);
    return op(sign(), std::move(left), std::move(right));
  }

  Random& random_;
};

Tree normal(const Tree& tree, UnknownTruth unknown = UnknownTruth::stays) {
  ExpressionPlace place = kColumns.place();
  place.unknown = unknown;
  std::vector<std::string> caveats;
  return normal_tree(tree, place, caveats);
}

/// What a place makes of a truth.
Value seen(Value value, UnknownTruth unknown) {
  if (!value.null || unknown == UnknownTruth::stays) return value;
  return truth_value(unknown == UnknownTruth::counts_as_true);
}

std::string_view negated_sign(std::string_view sign) {
  constexpr std::pair<std::string_view, std::string_view> kSigns[] = {{"=", "<>"}, {"<>", "="}, {"<", ">="},
                                                                      {">=", "<"}, {">", "<="}, {"<=", ">"}};
  for (const auto& [one, other] : kSigns) {
    if (one == sign) return other;
  }
  return {};
}

std::string_view swapped_sign(std::string_view sign) {
  constexpr std::pair<std::string_view, std::string_view> kSigns[] = {{"=", "="}, {"<>", "<>"}, {"<", ">"},
                                                                      {">", "<"}, {"<=", ">="}, {">=", "<="}};
  for (const auto& [one, other] : kSigns) {
    if (one == sign) return other;
  }
  return {};
}

Tree either(Random& random, Tree plain, Tree rewritten) {
  return random.chance(50) ? plain : rewritten;
}

/// The same condition, written in another way.
Tree rewritten(const Tree& original, Random& random) {
  Tree out = original;
  for (Tree& child : out.children) child = rewritten(child, random);
  switch (out.kind) {
    case Kind::all_of:
    case Kind::any_of: {
      random.shuffle(out.children);
      if (random.chance(30)) out.children.push_back(out.children[random.below(out.children.size())]);
      if (out.children.size() > 2 && random.chance(40)) {
        Tree nested = tree(out.kind, {}, {out.children[0], out.children[1]});
        out.children.erase(out.children.begin(), out.children.begin() + 2);
        out.children.push_back(std::move(nested));
      }
      if (random.chance(40)) return out;
      Tree opposite = tree(out.kind == Kind::all_of ? Kind::any_of : Kind::all_of);
      for (Tree& child : out.children) opposite.children.push_back(negation(std::move(child)));
      return negation(std::move(opposite));
    }
    case Kind::membership: {
      std::shuffle(out.children.begin() + 1, out.children.end(), std::mt19937(static_cast<unsigned>(random.below(99))));
      if (random.chance(50)) return out;
      Trees equalities;
      for (std::size_t i = 1; i < out.children.size(); ++i) {
        equalities.push_back(op("=", out.children[0], out.children[i]));
      }
      return equalities.size() == 1 ? equalities.front() : any_of(std::move(equalities));
    }
    case Kind::between:
      return either(random, out,
                    all_of({op("<=", out.children[0], out.children[2]), op("<=", out.children[1], out.children[0])}));
    case Kind::operation:
      if (out.children.size() == 2 && (out.text == "+" || out.text == "*" || out.text == "distinct_from")) {
        if (random.chance(50)) std::swap(out.children[0], out.children[1]);
        return out;
      }
      if (swapped_sign(out.text).empty()) return out;
      if (random.chance(50)) out = op(swapped_sign(out.text), out.children[1], out.children[0]);
      if (random.chance(30)) out = negation(op(negated_sign(out.text), out.children[0], out.children[1]));
      break;
    case Kind::negation:
    case Kind::null_test:
    case Kind::truth_test:
      break;
    default:
      return out;
  }
  if (random.chance(20)) out = negation(negation(std::move(out)));
  return out;
}

std::vector<Tree*> nodes_of(Tree& tree, Kind kind) {
  std::vector<Tree*> out;
  if (tree.kind == kind) out.push_back(&tree);
  for (Tree& child : tree.children) {
    const std::vector<Tree*> below = nodes_of(child, kind);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

constexpr int kRounds = 2500;

}  // namespace

TEST_CASE("A normal form is true, false and NULL where its tree is, as the place sees it") {
  Random random(seed_of_this_run());
  Generator generator(random);
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = generator.condition(4);
    for (const UnknownTruth unknown :
         {UnknownTruth::stays, UnknownTruth::counts_as_true, UnknownTruth::counts_as_false}) {
      const Tree form = normal(tree, unknown);
      for (int i = 0; i < 12; ++i) {
        const Row row = random_row(random);
        const Value expected = seen(evaluate(tree, row), unknown);
        const Value actual = seen(evaluate(form, row), unknown);
        if (expected == actual) continue;
        CAPTURE(static_cast<int>(unknown));
        CAPTURE(to_text(tree));
        CAPTURE(to_text(form));
        for (const auto& [name, value] : row)
          MESSAGE(name << " = " << (value.null ? "NULL" : std::to_string(value.number)));
        REQUIRE(expected == actual);
      }
    }
  }
}

TEST_CASE("A normal form of numbers has the value of its tree") {
  Random random(seed_of_this_run() + 1);
  Generator generator(random);
  const catalog::Type decimal = decimal_type("numeric", 20, 6);
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = generator.number(4);
    ExpressionPlace place = kColumns.place();
    place.target = &decimal;
    std::vector<std::string> caveats;
    const Tree form = normal_tree(tree, place, caveats);
    for (int i = 0; i < 12; ++i) {
      const Row row = random_row(random);
      CAPTURE(to_text(tree));
      CAPTURE(to_text(form));
      REQUIRE(evaluate(tree, row) == evaluate(form, row));
    }
  }
}

TEST_CASE("Bringing a normal form into normal form changes nothing") {
  Random random(seed_of_this_run() + 2);
  Generator generator(random);
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = generator.condition(4);
    for (const UnknownTruth unknown :
         {UnknownTruth::stays, UnknownTruth::counts_as_true, UnknownTruth::counts_as_false}) {
      const Tree form = normal(tree, unknown);
      CAPTURE(to_text(tree));
      REQUIRE(to_text(normal(form, unknown)) == to_text(form));
    }
  }
}

TEST_CASE("Writing a condition in another way does not change its normal form") {
  Random random(seed_of_this_run() + 3);
  Generator generator(random);
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = generator.condition(3);
    const Tree other = rewritten(tree, random);
    CAPTURE(to_text(tree));
    CAPTURE(to_text(other));
    REQUIRE(to_text(normal(tree)) == to_text(normal(other)));
  }
}

TEST_CASE("Another literal or another column gives another normal form") {
  Random random(seed_of_this_run() + 4);
  Generator generator(random);
  int changed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = generator.condition(3);
    // A constant truth may decide alone, whatever stands beside it.
    Tree other = tree;
    if (!nodes_of(other, Kind::boolean).empty()) continue;
    const Kind kind = random.chance(50) ? Kind::number : Kind::column;
    const std::vector<Tree*> places = nodes_of(other, kind);
    if (places.empty()) continue;
    Tree* place = places[random.below(places.size())];
    const std::string before = place->text;
    place->text = kind == Kind::number ? "4711" : "z";
    // Beside a boolean, 0 and 1 are truths, which may decide as well.
    if (before == "0" || before == "1") continue;
    ++changed;
    CAPTURE(to_text(tree));
    CAPTURE(to_text(other));
    REQUIRE(to_text(normal(tree)) != to_text(normal(other)));
  }
  CHECK(changed > kRounds / 10);
}

TEST_CASE("Whatever is changed in a condition, an equal normal form means an equal truth") {
  Random random(seed_of_this_run() + 5);
  Generator generator(random);
  int equal = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Tree tree = generator.condition(3);
    Tree other = tree;
    for (const Kind kind : {Kind::operation, Kind::all_of, Kind::negation, Kind::number, Kind::choice}) {
      const std::vector<Tree*> places = nodes_of(other, kind);
      if (places.empty() || random.chance(50)) continue;
      Tree& place = *places[random.below(places.size())];
      if (kind == Kind::all_of) place.kind = Kind::any_of;
      if (kind == Kind::number) place.text = random.chance(50) ? "1" : "1.5";
      if (kind == Kind::operation && !swapped_sign(place.text).empty()) place.text = random.chance(50) ? ">=" : "<>";
      if (kind == Kind::operation && place.text == "-") place.text = "+";
      if (kind == Kind::choice) std::swap(place.children[1], place.children[2]);
      if (kind == Kind::negation) {
        Tree inner = place.children.front();
        place = std::move(inner);
      }
    }
    if (to_text(normal(tree)) != to_text(normal(other))) continue;
    ++equal;
    for (int i = 0; i < 40; ++i) {
      const Row row = random_row(random);
      CAPTURE(to_text(tree));
      CAPTURE(to_text(other));
      REQUIRE(evaluate(tree, row) == evaluate(other, row));
    }
  }
  CHECK(equal > 0);
}

TEST_CASE("A normal form does not grow without bounds, whatever the tree") {
  constexpr std::size_t kGrowthMax = 100'000;
  const auto grows_little = [](const Tree& tree) {
    std::vector<std::string> caveats;
    return node_count(normal_tree(tree, {}, caveats)) <= 4 * node_count(tree) + kGrowthMax;
  };
  Tree ranges = col("a");
  Tree absorbed = col("p");
  Tree lists = col("a");
  Tree tests = col("p");
  Tree negations = op("=", col("a"), num("1"));
  Tree joints = col("p");
  for (int i = 0; i < catalog::kExpressionDepthMax / 2; ++i) {
    ranges = between(ranges, num("1"), num("2"));
    absorbed = all_of({between(absorbed, truth(false), truth(true)), truth(i % 2 == 0)});
    lists = in({lists, col("b"), col("c")});
    tests = is_truth(i % 3 == 0, any_of({is_null(tests), all_of({col("q"), truth(false)})}));
    negations = negation(any_of({negations, op("=", col("b"), num(std::to_string(i)))}));
    joints = tree(i % 2 == 0 ? Kind::all_of : Kind::any_of, {}, {joints, col("q" + std::to_string(i))});
  }
  CHECK(grows_little(ranges));
  CHECK(grows_little(absorbed));
  CHECK(grows_little(lists));
  CHECK(grows_little(tests));
  CHECK(grows_little(negations));
  CHECK(grows_little(joints));

  Trees wide = {op("+", col("a"), col("b"))};
  for (int i = 0; i < 20000; ++i) wide.push_back(i % 2 == 0 ? num(std::to_string(i)) : col("c" + std::to_string(i)));
  CHECK(grows_little(in(wide)));
}
