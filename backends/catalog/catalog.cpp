#include "backends/catalog/catalog.h"

#include <algorithm>
#include <tuple>

namespace paripassu::catalog {

namespace {

/// Names are compared byte by byte, so that the order depends on no locale and no collation.
template <class Named>
void sort_by_name(std::vector<Named>& objects) {
  std::stable_sort(objects.begin(), objects.end(),
                   [](const Named& left, const Named& right) { return left.name < right.name; });
}

void sort_by_ordinal(std::vector<Column>& columns) {
  std::stable_sort(columns.begin(), columns.end(),
                   [](const Column& left, const Column& right) { return left.ordinal < right.ordinal; });
}

/// Overloads share a name: their parameter types decide.
bool routine_less(const Routine& left, const Routine& right) {
  if (left.name != right.name) return left.name < right.name;
  return std::lexicographical_compare(left.parameters.begin(), left.parameters.end(), right.parameters.begin(),
                                      right.parameters.end(),
                                      [](const Parameter& a, const Parameter& b) { return a.type < b.type; });
}

void sort_triggers(std::vector<Trigger>& triggers) {
  for (Trigger& trigger : triggers) std::sort(trigger.events.begin(), trigger.events.end());
  sort_by_name(triggers);
}

void sort_members(Table& table) {
  sort_by_ordinal(table.columns);
  sort_by_name(table.unique_constraints);
  sort_by_name(table.foreign_keys);
  sort_by_name(table.checks);
  sort_by_name(table.indexes);
  sort_triggers(table.triggers);
  // SQL Server's policies have one predicate per operation, all under the policy's name.
  std::sort(table.policies.begin(), table.policies.end(), [](const Policy& left, const Policy& right) {
    return std::tie(left.name, left.command, left.definition) < std::tie(right.name, right.command, right.definition);
  });
  for (Policy& policy : table.policies) std::sort(policy.roles.begin(), policy.roles.end());
  std::sort(table.grants.begin(), table.grants.end());
}

void sort_members(View& view) {
  sort_by_ordinal(view.columns);
  sort_by_name(view.indexes);
  sort_triggers(view.triggers);
}

}  // namespace

const Schema* Catalog::find_schema(std::string_view name) const {
  const auto found =
      std::find_if(schemas.begin(), schemas.end(), [name](const Schema& schema) { return schema.name == name; });
  return found == schemas.end() ? nullptr : &*found;
}

std::size_t Catalog::table_count() const {
  std::size_t count = 0;
  for (const Schema& schema : schemas) count += schema.tables.size();
  return count;
}

void sort(Catalog& catalog) {
  for (Schema& schema : catalog.schemas) {
    for (Table& table : schema.tables) sort_members(table);
    for (View& view : schema.views) sort_members(view);
    for (UserType& type : schema.types) sort_by_ordinal(type.attributes);
    sort_by_name(schema.tables);
    sort_by_name(schema.views);
    sort_by_name(schema.sequences);
    std::stable_sort(schema.routines.begin(), schema.routines.end(), routine_less);
    sort_by_name(schema.types);
    sort_by_name(schema.synonyms);
  }
  sort_by_name(catalog.schemas);
  std::stable_sort(catalog.unknown.begin(), catalog.unknown.end(), [](const Unknown& left, const Unknown& right) {
    return std::tie(left.object, left.what, left.reason) < std::tie(right.object, right.what, right.reason);
  });
}

std::string_view to_string(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::no_action:
      return "no action";
    case ReferentialAction::restrict_:
      return "restrict";
    case ReferentialAction::cascade:
      return "cascade";
    case ReferentialAction::set_null:
      return "set null";
    case ReferentialAction::set_default:
      return "set default";
  }
  return "?";
}

std::string_view to_string(Identity::Kind kind) {
  switch (kind) {
    case Identity::Kind::always:
      return "always";
    case Identity::Kind::by_default:
      return "by default";
    case Identity::Kind::serial:
      return "serial";
  }
  return "?";
}

}  // namespace paripassu::catalog
