#include "tests/unit/harness/datacheck/fake_side.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace paripassu::test {

using datacheck::KeyBounds;
using datacheck::KeyRange;
using datacheck::SegmentSum;
using datacheck::TableAccess;
using datacheck::TableShape;

namespace {

std::int64_t to_integer(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string lower(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

class FakeReader final : public BatchReader {
 public:
  FakeReader(FakeSide& side, const FakeTables& tables, const std::atomic<bool>& cancelled, std::vector<FakeRow> rows)
      : side_(side), tables_(tables), cancelled_(cancelled), rows_(std::move(rows)) {
    ++side_.readers_now;
  }
  ~FakeReader() override { --side_.readers_now; }

  std::size_t next(ColumnBatch& batch) override {
    if (cancelled_) throw Error(ErrorCategory::cancelled, "the query was cancelled");
    const std::size_t before = side_.batches++;
    if (side_.on_batch) side_.on_batch(before);
    const std::vector<FakeColumn>& columns = tables_.columns();
    if (batch.columns.size() != columns.size()) {
      batch.columns.assign(columns.size(), {});
      for (std::size_t i = 0; i < columns.size(); ++i) batch.columns[i].layout = columns[i].layout;
    }
    batch.clear();
    for (; batch.rows < side_.batch_rows && next_ < rows_.size(); ++next_, ++batch.rows)
      for (std::size_t i = 0; i < columns.size(); ++i) append(rows_[next_][i], batch.rows, batch.columns[i]);
    return batch.rows;
  }

 private:
  static void append(const Cell& cell, std::size_t row, ColumnVector& column) {
    if (!cell) return column.append_null(row);
    if (column.layout != ColumnLayout::int64) return column.append_bytes(*cell);
    const std::int64_t value = to_integer(*cell);
    column.append_fixed(&value, sizeof value);
  }

  FakeSide& side_;
  const FakeTables& tables_;
  const std::atomic<bool>& cancelled_;
  std::vector<FakeRow> rows_;
  std::size_t next_ = 0;
};

}  // namespace

class FakeAccess final : public TableAccess {
 public:
  FakeAccess(FakeSide& side, const std::vector<FakeRow>& rows) : side_(side), tables_(side.tables_), rows_(rows) {
    ++side_.opened;
    ++side_.open_now;
  }
  ~FakeAccess() override { --side_.open_now; }

  std::unique_ptr<BatchReader> scan(const KeyRange& range, bool ordered) override {
    ++side_.scans;
    std::vector<FakeRow> rows = in_range(range);
    if (ordered) {
      std::stable_sort(rows.begin(), rows.end(), [this](const FakeRow& left, const FakeRow& right) {
        return side_.descending ? before(right, left) : before(left, right);
      });
    }
    return std::make_unique<FakeReader>(side_, tables_, cancelled_, std::move(rows));
  }

  std::unique_ptr<BatchReader> fetch(std::span<const std::vector<Cell>> keys) override {
    std::vector<FakeRow> rows;
    for (const FakeRow& row : rows_) {
      const bool wanted = std::any_of(keys.begin(), keys.end(), [&](const std::vector<Cell>& key) {
        for (std::size_t i = 0; i < key.size(); ++i) {
          if (key[i].has_value() != row[i].has_value()) return false;
          if (key[i] && (side_.ignores_case ? lower(*key[i]) != lower(*row[i]) : *key[i] != *row[i])) return false;
        }
        return true;
      });
      if (wanted && !side_.hides_fetched) rows.push_back(row);
    }
    side_.fetched_rows += static_cast<int>(rows.size());
    return std::make_unique<FakeReader>(side_, tables_, cancelled_, std::move(rows));
  }

  std::optional<KeyBounds> key_bounds() override {
    if (tables_.columns()[0].layout != ColumnLayout::int64 || rows_.empty()) return std::nullopt;
    KeyBounds bounds{to_integer(*rows_[0][0]), to_integer(*rows_[0][0]), ColumnLayout::int64};
    for (const FakeRow& row : rows_) {
      bounds.least = std::min(bounds.least, to_integer(*row[0]));
      bounds.greatest = std::max(bounds.greatest, to_integer(*row[0]));
    }
    return bounds;
  }
  bool can_bound(const KeyRange&) override { return true; }

  std::string checksum_refusal() override { return side_.refuses_checksums; }
  SegmentSum checksum(const KeyRange& range) override {
    ++side_.checksums;
    SegmentSum sum;
    std::uint64_t hashes = 0;
    for (const FakeRow& row : in_range(range)) {
      std::string text;
      for (const Cell& cell : row) text += cell ? std::to_string(cell->size()) + ":" + *cell : "-";
      hashes += std::hash<std::string>()(text);
      ++sum.rows;
    }
    sum.first = std::to_string(hashes);
    return sum;
  }

  bool shares_snapshot() const override { return side_.shares_snapshot; }
  std::string snapshot_note() const override { return {}; }
  void cancel() noexcept override { cancelled_ = true; }

 private:
  std::vector<FakeRow> in_range(const KeyRange& range) const {
    std::vector<FakeRow> rows;
    for (const FakeRow& row : rows_) {
      if (range.from && to_integer(*row[0]) < to_integer(*range.from)) continue;
      if (range.before && to_integer(*row[0]) >= to_integer(*range.before)) continue;
      rows.push_back(row);
    }
    return rows;
  }
  bool before(const FakeRow& left, const FakeRow& right) const {
    for (std::size_t i = 0; i < tables_.shape().key_columns; ++i) {
      if (left[i] == right[i]) continue;
      if (tables_.columns()[i].layout == ColumnLayout::int64) return to_integer(*left[i]) < to_integer(*right[i]);
      return *left[i] < *right[i];
    }
    return false;
  }

  FakeSide& side_;
  const FakeTables& tables_;
  const std::vector<FakeRow>& rows_;
  std::atomic<bool> cancelled_ = false;
};

std::unique_ptr<TableAccess> FakeSide::open(const TableShape&) {
  return std::make_unique<FakeAccess>(*this, rows_);
}
std::unique_ptr<TableAccess> FakeSide::open_later(const TableShape&) {
  return std::make_unique<FakeAccess>(*this, later);
}

FakeColumn integer_column(const std::string& name) {
  FakeColumn column;
  column.name = name;
  column.type.family = catalog::TypeFamily::integer;
  column.type.bits = 64;
  column.type.printed = column.type.name = "bigint";
  column.layout = ColumnLayout::int64;
  return column;
}

FakeColumn text_column(const std::string& name) {
  FakeColumn column;
  column.name = name;
  column.type.family = catalog::TypeFamily::text;
  column.type.printed = column.type.name = "text";
  return column;
}

FakeColumn decimal_column(const std::string& name) {
  FakeColumn column;
  column.name = name;
  column.type.family = catalog::TypeFamily::decimal;
  column.type.printed = column.type.name = "numeric";
  column.layout = ColumnLayout::decimal;
  return column;
}

FakeTables::FakeTables(const std::vector<FakeColumn>& columns, std::size_t key_columns, const ValueRule::Options& rules)
    : columns_(columns) {
  schema_.name = "public";
  table_.name = "orders";
  for (const FakeColumn& column : columns) {
    catalog::Column own;
    own.name = column.name;
    own.type = column.type;
    own.nullable = table_.columns.size() >= key_columns;
    table_.columns.push_back(own);
  }
  plan_.left_schema = plan_.right_schema = &schema_;
  plan_.left = plan_.right = &table_;
  plan_.key_columns = key_columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const catalog::Column& own = table_.columns[i];
    plan_.columns.push_back({&own, &own, ValueRule(own.type, own.type, rules)});
    if (i < key_columns)
      plan_.key_orders.push_back(columns[i].layout == ColumnLayout::text ? KeyOrder::binary : KeyOrder::value);
  }
  shape_.plan = &plan_;
  shape_.key_columns = key_columns;
  for (const PlannedColumn& planned : plan_.columns) {
    datacheck::ShapeColumn column;
    column.planned = &planned;
    shape_.columns.push_back(column);
  }
}

}  // namespace paripassu::test
