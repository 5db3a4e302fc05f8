#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

/// Private to the rooms of reports.
namespace paripassu::report {

/// One test. At most one of failure, error and skipped, since readers show only one.
struct JunitTest {
  std::string class_name;
  std::string name;
  std::string file;
  std::int64_t duration_ms = -1;  ///< -1: not measured
  std::string verdict;            ///< "failure", "error", "skipped"; empty: passed
  std::string verdict_type;
  std::string verdict_message;
  std::vector<std::string> verdict_lines;
  std::vector<std::string> output;
};

/// As a `testcase` element below a `testsuite`.
void write_junit_test(std::ostream& out, const JunitTest& test);

}  // namespace paripassu::report
