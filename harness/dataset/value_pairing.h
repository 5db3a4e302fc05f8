#pragma once

#include <optional>
#include <string>

#include "backends/catalog/type.h"
#include "harness/dataset/time_text.h"

namespace paripassu::dataset {

/// How the values of two columns are compared: chosen once for a pair of types. The rules are those of `same_value` and
/// docs/data-sets.md. Symmetric. Private to the room.
class ValuePairing {
 public:
  ValuePairing(const catalog::Type& left, const catalog::Type& right);

  /// The forms in which values that mean the same are equal, apart from times that were cut or rounded.
  std::string left_form(const std::string& text) const { return form(left_, text); }
  std::string right_form(const std::string& text) const { return form(right_, text); }
  bool same(const std::string& left, const std::string& right) const;
  /// The type by which the values of both are read; null: the types have nothing in common, and their texts compare.
  const catalog::Type* common() const { return as_text_ ? nullptr : &common_; }

  /// Whether a time may have been cut or rounded on one side.
  bool has_grid() const { return grid_.has_value(); }
  /// The forms after both were brought onto the coarser grid.
  std::string left_form(const std::string& text, Snap snap) const { return snapped_form(left_, text, snap); }
  std::string right_form(const std::string& text, Snap snap) const { return snapped_form(right_, text, snap); }

 private:
  std::string form(const catalog::Type& own, const std::string& text) const;
  std::string snapped_form(const catalog::Type& own, const std::string& text, Snap snap) const;
  std::optional<Moment> moment(const catalog::Type& own, const std::string& text) const;

  catalog::Type left_;
  catalog::Type right_;
  catalog::Type common_;  ///< by which both are read
  bool as_text_ = false;  ///< the types have nothing in common: their texts compare
  bool truth_ = false;    ///< one is a text that says a boolean
  std::optional<Grid> grid_;
};

}  // namespace paripassu::dataset
