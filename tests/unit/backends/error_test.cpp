#include "backends/error.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <type_traits>

using namespace paripassu;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Diagnostic diagnostic(const std::string& sqlstate, std::int64_t native_code, const std::string& message) {
  Diagnostic record;
  record.severity = "ERROR";
  record.sqlstate = sqlstate;
  record.native_code = native_code;
  record.message = message;
  return record;
}

}  // namespace

TEST_CASE("ErrorCategory words are distinct, lower case and hyphenated") {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(ErrorCategory::internal); ++i) {
    const std::string_view word = to_string(static_cast<ErrorCategory>(i));
    CAPTURE(word);
    CHECK(words.insert(word).second);
    CHECK_FALSE(word.empty());
    CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
  }
  CHECK(words.size() == 27);
  CHECK(to_string(ErrorCategory::unique_violation) == "unique-violation");
  CHECK(to_string(ErrorCategory::internal) == "internal");
}

TEST_CASE("SourcePosition leaves out what is unknown") {
  CHECK(SourcePosition{"a.sql", 3, 7}.to_string() == "a.sql:3:7");
  CHECK(SourcePosition{"a.sql", 3, 0}.to_string() == "a.sql:3");
  CHECK(SourcePosition{"a.sql", 0, 0}.to_string() == "a.sql");
  CHECK(SourcePosition{"a.sql", 0, 7}.to_string() == "a.sql");
  CHECK(SourcePosition{"", 3, 7}.to_string() == "3:7");
  CHECK(SourcePosition{}.to_string().empty());
  CHECK_FALSE(SourcePosition{}.known());
  CHECK(SourcePosition{"a.sql", 0, 0}.known());
  CHECK(SourcePosition{"", 1, 0}.known());
}

TEST_CASE("Error carries what it was given") {
  const Error error(ErrorCategory::syntax, "cannot parse");
  CHECK(error.category() == ErrorCategory::syntax);
  CHECK(error.message() == "cannot parse");
  CHECK(std::string(error.what()) == "cannot parse");
  CHECK(error.engine().empty());
  CHECK(error.sqlstate().empty());
  CHECK(error.native_code() == 0);
  CHECK_FALSE(error.position().known());
}

TEST_CASE("Error says everything: place, message, server, statement, context, remedy, in this order") {
  Error error(ErrorCategory::unique_violation, "the statement failed");
  Diagnostic record = diagnostic("23505", 2627, "duplicate key");
  record.detail = "Key (id)=(1)";
  record.hint = "a hint";
  record.context = "function f line 3";
  error.with_engine("postgres")
      .with_position({"0001.sql", 2, 5})
      .with_diagnostics({record})
      .with_statement("INSERT INTO t VALUES (1)")
      .add_context("reading t")
      .add_context("comparing databases")
      .with_remedy("remove the row");
  const std::string what = error.what();
  std::size_t last = 0;
  for (const char* part :
       {"0001.sql:2:5: the statement failed", "ERROR", "23505", "2627", "duplicate key", "Key (id)=(1)", "a hint",
        "function f line 3", "INSERT INTO t VALUES (1)", "reading t", "comparing databases", "remove the row"}) {
    CAPTURE(part);
    const std::size_t found = what.find(part);
    REQUIRE(found != std::string::npos);
    CHECK(found >= last);
    last = found;
  }
  CHECK(error.engine() == "postgres");
  CHECK(error.context().size() == 2);
  CHECK(error.message() == "the statement failed");
  CHECK(error.remedy() == "remove the row");
}

TEST_CASE("Error loses no diagnostic record") {
  Error error(ErrorCategory::data, "conversion failed");
  std::vector<Diagnostic> records;
  for (int i = 0; i < 20; ++i) records.push_back(diagnostic("", 0, "record " + std::to_string(i) + "."));
  error.with_diagnostics(records);
  CHECK(error.diagnostics() == records);
  for (int i = 0; i < 20; ++i) CHECK(contains(error.what(), "record " + std::to_string(i) + "."));
}

TEST_CASE("Error shows the native number even if the record repeats its message") {
  Error error(ErrorCategory::data, "conversion failed");
  error.with_diagnostics({diagnostic("", 8152, "conversion failed")});
  CHECK(contains(error.what(), "8152"));
}

TEST_CASE("Error takes SQLSTATE and native number from the first record that has one") {
  Error error(ErrorCategory::data, "x");
  error.with_diagnostics({diagnostic("", 0, "a"), diagnostic("", 547, "b"), diagnostic("23000", 3621, "c")});
  CHECK(error.sqlstate() == "23000");
  CHECK(error.native_code() == 547);
}

TEST_CASE("Error survives being enriched and thrown on") {
  const auto inner = [] { throw Error(ErrorCategory::connection, "gone").with_engine("sqlserver"); };
  try {
    try {
      inner();
    } catch (Error& error) {
      error.add_context("reading columns of sales");
      throw;
    }
    FAIL("nothing thrown");
  } catch (const std::exception& error) {
    CHECK(contains(error.what(), "gone"));
    CHECK(contains(error.what(), "reading columns of sales"));
  }
  CHECK(std::is_nothrow_destructible_v<Error>);
}

TEST_CASE("Error is retryable after a deadlock only, and poisons a connection that was lost") {
  for (int i = 0; i <= static_cast<int>(ErrorCategory::internal); ++i) {
    const auto category = static_cast<ErrorCategory>(i);
    CHECK(Error(category, "").retryable() == (category == ErrorCategory::deadlock));
    CHECK(Error(category, "").poisons_connection() == (category == ErrorCategory::connection));
  }
}

TEST_CASE("Error shows the beginning of a long statement and says how much it left out") {
  std::string lines;
  for (int i = 0; i < 1'000; ++i) lines += "SELECT " + std::to_string(i) + "\n";
  Error error(ErrorCategory::syntax, "x");
  error.with_statement(lines);
  CHECK(contains(error.what(), "SELECT 0\n"));
  CHECK_FALSE(contains(error.what(), "SELECT 999"));
  CHECK(contains(error.what(), "more bytes"));
  CHECK(error.statement() == lines);
  error.with_statement(std::string(1 << 20, 'x'));
  CHECK(std::string(error.what()).size() < 4'000);
}

TEST_CASE("Error does not cut a statement inside a character") {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    Error error(ErrorCategory::syntax, "x");
    std::string statement(shift, 'a');
    while (statement.size() < 10'000) statement += "🐘";
    error.with_statement(statement);
    const std::string what = error.what();
    const std::size_t end = what.find("… (");
    // The text between the last elephant and the mark is blanks only.
    const std::size_t last = what.rfind("🐘");
    REQUIRE(end != std::string::npos);
    REQUIRE(last != std::string::npos);
    CHECK(what.find_first_not_of(" \n", last + std::string("🐘").size()) == end);
  }
}

TEST_CASE("Error never shows a password of its statement") {
  Error error(ErrorCategory::permission, "refused");
  error.with_statement("ALTER ROLE x PASSWORD 'hunter2'");
  CHECK_FALSE(contains(error.what(), "hunter2"));
  CHECK_FALSE(contains(error.statement(), "hunter2"));
}

TEST_CASE("Error never shows a password that a server repeats") {
  Diagnostic message = diagnostic("28P01", 0, "cannot connect to postgres://u:hunter2@h/d");
  Diagnostic detail = diagnostic("28P01", 0, "m");
  detail.detail = "dsn was password=hunter2";
  Diagnostic hint = diagnostic("28P01", 0, "m");
  hint.hint = "see postgres://u:hunter2@h/d";
  Diagnostic context = diagnostic("28P01", 0, "m");
  context.context = "SQL statement \"ALTER ROLE x PASSWORD 'hunter2'\"\nPL/pgSQL function f line 3";
  for (const Diagnostic& record : {message, detail, hint, context}) {
    Error error(ErrorCategory::authentication, "refused");
    error.with_diagnostics({record});
    CHECK_FALSE(contains(error.what(), "hunter2"));
  }
}
