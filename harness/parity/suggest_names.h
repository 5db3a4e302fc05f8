#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "backends/catalog/catalog.h"
#include "harness/parity/differ.h"
#include "harness/parity/difference.h"
#include "harness/parity/suggest.h"

/// Which object of the one side is which of the other, for suggest(). Private to the room.
namespace paripassu::parity {

/// A table of the target, of the source, or of both. Names are those of the target when all is done.
struct SuggestedTable {
  const catalog::Schema* source_schema = nullptr;
  const catalog::Table* source = nullptr;
  const catalog::Table* target = nullptr;
  std::string schema;
  std::string name;
  std::map<std::string, std::string, std::less<>> columns;  ///< source's name to final name
  std::map<std::string, std::string, std::less<>> renamed;  ///< target's name to final name, where it changes
  catalog::Table state;  ///< the target's table when all is done, in its own words; its lists but `columns` as now

  std::string column(std::string_view source_name) const;
  std::string own_column(std::string_view target_name) const;
  const catalog::Column* find(std::string_view final_name) const;
};

/// A difference as seen from the target: "missing" is what the target lacks.
struct TurnedDifference {
  const Difference* difference = nullptr;
  std::string code;
  const DifferenceSide* source = nullptr;
  const DifferenceSide* target = nullptr;
};
TurnedDifference turn(const Difference& difference, SuggestTarget target);

class SuggestNames {
 public:
  SuggestNames(const Comparison& comparison, const catalog::Catalog& source, const catalog::Catalog& target,
               SuggestTarget side, const ComparisonOptions& options);
  SuggestNames(const SuggestNames&) = delete;
  SuggestNames& operator=(const SuggestNames&) = delete;

  /// The target's schema that pairs with the source's; the same name where there is none.
  std::string schema(std::string_view source_schema) const;
  /// nullptr when there is no such table.
  SuggestedTable* find_source(std::string_view schema, std::string_view table);
  SuggestedTable* find_target(std::string_view schema, std::string_view table);
  std::deque<SuggestedTable>& tables() { return tables_; }
  /// The target's object for a source's "schema.name", for sequences and routines; the source's word for what is not
  /// in a schema.
  std::string qualified(std::string_view dotted) const;
  bool has_routine(std::string_view qualified) const;

  /// `name`, or where the schema has it already, one with the table's name or a number. It is then taken.
  std::string free_name(const std::string& schema, const std::string& table, const std::string& name);
  void release(const std::string& schema, const std::string& name);

 private:
  using Key = std::pair<std::string, std::string>;

  void pair_schemas(SuggestTarget side);
  void pair_tables(const Comparison& comparison, SuggestTarget side);
  void add_pair(const catalog::Schema* source_schema, const catalog::Table* source,
                const catalog::Schema* target_schema, const catalog::Table* target);
  void rename_columns(const Comparison& comparison, SuggestTarget side);
  void take_names();

  const catalog::Catalog& source_;
  const catalog::Catalog& target_;
  const ComparisonOptions& options_;
  std::map<std::string, std::string, std::less<>> schemas_;  ///< source to target
  std::deque<SuggestedTable> tables_;                        ///< a deque: addresses stay
  std::map<Key, SuggestedTable*> by_source_;
  std::map<Key, SuggestedTable*> by_target_;
  std::map<std::string, std::set<std::string>> taken_;  ///< by schema, in lower case
};

}  // namespace paripassu::parity
