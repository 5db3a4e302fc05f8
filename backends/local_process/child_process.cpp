#include "backends/local_process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "backends/error.h"
#include "backends/interrupt.h"
#include "backends/local_process/process_launch.h"

namespace paripassu {
namespace {

using Clock = std::chrono::steady_clock;

ExitStatus exit_status_of(int status) {
  ExitStatus result;
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

// Keeps the end of what a pipe delivers: that is where a program says why it failed.
class Capture {
 public:
  Capture(Descriptor pipe, std::size_t bytes_max) : pipe_(std::move(pipe)), bytes_max_(bytes_max) {
    ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);
  }
  bool open() const { return pipe_.open(); }
  int descriptor() const { return pipe_.get(); }

  /// Reads what is there, at most a few blocks, so that a flood does not starve the time limit.
  void read_available() {
    std::array<char, 16'384> block;
    for (int round = 0; pipe_.open() && round < 16; ++round) {
      const ssize_t count = ::read(pipe_.get(), block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (count <= 0) {
        pipe_.reset();
        return;
      }
      text_.append(block.data(), static_cast<std::size_t>(count));
      if (text_.size() > bytes_max_ * 2) trim();
    }
  }
  std::string finish() {
    trim();
    return std::move(text_);
  }
  std::uint64_t dropped_bytes() const { return dropped_bytes_; }

 private:
  void trim() {
    if (text_.size() <= bytes_max_) return;
    dropped_bytes_ += text_.size() - bytes_max_;
    text_.erase(0, text_.size() - bytes_max_);
  }

  Descriptor pipe_;
  std::size_t bytes_max_;
  std::string text_;
  std::uint64_t dropped_bytes_ = 0;
};

// A process group that is killed and reaped unless it ended by itself.
class RunningGroup {
 public:
  explicit RunningGroup(pid_t pid) : pid_(pid) {}
  RunningGroup(const RunningGroup&) = delete;
  RunningGroup& operator=(const RunningGroup&) = delete;
  ~RunningGroup() {
    if (pid_ > 0) kill_now();
  }
  std::optional<ExitStatus> poll() {
    int status = 0;
    pid_t result;
    do {
      result = ::waitpid(pid_, &status, WNOHANG);
    } while (result < 0 && errno == EINTR);
    if (result == 0) return std::nullopt;
    pid_ = 0;
    // The program that embeds this library may have set SIGCHLD to SIG_IGN; the status is lost then.
    return result < 0 ? ExitStatus{} : exit_status_of(status);
  }
  ExitStatus kill_now() {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return exit_status_of(status);
  }

 private:
  pid_t pid_;
};

int milliseconds_until(Clock::time_point deadline) {
  const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(rest, 0, 1'000'000'000));
}

}  // namespace

std::optional<SystemUser> find_system_user(const std::string& name) {
  std::vector<char> buffer(16'384);
  passwd entry{};
  passwd* found = nullptr;
  int result;
  while ((result = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found)) == ERANGE &&
         buffer.size() < (1u << 20)) {
    buffer.resize(buffer.size() * 2);
  }
  if (result != 0 || found == nullptr) return std::nullopt;
  return SystemUser{name, entry.pw_uid, entry.pw_gid};
}

std::optional<SystemUser> unprivileged_user(const std::vector<std::string>& names) {
  if (::geteuid() != 0) return std::nullopt;
  for (const std::string& name : names) {
    if (auto user = find_system_user(name); user && user->uid != 0) return user;
  }
  if (auto user = find_system_user("nobody"); user && user->uid != 0) return user;
  throw Error(ErrorCategory::server_unavailable,
              "a local server cannot run as root, and this machine has no user nobody")
      .with_remedy("run paripassu as a user other than root");
}

bool is_executable(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  if (path == nullptr) return {};
  std::string_view rest(path);
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const std::string_view folder = rest.substr(0, end);
    if (!folder.empty() && folder.front() == '/') {
      std::string candidate = fmt::format("{}/{}", folder, name);
      if (is_executable(candidate)) return candidate;
    }
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return {};
}

std::string random_hex(std::size_t bytes) {
  std::string result;
  for (std::size_t index = 0; index < bytes; ++index) {
    unsigned char byte = 0;
    ssize_t count;
    do {
      count = ::getrandom(&byte, 1, 0);
    } while (count < 0 && errno == EINTR);
    if (count != 1) throw system_error("cannot get random bytes from the kernel", errno);
    result += fmt::format("{:02x}", byte);
  }
  return result;
}

std::string ExitStatus::to_string() const {
  if (signal != 0) return fmt::format("signal {} ({})", signal, ::strsignal(signal));
  return fmt::format("exit code {}", code);
}

std::string ProcessResult::describe() const {
  std::string_view said = errors.empty() ? std::string_view(output) : std::string_view(errors);
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.remove_suffix(1);
  if (said.size() > limits::kServerLogTailBytesMax) said.remove_prefix(said.size() - limits::kServerLogTailBytesMax);
  const std::string how = timed_out ? "it did not end in time" : status.to_string();
  return said.empty() ? how : fmt::format("{}: {}", how, said);
}

ProcessResult run_process(const ProcessOptions& options, const RunLimits& run_limits) {
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  if (run_limits.interruptible) Interrupt::throw_if_requested();
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(run_limits.timeout_ms);
  RunningGroup group(spawn(prepare_launch(options, output.write_end.get(), errors.write_end.get(), SIGKILL)));
  output.write_end.reset();
  errors.write_end.reset();
  Capture captured_output(std::move(output.read_end), run_limits.output_bytes_max);
  Capture captured_errors(std::move(errors.read_end), run_limits.output_bytes_max);

  ProcessResult result;
  int pause_ms = 1;
  for (;;) {
    captured_output.read_available();
    captured_errors.read_available();
    if (const auto status = group.poll()) {
      result.status = *status;
      break;
    }
    const int left_ms = milliseconds_until(deadline);
    if (left_ms == 0) {
      result.timed_out = true;
      result.status = group.kill_now();
      break;
    }
    if (run_limits.interruptible) Interrupt::throw_if_requested();

    // Once both pipes are closed the end is near; until then a pipe wakes this loop, and the bound on the wait
    // notices a child that ended while a process of its own keeps the pipe.
    std::array<pollfd, 2> waits{};
    nfds_t count = 0;
    for (const Capture* capture : {&captured_output, &captured_errors}) {
      if (capture->open()) waits[count++] = pollfd{capture->descriptor(), POLLIN, 0};
    }
    if (count == 0) {
      ::poll(nullptr, 0, std::min(left_ms, pause_ms));
      pause_ms = std::min(pause_ms * 2, limits::kReadyPollMax_ms);
    } else {
      ::poll(waits.data(), count, std::min(left_ms, 50));
    }
  }
  captured_output.read_available();
  captured_errors.read_available();
  result.output = captured_output.finish();
  result.errors = captured_errors.finish();
  result.output_dropped_bytes = captured_output.dropped_bytes() + captured_errors.dropped_bytes();
  return result;
}

struct ChildProcess::State {
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  Signals signals{};
  pid_t owner = 0;
  pid_t pid = 0;                     // 0 until it runs
  std::optional<ExitStatus> status;  // set before the pid is given back to the system
  std::exception_ptr failure;
  std::thread thread;

  void run(const Launch& launch) {
    pid_t started = 0;
    try {
      started = spawn(launch);
    } catch (...) {
      std::lock_guard lock(mutex);
      failure = std::current_exception();
      changed.notify_all();
      return;
    }
    {
      std::lock_guard lock(mutex);
      pid = started;
    }
    changed.notify_all();

    // Waiting and giving back the pid are two steps, so that nobody signals a pid that may belong to another.
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(started), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    std::lock_guard lock(mutex);
    int raw = 0;
    pid_t reaped;
    do {
      reaped = ::waitpid(started, &raw, 0);
    } while (reaped < 0 && errno == EINTR);
    status = reaped < 0 ? ExitStatus{} : exit_status_of(raw);
    changed.notify_all();
  }

  bool wait_for_end(int timeout_ms) const {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return status.has_value(); });
  }

  void send(int signal_number, bool whole_group) {
    std::lock_guard lock(mutex);
    if (status || pid <= 0) return;
    ::kill(pid, signal_number);
    if (whole_group) ::kill(-pid, signal_number);
  }
};

ChildProcess::ChildProcess(std::shared_ptr<State> state) : state_(std::move(state)) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

ChildProcess ChildProcess::start(const ProcessOptions& options, const std::string& log_file, Signals signals) {
  Descriptor log = lifted(::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600),
                          "cannot open the log file " + log_file);
  auto launch = std::make_shared<Launch>(prepare_launch(options, log.get(), log.get(), signals.death));
  auto state = std::make_shared<State>();
  state->signals = signals;
  state->owner = ::getpid();

  // The thread takes no signal: a handler of the embedding program must not run on it.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    state->thread = std::thread([state, launch] { state->run(*launch); });
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  std::unique_lock lock(state->mutex);
  state->changed.wait(lock, [&] { return state->pid != 0 || state->failure != nullptr; });
  if (state->failure == nullptr) return ChildProcess(state);
  lock.unlock();
  state->thread.join();
  std::rethrow_exception(state->failure);
}

ChildProcess::~ChildProcess() {
  if (state_ == nullptr) return;
  stop();
  // A forked copy has neither the thread nor the right to end its parent's server. And a process that even SIGKILL
  // does not end sleeps in a driver: waiting for it would hang this program as well.
  const bool ended = state_->owner == ::getpid() && exit_status().has_value();
  try {
    if (ended) {
      state_->thread.join();
    } else {
      state_->thread.detach();
    }
  } catch (const std::system_error&) {
  }
}

pid_t ChildProcess::pid() const {
  return state_->pid;
}

std::optional<ExitStatus> ChildProcess::exit_status() const {
  std::lock_guard lock(state_->mutex);
  return state_->status;
}

std::optional<ExitStatus> ChildProcess::wait(int timeout_ms) const {
  state_->wait_for_end(timeout_ms);
  return exit_status();
}

void ChildProcess::stop(int timeout_ms) noexcept {
  if (state_->owner != ::getpid()) return;
  state_->send(state_->signals.stop, false);
  if (state_->wait_for_end(timeout_ms)) return;
  state_->send(SIGKILL, true);
  state_->wait_for_end(limits::kServerStopTimeout_ms);
}

std::string file_tail(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : 0;
  if (size <= 0) return {};
  const std::streamoff begin = std::max<std::streamoff>(0, size - static_cast<std::streamoff>(bytes_max));
  std::string text(static_cast<std::size_t>(size - begin), '\0');
  file.seekg(begin);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (begin > 0) {
    if (const std::size_t line_end = text.find('\n'); line_end != std::string::npos) text.erase(0, line_end + 1);
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void wait_until_ready(const ChildProcess& process, const std::string& log_file, const std::function<bool()>& ready,
                      int timeout_ms) {
  const auto log = [&] {
    const std::string tail = file_tail(log_file);
    return tail.empty() ? std::string("its log is empty") : "its log ends with:\n" + tail;
  };
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  int pause_ms = limits::kReadyPollFirst_ms;
  for (;;) {
    Interrupt::throw_if_requested();
    // The end of the process is looked at after `ready` too: what answered may have been somebody else's server.
    const bool is_ready = ready();
    if (const auto status = process.exit_status()) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("the server ended while it started ({}); {}", status->to_string(), log()));
    }
    if (is_ready) return;
    if (milliseconds_until(deadline) == 0) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("the server was not ready after {} seconds; {}", timeout_ms / 1'000, log()));
    }
    process.wait(pause_ms);
    pause_ms = std::min(pause_ms * 2, limits::kReadyPollMax_ms);
  }
}

}  // namespace paripassu
