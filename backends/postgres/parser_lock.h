#pragma once

#include <mutex>

namespace paripassu::postgres {

/// To be held while libpg_query parses or scans. Builds of it without DEBUG swap the file descriptor of stderr
/// meanwhile; two at a time could leave the process without it.
inline std::mutex& parser_lock() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace paripassu::postgres
