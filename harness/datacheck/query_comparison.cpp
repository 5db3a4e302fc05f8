#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "harness/datacheck/query_suite.h"
#include "harness/parity/names.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

using catalog::TypeFamily;

/// Pairs of rows that are looked at one by one, of those whose forms differ: beyond it a note says so.
constexpr std::size_t kNearPairsMax = 2'000'000;

/// Families whose values are the same only if their forms are, unless a class with a word for it is accepted.
bool has_one_form(const catalog::Type& type) {
  switch (type.family) {
    case TypeFamily::boolean:
    case TypeFamily::integer:
    case TypeFamily::uuid:
    case TypeFamily::date:
    case TypeFamily::enumeration:
    case TypeFamily::text:
    case TypeFamily::binary:
      return type.array_dimensions == 0;
    default:
      return false;
  }
}

struct ColumnPair {
  std::size_t left;
  std::size_t right;
  ValueRule rule;
  bool stable;  ///< same() holds only where the forms are equal
};

class ResultComparer {
 public:
  ResultComparer(const RowSet& left, const RowSet& right, const QueryDirectives& directives, NameMatching names,
                 std::size_t limit)
      : left_(left), right_(right), directives_(directives), names_(names), limit_(limit) {}

  TableResult compare() {
    result_.left_name = result_.right_name = left_.name;
    result_.left_rows = left_.rows.size();
    result_.right_rows = right_.rows.size();
    pair_columns();
    find_key();
    if (pairs_.empty()) return std::move(result_);
    if (directives_.ordered) {
      result_.key_origin = "rows in their order";
      compare_by_position();
    } else {
      result_.key_origin = key_.empty() ? "no key: whole rows" : "-- key";
      match_rows();
    }
    return std::move(result_);
  }

 private:
  Error wrong(const std::string& column, const std::string& what) const {
    std::vector<std::string> known;
    for (const RowSet* set : {&left_, &right_})
      for (const RowColumn& one : set->columns) known.push_back(one.name);
    std::string message = fmt::format("the {} column '{}' is in neither result", what, printable(column));
    if (const std::string near = nearest_word(column, known); !near.empty())
      message += fmt::format("; did you mean '{}'?", printable(near));
    Error error(ErrorCategory::configuration, message);
    error.with_position(directives_.key_position);
    return error;
  }

  bool has(const RowSet& set, const std::string& folded) const {
    return std::any_of(set.columns.begin(), set.columns.end(),
                       [&](const RowColumn& column) { return fold_name(column.name, names_) == folded; });
  }

  bool is_ignored(const std::string& name) const {
    return std::any_of(directives_.ignored.begin(), directives_.ignored.end(), [&](const std::string& ignored) {
      return fold_name(ignored, names_) == fold_name(name, names_);
    });
  }

  void pair_columns() {
    for (const std::string& ignored : directives_.ignored)
      if (!has(left_, fold_name(ignored, names_)) && !has(right_, fold_name(ignored, names_)))
        throw wrong(ignored, "ignored");
    std::vector<std::size_t> places[2];
    std::vector<std::string_view> names[2];
    const RowSet* sets[2] = {&left_, &right_};
    for (int side = 0; side < 2; ++side) {
      for (std::size_t i = 0; i < sets[side]->columns.size(); ++i) {
        if (is_ignored(sets[side]->columns[i].name)) continue;
        places[side].push_back(i);
        names[side].push_back(sets[side]->columns[i].name);
      }
    }
    NamePairs found = pair_names(names[0], names[1], names_);
    // An unnamed column has the name that its engine gives it: columns of the same number pair by position then.
    const bool by_position = !found.left_only.empty() && found.left_only == found.right_only &&
                             std::all_of(found.left_only.begin(), found.left_only.end(), [&](std::size_t i) {
                               return names[0][i].starts_with("column_") || names[1][i].starts_with("column_");
                             });
    if (by_position) {
      for (const std::size_t i : found.left_only) found.pairs.emplace_back(i, i);
      std::sort(found.pairs.begin(), found.pairs.end());
      found.left_only.clear();
      found.right_only.clear();
    }
    for (const auto& [left, right] : found.pairs) add_pair(places[0][left], places[1][right]);
    for (const std::size_t i : found.left_only)
      result_.skipped_columns.push_back({std::string(names[0][i]), "only on the left", ""});
    for (const std::size_t i : found.right_only)
      result_.skipped_columns.push_back({std::string(names[1][i]), "only on the right", ""});
    for (const std::string& ignored : directives_.ignored)
      result_.skipped_columns.push_back({ignored, "ignored", "-- ignore"});
  }

  void add_pair(std::size_t left, std::size_t right) {
    const RowColumn& one = left_.columns[left];
    const RowColumn& other = right_.columns[right];
    ValueRule::Options options;
    options.tolerance = directives_.tolerance;
    options.verdicts = directives_.verdicts;
    ValueRule rule(one.type, other.type, options);
    if (!rule.refusal().empty()) {
      result_.skipped_columns.push_back({one.name, rule.refusal(), ""});
      return;
    }
    const auto accepted = [&](ValueClass value_class) {
      return directives_.verdicts[static_cast<std::size_t>(value_class)] == ClassVerdict::accepted;
    };
    const bool any_accepted = accepted(ValueClass::truncated) || accepted(ValueClass::rounding) ||
                              accepted(ValueClass::precision) || accepted(ValueClass::time_zone);
    const bool stable =
        !any_accepted && has_one_form(one.type) && has_one_form(other.type) && !accepted(ValueClass::different);
    ColumnResult column;
    column.left_name = one.name;
    column.right_name = other.name;
    column.left_type = one.type;
    column.right_type = other.type;
    column.rule = std::string(rule.name());
    column.verdicts = directives_.verdicts;
    result_.columns.push_back(std::move(column));
    pairs_.push_back({left, right, std::move(rule), stable});
  }

  void find_key() {
    for (const std::string& name : directives_.key) {
      const auto pair = std::find_if(pairs_.begin(), pairs_.end(), [&](const ColumnPair& one) {
        return fold_name(left_.columns[one.left].name, names_) == fold_name(name, names_);
      });
      if (pair == pairs_.end()) throw wrong(name, "key");
      const auto place = static_cast<std::size_t>(pair - pairs_.begin());
      result_.columns[place].key = true;
      key_.push_back(place);
    }
  }

  template <bool is_left>
  std::string form(std::size_t row, const std::vector<std::size_t>& columns) const {
    std::string word;
    for (const std::size_t i : columns) {
      const ColumnPair& pair = pairs_[i];
      std::optional<std::string> text;
      if constexpr (is_left) {
        text = pair.rule.left_form(left_.rows[row][pair.left]);
      } else {
        text = pair.rule.right_form(right_.rows[row][pair.right]);
      }
      if (text) {
        word += std::to_string(text->size());
        word += ':';
        word += *text;
      } else {
        word += 'N';
      }
    }
    return word;
  }

  /// What differs in a pair of rows.
  std::vector<ValueDifference> values_of(std::size_t left, std::size_t right) const {
    std::vector<ValueDifference> values;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const Cell& one = left_.rows[left][pairs_[i].left];
      const Cell& other = right_.rows[right][pairs_[i].right];
      if (pairs_[i].rule.same(one, other)) continue;
      values.push_back(pairs_[i].rule.explain(one, other));
      values.back().column = i;
    }
    return values;
  }

  static ClassVerdict worst(const std::vector<ValueDifference>& values) {
    ClassVerdict verdict = ClassVerdict::accepted;
    for (const ValueDifference& value : values) verdict = std::min(verdict, value.verdict);
    return verdict;
  }

  void count_pair(std::size_t left, std::size_t right, std::vector<ValueDifference> values) {
    if (values.empty()) {
      ++result_.equal_rows;
      return;
    }
    for (const ValueDifference& value : values) {
      ClassTally& tally = result_.columns[value.column].classes[static_cast<std::size_t>(value.value_class)];
      if (++tally.rows == 1) {
        tally.common_note = value.note;
      } else if (tally.common_note != value.note) {
        tally.common_note.clear();
      }
    }
    DataDifference difference;
    difference.kind = DataDifference::Kind::changed;
    difference.verdict = worst(values);
    if (difference.verdict == ClassVerdict::accepted) {
      ++result_.accepted_rows;
      return;
    }
    ++result_.changed_rows;
    if (result_.differences.size() >= limit_) return;
    if (directives_.ordered) {
      difference.key.push_back(fmt::format("row {}", left + 1));
    } else {
      for (const std::size_t i : key_) difference.key.push_back(left_.rows[left][pairs_[i].left]);
    }
    difference.values = std::move(values);
    difference.left = row<true>(left);
    difference.right = row<false>(right);
    result_.differences.push_back(std::move(difference));
  }

  template <bool is_left>
  std::vector<Cell> row(std::size_t place) const {
    std::vector<Cell> cells;
    for (const ColumnPair& pair : pairs_) {
      if constexpr (is_left) {
        cells.push_back(left_.rows[place][pair.left]);
      } else {
        cells.push_back(right_.rows[place][pair.right]);
      }
    }
    return cells;
  }

  template <bool is_left>
  void count_single(std::size_t place) {
    ++(is_left ? result_.left_only_rows : result_.right_only_rows);
    if (result_.differences.size() >= limit_) return;
    DataDifference difference;
    difference.kind = is_left ? DataDifference::Kind::left_only : DataDifference::Kind::right_only;
    std::vector<Cell>& cells = is_left ? difference.left : difference.right;
    cells = row<is_left>(place);
    if (directives_.ordered) {
      difference.key.push_back(fmt::format("row {}", place + 1));
    } else {
      for (const std::size_t i : key_) difference.key.push_back(cells[i]);
    }
    result_.differences.push_back(std::move(difference));
  }

  void compare_by_position() {
    const std::size_t common = std::min(left_.rows.size(), right_.rows.size());
    for (std::size_t i = 0; i < common; ++i) count_pair(i, i, values_of(i, i));
    for (std::size_t i = common; i < left_.rows.size(); ++i) count_single<true>(i);
    for (std::size_t i = common; i < right_.rows.size(); ++i) count_single<false>(i);
  }

  using Rows = std::vector<std::size_t>;

  void match_rows() {
    Rows left(left_.rows.size());
    Rows right(right_.rows.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
    for (std::size_t i = 0; i < right.size(); ++i) right[i] = i;
    std::vector<std::size_t> columns = key_;
    if (columns.empty())
      for (std::size_t i = 0; i < pairs_.size(); ++i) columns.push_back(i);
    std::vector<std::pair<std::size_t, std::size_t>> found;
    match_by_form(columns, left, right, found);
    match_near(columns, left, right, found);
    std::sort(found.begin(), found.end());
    for (const auto& [one, other] : found) count_pair(one, other, values_of(one, other));
    for (const std::size_t one : left) count_single<true>(one);
    for (const std::size_t other : right) count_single<false>(other);
  }

  /// Moves rows of equal forms from both lists to `found`.
  void match_by_form(const std::vector<std::size_t>& columns, Rows& left, Rows& right,
                     std::vector<std::pair<std::size_t, std::size_t>>& found) {
    constexpr std::size_t kEnd = static_cast<std::size_t>(-1);
    std::unordered_map<std::string, std::size_t> first_of_form;
    first_of_form.reserve(right.size());
    std::vector<std::size_t> next(right_.rows.size(), kEnd);
    bool repeated = false;
    for (auto place = right.rbegin(); place != right.rend(); ++place) {
      const auto [first, is_new] = first_of_form.emplace(form<false>(*place, columns), *place);
      if (is_new) continue;
      repeated = true;
      next[*place] = first->second;
      first->second = *place;
    }
    std::vector<bool> taken(right_.rows.size(), false);
    std::erase_if(left, [&](std::size_t place) {
      const auto first = first_of_form.find(form<true>(place, columns));
      if (first == first_of_form.end() || first->second == kEnd) return false;
      found.emplace_back(place, first->second);
      taken[first->second] = true;
      first->second = next[first->second];
      return true;
    });
    std::erase_if(right, [&](std::size_t place) { return taken[place]; });
    if (repeated && !key_.empty())
      result_.notes.emplace_back("the key is not unique: rows of one key were paired in the order in which they came");
  }

  bool same_in(const std::vector<std::size_t>& columns, std::size_t left, std::size_t right) const {
    return std::all_of(columns.begin(), columns.end(), [&](std::size_t i) {
      const Cell& one = left_.rows[left][pairs_[i].left];
      const Cell& other = right_.rows[right][pairs_[i].right];
      return pairs_[i].rule.same(one, other) || pairs_[i].rule.explain(one, other).verdict == ClassVerdict::accepted;
    });
  }

  /// Moves rows that are the same although their forms differ: tolerances, times that were rounded, accepted classes.
  void match_near(const std::vector<std::size_t>& columns, Rows& left, Rows& right,
                  std::vector<std::pair<std::size_t, std::size_t>>& found) {
    std::vector<std::size_t> stable;
    for (const std::size_t i : columns)
      if (pairs_[i].stable) stable.push_back(i);
    if (left.empty() || right.empty() || stable.size() == columns.size()) return;
    std::unordered_map<std::string, Rows> by_form;
    for (const std::size_t place : right) by_form[form<false>(place, stable)].push_back(place);
    std::vector<bool> taken(right_.rows.size(), false);
    std::size_t looked_at = 0;
    std::erase_if(left, [&](std::size_t place) {
      const auto bucket = by_form.find(form<true>(place, stable));
      if (bucket == by_form.end()) return false;
      for (auto other = bucket->second.begin(); other != bucket->second.end(); ++other) {
        if (++looked_at > kNearPairsMax) return false;
        if (!same_in(columns, place, *other)) continue;
        found.emplace_back(place, *other);
        taken[*other] = true;
        bucket->second.erase(other);
        return true;
      }
      return false;
    });
    std::erase_if(right, [&](std::size_t place) { return taken[place]; });
    if (looked_at > kNearPairsMax)
      result_.notes.emplace_back(
          "too many rows differ to look for pairs within the tolerance: declare a key (-- key: id) to have them "
          "compared");
  }

  const RowSet& left_;
  const RowSet& right_;
  const QueryDirectives& directives_;
  NameMatching names_;
  std::size_t limit_;
  std::vector<ColumnPair> pairs_;
  std::vector<std::size_t> key_;  ///< places in pairs_
  TableResult result_;
};

}  // namespace

TableResult compare_results(const RowSet& left, const RowSet& right, const QueryDirectives& directives,
                            NameMatching names, std::size_t limit) {
  return ResultComparer(left, right, directives, names, limit).compare();
}

}  // namespace paripassu
