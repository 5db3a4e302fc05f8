#include "tests/unit/harness/parity/alterations.h"
#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu::test {

using catalog::Catalog;
using catalog::Check;
using catalog::Column;
using catalog::Routine;
using catalog::Schema;
using catalog::Sequence;
using catalog::Table;
using catalog::Trigger;
using catalog::UserType;
using catalog::View;
using Result = std::optional<Expected>;

namespace {

template <typename Object>
Object* any_object(Altering& altering, std::vector<Object> Schema::*list) {
  std::vector<Object>& objects = main_schema(altering.catalog).*list;
  return objects.empty() ? nullptr : &altering.random.pick(objects);
}

/// Of a schema's list; views have their name as their table.
template <typename Object>
Expected about(std::string code, std::string kind, const Object& object) {
  return {std::move(code), kind, kind == "view" || kind == "table" ? object.name : std::string(), object.name};
}

template <typename Object>
Result drop(Altering& altering, std::vector<Object> Schema::*list, std::string code, std::string kind) {
  Object* object = any_object(altering, list);
  if (object == nullptr) return std::nullopt;
  Expected expected = about(std::move(code), std::move(kind), *object);
  expected.is_there = false;
  std::vector<Object>& objects = main_schema(altering.catalog).*list;
  objects.erase(objects.begin() + (object - objects.data()));
  return expected;
}

template <typename Object>
Result add(Altering& altering, std::vector<Object> Schema::*list, Object object, std::string code, std::string kind) {
  object.name = altering.style.name("added", 1);
  Expected expected = about(std::move(code), std::move(kind), object);
  expected.was_there = false;
  (main_schema(altering.catalog).*list).push_back(std::move(object));
  return expected;
}

template <typename Object, typename Change>
Result change(Altering& altering, std::vector<Object> Schema::*list, std::string code, std::string kind,
              Change change_it) {
  Object* object = any_object(altering, list);
  if (object == nullptr) return std::nullopt;
  Expected expected = about(std::move(code), std::move(kind), *object);
  change_it(*object);
  return expected;
}

Result add_schema(Altering& altering) {
  Schema& added = altering.catalog.schemas.emplace_back();
  added.name = altering.style.name("added", 1);
  return Expected{"schema-extra", "schema", "", added.name, "", false};
}

Result drop_schema(Altering& altering) {
  std::vector<Schema>& schemas = altering.catalog.schemas;
  for (std::size_t s = 0; s < schemas.size(); ++s) {
    if (schemas[s].name == altering.catalog.default_schema) continue;
    Expected expected{"schema-missing", "schema", "", schemas[s].name};
    expected.is_there = false;
    schemas.erase(schemas.begin() + static_cast<std::ptrdiff_t>(s));
    return expected;
  }
  return std::nullopt;
}

Result create_table(Altering& altering) {
  Table table;
  table.columns = {column(altering.style.field(0), altering.style.type(Kind::integer, 0))};
  return add(altering, &Schema::tables, std::move(table), "table-extra", "table");
}

Result drop_table(Altering& altering) {
  std::vector<Table>& tables = main_schema(altering.catalog).tables;
  Table* dropped = any_table(altering, [&](const Table& each) {
    return std::none_of(tables.begin(), tables.end(), [&](const Table& other) {
      const bool is_parent = contains(other.inherits, altering.style.schema() + "." + each.name);
      return &other != &each &&
             (is_parent || std::any_of(other.foreign_keys.begin(), other.foreign_keys.end(),
                                       [&](const auto& key) { return key.referenced_table == each.name; }));
    });
  });
  if (dropped == nullptr) return std::nullopt;
  Expected expected = about("table-missing", "table", *dropped);
  expected.is_there = false;
  tables.erase(tables.begin() + (dropped - tables.data()));
  return expected;
}

Result rename_table(Altering& altering) {
  Table* table = any_table(altering, anything);
  Expected expected = about("table-renamed", "table", *table);
  expected.name_before = table->name;
  table->name = expected.name = expected.table = altering.style.name("renamed", 1);
  for (Table& other : main_schema(altering.catalog).tables) {
    for (catalog::ForeignKey& key : other.foreign_keys) {
      if (key.referenced_table == expected.name_before) key.referenced_table = table->name;
    }
    for (std::string& parent : other.inherits) {
      if (parent == altering.style.schema() + "." + expected.name_before) {
        parent = altering.style.schema() + "." + table->name;
      }
    }
  }
  for (Sequence& sequence : main_schema(altering.catalog).sequences) {
    if (sequence.owned_by.starts_with(expected.name_before + ".")) {
      sequence.owned_by.replace(0, expected.name_before.size(), table->name);
    }
  }
  return expected;
}

template <typename Change>
Result change_table(Altering& altering, std::string code, Change change_it) {
  Table* table = any_table(altering, anything);
  change_it(*table);
  return about(std::move(code), "table", *table);
}

Result change_policy(Altering& altering) {
  if (!altering.style.one_engine) {
    return change_table(altering, "policy-changed", [](Table& table) {
      if (table.policies.empty()) {
        table.policies = {{"added_1", "select", "(true)"}};
      } else {
        table.policies.clear();
      }
    });
  }
  const auto spot = any_part(altering, &Table::policies, anything);
  if (!spot) return std::nullopt;
  Expected expected{"policy-changed", "policy", spot->table->name, spot->part().name};
  switch (altering.random.below(4)) {
    case 0:
      expected.is_there = false;
      spot->erase();
      break;
    case 1:
      spot->part().command = "delete";
      break;
    case 2:
      spot->part().roles = {"reader"};
      break;
    default:
      spot->part().definition += " AND more";
  }
  return expected;
}

Result force_row_security(Altering& altering) {
  if (!altering.style.one_engine || !altering.style.postgres) return std::nullopt;
  Table* table = any_table(altering, [](const Table& each) { return each.row_security; });
  if (table == nullptr) return std::nullopt;
  table->row_security_forced = true;
  return about("row-security", "table", *table);
}

Result change_parents(Altering& altering) {
  if (!altering.style.postgres) return std::nullopt;
  return change_table(altering, "table-inherits", [&](Table& table) {
    if (table.inherits.empty()) {
      table.inherits = {altering.random.chance(50) ? "public." + altering.style.table(0) : "elsewhere.parent"};
    } else {
      table.inherits.clear();
    }
  });
}

Result keep_old_rows(Altering& altering) {
  if (altering.style.postgres) return std::nullopt;
  const bool system_named = altering.random.chance(50);
  return change_table(altering, "table-history",
                      [&](Table& table) { table.history_table = system_named ? "generated" : "dbo.OldRows"; });
}

Result change_database_collation(Altering& altering) {
  catalog::Catalog& catalog = altering.catalog;
  if (!altering.style.one_engine || !catalog.collation_meaning) return std::nullopt;
  catalog.collation_meaning->case_sensitive = !catalog.collation_meaning->case_sensitive;
  catalog.collation += "_other";
  return Expected{"database-collation", "database", "", "collation"};
}

Result add_rule(Altering& altering) {
  if (!altering.style.postgres) return std::nullopt;
  Table* table = any_table(altering, anything);
  Trigger& added = table->triggers.emplace_back();
  // A rule may be called like a trigger of its table.
  const bool like_a_trigger = table->triggers.size() > 1 && altering.style.one_engine;
  added.name = like_a_trigger ? table->triggers.front().name : altering.style.name("added", 1);
  added.timing = "also";
  added.events = {"delete"};
  added.rule = true;
  return Expected{"trigger-extra", "rule", table->name, added.name, "", false};
}

Result change_synonym(Altering& altering) {
  return change(altering, &Schema::synonyms, "synonym-changed", "synonym",
                [](catalog::Synonym& synonym) { synonym.target = "archive." + synonym.target; });
}

Result change_grants(Altering& altering) {
  const bool one_engine = altering.style.one_engine;
  return change_table(altering, "grants", [&](Table& table) {
    if (one_engine) {
      table.grants.push_back("writer: UPDATE");
    } else if (table.grants.empty()) {
      table.grants = {"writer: UPDATE"};
    } else {
      table.grants.clear();
    }
  });
}

Result change_output(Altering& altering) {
  return change(altering, &Schema::views, "view-columns", "view", [&](View& view) {
    switch (altering.random.below(3)) {
      case 0:
        view.columns[1].name = altering.style.name("renamed", 1);
        break;
      case 1:
        view.columns.pop_back();
        break;
      default:
        view.columns[0].type = altering.style.type(Kind::uuid, 0);
    }
  });
}

Result change_view(Altering& altering) {
  if (!altering.style.one_engine) return std::nullopt;
  return change(altering, &Schema::views, "view-changed", "view",
                [](View& view) { view.definition.printed += " WHERE 1 = 0"; });
}

Sequence new_sequence(const Style& style) {
  Sequence sequence;
  sequence.type = style.type(Kind::bigint, 0);
  sequence.options = style.sequence_options(1, 1);
  return sequence;
}

bool is_free(const Sequence& sequence) {
  return sequence.owned_by.empty();
}

Result drop_sequence(Altering& altering) {
  std::vector<Sequence>& sequences = main_schema(altering.catalog).sequences;
  const auto used = [&](const Sequence& sequence) {
    return any_table(altering, [&](const Table& table) {
             return std::any_of(table.columns.begin(), table.columns.end(), [&](const Column& column) {
               return column.default_value && mentions_column(column.default_value->printed, sequence.name);
             });
           }) != nullptr;
  };
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    if (!is_free(sequences[s]) || used(sequences[s])) continue;
    Expected expected = about("sequence-missing", "sequence", sequences[s]);
    expected.is_there = false;
    sequences.erase(sequences.begin() + static_cast<std::ptrdiff_t>(s));
    return expected;
  }
  return std::nullopt;
}

Result change_sequence(Altering& altering) {
  Sequence* sequence = any_object(altering, &Schema::sequences);
  if (sequence == nullptr || !is_free(*sequence)) return std::nullopt;
  switch (altering.random.below(4)) {
    case 0:
      sequence->options.start = "77";
      break;
    case 1:
      sequence->options.increment = "77";
      break;
    case 2:
      sequence->options.maximum = "1000";
      break;
    default:
      sequence->options.cycle = true;
  }
  return about("sequence-changed", "sequence", *sequence);
}

Result drop_trigger(Altering& altering) {
  const auto spot = any_part(altering, &Table::triggers, anything);
  if (!spot) return std::nullopt;
  Expected expected{"trigger-missing", "trigger", spot->table->name, spot->part().name};
  expected.is_there = false;
  spot->erase();
  return expected;
}

Result add_trigger(Altering& altering) {
  Table* table = any_table(altering, anything);
  Trigger& added = table->triggers.emplace_back();
  added.name = altering.style.name("added", 1);
  added.timing = "after";
  added.events = {"delete"};
  return Expected{"trigger-extra", "trigger", table->name, added.name, "", false};
}

Result change_trigger(Altering& altering) {
  const auto spot = any_part(altering, &Table::triggers, anything);
  if (!spot) return std::nullopt;
  Trigger& trigger = spot->part();
  // Across engines only the occasion is compared.
  switch (altering.random.below(altering.style.one_engine ? 6 : 3)) {
    case 0:
      trigger.timing = trigger.timing == "after" ? "instead of" : "after";
      break;
    case 1:
      trigger.events = {"delete"};
      break;
    case 2:
      trigger.enabled = false;
      break;
    case 3:
      trigger.row_level = !trigger.row_level;
      break;
    case 4:
      trigger.calls += "_more";
      break;
    default:
      trigger.definition.printed += " AS more";
  }
  return Expected{"trigger-changed", "trigger", spot->table->name, trigger.name};
}

Result add_routine(Altering& altering) {
  Routine routine;
  routine.kind = "procedure";
  routine.language = "sql";
  return add(altering, &Schema::routines, std::move(routine), "routine-extra", "routine");
}

Result change_routine(Altering& altering) {
  return change(altering, &Schema::routines, "routine-changed", "routine", [&](Routine& routine) {
    if (altering.style.one_engine && altering.random.chance(50)) {
      routine.body_hash += "0";
    } else if (altering.random.chance(50)) {
      routine.parameters.push_back({altering.style.postgres ? "added_1" : "@Added1", "date", false});
    } else if (routine.kind == "function") {
      routine.returns = "date";
    } else {
      routine.kind = "function";
      routine.returns = "date";
    }
  });
}

Result add_type(Altering& altering) {
  if (!altering.style.one_engine) return std::nullopt;
  UserType type;
  type.kind = altering.style.postgres ? "composite" : "table";
  type.attributes = {column(altering.style.field(0), altering.style.type(Kind::integer, 0))};
  return add(altering, &Schema::types, std::move(type), "type-extra", "type");
}

Result drop_type(Altering& altering) {
  if (!altering.style.one_engine) return std::nullopt;
  return drop(altering, &Schema::types, "type-missing", "type");
}

Result change_type(Altering& altering) {
  if (!altering.style.one_engine) return std::nullopt;
  return change(altering, &Schema::types, "type-changed", "type", [&](UserType& type) {
    if (type.kind == "enum") {
      type.labels.push_back("highest");
    } else if (altering.random.chance(50)) {
      type.base = altering.style.type(Kind::text, 41).printed;
    } else {
      type.nullable = false;
    }
  });
}

/// The quoted words of a printed list.
std::vector<std::string> labels_in(const std::string& printed) {
  std::vector<std::string> labels;
  for (std::size_t at = printed.find('\''); at != std::string::npos;) {
    const std::size_t end = printed.find('\'', at + 1);
    labels.push_back(printed.substr(at + 1, end - at - 1));
    at = printed.find('\'', end + 1);
  }
  return labels;
}

/// A text that a check limits to a list becomes an enum. Of one engine, the new type is a difference of its own.
Result turn_check_into_enum(Altering& altering, bool with_other_labels) {
  if (!altering.style.postgres || altering.style.one_engine) return std::nullopt;
  const auto spot = any_part(altering, &Table::checks, [](Table& table, const Check& each) {
    if (each.columns.size() != 1 || each.expression.printed.find('%') != std::string::npos) return false;
    const Column& column = column_named(table, each.columns[0]);
    const bool tested_elsewhere = std::any_of(table.indexes.begin(), table.indexes.end(), [&](const auto& index) {
      return index.predicate && mentions_column(index.predicate->printed, column.name);
    });
    return column.type.family == catalog::TypeFamily::text && !column.default_value && !tested_elsewhere;
  });
  if (!spot) return std::nullopt;
  UserType type;
  type.name = "label";
  type.kind = "enum";
  type.labels = labels_in(spot->part().expression.printed);
  if (with_other_labels) type.labels.push_back("other");
  Column& column = column_named(*spot->table, spot->part().columns[0]);
  column.type = simple_type(catalog::TypeFamily::enumeration, "label");
  column.type.user_type = "public.label";
  column.collation.clear();
  main_schema(altering.catalog).types.push_back(std::move(type));
  spot->erase();
  return Expected{with_other_labels ? "enum-labels" : "type-as-check", "column", spot->table->name, column.name};
}

/// Something that may have a comment.
struct Commented {
  std::optional<std::string>* comment;
  Expected expected;
};

template <typename Constraint>
std::string given_name(const Constraint& constraint) {
  return constraint.system_named ? std::string() : constraint.name;
}

std::vector<Commented> commented(Altering& altering) {
  std::vector<Commented> out;
  const bool one_engine = altering.style.one_engine;
  const auto add = [&](auto& object, std::string kind, std::string table, std::string name) {
    out.push_back({&object.comment, {"", std::move(kind), std::move(table), std::move(name)}});
  };
  Schema& schema = main_schema(altering.catalog);
  add(schema, "schema", "", "");
  for (Table& table : schema.tables) {
    add(table, "table", table.name, table.name);
    for (Column& each : table.columns) add(each, "column", table.name, each.name);
    if (table.primary_key) add(*table.primary_key, "primary key", table.name, given_name(*table.primary_key));
    for (auto& each : table.unique_constraints) add(each, "unique constraint", table.name, given_name(each));
    for (auto& each : table.foreign_keys) add(each, "foreign key", table.name, given_name(each));
    for (auto& each : table.checks) add(each, "check", table.name, given_name(each));
    for (auto& each : table.indexes) {
      const bool idiom = allows_many_nulls(each);
      add(each, idiom && !one_engine ? "unique constraint" : "index", table.name, idiom ? "" : each.name);
    }
  }
  for (View& view : schema.views) {
    add(view, "view", view.name, view.name);
    for (Column& each : view.columns) add(each, "column", view.name, each.name);
  }
  for (Routine& routine : schema.routines) add(routine, "routine", "", routine.name);
  // Not every engine has these, and types are compared within one engine only.
  if (!one_engine) return out;
  for (Sequence& sequence : schema.sequences) {
    if (is_free(sequence)) add(sequence, "sequence", "", sequence.name);
  }
  for (UserType& type : schema.types) add(type, "type", "", type.name);
  return out;
}

Result change_comment(Altering& altering, const std::string& code) {
  std::vector<Commented> found = commented(altering);
  std::erase_if(found, [&](const Commented& each) { return each.comment->has_value() == (code == "comment-extra"); });
  if (found.empty()) return std::nullopt;
  Commented& chosen = altering.random.pick(found);
  if (code == "comment-missing") {
    chosen.comment->reset();
  } else {
    *chosen.comment = "said anew";
  }
  chosen.expected.code = code;
  return chosen.expected;
}

}  // namespace

std::vector<Alteration> alterations_of_objects() {
  return {
      {"add a schema", add_schema},
      {"drop a schema", drop_schema, 2},
      {"add a table", create_table},
      {"drop a table", drop_table},
      {"rename a table", rename_table},
      {"keep no log of a table",
       [](Altering& a) -> Result {
         if (!a.style.postgres) return std::nullopt;
         return change_table(a, "table-unlogged", [](Table& table) { table.persistent = false; });
       }},
      {"partition a table, or no longer",
       [](Altering& a) {
         return change_table(a, "partitioning", [](Table& table) {
           table.partition_key = table.partition_key.empty() ? "HASH (id)" : "";
         });
       }},
      {"switch the row-level security",
       [](Altering& a) {
         return change_table(a, "row-security", [](Table& table) { table.row_security = !table.row_security; });
       }},
      {"force the row-level security on the owner", force_row_security, 4},
      {"change the parents of a table", change_parents},
      {"keep the old versions of rows", keep_old_rows},
      {"change the collation of the database", change_database_collation},
      {"change a policy", change_policy},
      {"change the grants", change_grants},
      {"drop a view", [](Altering& a) { return drop(a, &Schema::views, "view-missing", "view"); }},
      {"add a view", [](Altering& a) { return add(a, &Schema::views, View(), "view-extra", "view"); }},
      {"change the output of a view", change_output},
      {"change the definition of a view", change_view},
      {"materialize a view",
       [](Altering& a) {
         return change(a, &Schema::views, "view-materialized", "view", [](View& view) { view.materialized = true; });
       }},
      {"drop a synonym", [](Altering& a) { return drop(a, &Schema::synonyms, "synonym-missing", "synonym"); }, 2},
      {"add a synonym",
       [](Altering& a) -> Result {
         if (a.style.postgres) return std::nullopt;
         return add(a, &Schema::synonyms, catalog::Synonym{"", "dbo.Thing", std::nullopt}, "synonym-extra", "synonym");
       }},
      {"change a synonym", change_synonym, 2},
      {"drop a sequence", drop_sequence},
      {"add a sequence",
       [](Altering& a) { return add(a, &Schema::sequences, new_sequence(a.style), "sequence-extra", "sequence"); }},
      {"change a sequence", change_sequence},
      {"drop a trigger", drop_trigger},
      {"add a trigger", add_trigger},
      {"change a trigger", change_trigger},
      {"add a rule", add_rule},
      {"drop a routine", [](Altering& a) { return drop(a, &Schema::routines, "routine-missing", "routine"); }},
      {"add a routine", add_routine},
      {"change a routine", change_routine},
      {"drop a type", drop_type},
      {"add a type", add_type},
      {"change a type", change_type},
      {"turn a check into an enum", [](Altering& a) { return turn_check_into_enum(a, false); }, 15},
      {"turn a check into an enum of other labels", [](Altering& a) { return turn_check_into_enum(a, true); }, 15},
      {"drop a comment", [](Altering& a) { return change_comment(a, "comment-missing"); }},
      {"add a comment", [](Altering& a) { return change_comment(a, "comment-extra"); }},
      {"change a comment", [](Altering& a) { return change_comment(a, "comment-changed"); }},
  };
}

}  // namespace paripassu::test
