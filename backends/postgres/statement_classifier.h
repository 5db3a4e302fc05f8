#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "backends/postgres/token_stream.h"

namespace paripassu::postgres {

/// What the tokens of one PostgreSQL statement say about where it ends and how it must be sent. Only keywords count:
/// quoted identifiers, strings and comments never do.
class StatementClassifier {
 public:
  /// The next token of the statement; comments and the final `;` are not part of it.
  void add(const Token& token);

  bool empty() const { return previous_.kind == Token::Kind::end; }
  /// True inside parentheses (CREATE RULE … DO (a; b)) and inside BEGIN ATOMIC … END: a `;` ends nothing there.
  bool inside_body() const { return parenthesis_depth_ > 0 || atomic_depth_ > 0; }

  /// `COPY … FROM stdin`: data follows in the script.
  bool copies_from_stdin() const { return copies_from_stdin_; }
  /// The statement begins, prepares or ends a transaction. Savepoints do not count.
  bool controls_transaction() const;
  /// The words for which PostgreSQL refuses the statement inside a transaction block ("VACUUM"), or empty. Tried on
  /// PostgreSQL 15, except for partitions and subscriptions. `ALTER TYPE … ADD VALUE` is among them although it is
  /// allowed since 12: the new value cannot be used before its transaction has ended.
  std::string outside_transaction() const;
  /// "CREATE DATABASE", "DROP DATABASE" or "ALTER DATABASE"; else empty.
  std::string database_command() const;

 private:
  bool starts_with(std::string_view first, std::string_view second = {}, std::string_view third = {},
                   std::string_view fourth = {}) const;
  bool creates_routine() const;

  std::array<Token, 4> leading_;   ///< the first tokens outside parentheses
  std::size_t leading_count_ = 0;  ///< how many there were, without bound
  Token previous_;
  int parenthesis_depth_ = 0;
  int atomic_depth_ = 0;  ///< BEGIN ATOMIC and the CASE expressions in it
  bool copies_from_stdin_ = false;
  bool concurrently_option_ = false;  ///< REINDEX (CONCURRENTLY)
  bool detaches_partition_ = false;
  bool detaches_concurrently_ = false;
  bool adds_enum_value_ = false;
  bool changes_publications_ = false;
};

}  // namespace paripassu::postgres
