#pragma once

#include <string>
#include <string_view>
#include <vector>

/// An expression as a tree: what an engine's ExpressionReader makes of the text that its catalog prints. The words are
/// of no engine, so that harness/parity can bring the trees of two engines into one normal form and compare them.
///
/// A reader translates spelling, never meaning: `[a]` and `"a"` are the same column, `len` and `length` stay two
/// functions unless kFunctions below gives them one word. What a reader drops: parentheses, the schema and table before
/// a column, `pg_catalog.`, `N` before a string, blanks and comments.
namespace paripassu::catalog {

struct ExpressionTree {
  enum class Kind {
    null,        ///< NULL
    boolean,     ///< `text`: "true" or "false"
    number,      ///< `text`: as written, an optional "-" first: "-1.50", "3000000000.", "1e5"
    string,      ///< `text`: the value, quotes undone
    bytes,       ///< `text`: lower-case hex without "0x" or "\x"
    column,      ///< `text`: the name as the catalog writes it, undone of quotes
    call,        ///< `text`: the function, see below; children: its arguments
    operation,   ///< `text`: one of the operators below; children: one operand or two
    all_of,      ///< AND of two or more children
    any_of,      ///< OR of two or more children
    negation,    ///< NOT child
    null_test,   ///< child IS NULL. `IS NOT NULL` is a negation of it.
    truth_test,  ///< child IS TRUE, IS FALSE: `text` "true" or "false". `IS NOT …` is a negation of it.
    membership,  ///< first child IN (the others). Also `= ANY (ARRAY[…])`; `<> ALL (ARRAY[…])` is a negation of it.
    between,     ///< children: operand, low, high; both ends included
    choice,      ///< CASE: children in pairs (condition, result), then the ELSE (NULL when it was left out). The simple
                 ///< form `CASE x WHEN y` is read as the searched one: condition `x = y`.
    cast,        ///< child as the type `text`: lower case, blanks single, modifiers kept: "varchar(5)", "integer".
                 ///< Names are the engine's usual short ones: "character varying" is "varchar", "bpchar" is "char".
    array,       ///< ARRAY[children]
  };

  Kind kind = Kind::null;
  std::string text;
  std::vector<ExpressionTree> children;

  bool operator==(const ExpressionTree&) const = default;
};

/// Deepest tree that a reader makes: what is nested deeper is "not understood". Whoever walks a tree may recurse.
inline constexpr int kExpressionDepthMax = 256;
/// Longest text that a reader takes, in bytes; a longer one is "not understood".
inline constexpr std::size_t kExpressionBytesMax = 1024 * 1024;

/// Operators (`Kind::operation`):
///   = <> < <= > >=   (`!=` is "<>", T-SQL's `!<` is ">=")
///   + - * / %        unary "-" too, but a negative number is a number; "+" of two texts is read as "+": only the
///                    comparison knows the types
///   || & | # ^ ~     "#" and "~" are PostgreSQL's; bitwise XOR is "#" for T-SQL's "^" as well, power is a call
///   << >>
///   like, ilike, regex_match, regex_imatch, similar_to    with ESCAPE: a third child; NOT LIKE is a negation
///   distinct_from    IS DISTINCT FROM; its NOT form is a negation of it
///   at_time_zone     `x AT TIME ZONE zone` and `timezone(zone, x)`: children x, zone
///   collate          children: operand, string with the collation's name
///   -> ->> #> #>> @> <@ ? and every other operator of PostgreSQL by its own sign
///
/// Functions (`Kind::call`): lower-case, without a schema where it is the engine's own (pg_catalog, sys), with it and a
/// dot for a user's function ("dbo.fn", "s.f"). These, which engines call differently, have one word each:
///   "now"            the transaction's or statement's local time: now(), CURRENT_TIMESTAMP, LOCALTIMESTAMP,
///                    transaction_timestamp(), statement_timestamp(), getdate(), sysdatetime(), sysdatetimeoffset(),
///                    clock_timestamp(). A child, if any: the precision as a number, or, of T-SQL's clocks, the string
///                    "no offset": converted to a time with zone, it counts as UTC. sysdatetimeoffset() has none.
///   "utc_now"        getutcdate(), sysutcdatetime() (both with the child "no offset"), now() AT TIME ZONE 'utc' in
///                    either spelling
///   "today"          CURRENT_DATE, CONVERT(date, getdate())
///   "time_now"       CURRENT_TIME, LOCALTIME
///   "new_uuid"       gen_random_uuid(), uuid_generate_v4(), newid()
///   "new_sequential_uuid"   newsequentialid(), uuidv7(), uuid_generate_v1()
///   "next_value"     nextval('s.q'::regclass), NEXT VALUE FOR [s].[q]; child: a string with the name as "s.q" (parts
///                    undone of quotes, joined by a dot), or "q"
///   "current_user"   CURRENT_USER, user, user_name(), session_user, suser_sname(), system_user, original_login()
///   "length"         length(x), char_length(x), character_length(x), len(x). T-SQL's len also sets `kLenCaveat`, by
///                    having a second child: the string "trailing blanks do not count".
///   "octet_length"   octet_length(x), datalength(x): the same of bytes; of a text each counts its engine's encoding
///   "ln"             ln(x), T-SQL's log(x)
///   "log10"          PostgreSQL's log(x), log10(x)
///   "log"            log(base, x); T-SQL's log(x, base) with its arguments exchanged
///   "coalesce"       COALESCE(…), isnull(a, b); "nullif"; "upper"; "lower"; "abs"; "round"; "concat"; "replace"
///   "substring"      substring(x, from, for), SUBSTRING(x FROM a FOR b), substr
///   "trim" "ltrim" "rtrim"
///   "position"       POSITION(a IN b), strpos(b, a), charindex(a, b): children: what is searched, where
///   "extract"        EXTRACT(field FROM x), date_part('field', x), datepart(field, x), year(x), month(x), day(x):
///                    children: a string with the field ("year"), x. Fields that mean something else in T-SQL have
///                    words of their own: "tsql_second", "tsql_millisecond", "tsql_microsecond" (PostgreSQL's have the
///                    fraction, or the whole seconds as well), "tsql_week", "weekday".
///   "ceiling" (ceil), "power" (pow, PostgreSQL's ^), "greatest", "least", "iif" is read as a choice
///   "is_json"        x IS JSON, isjson(x) > 0, isjson(x) = 1: one child
/// Whatever else is called stays a call by its own name: equal calls of two engines with one name count as the same,
/// but for a caveat where nothing is known of the function.

inline constexpr std::string_view kLenCaveat = "trailing blanks do not count";

/// Nodes of the tree, itself included.
std::size_t node_count(const ExpressionTree& tree);
/// Levels of the tree: 1 for a leaf.
int depth(const ExpressionTree& tree);
/// Every column name that it mentions, in order of appearance, each once.
std::vector<std::string> columns_of(const ExpressionTree& tree);
/// For tests, debugging and "as understood" in reports: `(and (>= a 1) (in b 'x' 'y'))`. Unambiguous: equal texts mean
/// equal trees.
std::string to_text(const ExpressionTree& tree);

}  // namespace paripassu::catalog
