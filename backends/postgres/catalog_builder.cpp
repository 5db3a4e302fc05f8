#include "backends/postgres/catalog_builder.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unordered_map>
#include <unordered_set>

#include "backends/postgres/collation.h"

namespace paripassu::postgres {

using namespace catalog;  // NOLINT: this file builds nothing else

namespace {

/// Cells of one row by position, in the order of the query's columns.
class Row {
 public:
  explicit Row(std::span<const Cell> cells) : cells_(cells) {}
  bool has(std::size_t i) const { return cells_[i].has_value(); }
  const std::string& text(std::size_t i) const {
    static const std::string empty;
    return cells_[i] ? *cells_[i] : empty;
  }
  bool flag(std::size_t i) const { return cells_[i] && *cells_[i] == "t"; }
  int number(std::size_t i) const { return cells_[i] ? std::atoi(cells_[i]->c_str()) : 0; }
  char letter(std::size_t i) const { return cells_[i] && !cells_[i]->empty() ? cells_[i]->front() : '\0'; }
  const Cell& cell(std::size_t i) const { return cells_[i]; }

 private:
  std::span<const Cell> cells_;
};

ReferentialAction action_from(char letter) {
  switch (letter) {
    case 'r':
      return ReferentialAction::restrict_;
    case 'c':
      return ReferentialAction::cascade;
    case 'n':
      return ReferentialAction::set_null;
    case 'd':
      return ReferentialAction::set_default;
    default:
      return ReferentialAction::no_action;
  }
}

/// `1 2 3`, as int2vector prints.
std::vector<int> parse_vector(const std::string& text) {
  std::vector<int> numbers;
  const char* at = text.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    numbers.push_back(static_cast<int>(std::strtol(at, &end, 10)));
    if (end == at) break;
    at = end;
    while (*at == ' ') ++at;
  }
  return numbers;
}

/// A name in quotation marks. Whether regclass prints them depends on case, characters and keywords of the server's
/// version, so that both forms are tried.
std::string quoted(const std::string& name) {
  std::string result = "\"";
  for (char c : name) {
    if (c == '"') result += c;
    result += c;
  }
  return result + '"';
}

/// True for the default `nextval('schema.sequence'::regclass)` of that very sequence.
bool draws_from(const std::string& printed, const std::string& schema, const std::string& sequence) {
  for (const std::string& first : {schema, quoted(schema)})
    for (const std::string& second : {sequence, quoted(sequence)}) {
      std::string literal;
      for (char c : first + "." + second) {
        if (c == '\'') literal += c;
        literal += c;
      }
      if (printed == "nextval('" + literal + "'::regclass)") return true;
    }
  return false;
}

/// What pg_get_viewdef leaves out: WITH (security_barrier=true, …).
std::string view_options(const std::string& array) {
  std::string words;
  for (const std::string& option : parse_array(array)) words += (words.empty() ? "" : ", ") + option;
  return "\nWITH (" + words + ")";
}

class Builder {
 public:
  Builder(const CatalogRows& rows, const ServerInfo& server, const InspectOptions& options)
      : rows_(rows), options_(options) {
    catalog_.engine = server.engine;
    catalog_.product = server.product;
    catalog_.product_version = server.version;
    catalog_.genuine = server.genuine;
    catalog_.deviations = server.deviations;
    catalog_.database = server.database;
    catalog_.default_schema = "public";
    catalog_.case_folds_identifiers = true;
  }

  Catalog build() {
    add_schemas();
    add_relations();
    add_columns();
    add_sequences();
    add_constraints();
    add_indexes();
    add_triggers();
    add_rules();
    add_policies();
    add_routines();
    add_types();
    move_relations();
    sort(catalog_);
    return std::move(catalog_);
  }

 private:
  struct Relation {
    std::string schema_oid;
    char kind = 'r';
    Table table;
    View view;
    std::unordered_map<int, std::string> names;      ///< attnum to name
    std::unordered_map<int, std::size_t> positions;  ///< attnum to index in columns

    bool is_view() const { return kind == 'v' || kind == 'm'; }
    std::vector<Column>& columns() { return is_view() ? view.columns : table.columns; }
    std::vector<std::string> columns_of(const std::vector<int>& numbers) const {
      std::vector<std::string> result;
      for (int number : numbers) {
        const auto found = names.find(number);
        result.push_back(found == names.end() ? "" : found->second);
      }
      return result;
    }
    std::vector<std::string> columns_of(const std::string& array) const {
      std::vector<int> numbers;
      for (const std::string& element : parse_array(array)) numbers.push_back(std::atoi(element.c_str()));
      return columns_of(numbers);
    }
  };

  Relation* relation(const std::string& oid) {
    const auto found = relations_.find(oid);
    return found == relations_.end() ? nullptr : &found->second;
  }

  /// Also of relations that are left out: a foreign key may refer to them.
  std::vector<std::string> named_columns(const std::string& oid, const std::string& array) {
    if (const Relation* known = relation(oid)) return known->columns_of(array);
    Relation left_out;
    if (const auto found = names_left_out_.find(oid); found != names_left_out_.end()) left_out.names = found->second;
    return left_out.columns_of(array);
  }

  Schema* schema(const std::string& oid) {
    const auto found = schemas_.find(oid);
    return found == schemas_.end() ? nullptr : &catalog_.schemas[found->second];
  }

  void add_schemas() {
    for (std::size_t i = 0; i < rows_.schemas.row_count(); ++i) {
      const Row row(rows_.schemas.row(i));
      catalog_.collation = row.text(4);
      // A database's own collation is always deterministic: texts are equal when their bytes are.
      catalog_.collation_meaning = CollationMeaning{};
      if (!options_.schemas.empty() &&
          std::find(options_.schemas.begin(), options_.schemas.end(), row.text(1)) == options_.schemas.end())
        continue;
      Schema schema;
      schema.name = row.text(1);
      schema.comment = row.cell(2);
      // The comment that every database is created with says nothing.
      if (schema.name == "public" && schema.comment == "standard public schema") schema.comment.reset();
      schemas_.emplace(row.text(0), catalog_.schemas.size());
      catalog_.schemas.push_back(std::move(schema));
    }
  }

  void add_relations() {
    relations_.reserve(rows_.relations.row_count());
    for (std::size_t i = 0; i < rows_.relations.row_count(); ++i) {
      const Row row(rows_.relations.row(i));
      if (schema(row.text(1)) == nullptr) continue;
      const std::string& name = row.text(2);
      if (std::find(options_.ignored_tables.begin(), options_.ignored_tables.end(), name) !=
          options_.ignored_tables.end())
        continue;
      Relation relation;
      relation.schema_oid = row.text(1);
      relation.kind = row.letter(3);
      if (relation.is_view()) {
        relation.view.name = name;
        relation.view.materialized = relation.kind == 'm';
        relation.view.definition.printed = row.text(8);
        if (row.has(12)) relation.view.definition.printed += view_options(row.text(12));
        relation.view.comment = row.cell(9);
      } else {
        Table& table = relation.table;
        table.name = name;
        table.persistent = row.letter(4) == 'p';
        table.row_security = row.flag(5);
        table.partition_key = row.text(6);
        table.partition_of = row.text(7);
        table.partition_bound = row.text(11);
        table.inherits = parse_array(row.text(14));
        table.row_security_forced = row.flag(13);
        table.foreign = relation.kind == 'f';
        table.comment = row.cell(9);
        if (row.has(10)) table.grants = parse_array(row.text(10));
      }
      relations_.emplace(row.text(0), std::move(relation));
    }
  }

  void add_columns() {
    for (std::size_t i = 0; i < rows_.columns.row_count(); ++i) {
      const Row row(rows_.columns.row(i));
      Column column;
      column.name = row.text(2);
      TypeRow type;
      type.printed = row.text(3);
      type.schema = row.text(4);
      type.name = row.text(5);
      type.kind = row.letter(6);
      type.modifier = row.number(7);
      type.base = row.text(8);
      type.base_kind = row.letter(9);
      type.array_dimensions = row.number(10);
      column.type = map_type(type);
      column.nullable = !row.flag(11);
      const char generated = row.letter(13);
      if (generated != '\0') {
        column.computed = Computed{Expression{row.text(12)}, generated == 's'};
      } else if (row.has(12)) {
        column.default_value = Expression{row.text(12)};
      }
      const char identity = row.letter(14);
      if (identity != '\0') {
        column.identity = Identity{};
        column.identity->kind = identity == 'a' ? Identity::Kind::always : Identity::Kind::by_default;
      }
      column.collation = row.text(15);
      if (!column.collation.empty())
        column.collation_meaning = row.has(17) ? nondeterministic_collation_meaning(row.text(17)) : CollationMeaning{};
      column.comment = row.cell(16);

      const int number = row.number(1);
      Relation* owner = relation(row.text(0));
      std::vector<Column>& columns = owner != nullptr ? owner->columns() : attributes_[row.text(0)];
      column.ordinal = static_cast<int>(columns.size()) + 1;
      if (owner == nullptr) {
        names_left_out_[row.text(0)].emplace(number, column.name);
      } else {
        owner->names.emplace(number, column.name);
        owner->positions.emplace(number, columns.size());
      }
      columns.push_back(std::move(column));
    }
  }

  void add_sequences() {
    for (std::size_t i = 0; i < rows_.sequences.row_count(); ++i) {
      const Row row(rows_.sequences.row(i));
      Schema* owner_schema = schema(row.text(0));
      if (owner_schema == nullptr) continue;
      Sequence sequence;
      sequence.name = row.text(1);
      TypeRow type;
      type.printed = row.text(2);
      type.name = type.printed == "bigint" ? "int8" : type.printed == "smallint" ? "int2" : "int4";
      sequence.type = map_type(type);
      sequence.options.start = row.text(3);
      sequence.options.increment = row.text(4);
      sequence.options.minimum = row.text(5);
      sequence.options.maximum = row.text(6);
      sequence.options.cycle = row.flag(7);
      sequence.options.cache = row.text(8);
      sequence.comment = row.cell(12);
      Relation* owner = relation(row.text(10));
      if (row.has(10) && owner == nullptr) continue;  // its table is left out
      if (owner != nullptr) {
        const int number = row.number(11);
        const auto position = owner->positions.find(number);
        if (position != owner->positions.end()) {
          Column& column = owner->columns()[position->second];
          if (row.letter(9) == 'i') {
            if (column.identity) column.identity->options = sequence.options;
            continue;
          }
          // A sequence that a column owns is serial only while the column still draws from it.
          if (column.default_value && draws_from(column.default_value->printed, owner_schema->name, sequence.name)) {
            column.identity = Identity{Identity::Kind::serial, sequence.options};
          }
          sequence.owned_by = (owner->is_view() ? owner->view.name : owner->table.name) + "." + column.name;
        }
      }
      owner_schema->sequences.push_back(std::move(sequence));
    }
  }

  void add_constraints() {
    for (std::size_t i = 0; i < rows_.constraints.row_count(); ++i) {
      const Row row(rows_.constraints.row(i));
      // Also for relations that are left out: the index of a constraint is never listed on its own.
      if (row.letter(2) == 'p' || row.letter(2) == 'u') constraint_indexes_.insert(row.text(17));
      Relation* owner = relation(row.text(0));
      if (owner == nullptr || owner->is_view()) continue;
      Table& table = owner->table;
      const std::string& name = row.text(1);
      std::vector<std::string> columns = owner->columns_of(row.text(3));
      switch (row.letter(2)) {
        case 'p':
        case 'u': {
          Key key;
          key.name = name;
          key.deferrable = row.flag(4);
          key.initially_deferred = row.flag(5);
          key.comment = row.cell(18);
          const bool primary = row.letter(2) == 'p';
          key.system_named = primary ? is_generated_name(name, table.name, {}, "pkey")
                                     : is_generated_name(name, table.name, columns, "key");
          key.columns = std::move(columns);
          if (primary) {
            table.primary_key = std::move(key);
          } else {
            unique_positions_[row.text(17)] = {row.text(0), table.unique_constraints.size()};
            table.unique_constraints.push_back(std::move(key));
          }
          break;
        }
        case 'f': {
          ForeignKey key;
          key.name = name;
          key.system_named = is_generated_name(name, table.name, columns, "fkey");
          key.columns = std::move(columns);
          key.deferrable = row.flag(4);
          key.initially_deferred = row.flag(5);
          key.validated = row.flag(6);
          key.enforced = row.flag(7);
          key.referenced_schema = row.text(9);
          key.referenced_table = row.text(10);
          key.referenced_columns = named_columns(row.text(8), row.text(11));
          key.on_update = action_from(row.letter(12));
          key.on_delete = action_from(row.letter(13));
          key.match_full = row.letter(14) == 'f';
          if (row.has(15)) {
            key.on_delete_columns = owner->columns_of(row.text(15));
          }
          key.comment = row.cell(18);
          table.foreign_keys.push_back(std::move(key));
          break;
        }
        default: {
          Check check;
          check.name = name;
          check.expression.printed = row.text(16);
          const std::vector<std::string> one = columns.size() == 1 ? columns : std::vector<std::string>{};
          check.system_named = is_generated_name(name, table.name, one, "check");
          check.columns = std::move(columns);
          check.validated = row.flag(6);
          check.enforced = row.flag(7);
          check.no_inherit = row.flag(19);
          check.comment = row.cell(18);
          table.checks.push_back(std::move(check));
        }
      }
    }
  }

  void add_indexes() {
    for (std::size_t i = 0; i < rows_.indexes.row_count(); ++i) {
      const Row row(rows_.indexes.row(i));
      Relation* owner = relation(row.text(1));
      if (owner == nullptr) continue;
      if (constraint_indexes_.count(row.text(0)) != 0) {
        const auto unique = unique_positions_.find(row.text(0));
        if (unique != unique_positions_.end() && unique->second.first == row.text(1))
          restore_unique(owner->table.unique_constraints[unique->second.second], *owner, row);
        continue;
      }
      Index index;
      index.name = row.text(2);
      index.method = row.text(3);
      index.unique = row.flag(4);
      index.valid = row.flag(5);
      index.nulls_not_distinct = row.flag(6);
      index.clustered = row.flag(14);
      if (row.flag(15)) index.method += " exclusion";
      if (row.has(13)) index.predicate = Expression{row.text(13)};
      index.comment = row.cell(16);
      const auto key_count = static_cast<std::size_t>(row.number(7));
      const std::vector<int> numbers = parse_vector(row.text(8));
      const std::vector<int> option_bits = parse_vector(row.text(9));
      const std::vector<std::string> expressions = parse_array(row.text(10));
      const std::vector<std::string> classes = parse_array(row.text(11));
      const std::vector<std::string> collations = parse_array(row.text(12));
      for (std::size_t n = 0; n < numbers.size(); ++n) {
        const auto name = owner->names.find(numbers[n]);
        if (n >= key_count) {
          if (name != owner->names.end()) index.included.push_back(name->second);
          continue;
        }
        IndexColumn column;
        if (name != owner->names.end()) {
          column.column = name->second;
        } else if (n < expressions.size()) {
          column.expression = expressions[n];
        }
        if (n < option_bits.size()) {
          column.descending = (option_bits[n] & 1) != 0;
          column.nulls_first = (option_bits[n] & 2) != 0;
        }
        if (n < classes.size()) column.operator_class = classes[n];
        if (n < collations.size()) column.collation = collations[n];
        index.columns.push_back(std::move(column));
      }
      (owner->is_view() ? owner->view.indexes : owner->table.indexes).push_back(std::move(index));
    }
  }

  void restore_unique(Key& key, const Relation& owner, const Row& row) {
    key.nulls_not_distinct = row.flag(6);
    // Included columns are part of the name that the server gives.
    key.system_named =
        is_generated_name(key.name, owner.table.name, owner.columns_of(parse_vector(row.text(8))), "key");
  }

  void add_triggers() {
    // pg_trigger.tgtype: bits as in the PostgreSQL source, catalog/pg_trigger.h
    constexpr int kRow = 1, kBefore = 2, kInsert = 4, kDelete = 8, kUpdate = 16, kTruncate = 32, kInstead = 64;
    for (std::size_t i = 0; i < rows_.triggers.row_count(); ++i) {
      const Row row(rows_.triggers.row(i));
      Relation* owner = relation(row.text(0));
      if (owner == nullptr) continue;
      const int bits = row.number(2);
      Trigger trigger;
      trigger.name = row.text(1);
      trigger.timing = (bits & kInstead) != 0 ? "instead of" : (bits & kBefore) != 0 ? "before" : "after";
      if ((bits & kDelete) != 0) trigger.events.emplace_back("delete");
      if ((bits & kInsert) != 0) trigger.events.emplace_back("insert");
      if ((bits & kTruncate) != 0) trigger.events.emplace_back("truncate");
      if ((bits & kUpdate) != 0) trigger.events.emplace_back("update");
      trigger.row_level = (bits & kRow) != 0;
      trigger.enabled = row.letter(3) != 'D';
      trigger.calls = row.text(4);
      trigger.definition.printed = row.text(5);
      // ALTER TABLE … ENABLE ALWAYS TRIGGER: whether it fires in a session that replicates.
      if (row.letter(3) == 'A') trigger.definition.printed += " ENABLE ALWAYS";
      if (row.letter(3) == 'R') trigger.definition.printed += " ENABLE REPLICA";
      (owner->is_view() ? owner->view.triggers : owner->table.triggers).push_back(std::move(trigger));
    }
  }

  void add_rules() {
    for (std::size_t i = 0; i < rows_.rules.row_count(); ++i) {
      const Row row(rows_.rules.row(i));
      Relation* owner = relation(row.text(0));
      if (owner == nullptr) continue;
      Trigger rule;
      rule.rule = true;
      rule.name = row.text(1);
      const char event = row.letter(2);
      rule.events = {event == '1' ? "select" : event == '2' ? "update" : event == '3' ? "insert" : "delete"};
      rule.timing = row.flag(3) ? "instead of" : "also";
      rule.enabled = row.letter(4) != 'D';
      rule.definition.printed = row.text(5);
      if (row.letter(4) == 'A') rule.definition.printed += " ENABLE ALWAYS";
      if (row.letter(4) == 'R') rule.definition.printed += " ENABLE REPLICA";
      (owner->is_view() ? owner->view.triggers : owner->table.triggers).push_back(std::move(rule));
    }
  }

  void add_policies() {
    for (std::size_t i = 0; i < rows_.policies.row_count(); ++i) {
      const Row row(rows_.policies.row(i));
      Relation* owner = relation(row.text(0));
      if (owner == nullptr || owner->is_view()) continue;
      const char command = row.letter(2);
      owner->table.policies.push_back({row.text(1),
                                       command == 'r'   ? "select"
                                       : command == 'a' ? "insert"
                                       : command == 'w' ? "update"
                                       : command == 'd' ? "delete"
                                                        : "all",
                                       row.text(3), parse_array(row.text(4))});
    }
  }

  void add_routines() {
    for (std::size_t i = 0; i < rows_.routines.row_count(); ++i) {
      const Row row(rows_.routines.row(i));
      Schema* owner = schema(row.text(0));
      if (owner == nullptr) continue;
      Routine routine;
      routine.name = row.text(1);
      const char kind = row.letter(2);
      routine.kind = kind == 'p' ? "procedure" : kind == 'a' ? "aggregate" : kind == 'w' ? "window" : "function";
      routine.language = row.text(3);
      routine.returns = row.text(4);
      routine.body_hash = row.text(5);
      const std::vector<std::string> names = parse_array(row.text(6));
      const std::vector<std::string> modes = parse_array(row.text(7));
      const std::vector<std::string> types = parse_array(row.text(8));
      for (std::size_t n = 0; n < types.size(); ++n) {
        const std::string mode = n < modes.size() ? modes[n] : "i";
        if (mode == "t") continue;  // a column of RETURNS TABLE, which `returns` already says
        routine.parameters.push_back({n < names.size() ? names[n] : "", types[n], mode == "o" || mode == "b"});
      }
      routine.comment = row.cell(9);
      owner->routines.push_back(std::move(routine));
    }
  }

  void add_types() {
    for (std::size_t i = 0; i < rows_.types.row_count(); ++i) {
      const Row row(rows_.types.row(i));
      Schema* owner = schema(row.text(0));
      if (owner == nullptr) continue;
      UserType type;
      type.name = row.text(1);
      const char kind = row.letter(2);
      type.kind = kind == 'e' ? "enum" : kind == 'd' ? "domain" : kind == 'r' ? "range" : "composite";
      type.base = kind == 'r' ? row.text(9) : row.text(4);
      type.nullable = !row.flag(5);
      if (row.has(6)) type.default_value = Expression{row.text(6)};
      type.labels = parse_array(row.text(7));
      type.checks = parse_array(row.text(8));
      if (const auto found = attributes_.find(row.text(3)); found != attributes_.end())
        type.attributes = std::move(found->second);
      type.comment = row.cell(10);
      owner->types.push_back(std::move(type));
    }
  }

  void move_relations() {
    for (auto& [oid, relation] : relations_) {
      Schema* owner = schema(relation.schema_oid);
      if (relation.is_view()) {
        owner->views.push_back(std::move(relation.view));
      } else {
        owner->tables.push_back(std::move(relation.table));
      }
    }
  }

  const CatalogRows& rows_;
  const InspectOptions& options_;
  Catalog catalog_;
  std::unordered_map<std::string, std::size_t> schemas_;
  std::unordered_map<std::string, Relation> relations_;
  std::unordered_map<std::string, std::vector<Column>> attributes_;  ///< of composite types, by typrelid
  std::unordered_map<std::string, std::unordered_map<int, std::string>> names_left_out_;  ///< by relation, by attnum
  std::unordered_set<std::string> constraint_indexes_;
  std::unordered_map<std::string, std::pair<std::string, std::size_t>> unique_positions_;
};

}  // namespace

Catalog build_catalog(const CatalogRows& rows, const ServerInfo& server, const InspectOptions& options) {
  return Builder(rows, server, options).build();
}

}  // namespace paripassu::postgres
