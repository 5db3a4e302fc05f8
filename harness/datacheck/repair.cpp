#include "harness/datacheck/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

#include "harness/datacheck/repair_spool.h"

namespace paripassu {

namespace {

using catalog::Column;
using catalog::ForeignKey;
using catalog::Table;
using catalog::TypeFamily;

constexpr std::size_t kSpoolBytes = 8u << 20;
constexpr std::size_t kPendingRowsMax = 200;          ///< of one INSERT
constexpr std::size_t kPendingBytesMax = 256u << 10;  ///< … exceeded by at most one row
constexpr std::size_t kShownBytesMax = 60;            ///< of one value of a key in a comment

constexpr const char* kNoScript = "no script can hold a value of it";

/// Lines of a comment; no character of `text` can end one.
std::string comment(std::string_view text) {
  std::string out = "-- ";
  for (const char c : text) {
    if (c == '\n') {
      out += "\n-- ";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  return out + '\n';
}

std::string shown(const Cell& value) {
  if (!value) return "NULL";
  if (value->size() <= kShownBytesMax) return *value;
  std::size_t end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>((*value)[end]) & 0xC0u) == 0x80u) --end;
  return value->substr(0, end) + "…";
}

/// What an error of the writer says, without its statement.
std::string reason_of(const Error& error) {
  std::string text;
  for (const std::string& context : error.context())
    if (context.starts_with("column ")) text = context + ": ";
  return text + error.message();
}

std::string rows(std::uint64_t count) {
  return fmt::format("{} row{}", count, count == 1 ? "" : "s");
}

}  // namespace

class Repair::Impl {
 public:
  Impl(const DataPlan& plan, Target target, const Backend& backend)
      : plan_(plan),
        is_left_(target == Target::left),
        dml_(backend.dml_writer()),
        ddl_(backend.ddl_writer()),
        spool_(plan.tables.size() * kKinds, kSpoolBytes) {
    for (std::size_t i = 0; i < plan.tables.size(); ++i) {
      states_.emplace_back(state_of(plan.tables[i]));
      numbers_[&plan.tables[i]] = i;
    }
  }

  void add(const TablePlan& table, const DataDifference& difference) {
    const std::size_t number = numbers_.at(&table);
    const bool source_only =
        difference.kind == (is_left_ ? DataDifference::Kind::right_only : DataDifference::Kind::left_only);
    const std::vector<Cell>& source = is_left_ ? difference.right : difference.left;
    const std::vector<Cell>& own = is_left_ ? difference.left : difference.right;
    const std::size_t width = table.columns.size();
    if (difference.kind != DataDifference::Kind::changed) {
      if ((source_only ? source : own).size() != width) {
        refuse(number, source_only ? kInsert : kDelete, difference, "its values were not kept");
      } else if (source_only) {
        insert(number, difference, source);
      } else {
        remove(number, difference, own);
      }
      return;
    }
    if (difference.verdict == ClassVerdict::accepted) return;
    if (source.size() != width || own.size() != width) {
      refuse(number, kUpdate, difference, "its values were not kept");
    } else {
      update(number, difference, source, own);
    }
  }

  void write(std::ostream& out, const DataReport& report) {
    for (std::size_t i = 0; i < states_.size(); ++i) flush(i);
    std::set<std::string> cycles;
    const std::vector<std::size_t> order = foreign_key_order(cycles);
    const std::string& target = is_left_ ? report.left_label : report.right_label;
    const std::string& source = is_left_ ? report.right_label : report.left_label;
    out << comment(fmt::format("Brings {} in line with {}: {} to delete, {} to update, {} to insert.", target, source,
                               rows(deleted_), rows(updated_), rows(inserted_)));
    out << comment("Nothing of this was executed. Try it on a copy first, and let it stop at the first error.");
    if (unanswered_ > 0)
      out << comment(fmt::format("Without a statement, for the reason given: {}.", rows(unanswered_)));
    write_limits(out, report, cycles);
    const bool is_empty = std::none_of(order.begin(), order.end(), [&](std::size_t table) {
      return !spool_.empty(text_of(table, kDelete)) || !spool_.empty(text_of(table, kUpdate)) ||
             !spool_.empty(text_of(table, kInsert));
    });
    if (is_empty) {
      out << comment("There is nothing to do.");
      return;
    }
    out << '\n';
    for (const std::string& statement : ddl_.opening()) out << ddl_.terminated(statement);
    // Words that both dialects have.
    out << ddl_.terminated("BEGIN TRANSACTION");
    for (auto table = order.rbegin(); table != order.rend(); ++table) copy(out, *table, kDelete);
    for (const std::size_t table : order) copy(out, table, kUpdate);
    for (const std::size_t table : order) copy(out, table, kInsert);
    out << '\n' << ddl_.terminated("COMMIT TRANSACTION");
  }

  std::uint64_t unanswered() const { return unanswered_; }

 private:
  enum Kind : std::size_t { kDelete, kUpdate, kInsert };
  static constexpr std::size_t kKinds = 3;

  struct State {
    std::string schema;
    const Table* table = nullptr;
    std::vector<DmlColumn> columns;  ///< of the target, as the plan has them
    std::vector<DmlColumn> key;
    std::vector<std::size_t> writable;  ///< columns that are not computed
    std::vector<DmlColumn> writable_columns;
    std::string insert_refusal;  ///< why no row can be inserted at all
    bool refusal_told = false;
    std::vector<std::vector<DmlWriter::Value>> pending;
    std::size_t pending_bytes = 0;
  };

  const Column& target_of(const PlannedColumn& column) const { return is_left_ ? *column.left : *column.right; }
  const Column& source_of(const PlannedColumn& column) const { return is_left_ ? *column.right : *column.left; }
  static std::size_t text_of(std::size_t table, Kind kind) { return table * kKinds + kind; }

  State state_of(const TablePlan& plan) const {
    State state;
    state.schema = (is_left_ ? plan.left_schema : plan.right_schema)->name;
    state.table = is_left_ ? plan.left : plan.right;
    std::set<std::string> written;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      const Column& column = target_of(plan.columns[i]);
      DmlColumn dml{column.name, column.type, column.identity.has_value()};
      if (i < plan.key_columns) state.key.push_back(dml);
      state.columns.push_back(dml);
      written.insert(column.name);
      if (column.computed) continue;
      state.writable.push_back(i);
      state.writable_columns.push_back(std::move(dml));
    }
    for (const Column& column : state.table->columns) {
      const bool fills_itself = column.nullable || column.default_value || column.identity || column.computed ||
                                column.type.family == TypeFamily::row_version;
      if (fills_itself || written.count(column.name) != 0) continue;
      state.insert_refusal = "column " + column.name + " is not compared, and needs a value";
      break;
    }
    return state;
  }

  /// "orders id = 7".
  std::string row_name(std::size_t number, const DataDifference& difference) const {
    const TablePlan& plan = plan_.tables[number];
    std::string name = states_[number].table->name;
    for (std::size_t i = 0; i < plan.key_columns && i < difference.key.size(); ++i)
      name += (i == 0 ? " " : ", ") + target_of(plan.columns[i]).name + " = " + shown(difference.key[i]);
    return name;
  }

  void refuse(std::size_t number, Kind kind, const DataDifference& difference, const std::string& reason) {
    unanswered_ += difference.copies;
    spool_.append(text_of(number, kind), comment(row_name(number, difference) + ": " + reason));
  }

  void append(std::size_t number, Kind kind, const std::string& statement, const DataDifference& difference,
              std::uint64_t& count, std::uint64_t count_of) {
    const std::string text = ddl_.terminated(statement);
    if (text.empty()) {
      refuse(number, kind, difference, kNoScript);
      return;
    }
    spool_.append(text_of(number, kind), text);
    count += count_of;
  }

  void remove(std::size_t number, const DataDifference& difference, const std::vector<Cell>& own) {
    const State& state = states_[number];
    const std::string& table = state.table->name;
    try {
      if (!state.key.empty()) {
        const std::vector<Cell> key(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(state.key.size()));
        append(number, kDelete, dml_.remove(state.schema, table, state.key, key), difference, deleted_, 1);
      } else {
        append(number, kDelete, dml_.remove_copies(state.schema, table, state.columns, own, difference.copies),
               difference, deleted_, difference.copies);
      }
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::data) throw;
      refuse(number, kDelete, difference, reason_of(error));
    }
  }

  Cell converted(const TablePlan& plan, std::size_t column, const Cell& value) const {
    if (!value) return std::nullopt;
    return converted_value(source_of(plan.columns[column]).type, target_of(plan.columns[column]).type, *value);
  }

  void update(std::size_t number, const DataDifference& difference, const std::vector<Cell>& source,
              const std::vector<Cell>& own) {
    const TablePlan& plan = plan_.tables[number];
    const State& state = states_[number];
    std::vector<DmlColumn> columns;
    std::vector<DmlWriter::Value> values;
    std::string computed;
    for (const ValueDifference& value : difference.values) {
      if (value.verdict == ClassVerdict::accepted) continue;
      const Column& column = target_of(plan.columns[value.column]);
      if (column.computed) {
        computed = column.name;
        continue;
      }
      if (column.identity) {
        refuse(number, kUpdate, difference, "column " + column.name + ": the server numbers it, and it cannot be set");
        return;
      }
      columns.push_back(state.columns[value.column]);
      values.emplace_back(converted(plan, value.column, source[value.column]));
    }
    if (columns.empty()) {
      refuse(number, kUpdate, difference,
             computed.empty() ? "nothing says which values differ"
                              : "column " + computed + ": it is computed on this side");
      return;
    }
    try {
      const std::vector<Cell> key(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(state.key.size()));
      append(number, kUpdate, dml_.update(state.schema, state.table->name, columns, values, state.key, key), difference,
             updated_, 1);
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::data) throw;
      refuse(number, kUpdate, difference, reason_of(error));
    }
  }

  void insert(std::size_t number, const DataDifference& difference, const std::vector<Cell>& source) {
    State& state = states_[number];
    if (!state.insert_refusal.empty()) {
      unanswered_ += difference.copies;
      if (!state.refusal_told)
        spool_.append(text_of(number, kInsert),
                      comment(state.table->name + ": no row can be inserted: " + state.insert_refusal));
      state.refusal_told = true;
      return;
    }
    std::vector<DmlWriter::Value> row;
    std::string alone;
    try {
      for (const std::size_t column : state.writable)
        row.emplace_back(converted(plan_.tables[number], column, source[column]));
      // A row that does not fit is found before it is among others in one statement.
      alone = insert_text(state, {row});
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::data) throw;
      refuse(number, kInsert, difference, reason_of(error));
      return;
    }
    if (alone.empty()) {
      refuse(number, kInsert, difference, kNoScript);
      return;
    }
    for (std::uint64_t copy = 0; copy < difference.copies; ++copy) {
      state.pending.push_back(row);
      state.pending_bytes += alone.size();
      if (state.pending.size() >= kPendingRowsMax || state.pending_bytes >= kPendingBytesMax) flush(number);
    }
    inserted_ += difference.copies;
  }

  /// Empty when no script can hold it.
  std::string insert_text(const State& state, const std::vector<std::vector<DmlWriter::Value>>& rows_to_insert) const {
    std::string text;
    for (const std::string& statement :
         dml_.insert(state.schema, state.table->name, state.writable_columns, rows_to_insert)) {
      const std::string one = ddl_.terminated(statement);
      if (one.empty()) return {};
      text += one;
    }
    return text;
  }

  void flush(std::size_t number) {
    State& state = states_[number];
    if (state.pending.empty()) return;
    const std::string all = insert_text(state, state.pending);
    if (!all.empty()) {
      spool_.append(text_of(number, kInsert), all);
    } else {
      // Each alone can be written, as was seen when it came.
      for (const auto& row : state.pending) spool_.append(text_of(number, kInsert), insert_text(state, {row}));
    }
    state.pending.clear();
    state.pending_bytes = 0;
  }

  /// Tables whose rows others refer to first. `cycles`: tables that refer to each other all the same.
  std::vector<std::size_t> foreign_key_order(std::set<std::string>& cycles) const {
    std::map<std::pair<std::string, std::string>, std::size_t> by_name;
    for (std::size_t i = 0; i < states_.size(); ++i) by_name[{states_[i].schema, states_[i].table->name}] = i;
    enum class Mark { fresh, open, done };
    std::vector<Mark> marks(states_.size(), Mark::fresh);
    std::vector<std::size_t> order;
    struct Frame {
      std::size_t table;
      std::size_t next_key;
    };
    // A stack of its own: chains of tables can be longer than the thread's.
    for (std::size_t start = 0; start < states_.size(); ++start) {
      if (marks[start] != Mark::fresh) continue;
      std::vector<Frame> stack = {{start, 0}};
      marks[start] = Mark::open;
      while (!stack.empty()) {
        Frame& frame = stack.back();
        const std::vector<ForeignKey>& keys = states_[frame.table].table->foreign_keys;
        if (frame.next_key == keys.size()) {
          marks[frame.table] = Mark::done;
          order.push_back(frame.table);
          stack.pop_back();
          continue;
        }
        const ForeignKey& key = keys[frame.next_key++];
        const auto parent = by_name.find({key.referenced_schema, key.referenced_table});
        if (!key.enforced || parent == by_name.end()) continue;
        if (marks[parent->second] == Mark::open) cycles.insert(states_[parent->second].table->name);
        if (marks[parent->second] != Mark::fresh) continue;
        marks[parent->second] = Mark::open;
        stack.push_back({parent->second, 0});
      }
    }
    return order;
  }

  void write_limits(std::ostream& out, const DataReport& report, const std::set<std::string>& cycles) const {
    for (const std::string& table : cycles)
      out << comment("Rows of " + table +
                     " are referred to by rows that may have to come before them: the order of "
                     "statements may need a hand.");
    bool conditions = false;
    for (const TablePlan& plan : plan_.tables)
      conditions = conditions || !plan.left_where.empty() || !plan.right_where.empty();
    if (conditions) out << comment("Rows outside of the conditions of the comparison were not looked at.");
    for (const TableResult& table : report.tables)
      if (!table.unfinished.empty())
        out << comment(fmt::format("{} was not compared to its end: {}", is_left_ ? table.left_name : table.right_name,
                                   table.unfinished));
    for (const Skipped& table : report.skipped_tables)
      if (table.waived.empty()) out << comment(fmt::format("{} was not compared: {}", table.name, table.reason));
  }

  void copy(std::ostream& out, std::size_t table, Kind kind) {
    if (spool_.empty(text_of(table, kind))) return;
    constexpr std::string_view kWords[kKinds] = {"delete", "update", "insert"};
    out << '\n' << comment(fmt::format("{}.{}: {}", states_[table].schema, states_[table].table->name, kWords[kind]));
    spool_.copy(text_of(table, kind), out);
  }

  const DataPlan& plan_;
  bool is_left_;
  const DmlWriter& dml_;
  const DdlWriter& ddl_;
  datacheck::RepairSpool spool_;
  std::vector<State> states_;
  std::map<const TablePlan*, std::size_t> numbers_;
  std::uint64_t deleted_ = 0;
  std::uint64_t updated_ = 0;
  std::uint64_t inserted_ = 0;
  std::uint64_t unanswered_ = 0;
};

Repair::Repair(const DataPlan& plan, Target target, const Backend& backend)
    : impl_(std::make_unique<Impl>(plan, target, backend)) {}

Repair::~Repair() = default;

void Repair::add(const TablePlan& table, const DataDifference& difference) {
  impl_->add(table, difference);
}

void Repair::write(std::ostream& out, const DataReport& report) {
  impl_->write(out, report);
}

std::uint64_t Repair::unanswered() const {
  return impl_->unanswered();
}

}  // namespace paripassu
