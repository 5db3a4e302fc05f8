#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/catalog/expression_tree.h"
#include "harness/parity/normal_form.h"
#include "tests/unit/harness/parity/catalogs.h"

/// Expression trees made by hand, and the columns of a table in which they stand.
namespace paripassu::test {

using Tree = catalog::ExpressionTree;
using Kind = Tree::Kind;
using Trees = std::vector<Tree>;

inline Tree tree(Kind kind, std::string_view text = {}, Trees children = {}) {
  Tree out;
  out.kind = kind;
  out.text = text;
  out.children = std::move(children);
  return out;
}

inline Tree col(std::string_view name) {
  return tree(Kind::column, name);
}
inline Tree num(std::string_view text) {
  return tree(Kind::number, text);
}
inline Tree str(std::string_view text) {
  return tree(Kind::string, text);
}
inline Tree truth(bool value) {
  return tree(Kind::boolean, value ? "true" : "false");
}
inline Tree null() {
  return tree(Kind::null);
}
inline Tree op(std::string_view sign, Tree left, Tree right) {
  return tree(Kind::operation, sign, {std::move(left), std::move(right)});
}
inline Tree all_of(Trees parts) {
  return tree(Kind::all_of, {}, std::move(parts));
}
inline Tree any_of(Trees parts) {
  return tree(Kind::any_of, {}, std::move(parts));
}
inline Tree negation(Tree of) {
  return tree(Kind::negation, {}, {std::move(of)});
}
inline Tree is_null(Tree of) {
  return tree(Kind::null_test, {}, {std::move(of)});
}
inline Tree is_truth(bool value, Tree of) {
  return tree(Kind::truth_test, value ? "true" : "false", {std::move(of)});
}
/// The operand first.
inline Tree in(Trees operand_and_values) {
  return tree(Kind::membership, {}, std::move(operand_and_values));
}
inline Tree between(Tree what, Tree low, Tree high) {
  return tree(Kind::between, {}, {std::move(what), std::move(low), std::move(high)});
}
inline Tree cast(std::string_view type, Tree of) {
  return tree(Kind::cast, type, {std::move(of)});
}
inline Tree call(std::string_view name, Trees arguments = {}) {
  return tree(Kind::call, name, std::move(arguments));
}
/// CASE: conditions and results in turn, then ELSE.
inline Tree choice(Trees parts) {
  return tree(Kind::choice, {}, std::move(parts));
}

/// A table's columns by name, as the place of an expression.
class Columns {
 public:
  explicit Columns(std::map<std::string, catalog::Type, std::less<>> types) : types_(std::move(types)) {}

  /// References this object.
  ExpressionPlace place() const {
    ExpressionPlace out;
    out.column_type = [this](std::string_view name) -> const catalog::Type* {
      const auto found = types_.find(name);
      return found == types_.end() ? nullptr : &found->second;
    };
    return out;
  }

 private:
  std::map<std::string, catalog::Type, std::less<>> types_;
};

}  // namespace paripassu::test
