#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/server.h"

namespace paripassu {

/// A ServerOption, and how it is started. `start` is called only when the option is available.
struct ServerCandidate {
  ServerOption option;
  std::function<std::unique_ptr<LocalServer>()> start;
};

/// Looks for candidates of one kind, when it is called: asking a container engine takes its time, and is left out
/// when an installed server will do. `binding` says that the user named this one; no other is started in its place.
struct CandidateSource {
  std::function<std::vector<ServerCandidate>()> find;
  bool binding = false;
};

/// What every source finds, in order.
std::vector<ServerOption> list_server_options(const std::vector<CandidateSource>& sources);

/// Starts the first available candidate that works. Throws Error: server_unavailable that lists what was tried and
/// what to install; interrupted.
std::unique_ptr<LocalServer> start_first_server(const std::vector<CandidateSource>& sources, std::string_view engine,
                                                std::string_view display_name);

/// What the user set in an environment variable: nothing when it is unset or empty.
std::optional<std::string> environment_setting(const char* name);

}  // namespace paripassu
