#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/datacheck/unicode_form.h"
#include "harness/datacheck/value_decimal.h"
#include "harness/datacheck/value_kind.h"
#include "harness/datacheck/value_rule.h"
#include "harness/dataset/value_pairing.h"

namespace paripassu {

enum class ValueSide : std::size_t { left, right };

/// The forms of the values of a pair of columns: `ValueRule` says what they are for. Private to the room.
///
/// Numbers, dates, times and uuids begin with a byte that says whether the value is one of the common type, and go on
/// in an order that compares like the values; texts are themselves. A value that cannot be read by the common type
/// ("abc" beside an integer) has a form that no value of it has.
///
/// A slot is 16 bytes that are equal where the forms are: the value itself where it fits, else the hash of its form.
class ValueForms {
 public:
  ValueForms(const catalog::Type& left, const catalog::Type& right, const ValueRule::Options& options);

  const ValueKindChoice& choice() const { return choice_; }
  const catalog::Type& type(ValueSide side) const { return own(side).type; }
  TextFolding folding() const { return folding_; }
  /// Whether one of two columns of times is coarser than a nanosecond.
  bool has_grid() const { return has_grid_; }
  /// The ticks of the coarser one; and whether the other one is finer.
  std::int64_t tick_ns() const { return grid_.tick_ns; }
  bool ticks_differ() const { return own_[0].snaps_time || own_[1].snaps_time; }

  void append(ValueSide side, const ColumnVector& column, std::size_t row, std::string& out) const;
  /// Of a canonical text.
  void append_text(ValueSide side, std::string_view text, std::string& out) const;
  /// That of NULL where it is taken for the empty text.
  const std::optional<std::string>& form_of_null() const { return form_of_null_; }

  /// Slots of the rows from `begin` to `end`: two words each, `stride` words from one to the next. Those of NULLs are
  /// not defined. `scratch` is memory to reuse.
  void write_slots(ValueSide side, const ColumnVector& column, std::size_t begin, std::size_t end, std::uint64_t* slots,
                   std::size_t stride, std::string& scratch) const;
  void write_slot_of_null(std::uint64_t* slot) const;

  /// Canonical texts as what they say; nothing where they are no value of the rule.
  std::optional<DecimalNumber> number(ValueSide side, std::string_view text) const;
  std::optional<double> floating(ValueSide side, std::string_view text) const;
  std::optional<dataset::Moment> moment(ValueSide side, std::string_view text) const;
  /// Whether two times are equal, or one is the other after it was cut or rounded to the coarser column.
  bool same_moment(const dataset::Moment& left, const dataset::Moment& right) const;

 private:
  struct Own {
    catalog::Type type;
    bool is_text = false;
    bool trims = false;                     ///< blanks at the end say nothing beside a type that is no text
    bool snaps_time = false;                ///< finer than the other side
    std::optional<int> decimal_digits_max;  ///< beyond which accepted differences are gone from the form
  };
  const Own& own(ValueSide side) const { return own_[static_cast<std::size_t>(side)]; }
  std::string_view content(const Own& own, std::string_view text) const;

  void append_invalid(ValueSide side, std::string_view text, std::string& out) const;
  void append_number(const Own& own, DecimalNumber number, std::string_view text, std::string& out) const;
  std::optional<std::uint64_t> word(const Own& own, const ColumnVector& column, std::size_t row) const;
  std::optional<std::uint64_t> boolean_of_text(const Own& own, std::string_view text) const;
  std::optional<double> narrowed(double value) const;
  std::uint64_t float_key(double value) const;
  bool goes_with(const Own& own, ColumnLayout layout) const;
  struct Instant {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
  };
  std::optional<Instant> instant(const Own& own, const ColumnVector& column, std::size_t row) const;
  Instant snapped_instant(const Own& own, Instant instant) const;
  Instant instant_of(const Own& own, const dataset::Moment& moment) const;
  std::int64_t snapped_time(const Own& own, std::int64_t nanoseconds) const;
  void write_decimal_slot(ValueSide side, std::string_view text, std::uint64_t* slot, std::string& scratch) const;
  void write_slot_of_form(std::string_view form, std::uint64_t* slot) const;

  ValueKindChoice choice_;
  std::array<Own, 2> own_;
  dataset::ValuePairing pairing_;
  bool exact_ = false;
  bool has_grid_ = false;
  bool truth_ = false;  ///< a text beside a boolean
  dataset::Grid grid_;
  std::size_t padded_bytes_ = 0;
  DecimalNumber::Snap decimal_snap_ = DecimalNumber::Snap::cut;
  TextFolding folding_;
  std::optional<std::string> form_of_null_;
};

/// One value as ColumnBatch::format prints it.
std::string format_value(const ColumnVector& column, std::size_t row);

}  // namespace paripassu
