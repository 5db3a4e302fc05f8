#include "backends/postgres/expression_printer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "backends/postgres/ddl_types.h"
#include "backends/postgres/dialect.h"

namespace paripassu::postgres {
namespace {

using catalog::ExpressionTree;
using catalog::Type;
using catalog::TypeFamily;
using Kind = ExpressionTree::Kind;

const PostgresDialect kDialect;

/// Functions that mean the same wherever they exist, beside those that the switch below writes.
constexpr auto kSharedFunctions = std::to_array<std::string_view>(
    {"abs",    "acos",         "ascii", "asin",  "atan",      "ceiling", "coalesce",  "concat", "concat_ws",
     "cos",    "degrees",      "exp",   "floor", "greatest",  "least",   "left",      "lower",  "ltrim",
     "nullif", "octet_length", "pi",    "power", "radians",   "replace", "reverse",   "right",  "round",
     "rtrim",  "sign",         "sin",   "sqrt",  "substring", "tan",     "translate", "trim",   "upper"});

constexpr auto kTextFunctions =
    std::to_array<std::string_view>({"concat", "concat_ws", "current_user", "left", "lower", "ltrim", "replace",
                                     "reverse", "right", "rtrim", "substring", "translate", "trim", "upper"});

constexpr auto kNumberFunctions = std::to_array<std::string_view>(
    {"abs", "ascii", "ceiling", "extract", "floor", "length", "octet_length", "position", "power", "round", "sign"});

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_operator(std::string_view sign) {
  return !sign.empty() && sign.find_first_not_of("+-*/<>=~!@#%^&|`?") == std::string_view::npos;
}

bool is_numeric(TypeFamily family) {
  return family == TypeFamily::integer || family == TypeFamily::decimal || family == TypeFamily::floating;
}

std::string quoted_parts(std::string_view dotted) {
  const std::size_t dot = dotted.find('.');
  if (dot == std::string_view::npos) return kDialect.quote_identifier(dotted);
  return kDialect.qualified(dotted.substr(0, dot), dotted.substr(dot + 1));
}

/// The engine's own collations have dots in their names ("en_US.utf8").
std::string collation_name(std::string_view name) {
  constexpr std::string_view kOwn = "pg_catalog.";
  return kDialect.quote_identifier(name.starts_with(kOwn) ? name.substr(kOwn.size()) : name);
}

class Printer {
 public:
  explicit Printer(const ExpressionSite& site) : site_(site) {}

  WrittenSql print(const ExpressionTree& tree) {
    const bool of_column = site_.use == ExpressionUse::default_value || site_.use == ExpressionUse::computed;
    std::string text;
    if (of_column && site_.target != nullptr && site_.target->family == TypeFamily::text && tree.kind == Kind::number) {
      text = kDialect.quote_literal(tree.text);
    } else {
      const bool as_boolean = of_column
                                  ? site_.target != nullptr && site_.target->family == TypeFamily::boolean
                                  : site_.use == ExpressionUse::check || site_.use == ExpressionUse::index_predicate;
      text = value(tree, as_boolean);
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
      case Kind::boolean:
      case Kind::all_of:
      case Kind::any_of:
      case Kind::negation:
      case Kind::null_test:
      case Kind::truth_test:
      case Kind::membership:
      case Kind::between:
        return TypeFamily::boolean;
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
        if (contains(kNumberFunctions, tree.text)) return TypeFamily::decimal;
        if (tree.text == "is_json") return TypeFamily::boolean;
        if ((tree.text == "coalesce" || tree.text == "nullif") && !tree.children.empty()) {
          return family(tree.children.front());
        }
        return std::nullopt;
      case Kind::operation:
        if (tree.text == "||") return TypeFamily::text;
        if (is_comparison(tree.text)) return TypeFamily::boolean;
        for (const ExpressionTree& child : tree.children) {
          if (const auto found = family(child)) return found;
        }
        return std::nullopt;
      case Kind::choice:
        return tree.children.size() > 1 ? family(tree.children[1]) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

  static bool is_comparison(std::string_view sign) {
    return sign == "=" || sign == "<>" || sign == "<" || sign == "<=" || sign == ">" || sign == ">=" ||
           sign == "like" || sign == "ilike" || sign == "regex_match" || sign == "regex_imatch" ||
           sign == "similar_to" || sign == "distinct_from";
  }

  bool any_boolean(const std::vector<ExpressionTree>& trees) const {
    return std::any_of(trees.begin(), trees.end(),
                       [&](const ExpressionTree& tree) { return family(tree) == TypeFamily::boolean; });
  }

  /// A child compared with others of the same list: numbers take the form of what they are compared with.
  std::string operand(const ExpressionTree& child, const std::vector<ExpressionTree>& all) {
    if (child.kind == Kind::number) {
      const bool with_text = std::any_of(all.begin(), all.end(), [&](const ExpressionTree& other) {
        return other.kind != Kind::string && family(other) == TypeFamily::text;
      });
      if (with_text) return kDialect.quote_literal(child.text);
    }
    if (child.kind == Kind::cast && child.children.at(0).kind == Kind::column) {
      // A number without limit holds every other one: it compares the same.
      const auto type = type_of_name(child.text);
      const auto own = family(child.children[0]);
      const bool widens = type && type->family == TypeFamily::decimal && !type->precision && own &&
                          (own == TypeFamily::integer || own == TypeFamily::decimal);
      if (widens) return value(child.children[0]);
    }
    return value(child, any_boolean(all));
  }

  std::string join(const std::vector<ExpressionTree>& children, std::size_t first, std::string_view separator,
                   bool as_boolean = false) {
    std::string out;
    for (std::size_t i = first; i < children.size(); ++i) {
      if (i > first) out += separator;
      out += value(children[i], as_boolean);
    }
    return out;
  }

  std::string value(const ExpressionTree& tree, bool as_boolean = false) {
    switch (tree.kind) {
      case Kind::null:
        return "NULL";
      case Kind::boolean:
        return tree.text;
      case Kind::number:
        return number(tree.text, as_boolean);
      case Kind::string:
        return kDialect.quote_literal(tree.text);
      case Kind::bytes:
        return "'\\x" + tree.text + "'::bytea";
      case Kind::column:
        return kDialect.quote_identifier(tree.text);
      case Kind::call:
        return call(tree);
      case Kind::operation:
        return operation(tree);
      case Kind::all_of:
        return "(" + join(tree.children, 0, " AND ", true) + ")";
      case Kind::any_of:
        return "(" + join(tree.children, 0, " OR ", true) + ")";
      case Kind::negation:
        return negation(tree.children.at(0));
      case Kind::null_test:
        return "(" + value(tree.children.at(0)) + " IS NULL)";
      case Kind::truth_test:
        return "(" + value(tree.children.at(0), true) + (tree.text == "true" ? " IS TRUE)" : " IS FALSE)");
      case Kind::membership:
        return membership(tree, " IN (");
      case Kind::between:
        return "(" + operand(tree.children.at(0), tree.children) + " BETWEEN " +
               operand(tree.children.at(1), tree.children) + " AND " + operand(tree.children.at(2), tree.children) +
               ")";
      case Kind::choice:
        return choice(tree, as_boolean);
      case Kind::cast:
        return cast(tree, as_boolean);
      case Kind::array:
        return "ARRAY[" + join(tree.children, 0, ", ") + "]";
    }
    return refuse("The expression has a part that cannot be written.");
  }

  static std::string number(std::string text, bool as_boolean) {
    if (as_boolean && (text == "0" || text == "1")) return text == "1" ? "true" : "false";
    if (text.ends_with('.')) text.pop_back();
    return text.starts_with('-') ? "(" + text + ")" : text;
  }

  std::string membership(const ExpressionTree& tree, std::string_view word) {
    std::string out = "(" + value(tree.children.at(0)) + std::string(word);
    for (std::size_t i = 1; i < tree.children.size(); ++i) {
      if (i > 1) out += ", ";
      out += operand(tree.children[i], tree.children);
    }
    return out + "))";
  }

  std::string negation(const ExpressionTree& child) {
    switch (child.kind) {
      case Kind::null_test:
        return "(" + value(child.children.at(0)) + " IS NOT NULL)";
      case Kind::truth_test:
        return "(" + value(child.children.at(0), true) + (child.text == "true" ? " IS NOT TRUE)" : " IS NOT FALSE)");
      case Kind::membership:
        return membership(child, " NOT IN (");
      default:
        return "(NOT " + value(child, true) + ")";
    }
  }

  std::string choice(const ExpressionTree& tree, bool as_boolean) {
    std::vector<ExpressionTree> results;
    for (std::size_t i = 1; i < tree.children.size(); i += 2) results.push_back(tree.children[i]);
    if (tree.children.size() % 2 == 1) results.push_back(tree.children.back());
    const bool boolean_results = as_boolean || any_boolean(results);
    std::string out = "CASE";
    for (std::size_t i = 0; i + 1 < tree.children.size(); i += 2) {
      out += " WHEN " + value(tree.children[i], true) + " THEN " + value(tree.children[i + 1], boolean_results);
    }
    if (tree.children.size() % 2 == 1) out += " ELSE " + value(tree.children.back(), boolean_results);
    return "(" + out + " END)";
  }

  std::string cast(const ExpressionTree& tree, bool as_boolean) {
    const ExpressionTree& child = tree.children.at(0);
    if (child.kind == Kind::column && site_.column_type) {
      const Type* own = site_.column_type(child.text);
      if (own != nullptr && own->printed == tree.text) return value(child);
    }
    const auto type = type_of_name(tree.text);
    if (type && type->array_dimensions == 0) {
      if (type->family == TypeFamily::boolean && child.kind == Kind::number) return value(child, true);
      const bool unlimited_text = type->family == TypeFamily::text && !type->length && !type->fixed_length;
      const bool fits = type->family == TypeFamily::text && child.kind == Kind::string && type->length &&
                        !type->fixed_length && child.text.size() <= static_cast<std::size_t>(*type->length);
      if ((unlimited_text && family(child) == TypeFamily::text) || fits) return value(child);
      if (is_numeric(type->family) && child.kind == Kind::number && !type->precision) return value(child);
    }
    if (!type && !site_.own && child.kind == Kind::string) return value(child);
    if (!type && !site_.own) return refuse("The type " + tree.text + " of a cast is not known here.");
    if (!is_type_text(tree.text)) return refuse("The type of a cast cannot be written: it is no name of a type.");
    return "(" + value(child, as_boolean && type && type->family == TypeFamily::boolean) + ")::" + tree.text;
  }

  std::string operation(const ExpressionTree& tree) {
    const std::vector<ExpressionTree>& operands = tree.children;
    const std::string_view sign = tree.text;
    if (operands.size() == 1) {
      if (!is_operator(sign)) return refuse("The operator " + tree.text + " has no counterpart in PostgreSQL.");
      return "(" + tree.text + " " + value(operands[0]) + ")";
    }
    if (operands.size() < 2) return refuse("An operator has no operands.");
    if (sign == "like" || sign == "ilike" || sign == "similar_to") return like(tree);
    const auto infix = [&](std::string_view word) {
      return "(" + operand(operands[0], operands) + " " + std::string(word) + " " + operand(operands[1], operands) +
             ")";
    };
    if (sign == "regex_match") return infix("~");
    if (sign == "regex_imatch") return infix("~*");
    if (sign == "distinct_from") return infix("IS DISTINCT FROM");
    if (sign == "at_time_zone") {
      if (!site_.own && !is_utc(operands[1])) return refuse("Time zones have other names in PostgreSQL.");
      return "(" + value(operands[0]) + " AT TIME ZONE " + value(operands[1]) + ")";
    }
    if (sign == "collate") {
      if (!site_.own) return refuse("The collation " + operands[1].text + " has no counterpart in PostgreSQL.");
      return "(" + value(operands[0]) + " COLLATE " + collation_name(operands[1].text) + ")";
    }
    if (!is_operator(sign)) return refuse("The operator " + tree.text + " has no counterpart in PostgreSQL.");
    if (sign == "+") {
      const bool texts = std::any_of(operands.begin(), operands.end(),
                                     [&](const ExpressionTree& one) { return family(one) == TypeFamily::text; });
      return "(" + value(operands[0]) + (texts ? " || " : " + ") + value(operands[1]) + ")";
    }
    return infix(sign);
  }

  static bool is_utc(const ExpressionTree& zone) {
    std::string word = zone.text;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return word == "utc";
  }

  std::string like(const ExpressionTree& tree) {
    const std::string_view word = tree.text == "like" ? " LIKE " : tree.text == "ilike" ? " ILIKE " : " SIMILAR TO ";
    const ExpressionTree& pattern = tree.children[1];
    std::string escape;
    if (tree.children.size() > 2) {
      escape = " ESCAPE " + value(tree.children[2]);
    } else if (!site_.own && pattern.kind == Kind::string && pattern.text.find('\\') != std::string::npos) {
      escape = " ESCAPE ''";  // a backslash escapes here only
    }
    if (!site_.own && pattern.kind == Kind::string && pattern.text.find('[') != std::string::npos) {
      return refuse("LIKE has no classes of characters in PostgreSQL: write " + kDialect.quote_literal(pattern.text) +
                    " as a regular expression.");
    }
    return "(" + value(tree.children[0]) + std::string(word) + value(pattern) + escape + ")";
  }

  std::string call(const ExpressionTree& tree) {
    const std::string& name = tree.text;
    const std::vector<ExpressionTree>& arguments = tree.children;
    if (name == "now") {
      const bool has_precision = !arguments.empty() && arguments[0].kind == Kind::number;
      return has_precision ? "CURRENT_TIMESTAMP(" + join(arguments, 0, ", ") + ")" : "now()";
    }
    if (name == "utc_now") return "(now() AT TIME ZONE 'utc')";
    if (name == "today") return "CURRENT_DATE";
    if (name == "time_now") return "LOCALTIME";
    if (name == "new_uuid") return "gen_random_uuid()";
    if (name == "new_sequential_uuid") {
      return refuse("Sequential identifiers need uuidv7() of PostgreSQL 18; gen_random_uuid() gives random ones.");
    }
    if (name == "current_user") return "CURRENT_USER";
    if (name == "next_value" && arguments.size() == 1) {
      return "nextval(" + kDialect.quote_literal(quoted_parts(arguments[0].text)) + "::regclass)";
    }
    if (name == "length" && !arguments.empty()) {
      if (arguments.size() > 1) remark_ = "length() counts trailing blanks.";
      return "length(" + value(arguments[0]) + ")";
    }
    if (name == "position" && arguments.size() == 2) {
      return "strpos(" + value(arguments[1]) + ", " + value(arguments[0]) + ")";
    }
    if (name == "extract" && arguments.size() == 2 && is_plain_name(arguments[0].text)) {
      if (arguments[0].text.starts_with("tsql_") || arguments[0].text == "weekday") {
        return refuse("DATEPART gives another number than EXTRACT for this part of a time.");
      }
      return "EXTRACT(" + arguments[0].text + " FROM " + value(arguments[1]) + ")";
    }
    if (name == "is_json" && arguments.size() == 1) {
      remark_ = "IS JSON needs PostgreSQL 16.";
      return "(" + value(arguments[0]) + " IS JSON)";
    }
    if (name == "log10" && arguments.size() == 1) return "log(" + value(arguments[0]) + ")";
    if (name == "ln" && arguments.size() == 1) return "ln(" + value(arguments[0]) + ")";
    if (name == "log" && arguments.size() == 2) return "log(" + join(arguments, 0, ", ") + ")";
    const bool booleans = (name == "coalesce" || name == "nullif") && any_boolean(arguments);
    if (name.find('.') != std::string::npos) return quoted_parts(name) + "(" + join(arguments, 0, ", ") + ")";
    if (!site_.own && !contains(kSharedFunctions, name)) {
      return refuse("The function " + name + " has no counterpart in PostgreSQL.");
    }
    const std::string shown = is_plain_name(name) ? name : kDialect.quote_identifier(name);
    return shown + "(" + join(arguments, 0, ", ", booleans) + ")";
  }

  const ExpressionSite& site_;
  std::string problem_;
  std::string remark_;
};

}  // namespace

WrittenSql print_expression(const ExpressionTree& tree, const ExpressionSite& site) {
  return Printer(site).print(tree);
}

}  // namespace paripassu::postgres
