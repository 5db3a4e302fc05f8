#include "backends/backend.h"

#include <algorithm>

namespace paripassu {

void BackendRegistry::add(std::unique_ptr<Backend> backend) {
  backends_.push_back(std::move(backend));
}

const Backend* BackendRegistry::find(std::string_view name) const {
  for (const auto& backend : backends_)
    if (backend->name() == name) return backend.get();
  return nullptr;
}

const Backend* BackendRegistry::find_by_scheme(std::string_view scheme) const {
  for (const auto& backend : backends_) {
    const std::vector<std::string> schemes = backend->url_schemes();
    if (std::find(schemes.begin(), schemes.end(), scheme) != schemes.end()) return backend.get();
  }
  return nullptr;
}

const Backend& BackendRegistry::get(std::string_view name) const {
  if (const Backend* backend = find(name)) return *backend;
  std::string known;
  for (const auto& backend : backends_) known += (known.empty() ? "" : ", ") + std::string(backend->name());
  throw Error(ErrorCategory::usage, "unknown engine '" + std::string(name) + "'")
      .with_remedy("the engines of this program are: " + known);
}

}  // namespace paripassu
