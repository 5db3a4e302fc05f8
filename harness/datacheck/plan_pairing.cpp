#include "harness/datacheck/plan_pairing.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "harness/parity/names.h"

namespace paripassu::datacheck {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Schema;
using catalog::Table;

constexpr const char* kOnlyLeft = "only on the left";
constexpr const char* kOnlyRight = "only on the right";

std::string ambiguous(bool on_left) {
  return std::string("on the ") + (on_left ? "left" : "right") + ", where its name pairs with several";
}

/// A table, or a column of it, that a rename names.
struct Named {
  const Table* table = nullptr;
  const Column* column = nullptr;
};

/// Names as they are written go before those that only fold to the same.
class NameIndex {
 public:
  explicit NameIndex(const Catalog& side) {
    for (const Schema& schema : side.schemas) {
      const bool is_default = schema.name == side.default_schema;
      for (const Table& table : schema.tables) {
        add(schema.name + "." + table.name, {&table, nullptr}, is_default);
        if (is_default) add(table.name, {&table, nullptr}, true);
        for (const Column& column : table.columns) {
          add(schema.name + "." + table.name + "." + column.name, {&table, &column}, is_default);
          if (is_default) add(table.name + "." + column.name, {&table, &column}, true);
        }
      }
    }
    // Tables of other schemas by their bare names, unless something nearer has it.
    for (const Schema& schema : side.schemas) {
      if (schema.name == side.default_schema) continue;
      for (const Table& table : schema.tables) {
        add(table.name, {&table, nullptr}, false);
        for (const Column& column : table.columns) add(table.name + "." + column.name, {&table, &column}, false);
      }
    }
  }

  std::optional<Named> find(const std::string& name) const {
    if (const auto found = exact_.find(name); found != exact_.end()) return found->second;
    const auto found = folded_.find(ObjectText(name).folded());
    return found == folded_.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, object] : exact_) names.push_back(name);
    return names;
  }

 private:
  void add(const std::string& name, const Named& object, bool preferred) {
    exact_.try_emplace(name, object);
    const std::string folded = ObjectText(name).folded();
    if (preferred) {
      if (folded_preferred_.insert(folded).second) folded_[folded] = object;
    } else {
      folded_.try_emplace(folded, object);
    }
  }

  std::map<std::string, Named> exact_;
  std::map<std::string, Named> folded_;
  std::set<std::string> folded_preferred_;
};

struct SchemaPair {
  const Schema* left = nullptr;
  const Schema* right = nullptr;
  std::string reason;
};

std::vector<SchemaPair> pair_schemas(const Catalog& left, const Catalog& right, const ComparisonOptions& options) {
  std::vector<SchemaPair> pairs;
  std::vector<const Schema*> left_open;
  std::vector<const Schema*> right_open;
  SchemaPair defaults{left.find_schema(left.default_schema), right.find_schema(right.default_schema), ""};
  for (const Schema& schema : left.schemas)
    if (&schema != defaults.left) left_open.push_back(&schema);
  for (const Schema& schema : right.schemas)
    if (&schema != defaults.right) right_open.push_back(&schema);
  pairs.push_back(defaults);
  const auto find = [&options](std::vector<const Schema*>& open, const std::string& name) {
    auto found = std::find_if(open.begin(), open.end(), [&](const Schema* one) { return one->name == name; });
    if (found != open.end()) return found;
    const std::string word = fold_name(name, options.names);
    return std::find_if(open.begin(), open.end(),
                        [&](const Schema* one) { return fold_name(one->name, options.names) == word; });
  };
  for (const auto& [left_name, right_name] : options.schema_pairs) {
    const auto l = find(left_open, left_name);
    const auto r = find(right_open, right_name);
    if (l == left_open.end() || r == right_open.end()) continue;
    pairs.push_back({*l, *r, ""});
    left_open.erase(l);
    right_open.erase(r);
  }
  std::vector<std::string_view> left_names;
  std::vector<std::string_view> right_names;
  for (const Schema* schema : left_open) left_names.emplace_back(schema->name);
  for (const Schema* schema : right_open) right_names.emplace_back(schema->name);
  const NamePairs names = pair_names(left_names, right_names, options.names);
  for (const auto& [l, r] : names.pairs) pairs.push_back({left_open[l], right_open[r], ""});
  for (const std::size_t l : names.left_only)
    pairs.push_back({left_open[l], nullptr, "its schema is only on the left"});
  for (const std::size_t r : names.right_only)
    pairs.push_back({nullptr, right_open[r], "its schema is only on the right"});
  return pairs;
}

/// The tables of a schema that are still to be paired by name.
std::vector<const Table*> open_tables(const Catalog& side, const Schema* schema,
                                      const std::set<const Table*>& renamed) {
  std::vector<const Table*> tables;
  if (schema == nullptr) return tables;
  for (const Table& table : schema->tables)
    if (!is_covered_partition(side, table) && renamed.count(&table) == 0) tables.push_back(&table);
  return tables;
}

std::set<std::size_t> ambiguous_items(const NamePairs& pairs, bool on_left) {
  std::set<std::size_t> items;
  for (const NamePairs::Ambiguity& group : pairs.ambiguous)
    for (const std::size_t item : on_left ? group.left : group.right) items.insert(item);
  return items;
}

/// What is left over, with the reason why.
template <typename OnItem>
void for_left_overs(const NamePairs& pairs, OnItem on_item) {
  for (const bool on_left : {true, false}) {
    const std::set<std::size_t> unclear = ambiguous_items(pairs, on_left);
    for (const std::size_t item : on_left ? pairs.left_only : pairs.right_only)
      on_item(on_left, item, unclear.count(item) != 0 ? ambiguous(on_left) : on_left ? kOnlyLeft : kOnlyRight);
  }
}

template <typename Objects>
std::vector<std::string_view> names_of(const Objects& objects) {
  std::vector<std::string_view> names;
  for (const auto* object : objects) names.emplace_back(object->name);
  return names;
}

const Schema* schema_of(const Catalog& side, const Table* table) {
  for (const Schema& schema : side.schemas)
    if (!schema.tables.empty() && table >= schema.tables.data() && table < schema.tables.data() + schema.tables.size())
      return &schema;
  return nullptr;
}

Error rename_error(const DataRename& rename, const std::string& name, const std::string& side, const NameIndex& index) {
  return Error(ErrorCategory::configuration, "'" + name + "' in [data.rename] is no table and no column of the " +
                                                 side + nearest_hint(name, index.names()))
      .with_position(rename.position)
      .with_remedy("write left = right, each as \"table\" or \"table.column\"");
}

}  // namespace

bool is_covered_partition(const Catalog& side, const Table& table) {
  if (table.partition_of.empty()) return false;
  for (const Schema& schema : side.schemas)
    for (const Table& one : schema.tables)
      if (one.name == table.partition_of && !one.partition_key.empty()) return true;
  return false;
}

Renames resolve_renames(const Catalog& left, const Catalog& right, const DataConfiguration& data) {
  Renames renames;
  if (data.renames.empty()) return renames;
  const NameIndex left_index(left);
  const NameIndex right_index(right);
  const auto take = [&](const DataRename& rename, const std::string& on_left, const std::string& on_right) {
    const std::optional<Named> l = left_index.find(on_left);
    const std::optional<Named> r = right_index.find(on_right);
    if (!l || !r) return false;
    if ((l->column == nullptr) != (r->column == nullptr))
      throw Error(ErrorCategory::configuration, "'" + rename.left + "' and '" + rename.right +
                                                    "' in [data.rename] are not both tables or both columns")
          .with_position(rename.position);
    if (l->column == nullptr) {
      renames.tables[l->table] = r->table;
    } else {
      renames.columns[l->column] = r->column;
    }
    return true;
  };
  for (const DataRename& rename : data.renames) {
    if (take(rename, rename.left, rename.right)) continue;
    // The project's renames are written for its two engines in one order; a comparison may name them in the other, or
    // be about two databases of one engine, of which they say nothing.
    if (take(rename, rename.right, rename.left)) continue;
    if (left.engine == right.engine) continue;
    if (!left_index.find(rename.left)) throw rename_error(rename, rename.left, "left", left_index);
    throw rename_error(rename, rename.right, "right", right_index);
  }
  return renames;
}

std::vector<PairedTable> pair_tables(const Catalog& left, const Catalog& right, const ComparisonOptions& options,
                                     const Renames& renames) {
  std::vector<PairedTable> result;
  std::set<const Table*> renamed;
  for (const auto& [l, r] : renames.tables) {
    renamed.insert(l);
    renamed.insert(r);
    PairedTable pair;
    pair.left = {schema_of(left, l), l};
    pair.right = {schema_of(right, r), r};
    result.push_back(pair);
  }
  for (const SchemaPair& schemas : pair_schemas(left, right, options)) {
    const std::vector<const Table*> l = open_tables(left, schemas.left, renamed);
    const std::vector<const Table*> r = open_tables(right, schemas.right, renamed);
    const NamePairs names = pair_names(names_of(l), names_of(r), options.names);
    for (const auto& [i, k] : names.pairs) {
      PairedTable pair;
      pair.left = {schemas.left, l[i]};
      pair.right = {schemas.right, r[k]};
      result.push_back(pair);
    }
    for_left_overs(names, [&](bool on_left, std::size_t item, const std::string& reason) {
      PairedTable pair;
      (on_left ? pair.left : pair.right) =
          on_left ? SideTable{schemas.left, l[item]} : SideTable{schemas.right, r[item]};
      pair.reason = schemas.reason.empty() ? reason : schemas.reason;
      pair.schema_unpaired = !schemas.reason.empty();
      result.push_back(pair);
    });
  }
  const auto key = [](const PairedTable& pair) {
    const SideTable& side = pair.left.table != nullptr ? pair.left : pair.right;
    return std::tie(side.schema->name, side.table->name);
  };
  std::stable_sort(result.begin(), result.end(),
                   [&](const PairedTable& one, const PairedTable& other) { return key(one) < key(other); });
  return result;
}

std::vector<PairedColumn> pair_columns(const Table& left, const Table& right, const ComparisonOptions& options,
                                       const Renames& renames) {
  std::map<const Column*, const Column*> partners;
  std::set<const Column*> taken;
  for (const Column& column : left.columns) {
    const auto renamed = renames.columns.find(&column);
    if (renamed == renames.columns.end()) continue;
    const auto in_right = [&](const Column& one) { return &one == renamed->second; };
    // A rename into another table pairs nothing here; that table has its own pairs.
    if (std::none_of(right.columns.begin(), right.columns.end(), in_right)) continue;
    partners[&column] = renamed->second;
    taken.insert(renamed->second);
  }
  std::vector<const Column*> l;
  std::vector<const Column*> r;
  for (const Column& column : left.columns)
    if (partners.count(&column) == 0) l.push_back(&column);
  for (const Column& column : right.columns)
    if (taken.count(&column) == 0) r.push_back(&column);
  const NamePairs names = pair_names(names_of(l), names_of(r), options.names);
  for (const auto& [i, k] : names.pairs) partners[l[i]] = r[k];
  std::map<const Column*, std::string> reasons;
  for_left_overs(names, [&](bool on_left, std::size_t item, const std::string& reason) {
    reasons[on_left ? l[item] : r[item]] = reason;
  });
  std::vector<PairedColumn> result;
  for (const Column& column : left.columns) {
    const auto partner = partners.find(&column);
    result.push_back(partner == partners.end() ? PairedColumn{&column, nullptr, reasons[&column]}
                                               : PairedColumn{&column, partner->second, ""});
  }
  for (const Column& column : right.columns)
    if (reasons.count(&column) != 0) result.push_back({nullptr, &column, reasons[&column]});
  return result;
}

}  // namespace paripassu::datacheck
