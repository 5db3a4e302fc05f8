#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/local_process/child_process.h"

namespace paripassu {

/// A container engine's command-line client whose engine answers.
struct ContainerEngine {
  std::string name;     ///< "docker", "podman"
  std::string program;  ///< absolute path
};

struct ContainerEngineSearch {
  std::optional<ContainerEngine> engine;
  std::string reason;  ///< why there is none: "docker is installed, but no engine answers (…)"
  std::string remedy;
};

/// The first of docker and podman on PATH whose engine answers within kProbeTimeout_ms. Throws Error(interrupted).
ContainerEngineSearch find_container_engine();

struct ContainerOptions {
  std::string image;
  int port = 0;  ///< inside the container, TCP
  /// Passed through the environment of the client, never on a command line: passwords may be among them.
  std::map<std::string, std::string> environment;
  std::vector<std::string> arguments;  ///< for the image's entry point
};

/// A container that this run starts and removes, with one port published on a free port of 127.0.0.1.
///
/// It carries the labels `paripassu=1` and `paripassu.owner` (host, boot, process id namespace, process id and its
/// start time). A container does not die with its owner's process; the next run removes it (`reap`).
class Container {
 public:
  /// Pulls the image if it is not there, and runs it. Throws Error: server_unavailable, resources, interrupted.
  static Container start(const ContainerEngine& engine, const ContainerOptions& options);
  Container(Container&& other) noexcept;
  Container& operator=(Container&&) = delete;
  ~Container();

  /// The published port, decimal.
  const std::string& host_port() const { return host_port_; }
  /// The last `bytes_max` bytes of what the server wrote to stdout, then to stderr; empty when they cannot be had.
  std::string log(std::size_t bytes_max = limits::kServerLogTailBytesMax) const;
  /// Calls `ready` until it returns true. Throws Error: server_unavailable when the container ends first or the time
  /// is over, with the end of its log; interrupted; whatever `ready` throws.
  void wait_until_ready(const std::function<bool()>& ready, int timeout_ms = limits::kContainerStartTimeout_ms) const;

  /// Removes every container with our label whose owner lived on this machine and is gone; returns their ids. Never
  /// throws for one that resists. Throws Error(interrupted).
  static std::vector<std::string> reap(const ContainerEngine& engine);
  /// The value of the owner label for this process.
  static std::string owner_label();
  /// True when the process that wrote the label certainly does not live any more: a label of another machine or
  /// another process id namespace says nothing.
  static bool owner_is_gone(const std::string& label);

 private:
  Container(ContainerEngine engine, std::string name);
  void read_host_port(int port);
  bool running() const;

  ContainerEngine engine_;
  std::string name_;  ///< empty: nothing to remove
  std::string host_port_;
  int owner_pid_ = 0;
};

}  // namespace paripassu
