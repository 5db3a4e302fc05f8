// What the options of `diff` and [parity] in the configuration make of the same differences: waivers, severities,
// --fail-on, and the orders that count only when asked.
#include <doctest/doctest.h>

#include "tests/end_to_end/engine_pair.h"
#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

namespace {

/// Snapshots that differ in a column, an index and a comment, so that no case needs a server.
void write_snapshots(const TemporaryFolder& folder) {
  const auto column = [](const char* name, int bits) {
    return nlohmann::json{{"name", name},
                          {"ordinal", bits == 32 ? 1 : 2},
                          {"type", {{"family", "integer"}, {"printed", "int"}, {"name", "int"}, {"bits", bits}}},
                          {"nullable", false}};
  };
  const auto catalog = [](const nlohmann::json& table) {
    return nlohmann::json{{"paripassu", "catalog"},     {"version", 1},
                          {"engine", "postgres"},       {"product", "PostgreSQL"},
                          {"product_version", "15"},    {"database", "d"},
                          {"default_schema", "public"}, {"schemas", {{{"name", "public"}, {"tables", {table}}}}}}
        .dump();
  };
  nlohmann::json table = {{"name", "t"}, {"columns", {column("id", 32)}}, {"comment", "one"}};
  folder.write("right.json", catalog(table));
  table["columns"].push_back(column("note", 64));
  table["comment"] = "two";
  folder.write("left.json", catalog(table));
}

ProgramResult diff(const TemporaryFolder& folder, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"diff", "left.json", "right.json"});
  return run_checked(more, folder.path());
}

nlohmann::json diff_to_json(const TemporaryFolder& folder, int exit_code) {
  const ProgramResult result = diff(folder, {"--format", "json"});
  REQUIRE_EXIT(result, exit_code);
  return parse_json(result);
}

std::string waiver(const std::string& code, const std::string& object, const std::string& until = {}) {
  return "[[parity.waiver]]\ncode = \"" + code + "\"\nobject = \"" + object + "\"\nreason = \"the old importer\"\n" +
         (until.empty() ? "" : "until = " + until + "\n");
}

constexpr const char* kPostgres =
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, note varchar(10), qty int NOT NULL DEFAULT 1);\n"
    "CREATE INDEX ix_note ON t (note);\n"
    "COMMENT ON TABLE t IS 'one';\n";
constexpr const char* kSqlServer =
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, note nvarchar(10), qty int NOT NULL)\nGO\n";

}  // namespace

TEST_CASE("a waiver accepts its difference, which is still shown with the reason") {
  const TemporaryFolder folder;
  write_snapshots(folder);
  CHECK(findings_of(diff_to_json(folder, 1)) == "column-missing t.note, comment-changed t");
  for (const char* object : {"t.note", "T.Note", "t.*", "*.note", "public.t.note", "t.not?"}) {
    CAPTURE(object);
    folder.write("paripassu.toml", waiver("column-missing", object, "\"2999-12-31\""));
    const nlohmann::json document = diff_to_json(folder, 0);
    CHECK(findings_of(document) == "column-missing t.note, comment-changed t");
    CHECK(difference_of(document, "column-missing").at("waived") == "the old importer");
    CHECK(difference_of(document, "comment-changed").at("waived").is_null());
    CHECK(document.at("summary").at("waived") == 1);
    CHECK(document.at("summary").at("errors") == 0);
  }
  const ProgramResult text = diff(folder);
  CHECK_SAYS(text.output, "1 waived");
  CHECK_SAYS(text.output, "column-missing t.note: the old importer");
  for (const char* object : {"t", "note", "u.note", "other.t.note"}) {
    CAPTURE(object);
    folder.write("paripassu.toml", waiver("column-missing", object));
    CHECK(diff_to_json(folder, 1).at("summary").at("waived") == 0);
  }
  folder.write("paripassu.toml", waiver("*", "t.note"));
  CHECK(diff_to_json(folder, 0).at("summary").at("waived") == 1);
}

TEST_CASE("a waiver is valid on its last day and reported from the next") {
  const TemporaryFolder folder;
  write_snapshots(folder);
  for (const char* until : {"\"2020-01-31\"", "2020-01-31"}) {
    folder.write("paripassu.toml", waiver("column-missing", "t.note", until));
    const nlohmann::json document = diff_to_json(folder, 1);
    CHECK(document.at("summary").at("waived") == 0);
    CHECK(document.at("summary").at("errors") == 1);
    const nlohmann::json expired = difference_of(document, "waiver-expired");
    CHECK(expired.at("severity") == "warning");
    CHECK_SAYS(expired.at("message").get<std::string>(), "2020-01-31");
    CHECK(expired.at("left_side").at("file").get<std::string>().ends_with("paripassu.toml"));
    CHECK(expired.at("left_side").at("line") == 1);
  }
  // The date of the machine; a day may end between the two runs, a year does not.
  const ProgramResult today = run_shell("date +%Y-12-31", folder.path());
  folder.write("paripassu.toml", waiver("column-missing", "t.note", "\"" + today.output.substr(0, 10) + "\""));
  CHECK(diff_to_json(folder, 0).at("summary").at("waived") == 1);
}

TEST_CASE("a waiver that cannot be meant is refused with its place, and nothing is compared") {
  const TemporaryFolder folder;
  write_snapshots(folder);
  struct Refused {
    std::string text;
    int line;
    std::string says;
  };
  const std::vector<Refused> all = {
      {waiver("colum-missing", "t.note"), 2, "did you mean 'column-missing'?"},
      {waiver("column-missing", "t.note", "\"2027-02-30\""), 5, "must be a date that exists"},
      {waiver("column-missing", "t.note", "\"soon\""), 5, "must be a date that exists"},
      {waiver("column-missing", "t.note", "\"\""), 5, "'until'"},
      {waiver("column-missing", "t.note", "\"2027-1-1\""), 5, "'until'"},
      {waiver("column-missing", "t.note", "20270131"), 5, "'until'"},
      {waiver("*", "*"), 3, "everything would be waived"},
      {"[[parity.waiver]]\ncode = \"column-missing\"\nobject = \"t.note\"\n", 1, "'reason'"},
      {"[[parity.waiver]]\ncode = \"column-missing\"\nobject = \"t.note\"\nreason = \"  \"\n", 4, "'reason'"},
      {"[[parity.waiver]]\ncode = \"column-missing\"\nreason = \"r\"\n", 1, "'object'"},
      {"[[parity.waiver]]\nobject = \"t.note\"\nreason = \"r\"\n", 1, "'code'"},
      {"[parity.severity]\ncolumn-missin = \"note\"\n", 2, "did you mean 'column-missing'?"},
      {"[parity.severity]\ncolumn-missing = \"ignore\"\n", 2, "expected error, warning or note"},
      {"[parity]\nfail_on = \"never\"\n", 2, "expected error, warning or note"},
      {"[parity]\nenum_order = true\n", 2, "'enum_order'"},
  };
  for (const Refused& refused : all) {
    CAPTURE(refused.text);
    folder.write("paripassu.toml", refused.text);
    const ProgramResult result = diff(folder);
    CHECK_EXIT(result, 2);
    CHECK(result.output.empty());
    CHECK_SAYS(result.errors, "paripassu.toml:" + std::to_string(refused.line) + ":");
    CHECK_SAYS(result.errors, refused.says);
  }
  folder.write("paripassu.toml", "");
  const ProgramResult option = diff(folder, {"--fail-on", "never"});
  CHECK_EXIT(option, 2);
  CHECK_SAYS(option.errors, "--fail-on never");
}

TEST_CASE("severities and --fail-on decide the exit code, and the command line wins") {
  const TemporaryFolder folder;
  write_snapshots(folder);
  const auto exit_code = [&](std::vector<std::string> more) { return diff(folder, std::move(more)).exit_code; };
  CHECK(exit_code({}) == 1);
  CHECK(exit_code({"--fail-on", "error"}) == 1);
  folder.write("paripassu.toml", "[parity.severity]\ncolumn-missing = \"warning\"\n");
  CHECK(exit_code({}) == 1);
  CHECK(exit_code({"--fail-on", "warning"}) == 1);
  CHECK(exit_code({"--fail-on", "error"}) == 0);
  folder.write("paripassu.toml", "[parity.severity]\ncolumn-missing = \"note\"\n");
  CHECK(exit_code({}) == 0);
  CHECK(exit_code({"--fail-on", "note"}) == 1);
  const nlohmann::json document = diff_to_json(folder, 0);
  CHECK(difference_of(document, "column-missing").at("severity") == "note");
  CHECK(document.at("summary").at("notes") == 2);
  CHECK(document.at("summary").at("passed") == true);
  folder.write("paripassu.toml", "[parity]\nfail_on = \"note\"\n[parity.severity]\ncolumn-missing = \"note\"\n");
  CHECK(exit_code({}) == 1);
  CHECK(exit_code({"--fail-on", "warning"}) == 0);
  CHECK(run_checked({"diff", "left.json", "right.json"}, folder.path(), {{"PARIPASSU_PARITY_FAIL_ON", "warning"}})
            .exit_code == 0);
  folder.write("paripassu.toml",
               "[parity.severity]\ncomment-changed = \"error\"\n" + waiver("column-missing", "t.note"));
  CHECK(exit_code({"--fail-on", "error"}) == 1);
  // A waived difference does not fail, whatever fails otherwise.
  folder.write("paripassu.toml", waiver("*", "t*"));
  CHECK(exit_code({"--fail-on", "note"}) == 0);
}

TEST_CASE("waivers that diff proposes silence the next run, and are unused once the cause is gone") {
  REQUIRE_ENGINE_PAIR(pair);
  pair.migrations(kPostgres, kSqlServer);
  const ProgramResult proposed = pair.run({"diff", "--propose-waivers"});
  CHECK_EXIT(proposed, 1);
  pair.configure(proposed.output);
  const nlohmann::json silenced = pair.diff(0);
  CHECK(silenced.at("summary").at("waived") == 2);
  for (const char* code : {"index-missing", "default-missing"})
    CHECK_SAYS(difference_of(silenced, code).at("waived").get<std::string>(), "accepted on ");
  const ProgramResult nothing = pair.run({"diff", "--propose-waivers"});
  CHECK_EXIT(nothing, 0);
  CHECK_SILENT_ON(nothing.output, "[[parity.waiver]]");

  pair.migrations(kPostgres, std::string(kSqlServer) + "CREATE INDEX ix_note ON t (note)\nGO\n");
  const nlohmann::json unused = pair.diff(1);
  CHECK(findings_of(unused) == "comment-missing t, default-missing t.qty, waiver-unused index-missing t.ix_note");
  CHECK(difference_of(unused, "waiver-unused").at("severity") == "warning");
  // Between sources that are named, the project's waivers need not all match.
  CHECK(findings_of(pair.diff(0, {"postgres:migrations", "sqlserver:migrations"})) ==
        "comment-missing t, default-missing t.qty");
  const ProgramResult steps = pair.run({"diff", "--each-step"});
  CHECK_EXIT(steps, 1);
  CHECK_SAYS(steps.output, "waiver-unused");
}

ONE_ENGINE_CASE("postgres", "proposed waivers cover names that are patterns, blanks or TOML of their own") {
  Project project(target);
  project.write("left.sql",
                "CREATE TABLE \"a*b?\\\" (id int NOT NULL, \"q\"\"uo'te\n#]\" int NOT NULL, \" \" int);\n"
                "CREATE SCHEMA \"s.t\"; CREATE TABLE \"s.t\".\"u.v\" (id int, \"x.y\" int);\n");
  project.write(
      "right.sql",
      "CREATE TABLE \"a*b?\\\" (id int NOT NULL);\nCREATE SCHEMA \"s.t\"; CREATE TABLE \"s.t\".\"u.v\" (id int);\n");
  const std::vector<std::string> sources = {"diff", "postgres:left.sql", "postgres:right.sql"};
  const ProgramResult proposed = project.run({sources[0], sources[1], sources[2], "--propose-waivers"});
  CHECK_EXIT(proposed, 1);
  project.write("paripassu.toml", proposed.output);
  const nlohmann::json silenced = diff_json(project, sources[1], sources[2], 0);
  CHECK(silenced.at("summary").at("waived") == 3);
  // A name's asterisk is no wildcard.
  project.write("left.sql",
                "CREATE TABLE \"a*b?\\\" (id int NOT NULL);\nCREATE TABLE acbd (id int, \" \" int);\n"
                "CREATE SCHEMA \"s.t\"; CREATE TABLE \"s.t\".\"u.v\" (id int);\n");
  project.write("right.sql",
                "CREATE TABLE \"a*b?\\\" (id int NOT NULL);\nCREATE TABLE acbd (id int);\n"
                "CREATE SCHEMA \"s.t\"; CREATE TABLE \"s.t\".\"u.v\" (id int);\n");
  CHECK(diff_json(project, sources[1], sources[2], 1).at("summary").at("waived") == 0);
}

TEST_CASE("options of diff that exclude each other are refused") {
  const TemporaryFolder folder;
  write_snapshots(folder);
  CHECK_EXIT(diff(folder, {"--propose-waivers", "--suggest", "postgres"}), 2);
  CHECK_EXIT(diff(folder, {"--propose-waivers", "--format", "json"}), 2);
  CHECK_EXIT(diff(folder, {"--suggest", "postgres", "--format", "junit"}), 2);
  CHECK_EXIT(diff(folder, {"--each-step"}), 2);
  const ProgramResult other = diff(folder, {"--suggest", "sqlserver"});
  CHECK_EXIT(other, 2);
  CHECK_SAYS(other.errors, "sqlserver");
}

ONE_ENGINE_CASE("postgres", "the order of an enum's labels is compared only when asked") {
  Project project(target);
  project.write("left.sql", "CREATE TYPE mood AS ENUM ('calm', 'glad');\nCREATE TABLE t (m mood NOT NULL);\n");
  project.write("right.sql", "CREATE TYPE mood AS ENUM ('glad', 'calm');\nCREATE TABLE t (m mood NOT NULL);\n");
  for (const char* side : {"left", "right"})
    REQUIRE_EXIT(project.run({"inspect", "postgres:" + std::string(side) + ".sql", "--format", "json", "-o",
                              std::string(side) + ".json"}),
                 0);
  const auto differences = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"diff", "left.json", "right.json", "--format", "json"});
    return parse_json(project.run(more)).at("differences");
  };
  CHECK(differences({}).empty());
  REQUIRE(differences({"--enum-order"}).size() == 1);
  CHECK(differences({"--enum-order"}).at(0).at("name") == "mood");
  project.write("paripassu.toml", "[parity]\nenum_order = \"compare\"\n");
  CHECK(differences({}).size() == 1);
}

}  // namespace paripassu::test
