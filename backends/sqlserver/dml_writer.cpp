#include "backends/sqlserver/dml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "backends/canonical_value.h"
#include "backends/error.h"
#include "backends/sqlserver/data_sql.h"

namespace paripassu::sqlserver {

namespace {

using canonical::Date;
using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;

constexpr int kSecondDigitsMax = 7;
constexpr long long kMinute_ns = 60'000'000'000;
constexpr std::size_t kVariantUnitsMax = 4'000;  // sql_variant holds 8,000 bytes
constexpr int kOffsetMinutesMax = 14 * 60;
constexpr int kMoneyScale = 4;

std::string date_text(const Date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

void check_day(const Type& type, std::string_view text, const Date& day, const Date& first, const Date& last) {
  if (day < first || day > last)
    canonical::refuse_size(text, type, fmt::format("{} to {}", date_text(first), date_text(last)));
}

constexpr Date kFirstDay{1, 1, 1};
constexpr Date kLastDay{9999, 12, 31};

void refuse_infinity(std::string_view text) {
  if (canonical::is_infinity(text)) canonical::refuse(text, "has no counterpart in SQL Server");
}

/// datetime counts 300ths of a second and prints them rounded to thousandths, which thus end in 0, 3 or 7.
void check_ticks(std::string_view text, const Type& type, const std::string& thousandths) {
  if (thousandths.back() != '0' && thousandths.back() != '3' && thousandths.back() != '7')
    canonical::refuse_size(text, type, "it keeps steps of 1/300 s, whose third digit is 0, 3 or 7");
}

std::string timestamp_text(std::string_view text, const Type& type) {
  refuse_infinity(text);
  const canonical::Timestamp value = canonical::read_timestamp(text);
  canonical::check_zone(text, type, value.offset);
  if (type.tick_ns == 0) {
    canonical::check_second_digits(text, type, value.clock, type.precision.value_or(kSecondDigitsMax));
    check_day(type, text, value.date, kFirstDay, kLastDay);
    if (value.offset && std::abs(value.offset->minutes) > kOffsetMinutesMax)
      canonical::refuse_size(text, type, "offsets from -14:00 to +14:00");
    const std::string offset = value.offset ? value.offset->to_string() : "";
    return date_text(value.date) + "T" + value.clock.to_string() + offset;
  }
  canonical::Clock clock = value.clock;
  if (type.tick_ns == kMinute_ns) {
    check_day(type, text, value.date, {1900, 1, 1}, {2079, 6, 6});
    if (clock.second != 0 || !clock.fraction.empty()) canonical::refuse_size(text, type, "it keeps whole minutes");
  } else {
    check_day(type, text, value.date, {1753, 1, 1}, kLastDay);
    constexpr std::size_t kThousandths = 3;
    canonical::check_second_digits(text, type, clock, kThousandths);
    clock.fraction.append(kThousandths - clock.fraction.size(), '0');
    check_ticks(text, type, clock.fraction);
  }
  // With the T it is read alike under every language and DATEFORMAT.
  return date_text(value.date) + "T" + clock.to_string();
}

std::string float_literal(std::string_view text, const Type& type) {
  double value = 0;
  bool subnormal = false;
  if (type.bits == 32) {
    const float narrow = canonical::read_float32(text);
    value = static_cast<double>(narrow);
    subnormal = std::fpclassify(narrow) == FP_SUBNORMAL;
  } else {
    value = canonical::read_float64(text);
    subnormal = std::fpclassify(value) == FP_SUBNORMAL;
  }
  if (!std::isfinite(value)) canonical::refuse(text, "has no counterpart in SQL Server");
  if (subnormal)
    canonical::refuse_size(text, type,
                           fmt::format("nothing between 0 and {}", type.bits == 32 ? "1.18e-38" : "2.23e-308"));
  // Without the exponent it would be a decimal, and the list of values then a mixture of both.
  return canonical::with_exponent(value);
}

std::string decimal_literal(std::string_view text, const Type& type) {
  if (text == "NaN" || text == "Infinity" || text == "-Infinity")
    canonical::refuse(text, "has no counterpart in SQL Server");
  const canonical::Decimal value = canonical::read_decimal(text);
  if (type.name == "money" || type.name == "smallmoney") {
    const bool small = type.name == "smallmoney";
    if (!value.fits_scaled(kMoneyScale, small ? 32 : 64))
      canonical::refuse_size(text, type,
                             small ? "-214748.3648 to 214748.3647, four digits behind the point"
                                   : "-922337203685477.5808 to 922337203685477.5807, four digits behind the point");
  } else {
    canonical::check_decimal_digits(text, type, value);
  }
  return value.to_string();
}

void check_length(std::string_view text, const Type& type) {
  const canonical::TextSize size = canonical::read_text(text);
  if (type.name == "sql_variant" && size.utf16_units > kVariantUnitsMax)
    canonical::refuse_size(text, type, fmt::format("{} UTF-16 units, it holds {}", size.utf16_units, kVariantUnitsMax));
  if (type.family != TypeFamily::text || !type.length) return;
  // The blanks that fill char(n) up are no part of the value.
  const std::size_t blanks = type.fixed_length ? text.size() - (text.find_last_not_of(' ') + 1) : 0;
  const auto held = static_cast<std::size_t>(*type.length);
  if (type.length_unit == LengthUnit::bytes) {
    // How many bytes a character takes is the collation's: at least one.
    const std::size_t characters = size.characters - blanks;
    if (characters > held)
      canonical::refuse_size(text, type, fmt::format("{} characters, it holds {} bytes", characters, held));
    return;
  }
  const std::size_t units = size.utf16_units - blanks;
  if (units > held) canonical::refuse_size(text, type, fmt::format("{} UTF-16 units, it holds {}", units, held));
}

/// The type xml keeps no declaration, and refuses one that names another encoding than that of the literal.
std::string_view without_declaration(std::string_view xml) {
  if (!xml.starts_with("<?xml ")) return xml;
  const std::size_t end = xml.find("?>");
  return end == std::string_view::npos ? xml : xml.substr(end + 2);
}

bool is_bytes(std::string_view text) {
  return text.starts_with("0x") && text.size() % 2 == 0 &&
         text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

}  // namespace

std::string SqlServerDmlWriter::text_literal(std::string_view text) const {
  // Two things do not get through in a literal. A NUL ends the statement for a driver. A backslash before a line break
  // continues the literal on the next line, both left out; Babelfish keeps them ("line-continuation-kept"), so that
  // writing them twice, as Dialect::quote_literal does, is wrong there.
  std::vector<std::string> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool continues = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\n' || text[i + 1] == '\r');
    if (text[i] != '\0' && !continues) continue;
    const std::size_t end = continues ? i + 1 : i;
    if (end > begin) pieces.push_back(dialect_.quote_literal(text.substr(begin, end - begin)));
    if (text[i] == '\0') pieces.emplace_back("NCHAR(0)");
    begin = i + 1;
  }
  if (pieces.empty()) return dialect_.quote_literal(text);
  if (begin < text.size()) pieces.push_back(dialect_.quote_literal(text.substr(begin)));
  // In a tree, since thousands of operators in a row are too deep for the server. As nvarchar(max), since a
  // concatenation of shorter texts is cut.
  constexpr std::size_t kArguments = 64;  // of CONCAT: 254, on Babelfish 100
  do {
    std::vector<std::string> groups;
    for (std::size_t i = 0; i < pieces.size(); i += kArguments) {
      std::string group = "CONCAT(CAST(N'' AS nvarchar(max))";
      for (std::size_t k = i; k < std::min(i + kArguments, pieces.size()); ++k) group += ", " + pieces[k];
      groups.push_back(group + ")");
    }
    pieces = std::move(groups);
  } while (pieces.size() > 1);
  return pieces.front();
}

std::string SqlServerDmlWriter::literal(const Type& type, const Cell& value) const {
  if (!value) return "NULL";
  const std::string& text = *value;
  switch (type.family) {
    case TypeFamily::boolean:
      return canonical::read_boolean(text) ? "1" : "0";
    case TypeFamily::integer: {
      const std::int64_t number = canonical::read_integer(text);
      canonical::check_integer_range(text, type, number);
      return std::to_string(number);
    }
    case TypeFamily::decimal:
      return decimal_literal(text, type);
    case TypeFamily::floating:
      return float_literal(text, type);
    case TypeFamily::binary: {
      const std::string_view digits = canonical::read_bytes(text);
      if (type.length && digits.size() / 2 > static_cast<std::size_t>(*type.length))
        canonical::refuse_size(text, type, fmt::format("{} bytes, it holds {}", digits.size() / 2, *type.length));
      return "0x" + std::string(digits);
    }
    case TypeFamily::uuid:
      return "'" + canonical::read_uuid(text) + "'";
    case TypeFamily::date: {
      refuse_infinity(text);
      const Date day = canonical::read_date(text);
      check_day(type, text, day, kFirstDay, kLastDay);
      return "'" + date_text(day) + "'";
    }
    case TypeFamily::time: {
      const canonical::Time time = canonical::read_time(text);
      canonical::check_zone(text, type, time.offset);
      canonical::check_second_digits(text, type, time.clock, type.precision.value_or(kSecondDigitsMax));
      if (time.clock.hour == 24) canonical::refuse_size(text, type, "00:00:00 to 23:59:59.9999999");
      return "'" + time.clock.to_string() + "'";
    }
    case TypeFamily::timestamp:
      return "'" + timestamp_text(text, type) + "'";
    case TypeFamily::xml:
      if (canonical::read_text(text).has_nul) canonical::refuse(text, "is no XML: it has a NUL character");
      return text_literal(without_declaration(text));
    case TypeFamily::row_version:
      throw Error(ErrorCategory::data,
                  fmt::format("a column of {} takes no value: the server numbers it", type.printed))
          .with_engine("sqlserver")
          .with_remedy("leave the column out");
    case TypeFamily::text:
    case TypeFamily::bit_string:
    case TypeFamily::interval:
    case TypeFamily::json:
    case TypeFamily::enumeration:
    case TypeFamily::composite:
    case TypeFamily::spatial:
    case TypeFamily::other:
      break;
  }
  check_length(text, type);
  // Types of the CLR take their text and their bytes; in one list of values the bytes would become text.
  if (type.name == "geometry" || type.name == "geography" || type.name == "hierarchyid")
    return fmt::format("CAST({} AS {})", is_bytes(text) ? text : text_literal(text), type.name);
  // sql_variant takes no nvarchar(max).
  if (type.name == "sql_variant") return fmt::format("CAST({} AS nvarchar({}))", text_literal(text), kVariantUnitsMax);
  return text_literal(text);
}

std::string SqlServerDmlWriter::insert_statement(const std::string& table, const std::string& columns,
                                                 const std::string& tuples, bool identity_given) const {
  const std::string insert = fmt::format("INSERT INTO {} ({}) VALUES\n{}", table, columns, tuples);
  if (!identity_given) return insert;
  // One batch, which switches the option off whatever happens: a session can have it on for one table only (error
  // 8107). An error dooms the transaction (XACT_ABORT), and a doomed one allows nothing but its rollback.
  return fmt::format(
      "BEGIN TRY\nSET IDENTITY_INSERT {0} ON;\n{1};\nSET IDENTITY_INSERT {0} OFF;\nEND TRY\n"
      "BEGIN CATCH\nIF XACT_STATE() = -1 ROLLBACK TRANSACTION;\nSET IDENTITY_INSERT {0} OFF;\nTHROW;\nEND CATCH",
      table, insert);
}

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string SqlServerDmlWriter::compared_name(const std::string& name, const Type& type) const {
  // Values of different types in a sql_variant are never equal; which one it was, its text does not tell.
  return type.name == "sql_variant" ? readable_expression(type, name) : name;
}

std::string SqlServerDmlWriter::compared_literal(const Type& type, const std::string& value) const {
  if (type.name == "sql_variant") return text_literal(value);
  const std::string printed = literal(type, value);
  // A varchar would be converted to the nvarchar that it is compared with.
  const bool single_byte = type.family == TypeFamily::text && type.length_unit == LengthUnit::bytes;
  return single_byte && is_ascii(value) && printed.starts_with("N'") ? printed.substr(1) : printed;
}

std::string SqlServerDmlWriter::same_value(const std::string& name, const Type& type, const std::string& value,
                                           bool in_key) const {
  const std::string readable = readable_expression(type, name);
  // What is written as bytes is compared as such, what as text as text.
  const bool as_bytes = type.family == TypeFamily::binary || (type.family == TypeFamily::spatial && is_bytes(value));
  const bool as_text = type.family == TypeFamily::text || type.family == TypeFamily::json ||
                       type.family == TypeFamily::xml || type.family == TypeFamily::other;
  if (as_bytes) {
    const std::string bytes = "0x" + std::string(canonical::read_bytes(value));
    std::string same = fmt::format("{} = {}", readable, bytes);
    // Zeros at the end count for nothing in a comparison.
    if (!type.fixed_length) same += fmt::format(" AND DATALENGTH({}) = {}", readable, (bytes.size() - 2) / 2);
    return same;
  }
  if (!as_text) return fmt::format("{} = {}", name, compared_literal(type, value));
  // hierarchyid, sql_variant and the types that are no texts of their own are compared as what is read of them.
  const bool converted = readable != name;
  const std::string text = converted ? text_literal(value) : compared_literal(type, value);
  std::string same = fmt::format("{} COLLATE Latin1_General_100_BIN2 = {}", readable, text);
  // Beside the column's own comparison, which an index serves.
  if (in_key && !converted) same = fmt::format("{} = {} AND {}", name, text, same);
  if (type.fixed_length) return same;
  // Blanks at the end count for nothing in a comparison. How many bytes they have is the column's business.
  const std::string blanks(value.size() - (value.find_last_not_of(' ') + 1), ' ');
  const std::string filled = fmt::format("RTRIM({}){}", readable, blanks.empty() ? "" : " + '" + blanks + "'");
  return fmt::format("{} AND DATALENGTH({}) = DATALENGTH({})", same, readable, filled);
}

std::string SqlServerDmlWriter::delete_some(const std::string& table, const std::string& condition,
                                            std::uint64_t copies) const {
  return fmt::format("DELETE TOP ({}) FROM {} WHERE {}", copies, table, condition);
}

}  // namespace paripassu::sqlserver
