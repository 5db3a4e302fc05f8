#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/script_reader.h"
#include "harness/parity/difference.h"

namespace paripassu {

namespace parity {
struct DefinitionStatement;
}

/// What is looked for, in the words of one side's catalog.
struct OriginQuery {
  std::string schema;
  std::string table;  ///< table or view; empty for what belongs to a schema
  std::string name;   ///< of the object; empty: only the table is known
  std::string kind;   ///< as Difference::kind
  std::string code;   ///< as Difference::code: what about the object; empty: all of it
};

/// Where the scripts of one source make and change its objects. Built from the scripts in the order in which they are
/// applied; asked as often as one likes. Reads words, not grammar, so an answer is a good place to look at, never
/// proof: names count without regard to case, and SQL that a routine runs, or that is put together at run time, is not
/// seen.
///
///     Origins origins;
///     origins.add(reader.read(text, file, options), reader, file);
///     origins.describe(catalog);
///     origins.find({"public", "orders", "note", "column", "column-type"});  // migrations/0004_note.up.sql:3
///
/// Not thread-safe while it is built; `find` may be called by several threads.
class Origins {
 public:
  Origins();
  ~Origins();
  Origins(Origins&&) noexcept;
  Origins& operator=(Origins&&) noexcept;

  /// Takes in the statements of a script, which follow those added before. `file` is how positions name it. Statements
  /// that `reader` cannot list the words of are passed over: the server has the last word on them.
  void add(const Script& script, const ScriptReader& reader, const std::string& file);

  /// Takes in what the scripts made: the columns of keys and checks that have no name in a script, and the schema of
  /// unqualified names. Replaces what an earlier call said.
  void describe(const catalog::Catalog& catalog);

  /// Where the object was made, or that about it which `code` names was last changed ("default-changed": not the index
  /// that somebody made on the column later):
  ///
  /// - tables: the CREATE TABLE, or the renaming that gave the name; columns, through renamings of table and column:
  /// the
  ///   line of the column; constraints, indexes, triggers, policies: the line of the name, else of the definition;
  /// - what no statement names: where its table was made. nullopt when that is not known either.
  std::optional<SourcePosition> find(const OriginQuery& query) const;

 private:
  class Search;

  /// The columns that a constraint or index uses.
  struct Members {
    std::string schema;
    std::vector<std::string> columns;
  };

  std::deque<std::string> files_;  ///< pointed to by the statements
  std::vector<parity::DefinitionStatement> statements_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_table_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_subject_;
  /// Statement and word.
  std::unordered_map<std::string, std::vector<std::pair<std::size_t, std::size_t>>> by_name_;
  std::unordered_map<std::string, std::vector<Members>> members_;  ///< by table, kind and name
  std::string default_schema_;
};

/// Fills file and line of both sides of every difference that has none yet. Looks for the words of each DifferenceSide,
/// or for those of the Difference where it has none; a side without the object points to its table. Either may be
/// nullptr: its side is left as it is.
void locate(Comparison& comparison, const Origins* left, const Origins* right);

}  // namespace paripassu
