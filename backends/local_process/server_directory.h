#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/local_process/child_process.h"

namespace paripassu {

/// A folder for one server that this run starts, below `${TMPDIR:-/tmp}/paripassu-<uid>/`. The destructor removes it.
///
/// The folder itself is locked (flock) for as long as this object lives, by a descriptor that no child inherits. The
/// kernel gives the lock back however this process ends, and that is how the next run tells a folder left behind from
/// one in use. The lock is on the folder rather than on a file in it, so that there is no moment at which a folder
/// exists whose lock file does not.
///
/// Only this user may list the parent and the folder. When the server runs as another user both may be passed through
/// (0711), and that user owns what `make_folder` creates and nothing else.
///
/// In a process forked from the owner it is inert.
class ServerDirectory {
 public:
  /// Throws Error(server_unavailable) when the parent cannot be trusted or used: it belongs to somebody else, is a
  /// symbolic link, may be written by others, or `user` cannot reach it.
  explicit ServerDirectory(const std::optional<SystemUser>& user = std::nullopt,
                           const std::string& parent = default_parent());
  ServerDirectory(ServerDirectory&& other) noexcept;
  ServerDirectory& operator=(ServerDirectory&& other) noexcept;
  ~ServerDirectory();

  /// Absolute, without symbolic links, a comma or anything that needs quoting, and short: a Unix socket's path holds
  /// 107 bytes.
  const std::string& path() const { return path_; }
  /// For ProcessOptions::pid_file: what `reap` may kill.
  std::string pid_file() const;
  std::string log_file() const;
  /// Creates a folder with mode 0700 that belongs to the server's user; returns its path. Throws Error(resources).
  std::string make_folder(const std::string& name) const;

  /// `${TMPDIR:-/tmp}/paripassu-<uid>`. Throws Error(server_unavailable) when TMPDIR is not an absolute path to a
  /// folder.
  static std::string default_parent();

  /// For each folder below `parent` whose owner is gone: ends the processes recorded in it that are still its
  /// (SIGQUIT, then SIGKILL), and removes the tree. Returns the folders removed. A folder that resists is left for
  /// the next time; nothing is thrown for it. Any number of processes may do this at once, while others create.
  static std::vector<std::string> reap(const std::string& parent);
  /// In the default parent; returns nothing where that cannot be used.
  static std::vector<std::string> reap();

 private:
  void remove() noexcept;

  std::string path_;
  std::string name_;
  std::optional<SystemUser> user_;
  int parent_fd_ = -1;
  int fd_ = -1;
  int owner_pid_ = 0;
};

}  // namespace paripassu
