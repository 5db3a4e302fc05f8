#include "backends/catalog/expression_tree.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace paripassu::catalog;
using Kind = ExpressionTree::Kind;

namespace {

ExpressionTree tree(Kind kind, std::string text, std::vector<ExpressionTree> children = {}) {
  return {kind, std::move(text), std::move(children)};
}
ExpressionTree column(std::string name) {
  return tree(Kind::column, std::move(name));
}
ExpressionTree number(std::string digits) {
  return tree(Kind::number, std::move(digits));
}
ExpressionTree string(std::string text) {
  return tree(Kind::string, std::move(text));
}

/// A tree of `levels` levels.
ExpressionTree deep(int levels) {
  ExpressionTree result = column("a");
  for (int i = 1; i < levels; ++i) result = tree(Kind::negation, "", {std::move(result)});
  return result;
}

}  // namespace

TEST_CASE("to_text writes every kind of an expression tree") {
  const ExpressionTree a = column("a");
  const ExpressionTree b = column("b");
  CHECK(to_text(ExpressionTree()) == "null");
  CHECK(to_text(tree(Kind::null, "")) == "null");
  CHECK(to_text(tree(Kind::boolean, "true")) == "true");
  CHECK(to_text(number("-1.50")) == "-1.50");
  CHECK(to_text(string("it's")) == "'it''s'");
  CHECK(to_text(string("")) == "''");
  CHECK(to_text(tree(Kind::bytes, "00ff")) == "x'00ff'");
  CHECK(to_text(a) == "a");
  CHECK(to_text(tree(Kind::call, "now")) == "(now())");
  CHECK(to_text(tree(Kind::call, "s.f", {a, b})) == "(s.f() a b)");
  CHECK(to_text(tree(Kind::operation, "<>", {a, b})) == "(<> a b)");
  CHECK(to_text(tree(Kind::operation, "-", {a})) == "(- a)");
  CHECK(to_text(tree(Kind::all_of, "", {a, b})) == "(and a b)");
  CHECK(to_text(tree(Kind::any_of, "", {a, b})) == "(or a b)");
  CHECK(to_text(tree(Kind::negation, "", {a})) == "(not a)");
  CHECK(to_text(tree(Kind::null_test, "", {a})) == "(is-null a)");
  CHECK(to_text(tree(Kind::truth_test, "true", {a})) == "(is-true a)");
  CHECK(to_text(tree(Kind::truth_test, "false", {a})) == "(is-false a)");
  CHECK(to_text(tree(Kind::membership, "", {a, number("1"), number("2")})) == "(in a 1 2)");
  CHECK(to_text(tree(Kind::between, "", {a, number("1"), number("5")})) == "(between a 1 5)");
  CHECK(to_text(tree(Kind::choice, "", {a, b, tree(Kind::null, "")})) == "(case a b null)");
  CHECK(to_text(tree(Kind::cast, "integer", {a})) == "(cast-integer a)");
  CHECK(to_text(tree(Kind::cast, "varchar(5)", {a})) == "(cast-\"varchar(5)\" a)");
  CHECK(to_text(tree(Kind::array, "", {a, b})) == "(array a b)");
  CHECK(to_text(tree(Kind::array, "")) == "(array)");
}

TEST_CASE("to_text tells trees apart that look alike") {
  const ExpressionTree a = column("a");
  const std::vector<ExpressionTree> trees = {
      column("null"),
      tree(Kind::null, ""),
      column("true"),
      tree(Kind::boolean, "true"),
      string("true"),
      column("1"),
      number("1"),
      string("1"),
      column("-1"),
      number("-1"),
      column(""),
      string(""),
      tree(Kind::bytes, ""),
      column("x''"),
      column("a b"),
      column("\"a\""),
      column("a\"\"b"),
      column("a\"b"),
      string("a' 'b"),
      column("(and a a)"),
      tree(Kind::all_of, "", {a, a}),
      tree(Kind::any_of, "", {a, a}),
      tree(Kind::call, "and", {a, a}),
      tree(Kind::call, "array", {a, a}),
      tree(Kind::array, "", {a, a}),
      tree(Kind::call, "cast-integer", {a}),
      tree(Kind::cast, "integer", {a}),
      tree(Kind::cast, "integer()", {a}),
      tree(Kind::call, "is-true", {a}),
      tree(Kind::truth_test, "true", {a}),
      tree(Kind::call, "f", {column("a b")}),
      tree(Kind::call, "f", {a, column("b")}),
      tree(Kind::call, "f", {tree(Kind::call, "g", {a}), a}),
      tree(Kind::call, "f", {tree(Kind::call, "g", {a, a})}),
      tree(Kind::operation, "-", {number("1")}),
      tree(Kind::operation, "-", {number("1"), number("1")}),
      tree(Kind::call, "-", {number("1")}),
      tree(Kind::negation, "", {a}),
      tree(Kind::operation, "#", {a}),
      column("#"),
      tree(Kind::membership, "", {a, a}),
      tree(Kind::between, "", {a, a, a}),
      tree(Kind::choice, "", {a, a, a}),
      tree(Kind::null_test, "", {a}),
      column("\xc3\xbc"),
  };
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const auto [place, is_new] = seen.emplace(to_text(trees[i]), i);
    CAPTURE(place->first);
    CAPTURE(place->second);
    CHECK(is_new);
  }
}

TEST_CASE("Expression trees are equal when kind, text and children are") {
  const ExpressionTree sum = tree(Kind::operation, "+", {column("a"), number("1")});
  CHECK(sum == tree(Kind::operation, "+", {column("a"), number("1")}));
  CHECK(sum != tree(Kind::operation, "-", {column("a"), number("1")}));
  CHECK(sum != tree(Kind::call, "+", {column("a"), number("1")}));
  CHECK(sum != tree(Kind::operation, "+", {number("1"), column("a")}));
  CHECK(sum != tree(Kind::operation, "+", {column("a")}));
}

TEST_CASE("node_count and depth count the tree itself") {
  CHECK(node_count(column("a")) == 1);
  CHECK(depth(column("a")) == 1);
  const ExpressionTree uneven = tree(Kind::all_of, "", {column("a"), deep(3), tree(Kind::array, "")});
  CHECK(node_count(uneven) == 6);
  CHECK(depth(uneven) == 4);
  CHECK(node_count(deep(kExpressionDepthMax)) == kExpressionDepthMax);
  CHECK(depth(deep(kExpressionDepthMax)) == kExpressionDepthMax);
}

TEST_CASE("columns_of names each column once, in order of appearance") {
  const ExpressionTree mixed = tree(Kind::any_of, "",
                                    {tree(Kind::operation, "=", {column("b"), string("c")}),
                                     tree(Kind::call, "f", {column("a"), column("b"), column("A")}), column("a")});
  CHECK(columns_of(mixed) == std::vector<std::string>{"b", "a", "A"});
  CHECK(columns_of(number("1")).empty());
}
