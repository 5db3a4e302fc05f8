#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <unordered_map>

#include "backends/limits.h"
#include "harness/datacheck/reconcile_table.h"
#include "harness/datacheck/row_fetch.h"
#include "harness/datacheck/table_comparison.h"

namespace paripassu::datacheck {

namespace {

using Side = RowHasher::Side;

constexpr std::size_t kFirstCells = 32'768;     ///< 2 MiB: lists some 24,000 rows from near the processor
constexpr std::size_t kCellsLeast = 512;        ///< however little memory is allowed
constexpr unsigned kPartitionBitsMax = 8;       ///< 256 further scans at most
constexpr std::size_t kFetchedKeysMin = 2'000;  ///< fetched by key, however small the table
constexpr std::size_t kFetchedShare = 10;       ///< … and else up to this part of its rows

struct HashKey {
  std::size_t operator()(const RowHash& hash) const { return static_cast<std::size_t>(hash.low); }
};

/// The rows whose selector begins with these bits.
struct Partition {
  unsigned bits = 0;
  std::uint64_t value = 0;
  bool has(const RowHash& selector) const { return bits == 0 || selector.high >> (64 - bits) == value; }
  Partition half(std::uint64_t bit) const { return {bits + 1, (value << 1) | bit}; }
};

/// Rows that differ, of one side, with the forms of their keys.
struct PickedRow {
  std::string form;
  LooseRow row;
};

/// Leaves the rows of a side that the table listed, as often as it did. The others have their like on the other side,
/// perhaps under a key that is equal by rule alone and that the server did not find.
void keep_listed(std::vector<LooseRow>& rows, const std::vector<const DifferingRow*>& listed, bool left) {
  for (LooseRow& row : rows) {
    const auto entry = std::find_if(listed.begin(), listed.end(), [&](const DifferingRow* differing) {
      return differing->hash == row.hash && (differing->copies > 0) == left;
    });
    const std::int64_t copies = entry == listed.end() ? 0 : (*entry)->copies;
    row.copies = static_cast<std::uint64_t>(copies < 0 ? -copies : copies);
  }
  std::erase_if(rows, [](const LooseRow& row) { return row.copies == 0; });
}

class Reconciliation {
 public:
  Reconciliation(TableAttempt& attempt, const KeyRange& range, std::optional<std::uint64_t> rows_known)
      : attempt_(attempt), range_(range), rows_known_(rows_known) {}
  void run();

 private:
  /// One range of one side: read by a thread of its own.
  struct Part {
    Side side = Side::left;
    KeyRange range;
    TableAccess* table = nullptr;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
  };
  using Consume = std::function<void(std::size_t part, const ColumnBatch&, const std::vector<RowHash>& hashes,
                                     const std::vector<RowHash>& selectors)>;

  void choose_parts();
  void scan(bool with_selectors, const Consume& consume);
  bool tables(std::size_t cells, const Partition& partition, std::vector<DifferingRow>& rows, std::uint64_t& estimate);
  void resolve(std::uint64_t expected, const Partition& partition);
  void split(std::uint64_t expected, const Partition& partition);
  void explain(std::vector<DifferingRow> rows, const Partition& partition);
  void explain_whole_rows(std::vector<DifferingRow> rows);
  std::vector<DifferingRow> explain_by_key(const std::vector<DifferingRow>& rows);
  void pick(const std::vector<DifferingRow>& rows, const Partition& partition);
  void pick_part(const std::vector<DifferingRow>& rows, const Partition& partition);

  bool keyed() const { return attempt_.shape.key_columns > 0; }
  std::size_t cells_max() const {
    return std::max(kCellsLeast, attempt_.options.memory_bytes / 2 / sizeof(ReconcileTable::Cell) / parts_.size());
  }
  /// A row out of its batch, with the cells around its texts.
  std::size_t row_bytes() const;
  std::size_t rows_bytes_max() const { return attempt_.options.memory_bytes / 4; }
  void note_vanished(const DifferingRow& row);

  TableAttempt& attempt_;
  KeyRange range_;
  std::optional<std::uint64_t> rows_known_;
  std::vector<std::unique_ptr<TableAccess>> further_;
  std::vector<Part> parts_;
  std::uint64_t vanished_ = 0;
  std::uint64_t not_kept_ = 0;
};

void Reconciliation::run() {
  choose_parts();
  std::vector<DifferingRow> rows;
  std::uint64_t estimate = 0;
  std::size_t cells = std::min(kFirstCells, cells_max());
  if (rows_known_) cells = std::min(cells, ReconcileTable::cells_for(*rows_known_));
  const bool listed = tables(cells, {}, rows, estimate);
  if (!rows_known_)
    for (const Part& part : parts_)
      (part.side == Side::left ? attempt_.result.left_rows : attempt_.result.right_rows) += part.rows;
  if (listed)
    explain(std::move(rows), {});
  else
    resolve(estimate, {});
  if (not_kept_ > 0)
    attempt_.result.notes.push_back(
        fmt::format("{} of the rows that differ were counted, but not kept: they do not fit into memory", not_kept_));
  if (vanished_ > 0)
    attempt_.result.notes.push_back(fmt::format(
        "{} rows differed when the table was read, and were no longer there when they were fetched", vanished_));
}

/// Ranges of the key, as many as may be read at a time and the snapshots allow.
void Reconciliation::choose_parts() {
  std::vector<KeyRange> ranges{range_};
  if (attempt_.options.ranges > 1 && range_.all() && keyed() && attempt_.left->shares_snapshot() &&
      attempt_.right->shares_snapshot()) {
    const std::optional<KeyBounds> left = attempt_.left->key_bounds();
    const std::optional<KeyBounds> right = left ? attempt_.right->key_bounds() : std::nullopt;
    if (left && right && left->layout == right->layout) {
      const std::int64_t least = std::min(left->least, right->least);
      const auto width =
          static_cast<std::uint64_t>(std::max(left->greatest, right->greatest)) - static_cast<std::uint64_t>(least);
      const auto count = std::min<std::uint64_t>(static_cast<std::uint64_t>(attempt_.options.ranges), width);
      std::vector<KeyRange> cut(1);
      for (std::uint64_t i = 1; i < count; ++i) {
        const auto place = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + width / count * i);
        const std::string text = KeyBounds::text(left->layout, place);
        cut.back().before = text;
        cut.push_back({text, {}});
      }
      const bool can = std::all_of(cut.begin(), cut.end(), [&](const KeyRange& range) {
        return attempt_.left->can_bound(range) && attempt_.right->can_bound(range);
      });
      if (can) ranges = std::move(cut);
    }
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    TableAccess* left = attempt_.left.get();
    TableAccess* right = attempt_.right.get();
    if (i > 0) {
      further_.push_back(attempt_.left_side.open(attempt_.shape));
      left = further_.back().get();
      further_.push_back(attempt_.right_side.open(attempt_.shape));
      right = further_.back().get();
    }
    parts_.push_back({Side::left, ranges[i], left});
    parts_.push_back({Side::right, ranges[i], right});
  }
}

/// One scan of both sides. Selectors say to which partition a row belongs: rows of one key must meet in one.
void Reconciliation::scan(bool with_selectors, const Consume& consume) {
  std::vector<ParallelWork> works;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[i];
    part.rows = 0;
    part.bytes = 0;
    works.push_back({[&, i, with_selectors](const StopFlag& stop) {
                       RowHasher key_hasher(attempt_.shape.key_rules(), part.side);
                       ColumnBatch keys;
                       std::vector<RowHash> selectors;
                       scan_rows(attempt_, *part.table, part.side, part.range, stop,
                                 [&](const ColumnBatch& batch, const std::vector<RowHash>& hashes) {
                                   part.rows += batch.rows;
                                   part.bytes += batch.byte_size();
                                   if (!with_selectors || !keyed()) return consume(i, batch, hashes, hashes);
                                   const auto first = batch.columns.begin();
                                   const auto count = static_cast<std::ptrdiff_t>(attempt_.shape.key_columns);
                                   keys.columns.assign(first, first + count);
                                   keys.rows = batch.rows;
                                   key_hasher.hash(keys, selectors);
                                   consume(i, batch, hashes, selectors);
                                 });
                     },
                     [&part] { part.table->cancel(); }});
  }
  run_in_parallel(std::move(works));
}

/// A scan into tables of so many cells. True: `rows` are all that differ in the partition.
bool Reconciliation::tables(std::size_t cells, const Partition& partition, std::vector<DifferingRow>& rows,
                            std::uint64_t& estimate) {
  std::vector<std::unique_ptr<ReconcileTable>> of_parts;
  for (std::size_t i = 0; i < parts_.size(); ++i) of_parts.push_back(std::make_unique<ReconcileTable>(cells));
  MeteredBytes metered(attempt_.options.meter, of_parts[0]->byte_size() * of_parts.size());
  const bool with_images = attempt_.images.possible();
  std::vector<std::vector<KeyImage>> images(parts_.size());
  static const KeyImage kNone;
  scan(partition.bits > 0, [&](std::size_t part, const ColumnBatch& batch, const std::vector<RowHash>& hashes,
                               const std::vector<RowHash>& selectors) {
    if (with_images) attempt_.images.make(batch, images[part]);
    if (partition.bits == 0) {
      of_parts[part]->add(hashes, images[part]);
      return;
    }
    for (std::size_t row = 0; row < batch.rows; ++row)
      if (partition.has(selectors[row])) of_parts[part]->add(hashes[row], with_images ? images[part][row] : kNone);
  });
  ReconcileTable& all = *of_parts[0];
  for (std::size_t i = 1; i < of_parts.size(); ++i) {
    if (parts_[i].side == Side::left)
      all.merge(*of_parts[i]);
    else
      all.subtract(*of_parts[i]);
    of_parts[i].reset();
  }
  metered.set(all.byte_size());
  estimate = all.estimate();
  const bool listed = all.peel(rows);
  if (!listed) rows.clear();
  return listed;
}

void Reconciliation::resolve(std::uint64_t expected, const Partition& partition) {
  const std::size_t cells = ReconcileTable::cells_for(expected + expected / 8);
  if (cells > cells_max()) return split(expected, partition);
  std::vector<DifferingRow> rows;
  std::uint64_t estimate = 0;
  if (tables(cells, partition, rows, estimate))
    explain(std::move(rows), partition);
  else
    split(std::max(estimate, expected), partition);
}

void Reconciliation::split(std::uint64_t expected, const Partition& partition) {
  if (attempt_.may_merge && attempt_.collector.empty())
    throw MethodImpossible{fmt::format("about {} rows differ, more than memory holds at once", expected), true};
  if (partition.bits >= kPartitionBitsMax)
    throw Error(ErrorCategory::resources,
                fmt::format("about {} of the rows differ, which is too many to tell apart within the memory allowed",
                            expected << partition.bits))
        .with_remedy("allow more with --memory, or compare fewer rows");
  resolve((expected + 1) / 2, partition.half(0));
  resolve((expected + 1) / 2, partition.half(1));
}

std::size_t Reconciliation::row_bytes() const {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (const Part& part : parts_) {
    rows += part.rows;
    bytes += part.bytes;
  }
  // As text, values take up to about three times the room of their columns.
  return sizeof(PickedRow) + attempt_.shape.columns.size() * sizeof(Cell) +
         static_cast<std::size_t>(rows == 0 ? 0 : bytes / rows * 3);
}

void Reconciliation::note_vanished(const DifferingRow& row) {
  const auto copies = static_cast<std::uint64_t>(row.copies < 0 ? -row.copies : row.copies);
  vanished_ += copies;
  attempt_.result.settled_rows += copies;
  if (row.copies > 0) attempt_.vanished_left += copies;
}

void Reconciliation::explain(std::vector<DifferingRow> rows, const Partition& partition) {
  if (rows.empty()) return;
  MeteredBytes metered(attempt_.options.meter, rows.capacity() * sizeof(DifferingRow));
  if (!keyed()) return explain_whole_rows(std::move(rows));
  std::uint64_t all_rows = 0;
  for (const Part& part : parts_) all_rows += part.rows;
  const bool few = rows.size() <= std::max<std::uint64_t>(kFetchedKeysMin, all_rows / kFetchedShare);
  if (few && attempt_.images.possible()) rows = explain_by_key(rows);
  if (!rows.empty()) pick(rows, partition);
}

/// Fetches the rows whose keys came out of the table. Returns those whose did not, or that were not found by them.
std::vector<DifferingRow> Reconciliation::explain_by_key(const std::vector<DifferingRow>& rows) {
  struct Wanted {
    std::vector<std::vector<Cell>> keys;  ///< more than one where the sides spell it differently
    std::vector<const DifferingRow*> rows;
  };
  std::map<std::string, Wanted> wanted;
  std::vector<DifferingRow> others;
  for (const DifferingRow& row : rows) {
    std::optional<std::vector<Cell>> key = attempt_.images.read(row.image);
    if (!key) {
      others.push_back(row);
      continue;
    }
    std::string form = attempt_.forms.of(*key, row.copies > 0 ? Side::left : Side::right);
    Wanted& entry = wanted[std::move(form)];
    if (std::find(entry.keys.begin(), entry.keys.end(), *key) == entry.keys.end())
      entry.keys.push_back(std::move(*key));
    entry.rows.push_back(&row);
  }
  // A row whose key is not known may have the key of one that is: then all rows are to be picked, or it would be
  // counted twice.
  if (!others.empty()) return rows;
  const std::size_t at_once = std::clamp<std::size_t>(rows_bytes_max() / 2 / row_bytes(), 1, limits::kDataKeysPerFetch);
  for (auto next = wanted.begin(); next != wanted.end();) {
    std::vector<std::vector<Cell>> keys;
    std::vector<std::string> forms;
    const auto first = next;
    for (; next != wanted.end() && (keys.empty() || keys.size() + next->second.keys.size() <= at_once); ++next) {
      keys.insert(keys.end(), next->second.keys.begin(), next->second.keys.end());
      forms.push_back(next->first);
    }
    RowGroups groups = fetch_groups(attempt_.shape, attempt_.forms, *attempt_.left, *attempt_.right, keys, forms);
    for (auto entry = first; entry != next; ++entry) {
      const auto group = groups.find(entry->first);
      const auto found = [&](const DifferingRow* row) {
        if (group == groups.end()) return false;
        const std::vector<LooseRow>& candidates = row->copies > 0 ? group->second.left : group->second.right;
        return std::any_of(candidates.begin(), candidates.end(),
                           [&](const LooseRow& candidate) { return candidate.hash == row->hash; });
      };
      if (!std::all_of(entry->second.rows.begin(), entry->second.rows.end(), found)) {
        for (const DifferingRow* row : entry->second.rows) others.push_back(*row);
        continue;
      }
      keep_listed(group->second.left, entry->second.rows, true);
      keep_listed(group->second.right, entry->second.rows, false);
      attempt_.collector.add_group(std::move(group->second));
    }
  }
  return others;
}

/// Finds the rows by their hashes, in as many scans as memory asks for.
void Reconciliation::pick(const std::vector<DifferingRow>& rows, const Partition& partition) {
  const std::size_t bytes = rows.size() * row_bytes();
  if (bytes <= rows_bytes_max()) return pick_part(rows, partition);
  if (attempt_.may_merge && attempt_.collector.empty())
    throw MethodImpossible{fmt::format("{} rows differ, more than memory holds at once", rows.size()), true};
  const auto scans = std::bit_ceil(bytes / std::max<std::size_t>(rows_bytes_max(), 1) + 1);
  const auto further = static_cast<unsigned>(std::countr_zero(scans));
  if (partition.bits + further > kPartitionBitsMax)
    throw Error(ErrorCategory::resources,
                fmt::format("{} rows differ, which is too many to look at within the memory allowed", rows.size()))
        .with_remedy("allow more with --memory, or compare fewer rows");
  for (std::uint64_t i = 0; i < scans; ++i)
    pick_part(rows, {partition.bits + further, (partition.value << further) | i});
}

void Reconciliation::pick_part(const std::vector<DifferingRow>& rows, const Partition& partition) {
  std::unordered_map<RowHash, const DifferingRow*, HashKey> wanted;
  for (const DifferingRow& row : rows) wanted.emplace(row.hash, &row);
  MeteredBytes metered(attempt_.options.meter, wanted.size() * 48);
  std::vector<std::vector<PickedRow>> picked(parts_.size());
  std::vector<std::unique_ptr<MeteredBytes>> picked_bytes;
  for (std::size_t i = 0; i < parts_.size(); ++i)
    picked_bytes.push_back(std::make_unique<MeteredBytes>(attempt_.options.meter));
  scan(partition.bits > 0, [&](std::size_t part, const ColumnBatch& batch, const std::vector<RowHash>& hashes,
                               const std::vector<RowHash>& selectors) {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      if (!wanted.contains(hashes[row]) || !partition.has(selectors[row])) continue;
      picked[part].push_back({attempt_.forms.of(batch, row, parts_[part].side), loose_row(batch, row, hashes[row])});
      picked_bytes[part]->add(sizeof(PickedRow) + picked[part].back().row.byte_size());
    }
  });
  RowGroups groups;
  std::unordered_map<RowHash, int, HashKey> seen;  ///< 1: on the left, 2: on the right
  for (std::size_t part = 0; part < parts_.size(); ++part)
    for (PickedRow& row : picked[part]) {
      seen[row.row.hash] |= parts_[part].side == Side::left ? 1 : 2;
      groups[row.form].add(parts_[part].side, std::move(row.row));
    }
  if (partition.bits == 0)
    for (const DifferingRow& row : rows)
      if (const auto found = seen.find(row.hash);
          found == seen.end() || (found->second & (row.copies > 0 ? 1 : 2)) == 0)
        note_vanished(row);
  for (auto& [form, group] : groups) attempt_.collector.add_group(std::move(group));
}

/// Without a key, one copy of each row is all that is to be found.
void Reconciliation::explain_whole_rows(std::vector<DifferingRow> rows) {
  // The same rows are kept in every run.
  std::sort(rows.begin(), rows.end(), [](const DifferingRow& left, const DifferingRow& right) {
    return std::tie(left.hash.high, left.hash.low) < std::tie(right.hash.high, right.hash.low);
  });
  const std::size_t kept = std::min(rows.size(), std::max<std::size_t>(rows_bytes_max() / row_bytes(), 1));
  std::uint64_t left_only = 0;
  std::uint64_t right_only = 0;
  for (std::size_t i = kept; i < rows.size(); ++i) {
    if (rows[i].copies > 0)
      left_only += static_cast<std::uint64_t>(rows[i].copies);
    else
      right_only += static_cast<std::uint64_t>(-rows[i].copies);
  }
  if (kept < rows.size()) {
    attempt_.collector.count_only(left_only, right_only);
    not_kept_ += left_only + right_only;
    rows.resize(kept);
  }
  std::unordered_map<RowHash, const DifferingRow*, HashKey> wanted;
  for (const DifferingRow& row : rows) wanted.emplace(row.hash, &row);
  struct Found {
    std::unordered_map<RowHash, LooseRow, HashKey> rows;
    std::unique_ptr<MeteredBytes> bytes;
  };
  std::vector<Found> found(parts_.size());
  for (Found& of_part : found) of_part.bytes = std::make_unique<MeteredBytes>(attempt_.options.meter);
  scan(false, [&](std::size_t part, const ColumnBatch& batch, const std::vector<RowHash>& hashes,
                  const std::vector<RowHash>&) {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      const auto entry = wanted.find(hashes[row]);
      if (entry == wanted.end() || (entry->second->copies > 0) != (parts_[part].side == Side::left)) continue;
      const auto [place, added] = found[part].rows.try_emplace(hashes[row]);
      if (!added) continue;
      place->second = loose_row(batch, row, hashes[row]);
      found[part].bytes->add(place->second.byte_size());
    }
  });
  RowGroup group;
  for (const DifferingRow& row : rows) {
    LooseRow* loose = nullptr;
    for (Found& of_part : found)
      if (const auto entry = of_part.rows.find(row.hash); entry != of_part.rows.end()) loose = &entry->second;
    if (loose == nullptr) {
      note_vanished(row);
      continue;
    }
    loose->copies = static_cast<std::uint64_t>(row.copies > 0 ? row.copies : -row.copies);
    (row.copies > 0 ? group.left : group.right).push_back(std::move(*loose));
  }
  attempt_.collector.add_group(std::move(group));
}

}  // namespace

void reconcile_rows(TableAttempt& attempt, const KeyRange& range, std::optional<std::uint64_t> rows_known) {
  Reconciliation(attempt, range, rows_known).run();
}

}  // namespace paripassu::datacheck
