#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/dataset/row_set.h"
#include "harness/migration_tests/test_case.h"
#include "harness/migration_tests/test_model.h"
#include "harness/project/configuration.h"

namespace paripassu {

/// What one engine showed while a case ran, to be compared with another's.
struct CaseObservation {
  struct QueryRows {
    RowSet rows;  ///< its name is the query's
    bool ordered = false;
    SourcePosition position;
  };
  struct Stage {
    std::string moment;                    ///< "before 0007", "after 0007", "after undoing 0007"
    std::map<std::string, RowSet> tables;  ///< by the folded name; those of `named` that are there
    std::vector<QueryRows> queries;
  };
  std::set<std::string> named;  ///< folded names of the tables that the case speaks of
  std::vector<Stage> stages;
  std::optional<ErrorCategory> error;  ///< of the migration, where one was expected
  std::string cut_short;               ///< why it did not come to the end; empty: it did
};

/// What two engines did not do alike: "engines-differ". Reads nothing but what it is given.
std::vector<TestProblem> compare_runs(const Configuration& configuration, const TestCase& test_case,
                                      const std::string& left_engine, const CaseObservation& left,
                                      const std::string& right_engine, const CaseObservation& right);

/// Whether a query says in which order its rows come: an ORDER BY that stands in no parentheses. Throws Error(script)
/// for what the engine's lexer cannot read.
bool has_order(const Backend& backend, const std::string& sql);

}  // namespace paripassu
