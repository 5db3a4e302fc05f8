#pragma once

#include "backends/ddl_writer.h"

namespace paripassu::sqlserver {

/// DdlWriter::expression: a tree in T-SQL's syntax. Compound parts are in parentheses, so that no precedence matters.
WrittenSql print_expression(const catalog::ExpressionTree& tree, const ExpressionSite& site);

}  // namespace paripassu::sqlserver
