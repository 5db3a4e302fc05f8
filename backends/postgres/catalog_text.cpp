#include "backends/postgres/catalog_builder.h"

namespace paripassu::postgres {

namespace {

/// makeObjectName of the PostgreSQL sources: the longer of the two parts is shortened first.
std::string object_name(std::string_view name1, std::string_view name2, std::string_view label) {
  constexpr std::size_t kNameBytesMax = 63;
  std::size_t overhead = label.size() + 1;
  if (!name2.empty()) ++overhead;
  std::size_t length1 = name1.size();
  std::size_t length2 = name2.size();
  while (length1 + length2 + overhead > kNameBytesMax && length1 + length2 > 0) {
    if (length1 > length2) {
      --length1;
    } else {
      --length2;
    }
  }
  const auto clip = [](std::string_view text, std::size_t length) {
    while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
    return text.substr(0, length);
  };
  std::string result(clip(name1, length1));
  if (!name2.empty()) {
    result += '_';
    result += clip(name2, length2);
  }
  result += '_';
  result += label;
  return result;
}

}  // namespace

std::vector<std::string> parse_array(std::string_view text) {
  std::vector<std::string> elements;
  if (text.size() < 2 || text.front() != '{') return elements;
  std::size_t i = 1;
  while (i < text.size() && text[i] != '}') {
    std::string element;
    bool quoted = false;
    if (text[i] == '"') {
      quoted = true;
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        element += text[i];
      }
      ++i;
    } else {
      for (; i < text.size() && text[i] != ',' && text[i] != '}'; ++i) element += text[i];
    }
    if (!quoted && element == "NULL") element.clear();
    elements.push_back(std::move(element));
    if (i < text.size() && text[i] == ',') ++i;
  }
  return elements;
}

bool is_generated_name(std::string_view name, std::string_view table, const std::vector<std::string>& columns,
                       std::string_view suffix) {
  std::string joined;
  for (const std::string& column : columns) joined += (joined.empty() ? "" : "_") + column;
  const auto matches = [&](std::string_view label) { return name == object_name(table, joined, label); };
  if (matches(suffix)) return true;
  // A name that is taken gets a number at its end.
  std::size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  while (digits < name.size() && name[digits] == '0') ++digits;  // numbers begin with 1
  if (digits == name.size() || name.size() - digits > 9) return false;
  return matches(std::string(suffix) + std::string(name.substr(digits)));
}

}  // namespace paripassu::postgres
