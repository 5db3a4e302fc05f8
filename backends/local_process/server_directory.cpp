#include "backends/local_process/server_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "backends/error.h"
#include "backends/local_process/process_launch.h"

namespace paripassu {
namespace {

constexpr std::string_view kFolderPrefix = "s";
constexpr std::size_t kFolderRandomBytes = 4;
constexpr const char* kPidFileName = "processes";
constexpr const char* kLogFileName = "server.log";
constexpr std::size_t kPidFileBytesMax = 64u << 10;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Error unusable(const std::string& message) {
  return Error(ErrorCategory::server_unavailable, "no folder for a local server: " + message)
      .with_remedy("set TMPDIR to a folder on a local disk, with a short and plain path, that every user may enter");
}

Error unusable(const std::string& what, int error_number) {
  return unusable(fmt::format("{}: {}", what, std::strerror(error_number)));
}

// Names are compared in command lines and handed to servers as lists separated by commas; a plain path needs no
// quoting anywhere.
void require_plain(const std::string& path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
           std::string_view("/._-+@=:~ ").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!plain)
    throw unusable(fmt::format("the path {} holds characters other than letters, digits and /._-+@=:~", path));
}

bool may_enter(const struct stat& status, const SystemUser& user) {
  if (status.st_uid == user.uid) return (status.st_mode & S_IXUSR) != 0;
  if (status.st_gid == user.gid) return (status.st_mode & S_IXGRP) != 0;
  return (status.st_mode & S_IXOTH) != 0;
}

void require_reachable(const std::string& path, const SystemUser& user) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string ancestor = path.substr(0, end);
    struct stat status {};
    if (::stat(ancestor.c_str(), &status) != 0) throw unusable("cannot examine " + ancestor, errno);
    if (!may_enter(status, user)) {
      throw unusable(fmt::format("the server runs as user {}, who may not enter {}", user.name, ancestor));
    }
    if (end == std::string::npos) return;
  }
}

// Opens the parent if nobody but this user can put anything into it or swap it for something else.
int open_parent(const std::string& parent, bool create) {
  require_plain(parent);
  const std::size_t slash = parent.rfind('/');
  if (parent.empty() || parent.front() != '/' || slash + 1 == parent.size()) {
    throw unusable(fmt::format("{} is not an absolute path", parent));
  }
  const std::string above = slash == 0 ? "/" : parent.substr(0, slash);
  struct stat status {};
  if (::stat(above.c_str(), &status) != 0) throw unusable("cannot examine " + above, errno);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (status.st_mode & S_ISVTX) == 0) {
    throw unusable(fmt::format("others may rename what is in {} (it is writable and not sticky)", above));
  }
  const mode_t mode = ::geteuid() == 0 ? 0711 : 0700;
  if (create && ::mkdir(parent.c_str(), mode) != 0 && errno != EEXIST) throw unusable("cannot create " + parent, errno);

  Descriptor folder(::open(parent.c_str(), kFolderFlags));
  if (!folder.open()) {
    if (errno == ENOTDIR || errno == ELOOP) throw unusable(parent + " is not a folder");
    throw unusable("cannot open " + parent, errno);
  }
  if (::fstat(folder.get(), &status) != 0) throw unusable("cannot examine " + parent, errno);
  if (status.st_uid != ::geteuid()) throw unusable(fmt::format("{} belongs to another user", parent));
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) throw unusable(fmt::format("others may write into {}", parent));
  if (create && (status.st_mode & 07777) != mode && ::fchmod(folder.get(), mode) != 0) {
    throw unusable("cannot set the mode of " + parent, errno);
  }
  return folder.release();
}

bool try_lock(int fd) {
  int result;
  do {
    result = ::flock(fd, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

// The folder may have been removed between its opening and its locking.
bool still_there(int parent_fd, const std::string& name, int fd) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::fstatat(parent_fd, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

bool is_server_folder_name(std::string_view name) {
  if (name.substr(0, kFolderPrefix.size()) != kFolderPrefix) return false;
  name.remove_prefix(kFolderPrefix.size());
  return name.size() == 2 * kFolderRandomBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderStream = std::unique_ptr<DIR, CloseFolder>;

std::vector<std::string> entries(int fd) {
  const int copy = ::openat(fd, ".", kFolderFlags);
  if (copy < 0) return {};
  FolderStream stream(::fdopendir(copy));
  if (stream == nullptr) {
    ::close(copy);
    return {};
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// A folder closed to its owner cannot even be opened to be changed; /proc leads to the very folder that was looked up.
void make_accessible(int parent_fd, const std::string& name) {
  const Descriptor folder(::openat(parent_fd, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.open()) ::chmod(fmt::format("/proc/self/fd/{}", folder.get()).c_str(), 0700);
}

// Never follows a symbolic link: parts of the tree belong to the server's user, who could plant one while this runs.
void empty_folder(int fd, int depth) {
  if (depth > limits::kServerDirectoryDepthMax) return;
  for (const std::string& name : entries(fd)) {
    if (::unlinkat(fd, name.c_str(), 0) == 0 || errno == ENOENT) continue;
    make_accessible(fd, name);
    const Descriptor inner(::openat(fd, name.c_str(), kFolderFlags));
    if (!inner.open()) continue;
    empty_folder(inner.get(), depth + 1);
    ::unlinkat(fd, name.c_str(), AT_REMOVEDIR);
  }
}

bool remove_tree(int parent_fd, const std::string& name, int fd) {
  // A server that is just dying may still write.
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    empty_folder(fd, 0);
    if (::unlinkat(parent_fd, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
  }
  return false;
}

std::string read_small_file(int folder_fd, const char* name) {
  const Descriptor file(::openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file.open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    return {};
  }
  std::string text(kPidFileBytesMax, '\0');
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::vector<pid_t> recorded_processes(int folder_fd) {
  const std::string text = read_small_file(folder_fd, kPidFileName);
  std::vector<pid_t> result;
  std::string_view rest(text);
  // A line without its end was being written when the machine stopped.
  for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    pid_t pid = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + end, pid);
    if (error == std::errc() && stop == rest.data() + end && pid > 1 && pid != ::getpid()) result.push_back(pid);
  }
  return result;
}

bool names_folder(std::string_view text, const std::string& folder) {
  for (std::size_t at = text.find(folder); at != std::string_view::npos; at = text.find(folder, at + 1)) {
    const std::size_t end = at + folder.size();
    if (end == text.size() || text[end] == '/' || text[end] == '\0') return true;
  }
  return false;
}

// The number in the record may belong to another process by now: it is ours if it works in the folder, or was
// started with it on its command line.
bool uses_folder(pid_t pid, const std::string& folder) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(fmt::format("/proc/{}/cwd", pid).c_str(), target.data(), target.size());
  if (length > 0) {
    const std::string_view working_directory(target.data(), static_cast<std::size_t>(length));
    if (working_directory.substr(0, folder.size()) == folder && names_folder(working_directory, folder)) return true;
  }
  std::ifstream file(fmt::format("/proc/{}/cmdline", pid), std::ios::binary);
  const std::string command_line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return names_folder(command_line, folder);
}

// A process that is not our child, held by a descriptor where the kernel has them (Linux 5.3), so that its number
// cannot pass to another between a check and a signal.
class ForeignProcess {
 public:
  explicit ForeignProcess(pid_t pid) : pid_(pid), fd_(open_process(pid)) {}

  bool send(int signal_number) const {
#ifdef SYS_pidfd_send_signal
    if (fd_.open()) return ::syscall(SYS_pidfd_send_signal, fd_.get(), signal_number, nullptr, 0) == 0;
#endif
    return ::kill(pid_, signal_number) == 0;
  }

  bool wait_for_end(int timeout_ms) const {
    if (fd_.open()) {
      pollfd wait{fd_.get(), POLLIN, 0};
      return ::poll(&wait, 1, timeout_ms) == 1;
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (::kill(pid_, 0) == 0) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return errno == ESRCH;
  }

 private:
  static int open_process(pid_t pid) {
#ifdef SYS_pidfd_open
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    static_cast<void>(pid);
    return -1;
#endif
  }

  pid_t pid_;
  Descriptor fd_;
};

// False when a process of the folder is still there.
bool end_process(pid_t pid, const std::string& folder) {
  const ForeignProcess process(pid);
  if (!uses_folder(pid, folder)) return true;
  if (process.send(SIGQUIT) && process.wait_for_end(limits::kServerStopTimeout_ms)) return true;
  return process.send(SIGKILL) && process.wait_for_end(limits::kServerStopTimeout_ms);
}

}  // namespace

std::string ServerDirectory::default_parent() {
  const char* set = std::getenv("TMPDIR");
  const std::string folder = set != nullptr && *set != '\0' ? set : "/tmp";
  if (folder.front() != '/') throw unusable(fmt::format("TMPDIR is {}, which is not an absolute path", folder));
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(folder.c_str(), nullptr), &std::free);
  if (resolved == nullptr) throw unusable("cannot use " + folder, errno);
  const std::string base = std::string_view(resolved.get()) == "/" ? std::string() : std::string(resolved.get());
  return fmt::format("{}/paripassu-{}", base, ::geteuid());
}

ServerDirectory::ServerDirectory(const std::optional<SystemUser>& user, const std::string& parent)
    : user_(user), owner_pid_(::getpid()) {
  Descriptor parent_folder(open_parent(parent, true));
  if (user) require_reachable(parent, *user);
  for (int attempt = 0; attempt < limits::kServerDirectoryAttempts; ++attempt) {
    const std::string name = std::string(kFolderPrefix) + random_hex(kFolderRandomBytes);
    if (::mkdirat(parent_folder.get(), name.c_str(), 0700) != 0) {
      if (errno == EEXIST) continue;
      throw unusable(fmt::format("cannot create a folder in {}", parent), errno);
    }
    // Another run may take the new folder for one left behind, and then removes it: this one takes another.
    Descriptor folder(::openat(parent_folder.get(), name.c_str(), kFolderFlags));
    if (!folder.open() || !try_lock(folder.get())) {
      if (errno == ENOENT || errno == EWOULDBLOCK) continue;
      const int error_number = errno;
      ::unlinkat(parent_folder.get(), name.c_str(), AT_REMOVEDIR);
      throw unusable(fmt::format("cannot lock {}/{}", parent, name), error_number);
    }
    if (!still_there(parent_folder.get(), name, folder.get())) continue;
    if (user && ::fchmod(folder.get(), 0711) != 0) {
      const int error_number = errno;
      ::unlinkat(parent_folder.get(), name.c_str(), AT_REMOVEDIR);
      throw unusable(fmt::format("cannot set the mode of {}/{}", parent, name), error_number);
    }
    path_ = fmt::format("{}/{}", parent, name);
    name_ = name;
    parent_fd_ = parent_folder.release();
    fd_ = folder.release();
    return;
  }
  throw unusable(fmt::format("no free name in {} after {} attempts", parent, limits::kServerDirectoryAttempts));
}

ServerDirectory::ServerDirectory(ServerDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      user_(std::move(other.user_)),
      parent_fd_(std::exchange(other.parent_fd_, -1)),
      fd_(std::exchange(other.fd_, -1)),
      owner_pid_(other.owner_pid_) {}

ServerDirectory& ServerDirectory::operator=(ServerDirectory&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::move(other.path_);
    name_ = std::move(other.name_);
    user_ = std::move(other.user_);
    parent_fd_ = std::exchange(other.parent_fd_, -1);
    fd_ = std::exchange(other.fd_, -1);
    owner_pid_ = other.owner_pid_;
  }
  return *this;
}

ServerDirectory::~ServerDirectory() {
  remove();
}

void ServerDirectory::remove() noexcept {
  if (fd_ < 0) return;
  if (owner_pid_ == ::getpid()) {
    try {
      remove_tree(parent_fd_, name_, fd_);
    } catch (...) {
      // Out of memory: the next run removes it.
    }
  }
  ::close(std::exchange(fd_, -1));
  ::close(std::exchange(parent_fd_, -1));
}

std::string ServerDirectory::pid_file() const {
  return fmt::format("{}/{}", path_, kPidFileName);
}

std::string ServerDirectory::log_file() const {
  return fmt::format("{}/{}", path_, kLogFileName);
}

std::string ServerDirectory::make_folder(const std::string& name) const {
  std::string folder = fmt::format("{}/{}", path_, name);
  const uid_t uid = user_ ? user_->uid : ::geteuid();
  const gid_t gid = user_ ? user_->gid : ::getegid();
  if (::mkdirat(fd_, name.c_str(), 0700) != 0 ||
      (user_ && ::fchownat(fd_, name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0)) {
    throw Error(ErrorCategory::resources, fmt::format("cannot create {}: {}", folder, std::strerror(errno)));
  }
  return folder;
}

std::vector<std::string> ServerDirectory::reap(const std::string& parent) {
  std::vector<std::string> removed;
  int parent_fd = -1;
  try {
    parent_fd = open_parent(parent, false);
  } catch (const Error&) {
    return removed;
  }
  const Descriptor parent_folder(parent_fd);
  for (const std::string& name : entries(parent_folder.get())) {
    if (!is_server_folder_name(name)) continue;
    const Descriptor folder(::openat(parent_folder.get(), name.c_str(), kFolderFlags));
    struct stat status {};
    if (!folder.open() || ::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid()) continue;
    if (!try_lock(folder.get()) || !still_there(parent_folder.get(), name, folder.get())) continue;

    const std::string path = fmt::format("{}/{}", parent, name);
    const std::vector<pid_t> processes = recorded_processes(folder.get());
    const bool ended =
        std::all_of(processes.begin(), processes.end(), [&](pid_t pid) { return end_process(pid, path); });
    if (ended && remove_tree(parent_folder.get(), name, folder.get())) removed.push_back(path);
  }
  return removed;
}

std::vector<std::string> ServerDirectory::reap() {
  try {
    return reap(default_parent());
  } catch (const Error&) {
    return {};
  }
}

}  // namespace paripassu
