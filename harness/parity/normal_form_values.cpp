#include <algorithm>
#include <array>

#include "harness/parity/names.h"
#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

using Kind = ExpressionTree::Kind;

constexpr std::string_view kLengthCaveat = "len does not count trailing blanks";
constexpr std::string_view kSequentialUuidCaveat = "new uuids come in ascending order";

constexpr std::string_view kOffsetCaveat =
    "getdate() and sysdatetime() have no offset, so that a column with a time zone gets another instant unless the "
    "server runs in UTC";
constexpr std::string_view kRoundingCaveat =
    "PostgreSQL rounds a half of a floating number to the even one, SQL Server away from zero";
constexpr std::string_view kEncodingCaveat = "the bytes of a text are counted in each engine's own encoding";
/// The child of a clock that has no offset: see expression_tree.h.
constexpr std::string_view kNoOffset = "no offset";

struct KnownFunction {
  static constexpr std::size_t kAny = ~std::size_t{0};
  std::string_view name;
  std::size_t arguments = 1;
};
/// Functions that are known to mean the same on both engines, beside those that `call` treats in its own way.
constexpr auto kKnownFunctions = std::to_array<KnownFunction>({
    {"current_user", 0},
    {"length"},
    {"octet_length"},
    {"position", 2},
    {"extract", 2},
    {"is_json"},
    {"upper"},
    {"lower"},
    {"abs"},
    {"sign"},
    {"sqrt"},
    {"exp"},
    {"floor"},
    {"ceiling"},
    {"round"},
    {"round", 2},
    {"power", 2},
    {"sin"},
    {"cos"},
    {"tan"},
    {"cot"},
    {"asin"},
    {"acos"},
    {"atan"},
    {"pi", 0},
    {"ln"},
    {"log10"},
    {"log", 2},
    {"replace", 3},
    {"reverse"},
    {"left", 2},
    {"right", 2},
    {"substring", 2},
    {"substring", 3},
    {"trim"},
    {"ltrim"},
    {"rtrim"},
    {"trim", 2},
    {"ltrim", 2},
    {"rtrim", 2},
    {"translate", 3},
    {"concat", KnownFunction::kAny},
    {"concat_ws", KnownFunction::kAny},
    {"coalesce", KnownFunction::kAny},
    {"nullif", 2},
    {"greatest", KnownFunction::kAny},
    {"least", KnownFunction::kAny},
    {"now", 0},
    {"utc_now", 0},
    {"today", 0},
    {"time_now", 0},
    {"new_uuid", 0},
    {"new_sequential_uuid", 0},
    {"next_value"},
});

bool is_known_function(std::string_view name) {
  return std::any_of(kKnownFunctions.begin(), kKnownFunctions.end(),
                     [name](const KnownFunction& known) { return known.name == name; });
}
bool is_known_function(std::string_view name, std::size_t arguments) {
  return std::any_of(kKnownFunctions.begin(), kKnownFunctions.end(), [name, arguments](const KnownFunction& known) {
    return known.name == name && (known.arguments == KnownFunction::kAny || known.arguments == arguments);
  });
}

/// A user's function keeps a dot where its schema is the default one and it is called like a function of the engine.
std::string function_word(const ExpressionPlace& place, const std::string& name) {
  if (name.find('.') == std::string::npos) return name;
  const std::string word = object_word(place, name);
  return is_known_function(word) ? "." + word : word;
}

/// Functions that take and give text, so that the casts between texts around their arguments say nothing.
constexpr auto kTextFunctions =
    std::to_array<std::string_view>({"upper", "lower", "trim", "ltrim", "rtrim", "replace", "substring", "concat"});
constexpr auto kIntegerFunctions = std::to_array<std::string_view>({"length", "octet_length", "position"});
/// Functions whose result is of the type of the first argument for T-SQL, which cuts it off, and never a whole number
/// for PostgreSQL.
constexpr auto kCutFunctions = std::to_array<std::string_view>({"power", "degrees", "radians"});
/// Functions that give one of their arguments.
constexpr auto kSelectingFunctions = std::to_array<std::string_view>({"greatest", "least", "nullif", "abs"});

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_users_truth(const ExpressionPlace& place, const ExpressionTree& call) {
  return place.gives_truth && call.text.find('.') != std::string::npos && place.gives_truth(call.text);
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

/// True for a number that has no fraction, although its type could hold one or is not known.
bool is_whole_call(const ExpressionTree& tree) {
  if (tree.kind != Kind::call) return false;
  if (tree.text == "extract" && tree.children.size() == 2 && tree.children[0].kind == Kind::string) {
    constexpr auto kWholeFields = std::to_array<std::string_view>({"year", "quarter", "month", "week", "day", "doy",
                                                                   "hour", "minute", "tsql_second", "tsql_millisecond",
                                                                   "tsql_microsecond", "tsql_week", "weekday"});
    return is_one_of(kWholeFields, tree.children[0].text);
  }
  constexpr auto kWholeFunctions = std::to_array<std::string_view>({"floor", "ceiling", "sign", "next_value"});
  return is_one_of(kWholeFunctions, tree.text);
}

/// True when making a value of `from` an integer may meet a fraction, which PostgreSQL rounds and SQL Server cuts off.
bool may_lose_fraction(const TypedTree& from) {
  if (is_literal(from.tree)) return from.tree.kind == Kind::number && !is_written_whole(plain_number(from.tree.text));
  if (is_whole_call(from.tree)) return false;
  return !from.type.known || from.type.is(TypeFamily::decimal) || from.type.is(TypeFamily::floating);
}

/// Spellings of one function by another.
void simplify_call(ExpressionTree& call) {
  std::vector<ExpressionTree>& arguments = call.children;
  if ((call.text == "ltrim" || call.text == "rtrim") && arguments.size() == 1) {
    const std::string_view other = call.text == "ltrim" ? "rtrim" : "ltrim";
    if (arguments[0].kind == Kind::call && arguments[0].text == other && arguments[0].children.size() == 1) {
      ExpressionTree inner = std::move(arguments[0].children.front());
      call = node(Kind::call, "trim", {std::move(inner)});
    }
    return;
  }
  if (call.text == "is_json" && arguments.size() == 1 && arguments[0].kind == Kind::cast &&
      arguments[0].text == "text") {
    ExpressionTree inner = std::move(arguments[0].children.front());
    arguments[0] = std::move(inner);
    return;
  }
  // What it is rounded to when nothing is said.
  if (call.text == "round" && arguments.size() == 2 && arguments[1].kind == Kind::number &&
      plain_number(arguments[1].text) == "0") {
    arguments.pop_back();
    return;
  }
  // A negative length means something else to each.
  if (call.text == "left" && arguments.size() == 2 && arguments[1].kind == Kind::number &&
      !arguments[1].text.starts_with('-') && is_written_whole(arguments[1].text)) {
    call.text = "substring";
    arguments.insert(arguments.begin() + 1, node(Kind::number, "1"));
  }
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
  TypedTree out = value(tree, wanted);
  note_fraction(out, wanted);
  return std::move(out.tree);
}

std::vector<std::string> TreeNormaliser::take_caveats() {
  std::sort(caveats_.begin(), caveats_.end());
  caveats_.erase(std::unique(caveats_.begin(), caveats_.end()), caveats_.end());
  return std::move(caveats_);
}

std::vector<std::string> TreeNormaliser::take_taken_alike() {
  std::sort(taken_alike_.begin(), taken_alike_.end());
  taken_alike_.erase(std::unique(taken_alike_.begin(), taken_alike_.end()), taken_alike_.end());
  return std::move(taken_alike_);
}

TypedTree TreeNormaliser::value(const ExpressionTree& tree, const Wanted& wanted) {
  switch (tree.kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::bytes:
      return literal(tree, wanted);
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

TypedTree TreeNormaliser::literal(const ExpressionTree& tree, const Wanted& wanted) {
  TypedTree out = normal_literal(tree, wanted, place_);
  bool to_integer = wanted.assigned && wanted.type.is(TypeFamily::integer);
  const ExpressionTree* inner = &out.tree;
  for (; inner->kind == Kind::cast; inner = &inner->children.front()) {
    to_integer = to_integer || type_named(inner->text).is(TypeFamily::integer);
  }
  if (to_integer && inner->kind == Kind::number && !is_written_whole(plain_number(inner->text))) engine_bound_ = true;
  return out;
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
  if (is_cast_literal(tree)) return literal(tree, wanted);
  const ValueType type = type_named(tree.text);
  // The cast says nothing, and what the place makes of the time decides.
  if (type.is(TypeFamily::timestamp) && is_now(tree.children.front()) && wanted.type.is(TypeFamily::timestamp) &&
      wanted.type.with_time_zone) {
    return value(tree.children.front(), wanted);
  }
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
  if (type.is(TypeFamily::integer) && may_lose_fraction(child)) engine_bound_ = true;

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

TypedTree TreeNormaliser::clock(const ExpressionTree& tree, const Wanted& wanted) {
  const std::string& name = tree.text;
  const bool local = name == "now" && wanted.assigned;
  if (name == "today" || (local && wanted.type.is(TypeFamily::date))) {
    return {node(Kind::call, "today"), known_type(TypeFamily::date), {}};
  }
  if (name == "time_now" || (local && wanted.type.is(TypeFamily::time))) {
    return {node(Kind::call, "time_now"), known_type(TypeFamily::time), {}};
  }
  const bool no_offset =
      !tree.children.empty() && tree.children.front().kind == Kind::string && tree.children.front().text == kNoOffset;
  if (no_offset && wanted.type.is(TypeFamily::timestamp) && wanted.type.with_time_zone) {
    if (name == "now") caveats_.emplace_back(kOffsetCaveat);
    return {node(Kind::call, "now"), known_type(TypeFamily::timestamp), {}};
  }
  return {node(Kind::call, name), known_type(TypeFamily::timestamp), {}};
}

void TreeNormaliser::note_fraction(const TypedTree& assigned, const Wanted& wanted) {
  if (!wanted.assigned || !wanted.type.is(TypeFamily::integer)) return;
  // Of an unknown type it is rather a user's function, which gives what its column holds.
  if (assigned.type.known && may_lose_fraction(assigned)) engine_bound_ = true;
}

void TreeNormaliser::note_function(const ExpressionTree& tree) {
  if (tree.text.find('.') != std::string::npos || is_known_function(tree.text, tree.children.size())) return;
  // len, with what sets it apart.
  if (tree.text == "length" && tree.children.size() == 2) return;
  taken_alike_.push_back(tree.text + " is taken to mean the same on both engines");
}

TypedTree TreeNormaliser::call(const ExpressionTree& tree, const Wanted& wanted) {
  const std::string& name = tree.text;
  if (name == "now" || name == "utc_now" || name == "today" || name == "time_now") return clock(tree, wanted);
  note_function(tree);
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
      note_fraction(one, wanted);
      common.add(one);
      out.tree.children.push_back(std::move(one.tree));
    }
    // T-SQL's nullif has the type of its first argument.
    if (name != "nullif") out.type = common.type();
    if (name == "greatest" || name == "least") sort_trees(out.tree.children);
    return out;
  }

  TypedTree out{node(Kind::call, function_word(place_, name)), {}, {}};
  if (name == "length" && tree.children.size() == 2 && tree.children[1].kind == Kind::string &&
      tree.children[1].text == catalog::kLenCaveat) {
    caveats_.emplace_back(kLengthCaveat);
    Wanted exact;
    exact.exactness = Exactness::exact;
    out.tree.children.push_back(value(tree.children.front(), exact).tree);
  } else if (name == "octet_length" && tree.children.size() == 1) {
    Wanted exact;
    exact.exactness = Exactness::exact;
    // Of a char(n), PostgreSQL counts the padding only where it is not a text.
    exact.keep_padding = true;
    TypedTree counted = value(tree.children.front(), exact);
    if (!counted.type.is(TypeFamily::binary)) taken_alike_.emplace_back(kEncodingCaveat);
    out.tree.children.push_back(std::move(counted.tree));
  } else if (name == "ln" || name == "log10" || name == "log") {
    for (const ExpressionTree& child : tree.children) out.tree.children.push_back(value(child, {}).tree);
  } else {
    Wanted exact;
    exact.exactness = Exactness::exact;
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
      // Whether an exponent is written as a whole number says nothing.
      TypedTree one = value(tree.children[i], name == "power" && i == 1 ? Wanted() : exact);
      if (i == 0 && is_one_of(kCutFunctions, name) && !one.type.is(TypeFamily::floating)) engine_bound_ = true;
      if (i == 0 && name == "round" && one.type.is(TypeFamily::floating)) taken_alike_.emplace_back(kRoundingCaveat);
      out.tree.children.push_back(std::move(one.tree));
    }
  }
  simplify_call(out.tree);
  if (is_users_truth(place_, tree)) out.type = known_type(TypeFamily::boolean);
  if (is_one_of(kIntegerFunctions, out.tree.text)) out.type = integer_type(32);
  if (is_one_of(kTextFunctions, out.tree.text)) out.type = known_type(TypeFamily::text);
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
    note_fraction(one, wanted);
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
    note_fraction(result, wanted);
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
      if (tree.text == "is_json" || is_users_truth(place_, tree)) return known_type(TypeFamily::boolean);
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
