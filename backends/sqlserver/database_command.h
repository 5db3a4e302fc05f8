#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "backends/sqlserver/tsql_lexer.h"

namespace paripassu::sqlserver {

/// A statement that leaves the database, changes it as a whole or touches the server ("DROP DATABASE").
struct DatabaseCommand {
  std::string name;
  std::size_t end = 0;  ///< behind its last token, the `;` not included
  TsqlLexer following;  ///< goes on behind the statement and its `;`
};

/// The database command that starts with `first`, which must be at the start of a statement as far as one can see;
/// `lexer` stands behind it. T-SQL needs no `;`, so the statement ends where a reserved word starts another one.
/// Throws Error(script) as TsqlLexer does.
std::optional<DatabaseCommand> parse_database_command(const Token& first, const TsqlLexer& lexer);

/// The words for which SQL Server refuses the statement that starts with `first` inside a transaction (errors 226,
/// 574), or empty. Source: SQL Server's list of statements allowed in transactions.
std::string refused_in_transaction(const Token& first, const TsqlLexer& lexer);

/// The name of a called procedure, without its schema, if it is known to refuse a transaction; else empty.
std::string procedure_refused_in_transaction(const Token& name);

/// True for CREATE, CREATE OR ALTER and ALTER of a procedure, function, trigger or view: it takes the whole batch.
bool starts_module(const Token& first, const TsqlLexer& lexer);

}  // namespace paripassu::sqlserver
