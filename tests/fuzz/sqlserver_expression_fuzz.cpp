// Any bytes are either read as a tree within the limits, or there is a problem to tell. The same bytes in parentheses
// and with blanks around them are the same expression.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "backends/sqlserver/expression_reader.h"

namespace {

using namespace paripassu;

void require(bool condition) {
  if (!condition) std::abort();
}

ReadExpression read(std::string_view text) {
  ReadExpression result = SqlServerExpressionReader().read(text);
  require(result.tree.has_value() == result.problem.empty());
  if (result.tree) {
    require(catalog::depth(*result.tree) <= catalog::kExpressionDepthMax);
    // What CASE repeats has a limit of its own.
    require(catalog::node_count(*result.tree) <= 4 * text.size() + catalog::kExpressionBytesMax);
  } else {
    require(result.problem.size() < 200);
    require(std::all_of(result.problem.begin(), result.problem.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ReadExpression result = read(text);
  if (!result.tree || catalog::depth(*result.tree) > catalog::kExpressionDepthMax / 2 ||
      size + 6 > catalog::kExpressionBytesMax)
    return 0;
  require(!catalog::to_text(*result.tree).empty());
  // The line break ends a comment.
  const ReadExpression wrapped = read(" (\t" + std::string(text) + "\n) ");
  if (wrapped.tree) require(*wrapped.tree == *result.tree);
  require(wrapped.tree || wrapped.problem.find("nested") != std::string::npos);
  return 0;
}
