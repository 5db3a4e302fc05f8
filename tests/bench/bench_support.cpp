#include "tests/bench/bench_support.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace paripassu::bench {

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

Run run(const std::vector<std::string>& arguments, const std::string& directory, int status_max) {
  std::vector<char*> words;
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const auto begin = Clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int sink = open("/dev/null", O_WRONLY);
    dup2(sink, 1);
    if (chdir(directory.c_str()) != 0) _exit(126);
    execvp(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const Run result{seconds_since(begin), static_cast<double>(usage.ru_maxrss) / 1024, WEXITSTATUS(status)};
  if (!WIFEXITED(status) || WEXITSTATUS(status) > status_max) {
    fmt::print(stderr, "{} failed with status {}\n", arguments[0], status);
    std::exit(1);
  }
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string newest_client(const std::string& name) {
  std::vector<std::string> found;
  for (const char* root : {"/usr/lib/postgresql", "/usr/pgsql"})
    if (fs::is_directory(root))
      for (const auto& entry : fs::directory_iterator(root))
        if (fs::exists(entry.path() / "bin" / name)) found.push_back((entry.path() / "bin" / name).string());
  if (found.empty()) return name;
  std::sort(found.begin(), found.end(), [](const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  });
  return found.back();
}

std::string url_text(const ConnectionUrl& url) {
  std::string host;
  for (const char c : url.host) host += c == '/' ? "%2F" : std::string(1, c);
  std::string text = url.scheme + "://" + url.user + (url.password ? ":" + url.password->reveal() : "") + "@" + host;
  if (!url.port.empty()) text += ":" + url.port;
  text += "/" + url.database;
  char separator = '?';
  for (const auto& [name, value] : url.parameters) {
    text += fmt::format("{}{}={}", separator, name, value);
    separator = '&';
  }
  return text;
}

}  // namespace paripassu::bench
