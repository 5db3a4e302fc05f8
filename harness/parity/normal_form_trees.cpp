#include <algorithm>

#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {

using Kind = ExpressionTree::Kind;

bool is_literal(const ExpressionTree& tree) {
  switch (tree.kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::bytes:
      return true;
    default:
      return false;
  }
}

bool is_cast_literal(const ExpressionTree& tree) {
  const ExpressionTree* inner = &tree;
  while (inner->kind == Kind::cast) inner = &inner->children.front();
  return is_literal(*inner);
}

int order(const ExpressionTree& left, const ExpressionTree& right) {
  if (left.kind != right.kind) return left.kind < right.kind ? -1 : 1;
  // 9 comes before 10 then, for people.
  if (left.text.size() != right.text.size() && left.kind == Kind::number) {
    return left.text.size() < right.text.size() ? -1 : 1;
  }
  if (const int text = left.text.compare(right.text); text != 0) return text;
  if (left.children.size() != right.children.size()) return left.children.size() < right.children.size() ? -1 : 1;
  for (std::size_t i = 0; i < left.children.size(); ++i) {
    if (const int child = order(left.children[i], right.children[i]); child != 0) return child;
  }
  return 0;
}

bool before(const ExpressionTree& left, const ExpressionTree& right) {
  return order(left, right) < 0;
}

void sort_trees(std::vector<ExpressionTree>& trees) {
  std::sort(trees.begin(), trees.end(), before);
}

std::size_t count_nodes(const ExpressionTree& tree, std::size_t limit) {
  std::size_t count = 1;
  for (const ExpressionTree& child : tree.children) {
    if (count >= limit) return limit;
    count += count_nodes(child, limit - count);
  }
  return count;
}

ExpressionTree node(Kind kind, std::string_view text) {
  ExpressionTree out;
  out.kind = kind;
  out.text = text;
  return out;
}

ExpressionTree node(Kind kind, std::string_view text, std::vector<ExpressionTree> children) {
  ExpressionTree out = node(kind, text);
  out.children = std::move(children);
  return out;
}

}  // namespace paripassu::parity
