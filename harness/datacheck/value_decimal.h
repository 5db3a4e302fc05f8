#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paripassu {

/// A decimal number of any length, digit by digit. Does not allocate up to kDigitsInPlace digits. Private to the room.
class DecimalNumber {
 public:
  enum class Kind { negative_infinity, finite, infinity, not_a_number };

  /// Plain or with an exponent, and NaN and the infinities in any case; nothing for any other text.
  static std::optional<DecimalNumber> read(std::string_view text);
  static DecimalNumber of(std::int64_t value);
  /// (-1)^negative * mantissa * 10^-fraction_digits
  static DecimalNumber of(bool negative, std::uint64_t mantissa, int fraction_digits);

  Kind kind() const { return kind_; }
  bool is_finite() const { return kind_ == Kind::finite; }
  bool is_zero() const { return is_finite() && count_ == 0; }
  bool is_negative() const { return negative_; }
  /// The digits that count: the first and the last are no zeros. Good until the number is changed or destroyed.
  std::string_view digits() const;
  /// The value is 0.<digits> times ten to this.
  std::int64_t point() const { return point_; }
  /// Digits after the point.
  std::int64_t fraction_digits() const;

  enum class Snap { cut, round };  ///< towards zero; to the nearest, halves away from zero
  /// Keeps so many digits after the point.
  void snap(int fraction_digits, Snap how);
  void negate();

  bool operator==(const DecimalNumber& other) const;

  /// Bytes that compare like the numbers, -Infinity first and NaN last, and of which none is the beginning of another
  /// negative one's.
  void append_ordered(std::string& out) const;
  /// As people write it; empty where that would take more than some hundred zeros.
  std::string to_string() const;

 private:
  static constexpr std::size_t kDigitsInPlace = 56;
  char* storage(std::size_t digits);
  void set_digits(const char* digits, std::size_t count, std::int64_t point);

  Kind kind_ = Kind::finite;
  bool negative_ = false;
  std::int64_t point_ = 0;
  std::size_t count_ = 0;
  std::size_t begin_ = 0;  ///< where they begin in the memory
  std::array<char, kDigitsInPlace> small_{};
  std::string large_;  ///< where they do not fit
};

/// One minus the other, exactly; nothing where one is not finite or the result would have thousands of digits.
std::optional<DecimalNumber> difference(const DecimalNumber& one, const DecimalNumber& other);

/// A number that fits into two words, which are the same for all spellings of a value.
struct ShortDecimal {
  std::uint64_t mantissa = 0;
  int fraction_digits = 0;  ///< 0 … 255; the last of them is no zero
  bool negative = false;    ///< never of zero
};
/// Nothing where the number has more than 19 digits or does not fit otherwise, which its value alone decides.
std::optional<ShortDecimal> short_decimal(const DecimalNumber& number);
/// The same from a plain text ("-12.50"), fast. Nothing also where the text must be read the long way.
/// `keep_zeros` leaves the zeros at the end of the fraction: "1.0" and "1.00" are then two.
std::optional<ShortDecimal> short_decimal(std::string_view text, bool keep_zeros);

}  // namespace paripassu
