#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/parity/suggest.h"

/// What the tests of suggest share: two catalogs of engines that have words in place of SQL.
namespace paripassu::suggesting {

using catalog::Catalog;
using catalog::Check;
using catalog::Column;
using catalog::ExpressionTree;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;
using catalog::Schema;
using catalog::Sequence;
using catalog::Table;
using Kind = ExpressionTree::Kind;

/// Reads "f a b" as a call of f with the columns a and b, "null" as NULL, and nothing that begins with "#".
class WordReader final : public ExpressionReader {
 public:
  ReadExpression read(std::string_view printed) const override {
    if (printed.starts_with("#")) return {std::nullopt, "it begins with #"};
    if (printed == "null") return {ExpressionTree{Kind::null, "", {}}, ""};
    ExpressionTree tree{Kind::call, "", {}};
    std::string word;
    for (const char c : std::string(printed) + " ") {
      if (c != ' ') {
        word += c;
      } else if (tree.text.empty()) {
        tree.text = std::move(word);
        word.clear();
      } else {
        tree.children.push_back({Kind::column, std::move(word), {}});
        word.clear();
      }
    }
    return {tree, ""};
  }
};

/// Writes words instead of SQL, so that tests see what was asked of it.
class WordWriter final : public DdlWriter {
 public:
  bool keys_follow = false;

  WrittenSql own_type(const catalog::Type& type) const override { return {type.printed, ""}; }
  WrittenSql translated_type(const catalog::Type& type) const override {
    return {"our " + type.printed, type.printed == "odd" ? "odd is odd." : ""};
  }
  std::optional<catalog::Type> type_of_name(std::string_view) const override { return std::nullopt; }
  WrittenSql collation(const catalog::CollationMeaning& meaning) const override {
    return {meaning.case_sensitive ? "exact" : "loose", ""};
  }
  WrittenSql expression(const ExpressionTree& tree, const ExpressionSite&) const override {
    return {to_text(tree), ""};
  }
  bool nulls_first_by_default(bool descending) const override { return descending; }
  bool keys_follow_columns() const override { return keys_follow; }
  std::string terminated(std::string_view statement) const override { return std::string(statement) + ";\n"; }
  std::vector<std::string> opening() const override { return {"begin well"}; }

  Ddl create_schema(std::string_view schema) const override { return one("create schema {}", schema); }
  Ddl create_sequence(std::string_view schema, const Sequence& sequence) const override {
    return one("create sequence {}.{} as {}", schema, sequence.name, sequence.type.printed);
  }
  Ddl alter_sequence(std::string_view, const Sequence& before, const Sequence& after) const override {
    return one("alter sequence {} by {}", before.name, after.options.increment);
  }
  Ddl drop_sequence(std::string_view, const Sequence& sequence) const override {
    return one("drop sequence {}", sequence.name);
  }
  Ddl create_type(std::string_view, const catalog::UserType& type) const override {
    return one("create type {}", type.name);
  }
  Ddl create_table(const DdlTable& table) const override {
    std::string columns;
    for (const Column& column : table.table.columns) columns += fmt::format(" {} {}", column.name, column.type.printed);
    return one("create table {}.{}{}", table.schema, table.table.name, columns);
  }
  Ddl rename_table(const DdlTable& table, std::string_view name) const override {
    return one("rename table {} to {}", table.table.name, name);
  }
  Ddl drop_table(const DdlTable& table) const override { return one("drop table {}", table.table.name); }
  Ddl set_persistent(const DdlTable&, bool) const override { return {{}, {"No such thing."}}; }
  Ddl add_column(const DdlTable& table, const Column& column) const override {
    return one("add column {}.{} {}{}{}", table.table.name, column.name, column.type.printed,
               column.default_value ? " default " + column.default_value->printed : "",
               column.computed ? " computed " + column.computed->expression.printed : "");
  }
  Ddl rename_column(const DdlTable&, std::string_view before, std::string_view after) const override {
    return one("rename column {} to {}", before, after);
  }
  Ddl drop_column(const DdlTable&, const Column& column) const override { return one("drop column {}", column.name); }
  Ddl alter_column(const DdlTable&, const Column& before, const Column& after) const override {
    return one("alter column {} {} {}", before.name, after.type.printed, after.nullable ? "null" : "not null");
  }
  Ddl set_default(const DdlTable&, const Column& before, const Column& after) const override {
    return one("set default {} {}{}", after.name, after.default_value->printed,
               before.default_value ? " instead of " + before.default_value->printed : "");
  }
  Ddl drop_default(const DdlTable&, const Column& before) const override { return one("drop default {}", before.name); }
  Ddl alter_identity(const DdlTable&, const Column&, const Column&) const override { return {{}, {"Not possible."}}; }
  Ddl drop_computation(const DdlTable&, const Column& before) const override {
    return one("drop computation {}", before.name);
  }
  Ddl add_key(const DdlTable&, const Key& key, bool primary) const override {
    return one("add {} key {}{}", primary ? "primary" : "unique", key.name, list(key.columns));
  }
  bool key_is_index(const DdlTable&, const Key&) const override { return false; }
  Ddl drop_key(const DdlTable&, const Key& key, bool) const override { return one("drop key {}", key.name); }
  Ddl add_check(const DdlTable&, const Check& check) const override {
    return one("add check {} {}", check.name, check.expression.printed);
  }
  Ddl drop_check(const DdlTable&, const Check& check) const override { return one("drop check {}", check.name); }
  Ddl add_index(const DdlTable& table, const Index& index) const override {
    std::vector<std::string> columns;
    for (const catalog::IndexColumn& column : index.columns) columns.push_back(column.column);
    return one("add index {} on {}{}{}", index.name, table.table.name, list(columns),
               index.predicate ? " where " + index.predicate->printed : "");
  }
  Ddl drop_index(const DdlTable&, const Index& index) const override { return one("drop index {}", index.name); }
  Ddl rebuild_index(const DdlTable&, const Index& index) const override { return one("rebuild index {}", index.name); }
  /// Has no words for deferral.
  Ddl add_foreign_key(const DdlTable& table, const ForeignKey& key) const override {
    Ddl ddl = one("add foreign key {} on {}{} to {}.{}{}", key.name, table.table.name, list(key.columns),
                  key.referenced_schema, key.referenced_table, list(key.referenced_columns));
    if (key.on_delete == catalog::ReferentialAction::cascade) ddl.statements[0] += " cascade";
    if (key.deferrable) ddl.remarks.emplace_back("Cannot be deferred.");
    return ddl;
  }
  Ddl drop_foreign_key(const DdlTable&, const ForeignKey& key) const override {
    return one("drop foreign key {}", key.name);
  }
  Ddl rename_constraint(const DdlTable&, std::string_view before, std::string_view after, bool) const override {
    return one("rename constraint {} to {}", before, after);
  }
  Ddl set_comment(const CommentedObject& object, const std::optional<std::string>& before,
                  const std::optional<std::string>& after) const override {
    return one("comment {}.{}.{} from {} to {}", object.schema, object.table, object.name, before.value_or("none"),
               after.value_or("none"));
  }

 private:
  template <typename... Parts>
  static Ddl one(fmt::format_string<Parts...> format, Parts&&... parts) {
    return {{fmt::format(format, std::forward<Parts>(parts)...)}, {}};
  }
  static std::string list(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? " (" : ", ") + name;
    return out.empty() ? out : out + ")";
  }
};

inline Column make_column(std::string name, std::string type = "int") {
  Column column;
  column.name = std::move(name);
  column.type.printed = std::move(type);
  return column;
}

inline Index make_index(std::string name, std::vector<std::string> columns) {
  Index index;
  index.name = std::move(name);
  for (std::string& column : columns) index.columns.push_back({std::move(column), "", false, false, "", ""});
  return index;
}

inline Key make_key(std::string name, std::vector<std::string> columns) {
  Key key;
  key.name = std::move(name);
  key.columns = std::move(columns);
  return key;
}

inline ForeignKey make_foreign_key(std::string name, std::string column, std::string schema, std::string table,
                                   std::string referenced) {
  ForeignKey key;
  key.name = std::move(name);
  key.columns = {std::move(column)};
  key.referenced_schema = std::move(schema);
  key.referenced_table = std::move(table);
  key.referenced_columns = {std::move(referenced)};
  return key;
}

inline Check make_check(std::string name, std::string expression) {
  Check check;
  check.name = std::move(name);
  check.expression.printed = std::move(expression);
  return check;
}

/// Two catalogs of two engines, and the differences that a test says there are.
struct Fixture {
  Catalog left;
  Catalog right;
  Comparison comparison;
  ComparisonOptions options;
  WordWriter writer;
  WordReader reader;
  Table* orders = nullptr;  ///< on the left: order_lines
  Table* lines = nullptr;   ///< on the right: OrderLines

  Fixture() {
    left.engine = "one";
    left.default_schema = "public";
    right.engine = "two";
    right.default_schema = "main";
    Table left_table;
    left_table.name = "order_lines";
    left_table.columns = {make_column("order_id"), make_column("unit_price"), make_column("note", "text")};
    Table right_table;
    right_table.name = "OrderLines";
    right_table.columns = {make_column("OrderId"), make_column("UnitPrice"), make_column("Note", "words")};
    left.schemas = {Schema{}};
    left.schemas[0].name = "public";
    left.schemas[0].tables = {left_table};
    right.schemas = {Schema{}};
    right.schemas[0].name = "main";
    right.schemas[0].tables = {right_table};
    refresh();
  }
  void refresh() {
    orders = &left.schemas[0].tables[0];
    lines = &right.schemas[0].tables[0];
  }
  Table& add_left(Table table) {
    left.schemas[0].tables.push_back(std::move(table));
    refresh();
    return left.schemas[0].tables.back();
  }
  Table& add_right(Table table) {
    right.schemas[0].tables.push_back(std::move(table));
    refresh();
    return right.schemas[0].tables.back();
  }

  /// A difference about a part of the paired table; an empty name: that side has none.
  Difference& differ(std::string code, std::string kind, std::string left_name, std::string right_name) {
    Difference difference;
    difference.code = std::move(code);
    difference.kind = std::move(kind);
    difference.schema = "public";
    difference.table = "order_lines";
    difference.name = left_name.empty() ? right_name : left_name;
    difference.left_side = {"public", "order_lines", std::move(left_name), "", "", 0};
    difference.right_side = {"main", "OrderLines", std::move(right_name), "", "", 0};
    comparison.differences.push_back(std::move(difference));
    return comparison.differences.back();
  }
  Difference& differ_in_table(std::string code, std::string left_table, std::string right_table) {
    Difference& difference = differ(std::move(code), "table", left_table, right_table);
    difference.table = difference.name;
    difference.left_side.table = std::move(left_table);
    difference.right_side.table = std::move(right_table);
    return difference;
  }

  Suggestion run(SuggestTarget target = SuggestTarget::right) {
    return suggest(comparison, SuggestSide{left, writer, reader}, SuggestSide{right, writer, reader}, target, options);
  }
};

using Lines = std::vector<std::string>;

inline Lines statements_of(const Suggestion& suggestion) {
  Lines out;
  for (const SuggestedStep& step : suggestion.steps) {
    out.insert(out.end(), step.statements.begin(), step.statements.end());
  }
  return out;
}

inline Lines commented_of(const Suggestion& suggestion) {
  Lines out;
  for (const SuggestedStep& step : suggestion.steps)
    out.insert(out.end(), step.commented.begin(), step.commented.end());
  return out;
}

inline Lines remarks_of(const Suggestion& suggestion) {
  Lines out;
  for (const SuggestedStep& step : suggestion.steps) out.insert(out.end(), step.remarks.begin(), step.remarks.end());
  return out;
}

}  // namespace paripassu::suggesting
