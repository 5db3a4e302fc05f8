#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "harness/dataset/row_set.h"
#include "harness/dataset/row_text.h"
#include "harness/dataset/value_pairing.h"
#include "harness/parity/names.h"

namespace paripassu {

namespace {

using dataset::Snap;
using dataset::ValuePairing;

/// `*` is any text, `?` one byte or more of one character. Linear but for the last `*`.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  const auto is_continuation = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0u) == 0x80u;
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      const bool any = pattern[p++] == '?';
      ++t;
      while (any && is_continuation(t)) ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// By the rule for names, part by part: a name of separators alone keeps them.
std::string fold_path(std::string_view path, NameMatching names) {
  std::string result;
  for (;;) {
    const std::size_t dot = path.find('.');
    result += fold_name(path.substr(0, dot), names);
    if (dot == std::string_view::npos) return result;
    result += '.';
    path.remove_prefix(dot + 1);
  }
}

bool is_ignored(const RowSet& set, const std::string& column, const RowComparisonOptions& options) {
  const std::string name = fold_path(column, options.names);
  const std::string path = fold_path(set.name, options.names) + "." + name;
  const std::size_t dot = set.name.find('.');
  const std::string short_path =
      dot == std::string::npos ? path : fold_path(set.name.substr(dot + 1), options.names) + "." + name;
  return std::any_of(options.ignored_columns.begin(), options.ignored_columns.end(), [&](const std::string& pattern) {
    const std::string folded = fold_path(pattern, options.names);
    if (folded.find('.') == std::string::npos) return matches(folded, name);
    return matches(folded, path) || matches(folded, short_path);
  });
}

/// Columns of both sides that are compared with each other.
struct ColumnPair {
  std::size_t left;
  std::size_t right;
  ValuePairing values;
};

class RowComparer {
 public:
  RowComparer(const RowSet& left, const RowSet& right, const RowComparisonOptions& options)
      : left_(left), right_(right), options_(options) {}

  RowComparison compare() {
    pair_columns();
    const std::vector<const ColumnPair*> key = key_pairs();
    if (options_.ordered) {
      compare_by_position();
    } else if (!key.empty()) {
      keyed_ = true;
      pair_rows(key);
    } else {
      std::vector<const ColumnPair*> all;
      for (const ColumnPair& pair : pairs_) all.push_back(&pair);
      pair_rows(all);
    }
    for (const auto* differences : {&missing_, &unexpected_, &changed_})
      for (const RowDifference& difference : *differences)
        if (result_.differences.size() < options_.differences_max) result_.differences.push_back(difference);
    return std::move(result_);
  }

 private:
  static bool is_compared(const RowColumn& column) { return column.type.family != catalog::TypeFamily::row_version; }

  void pair_columns() {
    const auto compared = [&](const RowSet& set, std::vector<std::size_t>& places,
                              std::vector<std::string_view>& names) {
      for (std::size_t i = 0; i < set.columns.size(); ++i) {
        if (!is_compared(set.columns[i]) || is_ignored(set, set.columns[i].name, options_)) continue;
        places.push_back(i);
        names.push_back(set.columns[i].name);
      }
    };
    std::vector<std::size_t> left_places;
    std::vector<std::size_t> right_places;
    std::vector<std::string_view> left_names;
    std::vector<std::string_view> right_names;
    compared(left_, left_places, left_names);
    compared(right_, right_places, right_names);
    NamePairs names = pair_names(left_names, right_names, options_.names);
    for (const auto& [left, right] : names.pairs) {
      const std::size_t l = left_places[left];
      const std::size_t r = right_places[right];
      pairs_.push_back({l, r, ValuePairing(left_.columns[l].type, right_.columns[r].type)});
      result_.columns_compared.push_back(left_.columns[l].name);
    }
    for (const std::size_t i : names.left_only) result_.left_only_columns.emplace_back(left_names[i]);
    for (const std::size_t i : names.right_only) result_.right_only_columns.emplace_back(right_names[i]);
  }

  std::vector<const ColumnPair*> key_pairs() const {
    std::vector<const ColumnPair*> result;
    for (const std::size_t column : left_.key) {
      const auto pair =
          std::find_if(pairs_.begin(), pairs_.end(), [&](const ColumnPair& one) { return one.left == column; });
      if (pair == pairs_.end()) return {};
      result.push_back(&*pair);
    }
    return result;
  }

  bool same(const ColumnPair& pair, const Cell& left, const Cell& right) const {
    if (!left || !right) return !left && !right;
    return options_.exact ? *left == *right : pair.values.same(*left, *right);
  }

  /// The row as a word that equal rows have alike; times on the coarser grid when `snap` is given.
  template <bool is_left>
  std::string word(const std::vector<Cell>& row, const std::vector<const ColumnPair*>& columns,
                   const std::optional<Snap>& snap) const {
    std::string result;
    for (const ColumnPair* pair : columns) {
      const Cell& cell = row[is_left ? pair->left : pair->right];
      if (!cell) {
        result += 'N';
        continue;
      }
      std::string text;
      if (options_.exact) {
        text = *cell;
      } else if constexpr (is_left) {
        text = snap ? pair->values.left_form(*cell, *snap) : pair->values.left_form(*cell);
      } else {
        text = snap ? pair->values.right_form(*cell, *snap) : pair->values.right_form(*cell);
      }
      result += std::to_string(text.size());
      result += ':';
      result += text;
    }
    return result;
  }

  /// Pairs rows by the columns, at first exactly and then by times that were rounded or cut. What is left over is
  /// missing or unexpected.
  void pair_rows(const std::vector<const ColumnPair*>& columns) {
    std::vector<std::size_t> left_rows(left_.rows.size());
    std::vector<std::size_t> right_rows(right_.rows.size());
    for (std::size_t i = 0; i < left_rows.size(); ++i) left_rows[i] = i;
    for (std::size_t i = 0; i < right_rows.size(); ++i) right_rows[i] = i;
    std::vector<std::pair<std::size_t, std::size_t>> found;
    pair_by_word(columns, std::nullopt, left_rows, right_rows, found);
    const bool has_grid =
        std::any_of(columns.begin(), columns.end(), [](const ColumnPair* pair) { return pair->values.has_grid(); });
    if (has_grid && !options_.exact)
      for (const Snap snap : {Snap::round, Snap::cut}) pair_by_word(columns, snap, left_rows, right_rows, found);
    std::sort(found.begin(), found.end());
    result_.rows_compared = found.size();
    for (const std::size_t row : left_rows) add_missing(row);
    for (const std::size_t row : right_rows) add_unexpected(row);
    // Rows without a key were paired by all that they hold.
    if (keyed_)
      for (const auto& [left, right] : found) compare_values(left, right);
  }

  /// Moves pairs from the rows to `found`.
  void pair_by_word(const std::vector<const ColumnPair*>& columns, const std::optional<Snap>& snap,
                    std::vector<std::size_t>& left_rows, std::vector<std::size_t>& right_rows,
                    std::vector<std::pair<std::size_t, std::size_t>>& found) const {
    if (left_rows.empty() || right_rows.empty()) return;
    // Rows of one word are a list, so that a word takes one entry, however many rows it has.
    constexpr std::size_t kEnd = static_cast<std::size_t>(-1);
    std::unordered_map<std::string, std::size_t> first_of_word;
    first_of_word.reserve(right_rows.size());
    std::vector<std::size_t> next(right_.rows.size(), kEnd);
    for (auto row = right_rows.rbegin(); row != right_rows.rend(); ++row) {
      const auto [first, is_new] = first_of_word.emplace(word<false>(right_.rows[*row], columns, snap), *row);
      if (is_new) continue;
      next[*row] = first->second;
      first->second = *row;
    }
    std::vector<bool> paired(right_.rows.size(), false);
    std::erase_if(left_rows, [&](std::size_t row) {
      const auto first = first_of_word.find(word<true>(left_.rows[row], columns, snap));
      if (first == first_of_word.end() || first->second == kEnd) return false;
      const std::size_t right = first->second;
      // Both may have been brought onto the grid from different values of it.
      const bool really = std::all_of(columns.begin(), columns.end(), [&](const ColumnPair* pair) {
        return same(*pair, left_.rows[row][pair->left], right_.rows[right][pair->right]);
      });
      if (!really) return false;
      first->second = next[right];
      paired[right] = true;
      found.emplace_back(row, right);
      return true;
    });
    std::erase_if(right_rows, [&](std::size_t row) { return paired[row]; });
  }

  void compare_by_position() {
    const std::size_t common = std::min(left_.rows.size(), right_.rows.size());
    result_.rows_compared = common;
    for (std::size_t row = 0; row < common; ++row) compare_values(row, row);
    for (std::size_t row = common; row < left_.rows.size(); ++row) add_missing(row);
    for (std::size_t row = common; row < right_.rows.size(); ++row) add_unexpected(row);
  }

  void compare_values(std::size_t left, std::size_t right) {
    for (const ColumnPair& pair : pairs_) {
      const Cell& one = left_.rows[left][pair.left];
      const Cell& other = right_.rows[right][pair.right];
      if (same(pair, one, other)) continue;
      ++result_.difference_count;
      if (changed_.size() < options_.differences_max)
        changed_.push_back({RowDifference::Kind::changed, left_name(left), left_.columns[pair.left].name, one, other});
    }
  }

  void add_missing(std::size_t row) {
    ++result_.difference_count;
    if (missing_.size() < options_.differences_max)
      missing_.push_back({RowDifference::Kind::missing, left_name(row), "", std::nullopt, std::nullopt});
  }

  void add_unexpected(std::size_t row) {
    ++result_.difference_count;
    if (unexpected_.size() < options_.differences_max)
      unexpected_.push_back({RowDifference::Kind::unexpected, right_name(row), "", std::nullopt, std::nullopt});
  }

  std::string left_name(std::size_t row) const { return row_name(left_, row, left_.key, true); }

  std::string right_name(std::size_t row) const {
    std::vector<std::size_t> key;
    for (const std::size_t column : left_.key)
      for (const ColumnPair& pair : pairs_)
        if (pair.left == column) key.push_back(pair.right);
    return row_name(right_, row, key, false);
  }

  std::string row_name(const RowSet& set, std::size_t row, std::vector<std::size_t> columns, bool is_left) const {
    if (options_.ordered && pairs_.empty()) return fmt::format("row {}", row + 1);
    if (!keyed_) {
      columns.clear();
      for (const ColumnPair& pair : pairs_) columns.push_back(is_left ? pair.left : pair.right);
      // Of rows that nothing is expected of, say what is there.
      if (columns.empty())
        for (std::size_t i = 0; i < set.columns.size(); ++i) columns.push_back(i);
    }
    std::string text;
    for (const std::size_t column : columns)
      text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", set.columns[column].name,
                          dataset::shown_value(set.rows[row][column]));
    text = dataset::shortened(std::move(text));
    if (options_.ordered) return fmt::format("row {}", row + 1) + (is_extra(row) ? " (" + text + ")" : "");
    return keyed_ ? text : "(" + text + ")";
  }

  bool is_extra(std::size_t row) const { return row >= std::min(left_.rows.size(), right_.rows.size()); }

  const RowSet& left_;
  const RowSet& right_;
  const RowComparisonOptions& options_;
  std::vector<ColumnPair> pairs_;
  bool keyed_ = false;
  std::vector<RowDifference> missing_;
  std::vector<RowDifference> unexpected_;
  std::vector<RowDifference> changed_;
  RowComparison result_;
};

}  // namespace

RowComparison compare_rows(const RowSet& left, const RowSet& right, const RowComparisonOptions& options) {
  return RowComparer(left, right, options).compare();
}

}  // namespace paripassu
