#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "backends/column_batch.h"
#include "harness/datacheck/table_shape.h"

namespace paripassu::datacheck {

/// The key of a row in 32 bytes that can be added and taken away: up to 24 bytes of values, their length and a check.
/// No image (all zero) where the key does not fit. It need not be the same for keys that are equal but spelled
/// differently; `intact` then tells that what is left of a sum is no key.
struct KeyImage {
  std::array<std::uint64_t, 4> words{};
  bool intact() const;
};

/// Makes and reads images of a table's keys. Pure.
class KeyImages {
 public:
  explicit KeyImages(const TableShape& shape);

  /// False: no key of the table can have an image (no key, or types that are not for it).
  bool possible() const { return possible_; }
  /// An image per row.
  void make(const ColumnBatch& batch, std::vector<KeyImage>& images) const;
  /// The key as canonical texts; absent where the image is not intact.
  std::optional<std::vector<Cell>> read(const KeyImage& image) const;

 private:
  std::vector<bool> trimmed_;  ///< per key column: without blanks at the end
  bool possible_ = false;
};

}  // namespace paripassu::datacheck
