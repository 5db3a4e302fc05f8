#include "backends/local_process/container.h"

#include <fmt/format.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "backends/error.h"
#include "backends/interrupt.h"
#include "backends/local_process/server_candidates.h"

namespace paripassu {
namespace {

constexpr const char* kLabel = "paripassu=1";
constexpr const char* kOwnerLabel = "paripassu.owner";

ProcessResult call(const ContainerEngine& engine, std::vector<std::string> arguments,
                   const std::map<std::string, std::string>& environment = {}, const RunLimits& run_limits = {}) {
  ProcessOptions options;
  options.arguments = {engine.program};
  options.arguments.insert(options.arguments.end(), std::make_move_iterator(arguments.begin()),
                           std::make_move_iterator(arguments.end()));
  options.environment = environment;
  return run_process(options, run_limits);
}

RunLimits command_limits(bool interruptible = true) {
  RunLimits run_limits;
  run_limits.timeout_ms = limits::kContainerCommandTimeout_ms;
  run_limits.interruptible = interruptible;
  return run_limits;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) text.remove_prefix(1);
  return std::string(text);
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (std::string line = trimmed(text.substr(0, end)); !line.empty()) result.push_back(std::move(line));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return result;
}

std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string read_link(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : std::string();
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

// In clock ticks since boot; empty when there is no such process. proc(5): field 22, counted after the program's
// name, which may itself hold blanks and parentheses.
std::string start_time(const std::string& pid) {
  std::string line = read_line("/proc/" + pid + "/stat");
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) {
    if (!(fields >> field)) return {};
  }
  return field;
}

struct Owner {
  std::string host, boot, pid_namespace, pid, start;
};

Owner this_process() {
  Owner owner;
  owner.host = host_name();
  owner.boot = read_line("/proc/sys/kernel/random/boot_id");
  owner.pid_namespace = read_link("/proc/self/ns/pid");
  owner.pid = std::to_string(::getpid());
  owner.start = start_time(owner.pid);
  return owner;
}

bool is_decimal(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Docker prints a client part before it fails; the last line is the one that says why.
std::string last_line(const ProcessResult& result) {
  const std::vector<std::string> said = lines(result.errors.empty() ? result.output : result.errors);
  return said.empty() ? result.describe() : said.back();
}

}  // namespace

ContainerEngineSearch find_container_engine() {
  ContainerEngineSearch search;
  std::vector<std::string> reasons;
  for (const char* name : {"docker", "podman"}) {
    ContainerEngine engine{name, find_program(name)};
    if (engine.program.empty()) continue;
    // `docker` may be podman under another name, and `info` of an old docker succeeds without an engine; both list
    // containers in the same words, and only when an engine answers.
    ProcessResult answer;
    try {
      answer = call(engine, {"ps", "--quiet"});
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted) throw;
      reasons.push_back(fmt::format("{} is installed, but does not run ({})", name, error.message()));
      continue;
    }
    if (answer.success()) {
      search.engine = engine;
      return search;
    }
    reasons.push_back(answer.timed_out
                          ? fmt::format("{} is installed, but no engine answers within {} seconds", name,
                                        limits::kProbeTimeout_ms / 1'000)
                          : fmt::format("{} is installed, but no engine answers ({})", name, last_line(answer)));
  }
  if (reasons.empty()) {
    search.reason = "neither docker nor podman is on PATH";
    search.remedy = "install docker or podman";
  } else {
    search.reason = fmt::format("{}", fmt::join(reasons, "; "));
    search.remedy = "start the container engine, or let this user reach it";
  }
  return search;
}

std::string Container::owner_label() {
  const Owner self = this_process();
  return fmt::format("{}/{}/{}/{}/{}", self.host, self.boot, self.pid_namespace, self.pid, self.start);
}

bool Container::owner_is_gone(const std::string& label) {
  std::vector<std::string> parts;
  std::string_view rest(label);
  for (std::size_t end; (end = rest.find('/')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    parts.emplace_back(rest.substr(0, end));
  }
  parts.emplace_back(rest);
  if (parts.size() != 5) return false;
  const Owner owner{parts[0], parts[1], parts[2], parts[3], parts[4]};
  const Owner self = this_process();
  if (owner.host.empty() || owner.host != self.host || owner.boot.empty() || !is_decimal(owner.pid)) return false;
  if (owner.boot != self.boot) return true;
  if (owner.pid_namespace.empty() || owner.pid_namespace != self.pid_namespace) return false;
  return start_time(owner.pid) != owner.start;
}

std::vector<std::string> Container::reap(const ContainerEngine& engine) {
  std::vector<std::string> removed;
  try {
    const ProcessResult listed =
        call(engine, {"ps", "--all", "--quiet", "--filter", fmt::format("label={}", kLabel)}, {}, command_limits());
    if (!listed.success()) return removed;
    for (const std::string& id : lines(listed.output)) {
      const ProcessResult label =
          call(engine, {"inspect", "--format", fmt::format("{{{{index .Config.Labels \"{}\"}}}}", kOwnerLabel), id}, {},
               command_limits());
      if (!label.success() || !owner_is_gone(trimmed(label.output))) continue;
      if (call(engine, {"rm", "--force", "--volumes", id}, {}, command_limits()).success()) removed.push_back(id);
    }
  } catch (const Error& error) {
    if (error.category() == ErrorCategory::interrupted) throw;
  }
  return removed;
}

Container::Container(ContainerEngine engine, std::string name)
    : engine_(std::move(engine)), name_(std::move(name)), owner_pid_(::getpid()) {}

Container::Container(Container&& other) noexcept
    : engine_(std::move(other.engine_)),
      name_(std::exchange(other.name_, std::string())),
      host_port_(std::move(other.host_port_)),
      owner_pid_(other.owner_pid_) {}

Container::~Container() {
  if (name_.empty() || owner_pid_ != ::getpid()) return;
  try {
    call(engine_, {"rm", "--force", "--volumes", name_}, {}, command_limits(false));
  } catch (...) {
    // The next run reaps it by its label.
  }
}

Container Container::start(const ContainerEngine& engine, const ContainerOptions& options) {
  if (const auto host = environment_setting("DOCKER_HOST");
      engine.name == "docker" && host && host->rfind("unix://", 0) != 0) {
    throw Error(ErrorCategory::server_unavailable,
                fmt::format("DOCKER_HOST is {}: the ports of containers on another machine are not reached", *host))
        .with_remedy("start the server as a service of its own, and give its URL");
  }
  if (!call(engine, {"image", "inspect", options.image}, {}, command_limits()).success()) {
    RunLimits pull_limits;
    pull_limits.timeout_ms = limits::kImagePullTimeout_ms;
    const ProcessResult pulled = call(engine, {"pull", "--quiet", options.image}, {}, pull_limits);
    if (!pulled.success()) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("{} cannot pull the image {}: {}", engine.name, options.image, last_line(pulled)))
          .with_remedy(fmt::format("load the image where there is a network: {} pull {}", engine.name, options.image));
    }
  }

  // The object exists before the container does, so that whatever happens from here on removes it.
  Container container(engine, "paripassu-" + random_hex(8));
  std::vector<std::string> arguments = {"run",       "--detach",
                                        "--name",    container.name_,
                                        "--label",   kLabel,
                                        "--label",   fmt::format("{}={}", kOwnerLabel, owner_label()),
                                        "--publish", fmt::format("127.0.0.1::{}", options.port)};
  // `--env NAME` without a value takes the value from the client's own environment.
  for (const auto& [name, value] : options.environment) {
    arguments.push_back("--env");
    arguments.push_back(name);
  }
  arguments.push_back(options.image);
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  const ProcessResult started = call(engine, std::move(arguments), options.environment, command_limits());
  if (!started.success()) {
    throw Error(ErrorCategory::server_unavailable,
                fmt::format("{} cannot run the image {}: {}", engine.name, options.image, last_line(started)));
  }
  container.read_host_port(options.port);
  return container;
}

void Container::read_host_port(int port) {
  const ProcessResult published = call(engine_, {"port", name_, fmt::format("{}/tcp", port)}, {}, command_limits());
  for (const std::string& line : lines(published.output)) {
    const std::size_t colon = line.rfind(':');
    if (colon == std::string::npos) continue;
    int number = 0;
    const std::string text = line.substr(colon + 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number > 0 && number <= 65'535) {
      host_port_ = text;
      return;
    }
  }
  const std::string end_of_log = log();
  throw Error(ErrorCategory::server_unavailable,
              fmt::format("{} does not say which port it published for {}: {}{}", engine_.name, name_,
                          published.describe(), end_of_log.empty() ? "" : "; its log ends with:\n" + end_of_log));
}

bool Container::running() const {
  const ProcessResult state = call(engine_, {"inspect", "--format", "{{.State.Running}}", name_}, {}, command_limits());
  return state.success() && trimmed(state.output) == "true";
}

std::string Container::log(std::size_t bytes_max) const {
  try {
    RunLimits run_limits = command_limits(false);
    run_limits.output_bytes_max = bytes_max;
    const ProcessResult result = call(engine_, {"logs", name_}, {}, run_limits);
    return trimmed(result.output + result.errors);
  } catch (const Error&) {
    return {};
  }
}

void Container::wait_until_ready(const std::function<bool()>& ready, int timeout_ms) const {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    Interrupt::throw_if_requested();
    const bool is_ready = ready();
    if (is_ready) return;
    if (!running()) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("the container ended while it started; its log ends with:\n{}", log()));
    }
    if (Clock::now() >= deadline) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("the container was not ready after {} seconds; its log ends with:\n{}",
                              timeout_ms / 1'000, log()));
    }
    Interrupt::sleep_ms(limits::kReadyPollMax_ms);
  }
}

}  // namespace paripassu
