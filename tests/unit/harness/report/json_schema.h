#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

/// A checker for the part of JSON Schema that docs/report.schema.json and the tests use.
namespace json_schema {

using nlohmann::json;

/// Why `value` is not what the schema says, one line per fault, with its place. Stricter than the standard: a member
/// that the schema does not name is a fault, and so is a keyword of the schema that this checker does not know.
class Checker {
 public:
  explicit Checker(json root) : root_(std::move(root)) {}

  std::vector<std::string> faults(const json& value) {
    faults_.clear();
    check(root_, value, "");
    return faults_;
  }

 private:
  void fault(const std::string& where, const std::string& what) {
    faults_.push_back((where.empty() ? "/" : where) + ": " + what);
  }

  static bool has_type(const std::string& type, const json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    return false;
  }

  void check(const json& schema, const json& value, const std::string& where) {
    static const std::set<std::string> kKnown = {
        "$schema", "$id",  "$defs", "$ref",     "title",      "description",          "type",
        "const",   "enum", "items", "required", "properties", "additionalProperties", "minimum",
        "minItems"};
    for (const auto& [keyword, ignored] : schema.items()) {
      if (kKnown.count(keyword) == 0) fault(where, "the schema says " + keyword + ", which is not checked");
    }
    if (schema.contains("$ref")) {
      const std::string target = schema["$ref"];
      check(root_.at(json::json_pointer(target.substr(1))), value, where);
      return;
    }
    if (schema.contains("type")) {
      const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
      bool matches = false;
      for (const json& type : types) matches = matches || has_type(type, value);
      if (!matches) {
        fault(where, "not of type " + types.dump());
        return;
      }
      if (value.is_array() && !schema.contains("items")) fault(where, "the schema does not say what is in the array");
    } else if (!schema.contains("const") && !schema.contains("enum")) {
      fault(where, "the schema says no type");
    }
    if (schema.contains("const") && schema["const"] != value) fault(where, "not " + schema["const"].dump());
    if (schema.contains("enum")) {
      bool found = false;
      for (const json& allowed : schema["enum"]) found = found || allowed == value;
      if (!found) fault(where, "not one of " + schema["enum"].dump());
    }
    if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) fault(where, "too small");
    if (value.is_array() && schema.contains("items")) {
      if (schema.contains("minItems") && value.size() < schema["minItems"]) fault(where, "too few");
      for (std::size_t i = 0; i < value.size(); ++i) check(schema["items"], value[i], where + "/" + std::to_string(i));
    }
    if (value.is_object()) check_members(schema, value, where);
  }

  void check_members(const json& schema, const json& value, const std::string& where) {
    const json required = schema.value("required", json::array());
    for (const json& name : required) {
      if (!value.contains(name.get<std::string>())) fault(where, "lacks " + name.get<std::string>());
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, member] : value.items()) {
      const std::string place = where + "/" + name;
      if (properties.contains(name)) {
        check(properties[name], member, place);
      } else if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
        check(schema["additionalProperties"], member, place);
      } else {
        fault(place, "is not in the schema");
      }
    }
  }

  json root_;
  std::vector<std::string> faults_;
};

}  // namespace json_schema
