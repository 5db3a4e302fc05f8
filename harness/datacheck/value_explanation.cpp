#include "harness/datacheck/value_explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "harness/dataset/value_text.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;
using dataset::Moment;

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::int64_t kMinute_ns = 60 * kSecond_ns;
constexpr std::int64_t kDay_ns = 86'400 * kSecond_ns;
constexpr std::int64_t kQuarter_ns = 15 * kMinute_ns;
constexpr std::int64_t kOffset_ns_max = 14 * 60 * kMinute_ns;
constexpr std::size_t kNoteLength_max = 60;

std::string by(const std::string& amount) {
  return amount.empty() || amount.size() > kNoteLength_max ? std::string() : "by " + amount;
}

/// Digits after the point that a column keeps; nothing where it keeps all.
std::optional<int> scale_of(const Type& type) {
  if (type.array_dimensions > 0) return std::nullopt;
  if (type.family == TypeFamily::integer) return 0;
  if (type.family != TypeFamily::decimal) return std::nullopt;
  if (type.scale) return type.scale;
  return type.precision ? std::optional<int>(0) : std::nullopt;
}

std::string shortest(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// "+01:00", "-00:00:00.003", "+3 days", "+1 day 02:00:00".
std::string shown_duration(std::int64_t days, std::int64_t nanoseconds) {
  // Both with the same sign.
  if (days > 0 && nanoseconds < 0) --days, nanoseconds += kDay_ns;
  if (days < 0 && nanoseconds > 0) ++days, nanoseconds -= kDay_ns;
  const bool negative = days < 0 || nanoseconds < 0;
  const std::int64_t whole = negative ? -days : days;
  const std::int64_t rest = negative ? -nanoseconds : nanoseconds;
  std::string text = negative ? "-" : "+";
  if (whole != 0) text += fmt::format("{} {}", whole, whole == 1 ? "day" : "days");
  if (rest == 0) return text;
  if (whole != 0) text += ' ';
  text += fmt::format("{:02}:{:02}", rest / (60 * kMinute_ns), rest / kMinute_ns % 60);
  if (rest % kMinute_ns == 0 && whole == 0) return text;
  text += fmt::format(":{:02}", rest / kSecond_ns % 60);
  if (const std::int64_t fraction = rest % kSecond_ns; fraction != 0) {
    std::string digits = fmt::format(".{:09}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += digits;
  }
  return text;
}

class Explainer {
 public:
  Explainer(const ValueForms& forms, const ValueRule::Options& options, const Cell& left, const Cell& right)
      : forms_(forms), options_(options), left_(*left), right_(*right) {
    result_.left = left;
    result_.right = right;
  }

  ValueDifference explain() {
    switch (forms_.choice().kind) {
      case ValueKind::text:
        explain_text();
        break;
      case ValueKind::bytes:
        explain_binary();
        break;
      case ValueKind::integer:
      case ValueKind::decimal:
        explain_numbers();
        break;
      case ValueKind::floating:
        explain_floats();
        break;
      case ValueKind::date:
      case ValueKind::time:
      case ValueKind::timestamp:
        explain_times();
        break;
      case ValueKind::uuid:
        set(ValueClass::different, note_on_uuids());
        break;
      case ValueKind::boolean:
        set(ValueClass::different, note_on_unreadable());
        break;
      case ValueKind::canonical:
        explain_canonical();
        break;
    }
    return std::move(result_);
  }

 private:
  void set(ValueClass value_class, std::string note = {}) {
    set_class(result_, value_class, options_.verdicts, std::move(note));
  }

  const Type& left_type() const { return forms_.type(ValueSide::left); }
  const Type& right_type() const { return forms_.type(ValueSide::right); }
  TextPair texts() const { return {left_, right_, left_type(), right_type()}; }

  /// Which side cannot be read by the common type.
  std::string note_on_unreadable() const {
    for (const ValueSide side : {ValueSide::left, ValueSide::right}) {
      std::string form;
      forms_.append_text(side, side == ValueSide::left ? left_ : right_, form);
      if (!form.empty() && static_cast<unsigned char>(form.front()) == 0xFF)
        return fmt::format("the {} value is no {}", side == ValueSide::left ? "left" : "right", forms_.choice().name);
    }
    return {};
  }

  void explain_text() {
    // Compared by its spelling, but not written as a text.
    if (!is_text_type(forms_.choice().common) && dataset::ValuePairing(left_type(), right_type()).same(left_, right_))
      return set(ValueClass::json_formatting);
    explain_texts(texts(), options_.verdicts, result_);
  }

  void explain_binary() {
    if (std::string note = note_on_unreadable(); !note.empty()) return set(ValueClass::different, std::move(note));
    const auto left = dataset::read_value(forms_.choice().common, left_);
    const auto right = dataset::read_value(forms_.choice().common, right_);
    // The neutral values are padded, if any is.
    Type bare = forms_.choice().common;
    bare.fixed_length = false;
    const std::string one = dataset::read_value(bare, left_).value_or(left_);
    const std::string other = dataset::read_value(bare, right_).value_or(right_);
    if (left && left == right && one != other) return set(ValueClass::padding);
    explain_bytes({one, other, left_type(), right_type()}, options_.verdicts, result_);
  }

  void explain_numbers() {
    const auto left = forms_.number(ValueSide::left, left_);
    const auto right = forms_.number(ValueSide::right, right_);
    if (!left || !right) return set(ValueClass::different, note_on_unreadable());
    // Only where numbers compare by their spelling, too.
    if (*left == *right) return set(ValueClass::precision, "by zeros at the end");
    explain_digits(*left, *right);
  }

  void explain_digits(const DecimalNumber& left, const DecimalNumber& right) {
    const auto apart = difference(right, left);
    std::string note = apart ? by(apart->to_string()) : std::string();
    const auto left_scale = scale_of(left_type());
    const auto right_scale = scale_of(right_type());
    if (!apart || left_scale == right_scale) return set(ValueClass::different, std::move(note));
    const bool left_coarser = left_scale && (!right_scale || *left_scale < *right_scale);
    const DecimalNumber& coarse = left_coarser ? left : right;
    const DecimalNumber& fine = left_coarser ? right : left;
    const int scale = left_coarser ? *left_scale : *right_scale;
    // A number that the coarser column could hold as it is was neither cut nor rounded.
    DecimalNumber cut = fine;
    cut.snap(scale, DecimalNumber::Snap::cut);
    if (cut == fine) return set(ValueClass::different, std::move(note));
    if (cut == coarse) return set(ValueClass::precision, std::move(note));
    // By whatever mode of rounding: away by less than a unit of the last digit that is kept.
    DecimalNumber units = *apart;
    units.snap(scale, DecimalNumber::Snap::cut);
    DecimalNumber kept = coarse;
    kept.snap(scale, DecimalNumber::Snap::cut);
    const bool rounded = units.is_zero() && kept == coarse;
    set(rounded ? ValueClass::rounding : ValueClass::different, std::move(note));
  }

  void explain_floats() {
    const auto left_number = forms_.number(ValueSide::left, left_);
    const auto right_number = forms_.number(ValueSide::right, right_);
    if (!left_number || !right_number) return set(ValueClass::different, note_on_unreadable());
    if (!left_number->is_finite() || !right_number->is_finite()) return set(ValueClass::different);
    if (scale_of(left_type()) || scale_of(right_type())) return explain_digits(*left_number, *right_number);
    const double left = wide(left_);
    const double right = wide(right_);
    std::string note = by(shortest(right - left));
    if (left_type().bits == right_type().bits || left_type().family != right_type().family)
      return set(ValueClass::different, std::move(note));
    const bool left_narrow = left_type().bits == 32;
    const bool between = is_beside(static_cast<float>(left_narrow ? left : right), left_narrow ? right : left);
    set(between ? ValueClass::rounding : ValueClass::different, std::move(note));
  }

  /// Whether `value` lies between a float and the next one up or down.
  static bool is_beside(float narrow, double value) {
    constexpr double kBeyondFloats = 0x1p128;
    const float infinity = std::numeric_limits<float>::infinity();
    const double below = static_cast<double>(std::nextafter(narrow, -infinity));
    const double above = static_cast<double>(std::nextafter(narrow, infinity));
    return value > std::max(below, -kBeyondFloats) && value < std::min(above, kBeyondFloats);
  }

  static double wide(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  void explain_times() {
    const auto left = forms_.moment(ValueSide::left, left_);
    const auto right = forms_.moment(ValueSide::right, right_);
    if (!left || !right) return set(ValueClass::different, note_on_unreadable());
    if (left->infinity != 0 || right->infinity != 0) return set(ValueClass::different);
    const std::int64_t days = right->days - left->days;
    const std::int64_t nanoseconds = right->nanoseconds - left->nanoseconds;
    std::string note = by(shown_duration(days, nanoseconds));
    const ValueKind kind = forms_.choice().kind;
    if (kind == ValueKind::date) return set(ValueClass::different, std::move(note));
    // A date keeps the day of a timestamp.
    const bool has_date = left_type().family == TypeFamily::date || right_type().family == TypeFamily::date;
    if (kind == ValueKind::timestamp && has_date && days == 0) return set(ValueClass::precision, std::move(note));
    if (const auto offset_ns = zone_offset(*left, *right))
      return set(ValueClass::time_zone, by(shown_duration(0, *offset_ns)));
    const std::int64_t tick_ns = forms_.tick_ns();
    const bool close = days == 0 && tick_ns > 1 && std::abs(nanoseconds) < tick_ns && forms_.ticks_differ();
    set(close ? ValueClass::rounding : ValueClass::different, std::move(note));
  }

  /// A whole number of quarter hours after which the times are the same.
  std::optional<std::int64_t> zone_offset(const Moment& left, const Moment& right) const {
    const bool is_clock = forms_.choice().kind == ValueKind::time;
    const std::int64_t days = right.days - left.days;
    if (std::abs(days) > 1) return std::nullopt;
    std::int64_t apart_ns = days * kDay_ns + (right.nanoseconds - left.nanoseconds);
    // A clock begins again at midnight.
    if (is_clock && apart_ns > kDay_ns / 2) apart_ns -= kDay_ns;
    if (is_clock && apart_ns <= -kDay_ns / 2) apart_ns += kDay_ns;
    const std::int64_t half = apart_ns < 0 ? -kQuarter_ns / 2 : kQuarter_ns / 2;
    const std::int64_t offset_ns = (apart_ns + half) / kQuarter_ns * kQuarter_ns;
    if (offset_ns == 0 || std::abs(offset_ns) > kOffset_ns_max) return std::nullopt;
    Moment moved = left;
    moved.nanoseconds += offset_ns;
    const auto carry = [&](std::int64_t day) {
      moved.nanoseconds -= day * kDay_ns;
      if (!is_clock) moved.days += day;
    };
    if (moved.nanoseconds < 0) carry(-1);
    if (moved.nanoseconds >= kDay_ns) carry(1);
    return forms_.same_moment(moved, right) ? std::optional<std::int64_t>(offset_ns) : std::nullopt;
  }

  std::string note_on_uuids() const {
    std::string left;
    std::string right;
    forms_.append_text(ValueSide::left, left_, left);
    forms_.append_text(ValueSide::right, right_, right);
    constexpr std::size_t kFormBytes = 17;
    if (left.size() != kFormBytes || right.size() != kFormBytes) return note_on_unreadable();
    // As bytes that were written by one machine's order and read by the other's.
    std::reverse(left.begin() + 1, left.begin() + 5);
    std::reverse(left.begin() + 5, left.begin() + 7);
    std::reverse(left.begin() + 7, left.begin() + 9);
    return left == right ? "the bytes of the first three groups are swapped" : "";
  }

  void explain_canonical() {
    const Type& common = forms_.choice().common;
    if (common.array_dimensions == 0 && common.family == TypeFamily::json)
      return set(ValueClass::different, json_place(left_, right_));
    if (common.array_dimensions == 0 && common.family == TypeFamily::time) return explain_times_with_offset();
    const bool printed =
        common.array_dimensions == 0 && (common.family == TypeFamily::composite || common.family == TypeFamily::other);
    if (printed) return explain_texts(texts(), options_.verdicts, result_);
    set(ValueClass::different);
  }

  /// "12:00:00Z" and "13:00:00+01:00" are one time of day of two zones.
  void explain_times_with_offset() {
    const auto clock = [](std::string_view text) {
      Type plain;
      plain.family = TypeFamily::time;
      return dataset::read_moment(plain, text.substr(0, text.find_first_of("Zz+-")));
    };
    const auto left = clock(left_);
    const auto right = clock(right_);
    if (!left || !right) return set(ValueClass::different);
    const auto offset_ns = zone_offset_of_clocks(*left, *right);
    if (offset_ns) return set(ValueClass::time_zone, by(shown_duration(0, *offset_ns)));
    if (*left == *right) return set(ValueClass::time_zone, "by the offset alone");
    set(ValueClass::different, by(shown_duration(0, right->nanoseconds - left->nanoseconds)));
  }

  static std::optional<std::int64_t> zone_offset_of_clocks(const Moment& left, const Moment& right) {
    std::int64_t apart_ns = right.nanoseconds - left.nanoseconds;
    if (apart_ns > kDay_ns / 2) apart_ns -= kDay_ns;
    if (apart_ns <= -kDay_ns / 2) apart_ns += kDay_ns;
    if (apart_ns == 0 || apart_ns % kQuarter_ns != 0) return std::nullopt;
    return apart_ns;
  }

  const ValueForms& forms_;
  const ValueRule::Options& options_;
  const std::string& left_;
  const std::string& right_;
  ValueDifference result_;
};

/// NULL against a value: the empty text and empty bytes are told apart from all others.
ValueDifference explain_null(const ValueForms& forms, const ValueRule::Options& options, const Cell& left,
                             const Cell& right) {
  ValueDifference result;
  result.left = left;
  result.right = right;
  const ValueSide side = left ? ValueSide::left : ValueSide::right;
  const Type& type = forms.type(side);
  const std::string& value = left ? *left : *right;
  const bool is_empty_bytes = type.array_dimensions == 0 && type.family == TypeFamily::binary && value == "0x";
  if (is_empty_bytes || value.empty()) {
    set_class(result, ValueClass::null_empty, options.verdicts);
    return result;
  }
  const bool is_blank = is_text_type(type) && value.find_first_not_of(' ') == std::string::npos;
  if (!is_blank) {
    set_class(result, ValueClass::different, options.verdicts, "NULL on one side");
    return result;
  }
  // NULL, empty and blank: two steps, of which the worse one names the difference.
  const ValueClass blanks = type.fixed_length ? ValueClass::padding : ValueClass::trailing_blanks;
  const bool blanks_worse = options.verdicts[static_cast<std::size_t>(blanks)] <
                            options.verdicts[static_cast<std::size_t>(ValueClass::null_empty)];
  set_class(result, blanks_worse ? blanks : ValueClass::null_empty, options.verdicts);
  return result;
}

}  // namespace

ValueDifference explain_values(const ValueForms& forms, const ValueRule::Options& options, const Cell& left,
                               const Cell& right) {
  if (!left || !right) return explain_null(forms, options, left, right);
  return Explainer(forms, options, left, right).explain();
}

}  // namespace paripassu
