#include "harness/datacheck/sql_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/datacheck/checksum_form.h"

namespace paripassu::datacheck {

namespace {

constexpr const char* kNoColumns = "1";  ///< what is selected of a table that has no column to compare

/// Selects as the engine reads best and hands out as the shape has it. Batches of the caller may change from call to
/// call and keep their memory: their columns are lent to the one batch that the reader below knows.
class OrderedColumnsReader final : public BatchReader {
 public:
  /// `order[i]` is the column of the shape that is selected as number i. `broken` is set when a call throws.
  OrderedColumnsReader(std::unique_ptr<BatchReader> reader, std::vector<std::size_t> order, std::atomic<bool>& broken)
      : reader_(std::move(reader)), order_(std::move(order)), broken_(broken) {}

  std::size_t next(ColumnBatch& batch) override {
    if (started_) {
      if (batch.columns.size() == order_.size()) {
        for (std::size_t i = 0; i < order_.size(); ++i) std::swap(lent_.columns[i], batch.columns[order_[i]]);
      } else {
        lent_.columns = heads_;
        batch.columns.assign(order_.size(), {});
      }
    }
    try {
      reader_->next(lent_);
    } catch (...) {
      broken_ = true;
      throw;
    }
    if (!started_) {
      batch.columns.assign(order_.size(), {});
      for (const ColumnVector& column : lent_.columns) {
        ColumnVector head;
        head.name = column.name;
        head.type_name = column.type_name;
        head.layout = column.layout;
        heads_.push_back(std::move(head));
      }
      started_ = true;
    }
    for (std::size_t i = 0; i < order_.size(); ++i) std::swap(lent_.columns[i], batch.columns[order_[i]]);
    batch.rows = lent_.rows;
    return batch.rows;
  }

 private:
  std::unique_ptr<BatchReader> reader_;
  std::vector<std::size_t> order_;
  std::atomic<bool>& broken_;
  ColumnBatch lent_;
  std::vector<ColumnVector> heads_;
  bool started_ = false;
};

std::uint64_t to_count(const Cell& text) {
  std::uint64_t count = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), count);
  return count;
}

}  // namespace

std::string KeyBounds::text(ColumnLayout layout, std::int64_t place) {
  ColumnBatch one;
  one.columns.resize(1);
  one.columns[0].layout = layout;
  const std::int64_t slot[2] = {place, 0};
  one.columns[0].append_fixed(slot, fixed_width(layout));
  one.rows = 1;
  return one.format(0, 0);
}

std::string key_condition(const Backend& backend, const std::vector<const catalog::Column*>& columns,
                          std::span<const std::vector<Cell>> keys) {
  std::vector<DmlColumn> key_columns;
  for (const catalog::Column* column : columns) key_columns.push_back({column->name, column->type});
  const auto print = [&](const std::vector<std::vector<Cell>>& some) -> std::string {
    try {
      return backend.dml_writer().key_condition(key_columns, some);
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::data) throw;
      return {};
    }
  };
  std::vector<std::vector<Cell>> all(keys.begin(), keys.end());
  if (std::string condition = print(all); !condition.empty()) return condition;
  // One of them at least is no value of the side's type, and so no row of it.
  std::erase_if(all, [&](const std::vector<Cell>& key) { return print({key}).empty(); });
  return all.empty() ? std::string() : print(all);
}

class SqlTable final : public TableAccess {
 public:
  /// `owner` null: the lease ends with this.
  SqlTable(SqlSide* owner, const DataSide& side, RowHasher::Side which, const BatchOptions& batches,
           const TableShape& shape, std::unique_ptr<SqlSide::Lease> lease)
      : owner_(owner), side_(side), which_(which), batches_(batches), shape_(shape), lease_(std::move(lease)) {}
  ~SqlTable() override {
    if (owner_ != nullptr) owner_->give_back(std::move(lease_));
  }

  std::unique_ptr<BatchReader> scan(const KeyRange& range, bool ordered) override {
    std::string sql = select() + where({range_condition(range)});
    if (ordered) sql += order_by();
    return read(sql);
  }

  std::unique_ptr<BatchReader> fetch(std::span<const std::vector<Cell>> keys) override {
    std::vector<const catalog::Column*> columns;
    for (std::size_t i = 0; i < shape_.key_columns; ++i) columns.push_back(&column(i));
    const std::string condition = key_condition(*side_.backend, columns, keys);
    if (condition.empty()) return nullptr;
    return read(select() + where({condition}));
  }

  std::optional<KeyBounds> key_bounds() override {
    using catalog::TypeFamily;
    const catalog::Type& type = column(0).type;
    if (type.array_dimensions > 0 ||
        (type.family != TypeFamily::integer && type.family != TypeFamily::date && type.family != TypeFamily::timestamp))
      return std::nullopt;
    const std::string name = quoted(0);
    const std::unique_ptr<BatchReader> reader = guarded([&] {
      return side_.backend->read_batches(
          *lease_->session, "SELECT MIN(" + name + ") AS a, MAX(" + name + ") AS b FROM " + table() + where({}),
          batches_);
    });
    ColumnBatch batch;
    if (guarded([&] { return reader->next(batch); }) == 0) return std::nullopt;
    const ColumnVector& least = batch.columns[0];
    const ColumnVector& greatest = batch.columns[1];
    if (least.is_null(0) || greatest.is_null(0)) return std::nullopt;
    const ColumnLayout layout = least.layout;
    if (layout != ColumnLayout::int64 && layout != ColumnLayout::date && layout != ColumnLayout::timestamp &&
        layout != ColumnLayout::timestamp_tz)
      return std::nullopt;
    KeyBounds bounds{least.int64(0), greatest.int64(0), layout};
    const bool finite = bounds.least != kNegativeInfinity && bounds.greatest != kPositiveInfinity;
    if (layout != ColumnLayout::int64 && !finite) return std::nullopt;
    return bounds;
  }

  bool can_bound(const KeyRange& range) override {
    try {
      range_condition(range);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  std::string checksum_refusal() override {
    for (std::size_t i = 0; i < shape_.columns.size(); ++i) {
      if (checksum_text(i)) continue;
      const PlannedColumn& planned = *shape_.columns[i].planned;
      return fmt::format("the {} ({}) of column {} has no checksum in both servers", column(i).type.printed,
                         planned.rule.name(), column(i).name);
    }
    return {};
  }

  SegmentSum checksum(const KeyRange& range) override {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < shape_.columns.size(); ++i) texts.push_back(checksum_text(i).value());
    const std::string sql =
        side_.backend->data_sql().checksum_query(table(), texts, conditions({range_condition(range)}));
    const ResultSet sums = guarded([&] { return lease_->session->query(sql); });
    const auto row = sums.row(0);
    return {to_count(row[0]), row[1].value_or(""), row[2].value_or("")};
  }

  bool shares_snapshot() const override { return !lease_->snapshot.id.empty() || !lease_->snapshot.consistent; }
  std::string snapshot_note() const override {
    return lease_->snapshot.consistent ? std::string() : lease_->snapshot.note;
  }
  void cancel() noexcept override {
    lease_->broken = true;
    lease_->session->cancel();
  }

 private:
  bool left() const { return which_ == RowHasher::Side::left; }
  const catalog::Column& column(std::size_t i) const {
    return left() ? *shape_.columns[i].planned->left : *shape_.columns[i].planned->right;
  }
  std::string quoted(std::size_t i) const { return side_.backend->dialect().quote_identifier(column(i).name); }
  const std::string& expression(std::size_t i) const {
    return left() ? shape_.columns[i].left_sql : shape_.columns[i].right_sql;
  }

  std::optional<std::string> checksum_text(std::size_t i) const {
    const PlannedColumn& planned = *shape_.columns[i].planned;
    const std::optional<ChecksumForm> form = checksum_form(planned.left->type, planned.right->type);
    if (!form) return std::nullopt;
    return side_.backend->data_sql().checksum_text(column(i).type, *form, quoted(i), lease_->session->server());
  }

  std::string table() const {
    const TablePlan& plan = *shape_.plan;
    return side_.backend->dialect().qualified(left() ? plan.left_schema->name : plan.right_schema->name,
                                              left() ? plan.left->name : plan.right->name);
  }

  std::vector<std::size_t> order() const {
    std::vector<std::size_t> result(shape_.columns.size());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = i;
    std::stable_partition(result.begin(), result.end(), [&](std::size_t i) {
      return !(left() ? shape_.columns[i].left_long : shape_.columns[i].right_long);
    });
    return result;
  }

  std::string select() const {
    std::string sql = "SELECT ";
    bool first = true;
    for (const std::size_t i : order()) {
      if (!first) sql += ", ";
      first = false;
      sql += expression(i);
    }
    if (first) sql += kNoColumns;
    return sql + " FROM " + table();
  }

  /// The user's condition and ours. The line end is for one that ends in a comment.
  std::string conditions(const std::vector<std::string>& own) const {
    const std::string& users = left() ? shape_.plan->left_where : shape_.plan->right_where;
    std::string sql = users.empty() ? "" : "(" + users + "\n)";
    for (const std::string& condition : own)
      if (!condition.empty()) sql += (sql.empty() ? "(" : " AND (") + condition + ")";
    return sql;
  }
  std::string where(const std::vector<std::string>& own) const {
    const std::string all = conditions(own);
    return all.empty() ? "" : " WHERE " + all;
  }

  std::string range_condition(const KeyRange& range) const {
    if (range.all()) return {};
    const DmlWriter& writer = side_.backend->dml_writer();
    const std::string name = quoted(0);
    if (range.from && range.before)
      return name + " >= " + writer.literal(column(0).type, range.from) + " AND " + name + " < " +
             writer.literal(column(0).type, range.before);
    if (range.from) return name + " >= " + writer.literal(column(0).type, range.from);
    const std::string below = name + " < " + writer.literal(column(0).type, range.before);
    return column(0).nullable ? below + " OR " + name + " IS NULL" : below;
  }

  std::string order_by() const {
    const DataSql& data_sql = side_.backend->data_sql();
    std::string sql;
    for (std::size_t i = 0; i < shape_.key_columns; ++i) {
      const std::string term = shape_.plan->key_orders[i] == KeyOrder::binary
                                   ? data_sql.order_by_code_points(column(i).type, quoted(i))
                                   : data_sql.order_by_value(column(i).type, quoted(i));
      sql += (i == 0 ? " ORDER BY " : ", ") + term;
    }
    return sql;
  }

  std::unique_ptr<BatchReader> read(const std::string& sql) {
    return guarded([&] {
      return std::make_unique<OrderedColumnsReader>(side_.backend->read_batches(*lease_->session, sql, batches_),
                                                    order(), lease_->broken);
    });
  }

  template <class Work>
  auto guarded(Work work) -> decltype(work()) {
    try {
      return work();
    } catch (...) {
      lease_->broken = true;
      throw;
    }
  }

  SqlSide* owner_;
  const DataSide& side_;
  RowHasher::Side which_;
  BatchOptions batches_;
  const TableShape& shape_;
  std::unique_ptr<SqlSide::Lease> lease_;
};

SqlSide::SqlSide(const DataSide& side, RowHasher::Side which, const BatchOptions& batches)
    : side_(side), which_(which), batches_(batches) {
  idle_.push_back(take());
}

SqlSide::~SqlSide() = default;

std::unique_ptr<SqlSide::Lease> SqlSide::begin() {
  auto lease = std::make_unique<Lease>();
  lease->session = side_.connect();
  lease->snapshot = side_.backend->data_sql().begin_snapshot(*lease->session);
  return lease;
}

std::unique_ptr<SqlSide::Lease> SqlSide::take() {
  std::string id;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Lease> lease = std::move(idle_.back());
      idle_.pop_back();
      return lease;
    }
    if (anchor_) id = anchor_->snapshot.id;
  }
  if (!id.empty()) {
    try {
      auto lease = std::make_unique<Lease>();
      lease->session = side_.connect();
      side_.backend->data_sql().join_snapshot(*lease->session, id);
      std::lock_guard lock(mutex_);
      if (anchor_) lease->snapshot = anchor_->snapshot;
      return lease;
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted) throw;
      // The session that keeps the snapshot is gone; another begins one, unless connecting is what failed.
      std::lock_guard lock(mutex_);
      if (anchor_ && anchor_->snapshot.id == id) anchor_.reset();
    }
  }
  std::unique_ptr<Lease> lease = begin();
  if (lease->snapshot.id.empty()) return lease;
  std::string joined = lease->snapshot.id;
  {
    std::lock_guard lock(mutex_);
    if (anchor_)
      joined = anchor_->snapshot.id;  // another thread was faster
    else
      anchor_ = std::move(lease);
  }
  auto follower = std::make_unique<Lease>();
  follower->session = side_.connect();
  side_.backend->data_sql().join_snapshot(*follower->session, joined);
  std::lock_guard lock(mutex_);
  if (anchor_) follower->snapshot = anchor_->snapshot;
  return follower;
}

void SqlSide::give_back(std::unique_ptr<Lease> lease) noexcept {
  try {
    if (lease->broken || !lease->session->connected()) return;
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(lease));
  } catch (...) {
    // A session that cannot be asked is not used again.
  }
}

std::unique_ptr<TableAccess> SqlSide::open(const TableShape& shape) {
  return std::make_unique<SqlTable>(this, side_, which_, batches_, shape, take());
}

std::unique_ptr<TableAccess> SqlSide::open_later(const TableShape& shape) {
  return std::make_unique<SqlTable>(nullptr, side_, which_, batches_, shape, begin());
}

void SqlSide::forget_idle() {
  std::lock_guard lock(mutex_);
  idle_.clear();
}

std::vector<std::uint64_t> SqlSide::estimated_rows(const std::vector<TableShape>& shapes) {
  std::vector<std::uint64_t> rows(shapes.size(), 0);
  // In a session of its own: an error must not end the snapshot's transaction.
  const std::unique_ptr<Session> session = side_.connect();
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const TablePlan& plan = *shapes[i].plan;
    const bool left = which_ == RowHasher::Side::left;
    try {
      const ResultSet result = session->query(side_.backend->data_sql().estimated_rows_query(
          left ? plan.left_schema->name : plan.right_schema->name, left ? plan.left->name : plan.right->name));
      if (result.row_count() > 0) rows[i] = to_count(result.row(0)[0]);
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted) throw;
      if (error.poisons_connection()) break;
    }
  }
  return rows;
}

TableShape SqlSide::shape(const TablePlan& plan, const DataSide& left, const DataSide& right,
                          std::vector<Skipped>& skipped) {
  TableShape result;
  result.plan = &plan;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const PlannedColumn& column = plan.columns[i];
    ShapeColumn part;
    part.planned = &column;
    std::string why = column.rule.refusal();
    const auto ask = [&](const DataSide& side, const catalog::Column& own, std::string& sql, bool& is_long) {
      if (!why.empty()) return;
      const DataSql& data_sql = side.backend->data_sql();
      const std::optional<std::string> expression = data_sql.read_expression(own, why);
      if (!expression && why.empty()) why = "its type cannot be read";
      sql = expression.value_or("");
      is_long = data_sql.is_long(own.type);
    };
    ask(left, *column.left, part.left_sql, part.left_long);
    ask(right, *column.right, part.right_sql, part.right_long);
    if (why.empty()) {
      result.columns.push_back(part);
      if (i < plan.key_columns) ++result.key_columns;
      continue;
    }
    if (i < plan.key_columns)
      throw Error(ErrorCategory::not_supported,
                  fmt::format("key column {} of {} cannot be compared: {}", column.left->name, plan.left->name, why))
          .with_remedy("choose another key for the table");
    skipped.push_back({plan.left->name + "." + column.left->name, why, ""});
  }
  return result;
}

}  // namespace paripassu::datacheck
