#include "harness/migration_tests/row_survival.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "backends/limits.h"

namespace paripassu::migration_tests {

namespace {

/// Of one problem; the others are counted.

std::string shown(const std::string& schema, const std::string& table) {
  return schema + "." + table;
}

const TableRows* find_rows(const DatabaseRows& rows, const std::string& schema, const std::string& table) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const TableRows& one) { return one.table == table && one.schema == schema; });
  return found == rows.end() ? nullptr : &*found;
}

std::optional<std::size_t> find_column(const RowSet& rows, const std::string& name) {
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    if (rows.columns[i].name == name) return i;
  }
  return std::nullopt;
}

/// Some columns of `rows`, in the order of `names`, all of which it has. Without its key where that is not among them.
RowSet project(const RowSet& rows, const std::vector<std::string>& names) {
  RowSet result;
  result.name = rows.name;
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    places.push_back(find_column(rows, name).value());
    result.columns.push_back(rows.columns[places.back()]);
  }
  for (const std::size_t key : rows.key) {
    const auto found = std::find(places.begin(), places.end(), key);
    if (found == places.end()) {
      result.key.clear();
      break;
    }
    result.key.push_back(static_cast<std::size_t>(found - places.begin()));
  }
  result.rows.reserve(rows.rows.size());
  for (const std::vector<Cell>& row : rows.rows) {
    std::vector<Cell>& projected = result.rows.emplace_back();
    projected.reserve(places.size());
    for (const std::size_t place : places) projected.push_back(row[place]);
  }
  return result;
}

RowComparison compare_exactly(const RowSet& left, const RowSet& right, const std::vector<std::string>& names,
                              const std::vector<std::string>& unstable) {
  RowComparisonOptions options;
  options.names = NameMatching::exact;
  options.exact = true;
  options.ignored_columns = unstable;
  options.differences_max = std::numeric_limits<std::size_t>::max();
  return compare_rows(project(left, names), project(right, names), options);
}

/// Columns whose values are the project's own, of those that `keep` accepts.
template <class Keep>
std::vector<std::string> columns_of(const RowSet& rows, Keep keep) {
  std::vector<std::string> names;
  for (const RowColumn& column : rows.columns) {
    if (column.type.family != catalog::TypeFamily::row_version && keep(column.name)) names.push_back(column.name);
  }
  return names;
}

/// A problem per kind of difference.
std::vector<TestProblem> problems_of(const RowComparison& comparison, const std::string& table, const std::string& when,
                                     const std::string& hint) {
  struct Kind {
    RowDifference::Kind kind;
    const char* code;
    const char* word;
    const char* what;
  };
  static constexpr Kind kKinds[] = {
      {RowDifference::Kind::missing, "rows-lost", "row", "lost"},
      {RowDifference::Kind::unexpected, "rows-added", "row", "there that were not before"},
      {RowDifference::Kind::changed, "values-changed", "value", "not what they were"},
  };
  std::vector<TestProblem> problems;
  for (const Kind& kind : kKinds) {
    TestProblem problem;
    std::size_t count = 0;
    for (const RowDifference& difference : comparison.differences) {
      if (difference.kind != kind.kind) continue;
      if (++count <= limits::kLostRowsShownMax) problem.details.push_back(describe(difference, "before", "after"));
    }
    if (count == 0) continue;
    if (count > limits::kLostRowsShownMax)
      problem.details.push_back(fmt::format("… and {} more", count - limits::kLostRowsShownMax));
    problem.code = kind.code;
    problem.message = fmt::format("{} of {} {} {} {}{}", counted(count, kind.word), table, count == 1 ? "is" : "are",
                                  kind.what, when, hint);
    problems.push_back(std::move(problem));
  }
  return problems;
}

TestProblem gone(const std::string& code, const std::string& what, const std::string& when) {
  TestProblem problem;
  problem.code = code;
  problem.message = fmt::format("{} {}", what, when);
  return problem;
}

bool has_values(const RowSet& rows, std::size_t column) {
  return std::any_of(rows.rows.begin(), rows.rows.end(),
                     [column](const std::vector<Cell>& row) { return row[column].has_value(); });
}

/// The values of a column without their rows.
std::vector<Cell> sorted_values(const RowSet& rows, std::size_t column) {
  std::vector<Cell> values;
  for (const std::vector<Cell>& row : rows.rows) values.push_back(row[column]);
  std::sort(values.begin(), values.end());
  return values;
}

/// A column of `up` that has the values of `column` of `before`; empty: none. Few values may agree by chance, so that
/// the types must agree as well.
std::string column_with_values_of(const RowSet& before, const std::string& column, const RowSet& up) {
  const std::size_t place = find_column(before, column).value();
  const std::vector<Cell> values = sorted_values(before, place);
  std::vector<Cell> distinct = values;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::erase(distinct, std::nullopt);
  if (distinct.empty()) return {};
  for (std::size_t i = 0; i < up.columns.size(); ++i) {
    const RowColumn& candidate = up.columns[i];
    if (find_column(before, candidate.name) || sorted_values(up, i) != values) continue;
    if (distinct.size() > 1 || candidate.type.printed == before.columns[place].type.printed) return candidate.name;
  }
  return {};
}

/// A table of `up` that `before` does not have, with all columns and rows of `table`; empty: none.
std::string table_with_rows_of(const TableRows& table, const DatabaseRows& before, const DatabaseRows& up) {
  if (table.rows.rows.empty()) return {};
  std::vector<std::string> names;
  for (const RowColumn& column : table.rows.columns) names.push_back(column.name);
  for (const TableRows& candidate : up) {
    if (find_rows(before, candidate.schema, candidate.table) != nullptr) continue;
    const bool has_all = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return find_column(candidate.rows, name).has_value();
    });
    if (has_all && compare_exactly(table.rows, candidate.rows, names, {}).equal())
      return shown(candidate.schema, candidate.table);
  }
  return {};
}

class DownJudge {
 public:
  DownJudge(const RowState& before, const RowState& up, const RowState& back, const std::vector<std::string>& unstable)
      : before_(before), up_(up), back_(back), dropped_(up.catalog, before.catalog), unstable_(unstable) {}

  Survival run() {
    for (const TableRows& table : before_.rows) judge(table);
    survival_.degraded = !survival_.problems.empty() || !survival_.notes.empty();
    return std::move(survival_);
  }

 private:
  static constexpr const char* kWhen = "after up and down";

  void judge(const TableRows& table) {
    const TableRows* back = find_rows(back_.rows, table.schema, table.table);
    if (dropped_.has(table.schema, table.table)) return judge_dropped(table, back);
    const TableRows* up = find_rows(up_.rows, table.schema, table.table);
    // Not read there: only a table that kept its rows for itself is.
    if (up == nullptr) return;
    const std::string name = shown(table.schema, table.table);
    if (back == nullptr) {
      if (table.rows.rows.empty()) return;
      survival_.problems.push_back(
          gone("rows-lost", fmt::format("{} is gone, with {},", name, counted(table.rows.rows.size(), "row")), kWhen));
      return;
    }
    const auto is_dropped = [&](const std::string& column) { return dropped_.has(table.schema, table.table, column); };
    const auto came_back = [&](const std::string& column) { return find_column(back->rows, column).has_value(); };
    const std::vector<std::string> kept =
        columns_of(table.rows, [&](const std::string& column) { return !is_dropped(column) && came_back(column); });
    const RowComparison comparison = compare_exactly(table.rows, back->rows, kept, unstable_);
    for (TestProblem& problem : problems_of(comparison, name, kWhen, hint(table, *up, kept)))
      survival_.problems.push_back(std::move(problem));
    for (const RowColumn& column : table.rows.columns) {
      if (is_dropped(column.name)) {
        if (comparison.equal()) judge_dropped_column(table, column.name, *up, *back, kept);
      } else if (!came_back(column.name) && has_values(table.rows, find_column(table.rows, column.name).value())) {
        survival_.problems.push_back(
            gone("values-changed", fmt::format("column {} of {} is gone, with its values,", column.name, name), kWhen));
      }
    }
  }

  /// Which of the two scripts did it, where that can be told.
  std::string hint(const TableRows& table, const TableRows& up, const std::vector<std::string>& kept) const {
    for (const std::string& name : kept) {
      const auto place = find_column(up.rows, name);
      if (!place || up.rows.columns[*place].type != table.rows.columns[find_column(table.rows, name).value()].type)
        return "";
    }
    return compare_exactly(table.rows, up.rows, kept, unstable_).equal() ? ": the up had left them as they were"
                                                                         : ": the up had changed them already";
  }

  void judge_dropped(const TableRows& table, const TableRows* back) {
    if (table.rows.rows.empty()) return;
    const std::string name = shown(table.schema, table.table);
    std::size_t lost = table.rows.rows.size();
    RowComparison comparison;
    if (back != nullptr) {
      const std::vector<std::string> common = columns_of(
          table.rows, [&](const std::string& column) { return find_column(back->rows, column).has_value(); });
      comparison = compare_exactly(table.rows, back->rows, common, unstable_);
      lost = comparison.difference_count;
    }
    if (lost == 0) return;
    const std::string elsewhere = table_with_rows_of(table, before_.rows, up_.rows);
    if (elsewhere.empty()) {
      survival_.notes.push_back(fmt::format("expected loss: table {}, dropped by the migration: {} not come back", name,
                                            counted(lost, "row") + (lost == 1 ? " does" : " do")));
      return;
    }
    const std::string hint = ": the up had them in " + elsewhere;
    if (back == nullptr) {
      survival_.problems.push_back(
          gone("rows-lost", fmt::format("{} is gone, with {},", name, counted(table.rows.rows.size(), "row")),
               kWhen + hint));
      return;
    }
    for (TestProblem& problem : problems_of(comparison, name, kWhen, hint))
      survival_.problems.push_back(std::move(problem));
  }

  void judge_dropped_column(const TableRows& table, const std::string& column, const TableRows& up,
                            const TableRows& back, std::vector<std::string> names) {
    const std::string name = shown(table.schema, table.table);
    const std::string elsewhere = column_with_values_of(table.rows, column, up.rows);
    std::size_t lost = 0;
    if (find_column(back.rows, column)) {
      names.push_back(column);
      const RowComparison comparison = compare_exactly(table.rows, back.rows, names, unstable_);
      if (!elsewhere.empty()) {
        for (TestProblem& problem : problems_of(comparison, name, kWhen, ": the up had them in column " + elsewhere))
          survival_.problems.push_back(std::move(problem));
        return;
      }
      lost = count_changes(comparison);
    } else {
      const std::vector<Cell> values = sorted_values(table.rows, find_column(table.rows, column).value());
      lost = values.size() - static_cast<std::size_t>(std::count(values.begin(), values.end(), std::nullopt));
    }
    if (lost == 0) return;
    survival_.notes.push_back(fmt::format("expected loss: column {}.{}, dropped by the migration: {} not come back",
                                          name, column, counted(lost, "value") + (lost == 1 ? " does" : " do")));
  }

 public:
  /// Rows without a key that differ are missing on one side and unexpected on the other.
  static std::size_t count_changes(const RowComparison& comparison) {
    return static_cast<std::size_t>(
        std::count_if(comparison.differences.begin(), comparison.differences.end(),
                      [](const RowDifference& one) { return one.kind != RowDifference::Kind::unexpected; }));
  }

 private:
  const RowState& before_;
  const RowState& up_;
  const RowState& back_;
  const NewParts dropped_;
  const std::vector<std::string>& unstable_;
  Survival survival_;
};

class SecondUpJudge {
 public:
  SecondUpJudge(const NewParts& created, const RowState& first, const RowState& again,
                const std::vector<std::string>& unstable, bool list_losses)
      : created_(created), first_(first), again_(again), unstable_(unstable), list_losses_(list_losses) {}

  Survival run() {
    for (const TableRows& table : first_.rows) judge(table);
    survival_.degraded = survival_.degraded || !survival_.problems.empty();
    return std::move(survival_);
  }

 private:
  std::string when() const { return list_losses_ ? "after down and up" : "after up, down and up"; }

  void judge(const TableRows& table) {
    const std::string name = shown(table.schema, table.table);
    const TableRows* again = find_rows(again_.rows, table.schema, table.table);
    if (again == nullptr) {
      if (table.rows.rows.empty()) return;
      survival_.problems.push_back(
          gone("rows-lost", fmt::format("{} is gone, with {},", name, counted(table.rows.rows.size(), "row")), when()));
      return;
    }
    const auto is_there = [&](const std::string& column) { return find_column(again->rows, column).has_value(); };
    if (created_.has(table.schema, table.table)) {
      const std::vector<std::string> common = columns_of(table.rows, is_there);
      expect_loss("table " + name,
                  DownJudge::count_changes(compare_exactly(table.rows, again->rows, common, unstable_)), "row");
      return;
    }
    const auto is_created = [&](const std::string& column) { return created_.has(table.schema, table.table, column); };
    std::vector<std::string> kept =
        columns_of(table.rows, [&](const std::string& column) { return !is_created(column) && is_there(column); });
    const RowComparison comparison = compare_exactly(table.rows, again->rows, kept, unstable_);
    for (TestProblem& problem : problems_of(comparison, name, when(), ""))
      survival_.problems.push_back(std::move(problem));
    for (const RowColumn& column : table.rows.columns) {
      if (is_created(column.name) && is_there(column.name) && comparison.equal()) {
        kept.push_back(column.name);
        const RowComparison with = compare_exactly(table.rows, again->rows, kept, unstable_);
        kept.pop_back();
        expect_loss("column " + name + "." + column.name, DownJudge::count_changes(with), "value");
      } else if (!is_there(column.name) && has_values(table.rows, find_column(table.rows, column.name).value())) {
        survival_.problems.push_back(gone(
            "values-changed", fmt::format("column {} of {} is gone, with its values,", column.name, name), when()));
      }
    }
  }

  void expect_loss(const std::string& what, std::size_t lost, const std::string& word) {
    if (lost == 0) return;
    survival_.degraded = true;
    if (!list_losses_) return;
    survival_.notes.push_back(fmt::format("expected loss: {}, created by the migration: {} not come back", what,
                                          counted(lost, word) + (lost == 1 ? " does" : " do")));
  }

  const NewParts& created_;
  const RowState& first_;
  const RowState& again_;
  const std::vector<std::string>& unstable_;
  const bool list_losses_;
  Survival survival_;
};

}  // namespace

NewParts::NewParts(const catalog::Catalog& without, const catalog::Catalog& with) {
  std::map<std::pair<std::string, std::string>, const catalog::Table*> known;
  for (const catalog::Schema& schema : without.schemas) {
    for (const catalog::Table& table : schema.tables) known[{schema.name, table.name}] = &table;
  }
  for (const catalog::Schema& schema : with.schemas) {
    for (const catalog::Table& table : schema.tables) {
      const auto found = known.find({schema.name, table.name});
      if (found == known.end()) {
        tables_.emplace(schema.name, table.name);
        continue;
      }
      std::set<std::string> columns;
      for (const catalog::Column& column : found->second->columns) columns.insert(column.name);
      for (const catalog::Column& column : table.columns) {
        if (columns.count(column.name) == 0) columns_.emplace(schema.name, table.name, column.name);
      }
    }
  }
}

Survival rows_after_down(const RowState& before, const RowState& up, const RowState& back,
                         const std::vector<std::string>& unstable) {
  return DownJudge(before, up, back, unstable).run();
}

Survival rows_after_second_up(const NewParts& created, const RowState& first, const RowState& again,
                              const std::vector<std::string>& unstable, bool list_losses) {
  return SecondUpJudge(created, first, again, unstable, list_losses).run();
}

}  // namespace paripassu::migration_tests
