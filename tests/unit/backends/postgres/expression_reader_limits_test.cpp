// Hostile text: what the reader must refuse before libpg_query sees it, and what must not reach a neighbour.
#include <doctest/doctest.h>
#include <pthread.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backends/postgres/expression_reader.h"
#include "backends/postgres/expression_text.h"

using namespace paripassu;
using catalog::kExpressionDepthMax;
using postgres::examine_expression;
using postgres::kBracketDepthMax;
using postgres::kParseTreeDepthMax;
using postgres::PostgresExpressionReader;

namespace {

std::string repeated(std::string_view part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

std::string nested(std::string_view before, std::string_view inside, std::string_view after, int times) {
  return repeated(before, times).append(inside).append(repeated(after, times));
}

/// Runs `work` in a thread with a stack of 512 KB.
void on_small_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, std::size_t{512} << 10) == 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&work)) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

ReadExpression read(std::string_view text) {
  return PostgresExpressionReader().read(text);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct Chain {
  const char* name;
  std::string (*text)(int levels);
  int tree_levels_each;  ///< of the neutral tree, per level of the text
};

const Chain kChains[] = {
    {"sum", [](int n) { return "a" + repeated("+a", n); }, 1},
    {"concatenation", [](int n) { return "a" + repeated(" || 'x'::text", n); }, 1},
    {"NOT", [](int n) { return repeated("NOT ", n) + "a"; }, 1},
    {"NOT of minus", [](int n) { return repeated("NOT - ", n) + "a"; }, 2},
    {"minus", [](int n) { return repeated("- ", n) + "a"; }, 1},
    {"cast", [](int n) { return "a" + repeated("::text", n); }, 1},
    {"COLLATE", [](int n) { return "a" + repeated(" COLLATE \"C\"", n); }, 1},
    {"IS NULL", [](int n) { return "a" + repeated(" IS NULL", n); }, 1},
    {"ISNULL", [](int n) { return "a" + repeated(" isnull", n); }, 1},
    {"IS NOT TRUE", [](int n) { return "a" + repeated(" IS NOT TRUE", n); }, 2},
    {"AT TIME ZONE", [](int n) { return "a" + repeated(" AT TIME ZONE 'x'", n); }, 1},
    {"CASE", [](int n) { return nested("CASE WHEN ", "a", " THEN b END", n); }, 1},
    {"CASE of ELSE", [](int n) { return nested("CASE WHEN b THEN c ELSE ", "a", " END", n); }, 1},
    {"simple CASE", [](int n) { return nested("CASE ", "a", " WHEN b THEN c END", n); }, 2},
    {"call", [](int n) { return nested("f(", "a", ")", n); }, 1},
    {"COALESCE", [](int n) { return nested("COALESCE(a, ", "a", ")", n); }, 1},
    {"ARRAY", [](int n) { return nested("ARRAY[", "a", "]", n); }, 1},
    {"IN", [](int n) { return nested("a IN (", "a", ")", n); }, 1},
    {"NOT IN", [](int n) { return nested("a NOT IN (", "a", ")", n); }, 2},
    {"AND in OR", [](int n) { return nested("a AND (b OR (", "a", "))", n); }, 2},
    {"BETWEEN", [](int n) { return "a" + repeated(" BETWEEN b AND c IS NULL", n); }, 2},
    {"subscript", [](int n) { return nested("a[", "a", "]", n); }, 0},
    {"field", [](int n) { return nested("(", "a", ").b", n); }, 0},
    {"row", [](int n) { return nested("(a, ", "a", ")", n); }, 0},
    {"modifier", [](int n) { return nested("a::x(", "1", ")", n); }, 0},
    {"window", [](int n) { return nested("f() OVER (ORDER BY ", "a", ")", n); }, 0},
};

}  // namespace

TEST_CASE("PostgresExpressionReader survives any depth on a small stack") {
  for (const Chain& chain : kChains) {
    CAPTURE(chain.name);
    for (const int levels : {50, 100, 127, 128, 254, 255, 256, 257, 300, 599, 600, 601, 1200, 10000, 50000}) {
      CAPTURE(levels);
      const std::string text = chain.text(levels);
      ReadExpression result;
      int depth = 0;
      on_small_stack([&] {
        result = read(text);
        if (result.tree) depth = catalog::depth(*result.tree);
      });
      CHECK(result.tree.has_value() == result.problem.empty());
      const int expected = chain.tree_levels_each * levels + 1;
      // A level of the text counts at most five times before it is parsed.
      if (chain.tree_levels_each > 0 && expected <= kExpressionDepthMax && 5 * levels <= kParseTreeDepthMax) {
        REQUIRE_MESSAGE(result.tree.has_value(), result.problem);
        CHECK(depth >= levels);
      }
      CHECK(depth <= kExpressionDepthMax);
      if (levels > kExpressionDepthMax) CHECK_FALSE(result.tree.has_value());
      on_small_stack([&] { result.tree.reset(); });
    }
  }
}

TEST_CASE("PostgresExpressionReader reads trees up to the depth that its contract allows") {
  const auto sum = [](int operands) { return "a" + repeated("+a", operands - 1); };
  CHECK(read(sum(kExpressionDepthMax)).tree.has_value());
  CHECK(contains(read(sum(kExpressionDepthMax + 1)).problem, "it is nested deeper than 256 levels"));
  CHECK(contains(read(sum(50000)).problem, "it is nested deeper than 600 operators and brackets"));
}

TEST_CASE("PostgresExpressionReader does not count brackets around brackets as depth") {
  REQUIRE(read(nested("(", "a", ")", kBracketDepthMax - 1)).tree.has_value());
  CHECK(to_text(*read(nested("(", "a", ")", kBracketDepthMax - 1)).tree) == "a");
  for (const int levels : {kBracketDepthMax + 1, 10000, 400000})
    CHECK(contains(read(nested("(", "a", ")", levels)).problem, "its brackets are nested deeper than 1000"));
}

TEST_CASE("PostgresExpressionReader reads long chains of AND and OR flat") {
  for (const char* word : {" AND ", " OR "}) {
    const ReadExpression flat = read("(a > 1)" + repeated(std::string(word) + "(a > 1)", 49999));
    REQUIRE_MESSAGE(flat.tree.has_value(), flat.problem);
    CHECK(flat.tree->children.size() == 50000);
    CHECK(catalog::depth(*flat.tree) == 3);
  }
  const ReadExpression right = read(nested("(a AND ", "a", ")", 100));
  REQUIRE(right.tree.has_value());
  CHECK(right.tree->children.size() == 101);
}

TEST_CASE("PostgresExpressionReader reads lists of 100 KB and more, up to its bound") {
  const std::string list = "(a = ANY (ARRAY[1" + repeated(", 12345678", 10000) + "]))";
  REQUIRE(list.size() > 100000);
  const ReadExpression member = read(list);
  REQUIRE_MESSAGE(member.tree.has_value(), member.problem);
  CHECK(member.tree->children.size() == 10002);
  const ReadExpression in_list = read("h IN ('x'" + repeated(",'x'", 100000) + ")");
  REQUIRE_MESSAGE(in_list.tree.has_value(), in_list.problem);
  CHECK(in_list.tree->children.size() == 100002);
  const std::string long_string = "'" + std::string(catalog::kExpressionBytesMax - 2, 'x') + "'";
  CHECK(read(long_string).tree.has_value());
  CHECK(contains(read(long_string + " ").problem, "it is longer than 1048576 bytes"));
}

TEST_CASE("PostgresExpressionReader bounds what a neutral form repeats") {
  // Each level would double the one inside it.
  const ReadExpression doubled = read(nested("CASE ", "a", " WHEN 1 THEN 2 WHEN 3 THEN 4 END", 60));
  CHECK(contains(doubled.problem, "what it repeats in the neutral form is too large"));
  const ReadExpression any = read(nested("(", "a", " < ANY (ARRAY[1, 2]))", 60));
  CHECK(contains(any.problem, "what it repeats in the neutral form is too large"));
  CHECK(read("CASE a + b + c WHEN 1 THEN 2 WHEN 3 THEN 4 WHEN 5 THEN 6 END").tree.has_value());
}

namespace {

struct Refusal {
  std::string text;
  const char* problem;
};

const std::vector<Refusal>& refusals() {
  static const std::vector<Refusal> kRefusals = {
      {"", "it is empty (offset 0)"},
      {" \n\t", "it is empty (offset 0)"},
      {"CHECK ()", "cannot read it: syntax error at or near \")\" (offset 7)"},
      {std::string("a\0b", 3), "it contains a NUL character (offset 1)"},
      {std::string("'a\0b'", 5), ""},
      {"'\xff'", "it is not valid UTF-8 (offset 1)"},
      {"a\xc3", "it is not valid UTF-8 (offset 1)"},
      {"\xed\xa0\x80", "it is not valid UTF-8 (offset 0)"},
      {"\xc0\x80", "it is not valid UTF-8 (offset 0)"},
      {"\xf4\x90\x80\x80", "it is not valid UTF-8 (offset 0)"},
      {"a -- b", "it contains a comment (offset 2)"},
      {"a /* b */", "it contains a comment (offset 2)"},
      {"a +-- b", "it contains a comment (offset 3)"},
      {"(a = $1)", "it contains a parameter (offset 5)"},
      {"$$a$$", "it contains a dollar quote (offset 0)"},
      {"$x$a$x$", "it contains a dollar quote (offset 0)"},
      {"'a", "a string is not closed (offset 0)"},
      {"a = 'b''", "a string is not closed (offset 4)"},
      {"E'a\\'", "a string is not closed (offset 1)"},
      {"\"a", "a quoted name is not closed (offset 0)"},
      {"U&\"a", "a quoted name is not closed (offset 2)"},
      {"'a'\n'b'", "two strings stand side by side (offset 4)"},
      {"E'a'\n'\\'", "two strings stand side by side (offset 5)"},
      {"(a", "a bracket or CASE is not closed before the end (offset 2)"},
      {"a)", "a bracket is closed that was not opened here (offset 1)"},
      {"(a]", "a bracket is closed that was not opened here (offset 2)"},
      {"CASE WHEN a THEN b", "a bracket or CASE is not closed before the end"},
      {"(CASE WHEN a THEN b)", "a bracket is closed that was not opened here"},
      {"1, 2", "it is more than one expression (offset 1)"},
      {"1), (2", "a bracket is closed that was not opened here (offset 1)"},
      {"1),\n(2", "a bracket is closed that was not opened here (offset 1)"},
      {"1; DROP TABLE t", "it is more than one statement (offset 1)"},
      {"1 FROM t", "cannot read it: syntax error at or near \"FROM\" (offset 2)"},
      {"1 AS x", "cannot read it: syntax error at or near \"AS\" (offset 2)"},
      {"1 x", "cannot read it: syntax error at or near \"x\" (offset 2)"},
      {"1 WHERE a", "cannot read it: syntax error at or near \"WHERE\" (offset 2)"},
      {"1 UNION ALL SELECT 2", "it contains a query (offset 12)"},
      {"(SELECT 1)", "it contains a query (offset 1)"},
      {"a IN (VALUES (1))", "it contains a query (offset 6)"},
      {"a = ANY (TABLE t)", "it contains a query (offset 9)"},
      {"EXISTS (WITH x AS (SELECT 1) TABLE x)", "it contains a query"},
      {"a +", "it ends too early"},
      {"()", "cannot read it: syntax error at or near \")\" (offset 1)"},
      {"*", "cannot read it: syntax error at or near \"*\" (offset 0)"},
      {"é = = 1", "cannot read it: syntax error at or near \"=\" (offset 5)"},
      {"E'\\xff'", "cannot read it: invalid byte sequence"},
      {"a\\b", "cannot read it: syntax error at or near \"\\\" (offset 1)"},
      {"\"\"", "cannot read it: zero-length delimited identifier"},
      {std::string(64, 'n'), "a name is longer than 63 bytes (offset 0)"},
      {"a = \"" + std::string(64, 'n') + "\"", "a name is longer than 63 bytes (offset 4)"},
  };
  return kRefusals;
}

}  // namespace

TEST_CASE("PostgresExpressionReader refuses what is not one expression, with the reason") {
  for (const Refusal& refusal : refusals()) {
    CAPTURE(refusal.text);
    const ReadExpression result = read(refusal.text);
    CHECK_FALSE(result.tree.has_value());
    CAPTURE(result.problem);
    CHECK(contains(result.problem, refusal.problem));
    CHECK(result.problem.ends_with("."));
  }
  CHECK(read(std::string(63, 'n')).tree.has_value());
}

TEST_CASE("PostgresExpressionReader lets no text disturb its neighbours") {
  const std::vector<std::string> good = {"a",           "(b = 'x'::text)", "\nCASE\n    WHEN c THEN 1\n    ELSE 2\nEND",
                                         "(v IS JSON)", "'it''s'::text",   "E'\\''",
                                         "(arr[1] > 0)"};
  std::vector<std::string> texts;
  for (const Refusal& refusal : refusals()) {
    texts.push_back(refusal.text);
    for (std::size_t i = 0; i < good.size(); ++i)
      if ((texts.size() + i) % 2 == 0) texts.push_back(good[i]);
  }
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const std::vector<ReadExpression> together = PostgresExpressionReader().read_all(views);
    REQUIRE(together.size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      CAPTURE(texts[i]);
      const ReadExpression alone = read(texts[i]);
      CHECK(together[i].tree == alone.tree);
      CHECK(together[i].problem == alone.problem);
    }
    std::shuffle(texts.begin(), texts.end(), random);
  }
}

TEST_CASE("PostgresExpressionReader reads in many threads at once") {
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) texts.push_back("(c" + std::to_string(i) + (i % 7 == 0 ? " > )" : " > 'x'::text)"));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<ReadExpression> expected = PostgresExpressionReader().read_all(views);
  std::vector<int> mistakes(4, 0);
  std::vector<std::thread> threads;
  for (int& count : mistakes) {
    threads.emplace_back([&views, &expected, &count] {
      for (int round = 0; round < 5; ++round) {
        const std::vector<ReadExpression> results = PostgresExpressionReader().read_all(views);
        for (std::size_t i = 0; i < views.size(); ++i)
          if (results[i].tree != expected[i].tree || results[i].problem != expected[i].problem) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(mistakes == std::vector<int>(4, 0));
  CHECK(expected[1].tree.has_value());
  CHECK_FALSE(expected[7].tree.has_value());
}

TEST_CASE("examine_expression finds quotes and brackets where PostgreSQL's scanner does") {
  for (const char* text :
       {"')'", "'('", "'--'", "'$1'", "\"(\"", "\"a\"\"(\"", "E'\\')'", "e'a''\\\\'", "U&'\\0029'", "b || ';'",
        "(a = ANY (ARRAY['(', ')', ','])) ", "'/*'", "a$1", "1.5e-3", "\"case\"", "t.\"end\"", "t.end", "(a).case"}) {
    CAPTURE(text);
    CHECK(examine_expression(text).problem.empty());
  }
}
