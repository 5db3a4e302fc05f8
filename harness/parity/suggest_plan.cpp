#include "harness/parity/suggest_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace paripassu::parity {

using catalog::Column;

Suggester::Suggester(const Comparison& comparison, const SuggestSide& left, const SuggestSide& right,
                     SuggestTarget side, const ComparisonOptions& options)
    : comparison_(comparison),
      side_(side),
      source_(side == SuggestTarget::right ? left : right),
      target_(side == SuggestTarget::right ? right : left),
      writer_(target_.writer),
      names_(comparison, source_.catalog, target_.catalog, side, options),
      words_(source_, target_, names_) {}

Suggestion Suggester::run() {
  Suggestion out;
  const bool right = side_ == SuggestTarget::right;
  out.title = fmt::format("Brings {} in line with {}.", right ? comparison_.right_label : comparison_.left_label,
                          right ? comparison_.left_label : comparison_.right_label);
  for (const Difference& difference : comparison_.differences) {
    if (!difference.waived.empty()) {
      ++out.waived;
    } else {
      differences_.push_back(parity::turn(difference, side_));
    }
  }
  collect_columns();
  build_states();
  for (const TurnedDifference& turned : differences_) {
    current_ = &turned;
    answered_ = false;
    dispatch(turned);
    if (!answered_) ++out.unanswered;
  }
  free_all_referenced();
  free_dependants();
  free_all_referenced();
  alter_columns();
  std::stable_sort(steps_.begin(), steps_.end(),
                   [](const OrderedStep& one, const OrderedStep& other) { return one.phase < other.phase; });
  for (OrderedStep& ordered : steps_) out.steps.push_back(std::move(ordered.step));
  return out;
}

SuggestedStep& Suggester::add(Phase phase, Ddl ddl, std::string detail, std::vector<std::string> remarks) {
  return add_for(*current_->difference, phase, std::move(ddl), std::move(detail), std::move(remarks));
}

SuggestedStep& Suggester::add_for(const Difference& difference, Phase phase, Ddl ddl, std::string detail,
                                  std::vector<std::string> remarks) {
  // Better no statement than one that the engine's client would cut in two.
  const bool cut = std::any_of(ddl.statements.begin(), ddl.statements.end(), [&](const std::string& statement) {
    return statement.find('\0') != std::string::npos || writer_.terminated(statement).empty();
  });
  if (cut) {
    ddl.statements.clear();
    ddl.remarks.emplace_back(
        "No statement: the engine's client would take a part of a name or text in it for a command of its own.");
  }
  OrderedStep ordered{ddl.statements.empty() ? Phase::undecided : phase, {}};
  ordered.step.code = difference.code;
  ordered.step.object = difference.object();
  ordered.step.detail = std::move(detail);
  ordered.step.remarks = std::move(remarks);
  std::move(ddl.remarks.begin(), ddl.remarks.end(), std::back_inserter(ordered.step.remarks));
  ordered.step.statements = std::move(ddl.statements);
  if (!ordered.step.statements.empty()) answered_ = true;
  steps_.push_back(std::move(ordered));
  return steps_.back().step;
}

void Suggester::by_hand(Ddl ddl, std::string warning) {
  SuggestedStep& step = add(Phase::undecided, {{}, {std::move(warning)}});
  step.commented = std::move(ddl.statements);
  std::move(ddl.remarks.begin(), ddl.remarks.end(), std::back_inserter(step.remarks));
}

void Suggester::not_found() {
  remark("No statement: the object was not found in the catalog. Compare again and ask for a suggestion from that.");
}

SuggestedTable* Suggester::table_of(const TurnedDifference& turned) {
  SuggestedTable* table = nullptr;
  if (!turned.target->table.empty()) table = names_.find_target(turned.target->schema, turned.target->table);
  if (table == nullptr && !turned.source->table.empty()) {
    table = names_.find_source(turned.source->schema, turned.source->table);
  }
  return table;
}

SuggestedTable* Suggester::paired_table(const TurnedDifference& turned) {
  SuggestedTable* table = table_of(turned);
  return table != nullptr && table->source != nullptr && table->target != nullptr ? table : nullptr;
}

void Suggester::collect_columns() {
  for (const TurnedDifference& turned : differences_) {
    const bool type = turned.code == "column-type";
    const bool collation = turned.code == "column-collation";
    const bool nullability = turned.code == "column-nullability";
    const bool computed = turned.code == "computed-changed";
    if (!type && !collation && !nullability && !computed) continue;
    const SuggestedTable* table = paired_table(turned);
    if (table == nullptr) continue;
    const Column* own = find_named(table->target->columns, turned.target->name);
    const Column* wanted = find_named(table->source->columns, turned.source->name);
    if (own == nullptr || wanted == nullptr) continue;
    if (own->computed.has_value() != wanted->computed.has_value()) continue;
    ColumnChange& change = changes_[{table, own->name}];
    if (change.difference == nullptr) {
      change.difference = turned.difference;
    } else {
      change.others += (change.others.empty() ? "and " : ", ") + turned.difference->code;
    }
    if (own->computed) {
      change.remade = true;  // type, nullability and collation follow from the expression
    } else {
      change.alters = true;
      change.retyped = change.retyped || type || collation;
    }
  }
}

void Suggester::build_states() {
  for (SuggestedTable& table : names_.tables()) {
    if (table.target == nullptr) continue;
    table.state = *table.target;
    table.state.name = table.name;
    for (Column& column : table.state.columns) {
      column = words_.own_column(table, column);
    }
  }
  for (const TurnedDifference& turned : differences_) {
    SuggestedTable* table = paired_table(turned);
    if (table == nullptr) continue;
    Column* state = nullptr;
    for (Column& column : table->state.columns) {
      if (column.name == table->own_column(turned.target->name)) state = &column;
    }
    const Column* wanted = find_named(table->source->columns, turned.source->name);
    if (wanted == nullptr) continue;
    if (turned.code == "column-missing") {
      Worded<Column> typed = words_.typed(*wanted);
      typed.object.name = table->column(wanted->name);
      table->state.columns.push_back(std::move(typed.object));
    } else if (state == nullptr || state->computed || wanted->computed) {
      continue;
    } else if (turned.code == "column-type") {
      state->type = words_.typed(*wanted).object.type;
      if (state->type.family != catalog::TypeFamily::text) state->collation.clear();
    } else if (turned.code == "column-collation") {
      state->collation = words_.typed(*wanted).object.collation;
    } else if (turned.code == "column-nullability") {
      state->nullable = wanted->nullable;
    }
  }
  for (SuggestedTable& table : names_.tables()) {
    if (table.target != nullptr || table.source == nullptr) continue;
    table.state.name = table.name;
    for (const Column& column : table.source->columns) {
      Worded<Column> typed = words_.typed(column);
      typed.object.name = table.column(column.name);
      table.state.columns.push_back(std::move(typed.object));
    }
  }
}

void Suggester::dispatch(const TurnedDifference& turned) {
  const std::string_view code = turned.code;
  if (code.starts_with("column-") || code.starts_with("default-") || code.starts_with("identity-") ||
      code == "computed-changed") {
    on_column(turned);
  } else if (code.starts_with("table-")) {
    on_table(turned);
  } else if (code.starts_with("foreign-key-")) {
    on_foreign_key(turned);
  } else if (code.starts_with("check-")) {
    on_check(turned);
  } else if (code.starts_with("primary-key-") || code.starts_with("unique-") || code == "key-deferrable" ||
             (code == "duplicates-ignored" && turned.difference->kind != "index")) {
    on_key(turned);
  } else if (code.starts_with("index-") || code == "duplicates-ignored") {
    on_index(turned);
  } else if (code.starts_with("sequence-")) {
    on_sequence(turned);
  } else if (code.starts_with("schema-")) {
    on_schema(turned);
  } else if (code.starts_with("comment-")) {
    on_comment(turned);
  } else if (code == "constraint-renamed") {
    on_constraint_renamed(turned);
  } else if (code == "type-missing" && words_.same_engine()) {
    on_type_missing(turned);
  } else if (code == "expression-not-understood") {
    remark("No statement: an expression was not understood, so it is not known whether the two sides differ.");
  } else if (code == "expression-caveat" || code == "type-as-check") {
    remark("No statement: the two sides have the same in different forms.");
  } else if (code == "database-collation") {
    remark("No statement: the collation of a database is chosen when it is created.");
  } else if (code.starts_with("waiver-")) {
    remark("No statement: it concerns the configuration.");
  } else {
    remark(fmt::format("No statement: a {} must be changed by hand.", turned.difference->kind));
  }
}

}  // namespace paripassu::parity
