#pragma once

#include <string>
#include <string_view>

#include "backends/catalog/type.h"

/// Canonical texts in the form that PostgreSQL's input functions read, for PostgresDmlWriter.
namespace paripassu::postgres {

struct InputText {
  std::string text;
  bool bare = false;  ///< an SQL expression as it is: a number, a boolean
};

/// `type` is no array. Throws Error(data) when the text is no value of the type.
InputText input_text(const catalog::Type& type, std::string_view text);

/// The text of an array: `{…}` and `[2:3]={…}` are checked for their form and stay as they are; the elements of a JSON
/// array (`["a", null, "b"]`) are checked as values of `type` without its dimensions. Throws Error(data).
std::string array_input_text(const catalog::Type& type, std::string_view text);

}  // namespace paripassu::postgres
