#include "harness/dataset/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "harness/dataset/time_text.h"
#include "harness/dataset/xml_text.h"
#include "harness/project/toml_reader.h"

namespace paripassu::dataset {

namespace {

using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::optional<std::string> read_boolean(std::string_view text) {
  if (text.size() > 5) return std::nullopt;
  const std::string word = lower(text);
  if (word == "true" || word == "t" || word == "1") return "true";
  if (word == "false" || word == "f" || word == "0") return "false";
  return std::nullopt;
}

std::optional<std::string> read_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  return (negative && text != "0" ? "-" : "") + std::string(text);
}

/// NaN and the infinities, as PostgreSQL says them.
std::optional<std::string> read_special_number(std::string_view text) {
  if (text.size() < 3 || text.size() > 9) return std::nullopt;
  std::string word = lower(text);
  if (word == "nan") return "NaN";
  const bool negative = word[0] == '-';
  if (negative || word[0] == '+') word.erase(0, 1);
  if (word != "infinity" && word != "inf") return std::nullopt;
  return negative ? "-Infinity" : "Infinity";
}

std::optional<std::string> read_decimal(std::string_view text) {
  if (auto special = read_special_number(text)) return special;
  return neutral_number(text);
}

template <class Float>
std::optional<std::string> read_float(std::string_view text) {
  if (auto special = read_special_number(text)) return special;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  Float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value == 0) return "0";
  char digits[64];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// "0x00ff", or "\x00ff" as PostgreSQL prints it inside arrays.
std::optional<std::string> read_binary(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X") && !text.starts_with("\\x")) return std::nullopt;
  text.remove_prefix(2);
  if (text.size() % 2 != 0 || !std::all_of(text.begin(), text.end(), is_hex)) return std::nullopt;
  return "0x" + lower(text);
}

std::string padded(std::string hex, const Type& type) {
  if (!type.fixed_length || !type.length || *type.length <= 0) return hex;
  const std::size_t digits = 2 + 2 * static_cast<std::size_t>(*type.length);
  if (hex.size() < digits) hex.resize(digits, '0');
  return hex;
}

std::optional<std::string> read_uuid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return std::nullopt;
  }
  return lower(text);
}

std::string without_padding(std::string_view text) {
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

Type element_type(const Type& type) {
  Type element = type;
  element.array_dimensions = 0;
  return element;
}

bool make_elements_neutral(const Type& element, JsonValue& value) {
  if (value.kind == JsonValue::Kind::null) return true;
  if (value.kind == JsonValue::Kind::array) {
    return std::all_of(value.elements.begin(), value.elements.end(),
                       [&](JsonValue& inner) { return make_elements_neutral(element, inner); });
  }
  std::string text;
  if (value.kind == JsonValue::Kind::string || value.kind == JsonValue::Kind::number) {
    text = value.text;
  } else {
    append_neutral_json(text, value);
  }
  const auto neutral = read_value(element, text);
  if (!neutral) return false;
  value = JsonValue{};
  const bool is_number = element.family == TypeFamily::integer || element.family == TypeFamily::decimal ||
                         element.family == TypeFamily::floating;
  if (element.family == TypeFamily::boolean) {
    value.kind = JsonValue::Kind::boolean;
    value.truth = *neutral == "true";
  } else if (is_number && neutral_number(*neutral)) {
    value.kind = JsonValue::Kind::number;
    value.text = *neutral;
  } else {
    value.kind = JsonValue::Kind::string;
    value.text = *neutral;
  }
  return true;
}

/// The tree of an array literal or JSON array, its elements as they are written.
std::optional<JsonValue> parse_array(std::string_view text) {
  auto value = parse_json_value(text);
  if (!value || value->kind != JsonValue::Kind::array) value = parse_array_literal(text);
  return value;
}

std::string shown(std::string_view text) {
  return "'" + printable(text) + "'";
}

std::string printed(const Type& type) {
  if (!type.printed.empty()) return type.printed;
  return type.name.empty() ? std::string(catalog::to_string(type.family)) : type.name;
}

std::string_view noun(const Type& type) {
  if (type.array_dimensions > 0) return "an array ({…} or JSON)";
  switch (type.family) {
    case TypeFamily::boolean:
      return "a boolean (true or false)";
    case TypeFamily::integer:
      return "an integer";
    case TypeFamily::decimal:
      return "a decimal number";
    case TypeFamily::floating:
      return "a number";
    case TypeFamily::binary:
      return "binary data (0x and pairs of hexadecimal digits)";
    case TypeFamily::uuid:
      return "a uuid";
    case TypeFamily::date:
      return "a date (2024-02-29)";
    case TypeFamily::time:
      return type.with_time_zone ? "a time with an offset (23:59:59.5+05:30)" : "a time (23:59:59.5)";
    case TypeFamily::timestamp:
      return type.with_time_zone ? "a date and time with an offset (2024-02-29T23:59:59.5Z)"
                                 : "a date and time without an offset (2024-02-29T23:59:59.5)";
    case TypeFamily::interval:
      return "an interval (1 year 2 mons 3 days 04:05:06, or P1Y2M3DT4H5M6S)";
    case TypeFamily::json:
      return "JSON";
    case TypeFamily::bit_string:
      return "a bit string (0101)";
    default:
      return "a value of the type";
  }
}

std::string why_not_integer(const Type& type, std::string_view neutral) {
  if (type.bits != 8 && type.bits != 16 && type.bits != 32 && type.bits != 64) return {};
  // Built without shifting by the width of a word.
  const auto highest = static_cast<std::uint64_t>(std::numeric_limits<std::uint64_t>::max()) >> (64 - type.bits);
  if (type.is_unsigned) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(neutral.data(), neutral.data() + neutral.size(), value);
    if (error == std::errc() && end == neutral.data() + neutral.size() && value <= highest) return {};
    return fmt::format("{} does not fit {} (0 to {})", printable(neutral), printed(type), highest);
  }
  const auto maximum = static_cast<std::int64_t>(highest >> 1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(neutral.data(), neutral.data() + neutral.size(), value);
  if (error == std::errc() && end == neutral.data() + neutral.size() && value <= maximum && value >= -maximum - 1)
    return {};
  return fmt::format("{} does not fit {} ({} to {})", printable(neutral), printed(type), -maximum - 1, maximum);
}

std::string why_not_decimal(const Type& type, std::string_view neutral) {
  if (!type.precision || read_special_number(neutral)) return {};
  const int scale = type.scale.value_or(0);
  // With so many zeros at an end that an exponent is needed, it is too large or too fine for any precision.
  const bool extreme = neutral.find('e') != std::string_view::npos;
  const std::string_view number = neutral.starts_with('-') ? neutral.substr(1) : neutral;
  const std::size_t point = std::min(number.find('.'), number.size());
  const auto whole = number.substr(0, point) == "0" ? 0 : static_cast<std::int64_t>(point);
  const auto fraction = static_cast<std::int64_t>(number.size() - std::min(point + 1, number.size()));
  if (extreme || whole > std::max(*type.precision - scale, 0))
    return fmt::format("{} does not fit {} ({} digits before the point)", printable(neutral), printed(type),
                       std::max(*type.precision - scale, 0));
  if (fraction > std::max(scale, 0))
    return fmt::format("{} does not fit {} without rounding ({} digits after the point)", printable(neutral),
                       printed(type), scale);
  return {};
}

/// UTF-16 code units of UTF-8 text.
std::size_t count_utf16_units(std::string_view text) {
  return count_characters(text) + static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0xF0;
         }));
}

std::string why_not_text(const Type& type, std::string_view text) {
  if (!type.length || *type.length < 0) return {};
  const auto length = static_cast<std::size_t>(*type.length);
  // How many bytes a character takes in a code page only the server knows: at least one.
  const std::string_view content = type.fixed_length ? text.substr(0, text.find_last_not_of(' ') + 1) : text;
  const std::size_t needed =
      type.length_unit == LengthUnit::utf16_units ? count_utf16_units(content) : count_characters(content);
  if (needed <= length) return {};
  return fmt::format("{} does not fit {} ({} characters)", shown(text), printed(type), needed);
}

std::string why_not_binary(const Type& type, std::string_view text) {
  const std::size_t bytes = (text.size() - 2) / 2;
  if (!type.length || *type.length < 0 || bytes <= static_cast<std::size_t>(*type.length)) return {};
  return fmt::format("{} bytes do not fit {}", bytes, printed(type));
}

std::string why_not_time(const Type& type, std::string_view text) {
  const auto moment = read_moment(type, text);
  if (!moment || !type.precision || fraction_digits(*moment) <= *type.precision) return {};
  return fmt::format("{} does not fit {} without rounding ({} digits of a second)", shown(text), printed(type),
                     *type.precision);
}

std::string why_not_array(const Type& type, const JsonValue& value) {
  if (value.kind == JsonValue::Kind::null) return {};
  if (value.kind == JsonValue::Kind::array) {
    for (const JsonValue& element : value.elements)
      if (std::string why = why_not_array(type, element); !why.empty()) return why;
    return {};
  }
  std::string text = value.text;
  if (value.kind == JsonValue::Kind::boolean || value.kind == JsonValue::Kind::object) {
    text.clear();
    append_neutral_json(text, value);
  }
  return why_not(type, text);
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

std::optional<std::string> read_truth(std::string_view text) {
  if (auto value = read_boolean(text)) return value;
  if (text.size() > 3) return std::nullopt;
  const std::string word = lower(text);
  if (word == "y" || word == "yes") return "true";
  if (word == "n" || word == "no") return "false";
  return std::nullopt;
}

std::optional<JsonValue> read_array(const Type& type, std::string_view text) {
  auto value = parse_array(text);
  if (!value || !make_elements_neutral(element_type(type), *value)) return std::nullopt;
  return value;
}

std::optional<std::string> read_value(const Type& type, std::string_view text) {
  if (type.array_dimensions > 0) {
    const auto value = read_array(type, text);
    if (!value) return std::nullopt;
    std::string result;
    append_neutral_json(result, *value);
    return result;
  }
  switch (type.family) {
    case TypeFamily::boolean:
      return read_boolean(text);
    case TypeFamily::integer:
      return read_integer(text);
    case TypeFamily::decimal:
      return read_decimal(text);
    case TypeFamily::floating:
      return type.bits == 32 ? read_float<float>(text) : read_float<double>(text);
    case TypeFamily::text:
      return type.fixed_length ? without_padding(text) : std::string(text);
    case TypeFamily::binary:
    case TypeFamily::row_version: {
      auto hex = read_binary(text);
      if (!hex) return std::nullopt;
      return padded(std::move(*hex), type);
    }
    case TypeFamily::bit_string:
      if (text.find_first_not_of("01") != std::string_view::npos) return std::nullopt;
      return std::string(text);
    case TypeFamily::uuid:
      return read_uuid(text);
    case TypeFamily::time:
      if (type.with_time_zone) return neutral_time_with_zone(text);
      [[fallthrough]];
    case TypeFamily::date:
    case TypeFamily::timestamp: {
      const auto moment = read_moment(type, text);
      if (!moment) return std::nullopt;
      return write_moment(type, *moment);
    }
    case TypeFamily::interval:
      return neutral_interval(text);
    case TypeFamily::json:
      return neutral_json(text);
    case TypeFamily::xml:
      return neutral_xml(text);
    case TypeFamily::enumeration:
    case TypeFamily::composite:
    case TypeFamily::spatial:
    case TypeFamily::other:
      return std::string(text);
  }
  return std::string(text);
}

std::string why_not(const Type& type, std::string_view text) {
  const auto refused = [&] { return fmt::format("{} is not {}", shown(text), noun(type)); };
  if (type.array_dimensions > 0) {
    const auto value = parse_array(text);
    if (!value) return refused();
    return why_not_array(element_type(type), *value);
  }
  // Whether XML is well-formed, and what an interval may say, the server knows better.
  if (type.family == TypeFamily::xml || type.family == TypeFamily::interval) return {};
  const auto neutral = read_value(type, text);
  if (!neutral) return refused();
  switch (type.family) {
    case TypeFamily::integer:
      return why_not_integer(type, *neutral);
    case TypeFamily::decimal:
      return why_not_decimal(type, *neutral);
    case TypeFamily::text:
      return why_not_text(type, text);
    case TypeFamily::binary:
      return why_not_binary(type, text);
    case TypeFamily::time:
    case TypeFamily::timestamp:
      return why_not_time(type, text);
    default:
      return {};
  }
}

std::string canonical_value(const Type& type, const std::string& text) {
  if (type.array_dimensions > 0) return text;
  switch (type.family) {
    case TypeFamily::decimal: {
      // The digits as they were written: a decimal without scale keeps its zeros.
      const bool plain = text.find_first_not_of("-0123456789.") == std::string::npos && !text.empty() &&
                         text.front() != '.' && text.back() != '.' && !text.starts_with("-.");
      return plain ? text : read_value(type, text).value_or(text);
    }
    case TypeFamily::binary:
      return read_binary(text).value_or(text);
    case TypeFamily::boolean:
    case TypeFamily::integer:
    case TypeFamily::floating:
    case TypeFamily::uuid:
    case TypeFamily::date:
    case TypeFamily::time:
    case TypeFamily::timestamp:
      return read_value(type, text).value_or(text);
    default:
      return text;
  }
}

}  // namespace paripassu::dataset
