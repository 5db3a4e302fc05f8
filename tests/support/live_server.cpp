#include "tests/support/live_server.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>

#include "cli/register_backends.h"

namespace paripassu::test {

namespace fs = std::filesystem;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Started {
  LiveServer result;
  std::unique_ptr<LocalServer> server;
};

}  // namespace

const BackendRegistry& registry() {
  static const BackendRegistry* const instance = [] {
    auto* registry = new BackendRegistry;
    cli::register_backends(*registry);
    return registry;
  }();
  return *instance;
}

const LiveServer& live_server(const Backend& backend) {
  static std::mutex mutex;
  static std::map<std::string, Started> servers;
  std::lock_guard lock(mutex);
  const std::string name(backend.name());
  const auto found = servers.find(name);
  if (found != servers.end()) return found->second.result;
  Started started;
  std::string variable = "PARIPASSU_TEST_" + name + "_URL";
  std::transform(variable.begin(), variable.end(), variable.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (const char* url = std::getenv(variable.c_str()); url != nullptr && *url != '\0') {
    started.result.url = ConnectionUrl::parse(url);
  } else {
    try {
      started.server = backend.servers().start();
      started.result.url = started.server->url();
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::server_unavailable) throw;
      started.result.reason = error.message();
    }
  }
  return servers.emplace(name, std::move(started)).first->second.result;
}

std::string url_with_password(const ConnectionUrl& url) {
  const auto encode = [](const std::string& text) {
    static const char* const kHex = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0) {
        result += c;
      } else {
        result += {'%', kHex[byte >> 4], kHex[byte & 15]};
      }
    }
    return result;
  };
  std::string text = url.scheme + "://" + encode(url.user);
  if (url.password) text += ":" + encode(url.password->reveal());
  text += "@" + encode(url.host);
  if (!url.port.empty()) text += ":" + url.port;
  text += "/" + encode(url.database);
  char separator = '?';
  for (const auto& [name, value] : url.parameters) {
    text += separator + encode(name) + "=" + encode(value);
    separator = '&';
  }
  return text;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "paripassu-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  const fs::path path = fs::path(path_) / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments, const std::string& directory,
                               const std::map<std::string, std::string>& environment)
    : folder_(std::make_unique<TemporaryFolder>()) {
  const char* program = std::getenv("PARIPASSU_PROGRAM");
  if (program == nullptr) throw std::runtime_error("PARIPASSU_PROGRAM does not name the program under test");
  std::vector<char*> words = {const_cast<char*>(program)};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const std::string output = folder_->path() + "/out";
  const std::string errors = folder_->path() + "/err";
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err = open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int in = open("/dev/null", O_RDONLY);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    if (chdir(directory.c_str()) != 0) _exit(126);
    // A run must not see what the developer's shell has set.
    for (const char* name :
         {"PARIPASSU_POSTGRES_URL", "PARIPASSU_SQLSERVER_URL", "PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE"})
      unsetenv(name);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execv(program, words.data());
    _exit(127);
  }
}

RunningProgram::~RunningProgram() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void RunningProgram::signal(int number) {
  if (pid_ > 0) kill(pid_, number);
}

ProgramResult RunningProgram::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  ProgramResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.output = read_file(folder_->path() + "/out");
  result.errors = read_file(folder_->path() + "/err");
  return result;
}

ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& directory,
                          const std::map<std::string, std::string>& environment) {
  return RunningProgram(arguments, directory, environment).wait();
}

std::optional<std::string> corpora_folder() {
  if (const char* folder = std::getenv("PARIPASSU_CORPORA"); folder != nullptr && fs::is_directory(folder))
    return folder;
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  if (source == nullptr) return std::nullopt;
  const fs::path folder = fs::path(source).parent_path() / "shared" / "corpora";
  if (!fs::is_directory(folder)) return std::nullopt;
  return folder.string();
}

}  // namespace paripassu::test
