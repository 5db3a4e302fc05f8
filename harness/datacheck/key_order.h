#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/column_batch.h"
#include "backends/session.h"
#include "harness/datacheck/table_shape.h"

namespace paripassu::datacheck {

/// -1, 0, 1 for two canonical decimal texts, whatever their digits; NaN is greater than all else, as on PostgreSQL.
int compare_decimal_texts(std::string_view left, std::string_view right);

/// Orders keys as both servers hand them out by DataSql's ORDER BY terms: NULL first, numbers and times by value, uuid
/// by bytes, texts by code points.
class KeyComparator {
 public:
  explicit KeyComparator(const TableShape& shape);

  /// Why a merge in the order of this key is not possible; empty: it is. Also for keys whose rules take values for
  /// equal that are apart in the order ("a" and "A").
  const std::string& refusal() const { return refusal_; }

  /// Whether the layouts of both sides' batches can be compared.
  bool comparable(const ColumnBatch& left, const ColumnBatch& right) const;
  /// Rows of any two batches, of one side or of both. 0 also for keys of both sides that their rules take for equal, if
  /// `both_sides`.
  int compare(const ColumnBatch& left, std::size_t left_row, const ColumnBatch& right, std::size_t right_row,
              bool both_sides) const;

  /// A total order of keys in canonical texts, for reports: the same, as far as texts tell it.
  bool less(const std::vector<Cell>& left, const std::vector<Cell>& right) const;

 private:
  struct Part {
    const ValueRule* rule = nullptr;
    bool trimmed = false;  ///< without blanks at the end
    bool number = false;   ///< by value, in canonical text
    bool lax = false;      ///< values that differ may be equal by rule: times on a coarser grid
  };
  std::vector<Part> parts_;
  std::string refusal_;
};

/// Brings the values of a key into one string that is equal for keys that are equal by their rules.
class KeyForms {
 public:
  explicit KeyForms(const TableShape& shape);
  std::string of(const ColumnBatch& batch, std::size_t row, RowHasher::Side side) const;
  std::string of(const std::vector<Cell>& key, RowHasher::Side side) const;

 private:
  std::vector<const ValueRule*> rules_;
};

}  // namespace paripassu::datacheck
