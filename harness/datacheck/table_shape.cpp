#include "harness/datacheck/table_shape.h"

namespace paripassu::datacheck {

std::vector<const ValueRule*> TableShape::rules() const {
  std::vector<const ValueRule*> result;
  for (const ShapeColumn& column : columns) result.push_back(&column.planned->rule);
  return result;
}

std::vector<const ValueRule*> TableShape::key_rules() const {
  std::vector<const ValueRule*> result = rules();
  result.resize(key_columns);
  return result;
}

}  // namespace paripassu::datacheck
