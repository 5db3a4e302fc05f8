#include "backends/local_process/child_process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "backends/error.h"
#include "backends/interrupt.h"
#include "tests/support/skip.h"
#include "tests/unit/backends/local_process/process_test_support.h"

namespace paripassu {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using test::eventually;
using test::ForkedOwner;
using test::process_ended;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;

constexpr ChildProcess::Signals kSignals{SIGQUIT, SIGTERM};

ProcessOptions shell(const std::string& script) {
  ProcessOptions options;
  options.arguments = {"/bin/sh", "-c", script};
  return options;
}

ProcessResult run_shell(const std::string& script) {
  return run_process(shell(script));
}

class Stopwatch {
 public:
  long elapsed_ms() const {
    return static_cast<long>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_).count());
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE("run_process returns both outputs apart, and the exit code") {
  const ProcessResult result = run_shell("echo out; echo err >&2; exit 3");
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
  CHECK(result.status.code == 3);
  CHECK(!result.success());
  CHECK(result.describe() == "exit code 3: err");
  CHECK(run_shell("true").success());
}

TEST_CASE("run_process reports the signal that ended a program") {
  const ProcessResult result = run_shell("kill -KILL $$");
  CHECK(result.status.signal == SIGKILL);
  CHECK(result.status.to_string() == "signal 9 (Killed)");
  CHECK(!result.success());
}

TEST_CASE("run_process hands arguments over as they are") {
  ProcessOptions options;
  options.arguments = {"/usr/bin/printf", "%s|", "$(id)", "a b", "", "\"'\\", "*", "é\n"};
  CHECK(run_process(options).output == "$(id)|a b||\"'\\|*|é\n|");
}

TEST_CASE("run_process feeds input of any size, and none by default") {
  ProcessOptions options;
  options.arguments = {"/usr/bin/wc", "-c"};
  CHECK(std::stol(run_process(options).output) == 0);
  options.input = std::string(3'000'000, 'x');
  CHECK(std::stol(run_process(options).output) == 3'000'000);
}

TEST_CASE("a program that does not read its input harms nobody") {
  ProcessOptions options = shell("exit 0");
  options.input = std::string(1'000'000, 'x');
  CHECK(run_process(options).success());
}

TEST_CASE("run_process adds to the environment and takes out of it, by name and by prefix") {
  const EnvironmentVariable first("PGOPTIONS", "-c x=y");
  const EnvironmentVariable second("PARIPASSU_TEST_KEPT", "kept");
  const EnvironmentVariable third("PARIPASSU_TEST_REPLACED", "before");
  const EnvironmentVariable fourth("PARIPASSU_TEST_REMOVED", "removed");
  ProcessOptions options;
  options.arguments = {"/usr/bin/env"};
  options.environment = {{"PARIPASSU_TEST_REPLACED", "after=1"}, {"PARIPASSU_TEST_NEW", "new"}};
  options.environment_without = {"PG*", "PARIPASSU_TEST_REMOVED"};
  const std::string output = "\n" + run_process(options).output;
  CHECK(output.find("\nPGOPTIONS=") == std::string::npos);
  CHECK(output.find("\nPARIPASSU_TEST_REMOVED=") == std::string::npos);
  CHECK(output.find("\nPARIPASSU_TEST_KEPT=kept\n") != std::string::npos);
  CHECK(output.find("\nPARIPASSU_TEST_NEW=new\n") != std::string::npos);
  CHECK(output.find("\nPARIPASSU_TEST_REPLACED=after=1\n") != std::string::npos);
  CHECK(output.find("=before\n") == std::string::npos);
}

TEST_CASE("run_process keeps the end of the output, within its bound") {
  RunLimits run_limits;
  run_limits.output_bytes_max = 1'000;
  const ProcessResult flood = run_process(shell("head -c 5000000 /dev/zero; echo end"), run_limits);
  CHECK(flood.success());
  CHECK(flood.output.size() == 1'000);
  CHECK(flood.output.substr(996) == "end\n");
  CHECK(flood.output_dropped_bytes == 5'000'004 - 1'000);

  const ProcessResult exact = run_process(shell("head -c 1000 /dev/zero"), run_limits);
  CHECK(exact.output.size() == 1'000);
  CHECK(exact.output_dropped_bytes == 0);
}

TEST_CASE("run_process ends a program and its children at the time limit") {
  RunLimits run_limits;
  run_limits.timeout_ms = 300;
  const Stopwatch stopwatch;
  const ProcessResult result = run_process(shell("sleep 60 & echo $!; wait"), run_limits);
  CHECK(stopwatch.elapsed_ms() >= 300);
  CHECK(stopwatch.elapsed_ms() < 20'000);
  CHECK(result.timed_out);
  CHECK(!result.success());
  const pid_t grandchild = static_cast<pid_t>(std::stol(result.output));
  CHECK(eventually([&] { return process_ended(grandchild); }));
}

TEST_CASE("an endless output does not outlive the time limit") {
  RunLimits run_limits;
  run_limits.timeout_ms = 300;
  run_limits.output_bytes_max = 100;
  const ProcessResult result = run_process(shell("yes"), run_limits);
  CHECK(result.timed_out);
  CHECK(result.output.size() == 100);
}

TEST_CASE("run_process does not wait for a grandchild that keeps the output open") {
  const Stopwatch stopwatch;
  const ProcessResult result = run_shell("sleep 60 & echo $!; exit 4");
  CHECK(stopwatch.elapsed_ms() < 30'000);
  CHECK(result.status.code == 4);
  ::kill(static_cast<pid_t>(std::stol(result.output)), SIGKILL);
}

TEST_CASE("run_process waits for a program that closed its outputs") {
  const Stopwatch stopwatch;
  CHECK(run_shell("exec >&- 2>&-; sleep 0.3; exit 5").status.code == 5);
  CHECK(stopwatch.elapsed_ms() >= 300);
}

TEST_CASE("run_process says what cannot be executed, and where") {
  const TemporaryFolder temporary;
  write_file(temporary.path("data"), "no program");
  ProcessOptions options;
  const auto message = [&] {
    try {
      run_process(options);
    } catch (const Error& error) {
      CHECK(error.category() == ErrorCategory::server_unavailable);
      return error.message();
    }
    return std::string();
  };
  options.arguments = {temporary.path("absent")};
  CHECK(message() == "cannot execute " + temporary.path("absent") + ": No such file or directory");
  options.arguments = {temporary.path("data")};
  CHECK(message() == "cannot execute " + temporary.path("data") + ": Permission denied");
  options.arguments = {"/bin/true"};
  options.working_directory = temporary.path("nowhere");
  CHECK(message() == "cannot run /bin/true in " + temporary.path("nowhere") + ": No such file or directory");
}

TEST_CASE("a child inherits no descriptor, not even one without the close-on-exec flag") {
  const int open_descriptor = ::open("/dev/null", O_RDONLY);
  REQUIRE(open_descriptor >= 0);
  REQUIRE(::dup2(open_descriptor, 200) == 200);
  // The shell expands the pattern itself, with a descriptor of its own at most.
  const ProcessResult result = run_shell("for fd in /proc/$$/fd/*; do echo ${fd##*/}; done");
  ::close(open_descriptor);
  ::close(200);
  CHECK(result.output.rfind("0\n1\n2\n", 0) == 0);
  CHECK(result.output.find("200") == std::string::npos);
  CHECK(result.output.size() <= std::string("0\n1\n2\n3\n").size());
}

TEST_CASE("a child starts with no signal blocked or ignored") {
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  for (const int number : {SIGINT, SIGTERM, SIGQUIT}) ::sigaddset(&blocked, number);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto old_handler = ::signal(SIGPIPE, SIG_IGN);
  ProcessOptions options;
  options.arguments = {"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"};
  const std::string output = run_process(options).output;
  ::signal(SIGPIPE, old_handler);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a child has a session of its own, out of reach of the terminal's Ctrl-C") {
  const std::string stat = run_shell("cat /proc/$$/stat").output;
  int pid = 0;
  int group = 0;
  int session = 0;
  REQUIRE(std::sscanf(stat.c_str(), "%d (%*[^)]) %*c %*d %d %d", &pid, &group, &session) == 3);
  CHECK(group == pid);
  CHECK(session == pid);
  CHECK(session != ::getsid(0));
}

TEST_CASE("a child runs as the user asked for, with no other group") {
  if (::geteuid() != 0) SKIP_TEST("only root may change the user");
  const auto user = find_system_user("nobody");
  if (!user) SKIP_TEST("there is no user nobody");
  ProcessOptions options = shell("id -u; id -g; id -G");
  options.run_as = user;
  const std::string group = std::to_string(user->gid);
  CHECK(run_process(options).output == std::to_string(user->uid) + "\n" + group + "\n" + group + "\n");
}

TEST_CASE("unprivileged_user is nobody's business unless this is root") {
  const auto user = unprivileged_user({"no-such-user-here", "root"});
  if (::geteuid() != 0) {
    CHECK(!user.has_value());
  } else {
    REQUIRE(user.has_value());
    CHECK(user->name == "nobody");
    CHECK(user->uid != 0);
  }
  CHECK(!find_system_user("no-such-user-here").has_value());
}

TEST_CASE("run_process stops when a stop is requested, unless the work must be done") {
  Interrupt::reset();
  std::thread request([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    Interrupt::request();
  });
  const Stopwatch stopwatch;
  try {
    RunLimits run_limits;
    run_limits.timeout_ms = 60'000;
    run_process(shell("sleep 60"), run_limits);
    FAIL("run_process did not stop");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::interrupted);
  }
  request.join();
  CHECK(stopwatch.elapsed_ms() < 30'000);

  RunLimits cleaning;
  cleaning.interruptible = false;
  CHECK(run_process(shell("sleep 0.1; echo done"), cleaning).output == "done\n");
  CHECK_THROWS_AS(run_shell("true"), Error);
  Interrupt::reset();
}

TEST_CASE("find_program searches PATH for executable files, in absolute folders only") {
  const TemporaryFolder temporary;
  fs::create_directories(temporary.path("first/tool"));
  fs::create_directory(temporary.path("second"));
  fs::create_directory(temporary.path("third"));
  write_file(temporary.path("second/tool"), "#!/bin/sh\n");
  write_file(temporary.path("third/tool"), "#!/bin/sh\n");
  ::chmod(temporary.path("third/tool").c_str(), 0755);
  {
    const EnvironmentVariable path("PATH", "::.:" + temporary.path("first") + ":" + temporary.path("second") + ":" +
                                               temporary.path("third") + ":");
    CHECK(find_program("tool") == temporary.path("third/tool"));
    CHECK(find_program("absent").empty());
  }
  const EnvironmentVariable none("PATH", std::nullopt);
  CHECK(find_program("tool").empty());
}

TEST_CASE("random_hex differs each time") {
  CHECK(random_hex(16).size() == 32);
  CHECK(random_hex(16) != random_hex(16));
  CHECK(random_hex(8).find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("file_tail returns the last lines that fit") {
  const TemporaryFolder temporary;
  write_file(temporary.path("log"), "first\nsecond\nthird\n");
  CHECK(file_tail(temporary.path("log"), 1'000) == "first\nsecond\nthird");
  CHECK(file_tail(temporary.path("log"), 15) == "second\nthird");
  CHECK(file_tail(temporary.path("log"), 3) == "");
  CHECK(file_tail(temporary.path("absent")).empty());
}

TEST_CASE("ChildProcess runs beside this program, writes its log, and is stopped") {
  const TemporaryFolder temporary;
  ProcessOptions options = shell("echo started; echo problem >&2; sleep 60; true");
  options.pid_file = temporary.path("processes");
  ChildProcess process = ChildProcess::start(options, temporary.path("log"), kSignals);
  CHECK(eventually([&] { return read_file(temporary.path("log")) == "started\nproblem\n"; }));
  CHECK(!process.exit_status().has_value());
  CHECK(!process.wait(10).has_value());
  CHECK(read_file(temporary.path("processes")) == std::to_string(process.pid()) + "\n");
  struct stat status {};
  REQUIRE(::stat(temporary.path("log").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);

  const pid_t pid = process.pid();
  process.stop();
  REQUIRE(process.exit_status().has_value());
  CHECK(process.exit_status()->signal == SIGTERM);
  CHECK(process_ended(pid));
  process.stop();
}

TEST_CASE("ChildProcess gives the exit code of a program that ended by itself") {
  const TemporaryFolder temporary;
  const ChildProcess process = ChildProcess::start(shell("exit 7"), temporary.path("log"), kSignals);
  const auto status = process.wait(10'000);
  REQUIRE(status.has_value());
  CHECK(status->code == 7);
}

TEST_CASE("ChildProcess kills what does not stop, with its process group") {
  const TemporaryFolder temporary;
  ChildProcess process = ChildProcess::start(shell("trap '' TERM; sleep 60 & echo $!; while :; do sleep 1; done"),
                                             temporary.path("log"), kSignals);
  REQUIRE(eventually([&] { return !read_file(temporary.path("log")).empty(); }));
  const pid_t grandchild = static_cast<pid_t>(std::stol(read_file(temporary.path("log"))));
  process.stop(100);
  REQUIRE(process.exit_status().has_value());
  CHECK(process.exit_status()->signal == SIGKILL);
  CHECK(eventually([&] { return process_ended(grandchild); }));
}

TEST_CASE("ChildProcess stops in its destructor, once, however it was moved") {
  const TemporaryFolder temporary;
  pid_t pid = 0;
  {
    ChildProcess first = ChildProcess::start(shell("exec sleep 60"), temporary.path("log"), kSignals);
    pid = first.pid();
    ChildProcess second(std::move(first));
    CHECK(!process_ended(pid));
    ChildProcess third = ChildProcess::start(shell("exec sleep 60"), temporary.path("log"), kSignals);
    third = std::move(second);
    CHECK(!process_ended(pid));
  }
  CHECK(process_ended(pid));
}

TEST_CASE("ChildProcess outlives the thread that started it") {
  // The kernel's death signal comes when the forking thread ends, not the process.
  const TemporaryFolder temporary;
  std::unique_ptr<ChildProcess> process;
  std::thread([&] {
    process =
        std::make_unique<ChildProcess>(ChildProcess::start(shell("exec sleep 60"), temporary.path("log"), kSignals));
  }).join();
  CHECK(!process->wait(300).has_value());
}

TEST_CASE("ChildProcess dies with this program, also as another user") {
  for (const bool change_user : {false, true}) {
    ProcessOptions options;
    options.arguments = {"/bin/sleep", "60"};
    if (change_user) {
      if (::geteuid() != 0) break;
      options.run_as = find_system_user("nobody");
      if (!options.run_as) break;
    }
    CAPTURE(change_user);
    const TemporaryFolder temporary;
    ForkedOwner owner([&] {
      auto* process = new ChildProcess(ChildProcess::start(options, temporary.path("log"), kSignals));
      return std::to_string(process->pid());
    });
    const pid_t pid = static_cast<pid_t>(std::stol(owner.said()));
    CHECK(!process_ended(pid));
    owner.kill_now();
    CHECK(eventually([&] { return process_ended(pid); }));
  }
}

TEST_CASE("a forked copy of ChildProcess does not stop the original") {
  const TemporaryFolder temporary;
  ChildProcess process = ChildProcess::start(shell("exec sleep 60"), temporary.path("log"), kSignals);
  const pid_t pid = ::fork();
  if (pid == 0) {
    {
      ChildProcess copy(std::move(process));
      copy.stop(10);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(!process.wait(100).has_value());
}

TEST_CASE("ChildProcess throws what kept the program from starting") {
  const TemporaryFolder temporary;
  ProcessOptions options;
  options.arguments = {temporary.path("absent")};
  CHECK_THROWS_AS(ChildProcess::start(options, temporary.path("log"), kSignals), Error);
  options.arguments = {"/bin/true"};
  CHECK_THROWS_AS(ChildProcess::start(options, temporary.path("no/such/folder/log"), kSignals), Error);
}

TEST_CASE("a log that is a symbolic link is not written") {
  const TemporaryFolder temporary;
  write_file(temporary.path("precious"), "keep");
  fs::create_symlink(temporary.path("precious"), temporary.path("log"));
  CHECK_THROWS_AS(ChildProcess::start(shell("echo overwritten"), temporary.path("log"), kSignals), Error);
  CHECK(read_file(temporary.path("precious")) == "keep");
}

TEST_CASE("wait_until_ready asks until the answer is yes") {
  const TemporaryFolder temporary;
  const ChildProcess process = ChildProcess::start(shell("exec sleep 60"), temporary.path("log"), kSignals);
  int asked = 0;
  wait_until_ready(process, temporary.path("log"), [&] { return ++asked == 4; });
  CHECK(asked == 4);
}

TEST_CASE("wait_until_ready reports a server that ends, with the end of its log") {
  const TemporaryFolder temporary;
  const ChildProcess process =
      ChildProcess::start(shell("echo 'FATAL:  out of luck'; exit 1"), temporary.path("log"), kSignals);
  try {
    // Even a yes does not count once the process has ended: another server may have answered.
    process.wait(10'000);
    wait_until_ready(process, temporary.path("log"), [] { return true; });
    FAIL("the end was not noticed");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::server_unavailable);
    CHECK_MESSAGE(error.message().find("exit code 1") != std::string::npos, error.message());
    CHECK_MESSAGE(error.message().find("FATAL:  out of luck") != std::string::npos, error.message());
  }
}

TEST_CASE("wait_until_ready gives up after its time, and at once when a stop is requested") {
  const TemporaryFolder temporary;
  const ChildProcess process = ChildProcess::start(shell("exec sleep 60"), temporary.path("log"), kSignals);
  try {
    wait_until_ready(
        process, temporary.path("log"), [] { return false; }, 200);
    FAIL("the time limit was not kept");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::server_unavailable);
    CHECK(error.message().find("its log is empty") != std::string::npos);
  }
  Interrupt::request();
  try {
    wait_until_ready(process, temporary.path("log"), [] { return false; });
    FAIL("the request was not noticed");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::interrupted);
  }
  Interrupt::reset();
}

}  // namespace paripassu
