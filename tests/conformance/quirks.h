#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backends/backend.h"
#include "tests/conformance/batches_cases.h"

namespace paripassu::conformance {

/// What the suite has to know of an engine: sample SQL in its dialect. One object per engine; no case asks for a name.
struct Quirks {
  std::string engine;  ///< Backend::name
  /// A script with two tables (parent, child) that have: identity, a default of each kind, not-null, a check, a unique
  /// constraint, a foreign key with ON DELETE CASCADE, a descending and a partial index with an included column, a
  /// comment on table and column, a view and a sequence.
  std::string sample_schema;
  /// Statements on that schema, each of which must change the catalog; and what the comparison must call the change.
  struct Alteration {
    std::string statement;
    std::string code;
    std::string undo;
  };
  std::vector<Alteration> alterations;
  std::string insert_parent;   ///< inserts a row whose key the server makes
  std::string violate_unique;  ///< each fails with the category of its name, once a parent row is there
  std::string violate_not_null;
  std::string violate_check;
  std::string violate_foreign_key;
  std::string missing_table;  ///< reads from a table that does not exist
  std::string syntax_error;   ///< three lines, the error in the third
  int syntax_error_line = 3;
  std::string division_by_zero;
  std::string message_statement;         ///< PRINT or RAISE NOTICE 'hello'
  std::string sleep_statement;           ///< runs for 8 seconds or longer
  std::string sleep_statement_stand_in;  ///< the same on a server that stands in for the engine; empty: no other
  std::string echo_text;                 ///< SELECT of its one text parameter
  std::string two_results_then_error;    ///< a batch whose first statements succeed and whose last fails; empty if a
                                         ///< script has none
  std::string outside_transaction;  ///< a statement that refuses transactions and is harmless; empty if there is none
  BatchSamples batches;
  /// Columns that the server numbers upwards, as in CREATE TABLE: every way that the engine has.
  std::vector<std::string> identity_columns;
  /// Types, as in CREATE TABLE, with a value each that must be refused before anything is sent.
  std::vector<std::pair<std::string, std::string>> refused_values;
  /// A statement that sets something for the whole database, `{}` being its quoted name, and a query that shows it to a
  /// new session; empty where a clone has it by nature.
  std::string database_setting;
  std::string show_database_setting;
  bool stores_nul_characters = false;  ///< U+0000 in a text
};

Quirks postgres_quirks();
Quirks sqlserver_quirks();

}  // namespace paripassu::conformance
