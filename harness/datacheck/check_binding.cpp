#include <fmt/format.h>

#include <algorithm>

#include "harness/datacheck/check_suite.h"
#include "harness/parity/names.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

using catalog::Column;
using catalog::TypeFamily;

/// Columns by which an offender of a table without key is told.
constexpr std::size_t kColumnsShownMax = 16;

/// A table or view, as far as a check asks about it.
struct Relation {
  const catalog::Schema* schema = nullptr;
  std::string name;
  const std::vector<Column>* columns = nullptr;
  const catalog::Table* table = nullptr;  ///< nullptr: a view

  std::string shown(const catalog::Catalog& catalog) const {
    return schema->name == catalog.default_schema ? name : schema->name + "." + name;
  }
};

std::vector<Relation> relations_of(const catalog::Catalog& catalog) {
  std::vector<Relation> all;
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const catalog::Table& table : schema.tables) all.push_back({&schema, table.name, &table.columns, &table});
    for (const catalog::View& view : schema.views) all.push_back({&schema, view.name, &view.columns, nullptr});
  }
  return all;
}

class Binder {
 public:
  Binder(const Check& check, const catalog::Catalog& catalog, const Backend& backend, NameMatching names)
      : check_(check), catalog_(catalog), backend_(backend), names_(names) {}

  BoundCheck bind() {
    BoundCheck bound;
    bound.check = &check_;
    if (const std::string* where = check_.where.find(backend_.name())) {
      bound.where = *where;
    } else if (!check_.where.empty()) {
      throw wrong(fmt::format("the check '{}' has a 'where', but none for {}", check_.name, backend_.display_name()))
          .with_remedy("add one, or restrict the check with engines = […]");
    }
    if (check_.kind == CheckKind::no_rows) {
      if (check_.sql.find(backend_.name()) == nullptr)
        throw wrong(fmt::format("the check '{}' has no query for {}", check_.name, backend_.display_name()))
            .with_remedy("add one, or restrict the check with engines = […]");
      return bound;
    }
    const Relation relation = find_relation(check_.table);
    bound.schema = relation.schema->name;
    bound.table = relation.name;
    for (const std::string& name : check_.columns) bound.columns.push_back(find_column(relation, name));
    bound.key_columns = key_of(relation).size();
    bound.shown = shown_columns(relation, bound.columns);
    if (!check_.other_table.empty()) {
      const Relation other = find_relation(check_.other_table);
      bound.other_schema = other.schema->name;
      bound.other_table = other.name;
      if (check_.kind == CheckKind::references)
        for (const std::string& name : check_.other_columns)
          bound.other_columns.push_back(find_column(other, name).name);
    }
    return bound;
  }

 private:
  Error wrong(const std::string& message) const {
    Error error(ErrorCategory::configuration, message);
    error.with_position(check_.position);
    return error;
  }

  Relation find_relation(const std::string& name) const {
    const std::vector<Relation> all = relations_of(catalog_);
    std::vector<Relation> found;
    std::vector<std::string> known;
    for (const Relation& one : all) {
      known.push_back(one.shown(catalog_));
      const bool named =
          fold_name(one.name, names_) == fold_name(name, names_) && one.schema->name == catalog_.default_schema;
      if (named || matches_qualified(one, name)) found.push_back(one);
    }
    // A table outside of the default schema may go without its schema where no other has the name.
    if (found.empty())
      for (const Relation& one : all)
        if (fold_name(one.name, names_) == fold_name(name, names_)) found.push_back(one);
    if (found.size() > 1) {
      const auto exact = std::find_if(found.begin(), found.end(), [&](const Relation& one) {
        return one.name == name || one.schema->name + "." + one.name == name;
      });
      if (exact != found.end()) return *exact;
      std::string list;
      for (const Relation& one : found) list += (list.empty() ? "" : ", ") + one.schema->name + "." + one.name;
      throw wrong(fmt::format("'{}' may be {} on {}", printable(name), printable(list), backend_.display_name()))
          .with_remedy("write the schema before the name");
    }
    if (found.size() == 1) return found.front();
    std::string message = fmt::format("there is no table or view '{}' on {}", printable(name), backend_.display_name());
    if (const std::string near = nearest_word(name, known); !near.empty())
      message += fmt::format("; did you mean '{}'?", printable(near));
    throw wrong(message).with_remedy("restrict the check with engines = […] where only one engine has the table");
  }

  /// "app.orders": a dot may be in either part of it.
  bool matches_qualified(const Relation& one, const std::string& name) const {
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
      if (fold_name(one.schema->name, names_) == fold_name(name.substr(0, dot), names_) &&
          fold_name(one.name, names_) == fold_name(name.substr(dot + 1), names_))
        return true;
    return false;
  }

  Column find_column(const Relation& relation, const std::string& name) const {
    std::vector<const Column*> found;
    std::vector<std::string> known;
    for (const Column& column : *relation.columns) {
      known.push_back(column.name);
      if (column.name == name) return column;
      if (fold_name(column.name, names_) == fold_name(name, names_)) found.push_back(&column);
    }
    if (found.size() == 1) return *found.front();
    const std::string where = fmt::format("'{}' on {}", printable(relation.shown(catalog_)), backend_.display_name());
    if (found.size() > 1)
      throw wrong(fmt::format("{} has several columns '{}'", where, printable(name)))
          .with_remedy("write the name exactly as it is in the database");
    std::string message = fmt::format("{} has no column '{}'", where, printable(name));
    if (const std::string near = nearest_word(name, known); !near.empty())
      message += fmt::format("; did you mean '{}'?", printable(near));
    throw wrong(message);
  }

  static std::vector<Column> named(const Relation& relation, const std::vector<std::string>& names) {
    std::vector<Column> columns;
    for (const std::string& name : names)
      for (const Column& column : *relation.columns)
        if (column.name == name) columns.push_back(column);
    return columns;
  }

  static std::vector<Column> key_of(const Relation& relation) {
    if (relation.table == nullptr) return {};
    if (relation.table->primary_key) return named(relation, relation.table->primary_key->columns);
    for (const catalog::Key& key : relation.table->unique_constraints) {
      std::vector<Column> columns = named(relation, key.columns);
      if (std::none_of(columns.begin(), columns.end(), [](const Column& column) { return column.nullable; }))
        return columns;
    }
    return {};
  }

  /// The key and what is checked; without a key the whole row, what is checked first.
  std::vector<Column> shown_columns(const Relation& relation, const std::vector<Column>& checked) const {
    std::vector<Column> shown = key_of(relation);
    const bool has_key = !shown.empty();
    const auto add = [&shown](const Column& column) {
      const bool readable = column.type.family != TypeFamily::other && column.type.family != TypeFamily::spatial &&
                            column.type.family != TypeFamily::composite;
      const bool is_new =
          std::none_of(shown.begin(), shown.end(), [&column](const Column& one) { return one.name == column.name; });
      if (readable && is_new) shown.push_back(column);
    };
    for (const Column& column : checked) add(column);
    if (has_key) return shown;
    for (const Column& column : *relation.columns)
      if (shown.size() < kColumnsShownMax) add(column);
    return shown;
  }

  const Check& check_;
  const catalog::Catalog& catalog_;
  const Backend& backend_;
  NameMatching names_;
};

}  // namespace

BoundCheck bind_check(const Check& check, const catalog::Catalog& catalog, const Backend& backend, NameMatching names) {
  return Binder(check, catalog, backend, names).bind();
}

}  // namespace paripassu
