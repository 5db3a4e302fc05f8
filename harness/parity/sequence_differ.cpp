#include <fmt/format.h>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Schema;
using catalog::Sequence;
using catalog::SequenceOptions;

/// Those that a column owns are compared as the identity of that column.
std::vector<const Sequence*> free_sequences(const Schema& schema) {
  std::vector<const Sequence*> out;
  for (const Sequence& sequence : schema.sequences) {
    if (sequence.owned_by.empty()) out.push_back(&sequence);
  }
  return out;
}

bool is_descending(const SequenceOptions& options) {
  return options.increment.starts_with('-');
}

/// Adds a property to both texts where the sides know it and differ.
void add(std::string& left_text, std::string& right_text, std::string_view word, const std::string& left,
         const std::string& right) {
  if (left.empty() || right.empty() || left == right) return;
  left_text += fmt::format("{}{} {}", left_text.empty() ? "" : ", ", word, left);
  right_text += fmt::format("{}{} {}", right_text.empty() ? "" : ", ", word, right);
}

void compare_sequence(CompareContext& context, const Schema& left_schema, const Sequence& left,
                      const Schema& right_schema, const Sequence& right) {
  ++context.result.counts.sequences;
  const SequenceOptions& one = left.options;
  const SequenceOptions& other = right.options;
  const auto names = CompareContext::Names::of(left, right);
  const CompareContext::Place place(left_schema, right_schema);
  std::string left_text;
  std::string right_text;
  const bool same_type =
      context.same_engine
          ? compare_types_of_one_engine(left.type, right.type, context.options.names).match == TypeMatch::same
          : compare_types(left.type, right.type).match != TypeMatch::different ||
                context.declared.find(left.type, right.type) != nullptr;
  if (!same_type) add(left_text, right_text, "type", left.type.printed, right.type.printed);
  add(left_text, right_text, "start", one.start, other.start);
  add(left_text, right_text, "increment", one.increment, other.increment);
  // The limit behind the start is reached by no value, unless the sequence begins again from there, and each engine has
  // its own for who names none.
  const bool begins_again = one.cycle || other.cycle || context.same_engine;
  const bool descending = is_descending(one) || is_descending(other);
  if (begins_again || descending) add(left_text, right_text, "minimum", one.minimum, other.minimum);
  if (begins_again || !descending) add(left_text, right_text, "maximum", one.maximum, other.maximum);
  if (one.cycle != other.cycle) {
    add(left_text, right_text, "cycle", one.cycle ? "yes" : "no", other.cycle ? "yes" : "no");
  }
  if (!left_text.empty()) {
    context.report_changed("sequence-changed", place, "sequence", names, std::move(left_text), std::move(right_text),
                           "the values");
  }
  // Not every engine has comments on sequences.
  if (context.same_engine) context.compare_comments(place, "sequence", names, left.comment, right.comment);
}

}  // namespace

void compare_sequences(CompareContext& context, const Schema& left, const Schema& right) {
  if (left.sequences.empty() && right.sequences.empty()) return;
  if (context.is_unknown(true, catalog::kUnknownSequences, left.name) ||
      context.is_unknown(false, catalog::kUnknownSequences, right.name)) {
    return;
  }
  const auto left_sequences = free_sequences(left);
  const auto right_sequences = free_sequences(right);
  std::vector<std::string_view> left_names;
  std::vector<std::string_view> right_names;
  for (const Sequence* sequence : left_sequences) left_names.emplace_back(sequence->name);
  for (const Sequence* sequence : right_sequences) right_names.emplace_back(sequence->name);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const auto report = [&](const Sequence& sequence, bool on_left) {
    context.report_absent("sequence-missing", "sequence-extra", {left, right}, "sequence", sequence.name, on_left,
                          sequence.type.printed.empty() ? "sequence" : "sequence of " + sequence.type.printed);
  };
  for (const auto& [l, r] : pairs.pairs)
    compare_sequence(context, left, *left_sequences[l], right, *right_sequences[r]);
  for (const std::size_t l : pairs.left_only) report(*left_sequences[l], true);
  for (const std::size_t r : pairs.right_only) report(*right_sequences[r], false);
  context.report_ambiguities(pairs, left_names, right_names, {left, right}, "sequence");
}

}  // namespace paripassu::parity
