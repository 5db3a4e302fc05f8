#include "harness/datacheck/key_order.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace paripassu::datacheck {

namespace {

using catalog::TypeFamily;

template <class Value>
int three_way(const Value& left, const Value& right) {
  return left < right ? -1 : right < left ? 1 : 0;
}

int sign_of(int value) {
  return three_way(value, 0);
}

bool is_float(ColumnLayout layout) {
  return layout == ColumnLayout::float32 || layout == ColumnLayout::float64;
}
bool is_integer(ColumnLayout layout) {
  return layout == ColumnLayout::boolean || layout == ColumnLayout::int64;
}
bool is_timestamp(ColumnLayout layout) {
  return layout == ColumnLayout::timestamp || layout == ColumnLayout::timestamp_tz;
}
bool is_number(ColumnLayout layout) {
  return is_integer(layout) || is_float(layout) || layout == ColumnLayout::decimal;
}

std::string decimal_text(const ColumnVector& column, std::size_t row) {
  return is_integer(column.layout) ? std::to_string(column.int64(row)) : std::string(column.bytes(row));
}

/// NaN is greater than all else.
int compare_floats(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return three_way(std::isnan(left) ? 1 : 0, std::isnan(right) ? 1 : 0);
  return three_way(left, right);
}

double number(const ColumnVector& column, std::size_t row) {
  if (is_integer(column.layout)) return static_cast<double>(column.int64(row));
  return is_float(column.layout) ? column.float64(row) : std::strtod(std::string(column.bytes(row)).c_str(), nullptr);
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

int compare_values(const ColumnVector& left, std::size_t left_row, const ColumnVector& right, std::size_t right_row,
                   bool trimmed) {
  if (is_number(left.layout)) {
    if (is_integer(left.layout) && is_integer(right.layout))
      return three_way(left.int64(left_row), right.int64(right_row));
    if (is_float(left.layout) || is_float(right.layout))
      return compare_floats(number(left, left_row), number(right, right_row));
    return compare_decimal_texts(decimal_text(left, left_row), decimal_text(right, right_row));
  }
  if (is_timestamp(left.layout)) {
    const int seconds = three_way(left.int64(left_row), right.int64(right_row));
    return seconds != 0 ? seconds : three_way(left.nanoseconds(left_row), right.nanoseconds(right_row));
  }
  if (left.layout == ColumnLayout::date || left.layout == ColumnLayout::time)
    return three_way(left.int64(left_row), right.int64(right_row));
  std::string_view left_bytes = left.bytes(left_row);
  std::string_view right_bytes = right.bytes(right_row);
  if (trimmed && left.layout == ColumnLayout::text) {
    left_bytes = without_blanks(left_bytes);
    right_bytes = without_blanks(right_bytes);
  }
  return sign_of(left_bytes.compare(right_bytes));
}

/// A canonical decimal, cut into what is compared.
struct DecimalParts {
  int kind = 0;  ///< -1: minus infinity, 0: a number, 1: infinity, 2: NaN
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

DecimalParts decimal_parts(std::string_view text) {
  DecimalParts parts;
  if (text == "NaN") return {2, false, {}, {}};
  if (text == "Infinity") return {1, false, {}, {}};
  if (text == "-Infinity") return {-1, false, {}, {}};
  parts.negative = text.starts_with('-');
  if (parts.negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  parts.whole = text.substr(0, point);
  parts.whole.remove_prefix(std::min(parts.whole.find_first_not_of('0'), parts.whole.size()));
  if (point < text.size()) parts.fraction = text.substr(point + 1);
  parts.fraction = parts.fraction.substr(0, parts.fraction.find_last_not_of('0') + 1);
  if (parts.whole.empty() && parts.fraction.empty()) parts.negative = false;
  return parts;
}

/// Whether the rule takes two texts for equal that are two places in the order.
bool confuses(const ValueRule& rule, const char* one, const char* other) {
  return rule.left_form(Cell(one)) == rule.left_form(Cell(other));
}

}  // namespace

int compare_decimal_texts(std::string_view left, std::string_view right) {
  const DecimalParts a = decimal_parts(left);
  const DecimalParts b = decimal_parts(right);
  if (a.kind != 0 || b.kind != 0) return three_way(a.kind, b.kind);
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int magnitude = three_way(a.whole.size(), b.whole.size());
  if (magnitude == 0) magnitude = sign_of(a.whole.compare(b.whole));
  if (magnitude == 0) magnitude = sign_of(a.fraction.compare(b.fraction));
  return a.negative ? -magnitude : magnitude;
}

KeyComparator::KeyComparator(const TableShape& shape) {
  if (shape.key_columns == 0) refusal_ = "the table has no key";
  for (std::size_t i = 0; i < shape.key_columns; ++i) {
    const PlannedColumn& column = *shape.columns[i].planned;
    Part part;
    part.rule = &column.rule;
    const catalog::Type& left = column.left->type;
    const catalog::Type& right = column.right->type;
    const auto is_number_type = [](const catalog::Type& type) {
      return type.array_dimensions == 0 && (type.family == TypeFamily::boolean || type.family == TypeFamily::integer ||
                                            type.family == TypeFamily::decimal || type.family == TypeFamily::floating);
    };
    part.number = is_number_type(left) && is_number_type(right);
    part.lax = left.family == TypeFamily::timestamp || left.family == TypeFamily::time || part.number;
    part.lax = part.lax && !(left.family == TypeFamily::integer && right.family == TypeFamily::integer);
    const KeyOrder order = i < shape.plan->key_orders.size() ? shape.plan->key_orders[i] : KeyOrder::none;
    const std::string name = "key column " + column.left->name;
    if (column.left->nullable || column.right->nullable)
      refusal_ = name + " may be NULL, which servers put first or last";
    if (order == KeyOrder::none) refusal_ = name + " has no order that both sides share";
    if (order == KeyOrder::binary) {
      part.trimmed = left.fixed_length || right.fixed_length || confuses(column.rule, "a", "a ");
      if (confuses(column.rule, "a", "A")) refusal_ = name + " compares without case, which no order follows";
      if (confuses(column.rule, "\xC3\xA9", "e\xCC\x81"))
        refusal_ = name + " compares without the form of characters, which no order follows";
    }
    parts_.push_back(part);
  }
}

bool KeyComparator::comparable(const ColumnBatch& left, const ColumnBatch& right) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const ColumnLayout one = left.columns[i].layout;
    const ColumnLayout other = right.columns[i].layout;
    if (one != other && !(is_number(one) && is_number(other))) return false;
  }
  return true;
}

int KeyComparator::compare(const ColumnBatch& left, std::size_t left_row, const ColumnBatch& right,
                           std::size_t right_row, bool both_sides) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const ColumnVector& one = left.columns[i];
    const ColumnVector& other = right.columns[i];
    const bool left_null = one.is_null(left_row);
    const bool right_null = other.is_null(right_row);
    if (left_null || right_null) {
      if (left_null && right_null) continue;
      return left_null ? -1 : 1;
    }
    const int order = compare_values(one, left_row, other, right_row, parts_[i].trimmed);
    if (order == 0) continue;
    if (both_sides && parts_[i].lax) {
      std::string left_form;
      std::string right_form;
      parts_[i].rule->append_left_form(one, left_row, left_form);
      parts_[i].rule->append_right_form(other, right_row, right_form);
      if (left_form == right_form) continue;
    }
    return order;
  }
  return 0;
}

bool KeyComparator::less(const std::vector<Cell>& left, const std::vector<Cell>& right) const {
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (!left[i] || !right[i]) {
      if (left[i].has_value() != right[i].has_value()) return !left[i];
      continue;
    }
    int order = 0;
    if (i < parts_.size() && parts_[i].number) {
      const auto has_exponent = [](const std::string& text) {
        return text.find('e') != std::string::npos && text != "Infinity" && text != "-Infinity";
      };
      order = has_exponent(*left[i]) || has_exponent(*right[i])
                  ? compare_floats(std::strtod(left[i]->c_str(), nullptr), std::strtod(right[i]->c_str(), nullptr))
                  : compare_decimal_texts(*left[i], *right[i]);
    }
    if (order == 0) order = left[i]->compare(*right[i]);
    if (order != 0) return order < 0;
  }
  return left.size() < right.size();
}

KeyForms::KeyForms(const TableShape& shape) : rules_(shape.key_rules()) {}

namespace {

/// NULL is no text, and no value reaches into the next.
void append_framed(std::string& key, const std::string* form) {
  if (form == nullptr) {
    key += '\0';
    return;
  }
  key += '\1';
  const auto length = static_cast<std::uint32_t>(form->size());
  for (int shift = 0; shift < 32; shift += 8) key += static_cast<char>((length >> shift) & 0xFF);
  key += *form;
}

std::optional<std::string> cell_form(const ValueRule& rule, const Cell& value, RowHasher::Side side) {
  return side == RowHasher::Side::left ? rule.left_form(value) : rule.right_form(value);
}

}  // namespace

std::string KeyForms::of(const ColumnBatch& batch, std::size_t row, RowHasher::Side side) const {
  std::string key;
  std::string form;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const ColumnVector& column = batch.columns[i];
    if (column.is_null(row)) {
      const std::optional<std::string> null_form = cell_form(*rules_[i], std::nullopt, side);
      append_framed(key, null_form ? &*null_form : nullptr);
      continue;
    }
    form.clear();
    if (side == RowHasher::Side::left)
      rules_[i]->append_left_form(column, row, form);
    else
      rules_[i]->append_right_form(column, row, form);
    append_framed(key, &form);
  }
  return key;
}

std::string KeyForms::of(const std::vector<Cell>& cells, RowHasher::Side side) const {
  std::string key;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const std::optional<std::string> form = cell_form(*rules_[i], cells[i], side);
    append_framed(key, form ? &*form : nullptr);
  }
  return key;
}

}  // namespace paripassu::datacheck
