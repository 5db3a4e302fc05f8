#include "backends/catalog/type.h"

#include <stdexcept>

namespace paripassu::catalog {

namespace {

/// Enumerators are dense from 0, and to_string knows a word for each of them.
template <class Enum>
Enum from_word(std::string_view word, Enum last, const char* what) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  }
  throw std::invalid_argument(std::string("unknown ") + what + " \"" + std::string(word) + "\"");
}

}  // namespace

std::string_view to_string(TypeFamily family) {
  switch (family) {
    case TypeFamily::boolean:
      return "boolean";
    case TypeFamily::integer:
      return "integer";
    case TypeFamily::decimal:
      return "decimal";
    case TypeFamily::floating:
      return "floating";
    case TypeFamily::text:
      return "text";
    case TypeFamily::binary:
      return "binary";
    case TypeFamily::bit_string:
      return "bit-string";
    case TypeFamily::uuid:
      return "uuid";
    case TypeFamily::date:
      return "date";
    case TypeFamily::time:
      return "time";
    case TypeFamily::timestamp:
      return "timestamp";
    case TypeFamily::interval:
      return "interval";
    case TypeFamily::json:
      return "json";
    case TypeFamily::xml:
      return "xml";
    case TypeFamily::enumeration:
      return "enumeration";
    case TypeFamily::composite:
      return "composite";
    case TypeFamily::row_version:
      return "row-version";
    case TypeFamily::spatial:
      return "spatial";
    case TypeFamily::other:
      return "other";
  }
  return "?";
}

std::string_view to_string(LengthUnit unit) {
  switch (unit) {
    case LengthUnit::none:
      return "none";
    case LengthUnit::characters:
      return "characters";
    case LengthUnit::utf16_units:
      return "utf16-units";
    case LengthUnit::bytes:
      return "bytes";
  }
  return "?";
}

TypeFamily type_family_from_string(std::string_view word) {
  return from_word(word, TypeFamily::other, "type family");
}

LengthUnit length_unit_from_string(std::string_view word) {
  return from_word(word, LengthUnit::bytes, "length unit");
}

}  // namespace paripassu::catalog
