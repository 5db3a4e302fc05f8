#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "backends/catalog/catalog_json.h"
#include "backends/catalog/catalog_members.h"
#include "backends/catalog/json_document.h"

namespace paripassu::catalog {

namespace {

using Json = nlohmann::ordered_json;

Json write(const std::string& text) {
  if (is_utf8(text)) return text;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(text.size() * 2);
  for (const char byte : text) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 0xF];
  }
  return Json{{"bytes", std::move(hex)}};
}

Json write(bool value) {
  return value;
}
Json write(int value) {
  return value;
}
Json write(long long value) {
  return value;
}

template <class Enum>
requires std::is_enum_v<Enum> Json write(Enum value) {
  return to_string(value);
}

template <class Struct>
requires requires(const Struct& value) {
  members(value);
}
Json write(const Struct& value);

template <class T>
Json write(const std::optional<T>& value) {
  return write(*value);
}

template <class T>
Json write(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(write(value));
  return array;
}

template <class T>
void write_member(Json& object, const Member<const T>& own, const T& default_value) {
  if (!own.required && own.value == default_value) return;
  object.emplace(std::string(own.key), write(own.value));
}

template <class Struct>
void write_members(Json& object, const Struct& value) {
  static const Struct kDefault{};
  const auto own = members(value);
  const auto defaults = members(kDefault);
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (write_member(object, std::get<i>(own), std::get<i>(defaults).value), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(own)>>());
}

template <class Struct>
requires requires(const Struct& value) {
  members(value);
}
Json write(const Struct& value) {
  Json object = Json::object();
  write_members(object, value);
  return object;
}

}  // namespace

std::string to_json(const Catalog& catalog) {
  Json document = Json::object();
  document.emplace("paripassu", "catalog");
  document.emplace("version", kSnapshotVersion);
  write_members(document, catalog);
  return document.dump(2) + "\n";
}

}  // namespace paripassu::catalog
