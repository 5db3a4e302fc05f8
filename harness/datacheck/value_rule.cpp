#include "harness/datacheck/value_rule.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

#include "backends/error.h"
#include "harness/datacheck/value_explanation.h"
#include "harness/datacheck/value_forms.h"

namespace paripassu {

namespace {

/// Rows of a chunk stay in the first cache while their columns are written.
constexpr std::size_t kChunkBytes = 32'768;

[[noreturn]] void refuse_tolerance(std::string_view text, std::string_view why) {
  throw Error(ErrorCategory::configuration, fmt::format("'{}' is no tolerance: {}", text, why))
      .with_remedy("write a distance (\"1e-9\"), a share (\"1e-9 relative\") or units in the last place (\"2 ulp\")");
}

/// The floats as whole numbers in the same order, so that neighbours are one apart.
template <class Float, class Integer>
Integer position(double value) {
  const auto bits = std::bit_cast<Integer>(static_cast<Float>(value));
  return bits < 0 ? static_cast<Integer>(std::numeric_limits<Integer>::min() - bits) : bits;
}

double units_apart(double left, double right, bool narrow) {
  if (narrow)
    return std::fabs(static_cast<double>(position<float, std::int32_t>(left)) -
                     static_cast<double>(position<float, std::int32_t>(right)));
  const auto one = position<double, std::int64_t>(left);
  const auto other = position<double, std::int64_t>(right);
  const auto apart = one > other ? static_cast<std::uint64_t>(one) - static_cast<std::uint64_t>(other)
                                 : static_cast<std::uint64_t>(other) - static_cast<std::uint64_t>(one);
  return static_cast<double>(apart);
}

bool within(const Tolerance& tolerance, double left, double right, bool narrow) {
  if (!std::isfinite(left) || !std::isfinite(right)) return false;
  switch (tolerance.kind) {
    case Tolerance::Kind::none:
      return false;
    case Tolerance::Kind::absolute:
      return std::fabs(left - right) <= tolerance.amount;
    case Tolerance::Kind::relative:
      return std::fabs(left - right) <= tolerance.amount * std::max(std::fabs(left), std::fabs(right));
    case Tolerance::Kind::ulp:
      return units_apart(left, right, narrow) <= tolerance.amount;
  }
  return false;
}

}  // namespace

Tolerance tolerance_from_string(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const std::string_view trimmed = text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
  Tolerance tolerance;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), tolerance.amount);
  if (error != std::errc()) refuse_tolerance(text, "it does not begin with a number");
  std::string_view unit = trimmed.substr(static_cast<std::size_t>(end - trimmed.data()));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  if (!std::isfinite(tolerance.amount) || std::signbit(tolerance.amount))
    refuse_tolerance(text, "the number must be zero or more");
  if (unit.empty() || unit == "absolute") {
    tolerance.kind = Tolerance::Kind::absolute;
  } else if (unit == "relative") {
    tolerance.kind = Tolerance::Kind::relative;
  } else if (unit == "ulp") {
    tolerance.kind = Tolerance::Kind::ulp;
    if (tolerance.amount != std::floor(tolerance.amount)) refuse_tolerance(text, "units in the last place are whole");
  } else {
    refuse_tolerance(text, fmt::format("the unit '{}' is not known", unit));
  }
  return tolerance;
}

struct ValueRule::Impl {
  Impl(const catalog::Type& left, const catalog::Type& right, const Options& chosen)
      : forms(left, right, chosen), options(chosen) {}

  bool tolerated(const std::string& left, const std::string& right) const {
    if (options.tolerance.kind == Tolerance::Kind::none || forms.choice().kind != ValueKind::floating) return false;
    const auto one = forms.floating(ValueSide::left, left);
    const auto other = forms.floating(ValueSide::right, right);
    return one && other && within(options.tolerance, *one, *other, forms.choice().common.bits == 32);
  }

  bool snapped(const std::string& left, const std::string& right) const {
    if (!forms.has_grid()) return false;
    const auto one = forms.moment(ValueSide::left, left);
    const auto other = forms.moment(ValueSide::right, right);
    return one && other && forms.same_moment(*one, *other);
  }

  Cell form(ValueSide side, const Cell& value) const {
    if (!value) return forms.form_of_null();
    std::string form;
    forms.append_text(side, *value, form);
    return form;
  }

  ValueForms forms;
  Options options;
};

ValueRule::ValueRule(const catalog::Type& left, const catalog::Type& right, const Options& options)
    : impl_(std::make_unique<Impl>(left, right, options)) {}
ValueRule::~ValueRule() = default;
ValueRule::ValueRule(ValueRule&&) noexcept = default;
ValueRule& ValueRule::operator=(ValueRule&&) noexcept = default;

std::string_view ValueRule::name() const {
  return impl_->forms.choice().name;
}

const std::string& ValueRule::refusal() const {
  return impl_->forms.choice().refusal;
}

void ValueRule::append_left_form(const ColumnVector& column, std::size_t row, std::string& out) const {
  impl_->forms.append(ValueSide::left, column, row, out);
}

void ValueRule::append_right_form(const ColumnVector& column, std::size_t row, std::string& out) const {
  impl_->forms.append(ValueSide::right, column, row, out);
}

std::optional<std::string> ValueRule::left_form(const Cell& value) const {
  return impl_->form(ValueSide::left, value);
}

std::optional<std::string> ValueRule::right_form(const Cell& value) const {
  return impl_->form(ValueSide::right, value);
}

bool ValueRule::same(const Cell& left, const Cell& right) const {
  if (left_form(left) == right_form(right)) return true;
  if (!left || !right) return false;
  return impl_->tolerated(*left, *right) || impl_->snapped(*left, *right);
}

ValueDifference ValueRule::explain(const Cell& left, const Cell& right) const {
  return explain_values(impl_->forms, impl_->options, left, right);
}

RowHasher::RowHasher(std::vector<const ValueRule*> rules, Side side) : rules_(std::move(rules)), side_(side) {}

void RowHasher::hash(const ColumnBatch& batch, std::vector<RowHash>& hashes) {
  assert(batch.columns.size() == rules_.size());
  hashes.resize(batch.rows);
  // A row is two words per column, and a bit per column that says whether it is NULL.
  const std::size_t bitmap_begin = rules_.size() * 2;
  const std::size_t row_words = bitmap_begin + (rules_.size() + 63) / 64;
  const std::size_t chunk_rows = std::clamp<std::size_t>(kChunkBytes / (row_words * 8 + 1), 1, 1'024);
  std::vector<std::uint64_t> words(std::min(chunk_rows, batch.rows) * row_words);
  const ValueSide side = side_ == Side::left ? ValueSide::left : ValueSide::right;
  for (std::size_t begin = 0; begin < batch.rows; begin += chunk_rows) {
    const std::size_t end = std::min(begin + chunk_rows, batch.rows);
    for (std::size_t row = 0; row < end - begin; ++row)
      std::fill_n(words.begin() + static_cast<std::ptrdiff_t>(row * row_words + bitmap_begin), row_words - bitmap_begin,
                  0);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const ValueForms& forms = rules_[i]->impl_->forms;
      const ColumnVector& column = batch.columns[i];
      forms.write_slots(side, column, begin, end, words.data() + 2 * i, row_words, form_);
      if (column.validity.empty()) continue;
      for (std::size_t row = begin; row < end; ++row) {
        if (!column.is_null(row)) continue;
        std::uint64_t* const row_memory = words.data() + (row - begin) * row_words;
        forms.write_slot_of_null(row_memory + 2 * i);
        if (!forms.form_of_null()) row_memory[bitmap_begin + i / 64] |= std::uint64_t{1} << (i % 64);
      }
    }
    for (std::size_t row = begin; row < end; ++row) {
      const XXH128_hash_t hash = XXH3_128bits(words.data() + (row - begin) * row_words, row_words * 8);
      hashes[row] = {hash.low64, hash.high64};
    }
  }
}

}  // namespace paripassu
