#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "harness/project/layout_cutting.h"
#include "harness/project/layout_goose.h"
#include "harness/project/layout_liquibase.h"
#include "harness/project/layout_sqitch.h"
#include "harness/project/migration_text.h"
#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

const std::string kGoose =
    "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose ENVSUB ON\nselect '${PATH:-x}', $$;\n-- +goose ENVSUB OFF\n"
    "-- +goose StatementBegin\nbegin; end\n-- +goose StatementEnd\n-- +goose Down\n/* ; */ drop;\r\n";
const std::string kDbmate = "-- paripassu: irreversible x\n-- migrate:up transaction:false\nx;\n-- migrate:down\ny;\n";
const std::string kLiquibase =
    "--liquibase formatted sql\n--property name:a value:b dbms:north\n--changeset \"a b\":1 (endDelimiter:@@ dbms:!s)\n"
    "--preconditions onFail:HALT\n--precondition-sql-check expectedResult:0 select 1\ncreate ${a} 'x;' @@ begin; end "
    "@@\n"
    "--rollback drop;\n/* liquibase rollback\ny; */\n--ignoreLines:1\nz\n--changeset c:2\ncase [x;] end; \"q\" "
    "$$;$$;\n";
const std::string kPlan =
    "%syntax-version=1.0.0\n%project=p\n\na 2026-01-31T12:00:00Z A <a@b> # note\n@v1 2026-01-31T12:00:00Z A <a@b>\n"
    "a [a@v1 !c x:y] 2026-01-31T12:00:00Z A <a@b>\n";

void read_goose(const std::string& text) {
  for (bool cut : {false, true}) {
    const SectionTexts sections = split_goose(text, "f", cut);
    CHECK(std::is_sorted(sections.up.cuts.begin(), sections.up.cuts.end()));
    if (!sections.up.cuts.empty()) CHECK(sections.up.cuts.back() < sections.up.text.size());
  }
}

void read_liquibase_text(const std::string& text) {
  const BackendRegistry registry = two_engines();
  const auto lines = std::count(text.begin(), text.end(), '\n');
  for (const LiquibaseChangeset& changeset :
       read_liquibase(text, "f", std::make_shared<std::vector<LiquibaseProperty>>()))
    for (const auto& engine : registry.all()) {
      const SectionTexts sections = liquibase_sections(changeset, *engine, {});
      CHECK(std::count(sections.up.text.begin(), sections.up.text.end(), '\n') <= lines + 1);
      CHECK(std::is_sorted(sections.up.cuts.begin(), sections.up.cuts.end()));
    }
}

void read_plan(const std::string& text) {
  std::vector<std::string> warnings;
  read_sqitch_plan(text, "f", warnings);
}

/// Reads `text`, which may be refused, but by an Error(configuration) only, with a message that names the file.
void read_or_refuse(const std::string& text, const std::function<void(const std::string&)>& read) {
  try {
    read(text);
  } catch (const Error& error) {
    CHECK_MESSAGE(error.category() == ErrorCategory::configuration, text);
    CHECK_MESSAGE(contains(error.what(), "f"), text);
    CHECK_MESSAGE(!error.remedy().empty(), text);
  }
}

/// What is cut off, lost, doubled or changed in a text that was good.
void read_damaged(const std::string& good, const std::function<void(const std::string&)>& read) {
  CHECK_NOTHROW(read(good));
  for (std::size_t i = 0; i <= good.size(); ++i) read_or_refuse(good.substr(0, i), read);
  for (std::size_t i = 0; i < good.size(); ++i) read_or_refuse(good.substr(i), read);
  std::mt19937 random(7);
  const std::string alphabet = "\n\r\t -+@:;'\"[](){}$/*\\#%!ax1\x80\xFF";
  for (int round = 0; round < 2000; ++round) {
    std::string text = good;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          text.insert(at, 1 + random() % 2, c);
      }
    }
    read_or_refuse(text, read);
  }
}

}  // namespace

TEST_CASE("A damaged goose file is read or refused with a remedy") {
  read_damaged(kGoose, read_goose);
}

TEST_CASE("A damaged dbmate file is read or refused with a remedy") {
  read_damaged(kDbmate, [](const std::string& text) { split_dbmate(text, "f"); });
}

TEST_CASE("A damaged changelog of Liquibase is read or refused with a remedy") {
  read_damaged(kLiquibase, read_liquibase_text);
}

TEST_CASE("A damaged plan of sqitch is read or refused with a remedy") {
  read_damaged(kPlan, read_plan);
}

TEST_CASE("Cutting changes nothing but delimiters, and never the length or the lines of a text") {
  std::mt19937 random(11);
  const std::vector<std::string> parts = {";",    "'",     "\"",     "[",   "]",  "--",  "/*",  "*/",
                                          "\n",   "GO",    "\nGO\n", "/",   "a",  "@@",  " ",   "end",
                                          "case", "begin", "$$",     "$x$", "E'", "\\'", "tran"};
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += parts[random() % parts.size()];
    StatementDelimiter delimiter;
    delimiter.is_default = random() % 2 == 0;
    if (!delimiter.is_default) delimiter.text = random() % 2 == 0 ? "@@" : "go";
    const bool batches = random() % 2 == 0;
    std::string sent = text;
    const std::vector<std::size_t> cuts = cut_statements(sent, delimiter, batches);
    REQUIRE(sent.size() == text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
      if (sent[i] != text[i]) CHECK((text[i] != '\n' && (sent[i] == ' ' || sent[i] == ';')));
    CHECK(std::is_sorted(cuts.begin(), cuts.end()));
    if (!batches) CHECK(cuts.empty());
    if (!cuts.empty()) CHECK(cuts.back() < text.size());
  }
}
