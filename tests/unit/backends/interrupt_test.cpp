#include "backends/interrupt.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "backends/error.h"

using namespace paripassu;

namespace {

/// Leaves no request behind, whatever a test does.
struct Clean {
  Clean() { Interrupt::reset(); }
  ~Clean() { Interrupt::reset(); }
};

std::int64_t elapsed_ms(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

TEST_CASE("Interrupt is quiet until it is requested, and again after reset") {
  const Clean clean;
  CHECK_FALSE(Interrupt::requested());
  CHECK(Interrupt::signal_number() == 0);
  CHECK_NOTHROW(Interrupt::throw_if_requested());
  Interrupt::request();
  CHECK(Interrupt::requested());
  CHECK(Interrupt::signal_number() == SIGINT);
  Interrupt::reset();
  CHECK_FALSE(Interrupt::requested());
  CHECK(Interrupt::signal_number() == 0);
  CHECK_NOTHROW(Interrupt::throw_if_requested());
}

TEST_CASE("Interrupt throws an error of its own category once requested") {
  const Clean clean;
  Interrupt::request();
  try {
    Interrupt::throw_if_requested();
    FAIL("nothing thrown");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::interrupted);
    CHECK_FALSE(error.remedy().empty());
    CHECK_FALSE(error.retryable());
  }
}

TEST_CASE("Interrupt runs every registered callback once per request, and none that is gone") {
  const Clean clean;
  int first = 0, second = 0, gone = 0;
  Interrupt::Registration one([&first] { ++first; });
  {
    Interrupt::Registration short_lived([&gone] { ++gone; });
  }
  Interrupt::Registration two([&second] { ++second; });
  Interrupt::request();
  CHECK(first == 1);
  CHECK(second == 1);
  CHECK(gone == 0);
}

TEST_CASE("Interrupt wakes a sleeper") {
  const Clean clean;
  const auto begin = std::chrono::steady_clock::now();
  std::thread requester([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Interrupt::request();
  });
  Interrupt::sleep_ms(60'000);
  requester.join();
  CHECK(elapsed_ms(begin) < 30'000);
  CHECK(Interrupt::requested());
}

TEST_CASE("Interrupt sleeps as long as asked, and not at all once requested") {
  const Clean clean;
  auto begin = std::chrono::steady_clock::now();
  Interrupt::sleep_ms(30);
  CHECK(elapsed_ms(begin) >= 30);
  begin = std::chrono::steady_clock::now();
  Interrupt::sleep_ms(0);
  Interrupt::sleep_ms(-1);
  CHECK(elapsed_ms(begin) < 10'000);
  Interrupt::request();
  begin = std::chrono::steady_clock::now();
  Interrupt::sleep_ms(60'000);
  CHECK(elapsed_ms(begin) < 30'000);
}

TEST_CASE("Interrupt never runs a callback after its registration is gone") {
  const Clean clean;
  std::atomic<bool> stop = false;
  std::atomic<int> late = 0;
  std::thread requester([&stop] {
    while (!stop) Interrupt::request();
  });
  std::vector<std::thread> sessions;
  for (int i = 0; i < 4; ++i) {
    sessions.emplace_back([&late] {
      for (int round = 0; round < 500; ++round) {
        // Freed with the registration: a late call would touch freed memory.
        auto alive = std::make_unique<std::atomic<bool>>(true);
        {
          Interrupt::Registration registration([&late, flag = alive.get()] {
            if (!*flag) ++late;
          });
        }
        *alive = false;
      }
    });
  }
  for (std::thread& session : sessions) session.join();
  stop = true;
  requester.join();
  CHECK(late == 0);
}

TEST_CASE("Interrupt keeps the other callbacks when one of them throws") {
  const Clean clean;
  int reached = 0;
  Interrupt::Registration failing([] { throw std::runtime_error("cancel failed"); });
  Interrupt::Registration working([&reached] { ++reached; });
  CHECK_NOTHROW(Interrupt::request());
  CHECK(reached == 1);
  CHECK(Interrupt::requested());
}
