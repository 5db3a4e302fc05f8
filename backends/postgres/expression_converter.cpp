#include "backends/postgres/expression_converter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace paripassu::postgres {

using catalog::ExpressionTree;
using catalog::kExpressionDepthMax;
using Kind = ExpressionTree::Kind;

namespace {

using Node = ParseTree::Node;

/// The value of a string constant, casts of it left out: what catalogs print for a text that is part of the syntax.
std::optional<std::string> string_constant(Node wrapped) {
  while (const Node cast = wrapped.member("TypeCast")) wrapped = cast.member("arg");
  const Node value = wrapped.member("A_Const").member("sval");
  if (!value) return std::nullopt;
  return value.member("sval").text();
}

bool is_null_constant(Node wrapped) {
  while (const Node cast = wrapped.member("TypeCast")) wrapped = cast.member("arg");
  return static_cast<bool>(wrapped.member("A_Const").member("isnull"));
}

/// What makes a FuncCall more than a function and its arguments (DISTINCT, FILTER, OVER …); empty: nothing.
std::string_view call_extra(Node call) {
  for (Node part = call.first(); part; part = part.next()) {
    const std::string_view name = part.name();
    if (name != "funcname" && name != "args" && name != "funcformat" && name != "location") return name;
  }
  return {};
}

/// The time now as a time with zone, for which UTC is the zone to be shown in; of a time without zone it is the zone
/// that it is taken to be in.
bool is_now(Node wrapped) {
  if (const Node call = wrapped.member("FuncCall"))
    return call_extra(call).empty() &&
           is_now_function(qualified_name(call.member("funcname")), call.member("args").count());
  const std::string_view op = wrapped.member("SQLValueFunction").member("op").word();
  return op == "SVFOP_CURRENT_TIMESTAMP" || op == "SVFOP_CURRENT_TIMESTAMP_N";
}

/// The arguments of the function that PostgreSQL puts around a pattern with ESCAPE, if `pattern` is one for `word`.
Node escape_arguments(Node pattern, std::string_view word) {
  const Node call = pattern.member("FuncCall");
  if (!call) return {};
  const QualifiedName function = qualified_name(call.member("funcname"));
  const std::size_t count = call.member("args").count();
  const bool like = (word == "like" || word == "ilike") && function.name == "like_escape" && count == 2;
  const bool similar = word == "regex_match" && (count == 1 || count == 2) &&
                       (function.name == "similar_to_escape" || function.name == "similar_escape");
  return function.schema.empty() && (like || similar) && call_extra(call).empty() ? call.member("args") : Node();
}

/// A pattern in which a backslash stands without an ESCAPE: PostgreSQL takes it for one, as no other engine need do.
bool has_implied_escape(Node pattern, std::string_view word) {
  if (word != "like" && word != "ilike") return false;
  while (const Node cast = pattern.member("TypeCast")) pattern = cast.member("arg");
  const Node literal = pattern.member("A_Const").member("sval");
  return literal && literal.member("sval").text().find('\\') != std::string::npos;
}

/// The digits of `'\x00ff'`; nothing when the text is not in this form.
std::optional<std::string> hex_digits(const std::string& text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return std::nullopt;
  std::string digits = text.substr(2);
  for (char& c : digits) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  return digits;
}

}  // namespace

ExpressionConverter::Handler ExpressionConverter::handler(std::string_view kind) {
  using Self = ExpressionConverter;
  struct Entry {
    std::string_view kind;
    Handler handler;
  };
  // The frequent ones first.
  static constexpr std::array kHandlers = {
      Entry{"A_Const", &Self::constant},      Entry{"ColumnRef", &Self::column},
      Entry{"TypeCast", &Self::cast},         Entry{"A_Expr", &Self::operation},
      Entry{"FuncCall", &Self::call},         Entry{"BoolExpr", &Self::boolean},
      Entry{"NullTest", &Self::null_test},    Entry{"SQLValueFunction", &Self::value_function},
      Entry{"CoalesceExpr", &Self::coalesce}, Entry{"CaseExpr", &Self::choice},
      Entry{"A_ArrayExpr", &Self::array},     Entry{"BooleanTest", &Self::truth_test},
      Entry{"MinMaxExpr", &Self::extreme},    Entry{"CollateClause", &Self::collate},
  };
  for (const Entry& entry : kHandlers)
    if (entry.kind == kind) return entry.handler;
  return nullptr;
}

bool ExpressionConverter::convert(const ExpressionText& text, std::size_t offset, Node node, ExpressionTree& out) {
  text_ = &text;
  offset_ = offset;
  nodes_left_ = 4 * text.body.size() + 64;
  tasks_.clear();
  problem_.clear();
  later(node, 1, out);
  while (!tasks_.empty()) {
    const Task task = tasks_.back();
    tasks_.pop_back();
    const std::size_t waiting = tasks_.size();
    if (!convert_one(task.node, task.level, *task.out)) return false;
    // From left to right, so that the first problem is the one that is told.
    std::reverse(tasks_.begin() + static_cast<std::ptrdiff_t>(waiting), tasks_.end());
  }
  return true;
}

bool ExpressionConverter::convert_one(Node node, int level, Tree& out) {
  const Node inner = node.first();
  if (level > kExpressionDepthMax) return too_deep(inner);
  if (nodes_left_ == 0) return too_large(inner);
  --nodes_left_;
  const Handler handle = handler(inner.name());
  if (handle == nullptr) return fail(std::string(inner.name()) + " has no neutral form", inner);
  return (this->*handle)(inner, level, out);
}

void ExpressionConverter::later_children(Node list, int level, Tree& out) {
  std::size_t index = out.children.size();
  out.children.resize(index + list.count());
  for (Node node = list.first(); node; node = node.next()) later(node, level + 1, out.children[index++]);
}

bool ExpressionConverter::constant(Node node, int, Tree& out) {
  const Node value = node.first();
  if (value.name() == "ival") {
    out.kind = Kind::number;
    out.text = integer_text(node, text_->body, offset_);
    if (out.text.empty()) return fail("the number cannot be read", node);
  } else if (value.name() == "fval") {
    out.kind = Kind::number;
    out.text = value.member("fval").text();
  } else if (value.name() == "boolval") {
    out.kind = Kind::boolean;
    out.text = value.member("boolval") ? "true" : "false";
  } else if (value.name() == "sval") {
    out.kind = Kind::string;
    out.text = value.member("sval").text();
  } else if (value.name() == "isnull") {
    out.kind = Kind::null;
  } else {
    return fail("a bit string has no neutral form", node);
  }
  return true;
}

bool ExpressionConverter::column(Node node, int, Tree& out) {
  Node field = node.member("fields").first();
  while (const Node behind = field.next()) field = behind;
  if (!field.member("String")) return fail("a whole row has no neutral form", node);
  out.kind = Kind::column;
  out.text = field.member("String").member("sval").text();
  return true;
}

bool ExpressionConverter::cast(Node node, int level, Tree& out) {
  out.text = type_word(node.member("typeName"), text_->body, offset_);
  if (out.text.empty()) return fail("its type has no neutral name", node);
  const Node operand = node.member("arg");
  if (out.text == "bytea") {
    const Node literal = operand.member("A_Const").member("sval");
    if (std::optional<std::string> digits = hex_digits(literal.member("sval").text()); literal && digits) {
      out.kind = Kind::bytes;
      out.text = std::move(*digits);
      return true;
    }
  }
  out.kind = Kind::cast;
  later(operand, level + 1, out.children.emplace_back());
  return true;
}

bool ExpressionConverter::boolean(Node node, int level, Tree& out) {
  const std::string_view kind = node.member("boolop").word();
  if (kind == "NOT_EXPR") {
    out.kind = Kind::negation;
    later_children(node.member("args"), level, out);
    return true;
  }
  out.kind = kind == "AND_EXPR" ? Kind::all_of : Kind::any_of;
  // The parser joins `(a AND b) AND c` but not `a AND (b AND c)`, which PostgreSQL prints as `a AND b AND c` when it
  // prints pretty.
  std::vector<Node> operands;
  std::vector<Node> behind;  // where to go on after an operand that was joined
  Node operand = node.member("args").first();
  while (operand || !behind.empty()) {
    if (!operand) {
      operand = behind.back();
      behind.pop_back();
      continue;
    }
    const Node nested = operand.member("BoolExpr");
    if (nested && nested.member("boolop").word() == kind) {
      behind.push_back(operand.next());
      operand = nested.member("args").first();
    } else {
      operands.push_back(operand);
      operand = operand.next();
    }
  }
  out.children.resize(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) later(operands[i], level + 1, out.children[i]);
  return true;
}

bool ExpressionConverter::null_test(Node node, int level, Tree& out) {
  const int location = node.member("location").number(-1);
  const std::size_t start = location < 0 ? 0 : static_cast<std::size_t>(location) - offset_;
  const bool json = std::binary_search(text_->json_tests.begin(), text_->json_tests.end(), JsonTest{start, 0},
                                       [](const JsonTest& a, const JsonTest& b) { return a.start < b.start; });
  Tree& test = node.member("nulltesttype").word() == "IS_NOT_NULL" ? negate(out, level) : out;
  test.kind = json ? Kind::call : Kind::null_test;
  if (json) test.text = "is_json";
  later(node.member("arg"), level + 1, test.children.emplace_back());
  return true;
}

bool ExpressionConverter::truth_test(Node node, int level, Tree& out) {
  std::string_view type = node.member("booltesttype").word();
  const bool negated = type.starts_with("IS_NOT_");
  type.remove_prefix(std::min(type.size(), std::string_view(negated ? "IS_NOT_" : "IS_").size()));
  Tree& test = negated ? negate(out, level) : out;
  if (type == "UNKNOWN") {
    test.kind = Kind::null_test;
  } else {
    test.kind = Kind::truth_test;
    test.text = type == "TRUE" ? "true" : "false";
  }
  later(node.member("arg"), level + 1, test.children.emplace_back());
  return true;
}

bool ExpressionConverter::choice(Node node, int level, Tree& out) {
  out.kind = Kind::choice;
  const Node operand = node.member("arg");
  const Node whens = node.member("args");
  const Node otherwise = node.member("defresult");
  out.children.resize(2 * whens.count() + 1);
  std::size_t index = 0;
  for (Node wrapped = whens.first(); wrapped; wrapped = wrapped.next()) {
    const Node when = wrapped.member("CaseWhen");
    Tree& condition = out.children[index++];
    if (operand) {
      condition.kind = Kind::operation;
      condition.text = "=";
      condition.children.resize(2);
      later(operand, level + 2, condition.children[0]);
      later(when.member("expr"), level + 2, condition.children[1]);
    } else {
      later(when.member("expr"), level + 1, condition);
    }
    later(when.member("result"), level + 1, out.children[index++]);
  }
  if (!otherwise) return leaf(Kind::null, {}, node, level, out.children[index]);
  later(otherwise, level + 1, out.children[index]);
  return true;
}

bool ExpressionConverter::array(Node node, int level, Tree& out) {
  out.kind = Kind::array;
  later_children(node.member("elements"), level, out);
  return true;
}

bool ExpressionConverter::coalesce(Node node, int level, Tree& out) {
  out.kind = Kind::call;
  out.text = "coalesce";
  later_children(node.member("args"), level, out);
  return true;
}

bool ExpressionConverter::extreme(Node node, int level, Tree& out) {
  out.kind = Kind::call;
  out.text = node.member("op").word() == "IS_GREATEST" ? "greatest" : "least";
  later_children(node.member("args"), level, out);
  return true;
}

bool ExpressionConverter::collate(Node node, int level, Tree& out) {
  const QualifiedName collation = qualified_name(node.member("collname"));
  out.kind = Kind::operation;
  out.text = "collate";
  out.children.resize(2);
  later(node.member("arg"), level + 1, out.children[0]);
  return leaf(Kind::string, collation.schema.empty() ? collation.name : collation.schema + "." + collation.name, node,
              level, out.children[1]);
}

bool ExpressionConverter::value_function(Node node, int level, Tree& out) {
  const std::string_view op = node.member("op").word();
  out.kind = Kind::call;
  out.text = value_function_word(op);
  if (out.text.empty()) return fail(std::string(op) + " has no neutral form", node);
  // Precision 0 is left out of the parse tree like every zero.
  const int precision = std::max(node.member("typmod").number(0), 0);
  return !op.ends_with("_N") || leaf(Kind::number, std::to_string(precision), node, level, out.children.emplace_back());
}

bool ExpressionConverter::call(Node node, int level, Tree& out) {
  if (const std::string_view extra = call_extra(node); !extra.empty())
    return fail("a function call with " + std::string(extra) + " has no neutral form", node);
  const Node arguments = node.member("args");
  const Node first = arguments.first();
  const QualifiedName name = qualified_name(node.member("funcname"));
  FunctionWord function = function_word(name, arguments.count());
  if (function.form == CallForm::at_time_zone) return at_time_zone(first, first.next(), level, out);

  out.kind = Kind::call;
  out.text = std::move(function.word);
  if (function.form == CallForm::extract) return extract(first, first.next(), level, out);
  if (function.form == CallForm::next_value) {
    const std::string sequence = relation_word(string_constant(first).value_or(""));
    if (!sequence.empty()) return leaf(Kind::string, sequence, node, level, out.children.emplace_back());
    // The sequence is only known when it is asked for the value.
    out.text = name.name;
  }
  later_children(arguments, level, out);
  if (function.form == CallForm::swapped) std::swap(tasks_.back().out, tasks_[tasks_.size() - 2].out);
  return true;
}

bool ExpressionConverter::extract(Node field, Node value, int level, Tree& out) {
  out.children.resize(2);
  later(value, level + 1, out.children[1]);
  const std::optional<std::string> word = string_constant(field);
  if (word) return leaf(Kind::string, lower_case(*word), field, level, out.children[0]);
  later(field, level + 1, out.children[0]);
  return true;
}

bool ExpressionConverter::at_time_zone(Node zone, Node value, int level, Tree& out) {
  if (const std::optional<std::string> name = string_constant(zone); name && is_utc(*name) && is_now(value)) {
    const Node precise = value.member("SQLValueFunction");
    if (precise && !value_function(precise, level, out)) return false;
    out.kind = Kind::call;
    out.text = "utc_now";
    return true;
  }
  out.kind = Kind::operation;
  out.text = "at_time_zone";
  out.children.resize(2);
  later(value, level + 1, out.children[0]);
  later(zone, level + 1, out.children[1]);
  return true;
}

bool ExpressionConverter::operation(Node node, int level, Tree& out) {
  const std::string_view kind = node.member("kind").word();
  if (kind == "AEXPR_OP" || kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE" || kind == "AEXPR_SIMILAR")
    return operation_of(node.member("name"), node.member("lexpr"), node.member("rexpr"), level, out);
  if (kind == "AEXPR_IN") return membership(node, level, out);
  if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") return array_operation(node, level, out);
  if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN") return between(node, level, out);
  if (kind != "AEXPR_DISTINCT" && kind != "AEXPR_NOT_DISTINCT" && kind != "AEXPR_NULLIF")
    return fail(std::string(kind) + " has no neutral form", node);
  Tree& target = kind == "AEXPR_NOT_DISTINCT" ? negate(out, level) : out;
  target.kind = kind == "AEXPR_NULLIF" ? Kind::call : Kind::operation;
  target.text = kind == "AEXPR_NULLIF" ? "nullif" : "distinct_from";
  target.children.resize(2);
  later(node.member("lexpr"), level + 1, target.children[0]);
  later(node.member("rexpr"), level + 1, target.children[1]);
  return true;
}

/// `left` is nothing for a sign before its only operand.
bool ExpressionConverter::operation_of(Node names, Node left, Node right, int level, Tree& out) {
  OperatorWord sign = operator_word(qualified_name(names), !left);
  const Node pattern = escape_arguments(right, sign.word);
  const bool implied_escape = !pattern && has_implied_escape(right, sign.word);
  if (pattern && sign.word == "regex_match") sign.word = "similar_to";
  Tree& target = sign.negated ? negate(out, level) : out;
  target.kind = sign.is_call ? Kind::call : Kind::operation;
  target.text = std::move(sign.word);

  const std::array<Node, 3> operands = {left, pattern ? pattern.first() : right, pattern.first().next()};
  const bool has_escape = operands[2] && !is_null_constant(operands[2]);
  const std::size_t first = left ? 0 : 1;
  const std::size_t last = has_escape ? 3 : 2;
  target.children.resize(last - first);
  target.children.reserve(target.children.size() + 1);  // the addresses are kept for later
  for (std::size_t i = first; i < last; ++i) later(operands[i], level + 1, target.children[i - first]);
  if (implied_escape) target.children.push_back({Kind::string, "\\", {}});
  return true;
}

bool ExpressionConverter::membership(Node node, int level, Tree& out) {
  Tree& target = qualified_name(node.member("name")).name == "<>" ? negate(out, level) : out;
  const Node values = node.member("rexpr").member("List").member("items");
  target.kind = Kind::membership;
  target.children.reserve(1 + values.count());
  later(node.member("lexpr"), level + 1, target.children.emplace_back());
  later_children(values, level, target);
  return true;
}

bool ExpressionConverter::between(Node node, int level, Tree& out) {
  Tree& target = node.member("kind").word() == "AEXPR_NOT_BETWEEN" ? negate(out, level) : out;
  const Node bounds = node.member("rexpr").member("List").member("items");
  target.kind = Kind::between;
  target.children.reserve(1 + bounds.count());
  later(node.member("lexpr"), level + 1, target.children.emplace_back());
  later_children(bounds, level, target);
  return true;
}

/// `x = ANY (ARRAY[…])` is membership, `x <> ALL (ARRAY[…])` its negation. Any other operator is applied to each
/// element: ANY is an OR of that, ALL an AND.
bool ExpressionConverter::array_operation(Node node, int level, Tree& out) {
  const bool is_any = node.member("kind").word() == "AEXPR_OP_ANY";
  const Node left = node.member("lexpr");
  const Node array = node.member("rexpr");
  Node bare = array;
  while (const Node cast = bare.member("TypeCast")) bare = cast.member("arg");
  const Node elements = bare.member("A_ArrayExpr").member("elements");
  for (Node element = elements.first(); element; element = element.next())
    if (element.member("A_ArrayExpr")) return fail("an array of arrays has no neutral form here", node);
  const std::size_t count = elements.count();
  if (count == 0) {
    const std::string word = is_any ? "ANY" : "ALL";
    return fail(word + " of anything but ARRAY[…] with elements has no neutral form", node);
  }

  const OperatorWord sign = operator_word(qualified_name(node.member("name")), false);
  std::size_t index = 0;
  if (sign.word == (is_any ? "=" : "<>")) {
    Tree& target = is_any ? out : negate(out, level);
    target.kind = Kind::membership;
    target.children.resize(count + 1);
    later(left, level + 1, target.children[index++]);
    for (Node element = elements.first(); element; element = element.next())
      if (!array_element(element, array, level + 1, target.children[index++])) return false;
    return true;
  }

  const bool alone = count == 1;
  if (!alone) {
    out.kind = is_any ? Kind::any_of : Kind::all_of;
    out.children.resize(count);
  }
  for (Node element = elements.first(); element; element = element.next()) {
    int part_level = alone ? level : level + 1;
    Tree& part = alone ? out : out.children[index++];
    Tree& target = sign.negated ? negate(part, part_level) : part;
    target.kind = sign.is_call ? Kind::call : Kind::operation;
    target.text = sign.word;
    target.children.resize(2);
    later(left, part_level + 1, target.children[0]);
    if (!array_element(element, array, part_level + 1, target.children[1])) return false;
  }
  return true;
}

/// A cast of an array is one of each of its elements.
bool ExpressionConverter::array_element(Node element, Node array, int level, Tree& out) {
  Tree* place = &out;
  for (Node cast = array.member("TypeCast"); cast; cast = cast.member("arg").member("TypeCast")) {
    if (level > kExpressionDepthMax) return too_deep(cast);
    if (nodes_left_ == 0) return too_large(cast);
    --nodes_left_;
    constexpr std::string_view kArray = "[]";
    place->kind = Kind::cast;
    place->text = type_word(cast.member("typeName"), text_->body, offset_);
    if (!place->text.ends_with(kArray)) return fail("an array as a type that is none has no neutral form", cast);
    place->text.resize(place->text.size() - kArray.size());
    place = &place->children.emplace_back();
    ++level;
  }
  later(element, level, *place);
  return true;
}

bool ExpressionConverter::leaf(Tree::Kind kind, std::string_view text, Node node, int level, Tree& out) {
  if (level >= kExpressionDepthMax) return too_deep(node);
  out.kind = kind;
  out.text = text;
  return true;
}

ExpressionTree& ExpressionConverter::negate(Tree& out, int& level) {
  out.kind = Kind::negation;
  ++level;
  return out.children.emplace_back();
}

bool ExpressionConverter::fail(std::string_view what, Node node) {
  problem_ = what;
  const int location = node.member("location").number(-1);
  if (location >= 0 && static_cast<std::size_t>(location) >= offset_) {
    const std::size_t offset = static_cast<std::size_t>(location) - offset_ + text_->offset;
    problem_ += " (offset " + std::to_string(offset) + ")";
  }
  return false;
}

bool ExpressionConverter::too_deep(Node node) {
  return fail("it is nested deeper than " + std::to_string(kExpressionDepthMax) + " levels", node);
}

bool ExpressionConverter::too_large(Node node) {
  return fail("what it repeats in the neutral form is too large", node);
}

}  // namespace paripassu::postgres
