#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/error.h"
#include "backends/local_process/child_process.h"

// The way from fork to exec; what run_process and ChildProcess share.
namespace paripassu {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }
  void reset();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Error(resources): "<what>: <what the system says>".
Error system_error(std::string_view what, int error_number);

/// Takes over what a system call returned, as a descriptor above those that a child rearranges. Throws Error(resources)
/// with `what` and errno when it is negative.
Descriptor lifted(int fd, std::string_view what);

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

/// Both ends close on exec. Throws Error(resources).
Pipe make_pipe();

/// Everything a child needs between fork and exec, where it may neither allocate nor lock.
struct Launch {
  std::vector<std::string> argument_text;
  std::vector<std::string> environment_text;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::string working_directory;
  std::optional<SystemUser> run_as;
  Descriptor input;
  Descriptor record;
  int output = -1;
  int errors = -1;
  int death_signal = 0;
  pid_t parent = 0;
};

/// `output` and `errors` become the child's stdout and stderr, and must stay open until `spawn` returns; with
/// `death_signal` 0 the child outlives its parent. Throws Error(resources).
Launch prepare_launch(const ProcessOptions& options, int output, int errors, int death_signal);

/// Returns once the child has become the program. The end of the calling thread is what the kernel reports to it as
/// its parent's death. Throws Error: server_unavailable (the program cannot be executed, or the user not be changed),
/// resources.
pid_t spawn(const Launch& launch);

}  // namespace paripassu
