#pragma once

#include "backends/expression_reader.h"

namespace paripassu::sqlserver {

/// Reads what sys.default_constraints, sys.check_constraints, sys.computed_columns and sys.indexes.filter_definition
/// print on SQL Server 2016 to 2025, and what the same views and PostgreSQL's catalog print on Babelfish
/// (docs/babelfish.md, "expressions-in-postgres-form").
///
/// A problem says what was met and at which offset in bytes, from 0.
/// Known limits: on Babelfish a user's function loses its schema when that is dbo, and has the database's name before
/// it otherwise ("shop_app.fn"); so do sequences in NEXT VALUE FOR.
class SqlServerExpressionReader final : public ExpressionReader {
 public:
  ReadExpression read(std::string_view printed) const override;
};

}  // namespace paripassu::sqlserver

namespace paripassu {
using sqlserver::SqlServerExpressionReader;
}  // namespace paripassu
