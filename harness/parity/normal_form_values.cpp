#include <algorithm>
#include <array>

#include "harness/parity/names.h"
#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

using Kind = ExpressionTree::Kind;

constexpr std::string_view kLengthCaveat = "len does not count trailing blanks";
constexpr std::string_view kSequentialUuidCaveat = "new uuids come in ascending order";

/// Functions that take and give text, so that the casts between texts around their arguments say nothing.
constexpr auto kTextFunctions =
    std::to_array<std::string_view>({"upper", "lower", "trim", "ltrim", "rtrim", "replace", "substring", "concat"});
constexpr auto kIntegerFunctions = std::to_array<std::string_view>({"length", "octet_length", "position"});
/// Functions that give one of their arguments.
constexpr auto kSelectingFunctions = std::to_array<std::string_view>({"greatest", "least", "nullif", "abs"});

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_now(const ExpressionTree& tree) {
  return tree.kind == Kind::call && (tree.text == "now" || tree.text == "utc_now");
}

/// True when a cast of a value of type `from` to `to` changes nothing in it.
bool is_needless_cast(const ValueType& to, const TypedTree& from, bool keep_padding) {
  if (to.is(TypeFamily::timestamp) && is_now(from.tree)) return true;
  if (!from.type.known) return false;
  if (to.is_number()) {
    // Any decimal is a decimal; an integer that becomes one divides in another way.
    return to.family == from.type.family && holds_every_value(to, from.type) &&
           (to.family == TypeFamily::decimal || to.bits == from.type.bits);
  }
  if (to.is(TypeFamily::text) && from.type.is(TypeFamily::text) && from.type.fixed_length) {
    return !keep_padding && !to.fixed_length && to.length == ValueType::kAny;
  }
  return holds_every_value(to, from.type);
}

/// True when converting to the type of the column does what the cast does: neither fails where the other cuts off.
bool is_done_by_assignment(const ValueType& cast, const ValueType& column) {
  return cast == column && cast.family != TypeFamily::text && cast.family != TypeFamily::binary &&
         cast.family != TypeFamily::other && cast.family != TypeFamily::json;
}

/// "2." divides as a decimal; where the other operand is one, "2" does as well.
void forget_point(ExpressionTree& tree) {
  if (tree.kind == Kind::number) tree.text = plain_number(tree.text);
}

/// Takes a cast off an operand when the other operand would convert it all the same.
void drop_promotion(TypedTree& operand, const ValueType& other) {
  if (!operand.uncast.is_number() || !operand.type.is_number() || !other.is_number()) return;
  if (!holds_every_value(operand.type, operand.uncast)) return;
  if (arithmetic_type(operand.type, other) != arithmetic_type(operand.uncast, other)) return;
  ExpressionTree inner = std::move(operand.tree.children.front());
  operand.tree = std::move(inner);
  operand.type = operand.uncast;
  operand.uncast = {};
}

/// The type of what gives one of several values.
class CommonType {
 public:
  void add(const TypedTree& one) {
    // NULL and a plain text take the type of the others.
    if (!one.type.known && is_literal(one.tree)) return;
    // T-SQL's isnull has the type of its first argument, COALESCE the wider one, and both are read as one function.
    if (any_ && type_.family != one.type.family)
      type_ = {};
    else
      type_ = any_ ? common_type(type_, one.type) : one.type;
    any_ = true;
  }
  const ValueType& type() const { return type_; }

 private:
  ValueType type_;
  bool any_ = false;
};

/// Appends the operand, or its own operands where it is the same operation.
void append_joined(std::vector<ExpressionTree>& operands, ExpressionTree tree, Kind kind, std::string_view text) {
  if (tree.kind == kind && tree.text == text && tree.children.size() > 1) {
    for (ExpressionTree& child : tree.children) operands.push_back(std::move(child));
  } else {
    operands.push_back(std::move(tree));
  }
}

}  // namespace

ExpressionTree TreeNormaliser::root(const ExpressionTree& tree) {
  Wanted wanted;
  if (!place_.target) {
    const bool is_logic = hint(tree, 1).is(TypeFamily::boolean) || tree.kind == Kind::column;
    // What an index is made of stands without a target as well.
    return is_logic ? truth(tree, false, place_.unknown) : value(tree, wanted).tree;
  }
  wanted.type = value_type(*place_.target);
  wanted.assigned = true;
  return value(tree, wanted).tree;
}

std::vector<std::string> TreeNormaliser::take_caveats() {
  std::sort(caveats_.begin(), caveats_.end());
  caveats_.erase(std::unique(caveats_.begin(), caveats_.end()), caveats_.end());
  return std::move(caveats_);
}

TypedTree TreeNormaliser::value(const ExpressionTree& tree, const Wanted& wanted) {
  switch (tree.kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::bytes:
      return normal_literal(tree, wanted, place_);
    case Kind::column:
      return column(tree);
    case Kind::cast:
      return cast(tree, wanted);
    case Kind::call:
      return call(tree, wanted);
    case Kind::choice:
      return choice(tree, wanted);
    case Kind::operation:
      if (!is_truth_operation(tree.text)) return operation(tree, wanted);
      break;
    case Kind::array:
      return {node(Kind::array, {}, exact_children(tree)), known_type(TypeFamily::other), {}};
    default:
      break;
  }
  return {truth(tree, false, UnknownTruth::stays), known_type(TypeFamily::boolean), {}};
}

TypedTree TreeNormaliser::column(const ExpressionTree& tree) {
  const catalog::Type* type = place_.column_type ? place_.column_type(tree.text) : nullptr;
  ExpressionTree word = node(Kind::column, place_.column_word ? place_.column_word(tree.text)
                                                              : fold_name(tree.text, NameMatching::ignore_case));
  const bool nullable = !place_.column_nullable || place_.column_nullable(tree.text);
  if (!nullable && std::find(never_null_.begin(), never_null_.end(), word.text) == never_null_.end()) {
    never_null_.push_back(word.text);
  }
  return {std::move(word), type ? value_type(*type) : ValueType{}, {}};
}

TypedTree TreeNormaliser::cast(const ExpressionTree& tree, const Wanted& wanted) {
  if (is_cast_literal(tree)) return normal_literal(tree, wanted, place_);
  const ValueType type = type_named(tree.text);
  if (wanted.assigned && is_done_by_assignment(type, wanted.type)) return value(tree.children.front(), wanted);

  Wanted inner;
  inner.type = type;
  inner.assigned = true;
  inner.keep_padding = wanted.keep_padding;
  // Where the cast is needless, what it casts stands in its place.
  inner.exactness = type.is_number()               ? wanted.exactness
                    : type.is(TypeFamily::boolean) ? Exactness::value
                                                   : Exactness::exact;
  TypedTree child = value(tree.children.front(), inner);
  if (is_needless_cast(type, child, wanted.keep_padding)) return child;

  const std::string name = neutral_type_name(type, tree.text);
  TypedTree out;
  out.tree =
      node(Kind::cast, name.find('.') == std::string::npos ? name : object_word(place_, name), {std::move(child.tree)});
  out.type = type;
  out.uncast = child.type;
  return out;
}

std::vector<ExpressionTree> TreeNormaliser::exact_children(const ExpressionTree& tree, bool keep_padding) {
  Wanted exact;
  exact.exactness = Exactness::exact;
  exact.keep_padding = keep_padding;
  std::vector<ExpressionTree> out;
  out.reserve(tree.children.size());
  for (const ExpressionTree& child : tree.children) out.push_back(value(child, exact).tree);
  return out;
}

TypedTree TreeNormaliser::call(const ExpressionTree& tree, const Wanted& wanted) {
  const std::string& name = tree.text;
  if (name == "now" || name == "utc_now" || name == "today" || name == "time_now") {
    const bool local = name == "now" && wanted.assigned;
    if (name == "today" || (local && wanted.type.is(TypeFamily::date))) {
      return {node(Kind::call, "today"), known_type(TypeFamily::date), {}};
    }
    if (name == "time_now" || (local && wanted.type.is(TypeFamily::time))) {
      return {node(Kind::call, "time_now"), known_type(TypeFamily::time), {}};
    }
    return {node(Kind::call, name), known_type(TypeFamily::timestamp), {}};
  }
  if (name == "new_uuid" || name == "new_sequential_uuid") {
    if (name != "new_uuid") caveats_.emplace_back(kSequentialUuidCaveat);
    return {node(Kind::call, "new_uuid"), known_type(TypeFamily::uuid), {}};
  }
  if (name == "next_value" && tree.children.size() == 1 && tree.children.front().kind == Kind::string) {
    return {node(Kind::call, name, {node(Kind::string, object_word(place_, tree.children.front().text))}),
            integer_type(64),
            {}};
  }
  if (name == "coalesce") return coalesce(tree, wanted);
  if (is_one_of(kSelectingFunctions, name)) {
    Wanted inner = wanted;
    if (const ValueType likely = hint(tree); likely.known) inner = {likely, wanted.exactness, false, false};
    TypedTree out{node(Kind::call, name), {}, {}};
    CommonType common;
    for (const ExpressionTree& child : tree.children) {
      TypedTree one = value(child, inner);
      common.add(one);
      out.tree.children.push_back(std::move(one.tree));
    }
    // T-SQL's nullif has the type of its first argument.
    if (name != "nullif") out.type = common.type();
    if (name == "greatest" || name == "least") sort_trees(out.tree.children);
    return out;
  }

  TypedTree out{node(Kind::call, name.find('.') == std::string::npos ? name : object_word(place_, name)), {}, {}};
  if (name == "length" && tree.children.size() == 2 && tree.children[1].kind == Kind::string &&
      tree.children[1].text == catalog::kLenCaveat) {
    caveats_.emplace_back(kLengthCaveat);
    Wanted exact;
    exact.exactness = Exactness::exact;
    out.tree.children.push_back(value(tree.children.front(), exact).tree);
  } else {
    // Of a char(n), PostgreSQL counts the padding only where it is not a text.
    out.tree.children = exact_children(tree, name == "octet_length");
  }
  if (is_one_of(kIntegerFunctions, name)) out.type = integer_type(32);
  if (is_one_of(kTextFunctions, name)) out.type = known_type(TypeFamily::text);
  if (name == "is_json") out.type = known_type(TypeFamily::boolean);
  return out;
}

TypedTree TreeNormaliser::coalesce(const ExpressionTree& tree, const Wanted& wanted) {
  Wanted inner = wanted;
  if (const ValueType likely = hint(tree); likely.known && !wanted.assigned) inner.type = likely;
  TypedTree out{node(Kind::call, "coalesce"), {}, {}};
  CommonType common;
  for (const ExpressionTree& child : tree.children) {
    TypedTree one = value(child, inner);
    if (one.tree.kind == Kind::null) continue;
    common.add(one);
    append_joined(out.tree.children, std::move(one.tree), Kind::call, "coalesce");
  }
  out.type = common.type();
  if (out.tree.children.empty()) return {node(Kind::null), {}, {}};
  if (out.tree.children.size() > 1) return out;
  ExpressionTree only = std::move(out.tree.children.front());
  return {std::move(only), out.type, {}};
}

TypedTree TreeNormaliser::choice(const ExpressionTree& tree, const Wanted& wanted) {
  Wanted inner = wanted;
  if (const ValueType likely = hint(tree); likely.known && !wanted.assigned) inner.type = likely;
  TypedTree out{node(Kind::choice), {}, {}};
  CommonType common;
  const std::size_t pairs = tree.children.size() / 2;
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    const bool is_condition = i % 2 == 0 && i < pairs * 2;
    if (is_condition) {
      // A branch is taken when its condition is true, so that NULL is as good as false.
      out.tree.children.push_back(truth(tree.children[i], false, UnknownTruth::counts_as_false));
      continue;
    }
    TypedTree result = value(tree.children[i], inner);
    common.add(result);
    out.tree.children.push_back(std::move(result.tree));
  }
  out.type = common.type();
  return out;
}

TypedTree TreeNormaliser::operation(const ExpressionTree& tree, const Wanted& wanted) {
  constexpr auto kArithmetic = std::to_array<std::string_view>({"+", "-", "*", "/", "%", "||"});
  constexpr auto kSymmetricBits = std::to_array<std::string_view>({"&", "|", "#"});
  const std::string& sign = tree.text;
  if (tree.children.size() == 2 && is_one_of(kArithmetic, sign)) return arithmetic(tree, wanted);
  if (sign == "-" && tree.children.size() == 1) {
    Wanted inner;
    inner.exactness = wanted.exactness;
    TypedTree child = value(tree.children.front(), inner);
    if (child.tree.kind == Kind::number && plain_number(child.tree.text) != "0") {
      std::string& text = child.tree.text;
      text = text.starts_with('-') ? text.substr(1) : "-" + text;
      return child;
    }
    return {node(Kind::operation, sign, {std::move(child.tree)}), child.type, {}};
  }
  if (sign == "at_time_zone" && tree.children.size() == 2) {
    Wanted exact;
    exact.exactness = Exactness::exact;
    TypedTree moment = value(tree.children[0], exact);
    ExpressionTree zone = value(tree.children[1], exact).tree;
    if (zone.kind == Kind::string) zone.text = fold_name(zone.text, NameMatching::ignore_case);
    return {node(Kind::operation, sign, {std::move(moment.tree), std::move(zone)}), {}, {}};
  }

  TypedTree out{node(Kind::operation, sign), {}, {}};
  bool integers = true;
  for (const ExpressionTree& child : tree.children) {
    Wanted exact;
    exact.exactness = Exactness::exact;
    TypedTree one = value(child, exact);
    integers = integers && one.type.is(TypeFamily::integer);
    out.tree.children.push_back(std::move(one.tree));
  }
  if (integers && is_one_of(kSymmetricBits, sign)) sort_trees(out.tree.children);
  return out;
}

TypedTree TreeNormaliser::arithmetic(const ExpressionTree& tree, const Wanted& wanted) {
  const std::string& sign = tree.text;
  const ValueType left_hint = hint(tree.children[0]);
  const ValueType right_hint = hint(tree.children[1]);
  const bool is_text = sign == "||" || left_hint.is(TypeFamily::text) || right_hint.is(TypeFamily::text) ||
                       left_hint.is_temporal() || right_hint.is_temporal();
  Wanted inner;
  inner.exactness = sign == "/" && wanted.exactness == Exactness::value ? Exactness::division : wanted.exactness;
  // A text or a moment shows how a literal beside it was written.
  if (is_text) inner.exactness = Exactness::exact;
  inner.type = left_hint.is_number() && right_hint.is_number() ? ValueType{}
               : left_hint.is_number()                         ? left_hint
                                                               : right_hint;
  if (!inner.type.is_number()) inner.type = {};

  TypedTree left = value(tree.children[0], inner);
  TypedTree right = value(tree.children[1], inner);
  const auto is_string = [](const TypedTree& operand) { return operand.tree.kind == Kind::string; };
  const bool joins_texts = left.type.is(TypeFamily::text) || right.type.is(TypeFamily::text) ||
                           (is_string(left) && is_string(right) && !left.type.known && !right.type.known);
  const bool has_number = left.type.is_number() || right.type.is_number();
  if (sign == "||" || (sign == "+" && joins_texts && !has_number)) {
    return joined_text(std::move(left), std::move(right));
  }

  drop_promotion(left, right.type);
  drop_promotion(right, left.type);
  const ValueType type = arithmetic_type(left.type, right.type);
  if (sign == "/" && wanted.exactness != Exactness::exact) {
    const auto divides_exactly = [](const TypedTree& operand) {
      return operand.tree.kind != Kind::number &&
             (operand.type.is(TypeFamily::decimal) || operand.type.is(TypeFamily::floating));
    };
    if (divides_exactly(left)) forget_point(right.tree);
    if (divides_exactly(right)) forget_point(left.tree);
  }

  const bool commutes =
      sign == "*" || (sign == "+" && (has_number || left.type.is_temporal() || right.type.is_temporal()));
  const bool joins = commutes && (type.is(TypeFamily::integer) || type.is(TypeFamily::decimal));
  TypedTree out{node(Kind::operation, sign), type, {}};
  if (joins) {
    append_joined(out.tree.children, std::move(left.tree), Kind::operation, sign);
    append_joined(out.tree.children, std::move(right.tree), Kind::operation, sign);
  } else {
    out.tree.children.push_back(std::move(left.tree));
    out.tree.children.push_back(std::move(right.tree));
  }
  if (commutes) sort_trees(out.tree.children);
  return out;
}

TypedTree TreeNormaliser::joined_text(TypedTree left, TypedTree right) {
  TypedTree out{node(Kind::operation, "||"), {}, {}};
  const bool is_binary = left.type.is(TypeFamily::binary) || right.type.is(TypeFamily::binary);
  const bool is_text = !is_binary && (left.type.is(TypeFamily::text) || right.type.is(TypeFamily::text) ||
                                      (left.tree.kind == Kind::string && right.tree.kind == Kind::string));
  if (is_text) out.type = known_type(TypeFamily::text);
  append_joined(out.tree.children, std::move(left.tree), Kind::operation, "||");
  append_joined(out.tree.children, std::move(right.tree), Kind::operation, "||");
  return out;
}

ValueType TreeNormaliser::hint(const ExpressionTree& tree, int levels) const {
  if (levels == 0) return {};
  switch (tree.kind) {
    case Kind::column: {
      const catalog::Type* type = place_.column_type ? place_.column_type(tree.text) : nullptr;
      return type ? value_type(*type) : ValueType{};
    }
    case Kind::boolean:
      return known_type(TypeFamily::boolean);
    case Kind::cast:
      return is_cast_literal(tree) ? ValueType{} : type_named(tree.text);
    case Kind::call:
      if (is_one_of(kIntegerFunctions, tree.text)) return integer_type(32);
      if (is_one_of(kTextFunctions, tree.text)) return known_type(TypeFamily::text);
      if (tree.text == "is_json") return known_type(TypeFamily::boolean);
      if (tree.text == "today") return known_type(TypeFamily::date);
      if (is_now(tree)) return known_type(TypeFamily::timestamp);
      if (tree.text == "coalesce" || is_one_of(kSelectingFunctions, tree.text)) break;
      return {};
    case Kind::choice: {
      for (std::size_t i = 0; i < tree.children.size(); ++i) {
        if (i % 2 == 0 && i + 1 < tree.children.size()) continue;
        if (const ValueType type = hint(tree.children[i], levels - 1); type.known) return type;
      }
      return {};
    }
    case Kind::operation:
      if (is_truth_operation(tree.text)) return known_type(TypeFamily::boolean);
      if (tree.text == "||") return known_type(TypeFamily::text);
      if (tree.text == "-" || tree.text == "*" || tree.text == "/" || tree.text == "%" || tree.text == "+") break;
      return {};
    case Kind::all_of:
    case Kind::any_of:
    case Kind::negation:
    case Kind::null_test:
    case Kind::truth_test:
    case Kind::membership:
    case Kind::between:
      return known_type(TypeFamily::boolean);
    default:
      return {};
  }
  for (const ExpressionTree& child : tree.children) {
    const ValueType type = hint(child, levels - 1);
    // Two bits give a number.
    if (type.is(TypeFamily::boolean) && tree.kind == Kind::operation) return {};
    if (type.known) return type;
  }
  return {};
}

}  // namespace paripassu::parity
