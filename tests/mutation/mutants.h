#pragma once

#include <string>
#include <utility>
#include <vector>

namespace paripassu::test {

/// One way in which a project's migrations could be wrong.
struct Mutant {
  std::string what;  ///< "0002_add_rank.postgres.down.sql: drop statement 2"
  /// Files below the project's folder with their new text.
  std::vector<std::pair<std::string, std::string>> files;
};

/// Every mutant of the migrations of one engine in `project_dir` (native layout):
///
/// - a statement is left out, of an up or a down (a forgotten index among them);
/// - a type is another one: shorter, wider, coarser; or NOT NULL is gone; or a default is;
/// - up and down are swapped;
/// - the down deletes the rows of a table that it does not own;
/// - an UPDATE has lost its WHERE.
///
/// In the order of the files, each at most once. Files for both engines count as those of "postgres".
std::vector<Mutant> mutants_of(const std::string& project_dir, const std::string& engine);

}  // namespace paripassu::test
