#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "harness/datacheck/check_suite.h"
#include "harness/datacheck/query_reading.h"
#include "harness/datacheck/query_statement.h"
#include "harness/dataset/time_text.h"

namespace paripassu {

namespace {

using catalog::Column;
using datacheck::FirstRows;
using datacheck::Reader;
using Clock = std::chrono::steady_clock;

std::int64_t milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// A count as the server gives it: an integer, or a decimal without a fraction.
std::uint64_t number_of(const Cell& cell) {
  std::uint64_t number = 0;
  if (!cell) return 0;
  const auto [end, error] = std::from_chars(cell->data(), cell->data() + cell->size(), number);
  if (error != std::errc() || (end != cell->data() + cell->size() && *end != '.'))
    throw Error(ErrorCategory::internal, fmt::format("the server counted '{}' rows", *cell));
  return number;
}

/// "2 d 3 h", "45 min", "10 s".
std::string age_text(std::int64_t age_s) {
  if (age_s < 120) return fmt::format("{} s", age_s);
  if (age_s < 7'200) return fmt::format("{} min", age_s / 60);
  if (age_s < 172'800) return fmt::format("{} h", age_s / 3'600);
  return fmt::format("{} d", age_s / 86'400);
}

/// A timestamp of a canonical text, with or without zone, or a date; without a zone it counts as UTC.
std::optional<dataset::Moment> moment_of(const std::string& text) {
  catalog::Type type;
  type.family = text.size() <= 10 && text.find('T') == std::string::npos && text.find("infinity") == std::string::npos
                    ? catalog::TypeFamily::date
                    : catalog::TypeFamily::timestamp;
  type.with_time_zone = text.ends_with("Z");
  return dataset::read_moment(type, text);
}

class CheckRun {
 public:
  explicit CheckRun(Reader& reader) : reader_(reader) {}

  CheckResult run(const BoundCheck& bound, const std::string& code) {
    const Check& check = *bound.check;
    CheckResult result;
    result.name = check.name;
    result.engine = std::string(reader_.backend().name());
    result.kind = check.kind;
    if (!bound.table.empty()) result.object = bound.schema + "." + bound.table;
    result.code = code;
    result.severity = check.severity;
    result.explanation = check.explanation;
    result.position = check.position;
    result.notes = bound.notes;
    const Clock::time_point begin = Clock::now();
    try {
      ask(bound, result);
      if (!result.message.empty()) result.outcome = CheckOutcome::failed;
    } catch (const Error& error) {
      if (datacheck::ends_the_run(error)) throw;
      result.outcome = CheckOutcome::incomplete;
      result.message = fmt::format("{} could not run it: {}", reader_.backend().display_name(), error.message());
      datacheck::append_words(error, result.details);
    }
    result.duration_ms = milliseconds_since(begin);
    return result;
  }

 private:
  void ask(const BoundCheck& bound, CheckResult& result) {
    const FirstRows answer =
        reader_.read_first(check_statement(bound, reader_.backend()), limits::kCheckOffendersShownMax);
    switch (bound.check->kind) {
      case CheckKind::rows:
        judge_rows(bound, answer, result);
        return;
      case CheckKind::freshness:
        judge_freshness(bound, answer, result);
        return;
      case CheckKind::no_rows:
        result.offenders = answer.count;
        result.offenders_counted = answer.count < limits::kQueryRowsMax;
        result.shown = answer.columns;
        result.rows = answer.rows;
        if (answer.count > 0)
          result.message = fmt::format("{}{}, expected none", result.offenders_counted ? "" : "at least ",
                                       counted(answer.count, "row"));
        return;
      default:
        judge_offenders(bound, answer, result);
    }
  }

  static void judge_offenders(const BoundCheck& bound, const FirstRows& answer, CheckResult& result) {
    result.shown.assign(answer.columns.begin() + (answer.columns.empty() ? 0 : 1), answer.columns.end());
    for (const std::vector<Cell>& row : answer.rows) result.rows.emplace_back(row.begin() + 1, row.end());
    if (answer.rows.empty()) return;
    result.offenders = number_of(answer.rows.front().front());
    std::string columns;
    for (const Column& column : bound.columns) columns += (columns.empty() ? "" : ", ") + column.name;
    const std::string rows = counted(result.offenders, "row");
    switch (bound.check->kind) {
      case CheckKind::unique:
        result.message = fmt::format("{} have values of {} that other rows have too", rows, columns);
        return;
      case CheckKind::not_null:
        result.message = fmt::format("{} without a value of {}", rows, columns);
        return;
      case CheckKind::accepted:
        result.message = fmt::format("{} whose {} is not accepted", rows, columns);
        return;
      case CheckKind::range:
        result.message = fmt::format("{} whose {} is out of range", rows, columns);
        return;
      case CheckKind::pattern:
        result.message = fmt::format("{} whose {} is not like '{}'", rows, columns, bound.check->pattern);
        return;
      case CheckKind::references:
        result.message = fmt::format("{} whose {} is not in {}", rows, columns, bound.other_table);
        return;
      default:
        result.message = fmt::format("{} for which the condition is false", rows);
    }
  }

  static void judge_rows(const BoundCheck& bound, const FirstRows& answer, CheckResult& result) {
    const Check& check = *bound.check;
    const std::uint64_t count = number_of(answer.rows.at(0).at(0));
    result.notes.push_back(counted(count, "row"));
    if (check.rows_min && count < *check.rows_min) {
      result.message = fmt::format("{}, expected at least {}", counted(count, "row"), *check.rows_min);
    } else if (check.rows_max && count > *check.rows_max) {
      result.message = fmt::format("{}, expected at most {}", counted(count, "row"), *check.rows_max);
    } else if (!bound.other_table.empty()) {
      const std::uint64_t other = number_of(answer.rows.at(0).at(1));
      const std::uint64_t apart = count > other ? count - other : other - count;
      if (static_cast<double>(apart) > check.rows_tolerance * static_cast<double>(other))
        result.message = fmt::format(
            "{}, and {} has {}{}", counted(count, "row"), bound.other_table, other,
            check.rows_tolerance > 0 ? fmt::format(" (more than {:g}% apart)", check.rows_tolerance * 100) : "");
    }
  }

  static void judge_freshness(const BoundCheck& bound, const FirstRows& answer, CheckResult& result) {
    const Cell& newest = answer.rows.at(0).at(0);
    const Cell& now = answer.rows.at(0).at(1);
    if (!newest) {
      result.message = "there is no value: no row, or only NULL";
      return;
    }
    const auto moment = moment_of(*newest);
    const auto present = now ? moment_of(*now) : std::nullopt;
    if (!moment || !present) throw Error(ErrorCategory::data, fmt::format("'{}' is no date or timestamp", *newest));
    if (moment->infinity > 0) return;
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    const std::int64_t age_s = moment->infinity < 0 ? std::numeric_limits<std::int64_t>::max()
                                                    : (present->days - moment->days) * 86'400 +
                                                          (present->nanoseconds - moment->nanoseconds) / kNanoseconds;
    if (age_s <= bound.check->age_max_s) return;
    result.message =
        fmt::format("the newest value, {}, is {} old, expected at most {}", *newest,
                    moment->infinity < 0 ? "infinitely" : age_text(age_s), age_text(bound.check->age_max_s));
  }

  Reader& reader_;
};

CheckResult not_checkable(const ImpliedCheck& implied, const Backend& backend) {
  CheckResult result;
  result.name = implied.check.name;
  result.engine = std::string(backend.name());
  result.kind = implied.check.kind;
  result.object = implied.bound.schema + "." + implied.bound.table;
  result.code = implied.code;
  result.severity = implied.check.severity;
  result.outcome = CheckOutcome::incomplete;
  result.message = fmt::format("not checkable on {}: {}", backend.display_name(), implied.not_checkable);
  result.explanation = implied.check.explanation;
  result.position = implied.check.position;
  return result;
}

bool is_for(const Check& check, const Backend& backend) {
  return check.engines.empty() ||
         std::find(check.engines.begin(), check.engines.end(), backend.name()) != check.engines.end();
}

/// What is to be sent to one side.
struct SidePlan {
  std::vector<BoundCheck> bound;
  std::vector<std::string> codes;
};

SidePlan plan_side(const CheckSide& side, const std::vector<Check>& declared, const CheckOptions& options) {
  const Backend& backend = *side.data.backend;
  SidePlan plan;
  for (const Check& check : declared) {
    if (!is_for(check, backend)) continue;
    BoundCheck bound = bind_check(check, *side.data.catalog, backend, options.names);
    // What the declaration has wrong is said before anything is read.
    const std::string statement = check_statement(bound, backend);
    if (check.kind == CheckKind::no_rows) check_is_query({check.position.file, statement, {}}, backend);
    plan.bound.push_back(std::move(bound));
    plan.codes.emplace_back();
  }
  for (const ImpliedCheck* implied : side.implied) {
    plan.bound.push_back(implied->bound);
    plan.bound.back().check = &implied->check;
    plan.codes.push_back(implied->code);
  }
  return plan;
}

}  // namespace

std::string_view to_string(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::passed:
      return "passed";
    case CheckOutcome::failed:
      return "failed";
    case CheckOutcome::incomplete:
      break;
  }
  return "incomplete";
}

std::size_t CheckReport::count(CheckOutcome outcome) const {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [outcome](const CheckResult& result) { return result.outcome == outcome; }));
}

bool CheckReport::fails(Severity fail_on) const {
  return std::any_of(results.begin(), results.end(), [fail_on](const CheckResult& result) {
    return result.outcome == CheckOutcome::failed && result.severity <= fail_on;
  });
}

CheckReport run_checks(
    const std::vector<CheckSide>& sides, const std::vector<Check>& declared, const CheckOptions& options,
    const std::function<void(const CheckResult&, std::size_t done, std::size_t total)>& on_finished) {
  const Clock::time_point begin = Clock::now();
  CheckReport report;
  std::vector<SidePlan> plans;
  std::size_t total = 0;
  for (const CheckSide& side : sides) {
    plans.push_back(plan_side(side, declared, options));
    total += plans.back().bound.size();
  }
  for (std::size_t i = 0; i < sides.size(); ++i) {
    Reader reader(sides[i].data);
    CheckReport::Side described;
    described.server = reader.open();
    described.label = fmt::format("{} ({})", sides[i].data.label, described.server.label());
    report.sides.push_back(std::move(described));
    CheckRun run(reader);
    const std::size_t declared_count = plans[i].bound.size() - sides[i].implied.size();
    for (std::size_t k = 0; k < plans[i].bound.size(); ++k) {
      const ImpliedCheck* implied = k < declared_count ? nullptr : sides[i].implied[k - declared_count];
      if (implied != nullptr && !implied->not_checkable.empty()) {
        report.results.push_back(not_checkable(*implied, reader.backend()));
      } else {
        report.results.push_back(run.run(plans[i].bound[k], plans[i].codes[k]));
      }
      if (on_finished) on_finished(report.results.back(), report.results.size(), total);
    }
    for (const std::string& note : reader.notes()) report.notes.push_back(note);
  }
  report.duration_ms = milliseconds_since(begin);
  return report;
}

}  // namespace paripassu
