#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace paripassu::catalog {

/// What a type means, independent of the engine. An engine's inspector maps each of its own types to one of
/// these; whether two types are equivalent is decided in harness/parity, on these values alone.
enum class TypeFamily {
  boolean,
  integer,     ///< `bits` and `is_unsigned`
  decimal,     ///< `precision`, `scale`; without precision: any (PostgreSQL's bare numeric)
  floating,    ///< `bits` 32 or 64
  text,        ///< `length`, `length_unit`, `fixed_length`
  binary,      ///< `length` in bytes, `fixed_length`
  bit_string,  ///< PostgreSQL bit(n), bit varying(n)
  uuid,
  date,
  time,       ///< `precision` digits of a second, `with_time_zone`
  timestamp,  ///< `precision` digits of a second, `with_time_zone`, `tick_ns` where coarser than the digits
  interval,
  json,
  xml,
  enumeration,  ///< `user_type`
  composite,    ///< `user_type`
  row_version,  ///< changes by itself with each update
  spatial,
  other,  ///< compared by name
};

enum class LengthUnit {
  none,
  characters,   ///< Unicode code points (PostgreSQL)
  utf16_units,  ///< SQL Server nchar, nvarchar
  bytes,        ///< SQL Server char, varchar, binary; PostgreSQL has no limit for bytea
};

/// A column's type: as the engine prints it, and as understood.
struct Type {
  TypeFamily family = TypeFamily::other;
  std::string printed;        ///< as the engine writes it: "character varying(40)", "nvarchar(160)"
  std::string name;           ///< the engine's name without modifiers: "varchar", "nvarchar"
  std::optional<int> length;  ///< absent: no limit
  LengthUnit length_unit = LengthUnit::none;
  bool fixed_length = false;     ///< char(n), binary(n): padded
  std::optional<int> precision;  ///< decimal digits, or digits of a second
  std::optional<int> scale;
  int bits = 0;              ///< integer: 8, 16, 32, 64; floating: 32, 64
  bool is_unsigned = false;  ///< SQL Server's tinyint
  bool with_time_zone = false;
  /// Grid of a timestamp where it is coarser than its digits: datetime 3333333 ns, smalldatetime 60 s.
  long long tick_ns = 0;
  int array_dimensions = 0;
  std::string user_type;  ///< "schema.name" of the enum, domain or alias type that was used

  bool operator==(const Type&) const = default;
};

std::string_view to_string(TypeFamily family);
std::string_view to_string(LengthUnit unit);
/// Throws std::invalid_argument for an unknown word.
TypeFamily type_family_from_string(std::string_view word);
LengthUnit length_unit_from_string(std::string_view word);

}  // namespace paripassu::catalog
