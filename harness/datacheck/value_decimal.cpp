#include "harness/datacheck/value_decimal.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace paripassu {

namespace {

constexpr std::int64_t kExponentMax = 100'000'000'000'000'000;  ///< seventeen digits are read
constexpr std::int64_t kPlainZerosMax = 300;
constexpr std::int64_t kDifferenceDigitsMax = 4'000;
constexpr int kShortDigitsMax = 19;
constexpr int kShortFractionMax = 255;

// The first byte of an ordered form.
constexpr unsigned char kNegativeInfinity = 0x10;
constexpr unsigned char kNegative = 0x20;
constexpr unsigned char kZero = 0x30;
constexpr unsigned char kPositive = 0x40;
constexpr unsigned char kInfinity = 0x50;
constexpr unsigned char kNotANumber = 0x60;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool equals_word(std::string_view text, std::string_view lower_word) {
  return std::equal(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                    [](char one, char other) { return (one >= 'A' && one <= 'Z' ? one - 'A' + 'a' : one) == other; });
}

std::optional<std::int64_t> read_exponent(std::string_view text) {
  const bool down = text.starts_with('-');
  if (down || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value >= kExponentMax) return std::nullopt;
  return down ? -value : value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes, unsigned char flip) {
  for (int i = bytes; i-- > 0;) out += static_cast<char>(static_cast<unsigned char>((value >> (8 * i)) & 0xFFU) ^ flip);
}

}  // namespace

char* DecimalNumber::storage(std::size_t digits) {
  if (digits <= small_.size()) return small_.data();
  large_.resize(digits);
  return large_.data();
}

std::string_view DecimalNumber::digits() const {
  return {(large_.empty() ? small_.data() : large_.data()) + begin_, count_};
}

/// `digits` lies in the memory of this number, or is of another one.
void DecimalNumber::set_digits(const char* digits, std::size_t count, std::int64_t point) {
  while (count > 0 && *digits == '0') ++digits, --count, --point;
  while (count > 0 && digits[count - 1] == '0') --count;
  const char* const memory = large_.empty() ? small_.data() : large_.data();
  begin_ = count == 0 ? 0 : static_cast<std::size_t>(digits - memory);
  count_ = count;
  point_ = count == 0 ? 0 : point;
  if (count == 0) negative_ = false;
}

std::optional<DecimalNumber> DecimalNumber::read(std::string_view text) {
  DecimalNumber number;
  const bool is_signed = text.starts_with('-') || text.starts_with('+');
  const std::string_view body = text.substr(is_signed ? 1 : 0);
  number.negative_ = text.starts_with('-');
  if (body.empty()) return std::nullopt;
  if (!is_digit(body.front()) && body.front() != '.') {
    if (equals_word(text, "nan")) {
      number.kind_ = Kind::not_a_number;
    } else if (equals_word(body, "infinity") || equals_word(body, "inf")) {
      number.kind_ = number.negative_ ? Kind::negative_infinity : Kind::infinity;
    } else {
      return std::nullopt;
    }
    number.negative_ = false;
    return number;
  }
  const std::size_t mantissa_end = std::min(body.find_first_of("eE"), body.size());
  char* const memory = number.storage(mantissa_end);
  std::size_t count = 0;
  std::int64_t point = -1;
  for (std::size_t i = 0; i < mantissa_end; ++i) {
    if (body[i] == '.' && point < 0) {
      point = static_cast<std::int64_t>(count);
    } else if (is_digit(body[i])) {
      memory[count++] = body[i];
    } else {
      return std::nullopt;
    }
  }
  if (count == 0) return std::nullopt;
  if (point < 0) point = static_cast<std::int64_t>(count);
  if (mantissa_end < body.size()) {
    const auto exponent = read_exponent(body.substr(mantissa_end + 1));
    if (!exponent) return std::nullopt;
    point += *exponent;
  }
  number.set_digits(memory, count, point);
  return number;
}

DecimalNumber DecimalNumber::of(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return of(value < 0, value < 0 ? ~bits + 1 : bits, 0);
}

DecimalNumber DecimalNumber::of(bool negative, std::uint64_t mantissa, int fraction_digits) {
  DecimalNumber number;
  number.negative_ = negative;
  char* const memory = number.small_.data();
  char* const end = std::to_chars(memory, memory + number.small_.size(), mantissa).ptr;
  const auto count = static_cast<std::size_t>(end - memory);
  number.set_digits(memory, count, static_cast<std::int64_t>(count) - fraction_digits);
  return number;
}

std::int64_t DecimalNumber::fraction_digits() const {
  return std::max<std::int64_t>(static_cast<std::int64_t>(count_) - point_, 0);
}

void DecimalNumber::negate() {
  if (kind_ == Kind::negative_infinity) {
    kind_ = Kind::infinity;
  } else if (kind_ == Kind::infinity) {
    kind_ = Kind::negative_infinity;
  } else if (!is_zero()) {
    negative_ = !negative_;
  }
}

void DecimalNumber::snap(int fraction_digits, Snap how) {
  if (kind_ != Kind::finite || count_ == 0) return;
  const std::int64_t kept = point_ + fraction_digits;
  if (kept >= static_cast<std::int64_t>(count_)) return;
  char* const memory = (large_.empty() ? small_.data() : large_.data()) + begin_;
  const bool up = how == Snap::round && kept >= 0 && memory[static_cast<std::size_t>(kept)] >= '5';
  if (!up) return set_digits(memory, kept > 0 ? static_cast<std::size_t>(kept) : 0, point_);
  auto last = static_cast<std::size_t>(kept);
  while (last > 0 && memory[last - 1] == '9') --last;
  if (last == 0) {
    memory[0] = '1';
    return set_digits(memory, 1, point_ + 1);
  }
  ++memory[last - 1];
  set_digits(memory, last, point_);
}

bool DecimalNumber::operator==(const DecimalNumber& other) const {
  return kind_ == other.kind_ && negative_ == other.negative_ && point_ == other.point_ && digits() == other.digits();
}

void DecimalNumber::append_ordered(std::string& out) const {
  const auto put = [&](unsigned char byte) { out += static_cast<char>(byte); };
  switch (kind_) {
    case Kind::negative_infinity:
      return put(kNegativeInfinity);
    case Kind::infinity:
      return put(kInfinity);
    case Kind::not_a_number:
      return put(kNotANumber);
    case Kind::finite:
      break;
  }
  if (count_ == 0) return put(kZero);
  put(negative_ ? kNegative : kPositive);
  const unsigned char flip = negative_ ? 0xFF : 0;
  // Two bytes of exponent, of which the lowest and the highest value announce eight more.
  const std::int64_t biased = point_ + 0x8000;
  if (biased > 0 && biased < 0xFFFF) {
    append_big_endian(out, static_cast<std::uint64_t>(biased), 2, flip);
  } else {
    append_big_endian(out, biased <= 0 ? 0 : 0xFFFF, 2, flip);
    append_big_endian(out, static_cast<std::uint64_t>(point_) ^ (std::uint64_t{1} << 63), 8, flip);
  }
  const std::string_view all = digits();
  for (std::size_t i = 0; i < all.size(); i += 2) {
    const int high = all[i] - '0';
    const int low = i + 1 < all.size() ? all[i + 1] - '0' : 0;
    put(static_cast<unsigned char>(high * 10 + low + 1) ^ flip);
  }
  // Of two negative numbers the one with more digits is the smaller.
  if (negative_) put(0xFF);
}

std::string DecimalNumber::to_string() const {
  if (kind_ == Kind::not_a_number) return "NaN";
  if (kind_ != Kind::finite) return kind_ == Kind::infinity ? "Infinity" : "-Infinity";
  if (count_ == 0) return "0";
  const auto count = static_cast<std::int64_t>(count_);
  if (point_ - count > kPlainZerosMax || -point_ > kPlainZerosMax) return {};
  std::string text = negative_ ? "-" : "";
  if (point_ <= 0) {
    text += "0.";
    text.append(static_cast<std::size_t>(-point_), '0');
    return text.append(digits());
  }
  if (point_ >= count) return text.append(digits()).append(static_cast<std::size_t>(point_ - count), '0');
  const auto whole = static_cast<std::size_t>(point_);
  return text.append(digits().substr(0, whole)).append(".").append(digits().substr(whole));
}

std::optional<DecimalNumber> difference(const DecimalNumber& one, const DecimalNumber& other) {
  if (!one.is_finite() || !other.is_finite()) return std::nullopt;
  const auto last_of = [](const DecimalNumber& number) {
    return number.point() - static_cast<std::int64_t>(number.digits().size());
  };
  const std::int64_t first = std::max(one.point(), other.point());
  const std::int64_t last = std::min({last_of(one), last_of(other), std::int64_t{0}});
  if (first - last > kDifferenceDigitsMax) return std::nullopt;
  const auto width = static_cast<std::size_t>(std::max<std::int64_t>(first - last, 1));
  const auto aligned = [&](const DecimalNumber& number) {
    std::string digits(width, '0');
    if (!number.is_zero()) number.digits().copy(digits.data() + (first - number.point()), number.digits().size());
    return digits;
  };
  std::string left = aligned(one);
  std::string right = aligned(other);
  bool negative = one.is_negative();
  std::string sum(width + 1, '0');
  if (one.is_negative() != other.is_negative()) {
    int carry = 0;
    for (std::size_t i = width; i-- > 0;) {
      const int digit = left[i] - '0' + (right[i] - '0') + carry;
      sum[i + 1] = static_cast<char>('0' + digit % 10);
      carry = digit / 10;
    }
    sum[0] = static_cast<char>('0' + carry);
    if (one.is_zero()) negative = !other.is_negative();
  } else {
    if (left < right) {
      std::swap(left, right);
      negative = !negative;
    }
    int borrow = 0;
    for (std::size_t i = width; i-- > 0;) {
      const int digit = left[i] - right[i] - borrow;
      borrow = digit < 0 ? 1 : 0;
      sum[i + 1] = static_cast<char>('0' + digit + 10 * borrow);
    }
  }
  const std::string text = (negative ? "-" : "") + sum + "e" + std::to_string(first - static_cast<std::int64_t>(width));
  return DecimalNumber::read(text);
}

std::optional<ShortDecimal> short_decimal(const DecimalNumber& number) {
  if (!number.is_finite()) return std::nullopt;
  ShortDecimal result;
  if (number.is_zero()) return result;
  const std::string_view digits = number.digits();
  const auto count = static_cast<std::int64_t>(digits.size());
  const std::int64_t zeros = std::max<std::int64_t>(number.point() - count, 0);
  if (number.fraction_digits() > kShortFractionMax || zeros > kShortDigitsMax || count + zeros > kShortDigitsMax)
    return std::nullopt;
  for (const char c : digits) result.mantissa = result.mantissa * 10 + static_cast<std::uint64_t>(c - '0');
  for (std::int64_t i = 0; i < zeros; ++i) result.mantissa *= 10;
  result.fraction_digits = static_cast<int>(number.fraction_digits());
  result.negative = number.is_negative();
  return result;
}

std::optional<ShortDecimal> short_decimal(std::string_view text, bool keep_zeros) {
  // A mantissa of so many characters cannot have more digits than are taken.
  constexpr std::size_t kLengthMax = kShortDigitsMax + 1;
  ShortDecimal result;
  result.negative = !text.empty() && text.front() == '-';
  if (result.negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kLengthMax) return std::nullopt;
  const char* at = text.data();
  const char* end = at + text.size();
  const char* const begin = at;
  for (; at < end && is_digit(*at); ++at)
    result.mantissa = result.mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
  if (at == begin) return std::nullopt;
  if (at < end) {
    if (*at != '.') return std::nullopt;
    const char* const fraction = ++at;
    if (at == end) return std::nullopt;
    if (!keep_zeros)
      while (end > fraction && end[-1] == '0') --end;
    for (; at < end && is_digit(*at); ++at)
      result.mantissa = result.mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    if (at < end) return std::nullopt;
    result.fraction_digits = static_cast<int>(end - fraction);
  } else if (text.size() > kShortDigitsMax) {
    return std::nullopt;
  }
  if (result.mantissa == 0) result.negative = false;
  return result;
}

}  // namespace paripassu
