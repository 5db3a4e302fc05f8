#include "harness/datacheck/value_kind.h"

#include <fmt/format.h>

#include "harness/dataset/value_pairing.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;

bool is_opaque(const Type& type) {
  return type.array_dimensions == 0 && (type.family == TypeFamily::composite || type.family == TypeFamily::spatial ||
                                        type.family == TypeFamily::other);
}

std::string shown(const Type& type) {
  if (!type.printed.empty()) return type.printed;
  return type.name.empty() ? std::string(catalog::to_string(type.family)) : type.name;
}

std::string why_refused(const Type& left, const Type& right, bool exact) {
  if (left.family == TypeFamily::row_version || right.family == TypeFamily::row_version)
    return "row version: the server writes it by itself";
  if (exact) return {};
  // Both engines have a geometry; one sends it as text and the other as bytes of its own.
  const bool strangers = left.family == TypeFamily::spatial || left.name != right.name;
  if (is_opaque(left) && is_opaque(right) && left.family != TypeFamily::composite && strangers)
    return fmt::format("it is not known how values of {} and {} compare", shown(left), shown(right));
  if (dataset::ValuePairing(left, right).common() == nullptr)
    return fmt::format("the types {} and {} have no values in common", shown(left), shown(right));
  return {};
}

void choose_by_family(ValueKindChoice& choice, const Type& left, const Type& right) {
  const auto choose = [&](ValueKind kind, std::string_view name) {
    choice.kind = kind;
    choice.name = name;
  };
  if (choice.common.array_dimensions > 0) return choose(ValueKind::canonical, "array");
  const bool pads = left.fixed_length || right.fixed_length;
  switch (choice.common.family) {
    case TypeFamily::boolean:
      return choose(ValueKind::boolean, "boolean");
    case TypeFamily::integer:
      return choose(ValueKind::integer, "integer");
    case TypeFamily::decimal:
      return choose(ValueKind::decimal, "decimal");
    case TypeFamily::floating:
      return choose(ValueKind::floating, "float");
    case TypeFamily::text:
    case TypeFamily::enumeration:
      if (left.family == TypeFamily::enumeration || right.family == TypeFamily::enumeration)
        return choose(ValueKind::text, "enum");
      return choose(ValueKind::text, pads ? "text without padding" : "text");
    case TypeFamily::binary:
      return choose(ValueKind::bytes, choice.common.fixed_length ? "bytes without padding" : "bytes");
    case TypeFamily::uuid:
      return choose(ValueKind::uuid, "uuid");
    case TypeFamily::date:
      return choose(ValueKind::date, "date");
    case TypeFamily::time:
      if (choice.common.with_time_zone) return choose(ValueKind::canonical, "time with offset");
      return choose(ValueKind::time, "time");
    case TypeFamily::timestamp:
      return choose(ValueKind::timestamp, choice.common.with_time_zone ? "instant" : "timestamp");
    case TypeFamily::interval:
      return choose(ValueKind::canonical, "interval");
    case TypeFamily::bit_string:
      return choose(ValueKind::canonical, "bit string");
    case TypeFamily::json:
      return choose(ValueKind::canonical, "json");
    case TypeFamily::xml:
      return choose(ValueKind::canonical, "xml");
    case TypeFamily::composite:
    case TypeFamily::spatial:
    case TypeFamily::other:
    case TypeFamily::row_version:
      break;
  }
  choose(ValueKind::canonical, "printed value");
}

}  // namespace

bool is_text_type(const Type& type) {
  return type.array_dimensions == 0 && (type.family == TypeFamily::text || type.family == TypeFamily::enumeration);
}

ValueKindChoice choose_value_kind(const Type& left, const Type& right, bool exact) {
  ValueKindChoice choice;
  choice.name = "not compared";
  choice.refusal = why_refused(left, right, exact);
  if (!choice.refusal.empty()) return choice;
  if (!exact) {
    choice.common = *dataset::ValuePairing(left, right).common();
    choose_by_family(choice, left, right);
    return choice;
  }
  choice.common = left;
  choose_by_family(choice, left, right);
  choice.name = "exact";
  // What has several spellings compares by its spelling.
  if (choice.kind == ValueKind::canonical) choice.kind = ValueKind::text;
  return choice;
}

}  // namespace paripassu
