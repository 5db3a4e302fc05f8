#include "harness/parity/normal_form.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/harness/parity/expression_trees.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::LengthUnit;
using catalog::Type;
using catalog::TypeFamily;

namespace {

Type floating(int bits) {
  Type type = simple_type(TypeFamily::floating, bits == 32 ? "real" : "double precision");
  type.bits = bits;
  return type;
}

const Columns kColumns({{"a", integer_type("integer", 32)},
                        {"n", integer_type("integer", 32)},
                        {"big", integer_type("bigint", 64)},
                        {"j", decimal_type("numeric", 10, 2)},
                        {"f", floating(32)},
                        {"b", simple_type(TypeFamily::boolean, "boolean")},
                        {"q", simple_type(TypeFamily::boolean, "bit")},
                        {"h", text_type("text", 0, LengthUnit::characters)},
                        {"i", text_type("varchar", 40, LengthUnit::characters)},
                        {"c", text_type("character", 3, LengthUnit::characters, true)},
                        {"m", simple_type(TypeFamily::enumeration, "mood")},
                        {"u", simple_type(TypeFamily::uuid, "uuid")},
                        {"d", simple_type(TypeFamily::date, "date")},
                        {"t", simple_type(TypeFamily::time, "time")},
                        {"ts", second_type(TypeFamily::timestamp, "timestamp", 6)},
                        {"tz", second_type(TypeFamily::timestamp, "timestamptz", 6, true)},
                        {"json", simple_type(TypeFamily::json, "jsonb")},
                        {"bytes", simple_type(TypeFamily::binary, "bytea")}});

/// The form of a condition, whose NULL is seen unless the place says otherwise.
std::string form(const Tree& tree, UnknownTruth unknown = UnknownTruth::stays) {
  ExpressionPlace place = kColumns.place();
  place.unknown = unknown;
  std::vector<std::string> caveats;
  return to_text(normal_tree(tree, place, caveats));
}

/// The form of a default or computed value of a column.
std::string value_form(std::string_view column, const Tree& tree) {
  ExpressionPlace place = kColumns.place();
  place.target = place.column_type(column);
  REQUIRE(place.target);
  std::vector<std::string> caveats;
  return to_text(normal_tree(tree, place, caveats));
}

Tree is_one(std::string_view column) {
  return op("=", col(column), num("1"));
}

/// Reads nothing but what it was given, and counts.
class FixedReader final : public ExpressionReader {
 public:
  ReadExpression read(std::string_view printed) const override {
    ++reads;
    if (printed == "null") return {cast("varchar(5)", null()), ""};
    if (printed == "len") return {op(">", call("length", {col("h"), str(catalog::kLenCaveat)}), num("0")), ""};
    if (printed == "length") return {op(">", call("length", {col("h")}), num("0.0")), ""};
    if (printed == "class") return {op("like", col("h"), str("[a]%")), ""};
    if (printed == "like") return {op("like", col("h"), str("a%")), ""};
    return {std::nullopt, "unexpected text"};
  }
  mutable int reads = 0;
};

NormalForm understood(std::string form, std::vector<std::string> caveats = {}) {
  NormalForm out;
  out.understood = true;
  out.form = std::move(form);
  out.caveats = std::move(caveats);
  return out;
}

}  // namespace

TEST_CASE("Numbers have one spelling as values") {
  for (const std::string_view spelling : {"1.5", "1.50", "+1.5", "01.5", "15e-1", "0.15E1"}) {
    CAPTURE(spelling);
    CHECK(value_form("j", num(spelling)) == "1.5");
  }
  CHECK(value_form("a", num("0.00")) == "0");
  CHECK(value_form("a", num("-0")) == "0");
  CHECK(value_form("a", num("3000000000.")) == "3000000000");
  CHECK(value_form("j", num("1e2")) == "100");
  CHECK(value_form("j", num(".5")) == "0.5");
  CHECK(value_form("j", num("-1")) != value_form("j", num("1")));
  CHECK(value_form("j", num("1.05")) != value_form("j", num("1.5")));
}

TEST_CASE("Numbers without an end stay short, and what is no number stays as it is") {
  CHECK(value_form("j", num("1e99999")) == "1e99999");
  CHECK(value_form("j", num("10e99998")) == "1e99999");
  CHECK(value_form("j", num("1e-99999")) == "1e-99999");
  CHECK(value_form("j", num("1e99999999999999999999")) == "1e99999999999999999999");
  CHECK(value_form("j", num("1e")) == "1e");
  CHECK(value_form("j", num("")) == "");
  CHECK(value_form("j", num("1.2.3")) == "1.2.3");
  CHECK(value_form("a", str("NaN")) == "'NaN'");
  const std::string digits(5000, '9');
  CHECK(value_form("j", num(digits + ".0")) == digits);
}

TEST_CASE("A literal loses the casts that do not change it, and keeps the others") {
  CHECK(value_form("a", cast("integer", str("-1"))) == "-1");
  CHECK(value_form("h", cast("text", cast("varchar", str("x")))) == "'x'");
  CHECK(value_form("h", cast("varchar(3)", str("abc"))) == "'abc'");
  CHECK(value_form("h", cast("varchar(3)", str("äöü"))) == "'äöü'");
  CHECK(value_form("h", cast("varchar(3)", str("abcd"))) == "(cast-\"text(3)\" 'abcd')");
  CHECK(value_form("j", cast("numeric(10,2)", num("1.50"))) == "1.5");
  CHECK(value_form("j", cast("numeric(3,1)", num("1.55"))) == "(cast-\"decimal(3,1)\" 1.55)");
  CHECK(value_form("j", cast("numeric(3,2)", num("10"))) == "(cast-\"decimal(3,2)\" 10)");
  CHECK(value_form("a", cast("int", num("1.5"))) == "(cast-integer 1.5)");  // PostgreSQL rounds, SQL Server cuts off
  CHECK(value_form("a", cast("smallint", num("40000"))) == "(cast-smallint 40000)");
  CHECK(value_form("a", cast("tinyint", num("255"))) == "255");
  CHECK(value_form("h", cast("integer", cast("varchar", str("1")))) == "'1'");
  CHECK(value_form("h", null()) == "null");
  CHECK(value_form("h", cast("varchar(3)", cast("text", null()))) == "null");
}

TEST_CASE("A text takes the form of the type that it is used with") {
  CHECK(value_form("a", str(" 10 ")) == "10");
  CHECK(value_form("h", str("10")) == "'10'");
  CHECK(value_form("h", num("10")) == "'10'");
  CHECK(value_form("u", str("{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}")) == "'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'");
  CHECK(value_form("u", str("AAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE")) == "'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'");
  CHECK(value_form("u", str("AAAAAAAA")) == "'AAAAAAAA'");
  CHECK(value_form("h", str("AAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE")) == "'AAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE'");
  CHECK(value_form("bytes", cast("bytea", str("\\xDEAD"))) == "x'dead'");
  CHECK(value_form("bytes", cast("bytea", str("\\xDEA"))) == "(cast-varbinary '\\xDEA')");
  CHECK(form(op("=", col("h"), num("5"))) == "(= h 5)");
  CHECK(form(op("=", col("a"), str("5"))) == "(= a 5)");
  CHECK(form(op("=", col("unknown"), str("5"))) == "(= unknown '5')");
}

TEST_CASE("Dates and times have one spelling") {
  for (const std::string_view spelling :
       {"2020-01-01", "20200101", "2020-01-01T00:00:00", "2020-01-01 00:00", "2020-01-01 00:00:00.0000000",
        " 2020-01-01 ", "2020-01-01 00:00:00+00", "2020-01-01T00:00:00Z"}) {
    CAPTURE(spelling);
    CHECK(value_form("ts", str(spelling)) == "'2020-01-01'");
    CHECK(value_form("tz", str(spelling)) == "'2020-01-01'");
    CHECK(value_form("d", str(spelling)) == "'2020-01-01'");
    CHECK(value_form("h", str(spelling)) == "'" + std::string(spelling) + "'");
  }
  CHECK(value_form("ts", str("2020-01-01T12:30:00.500")) == "'2020-01-01 12:30:00.5'");
  CHECK(value_form("tz", str("2020-01-01 00:30:00+01")) == "'2019-12-31 23:30:00'");
  CHECK(value_form("tz", str("2019-12-31 23:30:00 -05:30")) == "'2020-01-01 05:00:00'");
  CHECK(value_form("tz", str("2020-02-28 23:00:00-0200")) == "'2020-02-29 01:00:00'");
  CHECK(value_form("t", str("12:30")) == "'12:30:00'");
  CHECK(value_form("t", str("00:00:00.000")) == "'00:00:00'");
}

TEST_CASE("A date that the engines may read in two ways, or that is none, stays as it is written") {
  for (const std::string_view spelling :
       {"01/02/2020", "2020-13-01", "2021-02-29", "2020-1-1", "infinity", "now", "2020-01-01 24:00:00",
        "2020-01-01 12:30:00 PM", "2020-01-01 12:30:00+01", "0000-01-01", "2020-01-01x", "", ":::", "12:3"}) {
    CAPTURE(spelling);
    CHECK(value_form("ts", str(spelling)) == "'" + std::string(spelling) + "'");
  }
  // A date forgets the time of day, so that the cast says something.
  CHECK(value_form("ts", cast("date", str("2020-01-01 12:00:00"))) == "(cast-date '2020-01-01 12:00:00')");
  CHECK(value_form("ts", cast("timestamp(0)", str("2020-01-01 12:00:00.5"))) ==
        "(cast-\"timestamp(0)\" '2020-01-01 12:00:00.5')");
  CHECK(value_form("tz", str("0001-01-01 00:00:00+14")) == "'0001-01-01 00:00:00+14'");
}

TEST_CASE("JSON is compared without its blanks, only where it is JSON") {
  CHECK(value_form("json", str("{ \"a\" : [1, 2] }")) == "'{\"a\":[1,2]}'");
  CHECK(value_form("json", str("{\"a b\": \"c \\\" d\"}")) == "'{\"a b\":\"c \\\" d\"}'");
  CHECK(value_form("json", str("[1 2]")) == "'[1 2]'");
  CHECK(value_form("json", str("{\"a")) == "'{\"a'");
  CHECK(value_form("json", str("[tr ue]")) == "'[tr ue]'");
  CHECK(value_form("h", str("{ }")) == "'{ }'");
}

TEST_CASE("A boolean compared with a constant is itself or its negation") {
  for (const Tree& yes : {op("=", col("b"), truth(true)), op("=", col("b"), num("1")), op("<>", col("b"), num("0")),
                          op("=", num("1.0"), col("b")), op(">", col("b"), num("0")), op("=", col("b"), str("true")),
                          op("=", cast("int", col("b")), num("1")), op("=", col("b"), cast("bit", num("1"))),
                          in({col("b"), num("1")}), negation(op("=", col("b"), num("0")))}) {
    CAPTURE(to_text(yes));
    CHECK(form(yes) == "b");
    CHECK(form(negation(yes)) == "(not b)");
  }
  CHECK(form(op("=", col("b"), num("2"))) == "(= b 2)");
  CHECK(form(op(">=", col("b"), num("0"))) == "(>= b false)");
  CHECK(form(op("=", col("b"), null())) == "(= b null)");
  CHECK(form(is_one("a")) == "(= a 1)");
  CHECK(form(is_one("unknown")) == "(= unknown 1)");
  CHECK(form(op("=", call("coalesce", {col("b"), num("0")}), num("1"))) == "(coalesce() b false)");
  CHECK(form(op("=", op("+", col("b"), col("q")), num("1"))) == "(= (+ b q) 1)");
  CHECK(value_form("b", num("1")) == "true");
  CHECK(value_form("b", num("2")) == "true");
  CHECK(value_form("b", cast("bit", num("0"))) == "false");
  CHECK(value_form("a", num("1")) == "1");
  CHECK(value_form("b", choice({is_one("a"), num("1"), num("0")})) == "(case (= a 1) true false)");
  CHECK(value_form("b", cast("bit", choice({is_one("a"), num("1"), num("0")}))) == "(case (= a 1) true false)");
}

TEST_CASE("IS TRUE goes where NULL and false have one effect") {
  const Tree test = is_truth(true, col("b"));
  CHECK(form(test) == "(is-true b)");
  CHECK(form(test, UnknownTruth::counts_as_true) == "(is-true b)");
  CHECK(form(test, UnknownTruth::counts_as_false) == "b");
  CHECK(form(negation(test), UnknownTruth::counts_as_false) == "(not (is-true b))");
  CHECK(form(negation(test), UnknownTruth::counts_as_true) == "(not b)");
  CHECK(form(is_truth(false, col("b"))) == "(is-true (not b))");
  CHECK(form(is_truth(true, is_null(col("a")))) == "(is-null a)");
  CHECK(form(op("distinct_from", col("b"), truth(true))) == "(not (is-true b))");

  ExpressionPlace place = kColumns.place();
  place.column_nullable = [](std::string_view column) { return column != "b"; };
  std::vector<std::string> caveats;
  CHECK(to_text(normal_tree(test, place, caveats)) == "b");
  CHECK(to_text(normal_tree(is_truth(true, col("q")), place, caveats)) == "(is-true q)");
}

TEST_CASE("NOT moves inwards") {
  CHECK(form(negation(any_of({is_one("a"), op("=", col("a"), num("2"))}))) == "(not (in a 1 2))");
  CHECK(form(negation(op(">", col("a"), num("1")))) == "(<= a 1)");
  CHECK(form(negation(all_of({is_one("a"), negation(col("b"))}))) == "(or b (<> a 1))");
  CHECK(form(negation(op("like", col("h"), str("a%")))) == "(not (like h 'a%'))");
  CHECK(form(negation(negation(negation(col("b"))))) == "(not b)");
  CHECK(form(negation(between(col("a"), num("1"), num("5")))) == "(or (< a 1) (> a 5))");
  CHECK(form(negation(null())) == "null");
}

TEST_CASE("Equalities of one operand are a list") {
  const std::string list = "(in a 1 2 10)";
  CHECK(form(in({col("a"), num("10"), num("2"), num("1"), num("2.0")})) == list);
  CHECK(form(any_of({op("=", col("a"), num("10")), any_of({op("=", num("2"), col("a")), is_one("a")})})) == list);
  CHECK(form(any_of({in({col("a"), num("1"), num("2")}), op("=", col("a"), num("10"))})) == list);
  CHECK(form(all_of({op("<>", col("a"), num("2")), negation(is_one("a"))})) == "(not (in a 1 2))");
  CHECK(form(in({col("a"), num("1"), num("1")})) == "(= a 1)");
  CHECK(form(in({col("a"), num("1"), col("n")})) == "(or (= a 1) (= a n))");
  CHECK(form(in({col("a"), num("1"), null()})) == "(in a null 1)");
  CHECK(form(any_of({is_one("a"), is_one("n")})) == "(or (= a 1) (= n 1))");
  CHECK(form(in({num("1"), col("a"), col("n")})) == "(or (= a 1) (= n 1))");
}

TEST_CASE("Operands that may change places have one order, others keep theirs") {
  CHECK(form(op("<", num("1"), col("a"))) == "(> a 1)");
  CHECK(form(op("<", col("n"), col("a"))) == form(op(">", col("a"), col("n"))));
  CHECK(form(op("<", col("n"), col("a"))) != form(op("<", col("a"), col("n"))));
  CHECK(value_form("a", op("+", op("+", col("n"), num("1")), col("a"))) ==
        value_form("a", op("+", col("a"), op("+", col("n"), num("1.0")))));
  CHECK(value_form("a", op("*", num("2"), col("a"))) == "(* 2 a)");
  CHECK(value_form("a", op("-", col("n"), col("a"))) == "(- n a)");
  CHECK(value_form("a", op("-", op("-", col("a"), col("n")), num("1"))) !=
        value_form("a", op("-", col("a"), op("-", col("n"), num("1")))));
  // The order of additions of floating numbers decides how they are rounded.
  CHECK(value_form("f", op("+", op("+", col("f"), num("1")), col("a"))) !=
        value_form("f", op("+", col("f"), op("+", num("1"), col("a")))));
  CHECK(form(all_of({col("b"), col("b")})) == "b");
  CHECK(form(all_of({col("b"), truth(true)})) == "b");
  CHECK(form(any_of({col("b"), truth(true)})) == "true");
}

TEST_CASE("AND and OR are kept apart") {
  const Tree a = is_one("a");
  const Tree n = is_one("n");
  CHECK(form(all_of({a, n})) != form(any_of({a, n})));
  CHECK(form(any_of({all_of({a, n}), col("b")})) != form(all_of({a, any_of({n, col("b")})})));
  CHECK(form(all_of({any_of({a, col("b")}), any_of({a, col("q")})})) ==
        "(and (or b (= a 1)) (or q (= a 1)))");  // never multiplied out
}

TEST_CASE("A test for NULL goes where the place does the same without it") {
  const Tree check = any_of({is_null(col("h")), op("=", col("h"), str("x"))});
  CHECK(form(check, UnknownTruth::counts_as_true) == "(= h 'x')");
  CHECK(form(check, UnknownTruth::counts_as_false) == "(or (= h 'x') (is-null h))");
  CHECK(form(check) == "(or (= h 'x') (is-null h))");
  const Tree predicate = all_of({negation(is_null(col("a"))), op(">", op("+", col("a"), col("n")), num("0"))});
  CHECK(form(predicate, UnknownTruth::counts_as_false) == "(> (+ a n) 0)");
  CHECK(form(predicate, UnknownTruth::counts_as_true) == "(and (> (+ a n) 0) (not (is-null a)))");
  // The other part is not NULL where a is.
  const Tree other = any_of({is_null(col("a")), all_of({op(">", col("a"), num("0")), col("b")})});
  CHECK(form(other, UnknownTruth::counts_as_true) == "(or (and b (> a 0)) (is-null a))");
}

TEST_CASE("A division tells whole numbers from decimals, until an operand decides it") {
  const auto half = [](std::string_view column, Tree two) {
    return form(op(">", op("/", col(column), std::move(two)), num("1")));
  };
  CHECK(half("a", num("2")) != half("a", num("2.0")));
  CHECK(half("a", num("2.0")) == half("a", num("2.00")));
  CHECK(half("a", num("2.0")) == half("a", cast("numeric", num("2"))));
  CHECK(half("j", num("2")) == half("j", num("2.0")));
  CHECK(half("f", num("2")) == half("f", num("2.0")));
  CHECK(form(op(">", op("/", cast("numeric", col("a")), num("2")), num("1"))) != half("a", num("2")));
  CHECK(form(op(">", op("/", op("+", col("a"), num("1.0")), num("2")), num("1"))) !=
        form(op(">", op("/", op("+", col("a"), num("1")), num("2")), num("1"))));
  // T-SQL's isnull(a, 1.5) is an integer, COALESCE(a, 1.5) is not.
  CHECK(form(op(">", op("/", call("coalesce", {col("a"), num("1.5")}), num("2")), num("1"))) !=
        form(op(">", op("/", call("coalesce", {col("a"), num("1.5")}), cast("numeric", num("2"))), num("1"))));
}

TEST_CASE("Casts that the types make needless go, others have neutral names") {
  CHECK(form(op("=", cast("text", col("i")), str("x"))) == "(= i 'x')");
  CHECK(form(op("=", cast("text", col("a")), str("1"))) == "(= (cast-text a) '1')");
  CHECK(form(op("=", cast("text", col("unknown")), str("x"))) == "(= (cast-text unknown) 'x')");
  CHECK(form(op("=", cast("text", cast("varchar(5)", col("h"))), str("x"))) == "(= (cast-\"text(5)\" h) 'x')");
  CHECK(form(op("=", cast("varchar(40)", col("i")), str("x"))) == "(= i 'x')");
  CHECK(form(op("=", cast("text", col("c")), str("x"))) == "(= c 'x')");
  CHECK(form(op("=", cast("text", col("c")), str("x "))) == "(= (cast-text c) 'x ')");
  CHECK(form(op(">", cast("numeric", col("a")), num("1.5"))) == "(> a 1.5)");
  CHECK(form(op(">", cast("decimal(5,2)", col("a")), num("1.5"))) == "(> (cast-\"decimal(5,2)\" a) 1.5)");
  CHECK(form(op("=", cast("bigint", col("a")), col("big"))) == "(= a big)");
  CHECK(form(op("=", cast("smallint", col("a")), num("1"))) == "(= (cast-smallint a) 1)");
  CHECK(form(op("=", cast("text", col("m")), str("ok"))) == "(= m 'ok')");
  CHECK(form(op("<", cast("text", col("m")), str("ok"))) == "(< (cast-text m) 'ok')");
  CHECK(form(op("<", cast("timestamp", col("d")), cast("timestamp", str("2020-01-01")))) == "(< d '2020-01-01')");
  CHECK(form(op("<", cast("timestamp", col("d")), cast("timestamp", str("2020-01-01 12:00")))) ==
        "(< (cast-timestamp d) '2020-01-01 12:00:00')");
  CHECK(form(op("<", cast("timestamptz", col("ts")), cast("timestamptz", str("2020-01-01 00:00+00")))) ==
        "(< (cast-\"timestamp with time zone\" ts) '2020-01-01')");
  CHECK(form(op("=", cast("s.money", col("a")), num("1"))) == "(= (cast-s.money a) 1)");
}

TEST_CASE("Where the way a literal is written matters, it shows") {
  const auto called = [](Tree argument) { return form(op("=", call("s.f", {std::move(argument)}), num("1"))); };
  CHECK(called(num("2")) != called(num("2.0")));
  CHECK(called(num("2.5")) != called(num("2.50")));
  CHECK(called(str("2020-01-01")) != called(cast("date", str("2020-01-01"))));
  CHECK(called(cast("date", str("20200101"))) == called(cast("date", str("2020-01-01"))));
  CHECK(called(str("x")) == called(cast("text", str("x"))));
  CHECK(form(op(">", op("-", col("d"), cast("date", str("2020-01-01"))), num("1"))) !=
        form(op(">", op("-", col("d"), cast("timestamp", str("2020-01-01"))), num("1"))));
  CHECK(form(op(">", col("f"), cast("real", num("0.1")))) == "(> f 0.1)");
  CHECK(form(op(">", col("j"), cast("real", num("0.1")))) == "(> j (cast-real 0.1))");
}

TEST_CASE("Texts are joined by one operator, in their order") {
  const Tree joined = op("+", op("+", col("h"), str(" ")), col("i"));
  CHECK(value_form("h", joined) == "(|| h ' ' i)");
  CHECK(value_form("h", op("||", col("h"), op("||", str(" "), cast("text", col("i"))))) == "(|| h ' ' i)");
  CHECK(value_form("h", op("+", str("a"), str("b"))) == "(|| 'a' 'b')");
  CHECK(value_form("h", op("+", col("i"), col("h"))) == "(|| i h)");
  CHECK(value_form("a", op("+", col("a"), str("1"))) == "(+ 1 a)");  // T-SQL makes a number of the text
  CHECK(value_form("h", op("+", col("y"), col("x"))) == "(+ y x)");  // who knows
}

TEST_CASE("Functions of time, users, sequences and uuids have one form each") {
  CHECK(value_form("ts", call("now", {num("3")})) == "(now())");
  CHECK(value_form("ts", cast("timestamp", call("now"))) == "(now())");
  CHECK(value_form("d", call("now")) == "(today())");
  CHECK(value_form("ts", call("today")) == "(today())");
  CHECK(value_form("d", cast("date", call("now"))) == "(today())");
  CHECK(value_form("t", call("now")) == "(time_now())");
  CHECK(value_form("d", cast("date", call("utc_now"))) == "(utc_now())");
  CHECK(value_form("ts", call("utc_now")) != value_form("ts", call("now")));
  // Compared with a date, now keeps its time of day.
  CHECK(form(op("<", col("d"), call("now"))) == "(< d (now()))");
  CHECK(value_form("a", call("next_value", {str("S.Q")})) == "(next_value() 's.q')");
}

TEST_CASE("Functions that give one of their arguments are taken apart only where nothing changes") {
  CHECK(value_form("a", call("coalesce", {col("a")})) == "a");
  CHECK(value_form("a", call("coalesce", {call("coalesce", {col("a"), col("n")}), num("0.0")})) ==
        "(coalesce() a n 0)");
  CHECK(value_form("a", call("coalesce", {col("a"), null(), num("0")})) == "(coalesce() a 0)");
  CHECK(value_form("a", call("coalesce", {col("n"), col("a")})) == "(coalesce() n a)");
  CHECK(value_form("a", call("greatest", {col("n"), col("a")})) == "(greatest() a n)");
  CHECK(form(op(">", call("coalesce", {col("d"), str("20200101")}), col("d"))) == "(< d (coalesce() d '2020-01-01'))");
  CHECK(value_form("a", choice({is_one("b"), num("1"), is_one("q"), num("2"), null()})) == "(case b 1 q 2 null)");
  CHECK(value_form("a", choice({is_one("b"), num("1"), is_one("q"), num("2"), null()})) !=
        value_form("a", choice({is_one("q"), num("2"), is_one("b"), num("1"), null()})));
}

TEST_CASE("Columns and objects take the words of the place") {
  ExpressionPlace place = kColumns.place();
  std::vector<std::string> caveats;
  CHECK(to_text(normal_tree(op(">", col("OrderID"), num("0")), place, caveats)) == "(> orderid 0)");
  place.column_word = [](std::string_view column) { return column == "OrderID" ? "order" : std::string(column); };
  place.object_word = [](std::string_view name) { return "<" + std::string(name) + ">"; };
  CHECK(to_text(normal_tree(op(">", call("dbo.fn", {col("OrderID")}), call("abs", {col("a")})), place, caveats)) ==
        "(> (\"<dbo.fn>\"() order) (abs() a))");
  CHECK(to_text(normal_tree(call("next_value", {str("q")}), place, caveats)) == "(next_value() '<q>')");
}

TEST_CASE("What an index is made of is a value, although the place has no target") {
  CHECK(form(call("coalesce", {col("unknown"), str("1")})) == "(coalesce() unknown '1')");
  CHECK(form(op("+", col("a"), num("1.0"))) == "(+ 1 a)");
  CHECK(form(call("lower", {cast("text", col("i"))})) == "(lower() i)");
}

TEST_CASE("Caveats are told once, sorted, whatever the caller had before") {
  std::vector<std::string> caveats = {"zebra", "apple"};
  const Tree len = call("length", {col("h"), str(catalog::kLenCaveat)});
  const Tree tree = op(">", len, op("+", len, call("length", {call("new_sequential_uuid")})));
  normal_tree(tree, kColumns.place(), caveats);
  CHECK(caveats == std::vector<std::string>{"apple", "len does not count trailing blanks",
                                            "new uuids come in ascending order", "zebra"});
}

TEST_CASE("ExpressionNormaliser reads each text once") {
  const FixedReader reader;
  ExpressionNormaliser normaliser(&reader);
  normaliser.prepare({"len", "length", "len", "nonsense"});
  CHECK(reader.reads == 3);
  normaliser.prepare({"length"});
  CHECK(normaliser.normalise({"len", false}, kColumns.place()).form == "(> (length() h) 0)");
  CHECK(normaliser.normalise({"len", false}, kColumns.place()).caveats.size() == 1);
  CHECK(reader.reads == 3);
  CHECK(normaliser.is_null_literal({"null", false}));
  CHECK_FALSE(normaliser.is_null_literal({"len", false}));
  CHECK(reader.reads == 4);
}

TEST_CASE("What is hidden, unreadable or without a reader is not understood") {
  const FixedReader reader;
  ExpressionNormaliser normaliser(&reader);
  const NormalForm bad = normaliser.normalise({" no \n  sense ", false}, {});
  CHECK_FALSE(bad.understood);
  CHECK(bad.form == "no sense");
  CHECK(bad.problem == "unexpected text");
  CHECK(compare_forms(bad, bad).match == ExpressionMatch::not_understood);
  CHECK(compare_forms(bad, understood("no sense")).reason == "left: unexpected text");

  const NormalForm hidden = normaliser.normalise({"", true}, {});
  CHECK_FALSE(hidden.understood);
  CHECK_FALSE(hidden.problem.empty());
  CHECK_FALSE(normaliser.is_null_literal({"", true}));

  ExpressionNormaliser blind(nullptr);
  blind.prepare({"len"});
  const NormalForm unread = blind.normalise({"len", false}, {});
  CHECK_FALSE(unread.understood);
  CHECK_FALSE(unread.problem.empty());
  CHECK_FALSE(blind.is_null_literal({"null", false}));
}

TEST_CASE("compare_forms tells a caveat that only one side has") {
  const NormalForm plain = understood("(= a 1)");
  const NormalForm caveat = understood("(= a 1)", {"careful", "slow"});
  CHECK(compare_forms(plain, plain).match == ExpressionMatch::same);
  CHECK(compare_forms(caveat, caveat).match == ExpressionMatch::same);
  CHECK(compare_forms(plain, caveat).match == ExpressionMatch::same_with_caveat);
  CHECK(compare_forms(plain, caveat).reason == "right: careful; right: slow");
  CHECK(compare_forms(understood("(= a 1)", {"slow"}), caveat).reason == "right: careful");
  CHECK(compare_forms(plain, understood("(= a 2)", {"careful"})).match == ExpressionMatch::different);
}

TEST_CASE("A LIKE pattern that engines read in two ways is one only within an engine") {
  const FixedReader one;
  const FixedReader other;
  ExpressionNormaliser left(&one);
  ExpressionNormaliser right(&other);
  ExpressionNormaliser same(&one);
  const auto compare = [](ExpressionNormaliser& first, ExpressionNormaliser& second, const char* text) {
    return compare_forms(first.normalise({text, false}, {}), second.normalise({text, false}, {}));
  };
  CHECK(compare(left, right, "like").match == ExpressionMatch::same);
  CHECK(compare(left, same, "class").match == ExpressionMatch::same);
  CHECK(compare(left, right, "class").match == ExpressionMatch::different);
  CHECK_FALSE(compare(left, right, "class").reason.empty());

  const auto with_escape = [](std::string_view pattern, std::string_view escape) {
    return form(tree(Kind::operation, "like", {col("h"), str(pattern), str(escape)}));
  };
  CHECK(with_escape("a%", "!") == "(like h 'a%')");
  CHECK(with_escape("a!%", "!") == R"((like h 'a\%' '\'))");
  CHECK(with_escape("a%%", "%") == R"((like h 'a\%' '\'))");
  CHECK(with_escape("a!!b!c", "!") == "(like h 'a!bc')");
  CHECK(with_escape("a\\%", "!") == R"((like h 'a\\%' '\'))");
  CHECK(with_escape("a\\%", "") == R"((like h 'a\\%' '\'))");
  CHECK(with_escape(R"(a\%\\)", "\\") == R"((like h 'a\%\\' '\'))");
  // What engines read in two ways stays.
  CHECK(with_escape("[a]!%", "!") == "(like h '[a]!%' '!')");
  CHECK(with_escape("a!", "!") == "(like h 'a!' '!')");
  CHECK(with_escape("a!!%", "!!") == "(like h 'a!!%' '!!')");
  CHECK(with_escape("[a]", "!") == "(like h '[a]')");
}

TEST_CASE("The deepest trees that a reader makes are brought into normal form") {
  Tree sum = col("a");
  Tree condition = col("b");
  Tree casts = str("1");
  Tree nested = col("a");
  for (int i = 1; i < catalog::kExpressionDepthMax; ++i) {
    sum = op(i % 2 == 0 ? "-" : "/", std::move(sum), num("2"));
    condition = i % 2 == 0 ? negation(std::move(condition)) : is_truth(true, std::move(condition));
    casts = cast(i % 2 == 0 ? "integer" : "text", std::move(casts));
    nested = choice({op("=", std::move(nested), num("1")), num("1"), num("2")});
  }
  CHECK(form(op(">", sum, num("1"))).size() > 1000);
  CHECK_FALSE(form(condition).empty());
  CHECK_FALSE(form(op("=", casts, str("1"))).empty());
  CHECK(form(op("=", nested, num("1"))).size() > 1000);
}
