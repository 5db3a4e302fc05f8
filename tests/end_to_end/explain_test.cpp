// `explain`: every code of a report can be looked up, in text and JSON.
#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

struct ListedCode {
  std::string code;
  std::string severity;
  std::string title;
};

/// What `explain` without a code prints, a line each.
std::vector<ListedCode> listed_codes(const std::string& directory) {
  const ProgramResult list = run_checked({"explain"}, directory);
  REQUIRE_EXIT(list, 0);
  std::vector<ListedCode> codes;
  std::istringstream lines(list.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    ListedCode listed;
    words >> listed.code >> listed.severity >> std::ws;
    std::getline(words, listed.title);
    codes.push_back(listed);
  }
  return codes;
}

}  // namespace

TEST_CASE("explain lists every code once, and explains each in text and JSON") {
  const TemporaryFolder folder;
  const std::vector<ListedCode> codes = listed_codes(folder.path());
  CHECK(codes.size() > 70);
  std::set<std::string> seen;
  std::set<std::string> reasons;
  const nlohmann::json document = parse_json(run_checked({"explain", "--format", "json"}, folder.path()));
  CHECK(document.at("version") == 1);
  REQUIRE(document.at("codes").size() == codes.size());
  std::size_t i = 0;
  for (const ListedCode& listed : codes) {
    CAPTURE(listed.code);
    CHECK(seen.insert(listed.code).second);
    const nlohmann::json& entry = document.at("codes").at(i++);
    CHECK(entry.at("code") == listed.code);
    CHECK(entry.at("severity") == listed.severity);
    CHECK(entry.at("configured_severity").is_null());
    CHECK(entry.at("title") == listed.title);
    for (const char* member : {"why", "example", "remedy"}) CHECK(entry.at(member).get<std::string>().size() > 10);
    // A text that fits every code explains none.
    CHECK(reasons.insert(entry.at("why").get<std::string>() + entry.at("example").get<std::string>()).second);

    const ProgramResult text = run_checked({"explain", listed.code}, folder.path());
    CHECK_EXIT(text, 0);
    CHECK(text.output.starts_with(listed.code + ": " + listed.title + "\nSeverity: " + listed.severity + "\n"));
    for (const char* part : {"\nWhy ", "\nTo do ", "\nExample\n"}) CHECK_SAYS(text.output, part);
    std::istringstream example(entry.at("example").get<std::string>());
    for (std::string line; std::getline(example, line);) CHECK_SAYS(text.output, "  " + line + "\n");
  }
}

TEST_CASE("explain in JSON takes one code as well") {
  const TemporaryFolder folder;
  const nlohmann::json document =
      parse_json(run_checked({"explain", "column-type", "--format", "json"}, folder.path()));
  REQUIRE(document.at("codes").size() == 1);
  CHECK(document.at("codes").at(0).at("code") == "column-type");
  CHECK_EXIT(run_checked({"explain", "column-type", "--format", "sarif"}, folder.path()), 2);
}

TEST_CASE("explain of a code that does not exist names the nearest") {
  const TemporaryFolder folder;
  for (const auto& [word, near] : std::vector<std::pair<std::string, std::string>>{
           {"colum-type", "column-type"}, {"Column-Type", "column-type"}, {"index-mising", "index-missing"}}) {
    CAPTURE(word);
    const ProgramResult result = run_checked({"explain", word}, folder.path());
    CHECK_EXIT(result, 2);
    CHECK(result.output.empty());
    CHECK_SAYS(result.errors, "'" + word + "'");
    CHECK_SAYS(result.errors, "did you mean '" + near + "'?");
  }
}

TEST_CASE("explain of what is no code at all says where the codes are") {
  const TemporaryFolder folder;
  for (const std::string& word :
       {std::string(), std::string("*"), std::string(5000, 'x'), std::string("\x1b[31mred"), std::string("\xFF\xFE")}) {
    const ProgramResult result = run_checked({"explain", word}, folder.path());
    CHECK_EXIT(result, 2);
    CHECK(result.output.empty());
    CHECK(result.errors.size() < 500);
    CHECK_SAYS(result.errors, "`paripassu explain` lists the codes");
    CHECK_SILENT_ON(result.errors, "did you mean");
  }
  const ProgramResult two = run_checked({"explain", "column-type", "index-missing"}, folder.path());
  CHECK_EXIT(two, 2);
  CHECK_SAYS(two.errors, "one code");
}

TEST_CASE("explain shows the severity that the project gives a code") {
  const TemporaryFolder folder;
  folder.write("paripassu.toml", "[parity.severity]\ncolumn-collation = \"error\"\n");
  const ProgramResult text = run_checked({"explain", "column-collation"}, folder.path());
  CHECK_EXIT(text, 0);
  CHECK_SAYS(text.output, "Severity: warning; error in paripassu.toml");
  const nlohmann::json document =
      parse_json(run_checked({"explain", "column-collation", "--format", "json"}, folder.path()));
  CHECK(document.at("codes").at(0).at("severity") == "warning");
  CHECK(document.at("codes").at(0).at("configured_severity") == "error");
  for (const ListedCode& listed : listed_codes(folder.path()))
    if (listed.code == "column-collation") CHECK(listed.severity == "error");
}

}  // namespace paripassu::test
