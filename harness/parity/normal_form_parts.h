#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/expression_tree.h"
#include "backends/catalog/type.h"
#include "harness/parity/normal_form.h"

/// The parts that a normal form is made of. Not for others than normal_form*.cpp: see normal_form.h.
namespace paripassu::parity {

using catalog::ExpressionTree;
using catalog::TypeFamily;

/// As much of a type as decides how a literal is written and whether a cast is needless. `known` false: nothing is
/// known.
struct ValueType {
  static constexpr int kAny = -1;  ///< no limit, or not said

  bool known = false;
  TypeFamily family = TypeFamily::other;
  int bits = 0;
  int length = kAny;
  int precision = kAny;
  int scale = kAny;
  bool fixed_length = false;
  bool with_time_zone = false;

  bool is(TypeFamily wanted) const { return known && family == wanted; }
  bool is_number() const {
    return known && (family == TypeFamily::integer || family == TypeFamily::decimal || family == TypeFamily::floating);
  }
  bool is_temporal() const {
    return known && (family == TypeFamily::date || family == TypeFamily::time || family == TypeFamily::timestamp);
  }
  bool operator==(const ValueType&) const = default;
};

ValueType known_type(TypeFamily family);
ValueType integer_type(int bits);
ValueType value_type(const catalog::Type& type);
/// What a cast's name means; a name that no engine defines is `other`.
ValueType type_named(std::string_view cast_name);
/// The name that a cast to `type` has in a normal form: "text(5)", "decimal(10,2)"; of `other`: the name as it is.
std::string neutral_type_name(const ValueType& type, std::string_view cast_name);
/// True when a value of `from` is the same value as `to`, whatever it is, and compares alike.
bool holds_every_value(const ValueType& to, const ValueType& from);
/// The type of what gives one of the two; not known where the engines' rules would be needed.
ValueType common_type(const ValueType& one, const ValueType& other);
/// The type of what `+`, `-`, `*`, `/` and `%` give; not known unless both are known and numbers.
ValueType arithmetic_type(const ValueType& left, const ValueType& right);

/// Nodes that a normal form may have in excess of its tree's, because operands are written more than once. A tree that
/// needs more stays closer to how it was written.
inline constexpr std::size_t kRepeatedNodesMax = 20'000;

/// What of a literal's own type matters where it stands.
enum class Exactness {
  value,     ///< nothing: 2 is 2.00, '2020-01-01'::date is '2020-01-01'
  division,  ///< whether a number is a whole one or a decimal: a / 2 is not a / 2.0
  exact,     ///< everything that is written: '2' || 2.50, f(2.0), d - '2020-01-01'::date
};

/// What is expected where a value stands.
struct Wanted {
  ValueType type;
  Exactness exactness = Exactness::value;
  bool assigned = false;      ///< the value is converted to `type` (a default, a cast), not compared with it
  bool keep_padding = false;  ///< a literal beside it ends in blanks, so that it matters whether char(n) is padded
};

struct TypedTree {
  ExpressionTree tree;
  ValueType type;
  ValueType uncast;  ///< known: `tree` is a cast, and this is the type of what it casts
};

bool is_literal(const ExpressionTree& tree);
/// A literal, with casts around it or not.
bool is_cast_literal(const ExpressionTree& tree);
/// A total order of trees: negative, 0, positive. 0 means equal. Costs no more than the smaller of the two.
int order(const ExpressionTree& left, const ExpressionTree& right);
bool before(const ExpressionTree& left, const ExpressionTree& right);
void sort_trees(std::vector<ExpressionTree>& trees);
/// Nodes, but no more than `limit` of them are counted.
std::size_t count_nodes(const ExpressionTree& tree, std::size_t limit);
ExpressionTree node(ExpressionTree::Kind kind, std::string_view text = {});
ExpressionTree node(ExpressionTree::Kind kind, std::string_view text, std::vector<ExpressionTree> children);

bool is_hex_digit(char c);
/// Letters of ASCII in lower case.
std::string lower_ascii(std::string_view text);
/// Without blanks and line ends around it.
std::string_view trimmed(std::string_view text);

/// A number in one spelling: "1e2" is "100", "-0.50" is "-0.5". Empty when it is none.
std::string plain_number(std::string_view text);
/// True when a number is written as a whole one, without "." and exponent.
bool is_written_whole(std::string_view number);
/// A date, time or timestamp in one spelling: "2020-01-01", "12:30:00", "2020-01-01 12:30:00.5"; midnight is the date
/// alone. With a time zone: in UTC, and no offset counts as UTC. nullopt when the text is written in no way that both
/// engines read alike, or says more than `type` holds.
std::optional<std::string> plain_moment(std::string_view text, const ValueType& type);
/// A uuid in lower case with hyphens; nullopt when it is none.
std::optional<std::string> plain_uuid(std::string_view text);
/// JSON without blanks between its tokens; nullopt when it cannot be JSON.
std::optional<std::string> plain_json(std::string_view text);

/// Takes out tests for NULL that another part makes needless: where x is NULL, that part is NULL as well, and the place
/// takes NULL for what the test gives. The parts are those of an OR whose NULL counts as true, or with `negated` those
/// of an AND whose NULL counts as false.
void drop_needless_null_tests(std::vector<ExpressionTree>& parts, bool negated);

/// A literal within its casts, as it is written where `wanted` is expected. Precondition: is_cast_literal(tree).
TypedTree normal_literal(const ExpressionTree& tree, const Wanted& wanted, const ExpressionPlace& place);

/// The word for an object with or without a schema.
std::string object_word(const ExpressionPlace& place, std::string_view name);

/// One pass over one tree. normal_form_values.cpp has what gives values, normal_form_logic.cpp what gives truths.
class TreeNormaliser {
 public:
  explicit TreeNormaliser(const ExpressionPlace& place) : place_(place) {}

  ExpressionTree root(const ExpressionTree& tree);

  /// Sorted, each once.
  std::vector<std::string> take_caveats();
  bool engine_bound() const { return engine_bound_; }
  /// Sorted, each once.
  std::vector<std::string> take_taken_alike();

 private:
  using Kind = ExpressionTree::Kind;

  TypedTree value(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree literal(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree column(const ExpressionTree& tree);
  TypedTree cast(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree call(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree coalesce(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree choice(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree operation(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree arithmetic(const ExpressionTree& tree, const Wanted& wanted);
  TypedTree joined_text(TypedTree left, TypedTree right);
  TypedTree clock(const ExpressionTree& tree, const Wanted& wanted);
  void note_function(const ExpressionTree& tree);
  /// For a value that an integer column is given.
  void note_fraction(const TypedTree& assigned, const Wanted& wanted);
  std::vector<ExpressionTree> exact_children(const ExpressionTree& tree, bool keep_padding = false);
  /// What the type of a value is likely to be, looking no deeper than a few levels. Of a literal: not known.
  ValueType hint(const ExpressionTree& tree, int levels = 4) const;

  /// The normal form of `tree`, or of its negation. `unknown`: what becomes of the result when it is NULL.
  ExpressionTree truth(const ExpressionTree& tree, bool negated, UnknownTruth unknown);
  void gather(Kind joint, const ExpressionTree& tree, bool negated, UnknownTruth unknown,
              std::vector<ExpressionTree>& parts);
  ExpressionTree join(Kind joint, std::vector<ExpressionTree> parts, UnknownTruth unknown) const;
  ExpressionTree comparison(std::string_view sign, const ExpressionTree& left, const ExpressionTree& right,
                            bool negated, UnknownTruth unknown);
  ExpressionTree distinct(const ExpressionTree& tree, bool negated, UnknownTruth unknown);
  ExpressionTree pattern_match(const ExpressionTree& tree, bool negated);
  ExpressionTree truth_test(const ExpressionTree& operand, bool of_true, bool negated, UnknownTruth unknown);
  ExpressionTree membership(const ExpressionTree& tree, bool negated, UnknownTruth unknown);
  ExpressionTree between(const ExpressionTree& tree, bool negated, UnknownTruth unknown);
  /// True when a part of the tree may be brought into normal form so many times more. There is an end to that, so that
  /// no tree takes long; what is refused is left as it is.
  bool may_repeat(const ExpressionTree& operand, std::size_t times = 1);
  /// Of a normal tree: false when it is not known.
  bool never_null(const ExpressionTree& tree) const;

  const ExpressionPlace& place_;
  std::vector<std::string> caveats_;
  std::vector<std::string> never_null_;  ///< words of columns
  std::vector<std::string> taken_alike_;
  bool engine_bound_ = false;
  std::size_t repeats_left_ = kRepeatedNodesMax;
};

/// True for the operators that `TreeNormaliser::truth` knows.
bool is_truth_operation(std::string_view sign);

}  // namespace paripassu::parity
