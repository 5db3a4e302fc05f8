#include "backends/sqlserver/expression_reader.h"

#include <string>
#include <utility>

#include "backends/sqlserver/expression_functions.h"
#include "backends/sqlserver/expression_lexer.h"
#include "backends/sqlserver/expression_parser.h"

namespace paripassu::sqlserver {

ReadExpression SqlServerExpressionReader::read(std::string_view printed) const {
  if (printed.size() > catalog::kExpressionBytesMax)
    return {std::nullopt, "the expression has " + std::to_string(printed.size()) + " bytes; up to " +
                              std::to_string(catalog::kExpressionBytesMax) + " are read"};
  try {
    catalog::ExpressionTree tree = parse_expression(printed);
    translate_functions(tree);
    if (catalog::depth(tree) > catalog::kExpressionDepthMax)
      return {std::nullopt,
              "the expression is nested more than " + std::to_string(catalog::kExpressionDepthMax) + " levels deep"};
    return {std::move(tree), ""};
  } catch (const NotUnderstood& reason) {
    return {std::nullopt, reason.what()};
  }
}

}  // namespace paripassu::sqlserver
