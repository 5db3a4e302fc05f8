#include "backends/postgres/dml_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "backends/canonical_value.h"
#include "backends/error.h"

namespace paripassu::postgres {

namespace {

using catalog::Type;
using catalog::TypeFamily;

constexpr int kSecondDigitsMax = 6;
constexpr std::size_t kNameBytesMax = 63;    // NAMEDATALEN - 1
constexpr std::size_t kArrayDimensions = 6;  // MAXDIM

// utils/timestamp.h and utils/date.h: the first Julian day, and the last day that a value can hold.
constexpr canonical::Date kFirstDay{-4713, 11, 24};
constexpr canonical::Date kLastDate{5'874'897, 12, 31};
constexpr canonical::Date kLastTimestampDay{294'276, 12, 31};

canonical::TextSize check_text(std::string_view text) {
  const canonical::TextSize size = canonical::read_text(text);
  if (size.has_nul)
    throw Error(ErrorCategory::data, "the text has a NUL character, which PostgreSQL cannot store")
        .with_engine("postgres")
        .with_remedy("leave the character out, or keep such values in a column of bytea");
  return size;
}

void check_length(const Type& type, std::string_view text) {
  const canonical::TextSize size = check_text(text);
  if (type.name == "name" && text.size() > kNameBytesMax)
    canonical::refuse_size(text, type, fmt::format("{} bytes, it holds {}", text.size(), kNameBytesMax));
  if (type.name == "char" && text.size() > 1)
    canonical::refuse_size(text, type, fmt::format("{} bytes, it holds one", text.size()));
  if (!type.length) return;
  // The blanks that fill character(n) up are no part of the value.
  const std::size_t blanks = type.fixed_length ? text.size() - (text.find_last_not_of(' ') + 1) : 0;
  const std::size_t characters = size.characters - blanks;
  if (characters > static_cast<std::size_t>(*type.length))
    canonical::refuse_size(text, type, fmt::format("{} characters, it holds {}", characters, *type.length));
}

/// 44 BC is the year -43.
std::string date_text(const canonical::Date& date) {
  const std::int64_t year = date.year > 0 ? date.year : 1 - date.year;
  return fmt::format("{:04}-{:02}-{:02}", year, date.month, date.day);
}

std::string era_text(const canonical::Date& date) {
  return date.year > 0 ? "" : " BC";
}

void check_day(const Type& type, std::string_view text, const canonical::Date& day, const canonical::Date& last) {
  if (day < kFirstDay || day > last)
    canonical::refuse_size(text, type, fmt::format("4714-11-24 BC to {}", date_text(last)));
}

std::string timestamp_text(const Type& type, std::string_view text) {
  if (canonical::is_infinity(text)) return std::string(text);
  const canonical::Timestamp value = canonical::read_timestamp(text);
  canonical::check_zone(text, type, value.offset);
  canonical::check_second_digits(text, type, value.clock, type.precision.value_or(kSecondDigitsMax));
  check_day(type, text, value.date, kLastTimestampDay);
  const std::string offset = value.offset ? value.offset->to_string() : "";
  return date_text(value.date) + " " + value.clock.to_string() + offset + era_text(value.date);
}

std::string bit_text(const Type& type, std::string_view text) {
  if (text.find_first_not_of("01") != std::string_view::npos) canonical::refuse(text, "is no bit string: 0 and 1");
  if (type.length) {
    const auto length = static_cast<std::size_t>(*type.length);
    if (text.size() > length || (type.fixed_length && text.size() != length))
      canonical::refuse_size(
          text, type, fmt::format("{} bits, it holds {}{}", text.size(), type.fixed_length ? "exactly " : "", length));
  }
  return std::string(text);
}

InputText decimal_text(const Type& type, std::string_view text) {
  if (text == "NaN" && type.name != "money") return {std::string(text), false};
  if (text == "Infinity" || text == "-Infinity") {
    if (type.precision) canonical::refuse_size(text, type, "only numeric without a precision has infinities");
    return {std::string(text), false};
  }
  const canonical::Decimal value = canonical::read_decimal(text);
  constexpr int kMoneyScale = 2;
  if (type.name == "money") {
    if (!value.fits_scaled(kMoneyScale, 64))
      canonical::refuse_size(text, type, "-92233720368547758.08 to 92233720368547758.07, two digits behind the point");
  } else {
    canonical::check_decimal_digits(text, type, value);
  }
  return {value.to_string(), true};
}

InputText float_text(const Type& type, std::string_view text) {
  if (type.bits == 32) {
    canonical::read_float32(text);
  } else {
    canonical::read_float64(text);
  }
  return {std::string(text), false};
}

/// A JSON array as it is read: numbers keep their digits.
struct Element {
  std::vector<Element> elements;
  std::optional<std::string> value;
  bool is_list = false;
};

class ArrayHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit ArrayHandler(Element& root) : root_(root) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add({{}, value ? "true" : "false", false}); }
  bool number_integer(number_integer_t value) override { return add({{}, std::to_string(value), false}); }
  bool number_unsigned(number_unsigned_t value) override { return add({{}, std::to_string(value), false}); }
  bool number_float(number_float_t, const string_t& digits) override { return add({{}, digits, false}); }
  bool string(string_t& value) override { return add({{}, std::move(value), false}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return false; }
  bool key(string_t&) override { return false; }
  bool end_object() override { return false; }
  bool start_array(std::size_t) override {
    if (path_.size() == kArrayDimensions) return false;
    if (path_.empty()) {
      root_.is_list = true;
      path_.push_back(&root_);
      return true;
    }
    path_.back()->elements.push_back({{}, {}, true});
    path_.push_back(&path_.back()->elements.back());
    return true;
  }
  bool end_array() override {
    path_.pop_back();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  bool add(Element element) {
    if (path_.empty()) return false;
    path_.back()->elements.push_back(std::move(element));
    return true;
  }

  Element& root_;
  /// The lists around what comes next. Only the innermost one grows, so that these stay where they are.
  std::vector<Element*> path_;
};

/// The lengths of the lists, outermost first; nullopt when lists of one level differ.
std::optional<std::vector<std::size_t>> dimensions(const Element& list) {
  std::vector<std::size_t> result{list.elements.size()};
  if (list.elements.empty()) return result;
  std::optional<std::vector<std::size_t>> inner;
  for (const Element& element : list.elements) {
    const std::optional<std::vector<std::size_t>> one =
        element.is_list ? dimensions(element) : std::vector<std::size_t>{};
    if (!one || (inner && *inner != *one)) return std::nullopt;
    inner = one;
  }
  result.insert(result.end(), inner->begin(), inner->end());
  return result;
}

void print_array(const Element& list, const Type& type, std::string& printed) {
  printed += '{';
  for (const Element& element : list.elements) {
    if (printed.back() != '{') printed += type.name == "box" ? ';' : ',';
    if (element.is_list) {
      print_array(element, type, printed);
    } else if (!element.value) {
      printed += "NULL";
    } else {
      printed += '"';
      for (const char c : input_text(type, *element.value).text) {
        if (c == '"' || c == '\\') printed += '\\';
        printed += c;
      }
      printed += '"';
    }
  }
  printed += '}';
}

/// `{a,"b}",{c}}`: braces that pair, outside quotes.
bool is_array_text(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '{') {
      ++depth;
    } else if (!quoted && c == '}') {
      if (--depth == 0) return i + 1 == text.size();
    }
    if (depth == 0) return false;
  }
  return false;
}

}  // namespace

InputText input_text(const Type& type, std::string_view text) {
  switch (type.family) {
    case TypeFamily::boolean:
      return {canonical::read_boolean(text) ? "true" : "false", true};
    case TypeFamily::integer: {
      const std::int64_t value = canonical::read_integer(text);
      canonical::check_integer_range(text, type, value);
      return {std::to_string(value), true};
    }
    case TypeFamily::decimal:
      return decimal_text(type, text);
    case TypeFamily::floating:
      return float_text(type, text);
    case TypeFamily::text:
      check_length(type, text);
      return {std::string(text), false};
    case TypeFamily::binary:
      return {"\\x" + std::string(canonical::read_bytes(text)), false};
    case TypeFamily::bit_string:
      return {bit_text(type, text), false};
    case TypeFamily::uuid:
      return {canonical::read_uuid(text), false};
    case TypeFamily::date: {
      if (canonical::is_infinity(text)) return {std::string(text), false};
      const canonical::Date day = canonical::read_date(text);
      check_day(type, text, day, kLastDate);
      return {date_text(day) + era_text(day), false};
    }
    case TypeFamily::time: {
      const canonical::Time value = canonical::read_time(text);
      canonical::check_zone(text, type, value.offset);
      canonical::check_second_digits(text, type, value.clock, type.precision.value_or(kSecondDigitsMax));
      return {value.clock.to_string() + (value.offset ? value.offset->to_string() : ""), false};
    }
    case TypeFamily::timestamp:
      return {timestamp_text(type, text), false};
    case TypeFamily::interval:
    case TypeFamily::json:
    case TypeFamily::xml:
    case TypeFamily::enumeration:
    case TypeFamily::composite:
    case TypeFamily::row_version:
    case TypeFamily::spatial:
    case TypeFamily::other:
      break;
  }
  check_text(text);
  return {std::string(text), false};
}

std::string array_input_text(const Type& type, std::string_view text) {
  check_text(text);
  const bool bounds = text.starts_with('[') && text.find("]={") != std::string_view::npos &&
                      text.find_first_not_of("[]0123456789:+-") == text.find("={");
  if (text.starts_with('{') || bounds) {
    if (!is_array_text(bounds ? text.substr(text.find('{')) : text))
      canonical::refuse(text, "is no array: the braces do not pair");
    return std::string(text);
  }
  Element root;
  ArrayHandler handler(root);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &handler) || !root.is_list)
    canonical::refuse(text, "is no array: {a,b} or a JSON array of values, of at most 6 dimensions");
  const std::optional<std::vector<std::size_t>> lengths = dimensions(root);
  if (!lengths) canonical::refuse(text, "is no array: its lists differ in length or depth");
  // PostgreSQL knows one empty array, whatever its dimensions were.
  if (lengths->back() == 0) return "{}";
  Type element = type;
  element.array_dimensions = 0;
  std::string printed;
  print_array(root, element, printed);
  return printed;
}

}  // namespace paripassu::postgres
