#include <fmt/format.h>

#include <algorithm>

#include "backends/limits.h"
#include "harness/datacheck/check_suite.h"
#include "harness/dataset/value_text.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

using catalog::Column;
using catalog::Type;
using catalog::TypeFamily;

/// In place of `\`, which texts of some engines' literals may have to write twice.
constexpr char kEscape = '!';

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

/// The type by which bounds are written: a bound may lie outside of what the column holds.
Type bound_type(const Type& type) {
  if (type.family != TypeFamily::integer && type.family != TypeFamily::decimal) return type;
  Type wide;
  wide.family = TypeFamily::decimal;
  wide.name = wide.printed = "decimal";
  return wide;
}

class StatementPrinter {
 public:
  StatementPrinter(const BoundCheck& bound, const Backend& backend)
      : bound_(bound), check_(*bound.check), backend_(backend), dialect_(backend.dialect()) {}

  std::string print() const {
    switch (check_.kind) {
      case CheckKind::unique:
        return unique();
      case CheckKind::not_null:
        return offenders(any_null());
      case CheckKind::accepted:
        return offenders(accepted());
      case CheckKind::range:
        return offenders(range());
      case CheckKind::pattern:
        return offenders(pattern());
      case CheckKind::references:
        return offenders(references());
      case CheckKind::condition:
        return offenders("NOT (\n" + bound_.condition + "\n)");
      case CheckKind::rows:
        return rows();
      case CheckKind::freshness:
        return freshness();
      case CheckKind::no_rows:
        break;
    }
    return *check_.sql.find(backend_.name());
  }

 private:
  Error wrong(const std::string& message) const {
    Error error(ErrorCategory::configuration, fmt::format("the check '{}': {}", check_.name, message));
    error.with_position(check_.position);
    return error;
  }

  std::string quoted(const Column& column) const { return dialect_.quote_identifier(column.name); }
  std::string table() const { return dialect_.qualified(bound_.schema, bound_.table); }
  /// COUNT would overflow on an engine whose COUNT is an int.
  std::string one() const { return "CAST(1 AS " + dialect_.bigint_type() + ")"; }

  /// A line break before the closing parenthesis, since a comment may end what the user wrote.
  std::string restricted(std::string condition) const {
    if (bound_.where.empty()) return condition;
    return (condition.empty() ? "" : std::move(condition) + " AND ") + "(\n" + bound_.where + "\n)";
  }

  std::string literal(const Type& type, const std::string& value) const {
    if (const std::string why = dataset::why_not(type, value); !why.empty()) throw wrong(printable(why));
    try {
      return backend_.dml_writer().literal(type, dataset::canonical_value(type, value));
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::data) throw;
      throw wrong(fmt::format("{} ({})", error.message(), backend_.display_name()));
    }
  }

  /// Labels of an enum compare as texts: a label that it does not have is no error then.
  bool is_enumeration() const { return bound_.columns.front().type.family == TypeFamily::enumeration; }
  std::string operand() const {
    constexpr int kLabelCharactersMax = 100;
    const std::string name = quoted(bound_.columns.front());
    return is_enumeration() ? "CAST(" + name + " AS " + dialect_.text_type(kLabelCharactersMax) + ")" : name;
  }
  Type operand_type() const {
    if (!is_enumeration()) return bound_.columns.front().type;
    Type text;
    text.family = TypeFamily::text;
    return text;
  }

  std::string offenders(const std::string& condition) const {
    std::vector<std::string> selected = {"SUM(" + one() + ") OVER () AS offender_count"};
    std::vector<std::string> order;
    for (std::size_t i = 0; i < bound_.shown.size(); ++i) {
      selected.push_back(quoted(bound_.shown[i]));
      if (i < bound_.key_columns) order.push_back(quoted(bound_.shown[i]));
    }
    // Any order will do where there is no key: the count is the same in all rows.
    if (order.empty()) order.emplace_back("1");
    return "SELECT " + joined(selected, ", ") + "\nFROM " + table() + "\nWHERE " + restricted(condition) +
           "\nORDER BY " + joined(order, ", ") + first_rows();
  }

  static std::string first_rows() {
    return fmt::format("\nOFFSET 0 ROWS FETCH NEXT {} ROWS ONLY", limits::kCheckOffendersShownMax);
  }

  std::string any_null() const {
    std::vector<std::string> tests;
    for (const Column& column : bound_.columns) tests.push_back(quoted(column) + " IS NULL");
    return "(" + joined(tests, " OR ") + ")";
  }

  std::string unique() const {
    std::vector<std::string> compared = bound_.compared;
    if (compared.empty())
      for (const Column& column : bound_.columns) compared.push_back(quoted(column));
    std::vector<std::string> selected = {
        "SUM(CAST(COUNT(*) AS " + dialect_.bigint_type() + ")) OVER () AS offender_count", "COUNT(*) AS copies"};
    std::vector<std::string> present;
    for (std::size_t i = 0; i < compared.size(); ++i) {
      selected.push_back(compared[i] + " AS " + quoted(bound_.columns[i]));
      if (!bound_.nulls_equal) present.push_back(quoted(bound_.columns[i]) + " IS NOT NULL");
    }
    const std::string where = restricted(joined(present, " AND "));
    const std::string list = joined(compared, ", ");
    return "SELECT " + joined(selected, ", ") + "\nFROM " + table() + (where.empty() ? "" : "\nWHERE " + where) +
           "\nGROUP BY " + list + "\nHAVING COUNT(*) > 1\nORDER BY " + list + first_rows();
  }

  std::string accepted() const {
    std::vector<std::string> values;
    for (const std::string& value : check_.accepted) values.push_back(literal(operand_type(), value));
    return operand() + " NOT IN (" + joined(values, ", ") + ")";
  }

  std::string range() const {
    const Type type = bound_type(operand_type());
    std::vector<std::string> tests;
    if (check_.low) tests.push_back(operand() + (check_.low_excluded ? " <= " : " < ") + literal(type, *check_.low));
    if (check_.high) tests.push_back(operand() + (check_.high_excluded ? " >= " : " > ") + literal(type, *check_.high));
    return "(" + joined(tests, " OR ") + ")";
  }

  std::string pattern() const {
    const Type& type = bound_.columns.front().type;
    if (type.family != TypeFamily::text && type.family != TypeFamily::enumeration)
      throw wrong(fmt::format("a pattern is for texts, and {} is {} on {}", printable(bound_.columns.front().name),
                              printable(type.printed), backend_.display_name()));
    std::string text;
    for (std::size_t i = 0; i < check_.pattern.size(); ++i) {
      char c = check_.pattern[i];
      const bool escaped = c == '\\' && i + 1 < check_.pattern.size() &&
                           std::string_view("%_\\").find(check_.pattern[i + 1]) != std::string_view::npos;
      if (escaped) c = check_.pattern[++i];
      // A bracket means nothing to standard SQL, and begins a set of characters on SQL Server.
      const bool special = c == kEscape || c == '[' || (escaped && c != '\\');
      if (special) text += kEscape;
      text += c;
    }
    // The blanks that fill char(n) up count for LIKE on one engine and not on the other.
    const std::string compared = type.fixed_length ? "RTRIM(" + operand() + ")" : operand();
    return compared + " NOT LIKE " + dialect_.quote_literal(text) + " ESCAPE " +
           dialect_.quote_literal(std::string(1, kEscape));
  }

  std::string references() const {
    const std::string outer = dialect_.quote_identifier(bound_.table) + ".";
    std::vector<std::string> present;
    std::vector<std::string> absent;
    std::vector<std::string> equal;
    for (std::size_t i = 0; i < bound_.columns.size(); ++i) {
      const std::string column = outer + quoted(bound_.columns[i]);
      present.push_back(column + " IS NOT NULL");
      absent.push_back(column + " IS NULL");
      equal.push_back("referenced_row." + dialect_.quote_identifier(bound_.other_columns[i]) + " = " + column);
    }
    std::string orphan = joined(present, " AND ") + " AND NOT EXISTS (SELECT 1 FROM " +
                         dialect_.qualified(bound_.other_schema, bound_.other_table) + " AS referenced_row WHERE " +
                         joined(equal, " AND ") + ")";
    if (!bound_.match_full || bound_.columns.size() < 2) return orphan;
    return "((" + orphan + ") OR ((" + joined(absent, " OR ") + ") AND NOT (" + joined(absent, " AND ") + ")))";
  }

  std::string rows() const {
    const auto count = [this](const std::string& from) {
      return "(SELECT COALESCE(SUM(" + one() + "), 0) FROM " + from;
    };
    const std::string where = restricted("");
    std::string sql = "SELECT " + count(table()) + (where.empty() ? "" : " WHERE " + where) + ") AS row_count";
    if (!bound_.other_table.empty())
      sql += ",\n  " + count(dialect_.qualified(bound_.other_schema, bound_.other_table)) + ") AS other_count";
    return sql;
  }

  std::string freshness() const {
    const Column& column = bound_.columns.front();
    if (column.type.family != TypeFamily::date && column.type.family != TypeFamily::timestamp)
      throw wrong(fmt::format("an age is that of a date or timestamp, and {} is {} on {}", printable(column.name),
                              printable(column.type.printed), backend_.display_name()));
    const std::string where = restricted("");
    return "SELECT MAX(" + quoted(column) + ") AS newest, " + dialect_.utc_now() + " AS server_time\nFROM " + table() +
           (where.empty() ? "" : "\nWHERE " + where);
  }

  const BoundCheck& bound_;
  const Check& check_;
  const Backend& backend_;
  const Dialect& dialect_;
};

}  // namespace

std::string check_statement(const BoundCheck& check, const Backend& backend) {
  return StatementPrinter(check, backend).print();
}

}  // namespace paripassu
