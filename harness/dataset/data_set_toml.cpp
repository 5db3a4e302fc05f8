#include "harness/dataset/data_set_toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "backends/connection_url.h"
#include "backends/limits.h"
#include "harness/dataset/json_text.h"
#include "harness/dataset/time_text.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

/// More digits may not survive in a double, and what was written is not known here any more.
constexpr int kFloatDigitsMax = 15;

bool before(const toml::source_position& left, const toml::source_position& right) {
  return std::tie(left.line, left.column) < std::tie(right.line, right.column);
}

/// Keys and values of a table in the order of the file; toml++ sorts them.
std::vector<std::pair<const toml::key*, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<const toml::key*, const toml::node*>> result;
  for (auto&& [key, value] : table) result.emplace_back(&key, &value);
  std::stable_sort(result.begin(), result.end(), [](const auto& one, const auto& other) {
    return before(one.first->source().begin, other.first->source().begin);
  });
  return result;
}

class TomlDataReader {
 public:
  explicit TomlDataReader(std::string file) : file_(std::move(file)) {}

  DataSet read(const std::vector<std::pair<std::string, const toml::node*>>& entries) {
    for (const auto& [key, node] : entries) {
      if (const toml::array* rows = node->as_array()) {
        read_table(key, *rows);
      } else if (const toml::table* schema = node->as_table()) {
        for (const auto& [table, inner] : in_order(*schema)) {
          const std::string name = key + "." + std::string(table->str());
          if (!inner->is_array()) throw no_rows(*inner, name);
          read_table(name, *inner->as_array());
        }
      } else {
        throw no_rows(*node, key);
      }
    }
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Found& one, const Found& other) { return before(one.begin, other.begin); });
    DataSet result;
    for (Found& found : found_) result.tables.push_back(std::move(found.table));
    return result;
  }

 private:
  struct Found {
    toml::source_position begin;
    DataTable table;
  };

  SourcePosition position_of(const toml::source_position& begin) const {
    return {file_, static_cast<int>(begin.line), static_cast<int>(begin.column)};
  }

  Error error(const toml::node& node, const std::string& message) const {
    Error result(ErrorCategory::configuration, message);
    result.with_position(position_of(node.source().begin));
    return result;
  }

  Error no_rows(const toml::node& node, const std::string& name) const {
    return error(node, "'" + printable(name) + "' holds no rows of a table")
        .with_remedy("write [[" + printable(name) + "]] above each row, or " + printable(name) +
                     " = [] for a table without rows");
  }

  void read_table(const std::string& name, const toml::array& rows) {
    Found found{rows.source().begin, {}};
    DataTable& table = found.table;
    table.name = name;
    if (rows.size() > limits::kTestRowsMax)
      throw error(rows, fmt::format("more than {} rows of '{}'", limits::kTestRowsMax, printable(name)));
    std::unordered_map<std::string, std::size_t> columns;
    for (const toml::node& node : rows) {
      const toml::table* row = node.as_table();
      if (row == nullptr) throw no_rows(node, name);
      if (table.rows.empty()) found.begin = row->source().begin;
      DataTable::Row& values = table.rows.emplace_back();
      values.position = position_of(row->source().begin);
      for (const auto& [key, value] : in_order(*row)) {
        const std::string column(key->str());
        const auto [place, is_new] = columns.emplace(column, table.columns.size());
        if (is_new) {
          if (column.empty()) throw error(*value, "a column without a name");
          table.columns.push_back(column);
        }
        if (values.values.size() < table.columns.size()) values.values.resize(table.columns.size());
        values.values[place->second].emplace(read_value(*value));
      }
    }
    for (DataTable::Row& row : table.rows) row.values.resize(table.columns.size());
    table.position = position_of(found.begin);
    found_.push_back(std::move(found));
  }

  static bool is_null(const toml::table& table) {
    const toml::node* null = table.get("null");
    return table.size() == 1 && null != nullptr && null->is_boolean() && null->as_boolean()->get();
  }

  std::string read_float(const toml::node& node) const {
    const double value = node.as_floating_point()->get();
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    char buffer[64];
    const std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
    const std::size_t end = std::min(text.find('e'), text.size());
    bool significant = false;
    int digits = 0;
    for (const char c : text.substr(0, end)) {
      significant = significant || (c >= '1' && c <= '9');
      if (significant && c != '.') ++digits;
    }
    if (digits > kFloatDigitsMax || std::fabs(value) >= 1e15)
      throw error(node, "a number with more digits than a TOML float keeps")
          .with_remedy(fmt::format("write it as text, in quotes: more than {} digits may be lost before they are read",
                                   kFloatDigitsMax));
    return dataset::neutral_number(text).value_or(text);
  }

  std::string read_scalar(const toml::node& node) const {
    const auto clock = [](const toml::time& time) {
      return ((time.hour * 60LL + time.minute) * 60 + time.second) * 1'000'000'000 + time.nanosecond;
    };
    const auto date = [](const toml::date& value) {
      return fmt::format("{:04}-{:02}-{:02}", value.year, value.month, value.day);
    };
    catalog::Type type;
    switch (node.type()) {
      case toml::node_type::boolean:
        return node.as_boolean()->get() ? "true" : "false";
      case toml::node_type::integer:
        return std::to_string(node.as_integer()->get());
      case toml::node_type::floating_point:
        return read_float(node);
      case toml::node_type::date:
        return date(node.as_date()->get());
      case toml::node_type::time:
        type.family = catalog::TypeFamily::time;
        return dataset::write_moment(type, {0, clock(node.as_time()->get()), 0});
      case toml::node_type::date_time: {
        const toml::date_time& value = node.as_date_time()->get();
        type.family = catalog::TypeFamily::date;
        auto moment = dataset::read_moment(type, date(value.date));
        if (!moment) throw error(node, "not a date");
        moment->nanoseconds = clock(value.time);
        type.family = catalog::TypeFamily::timestamp;
        type.with_time_zone = value.offset.has_value();
        if (value.offset) {
          constexpr long long kDay_ns = 86'400'000'000'000;
          moment->nanoseconds -= value.offset->minutes * 60'000'000'000LL;
          const long long days = moment->nanoseconds < 0 ? -1 : moment->nanoseconds >= kDay_ns ? 1 : 0;
          moment->days += days;
          moment->nanoseconds -= days * kDay_ns;
        }
        return dataset::write_moment(type, *moment);
      }
      case toml::node_type::string:
      default:
        return node.as_string()->get();
    }
  }

  dataset::JsonValue read_json(const toml::node& node) const {
    dataset::JsonValue value;
    if (const toml::array* array = node.as_array()) {
      value.kind = dataset::JsonValue::Kind::array;
      for (const toml::node& element : *array) value.elements.push_back(read_json(element));
    } else if (const toml::table* table = node.as_table()) {
      if (is_null(*table)) return value;
      value.kind = dataset::JsonValue::Kind::object;
      for (const auto& [key, member] : in_order(*table))
        value.members.push_back({std::string(key->str()), read_json(*member)});
    } else if (node.is_boolean()) {
      value.kind = dataset::JsonValue::Kind::boolean;
      value.truth = node.as_boolean()->get();
    } else {
      value.text = read_scalar(node);
      const bool number = node.is_integer() || node.is_floating_point();
      value.kind = number ? dataset::JsonValue::Kind::number : dataset::JsonValue::Kind::string;
      if (number && !dataset::neutral_number(value.text)) throw error(node, "JSON has no " + value.text);
    }
    return value;
  }

  Cell read_value(const toml::node& node) const {
    if (node.is_table() && is_null(*node.as_table())) return std::nullopt;
    if (!node.is_table() && !node.is_array()) return read_scalar(node);
    std::string text;
    dataset::append_neutral_json(text, read_json(node));
    return text;
  }

  std::string file_;
  std::vector<Found> found_;
};

}  // namespace

DataSet data_set_from_toml(const TomlTable& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const std::string& key : table.keys()) entries.emplace_back(key, table.find(key));
  return TomlDataReader(table.position().file).read(entries);
}

namespace dataset {

DataSet read_toml_data(std::string_view text, const std::string& file) {
  try {
    const toml::table table = toml::parse(text, std::string_view(file));
    return data_set_from_toml(TomlTable(table, "", file, {}));
  } catch (const toml::parse_error& error) {
    const toml::source_position& begin = error.source().begin;
    throw Error(ErrorCategory::configuration, "not valid TOML: " + redact_secrets(error.description()))
        .with_position({file, static_cast<int>(begin.line), static_cast<int>(begin.column)});
  }
}

}  // namespace dataset

}  // namespace paripassu
