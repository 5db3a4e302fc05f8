#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/catalog.h"

namespace paripassu {

/// The most severe first, so that `<=` reads "at least as severe as". Errors and warnings make a comparison fail (exit
/// code 1); notes are told and change nothing, unless the caller asks for it.
enum class Severity { error, warning, note };

/// Where one side of a difference is, in that side's own words, so that a program can find the object in its catalog.
struct DifferenceSide {
  std::string schema;
  std::string table;       ///< table or view; empty for what belongs to a schema or the database
  std::string name;        ///< of the object itself, system-named or not; empty: this side has no such object
  std::string understood;  ///< the expression in the normal form in which it was compared; empty: it is none
  std::string file;        ///< of the migration or script that made the object or last changed it; empty: not known
  int line = 0;            ///< in `file`, from 1; 0: not known
  bool operator==(const DifferenceSide&) const = default;
};

/// One finding of a comparison. Data, never an exception.
struct Difference {
  std::string code;  ///< stable: "column-type", "index-missing"; all are in docs/differences.md
  Severity severity = Severity::error;
  std::string schema;   ///< as on the left, or on the right where the left has none
  std::string table;    ///< table or view; empty for what belongs to a schema or the database
  std::string kind;     ///< "table", "column", "index", "foreign key" …
  std::string name;     ///< of the object, as on the left, else the right; for unnamed ones its definition
  std::string left;     ///< how the left side prints what differs; empty: it is absent there
  std::string right;    ///< the same of the right side
  std::string message;  ///< one sentence for people
  DifferenceSide left_side;
  DifferenceSide right_side;
  std::string waived;  ///< the reason of the waiver that matched; empty: none did. Waived ones never fail a comparison.

  /// "orders.quantity", "orders", "orders.ix_orders_note": what a waiver's `object` is matched with.
  std::string object() const;
  bool operator==(const Difference&) const = default;
};

/// What was compared, so that "no difference" says how much it covers.
struct ComparisonCounts {
  std::size_t tables = 0;  ///< paired tables, and so on
  std::size_t columns = 0;
  std::size_t keys = 0;  ///< primary keys and unique constraints
  std::size_t foreign_keys = 0;
  std::size_t checks = 0;
  std::size_t indexes = 0;
  std::size_t views = 0;
  std::size_t sequences = 0;
  bool operator==(const ComparisonCounts&) const = default;
};

/// What one side of a comparison is, copied from its catalog.
struct ComparedSide {
  std::string engine;   ///< the backend's name
  std::string product;  ///< "PostgreSQL", "Babelfish for PostgreSQL"
  std::string product_version;
  bool genuine = true;  ///< false: a stand-in, which every output says
  std::vector<std::string> deviations;
  std::string database;
  std::string default_schema;
  bool operator==(const ComparedSide&) const = default;
};

/// Paired columns whose types hold the same values but for a loss that is named: counted, not a difference.
struct CompatibleTypes {
  std::string left;   ///< "character varying(n)": lengths are left out, so that columns of all lengths count together
  std::string right;  ///< "nvarchar(n)"
  std::string reason;
  std::size_t columns = 0;
  bool operator==(const CompatibleTypes&) const = default;
};

struct Comparison {
  std::string left_label;  ///< "postgres:migrations (PostgreSQL 15.20)"; compare() sets it to the product and version
  std::string right_label;
  ComparedSide left;
  ComparedSide right;
  std::vector<Difference> differences;  ///< by schema, table, kind, name
  ComparisonCounts counts;
  /// Paired tables, as on the left, schema-qualified where it is not the default schema; sorted.
  std::vector<std::string> compared_tables;
  std::vector<CompatibleTypes> compatible;  ///< most columns first
  /// What two engines do differently by themselves and that no object can be blamed for: "text is compared
  /// case-insensitively on the right". Told, never a finding; within one engine it is one (`database-collation`).
  std::vector<std::string> settings;
  /// What could not be compared, and why, the reason led by "left: " or "right: "; not empty means exit code 5
  /// unless differences were found.
  std::vector<catalog::Unknown> unknown;
  /// What the comparison passed over on purpose ("expressions of checks: 3"), counted. Only what exists is named.
  std::vector<std::string> not_compared;

  /// Without the waived ones.
  std::size_t count(Severity severity) const;
  std::size_t waived_count() const;
  /// True when there is a difference that no waiver covers and that is at least as severe as `fail_on`: exit code 1.
  bool has_findings(Severity fail_on = Severity::warning) const;
  bool operator==(const Comparison&) const = default;
};

/// A name or definition for people: as it is, or its beginning with the count of what was left out, "… (99,400 more
/// characters)", where it is so long that it would hide all else. Cut between two characters of UTF-8.
std::string shortened(std::string_view text);

/// A code that a Difference may carry.
struct DifferenceCode {
  std::string_view code;
  Severity severity;  ///< unless the configuration says otherwise
};

/// Every code there is, by family: the codes of docs/differences.md, no more and no fewer.
std::span<const DifferenceCode> difference_codes();

/// The code of the same finding with the sides exchanged: "-missing" and "-extra" change places.
std::string mirrored_code(std::string_view code);

/// "error", "warning", "note".
std::string_view to_string(Severity severity);
/// nullopt for any other word.
std::optional<Severity> severity_from_string(std::string_view word);

}  // namespace paripassu
