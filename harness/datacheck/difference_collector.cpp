#include "harness/datacheck/difference_collector.h"

#include <fmt/format.h>

#include <algorithm>

namespace paripassu::datacheck {

namespace {

std::size_t cells_size(const std::vector<Cell>& cells) {
  std::size_t bytes = cells.capacity() * sizeof(Cell);
  for (const Cell& cell : cells)
    if (cell && cell->capacity() > 15) bytes += cell->capacity();  // shorter ones lie in the cell itself
  return bytes;
}

std::size_t size_of(const DataDifference& difference) {
  std::size_t bytes = sizeof difference + cells_size(difference.key) + cells_size(difference.left) +
                      cells_size(difference.right) + difference.values.capacity() * sizeof(ValueDifference);
  for (const ValueDifference& value : difference.values)
    bytes +=
        value.note.capacity() + (value.left ? value.left->capacity() : 0) + (value.right ? value.right->capacity() : 0);
  return bytes;
}

}  // namespace

DifferenceCollector::DifferenceCollector(const TableShape& shape, const KeyComparator& order, TableResult& result,
                                         Options options)
    : shape_(shape),
      order_(order),
      result_(result),
      options_(std::move(options)),
      held_bytes_(options_.meter),
      mixed_notes_(result.columns.size()) {}

void DifferenceCollector::add_group(RowGroup group) {
  add(judge(shape_, std::move(group)));
}

void DifferenceCollector::add(GroupVerdict verdict) {
  if (shape_.key_columns > 0) {
    left_repeats_ += verdict.left_repeats ? 1 : 0;
    right_repeats_ += verdict.right_repeats ? 1 : 0;
  }
  for (const DataDifference& difference : verdict.accepted) {
    result_.accepted_rows += difference.copies;
    left_differing_ += difference.copies;
    tally(difference);
  }
  for (DataDifference& difference : verdict.differences) {
    if (difference.kind != DataDifference::Kind::right_only) left_differing_ += difference.copies;
    held_bytes_.add(size_of(difference));
    held_.push_back(std::move(difference));
  }
  if (held_bytes_.bytes() > options_.memory_bytes) hand_out();
}

void DifferenceCollector::count_only(std::uint64_t left_only, std::uint64_t right_only) {
  left_differing_ += left_only;
  result_.left_only_rows += left_only;
  result_.right_only_rows += right_only;
}

bool DifferenceCollector::before(const DataDifference& left, const DataDifference& right) const {
  if (shape_.key_columns > 0) {
    if (order_.less(left.key, right.key)) return true;
    if (order_.less(right.key, left.key)) return false;
  }
  const auto row = [](const DataDifference& difference) -> const std::vector<Cell>& {
    return difference.kind == DataDifference::Kind::right_only ? difference.right : difference.left;
  };
  if (row(left) != row(right)) return row(left) < row(right);
  return left.kind < right.kind;
}

void DifferenceCollector::tally(const DataDifference& difference) {
  for (const ValueDifference& value : difference.values) {
    const auto which = static_cast<std::size_t>(value.value_class);
    ClassTally& tally = result_.columns[value.column].classes[which];
    bool& mixed = mixed_notes_[value.column][which];
    if (tally.rows == 0) tally.common_note = value.note;
    if (tally.common_note != value.note) mixed = true;
    if (mixed) tally.common_note.clear();
    tally.rows += difference.copies;
  }
}

void DifferenceCollector::hand_out() {
  if (held_.empty()) return;
  if (options_.settle) result_.settled_rows += options_.settle(held_);
  ++parts_;
  const auto in_order = [&](const DataDifference& left, const DataDifference& right) { return before(left, right); };
  std::sort(held_.begin(), held_.end(), in_order);
  for (const DataDifference& difference : held_) {
    switch (difference.kind) {
      case DataDifference::Kind::left_only:
        result_.left_only_rows += difference.copies;
        break;
      case DataDifference::Kind::right_only:
        result_.right_only_rows += difference.copies;
        break;
      case DataDifference::Kind::changed:
        (difference.verdict == ClassVerdict::accepted ? result_.accepted_rows : result_.changed_rows) +=
            difference.copies;
        break;
    }
    tally(difference);
    if (options_.emit) options_.emit(difference);
  }
  std::vector<DataDifference>& kept = result_.differences;
  const std::size_t before_merge = kept.size();
  const std::size_t candidates = std::min(held_.size(), options_.limit);
  std::move(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(candidates), std::back_inserter(kept));
  std::inplace_merge(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(before_merge), kept.end(), in_order);
  if (kept.size() > options_.limit) kept.resize(options_.limit);
  held_.clear();
  held_.shrink_to_fit();
  held_bytes_.set(0);
}

void DifferenceCollector::finish() {
  hand_out();
  if (parts_ > 1 && options_.emit)
    result_.notes.push_back(
        fmt::format("the differences did not fit into memory at once: they were handed out in {} parts, each in key "
                    "order",
                    parts_));
  const auto note_repeats = [&](std::uint64_t keys, std::string_view side) {
    if (keys > 0)
      result_.notes.push_back(fmt::format("{} of the keys that differ {} for several rows of the {} side", keys,
                                          keys == 1 ? "stands" : "stand", side));
  };
  note_repeats(left_repeats_, "left");
  note_repeats(right_repeats_, "right");
}

}  // namespace paripassu::datacheck
