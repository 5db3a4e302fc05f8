#pragma once

#include <functional>

namespace paripassu {

/// Ctrl-C and SIGTERM. A watcher thread receives the signals, so that everything here may lock and allocate.
///
/// The first signal sets `requested()` and cancels what every registered session is executing; the
/// program then unwinds through exceptions, which rolls back, unlocks and stops servers. The second
/// ends the process at once; the next run reaps what it left.
class Interrupt {
 public:
  /// Starts the watcher. Call once, before any thread is started; later threads inherit the mask.
  static void watch_signals();
  static bool requested();
  /// The signal that was received, or 0.
  static int signal_number();
  /// Throws Error(interrupted) once a stop was requested.
  static void throw_if_requested();
  /// For tests and embedding programs: as if SIGINT had arrived.
  static void request();
  static void reset();
  /// Sleeps, but returns early when a stop is requested.
  static void sleep_ms(int duration_ms);

  /// While one lives, `throw_if_requested` does nothing in this thread: for the statements that clean up (roll
  /// back, unlock, drop a scratch database) after a stop was requested.
  class Shield {
   public:
    Shield();
    ~Shield();
    Shield(const Shield&) = delete;
    Shield& operator=(const Shield&) = delete;
  };

  /// Runs `on_interrupt` from the watcher thread when a stop is requested, until destroyed. The callback must be short,
  /// must not create or destroy a Registration, and what it throws is dropped. One that is made after the request
  /// is not called: `throw_if_requested` stops its owner.
  class Registration {
   public:
    explicit Registration(std::function<void()> on_interrupt);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    int id_;
  };
};

}  // namespace paripassu
