#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/catalog/expression_tree.h"
#include "backends/expression_reader.h"

namespace paripassu {

/// What becomes of an expression that is neither true nor false.
enum class UnknownTruth {
  stays,            ///< it is seen: a default, a computed column
  counts_as_true,   ///< a check, which lets it pass
  counts_as_false,  ///< a predicate of an index, which leaves the row out
};

/// What a normal form must know about the place where an expression stands. Every function may be empty; what is not
/// known is never guessed, so that fewer expressions are found equal.
struct ExpressionPlace {
  /// The type of a column of the table, nullptr when it is not known. Called with the name as the tree has it. Decides
  /// whether `b = 1` tests a boolean, whether a text is a date, whether `+` joins texts.
  std::function<const catalog::Type*(std::string_view column)> column_type;
  /// The word for a column by which both sides call it alike; empty function: the name as it is, in lower case.
  std::function<std::string(std::string_view column)> column_word;
  /// Of a default or computed column: the column's own type. nullptr for a check or predicate, whose value is a truth.
  /// Where two columns of different types are compared on purpose (jsonb with a text that holds JSON, boolean with
  /// tinyint), give both sides the type whose literals shall be read alike.
  const catalog::Type* target = nullptr;
  /// `stays` is right everywhere; the other two find more expressions equal, in the places that they name.
  UnknownTruth unknown = UnknownTruth::stays;
  /// Whether a column may be NULL; empty function: every column may.
  std::function<bool(std::string_view column)> column_nullable;
  /// The word for a sequence, function or type with its schema ("public.s", "dbo.fn") by which both sides call it
  /// alike; empty function: the name as it is, in lower case. Called with names that have a dot, and with those of
  /// sequences.
  std::function<std::string(std::string_view qualified)> object_word;
  /// Whether a user's function, by its name with its schema, gives a truth: boolean, or T-SQL's bit, which is compared
  /// with 1 where a condition is wanted. Empty function: none is known to.
  std::function<bool(std::string_view qualified)> gives_truth;
};

/// The form in which expressions of two engines are compared: equal forms mean the same, but for what `compare_forms`
/// says. There is no `==`, because it would say less.
struct NormalForm {
  bool understood = false;
  std::string form;     ///< to_text() of the normal tree; when not understood: the text, blanks single
  std::string problem;  ///< why it was not understood
  /// What may still make it behave otherwise than an equal form without the same caveat, as sentences, sorted: "len
  /// does not count trailing blanks".
  std::vector<std::string> caveats;
  /// It has a part that means something else on each engine: a LIKE pattern (`[` is a class for SQL Server, `\` an
  /// escape for PostgreSQL), or a fraction that is made a whole number (PostgreSQL rounds, SQL Server cuts off). Equal
  /// forms that were read by two readers are different then.
  bool engine_bound = false;
  /// Of forms that were read by two readers, what is taken to mean the same without being known to, as sentences,
  /// sorted: "format is taken to mean the same on both engines". Within one engine it says nothing.
  std::vector<std::string> taken_alike;
  /// Where the target stores a time of day with its date: whether it does so with a time zone.
  std::optional<bool> stores_zone;
  /// Which reader read it, which tells one engine from two; never called. nullptr: not known.
  const ExpressionReader* read_by = nullptr;
};

/// Brings a tree into normal form (docs/expressions.md lists the rules with an example each):
///
///  1. Casts of literals go; a literal takes the form of the type it is used with: numbers as decimals without needless
///     zeros ("0.00" is "0"; not where it decides what a division gives), texts that stand for a date, time, timestamp,
///     uuid, JSON value or number in one spelling, 0 and 1 used with a boolean as false and true. Casts that the types
///     make needless go; others stay, as neutral type names.
///  2. `b`, `b = true`, `b = 1` (b a boolean) are b; `NOT b`, `b = false`, `b = 0`, `b <> 1` are NOT b. b IS TRUE is b
///     where the place or the column leaves no difference between them.
///  3. NOT is moved inwards over AND, OR and comparisons, so that `NOT (a = 1 OR a = 2)` is `a NOT IN (1, 2)`.
///  4. An OR of equalities of one operand with literals is IN; IN with one value is `=`; values are sorted, each once.
///     BETWEEN is two comparisons. Of the operands of a comparison, a literal comes second, then columns come first.
///  5. Operands of AND, OR, +, *, =, <> are ordered; nested ones of AND, OR, + and * are joined; of AND and OR, equal
///     ones are one. AND is never distributed over OR, nor OR over AND. `a IS NULL OR a > 0` is `a > 0` in a check, and
///     `a IS NOT NULL AND a > 0` in a predicate.
///  6. `+` of texts is `||`; coalesce with one argument is the argument, nested ones are joined; `iif` is CASE.
///  7. "now" loses its precision; what the types store is told by the types. A date column's default `today` and the
///     date of now are one. ltrim(rtrim(x)) is trim(x).
///
/// Adds to `caveats` and leaves them sorted, each once. Pure; takes any tree a reader makes. Takes about the time of
/// the tree's size: what would grow without bounds (BETWEEN in BETWEEN in BETWEEN …) stays as it is from some size on.
/// Bringing the result into normal form again (with the words of columns that it then has) changes nothing.
catalog::ExpressionTree normal_tree(const catalog::ExpressionTree& tree, const ExpressionPlace& place,
                                    std::vector<std::string>& caveats);

/// One side of a comparison: reads expressions and brings them into normal form. Remembers what it read, since catalogs
/// repeat themselves. Not thread-safe.
class ExpressionNormaliser {
 public:
  /// `reader` may be nullptr (nothing is understood then) and must outlive the normaliser and the forms' use.
  explicit ExpressionNormaliser(const ExpressionReader* reader) : reader_(reader) {}

  /// Reads many texts at once, which is faster than one by one; `normalise` then finds them.
  void prepare(const std::vector<std::string_view>& printed);
  NormalForm normalise(const catalog::Expression& expression, const ExpressionPlace& place);
  /// True when the expression is nothing but NULL, with or without casts and parentheses: as a default, no default.
  bool is_null_literal(const catalog::Expression& expression);

 private:
  /// Finds by string_view without a copy.
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  const ReadExpression& read(std::string_view printed);

  const ExpressionReader* reader_;
  std::unordered_map<std::string, ReadExpression, TextHash, std::equal_to<>> read_;
};

/// Whether two expressions mean the same.
enum class ExpressionMatch {
  same,
  same_with_caveat,  ///< `reason` names it
  different,
  not_understood,  ///< at least one side could not be read, and nothing is known
};

struct ExpressionComparison {
  ExpressionMatch match = ExpressionMatch::different;
  /// For people. Of same_with_caveat and not_understood always; of different only where equal forms are, all the same.
  std::string reason;
};

/// Symmetric but for the words of `reason`. Not understood when either side is not, even if the texts are equal: within
/// one engine, the caller takes equal texts for equal before it asks.
ExpressionComparison compare_forms(const NormalForm& left, const NormalForm& right);

}  // namespace paripassu
