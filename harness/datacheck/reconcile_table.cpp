#include "harness/datacheck/reconcile_table.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace paripassu::datacheck {

namespace {

__extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using): an alias would be a pedantic error

/// Copies of one row are told apart as long as their number is not divisible by more than 2 to this power.
constexpr int kTwosMax = 20;
constexpr std::size_t kPrefetchRows = 8;

std::uint64_t mixed(std::uint64_t value) {
  value ^= value >> 32;
  value *= 0xD6E8FEB86659FD93u;
  value ^= value >> 32;
  value *= 0xD6E8FEB86659FD93u;
  return value ^ (value >> 32);
}

std::uint64_t check_of(const RowHash& hash) {
  return mixed(hash.low ^ std::rotl(hash.high, 23) ^ 0x9E3779B97F4A7C15u) + hash.high;
}

/// The inverse of an odd number modulo 2^128, by Newton's iteration: each step doubles the bits that are right.
Wide inverse(Wide odd) {
  Wide result = odd;  // right in 3 bits
  for (int bits = 3; bits < 128; bits *= 2) result *= 2 - odd * result;
  return result;
}

RowHash to_hash(Wide value) {
  return {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
}

void add_to(ReconcileTable::Cell& cell, const RowHash& hash, std::uint64_t check, const KeyImage& image) {
  ++cell.count;
  const std::uint64_t low = cell.low + hash.low;
  cell.high += hash.high + (low < hash.low ? 1 : 0);
  cell.low = low;
  cell.check += check;
  for (std::size_t i = 0; i < image.words.size(); ++i) cell.image[i] += image.words[i];
}

void add_cell(ReconcileTable::Cell& cell, const ReconcileTable::Cell& other, bool negative) {
  const Wide own = (Wide{cell.high} << 64) | cell.low;
  const Wide its = (Wide{other.high} << 64) | other.low;
  const Wide sum = negative ? own - its : own + its;
  cell.low = static_cast<std::uint64_t>(sum);
  cell.high = static_cast<std::uint64_t>(sum >> 64);
  cell.count += negative ? -other.count : other.count;
  cell.check += negative ? 0 - other.check : other.check;
  for (std::size_t i = 0; i < cell.image.size(); ++i) cell.image[i] += negative ? 0 - other.image[i] : other.image[i];
}

}  // namespace

ReconcileTable::ReconcileTable(std::size_t cells) : third_((std::max(cells, kCellsMin) + 2) / 3) {
  cells_.resize(third_ * 3);
}

std::size_t ReconcileTable::cells_for(std::uint64_t rows) {
  // 1.222 cells a row is where listing begins to succeed; small tables need more, which the constant gives.
  return static_cast<std::size_t>(rows + rows / 3) + kCellsMin;
}

ReconcileTable::Positions ReconcileTable::positions(const RowHash& hash) const {
  const auto scaled = [&](std::uint64_t bits) {
    return static_cast<std::size_t>(((bits & 0xFFFF'FFFFu) * static_cast<std::uint64_t>(third_)) >> 32);
  };
  return {scaled(hash.low), third_ + scaled(hash.low >> 32), 2 * third_ + scaled(hash.high)};
}

void ReconcileTable::add(const RowHash& hash, const KeyImage& image) {
  const std::uint64_t check = check_of(hash);
  for (const std::size_t position : positions(hash)) add_to(cells_[position], hash, check, image);
}

void ReconcileTable::add(const std::vector<RowHash>& hashes, const std::vector<KeyImage>& images) {
  assert(images.empty() || images.size() == hashes.size());
  static const KeyImage kNone;
  const std::size_t rows = hashes.size();
  for (std::size_t row = 0; row < rows; ++row) {
    if (row + kPrefetchRows < rows)
      for (const std::size_t position : positions(hashes[row + kPrefetchRows]))
        __builtin_prefetch(&cells_[position], 1);
    add(hashes[row], images.empty() ? kNone : images[row]);
  }
}

void ReconcileTable::merge(const ReconcileTable& other) {
  assert(other.cells_.size() == cells_.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) add_cell(cells_[i], other.cells_[i], false);
}

void ReconcileTable::subtract(const ReconcileTable& other) {
  assert(other.cells_.size() == cells_.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) add_cell(cells_[i], other.cells_[i], true);
}

/// Whether a cell holds copies of a single row, which it then tells.
bool ReconcileTable::single_row(std::size_t position, DifferingRow& row) const {
  const Cell& cell = cells_[position];
  if (cell.count == 0) return false;
  const bool negative = cell.count < 0;
  const std::uint64_t copies =
      negative ? 0 - static_cast<std::uint64_t>(cell.count) : static_cast<std::uint64_t>(cell.count);
  const Wide raw = (Wide{cell.high} << 64) | cell.low;
  const Wide sum = negative ? 0 - raw : raw;
  const std::uint64_t check = negative ? 0 - cell.check : cell.check;
  const int twos = std::countr_zero(copies);
  if (twos > kTwosMax) return false;
  const Wide odd = sum * inverse(copies >> twos);
  if (twos > 0 && (odd & ((Wide{1} << twos) - 1)) != 0) return false;
  // Dividing by 2^twos leaves the top bits open; the check sum finds them.
  for (Wide top = 0; top < (Wide{1} << twos); ++top) {
    const RowHash hash = to_hash(twos == 0 ? odd : (odd >> twos) | (top << (128 - twos)));
    if (check_of(hash) * copies != check) continue;
    const Positions own = positions(hash);
    if (std::find(own.begin(), own.end(), position) == own.end()) continue;
    row.hash = hash;
    row.copies = cell.count;
    row.image = KeyImage{};
    if (copies == 1)
      for (std::size_t i = 0; i < cell.image.size(); ++i)
        row.image.words[i] = negative ? 0 - cell.image[i] : cell.image[i];
    return true;
  }
  return false;
}

bool ReconcileTable::peel(std::vector<DifferingRow>& rows) {
  const std::size_t first = rows.size();
  std::vector<std::size_t> open;
  DifferingRow row;
  for (std::size_t i = 0; i < cells_.size(); ++i)
    if (single_row(i, row)) open.push_back(i);
  while (!open.empty()) {
    const std::size_t position = open.back();
    open.pop_back();
    if (!single_row(position, row)) continue;
    // A row comes out once. More than there are cells means that the sums are nonsense.
    if (rows.size() - first > cells_.size()) return false;
    rows.push_back(row);
    const Cell taken = cells_[position];
    for (const std::size_t other : positions(row.hash)) {
      add_cell(cells_[other], taken, true);
      if (other != position && single_row(other, row)) open.push_back(other);
    }
  }
  // Images may be left over: keys of rows that are equal, but are not spelled alike.
  return std::all_of(cells_.begin(), cells_.end(), [](const Cell& cell) {
    return cell.count == 0 && cell.low == 0 && cell.high == 0 && cell.check == 0;
  });
}

std::uint64_t ReconcileTable::estimate() const {
  // Each row adds its sign to three random cells, so that the counts' variance is the number of rows a cell.
  double rows = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = part * third_; i < (part + 1) * third_; ++i) {
      const double count = static_cast<double>(cells_[i].count);
      sum += count;
      squares += count * count;
    }
    const double mean = sum / static_cast<double>(third_);
    rows += squares - mean * sum;
  }
  return static_cast<std::uint64_t>(std::max(rows / 3, 1.0));
}

}  // namespace paripassu::datacheck
