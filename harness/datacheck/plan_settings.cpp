#include "harness/datacheck/plan_settings.h"

#include <algorithm>
#include <utility>

namespace paripassu::datacheck {

namespace {

Error wrong_word(const std::string& what, const ConfiguredWord& configured, const std::string& word,
                 const std::vector<std::string>& known) {
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  return Error(ErrorCategory::configuration, what + " '" + word + "' in [data]" + nearest_hint(word, known))
      .with_position(configured.position)
      .with_remedy("known here: " + list);
}

std::map<ValueClass, ClassVerdict> read_classes(const std::map<std::string, ConfiguredWord>& configured) {
  std::map<ValueClass, ClassVerdict> classes;
  for (const auto& [word, verdict_word] : configured) {
    const std::optional<ValueClass> value_class = value_class_from_string(word);
    if (!value_class) {
      std::vector<std::string> known;
      for (std::size_t i = 0; i < kValueClasses; ++i) known.emplace_back(to_string(static_cast<ValueClass>(i)));
      throw wrong_word("unknown class", verdict_word, word, known);
    }
    const std::optional<ClassVerdict> verdict = class_verdict_from_string(verdict_word.word);
    if (!verdict)
      throw wrong_word("the verdict of class " + word + " must be error, warning or accepted, not", verdict_word,
                       verdict_word.word, {"error", "warning", "accepted"});
    classes[*value_class] = *verdict;
  }
  return classes;
}

Tolerance read_tolerance(const ConfiguredWord& configured) {
  try {
    return tolerance_from_string(configured.word);
  } catch (Error& error) {
    throw Error(ErrorCategory::configuration, error.message())
        .with_position(configured.position)
        .with_remedy(error.remedy());
  }
}

void overlay(ClassVerdicts& verdicts, const std::map<ValueClass, ClassVerdict>& classes) {
  for (const auto& [value_class, verdict] : classes) verdicts[static_cast<std::size_t>(value_class)] = verdict;
}

}  // namespace

std::string nearest_hint(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

void ObjectNames::add(std::string name) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) return;
  texts_.emplace_back(name);
  names_.push_back(std::move(name));
}

bool ObjectNames::match(const ObjectPattern& pattern) const {
  return std::any_of(texts_.begin(), texts_.end(), [&](const ObjectText& text) { return pattern.matches(text); });
}

ObjectNames table_names(const SideTable& left, const SideTable& right) {
  ObjectNames names;
  for (const SideTable* side : {&left, &right}) {
    if (side->table == nullptr) continue;
    names.add(side->table->name);
    names.add(side->schema->name + "." + side->table->name);
  }
  return names;
}

ObjectNames column_names(const SideTable& left, const catalog::Column* left_column, const SideTable& right,
                         const catalog::Column* right_column) {
  ObjectNames names;
  for (const auto& [side, column] : {std::pair{&left, left_column}, std::pair{&right, right_column}}) {
    if (column == nullptr) continue;
    const std::string name = side->table->name + "." + column->name;
    names.add(name);
    names.add(side->schema->name + "." + name);
  }
  return names;
}

PlanSettings::PlanSettings(const DataConfiguration& data, const DataSelection& selection,
                           const std::string& left_engine, const std::string& right_engine)
    : selection_(selection),
      left_engine_(left_engine),
      right_engine_(right_engine),
      verdicts_(selection.verdicts),
      tolerance_(selection.tolerance) {
  overlay(verdicts_, read_classes(data.classes));
  overlay(verdicts_, selection.classes);
  if (data.tolerance) {
    const Tolerance configured = read_tolerance(*data.tolerance);
    if (tolerance_.kind == Tolerance::Kind::none) tolerance_ = configured;
  }
  for (const DataRule& rule : data.rules) {
    Rule read{&rule, ObjectPattern(rule.object), read_classes(rule.classes), std::nullopt};
    if (rule.tolerance) read.tolerance = read_tolerance(*rule.tolerance);
    rules_.push_back(std::move(read));
  }
}

TableSettings PlanSettings::of_table(const ObjectNames& table) {
  TableSettings settings;
  settings.left_where = selection_.left_where;
  settings.right_where = selection_.right_where;
  const auto take_where = [](const DataRule& rule, const std::string& engine, const std::string& chosen,
                             std::string& where) {
    const auto found = rule.where.find(engine);
    if (chosen.empty() && found != rule.where.end()) where = found->second;
  };
  for (Rule& rule : rules_) {
    if (!table.match(rule.pattern)) continue;
    rule.used = rule.used_by_table = true;
    if (rule.rule->ignore) settings.ignored = rule.rule->reason;
    if (!rule.rule->key.empty()) settings.key_rule = rule.rule;
    take_where(*rule.rule, left_engine_, selection_.left_where, settings.left_where);
    take_where(*rule.rule, right_engine_, selection_.right_where, settings.right_where);
  }
  return settings;
}

ColumnSettings PlanSettings::of_column(const ObjectNames& table, const ObjectNames& column) {
  ColumnSettings settings;
  settings.options.verdicts = verdicts_;
  settings.options.tolerance = tolerance_;
  settings.options.count_accepted = selection_.count_accepted;
  for (Rule& rule : rules_) {
    const bool by_column = column.match(rule.pattern);
    if (!by_column && !table.match(rule.pattern)) continue;
    if (by_column) rule.used = true;
    if (by_column && rule.rule->ignore) settings.ignored = rule.rule->reason;
    overlay(settings.options.verdicts, rule.classes);
    if (rule.tolerance && selection_.tolerance.kind == Tolerance::Kind::none)
      settings.options.tolerance = *rule.tolerance;
  }
  overlay(settings.options.verdicts, selection_.classes);
  return settings;
}

void PlanSettings::note(const ObjectNames& object) {
  for (Rule& rule : rules_)
    if (!rule.used && object.match(rule.pattern)) rule.used = true;
}

void PlanSettings::check_all_used(const std::vector<std::string>& known) const {
  for (const Rule& rule : rules_) {
    const std::string& object = rule.rule->object;
    if (!rule.used)
      throw Error(ErrorCategory::configuration,
                  "'" + object + "' in [[data.rule]] matches no table and no column" + nearest_hint(object, known))
          .with_position(rule.rule->object_position)
          .with_remedy("name a table or \"table.column\" of either side, with `*` for any text, or remove the rule");
    const bool of_table = !rule.rule->key.empty() || !rule.rule->where.empty();
    if (of_table && !rule.used_by_table)
      throw Error(
          ErrorCategory::configuration,
          "'" + object + "' in [[data.rule]] is no table that both sides have: 'key' and 'where' are of a table")
          .with_position(rule.rule->object_position)
          .with_remedy("name the table in 'object' and its columns in 'key'");
  }
}

}  // namespace paripassu::datacheck
