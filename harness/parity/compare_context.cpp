#include "harness/parity/compare_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace paripassu::parity {
namespace {

std::string table_key(std::string_view schema, std::string_view table) {
  std::string key;
  key.reserve(schema.size() + 1 + table.size());
  key.append(schema).push_back('\0');
  key.append(table);
  return key;
}

ComparedSide describe_side(const catalog::Catalog& catalog) {
  return {catalog.engine,     catalog.product,  catalog.product_version, catalog.genuine,
          catalog.deviations, catalog.database, catalog.default_schema};
}

std::string product_label(const catalog::Catalog& catalog) {
  const std::string& product = catalog.product.empty() ? catalog.engine : catalog.product;
  return catalog.product_version.empty() ? product : product + " " + catalog.product_version;
}

std::string subject(std::string_view kind, std::string_view name, const CompareContext::Place& place) {
  std::string out = fmt::format("{} {}", kind, name);
  if (!place.table.empty() && place.table != name) out += fmt::format(" of {}", place.table);
  return out;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - ('a' - 'A'));
  }
  return text;
}

}  // namespace

void ColumnNumbers::seal() {
  std::sort(numbers_.begin(), numbers_.end());
}

int ColumnNumbers::find(std::string_view name) const {
  const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), name,
                                      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != numbers_.end() && found->first == name ? found->second : -1;
}

OpenItems::OpenItems(std::size_t left_count, std::size_t right_count) : left(left_count), right(right_count) {
  std::iota(left.begin(), left.end(), std::size_t{0});
  std::iota(right.begin(), right.end(), std::size_t{0});
}

CompareContext::CompareContext(const catalog::Catalog& left_catalog, const catalog::Catalog& right_catalog,
                               const ComparisonOptions& comparison_options)
    : left(left_catalog),
      right(right_catalog),
      options(comparison_options),
      same_engine(left_catalog.engine == right_catalog.engine),
      declared(comparison_options.equivalent_types, left_catalog.engine, right_catalog.engine) {
  result.left = describe_side(left);
  result.right = describe_side(right);
  result.left_label = product_label(left);
  result.right_label = product_label(right);
  left_word_ = left.product.empty() ? left.engine : left.product;
  right_word_ = right.product.empty() ? right.engine : right.product;
  if (left_word_.empty() || left_word_ == right_word_) {
    left_word_ = "the left";
    right_word_ = "the right";
  }
}

void CompareContext::report_absent(KnownCode missing, KnownCode extra, const Place& place, std::string_view kind,
                                   std::string name, bool on_left, std::string definition, std::string_view part) {
  // The parts of a table that is seen are seen with it; a whole object that is not seen may only be hidden.
  const bool whole_object =
      kind == "table" || kind == "view" || kind == "sequence" || kind == "routine" || kind == "type";
  if (whole_object && is_unknown(!on_left, catalog::kUnknownObjects, place.schema)) {
    result.unknown.push_back(
        {fmt::format("{}.{}", place.schema, name), std::string(kind),
         fmt::format("not seen on {}, where it may be hidden", on_left ? right_word_ : left_word_)});
    return;
  }
  const DifferenceCode& code = on_left ? *missing : *extra;
  Difference difference;
  difference.code = code.code;
  difference.severity = code.severity;
  difference.schema = place.schema;
  difference.table = place.table;
  difference.kind = kind;
  difference.message = sentence(
      fmt::format("{}{} exists on {} only.", part, subject(kind, name, place), on_left ? left_word_ : right_word_));
  difference.name = std::move(name);
  (on_left ? difference.left : difference.right) = std::move(definition);
  result.differences.push_back(std::move(difference));
}

void CompareContext::report_changed(KnownCode code, const Place& place, std::string_view kind, std::string name,
                                    std::string left_text, std::string right_text, std::string_view what) {
  Difference difference;
  difference.code = (*code).code;
  difference.severity = (*code).severity;
  difference.schema = place.schema;
  difference.table = place.table;
  difference.kind = kind;
  difference.message = sentence(fmt::format("{} of {}: {} on {}, {} on {}.", what, subject(kind, name, place),
                                            left_text, left_word_, right_text, right_word_));
  difference.name = std::move(name);
  difference.left = std::move(left_text);
  difference.right = std::move(right_text);
  result.differences.push_back(std::move(difference));
}

void CompareContext::report_ambiguities(const NamePairs& pairs, const std::vector<std::string_view>& left_names,
                                        const std::vector<std::string_view>& right_names, const Place& place,
                                        std::string_view kind) {
  const auto join = [](const std::vector<std::size_t>& indices, const std::vector<std::string_view>& names) {
    std::string out;
    for (const std::size_t index : indices) {
      if (!out.empty()) out += ", ";
      out += names[index];
    }
    return out;
  };
  for (const NamePairs::Ambiguity& group : pairs.ambiguous) {
    std::string name(group.left.empty() ? right_names[group.right.front()] : left_names[group.left.front()]);
    std::string left_text = join(group.left, left_names);
    std::string right_text = join(group.right, right_names);
    const DifferenceCode& code = *KnownCode("name-ambiguous");
    Difference difference;
    difference.code = code.code;
    difference.severity = code.severity;
    difference.schema = place.schema;
    difference.table = kind == "table" || kind == "view" ? name : std::string(place.table);
    difference.kind = kind;
    difference.message = sentence(fmt::format(
        "{} names match several ways and were compared exactly: {} on {}, {} on {}.", kind,
        left_text.empty() ? "none" : left_text, left_word_, right_text.empty() ? "none" : right_text, right_word_));
    difference.name = std::move(name);
    difference.left = std::move(left_text);
    difference.right = std::move(right_text);
    result.differences.push_back(std::move(difference));
  }
}

void CompareContext::number_table(const TablePair& pair) {
  const int number = tables_numbered_++;
  if (pair.left) {
    left_tables_.try_emplace(table_key(pair.left_schema->name, pair.left->name),
                             TableNumber{number, pair.right ? &pair.left_numbers : nullptr});
  }
  if (pair.right) {
    right_tables_.try_emplace(table_key(pair.right_schema->name, pair.right->name),
                              TableNumber{number, pair.left ? &pair.right_numbers : nullptr});
  }
}

TableNumber CompareContext::find_table(bool on_left, std::string_view schema, std::string_view table) {
  const catalog::Catalog& catalog = on_left ? left : right;
  const auto& tables = on_left ? left_tables_ : right_tables_;
  if (schema.empty()) schema = catalog.default_schema;
  if (const auto found = tables.find(table_key(schema, table)); found != tables.end()) return found->second;
  // Outside of what was inspected: the names must do, and the default schemas pair.
  const std::string schema_word = schema == catalog.default_schema ? std::string() : fold(schema);
  return {word_number(table_key(schema_word, fold(table))), nullptr};
}

int CompareContext::column_number(const ColumnNumbers* numbers, std::string_view name) {
  if (numbers) {
    if (const int number = numbers->find(name); number >= 0) return number;
  }
  return word_number(fold(name));
}

int CompareContext::word_number(std::string word) {
  // Negative, so that a word is never taken for a number that was given out elsewhere.
  const int next = -static_cast<int>(words_.size()) - 1;
  return words_.try_emplace(std::move(word), next).first->second;
}

bool CompareContext::is_unknown(bool on_left, std::string_view what, std::string_view schema) const {
  const auto& entries = on_left ? left.unknown : right.unknown;
  return std::any_of(entries.begin(), entries.end(), [&](const catalog::Unknown& unknown) {
    return unknown.what == what && (unknown.object == "*" || unknown.object == schema);
  });
}

std::string display_name(std::string_view left_name, bool left_system_named, std::string_view right_name,
                         bool right_system_named, std::string definition) {
  if (!left_name.empty() && !left_system_named) return std::string(left_name);
  if (!right_name.empty() && !right_system_named) return std::string(right_name);
  return definition;
}

}  // namespace paripassu::parity
