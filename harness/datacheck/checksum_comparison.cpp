#include <algorithm>

#include "harness/datacheck/table_comparison.h"

namespace paripassu::datacheck {

namespace {

constexpr std::uint64_t kSegmentsPerStep = 16;
constexpr std::uint64_t kLeafRows = 4'096;  ///< so many rows of a segment that differs are read

/// A range of the axis of the first key column, both ends included; open at the ends of the table.
struct Segment {
  std::int64_t least = 0;
  std::int64_t greatest = 0;
  KeyRange range;
  std::uint64_t width() const { return static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least); }
};

/// Cuts a segment of more than one place into about equal parts of its axis.
std::vector<Segment> cut(const Segment& segment, ColumnLayout layout) {
  std::vector<Segment> parts{segment};
  const std::uint64_t width = segment.width();
  const std::uint64_t step =
      std::max<std::uint64_t>(width / kSegmentsPerStep + (width % kSegmentsPerStep != 0 ? 1 : 0), 1);
  for (std::uint64_t distance = step; distance <= width && distance >= step; distance += step) {
    const auto place = static_cast<std::int64_t>(static_cast<std::uint64_t>(segment.least) + distance);
    const std::string text = KeyBounds::text(layout, place);
    Segment next = parts.back();
    parts.back().greatest = place - 1;
    parts.back().range.before = text;
    next.least = place;
    next.range.from = text;
    parts.push_back(std::move(next));
  }
  return parts;
}

class ChecksumComparison {
 public:
  explicit ChecksumComparison(TableAttempt& attempt) : attempt_(attempt) {}
  void run();

 private:
  struct Sums {
    std::vector<SegmentSum> left;
    std::vector<SegmentSum> right;
  };
  Sums sums(const std::vector<Segment>& segments);
  void compare(const Segment& segment, const SegmentSum& left, const SegmentSum& right);

  TableAttempt& attempt_;
  ColumnLayout layout_ = ColumnLayout::int64;
  bool divisible_ = false;
};

void ChecksumComparison::run() {
  for (TableAccess* table : {attempt_.left.get(), attempt_.right.get()})
    if (const std::string why = table->checksum_refusal(); !why.empty()) throw MethodImpossible{why, false};
  std::vector<Segment> segments(1);
  if (attempt_.shape.key_columns > 0) {
    const std::optional<KeyBounds> left = attempt_.left->key_bounds();
    const std::optional<KeyBounds> right = attempt_.right->key_bounds();
    if (left && right && left->layout == right->layout) {
      layout_ = left->layout;
      segments[0].least = std::min(left->least, right->least);
      segments[0].greatest = std::max(left->greatest, right->greatest);
      std::vector<Segment> parts = cut(segments[0], layout_);
      divisible_ = std::all_of(parts.begin(), parts.end(), [&](const Segment& part) {
        return attempt_.left->can_bound(part.range) && attempt_.right->can_bound(part.range);
      });
      if (divisible_) segments = std::move(parts);
    }
  }
  const Sums all = sums(segments);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    attempt_.result.left_rows += all.left[i].rows;
    attempt_.result.right_rows += all.right[i].rows;
    attempt_.count_rows(all.left[i].rows + all.right[i].rows);
  }
  for (std::size_t i = 0; i < segments.size(); ++i) compare(segments[i], all.left[i], all.right[i]);
}

/// Both servers at once, segment by segment.
ChecksumComparison::Sums ChecksumComparison::sums(const std::vector<Segment>& segments) {
  Sums result;
  const auto ask = [&](TableAccess& table, std::vector<SegmentSum>& sums, const StopFlag& stop) {
    for (const Segment& segment : segments) {
      stop.throw_if_set();
      sums.push_back(table.checksum(segment.range));
    }
  };
  run_in_parallel(
      {{[&](const StopFlag& stop) { ask(*attempt_.left, result.left, stop); }, [&] { attempt_.left->cancel(); }},
       {[&](const StopFlag& stop) { ask(*attempt_.right, result.right, stop); }, [&] { attempt_.right->cancel(); }}});
  return result;
}

void ChecksumComparison::compare(const Segment& segment, const SegmentSum& left, const SegmentSum& right) {
  if (left == right) return;
  if (!divisible_ || segment.width() == 0 || std::max(left.rows, right.rows) <= kLeafRows)
    return reconcile_rows(attempt_, segment.range, left.rows + right.rows);
  const std::vector<Segment> parts = cut(segment, layout_);
  const Sums of_parts = sums(parts);
  for (std::size_t i = 0; i < parts.size(); ++i) compare(parts[i], of_parts.left[i], of_parts.right[i]);
}

}  // namespace

void compare_checksums(TableAttempt& attempt) {
  ChecksumComparison(attempt).run();
}

}  // namespace paripassu::datacheck
