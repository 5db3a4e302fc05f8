#include "harness/datacheck/repair.h"
#include "harness/dataset/row_set.h"
#include "harness/dataset/value_text.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;

constexpr std::string_view kMidnight = "T00:00:00";

bool is_text(const Type& type) {
  return type.family == TypeFamily::text || type.family == TypeFamily::json || type.family == TypeFamily::xml;
}

/// "infinity" has neither clock nor zone.
bool is_moment(const std::string& text) {
  return text.find('T') != std::string::npos;
}

std::string in_zone(const Type& from, const Type& to, std::string text) {
  if (!is_moment(text) || from.with_time_zone == to.with_time_zone) return text;
  if (to.with_time_zone) return text + "Z";
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

std::string without_padding(const std::string& text) {
  const std::size_t end = text.find_last_not_of(' ');
  return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

std::string meaning(const Type& from, const Type& to, const std::string& text) {
  if ((from.array_dimensions > 0) != (to.array_dimensions > 0))
    return from.array_dimensions > 0 ? neutral_value(from, text) : text;
  if (from.array_dimensions > 0) return text;
  if (from.family == TypeFamily::boolean && to.family != TypeFamily::boolean && !is_text(to))
    return text == "true" ? "1" : text == "false" ? "0" : text;
  if (to.family == TypeFamily::boolean && from.family != TypeFamily::boolean)
    return dataset::read_truth(text).value_or(text);
  if (from.family == TypeFamily::timestamp && to.family == TypeFamily::timestamp) return in_zone(from, to, text);
  if (from.family == TypeFamily::date && to.family == TypeFamily::timestamp && text.find_first_of("0123456789") == 0)
    return text + std::string(kMidnight) + (to.with_time_zone ? "Z" : "");
  if (from.family == TypeFamily::timestamp && to.family == TypeFamily::date) {
    const std::string plain = text.ends_with('Z') ? text.substr(0, text.size() - 1) : text;
    return plain.ends_with(kMidnight) ? plain.substr(0, plain.size() - kMidnight.size()) : text;
  }
  if (from.family == TypeFamily::text && from.fixed_length && !(to.family == TypeFamily::text && to.fixed_length))
    return without_padding(text);
  return text;
}

}  // namespace

std::string converted_value(const Type& from, const Type& to, const std::string& text) {
  return dataset::canonical_value(to, meaning(from, to, text));
}

}  // namespace paripassu
