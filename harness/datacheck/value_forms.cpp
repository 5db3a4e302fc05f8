#include "harness/datacheck/value_forms.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "harness/datacheck/value_words.h"
#include "harness/dataset/value_text.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;
using dataset::Moment;
using dataset::Snap;

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kDaysMax = 10'000'000'000;  ///< beyond what any engine has

bool accepts(const ValueRule::Options& options, ValueClass value_class) {
  return !options.count_accepted && options.verdicts[static_cast<std::size_t>(value_class)] == ClassVerdict::accepted;
}

std::optional<int> decimal_scale(const Type& type) {
  if (type.family == TypeFamily::integer) return 0;
  if (type.family != TypeFamily::decimal) return std::nullopt;
  if (type.scale) return type.scale;
  return type.precision ? std::optional<int>(0) : std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends the byte that two hexadecimal digits say; false where they are none.
bool append_hex_byte(char high, char low, std::string& out) {
  const int value = hex_digit(high) * 16 + hex_digit(low);
  if (hex_digit(high) < 0 || hex_digit(low) < 0) return false;
  out += static_cast<char>(value);
  return true;
}

bool append_hex(std::string_view text, std::string& out) {
  if (!text.starts_with("0x") && !text.starts_with("0X") && !text.starts_with("\\x")) return false;
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 2; i < text.size(); i += 2)
    if (!append_hex_byte(text[i], text[i + 1], out)) return false;
  return true;
}

bool append_uuid(std::string_view text, std::string& out) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    if (!append_hex_byte(text[i], text[i + 1], out)) return false;
    i += 2;
  }
  return true;
}

std::optional<std::int64_t> read_int64(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class Float>
std::optional<double> read_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const bool plain = text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  if (!plain) {
    const auto special = DecimalNumber::read(text);
    if (!special || special->is_finite()) return std::nullopt;
    if (special->kind() == DecimalNumber::Kind::not_a_number) return std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    return special->kind() == DecimalNumber::Kind::infinity ? infinity : -infinity;
  }
  Float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || std::isinf(value)) return std::nullopt;
  // Some libraries take what is too near to zero for zero.
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  if (value == 0 && mantissa.find_first_of("123456789") != std::string_view::npos) return std::nullopt;
  return static_cast<double>(value);
}

}  // namespace

std::string format_value(const ColumnVector& column, std::size_t row) {
  ColumnBatch batch;
  ColumnVector& value = batch.columns.emplace_back();
  value.layout = column.layout;
  const std::string_view bytes = column.bytes(row);
  if (fixed_width(column.layout) == 0) {
    value.append_bytes(bytes);
  } else {
    value.append_fixed(bytes.data(), bytes.size());
  }
  return batch.format(0, 0);
}

ValueForms::ValueForms(const Type& left, const Type& right, const ValueRule::Options& options)
    : choice_(choose_value_kind(left, right, options.exact)), pairing_(left, right), exact_(options.exact) {
  own_[0].type = left;
  own_[1].type = right;
  if (!choice_.refusal.empty()) return;
  const bool text_common = is_text_type(choice_.common);
  for (Own& own : own_) {
    own.is_text = is_text_type(own.type);
    own.trims = own.is_text && !text_common;
  }
  truth_ = choice_.kind == ValueKind::boolean && (own_[0].is_text || own_[1].is_text);

  const bool is_textual = left.array_dimensions == 0 && right.array_dimensions == 0 && text_common;
  if (choice_.kind == ValueKind::text && is_textual) {
    const bool pads = !exact_ && (left.fixed_length || right.fixed_length);
    folding_.blanks = accepts(options, ValueClass::trailing_blanks) || (pads && accepts(options, ValueClass::padding));
    folding_.composition = accepts(options, ValueClass::unicode_form);
    folding_.letter_case = accepts(options, ValueClass::letter_case);
  }
  if (choice_.kind == ValueKind::bytes && !exact_ && choice_.common.fixed_length && choice_.common.length &&
      *choice_.common.length > 0 && accepts(options, ValueClass::padding))
    padded_bytes_ = static_cast<std::size_t>(*choice_.common.length);

  if (choice_.kind == ValueKind::decimal && !exact_) {
    const bool rounds = accepts(options, ValueClass::rounding);
    if (rounds) decimal_snap_ = DecimalNumber::Snap::round;
    if (rounds || accepts(options, ValueClass::precision)) {
      const auto left_scale = decimal_scale(left);
      const auto right_scale = decimal_scale(right);
      if (left_scale && (!right_scale || *right_scale > *left_scale)) own_[1].decimal_digits_max = left_scale;
      if (right_scale && (!left_scale || *left_scale > *right_scale)) own_[0].decimal_digits_max = right_scale;
    }
  }

  const bool is_time = choice_.kind == ValueKind::time || choice_.kind == ValueKind::timestamp;
  if (is_time && !exact_) {
    grid_.tick_ns = 1;
    std::array<std::int64_t, 2> ticks = {1, 1};
    for (std::size_t i = 0; i < 2; ++i) {
      if (own_[i].type.family != choice_.common.family) continue;
      const dataset::Grid grid = dataset::grid_of(own_[i].type);
      ticks[i] = grid.tick_ns;
      if (grid.tick_ns > grid_.tick_ns) grid_ = grid;
    }
    has_grid_ = grid_.tick_ns > 1;
    for (std::size_t i = 0; i < 2; ++i)
      own_[i].snaps_time = has_grid_ && ticks[i] < grid_.tick_ns && own_[i].type.family != TypeFamily::date;
  }

  // Padded, empty bytes are the same as zeros, which NULL is not.
  if (accepts(options, ValueClass::null_empty) && padded_bytes_ == 0) {
    for (const ValueSide side : {ValueSide::left, ValueSide::right}) {
      const bool has_empty =
          own(side).is_text || (own(side).type.family == TypeFamily::binary && own(side).type.array_dimensions == 0);
      if (!has_empty) continue;
      form_of_null_.emplace();
      append_text(side, own(side).is_text ? "" : "0x", *form_of_null_);
      break;
    }
  }
}

std::string_view ValueForms::content(const Own& own, std::string_view text) const {
  return own.trims ? text.substr(0, text.find_last_not_of(' ') + 1) : text;
}

void ValueForms::append_invalid(ValueSide side, std::string_view text, std::string& out) const {
  out += static_cast<char>(kInvalidForm);
  if (truth_ && own(side).is_text) {
    out += text;
  } else {
    out += dataset::read_value(own(side).type, text).value_or(std::string(text));
  }
}

/// `text` is what `number` was read from.
void ValueForms::append_number(const Own& own, DecimalNumber number, std::string_view text, std::string& out) const {
  if (own.decimal_digits_max) number.snap(*own.decimal_digits_max, decimal_snap_);
  number.append_ordered(out);
  if (!exact_) return;
  const std::size_t point = text.find('.');
  const auto digits = static_cast<std::uint32_t>(point == std::string_view::npos ? 0 : text.size() - point - 1);
  out += '\0';
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((digits >> shift) & 0xFFU);
}

/// A float as wide as the narrower column; nothing beyond its range.
std::optional<double> ValueForms::narrowed(double value) const {
  if (choice_.common.bits != 32 || !std::isfinite(value) || value == 0) return value;
  constexpr double kFloatMax = std::numeric_limits<float>::max();
  constexpr double kHalfUnitOfMax = 0x1p103;
  if (std::fabs(value) >= kFloatMax + kHalfUnitOfMax) return std::nullopt;
  const auto result = static_cast<float>(std::clamp(value, -kFloatMax, kFloatMax));
  // Where two floats are equally near, the shortest text of the double decides, which canonical texts have.
  const std::uint64_t cut_bits = std::bit_cast<std::uint64_t>(value) & 0x1FFF'FFFFU;
  if (cut_bits == 0x1000'0000U || std::fabs(result) < std::numeric_limits<float>::min()) {
    std::array<char, 64> digits;
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return read_float<float>({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  return static_cast<double>(result);
}

std::uint64_t ValueForms::float_key(double value) const {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  if (value == 0 && !exact_) value = 0;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

std::optional<double> ValueForms::floating(ValueSide side, std::string_view text) const {
  const Own& own = this->own(side);
  text = content(own, text);
  if (own.type.family == TypeFamily::floating && own.type.bits != 32) {
    const auto wide = read_float<double>(text);
    return wide ? narrowed(*wide) : std::nullopt;
  }
  return choice_.common.bits == 32 ? read_float<float>(text) : read_float<double>(text);
}

std::optional<DecimalNumber> ValueForms::number(ValueSide side, std::string_view text) const {
  return DecimalNumber::read(content(own(side), text));
}

std::optional<Moment> ValueForms::moment(ValueSide side, std::string_view text) const {
  const Own& own = this->own(side);
  return dataset::read_moment(own.is_text ? choice_.common : own.type, content(own, text));
}

bool ValueForms::same_moment(const Moment& left, const Moment& right) const {
  if (left == right) return true;
  if (!has_grid_) return false;
  // Rounding up the last time of a day gives 24:00:00 on one engine and 00:00:00 on another.
  const auto is = [&](const Moment& coarse, const Moment& fine, const Moment& snapped) {
    const bool wraps = choice_.kind == ValueKind::time && snapped.nanoseconds == kDay_s * kSecond_ns && fine != snapped;
    if (wraps && coarse.nanoseconds == 0) return true;
    const auto carried = [](Moment moment) {
      if (moment.infinity == 0 && moment.nanoseconds >= kDay_s * kSecond_ns) {
        ++moment.days;
        moment.nanoseconds -= kDay_s * kSecond_ns;
      }
      return moment;
    };
    return coarse == (choice_.kind == ValueKind::time ? snapped : carried(snapped));
  };
  for (const Snap snap : {Snap::round, Snap::cut}) {
    if (is(left, right, dataset::snapped(right, grid_, snap))) return true;
    if (is(right, left, dataset::snapped(left, grid_, snap))) return true;
  }
  return false;
}

std::optional<std::uint64_t> ValueForms::boolean_of_text(const Own& own, std::string_view text) const {
  using catalog::TypeFamily;
  text = content(own, text);
  const bool is_number = own.type.family == TypeFamily::integer || own.type.family == TypeFamily::decimal ||
                         own.type.family == TypeFamily::floating;
  if (is_number) {
    const auto number = DecimalNumber::read(text);
    if (!number) return std::nullopt;
    if (number->is_zero()) return 0;
    if (*number == DecimalNumber::of(1)) return 1;
    return std::nullopt;
  }
  const auto is_word = [&](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char one, char other) {
        return (one >= 'A' && one <= 'Z' ? one + ('a' - 'A') : one) == other;
      });
    });
  };
  if (is_word({"true", "t", "1"}) || (own.is_text && is_word({"y", "yes"}))) return 1;
  if (is_word({"false", "f", "0"}) || (own.is_text && is_word({"n", "no"}))) return 0;
  return std::nullopt;
}

/// Whether a column of such times holds what its type says.
bool ValueForms::goes_with(const Own& own, ColumnLayout layout) const {
  if (own.type.array_dimensions > 0) return false;
  switch (layout) {
    case ColumnLayout::date:
      return own.type.family == TypeFamily::date;
    case ColumnLayout::time:
      return own.type.family == TypeFamily::time && !own.type.with_time_zone;
    case ColumnLayout::timestamp:
    case ColumnLayout::timestamp_tz:
      return own.type.family == TypeFamily::timestamp &&
             own.type.with_time_zone == (layout == ColumnLayout::timestamp_tz);
    default:
      return false;
  }
}

std::int64_t ValueForms::snapped_time(const Own& own, std::int64_t nanoseconds) const {
  if (!own.snaps_time) return nanoseconds;
  return dataset::snapped({0, nanoseconds, 0}, grid_, Snap::round).nanoseconds;
}

ValueForms::Instant ValueForms::snapped_instant(const Own& own, Instant instant) const {
  if (!own.snaps_time || instant.seconds == kPositiveInfinity || instant.seconds == kNegativeInfinity) return instant;
  if (kSecond_ns % grid_.tick_ns == 0) {
    instant.nanoseconds = (instant.nanoseconds + grid_.tick_ns / 2) / grid_.tick_ns * grid_.tick_ns;
  } else {
    Moment moment{instant.seconds / kDay_s, (instant.seconds % kDay_s) * kSecond_ns + instant.nanoseconds, 0};
    if (instant.seconds % kDay_s < 0) {
      --moment.days;
      moment.nanoseconds += kDay_s * kSecond_ns;
    }
    moment = dataset::snapped(moment, grid_, Snap::round);
    instant.seconds = moment.days * kDay_s + moment.nanoseconds / kSecond_ns;
    instant.nanoseconds = moment.nanoseconds % kSecond_ns;
  }
  if (instant.nanoseconds >= kSecond_ns) {
    ++instant.seconds;
    instant.nanoseconds -= kSecond_ns;
  }
  return instant;
}

ValueForms::Instant ValueForms::instant_of(const Own& own, const Moment& moment) const {
  if (moment.infinity != 0) return {moment.infinity > 0 ? kPositiveInfinity : kNegativeInfinity, 0};
  return snapped_instant(own,
                         {moment.days * kDay_s + moment.nanoseconds / kSecond_ns, moment.nanoseconds % kSecond_ns});
}

std::optional<ValueForms::Instant> ValueForms::instant(const Own& own, const ColumnVector& column,
                                                       std::size_t row) const {
  if (!goes_with(own, column.layout)) return std::nullopt;
  const std::int64_t value = column.int64(row);
  if (column.layout != ColumnLayout::date) return snapped_instant(own, {value, column.nanoseconds(row)});
  if (value == kPositiveInfinity || value == kNegativeInfinity) return Instant{value, 0};
  if (value > kDaysMax || value < -kDaysMax) return std::nullopt;
  return Instant{value * kDay_s, 0};
}

/// The value as a word, for kinds that have one; nothing where the layout asks for the long way.
std::optional<std::uint64_t> ValueForms::word(const Own& own, const ColumnVector& column, std::size_t row) const {
  const bool plain = own.type.array_dimensions == 0;
  switch (choice_.kind) {
    case ValueKind::boolean: {
      const bool fits = (column.layout == ColumnLayout::boolean && own.type.family == TypeFamily::boolean) ||
                        (column.layout == ColumnLayout::int64 &&
                         (own.type.family == TypeFamily::integer || own.type.family == TypeFamily::boolean));
      if (!fits || !plain) return std::nullopt;
      const std::int64_t value = column.int64(row);
      if (value != 0 && value != 1) return std::nullopt;
      return static_cast<std::uint64_t>(value);
    }
    case ValueKind::integer:
      if (column.layout != ColumnLayout::int64 || own.is_text) return std::nullopt;
      return signed_key(column.int64(row));
    case ValueKind::floating: {
      if (own.is_text) return std::nullopt;
      std::optional<double> value;
      if (column.layout == ColumnLayout::float64) value = narrowed(column.float64(row));
      // A float that is read as the wider double is the double of its shortest text, not its own bits.
      if (column.layout == ColumnLayout::float32 && choice_.common.bits == 32) value = column.float64(row);
      if (column.layout == ColumnLayout::int64) {
        const std::int64_t integer = column.int64(row);
        value =
            choice_.common.bits == 32 ? static_cast<double>(static_cast<float>(integer)) : static_cast<double>(integer);
      }
      if (!value) return std::nullopt;
      return float_key(*value);
    }
    case ValueKind::date:
      if (!goes_with(own, column.layout)) return std::nullopt;
      return signed_key(column.int64(row));
    case ValueKind::time:
      if (!goes_with(own, column.layout)) return std::nullopt;
      return signed_key(snapped_time(own, column.int64(row)));
    default:
      return std::nullopt;
  }
}

void ValueForms::append(ValueSide side, const ColumnVector& column, std::size_t row, std::string& out) const {
  const Own& own = this->own(side);
  if (const auto key = word(own, column, row)) return append_word_form(*key, out);
  const ColumnLayout layout = column.layout;
  if (choice_.kind == ValueKind::timestamp) {
    if (const auto value = instant(own, column, row))
      return append_instant_form(value->seconds, value->nanoseconds, out);
  }
  if (choice_.kind == ValueKind::decimal && layout == ColumnLayout::int64 && !own.is_text && !exact_)
    return append_number(own, DecimalNumber::of(column.int64(row)), {}, out);
  if (choice_.kind == ValueKind::uuid && layout == ColumnLayout::uuid && !own.is_text) {
    out += static_cast<char>(kValidForm);
    out += column.bytes(row);
    return;
  }
  if (choice_.kind == ValueKind::bytes && layout == ColumnLayout::bytes && !own.is_text) {
    const std::string_view bytes = column.bytes(row);
    out += static_cast<char>(kValidForm);
    out += bytes;
    if (bytes.size() < padded_bytes_) out.append(padded_bytes_ - bytes.size(), '\0');
    return;
  }
  if (layout == ColumnLayout::text || layout == ColumnLayout::decimal) {
    append_text(side, column.bytes(row), out);
  } else {
    append_text(side, format_value(column, row), out);
  }
}

void ValueForms::append_text(ValueSide side, std::string_view text, std::string& out) const {
  const Own& own = this->own(side);
  const std::size_t begin = out.size();
  switch (choice_.kind) {
    case ValueKind::text:
      return append_folded(text, folding_, out);
    case ValueKind::canonical: {
      const std::string value(text);
      out += side == ValueSide::left ? pairing_.left_form(value) : pairing_.right_form(value);
      return;
    }
    case ValueKind::boolean:
      if (const auto value = boolean_of_text(own, text)) return append_word_form(*value, out);
      break;
    case ValueKind::integer:
      if (const auto value = read_int64(content(own, text))) return append_word_form(signed_key(*value), out);
      // Beyond 64 bits it is no value of a column, but equal to its other spellings.
      if (const auto big = dataset::read_value(choice_.common, content(own, text)))
        return append_invalid(side, *big, out);
      break;
    case ValueKind::decimal:
      if (auto value = number(side, text)) return append_number(own, std::move(*value), text, out);
      break;
    case ValueKind::floating:
      if (const auto value = floating(side, text)) return append_word_form(float_key(*value), out);
      break;
    case ValueKind::bytes:
      out += static_cast<char>(kValidForm);
      if (append_hex(content(own, text), out)) {
        const std::size_t size = out.size() - begin - 1;
        if (size < padded_bytes_) out.append(padded_bytes_ - size, '\0');
        return;
      }
      break;
    case ValueKind::uuid:
      out += static_cast<char>(kValidForm);
      if (append_uuid(content(own, text), out)) return;
      break;
    case ValueKind::date:
      if (const auto value = moment(side, text)) {
        if (value->infinity != 0)
          return append_word_form(signed_key(value->infinity > 0 ? kPositiveInfinity : kNegativeInfinity), out);
        return append_word_form(signed_key(value->days), out);
      }
      break;
    case ValueKind::time:
      if (const auto value = moment(side, text))
        return append_word_form(signed_key(snapped_time(own, value->nanoseconds)), out);
      break;
    case ValueKind::timestamp:
      if (const auto value = moment(side, text)) {
        const Instant at = instant_of(own, *value);
        return append_instant_form(at.seconds, at.nanoseconds, out);
      }
      break;
  }
  out.resize(begin);
  append_invalid(side, text, out);
}

}  // namespace paripassu
