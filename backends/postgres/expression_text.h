#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu::postgres {

/// Levels of a raw parse tree that libpg_query is asked to make: it recurses when it writes the tree out, by up to 330
/// bytes of stack per level (15-4.0.0), and does not bound it.
inline constexpr int kParseTreeDepthMax = 600;
/// Brackets inside brackets. PostgreSQL prints up to three around an operand.
inline constexpr int kBracketDepthMax = 1000;

/// Where `IS JSON` stands in a body.
struct JsonTest {
  std::size_t start = 0;
  std::size_t end = 0;
};

/// What is known of an expression's text before it is parsed.
struct ExpressionText {
  std::string_view body;             ///< the part of `printed` to be parsed; without `CHECK`
  std::size_t offset = 0;            ///< of `body` in `printed`
  std::vector<JsonTest> json_tests;  ///< in order
  int levels = 0;                    ///< its parse tree has at most so many, constants and columns not counted
  std::string problem;               ///< why it must not be parsed; empty when it may be
};

/// Looks at the tokens of `printed`. Without a problem, `(` + body + `)` has these properties, on which the reader
/// relies when it parses many texts in one statement:
///  - it is valid UTF-8 without NUL, comments, parameters, dollar quotes, `;` and top-level commas;
///  - its quotes and brackets are closed, so that what follows it stays outside;
///  - it contains no query, and its parse tree has at most kParseTreeDepthMax levels.
/// Time and memory are linear in the text; no recursion.
ExpressionText examine_expression(std::string_view printed);

}  // namespace paripassu::postgres
