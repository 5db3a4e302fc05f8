#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/script_reader.h"

/// What a statement of a script says about objects, read from its words alone, in the vocabulary of all engines: a word
/// that only one of them has stands in no script of the others. Private to the room.
namespace paripassu::parity {

struct DefinitionWord {
  std::string text;  ///< in lower case
  int line = 0;      ///< in the file
  int depth = 0;
  bool quoted = false;
  bool qualifier = false;

  /// A keyword; `wanted` in lower case.
  bool is(std::string_view wanted) const { return !quoted && text == wanted; }
};

/// A name in a statement.
struct WordPath {
  std::string schema;    ///< empty: not qualified
  std::string name;      ///< the last part
  std::size_t word = 0;  ///< index of that part
};

struct DefinitionStatement {
  enum class Verb { create, alter, comment, grant, rename };
  Verb verb = Verb::create;
  /// "table", "view", "index", "trigger", "policy", "sequence", "routine", "type", "schema", "column" (of a comment).
  /// Empty: not said.
  std::string kind;
  WordPath subject;               ///< what is made, changed, commented on; of a rename: its new name
  std::optional<WordPath> table;  ///< the table or view that it belongs to or is
  std::string old_name;           ///< of a rename
  bool renames_column = false;    ///< `subject` and `old_name` are those of a column
  std::size_t body = 0;           ///< the first word behind the subject
  std::vector<std::size_t>
      named_words;  ///< names that are given to, or used of, constraints, indexes, triggers, policies
  std::vector<DefinitionWord> words;
  const std::string* file = nullptr;

  int line_of(std::size_t word) const { return words[word].line; }
};

/// False for text in which no statement of interest can begin; much cheaper than reading its words.
bool may_define(std::string_view text);

/// nullopt for statements that make and change no object: SELECT, SET, DROP, CREATE TEMPORARY TABLE.
std::optional<DefinitionStatement> read_definition(std::vector<DefinitionWord> words);

/// The parts of a column that a statement makes or changes: bits.
inline constexpr unsigned kColumnItself = 1u << 0;
inline constexpr unsigned kColumnName = 1u << 1;
inline constexpr unsigned kColumnType = 1u << 2;
inline constexpr unsigned kColumnNullability = 1u << 3;
inline constexpr unsigned kColumnDefault = 1u << 4;
inline constexpr unsigned kColumnIdentity = 1u << 5;
inline constexpr unsigned kColumnDropped = 1u << 6;
inline constexpr unsigned kColumnWhole =
    kColumnItself | kColumnType | kColumnNullability | kColumnDefault | kColumnIdentity;

struct ColumnMention {
  std::size_t word = 0;
  unsigned parts = 0;  ///< bits of the above
};

/// Where a CREATE or ALTER TABLE defines, changes or drops `column` (lower case), in order; not where it only uses it.
std::vector<ColumnMention> column_mentions(const DefinitionStatement& statement, std::string_view column);

/// The word at which a CREATE or ALTER TABLE, or a CREATE INDEX, makes a constraint or index that has no name of its
/// own there. `kind` as in Difference::kind; `columns` in lower case.
std::optional<std::size_t> unnamed_definition(const DefinitionStatement& statement, std::string_view kind,
                                              std::span<const std::string> columns);

}  // namespace paripassu::parity
