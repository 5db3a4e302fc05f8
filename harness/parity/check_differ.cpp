#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "harness/parity/describe.h"
#include "harness/parity/expression_differ.h"

namespace paripassu::parity {
namespace {

using catalog::Check;
using catalog::ExpressionTree;
using Kind = ExpressionTree::Kind;

CompareContext::Names names_of_pair(const Check& left, const Check& right) {
  return {display_name(left.name, left.system_named, right.name, right.system_named, describe(left.expression)),
          left.name, right.name};
}

/// Two checks of one meaning: what else there is to say of them.
void compare_check_states(CompareContext& context, const CompareContext::Place& place, const Check& left,
                          const Check& right) {
  const CompareContext::Names names = names_of_pair(left, right);
  if (left.enforced != right.enforced) {
    const auto words = [](const Check& check) { return check.enforced ? "enforced" : "disabled"; };
    context.report_changed("check-disabled", place, "check", names, words(left), words(right), "the enforcement");
  } else if (left.validated != right.validated) {
    const auto words = [](const Check& check) { return check.validated ? "validated" : "not validated"; };
    context.report_changed("check-not-trusted", place, "check", names, words(left), words(right),
                           "the validation of existing rows");
  }
  if (context.same_engine && left.no_inherit != right.no_inherit) {
    const auto words = [](const Check& check) { return check.no_inherit ? "not inherited" : "inherited"; };
    context.report_changed("check-changed", place, "check", names, words(left), words(right), "what child tables have");
  }
  context.compare_given_names(place, "check", left.name, left.system_named, right.name, right.system_named);
  if (left.comment || right.comment) context.compare_comments(place, "check", names, left.comment, right.comment);
}

/// One side's checks of a table with what is needed to pair them.
class SideChecks {
 public:
  SideChecks(CompareContext& context, const TablePair& pair, bool on_left)
      : context_(context), pair_(pair), on_left_(on_left), checks_(pair.side(on_left).checks) {}

  const Check& check(std::size_t i) const { return checks_[i]; }
  std::size_t size() const { return checks_.size(); }

  const NormalForm& form(std::size_t i) {
    if (forms_.empty()) {
      const ExpressionPlace place = context_.place_of(pair_, on_left_, UnknownTruth::counts_as_true);
      for (const Check& check : checks_)
        forms_.push_back(context_.expressions(on_left_).normalise(check.expression, place));
    }
    return forms_[i];
  }

  /// Sorted numbers of the columns that a check mentions, where the engine or the expression says so.
  const std::vector<int>& columns(std::size_t i) {
    if (columns_.empty()) {
      for (const Check& check : checks_) columns_.push_back(numbers(check));
    }
    return columns_[i];
  }

 private:
  /// A column's name as the catalog has it: an expression may have been written in another case.
  std::string own_name(std::string_view word) const {
    const std::vector<catalog::Column>& known = pair_.side(on_left_).columns;
    auto found = std::find_if(known.begin(), known.end(), [&](const auto& column) { return column.name == word; });
    if (found == known.end()) {
      found = std::find_if(known.begin(), known.end(),
                           [&](const auto& column) { return context_.same_word(column.name, word); });
    }
    return found == known.end() ? std::string(word) : found->name;
  }

  std::vector<int> numbers(const Check& check) {
    std::vector<std::string> names = check.columns;
    if (names.empty()) {
      ExpressionPlace place;
      place.column_word = [this](std::string_view word) { return own_name(word); };
      if (const auto tree = context_.tree_of(on_left_, check.expression, place)) names = catalog::columns_of(*tree);
    }
    std::vector<int> out;
    for (const std::string& name : names) out.push_back(context_.column_number(&pair_.numbers(on_left_), name));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  CompareContext& context_;
  const TablePair& pair_;
  const bool on_left_;
  const std::vector<Check>& checks_;
  std::vector<NormalForm> forms_;
  std::vector<std::vector<int>> columns_;
};

/// The condition that a column's type on the other side makes needless: `c BETWEEN 0 AND 255` where that is a byte,
/// `c IS JSON` where that is JSON. nullopt: the type says nothing that a check could say.
std::optional<ExpressionTree> implied_by(const catalog::Type& type, const std::string& column) {
  const ExpressionTree operand{Kind::column, column, {}};
  if (type.family == catalog::TypeFamily::integer && type.bits == 8 && type.is_unsigned) {
    return ExpressionTree{
        Kind::between, "", {operand, ExpressionTree{Kind::number, "0", {}}, ExpressionTree{Kind::number, "255", {}}}};
  }
  if (type.family == catalog::TypeFamily::json) return ExpressionTree{Kind::call, "is_json", {operand}};
  return std::nullopt;
}

/// The forms of what the other side's types of columns already demand of one side's.
std::unordered_set<std::string> implied_by_types(CompareContext& context, const TablePair& pair, bool on_left) {
  std::unordered_set<std::string> forms;
  if (context.same_engine) return forms;
  for (const auto& [left_column, right_column] : pair.columns_by_number) {
    const catalog::Column* own = on_left ? left_column : right_column;
    const catalog::Column* other = on_left ? right_column : left_column;
    if (!own || !other) continue;
    const auto condition = implied_by(other->type, own->name);
    if (!condition || implied_by(own->type, own->name)) continue;
    std::vector<std::string> caveats;
    forms.insert(
        to_text(normal_tree(*condition, context.place_of(pair, on_left, UnknownTruth::counts_as_true), caveats)));
  }
  return forms;
}

}  // namespace

void compare_checks(CompareContext& context, const TablePair& pair) {
  SideChecks left(context, pair, true);
  SideChecks right(context, pair, false);
  if (left.size() == 0 && right.size() == 0) return;
  const CompareContext::Place place(pair);

  OpenItems open(left.size(), right.size());
  const auto on_same = [&](std::size_t l, std::size_t r) {
    ++context.result.counts.checks;
    compare_check_states(context, place, left.check(l), right.check(r));
  };
  const auto same_name = [&](std::size_t l, std::size_t r) {
    return !left.check(l).name.empty() && context.same_word(left.check(l).name, right.check(r).name);
  };
  const auto settled = [&](std::size_t l, std::size_t r) {
    return is_settled(context, left.check(l).expression, right.check(r).expression);
  };
  // What may not be read pairs by its name only, so that it is unknown and not missing.
  const auto readable = [&](std::size_t l, std::size_t r) {
    return !left.check(l).expression.hidden && !right.check(r).expression.hidden;
  };
  open.pair_off([&](std::size_t l, std::size_t r) { return settled(l, r) && same_name(l, r); }, on_same);
  open.pair_off([&](std::size_t l, std::size_t r) { return readable(l, r) && settled(l, r); }, on_same);
  if (open.left.empty() && open.right.empty()) return;

  const auto same_form = [&](std::size_t l, std::size_t r) {
    return left.form(l).understood && right.form(r).understood && left.form(l).form == right.form(r).form;
  };
  const auto on_same_form = [&](std::size_t l, std::size_t r) {
    on_same(l, r);
    report_expressions(context, "check-changed", place, "check", names_of_pair(left.check(l), right.check(r)),
                       left.check(l).expression, right.check(r).expression, left.form(l), right.form(r),
                       "the expression");
  };
  open.pair_off([&](std::size_t l, std::size_t r) { return same_form(l, r) && same_name(l, r); }, on_same_form);
  open.pair_off(same_form, on_same_form);
  const auto drop_implied = [&](std::vector<std::size_t>& items, SideChecks& side, bool on_left) {
    if (items.empty()) return;
    const std::unordered_set<std::string> implied = implied_by_types(context, pair, on_left);
    std::erase_if(items, [&](std::size_t i) {
      const NormalForm& form = side.form(i);
      return (form.understood && implied.count(form.form) > 0) || stands_for_type(pair, side.check(i));
    });
  };
  drop_implied(open.left, left, true);
  drop_implied(open.right, right, false);

  // From here on they differ, or nobody can tell: they are shown as one thing where they are one in all likelihood.
  const auto same_columns = [&](std::size_t l, std::size_t r) {
    return !left.columns(l).empty() && left.columns(l) == right.columns(r);
  };
  open.pair_off(same_name, on_same_form);
  open.pair_off(same_columns, on_same_form);
  // A check that is not understood may be any of the other side's.
  open.pair_off([&](std::size_t l, std::size_t r) { return !left.form(l).understood || !right.form(r).understood; },
                on_same_form);

  const auto report = [&](const Check& check, bool on_left) {
    const std::string definition = describe(check.expression);
    context.report_absent("check-missing", "check-extra", place, "check",
                          CompareContext::Names::only(
                              on_left, check.name, display_name(check.name, check.system_named, "", true, definition)),
                          on_left, definition);
  };
  for (const std::size_t l : open.left) report(left.check(l), true);
  for (const std::size_t r : open.right) report(right.check(r), false);
}

}  // namespace paripassu::parity
