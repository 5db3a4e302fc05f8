#include "harness/datacheck/data_report.h"

#include <algorithm>

namespace paripassu {

namespace {

constexpr std::array<std::string_view, kValueClasses> kClassWords = {
    "different", "truncated",       "rounding", "precision",    "time-zone",      "null-empty",
    "case",      "trailing-blanks", "padding",  "unicode-form", "json-formatting"};
constexpr std::array<std::string_view, 3> kVerdictWords = {"error", "warning", "accepted"};
constexpr std::array<std::string_view, 4> kMethodWords = {"auto", "merge", "reconcile", "checksum"};

static_assert(static_cast<std::size_t>(ValueClass::json_formatting) + 1 == kValueClasses);
static_assert(static_cast<std::size_t>(ClassVerdict::accepted) + 1 == kVerdictWords.size());
static_assert(static_cast<std::size_t>(DataMethod::checksum) + 1 == kMethodWords.size());

template <class Enum, std::size_t kWords>
std::optional<Enum> from_word(const std::array<std::string_view, kWords>& words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

bool fails(ClassVerdict verdict, Severity fail_on) {
  if (verdict == ClassVerdict::error) return true;
  return verdict == ClassVerdict::warning && fail_on != Severity::error;
}

bool all_waived(const std::vector<Skipped>& skipped) {
  return std::none_of(skipped.begin(), skipped.end(), [](const Skipped& one) { return one.waived.empty(); });
}

}  // namespace

std::string_view to_string(ValueClass value_class) {
  return kClassWords[static_cast<std::size_t>(value_class)];
}

std::optional<ValueClass> value_class_from_string(std::string_view word) {
  return from_word<ValueClass>(kClassWords, word);
}

std::string_view to_string(ClassVerdict verdict) {
  return kVerdictWords[static_cast<std::size_t>(verdict)];
}

std::optional<ClassVerdict> class_verdict_from_string(std::string_view word) {
  return from_word<ClassVerdict>(kVerdictWords, word);
}

ClassVerdicts default_verdicts() {
  ClassVerdicts verdicts;
  verdicts.fill(ClassVerdict::error);
  verdicts[static_cast<std::size_t>(ValueClass::padding)] = ClassVerdict::accepted;
  verdicts[static_cast<std::size_t>(ValueClass::json_formatting)] = ClassVerdict::accepted;
  return verdicts;
}

std::uint64_t ColumnResult::differing() const {
  std::uint64_t rows = 0;
  for (const ClassTally& tally : classes) rows += tally.rows;
  return rows;
}

std::string_view to_string(DataMethod method) {
  return kMethodWords[static_cast<std::size_t>(method)];
}

std::optional<DataMethod> data_method_from_string(std::string_view word) {
  return from_word<DataMethod>(kMethodWords, word);
}

bool TableResult::differs(Severity fail_on) const {
  if (left_only_rows > 0 || right_only_rows > 0) return true;
  for (const ColumnResult& column : columns) {
    for (std::size_t i = 0; i < kValueClasses; ++i)
      if (column.classes[i].rows > 0 && fails(column.verdicts[i], fail_on)) return true;
  }
  return false;
}

bool TableResult::complete() const {
  return unfinished.empty() && all_waived(skipped_columns);
}

bool DataReport::differs(Severity fail_on) const {
  return std::any_of(tables.begin(), tables.end(), [&](const TableResult& table) { return table.differs(fail_on); });
}

bool DataReport::complete() const {
  return !tables.empty() && all_waived(skipped_tables) &&
         std::all_of(tables.begin(), tables.end(), [](const TableResult& table) { return table.complete(); });
}

}  // namespace paripassu
