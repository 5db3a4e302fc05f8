// Any bytes: the reader makes a tree within its bounds or gives a reason, and what stands beside them in a batch is
// read as if they were not there. What is examined before the parse bounds what libpg_query makes of it.
#include <pg_query.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "backends/postgres/expression_reader.h"
#include "backends/postgres/expression_text.h"
#include "backends/postgres/parse_tree.h"

namespace {

using namespace paripassu;
using postgres::ParseTree;

void check(bool holds) {
  if (!holds) std::abort();
}

/// A neighbour that reads as one thing only, and that any open quote or bracket before it would change.
constexpr std::string_view kNeighbour = "(b = 'it''s'::text)";
constexpr std::string_view kNeighbourTree = "(= b (cast-text 'it''s'))";

bool is_level(std::string_view name) {
  for (const std::string_view kind :
       {"A_Expr", "BoolExpr", "NullTest", "BooleanTest", "CollateClause", "FuncCall", "CoalesceExpr", "MinMaxExpr",
        "CaseExpr", "A_ArrayExpr", "RowExpr", "A_Indirection", "XmlExpr", "NamedArgExpr", "SubLink", "GroupingFunc"})
    if (name == kind) return true;
  return false;
}

/// Nodes inside nodes, without those that are at the ends anyway.
int levels_of(ParseTree::Node root) {
  struct Task {
    ParseTree::Node node;
    int level;
  };
  int deepest = 0;
  std::vector<Task> tasks = {{root, 0}};
  while (!tasks.empty()) {
    Task task = tasks.back();
    tasks.pop_back();
    if (is_level(task.node.name())) ++task.level;
    deepest = std::max(deepest, task.level);
    for (ParseTree::Node child = task.node.first(); child; child = child.next()) tasks.push_back({child, task.level});
  }
  return deepest;
}

void check_levels(std::string_view text) {
  const postgres::ExpressionText examined = postgres::examine_expression(text);
  if (!examined.problem.empty()) return;
  const PgQueryParseResult parsed = pg_query_parse(("SELECT (" + std::string(examined.body) + ")").c_str());
  ParseTree tree;
  if (parsed.error == nullptr) {
    check(tree.assign(parsed.parse_tree));
    check(levels_of(tree.root()) <= examined.levels);
  }
  pg_query_free_parse_result(parsed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const postgres::PostgresExpressionReader reader;
  const ReadExpression alone = reader.read(text);
  check(alone.tree.has_value() == alone.problem.empty());
  if (alone.tree) {
    check(catalog::depth(*alone.tree) <= catalog::kExpressionDepthMax);
    check(catalog::node_count(*alone.tree) <= 8 * text.size() + 128);
    check(!to_text(*alone.tree).empty());
  }

  // Halves are often broken where the whole is not.
  const std::string_view left = text.substr(0, size / 2);
  const std::vector<std::string_view> texts = {kNeighbour, text, kNeighbour, left, text.substr(size / 2), kNeighbour};
  const std::vector<ReadExpression> together = reader.read_all(texts);
  check(together.size() == texts.size());
  for (const std::size_t i : {0, 2, 5}) check(together[i].tree && to_text(*together[i].tree) == kNeighbourTree);
  check(together[1].tree == alone.tree && together[1].problem == alone.problem);
  const ReadExpression left_alone = reader.read(left);
  check(together[3].tree == left_alone.tree && together[3].problem == left_alone.problem);

  check_levels(text);
  return 0;
}
