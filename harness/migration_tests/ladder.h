#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/dataset/data_set.h"
#include "harness/dataset/row_set.h"
#include "harness/migration_tests/test_context.h"

namespace paripassu {

/// The data beside the migrations (`[tests] ladder`), one or more files per version, inserted right after that
/// migration, in the order of the file names:
///
///     0003_customers.sql             all engines           0003.customers.csv     rows of table customers
///     0003_customers.postgres.sql    one engine            0003_b.orders.csv      rows of table orders
///     0003_customers.sqlserver.sql                         0003_more.toml         [[customers]] name = "…"
///
/// A version is matched by compare_versions, or literally where revisions are no numbers; the longest that fits. The
/// words of an engine are Backend::file_infixes. Of files that differ in that word alone an engine takes its own, else
/// the one for all; files of other names are all inserted. Hidden files and readme files do not count.
class Ladder {
 public:
  struct File {
    std::string path;
    std::string version;  ///< of the revision it follows
    std::string engine;   ///< empty: all
  };

  /// Reads the folder and every file in it. A missing folder is a ladder without data. Throws Error(configuration)
  /// with the file: no such version, an unknown extension or engine, a bad data file; Error(script) for SQL that cannot
  /// be read.
  static Ladder read(TestContext& context, const Migrator& migrator);

  bool empty() const { return files_.empty(); }
  /// Versions that have data for this engine, in order.
  const std::vector<std::string>& versions() const { return versions_; }
  bool has(const std::string& version) const;
  /// Inserts the data of that version, if any, into a database that stands at it. A file is one transaction, unless a
  /// statement in it refuses transactions or controls them. Throws Error with file and line; what the files before
  /// inserted stays.
  void insert(const std::string& version, TestDatabase& database) const;
  /// Those for this engine, in the order in which they are inserted.
  std::vector<File> files() const;
  /// Files that are left out, and why.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Data {
    File file;
    Script script;                 ///< SQL
    bool changes_session = false;  ///< so that it gets one of its own
    DataSet rows;                  ///< CSV, TOML
  };
  void run(const Data& data, Session& session) const;

  TestContext* context_ = nullptr;
  std::vector<Data> files_;  ///< in order of version and name
  std::vector<std::string> versions_;
  std::vector<std::string> notes_;
};

/// What a run with `--accept` has done to the files of expectations, which its engines share: the second engine must
/// find its own rows in what the first has written. Thread-safe; TestContext::accept_round.
class AcceptRound {
  friend class Expectations;
  friend class ExpectationWriter;
  struct File {
    std::string engine;                 ///< whose rows it holds
    bool written = false;               ///< false: it was so before
    std::optional<std::string> before;  ///< its bytes before the run; absent: it was not there
    bool disputed = false;
  };
  std::mutex mutex_;
  std::map<std::string, File> files_;                 ///< by path
  std::map<std::string, catalog::Catalog> catalogs_;  ///< by engine
};

/// What must be found at the newest schema (`expected/` in the ladder's folder), written once for all engines: a CSV
/// per table ("orders.csv", "sales.orders.csv" outside the default schema), and one per query beside its SQL
/// ("totals.csv" with "totals.sql", or "totals.postgres.sql" and "totals.sqlserver.sql"; rows in the query's order if
/// it says ORDER BY). "orders.postgres.csv" is for that engine, in place of "orders.csv" if there is one.
class Expectations {
 public:
  /// Throws Error(configuration) with the file: a bad CSV, a query that is not one statement, an unknown extension;
  /// Error(script) for a query that cannot be read.
  static Expectations read(TestContext& context, const Backend& backend);

  bool empty() const { return expected_.empty(); }
  /// One problem per table or query that is not as expected ("expectation"): with the rows. Tables that hold rows but
  /// have no expectation are a problem too ("not-expected"), once there is any expectation; so are columns that the
  /// expectation leaves out, unless they are unstable or change by themselves (rowversion).
  std::vector<TestProblem> check(TestDatabase& database, const catalog::Catalog& catalog) const;
  /// For a database that holds only the rows of versions up to some k: rows that are there must be as expected;
  /// expected rows must be there if their key was (`keys_then`: table to keys, from `keys_of` at version k). Queries
  /// are left out, since their results depend on all rows.
  using Keys = std::map<std::string, std::vector<std::string>>;
  std::vector<TestProblem> check_part(TestDatabase& database, const catalog::Catalog& catalog,
                                      const Keys& keys_then) const;
  static Keys keys_of(TestDatabase& database, const catalog::Catalog& catalog);

  struct Accepted {
    std::vector<std::string> notes;     ///< a line per file, with the lines of a diff below it
    std::vector<TestProblem> problems;  ///< "engines-differ": nothing was written there; "error"
  };
  /// Writes the CSV files from the database, for every table that holds rows, every expectation and every query:
  /// "tests/ladder/expected/orders.csv: written, 3 rows", "…: 2 rows changed" with a diff below it, "…: unchanged" (not
  /// touched). Files of tables that are gone are named, not deleted.
  static Accepted accept(TestContext& context, TestDatabase& database, const catalog::Catalog& catalog,
                         AcceptRound& round);
  /// What this engine does not check, and why.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  friend class ExpectationWriter;
  struct Expected {
    std::string name;        ///< "orders", "sales.orders"; of a query what its file is called
    std::string path;        ///< of the CSV, which need not be there yet for a query
    std::string query;       ///< empty: a table
    std::string query_path;  ///< likewise
    bool ordered = false;
    std::optional<DataTable> rows;  ///< absent: a query whose rows were never accepted
  };

  RowSet read_actual(const Expected& expected, TestDatabase& database, const catalog::Catalog& catalog) const;
  RowComparison compare(const RowSet& expected, const RowSet& actual, bool ordered) const;
  void check_one(const Expected& expected, TestDatabase& database, const catalog::Catalog& catalog,
                 const Keys* keys_then, std::vector<TestProblem>& problems) const;

  std::vector<Expected> expected_;  ///< by name
  std::vector<std::string> notes_;
  NameMatching names_ = NameMatching::fold;
  std::vector<std::string> unstable_;
};

}  // namespace paripassu
