#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/expression_tree.h"

namespace paripassu {

/// What came of reading one expression: a tree, or the reason why there is none.
struct ReadExpression {
  std::optional<catalog::ExpressionTree> tree;
  std::string problem;  ///< one sentence for people; empty when there is a tree
};

/// Reads the expressions that this engine's catalog prints: defaults, checks, computed columns, index expressions and
/// predicates. Pure and thread-safe: no connection, no state. Never throws for what it is given: a snapshot may hold
/// any text, of any length and depth.
class ExpressionReader {
 public:
  virtual ~ExpressionReader() = default;

  virtual ReadExpression read(std::string_view printed) const = 0;
  /// The same for many at once, which some engines' parsers do much faster. As many results, in the same order, each
  /// equal to what `read` gives.
  virtual std::vector<ReadExpression> read_all(const std::vector<std::string_view>& printed) const;
};

}  // namespace paripassu
