#include <algorithm>
#include <map>
#include <string>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Parameter;
using catalog::Routine;
using catalog::Schema;

/// What a routine gives back, as one engine or the other says it.
struct Result {
  bool nothing = false;
  bool rows = false;
  std::string_view type;
  bool operator==(const Result&) const = default;
};

Result result_of(const Routine& routine) {
  const std::string words = fold_name(routine.returns, NameMatching::ignore_case);
  Result result;
  result.nothing = words.empty() || words == "void";
  result.rows = words.starts_with("table") || words.starts_with("setof ");
  if (!result.nothing && !result.rows) result.type = routine.returns;
  return result;
}

/// What is only ever called by a trigger is part of that trigger.
bool serves_triggers(const Routine& routine) {
  const std::string words = fold_name(routine.returns, NameMatching::ignore_case);
  return words == "trigger" || words == "event_trigger";
}

/// A function that gives nothing back is called for what it does, which other engines have procedures for.
std::string_view kind_of(const Routine& routine) {
  return routine.kind == "function" && result_of(routine).nothing ? std::string_view("procedure") : routine.kind;
}

class RoutineDiffer {
 public:
  RoutineDiffer(CompareContext& context, const Schema& left_schema, const Schema& right_schema)
      : context_(context),
        place_(left_schema, right_schema),
        left_(compared(left_schema)),
        right_(compared(right_schema)) {}

  void run() {
    if (left_.empty() && right_.empty()) return;
    // Only routines of one word can pair, so that the many of a database need not be compared with each other.
    std::map<std::string, OpenItems> by_word;
    const auto at = [&](const Routine& routine) -> OpenItems& {
      return by_word.try_emplace(context_.fold(routine.name), 0u, 0u).first->second;
    };
    for (std::size_t l = 0; l < left_.size(); ++l) at(*left_[l]).left.push_back(l);
    for (std::size_t r = 0; r < right_.size(); ++r) at(*right_[r]).right.push_back(r);
    for (auto& [word, open] : by_word) pair_overloads(open);
  }

 private:
  /// Names may be overloaded, so the types of the parameters are part of the name.
  void pair_overloads(OpenItems& open) {
    const auto on_pair = [&](std::size_t l, std::size_t r) { compare(*left_[l], *right_[r]); };
    open.pair_off(
        [&](std::size_t l, std::size_t r) {
          return left_[l]->name == right_[r]->name && same_parameters(*left_[l], *right_[r]);
        },
        on_pair);
    open.pair_off([&](std::size_t l, std::size_t r) { return same_parameters(*left_[l], *right_[r]); }, on_pair);
    open.pair_off([](std::size_t, std::size_t) { return true; }, on_pair);
    for (const std::size_t l : open.left) report(*left_[l], true);
    for (const std::size_t r : open.right) report(*right_[r], false);
  }

  std::vector<const Routine*> compared(const Schema& schema) const {
    std::vector<const Routine*> out;
    for (const Routine& routine : schema.routines) {
      if (context_.same_engine || !serves_triggers(routine)) out.push_back(&routine);
    }
    return out;
  }

  bool same_type(const std::string& left, const std::string& right) const {
    return context_.same_engine ? normalise_type_name(left) == normalise_type_name(right)
                                : same_printed_type(context_, left, right);
  }

  bool same_parameters(const Routine& left, const Routine& right) const {
    return std::equal(left.parameters.begin(), left.parameters.end(), right.parameters.begin(), right.parameters.end(),
                      [&](const Parameter& one, const Parameter& other) { return same_type(one.type, other.type); });
  }

  bool same_signature(const Routine& left, const Routine& right) const {
    const Result one = result_of(left);
    const Result other = result_of(right);
    if (one.nothing != other.nothing || one.rows != other.rows) return false;
    if (!one.nothing && !one.rows && !same_printed_type(context_, one.type, other.type)) return false;
    const auto same_direction = [](const Parameter& a, const Parameter& b) { return a.output == b.output; };
    return kind_of(left) == kind_of(right) && same_parameters(left, right) &&
           std::equal(left.parameters.begin(), left.parameters.end(), right.parameters.begin(), same_direction);
  }

  bool same(const Routine& left, const Routine& right) const {
    if (!context_.same_engine) return same_signature(left, right);
    const bool same_body = left.hidden || right.hidden || left.body_hash == right.body_hash;
    return same_body && left.kind == right.kind && left.parameters == right.parameters &&
           left.returns == right.returns && left.language == right.language;
  }

  void compare(const Routine& left, const Routine& right) {
    if (!context_.same_engine) {
      ++context_.routine_bodies;
      if (!left.parameters.empty() && !right.parameters.empty()) ++context_.routine_parameters;
      if (result_of(left).rows && result_of(right).rows) ++context_.routine_rows;
    }
    const auto names = CompareContext::Names::of(left, right);
    if (!same(left, right)) {
      const auto words = [&](const Routine& routine) {
        return context_.same_engine ? describe(routine) : describe_signature(routine);
      };
      context_.report_changed("routine-changed", place_, "routine", names, words(left), words(right),
                              context_.same_engine ? "the definition" : "the signature");
    }
    context_.compare_comments(place_, "routine", names, left.comment, right.comment);
  }

  void report(const Routine& routine, bool on_left) {
    context_.report_absent("routine-missing", "routine-extra", place_, "routine", routine.name, on_left,
                           describe(routine));
  }

  CompareContext& context_;
  const CompareContext::Place place_;
  const std::vector<const Routine*> left_;
  const std::vector<const Routine*> right_;
};

}  // namespace

void compare_routines(CompareContext& context, const Schema& left, const Schema& right) {
  RoutineDiffer(context, left, right).run();
}

}  // namespace paripassu::parity
