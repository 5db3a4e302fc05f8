#include <fmt/format.h>

#include <algorithm>

#include "harness/datacheck/check_suite.h"
#include "harness/parity/suggest_names.h"
#include "harness/parity/suggest_words.h"

namespace paripassu {

namespace {

using catalog::CollationMeaning;
using catalog::Column;
using catalog::TypeFamily;
using parity::SuggestedTable;
using parity::SuggestNames;
using parity::SuggestWords;
using parity::Worded;

/// Whose constraint is tried on the other side's data.
struct Direction {
  bool source_is_left;
};

std::vector<Direction> directions_of(const Difference& difference) {
  const std::string& code = difference.code;
  const bool has_left = !difference.left_side.name.empty();
  const bool has_right = !difference.right_side.name.empty();
  std::vector<Direction> out;
  if (code == "column-nullability" || code == "primary-key-columns" || code == "unique-columns" ||
      code == "unique-nulls" || code == "foreign-key-changed" || code == "foreign-key-match" ||
      code == "check-changed" || code == "index-changed" || code == "check-disabled" || code == "check-not-trusted" ||
      code == "foreign-key-disabled" || code == "foreign-key-not-trusted" || code == "duplicates-ignored" ||
      code == "index-invalid") {
    if (has_left) out.push_back({true});
    if (has_right) out.push_back({false});
  } else if (code == "primary-key-missing" || code == "unique-missing" || code == "foreign-key-missing" ||
             code == "check-missing" || code == "index-missing") {
    out.push_back({true});
  } else if (code == "primary-key-extra" || code == "unique-extra" || code == "foreign-key-extra" ||
             code == "check-extra" || code == "index-extra") {
    out.push_back({false});
  }
  return out;
}

/// Everything that is the same for all differences of a direction.
struct DirectionWords {
  DirectionWords(const Comparison& comparison, const SuggestSide& from, const SuggestSide& to, SuggestTarget side,
                 const ComparisonOptions& options)
      : source(from),
        target(to),
        names(comparison, from.catalog, to.catalog, side, options),
        words(source, target, names) {}

  SuggestSide source;
  SuggestSide target;
  SuggestNames names;
  SuggestWords words;
};

const Column* find_column(const catalog::Table& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [name](const Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

std::optional<CollationMeaning> meaning_of(const catalog::Catalog& catalog, const Column& column) {
  return column.collation.empty() ? catalog.collation_meaning : column.collation_meaning;
}

class Implication {
 public:
  Implication(const Difference& difference, DirectionWords& side, bool target_is_left, const Backend& target_backend)
      : difference_(difference), side_(side), backend_(target_backend) {
    result_.on_left = target_is_left;
    result_.code = difference.code;
  }

  /// Nothing, where the source's object says nothing about rows.
  std::optional<ImpliedCheck> find(const DifferenceSide& where) {
    table_ = side_.names.find_source(where.schema, where.table);
    if (table_ == nullptr || table_->source == nullptr || table_->target == nullptr) return std::nullopt;
    result_.bound.schema = table_->schema;
    result_.bound.table = table_->target->name;
    const bool found = difference_.code == "column-nullability" ? from_column(where.name) : from_constraint(where.name);
    if (!found) return std::nullopt;
    show();
    result_.check.severity = difference_.severity;
    result_.check.table = result_.bound.table;
    result_.check.position = {where.file, where.line, 0};
    result_.check.explanation = fmt::format("{}: {}", difference_.code, difference_.message);
    return std::move(result_);
  }

 private:
  bool from_column(const std::string& name) {
    const Column* column = find_column(*table_->source, name);
    if (column == nullptr || column->nullable) return false;
    set(CheckKind::not_null, name + " is NOT NULL");
    return bind({name});
  }

  bool from_constraint(const std::string& name) {
    const catalog::Table& source = *table_->source;
    if (source.primary_key && source.primary_key->name == name) return from_key(*source.primary_key, true);
    for (const catalog::Key& key : source.unique_constraints)
      if (key.name == name) return from_key(key, false);
    for (const catalog::ForeignKey& key : source.foreign_keys)
      if (key.name == name) return from_foreign_key(key);
    for (const catalog::Check& check : source.checks)
      if (check.name == name) return from_check(check);
    for (const catalog::Index& index : source.indexes)
      if (index.name == name) return from_index(index);
    return false;
  }

  void set(CheckKind kind, const std::string& what) {
    result_.check.kind = kind;
    result_.check.name = fmt::format("{}: {}", table_->target->name, what);
  }

  /// The target's columns of the source's names. False, with the reason told, where it lacks one.
  bool bind(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const Column* column = target_column(name);
      if (column == nullptr) {
        result_.not_checkable = fmt::format("there is no column {}", name);
        return true;
      }
      result_.bound.columns.push_back(*column);
      result_.check.columns.push_back(column->name);
    }
    return true;
  }

  /// The final name of a column that is called otherwise today is not what the target can be asked for.
  const Column* target_column(const std::string& source_name) const {
    const std::string final_name = table_->column(source_name);
    for (const Column& column : table_->target->columns)
      if (table_->own_column(column.name) == final_name) return &column;
    return nullptr;
  }

  bool from_key(const catalog::Key& key, bool primary) {
    if (!key.enforced) return false;
    set(CheckKind::unique, fmt::format("{} {}", primary ? "primary key" : "unique", key.name));
    result_.bound.nulls_equal = key.nulls_not_distinct;
    if (!bind(key.columns) || !result_.not_checkable.empty()) return true;
    compare_as(key.columns);
    return true;
  }

  bool from_index(const catalog::Index& index) {
    if (!index.unique || !index.valid) return false;
    set(CheckKind::unique, "unique index " + index.name);
    result_.bound.nulls_equal = index.nulls_not_distinct;
    std::vector<std::string> columns;
    for (const catalog::IndexColumn& column : index.columns) {
      if (column.column.empty()) {
        result_.not_checkable = "the index has an expression as its key";
        return true;
      }
      columns.push_back(column.column);
    }
    if (!bind(columns) || !result_.not_checkable.empty()) return true;
    if (index.predicate) {
      const Worded<catalog::Index> worded = side_.words.index(*table_, index, false);
      if (!worded.complete) return refuse(worded.remarks);
      result_.bound.where = worded.object.predicate->printed;
      take(worded.remarks);
    }
    compare_as(columns);
    return true;
  }

  bool from_foreign_key(const catalog::ForeignKey& key) {
    if (!key.enforced || (difference_.code == "foreign-key-not-trusted" && !key.validated)) return false;
    set(CheckKind::references, "foreign key " + key.name);
    result_.bound.match_full = key.match_full;
    if (!bind(key.columns) || !result_.not_checkable.empty()) return true;
    const SuggestedTable* other = side_.names.find_source(key.referenced_schema, key.referenced_table);
    if (other == nullptr || other->target == nullptr) {
      result_.not_checkable = fmt::format("there is no table {}", key.referenced_table);
      return true;
    }
    result_.bound.other_schema = other->schema;
    result_.bound.other_table = other->target->name;
    for (const std::string& name : key.referenced_columns) {
      const std::string final_name = other->column(name);
      const auto column = std::find_if(other->target->columns.begin(), other->target->columns.end(),
                                       [&](const Column& one) { return other->own_column(one.name) == final_name; });
      if (column == other->target->columns.end()) {
        result_.not_checkable = fmt::format("{} has no column {}", key.referenced_table, name);
        return true;
      }
      result_.bound.other_columns.push_back(column->name);
    }
    return true;
  }

  bool from_check(const catalog::Check& check) {
    if (!check.enforced || (difference_.code == "check-not-trusted" && !check.validated)) return false;
    set(CheckKind::condition, "check " + (check.system_named ? check.expression.printed : check.name));
    // The words have final names: a column that is yet to be renamed cannot be asked for.
    for (const auto& [own, final_name] : table_->renamed)
      if (own != final_name) {
        result_.not_checkable = fmt::format("the column {} has another name there", final_name);
        return true;
      }
    const Worded<catalog::Check> worded = side_.words.check(*table_, check);
    if (!worded.complete) return refuse(worded.remarks);
    result_.bound.condition = worded.object.expression.printed;
    std::vector<std::string> columns = check.columns;
    if (columns.empty())
      if (const ReadExpression read = side_.source.reader.read(check.expression.printed); read.tree)
        columns = catalog::columns_of(*read.tree);
    for (const std::string& name : columns)
      if (const Column* column = target_column(name)) result_.bound.columns.push_back(*column);
    take(worded.remarks);
    return true;
  }

  bool refuse(const std::vector<std::string>& remarks) {
    result_.not_checkable = remarks.empty() ? "it cannot be written for this engine" : remarks.front();
    return true;
  }
  void take(const std::vector<std::string>& remarks) {
    for (const std::string& remark : remarks) result_.bound.notes.push_back(remark);
  }

  /// Texts that the source takes for equal and the target does not, or the other way round, are compared as the source
  /// does, where that can be said.
  void compare_as(const std::vector<std::string>& source_names) {
    std::vector<std::string> compared;
    bool changed = false;
    for (std::size_t i = 0; i < source_names.size(); ++i) {
      const Column& own = result_.bound.columns[i];
      const std::string name = backend_.dialect().quote_identifier(own.name);
      compared.push_back(name);
      const Column* source = find_column(*table_->source, source_names[i]);
      if (source == nullptr || own.type.family != TypeFamily::text || source->type.family != TypeFamily::text) continue;
      const auto wanted = meaning_of(side_.source.catalog, *source);
      const auto given = meaning_of(side_.target.catalog, own);
      if (!wanted || !given || *wanted == *given) continue;
      const WrittenSql collation = backend_.ddl_writer().collation(*wanted);
      if (!collation.text.empty()) {
        compared.back() = name + " COLLATE " + collation.text;
        changed = true;
      } else if (!wanted->case_sensitive && given->case_sensitive) {
        compared.back() = "LOWER(" + name + ")";
        changed = true;
        if (!wanted->accent_sensitive && given->accent_sensitive)
          result_.bound.notes.push_back(fmt::format(
              "{} is compared without regard to case, but with regard to accents, which the constraint ignores",
              own.name));
      } else {
        result_.bound.notes.push_back(
            fmt::format("{} is compared as this engine compares it, which is not how the constraint does", own.name));
      }
    }
    if (changed) result_.bound.compared = std::move(compared);
  }

  void show() {
    BoundCheck& bound = result_.bound;
    const catalog::Table& table = *table_->target;
    if (table.primary_key)
      for (const std::string& name : table.primary_key->columns)
        if (const Column* column = find_column(table, name)) bound.shown.push_back(*column);
    bound.key_columns = bound.shown.size();
    const std::vector<Column>& more = bound.shown.empty() && bound.columns.empty() ? table.columns : bound.columns;
    for (const Column& column : more)
      if (std::none_of(bound.shown.begin(), bound.shown.end(),
                       [&column](const Column& one) { return one.name == column.name; }))
        bound.shown.push_back(column);
  }

  const Difference& difference_;
  DirectionWords& side_;
  const Backend& backend_;
  SuggestedTable* table_ = nullptr;
  ImpliedCheck result_;
};

}  // namespace

std::vector<ImpliedCheck> implied_checks(const Comparison& comparison, const catalog::Catalog& left,
                                         const catalog::Catalog& right, const ComparisonOptions& options,
                                         std::size_t& waived) {
  waived = 0;
  std::vector<ImpliedCheck> implied;
  const Backend& left_backend = options.engines->get(left.engine);
  const Backend& right_backend = options.engines->get(right.engine);
  const SuggestSide left_side{left, left_backend.ddl_writer(), left_backend.expression_reader()};
  const SuggestSide right_side{right, right_backend.ddl_writer(), right_backend.expression_reader()};
  DirectionWords to_right(comparison, left_side, right_side, SuggestTarget::right, options);
  DirectionWords to_left(comparison, right_side, left_side, SuggestTarget::left, options);
  for (const Difference& difference : comparison.differences) {
    const std::vector<Direction> directions = directions_of(difference);
    if (directions.empty()) continue;
    if (!difference.waived.empty()) {
      ++waived;
      continue;
    }
    for (const Direction& direction : directions) {
      Implication implication(difference, direction.source_is_left ? to_right : to_left, !direction.source_is_left,
                              direction.source_is_left ? right_backend : left_backend);
      if (auto found = implication.find(direction.source_is_left ? difference.left_side : difference.right_side))
        implied.push_back(*std::move(found));
    }
  }
  return implied;
}

}  // namespace paripassu
