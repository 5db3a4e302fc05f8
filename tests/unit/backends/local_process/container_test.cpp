#include "backends/local_process/container.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/error.h"
#include "backends/interrupt.h"
#include "tests/unit/backends/local_process/process_test_support.h"

namespace paripassu {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;

/// Plays the client and the engine: one folder per container below $FAKE_DOCKER/containers, every call in
/// $FAKE_DOCKER/calls, and the environment of `run` in $FAKE_DOCKER/environment.
constexpr const char* kFakeDocker = R"(#!/bin/sh
home="$FAKE_DOCKER"
echo "$*" >> "$home/calls"
if [ -e "$home/no-engine" ]; then
  echo "Client: Fake"
  echo "Cannot connect to the Docker daemon. Is it running?" >&2
  exit 1
fi
command="$1"; shift
case "$command" in
  ps) ls "$home/containers" ;;
  image) test -e "$home/image" ;;
  pull) test -e "$home/registry" || { echo "Error: no route to registry" >&2; exit 1; }; touch "$home/image" ;;
  run)
    if [ -e "$home/run-fails" ]; then echo "warning: slow" >&2; echo "Error: no space left" >&2; mkdir "$home/containers/half"; exit 125; fi
    env > "$home/environment"
    while [ $# -gt 0 ]; do
      case "$1" in
        --name) name="$2"; mkdir "$home/containers/$name"; shift ;;
        --label) echo "$2" >> "$home/containers/$name/labels"; shift ;;
      esac
      shift
    done
    echo "$name" ;;
  port) test -e "$home/no-port" || { echo "0.0.0.0:x"; echo "127.0.0.1:45678"; } ;;
  inspect)
    shift; format="$1"; name="$2"
    test -d "$home/containers/$name" || exit 1
    case "$format" in
      *Running*) if [ -e "$home/dead" ]; then echo false; else echo true; fi ;;
      *) sed -n 's/^paripassu.owner=//p' "$home/containers/$name/labels" ;;
    esac ;;
  logs) echo "log line"; echo "error line" >&2 ;;
  rm) shift 2; rm -r "$home/containers/$1" ;;
  *) exit 64 ;;
esac
)";

/// A PATH on which the fake is the only container client.
class FakeDocker {
 public:
  explicit FakeDocker(const std::string& name = "docker") : home_("FAKE_DOCKER", folder_.path()) {
    fs::create_directories(folder_.path("bin"));
    fs::create_directories(folder_.path("containers"));
    for (const char* tool : {"ls", "mkdir", "touch", "sed", "rm", "env", "sh"}) {
      const std::string program = find_program(tool);
      REQUIRE(!program.empty());
      fs::create_symlink(program, folder_.path("bin/") + tool);
    }
    write_file(folder_.path("bin/") + name, kFakeDocker);
    ::chmod((folder_.path("bin/") + name).c_str(), 0755);
    path_.emplace("PATH", folder_.path("bin"));
  }
  const TemporaryFolder& folder() const { return folder_; }
  void set(const std::string& flag) const { write_file(folder_.path(flag), ""); }
  std::string calls() const { return read_file(folder_.path("calls")); }
  std::vector<std::string> containers() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path("containers")))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  void add_container(const std::string& name, const std::string& owner) const {
    fs::create_directory(folder_.path("containers/") + name);
    write_file(folder_.path("containers/") + name + "/labels", "paripassu=1\nparipassu.owner=" + owner + "\n");
  }
  ContainerEngine engine() const { return {"docker", folder_.path("bin/docker")}; }

 private:
  TemporaryFolder folder_;
  EnvironmentVariable home_;
  EnvironmentVariable docker_host_{"DOCKER_HOST", std::nullopt};
  std::optional<EnvironmentVariable> path_;
};

ContainerOptions database() {
  ContainerOptions options;
  options.image = "example/database:1";
  options.port = 5432;
  options.environment = {{"SECRET_PASSWORD", "hunter2 $(id)"}};
  options.arguments = {"-c", "fsync=off"};
  return options;
}

std::string replaced(std::string label, std::size_t part, const std::string& value) {
  std::size_t begin = 0;
  for (std::size_t index = 0; index < part; ++index) begin = label.find('/', begin) + 1;
  const std::size_t end = std::min(label.find('/', begin), label.size());
  return label.replace(begin, end - begin, value);
}

template <typename Work>
std::string message_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::server_unavailable);
    return error.message();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace

TEST_CASE("find_container_engine takes a client whose engine answers") {
  const FakeDocker docker;
  const ContainerEngineSearch search = find_container_engine();
  REQUIRE(search.engine.has_value());
  CHECK(search.engine->name == "docker");
  CHECK(search.engine->program == docker.folder().path("bin/docker"));
}

TEST_CASE("find_container_engine reports a client without an engine as such") {
  const FakeDocker docker;
  docker.set("no-engine");
  const ContainerEngineSearch search = find_container_engine();
  CHECK(!search.engine.has_value());
  CHECK(search.reason ==
        "docker is installed, but no engine answers (Cannot connect to the Docker daemon. Is it running?)");
  CHECK(!search.remedy.empty());
}

TEST_CASE("find_container_engine falls back to podman") {
  const FakeDocker podman("podman");
  const ContainerEngineSearch search = find_container_engine();
  REQUIRE(search.engine.has_value());
  CHECK(search.engine->name == "podman");
}

TEST_CASE("find_container_engine says when no client is installed, or one that does not run") {
  const TemporaryFolder temporary;
  const EnvironmentVariable path("PATH", temporary.path());
  CHECK(find_container_engine().reason == "neither docker nor podman is on PATH");
  write_file(temporary.path("docker"), "#!/no/such/interpreter\n");
  ::chmod(temporary.path("docker").c_str(), 0755);
  const ContainerEngineSearch search = find_container_engine();
  CHECK(!search.engine.has_value());
  CHECK_MESSAGE(search.reason.find("docker is installed, but does not run") == 0, search.reason);
}

TEST_CASE("Container runs an image with a port of the loopback interface, labels, and no secret on a command line") {
  const FakeDocker docker;
  docker.set("image");
  {
    const Container container = Container::start(docker.engine(), database());
    CHECK(container.host_port() == "45678");
    REQUIRE(docker.containers().size() == 1);
    const std::string labels = read_file(docker.folder().path("containers/" + docker.containers().front() + "/labels"));
    CHECK(labels == "paripassu=1\nparipassu.owner=" + Container::owner_label() + "\n");
    CHECK(docker.calls().find("--publish 127.0.0.1::5432 ") != std::string::npos);
    CHECK(docker.calls().find("--env SECRET_PASSWORD example/database:1 -c fsync=off\n") != std::string::npos);
    CHECK(docker.calls().find("hunter2") == std::string::npos);
    CHECK(read_file(docker.folder().path("environment")).find("SECRET_PASSWORD=hunter2 $(id)\n") != std::string::npos);
    CHECK(docker.calls().find("pull") == std::string::npos);
    CHECK(container.log() == "log line\nerror line");
  }
  CHECK(docker.containers().empty());
  CHECK(docker.calls().find("rm --force --volumes paripassu-") != std::string::npos);
}

TEST_CASE("Container pulls an image that is not there") {
  const FakeDocker docker;
  CHECK(message_of([&] { Container::start(docker.engine(), database()); }) ==
        "docker cannot pull the image example/database:1: Error: no route to registry");
  docker.set("registry");
  const Container container = Container::start(docker.engine(), database());
  CHECK(docker.calls().find("pull --quiet example/database:1\n") != std::string::npos);
}

TEST_CASE("Container that cannot be run is removed all the same") {
  const FakeDocker docker;
  docker.set("image");
  docker.set("run-fails");
  CHECK(message_of([&] { Container::start(docker.engine(), database()); }) ==
        "docker cannot run the image example/database:1: Error: no space left");
  CHECK(docker.calls().find("rm --force --volumes paripassu-") != std::string::npos);
}

TEST_CASE("Container whose port is not published is removed") {
  const FakeDocker docker;
  docker.set("image");
  docker.set("no-port");
  const std::string message = message_of([&] { Container::start(docker.engine(), database()); });
  CHECK_MESSAGE(message.find("does not say which port it published") != std::string::npos, message);
  CHECK(docker.containers().empty());
}

TEST_CASE("Container is not run on an engine of another machine, whose ports are not here") {
  const FakeDocker docker;
  docker.set("image");
  const EnvironmentVariable host("DOCKER_HOST", "tcp://docker:2375");
  CHECK(message_of([&] { Container::start(docker.engine(), database()); }).find("DOCKER_HOST is tcp://docker:2375") ==
        0);
  CHECK(docker.calls().find("run") == std::string::npos);
}

TEST_CASE("wait_until_ready of a container asks until the answer is yes, and reports one that ended") {
  const FakeDocker docker;
  docker.set("image");
  const Container container = Container::start(docker.engine(), database());
  int asked = 0;
  container.wait_until_ready([&] { return ++asked == 3; });
  CHECK(asked == 3);
  CHECK(message_of([&] { container.wait_until_ready([] { return false; }, 150); }).find("was not ready after") !=
        std::string::npos);
  docker.set("dead");
  const std::string message = message_of([&] { container.wait_until_ready([] { return false; }); });
  CHECK_MESSAGE(message.find("the container ended while it started; its log ends with:\nlog line\nerror line") == 0,
                message);
}

TEST_CASE("Container is removed although a stop was requested") {
  const FakeDocker docker;
  docker.set("image");
  try {
    const Container container = Container::start(docker.engine(), database());
    Interrupt::request();
    container.wait_until_ready([] { return false; });
    FAIL("the request was not noticed");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::interrupted);
  }
  Interrupt::reset();
  CHECK(docker.containers().empty());
}

TEST_CASE("Container is removed by the one that started it, not by what it was moved from or a forked copy") {
  const FakeDocker docker;
  docker.set("image");
  std::optional<Container> kept;
  {
    Container container = Container::start(docker.engine(), database());
    kept.emplace(std::move(container));
  }
  CHECK(docker.containers().size() == 1);
  const pid_t pid = ::fork();
  if (pid == 0) {
    kept.reset();
    ::_exit(0);
  }
  ::waitpid(pid, nullptr, 0);
  CHECK(docker.containers().size() == 1);
  kept.reset();
  CHECK(docker.containers().empty());
}

TEST_CASE("owner_is_gone is true for certain deaths only") {
  const std::string own = Container::owner_label();
  CHECK(!Container::owner_is_gone(own));
  CHECK(std::count(own.begin(), own.end(), '/') == 4);
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ::waitpid(dead, nullptr, 0);
  CHECK(Container::owner_is_gone(replaced(own, 3, std::to_string(dead))));
  CHECK(Container::owner_is_gone(replaced(own, 4, "1")));
  CHECK(Container::owner_is_gone(replaced(own, 1, "another-boot")));
  CHECK(!Container::owner_is_gone(replaced(replaced(own, 3, std::to_string(dead)), 0, "another-host")));
  CHECK(!Container::owner_is_gone(replaced(replaced(own, 3, std::to_string(dead)), 2, "pid:[1]")));
  for (const char* label : {"", "/", "////", "a/b/c/d/e", "a/b/c/d/e/f", "<no value>"}) {
    CAPTURE(label);
    CHECK(!Container::owner_is_gone(label));
  }
  CHECK(!Container::owner_is_gone(replaced(own, 3, "../self")));
}

TEST_CASE("reap removes containers whose owner is gone, and no other") {
  const FakeDocker docker;
  const std::string own = Container::owner_label();
  docker.add_container("alive", own);
  docker.add_container("elsewhere", replaced(own, 0, "another-host"));
  docker.add_container("gone", replaced(own, 4, "1"));
  docker.add_container("unlabelled", "");
  CHECK(Container::reap(docker.engine()) == std::vector<std::string>{"gone"});
  CHECK(docker.containers() == std::vector<std::string>{"alive", "elsewhere", "unlabelled"});
  CHECK(docker.calls().find("ps --all --quiet --filter label=paripassu=1\n") == 0);
}

TEST_CASE("reap is silent without an engine") {
  const FakeDocker docker;
  docker.set("no-engine");
  CHECK(Container::reap(docker.engine()).empty());
  CHECK(Container::reap({"docker", "/no/such/docker"}).empty());
}

}  // namespace paripassu
