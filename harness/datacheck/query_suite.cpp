#include "harness/datacheck/query_suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <set>

#include "harness/datacheck/query_reading.h"
#include "harness/parity/names.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

using datacheck::Reader;
using Clock = std::chrono::steady_clock;

std::int64_t milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// What one side gave.
struct Answer {
  RowSet rows;
  std::optional<Error> error;
};

/// Two engines that both refuse a query for the same reason still refuse it.
bool is_refusal(const Error& error) {
  switch (error.category()) {
    case ErrorCategory::connection:
    case ErrorCategory::authentication:
    case ErrorCategory::server_unavailable:
    case ErrorCategory::driver_missing:
    case ErrorCategory::deadlock:
    case ErrorCategory::lock_timeout:
    case ErrorCategory::statement_timeout:
    case ErrorCategory::cancelled:
    case ErrorCategory::resources:
      return false;
    default:
      return true;
  }
}

/// Where the server sees the fault: parameters have no line breaks, so that the statement has the lines of its file. 0:
/// it does not say.
int line_of(const Error& error, const std::string& statement) {
  for (const Diagnostic& diagnostic : error.diagnostics()) {
    if (diagnostic.statement_line > 0) return diagnostic.statement_line;
    if (diagnostic.statement_offset <= 0) continue;
    int line = 1;
    int characters = 0;
    for (const char c : statement) {
      if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u && ++characters >= diagnostic.statement_offset) return line;
      if (c == '\n') ++line;
    }
  }
  return 0;
}

class QueryRun {
 public:
  QueryRun(const DataSide& left, const DataSide& right, const QueryOptions& options)
      : options_(options), left_(left), right_(right) {}

  Reader& left() { return left_; }
  Reader& right() { return right_; }

  QueryResult run(const QueryTest& query) {
    const Clock::time_point begin = Clock::now();
    QueryResult result;
    result.name = query.name;
    result.position.file = query.texts.empty() ? "" : query.texts.begin()->second.file;
    try {
      run(query, result);
    } catch (const Error& error) {
      if (datacheck::ends_the_run(error)) throw;
      fail(result, error, error.message());
      result.outcome = is_refusal(error) ? QueryOutcome::failed : QueryOutcome::incomplete;
    }
    result.duration_ms = milliseconds_since(begin);
    return result;
  }

 private:
  static void fail(QueryResult& result, const Error& error, std::string message) {
    result.message = std::move(message);
    result.position = error.position().known() ? error.position() : result.position;
    datacheck::append_words(error, result.details);
  }

  void run(const QueryTest& query, QueryResult& result) {
    const QueryText* texts[2] = {query.find(std::string(left_.backend().name())),
                                 query.find(std::string(right_.backend().name()))};
    Reader* readers[2] = {&left_, &right_};
    std::string statements[2];
    for (int side = 0; side < 2; ++side) {
      if (texts[side] == nullptr) {
        result.outcome = QueryOutcome::incomplete;
        result.message = fmt::format("there is no text of this query for {}", readers[side]->backend().display_name());
        return;
      }
      statements[side] = query_statement(*texts[side], options_.parameters, readers[side]->backend());
    }
    const auto answer = [&](int side) {
      Answer given;
      try {
        given.rows = readers[side]->read(statements[side], query.name);
      } catch (const Error& error) {
        given.error = error;
      }
      return given;
    };
    std::future<Answer> other = std::async(std::launch::async, answer, 1);
    Answer answers[2];
    answers[0] = answer(0);
    answers[1] = other.get();
    for (const Answer& one : answers)
      if (one.error && datacheck::ends_the_run(*one.error)) throw Error(*one.error);
    bool refused = false;
    for (int side = 0; side < 2; ++side) {
      if (!answers[side].error) continue;
      const Error& error = *answers[side].error;
      refused = refused || is_refusal(error);
      const std::string message = fmt::format("{} {}: {}", readers[side]->backend().display_name(),
                                              is_refusal(error) ? "refuses it" : "could not run it", error.message());
      if (result.message.empty()) {
        result.position = {texts[side]->file, line_of(error, statements[side]), 0};
        fail(result, error, message);
      } else {
        result.details.push_back(message);
        datacheck::append_words(error, result.details);
      }
    }
    if (!result.message.empty()) {
      result.outcome = refused ? QueryOutcome::failed : QueryOutcome::incomplete;
      return;
    }
    result.rows = compare_results(answers[0].rows, answers[1].rows, query.directives, options_.names, options_.limit);
    judge(result);
  }

  void judge(QueryResult& result) const {
    const TableResult& rows = result.rows;
    std::uint64_t failing = rows.left_only_rows + rows.right_only_rows;
    std::uint64_t warned = 0;
    for (const ColumnResult& column : rows.columns) {
      for (std::size_t i = 0; i < kValueClasses; ++i) {
        if (column.verdicts[i] == ClassVerdict::error) failing += column.classes[i].rows;
        if (column.verdicts[i] == ClassVerdict::warning) warned += column.classes[i].rows;
      }
    }
    if (options_.fail_on != Severity::error) failing += warned;
    std::string one_sided;
    std::string not_compared;
    for (const Skipped& column : rows.skipped_columns) {
      if (!column.waived.empty()) continue;
      const bool single = column.reason == "only on the left" || column.reason == "only on the right";
      std::string& list = single ? one_sided : not_compared;
      list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", column.name, column.reason);
    }
    if (!one_sided.empty()) {
      result.outcome = QueryOutcome::failed;
      result.message = "the results have different columns: " + one_sided;
    } else if (failing > 0) {
      result.outcome = QueryOutcome::failed;
      result.message = difference_sentence(rows);
    } else if (!not_compared.empty() || rows.columns.empty()) {
      result.outcome = QueryOutcome::incomplete;
      result.message =
          rows.columns.empty() ? "no column could be compared" : "columns that could not be compared: " + not_compared;
    } else if (warned > 0) {
      result.details.push_back(difference_sentence(rows));
    }
  }

  static std::string difference_sentence(const TableResult& rows) {
    std::string text;
    const auto add = [&text](std::uint64_t count, std::string_view what) {
      if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counted(count, "row"), what);
    };
    add(rows.changed_rows, "not alike");
    add(rows.left_only_rows, "only on the left");
    add(rows.right_only_rows, "only on the right");
    return fmt::format("the results differ: {} (of {} on the left, {} on the right)", text, rows.left_rows,
                       rows.right_rows);
  }

  const QueryOptions& options_;
  Reader left_;
  Reader right_;
};

void check_given(const std::vector<QueryTest>& queries, const QueryOptions& options) {
  std::set<std::string> known;
  for (const QueryTest& query : queries)
    for (const auto& [engine, text] : query.texts)
      for (const QueryParameter& parameter : text.parameters) known.insert(parameter.name);
  for (const auto& [name, value] : options.parameters) {
    if (known.count(name) != 0) continue;
    std::string message = fmt::format("--param {}: no query declares this parameter", printable(name));
    if (const std::string near = nearest_word(name, {known.begin(), known.end()}); !near.empty())
      message += fmt::format("; did you mean '{}'?", near);
    throw Error(ErrorCategory::usage, message);
  }
}

}  // namespace

std::string_view to_string(QueryOutcome outcome) {
  switch (outcome) {
    case QueryOutcome::passed:
      return "passed";
    case QueryOutcome::failed:
      return "failed";
    case QueryOutcome::incomplete:
      break;
  }
  return "incomplete";
}

std::size_t QueryReport::count(QueryOutcome outcome) const {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [outcome](const QueryResult& result) { return result.outcome == outcome; }));
}

QueryReport run_queries(const std::vector<QueryTest>& queries, const DataSide& left, const DataSide& right,
                        const QueryOptions& options,
                        const std::function<void(const QueryResult&, std::size_t done)>& on_finished) {
  const Clock::time_point begin = Clock::now();
  check_given(queries, options);
  QueryReport report;
  QueryRun run(left, right, options);
  report.left = run.left().open();
  report.right = run.right().open();
  report.left_label = fmt::format("{} ({})", left.label, report.left.label());
  report.right_label = fmt::format("{} ({})", right.label, report.right.label());
  for (const QueryTest& query : queries) {
    report.results.push_back(run.run(query));
    if (on_finished) on_finished(report.results.back(), report.results.size());
  }
  for (const Reader* reader : {&run.left(), &run.right()})
    for (const std::string& note : reader->notes()) report.notes.push_back(note);
  report.duration_ms = milliseconds_since(begin);
  return report;
}

}  // namespace paripassu
