#pragma once

#include <soci/soci.h>

#include <functional>
#include <memory>
#include <string>

#include "backends/interrupt.h"
#include "backends/session.h"

namespace paripassu {

/// What every session has in common: it owns a soci::session, counts round trips, and is cancelled when a
/// stop is requested. An engine's session derives from it and adds what its native handle does.
///
/// A team that writes its own tests against SOCI gets at the same connection through `soci()`:
///
///     dynamic_cast<SociSession&>(*session).soci() << "insert into t values(:v)", soci::use(v);
class SociSession : public Session {
 public:
  ~SociSession() override;

  /// The SOCI session. Statements run through it see the same transaction as the rest of this class.
  soci::session& soci() { return soci_; }

  std::uint64_t round_trips() const override { return round_trips_; }

 protected:
  SociSession() = default;
  /// Opens the connection; a soci_error is handed to `translate`, which throws Error.
  void open(const soci::backend_factory& factory, const std::string& connect_string,
            const std::function<void(const soci::soci_error&)>& translate);
  /// Closes the connection; safe when it was never opened or is lost. Derived destructors call it, so that
  /// no cancel request arrives at a handle that is gone.
  void close() noexcept;
  /// From here on a stop request cancels this session.
  void cancel_on_interrupt();
  void count_round_trip() { ++round_trips_; }

 private:
  soci::session soci_;
  std::unique_ptr<Interrupt::Registration> registration_;
  std::uint64_t round_trips_ = 0;
};

}  // namespace paripassu
