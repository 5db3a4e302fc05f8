#include "harness/datacheck/parallel.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "backends/error.h"
#include "backends/interrupt.h"

namespace paripassu::datacheck {

namespace {

/// A request that overtakes its query finds an idle server, which ignores it. So it is repeated.
constexpr std::chrono::milliseconds kCancelAgain{100};

struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t running = 0;
  std::vector<bool> ended;
  std::exception_ptr failure;
  StopFlag stop;
};

void run_one(Shared& shared, std::size_t index, const ParallelWork& work) {
  std::exception_ptr failure;
  try {
    work.run(shared.stop);
  } catch (...) {
    failure = std::current_exception();
  }
  std::lock_guard lock(shared.mutex);
  if (failure && !shared.failure) shared.failure = failure;
  if (failure) shared.stop.set();
  shared.ended[index] = true;
  --shared.running;
  shared.changed.notify_all();
}

}  // namespace

void StopFlag::throw_if_set() const {
  Interrupt::throw_if_requested();
  if (is_set()) throw Error(ErrorCategory::cancelled, "stopped, since other work of the comparison failed");
}

void run_in_parallel(std::vector<ParallelWork> works) {
  Shared shared;
  shared.running = works.size();
  shared.ended.resize(works.size());
  std::vector<std::thread> threads;
  threads.reserve(works.size());
  try {
    for (std::size_t i = 0; i < works.size(); ++i)
      threads.emplace_back([&shared, i, &work = works[i]] { run_one(shared, i, work); });
  } catch (const std::system_error&) {
    // Threads have run out: what was started must end before the error may rise.
    std::lock_guard lock(shared.mutex);
    shared.failure = std::current_exception();
    shared.stop.set();
    shared.running -= works.size() - threads.size();
    for (std::size_t i = threads.size(); i < works.size(); ++i) shared.ended[i] = true;
  }
  {
    std::unique_lock lock(shared.mutex);
    while (shared.running > 0) {
      if (Interrupt::requested()) shared.stop.set();
      if (shared.stop.is_set())
        for (std::size_t i = 0; i < works.size(); ++i)
          if (!shared.ended[i] && works[i].cancel) works[i].cancel();
      shared.changed.wait_for(lock, kCancelAgain);
    }
  }
  for (std::thread& thread : threads) thread.join();
  Interrupt::throw_if_requested();
  if (shared.failure) std::rethrow_exception(shared.failure);
}

}  // namespace paripassu::datacheck
