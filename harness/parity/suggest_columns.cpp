#include "harness/parity/suggest_plan.h"

namespace paripassu::parity {

using catalog::Column;

void Suggester::on_column(const TurnedDifference& turned) {
  SuggestedTable* table = paired_table(turned);
  if (table == nullptr) return remark("No statement: columns of views are changed with their view.");
  const Column* own = find_named(table->target->columns, turned.target->name);
  const Column* wanted = find_named(table->source->columns, turned.source->name);
  const std::string_view code = turned.code;
  if (code == "column-order") {
    return remark("No statement: the order of columns changes only when the table is made anew and filled.");
  }
  if (code == "default-missing" || code == "default-extra") {
    // The difference names the column on one side only.
    if (own == nullptr && wanted != nullptr) own = partner_of(*table, wanted->name);
    if (wanted == nullptr && own != nullptr) wanted = own;  // not looked at
  }
  if (code == "column-missing" && wanted != nullptr) return add_column(*table, *wanted);
  if (code == "column-extra" && own != nullptr) {
    return by_hand(writer_.drop_column(ddl_table(*table), words_.own_column(*table, *own)),
                   "Only this side has the column. To drop it loses its values:");
  }
  if (own == nullptr || wanted == nullptr) return not_found();
  if (code == "column-renamed") {
    add(Phase::rename, writer_.rename_column(ddl_table(*table), own->name, table->own_column(own->name)), {},
        {"The columns are alike in all but their names, so it is taken for renamed; if it is another one, add it."});
  } else if (code == "default-missing" || code == "default-changed") {
    set_default(*table, *own, *wanted);
  } else if (code == "default-extra") {
    remove_default(*table, *own);
  } else if (code == "column-identity" || code.starts_with("identity-")) {
    alter_identity(*table, *own, *wanted);
  } else if (code == "column-computed") {
    alter_computation(*table, *own, *wanted);
  } else {
    // Altered with all else that changes about the column, or remade.
    const auto change = changes_.find({table, own->name});
    answered_ = change != changes_.end() && (change->second.alters || change->second.remade);
    if (change == changes_.end()) {
      remark("No statement: the column is computed on one side only.");
    } else if (change->second.remade && change->second.difference == current_->difference) {
      remake_computed(*table, *own, *wanted);
    }
  }
}

const Column* Suggester::partner_of(const SuggestedTable& table, const std::string& source_name) const {
  const std::string final_name = table.column(source_name);
  for (const Column& column : table.target->columns) {
    if (table.own_column(column.name) == final_name) return &column;
  }
  return nullptr;
}

void Suggester::add_column(SuggestedTable& table, const Column& source) {
  Worded<Column> worded = words_.column(table, source);
  Column& column = worded.object;
  if (!column.nullable && !column.default_value && !column.identity && !column.computed) {
    worded.remarks.emplace_back("It fails if the table has rows: give it a default, or fill it before NOT NULL.");
  }
  if (source.computed && !column.computed) {
    return by_hand(writer_.add_column(ddl_table(table), column),
                   worded.remarks.front() + " This would be an ordinary column:");
  }
  Ddl ddl = writer_.add_column(ddl_table(table), column);
  add(source.computed ? Phase::add_computed : Phase::add_column, std::move(ddl), {}, std::move(worded.remarks));
  if (steps_.back().phase == Phase::undecided) return;
  comment_new(CommentedObject::Kind::column, table, column.name, column.comment);
}

void Suggester::set_default(SuggestedTable& table, const Column& own, const Column& listed) {
  const Column& state = *table.find(table.own_column(own.name));
  const Column wanted = words_.effective(listed);
  Worded<Column> after = words_.with_default(table, state, wanted);
  if (!after.complete) {
    add(Phase::undecided, {}, {}, std::move(after.remarks));
    return;
  }
  if (!after.object.default_value) {
    // NULL, which is what no default gives.
    remove_default(table, own);
    return;
  }
  Column before = words_.own_column(table, own);
  if (default_dropped_.count(&own) != 0 || is_retyped(table, own)) {
    if (has_default(own)) drop_default(table, own, *current_->difference, {});
    before.default_value.reset();
  }
  add(Phase::set_default, writer_.set_default(ddl_table(table), before, after.object), {}, std::move(after.remarks));
  default_set_.insert(&own);
}

void Suggester::remove_default(const SuggestedTable& table, const Column& own) {
  if (!words_.domain_has_default(own)) {
    if (has_default(own)) drop_default(table, own, *current_->difference, {});
    return;
  }
  // To drop the column's own default would leave that of its domain.
  Column after = words_.own_column(table, own);
  after.default_value = catalog::Expression{"NULL"};
  add(Phase::set_default, writer_.set_default(ddl_table(table), words_.own_column(table, own), after), {},
      {"Against the default of its domain."});
  default_set_.insert(&own);
}

bool Suggester::is_retyped(const SuggestedTable& table, const Column& own) const {
  const auto change = changes_.find({&table, own.name});
  return change != changes_.end() && change->second.retyped;
}

void Suggester::drop_default(const SuggestedTable& table, const Column& own, const Difference& difference,
                             std::string detail) {
  if (!default_dropped_.insert(&own).second) return;
  add_for(difference, Phase::drop_default, writer_.drop_default(ddl_table(table), words_.own_column(table, own)),
          std::move(detail));
}

void Suggester::alter_identity(SuggestedTable& table, const Column& own, const Column& wanted) {
  Column after = *table.find(table.own_column(own.name));
  Column before = words_.own_column(table, own);
  before.nullable = after.nullable;  // altered before
  after.identity = wanted.identity;
  if (wanted.identity && has_default(own)) {
    Ddl ddl = writer_.alter_identity(ddl_table(table), before, after);
    if (!ddl.statements.empty()) drop_default(table, own, *current_->difference, "an identity has no default");
    add(Phase::identity, std::move(ddl));
    return;
  }
  add(Phase::identity, writer_.alter_identity(ddl_table(table), before, after));
}

void Suggester::alter_computation(SuggestedTable& table, const Column& own, const Column& wanted) {
  if (own.computed && !wanted.computed) {
    add(Phase::alter_column, writer_.drop_computation(ddl_table(table), words_.own_column(table, own)));
    return;
  }
  if (own.computed) {  // stored on one side only
    remake_computed(table, own, wanted);
    return;
  }
  Worded<Column> worded = words_.column(table, wanted);
  worded.object.name = table.own_column(own.name);
  if (!worded.object.computed) {
    add(Phase::undecided, {}, {}, std::move(worded.remarks));
    return;
  }
  Ddl ddl = writer_.drop_column(ddl_table(table), words_.own_column(table, own));
  const Ddl added = writer_.add_column(ddl_table(table), worded.object);
  ddl.statements.insert(ddl.statements.end(), added.statements.begin(), added.statements.end());
  by_hand(std::move(ddl), "The column must be made anew to be computed, which loses the values that it has:");
}

void Suggester::remake_computed(SuggestedTable& table, const Column& own, const Column& wanted) {
  Worded<Column> worded = words_.column(table, wanted);
  if (!worded.object.computed) {
    changes_[{&table, own.name}].remade = false;
    answered_ = false;
    add(Phase::undecided, {}, {}, std::move(worded.remarks));
    return;
  }
  ColumnChange& change = changes_[{&table, own.name}];
  change.difference = current_->difference;
  change.remade = true;
  worded.object.name = table.own_column(own.name);
  if (!computed_dropped_.insert(&own).second) return;
  add(Phase::drop_computed, writer_.drop_column(ddl_table(table), words_.own_column(table, own)));
  add(Phase::add_computed, writer_.add_column(ddl_table(table), worded.object), {}, std::move(worded.remarks));
  comment_new(CommentedObject::Kind::column, table, worded.object.name, own.comment);
}

void Suggester::alter_columns() {
  for (const auto& [key, change] : changes_) {
    const auto& [table, name] = key;
    if (!change.alters) continue;
    const Column& own = *find_named(table->target->columns, name);
    const Column& after = *table->find(table->own_column(name));
    Column before = words_.own_column(*table, own);
    std::vector<std::string> remarks;
    if (change.retyped) {
      const Column* wanted = nullptr;
      for (const Column& column : table->source->columns) {
        if (table->column(column.name) == after.name) wanted = &column;
      }
      if (wanted != nullptr) remarks = words_.typed(*wanted).remarks;
    }
    if (before.nullable && !after.nullable) remarks.emplace_back("NOT NULL fails as long as a row has NULL there.");
    const bool nothing = before.type.printed == after.type.printed && before.collation == after.collation &&
                         before.nullable == after.nullable;
    Ddl ddl = nothing ? Ddl{} : writer_.alter_column(ddl_table(*table), before, after);
    if (nothing && remarks.empty()) remarks.emplace_back("No statement: this engine has nothing nearer.");
    add_for(*change.difference, Phase::alter_column, std::move(ddl), change.others, std::move(remarks));
  }
}

}  // namespace paripassu::parity
