#include "harness/parity/suggest_names.h"

#include <algorithm>

#include "harness/parity/names.h"

namespace paripassu::parity {
namespace {

template <typename Objects>
std::vector<std::string_view> names(const Objects& objects) {
  std::vector<std::string_view> out;
  for (const auto& object : objects) out.emplace_back(object.name);
  return out;
}

std::string mapped(const std::map<std::string, std::string, std::less<>>& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? std::string(name) : found->second;
}

}  // namespace

std::string SuggestedTable::column(std::string_view source_name) const {
  return mapped(columns, source_name);
}

std::string SuggestedTable::own_column(std::string_view target_name) const {
  return mapped(renamed, target_name);
}

const catalog::Column* SuggestedTable::find(std::string_view final_name) const {
  for (const catalog::Column& one : state.columns) {
    if (one.name == final_name) return &one;
  }
  return nullptr;
}

TurnedDifference turn(const Difference& difference, SuggestTarget target) {
  TurnedDifference out;
  out.difference = &difference;
  if (target == SuggestTarget::right) {
    out.code = difference.code;
    out.source = &difference.left_side;
    out.target = &difference.right_side;
  } else {
    out.code = mirrored_code(difference.code);
    out.source = &difference.right_side;
    out.target = &difference.left_side;
  }
  return out;
}

SuggestNames::SuggestNames(const Comparison& comparison, const catalog::Catalog& source, const catalog::Catalog& target,
                           SuggestTarget side, const ComparisonOptions& options)
    : source_(source), target_(target), options_(options) {
  pair_schemas(side);
  pair_tables(comparison, side);
  rename_columns(comparison, side);
  take_names();
}

void SuggestNames::pair_schemas(SuggestTarget side) {
  const auto word = [this](std::string_view name) { return fold_name(name, options_.names); };
  schemas_[source_.default_schema] = target_.default_schema;
  for (const auto& [left, right] : options_.schema_pairs) {
    const std::string& from = side == SuggestTarget::right ? left : right;
    const std::string& to = side == SuggestTarget::right ? right : left;
    for (const catalog::Schema& schema : source_.schemas) {
      if (schema.name == from || word(schema.name) == word(from)) schemas_.try_emplace(schema.name, to);
    }
  }
  for (const catalog::Schema& schema : source_.schemas) {
    if (schemas_.count(schema.name) != 0) continue;
    const auto same = std::find_if(target_.schemas.begin(), target_.schemas.end(), [&](const catalog::Schema& other) {
      return other.name != target_.default_schema && word(other.name) == word(schema.name);
    });
    schemas_[schema.name] = same == target_.schemas.end() ? schema.name : same->name;
  }
  // A declared pair may be written otherwise than the catalog has it.
  for (auto& [from, to] : schemas_) {
    if (target_.find_schema(to) != nullptr) continue;
    for (const catalog::Schema& schema : target_.schemas) {
      if (word(schema.name) == word(to)) to = schema.name;
    }
  }
}

void SuggestNames::pair_tables(const Comparison& comparison, SuggestTarget side) {
  std::map<Key, Key> renames;  // source to target
  for (const Difference& difference : comparison.differences) {
    if (difference.code != "table-renamed" || !difference.waived.empty()) continue;
    const TurnedDifference turned = turn(difference, side);
    renames[{turned.source->schema, turned.source->name}] = {turned.target->schema, turned.target->name};
  }
  std::set<Key> seen;
  for (const catalog::Schema& schema : source_.schemas) {
    const catalog::Schema* other = target_.find_schema(mapped(schemas_, schema.name));
    static const std::vector<catalog::Table> none;
    const std::vector<catalog::Table>& others = other != nullptr ? other->tables : none;
    const NamePairs pairs = pair_names(names(schema.tables), names(others), options_.names);
    for (const auto& [s, t] : pairs.pairs) {
      add_pair(&schema, &schema.tables[s], other, &others[t]);
      seen.insert({other->name, others[t].name});
    }
    for (const std::size_t s : pairs.left_only) {
      const catalog::Table& table = schema.tables[s];
      const auto renamed = renames.find({schema.name, table.name});
      const catalog::Table* partner = nullptr;
      if (renamed != renames.end() && other != nullptr) {
        for (const catalog::Table& one : others) {
          if (one.name == renamed->second.second) partner = &one;
        }
      }
      add_pair(&schema, &table, other, partner);
      if (partner != nullptr) seen.insert({other->name, partner->name});
    }
  }
  for (const catalog::Schema& schema : target_.schemas) {
    for (const catalog::Table& table : schema.tables) {
      if (seen.count({schema.name, table.name}) == 0) add_pair(nullptr, nullptr, &schema, &table);
    }
  }
}

void SuggestNames::add_pair(const catalog::Schema* source_schema, const catalog::Table* source,
                            const catalog::Schema* target_schema, const catalog::Table* target) {
  SuggestedTable pair;
  pair.source_schema = source_schema;
  pair.source = source;
  pair.target = target;
  pair.schema = target_schema != nullptr ? target_schema->name : mapped(schemas_, source_schema->name);
  const bool paired = source != nullptr && target != nullptr;
  const bool renamed = paired && fold_name(source->name, options_.names) != fold_name(target->name, options_.names);
  pair.name = target != nullptr && !renamed ? target->name : source->name;
  if (paired) {
    const NamePairs columns = pair_names(names(source->columns), names(target->columns), options_.names);
    for (const auto& [s, t] : columns.pairs) pair.columns[source->columns[s].name] = target->columns[t].name;
  }
  tables_.push_back(std::move(pair));
  if (source != nullptr) by_source_[{source_schema->name, source->name}] = &tables_.back();
  if (target != nullptr) by_target_[{target_schema->name, target->name}] = &tables_.back();
}

void SuggestNames::rename_columns(const Comparison& comparison, SuggestTarget side) {
  for (const Difference& difference : comparison.differences) {
    if (difference.code != "column-renamed" || !difference.waived.empty()) continue;
    const TurnedDifference turned = turn(difference, side);
    SuggestedTable* table = find_target(turned.target->schema, turned.target->table);
    if (table != nullptr) table->renamed[turned.target->name] = turned.source->name;
  }
}

void SuggestNames::take_names() {
  const auto take = [this](const std::string& schema, const std::string& name) {
    if (!name.empty()) taken_[schema].insert(fold_name(name, NameMatching::ignore_case));
  };
  for (const catalog::Schema& schema : target_.schemas) {
    for (const catalog::View& view : schema.views) take(schema.name, view.name);
    for (const catalog::Sequence& sequence : schema.sequences) take(schema.name, sequence.name);
    for (const catalog::Table& table : schema.tables) {
      take(schema.name, table.name);
      if (table.primary_key) take(schema.name, table.primary_key->name);
      for (const auto& key : table.unique_constraints) take(schema.name, key.name);
      for (const auto& key : table.foreign_keys) take(schema.name, key.name);
      for (const auto& check : table.checks) take(schema.name, check.name);
      for (const auto& index : table.indexes) take(schema.name, index.name);
    }
  }
}

std::string SuggestNames::schema(std::string_view source_schema) const {
  if (source_schema.empty()) return target_.default_schema;
  return mapped(schemas_, source_schema);
}

SuggestedTable* SuggestNames::find_source(std::string_view schema, std::string_view table) {
  if (schema.empty()) schema = source_.default_schema;
  const auto found = by_source_.find({std::string(schema), std::string(table)});
  return found == by_source_.end() ? nullptr : found->second;
}

SuggestedTable* SuggestNames::find_target(std::string_view schema, std::string_view table) {
  if (schema.empty()) schema = target_.default_schema;
  const auto found = by_target_.find({std::string(schema), std::string(table)});
  return found == by_target_.end() ? nullptr : found->second;
}

std::string SuggestNames::qualified(std::string_view dotted) const {
  // A schema may have dots in its name, so the known ones come first.
  for (const auto& [from, to] : schemas_) {
    if (!dotted.starts_with(from + ".")) continue;
    std::string name(dotted.substr(from.size() + 1));
    if (const catalog::Schema* schema = target_.find_schema(to)) {
      for (const catalog::Sequence& sequence : schema->sequences) {
        if (fold_name(sequence.name, options_.names) == fold_name(name, options_.names)) name = sequence.name;
      }
    }
    return to + "." + name;
  }
  return std::string(dotted);
}

bool SuggestNames::has_routine(std::string_view qualified) const {
  return std::any_of(target_.schemas.begin(), target_.schemas.end(), [&](const catalog::Schema& schema) {
    return std::any_of(schema.routines.begin(), schema.routines.end(), [&](const catalog::Routine& routine) {
      return fold_name(schema.name + "." + routine.name, NameMatching::ignore_case) ==
             fold_name(qualified, NameMatching::ignore_case);
    });
  });
}

std::string SuggestNames::free_name(const std::string& schema, const std::string& table, const std::string& name) {
  if (name.empty()) return name;
  std::set<std::string>& taken = taken_[schema];
  const auto take = [&](const std::string& candidate) {
    return taken.insert(fold_name(candidate, NameMatching::ignore_case)).second;
  };
  if (take(name)) return name;
  std::string candidate = table + "_" + name;
  for (int number = 2; !take(candidate); ++number) candidate = table + "_" + name + "_" + std::to_string(number);
  return candidate;
}

void SuggestNames::release(const std::string& schema, const std::string& name) {
  taken_[schema].erase(fold_name(name, NameMatching::ignore_case));
}

}  // namespace paripassu::parity
