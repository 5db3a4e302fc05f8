#include "harness/dataset/value_pairing.h"

#include <algorithm>
#include <initializer_list>

#include "harness/dataset/value_text.h"

namespace paripassu::dataset {

namespace {

using catalog::Type;
using catalog::TypeFamily;

/// Whether the families are these two, in either order.
bool are(const Type& left, const Type& right, TypeFamily one, TypeFamily other) {
  return (left.family == one && right.family == other) || (left.family == other && right.family == one);
}

bool is_one_of(TypeFamily family, std::initializer_list<TypeFamily> families) {
  return std::find(families.begin(), families.end(), family) != families.end();
}

Type type_of(TypeFamily family) {
  Type type;
  type.family = family;
  return type;
}

bool is_text(const Type& type) {
  return type.array_dimensions == 0 && (type.family == TypeFamily::text || type.family == TypeFamily::enumeration);
}

/// Types whose values are known as texts alone.
bool is_opaque(const Type& type) {
  return type.array_dimensions == 0 &&
         is_one_of(type.family, {TypeFamily::composite, TypeFamily::spatial, TypeFamily::other});
}

Type element_of(Type type) {
  type.array_dimensions = 0;
  return type;
}

/// The type by which values of both are read; nothing when their texts must do.
std::optional<Type> common_type(const Type& left, const Type& right) {
  if (left.array_dimensions > 0 || right.array_dimensions > 0) {
    if (left.array_dimensions > 0 && right.array_dimensions > 0) {
      auto element = common_type(element_of(left), element_of(right));
      if (element) element->array_dimensions = std::max(left.array_dimensions, right.array_dimensions);
      return element;
    }
    const Type& array = left.array_dimensions > 0 ? left : right;
    const Type& other = left.array_dimensions > 0 ? right : left;
    if (!is_text(other) && other.family != TypeFamily::json) return std::nullopt;
    return array;
  }
  if (left.family == right.family) {
    if (left.family == TypeFamily::floating) return left.bits == 32 ? left : right;
    if (left.family == TypeFamily::text) return left.fixed_length ? left : right;
    if (left.family == TypeFamily::binary) {
      // The shorter of two fixed lengths says less: it is the other one that pads.
      const bool left_pads = left.fixed_length && (!right.fixed_length || left.length >= right.length);
      return left_pads ? left : right;
    }
    return left.with_time_zone ? left : right;
  }
  if (is_text(left) && is_text(right)) return left.family == TypeFamily::text ? left : right;
  if (is_text(left)) return right;
  if (is_text(right)) return left;

  const auto is_countable = [](TypeFamily family) {
    return is_one_of(family, {TypeFamily::integer, TypeFamily::decimal, TypeFamily::floating, TypeFamily::bit_string});
  };
  if (left.family == TypeFamily::boolean && is_countable(right.family)) return left;
  if (right.family == TypeFamily::boolean && is_countable(left.family)) return right;
  if (are(left, right, TypeFamily::integer, TypeFamily::decimal)) return type_of(TypeFamily::decimal);
  if (left.family == TypeFamily::floating && is_one_of(right.family, {TypeFamily::integer, TypeFamily::decimal}))
    return left;
  if (right.family == TypeFamily::floating && is_one_of(left.family, {TypeFamily::integer, TypeFamily::decimal}))
    return right;
  if (are(left, right, TypeFamily::date, TypeFamily::timestamp))
    return left.family == TypeFamily::timestamp ? left : right;
  if (are(left, right, TypeFamily::binary, TypeFamily::row_version))
    return left.family == TypeFamily::binary ? left : right;
  return std::nullopt;
}

}  // namespace

ValuePairing::ValuePairing(const Type& left, const Type& right) : left_(left), right_(right) {
  auto common = common_type(left, right);
  as_text_ = !common.has_value();
  if (common) common_ = std::move(*common);
  if (as_text_ || common_.array_dimensions > 0) return;
  truth_ = common_.family == TypeFamily::boolean && (is_text(left) || is_text(right));
  const bool is_time = common_.family == TypeFamily::timestamp ||
                       (common_.family == TypeFamily::time && !left.with_time_zone && !right.with_time_zone);
  if (!is_time) return;
  grid_ = Grid{};
  for (const Type& type : {left, right}) {
    const Grid grid = grid_of(type);
    if (type.family == common_.family && grid.tick_ns > grid_->tick_ns) grid_ = grid;
  }
  if (grid_->tick_ns == 1) grid_.reset();
}

std::optional<Moment> ValuePairing::moment(const Type& own, const std::string& text) const {
  if (is_text(own)) {
    // What fills up char(n) is no part of the value.
    return read_moment(common_, std::string_view(text).substr(0, text.find_last_not_of(' ') + 1));
  }
  return read_moment(own, text);
}

std::string ValuePairing::form(const Type& own, const std::string& text) const {
  const std::string neutral = read_value(own, text).value_or(text);
  if (as_text_) return neutral;
  // A time without zone beside one with a zone is taken for UTC, and a day for its midnight.
  if (common_.family == TypeFamily::timestamp && common_.array_dimensions == 0 && !is_text(own)) {
    const auto value = moment(own, text);
    return value ? write_moment(common_, *value) : neutral;
  }
  const bool beside_text = is_text(left_) != is_text(right_) && !is_text(common_);
  const std::string& content = beside_text && (is_text(own) || is_opaque(common_))
                                   ? neutral.substr(0, neutral.find_last_not_of(' ') + 1)
                                   : neutral;
  if (truth_ && is_text(own)) return read_truth(content).value_or(text);
  // What is no value of the other type keeps its own text, blanks and all.
  return read_value(common_, content).value_or(neutral);
}

std::string ValuePairing::snapped_form(const Type& own, const std::string& text, Snap snap) const {
  const auto value = grid_ ? moment(own, text) : std::nullopt;
  if (!value) return form(own, text);
  return write_moment(common_, snapped(*value, *grid_, snap));
}

bool ValuePairing::same(const std::string& left, const std::string& right) const {
  if (left == right && !as_text_) return true;
  if (left_form(left) == right_form(right)) return true;
  if (!grid_) return false;
  const auto left_moment = moment(left_, left);
  const auto right_moment = moment(right_, right);
  if (!left_moment || !right_moment) return false;
  // The coarser one must be exactly what became of the finer one.
  const std::string left_text = write_moment(common_, *left_moment);
  const std::string right_text = write_moment(common_, *right_moment);
  // Rounding up the last time of a day gives 24:00:00 on one engine and 00:00:00 on another.
  const auto is_same = [&](const std::string& coarse, const std::string& fine, const std::string& snapped_text) {
    const bool wraps =
        common_.family == TypeFamily::time && snapped_text == "24:00:00" && fine != "24:00:00" && coarse == "00:00:00";
    return coarse == snapped_text || wraps;
  };
  for (const Snap snap : {Snap::round, Snap::cut}) {
    if (is_same(left_text, right_text, write_moment(common_, snapped(*right_moment, *grid_, snap)))) return true;
    if (is_same(right_text, left_text, write_moment(common_, snapped(*left_moment, *grid_, snap)))) return true;
  }
  return false;
}

}  // namespace paripassu::dataset
