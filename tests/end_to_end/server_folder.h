#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/live_server.h"

namespace paripassu::test {

/// A private TMPDIR for a program that starts local servers, which may run as another user and must be able to enter
/// it.
class ServerFolder {
 public:
  ServerFolder();

  const std::string& path() const { return folder_.path(); }
  std::map<std::string, std::string> environment() const { return {{"TMPDIR", path()}}; }
  /// Processes that work in this folder or name it in their command line, as "pid: command line".
  std::vector<std::string> processes() const;
  /// Folders of servers below this one.
  std::vector<std::string> server_folders() const;
  /// Waits until a server works in this folder; false when none does within `timeout_s`.
  bool wait_for_server(int timeout_s) const;

 private:
  TemporaryFolder folder_;
};

/// True when this machine has a local server of the engine (no container, no URL).
bool has_local_server(const Backend& backend);

}  // namespace paripassu::test
