#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "harness/datacheck/check_suite.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string>& check_keys() {
  static const std::vector<std::string> kKeys = {"name",    "reason", "severity",   "engines",  "table",    "column",
                                                 "columns", "where",  "unique",     "not_null", "accepted", "range",
                                                 "pattern", "rows",   "references", "max_age",  "no_rows"};
  return kKeys;
}

/// A list of texts, or one text.
std::vector<std::string> texts_of(const TomlTable& table, const std::string& key) {
  const toml::node* node = table.find(key);
  if (node == nullptr) return {};
  if (node->is_string()) return {table.required_text(key)};
  const toml::array* list = node->as_array();
  if (list == nullptr) throw table.wrong_type(key, "a text or a list of texts");
  std::vector<std::string> texts;
  for (const toml::node& item : *list) {
    const auto text = item.value_exact<std::string>();
    if (!text) throw table.wrong_type(key, "a list of texts");
    if (text->empty()) throw table.error(key, "holds an empty name");
    texts.push_back(*text);
  }
  if (texts.empty()) throw table.error(key, "is empty").with_remedy("leave it out, or name at least one");
  return texts;
}

/// A value as a canonical text; nothing for a list or table.
std::optional<std::string> scalar(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return text;
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) {
    if (!std::isfinite(*number)) return std::nullopt;
    // As many digits as tell the number from its neighbours; never an exponent, which no decimal has.
    std::array<char, 512> digits{};
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), *number, std::chars_format::fixed);
    if (error == std::errc()) return std::string(digits.data(), end);
  }
  std::ostringstream text;
  if (const auto date = node.value_exact<toml::date>()) {
    text << *date;
  } else if (const auto time = node.value_exact<toml::time>()) {
    text << *time;
  } else if (const auto moment = node.value_exact<toml::date_time>()) {
    text << *moment;
  } else {
    return std::nullopt;
  }
  return text.str();
}

std::string required_scalar(const TomlTable& table, const std::string& key) {
  if (std::optional<std::string> value = scalar(*table.find(key))) return *std::move(value);
  throw table.wrong_type(key, "a text, number, truth, date or time");
}

std::optional<std::uint64_t> count_of(const TomlTable& table, const std::string& key) {
  const toml::node* node = table.find(key);
  if (node == nullptr) return std::nullopt;
  const auto number = node->value_exact<std::int64_t>();
  if (!number) throw table.wrong_type(key, "a number of rows");
  if (*number < 0) throw table.error(key, "must not be negative");
  return static_cast<std::uint64_t>(*number);
}

/// "5%".
double percentage(const TomlTable& table, const std::string& key) {
  const std::string text = table.required_text(key);
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end + 1 != last || *end != '%' || value < 0 || value > 100)
    throw table.error(key, fmt::format("must be between 0% and 100%, not '{}'", printable(text)));
  return value / 100;
}

/// "90m", "24h", "7d".
std::int64_t duration_s(const TomlTable& table, const std::string& key) {
  constexpr std::int64_t kLongest_s = 1'000LL * 366 * 86'400;
  const std::string text = table.required_text(key);
  std::int64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  std::int64_t unit_s = 0;
  if (error == std::errc() && end + 1 == last) {
    if (*end == 's') unit_s = 1;
    if (*end == 'm') unit_s = 60;
    if (*end == 'h') unit_s = 3'600;
    if (*end == 'd') unit_s = 86'400;
  }
  if (unit_s == 0 || value <= 0 || value > kLongest_s / unit_s)
    throw table.error(key, fmt::format("must be a duration, not '{}'", printable(text)))
        .with_remedy("write a number and s, m, h or d: \"90m\", \"24h\", \"7d\"");
  return value * unit_s;
}

class CheckFileReader {
 public:
  CheckFileReader(const std::string& file, const BackendRegistry& registry) : file_(file) {
    for (const auto& backend : registry.all()) engines_.emplace_back(backend->name());
  }

  std::vector<Check> read() {
    const toml::table document = read_toml(file_);
    const TomlTable top(document, "", file_, {"check"});
    for (const TomlTable& table : top.tables("check", check_keys())) read_declaration(table);
    return std::move(checks_);
  }

 private:
  EngineText engine_text(const TomlTable& table, const std::string& key) const {
    EngineText text;
    const toml::node* node = table.find(key);
    if (node == nullptr) return text;
    if (node->is_string()) {
      text.by_engine[""] = table.required_text(key);
    } else if (node->is_table()) {
      const TomlTable inner = *table.table(key, engines_, "engine");
      for (const std::string& engine : inner.keys()) text.by_engine[engine] = inner.required_text(engine);
    } else {
      throw table.wrong_type(key, "SQL, or one text of SQL per engine");
    }
    return text;
  }

  bool flag(const TomlTable& table, const std::string& key) const {
    const toml::node* node = table.find(key);
    if (node == nullptr) return false;
    const auto value = node->value_exact<bool>();
    if (!value || !*value)
      throw table.wrong_type(key, "true").with_remedy("leave it out where it is not to be checked");
    return true;
  }

  void read_declaration(const TomlTable& table) {
    Check base;
    base.position = table.position();
    base.name = table.filled_text("name").value_or("");
    base.explanation = table.filled_text("reason").value_or("");
    if (const auto word = table.text("severity")) {
      const std::optional<Severity> severity = severity_from_string(*word);
      if (!severity)
        throw table.error("severity", fmt::format("must be error, warning or note, not '{}'", printable(*word)));
      base.severity = *severity;
    }
    base.engines = texts_of(table, "engines");
    for (const std::string& engine : base.engines) {
      if (std::find(engines_.begin(), engines_.end(), engine) != engines_.end()) continue;
      const std::string near = nearest_word(engine, engines_);
      throw table.error("engines", fmt::format("names '{}', which is no engine{}", printable(engine),
                                               near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    base.table = table.filled_text("table").value_or("");
    base.columns = texts_of(table, "columns");
    if (const auto column = table.filled_text("column")) {
      if (!base.columns.empty()) throw table.error("column", "and 'columns' exclude each other");
      base.columns = {*column};
    }
    base.where = engine_text(table, "where");
    const std::size_t before = checks_.size();
    read_kinds(table, base);
    if (checks_.size() == before)
      throw table.error("table", "is not checked: the declaration says what table, but not what about it")
          .with_remedy("add unique, not_null, accepted, range, pattern, references, rows, max_age or no_rows");
    if (base.name.empty()) return;
    // Several checks of one declaration share its name.
    if (checks_.size() - before > 1)
      for (std::size_t i = before; i < checks_.size(); ++i)
        checks_[i].name += fmt::format(" ({})", to_string(checks_[i].kind));
  }

  void add(const TomlTable& table, const std::string& key, Check check, CheckKind kind, std::size_t columns_max) {
    check.kind = kind;
    if (kind != CheckKind::no_rows) {
      if (check.table.empty())
        throw table.error(key, "needs a table").with_remedy("add table = \"…\" to the declaration");
      if (kind != CheckKind::rows && check.columns.empty())
        throw table.error(key, "needs a column").with_remedy("add column = \"…\" or columns = […] to the declaration");
      if (check.columns.size() > columns_max && columns_max > 0)
        throw table.error(key, "is about one column, and 'columns' names several")
            .with_remedy("write a declaration per column");
    }
    if (check.name.empty()) check.name = usual_name(check);
    checks_.push_back(std::move(check));
  }

  static std::string usual_name(const Check& check) {
    if (check.kind == CheckKind::no_rows) return fmt::format("no rows (line {})", check.position.line);
    std::string object = check.table;
    if (check.columns.size() == 1) {
      object += "." + check.columns.front();
    } else if (check.columns.size() > 1) {
      std::string list;
      for (const std::string& column : check.columns) list += (list.empty() ? "" : ", ") + column;
      object += " (" + list + ")";
    }
    return object + ": " + std::string(to_string(check.kind));
  }

  void read_kinds(const TomlTable& table, const Check& base) {
    if (flag(table, "unique")) add(table, "unique", base, CheckKind::unique, 0);
    if (flag(table, "not_null")) add(table, "not_null", base, CheckKind::not_null, 0);
    if (table.find("accepted") != nullptr) read_accepted(table, base);
    if (const auto range = table.table("range", {"min", "max", "above", "below"})) read_range(table, *range, base);
    if (const auto pattern = table.text("pattern")) {
      Check check = base;
      check.pattern = *pattern;
      add(table, "pattern", check, CheckKind::pattern, 1);
    }
    if (const auto other = table.table("references", {"table", "column", "columns"})) {
      Check check = base;
      check.other_table = other->required_text("table");
      check.other_columns = texts_of(*other, "columns");
      if (const auto column = other->filled_text("column")) check.other_columns.push_back(*column);
      if (!check.other_columns.empty() && check.other_columns.size() != base.columns.size())
        throw table
            .error("references",
                   fmt::format("names {} columns for {}", check.other_columns.size(), base.columns.size()))
            .with_remedy("name as many columns of the other table, or none to take those of the same name");
      if (check.other_columns.empty()) check.other_columns = base.columns;
      add(table, "references", check, CheckKind::references, 0);
    }
    if (const auto rows = table.table("rows", {"min", "max", "same_as", "tolerance"})) read_rows(table, *rows, base);
    if (table.find("max_age") != nullptr) {
      Check check = base;
      check.age_max_s = duration_s(table, "max_age");
      add(table, "max_age", check, CheckKind::freshness, 1);
    }
    if (table.find("no_rows") != nullptr) {
      Check check = base;
      check.sql = engine_text(table, "no_rows");
      if (!check.table.empty() || !check.columns.empty() || !check.where.empty())
        throw table.error("no_rows", "is a whole query: it goes without table, columns and where")
            .with_remedy("put them into the query, and the other checks into a declaration of their own");
      add(table, "no_rows", check, CheckKind::no_rows, 0);
    }
  }

  void read_accepted(const TomlTable& table, const Check& base) {
    Check check = base;
    const toml::array* list = table.find("accepted")->as_array();
    if (list == nullptr) throw table.wrong_type("accepted", "a list of values");
    for (const toml::node& item : *list) {
      std::optional<std::string> value = scalar(item);
      if (!value) throw table.wrong_type("accepted", "a list of texts, numbers, truths, dates or times");
      check.accepted.push_back(*std::move(value));
    }
    if (check.accepted.empty())
      throw table.error("accepted", "is empty").with_remedy("list at least one value; NULL always passes");
    add(table, "accepted", check, CheckKind::accepted, 1);
  }

  void read_range(const TomlTable& table, const TomlTable& range, const Check& base) {
    Check check = base;
    for (const std::string& key : range.keys()) {
      const bool is_low = key == "min" || key == "above";
      std::optional<std::string>& bound = is_low ? check.low : check.high;
      if (bound) throw range.error(key, is_low ? "and 'above' exclude each other" : "and 'below' exclude each other");
      bound = required_scalar(range, key);
      if (key == "above") check.low_excluded = true;
      if (key == "below") check.high_excluded = true;
    }
    if (!check.low && !check.high)
      throw table.error("range", "has no bound").with_remedy("give min, max, above or below");
    add(table, "range", check, CheckKind::range, 1);
  }

  void read_rows(const TomlTable& table, const TomlTable& rows, const Check& base) {
    Check check = base;
    check.rows_min = count_of(rows, "min");
    check.rows_max = count_of(rows, "max");
    check.other_table = rows.filled_text("same_as").value_or("");
    if (rows.find("tolerance") != nullptr) check.rows_tolerance = percentage(rows, "tolerance");
    if (!check.rows_min && !check.rows_max && check.other_table.empty())
      throw table.error("rows", "says nothing").with_remedy("give min, max, or same_as = \"another table\"");
    if (check.rows_min && check.rows_max && *check.rows_min > *check.rows_max)
      throw rows.error("min", "is greater than 'max'");
    if (check.rows_tolerance > 0 && check.other_table.empty())
      throw rows.error("tolerance", "is that of 'same_as', which is not given");
    check.columns.clear();
    add(table, "rows", check, CheckKind::rows, 0);
  }

  std::string file_;
  std::vector<std::string> engines_;
  std::vector<Check> checks_;
};

}  // namespace

const std::string* EngineText::find(std::string_view engine) const {
  auto found = by_engine.find(std::string(engine));
  if (found == by_engine.end()) found = by_engine.find("");
  return found == by_engine.end() ? nullptr : &found->second;
}

std::string_view to_string(CheckKind kind) {
  switch (kind) {
    case CheckKind::unique:
      return "unique";
    case CheckKind::not_null:
      return "not-null";
    case CheckKind::accepted:
      return "accepted";
    case CheckKind::range:
      return "range";
    case CheckKind::pattern:
      return "pattern";
    case CheckKind::references:
      return "references";
    case CheckKind::rows:
      return "rows";
    case CheckKind::freshness:
      return "freshness";
    case CheckKind::no_rows:
      return "no-rows";
    case CheckKind::condition:
      break;
  }
  return "condition";
}

std::vector<Check> read_check_file(const std::string& file, const BackendRegistry& registry) {
  return CheckFileReader(file, registry).read();
}

std::vector<Check> read_checks(const std::string& folder, const BackendRegistry& registry) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  std::vector<std::string> files;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name.front() != '.' && entries->path().extension() == ".toml") files.push_back(entries->path().string());
  }
  if (error)
    throw Error(ErrorCategory::configuration, fmt::format("cannot read the checks in {}: {}", folder, error.message()));
  std::sort(files.begin(), files.end());
  std::vector<Check> checks;
  for (const std::string& file : files)
    for (Check& check : read_check_file(file, registry)) checks.push_back(std::move(check));
  return checks;
}

}  // namespace paripassu
