#include "backends/session.h"

namespace paripassu {

std::string ServerInfo::label() const {
  std::string text = product + " " + version;
  if (!genuine) text += " [stand-in]";
  return text;
}

Transaction::~Transaction() {
  if (done_) return;
  try {
    session_.rollback();
  } catch (const std::exception&) {
    // The connection is gone, and with it the transaction: the server rolls back.
  }
}

void Transaction::commit() {
  session_.commit();
  done_ = true;
}

}  // namespace paripassu
