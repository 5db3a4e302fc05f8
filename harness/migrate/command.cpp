#include "harness/migrate/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "backends/connection_url.h"
#include "backends/error.h"
#include "backends/interrupt.h"
#include "backends/limits.h"

extern char** environ;

namespace paripassu {

namespace {

using Clock = std::chrono::steady_clock;

Error system_error(const std::string& what) {
  return Error(ErrorCategory::resources, what + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("cannot create a pipe");
    read_end = Descriptor(ends[0]);
    write_end = Descriptor(ends[1]);
  }
};

/// Keeps the end of what a pipe delivers: that is where a program says why it failed.
class Capture {
 public:
  explicit Capture(Descriptor pipe) : pipe_(std::move(pipe)) { ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK); }
  int descriptor() const { return pipe_.get(); }
  bool open() const { return pipe_.get() >= 0; }
  bool cut() const { return cut_; }

  /// Reads what is there, at most a few blocks, so that a flood does not starve the time limit.
  void read_available() {
    std::array<char, 65'536> block;
    for (int round = 0; open() && round < 16; ++round) {
      const ssize_t count = ::read(pipe_.get(), block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (count <= 0) {
        pipe_.reset();
        return;
      }
      text_.append(block.data(), static_cast<std::size_t>(count));
      if (text_.size() > limits::kCommandOutputBytesMax * 2) trim();
    }
  }
  std::string finish() {
    trim();
    return std::move(text_);
  }

 private:
  void trim() {
    if (text_.size() <= limits::kCommandOutputBytesMax) return;
    text_.erase(0, text_.size() - limits::kCommandOutputBytesMax);
    cut_ = true;
  }

  Descriptor pipe_;
  std::string text_;
  bool cut_ = false;
};

/// The process group of the command; nobody of it lives when this object goes.
class Group {
 public:
  explicit Group(pid_t pid) : pid_(pid) {}
  ~Group() {
    if (pid_ > 0) {
      signal(SIGKILL);
      reap();
    }
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  void signal(int number) const {
    ::kill(-pid_, number);
    // A child that has not made its group yet.
    ::kill(pid_, number);
  }
  /// Without reaping: the group's number stays its own as long as its leader is there.
  bool ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid_;
  }
  /// Kills what the command left running and gives its exit code.
  int finish() {
    ::kill(-pid_, SIGKILL);
    return reap();
  }

 private:
  int reap() {
    int status = 0;
    pid_t got = 0;
    do {
      got = ::waitpid(pid_, &status, 0);
    } while (got < 0 && errno == EINTR);
    pid_ = 0;
    // The program that embeds this library may have set SIGCHLD to SIG_IGN; the status is lost then.
    if (got < 0) return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  pid_t pid_;
};

std::vector<std::string> build_environment(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (changes.find(std::string(text.substr(0, text.find('=')))) == changes.end()) result.emplace_back(text);
  }
  for (const auto& [name, value] : changes) result.push_back(name + "=" + value);
  return result;
}

pid_t spawn(const CommandOptions& options, int output, int errors) {
  // All that allocates comes before the fork: in the child of a program with threads a lock may be held forever.
  std::vector<std::string> environment = build_environment(options.environment);
  std::vector<char*> variables;
  for (std::string& one : environment) variables.push_back(one.data());
  variables.push_back(nullptr);
  std::string shell = "sh";
  std::string flag = "-c";
  std::string line = options.line;
  std::array<char*, 4> arguments = {shell.data(), flag.data(), line.data(), nullptr};
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing.get() < 0) throw system_error("cannot open /dev/null");
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw system_error("cannot create a process");
  if (pid > 0) return pid;

  struct sigaction defaults {};
  defaults.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &defaults, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);
  // Copied out of the way first: the program may have been started with its standard descriptors closed.
  const int in = ::fcntl(nothing.get(), F_DUPFD_CLOEXEC, 10);
  const int out = ::fcntl(output, F_DUPFD_CLOEXEC, 10);
  const int err = ::fcntl(errors, F_DUPFD_CLOEXEC, 10);
  if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) ::_exit(127);
  if (::chdir(options.dir.c_str()) != 0) ::_exit(127);
  ::execve("/bin/sh", arguments.data(), variables.data());
  ::_exit(127);
}

std::string without_secrets(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    std::string result;
    std::size_t from = 0;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, from)) {
      result.append(text, from, at - from);
      result += "***";
      from = at + secret.size();
    }
    result.append(text, from);
    text = std::move(result);
  }
  return redact_secrets(text);
}

/// Whole lines from the end, with control characters as a terminal must not get them taken out.
std::string last_lines(const std::string& text) {
  std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return {};
  ++end;
  std::size_t begin = end > limits::kCommandTailBytesMax ? end - limits::kCommandTailBytesMax : 0;
  if (begin > 0) {
    const std::size_t next = text.find('\n', begin);
    if (next < end) begin = next + 1;
    while (begin < end && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  }
  std::string result;
  for (std::size_t i = begin; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '\r') continue;
    result += (byte < 0x20 && text[i] != '\n' && text[i] != '\t') || byte == 0x7F ? '?' : text[i];
  }
  return result;
}

}  // namespace

std::string quote_for_shell(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string CommandResult::how() const {
  if (timed_out) return "it did not end in time and was killed";
  if (exit_code > 128 && exit_code < 128 + NSIG)
    return fmt::format("ended by signal {} ({})", exit_code - 128, ::strsignal(exit_code - 128));
  return fmt::format("exit code {}", exit_code);
}

std::string CommandResult::tail() const {
  const std::string said = last_lines(errors);
  return said.empty() ? last_lines(output) : said;
}

CommandResult run_command(const CommandOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(options.dir, ignored))
    throw Error(ErrorCategory::configuration, "there is no folder " + options.dir);
  Interrupt::throw_if_requested();
  const auto begin = Clock::now();
  const auto elapsed_ms = [&begin] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
  };
  Pipe output;
  Pipe errors;
  Group group(spawn(options, output.write_end.get(), errors.write_end.get()));
  output.write_end.reset();
  errors.write_end.reset();
  std::array<Capture, 2> captures = {Capture(std::move(output.read_end)), Capture(std::move(errors.read_end))};

  CommandResult result;
  bool interrupted = false;
  std::optional<std::int64_t> told_ms;  // when it was told to end
  while (!group.ended()) {
    for (Capture& capture : captures) capture.read_available();
    interrupted = interrupted || Interrupt::requested();
    result.timed_out =
        result.timed_out || (!interrupted && options.timeout_ms > 0 && elapsed_ms() >= options.timeout_ms);
    if ((interrupted || result.timed_out) && !told_ms) {
      group.signal(SIGTERM);
      told_ms = elapsed_ms();
    }
    if (told_ms && elapsed_ms() - *told_ms >= limits::kCommandStopTimeout_ms) group.signal(SIGKILL);
    // A pipe wakes this loop; the bound on the wait notices the rest.
    std::array<pollfd, 2> waits{};
    nfds_t count = 0;
    for (const Capture& capture : captures)
      if (capture.open()) waits[count++] = pollfd{capture.descriptor(), POLLIN, 0};
    ::poll(waits.data(), count, count == 0 ? limits::kCommandPoll_ms / 10 : limits::kCommandPoll_ms);
  }
  result.exit_code = group.finish();
  for (Capture& capture : captures) capture.read_available();
  // The read stops at a few blocks; what the pipe still holds is less than that.
  const std::array<std::string*, 2> texts = {&result.output, &result.errors};
  for (std::size_t i = 0; i < captures.size(); ++i) *texts[i] = without_secrets(captures[i].finish(), options.secrets);
  result.output_cut = captures[0].cut();
  if (interrupted) Interrupt::throw_if_requested();
  return result;
}

}  // namespace paripassu
