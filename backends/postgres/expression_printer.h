#pragma once

#include "backends/ddl_writer.h"

namespace paripassu::postgres {

/// DdlWriter::expression: a tree in PostgreSQL's syntax. Compound parts are in parentheses, so that no precedence
/// matters.
WrittenSql print_expression(const catalog::ExpressionTree& tree, const ExpressionSite& site);

}  // namespace paripassu::postgres
