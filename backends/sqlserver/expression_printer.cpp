#include "backends/sqlserver/expression_printer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "backends/sqlserver/ddl_types.h"
#include "backends/sqlserver/sql_text.h"

namespace paripassu::sqlserver {
namespace {

using catalog::ExpressionTree;
using catalog::Type;
using catalog::TypeFamily;
using Kind = ExpressionTree::Kind;

/// Functions that mean the same wherever they exist, beside those that Printer::call writes in its own way.
constexpr auto kSharedFunctions = std::to_array<std::string_view>(
    {"abs",    "acos",    "ascii", "asin",      "atan",     "ceiling", "coalesce", "concat", "concat_ws",
     "cos",    "degrees", "exp",   "floor",     "greatest", "least",   "left",     "lower",  "ltrim",
     "nullif", "pi",      "power", "radians",   "replace",  "reverse", "right",    "rtrim",  "sign",
     "sin",    "sqrt",    "tan",   "translate", "trim",     "upper"});

constexpr auto kTextFunctions =
    std::to_array<std::string_view>({"concat", "concat_ws", "current_user", "left", "lower", "ltrim", "replace",
                                     "reverse", "right", "rtrim", "substring", "translate", "trim", "upper"});

struct Field {
  std::string_view name;
  std::string_view written;
};
/// Fields of EXTRACT that DATEPART gives the same number for. Seconds are whole ones in T-SQL.
constexpr auto kFields = std::to_array<Field>({{"year", "year"},
                                               {"quarter", "quarter"},
                                               {"month", "month"},
                                               {"day", "day"},
                                               {"doy", "dayofyear"},
                                               {"week", "iso_week"},
                                               {"hour", "hour"},
                                               {"minute", "minute"}});

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_numeric(std::optional<TypeFamily> family) {
  return family == TypeFamily::integer || family == TypeFamily::decimal || family == TypeFamily::floating;
}

bool is_comparison(std::string_view sign) {
  return sign == "=" || sign == "<>" || sign == "<" || sign == "<=" || sign == ">" || sign == ">=";
}

bool is_condition_operator(std::string_view sign) {
  return is_comparison(sign) || sign == "like" || sign == "ilike" || sign == "regex_match" || sign == "regex_imatch" ||
         sign == "similar_to" || sign == "distinct_from";
}

std::string quoted_parts(std::string_view dotted) {
  const std::size_t dot = dotted.find('.');
  if (dot == std::string_view::npos) return quote_name(dotted);
  return quote_name(dotted.substr(0, dot)) + "." + quote_name(dotted.substr(dot + 1));
}

/// `2020-01-01 00:00:00+00`, as PostgreSQL prints it: T-SQL wants the minutes of the zone too.
std::string with_zone_minutes(std::string text) {
  const std::size_t sign = text.find_last_of("+-");
  const std::size_t time = text.find(':');
  if (sign == std::string::npos || time == std::string::npos || sign < time || text.size() - sign != 3) return text;
  return text + ":00";
}

class Printer {
 public:
  explicit Printer(const ExpressionSite& site) : site_(site) {}

  WrittenSql print(const ExpressionTree& tree) {
    std::string text;
    switch (site_.use) {
      case ExpressionUse::default_value:
        text = default_value(tree);
        break;
      case ExpressionUse::computed:
      case ExpressionUse::index_key:
        text = value(tree);
        break;
      case ExpressionUse::check:
        text = condition(tree);
        break;
      case ExpressionUse::index_predicate:
        text = predicate(tree);
        break;
    }
    if (!problem_.empty()) return {"", problem_};
    return {std::move(text), remark_};
  }

 private:
  std::string refuse(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return {};
  }

  std::optional<TypeFamily> family(const ExpressionTree& tree) const {
    switch (tree.kind) {
      case Kind::string:
        return TypeFamily::text;
      case Kind::number:
        return TypeFamily::decimal;
      case Kind::column:
        if (site_.column_type) {
          if (const Type* type = site_.column_type(tree.text)) return type->family;
        }
        return std::nullopt;
      case Kind::cast:
        if (const auto type = type_of_name(tree.text)) return type->family;
        return std::nullopt;
      case Kind::call:
        if (contains(kTextFunctions, tree.text)) return TypeFamily::text;
        if (tree.text == "length" || tree.text == "octet_length" || tree.text == "position" || tree.text == "extract") {
          return TypeFamily::integer;
        }
        if ((tree.text == "coalesce" || tree.text == "nullif") && !tree.children.empty()) {
          return family(tree.children.front());
        }
        return std::nullopt;
      case Kind::operation:
        if (tree.text == "||") return TypeFamily::text;
        if (is_condition_operator(tree.text)) return TypeFamily::boolean;
        for (const ExpressionTree& child : tree.children) {
          if (const auto found = family(child)) return found;
        }
        return std::nullopt;
      default:
        return is_condition(tree) ? std::optional(TypeFamily::boolean) : std::nullopt;
    }
  }

  /// What T-SQL takes as a condition only, never as a value.
  static bool is_condition(const ExpressionTree& tree) {
    switch (tree.kind) {
      case Kind::all_of:
      case Kind::any_of:
      case Kind::negation:
      case Kind::null_test:
      case Kind::truth_test:
      case Kind::membership:
      case Kind::between:
        return true;
      case Kind::operation:
        return is_condition_operator(tree.text);
      case Kind::call:
        return tree.text == "is_json";
      default:
        return false;
    }
  }

  std::string join(const std::vector<ExpressionTree>& children, std::size_t first = 0) {
    std::string out;
    for (std::size_t i = first; i < children.size(); ++i) {
      if (i > first) out += ", ";
      out += value(children[i]);
    }
    return out;
  }

  std::string default_value(const ExpressionTree& tree) {
    // The column has the type: a cast of the whole is needless, and of a text that stands for a time it may fail.
    const ExpressionTree* bare = &tree;
    while (bare->kind == Kind::cast && bare->children.size() == 1 && is_literal(bare->children[0])) {
      bare = &bare->children[0];
    }
    if (site_.target == nullptr) return value(*bare);
    if (site_.target->family == TypeFamily::boolean && bare->kind == Kind::string) return truth_of(bare->text);
    if (site_.target->family == TypeFamily::timestamp && bare->kind == Kind::string) {
      return literal(with_zone_minutes(bare->text));
    }
    if (is_numeric(site_.target->family) && bare->kind == Kind::string && is_number(bare->text)) return bare->text;
    return value(*bare);
  }

  static bool is_literal(const ExpressionTree& tree) {
    if (tree.kind == Kind::cast) return is_literal(tree.children.at(0));
    return tree.kind == Kind::null || tree.kind == Kind::boolean || tree.kind == Kind::number ||
           tree.kind == Kind::string || tree.kind == Kind::bytes;
  }

  static bool is_number(std::string_view text) {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    return !digits.empty() && digits.find_first_not_of("0123456789.") == std::string_view::npos &&
           std::count(digits.begin(), digits.end(), '.') <= 1 && digits != ".";
  }

  /// What PostgreSQL reads from a text as a truth.
  std::string truth_of(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (const std::string_view word : {"t", "true", "y", "yes", "on", "1"}) {
      if (text == word) return "1";
    }
    for (const std::string_view word : {"f", "false", "n", "no", "off", "0"}) {
      if (text == word) return "0";
    }
    return refuse("The text " + text + " is no truth.");
  }

  // Conditions.

  std::string condition(const ExpressionTree& tree) {
    switch (tree.kind) {
      case Kind::boolean:
        return tree.text == "true" ? "1 = 1" : "1 = 0";
      case Kind::all_of:
        return join_conditions(tree.children, " AND ");
      case Kind::any_of:
        return join_conditions(tree.children, " OR ");
      case Kind::negation:
        return negation(tree.children.at(0));
      case Kind::null_test:
        return value(tree.children.at(0)) + " IS NULL";
      case Kind::truth_test:
        return truth_test(tree);
      case Kind::membership:
        return membership(tree, " IN (");
      case Kind::between:
        return compared(tree.children.at(0), tree.children) + " BETWEEN " +
               compared(tree.children.at(1), tree.children) + " AND " + compared(tree.children.at(2), tree.children);
      case Kind::operation:
        if (is_condition_operator(tree.text)) return comparison(tree, "");
        return value(tree) + " = 1";
      case Kind::call:
        if (tree.text == "is_json" && tree.children.size() == 1) return "ISJSON(" + value(tree.children[0]) + ") = 1";
        return value(tree) + " = 1";
      case Kind::column:
      case Kind::choice:
      case Kind::cast:
        return value(tree) + " = 1";
      default:
        return refuse("A value stands where T-SQL wants a condition.");
    }
  }

  std::string bracketed(const ExpressionTree& tree) {
    const std::string text = condition(tree);
    const bool compound = tree.kind == Kind::all_of || tree.kind == Kind::any_of || tree.kind == Kind::between;
    return compound ? "(" + text + ")" : text;
  }

  std::string join_conditions(const std::vector<ExpressionTree>& children, std::string_view word) {
    std::string out;
    for (const ExpressionTree& child : children) {
      if (!out.empty()) out += word;
      out += bracketed(child);
    }
    return out;
  }

  std::string negation(const ExpressionTree& child) {
    switch (child.kind) {
      case Kind::null_test:
        return value(child.children.at(0)) + " IS NOT NULL";
      case Kind::membership:
        return membership(child, " NOT IN (");
      case Kind::column:
        return value(child) + " = 0";
      case Kind::truth_test:
        return "CASE WHEN " + condition_of(child) + " THEN 1 ELSE 0 END = 0";
      case Kind::operation:
        if (child.text == "like") return comparison(child, "NOT ");
        return "NOT (" + condition(child) + ")";
      default:
        return "NOT (" + condition(child) + ")";
    }
  }

  /// `x IS TRUE` as a condition that is unknown where x is.
  std::string condition_of(const ExpressionTree& test) {
    const ExpressionTree& child = test.children.at(0);
    if (test.text == "true") return bracketed(child);
    return child.kind == Kind::column ? value(child) + " = 0" : "NOT (" + condition(child) + ")";
  }

  std::string truth_test(const ExpressionTree& tree) {
    return "CASE WHEN " + condition_of(tree) + " THEN 1 ELSE 0 END = 1";
  }

  std::string membership(const ExpressionTree& tree, std::string_view word) {
    std::string out = compared(tree.children.at(0), tree.children) + std::string(word);
    for (std::size_t i = 1; i < tree.children.size(); ++i) {
      if (i > 1) out += ", ";
      out += compared(tree.children[i], tree.children);
    }
    return out + ")";
  }

  /// An operand of a comparison. A column cast to a wider number or to text compares the same without the cast.
  std::string compared(const ExpressionTree& tree, const std::vector<ExpressionTree>& all) {
    if (tree.kind == Kind::cast && tree.children.size() == 1) {
      const ExpressionTree& child = tree.children[0];
      const auto type = type_of_name(tree.text);
      if (type && child.kind == Kind::column && widens(child, *type, tree.text)) return value(child);
    }
    if (tree.kind == Kind::string) {
      const bool with_truth = std::any_of(
          all.begin(), all.end(), [&](const ExpressionTree& other) { return family(other) == TypeFamily::boolean; });
      if (with_truth) return truth_of(tree.text);
    }
    return value(tree);
  }

  std::string comparison(const ExpressionTree& tree, std::string_view negated) {
    if (tree.children.size() < 2) return refuse("An operator has no operands.");
    const ExpressionTree& one = tree.children[0];
    const ExpressionTree& other = tree.children[1];
    if (is_comparison(tree.text)) {
      return compared(one, tree.children) + " " + tree.text + " " + compared(other, tree.children);
    }
    if (tree.text == "like") return like(tree, negated);
    if (tree.text == "distinct_from") {
      const std::string l = value(one);
      const std::string r = value(other);
      return "(" + l + " <> " + r + " OR (" + l + " IS NULL AND " + r + " IS NOT NULL) OR (" + l + " IS NOT NULL AND " +
             r + " IS NULL))";
    }
    if (tree.text == "ilike") {
      return refuse("ILIKE has no counterpart: LIKE with a case-insensitive collation compares that way.");
    }
    return refuse("Regular expressions have no counterpart before SQL Server 2025.");
  }

  std::string like(const ExpressionTree& tree, std::string_view negated) {
    const ExpressionTree& pattern = tree.children[1];
    std::string text = value(tree.children[0]) + " " + std::string(negated) + "LIKE ";
    const bool foreign = !site_.own && pattern.kind == Kind::string;
    if (tree.children.size() > 2) return text + value(pattern) + " ESCAPE " + value(tree.children[2]);
    if (foreign && (pattern.text.find('[') != std::string::npos || pattern.text.find('\\') != std::string::npos)) {
      // A backslash escapes in PostgreSQL, and a bracket begins a class in T-SQL only.
      std::string escaped;
      for (const char c : pattern.text) {
        if (c == '[') escaped += '\\';
        escaped += c;
      }
      return text + literal(escaped) + " ESCAPE N'\\'";
    }
    return text + value(pattern);
  }

  // Predicates of indexes: comparisons of a column with constants, IN, IS NULL, joined by AND.

  std::string predicate(const ExpressionTree& tree) {
    if (tree.kind == Kind::all_of) {
      std::string out;
      for (const ExpressionTree& child : tree.children) {
        if (!out.empty()) out += " AND ";
        out += predicate(child);
      }
      return out;
    }
    if (is_simple(tree)) return condition(tree);
    if (tree.kind == Kind::any_of) {
      if (const auto list = as_membership(tree)) return condition(*list);
    }
    if (tree.kind == Kind::between && is_column(tree.children.at(0))) {
      const ExpressionTree low{Kind::operation, ">=", {tree.children[0], tree.children.at(1)}};
      const ExpressionTree high{Kind::operation, "<=", {tree.children[0], tree.children.at(2)}};
      return predicate(low) + " AND " + predicate(high);
    }
    if (tree.kind == Kind::truth_test && is_column(tree.children.at(0))) {
      return value(tree.children[0]) + (tree.text == "true" ? " = 1" : " = 0");
    }
    if (tree.kind == Kind::negation) {
      const ExpressionTree& child = tree.children.at(0);
      if (child.kind == Kind::membership && is_simple(child)) {
        std::string out;
        for (std::size_t i = 1; i < child.children.size(); ++i) {
          if (i > 1) out += " AND ";
          out += value(child.children[0]) + " <> " + compared(child.children[i], child.children);
        }
        return out;
      }
      if (child.kind == Kind::any_of) {
        std::string out;
        for (const ExpressionTree& part : child.children) {
          if (!out.empty()) out += " AND ";
          out += predicate({Kind::negation, "", {part}});
        }
        return out;
      }
      if (child.kind == Kind::operation && child.text == "=" && is_simple(child)) {
        return predicate({Kind::operation, "<>", child.children});
      }
    }
    return refuse(
        "The predicate of an index may only compare columns with constants, joined by AND, in SQL Server; an indexed "
        "view "
        "or an index on a computed column may serve.");
  }

  bool is_column(const ExpressionTree& tree) const {
    if (tree.kind == Kind::column) return true;
    // A cast that value() leaves out.
    return tree.kind == Kind::cast && tree.children.at(0).kind == Kind::column && value_is_bare(tree);
  }

  /// A column of that very type.
  bool has_type(const ExpressionTree& tree, std::string_view printed) const {
    if (tree.kind != Kind::column || !site_.column_type) return false;
    const Type* type = site_.column_type(tree.text);
    return type != nullptr && type->printed == printed;
  }

  bool value_is_bare(const ExpressionTree& cast) const {
    if (has_type(cast.children.at(0), cast.text)) return true;
    const auto type = type_of_name(cast.text);
    const ExpressionTree& child = cast.children.at(0);
    if (!type) return false;
    if (type->family == TypeFamily::text) {
      return !type->length && !type->fixed_length && family(child) == TypeFamily::text;
    }
    return widens(child, *type, cast.text);
  }

  /// Whether the cast of a numeric column keeps every value, so that it compares alike without it.
  bool widens(const ExpressionTree& column, const Type& type, std::string_view written) const {
    if (!site_.column_type) return false;
    const Type* own = site_.column_type(column.text);
    if (own == nullptr || !is_numeric(own->family) || own->family == TypeFamily::floating) return false;
    if (type.family == TypeFamily::floating) return true;
    if (type.family != TypeFamily::decimal) return false;
    if (written.find('(') == std::string_view::npos) return true;  // Babelfish's numeric, which has no limit
    const int digits = own->family == TypeFamily::decimal ? own->precision.value_or(0) - own->scale.value_or(0)
                       : own->bits == 64                  ? 19
                                                          : 10;
    const int scale = own->family == TypeFamily::decimal ? own->scale.value_or(0) : 0;
    return type.precision.value_or(0) - type.scale.value_or(0) >= digits && type.scale.value_or(0) >= scale;
  }

  bool is_simple(const ExpressionTree& tree) const {
    switch (tree.kind) {
      case Kind::column:
        return true;
      case Kind::null_test:
        return is_column(tree.children.at(0));
      case Kind::negation:
        return tree.children.at(0).kind == Kind::column ||
               (tree.children[0].kind == Kind::null_test && is_simple(tree.children[0]));
      case Kind::membership:
        return is_column(tree.children.at(0)) && std::all_of(tree.children.begin() + 1, tree.children.end(),
                                                             [](const auto& one) { return is_literal(one); });
      case Kind::operation:
        return is_comparison(tree.text) && tree.children.size() == 2 &&
               ((is_column(tree.children[0]) && is_literal(tree.children[1])) ||
                (is_literal(tree.children[0]) && is_column(tree.children[1])));
      default:
        return false;
    }
  }

  std::optional<ExpressionTree> as_membership(const ExpressionTree& any) const {
    ExpressionTree list{Kind::membership, "", {}};
    for (const ExpressionTree& child : any.children) {
      const bool equality = child.kind == Kind::operation && child.text == "=" && is_simple(child);
      if (!equality || !is_column(child.children[0])) return std::nullopt;
      if (list.children.empty()) list.children.push_back(child.children[0]);
      if (list.children[0] != child.children[0]) return std::nullopt;
      list.children.push_back(child.children[1]);
    }
    if (list.children.size() < 2) return std::nullopt;
    return list;
  }

  // Values.

  std::string value(const ExpressionTree& tree) {
    switch (tree.kind) {
      case Kind::null:
        return "NULL";
      case Kind::boolean:
        return tree.text == "true" ? "1" : "0";
      case Kind::number:
        return number(tree.text);
      case Kind::string:
        return literal(tree.text);
      case Kind::bytes:
        return "0x" + tree.text;
      case Kind::column:
        return quote_name(tree.text);
      case Kind::call:
        return is_condition(tree) ? truth_value(tree) : call(tree);
      case Kind::operation:
        return is_condition(tree) ? truth_value(tree) : operation(tree);
      case Kind::choice:
        return choice(tree);
      case Kind::cast:
        return cast(tree);
      case Kind::array:
        return refuse("T-SQL has no arrays.");
      default:
        return truth_value(tree);
    }
  }

  static std::string number(std::string text) {
    if (text.ends_with('.')) text.pop_back();
    return text;
  }

  std::string truth_value(const ExpressionTree& tree) {
    const std::string text = condition(tree);
    return "CASE WHEN " + text + " THEN CAST(1 AS bit) WHEN NOT (" + text + ") THEN CAST(0 AS bit) END";
  }

  std::string choice(const ExpressionTree& tree) {
    std::string out = "CASE";
    for (std::size_t i = 0; i + 1 < tree.children.size(); i += 2) {
      out += " WHEN " + condition(tree.children[i]) + " THEN " + value(tree.children[i + 1]);
    }
    if (tree.children.size() % 2 == 1 && tree.children.back().kind != Kind::null) {
      out += " ELSE " + value(tree.children.back());
    }
    return out + " END";
  }

  std::string cast(const ExpressionTree& tree) {
    const ExpressionTree& child = tree.children.at(0);
    if (has_type(child, tree.text)) return value(child);
    const auto type = type_of_name(tree.text);
    if (!type) {
      if (child.kind == Kind::string) return value(child);
      if (!site_.own) return refuse("The type " + tree.text + " of a cast is not known here.");
      if (!is_type_text(tree.text)) return refuse("The type of a cast cannot be written: it is no name of a type.");
      return "CAST(" + value(child) + " AS " + tree.text + ")";
    }
    const bool number_literal = child.kind == Kind::number || (child.kind == Kind::string && is_number(child.text));
    switch (type->family) {
      case TypeFamily::boolean:
        if (child.kind == Kind::string) return truth_of(child.text);
        if (child.kind == Kind::number || child.kind == Kind::boolean) return value(child);
        break;
      case TypeFamily::integer:
      case TypeFamily::floating:
      case TypeFamily::decimal:
        if (number_literal) return number(child.text);
        if (child.kind == Kind::column && value_is_bare(tree) && in_predicate()) return value(child);
        break;
      case TypeFamily::text: {
        const bool fits = child.kind == Kind::string &&
                          (!type->length || child.text.size() <= static_cast<std::size_t>(*type->length));
        if (fits || (!type->length && !type->fixed_length && family(child) == TypeFamily::text)) return value(child);
        break;
      }
      case TypeFamily::uuid:
        if (child.kind == Kind::string) return value(child);
        break;
      case TypeFamily::timestamp:
        if (child.kind == Kind::string) {
          return "CAST(" + literal(with_zone_minutes(child.text)) + " AS " + tree.text + ")";
        }
        break;
      default:
        break;
    }
    return "CAST(" + value(child) + " AS " + tree.text + ")";
  }

  bool in_predicate() const { return site_.use == ExpressionUse::index_predicate; }

  /// A number that was cast to a fraction divides as one only if it is written as one.
  std::string arithmetic(const ExpressionTree& tree) {
    std::string text = value(tree);
    const auto type = tree.kind == Kind::cast ? type_of_name(tree.text) : std::nullopt;
    const bool fraction = type && (type->family == TypeFamily::decimal || type->family == TypeFamily::floating);
    if (fraction && tree.children.at(0).kind == Kind::number && text.find_first_of(".eE") == std::string::npos) {
      text += ".0";
    }
    return text;
  }

  std::string operation(const ExpressionTree& tree) {
    const std::vector<ExpressionTree>& operands = tree.children;
    const std::string_view sign = tree.text;
    if (operands.size() == 1) {
      if (sign == "-" || sign == "+" || sign == "~") return "(" + tree.text + " " + value(operands[0]) + ")";
      return refuse("The operator " + tree.text + " has no counterpart in T-SQL.");
    }
    if (operands.size() < 2) return refuse("An operator has no operands.");
    const auto infix = [&](std::string_view word) {
      return "(" + arithmetic(operands[0]) + " " + std::string(word) + " " + arithmetic(operands[1]) + ")";
    };
    if (sign == "||") return "(" + text_operand(operands[0]) + " + " + text_operand(operands[1]) + ")";
    for (const std::string_view known : {"+", "-", "*", "/", "%", "&", "|"}) {
      if (sign == known) return infix(sign);
    }
    if (sign == "#") return infix("^");
    if (sign == "collate" && site_.own && is_collation_name(operands[1].text)) {
      return "(" + value(operands[0]) + " COLLATE " + operands[1].text + ")";
    }
    if (sign == "at_time_zone" && site_.own)
      return "(" + value(operands[0]) + " AT TIME ZONE " + value(operands[1]) + ")";
    if (sign == "collate") return refuse("The collation " + operands[1].text + " has no counterpart in SQL Server.");
    if (sign == "at_time_zone") return refuse("AT TIME ZONE means something else in SQL Server.");
    return refuse("The operator " + tree.text + " has no counterpart in T-SQL.");
  }

  std::string text_operand(const ExpressionTree& tree) {
    const auto found = family(tree);
    if (!found || found == TypeFamily::text) return value(tree);
    return "CAST(" + value(tree) + " AS nvarchar(max))";
  }

  std::string call(const ExpressionTree& tree) {
    const std::string& name = tree.text;
    const std::vector<ExpressionTree>& arguments = tree.children;
    if (name == "now") return now();
    if (name == "utc_now") return "sysutcdatetime()";
    if (name == "today") return "CONVERT(date, getdate())";
    if (name == "time_now") return "CONVERT(time, sysdatetime())";
    if (name == "new_uuid") return "newid()";
    if (name == "new_sequential_uuid") {
      if (site_.use == ExpressionUse::default_value) return "newsequentialid()";
      return refuse("newsequentialid() may stand in a default only.");
    }
    if (name == "current_user") return "user_name()";
    if (name == "next_value" && arguments.size() == 1) {
      if (site_.use == ExpressionUse::default_value) return "NEXT VALUE FOR " + quoted_parts(arguments[0].text);
      return refuse("NEXT VALUE FOR may stand in a default only.");
    }
    if (name == "length" && !arguments.empty()) {
      if (arguments.size() == 1) remark_ = "LEN does not count trailing blanks.";
      return "LEN(" + value(arguments[0]) + ")";
    }
    if (name == "octet_length" && arguments.size() == 1) return "DATALENGTH(" + value(arguments[0]) + ")";
    if (name == "position" && arguments.size() == 2) return "CHARINDEX(" + join(arguments) + ")";
    if (name == "substring" && arguments.size() == 2) return "SUBSTRING(" + join(arguments) + ", 2147483647)";
    if (name == "substring" && arguments.size() == 3) return "SUBSTRING(" + join(arguments) + ")";
    if (name == "round") return "ROUND(" + join(arguments) + (arguments.size() == 1 ? ", 0)" : ")");
    if (name == "extract" && arguments.size() == 2) {
      const auto field =
          std::find_if(kFields.begin(), kFields.end(), [&](const Field& one) { return one.name == arguments[0].text; });
      if (field != kFields.end()) return "DATEPART(" + std::string(field->written) + ", " + value(arguments[1]) + ")";
      if (site_.own && is_plain_name(arguments[0].text)) {
        constexpr std::string_view kOwn = "tsql_";
        const std::string& word = arguments[0].text;
        const std::string written = word.starts_with(kOwn) ? word.substr(kOwn.size()) : word;
        return "DATEPART(" + written + ", " + value(arguments[1]) + ")";
      }
      return refuse("The field " + arguments[0].text + " of a time has no counterpart in T-SQL.");
    }
    if ((name == "ltrim" || name == "rtrim" || name == "trim") && arguments.size() != 1 && !site_.own) {
      return refuse("Trimming other characters than blanks needs SQL Server 2022.");
    }
    if (name == "ln" && arguments.size() == 1) return "LOG(" + value(arguments[0]) + ")";
    if (name == "log10" && arguments.size() == 1) return "LOG10(" + value(arguments[0]) + ")";
    if (name == "log" && arguments.size() == 2) return "LOG(" + value(arguments[1]) + ", " + value(arguments[0]) + ")";
    if (name.find('.') != std::string::npos) return quoted_parts(name) + "(" + join(arguments) + ")";
    if (!site_.own && !contains(kSharedFunctions, name)) {
      return refuse("The function " + name + " has no counterpart in T-SQL.");
    }
    if (!is_plain_name(name)) return refuse("The function " + name + " cannot be written.");
    if (name == "greatest" || name == "least") remark_ = "GREATEST and LEAST need SQL Server 2022.";
    return name + "(" + join(arguments) + ")";
  }

  /// Of the kind that the column stores: a local time in a datetimeoffset would say the wrong zone.
  std::string now() const {
    if (site_.target == nullptr) return "sysdatetime()";
    return site_.target->with_time_zone ? "sysdatetimeoffset()" : "sysdatetime()";
  }

  const ExpressionSite& site_;
  std::string problem_;
  std::string remark_;
};

}  // namespace

WrittenSql print_expression(const ExpressionTree& tree, const ExpressionSite& site) {
  return Printer(site).print(tree);
}

}  // namespace paripassu::sqlserver
