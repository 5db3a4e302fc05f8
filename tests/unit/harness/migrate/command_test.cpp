#include "harness/migrate/command.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

CommandResult run(const std::string& line, int timeout_ms = 0) {
  CommandOptions options;
  options.line = line;
  options.timeout_ms = timeout_ms;
  return run_command(options);
}

std::int64_t milliseconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
}

/// Waits for the file that the command writes its process id to.
pid_t pid_in(const std::string& file) {
  for (int i = 0; i < 200; ++i) {
    pid_t pid = 0;
    if (std::ifstream(file) >> pid && pid > 0) return pid;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return 0;
}

bool is_gone(pid_t pid) {
  for (int i = 0; i < 300; ++i) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    // One that nobody has reaped yet is gone as well.
    if (!std::getline(stat, line) || line.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("A command gives its exit code and both streams") {
  const CommandResult result = run("echo out; echo err >&2; exit 3");
  CHECK(result.exit_code == 3);
  CHECK_FALSE(result.success());
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
  CHECK(result.tail() == "err");
  CHECK(result.how() == "exit code 3");
  CHECK(run("true").success());
}

TEST_CASE("A command that a signal ended says which") {
  const CommandResult result = run("kill -SEGV $$");
  CHECK(result.exit_code == 128 + SIGSEGV);
  CHECK(contains(result.how(), "signal 11"));
}

TEST_CASE("A command runs in its folder, with its environment, and can read nothing") {
  const TemporaryFolder folder;
  CommandOptions options;
  options.dir = folder.path();
  options.environment = {{"PARIPASSU_UNIT_X", "a 'b' $c"}};
  options.line =
      "pwd -P; printf '%s\\n' \"$PARIPASSU_UNIT_X\"; cat; (exec 3<>/dev/tty) 2>/dev/null || echo no terminal";
  const CommandResult result = run_command(options);
  CHECK(result.output == std::filesystem::canonical(folder.path()).string() + "\na 'b' $c\nno terminal\n");
}

TEST_CASE("A folder that is not there is named") {
  CommandOptions options;
  options.line = "true";
  options.dir = "/nonexistent/folder";
  const Error error = error_of([&] { run_command(options); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(contains(error.message(), "/nonexistent/folder"));
}

TEST_CASE("A word for the shell comes back as it was") {
  for (const char* text : {"", "plain", "it's", "a b\tc", "$(touch x) `x` \"x\" \\", "-n", "line\nbreak", "{revision}"})
    CHECK(run("printf %s " + quote_for_shell(text)).output == text);
}

TEST_CASE("A flood of output is bounded, and its end is kept") {
  const CommandResult result = run("yes 0123456789 | head -c 30000000; echo the end");
  CHECK(result.output.size() <= limits::kCommandOutputBytesMax);
  CHECK(result.output_cut);
  CHECK(result.output.ends_with("the end\n"));
  CHECK(result.tail().size() <= limits::kCommandTailBytesMax);
}

TEST_CASE("The end of the output is shown in whole lines and without control characters") {
  const CommandResult result =
      run("yes 'a line of text' | head -n 1000; printf 'red \\033[31m bell \\007\\r\\n\\n  \\n'");
  const std::string tail = result.tail();
  CHECK(tail.starts_with("a line of text\n"));
  CHECK(tail.ends_with("red ?[31m bell ?"));
}

TEST_CASE("Secrets do not come back, literally or in connection strings") {
  CommandOptions options;
  options.line = "echo 'geheim! and geheim!'; echo 'postgres://me:other@host/db' >&2";
  options.secrets = {"geheim!", ""};
  const CommandResult result = run_command(options);
  CHECK(result.output == "*** and ***\n");
  CHECK(result.errors == "postgres://me:***@host/db\n");
}

TEST_CASE("A command that takes too long is ended with its children") {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/pid";
  CommandResult result;
  const auto took_ms =
      milliseconds_of([&] { result = run("sh -c 'echo $$ > " + file + "; sleep 60; true' & wait; sleep 60", 300); });
  CHECK(result.timed_out);
  CHECK_FALSE(result.success());
  CHECK(took_ms < 5000);
  CHECK(is_gone(pid_in(file)));
}

TEST_CASE("A command that ignores SIGTERM is killed") {
  CommandResult result;
  const auto took_ms = milliseconds_of([&] { result = run("trap '' TERM; while :; do sleep 1; done", 200); });
  CHECK(result.timed_out);
  CHECK(took_ms >= limits::kCommandStopTimeout_ms);
  CHECK(took_ms < limits::kCommandStopTimeout_ms + 10'000);
}

TEST_CASE("What a command leaves running is killed when it ends, and is not waited for") {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/pid";
  CommandResult result;
  const auto took_ms = milliseconds_of([&] {
    result = run("sh -c 'echo $$ > " + file + "; exec sleep 60' & while [ ! -s " + file + " ]; do :; done; echo done");
  });
  CHECK(result.success());
  CHECK(result.output == "done\n");
  CHECK(took_ms < 30'000);
  CHECK(is_gone(pid_in(file)));
}

TEST_CASE("A stop request ends a command") {
  std::thread stopper([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    Interrupt::request();
  });
  const auto took_ms = milliseconds_of([] {
    CHECK(error_of([] { run("sleep 60"); }).category() == ErrorCategory::interrupted);
    CHECK(error_of([] { run("sleep 60"); }).category() == ErrorCategory::interrupted);
  });
  stopper.join();
  Interrupt::reset();
  CHECK(took_ms < 20'000);
}
