#include "tests/end_to_end/server_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace paripassu::test {

namespace fs = std::filesystem;

ServerFolder::ServerFolder() {
  chmod(path().c_str(), 0755);
}

std::vector<std::string> ServerFolder::processes() const {
  std::vector<std::string> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    const std::string pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos || pid == std::to_string(getpid())) continue;
    std::ifstream in(entry.path() / "cmdline", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    std::string line = text.str();
    std::replace(line.begin(), line.end(), '\0', ' ');
    // A worker of PostgreSQL has a title of its own, but works in the folder.
    const fs::path working = fs::read_symlink(entry.path() / "cwd", code);
    if (line.find(path()) != std::string::npos || working.string().find(path()) == 0)
      found.push_back(pid + ": " + line);
  }
  return found;
}

std::vector<std::string> ServerFolder::server_folders() const {
  std::vector<std::string> found;
  std::error_code code;
  for (const auto& parent : fs::directory_iterator(path(), code)) {
    if (!parent.is_directory() || parent.path().filename().string().find("paripassu-") != 0) continue;
    for (const auto& folder : fs::directory_iterator(parent.path(), code)) found.push_back(folder.path().string());
  }
  return found;
}

bool ServerFolder::wait_for_server(int timeout_s) const {
  for (int i = 0; i < timeout_s * 10; ++i) {
    if (!processes().empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool has_local_server(const Backend& backend) {
  const std::vector<ServerOption> options = backend.servers().options();
  return std::any_of(options.begin(), options.end(),
                     [](const ServerOption& option) { return option.kind == "local" && option.available; });
}

}  // namespace paripassu::test
