#include "backends/local_process/process_launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace paripassu {
namespace {

// The child rearranges descriptors 0 to 3; what it takes them from must not lie there, which happens when the
// program was started with its standard descriptors closed.
constexpr int kFirstFreeDescriptor = 10;

// An anonymous file instead of a pipe: nothing has to be fed while the child runs, and no SIGPIPE can come back.
Descriptor input_descriptor(const std::string& input) {
  if (input.empty()) return lifted(::open("/dev/null", O_RDONLY | O_CLOEXEC), "cannot open /dev/null");
  Descriptor file = lifted(::memfd_create("paripassu-input", MFD_CLOEXEC), "cannot create an anonymous file");
  std::size_t written = 0;
  while (written < input.size()) {
    const ssize_t count = ::write(file.get(), input.data() + written, input.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw system_error("cannot write the input of a process", errno);
    written += static_cast<std::size_t>(count);
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw system_error("cannot rewind the input of a process", errno);
  return file;
}

bool is_removed(std::string_view name, const ProcessOptions& options) {
  if (options.environment.count(std::string(name)) != 0) return true;
  return std::any_of(
      options.environment_without.begin(), options.environment_without.end(), [&](const std::string& pattern) {
        if (!pattern.empty() && pattern.back() == '*') {
          return name.substr(0, pattern.size() - 1) == std::string_view(pattern).substr(0, pattern.size() - 1);
        }
        return name == pattern;
      });
}

std::vector<std::string> build_environment(const ProcessOptions& options) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!is_removed(text.substr(0, text.find('=')), options)) result.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

enum class Step : int { set_session = 1, descriptors, record, user, directory, execute };

struct StartFailure {
  int step;
  int error_number;
};

[[noreturn]] void fail_child(int report, Step step) {
  const StartFailure failure{static_cast<int>(step), errno};
  [[maybe_unused]] const ssize_t ignored = ::write(report, &failure, sizeof failure);
  ::_exit(127);
}

void close_from(unsigned first) {
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
#endif
  // Linux before 5.9, or a container that forbids the call.
  rlimit bound{};
  const rlim_t descriptors_max = ::getrlimit(RLIMIT_NOFILE, &bound) == 0 && bound.rlim_cur != RLIM_INFINITY
                                     ? std::min<rlim_t>(bound.rlim_cur, 1u << 20)
                                     : 65'536;
  for (unsigned fd = first; fd < descriptors_max; ++fd) ::close(static_cast<int>(fd));
}

void append_own_pid(int fd, int report) {
  std::array<char, 24> text{};
  std::size_t begin = text.size();
  text[--begin] = '\n';
  for (long rest = ::getpid(); rest > 0; rest /= 10) text[--begin] = static_cast<char>('0' + rest % 10);
  const std::size_t length = text.size() - begin;
  if (::write(fd, text.data() + begin, length) != static_cast<ssize_t>(length)) fail_child(report, Step::record);
}

[[noreturn]] void run_child(const Launch& launch, int report) {
  // Handlers of the parent must not run here, so the dispositions come before the mask.
  struct sigaction defaults {};
  defaults.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &defaults, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);

  if (::setsid() < 0) fail_child(report, Step::set_session);
  if (launch.record.open()) append_own_pid(launch.record.get(), report);
  if (::dup2(launch.input.get(), 0) < 0 || ::dup2(launch.output, 1) < 0 || ::dup2(launch.errors, 2) < 0 ||
      ::dup3(report, 3, O_CLOEXEC) < 0) {
    fail_child(report, Step::descriptors);
  }
  report = 3;
  close_from(4);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::umask(077);

  if (launch.run_as) {
    const gid_t group = launch.run_as->gid;
    if (::setgroups(1, &group) != 0 || ::setgid(group) != 0 || ::setuid(launch.run_as->uid) != 0) {
      fail_child(report, Step::user);
    }
  }
  // A change of user clears the death signal, so it is asked for now; a parent that died before is noticed by
  // the changed parent process.
  if (launch.death_signal != 0) {
    ::prctl(PR_SET_PDEATHSIG, launch.death_signal);
    if (::getppid() != launch.parent) ::_exit(127);
  }
  if (::chdir(launch.working_directory.c_str()) != 0) fail_child(report, Step::directory);
  ::execve(launch.arguments.front(), launch.arguments.data(), launch.environment.data());
  fail_child(report, Step::execute);
}

void reap_child(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string describe_failure(const StartFailure& failure, const Launch& launch) {
  const char* reason = std::strerror(failure.error_number);
  const std::string& program = launch.argument_text.front();
  switch (static_cast<Step>(failure.step)) {
    case Step::user:
      return fmt::format("cannot run {} as user {}: {}", program, launch.run_as->name, reason);
    case Step::directory:
      return fmt::format("cannot run {} in {}: {}", program, launch.working_directory, reason);
    case Step::execute:
      return fmt::format("cannot execute {}: {}", program, reason);
    case Step::set_session:
    case Step::descriptors:
    case Step::record:
      break;
  }
  return fmt::format("cannot prepare the process of {}: {}", program, reason);
}

}  // namespace

void Descriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Error system_error(std::string_view what, int error_number) {
  return Error(ErrorCategory::resources, fmt::format("{}: {}", what, std::strerror(error_number)));
}

Descriptor lifted(int fd, std::string_view what) {
  Descriptor original(fd);
  if (fd < 0) throw system_error(what, errno);
  Descriptor copy(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeDescriptor));
  if (!copy.open()) throw system_error(what, errno);
  return copy;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("cannot create a pipe", errno);
  Pipe pipe;
  Descriptor write_guard(ends[1]);
  pipe.read_end = lifted(ends[0], "cannot create a pipe");
  pipe.write_end = lifted(::fcntl(write_guard.get(), F_DUPFD_CLOEXEC, 0), "cannot create a pipe");
  return pipe;
}

Launch prepare_launch(const ProcessOptions& options, int output, int errors, int death_signal) {
  if (options.arguments.empty()) throw Error(ErrorCategory::internal, "a process was to be started without a program");
  Launch launch;
  launch.argument_text = options.arguments;
  launch.environment_text = build_environment(options);
  launch.arguments = pointers(launch.argument_text);
  launch.environment = pointers(launch.environment_text);
  launch.working_directory = options.working_directory;
  launch.run_as = options.run_as;
  launch.input = input_descriptor(options.input);
  if (!options.pid_file.empty()) {
    launch.record =
        lifted(::open(options.pid_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600),
               "cannot open " + options.pid_file);
  }
  launch.output = output;
  launch.errors = errors;
  launch.death_signal = death_signal;
  launch.parent = ::getpid();
  return launch;
}

pid_t spawn(const Launch& launch) {
  Pipe report = make_pipe();
  const pid_t pid = ::fork();
  if (pid < 0) throw system_error(fmt::format("cannot create a process for {}", launch.argument_text.front()), errno);
  if (pid == 0) run_child(launch, report.write_end.get());

  report.write_end.reset();
  StartFailure failure{};
  ssize_t count;
  do {
    count = ::read(report.read_end.get(), &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof failure)) return pid;
  reap_child(pid);
  Error error(ErrorCategory::server_unavailable, describe_failure(failure, launch));
  if (static_cast<Step>(failure.step) == Step::user) error.with_remedy("run paripassu as a user other than root");
  throw error;
}

}  // namespace paripassu
