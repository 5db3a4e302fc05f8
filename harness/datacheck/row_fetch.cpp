#include "harness/datacheck/row_fetch.h"

#include <unordered_set>

#include "harness/datacheck/parallel.h"

namespace paripassu::datacheck {

namespace {

struct FetchedRow {
  std::string form;
  LooseRow row;
};

}  // namespace

RowGroups fetch_groups(const TableShape& shape, const KeyForms& forms, TableAccess& left, TableAccess& right,
                       std::span<const std::vector<Cell>> keys, const std::vector<std::string>& wanted_forms) {
  const std::unordered_set<std::string> wanted(wanted_forms.begin(), wanted_forms.end());
  const auto fetch = [&](TableAccess& table, RowHasher::Side side, std::vector<FetchedRow>& rows,
                         const StopFlag& stop) {
    RowHasher hasher(shape.rules(), side);
    const std::unique_ptr<BatchReader> reader = table.fetch(keys);
    if (!reader) return;
    ColumnBatch batch;
    std::vector<RowHash> hashes;
    while (reader->next(batch) > 0) {
      stop.throw_if_set();
      hasher.hash(batch, hashes);
      for (std::size_t row = 0; row < batch.rows; ++row) {
        std::string form = forms.of(batch, row, side);
        // The server may take more keys for equal than the rules do.
        if (wanted.contains(form)) rows.push_back({std::move(form), loose_row(batch, row, hashes[row])});
      }
    }
  };
  std::vector<FetchedRow> left_rows;
  std::vector<FetchedRow> right_rows;
  run_in_parallel(
      {{[&](const StopFlag& stop) { fetch(left, RowHasher::Side::left, left_rows, stop); }, [&] { left.cancel(); }},
       {[&](const StopFlag& stop) { fetch(right, RowHasher::Side::right, right_rows, stop); },
        [&] { right.cancel(); }}});
  RowGroups groups;
  for (FetchedRow& fetched : left_rows) groups[fetched.form].add(RowHasher::Side::left, std::move(fetched.row));
  for (FetchedRow& fetched : right_rows) groups[fetched.form].add(RowHasher::Side::right, std::move(fetched.row));
  return groups;
}

}  // namespace paripassu::datacheck
