#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/datacheck/data_comparison.h"
#include "harness/parity/differ.h"
#include "harness/project/configuration.h"

namespace paripassu {

enum class CheckKind {
  unique,      ///< no two rows have the same values; rows with a NULL never collide
  not_null,    ///< no value is NULL
  accepted,    ///< every value is in a list; NULL passes
  range,       ///< every value is within bounds; NULL passes
  pattern,     ///< every text is LIKE a pattern; NULL passes
  references,  ///< every row without a NULL in the columns has a row in another table
  rows,        ///< the table has as many rows as said, or as another table
  freshness,   ///< the newest value is not older than said
  no_rows,     ///< a query returns no row
  condition,   ///< no row makes an expression false: the CHECK constraint of the other engine
};
/// "unique", "not-null", "accepted", "range", "pattern", "references", "rows", "freshness", "no-rows", "condition".
std::string_view to_string(CheckKind kind);

/// A text for all engines, or one per engine.
struct EngineText {
  std::map<std::string, std::string> by_engine;  ///< by Backend::name; "" is for those without one of their own
  /// nullptr when there is none for the engine.
  const std::string* find(std::string_view engine) const;
  bool empty() const { return by_engine.empty(); }
};

/// One check, as it is declared. Names are the declaration's; they are looked up in each catalog.
struct Check {
  CheckKind kind = CheckKind::unique;
  std::string name;         ///< "orders.status: accepted", or the declared one
  std::string explanation;  ///< the declared `reason`, or what an implied check follows from
  Severity severity = Severity::error;
  SourcePosition position;
  std::vector<std::string> engines;  ///< Backend::name; empty: all

  std::string table;  ///< "orders", "app.orders"; a view as well; empty for no_rows
  std::vector<std::string> columns;
  EngineText where;  ///< only rows of which this is true; put into parentheses as it is

  std::vector<std::string> accepted;
  std::optional<std::string> low;
  std::optional<std::string> high;
  bool low_excluded = false;
  bool high_excluded = false;
  std::string pattern;      ///< `%` any text, `_` one character, `\` before one of these takes its meaning away
  std::string other_table;  ///< references, rows
  std::vector<std::string> other_columns;
  std::optional<std::uint64_t> rows_min;
  std::optional<std::uint64_t> rows_max;
  double rows_tolerance = 0;  ///< of the other table's rows, as a fraction: 0.05
  std::int64_t age_max_s = 0;
  EngineText sql;  ///< no_rows
};

/// Reads a file of checks. `file` goes into positions. Throws Error(configuration) with position: bad TOML, an unknown
/// key or engine (names the nearest), a check without a kind, a value that does not fit.
std::vector<Check> read_check_file(const std::string& file, const BackendRegistry& registry);
/// The `.toml` files of a folder, by name, hidden ones left out. A folder that does not exist has no checks.
std::vector<Check> read_checks(const std::string& folder, const BackendRegistry& registry);

/// A check bound to a catalog: objects as they are there.
struct BoundCheck {
  const Check* check = nullptr;
  std::string schema;  ///< empty for no_rows
  std::string table;
  std::vector<catalog::Column> columns;  ///< those of the check
  std::vector<catalog::Column> shown;    ///< by which an offender is told: key and columns, else whole rows
  std::size_t key_columns = 0;           ///< so many of `shown` are the key
  std::string other_schema;
  std::string other_table;
  std::vector<std::string> other_columns;
  std::string where;         ///< SQL; empty: all rows
  std::string condition;     ///< SQL, for CheckKind::condition
  bool nulls_equal = false;  ///< unique: NULL collides with NULL
  bool match_full = false;   ///< references: a row with only some NULLs is an offender
  /// unique: SQL that is compared in place of each column; empty: the columns themselves.
  std::vector<std::string> compared;
  std::vector<std::string> notes;
};

/// Looks the names up by the project's name matching. Throws Error(configuration) at the check's position: an unknown
/// table or column (names the nearest), one that is ambiguous, values that its type cannot take.
BoundCheck bind_check(const Check& check, const catalog::Catalog& catalog, const Backend& backend, NameMatching names);

/// The one statement that answers the check, in the engine's dialect. For unique, not_null, accepted, range, pattern,
/// references and condition its rows are the first limits::kCheckOffendersShownMax offenders: the count of all of them
/// ("offender_count"), then what is shown. For rows: the count of rows, and of the other table's. For freshness: the
/// newest value, and the server's time. For no_rows: what was declared. Throws Error(configuration) at the check's
/// position for a value that the column's type cannot take.
std::string check_statement(const BoundCheck& check, const Backend& backend);

/// A constraint that one side has and the other lacks, to be checked against the other's data.
struct ImpliedCheck {
  Check check;
  BoundCheck bound;           ///< on the side that lacks it; bound.check is set by run_checks
  bool on_left = false;       ///< that side
  std::string code;           ///< of the difference: "unique-missing"
  std::string not_checkable;  ///< why there is no statement; empty: there is one
};

/// What the constraints of each side say about the other side's data, from the differences that no waiver accepts:
/// keys, unique constraints and indexes, foreign keys, checks and NOT NULL that a side lacks, has otherwise, or has
/// disabled. `waived` counts those that a waiver accepts. The comparison must be that of the two catalogs under
/// `options`, with the waivers applied.
std::vector<ImpliedCheck> implied_checks(const Comparison& comparison, const catalog::Catalog& left,
                                         const catalog::Catalog& right, const ComparisonOptions& options,
                                         std::size_t& waived);

enum class CheckOutcome {
  passed,
  failed,
  incomplete,  ///< it could not be run: the server refused it, a connection was lost, a type that cannot be compared
};
std::string_view to_string(CheckOutcome outcome);

struct CheckResult {
  std::string name;
  std::string engine;
  CheckKind kind = CheckKind::unique;
  std::string object;  ///< "public.orders"
  std::string code;    ///< of the difference that implies it; empty: it is declared
  Severity severity = Severity::error;
  CheckOutcome outcome = CheckOutcome::passed;
  std::string message;               ///< one sentence; empty when passed
  std::vector<std::string> details;  ///< what the server said
  std::string explanation;           ///< Check::explanation
  SourcePosition position;
  std::uint64_t offenders = 0;
  bool offenders_counted = true;        ///< false: there are more
  std::vector<std::string> shown;       ///< names of the columns by which offenders are told
  std::vector<std::vector<Cell>> rows;  ///< the first offenders, a value per column
  std::vector<std::string> notes;
  std::int64_t duration_ms = 0;
};

struct CheckReport {
  struct Side {
    std::string label;
    ServerInfo server;
  };
  std::vector<Side> sides;
  std::vector<CheckResult> results;  ///< by side, declared ones first
  std::vector<std::string> notes;
  std::int64_t duration_ms = 0;

  std::size_t count(CheckOutcome outcome) const;
  /// A failed check that is at least as severe as `fail_on`.
  bool fails(Severity fail_on) const;
};

struct CheckOptions {
  NameMatching names = NameMatching::fold;
};

/// A side with what is to be checked on it.
struct CheckSide {
  DataSide data;
  std::vector<const ImpliedCheck*> implied;
};

/// Runs every declared check that is for the side's engine, then the implied ones. All names are looked up on every
/// side before the first statement is sent. Each check is one statement in a transaction that reads and is rolled back;
/// what a server refuses makes that check incomplete with the server's words, the others go on. Throws Error for what
/// ends all: bind_check's, the first connection, an interrupt.
CheckReport run_checks(const std::vector<CheckSide>& sides, const std::vector<Check>& declared,
                       const CheckOptions& options,
                       const std::function<void(const CheckResult&, std::size_t done, std::size_t total)>& on_finished);

}  // namespace paripassu
