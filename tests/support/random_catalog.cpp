#include "tests/support/random_catalog.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace paripassu::test {

namespace {

using namespace catalog;
using std::string_literals::operator""s;

/// The distributions of the standard library differ between platforms, so that values are made from raw bits.
class Generator {
 public:
  Generator(std::uint64_t seed, const RandomCatalogOptions& options)
      : random_(seed), meanings_(~seed), options_(options) {}

  Catalog make_catalog() {
    Catalog catalog;
    const bool postgres = rare(0.5);
    catalog.engine = postgres ? "postgres" : "sqlserver";
    catalog.product = postgres ? "PostgreSQL" : "Microsoft SQL Server";
    catalog.product_version = std::to_string(below(20));
    catalog.genuine = !rare();
    if (!catalog.genuine) catalog.deviations = texts();
    catalog.database = name();
    catalog.default_schema = postgres ? "public" : "dbo";
    if (rare()) catalog.collation = text();
    catalog.collation_meaning = collation_meaning();
    catalog.case_folds_identifiers = postgres;
    Names names;
    for (int i = between(0, options_.schemas_max); i > 0; --i) catalog.schemas.push_back(make_schema(unique(names)));
    add_foreign_keys(catalog);
    while (rare()) catalog.unknown.push_back({text(), text(), text()});
    sort(catalog);
    return catalog;
  }

 private:
  using Names = std::set<std::string>;

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<std::uint64_t>(std::max(high - low, 0)) + 1));
  }
  bool rare(double probability) { return static_cast<double>(random_() >> 11) * 0x1p-53 < probability; }
  bool rare() { return rare(options_.rare_probability); }
  template <class Enum>
  Enum any_up_to(Enum last) {
    return static_cast<Enum>(between(0, static_cast<int>(last)));
  }
  template <class T>
  const T& pick(const std::vector<T>& values) {
    return values[below(values.size())];
  }

  std::string hostile() {
    static const std::vector<std::string> kHostile = {
        "select",
        "Order Items",
        " leading and trailing ",
        "a.b.c",
        "with\"quote",
        "it's",
        "[bracketed]]",
        "`back`",
        "semi;colon -- comment",
        "/* comment */",
        "line\nbreak\r\n\ttab",
        "\x1b[31mred",
        "back\\slash\\u0041",
        "nul\0inside"s,
        "$$dollar$1",
        "%s%n{}",
        "</script><b>&amp;",
        "ümläut ÿ",
        "İstanbul ıI ß",
        "日本語テーブル",
        "🐘🪿👩‍👩‍👧",
        "e\u0301 combining",
        "\u202Eright to left",
        "\uFEFFbyte order mark",
        "\u2028separator\u2029",
        "\U0010FFFF\uFFFF",
        std::string(128, 'x'),
        "null",
        "true",
        "-1",
        "bytes",
        "__proto__",
    };
    static const std::vector<std::string> kInvalid = {
        "latin \xE9t\xE9",         "\xFF\xFE", "cut \xE2\x82", "surrogate \xED\xA0\x80", "overlong \xC0\xAF", "\x80",
        "beyond \xF4\x90\x80\x80",
    };
    if (options_.invalid_utf8 && rare(0.2)) return pick(kInvalid);
    return pick(kHostile);
  }

  std::string name() {
    static const std::vector<std::string> kPlain = {"orders",     "customer_id", "Amount", "note",
                                                    "created_at", "ix",          "line"};
    return options_.hostile_names && rare(0.4) ? hostile() : pick(kPlain);
  }

  // The order in which `name() + name()` would call is up to the compiler.
  std::string qualified_name() {
    std::string qualified = name();
    qualified += '.';
    return qualified += name();
  }

  /// Unique without regard to ASCII case, as SQL Server's usual collations want it.
  std::string unique(Names& taken) {
    for (int attempt = 0;; ++attempt) {
      std::string candidate = name();
      if (attempt > 0) candidate += "_" + std::to_string(below(1'000'000));
      std::string folded = candidate;
      for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      if (taken.insert(std::move(folded)).second) return candidate;
    }
  }

  std::string text() {
    static const std::vector<std::string> kTexts = {"(amount > (0)::numeric)", "getdate()", "lower(note)", "x", "0"};
    return options_.hostile_names && rare(0.3) ? hostile() : pick(kTexts);
  }
  std::vector<std::string> texts() {
    std::vector<std::string> values;
    do values.push_back(text());
    while (rare());
    return values;
  }
  std::optional<std::string> comment() {
    if (!rare()) return std::nullopt;
    return rare(0.1) ? "" : text();
  }
  Expression expression() {
    if (rare(0.1)) return {"", true};
    return {text(), false};
  }
  std::optional<Expression> optional_expression() {
    if (!rare()) return std::nullopt;
    return expression();
  }

  /// From numbers of its own, so that a seed gives the catalogs that it gave before there were meanings.
  std::optional<CollationMeaning> collation_meaning() {
    const std::uint64_t bits = meanings_() >> 61;
    if ((bits & 4u) != 0) return std::nullopt;
    return CollationMeaning{(bits & 1u) != 0, (bits & 2u) != 0};
  }

  Type make_type() {
    Type type;
    type.family = any_up_to(TypeFamily::other);
    type.name = text();
    type.printed = type.name;
    if (rare()) {
      type.length = between(1, 8000);
      type.length_unit = any_up_to(LengthUnit::bytes);
      type.fixed_length = rare();
      type.printed += "(" + std::to_string(*type.length) + ")";
    }
    if (rare()) type.precision = between(0, 38);
    if (rare()) type.scale = between(-1000, 1000);
    if (rare()) type.bits = 8 << between(0, 3);
    type.is_unsigned = rare();
    type.with_time_zone = rare();
    if (rare()) type.tick_ns = rare(0.5) ? 3'333'333 : 60'000'000'000;
    if (rare()) type.array_dimensions = between(1, 6);
    if (rare()) type.user_type = qualified_name();
    return type;
  }

  SequenceOptions make_options() {
    SequenceOptions options{
        "1",    "1",         "-99999999999999999999999999999999999999", "99999999999999999999999999999999999999",
        rare(), std::nullopt};
    if (rare()) options.start = std::to_string(below(1'000));
    if (rare()) options.cache = std::to_string(below(100));
    return options;
  }

  std::vector<Column> make_columns(int count_min) {
    std::vector<Column> columns;
    Names names;
    const int count = between(count_min, std::max(options_.columns_max, count_min));
    for (int ordinal = 1; ordinal <= count; ++ordinal) {
      Column column;
      column.name = unique(names);
      column.ordinal = ordinal;
      column.type = make_type();
      column.nullable = !rare();
      column.default_value = optional_expression();
      if (column.default_value && rare()) {
        column.default_name = name();
        column.default_system_named = rare();
      }
      if (rare(0.1)) column.identity = Identity{any_up_to(Identity::Kind::serial), make_options()};
      if (rare(0.1)) column.computed = Computed{expression(), rare()};
      if (rare()) {
        column.collation = text();
        column.collation_meaning = collation_meaning();
      }
      column.comment = comment();
      columns.push_back(std::move(column));
    }
    return columns;
  }

  /// One to three different columns of the table, in any order.
  std::vector<std::string> some_columns(const std::vector<Column>& columns) {
    std::vector<std::string> names;
    for (int i = between(1, 3); i > 0; --i) {
      const std::string& candidate = pick(columns).name;
      if (std::find(names.begin(), names.end(), candidate) == names.end()) names.push_back(candidate);
    }
    return names;
  }

  Key make_key(std::string key_name, const Table& table) {
    Key key;
    key.name = std::move(key_name);
    key.system_named = rare();
    key.columns = some_columns(table.columns);
    key.nulls_not_distinct = rare();
    key.deferrable = rare();
    key.initially_deferred = key.deferrable && rare();
    key.enforced = !rare(0.1);
    key.ignores_duplicates = rare(0.1);
    key.comment = comment();
    return key;
  }

  Index make_index(std::string index_name, const std::vector<Column>& columns) {
    Index index;
    index.name = std::move(index_name);
    index.unique = rare();
    index.method = rare(0.7) ? "btree" : rare() ? "gin" : "columnstore";
    index.clustered = rare(0.1);
    for (const std::string& column : some_columns(columns)) {
      IndexColumn part;
      if (rare(0.2)) {
        part.expression = text();
      } else {
        part.column = column;
      }
      part.descending = rare();
      part.nulls_first = rare();
      if (rare(0.1)) part.collation = text();
      if (rare(0.1)) part.operator_class = text();
      index.columns.push_back(std::move(part));
    }
    if (rare()) index.included = some_columns(columns);
    index.predicate = optional_expression();
    index.nulls_not_distinct = rare(0.1);
    index.valid = !rare(0.1);
    index.ignores_duplicates = index.unique && rare(0.1);
    index.comment = comment();
    return index;
  }

  Trigger make_trigger(std::string trigger_name) {
    static const std::array<const char*, 3> kTimings = {"before", "after", "instead of"};
    Trigger trigger;
    trigger.name = std::move(trigger_name);
    trigger.timing = kTimings[below(kTimings.size())];
    for (const char* event : {"delete", "insert", "truncate", "update"}) {
      if (rare()) trigger.events.push_back(event);
    }
    if (trigger.events.empty()) trigger.events.push_back("insert");
    trigger.row_level = rare();
    trigger.enabled = !rare();
    trigger.rule = rare(0.1);
    if (rare()) trigger.calls = text();
    trigger.definition = expression();
    return trigger;
  }

  Check make_check(std::string check_name, const std::vector<Column>& columns) {
    Check check;
    check.name = std::move(check_name);
    check.system_named = rare();
    check.expression = expression();
    if (rare()) check.columns = some_columns(columns);
    check.validated = !rare();
    check.enforced = !rare();
    check.no_inherit = rare(0.1);
    check.comment = comment();
    return check;
  }

  Table make_table(std::string table_name) {
    Table table;
    table.name = std::move(table_name);
    table.columns = make_columns(1);
    Names names;
    if (rare(0.7)) {
      table.primary_key = make_key(unique(names), table);
      for (Column& column : table.columns) {
        const std::vector<std::string>& key_columns = table.primary_key->columns;
        if (std::find(key_columns.begin(), key_columns.end(), column.name) != key_columns.end())
          column.nullable = false;
      }
    }
    while (rare()) table.unique_constraints.push_back(make_key(unique(names), table));
    while (rare()) table.checks.push_back(make_check(unique(names), table.columns));
    while (rare()) table.indexes.push_back(make_index(unique(names), table.columns));
    Names trigger_names;
    while (rare(0.2)) table.triggers.push_back(make_trigger(unique(trigger_names)));
    Names policy_names;
    while (rare(0.1)) {
      table.policies.push_back({unique(policy_names), "select", text(), {}});
      if (rare()) table.policies.back().roles = texts();
    }
    table.comment = comment();
    if (rare(0.1)) table.partition_key = "RANGE (" + name() + ")";
    if (rare(0.1)) table.partition_of = name();
    if (!table.partition_of.empty() && rare()) table.partition_bound = text();
    while (table.partition_of.empty() && rare(0.1)) table.inherits.push_back(qualified_name());
    table.row_security = rare(0.1);
    table.row_security_forced = rare(0.1);
    if (rare(0.1)) table.history_table = qualified_name();
    table.persistent = !rare(0.1);
    table.foreign = rare(0.1);
    while (rare()) table.grants.push_back(name() + ": SELECT");
    return table;
  }

  View make_view(std::string view_name) {
    View view;
    view.name = std::move(view_name);
    view.materialized = rare();
    view.columns = make_columns(1);
    view.definition = expression();
    Names names;
    while (view.materialized && rare()) view.indexes.push_back(make_index(unique(names), view.columns));
    Names trigger_names;
    while (rare(0.2)) view.triggers.push_back(make_trigger(unique(trigger_names)));
    view.comment = comment();
    return view;
  }

  Sequence make_sequence(std::string sequence_name) {
    Sequence sequence{std::move(sequence_name), make_type(), make_options(), "", comment()};
    if (rare()) sequence.owned_by = qualified_name();
    return sequence;
  }

  Routine make_routine(std::string routine_name) {
    static const std::array<const char*, 4> kKinds = {"function", "procedure", "aggregate", "window"};
    Routine routine;
    routine.name = std::move(routine_name);
    routine.kind = kKinds[below(kKinds.size())];
    while (rare(0.5)) routine.parameters.push_back({rare(0.2) ? "" : name(), text(), rare()});
    if (rare()) routine.returns = text();
    routine.language = rare() ? "plpgsql" : "sql";
    routine.hidden = rare(0.1);
    if (!routine.hidden) routine.body_hash = std::to_string(random_());
    routine.comment = comment();
    return routine;
  }

  UserType make_user_type(std::string type_name) {
    static const std::array<const char*, 6> kKinds = {"enum", "domain", "alias", "composite", "range", "table"};
    UserType type;
    type.name = std::move(type_name);
    type.kind = kKinds[below(kKinds.size())];
    if (type.kind == "enum") type.labels = texts();
    if (type.kind == "domain" || type.kind == "alias") {
      type.base = text();
      type.nullable = !rare();
      type.default_value = optional_expression();
      if (rare()) type.checks = texts();
    }
    if (type.kind == "composite" || type.kind == "table") type.attributes = make_columns(1);
    type.comment = comment();
    return type;
  }

  Schema make_schema(std::string schema_name) {
    Schema schema;
    schema.name = std::move(schema_name);
    Names relations;
    const int others_max = options_.tables_max / 2;
    for (int i = between(0, options_.tables_max); i > 0; --i) schema.tables.push_back(make_table(unique(relations)));
    for (int i = between(0, others_max); i > 0; --i) schema.views.push_back(make_view(unique(relations)));
    for (int i = between(0, others_max); i > 0; --i) schema.sequences.push_back(make_sequence(unique(relations)));
    for (int i = between(0, others_max); i > 0; --i) schema.types.push_back(make_user_type(unique(relations)));
    for (int i = between(0, others_max); i > 0; --i) {
      std::string synonym = unique(relations);
      schema.synonyms.push_back({std::move(synonym), qualified_name(), comment()});
    }
    Names routines;
    for (int i = between(0, others_max); i > 0; --i) {
      schema.routines.push_back(make_routine(unique(routines)));
      if (!rare(0.2)) continue;
      Routine overload = schema.routines.back();
      overload.parameters.push_back({"", "integer", false});
      schema.routines.push_back(std::move(overload));
    }
    schema.comment = comment();
    return schema;
  }

  /// Once all tables are there.
  void add_foreign_keys(Catalog& catalog) {
    std::vector<std::pair<const Schema*, const Table*>> targets;
    for (const Schema& schema : catalog.schemas) {
      for (const Table& table : schema.tables) targets.emplace_back(&schema, &table);
    }
    for (Schema& schema : catalog.schemas) {
      for (Table& table : schema.tables) {
        Names names = constraint_names(table);
        while (rare()) {
          const auto& [target_schema, target] = pick(targets);
          table.foreign_keys.push_back(make_foreign_key(unique(names), table, *target_schema, *target));
        }
      }
    }
  }

  static Names constraint_names(const Table& table) {
    Names names;
    const auto add = [&names](std::string taken) {
      for (char& c : taken) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      names.insert(std::move(taken));
    };
    if (table.primary_key) add(table.primary_key->name);
    for (const Key& key : table.unique_constraints) add(key.name);
    for (const Check& check : table.checks) add(check.name);
    for (const Index& index : table.indexes) add(index.name);
    return names;
  }

  ForeignKey make_foreign_key(std::string key_name, const Table& table, const Schema& target_schema,
                              const Table& target) {
    ForeignKey key;
    key.name = std::move(key_name);
    key.system_named = rare();
    key.columns = some_columns(table.columns);
    key.referenced_schema = target_schema.name;
    key.referenced_table = target.name;
    key.referenced_columns = some_columns(target.columns);
    const std::size_t width = std::min(key.columns.size(), key.referenced_columns.size());
    key.columns.resize(width);
    key.referenced_columns.resize(width);
    key.on_delete = any_up_to(ReferentialAction::set_default);
    key.on_update = any_up_to(ReferentialAction::set_default);
    if (key.on_delete == ReferentialAction::set_null && rare()) key.on_delete_columns = {key.columns.front()};
    key.match_full = rare();
    key.deferrable = rare();
    key.initially_deferred = key.deferrable && rare();
    key.validated = !rare();
    key.enforced = !rare();
    key.comment = comment();
    return key;
  }

  std::mt19937_64 random_;
  std::mt19937_64 meanings_;
  const RandomCatalogOptions& options_;
};

}  // namespace

catalog::Catalog random_catalog(std::uint64_t seed, const RandomCatalogOptions& options) {
  return Generator(seed, options).make_catalog();
}

}  // namespace paripassu::test
