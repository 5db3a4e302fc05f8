#include "backends/expression_reader.h"

namespace paripassu {

std::vector<ReadExpression> ExpressionReader::read_all(const std::vector<std::string_view>& printed) const {
  std::vector<ReadExpression> out;
  out.reserve(printed.size());
  for (const std::string_view text : printed) out.push_back(read(text));
  return out;
}

}  // namespace paripassu
