#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Check;
using catalog::Column;
using catalog::Expression;
using catalog::ExpressionTree;
using catalog::Schema;
using catalog::TypeFamily;
using catalog::UserType;

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

/// The condition of a domain's check, which catalogs print as a whole clause.
Expression domain_condition(std::string_view clause) {
  constexpr std::string_view kCheck = "CHECK ";
  constexpr std::string_view kNotValid = " NOT VALID";
  if (clause.starts_with(kCheck)) clause.remove_prefix(kCheck.size());
  if (clause.ends_with(kNotValid)) clause.remove_suffix(kNotValid.size());
  return {std::string(clause), false};
}

/// The place of a domain's check: VALUE is all that it can name.
ExpressionPlace domain_place(const std::string& word, const catalog::Type* type) {
  const auto is_value = [](std::string_view name) { return fold_name(name, NameMatching::ignore_case) == "value"; };
  ExpressionPlace place;
  place.column_type = [=](std::string_view name) { return is_value(name) ? type : nullptr; };
  place.column_word = [=](std::string_view name) { return is_value(name) ? word : std::string(name); };
  place.unknown = UnknownTruth::counts_as_true;
  return place;
}

bool same_domain_checks(CompareContext& context, const UserType& left, const UserType& right) {
  if (left.checks.size() != right.checks.size()) return false;
  if (left.checks == right.checks) return true;
  const auto forms_of = [&](bool on_left, const UserType& type) {
    std::vector<std::string> forms;
    for (const std::string& check : type.checks) {
      const NormalForm form =
          context.expressions(on_left).normalise(domain_condition(check), domain_place("value", nullptr));
      forms.push_back((form.understood ? "understood " : "text ") + form.form);
    }
    std::sort(forms.begin(), forms.end());
    return forms;
  };
  return forms_of(true, left) == forms_of(false, right);
}

bool same_default(CompareContext& context, const UserType& left, const UserType& right) {
  if (left.default_value.has_value() != right.default_value.has_value()) return false;
  if (!left.default_value || left.default_value->hidden || right.default_value->hidden ||
      left.default_value->printed == right.default_value->printed) {
    return true;
  }
  return compare_forms(context.left_expressions.normalise(*left.default_value, {}),
                       context.right_expressions.normalise(*right.default_value, {}))
             .match == ExpressionMatch::same;
}

/// Of one engine.
bool same_type(CompareContext& context, const UserType& left, const UserType& right) {
  const NameMatching names = context.options.names;
  const bool same_attributes =
      std::equal(left.attributes.begin(), left.attributes.end(), right.attributes.begin(), right.attributes.end(),
                 [&](const Column& one, const Column& other) {
                   return context.same_word(one.name, other.name) && one.nullable == other.nullable &&
                          compare_types_of_one_engine(one.type, other.type, names).match == TypeMatch::same;
                 });
  const bool same_labels =
      context.options.compare_enum_order ? left.labels == right.labels : sorted(left.labels) == sorted(right.labels);
  return same_attributes && same_labels && left.kind == right.kind && left.base == right.base &&
         left.nullable == right.nullable && same_default(context, left, right) &&
         same_domain_checks(context, left, right);
}

/// The labels to which a normal tree limits a column, sorted; empty when it says anything else.
std::vector<std::string> labels_in(const ExpressionTree& tree, const std::string& column) {
  using Kind = ExpressionTree::Kind;
  const auto is_column = [&](const ExpressionTree& node) { return node.kind == Kind::column && node.text == column; };
  if (tree.kind == Kind::any_of) {
    // A CHECK passes for NULL in any case; some say so.
    std::vector<std::string> labels;
    for (const ExpressionTree& child : tree.children) {
      if (child.kind == Kind::null_test && is_column(child.children.front())) continue;
      if (!labels.empty()) return {};
      labels = labels_in(child, column);
      if (labels.empty()) return {};
    }
    return labels;
  }
  const bool is_list = tree.kind == Kind::membership && tree.children.size() > 1;
  const bool is_equality = tree.kind == Kind::operation && tree.text == "=" && tree.children.size() == 2;
  if (!is_list && !is_equality) return {};
  std::vector<std::string> labels;
  bool names_column = false;
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    const ExpressionTree& child = tree.children[i];
    if (!names_column && is_column(child) && (is_equality || i == 0)) {
      names_column = true;
    } else if (child.kind == Kind::string) {
      labels.push_back(child.text);
    } else {
      return {};
    }
  }
  return names_column ? sorted(std::move(labels)) : std::vector<std::string>();
}

class TypesAsChecksFinder {
 public:
  TypesAsChecksFinder(CompareContext& context, TablePair& pair) : context_(context), pair_(pair) {}

  void run() {
    for (const auto& [l, r] : pair_.columns.pairs) {
      const Column& left = pair_.left->columns[l];
      const Column& right = pair_.right->columns[r];
      if (left.type.user_type.empty() && right.type.user_type.empty()) continue;
      try_column(left, right, true);
      try_column(left, right, false);
    }
  }

 private:
  void try_column(const Column& left, const Column& right, bool type_on_left) {
    const Column& typed = type_on_left ? left : right;
    const Column& other = type_on_left ? right : left;
    if (typed.type.user_type.empty()) return;
    const UserType* type = context_.find_user_type(type_on_left, typed.type.user_type);
    if (type == nullptr || typed.type.array_dimensions != 0) return;
    TypeAsCheck found;
    found.left = &left;
    found.right = &right;
    found.type_on_left = type_on_left;
    found.type = type;
    if (type->kind == "enum" && other.type.family == TypeFamily::text && other.type.array_dimensions == 0) {
      find_enum(std::move(found), other);
    } else if (type->kind == "domain" && !context_.same_engine && !is_domain(!type_on_left, other)) {
      find_domain(found, typed, other);
    }
  }

  /// Two domains are told by their types.
  bool is_domain(bool on_left, const Column& column) const {
    if (column.type.user_type.empty()) return false;
    const UserType* type = context_.find_user_type(on_left, column.type.user_type);
    return type != nullptr && type->kind == "domain" && !type->checks.empty();
  }

  void find_enum(TypeAsCheck found, const Column& other) {
    const bool on_left = !found.type_on_left;
    const std::string word = place_of(on_left).column_word(other.name);
    const std::vector<Check>& checks = pair_.side(on_left).checks;
    const std::vector<std::optional<ExpressionTree>>& trees = trees_of(on_left);
    for (std::size_t i = 0; i < checks.size(); ++i) {
      // A check that is switched off limits nothing.
      if (!checks[i].enforced) continue;
      if (!trees[i]) {
        found.understood = found.understood && !may_limit(checks[i], other);
        continue;
      }
      found.labels = labels_in(*trees[i], word);
      if (found.labels.empty()) continue;
      found.check = &checks[i];
      found.understood = true;
      pair_.types_as_checks.push_back(std::move(found));
      return;
    }
    // Types that are told to be different need no more said of them.
    const catalog::Type& left = found.left->type;
    const catalog::Type& right = found.right->type;
    const bool told = context_.same_engine || (compare_types(left, right).match == TypeMatch::different &&
                                               context_.declared.find(left, right) == nullptr);
    if (!told) pair_.types_as_checks.push_back(std::move(found));
  }

  /// Of a check that could not be read: whether it is one of this column, as far as the engine says.
  bool may_limit(const Check& check, const Column& column) const {
    return check.columns.empty() || std::any_of(check.columns.begin(), check.columns.end(), [&](const auto& name) {
             return context_.same_word(name, column.name);
           });
  }

  ExpressionPlace place_of(bool on_left) const {
    return context_.place_of(pair_, on_left, UnknownTruth::counts_as_true);
  }

  /// The normal trees of one side's checks, each read once however many columns ask for it.
  const std::vector<std::optional<ExpressionTree>>& trees_of(bool on_left) {
    auto& trees = on_left ? left_trees_ : right_trees_;
    if (trees.empty()) {
      const ExpressionPlace place = place_of(on_left);
      for (const Check& check : pair_.side(on_left).checks) {
        trees.push_back(check.enforced ? context_.tree_of(on_left, check.expression, place) : std::nullopt);
      }
    }
    return trees;
  }

  /// The same of their forms; not understood where a check is hidden or switched off.
  const std::vector<NormalForm>& forms_of(bool on_left) {
    auto& forms = on_left ? left_forms_ : right_forms_;
    if (forms.empty()) {
      const ExpressionPlace place = place_of(on_left);
      for (const Check& check : pair_.side(on_left).checks) {
        const bool counts = check.enforced && !check.expression.hidden;
        forms.push_back(counts ? context_.expressions(on_left).normalise(check.expression, place) : NormalForm{});
      }
    }
    return forms;
  }

  void find_domain(const TypeAsCheck& domain, const Column& typed, const Column& other) {
    const bool on_left = !domain.type_on_left;
    const ExpressionPlace place = place_of(on_left);
    const std::vector<Check>& checks = pair_.side(on_left).checks;
    for (const std::string& clause : domain.type->checks) {
      TypeAsCheck found = domain;
      found.domain_check = domain_condition(clause);
      const NormalForm form =
          context_.expressions(domain.type_on_left)
              .normalise(found.domain_check, domain_place(place.column_word(other.name), &typed.type));
      found.understood = form.understood;
      for (std::size_t i = 0; form.understood && i < checks.size(); ++i) {
        const NormalForm& own = forms_of(on_left)[i];
        if (!own.understood || own.form != form.form) continue;
        found.check = &checks[i];
        break;
      }
      pair_.types_as_checks.push_back(std::move(found));
    }
  }

  CompareContext& context_;
  TablePair& pair_;
  std::vector<std::optional<ExpressionTree>> left_trees_;
  std::vector<std::optional<ExpressionTree>> right_trees_;
  std::vector<NormalForm> left_forms_;
  std::vector<NormalForm> right_forms_;
};

std::string describe_labels(const std::vector<std::string>& labels) {
  std::vector<std::string> quoted;
  for (const std::string& label : labels) quoted.push_back("'" + label + "'");
  return describe_names(quoted);
}

/// An enum against a text that nothing is known to limit.
void report_unlimited(CompareContext& context, const TablePair& pair, const TypeAsCheck& found) {
  const auto names = CompareContext::Names::of(*found.left, *found.right);
  const std::string enum_text = "enum " + found.type->name + " " + describe_labels(sorted(found.type->labels));
  if (!found.understood) {
    const std::string none = "nothing that is known to say the same";
    context.report("expression-not-understood", pair, "column", names, found.type_on_left ? enum_text : none,
                   found.type_on_left ? none : enum_text,
                   fmt::format("The labels of the enum of column {} of {} could not be compared with a check.",
                               names.shown, pair.table()));
    return;
  }
  context.report_absent("check-missing", "check-extra", pair, "check",
                        CompareContext::Names::only(found.type_on_left, found.type->name,
                                                    "of enum " + found.type->name + " in " + names.shown),
                        found.type_on_left, enum_text);
}

void compare_labels(CompareContext& context, const TablePair& pair, const TypeAsCheck& found) {
  if (found.check == nullptr) return report_unlimited(context, pair, found);
  const auto names = CompareContext::Names::of(*found.left, *found.right);
  const std::vector<std::string> type_labels = sorted(found.type->labels);
  const std::vector<std::string>& left = found.type_on_left ? type_labels : found.labels;
  const std::vector<std::string>& right = found.type_on_left ? found.labels : type_labels;
  const auto words = [&](bool on_left) {
    return on_left == found.type_on_left ? "enum " + found.type->name + " " + describe_labels(type_labels)
                                         : "check " + describe_labels(found.labels);
  };
  if (left == right) {
    context.report(
        "type-as-check", pair, "column", names, words(true), words(false),
        fmt::format("Column {} of {} is an enum on {}; on {}, a check limits a text to the same labels.", names.shown,
                    pair.table(), context.side_word(found.type_on_left), context.side_word(!found.type_on_left)));
    return;
  }
  std::vector<std::string> left_only;
  std::vector<std::string> right_only;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(left_only));
  std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(right_only));
  std::string message = fmt::format("Column {} of {} takes other labels on each side:", names.shown, pair.table());
  if (!left_only.empty()) message += fmt::format(" {} on {} only", describe_labels(left_only), context.side_word(true));
  if (!left_only.empty() && !right_only.empty()) message += ",";
  if (!right_only.empty()) {
    message += fmt::format(" {} on {} only", describe_labels(right_only), context.side_word(false));
  }
  context.report("enum-labels", pair, "column", names, words(true), words(false), message + ".");
}

void compare_domain_check(CompareContext& context, const TablePair& pair, const TypeAsCheck& found) {
  const auto names = CompareContext::Names::of(*found.left, *found.right);
  const std::string domain_text = fmt::format("domain {} CHECK {}", found.type->name, describe(found.domain_check));
  if (found.check != nullptr) {
    const std::string check_text = "check " + describe(found.check->expression);
    context.report(
        "type-as-check", pair, "column", names, found.type_on_left ? domain_text : check_text,
        found.type_on_left ? check_text : domain_text,
        fmt::format("Column {} of {} is of a domain on {}; on {}, a check of the table says the same.", names.shown,
                    pair.table(), context.side_word(found.type_on_left), context.side_word(!found.type_on_left)));
    return;
  }
  if (!found.understood) {
    const std::string none = "nothing that is known to say the same";
    context.report(
        "expression-not-understood", pair, "column", names, found.type_on_left ? domain_text : none,
        found.type_on_left ? none : domain_text,
        fmt::format("The check of the domain of column {} of {} could not be compared.", names.shown, pair.table()));
    return;
  }
  context.report_absent("check-missing", "check-extra", pair, "check",
                        CompareContext::Names::only(found.type_on_left, found.type->name,
                                                    "of domain " + found.type->name + " in " + names.shown),
                        found.type_on_left, domain_text);
}

}  // namespace

void compare_user_types(CompareContext& context, const Schema& left, const Schema& right) {
  // Across engines a type is what its columns make of it, and is compared there.
  if (!context.same_engine || (left.types.empty() && right.types.empty())) return;
  const auto left_names = names_of(left.types);
  const auto right_names = names_of(right.types);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  const CompareContext::Place place(left, right);
  for (const auto& [l, r] : pairs.pairs) {
    const UserType& one = left.types[l];
    const UserType& other = right.types[r];
    const auto names = CompareContext::Names::of(one, other);
    if (!same_type(context, one, other)) {
      context.report_changed("type-changed", place, "type", names, describe(one), describe(other), "the definition");
    }
    context.compare_comments(place, "type", names, one.comment, other.comment);
  }
  const auto report = [&](const UserType& type, bool on_left) {
    context.report_absent("type-missing", "type-extra", place, "type", type.name, on_left, describe(type));
  };
  for (const std::size_t l : pairs.left_only) report(left.types[l], true);
  for (const std::size_t r : pairs.right_only) report(right.types[r], false);
  context.report_ambiguities(pairs, left_names, right_names, place, "type");
}

void find_types_as_checks(CompareContext& context, TablePair& pair) {
  TypesAsChecksFinder(context, pair).run();
}

void compare_types_as_checks(CompareContext& context, const TablePair& pair) {
  for (const TypeAsCheck& found : pair.types_as_checks) {
    if (found.type->kind == "enum") {
      compare_labels(context, pair, found);
    } else {
      compare_domain_check(context, pair, found);
    }
  }
}

const TypeAsCheck* enum_as_check(const TablePair& pair, const Column& column) {
  for (const TypeAsCheck& found : pair.types_as_checks) {
    if (found.type->kind == "enum" && found.check && (found.left == &column || found.right == &column)) return &found;
  }
  return nullptr;
}

bool stands_for_type(const TablePair& pair, const Check& check) {
  return std::any_of(pair.types_as_checks.begin(), pair.types_as_checks.end(),
                     [&](const TypeAsCheck& found) { return found.check == &check; });
}

}  // namespace paripassu::parity
