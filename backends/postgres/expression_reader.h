#pragma once

#include "backends/expression_reader.h"

namespace paripassu::postgres {

/// Reads what pg_get_expr and pg_get_constraintdef print with `search_path` set to pg_catalog, pretty or not, by
/// libpg_query. A function, type or operator without a schema is taken for PostgreSQL's own.
///
/// Of a constraint, only CHECK is an expression; its `NOT VALID`, `NO INHERIT` and `NOT ENFORCED` are dropped.
/// `x IS JSON` (PostgreSQL 16) is read whatever the version of libpg_query; with a kind (`IS JSON OBJECT`) or
/// `UNIQUE KEYS` it is not understood. Neither are subqueries, aggregates and windows, rows, subscripts and fields,
/// XML, comments, parameters, adjacent strings, names longer than 63 bytes (the parser would cut them), and ANY or ALL
/// of anything but ARRAY[…].
///
/// An offset in a `problem` counts bytes of the text from 0. A few hundred KB of stack are enough for any text.
class PostgresExpressionReader final : public ExpressionReader {
 public:
  ReadExpression read(std::string_view printed) const override;
  /// Parses many texts at a time; a text that the parser refuses costs one more parse and disturbs no other.
  std::vector<ReadExpression> read_all(const std::vector<std::string_view>& printed) const override;
};

}  // namespace paripassu::postgres
