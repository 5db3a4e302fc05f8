#include "backends/postgres/statement_classifier.h"

#include <algorithm>

namespace paripassu::postgres {

void StatementClassifier::add(const Token& token) {
  if (token.is('(')) {
    ++parenthesis_depth_;
  } else if (token.is(')')) {
    if (parenthesis_depth_ > 0) --parenthesis_depth_;
  } else if (parenthesis_depth_ > 0) {
    if (leading_[0].is("REINDEX")) {
      if (token.is("CONCURRENTLY")) {
        concurrently_option_ = true;
      } else if (previous_.is("CONCURRENTLY") && (token.is("FALSE") || token.is("OFF"))) {
        concurrently_option_ = false;
      }
    }
  } else {
    if (leading_count_ < leading_.size()) leading_[leading_count_] = token;
    ++leading_count_;

    // Behind AS and a dot the grammar takes any keyword for a name.
    const bool label = previous_.is("AS") || previous_.is('.');
    if (atomic_depth_ > 0) {
      if (!label && token.is("CASE")) ++atomic_depth_;
      if (!label && token.is("END")) --atomic_depth_;
    } else if (previous_.is("BEGIN") && token.is("ATOMIC") && creates_routine()) {
      atomic_depth_ = 1;
    }

    // The grammar takes STDOUT for STDIN here.
    if (starts_with("COPY") && previous_.is("FROM") && (token.is("STDIN") || token.is("STDOUT")))
      copies_from_stdin_ = true;
    if (starts_with("ALTER", "TABLE")) {
      if (previous_.is("DETACH") && token.is("PARTITION")) detaches_partition_ = true;
      if (detaches_partition_ && token.is("CONCURRENTLY") && !label) detaches_concurrently_ = true;
    }
    if (starts_with("ALTER", "TYPE") && previous_.is("ADD") && token.is("VALUE")) adds_enum_value_ = true;
    if (starts_with("ALTER", "SUBSCRIPTION") && token.is("PUBLICATION") &&
        (previous_.is("REFRESH") || previous_.is("SET") || previous_.is("ADD") || previous_.is("DROP")))
      changes_publications_ = true;
  }
  previous_ = token;
}

bool StatementClassifier::starts_with(std::string_view first, std::string_view second, std::string_view third,
                                      std::string_view fourth) const {
  const std::array<std::string_view, 4> words = {first, second, third, fourth};
  for (std::size_t i = 0; i < words.size() && !words[i].empty(); ++i)
    if (!leading_[i].is(words[i])) return false;
  return true;
}

bool StatementClassifier::creates_routine() const {
  return starts_with("CREATE", "FUNCTION") || starts_with("CREATE", "PROCEDURE") ||
         starts_with("CREATE", "OR", "REPLACE", "FUNCTION") || starts_with("CREATE", "OR", "REPLACE", "PROCEDURE");
}

bool StatementClassifier::controls_transaction() const {
  if (starts_with("ROLLBACK")) {
    const bool to_savepoint = leading_[1].is("TO") || leading_[2].is("TO");
    return !to_savepoint;
  }
  // PREPARE transaction AS … is a prepared statement of that name.
  if (starts_with("PREPARE", "TRANSACTION")) return leading_[2].kind == Token::Kind::string;
  return starts_with("BEGIN") || starts_with("START", "TRANSACTION") || starts_with("COMMIT") || starts_with("END") ||
         starts_with("ABORT");
}

std::string StatementClassifier::outside_transaction() const {
  if (starts_with("CREATE", "INDEX", "CONCURRENTLY") || starts_with("CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"))
    return "CREATE INDEX CONCURRENTLY";
  if (starts_with("DROP", "INDEX", "CONCURRENTLY")) return "DROP INDEX CONCURRENTLY";
  if (starts_with("REINDEX")) {
    for (const char* scope : {"SCHEMA", "DATABASE", "SYSTEM"})
      if (starts_with("REINDEX", scope)) return std::string("REINDEX ") + scope;
    if (concurrently_option_ || leading_[2].is("CONCURRENTLY")) return "REINDEX CONCURRENTLY";
    return {};
  }
  if (starts_with("VACUUM")) return "VACUUM";
  if (starts_with("CLUSTER")) {
    const std::size_t without_table = leading_[1].is("VERBOSE") ? 2 : 1;
    return leading_count_ == without_table ? "CLUSTER" : "";
  }
  if (starts_with("ALTER", "SYSTEM")) return "ALTER SYSTEM";
  if (starts_with("CREATE", "TABLESPACE")) return "CREATE TABLESPACE";
  if (starts_with("DROP", "TABLESPACE")) return "DROP TABLESPACE";
  if (starts_with("CREATE", "SUBSCRIPTION")) return "CREATE SUBSCRIPTION";
  if (starts_with("DROP", "SUBSCRIPTION")) return "DROP SUBSCRIPTION";
  if (changes_publications_) return "ALTER SUBSCRIPTION PUBLICATION";
  if (detaches_concurrently_) return "DETACH PARTITION CONCURRENTLY";
  if (starts_with("DISCARD", "ALL")) return "DISCARD ALL";
  if (adds_enum_value_) return "ALTER TYPE ADD VALUE";
  return {};
}

std::string StatementClassifier::database_command() const {
  for (const char* verb : {"CREATE", "DROP", "ALTER"})
    if (starts_with(verb, "DATABASE")) return std::string(verb) + " DATABASE";
  return {};
}

}  // namespace paripassu::postgres
