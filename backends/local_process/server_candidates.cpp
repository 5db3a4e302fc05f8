#include "backends/local_process/server_candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "backends/error.h"

namespace paripassu {

std::vector<ServerOption> list_server_options(const std::vector<CandidateSource>& sources) {
  std::vector<ServerOption> options;
  for (const CandidateSource& source : sources) {
    for (ServerCandidate& candidate : source.find()) options.push_back(std::move(candidate.option));
  }
  return options;
}

std::unique_ptr<LocalServer> start_first_server(const std::vector<CandidateSource>& sources, std::string_view engine,
                                                std::string_view display_name) {
  std::string tried;
  std::vector<std::string> remedies;
  const auto failed = [&](const ServerOption& option, std::string_view reason, const std::string& remedy) {
    tried += fmt::format("\n  {}: {}", option.description, reason);
    if (!remedy.empty() && std::find(remedies.begin(), remedies.end(), remedy) == remedies.end()) {
      remedies.push_back(remedy);
    }
  };
  for (const CandidateSource& source : sources) {
    for (const ServerCandidate& candidate : source.find()) {
      if (!candidate.option.available) {
        failed(candidate.option, candidate.option.reason, candidate.option.remedy);
        continue;
      }
      try {
        return candidate.start();
      } catch (const Error& error) {
        if (error.category() == ErrorCategory::interrupted) throw;
        failed(candidate.option, error.message(), error.remedy());
      }
    }
    if (source.binding) break;
  }
  remedies.push_back(fmt::format("give the URL of a server (--{})", engine));
  throw Error(ErrorCategory::server_unavailable, fmt::format("no {} can be started here:{}", display_name, tried))
      .with_engine(std::string(engine))
      .with_remedy(fmt::format("{}", fmt::join(remedies, "; or ")));
}

std::optional<std::string> environment_setting(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

}  // namespace paripassu
