#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/catalog/type.h"

/// Dates, times and intervals as texts. Private to the room.
namespace paripassu::dataset {

/// A day and a time in it. Of a time of day, `days` is 0; 24:00:00 has a whole day of nanoseconds.
struct Moment {
  std::int64_t days = 0;  ///< since 1970-01-01
  std::int64_t nanoseconds = 0;
  int infinity = 0;  ///< -1, 1: PostgreSQL's infinite dates; the rest is then 0
  bool operator==(const Moment&) const = default;
};

/// A text of a date, time or timestamp column; nothing when it is no value of the type. With time zone, a timestamp is
/// the instant in UTC and must say its offset; without, it must not. A date alone is its midnight where the type has no
/// time zone. Not for a time with time zone.
std::optional<Moment> read_moment(const catalog::Type& type, std::string_view text);
/// As ColumnBatch::format writes a value of the type.
std::string write_moment(const catalog::Type& type, const Moment& moment);
/// Digits of the fraction of a second that are not zeros at its end.
int fraction_digits(const Moment& moment);

/// "12:00:00.5+05:30", "12:00:00Z"; nothing when it is no such text.
std::optional<std::string> neutral_time_with_zone(std::string_view text);
/// Years, months, days and time kept apart, as ISO 8601 with units of their own: "P14M-3DT14706.7S". Reads what
/// PostgreSQL prints in its own style and ISO 8601.
std::optional<std::string> neutral_interval(std::string_view text);

/// The values that a column of times can hold.
struct Grid {
  std::int64_t tick_ns = 1;
  int digits = 9;  ///< with which a tick is printed, where ticks do not divide a second
};
Grid grid_of(const catalog::Type& type);

enum class Snap { round, cut };
/// `moment` on the grid. Ticks that do not divide a second (datetime's 1/300 s) are always rounded to: their values
/// print rounded, and no server cuts to them.
Moment snapped(const Moment& moment, const Grid& grid, Snap snap);

}  // namespace paripassu::dataset
