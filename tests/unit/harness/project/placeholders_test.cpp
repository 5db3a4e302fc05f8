#include "harness/project/placeholders.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

const SourcePosition kPlace{"paripassu.toml", 4, 7};
const std::map<std::string, std::string> kValues = {{"tenant", "acme"}, {"owner.name", "${tenant}"}};

std::string replaced(std::string_view text) {
  return replace_placeholders(text, kValues, "dir/V1__x.sql");
}

}  // namespace

TEST_CASE("Environment references are replaced by their values") {
  const EnvironmentVariable host("PARIPASSU_UNIT_HOST", "db.example");
  const EnvironmentVariable empty("PARIPASSU_UNIT_EMPTY", "");
  CHECK(expand_environment("x://${PARIPASSU_UNIT_HOST}:1/${PARIPASSU_UNIT_EMPTY}d", kPlace) == "x://db.example:1/d");
  CHECK(expand_environment("", kPlace).empty());
}

TEST_CASE("Environment values are not expanded a second time") {
  const EnvironmentVariable value("PARIPASSU_UNIT_NESTED", "${PARIPASSU_UNIT_NESTED}$${x}");
  CHECK(expand_environment("<${PARIPASSU_UNIT_NESTED}>", kPlace) == "<${PARIPASSU_UNIT_NESTED}$${x}>");
}

TEST_CASE("A doubled dollar stands for a literal reference, a single one for itself") {
  CHECK(expand_environment("$${HOME} costs 5$ or $5 or $$", kPlace) == "${HOME} costs 5$ or $5 or $$");
}

TEST_CASE("An unset environment variable is an error that names it and the place") {
  const EnvironmentVariable unset("PARIPASSU_UNIT_UNSET", nullptr);
  const Error error = error_of([] { expand_environment("a${PARIPASSU_UNIT_UNSET}b", kPlace); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(error.position() == kPlace);
  CHECK(contains(error.message(), "PARIPASSU_UNIT_UNSET"));
}

TEST_CASE("A broken environment reference is an error that does not repeat the value") {
  for (const char* text : {"${", "x${}", "${se cret}", "${1secret}", "${secret", "${sec-ret}", "${secret\n}"}) {
    CAPTURE(text);
    const Error error = error_of([&] { expand_environment(text, kPlace); });
    CHECK(error.category() == ErrorCategory::configuration);
    CHECK_FALSE(contains(error.what(), "secret"));
  }
}

TEST_CASE("An optional value is absent when its one variable is unset or empty") {
  const EnvironmentVariable unset("PARIPASSU_UNIT_UNSET", nullptr);
  const EnvironmentVariable empty("PARIPASSU_UNIT_EMPTY", "");
  const EnvironmentVariable full("PARIPASSU_UNIT_FULL", "v");
  CHECK_FALSE(expand_optional_environment("", kPlace));
  CHECK_FALSE(expand_optional_environment("${PARIPASSU_UNIT_UNSET}", kPlace));
  CHECK_FALSE(expand_optional_environment("${PARIPASSU_UNIT_EMPTY}", kPlace));
  CHECK(expand_optional_environment("${PARIPASSU_UNIT_FULL}", kPlace) == "v");
}

TEST_CASE("An optional value with an unset variable inside a longer text is an error") {
  const EnvironmentVariable unset("PARIPASSU_UNIT_UNSET", nullptr);
  CHECK(contains(error_of([] { expand_optional_environment("x://${PARIPASSU_UNIT_UNSET}@h", kPlace); }).message(),
                 "PARIPASSU_UNIT_UNSET"));
  CHECK_THROWS_AS(expand_optional_environment("${PARIPASSU_UNIT_UNSET}}", kPlace), Error);
}

TEST_CASE("Placeholders are replaced wherever they stand") {
  CHECK(replaced("${tenant}") == "acme");
  CHECK(replaced("-- ${tenant}\ninsert '${tenant}${tenant}'") == "-- acme\ninsert 'acmeacme'");
  CHECK(replaced("$$${tenant}$$") == "$$acme$$");
  CHECK(replaced("").empty());
}

TEST_CASE("Placeholder names do not depend on case") {
  CHECK(replaced("${TENANT} ${Tenant}") == "acme acme");
}

TEST_CASE("Placeholder values are not replaced a second time") {
  CHECK(replaced("${owner.name}") == "${tenant}");
}

TEST_CASE("Text that is no placeholder stays as it is") {
  for (const char* text : {"$", "${", "${}", "$ {tenant}", "select $${\"a\": 1}$$::json", "${a b}", "${tenant",
                           "{tenant}", "${tenant\n}", "$1 $$ $x$ ${'}'"}) {
    CAPTURE(text);
    CHECK(replaced(text) == text);
  }
}

TEST_CASE("An unknown placeholder is an error with line and column") {
  const Error error = error_of([] { replaced("select 1;\r\n-- größer ${tennant}\n"); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(error.position() == SourcePosition{"dir/V1__x.sql", 2, 11});
  CHECK(contains(error.message(), "${tennant}"));
  CHECK(contains(error.message(), "did you mean ${tenant}?"));
}

TEST_CASE("A placeholder written with blanks is not sent to the server unnoticed") {
  CHECK(contains(error_of([] { replaced("${ tenant }"); }).what(), "without blanks"));
}

TEST_CASE("Flyway's own placeholders need a value") {
  const Error error = error_of([] { replaced("use ${flyway:defaultSchema}"); });
  CHECK(contains(error.message(), "${flyway:defaultSchema}"));
  CHECK(contains(error.remedy(), "Flyway's own"));
  CHECK(replace_placeholders("${flyway:defaultSchema}", {{"flyway:defaultSchema", "app"}}, "f") == "app");
}

TEST_CASE("A placeholder value with a line break is refused where it is used") {
  for (const char* value : {"a\nb", "a\rb"}) {
    const std::map<std::string, std::string> values = {{"x", value}, {"y", "1"}};
    CHECK(replace_placeholders("${y}", values, "f") == "1");
    const Error error = error_of([&] { replace_placeholders("\n ${x}", values, "f"); });
    CHECK(error.position() == SourcePosition{"f", 2, 2});
    CHECK(contains(error.message(), "line break"));
  }
}

TEST_CASE("Replacing placeholders keeps the number of lines") {
  const std::string text = "a ${tenant}\n\r\n${tenant}\n\nb";
  const std::string result = replaced(text);
  CHECK(std::count(result.begin(), result.end(), '\n') == std::count(text.begin(), text.end(), '\n'));
  CHECK(result == "a acme\n\r\nacme\n\nb");
}
