#include <algorithm>
#include <array>
#include <utility>

#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

using Kind = ExpressionTree::Kind;

struct Comparison {
  std::string_view sign;
  std::string_view negation;
  std::string_view swapped;  ///< with its operands exchanged
};

constexpr auto kComparisons = std::to_array<Comparison>({
    {"=", "<>", "="},
    {"<>", "=", "<>"},
    {"<", ">=", ">"},
    {">=", "<", "<="},
    {">", "<=", "<"},
    {"<=", ">", ">="},
});
constexpr auto kPatternMatches =
    std::to_array<std::string_view>({"like", "ilike", "regex_match", "regex_imatch", "similar_to"});

const Comparison* find_comparison(std::string_view sign) {
  const auto* found = std::find_if(kComparisons.begin(), kComparisons.end(),
                                   [sign](const Comparison& comparison) { return comparison.sign == sign; });
  return found == kComparisons.end() ? nullptr : found;
}

bool is_pattern_match(std::string_view sign) {
  return std::find(kPatternMatches.begin(), kPatternMatches.end(), sign) != kPatternMatches.end();
}

/// Whether the comparison holds of two values, of which the first is less (below 0), the same, or more.
bool holds(std::string_view sign, int difference) {
  if (sign == "=") return difference == 0;
  if (sign == "<>") return difference != 0;
  if (sign == "<") return difference < 0;
  if (sign == "<=") return difference <= 0;
  return sign == ">" ? difference > 0 : difference >= 0;
}

ExpressionTree negated_if(bool negated, ExpressionTree tree) {
  if (!negated) return tree;
  if (tree.kind == Kind::boolean) return node(Kind::boolean, tree.text == "true" ? "false" : "true");
  if (tree.kind == Kind::null) return tree;
  if (tree.kind == Kind::negation) {
    ExpressionTree inner = std::move(tree.children.front());
    return inner;
  }
  return node(Kind::negation, {}, {std::move(tree)});
}

/// Above 0: the operands of a comparison must be exchanged, so that it has one direction: columns first, literals last.
int direction_of(const ExpressionTree& left, const ExpressionTree& right) {
  const auto side = [](const ExpressionTree& tree) { return tree.kind == Kind::column ? 0 : is_literal(tree) ? 2 : 1; };
  const int by_side = side(left) - side(right);
  return by_side != 0 ? by_side : order(left, right);
}

/// The truth that the literal stands for beside a boolean; nullopt: none.
std::optional<bool> truth_of_literal(const ExpressionTree& tree, const ExpressionPlace& place) {
  Wanted wanted;
  wanted.type = known_type(TypeFamily::boolean);
  const ExpressionTree literal = normal_literal(tree, wanted, place).tree;
  if (literal.kind != Kind::boolean) return std::nullopt;
  return literal.text == "true";
}

/// True when the operand is a cast without which the values compare alike.
bool is_widening_cast(const TypedTree& operand, const ExpressionTree& other, bool equality) {
  if (!operand.uncast.known || operand.tree.kind != Kind::cast) return false;
  const ValueType& from = operand.uncast;
  const ValueType& to = operand.type;
  if (to.is_number()) return holds_every_value(to, from);
  if (from.is(TypeFamily::date) && to.is(TypeFamily::timestamp) && !to.with_time_zone) {
    // A literal with a time of day would be read as a date without the cast.
    constexpr std::size_t kDateLength = 10;
    return other.kind != Kind::string || other.text.size() == kDateLength;
  }
  // As an enumeration, labels are ordered in another way than as texts.
  return equality && from.is(TypeFamily::enumeration) && to.is(TypeFamily::text) && to.length == ValueType::kAny;
}

void drop_cast(TypedTree& operand) {
  ExpressionTree inner = std::move(operand.tree.children.front());
  operand.tree = std::move(inner);
  operand.type = operand.uncast;
  operand.uncast = {};
}

void drop_widening_cast(TypedTree& operand, const TypedTree& other, bool equality) {
  if (is_widening_cast(operand, other.tree, equality)) drop_cast(operand);
}

bool ends_in_blank(const ExpressionTree& tree) {
  const ExpressionTree* inner = &tree;
  while (inner->kind == Kind::cast) inner = &inner->children.front();
  return inner->kind == Kind::string && inner->text.ends_with(' ');
}

bool has_class(std::string_view pattern, std::string_view escape) {
  for (std::size_t at = 0; at < pattern.size();) {
    if (!escape.empty() && pattern.substr(at).starts_with(escape)) {
      at += escape.size() + 1;
    } else if (pattern[at++] == '[') {
      return true;
    }
  }
  return false;
}

/// Writes the pattern of `x LIKE pattern ESCAPE character` with a backslash for its escape, and without an escape where
/// nothing needs one: which character was chosen says nothing. Precondition: both are literals. False, and nothing
/// done, for what engines read in two ways: `[`, which begins a class for one, and a pattern that ends with its escape.
bool spell_escapes(std::vector<ExpressionTree>& like) {
  const std::string& pattern = like[1].text;
  const std::string& escape = like[2].text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; };
  if (std::count_if(escape.begin(), escape.end(), [&](char c) { return !continues(c); }) > 1) return false;
  if (has_class(pattern, escape)) return false;
  std::string spelt;
  for (std::size_t at = 0; at < pattern.size();) {
    const bool escaped = !escape.empty() && pattern.compare(at, escape.size(), escape) == 0;
    if (escaped) at += escape.size();
    if (at == pattern.size()) return false;
    const char c = pattern[at];
    if (c == '\\' || (escaped && (c == '%' || c == '_' || c == '['))) spelt += '\\';
    spelt += c;
    for (++at; at < pattern.size() && continues(pattern[at]); ++at) spelt += pattern[at];
  }
  const bool needed = spelt.find('\\') != std::string::npos;
  like[1].text = std::move(spelt);
  like[2].text = "\\";
  if (!needed) like.pop_back();
  return true;
}

/// An equality of an operand with literals, as a list: `x = 1`, `x IN (1, 2)`; in a conjunction, the negations of both.
struct EqualityList {
  ExpressionTree operand;
  std::vector<ExpressionTree> values;
};

std::optional<EqualityList> equality_list(ExpressionTree& part, bool of_negations) {
  if (part.kind == Kind::operation && part.text == (of_negations ? "<>" : "=") && is_literal(part.children[1]) &&
      !is_literal(part.children[0])) {
    EqualityList list{std::move(part.children[0]), {}};
    list.values.push_back(std::move(part.children[1]));
    return list;
  }
  if (of_negations && part.kind != Kind::negation) return std::nullopt;
  ExpressionTree& test = of_negations ? part.children.front() : part;
  if (test.kind != Kind::membership || test.children.size() < 2 || is_literal(test.children[0]) ||
      !std::all_of(test.children.begin() + 1, test.children.end(), is_literal)) {
    return std::nullopt;
  }
  EqualityList list{std::move(test.children[0]), {}};
  list.values.assign(std::make_move_iterator(test.children.begin() + 1), std::make_move_iterator(test.children.end()));
  return list;
}

ExpressionTree tree_of_list(EqualityList list, bool of_negations) {
  sort_trees(list.values);
  list.values.erase(std::unique(list.values.begin(), list.values.end()), list.values.end());
  if (list.values.size() == 1) {
    return node(Kind::operation, of_negations ? "<>" : "=", {std::move(list.operand), std::move(list.values.front())});
  }
  ExpressionTree membership = node(Kind::membership);
  membership.children.reserve(list.values.size() + 1);
  membership.children.push_back(std::move(list.operand));
  std::move(list.values.begin(), list.values.end(), std::back_inserter(membership.children));
  return negated_if(of_negations, std::move(membership));
}

/// Makes one list of all equalities of one operand.
void join_equalities(std::vector<ExpressionTree>& parts, bool of_negations) {
  std::vector<EqualityList> lists;
  std::vector<ExpressionTree> others;
  for (ExpressionTree& part : parts) {
    if (auto list = equality_list(part, of_negations))
      lists.push_back(std::move(*list));
    else
      others.push_back(std::move(part));
  }
  std::stable_sort(lists.begin(), lists.end(), [](const EqualityList& left, const EqualityList& right) {
    return before(left.operand, right.operand);
  });
  for (std::size_t i = 0; i < lists.size();) {
    EqualityList joined = std::move(lists[i]);
    for (++i; i < lists.size() && order(lists[i].operand, joined.operand) == 0; ++i) {
      std::move(lists[i].values.begin(), lists[i].values.end(), std::back_inserter(joined.values));
    }
    others.push_back(tree_of_list(std::move(joined), of_negations));
  }
  parts = std::move(others);
}

}  // namespace

bool is_truth_operation(std::string_view sign) {
  return find_comparison(sign) || is_pattern_match(sign) || sign == "distinct_from";
}

ExpressionTree TreeNormaliser::truth(const ExpressionTree& tree, bool negated, UnknownTruth unknown) {
  switch (tree.kind) {
    case Kind::all_of:
    case Kind::any_of: {
      const Kind joint = (tree.kind == Kind::all_of) != negated ? Kind::all_of : Kind::any_of;
      std::vector<ExpressionTree> parts;
      gather(joint, tree, negated, unknown, parts);
      return join(joint, std::move(parts), unknown);
    }
    case Kind::negation:
      return truth(tree.children.front(), !negated, unknown);
    case Kind::null_test:
      return negated_if(negated, node(Kind::null_test, {}, {value(tree.children.front(), {}).tree}));
    case Kind::truth_test:
      return truth_test(tree.children.front(), tree.text == "true", negated, unknown);
    case Kind::membership:
      return membership(tree, negated, unknown);
    case Kind::between:
      return between(tree, negated, unknown);
    case Kind::operation:
      if (tree.children.size() == 2 && find_comparison(tree.text)) {
        return comparison(tree.text, tree.children[0], tree.children[1], negated, unknown);
      }
      if (tree.children.size() == 2 && tree.text == "distinct_from") return distinct(tree, negated, unknown);
      if (is_truth_operation(tree.text)) return pattern_match(tree, negated);
      break;
    default:
      break;
  }
  Wanted wanted;
  wanted.type = known_type(TypeFamily::boolean);
  return negated_if(negated, value(tree, wanted).tree);
}

void TreeNormaliser::gather(Kind joint, const ExpressionTree& tree, bool negated, UnknownTruth unknown,
                            std::vector<ExpressionTree>& parts) {
  if (tree.kind == Kind::negation) return gather(joint, tree.children.front(), !negated, unknown, parts);
  const Kind opposite = joint == Kind::all_of ? Kind::any_of : Kind::all_of;
  if (tree.kind == (negated ? opposite : joint)) {
    for (const ExpressionTree& child : tree.children) gather(joint, child, negated, unknown, parts);
    return;
  }
  parts.push_back(truth(tree, negated, unknown));
}

ExpressionTree TreeNormaliser::join(Kind joint, std::vector<ExpressionTree> parts, UnknownTruth unknown) const {
  const bool is_or = joint == Kind::any_of;
  const std::string_view deciding = is_or ? "true" : "false";
  for (const ExpressionTree& part : parts) {
    if (part.kind == Kind::boolean && part.text == deciding) return node(Kind::boolean, deciding);
  }
  std::erase_if(parts, [](const ExpressionTree& part) { return part.kind == Kind::boolean; });
  if (std::any_of(parts.begin(), parts.end(), [joint](const ExpressionTree& part) { return part.kind == joint; })) {
    std::vector<ExpressionTree> flat;
    for (ExpressionTree& part : parts) {
      if (part.kind != joint)
        flat.push_back(std::move(part));
      else
        std::move(part.children.begin(), part.children.end(), std::back_inserter(flat));
    }
    parts = std::move(flat);
  }

  if (parts.size() > 1) {
    join_equalities(parts, !is_or);
    if (is_or && unknown == UnknownTruth::counts_as_true) drop_needless_null_tests(parts, false);
    if (!is_or && unknown == UnknownTruth::counts_as_false) drop_needless_null_tests(parts, true);
    sort_trees(parts);
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  }
  if (parts.empty()) return node(Kind::boolean, is_or ? "false" : "true");
  if (parts.size() == 1) return std::move(parts.front());
  return node(joint, {}, std::move(parts));
}

ExpressionTree TreeNormaliser::comparison(std::string_view sign, const ExpressionTree& left,
                                          const ExpressionTree& right, bool negated, UnknownTruth unknown) {
  const Comparison* comparison = find_comparison(sign);
  if (is_cast_literal(left) && !is_cast_literal(right)) {
    return this->comparison(comparison->swapped, right, left, negated, unknown);
  }
  const ValueType left_hint = hint(left);
  const ValueType wanted_type = left_hint.known ? left_hint : hint(right);

  if (is_cast_literal(right)) {
    // As a number, a boolean is 0 or 1.
    const bool as_number = left.kind == Kind::cast && !is_cast_literal(left) && left_hint.is_number() &&
                           hint(left.children.front()).is(TypeFamily::boolean);
    const ExpressionTree& operand = as_number ? left.children.front() : left;
    if (as_number || wanted_type.is(TypeFamily::boolean)) {
      if (const auto literal = truth_of_literal(right, place_)) {
        const bool is_true = *literal ? sign == "=" || sign == ">=" : sign == "<>" || sign == ">";
        const bool is_false = *literal ? sign == "<>" || sign == "<" : sign == "=" || sign == "<=";
        if (is_true || is_false) return truth(operand, negated != is_false, unknown);
      }
    }
  }

  Wanted wanted;
  wanted.type = wanted_type;
  wanted.keep_padding = ends_in_blank(left) || ends_in_blank(right);
  TypedTree one = value(left, wanted);
  TypedTree other = value(right, wanted);
  if (one.tree.kind == Kind::boolean && other.tree.kind == Kind::boolean) {
    const int difference = (one.tree.text == "true" ? 1 : 0) - (other.tree.text == "true" ? 1 : 0);
    return node(Kind::boolean, holds(sign, difference) != negated ? "true" : "false");
  }
  // A truth that turned out to be constant decides the comparison as a literal would have.
  if (one.tree.kind == Kind::boolean && !is_literal(left) && may_repeat(right)) {
    return this->comparison(comparison->swapped, right, one.tree, negated, unknown);
  }
  if (other.tree.kind == Kind::boolean && !is_literal(right) && may_repeat(left)) {
    return this->comparison(sign, left, other.tree, negated, unknown);
  }
  const bool equality = sign == "=" || sign == "<>";
  drop_widening_cast(one, other, equality);
  drop_widening_cast(other, one, equality);

  std::string_view result = negated ? comparison->negation : comparison->sign;
  const int direction = direction_of(one.tree, other.tree);
  // Of one operand with itself, either direction would do, so that one must be chosen.
  if (direction > 0 || (direction == 0 && result.starts_with('>'))) {
    std::swap(one, other);
    result = find_comparison(result)->swapped;
  }
  return node(Kind::operation, result, {std::move(one.tree), std::move(other.tree)});
}

ExpressionTree TreeNormaliser::distinct(const ExpressionTree& tree, bool negated, UnknownTruth unknown) {
  const bool literal_first = is_cast_literal(tree.children[0]) && !is_cast_literal(tree.children[1]);
  const ExpressionTree& left = tree.children[literal_first ? 1 : 0];
  const ExpressionTree& right = tree.children[literal_first ? 0 : 1];
  const ValueType left_hint = hint(left);
  Wanted wanted;
  wanted.type = left_hint.known ? left_hint : hint(right);
  if (is_cast_literal(right) && wanted.type.is(TypeFamily::boolean)) {
    if (const auto literal = truth_of_literal(right, place_)) return truth_test(left, *literal, !negated, unknown);
  }
  TypedTree one = value(left, wanted);
  TypedTree other = value(right, wanted);
  if (one.tree.kind == Kind::boolean && !is_literal(left) && may_repeat(right)) {
    return truth_test(right, one.tree.text == "true", !negated, unknown);
  }
  if (other.tree.kind == Kind::boolean && !is_literal(right) && may_repeat(left)) {
    return truth_test(left, other.tree.text == "true", !negated, unknown);
  }
  if (one.tree.kind == Kind::null) std::swap(one, other);
  if (other.tree.kind == Kind::null) return negated_if(!negated, node(Kind::null_test, {}, {std::move(one.tree)}));
  drop_widening_cast(one, other, true);
  drop_widening_cast(other, one, true);
  if (direction_of(one.tree, other.tree) > 0) std::swap(one, other);
  return negated_if(negated, node(Kind::operation, tree.text, {std::move(one.tree), std::move(other.tree)}));
}

ExpressionTree TreeNormaliser::pattern_match(const ExpressionTree& tree, bool negated) {
  Wanted wanted;
  wanted.type = known_type(TypeFamily::text);
  wanted.keep_padding = true;
  ExpressionTree out = node(Kind::operation, tree.text);
  for (const ExpressionTree& child : tree.children) out.children.push_back(value(child, wanted).tree);

  if ((tree.text == "like" || tree.text == "ilike") && out.children.size() >= 2) {
    const std::string& pattern = out.children[1].text;
    if (out.children[1].kind != Kind::string) {
      engine_bound_ = true;
    } else if (out.children.size() == 2) {
      // Without an escape of its own, PostgreSQL takes a backslash for one.
      engine_bound_ = engine_bound_ || pattern.find_first_of("[\\") != std::string::npos;
    } else if (const std::string& escape = out.children[2].text; out.children[2].kind != Kind::string) {
      engine_bound_ = true;
    } else if (!spell_escapes(out.children)) {
      engine_bound_ = true;
      const bool unused = escape.empty() || pattern.find(escape) == std::string::npos;
      if (unused && pattern.find('\\') == std::string::npos) out.children.pop_back();
    }
  }
  return negated_if(negated, std::move(out));
}

ExpressionTree TreeNormaliser::truth_test(const ExpressionTree& operand, bool of_true, bool negated,
                                          UnknownTruth unknown) {
  // `x IS FALSE` is `(NOT x) IS TRUE`.
  const bool harmless = negated ? unknown == UnknownTruth::counts_as_true : unknown == UnknownTruth::counts_as_false;
  if (harmless) return truth(operand, of_true == negated, unknown);
  ExpressionTree inner = truth(operand, !of_true, UnknownTruth::counts_as_false);
  // What is never NULL needs no test, and the place sees through it.
  if (never_null(inner) && may_repeat(operand)) return truth(operand, of_true == negated, unknown);
  return negated_if(negated, node(Kind::truth_test, "true", {std::move(inner)}));
}

bool TreeNormaliser::may_repeat(const ExpressionTree& operand, std::size_t times) {
  if (operand.kind == Kind::column || is_literal(operand)) return true;
  if (times == 0) return true;
  const std::size_t nodes = count_nodes(operand, repeats_left_ + 1);
  if (nodes > repeats_left_ / times) return false;
  repeats_left_ -= nodes * times;
  return true;
}

ExpressionTree TreeNormaliser::membership(const ExpressionTree& tree, bool negated, UnknownTruth unknown) {
  const ExpressionTree& operand = tree.children.front();
  Wanted wanted;
  wanted.type = hint(operand);
  for (std::size_t i = 1; i < tree.children.size(); ++i) {
    if (!wanted.type.known) wanted.type = hint(tree.children[i]);
    wanted.keep_padding = wanted.keep_padding || ends_in_blank(tree.children[i]);
  }
  TypedTree what = value(operand, wanted);
  std::vector<ExpressionTree> literals;
  std::vector<const ExpressionTree*> others;
  for (std::size_t i = 1; i < tree.children.size(); ++i) {
    ExpressionTree member = value(tree.children[i], wanted).tree;
    if (is_literal(member))
      literals.push_back(std::move(member));
    else
      others.push_back(&tree.children[i]);
  }
  sort_trees(literals);
  literals.erase(std::unique(literals.begin(), literals.end()), literals.end());

  // Each of these is an equality of its own: a truth that is compared with a literal is the truth or its negation.
  const bool by_one = wanted.type.is(TypeFamily::boolean) || is_literal(what.tree) || literals.size() < 2;
  const std::size_t equalities = others.size() + (by_one ? literals.size() : 0);
  std::vector<ExpressionTree> parts;
  if (may_repeat(operand, equalities)) {
    for (const ExpressionTree* other : others) parts.push_back(comparison("=", operand, *other, negated, unknown));
    if (by_one) {
      for (const ExpressionTree& literal : literals) {
        parts.push_back(comparison("=", operand, literal, negated, unknown));
      }
      literals.clear();
    }
  } else {
    for (const ExpressionTree* other : others) literals.push_back(value(*other, wanted).tree);
    sort_trees(literals);
    literals.erase(std::unique(literals.begin(), literals.end()), literals.end());
  }
  if (!literals.empty()) {
    if (std::all_of(literals.begin(), literals.end(),
                    [&what](const ExpressionTree& literal) { return is_widening_cast(what, literal, true); })) {
      drop_cast(what);
    }
    parts.push_back(tree_of_list({std::move(what.tree), std::move(literals)}, negated));
  }
  return join(negated ? Kind::all_of : Kind::any_of, std::move(parts), unknown);
}

ExpressionTree TreeNormaliser::between(const ExpressionTree& tree, bool negated, UnknownTruth unknown) {
  const ExpressionTree& operand = tree.children[0];
  if (may_repeat(operand)) {
    std::vector<ExpressionTree> parts;
    parts.push_back(comparison(">=", operand, tree.children[1], negated, unknown));
    parts.push_back(comparison("<=", operand, tree.children[2], negated, unknown));
    return join(negated ? Kind::any_of : Kind::all_of, std::move(parts), unknown);
  }
  Wanted wanted;
  wanted.type = hint(operand);
  ExpressionTree out = node(Kind::between);
  for (const ExpressionTree& child : tree.children) out.children.push_back(value(child, wanted).tree);
  return negated_if(negated, std::move(out));
}

bool TreeNormaliser::never_null(const ExpressionTree& tree) const {
  switch (tree.kind) {
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::bytes:
    case Kind::null_test:
    case Kind::truth_test:
      return true;
    case Kind::column:
      return std::find(never_null_.begin(), never_null_.end(), tree.text) != never_null_.end();
    case Kind::operation:
      if (tree.text == "distinct_from") return true;
      if (!find_comparison(tree.text)) return false;
      break;
    case Kind::negation:
    case Kind::all_of:
    case Kind::any_of:
    case Kind::membership:
      break;
    default:
      return false;
  }
  return std::all_of(tree.children.begin(), tree.children.end(),
                     [this](const ExpressionTree& child) { return never_null(child); });
}

}  // namespace paripassu::parity
