#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/datacheck/data_comparison.h"
#include "harness/datacheck/data_report.h"
#include "harness/datacheck/value_rule.h"
#include "harness/dataset/row_set.h"
#include "harness/project/configuration.h"

namespace paripassu {

/// A value that a query names (`-- param since date = 2026-01-01`, used as `:since`).
struct QueryParameter {
  std::string name;
  catalog::Type type;
  Cell value;  ///< canonical text; absent: NULL
  SourcePosition position;
};

/// What the comments at the head of a query's files say about the comparison.
struct QueryDirectives {
  bool ordered = false;              ///< `-- order: rows`: rows compare by position
  std::vector<std::string> key;      ///< `-- key: id, line`: rows pair by these columns; empty: as a multiset
  std::vector<std::string> ignored;  ///< `-- ignore: col`: columns that are not compared
  ClassVerdicts verdicts = default_verdicts();  ///< `-- class: time-zone = accepted`
  Tolerance tolerance;                          ///< `-- tolerance: 1e-9`
  SourcePosition key_position;
};

/// The text of a query for one engine, or for all of them.
struct QueryText {
  std::string file;
  std::string sql;  ///< the whole file
  std::vector<QueryParameter> parameters;
};

/// The same logical query for all engines: one file (`late_orders.sql`) or one per engine (`late_orders.postgres.sql`,
/// `late_orders.sqlserver.sql`; the words are those of Backend::file_infixes).
struct QueryTest {
  std::string name;  ///< "late_orders"; below a folder that was named, with the folders between: "sales/late_orders"
  QueryDirectives directives;
  std::map<std::string, QueryText> texts;  ///< by Backend::name; "" is for the engines that have none of their own

  /// nullptr when there is none for the engine.
  const QueryText* find(const std::string& engine) const;
};

/// The queries of files and folders; of a folder every `.sql` file in and below it, by name. A file of one engine
/// brings its siblings of the other engines with it. Hidden files are left out. Throws Error(usage) for a path that
/// does not exist or holds no query, Error(configuration) with position for a directive or parameter that cannot be
/// understood (names the nearest) and for a file that is not exactly one SELECT, WITH, VALUES or TABLE statement.
std::vector<QueryTest> read_queries(const std::vector<std::string>& paths, const BackendRegistry& registry);

/// One query file. `file` goes into positions. Reads parameters and directives; the latter are added to `directives`.
QueryText read_query_text(const std::string& text, const std::string& file, QueryDirectives& directives);

/// The statement that `backend` is sent: `:name`, outside of quotes, brackets and comments and not behind another
/// colon, as a literal of its type. `given` wins over the values in the file. Throws Error(configuration) with
/// position: a name without parameter (names the nearest), a value that is none of its type or that the engine cannot
/// hold.
std::string query_statement(const QueryText& text, const std::map<std::string, std::string>& given,
                            const Backend& backend);

/// Compares two results by the rules of `data-diff` (ValueRule), columns paired by name, or by position where neither
/// side has names that pair. Rows pair by position, by the key, or as multisets; see QueryDirectives. Of the
/// differences `limit` are kept, the counts have all. Throws Error(configuration) where the key or an ignored column is
/// in no result.
TableResult compare_results(const RowSet& left, const RowSet& right, const QueryDirectives& directives,
                            NameMatching names, std::size_t limit);

struct QueryOptions {
  std::map<std::string, std::string> parameters;  ///< --param name=value
  std::size_t limit = limits::kDataDifferencesShownDefault;
  Severity fail_on = Severity::warning;
  NameMatching names = NameMatching::fold;
};

enum class QueryOutcome {
  passed,
  failed,      ///< the results differ, or an engine refused the query
  incomplete,  ///< it could not be run: no text for an engine, a connection was lost, too many rows
};
std::string_view to_string(QueryOutcome outcome);

struct QueryResult {
  std::string name;
  QueryOutcome outcome = QueryOutcome::passed;
  std::string message;               ///< one sentence; empty when passed
  SourcePosition position;           ///< the file, and the place where the server told one
  std::vector<std::string> details;  ///< what the server said
  TableResult rows;                  ///< the comparison; without columns where there was none
  std::int64_t duration_ms = 0;
};

struct QueryReport {
  std::string left_label;
  std::string right_label;
  ServerInfo left;
  ServerInfo right;
  std::vector<QueryResult> results;
  std::vector<std::string> notes;  ///< "read without a consistent snapshot: …"
  std::int64_t duration_ms = 0;

  std::size_t count(QueryOutcome outcome) const;
};

/// Runs every query on both sides, both at the same time, each in a transaction that only reads, sees one moment where
/// the database allows it, and is rolled back. What an engine refuses fails that query with the server's words, the
/// others go on. At most limits::kQueryRowsMax rows of a query are compared; a longer result is refused. `parameters`
/// that no query has are an Error(usage). Throws Error for what ends all: the first connection, an interrupt.
QueryReport run_queries(const std::vector<QueryTest>& queries, const DataSide& left, const DataSide& right,
                        const QueryOptions& options,
                        const std::function<void(const QueryResult&, std::size_t done)>& on_finished);

}  // namespace paripassu
