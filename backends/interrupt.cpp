#include "backends/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "backends/error.h"

namespace paripassu {

namespace {

struct State {
  std::atomic<bool> requested = false;
  std::atomic<int> signal_number = 0;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<int, std::function<void()>> callbacks;
  int next_id = 1;
};

// Never destroyed: the detached watcher may outlive every static object.
State& state() {
  static State* const instance = new State;
  return *instance;
}

thread_local int shield_depth = 0;  // NOLINT: a counter per thread is what it is

void request_stop(int signal_number) {
  State& shared = state();
  std::lock_guard lock(shared.mutex);
  shared.signal_number = signal_number;
  shared.requested = true;
  shared.changed.notify_all();
  // Under the lock, so that a session cannot be destroyed while it is being cancelled.
  for (auto& [id, callback] : shared.callbacks) {
    try {
      callback();
    } catch (...) {
      // One session that cannot be cancelled must not keep the others running.
    }
  }
}

}  // namespace

void Interrupt::watch_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A closed pipe (`paripassu … | head`) and a lost server socket are errors of a write, not deaths.
  signal(SIGPIPE, SIG_IGN);
  std::thread([signals] {
    for (int count = 0;;) {
      int number = 0;
      if (sigwait(&signals, &number) != 0) continue;
      if (++count > 1) _exit(128 + number);
      request_stop(number);
    }
  }).detach();
}

bool Interrupt::requested() {
  return state().requested;
}
int Interrupt::signal_number() {
  return state().signal_number;
}
void Interrupt::request() {
  request_stop(SIGINT);
}

void Interrupt::reset() {
  State& shared = state();
  std::lock_guard lock(shared.mutex);
  shared.requested = false;
  shared.signal_number = 0;
}

void Interrupt::throw_if_requested() {
  if (requested() && shield_depth == 0)
    throw Error(ErrorCategory::interrupted, "stopped on request")
        .with_remedy("run the same command again; migrations go on where the ledger says that they stopped");
}

void Interrupt::sleep_ms(int duration_ms) {
  State& shared = state();
  std::unique_lock lock(shared.mutex);
  shared.changed.wait_for(lock, std::chrono::milliseconds(duration_ms), [&] { return shared.requested.load(); });
}

Interrupt::Shield::Shield() {
  ++shield_depth;
}
Interrupt::Shield::~Shield() {
  --shield_depth;
}

Interrupt::Registration::Registration(std::function<void()> on_interrupt) {
  State& shared = state();
  std::lock_guard lock(shared.mutex);
  id_ = shared.next_id++;
  shared.callbacks.emplace(id_, std::move(on_interrupt));
}

Interrupt::Registration::~Registration() {
  State& shared = state();
  std::lock_guard lock(shared.mutex);
  shared.callbacks.erase(id_);
}

}  // namespace paripassu
