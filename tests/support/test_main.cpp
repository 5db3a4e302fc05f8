// Entry point of every test program, and the listener that writes one line per case (PASS, FAIL or SKIP) to the file
// named by PARIPASSU_TEST_RESULTS, from which `./dev test` counts. doctest itself cannot skip a running case.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <string>

#include "tests/support/skip.h"

namespace {

std::mutex skip_mutex;
std::string skip_reason;  // NOLINT: reset per case

class ResultsListener : public doctest::IReporter {
 public:
  explicit ResultsListener(const doctest::ContextOptions&) {
    if (const char* path = std::getenv("PARIPASSU_TEST_RESULTS")) out_.open(path, std::ios::trunc);
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData& data) override {
    name_ = data.m_name;
    failed_ = false;
    std::lock_guard lock(skip_mutex);
    skip_reason.clear();
  }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    const bool failed = failed_ || stats.failure_flags != 0;
    std::lock_guard lock(skip_mutex);
    const char* verdict = failed ? "FAIL" : skip_reason.empty() ? "PASS" : "SKIP";
    if (!failed && !skip_reason.empty()) std::cout << "skipped: " << name_ << ": " << skip_reason << std::endl;
    if (out_) out_ << verdict << '\t' << name_ << '\t' << stats.seconds << '\t' << skip_reason << std::endl;
  }
  void test_case_exception(const doctest::TestCaseException&) override { failed_ = true; }
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& data) override { failed_ = failed_ || data.m_failed; }
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  std::ofstream out_;
  std::string name_;
  bool failed_ = false;
};

REGISTER_LISTENER("results", 1, ResultsListener);

}  // namespace

namespace paripassu::test {

void mark_skipped(const std::string& reason) {
  std::lock_guard lock(skip_mutex);
  skip_reason = reason.empty() ? "no reason given" : reason;
}

}  // namespace paripassu::test
