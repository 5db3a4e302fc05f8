#include "backends/soci/soci_session.h"

namespace paripassu {

SociSession::~SociSession() {
  close();
}

void SociSession::open(const soci::backend_factory& factory, const std::string& connect_string,
                       const std::function<void(const soci::soci_error&)>& translate) {
  try {
    count_round_trip();
    soci_.open(factory, connect_string);
  } catch (const soci::soci_error& error) {
    translate(error);
    throw;
  }
}

void SociSession::close() noexcept {
  registration_.reset();
  try {
    if (soci_.get_backend() != nullptr) soci_.close();
  } catch (const std::exception&) {
    // A connection that is already lost cannot be closed in an orderly way; its resources are freed all the same.
  }
}

void SociSession::cancel_on_interrupt() {
  registration_ = std::make_unique<Interrupt::Registration>([this] { cancel(); });
}

}  // namespace paripassu
