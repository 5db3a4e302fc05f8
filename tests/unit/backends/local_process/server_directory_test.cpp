#include "backends/local_process/server_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "backends/error.h"
#include "tests/support/skip.h"
#include "tests/unit/backends/local_process/process_test_support.h"

namespace paripassu {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using test::eventually;
using test::ForkedOwner;
using test::process_ended;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// A folder that looks as if its owner had crashed.
std::string stale_folder(const std::string& parent, const std::string& name = "s0badcafe") {
  fs::create_directory(parent);
  ::chmod(parent.c_str(), ::geteuid() == 0 ? 0711 : 0700);
  const std::string folder = parent + "/" + name;
  REQUIRE(::mkdir(folder.c_str(), 0700) == 0);
  return folder;
}

/// A process that sleeps, with `argument` on its command line and `working_directory` as such.
class Sleeper {
 public:
  explicit Sleeper(const std::string& argument, const std::string& working_directory = "/") {
    pid_ = ::fork();
    if (pid_ == 0) {
      if (::chdir(working_directory.c_str()) != 0) ::_exit(1);
      ::execl("/bin/sh", "/bin/sh", "-c", "sleep 60; true", argument.c_str(), nullptr);
      ::_exit(127);
    }
    REQUIRE(eventually([&] {
      return read_file("/proc/" + std::to_string(pid_) + "/cmdline").find("sleep 60; true") != std::string::npos;
    }));
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

void check_refused(const std::string& parent, const std::string& part_of_message) {
  try {
    const ServerDirectory directory(std::nullopt, parent);
    FAIL("a folder was created in " << parent);
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::server_unavailable);
    CHECK_MESSAGE(error.message().find(part_of_message) != std::string::npos, error.message());
    CHECK(!error.remedy().empty());
  }
}

}  // namespace

TEST_CASE("ServerDirectory creates a private folder and removes it with all that is in it") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  std::string path;
  {
    const ServerDirectory directory(std::nullopt, parent);
    path = directory.path();
    CHECK(path.rfind(parent + "/s", 0) == 0);
    CHECK(mode_of(path) == 0700);
    CHECK((mode_of(parent) & 0066) == 0);
    const std::string data = directory.make_folder("data");
    CHECK(mode_of(data) == 0700);
    fs::create_directories(data + "/base/1");
    write_file(data + "/base/1/112", "rows");
  }
  CHECK(!fs::exists(path));
  CHECK(fs::is_empty(parent));
}

TEST_CASE("ServerDirectory gives the server's user its folders and nothing else") {
  if (::geteuid() != 0) SKIP_TEST("only root may change the owner of a folder");
  const auto user = find_system_user("nobody");
  if (!user) SKIP_TEST("there is no user nobody");
  const TemporaryFolder temporary;
  ::chmod(temporary.path().c_str(), 0755);
  const ServerDirectory directory(user, temporary.path("parent"));
  struct stat status {};
  REQUIRE(::stat(directory.path().c_str(), &status) == 0);
  CHECK(status.st_uid == 0);
  CHECK((status.st_mode & 07777) == 0711);
  REQUIRE(::stat(directory.make_folder("data").c_str(), &status) == 0);
  CHECK(status.st_uid == user->uid);
  CHECK((status.st_mode & 07777) == 0700);
}

TEST_CASE("ServerDirectory says when the server's user cannot reach the folder") {
  if (::geteuid() != 0) SKIP_TEST("only root runs servers as another user");
  const TemporaryFolder temporary;  // mkdtemp: 0700
  const SystemUser user{"nobody", 65'534, 65'534};
  try {
    const ServerDirectory directory(user, temporary.path("parent"));
    FAIL("the folder cannot be reached, but was created");
  } catch (const Error& error) {
    CHECK_MESSAGE(error.message().find("user nobody, who may not enter " + temporary.path()) != std::string::npos,
                  error.message());
  }
}

TEST_CASE("ServerDirectory may be moved, and removes its folder once") {
  const TemporaryFolder temporary;
  ServerDirectory first(std::nullopt, temporary.path("parent"));
  const std::string first_path = first.path();
  ServerDirectory second(std::move(first));
  CHECK(fs::exists(first_path));
  second = ServerDirectory(std::nullopt, temporary.path("parent"));
  CHECK(!fs::exists(first_path));
  CHECK(fs::exists(second.path()));
}

TEST_CASE("ServerDirectory is not removed by a forked copy") {
  const TemporaryFolder temporary;
  ServerDirectory directory(std::nullopt, temporary.path("parent"));
  const pid_t pid = ::fork();
  if (pid == 0) {
    { const ServerDirectory copy(std::move(directory)); }
    ::_exit(0);
  }
  ::waitpid(pid, nullptr, 0);
  CHECK(fs::exists(directory.path()));
}

TEST_CASE("ServerDirectory lives below TMPDIR, under a name that holds the user's number") {
  const TemporaryFolder temporary;
  const EnvironmentVariable variable("TMPDIR", temporary.path());
  CHECK(ServerDirectory::default_parent() ==
        fs::canonical(temporary.path()).string() + "/paripassu-" + std::to_string(::geteuid()));
  const ServerDirectory directory;
  CHECK(directory.path().rfind(ServerDirectory::default_parent() + "/", 0) == 0);
}

TEST_CASE("ServerDirectory uses /tmp when TMPDIR is not set, and refuses one that is no absolute folder") {
  {
    const EnvironmentVariable variable("TMPDIR", std::nullopt);
    CHECK(ServerDirectory::default_parent() ==
          fs::canonical("/tmp").string() + "/paripassu-" + std::to_string(::geteuid()));
  }
  for (const char* value : {"relative/folder", "/nonexistent/folder"}) {
    const EnvironmentVariable variable("TMPDIR", value);
    CHECK_THROWS_AS(ServerDirectory::default_parent(), Error);
    CHECK(ServerDirectory::reap().empty());
  }
}

TEST_CASE("ServerDirectory refuses a parent that others control") {
  const TemporaryFolder temporary;
  SUBCASE("a symbolic link") {
    fs::create_directory(temporary.path("elsewhere"));
    fs::create_directory_symlink(temporary.path("elsewhere"), temporary.path("parent"));
    check_refused(temporary.path("parent"), "is not a folder");
    CHECK(fs::is_empty(temporary.path("elsewhere")));
  }
  SUBCASE("a file") {
    write_file(temporary.path("parent"), "");
    check_refused(temporary.path("parent"), "is not a folder");
  }
  SUBCASE("one that others may write into") {
    fs::create_directory(temporary.path("parent"));
    ::chmod(temporary.path("parent").c_str(), 0777);
    check_refused(temporary.path("parent"), "others may write into");
  }
  SUBCASE("one that others may rename") {
    ::chmod(temporary.path().c_str(), 0777);
    check_refused(temporary.path("parent"), "others may rename");
  }
  SUBCASE("one of another user") {
    if (::geteuid() != 0) SKIP_TEST("only root may give a folder away");
    fs::create_directory(temporary.path("parent"));
    REQUIRE(::chown(temporary.path("parent").c_str(), 65'534, 65'534) == 0);
    check_refused(temporary.path("parent"), "belongs to another user");
  }
  SUBCASE("one whose path is not plain") {
    check_refused(temporary.path("a,b"), "characters other than");
    check_refused(temporary.path("a'b"), "characters other than");
    check_refused(temporary.path("a\nb"), "characters other than");
    check_refused("relative", "not an absolute path");
  }
}

TEST_CASE("reap removes a folder left behind, and follows no link out of it") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  const std::string folder = stale_folder(parent);
  write_file(temporary.path("precious"), "keep me");
  fs::create_directory(temporary.path("precious-folder"));
  write_file(temporary.path("precious-folder/file"), "keep me too");
  fs::create_directories(folder + "/data/base/deep/deeper");
  write_file(folder + "/data/base/deep/file", "x");
  fs::create_symlink(temporary.path("precious"), folder + "/data/link");
  fs::create_directory_symlink(temporary.path("precious-folder"), folder + "/data/folder-link");
  REQUIRE(::mkfifo((folder + "/data/fifo").c_str(), 0600) == 0);
  fs::create_directory(folder + "/closed");
  write_file(folder + "/closed/file", "x");
  ::chmod((folder + "/closed").c_str(), 0);

  CHECK(ServerDirectory::reap(parent) == std::vector<std::string>{folder});
  CHECK(!fs::exists(folder));
  CHECK(read_file(temporary.path("precious")) == "keep me");
  CHECK(read_file(temporary.path("precious-folder/file")) == "keep me too");
  CHECK(ServerDirectory::reap(parent).empty());
}

TEST_CASE("reap leaves what is not a server's folder") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  const std::string stale = stale_folder(parent);
  for (const char* name : {"notes", "s", "s0badcaf", "s0badcafee", "S0badcafe", "s0badcafg", "t0badcafe"}) {
    fs::create_directory(parent + "/" + name);
  }
  fs::create_directory(temporary.path("target"));
  fs::create_directory_symlink(temporary.path("target"), parent + "/s00000001");
  write_file(parent + "/s00000002", "a file");
  CHECK(ServerDirectory::reap(parent) == std::vector<std::string>{stale});
  CHECK(std::distance(fs::directory_iterator(parent), fs::directory_iterator()) == 9);
  CHECK(fs::exists(temporary.path("target")));
}

TEST_CASE("reap creates nothing and says nothing where there is nothing, or nothing to be trusted") {
  const TemporaryFolder temporary;
  CHECK(ServerDirectory::reap(temporary.path("absent")).empty());
  CHECK(!fs::exists(temporary.path("absent")));
  const std::string folder = stale_folder(temporary.path("parent"));
  ::chmod(temporary.path("parent").c_str(), 0777);
  CHECK(ServerDirectory::reap(temporary.path("parent")).empty());
  CHECK(fs::exists(folder));
}

TEST_CASE("reap leaves a folder in use, of this process and of another, until its owner is killed") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  const ServerDirectory own(std::nullopt, parent);
  ForkedOwner owner([&] {
    // Lives as long as the process, without a destructor: only the kernel gives up the lock.
    return (new ServerDirectory(std::nullopt, parent))->path();
  });
  REQUIRE(fs::exists(owner.said()));
  CHECK(ServerDirectory::reap(parent).empty());
  CHECK(fs::exists(owner.said()));

  owner.kill_now();
  CHECK(ServerDirectory::reap(parent) == std::vector<std::string>{owner.said()});
  CHECK(!fs::exists(owner.said()));
  CHECK(fs::exists(own.path()));
}

TEST_CASE("reap ends the processes of a folder, by command line or working directory") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  const std::string folder = stale_folder(parent);
  fs::create_directory(folder + "/data");
  const Sleeper by_argument(folder + "/data");
  const Sleeper by_working_directory("unrelated", folder + "/data");
  write_file(folder + "/processes",
             std::to_string(by_argument.pid()) + "\n" + std::to_string(by_working_directory.pid()) + "\n");
  CHECK(ServerDirectory::reap(parent).size() == 1);
  CHECK(process_ended(by_argument.pid()));
  CHECK(process_ended(by_working_directory.pid()));
}

TEST_CASE("reap leaves a process that merely has a recorded number") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  const std::string folder = stale_folder(parent);
  const Sleeper unrelated("/somewhere/else");
  const Sleeper longer_name(folder + "x/data");
  write_file(folder + "/processes", std::to_string(unrelated.pid()) + "\n" + std::to_string(longer_name.pid()) + "\n");
  CHECK(ServerDirectory::reap(parent).size() == 1);
  CHECK(!process_ended(unrelated.pid()));
  CHECK(!process_ended(longer_name.pid()));
}

TEST_CASE("reap survives any record of processes") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  const std::string folder = stale_folder(parent);
  const Sleeper process(folder + "/data");
  SUBCASE("garbage") {
    write_file(folder + "/processes", "\n-1\n0\n1\n99999999999999999999\nabc\n12x\n " + std::string(200'000, '7') +
                                          "\n" + std::string(3, '\0'));
  }
  SUBCASE("a line that was not finished") {
    write_file(folder + "/processes", std::to_string(process.pid()));
  }
  SUBCASE("this process") {
    write_file(folder + "/processes", std::to_string(::getpid()) + "\n");
  }
  SUBCASE("a symbolic link") {
    write_file(temporary.path("record"), std::to_string(process.pid()) + "\n");
    fs::create_symlink(temporary.path("record"), folder + "/processes");
  }
  SUBCASE("a pipe") {
    REQUIRE(::mkfifo((folder + "/processes").c_str(), 0600) == 0);
  }
  CHECK(ServerDirectory::reap(parent).size() == 1);
  CHECK(!process_ended(process.pid()));
}

TEST_CASE("processes that create, use and reap at the same time never take each other's folders") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  std::vector<pid_t> processes;
  for (int index = 0; index < 4; ++index) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      int failures = 0;
      try {
        for (int round = 0; round < 100; ++round) {
          const ServerDirectory directory(std::nullopt, parent);
          const std::string file = directory.make_folder("data") + "/file";
          write_file(file, "mine");
          ServerDirectory::reap(parent);
          if (read_file(file) != "mine") ++failures;
        }
      } catch (const std::exception&) {
        failures += 1;
      }
      ::_exit(failures == 0 ? 0 : 1);
    }
    processes.push_back(pid);
  }
  for (const pid_t pid : processes) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  ServerDirectory::reap(parent);
  CHECK(fs::is_empty(parent));
}

TEST_CASE("a server dies with its killed owner, and the next run removes its folder") {
  const TemporaryFolder temporary;
  const std::string parent = temporary.path("parent");
  ForkedOwner owner([&] {
    auto* directory = new ServerDirectory(std::nullopt, parent);
    ProcessOptions options;
    options.arguments = {"/bin/sleep", "60"};
    options.pid_file = directory->pid_file();
    auto* process = new ChildProcess(ChildProcess::start(options, directory->log_file(), {SIGQUIT, SIGTERM}));
    return std::to_string(process->pid());
  });
  const pid_t server = static_cast<pid_t>(std::stol(owner.said()));
  CHECK(!process_ended(server));
  CHECK(ServerDirectory::reap(parent).empty());
  owner.kill_now();
  CHECK(eventually([&] { return process_ended(server); }));
  CHECK(ServerDirectory::reap(parent).size() == 1);
  CHECK(fs::is_empty(parent));
}

}  // namespace paripassu
