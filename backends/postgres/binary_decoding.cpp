#include "backends/postgres/binary_decoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "backends/error.h"

namespace paripassu::postgres {

namespace {

constexpr std::int64_t kDaysFrom1970To2000 = 10'957;
constexpr std::int64_t kSecondsFrom1970To2000 = kDaysFrom1970To2000 * 86'400;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

[[noreturn]] void refuse(std::string_view type, const std::string& why) {
  throw Error(ErrorCategory::not_supported, fmt::format("the server sent a value of type {} that {}", type, why))
      .with_engine("postgres")
      .with_remedy("read the column as text: cast it in the query");
}

/// `wire` must be long enough.
template <class Unsigned>
Unsigned big_endian(std::string_view wire, std::size_t at = 0) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<Unsigned>((value << 8U) | static_cast<unsigned char>(wire[at + i]));
  return value;
}

void expect_bytes(std::string_view wire, std::size_t bytes, std::string_view type) {
  if (wire.size() != bytes) refuse(type, fmt::format("has {} bytes instead of {}", wire.size(), bytes));
}

template <class Value>
void append(ColumnVector& column, const Value& value) {
  column.append_fixed(&value, sizeof value);
}

void decode_boolean(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 1, "boolean");
  append(column, static_cast<std::uint8_t>(wire[0] != 0 ? 1 : 0));
}

void decode_int2(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 2, "smallint");
  append(column, static_cast<std::int64_t>(static_cast<std::int16_t>(big_endian<std::uint16_t>(wire))));
}

void decode_int4(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 4, "integer");
  append(column, static_cast<std::int64_t>(static_cast<std::int32_t>(big_endian<std::uint32_t>(wire))));
}

void decode_int8(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 8, "bigint");
  append(column, static_cast<std::int64_t>(big_endian<std::uint64_t>(wire)));
}

void decode_oid(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 4, "oid");
  append(column, static_cast<std::int64_t>(big_endian<std::uint32_t>(wire)));
}

void decode_float4(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 4, "real");
  append(column, big_endian<std::uint32_t>(wire));
}

void decode_float8(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 8, "double precision");
  append(column, big_endian<std::uint64_t>(wire));
}

/// int16 count of digits, int16 weight of the first one, uint16 sign, uint16 digits after the point, then digits to
/// base 10 000. Printed as numeric_out does, trailing zeros of the scale included.
void decode_numeric(std::string_view wire, ColumnVector& column) {
  constexpr std::size_t kHeaderBytes = 8;
  constexpr int kDigitsPerGroup = 4;
  if (wire.size() < kHeaderBytes) refuse("numeric", fmt::format("has only {} bytes", wire.size()));
  const std::size_t groups = big_endian<std::uint16_t>(wire);
  const int weight = static_cast<std::int16_t>(big_endian<std::uint16_t>(wire, 2));
  const unsigned sign = big_endian<std::uint16_t>(wire, 4);
  const std::size_t scale = big_endian<std::uint16_t>(wire, 6);
  expect_bytes(wire, kHeaderBytes + 2 * groups, "numeric");
  switch (sign) {
    case 0x0000:
    case 0x4000:
      break;
    case 0xC000:
      return column.append_bytes("NaN");
    case 0xD000:
      return column.append_bytes("Infinity");
    case 0xF000:
      return column.append_bytes("-Infinity");
    default:
      refuse("numeric", fmt::format("has the unknown sign {:#06x}", sign));
  }

  const auto write_group = [&](int power, char* out) {
    const int index = weight - power;
    unsigned group = 0;
    if (index >= 0 && static_cast<std::size_t>(index) < groups)
      group = big_endian<std::uint16_t>(wire, kHeaderBytes + 2 * static_cast<std::size_t>(index));
    if (group > 9'999) refuse("numeric", fmt::format("has the digit {} to base 10000", group));
    for (int i = kDigitsPerGroup; i-- > 0; group /= 10) out[i] = static_cast<char>('0' + group % 10);
  };

  // Nearly all numbers fit; numeric itself goes up to 131 072 digits before the point and 16 383 after it.
  std::array<char, 128> small;
  std::string large;
  const std::size_t length_max = (static_cast<std::size_t>(std::max(weight, 0)) + 2) * kDigitsPerGroup + scale + 8;
  char* begin = small.data();
  if (length_max > small.size()) {
    large.resize(length_max);
    begin = large.data();
  }
  // One byte is kept for the sign, which is written last, in front of the first digit that counts.
  char* end = begin + 1;
  for (int power = std::max(weight, 0); power >= 0; --power, end += kDigitsPerGroup) write_group(power, end);
  char* first = begin + 1;
  while (first < end - 1 && *first == '0') ++first;
  if (scale > 0) {
    *end++ = '.';
    char* const limit = end + scale;
    for (int power = -1; end < limit; --power, end += kDigitsPerGroup) write_group(power, end);
    end = limit;
  }
  if (sign != 0) *--first = '-';
  column.append_bytes({first, static_cast<std::size_t>(end - first)});
}

void decode_bytes(std::string_view wire, ColumnVector& column) {
  column.append_bytes(wire);
}

void decode_jsonb(std::string_view wire, ColumnVector& column) {
  if (wire.empty() || wire[0] != 1) refuse("jsonb", "has an unknown version");
  column.append_bytes(wire.substr(1));
}

void decode_uuid(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 16, "uuid");
  column.append_fixed(wire.data(), wire.size());
}

void decode_date(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 4, "date");
  const auto days = static_cast<std::int32_t>(big_endian<std::uint32_t>(wire));
  std::int64_t value = days + kDaysFrom1970To2000;
  if (days == std::numeric_limits<std::int32_t>::max()) value = kPositiveInfinity;
  if (days == std::numeric_limits<std::int32_t>::min()) value = kNegativeInfinity;
  append(column, value);
}

void decode_time(std::string_view wire, ColumnVector& column) {
  constexpr std::int64_t kMicrosecondsPerDay = 86'400 * kMicrosecondsPerSecond;
  expect_bytes(wire, 8, "time without time zone");
  const auto microseconds = static_cast<std::int64_t>(big_endian<std::uint64_t>(wire));
  // 24:00:00 is a time of its own.
  if (microseconds < 0 || microseconds > kMicrosecondsPerDay) refuse("time without time zone", "is not in a day");
  append(column, microseconds * 1'000);
}

void decode_timestamp(std::string_view wire, ColumnVector& column) {
  expect_bytes(wire, 8, "timestamp");
  const auto microseconds = static_cast<std::int64_t>(big_endian<std::uint64_t>(wire));
  std::array<std::int64_t, 2> value{microseconds, 0};
  if (microseconds != kPositiveInfinity && microseconds != kNegativeInfinity) {
    value = {microseconds / kMicrosecondsPerSecond, microseconds % kMicrosecondsPerSecond};
    if (value[1] < 0) {
      --value[0];
      value[1] += kMicrosecondsPerSecond;
    }
    value[0] += kSecondsFrom1970To2000;
    value[1] *= 1'000;
  }
  append(column, value);
}

struct Entry {
  Oid oid;
  BinaryType type;
};

/// Oids of pg_type.dat; they are part of the protocol and never change.
constexpr std::array kTypes = {
    Entry{16, {"boolean", ColumnLayout::boolean, decode_boolean}},
    Entry{17, {"bytea", ColumnLayout::bytes, decode_bytes}},
    Entry{19, {"name", ColumnLayout::text, decode_bytes}},
    Entry{20, {"bigint", ColumnLayout::int64, decode_int8}},
    Entry{21, {"smallint", ColumnLayout::int64, decode_int2}},
    Entry{23, {"integer", ColumnLayout::int64, decode_int4}},
    Entry{25, {"text", ColumnLayout::text, decode_bytes}},
    Entry{26, {"oid", ColumnLayout::int64, decode_oid}},
    Entry{114, {"json", ColumnLayout::text, decode_bytes}},
    Entry{142, {"xml", ColumnLayout::text, decode_bytes}},
    Entry{700, {"real", ColumnLayout::float32, decode_float4}},
    Entry{701, {"double precision", ColumnLayout::float64, decode_float8}},
    Entry{705, {"unknown", ColumnLayout::text, decode_bytes}},
    Entry{1042, {"character", ColumnLayout::text, decode_bytes}},
    Entry{1043, {"character varying", ColumnLayout::text, decode_bytes}},
    Entry{1082, {"date", ColumnLayout::date, decode_date}},
    Entry{1083, {"time without time zone", ColumnLayout::time, decode_time}},
    Entry{1114, {"timestamp without time zone", ColumnLayout::timestamp, decode_timestamp}},
    Entry{1184, {"timestamp with time zone", ColumnLayout::timestamp_tz, decode_timestamp}},
    Entry{1700, {"numeric", ColumnLayout::decimal, decode_numeric}},
    Entry{2278, {"void", ColumnLayout::text, decode_bytes}},
    Entry{2950, {"uuid", ColumnLayout::uuid, decode_uuid}},
    Entry{3802, {"jsonb", ColumnLayout::text, decode_jsonb}},
};

}  // namespace

std::optional<BinaryType> binary_type(Oid type) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const Entry& entry) { return entry.oid == type; });
  if (found == kTypes.end()) return std::nullopt;
  return found->type;
}

void decode_text(std::string_view wire, ColumnVector& column) {
  column.append_bytes(wire);
}

}  // namespace paripassu::postgres
