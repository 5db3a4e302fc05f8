#pragma once

#include "backends/script_reader.h"

namespace paripassu::postgres {

/// Splits scripts as psql does, by PostgreSQL's own scanner (libpg_query).
///
/// psql's meta commands:
/// - what only changes psql's output is left out silently: `\echo`, `\qecho`, `\warn`, `\pset`, `\timing`, `\a`, `\t`,
///   `\x`, `\d…` and their like, pg_dump's `\restrict` and `\unrestrict`, `\encoding UTF8`, `\set ON_ERROR_STOP on` and
///   the other variables of that sort;
/// - `\g` and `\gx` without arguments end a statement, and so does `\;`;
/// - `\q` ends the script where nothing but blanks and comments follows;
/// - all others are refused, or skipped: `\copy … from stdin` with its data, `\gset` and `\gexec` after the statement
///   that they send (which stays), `\q` with all that follows. `\if` is refused in any case, since without it both
///   branches would run.
///
/// psql variables (`:name`, `:'name'`) are left as they are. `\r\n` in COPY data is kept: the server knows it.
class PostgresScriptReader final : public ScriptReader {
 public:
  Script read(std::string_view text, const std::string& file, const ScriptOptions& options) const override;
  std::vector<StatementWord> words(std::string_view statement) const override;
};

}  // namespace paripassu::postgres
