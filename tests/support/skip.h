#pragma once

#include <string>

namespace paripassu::test {

/// Marks the running test case as skipped, with the reason; the case must then return. Skips are counted and printed:
///
///     if (!server_available()) { SKIP_TEST("no Babelfish and no SQL Server"); }
void mark_skipped(const std::string& reason);

}  // namespace paripassu::test

/// Skips the running doctest case visibly.
#define SKIP_TEST(reason)                    \
  do {                                       \
    ::paripassu::test::mark_skipped(reason); \
    return;                                  \
  } while (false)
