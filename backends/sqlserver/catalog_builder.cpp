#include "backends/sqlserver/catalog_builder.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unordered_map>

#include "backends/sqlserver/babelfish.h"
#include "backends/sqlserver/collation.h"

namespace paripassu::sqlserver {

using namespace catalog;  // NOLINT: this file builds nothing else

namespace {

class Row {
 public:
  explicit Row(std::span<const Cell> cells) : cells_(cells) {}
  bool has(std::size_t i) const { return cells_[i].has_value(); }
  const std::string& text(std::size_t i) const {
    static const std::string empty;
    return cells_[i] ? *cells_[i] : empty;
  }
  bool flag(std::size_t i) const { return number(i) != 0; }
  int number(std::size_t i) const { return cells_[i] ? std::atoi(cells_[i]->c_str()) : 0; }
  const Cell& cell(std::size_t i) const { return cells_[i]; }
  /// sys.objects.type is char(2): blank-padded.
  std::string code(std::size_t i) const {
    std::string value = text(i);
    while (!value.empty() && value.back() == ' ') value.pop_back();
    return value;
  }

 private:
  std::span<const Cell> cells_;
};

enum class Modifier { none, bytes, characters, decimal, seconds, floating };

struct NamedType {
  std::string_view name;
  TypeFamily family;
  Modifier modifier = Modifier::none;
  int bits = 0;
  bool fixed = false;
};

constexpr long long kDatetimeTick_ns = 3'333'333;  // 1/300 s
constexpr long long kMinute_ns = 60'000'000'000;

constexpr std::array kTypes = {
    NamedType{"bit", TypeFamily::boolean},
    NamedType{"tinyint", TypeFamily::integer, Modifier::none, 8},
    NamedType{"smallint", TypeFamily::integer, Modifier::none, 16},
    NamedType{"int", TypeFamily::integer, Modifier::none, 32},
    NamedType{"bigint", TypeFamily::integer, Modifier::none, 64},
    NamedType{"decimal", TypeFamily::decimal, Modifier::decimal},
    NamedType{"numeric", TypeFamily::decimal, Modifier::decimal},
    NamedType{"money", TypeFamily::decimal},
    NamedType{"smallmoney", TypeFamily::decimal},
    NamedType{"float", TypeFamily::floating, Modifier::floating, 64},
    NamedType{"real", TypeFamily::floating, Modifier::none, 32},
    NamedType{"char", TypeFamily::text, Modifier::bytes, 0, true},
    NamedType{"varchar", TypeFamily::text, Modifier::bytes},
    NamedType{"text", TypeFamily::text},
    NamedType{"nchar", TypeFamily::text, Modifier::characters, 0, true},
    NamedType{"nvarchar", TypeFamily::text, Modifier::characters},
    NamedType{"ntext", TypeFamily::text},
    NamedType{"sysname", TypeFamily::text, Modifier::characters},
    NamedType{"binary", TypeFamily::binary, Modifier::bytes, 0, true},
    NamedType{"varbinary", TypeFamily::binary, Modifier::bytes},
    NamedType{"image", TypeFamily::binary},
    NamedType{"uniqueidentifier", TypeFamily::uuid},
    NamedType{"date", TypeFamily::date},
    NamedType{"time", TypeFamily::time, Modifier::seconds},
    NamedType{"datetime", TypeFamily::timestamp},
    NamedType{"smalldatetime", TypeFamily::timestamp},
    NamedType{"datetime2", TypeFamily::timestamp, Modifier::seconds},
    NamedType{"datetimeoffset", TypeFamily::timestamp, Modifier::seconds},
    NamedType{"timestamp", TypeFamily::row_version},
    NamedType{"rowversion", TypeFamily::row_version},
    NamedType{"json", TypeFamily::json},
    NamedType{"xml", TypeFamily::xml},
    NamedType{"geometry", TypeFamily::spatial},
    NamedType{"geography", TypeFamily::spatial},
};

ReferentialAction action_from(int code) {
  switch (code) {
    case 1:
      return ReferentialAction::cascade;
    case 2:
      return ReferentialAction::set_null;
    case 3:
      return ReferentialAction::set_default;
    default:
      return ReferentialAction::no_action;
  }
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Line endings differ by the editor that created the module, not by meaning.
std::string body_hash(const std::string& definition) {
  std::string text;
  text.reserve(definition.size());
  for (std::size_t i = 0; i < definition.size(); ++i) {
    if (definition[i] == '\r') {
      text += '\n';
      if (i + 1 < definition.size() && definition[i + 1] == '\n') ++i;
    } else {
      text += definition[i];
    }
  }
  return fmt::format("{:016x}", XXH64(text.data(), text.size(), 0));
}

class Builder {
 public:
  Builder(const CatalogRows& rows, const ServerInfo& server, const InspectOptions& options)
      : rows_(rows), options_(options), genuine_(server.genuine) {
    catalog_.engine = server.engine;
    catalog_.product = server.product;
    catalog_.product_version = server.version;
    catalog_.genuine = server.genuine;
    catalog_.deviations = server.deviations;
    catalog_.database = server.database;
    catalog_.default_schema = "dbo";
    catalog_.case_folds_identifiers = !server.genuine;
  }

  Catalog build() {
    add_schemas();
    add_objects();
    add_columns();
    add_indexes();
    add_foreign_keys();
    add_checks();
    add_sequences();
    add_modules();
    add_triggers();
    add_policies();
    add_permissions();
    add_types();
    add_synonyms();
    add_history_tables();
    move_objects();
    sort(catalog_);
    return std::move(catalog_);
  }

 private:
  struct Object {
    std::string schema_id;
    bool is_view = false;
    Table table;
    View view;
    std::vector<Column>& columns() { return is_view ? view.columns : table.columns; }
    const std::string& name() const { return is_view ? view.name : table.name; }
  };

  Object* object(const std::string& id) {
    const auto found = objects_.find(id);
    return found == objects_.end() ? nullptr : &found->second;
  }

  Schema* schema(const std::string& id) {
    const auto found = schemas_.find(id);
    return found == schemas_.end() ? nullptr : &catalog_.schemas[found->second];
  }

  /// An expression that the server has but does not show (no VIEW DEFINITION) comes as NULL.
  Expression expression(const Row& row, std::size_t column) const {
    Expression result;
    if (row.has(column)) {
      result.printed = row.text(column);
      if (!genuine_) remove_database_prefix(result.printed, catalog_.database, schema_names_);
    } else {
      result.hidden = true;
    }
    return result;
  }

  void add_schemas() {
    bool may_view_definitions = true;
    for (std::size_t i = 0; i < rows_.schemas.row_count(); ++i) {
      const Row row(rows_.schemas.row(i));
      catalog_.collation = row.text(3);
      catalog_.collation_meaning = collation_meaning(catalog_.collation);
      may_view_definitions = row.number(4) == 1;
      if (!options_.schemas.empty() &&
          std::find(options_.schemas.begin(), options_.schemas.end(), row.text(1)) == options_.schemas.end())
        continue;
      Schema schema;
      schema.name = row.text(1);
      schema.comment = row.cell(2);
      schemas_.emplace(row.text(0), catalog_.schemas.size());
      schema_names_.push_back(schema.name);
      catalog_.schemas.push_back(std::move(schema));
    }
    if (!may_view_definitions)
      catalog_.unknown.push_back(
          {"*", std::string(kUnknownObjects),
           "the user has no VIEW DEFINITION on the database, so the server shows only what the user may use"});
  }

  void add_objects() {
    objects_.reserve(rows_.objects.row_count());
    for (std::size_t i = 0; i < rows_.objects.row_count(); ++i) {
      const Row row(rows_.objects.row(i));
      if (schema(row.text(1)) == nullptr) continue;
      const std::string& name = row.text(2);
      if (std::find(options_.ignored_tables.begin(), options_.ignored_tables.end(), name) !=
          options_.ignored_tables.end())
        continue;
      Object entry;
      entry.schema_id = row.text(1);
      entry.is_view = row.code(3) == "V";
      if (entry.is_view) {
        entry.view.name = name;
        entry.view.definition = expression(row, 4);
        entry.view.comment = row.cell(5);
      } else {
        entry.table.name = name;
        entry.table.comment = row.cell(5);
      }
      objects_.emplace(row.text(0), std::move(entry));
    }
  }

  void add_columns() {
    for (std::size_t i = 0; i < rows_.columns.row_count(); ++i) {
      const Row row(rows_.columns.row(i));
      Column column;
      column.name = row.text(2);
      const bool user_defined = row.flag(4);
      // An alias type says what it is by its base; sysname is an alias of the server's own.
      const std::string& base = row.has(6) && user_defined ? row.text(6) : row.text(3);
      column.type = map_type(base, row.number(7), row.number(8), row.number(9));
      if (user_defined) column.type.user_type = row.text(5) + "." + row.text(3);
      column.nullable = row.flag(10);
      if (column.type.family == TypeFamily::text && row.text(11) != catalog_.collation) {
        column.collation = row.text(11);
        column.collation_meaning = collation_meaning(column.collation);
      }
      if (row.flag(12)) {
        column.identity = Identity{};
        column.identity->options.start = row.text(13);
        column.identity->options.increment = row.text(14);
      }
      if (row.flag(15)) {
        column.computed = Computed{expression(row, 16), row.flag(17)};
      } else if (column.type.family != TypeFamily::row_version && (row.has(18) || row.number(21) != 0)) {
        // Babelfish gives every rowversion column a default of its own.
        column.default_value = expression(row, 19);
        column.default_name = row.text(18);
        column.default_system_named = !row.has(20) || row.flag(20);
      }
      column.comment = row.cell(22);
      Object* owner = object(row.text(0));
      std::vector<Column>& columns = owner != nullptr ? owner->columns() : attributes_[row.text(0)];
      column.ordinal = static_cast<int>(columns.size()) + 1;
      columns.push_back(std::move(column));
    }
  }

  void add_indexes() {
    std::unordered_map<std::string, std::string> predicates;
    for (std::size_t i = 0; i < rows_.babelfish_predicates.row_count(); ++i) {
      const Row row(rows_.babelfish_predicates.row(i));
      predicates.emplace(row.text(0) + "/" + row.text(1), row.text(2));
    }
    for (std::size_t i = 0; i < rows_.indexes.row_count();) {
      const Row first(rows_.indexes.row(i));
      Object* owner = object(first.text(0));
      const bool primary = first.flag(5);
      const bool unique_constraint = first.flag(6);
      Index index;
      index.name = genuine_ || owner == nullptr ? first.text(2) : original_index_name(first.text(2), owner->name());
      const std::string kind = lower(first.text(3));
      const bool columnstore = kind.find("columnstore") != std::string::npos;
      index.clustered = kind == "clustered" || kind == "clustered columnstore";
      index.method = columnstore ? "columnstore" : kind == "clustered" || kind == "nonclustered" ? "btree" : kind;
      // sys.index_columns: key_ordinal is 0 for the columns of these, which have no order.
      const bool unordered = kind == "xml" || kind == "spatial" || kind == "json";
      index.unique = first.flag(4);
      index.nulls_not_distinct = index.unique;
      index.valid = !first.flag(7);
      index.ignores_duplicates = first.flag(19);
      if (first.flag(8)) index.predicate = expression(first, 9);
      if (const auto found = predicates.find(first.text(0) + "/" + first.text(2)); found != predicates.end())
        index.predicate = Expression{found->second};
      index.comment = first.cell(18);
      std::vector<std::string> partition_columns;
      const std::string& index_id = first.text(1);
      for (; i < rows_.indexes.row_count(); ++i) {
        const Row row(rows_.indexes.row(i));
        if (row.text(0) != first.text(0) || row.text(1) != index_id) break;
        if (row.number(14) > 0) partition_columns.push_back(row.text(15));
        if (row.flag(12)) {
          index.included.push_back(row.text(15));
        } else if (row.number(11) > 0 || (unordered && row.number(14) == 0)) {
          IndexColumn column;
          column.column = row.text(15);
          column.descending = row.flag(13);
          column.nulls_first = !unordered && !column.descending;  // NULL is the lowest value
          index.columns.push_back(std::move(column));
        }
      }
      if (owner == nullptr) continue;
      const bool heap = kind == "heap";
      if ((heap || index.clustered) && first.code(16) == "PS" && !partition_columns.empty() && !owner->is_view)
        owner->table.partition_key = first.text(17) + " (" + partition_columns.front() + ")";
      if (heap) continue;
      if (columnstore) {
        // All columns of a columnstore are "included" and in no order.
        std::sort(index.included.begin(), index.included.end());
      }
      if (primary || unique_constraint) {
        Key key;
        key.name = first.text(2);
        key.system_named = first.flag(10);
        for (const IndexColumn& column : index.columns) key.columns.push_back(column.column);
        key.nulls_not_distinct = unique_constraint;
        key.enforced = index.valid;
        key.ignores_duplicates = index.ignores_duplicates;
        key.comment = index.comment;
        if (primary) {
          owner->table.primary_key = std::move(key);
        } else {
          owner->table.unique_constraints.push_back(std::move(key));
        }
      } else {
        (owner->is_view ? owner->view.indexes : owner->table.indexes).push_back(std::move(index));
      }
    }
    // An indexed view is kept up to date by the server: PostgreSQL's materialized view.
    for (auto& [id, entry] : objects_)
      if (entry.is_view && !entry.view.indexes.empty()) entry.view.materialized = true;
  }

  void add_foreign_keys() {
    for (std::size_t i = 0; i < rows_.foreign_keys.row_count();) {
      const Row first(rows_.foreign_keys.row(i));
      ForeignKey key;
      key.name = first.text(1);
      key.system_named = first.flag(2);
      key.referenced_schema = first.text(4);
      key.referenced_table = first.text(5);
      key.enforced = !first.flag(6);
      key.validated = !first.flag(7);
      key.on_delete = action_from(first.number(8));
      key.on_update = action_from(first.number(9));
      key.comment = first.cell(12);
      for (; i < rows_.foreign_keys.row_count(); ++i) {
        const Row row(rows_.foreign_keys.row(i));
        if (row.text(0) != first.text(0)) break;
        key.columns.push_back(row.text(10));
        key.referenced_columns.push_back(row.text(11));
      }
      if (Object* owner = object(first.text(3))) owner->table.foreign_keys.push_back(std::move(key));
    }
  }

  void add_checks() {
    for (std::size_t i = 0; i < rows_.checks.row_count(); ++i) {
      const Row row(rows_.checks.row(i));
      Object* owner = object(row.text(0));
      if (owner == nullptr) continue;
      Check check;
      check.name = row.text(1);
      check.system_named = row.flag(2);
      check.expression = expression(row, 3);
      check.enforced = !row.flag(4);
      check.validated = !row.flag(5);
      if (row.has(6)) check.columns.push_back(row.text(6));
      check.comment = row.cell(7);
      owner->table.checks.push_back(std::move(check));
    }
  }

  void add_sequences() {
    for (std::size_t i = 0; i < rows_.sequences.row_count(); ++i) {
      const Row row(rows_.sequences.row(i));
      Schema* owner = schema(row.text(1));
      if (owner == nullptr) continue;
      Sequence sequence;
      sequence.name = row.text(2);
      sequence.type = map_type(row.text(3), 0, row.number(4), 0);
      sequence.options.start = row.text(5);
      sequence.options.increment = row.text(6);
      sequence.options.minimum = row.text(7);
      sequence.options.maximum = row.text(8);
      sequence.options.cycle = row.flag(9);
      sequence.options.cache = row.cell(10);
      owner->sequences.push_back(std::move(sequence));
    }
  }

  void add_modules() {
    std::unordered_map<std::string, std::vector<std::size_t>> parameters;
    for (std::size_t i = 0; i < rows_.parameters.row_count(); ++i)
      parameters[Row(rows_.parameters.row(i)).text(0)].push_back(i);
    for (std::size_t i = 0; i < rows_.modules.row_count(); ++i) {
      const Row row(rows_.modules.row(i));
      Schema* owner = schema(row.text(1));
      if (owner == nullptr) continue;
      Routine routine;
      routine.name = row.text(2);
      const std::string code = row.code(3);
      routine.kind = code == "P" || code == "PC" ? "procedure" : code == "AF" ? "aggregate" : "function";
      const bool clr = code == "PC" || code == "FS" || code == "FT" || code == "AF";
      routine.language = clr ? "clr" : "tsql";
      if (code == "IF" || code == "TF" || code == "FT") routine.returns = "table";
      if (row.has(4)) {
        routine.body_hash = body_hash(row.text(4));
      } else {
        routine.hidden = !clr;
      }
      for (const std::size_t n : parameters[row.text(0)]) {
        const Row parameter(rows_.parameters.row(n));
        const std::string type =
            map_type(parameter.text(3), parameter.number(4), parameter.number(5), parameter.number(6)).printed;
        if (parameter.number(1) == 0) {
          routine.returns = type;
        } else {
          routine.parameters.push_back({parameter.text(2), type, parameter.flag(7)});
        }
      }
      routine.comment = row.cell(5);
      owner->routines.push_back(std::move(routine));
    }
  }

  void add_triggers() {
    std::unordered_map<std::string, Trigger> triggers;
    std::unordered_map<std::string, std::string> parents;
    for (std::size_t i = 0; i < rows_.triggers.row_count(); ++i) {
      const Row row(rows_.triggers.row(i));
      Trigger& trigger = triggers[row.text(0)];
      parents[row.text(0)] = row.text(1);
      trigger.name = row.text(2);
      trigger.enabled = !row.flag(3);
      trigger.timing = row.flag(4) ? "instead of" : "after";
      trigger.events.push_back(lower(row.text(5)));
      trigger.definition = expression(row, 6);
    }
    for (auto& [id, trigger] : triggers) {
      Object* owner = object(parents[id]);
      if (owner == nullptr) continue;
      std::sort(trigger.events.begin(), trigger.events.end());
      (owner->is_view ? owner->view.triggers : owner->table.triggers).push_back(std::move(trigger));
    }
  }

  void add_policies() {
    for (std::size_t i = 0; i < rows_.policies.row_count(); ++i) {
      const Row row(rows_.policies.row(i));
      Object* owner = object(row.text(0));
      if (owner == nullptr) continue;
      owner->table.row_security = owner->table.row_security || row.flag(4);
      owner->table.policies.push_back({row.text(1), lower(row.text(2)), row.text(3)});
    }
  }

  void add_permissions() {
    for (std::size_t i = 0; i < rows_.permissions.row_count(); ++i) {
      const Row row(rows_.permissions.row(i));
      Object* owner = object(row.text(0));
      if (owner == nullptr || owner->is_view) continue;
      const std::string state = row.text(3) == "DENY" ? "DENY " : "";
      owner->table.grants.push_back(row.text(1) + ": " + state + row.text(2));
    }
  }

  void add_types() {
    for (std::size_t i = 0; i < rows_.types.row_count(); ++i) {
      const Row row(rows_.types.row(i));
      Schema* owner = schema(row.text(0));
      if (owner == nullptr) continue;
      UserType type;
      type.name = row.text(1);
      type.nullable = row.flag(7);
      if (row.flag(2)) {
        type.kind = "table";
        if (const auto found = attributes_.find(row.text(8)); found != attributes_.end())
          type.attributes = std::move(found->second);
      } else {
        type.kind = "alias";
        type.base = map_type(row.text(3), row.number(4), row.number(5), row.number(6)).printed;
      }
      owner->types.push_back(std::move(type));
    }
  }

  void add_synonyms() {
    for (std::size_t i = 0; i < rows_.synonyms.row_count(); ++i) {
      const Row row(rows_.synonyms.row(i));
      Schema* owner = schema(row.text(0));
      if (owner == nullptr) continue;
      Synonym synonym;
      synonym.name = row.text(1);
      // The database's own name says nothing: another database's synonym of that meaning has that one's name there.
      const bool elsewhere = row.has(2) || (row.has(3) && lower(row.text(3)) != lower(catalog_.database));
      for (std::size_t part = elsewhere ? 2 : 4; part < 6; ++part) {
        if (!row.has(part)) continue;
        synonym.target += (synonym.target.empty() ? "" : ".") + row.text(part);
      }
      // What PARSENAME cannot take apart stays as it was written.
      if (synonym.target.empty()) synonym.target = row.text(6);
      if (!elsewhere && !row.has(4) && row.has(5)) synonym.target = catalog_.default_schema + "." + synonym.target;
      synonym.comment = row.cell(7);
      owner->synonyms.push_back(std::move(synonym));
    }
  }

  /// Last, since a history table that nobody named is not listed.
  void add_history_tables() {
    for (std::size_t i = 0; i < rows_.history_tables.row_count(); ++i) {
      const Row row(rows_.history_tables.row(i));
      const bool system_named = row.flag(4);
      if (Object* owner = object(row.text(0)))
        owner->table.history_table = system_named ? "generated" : row.text(2) + "." + row.text(3);
      if (system_named) objects_.erase(row.text(1));
    }
  }

  void move_objects() {
    for (auto& [id, entry] : objects_) {
      Schema* owner = schema(entry.schema_id);
      if (entry.is_view) {
        owner->views.push_back(std::move(entry.view));
      } else {
        owner->tables.push_back(std::move(entry.table));
      }
    }
  }

  const CatalogRows& rows_;
  const InspectOptions& options_;
  const bool genuine_;
  std::vector<std::string> schema_names_;
  Catalog catalog_;
  std::unordered_map<std::string, std::size_t> schemas_;
  std::unordered_map<std::string, Object> objects_;
  std::unordered_map<std::string, std::vector<Column>> attributes_;  ///< of table types, by object_id
};

}  // namespace

Type map_type(std::string_view name, int max_length, int precision, int scale) {
  Type type;
  type.name = name;
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& known) { return known.name == name; });
  if (found == kTypes.end()) {
    type.printed = name;
    return type;
  }
  type.family = found->family;
  type.bits = found->bits;
  type.fixed_length = found->fixed;
  type.is_unsigned = name == "tinyint";
  type.printed = name;
  switch (found->modifier) {
    case Modifier::bytes:
    case Modifier::characters: {
      const bool characters = found->modifier == Modifier::characters;
      type.length_unit = characters ? LengthUnit::utf16_units : LengthUnit::bytes;
      if (max_length >= 0) type.length = characters ? max_length / 2 : max_length;
      if (name != "sysname") type.printed += type.length ? fmt::format("({})", *type.length) : "(max)";
      break;
    }
    case Modifier::decimal:
      type.precision = precision;
      type.scale = scale;
      type.printed += fmt::format("({},{})", precision, scale);
      break;
    case Modifier::seconds:
      type.precision = scale;  // sys.columns.scale holds the digits of a second
      type.printed += fmt::format("({})", scale);
      break;
    case Modifier::floating:
      if (precision != 0 && precision <= 24) type.bits = 32;
      break;
    case Modifier::none:
      break;
  }
  if (name == "money" || name == "smallmoney") {
    type.precision = name == "money" ? 19 : 10;
    type.scale = 4;
  } else if (name == "datetime") {
    type.precision = 3;
    type.tick_ns = kDatetimeTick_ns;
  } else if (name == "smalldatetime") {
    type.precision = 0;
    type.tick_ns = kMinute_ns;
  } else if (name == "datetimeoffset") {
    type.with_time_zone = true;
  } else if (name == "text" || name == "image") {
    type.length_unit = LengthUnit::bytes;
  } else if (name == "ntext") {
    type.length_unit = LengthUnit::utf16_units;
  }
  return type;
}

Catalog build_catalog(const CatalogRows& rows, const ServerInfo& server, const InspectOptions& options) {
  return Builder(rows, server, options).build();
}

}  // namespace paripassu::sqlserver
