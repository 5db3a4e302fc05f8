#pragma once

#include <memory>
#include <string>

#include "backends/postgres/backend.h"
#include "backends/sqlserver/backend.h"

namespace paripassu::test {

/// Both engines, for what needs no server.
inline const BackendRegistry& both_engines() {
  static const std::unique_ptr<BackendRegistry> registry = [] {
    auto created = std::make_unique<BackendRegistry>();
    register_postgres(*created);
    register_sqlserver(*created);
    return created;
  }();
  return *registry;
}

/// The message of the Error that `call` throws, with its place.
template <typename Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.position().to_string() + " " + error.message();
  }
  return "no error";
}

}  // namespace paripassu::test
