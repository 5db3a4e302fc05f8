#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "backends/backend.h"
#include "tests/conformance/quirks.h"
#include "tests/support/live_server.h"
#include "tests/support/skip.h"

/// What the cases of the suite share. The engine is the one that the program was built for; no case asks which one it
/// is.
namespace paripassu::conformance {

const Quirks& quirks();
const Backend& backend();

/// A scratch database with a session in it.
struct Bench {
  std::unique_ptr<ScratchDatabase> database;
  std::unique_ptr<Session> session;

  std::unique_ptr<Session> connect() const { return backend().connect(database->url()); }
};

Bench make_bench();

void run_script(Session& session, const std::string& text);

/// The category with which `work` fails; fails the test when it does not.
template <typename Work>
ErrorCategory category_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    INFO(error.what());
    CHECK_FALSE(error.message().empty());
    return error.category();
  }
  FAIL("no error was thrown");
  return ErrorCategory::internal;
}

catalog::Catalog inspect(Session& session);

/// True when the server is known to differ in this way (docs/babelfish.md). A case then checks that it still does.
bool deviates(const Session& session, const std::string& name);

}  // namespace paripassu::conformance

/// Skips the case, visibly, where no server of the engine can run.
#define NEEDS_SERVER()                              \
  if (!test::live_server(backend()).url) {          \
    SKIP_TEST(test::live_server(backend()).reason); \
  }
