#pragma once

#include <atomic>
#include <functional>
#include <vector>

namespace paripassu::datacheck {

/// Set once work that runs beside other work shall end: by an error of the other, or a stop request.
class StopFlag {
 public:
  bool is_set() const { return set_.load(std::memory_order_relaxed); }
  void set() { set_ = true; }
  /// Throws Error(cancelled) once it is set, Error(interrupted) once a stop was requested.
  void throw_if_set() const;

 private:
  std::atomic<bool> set_ = false;
};

struct ParallelWork {
  std::function<void(const StopFlag&)> run;
  std::function<void()>
      cancel;  ///< makes it end soon; called from another thread, perhaps several times. May be empty.
};

/// Runs all at once, each in a thread of its own; returns when all have ended.
/// When one throws, the others are stopped and cancelled, and what it threw is thrown: the first error that is not the
/// consequence of another. Throws Error(interrupted) on a stop request.
void run_in_parallel(std::vector<ParallelWork> works);

}  // namespace paripassu::datacheck
