#include "harness/parity/difference_explanations.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "harness/parity/difference.h"

using namespace paripassu;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Blanks and line breaks as one blank each, so that a page may break its lines where it wants.
std::string words_of(const std::string& text) {
  std::istringstream in(text);
  std::string words;
  for (std::string word; in >> word;) words += (words.empty() ? "" : " ") + word;
  return words;
}

/// The sections of the third level of docs/differences.md by their headings, without fences.
std::map<std::string, std::string> documented_sections() {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(source != nullptr, "PARIPASSU_SOURCE_DIR must name the source tree; CTest sets it");
  std::ifstream in(std::string(source) + "/docs/differences.md");
  REQUIRE(in.good());
  std::map<std::string, std::string> sections;
  std::string* section = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("### ")) {
      const auto [entry, is_new] = sections.emplace(line.substr(4), "");
      CHECK_MESSAGE(is_new, entry->first, " has two sections");
      section = &entry->second;
    } else if (line.starts_with("## ")) {
      section = nullptr;
    } else if (section != nullptr && !line.starts_with("```")) {
      *section += line + "\n";
    }
  }
  return sections;
}

}  // namespace

TEST_CASE("Every code has one explanation, in the order of the codes") {
  std::vector<std::string_view> codes;
  for (const DifferenceCode& entry : difference_codes()) codes.push_back(entry.code);
  std::vector<std::string_view> explained;
  for (const DifferenceExplanation& entry : difference_explanations()) explained.push_back(entry.code);
  CHECK(explained == codes);
  for (const std::string_view code : codes) {
    CAPTURE(code);
    const DifferenceExplanation* explanation = explain_difference(code);
    REQUIRE(explanation != nullptr);
    CHECK(explanation->code == code);
  }
}

TEST_CASE("A code that does not exist has no explanation") {
  for (const std::string& code :
       std::vector<std::string>{"", "column", "Column-Type", "column-type ", "column_type", "*",
                                std::string("column-type\0", 12), std::string(100'000, 'x')})
    CHECK(explain_difference(code) == nullptr);
}

TEST_CASE("Explanations are whole sentences that fit a terminal, each of its own") {
  std::set<std::string_view> titles;
  std::set<std::string_view> examples;
  for (const DifferenceExplanation& entry : difference_explanations()) {
    CAPTURE(entry.code);
    CHECK(titles.insert(entry.title).second);
    CHECK(examples.insert(entry.example).second);
    CHECK(entry.title.size() <= 80);
    CHECK_FALSE(entry.title.ends_with("."));
    CHECK_FALSE(has(entry.title, "`"));
    for (const std::string_view text : {entry.why, entry.remedy}) {
      CHECK(text.size() >= 20);
      CHECK(text.size() <= 400);
      CHECK(text.ends_with("."));
      CHECK_FALSE(has(text, "\n"));
      CHECK_FALSE(has(text, "  "));
      CHECK(std::count(text.begin(), text.end(), '`') % 2 == 0);
    }
    for (const std::string_view text : {entry.title, entry.why, entry.example, entry.remedy})
      CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    std::istringstream lines{std::string(entry.example)};
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 115);
  }
}

TEST_CASE("Examples show the DDL of both sides, those about waivers the waiver") {
  for (const DifferenceExplanation& entry : difference_explanations()) {
    CAPTURE(entry.code);
    if (entry.code.starts_with("waiver-")) {
      CHECK(entry.example.starts_with("[[parity.waiver]]\ncode = \""));
      continue;
    }
    const bool of_postgres =
        entry.example.starts_with("-- PostgreSQL, left\n") && has(entry.example, "\n-- PostgreSQL, right\n");
    const bool of_sqlserver =
        entry.example.starts_with("-- SQL Server, left\n") && has(entry.example, "\n-- SQL Server, right\n");
    const bool of_one_engine = of_postgres || of_sqlserver;
    const bool of_two_engines = entry.example.starts_with("-- PostgreSQL\n") && has(entry.example, "\n-- SQL Server\n");
    CHECK(of_one_engine != of_two_engines);
  }
}

TEST_CASE("Explanations of a code and of its mirror say so of the right side") {
  for (const DifferenceExplanation& entry : difference_explanations()) {
    CAPTURE(entry.code);
    if (entry.code.ends_with("-missing")) CHECK(entry.title.ends_with(" on the left only"));
    if (entry.code.ends_with("-extra")) CHECK(entry.title.ends_with(" on the right only"));
  }
}

TEST_CASE("docs/differences.md says what the program says, with the severity, for every code and no other") {
  std::map<std::string, std::string> expected;
  const auto codes = difference_codes();
  const auto explanations = difference_explanations();
  REQUIRE(codes.size() == explanations.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const DifferenceExplanation& entry = explanations[i];
    std::ostringstream text;
    text << "Severity: " << to_string(codes[i].severity) << "\n**" << entry.title << ".** " << entry.why << '\n'
         << entry.example << "\nTo do: " << entry.remedy;
    expected.emplace(entry.code, words_of(text.str()));
  }
  std::map<std::string, std::string> documented = documented_sections();
  for (auto& [code, text] : documented) {
    CAPTURE(code);
    text = words_of(text);
    REQUIRE(expected.count(code) == 1);
    CHECK(text == expected.at(code));
  }
  for (const auto& [code, text] : expected) CHECK_MESSAGE(documented.count(code) == 1, code, " is not documented");
}
