#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/datacheck/table_plan.h"
#include "harness/parity/object_pattern.h"

/// What `[data]` and the command line say, read once and asked per table and column. Private to the room.
namespace paripassu::datacheck {

/// A table or column by every name that a user may give it: with and without its schema, as either side has it.
class ObjectNames {
 public:
  void add(std::string name);
  bool match(const ObjectPattern& pattern) const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<ObjectText> texts_;
};

/// The names of tables and columns of a pair; a side that is absent is nullptr.
struct SideTable {
  const catalog::Schema* schema = nullptr;
  const catalog::Table* table = nullptr;
};
ObjectNames table_names(const SideTable& left, const SideTable& right);
ObjectNames column_names(const SideTable& left, const catalog::Column* left_column, const SideTable& right,
                         const catalog::Column* right_column);

/// What is said about one column, or (key, where) about one table.
struct ColumnSettings {
  ValueRule::Options options;
  std::string ignored;  ///< the reason; empty: it is compared
};
struct TableSettings {
  std::string ignored;
  const DataRule* key_rule = nullptr;
  std::string left_where;
  std::string right_where;
};

class PlanSettings {
 public:
  /// Throws Error(configuration), with position, for words of `[data]` that are none. The arguments must outlive it.
  PlanSettings(const DataConfiguration& data, const DataSelection& selection, const std::string& left_engine,
               const std::string& right_engine);

  /// Remembers which rules matched.
  TableSettings of_table(const ObjectNames& table);
  ColumnSettings of_column(const ObjectNames& table, const ObjectNames& column);
  /// Marks rules that are about something which is not compared.
  void note(const ObjectNames& object);

  /// Throws Error(configuration) for the first rule that matched nothing, naming the nearest of `known`; for a key or
  /// where that matched no table.
  void check_all_used(const std::vector<std::string>& known) const;

 private:
  struct Rule {
    const DataRule* rule;
    ObjectPattern pattern;
    std::map<ValueClass, ClassVerdict> classes;
    std::optional<Tolerance> tolerance;
    bool used = false;
    bool used_by_table = false;
  };

  const DataSelection& selection_;
  const std::string& left_engine_;
  const std::string& right_engine_;
  ClassVerdicts verdicts_;
  Tolerance tolerance_;
  std::vector<Rule> rules_;
};

/// "; did you mean 'orders'?", or nothing.
std::string nearest_hint(const std::string& word, const std::vector<std::string>& known);

}  // namespace paripassu::datacheck
