#include "backends/sqlserver/expression_parser.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/sqlserver/expression_lexer.h"
#include "backends/sqlserver/expression_names.h"

namespace paripassu::sqlserver {

namespace {

using catalog::ExpressionTree;
using catalog::kExpressionDepthMax;
using Kind = ExpressionTree::Kind;
using TokenKind = ExpressionToken::Kind;

/// How much a reading may copy, in bytes of text and nodes: the operand of `CASE x WHEN …` stands in each branch, and
/// nested ones would double with every level.
constexpr std::size_t kCopiedWeightMax = catalog::kExpressionBytesMax;

/// A tree under construction. Depth and weight are carried along, since counting again at each level is not linear.
struct Operand {
  ExpressionTree tree;
  int depth = 1;
  std::size_t weight = 1;  ///< nodes and bytes of text
};

class Parser : private ExpressionCursor {
 public:
  explicit Parser(std::string_view text) : ExpressionCursor(text) {}

  ExpressionTree whole() {
    if (current().kind == TokenKind::end) throw NotUnderstood("the expression is empty");
    Operand operand = expression();
    expect_end();
    return std::move(operand.tree);
  }

 private:
  /// One level of the grammar's recursion.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > kExpressionDepthMax) parser_.refuse_depth();
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  bool calls() const { return following().is_symbol("("); }
  [[noreturn]] void refuse_depth() const {
    throw NotUnderstood(position() + "nested more than " + std::to_string(kExpressionDepthMax) + " levels deep");
  }

  // Trees.

  static Operand node(Kind kind, std::string text = {}) {
    Operand out;
    out.weight = 1 + text.size();
    out.tree.kind = kind;
    out.tree.text = std::move(text);
    return out;
  }
  void add(Operand& parent, Operand&& child) const {
    parent.depth = std::max(parent.depth, child.depth + 1);
    if (parent.depth > kExpressionDepthMax) refuse_depth();
    parent.weight += child.weight;
    parent.tree.children.push_back(std::move(child.tree));
  }
  Operand wrapped(Kind kind, Operand&& child, std::string text = {}) const {
    Operand out = node(kind, std::move(text));
    add(out, std::move(child));
    return out;
  }
  Operand operation(std::string_view sign, Operand&& left, Operand&& right) const {
    Operand out = wrapped(Kind::operation, std::move(left), std::string(sign));
    add(out, std::move(right));
    return out;
  }
  Operand negated_if(bool negated, Operand&& operand) const {
    return negated ? wrapped(Kind::negation, std::move(operand)) : std::move(operand);
  }
  Operand null() const { return node(Kind::null); }
  void count_copy(std::size_t weight) {
    copied_weight_ += weight;
    if (copied_weight_ > kCopiedWeightMax)
      throw NotUnderstood(position() + "the operand of CASE or the type of a list would be repeated too often");
  }

  /// `a AND b AND c` is one level. What stands in parentheses of its own is joined later, all at once.
  Operand joined(Kind kind, Operand&& left, Operand&& right) const {
    Operand out = left.tree.kind == kind ? std::move(left) : wrapped(kind, std::move(left));
    add(out, std::move(right));
    return out;
  }

  // Operators, the loosest first.

  Operand expression() {
    const Nesting nesting(*this);
    Operand left = conjunction();
    while (take_word("or")) left = joined(Kind::any_of, std::move(left), conjunction());
    return left;
  }

  Operand conjunction() {
    Operand left = negation();
    while (take_word("and")) left = joined(Kind::all_of, std::move(left), negation());
    return left;
  }

  Operand negation() {
    if (!take_word("not")) return predicate();
    const Nesting nesting(*this);
    return wrapped(Kind::negation, negation());
  }

  Operand predicate() {
    Operand left = sum();
    if (current().kind == TokenKind::symbol) {
      if (is_any_of(current().text, {"=", "<>", "<", "<=", ">", ">="})) return comparison(std::move(left));
      // The signs by which PostgreSQL prints LIKE. Babelfish takes the ones with a star where the collation ignores
      // case: in T-SQL it is the collation that decides, so all of them are LIKE.
      const bool like = is_any_of(current().text, {"~~", "~~*"});
      if (like || is_any_of(current().text, {"!~~", "!~~*"})) {
        advance();
        return negated_if(!like, operation("like", std::move(left), sum()));
      }
      return left;
    }
    if (current().kind != TokenKind::word) return left;
    if (take_word("is")) return is_test(std::move(left));
    const bool negated = current().is_word("not");
    const ExpressionToken& word = negated ? following() : current();
    if (word.is_word("like")) {
      if (negated) advance();
      advance();
      Operand like = operation("like", std::move(left), sum());
      if (take_word("escape")) add(like, sum());
      return negated_if(negated, std::move(like));
    }
    if (word.is_word("between")) {
      if (negated) advance();
      advance();
      Operand between = wrapped(Kind::between, std::move(left));
      add(between, sum());
      expect_word("and");
      add(between, sum());
      return negated_if(negated, std::move(between));
    }
    if (word.is_word("in")) {
      if (negated) advance();
      advance();
      Operand membership = wrapped(Kind::membership, std::move(left));
      expect_symbol("(");
      do {
        add(membership, expression());
      } while (take_symbol(","));
      expect_symbol(")");
      return negated_if(negated, std::move(membership));
    }
    return left;
  }

  Operand comparison(Operand&& left) {
    const std::string_view sign = advance().text;
    const bool all = current().is_word("all");
    if (!calls() || !(all || current().is_word("any") || current().is_word("some")))
      return operation(sign, std::move(left), sum());
    if (sign != (all ? "<>" : "=")) refuse("a value: with this operator a list is not understood");
    advance();
    advance();
    const std::string list_position = position();
    Operand list = expression();
    expect_symbol(")");
    Operand membership = wrapped(Kind::membership, std::move(left));
    if (is_list(list.tree)) spread(std::move(list), membership);
    if (membership.tree.children.size() < 2)
      throw NotUnderstood(list_position + "met a list that is not ARRAY[...] with its elements");
    return negated_if(all, std::move(membership));
  }

  /// ARRAY[…], with or without casts.
  static bool is_list(const ExpressionTree& tree) {
    const ExpressionTree* inner = &tree;
    while (inner->kind == Kind::cast && inner->text.ends_with("[]")) inner = &inner->children.front();
    return inner->kind == Kind::array;
  }

  /// Adds the elements of a list to the children of `to`; a cast of the list is one of each element.
  void spread(Operand&& list, Operand& to) {
    to.depth = std::max(to.depth, list.depth);
    to.weight += list.weight;
    const std::size_t first = to.tree.children.size();
    std::vector<std::string> element_types;
    ExpressionTree array = std::move(list.tree);
    while (array.kind == Kind::cast) {
      element_types.push_back(array.text.substr(0, array.text.size() - 2));
      ExpressionTree inner = std::move(array.children.front());
      array = std::move(inner);
    }
    std::move(array.children.begin(), array.children.end(), std::back_inserter(to.tree.children));
    for (auto type = element_types.rbegin(); type != element_types.rend(); ++type) {
      count_copy((to.tree.children.size() - first) * (1 + type->size()));
      for (std::size_t i = first; i < to.tree.children.size(); ++i) {
        ExpressionTree cast;
        cast.kind = Kind::cast;
        cast.text = *type;
        cast.children.push_back(std::move(to.tree.children[i]));
        to.tree.children[i] = std::move(cast);
      }
    }
  }

  Operand is_test(Operand&& left) {
    const bool negated = take_word("not");
    if (take_word("null") || take_word("unknown"))
      return negated_if(negated, wrapped(Kind::null_test, std::move(left)));
    if (take_word("true")) return negated_if(negated, wrapped(Kind::truth_test, std::move(left), "true"));
    if (take_word("false")) return negated_if(negated, wrapped(Kind::truth_test, std::move(left), "false"));
    if (take_word("json")) return negated_if(negated, wrapped(Kind::call, std::move(left), "is_json"));
    if (take_word("distinct")) {
      expect_word("from");
      return negated_if(negated, operation("distinct_from", std::move(left), sum()));
    }
    refuse("NULL, DISTINCT FROM or another test after IS");
  }

  /// + - & | ^ are of one rank in T-SQL.
  Operand sum() {
    Operand left = product();
    while (current().kind == TokenKind::symbol &&
           is_any_of(current().text, {"+", "-", "&", "|", "^", "||", "<<", ">>"})) {
      const std::string_view sign = advance().text;
      left = operation(sign == "^" ? "#" : sign, std::move(left), product());
    }
    return left;
  }

  Operand product() {
    Operand left = unary();
    while (current().kind == TokenKind::symbol && is_any_of(current().text, {"*", "/", "%"})) {
      const std::string_view sign = advance().text;
      left = operation(sign, std::move(left), unary());
    }
    return left;
  }

  Operand unary() {
    if (current().kind != TokenKind::symbol || !is_any_of(current().text, {"+", "-", "~", "~~"}))
      return postfix(primary(), true);
    const Nesting nesting(*this);
    const std::string_view sign = advance().text;
    Operand operand = unary();
    if (sign == "+") return operand;
    if (sign == "-" && operand.tree.kind == Kind::number) {
      std::string& number = operand.tree.text;
      number = number.starts_with('-') ? number.substr(1) : "-" + number;
      return operand;
    }
    Operand out = wrapped(Kind::operation, std::move(operand), std::string(sign.substr(0, 1)));
    // Two signs in a row are one token, since they are PostgreSQL's LIKE between two operands.
    return sign == "~~" ? wrapped(Kind::operation, std::move(out), "~") : std::move(out);
  }

  Operand postfix(Operand&& operand, bool zone_allowed) {
    Operand out = std::move(operand);
    for (;;) {
      if (take_symbol("::")) {
        out = postgres_cast(std::move(out), read_type(*this, false));
      } else if (take_word("collate")) {
        Operand name = node(Kind::string, read_name_parts(*this).back());
        // Babelfish prints it with every literal; it says nothing.
        if (name.tree.text != "default") out = operation("collate", std::move(out), std::move(name));
      } else if (zone_allowed && current().is_word("at") && following().is_word("time")) {
        advance();
        advance();
        expect_word("zone");
        out = operation("at_time_zone", std::move(out), postfix(primary(), false));
      } else {
        return out;
      }
    }
  }

  /// `x::type`. Babelfish writes the bytes 0x00 as `'0x00'::varbinary`.
  Operand postgres_cast(Operand&& operand, std::string type_name) const {
    const std::string& text = operand.tree.text;
    const bool is_bytes = operand.tree.kind == Kind::string && text.starts_with("0x") &&
                          is_any_of(type_name, {"varbinary", "binary"}) &&
                          text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
    if (is_bytes) return bytes(std::string_view(text).substr(2));
    return wrapped(Kind::cast, std::move(operand), std::move(type_name));
  }

  /// An odd digit count has a zero in front: 0xF is 0x0F.
  static Operand bytes(std::string_view digits) {
    return node(Kind::bytes, (digits.size() % 2 == 1 ? "0" : "") + lower(digits));
  }

  // Operands.

  Operand primary() {
    switch (current().kind) {
      case TokenKind::number:
        return node(Kind::number, advance().value());
      case TokenKind::string:
        return node(Kind::string, advance().value());
      case TokenKind::bytes:
        return bytes(advance().text);
      case TokenKind::bracketed:
        return following().is_symbol("::") ? static_method() : column_or_call();
      case TokenKind::double_quoted:
        return column_or_call();
      case TokenKind::word:
        return word();
      case TokenKind::symbol:
        if (take_symbol("(")) {
          Operand inner = expression();
          expect_symbol(")");
          return inner;
        }
        break;
      case TokenKind::end:
        break;
    }
    refuse("a value");
  }

  Operand word() {
    if (current().text.starts_with("@@")) return node(Kind::call, lower(advance().text));
    if (take_word("null")) return null();
    if (current().is_word("true") || current().is_word("false")) return node(Kind::boolean, lower(advance().text));
    if (take_word("case")) return case_choice();
    if (current().is_word("select") || current().is_word("exists") || current().is_word("with"))
      refuse("a value: queries inside of an expression are not understood");
    if (current().is_word("next") && following().is_word("value")) return next_value();
    if (current().is_word("array") && following().is_symbol("[")) return array();
    if (calls()) {
      for (const std::string_view name : {"cast", "try_cast", "parse", "try_parse"})
        if (current().is_word(name)) return cast_call(name);
      for (const std::string_view name : {"convert", "try_convert"})
        if (current().is_word(name)) return convert_call(name);
      if (current().is_word("trim")) return trim_call();
    } else {
      for (const std::string_view name :
           {"current_timestamp", "current_date", "current_user", "session_user", "system_user", "user"})
        if (take_word(name)) return node(Kind::call, std::string(name));
    }
    for (const std::string_view reserved : {"and", "or", "not", "in", "like", "between", "is", "when", "then", "else",
                                            "end", "as", "from", "collate", "any", "some", "all"})
      if (current().is_word(reserved)) refuse("a value");
    return column_or_call();
  }

  Operand column_or_call() {
    const std::vector<std::string> parts = read_name_parts(*this);
    if (!current().is_symbol("(")) return node(Kind::column, parts.back());
    Operand call = node(Kind::call, name_with_schema(parts));
    arguments(call);
    return call;
  }

  /// `[geography]::Point(…)`. Babelfish's casts have no brackets.
  Operand static_method() {
    const std::string type_name = lower(read_name_part(*this));
    expect_symbol("::");
    Operand call = node(Kind::call, type_name + "::" + lower(read_name_part(*this)));
    arguments(call);
    return call;
  }

  void arguments(Operand& call) {
    expect_symbol("(");
    if (take_symbol(")")) return;
    do {
      const bool variadic = current().is_word("variadic") && !following().is_symbol(",") && !following().is_symbol(")");
      if (variadic) advance();
      Operand argument = expression();
      if (variadic && is_list(argument.tree)) {
        spread(std::move(argument), call);
      } else {
        add(call, std::move(argument));
      }
    } while (take_symbol(","));
    expect_symbol(")");
  }

  Operand case_choice() {
    Operand out = node(Kind::choice);
    std::optional<Operand> subject;
    if (!current().is_word("when")) subject = expression();
    if (!current().is_word("when")) refuse("WHEN");
    while (take_word("when")) {
      Operand condition = expression();
      if (subject) {
        count_copy(subject->weight);
        condition = operation("=", Operand(*subject), std::move(condition));
      }
      add(out, std::move(condition));
      expect_word("then");
      add(out, expression());
    }
    add(out, take_word("else") ? expression() : null());
    expect_word("end");
    return out;
  }

  Operand array() {
    Operand out = node(Kind::array);
    advance();
    expect_symbol("[");
    if (take_symbol("]")) return out;
    do {
      add(out, expression());
    } while (take_symbol(","));
    expect_symbol("]");
    return out;
  }

  /// NEXT VALUE FOR [s].[q] OVER (ORDER BY …).
  Operand next_value() {
    advance();
    advance();
    expect_word("for");
    Operand out = wrapped(Kind::call, node(Kind::string, joined_name(read_name_parts(*this))), "next_value");
    if (!take_word("over")) return out;
    Operand over = node(Kind::call, "over");
    expect_symbol("(");
    expect_word("order");
    expect_word("by");
    do {
      Operand key = expression();
      const bool descending = take_word("desc");
      if (!descending) take_word("asc");
      add(over, descending ? wrapped(Kind::call, std::move(key), "desc") : std::move(key));
    } while (take_symbol(","));
    expect_symbol(")");
    add(out, std::move(over));
    return out;
  }

  /// CAST(x AS type), TRY_CAST, PARSE(x AS type USING culture).
  Operand cast_call(std::string_view name) {
    advance();
    expect_symbol("(");
    Operand operand = expression();
    expect_word("as");
    const bool is_tsql = name != "cast" || current().kind == TokenKind::bracketed;
    Operand cast = wrapped(Kind::cast, std::move(operand), read_type(*this, is_tsql));
    if (name != "cast") cast = wrapped(Kind::call, std::move(cast), std::string(name));
    if (name.ends_with("parse") && take_word("using")) add(cast, expression());
    expect_symbol(")");
    return cast;
  }

  /// CONVERT(type, x [, style]), TRY_CONVERT.
  Operand convert_call(std::string_view name) {
    advance();
    expect_symbol("(");
    std::string type_name = read_type(*this, true);
    expect_symbol(",");
    Operand out = wrapped(Kind::cast, expression(), std::move(type_name));
    // SQL Server prints what somebody wrote as `(0)`; a 0 without parentheses is its own, and stands for no style (up
    // to 2008, but such texts live on in upgraded databases).
    bool has_style = take_symbol(",");
    if (has_style && current().kind == TokenKind::number && current().text == "0" && following().is_symbol(")")) {
      advance();
      has_style = false;
    }
    if (has_style) {
      out = wrapped(Kind::call, std::move(out), std::string(name));
      add(out, expression());
    } else if (name == "try_convert") {
      out = wrapped(Kind::call, std::move(out), "try_cast");
    }
    expect_symbol(")");
    return out;
  }

  /// TRIM(x), TRIM(characters FROM x), TRIM(LEADING characters FROM x). Children: x, characters.
  Operand trim_call() {
    advance();
    expect_symbol("(");
    std::string name = "trim";
    if (following().kind != TokenKind::symbol) {
      if (take_word("leading")) {
        name = "ltrim";
      } else if (take_word("trailing")) {
        name = "rtrim";
      } else {
        take_word("both");
      }
    }
    Operand first = expression();
    Operand out = node(Kind::call, std::move(name));
    if (take_word("from")) {
      add(out, expression());
      add(out, std::move(first));
    } else {
      add(out, std::move(first));
    }
    while (take_symbol(",")) add(out, expression());
    expect_symbol(")");
    return out;
  }

  int nesting_ = 0;
  std::size_t copied_weight_ = 0;
};

}  // namespace

ExpressionTree parse_expression(std::string_view text) {
  return Parser(text).whole();
}

}  // namespace paripassu::sqlserver
