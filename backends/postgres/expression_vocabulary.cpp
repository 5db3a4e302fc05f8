#include "backends/postgres/expression_vocabulary.h"

#include <algorithm>
#include <array>
#include <utility>

namespace paripassu::postgres {
namespace {

constexpr int kAnyArguments = -1;

struct FunctionEntry {
  std::string_view name;
  int arguments;
  std::string_view word;
  CallForm form = CallForm::plain;
  bool in_any_schema = false;  ///< of an extension, which lives where its user put it
};

constexpr std::array kFunctions = {
    FunctionEntry{"now", 0, "now"},
    FunctionEntry{"transaction_timestamp", 0, "now"},
    FunctionEntry{"statement_timestamp", 0, "now"},
    FunctionEntry{"clock_timestamp", 0, "now"},
    FunctionEntry{"timezone", 2, "at_time_zone", CallForm::at_time_zone},
    FunctionEntry{"nextval", 1, "next_value", CallForm::next_value},
    FunctionEntry{"gen_random_uuid", 0, "new_uuid", CallForm::plain, true},
    FunctionEntry{"uuid_generate_v4", 0, "new_uuid", CallForm::plain, true},
    FunctionEntry{"uuidv4", 0, "new_uuid"},
    FunctionEntry{"uuid_generate_v1", 0, "new_sequential_uuid", CallForm::plain, true},
    FunctionEntry{"uuid_generate_v1mc", 0, "new_sequential_uuid", CallForm::plain, true},
    FunctionEntry{"uuidv7", 0, "new_sequential_uuid"},
    FunctionEntry{"length", 1, "length"},
    FunctionEntry{"char_length", 1, "length"},
    FunctionEntry{"character_length", 1, "length"},
    FunctionEntry{"substr", kAnyArguments, "substring"},
    FunctionEntry{"btrim", kAnyArguments, "trim"},
    FunctionEntry{"strpos", 2, "position", CallForm::swapped},
    FunctionEntry{"position", 2, "position", CallForm::swapped},
    FunctionEntry{"extract", 2, "extract", CallForm::extract},
    FunctionEntry{"date_part", 2, "extract", CallForm::extract},
    // Of one argument, T-SQL's log is the natural one.
    FunctionEntry{"log", 1, "log10"},
    FunctionEntry{"ceil", 1, "ceiling"},
    FunctionEntry{"pow", 2, "power"},
    FunctionEntry{"dpow", 2, "power"},
    FunctionEntry{"numeric_power", 2, "power"},
};

struct Renaming {
  std::string_view from;
  std::string_view to;
};

constexpr std::array kTypes = {
    Renaming{"int4", "integer"}, Renaming{"int8", "bigint"}, Renaming{"int2", "smallint"},
    Renaming{"bool", "boolean"}, Renaming{"float4", "real"}, Renaming{"float8", "double precision"},
    Renaming{"bpchar", "char"},
};

constexpr std::array kValueFunctions = {
    Renaming{"SVFOP_CURRENT_DATE", "today"},
    Renaming{"SVFOP_CURRENT_TIME", "time_now"},
    Renaming{"SVFOP_CURRENT_TIME_N", "time_now"},
    Renaming{"SVFOP_LOCALTIME", "time_now"},
    Renaming{"SVFOP_LOCALTIME_N", "time_now"},
    Renaming{"SVFOP_CURRENT_TIMESTAMP", "now"},
    Renaming{"SVFOP_CURRENT_TIMESTAMP_N", "now"},
    Renaming{"SVFOP_LOCALTIMESTAMP", "now"},
    Renaming{"SVFOP_LOCALTIMESTAMP_N", "now"},
    Renaming{"SVFOP_CURRENT_ROLE", "current_user"},
    Renaming{"SVFOP_CURRENT_USER", "current_user"},
    Renaming{"SVFOP_USER", "current_user"},
    Renaming{"SVFOP_SESSION_USER", "current_user"},
    Renaming{"SVFOP_CURRENT_CATALOG", "current_catalog"},
    Renaming{"SVFOP_CURRENT_SCHEMA", "current_schema"},
};

struct OperatorEntry {
  std::string_view sign;
  std::string_view word;
  bool negated;
};

constexpr std::array kOperators = {
    OperatorEntry{"~~", "like", false},         OperatorEntry{"!~~", "like", true},
    OperatorEntry{"~~*", "ilike", false},       OperatorEntry{"!~~*", "ilike", true},
    OperatorEntry{"~", "regex_match", false},   OperatorEntry{"!~", "regex_match", true},
    OperatorEntry{"~*", "regex_imatch", false}, OperatorEntry{"!~*", "regex_imatch", true},
};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

QualifiedName qualified_name(ParseTree::Node names) {
  QualifiedName result;
  for (ParseTree::Node node = names.first(); node; node = node.next()) {
    if (!result.name.empty()) {
      if (!result.schema.empty()) result.schema += '.';
      result.schema += result.name;
    }
    result.name = node.member("String").member("sval").text();
  }
  if (result.schema == "pg_catalog") result.schema.clear();
  return result;
}

FunctionWord function_word(const QualifiedName& function, std::size_t arguments) {
  const std::string name = lower_case(function.name);
  for (const FunctionEntry& entry : kFunctions) {
    const bool fits = entry.arguments == kAnyArguments || static_cast<std::size_t>(entry.arguments) == arguments;
    if (entry.name == name && fits && (function.schema.empty() || entry.in_any_schema))
      return {std::string(entry.word), entry.form};
  }
  return {function.schema.empty() ? name : lower_case(function.schema) + "." + name, CallForm::plain};
}

bool is_now_function(const QualifiedName& function, std::size_t arguments) {
  return function.schema.empty() && function_word(function, arguments).word == "now";
}

bool is_utc(std::string_view zone) {
  const std::string name = lower_case(zone);
  return name == "utc" || name == "etc/utc" || name == "uct" || name == "zulu" || name == "gmt" || name == "etc/gmt";
}

OperatorWord operator_word(const QualifiedName& sign, bool unary) {
  // What another schema's "=" does is unknown (citext's ignores case).
  if (!sign.schema.empty()) return {sign.schema + "." + sign.name};
  if (unary) return {sign.name};
  if (sign.name == "^") return {"power", false, true};
  for (const OperatorEntry& entry : kOperators)
    if (entry.sign == sign.name) return {std::string(entry.word), entry.negated};
  return {sign.name};
}

std::string_view value_function_word(std::string_view op) {
  for (const Renaming& entry : kValueFunctions)
    if (entry.from == op) return entry.to;
  return {};
}

std::string integer_text(ParseTree::Node constant, std::string_view body, std::size_t offset) {
  const ParseTree::Node value = constant.member("ival");
  if (!value) return {};
  if (const ParseTree::Node digits = value.member("ival")) return digits.text();
  const int location = constant.member("location").number(-1);
  if (location < 0 || static_cast<std::size_t>(location) < offset) return {};
  // A sign before a constant is folded into it, over brackets too.
  const std::size_t start = body.find_first_not_of("-( \t\r\n\f", static_cast<std::size_t>(location) - offset);
  if (start == std::string_view::npos || body[start] < '0' || body[start] > '9') return {};
  const std::size_t first = std::min(body.find_first_not_of('0', start), body.size());
  std::size_t end = first;
  while (end < body.size() && body[end] >= '0' && body[end] <= '9') ++end;
  return end == first ? "0" : "-" + std::string(body.substr(first, end - first));
}

std::string type_word(ParseTree::Node type_name, std::string_view body, std::size_t offset) {
  if (type_name.member("setof") || type_name.member("pct_type")) return {};
  const ParseTree::Node names = type_name.member("names");
  const QualifiedName type = qualified_name(names);
  std::string word = type.schema.empty() ? type.name : type.schema + "." + type.name;
  // Unquoted, char is bpchar; in quotes it is the one-byte type of the catalogs.
  if (word == "char") word = "\"char\"";
  if (type.schema.empty())
    for (const Renaming& entry : kTypes)
      if (entry.from == type.name) word = entry.to;

  ParseTree::Node modifiers = type_name.member("typmods").first();
  if (modifiers && type.schema.empty() && type.name == "interval") {
    // Every field from year to second; others are of `interval day to second`.
    if (integer_text(modifiers.member("A_Const"), body, offset) != "32767") return {};
    modifiers = modifiers.next();
  }
  char separator = '(';
  for (; modifiers; modifiers = modifiers.next()) {
    const std::string value = integer_text(modifiers.member("A_Const"), body, offset);
    if (value.empty()) return {};
    word += separator + value;
    separator = ',';
  }
  if (separator == ',') word += ')';
  if (type_name.member("arrayBounds")) word += "[]";
  return word;
}

std::string relation_word(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t part = out.size();
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) return {};
        if (text[at] == '"') {
          ++at;
          if (at >= text.size() || text[at] != '"') break;
        }
        out += text[at];
      }
    } else {
      const std::size_t end = std::min(text.find_first_of(".\"", at), text.size());
      out += lower_case(text.substr(at, end - at));
      at = end;
    }
    if (out.size() == part) return {};
    if (at == text.size()) return out;
    if (text[at] != '.') return {};
    out += '.';
    ++at;
  }
}

}  // namespace paripassu::postgres
