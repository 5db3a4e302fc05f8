#include <algorithm>
#include <map>

#include "harness/parity/compare_context.h"

namespace paripassu::parity {
namespace {

using catalog::Column;
using catalog::Expression;
using catalog::Table;
using Candidates = std::vector<std::pair<std::size_t, std::size_t>>;

/// Of more objects than this on one side, none is guessed to be another: every pair would have to be tried.
constexpr std::size_t kRenamedMax = 64;

/// Of all pairs that match, those whose members match nothing else. A pair that is one of several is no suggestion.
Candidates unique_pairs(const Candidates& candidates) {
  Candidates out;
  for (const auto& candidate : candidates) {
    const auto rivals = std::count_if(candidates.begin(), candidates.end(), [&](const auto& other) {
      return other.first == candidate.first || other.second == candidate.second;
    });
    if (rivals == 1) out.push_back(candidate);
  }
  return out;
}

bool same_type(const CompareContext& context, const Column& left, const Column& right) {
  if (context.same_engine) {
    return compare_types_of_one_engine(left.type, right.type, context.options.names).match == TypeMatch::same;
  }
  return compare_types(left.type, right.type).match != TypeMatch::different ||
         context.declared.find(left.type, right.type) != nullptr;
}

/// True only where that is known.
bool same_expression(CompareContext& context, const TablePair& pair, const Column& left, const Expression& left_text,
                     const Column& right, const Expression& right_text) {
  if (left_text.hidden || right_text.hidden) return false;
  if (context.same_engine && left_text.printed == right_text.printed) return true;
  const NormalForm left_form = context.expressions(true).normalise(left_text, context.place_of(pair, true, &left.type));
  const NormalForm right_form =
      context.expressions(false).normalise(right_text, context.place_of(pair, false, &right.type));
  return compare_forms(left_form, right_form).match == ExpressionMatch::same;
}

bool same_but_for_name(CompareContext& context, const TablePair& pair, const Column& left, const Column& right) {
  if (left.nullable != right.nullable || left.identity.has_value() != right.identity.has_value() ||
      left.computed.has_value() != right.computed.has_value() || !same_type(context, left, right)) {
    return false;
  }
  if (left.identity) return true;  // its default, if any, only draws from its sequence
  if (left.computed) {
    return same_expression(context, pair, left, left.computed->expression, right, right.computed->expression);
  }
  if (left.default_value.has_value() != right.default_value.has_value()) return false;
  return !left.default_value || same_expression(context, pair, left, *left.default_value, right, *right.default_value);
}

/// Names that match several ways are told by themselves, and are no base for a guess.
std::vector<std::size_t> without_ambiguous(const std::vector<std::size_t>& left_over, const NamePairs& pairs,
                                           bool on_left) {
  std::vector<std::size_t> out;
  std::copy_if(left_over.begin(), left_over.end(), std::back_inserter(out), [&](std::size_t index) {
    return std::none_of(pairs.ambiguous.begin(), pairs.ambiguous.end(), [&](const NamePairs::Ambiguity& group) {
      const auto& members = on_left ? group.left : group.right;
      return std::find(members.begin(), members.end(), index) != members.end();
    });
  });
  return out;
}

void take_out(std::vector<std::size_t>& left_over, std::size_t index) {
  left_over.erase(std::find(left_over.begin(), left_over.end(), index));
}

/// The columns of a table in the order of their words.
std::vector<std::pair<std::string, const Column*>> columns_by_word(const CompareContext& context, const Table& table) {
  std::vector<std::pair<std::string, const Column*>> out;
  out.reserve(table.columns.size());
  for (const Column& column : table.columns) out.emplace_back(context.fold(column.name), &column);
  std::sort(out.begin(), out.end(), [](const auto& one, const auto& other) { return one.first < other.first; });
  return out;
}

}  // namespace

void pair_renamed_columns(CompareContext& context, TablePair& pair) {
  if (pair.columns.left_only.empty() || pair.columns.right_only.empty()) return;
  if (pair.columns.left_only.size() > kRenamedMax || pair.columns.right_only.size() > kRenamedMax) return;
  const std::vector<std::size_t> left = without_ambiguous(pair.columns.left_only, pair.columns, true);
  const std::vector<std::size_t> right = without_ambiguous(pair.columns.right_only, pair.columns, false);
  Candidates candidates;
  for (const std::size_t l : left) {
    for (const std::size_t r : right) {
      if (same_but_for_name(context, pair, pair.left->columns[l], pair.right->columns[r]))
        candidates.emplace_back(l, r);
    }
  }
  pair.renamed_columns = unique_pairs(candidates);
  for (const auto& [l, r] : pair.renamed_columns) {
    take_out(pair.columns.left_only, l);
    take_out(pair.columns.right_only, r);
    pair.columns.pairs.emplace_back(l, r);
    const std::string& right_name = pair.right->columns[r].name;
    const int number = pair.left_numbers.find(pair.left->columns[l].name);
    const int right_number = pair.right_numbers.find(right_name);
    std::swap(pair.columns_by_number[static_cast<std::size_t>(number)].second,
              pair.columns_by_number[static_cast<std::size_t>(right_number)].second);
    pair.right_numbers.renumber(right_name, number);
  }
  std::sort(pair.columns.pairs.begin(), pair.columns.pairs.end());
}

void report_renamed_columns(CompareContext& context, const TablePair& pair) {
  for (const auto& [l, r] : pair.renamed_columns) {
    const Column& left = pair.left->columns[l];
    const Column& right = pair.right->columns[r];
    context.report_changed("column-renamed", pair, "column", CompareContext::Names::of(left, right), left.name,
                           right.name, "the name");
  }
}

std::vector<std::pair<std::size_t, std::size_t>> pair_renamed_tables(
    CompareContext& context, std::string_view left_schema, std::string_view right_schema,
    const std::vector<const Table*>& left, const std::vector<const Table*>& right, NamePairs& pairs) {
  if (pairs.left_only.empty() || pairs.right_only.empty()) return {};
  // Where tables may be hidden, one that seems missing need not be.
  if (context.is_unknown(true, catalog::kUnknownObjects, left_schema) ||
      context.is_unknown(false, catalog::kUnknownObjects, right_schema)) {
    return {};
  }
  constexpr std::size_t kColumnsMin = 2;  // with one, too many tables look alike
  using Words = std::vector<std::string>;
  std::map<Words, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> groups;
  const auto group = [&](const std::vector<std::size_t>& left_over, bool on_left) {
    for (const std::size_t index : without_ambiguous(left_over, pairs, on_left)) {
      const Table& table = *(on_left ? left : right)[index];
      // Partitions of one table are all alike.
      if (table.columns.size() < kColumnsMin || !table.partition_of.empty()) continue;
      Words words;
      for (const auto& [word, column] : columns_by_word(context, table)) words.push_back(word);
      auto& members = groups[words];
      (on_left ? members.first : members.second).push_back(index);
    }
  };
  group(pairs.left_only, true);
  group(pairs.right_only, false);

  Candidates found;
  for (const auto& [words, members] : groups) {
    if (members.first.size() > kRenamedMax || members.second.size() > kRenamedMax) continue;
    Candidates candidates;
    for (const std::size_t l : members.first) {
      const auto left_columns = columns_by_word(context, *left[l]);
      for (const std::size_t r : members.second) {
        const auto right_columns = columns_by_word(context, *right[r]);
        const bool same = std::equal(
            left_columns.begin(), left_columns.end(), right_columns.begin(), right_columns.end(),
            [&](const auto& one, const auto& other) { return same_type(context, *one.second, *other.second); });
        if (same) candidates.emplace_back(l, r);
      }
    }
    for (const auto& pair : unique_pairs(candidates)) found.push_back(pair);
  }
  std::sort(found.begin(), found.end());
  for (const auto& [l, r] : found) {
    take_out(pairs.left_only, l);
    take_out(pairs.right_only, r);
  }
  return found;
}

}  // namespace paripassu::parity
