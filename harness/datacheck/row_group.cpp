#include "harness/datacheck/row_group.h"

#include <algorithm>
#include <tuple>

namespace paripassu::datacheck {

namespace {

/// Beyond so many pairs, rows that are the same but hash differently are not looked for.
constexpr std::size_t kPairsMax = 4'000'000;

bool by_hash(const LooseRow& left, const LooseRow& right) {
  return std::tie(left.hash.high, left.hash.low) < std::tie(right.hash.high, right.hash.low);
}

void take_away(LooseRow& left, LooseRow& right) {
  const std::uint64_t copies = std::min(left.copies, right.copies);
  left.copies -= copies;
  right.copies -= copies;
}

void remove_spent(std::vector<LooseRow>& rows) {
  std::erase_if(rows, [](const LooseRow& row) { return row.copies == 0; });
}

void cancel_equal_hashes(RowGroup& group) {
  std::sort(group.left.begin(), group.left.end(), by_hash);
  std::sort(group.right.begin(), group.right.end(), by_hash);
  for (auto left = group.left.begin(), right = group.right.begin();
       left != group.left.end() && right != group.right.end();) {
    if (by_hash(*left, *right)) {
      ++left;
    } else if (by_hash(*right, *left)) {
      ++right;
    } else {
      take_away(*left, *right);
      if (left->copies == 0)
        ++left;
      else
        ++right;
    }
  }
  remove_spent(group.left);
  remove_spent(group.right);
}

bool same_rows(const TableShape& shape, const LooseRow& left, const LooseRow& right) {
  for (std::size_t i = 0; i < shape.columns.size(); ++i)
    if (!shape.columns[i].planned->rule.same(left.cells[i], right.cells[i])) return false;
  return true;
}

void cancel_same_rows(const TableShape& shape, RowGroup& group) {
  if (group.left.size() * group.right.size() > kPairsMax) return;
  for (LooseRow& left : group.left)
    for (LooseRow& right : group.right)
      if (left.copies > 0 && right.copies > 0 && same_rows(shape, left, right)) take_away(left, right);
  remove_spent(group.left);
  remove_spent(group.right);
}

std::vector<Cell> key_of(const TableShape& shape, const LooseRow& row) {
  return {row.cells.begin(), row.cells.begin() + static_cast<std::ptrdiff_t>(shape.key_columns)};
}

DataDifference changed_row(const TableShape& shape, const LooseRow& left, const LooseRow& right) {
  DataDifference difference;
  difference.kind = DataDifference::Kind::changed;
  difference.verdict = ClassVerdict::accepted;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    const ValueRule& rule = shape.columns[i].planned->rule;
    if (rule.same(left.cells[i], right.cells[i])) continue;
    ValueDifference value = rule.explain(left.cells[i], right.cells[i]);
    value.column = i;
    difference.verdict = std::min(difference.verdict, value.verdict);
    difference.values.push_back(std::move(value));
  }
  difference.key = key_of(shape, left);
  difference.left = left.cells;
  difference.right = right.cells;
  return difference;
}

DataDifference single_row(const TableShape& shape, LooseRow row, bool left) {
  DataDifference difference;
  difference.kind = left ? DataDifference::Kind::left_only : DataDifference::Kind::right_only;
  difference.key = key_of(shape, row);
  difference.copies = row.copies;
  (left ? difference.left : difference.right) = std::move(row.cells);
  return difference;
}

std::uint64_t copies_in(const std::vector<LooseRow>& rows) {
  std::uint64_t copies = 0;
  for (const LooseRow& row : rows) copies += row.copies;
  return copies;
}

}  // namespace

std::size_t LooseRow::byte_size() const {
  std::size_t bytes = sizeof *this + cells.capacity() * sizeof(Cell);
  for (const Cell& cell : cells)
    if (cell && cell->capacity() > 15) bytes += cell->capacity();  // shorter ones lie in the cell itself
  return bytes;
}

LooseRow loose_row(const ColumnBatch& batch, std::size_t row, const RowHash& hash) {
  LooseRow result;
  result.hash = hash;
  result.cells.reserve(batch.columns.size());
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    if (batch.columns[i].is_null(row))
      result.cells.emplace_back();
    else
      result.cells.emplace_back(batch.format(i, row));
  }
  return result;
}

std::size_t RowGroup::add(RowHasher::Side side, LooseRow row) {
  std::vector<LooseRow>& rows = side == RowHasher::Side::left ? left : right;
  for (LooseRow& known : rows) {
    if (known.hash != row.hash || known.cells != row.cells) continue;
    known.copies += row.copies;
    return 0;
  }
  const std::size_t bytes = row.byte_size();
  rows.push_back(std::move(row));
  return bytes;
}

GroupVerdict judge(const TableShape& shape, RowGroup group) {
  GroupVerdict verdict;
  verdict.left_repeats = copies_in(group.left) > 1;
  verdict.right_repeats = copies_in(group.right) > 1;
  cancel_equal_hashes(group);
  const bool keyed = shape.key_columns > 0;
  if (!keyed || group.left.size() > 1 || group.right.size() > 1) cancel_same_rows(shape, group);
  if (keyed) {
    // Of several rows with one key, those are paired that stand in the same place in the order of their values.
    const auto by_cells = [](const LooseRow& left, const LooseRow& right) { return left.cells < right.cells; };
    std::sort(group.left.begin(), group.left.end(), by_cells);
    std::sort(group.right.begin(), group.right.end(), by_cells);
    for (auto left = group.left.begin(), right = group.right.begin();
         left != group.left.end() && right != group.right.end();) {
      DataDifference difference = changed_row(shape, *left, *right);
      difference.copies = std::min(left->copies, right->copies);
      take_away(*left, *right);
      if (left->copies == 0) ++left;
      if (right->copies == 0) ++right;
      if (difference.values.empty()) continue;
      (difference.verdict == ClassVerdict::accepted ? verdict.accepted : verdict.differences)
          .push_back(std::move(difference));
    }
    remove_spent(group.left);
    remove_spent(group.right);
  }
  for (LooseRow& row : group.left) verdict.differences.push_back(single_row(shape, std::move(row), true));
  for (LooseRow& row : group.right) verdict.differences.push_back(single_row(shape, std::move(row), false));
  return verdict;
}

}  // namespace paripassu::datacheck
