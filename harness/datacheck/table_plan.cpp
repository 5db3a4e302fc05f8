#include "harness/datacheck/table_plan.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "backends/data_sql.h"
#include "harness/datacheck/plan_key.h"
#include "harness/datacheck/plan_pairing.h"
#include "harness/parity/names.h"
#include "harness/parity/waivers.h"

namespace paripassu {

namespace {

using namespace datacheck;  // NOLINT: the parts of this room's plan

using catalog::Catalog;
using catalog::TypeFamily;

constexpr const char* kWrittenByServer = "the server writes it by itself";
constexpr const char* kNotChosen = "not chosen";

/// A pattern of --table, `tables` or --columns, and whether it matched.
struct Choice {
  std::string text;
  ObjectPattern pattern;
  bool used = false;
};

std::vector<Choice> choices(const std::vector<std::string>& texts) {
  std::vector<Choice> result;
  for (const std::string& text : texts) result.push_back({text, ObjectPattern(text)});
  return result;
}

/// Whether one of them names the object; marks all that do.
bool choose(std::vector<Choice>& patterns, const ObjectNames& names) {
  bool chosen = patterns.empty();
  for (Choice& choice : patterns) {
    if (!names.match(choice.pattern)) continue;
    choice.used = true;
    chosen = true;
  }
  return chosen;
}

/// Something that is left out and that a waiver of [parity] may accept.
struct Waivable {
  Skipped* skipped = nullptr;
  Difference difference;
};

class Planner {
 public:
  Planner(const Catalog& left, const Catalog& right, const ParityRules& rules, const Configuration& configuration,
          const DataSelection& selection)
      : left_(left),
        right_(right),
        rules_(rules),
        configuration_(configuration),
        selection_(selection),
        settings_(configuration.data, selection, left.engine, right.engine),
        renames_(resolve_renames(left, right, configuration.data)),
        tables_by_option_(!selection.tables.empty()),
        tables_(choices(tables_by_option_ ? selection.tables : configuration.data.tables)),
        columns_(choices(selection.columns)) {}

  DataPlan run() {
    for (const PairedTable& pair : pair_tables(left_, right_, rules_.comparison, renames_)) add(pair);
    check_selection();
    settings_.check_all_used(known_names_);
    apply_parity_waivers();
    add_hidden();
    return std::move(plan_);
  }

 private:
  static std::string qualified(const SideTable& side) { return side.schema->name + "." + side.table->name; }
  static std::string shown_name(const PairedTable& pair) {
    return qualified(pair.left.table != nullptr ? pair.left : pair.right);
  }

  void add(const PairedTable& pair) {
    const ObjectNames names = table_names(pair.left, pair.right);
    for (const std::string& name : names.names()) known_names_.push_back(name);
    const bool chosen = choose(tables_, names);
    const TableSettings settings = settings_.of_table(names);
    if (!chosen) {
      note_columns(pair);
      plan_.skipped_tables.push_back(
          {shown_name(pair), kNotChosen, tables_by_option_ ? "--table" : "'tables' in [data]"});
      return;
    }
    if (!settings.ignored.empty()) {
      note_columns(pair);
      plan_.skipped_tables.push_back({shown_name(pair), "left out by [[data.rule]]", settings.ignored});
      return;
    }
    if (!pair.both()) {
      note_columns(pair);
      skip_unpaired(pair);
      return;
    }
    add_pair(pair, names, settings);
  }

  /// Rules and --columns may be about columns of tables that are not compared.
  void note_columns(const PairedTable& pair) {
    for (const bool on_left : {true, false}) {
      const SideTable& side = on_left ? pair.left : pair.right;
      if (side.table == nullptr) continue;
      for (const catalog::Column& column : side.table->columns) {
        const ObjectNames names =
            on_left ? column_names(side, &column, {}, nullptr) : column_names({}, nullptr, side, &column);
        settings_.note(names);
        for (const std::string& name : names.names()) known_names_.push_back(name);
      }
    }
  }

  void skip_unpaired(const PairedTable& pair) {
    const bool on_left = pair.left.table != nullptr;
    const SideTable& side = on_left ? pair.left : pair.right;
    std::string reason = pair.reason;
    if (sees_not_all(on_left ? right_ : left_))
      reason += std::string(", or hidden from the user on the ") + (on_left ? "right" : "left");
    plan_.skipped_tables.push_back({qualified(side), std::move(reason), ""});
    Difference difference;
    difference.schema = side.schema->name;
    if (pair.schema_unpaired) {
      Difference schema = difference;
      schema.code = on_left ? "schema-missing" : "schema-extra";
      schema.kind = "schema";
      schema.name = side.schema->name;
      waivable_tables_.emplace_back(plan_.skipped_tables.size() - 1, std::move(schema));
    }
    difference.code = on_left ? "table-missing" : "table-extra";
    difference.kind = "table";
    difference.table = difference.name = side.table->name;
    waivable_tables_.emplace_back(plan_.skipped_tables.size() - 1, std::move(difference));
  }

  void add_pair(const PairedTable& pair, const ObjectNames& table, const TableSettings& settings) {
    TablePlan plan;
    plan.left_schema = pair.left.schema;
    plan.left = pair.left.table;
    plan.right_schema = pair.right.schema;
    plan.right = pair.right.table;
    plan.left_where = settings.left_where;
    plan.right_where = settings.right_where;
    std::vector<ColumnSettings> column_settings;
    std::vector<bool> chosen;
    for (const PairedColumn& column : pair_columns(*pair.left.table, *pair.right.table, rules_.comparison, renames_)) {
      const ObjectNames names = column_names(pair.left, column.left, pair.right, column.right);
      for (const std::string& name : names.names()) known_names_.push_back(name);
      ColumnSettings own = settings_.of_column(table, names);
      const bool is_chosen = choose_column(names, column);
      const std::string shown = shown_column(pair, column);
      if (!own.ignored.empty()) {
        plan.skipped_columns.push_back({shown, "left out by [[data.rule]]", own.ignored});
      } else if (is_row_version(column.left) || is_row_version(column.right)) {
        plan.skipped_columns.push_back({shown, "row version", kWrittenByServer});
      } else if (column.left == nullptr || column.right == nullptr) {
        const bool on_left = column.left != nullptr;
        skip_column(plan, pair, column, shown, column.reason, on_left ? "column-missing" : "column-extra", is_chosen);
      } else {
        own.options.exact = left_.engine == right_.engine && column.left->type == column.right->type;
        ValueRule rule(column.left->type, column.right->type, own.options);
        std::string refusal = rule.refusal();
        if (refusal.empty()) refusal = unreadable(left_, *column.left);
        if (refusal.empty()) refusal = unreadable(right_, *column.right);
        if (refusal.empty()) {
          plan.columns.push_back({column.left, column.right, std::move(rule), own.options.verdicts});
          column_settings.push_back(std::move(own));
          chosen.push_back(is_chosen);
        } else {
          skip_column(plan, pair, column, shown, refusal, "column-type", is_chosen);
        }
      }
    }
    if (plan.columns.empty()) {
      plan_.skipped_tables.push_back({qualified(pair.left), "no column can be compared", ""});
      return;
    }
    arrange(plan, pair, settings, column_settings, chosen);
    add_notes(plan);
    plan_.tables.push_back(std::move(plan));
  }

  /// Why values of the column cannot be read; empty: they can, as far as is known here.
  std::string unreadable(const Catalog& side, const catalog::Column& column) const {
    const BackendRegistry* engines = rules_.comparison.engines;
    const Backend* backend = engines != nullptr ? engines->find(side.engine) : nullptr;
    if (backend == nullptr) return {};
    std::string why;
    if (backend->data_sql().read_expression(column, why)) return {};
    return why.empty() ? "its type cannot be read" : why;
  }

  static bool is_row_version(const catalog::Column* column) {
    return column != nullptr && column->type.family == TypeFamily::row_version;
  }

  bool choose_column(const ObjectNames& names, const PairedColumn& column) {
    ObjectNames all = names;
    for (const catalog::Column* one : {column.left, column.right})
      if (one != nullptr) {
        all.add(one->name);
        known_columns_.push_back(one->name);
      }
    return choose(columns_, all);
  }

  /// "orders.note", with the schema in front where it is not the default one.
  std::string shown_column(const PairedTable& pair, const PairedColumn& column) const {
    const bool on_left = column.left != nullptr;
    const SideTable& side = on_left ? pair.left : pair.right;
    const std::string& default_schema = (on_left ? left_ : right_).default_schema;
    const std::string table = side.schema->name == default_schema ? side.table->name : qualified(side);
    return table + "." + (on_left ? column.left : column.right)->name;
  }

  void skip_column(TablePlan& plan, const PairedTable& pair, const PairedColumn& column, const std::string& shown,
                   const std::string& reason, const char* code, bool is_chosen) {
    if (!is_chosen) {
      plan.skipped_columns.push_back({shown, kNotChosen, "--columns"});
      return;
    }
    plan.skipped_columns.push_back({shown, reason, ""});
    const bool on_left = column.left != nullptr;
    const SideTable& side = on_left ? pair.left : pair.right;
    Difference difference;
    difference.code = code;
    difference.schema = side.schema->name;
    difference.table = side.table->name;
    difference.kind = "column";
    difference.name = (on_left ? column.left : column.right)->name;
    waivable_columns_.push_back({plan.left, plan.skipped_columns.size() - 1, std::move(difference)});
  }

  /// Puts the key's columns first and takes out what --columns did not choose.
  void arrange(TablePlan& plan, const PairedTable& pair, const TableSettings& settings,
               const std::vector<ColumnSettings>& column_settings, const std::vector<bool>& chosen) {
    ChosenKey key = choose_key(plan, pair, settings);
    plan.key_origin = key.origin;
    plan.key_columns = key.columns.size();
    plan.notes = std::move(key.notes);
    std::vector<std::size_t> order = key.columns;
    for (const std::size_t column : key.columns)
      plan.key_orders.push_back(key_order(plan.columns[column], column_settings[column].options));
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      if (std::find(key.columns.begin(), key.columns.end(), i) != key.columns.end()) continue;
      if (chosen[i]) {
        order.push_back(i);
      } else {
        plan.skipped_columns.push_back(
            {shown_column(pair, {plan.columns[i].left, plan.columns[i].right, ""}), kNotChosen, "--columns"});
      }
    }
    std::vector<PlannedColumn> arranged;
    for (const std::size_t column : order) arranged.push_back(std::move(plan.columns[column]));
    plan.columns = std::move(arranged);
  }

  ChosenKey choose_key(const TablePlan& plan, const PairedTable& pair, const TableSettings& settings) {
    std::optional<ChosenKey> key;
    if (!selection_.key.empty()) {
      key = named_key(plan.columns, selection_.key, "--key", rules_.comparison.names);
      if (key) key_used_ = true;
    }
    if (!key && settings.key_rule != nullptr) {
      key = named_key(plan.columns, settings.key_rule->key, "[[data.rule]]", rules_.comparison.names);
      if (!key && ObjectPattern(settings.key_rule->object).is_literal())
        throw missing_key(ErrorCategory::configuration, "'key' in [[data.rule]]", settings.key_rule->key, {&plan, 1})
            .with_position(settings.key_rule->key_position);
    }
    if (!key) key = catalog_key(plan.columns, *plan.left, *plan.right);
    add_key_notes(*key, plan.columns, pair.left, pair.right, left_, right_);
    return *key;
  }

  Error missing_key(ErrorCategory category, const std::string& what, const std::vector<std::string>& names,
                    std::span<const TablePlan> tables) const {
    std::vector<std::string> known;
    for (const TablePlan& plan : tables)
      for (const PlannedColumn& column : plan.columns) {
        known.push_back(column.left->name);
        known.push_back(column.right->name);
      }
    std::string list;
    std::string hint;
    for (const std::string& name : names) {
      list += (list.empty() ? "" : ", ") + name;
      const auto same = [&](const std::string& one) {
        return fold_name(one, rules_.comparison.names) == fold_name(name, rules_.comparison.names);
      };
      if (hint.empty() && std::none_of(known.begin(), known.end(), same)) hint = nearest_hint(name, known);
    }
    const std::string where = tables.size() == 1
                                  ? "table " + tables.front().left->name + " has not all of these columns, compared"
                                  : std::string("no table has all of these columns, compared");
    return Error(category, what + " " + list + ": " + where + hint)
        .with_remedy("name columns of either side whose values can be compared");
  }

  static void add_note_of_children(TablePlan& plan, const Catalog& side, const std::string& parent,
                                   std::string_view word) {
    for (const catalog::Schema& schema : side.schemas)
      for (const catalog::Table& table : schema.tables)
        if (std::find(table.inherits.begin(), table.inherits.end(), parent) != table.inherits.end())
          plan.notes.push_back("rows of " + schema.name + "." + table.name +
                               ", which inherits from it, are among its rows on the " + std::string(word));
  }

  void add_notes(TablePlan& plan) const {
    add_note_of_children(plan, left_, plan.left_schema->name + "." + plan.left->name, "left");
    add_note_of_children(plan, right_, plan.right_schema->name + "." + plan.right->name, "right");
    for (const auto& [table, word] : {std::pair{plan.left, "left"}, std::pair{plan.right, "right"}})
      if (table->row_security)
        plan.notes.push_back(std::string("row-level security on the ") + word +
                             " may hide rows from the user who compares");
  }

  void check_selection() const {
    for (const Choice& choice : tables_) {
      if (choice.used) continue;
      check_no_partition(choice);
      const std::string hint = nearest_hint(choice.text, known_names_);
      if (tables_by_option_)
        throw Error(ErrorCategory::usage, "--table " + choice.text + " matches no table of either side" + hint);
      throw Error(ErrorCategory::configuration,
                  "'" + choice.text + "' in 'tables' of [data] matches no table of either side" + hint)
          .with_position(configuration_.data.tables_position);
    }
    for (const Choice& choice : columns_)
      if (!choice.used)
        throw Error(ErrorCategory::usage, "--columns " + choice.text + " matches no column of a compared table" +
                                              nearest_hint(choice.text, known_columns_));
    if (!selection_.key.empty() && !key_used_ && !plan_.tables.empty())
      throw missing_key(ErrorCategory::usage, "--key", selection_.key, plan_.tables);
  }

  void check_no_partition(const Choice& choice) const {
    for (const Catalog* side : {&left_, &right_})
      for (const catalog::Schema& schema : side->schemas)
        for (const catalog::Table& table : schema.tables)
          if (is_covered_partition(*side, table) && table_names({&schema, &table}, {}).match(choice.pattern))
            throw Error(tables_by_option_ ? ErrorCategory::usage : ErrorCategory::configuration,
                        "table " + choice.text + " is a partition of " + table.partition_of +
                            ", with which its rows are compared")
                .with_remedy("name " + table.partition_of + ", and the rows with --where");
  }

  /// By the matcher of the schema comparison, so that a waiver covers the same here as there.
  void apply_parity_waivers() {
    std::vector<Waivable> items;
    for (auto& [index, difference] : waivable_tables_)
      items.push_back({&plan_.skipped_tables[index], std::move(difference)});
    for (WaivableColumn& column : waivable_columns_)
      for (TablePlan& plan : plan_.tables)
        if (plan.left == column.table)
          items.push_back({&plan.skipped_columns[column.index], std::move(column.difference)});
    std::stable_sort(items.begin(), items.end(), [](const Waivable& one, const Waivable& other) {
      const auto key = [](const Difference& d) { return std::tie(d.schema, d.table, d.kind, d.name); };
      return key(one.difference) < key(other.difference);
    });
    Comparison comparison;
    for (const Waivable& item : items) comparison.differences.push_back(item.difference);
    apply_waivers(comparison, rules_.waivers, local_today());
    std::size_t next = 0;
    for (const Difference& difference : comparison.differences) {
      if (is_about_waivers(difference.code)) continue;
      Skipped& skipped = *items[next++].skipped;
      if (skipped.waived.empty()) skipped.waived = difference.waived;
    }
  }

  static bool sees_not_all(const Catalog& side) {
    return std::any_of(side.unknown.begin(), side.unknown.end(),
                       [](const catalog::Unknown& one) { return one.what == catalog::kUnknownObjects; });
  }

  void add_hidden() {
    if (!tables_.empty()) return;
    for (const auto& [side, word] : {std::pair{&left_, "left"}, std::pair{&right_, "right"}})
      for (const catalog::Unknown& one : side->unknown)
        if (one.what == catalog::kUnknownObjects)
          plan_.skipped_tables.push_back(
              {one.object, std::string("tables may be hidden on the ") + word + ": " + one.reason, ""});
  }

  struct WaivableColumn {
    const catalog::Table* table;
    std::size_t index;
    Difference difference;
  };

  const Catalog& left_;
  const Catalog& right_;
  const ParityRules& rules_;
  const Configuration& configuration_;
  const DataSelection& selection_;
  PlanSettings settings_;
  Renames renames_;
  bool tables_by_option_;
  std::vector<Choice> tables_;
  std::vector<Choice> columns_;
  bool key_used_ = false;
  DataPlan plan_;
  std::vector<std::string> known_names_;
  std::vector<std::string> known_columns_;
  std::vector<std::pair<std::size_t, Difference>> waivable_tables_;
  std::vector<WaivableColumn> waivable_columns_;
};

}  // namespace

DataPlan plan_data(const Catalog& left, const Catalog& right, const ParityRules& rules,
                   const Configuration& configuration, const DataSelection& selection) {
  return Planner(left, right, rules, configuration, selection).run();
}

}  // namespace paripassu
