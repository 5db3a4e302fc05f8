#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/expression_tree.h"
#include "backends/postgres/expression_text.h"
#include "backends/postgres/expression_vocabulary.h"
#include "backends/postgres/parse_tree.h"

namespace paripassu::postgres {

/// Turns expressions of libpg_query's parse tree into neutral trees, one after the other.
///
/// Does not recurse. The tree has at most kExpressionDepthMax levels, and what a neutral form repeats (`CASE x WHEN`
/// becomes `x = …` for each WHEN) is bounded by the size of the text.
class ExpressionConverter {
 public:
  /// False when a part has no neutral form; `problem` then says which, and `out` is of no use. `offset`: of the body of
  /// `text` in the statement that was parsed.
  bool convert(const ExpressionText& text, std::size_t offset, ParseTree::Node node, catalog::ExpressionTree& out);
  /// Of the last `convert`.
  const std::string& problem() const { return problem_; }

 private:
  using Node = ParseTree::Node;
  using Tree = catalog::ExpressionTree;

  struct Task {
    Node node;
    int level = 0;  ///< of `out` in the neutral tree; the root's is 1
    Tree* out = nullptr;
  };

  // A handler makes one node. It adds all children that the node will have, so that they stay where they are, and
  // leaves those that it has not made itself for later.
  using Handler = bool (ExpressionConverter::*)(Node, int, Tree&);
  static Handler handler(std::string_view kind);
  bool convert_one(Node node, int level, Tree& out);
  void later(Node node, int level, Tree& out) { tasks_.push_back({node, level, &out}); }
  /// Children for the nodes of the list, behind those that it has.
  void later_children(Node list, int level, Tree& out);

  bool constant(Node node, int level, Tree& out);
  bool column(Node node, int level, Tree& out);
  bool cast(Node node, int level, Tree& out);
  bool boolean(Node node, int level, Tree& out);
  bool null_test(Node node, int level, Tree& out);
  bool truth_test(Node node, int level, Tree& out);
  bool choice(Node node, int level, Tree& out);
  bool array(Node node, int level, Tree& out);
  bool coalesce(Node node, int level, Tree& out);
  bool extreme(Node node, int level, Tree& out);
  bool collate(Node node, int level, Tree& out);
  bool value_function(Node node, int level, Tree& out);
  bool call(Node node, int level, Tree& out);
  bool extract(Node field, Node value, int level, Tree& out);
  bool at_time_zone(Node zone, Node value, int level, Tree& out);
  bool operation(Node node, int level, Tree& out);
  bool operation_of(Node names, Node left, Node right, int level, Tree& out);
  bool membership(Node node, int level, Tree& out);
  bool between(Node node, int level, Tree& out);
  bool array_operation(Node node, int level, Tree& out);
  bool array_element(Node element, Node array, int level, Tree& out);

  /// Makes `out` a child of level `level` + 1 without children of its own.
  bool leaf(Tree::Kind kind, std::string_view text, Node node, int level, Tree& out);
  /// Makes `out` a negation and returns its child, whose level `level` then is.
  static Tree& negate(Tree& out, int& level);
  bool fail(std::string_view what, Node node);
  bool too_deep(Node node);
  bool too_large(Node node);

  const ExpressionText* text_ = nullptr;
  std::size_t offset_ = 0;
  std::size_t nodes_left_ = 0;
  std::vector<Task> tasks_;
  std::string problem_;
};

}  // namespace paripassu::postgres
