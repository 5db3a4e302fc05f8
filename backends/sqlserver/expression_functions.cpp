#include "backends/sqlserver/expression_functions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/sqlserver/expression_lexer.h"
#include "backends/sqlserver/expression_names.h"

namespace paripassu::sqlserver {

namespace {

using catalog::ExpressionTree;
using Kind = ExpressionTree::Kind;

constexpr std::string_view kConversionHelper = "babelfish_conv_helper_to_";
/// The child of a clock's word, as expression_tree.h has it.
constexpr std::string_view kNoOffset = "no offset";
constexpr std::string_view kVarcharHelper = "babelfish_conv_helper_to_varchar";

ExpressionTree tree_of(Kind kind, std::string text) {
  ExpressionTree out;
  out.kind = kind;
  out.text = std::move(text);
  return out;
}

template <typename... Children>
ExpressionTree tree_of(Kind kind, std::string text, Children... children) {
  ExpressionTree out = tree_of(kind, std::move(text));
  (out.children.push_back(std::move(children)), ...);
  return out;
}

/// Replaces a tree by a part of it.
void become(ExpressionTree& tree, ExpressionTree part) {
  tree = std::move(part);
}

bool is_call(const ExpressionTree& tree, std::string_view name) {
  return tree.kind == Kind::call && tree.text == name;
}
bool is_call(const ExpressionTree& tree, std::string_view name, std::size_t arguments) {
  return is_call(tree, name) && tree.children.size() == arguments;
}
bool is_operation(const ExpressionTree& tree, std::string_view sign, std::size_t operands = 2) {
  return tree.kind == Kind::operation && tree.text == sign && tree.children.size() == operands;
}

/// What stands below casts and COLLATE.
const ExpressionTree& bare(const ExpressionTree& tree) {
  const ExpressionTree* out = &tree;
  while ((out->kind == Kind::cast || is_operation(*out, "collate")) && !out->children.empty())
    out = &out->children.front();
  return *out;
}

struct Word {
  std::string_view from;
  std::string_view to;
};

template <std::size_t size>
std::optional<std::string> find_word(const std::array<Word, size>& words, std::string_view wanted) {
  for (const Word& word : words)
    if (word.from == wanted) return std::string(word.to);
  return std::nullopt;
}

// Babelfish prints CURRENT_USER as user_name_sysname().
constexpr std::array<Word, 20> kWithoutArguments = {{{"getdate", "now"},
                                                     {"sysdatetime", "now"},
                                                     {"sysdatetimeoffset", "now"},
                                                     {"current_timestamp", "now"},
                                                     {"now", "now"},
                                                     {"getutcdate", "utc_now"},
                                                     {"sysutcdatetime", "utc_now"},
                                                     {"current_date", "today"},
                                                     {"newid", "new_uuid"},
                                                     {"gen_random_uuid", "new_uuid"},
                                                     {"newsequentialid", "new_sequential_uuid"},
                                                     {"user_name", "current_user"},
                                                     {"user_name_sysname", "current_user"},
                                                     {"suser_name", "current_user"},
                                                     {"suser_sname", "current_user"},
                                                     {"original_login", "current_user"},
                                                     {"current_user", "current_user"},
                                                     {"session_user", "current_user"},
                                                     {"system_user", "current_user"},
                                                     {"user", "current_user"}}};

constexpr std::array<Word, 2> kWithOneArgument = {{{"datalength", "octet_length"}, {"log", "ln"}}};
constexpr std::array<Word, 2> kWithTwoArguments = {{{"isnull", "coalesce"}, {"charindex", "position"}}};

// Source: SQL Server documentation, "DATEPART", "DATEADD".
constexpr std::array<Word, 34> kDateFields = {{{"yy", "year"},        {"yyyy", "year"},      {"qq", "quarter"},
                                               {"q", "quarter"},      {"mm", "month"},       {"m", "month"},
                                               {"dy", "dayofyear"},   {"y", "dayofyear"},    {"dd", "day"},
                                               {"d", "day"},          {"wk", "week"},        {"ww", "week"},
                                               {"dw", "weekday"},     {"w", "weekday"},      {"hh", "hour"},
                                               {"mi", "minute"},      {"n", "minute"},       {"ss", "second"},
                                               {"s", "second"},       {"ms", "millisecond"}, {"mcs", "microsecond"},
                                               {"ns", "nanosecond"},  {"tz", "tzoffset"},    {"isowk", "iso_week"},
                                               {"isoww", "iso_week"}, {"doy", "dayofyear"},  {"dow", "weekday"},
                                               {"tsql_week", "week"}, {"year", "year"},      {"quarter", "quarter"},
                                               {"month", "month"},    {"day", "day"},        {"iso_week", "iso_week"},
                                               {"week", "week"}}};

/// The first argument of a date function: T-SQL's word, which the grammar takes for a column, or the text that
/// Babelfish prints for it. Babelfish's 'week' is T-SQL's iso_week where a week's number is asked for, and its
/// 'tsql_week' the other.
std::string date_field(const ExpressionTree& argument, bool as_part) {
  const ExpressionTree& written = bare(argument);
  const std::string word = lower(written.text);
  if (as_part && written.kind == Kind::string && word == "week") return "iso_week";
  return find_word(kDateFields, word).value_or(word);
}

std::string extract_field(const std::string& field) {
  constexpr std::array<Word, 6> kPostgresWords = {{{"dayofyear", "doy"},
                                                   {"iso_week", "week"},
                                                   {"week", "tsql_week"},
                                                   // PostgreSQL's have the fraction, or the whole seconds as well.
                                                   {"second", "tsql_second"},
                                                   {"millisecond", "tsql_millisecond"},
                                                   {"microsecond", "tsql_microsecond"}}};
  return find_word(kPostgresWords, field).value_or(field);
}

void translate_date_function(ExpressionTree& call) {
  if (call.children.size() == 1 && is_any_of(call.text, {"year", "month", "day"})) {
    call.children.insert(call.children.begin(), tree_of(Kind::string, std::exchange(call.text, "extract")));
    return;
  }
  const bool as_part = is_any_of(call.text, {"datepart", "datename"});
  const bool has_field =
      as_part || is_any_of(call.text, {"dateadd", "datediff", "datediff_big", "datetrunc", "date_bucket"});
  if (!has_field || call.children.size() < 2) return;
  std::string field = date_field(call.children.front(), as_part);
  if (as_part) field = extract_field(field);
  become(call.children.front(), tree_of(Kind::string, std::move(field)));
  if (call.text == "datepart" && call.children.size() == 2) call.text = "extract";
}

/// nextval('s.q'::regclass)
void translate_next_value(ExpressionTree& call) {
  const ExpressionTree& name = bare(call.children.front());
  if (name.kind != Kind::string) return;
  std::string qualified;
  try {
    qualified = parse_qualified_name(name.text);
  } catch (const NotUnderstood&) {
    return;
  }
  become(call, tree_of(Kind::call, "next_value", tree_of(Kind::string, std::move(qualified))));
}

/// True for CONVERT and TRY_CONVERT as Babelfish stores them: babelfish_conv_helper_to_date(x, false [, style]), and
/// …_to_varchar('character varying(5)', x, false [, style]). `true` stands for TRY_.
bool is_conversion(const ExpressionTree& call) {
  if (call.kind != Kind::call || !call.text.starts_with(kConversionHelper)) return false;
  const std::size_t first = call.text == kVarcharHelper ? 1 : 0;
  const std::size_t count = call.children.size();
  return (count == first + 2 || count == first + 3) && call.children[first + 1].kind == Kind::boolean &&
         (first == 0 || bare(call.children[0]).kind == Kind::string);
}

/// The type that such a helper converts to; nothing when its text is none.
std::optional<std::string> conversion_type(const ExpressionTree& call) {
  try {
    return call.text == kVarcharHelper ? parse_type(bare(call.children[0]).text)
                                       : parse_type(std::string_view(call.text).substr(kConversionHelper.size()));
  } catch (const NotUnderstood&) {
    return std::nullopt;
  }
}

ExpressionTree converted(ExpressionTree call, std::string type) {
  const std::size_t first = call.text == kVarcharHelper ? 1 : 0;
  const bool tries = call.children[first + 1].text == "true";
  ExpressionTree cast = tree_of(Kind::cast, std::move(type), std::move(call.children[first]));
  if (call.children.size() == first + 2) return tries ? tree_of(Kind::call, "try_cast", std::move(cast)) : cast;
  ExpressionTree style = bare(call.children[first + 2]);
  return tree_of(Kind::call, tries ? "try_convert" : "convert", std::move(cast), std::move(style));
}

void translate_conversion(ExpressionTree& tree) {
  // CAST((babelfish_conv_helper_to_varchar('character varying', x, false)) AS varchar(30)): the cast has the type.
  if (tree.kind == Kind::cast && tree.children.front().text == kVarcharHelper && is_conversion(tree.children.front())) {
    become(tree, converted(std::move(tree.children.front()), tree.text));
  } else if (is_conversion(tree)) {
    if (std::optional<std::string> type = conversion_type(tree)) become(tree, converted(std::move(tree), *type));
  }
}

/// TRY_CAST as Babelfish stores it: babelfish_try_cast_floor_int(x), and
/// babelfish_try_cast_to_any(x, CAST(NULL AS varchar(3)), 7).
void translate_try_cast(ExpressionTree& call) {
  constexpr std::string_view kFloor = "babelfish_try_cast_floor_";
  std::string type;
  if (call.text.starts_with(kFloor) && call.children.size() == 1) {
    type = call.text.substr(kFloor.size());
  } else if (is_call(call, "babelfish_try_cast_to_any", 3) && call.children[1].kind == Kind::cast) {
    type = call.children[1].text;
  } else {
    return;
  }
  become(call, tree_of(Kind::call, "try_cast", tree_of(Kind::cast, std::move(type), std::move(call.children[0]))));
}

void translate_call(ExpressionTree& call) {
  const std::size_t arguments = call.children.size();
  std::optional<std::string> word;
  if (arguments == 0) word = find_word(kWithoutArguments, call.text);
  if (arguments == 1) word = find_word(kWithOneArgument, call.text);
  if (arguments == 2) word = find_word(kWithTwoArguments, call.text);
  if (word) {
    if (is_any_of(call.text, {"getdate", "sysdatetime", "current_timestamp", "getutcdate", "sysutcdatetime"}))
      call.children.push_back(tree_of(Kind::string, std::string(kNoOffset)));
    call.text = std::move(*word);
  } else if (is_call(call, "log", 2)) {
    std::swap(call.children[0], call.children[1]);
  } else if (is_call(call, "len", 1)) {
    call.text = "length";
    call.children.push_back(tree_of(Kind::string, std::string(catalog::kLenCaveat)));
  } else if (is_call(call, "iif", 3)) {
    call.kind = Kind::choice;
    call.text.clear();
  } else if (is_call(call, "convert", 2) && is_call(call.children[0], "today", 0)) {
    // A style says how a text is read or written, and there is none.
    become(call, tree_of(Kind::call, "today"));
  } else if (is_call(call, "nextval", 1)) {
    translate_next_value(call);
  } else if (is_call(call, "timezone", 2)) {
    std::swap(call.children[0], call.children[1]);
    call.kind = Kind::operation;
    call.text = "at_time_zone";
  } else if (call.text.starts_with("babelfish_try_cast_")) {
    translate_try_cast(call);
  } else {
    translate_date_function(call);
  }
}

/// isjson gives 1, 0 or NULL: compared with 1 it is the condition IS JSON.
void translate_is_json(ExpressionTree& operation) {
  if (operation.children.size() != 2) return;
  const bool swapped = !is_call(operation.children[0], "isjson", 1);
  ExpressionTree& call = operation.children[swapped ? 1 : 0];
  const ExpressionTree& number = operation.children[swapped ? 0 : 1];
  if (!is_call(call, "isjson", 1) || number.kind != Kind::number) return;
  const bool with_one = number.text == "1";
  if (!with_one && number.text != "0") return;
  std::string sign = operation.text;
  if (swapped && sign.starts_with('<') && sign != "<>") {
    sign[0] = '>';
  } else if (swapped && sign.starts_with('>')) {
    sign[0] = '<';
  }
  const bool holds = with_one ? is_any_of(sign, {"=", ">="}) : is_any_of(sign, {">", "<>"});
  const bool fails = with_one ? is_any_of(sign, {"<>", "<"}) : is_any_of(sign, {"=", "<="});
  if (!holds && !fails) return;
  ExpressionTree is_json = tree_of(Kind::call, "is_json", std::move(call.children.front()));
  become(operation, holds ? std::move(is_json) : tree_of(Kind::negation, "", std::move(is_json)));
}

/// `x ~~* like_escape(p, e)` is LIKE p ESCAPE e.
void translate_like(ExpressionTree& like) {
  if (like.children.size() != 2 || !is_call(like.children[1], "like_escape", 2)) return;
  ExpressionTree escape = std::move(like.children[1]);
  like.children[1] = std::move(escape.children[0]);
  like.children.push_back(std::move(escape.children[1]));
}

void collect_operands(Kind kind, ExpressionTree& tree, std::vector<ExpressionTree>& out) {
  for (ExpressionTree& child : tree.children) {
    if (child.kind == kind) {
      collect_operands(kind, child, out);
    } else {
      out.push_back(std::move(child));
    }
  }
}

/// AND and OR are associative: parentheses between equal ones make no level.
void join_operands(ExpressionTree& list) {
  const bool nested = std::any_of(list.children.begin(), list.children.end(),
                                  [&list](const ExpressionTree& child) { return child.kind == list.kind; });
  if (!nested) return;
  std::vector<ExpressionTree> operands;
  collect_operands(list.kind, list, operands);
  list.children = std::move(operands);
}

/// True for `x >= 'a'` and `x < 'a' || U+FFFF`, which Babelfish adds behind `x LIKE 'a%'` where the collation ignores
/// case, so that an index can be used. Nobody writes the highest character of all by hand.
bool is_range_of(const ExpressionTree& like, const ExpressionTree& low, const ExpressionTree& high) {
  if (!is_operation(like, "like") || !is_operation(low, ">=") || !is_operation(high, "<")) return false;
  const ExpressionTree& limit = bare(high.children[1]);
  return is_operation(limit, "||") && bare(limit.children[1]) == tree_of(Kind::string, "\xEF\xBF\xBF") &&
         bare(limit.children[0]) == bare(low.children[1]) && bare(low.children[0]) == bare(like.children[0]) &&
         bare(high.children[0]) == bare(like.children[0]);
}

void drop_like_ranges(ExpressionTree& list) {
  std::vector<ExpressionTree> kept;
  kept.reserve(list.children.size());
  for (std::size_t i = 0; i < list.children.size();) {
    std::size_t used = 1;
    if (list.kind == Kind::all_of) {
      if (i + 2 < list.children.size() && is_range_of(list.children[i], list.children[i + 1], list.children[i + 2]))
        used = 3;
    } else if (i + 1 < list.children.size() && list.children[i].kind == Kind::negation &&
               list.children[i + 1].kind == Kind::negation) {
      const ExpressionTree& like = list.children[i].children.front();
      const ExpressionTree& range = list.children[i + 1].children.front();
      if (range.kind == Kind::all_of && range.children.size() == 2 &&
          is_range_of(like, range.children[0], range.children[1]))
        used = 2;
    }
    kept.push_back(std::move(list.children[i]));
    i += used;
  }
  if (kept.size() == 1) {
    become(list, std::move(kept.front()));
  } else {
    list.children = std::move(kept);
  }
}

}  // namespace

void translate_functions(ExpressionTree& tree) {
  if (tree.kind == Kind::all_of || tree.kind == Kind::any_of) join_operands(tree);
  translate_conversion(tree);
  // Of "now" in all its spellings only this one knows its offset, so that its time in UTC is the time in UTC.
  const bool is_utc = is_operation(tree, "at_time_zone") && is_call(tree.children[0], "sysdatetimeoffset", 0) &&
                      tree.children[1].kind == Kind::string && equal_ignoring_case(tree.children[1].text, "utc");
  if (is_utc) become(tree, tree_of(Kind::call, "sysutcdatetime"));

  for (ExpressionTree& child : tree.children) translate_functions(child);

  if (tree.kind == Kind::call) {
    translate_call(tree);
  } else if (is_operation(tree, "like")) {
    translate_like(tree);
  } else if (tree.kind == Kind::operation) {
    translate_is_json(tree);
  } else if (tree.kind == Kind::all_of || tree.kind == Kind::any_of) {
    drop_like_ranges(tree);
  }
  if (tree.kind == Kind::cast && tree.text == "date" && is_call(tree.children.front(), "now"))
    become(tree, tree_of(Kind::call, "today"));
}

}  // namespace paripassu::sqlserver
