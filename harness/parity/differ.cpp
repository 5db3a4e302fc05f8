#include "harness/parity/differ.h"

#include <algorithm>
#include <deque>
#include <tuple>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu {
namespace {

using catalog::Catalog;
using catalog::Schema;
using catalog::Table;
using parity::CompareContext;
using parity::TablePair;

/// Both are set; an absent default schema is an empty one, since an engine need not list it.
struct SchemaPair {
  const Schema* left = nullptr;
  const Schema* right = nullptr;
};

std::string describe_schema(const Schema& schema) {
  return "schema of " + parity::describe_count(schema.tables.size(), "table") + ", " +
         parity::describe_count(schema.views.size(), "view");
}

class CatalogDiffer {
 public:
  CatalogDiffer(const Catalog& left, const Catalog& right, const ComparisonOptions& options)
      : context_(left, right, options) {
    empty_left_.name = left.default_schema;
    empty_right_.name = right.default_schema;
  }

  Comparison run() {
    parity::prepare_expressions(context_);
    pair_schemas();
    for (const SchemaPair& schemas : schemas_) pair_tables(schemas);
    for (const TablePair& pair : tables_) context_.number_table(pair);
    for (TablePair& pair : tables_) compare_table(pair);
    for (const SchemaPair& schemas : schemas_) compare_schema(schemas);
    parity::compare_database_settings(context_);
    parity::report_coverage(context_);
    sort_result();
    return std::move(context_.result);
  }

 private:
  void pair_schemas() {
    std::vector<const Schema*> left;
    std::vector<const Schema*> right;
    SchemaPair defaults{&empty_left_, &empty_right_};
    const auto take_default = [](const Catalog& catalog, const Schema*& found, std::vector<const Schema*>& others) {
      for (const Schema& schema : catalog.schemas) {
        if (schema.name == catalog.default_schema) {
          found = &schema;
        } else {
          others.push_back(&schema);
        }
      }
    };
    take_default(context_.left, defaults.left, left);
    take_default(context_.right, defaults.right, right);
    schemas_.push_back(defaults);
    pair_declared_schemas(left, right);

    std::vector<std::string_view> left_names;
    std::vector<std::string_view> right_names;
    for (const Schema* schema : left) left_names.emplace_back(schema->name);
    for (const Schema* schema : right) right_names.emplace_back(schema->name);
    const NamePairs pairs = pair_names(left_names, right_names, context_.options.names);
    for (const auto& [l, r] : pairs.pairs) schemas_.push_back({left[l], right[r]});
    for (const std::size_t l : pairs.left_only) report_schema(*left[l], true);
    for (const std::size_t r : pairs.right_only) report_schema(*right[r], false);
    for (const NamePairs::Ambiguity& group : pairs.ambiguous) {
      const std::string_view name =
          group.left.empty() ? right_names[group.right.front()] : left_names[group.left.front()];
      NamePairs one;
      one.ambiguous.push_back(group);
      context_.report_ambiguities(one, left_names, right_names, {{name, ""}, {name, ""}}, "schema");
    }
  }

  void pair_declared_schemas(std::vector<const Schema*>& left, std::vector<const Schema*>& right) {
    const auto find = [this](std::vector<const Schema*>& schemas, const std::string& name) {
      const auto exact =
          std::find_if(schemas.begin(), schemas.end(), [&](const Schema* schema) { return schema->name == name; });
      if (exact != schemas.end()) return exact;
      return std::find_if(schemas.begin(), schemas.end(),
                          [&](const Schema* schema) { return context_.same_word(schema->name, name); });
    };
    for (const auto& [left_name, right_name] : context_.options.schema_pairs) {
      const auto l = find(left, left_name);
      const auto r = find(right, right_name);
      if (l == left.end() || r == right.end()) continue;
      schemas_.push_back({*l, *r});
      left.erase(l);
      right.erase(r);
    }
  }

  void report_schema(const Schema& schema, bool on_left) {
    const CompareContext::Place::Side side{schema.name, ""};
    context_.report_absent("schema-missing", "schema-extra",
                           on_left ? CompareContext::Place{side, {}} : CompareContext::Place{{}, side}, "schema",
                           schema.name, on_left, describe_schema(schema));
    for (const Table& table : schema.tables) number_unpaired(schema, table, on_left);
  }

  /// Foreign keys may name it all the same.
  void number_unpaired(const Schema& schema, const Table& table, bool on_left) {
    TablePair pair;
    (on_left ? pair.left_schema : pair.right_schema) = &schema;
    (on_left ? pair.left : pair.right) = &table;
    context_.number_table(pair);
  }

  /// A partition is a table of its own on some engines only.
  std::vector<const Table*> compared_tables(const Schema& schema, bool on_left) {
    std::vector<const Table*> out;
    out.reserve(schema.tables.size());
    for (const Table& table : schema.tables) {
      if (context_.same_engine || table.partition_of.empty()) {
        out.push_back(&table);
      } else {
        number_unpaired(schema, table, on_left);
      }
    }
    return out;
  }

  void pair_tables(const SchemaPair& schemas) {
    const std::vector<const Table*> left = compared_tables(*schemas.left, true);
    const std::vector<const Table*> right = compared_tables(*schemas.right, false);
    std::vector<std::string_view> left_names;
    std::vector<std::string_view> right_names;
    for (const Table* table : left) left_names.emplace_back(table->name);
    for (const Table* table : right) right_names.emplace_back(table->name);
    NamePairs pairs = pair_names(left_names, right_names, context_.options.names);
    const auto add = [&](std::size_t l, std::size_t r) {
      tables_.push_back(parity::pair_columns(*schemas.left, *left[l], *schemas.right, *right[r], context_.options));
      parity::pair_renamed_columns(context_, tables_.back());
    };
    for (const auto& [l, r] : pairs.pairs) add(l, r);
    for (const auto& [l, r] :
         parity::pair_renamed_tables(context_, schemas.left->name, schemas.right->name, left, right, pairs)) {
      add(l, r);
      context_.report_changed("table-renamed", tables_.back(), "table", CompareContext::Names::of(*left[l], *right[r]),
                              left[l]->name, right[r]->name, "the name");
    }
    const auto report = [&](const Table& table, bool on_left) {
      CompareContext::Place place(*schemas.left, *schemas.right);
      (on_left ? place.left : place.right).table = table.name;
      context_.report_absent("table-missing", "table-extra", place, "table", table.name, on_left,
                             "table of " + parity::describe_count(table.columns.size(), "column"));
      number_unpaired(on_left ? *schemas.left : *schemas.right, table, on_left);
    };
    for (const std::size_t l : pairs.left_only) report(*left[l], true);
    for (const std::size_t r : pairs.right_only) report(*right[r], false);
    context_.report_ambiguities(pairs, left_names, right_names, {*schemas.left, *schemas.right}, "table");
  }

  void compare_table(TablePair& pair) {
    ++context_.result.counts.tables;
    context_.result.compared_tables.push_back(pair.left_schema->name == context_.left.default_schema
                                                  ? pair.left->name
                                                  : pair.left_schema->name + "." + pair.left->name);
    parity::find_types_as_checks(context_, pair);
    parity::report_renamed_columns(context_, pair);
    parity::compare_columns(context_, pair);
    parity::compare_types_as_checks(context_, pair);
    parity::compare_primary_keys(context_, pair);
    parity::compare_indexes(context_, pair);
    parity::compare_foreign_keys(context_, pair);
    parity::compare_checks(context_, pair);
    parity::compare_triggers(context_, pair);
    parity::compare_table_properties(context_, pair);
  }

  void compare_schema(const SchemaPair& schemas) {
    parity::compare_views(context_, *schemas.left, *schemas.right);
    parity::compare_synonyms(context_, *schemas.left, *schemas.right);
    parity::compare_sequences(context_, *schemas.left, *schemas.right);
    parity::compare_routines(context_, *schemas.left, *schemas.right);
    parity::compare_user_types(context_, *schemas.left, *schemas.right);
    context_.compare_comments({*schemas.left, *schemas.right}, "schema",
                              CompareContext::Names::of(*schemas.left, *schemas.right), schemas.left->comment,
                              schemas.right->comment);
  }

  void sort_result() {
    std::sort(context_.result.compared_tables.begin(), context_.result.compared_tables.end());
    const auto key = [](const Difference& difference) {
      return std::tie(difference.schema, difference.table, difference.kind, difference.name, difference.code,
                      difference.left, difference.right);
    };
    std::sort(context_.result.differences.begin(), context_.result.differences.end(),
              [&](const Difference& one, const Difference& other) { return key(one) < key(other); });
    std::sort(context_.result.compatible.begin(), context_.result.compatible.end(),
              [](const CompatibleTypes& one, const CompatibleTypes& other) {
                if (one.columns != other.columns) return one.columns > other.columns;
                return std::tie(one.left, one.right, one.reason) < std::tie(other.left, other.right, other.reason);
              });
  }

  CompareContext context_;
  Schema empty_left_;
  Schema empty_right_;
  std::vector<SchemaPair> schemas_;
  /// A deque, since foreign keys find the columns of tables by address.
  std::deque<TablePair> tables_;
};

}  // namespace

Comparison compare(const Catalog& left, const Catalog& right, const ComparisonOptions& options) {
  return CatalogDiffer(left, right, options).run();
}

}  // namespace paripassu
