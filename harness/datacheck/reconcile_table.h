#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/datacheck/key_image.h"
#include "harness/datacheck/value_rule.h"

namespace paripassu::datacheck {

/// A row, or several copies of one, that one side has and the other lacks.
struct DifferingRow {
  RowHash hash;
  std::int64_t copies = 0;  ///< how many more of them the left side has; negative: the right side
  KeyImage image;           ///< valid only if image.intact()
};

/// An invertible Bloom lookup table over rows: what both sides added takes itself away, and the rows that remain can be
/// listed as long as they are not too many for the cells, about 0.8 rows a cell. Adding costs three cells a row; a cell
/// is one line of the cache. A multiset: the sums of c copies of a row are divided by c again, modulo 2^128.
/// After M. Goodrich and M. Mitzenmacher, "Invertible Bloom Lookup Tables" (2011).
class ReconcileTable {
 public:
  struct alignas(64) Cell {
    std::int64_t count = 0;
    std::uint64_t low = 0;  ///< with `high`, the sum of hashes modulo 2^128
    std::uint64_t high = 0;
    std::uint64_t check = 0;
    std::array<std::uint64_t, 4> image{};
    bool operator==(const Cell&) const = default;
  };

  /// At least kCellsMin cells are made.
  explicit ReconcileTable(std::size_t cells);

  /// Adds every row; `images` has one per hash, or is empty.
  void add(const std::vector<RowHash>& hashes, const std::vector<KeyImage>& images);
  /// Adds one row.
  void add(const RowHash& hash, const KeyImage& image);

  /// Adds, or takes away, all that a table of as many cells has.
  void merge(const ReconcileTable& other);
  void subtract(const ReconcileTable& other);

  /// Lists the rows that are left into `rows`. False: they are too many for the cells, and the table is used up.
  bool peel(std::vector<DifferingRow>& rows);
  /// About how many rows are left, however many: from the variance of the counts, within a few percent for thousands.
  std::uint64_t estimate() const;

  std::size_t byte_size() const { return cells_.size() * sizeof(Cell); }
  std::size_t cell_count() const { return cells_.size(); }

  static constexpr std::size_t kCellsMin = 384;
  /// Cells with which `rows` can be listed but for a chance of less than one in a hundred: two rows may share their
  /// cells.
  static std::size_t cells_for(std::uint64_t rows);

 private:
  using Positions = std::array<std::size_t, 3>;
  Positions positions(const RowHash& hash) const;
  bool single_row(std::size_t position, DifferingRow& row) const;

  std::vector<Cell> cells_;
  std::size_t third_;
};

}  // namespace paripassu::datacheck
