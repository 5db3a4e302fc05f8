#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/limits.h"

namespace paripassu::limits {

inline constexpr int kProbeTimeout_ms = 10'000;              ///< asking an installed program or a container engine
inline constexpr int kServerInitializeTimeout_ms = 120'000;  ///< initdb, and the first SQL of a new server
inline constexpr int kContainerCommandTimeout_ms = 60'000;   ///< docker run, rm, port, logs
inline constexpr int kImagePullTimeout_ms = 1'800'000;       ///< docker pull: SQL Server's image is over 1 GB
inline constexpr int kReadyPollFirst_ms = 5;                 ///< first wait between two readiness checks
inline constexpr int kReadyPollMax_ms = 100;                 ///< … and the longest
inline constexpr std::size_t kProcessOutputBytesMax = 256u << 10;  ///< captured of stdout, and as much of stderr
inline constexpr std::size_t kServerLogTailBytesMax = 4'000;       ///< how much of a server's log an error shows
inline constexpr int kServerDirectoryAttempts = 32;                ///< new names tried for one server's folder
inline constexpr int kServerDirectoryDepthMax = 64;                ///< nesting below a server's folder

}  // namespace paripassu::limits

namespace paripassu {

/// A user of this machine whom a child process may become.
struct SystemUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// The user of that name, or nothing.
std::optional<SystemUser> find_system_user(const std::string& name);

/// Whom a server process that refuses to run as root must become: nothing unless this process is root;
/// otherwise the first of `names` that exists, at last "nobody". Throws Error(server_unavailable) when none does.
std::optional<SystemUser> unprivileged_user(const std::vector<std::string>& names);

/// The absolute path of an executable regular file called `name` on PATH, or an empty string. Relative
/// entries of PATH are passed over.
std::string find_program(const std::string& name);

/// True for an executable regular file.
bool is_executable(const std::string& path);

/// `bytes` random bytes of the kernel in hexadecimal: passwords and names. Throws Error(resources).
std::string random_hex(std::size_t bytes);

/// What to run, and as whom. Nothing passes through a shell.
struct ProcessOptions {
  std::vector<std::string> arguments;              ///< [0] is the program's absolute path
  std::map<std::string, std::string> environment;  ///< set, or replaced, in the inherited environment
  /// Names taken out of the inherited environment; one that ends in '*' is a prefix ("PG*").
  std::vector<std::string> environment_without;
  std::string working_directory = "/";
  std::optional<SystemUser> run_as;  ///< only root may change the user
  std::string input;                 ///< what the child reads; it is never on disk nor on a command line
  /// The child appends its process id to this file before it becomes the program, so that a crash of the
  /// parent at any moment leaves no process unrecorded. Empty: not recorded.
  std::string pid_file;
};

/// How a process ended.
struct ExitStatus {
  int code = -1;   ///< exit code, or -1 when a signal ended it
  int signal = 0;  ///< the signal that ended it, or 0

  bool success() const { return code == 0; }
  /// "exit code 1", "signal 9 (Killed)".
  std::string to_string() const;
};

struct RunLimits {
  int timeout_ms = limits::kProbeTimeout_ms;
  std::size_t output_bytes_max = limits::kProcessOutputBytesMax;  ///< of stdout, and as much of stderr
  /// False for work that must be done although the user asked to stop: removing a container, say.
  bool interruptible = true;
};

/// What a process that ran to its end, or into its time limit, left.
struct ProcessResult {
  ExitStatus status;
  bool timed_out = false;
  std::string output;                      ///< the last `output_bytes_max` bytes of stdout
  std::string errors;                      ///< … and of stderr
  std::uint64_t output_dropped_bytes = 0;  ///< what came before those, of both together

  bool success() const { return !timed_out && status.success(); }
  /// For an error message: how it ended and the end of what it said.
  std::string describe() const;
};

/// Runs a program to its end. It has its own session, so that a terminal's Ctrl-C does not reach it, and is
/// killed with its whole process group at the time limit or when a stop is requested; it dies when the calling
/// thread does. All signals are unblocked and at their defaults in it, and it inherits no descriptor.
///
/// Throws Error: server_unavailable (the program cannot be executed, or the user not be changed), resources (no
/// process or descriptor left), interrupted.
ProcessResult run_process(const ProcessOptions& options, const RunLimits& run_limits = {});

/// A program that runs beside this one until it is stopped.
///
/// It gets `death_signal` from the kernel when this process dies, however that happens (PR_SET_PDEATHSIG).
/// The kernel sends it when the *thread* that forked ends; each ChildProcess therefore forks from a thread of its
/// own, which waits for the child and lives as long as it. Threads of the program may come and go.
///
/// Thread-safe, apart from moving and destroying. In a process forked from the owner it is inert.
class ChildProcess {
 public:
  struct Signals {
    int death;  ///< sent by the kernel when this process dies
    int stop;   ///< what `stop` and the destructor send first
  };

  /// Starts it with stdout and stderr appended to `log_file`, which is created with mode 0600. Throws as run_process.
  static ChildProcess start(const ProcessOptions& options, const std::string& log_file, Signals signals);

  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;
  ~ChildProcess();

  pid_t pid() const;
  /// How it ended; nothing while it runs.
  std::optional<ExitStatus> exit_status() const;
  /// Waits that long at most for its end.
  std::optional<ExitStatus> wait(int timeout_ms) const;
  /// Sends the stop signal, waits `timeout_ms`, then kills its process group. Does nothing when it has ended.
  void stop(int timeout_ms = limits::kServerStopTimeout_ms) noexcept;

 private:
  struct State;
  explicit ChildProcess(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// The last `bytes_max` bytes of a file, from the start of a line where there is one; empty when it cannot be read.
std::string file_tail(const std::string& path, std::size_t bytes_max = limits::kServerLogTailBytesMax);

/// Calls `ready` until it returns true, with growing pauses. Throws Error: server_unavailable when the process ends
/// first or the time is over, with the end of its log; interrupted; whatever `ready` throws.
void wait_until_ready(const ChildProcess& process, const std::string& log_file, const std::function<bool()>& ready,
                      int timeout_ms = limits::kServerStartTimeout_ms);

}  // namespace paripassu
