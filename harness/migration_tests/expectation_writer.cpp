#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "backends/limits.h"
#include "harness/migration_tests/expectation_files.h"
#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/ladder_files.h"
#include "harness/migration_tests/test_support.h"
#include "harness/parity/names.h"

namespace paripassu {

using namespace migration_tests;
namespace fs = std::filesystem;

namespace {

std::optional<std::string> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

[[noreturn]] void throw_unwritable(const std::string& path, const std::string& why) {
  throw Error(ErrorCategory::configuration, fmt::format("cannot write {}: {}", path, why)).with_position({path, 0, 0});
}

/// All of it or nothing: a full disk must not leave half a file.
void write_bytes(const std::string& path, const std::string& bytes) {
  std::error_code code;
  fs::create_directories(fs::path(path).parent_path(), code);
  if (code) throw_unwritable(path, code.message());
  const std::string draft =
      fmt::format("{}/.{}.{}", fs::path(path).parent_path().string(), fs::path(path).filename().string(), getpid());
  {
    std::ofstream out(draft, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    if (!out) {
      fs::remove(draft, code);
      throw_unwritable(path, "the disk is full, or the folder is read only");
    }
  }
  fs::rename(draft, path, code);
  if (!code) return;
  const std::string why = code.message();
  fs::remove(draft, code);
  throw_unwritable(path, why);
}

}  // namespace

/// One engine's part of a round, under its lock.
class ExpectationWriter {
 public:
  ExpectationWriter(TestContext& context, TestDatabase& database, const catalog::Catalog& catalog, AcceptRound& round)
      : context_(context),
        database_(database),
        catalog_(catalog),
        round_(round),
        engine_(database.backend().name()),
        expectations_(Expectations::read(context, database.backend())) {}

  Expectations::Accepted run() {
    round_.catalogs_[engine_] = catalog_;
    for (const Expectations::Expected& expected : expectations_.expected_)
      guarded(expected.path, [&] { accept(expected); });
    for (const FoundTable& found : tables_with_rows(database_.session(), database_.backend(), catalog_)) {
      if (covered_.count(found.table) != 0) continue;
      guarded("", [&] { accept_new(found); });
    }
    return std::move(accepted_);
  }

 private:
  /// What goes wrong with one file is that file's problem.
  template <class Work>
  void guarded(const std::string& path, Work work) {
    try {
      work();
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      accepted_.problems.push_back(problem_of(error, "writing expectations"));
      if (!accepted_.problems.back().position.known()) accepted_.problems.back().position.file = path;
    }
  }

  void note(const std::string& path, const std::string& text) {
    accepted_.notes.push_back(fmt::format("{}: {}", context_.shown_path(path), text));
  }

  void accept(const Expectations::Expected& expected) {
    if (expected.query.empty()) {
      try {
        const SourcePosition position{expected.path, 0, 0};
        covered_.insert(find_expected_table(catalog_, expected.name, expectations_.names_, position).table);
      } catch (const Error& error) {
        if (error.category() != ErrorCategory::configuration) throw;
        accept_without_table(expected, error);
        return;
      }
    }
    accept_rows(expected, expectations_.read_actual(expected, database_, catalog_));
  }

  /// The file is of a table that this engine does not have.
  void accept_without_table(const Expectations::Expected& expected, const Error& error) {
    const auto file = round_.files_.find(expected.path);
    if (file == round_.files_.end()) {
      note(expected.path, fmt::format("stale: {}; delete it if the table is gone for good", error.message()));
      return;
    }
    const std::string other = file->second.engine;
    const std::string own_path = path_of(expected.name + "." + other);
    if (file->second.written && !file->second.before) {
      std::error_code code;
      fs::rename(expected.path, own_path, code);
      if (code) throw_unwritable(own_path, code.message());
      round_.files_[own_path] = file->second;
      round_.files_.erase(file);
      note(own_path, fmt::format("renamed from {}, since {} has no such table",
                                 fs::path(expected.path).filename().string(), engine_));
      return;
    }
    TestProblem problem;
    problem.code = "engines-differ";
    problem.message =
        fmt::format("{} is of a table that {} has and {} has not", context_.shown_path(expected.path), other, engine_);
    problem.position.file = expected.path;
    problem.details.push_back(fmt::format("→ if that is meant, call it {}", fs::path(own_path).filename().string()));
    accepted_.problems.push_back(std::move(problem));
  }

  void accept_new(const FoundTable& found) {
    const std::string stem =
        expectation_stem(found.schema->name, found.table->name, catalog_.default_schema, context_.registry());
    Expectations::Expected expected;
    expected.name = stem;
    expected.path = path_of(stem);
    const RowSet actual = read_table(database_.session(), database_.backend(), *found.schema, *found.table);
    for (const auto& [engine, catalog] : round_.catalogs_) {
      if (engine == engine_) continue;
      bool exists = true;
      try {
        find_expected_table(catalog, stem, expectations_.names_, {});
      } catch (const Error&) {
        exists = false;
      }
      if (!exists) {
        expected.path = path_of(stem + "." + engine_);
        continue;
      }
      // Had it rows there, it would have a file by now.
      TestProblem problem;
      problem.code = "engines-differ";
      problem.message = fmt::format("{} holds {} on {} and none on {}, so that nothing was written", stem,
                                    counted(actual.rows.size(), "row"), engine_, engine);
      problem.position.file = expected.path;
      accepted_.problems.push_back(std::move(problem));
      return;
    }
    accept_rows(expected, actual);
  }

  void accept_rows(const Expectations::Expected& expected, const RowSet& actual) {
    // The columns that are neither unstable nor change by themselves are those that are compared.
    RowSet header = actual;
    header.rows.clear();
    const std::vector<std::string> stable = expectations_.compare(header, header, false).columns_compared;
    RowComparison comparison;
    bool same = false;
    if (expected.rows) {
      try {
        comparison =
            expectations_.compare(row_set(*expected.rows, actual, expectations_.names_), actual, expected.ordered);
        same = comparison.equal() && comparison.left_only_columns.empty() && comparison.right_only_columns.empty();
      } catch (const Error& error) {
        // A column that is gone, say.
        if (error.category() != ErrorCategory::configuration) throw;
        comparison.left_only_columns.push_back(error.message());
      }
    }
    const auto file = round_.files_.find(expected.path);
    const bool shared = file != round_.files_.end() && file->second.engine != engine_;
    if (same) {
      note(expected.path, shared ? fmt::format("{} holds the same rows", engine_) : "unchanged");
      if (!shared) round_.files_[expected.path] = {engine_, false, std::nullopt, false};
    } else if (shared) {
      dispute(expected, file->second, std::move(comparison));
    } else {
      write(expected, actual, stable);
    }
  }

  /// Takes back what the other engine has written.
  void dispute(const Expectations::Expected& expected, AcceptRound::File& file, RowComparison comparison) {
    if (file.written && !file.disputed) {
      if (file.before) {
        write_bytes(expected.path, *file.before);
      } else {
        std::error_code code;
        fs::remove(expected.path, code);
        if (code) throw_unwritable(expected.path, code.message());
      }
    }
    file.disputed = true;
    TestProblem problem;
    problem.code = "engines-differ";
    problem.message = fmt::format("{} is not the same on {} and {}, so that {}", expected.name, file.engine, engine_,
                                  file.written ? "what was written was taken back" : "nothing was written");
    problem.position.file = expected.path;
    for (const std::string& column : comparison.left_only_columns)
      problem.details.push_back(fmt::format("{} alone: {}", file.engine, column));
    for (const std::string& column : comparison.right_only_columns)
      problem.details.push_back(fmt::format("{} alone: column {}", engine_, column));
    if (comparison.differences.size() > limits::kExpectationRowsShownMax)
      comparison.differences.resize(limits::kExpectationRowsShownMax);
    for (std::string& line : describe_all(comparison, file.engine, engine_)) problem.details.push_back(std::move(line));
    accepted_.problems.push_back(std::move(problem));
  }

  void write(const Expectations::Expected& expected, const RowSet& actual, const std::vector<std::string>& stable) {
    const NameMatching matching = expectations_.names_;
    // The file's own order and spelling of columns stays, so that a diff shows what has changed and nothing else.
    std::vector<std::string> names;
    std::vector<std::string> left = stable;
    if (expected.rows) {
      for (const std::string& name : expected.rows->columns) {
        const auto found = std::find_if(left.begin(), left.end(), [&](const std::string& column) {
          return fold_name(column, matching) == fold_name(name, matching);
        });
        if (found == left.end()) continue;
        names.push_back(name);
        left.erase(found);
      }
    }
    names.insert(names.end(), left.begin(), left.end());
    const DataTable table =
        data_table(actual, expected.name, columns_of(actual, names, matching), names, expected.ordered);
    std::optional<std::string> before = bytes_of(expected.path);
    const std::string bytes = write_csv(table);
    round_.files_[expected.path] = {engine_, before != bytes, before, false};
    if (before == bytes) {
      note(expected.path, "unchanged");
      return;
    }
    write_bytes(expected.path, bytes);
    if (!expected.rows) {
      note(expected.path, "written, " + counted(table.rows.size(), "row"));
      return;
    }
    const TableDiff diff = diff_tables(*expected.rows, table, key_names(actual), matching);
    note(expected.path, counted(diff.row_count, "row") + " changed");
    for (const std::string& line : diff.lines) accepted_.notes.push_back("  " + line);
  }

  std::string path_of(const std::string& stem) const {
    return context_.resolve(context_.configuration().tests.ladder) + "/expected/" + stem + ".csv";
  }

  TestContext& context_;
  TestDatabase& database_;
  const catalog::Catalog& catalog_;
  AcceptRound& round_;
  const std::string engine_;
  const Expectations expectations_;
  std::set<const catalog::Table*> covered_;
  Expectations::Accepted accepted_;
};

Expectations::Accepted Expectations::accept(TestContext& context, TestDatabase& database,
                                            const catalog::Catalog& catalog, AcceptRound& round) {
  const std::lock_guard lock(round.mutex_);
  return ExpectationWriter(context, database, catalog, round).run();
}

}  // namespace paripassu
