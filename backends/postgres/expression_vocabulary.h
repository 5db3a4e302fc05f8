#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "backends/postgres/parse_tree.h"

/// PostgreSQL's names in the words of catalog::ExpressionTree.
namespace paripassu::postgres {

/// How the arguments of a function become the children of its word.
enum class CallForm {
  plain,         ///< as they are
  swapped,       ///< two, the other way round: strpos(text, part)
  extract,       ///< two: field and value
  at_time_zone,  ///< two: zone and value
  next_value,    ///< one: the sequence
};

struct FunctionWord {
  std::string word;
  CallForm form = CallForm::plain;
};

/// The parts of a dotted name that libpg_query gives as a list of strings; pg_catalog is left out.
struct QualifiedName {
  std::string schema;  ///< empty: PostgreSQL's own, or found on the search path
  std::string name;
};

/// `names`: a list of String nodes. All but the last are the schema.
QualifiedName qualified_name(ParseTree::Node names);

/// The word for a function that is called with so many arguments.
FunctionWord function_word(const QualifiedName& function, std::size_t arguments);

/// The time of the transaction, the statement or the clock, as a time with zone: without LOCALTIMESTAMP.
bool is_now_function(const QualifiedName& function, std::size_t arguments);

/// Letters A to Z only.
std::string lower_case(std::string_view text);

/// UTC by one of its names.
bool is_utc(std::string_view zone);

struct OperatorWord {
  std::string word;
  bool negated = false;  ///< the operation is a negation of this word's
  bool is_call = false;  ///< the word is a function's
};

OperatorWord operator_word(const QualifiedName& sign, bool unary);

/// What a SQLValueFunction's `op` is; empty when it is unknown.
std::string_view value_function_word(std::string_view op);

/// An integer constant as decimal text; `body` is the part of the statement that starts at `offset`. libpg_query
/// 15-4.0.0 writes a negative one like a zero, so these two are read from the text. Empty when `constant` is no
/// integer.
std::string integer_text(ParseTree::Node constant, std::string_view body, std::size_t offset);

/// The neutral name of a TypeName node, modifiers and `[]` included; empty when it cannot be written as one (SETOF,
/// %TYPE, `interval year to month`).
std::string type_word(ParseTree::Node type_name, std::string_view body, std::size_t offset);

/// The name in a regclass text as the neutral tree writes it: parts undone of quotes and joined by a dot. Empty when it
/// is not one.
std::string relation_word(std::string_view text);

}  // namespace paripassu::postgres
