#include "harness/datacheck/checksum_form.h"

#include <algorithm>

namespace paripassu::datacheck {

namespace {

using catalog::Type;
using catalog::TypeFamily;
using Kind = ChecksumForm::Kind;

constexpr int kSecondDigitsMax = 6;  ///< more do not exist on all engines

std::optional<ChecksumForm> time_form(Kind kind, const Type& left, const Type& right) {
  const int digits = std::max(left.precision.value_or(kSecondDigitsMax), right.precision.value_or(kSecondDigitsMax));
  if (digits > kSecondDigitsMax) return std::nullopt;
  return ChecksumForm{kind, digits};
}

}  // namespace

std::optional<ChecksumForm> checksum_form(const Type& left, const Type& right) {
  if (left.array_dimensions > 0 || right.array_dimensions > 0) return std::nullopt;
  const auto both = [&](TypeFamily family) { return left.family == family && right.family == family; };
  const auto is_exact = [](const Type& type) {
    return type.family == TypeFamily::integer || (type.family == TypeFamily::decimal && type.scale.has_value());
  };
  if (both(TypeFamily::integer)) return ChecksumForm{Kind::integer, 0};
  if (both(TypeFamily::boolean)) return ChecksumForm{Kind::boolean, 0};
  if (is_exact(left) && is_exact(right))
    return ChecksumForm{Kind::decimal, std::max({left.scale.value_or(0), right.scale.value_or(0), 0})};
  if (both(TypeFamily::floating) && left.bits == right.bits)
    return ChecksumForm{left.bits == 32 ? Kind::float32 : Kind::float64, 0};
  if (both(TypeFamily::text))
    return ChecksumForm{left.fixed_length || right.fixed_length ? Kind::trimmed_text : Kind::text, 0};
  if (both(TypeFamily::binary)) return ChecksumForm{Kind::bytes, 0};
  if (both(TypeFamily::uuid)) return ChecksumForm{Kind::uuid, 0};
  if (both(TypeFamily::date)) return ChecksumForm{Kind::date, 0};
  if (left.with_time_zone != right.with_time_zone) return std::nullopt;
  if (both(TypeFamily::time) && !left.with_time_zone) return time_form(Kind::time, left, right);
  if (both(TypeFamily::timestamp)) return time_form(left.with_time_zone ? Kind::instant : Kind::timestamp, left, right);
  return std::nullopt;
}

}  // namespace paripassu::datacheck
